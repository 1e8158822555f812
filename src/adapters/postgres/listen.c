/* SPDX-License-Identifier: MIT */
/* listen.c: how a dispatcher sleeps until a notice is due, and wakes in time when the server forgot to call. */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct casegate_postgres_listener {
    cg_store *store;             /* its options; no connection of its pool is used */
    cg_connection *connection;   /* NULL: lost */
    char *channel;               /* NULL: any */
};

static casegate_result begin_to_listen(casegate_postgres_listener *listener, casegate_error *err)
{
    char sql[128];
    cg_connection *connection;
    casegate_result result = cg_postgres_connect(listener->store, &connection, err);

    if (result != CASEGATE_OK)
        return result;
    snprintf(sql, sizeof sql, "SELECT pg_advisory_lock_shared(hashtext('casegate_%s'), 0)", listener->store->schema);
    result = cg_postgres_exec(connection, sql, NULL, NULL, err);   /* says that somebody listens */
    snprintf(sql, sizeof sql, "LISTEN \"casegate_%s\"", listener->store->schema);
    if (result == CASEGATE_OK)
        result = cg_postgres_exec(connection, sql, NULL, NULL, err);
    if (result == CASEGATE_OK)
        listener->connection = connection;
    else
        cg_postgres_disconnect(connection);
    return result;
}

static casegate_result copy_channel(casegate_postgres_listener *listener, const char *channel, casegate_error *err)
{
    if (!channel || !*channel)
        return CASEGATE_OK;
    listener->channel = casegate_alloc(listener->store->host, strlen(channel) + 1);
    if (!listener->channel)
        return cg_postgres_no_memory(err);
    strcpy(listener->channel, channel);
    return CASEGATE_OK;
}

casegate_result casegate_postgres_listener_new(casegate_host *host, const casegate_postgres_options *options, const char *channel,
                                               casegate_postgres_listener **out, casegate_error *err)
{
    casegate_postgres_listener *listener;
    cg_store *store;
    casegate_result result;

    if (!out)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out",
                                  "there is nowhere to put the listener");
    result = cg_postgres_new_store(host, options, &store, err);
    if (result != CASEGATE_OK)
        return result;
    listener = casegate_alloc(host, sizeof *listener);
    if (!listener) {
        cg_postgres_free_store(store);
        return cg_postgres_no_memory(err);
    }
    memset(listener, 0, sizeof *listener);
    listener->store = store;
    result = copy_channel(listener, channel, err);
    if (result == CASEGATE_OK)
        result = begin_to_listen(listener, err);
    if (result == CASEGATE_OK)
        *out = listener;
    else
        casegate_postgres_listener_free(listener);
    return result;
}

void casegate_postgres_listener_free(casegate_postgres_listener *listener)
{
    casegate_host *host;

    if (!listener)
        return;
    host = casegate_host_ref(listener->store->host);
    cg_postgres_disconnect(listener->connection);
    casegate_release(host, listener->channel);
    cg_postgres_free_store(listener->store);
    casegate_release(host, listener);
    casegate_host_unref(host);
}

/* ---- waiting ------------------------------------------------------------------------------------------------------ */

/* Takes what has come; 1: something of this channel is among it. */
static int has_news(casegate_postgres_listener *listener)
{
    PGnotify *news;
    int found = 0;

    if (!PQconsumeInput(listener->connection->pg))
        listener->connection->broken = 1;
    while ((news = PQnotifies(listener->connection->pg))) {
        found |= !listener->channel || strcmp(news->extra, listener->channel) == 0;
        PQfreemem(news);
    }
    return found;
}

static void sleep_until(int64_t deadline_ms)
{
    int64_t left = deadline_ms - cg_postgres_clock_ms();
    struct timespec pause = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};

    if (left > 0)
        nanosleep(&pause, NULL);   /* a signal ends it: the caller looks at its flag */
}

/* While nobody listened something may have come. Without a server the rest of the time is slept: the caller polls. */
static casegate_result come_back(casegate_postgres_listener *listener, int64_t deadline_ms)
{
    cg_postgres_disconnect(listener->connection);
    listener->connection = NULL;
    if (begin_to_listen(listener, NULL) == CASEGATE_OK)
        return CASEGATE_OK;
    sleep_until(deadline_ms);
    return CASEGATE_LATER;
}

casegate_result casegate_postgres_wait(casegate_postgres_listener *listener, int64_t timeout_us, casegate_error *err)
{
    int64_t deadline;

    if (!listener)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "listener", "there is no listener");
    if (timeout_us < 0)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "timeout_us",
                                  "a time to wait is not negative");
    deadline = cg_postgres_clock_ms() + timeout_us / 1000;
    for (;;) {
        int ready;

        if (!listener->connection || listener->connection->broken || PQstatus(listener->connection->pg) != CONNECTION_OK)
            return come_back(listener, deadline);
        if (has_news(listener))
            return CASEGATE_OK;
        if (listener->connection->broken)
            continue;
        ready = cg_postgres_poll(listener->connection->pg, 0, deadline);
        if (ready == 0 && cg_postgres_clock_ms() >= deadline)
            return CASEGATE_LATER;
        if (ready < 0 && errno == EINTR)
            return CASEGATE_LATER;
        if (ready < 0)
            listener->connection->broken = 1;
    }
}
