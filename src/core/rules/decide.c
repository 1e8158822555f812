/* SPDX-License-Identifier: MIT */
/* decide.c: every rule of the gate: which obstacles stand between a request and its commit. Pure: data in, data out. */
#include "rules.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
static const uint32_t REVISION_KINDS = 1u << CASEGATE_DOES_ACCEPTANCE | 1u << CASEGATE_DOES_REJECTION | 1u << CASEGATE_DOES_EDIT;
static const uint32_t DECISION_KINDS = 1u << CASEGATE_DOES_ACCEPTANCE | 1u << CASEGATE_DOES_REJECTION;

/* ---- one question, spread out ---------------------------------------------------------------------------------------- */

int cg_knows_content(const cg_ask *ask) { return ask->facts->content || ask->facts->content_erased; }
static int adopts(const cg_ask *ask) { return ask->request->action == CASEGATE_ADOPT; }

static casegate_result missing(casegate_error *err, const char *fact)
{
    return casegate_error_set(err, CASEGATE_E_MISSING_FACT, 0, fact, "this decision needs it");
}

static casegate_result invalid(casegate_error *err, const char *field, const char *text)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, field, text);
}

/* Where a mapping leads from the status of the case: nowhere, if the case is under neither of its definitions. One that is under
 * the new one already stays as it is; of a mapping that is not there the inputs tell. */
static const casegate_status *mapped(const cg_ask *ask)
{
    const casegate_mapping *mapping = ask->request->mapping;
    if (!mapping || cg_is_under(ask->head, mapping->to)) return ask->status;
    if (!cg_is_under(ask->head, mapping->from)) return NULL;
    return casegate_workflow_status(mapping->to, casegate_mapping_status(mapping, ask->head->status));
}

/* The texts of a case that is under review, or is to be revised, are needed; those of any other can go. */
static const casegate_status *erasable(const casegate_status *status)
{
    return status->phase == CASEGATE_PHASE_PENDING || status->phase == CASEGATE_PHASE_REJECTED ? NULL : status;
}

/* The case of the question, the status it is in, and where the action leads from there. */
static casegate_result open_case(cg_ask *ask, casegate_error *err)
{
    const casegate_workflow *workflow = ask->workflow;
    ask->head = ask->facts->kase->head;
    size_t from = cg_status_slot(workflow, ask->head->status);
    if (from == workflow->status_count)   /* an outsider is not told even that */
        return !cg_visible(ask->head, ask->actor) ? CASEGATE_OK
             : casegate_error_set(err, CASEGATE_E_CORRUPT, 0, "status", "the workflow has no such status");
    ask->status = workflow->statuses[from];
    if (ask->slot < workflow->action_count) ask->next = cg_workflow_next(workflow, ask->slot, from);
    else if (ask->request->action == CASEGATE_MIGRATE) ask->next = mapped(ask);
    else if (ask->request->action == CASEGATE_ERASE) ask->next = erasable(ask->status);
    return CASEGATE_OK;
}

/* Structs of any header's size, and what cannot be read at all. */
static casegate_result adopt(cg_ask *ask, const casegate_facts *facts, const casegate_actor *actor,
                             const casegate_request *request, casegate_error *err)
{
    const void *f = facts, *r = request;
    casegate_result rc = CASEGATE_OK;
    if (!facts || facts->size != sizeof *facts) rc = cg_adopt(facts, sizeof *facts, sizeof *facts, &ask->facts_room, &f, err);
    if (rc == CASEGATE_OK && (!request || request->size != sizeof *request))
        rc = cg_adopt(request, sizeof *request, sizeof *request, &ask->request_room, &r, err);
    if (rc != CASEGATE_OK) return rc;
    ask->facts = f;
    ask->request = r;
    if (!actor) return invalid(err, "actor", "is NULL");
    if (!ask->facts->workflow) return missing(err, "workflow");
    if (ask->request->action > 0) return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "action", "cannot be an action");
}

