/* SPDX-License-Identifier: MIT */
/* many.c: many requests in rounds: those of a round are on different cases, decided one by one and committed together. */
#include "engine.h"

enum { WAITS, SENT, DONE };

/* One request on its way. */
typedef struct item {
    casegate_outcome *o;
    size_t after[2];        /* the last one before it on the same case, with the same request id; itself: none */
    uint32_t rounds;
    int stage;
    casegate_result rc;
} item;

typedef struct batch {
    casegate_engine *engine;
    casegate_error *err;    /* the caller's: the first error stays */
    item *items;
    size_t count, begun, sent;
    size_t *order;          /* of those sent, which item; before, slots of a hash table */
    const casegate_commit **commits;
    casegate_result *answers;
} batch;

static void finish(batch *b, item *it, casegate_result rc, const casegate_error *why)
{
    it->stage = DONE;
    it->rc = rc;
    if (rc < 0 && b->err && b->err->code == 0)
        casegate_error_set(b->err, rc, why->host_code, why->field, why->text[0] ? why->text : NULL);
}

/* ---- who waits for whom ------------------------------------------------------------------------------------------------------ */

static const char *key_of(const item *it, int which)
{
    return which == 0 ? it->o->request.case_id : it->o->request.request;
}

static uint32_t hash_of(const char *key)
{
    uint32_t hash = 2166136261u;
    for (; *key; key++) hash = (hash ^ (unsigned char)*key) * 16777619u;
    return hash;
}

/* A hash table of twice as many slots as items, each 0 or an item's number and 1. */
static void link_items(batch *b, int which)
{
    const size_t slots = 2 * b->count;
    memset(b->order, 0, slots * sizeof *b->order);
    for (size_t i = 0; i < b->count; i++) {
        const char *key = key_of(&b->items[i], which);
        b->items[i].after[which] = i;
        if (!key) continue;
        size_t at = hash_of(key) % slots;
        while (b->order[at] && !cg_same(key, key_of(&b->items[b->order[at] - 1], which))) at = (at + 1) % slots;
        if (b->order[at]) b->items[i].after[which] = b->order[at] - 1;
        b->order[at] = i + 1;
    }
}

static int must_wait(const batch *b, size_t i)
{
    const item *it = &b->items[i], *kase = &b->items[it->after[0]], *request = &b->items[it->after[1]];
    return (kase != it && kase->stage != DONE) || (request != it && request->stage != DONE);
}

/* ---- one round --------------------------------------------------------------------------------------------------------------- */

/* What the store said of its commit; of one whose fate it does not know, what is found out. */
static void take_answer(batch *b, item *it, casegate_result rc, casegate_error *err)
{
    rc = cg_conclude(it->o, cg_find_out(it->o, rc, err));
    if (rc != CASEGATE_CONFLICT) {
        finish(b, it, rc, err);
        return;
    }
    it->stage = WAITS;
    cg_observe(it->o, CASEGATE_OBSERVED_CONFLICT, rc, ++it->rounds, 0);
    if (it->rounds >= b->engine->max_conflicts) finish(b, it, cg_too_often(err), err);
}

/* An erasure is written alone. */
static void prepare(batch *b, size_t i)
{
    item *it = &b->items[i];
    casegate_error err = { .size = sizeof err };
    int writes;
    if (it->rounds) cg_observe(it->o, CASEGATE_OBSERVED_RETRIED, CASEGATE_CONFLICT, it->rounds, 0);
    casegate_result rc = cg_prepare(it->o, it->rounds || it->after[0] != i, &writes, &err);
    if (!writes) {
        finish(b, it, rc, &err);
        return;
    }
    it->stage = SENT;
    if (it->o->request.action == CASEGATE_ERASE) {
        take_answer(b, it, cg_send(it->o, &err), &err);
        return;
    }
    b->answers[b->sent] = CASEGATE_E_HOST;
    b->commits[b->sent] = &it->o->commit;
    b->order[b->sent++] = i;
}

