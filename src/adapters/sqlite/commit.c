/* SPDX-License-Identifier: MIT */
/* commit.c: what a decision writes: head if the version is still the one decided on, content, events, notices. */
#include "internal.h"

#include <casegate/json.h>

#include <string.h>

/* How a statement ended; taken: what a row that is there already means. */
static casegate_result finish(cg_connection *connection, sqlite3_stmt *statement, int constraint, casegate_result taken,
                              const char *place, casegate_error *err)
{
    int code = cg_sqlite_run(connection, statement);

    if (code == SQLITE_DONE)
        return CASEGATE_OK;
    if (code != constraint)
        return cg_sqlite_fail(connection->db, code, err);
    return taken == CASEGATE_CONFLICT ? taken : cg_sqlite_corrupt(err, place);
}

static casegate_result insert_head(cg_connection *connection, const casegate_head *head, casegate_error *err)
{
    sqlite3_stmt *statement;
    int at = 1;
    casegate_result result = cg_sqlite_statement(connection, CG_INSERT_CASE, &statement, err);

    if (result == CASEGATE_OK)
        result = cg_sqlite_bind(connection, statement, &cg_sqlite_cases, CG_NEVER, head, &at, err);
    if (result != CASEGATE_OK)
        return result;
    return finish(connection, statement, SQLITE_CONSTRAINT_PRIMARYKEY, CASEGATE_CONFLICT, NULL, err);
}

static int is_erasure(const casegate_commit *commit)
{
    return commit->events[commit->event_count - 1]->action == CASEGATE_ERASE;
}

/* What only an edit, a migration or an erasure changes is left alone otherwise: an accept writes half of the columns. */
static int is_edited(const casegate_commit *commit)
{
    const casegate_head *before = commit->before, *after = commit->after;

    return commit->content || is_erasure(commit) || before->workflow_version != after->workflow_version || !before->workflow
           || strcmp(before->workflow, after->workflow) != 0;
}

static casegate_result update_head(cg_connection *connection, const casegate_commit *commit, casegate_error *err)
{
    int edited = is_edited(commit);
    sqlite3_stmt *statement;
    int at = 1, code;
    casegate_result result = cg_sqlite_statement(connection, edited ? CG_UPDATE_EDITED : CG_UPDATE_CASE, &statement, err);

    if (result == CASEGATE_OK)
        result = cg_sqlite_bind(connection, statement, &cg_sqlite_cases, edited ? CG_EVENT | CG_EDIT : CG_EVENT, commit->after,
                                &at, err);
    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_text(connection, statement, at++, commit->after->id);
    sqlite3_bind_int64(statement, at, commit->before->version);
    code = cg_sqlite_run(connection, statement);
    if (code != SQLITE_DONE)
        return cg_sqlite_fail(connection->db, code, err);
    return sqlite3_changes(connection->db) ? CASEGATE_OK : CASEGATE_CONFLICT;
}

static casegate_result insert_content(cg_connection *connection, const casegate_commit *commit, casegate_error *err)
{
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_statement(connection, CG_INSERT_CONTENT, &statement, err);

    if (result != CASEGATE_OK)
        return result;
    casegate_buffer_clear(connection->buffer);
    if (casegate_json_write_content(commit->content, 0, connection->buffer) != CASEGATE_OK)
        return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    cg_sqlite_bind_text(connection, statement, 1, commit->after->id);
    sqlite3_bind_int64(statement, 2, commit->after->revision);
    cg_sqlite_bind_text(connection, statement, 3, commit->after->content_digest);
    cg_sqlite_bind_text(connection, statement, 4, commit->content_salt);
    cg_sqlite_bind_bytes(connection, statement, 5, casegate_buffer_data(connection->buffer),
                         (int)casegate_buffer_length(connection->buffer), SQLITE_STATIC);
    return finish(connection, statement, SQLITE_CONSTRAINT_PRIMARYKEY, CASEGATE_E_CORRUPT, "contents.revision", err);
}

static casegate_result insert_texts(cg_connection *connection, const casegate_event *event, casegate_error *err)
{
    sqlite3_stmt *statement;
    int at = 1;
    casegate_result result = cg_sqlite_statement(connection, CG_INSERT_TEXTS, &statement, err);

    if (result == CASEGATE_OK)
        result = cg_sqlite_bind(connection, statement, &cg_sqlite_texts, CG_NEVER, event, &at, err);
    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_text(connection, statement, at++, event->case_id);
    sqlite3_bind_int64(statement, at, event->seq);
    return finish(connection, statement, SQLITE_CONSTRAINT_PRIMARYKEY, CASEGATE_E_CORRUPT, "event_texts.seq", err);
}

static int is_there(const char *text)
{
    return text && *text;
}

static int has_texts(const casegate_event *event)
{
    return is_there(event->salt) || is_there(event->comment) || event->file_count || is_there(event->text_digest)
           || is_there(event->request_digest);
}

