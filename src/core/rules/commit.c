/* SPDX-License-Identifier: MIT */
/* commit.c: what an allowed request writes: events, the head that follows from them, notices; and their seals. */
#include "rules.h"

static const char PORTAL[] = "portal";

/* ---- decision as an object --------------------------------------------------------------------------------------------- */

casegate_decision *casegate_decision_new(casegate_host *host)
{
    casegate_decision *decision = cg_zalloc(host, sizeof *decision);
    if (!decision) return NULL;
    decision->form = casegate_buffer_new(host);
    if (!decision->form) return casegate_release(host, decision), NULL;
    decision->host = casegate_host_ref(host);
    cg_arena_init(&decision->arena, host);
    cg_verdict_init(&decision->verdict, host);
    return decision;
}

void casegate_decision_free(casegate_decision *decision)
{
    if (!decision) return;
    casegate_host *host = decision->host;
    cg_arena_free(&decision->arena);
    cg_verdict_close(&decision->verdict);
    casegate_buffer_free(decision->form);
    casegate_release(host, decision);
    casegate_host_unref(host);
}

const casegate_verdict *casegate_decision_verdict(const casegate_decision *decision) { return decision ? &decision->verdict : NULL; }
const casegate_commit *casegate_decision_commit(const casegate_decision *decision)
{
    return decision && decision->writes ? &decision->commit : NULL;
}
const casegate_head *casegate_decision_head(const casegate_decision *decision) { return decision ? decision->head : NULL; }
int32_t casegate_decision_replayed(const casegate_decision *decision) { return decision && decision->replayed; }

static void forget(casegate_decision *decision)
{
    cg_arena_reset(&decision->arena);
    cg_verdict_reset(&decision->verdict);
    decision->head = NULL;
    decision->writes = decision->replayed = decision->sealed = 0;
}

static casegate_result answer_prior(casegate_decision *decision)
{
    const cg_ask *ask = &decision->ask;
    cg_head_as_then(ask->head, ask->facts->prior, &decision->heads[0]);
    decision->head = &decision->heads[0];
    decision->replayed = 1;
    return CASEGATE_OK;
}

casegate_result casegate_decide(const casegate_facts *facts, const casegate_actor *actor, const casegate_request *request,
                                casegate_decision *decision, casegate_error *err)
{
    int32_t how;
    if (!decision) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "decision", "is NULL");
    forget(decision);
    casegate_result rc = cg_ask_open(&decision->ask, facts, actor, request, &decision->verdict, err);
    if (rc == CASEGATE_OK) rc = cg_judge(&decision->ask, &how, err);
    if (rc == CASEGATE_OK) rc = cg_verdict_result(&decision->verdict, err);
    if (rc == CASEGATE_OK) rc = how == CG_REPLAYED ? answer_prior(decision) : cg_commit_make(decision, err);
    if (rc < 0) forget(decision);
    return rc;
}

/* ---- events ------------------------------------------------------------------------------------------------------------ */

static int is_lone(const cg_ask *ask) { return ask->then == NULL; }

/* What every event of this request says, whatever its action. */
static casegate_event common_event(const casegate_decision *decision)
{
    const cg_ask *ask = &decision->ask;
    const casegate_head *head = ask->head;
    const char *new_id = cg_empty(ask->request->case_id) ? ask->facts->new_case_id : ask->request->case_id;
    return (casegate_event) {
        .size = sizeof(casegate_event), .case_id = head ? head->id : new_id,
        .clinic = head ? head->clinic : cg_empty(ask->request->clinic) ? ask->actor->org : ask->request->clinic,
        .lab = head ? head->lab : ask->request->lab,
        .workflow = head ? head->workflow : ask->workflow->name,
        .workflow_version = head ? head->workflow_version : ask->workflow->version,
        .time_us = ask->facts->now_us, .actor = ask->actor->id, .actor_role = ask->actor->role, .actor_org = ask->actor->org,
        .policy = ask->policy->name, .key = cg_host_seal_key(decision->host),
    };
}

