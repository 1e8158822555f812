/* SPDX-License-Identifier: MIT */
/* walk.c: every route through a workflow, walked against a real engine, and every button compared with the table on the way. */
#include "take.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { DEFAULT_LONGEST = 6, MOST_GUARDS = 100, ROLES = CASEGATE_SYSTEM + 1 };
static const int64_t BEGIN_US = INT64_C(1767225600000000), STEP_US = INT64_C(60000000);   /* 2026-01-01T00:00:00Z, a minute */
static const char CLINIC[] = "walk-clinic", LAB[] = "walk-lab", FILE_NAME[] = "why.pdf", NO_REASON[] = "no-such-reason";

typedef struct walker {
    const casegate_walk_options *options;
    const casegate_workflow *workflow;
    casegate_policy *policy;
    casegate_walk_result *result;
    casegate_error *err;
    casegate_clock *clock;
    casegate_host *host;
    casegate_store *store;
    casegate_engine *engine;
    casegate_outcome *outcome;
    casegate_actor *actors[ROLES], *powerless[ROLES], *stranger;   /* by role: with every permission, with view alone */
    casegate_content *content, *empty;
    casegate_result failed;   /* of the walk itself; it ends then */
    const char *refusing;   /* the guard that refuses now; NULL: none */
    /* the case, as the table says that it must be */
    char id[65], locked_digest[80];
    casegate_buffer *words, *line;   /* the route so far; a deviation */
    int32_t status;
    uint32_t version, revision, attempt, contents;
} walker;

void casegate_walk_options_init(casegate_walk_options *options, size_t size) { memset(options, 0, size); options->size = size; }
void casegate_walk_result_init(casegate_walk_result *result, size_t size) { memset(result, 0, size); result->size = size; }

/* ---- what is told ---------------------------------------------------------------------------------------------------------- */

static void put(casegate_buffer *out, const char *text) { casegate_buffer_append(out, text, SIZE_MAX); }

/* "create, submit: accept by dentist: expected wrong_role, got ok" */
static void deviate(walker *w, const char *action, int32_t role, const char *expected, const char *got)
{
    const char *const parts[] = { casegate_buffer_data(w->words), ": ", action, role ? " by " : "", casegate_role_name(role),
                                  ": expected ", expected, ", got ", got };
    w->result->deviations++;
    if (!w->options->line) return;
    casegate_buffer_clear(w->line);
    for (size_t i = 0; i < COUNT(parts); i++) put(w->line, parts[i]);
    w->options->line(w->options->user, casegate_buffer_data(w->line));
}

static void put_word(walker *w, const char *word)
{
    put(w->words, casegate_buffer_length(w->words) ? ", " : "");
    put(w->words, word);
}

/* Which obstacles a refusal must have, and no others; of one code there may be several. */
typedef struct refusal { int32_t codes[2]; size_t count; } refusal;

static refusal only(int32_t code) { return (refusal) { { code, 0 }, 1 }; }

static int is_expected(const refusal *expected, int32_t code)
{
    for (size_t i = 0; i < expected->count; i++)
        if (expected->codes[i] == code) return 1;
    return 0;
}

static int has_obstacle(const casegate_verdict *verdict, int32_t code)
{
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++)
        if (casegate_verdict_at(verdict, i)->code == code) return 1;
    return 0;
}

static int is_refusal(const casegate_verdict *verdict, const refusal *expected)
{
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++)
        if (!is_expected(expected, casegate_verdict_at(verdict, i)->code)) return 0;
    for (size_t i = 0; i < expected->count; i++)
        if (!has_obstacle(verdict, expected->codes[i])) return 0;
    return 1;
}

enum { WORDS = 512 };

static const char *obstacle_words(const casegate_verdict *verdict, char text[WORDS])
{
    size_t used = 0, count = casegate_verdict_count(verdict);
    snprintf(text, WORDS, "no obstacle");
    for (size_t i = 0; i < count && used < WORDS; i++)
        used += (size_t)snprintf(text + used, WORDS - used, "%s%s", i ? "+" : "", casegate_verdict_at(verdict, i)->name);
    return text;
}

static const char *refusal_words(const refusal *expected, char text[WORDS])
{
    snprintf(text, WORDS, "%s%s%s", expected->count ? casegate_obstacle_name(expected->codes[0]) : "no obstacle",
             expected->count > 1 ? "+" : "", expected->count > 1 ? casegate_obstacle_name(expected->codes[1]) : "");
    return text;
}

