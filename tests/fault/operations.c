/* SPDX-License-Identifier: MIT */
/* operations.c: each operation of the disk, or each allocation, fails once and from there on for ever: nothing changes by half. */
#include "disk.h"
#include "gate.h"

#include <stdlib.h>
#include <string.h>

/* usage: fault_operations disk|memory [EACH], EACH: only every so many-th point, from 1 on.
 * With SEEDED_BUG a failed write, or an acceptance without memory, says OK; the program fails unless that shows. */

enum { MOST = 8 };
static const char path[] = "cases.db";
static long failures, points;
static int in_memory;

/* ---- memory ------------------------------------------------------------------------------------------------------- */

static sqlite3_mem_methods real_memory;
static long allocations, memory_fails_after = -1, live, live_in_sqlite;
static int memory_for_ever, is_paused;

static int is_out_of_memory(void)
{
    if (is_paused)
        return 0;
    allocations++;
    if (memory_fails_after < 0)
        return 0;
    if (memory_fails_after > 0) {
        memory_fails_after--;
        return 0;
    }
    if (!memory_for_ever)
        memory_fails_after = -1;
    return 1;
}

static void *sqlite_alloc(int size)
{
    void *made = is_out_of_memory() ? NULL : real_memory.xMalloc(size);

    live_in_sqlite += made != NULL;
    return made;
}

static void sqlite_free(void *p) { live_in_sqlite -= p != NULL; real_memory.xFree(p); }
static void *sqlite_resize(void *p, int size) { return is_out_of_memory() ? NULL : real_memory.xRealloc(p, size); }

static void *CASEGATE_CALL host_alloc(void *user, size_t size)
{
    void *made = is_out_of_memory() ? NULL : malloc(size);

    (void)user;
    live += made != NULL;
    return made;
}

static void *CASEGATE_CALL host_resize(void *user, void *p, size_t size)
{
    void *made = is_out_of_memory() ? NULL : realloc(p, size);

    (void)user;
    live += made != NULL && !p;
    return made;
}

static void CASEGATE_CALL host_release(void *user, void *p)
{
    (void)user;
    live -= p != NULL;
    free(p);
}

static void watch_memory(void)
{
    sqlite3_mem_methods mine;

    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
    mine = real_memory;
    mine.xMalloc = sqlite_alloc;
    mine.xFree = sqlite_free;
    mine.xRealloc = sqlite_resize;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
}

static casegate_host *new_host(void)
{
    casegate_host_ops ops;
    casegate_host *host = NULL;

    casegate_host_ops_init(&ops, sizeof ops);
    ops.alloc = host_alloc;
    ops.resize = host_resize;
    ops.release = host_release;
    return casegate_host_new(&ops, &host, NULL) == CASEGATE_OK ? host : NULL;
}

/* ---- the story ---------------------------------------------------------------------------------------------------- */

typedef struct tale { gate g; char id[65]; } tale;

static casegate_result open_store(tale *t) { return gate_open(&t->g, path); }

static casegate_result create(tale *t)
{
    casegate_result result = gate_create(&t->g, "r-1");

    if (result == CASEGATE_OK)
        snprintf(t->id, sizeof t->id, "%s", casegate_outcome_head(t->g.outcome)->id);
    return result;
}

static casegate_result reject(tale *t) { return gate_reject(&t->g, t->id, 1, "r-2"); }
static casegate_result edit(tale *t) { return gate_edit(&t->g, t->id, 1, "r-3"); }
static casegate_result submit(tale *t) { return gate_submit(&t->g, t->id, "r-4"); }

static casegate_result accept(tale *t)
{
    casegate_result result = gate_accept(&t->g, t->id, 2, "r-5");

#ifdef SEEDED_BUG
    if (result == CASEGATE_E_NOMEM)
        return CASEGATE_OK;
#endif
    return result;
}

static casegate_result erase(tale *t) { return gate_erase(&t->g, t->id, "r-8"); }

static casegate_result deliver(tale *t)
{
    uint32_t delivered;

    return gate_deliver(&t->g, &delivered);
}

static casegate_result look(tale *t)
{
    const casegate_call call = {.size = sizeof call, .actor = t->g.clinic};
    casegate_result result = casegate_engine_view(t->g.engine, &call, t->id, 1, t->g.outcome, &t->g.err);

    if (result == CASEGATE_OK)
        result = casegate_engine_list(t->g.engine, &call, NULL, t->g.outcome, &t->g.err);
    if (result == CASEGATE_OK)
        result = casegate_engine_inbox(t->g.engine, &call, NULL, 0, t->g.outcome, &t->g.err);
    if (result == CASEGATE_OK)
        result = casegate_engine_mark_read(t->g.engine, &call, NULL, t->g.outcome, &t->g.err);
    if (result == CASEGATE_OK)
        result = casegate_engine_verify(t->g.engine, &call, t->id, t->g.outcome, &t->g.err);
    return result;
}

/* Two cases at once: one commit of several parts. */
static casegate_result create_two(tale *t)
{
    const casegate_call call = {.size = sizeof call, .actor = t->g.clinic};
    casegate_request two[2];
    const casegate_request *const list[] = {&two[0], &two[1]};
    casegate_outcome *outcomes[] = {t->g.outcome, casegate_outcome_new(NULL)};
    casegate_result results[2] = {CASEGATE_E_NOMEM, CASEGATE_E_NOMEM}, result;

    for (int i = 0; i < 2; i++)
        two[i] = (casegate_request){.size = sizeof two[i], .action = CASEGATE_CREATE, .lab = "lab-one", .content = t->g.first,
                                    .submit = 1, .request = i ? "r-7" : "r-6"};
    result = casegate_engine_apply_many(t->g.engine, &call, list, 2, outcomes, results, &t->g.err);
    casegate_outcome_free(outcomes[1]);
    return result != CASEGATE_OK ? result : results[0] != CASEGATE_OK ? results[0] : results[1];
}

