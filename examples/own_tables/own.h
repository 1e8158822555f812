/* SPDX-License-Identifier: MIT */
/* own.h: what the files of the store share: one connection with a lock, and SQL in one line. */
#ifndef EXAMPLE_OWN_H
#define EXAMPLE_OWN_H

#include <casegate/json.h>
#include <casegate/store.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stddef.h>

typedef struct own {
    casegate_host *host;
    casegate_workflow *intake;      /* the only definition that these tables know */
    sqlite3 *db;
    pthread_mutex_t lock;           /* one transaction at a time on the connection */
} own;

/* A value for a parameter of a statement. Absent text is NULL. */
typedef struct own_value { const char *text; int64_t number; int is_number; } own_value;
#define T(string) ((own_value){ .text = (string) })
#define N(integer) ((own_value){ .number = (integer), .is_number = 1 })
#define VALUES(...) (const own_value[]){ __VA_ARGS__ }, sizeof((const own_value[]){ __VA_ARGS__ }) / sizeof(own_value)

/* sql.c. Every callback stands between begin and end: OK and ABSENT are committed, all else is rolled back. */
casegate_result own_begin(own *o, const char *how, casegate_error *err);
casegate_result own_end(own *o, casegate_result rc, casegate_error *err);
casegate_result own_fail(int code, casegate_error *err);
casegate_result own_corrupt(const char *column, casegate_error *err);
casegate_result own_no_memory(casegate_error *err);
/* Runs a script, or one statement. CONFLICT: a unique index says no. */
casegate_result own_script(own *o, const char *sql, casegate_error *err);
casegate_result own_run(own *o, const char *sql, const own_value *values, size_t count, casegate_error *err);
/* A statement to be stepped by own_next() and finalized by the caller. */
casegate_result own_ask(own *o, const char *sql, const own_value *values, size_t count, sqlite3_stmt **out, casegate_error *err);
casegate_result own_next(sqlite3_stmt *row, casegate_error *err);   /* OK: a row; ABSENT: no more */
casegate_result own_number(own *o, const char *sql, const own_value *values, size_t count, int64_t *out, casegate_error *err);
const char *own_text(sqlite3_stmt *row, int column);                /* NULL if absent; until the next step */

/* schema.c */
casegate_result own_schema(own *o, casegate_error *err);

/* notices.c */
casegate_result own_insert_notice(own *o, const casegate_notice *notice, casegate_error *err);
casegate_result own_answer_notices(own *o, sqlite3_stmt *rows, casegate_answers *answers, casegate_error *err);
void own_notice_callbacks(casegate_store_ops *ops);

#endif