static casegate_result insert_event(cg_connection *connection, const casegate_event *event, casegate_error *err)
{
    sqlite3_stmt *statement;
    int at = 1, code;
    casegate_result result = cg_sqlite_statement(connection, CG_INSERT_EVENT, &statement, err);

    if (result == CASEGATE_OK)
        result = cg_sqlite_bind(connection, statement, &cg_sqlite_events, CG_NEVER, event, &at, err);
    if (result != CASEGATE_OK)
        return result;
    code = cg_sqlite_run(connection, statement);
    if (code == SQLITE_CONSTRAINT_PRIMARYKEY)
        return cg_sqlite_corrupt(err, "events.seq");
    if (code != SQLITE_DONE)
        return cg_sqlite_fail(connection->db, code, err);
    return has_texts(event) ? insert_texts(connection, event, err) : CASEGATE_OK;
}

/* In the host's transaction nobody holds a lease: nothing is told before it commits. */
static void unlease(casegate_notice *notice)
{
    notice->state = CASEGATE_NOTICE_PENDING;
    notice->lease = NULL;
    notice->next_us = notice->time_us;
    notice->tries = 0;
}

/* CONFLICT: the id is there. */
casegate_result cg_sqlite_insert_notice(cg_connection *connection, const casegate_notice *notice, int32_t joined,
                                        casegate_error *err)
{
    casegate_notice row = *notice;
    sqlite3_stmt *statement;
    int at = 1;
    casegate_result result = cg_sqlite_statement(connection, CG_INSERT_NOTICE, &statement, err);

    if (joined && row.state == CASEGATE_NOTICE_LEASED)
        unlease(&row);
    if (result == CASEGATE_OK)
        result = cg_sqlite_bind(connection, statement, &cg_sqlite_notices, CG_NEVER, &row, &at, err);
    return result == CASEGATE_OK ? finish(connection, statement, SQLITE_CONSTRAINT_UNIQUE, CASEGATE_CONFLICT, NULL, err) : result;
}

static casegate_result insert_notices(cg_connection *connection, const casegate_commit *commit, int32_t joined,
                                      casegate_error *err)
{
    casegate_result result = CASEGATE_OK;

    for (size_t i = 0; result == CASEGATE_OK && i < commit->notice_count; i++)
        result = cg_sqlite_insert_notice(connection, commit->notices[i], joined, err);
    return result == CASEGATE_CONFLICT ? cg_sqlite_corrupt(err, "notices.id") : result;
}

/* CONFLICT: the request id of the event is used. */
static casegate_result find_request(cg_connection *connection, const casegate_event *event, casegate_error *err)
{
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_statement(connection, CG_HAS_REQUEST, &statement, err);
    int code;

    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_bytes(connection, statement, 1, event->actor_org ? event->actor_org : "", -1, SQLITE_STATIC);
    cg_sqlite_bind_text(connection, statement, 2, event->actor);
    cg_sqlite_bind_text(connection, statement, 3, event->lab);
    cg_sqlite_bind_text(connection, statement, 4, event->request);
    code = cg_sqlite_run(connection, statement);
    if (code == SQLITE_ROW)
        return CASEGATE_CONFLICT;
    return code == SQLITE_DONE ? CASEGATE_OK : cg_sqlite_fail(connection->db, code, err);
}

static casegate_result find_requests(cg_connection *connection, const casegate_commit *commit, casegate_error *err)
{
    casegate_result result = CASEGATE_OK;

    for (size_t i = 0; result == CASEGATE_OK && i < commit->event_count; i++)
        if (is_there(commit->events[i]->request))
            result = find_request(connection, commit->events[i], err);
    return result;
}

/* Every conflict shows before anything is written: one of several leaves nothing behind, and needs no savepoint, which would copy
 * each page that it touches. */
static casegate_result write_commit(cg_connection *connection, const casegate_commit *commit, int32_t joined, casegate_error *err)
{
    casegate_result result = find_requests(connection, commit, err);

    if (result == CASEGATE_OK)
        result = commit->before ? update_head(connection, commit, err) : insert_head(connection, commit->after, err);
    if (result == CASEGATE_OK && commit->content)
        result = insert_content(connection, commit, err);
    for (size_t i = 0; result == CASEGATE_OK && i < commit->event_count; i++)
        result = insert_event(connection, commit->events[i], err);
    if (result == CASEGATE_OK)
        result = insert_notices(connection, commit, joined, err);
    return result;
}

/* OK: results say which; a conflict of the only one is handed up, so that its transaction is rolled back. */
static casegate_result write_all(cg_connection *connection, const casegate_commit *const *commits, casegate_result *results,
                                 size_t count, int32_t joined, casegate_error *err)
{
    casegate_result result = CASEGATE_OK;

    for (size_t i = 0; result >= 0 && i < count; i++)
        result = results[i] = write_commit(connection, commits[i], joined, err);
    return result < 0 || count == 1 ? result : CASEGATE_OK;
}

