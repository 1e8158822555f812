/* SPDX-License-Identifier: MIT */
/* race.h: what is written down while callers race, and what the files of the harness share. */
#ifndef CASEGATE_TESTS_RACE_H
#define CASEGATE_TESTS_RACE_H

#include <casegate/engine.h>

#include <stdatomic.h>

#define CLINIC "clinic-one"
#define LAB "lab-one"

enum { SLOTS = 100, MOST_WORKERS = 8, MOST_CASES = 20000, MOST_OPS = 120000, ALL_ACTIONS = 4 };
/* Beside the actions of casegate: looks. */
enum { OP_EXPLAIN = 101, OP_VERIFY, OP_OUTSIDER };

/* One operation from its invocation to its response, as the caller saw it. Nanoseconds of one clock for all processes. */
typedef struct op {
    int64_t begun, ended;
    uint32_t kase;                 /* which of the cases */
    int32_t what;                  /* CASEGATE_EDIT ..., OP_... */
    uint32_t given;                /* the revision that was named */
    casegate_result result;
    uint64_t obstacles;            /* refused: 1 << code of each */
    uint32_t version, revision, attempt, events;   /* answered; events 0: nothing was committed */
    int32_t status, replayed, intact;
    uint32_t buttons;              /* explain: bit 1 << action of those that are shown */
    char request[24];
} op;

typedef struct worker_log { uint32_t count; op ops[MOST_OPS]; } worker_log;
typedef struct case_entry { _Atomic int32_t ready; char id[65]; } case_entry;

/* Everything that racers share, in memory that processes share. Cases are only added; a slot names the one that is raced on now. */
typedef struct course {
    _Atomic uint32_t case_count, slots[SLOTS];
    _Atomic int32_t go;
    int64_t end;                   /* of the race */
    case_entry cases[MOST_CASES];
    worker_log logs[MOST_WORKERS];
} course;

/* Ends the program unless it holds. */
void must(int holds, const char *what);
int64_t nanoseconds(void);

/* ---- stores.c ----------------------------------------------------------------------------------------------------- */

/* "memory", "sqlite" (a file in the working directory) or "postgres" (CASEGATE_TEST_POSTGRES); bug NULL: none. */
casegate_store *open_racing_store(const char *kind, const char *bug);
void remove_racing_store(const char *kind);
int can_be_shared_by_processes(const char *kind);

/* ---- broken.c: a store that forwards to another one and breaks one promise; takes the reference */
casegate_store *break_store(casegate_store *inner, const char *bug);
int is_bug(const char *name);

/* ---- racer.c ------------------------------------------------------------------------------------------------------ */

typedef struct people { casegate_actor *clinic, *dentist, *lab, *outsider, *system; } people;
void open_people(people *p);
void close_people(people *p);
casegate_engine *open_racing_engine(casegate_store *store);
void fill_slots(course *c, casegate_engine *engine);
/* Races until the end of the course, as worker number `number`. */
void run_racer(course *c, casegate_engine *engine, uint32_t number, uint32_t seed);

/* ---- checker.c ---------------------------------------------------------------------------------------------------- */

/* Holds what was written down against what is stored. Prints the first things that do not fit; 0: everything fits. */
int check_course(const course *run, casegate_engine *engine, const casegate_store *store);

#endif
