/* SPDX-License-Identifier: MIT */
/* connection.c: a connection to the server, made within a time, and the settings that make its commits durable. */
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t cg_postgres_clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* 1: there is something to do; 0: the time is over; -1: a signal came, or the socket is gone. */
int cg_postgres_poll(PGconn *pg, int writing, int64_t deadline_ms)
{
    struct pollfd socket = {.fd = PQsocket(pg), .events = (short)(POLLIN | (writing ? POLLOUT : 0))};
    int64_t left = deadline_ms - cg_postgres_clock_ms();

    if (socket.fd < 0)
        return -1;
    return poll(&socket, 1, left < 0 ? 0 : left > 3600000 ? 3600000 : (int)left);
}

/* The library prints nothing. */
static void keep_silent(void *user, const PGresult *result)
{
    (void)user, (void)result;
}

/* ---- connecting --------------------------------------------------------------------------------------------------- */

/* libpq's own message tells the operator what is wrong with host, user or password, and has seen no row. */
static casegate_result not_connected(PGconn *pg, casegate_error *err)
{
    char text[200] = "no connection: ";
    size_t len = strlen(text);
    const char *why = pg ? PQerrorMessage(pg) : "";

    for (; *why && len + 1 < sizeof text; why++)
        text[len++] = (unsigned char)*why < ' ' ? ' ' : *why;
    text[len] = '\0';
    return casegate_error_set(err, CASEGATE_E_HOST, cg_postgres_host_code("08001"), "conninfo", text);
}

/* 1: connected; 0: not; -1: the time is over. */
static int dial(PGconn *pg, int64_t deadline_ms)
{
    PostgresPollingStatusType wants = PGRES_POLLING_WRITING;

    while (wants != PGRES_POLLING_OK) {
        struct pollfd socket = {.fd = PQsocket(pg), .events = wants == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        int64_t left = deadline_ms - cg_postgres_clock_ms();
        int ready;

        if (wants == PGRES_POLLING_FAILED || PQstatus(pg) == CONNECTION_BAD)
            return 0;
        if (left <= 0)
            return -1;
        ready = poll(&socket, 1, (int)left);
        if (ready == 0)
            return -1;
        if (ready > 0)
            wants = PQconnectPoll(pg);
        else if (errno != EINTR)
            return 0;
    }
    return 1;
}

static const char *const words[] = {"dbname", "client_encoding", "fallback_application_name", NULL};

/* A server that is starting up is waited for: its clients come back before it does. */
static casegate_result open_socket(const cg_store *store, PGconn **out, casegate_error *err)
{
    const char *const values[] = {store->conninfo, "UTF8", "casegate", NULL};
    int64_t deadline = cg_postgres_clock_ms() + store->connect_ms;

    for (;;) {
        struct timespec pause = {.tv_nsec = 50000000};
        PGconn *pg = PQconnectStartParams(words, values, 1);
        casegate_result result;
        int connected;

        if (!pg)
            return cg_postgres_no_memory(err);
        PQsetNoticeReceiver(pg, keep_silent, NULL);
        connected = dial(pg, deadline);
        if (connected == 1) {
            *out = pg;
            return CASEGATE_OK;
        }
        result = connected == 0 ? not_connected(pg, err) : casegate_error_set(err, CASEGATE_E_BUSY, 0, "connect_ms",
                                                                              "no connection was made in time");
        PQfinish(pg);
        if (connected < 0 || PQpingParams(words, values, 1) != PQPING_REJECT || cg_postgres_clock_ms() >= deadline)
            return result;
        nanosleep(&pause, NULL);
    }
}

/* ---- settings ----------------------------------------------------------------------------------------------------- */

/* All in one statement. Whatever role or database say, names are looked up in one place, plans are kept, commits are durable. */
static const char settings[] =
    "SELECT current_setting('fsync'), current_setting('server_encoding'), set_config('statement_timeout', $1, false),"
    " set_config('search_path', 'pg_catalog', false),"
    " set_config('default_transaction_isolation', 'read committed', false), set_config('plan_cache_mode', 'force_generic_plan',"
    " false), set_config('jit', 'off', false), set_config('client_min_messages', 'error', false),"
    " set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'"
    " ELSE current_setting('synchronous_commit') END, false)";

static casegate_result unsupported(casegate_error *err, const char *field, const char *text)
{
    return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, field, text);
}

