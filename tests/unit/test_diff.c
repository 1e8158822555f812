/* SPDX-License-Identifier: MIT */
/* test_diff.c: the paths in which two contents differ. */
#include "sample.h"

static void paths_are(const casegate_content *a, const casegate_content *b, const char *expected)
{
    casegate_paths *paths = NULL;
    char joined[1000] = "";
    assert_int_equal(casegate_content_diff(a, b, &paths, NULL), CASEGATE_OK);
    for (size_t i = 0; i < casegate_paths_count(paths); i++) strcat(strcat(joined, i ? " " : ""), casegate_paths_at(paths, i));
    assert_null(casegate_paths_at(paths, casegate_paths_count(paths)));
    casegate_paths_free(paths);
    assert_string_equal(joined, expected);
}

/* Services of these ids, in this order. */
static casegate_content *services(const char *const *ids, size_t count)
{
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    for (size_t i = 0; i < count; i++)
        casegate_content_add_service(builder, &(casegate_service) { .size = sizeof sample_service, .id = ids[i] });
    return finished(builder);
}

/* The sample against what `change` makes of it, both ways. */
static void change_is(void (*change)(casegate_content_builder *), const char *expected)
{
    casegate_content *before = finished(sample_builder(NULL));
    casegate_content_builder *builder = casegate_content_builder_new(NULL, before);
    change(builder);
    casegate_content *after = finished(builder);
    paths_are(before, after, expected);
    paths_are(after, before, expected);
    casegate_content_unref(before);
    casegate_content_unref(after);
}

static void nothing(casegate_content_builder *b) { casegate_content_set(b, CASEGATE_CONTENT_REFERENCE, "NC-1042"); }
TEST(equal_contents_have_no_paths)
{
    UNUSED(state);
    change_is(nothing, "");
    paths_are(NULL, NULL, "");
}

static void texts(casegate_content_builder *b)
{
    casegate_content_set(b, CASEGATE_CONTENT_REFERENCE, NULL);
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, "Bob");
    casegate_content_set(b, CASEGATE_CONTENT_DUE, "2026-03-17");
    casegate_content_set(b, CASEGATE_CONTENT_CLINIC_EMAIL, "other@clinic.example");
}
TEST(leaves_are_named_by_their_path_sorted_by_bytes)
{
    UNUSED(state);
    change_is(texts, "clinic.email due patient.name reference");
}

static void replace_service(casegate_content_builder *b)
{
    casegate_content_remove(b, CASEGATE_CONTENT_SERVICES, "s2");
    casegate_content_add_service(b, &(casegate_service) { .size = sizeof sample_service, .id = "s10" });
}
TEST(elements_that_came_or_went_are_named_by_their_id)
{
    UNUSED(state);
    change_is(replace_service, "services[s10] services[s2]");
}

static void members(casegate_content_builder *b)
{
    static const char *const teeth[] = { "12", "11" };
    casegate_service service = sample_service, plain = { .size = sizeof plain, .id = "s2" };
    service.material = "emax";
    service.teeth = teeth;
    service.quantity = 1;
    casegate_content_remove(b, CASEGATE_CONTENT_SERVICES, NULL);
    casegate_content_add_service(b, &service);
    casegate_content_add_service(b, &plain);
}
TEST(a_member_that_changed_is_named_below_its_element)
{
    UNUSED(state);
    change_is(members, "services[s1].material services[s1].quantity services[s1].teeth");
}

static void file_sizes(casegate_content_builder *b)
{
    casegate_file known = { .size = sizeof known, .id = "f2", .kind = "image", .bytes = 0, .size_known = 1 };
    casegate_content_remove(b, CASEGATE_CONTENT_FILES, "f2");
    casegate_content_add_file(b, &known);
}
TEST(an_unknown_file_size_is_another_than_zero)
{
    UNUSED(state);
    change_is(file_sizes, "files[f2].size");
}

static void requirement(casegate_content_builder *b)
{
    casegate_answer answer = sample_answer;
    answer.required = 0;
    casegate_content_remove(b, CASEGATE_CONTENT_ANSWERS, NULL);
    casegate_content_add_answer(b, &answer);
}
TEST(an_answer_that_is_no_longer_required_has_changed)
{
    UNUSED(state);
    change_is(requirement, "answers[q1].required");
}

TEST(order_alone_changes_the_list)
{
    UNUSED(state);
    static const char *const one[] = { "a", "b", "c" }, *const other[] = { "c", "a", "b" };
    casegate_content *a = services(one, 3), *b = services(other, 3);

    paths_are(a, b, "services");
    paths_are(b, a, "services");
    casegate_content_unref(a);
    casegate_content_unref(b);
}

TEST(what_came_in_between_is_no_other_order)
{
    UNUSED(state);
    static const char *const one[] = { "a", "b", "c" }, *const other[] = { "x", "a", "c" };
    casegate_content *a = services(one, 3), *b = services(other, 3);

    paths_are(a, b, "services[b] services[x]");
    casegate_content_unref(a);
    casegate_content_unref(b);
}

TEST(against_nothing_everything_has_come)
{
    UNUSED(state);
    static const char *const ids[] = { "b", "a" };
    casegate_content *content = services(ids, 2);

    paths_are(NULL, content, "services[a] services[b]");
    paths_are(content, NULL, "services[a] services[b]");
    casegate_content_unref(content);
}

TEST(nothing_leaks_wherever_memory_runs_out)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    casegate_content *content = finished(sample_builder(host));
    casegate_paths *paths = NULL;
    int before = memory.held;
    for (int left = 0; !paths; left++) {
        memory.left = left;
        casegate_result rc = casegate_content_diff(content, NULL, &paths, NULL);
        assert_int_equal(rc, paths ? CASEGATE_OK : CASEGATE_E_NOMEM);
        if (!paths) assert_int_equal(memory.held, before);
    }
    casegate_content_unref(content);
    casegate_host_unref(host);
    casegate_paths_free(paths);
    assert_int_equal(memory.held, 0);
}

TEST(no_paths_are_harmless)
{
    UNUSED(state);
    casegate_paths_free(NULL);
    assert_int_equal(casegate_paths_count(NULL), 0);
    assert_null(casegate_paths_at(NULL, 0));
    assert_int_equal(casegate_content_diff(NULL, NULL, NULL, NULL), CASEGATE_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_contents_have_no_paths),
        cmocka_unit_test(leaves_are_named_by_their_path_sorted_by_bytes),
        cmocka_unit_test(elements_that_came_or_went_are_named_by_their_id),
        cmocka_unit_test(a_member_that_changed_is_named_below_its_element),
        cmocka_unit_test(an_unknown_file_size_is_another_than_zero),
        cmocka_unit_test(an_answer_that_is_no_longer_required_has_changed),
        cmocka_unit_test(order_alone_changes_the_list),
        cmocka_unit_test(what_came_in_between_is_no_other_order),
        cmocka_unit_test(against_nothing_everything_has_come),
        cmocka_unit_test(nothing_leaks_wherever_memory_runs_out),
        cmocka_unit_test(no_paths_are_harmless)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
