/* SPDX-License-Identifier: MIT */
/* policy.c: a lab's reasons, check levels, offer and limits; the default policy and the builder of others. */
#include "rules.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LABEL(text_) (const casegate_label *const[]) { &(const casegate_label) { sizeof(casegate_label), "en", text_ } }
#define REASON(code_, label_) \
    &(const casegate_reason) { .size = sizeof(casegate_reason), .code = code_, .labels = LABEL(label_), .label_count = 1 }

static const casegate_reason *const guide_reasons[] = {
    REASON("incomplete_prescription", "Incomplete or missing prescription details"),
    REASON("unreadable_scan", "Incorrect or unreadable scan files"),
    REASON("unsupported_service", "Unsupported service or material"),
    REASON("invalid_timeline", "Invalid delivery timeline"),
    REASON("other", "Other clinical or technical issues"),
};

#define ALL_CHECKS (((1u << CG_FINDINGS) - 1u) & ~1u)
#define DEFAULT_BLOCKS ((1u << CASEGATE_PATIENT_MISSING) | (1u << CASEGATE_SERVICE_MISSING))

const casegate_policy cg_policy_default = {
    .count = CG_STATIC_COUNT, .name = "default", .reasons = guide_reasons, .reason_count = COUNT(guide_reasons),
    .levels = {
        [CASEGATE_PATIENT_MISSING] = CASEGATE_LEVEL_BLOCK_SUBMIT, [CASEGATE_SERVICE_MISSING] = CASEGATE_LEVEL_BLOCK_SUBMIT,
        [CASEGATE_DENTIST_MISSING] = CASEGATE_LEVEL_WARN, [CASEGATE_ANSWER_MISSING] = CASEGATE_LEVEL_WARN,
        [CASEGATE_SCAN_METHOD_MISSING] = CASEGATE_LEVEL_WARN, [CASEGATE_SCAN_FILE_MISSING] = CASEGATE_LEVEL_WARN,
        [CASEGATE_FILE_DAMAGED] = CASEGATE_LEVEL_WARN, [CASEGATE_SERVICE_UNSUPPORTED] = CASEGATE_LEVEL_WARN,
        [CASEGATE_DUE_MISSING] = CASEGATE_LEVEL_WARN, [CASEGATE_DUE_PAST] = CASEGATE_LEVEL_WARN,
        [CASEGATE_DUE_TOO_SOON] = CASEGATE_LEVEL_WARN, [CASEGATE_TOOTH_INVALID] = CASEGATE_LEVEL_WARN,
    },
    .warns = ALL_CHECKS, .blocks_submission = DEFAULT_BLOCKS, .blocks_acceptance = DEFAULT_BLOCKS,
    .limits = {
        [CASEGATE_LIMIT_IDS] = 64, [CASEGATE_LIMIT_LINE] = 256, [CASEGATE_LIMIT_TEXT] = 4096, [CASEGATE_LIMIT_INSTRUCTIONS] = 16384,
        [CASEGATE_LIMIT_URI] = 2048, [CASEGATE_LIMIT_SERVICES] = 200, [CASEGATE_LIMIT_ANSWERS] = 200, [CASEGATE_LIMIT_FILES] = 200,
        [CASEGATE_LIMIT_TEETH] = 32, [CASEGATE_LIMIT_CONTENT] = 1048576,
    },
};

static const char *const level_list[] = { "off", "warn", "block_submit", "block_accept" };
static const cg_names levels = { level_list, CASEGATE_LEVEL_OFF, COUNT(level_list) };
static const char *const limit_list[] = { "ids", "line", "text", "instructions", "uri", "services", "answers", "files", "teeth",
                                          "content" };
static const cg_names limits = { limit_list, CASEGATE_LIMIT_IDS, COUNT(limit_list) };

const char *casegate_level_name(int32_t level) { return cg_name_of(&levels, level); }
int32_t casegate_find_level(const char *name) { return cg_number_of(&levels, name, -1); }
const char *casegate_limit_name(int32_t limit) { return cg_name_of(&limits, limit); }
int32_t casegate_find_limit(const char *name) { return cg_number_of(&limits, name, 0); }

/* ---- asking ---------------------------------------------------------------------------------------------------------- */

casegate_policy *casegate_policy_default(void) { return (casegate_policy *)&cg_policy_default; }

