/* SPDX-License-Identifier: MIT */
/* findings.c: the completeness review: every check, in order, and what it suggests. */
#include "rules.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
static const int64_t DAY_US = INT64_C(86400) * 1000000;

/* A check tells found() of each thing that it finds; subject NULL: the field itself. */
typedef casegate_result check_fn(const cg_review *review, int32_t finding);
typedef struct check { const char *name, *subject, *suggests; check_fn *run; } check;
static const check checks[CG_FINDINGS];

static casegate_result found(const cg_review *review, int32_t finding)
{
    return review->found(review->user, finding, checks[finding].subject);
}

/* found() for one element of a list: "services[s1]" and what follows. */
static casegate_result found_in(const cg_review *review, int32_t finding, const char *list, const char *id, const char *member)
{
    size_t a = strlen(list), b = strlen(id), c = strlen(member);
    char *path = cg_arena_alloc(review->arena, a + b + c + 3);
    if (!path) return CASEGATE_E_NOMEM;
    memcpy(path, list, a);
    path[a] = '[';
    memcpy(path + a + 1, id, b);
    path[a + 1 + b] = ']';
    memcpy(path + a + b + 2, member, c + 1);
    return review->found(review->user, finding, path);
}

static casegate_result patient_missing(const cg_review *r, int32_t finding)
{
    return cg_empty(r->summary->patient_name) ? found(r, finding) : CASEGATE_OK;
}

static casegate_result service_missing(const cg_review *r, int32_t finding)
{
    return r->summary->service_count == 0 ? found(r, finding) : CASEGATE_OK;
}

static casegate_result dentist_missing(const cg_review *r, int32_t finding)
{
    return cg_empty(r->summary->dentist_name) ? found(r, finding) : CASEGATE_OK;
}

static casegate_result answer_missing(const cg_review *r, int32_t finding)
{
    casegate_result rc = CASEGATE_OK;
    for (size_t i = 0; rc == CASEGATE_OK && i < casegate_content_answer_count(r->content); i++) {
        const casegate_answer *answer = casegate_content_answer(r->content, i);
        if (answer->required && cg_empty(answer->response)) rc = found_in(r, finding, "answers", answer->id, "");
    }
    return rc;
}

static const char *scan_method(const cg_review *r) { return casegate_content_get(r->content, CASEGATE_CONTENT_SCAN_METHOD); }

static casegate_result scan_method_missing(const cg_review *r, int32_t finding)
{
    return cg_empty(scan_method(r)) ? found(r, finding) : CASEGATE_OK;
}

static casegate_result scan_file_missing(const cg_review *r, int32_t finding)
{
    if (!cg_same(scan_method(r), "digital_upload")) return CASEGATE_OK;
    for (size_t i = 0; i < casegate_content_file_count(r->content); i++)
        if (cg_same(casegate_content_file(r->content, i)->kind, "scan")) return CASEGATE_OK;
    return found(r, finding);
}

static casegate_result file_damaged(const cg_review *r, int32_t finding)
{
    casegate_result rc = CASEGATE_OK;
    for (size_t i = 0; rc == CASEGATE_OK && i < casegate_content_file_count(r->content); i++) {
        const casegate_file *file = casegate_content_file(r->content, i);
        if (file->size_known && file->bytes == 0) rc = found_in(r, finding, "files", file->id, "");
    }
    return rc;
}

static int listed(const char *const *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (cg_same(list[i], text)) return 1;
    return 0;
}

static int offered(const casegate_policy *policy, const casegate_service *service)
{
    if (policy->service_count && !listed(policy->services, policy->service_count, service->code)) return 0;
    return !policy->material_count || cg_empty(service->material) || listed(policy->materials, policy->material_count,
                                                                            service->material);
}

static casegate_result service_unsupported(const cg_review *r, int32_t finding)
{
    casegate_result rc = CASEGATE_OK;
    for (size_t i = 0; rc == CASEGATE_OK && i < casegate_content_service_count(r->content); i++) {
        const casegate_service *service = casegate_content_service(r->content, i);
        if (!offered(r->policy, service)) rc = found_in(r, finding, "services", service->id, "");
    }
    return rc;
}

/* The day that it is at the lab, counted from 1970. */
static int64_t lab_day(const casegate_policy *policy, int64_t us)
{
    us += (int64_t)policy->utc_offset_minutes * 60 * 1000000;
    return us / DAY_US - (us % DAY_US < 0);
}

/* How the due date lies: 0 none (or unreadable), else the finding that holds, else -1. */
static int32_t due_finding(const cg_review *r)
{
    int64_t due;
    if (cg_empty(r->summary->due)) return CASEGATE_DUE_MISSING;
    if (cg_date_days(r->summary->due, &due) != 0) return 0;
    if (due < lab_day(r->policy, r->now_us)) return CASEGATE_DUE_PAST;
    return due < lab_day(r->policy, r->now_us + r->policy->turnaround_us) ? CASEGATE_DUE_TOO_SOON : 0;
}

static casegate_result due(const cg_review *r, int32_t finding)
{
    return due_finding(r) == finding ? found(r, finding) : CASEGATE_OK;
}

/* ISO 3950:2016: quadrants 1 to 4 with permanent teeth 1 to 8, quadrants 5 to 8 with deciduous teeth 1 to 5. */
static int is_tooth(const char *text)
{
    if (strlen(text) != 2 || text[0] < '1' || text[0] > '8' || text[1] < '1') return 0;
    return text[1] <= (text[0] <= '4' ? '8' : '5');
}

