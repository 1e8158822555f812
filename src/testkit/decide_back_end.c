/* SPDX-License-Identifier: MIT */
/* decide_back_end.c: the same scenarios on casegate_decide() alone: a map of heads and contents, no engine, no store. */
#include "scenario.h"

enum { MOST_CASES = 200, MOST_REVISIONS = 200 };

/* Everything that is known of a case. */
typedef struct record { casegate_head *head; casegate_content *contents[MOST_REVISIONS]; casegate_event *rejection; } record;
typedef struct world_decide {
    cg_world *w;
    record records[MOST_CASES];
    size_t count;
    casegate_event *used[MOST_CASES * 4];   /* events whose request id was used */
    size_t used_count;
    casegate_case *kase;                    /* of the facts in use */
    casegate_facts facts;
    casegate_guard_answer answers[CG_MOST_GUARDS];
    const casegate_guard_answer *answer_list[CG_MOST_GUARDS];
    casegate_decision *decision;
    casegate_verdict *verdict, *buttons[32];
    casegate_findings *findings;
    char new_id[65], digest[72];
} world_decide;

static record *find(world_decide *d, const char *id)
{
    for (size_t i = 0; id && i < d->count; i++)
        if (strcmp(d->records[i].head->id, id) == 0) return &d->records[i];
    return NULL;
}

/* The event that already used this request id within organisation, actor and lab. */
static const casegate_event *find_used(const world_decide *d, const casegate_actor *actor, const casegate_request *r,
                                       const char *lab)
{
    const casegate_actor_fields *who = casegate_actor_get(actor);
    for (size_t i = 0; r->request && lab && i < d->used_count; i++)
        if (!strcmp(d->used[i]->request, r->request) && !strcmp(d->used[i]->actor, who->id) &&
            !strcmp(d->used[i]->actor_org, who->org) &&
            !strcmp(d->used[i]->lab, lab)) return d->used[i];
    return NULL;
}

static void answer_guards(world_decide *d, int32_t action)
{
    d->facts.guards = d->answer_list;
    d->facts.guard_count = 0;
    for (size_t i = 0; i < d->w->guard_count; i++) {
        const cg_guard_rule *guard = &d->w->guards[i];
        if (guard->action != action) continue;
        casegate_guard_answer *answer = &d->answers[d->facts.guard_count];
        *answer = (casegate_guard_answer) { sizeof *answer, guard->name, guard->refuses };
        d->answer_list[d->facts.guard_count++] = answer;
    }
}

/* Facts of a case as it is; prior: the event that answers the request already. */
static casegate_result gather(world_decide *d, const char *id, const casegate_actor *actor, const casegate_request *r,
                              casegate_error *err)
{
    record *known = find(d, id);
    const casegate_event *prior = find_used(d, actor, r, known ? known->head->lab : r->lab);
    if (prior && !known) known = find(d, prior->case_id);
    casegate_case_unref(d->kase);
    d->kase = NULL;
    d->facts = (casegate_facts) { .size = sizeof d->facts, .workflow = d->w->workflow, .policy = d->w->policy,
                                  .now_us = casegate_clock_now(d->w->clock),
                                  .new_case_id = d->new_id, .prior = prior, .request_digest = prior ? d->digest : NULL };
    casegate_result rc = known ? casegate_case_new(d->w->host, known->head, &d->kase, err) : CASEGATE_OK;
    if (rc == CASEGATE_OK && prior) rc = casegate_request_digest(d->w->host, r, prior->salt, d->digest, err);
    d->facts.kase = d->kase;
    uint32_t needs = rc == CASEGATE_OK ? casegate_needs(&d->facts, actor, r) : 0;
    if (needs & CASEGATE_NEEDS_CONTENT) d->facts.content = known->contents[known->head->revision];
    if (needs & CASEGATE_NEEDS_REVIEWED && r->revision < MOST_REVISIONS) d->facts.reviewed = known->contents[r->revision];
    if (needs & CASEGATE_NEEDS_GUARDS) answer_guards(d, r->action);
    return rc;
}

/* What a store would write. */
static casegate_result keep(world_decide *d, const casegate_commit *commit, casegate_error *err)
{
    record *known = find(d, commit->after->id);
    const casegate_event *event = commit->events[commit->event_count - 1];
    casegate_head *head = NULL;
    if (!known && d->count == MOST_CASES) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "too many cases");
    casegate_result rc = casegate_head_copy(d->w->host, commit->after, &head, err);
    if (rc != CASEGATE_OK) return rc;
    if (!known) known = &d->records[d->count++];
    casegate_head_free(known->head);
    known->head = head;
    if (commit->content && head->revision < MOST_REVISIONS) known->contents[head->revision] = casegate_content_ref(commit->content);
    if (head->rejected_seq == event->seq) {
        casegate_event_free(known->rejection);
        rc = casegate_event_copy(d->w->host, event, &known->rejection, err);
    }
    if (rc == CASEGATE_OK && event->request) rc = casegate_event_copy(d->w->host, event, &d->used[d->used_count++], err);
    return rc;
}

