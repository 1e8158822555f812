/* SPDX-License-Identifier: MIT */
/* notices.c: what happens to notices after their commit: leases, inboxes, second chances, removal. */
#include "internal.h"

/* A change of notices: takes a connection, opens a transaction, and ends both. */
typedef struct change {
    cg_store *store;
    cg_connection *connection;
    cg_transaction transaction;
} change;

static casegate_result begin(change *c, void *user, casegate_error *err)
{
    casegate_result result;

    c->store = user;
    result = cg_sqlite_take_writer(c->store, &c->connection, err);
    if (result != CASEGATE_OK)
        return result;
    result = cg_sqlite_begin(c->connection, &c->transaction, err);
    if (result != CASEGATE_OK)
        cg_sqlite_give(c->store, c->connection);
    return result;
}

static casegate_result end(change *c, casegate_result result, casegate_error *err)
{
    result = cg_sqlite_end(c->connection, &c->transaction, result, err);
    cg_sqlite_give(c->store, c->connection);
    return result;
}

/* Runs a statement of a change; how many rows it touched. */
static casegate_result run(cg_connection *connection, sqlite3_stmt *statement, int *rows, casegate_error *err)
{
    int code = cg_sqlite_run(connection, statement);

    if (code != SQLITE_DONE)
        return cg_sqlite_fail(connection->db, code, err);
    *rows = sqlite3_changes(connection->db);
    return CASEGATE_OK;
}

/* The number in the first column of the first row. @retval CASEGATE_ABSENT no row */
static casegate_result read_number(cg_connection *connection, sqlite3_stmt *statement, int64_t *out, casegate_error *err)
{
    int code = cg_sqlite_step(connection, statement);
    casegate_result result = CASEGATE_OK;

    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(statement, 0);
    else
        result = code == SQLITE_DONE ? CASEGATE_ABSENT : cg_sqlite_fail(connection->db, code, err);
    sqlite3_reset(statement);
    return result;
}

/* ---- claim and settle --------------------------------------------------------------------------------------------- */

typedef struct numbers {
    int64_t *at;
    size_t count, room;
} numbers;

static casegate_result add_number(casegate_host *host, numbers *due, int64_t number, casegate_error *err)
{
    if (due->count == due->room) {
        size_t room = due->room ? 2 * due->room : 32;
        int64_t *at = casegate_resize(host, due->at, room * sizeof *at);

        if (!at)
            return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
        due->at = at;
        due->room = room;
    }
    due->at[due->count++] = number;
    return CASEGATE_OK;
}

static casegate_result find_due(cg_connection *connection, const char *channel, int64_t now_us, uint32_t limit, numbers *due,
                                casegate_error *err)
{
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_statement(connection, CG_SELECT_DUE, &statement, err);
    int code = SQLITE_DONE;

    if (result != CASEGATE_OK)
        return result;
    due->count = 0;
    cg_sqlite_bind_text(connection, statement, 1, channel);
    sqlite3_bind_int64(statement, 2, now_us);
    sqlite3_bind_int64(statement, 3, limit);
    while (result == CASEGATE_OK && (code = cg_sqlite_step(connection, statement)) == SQLITE_ROW)
        result = add_number(connection->host, due, sqlite3_column_int64(statement, 0), err);
    if (result == CASEGATE_OK && code != SQLITE_DONE)
        result = cg_sqlite_fail(connection->db, code, err);
    sqlite3_reset(statement);
    return result;
}

/* What cannot be read was not tried. It stays leased, so that it is out of the way of the others for a while. */
static casegate_result set_aside(cg_connection *connection, int64_t number, casegate_error *err)
{
    sqlite3_stmt *statement;
    int rows = 0;
    casegate_result result = cg_sqlite_statement(connection, CG_SET_ASIDE, &statement, err);

    if (result != CASEGATE_OK)
        return result;
    sqlite3_bind_int64(statement, 1, number);
    return run(connection, statement, &rows, err);
}

static casegate_result lease_one(cg_connection *connection, int64_t number, const char *lease, int64_t until_us,
                                 casegate_answers *answers, size_t *unreadable, casegate_error *err)
{
    size_t before = *unreadable;
    sqlite3_stmt *update, *select;
    int rows = 0;
    casegate_result result = cg_sqlite_statement(connection, CG_LEASE_NOTICE, &update, err);

    if (result == CASEGATE_OK)
        result = cg_sqlite_statement(connection, CG_SELECT_NOTICE, &select, err);
    if (result != CASEGATE_OK)
        return result;
    sqlite3_bind_int64(update, 1, number);
    cg_sqlite_bind_text(connection, update, 2, lease);
    sqlite3_bind_int64(update, 3, until_us);
    result = run(connection, update, &rows, err);
    if (result != CASEGATE_OK)
        return result;
    sqlite3_bind_int64(select, 1, number);
    result = cg_sqlite_answer_readable(connection, select, 1, answers, unreadable, err);
    return result == CASEGATE_OK && *unreadable > before ? set_aside(connection, number, err) : result;
}

