/* SPDX-License-Identifier: MIT */
/* test_policy.c: the default policy, policies that labs bring, what a policy refuses to hold, labels by language. */
#include "spec.h"

static casegate_policy *make(casegate_policy_builder *b)
{
    casegate_policy *policy = NULL;
    assert_int_equal(casegate_policy_builder_finish(b, &policy, NULL), CASEGATE_OK);
    return policy;
}

/* CG-R18 */
TEST(the_default_catalogue_is_the_five_reasons_of_the_guide_and_none_needs_anything)
{
    UNUSED(state);
    static const char *const guide[][2] = {
        { "incomplete_prescription", "Incomplete or missing prescription details" },
        { "unreadable_scan", "Incorrect or unreadable scan files" },
        { "unsupported_service", "Unsupported service or material" }, { "invalid_timeline", "Invalid delivery timeline" },
        { "other", "Other clinical or technical issues" },
    };
    casegate_policy *policy = casegate_policy_default();

    assert_string_equal(casegate_policy_name(policy), "default");
    assert_int_equal(casegate_policy_reason_count(policy), COUNT(guide));
    for (size_t i = 0; i < COUNT(guide); i++) {
        const casegate_reason *reason = casegate_policy_reason_at(policy, i);
        assert_string_equal(reason->code, guide[i][0]);
        assert_string_equal(casegate_label_for(reason->labels, reason->label_count, "en"), guide[i][1]);
        assert_int_equal(reason->needs, 0);
        assert_ptr_equal(casegate_policy_reason(policy, guide[i][0]), reason);
    }
    assert_null(casegate_policy_reason_at(policy, COUNT(guide)));
    assert_null(casegate_policy_reason(policy, "because"));
    assert_null(casegate_policy_reason(policy, ""));
    assert_null(casegate_policy_reason(policy, NULL));
    casegate_policy_unref(policy);
}

TEST(the_default_limits_are_those_of_the_rules)
{
    UNUSED(state);
    static const struct { const char *name; size_t value; } limits[] = {
        { "ids", 64 }, { "line", 256 }, { "text", 4096 }, { "instructions", 16384 }, { "uri", 2048 }, { "services", 200 },
        { "answers", 200 },
        { "files", 200 }, { "teeth", 32 }, { "content", 1048576 },
    };
    casegate_policy *policy = casegate_policy_default();
    for (int32_t limit = 1; limit <= (int32_t)COUNT(limits); limit++) {
        assert_int_equal(casegate_find_limit(limits[limit - 1].name), limit);
        assert_string_equal(casegate_limit_name(limit), limits[limit - 1].name);
        assert_int_equal(casegate_policy_limit(policy, limit), limits[limit - 1].value);
    }
    assert_int_equal(casegate_policy_limit(policy, 0), 0);
    assert_int_equal(casegate_policy_limit(policy, 11), 0);
    assert_int_equal(casegate_find_limit("depth"), 0);
    casegate_policy_unref(policy);
}

TEST(by_default_a_lab_is_at_utc_needs_no_time_and_offers_everything)
{
    UNUSED(state);
    casegate_policy *policy = casegate_policy_default();

    assert_int_equal(casegate_policy_turnaround(policy), 0);
    assert_int_equal(casegate_policy_utc_offset(policy), 0);
    assert_null(casegate_policy_service_at(policy, 0));
    assert_null(casegate_policy_material_at(policy, 0));

    casegate_policy_unref(policy);
}

TEST(a_policy_begins_as_the_default_one_under_its_own_name)
{
    UNUSED(state);
    casegate_policy *policy = make(casegate_policy_builder_new(NULL, "lab-one"));

    assert_string_equal(casegate_policy_name(policy), "lab-one");
    assert_int_equal(casegate_policy_reason_count(policy), 5);
    assert_int_equal(casegate_policy_check(policy, CASEGATE_PATIENT_MISSING), CASEGATE_LEVEL_BLOCK_SUBMIT);
    assert_int_equal(casegate_policy_limit(policy, CASEGATE_LIMIT_LINE), 256);

    casegate_policy_unref(policy);
    policy = make(casegate_policy_builder_new(NULL, NULL));
    assert_string_equal(casegate_policy_name(policy), "default");
    casegate_policy_unref(policy);
}

