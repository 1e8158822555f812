/* SPDX-License-Identifier: MIT */
/* dispatch.c: telling: notices handed to their notifiers, and settled; what fails is tried again later, or is dead. */
#include "engine.h"

static const int64_t FIRST_WAIT_US = INT64_C(60) * 1000000, LONGEST_WAIT_US = INT64_C(6) * 3600 * 1000000;
enum { CHUNK = 16 };

void casegate_dispatched_init(casegate_dispatched *dispatched, size_t size) { cg_init(dispatched, size); }

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

static void tell_one(const casegate_engine *engine, void *context, cg_arena *arena, casegate_notice *notice,
                     casegate_dispatched *counts)
{
    casegate_error err;
    int64_t after_us = 0;
    casegate_error_init(&err, sizeof err);
    if (casegate_now_us(engine->host) >= notice->next_us) {   /* the lease ran out meanwhile: it is another's turn */
        counts->lost++;
        return;
    }
    casegate_result rc = try_once(engine, context, notice, &after_us, &err);
    weigh(engine, notice, rc, after_us);
    notice->last_error = words(arena, &err, rc);
    count(counts, notice, settle(engine, context, notice));
    notice->lease = NULL;
}

void cg_tell(const casegate_engine *engine, void *context, cg_arena *arena, casegate_notice *const *notices, size_t n,
             casegate_dispatched *counts)
{
    for (size_t i = 0; i < n; i++) tell_one(engine, context, arena, notices[i], counts);
}

/* ---- one pass ------------------------------------------------------------------------------------------------------------ */

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
static casegate_result claim(const casegate_engine *engine, void *context, const char *channel, int64_t due_us, uint32_t most,
                             casegate_answers *answers, casegate_error *err)
{
    const casegate_store *store = engine->store;
    char token[40];
    casegate_result rc = cg_lease_token(engine->host, token, err);
    cg_answers_reset(answers);
    if (rc != CASEGATE_OK) return rc;
    int64_t until = cg_later(casegate_now_us(engine->host), engine->lease_us);
    rc = store->ops.claim(store->ops.user, context, channel, due_us, until, token, most, answers, err);
    rc = cg_port(rc, 0, "claim", err);
    if (rc == CASEGATE_OK) rc = answers->failed;
    return rc == CASEGATE_OK ? judge_claim(answers, channel, token, most, err) : rc;
}

static casegate_result pass(const casegate_engine *engine, void *context, const char *channel, uint32_t limit,
                            casegate_dispatched *counts, casegate_answers *answers, casegate_error *err)
{
    const int64_t due_us = casegate_now_us(engine->host);   /* what fails now is due later, so a pass ends */
    uint32_t done = 0;
    while (!limit || done < limit) {
        uint32_t most = limit && limit - done < CHUNK ? limit - done : CHUNK;
        casegate_result rc = claim(engine, context, channel, due_us, most, answers, err);
        if (rc != CASEGATE_OK) return rc;
        cg_tell(engine, context, &answers->arena, (casegate_notice *const *)answers->notices.items, answers->notices.count,
                counts);
        done += (uint32_t)answers->notices.count;
        if (answers->notices.count < most) break;
    }
    return CASEGATE_OK;
}

casegate_result casegate_engine_dispatch(casegate_engine *engine, void *context, const char *channel, uint32_t limit,
                                         casegate_dispatched *dispatched, casegate_error *err)
{
    casegate_dispatched counts = { .size = sizeof counts };
    casegate_answers answers;
    if (err) casegate_error_init(err, err->size);
    if (!engine) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "engine", "is NULL");
    if (!cg_engine_notifier(engine, channel))
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "channel", "has no notifier");
    if (!(engine->store->keeps & CASEGATE_KEEPS_QUEUE)) return cg_unsupported("claim", err);
    if (dispatched && dispatched->size < sizeof counts)
        return casegate_error_set(err, CASEGATE_E_ABI, 0, "dispatched", "size of a struct cannot be");
    cg_answers_init(&answers, engine->host);
    casegate_result rc = pass(engine, context, channel, limit, &counts, &answers, err);
    cg_answers_close(&answers);
    if (!dispatched) return rc;
    counts.size = dispatched->size;
    memcpy(dispatched, &counts, sizeof counts);
    return rc;
}