/* Inputs go to the request's last event: the one that answers it. */
static void say_inputs(const cg_ask *ask, casegate_event *event)
{
    const casegate_request *request = ask->request;
    const casegate_reason *reason = cg_empty(request->reason) ? NULL : casegate_policy_reason(ask->policy, request->reason);
    if (reason) {
        event->reason = reason->code;
        event->reason_labels = reason->labels;
        event->reason_label_count = reason->label_count;
    }
    event->comment = cg_empty(request->comment) ? NULL : request->comment;
    event->files = request->file_count ? request->files : NULL;
    event->file_count = request->file_count;
    event->request = cg_empty(request->request) ? NULL : request->request;
}

/* Room for what the seal will fill in; "" until then. */
static void reserve_seal(casegate_decision *decision, size_t i, const casegate_head *before)
{
    casegate_event *event = &decision->events[i];
    cg_seal *seal = &decision->seals[i];
    seal->salt[0] = seal->text_digest[0] = seal->request_digest[0] = seal->hash[0] = '\0';
    int texts = event->comment || event->file_count;
    event->text_digest = texts ? seal->text_digest : NULL;
    event->request_digest = event->request ? seal->request_digest : NULL;
    event->salt = texts || event->request ? seal->salt : NULL;
    event->previous_hash = before ? before->event_hash : NULL;
    event->hash = seal->hash;
}

/* Event i of the commit, and the head after it. content NULL: unchanged. */
static void step(casegate_decision *decision, size_t i, const casegate_action *action, const casegate_status *to,
                 const casegate_content *content)
{
    const cg_ask *ask = &decision->ask;
    const casegate_head *before = i ? &decision->heads[i - 1] : ask->head;
    const casegate_status *from = before ? casegate_workflow_status(ask->workflow, before->status) : NULL;
    casegate_event *event = &decision->events[i];
    event->seq = before ? before->version + 1 : 1;
    event->action = action->code;
    event->from = from ? from->code : 0;
    event->to = to->code;
    event->revision = (before ? before->revision : 0) + (content ? 1 : 0);
    event->attempt = before ? before->attempt : action->code == CASEGATE_ADOPT ? ask->request->attempt : 0;
    event->attempt += action->does == CASEGATE_DOES_SUBMISSION;
    event->content_digest = content ? decision->content_digest : before ? before->content_digest : NULL;
    reserve_seal(decision, i, before);
    cg_head_follow(before, event, content, from ? from->phase : 0, to->phase, &decision->heads[i]);
    decision->event_list[i] = event;
}

/* ---- notices ----------------------------------------------------------------------------------------------------------- */

/* To whom a rule leads in this case; 0: to nobody. */
static int address(casegate_notice *notice, const casegate_head *head)
{
    int by_mail = cg_same(notice->channel, "email"), by_portal = cg_same(notice->channel, PORTAL);
    notice->org = notice->to == CASEGATE_TO_LAB ? head->lab : head->clinic;
    notice->person = notice->to == CASEGATE_TO_DENTIST && !cg_empty(head->dentist) ? head->dentist : NULL;
    notice->address = !by_mail ? NULL : notice->to == CASEGATE_TO_CLINIC ? head->clinic_email
                    : notice->to == CASEGATE_TO_DENTIST ? head->dentist_email : NULL;
    if (notice->to != CASEGATE_TO_DENTIST) return 1;
    return notice->person || (!by_portal && !cg_empty(head->dentist_email));
}

/* "CASE.SEQ." with room for the ordinal. */
static char *id_prefix(cg_arena *arena, const casegate_event *event, size_t *len)
{
    size_t n = strlen(event->case_id);
    char digits[12], *id = cg_arena_alloc(arena, n + 32);
    size_t d = 0;
    if (!id) return NULL;
    memcpy(id, event->case_id, n);
    id[n++] = '.';
    for (uint32_t rest = event->seq; rest || !d; rest /= 10) digits[d++] = (char)('0' + rest % 10);
    while (d) id[n++] = digits[--d];
    id[n++] = '.';
    *len = n;
    return id;
}

static const char *notice_id(cg_arena *arena, const char *prefix, size_t len, uint32_t ordinal)
{
    char *id = cg_arena_alloc(arena, len + 12);
    size_t d = 0;
    char digits[12];
    if (!id) return NULL;
    memcpy(id, prefix, len);
    for (uint32_t rest = ordinal; rest; rest /= 10) digits[d++] = (char)('0' + rest % 10);
    while (d) id[len++] = digits[--d];
    id[len] = '\0';
    return id;
}

