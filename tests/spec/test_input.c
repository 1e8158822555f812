/* SPDX-License-Identifier: MIT */
/* test_input.c: bad inputs and misuse: texts, ids, limits, counters, enumerators, NULL, struct sizes that cannot be. */
#include "spec.h"

#include <stdio.h>

/* CASEGATE_PROBLEM_... by hand */
enum { MISSING = 1, TOO_LONG, TOO_MANY, ENCODING, CONTROL, FORMAT, RANGE, DUPLICATE, UNKNOWN };

/* ---- texts of a content ------------------------------------------------------------------------------------------ */

/* Builds a content with one text; its problem, 0 if it is taken. */
static int32_t set_problem(int32_t field, const char *value)
{
    casegate_error error = ERROR;
    casegate_content *content = NULL;
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_set(b, field, value);
    casegate_result result = casegate_content_builder_finish(b, &content, &error);
    if (result == CASEGATE_OK) {
        assert_string_equal(casegate_content_get(content, field), value);
        casegate_content_unref(content);
        return 0;
    }
    assert_int_equal(result, CASEGATE_E_INVALID);
    assert_null(content);
    assert_string_equal(error.field, casegate_member_at(CASEGATE_VIEW_CONTENT, (size_t)field - 1)->name);
    return error.host_code;
}

static const struct text { const char *bytes; int32_t problem; } texts[] = {
    /* truncated */
    { "\x80", ENCODING }, { "a\xC3", ENCODING }, { "\xE2\x82", ENCODING }, { "\xF0\x9F\x98", ENCODING }, { "\xC3(", ENCODING },
    /* overlong */
    { "\xC0\xAF", ENCODING }, { "\xC1\xBF", ENCODING }, { "\xE0\x80\xAF", ENCODING }, { "\xF0\x80\x80\xAF", ENCODING },
    { "\xED\xA0\x80", ENCODING }, { "\xED\xBF\xBF", ENCODING }, { "\xF4\x90\x80\x80", ENCODING },
    { "\xF8\x88\x80\x80\x80", ENCODING },
    { "\xFE", ENCODING }, { "\xFF", ENCODING }, { "a\rb\xFF", ENCODING },
    { "a\rb", CONTROL }, { "a\r\nb", CONTROL }, { "\x01", CONTROL }, { "\x1B[31m", CONTROL }, { "\x7F", CONTROL },
    { "\xC2\x85", CONTROL },
    /* U+2028, U+2029 */
    { "\xC2\x9F", CONTROL }, { "a\xE2\x80\xA8" "b", CONTROL }, { "a\xE2\x80\xA9" "b", CONTROL },
    { "\xE2\x80\xAE" "txt.exe", CONTROL }, { "\xE2\x80\x8E", CONTROL }, { "\xE2\x80\x8F", CONTROL }, { "\xE2\x81\xA6", CONTROL },
    /* bidi */
    { "\xE2\x81\xA9", CONTROL }, { "\xD8\x9C", CONTROL },
    { "%n%s%x", 0 }, { "'; drop table cases; --", 0 }, { "\"quoted\" \\ `back`", 0 }, { "../../etc/passwd", 0 },
    { "<b>&amp;</b>", 0 },
    { " not trimmed ", 0 }, { "\xC3\x85sa \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\xA6\xB7", 0 }, { "\xF4\x8F\xBF\xBF", 0 },
    { "\xEF\xBF\xBD", 0 },
};

TEST(a_text_on_one_line_is_valid_utf8_without_controls_and_is_given_back_as_it_was)
{
    UNUSED(state);
    static const int32_t lines[] = { CASEGATE_CONTENT_REFERENCE, CASEGATE_CONTENT_PATIENT_NAME, CASEGATE_CONTENT_PATIENT_SEX,
                                     CASEGATE_CONTENT_DENTIST_NAME, CASEGATE_CONTENT_CLINIC_NAME, CASEGATE_CONTENT_SCAN_METHOD };
    for (size_t k = 0; k < COUNT(lines); k++) {
        for (size_t i = 0; i < COUNT(texts); i++) assert_int_equal(set_problem(lines[k], texts[i].bytes), texts[i].problem);
        assert_int_equal(set_problem(lines[k], "a\nb"), CONTROL);
        assert_int_equal(set_problem(lines[k], "a\tb"), CONTROL);
    }
}

TEST(a_free_text_may_have_newlines_and_tabs_and_no_other_control)
{
    UNUSED(state);
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(set_problem(CASEGATE_CONTENT_INSTRUCTIONS, texts[i].bytes), texts[i].problem);
    assert_int_equal(set_problem(CASEGATE_CONTENT_INSTRUCTIONS, "a\n\tb"), 0);
}

TEST(ids_dates_and_addresses_have_a_form)
{
    UNUSED(state);
    static const struct { int32_t field; const char *value; int32_t problem; } rows[] = {
        { CASEGATE_CONTENT_PATIENT_ID, "p 1", FORMAT }, { CASEGATE_CONTENT_PATIENT_ID, "p[1]", FORMAT },
        { CASEGATE_CONTENT_PATIENT_ID, "p\xC3\xA4", FORMAT },
        { CASEGATE_CONTENT_PATIENT_ID, "p\n", CONTROL }, { CASEGATE_CONTENT_PATIENT_ID, "!#~/'\"%n", 0 },
        { CASEGATE_CONTENT_DENTIST_ID, "d 7", FORMAT },
        { CASEGATE_CONTENT_REMAKE_OF, "case 1", FORMAT }, { CASEGATE_CONTENT_REMAKE_OF, "case-1", 0 },
        { CASEGATE_CONTENT_DUE, "2026-02-29", FORMAT }, { CASEGATE_CONTENT_DUE, "2024-02-29", 0 },
        { CASEGATE_CONTENT_DUE, "2026-13-01", FORMAT },
        { CASEGATE_CONTENT_DUE, "2026-00-10", FORMAT }, { CASEGATE_CONTENT_DUE, "2026-3-1", FORMAT },
        { CASEGATE_CONTENT_DUE, "2026-03-01T00:00", FORMAT },
        { CASEGATE_CONTENT_DUE, "16.3.2026", FORMAT }, { CASEGATE_CONTENT_DUE, "0000-01-01", FORMAT },
        { CASEGATE_CONTENT_DUE, "9999-12-31", 0 },
        { CASEGATE_CONTENT_PATIENT_BIRTH_DATE, "1980-04-31", FORMAT }, { CASEGATE_CONTENT_PATIENT_BIRTH_DATE, "1980-04-30", 0 },
        { CASEGATE_CONTENT_CLINIC_EMAIL, "desk@clinic.example", 0 }, { CASEGATE_CONTENT_CLINIC_EMAIL, "o'neil+x@a-b.example", 0 },
        { CASEGATE_CONTENT_CLINIC_EMAIL, "desk", FORMAT }, { CASEGATE_CONTENT_CLINIC_EMAIL, "@clinic.example", FORMAT },
        { CASEGATE_CONTENT_CLINIC_EMAIL, "a@b@c.example", FORMAT },
        { CASEGATE_CONTENT_CLINIC_EMAIL, "Desk <desk@clinic.example>", FORMAT },
        { CASEGATE_CONTENT_CLINIC_EMAIL, "a@x.example,b@x.example", FORMAT },
        { CASEGATE_CONTENT_CLINIC_EMAIL, "a@x.example ", FORMAT },
        { CASEGATE_CONTENT_CLINIC_EMAIL, "a@x.example\r\nBcc: b@x.example", CONTROL },
        { CASEGATE_CONTENT_CLINIC_EMAIL, "a@-x.example", FORMAT },
        { CASEGATE_CONTENT_DENTIST_EMAIL, "a..b@x.example", FORMAT }, { CASEGATE_CONTENT_DENTIST_EMAIL, "a@x..example", FORMAT },
        { CASEGATE_CONTENT_DENTIST_EMAIL, "\xFF@x.example", ENCODING },
    };
    for (size_t i = 0; i < COUNT(rows); i++) assert_int_equal(set_problem(rows[i].field, rows[i].value), rows[i].problem);
}

/* ---- elements of a content --------------------------------------------------------------------------------------- */

static const char digest_64[] = "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789";
static const char *const bad_teeth[] = { "11", "" }, *const broken_teeth[] = { "11", "1\n2" };

