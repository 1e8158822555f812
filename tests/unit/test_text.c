/* SPDX-License-Identifier: MIT */
/* test_text.c: what is well-formed text, of each kind. */
#include "unit.h"

#define LINE CASEGATE_KIND_LINE
#define TEXT CASEGATE_KIND_TEXT
#define ID CASEGATE_KIND_ID
#define DATE CASEGATE_KIND_DATE
#define EMAIL CASEGATE_KIND_EMAIL
#define FILE_NAME CASEGATE_KIND_FILE_NAME

typedef struct judged { int32_t kind; const char *text; int32_t problem; } judged;

static void judge_all(const judged *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int32_t problem = cg_text_problem(cases[i].kind, cases[i].text);
        if (problem != cases[i].problem)
            fail_msg("case %zu, kind %d: problem %d instead of %d", i, (int)cases[i].kind, (int)problem, (int)cases[i].problem);
    }
}
#define JUDGE(cases) judge_all(cases, sizeof (cases) / sizeof (cases)[0])

TEST(absent_text_has_no_problem_of_any_kind)
{
    UNUSED(state);
    for (int32_t kind = 0; kind < 30; kind++) {
        assert_int_equal(cg_text_problem(kind, NULL), 0);
        assert_int_equal(cg_text_problem(kind, ""), 0);
    }
}

TEST(utf_8_of_every_length_is_taken)
{
    UNUSED(state);
    static const judged cases[] = {
        { LINE, "Ann", 0 }, { LINE, "Gr\xC3\xB6\xC3\x9F" "e", 0 }, { LINE, "\xE4\xBA\xBA", 0 }, { LINE, "\xF0\x9F\xA6\xB7", 0 },
        { LINE, "\xC2\xA0", 0 }, { LINE, "\xED\x9F\xBF", 0 }, { LINE, "\xEE\x80\x80", 0 }, { LINE, "\xF4\x8F\xBF\xBF", 0 }
    };
    JUDGE(cases);
}

TEST(what_is_not_utf_8_is_named_encoding)
{
    UNUSED(state);
    enum { E = CASEGATE_PROBLEM_ENCODING };
    static const judged cases[] = {
        { LINE, "\x80", E }, { LINE, "a\xFF", E }, { LINE, "\xC3", E }, { LINE, "\xE4\xBA", E }, { LINE, "\xF0\x9F\xA6", E },
        /* overlong */
        { LINE, "\xC0\xAF", E }, { LINE, "\xC1\xBF", E }, { LINE, "\xE0\x9F\xBF", E }, { LINE, "\xF0\x8F\xBF\xBF", E },
        { LINE, "\xED\xA0\x80", E }, { LINE, "\xED\xBF\xBF", E },   /* surrogates */
        { LINE, "\xF4\x90\x80\x80", E }, { LINE, "\xF8\x88\x80\x80\x80", E }, { LINE, "\xC3" "A", E }
    };
    JUDGE(cases);
}

TEST(controls_and_bidirectional_controls_are_refused)
{
    UNUSED(state);
    enum { C = CASEGATE_PROBLEM_CONTROL };
    static const judged cases[] = {
        { LINE, "\x01", C }, { LINE, "a\nb", C }, { LINE, "a\tb", C }, { LINE, "\x7F", C }, { LINE, "\xC2\x85", C },
        { LINE, "\xE2\x80\xA8", C }, { LINE, "\xE2\x80\xA9", C }, { LINE, "\xD8\x9C", C }, { LINE, "\xE2\x80\x8E", C },
        { LINE, "\xE2\x80\x8F", C }, { LINE, "\xE2\x80\xAA", C }, { LINE, "\xE2\x80\xAE", C }, { LINE, "\xE2\x81\xA6", C },
        { LINE, "\xE2\x81\xA9", C }, { TEXT, "\xE2\x80\xAE", C }, { TEXT, "a\rb", C }, { TEXT, "\x1B[0m", C },
        { LINE, "\xE2\x80\x8D", 0 }, { LINE, "\xE2\x80\xAF", 0 }, { LINE, "\xE2\x81\xAA", 0 }   /* their neighbours are none */
    };
    JUDGE(cases);
}

TEST(free_text_may_have_newlines_and_tabs)
{
    UNUSED(state);

    assert_int_equal(cg_text_problem(TEXT, "one\n\ttwo"), 0);
}

TEST(encoding_comes_before_control_and_control_before_form)
{
    UNUSED(state);
    static const judged cases[] = {
        { ID, "\x01 \xFF", CASEGATE_PROBLEM_ENCODING }, { ID, "a b\x01", CASEGATE_PROBLEM_CONTROL },
        { ID, "a b", CASEGATE_PROBLEM_FORMAT }
    };
    JUDGE(cases);
}

