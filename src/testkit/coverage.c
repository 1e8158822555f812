/* SPDX-License-Identifier: MIT */
/* coverage.c: what a workflow can do, in words, and how often each of it was seen to happen. */
#include <casegate/testkit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { LONGEST_TEXT = 256 };

struct casegate_coverage { casegate_covered *list; size_t count, room; };

/* Where new things go, or what is counted. */
typedef struct note {
    casegate_coverage *coverage;
    const casegate_workflow *workflow;
    const casegate_policy *policy;
    uint64_t seen;   /* 0: listed only */
    int out_of_memory;
} note;

casegate_coverage *casegate_coverage_new(void) { return calloc(1, sizeof(casegate_coverage)); }

void casegate_coverage_free(casegate_coverage *coverage)
{
    for (size_t i = 0; i < casegate_coverage_count(coverage); i++) {
        free((char *)(uintptr_t)coverage->list[i].workflow);
        free((char *)(uintptr_t)coverage->list[i].text);
    }
    if (coverage) free(coverage->list);
    free(coverage);
}

size_t casegate_coverage_count(const casegate_coverage *coverage) { return coverage ? coverage->count : 0; }

const casegate_covered *casegate_coverage_at(const casegate_coverage *coverage, size_t i)
{
    return i < casegate_coverage_count(coverage) ? &coverage->list[i] : NULL;
}

/* ---- the list ------------------------------------------------------------------------------------------------------------ */

static int comes_after(const casegate_covered *a, const casegate_covered *b)
{
    int order = strcmp(a->workflow, b->workflow);
    if (order == 0) order = a->version == b->version ? a->kind - b->kind : a->version < b->version ? -1 : 1;
    return order > 0;
}

/* Room for one more; its texts become the list's own. */
static casegate_covered *insert(casegate_coverage *c, const casegate_covered *thing)
{
    size_t i = c->count;
    if (c->count == c->room) {
        size_t wanted = c->room ? c->room * 2 : 64;
        casegate_covered *larger = realloc(c->list, wanted * sizeof *larger);
        if (!larger) return NULL;
        c->list = larger;
        c->room = wanted;
    }
    char *workflow = strdup(thing->workflow), *text = strdup(thing->text);
    if (!workflow || !text) return free(workflow), free(text), NULL;
    for (; i > 0 && comes_after(&c->list[i - 1], thing); i--) c->list[i] = c->list[i - 1];
    c->list[i] = *thing;
    c->list[i].workflow = workflow;
    c->list[i].text = text;
    c->count++;
    return &c->list[i];
}

static casegate_covered *find(const casegate_coverage *c, const casegate_covered *thing)
{
    for (size_t i = 0; i < c->count; i++) {
        casegate_covered *at = &c->list[i];
        if (at->kind == thing->kind && at->version == thing->version && strcmp(at->text, thing->text) == 0 &&
            strcmp(at->workflow, thing->workflow) == 0)
            return at;
    }
    return NULL;
}

static void put(note *n, int32_t kind, const char *text)
{
    const casegate_covered thing = { .size = sizeof thing, .workflow = casegate_workflow_name(n->workflow),
                                     .version = casegate_workflow_version(n->workflow), .kind = kind, .text = text };
    casegate_covered *at = find(n->coverage, &thing);
    if (!at) at = insert(n->coverage, &thing);
    if (at) at->seen += n->seen;
    else n->out_of_memory = 1;
}

/* ---- in words ------------------------------------------------------------------------------------------------------------ */

static const char *action_name(const casegate_workflow *workflow, int32_t code)
{
    const casegate_action *action = casegate_workflow_action(workflow, code);
    return action ? action->name : "";
}

static const char *status_name(const casegate_workflow *workflow, int32_t code)
{
    const casegate_status *status = casegate_workflow_status(workflow, code);
    return status ? status->name : "";
}

static void put_transition(note *n, int32_t action, int32_t from, int32_t to)
{
    char text[LONGEST_TEXT];
    snprintf(text, sizeof text, "%s: %s%s-> %s", action_name(n->workflow, action), status_name(n->workflow, from),
             from ? " " : "", status_name(n->workflow, to));
    put(n, CASEGATE_COVERS_TRANSITION, text);
}

/* What any request can meet, whatever it asks for. */
static int is_common(int32_t obstacle)
{
    static const int32_t common[] = { CASEGATE_NOT_FOUND, CASEGATE_UNKNOWN_ACTION, CASEGATE_INVALID_INPUT, CASEGATE_REQUEST_REUSED };
    for (size_t i = 0; i < COUNT(common); i++)
        if (common[i] == obstacle) return 1;
    return 0;
}

