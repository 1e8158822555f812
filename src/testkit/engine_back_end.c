/* SPDX-License-Identifier: MIT */
/* engine_back_end.c: scenarios behind an engine with a store, recorders and the scenario's guards. */
#include "scenario.h"

typedef struct world_engine {
    cg_world *w;
    casegate_store *store;
    casegate_engine *engine;
    casegate_outcome *outcome;
    casegate_recorder *recorders[CG_MOST_CHANNELS];
    casegate_notifier *notifiers[CG_MOST_CHANNELS];
} world_engine;

/* ---- what the engine asks ---------------------------------------------------------------------------------------------------- */

static casegate_result CASEGATE_CALL lab(void *user, void *context, const char *id, casegate_policy **policy,
                                         casegate_workflow **workflow, casegate_error *err)
{
    const cg_world *w = user;
    (void)context, (void)id, (void)err;
    *policy = casegate_policy_ref(w->policy);
    *workflow = casegate_workflow_ref(w->workflow);
    return CASEGATE_OK;
}

static casegate_result CASEGATE_CALL ask(void *user, void *context, casegate_question *question, casegate_error *err)
{
    const cg_guard_rule *guard = user;
    int32_t action = casegate_question_request(question)->action;
    (void)context, (void)err;
    if (guard->named) guard = cg_find_guard(guard->world, action == CASEGATE_CREATE ? CASEGATE_SUBMIT : action, guard->name);
    return guard && guard->refuses ? casegate_question_refuse(question, guard->refuses) : CASEGATE_OK;
}

/* ---- opening ------------------------------------------------------------------------------------------------------------------ */

static casegate_result open_store(world_engine *e, casegate_error *err)
{
    const casegate_scenario_options *o = e->w->options;
    if (o->open) return o->open(o->user, e->w->host, e->w->ordinal, &e->store, err);
    return casegate_memory_store_new(e->w->host, &e->store, err);
}

static casegate_result open_recorders(world_engine *e, casegate_error *err)
{
    casegate_result rc = CASEGATE_OK;
    for (size_t i = 0; rc == CASEGATE_OK && i < e->w->channel_count; i++) {
        rc = casegate_recorder_new(e->w->host, e->w->channels[i], &e->recorders[i], err);
        if (rc == CASEGATE_OK) e->notifiers[i] = casegate_recorder_notifier(e->recorders[i]);
    }
    return rc;
}

/* A name that the workflow puts on several actions is bound once. */
static int is_named_before(const cg_world *w, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (w->guards[k].named && strcmp(w->guards[k].name, w->guards[i].name) == 0) return 1;
    return 0;
}

static casegate_result open_engine(world_engine *e, casegate_error *err)
{
    casegate_guard guards[CG_MOST_GUARDS];
    const casegate_guard *guard_list[CG_MOST_GUARDS];
    const casegate_engine_ops ops = { .size = sizeof ops, .user = e->w, .lab = lab };
    const casegate_workflow *workflows[] = { e->w->workflow };
    size_t count = 0;
    for (size_t i = 0; i < e->w->guard_count; i++) {
        cg_guard_rule *rule = &e->w->guards[i];
        if (rule->named && is_named_before(e->w, i)) continue;
        guards[count] = (casegate_guard) { .size = sizeof guards[count], .action = rule->named ? 0 : rule->action,
                                           .name = rule->name, .user = rule, .ask = ask };
        guard_list[count] = &guards[count];
        count++;
    }
    const casegate_engine_options options = {
        .size = sizeof options, .host = e->w->host, .store = e->store, .workflows = workflows, .workflow_count = 1,
        .notifiers = e->notifiers, .notifier_count = e->w->channel_count, .guards = guard_list, .guard_count = count, .ops = &ops,
    };
    return casegate_engine_open(&options, &e->engine, err);
}

static void close_world(void *state)
{
    world_engine *e = state;
    casegate_outcome_free(e->outcome);
    casegate_engine_unref(e->engine);
    for (size_t i = 0; i < CG_MOST_CHANNELS; i++) {
        casegate_notifier_unref(e->notifiers[i]);
        casegate_recorder_free(e->recorders[i]);
    }
    casegate_store_unref(e->store);
    free(e);
}

static casegate_result open_world(cg_world *w, void **state, casegate_error *err)
{
    world_engine *e = calloc(1, sizeof *e);
    if (!e) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    e->w = w;
    e->outcome = casegate_outcome_new(NULL);
    casegate_result rc = e->outcome ? open_store(e, err) : casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    if (rc == CASEGATE_OK) rc = open_recorders(e, err);
    if (rc == CASEGATE_OK) rc = open_engine(e, err);
    if (rc == CASEGATE_OK) *state = e;
    else close_world(e);
    return rc;
}

