/* SPDX-License-Identifier: MIT */
/* dispatch.c: telling: notices handed to their notifiers, and settled; what fails is tried again later, or is dead. */
#include "engine.h"

static const int64_t FIRST_WAIT_US = INT64_C(60) * 1000000, LONGEST_WAIT_US = INT64_C(6) * 3600 * 1000000;
enum { CHUNK = 16 };

void casegate_dispatched_init(casegate_dispatched *dispatched, size_t size) { cg_init(dispatched, size); }
void casegate_drain_init(casegate_drain *drain, size_t size) { cg_init(drain, size); }

casegate_result cg_lease_token(casegate_host *host, char out[33], casegate_error *err) { return cg_salt(host, out, err); }

/* ---- how long to wait ---------------------------------------------------------------------------------------------------- */

/* After so many tries: a minute, doubling, at most six hours; three quarters to all of it, so that a crowd spreads out. */
static int64_t backoff(casegate_host *host, uint32_t tries)
{
    int64_t wait = FIRST_WAIT_US;
    uint8_t jitter = 0;
    for (uint32_t i = 1; i < tries && wait < LONGEST_WAIT_US; i++) wait *= 2;
    if (wait > LONGEST_WAIT_US) wait = LONGEST_WAIT_US;
    if (casegate_random(host, &jitter, 1, NULL) != CASEGATE_OK) jitter = 0;
    return wait - wait / 4 * jitter / 255;
}

/* ---- one delivery -------------------------------------------------------------------------------------------------------- */

casegate_result casegate_resolution_set(casegate_resolution *resolution, const char *address, const char *name,
                                        const char *language)
{
    if (!resolution) return CASEGATE_E_INVALID;
    casegate_message *message = resolution->message;
    const struct { const char **to, *from; } texts[] = { { &message->address, address }, { &message->name, name },
                                                         { &message->language, language } };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!texts[i].from) continue;
        const char *copy = cg_arena_text(resolution->arena, texts[i].from);
        if (!copy) return CASEGATE_E_NOMEM;
        *texts[i].to = copy;
    }
    return CASEGATE_OK;
}

/* Where it goes: OK, or LATER, or REFUSED with the reason in err. */
static casegate_result resolve(const casegate_engine *engine, void *context, casegate_message *message, cg_arena *arena,
                               casegate_error *err)
{
    casegate_resolution resolution = { arena, message };
    const casegate_engine_ops *ops = &engine->ops;
    if (!ops->resolve) return CASEGATE_OK;
    casegate_result rc = ops->resolve(ops->user, context, message->notice, &resolution, err);
    if (rc == CASEGATE_OK || (rc == CASEGATE_REFUSED && !message->notice->mutable_)) return CASEGATE_OK;
    if (rc != CASEGATE_ABSENT && rc != CASEGATE_REFUSED) return CASEGATE_LATER;
    casegate_error_set(err, CASEGATE_REFUSED, 0, NULL, rc == CASEGATE_ABSENT ? "there is no address" : "muted by the recipient");
    return CASEGATE_REFUSED;
}

static casegate_result deliver(const casegate_engine *engine, void *context, const casegate_notice *notice, int64_t *after_us,
                               casegate_error *err)
{
    casegate_message message = { .size = sizeof message, .notice = notice, .address = notice->address };
    const casegate_notifier *notifier = cg_engine_notifier(engine, notice->channel);
    cg_arena arena;
    cg_arena_init(&arena, engine->host);
    casegate_result rc = resolve(engine, context, &message, &arena, err);
    if (rc == CASEGATE_OK) rc = notifier->ops.deliver(notifier->ops.user, context, &message, after_us, err);
    cg_arena_free(&arena);
    return rc;
}

/* What becomes of a notice after a try. */
static void weigh(const casegate_engine *engine, casegate_notice *notice, casegate_result rc, int64_t after_us)
{
    if (rc == CASEGATE_OK) {
        notice->state = CASEGATE_NOTICE_DELIVERED;
        notice->next_us = 0;
    } else if (rc == CASEGATE_REFUSED || notice->tries >= engine->max_tries) {
        notice->state = CASEGATE_NOTICE_DEAD;
        notice->next_us = 0;
    } else {
        notice->state = CASEGATE_NOTICE_PENDING;
        notice->next_us = cg_later(casegate_now_us(engine->host), after_us > 0 ? after_us : backoff(engine->host, notice->tries));
    }
}

/* Settled under its lease. Whatever happens here, the commit stands: an unsettled lease runs out. */
static casegate_result settle(const casegate_engine *engine, void *context, const casegate_notice *notice)
{
    const casegate_store *store = engine->store;
    const casegate_notice *list[1] = { notice };
    casegate_result result = CASEGATE_E_HOST;
    casegate_result rc = store->ops.settle(store->ops.user, context, list, &result, 1, NULL);
    return rc == CASEGATE_OK ? result : rc;
}

