/* SPDX-License-Identifier: MIT */
/* test_coverage.c: what a workflow can do is listed in words, and what a run did of it is counted, no more and no less. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/testkit.h>

#define PEOPLE "\"people\":{\"clara\":{\"role\":\"clinic_user\",\"org\":\"n\"},\"lena\":{\"role\":\"lab_user\",\"org\":\"one\"}}"
#define FILE_OF(steps) "{\"format\":\"casegate-scenario/1\"," PEOPLE ",\"scenarios\":[{\"name\":\"a rule\",\"steps\":[" steps "]}]}"
#define CREATE "{\"as\":\"clara\",\"do\":\"create\",\"case\":\"c\",\"lab\":\"one\",\"content\":" \
               "{\"patient\":{\"name\":\"x\"},\"services\":[{\"id\":\"s\"}],\"clinic\":{\"email\":\"a@b.example\"}}}"
#define SUBMIT ",{\"as\":\"clara\",\"do\":\"submit\",\"case\":\"c\"}"

static uint64_t seen(const casegate_coverage *coverage, int32_t kind, const char *text)
{
    for (size_t i = 0; i < casegate_coverage_count(coverage); i++) {
        const casegate_covered *thing = casegate_coverage_at(coverage, i);
        if (thing->kind == kind && strcmp(thing->text, text) == 0) return thing->seen;
    }
    fail_msg("not listed: %s", text);
    return 0;
}

static size_t listed(const casegate_coverage *coverage, int32_t kind)
{
    size_t n = 0;
    for (size_t i = 0; i < casegate_coverage_count(coverage); i++) n += casegate_coverage_at(coverage, i)->kind == kind;
    return n;
}

static casegate_coverage *run(const char *text, int32_t back_end)
{
    casegate_scenario_options options;
    casegate_scenario_result result;
    casegate_scenario_options_init(&options, sizeof options);
    casegate_scenario_result_init(&result, sizeof result);
    options.back_end = back_end;
    options.coverage = casegate_coverage_new();
    assert_int_equal(casegate_scenarios_run("file.json", text, strlen(text), &options, &result, NULL), CASEGATE_OK);
    assert_int_equal(result.passed, 1);
    return options.coverage;
}

static void everything_that_intake_can_do_is_listed_once_and_was_not_seen(void **state)
{
    casegate_coverage *coverage = casegate_coverage_new();
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    (void)state;

    assert_int_equal(casegate_coverage_add(coverage, intake, NULL, NULL), CASEGATE_OK);
    size_t count = casegate_coverage_count(coverage);
    assert_int_equal(casegate_coverage_add(coverage, intake, NULL, NULL), CASEGATE_OK);

    assert_int_equal(casegate_coverage_count(coverage), count);
    assert_int_equal(listed(coverage, CASEGATE_COVERS_TRANSITION), casegate_workflow_transition_count(intake) + 1);
    assert_int_equal(listed(coverage, CASEGATE_COVERS_NOTICE), casegate_workflow_notice_count(intake));
    assert_int_equal(listed(coverage, CASEGATE_COVERS_GUARD), 0);
    for (size_t i = 0; i < count; i++) assert_int_equal(casegate_coverage_at(coverage, i)->seen, 0);
    assert_null(casegate_coverage_at(coverage, count));
    casegate_workflow_unref(intake);
    casegate_coverage_free(coverage);
}

/* The obstacles of an acceptance in intake, by the table of docs/rules.md. */
static void the_obstacles_that_an_action_can_meet_are_those_of_the_rules(void **state)
{
    static const char *const of_accept[] = {
        "accept: partial_decision", "accept: not_submitted", "accept: already_accepted", "accept: already_rejected",
        "accept: wrong_role", "accept: no_permission", "accept: review_required", "accept: stale_review", "accept: incomplete",
    };
    casegate_coverage *coverage = casegate_coverage_new();
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    size_t found = 0;
    (void)state;

    assert_int_equal(casegate_coverage_add(coverage, intake, NULL, NULL), CASEGATE_OK);

    for (size_t i = 0; i < sizeof of_accept / sizeof *of_accept; i++) seen(coverage, CASEGATE_COVERS_OBSTACLE, of_accept[i]);
    for (size_t i = 0; i < casegate_coverage_count(coverage); i++) {
        const casegate_covered *thing = casegate_coverage_at(coverage, i);
        found += thing->kind == CASEGATE_COVERS_OBSTACLE && strncmp(thing->text, "accept: ", 8) == 0;
    }
    assert_int_equal(found, sizeof of_accept / sizeof *of_accept);
    casegate_workflow_unref(intake);
    casegate_coverage_free(coverage);
}