/* Create and submit: the second action, and where it leads from the first draft; a host's workflow may have neither. */
static void open_submission(cg_ask *ask)
{
    const casegate_workflow *workflow = ask->workflow;
    size_t action = cg_action_slot(workflow, CASEGATE_SUBMIT);
    if (action == workflow->action_count) return;
    ask->then = workflow->actions[action];
    ask->next = cg_workflow_next(workflow, action, cg_status_slot(workflow, workflow->initial));
}

casegate_result cg_ask_open(cg_ask *ask, const casegate_facts *facts, const casegate_actor *actor,
                            const casegate_request *request, casegate_verdict *verdict, casegate_error *err)
{
    casegate_result rc = adopt(ask, facts, actor, request, err);
    if (rc != CASEGATE_OK) return rc;
    const int32_t code = ask->request->action;
    ask->actor = &actor->fields;
    ask->workflow = ask->facts->workflow;
    ask->policy = ask->facts->policy ? ask->facts->policy : &cg_policy_default;
    ask->verdict = verdict;
    ask->head = NULL;
    ask->status = ask->next = NULL;
    ask->reason = NULL;
    ask->creates = code == CASEGATE_CREATE || code == CASEGATE_ADOPT;
    ask->slot = cg_action_slot(ask->workflow, code);
    const int listed = ask->slot < ask->workflow->action_count;
    ask->action = listed ? ask->workflow->actions[ask->slot] : casegate_workflow_action(ask->workflow, code);
    ask->kind = ask->action && ask->action->does ? 1u << ask->action->does : 0;
    ask->needs = ask->action ? ask->action->needs : 0;
    ask->submits = code == CASEGATE_CREATE && ask->request->submit == 1;
    ask->then = NULL;
    if (ask->submits) open_submission(ask);
    return ask->facts->kase ? open_case(ask, err) : CASEGATE_OK;
}

/* ---- what stands in the way: 2 to 11 --------------------------------------------------------------------------------- */

static int lacks_action(const cg_ask *ask) { return !ask->action || (ask->submits && !ask->then); }

/* An action without a name is told by its code. */
static void judge_action(const cg_ask *ask)
{
    char digits[12], *text = digits + sizeof digits - 1;
    if (!lacks_action(ask)) return;
    *text = '\0';
    for (int32_t rest = ask->action ? CASEGATE_SUBMIT : ask->request->action; rest; rest /= 10) *--text = (char)('0' + rest % 10);
    text = cg_arena_text(&ask->verdict->arena, text);
    if (text) cg_verdict_say(ask->verdict, CASEGATE_UNKNOWN_ACTION, text, NULL);
    else ask->verdict->failed = 1;
}

static int is_partial(const cg_ask *ask) { return ask->kind & DECISION_KINDS && !cg_empty(ask->request->service); }

/* Why there is no transition: [kind of the action][phase of the case]; what is not here is wrong_status. */
static const int32_t no_transition[][CASEGATE_PHASE_CLOSED + 1] = {
    [CASEGATE_DOES_SUBMISSION] = { [CASEGATE_PHASE_PENDING] = CASEGATE_ALREADY_SUBMITTED,
                                   [CASEGATE_PHASE_ACCEPTED] = CASEGATE_ALREADY_ACCEPTED },
    [CASEGATE_DOES_ACCEPTANCE] = { [CASEGATE_PHASE_DRAFT] = CASEGATE_NOT_SUBMITTED,
                                   [CASEGATE_PHASE_ACCEPTED] = CASEGATE_ALREADY_ACCEPTED,
                                   [CASEGATE_PHASE_REJECTED] = CASEGATE_ALREADY_REJECTED },
    [CASEGATE_DOES_REJECTION]  = { [CASEGATE_PHASE_DRAFT] = CASEGATE_NOT_SUBMITTED,
                                   [CASEGATE_PHASE_ACCEPTED] = CASEGATE_ALREADY_ACCEPTED,
                                   [CASEGATE_PHASE_REJECTED] = CASEGATE_ALREADY_REJECTED },
    [CASEGATE_DOES_EDIT]       = { [CASEGATE_PHASE_ACCEPTED] = CASEGATE_LOCKED, [CASEGATE_PHASE_CLOSED] = CASEGATE_LOCKED },
};