static void expect_bad(casegate_content_builder *b, const char *field, int32_t problem)
{
    casegate_error error = ERROR;
    casegate_content *content = NULL;
    casegate_result result = casegate_content_builder_finish(b, &content, &error);
    assert_int_equal(result, problem ? CASEGATE_E_INVALID : CASEGATE_OK);
    assert_string_equal(error.field, field);
    assert_int_equal(error.host_code, problem);
    casegate_content_unref(content);
}

#define SERVICE(...) { .size = sizeof(casegate_service), __VA_ARGS__ }
#define ANSWER(...) { .size = sizeof(casegate_answer), __VA_ARGS__ }
#define FILE_OF(...) { .size = sizeof(casegate_file), __VA_ARGS__ }

TEST(a_malformed_service_is_named_by_its_id_or_by_its_place)
{
    UNUSED(state);
    static const struct { casegate_service service; const char *field; int32_t problem; } rows[] = {
        { SERVICE(.code = "crown"), "services[#0].id", MISSING }, { SERVICE(.id = ""), "services[#0].id", MISSING },
        { SERVICE(.id = "s 1"), "services[#0].id", FORMAT }, { SERVICE(.id = "s]"), "services[#0].id", FORMAT },
        { SERVICE(.id = "s1", .code = "a\nb"), "services[s1].code", CONTROL }, { SERVICE(.id = "s1", .notes = "a\nb"), "", 0 },
        { SERVICE(.id = "s1", .notes = "\xFF"), "services[s1].notes", ENCODING },
        { SERVICE(.id = "s1", .due = "soon"), "services[s1].due", FORMAT },
        { SERVICE(.id = "s1", .quantity = -1), "services[s1].quantity", RANGE },
        { SERVICE(.id = "s1", .quantity = INT32_MIN), "services[s1].quantity", RANGE },
        { SERVICE(.id = "s1", .quantity = INT32_MAX), "", 0 },
        { SERVICE(.id = "s1", .teeth = bad_teeth, .tooth_count = 2), "services[s1].teeth", MISSING },
        { SERVICE(.id = "s1", .teeth = broken_teeth, .tooth_count = 2), "services[s1].teeth", CONTROL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
        casegate_content_add_service(b, &rows[i].service);
        expect_bad(b, rows[i].field, rows[i].problem);
    }
}

TEST(a_malformed_answer_is_named_by_its_id)
{
    UNUSED(state);
    static const struct { casegate_answer answer; const char *field; int32_t problem; } rows[] = {
        { ANSWER(.question = "?"), "answers[#0].id", MISSING },
        { ANSWER(.id = "q1", .service = "s 1"), "answers[q1].service", FORMAT },
        { ANSWER(.id = "q1", .question = "a\rb"), "answers[q1].question", CONTROL },
        { ANSWER(.id = "q1", .response = "\xC0\x80"), "answers[q1].response", ENCODING },
        { ANSWER(.id = "q1", .required = 2), "answers[q1].required", RANGE },
        { ANSWER(.id = "q1", .response = "a\n\tb", .required = 1), "", 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
        casegate_content_add_answer(b, &rows[i].answer);
        expect_bad(b, rows[i].field, rows[i].problem);
    }
}

static const struct bad_file { casegate_file file; const char *field; int32_t problem; } bad_files[] = {
    { FILE_OF(.kind = "scan"), "files[#0].id", MISSING }, { FILE_OF(.id = "f[1"), "files[#0].id", FORMAT },
    { FILE_OF(.id = "f1", .kind = "video"), "files[f1].kind", FORMAT },
    { FILE_OF(.id = "f1", .name = "../upper.stl"), "files[f1].name", FORMAT },
    { FILE_OF(.id = "f1", .name = "a/b"), "files[f1].name", FORMAT },
    { FILE_OF(.id = "f1", .name = "a\\b"), "files[f1].name", FORMAT },
    { FILE_OF(.id = "f1", .name = ".."), "files[f1].name", FORMAT },
    { FILE_OF(.id = "f1", .name = "."), "files[f1].name", FORMAT },
    { FILE_OF(.id = "f1", .name = "a\r\nb"), "files[f1].name", CONTROL },
    { FILE_OF(.id = "f1", .name = "\xE2\x80\xAElts.exe"), "files[f1].name", CONTROL },
    { FILE_OF(.id = "f1", .name = "..stl %n \"x\""), "", 0 },
    { FILE_OF(.id = "f1", .media_type = "a\nb"), "files[f1].media_type", CONTROL },
    { FILE_OF(.id = "f1", .sha256 = digest_64 + 1), "files[f1].sha256", FORMAT },
    { FILE_OF(.id = "f1", .sha256 = digest_64), "", 0 },
    { FILE_OF(.id = "f1", .uri = "\xFF"), "files[f1].uri", ENCODING },
    { FILE_OF(.id = "f1", .bytes = -1, .size_known = 1), "files[f1].size", RANGE },
    { FILE_OF(.id = "f1", .bytes = -1), "", 0 }, { FILE_OF(.id = "f1", .bytes = INT64_MAX, .size_known = 1), "", 0 },
};

TEST(a_malformed_file_is_named_by_its_id_in_a_content)
{
    UNUSED(state);
    for (size_t i = 0; i < COUNT(bad_files); i++) {
        casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
        casegate_content_add_file(b, &bad_files[i].file);
        expect_bad(b, bad_files[i].field, bad_files[i].problem);
    }
}

TEST(an_id_stands_once_in_its_list_and_may_stand_in_another)
{
    UNUSED(state);
    static const casegate_service service = SERVICE(.id = "x");
    static const casegate_answer answer = ANSWER(.id = "x");
    static const casegate_file file = FILE_OF(.id = "x");
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_service(b, &service);
    casegate_content_add_answer(b, &answer);
    casegate_content_add_file(b, &file);
    expect_bad(b, "", 0);

    b = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_service(b, &service);
    casegate_content_add_service(b, &service);
    expect_bad(b, "services[x].id", DUPLICATE);

    b = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_file(b, &file);
    casegate_content_add_file(b, &file);
    expect_bad(b, "files[x].id", DUPLICATE);
}

TEST(the_first_failure_of_a_builder_sticks)
{
    UNUSED(state);
    static const casegate_service service = SERVICE(.id = "s 1");
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_set(b, CASEGATE_CONTENT_DUE, "soon");
    casegate_content_set(b, CASEGATE_CONTENT_DUE, "2026-03-16");
    casegate_content_add_service(b, &service);

    expect_bad(b, "due", FORMAT);
}

TEST(fields_and_lists_that_do_not_exist_are_refused)
{
    UNUSED(state);
    static const int32_t fields[] = { 0, -1, CASEGATE_CONTENT_SERVICES, 99, INT32_MIN, INT32_MAX };
    static const int32_t lists[] = { 0, CASEGATE_CONTENT_REMAKE_OF, CASEGATE_CONTENT_FILES + 1, INT32_MIN, INT32_MAX };
    for (size_t i = 0; i < COUNT(fields); i++) {
        casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
        casegate_content_set(b, fields[i], "x");
        expect_bad(b, "field", UNKNOWN);
    }
    for (size_t i = 0; i < COUNT(lists); i++) {
        casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
        casegate_content_remove(b, lists[i], NULL);
        expect_bad(b, "list", UNKNOWN);
    }
}

/* ---- limits ------------------------------------------------------------------------------------------------------ */

static char filler[16386];

/* A text of n bytes, until the next call. */
static const char *of_length(size_t n)
{
    memset(filler, 'x', sizeof filler);
    filler[n] = '\0';
    return filler;
}

static const char *create_with(casegate_content *content)
{
    static char words[512];
    spec_world world;
    spec_open(&world, 0, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_CREATE);
    world.request.content = content;
    snprintf(words, sizeof words, "%s", spec_decide(&world));
    spec_close(&world);
    casegate_content_unref(content);
    return words;
}

static casegate_content *finish(casegate_content_builder *b)
{
    casegate_content *content = NULL;
    assert_int_equal(casegate_content_builder_finish(b, &content, NULL), CASEGATE_OK);
    return content;
}

static void expect_limit(const char *words, const char *field, const char *problem)
{
    char expected[160] = "";
    if (field) snprintf(expected, sizeof expected, "invalid_input(field=%s,problem=%s)", field, problem);
    assert_string_equal(words, expected);
}

TEST(a_text_of_a_content_is_taken_at_its_limit_and_refused_one_byte_beyond)
{
    UNUSED(state);
    static const struct { int32_t field; size_t limit; const char *name; } rows[] = {
        { CASEGATE_CONTENT_REFERENCE, 256, "reference" }, { CASEGATE_CONTENT_PATIENT_NAME, 256, "patient.name" },
        { CASEGATE_CONTENT_PATIENT_ID, 64, "patient.id" }, { CASEGATE_CONTENT_PATIENT_SEX, 256, "patient.sex" },
        { CASEGATE_CONTENT_DENTIST_ID, 64, "dentist.id" }, { CASEGATE_CONTENT_DENTIST_NAME, 256, "dentist.name" },
        { CASEGATE_CONTENT_CLINIC_NAME, 256, "clinic.name" }, { CASEGATE_CONTENT_INSTRUCTIONS, 16384, "instructions" },
        { CASEGATE_CONTENT_SCAN_METHOD, 256, "scan_method" }, { CASEGATE_CONTENT_REMAKE_OF, 64, "remake_of" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_limit(create_with(spec_content_with(rows[i].field, of_length(rows[i].limit))), NULL, NULL);
        expect_limit(create_with(spec_content_with(rows[i].field, of_length(rows[i].limit + 1))), rows[i].name, "too_long");
    }
}

TEST(an_address_is_taken_at_its_limit_and_refused_one_byte_beyond)
{
    UNUSED(state);
    char address[300];
    memset(address, 'x', sizeof address);
    memcpy(address + 247, "@a.exampl", 10);
    expect_limit(create_with(spec_content_with(CASEGATE_CONTENT_CLINIC_EMAIL, address)), NULL, NULL);
    memcpy(address + 247, "@a.example", 11);
    expect_limit(create_with(spec_content_with(CASEGATE_CONTENT_CLINIC_EMAIL, address)), "clinic.email", "too_long");
}

static casegate_content *with_service(const casegate_service *service)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_service(b, service);
    return finish(b);
}

TEST(members_of_elements_are_taken_at_their_limit_and_refused_one_byte_beyond)
{
    UNUSED(state);
    for (size_t beyond = 0; beyond < 2; beyond++) {
        casegate_service service = SERVICE(.id = "s1", .shade = of_length(256 + beyond));
        expect_limit(create_with(with_service(&service)), beyond ? "services[s1].shade" : NULL, "too_long");
        service = (casegate_service) SERVICE(.id = "s1", .notes = of_length(4096 + beyond));
        expect_limit(create_with(with_service(&service)), beyond ? "services[s1].notes" : NULL, "too_long");
        const char *const tooth[] = { of_length(256 + beyond) };
        service = (casegate_service) SERVICE(.id = "s1", .teeth = tooth, .tooth_count = 1);
        expect_limit(create_with(with_service(&service)), beyond ? "services[s1].teeth" : NULL, "too_long");
        const char *teeth[33];
        for (size_t i = 0; i < COUNT(teeth); i++) teeth[i] = "11";
        service = (casegate_service) SERVICE(.id = "s1", .teeth = teeth, .tooth_count = 32 + beyond);
        expect_limit(create_with(with_service(&service)), beyond ? "services[s1].teeth" : NULL, "too_many");
        const casegate_file file = FILE_OF(.id = "f1", .uri = of_length(2048 + beyond));
        casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
        casegate_content_add_file(b, &file);
        expect_limit(create_with(finish(b)), beyond ? "files[f1].uri" : NULL, "too_long");
        const casegate_answer answer = ANSWER(.id = "q1", .response = of_length(4096 + beyond));
        b = casegate_content_builder_new(NULL, NULL);
        casegate_content_add_answer(b, &answer);
        expect_limit(create_with(finish(b)), beyond ? "answers[q1].response" : NULL, "too_long");
    }
}

TEST(an_element_id_is_taken_at_its_limit_and_refused_one_byte_beyond)
{
    UNUSED(state);
    casegate_service service = SERVICE(.id = of_length(64));
    expect_limit(create_with(with_service(&service)), NULL, NULL);
    service.id = of_length(65);
    const char *words = create_with(with_service(&service));
    assert_non_null(strstr(words, "].id,problem=too_long)"));
}

static casegate_content *with_elements(int32_t list, size_t count)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        char id[16];
        snprintf(id, sizeof id, "e%u", (unsigned)i);
        const casegate_service service = SERVICE(.id = id);
        const casegate_answer answer = ANSWER(.id = id);
        const casegate_file file = FILE_OF(.id = id);
        if (list == CASEGATE_CONTENT_SERVICES) casegate_content_add_service(b, &service);
        if (list == CASEGATE_CONTENT_ANSWERS) casegate_content_add_answer(b, &answer);
        if (list == CASEGATE_CONTENT_FILES) casegate_content_add_file(b, &file);
    }
    return finish(b);
}

