/* SPDX-License-Identifier: MIT */
/* test_content.c: contents to and from JSON: nothing lost, nothing guessed, and a patch changes what it names. */
#include "json.h"

static const char FULL[] =
    "{\"reference\":\"NC-1042\",\"patient\":{\"name\":\"Ada Byron\",\"id\":\"p-1\",\"birth_date\":\"1980-05-01\",\"sex\":\"female\"},"
    "\"dentist\":{\"id\":\"d-7\",\"name\":\"Dr Dan Osei\",\"email\":\"dan@clinic-north.example\"},"
    "\"clinic\":{\"name\":\"Clinic North\",\"email\":\"desk@clinic-north.example\"},\"instructions\":\"Light contact.\\nNo glaze.\","
    "\"scan_method\":\"digital_upload\",\"due\":\"2026-03-16\",\"remake_of\":\"c-1\","
    "\"services\":[{\"id\":\"s1\",\"code\":\"crown\",\"name\":\"Full crown\",\"material\":\"zirconia\",\"shade\":\"A2\","
    "\"teeth\":[\"11\",\"12\"],\"quantity\":2,\"notes\":\"n\",\"due\":\"2026-03-20\"}],"
    "\"answers\":[{\"id\":\"q1\",\"service\":\"s1\",\"question\":\"Margin?\",\"response\":\"chamfer\",\"required\":true}],"
    "\"files\":[{\"id\":\"f1\",\"kind\":\"scan\",\"name\":\"upper.stl\",\"media_type\":\"model/stl\",\"size\":1048576,"
    "\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"uri\":\"s3://b/k\"}]}";

static void every_field_survives_reading_and_writing_in_a_stable_order(void **state)
{
    (void)state;
    casegate_content *content = content_of(FULL);

    assert_content(content, FULL);

    casegate_content_unref(content);
}

static void absent_null_empty_text_and_empty_list_are_the_same(void **state)
{
    (void)state;
    casegate_content *content = content_of("{\"due\":null,\"reference\":\"\",\"services\":[],\"files\":null,\"patient\":null,"
                                           "\"answers\":[{\"id\":\"q1\",\"required\":false,\"response\":null}]}");

    assert_content(content, "{\"answers\":[{\"id\":\"q1\"}]}");

    casegate_content_unref(content);
}

static void a_size_of_zero_is_known_and_an_absent_one_is_not(void **state)
{
    (void)state;
    casegate_content *content = content_of("{\"files\":[{\"id\":\"a\",\"size\":0},{\"id\":\"b\"}]}");

    assert_int_equal(casegate_content_file(content, 0)->size_known, 1);
    assert_int_equal(casegate_content_file(content, 1)->size_known, 0);
    assert_content(content, "{\"files\":[{\"id\":\"a\",\"size\":0},{\"id\":\"b\"}]}");

    casegate_content_unref(content);
}

static void text_beyond_ascii_is_kept_and_control_characters_are_escaped(void **state)
{
    (void)state;
    casegate_content *content = content_of("{\"patient\":{\"name\":\"Zo\\u00eb \\ud83e\\uddb7\"},\"instructions\":\"a\\tb\\\"c\\\\\"}");

    assert_content(content, "{\"patient\":{\"name\":\"Zo\xC3\xAB \xF0\x9F\xA6\xB7\"},\"instructions\":\"a\\tb\\\"c\\\\\"}");

    casegate_content_unref(content);
}