static void replace(casegate_result *results, size_t count, casegate_result from, casegate_result to)
{
    for (size_t i = 0; i < count; i++)
        if (results[i] == from)
            results[i] = to;
}

/* All of one caller, in a transaction of their own or the host's. */
casegate_result cg_sqlite_write(cg_connection *connection, const casegate_commit *const *commits, casegate_result *results,
                                size_t count, casegate_error *err)
{
    cg_transaction transaction;
    casegate_result result = cg_sqlite_begin(connection, &transaction, err);

    if (result != CASEGATE_OK)
        return result;
    result = write_all(connection, commits, results, count, transaction.joined, err);
    result = cg_sqlite_end(connection, &transaction, result, err);
    if (result == CASEGATE_OK && transaction.joined)
        replace(results, count, CASEGATE_OK, CASEGATE_JOINED);
    if (result == CASEGATE_E_UNKNOWN)
        replace(results, count, CASEGATE_OK, CASEGATE_E_UNKNOWN);
    return result == CASEGATE_CONFLICT || result == CASEGATE_E_UNKNOWN ? CASEGATE_OK : result;
}

/* As a part of a transaction that is open. */
casegate_result cg_sqlite_write_part(cg_connection *connection, const casegate_commit *const *commits, casegate_result *results,
                                     size_t count, casegate_error *err)
{
    const casegate_result result = write_all(connection, commits, results, count, 0, err);

    return result == CASEGATE_CONFLICT ? CASEGATE_OK : result;
}

/* On a file callers write together; on a host's handle, or in memory, each by itself. */
casegate_result cg_sqlite_commit(void *user, void *context, const casegate_commit *const *commits, casegate_result *results,
                                 size_t count, casegate_error *err)
{
    cg_store *store = user;
    cg_connection *connection;
    casegate_result result;

    (void)context;
    if (store->path && !store->memory)
        return cg_sqlite_commit_together(store, commits, results, count, err);
    result = cg_sqlite_take_writer(store, &connection, err);
    if (result != CASEGATE_OK)
        return result;
    result = cg_sqlite_write(connection, commits, results, count, err);
    cg_sqlite_give(store, connection);
    return result;
}

/* ---- erasure ------------------------------------------------------------------------------------------------------ */

/* The texts go first: what the erasure itself writes stays. */
static casegate_result write_erasure(cg_connection *connection, const casegate_commit *commit, int32_t joined, casegate_error *err)
{
    static const int32_t steps[] = {CG_ERASE_CONTENTS, CG_ERASE_TEXTS, CG_ERASE_NOTICES};

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        sqlite3_stmt *statement;
        casegate_result result = cg_sqlite_statement(connection, steps[i], &statement, err);
        int code;

        if (result != CASEGATE_OK)
            return result;
        cg_sqlite_bind_text(connection, statement, 1, commit->after->id);
        code = cg_sqlite_run(connection, statement);
        if (code != SQLITE_DONE)
            return cg_sqlite_fail(connection->db, code, err);
    }
    return write_commit(connection, commit, joined, err);
}

/* The write-ahead log still has the texts. It is emptied unless somebody reads from it for longer: then the next erasure does it, or
 * the last to close the file. Nobody is kept waiting meanwhile. */
static void empty_log(const cg_store *store, cg_connection *connection)
{
    enum { TRIES = 10, PAUSE_MS = 5 };
    int code = SQLITE_BUSY;

    if (!store->path || store->memory)
        return;
    connection->hurries = 1;
    for (int i = 0; i < TRIES && (code & 0xff) == SQLITE_BUSY; i++) {
        if (i > 0)
            sqlite3_sleep(PAUSE_MS);
        code = sqlite3_wal_checkpoint_v2(connection->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    connection->hurries = 0;
}

casegate_result cg_sqlite_erase(void *user, void *context, const casegate_commit *commit, casegate_error *err)
{
    cg_store *store = user;
    cg_connection *connection;
    cg_transaction transaction;
    casegate_result result;

    (void)context;
    if (!commit->before)
        return CASEGATE_CONFLICT;
    result = cg_sqlite_take_writer(store, &connection, err);
    if (result != CASEGATE_OK)
        return result;
    result = cg_sqlite_begin(connection, &transaction, err);
    if (result == CASEGATE_OK) {
        result = write_erasure(connection, commit, transaction.joined, err);
        result = cg_sqlite_end(connection, &transaction, result, err);
        if (result == CASEGATE_OK && transaction.joined)
            result = CASEGATE_JOINED;
        else if (result == CASEGATE_OK)
            empty_log(store, connection);
    }
    cg_sqlite_give(store, connection);
    return result;
}
