/* SPDX-License-Identifier: MIT */
/* callers.c: eight callers at once on one SQLite file: how much they get done together, and how long the unluckiest of them waits. */
#define _DEFAULT_SOURCE   /* MAP_ANONYMOUS */
#include "support.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* usage: bench_callers [CASES [ROUNDS]], 100,000 cases, 5 rounds.
 * Each way accepts other cases of one file, in turns, in the order in which they wait, as a lab does: callers take the next one. By hand each caller has a connection with a busy timeout of 5 s. */
enum { CALLERS = 8, EACH = 250, WAYS = 5, MOST_ROUNDS = 64 };

/* What a caller has to do, and how it went; in memory that processes share. */
typedef struct caller {
    char (*ids)[65];
    int count, stride;
    const char *path;
    gate *gate;              /* of its process */
    pthread_barrier_t *begin;
    double worst, ended;
    double waits[EACH * CALLERS];
} caller;

static void accept_all_by_gate(caller *c, gate *g)
{
    for (int i = 0; i < c->count; i++) {
        const double begun = seconds_now();

        accept_by_gate(g, c->ids[i * c->stride]);
        c->waits[i] = seconds_now() - begun;
    }
    c->ended = seconds_now();
}

static void accept_all_by_hand(caller *c)
{
    hand h;

    open_hand(&h, open_handle(c->path, "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL"));
    pthread_barrier_wait(c->begin);
    for (int i = 0; i < c->count; i++) {
        const double begun = seconds_now();

        accept_by_hand(&h, c->ids[i * c->stride]);
        c->waits[i] = seconds_now() - begun;
    }
    c->ended = seconds_now();
    close_hand(&h);
}

/* ---- ways --------------------------------------------------------------------------------------------------------- */

/* Threads of one store: an outcome each, everything else is shared. */
static void *thread_by_gate(void *user)
{
    caller *c = user;
    gate own = *c->gate;

    own.outcome = casegate_outcome_new(NULL);
    pthread_barrier_wait(c->begin);
    accept_all_by_gate(c, &own);
    casegate_outcome_free(own.outcome);
    return NULL;
}

static void *thread_by_hand(void *user)
{
    accept_all_by_hand(user);
    return NULL;
}

static void process_by_gate(caller *c)
{
    gate g;

    open_gate_at(&g, c->path);
    pthread_barrier_wait(c->begin);
    accept_all_by_gate(c, &g);
    close_gate(&g);
}

static void in_threads(caller *callers, int count, void *(*run)(void *))
{
    pthread_t threads[CALLERS];

    for (int i = 0; i < count; i++)
        must(pthread_create(&threads[i], NULL, run, &callers[i]) == 0, "no thread");
    pthread_barrier_wait(callers[0].begin);
    callers[CALLERS].ended = seconds_now();
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

static void in_processes(caller *callers, int count, void (*run)(caller *))
{
    int status;

    for (int i = 0; i < count; i++)
        if (fork() == 0) {
            run(&callers[i]);
            _exit(0);
        }
    pthread_barrier_wait(callers[0].begin);
    callers[CALLERS].ended = seconds_now();
    for (int i = 0; i < count; i++)
        must(wait(&status) > 0 && status == 0, "a process failed");
}

static void alone_by_hand(caller *callers) { in_threads(callers, 1, thread_by_hand); }
static void threads_by_hand(caller *callers) { in_threads(callers, CALLERS, thread_by_hand); }
static void processes_by_hand(caller *callers) { in_processes(callers, CALLERS, accept_all_by_hand); }
static void processes_by_gate(caller *callers) { in_processes(callers, CALLERS, process_by_gate); }

static void threads_by_gate(caller *callers)
{
    gate g;

    open_gate_at(&g, callers[0].path);
    for (int i = 0; i < CALLERS; i++)
        callers[i].gate = &g;
    in_threads(callers, CALLERS, thread_by_gate);
    close_gate(&g);
}

typedef struct way {
    const char *name;
    int callers;
    void (*run)(caller *callers);
} way;
static const way ways[WAYS] = {
    {"by hand, one by one", 1, alone_by_hand},
    {"by hand, 8 threads", CALLERS, threads_by_hand},
    {"by hand, 8 processes", CALLERS, processes_by_hand},
    {"casegate, 8 threads", CALLERS, threads_by_gate},
    {"casegate, 8 processes", CALLERS, processes_by_gate},
};

/* ---- measuring ---------------------------------------------------------------------------------------------------- */

typedef struct figures { double rate[MOST_ROUNDS], worst, waits; } figures;

/* 2,000 acceptances of one way. */
static void measure(const way *w, const char *path, char (*ids)[65], caller *callers, int round, figures *f)
{
    const int each = EACH * CALLERS / w->callers;
    pthread_barrierattr_t shared;
    double last = 0;

    pthread_barrierattr_init(&shared);
    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    for (int i = 0; i < w->callers; i++) {
        callers[i].ids = ids + i;
        callers[i].stride = w->callers;
        callers[i].count = each;
        callers[i].path = path;
    }
    pthread_barrier_init(callers[0].begin, &shared, (unsigned)w->callers + 1);
    w->run(callers);
    pthread_barrier_destroy(callers[0].begin);
    for (int i = 0; i < w->callers; i++) {
        if (callers[i].ended > last)
            last = callers[i].ended;
        for (int k = 0; k < each; k++)
            if (callers[i].waits[k] > f->worst)
                f->worst = callers[i].waits[k];
    }
    f->rate[round] = EACH * CALLERS / (last - callers[CALLERS].ended);
}

/* Ratios round by round; the first way is what the others are measured by, so its rates are sorted last. */
static void print_rows(figures *f, int rounds)
{
    double ratios[MOST_ROUNDS];

    printf("%-24s %10s %12s %14s\n", "", "a second", "x one by one", "worst wait ms");
    for (int i = WAYS - 1; i >= 0; i--) {
        for (int k = 0; k < rounds; k++)
            ratios[k] = f[i].rate[k] / f[0].rate[k];
        printf("%-24s", ways[i].name);
        const double ratio = median(ratios, (size_t)rounds);
        printf(" %10.0f %12.2f %14.1f\n", median(f[i].rate, (size_t)rounds), ratio, 1000 * f[i].worst);
    }
}

int main(int argc, char **argv)
{
    static const char path[] = "callers.db";
    const int cases = argc > 1 ? atoi(argv[1]) : 100000, rounds = argc > 2 ? atoi(argv[2]) : 5;
    const int step = EACH * CALLERS;
    static figures f[WAYS];
    char (*ids)[65] = malloc((size_t)cases * sizeof *ids);
    caller *callers = mmap(NULL, (CALLERS + 1) * sizeof *callers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_barrier_t *begin = mmap(NULL, sizeof *begin, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    must(rounds > 0 && rounds <= MOST_ROUNDS && cases >= rounds * WAYS * step, "too few cases for so many rounds");
    must(callers != MAP_FAILED && begin != MAP_FAILED && ids, "no memory");
    make_cases(path, ids, cases);
    for (int i = 0; i < CALLERS; i++)
        callers[i].begin = begin;
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < WAYS; i++)   /* who goes first changes from round to round */
            measure(&ways[(i + round) % WAYS], path, ids + (round * WAYS + i) * step, callers, round, &f[(i + round) % WAYS]);
    printf("acceptances in a file of %d cases, FULL, %d in each of %d rounds; medians, and the longest wait of all\n\n", cases, step, rounds);
    print_rows(f, rounds);
    remove_files(path);
    free(ids);
    return 0;
}