typedef struct refusal { const char *text, *field; int32_t problem; } refusal;
static const refusal refusals[] = {
    { "{\"patient\":{\"nam\":\"x\"}}", "patient.nam", CASEGATE_PROBLEM_UNKNOWN },
    { "{\"patient.name\":\"x\"}", "patient.name", CASEGATE_PROBLEM_UNKNOWN },
    { "{\"services\":[{\"id\":\"s1\",\"price\":1}]}", "services[s1].price", CASEGATE_PROBLEM_UNKNOWN },
    { "{\"due\":\"2026-01-01\",\"due\":\"2026-01-02\"}", "json", CASEGATE_PROBLEM_DUPLICATE },
    { "{\"due\":5}", "due", CASEGATE_PROBLEM_FORMAT },
    { "{\"due\":\"2026-02-30\"}", "due", CASEGATE_PROBLEM_FORMAT },
    { "{\"patient\":\"Ada\"}", "patient", CASEGATE_PROBLEM_FORMAT },
    { "{\"services\":{}}", "services", CASEGATE_PROBLEM_FORMAT },
    { "{\"services\":[1]}", "services[#0]", CASEGATE_PROBLEM_FORMAT },
    { "{\"services\":[{\"id\":\"s1\",\"teeth\":[11]}]}", "services[s1].teeth[#0]", CASEGATE_PROBLEM_FORMAT },
    { "{\"services\":[{\"id\":\"s1\",\"quantity\":1.5}]}", "services[s1].quantity", CASEGATE_PROBLEM_FORMAT },
    { "{\"services\":[{\"id\":\"s1\",\"quantity\":0}]}", "services[s1].quantity", CASEGATE_PROBLEM_RANGE },
    { "{\"services\":[{\"id\":\"s1\",\"quantity\":4294967297}]}", "services[s1].quantity", CASEGATE_PROBLEM_RANGE },
    { "{\"services\":[{\"id\":\"s1\",\"quantity\":99999999999999999999}]}", "json", CASEGATE_PROBLEM_RANGE },
    { "{\"services\":[{\"code\":\"crown\"}]}", "services[#0].id", CASEGATE_PROBLEM_MISSING },
    { "{\"services\":[{\"id\":\"s1\"},{\"id\":\"s1\"}]}", "services[s1].id", CASEGATE_PROBLEM_DUPLICATE },
    { "{\"files\":[{\"id\":\"f\",\"size\":-1}]}", "files[f].size", CASEGATE_PROBLEM_RANGE },
    { "{\"files\":[{\"id\":\"f\",\"kind\":\"song\"}]}", "files[f].kind", CASEGATE_PROBLEM_FORMAT },
    { "{\"files\":[{\"id\":\"f\",\"name\":\"../x\"}]}", "files[f].name", CASEGATE_PROBLEM_FORMAT },
    { "{\"answers\":[{\"id\":\"q\",\"required\":1}]}", "answers[q].required", CASEGATE_PROBLEM_FORMAT },
    { "{\"patient\":{\"name\":\"a\\u0000b\"}}", "json", CASEGATE_PROBLEM_ENCODING },
    { "{\"patient\":{\"name\":\"a\xC0\xAF\"}}", "json", CASEGATE_PROBLEM_ENCODING },
    { "{\"patient\":{\"name\":\"a\xE2\x82\"}}", "json", CASEGATE_PROBLEM_ENCODING },
    { "{\"patient\":{\"name\":\"a\xED\xA0\x80\"}}", "json", CASEGATE_PROBLEM_ENCODING },
    { "{\"patient\":{\"name\":\"a\\r\\nb\"}}", "patient.name", CASEGATE_PROBLEM_CONTROL },
    { "{\"files\":[{\"id\":\"f\",\"name\":\"a\\r\\nb\"}]}", "files[f].name", CASEGATE_PROBLEM_CONTROL },
    { "{\"patient\":{\"name\":\"a\nb\"}}", "json", CASEGATE_PROBLEM_FORMAT },
    { "{\"patient\":{\"name\":\"\\ud800\"}}", "json", CASEGATE_PROBLEM_FORMAT },
    { "{\"patient\":{\"name\":\"a\\x\"}}", "json", CASEGATE_PROBLEM_FORMAT },
    { "{\"patient\":{\"name\":\"a\xF0\x9F", "json", CASEGATE_PROBLEM_ENCODING },
    { "{\"a\\u0000b\":1}", "json", CASEGATE_PROBLEM_ENCODING },
    { "\xEF\xBB\xBF{}", "json", CASEGATE_PROBLEM_FORMAT },
    { "{\"services\":[{\"id\":\"s1\",\"quantity\":1e999}]}", "json", CASEGATE_PROBLEM_RANGE },
    { "{\"patient\":{\"id\":\"a\",\"id\":\"b\"}}", "json", CASEGATE_PROBLEM_DUPLICATE },
    { "{\"services\":[null]}", "services[#0]", CASEGATE_PROBLEM_FORMAT },
    { "{\"due\":null,}", "json", CASEGATE_PROBLEM_FORMAT },
    { "{\"patient\":{\"name\":\"a\\u202eb\"}}", "patient.name", CASEGATE_PROBLEM_CONTROL },
    { "{\"dentist\":{\"email\":\"a@b, c@d\"}}", "dentist.email", CASEGATE_PROBLEM_FORMAT },
    { "{} {}", "json", CASEGATE_PROBLEM_FORMAT },
    { "{\"due\":", "json", CASEGATE_PROBLEM_FORMAT },
    { "", "json", CASEGATE_PROBLEM_FORMAT },
    { "[]", "json", CASEGATE_PROBLEM_FORMAT },
    { "null", "json", CASEGATE_PROBLEM_FORMAT },
};