/* What came, in words: the status, or the obstacles, or the error. */
static const char *answer_words(const walker *w, casegate_result rc, char text[WORDS])
{
    const casegate_head *head = casegate_outcome_head(w->outcome);
    const casegate_status *status = head ? casegate_workflow_status(w->workflow, head->status) : NULL;
    if (rc == CASEGATE_REFUSED) return obstacle_words(casegate_outcome_verdict(w->outcome), text);
    return rc == CASEGATE_OK && status ? status->name : casegate_result_name(rc);
}

/* ---- what the engine asks ---------------------------------------------------------------------------------------------------- */

typedef struct bound_guard { walker *w; const char *name; } bound_guard;

static casegate_result CASEGATE_CALL ask(void *user, void *context, casegate_question *question, casegate_error *err)
{
    const bound_guard *guard = user;
    const char *refusing = guard->w->refusing;
    (void)context, (void)err;
    return refusing && strcmp(refusing, guard->name) == 0 ? casegate_question_refuse(question, "the walk says no") : CASEGATE_OK;
}

static casegate_result CASEGATE_CALL lab(void *user, void *context, const char *id, casegate_policy **policy,
                                         casegate_workflow **workflow, casegate_error *err)
{
    const walker *w = user;
    (void)context, (void)err;
    if (strcmp(id, LAB) != 0) return CASEGATE_ABSENT;
    *policy = casegate_policy_ref(w->policy);
    *workflow = casegate_workflow_ref(w->workflow);
    return CASEGATE_OK;
}

/* ---- opening ------------------------------------------------------------------------------------------------------------------ */

static casegate_result nomem(walker *w) { return casegate_error_set(w->err, CASEGATE_E_NOMEM, 0, NULL, "out of memory"); }

static casegate_result make_actor(walker *w, int32_t role, uint64_t permissions, const char *lab_id, casegate_actor **out)
{
    const char *org = role == CASEGATE_SYSTEM ? NULL : role == CASEGATE_LAB_USER ? lab_id : CLINIC;
    const casegate_actor_fields fields = { .size = sizeof fields, .id = casegate_role_name(role), .org = org, .role = role,
                                           .permissions = permissions };
    return casegate_actor_new(w->host, &fields, out, w->err);
}

static casegate_result make_actors(walker *w)
{
    casegate_result rc = make_actor(w, CASEGATE_LAB_USER, UINT64_MAX, "another-lab", &w->stranger);
    for (int32_t role = CASEGATE_CLINIC_USER; rc == CASEGATE_OK && role < ROLES; role++) {
        rc = make_actor(w, role, UINT64_MAX, LAB, &w->actors[role]);
        if (rc == CASEGATE_OK) rc = make_actor(w, role, CASEGATE_MAY_VIEW, LAB, &w->powerless[role]);
    }
    return rc;
}

/* A complete content, each time with another reference. */
static casegate_result make_content(walker *w, casegate_content **out)
{
    char reference[32];
    casegate_content_builder *b = casegate_content_builder_new(w->host, NULL);
    const casegate_service service = { .size = sizeof service, .id = "s1", .code = casegate_policy_service_at(w->policy, 0),
                                       .material = casegate_policy_material_at(w->policy, 0) };
    const casegate_file scan = { .size = sizeof scan, .id = "f1", .name = "upper.stl", .kind = "scan" };
    const struct { int32_t field; const char *text; } texts[] = {
        { CASEGATE_CONTENT_REFERENCE, reference }, { CASEGATE_CONTENT_PATIENT_NAME, "Walking Sample" },
        { CASEGATE_CONTENT_DENTIST_ID, "dentist" }, { CASEGATE_CONTENT_DENTIST_NAME, "Dr Walk" },
        { CASEGATE_CONTENT_DENTIST_EMAIL, "dentist@walk.example" }, { CASEGATE_CONTENT_CLINIC_EMAIL, "clinic@walk.example" },
        { CASEGATE_CONTENT_SCAN_METHOD, "digital_upload" }, { CASEGATE_CONTENT_DUE, "2999-12-31" },
    };
    snprintf(reference, sizeof reference, "walk-%lu", (unsigned long)w->contents++);
    for (size_t i = 0; i < COUNT(texts); i++) casegate_content_set(b, texts[i].field, texts[i].text);
    casegate_content_add_service(b, &service);
    casegate_content_add_file(b, &scan);
    return casegate_content_builder_finish(b, out, w->err);
}

