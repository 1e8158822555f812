/* SPDX-License-Identifier: MIT */
/* operate.c: what an operator looks at and does: notices of all cases, second chances, the state of the store, reminders. */
#include "engine.h"

#include <stdio.h>

enum { PAGE = 50, LONGEST_PAGE = 1000, REMINDED_AT_ONCE = 100, PURGED_AT_ONCE = 500 };

void casegate_notice_query_init(casegate_notice_query *query, size_t size) { cg_init(query, size); }
void casegate_reminder_init(casegate_reminder *reminder, size_t size) { cg_init(reminder, size); }
void casegate_reminded_init(casegate_reminded *reminded, size_t size) { cg_init(reminded, size); }

static casegate_result nomem(casegate_error *err) { return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL); }

/* The host's own jobs. To anybody else there is nothing here, so that nothing can be learned. */
static int is_operator(const casegate_outcome *o)
{
    return o->actor->fields.role == CASEGATE_SYSTEM && (o->actor->fields.permissions & CASEGATE_MAY_VIEW);
}

/* ---- notices ------------------------------------------------------------------------------------------------------------- */

static int fits(const casegate_notice *notice, const casegate_notice_query *query)
{
    return (!query->state || notice->state == query->state) &&
           (cg_empty(query->channel) || cg_same(notice->channel, query->channel));
}

static casegate_result find_notices(casegate_outcome *o, const casegate_notice_query *query, casegate_error *err)
{
    const casegate_store *store = o->engine->store;
    uint32_t limit = query->limit == 0 ? PAGE : query->limit > LONGEST_PAGE ? LONGEST_PAGE : query->limit;
    if (query->state < 0 || query->state > CASEGATE_NOTICE_DEAD)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "state", "no such value");
    if (!is_operator(o)) return CASEGATE_OK;
    if (!store->ops.notices) return cg_unsupported("notices", err);
    casegate_result rc = store->ops.notices(store->ops.user, o->call.context, query->state,
                                            cg_empty(query->channel) ? NULL : query->channel,
                                            cg_empty(query->after) ? NULL : query->after, limit, &o->more, err);
    rc = cg_port(rc, 0, "notices", err);
    if (rc == CASEGATE_OK) rc = o->more.failed;
    for (size_t i = 0; rc == CASEGATE_OK && i < o->more.notices.count; i++) {
        if (!fits(cg_notice_in(&o->more, i), query))
            return casegate_error_set(err, CASEGATE_E_HOST, 0, "notices", "answered a notice outside of the query");
        if (cg_vector_add(&o->arena, &o->notices, cg_notice_in(&o->more, i)) != CASEGATE_OK) rc = nomem(err);
    }
    return rc;
}

casegate_result casegate_engine_notices(casegate_engine *engine, const casegate_call *call, const casegate_notice_query *query,
                                        casegate_outcome *outcome, casegate_error *err)
{
    const casegate_notice_query all = { .size = sizeof all };
    casegate_notice_query room;
    const void *given = &all;
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    if (query) rc = cg_adopt(query, sizeof room, sizeof room, &room, &given, err);
    if (rc == CASEGATE_OK) rc = find_notices(outcome, given, err);
    return cg_end(outcome, rc);
}

casegate_result casegate_engine_requeue(casegate_engine *engine, const casegate_call *call, const char *notice,
                                        casegate_outcome *outcome, casegate_error *err)
{
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    if (!is_operator(outcome) || cg_empty(notice)) return cg_end(outcome, cg_not_found(outcome));
    const casegate_store *store = engine->store;
    if (!store->ops.requeue) return cg_end(outcome, cg_unsupported("requeue", err));
    rc = store->ops.requeue(store->ops.user, outcome->call.context, notice, casegate_now_us(engine->host), err);
    if (rc == CASEGATE_CONFLICT) return cg_end(outcome, rc);
    rc = cg_port(rc, 1, "requeue", err);
    return cg_end(outcome, rc == CASEGATE_ABSENT ? cg_not_found(outcome) : rc);
}

/* ---- retention ----------------------------------------------------------------------------------------------------------- */