/* CG-R18 */
TEST(the_first_own_reason_replaces_the_default_catalogue)
{
    UNUSED(state);
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, "lab-one");
    casegate_policy_add_reason(b, "no_capacity", CASEGATE_NEED_COMMENT);
    casegate_policy_add_label(b, "en", "No capacity");
    casegate_policy_add_label(b, "de", "Keine Kapazität");
    casegate_policy_add_reason(b, "other", CASEGATE_NEED_COMMENT | CASEGATE_NEED_FILE);

    casegate_policy *policy = make(b);

    assert_int_equal(casegate_policy_reason_count(policy), 2);
    assert_null(casegate_policy_reason(policy, "unreadable_scan"));
    const casegate_reason *reason = casegate_policy_reason(policy, "no_capacity");
    assert_int_equal(reason->needs, CASEGATE_NEED_COMMENT);
    assert_int_equal(reason->label_count, 2);
    assert_string_equal(casegate_label_for(reason->labels, reason->label_count, "de-AT"), "Keine Kapazität");
    assert_int_equal(casegate_policy_reason(policy, "other")->label_count, 0);
    casegate_policy_unref(policy);
}

/* CG-R18 */
TEST(a_rejection_is_judged_by_the_labs_own_catalogue_and_events_name_its_policy)
{
    UNUSED(state);
    spec_world world;
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, "lab-one-2026");
    casegate_policy_add_reason(b, "no_capacity", 0);
    casegate_policy_add_label(b, "en", "No capacity");
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_use_policy(&world, b);
    spec_ask(&world, CASEGATE_REJECT);
    assert_refused(&world, "reason_unknown(reason=other)");

    world.request.reason = "no_capacity";

    assert_allowed(&world);
    assert_string_equal(spec_event(&world, 0)->policy, "lab-one-2026");
    assert_string_equal(spec_event(&world, 0)->reason_labels[0]->text, "No capacity");
    spec_close(&world);
}

TEST(all_that_is_set_is_given_back)
{
    UNUSED(state);
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, "lab-one");
    for (int32_t finding = 1; finding <= 12; finding++) casegate_policy_set_check(b, finding, finding % 4);
    for (int32_t limit = 1; limit <= 10; limit++) casegate_policy_set_limit(b, limit, (size_t)limit * 3);
    casegate_policy_set_turnaround(b, 5 * DAY);
    casegate_policy_set_utc_offset(b, -330);
    casegate_policy_add_service(b, "crown");
    casegate_policy_add_service(b, "bridge");
    casegate_policy_add_material(b, "zirconia");

    casegate_policy *policy = make(b);

    for (int32_t finding = 1; finding <= 12; finding++) assert_int_equal(casegate_policy_check(policy, finding), finding % 4);
    for (int32_t limit = 1; limit <= 10; limit++) assert_int_equal(casegate_policy_limit(policy, limit), limit * 3);
    assert_int_equal(casegate_policy_turnaround(policy), 5 * DAY);
    assert_int_equal(casegate_policy_utc_offset(policy), -330);
    assert_string_equal(casegate_policy_service_at(policy, 0), "crown");
    assert_string_equal(casegate_policy_service_at(policy, 1), "bridge");
    assert_null(casegate_policy_service_at(policy, 2));
    assert_string_equal(casegate_policy_material_at(policy, 0), "zirconia");
    casegate_policy_unref(policy);
}

/* ---- what cannot be taken ---------------------------------------------------------------------------------------- */

typedef void spoil_fn(casegate_policy_builder *b);

static char long_id[66], long_line[258];

static void bad_code(casegate_policy_builder *b) { casegate_policy_add_reason(b, "no capacity", 0); }
static void no_code(casegate_policy_builder *b) { casegate_policy_add_reason(b, NULL, 0); }
static void long_code(casegate_policy_builder *b) { casegate_policy_add_reason(b, long_id, 0); }
static void strange_need(casegate_policy_builder *b) { casegate_policy_add_reason(b, "r", CASEGATE_NEED_REVISION); }
static void twice(casegate_policy_builder *b) { casegate_policy_add_reason(b, "r", 0), casegate_policy_add_reason(b, "r", 0); }
static void label_first(casegate_policy_builder *b) { casegate_policy_add_label(b, "en", "No"); }
static void with_label(casegate_policy_builder *b, const char *language, const char *text)
{
    casegate_policy_add_reason(b, "no_capacity", 0);
    casegate_policy_add_label(b, language, text);
}
static void empty_label(casegate_policy_builder *b) { with_label(b, "en", ""); }
static void two_lines(casegate_policy_builder *b) { with_label(b, "en", "No\ncapacity"); }
static void broken_label(casegate_policy_builder *b) { with_label(b, "en", "\xC3"); }
static void long_label(casegate_policy_builder *b) { with_label(b, "en", long_line); }
static void no_language(casegate_policy_builder *b) { with_label(b, NULL, "No capacity"); }
static void same_language(casegate_policy_builder *b) { with_label(b, "en", "No"), casegate_policy_add_label(b, "en", "Never"); }
static void check_zero(casegate_policy_builder *b) { casegate_policy_set_check(b, 0, CASEGATE_LEVEL_WARN); }
static void check_unknown(casegate_policy_builder *b) { casegate_policy_set_check(b, 13, CASEGATE_LEVEL_WARN); }
static void level_unknown(casegate_policy_builder *b) { casegate_policy_set_check(b, 1, 4); }
static void level_negative(casegate_policy_builder *b) { casegate_policy_set_check(b, 1, -1); }
static void negative_time(casegate_policy_builder *b) { casegate_policy_set_turnaround(b, -1); }
static void endless_time(casegate_policy_builder *b) { casegate_policy_set_turnaround(b, INT64_MAX); }
static void too_far_east(casegate_policy_builder *b) { casegate_policy_set_utc_offset(b, 1441); }
static void too_far_west(casegate_policy_builder *b) { casegate_policy_set_utc_offset(b, INT32_MIN); }
static void limit_zero(casegate_policy_builder *b) { casegate_policy_set_limit(b, CASEGATE_LIMIT_LINE, 0); }
static void limit_unknown(casegate_policy_builder *b) { casegate_policy_set_limit(b, 11, 1); }
static void limit_endless(casegate_policy_builder *b) { casegate_policy_set_limit(b, CASEGATE_LIMIT_LINE, SIZE_MAX); }
static void empty_service(casegate_policy_builder *b) { casegate_policy_add_service(b, ""); }
static void long_service(casegate_policy_builder *b) { casegate_policy_add_service(b, long_line); }
static void bad_material(casegate_policy_builder *b) { casegate_policy_add_material(b, "zir\tconia"); }

