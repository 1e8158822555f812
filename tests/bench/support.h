/* SPDX-License-Identifier: MIT */
/* support.h: what the benchmarks of the SQLite store share: cases, an engine on them, the same acceptance by hand, and clocks. */
#ifndef CASEGATE_TESTS_BENCH_SUPPORT_H
#define CASEGATE_TESTS_BENCH_SUPPORT_H

#include <casegate/engine.h>
#include <casegate/sqlite.h>

#include <sqlite3.h>

#define LAB "lab-one"

/* Ends the program unless it holds. */
void must(int holds, const char *what);

/* ---- cases -------------------------------------------------------------------------------------------------------- */

casegate_actor *new_actor(const char *id, const char *org, int32_t role);
casegate_content *new_content(void);

typedef struct gate {
    casegate_engine *engine;
    casegate_store *store;
    casegate_outcome *outcome;
    casegate_actor *clinic, *lab;
} gate;
void open_gate(gate *g, const casegate_sqlite_options *where);
void open_gate_at(gate *g, const char *path);   /* a file of its own */
void close_gate(gate *g);

sqlite3 *open_handle(const char *path, const char *settings);
/* count submitted cases in a new file, their ids into ids (or NULL). */
void make_cases(const char *path, char (*ids)[65], int count);
void copy_file(const char *from, const char *to);
void remove_files(const char *path);

void accept_by_gate(gate *g, const char *id);

/* ---- by hand ------------------------------------------------------------------------------------------------------ */

enum { HAND_STATEMENTS = 5 };
/* The statements of an acceptance. Values are taken for granted: no rule, no verdict, no digest, no check of what is read. */
typedef struct hand { sqlite3 *db; sqlite3_stmt *statements[HAND_STATEMENTS]; } hand;
void open_hand(hand *h, sqlite3 *db);
void close_hand(hand *h);
void accept_by_hand(hand *h, const char *id);

/* ---- measuring ---------------------------------------------------------------------------------------------------- */

double seconds_now(void);                 /* of a clock that never goes back */
double median(double *values, size_t count);   /* sorts them */

#endif