static casegate_result purge(casegate_outcome *o, int64_t before_us, casegate_error *err)
{
    const casegate_store *store = o->engine->store;
    do {
        cg_answers_reset(&o->more);
        casegate_result rc = store->ops.purge(store->ops.user, o->call.context, before_us, PURGED_AT_ONCE, &o->more, err);
        rc = cg_port(rc, 0, "purge", err);
        if (rc == CASEGATE_OK && o->more.number > PURGED_AT_ONCE)
            rc = casegate_error_set(err, CASEGATE_E_HOST, 0, "purge", "deleted more than it was asked to");
        if (rc != CASEGATE_OK) return rc;
        o->total += o->more.number;
    } while (o->more.number == PURGED_AT_ONCE);
    return CASEGATE_OK;
}

casegate_result casegate_engine_purge(casegate_engine *engine, const casegate_call *call, int64_t before_us,
                                      casegate_outcome *outcome, casegate_error *err)
{
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    if (!is_operator(outcome)) return cg_end(outcome, CASEGATE_OK);
    if (before_us <= 0 || before_us > casegate_now_us(engine->host))
        rc = casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "before_us", "is not a time that has passed");
    else rc = engine->store->ops.purge ? purge(outcome, before_us, err) : cg_unsupported("purge", err);
    return cg_end(outcome, rc);
}

/* ---- the store ----------------------------------------------------------------------------------------------------------- */

casegate_result casegate_engine_describe(casegate_engine *engine, const casegate_call *call, int32_t thorough,
                                         casegate_outcome *outcome, casegate_error *err)
{
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    if (!is_operator(outcome)) return cg_end(outcome, CASEGATE_OK);
    const casegate_store *store = engine->store;
    if (!store->ops.describe) return cg_end(outcome, cg_unsupported("describe", err));
    rc = store->ops.describe(store->ops.user, outcome->call.context, thorough == 1, &outcome->more, err);
    rc = cg_port(rc, 0, "describe", err);
    if (rc == CASEGATE_OK) rc = outcome->more.failed;
    outcome->described = rc == CASEGATE_OK;
    return cg_end(outcome, rc);
}

/* ---- reminders ----------------------------------------------------------------------------------------------------------- */

typedef struct reminding {
    const casegate_engine *engine;
    const casegate_reminder *which;
    casegate_reminded counts;
    int64_t now_us;
    char day[9];   /* UTC: "20260302" */
} reminding;

static casegate_result judge_reminder(const casegate_reminder *which, casegate_error *err)
{
    if (which->longer_than_us < 0)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "longer_than_us", "is negative");
    for (size_t i = 0; i < which->channel_count; i++) {
        if (!which->channels || !cg_is_channel(which->channels[i]))
            return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_FORMAT, "channels", "one is not an id, or portal");
        for (size_t k = 0; k < i; k++)
            if (cg_same(which->channels[i], which->channels[k]))
                return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_DUPLICATE, "channels", "one stands there twice");
    }
    return CASEGATE_OK;
}

/* Of case, attempt, day and channel: whoever makes it, it is the same. */
static const char *reminder_id(const reminding *r, cg_arena *arena, const casegate_head *head, const char *channel)
{
    size_t cap = strlen(head->id) + strlen(channel) + 32;
    char *id = cg_arena_alloc(arena, cap);
    if (id) snprintf(id, cap, "%s.r%u.%s.%s", head->id, (unsigned)head->attempt, r->day, channel);
    return id;
}

static casegate_result add(reminding *r, cg_arena *arena, const casegate_head *head, const char *channel, uint32_t ordinal,
                           casegate_error *err)
{
    const casegate_store *store = r->engine->store;
    const int portal = cg_same(channel, "portal");
    const casegate_notice notice = {
        .size = sizeof notice, .id = reminder_id(r, arena, head, channel), .case_id = head->id, .ordinal = ordinal,
        .template_code = "reminder", .channel = channel, .to = CASEGATE_TO_LAB, .org = head->lab, .mutable_ = 1,
        .clinic = head->clinic, .lab = head->lab, .reference = head->reference, .attempt = head->attempt, .time_us = r->now_us,
        .state = portal ? CASEGATE_NOTICE_DELIVERED : CASEGATE_NOTICE_PENDING, .next_us = portal ? 0 : r->now_us,
    };
    if (!notice.id) return nomem(err);
    casegate_result rc = store->ops.add_notice(store->ops.user, r->which->context, &notice, err);
    if (rc != CASEGATE_CONFLICT) rc = cg_port(rc, 0, "add_notice", err);
    r->counts.made += rc == CASEGATE_OK;
    r->counts.known += rc == CASEGATE_CONFLICT;
    return rc == CASEGATE_CONFLICT ? CASEGATE_OK : rc;
}

