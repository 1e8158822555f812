/* SPDX-License-Identifier: MIT */
/* commit.c: what an allowed request writes: events, the head that follows from them, notices; and their seals. */
#include "rules.h"

/* ---- decision as an object --------------------------------------------------------------------------------------------- */

casegate_decision *casegate_decision_new(casegate_host *host)
{
    casegate_decision *decision = cg_zalloc(host, sizeof *decision);
    if (!decision) return NULL;
    decision->form = casegate_buffer_new(host);
    if (!decision->form) return casegate_release(host, decision), NULL;
    decision->host = decision->sealer = casegate_host_ref(host);
    for (size_t i = 0; i < CG_EVENTS; i++) decision->event_list[i] = &decision->events[i];
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
    if (decision->arena.first) cg_arena_reset(&decision->arena);
    cg_verdict_reset(&decision->verdict);
    decision->head = NULL;
    decision->writes = decision->replayed = decision->sealed = 0;
}

static casegate_result answer_prior(casegate_decision *decision)
{
    const cg_ask *ask = &decision->ask;
    const casegate_status *status = casegate_workflow_status(ask->workflow, ask->facts->prior->to);
    cg_head_as_then(ask->head, ask->facts->prior, &decision->heads[0]);
    if (status) decision->heads[0].phase = status->phase;
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
    if (rc == CASEGATE_OK && !cg_verdict_passes(&decision->verdict)) rc = cg_verdict_result(&decision->verdict, err);
    if (rc == CASEGATE_OK) rc = how == CG_REPLAYED ? answer_prior(decision) : cg_commit_make(decision, err);
    if (rc < 0) forget(decision);
    return rc;
}

/* ---- events ------------------------------------------------------------------------------------------------------------ */

/* What only some events say. Members that none says are zero since the decision was made. */
static void say_nothing(casegate_event *event)
{
    event->reason = event->comment = event->request = NULL;
    event->reason_labels = NULL;
    event->files = NULL;
    event->changed = NULL;
    event->reason_label_count = event->file_count = event->changed_count = 0;
}

/* What every event of this request says, whatever its action. */
static void say_common(const casegate_decision *decision, casegate_event *event)
{
    const cg_ask *ask = &decision->ask;
    const casegate_head *head = ask->head;
    say_nothing(event);
    event->size = sizeof *event;
    event->case_id = head ? head->id : cg_empty(ask->request->case_id) ? ask->facts->new_case_id : ask->request->case_id;
    event->clinic = head ? head->clinic : cg_empty(ask->request->clinic) ? ask->actor->org : ask->request->clinic;
    event->lab = head ? head->lab : ask->request->lab;
    event->workflow = head ? head->workflow : ask->workflow->name;
    event->workflow_version = head ? head->workflow_version : ask->workflow->version;
    event->time_us = ask->facts->now_us;
    event->actor = ask->actor->id;
    event->actor_role = ask->actor->role;
    event->actor_org = ask->actor->org;
    event->policy = ask->policy->name;
    event->key = cg_host_seal_key(decision->sealer);
}

/* A migration is told as of where it leads. */
static void say_target(const cg_ask *ask, casegate_event *event)
{
    if (ask->request->action != CASEGATE_MIGRATE) return;
    event->workflow = ask->request->mapping->to->name;
    event->workflow_version = ask->request->mapping->to->version;
}

