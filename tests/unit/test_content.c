/* SPDX-License-Identifier: MIT */
/* test_content.c: building contents, their form and their limits. */
#include "sample.h"

/* What finish says of a builder: path and problem. */
static void refused(casegate_content_builder *builder, const char *path, int32_t problem)
{
    casegate_content *content = NULL;
    casegate_error err = ERROR;
    assert_int_equal(casegate_content_builder_finish(builder, &content, &err), CASEGATE_E_INVALID);
    assert_null(content);
    assert_string_equal(err.field, path);
    assert_int_equal(err.host_code, problem);
}

static casegate_content_builder *with_text(int32_t field, const char *value)
{
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_content_set(builder, field, value);
    return builder;
}

static casegate_content_builder *with_service(const casegate_service *service)
{
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_service(builder, service);
    return builder;
}

static casegate_content_builder *with_file(const casegate_file *file)
{
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_file(builder, file);
    return builder;
}

TEST(a_content_holds_what_was_put_into_it) {   /* CG-R03 */
    UNUSED(state);
    casegate_content *content = finished(sample_builder(NULL));

    for (int32_t field = 1; field <= CG_CONTENT_TEXTS; field++)
        assert_string_equal(casegate_content_get(content, field), sample_texts[field]);
    assert_int_equal(casegate_content_service_count(content), 2);
    const casegate_service *service = casegate_content_service(content, 0);
    assert_string_equal(service->notes, "thin\nedge");
    assert_int_equal(service->tooth_count, 2);
    assert_string_equal(service->teeth[1], "12");
    assert_string_equal(casegate_content_answer(content, 0)->response, "open");
    assert_int_equal(casegate_content_file(content, 0)->size_known, 1);
    assert_int_equal(casegate_content_file(content, 1)->size_known, 0);
    assert_null(casegate_content_service(content, 2));
    casegate_content_unref(content);
}

TEST(absent_texts_of_a_content_are_empty_and_quantity_is_one)
{
    UNUSED(state);
    casegate_content *content = finished(sample_builder(NULL));
    const casegate_service *plain = casegate_content_service(content, 1);

    assert_string_equal(plain->code, "");
    assert_string_equal(plain->due, "");
    assert_int_equal(plain->quantity, 1);
    assert_int_equal(plain->tooth_count, 0);
    assert_string_equal(casegate_content_file(content, 1)->uri, "");
    casegate_content_unref(content);
}

TEST(nothing_that_was_given_is_borrowed)
{
    UNUSED(state);
    char id[] = "s1", tooth[] = "11";
    const char *teeth[] = { tooth };
    casegate_service service = { .size = sizeof service, .id = id, .teeth = teeth, .tooth_count = 1 };
    casegate_content_builder *builder = with_service(&service);
    id[0] = tooth[0] = 'x';
    teeth[0] = NULL;

    casegate_content *content = finished(builder);

    assert_string_equal(casegate_content_service(content, 0)->id, "s1");
    assert_string_equal(casegate_content_service(content, 0)->teeth[0], "11");
    casegate_content_unref(content);
}

TEST(a_malformed_text_is_named_by_its_path)
{
    UNUSED(state);

    refused(with_text(CASEGATE_CONTENT_PATIENT_NAME, "a\nb"), "patient.name", CASEGATE_PROBLEM_CONTROL);
    refused(with_text(CASEGATE_CONTENT_PATIENT_NAME, "\xFF"), "patient.name", CASEGATE_PROBLEM_ENCODING);
    refused(with_text(CASEGATE_CONTENT_DUE, "tomorrow"), "due", CASEGATE_PROBLEM_FORMAT);
    refused(with_text(CASEGATE_CONTENT_DENTIST_EMAIL, "a@b\r\nBcc: c@d"), "dentist.email", CASEGATE_PROBLEM_CONTROL);
    refused(with_text(CASEGATE_CONTENT_DENTIST_ID, "a b"), "dentist.id", CASEGATE_PROBLEM_FORMAT);
    refused(with_text(CASEGATE_CONTENT_REMAKE_OF, "c[1]"), "remake_of", CASEGATE_PROBLEM_FORMAT);
    refused(with_text(CASEGATE_CONTENT_SERVICES, "x"), "field", CASEGATE_PROBLEM_UNKNOWN);
    refused(with_text(0, "x"), "field", CASEGATE_PROBLEM_UNKNOWN);
}

TEST(an_element_without_an_id_is_named_by_its_place)
{
    UNUSED(state);
    casegate_service service = sample_service, none = { .size = sizeof none };
    casegate_content_builder *builder = with_service(&service);
    casegate_content_add_service(builder, &none);

    refused(builder, "services[#1].id", CASEGATE_PROBLEM_MISSING);
    none.id = "s[1]";
    refused(with_service(&none), "services[#0].id", CASEGATE_PROBLEM_FORMAT);
}