static void what_is_not_a_content_is_refused_with_its_path_and_problem(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        casegate_error err = no_error();
        casegate_content *content = NULL;

        casegate_result rc = casegate_json_read_content(NULL, refusals[i].text, strlen(refusals[i].text), &content, &err);

        if (rc != CASEGATE_E_INVALID || strcmp(err.field, refusals[i].field) != 0 || err.host_code != refusals[i].problem ||
            content)
            fail_msg("%s: result %d, field %s, problem %s", refusals[i].text, rc, err.field,
                     casegate_problem_name(err.host_code));
    }
}

static void a_nul_byte_anywhere_in_the_document_is_refused(void **state)
{
    (void)state;
    static const char inside[] = "{\"due\":\"a\0b\"}", behind[] = "{}";
    casegate_error first = no_error(), second = no_error();
    casegate_content *content = NULL;

    assert_int_equal(casegate_json_read_content(NULL, inside, sizeof inside - 1, &content, &first), CASEGATE_E_INVALID);
    assert_int_equal(casegate_json_read_content(NULL, behind, sizeof behind, &content, &second), CASEGATE_E_INVALID);

    assert_int_equal(first.host_code, CASEGATE_PROBLEM_ENCODING);
    assert_int_equal(second.host_code, CASEGATE_PROBLEM_ENCODING);
    assert_null(content);
}

static void the_last_level_and_the_last_byte_are_still_read(void **state)
{
    (void)state;
    enum { LEVELS = 32, BYTES = 4 << 20 };
    casegate_error err = no_error();
    casegate_content *content = NULL;
    char deep[2 * LEVELS + 2];
    memset(deep, '[', LEVELS + 1);
    memset(deep + LEVELS + 1, ']', LEVELS + 1);
    char *large = test_malloc(BYTES);
    memset(large, ' ', BYTES);
    memcpy(large, "{}", 2);

    assert_int_equal(casegate_json_read_content(NULL, deep + 1, 2 * LEVELS, &content, &err), CASEGATE_E_INVALID);
    assert_int_equal(err.host_code, CASEGATE_PROBLEM_FORMAT);   /* a list: it was parsed */
    assert_int_equal(casegate_json_read_content(NULL, deep, 2 * LEVELS + 2, &content, &err), CASEGATE_E_INVALID);
    assert_int_equal(err.host_code, CASEGATE_PROBLEM_TOO_MANY);
    assert_int_equal(casegate_json_read_content(NULL, large, BYTES, &content, &err), CASEGATE_OK);

    casegate_content_unref(content);
    test_free(large);
}

static void a_document_that_is_too_deep_or_too_large_is_refused_before_it_is_parsed(void **state)
{
    (void)state;
    casegate_error err = no_error();
    casegate_content *content = NULL;
    char deep[101];
    memset(deep, '[', 100);
    deep[100] = '\0';
    size_t size = (4u << 20) + 1;
    char *large = test_malloc(size);
    memset(large, ' ', size);

    assert_int_equal(casegate_json_read_content(NULL, deep, 100, &content, &err), CASEGATE_E_INVALID);
    assert_int_equal(err.host_code, CASEGATE_PROBLEM_TOO_MANY);
    assert_int_equal(casegate_json_read_content(NULL, large, size, &content, &err), CASEGATE_E_INVALID);
    assert_int_equal(err.host_code, CASEGATE_PROBLEM_TOO_LONG);

    test_free(large);
}