/* What all notices of an event have in common. */
static casegate_notice common_notice(const casegate_event *event, const casegate_head *head, const char *name)
{
    return (casegate_notice) {
        .size = sizeof(casegate_notice), .case_id = event->case_id, .seq = event->seq, .template_code = name, .clinic = event->clinic,
        .lab = event->lab, .reference = head->reference, .attempt = event->attempt, .time_us = event->time_us, .reason = event->reason,
        .reason_labels = event->reason_labels, .reason_label_count = event->reason_label_count, .comment = event->comment,
        .files = event->files, .file_count = event->file_count,
    };
}

static size_t rules_for(const casegate_workflow *workflow, int32_t action)
{
    size_t n = 0;
    for (size_t i = 0; i < workflow->notice_count; i++) n += workflow->notices[i]->action == action;
    return n;
}

/* One notice by a rule; NULL in *out: the rule leads to nobody. */
static casegate_result notify(cg_arena *arena, const casegate_notice *common, const casegate_notice_rule *rule, const casegate_head *head,
                              const char *prefix, size_t len, uint32_t ordinal, const casegate_notice **out)
{
    casegate_notice *notice = cg_arena_alloc(arena, sizeof *notice);
    *out = NULL;
    if (!notice) return CASEGATE_E_NOMEM;
    *notice = *common;
    notice->to = rule->to;
    notice->channel = rule->channel;
    notice->mutable_ = rule->mutable_;
    notice->ordinal = ordinal;
    if (!address(notice, head)) return CASEGATE_OK;
    notice->id = notice_id(arena, prefix, len, ordinal);
    notice->state = cg_same(rule->channel, PORTAL) ? CASEGATE_NOTICE_DELIVERED : CASEGATE_NOTICE_PENDING;
    notice->next_us = notice->state == CASEGATE_NOTICE_PENDING ? notice->time_us : 0;
    if (!notice->id) return CASEGATE_E_NOMEM;
    *out = notice;
    return CASEGATE_OK;
}

/* The notices of one event, behind those that are there. */
static casegate_result tell(casegate_decision *decision, const casegate_event *event, const casegate_action *action, const casegate_notice **list,
                            size_t *count)
{
    const casegate_workflow *workflow = decision->ask.workflow;
    const casegate_head *head = decision->head;
    size_t len = 0;
    const char *prefix = id_prefix(&decision->arena, event, &len);
    if (!prefix) return CASEGATE_E_NOMEM;
    const casegate_notice common = common_notice(event, head, action->name);
    uint32_t ordinal = 1;
    for (size_t i = 0; i < workflow->notice_count; i++) {
        if (workflow->notices[i]->action != action->code) continue;
        casegate_result rc = notify(&decision->arena, &common, workflow->notices[i], head, prefix, len, ordinal, &list[*count]);
        if (rc != CASEGATE_OK) return rc;
        if (list[*count]) (*count)++, ordinal++;
    }
    return CASEGATE_OK;
}

static casegate_result tell_all(casegate_decision *decision, const casegate_action *const *actions)
{
    casegate_commit *commit = &decision->commit;
    size_t rules = 0, count = 0;
    for (size_t i = 0; i < commit->event_count; i++) rules += rules_for(decision->ask.workflow, actions[i]->code);
    if (!rules) return CASEGATE_OK;
    const casegate_notice **list = cg_arena_alloc(&decision->arena, rules * sizeof *list);
    casegate_result rc = list ? CASEGATE_OK : CASEGATE_E_NOMEM;
    for (size_t i = 0; rc == CASEGATE_OK && i < commit->event_count; i++)
        if (rules_for(decision->ask.workflow, actions[i]->code)) rc = tell(decision, &decision->events[i], actions[i], list, &count);
    commit->notices = list;
    commit->notice_count = count;
    return rc;
}

/* ---- the commit -------------------------------------------------------------------------------------------------------- */

/* An edit's changed paths; *same: there are none, so nothing is to be written. */
static casegate_result compare(casegate_decision *decision, int *same, casegate_error *err)
{
    const cg_ask *ask = &decision->ask;
    casegate_event *event = &decision->events[0];
    *same = 0;
    if (cg_creates(ask) || !ask->request->content) return CASEGATE_OK;
    if (!ask->facts->content) return casegate_error_set(err, CASEGATE_E_MISSING_FACT, 0, "content", "this decision needs it");
    casegate_result rc = cg_content_paths(&decision->arena, ask->facts->content, ask->request->content, &event->changed,
                                          &event->changed_count, err);
    *same = event->changed_count == 0;
    return rc;
}

