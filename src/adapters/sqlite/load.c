/* SPDX-License-Identifier: MIT */
/* load.c: reading one case: its head, the event of a request, a content, the history. */
#include "internal.h"

#include <casegate/json.h>

#include <string.h>

/* ---- head and request --------------------------------------------------------------------------------------------- */

/* Leaves the statement on its row: the lab of the head is needed to look for the request. */
static casegate_result load_head(cg_connection *connection, const char *case_id, sqlite3_stmt **statement, casegate_head *head,
                                 casegate_answers *answers, casegate_error *err)
{
    casegate_result result = cg_sqlite_statement(connection, CG_SELECT_HEAD, statement, err);
    int code;

    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_text(connection, *statement, 1, case_id);
    code = cg_sqlite_step(connection, *statement);
    if (code == SQLITE_DONE)
        return CASEGATE_ABSENT;
    if (code != SQLITE_ROW)
        return cg_sqlite_fail(connection->db, code, err);
    result = cg_sqlite_read_head(connection, *statement, head, err);
    return result == CASEGATE_OK ? casegate_answer_head(answers, head, err) : result;
}

static casegate_result load_notices(cg_connection *connection, const casegate_event *event, casegate_answers *answers,
                                    casegate_error *err)
{
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_statement(connection, CG_SELECT_EVENT_NOTICES, &statement, err);

    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_text(connection, statement, 1, event->case_id);
    sqlite3_bind_int64(statement, 2, event->seq);
    return cg_sqlite_answer_notices(connection, statement, answers, NULL, err);
}

static casegate_result answer_request(cg_connection *connection, sqlite3_stmt *statement, casegate_answers *answers,
                                      casegate_error *err)
{
    casegate_event event;
    cg_lists lists = {0};
    casegate_result result = cg_sqlite_read_event(connection, statement, &event, &lists, err);

    if (result == CASEGATE_OK)
        result = casegate_answer_event(answers, &event, err);
    if (result == CASEGATE_OK)
        result = load_notices(connection, &event, answers, err);
    cg_sqlite_free_lists(connection, &lists);
    return result;
}

static casegate_result load_request(cg_connection *connection, const casegate_load *what, const char *lab,
                                    casegate_answers *answers, casegate_error *err)
{
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_statement(connection, CG_SELECT_REQUEST, &statement, err);
    int code;

    if (result != CASEGATE_OK)
        return result;
    cg_sqlite_bind_bytes(connection, statement, 1, what->request_org ? what->request_org : "", -1, SQLITE_STATIC);
    cg_sqlite_bind_text(connection, statement, 2, what->request_actor);
    cg_sqlite_bind_text(connection, statement, 3, lab);
    cg_sqlite_bind_text(connection, statement, 4, what->request);
    code = cg_sqlite_step(connection, statement);
    if (code == SQLITE_ROW)
        result = answer_request(connection, statement, answers, err);
    else
        result = code == SQLITE_DONE ? CASEGATE_ABSENT : cg_sqlite_fail(connection->db, code, err);
    sqlite3_reset(statement);
    return result;
}

static casegate_result load(cg_connection *connection, const casegate_load *what, casegate_answers *answers, casegate_error *err)
{
    sqlite3_stmt *statement = NULL;
    casegate_head head = {0};
    casegate_result result = CASEGATE_ABSENT;
    casegate_result request = CASEGATE_ABSENT;

    if (what->case_id && *what->case_id)
        result = load_head(connection, what->case_id, &statement, &head, answers, err);
    if (result >= 0 && what->request && *what->request) {
        const char *lab = what->request_lab && *what->request_lab ? what->request_lab : head.lab;

        if (lab)
            request = load_request(connection, what, lab, answers, err);
    }
    sqlite3_reset(statement);
    return result < 0 || request == CASEGATE_ABSENT ? result : request;
}