static casegate_result check_server(const cg_store *store, const PGresult *row, casegate_error *err)
{
    if (strcmp(PQgetvalue(row, 0, 1), "UTF8") != 0)
        return unsupported(err, "server_encoding", "the database does not hold UTF-8");
    if (!store->allow_weak && strcmp(PQgetvalue(row, 0, 0), "on") != 0)
        return unsupported(err, "fsync", "this setting of the server does not make commits durable");
    return CASEGATE_OK;
}

static casegate_result settle_settings(const cg_store *store, cg_connection *connection, casegate_error *err)
{
    char timeout[16];
    PGresult *row;
    casegate_result result;

    if (PQserverVersion(connection->pg) == 0)   /* libpq had no memory for what the server said of itself */
        return cg_postgres_no_memory(err);
    if (PQserverVersion(connection->pg) < 140000)
        return unsupported(err, "server", "the server is older than PostgreSQL 14");
    snprintf(timeout, sizeof timeout, "%d", (int)store->statement_ms);
    result = cg_postgres_exec(connection, settings, timeout, &row, err);
    if (result != CASEGATE_OK)
        return result;
    result = check_server(store, row, err);
    PQclear(row);
    if (result == CASEGATE_OK && store->read_only)
        result = cg_postgres_exec(connection, "SET default_transaction_read_only = on", NULL, NULL, err);
    return result;
}

/* ---- a connection ------------------------------------------------------------------------------------------------- */

casegate_result cg_postgres_connect(cg_store *store, cg_connection **out, casegate_error *err)
{
    cg_connection *connection = casegate_alloc(store->host, sizeof *connection);
    casegate_result result;

    if (!connection)
        return cg_postgres_no_memory(err);
    memset(connection, 0, sizeof *connection);
    connection->host = store->host;
    connection->schema = store->schema;
    connection->statement_ms = store->statement_ms;
    connection->read_only = store->read_only;
    connection->sql = casegate_buffer_new(store->host);
    connection->made = casegate_buffer_new(store->host);
    if (connection->sql && connection->made)
        result = open_socket(store, &connection->pg, err);
    else
        result = cg_postgres_no_memory(err);
    if (result == CASEGATE_OK)
        result = settle_settings(store, connection, err);
    if (result == CASEGATE_OK && PQsetnonblocking(connection->pg, 1) != 0)
        result = cg_postgres_fail(NULL, err);
    if (result == CASEGATE_OK)
        *out = connection;
    else
        cg_postgres_disconnect(connection);
    return result;
}

void cg_postgres_disconnect(cg_connection *connection)
{
    if (!connection)
        return;
    for (size_t i = 0; i < connection->step_count; i++)
        PQclear(connection->steps[i].result);
    PQfinish(connection->pg);
    casegate_release(connection->host, connection->steps);
    casegate_release(connection->host, connection->values);
    casegate_buffer_free(connection->made);
    casegate_buffer_free(connection->sql);
    casegate_release(connection->host, connection);
}

/* One statement, as only opening and migrating need it. out: NULL, or gets the rows. */
casegate_result cg_postgres_exec(cg_connection *connection, const char *sql, const char *parameter, PGresult **out,
                                 casegate_error *err)
{
    const char *const parameters[] = {parameter};
    PGresult *result;
    casegate_result failed = CASEGATE_OK;

    if (PQpipelineStatus(connection->pg) != PQ_PIPELINE_OFF)
        PQexitPipelineMode(connection->pg);
    result = PQexecParams(connection->pg, sql, parameter ? 1 : 0, NULL, parameters, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        failed = cg_postgres_fail(result, err);
    if (failed == CASEGATE_OK && out)
        *out = result;
    else
        PQclear(result);
    return failed;
}
