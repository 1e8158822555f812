/* SPDX-License-Identifier: MIT */
/* trip.c: statements that go to the server together and come back together, and what a lost connection means for them. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

enum { OID_TEXT = 25, OID_INT8 = 20 };   /* of pg_type; fixed for ever */
enum { IS_NULL, IS_TEXT, IS_INT, IS_MADE };
#define NO_STATEMENT (-1)

/* A new trip. */
void cg_postgres_begin(cg_connection *connection)
{
    for (size_t i = 0; i < connection->step_count; i++)
        PQclear(connection->steps[i].result);
    connection->step_count = connection->change_count = 0;
    connection->value_count = 0;
    connection->failure = CASEGATE_OK;
    casegate_buffer_clear(connection->made);
    if (!connection->broken && PQpipelineStatus(connection->pg) == PQ_PIPELINE_OFF && !PQenterPipelineMode(connection->pg))
        connection->broken = 1;
}

/* ---- parameters --------------------------------------------------------------------------------------------------- */

static void fail(cg_connection *connection, casegate_result why)
{
    if (connection->failure == CASEGATE_OK)
        connection->failure = why;
}

/* Room for n elements of a list that grows. */
static void *grow(cg_connection *connection, void *list, size_t *room, size_t need, size_t each)
{
    size_t wanted = *room ? *room : 64;
    void *bigger;

    while (wanted < need)
        wanted *= 2;
    if (list && wanted == *room)
        return list;
    bigger = casegate_resize(connection->host, list, wanted * each);
    if (!bigger)
        fail(connection, CASEGATE_E_NOMEM);
    else
        *room = wanted;
    return bigger;
}

static cg_value *next_value(cg_connection *connection)
{
    cg_value *values = grow(connection, connection->values, &connection->value_room, connection->value_count + 1, sizeof *values);

    if (!values)
        return NULL;
    connection->values = values;
    return &values[connection->value_count++];
}

static void put(cg_connection *connection, int32_t kind, const char *text)
{
    cg_value *value = next_value(connection);

    if (value)
        *value = (cg_value){.text = text, .kind = kind};
}

/* Absent text is stored as NULL, in one way only. text lives until the next cg_postgres_add(). */
void cg_postgres_put_text(cg_connection *connection, const char *text)
{
    put(connection, text && *text ? IS_TEXT : IS_NULL, text);
}

void cg_postgres_put_blank(cg_connection *connection, const char *text)
{
    put(connection, IS_TEXT, text ? text : "");
}

/* A parameter that the caller appends to the buffer, without a NUL, until the next one is put. */
casegate_buffer *cg_postgres_put_made(cg_connection *connection)
{
    cg_value *value;

    casegate_buffer_append(connection->made, "", 1);   /* ends the one before */
    value = next_value(connection);
    if (value)
        *value = (cg_value){.at = casegate_buffer_length(connection->made), .kind = IS_MADE};
    return connection->made;
}

void cg_postgres_put_int(cg_connection *connection, int64_t number)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%lld", (long long)number);

    casegate_buffer_append(cg_postgres_put_made(connection), text, (size_t)len);
    if (connection->failure == CASEGATE_OK)
        connection->values[connection->value_count - 1].kind = IS_INT;
}

/* ---- statements --------------------------------------------------------------------------------------------------- */

static size_t add_step(cg_connection *connection, int32_t prepares)
{
    cg_step *steps = grow(connection, connection->steps, &connection->step_room, connection->step_count + 1, sizeof *steps);

    if (!steps)
        return 0;
    connection->steps = steps;
    steps[connection->step_count] = (cg_step){.prepares = prepares};
    return connection->step_count++;
}

static void must_send(cg_connection *connection, int sent)
{
    if (sent)
        return;
    connection->broken = 1;
    fail(connection, CASEGATE_E_HOST);
}

typedef struct parameters { const char **texts; Oid *types; } parameters;

static casegate_result gather(cg_connection *connection, parameters *out)
{
    size_t count = connection->value_count;
    const char *made = casegate_buffer_data(connection->made);

    if (connection->failure == CASEGATE_OK)
        fail(connection, casegate_buffer_status(connection->made));
    out->texts = casegate_alloc(connection->host, count * (sizeof *out->texts + sizeof *out->types));
    if (!out->texts)
        fail(connection, CASEGATE_E_NOMEM);
    if (connection->failure != CASEGATE_OK)
        return connection->failure;
    out->types = (Oid *)(void *)(out->texts + count);
    for (size_t i = 0; i < count; i++) {
        const cg_value *value = &connection->values[i];

        out->texts[i] = value->kind == IS_NULL ? NULL : value->kind == IS_TEXT ? value->text : made + value->at;
        out->types[i] = value->kind == IS_INT ? OID_INT8 : OID_TEXT;
    }
    return CASEGATE_OK;
}

