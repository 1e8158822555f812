/* SPDX-License-Identifier: MIT */
/* main.c: threads of one process, or processes, race on the cases of one store; then what they saw is held against what is stored. */
#define _DEFAULT_SOURCE   /* MAP_ANONYMOUS */
#include "race.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* usage: race memory|sqlite|postgres threads|processes [SECONDS [SEED [BUG]]]; exit status 1: it does not fit, 77: there is no server. */
enum { THREADS = 8, PROCESSES = 4 };

typedef struct plan { const char *kind, *bug; double seconds; uint32_t seed; course *course; } plan;
typedef struct thread { const plan *plan; casegate_engine *engine; uint32_t number; pthread_t id; } thread;

static void start_clock(const plan *p)
{
    p->course->end = nanoseconds() + (int64_t)(p->seconds * 1e9);
    atomic_store(&p->course->go, 1);
}

static void *run_thread(void *user)
{
    thread *t = user;

    run_racer(t->plan->course, t->engine, t->number, t->plan->seed);
    return NULL;
}

/* The store that was raced on is the one that is checked: memory has no other. */
static int race_threads(const plan *p)
{
    casegate_store *store = open_racing_store(p->kind, p->bug);
    casegate_engine *engine = open_racing_engine(store);
    thread threads[THREADS];
    int faults;

    fill_slots(p->course, engine);
    for (uint32_t i = 0; i < THREADS; i++) {
        threads[i] = (thread){p, engine, i, 0};
        must(pthread_create(&threads[i].id, NULL, run_thread, &threads[i]) == 0, "no thread");
    }
    start_clock(p);
    for (uint32_t i = 0; i < THREADS; i++)
        pthread_join(threads[i].id, NULL);
    if (p->bug) {   /* what looks afterwards tells the truth */
        casegate_engine_unref(engine);
        engine = NULL;
    }
    if (!engine && can_be_shared_by_processes(p->kind)) {
        casegate_store_unref(store);
        store = open_racing_store(p->kind, NULL);
    }
    if (!engine)
        engine = open_racing_engine(store);
    faults = check_course(p->course, engine, store);
    casegate_engine_unref(engine);
    casegate_store_unref(store);
    return faults;
}

/* Forked before anything is open. The first makes the cases. */
static void run_process(const plan *p, uint32_t number)
{
    casegate_store *store = open_racing_store(p->kind, p->bug);
    casegate_engine *engine = open_racing_engine(store);

    if (number == 0) {
        fill_slots(p->course, engine);
        start_clock(p);
    }
    run_racer(p->course, engine, number, p->seed);
    casegate_engine_unref(engine);
    casegate_store_unref(store);
}

static int race_processes(const plan *p)
{
    casegate_store *store;
    casegate_engine *engine;
    int status, faults;

    for (uint32_t i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            run_process(p, i);
            exit(0);
        }
    for (int i = 0; i < PROCESSES; i++)
        must(wait(&status) > 0 && status == 0, "a process failed");
    store = open_racing_store(p->kind, NULL);
    engine = open_racing_engine(store);
    faults = check_course(p->course, engine, store);
    casegate_engine_unref(engine);
    casegate_store_unref(store);
    return faults;
}

int main(int argc, char **argv)
{
    plan p = {.seconds = 10, .seed = 1};
    int processes, faults;

    must(argc >= 3, "usage: race memory|sqlite|postgres threads|processes [SECONDS [SEED [BUG]]]");
    p.kind = argv[1];
    processes = strcmp(argv[2], "processes") == 0;
    must(processes || strcmp(argv[2], "threads") == 0, "threads or processes?");
    if (argc > 3) p.seconds = atof(argv[3]);
    if (argc > 4) p.seed = (uint32_t)strtoul(argv[4], NULL, 10);
    if (argc > 5) p.bug = argv[5];
    must(!p.bug || is_bug(p.bug), "no such bug");
    if (strcmp(p.kind, "postgres") == 0 && !getenv("CASEGATE_TEST_POSTGRES"))
        return 77;
    must(!processes || can_be_shared_by_processes(p.kind), "a store in memory belongs to one process");
    p.course = mmap(NULL, sizeof *p.course, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must(p.course != MAP_FAILED, "no memory");
    remove_racing_store(p.kind);
    faults = processes ? race_processes(&p) : race_threads(&p);
    remove_racing_store(p.kind);
    return faults ? 1 : 0;
}