static int lacks_transition(const cg_ask *ask)
{
    if (ask->then) return !ask->next;
    return ask->status && ask->action && !ask->creates && !ask->next;
}

static void judge_status(const cg_ask *ask)
{
    if (!lacks_transition(ask)) return;
    const casegate_status *from = ask->then ? cg_workflow_initial(ask->workflow) : ask->status;
    int32_t kind = ask->then ? ask->then->does : ask->action->does, code = 0;
    if (kind < (int32_t)COUNT(no_transition)) code = no_transition[kind][from->phase];
    cg_obstacle *obstacle = cg_verdict_add(ask->verdict, code ? code : CASEGATE_WRONG_STATUS);
    if (!obstacle) return;
    if (!code) obstacle->it.subject = from->name;
    if (code == CASEGATE_ALREADY_REJECTED) obstacle->it.subject = ask->head->reason;
    if (code == CASEGATE_ALREADY_ACCEPTED) {
        obstacle->it.subject = ask->head->decided_by;
        obstacle->it.at_us = ask->head->decided_us;
    }
}

static int is_for(const casegate_action *action, const cg_ask *ask) { return !action || (action->roles >> ask->actor->role & 1); }
static int may(const casegate_action *action, const cg_ask *ask)
{
    return !action || (ask->actor->permissions & action->permission) == action->permission;
}

static void judge_permission(const cg_ask *ask, const casegate_action *action)
{
    if (!may(action, ask))
        cg_verdict_say(ask->verdict, CASEGATE_NO_PERMISSION, casegate_permission_name(ask->workflow, action->permission), NULL);
}

static void judge_who(const cg_ask *ask)
{
    if (!is_for(ask->action, ask) || !is_for(ask->then, ask))
        cg_verdict_say(ask->verdict, CASEGATE_WRONG_ROLE, casegate_role_name(ask->actor->role), NULL);
    judge_permission(ask, ask->action);
    judge_permission(ask, ask->then);
}

/* Does any of 2 to 11 hold? Known without a verdict: the engine asks before it fetches. */
static inline int is_barred(const cg_ask *ask)
{
    return lacks_action(ask) || is_partial(ask) || lacks_transition(ask) || !is_for(ask->action, ask) || !is_for(ask->then,
            ask) ||
           !may(ask->action, ask) || !may(ask->then, ask);
}

/* What they are, once it is known that there are some. */
static void judge_bars(const cg_ask *ask)
{
    judge_action(ask);
    if (is_partial(ask)) cg_verdict_say(ask->verdict, CASEGATE_PARTIAL_DECISION, ask->request->service, NULL);
    judge_status(ask);
    judge_who(ask);
}

/* ---- what was seen: 12 and 13 ------------------------------------------------------------------------------------------ */

static int is_stale(const cg_ask *ask)
{
    return ask->head && !ask->creates && ask->request->revision && ask->request->revision != ask->head->revision;
}

/* A lab learns nothing of what was before the first submission; a revision that never was has no differences. */
static int may_compare(const cg_ask *ask)
{
    uint32_t given = ask->request->revision;
    if (given > ask->head->revision) return 0;
    return ask->actor->role != CASEGATE_LAB_USER || given >= ask->head->first_submitted_revision;
}