/* One call of the store for all that this round decided. */
static void send_round(batch *b)
{
    const casegate_store *store = b->engine->store;
    casegate_error err = { .size = sizeof err };
    int64_t since_us = cg_watch(b->engine);
    if (!b->sent) return;
    casegate_result rc = store->ops.commit(store->ops.user, b->items[b->order[0]].o->call.context, b->commits, b->answers, b->sent,
                                           &err);
    for (size_t i = 0; i < b->sent; i++) {
        item *it = &b->items[b->order[i]];
        casegate_error own = err;
        take_answer(b, it, cg_sent(it->o, rc == CASEGATE_OK ? b->answers[i] : rc, rc == CASEGATE_OK, since_us, &own), &own);
    }
}

/* 0: all are done. The first that is not is never waiting for another, so each round takes at least one further. */
static int round_of(batch *b)
{
    int left = 0;
    b->sent = 0;
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].stage == WAITS && !must_wait(b, i)) prepare(b, i);
    send_round(b);
    for (size_t i = 0; i < b->count; i++) left |= b->items[i].stage != DONE;
    return left;
}

/* ---- the whole --------------------------------------------------------------------------------------------------------------- */

static casegate_result judge(const casegate_engine *engine, const void *requests, size_t count, const void *outcomes,
                             const void *results, casegate_error *err)
{
    const struct { const char *name; const void *given; } all[] = { { "engine", engine }, { "requests", requests },
                                                                    { "outcomes", outcomes }, { "results", results } };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!all[i].given && (count || i == 0))
            return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, all[i].name, "is NULL");
    if (count > SIZE_MAX / 4 / sizeof(item))
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "count", "is more than memory can hold");
    return CASEGATE_OK;
}

static casegate_result take_room(batch *b, casegate_error *err)
{
    casegate_host *host = b->engine->host;
    b->items = cg_zalloc(host, b->count * sizeof *b->items);
    b->order = cg_zalloc(host, 2 * b->count * sizeof *b->order);
    b->commits = cg_zalloc(host, b->count * sizeof *b->commits);
    b->answers = cg_zalloc(host, b->count * sizeof *b->answers);
    if (b->items && b->order && b->commits && b->answers) return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
}

/* An outcome that is given twice is in use when its turn comes again. */
static casegate_result begin_all(batch *b, const casegate_call *call, casegate_outcome *const *outcomes, casegate_error *err)
{
    casegate_result rc = CASEGATE_OK;
    while (rc == CASEGATE_OK && b->begun < b->count) {
        rc = cg_begin(b->engine, call, outcomes[b->begun], err);
        if (rc == CASEGATE_OK) b->items[b->begun].o = outcomes[b->begun], b->begun++;
    }
    return rc;
}

static void run(batch *b, const casegate_request *const *requests)
{
    for (size_t i = 0; i < b->count; i++) {
        casegate_error err = { .size = sizeof err };
        casegate_result rc = cg_keep_request(b->items[i].o, requests[i], &err);
        if (rc != CASEGATE_OK) finish(b, &b->items[i], rc, &err);
    }
    link_items(b, 0);
    link_items(b, 1);
    while (round_of(b));
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].o->committed && b->items[i].rc == CASEGATE_OK) cg_tell_all(b->items[i].o);
}

static void close_batch(batch *b, casegate_result rc)
{
    casegate_host *host = b->engine->host;
    for (size_t i = 0; i < b->begun; i++) cg_end(b->items[i].o, rc < 0 ? rc : b->items[i].rc);
    casegate_release(host, b->items);
    casegate_release(host, b->order);
    casegate_release(host, (void *)b->commits);
    casegate_release(host, b->answers);
}

casegate_result casegate_engine_apply_many(casegate_engine *engine, const casegate_call *call,
                                           const casegate_request *const *requests, size_t count,
                                           casegate_outcome *const *outcomes, casegate_result *results, casegate_error *err)
{
    batch b = { .engine = engine, .err = err, .count = count };
    if (err) casegate_error_init(err, err->size);
    casegate_result rc = judge(engine, requests, count, outcomes, results, err);
    if (rc != CASEGATE_OK || !count) return rc;
    rc = take_room(&b, err);
    if (rc == CASEGATE_OK) rc = begin_all(&b, call, outcomes, err);
    if (rc == CASEGATE_OK) run(&b, requests);
    for (size_t i = 0; rc == CASEGATE_OK && i < count; i++) results[i] = b.items[i].rc;
    close_batch(&b, rc);
    return rc;
}
