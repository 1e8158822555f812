/* SPDX-License-Identifier: MIT */
/* stores.c: which stores are raced on, and how they are opened and removed. */
#include "race.h"

#include <casegate/sqlite.h>
#include <casegate/testkit.h>
#ifdef WITH_POSTGRES
#include <casegate/postgres.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char path[] = "race.db";

static casegate_result open_memory(casegate_store **out, casegate_error *err) { return casegate_memory_store_new(NULL, out, err); }

static casegate_result open_sqlite(casegate_store **out, casegate_error *err)
{
    const casegate_sqlite_options options = {.size = sizeof options, .path = path};

    return casegate_sqlite_open(NULL, &options, out, err);
}

static void remove_sqlite(void)
{
    static const char *const tails[] = {"", "-wal", "-shm", "-queue"};
    char name[64];

    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

#ifdef WITH_POSTGRES
static casegate_postgres_options postgres_options(void)
{
    return (casegate_postgres_options){.size = sizeof(casegate_postgres_options), .conninfo = getenv("CASEGATE_TEST_POSTGRES"),
                                       .schema = "race", .pool = MOST_WORKERS};
}

static casegate_result open_postgres(casegate_store **out, casegate_error *err)
{
    const casegate_postgres_options options = postgres_options();

    return casegate_postgres_open(NULL, &options, out, err);
}

static void remove_postgres(void)
{
    const casegate_postgres_options options = postgres_options();

    casegate_postgres_drop(NULL, &options, NULL);
}
#endif

static void remove_nothing(void) {}

static const struct kind {
    const char *name;
    casegate_result (*open)(casegate_store **out, casegate_error *err);
    void (*remove)(void);
    int shared;
} kinds[] = {
    {"memory", open_memory, remove_nothing, 0},
    {"sqlite", open_sqlite, remove_sqlite, 1},
#ifdef WITH_POSTGRES
    {"postgres", open_postgres, remove_postgres, 1},
#endif
};

static const struct kind *find(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    must(0, "no such store");
    return NULL;
}

casegate_store *open_racing_store(const char *kind, const char *bug)
{
    casegate_store *store = NULL;
    casegate_error err = {.size = sizeof err};

    if (find(kind)->open(&store, &err) != CASEGATE_OK)
        must(0, err.text);
    return bug ? break_store(store, bug) : store;
}

void remove_racing_store(const char *kind) { find(kind)->remove(); }
int can_be_shared_by_processes(const char *kind) { return find(kind)->shared; }