static size_t bind_guards(walker *w, bound_guard *bound, casegate_guard *guards, const casegate_guard **list)
{
    size_t count = 0;
    for (size_t i = 0; i < casegate_workflow_action_count(w->workflow); i++) {
        const casegate_action *action = casegate_workflow_action_at(w->workflow, i);
        for (size_t k = 0; k < action->guard_count && count < MOST_GUARDS; k++) {
            size_t known = 0;
            while (known < count && strcmp(bound[known].name, action->guards[k]) != 0) known++;
            if (known < count) continue;
            bound[count] = (bound_guard) { w, action->guards[k] };
            guards[count] = (casegate_guard) { .size = sizeof guards[count], .name = action->guards[k], .user = &bound[count],
                                               .ask = ask };
            list[count] = &guards[count];
            count++;
        }
    }
    return count;
}

static casegate_result open_engine(walker *w, bound_guard *bound)
{
    casegate_guard guards[MOST_GUARDS];
    const casegate_guard *list[MOST_GUARDS];
    const casegate_engine_ops ops = { .size = sizeof ops, .user = w, .lab = lab };
    const casegate_engine_options options = {
        .size = sizeof options, .host = w->host, .store = w->store, .workflows = &w->workflow, .workflow_count = 1,
        .guards = list, .guard_count = bind_guards(w, bound, guards, list), .ops = &ops, .tell = CASEGATE_TELL_LATER,
    };
    return casegate_engine_open(&options, &w->engine, w->err);
}

static casegate_result open_walk(walker *w, bound_guard *bound)
{
    const casegate_walk_options *o = w->options;
    w->policy = o->policy ? casegate_policy_ref(o->policy) : casegate_policy_default();
    w->clock = casegate_clock_new(BEGIN_US);
    w->outcome = casegate_outcome_new(NULL);
    w->words = casegate_buffer_new(NULL);
    w->line = casegate_buffer_new(NULL);
    if (!w->clock || !w->outcome || !w->words || !w->line) return nomem(w);
    casegate_result rc = casegate_test_host_new(w->clock, &w->host, w->err);
    if (rc == CASEGATE_OK)
        rc = o->open ? o->open(o->user, w->host, &w->store, w->err) : casegate_memory_store_new(w->host, &w->store, w->err);
    if (rc == CASEGATE_OK) rc = open_engine(w, bound);
    if (rc == CASEGATE_OK) rc = make_actors(w);
    if (rc == CASEGATE_OK) rc = make_content(w, &w->content);
    if (rc == CASEGATE_OK) rc = casegate_content_builder_finish(casegate_content_builder_new(w->host, NULL), &w->empty, w->err);
    return rc == CASEGATE_OK && o->coverage ? casegate_coverage_add(o->coverage, w->workflow, w->policy, w->err) : rc;
}

static void close_walk(walker *w)
{
    casegate_buffer_free(w->words);
    casegate_buffer_free(w->line);
    casegate_content_unref(w->content);
    casegate_content_unref(w->empty);
    for (int32_t role = 0; role < ROLES; role++) {
        casegate_actor_unref(w->actors[role]);
        casegate_actor_unref(w->powerless[role]);
    }
    casegate_actor_unref(w->stranger);
    casegate_outcome_free(w->outcome);
    casegate_engine_unref(w->engine);
    casegate_store_unref(w->store);
    casegate_host_unref(w->host);
    casegate_clock_free(w->clock);
    casegate_policy_unref(w->policy);
}

/* ---- requests ------------------------------------------------------------------------------------------------------------------ */

static casegate_call call_of(const casegate_actor *actor)
{
    return (casegate_call) { .size = sizeof(casegate_call), .actor = actor };
}

/* A refusal and an error of a request are answers; errors of the walk itself are those of memory. */
static casegate_result apply(walker *w, const casegate_actor *actor, const casegate_request *request)
{
    const casegate_call call = call_of(actor);
    casegate_clock_advance(w->clock, STEP_US);
    w->result->requests++;
    casegate_result rc = casegate_engine_apply(w->engine, &call, request, w->outcome, w->err);
    if (rc >= 0 && w->options->coverage)
        w->failed = casegate_coverage_saw(w->options->coverage, w->workflow, request->action,
                                          casegate_outcome_verdict(w->outcome), casegate_outcome_commit(w->outcome), w->err);
    if (rc == CASEGATE_E_NOMEM) w->failed = rc;
    return rc;
}

static int takes_reason(const casegate_action *action)
{
    return action->does == CASEGATE_DOES_REJECTION || action->needs & CASEGATE_NEED_REASON;
}

