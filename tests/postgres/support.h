/* SPDX-License-Identifier: MIT */
/* support.h: a store under test, sample cases to put into it, and the SQL to damage it with. */
#ifndef CASEGATE_TESTS_POSTGRES_SUPPORT_H
#define CASEGATE_TESTS_POSTGRES_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/postgres.h>
#include <engine/engine.h>
#include <libpq-fe.h>

typedef struct fixture {
    char schema[41];
    int32_t partitions;
    casegate_store *store;
    casegate_answers answers;
    casegate_error err;
} fixture;

/* A submitted case with its last event, as a commit has them. Texts are literals; change what a test is about. */
typedef struct sample {
    casegate_head before, head;
    casegate_event event;
    casegate_notice notices[3];
    casegate_content *content;
    const casegate_event *events[1];
    const casegate_notice *notice_list[3];
    casegate_commit commit;
    char digest[67];
} sample;

/* Test fixtures: a schema of its own; a store in it. Without a server (CASEGATE_TEST_POSTGRES) the program ends with 77. */
int set_up_schema(void **state);
int set_up_store(void **state);
int tear_down(void **state);

/* How to reach the server of the tests; how many partitions this run is to have. */
const char *conninfo(void);
casegate_postgres_options options_for(const fixture *f);
casegate_result open_store(fixture *f, int32_t must_exist);
void close_store(fixture *f);

void sample_case(sample *s, const char *id);
/* The next event of the same case: an acceptance without content. */
void sample_next(sample *s);
/* A rejection with a comment, a file and three notices (e-mail leased, two portal). */
void sample_rejection(sample *s);
void sample_free(sample *s);
casegate_result commit_sample(fixture *f, const sample *s);
void given_case(fixture *f, const char *id);
void given_rejected_case(fixture *f, const char *id);

casegate_result load_case(fixture *f, const char *id);
casegate_result load_request(fixture *f, const char *id, const char *org, const char *actor, const char *lab,
                             const char *request);
casegate_result load_content(fixture *f, const char *id, uint32_t revision);
casegate_result load_history(fixture *f, const char *id);

/* Runs SQL in the schema with a connection of its own; fails the test if it cannot. */
PGconn *open_handle(const fixture *f);
void run_handle(PGconn *pg, const char *sql);
int64_t ask_handle(PGconn *pg, const char *sql);
void run_sql(const fixture *f, const char *sql);
int64_t ask_sql(const fixture *f, const char *sql);

#endif