static casegate_result request(void *state, const casegate_actor *actor, const casegate_request *r, cg_answer *answer,
                               casegate_error *err)
{
    world_decide *d = state;
    casegate_result rc = casegate_new_id(d->w->host, d->new_id, sizeof d->new_id, err);
    if (rc == CASEGATE_OK) rc = gather(d, r->case_id, actor, r, err);
    if (rc == CASEGATE_OK) rc = casegate_decide(&d->facts, actor, r, d->decision, err);
    if (rc == CASEGATE_OK) rc = casegate_decision_seal(d->decision, err);
    const casegate_commit *commit = rc == CASEGATE_OK ? casegate_decision_commit(d->decision) : NULL;
    *answer = (cg_answer) { .verdict = casegate_decision_verdict(d->decision), .head = casegate_decision_head(d->decision),
                            .event = commit ? commit->events[commit->event_count - 1] : d->facts.prior, .commit = commit,
                            .replayed = casegate_decision_replayed(d->decision) };
    return commit ? keep(d, commit, err) : rc;
}

/* A look: not found unless it is visible. */
static casegate_result look(world_decide *d, const casegate_actor *actor, const char *id, cg_answer *answer, casegate_error *err)
{
    const casegate_request nothing = { .size = sizeof nothing, .action = CASEGATE_EDIT, .case_id = id };
    casegate_result rc = gather(d, id, actor, &nothing, err);
    answer->verdict = d->verdict;
    if (rc != CASEGATE_OK) return rc;
    if (!casegate_visible(d->kase, actor)) return casegate_check(&d->facts, actor, &nothing, d->verdict, err);
    const record *known = find(d, id);
    answer->head = known->head;
    answer->content = known->contents[known->head->revision];
    answer->rejection = known->head->reason ? known->rejection : NULL;
    return CASEGATE_OK;
}

static casegate_result view(void *state, const casegate_actor *actor, const char *id, cg_answer *answer, casegate_error *err)
{
    return look(state, actor, id, answer, err);
}

static casegate_result review(void *state, const casegate_actor *actor, const char *id, cg_answer *answer, casegate_error *err)
{
    world_decide *d = state;
    casegate_result rc = look(d, actor, id, answer, err);
    answer->findings = d->findings;
    return rc == CASEGATE_OK ? casegate_review(d->w->policy, answer->content, d->facts.now_us, d->findings, err) : rc;
}

static const casegate_verdict *button(const cg_answer *answer, int32_t action)
{
    const world_decide *d = answer->back_end;
    for (size_t i = 0; i < casegate_workflow_action_count(d->w->workflow); i++)
        if (casegate_workflow_action_at(d->w->workflow, i)->code == action) return d->buttons[i];
    return NULL;
}

static casegate_result explain(void *state, const casegate_actor *actor, const char *id, cg_answer *answer, casegate_error *err)
{
    world_decide *d = state;
    casegate_result rc = look(d, actor, id, answer, err);
    answer->button = button;
    answer->back_end = d;
    for (size_t i = 0; rc == CASEGATE_OK && i < casegate_workflow_action_count(d->w->workflow) && i < 32; i++) {
        int32_t action = casegate_workflow_action_at(d->w->workflow, i)->code;
        uint32_t needs = casegate_explain_needs(&d->facts, actor, action);
        if (!d->buttons[i] && !(d->buttons[i] = casegate_verdict_new(d->w->host))) return CASEGATE_E_NOMEM;
        d->facts.content = answer->content;
        d->facts.guard_count = 0;
        if (needs & CASEGATE_NEEDS_GUARDS) answer_guards(d, action);
        if (casegate_explain(&d->facts, actor, action, d->buttons[i], err) < 0) return err->code;
    }
    return rc;
}

static void close_world(void *state)
{
    world_decide *d = state;
    for (size_t i = 0; i < d->count; i++) {
        casegate_head_free(d->records[i].head);
        casegate_event_free(d->records[i].rejection);
        for (size_t k = 0; k < MOST_REVISIONS; k++) casegate_content_unref(d->records[i].contents[k]);
    }
    for (size_t i = 0; i < d->used_count; i++) casegate_event_free(d->used[i]);
    for (size_t i = 0; i < 32; i++) casegate_verdict_free(d->buttons[i]);
    casegate_decision_free(d->decision);
    casegate_case_unref(d->kase);
    casegate_verdict_free(d->verdict);
    casegate_findings_free(d->findings);
    free(d);
}

static casegate_result open_world(cg_world *w, void **state, casegate_error *err)
{
    world_decide *d = calloc(1, sizeof *d);
    if (!d) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    d->w = w;
    d->decision = casegate_decision_new(w->host);
    d->verdict = casegate_verdict_new(w->host);
    d->findings = casegate_findings_new(w->host);
    *state = d;
    if (d->decision && d->verdict && d->findings) return CASEGATE_OK;
    close_world(d);
    return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
}

const cg_back_end cg_decide_back_end = { .open = open_world, .close = close_world, .request = request, .explain = explain,
                                         .review = review, .view = view };