static int takes_revision(const casegate_action *action)
{
    return action->does == CASEGATE_DOES_EDIT || action->needs & CASEGATE_NEED_REVISION;
}

/* The first reason that demands something; NULL: none does. */
static const casegate_reason *reason_that_needs(const walker *w, uint32_t need)
{
    for (size_t i = 0; i < casegate_policy_reason_count(w->policy); i++) {
        const casegate_reason *reason = casegate_policy_reason_at(w->policy, i);
        if (reason->needs & need) return reason;
    }
    return NULL;
}

/* All that an action can demand, so that nothing but status, role, permission and guards can refuse it. */
typedef struct inputs { casegate_request request; casegate_file file; const casegate_file *files[1]; } inputs;

static const casegate_request *fill(const walker *w, const casegate_action *action, const casegate_content *content, inputs *in)
{
    const uint32_t needs = action->needs | (takes_reason(action) ? CASEGATE_NEED_COMMENT | CASEGATE_NEED_FILE : 0);
    casegate_request_init(&in->request, sizeof in->request);
    in->file = (casegate_file) { .size = sizeof in->file, .id = "f1", .name = FILE_NAME };
    in->files[0] = &in->file;
    in->request.action = action->code;
    in->request.case_id = w->id;
    in->request.revision = w->revision;
    if (action->does == CASEGATE_DOES_EDIT) in->request.content = content;
    if (takes_reason(action)) in->request.reason = casegate_policy_reason_at(w->policy, 0)->code;
    if (needs & CASEGATE_NEED_COMMENT) in->request.comment = "as walked";
    if (needs & CASEGATE_NEED_FILE) in->request.files = in->files, in->request.file_count = 1;
    return &in->request;
}

/* Sent, and refused with just these obstacles, or it is a deviation. */
static void must_refuse(walker *w, const casegate_actor *actor, const casegate_request *request, refusal expected)
{
    char wanted[WORDS], came[WORDS];
    casegate_result rc = apply(w, actor, request);
    const casegate_action *action = casegate_workflow_action(w->workflow, request->action);
    if (rc == CASEGATE_REFUSED && is_refusal(casegate_outcome_verdict(w->outcome), &expected)) return;
    deviate(w, action ? action->name : "an unknown action", casegate_actor_get(actor)->role, refusal_words(&expected, wanted),
            answer_words(w, rc, came));
}

/* ---- looking around in a status ------------------------------------------------------------------------------------------------ */

static int leads_on(const walker *w, const casegate_action *action)
{
    for (size_t i = 0; i < casegate_workflow_transition_count(w->workflow); i++) {
        const casegate_transition *t = casegate_workflow_transition_at(w->workflow, i);
        if (t->action == action->code && t->from == w->status) return 1;
    }
    return 0;
}

/* Why there is no transition, as docs/rules.md has it: [kind of the action][phase of the case]; what is 0 is wrong_status. */
static const int32_t no_transition[][CASEGATE_PHASE_CLOSED + 1] = {
    [CASEGATE_DOES_SUBMISSION] = { 0, 0, CASEGATE_ALREADY_SUBMITTED, CASEGATE_ALREADY_ACCEPTED, 0, 0 },
    [CASEGATE_DOES_ACCEPTANCE] = { 0, CASEGATE_NOT_SUBMITTED, 0, CASEGATE_ALREADY_ACCEPTED, CASEGATE_ALREADY_REJECTED, 0 },
    [CASEGATE_DOES_REJECTION] = { 0, CASEGATE_NOT_SUBMITTED, 0, CASEGATE_ALREADY_ACCEPTED, CASEGATE_ALREADY_REJECTED, 0 },
    [CASEGATE_DOES_EDIT] = { 0, 0, 0, CASEGATE_LOCKED, 0, CASEGATE_LOCKED },
    [CASEGATE_DOES_CLOSING] = { 0 }, [CASEGATE_DOES_MOVE] = { 0 },
};

/* What the table says to an action in this status by this role, with every permission: no obstacle, or which. */
static refusal table_says(const walker *w, const casegate_action *action, int32_t role)
{
    const int32_t phase = casegate_workflow_status(w->workflow, w->status)->phase;
    refusal r = { { 0 }, 0 };
    if (!leads_on(w, action)) {
        const int32_t code = no_transition[action->does][phase];
        r.codes[r.count++] = code ? code : CASEGATE_WRONG_STATUS;
    }
    if (!(action->roles >> role & 1)) r.codes[r.count++] = CASEGATE_WRONG_ROLE;
    return r;
}

