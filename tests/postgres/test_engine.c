/* SPDX-License-Identifier: MIT */
/* test_engine.c: what only store and engine together can show, on a schema of its own. */
#include "../store/gate.h"
#include "support.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_schema, tear_down)

casegate_store *open_place(void *state)
{
    casegate_postgres_options options = options_for(state);
    casegate_store *store = NULL;

    assert_int_equal(casegate_postgres_open(NULL, &options, &store, NULL), CASEGATE_OK);
    return store;
}

casegate_result open_to_read(void *state, casegate_store **out, casegate_error *err)
{
    casegate_postgres_options options = options_for(state);

    options.read_only = 1;
    return casegate_postgres_open(NULL, &options, out, err);
}

void change_stored(void *state, const char *sql)
{
    run_sql(state, sql);
}

int64_t ask_stored(void *state, const char *sql)
{
    return ask_sql(state, sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_request_sent_twice_is_one_decision),
        TEST(tables_that_a_newer_library_alone_may_write_can_be_read_and_nothing_changes),
        TEST(no_request_on_a_case_that_makes_no_sense_succeeds),
        TEST(an_adopted_case_goes_on_and_a_purge_takes_what_is_delivered_alone),
        TEST(a_changed_history_is_found_by_verify),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