/* Inputs go to the request's last event: the one that answers it. */
static void say_inputs(const cg_ask *ask, casegate_event *event)
{
    const casegate_request *request = ask->request;
    const casegate_reason *reason = ask->reason;
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
static void reserve_seal(casegate_event *event, cg_seal *seal)
{
    seal->salt[0] = seal->text_digest[0] = seal->request_digest[0] = seal->hash[0] = '\0';
    event->text_digest = event->request_digest = event->salt = NULL;
    if (event->comment || event->file_count) event->text_digest = seal->text_digest;
    if (event->request) event->request_digest = seal->request_digest;
    if (event->text_digest || event->request) event->salt = seal->salt;
    event->hash = seal->hash;
}

/* One step of the commit: an action that leads from a status (NULL: none) to a status, maybe with a new content. */
typedef struct stride {
    const casegate_action *action;
    const casegate_status *from, *to;
    const casegate_content *content;
    const char *content_digest;
    uint32_t attempt;   /* what an adopted case brings along */
} stride;

/* Where the chain and the counters go on. */
static void begin_event(casegate_event *event, const casegate_head *before, uint32_t attempt)
{
    event->seq = 1;
    event->revision = 0;
    event->attempt = attempt;
    event->content_digest = event->previous_hash = NULL;
    if (!before) return;
    event->seq = before->version + 1;
    event->revision = before->revision;
    event->attempt = before->attempt;
    event->content_digest = before->content_digest;
    event->previous_hash = before->event_hash;
}

/* One event of the commit, its seal still open, and the head after it. */
static void step(const stride *s, const casegate_head *before, casegate_event *event, cg_seal *seal, casegate_head *after)
{
    begin_event(event, before, s->attempt);
    event->action = s->action->code;
    event->from = s->from ? s->from->code : 0;
    event->to = s->to->code;
    event->attempt += s->action->does == CASEGATE_DOES_SUBMISSION;
    if (s->content) {
        event->revision++;
        event->content_digest = s->content_digest;
    }
    reserve_seal(event, seal);
    cg_head_follow(before, event, s->content, s->from ? s->from->phase : 0, s->to->phase, after);
}

/* ---- notices ----------------------------------------------------------------------------------------------------------- */

/* Whom a rule leads to in this case, and where; 0: to nobody. */
static int address(casegate_notice *notice, const casegate_head *head, int32_t way)
{
    int dentist = notice->to == CASEGATE_TO_DENTIST;
    const char *mail = dentist ? head->dentist_email : notice->to == CASEGATE_TO_CLINIC ? head->clinic_email : NULL;
    notice->org = notice->to == CASEGATE_TO_LAB ? head->lab : head->clinic;
    notice->person = dentist && !cg_empty(head->dentist) ? head->dentist : NULL;
    notice->address = way == CG_WAY_EMAIL ? mail : NULL;
    return !dentist || notice->person || (way != CG_WAY_PORTAL && !cg_empty(mail));
}

static char *put_number(char *to, uint32_t number)
{
    char digits[12];
    size_t n = 0;
    for (; number || !n; number /= 10) digits[n++] = (char)('0' + number % 10);
    while (n) *to++ = digits[--n];
    return to;
}

/* The notices of one event, while they are made. */
typedef struct telling {
    casegate_decision *decision;
    const casegate_notice **list;
    size_t count;
    char *prefix;   /* "CASE.SEQ.", which every id begins with */
    size_t prefix_len;
} telling;

static int put_prefix(telling *t, const casegate_event *event)
{
    size_t len = strlen(event->case_id);
    t->prefix = cg_arena_alloc(&t->decision->arena, len + 24);
    if (!t->prefix) return 0;
    memcpy(t->prefix, event->case_id, len);
    char *end = t->prefix + len;
    *end++ = '.';
    end = put_number(end, event->seq);
    *end++ = '.';
    t->prefix_len = (size_t)(end - t->prefix);
    return 1;
}

static const char *notice_id(const telling *t, uint32_t ordinal)
{
    char *id = cg_arena_alloc(&t->decision->arena, t->prefix_len + 12);
    if (!id) return NULL;
    memcpy(id, t->prefix, t->prefix_len);
    *put_number(id + t->prefix_len, ordinal) = '\0';
    return id;
}

/* What all notices of an event have in common. */
static casegate_notice *common_notice(telling *t, const casegate_event *event, const char *name)
{
    casegate_notice *notice = cg_arena_alloc(&t->decision->arena, sizeof *notice);
    if (!notice) return NULL;
    *notice = (casegate_notice) {
        .size = sizeof(casegate_notice), .case_id = event->case_id, .seq = event->seq, .template_code = name, .clinic = event->clinic,
        .lab = event->lab, .reference = t->decision->head->reference, .attempt = event->attempt, .time_us = event->time_us,
        .reason = event->reason, .reason_labels = event->reason_labels, .reason_label_count = event->reason_label_count,
        .comment = event->comment, .files = event->files, .file_count = event->file_count,
    };
    return notice;
}

/* One notice by a rule, unless the rule leads to nobody. *ordinal counts those that were made. */
static casegate_result tell_by(telling *t, const casegate_notice *common, const casegate_notice_rule *rule, int32_t way,
                               uint32_t *ordinal)
{
    casegate_notice *notice = cg_arena_alloc(&t->decision->arena, sizeof *notice);
    if (!notice) return CASEGATE_E_NOMEM;
    *notice = *common;
    notice->to = rule->to;
    notice->channel = rule->channel;
    notice->mutable_ = rule->mutable_;
    if (!address(notice, t->decision->head, way)) return CASEGATE_OK;
    notice->ordinal = ++*ordinal;
    notice->id = notice_id(t, notice->ordinal);
    if (!notice->id) return CASEGATE_E_NOMEM;
    notice->state = way == CG_WAY_PORTAL ? CASEGATE_NOTICE_DELIVERED : CASEGATE_NOTICE_PENDING;
    notice->next_us = way == CG_WAY_PORTAL ? 0 : notice->time_us;
    t->list[t->count++] = notice;
    return CASEGATE_OK;
}

static casegate_result tell_event(telling *t, const casegate_event *event, const casegate_action *action)
{
    const casegate_workflow *workflow = t->decision->ask.workflow;
    const casegate_notice *common = NULL;
    uint32_t ordinal = 0;
    for (size_t i = 0; i < workflow->notice_count; i++) {
        if (workflow->notices[i]->action != action->code) continue;
        if (!common && (!put_prefix(t, event) || !(common = common_notice(t, event, action->name)))) return CASEGATE_E_NOMEM;
        casegate_result rc = tell_by(t, common, workflow->notices[i], workflow->notice_ways[i], &ordinal);
        if (rc != CASEGATE_OK) return rc;
    }
    return CASEGATE_OK;
}

/* Could an action tell anybody? Built-in ones have no slot, and are looked for. */
static int tells(const casegate_workflow *workflow, size_t slot)
{
    return slot == workflow->action_count || workflow->tells[slot];
}

static casegate_result tell(casegate_decision *decision)
{
    const cg_ask *ask = &decision->ask;
    casegate_commit *commit = &decision->commit;
    if (!tells(ask->workflow, ask->slot)) return CASEGATE_OK;
    size_t most = commit->event_count * ask->workflow->notice_count;
    telling t = { .decision = decision, .list = cg_arena_alloc(&decision->arena, most * sizeof *t.list) };
    casegate_result rc = t.list ? tell_event(&t, &decision->events[0], ask->action) : CASEGATE_E_NOMEM;
    if (rc == CASEGATE_OK && ask->then) rc = tell_event(&t, &decision->events[1], ask->then);
    commit->notices = t.list;
    commit->notice_count = t.count;
    return rc;
}

/* ---- the commit -------------------------------------------------------------------------------------------------------- */

/* An edit's changed paths; *same: there are none, or a migration leads to where the case is, so nothing is to be written. */
static casegate_result compare(casegate_decision *decision, int *same, casegate_error *err)
{
    const cg_ask *ask = &decision->ask;
    casegate_event *event = &decision->events[0];
    *same = ask->request->action == CASEGATE_MIGRATE && cg_is_under(ask->head, ask->request->mapping->to);
    if (ask->creates || !ask->request->content) return CASEGATE_OK;
    if (!cg_knows_content(ask)) return casegate_error_set(err, CASEGATE_E_MISSING_FACT, 0, "content", "this decision needs it");
    casegate_result rc = cg_content_paths(&decision->arena, ask->facts->content, ask->request->content, &event->changed,
                                          &event->changed_count, err);
    *same = event->changed_count == 0;
    return rc;
}

static const casegate_status *target(const cg_ask *ask)
{
    if (ask->request->action == CASEGATE_ADOPT) return casegate_workflow_status(ask->workflow, ask->request->status);
    return ask->creates ? cg_workflow_initial(ask->workflow) : ask->next;
}

/* The events of the request, and the heads that follow from them. */
static size_t stride_on(casegate_decision *decision)
{
    const cg_ask *ask = &decision->ask;
    const stride first = { ask->action, ask->creates ? NULL : ask->status, target(ask), ask->request->content,
                           decision->content_digest, ask->request->attempt };
    if (!ask->then) say_inputs(ask, &decision->events[0]);
    say_target(ask, &decision->events[0]);
    step(&first, ask->head, &decision->events[0], &decision->seals[0], &decision->heads[0]);
    if (!ask->then) return 1;
    const size_t from = cg_status_slot(ask->workflow, first.to->code), action = cg_action_slot(ask->workflow, ask->then->code);
    const stride second = { .action = ask->then, .from = first.to, .to = cg_workflow_next(ask->workflow, action, from) };
    say_common(decision, &decision->events[1]);
    say_inputs(ask, &decision->events[1]);
    step(&second, &decision->heads[0], &decision->events[1], &decision->seals[1], &decision->heads[1]);
    return 2;
}

/* The counter that this request would carry beyond its end; NULL: none. No honest case comes near. */
static const char *full_counter(const cg_ask *ask)
{
    const casegate_head *head = ask->head;
    if (!head) return NULL;
    if (head->version == UINT32_MAX) return "version";
    if (head->revision == UINT32_MAX && ask->request->content) return "revision";
    return head->attempt == UINT32_MAX && ask->action->does == CASEGATE_DOES_SUBMISSION ? "attempt" : NULL;
}

casegate_result cg_commit_make(casegate_decision *decision, casegate_error *err)
{
    const cg_ask *ask = &decision->ask;
    const char *full = full_counter(ask);
    int same;
    if (!ask->head && cg_empty(ask->request->case_id) && cg_empty(ask->facts->new_case_id))
        return casegate_error_set(err, CASEGATE_E_MISSING_FACT, 0, "new_case_id", "this decision needs it");
    if (full) return casegate_error_set(err, CASEGATE_E_CORRUPT, 0, full, "the counter is at its end");
    say_common(decision, &decision->events[0]);
    casegate_result rc = compare(decision, &same, err);
    if (rc != CASEGATE_OK) return rc;
    if (same) {
        decision->head = ask->head;
        return CASEGATE_OK;
    }
    decision->content_salt[0] = decision->content_digest[0] = '\0';
    size_t count = stride_on(decision);
    decision->head = &decision->heads[count - 1];
    decision->commit = (casegate_commit) {
        .size = sizeof decision->commit, .before = ask->head, .after = decision->head, .content = ask->request->content,
        .content_salt = ask->request->content ? decision->content_salt : NULL, .events = decision->event_list, .event_count = count,
    };
    rc = tell(decision);
    if (rc != CASEGATE_OK) return casegate_error_set(err, rc, 0, NULL, NULL);
    decision->writes = 1;
    return CASEGATE_OK;
}

/* ---- seals ------------------------------------------------------------------------------------------------------------- */

static casegate_result seal_content(casegate_decision *d, casegate_error *err)
{
    if (!d->commit.content) return CASEGATE_OK;
    casegate_result rc = cg_salt(d->sealer, d->content_salt, err);
    return rc == CASEGATE_OK ? cg_content_digest(d->sealer, d->form, d->commit.content, d->content_salt, d->content_digest,
                                                 err) : rc;
}

static casegate_result seal_request(casegate_decision *d, cg_seal *seal, casegate_error *err)
{
    casegate_result rc = cg_request_form(d->form, d->ask.request, seal->salt);
    if (rc != CASEGATE_OK) return casegate_error_set(err, rc, 0, NULL, NULL);
    return cg_digest_text(d->sealer, NULL, d->form, seal->request_digest, err);
}

static casegate_result seal_event(casegate_decision *d, size_t i, casegate_error *err)
{
    const casegate_event *event = &d->events[i];
    cg_seal *seal = &d->seals[i];
    casegate_result rc = event->salt ? cg_salt(d->sealer, seal->salt, err) : CASEGATE_OK;
    if (rc == CASEGATE_OK && event->text_digest) rc = cg_event_text_digest(d->sealer, d->form, event, seal->text_digest, err);
    if (rc == CASEGATE_OK && event->request) rc = seal_request(d, seal, err);
    if (rc == CASEGATE_OK) rc = cg_event_hash(d->sealer, d->form, event, seal->hash, err);
    return rc == CASEGATE_ABSENT ? casegate_error_set(err, CASEGATE_E_HOST, 0, "digest", "there is no such key") : rc;
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