static void compare_button(walker *w, const casegate_action *action, int32_t role)
{
    char wanted[WORDS], came[WORDS];
    const casegate_verdict *verdict = casegate_outcome_action(w->outcome, action->code);
    const refusal expected = table_says(w, action, role);
    w->result->explanations++;
    if (!verdict || !is_refusal(verdict, &expected))
        deviate(w, action->name, role, refusal_words(&expected, wanted),
                verdict ? obstacle_words(verdict, came) : "no explanation");
}

/* Everything that this role must not do is sent all the same; what it may, by someone without the permission. */
static void try_forbidden(walker *w, int32_t role)
{
    inputs in;
    for (size_t i = 0; i < casegate_workflow_action_count(w->workflow); i++) {
        const casegate_action *action = casegate_workflow_action_at(w->workflow, i);
        const refusal expected = table_says(w, action, role);
        const int may = expected.count == 0;
        must_refuse(w, may ? w->powerless[role] : w->actors[role], fill(w, action, w->content, &in),
                    may ? only(CASEGATE_NO_PERMISSION) : expected);
    }
}

/* Who sees nothing of the case is told so, and nothing else. */
static void must_not_find(walker *w, const casegate_actor *actor)
{
    inputs in;
    must_refuse(w, actor, fill(w, casegate_workflow_action_at(w->workflow, 0), w->content, &in), only(CASEGATE_NOT_FOUND));
}

static void look_as(walker *w, int32_t role)
{
    char text[WORDS];
    const casegate_call call = call_of(w->actors[role]);
    if (role == CASEGATE_LAB_USER && w->attempt == 0) {
        must_not_find(w, w->actors[role]);
        return;
    }
    casegate_result rc = casegate_engine_explain(w->engine, &call, w->id, w->outcome, w->err);
    if (rc != CASEGATE_OK) {
        deviate(w, "explain", role, "an explanation", answer_words(w, rc, text));
        return;
    }
    for (size_t i = 0; i < casegate_workflow_action_count(w->workflow); i++)
        compare_button(w, casegate_workflow_action_at(w->workflow, i), role);
    try_forbidden(w, role);
}

/* The case is as the steps left it, whatever was refused in between. */
static void compare_case(walker *w)
{
    char text[WORDS];
    const casegate_call call = call_of(w->actors[CASEGATE_SYSTEM]);
    casegate_result rc = casegate_engine_view(w->engine, &call, w->id, 0, w->outcome, w->err);
    const casegate_head *head = casegate_outcome_head(w->outcome);
    if (rc != CASEGATE_OK || !head || head->status != w->status || head->version != w->version || head->revision != w->revision)
        deviate(w, "view", CASEGATE_SYSTEM, "the case as it was", answer_words(w, rc, text));
    else if (w->locked_digest[0] && strcmp(head->content_digest, w->locked_digest) != 0)
        deviate(w, "view", CASEGATE_SYSTEM, "the content that was locked", "another");
}

/* ---- what an allowed action must not lack -------------------------------------------------------------------------------------- */

typedef struct lack { int holds; int32_t obstacle; casegate_request request; } lack;

static void lacks_of(const walker *w, const casegate_action *action, const casegate_request *whole, lack lacks[8])
{
    const casegate_reason *talks = reason_that_needs(w, CASEGATE_NEED_COMMENT), *shows = reason_that_needs(w, CASEGATE_NEED_FILE);
    const int decides = action->does == CASEGATE_DOES_ACCEPTANCE || action->does == CASEGATE_DOES_REJECTION;
    const int reasons = takes_reason(action), revisions = takes_revision(action);
    const int comments = action->needs & CASEGATE_NEED_COMMENT || (reasons && talks);
    const int files = action->needs & CASEGATE_NEED_FILE || (reasons && shows);
    const lack all[] = {
        { decides, CASEGATE_PARTIAL_DECISION, *whole }, { revisions, CASEGATE_REVIEW_REQUIRED, *whole },
        { revisions, CASEGATE_STALE_REVIEW, *whole },   { reasons, CASEGATE_REASON_REQUIRED, *whole },
        { reasons, CASEGATE_REASON_UNKNOWN, *whole },   { comments, CASEGATE_COMMENT_REQUIRED, *whole },
        { files, CASEGATE_FILE_REQUIRED, *whole },      { 0, 0, *whole },
    };
    memcpy(lacks, all, sizeof all);
    lacks[0].request.service = "s1";
    lacks[1].request.revision = 0;
    lacks[2].request.revision = whole->revision + 1000;
    lacks[3].request.reason = NULL;
    lacks[4].request.reason = NO_REASON;
    lacks[5].request.comment = NULL;
    lacks[6].request.files = NULL, lacks[6].request.file_count = 0;
    if (reasons && talks) lacks[5].request.reason = talks->code;
    if (reasons && shows) lacks[6].request.reason = shows->code;
}