static casegate_result judge_review(const cg_ask *ask, casegate_error *err)
{
    if (ask->creates || ask->request->revision == ask->head->revision) return CASEGATE_OK;
    int asked = ask->kind & REVISION_KINDS || ask->needs & CASEGATE_NEED_REVISION;
    if (asked && !ask->request->revision) cg_verdict_say(ask->verdict, CASEGATE_REVIEW_REQUIRED, NULL, NULL);
    if (!is_stale(ask)) return CASEGATE_OK;
    cg_obstacle *obstacle = cg_verdict_add(ask->verdict, CASEGATE_STALE_REVIEW);
    if (!obstacle) return CASEGATE_OK;
    obstacle->it.given = ask->request->revision;
    obstacle->it.current = ask->head->revision;
    if (!may_compare(ask) || !ask->facts->content || !ask->facts->reviewed) return CASEGATE_OK;
    return cg_content_paths(&ask->verdict->arena, ask->facts->reviewed, ask->facts->content, &obstacle->list,
                            &obstacle->it.list_count, err);
}

/* ---- why: 14 to 17 ----------------------------------------------------------------------------------------------------- */

static int wants_reason(const cg_ask *ask)
{
    if (ask->kind & 1u << CASEGATE_DOES_REJECTION || ask->needs & CASEGATE_NEED_REASON) return 1;
    const casegate_status *status = adopts(ask) ? casegate_workflow_status(ask->workflow, ask->request->status) : NULL;
    return status && status->phase == CASEGATE_PHASE_REJECTED;
}

static void judge_reason(cg_ask *ask)
{
    const char *code = ask->request->reason;
    const uint32_t wanted = ask->needs & (CASEGATE_NEED_REASON | CASEGATE_NEED_COMMENT | CASEGATE_NEED_FILE);
    if (!code && !wanted && ask->kind && !(ask->kind & 1u << CASEGATE_DOES_REJECTION)) return;
    if (cg_empty(code) && wants_reason(ask)) cg_verdict_say(ask->verdict, CASEGATE_REASON_REQUIRED, NULL, NULL);
    const casegate_reason *reason = ask->reason = cg_empty(code) ? NULL : casegate_policy_reason(ask->policy, code);
    if (!cg_empty(code) && !reason) cg_verdict_say(ask->verdict, CASEGATE_REASON_UNKNOWN, code, NULL);
    uint32_t needs = ask->needs | (reason && !adopts(ask) ? reason->needs : 0);
    const char *subject = reason ? reason->code : NULL;
    if (needs & CASEGATE_NEED_COMMENT && cg_empty(ask->request->comment))
        cg_verdict_say(ask->verdict, CASEGATE_COMMENT_REQUIRED, subject, NULL);
    if (needs & CASEGATE_NEED_FILE && !ask->request->file_count) cg_verdict_say(ask->verdict, CASEGATE_FILE_REQUIRED, subject,
                                                                                NULL);
}

/* ---- is it whole: 18 ---------------------------------------------------------------------------------------------------- */

static const casegate_action *judged_action(const cg_ask *ask) { return ask->then ? ask->then : ask->action; }

/* Which checks block this action. */
static uint32_t blocking(const cg_ask *ask)
{
    if (!ask->facts->policy) return 0;
    if (ask->kind & 1u << CASEGATE_DOES_ACCEPTANCE) return ask->policy->blocks_acceptance;
    return ask->then || ask->kind & 1u << CASEGATE_DOES_SUBMISSION ? ask->policy->blocks_submission : 0;
}

static casegate_result incomplete(void *user, int32_t finding, const char *subject)
{
    cg_verdict_say(user, CASEGATE_INCOMPLETE, subject, casegate_finding_name(finding));
    return CASEGATE_OK;
}

static casegate_result review(const cg_ask *ask, uint32_t mask, const casegate_head *summary, const casegate_content *content)
{
    const cg_review all = { ask->policy, summary, content, ask->facts->now_us, &ask->verdict->arena, incomplete, ask->verdict };
    return cg_review_run(&all, mask);
}

