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

static size_t add_request(cg_connection *connection, const casegate_load *what, int32_t statement)
{
    cg_postgres_put_blank(connection, what->request_org);
    cg_postgres_put_text(connection, what->request_actor);
    cg_postgres_put_text(connection, what->request_lab);
    cg_postgres_put_text(connection, what->request);
    cg_postgres_put_text(connection, what->case_id);
    return cg_postgres_add(connection, statement);
}

/* The head, in the first step that has rows. */
static size_t add_head(cg_connection *connection, const casegate_load *what)
{
    cg_postgres_put_text(connection, what->case_id);
    return cg_postgres_add(connection, CG_SELECT_HEAD);
}

static casegate_result answer(cg_connection *connection, size_t head, size_t event, size_t notices, casegate_answers *answers,
                              casegate_error *err)
{
    const PGresult *heads = cg_postgres_result(connection, head), *events = cg_postgres_result(connection, event);
    casegate_result result = cg_postgres_answer_heads(connection, heads, answers, err);

    if (result == CASEGATE_OK)
        result = cg_postgres_answer_events(connection, events, answers, err);
    if (result == CASEGATE_OK)
        result = cg_postgres_answer_notices(connection, cg_postgres_result(connection, notices), answers, err);
    return result == CASEGATE_OK && PQntuples(heads) + PQntuples(events) == 0 ? CASEGATE_ABSENT : result;
}

/* A head alone is one statement, and so one snapshot. */
static casegate_result load_head(cg_connection *connection, void *arg, casegate_error *err)
{
    loading *l = arg;
    const PGresult *rows;
    size_t head;
    casegate_result result;

    cg_postgres_begin(connection);
    head = add_head(connection, l->what);
    result = cg_postgres_go(connection, 0, err);
    if (result != CASEGATE_OK)
        return result;
    rows = cg_postgres_result(connection, head);
    return PQntuples(rows) ? cg_postgres_answer_heads(connection, rows, l->answers, err) : CASEGATE_ABSENT;
}

static casegate_result load_both(cg_connection *connection, void *arg, casegate_error *err)
{
    loading *l = arg;
    size_t head, event, notices;
    casegate_result result;

    cg_postgres_begin(connection);
    cg_postgres_add(connection, CG_BEGIN_READ);
    head = add_head(connection, l->what);
    event = add_request(connection, l->what, CG_SELECT_REQUEST);
    notices = add_request(connection, l->what, CG_SELECT_REQUEST_NOTICES);
    cg_postgres_add(connection, CG_COMMIT);
    result = cg_postgres_go(connection, 0, err);
    return result == CASEGATE_OK ? answer(connection, head, event, notices, l->answers, err) : result;
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
    result = casegate_json_read_content(connection->host, PQgetvalue(row, 0, DOCUMENT), (size_t)PQgetlength(row, 0, DOCUMENT), out,
                                        &why);
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