static void a_reason_that_needs_a_comment_lets_a_rejection_meet_comment_required(void **state)
{
    casegate_policy_builder *builder = casegate_policy_builder_new(NULL, "strict");
    casegate_policy *policy = NULL;
    casegate_coverage *coverage = casegate_coverage_new();
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    (void)state;
    casegate_policy_add_reason(builder, "shade", CASEGATE_NEED_COMMENT);
    assert_int_equal(casegate_policy_builder_finish(builder, &policy, NULL), CASEGATE_OK);

    assert_int_equal(casegate_coverage_add(coverage, intake, policy, NULL), CASEGATE_OK);

    assert_int_equal(seen(coverage, CASEGATE_COVERS_OBSTACLE, "reject: comment_required"), 0);
    casegate_policy_unref(policy);
    casegate_workflow_unref(intake);
    casegate_coverage_free(coverage);
}

static void what_the_steps_of_a_scenario_did_is_counted(void **state)
{
    static const char text[] = FILE_OF(CREATE SUBMIT
        ",{\"as\":\"lena\",\"do\":\"reject\",\"case\":\"c\",\"expect\":{\"denied\":[\"reason_required\"]}}"
        ",{\"as\":\"lena\",\"do\":\"reject\",\"case\":\"c\",\"reason\":\"other\"}" SUBMIT
        ",{\"as\":\"lena\",\"do\":\"view\",\"case\":\"nowhere\",\"expect\":{\"denied\":[\"not_found\"]}}");
    static const int32_t back_ends[] = { CASEGATE_BACK_END_ENGINE, CASEGATE_BACK_END_DECIDE };
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        casegate_coverage *coverage = run(text, back_ends[i]);
        assert_int_equal(seen(coverage, CASEGATE_COVERS_TRANSITION, "create: -> draft"), 1);
        assert_int_equal(seen(coverage, CASEGATE_COVERS_TRANSITION, "submit: draft -> received"), 1);
        assert_int_equal(seen(coverage, CASEGATE_COVERS_TRANSITION, "submit: rejected -> received"), 1);
        assert_int_equal(seen(coverage, CASEGATE_COVERS_TRANSITION, "accept: received -> in_production"), 0);
        assert_int_equal(seen(coverage, CASEGATE_COVERS_OBSTACLE, "reject: reason_required"), 1);
        assert_int_equal(seen(coverage, CASEGATE_COVERS_OBSTACLE, "reject: reason_unknown"), 0);
        assert_int_equal(seen(coverage, CASEGATE_COVERS_OBSTACLE, "not_found"), 1);
        assert_int_equal(seen(coverage, CASEGATE_COVERS_NOTICE, "reject: clinic by email"), 1);
        assert_int_equal(seen(coverage, CASEGATE_COVERS_NOTICE, "reject: dentist by portal"), 0);   /* none on record */
        casegate_coverage_free(coverage);
    }
}

static void an_explanation_counts_the_obstacles_that_it_names(void **state)
{
    casegate_coverage *coverage = run(FILE_OF(CREATE SUBMIT ",{\"as\":\"clara\",\"do\":\"explain\",\"case\":\"c\"}"),
                                      CASEGATE_BACK_END_ENGINE);
    (void)state;

    assert_int_equal(seen(coverage, CASEGATE_COVERS_OBSTACLE, "submit: already_submitted"), 1);
    assert_int_equal(seen(coverage, CASEGATE_COVERS_OBSTACLE, "accept: wrong_role"), 1);

    casegate_coverage_free(coverage);
}

static void a_guard_counts_once_it_refused(void **state)
{
    casegate_coverage *coverage = run(FILE_OF(CREATE SUBMIT
        ",{\"do\":\"guard\",\"action\":\"accept\",\"name\":\"capacity\",\"refuses\":\"full\"}"
        ",{\"as\":\"lena\",\"do\":\"accept\",\"case\":\"c\",\"expect\":{\"denied\":[\"guard_refused\"]}}"), CASEGATE_BACK_END_ENGINE);
    (void)state;

    assert_int_equal(seen(coverage, CASEGATE_COVERS_GUARD, "accept: guard capacity refuses"), 1);

    casegate_coverage_free(coverage);
}

static void without_a_coverage_or_a_workflow_it_is_an_error(void **state)
{
    casegate_coverage *coverage = casegate_coverage_new();
    casegate_error err = { .size = sizeof err };
    (void)state;

    assert_int_equal(casegate_coverage_add(NULL, NULL, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "coverage");
    assert_int_equal(casegate_coverage_add(coverage, NULL, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "workflow");
    assert_int_equal(casegate_coverage_saw(coverage, NULL, CASEGATE_ACCEPT, NULL, NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_coverage_count(NULL), 0);
    assert_null(casegate_coverage_at(coverage, 0));

    casegate_coverage_free(coverage);
    casegate_coverage_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_that_intake_can_do_is_listed_once_and_was_not_seen),
        cmocka_unit_test(the_obstacles_that_an_action_can_meet_are_those_of_the_rules),
        cmocka_unit_test(a_reason_that_needs_a_comment_lets_a_rejection_meet_comment_required),
        cmocka_unit_test(what_the_steps_of_a_scenario_did_is_counted),
        cmocka_unit_test(an_explanation_counts_the_obstacles_that_it_names),
        cmocka_unit_test(a_guard_counts_once_it_refused),
        cmocka_unit_test(without_a_coverage_or_a_workflow_it_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