typedef casegate_result step_fn(tale *t);
static const struct { const char *name; step_fn *take; int changes; } steps[] = {
    {"open", open_store, 0}, {"create", create, 1}, {"reject", reject, 1}, {"deliver", deliver, 0}, {"edit", edit, 1},
    {"submit", submit, 1}, {"look", look, 0}, {"accept", accept, 1}, {"create two", create_two, 2}, {"erase", erase, 1},
    {"look again", look, 0},
};

/* ---- one run with a failure --------------------------------------------------------------------------------------- */

static const char *how = "";

static void fail(long point, const char *step, const char *what, const char *more)
{
    if (failures++ < 20)
        printf("%s %ld, %s: %s %s\n", how, point, step, what, more);
}

static void heal(void)
{
    disk_heal();
    memory_fails_after = -1;
}

/* Versions of all cases in all; -1: not readable, -2: something is half there. */
static long all_versions(void)
{
    stored cases[MOST];
    uint32_t delivered;
    long sum = 0;
    int count;

    disk_pause(is_paused = 1);
    count = gate_read_all(path, cases, MOST, &delivered);
    disk_pause(is_paused = 0);
    for (int i = 0; i < count; i++) {
        if (!cases[i].whole)
            return -2;
        sum += cases[i].version;
    }
    return count < 0 ? -1 : sum;
}

/* A step that failed changed nothing, unless it says that it cannot tell; two that are sent together stand each for itself. */
static void judge(long point, const char *step, int changes, casegate_result result, long before)
{
    long after = all_versions();

    if (after == -2)
        fail(point, step, "a commit is half there", "");
    if (in_memory && result != CASEGATE_E_NOMEM)
        fail(point, step, "without memory it answered", casegate_result_name(result));
    if (result > 0 || result == CASEGATE_E_CORRUPT)
        fail(point, step, "it answered", casegate_result_name(result));
    if (before >= 0 && changes < 2 && result != CASEGATE_E_UNKNOWN && after != before)
        fail(point, step, "it failed and changed something:", casegate_result_name(result));
}

static void take_step(tale *t, size_t i, long point)
{
    long before = steps[i].changes ? all_versions() : -1;
    casegate_result result = steps[i].take(t);

    if (result != CASEGATE_OK) {
        heal();
        judge(point, steps[i].name, steps[i].changes, result, before);
        result = steps[i].take(t);
        if (result != CASEGATE_OK)
            fail(point, steps[i].name, "it does not work afterwards:", casegate_result_name(result));
    }
}

/* What the whole story leaves: a case of version 7, and two of version 2. */
static void judge_end(long point)
{
    if (all_versions() != 7 + 2 + 2)
        fail(point, "the end", "not all of it is there", "");
}

static void run(long point, const char *kind, int for_ever, int full)
{
    tale t = {.id = ""};
    casegate_host *host = new_host();
    const size_t count = sizeof steps / sizeof *steps;

    how = kind;
    disk_clear();
    gate_begin(&t.g, host);
    casegate_host_unref(host);
    memory_for_ever = for_ever;
    if (point && in_memory)
        memory_fails_after = point - 1;
    else if (point)
        disk_fail(point - 1, for_ever, full);
    for (size_t i = 0; i < count; i++) {
        take_step(&t, i, point);
        if (failures > 20)
            break;
    }
    heal();
    gate_end(&t.g);
    if (failures <= 20)
        judge_end(point);
    if (live)
        fail(point, "the end", "memory of the host is not given back", "");
    points++;
}

/* Until the story is over before the point comes. */
static void run_all(const char *kind, int for_ever, int full, long each, long baseline)
{
    for (long point = 1; failures <= 20; point += each) {
        run(point, kind, for_ever, full);
        if (live_in_sqlite != baseline)
            fail(point, "the end", "memory of SQLite is not given back", "");
        if ((in_memory ? allocations : disk_operations()) < point)
            break;
        allocations = 0;
    }
}

int main(int argc, char **argv)
{
    long each = argc > 2 ? atol(argv[2]) : 1, baseline;

    in_memory = argc > 1 && strcmp(argv[1], "memory") == 0;
    if (in_memory)
        watch_memory();
    disk_plug_in(1);
#ifdef SEEDED_BUG
    disk_hides_failures = 1;
#endif
    run(0, "nothing", 0, 0);
    baseline = live_in_sqlite;
    printf("%ld operations of the disk, %ld allocations\n", disk_operations(), allocations);
    allocations = 0;
    run_all("once", 0, 0, each, baseline);
    run_all("for ever", 1, 0, each, baseline);
    if (!in_memory) {
        run_all("full or locked once", 0, 1, each, baseline);
        run_all("full or locked for ever", 1, 1, each, baseline);
    }
    disk_unplug();
    printf("%ld points of failure, %ld failures\n", points, failures);
#ifdef SEEDED_BUG
    return failures ? 0 : 1;
#else
    return failures || points < 2 ? 1 : 0;
#endif
}