casegate_policy *casegate_policy_ref(const casegate_policy *policy)
{
    if (policy) cg_count_up(&policy->count);
    return (casegate_policy *)policy;
}

void casegate_policy_unref(const casegate_policy *policy)
{
    if (!policy || !cg_count_down(&policy->count)) return;
    cg_arena arena = policy->arena;   /* the policy lives in its own arena */
    cg_arena_free(&arena);
    casegate_host_unref(arena.host);
}

const char *casegate_policy_name(const casegate_policy *policy) { return policy ? policy->name : ""; }
size_t casegate_policy_reason_count(const casegate_policy *policy) { return policy ? policy->reason_count : 0; }
int64_t casegate_policy_turnaround(const casegate_policy *policy) { return policy ? policy->turnaround_us : 0; }
int32_t casegate_policy_utc_offset(const casegate_policy *policy) { return policy ? policy->utc_offset_minutes : 0; }

const casegate_reason *casegate_policy_reason_at(const casegate_policy *policy, size_t i)
{
    return i < casegate_policy_reason_count(policy) ? policy->reasons[i] : NULL;
}

const casegate_reason *casegate_policy_reason(const casegate_policy *policy, const char *code)
{
    for (size_t i = 0; i < casegate_policy_reason_count(policy); i++)
        if (cg_same(policy->reasons[i]->code, code)) return policy->reasons[i];
    return NULL;
}

int32_t casegate_policy_check(const casegate_policy *policy, int32_t finding)
{
    return policy && finding > 0 && finding < CG_FINDINGS ? policy->levels[finding] : CASEGATE_LEVEL_OFF;
}

const char *casegate_policy_service_at(const casegate_policy *policy, size_t i)
{
    return policy && i < policy->service_count ? policy->services[i] : NULL;
}

const char *casegate_policy_material_at(const casegate_policy *policy, size_t i)
{
    return policy && i < policy->material_count ? policy->materials[i] : NULL;
}

size_t casegate_policy_limit(const casegate_policy *policy, int32_t limit)
{
    return policy && limit > 0 && limit < CG_LIMITS ? policy->limits[limit] : 0;
}

static const char *label_of(const casegate_label *const *labels, size_t count, const char *language, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(cg_text(labels[i]->language)) == len && !memcmp(labels[i]->language, language, len)) return labels[i]->text;
    return NULL;
}

const char *casegate_label_for(const casegate_label *const *labels, size_t count, const char *language)
{
    if (!labels || count == 0) return NULL;
    language = cg_text(language);
    const char *text = label_of(labels, count, language, strlen(language));
    if (!text) text = label_of(labels, count, language, strcspn(language, "-"));
    if (!text) text = label_of(labels, count, "en", 2);
    return text ? text : labels[0]->text;
}

/* ---- building -------------------------------------------------------------------------------------------------------- */

enum { MAX_REASONS = 1000, MAX_LABELS = 100, MAX_OFFER = 10000 };   /* far above any lab's; bounds the work on bad input */

struct casegate_policy_builder {
    casegate_policy *policy;          /* in its own arena */
    const casegate_reason **reasons;  /* the policy's lists, while they grow */
    const char **services, **materials;
    size_t reason_room, label_room, service_room, material_room;
    const casegate_label **labels;    /* of the last reason */
    casegate_error first;             /* the failure that sticks */
};

static void fail(casegate_policy_builder *b, casegate_result code, int32_t problem, const char *field, const char *text)
{
    if (b->first.code == CASEGATE_OK) casegate_error_set(&b->first, code, problem, field, text);
}

static int working(const casegate_policy_builder *b) { return b && b->first.code == CASEGATE_OK; }

static char *keep(casegate_policy_builder *b, const char *text)
{
    char *copy = cg_arena_text(&b->policy->arena, cg_text(text));
    if (!copy) fail(b, CASEGATE_E_NOMEM, 0, NULL, NULL);
    return copy;
}

/* Room for one pointer more in a list that lives in the policy's arena. */
static int grow(casegate_policy_builder *b, void *list, size_t count, size_t *room, size_t max, const char *field)
{
    if (count < *room) return 1;
    if (count >= max) return fail(b, CASEGATE_E_INVALID, CASEGATE_PROBLEM_TOO_MANY, field, "too many elements"), 0;
    size_t wanted = *room ? *room * 2 : 8;
    const void **larger = cg_arena_alloc(&b->policy->arena, wanted * sizeof *larger);
    if (!larger) return fail(b, CASEGATE_E_NOMEM, 0, NULL, NULL), 0;
    const void *old = NULL;
    memcpy(&old, list, sizeof old);
    if (count) memcpy(larger, old, count * sizeof *larger);
    memcpy(list, &larger, sizeof larger);
    *room = wanted;
    return 1;
}