TEST(ids_are_printable_ascii_without_space)
{
    UNUSED(state);
    static const judged cases[] = {
        { ID, "!~[x]", 0 }, { ID, "a b", CASEGATE_PROBLEM_FORMAT }, { ID, "\xC3\xB6", CASEGATE_PROBLEM_FORMAT }
    };
    JUDGE(cases);
}

TEST(ids_in_contents_have_no_brackets)
{
    UNUSED(state);

    assert_int_equal(cg_element_id_problem("s1"), 0);
    assert_int_equal(cg_element_id_problem("s[1"), CASEGATE_PROBLEM_FORMAT);
    assert_int_equal(cg_element_id_problem("s1]"), CASEGATE_PROBLEM_FORMAT);
    assert_int_equal(cg_element_id_problem(NULL), 0);
}

TEST(dates_are_days_of_the_calendar)
{
    UNUSED(state);
    enum { F = CASEGATE_PROBLEM_FORMAT };
    static const judged cases[] = {
        { DATE, "2026-03-16", 0 }, { DATE, "2024-02-29", 0 }, { DATE, "2000-02-29", 0 }, { DATE, "0001-01-01", 0 },
        { DATE, "9999-12-31", 0 },
        { DATE, "2026-02-29", F }, { DATE, "1900-02-29", F }, { DATE, "2026-04-31", F }, { DATE, "2026-13-01", F },
        { DATE, "2026-00-01", F },
        { DATE, "2026-01-00", F }, { DATE, "0000-01-01", F }, { DATE, "2026-1-01", F }, { DATE, "2026-03-16 ", F },
        { DATE, "2026-03", F },
        { DATE, "20260316", F }, { DATE, "-026-03-16", F }, { DATE, "2", F }
    };
    JUDGE(cases);
}

TEST(an_email_is_one_bare_address)
{
    UNUSED(state);
    enum { F = CASEGATE_PROBLEM_FORMAT, C = CASEGATE_PROBLEM_CONTROL };
    static const judged cases[] = {
        { EMAIL, "a@b.example", 0 }, { EMAIL, "a.b+c@x-y.example", 0 }, { EMAIL, "o'neil@clinic.example", 0 },
        { EMAIL, "a@localhost", 0 },
        { EMAIL, "\xC3\xB6@\xC3\xB6.example", 0 },
        { EMAIL, "a", F }, { EMAIL, "@b", F }, { EMAIL, "a@", F }, { EMAIL, "a@b@c", F }, { EMAIL, "a@b,c@d", F },
        { EMAIL, "a@b;c", F },
        { EMAIL, "A <a@b>", F }, { EMAIL, "\"a\"@b", F }, { EMAIL, "a b@c", F }, { EMAIL, ".a@b", F }, { EMAIL, "a.@b", F },
        { EMAIL, "a..b@c", F },
        { EMAIL, "a@.b", F }, { EMAIL, "a@b.", F }, { EMAIL, "a@-b", F }, { EMAIL, "a@b-.c", F }, { EMAIL, "a@b_c", F },
        { EMAIL, "a@b\r\nBcc: c@d", C }, { EMAIL, "a@b\n", C }
    };
    JUDGE(cases);
}

TEST(file_names_lead_nowhere)
{
    UNUSED(state);
    enum { F = CASEGATE_PROBLEM_FORMAT };
    static const judged cases[] = {
        { FILE_NAME, "upper jaw.stl", 0 }, { FILE_NAME, "..a", 0 }, { FILE_NAME, "..", F }, { FILE_NAME, ".", F },
        { FILE_NAME, "a/b", F },
        { FILE_NAME, "a\\b", F }
    };
    JUDGE(cases);
}

TEST(digests_and_kinds_of_files_have_their_form)
{
    UNUSED(state);
    enum { F = CASEGATE_PROBLEM_FORMAT };
    static const judged cases[] = {
        { CASEGATE_KIND_SHA256, "0123456789abcdefABCDEF00112233445566778899aabbccddeeff0011223344", 0 },
        { CASEGATE_KIND_SHA256, "0123456789abcdefABCDEF00112233445566778899aabbccddeeff001122334", F },
        { CASEGATE_KIND_SHA256, "0123456789abcdefABCDEF00112233445566778899aabbccddeeff00112233445", F },
        { CASEGATE_KIND_SHA256, "g123456789abcdefABCDEF00112233445566778899aabbccddeeff0011223344", F },
        { CASEGATE_KIND_FILE_KIND, "scan", 0 }, { CASEGATE_KIND_FILE_KIND, "image", 0 },
        { CASEGATE_KIND_FILE_KIND, "document", 0 },
        { CASEGATE_KIND_FILE_KIND, "Scan", F }, { CASEGATE_KIND_FILE_KIND, "video", F }
    };
    JUDGE(cases);
}