static void count(casegate_dispatched *counts, const casegate_notice *notice, casegate_result settled)
{
    if (settled != CASEGATE_OK) counts->lost++;
    else if (notice->state == CASEGATE_NOTICE_DELIVERED) counts->delivered++;
    else if (notice->state == CASEGATE_NOTICE_DEAD) counts->dead++;
    else counts->failed++;
}

/* The notifier's words on a failure, kept as long as the notice. */
static const char *words(cg_arena *arena, const casegate_error *err, casegate_result rc)
{
    const char *plain = rc == CASEGATE_OK ? NULL : rc == CASEGATE_REFUSED ? "refused" : "failed";
    if (!plain || !err->text[0]) return plain;
    const char *copy = cg_arena_text(arena, err->text);
    return copy ? copy : plain;
}

/* A try that never came to its end counts too: a notice that brings its dispatcher down does not do so for ever. */
static casegate_result try_once(const casegate_engine *engine, void *context, const casegate_notice *notice, int64_t *after_us,
                                casegate_error *err)
{
    if (notice->tries <= engine->max_tries) return deliver(engine, context, notice, after_us, err);
    casegate_error_set(err, CASEGATE_REFUSED, 0, NULL, "the last try never came to its end");
    return CASEGATE_REFUSED;
}

/* Gives notices back that were leased to this call and not tried: due since due_us, by anybody, and no try is counted. Those
 * whose lease has become another's are that one's. */
static void give_back(const casegate_engine *engine, void *context, casegate_notice *const *notices, size_t n, int64_t due_us)
{
    for (size_t i = 0; i < n; i++) {
        casegate_notice *notice = notices[i];
        notice->state = CASEGATE_NOTICE_PENDING;
        notice->tries -= notice->tries > 0;
        notice->next_us = due_us;
        settle(engine, context, notice);
        notice->lease = NULL;
    }
}

/* What an observer is told of a try. */
static casegate_result outcome_of(const casegate_notice *notice, casegate_result settled)
{
    if (settled != CASEGATE_OK) return settled;
    return notice->state == CASEGATE_NOTICE_DELIVERED ? CASEGATE_OK :
           notice->state == CASEGATE_NOTICE_DEAD ? CASEGATE_REFUSED : CASEGATE_LATER;
}

void cg_tell(const casegate_engine *engine, void *context, cg_arena *arena, casegate_notice *notice, casegate_dispatched *counts)
{
    casegate_error err;
    int64_t after_us = 0;
    casegate_error_init(&err, sizeof err);
    if (casegate_now_us(engine->host) >= notice->next_us) {   /* the lease ran out meanwhile: whoever is next tries it */
        give_back(engine, context, &notice, 1, notice->time_us);
        counts->untried++;
        return;
    }
    int64_t since_us = cg_watch(engine);
    casegate_result rc = try_once(engine, context, notice, &after_us, &err);
    int64_t took_us = cg_watch(engine) - since_us;
    weigh(engine, notice, rc, after_us);
    notice->last_error = words(arena, &err, rc);
    casegate_result settled = settle(engine, context, notice);
    count(counts, notice, settled);
    cg_observe_notice(engine, context, notice, outcome_of(notice, settled), took_us);
    notice->lease = NULL;
}

/* ---- one pass ------------------------------------------------------------------------------------------------------------ */

typedef struct pass {
    const casegate_engine *engine;
    const casegate_drain *how;
    casegate_dispatched counts;
    casegate_answers answers;
    uint32_t tried;
} pass;

/* What the store gave must be what was leased to this pass; else a message could go out twice, or for ever. */
static casegate_result judge_claim(const casegate_answers *answers, const char *channel, const char *token, uint32_t most,
                                   casegate_error *err)
{
    if (answers->notices.count > most) return casegate_error_set(err, CASEGATE_E_HOST, 0, "claim",
                                                                 "answered more notices than it was asked for");
    for (size_t i = 0; i < answers->notices.count; i++) {
        const casegate_notice *notice = cg_notice_in(answers, i);
        if (!cg_same(notice->channel, channel) || !cg_same(notice->lease, token) || notice->state != CASEGATE_NOTICE_LEASED)
            return casegate_error_set(err, CASEGATE_E_HOST, 0, "claim", "answered a notice that is not leased to this pass");
    }
    return CASEGATE_OK;
}

/* A chunk of due notices, leased to this pass. */
static casegate_result claim(pass *p, int64_t due_us, uint32_t most, casegate_error *err)
{
    const casegate_engine *engine = p->engine;
    const casegate_store *store = engine->store;
    casegate_answers *answers = &p->answers;
    char token[40];
    casegate_result rc = cg_lease_token(engine->host, token, err);
    cg_answers_reset(answers);
    if (rc != CASEGATE_OK) return rc;
    int64_t until = cg_later(casegate_now_us(engine->host), engine->lease_us);
    rc = store->ops.claim(store->ops.user, p->how->context, p->how->channel, due_us, until, token, most, answers, err);
    rc = cg_port(rc, 0, "claim", err);
    if (rc == CASEGATE_OK) rc = answers->failed;
    return rc == CASEGATE_OK ? judge_claim(answers, p->how->channel, token, most, err) : rc;
}

