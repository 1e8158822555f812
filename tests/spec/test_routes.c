/* SPDX-License-Identifier: MIT */
/* test_routes.c: every route through a workflow, each once, and what can still become of a case. */
#include "spec.h"

#include <stdio.h>

enum { MOST = 32 };

/* How many routes of exactly this length the table has: the table as a matrix, multiplied. */
static size_t counted_by_matrix(const casegate_workflow *workflow, uint32_t length)
{
    size_t at[MOST] = { 0 }, total = 0;
    at[casegate_workflow_initial(workflow)] = 1;
    for (uint32_t step = 0; step < length; step++) {
        size_t then[MOST] = { 0 };
        for (size_t i = 0; i < casegate_workflow_transition_count(workflow); i++) {
            const casegate_transition *t = casegate_workflow_transition_at(workflow, i);
            then[t->to] += at[t->from];
        }
        memcpy(at, then, sizeof at);
    }
    for (size_t i = 0; i < MOST; i++) total += at[i];
    return total;
}

static void write_route(const casegate_routes *routes, char *text, size_t cap)
{
    size_t n = 0;
    for (uint32_t i = 0; i < casegate_routes_length(routes) && n + 12 < cap; i++) {
        const casegate_transition *t = casegate_routes_at(routes, i);
        n += (size_t)snprintf(text + n, cap - n, "%d:%d>%d ", t->action, t->from, t->to);
    }
}

TEST(every_route_up_to_a_length_is_given_once)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_routes *routes = casegate_routes_new(NULL, intake, 7);
    size_t found[8] = { 0 };
    char last[128] = "", text[128];
    UNUSED(state);

    while (casegate_routes_next(routes) == CASEGATE_OK) {
        found[casegate_routes_length(routes)]++;
        write_route(routes, text, sizeof text);
        assert_string_not_equal(text, last);
        strcpy(last, text);
    }

    assert_int_equal(found[0], 0);
    for (uint32_t length = 1; length <= 7; length++) assert_int_equal(found[length], counted_by_matrix(intake, length));
    assert_int_equal(casegate_routes_next(routes), CASEGATE_ABSENT);
    assert_int_equal(casegate_routes_length(routes), 0);
    casegate_routes_free(routes);
    casegate_workflow_unref(intake);
}

TEST(a_route_begins_in_the_initial_status_and_each_step_where_the_one_before_ends)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_routes *routes = casegate_routes_new(NULL, intake, 5);
    UNUSED(state);

    while (casegate_routes_next(routes) == CASEGATE_OK) {
        int32_t at = casegate_workflow_initial(intake);
        for (uint32_t i = 0; i < casegate_routes_length(routes); i++) {
            assert_int_equal(casegate_routes_at(routes, i)->from, at);
            at = casegate_routes_at(routes, i)->to;
        }
        assert_int_equal(casegate_routes_status(routes), at);
        assert_null(casegate_routes_at(routes, casegate_routes_length(routes)));
    }

    casegate_routes_free(routes);
    casegate_workflow_unref(intake);
}

TEST(a_longer_route_follows_the_one_that_it_goes_on_from)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_routes *routes = casegate_routes_new(NULL, intake, 6);
    uint32_t before = 0;
    UNUSED(state);

    while (casegate_routes_next(routes) == CASEGATE_OK) {
        assert_true(casegate_routes_length(routes) <= before + 1);
        before = casegate_routes_length(routes);
    }

    casegate_routes_free(routes);
    casegate_workflow_unref(intake);
}

TEST(no_route_of_length_none_is_given_and_an_impossible_length_is_refused)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_routes *none = casegate_routes_new(NULL, intake, 0);
    UNUSED(state);

    assert_int_equal(casegate_routes_next(none), CASEGATE_ABSENT);
    assert_int_equal(casegate_routes_status(none), CASEGATE_DRAFT);
    assert_null(casegate_routes_new(NULL, intake, CASEGATE_LONGEST_ROUTE + 1));
    assert_null(casegate_routes_new(NULL, NULL, 3));

    casegate_routes_free(none);
    casegate_workflow_unref(intake);
}

TEST(the_longest_route_of_all_is_found)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_routes *routes = casegate_routes_new(NULL, intake, CASEGATE_LONGEST_ROUTE);
    UNUSED(state);

    for (uint32_t i = 1; i <= CASEGATE_LONGEST_ROUTE; i++) {
        assert_int_equal(casegate_routes_next(routes), CASEGATE_OK);
        assert_int_equal(casegate_routes_length(routes), i);
    }

    casegate_routes_free(routes);
    casegate_workflow_unref(intake);
}

/* CG-R09 */
TEST(from_an_accepted_status_no_other_one_is_reached_and_from_the_first_one_every_one)
{
    static const int32_t all[] = { CASEGATE_DRAFT, CASEGATE_RECEIVED, CASEGATE_IN_PRODUCTION, CASEGATE_REJECTED };
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    UNUSED(state);

    for (size_t i = 0; i < COUNT(all); i++) {
        assert_int_equal(casegate_workflow_reaches(intake, CASEGATE_DRAFT, all[i]), 1);
        assert_int_equal(casegate_workflow_reaches(intake, CASEGATE_IN_PRODUCTION, all[i]), all[i] == CASEGATE_IN_PRODUCTION);
        assert_int_equal(casegate_workflow_reaches(intake, CASEGATE_REJECTED, all[i]), all[i] != CASEGATE_DRAFT);
    }
    assert_int_equal(casegate_workflow_reaches(intake, CASEGATE_DRAFT, 99), 0);
    assert_int_equal(casegate_workflow_reaches(intake, 99, CASEGATE_DRAFT), 0);
    assert_int_equal(casegate_workflow_reaches(NULL, CASEGATE_DRAFT, CASEGATE_DRAFT), 0);

    casegate_workflow_unref(intake);
}

TEST(a_search_without_memory_is_null_and_one_without_a_search_is_an_error)
{
    spec_host host;
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    UNUSED(state);
    spec_host_open(&host, NULL);

    host.left = 0;
    assert_null(casegate_routes_new(host.host, intake, 3));
    host.left = 1;
    casegate_routes *routes = casegate_routes_new(host.host, intake, 3);
    assert_non_null(routes);
    while (casegate_routes_next(routes) == CASEGATE_OK) { }   /* takes no more */

    casegate_routes_free(routes);
    spec_host_close(&host);
    casegate_routes_free(NULL);
    assert_int_equal(casegate_routes_next(NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_routes_length(NULL), 0);
    assert_int_equal(casegate_routes_status(NULL), 0);
    assert_null(casegate_routes_at(NULL, 0));
    casegate_workflow_unref(intake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_up_to_a_length_is_given_once),
        cmocka_unit_test(a_route_begins_in_the_initial_status_and_each_step_where_the_one_before_ends),
        cmocka_unit_test(a_longer_route_follows_the_one_that_it_goes_on_from),
        cmocka_unit_test(no_route_of_length_none_is_given_and_an_impossible_length_is_refused),
        cmocka_unit_test(the_longest_route_of_all_is_found),
        cmocka_unit_test(from_an_accepted_status_no_other_one_is_reached_and_from_the_first_one_every_one),
        cmocka_unit_test(a_search_without_memory_is_null_and_one_without_a_search_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
