/* SPDX-License-Identifier: MIT */
/* test_mapping.c: mappings read from JSON: the examples, what is malformed, what is faulty; a migration's event in words. */
#include "json.h"

#include <stdio.h>

typedef struct shelf { const casegate_workflow *list[2]; } shelf;

static char *load(const char *path)
{
    static char text[1 << 16];
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", EXAMPLES, path);
    FILE *file = fopen(whole, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static casegate_workflow *workflow(const char *path)
{
    const char *text = load(path);
    casegate_workflow *made = NULL;
    assert_int_equal(casegate_json_read_workflow(NULL, text, strlen(text), &made, NULL, NULL), CASEGATE_OK);
    return made;
}

static void open_shelf(shelf *s)
{
    s->list[0] = workflow("lifecycle.json");
    s->list[1] = workflow("lifecycle-2.json");
}

static void close_shelf(shelf *s)
{
    for (size_t i = 0; i < 2; i++) casegate_workflow_unref(s->list[i]);
}

static casegate_result read_text(const shelf *s, const char *text, casegate_mapping **out, casegate_faults *faults,
                                 casegate_error *err)
{
    casegate_error_init(err, sizeof *err);
    return casegate_json_read_mapping(NULL, s->list, 2, text, strlen(text), out, faults, err);
}

static void the_examples_are_sound_and_survive_writing(void **state)
{
    static const char *const paths[] = { "../mappings/lifecycle-1-to-2.json", "../mappings/intake-to-lifecycle.json" };
    shelf s;
    (void)state;
    open_shelf(&s);
    for (size_t i = 0; i < 2; i++) {
        casegate_buffer *first = casegate_buffer_new(NULL), *second = casegate_buffer_new(NULL);
        casegate_mapping *mapping = NULL, *copy = NULL;
        casegate_error err;

        assert_int_equal(read_text(&s, load(paths[i]), &mapping, NULL, &err), CASEGATE_OK);

        assert_int_equal(casegate_json_write_mapping(mapping, 2, first), CASEGATE_OK);
        assert_int_equal(read_text(&s, casegate_buffer_data(first), &copy, NULL, &err), CASEGATE_OK);
        assert_int_equal(casegate_json_write_mapping(copy, 2, second), CASEGATE_OK);
        assert_string_equal(casegate_buffer_data(first), casegate_buffer_data(second));
        if (i == 0) assert_int_equal(casegate_mapping_status(mapping, 100), 104);
        casegate_mapping_unref(mapping);
        casegate_mapping_unref(copy);
        casegate_buffer_free(first);
        casegate_buffer_free(second);
    }
    close_shelf(&s);
}

#define FORMAT "\"format\":\"casegate-mapping/1\""
#define ENDS "\"from\":{\"name\":\"intake\",\"version\":1},\"to\":{\"name\":\"lifecycle\",\"version\":1}"
static const struct { const char *text, *field; int32_t problem; } malformed[] = {
    { "[]", "json", CASEGATE_PROBLEM_FORMAT },
    { "{" ENDS ",\"statuses\":{}}", "format", CASEGATE_PROBLEM_MISSING },
    { "{\"format\":\"casegate-mapping/2\"," ENDS ",\"statuses\":{}}", "format", CASEGATE_PROBLEM_FORMAT },
    { "{" FORMAT "," ENDS "}", "statuses", CASEGATE_PROBLEM_MISSING },
    { "{" FORMAT "," ENDS ",\"statuses\":[]}", "statuses", CASEGATE_PROBLEM_FORMAT },
    { "{" FORMAT "," ENDS ",\"statuses\":{\"draft\":1}}", "statuses.draft", CASEGATE_PROBLEM_FORMAT },
    { "{" FORMAT "," ENDS ",\"statuses\":{\"draft\":null}}", "statuses.draft", CASEGATE_PROBLEM_MISSING },
    { "{" FORMAT "," ENDS ",\"statuses\":{\"two words\":\"draft\"}}", "statuses", CASEGATE_PROBLEM_FORMAT },
    { "{" FORMAT "," ENDS ",\"statuses\":{},\"colour\":1}", "colour", CASEGATE_PROBLEM_UNKNOWN },
    { "{" FORMAT ",\"statuses\":{}}", "from", CASEGATE_PROBLEM_MISSING },
    { "{" FORMAT ",\"from\":\"intake\",\"statuses\":{}}", "from", CASEGATE_PROBLEM_FORMAT },
    { "{" FORMAT ",\"from\":{\"name\":\"intake\"},\"statuses\":{}}", "from.version", CASEGATE_PROBLEM_MISSING },
    { "{" FORMAT ",\"from\":{\"name\":\"intake\",\"version\":0},\"statuses\":{}}", "from.version", CASEGATE_PROBLEM_RANGE },
    { "{" FORMAT ",\"from\":{\"name\":\"intake\",\"version\":1,\"x\":1},\"statuses\":{}}", "from.x", CASEGATE_PROBLEM_UNKNOWN },
    { "{" FORMAT ",\"from\":{\"name\":\"intake\",\"version\":9},\"statuses\":{}}", "from", CASEGATE_PROBLEM_UNKNOWN },
    { "{" FORMAT ",\"from\":{\"name\":\"intake\",\"version\":1},\"to\":{\"name\":\"elsewhere\",\"version\":1},\"statuses\":{}}", "to",
      CASEGATE_PROBLEM_UNKNOWN },
};

static void what_is_not_a_mapping_is_refused_at_its_place(void **state)
{
    shelf s;
    (void)state;
    open_shelf(&s);
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        casegate_mapping *mapping = NULL;
        casegate_error err;

        casegate_result rc = read_text(&s, malformed[i].text, &mapping, NULL, &err);

        if (rc != CASEGATE_E_INVALID || strcmp(err.field, malformed[i].field) != 0 || err.host_code != malformed[i].problem || mapping)
            fail_msg("%s: result %d, field %s, problem %s", malformed[i].text, rc, err.field, casegate_problem_name(err.host_code));
    }
    close_shelf(&s);
}

static void the_faults_of_a_mapping_are_told_all_at_once(void **state)
{
    static const char text[] = "{" FORMAT "," ENDS ",\"statuses\":{\"draft\":\"received\",\"received\":\"nowhere\",\"lost\":\"draft\"}}";
    static const char *const expected[] = { "changes_phase", "unknown_status", "unknown_status", "unmapped", "unmapped" };
    casegate_faults *faults = casegate_faults_new(NULL);
    casegate_mapping *mapping = NULL;
    casegate_error err;
    shelf s;
    (void)state;
    open_shelf(&s);

    assert_int_equal(read_text(&s, text, &mapping, faults, &err), CASEGATE_REFUSED);

    assert_null(mapping);
    assert_int_equal(casegate_faults_count(faults), 5);
    for (size_t i = 0; i < 5; i++) assert_string_equal(casegate_faults_at(faults, i)->name, expected[i]);
    assert_int_equal(casegate_json_read_mapping(NULL, NULL, 9, text, strlen(text), &mapping, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "to");
    assert_int_equal(casegate_json_read_mapping(NULL, NULL, 0, text, strlen(text), NULL, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "out");
    casegate_faults_free(faults);
    close_shelf(&s);
}

/* Code 100 means something else under each definition: it is not given the name that it has under the new one. */
static void where_a_migration_came_from_is_told_by_number(void **state)
{
    const casegate_event event = { .size = sizeof event, .case_id = "c-1", .workflow = "lifecycle", .workflow_version = 2, .seq = 4,
                                   .action = CASEGATE_MIGRATE, .from = 103, .to = 104 };
    casegate_buffer *out = casegate_buffer_new(NULL);
    casegate_event *back = NULL;
    shelf s;
    (void)state;
    open_shelf(&s);

    assert_int_equal(casegate_json_write_event(&event, s.list[1], 0, out), CASEGATE_OK);

    assert_non_null(strstr(casegate_buffer_data(out), "\"from\":103"));
    assert_non_null(strstr(casegate_buffer_data(out), "\"to\":\"waiting_for_clinic\""));
    assert_int_equal(casegate_json_read_event(NULL, s.list[1], casegate_buffer_data(out), casegate_buffer_length(out), &back, NULL),
                     CASEGATE_OK);
    assert_int_equal(back->from, 103);
    assert_int_equal(back->to, 104);
    casegate_event_free(back);
    casegate_buffer_free(out);
    close_shelf(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_are_sound_and_survive_writing),
        cmocka_unit_test(what_is_not_a_mapping_is_refused_at_its_place),
        cmocka_unit_test(the_faults_of_a_mapping_are_told_all_at_once),
        cmocka_unit_test(where_a_migration_came_from_is_told_by_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