TEST(a_malformed_member_is_named_by_its_elements_id)
{
    UNUSED(state);
    static const char *const empty_tooth[] = { "11", "" }, *const odd_tooth[] = { "1\n1" };
    casegate_service service = sample_service;
    service.due = "2026-02-30";
    refused(with_service(&service), "services[s1].due", CASEGATE_PROBLEM_FORMAT);
    service = sample_service;
    service.quantity = -1;
    refused(with_service(&service), "services[s1].quantity", CASEGATE_PROBLEM_RANGE);
    service = sample_service;
    service.teeth = empty_tooth;
    refused(with_service(&service), "services[s1].teeth", CASEGATE_PROBLEM_MISSING);
    service.teeth = odd_tooth;
    service.tooth_count = 1;
    refused(with_service(&service), "services[s1].teeth", CASEGATE_PROBLEM_CONTROL);

    casegate_file file = sample_file;
    file.bytes = -1;
    refused(with_file(&file), "files[f1].size", CASEGATE_PROBLEM_RANGE);
    file = sample_file;
    file.name = "../passwd";
    refused(with_file(&file), "files[f1].name", CASEGATE_PROBLEM_FORMAT);

    casegate_answer answer = sample_answer;
    answer.required = 2;
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_answer(builder, &answer);
    refused(builder, "answers[q1].required", CASEGATE_PROBLEM_RANGE);
}

TEST(an_id_twice_in_one_list_is_refused)
{
    UNUSED(state);
    casegate_service first = sample_service, second = { .size = sizeof second, .id = "s0" };
    casegate_content_builder *builder = with_service(&first);
    casegate_content_add_service(builder, &second);
    casegate_content_add_service(builder, &first);

    refused(builder, "services[s1].id", CASEGATE_PROBLEM_DUPLICATE);
}

TEST(the_same_id_may_be_in_different_lists)
{
    UNUSED(state);
    casegate_service service = { .size = sizeof service, .id = "x" };
    casegate_file file = { .size = sizeof file, .id = "x" };
    casegate_content_builder *builder = with_service(&service);
    casegate_content_add_file(builder, &file);

    casegate_content_unref(finished(builder));
}

TEST(the_first_failure_sticks)
{
    UNUSED(state);
    casegate_content_builder *builder = with_text(CASEGATE_CONTENT_DUE, "x");
    casegate_content_set(builder, CASEGATE_CONTENT_DUE, "2026-03-16");
    casegate_content_set(builder, CASEGATE_CONTENT_PATIENT_NAME, "\x01");

    refused(builder, "due", CASEGATE_PROBLEM_FORMAT);
}

TEST(a_list_without_its_elements_and_sizes_that_cannot_be_are_refused)
{
    UNUSED(state);
    casegate_service service = { .size = sizeof service, .id = "s1", .tooth_count = 1 };
    refused(with_service(&service), "teeth", CASEGATE_PROBLEM_MISSING);

    casegate_content *content = NULL;
    service.size = 3;
    assert_int_equal(casegate_content_builder_finish(with_service(&service), &content, NULL), CASEGATE_E_ABI);
    assert_null(content);
}

TEST(starting_from_a_content_copies_it_whole)
{
    UNUSED(state);
    casegate_content *content = finished(sample_builder(NULL));

    casegate_content *copy = finished(casegate_content_builder_new(NULL, content));

    char a[67], b[67];
    casegate_content_digest(content, NULL, a, NULL);
    casegate_content_digest(copy, NULL, b, NULL);
    assert_string_equal(a, b);
    casegate_content_unref(content);
    casegate_content_unref(copy);
}

TEST(removing_takes_out_one_or_all_and_ignores_what_is_not_there)
{
    UNUSED(state);
    casegate_content_builder *builder = sample_builder(NULL);
    casegate_content_remove(builder, CASEGATE_CONTENT_SERVICES, "s1");
    casegate_content_remove(builder, CASEGATE_CONTENT_SERVICES, "s9");
    casegate_content_remove(builder, CASEGATE_CONTENT_FILES, NULL);

    casegate_content *content = finished(builder);

    assert_int_equal(casegate_content_service_count(content), 1);
    assert_string_equal(casegate_content_service(content, 0)->id, "s2");
    assert_int_equal(casegate_content_file_count(content), 0);
    assert_int_equal(casegate_content_answer_count(content), 1);
    casegate_content_unref(content);
}

TEST(nothing_leaks_wherever_memory_runs_out)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    casegate_content *content = NULL;
    int before = memory.held;
    for (int left = 0; !content; left++) {
        memory.left = left;
        casegate_result rc = casegate_content_builder_finish(sample_builder(host), &content, NULL);
        assert_true(rc == CASEGATE_E_NOMEM || rc == CASEGATE_OK);
        assert_true(content ? rc == CASEGATE_OK : memory.held == before);
    }
    casegate_content_unref(content);
    casegate_host_unref(host);
    assert_int_equal(memory.held, 0);
}

