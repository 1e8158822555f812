/* SPDX-License-Identifier: MIT */
/* contract_case.c: true commits for a store under test, and words for what is expected of it. */
#include "contract.h"

#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
static const int64_t STEP_US = INT64_C(1000000);

/* ---- expectations --------------------------------------------------------------------------------------------------------------- */

int cg_holds(cg_rule *r, int holds, const char *expected)
{
    if (holds || r->failed) return holds && !r->failed;
    r->failed = 1;
    snprintf(r->why, sizeof r->why, "expected: %s", expected);
    return 0;
}

int cg_gives(cg_rule *r, casegate_result rc, casegate_result expected, const char *what)
{
    if (rc == expected || r->failed) return rc == expected && !r->failed;
    r->failed = 1;
    snprintf(r->why, sizeof r->why, "%s: expected %s, got %s%s%s%s%s", what, casegate_result_name(expected), casegate_result_name(rc),
             r->err.field[0] ? " at " : "", r->err.field, r->err.text[0] ? ": " : "", r->err.text);
    return 0;
}

int cg_is_number(cg_rule *r, uint64_t got, uint64_t expected, const char *what)
{
    if (got == expected || r->failed) return got == expected && !r->failed;
    r->failed = 1;
    snprintf(r->why, sizeof r->why, "%s: expected %llu, got %llu", what, (unsigned long long)expected, (unsigned long long)got);
    return 0;
}

static int same_text(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : "") == 0; }

int cg_is_text(cg_rule *r, const char *got, const char *expected, const char *what)
{
    if (same_text(got, expected) || r->failed) return same_text(got, expected) && !r->failed;
    r->failed = 1;
    snprintf(r->why, sizeof r->why, "%s: expected '%.120s', got '%.120s'", what, expected ? expected : "", got ? got : "");
    return 0;
}

/* ---- views, member by member: also those of a header to come -------------------------------------------------------------------- */

static const void *pointer_at(const char *object, uint32_t offset)
{
    const void *pointer;
    memcpy(&pointer, object + offset, sizeof pointer);
    return pointer;
}

static size_t count_at(const char *object, uint32_t offset)
{
    size_t count;
    memcpy(&count, object + offset, sizeof count);
    return count;
}

static int same_view(int32_t view, const void *a, const void *b, const char **member);

static int same_list(const casegate_member *m, const char *a, const char *b)
{
    const size_t count = count_at(a, m->count_offset);
    const void *const *left = pointer_at(a, m->offset), *const *right = pointer_at(b, m->offset);
    const char *inner;
    if (count != count_at(b, m->count_offset)) return 0;
    for (size_t i = 0; i < count; i++) {
        if (m->kind == CASEGATE_KIND_LINES ? !same_text(left[i], right[i])
            : !same_view(m->kind == CASEGATE_KIND_FILES ? CASEGATE_VIEW_FILE : CASEGATE_VIEW_LABEL, left[i], right[i], &inner))
            return 0;
    }
    return 1;
}

static int same_member(const casegate_member *m, const char *a, const char *b)
{
    if (m->kind == CASEGATE_KIND_LINES || m->kind == CASEGATE_KIND_FILES || m->kind == CASEGATE_KIND_LABELS) return same_list(m, a, b);
    if (m->kind <= CASEGATE_KIND_FILE_KIND) return same_text(pointer_at(a, m->offset), pointer_at(b, m->offset));
    return memcmp(a + m->offset, b + m->offset, m->kind == CASEGATE_KIND_INT64 || m->kind == CASEGATE_KIND_TIME ? 8 : 4) == 0;
}

static int same_view(int32_t view, const void *a, const void *b, const char **member)
{
    for (size_t i = 0; i < casegate_member_count(view); i++) {
        *member = casegate_member_at(view, i)->name;
        if (!same_member(casegate_member_at(view, i), a, b)) return 0;
    }
    return 1;
}

int cg_is_view(cg_rule *r, int32_t view, const void *got, const void *expected, const char *what)
{
    const char *member = "";
    if (r->failed) return 0;
    if (got && same_view(view, got, expected, &member)) return 1;
    r->failed = 1;
    snprintf(r->why, sizeof r->why, "%s: %s%s", what, got ? "it is not as it was written: " : "it is not there", got ? member : "");
    return 0;
}

int cg_is_content(cg_rule *r, const casegate_content *got, const casegate_content *expected)
{
    char a[80], b[80];
    if (!cg_holds(r, got != NULL, "a content")) return 0;
    if (casegate_content_digest(got, "x", a, NULL) != CASEGATE_OK || casegate_content_digest(expected, "x", b, NULL) != CASEGATE_OK)
        return cg_holds(r, 0, "memory");
    return cg_is_text(r, a, b, "content");
}

/* ---- cases ---------------------------------------------------------------------------------------------------------------------- */

void cg_case_open(cg_case *c, const char *id)
{
    memset(c, 0, sizeof *c);
    snprintf(c->id, sizeof c->id, "%s", id);
}