static void try_lacking(walker *w, const casegate_action *action, const casegate_actor *actor)
{
    inputs in;
    lack lacks[8];
    casegate_content *content = NULL;
    w->failed = make_content(w, &content);
    if (w->failed != CASEGATE_OK) return;
    const casegate_request *whole = fill(w, action, content, &in);
    lacks_of(w, action, whole, lacks);
    for (size_t i = 0; i < COUNT(lacks); i++)
        if (lacks[i].holds) must_refuse(w, actor, &lacks[i].request, only(lacks[i].obstacle));
    for (size_t i = 0; i < action->guard_count; i++) {
        w->refusing = action->guards[i];
        must_refuse(w, actor, whole, only(CASEGATE_GUARD_REFUSED));
        w->refusing = NULL;
    }
    casegate_content_unref(content);
}

/* Someone whom an action is for; they take turns. */
static int32_t role_for(const walker *w, const casegate_action *action)
{
    int32_t role = (int32_t)(w->version % CASEGATE_SYSTEM) + 1;
    while (!(action->roles >> role & 1)) role = role % CASEGATE_SYSTEM + 1;
    return role;
}

static void look_around(walker *w)
{
    for (int32_t role = CASEGATE_CLINIC_USER; role < ROLES; role++) {
        compare_case(w);
        look_as(w, role);
    }
    must_not_find(w, w->stranger);
    for (size_t i = 0; i < casegate_workflow_action_count(w->workflow); i++) {
        const casegate_action *action = casegate_workflow_action_at(w->workflow, i);
        if (leads_on(w, action)) try_lacking(w, action, w->actors[role_for(w, action)]);
    }
    compare_case(w);
}

/* ---- steps --------------------------------------------------------------------------------------------------------------------- */

/* What is on record now is what the table must lead on from. */
static void go_to(walker *w, int32_t status)
{
    const casegate_head *head = casegate_outcome_head(w->outcome);
    w->status = status;
    w->version++;
    w->revision = head->revision;
    w->attempt = head->attempt;
    const int32_t phase = casegate_workflow_status(w->workflow, status)->phase;
    if ((phase == CASEGATE_PHASE_ACCEPTED || phase == CASEGATE_PHASE_CLOSED) && !w->locked_digest[0])
        snprintf(w->locked_digest, sizeof w->locked_digest, "%s", head->content_digest);
}

static int create(walker *w, const casegate_content *content)
{
    char text[WORDS];
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_CREATE, .lab = LAB, .content = content };
    casegate_buffer_clear(w->words);
    w->locked_digest[0] = '\0';
    w->version = w->revision = 0;
    casegate_result rc = apply(w, w->actors[CASEGATE_CLINIC_USER], &request);
    put_word(w, "create");
    if (rc != CASEGATE_OK || casegate_outcome_head(w->outcome)->status != casegate_workflow_initial(w->workflow)) {
        deviate(w, "create", CASEGATE_CLINIC_USER, "a draft", answer_words(w, rc, text));
        return 0;
    }
    snprintf(w->id, sizeof w->id, "%s", casegate_outcome_head(w->outcome)->id);
    go_to(w, casegate_workflow_initial(w->workflow));
    return 1;
}

static int take_step(walker *w, const casegate_transition *t)
{
    char text[WORDS];
    inputs in;
    casegate_content *content = NULL;
    const casegate_action *action = casegate_workflow_action(w->workflow, t->action);
    const int32_t role = role_for(w, action);
    w->failed = make_content(w, &content);
    if (w->failed != CASEGATE_OK) return 0;
    casegate_result rc = apply(w, w->actors[role], fill(w, action, content, &in));
    const casegate_head *head = casegate_outcome_head(w->outcome);
    const int holds = rc == CASEGATE_OK && head && head->status == t->to && head->version == w->version + 1;
    if (!holds) deviate(w, action->name, role, casegate_workflow_status(w->workflow, t->to)->name, answer_words(w, rc, text));
    else go_to(w, t->to);
    put_word(w, action->name);
    casegate_content_unref(content);
    return holds;
}