static void an_error_never_quotes_a_value_nor_a_name_that_could_be_one(void **state)
{
    (void)state;
    static const char *const canaries[] = {
        "{\"patient\":{\"name\":\"CANARY\\r\"}}", "{\"CANARY Ada Byron\":1}", "{\"due\":\"CANARY\"}",
        "{\"services\":[{\"id\":\"CANARY Ada\",\"quantity\":1}]}", "{\"files\":[{\"id\":\"f\",\"name\":\"CANARY/..\"}]}", "{\"patient\":CANARY}",
    };
    for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++) {
        casegate_error err = no_error();
        casegate_content *content = NULL;

        assert_int_equal(casegate_json_read_content(NULL, canaries[i], strlen(canaries[i]), &content, &err), CASEGATE_E_INVALID);

        assert_null(strstr(err.text, "CANARY"));
        assert_null(strstr(err.field, "CANARY"));
    }
}

/* RFC 7396, appendix A, as far as a content can be its target. */
static void a_merge_patch_replaces_adds_and_removes_what_it_names(void **state)
{
    (void)state;
    static const struct { const char *from, *patch, *to; } rows[] = {
        { "{\"reference\":\"a\"}", "{\"reference\":\"b\"}", "{\"reference\":\"b\"}" },
        { "{\"reference\":\"a\"}", "{\"due\":\"2026-01-02\"}", "{\"reference\":\"a\",\"due\":\"2026-01-02\"}" },
        { "{\"reference\":\"a\"}", "{\"reference\":null}", "{}" },
        { "{\"patient\":{\"name\":\"a\",\"id\":\"p\"}}", "{\"patient\":{\"id\":null,\"sex\":\"f\"}}",
          "{\"patient\":{\"name\":\"a\",\"sex\":\"f\"}}" },
        { "{\"files\":[{\"id\":\"a\"},{\"id\":\"b\"}]}", "{\"files\":[{\"id\":\"c\"}]}", "{\"files\":[{\"id\":\"c\"}]}" },
        { "{\"files\":[{\"id\":\"a\"}]}", "{}", "{\"files\":[{\"id\":\"a\"}]}" },
        { "{}", "{\"patient\":{\"name\":{\"x\":null}}}", NULL },
        { "{\"reference\":\"a\"}", "[\"c\"]", NULL },
        { "{\"reference\":\"a\"}", "null", NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        casegate_content *from = content_of(rows[i].from), *to = NULL;

        casegate_result rc = casegate_json_patch_content(NULL, from, rows[i].patch, strlen(rows[i].patch), &to, NULL);

        assert_int_equal(rc, rows[i].to ? CASEGATE_OK : CASEGATE_E_INVALID);
        if (rows[i].to) assert_content(to, rows[i].to);
        casegate_content_unref(to);
        casegate_content_unref(from);
    }
}

static void a_patch_does_not_change_the_content_that_it_starts_from(void **state)
{
    (void)state;
    casegate_content *from = content_of("{\"reference\":\"a\"}"), *to = NULL;

    assert_int_equal(casegate_json_patch_content(NULL, from, "{\"reference\":\"b\"}", 17, &to, NULL), CASEGATE_OK);

    assert_content(from, "{\"reference\":\"a\"}");
    casegate_content_unref(from);
    casegate_content_unref(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_survives_reading_and_writing_in_a_stable_order),
        cmocka_unit_test(absent_null_empty_text_and_empty_list_are_the_same),
        cmocka_unit_test(a_size_of_zero_is_known_and_an_absent_one_is_not),
        cmocka_unit_test(text_beyond_ascii_is_kept_and_control_characters_are_escaped),
        cmocka_unit_test(what_is_not_a_content_is_refused_with_its_path_and_problem),
        cmocka_unit_test(a_nul_byte_anywhere_in_the_document_is_refused),
        cmocka_unit_test(the_last_level_and_the_last_byte_are_still_read),
        cmocka_unit_test(a_document_that_is_too_deep_or_too_large_is_refused_before_it_is_parsed),
        cmocka_unit_test(an_error_never_quotes_a_value_nor_a_name_that_could_be_one),
        cmocka_unit_test(a_merge_patch_replaces_adds_and_removes_what_it_names),
        cmocka_unit_test(a_patch_does_not_change_the_content_that_it_starts_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
