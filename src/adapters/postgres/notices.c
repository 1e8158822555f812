/* SPDX-License-Identifier: MIT */
/* notices.c: what happens to notices after their commit: leases, inboxes, second chances, removal. Each is one round trip. */
#include "internal.h"

#include <string.h>

/* ---- claim and settle --------------------------------------------------------------------------------------------- */

typedef struct claiming {
    const char *channel, *lease;
    int64_t now_us, until_us;
    uint32_t limit;
    casegate_answers *answers;
    casegate_buffer *unreadable;   /* ids */
} claiming;

/* What cannot be read was not tried. It stays leased, so that it is out of the way of the others for a while. If this fails,
 * a try too many is counted: the notices that were claimed are told all the same. */
static size_t set_aside(cg_connection *connection, const claiming *c)
{
    const char *id = casegate_buffer_data(c->unreadable), *end = id + casegate_buffer_length(c->unreadable);
    size_t count = 0;

    cg_postgres_begin(connection);
    for (; id < end; id += strlen(id) + 1, count++) {
        cg_postgres_put_text(connection, id);
        cg_postgres_put_text(connection, c->lease);
        cg_postgres_add(connection, CG_SET_ASIDE);
    }
    cg_postgres_go(connection, 1, NULL);
    return count;
}

static casegate_result claim(cg_connection *connection, void *arg, casegate_error *err)
{
    const claiming *c = arg;
    size_t step;
    casegate_result result;

    cg_postgres_begin(connection);
    cg_postgres_put_text(connection, c->channel);
    cg_postgres_put_int(connection, c->now_us);
    cg_postgres_put_text(connection, c->lease);
    cg_postgres_put_int(connection, c->until_us);
    cg_postgres_put_int(connection, c->limit);
    step = cg_postgres_add(connection, CG_CLAIM);
    result = cg_postgres_go(connection, 1, err);
    if (result == CASEGATE_OK && cg_postgres_answer_readable(connection, cg_postgres_result(connection, step), c->answers,
                                                             c->unreadable, err) != CASEGATE_OK)
        result = casegate_error_set(err, CASEGATE_E_UNKNOWN, 0, NULL,
                                    "out of memory; what was leased is due again when its lease ends");
    if (result == CASEGATE_OK && casegate_buffer_length(c->unreadable) > 0)
        result = casegate_answer_count(c->answers, set_aside(connection, c), err);
    return result;
}

casegate_result cg_postgres_claim(void *user, void *context, const char *channel, int64_t now_us, int64_t until_us,
                                  const char *lease, uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    claiming c = {.channel = channel, .lease = lease, .now_us = now_us, .until_us = until_us, .limit = limit, .answers = answers};
    const cg_store *store = user;
    casegate_result result;

    (void)context;
    c.unreadable = casegate_buffer_new(store->host);
    if (!c.unreadable)
        return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    result = cg_postgres_change(user, claim, &c, err);
    casegate_buffer_free(c.unreadable);
    return result;
}

typedef struct settling { const casegate_notice *const *notices; casegate_result *results; size_t count; } settling;

static void add_settle(cg_connection *connection, const casegate_notice *notice)
{
    cg_postgres_put_text(connection, notice->id);
    cg_postgres_put_text(connection, notice->lease);
    cg_postgres_put_int(connection, notice->state);
    cg_postgres_put_int(connection, notice->tries);
    cg_postgres_put_int(connection, notice->next_us);
    cg_postgres_put_text(connection, notice->last_error);
    cg_postgres_add(connection, CG_SETTLE);
}

static casegate_result settle(cg_connection *connection, void *arg, casegate_error *err)
{
    const settling *s = arg;
    size_t step = 0;
    casegate_result result;

    cg_postgres_begin(connection);
    for (size_t i = 0; i < s->count; i++)
        add_settle(connection, s->notices[i]);
    result = cg_postgres_go(connection, 1, err);
    for (size_t i = 0; result == CASEGATE_OK && i < s->count; i++) {
        while (connection->steps[step].prepares >= 0)
            step++;
        s->results[i] = cg_postgres_touched(connection, step++) ? CASEGATE_OK : CASEGATE_CONFLICT;
    }
    return result;
}

casegate_result cg_postgres_settle(void *user, void *context, const casegate_notice *const *notices, casegate_result *results,
                                   size_t count, casegate_error *err)
{
    settling s = {.notices = notices, .results = results, .count = count};

    (void)context;
    return cg_postgres_change(user, settle, &s, err);
}

/* ---- pages --------------------------------------------------------------------------------------------------------- */

/* Where a page goes on: rows that cannot be read are left out and do not count, as long as there are others behind them. */
typedef struct paging {
    casegate_buffer *unreadable, *last;   /* ids: of the page at hand; of its last row, if there may be more */
} paging;