static void must_verify(walker *w)
{
    const casegate_call call = call_of(w->actors[CASEGATE_SYSTEM]);
    casegate_result rc = casegate_engine_verify(w->engine, &call, w->id, w->outcome, w->err);
    const casegate_verification *v = rc == CASEGATE_OK ? casegate_outcome_verification(w->outcome) : NULL;
    w->result->verified += v && v->intact;
    if (rc == CASEGATE_E_UNSUPPORTED) return;   /* the store keeps no history: `verified` shows it */
    if (!v || !v->intact) deviate(w, "verify", CASEGATE_SYSTEM, "intact", v ? v->problem : casegate_result_name(rc));
}

/* ---- routes -------------------------------------------------------------------------------------------------------------------- */

static int goes_on(const walker *w, const casegate_routes *routes, uint32_t longest)
{
    if (casegate_routes_length(routes) == longest) return 0;
    for (size_t i = 0; i < casegate_workflow_transition_count(w->workflow); i++)
        if (casegate_workflow_transition_at(w->workflow, i)->from == casegate_routes_status(routes)) return 1;
    return 0;
}

/* A route to its end. What it shares with the one before, from its beginning on, was looked at then. */
static void walk_route(walker *w, const casegate_routes *routes, const casegate_transition **before, uint32_t *before_length)
{
    uint32_t shared = 0;
    const uint32_t length = casegate_routes_length(routes);
    while (shared < length && shared < *before_length && casegate_routes_at(routes, shared) == before[shared]) shared++;
    if (!create(w, w->content)) return;
    if (*before_length == 0) look_around(w);
    for (uint32_t i = 0; i < length; i++) {
        if (!take_step(w, casegate_routes_at(routes, i))) break;
        if (i >= shared) look_around(w);
        before[i] = casegate_routes_at(routes, i);
        *before_length = i + 1;
    }
    must_verify(w);
    w->result->routes++;
}

static casegate_result walk_routes(walker *w, uint32_t longest)
{
    casegate_routes *routes = casegate_routes_new(w->host, w->workflow, longest);
    const casegate_transition **before = calloc(longest, sizeof *before);
    uint32_t before_length = 0;
    if (routes && before)
        while (w->failed == CASEGATE_OK && casegate_routes_next(routes) == CASEGATE_OK)
            if (!goes_on(w, routes, longest)) walk_route(w, routes, before, &before_length);
    const int complete = routes && before;
    casegate_routes_free(routes);
    free(before);
    return complete ? w->failed : nomem(w);
}

/* ---- what belongs to no route ---------------------------------------------------------------------------------------------------- */

/* Every action of a kind that leads on from here must find the case incomplete. */
static void must_be_incomplete(walker *w, int32_t does)
{
    inputs in;
    for (size_t i = 0; i < casegate_workflow_action_count(w->workflow); i++) {
        const casegate_action *action = casegate_workflow_action_at(w->workflow, i);
        if (action->does == does && leads_on(w, action))
            must_refuse(w, w->actors[role_for(w, action)], fill(w, action, NULL, &in), only(CASEGATE_INCOMPLETE));
    }
}

/* The first transition of a kind from here; NULL: there is none. */
static const casegate_transition *first_of(const walker *w, int32_t does)
{
    for (size_t i = 0; i < casegate_workflow_transition_count(w->workflow); i++) {
        const casegate_transition *t = casegate_workflow_transition_at(w->workflow, i);
        if (t->from == w->status && casegate_workflow_action(w->workflow, t->action)->does == does) return t;
    }
    return NULL;
}

/* Emptied after its submission, where the workflow lets the clinic edit then. */
static int empty_submitted(walker *w)
{
    inputs in;
    if (!create(w, w->content) || !first_of(w, CASEGATE_DOES_SUBMISSION)) return 0;
    if (!take_step(w, first_of(w, CASEGATE_DOES_SUBMISSION)) || !first_of(w, CASEGATE_DOES_EDIT)) return 0;
    const casegate_action *edit = casegate_workflow_action(w->workflow, first_of(w, CASEGATE_DOES_EDIT)->action);
    if (apply(w, w->actors[role_for(w, edit)], fill(w, edit, w->empty, &in)) != CASEGATE_OK) return 0;
    go_to(w, w->status);
    put_word(w, edit->name);
    return 1;
}