/* ---- requests and looks at one case ------------------------------------------------------------------------------------------- */

static casegate_call call_of(const casegate_actor *actor) { return (casegate_call) { .size = sizeof(casegate_call),
        .actor = actor }; }

static const casegate_verdict *button(const cg_answer *answer, int32_t action)
{
    return casegate_outcome_action(((const world_engine *)answer->back_end)->outcome, action);
}

static casegate_result answer_with(world_engine *e, casegate_result rc, cg_answer *answer)
{
    const casegate_outcome *o = e->outcome;
    size_t events = casegate_outcome_event_count(o);
    *answer = (cg_answer) { .verdict = casegate_outcome_verdict(o), .head = casegate_outcome_head(o), .content = casegate_outcome_content(o),
                            .rejection = casegate_outcome_rejection(o), .event = events ? casegate_outcome_event_at(o,
                                    events - 1) : NULL,
                            .findings = casegate_outcome_findings(o), .commit = casegate_outcome_commit(o),
                            .replayed = casegate_outcome_replayed(o), .button = button, .back_end = e };
    return rc;
}

static casegate_result request(void *state, const casegate_actor *actor, const casegate_request *r, cg_answer *answer,
                               casegate_error *err)
{
    world_engine *e = state;
    const casegate_call call = call_of(actor);
    return answer_with(e, casegate_engine_apply(e->engine, &call, r, e->outcome, err), answer);
}

static casegate_result explain(void *state, const casegate_actor *actor, const char *case_id, cg_answer *answer,
                               casegate_error *err)
{
    world_engine *e = state;
    const casegate_call call = call_of(actor);
    return answer_with(e, casegate_engine_explain(e->engine, &call, case_id, e->outcome, err), answer);
}

static casegate_result review(void *state, const casegate_actor *actor, const char *case_id, cg_answer *answer,
                              casegate_error *err)
{
    world_engine *e = state;
    const casegate_call call = call_of(actor);
    return answer_with(e, casegate_engine_review(e->engine, &call, case_id, e->outcome, err), answer);
}

static casegate_result view(void *state, const casegate_actor *actor, const char *case_id, cg_answer *answer, casegate_error *err)
{
    world_engine *e = state;
    const casegate_call call = call_of(actor);
    return answer_with(e, casegate_engine_view(e->engine, &call, case_id, 0, e->outcome, err), answer);
}

/* ---- looks that need a store -------------------------------------------------------------------------------------------------- */

/* NULL with an error, or what was denied. */
static json_t *not_ok(const world_engine *e, casegate_result rc)
{
    return rc == CASEGATE_REFUSED ? cg_denied_json(e->w, casegate_outcome_verdict(e->outcome), NULL) : NULL;
}

/* Pages are read to the end: a scenario's list has no limit unless it says one. */
static json_t *list(void *state, const casegate_actor *actor, const casegate_list *which, int waiting, casegate_error *err)
{
    world_engine *e = state;
    const casegate_call call = call_of(actor);
    casegate_list page = *which;
    json_t *cases = json_array();
    char *after = NULL;
    casegate_result rc;
    do {
        page.after = after;
        rc = waiting ? casegate_engine_waiting(e->engine, &call, which->longer_than_us, which->limit, after, e->outcome, err)
                     : casegate_engine_list(e->engine, &call, &page, e->outcome, err);
        free(after);
        after = NULL;
        for (size_t i = 0; rc == CASEGATE_OK && i < casegate_outcome_head_count(e->outcome); i++) {
            const char *name = cg_name_of_case(e->w, casegate_outcome_head_at(e->outcome, i)->id);
            json_array_append_new(cases, json_string(name ? name : "?"));
        }
        if (rc == CASEGATE_OK && casegate_outcome_next(e->outcome)) after = strdup(casegate_outcome_next(e->outcome));
    } while (rc == CASEGATE_OK && after && !which->limit);
    free(after);
    if (rc == CASEGATE_OK) return json_pack("{s:o}", "cases", cases);
    json_decref(cases);
    return not_ok(e, rc);
}

static json_t *history(void *state, const casegate_actor *actor, const char *case_id, casegate_error *err)
{
    world_engine *e = state;
    const casegate_call call = call_of(actor);
    json_t *events = json_array();
    uint32_t after = 0;
    size_t count = 0;
    casegate_result rc;
    do {
        rc = casegate_engine_history(e->engine, &call, case_id, after, 0, e->outcome, err);
        count = rc == CASEGATE_OK ? casegate_outcome_event_count(e->outcome) : 0;
        for (size_t i = 0; i < count; i++) {
            json_array_append_new(events, cg_event_json(e->w, casegate_outcome_event_at(e->outcome, i)));
            after = casegate_outcome_event_at(e->outcome, i)->seq;
        }
    } while (rc == CASEGATE_OK && count);
    if (rc == CASEGATE_OK) return json_pack("{s:o}", "events", events);
    json_decref(events);
    return not_ok(e, rc);
}

