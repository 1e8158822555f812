/* SPDX-License-Identifier: MIT */
/* transitions.c: acceptances a second through engine and SQLite store, against the same statements written by hand,
    in one run. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/*
 * Both sides start from equal files of the same cases and write the same rows. They take turns in blocks, so that a slow disk hits
 * both.
 */

enum { CASES = 4000, BLOCK = 100 };

#define FULL "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"

/* ---- measuring ---------------------------------------------------------------------------------------------------- */

typedef struct used { double wall, cpu; } used;

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static used clock_now(void)
{
    struct rusage usage;
    used u;

    getrusage(RUSAGE_SELF, &usage);
    u.wall = seconds_now();
    u.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    return u;
}

static void add(used *sum, used begun)
{
    used ended = clock_now();

    sum->wall += ended.wall - begun.wall;
    sum->cpu += ended.cpu - begun.cpu;
}

static void block_by_gate(gate *g, char (*ids)[65], used *sum)
{
    used begun = clock_now();

    for (int i = 0; i < BLOCK; i++)
        accept_by_gate(g, ids[i]);
    add(sum, begun);
}

static void block_by_hand(hand *h, char (*ids)[65], used *sum)
{
    used begun = clock_now();

    for (int i = 0; i < BLOCK; i++)
        accept_by_hand(h, ids[i]);
    add(sum, begun);
}

typedef struct paired { used gate, hand; double wall[CASES / BLOCK], cpu[CASES / BLOCK]; size_t blocks; } paired;

/* Who goes first changes from block to block. The first pair warms the caches and does not count. */
static void measure(gate *g, hand *h, char (*ids)[65], paired *p)
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < CASES / BLOCK; i++) {
        used by_gate = {0, 0}, by_hand_used = {0, 0};

        if (i % 2)
            block_by_hand(h, ids + i * BLOCK, &by_hand_used);
        block_by_gate(g, ids + i * BLOCK, &by_gate);
        if (i % 2 == 0)
            block_by_hand(h, ids + i * BLOCK, &by_hand_used);
        if (i == 0)
            continue;
        p->wall[p->blocks] = by_hand_used.wall / by_gate.wall;
        p->cpu[p->blocks++] = by_gate.cpu / by_hand_used.cpu;
        p->gate.wall += by_gate.wall, p->gate.cpu += by_gate.cpu;
        p->hand.wall += by_hand_used.wall, p->hand.cpu += by_hand_used.cpu;
    }
}

static void print_row(const char *what, paired *p)
{
    double count = (double)p->blocks * BLOCK;

    printf("%-28s %9.0f %9.0f %8.3f %8.3f %9.1f %9.1f %8.3f %8.3f\n", what, count / p->gate.wall, count / p->hand.wall,
           p->hand.wall / p->gate.wall,
           median(p->wall, p->blocks), 1e6 * p->gate.cpu / count, 1e6 * p->hand.cpu / count, p->gate.cpu / p->hand.cpu,
               median(p->cpu, p->blocks));
}

/* settings NULL: in a file of its own, where a caller alone goes the way of those who commit together. */
static void run_pair(const char *what, const char *settings, const char *made, char (*ids)[65], int weak)
{
    static const char gate_path[] = "transitions-gate.db", hand_path[] = "transitions-hand.db";
    casegate_sqlite_options where = {.size = sizeof where, .allow_weak = weak};
    paired p;
    gate g;
    hand h;

    copy_file(made, gate_path);
    copy_file(made, hand_path);
    if (settings)
        where.db = open_handle(gate_path, settings);
    else
        where.path = gate_path, where.prefix = "casegate_";
    open_gate(&g, &where);
    open_hand(&h, open_handle(hand_path, settings ? settings : FULL));
    measure(&g, &h, ids, &p);
    print_row(what, &p);
    close_gate(&g);
    sqlite3_close(where.db);
    close_hand(&h);
    remove_files(gate_path);
    remove_files(hand_path);
}

int main(void)
{
    static const char made[] = "transitions-cases.db";
    static char ids[CASES][65];

    make_cases(made, ids, CASES);
    printf("acceptances by casegate (engine, SQLite store) against the same statements by hand, %d each, in turns of %d\n\n",
           CASES, BLOCK);
    printf("%-28s %9s %9s %8s %8s %9s %9s %8s %8s\n", "", "gate/s", "hand/s", "ratio", "median", "gate us", "hand us", "cpu",
           "median");
    run_pair("host's handle, FULL", FULL, made, ids, 0);
    run_pair("own file, FULL", NULL, made, ids, 0);
    run_pair("host's handle, OFF", "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF", made, ids, 1);
    printf("\nratio: gate/s over hand/s (FULL: 0.95 or more is the goal)\n");
    printf("cpu: user and system time, gate over hand (OFF: 1.25 or less is the goal)\n");
    remove_files(made);
    return 0;
}