static const struct bad { spoil_fn *spoil; const char *field; int32_t problem; } bad[] = {
    { bad_code, "reasons", CASEGATE_PROBLEM_FORMAT }, { no_code, "reasons", CASEGATE_PROBLEM_MISSING },
    { long_code, "reasons", CASEGATE_PROBLEM_TOO_LONG }, { strange_need, "reasons", CASEGATE_PROBLEM_UNKNOWN },
    { twice, "reasons", CASEGATE_PROBLEM_DUPLICATE }, { label_first, "reasons", CASEGATE_PROBLEM_MISSING },
    { empty_label, "reasons[no_capacity].label", CASEGATE_PROBLEM_MISSING },
    { two_lines, "reasons[no_capacity].label", CASEGATE_PROBLEM_CONTROL },
    { broken_label, "reasons[no_capacity].label", CASEGATE_PROBLEM_ENCODING },
    { long_label, "reasons[no_capacity].label", CASEGATE_PROBLEM_TOO_LONG },
    { no_language, "reasons[no_capacity].label", CASEGATE_PROBLEM_MISSING },
    { same_language, "reasons[no_capacity].label", CASEGATE_PROBLEM_DUPLICATE },
    { check_zero, "checks", CASEGATE_PROBLEM_UNKNOWN },
    { check_unknown, "checks", CASEGATE_PROBLEM_UNKNOWN }, { level_unknown, "checks", CASEGATE_PROBLEM_UNKNOWN },
    { level_negative, "checks", CASEGATE_PROBLEM_UNKNOWN }, { negative_time, "turnaround", CASEGATE_PROBLEM_RANGE },
    { endless_time, "turnaround", CASEGATE_PROBLEM_RANGE }, { too_far_east, "utc_offset_minutes", CASEGATE_PROBLEM_RANGE },
    { too_far_west, "utc_offset_minutes", CASEGATE_PROBLEM_RANGE }, { limit_zero, "limits", CASEGATE_PROBLEM_RANGE },
    { limit_unknown, "limits", CASEGATE_PROBLEM_UNKNOWN }, { limit_endless, "limits", CASEGATE_PROBLEM_RANGE },
    { empty_service, "services", CASEGATE_PROBLEM_MISSING }, { long_service, "services", CASEGATE_PROBLEM_TOO_LONG },
    { bad_material, "materials", CASEGATE_PROBLEM_CONTROL },
};

TEST(what_a_policy_cannot_hold_is_refused_by_field_and_the_first_failure_sticks)
{
    UNUSED(state);
    memset(long_id, 'x', sizeof long_id - 1);
    memset(long_line, 'x', sizeof long_line - 1);
    for (size_t i = 0; i < COUNT(bad); i++) {
        casegate_error error = ERROR;
        casegate_policy *policy = NULL;
        casegate_policy_builder *b = casegate_policy_builder_new(NULL, "lab-one");
        bad[i].spoil(b);
        casegate_policy_set_utc_offset(b, 9999);
        casegate_policy_add_reason(b, "fine", 0);

        assert_int_equal(casegate_policy_builder_finish(b, &policy, &error), CASEGATE_E_INVALID);

        assert_string_equal(error.field, bad[i].field);
        assert_int_equal(error.host_code, bad[i].problem);
        assert_null(policy);
    }
}

