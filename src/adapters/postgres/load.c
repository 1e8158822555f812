/* SPDX-License-Identifier: MIT */
/* load.c: reading one case: its head, the event of a request, a content, the history. Each is one round trip. */
#include "internal.h"

#include <casegate/json.h>

#include <string.h>

static int is_there(const char *text)
{
    return text && *text;
}

/* ---- head and request --------------------------------------------------------------------------------------------- */

typedef struct loading { const casegate_load *what; casegate_answers *answers; } loading;

/* A head alone is one statement, and so one snapshot. */
static casegate_result load_head(cg_connection *connection, void *arg, casegate_error *err)
{
    loading *l = arg;
    const PGresult *rows;
    size_t head;
    casegate_result result;

    cg_postgres_begin(connection);
    cg_postgres_put_text(connection, l->what->case_id);
    head = cg_postgres_add(connection, CG_SELECT_HEAD);
    result = cg_postgres_go(connection, 0, err);
    if (result != CASEGATE_OK)
        return result;
    rows = cg_postgres_result(connection, head);
    return PQntuples(rows) ? cg_postgres_answer_heads(connection, rows, l->answers, err) : CASEGATE_ABSENT;
}

static casegate_result go_for_both(cg_connection *connection, const casegate_load *what, PGresult **row, casegate_error *err)
{
    size_t step;
    casegate_result result;

    cg_postgres_begin(connection);
    cg_postgres_put_blank(connection, what->request_org);
    cg_postgres_put_text(connection, what->request_actor);
    cg_postgres_put_text(connection, what->request_lab);
    cg_postgres_put_text(connection, what->request);
    cg_postgres_put_text(connection, what->case_id);
    step = cg_postgres_add(connection, CG_SELECT_BOTH);
    result = cg_postgres_go(connection, 0, err);
    if (result == CASEGATE_OK)
        *row = cg_postgres_keep(connection, step);
    return result;
}

static size_t add_event(cg_connection *connection, const PGresult *row, int32_t statement)
{
    int at = (int)cg_postgres_cases.read;   /* behind the head: lab, case, number */

    cg_postgres_put_text(connection, cg_postgres_text_at(row, 0, at));
    cg_postgres_put_text(connection, cg_postgres_text_at(row, 0, at + 1));
    cg_postgres_put_int(connection, cg_postgres_int_at(row, 0, at + 2));
    return cg_postgres_add(connection, statement);
}

/* A trip of its own, since hardly a request is sent twice; the event it is about can never change. */
static casegate_result go_for_event(cg_connection *connection, const PGresult *row, size_t *event, size_t *notices,
                                    casegate_error *err)
{
    cg_postgres_begin(connection);
    *event = add_event(connection, row, CG_SELECT_EVENT);
    *notices = add_event(connection, row, CG_SELECT_EVENT_NOTICES);
    return cg_postgres_go(connection, 0, err);
}

static casegate_result load_both(cg_connection *connection, void *arg, casegate_error *err)
{
    loading *l = arg;
    PGresult *row;
    size_t event = 0, notices = 0;
    int heads, events;
    casegate_result result = go_for_both(connection, l->what, &row, err);

    if (result != CASEGATE_OK)
        return result;
    heads = !PQgetisnull(row, 0, 0);
    events = !PQgetisnull(row, 0, (int)cg_postgres_cases.read);
    if (events)
        result = go_for_event(connection, row, &event, &notices, err);
    if (result == CASEGATE_OK && heads)
        result = cg_postgres_answer_heads(connection, row, l->answers, err);
    if (result == CASEGATE_OK && events)
        result = cg_postgres_answer_events(connection, cg_postgres_result(connection, event), l->answers, err);
    if (result == CASEGATE_OK && events)
        result = cg_postgres_answer_notices(connection, cg_postgres_result(connection, notices), l->answers, err);
    PQclear(row);
    return result == CASEGATE_OK && !heads && !events ? CASEGATE_ABSENT : result;
}

casegate_result cg_postgres_load(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                                 casegate_error *err)
{
    loading l = {.what = what, .answers = answers};

    (void)context;
    return cg_postgres_call(user, is_there(what->request) ? load_both : load_head, &l, err);
}

/* ---- content ------------------------------------------------------------------------------------------------------ */

enum { HEAD_REVISION, HEAD_DIGEST, REVISION, DIGEST, SALT, DOCUMENT };

typedef struct reading { const char *case_id; uint32_t revision; casegate_answers *answers; } reading;