/* A dispatcher that finds nothing must not have taken the lock of all writers for it. */
static casegate_result is_any_due(cg_store *store, const char *channel, int64_t now_us, numbers *due, casegate_error *err)
{
    cg_connection *connection;
    casegate_result result = cg_sqlite_take(store, &connection, err);

    if (result == CASEGATE_OK) {
        result = find_due(connection, channel, now_us, 1, due, err);
        cg_sqlite_give(store, connection);
    }
    return result;
}

casegate_result cg_sqlite_claim(void *user, void *context, const char *channel, int64_t now_us, int64_t until_us,
                                const char *lease, uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    change c;
    numbers due = {0};
    size_t unreadable = 0;
    cg_store *store = user;
    casegate_result result = is_any_due(store, channel, now_us, &due, err);

    (void)context;
    if (result != CASEGATE_OK || due.count == 0)
        goto out;
    result = begin(&c, user, err);
    if (result != CASEGATE_OK)
        goto out;
    result = find_due(c.connection, channel, now_us, limit, &due, err);
    for (size_t i = 0; result == CASEGATE_OK && i < due.count; i++)
        result = lease_one(c.connection, due.at[i], lease, until_us, answers, &unreadable, err);
    if (result == CASEGATE_OK && unreadable > 0)
        result = casegate_answer_count(answers, unreadable, err);
    result = end(&c, result, err);
out:
    casegate_release(store->host, due.at);
    return result;
}

static casegate_result settle_one(cg_connection *connection, const casegate_notice *notice, casegate_result *out,
                                  casegate_error *err)
{
    sqlite3_stmt *statement;
    int rows = 0;
    casegate_result result = cg_sqlite_statement(connection, CG_SETTLE_NOTICE, &statement, err);

    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_text(connection, statement, 1, notice->id);
    cg_sqlite_bind_text(connection, statement, 2, notice->lease);
    sqlite3_bind_int(statement, 3, notice->state);
    sqlite3_bind_int64(statement, 4, notice->tries);
    sqlite3_bind_int64(statement, 5, notice->next_us);
    cg_sqlite_bind_text(connection, statement, 6, notice->last_error);
    result = run(connection, statement, &rows, err);
    if (result == CASEGATE_OK)
        *out = rows ? CASEGATE_OK : CASEGATE_CONFLICT;
    return result;
}