/* A case that is created and submitted at once has no head yet. */
static casegate_result review_unborn(const cg_ask *ask, uint32_t mask)
{
    casegate_head summary = { .size = sizeof summary };
    if (!ask->request->content) return CASEGATE_OK;   /* invalid_input says so */
    cg_head_summarize(&summary, ask->request->content);
    return review(ask, mask, &summary, ask->request->content);
}

/* Checks that a look at the head shows to find nothing: those of the default policy, for nearly every case. */
static uint32_t passed(const casegate_head *head)
{
    const uint32_t patient = !cg_empty(head->patient_name), services = head->service_count > 0;
    return patient << CASEGATE_PATIENT_MISSING | services << CASEGATE_SERVICE_MISSING;
}

/* Which checks have something to find that blocks this action. */
static uint32_t suspected(const cg_ask *ask)
{
    uint32_t mask = blocking(ask);
    return mask && !ask->creates ? mask & ~passed(ask->head) : mask;
}

static casegate_result judge_completeness(const cg_ask *ask, uint32_t mask, casegate_error *err)
{
    if (ask->creates) return review_unborn(ask, mask);
    if (mask & cg_content_checks && !cg_knows_content(ask) && !ask->barred) return missing(err, "content");
    return review(ask, mask, ask->head, ask->facts->content);
}

/* ---- the host's own rules: 19 ------------------------------------------------------------------------------------------- */

/* Answers are read in place, so that only their sizes have to be ones that can be. */
static casegate_result judge_sizes(const casegate_facts *facts, casegate_error *err)
{
    casegate_guard_answer room;
    const void *adopted;
    casegate_result rc = CASEGATE_OK;
    for (size_t i = 0; rc == CASEGATE_OK && i < facts->guard_count; i++)
        rc = cg_adopt(facts->guards[i], sizeof room, sizeof room, &room, &adopted, err);
    return rc;
}

static int answered(const casegate_facts *facts, const char *guard)
{
    for (size_t i = 0; i < facts->guard_count; i++)
        if (cg_same(facts->guards[i]->name, guard)) return 1;
    return 0;
}

/* Guards are asked only of those who could act; most actions have none. */
static int is_guarded(const cg_ask *ask)
{
    return !ask->barred && (judged_action(ask)->guard_count || ask->facts->guard_count);
}

static casegate_result judge_guards(const cg_ask *ask, casegate_error *err)
{
    const casegate_action *action = judged_action(ask);
    casegate_result rc = judge_sizes(ask->facts, err);
    if (rc != CASEGATE_OK) return rc;
    for (size_t i = 0; i < action->guard_count; i++)
        if (!answered(ask->facts, action->guards[i])) return missing(err, "guards");
    for (size_t i = 0; i < ask->facts->guard_count; i++) {
        const casegate_guard_answer *answer = ask->facts->guards[i];
        if (!cg_empty(answer->refused)) cg_verdict_say(ask->verdict, CASEGATE_GUARD_REFUSED, answer->name, answer->refused);
    }
    return CASEGATE_OK;
}

/* ---- inputs: 20 ---------------------------------------------------------------------------------------------------------- */

static void bad(const cg_ask *ask, const char *field, int32_t problem)
{
    if (problem) cg_verdict_say(ask->verdict, CASEGATE_INVALID_INPUT, field, casegate_problem_name(problem));
}

/* What is wrong with the form or the length of a text; 0: nothing. */
static int32_t text_problem(const cg_ask *ask, const char *text, int32_t kind, int32_t limit)
{
    if (cg_empty(text)) return 0;
    int32_t problem = cg_text_problem(kind, text);
    return !problem && strlen(text) > ask->policy->limits[limit] ? CASEGATE_PROBLEM_TOO_LONG : problem;
}

static int32_t id_problem(const cg_ask *ask, const char *id)
{
    return cg_empty(id) ? CASEGATE_PROBLEM_MISSING : text_problem(ask, id, CASEGATE_KIND_ID, CASEGATE_LIMIT_IDS);
}