TEST(two_hundred_services_answers_and_files_are_taken_and_one_more_is_refused)
{
    UNUSED(state);
    static const struct { int32_t list; const char *name; } lists[] = {
        { CASEGATE_CONTENT_SERVICES, "services" }, { CASEGATE_CONTENT_ANSWERS, "answers" }, { CASEGATE_CONTENT_FILES, "files" },
    };
    for (size_t i = 0; i < COUNT(lists); i++) {
        expect_limit(create_with(with_elements(lists[i].list, 200)), NULL, NULL);
        expect_limit(create_with(with_elements(lists[i].list, 201)), lists[i].name, "too_many");
    }
}

/* Large, and exactly `size` bytes in its canonical form. */
static casegate_content *of_size(size_t size)
{
    char id[16];
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    for (int i = 0; i < 127; i++) {
        snprintf(id, sizeof id, "q%d", i);
        const casegate_answer answer = ANSWER(.id = id, .question = of_length(4096), .response = filler);
        casegate_content_add_answer(b, &answer);
    }
    casegate_content_set(b, CASEGATE_CONTENT_INSTRUCTIONS, "x");
    casegate_content *base = finish(b);
    size_t lacking = size - casegate_content_size(base);
    assert_in_range(lacking, 0, 16383);
    casegate_content *content = spec_content_from(base, CASEGATE_CONTENT_INSTRUCTIONS, of_length(1 + lacking));
    assert_int_equal(casegate_content_size(content), size);
    casegate_content_unref(base);
    return content;
}

TEST(a_whole_content_is_taken_at_one_mebibyte_and_refused_one_byte_beyond)
{
    UNUSED(state);
    expect_limit(create_with(of_size(1048576)), NULL, NULL);
    expect_limit(create_with(of_size(1048577)), "content", "too_long");
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

TEST(reason_comment_and_request_id_are_judged_by_form_and_length)
{
    UNUSED(state);
    for (size_t i = 0; i < COUNT(texts); i++) {
        spec_world world;
        spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
        spec_ask(&world, CASEGATE_REJECT);
        world.request.comment = texts[i].bytes;
        expect_limit(spec_decide(&world), texts[i].problem ? "comment" : NULL, casegate_problem_name(texts[i].problem));
        spec_close(&world);
    }
    static const struct { const char *bytes, *problem; } ids[] = { { "r-1", NULL }, { "r 1", "format" }, { "r\n", "control" },
                                                                   { "\xFF", "encoding" } };
    for (size_t i = 0; i < COUNT(ids); i++) {
        spec_world world;
        spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
        spec_ask(&world, CASEGATE_ACCEPT);
        world.request.request = ids[i].bytes;
        expect_limit(spec_decide(&world), ids[i].problem ? "request_id" : NULL, ids[i].problem);
        spec_close(&world);
    }
}

TEST(comment_and_request_id_are_taken_at_their_limit_and_refused_one_byte_beyond)
{
    UNUSED(state);
    for (size_t beyond = 0; beyond < 2; beyond++) {
        spec_world world;
        spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
        spec_ask(&world, CASEGATE_REJECT);
        world.request.comment = of_length(4096 + beyond);
        expect_limit(spec_decide(&world), beyond ? "comment" : NULL, "too_long");
        world.request.comment = NULL;
        world.request.request = of_length(64 + beyond);
        expect_limit(spec_decide(&world), beyond ? "request_id" : NULL, "too_long");
        world.request.request = NULL;
        world.request.reason = of_length(64 + beyond);
        spec_decide(&world);
        assert_string_equal(spec_words(casegate_decision_verdict(world.decision), 0),
                            beyond ? "reason_unknown invalid_input" : "reason_unknown");
        spec_close(&world);
    }
}

TEST(a_malformed_supporting_file_is_named_by_its_id_or_by_its_place)
{
    UNUSED(state);
    for (size_t i = 0; i < COUNT(bad_files); i++) {
        const casegate_file *const files[] = { &bad_files[i].file };
        spec_world world;
        spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
        spec_ask(&world, CASEGATE_REJECT);
        world.request.files = files;
        world.request.file_count = 1;
        expect_limit(spec_decide(&world), bad_files[i].problem ? bad_files[i].field : NULL,
                     casegate_problem_name(bad_files[i].problem));
        spec_close(&world);
    }
}

TEST(supporting_files_have_ids_of_their_own_and_there_are_two_hundred_at_most)
{
    UNUSED(state);
    casegate_file many[201];
    const casegate_file *list[201];
    char ids[201][8];
    for (size_t i = 0; i < COUNT(many); i++) {
        snprintf(ids[i], sizeof ids[i], "x%u", (unsigned)i);
        many[i] = (casegate_file) FILE_OF(.id = ids[i]);
        list[i] = &many[i];
    }
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_REJECT);
    world.request.files = list;
    world.request.file_count = 200;
    expect_limit(spec_decide(&world), NULL, NULL);

    world.request.file_count = 201;
    expect_limit(spec_decide(&world), "files", "too_many");

    many[1].id = "x0";
    world.request.file_count = 2;
    expect_limit(spec_decide(&world), "files[x0].id", "duplicate");
    spec_close(&world);
}