static int is_stopped(const pass *p) { return p->how->stop && p->how->stop(p->how->user); }

/* Half of a lease is kept for one try: what cannot begin before is better given back than left to run out. The first may. */
static int is_late(const pass *p, const casegate_notice *notice, size_t i)
{
    const int64_t reserve_us = i ? p->engine->lease_us / 2 : 0;
    return casegate_now_us(p->engine->host) >= notice->next_us - reserve_us;
}

/* Tries what was claimed. 0: the pass is over, the host said stop or nothing could be tried in time. */
static int try_chunk(pass *p, int64_t due_us)
{
    casegate_notice *const *notices = (casegate_notice *const *)p->answers.notices.items;
    const size_t n = p->answers.notices.count;
    size_t i = 0;
    int stopped = 0;
    while (i < n && !(stopped = is_stopped(p)) && !is_late(p, notices[i], i))
        cg_tell(p->engine, p->how->context, &p->answers.arena, notices[i++], &p->counts);
    p->tried += (uint32_t)i;
    p->counts.untried += (uint32_t)(n - i);
    p->counts.unreadable += (uint32_t)p->answers.number;
    give_back(p->engine, p->how->context, notices + i, n - i, due_us);
    return !stopped && (i > 0 || n == 0);
}

/* One pass. *more: something was tried, so that another pass may find more. */
static casegate_result walk(pass *p, int *more, casegate_error *err)
{
    const int64_t due_us = casegate_now_us(p->engine->host);   /* what fails now is due later, so a pass ends */
    const uint32_t limit = p->how->limit;
    *more = 0;
    while (!limit || p->tried < limit) {
        uint32_t most = limit && limit - p->tried < CHUNK ? limit - p->tried : CHUNK;
        if (is_stopped(p)) return *more = 0, CASEGATE_OK;
        casegate_result rc = claim(p, due_us, most, err);
        if (rc != CASEGATE_OK) return rc;
        const uint64_t found = p->answers.notices.count + p->answers.number;
        if (!try_chunk(p, due_us)) return *more = 0, CASEGATE_OK;
        *more |= p->answers.notices.count > 0;
        if (found < most) return CASEGATE_OK;
    }
    return *more = 0, CASEGATE_OK;
}

/* ---- many passes --------------------------------------------------------------------------------------------------------- */

/* The counts in a struct of any header's size; NULL is not asked for any. */
static casegate_result judge_counts(const casegate_dispatched *dispatched, casegate_error *err)
{
    if (!dispatched || dispatched->size >= offsetof(casegate_dispatched, untried)) return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_ABI, 0, "dispatched", "size of a struct cannot be");
}

static void put_counts(casegate_dispatched *out, casegate_dispatched counts)
{
    size_t size = out ? out->size : 0;
    if (!out) return;
    counts.size = size;
    memcpy(out, &counts, size < sizeof counts ? size : sizeof counts);
}

static casegate_result dispatch(casegate_engine *engine, const casegate_drain *how, int drains, casegate_dispatched *dispatched,
                                casegate_error *err)
{
    int more;
    casegate_result rc;
    if (!engine) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "engine", "is NULL");
    if (!cg_engine_notifier(engine, how->channel))
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "channel", "has no notifier");
    if (!(engine->store->keeps & CASEGATE_KEEPS_QUEUE)) return cg_unsupported("claim", err);
    rc = judge_counts(dispatched, err);
    if (rc != CASEGATE_OK) return rc;
    pass p = { .engine = engine, .how = how, .counts = { .size = sizeof p.counts } };
    cg_answers_init(&p.answers, engine->host);
    do {
        rc = walk(&p, &more, err);
    } while (rc == CASEGATE_OK && drains && more);
    cg_answers_close(&p.answers);
    put_counts(dispatched, p.counts);
    return rc;
}

casegate_result casegate_engine_dispatch(casegate_engine *engine, void *context, const char *channel, uint32_t limit,
                                         casegate_dispatched *dispatched, casegate_error *err)
{
    const casegate_drain how = { .size = sizeof how, .channel = channel, .context = context, .limit = limit };
    if (err) casegate_error_init(err, err->size);
    return dispatch(engine, &how, 0, dispatched, err);
}

casegate_result casegate_engine_drain(casegate_engine *engine, const casegate_drain *how, casegate_dispatched *dispatched,
                                      casegate_error *err)
{
    casegate_drain room;
    const void *given;
    if (err) casegate_error_init(err, err->size);
    casegate_result rc = cg_adopt(how, sizeof room, sizeof room, &room, &given, err);
    return rc == CASEGATE_OK ? dispatch(engine, given, 1, dispatched, err) : rc;
}