static void judge_taken(const cg_ask *ask, const char *field, int given)
{
    if (given) bad(ask, field, CASEGATE_PROBLEM_UNKNOWN);
}

/* The id of a case that comes into being, if the caller wants a certain one. Who could not make one is not told that it is taken. */
static void judge_new_id(const cg_ask *ask)
{
    const char *id = ask->request->case_id;
    const int taken = ask->facts->kase && !ask->barred;
    if (ask->creates && (taken || !cg_empty(id))) bad(ask, "case", taken ? CASEGATE_PROBLEM_DUPLICATE : id_problem(ask, id));
}

static void judge_lab(const cg_ask *ask)
{
    int32_t problem = ask->creates ? id_problem(ask, ask->request->lab) : 0;
    bad(ask, "lab", !problem && !ask->facts->policy ? CASEGATE_PROBLEM_UNKNOWN : problem);
}

static void judge_adoption(const cg_ask *ask)
{
    const casegate_request *r = ask->request;
    if (!adopts(ask)) {
        judge_taken(ask, "clinic", !cg_empty(r->clinic));
        judge_taken(ask, "status", r->status != 0);
        judge_taken(ask, "attempt", r->attempt != 0);
        return;
    }
    bad(ask, "clinic", id_problem(ask, r->clinic));
    const casegate_status *status = casegate_workflow_status(ask->workflow, r->status);
    if (!status) bad(ask, "status", CASEGATE_PROBLEM_UNKNOWN);
    else if (status->phase != CASEGATE_PHASE_CLOSED && (status->phase == CASEGATE_PHASE_DRAFT) != (r->attempt == 0))
        bad(ask, "attempt", CASEGATE_PROBLEM_RANGE);
}

static void judge_mapping(const cg_ask *ask)
{
    const int migrates = ask->request->action == CASEGATE_MIGRATE, given = ask->request->mapping != NULL;
    if (migrates != given) bad(ask, "mapping", given ? CASEGATE_PROBLEM_UNKNOWN : CASEGATE_PROBLEM_MISSING);
}

static casegate_result fault(void *user, const char *path, int32_t problem)
{
    bad(user, path, problem);
    return CASEGATE_OK;
}

static casegate_result judge_files(const cg_ask *ask)
{
    const casegate_request *r = ask->request;
    if (!r->file_count) return CASEGATE_OK;
    if (r->file_count > ask->policy->limits[CASEGATE_LIMIT_FILES]) return bad(ask, "files",
                                                                              CASEGATE_PROBLEM_TOO_MANY), CASEGATE_OK;
    return cg_files_judge(&ask->verdict->arena, r->files, r->file_count, ask->policy->limits, fault, (void *)ask);
}

static casegate_result judge_content(const cg_ask *ask)
{
    const casegate_content *content = ask->request->content;
    int takes = ask->creates || ask->kind & 1u << CASEGATE_DOES_EDIT;
    if (!ask->action) return CASEGATE_OK;
    if (takes != (content != NULL)) return bad(ask, "content",
                                               takes ? CASEGATE_PROBLEM_MISSING : CASEGATE_PROBLEM_UNKNOWN), CASEGATE_OK;
    if (!content) return CASEGATE_OK;
    const size_t *peak = cg_content_peak(content);
    int within = 1;
    for (int32_t limit = 1; limit < CG_LIMITS; limit++) within &= peak[limit] <= ask->policy->limits[limit];
    return within ? CASEGATE_OK : cg_content_excess(&ask->verdict->arena, content, ask->policy->limits, fault, (void *)ask);
}

/* An action on a case with nothing to judge beside it. */
static int is_plain(const cg_ask *ask)
{
    const casegate_request *r = ask->request;
    int texts = r->reason || r->comment || r->request || r->service || r->clinic;
    return !texts && ask->kind && !r->mapping && !(ask->kind & 1u << CASEGATE_DOES_EDIT) && ask->facts->policy &&
           !r->file_count && !r->content && !(r->status | r->submit) && !r->attempt;
}