static const casegate_status *target(const cg_ask *ask)
{
    if (ask->request->action == CASEGATE_ADOPT) return casegate_workflow_status(ask->workflow, ask->request->status);
    return cg_creates(ask) ? cg_workflow_initial(ask->workflow) : ask->next;
}

casegate_result cg_commit_make(casegate_decision *decision, casegate_error *err)
{
    const cg_ask *ask = &decision->ask;
    const casegate_action *const actions[CG_EVENTS] = { ask->action, ask->then };
    int same;
    if (!ask->head && cg_empty(ask->request->case_id) && cg_empty(ask->facts->new_case_id))
        return casegate_error_set(err, CASEGATE_E_MISSING_FACT, 0, "new_case_id", "this decision needs it");
    decision->events[0] = common_event(decision);
    casegate_result rc = compare(decision, &same, err);
    if (rc != CASEGATE_OK) return rc;
    if (same) {
        decision->head = ask->head;
        return CASEGATE_OK;
    }
    decision->content_salt[0] = decision->content_digest[0] = '\0';
    if (is_lone(ask)) say_inputs(ask, &decision->events[0]);
    step(decision, 0, ask->action, target(ask), ask->request->content);
    if (ask->then) {
        decision->events[1] = common_event(decision);
        say_inputs(ask, &decision->events[1]);
        step(decision, 1, ask->then, cg_workflow_next(ask->workflow, ask->then, cg_workflow_initial(ask->workflow)), NULL);
    }
    size_t count = ask->then ? 2 : 1;
    decision->head = &decision->heads[count - 1];
    decision->commit = (casegate_commit) {
        .size = sizeof decision->commit, .before = ask->head, .after = decision->head, .content = ask->request->content,
        .content_salt = ask->request->content ? decision->content_salt : NULL, .events = decision->event_list, .event_count = count,
    };
    rc = tell_all(decision, actions);
    if (rc != CASEGATE_OK) return casegate_error_set(err, rc, 0, NULL, NULL);
    decision->writes = 1;
    return CASEGATE_OK;
}

/* ---- seals ------------------------------------------------------------------------------------------------------------- */

static casegate_result seal_content(casegate_decision *d, casegate_error *err)
{
    if (!d->commit.content) return CASEGATE_OK;
    casegate_result rc = cg_salt(d->host, d->content_salt, err);
    return rc == CASEGATE_OK ? cg_content_digest(d->host, d->form, d->commit.content, d->content_salt, d->content_digest, err) : rc;
}

static casegate_result seal_request(casegate_decision *d, cg_seal *seal, casegate_error *err)
{
    casegate_result rc = cg_request_form(d->form, d->ask.request, seal->salt);
    if (rc != CASEGATE_OK) return casegate_error_set(err, rc, 0, NULL, NULL);
    return cg_digest_text(d->host, NULL, d->form, seal->request_digest, err);
}

static casegate_result seal_event(casegate_decision *d, size_t i, casegate_error *err)
{
    const casegate_event *event = &d->events[i];
    cg_seal *seal = &d->seals[i];
    casegate_result rc = event->salt ? cg_salt(d->host, seal->salt, err) : CASEGATE_OK;
    if (rc == CASEGATE_OK && event->text_digest) rc = cg_event_text_digest(d->host, d->form, event, seal->text_digest, err);
    if (rc == CASEGATE_OK && event->request) rc = seal_request(d, seal, err);
    return rc == CASEGATE_OK ? cg_event_hash(d->host, d->form, event, seal->hash, err) : rc;
}

casegate_result casegate_decision_seal(casegate_decision *decision, casegate_error *err)
{
    if (!decision) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "decision", "is NULL");
    if (!decision->writes || decision->sealed) return CASEGATE_OK;
    casegate_result rc = seal_content(decision, err);
    for (size_t i = 0; rc == CASEGATE_OK && i < decision->commit.event_count; i++) rc = seal_event(decision, i, err);
    decision->sealed = rc == CASEGATE_OK;
    return rc;
}
