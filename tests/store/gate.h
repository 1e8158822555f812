/* SPDX-License-Identifier: MIT */
/* gate.h: an engine with a submitted case on a store under test, and the tests that every SQL store answers alike. */
#ifndef CASEGATE_TESTS_STORE_GATE_H
#define CASEGATE_TESTS_STORE_GATE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/casegate.h>

typedef struct gate {
    casegate_engine *engine;
    casegate_outcome *outcome;
    casegate_actor *clinic, *lab;
    casegate_content *content;
    casegate_error err;
    char id[65];
} gate;

/* What the tests of each store supply: a store in the place that their fixture made, and SQL on what is stored there. */
casegate_store *open_place(void *state);
casegate_result open_to_read(void *state, casegate_store **out, casegate_error *err);
void change_stored(void *state, const char *sql);
int64_t ask_stored(void *state, const char *sql);

void open_gate(gate *g, casegate_store *store);   /* takes the store */
void close_gate(gate *g);

casegate_call by(casegate_actor *who);
casegate_result accept_case(gate *g);
casegate_result reject_case(gate *g);
casegate_result verify_case(gate *g);

/* Tests; the state is the fixture. */
void the_same_request_sent_twice_is_one_decision(void **state);
void no_request_on_a_case_that_makes_no_sense_succeeds(void **state);
void tables_that_a_newer_library_alone_may_write_can_be_read_and_nothing_changes(void **state);
void a_changed_history_is_found_by_verify(void **state);
void an_adopted_case_goes_on_and_a_purge_takes_what_is_delivered_alone(void **state);

#endif