TEST(files_that_are_counted_and_not_there_are_an_error)
{
    UNUSED(state);
    const casegate_file *const hole[] = { NULL };
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_REJECT);
    world.request.file_count = 1;
    assert_string_equal(spec_decide(&world), "e_invalid files");

    world.request.files = hole;
    assert_string_equal(spec_decide(&world), "e_invalid files");
    spec_close(&world);
}

typedef void spoil_fn(casegate_request *request);

static void no_lab(casegate_request *r) { r->lab = NULL; }
static void bad_lab(casegate_request *r) { r->lab = "lab one"; }
static void long_lab(casegate_request *r) { r->lab = of_length(65); }
static void bad_id(casegate_request *r) { r->case_id = "case\n1"; }
static void long_new_id(casegate_request *r) { r->case_id = of_length(65); }
static void no_content(casegate_request *r) { r->content = NULL; }
static void with_revision(casegate_request *r) { r->revision = 1; }
static void with_service_id(casegate_request *r) { r->service = "s1"; }
static void submit_twice(casegate_request *r) { r->submit = 2; }
static void submit_never(casegate_request *r) { r->submit = -1; }
static void with_clinic(casegate_request *r) { r->clinic = CLINIC; }
static void with_status(casegate_request *r) { r->status = CASEGATE_RECEIVED; }
static void with_attempt(casegate_request *r) { r->attempt = UINT32_MAX; }

static const struct spoiled { spoil_fn *spoil; const char *field, *problem; } creations[] = {
    { no_lab, "lab", "missing" }, { bad_lab, "lab", "format" }, { long_lab, "lab", "too_long" }, { bad_id, "case", "control" },
    { long_new_id, "case", "too_long" }, { no_content, "content", "missing" }, { with_revision, "revision", "unknown" },
    { with_service_id, "service", "unknown" }, { submit_twice, "submit", "unknown" }, { submit_never, "submit", "unknown" },
    { with_clinic, "clinic", "unknown" }, { with_status, "status", "unknown" }, { with_attempt, "attempt", "unknown" },
};

TEST(a_creation_with_a_bad_value_or_one_that_it_does_not_take_names_the_field)
{
    UNUSED(state);
    for (size_t i = 0; i < COUNT(creations); i++) {
        spec_world world;
        spec_open(&world, 0, CASEGATE_CLINIC_USER);
        spec_ask(&world, CASEGATE_CREATE);
        creations[i].spoil(&world.request);
        expect_limit(spec_decide(&world), creations[i].field, creations[i].problem);
        spec_close(&world);
    }
}

static void submit_too(casegate_request *r) { r->submit = 1; }
static void bad_comment(casegate_request *r) { r->comment = "\a"; }
static void bad_request_id(casegate_request *r) { r->request = "r 1"; }
static void with_bad_file(casegate_request *r)
{
    static const casegate_file file = FILE_OF(.id = "f1", .kind = "video"), *const files[] = { &file };
    r->files = files;
    r->file_count = 1;
}

static const struct spoiled acceptances[] = {
    { submit_too, "submit", "unknown" }, { submit_twice, "submit", "unknown" }, { with_clinic, "clinic", "unknown" },
    { with_status, "status", "unknown" }, { with_attempt, "attempt", "unknown" },
    { bad_comment, "comment", "control" }, { bad_request_id, "request_id", "format" },
    { with_bad_file, "files[f1].kind", "format" },
};

TEST(an_acceptance_with_a_content_is_refused)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);
    world.request.content = world.other;

    expect_limit(spec_decide(&world), "content", "unknown");

    spec_close(&world);
}

TEST(each_bad_value_alone_is_enough_to_refuse_an_acceptance)
{
    UNUSED(state);
    for (size_t i = 0; i < COUNT(acceptances); i++) {
        spec_world world;
        spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
        spec_ask(&world, CASEGATE_ACCEPT);
        acceptances[i].spoil(&world.request);
        expect_limit(spec_decide(&world), acceptances[i].field, acceptances[i].problem);
        spec_close(&world);
    }
}

TEST(a_decision_with_a_value_that_it_does_not_take_names_the_field)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);
    world.request.content = world.other;
    world.request.clinic = CLINIC;
    world.request.status = CASEGATE_IN_PRODUCTION;
    world.request.attempt = 2;
    world.request.submit = 1;

    assert_refused(&world, "invalid_input(field=clinic,problem=unknown) invalid_input(field=status,problem=unknown) "
                           "invalid_input(field=attempt,problem=unknown) invalid_input(field=content,problem=unknown) "
                           "invalid_input(field=submit,problem=unknown)");
    spec_close(&world);
}

TEST(an_edit_without_a_content_is_refused)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_DRAFT, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_EDIT);
    world.request.content = NULL;

    expect_limit(spec_decide(&world), "content", "missing");

    spec_close(&world);
}

TEST(no_text_of_an_error_or_a_verdict_repeats_a_value_that_could_be_a_patients)
{
    UNUSED(state);
    static const char canary[] = "Canary Quince\a";
    casegate_error error = ERROR;
    casegate_content *content = NULL;
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, canary);
    assert_int_equal(casegate_content_builder_finish(b, &content, &error), CASEGATE_E_INVALID);
    assert_null(strstr(error.text, "Canary"));
    assert_null(strstr(error.field, "Canary"));

    spec_world world;
    char text[512];
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_REJECT);
    world.request.comment = canary;
    spec_decide(&world);
    casegate_verdict_text(casegate_decision_verdict(world.decision), 0, 0, text, sizeof text);
    assert_null(strstr(text, "Canary"));
    spec_close(&world);
}

/* ---- actors ------------------------------------------------------------------------------------------------------ */