void cg_case_close(cg_case *c)
{
    casegate_decision_free(c->decision);
    casegate_actor_unref(c->actor);
    casegate_content_unref(c->content);
    casegate_case_unref(c->kase);
    casegate_case_unref(c->before);
    memset(c, 0, sizeof *c);
}

casegate_content *cg_contract_content(cg_rule *r, const char *reference, const char *due)
{
    casegate_content *content = NULL;
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    const casegate_service service = { .size = sizeof service, .id = "s1", .code = "crown", .quantity = 2 };
    const struct { int32_t field; const char *text; } texts[] = {
        { CASEGATE_CONTENT_REFERENCE, reference }, { CASEGATE_CONTENT_PATIENT_NAME, "Test Patient" },
        { CASEGATE_CONTENT_DENTIST_ID, "d-7" }, { CASEGATE_CONTENT_DENTIST_NAME, "Dr Dan Osei" },
        { CASEGATE_CONTENT_DENTIST_EMAIL, "dan@clinic.example" }, { CASEGATE_CONTENT_CLINIC_EMAIL, "desk@clinic.example" },
        { CASEGATE_CONTENT_DUE, due },
    };
    for (size_t i = 0; i < COUNT(texts); i++) casegate_content_set(b, texts[i].field, texts[i].text);
    casegate_content_add_service(b, &service);
    cg_holds(r, casegate_content_builder_finish(b, &content, &r->err) == CASEGATE_OK, "a content can be made");
    return content;
}

static casegate_actor *actor_for(cg_rule *r, int32_t action, const cg_wish *wish)
{
    const int is_lab = action == CASEGATE_ACCEPT || action == CASEGATE_REJECT, is_system = action == CASEGATE_ERASE;
    const char *lab = wish->lab ? wish->lab : CG_LAB, *clinic = wish->clinic ? wish->clinic : CG_CLINIC;
    const casegate_actor_fields fields = { .size = sizeof fields, .id = wish->actor ? wish->actor : is_system ? "ops" : is_lab ? "lena" : "clara",
                                           .org = is_system ? NULL : is_lab ? lab : clinic,
                                           .role = is_system ? CASEGATE_SYSTEM : is_lab ? CASEGATE_LAB_USER : CASEGATE_CLINIC_USER,
                                           .permissions = UINT64_MAX };
    casegate_actor *actor = NULL;
    cg_gives(r, casegate_actor_new(NULL, &fields, &actor, &r->err), CASEGATE_OK, "the suite's actor");
    return actor;
}

static void fill_request(cg_case *c, int32_t action, const cg_wish *wish)
{
    casegate_request *request = &c->request;
    casegate_request_init(request, sizeof *request);
    request->action = action;
    request->case_id = c->id;
    request->request = wish->request;
    request->comment = wish->comment;
    if (action == CASEGATE_CREATE) request->lab = wish->lab ? wish->lab : CG_LAB;
    else request->revision = casegate_case_head(c->kase)->revision;
    if (action == CASEGATE_CREATE || action == CASEGATE_EDIT) request->content = wish->content;
    if (action == CASEGATE_REJECT) request->reason = "unreadable_scan";
    if (!wish->file) return;
    c->file = (casegate_file) { .size = sizeof c->file, .id = "f1", .name = "why not.pdf", .size_known = 1, .bytes = 12345 };
    c->files[0] = &c->file;
    request->files = c->files;
    request->file_count = 1;
}

/* What the last step left behind goes only now. */
static int begin_step(cg_rule *r, cg_case *c, int32_t action, const cg_wish *wish)
{
    casegate_decision_free(c->decision);
    casegate_actor_unref(c->actor);
    casegate_case_unref(c->before);
    c->before = NULL;
    c->commit = NULL;
    c->actor = actor_for(r, action, wish);
    c->decision = casegate_decision_new(r->host);
    fill_request(c, action, wish);
    c->facts = (casegate_facts) { .size = sizeof c->facts, .workflow = r->workflow, .policy = r->policy, .kase = c->kase,
                                  .now_us = casegate_clock_now(r->clock), .content = c->content };
    return cg_holds(r, c->decision != NULL, "memory");
}

const casegate_commit *cg_decide_step(cg_rule *r, cg_case *c, int32_t action, const cg_wish *wish)
{
    static const cg_wish nothing = { NULL, NULL, NULL, NULL, NULL, NULL, 0 };
    if (r->failed) return NULL;
    casegate_clock_advance(r->clock, STEP_US);
    if (begin_step(r, c, action, wish ? wish : &nothing) &&
        cg_gives(r, casegate_decide(&c->facts, c->actor, &c->request, c->decision, &r->err), CASEGATE_OK, "the suite's decision") &&
        cg_gives(r, casegate_decision_seal(c->decision, &r->err), CASEGATE_OK, "the suite's seal"))
        c->commit = casegate_decision_commit(c->decision);
    return c->commit;
}

/* What was written is what the next step is decided on. */
static void move_on(cg_rule *r, cg_case *c)
{
    casegate_case *next = NULL;
    if (r->failed || !cg_gives(r, casegate_case_new(NULL, c->commit->after, &next, &r->err), CASEGATE_OK, "the suite's case")) return;
    c->before = c->kase;
    c->kase = next;
    if (!c->commit->content) return;
    casegate_content_unref(c->content);
    c->content = casegate_content_ref(c->commit->content);
}