static uint32_t count_ids(const casegate_buffer *ids)
{
    const char *id = casegate_buffer_data(ids), *end = id + casegate_buffer_length(ids);
    uint32_t count = 0;

    for (; id < end; id += strlen(id) + 1)
        count++;
    return count;
}

static void note_last(paging *p, const PGresult *rows, uint32_t limit)
{
    casegate_buffer_clear(p->last);
    if (PQntuples(rows) == (int)limit)
        casegate_buffer_append(p->last, PQgetvalue(rows, PQntuples(rows) - 1, 0), SIZE_MAX);
}

/* Reads until *limit rows were answered, or there are no more; *id is where the next page begins. */
static casegate_result read_pages(cg_store *store, cg_body body, void *arg, paging *p, const char **id, uint32_t *limit,
                                  casegate_error *err)
{
    casegate_buffer *from = casegate_buffer_new(store->host);
    casegate_result result = CASEGATE_OK;

    p->unreadable = casegate_buffer_new(store->host);
    p->last = casegate_buffer_new(store->host);
    if (!from || !p->unreadable || !p->last)
        result = casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    while (result == CASEGATE_OK && *limit > 0) {
        casegate_buffer_clear(p->unreadable);
        result = cg_postgres_call(store, body, arg, err);
        *limit = result == CASEGATE_OK && casegate_buffer_length(p->last) > 0 ? count_ids(p->unreadable) : 0;
        casegate_buffer_clear(from);
        casegate_buffer_append(from, casegate_buffer_data(p->last), SIZE_MAX);
        *id = casegate_buffer_data(from);
        if (result == CASEGATE_OK && casegate_buffer_status(from) != CASEGATE_OK)
            result = casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    }
    casegate_buffer_free(from);
    casegate_buffer_free(p->unreadable);
    casegate_buffer_free(p->last);
    return result;
}

/* ---- inbox -------------------------------------------------------------------------------------------------------- */

typedef struct opening {
    const char *org, *person, *id;
    uint32_t limit;
    casegate_answers *answers;
    paging page;
} opening;

static int is_there(const char *text)
{
    return text && *text;
}

static void put_inbox(cg_connection *connection, const opening *o)
{
    cg_postgres_put_text(connection, o->org);
    cg_postgres_put_blank(connection, o->person);
}

static size_t add_count(cg_connection *connection, const opening *o)
{
    put_inbox(connection, o);
    return cg_postgres_add(connection, CG_COUNT_UNREAD);
}

static casegate_result answer_count(cg_connection *connection, size_t step, const opening *o, casegate_error *err)
{
    return casegate_answer_count(o->answers, (uint64_t)cg_postgres_int_at(cg_postgres_result(connection, step), 0, 0), err);
}

static casegate_result read_inbox(cg_connection *connection, void *arg, casegate_error *err)
{
    opening *o = arg;
    size_t found = 0, page, unread;
    casegate_result result;

    cg_postgres_begin(connection);
    cg_postgres_add(connection, CG_BEGIN_READ);
    if (is_there(o->id)) {
        put_inbox(connection, o);
        cg_postgres_put_text(connection, o->id);
        found = cg_postgres_add(connection, CG_FIND_INBOX);
    }
    put_inbox(connection, o);
    cg_postgres_put_text(connection, o->id);
    cg_postgres_put_int(connection, o->limit);
    page = cg_postgres_add(connection, CG_SELECT_INBOX);
    unread = add_count(connection, o);
    cg_postgres_add(connection, CG_COMMIT);
    result = cg_postgres_go(connection, 0, err);
    if (result != CASEGATE_OK)
        return result;
    if (is_there(o->id) && PQntuples(cg_postgres_result(connection, found)) == 0)
        return CASEGATE_ABSENT;
    note_last(&o->page, cg_postgres_result(connection, page), o->limit);
    result = cg_postgres_answer_readable(connection, cg_postgres_result(connection, page), o->answers, o->page.unreadable, err);
    return result == CASEGATE_OK ? answer_count(connection, unread, o, err) : result;
}

casegate_result cg_postgres_inbox(void *user, void *context, const char *org, const char *person, const char *after_id,
                                  uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    opening o = {.org = org, .person = person, .id = after_id, .limit = limit, .answers = answers};

    (void)context;
    return read_pages(user, read_inbox, &o, &o.page, &o.id, &o.limit, err);
}