casegate_result cg_sqlite_load(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                               casegate_error *err)
{
    cg_connection *connection;
    int32_t began = 0;
    casegate_result result = cg_sqlite_take(user, &connection, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    if (what->request && *what->request)   /* a head alone is one statement, and so one snapshot */
        result = cg_sqlite_begin_read(connection, &began, err);
    if (result == CASEGATE_OK) {
        result = load(connection, what, answers, err);
        cg_sqlite_end_read(connection, began);
    }
    cg_sqlite_give(user, connection);
    return result;
}

/* ---- content ------------------------------------------------------------------------------------------------------ */

enum { HEAD_REVISION, HEAD_DIGEST, REVISION, DIGEST, SALT, DOCUMENT };

static int same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* The digest must be the document's, and for the current revision the head's. */
static casegate_result check_digest(sqlite3_stmt *statement, const casegate_stored_content *stored, casegate_error *err)
{
    char digest[67];
    const char *of_head = NULL;
    casegate_result result;

    if (sqlite3_column_int64(statement, HEAD_REVISION) == stored->revision) {
        result = cg_sqlite_read_text(statement, HEAD_DIGEST, "cases.content_digest", &of_head, err);
        if (result != CASEGATE_OK)
            return result;
        if (!same(of_head, stored->digest))
            return cg_sqlite_corrupt(err, "contents.digest");
    }
    if (!stored->content || !stored->digest)
        return CASEGATE_OK;
    result = casegate_content_digest(stored->content, stored->salt, digest, err);
    if (result == CASEGATE_OK && strcmp(digest, stored->digest) != 0)
        result = cg_sqlite_corrupt(err, "contents.digest");
    return result;
}

static casegate_result read_document(cg_connection *connection, sqlite3_stmt *statement, casegate_content **out,
                                     casegate_error *err)
{
    casegate_error why;
    const char *text = NULL;
    casegate_result result = cg_sqlite_read_text(statement, DOCUMENT, "contents.document", &text, err);

    if (result != CASEGATE_OK || !text)
        return result;
    casegate_error_init(&why, sizeof why);
    result = casegate_json_read_content(connection->host, text, (size_t)sqlite3_column_bytes(statement, DOCUMENT), out, &why);
    return result == CASEGATE_OK ? CASEGATE_OK : cg_sqlite_stored_json(result, &why, "contents.document", err);
}

static casegate_result answer_content(cg_connection *connection, sqlite3_stmt *statement, uint32_t revision,
                                      casegate_answers *answers, casegate_error *err)
{
    casegate_stored_content stored;
    casegate_content *content = NULL;
    casegate_result result;

    casegate_stored_content_init(&stored, sizeof stored);
    stored.revision = revision;
    result = cg_sqlite_read_text(statement, DIGEST, "contents.digest", &stored.digest, err);
    if (result == CASEGATE_OK)
        result = cg_sqlite_read_text(statement, SALT, "contents.salt", &stored.salt, err);
    if (result == CASEGATE_OK)
        result = read_document(connection, statement, &content, err);
    if (result != CASEGATE_OK)
        return result;
    stored.content = content;
    stored.erased = !content;
    if (stored.erased && stored.salt)
        result = cg_sqlite_corrupt(err, "contents.salt");
    if (result == CASEGATE_OK)
        result = check_digest(statement, &stored, err);
    if (result == CASEGATE_OK)
        result = casegate_answer_content(answers, &stored, err);
    casegate_content_unref(content);
    return result;
}

static casegate_result content_row(cg_connection *connection, sqlite3_stmt *statement, uint32_t revision,
                                   casegate_answers *answers, casegate_error *err)
{
    int code = cg_sqlite_step(connection, statement);

    if (code == SQLITE_DONE)
        return CASEGATE_ABSENT;
    if (code != SQLITE_ROW)
        return cg_sqlite_fail(connection->db, code, err);
    if (sqlite3_column_type(statement, REVISION) != SQLITE_NULL)
        return answer_content(connection, statement, revision, answers, err);
    return sqlite3_column_int64(statement, HEAD_REVISION) == revision ? cg_sqlite_corrupt(err,
                                                                                          "contents.revision") : CASEGATE_ABSENT;
}

casegate_result cg_sqlite_content(void *user, void *context, const char *case_id, uint32_t revision, casegate_answers *answers,
                                  casegate_error *err)
{
    cg_connection *connection;
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_take(user, &connection, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    result = cg_sqlite_statement(connection, CG_SELECT_CONTENT, &statement, err);
    if (result == CASEGATE_OK) {
        cg_sqlite_bind_text(connection, statement, 1, case_id);
        sqlite3_bind_int64(statement, 2, revision);
        result = content_row(connection, statement, revision, answers, err);
        sqlite3_reset(statement);
    }
    cg_sqlite_give(user, connection);
    return result;
}

/* ---- history ------------------------------------------------------------------------------------------------------ */

casegate_result cg_sqlite_history(void *user, void *context, const char *case_id, uint32_t after_seq, uint32_t limit,
                                  casegate_answers *answers, casegate_error *err)
{
    cg_connection *connection;
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_take(user, &connection, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    result = cg_sqlite_statement(connection, CG_SELECT_EVENTS, &statement, err);
    if (result == CASEGATE_OK) {
        cg_sqlite_bind_text(connection, statement, 1, case_id);
        sqlite3_bind_int64(statement, 2, after_seq);
        sqlite3_bind_int64(statement, 3, limit);
        result = cg_sqlite_answer_events(connection, statement, answers, NULL, err);
    }
    cg_sqlite_give(user, connection);
    return result;
}
