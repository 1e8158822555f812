/* SPDX-License-Identifier: MIT */
/* rows.c: what a row means beyond its columns, and how rows become answers. */
#include "internal.h"

#include <string.h>

/* The library's statuses keep their phase for ever, and carry its number. */
static casegate_result answer_head(cg_connection *connection, const PGresult *rows, int row, casegate_answers *answers,
                                   casegate_error *err)
{
    casegate_head head;
    cg_lists none = {0};
    int at = 0;
    casegate_result result;

    casegate_head_init(&head, sizeof head);
    result = cg_postgres_read(connection, rows, row, &cg_postgres_cases, &head, &none, &at, err);
    if (result == CASEGATE_OK && head.status <= CASEGATE_REJECTED && head.phase != head.status)
        result = cg_postgres_corrupt(err, "cases.phase");
    return result == CASEGATE_OK ? casegate_answer_head(answers, &head, err) : result;
}

/* Texts that have a digest are kept apart, so that an erasure never touches events: they must be there, or be erased. */
static casegate_result read_texts(cg_connection *connection, const PGresult *rows, int row, casegate_event *event,
                                  cg_lists *lists, int *at, casegate_error *err)
{
    casegate_result result;

    if (PQgetisnull(rows, row, *at))
        return event->text_digest || event->request_digest ? cg_postgres_corrupt(err, "event_texts.seq") : CASEGATE_OK;
    result = cg_postgres_read(connection, rows, row, &cg_postgres_texts, event, lists, at, err);
    if (result == CASEGATE_OK && event->erased && (event->salt || event->comment || event->file_count))
        result = cg_postgres_corrupt(err, "event_texts.erased");
    return result;
}

static casegate_result answer_event(cg_connection *connection, const PGresult *rows, int row, casegate_answers *answers,
                                    casegate_error *err)
{
    casegate_event event;
    cg_lists lists = {0};
    int at = 0;
    casegate_result result;

    casegate_event_init(&event, sizeof event);
    result = cg_postgres_read(connection, rows, row, &cg_postgres_events, &event, &lists, &at, err);
    if (result == CASEGATE_OK)
        result = read_texts(connection, rows, row, &event, &lists, &at, err);
    if (result == CASEGATE_OK)
        result = casegate_answer_event(answers, &event, err);
    cg_postgres_free_lists(connection, &lists);
    return result;
}

/* Lease and state go together. */
static casegate_result answer_notice(cg_connection *connection, const PGresult *rows, int row, casegate_answers *answers,
                                     casegate_error *err)
{
    casegate_notice notice;
    cg_lists lists = {0};
    int at = 0;
    casegate_result result;

    casegate_notice_init(&notice, sizeof notice);
    result = cg_postgres_read(connection, rows, row, &cg_postgres_notices, &notice, &lists, &at, err);
    if (result == CASEGATE_OK && (notice.state == CASEGATE_NOTICE_LEASED) != (notice.lease != NULL))
        result = cg_postgres_corrupt(err, "notices.lease");
    if (result == CASEGATE_OK)
        result = casegate_answer_notice(answers, &notice, err);
    cg_postgres_free_lists(connection, &lists);
    return result;
}

typedef casegate_result (*answer_row)(cg_connection *, const PGresult *, int, casegate_answers *, casegate_error *);

static casegate_result answer_rows(cg_connection *connection, const PGresult *rows, answer_row answer, casegate_answers *answers,
                                   casegate_error *err)
{
    casegate_result result = CASEGATE_OK;

    for (int row = 0; result == CASEGATE_OK && row < PQntuples(rows); row++)
        result = answer(connection, rows, row, answers, err);
    return result;
}

casegate_result cg_postgres_answer_heads(cg_connection *connection, const PGresult *rows, casegate_answers *answers,
                                         casegate_error *err)
{
    return answer_rows(connection, rows, answer_head, answers, err);
}

casegate_result cg_postgres_answer_events(cg_connection *connection, const PGresult *rows, casegate_answers *answers,
                                          casegate_error *err)
{
    return answer_rows(connection, rows, answer_event, answers, err);
}

casegate_result cg_postgres_answer_notices(cg_connection *connection, const PGresult *rows, casegate_answers *answers,
                                           casegate_error *err)
{
    return answer_rows(connection, rows, answer_notice, answers, err);
}

/* The id is the first column of a notice. */
casegate_result cg_postgres_answer_readable(cg_connection *connection, const PGresult *rows, casegate_answers *answers,
                                            casegate_buffer *unreadable, casegate_error *err)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        casegate_result result = answer_notice(connection, rows, row, answers, err);

        if (result != CASEGATE_OK && result != CASEGATE_E_CORRUPT && result != CASEGATE_E_UNSUPPORTED)
            return result;
        if (result == CASEGATE_OK)
            continue;
        casegate_buffer_append(unreadable, PQgetvalue(rows, row, 0), (size_t)PQgetlength(rows, row, 0) + 1);
        if (err)
            casegate_error_init(err, err->size);
    }
    if (casegate_buffer_status(unreadable) == CASEGATE_OK)
        return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
}