typedef struct numbers { int of[64]; } numbers;
static int number_less(const void *user, size_t a, size_t b) { const numbers *n = user; return n->of[a] < n->of[b]; }
static void number_swap(void *user, size_t a, size_t b)
{
    numbers *n = user;
    int held = n->of[a];
    n->of[a] = n->of[b];
    n->of[b] = held;
}

TEST(sorting_puts_lists_of_any_length_in_order)
{
    UNUSED(state);
    for (size_t n = 0; n <= 64; n++) {
        numbers list;
        for (size_t i = 0; i < n; i++) list.of[i] = (int)(i * 37 % 23);

        cg_sort(&list, n, number_less, number_swap);

        for (size_t i = 1; i < n; i++) assert_true(list.of[i - 1] <= list.of[i]);
    }
}

TEST(an_error_is_cut_at_a_character_and_keeps_to_the_callers_size)
{
    UNUSED(state);
    casegate_error err = ERROR;
    char text[300];
    memset(text, 'a', sizeof text);
    memcpy(text + 254, "\xC3\xB6", 2);   /* would be the last two bytes before the NUL's place, and one too many */
    text[299] = '\0';

    assert_int_equal(casegate_error_set(&err, CASEGATE_E_HOST, 7, "field", text), CASEGATE_E_HOST);

    assert_int_equal(err.code, CASEGATE_E_HOST);
    assert_int_equal(err.host_code, 7);
    assert_string_equal(err.field, "field");
    assert_int_equal(strlen(err.text), 254);
}

TEST(an_error_of_an_older_header_is_not_written_beyond_its_size)
{
    UNUSED(state);
    union { casegate_error err; unsigned char bytes[sizeof(casegate_error)]; } older;
    memset(&older, 0x5A, sizeof older);
    older.err.size = offsetof(casegate_error, field) + 4;

    casegate_error_set(&older.err, CASEGATE_E_INVALID, 3, "services", "text");

    assert_string_equal(older.err.field, "ser");
    for (size_t i = older.err.size; i < sizeof older; i++) assert_int_equal(older.bytes[i], 0x5A);
}

TEST(results_and_problems_have_names)
{
    UNUSED(state);

    assert_string_equal(casegate_result_name(CASEGATE_OK), "ok");
    assert_string_equal(casegate_result_name(CASEGATE_LATER), "later");
    assert_string_equal(casegate_result_name(CASEGATE_E_NOMEM), "e_nomem");
    assert_string_equal(casegate_result_name(CASEGATE_E_UNKNOWN), "e_unknown");
    assert_string_equal(casegate_result_name(CASEGATE_E_MISSING_FACT), "e_missing_fact");
    assert_string_equal(casegate_result_name(-99), "unknown");
    assert_string_equal(casegate_problem_name(CASEGATE_PROBLEM_TOO_LONG), "too_long");
    assert_string_equal(casegate_problem_name(CASEGATE_PROBLEM_UNKNOWN), "unknown");
    assert_string_equal(casegate_problem_name(0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_text_has_no_problem_of_any_kind),
        cmocka_unit_test(utf_8_of_every_length_is_taken),
        cmocka_unit_test(what_is_not_utf_8_is_named_encoding),
        cmocka_unit_test(controls_and_bidirectional_controls_are_refused),
        cmocka_unit_test(free_text_may_have_newlines_and_tabs),
        cmocka_unit_test(encoding_comes_before_control_and_control_before_form),
        cmocka_unit_test(ids_are_printable_ascii_without_space),
        cmocka_unit_test(ids_in_contents_have_no_brackets),
        cmocka_unit_test(dates_are_days_of_the_calendar),
        cmocka_unit_test(an_email_is_one_bare_address),
        cmocka_unit_test(file_names_lead_nowhere),
        cmocka_unit_test(digests_and_kinds_of_files_have_their_form),
        cmocka_unit_test(sorting_puts_lists_of_any_length_in_order),
        cmocka_unit_test(an_error_is_cut_at_a_character_and_keeps_to_the_callers_size),
        cmocka_unit_test(an_error_of_an_older_header_is_not_written_beyond_its_size),
        cmocka_unit_test(results_and_problems_have_names)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