/* Form and length of a text; a fault names `field`. */
static int fits(casegate_policy_builder *b, int32_t kind, const char *text, size_t most, const char *field)
{
    int32_t problem = cg_empty(text) ? CASEGATE_PROBLEM_MISSING : cg_text_problem(kind, text);
    if (!problem && strlen(text) > most) problem = CASEGATE_PROBLEM_TOO_LONG;
    if (problem) fail(b, CASEGATE_E_INVALID, problem, field, "the text cannot be taken");
    return problem == 0;
}

/* "reasons[code].member" of the reason added last. */
static const char *reason_path(const casegate_policy_builder *b, const char *member, char *buf, size_t cap)
{
    const casegate_reason *last = b->reasons[b->policy->reason_count - 1];
    size_t n = 0;
    const char *parts[] = { "reasons[", last->code, "].", member };
    for (size_t i = 0; i < COUNT(parts); i++)
        for (const char *p = parts[i]; *p && n + 1 < cap; p++) buf[n++] = *p;
    buf[n] = '\0';
    return buf;
}

casegate_policy_builder *casegate_policy_builder_new(casegate_host *host, const char *name)
{
    casegate_policy_builder *b = cg_zalloc(host, sizeof *b);
    if (!b) return NULL;
    cg_init(&b->first, sizeof b->first);
    cg_arena arena;
    cg_arena_init(&arena, host);
    b->policy = cg_arena_alloc(&arena, sizeof *b->policy);
    if (!b->policy) return cg_arena_free(&arena), casegate_release(host, b), NULL;
    *b->policy = cg_policy_default;
    cg_count_init(&b->policy->count);
    b->policy->arena = arena;
    casegate_host_ref(host);
    if (cg_empty(name)) return b;
    if (fits(b, CASEGATE_KIND_ID, name, 64, "name")) b->policy->name = keep(b, name);
    return b;
}

void casegate_policy_builder_free(casegate_policy_builder *builder)
{
    if (!builder) return;
    cg_arena arena = builder->policy->arena;
    casegate_host *host = arena.host;
    cg_arena_free(&arena);
    casegate_release(host, builder);
    casegate_host_unref(host);
}

void casegate_policy_add_reason(casegate_policy_builder *builder, const char *code, uint32_t needs)
{
    if (!working(builder) || !fits(builder, CASEGATE_KIND_ID, code, 64, "reasons")) return;
    if (needs & ~(uint32_t)(CASEGATE_NEED_COMMENT | CASEGATE_NEED_FILE))
        { fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "reasons",
               "a reason can need a comment and a file"); return; }
    casegate_policy *policy = builder->policy;
    size_t count = builder->reasons ? policy->reason_count : 0;
    for (size_t i = 0; i < count; i++)
        if (cg_same(builder->reasons[i]->code, code))
            { fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_DUPLICATE, "reasons",
                   "a code stands twice in the catalogue"); return; }
    if (!grow(builder, &builder->reasons, count, &builder->reason_room, MAX_REASONS, "reasons")) return;
    casegate_reason *reason = cg_arena_alloc(&policy->arena, sizeof *reason);
    if (!reason) { fail(builder, CASEGATE_E_NOMEM, 0, NULL, NULL); return; }
    *reason = (casegate_reason) { .size = sizeof *reason, .code = keep(builder, code), .needs = needs };
    builder->reasons[count] = reason;
    policy->reason_count = count + 1;
    builder->labels = NULL;
    builder->label_room = 0;
}

