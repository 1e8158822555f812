/* SPDX-License-Identifier: MIT */
/* test_runner.c: a wrong expectation is noticed, a fault of a file is named at its place, and the report is TAP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/testkit.h>

#define PEOPLE "\"people\":{\"clara\":{\"role\":\"clinic_user\",\"org\":\"n\"},\"lena\":{\"role\":\"lab_user\",\"org\":\"one\"}}"
#define CREATE "{\"as\":\"clara\",\"do\":\"create\",\"case\":\"c\",\"lab\":\"one\",\"content\":{\"patient\":{\"name\":\"x\"},\"services\":[{\"id\":\"s\"}]}"
#define FILE_OF(steps) "{\"format\":\"casegate-scenario/1\"," PEOPLE ",\"scenarios\":[{\"name\":\"a rule\",\"steps\":[" steps "]}]}"

typedef struct report { char text[4096]; } report;

static void CASEGATE_CALL keep_line(void *user, const char *line)
{
    report *r = user;
    strncat(r->text, line, sizeof r->text - strlen(r->text) - 2);
    strcat(r->text, "\n");
}

static casegate_result run(const char *text, int32_t back_end, report *r, casegate_scenario_result *result, casegate_error *err)
{
    casegate_scenario_options options;
    casegate_scenario_options_init(&options, sizeof options);
    casegate_scenario_result_init(result, sizeof *result);
    casegate_error_init(err, sizeof *err);
    r->text[0] = '\0';
    options.back_end = back_end;
    options.user = r;
    options.line = keep_line;
    return casegate_scenarios_run("file.json", text, strlen(text), &options, result, err);
}

static void a_scenario_that_holds_passes(void **state)
{
    report r;
    casegate_scenario_result result;
    casegate_error err;
    (void)state;

    assert_int_equal(run(FILE_OF(CREATE ",\"expect\":{\"status\":\"draft\"}}"), CASEGATE_BACK_END_ENGINE, &r, &result, &err),
                     CASEGATE_OK);

    assert_int_equal(result.passed, 1);
    assert_int_equal(result.failed, 0);
    assert_string_equal(r.text, "TAP version 13\nok 1 - file.json: a rule\n");
}

/* What a step must not get away with: each expectation is wrong in one way. */
static const struct { const char *steps, *says; } wrong[] = {
    { CREATE ",\"expect\":{\"status\":\"received\"}}", "# step 1 (create): status: expected \"received\", got \"draft\"" },
    { CREATE ",\"expect\":{\"version\":2}}", "# step 1 (create): version: expected 2, got 1" },
    { CREATE ",\"expect\":{\"denied\":[\"locked\"]}}", "# step 1 (create): denied: expected [\"locked\"], got nothing" },
    { CREATE ",\"expect\":{\"colour\":\"red\"}}", "# step 1 (create): colour: expected \"red\", got nothing" },
    { CREATE "},{\"as\":\"lena\",\"do\":\"view\",\"case\":\"c\"}", "# step 2 (view): denied: expected null" },
    { CREATE "},{\"as\":\"lena\",\"do\":\"view\",\"case\":\"c\",\"expect\":{\"denied\":[\"locked\"]}}",
      "# step 2 (view): denied[0]: expected \"locked\"" },
    { CREATE "},{\"as\":\"clara\",\"do\":\"view\",\"case\":\"c\",\"expect\":{\"content\":{\"patient\":{\"name\":\"y\"}}}}",
      "content.patient.name: expected \"y\", got \"x\"" },
    { CREATE "},{\"as\":\"clara\",\"do\":\"view\",\"case\":\"c\",\"expect\":{\"content\":{\"services\":[]}}}",
      "content.services: expected []" },
    { CREATE "},{\"as\":\"clara\",\"do\":\"explain\",\"case\":\"c\",\"expect\":{\"can\":{\"submit\":[\"locked\"]}}}",
      "can.submit: expected [\"locked\"], got true" },
    { CREATE "},{\"as\":\"clara\",\"do\":\"list\",\"expect\":{\"cases\":[]}}", "cases: expected [], got [\"c\"]" },
    { CREATE "},{\"as\":\"clara\",\"do\":\"list\",\"expect\":{\"cases\":[\"c\",\"d\"]}}",
      "cases: expected [\"c\",\"d\"], got [\"c\"]" },
    { CREATE "},{\"as\":\"clara\",\"do\":\"history\",\"case\":\"c\",\"expect\":{\"events\":[{\"action\":\"submit\"}]}}",
      "events[0].action: expected \"submit\"" },
    { CREATE "},{\"as\":\"clara\",\"do\":\"review\",\"case\":\"c\",\"expect\":{\"findings\":[]}}", "findings: expected []" },
    { CREATE "},{\"as\":\"clara\",\"do\":\"verify\",\"case\":\"c\",\"expect\":{\"intact\":false}}",
      "intact: expected false, got true" },
    { "{\"do\":\"deliver\",\"expect\":{\"delivered\":1}}", "delivered: expected 1, got 0" },
};

static void a_wrong_expectation_fails_and_names_step_place_and_values(void **state)
{
    report r;
    casegate_scenario_result result;
    casegate_error err;
    char text[2048];
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(text, sizeof text, FILE_OF("%s"), wrong[i].steps);

        assert_int_equal(run(text, CASEGATE_BACK_END_ENGINE, &r, &result, &err), CASEGATE_OK);

        assert_int_equal(result.failed, 1);
        assert_non_null(strstr(r.text, "not ok 1 - file.json: a rule"));
        if (!strstr(r.text, wrong[i].says)) fail_msg("%s\ndoes not say\n%s", r.text, wrong[i].says);
    }
}

