/* SPDX-License-Identifier: MIT */
/* group.c: commits of several threads in one durable transaction: one of them writes for all who wait, and is told by none. */
#include "internal.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { MOST_TOGETHER = 64 };   /* so that the first to come is not kept waiting by all who follow */

/* One caller, on its own stack. Whoever leads fills in results, result and error, and then says done. */
typedef struct cg_waiter {
    struct cg_waiter *next;
    const casegate_commit *const *commits;
    casegate_result *results;
    size_t count;
    casegate_result result;
    casegate_error error;
    pthread_cond_t turn;
    int32_t taken, done;
} cg_waiter;

/* ---- writing for all ---------------------------------------------------------------------------------------------- */

static void fail_all(cg_waiter *group, casegate_result result, const casegate_error *why)
{
    for (cg_waiter *w = group; w; w = w->next) {
        w->result = result;
        w->error = *why;
    }
}

/* OK: all parts are written, and the transaction can be committed. */
static casegate_result write_parts(cg_connection *connection, cg_waiter *group)
{
    casegate_result result = CASEGATE_OK;

    for (cg_waiter *w = group; w && result == CASEGATE_OK; w = w->next)
        result = w->result = cg_sqlite_write_part(connection, w->commits, w->results, w->count, &w->error);
    return result;
}

static void cannot_tell(cg_waiter *group, const casegate_error *why)
{
    fail_all(group, CASEGATE_OK, why);
    for (cg_waiter *w = group; w; w = w->next)
        for (size_t i = 0; i < w->count; i++)
            if (w->results[i] == CASEGATE_OK)
                w->results[i] = CASEGATE_E_UNKNOWN;
}

/* Each by itself, so that each gets the result that is its own. */
static void write_apart(cg_connection *connection, cg_waiter *group)
{
    for (cg_waiter *w = group; w; w = w->next) {
        casegate_error_init(&w->error, sizeof w->error);
        w->result = cg_sqlite_write(connection, w->commits, w->results, w->count, &w->error);
    }
}

/* One transaction for the group; what fails in it for one of them undoes it, and they are written apart. */
static void write_group(cg_connection *connection, cg_waiter *group)
{
    cg_transaction transaction;
    casegate_error why;
    casegate_result result;

    if (!group->next) {
        write_apart(connection, group);
        return;
    }
    casegate_error_init(&why, sizeof why);
    result = cg_sqlite_begin(connection, &transaction, &why);
    if (result != CASEGATE_OK) {
        fail_all(group, result, &why);
        return;
    }
    result = write_parts(connection, group);
    result = cg_sqlite_end(connection, &transaction, result, &why);
    if (result == CASEGATE_E_UNKNOWN)
        cannot_tell(group, &why);
    else if (result != CASEGATE_OK)
        write_apart(connection, group);
}

static void lead(cg_store *store, cg_waiter *group)
{
    cg_connection *connection;
    casegate_error why;
    casegate_result result;

    casegate_error_init(&why, sizeof why);
    result = cg_sqlite_take_writer(store, &connection, &why);
    if (result != CASEGATE_OK) {
        fail_all(group, result, &why);
        return;
    }
    write_group(connection, group);
    cg_sqlite_give(store, connection);
}

/* ---- who waits, and who leads ------------------------------------------------------------------------------------- */

static void join(cg_store *store, cg_waiter *w)
{
    if (store->last)
        store->last->next = w;
    else
        store->first = w;
    store->last = w;
}

static void leave(cg_store *store, cg_waiter *w)
{
    cg_waiter *before = NULL;

    for (cg_waiter *at = store->first; at != w; at = at->next)
        before = at;
    if (before)
        before->next = w->next;
    else
        store->first = w->next;
    if (store->last == w)
        store->last = before;
    w->next = NULL;
}

/* The first that wait, cut off from the rest. */
static cg_waiter *take_group(cg_store *store)
{
    cg_waiter *group = store->first, *end = NULL;
    size_t taken = 0;

    for (cg_waiter *w = group; w && (!end || taken + w->count <= MOST_TOGETHER); w = w->next) {
        taken += w->count;
        w->taken = 1;
        end = w;
    }
    store->first = end->next;
    if (!store->first)
        store->last = NULL;
    end->next = NULL;
    return group;
}

/* The others of the group go their way, and the first who came since leads the next one. */
static void hand_on(cg_store *store, cg_waiter *group, const cg_waiter *self)
{
    while (group) {
        cg_waiter *w = group;

        group = w->next;   /* before w is told: it lives on the stack of its caller */
        w->done = 1;
        if (w != self)
            pthread_cond_signal(&w->turn);
    }
    store->led = 0;
    if (store->first)
        pthread_cond_signal(&store->first->turn);
}

static struct timespec end_of_waiting(int32_t busy_ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += busy_ms / 1000;
    t.tv_nsec += (long)(busy_ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* Until it is written, or this caller has to lead. BUSY: the time is over, and nobody has taken it yet. */
static casegate_result wait_for_turn(cg_store *store, cg_waiter *w)
{
    const struct timespec end = end_of_waiting(store->busy_ms);
    int late = 0;

    while (!w->done && (store->led || store->first != w)) {
        if (w->taken)
            pthread_cond_wait(&w->turn, &store->group_mutex);
        else if (late)
            return leave(store, w), CASEGATE_E_BUSY;
        else
            late = pthread_cond_timedwait(&w->turn, &store->group_mutex, &end) == ETIMEDOUT;
    }
    return CASEGATE_OK;
}

static void init_turn(pthread_cond_t *turn)
{
    pthread_condattr_t clock;

    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(turn, &clock);
    pthread_condattr_destroy(&clock);
}

/* Written by this caller for the group it finds, or by another for this one. */
static casegate_result take_part(cg_store *store, cg_waiter *w)
{
    cg_waiter *group;
    casegate_result result;

    pthread_mutex_lock(&store->group_mutex);
    join(store, w);
    result = wait_for_turn(store, w);
    if (result == CASEGATE_OK && !w->done) {
        group = take_group(store);
        store->led = 1;
        pthread_mutex_unlock(&store->group_mutex);
        lead(store, group);
        pthread_mutex_lock(&store->group_mutex);
        hand_on(store, group, w);
    }
    pthread_mutex_unlock(&store->group_mutex);
    return result;
}

casegate_result cg_sqlite_commit_together(cg_store *store, const casegate_commit *const *commits, casegate_result *results,
                                          size_t count, casegate_error *err)
{
    cg_waiter self = { .commits = commits, .results = results, .count = count, .result = CASEGATE_E_HOST };
    casegate_result result;

    casegate_error_init(&self.error, sizeof self.error);
    init_turn(&self.turn);
    result = take_part(store, &self);
    pthread_cond_destroy(&self.turn);
    if (result == CASEGATE_E_BUSY)
        return casegate_error_set(err, CASEGATE_E_BUSY, SQLITE_BUSY, NULL, "the commits before this one took too long");
    if (self.error.code)
        casegate_error_set(err, self.error.code, self.error.host_code, self.error.field, self.error.text);
    return self.result;
}