TEST(a_content_keeps_its_host_alive)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    casegate_content *content = finished(sample_builder(host));
    casegate_host_unref(host);

    casegate_content_unref(casegate_content_ref(content));
    assert_true(memory.held > 0);
    casegate_content_unref(content);

    assert_int_equal(memory.held, 0);
}

TEST(null_is_harmless_everywhere)
{
    UNUSED(state);
    casegate_content *content = NULL;
    char digest[67];

    casegate_content_set(NULL, 1, "x");
    casegate_content_add_service(NULL, &sample_service);
    casegate_content_add_answer(NULL, NULL);
    casegate_content_add_file(NULL, NULL);
    casegate_content_remove(NULL, 15, NULL);
    casegate_content_builder_free(NULL);
    casegate_content_unref(NULL);
    assert_null(casegate_content_ref(NULL));
    assert_string_equal(casegate_content_get(NULL, 1), "");
    assert_int_equal(casegate_content_service_count(NULL), 0);
    assert_null(casegate_content_file(NULL, 0));
    assert_int_equal(casegate_content_size(NULL), 0);
    assert_int_equal(casegate_content_builder_finish(NULL, &content, NULL), CASEGATE_E_NOMEM);
    assert_int_equal(casegate_content_builder_finish(casegate_content_builder_new(NULL, NULL), NULL, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_content_digest(NULL, NULL, digest, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_content_canonical(NULL, NULL), CASEGATE_E_INVALID);
    refused(with_service(NULL), "", CASEGATE_PROBLEM_MISSING);
}

/* ---- limits ---- */

typedef struct faults { char lines[2000]; int count, stop_at; } faults;

static casegate_result note(void *user, const char *path, int32_t problem)
{
    faults *f = user;
    strcat(strcat(strcat(strcat(f->lines, path), " "), casegate_problem_name(problem)), "\n");
    return ++f->count == f->stop_at ? CASEGATE_E_NOMEM : CASEGATE_OK;
}

static void allow_all(size_t limits[CG_LIMITS])
{
    for (size_t i = 0; i < CG_LIMITS; i++) limits[i] = 1000;
}

static void excess_is(const casegate_content *content, const size_t *limits, const char *expected)
{
    cg_arena arena;
    faults found = { .count = 0 };
    cg_arena_init(&arena, NULL);
    assert_int_equal(cg_content_excess(&arena, content, limits, note, &found), CASEGATE_OK);
    assert_string_equal(found.lines, expected);
    cg_arena_free(&arena);
}

TEST(a_content_at_its_limits_has_no_fault)
{
    UNUSED(state);
    casegate_content *content = finished(sample_builder(NULL));
    excess_is(content, cg_content_peak(content), "");
    excess_is(NULL, cg_content_peak(content), "");
    casegate_content_unref(content);
}

TEST(the_peak_is_the_largest_of_what_each_limit_judges)
{
    UNUSED(state);
    casegate_content *content = finished(sample_builder(NULL));
    const size_t *peak = cg_content_peak(content);

    assert_int_equal(peak[CG_LIMIT_IDS], 6);
    assert_int_equal(peak[CG_LIMIT_LINE], 64);   /* sha256 */
    assert_int_equal(peak[CG_LIMIT_TEXT], 9);
    assert_int_equal(peak[CG_LIMIT_INSTRUCTIONS], 12);
    assert_int_equal(peak[CG_LIMIT_URI], 21);
    assert_int_equal(peak[CG_LIMIT_SERVICES], 2);
    assert_int_equal(peak[CG_LIMIT_ANSWERS], 1);
    assert_int_equal(peak[CG_LIMIT_FILES], 2);
    assert_int_equal(peak[CG_LIMIT_TEETH], 2);
    assert_int_equal(peak[CG_LIMIT_CONTENT], 621);
    casegate_content_unref(content);
}

TEST(what_is_beyond_the_limits_is_named_in_field_order)
{
    UNUSED(state);
    casegate_content *content = finished(sample_builder(NULL));
    size_t limits[CG_LIMITS];
    allow_all(limits);
    limits[CG_LIMIT_TEXT] = 8;
    limits[CG_LIMIT_INSTRUCTIONS] = 11;
    limits[CG_LIMIT_SERVICES] = limits[CG_LIMIT_TEETH] = 1;
    limits[CG_LIMIT_CONTENT] = 620;
    limits[CG_LIMIT_LINE] = 64;   /* as long as the longest: no fault */
    limits[CG_LIMIT_URI] = 21;

    excess_is(content, limits,
              "instructions too_long\nservices too_many\nservices[s1].teeth too_many\nservices[s1].notes too_long\n"
              "content too_long\n");

    allow_all(limits);
    limits[CG_LIMIT_LINE] = 1;
    limits[CG_LIMIT_TEETH] = 1;
    cg_arena arena;
    cg_arena_init(&arena, NULL);
    faults found = { .stop_at = 2 };
    assert_int_equal(cg_content_excess(&arena, content, limits, note, &found), CASEGATE_E_NOMEM);
    assert_int_equal(found.count, 2);
    cg_arena_free(&arena);
    casegate_content_unref(content);
}

static void files_are(const casegate_file *const *files, size_t count, const size_t *limits, const char *expected)
{
    cg_arena arena;
    faults found = { .count = 0 };
    cg_arena_init(&arena, NULL);
    assert_int_equal(cg_files_judge(&arena, files, count, limits, note, &found), CASEGATE_OK);
    assert_string_equal(found.lines, expected);
    cg_arena_free(&arena);
}

TEST(files_of_a_decision_are_judged_by_form_and_limits) {   /* CG-R06 */
    UNUSED(state);
    casegate_file good = sample_file, unnamed = sample_file, again = sample_file;
    const casegate_file *files[] = { &good, &unnamed, &again };
    size_t limits[CG_LIMITS];
    allow_all(limits);
    unnamed.id = NULL;
    unnamed.name = "a/b";
    again.bytes = -1;

    files_are(files, 1, limits, "");
    files_are(files, 3, limits, "files[#1].id missing\nfiles[#1].name format\nfiles[f1].id duplicate\nfiles[f1].size range\n");
    limits[CG_LIMIT_URI] = 5;
    files_are(files, 1, limits, "files[f1].uri too_long\n");
    limits[CG_LIMIT_FILES] = 2;
    files_are(files, 3, limits, "files too_many\n");
}

TEST(files_of_our_size_are_used_in_place_and_others_copied)
{
    UNUSED(state);
    struct { casegate_file file; int64_t newer; } longer = { .file = sample_file };
    const casegate_file *files[] = { &sample_file, &longer.file };
    const casegate_file *const *out = NULL;
    cg_arena arena;
    cg_arena_init(&arena, NULL);
    longer.file.size = sizeof longer;

    assert_int_equal(cg_files_adopt(&arena, files, 1, &out, NULL), CASEGATE_OK);
    assert_ptr_equal(out, files);
    assert_int_equal(cg_files_adopt(&arena, files, 2, &out, NULL), CASEGATE_OK);
    assert_ptr_equal(out[0], &sample_file);
    assert_int_equal(out[1]->size, sizeof(casegate_file));
    assert_string_equal(out[1]->id, "f1");

    files[0] = NULL;
    assert_int_equal(cg_files_adopt(&arena, files, 2, &out, NULL), CASEGATE_E_INVALID);
    assert_int_equal(cg_files_adopt(&arena, NULL, 2, &out, NULL), CASEGATE_E_INVALID);
    longer.newer = 1;
    files[0] = &sample_file;
    assert_int_equal(cg_files_adopt(&arena, files, 2, &out, NULL), CASEGATE_E_ABI);
    cg_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_content_holds_what_was_put_into_it),
        cmocka_unit_test(absent_texts_of_a_content_are_empty_and_quantity_is_one),
        cmocka_unit_test(nothing_that_was_given_is_borrowed),
        cmocka_unit_test(a_malformed_text_is_named_by_its_path),
        cmocka_unit_test(an_element_without_an_id_is_named_by_its_place),
        cmocka_unit_test(a_malformed_member_is_named_by_its_elements_id),
        cmocka_unit_test(an_id_twice_in_one_list_is_refused),
        cmocka_unit_test(the_same_id_may_be_in_different_lists),
        cmocka_unit_test(the_first_failure_sticks),
        cmocka_unit_test(a_list_without_its_elements_and_sizes_that_cannot_be_are_refused),
        cmocka_unit_test(starting_from_a_content_copies_it_whole),
        cmocka_unit_test(removing_takes_out_one_or_all_and_ignores_what_is_not_there),
        cmocka_unit_test(nothing_leaks_wherever_memory_runs_out),
        cmocka_unit_test(a_content_keeps_its_host_alive),
        cmocka_unit_test(null_is_harmless_everywhere),
        cmocka_unit_test(a_content_at_its_limits_has_no_fault),
        cmocka_unit_test(the_peak_is_the_largest_of_what_each_limit_judges),
        cmocka_unit_test(what_is_beyond_the_limits_is_named_in_field_order),
        cmocka_unit_test(files_of_a_decision_are_judged_by_form_and_limits),
        cmocka_unit_test(files_of_our_size_are_used_in_place_and_others_copied)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
