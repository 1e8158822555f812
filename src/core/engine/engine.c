/* SPDX-License-Identifier: MIT */
/* engine.c: opening an engine: options checked, everything referenced or copied. */
#include "engine.h"

static const int64_t DEFAULT_LEASE_US = INT64_C(60) * 1000000;
static const int64_t DEFAULT_SLOW_US = INT64_C(1000000);
enum { DEFAULT_TRIES = 12, DEFAULT_CONFLICTS = 8 };

void casegate_engine_options_init(casegate_engine_options *options, size_t size) { cg_init(options, size); }
void casegate_engine_ops_init(casegate_engine_ops *ops, size_t size) { cg_init(ops, size); }
void casegate_guard_init(casegate_guard *guard, size_t size) { cg_init(guard, size); }
void casegate_call_init(casegate_call *call, size_t size) { cg_init(call, size); }

static casegate_result invalid(casegate_error *err, int32_t problem, const char *field, const char *text)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, problem, field, text);
}

/* ---- checks ------------------------------------------------------------------------------------------------------------- */

static casegate_result judge_notifiers(const casegate_engine_options *o, casegate_error *err)
{
    for (size_t i = 0; i < o->notifier_count; i++) {
        if (!o->notifiers || !o->notifiers[i]) return invalid(err, CASEGATE_PROBLEM_MISSING, "notifiers", "holds NULL");
        for (size_t k = 0; k < i; k++)
            if (cg_same(o->notifiers[i]->channel, o->notifiers[k]->channel))
                return invalid(err, CASEGATE_PROBLEM_DUPLICATE, "notifiers", "two for one channel");
    }
    return CASEGATE_OK;
}

static casegate_result judge_guard(const casegate_guard *guard, casegate_error *err)
{
    if (cg_empty(guard->name) || strlen(guard->name) > 64 || cg_text_problem(CASEGATE_KIND_ID, guard->name))
        return invalid(err, CASEGATE_PROBLEM_FORMAT, "guards", "a guard needs an id as its name");
    if (!guard->ask) return invalid(err, CASEGATE_PROBLEM_MISSING, "guards", "a guard needs ask");
    if (guard->action == CASEGATE_CREATE) return invalid(err, CASEGATE_PROBLEM_RANGE, "guards",
                                                         "create has no guards; submit has");
    return CASEGATE_OK;
}

/* Copies guards of any header's size into the engine. */
static casegate_result adopt_guards(casegate_engine *engine, const casegate_engine_options *o, casegate_error *err)
{
    for (size_t i = 0; i < o->guard_count; i++) {
        casegate_guard room;
        const void *given;
        casegate_result rc = o->guards ? cg_adopt(o->guards[i], sizeof room, sizeof room, &room, &given, err)
                                       : invalid(err, CASEGATE_PROBLEM_MISSING, "guards", "is NULL");
        if (rc == CASEGATE_OK) rc = judge_guard(given, err);
        if (rc != CASEGATE_OK) return rc;
        cg_guard *guard = &engine->guards[i];
        guard->it = *(const casegate_guard *)given;
        memcpy(guard->name, guard->it.name, strlen(guard->it.name) + 1);
        guard->it.name = guard->name;
        for (size_t k = 0; k < i; k++)
            if (engine->guards[k].it.action == guard->it.action && cg_same(engine->guards[k].name, guard->name))
                return invalid(err, CASEGATE_PROBLEM_DUPLICATE, "guards", "a name stands twice on one action");
        engine->guard_count = i + 1;
    }
    return CASEGATE_OK;
}

static int is_bound(const casegate_engine *engine, const char *name)
{
    for (size_t i = 0; i < engine->guard_count; i++)
        if (engine->guards[i].it.action == 0 && cg_same(engine->guards[i].name, name)) return 1;
    return 0;
}

/* Every guard that a workflow names must have been given. */
static casegate_result judge_bindings(const casegate_engine *engine, casegate_error *err)
{
    for (size_t w = 0; w < engine->workflow_count; w++)
        for (size_t a = 0; a < engine->workflows[w]->action_count; a++)
            for (size_t g = 0; g < engine->workflows[w]->actions[a]->guard_count; g++)
                if (!is_bound(engine, engine->workflows[w]->actions[a]->guards[g]))
                    return invalid(err, CASEGATE_PROBLEM_MISSING, "guards", "the workflow names one that was not given");
    return CASEGATE_OK;
}

static casegate_result judge_options(const casegate_engine_options *o, casegate_error *err)
{
    if (!o->store) return invalid(err, CASEGATE_PROBLEM_MISSING, "store", "is NULL");
    if (o->tell != CASEGATE_TELL_NOW && o->tell != CASEGATE_TELL_LATER) return invalid(err, CASEGATE_PROBLEM_UNKNOWN, "tell",
            "no such value");
    if (o->lease_us < 0) return invalid(err, CASEGATE_PROBLEM_RANGE, "lease_us", "is negative");
    if (o->slow_us < 0) return invalid(err, CASEGATE_PROBLEM_RANGE, "slow_us", "is negative");
    if (o->require & ~o->store->keeps) return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "require",
                                                                 "the store does not keep all of it");
    for (size_t i = 0; i < o->workflow_count; i++)
        if (!o->workflows || !o->workflows[i]) return invalid(err, CASEGATE_PROBLEM_MISSING, "workflows", "holds NULL");
    return judge_notifiers(o, err);
}

/* ---- opening ------------------------------------------------------------------------------------------------------------ */