static casegate_result remind_of(reminding *r, cg_arena *arena, const casegate_head *head, casegate_error *err)
{
    if (head->phase != CASEGATE_PHASE_PENDING || !head->attempt ||
        (!cg_empty(r->which->lab) && !cg_same(head->lab, r->which->lab)))
        return casegate_error_set(err, CASEGATE_E_HOST, 0, "list", "answered a case outside of the query");
    r->counts.cases++;
    casegate_result rc = add(r, arena, head, "portal", 1, err);
    for (size_t i = 0; rc == CASEGATE_OK && i < r->which->channel_count; i++)
        rc = add(r, arena, head, r->which->channels[i], (uint32_t)i + 2, err);
    return rc;
}

/* The next page begins behind this case. OK: there is one. */
static casegate_result turn_page(casegate_query *query, const casegate_head *last, casegate_error *err)
{
    if (cg_same(query->after_id, last->id))
        return casegate_error_set(err, CASEGATE_E_HOST, 0, "list", "answered the same page again");
    query->after_id = last->id;
    query->after_us = last->submitted_us ? last->submitted_us : last->created_us;
    query->after_created_us = last->created_us;
    return CASEGATE_OK;
}

/* Pages take turns in two collectors: the key of the next one lies in the one before. */
static casegate_result remind_all(reminding *r, casegate_answers pages[2], casegate_error *err)
{
    const casegate_store *store = r->engine->store;
    casegate_query query = {
        .size = sizeof query, .lab = cg_empty(r->which->lab) ? NULL : r->which->lab, .submitted_only = 1,
        .phase = CASEGATE_PHASE_PENDING, .order = CASEGATE_BY_WAITING, .limit = REMINDED_AT_ONCE,
        .before_us = r->now_us > r->which->longer_than_us ? r->now_us - r->which->longer_than_us : 1,
    };
    for (uint32_t turn = 0;; turn ^= 1) {
        casegate_answers *page = &pages[turn];
        cg_answers_reset(page);
        casegate_result rc = store->ops.list(store->ops.user, r->which->context, &query, page, err);
        rc = cg_port(rc, 0, "list", err);
        if (rc == CASEGATE_OK) rc = page->failed;
        for (size_t i = 0; rc == CASEGATE_OK && i < page->heads.count; i++)
            rc = remind_of(r, &page->arena, cg_head_in(page, i), err);
        if (rc != CASEGATE_OK || page->heads.count < query.limit) return rc;
        rc = turn_page(&query, cg_head_in(page, page->heads.count - 1), err);
        if (rc != CASEGATE_OK) return rc;
    }
}

static casegate_result remind(reminding *r, casegate_error *err)
{
    casegate_answers pages[2];
    char time[40];
    r->now_us = casegate_now_us(r->engine->host);
    casegate_time_format(r->now_us, time, sizeof time);
    snprintf(r->day, sizeof r->day, "%.4s%.2s%.2s", time, time + 5, time + 8);
    for (size_t i = 0; i < 2; i++) cg_answers_init(&pages[i], r->engine->host);
    casegate_result rc = remind_all(r, pages, err);
    for (size_t i = 0; i < 2; i++) cg_answers_close(&pages[i]);
    return rc;
}

casegate_result casegate_engine_remind(casegate_engine *engine, const casegate_reminder *which, casegate_reminded *reminded,
                                       casegate_error *err)
{
    reminding r = { .engine = engine, .counts = { .size = sizeof r.counts } };
    casegate_reminder room;
    const void *given = NULL;
    if (err) casegate_error_init(err, err->size);
    if (!engine) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "engine", "is NULL");
    casegate_result rc = cg_adopt(which, sizeof room, sizeof room, &room, &given, err);
    r.which = given;
    if (rc == CASEGATE_OK) rc = judge_reminder(r.which, err);
    if (rc != CASEGATE_OK) return rc;
    if (reminded && reminded->size < sizeof r.counts)
        return casegate_error_set(err, CASEGATE_E_ABI, 0, "reminded", "size of a struct cannot be");
    if (!engine->store->ops.list) return cg_unsupported("list", err);
    if (!engine->store->ops.add_notice) return cg_unsupported("add_notice", err);
    rc = remind(&r, err);
    if (!reminded) return rc;
    r.counts.size = reminded->size;
    memcpy(reminded, &r.counts, sizeof r.counts);
    return rc;
}