static int same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* The digest must be the document's, and for the current revision the head's. */
static casegate_result check_digest(const PGresult *row, const casegate_stored_content *stored, casegate_error *err)
{
    char digest[67];
    casegate_result result;

    if (cg_postgres_int_at(row, 0, HEAD_REVISION) == stored->revision
        && !same(cg_postgres_text_at(row, 0, HEAD_DIGEST), stored->digest))
        return cg_postgres_corrupt(err, "contents.digest");
    if (!stored->content || !stored->digest)
        return CASEGATE_OK;
    result = casegate_content_digest(stored->content, stored->salt, digest, err);
    if (result == CASEGATE_OK && strcmp(digest, stored->digest) != 0)
        result = cg_postgres_corrupt(err, "contents.digest");
    return result;
}

static casegate_result read_document(cg_connection *connection, const PGresult *row, casegate_content **out, casegate_error *err)
{
    casegate_error why;
    casegate_result result;

    if (PQgetisnull(row, 0, DOCUMENT))
        return CASEGATE_OK;
    casegate_error_init(&why, sizeof why);
    result = casegate_json_read_content(connection->host, PQgetvalue(row, 0, DOCUMENT), (size_t)PQgetlength(row, 0, DOCUMENT),
                                        out, &why);
    return result == CASEGATE_OK ? CASEGATE_OK : cg_postgres_stored_json(result, &why, "contents.document", err);
}

static casegate_result answer_content(cg_connection *connection, const PGresult *row, const reading *r, casegate_error *err)
{
    casegate_stored_content stored;
    casegate_content *content = NULL;
    casegate_result result;

    casegate_stored_content_init(&stored, sizeof stored);
    stored.revision = r->revision;
    stored.digest = cg_postgres_text_at(row, 0, DIGEST);
    stored.salt = cg_postgres_text_at(row, 0, SALT);
    result = read_document(connection, row, &content, err);
    if (result != CASEGATE_OK)
        return result;
    stored.content = content;
    stored.erased = !content;
    if (stored.erased && stored.salt)
        result = cg_postgres_corrupt(err, "contents.salt");
    if (result == CASEGATE_OK)
        result = check_digest(row, &stored, err);
    if (result == CASEGATE_OK)
        result = casegate_answer_content(r->answers, &stored, err);
    casegate_content_unref(content);
    return result;
}

static casegate_result read_content(cg_connection *connection, void *arg, casegate_error *err)
{
    const reading *r = arg;
    const PGresult *row;
    size_t step;
    casegate_result result;

    cg_postgres_begin(connection);
    cg_postgres_put_text(connection, r->case_id);
    cg_postgres_put_int(connection, r->revision);
    step = cg_postgres_add(connection, CG_SELECT_CONTENT);
    result = cg_postgres_go(connection, 0, err);
    if (result != CASEGATE_OK)
        return result;
    row = cg_postgres_result(connection, step);
    if (PQntuples(row) == 0)
        return CASEGATE_ABSENT;
    if (!PQgetisnull(row, 0, REVISION))
        return answer_content(connection, row, r, err);
    return cg_postgres_int_at(row, 0, HEAD_REVISION) == r->revision ? cg_postgres_corrupt(err, "contents.revision")
                                                                    : CASEGATE_ABSENT;
}

casegate_result cg_postgres_content(void *user, void *context, const char *case_id, uint32_t revision, casegate_answers *answers,
                                    casegate_error *err)
{
    reading r = {.case_id = case_id, .revision = revision, .answers = answers};

    (void)context;
    return cg_postgres_call(user, read_content, &r, err);
}

/* ---- history ------------------------------------------------------------------------------------------------------ */

typedef struct telling { const char *case_id; uint32_t after_seq, limit; casegate_answers *answers; } telling;

static casegate_result read_history(cg_connection *connection, void *arg, casegate_error *err)
{
    const telling *t = arg;
    size_t step;
    casegate_result result;

    cg_postgres_begin(connection);
    cg_postgres_put_text(connection, t->case_id);
    cg_postgres_put_int(connection, t->after_seq);
    cg_postgres_put_int(connection, t->limit);
    step = cg_postgres_add(connection, CG_SELECT_EVENTS);
    result = cg_postgres_go(connection, 0, err);
    return result == CASEGATE_OK ? cg_postgres_answer_events(connection, cg_postgres_result(connection, step), t->answers, err)
                                 : result;
}

casegate_result cg_postgres_history(void *user, void *context, const char *case_id, uint32_t after_seq, uint32_t limit,
                                    casegate_answers *answers, casegate_error *err)
{
    telling t = {.case_id = case_id, .after_seq = after_seq, .limit = limit, .answers = answers};

    (void)context;
    return cg_postgres_call(user, read_history, &t, err);
}