static void put_obstacle(note *n, int32_t action, int32_t obstacle)
{
    char text[LONGEST_TEXT];
    snprintf(text, sizeof text, "%s%s%s", is_common(obstacle) ? "" : action_name(n->workflow, action), is_common(obstacle) ? "" : ": ",
             casegate_obstacle_name(obstacle));
    put(n, CASEGATE_COVERS_OBSTACLE, text);
}

static void put_guard(note *n, int32_t action, const char *guard)
{
    char text[LONGEST_TEXT];
    snprintf(text, sizeof text, "%s: guard %s refuses", action_name(n->workflow, action), guard ? guard : "");
    put(n, CASEGATE_COVERS_GUARD, text);
}

static void put_notice(note *n, int32_t action, int32_t to, const char *channel)
{
    char text[LONGEST_TEXT];
    snprintf(text, sizeof text, "%s: %s by %s", action_name(n->workflow, action), casegate_recipient_name(to), channel);
    put(n, CASEGATE_COVERS_NOTICE, text);
}

/* ---- what a workflow can do ----------------------------------------------------------------------------------------------- */

static void list_transitions(note *n)
{
    put_transition(n, CASEGATE_CREATE, 0, casegate_workflow_initial(n->workflow));
    for (size_t i = 0; i < casegate_workflow_transition_count(n->workflow); i++) {
        const casegate_transition *t = casegate_workflow_transition_at(n->workflow, i);
        put_transition(n, t->action, t->from, t->to);
    }
}

/* What stands in someone's way to an action: asked of the function that decides. */
static void list_bars(note *n, const casegate_facts *facts, int32_t action, int32_t role, uint64_t permissions)
{
    const casegate_actor_fields fields = { .size = sizeof fields, .id = "someone", .org = "organisation", .role = role,
                                           .permissions = permissions };
    casegate_actor *actor = NULL;
    casegate_verdict *verdict = casegate_verdict_new(NULL);
    if (!verdict || casegate_actor_new(NULL, &fields, &actor, NULL) != CASEGATE_OK) n->out_of_memory = 1;
    else if (casegate_explain(facts, actor, action, verdict, NULL) != CASEGATE_REFUSED) casegate_verdict_free(verdict), verdict = NULL;
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++) {
        const int32_t code = casegate_verdict_at(verdict, i)->code;
        if (code != CASEGATE_INCOMPLETE && code != CASEGATE_GUARD_REFUSED) put_obstacle(n, action, code);
    }
    casegate_actor_unref(actor);
    casegate_verdict_free(verdict);
}

/* An action in one status, for everybody. The organisation is clinic and lab at once, so that all see all but drafts. */
static void list_status(note *n, int32_t action, const casegate_status *status)
{
    const uint32_t submitted = status->phase != CASEGATE_PHASE_DRAFT;
    const casegate_head head = {
        .size = sizeof head, .id = "sample", .clinic = "organisation", .lab = "organisation", .status = status->code,
        .phase = status->phase, .workflow = casegate_workflow_name(n->workflow),
        .workflow_version = casegate_workflow_version(n->workflow), .version = 2, .revision = 1, .attempt = submitted,
        .first_submitted_seq = submitted * 2, .first_submitted_revision = submitted, .patient_name = "someone",
        .dentist_name = "someone", .service_count = 1,
    };
    casegate_case *kase = NULL;
    if (casegate_case_new(NULL, &head, &kase, NULL) != CASEGATE_OK) n->out_of_memory = 1;
    const casegate_facts facts = { .size = sizeof facts, .workflow = n->workflow, .policy = n->policy, .kase = kase };
    for (int32_t role = CASEGATE_CLINIC_USER; kase && role <= CASEGATE_SYSTEM; role++) {
        list_bars(n, &facts, action, role, UINT64_MAX);
        list_bars(n, &facts, action, role, CASEGATE_MAY_VIEW);
    }
    casegate_case_unref(kase);
}

/* A check of the policy that stops an action of this kind. */
static int is_checked(const casegate_policy *policy, int32_t does)
{
    for (int32_t finding = CASEGATE_PATIENT_MISSING; finding <= CASEGATE_TOOTH_INVALID; finding++) {
        const int32_t level = casegate_policy_check(policy, finding);
        if (level == CASEGATE_LEVEL_BLOCK_SUBMIT && (does == CASEGATE_DOES_SUBMISSION || does == CASEGATE_DOES_ACCEPTANCE)) return 1;
        if (level == CASEGATE_LEVEL_BLOCK_ACCEPT && does == CASEGATE_DOES_ACCEPTANCE) return 1;
    }
    return 0;
}

/* What an action demands, by itself or by the reasons that can be given for it. */
static uint32_t demands(const note *n, const casegate_action *action)
{
    uint32_t needs = action->needs;
    if (action->does == CASEGATE_DOES_EDIT) needs |= CASEGATE_NEED_REVISION;
    for (size_t i = 0; needs & CASEGATE_NEED_REASON && i < casegate_policy_reason_count(n->policy); i++)
        needs |= casegate_policy_reason_at(n->policy, i)->needs;
    return needs;
}