casegate_result cg_write(cg_rule *r, const casegate_commit *commit)
{
    const casegate_commit *list[1] = { commit };
    casegate_result result = CASEGATE_E_HOST;
    cg_forget(r);
    casegate_result rc = r->ops->commit(r->ops->user, NULL, list, &result, 1, &r->err);
    return rc == CASEGATE_OK ? result : rc;
}

casegate_result cg_write_step(cg_rule *r, cg_case *c)
{
    if (r->failed || !c->commit) return CASEGATE_E_HOST;
    casegate_result rc = cg_write(r, c->commit);
    if (rc == CASEGATE_OK) move_on(r, c);
    return rc;
}

casegate_result cg_erase_step(cg_rule *r, cg_case *c)
{
    if (r->failed || !c->commit) return CASEGATE_E_HOST;
    cg_forget(r);
    casegate_result rc = r->ops->erase(r->ops->user, NULL, c->commit, &r->err);
    if (rc == CASEGATE_OK) move_on(r, c);
    return rc;
}

void cg_wrote_step(cg_rule *r, cg_case *c) { move_on(r, c); }

int cg_step(cg_rule *r, cg_case *c, int32_t action, const cg_wish *wish)
{
    if (!cg_decide_step(r, c, action, wish)) return 0;
    return cg_gives(r, cg_write_step(r, c), CASEGATE_OK, "commit");
}

void cg_given(cg_rule *r, cg_case *c, const char *id, int32_t status)
{
    static const struct { int32_t status, action; } steps[] = {
        { CASEGATE_RECEIVED, CASEGATE_SUBMIT }, { CASEGATE_REJECTED, CASEGATE_REJECT }, { CASEGATE_IN_PRODUCTION, CASEGATE_ACCEPT },
    };
    casegate_content *content = cg_contract_content(r, id, "2026-04-01");
    const cg_wish wish = { .content = content };
    cg_case_open(c, id);
    cg_step(r, c, CASEGATE_CREATE, &wish);
    for (size_t i = 0; i < COUNT(steps) && status != CASEGATE_DRAFT; i++)
        if (i == 0 || steps[i].status == status) cg_step(r, c, steps[i].action, NULL);
    casegate_content_unref(content);
}

/* ---- callbacks ------------------------------------------------------------------------------------------------------------------ */

void cg_forget(cg_rule *r)
{
    casegate_answers_clear(r->answers);
    casegate_error_init(&r->err, sizeof r->err);
}

casegate_result cg_load(cg_rule *r, const char *id)
{
    const casegate_load what = { .size = sizeof what, .case_id = id };
    cg_forget(r);
    return r->ops->load(r->ops->user, NULL, &what, r->answers, &r->err);
}

casegate_result cg_history(cg_rule *r, const char *id, uint32_t after, uint32_t limit)
{
    cg_forget(r);
    return r->ops->history(r->ops->user, NULL, id, after, limit, r->answers, &r->err);
}

casegate_result cg_content(cg_rule *r, const char *id, uint32_t revision)
{
    cg_forget(r);
    return r->ops->content(r->ops->user, NULL, id, revision, r->answers, &r->err);
}

/* ---- what is stored --------------------------------------------------------------------------------------------------------------- */

int cg_is_loaded(cg_rule *r, const cg_case *c)
{
    return cg_gives(r, cg_load(r, c->id), CASEGATE_OK, "load") &&
           cg_is_view(r, CASEGATE_VIEW_HEAD, casegate_answers_head(r->answers, 0), casegate_case_head(c->kase), "load");
}

int cg_is_content_stored(cg_rule *r, const cg_case *c)
{
    const casegate_head *head = casegate_case_head(c->kase);
    if (!cg_gives(r, cg_content(r, c->id, head->revision), CASEGATE_OK, "content")) return 0;
    const casegate_stored_content *stored = casegate_answers_content(r->answers, 0);
    return cg_holds(r, stored != NULL && !stored->erased, "content answers what is stored") &&
           cg_is_number(r, stored->revision, head->revision, "content: revision") &&
           cg_is_text(r, stored->digest, head->content_digest, "content: digest") && cg_is_content(r, stored->content, c->content);
}

int cg_has_events(cg_rule *r, const char *id, size_t expected, const char *what)
{
    size_t count = 0;
    if (!r->ops->history) return 1;
    if (!cg_gives(r, cg_history(r, id, 0, 1000), CASEGATE_OK, "history")) return 0;
    while (casegate_answers_event(r->answers, count)) count++;
    return cg_is_number(r, count, expected, what);
}

uint64_t cg_notices_of(cg_rule *r)
{
    uint64_t count = 0;
    cg_forget(r);
    if (r->ops->notices && r->ops->notices(r->ops->user, NULL, 0, NULL, NULL, 1000, r->answers, &r->err) == CASEGATE_OK)
        while (casegate_answers_notice(r->answers, count)) count++;
    return count;
}