TEST(a_policy_is_named_by_an_id)
{
    UNUSED(state);
    casegate_error error = ERROR;
    casegate_policy *policy = NULL;

    assert_int_equal(casegate_policy_builder_finish(casegate_policy_builder_new(NULL, "lab one"), &policy, &error),
                     CASEGATE_E_INVALID);

    assert_string_equal(error.field, "name");
    assert_int_equal(error.host_code, CASEGATE_PROBLEM_FORMAT);
}

TEST(every_allocation_of_a_builder_can_fail_and_nothing_leaks)
{
    UNUSED(state);
    spec_host host;
    spec_host_open(&host, NULL);
    for (int left = 0, done = 0; !done; left++) {
        host.left = left;
        casegate_policy *policy = NULL;
        casegate_policy_builder *b = casegate_policy_builder_new(host.host, "lab-one");
        for (int i = 0; i < 40; i++) casegate_policy_add_service(b, "a service of some length, so that memory has to grow");
        casegate_policy_add_reason(b, "no_capacity", 0);
        casegate_policy_add_label(b, "en", "No capacity");
        casegate_result result = casegate_policy_builder_finish(b, &policy, NULL);
        done = result == CASEGATE_OK;
        if (!done) assert_int_equal(result, CASEGATE_E_NOMEM);
        casegate_policy_unref(policy);
        assert_in_range(left, 0, 200);
    }
    host.left = -1;
    spec_host_close(&host);
}

/* ---- limits in decisions ----------------------------------------------------------------------------------------- */

TEST(a_lab_can_lower_a_limit_and_raise_it)
{
    UNUSED(state);
    char comment[5001];
    memset(comment, 'x', sizeof comment - 1);
    comment[sizeof comment - 1] = '\0';
    static const struct { size_t limit; const char *words; } rows[] = {
        { 5000, "" }, { 4999, "invalid_input(field=comment,problem=too_long)" },
        { 1, "invalid_input(field=comment,problem=too_long)" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        spec_world world;
        casegate_policy_builder *b = casegate_policy_builder_new(NULL, "limits");
        casegate_policy_set_limit(b, CASEGATE_LIMIT_TEXT, rows[i].limit);
        spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
        spec_use_policy(&world, b);
        spec_ask(&world, CASEGATE_REJECT);
        world.request.comment = comment;
        assert_refused(&world, rows[i].words);
        spec_close(&world);
    }
}

/* ---- labels ------------------------------------------------------------------------------------------------------ */

TEST(a_label_is_found_by_language_then_by_its_base_then_english_then_the_first)
{
    UNUSED(state);
    const casegate_label fr = { sizeof fr, "fr", "Non" }, en = { sizeof en, "en", "No" }, at = { sizeof at, "de-AT", "Na" },
        de = { sizeof de, "de", "Nein" };
    const casegate_label *const all[] = { &fr, &en, &at, &de }, *const some[] = { &fr, &de };

    assert_string_equal(casegate_label_for(all, COUNT(all), "de-AT"), "Na");
    assert_string_equal(casegate_label_for(all, COUNT(all), "de-CH"), "Nein");
    assert_string_equal(casegate_label_for(all, COUNT(all), "de"), "Nein");
    assert_string_equal(casegate_label_for(all, COUNT(all), "es"), "No");
    assert_string_equal(casegate_label_for(all, COUNT(all), "d"), "No");
    assert_string_equal(casegate_label_for(all, COUNT(all), NULL), "No");
    assert_string_equal(casegate_label_for(some, COUNT(some), "es"), "Non");
    assert_string_equal(casegate_label_for(some, COUNT(some), ""), "Non");
    assert_null(casegate_label_for(all, 0, "en"));
    assert_null(casegate_label_for(NULL, 0, "en"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_catalogue_is_the_five_reasons_of_the_guide_and_none_needs_anything),
        cmocka_unit_test(the_default_limits_are_those_of_the_rules),
        cmocka_unit_test(by_default_a_lab_is_at_utc_needs_no_time_and_offers_everything),
        cmocka_unit_test(a_policy_begins_as_the_default_one_under_its_own_name),
        cmocka_unit_test(the_first_own_reason_replaces_the_default_catalogue),
        cmocka_unit_test(a_rejection_is_judged_by_the_labs_own_catalogue_and_events_name_its_policy),
        cmocka_unit_test(all_that_is_set_is_given_back),
        cmocka_unit_test(what_a_policy_cannot_hold_is_refused_by_field_and_the_first_failure_sticks),
        cmocka_unit_test(a_policy_is_named_by_an_id),
        cmocka_unit_test(every_allocation_of_a_builder_can_fail_and_nothing_leaks),
        cmocka_unit_test(a_lab_can_lower_a_limit_and_raise_it),
        cmocka_unit_test(a_label_is_found_by_language_then_by_its_base_then_english_then_the_first),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