static const struct { const char *text, *field; casegate_result rc; } faults[] = {
    { "[]", "", CASEGATE_E_INVALID },
    { "{", "json", CASEGATE_E_INVALID },
    { "{\"format\":\"x\"}", "format", CASEGATE_E_INVALID },
    { "{\"format\":\"casegate-scenario/1\",\"colour\":1}", "colour", CASEGATE_E_INVALID },
    { "{\"format\":\"casegate-scenario/1\",\"people\":{},\"scenarios\":{}}", "scenarios", CASEGATE_E_INVALID },
    { "{\"format\":\"casegate-scenario/1\",\"scenarios\":[]}", "people", CASEGATE_E_INVALID },
    { "{\"format\":\"casegate-scenario/1\",\"people\":{\"a\":{\"role\":\"x\"}},\"scenarios\":[]}", "a.role", CASEGATE_E_INVALID },
    { "{\"format\":\"casegate-scenario/1\",\"workflow\":\"own.json\",\"people\":{},\"scenarios\":[]}", "workflow",
      CASEGATE_E_INVALID },
    { "{\"format\":\"casegate-scenario/1\",\"workflow\":{\"format\":\"x\"},\"people\":{},\"scenarios\":[]}", "name",
      CASEGATE_E_INVALID },
    { "{\"format\":\"casegate-scenario/1\",\"clock\":\"noon\",\"people\":{},\"scenarios\":[]}", "clock", CASEGATE_E_INVALID },
    { "{\"format\":\"casegate-scenario/1\",\"policy\":{\"checks\":{\"x\":\"off\"}},\"people\":{},\"scenarios\":[]}", "checks.x",
      CASEGATE_E_INVALID },
    { FILE_OF("{\"do\":\"dance\"}"), "scenarios[0].steps[0].do", CASEGATE_E_INVALID },
    { FILE_OF("{\"do\":\"list\"}"), "scenarios[0].steps[0].as", CASEGATE_E_INVALID },
    { FILE_OF("{\"do\":\"list\",\"as\":\"olga\"}"), "scenarios[0].steps[0].as", CASEGATE_E_INVALID },
    { FILE_OF("{\"do\":\"list\",\"as\":\"clara\",\"case\":\"c\"}"), "scenarios[0].steps[0].case", CASEGATE_E_INVALID },
    { FILE_OF("{\"do\":\"list\",\"as\":\"clara\",\"order\":\"size\"}"), "scenarios[0].steps[0].order", CASEGATE_E_INVALID },
    { FILE_OF("{\"do\":\"list\",\"as\":\"clara\",\"expect\":[]}"), "scenarios[0].steps[0].expect", CASEGATE_E_INVALID },
    { FILE_OF("{\"do\":\"wait\",\"for\":\"2 days\"}"), "scenarios[0].steps[0].for", CASEGATE_E_INVALID },
    { FILE_OF("{\"do\":\"create\",\"as\":\"clara\",\"lab\":\"one\",\"content\":\"none\"}"), "scenarios[0].steps[0].content",
      CASEGATE_E_INVALID },
    { FILE_OF(CREATE "}," CREATE "}"), "scenarios[0].steps[1].case", CASEGATE_E_INVALID },
};

static void a_fault_of_a_file_is_named_at_its_place(void **state)
{
    report r;
    casegate_scenario_result result;
    casegate_error err;
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        casegate_result rc = run(faults[i].text, CASEGATE_BACK_END_ENGINE, &r, &result, &err);

        if (rc != faults[i].rc || strcmp(err.field, faults[i].field) != 0) fail_msg("%s: result %d, field %s", faults[i].text,
                rc, err.field);
    }
}

static void a_back_end_without_a_store_skips_by_the_name_of_the_step(void **state)
{
    report r;
    casegate_scenario_result result;
    casegate_error err;
    (void)state;

    assert_int_equal(run(FILE_OF(CREATE "},{\"as\":\"clara\",\"do\":\"history\",\"case\":\"c\"}"), CASEGATE_BACK_END_DECIDE, &r,
                         &result, &err), CASEGATE_OK);

    assert_int_equal(result.skipped, 1);
    assert_non_null(strstr(r.text, "ok 1 - file.json: a rule # SKIP history"));
}

static void options_and_result_of_another_size_are_refused(void **state)
{
    casegate_scenario_result result;
    casegate_scenario_options options;
    (void)state;
    casegate_scenario_result_init(&result, sizeof result);
    casegate_scenario_options_init(&options, sizeof options);

    options.size = 3;
    assert_int_equal(casegate_scenarios_run("f", "{}", 2, &options, &result, NULL), CASEGATE_E_ABI);
    result.size = 0;
    assert_int_equal(casegate_scenarios_run("f", "{}", 2, NULL, &result, NULL), CASEGATE_E_ABI);
    assert_int_equal(casegate_scenarios_run("f", "{}", 2, NULL, NULL, NULL), CASEGATE_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scenario_that_holds_passes),
        cmocka_unit_test(a_wrong_expectation_fails_and_names_step_place_and_values),
        cmocka_unit_test(a_fault_of_a_file_is_named_at_its_place),
        cmocka_unit_test(a_back_end_without_a_store_skips_by_the_name_of_the_step),
        cmocka_unit_test(options_and_result_of_another_size_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
