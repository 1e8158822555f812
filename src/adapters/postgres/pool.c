/* SPDX-License-Identifier: MIT */
/* pool.c: who uses which connection, which ones are still good, and when a trip is made again. */
#include "internal.h"

#include <stdlib.h>
#include <time.h>

/* A server that ended an idle connection has said so: whatever lies there unread, the connection is not to be used. */
static int is_good(cg_connection *connection)
{
    return PQstatus(connection->pg) == CONNECTION_OK && PQtransactionStatus(connection->pg) == PQTRANS_IDLE
           && cg_postgres_poll(connection->pg, 0, 0) == 0;
}

static void forget(cg_store *store, cg_connection *connection)
{
    cg_postgres_disconnect(connection);
    pthread_mutex_lock(&store->mutex);
    store->open--;
    pthread_cond_signal(&store->came_free);
    pthread_mutex_unlock(&store->mutex);
}

static casegate_result open_another(cg_store *store, cg_connection **out, casegate_error *err)
{
    casegate_result result = cg_postgres_connect(store, out, err);

    if (result != CASEGATE_OK)
        forget(store, NULL);
    return result;
}

/* An idle connection, NULL: leave to open one. @retval CASEGATE_E_BUSY neither within the time */
static casegate_result wait_for_one(cg_store *store, cg_connection **out, casegate_error *err)
{
    struct timespec until;
    casegate_result result = CASEGATE_OK;
    int waited = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += store->acquire_ms / 1000;
    until.tv_nsec += store->acquire_ms % 1000 * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&store->mutex);
    while (!store->idle && store->open >= store->pool && waited == 0)
        waited = pthread_cond_timedwait(&store->came_free, &store->mutex, &until);
    *out = store->idle;
    if (store->idle)
        store->idle = store->idle->next;
    else if (store->open < store->pool)
        store->open++;
    else
        result = casegate_error_set(err, CASEGATE_E_BUSY, 0, "acquire_ms", "no connection of the pool came free in time");
    pthread_mutex_unlock(&store->mutex);
    return result;
}

/* A connection for one callback. */
casegate_result cg_postgres_take(cg_store *store, cg_connection **out, casegate_error *err)
{
    cg_connection *connection;
    casegate_result result;

    while ((result = wait_for_one(store, &connection, err)) == CASEGATE_OK && connection && !is_good(connection))
        forget(store, connection);
    if (result == CASEGATE_OK && !connection)
        result = open_another(store, &connection, err);
    if (result == CASEGATE_OK)
        *out = connection;
    return result;
}

void cg_postgres_give(cg_store *store, cg_connection *connection)
{
    cg_postgres_begin(connection);   /* lets go of the rows */
    if (connection->broken || PQtransactionStatus(connection->pg) != PQTRANS_IDLE) {
        forget(store, connection);
        return;
    }
    pthread_mutex_lock(&store->mutex);
    connection->next = store->idle;
    store->idle = connection;
    pthread_cond_signal(&store->came_free);
    pthread_mutex_unlock(&store->mutex);
}

/* Those that met once do not meet again at the same moment. */
static void pause_before(int tries)
{
    struct timespec pause = {.tv_nsec = (1 + (long)(cg_postgres_clock_ms() % 7)) * 300000L * tries};

    nanosleep(&pause, NULL);
}

/* Gives body a connection, as often as its trip may be made again. body answers nothing before its trip is back. */
casegate_result cg_postgres_call(cg_store *store, cg_body body, void *arg, casegate_error *err)
{
    enum { MOST = 10 };
    casegate_result result = CG_AGAIN, reason = CASEGATE_E_HOST;
    casegate_error why;   /* not the caller's before it is certain */

    for (int tries = 0; result == CG_AGAIN && tries < MOST; tries++) {
        cg_connection *connection;

        casegate_error_init(&why, sizeof why);
        if (tries > 0)
            pause_before(tries);
        result = cg_postgres_take(store, &connection, &why);
        if (result != CASEGATE_OK)
            break;
        result = body(connection, arg, &why);
        reason = connection->failure;
        cg_postgres_give(store, connection);
    }
    if (result == CG_AGAIN)
        result = reason;
    return result < 0 ? casegate_error_set(err, result, why.host_code, why.field, why.text) : result;
}

casegate_result cg_postgres_may_write(const cg_store *store, casegate_error *err)
{
    if (!store->read_only)
        return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "store", "the store was opened for reading only");
}

/* The same for a body that writes. */
casegate_result cg_postgres_change(cg_store *store, cg_body body, void *arg, casegate_error *err)
{
    casegate_result result = cg_postgres_may_write(store, err);

    return result == CASEGATE_OK ? cg_postgres_call(store, body, arg, err) : result;
}
