/* SPDX-License-Identifier: MIT */
/* test_definition.c: workflow definitions read from JSON: what is left out, what is malformed, what is faulty. */
#include "json.h"

#include <stdio.h>

#define HEAD "\"format\":\"casegate-workflow/1\",\"name\":\"own\",\"version\":1"

static casegate_result read_text(const char *text, casegate_workflow **out, casegate_faults *faults, casegate_error *err)
{
    casegate_error_init(err, sizeof *err);
    return casegate_json_read_workflow(NULL, text, strlen(text), out, faults, err);
}

static void what_was_written_is_read_back_the_same(void **state)
{
    casegate_buffer *first = casegate_buffer_new(NULL), *second = casegate_buffer_new(NULL);
    casegate_workflow *copy = NULL;
    casegate_error err;
    (void)state;
    assert_int_equal(casegate_json_write_workflow(casegate_workflow_builtin("intake", 1), 1, first), CASEGATE_OK);

    assert_int_equal(read_text(casegate_buffer_data(first), &copy, NULL, &err), CASEGATE_OK);

    assert_int_equal(casegate_json_write_workflow(copy, 1, second), CASEGATE_OK);
    assert_string_equal(casegate_buffer_data(first), casegate_buffer_data(second));
    casegate_workflow_unref(copy);
    casegate_buffer_free(first);
    casegate_buffer_free(second);
}

static void the_examples_are_sound_and_survive_writing(void **state)
{
    static const char *const names[] = { "lifecycle", "two-reviews" };
    static char text[1 << 16];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        casegate_buffer *first = casegate_buffer_new(NULL), *second = casegate_buffer_new(NULL);
        casegate_workflow *workflow = NULL, *copy = NULL;
        casegate_error err;
        char path[512];
        snprintf(path, sizeof path, "%s/%s.json", EXAMPLES, names[i]);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);

        assert_int_equal(read_text(text, &workflow, NULL, &err), CASEGATE_OK);

        assert_string_equal(casegate_workflow_name(workflow), names[i]);
        assert_int_equal(casegate_json_write_workflow(workflow, 0, first), CASEGATE_OK);
        assert_int_equal(read_text(casegate_buffer_data(first), &copy, NULL, &err), CASEGATE_OK);
        assert_int_equal(casegate_json_write_workflow(copy, 0, second), CASEGATE_OK);
        assert_string_equal(casegate_buffer_data(first), casegate_buffer_data(second));
        casegate_workflow_unref(workflow);
        casegate_workflow_unref(copy);
        casegate_buffer_free(first);
        casegate_buffer_free(second);
    }
}

static const struct { const char *text, *field; int32_t problem; } malformed[] = {
    { "[]", "json", CASEGATE_PROBLEM_FORMAT },
    { "{\"format\":\"x\",\"name\":\"own\",\"version\":1}", "format", CASEGATE_PROBLEM_FORMAT },
    { "{\"name\":\"own\",\"version\":1}", "format", CASEGATE_PROBLEM_MISSING },
    { "{\"format\":\"casegate-workflow/1\",\"version\":1}", "name", CASEGATE_PROBLEM_MISSING },
    { "{\"format\":\"casegate-workflow/1\",\"name\":\"own\"}", "version", CASEGATE_PROBLEM_MISSING },
    { "{\"format\":\"casegate-workflow/1\",\"name\":\"own\",\"version\":0}", "version", CASEGATE_PROBLEM_RANGE },
    { "{" HEAD ",\"colour\":1}", "colour", CASEGATE_PROBLEM_UNKNOWN },
    { "{" HEAD ",\"statuses\":{}}", "statuses", CASEGATE_PROBLEM_FORMAT },
    { "{" HEAD ",\"statuses\":[1]}", "statuses[#0]", CASEGATE_PROBLEM_FORMAT },
    { "{" HEAD ",\"statuses\":[{\"code\":1,\"name\":\"draft\"}]}", "statuses[draft].phase", CASEGATE_PROBLEM_MISSING },
    { "{" HEAD ",\"statuses\":[{\"code\":\"1\",\"name\":\"draft\",\"phase\":\"draft\"}]}", "statuses[draft].code",
      CASEGATE_PROBLEM_FORMAT },
    { "{" HEAD ",\"statuses\":[{\"code\":1,\"name\":\"draft\",\"phase\":\"draft\",\"x\":1}]}", "statuses[draft].x",
      CASEGATE_PROBLEM_UNKNOWN },
    { "{" HEAD ",\"actions\":[{\"code\":2,\"name\":\"edit\",\"permission\":\"edit\",\"edits\":1}]}", "actions[edit].edits",
      CASEGATE_PROBLEM_FORMAT },
    { "{" HEAD ",\"actions\":[{\"code\":2,\"name\":\"edit\",\"permission\":\"edit\",\"roles\":\"dentist\"}]}",
      "actions[edit].roles", CASEGATE_PROBLEM_FORMAT },
    { "{" HEAD ",\"actions\":[{\"code\":2,\"name\":\"edit\",\"permission\":\"edit\",\"roles\":[null]}]}",
      "actions[edit].roles[#0]", CASEGATE_PROBLEM_MISSING },
    { "{" HEAD ",\"actions\":[{\"code\":2,\"name\":\"edit\",\"permission\":\"edit\",\"transitions\":[{\"form\":[]}]}]}",
      "actions[edit].transitions[#0].form", CASEGATE_PROBLEM_UNKNOWN },
    { "{" HEAD ",\"permissions\":{\"ship\":\"16\"}}", "permissions.ship", CASEGATE_PROBLEM_FORMAT },
    { "{" HEAD ",\"notices\":[{\"action\":\"reject\",\"to\":\"clinic\"}]}", "notices[#0].to", CASEGATE_PROBLEM_FORMAT },
};

static void what_is_not_a_definition_is_refused_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        casegate_workflow *workflow = NULL;
        casegate_error err;

        casegate_result rc = read_text(malformed[i].text, &workflow, NULL, &err);

        if (rc != CASEGATE_E_INVALID || strcmp(err.field, malformed[i].field) != 0 || err.host_code != malformed[i].problem ||
            workflow)
            fail_msg("%s: result %d, field %s, problem %s", malformed[i].text, rc, err.field,
                     casegate_problem_name(err.host_code));
    }
}

static void the_faults_of_a_definition_are_told_all_at_once(void **state)
{
    static const char text[] = "{" HEAD ",\"statuses\":[{\"code\":7,\"name\":\"open\",\"phase\":\"middle\"}],"
                               "\"actions\":[{\"code\":100,\"name\":\"go\",\"permission\":\"fly\",\"roles\":[\"king\"],\"transitions\":[{\"from\":[\"open\"],\"to\":\"done\"}]}]}";
    static const char *const expected[] = { "unknown_phase", "no_draft", "unknown_permission", "unknown_role", "unknown_status" };
    casegate_faults *faults = casegate_faults_new(NULL);
    casegate_workflow *workflow = NULL;
    casegate_error err;
    (void)state;

    assert_int_equal(read_text(text, &workflow, faults, &err), CASEGATE_REFUSED);

    assert_null(workflow);
    assert_int_equal(casegate_faults_count(faults), 5);
    for (size_t i = 0; i < 5; i++) assert_string_equal(casegate_faults_at(faults, i)->name, expected[i]);
    casegate_faults_free(faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_back_the_same),
        cmocka_unit_test(the_examples_are_sound_and_survive_writing),
        cmocka_unit_test(what_is_not_a_definition_is_refused_at_its_place),
        cmocka_unit_test(the_faults_of_a_definition_are_told_all_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