static casegate_result judge_inputs(const cg_ask *ask)
{
    const casegate_request *r = ask->request;
    if (is_plain(ask)) return CASEGATE_OK;
    judge_new_id(ask);
    judge_lab(ask);
    judge_adoption(ask);
    judge_mapping(ask);
    judge_taken(ask, "revision", ask->creates && r->revision);
    judge_taken(ask, "service", ask->action && !(ask->kind & DECISION_KINDS) && !cg_empty(r->service));
    /* What is in the catalogue has been judged with it. */
    if (!ask->reason) bad(ask, "reason", text_problem(ask, r->reason, CASEGATE_KIND_ID, CASEGATE_LIMIT_IDS));
    bad(ask, "comment", text_problem(ask, r->comment, CASEGATE_KIND_TEXT, CASEGATE_LIMIT_TEXT));
    casegate_result rc = judge_files(ask);
    if (rc == CASEGATE_OK) rc = judge_content(ask);
    judge_taken(ask, "submit", r->submit && (r->submit != 1 || r->action != CASEGATE_CREATE));
    bad(ask, "request_id", text_problem(ask, r->request, CASEGATE_KIND_ID, CASEGATE_LIMIT_IDS));
    return rc;
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------ */

static inline int is_hidden(const cg_ask *ask)
{
    if (ask->creates) return 0;
    if (!ask->head || !cg_visible(ask->head, ask->actor)) return 1;
    return !cg_empty(ask->request->lab) && !cg_same(ask->request->lab, ask->head->lab);
}

/* An id that was used before: the same meaning is answered again, another is refused. */
static casegate_result judge_prior(const cg_ask *ask, int32_t *how, casegate_error *err)
{
    casegate_event room;
    const void *prior;
    casegate_result rc = cg_adopt(ask->facts->prior, sizeof room, sizeof room, &room, &prior, err);
    if (rc != CASEGATE_OK) return rc;
    if (!ask->facts->request_digest) return missing(err, "request_digest");
    if (!ask->head) return missing(err, "kase");
    if (cg_empty(ask->facts->prior->request_digest) || !cg_same(ask->facts->prior->request_digest, ask->facts->request_digest))
        cg_verdict_say(ask->verdict, CASEGATE_REQUEST_REUSED, NULL, NULL);
    else *how = CG_REPLAYED;
    return CASEGATE_OK;
}

/* Every obstacle that holds, in the order of the table in docs/rules.md. */
static casegate_result judge_all(cg_ask *ask, casegate_error *err)
{
    ask->barred = is_barred(ask);
    if (ask->barred) judge_bars(ask);
    casegate_result rc = judge_review(ask, err);
    if (rc == CASEGATE_OK) judge_reason(ask);
    const uint32_t checks = suspected(ask);
    if (rc == CASEGATE_OK && checks) rc = judge_completeness(ask, checks, err);
    if (rc == CASEGATE_OK && is_guarded(ask)) rc = judge_guards(ask, err);
    if (rc == CASEGATE_OK) rc = judge_inputs(ask);
    return rc;
}

/* Files of another header's size are brought to ours. */
static casegate_result adopt_files(cg_ask *ask, casegate_error *err)
{
    const casegate_file *const *files;
    if (!ask->request->file_count) return CASEGATE_OK;
    casegate_result rc = cg_files_adopt(&ask->verdict->arena, ask->request->files, ask->request->file_count, &files, err);
    if (rc != CASEGATE_OK || files == ask->request->files) return rc;
    ask->request_room = *ask->request;
    ask->request_room.files = files;
    ask->request = &ask->request_room;
    return CASEGATE_OK;
}

casegate_result cg_judge(cg_ask *ask, int32_t *how, casegate_error *err)
{
    *how = CG_JUDGED;
    if (is_hidden(ask)) return cg_verdict_say(ask->verdict, CASEGATE_NOT_FOUND, NULL, NULL), CASEGATE_OK;
    if (ask->facts->prior) return judge_prior(ask, how, err);
    casegate_result rc = adopt_files(ask, err);
    if (rc == CASEGATE_OK) rc = judge_all(ask, err);
    if (rc == CASEGATE_E_NOMEM) casegate_error_set(err, rc, 0, NULL, NULL);
    return rc;
}

/* ---- public --------------------------------------------------------------------------------------------------------------- */

static uint32_t needs_of(const cg_ask *ask)
{
    uint32_t needs = 0;
    if (is_hidden(ask) || ask->facts->prior) return 0;
    if (!is_barred(ask)) needs |= CASEGATE_NEEDS_GUARDS;
    if (ask->creates) return needs;
    if (blocking(ask) & cg_content_checks) needs |= CASEGATE_NEEDS_CONTENT;
    if (ask->kind & 1u << CASEGATE_DOES_EDIT && !is_barred(ask)) needs |= CASEGATE_NEEDS_CONTENT;
    if (is_stale(ask) && may_compare(ask)) needs |= CASEGATE_NEEDS_CONTENT | CASEGATE_NEEDS_REVIEWED;
    return needs;
}

uint32_t casegate_needs(const casegate_facts *facts, const casegate_actor *actor, const casegate_request *request)
{
    cg_ask ask;
    return cg_ask_open(&ask, facts, actor, request, NULL, NULL) == CASEGATE_OK ? needs_of(&ask) : 0;
}

uint32_t casegate_explain_needs(const casegate_facts *facts, const casegate_actor *actor, int32_t action)
{
    const casegate_request request = { .size = sizeof request, .action = action };
    return casegate_needs(facts, actor, &request);
}

casegate_result casegate_check(const casegate_facts *facts, const casegate_actor *actor, const casegate_request *request,
                               casegate_verdict *verdict, casegate_error *err)
{
    cg_ask ask;
    int32_t how;
    if (!verdict) return invalid(err, "verdict", "is NULL");
    cg_verdict_reset(verdict);
    casegate_result rc = cg_ask_open(&ask, facts, actor, request, verdict, err);
    if (rc == CASEGATE_OK) rc = cg_judge(&ask, &how, err);
    if (rc == CASEGATE_OK) rc = cg_verdict_result(verdict, err);
    if (rc < 0) cg_verdict_reset(verdict);
    return rc;
}

/* What is known before inputs are given: the same rules, without those that judge inputs. */
static casegate_result explain(cg_ask *ask, casegate_error *err)
{
    if (is_hidden(ask)) return cg_verdict_say(ask->verdict, CASEGATE_NOT_FOUND, NULL, NULL), CASEGATE_OK;
    ask->barred = is_barred(ask);
    if (ask->barred) judge_bars(ask);
    const uint32_t checks = suspected(ask);
    casegate_result rc = checks ? judge_completeness(ask, checks, err) : CASEGATE_OK;
    return rc == CASEGATE_OK && is_guarded(ask) ? judge_guards(ask, err) : rc;
}

casegate_result casegate_explain(const casegate_facts *facts, const casegate_actor *actor, int32_t action,
                                 casegate_verdict *verdict, casegate_error *err)
{
    cg_ask ask;
    const casegate_request request = { .size = sizeof request, .action = action };
    if (!verdict) return invalid(err, "verdict", "is NULL");
    cg_verdict_reset(verdict);
    if (action == CASEGATE_CREATE || (action >= CASEGATE_ADOPT && action <= CASEGATE_MIGRATE))
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "action", "has no button on a case");
    casegate_result rc = cg_ask_open(&ask, facts, actor, &request, verdict, err);
    if (rc == CASEGATE_OK) rc = explain(&ask, err);
    if (rc == CASEGATE_OK) rc = cg_verdict_result(verdict, err);
    if (rc < 0) cg_verdict_reset(verdict);
    return rc;
}