static void list_inputs(note *n, const casegate_action *action)
{
    const uint32_t needs = demands(n, action);
    const int decides = action->does == CASEGATE_DOES_ACCEPTANCE || action->does == CASEGATE_DOES_REJECTION;
    const struct { int holds; int32_t code; } inputs[] = {
        { decides, CASEGATE_PARTIAL_DECISION },
        { (needs & CASEGATE_NEED_REVISION) != 0, CASEGATE_REVIEW_REQUIRED },
        { (needs & CASEGATE_NEED_REVISION) != 0, CASEGATE_STALE_REVIEW },
        { (needs & CASEGATE_NEED_REASON) != 0, CASEGATE_REASON_REQUIRED },
        { (needs & CASEGATE_NEED_REASON) != 0, CASEGATE_REASON_UNKNOWN },
        { (needs & CASEGATE_NEED_COMMENT) != 0, CASEGATE_COMMENT_REQUIRED },
        { (needs & CASEGATE_NEED_FILE) != 0, CASEGATE_FILE_REQUIRED },
        { is_checked(n->policy, action->does), CASEGATE_INCOMPLETE },
    };
    for (size_t i = 0; i < COUNT(inputs); i++)
        if (inputs[i].holds) put_obstacle(n, action->code, inputs[i].code);
    for (size_t i = 0; i < action->guard_count; i++) put_guard(n, action->code, action->guards[i]);
}

static void list_obstacles(note *n)
{
    static const int32_t of_all[] = { CASEGATE_NOT_FOUND, CASEGATE_UNKNOWN_ACTION, CASEGATE_INVALID_INPUT, CASEGATE_REQUEST_REUSED };
    static const int32_t of_create[] = { CASEGATE_WRONG_ROLE, CASEGATE_NO_PERMISSION };
    for (size_t i = 0; i < COUNT(of_all); i++) put_obstacle(n, 0, of_all[i]);
    for (size_t i = 0; i < COUNT(of_create); i++) put_obstacle(n, CASEGATE_CREATE, of_create[i]);
    for (size_t i = 0; i < casegate_workflow_action_count(n->workflow); i++) {
        const casegate_action *action = casegate_workflow_action_at(n->workflow, i);
        for (size_t k = 0; k < casegate_workflow_status_count(n->workflow); k++)
            list_status(n, action->code, casegate_workflow_status_at(n->workflow, k));
        list_inputs(n, action);
    }
}

static void list_notices(note *n)
{
    for (size_t i = 0; i < casegate_workflow_notice_count(n->workflow); i++) {
        const casegate_notice_rule *rule = casegate_workflow_notice_at(n->workflow, i);
        put_notice(n, rule->action, rule->to, rule->channel);
    }
}

static casegate_result result_of(const note *n, casegate_error *err)
{
    return n->out_of_memory ? casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory") : CASEGATE_OK;
}

static casegate_result invalid(casegate_error *err, const char *field)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, field, "is NULL");
}

casegate_result casegate_coverage_add(casegate_coverage *coverage, const casegate_workflow *workflow, const casegate_policy *policy,
                                      casegate_error *err)
{
    if (!coverage || !workflow) return invalid(err, coverage ? "workflow" : "coverage");
    casegate_policy *own = policy ? casegate_policy_ref(policy) : casegate_policy_default();
    note n = { .coverage = coverage, .workflow = workflow, .policy = own };
    list_transitions(&n);
    list_obstacles(&n);
    list_notices(&n);
    casegate_policy_unref(own);
    return result_of(&n, err);
}

/* ---- what was seen ---------------------------------------------------------------------------------------------------------- */

casegate_result casegate_coverage_saw(casegate_coverage *coverage, const casegate_workflow *workflow, int32_t action,
                                      const casegate_verdict *verdict, const casegate_commit *commit, casegate_error *err)
{
    if (!coverage || !workflow) return invalid(err, coverage ? "workflow" : "coverage");
    note n = { .coverage = coverage, .workflow = workflow, .seen = 1 };
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++) {
        const casegate_obstacle *obstacle = casegate_verdict_at(verdict, i);
        if (obstacle->code == CASEGATE_GUARD_REFUSED) put_guard(&n, action, obstacle->subject);
        else put_obstacle(&n, action, obstacle->code);
    }
    for (size_t i = 0; commit && i < commit->event_count; i++)
        put_transition(&n, commit->events[i]->action, commit->events[i]->from, commit->events[i]->to);
    for (size_t i = 0; commit && i < commit->notice_count; i++) {
        const casegate_notice *notice = commit->notices[i];
        put_notice(&n, casegate_workflow_find_action(workflow, notice->template_code), notice->to, notice->channel);
    }
    return result_of(&n, err);
}