TEST(an_actor_that_cannot_be_read_is_refused_by_field)
{
    UNUSED(state);
#define ACTOR(...) { .size = sizeof(casegate_actor_fields), __VA_ARGS__ }
    const struct { casegate_actor_fields fields; const char *field; int32_t problem; } rows[] = {
        { ACTOR(.org = LAB, .role = 3), "id", MISSING }, { ACTOR(.id = "l e", .org = LAB, .role = 3), "id", FORMAT },
        { ACTOR(.id = of_length(65), .org = LAB, .role = 3), "id", TOO_LONG }, { ACTOR(.id = "l", .role = 3), "org", MISSING },
        { ACTOR(.id = "l", .org = "\xFF", .role = 3), "org", ENCODING },
        { ACTOR(.id = "l", .org = LAB, .name = "a\nb", .role = 3), "name", CONTROL },
        { ACTOR(.id = "l", .org = LAB), "role", UNKNOWN }, { ACTOR(.id = "l", .org = LAB, .role = 5), "role", UNKNOWN },
        { ACTOR(.id = "l", .org = LAB, .role = -1), "role", UNKNOWN },
        { ACTOR(.id = "l", .org = LAB, .role = INT32_MAX), "role", UNKNOWN },
        { ACTOR(.id = "l", .role = 4), "", 0 }, { ACTOR(.id = "l", .org = LAB, .name = "L\xC3\xA9na", .role = 3), "", 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        casegate_error error = ERROR;
        casegate_actor *actor = NULL;
        assert_int_equal(casegate_actor_new(NULL, &rows[i].fields, &actor, &error),
                         rows[i].problem ? CASEGATE_E_INVALID : CASEGATE_OK);
        assert_string_equal(error.field, rows[i].field);
        assert_int_equal(error.host_code, rows[i].problem);
        casegate_actor_unref(actor);
    }
}

/* ---- counters and enumerators ------------------------------------------------------------------------------------ */

static const char *case_fault(const casegate_head *head)
{
    static casegate_error error;
    casegate_case *kase = NULL;
    casegate_error_init(&error, sizeof error);
    casegate_result result = casegate_case_new(NULL, head, &kase, &error);
    assert_int_equal(result, kase ? CASEGATE_OK : CASEGATE_E_CORRUPT);
    casegate_case_unref(kase);
    return error.field;
}

TEST(a_head_that_makes_no_sense_is_corrupt_and_the_member_is_named)
{
    UNUSED(state);
    const casegate_head good = spec_head(CASEGATE_REJECTED);
    casegate_head h = good;
    assert_string_equal(case_fault(&h), "");
    h = good, h.id = "";
    assert_string_equal(case_fault(&h), "id");
    h = good, h.clinic = NULL;
    assert_string_equal(case_fault(&h), "clinic");
    h = good, h.lab = NULL;
    assert_string_equal(case_fault(&h), "lab");
    h = good, h.workflow = "";
    assert_string_equal(case_fault(&h), "workflow");
    h = good, h.status = 0;
    assert_string_equal(case_fault(&h), "status");
    h = good, h.version = 0;
    assert_string_equal(case_fault(&h), "version");
    h = good, h.revision = 0;
    assert_string_equal(case_fault(&h), "revision");
    h = good, h.attempt = 0;
    assert_string_equal(case_fault(&h), "attempt");
    h = good, h.rejected_seq = 7;
    assert_string_equal(case_fault(&h), "rejected_seq");
    h = good, h.first_submitted_seq = UINT32_MAX;
    assert_string_equal(case_fault(&h), "first_submitted_seq");
    h = good, h.first_submitted_revision = 4;
    assert_string_equal(case_fault(&h), "first_submitted_revision");
}

TEST(counters_at_their_end_are_corrupt_and_never_begin_again)
{
    UNUSED(state);
    spec_world world;
    casegate_head head = spec_head(CASEGATE_REJECTED);
    spec_open(&world, CASEGATE_REJECTED, CASEGATE_CLINIC_USER);
    head.version = UINT32_MAX;
    spec_use_head(&world, &head);
    spec_ask(&world, CASEGATE_SUBMIT);
    assert_string_equal(spec_decide(&world), "e_corrupt version");

    head.version = 6;
    head.attempt = UINT32_MAX;
    spec_use_head(&world, &head);
    assert_string_equal(spec_decide(&world), "e_corrupt attempt");

    head.revision = UINT32_MAX;
    spec_use_head(&world, &head);
    spec_ask(&world, CASEGATE_EDIT);
    world.request.revision = UINT32_MAX;
    assert_string_equal(spec_decide(&world), "e_corrupt revision");

    head.version = UINT32_MAX - 1;
    head.revision = UINT32_MAX - 1;
    spec_use_head(&world, &head);
    world.request.revision = UINT32_MAX - 1;
    assert_allowed(&world);
    assert_int_equal(spec_commit(&world)->after->version, UINT32_MAX);
    assert_int_equal(spec_commit(&world)->after->revision, UINT32_MAX);
    spec_close(&world);
}

/* CG-R16 */
TEST(a_revision_that_is_zero_wrong_or_the_largest_is_never_taken_for_the_current_one)
{
    UNUSED(state);
    static const uint32_t revisions[] = { 0, 1, 2, 4, UINT32_MAX };
    for (size_t i = 0; i < COUNT(revisions); i++) {
        spec_world world;
        spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
        spec_ask(&world, CASEGATE_ACCEPT);
        world.request.revision = revisions[i];
        spec_decide(&world);
        assert_string_equal(spec_words(casegate_decision_verdict(world.decision), 0),
                            revisions[i] ? "stale_review" : "review_required");
        spec_close(&world);
    }
}

TEST(an_action_that_cannot_be_is_an_error_and_one_that_could_be_is_an_obstacle)
{
    UNUSED(state);
    static const struct { int32_t action; const char *answer; } rows[] = {
        { 0, "e_invalid action" }, { -1, "e_invalid action" }, { INT32_MIN, "e_invalid action" },
        { 9, "unknown_action(action=9)" },
        { 100, "unknown_action(action=100)" }, { INT32_MAX, "unknown_action(action=2147483647)" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        spec_world world;
        spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
        spec_ask(&world, rows[i].action);
        assert_string_equal(spec_decide(&world), rows[i].answer);
        spec_close(&world);
    }
}

TEST(names_of_unknown_enumerators_are_empty_and_unknown_names_have_no_number)
{
    UNUSED(state);
    static const int32_t strange[] = { 0, -1, 99, INT32_MIN, INT32_MAX };
    for (size_t i = 0; i < COUNT(strange); i++) {
        int32_t n = strange[i];
        assert_string_equal(casegate_problem_name(n), "");
        assert_string_equal(casegate_recipient_name(n), "");
        assert_string_equal(casegate_notice_state_name(n), "");
        assert_string_equal(casegate_role_name(n), "");
        assert_string_equal(casegate_phase_name(n), "");
        assert_string_equal(casegate_finding_name(n), "");
        assert_string_equal(casegate_limit_name(n), "");
        assert_string_equal(casegate_obstacle_name(n), "");
        if (n) assert_string_equal(casegate_level_name(n), "");
        assert_string_equal(casegate_result_name(n), n == 0 ? "ok" : n == -1 ? "e_nomem" : "unknown");
        assert_int_equal(casegate_member_count(n), 0);
        assert_null(casegate_member_at(n, 0));
    }
    assert_string_equal(casegate_permission_name(NULL, 0), "");
    assert_string_equal(casegate_permission_name(NULL, UINT64_MAX), "");
}

/* ---- NULL for every argument ------------------------------------------------------------------------------------- */

TEST(base_takes_null_for_every_argument)
{
    UNUSED(state);
    casegate_host *host = NULL;
    casegate_host_ops ops = { .size = sizeof ops };
    uint8_t out[32];
    char id[65];
    int64_t us = 7;
    casegate_error_init(NULL, sizeof(casegate_error));
    assert_int_equal(casegate_error_set(NULL, CASEGATE_E_HOST, 0, NULL, NULL), CASEGATE_E_HOST);
    casegate_host_ops_init(NULL, sizeof ops);
    assert_int_equal(casegate_host_new(NULL, &host, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_host_new(&ops, NULL, NULL), CASEGATE_E_INVALID);
    assert_null(casegate_host_ref(NULL));
    casegate_host_unref(NULL);
    casegate_release(NULL, NULL);
    assert_true(casegate_now_us(NULL) > NOW - 365 * 20 * DAY);
    assert_int_equal(casegate_new_id(NULL, NULL, 65, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_new_id(NULL, id, 64, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_random(NULL, NULL, 1, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_digest(NULL, NULL, NULL, 1, out, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_digest(NULL, NULL, out, 1, NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_digest(NULL, "k", out, 1, out, NULL), CASEGATE_ABSENT);
    casegate_sha256(NULL, 0, out);
    casegate_sha256(NULL, 1, out);
    casegate_sha256(out, 1, NULL);
    casegate_hmac_sha256(NULL, 1, NULL, 1, out);
    casegate_hmac_sha256(out, 1, out, 1, NULL);
    casegate_buffer_free(NULL);
    casegate_buffer_clear(NULL);
    casegate_buffer_append(NULL, "x", 1);
    assert_string_equal(casegate_buffer_data(NULL), "");
    assert_int_equal(casegate_buffer_length(NULL), 0);
    assert_int_equal(casegate_buffer_status(NULL), CASEGATE_E_NOMEM);
    casegate_time_format(0, NULL, 28);
    assert_int_equal(casegate_time_parse(NULL, &us), CASEGATE_E_INVALID);
    assert_int_equal(casegate_time_parse("2026-03-02T08:00:00Z", NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_duration_parse(NULL, &us), CASEGATE_E_INVALID);
    assert_int_equal(casegate_duration_parse("PT1S", NULL), CASEGATE_E_INVALID);
    casegate_duration_format(0, NULL, 40);
    assert_int_equal(us, 7);
    assert_null(host);
}

TEST(content_takes_null_for_every_argument)
{
    UNUSED(state);
    casegate_content *content = NULL;
    casegate_paths *paths = NULL;
    char out[67];
    casegate_service_init(NULL, sizeof(casegate_service));
    casegate_answer_init(NULL, sizeof(casegate_answer));
    casegate_file_init(NULL, sizeof(casegate_file));
    casegate_content_builder_free(NULL);
    casegate_content_set(NULL, CASEGATE_CONTENT_DUE, "2026-03-16");
    casegate_content_add_service(NULL, NULL);
    casegate_content_add_answer(NULL, NULL);
    casegate_content_add_file(NULL, NULL);
    casegate_content_remove(NULL, CASEGATE_CONTENT_FILES, NULL);
    assert_int_equal(casegate_content_builder_finish(NULL, &content, NULL), CASEGATE_E_NOMEM);
    assert_int_equal(casegate_content_builder_finish(casegate_content_builder_new(NULL, NULL), NULL, NULL), CASEGATE_E_INVALID);
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_service(b, NULL);
    assert_int_equal(casegate_content_builder_finish(b, &content, NULL), CASEGATE_E_INVALID);
    b = casegate_content_builder_new(NULL, NULL);
    const casegate_service holes = SERVICE(.id = "s1", .tooth_count = 1);
    casegate_content_add_service(b, &holes);
    assert_int_equal(casegate_content_builder_finish(b, &content, NULL), CASEGATE_E_INVALID);
    assert_null(casegate_content_ref(NULL));
    casegate_content_unref(NULL);
    assert_string_equal(casegate_content_get(NULL, CASEGATE_CONTENT_DUE), "");
    assert_int_equal(casegate_content_service_count(NULL), 0);
    assert_int_equal(casegate_content_answer_count(NULL), 0);
    assert_int_equal(casegate_content_file_count(NULL), 0);
    assert_null(casegate_content_service(NULL, 0));
    assert_null(casegate_content_answer(NULL, 0));
    assert_null(casegate_content_file(NULL, 0));
    assert_int_equal(casegate_content_canonical(NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_content_size(NULL), 0);
    assert_int_equal(casegate_content_digest(NULL, NULL, out, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_content_diff(NULL, NULL, NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_content_diff(NULL, NULL, &paths, NULL), CASEGATE_OK);
    assert_int_equal(casegate_paths_count(paths), 0);
    casegate_paths_free(paths);
    assert_int_equal(casegate_paths_count(NULL), 0);
    assert_null(casegate_paths_at(NULL, 0));
    casegate_paths_free(NULL);
    content = spec_content();
    assert_int_equal(casegate_content_digest(content, NULL, NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_content_canonical(content, NULL), CASEGATE_E_INVALID);
    casegate_content_unref(content);
}

TEST(case_takes_null_for_every_argument)
{
    UNUSED(state);
    const casegate_head head = spec_head(CASEGATE_DRAFT);
    const casegate_event event = { .size = sizeof event };
    const casegate_notice notice = { .size = sizeof notice };
    casegate_head *head_copy = NULL;
    casegate_event *event_copy = NULL;
    casegate_notice *notice_copy = NULL;
    casegate_case *kase = NULL;
    casegate_head_init(NULL, sizeof head);
    casegate_label_init(NULL, sizeof(casegate_label));
    casegate_event_init(NULL, sizeof event);
    casegate_notice_init(NULL, sizeof notice);
    assert_int_equal(casegate_head_copy(NULL, NULL, &head_copy, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_head_copy(NULL, &head, NULL, NULL), CASEGATE_E_INVALID);
    casegate_head_free(NULL);
    assert_int_equal(casegate_event_copy(NULL, NULL, &event_copy, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_event_copy(NULL, &event, NULL, NULL), CASEGATE_E_INVALID);
    casegate_event_free(NULL);
    assert_int_equal(casegate_notice_copy(NULL, NULL, &notice_copy, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_notice_copy(NULL, &notice, NULL, NULL), CASEGATE_E_INVALID);
    casegate_notice_free(NULL);
    assert_int_equal(casegate_case_new(NULL, NULL, &kase, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_case_new(NULL, &head, NULL, NULL), CASEGATE_E_INVALID);
    assert_null(casegate_case_ref(NULL));
    casegate_case_unref(NULL);
    assert_null(casegate_case_head(NULL));
}

TEST(workflow_takes_null_for_every_argument)
{
    UNUSED(state);
    casegate_buffer *out = casegate_buffer_new(NULL);
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    assert_null(casegate_workflow_ref(NULL));
    casegate_workflow_unref(NULL);
    assert_string_equal(casegate_workflow_name(NULL), "");
    assert_int_equal(casegate_workflow_version(NULL), 0);
    assert_int_equal(casegate_workflow_status_count(NULL) + casegate_workflow_action_count(NULL), 0);
    assert_int_equal(casegate_workflow_transition_count(NULL) + casegate_workflow_notice_count(NULL), 0);
    assert_null(casegate_workflow_status_at(NULL, 0));
    assert_null(casegate_workflow_status(NULL, CASEGATE_DRAFT));
    assert_null(casegate_workflow_action_at(NULL, 0));
    assert_null(casegate_workflow_action(NULL, CASEGATE_ACCEPT));
    assert_null(casegate_workflow_transition_at(NULL, 0));
    assert_null(casegate_workflow_notice_at(NULL, 0));
    assert_null(casegate_workflow_status_at(intake, SIZE_MAX));
    assert_null(casegate_workflow_action_at(intake, 4));
    assert_null(casegate_workflow_transition_at(intake, 7));
    assert_null(casegate_workflow_notice_at(intake, 4));
    assert_int_equal(casegate_workflow_find_status(NULL, "draft"), 0);
    assert_int_equal(casegate_workflow_find_status(intake, NULL), 0);
    assert_int_equal(casegate_workflow_find_action(NULL, "accept"), 0);
    assert_int_equal(casegate_workflow_find_action(intake, NULL), 0);
    assert_int_equal(casegate_find_permission(NULL, NULL), 0);
    assert_int_equal(casegate_role_permissions(NULL, 99), 0);
    assert_int_equal(casegate_role_permissions(NULL, 0), 0);
    assert_int_equal(casegate_find_role(NULL), 0);
    assert_int_equal(casegate_find_phase(NULL), 0);
    assert_int_equal(casegate_find_finding(NULL), 0);
    assert_int_equal(casegate_find_level(NULL), -1);
    assert_int_equal(casegate_find_limit(NULL), 0);
    assert_int_equal(casegate_workflow_markdown(NULL, out), CASEGATE_E_INVALID);
    assert_int_equal(casegate_workflow_markdown(intake, NULL), CASEGATE_E_INVALID);
    casegate_workflow_unref(intake);
    casegate_buffer_free(out);
}

TEST(policy_takes_null_for_every_argument)
{
    UNUSED(state);
    casegate_policy *policy = NULL;
    casegate_policy_builder_free(NULL);
    casegate_policy_add_reason(NULL, "r", 0);
    casegate_policy_add_label(NULL, "en", "x");
    casegate_policy_set_check(NULL, 1, 1);
    casegate_policy_set_turnaround(NULL, 0);
    casegate_policy_set_utc_offset(NULL, 0);
    casegate_policy_add_service(NULL, "x");
    casegate_policy_add_material(NULL, "x");
    casegate_policy_set_limit(NULL, 1, 1);
    assert_int_equal(casegate_policy_builder_finish(NULL, &policy, NULL), CASEGATE_E_NOMEM);
    assert_int_equal(casegate_policy_builder_finish(casegate_policy_builder_new(NULL, NULL), NULL, NULL), CASEGATE_E_INVALID);
    assert_null(casegate_policy_ref(NULL));
    casegate_policy_unref(NULL);
    assert_string_equal(casegate_policy_name(NULL), "");
    assert_int_equal(casegate_policy_reason_count(NULL), 0);
    assert_null(casegate_policy_reason_at(NULL, 0));
    assert_null(casegate_policy_reason(NULL, "other"));
    assert_int_equal(casegate_policy_check(NULL, 1), CASEGATE_LEVEL_OFF);
    assert_int_equal(casegate_policy_turnaround(NULL), 0);
    assert_int_equal(casegate_policy_utc_offset(NULL), 0);
    assert_null(casegate_policy_service_at(NULL, 0));
    assert_null(casegate_policy_material_at(NULL, 0));
    assert_int_equal(casegate_policy_limit(NULL, 1), 0);
    assert_null(casegate_label_for(NULL, 1, "en"));
}

TEST(decide_takes_null_for_every_argument)
{
    UNUSED(state);
    char out[67];
    casegate_actor *actor = NULL;
    casegate_verdict *verdict = casegate_verdict_new(NULL);
    spec_world w;
    spec_open(&w, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&w, CASEGATE_ACCEPT);
    casegate_actor_fields_init(NULL, sizeof(casegate_actor_fields));
    casegate_request_init(NULL, sizeof w.request);
    casegate_facts_init(NULL, sizeof w.facts);
    assert_int_equal(casegate_actor_new(NULL, NULL, &actor, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_actor_new(NULL, casegate_actor_get(w.actor), NULL, NULL), CASEGATE_E_INVALID);
    assert_null(casegate_actor_ref(NULL));
    casegate_actor_unref(NULL);
    assert_null(casegate_actor_get(NULL));
    assert_int_equal(casegate_visible(NULL, w.actor), 0);
    assert_int_equal(casegate_visible(w.kase, NULL), 0);
    assert_int_equal(casegate_request_digest(NULL, NULL, NULL, out, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_request_digest(NULL, &w.request, NULL, NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_needs(NULL, w.actor, &w.request), 0);
    assert_int_equal(casegate_needs(&w.facts, NULL, &w.request), 0);
    assert_int_equal(casegate_needs(&w.facts, w.actor, NULL), 0);
    assert_int_equal(casegate_explain_needs(NULL, w.actor, CASEGATE_ACCEPT), 0);
    assert_int_equal(casegate_explain_needs(&w.facts, NULL, CASEGATE_ACCEPT), 0);
    assert_int_equal(casegate_decide(NULL, w.actor, &w.request, w.decision, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_decide(&w.facts, NULL, &w.request, w.decision, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_decide(&w.facts, w.actor, NULL, w.decision, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_decide(&w.facts, w.actor, &w.request, NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_check(NULL, w.actor, &w.request, verdict, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_check(&w.facts, NULL, &w.request, verdict, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_check(&w.facts, w.actor, NULL, verdict, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_check(&w.facts, w.actor, &w.request, NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_explain(NULL, w.actor, CASEGATE_ACCEPT, verdict, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_explain(&w.facts, NULL, CASEGATE_ACCEPT, verdict, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_explain(&w.facts, w.actor, CASEGATE_ACCEPT, NULL, NULL), CASEGATE_E_INVALID);
    casegate_verdict_free(NULL);
    assert_int_equal(casegate_verdict_count(NULL), 0);
    assert_null(casegate_verdict_at(NULL, 0));
    assert_null(casegate_verdict_list(NULL, 0, 0));
    assert_int_equal(casegate_verdict_text(NULL, 0, 0, NULL, 0), 0);
    assert_int_equal(casegate_verdict_text(NULL, 0, 0, NULL, 9), 0);
    assert_int_equal(casegate_find_obstacle(NULL), 0);
    casegate_findings_free(NULL);
    assert_int_equal(casegate_findings_count(NULL), 0);
    assert_null(casegate_findings_at(NULL, 0));
    casegate_findings *findings = casegate_findings_new(NULL);
    assert_int_equal(casegate_review(NULL, w.current, NOW, findings, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_review(w.facts.policy, NULL, NOW, findings, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_review(w.facts.policy, w.current, NOW, NULL, NULL), CASEGATE_E_INVALID);
    casegate_findings_free(findings);
    casegate_decision_free(NULL);
    assert_null(casegate_decision_verdict(NULL));
    assert_null(casegate_decision_commit(NULL));
    assert_null(casegate_decision_head(NULL));
    assert_int_equal(casegate_decision_replayed(NULL), 0);
    assert_int_equal(casegate_decision_seal(NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_decision_seal(w.decision, NULL), CASEGATE_OK);
    casegate_verdict_free(verdict);
    spec_close(&w);
}

/* ---- sized structs ----------------------------------------------------------------------------------------------- */

typedef casegate_result take_fn(const void *value);

static casegate_result take_host_ops(const void *value)
{
    casegate_host *host = NULL;
    casegate_result result = casegate_host_new(value, &host, NULL);
    casegate_host_unref(host);
    return result;
}

static casegate_result finish_and_drop(casegate_content_builder *b)
{
    casegate_content *content = NULL;
    casegate_result result = casegate_content_builder_finish(b, &content, NULL);
    casegate_content_unref(content);
    return result;
}

static casegate_result take_service(const void *value)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_service(b, value);
    return finish_and_drop(b);
}

static casegate_result take_answer(const void *value)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_answer(b, value);
    return finish_and_drop(b);
}

static casegate_result take_file(const void *value)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_file(b, value);
    return finish_and_drop(b);
}

static casegate_result take_head(const void *value)
{
    casegate_case *kase = NULL;
    casegate_result result = casegate_case_new(NULL, value, &kase, NULL);
    casegate_case_unref(kase);
    return result;
}

static casegate_result take_head_copy(const void *value)
{
    casegate_head *copy = NULL;
    casegate_result result = casegate_head_copy(NULL, value, &copy, NULL);
    casegate_head_free(copy);
    return result;
}

static casegate_result take_event(const void *value)
{
    casegate_event *copy = NULL;
    casegate_result result = casegate_event_copy(NULL, value, &copy, NULL);
    casegate_event_free(copy);
    return result;
}

static casegate_result take_notice(const void *value)
{
    casegate_notice *copy = NULL;
    casegate_result result = casegate_notice_copy(NULL, value, &copy, NULL);
    casegate_notice_free(copy);
    return result;
}

static casegate_result take_label(const void *value)
{
    const casegate_label *const labels[] = { value };
    const casegate_event event = { .size = sizeof event, .reason_labels = labels, .reason_label_count = 1 };
    return take_event(&event);
}

static casegate_result take_actor(const void *value)
{
    casegate_actor *actor = NULL;
    casegate_result result = casegate_actor_new(NULL, value, &actor, NULL);
    casegate_actor_unref(actor);
    return result;
}

/* The world that facts and request of these tests belong to. */
static spec_world *sized_world;

static casegate_result take_facts(const void *value)
{
    return casegate_decide(value, sized_world->actor, &sized_world->request, sized_world->decision, NULL);
}

static casegate_result take_request(const void *value)
{
    return casegate_decide(&sized_world->facts, sized_world->actor, value, sized_world->decision, NULL);
}

static casegate_result take_digested_request(const void *value)
{
    char out[67];
    return casegate_request_digest(NULL, value, NULL, out, NULL);
}

static casegate_result take_supporting_file(const void *value)
{
    const casegate_file *const files[] = { value };
    casegate_request request = sized_world->request;
    request.files = files;
    request.file_count = 1;
    return take_request(&request);
}

static casegate_result take_guard_answer(const void *value)
{
    const casegate_guard_answer *const answers[] = { value };
    casegate_facts facts = sized_world->facts;
    facts.guards = answers;
    facts.guard_count = 1;
    return take_facts(&facts);
}

static casegate_result take_prior(const void *value)
{
    casegate_facts facts = sized_world->facts;
    facts.prior = value;
    facts.request_digest = "1:then";
    return take_facts(&facts);
}

enum { ROOM = 65536 };

/* The struct with another size, zero behind it but for `excess`, which stands directly behind. */
static casegate_result take_as(take_fn *take, const void *value, size_t ours, size_t size, unsigned char excess)
{
    unsigned char *room = calloc(1, ROOM);
    memcpy(room, value, ours);
    memcpy(room, &size, sizeof size);
    room[ours] = excess;
    casegate_result result = take(room);
    free(room);
    return result;
}

static void try_sizes(take_fn *take, const void *value, size_t ours)
{
    assert_int_equal(take(value), CASEGATE_OK);
    assert_int_equal(take_as(take, value, ours, ours, 1), CASEGATE_OK);
    assert_int_equal(take_as(take, value, ours, ours + 8, 0), CASEGATE_OK);
    assert_int_equal(take_as(take, value, ours, 2 * ours, 0), CASEGATE_OK);
    assert_int_equal(take_as(take, value, ours, 0, 0), CASEGATE_E_ABI);
    assert_int_equal(take_as(take, value, ours, 8, 0), CASEGATE_E_ABI);
    assert_int_equal(take_as(take, value, ours, ours - 1, 0), CASEGATE_E_ABI);
    assert_int_equal(take_as(take, value, ours, ours + 8, 1), CASEGATE_E_ABI);
    assert_int_equal(take_as(take, value, ours, 1u << 20, 0), CASEGATE_E_ABI);
    assert_int_equal(take_as(take, value, ours, SIZE_MAX, 0), CASEGATE_E_ABI);
}

TEST(a_sized_struct_is_taken_at_its_size_or_with_zeroes_behind_and_at_no_other_size)
{
    UNUSED(state);
    const casegate_host_ops ops = { .size = sizeof ops };
    const casegate_service service = SERVICE(.id = "s1");
    const casegate_answer answer = ANSWER(.id = "q1");
    const casegate_file file = FILE_OF(.id = "f1");
    const casegate_head head = spec_head(CASEGATE_RECEIVED);
    const casegate_event event = { .size = sizeof event, .case_id = CASE };
    const casegate_notice notice = { .size = sizeof notice, .id = "case-1.1.1" };
    const casegate_label label = { .size = sizeof label, .language = "en", .text = "No" };
    const casegate_actor_fields actor = { .size = sizeof actor, .id = "lena", .org = LAB, .role = CASEGATE_LAB_USER };

    try_sizes(take_host_ops, &ops, sizeof ops);
    try_sizes(take_service, &service, sizeof service);
    try_sizes(take_answer, &answer, sizeof answer);
    try_sizes(take_file, &file, sizeof file);
    try_sizes(take_head, &head, sizeof head);
    try_sizes(take_head_copy, &head, sizeof head);
    try_sizes(take_event, &event, sizeof event);
    try_sizes(take_notice, &notice, sizeof notice);
    try_sizes(take_label, &label, sizeof label);
    try_sizes(take_actor, &actor, sizeof actor);
}

TEST(facts_and_requests_are_taken_at_their_size_or_with_zeroes_behind_and_at_no_other_size)
{
    UNUSED(state);
    spec_world world;
    const casegate_file file = FILE_OF(.id = "f1");
    const casegate_guard_answer guard = { .size = sizeof guard, .name = "capacity" };
    const casegate_event prior = { .size = sizeof prior, .to = CASEGATE_RECEIVED, .request_digest = "1:then" };
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_REJECT);
    sized_world = &world;

    try_sizes(take_facts, &world.facts, sizeof world.facts);
    try_sizes(take_request, &world.request, sizeof world.request);
    try_sizes(take_digested_request, &world.request, sizeof world.request);
    try_sizes(take_supporting_file, &file, sizeof file);
    try_sizes(take_guard_answer, &guard, sizeof guard);
    try_sizes(take_prior, &prior, sizeof prior);

    spec_close(&world);
}

TEST(an_error_of_any_size_is_filled_as_far_as_it_goes)
{
    UNUSED(state);
    union { casegate_error error; unsigned char bytes[sizeof(casegate_error)]; } room;
    casegate_actor *actor = NULL;
    const casegate_actor_fields fields = { .size = sizeof fields, .role = 9 };
    for (size_t size = 0; size <= sizeof room; size++) {
        memset(&room, 0xAA, sizeof room);
        memcpy(&room, &size, sizeof size);
        assert_int_equal(casegate_actor_new(NULL, &fields, &actor, &room.error), CASEGATE_E_INVALID);
        for (size_t i = size < sizeof size ? sizeof size : size; i < sizeof room; i++) assert_int_equal(room.bytes[i], 0xAA);
    }
    assert_string_equal(room.error.field, "role");
}

TEST(init_functions_empty_a_struct_and_set_its_size)
{
    UNUSED(state);
#define TRY_INIT(type) do { \
        casegate_##type given, empty; \
        memset(&given, 0xAA, sizeof given); \
        memset(&empty, 0, sizeof empty); \
        empty.size = sizeof empty; \
        casegate_##type##_init(&given, sizeof given); \
        assert_memory_equal(&given, &empty, sizeof given); \
    } while (0)
    TRY_INIT(error);
    TRY_INIT(host_ops);
    TRY_INIT(service);
    TRY_INIT(answer);
    TRY_INIT(file);
    TRY_INIT(head);
    TRY_INIT(label);
    TRY_INIT(event);
    TRY_INIT(notice);
    TRY_INIT(actor_fields);
    TRY_INIT(request);
    TRY_INIT(facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_on_one_line_is_valid_utf8_without_controls_and_is_given_back_as_it_was),
        cmocka_unit_test(a_free_text_may_have_newlines_and_tabs_and_no_other_control),
        cmocka_unit_test(ids_dates_and_addresses_have_a_form),
        cmocka_unit_test(a_malformed_service_is_named_by_its_id_or_by_its_place),
        cmocka_unit_test(a_malformed_answer_is_named_by_its_id),
        cmocka_unit_test(a_malformed_file_is_named_by_its_id_in_a_content),
        cmocka_unit_test(an_id_stands_once_in_its_list_and_may_stand_in_another),
        cmocka_unit_test(the_first_failure_of_a_builder_sticks),
        cmocka_unit_test(fields_and_lists_that_do_not_exist_are_refused),
        cmocka_unit_test(a_text_of_a_content_is_taken_at_its_limit_and_refused_one_byte_beyond),
        cmocka_unit_test(an_address_is_taken_at_its_limit_and_refused_one_byte_beyond),
        cmocka_unit_test(members_of_elements_are_taken_at_their_limit_and_refused_one_byte_beyond),
        cmocka_unit_test(an_element_id_is_taken_at_its_limit_and_refused_one_byte_beyond),
        cmocka_unit_test(two_hundred_services_answers_and_files_are_taken_and_one_more_is_refused),
        cmocka_unit_test(a_whole_content_is_taken_at_one_mebibyte_and_refused_one_byte_beyond),
        cmocka_unit_test(reason_comment_and_request_id_are_judged_by_form_and_length),
        cmocka_unit_test(comment_and_request_id_are_taken_at_their_limit_and_refused_one_byte_beyond),
        cmocka_unit_test(a_malformed_supporting_file_is_named_by_its_id_or_by_its_place),
        cmocka_unit_test(supporting_files_have_ids_of_their_own_and_there_are_two_hundred_at_most),
        cmocka_unit_test(files_that_are_counted_and_not_there_are_an_error),
        cmocka_unit_test(a_creation_with_a_bad_value_or_one_that_it_does_not_take_names_the_field),
        cmocka_unit_test(an_acceptance_with_a_content_is_refused),
        cmocka_unit_test(each_bad_value_alone_is_enough_to_refuse_an_acceptance),
        cmocka_unit_test(a_decision_with_a_value_that_it_does_not_take_names_the_field),
        cmocka_unit_test(an_edit_without_a_content_is_refused),
        cmocka_unit_test(no_text_of_an_error_or_a_verdict_repeats_a_value_that_could_be_a_patients),
        cmocka_unit_test(an_actor_that_cannot_be_read_is_refused_by_field),
        cmocka_unit_test(a_head_that_makes_no_sense_is_corrupt_and_the_member_is_named),
        cmocka_unit_test(counters_at_their_end_are_corrupt_and_never_begin_again),
        cmocka_unit_test(a_revision_that_is_zero_wrong_or_the_largest_is_never_taken_for_the_current_one),
        cmocka_unit_test(an_action_that_cannot_be_is_an_error_and_one_that_could_be_is_an_obstacle),
        cmocka_unit_test(names_of_unknown_enumerators_are_empty_and_unknown_names_have_no_number),
        cmocka_unit_test(base_takes_null_for_every_argument),
        cmocka_unit_test(content_takes_null_for_every_argument),
        cmocka_unit_test(case_takes_null_for_every_argument),
        cmocka_unit_test(workflow_takes_null_for_every_argument),
        cmocka_unit_test(policy_takes_null_for_every_argument),
        cmocka_unit_test(decide_takes_null_for_every_argument),
        cmocka_unit_test(a_sized_struct_is_taken_at_its_size_or_with_zeroes_behind_and_at_no_other_size),
        cmocka_unit_test(facts_and_requests_are_taken_at_their_size_or_with_zeroes_behind_and_at_no_other_size),
        cmocka_unit_test(an_error_of_any_size_is_filled_as_far_as_it_goes),
        cmocka_unit_test(init_functions_empty_a_struct_and_set_its_size),
    };
    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