casegate_result cg_sqlite_settle(void *user, void *context, const casegate_notice *const *notices, casegate_result *results,
                                 size_t count, casegate_error *err)
{
    change c;
    casegate_result result = begin(&c, user, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    for (size_t i = 0; result == CASEGATE_OK && i < count; i++)
        result = settle_one(c.connection, notices[i], &results[i], err);
    return end(&c, result, err);
}

/* ---- inbox -------------------------------------------------------------------------------------------------------- */

static casegate_result answer_unread(cg_connection *connection, const char *org, const char *person, casegate_answers *answers,
                                     casegate_error *err)
{
    sqlite3_stmt *statement;
    int64_t unread = 0;
    casegate_result result = cg_sqlite_statement(connection, CG_COUNT_UNREAD, &statement, err);

    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_text(connection, statement, 1, org);
    cg_sqlite_bind_text(connection, statement, 2, person);
    result = read_number(connection, statement, &unread, err);
    return result == CASEGATE_OK ? casegate_answer_count(answers, (uint64_t)unread, err) : result;
}

/* The number of the notice that a page begins behind. */
static casegate_result find_in_inbox(cg_connection *connection, const char *org, const char *person, const char *id,
                                     int64_t *number, casegate_error *err)
{
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_statement(connection, CG_FIND_INBOX, &statement, err);

    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_text(connection, statement, 1, id);
    cg_sqlite_bind_text(connection, statement, 2, org);
    cg_sqlite_bind_text(connection, statement, 3, person);
    return read_number(connection, statement, number, err);
}

static casegate_result answer_inbox(cg_connection *connection, const char *org, const char *person, const char *after_id,
                                    uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    sqlite3_stmt *statement;
    size_t unreadable = 0;
    int64_t number = INT64_MIN;
    casegate_result result = CASEGATE_OK;

    if (after_id && *after_id)
        result = find_in_inbox(connection, org, person, after_id, &number, err);
    if (result == CASEGATE_OK)
        result = cg_sqlite_statement(connection, CG_SELECT_INBOX, &statement, err);
    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_text(connection, statement, 1, org);
    cg_sqlite_bind_text(connection, statement, 2, person);
    sqlite3_bind_int64(statement, 3, number);
    sqlite3_bind_int64(statement, 4, -1);   /* rows that are left out do not count */
    result = cg_sqlite_answer_readable(connection, statement, limit, answers, &unreadable, err);
    return result == CASEGATE_OK ? answer_unread(connection, org, person, answers, err) : result;
}

casegate_result cg_sqlite_inbox(void *user, void *context, const char *org, const char *person, const char *after_id,
                                uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    cg_connection *connection;
    int32_t began;
    casegate_result result = cg_sqlite_take(user, &connection, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    result = cg_sqlite_begin_read(connection, &began, err);
    if (result == CASEGATE_OK) {
        result = answer_inbox(connection, org, person, after_id, limit, answers, err);
        cg_sqlite_end_read(connection, began);
    }
    cg_sqlite_give(user, connection);
    return result;
}

static casegate_result mark(cg_connection *connection, const char *org, const char *person, const char *id, casegate_error *err)
{
    int all = !id || !*id;
    int at = 1, rows = 0;
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_statement(connection, all ? CG_READ_ALL : CG_READ_ONE, &statement, err);

    if (result != CASEGATE_OK)
        return result;
    if (!all)
        cg_sqlite_bind_text(connection, statement, at++, id);
    cg_sqlite_bind_text(connection, statement, at++, org);
    cg_sqlite_bind_text(connection, statement, at, person);
    result = run(connection, statement, &rows, err);
    return result == CASEGATE_OK && !all && rows == 0 ? CASEGATE_ABSENT : result;
}

casegate_result cg_sqlite_mark_read(void *user, void *context, const char *org, const char *person, const char *id,
                                    casegate_answers *answers, casegate_error *err)
{
    change c;
    casegate_result result = begin(&c, user, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    result = mark(c.connection, org, person, id, err);
    if (result == CASEGATE_OK)
        result = answer_unread(c.connection, org, person, answers, err);
    return end(&c, result, err);
}

/* ---- operation ---------------------------------------------------------------------------------------------------- */

casegate_result cg_sqlite_notices_by_state(void *user, void *context, int32_t state, const char *channel, const char *after_id,
                                           uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    cg_connection *connection;
    sqlite3_stmt *statement;
    size_t unreadable = 0;
    casegate_result result = cg_sqlite_take(user, &connection, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    result = cg_sqlite_statement(connection, CG_SELECT_NOTICES, &statement, err);
    if (result == CASEGATE_OK) {
        sqlite3_bind_int(statement, 1, state);
        cg_sqlite_bind_text(connection, statement, 2, channel);
        cg_sqlite_bind_bytes(connection, statement, 3, after_id ? after_id : "", -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 4, -1);   /* rows that are left out do not count */
        result = cg_sqlite_answer_readable(connection, statement, limit, answers, &unreadable, err);
    }
    cg_sqlite_give(user, connection);
    return result;
}

/* Why nothing was touched: there is no such notice, or it is in another state. */
static casegate_result why_untouched(cg_connection *connection, const char *id, casegate_error *err)
{
    sqlite3_stmt *statement;
    int64_t one;
    casegate_result result = cg_sqlite_statement(connection, CG_HAS_NOTICE, &statement, err);

    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_text(connection, statement, 1, id);
    result = read_number(connection, statement, &one, err);
    return result == CASEGATE_OK ? CASEGATE_CONFLICT : result;
}

casegate_result cg_sqlite_requeue(void *user, void *context, const char *id, int64_t now_us, casegate_error *err)
{
    change c;
    sqlite3_stmt *statement;
    int rows = 0;
    casegate_result result = begin(&c, user, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    result = cg_sqlite_statement(c.connection, CG_REQUEUE_NOTICE, &statement, err);
    if (result == CASEGATE_OK) {
        cg_sqlite_bind_text(c.connection, statement, 1, id);
        sqlite3_bind_int64(statement, 2, now_us);
        result = run(c.connection, statement, &rows, err);
    }
    if (result == CASEGATE_OK && rows == 0)
        result = why_untouched(c.connection, id, err);
    return end(&c, result, err);
}

casegate_result cg_sqlite_add_notice(void *user, void *context, const casegate_notice *notice, casegate_error *err)
{
    change c;
    casegate_result result = begin(&c, user, err);

    (void)context;
    return result == CASEGATE_OK ? end(&c, cg_sqlite_insert_notice(c.connection, notice, c.transaction.joined, err),
                                       err) : result;
}

casegate_result cg_sqlite_purge(void *user, void *context, int64_t before_us, uint32_t limit, casegate_answers *answers,
                                casegate_error *err)
{
    change c;
    sqlite3_stmt *statement;
    int rows = 0;
    casegate_result result = begin(&c, user, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    result = cg_sqlite_statement(c.connection, CG_PURGE_NOTICES, &statement, err);
    if (result == CASEGATE_OK) {
        sqlite3_bind_int64(statement, 1, before_us);
        sqlite3_bind_int64(statement, 2, limit);
        result = run(c.connection, statement, &rows, err);
    }
    if (result == CASEGATE_OK)
        result = casegate_answer_count(answers, (uint64_t)rows, err);
    return end(&c, result, err);
}