static casegate_result tooth_invalid(const cg_review *r, int32_t finding)
{
    casegate_result rc = CASEGATE_OK;
    for (size_t i = 0; rc == CASEGATE_OK && i < casegate_content_service_count(r->content); i++) {
        const casegate_service *service = casegate_content_service(r->content, i);
        size_t k = 0;
        while (k < service->tooth_count && is_tooth(service->teeth[k])) k++;
        if (k < service->tooth_count) rc = found_in(r, finding, "services", service->id, ".teeth");
    }
    return rc;
}

static const check checks[CG_FINDINGS] = {
    [CASEGATE_PATIENT_MISSING]     = { "patient_missing", "patient.name", "incomplete_prescription", patient_missing },
    [CASEGATE_SERVICE_MISSING]     = { "service_missing", "services", "incomplete_prescription", service_missing },
    [CASEGATE_DENTIST_MISSING]     = { "dentist_missing", "dentist.name", "incomplete_prescription", dentist_missing },
    [CASEGATE_ANSWER_MISSING]      = { "answer_missing", "answers", "incomplete_prescription", answer_missing },
    [CASEGATE_SCAN_METHOD_MISSING] = { "scan_method_missing", "scan_method", "incomplete_prescription", scan_method_missing },
    [CASEGATE_SCAN_FILE_MISSING]   = { "scan_file_missing", "files", "unreadable_scan", scan_file_missing },
    [CASEGATE_FILE_DAMAGED]        = { "file_damaged", "files", "unreadable_scan", file_damaged },
    [CASEGATE_SERVICE_UNSUPPORTED] = { "service_unsupported", "services", "unsupported_service", service_unsupported },
    [CASEGATE_DUE_MISSING]         = { "due_missing", "due", "invalid_timeline", due },
    [CASEGATE_DUE_PAST]            = { "due_past", "due", "invalid_timeline", due },
    [CASEGATE_DUE_TOO_SOON]        = { "due_too_soon", "due", "invalid_timeline", due },
    [CASEGATE_TOOTH_INVALID]       = { "tooth_invalid", "services", "incomplete_prescription", tooth_invalid },
};
const uint32_t cg_content_checks = 1u << CASEGATE_ANSWER_MISSING | 1u << CASEGATE_SCAN_METHOD_MISSING | 1u << CASEGATE_SCAN_FILE_MISSING |
                                   1u << CASEGATE_FILE_DAMAGED | 1u << CASEGATE_SERVICE_UNSUPPORTED | 1u << CASEGATE_TOOTH_INVALID;

casegate_result cg_review_run(const cg_review *review, uint32_t mask)
{
    casegate_result rc = CASEGATE_OK;
    for (int32_t finding = 1; rc == CASEGATE_OK && mask >> finding; finding++)
        if (mask >> finding & 1 && (review->content || !(cg_content_checks >> finding & 1))) rc = checks[finding].run(review,
                finding);
    return rc;
}

const char *casegate_finding_name(int32_t finding) { return finding > 0 && finding < CG_FINDINGS ? checks[finding].name : ""; }
const char *cg_finding_suggests(int32_t finding) { return checks[finding].suggests; }

int32_t casegate_find_finding(const char *name)
{
    for (int32_t finding = 1; finding < CG_FINDINGS; finding++)
        if (cg_same(checks[finding].name, name)) return finding;
    return 0;
}

/* ---- the review by itself -------------------------------------------------------------------------------------------- */

struct casegate_findings {
    casegate_host *host;
    cg_arena arena;
    casegate_finding *list;
    size_t count, capacity;
    const casegate_policy *policy;   /* during a review */
};

casegate_findings *casegate_findings_new(casegate_host *host)
{
    casegate_findings *findings = cg_zalloc(host, sizeof *findings);
    if (!findings) return NULL;
    findings->host = casegate_host_ref(host);
    cg_arena_init(&findings->arena, host);
    return findings;
}

void casegate_findings_free(casegate_findings *findings)
{
    if (!findings) return;
    casegate_host *host = findings->host;
    cg_arena_free(&findings->arena);
    casegate_release(host, findings->list);
    casegate_release(host, findings);
    casegate_host_unref(host);
}

size_t casegate_findings_count(const casegate_findings *findings) { return findings ? findings->count : 0; }

const casegate_finding *casegate_findings_at(const casegate_findings *findings, size_t i)
{
    return i < casegate_findings_count(findings) ? &findings->list[i] : NULL;
}

static casegate_result keep(void *user, int32_t finding, const char *subject)
{
    casegate_findings *f = user;
    if (f->count == f->capacity) {
        size_t wanted = f->capacity ? f->capacity * 2 : 16;
        casegate_finding *larger = casegate_resize(f->host, f->list, wanted * sizeof *larger);
        if (!larger) return CASEGATE_E_NOMEM;
        f->list = larger;
        f->capacity = wanted;
    }
    f->list[f->count++] = (casegate_finding) { sizeof(casegate_finding), finding, f->policy->levels[finding],
                                               checks[finding].name, subject, checks[finding].suggests };
    return CASEGATE_OK;
}

casegate_result casegate_review(const casegate_policy *policy, const casegate_content *content, int64_t now_us,
                                casegate_findings *findings, casegate_error *err)
{
    if (!policy || !content || !findings)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING,
                                  !policy ? "policy" : !content ? "content" : "findings", "is NULL");
    casegate_head summary = { .size = sizeof summary };
    cg_head_summarize(&summary, content);
    cg_arena_reset(&findings->arena);
    findings->count = 0;
    findings->policy = policy;
    const cg_review review = { policy, &summary, content, now_us, &findings->arena, keep, findings };
    casegate_result rc = cg_review_run(&review, policy->warns);
    findings->policy = NULL;
    if (rc == CASEGATE_OK) return CASEGATE_OK;
    findings->count = 0;
    return casegate_error_set(err, rc, 0, NULL, NULL);
}
