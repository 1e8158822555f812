/* SPDX-License-Identifier: MIT */
/* rows.c: what a row means beyond its columns, and how the rows of a statement become answers. */
#include "internal.h"

#include <string.h>

/* The library's statuses keep their phase for ever, and carry its number. */
casegate_result cg_sqlite_read_head(cg_connection *connection, sqlite3_stmt *statement, casegate_head *head, casegate_error *err)
{
    cg_lists none = {0};
    int at = 0;
    casegate_result result;

    casegate_head_init(head, sizeof *head);
    result = cg_sqlite_read(connection, statement, &cg_sqlite_cases, head, &none, &at, err);
    if (result == CASEGATE_OK && head->status <= CASEGATE_REJECTED && head->phase != head->status)
        result = cg_sqlite_corrupt(err, "cases.phase");
    return result;
}

/* Texts that have a digest are kept apart, so that an erasure never touches events: they must be there, or be erased. */
static casegate_result read_texts(cg_connection *connection, sqlite3_stmt *statement, casegate_event *event, cg_lists *lists,
                                  int *at, casegate_error *err)
{
    casegate_result result;

    if (sqlite3_column_type(statement, *at) == SQLITE_NULL)
        return event->text_digest || event->request_digest ? cg_sqlite_corrupt(err, "event_texts.seq") : CASEGATE_OK;
    result = cg_sqlite_read(connection, statement, &cg_sqlite_texts, event, lists, at, err);
    if (result == CASEGATE_OK && event->erased && (event->salt || event->comment || event->file_count))
        result = cg_sqlite_corrupt(err, "event_texts.erased");
    return result;
}

casegate_result cg_sqlite_read_event(cg_connection *connection, sqlite3_stmt *statement, casegate_event *event, cg_lists *lists,
                                     casegate_error *err)
{
    int at = 0;
    casegate_result result;

    casegate_event_init(event, sizeof *event);
    result = cg_sqlite_read(connection, statement, &cg_sqlite_events, event, lists, &at, err);
    return result == CASEGATE_OK ? read_texts(connection, statement, event, lists, &at, err) : result;
}

static casegate_result answer_head(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                   casegate_error *err)
{
    casegate_head head;
    casegate_result result = cg_sqlite_read_head(connection, statement, &head, err);

    return result == CASEGATE_OK ? casegate_answer_head(answers, &head, err) : result;
}

static casegate_result answer_event(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                    casegate_error *err)
{
    casegate_event event;
    cg_lists lists = {0};
    casegate_result result = cg_sqlite_read_event(connection, statement, &event, &lists, err);

    if (result == CASEGATE_OK)
        result = casegate_answer_event(answers, &event, err);
    cg_sqlite_free_lists(connection, &lists);
    return result;
}

/* Lease and state go together. */
static casegate_result read_notice(cg_connection *connection, sqlite3_stmt *statement, casegate_notice *notice, cg_lists *lists,
                                   casegate_error *err)
{
    int at = 0;
    casegate_result result;

    casegate_notice_init(notice, sizeof *notice);
    result = cg_sqlite_read(connection, statement, &cg_sqlite_notices, notice, lists, &at, err);
    if (result == CASEGATE_OK && (notice->state == CASEGATE_NOTICE_LEASED) != (notice->lease != NULL))
        result = cg_sqlite_corrupt(err, "notices.lease");
    return result;
}

static casegate_result answer_notice(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                     casegate_error *err)
{
    casegate_notice notice;
    cg_lists lists = {0};
    casegate_result result = read_notice(connection, statement, &notice, &lists, err);

    if (result == CASEGATE_OK)
        result = casegate_answer_notice(answers, &notice, err);
    cg_sqlite_free_lists(connection, &lists);
    return result;
}

typedef casegate_result (*answer_row)(cg_connection *, sqlite3_stmt *, casegate_answers *, casegate_error *);

static casegate_result answer_rows(cg_connection *connection, sqlite3_stmt *statement, answer_row answer,
                                   casegate_answers *answers, size_t *count, casegate_error *err)
{
    casegate_result result = CASEGATE_OK;
    size_t rows = 0;
    int code;

    while (result == CASEGATE_OK && (code = cg_sqlite_step(connection, statement)) == SQLITE_ROW) {
        result = answer(connection, statement, answers, err);
        rows++;
    }
    if (result == CASEGATE_OK && code != SQLITE_DONE)
        result = cg_sqlite_fail(connection->db, code, err);
    sqlite3_reset(statement);
    if (count)
        *count = rows;
    return result;
}

/* As answer_notice(); *readable 0: it is the row that is at fault, so that another one may be fine. */
static casegate_result answer_if_readable(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                          int *readable, casegate_error *err)
{
    casegate_notice notice;
    cg_lists lists = {0};
    casegate_result result = read_notice(connection, statement, &notice, &lists, err);

    *readable = result != CASEGATE_E_CORRUPT && result != CASEGATE_E_UNSUPPORTED;
    if (result == CASEGATE_OK)
        result = casegate_answer_notice(answers, &notice, err);
    cg_sqlite_free_lists(connection, &lists);
    if (*readable)
        return result;
    if (err)
        casegate_error_init(err, err->size);
    return CASEGATE_OK;
}

casegate_result cg_sqlite_answer_readable(cg_connection *connection, sqlite3_stmt *statement, uint32_t limit,
                                          casegate_answers *answers, size_t *unreadable, casegate_error *err)
{
    casegate_result result = CASEGATE_OK;
    int code = SQLITE_ROW;
    uint32_t taken = 0;

    while (result == CASEGATE_OK && taken < limit && (code = cg_sqlite_step(connection, statement)) == SQLITE_ROW) {
        int readable;

        result = answer_if_readable(connection, statement, answers, &readable, err);
        taken += readable != 0;
        *unreadable += readable == 0;
    }
    if (result == CASEGATE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
        result = cg_sqlite_fail(connection->db, code, err);
    sqlite3_reset(statement);
    return result;
}

casegate_result cg_sqlite_answer_heads(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                       size_t *count, casegate_error *err)
{
    return answer_rows(connection, statement, answer_head, answers, count, err);
}

casegate_result cg_sqlite_answer_events(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                        size_t *count, casegate_error *err)
{
    return answer_rows(connection, statement, answer_event, answers, count, err);
}

casegate_result cg_sqlite_answer_notices(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                         size_t *count, casegate_error *err)
{
    return answer_rows(connection, statement, answer_notice, answers, count, err);
}