/* On through the reviews, until someone could accept. */
static int move_on(walker *w)
{
    for (size_t i = casegate_workflow_status_count(w->workflow); i > 0 && !first_of(w, CASEGATE_DOES_ACCEPTANCE); i--)
        if (!first_of(w, CASEGATE_DOES_MOVE) || !take_step(w, first_of(w, CASEGATE_DOES_MOVE))) return 0;
    return 1;
}

/* A case with nothing in it is neither submitted nor accepted, where the policy blocks that. */
static void try_incomplete(walker *w)
{
    const int32_t patient = casegate_policy_check(w->policy, CASEGATE_PATIENT_MISSING);
    const int32_t service = casegate_policy_check(w->policy, CASEGATE_SERVICE_MISSING);
    const int submissions = patient == CASEGATE_LEVEL_BLOCK_SUBMIT || service == CASEGATE_LEVEL_BLOCK_SUBMIT;
    if (submissions && create(w, w->empty)) must_be_incomplete(w, CASEGATE_DOES_SUBMISSION);
    if (patient < CASEGATE_LEVEL_BLOCK_SUBMIT && service < CASEGATE_LEVEL_BLOCK_SUBMIT) return;
    if (empty_submitted(w) && move_on(w)) must_be_incomplete(w, CASEGATE_DOES_ACCEPTANCE);
}

/* Refusals that any request can meet. */
static void try_common(walker *w)
{
    casegate_request request = { .size = sizeof request, .action = CASEGATE_CREATE, .lab = LAB, .content = w->content };
    casegate_actor *const clinic = w->actors[CASEGATE_CLINIC_USER];
    must_refuse(w, w->actors[CASEGATE_LAB_USER], &request, only(CASEGATE_WRONG_ROLE));
    must_refuse(w, w->powerless[CASEGATE_CLINIC_USER], &request, only(CASEGATE_NO_PERMISSION));
    request.lab = "no-such-lab";
    must_refuse(w, clinic, &request, only(CASEGATE_INVALID_INPUT));
    request.lab = LAB;
    request.action = INT32_MAX;
    if (create(w, w->content)) request.case_id = w->id;
    must_refuse(w, clinic, &request, only(CASEGATE_UNKNOWN_ACTION));
}

static void try_reused_request(walker *w)
{
    casegate_request request = { .size = sizeof request, .action = CASEGATE_CREATE, .lab = LAB, .content = w->content,
                                 .request = "walk-1" };
    if (!(casegate_store_keeps(w->store) & CASEGATE_KEEPS_REQUESTS)) return;
    if (apply(w, w->actors[CASEGATE_CLINIC_USER], &request) != CASEGATE_OK) return;
    request.content = w->empty;
    must_refuse(w, w->actors[CASEGATE_CLINIC_USER], &request, only(CASEGATE_REQUEST_REUSED));
}

/* ---- public ---------------------------------------------------------------------------------------------------------------------- */

static casegate_result judge(const casegate_walk_options *o, casegate_error *err)
{
    if (!o->workflow) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "workflow", "is NULL");
    if (o->longest <= CASEGATE_LONGEST_ROUTE) return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "longest", "is longer than a route can be");
}

casegate_result casegate_walk(const casegate_walk_options *given, casegate_walk_result *result, casegate_error *err)
{
    casegate_error own;
    casegate_walk_options options;
    casegate_walk_result counts = { .size = sizeof counts };
    bound_guard bound[MOST_GUARDS];
    if (err) casegate_error_init(err, err->size);
    casegate_result rc = cg_take_options(given, &options, sizeof options, err);
    if (rc == CASEGATE_OK) rc = cg_take_result(result, sizeof counts, err);
    if (rc == CASEGATE_OK) rc = judge(&options, err);
    if (rc != CASEGATE_OK) return rc;
    casegate_error_init(&own, sizeof own);
    walker *w = calloc(1, sizeof *w);
    if (!w) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    *w = (walker) { .options = &options, .workflow = options.workflow, .result = &counts, .err = &own };
    rc = open_walk(w, bound);
    if (rc == CASEGATE_OK) {
        try_incomplete(w);
        try_common(w);
        try_reused_request(w);
        rc = w->failed == CASEGATE_OK ? walk_routes(w, options.longest ? options.longest : DEFAULT_LONGEST) : w->failed;
    }
    close_walk(w);
    free(w);
    if (rc == CASEGATE_OK) cg_give_result(result, &counts, sizeof counts);
    return rc == CASEGATE_OK ? rc : casegate_error_set(err, rc, own.host_code, own.field, own.text);
}