/* Prepared within the same trip, when this connection has not done it yet. */
static void prepare(cg_connection *connection, int32_t statement, const char *name, const parameters *p)
{
    casegate_buffer_clear(connection->sql);
    if (cg_postgres_text(connection, statement, connection->sql) != CASEGATE_OK) {
        fail(connection, CASEGATE_E_NOMEM);
        return;
    }
    add_step(connection, statement);
    if (connection->failure == CASEGATE_OK)
        must_send(connection, PQsendPrepare(connection->pg, name, casegate_buffer_data(connection->sql),
                                            (int)connection->value_count, p->types));
    connection->prepared[statement] = 1;   /* taken back if it fails */
}

/* Adds a statement with the parameters that were put since the last one. Gives its step. */
size_t cg_postgres_add(cg_connection *connection, int32_t statement)
{
    parameters p = {0};
    char name[16];
    size_t step = 0;

    if (gather(connection, &p) == CASEGATE_OK) {
        snprintf(name, sizeof name, "casegate%d", (int)statement);
        if (!connection->prepared[statement])
            prepare(connection, statement, name, &p);
        step = add_step(connection, NO_STATEMENT);
        if (connection->failure == CASEGATE_OK)
            must_send(connection, PQsendQueryPrepared(connection->pg, name, (int)connection->value_count, p.texts, NULL, NULL,
                                                      0));
    }
    casegate_release(connection->host, p.texts);
    connection->value_count = 0;
    casegate_buffer_clear(connection->made);
    return step;
}

/* The same with a statement that is not worth keeping. */
size_t cg_postgres_add_text(cg_connection *connection, const char *sql)
{
    parameters p = {0};
    size_t step = 0;

    if (gather(connection, &p) == CASEGATE_OK) {
        step = add_step(connection, NO_STATEMENT);
        if (connection->failure == CASEGATE_OK)
            must_send(connection, PQsendQueryParams(connection->pg, sql, (int)connection->value_count, p.types, p.texts, NULL,
                                                    NULL, 0));
    }
    casegate_release(connection->host, p.texts);
    connection->value_count = 0;
    casegate_buffer_clear(connection->made);
    return step;
}

/* A trip is one transaction, unless its change is put between these two: what is added behind it is another one, and nobody
 * minds if that fails. */
void cg_postgres_begin_change(cg_connection *connection)
{
    cg_postgres_begin(connection);
    cg_postgres_add(connection, CG_BEGIN_CHANGE);
}

void cg_postgres_end_change(cg_connection *connection)
{
    cg_postgres_add(connection, CG_COMMIT);
    if (connection->failure == CASEGATE_OK)
        connection->change_count = connection->step_count;
}

/* ---- there and back ----------------------------------------------------------------------------------------------- */

/*
 * 1: PQgetResult() will not block. 0: the connection is gone, or the server silent for too long, or libpq has met an error of
 * its own: without memory for what says that a trip has ended it would wait for that for ever.
 */
static int wait_for_result(PGconn *pg, int64_t deadline_ms)
{
    const size_t said = strlen(PQerrorMessage(pg));

    while (PQstatus(pg) == CONNECTION_OK && PQisBusy(pg)) {
        int unsent;

        if (strlen(PQerrorMessage(pg)) != said)
            return 0;
        unsent = PQflush(pg);
        if (unsent < 0 || cg_postgres_poll(pg, unsent, deadline_ms) == 0)
            return 0;
        if (!PQconsumeInput(pg))
            return 0;
    }
    return PQstatus(pg) == CONNECTION_OK;
}

/* Everything up to the end of the trip has come: the server has committed, or has said why not. */
static int receive(cg_connection *connection, PGresult **late)
{
    int64_t deadline = cg_postgres_clock_ms() + connection->statement_ms * ((int64_t)connection->step_count + 1) + 2000;

    for (size_t i = 0; wait_for_result(connection->pg, deadline);) {
        PGresult *result = PQgetResult(connection->pg);

        if (!result) {
            if (i++ > connection->step_count)
                return 0;
        } else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            return 1;
        } else if (i < connection->step_count && !connection->steps[i].result) {
            connection->steps[i].result = result;
        } else {   /* the commit itself failed */
            PQclear(*late);
            *late = result;
        }
    }
    return 0;
}

static int has_failed(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_ABORTED;
}

/* The server says with a SQLSTATE that it did nothing. Without one it is libpq that failed, as when it has no memory for the
 * answer: what the server did nobody knows. */
static int is_said_by_server(const PGresult *result)
{
    return PQresultErrorField(result, PG_DIAG_SQLSTATE) != NULL;
}