static casegate_result mark(cg_connection *connection, void *arg, casegate_error *err)
{
    const opening *o = arg;
    size_t marked, unread;
    casegate_result result;

    cg_postgres_begin(connection);
    put_inbox(connection, o);
    if (is_there(o->id))
        cg_postgres_put_text(connection, o->id);
    marked = cg_postgres_add(connection, is_there(o->id) ? CG_READ_ONE : CG_READ_ALL);
    unread = add_count(connection, o);
    result = cg_postgres_go(connection, 1, err);
    if (result != CASEGATE_OK)
        return result;
    if (is_there(o->id) && cg_postgres_touched(connection, marked) == 0)
        return CASEGATE_ABSENT;
    return answer_count(connection, unread, o, err);
}

casegate_result cg_postgres_mark_read(void *user, void *context, const char *org, const char *person, const char *id,
                                      casegate_answers *answers, casegate_error *err)
{
    opening o = {.org = org, .person = person, .id = id, .answers = answers};
    casegate_error why;
    casegate_result result, second;

    (void)context;
    casegate_error_init(&why, sizeof why);
    result = cg_postgres_change(user, mark, &o, &why);
    second = result == CASEGATE_E_UNKNOWN ? cg_postgres_change(user, mark, &o, NULL) : result;   /* marking twice is marking once */
    if (second >= 0)
        return second;
    return casegate_error_set(err, result, why.host_code, why.field, why.text);
}

/* ---- operation ---------------------------------------------------------------------------------------------------- */

typedef struct asking {
    int32_t state;
    const char *channel, *id;
    int64_t time_us;
    uint32_t limit;
    casegate_answers *answers;
    paging page;
} asking;

static casegate_result read_notices(cg_connection *connection, void *arg, casegate_error *err)
{
    asking *a = arg;
    const PGresult *rows;
    size_t step;
    casegate_result result;

    cg_postgres_begin(connection);
    cg_postgres_put_int(connection, a->state);
    cg_postgres_put_text(connection, a->channel);
    cg_postgres_put_blank(connection, a->id);
    cg_postgres_put_int(connection, a->limit);
    step = cg_postgres_add(connection, CG_SELECT_NOTICES);
    result = cg_postgres_go(connection, 0, err);
    if (result != CASEGATE_OK)
        return result;
    rows = cg_postgres_result(connection, step);
    note_last(&a->page, rows, a->limit);
    return cg_postgres_answer_readable(connection, rows, a->answers, a->page.unreadable, err);
}

casegate_result cg_postgres_notices_by_state(void *user, void *context, int32_t state, const char *channel, const char *after_id,
                                             uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    asking a = {.state = state, .channel = channel, .id = after_id, .limit = limit, .answers = answers};

    (void)context;
    return read_pages(user, read_notices, &a, &a.page, &a.id, &a.limit, err);
}

/* Asked in the same trip: if nothing was touched, whether there is no such notice or it is in another state. */
static casegate_result requeue(cg_connection *connection, void *arg, casegate_error *err)
{
    const asking *a = arg;
    size_t touched, there;
    casegate_result result;

    cg_postgres_begin_change(connection);
    cg_postgres_put_text(connection, a->id);
    cg_postgres_put_int(connection, a->time_us);
    touched = cg_postgres_add(connection, CG_REQUEUE);
    cg_postgres_put_text(connection, a->id);
    there = cg_postgres_add(connection, CG_HAS_NOTICE);
    cg_postgres_end_change(connection);
    cg_postgres_put_text(connection, a->id);
    cg_postgres_add(connection, CG_WAKE_FOR);
    result = cg_postgres_go(connection, 1, err);
    if (result != CASEGATE_OK || cg_postgres_touched(connection, touched) > 0)
        return result;
    return PQntuples(cg_postgres_result(connection, there)) ? CASEGATE_CONFLICT : CASEGATE_ABSENT;
}

casegate_result cg_postgres_requeue(void *user, void *context, const char *id, int64_t now_us, casegate_error *err)
{
    asking a = {.id = id, .time_us = now_us};

    (void)context;
    return cg_postgres_change(user, requeue, &a, err);
}

static casegate_result purge(cg_connection *connection, void *arg, casegate_error *err)
{
    const asking *a = arg;
    size_t step;
    casegate_result result;

    cg_postgres_begin(connection);
    cg_postgres_put_int(connection, a->time_us);
    cg_postgres_put_int(connection, a->limit);
    step = cg_postgres_add(connection, CG_PURGE);
    result = cg_postgres_go(connection, 1, err);
    return result == CASEGATE_OK ? casegate_answer_count(a->answers, cg_postgres_touched(connection, step), err) : result;
}

casegate_result cg_postgres_purge(void *user, void *context, int64_t before_us, uint32_t limit, casegate_answers *answers,
                                  casegate_error *err)
{
    asking a = {.time_us = before_us, .limit = limit, .answers = answers};

    (void)context;
    return cg_postgres_change(user, purge, &a, err);
}
