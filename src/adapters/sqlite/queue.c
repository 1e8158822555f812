/* SPDX-License-Identifier: MIT */
/* queue.c: whose turn it is among processes that want to write to one file, so that none of them starves. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * SQLite lets those who wait sleep longer and longer, and whoever comes at the right moment goes first. Here each that finds the
 * file locked draws a ticket, as at a baker's, from a little file beside the database that all processes map: the one whose ticket
 * is called asks for SQLite's lock again and again, and once it has it, calls the next. Only the order comes from that file: the lock
 * is SQLite's, and what stands in the file may be anything. A ticket that is never used (its process died, or gave up) stops nobody
 * for longer than IMPATIENCE_US, after which one tries out of turn.
 */
enum { ROUND_US = 50, FAR_US = 1000, IMPATIENCE_US = 10000 };

typedef struct tickets { _Atomic uint32_t drawn, called; } tickets;   /* in the file; the next to be drawn, the one whose turn it is */
typedef struct cg_queue { tickets *shared; } cg_queue;

/* ---- the file ----------------------------------------------------------------------------------------------------- */

/* Another VFS than the system's may have no file beside it. */
static int is_real(sqlite3 *db)
{
    char *name = NULL;
    int is = sqlite3_file_control(db, "main", SQLITE_FCNTL_VFSNAME, &name) == SQLITE_OK && name && strcmp(name, "unix") == 0;

    sqlite3_free(name);
    return is;
}

/* Written, not only made as long: touching a page that the full disk then has no room for would end the process. */
static int make_long_enough(int file)
{
    static const tickets none;
    struct stat there;

    if (fstat(file, &there) != 0 || !S_ISREG(there.st_mode))
        return 0;
    return there.st_size >= (off_t)sizeof none || pwrite(file, &none, sizeof none, 0) == (ssize_t)sizeof none;
}

/* With the rights of the database; -1: it cannot be. */
static int open_beside(const char *path)
{
    char name[4096];
    struct stat database;
    int file;

    if (snprintf(name, sizeof name, "%s-queue", path) >= (int)sizeof name || stat(path, &database) != 0)
        return -1;
    file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, database.st_mode & 0666);
    if (file >= 0 && !make_long_enough(file)) {
        close(file);
        return -1;
    }
    return file;
}

/* NULL: there is none, and it is not needed. */
cg_queue *cg_sqlite_queue_open(casegate_host *host, sqlite3 *db, const char *path)
{
    cg_queue *queue;
    void *shared = MAP_FAILED;
    int file = is_real(db) ? open_beside(path) : -1;

    if (file < 0)
        return NULL;
    queue = casegate_alloc(host, sizeof *queue);
    if (queue)
        shared = mmap(NULL, sizeof(tickets), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (shared == MAP_FAILED) {
        casegate_release(host, queue);
        return NULL;
    }
    queue->shared = shared;
    return queue;
}

void cg_sqlite_queue_close(casegate_host *host, cg_queue *queue)
{
    if (!queue)
        return;
    munmap(queue->shared, sizeof(tickets));
    casegate_release(host, queue);
}

/* ---- time --------------------------------------------------------------------------------------------------------- */

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void pause_us(int64_t us)
{
    const struct timespec t = {us / 1000000, (long)(us % 1000000) * 1000};

    nanosleep(&t, NULL);
}

/* ---- turns -------------------------------------------------------------------------------------------------------- */

/* How many are called before this ticket; 0: it is its turn, or its turn is over. */
static uint32_t before(const tickets *t, uint32_t ticket)
{
    const uint32_t called = atomic_load(&t->called);

    return (int32_t)(ticket - called) > 0 ? ticket - called : 0;
}

/* Whoever had its turn calls the next, unless that was called already. */
static void call_next(tickets *t, uint32_t ticket)
{
    uint32_t called = atomic_load(&t->called);

    while ((int32_t)(ticket + 1 - called) > 0 && !atomic_compare_exchange_weak(&t->called, &called, ticket + 1))
        ;
}

/* SQLite's lock, without waiting for it. */
static casegate_result try(cg_connection *connection, casegate_error *err)
{
    casegate_result result;

    connection->hurries = 1;
    result = cg_sqlite_try_to_begin(connection, err);
    connection->hurries = 0;
    return result;
}

/* BUSY: the time is over. */
static casegate_result wait_for_turn(cg_connection *connection)
{
    tickets *t = connection->queue->shared;
    const uint32_t ticket = atomic_fetch_add(&t->drawn, 1);
    const int64_t begun = now_us(), end = begun + (int64_t)connection->busy_ms * 1000;
    int64_t now = begun, tried = begun;
    casegate_result result = CASEGATE_E_BUSY;

    while (result == CASEGATE_E_BUSY && now < end) {
        const uint32_t others = before(t, ticket);

        if (others == 0 || now - tried >= IMPATIENCE_US) {
            result = try(connection, NULL);
            tried = now;
        }
        if (result == CASEGATE_E_BUSY)
            pause_us((int64_t)others * ROUND_US < FAR_US ? ROUND_US + (int64_t)others * ROUND_US : FAR_US);
        now = now_us();
    }
    if (before(t, ticket) == 0 || result == CASEGATE_OK)
        call_next(t, ticket);
    return result;
}

static int is_empty(const tickets *t) { return before(t, atomic_load(&t->drawn)) == 0; }

/* A transaction that writes, when it is this process's turn. */
casegate_result cg_sqlite_begin_in_turn(cg_connection *connection, casegate_error *err)
{
    casegate_result result = CASEGATE_E_BUSY;

    if (!connection->queue)
        return cg_sqlite_try_to_begin(connection, err);
    if (is_empty(connection->queue->shared))
        result = try(connection, NULL);
    if (result == CASEGATE_E_BUSY)
        result = wait_for_turn(connection);
    return result == CASEGATE_OK ? result : try(connection, err);   /* once more, for why not */
}