/* What the trip taught of prepared statements; gives the step of the change that failed, or SIZE_MAX. */
static size_t look_through(cg_connection *connection)
{
    size_t count = connection->change_count ? connection->change_count : connection->step_count, failed = SIZE_MAX;

    for (size_t i = 0; i < connection->step_count; i++) {
        const cg_step *step = &connection->steps[i];
        const int is_failed = has_failed(step->result);

        if (step->prepares != NO_STATEMENT && PQresultStatus(step->result) != PGRES_COMMAND_OK)
            connection->prepared[step->prepares] = 0;
        if (is_failed && !is_said_by_server(step->result))
            connection->broken = 1;
        if (i < count && is_failed && (failed == SIZE_MAX || !is_said_by_server(connection->steps[failed].result)))
            failed = i;
    }
    return failed;
}

static casegate_result again(cg_connection *connection, casegate_result reason)
{
    connection->failure = reason;
    return CG_AGAIN;
}

static casegate_result judge(cg_connection *connection, const PGresult *failed, casegate_error *err)
{
    const char *state = PQresultErrorField(failed, PG_DIAG_SQLSTATE);
    const char *constraint = PQresultErrorField(failed, PG_DIAG_CONSTRAINT_NAME);
    casegate_result result = cg_postgres_fail(failed, err);

    if (state && (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0))
        return again(connection, result);
    if (!state || strcmp(state, "23505") != 0)
        return result;
    snprintf(connection->constraint, sizeof connection->constraint, "%s", constraint ? constraint : "");
    return CG_TAKEN;
}

static casegate_result lost(cg_connection *connection, int32_t changes, casegate_error *err)
{
    connection->broken = 1;
    if (!changes)
        return again(connection, cg_postgres_fail(NULL, err));
    return casegate_error_set(err, CASEGATE_E_UNKNOWN, cg_postgres_host_code("08006"), NULL,
                              "the connection was lost, and the change may have taken effect");
}

/* The server has said so, whatever came after it. COMMIT of a transaction that failed succeeds too, with another tag. */
static int is_committed(const cg_connection *connection)
{
    PGresult *end = connection->change_count ? connection->steps[connection->change_count - 1].result : NULL;

    return end && PQresultStatus(end) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(end), "COMMIT") == 0;
}

static casegate_result collect(cg_connection *connection, int32_t changes, casegate_error *err)
{
    PGresult *late = NULL;
    const PGresult *failed;
    int whole = receive(connection, &late);
    casegate_result result = CASEGATE_OK;

    connection->failed = look_through(connection);
    failed = connection->failed == SIZE_MAX ? late : connection->steps[connection->failed].result;
    if (!whole)
        connection->broken = 1;
    if (connection->failed == SIZE_MAX && is_committed(connection))
        result = CASEGATE_OK;
    else if (!whole || (failed && !is_said_by_server(failed)))
        result = lost(connection, changes, err);
    else if (failed || connection->change_count)
        result = judge(connection, failed, err);
    PQclear(late);
    return result;
}

/*
 * Sends what was added, and waits for all of it: one round trip, and one transaction. Before the end of the trip is handed over
 * nothing can take effect; from then on only the server knows.
 */
casegate_result cg_postgres_go(cg_connection *connection, int32_t changes, casegate_error *err)
{
    if (connection->failure == CASEGATE_OK && connection->broken)
        connection->failure = CASEGATE_E_HOST;
    if (connection->failure != CASEGATE_OK && connection->change_count > 0)
        return lost(connection, changes, err);   /* a COMMIT may have gone out with a full buffer */
    if (connection->failure == CASEGATE_E_HOST)
        return lost(connection, 0, err);
    if (connection->failure != CASEGATE_OK) {
        connection->broken = 1;   /* half a trip is in it */
        return cg_postgres_no_memory(err);
    }
    if (!PQpipelineSync(connection->pg))
        return lost(connection, changes, err);
    return collect(connection, changes, err);
}

const PGresult *cg_postgres_result(const cg_connection *connection, size_t step)
{
    return connection->steps[step].result;
}

/* The rows of a step as the caller's own, for after the next trip. */
PGresult *cg_postgres_keep(cg_connection *connection, size_t step)
{
    PGresult *result = connection->steps[step].result;

    connection->steps[step].result = NULL;
    return result;
}

/* How many rows a step changed. */
size_t cg_postgres_touched(const cg_connection *connection, size_t step)
{
    const char *rows = PQcmdTuples(connection->steps[step].result);
    size_t count = 0;

    while (*rows >= '0' && *rows <= '9')
        count = count * 10 + (size_t)(*rows++ - '0');
    return count;
}