void casegate_policy_add_label(casegate_policy_builder *builder, const char *language, const char *text)
{
    char path[128];
    if (!working(builder)) return;
    if (!builder->reasons)
        { fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "reasons", "a label needs a reason before it"); return; }
    reason_path(builder, "label", path, sizeof path);
    if (!fits(builder, CASEGATE_KIND_ID, language, 35, path) || !fits(builder, CASEGATE_KIND_LINE, text, 256, path)) return;
    casegate_reason *reason = (casegate_reason *)builder->reasons[builder->policy->reason_count - 1];
    if (label_of(reason->labels, reason->label_count, language, strlen(language)))
        { fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_DUPLICATE, path, "a language stands twice"); return; }
    if (!grow(builder, &builder->labels, reason->label_count, &builder->label_room, MAX_LABELS, path)) return;
    casegate_label *label = cg_arena_alloc(&builder->policy->arena, sizeof *label);
    if (!label) { fail(builder, CASEGATE_E_NOMEM, 0, NULL, NULL); return; }
    *label = (casegate_label) { sizeof *label, keep(builder, language), keep(builder, text) };
    builder->labels[reason->label_count++] = label;
    reason->labels = builder->labels;
}

void casegate_policy_set_check(casegate_policy_builder *builder, int32_t finding, int32_t level)
{
    if (!working(builder)) return;
    if (finding <= 0 || finding >= CG_FINDINGS || level < CASEGATE_LEVEL_OFF || level > CASEGATE_LEVEL_BLOCK_ACCEPT)
        { fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "checks", "no such check or level"); return; }
    builder->policy->levels[finding] = (int8_t)level;
}

void casegate_policy_set_turnaround(casegate_policy_builder *builder, int64_t us)
{
    const int64_t century = INT64_C(36525) * 24 * 3600 * 1000000;
    if (!working(builder)) return;
    if (us < 0 || us > century) { fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "turnaround",
                                       "not within 0 and 100 years"); return; }
    builder->policy->turnaround_us = us;
}

void casegate_policy_set_utc_offset(casegate_policy_builder *builder, int32_t minutes)
{
    if (!working(builder)) return;
    if (minutes < -1440 || minutes > 1440)
        { fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "utc_offset_minutes", "not within a day"); return; }
    builder->policy->utc_offset_minutes = minutes;
}

static void offer(casegate_policy_builder *b, const char ***list, size_t *count, size_t *room, const char *text,
                  const char *field)
{
    if (!fits(b, CASEGATE_KIND_LINE, text, 256, field) || !grow(b, list, *count, room, MAX_OFFER, field)) return;
    (*list)[(*count)++] = keep(b, text);
}

void casegate_policy_add_service(casegate_policy_builder *builder, const char *code)
{
    if (working(builder)) offer(builder, &builder->services, &builder->policy->service_count, &builder->service_room, code,
                                "services");
}

void casegate_policy_add_material(casegate_policy_builder *builder, const char *material)
{
    if (working(builder))
        offer(builder, &builder->materials, &builder->policy->material_count, &builder->material_room, material, "materials");
}

void casegate_policy_set_limit(casegate_policy_builder *builder, int32_t limit, size_t value)
{
    if (!working(builder)) return;
    if (limit <= 0 || limit >= CG_LIMITS) { fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "limits",
                                                 "no such limit"); return; }
    if (value < 1 || value > (size_t)INT32_MAX)
        { fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "limits", "not within 1 and 2147483647"); return; }
    builder->policy->limits[limit] = value;
}

/* What the levels mean for a submission and an acceptance, once for all decisions. */
static void weigh(casegate_policy *policy)
{
    policy->warns = policy->blocks_submission = policy->blocks_acceptance = 0;
    for (int32_t finding = 1; finding < CG_FINDINGS; finding++) {
        uint32_t bit = 1u << finding;
        int32_t level = policy->levels[finding];
        if (level != CASEGATE_LEVEL_OFF) policy->warns |= bit;
        if (level == CASEGATE_LEVEL_BLOCK_SUBMIT) policy->blocks_submission |= bit;
        if (level >= CASEGATE_LEVEL_BLOCK_SUBMIT) policy->blocks_acceptance |= bit;
    }
}

casegate_result casegate_policy_builder_finish(casegate_policy_builder *builder, casegate_policy **out, casegate_error *err)
{
    if (!builder) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    if (!out) fail(builder, CASEGATE_E_INVALID, 0, "out", "is NULL");
    casegate_policy *policy = builder->policy;
    casegate_host *host = policy->arena.host;
    if (!working(builder)) {
        casegate_error first = builder->first;
        casegate_policy_builder_free(builder);
        return casegate_error_set(err, first.code, first.host_code, first.field, first.text);
    }
    if (builder->reasons) policy->reasons = builder->reasons;
    policy->services = builder->services;
    policy->materials = builder->materials;
    weigh(policy);
    casegate_release(host, builder);
    *out = policy;
    return CASEGATE_OK;
}