/* The whole inbox, page by page. */
static json_t *inbox(void *state, const casegate_actor *actor, casegate_error *err)
{
    world_engine *e = state;
    const casegate_call call = call_of(actor);
    json_t *notices = json_array();
    char after[128] = "";
    size_t count = 0;
    casegate_result rc;
    do {
        rc = casegate_engine_inbox(e->engine, &call, after, 0, e->outcome, err);
        count = rc == CASEGATE_OK ? casegate_outcome_notice_count(e->outcome) : 0;
        for (size_t i = 0; i < count; i++) {
            const casegate_notice *notice = casegate_outcome_notice_at(e->outcome, i);
            json_array_append_new(notices, cg_notice_json(e->w, notice));
            strncpy(after, notice->id, sizeof after - 1);
        }
    } while (rc == CASEGATE_OK && count);
    if (rc == CASEGATE_OK) return json_pack("{s:o,s:I}", "notices", notices, "unread",
                                            (json_int_t)casegate_outcome_total(e->outcome));
    json_decref(notices);
    return not_ok(e, rc);
}

/* Marks by the place in the inbox; outside of it there is nothing to be found. */
static json_t *mark_read(void *state, const casegate_actor *actor, int64_t index, casegate_error *err)
{
    world_engine *e = state;
    const casegate_call call = call_of(actor);
    json_t *all = inbox(state, actor, err);
    const json_t *notice = index < 0 ? NULL : json_array_get(json_object_get(all, "notices"), (size_t)index);
    const char *id = notice ? json_string_value(json_object_get(notice, "id")) : "no-such-notice";
    casegate_result rc = all ? casegate_engine_mark_read(e->engine, &call, id, e->outcome, err) : CASEGATE_E_HOST;
    json_decref(all);
    return rc == CASEGATE_OK ? json_pack("{s:I}", "unread", (json_int_t)casegate_outcome_total(e->outcome)) : not_ok(e, rc);
}

static json_t *verify(void *state, const casegate_actor *actor, const char *case_id, casegate_error *err)
{
    world_engine *e = state;
    const casegate_call call = call_of(actor);
    casegate_result rc = casegate_engine_verify(e->engine, &call, case_id, e->outcome, err);
    if (rc != CASEGATE_OK) return not_ok(e, rc);
    const casegate_verification *found = casegate_outcome_verification(e->outcome);
    return json_pack("{s:b,s:s}", "intact", found->intact, "problem", found->problem);
}

/* ---- telling ------------------------------------------------------------------------------------------------------------------ */

static void add_sent(const world_engine *e, size_t channel, size_t from, json_t *sent)
{
    for (size_t i = from; i < casegate_recorder_count(e->recorders[channel]); i++)
        json_array_append_new(sent, cg_notice_json(e->w, casegate_recorder_at(e->recorders[channel], i)));
}

/* One pass over every channel; it counts what this pass did. */
static json_t *deliver(void *state, casegate_error *err)
{
    world_engine *e = state;
    json_t *sent = json_array();
    uint32_t delivered = 0, failed = 0, dead = 0;
    for (size_t i = 0; i < e->w->channel_count; i++) {
        casegate_dispatched counts;
        size_t before = casegate_recorder_count(e->recorders[i]);
        casegate_dispatched_init(&counts, sizeof counts);
        if (casegate_engine_dispatch(e->engine, NULL, e->w->channels[i], 0, &counts,
                                     err) != CASEGATE_OK) return json_decref(sent), NULL;
        delivered += counts.delivered;
        failed += counts.failed;
        dead += counts.dead;
        add_sent(e, i, before, sent);
    }
    return json_pack("{s:I,s:I,s:I,s:o}", "delivered", (json_int_t)delivered, "failed", (json_int_t)failed, "dead",
                     (json_int_t)dead, "sent", sent);
}

static void notifier(void *state, const char *channel, int32_t mode)
{
    world_engine *e = state;
    for (size_t i = 0; i < e->w->channel_count; i++)
        if (strcmp(e->w->channels[i], channel) == 0) casegate_recorder_set_mode(e->recorders[i], mode);
}

const cg_back_end cg_engine_back_end = {
    .open = open_world, .close = close_world, .request = request, .explain = explain, .review = review, .view = view, .list = list,
    .history = history, .inbox = inbox, .mark_read = mark_read, .verify = verify, .deliver = deliver, .notifier = notifier,
};