static casegate_result adopt_ops(casegate_engine *engine, const casegate_engine_ops *ops, casegate_error *err)
{
    casegate_engine_ops room;
    const void *given;
    if (!ops) return CASEGATE_OK;
    casegate_result rc = cg_adopt(ops, offsetof(casegate_engine_ops, observe), sizeof room, &room, &given, err);
    if (rc == CASEGATE_OK) engine->ops = *(const casegate_engine_ops *)given;
    return rc;
}

static casegate_result adopt_workflows(casegate_engine *engine, const casegate_engine_options *o, casegate_error *err)
{
    size_t count = o->workflow_count ? o->workflow_count : 1;
    engine->workflows = cg_zalloc(engine->host, count * sizeof *engine->workflows);
    if (!engine->workflows) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        engine->workflows[i] = o->workflow_count ? casegate_workflow_ref(o->workflows[i]) : casegate_workflow_builtin("intake",
                1);
    engine->workflow_count = count;
    return CASEGATE_OK;
}

static casegate_result adopt_lists(casegate_engine *engine, const casegate_engine_options *o, casegate_error *err)
{
    engine->notifiers = cg_zalloc(engine->host, (o->notifier_count + 1) * sizeof *engine->notifiers);
    engine->guards = cg_zalloc(engine->host, (o->guard_count + 1) * sizeof *engine->guards);
    if (!engine->notifiers || !engine->guards) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    for (size_t i = 0; i < o->notifier_count; i++) engine->notifiers[engine->notifier_count++] = casegate_notifier_ref(o->notifiers[i]);
    casegate_result rc = adopt_workflows(engine, o, err);
    if (rc == CASEGATE_OK) rc = adopt_ops(engine, o->ops, err);
    if (rc == CASEGATE_OK) rc = adopt_guards(engine, o, err);
    return rc == CASEGATE_OK ? judge_bindings(engine, err) : rc;
}

/* Lets go of everything; the host's destroy callbacks are called only for an engine that was open. */
static void close_engine(casegate_engine *engine, int was_open)
{
    casegate_host *host = engine->host;
    for (size_t i = 0; was_open && i < engine->guard_count; i++)
        if (engine->guards[i].it.destroy) engine->guards[i].it.destroy(engine->guards[i].it.user);
    if (was_open && engine->ops.destroy) engine->ops.destroy(engine->ops.user);
    for (size_t i = 0; i < engine->notifier_count; i++) casegate_notifier_unref(engine->notifiers[i]);
    for (size_t i = 0; i < engine->workflow_count; i++) casegate_workflow_unref(engine->workflows[i]);
    casegate_store_unref(engine->store);
    casegate_release(host, engine->guards);
    casegate_release(host, engine->notifiers);
    casegate_release(host, engine->workflows);
    casegate_release(host, engine);
    casegate_host_unref(host);
}

casegate_result casegate_engine_open(const casegate_engine_options *options, casegate_engine **out, casegate_error *err)
{
    casegate_engine_options room;
    const void *given;
    if (!out) return invalid(err, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    casegate_result rc = cg_adopt(options, offsetof(casegate_engine_options, slow_us), sizeof room, &room, &given, err);
    const casegate_engine_options *o = given;
    if (rc == CASEGATE_OK) rc = judge_options(o, err);
    if (rc != CASEGATE_OK) return rc;
    casegate_engine *engine = cg_zalloc(o->host, sizeof *engine);
    if (!engine) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    cg_count_init(&engine->count);
    engine->host = casegate_host_ref(o->host);
    engine->store = casegate_store_ref(o->store);
    engine->tell = o->tell;
    engine->lease_us = o->lease_us ? o->lease_us : DEFAULT_LEASE_US;
    engine->slow_us = o->slow_us ? o->slow_us : DEFAULT_SLOW_US;
    engine->max_tries = o->max_tries ? o->max_tries : DEFAULT_TRIES;
    engine->max_conflicts = o->max_conflicts ? o->max_conflicts : DEFAULT_CONFLICTS;
    rc = adopt_lists(engine, o, err);
    if (rc != CASEGATE_OK) return close_engine(engine, 0), rc;
    *out = engine;
    return CASEGATE_OK;
}

casegate_engine *casegate_engine_ref(casegate_engine *engine)
{
    if (engine) cg_count_up(&engine->count);
    return engine;
}

void casegate_engine_unref(casegate_engine *engine)
{
    if (engine && cg_count_down(&engine->count)) close_engine(engine, 1);
}

/* ---- asking ------------------------------------------------------------------------------------------------------------- */

const casegate_workflow *casegate_engine_workflow(const casegate_engine *engine, const char *name, uint32_t version)
{
    for (size_t i = 0; engine && i < engine->workflow_count; i++)
        if (cg_same(engine->workflows[i]->name, name) && engine->workflows[i]->version == version) return engine->workflows[i];
    return NULL;
}

casegate_notifier *cg_engine_notifier(const casegate_engine *engine, const char *channel)
{
    for (size_t i = 0; i < engine->notifier_count; i++)
        if (cg_same(engine->notifiers[i]->channel, channel)) return engine->notifiers[i];
    return NULL;
}

casegate_result cg_port(casegate_result rc, int may_be_absent, const char *callback, casegate_error *err)
{
    if (rc == CASEGATE_OK || (rc == CASEGATE_ABSENT && may_be_absent)) return rc;
    if (rc > 0) return casegate_error_set(err, CASEGATE_E_HOST, rc, callback, "the callback answered something impossible");
    if (err && err->code != rc) casegate_error_set(err, rc, 0, callback, "the callback failed");
    return rc;
}

casegate_result cg_unsupported(const char *callback, casegate_error *err)
{
    return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, callback, "the store cannot do this");
}
