/* SPDX-License-Identifier: MIT */
/* test_review.c: the completeness review: what each check finds, in which order, at which level, and what it suggests. */
#include "spec.h"

#include <stdio.h>

/* What the review says of a content: "patient_missing patient.name warn incomplete_prescription; ..." */
static const char *review(const casegate_policy *policy, const casegate_content *content, int64_t now_us)
{
    static char text[2048];
    size_t len = 0;
    casegate_findings *findings = casegate_findings_new(NULL);
    assert_int_equal(casegate_review(policy, content, now_us, findings, NULL), CASEGATE_OK);
    text[0] = '\0';
    for (size_t i = 0; i < casegate_findings_count(findings); i++) {
        const casegate_finding *f = casegate_findings_at(findings, i);
        assert_string_equal(f->name, casegate_finding_name(f->code));
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %s %s %s", i ? "; " : "", f->name, f->subject,
                                casegate_level_name(f->level),
                                f->suggests);
    }
    casegate_findings_free(findings);
    return text;
}

static const char *review_default(const casegate_content *content) { return review(casegate_policy_default(), content, NOW); }

static casegate_content *build(casegate_content_builder *b)
{
    casegate_content *content = NULL;
    assert_int_equal(casegate_content_builder_finish(b, &content, NULL), CASEGATE_OK);
    return content;
}

static casegate_policy *make(casegate_policy_builder *b)
{
    casegate_policy *policy = NULL;
    assert_int_equal(casegate_policy_builder_finish(b, &policy, NULL), CASEGATE_OK);
    return policy;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* docs/rules.md, section 8, by hand. */
static const struct check { int32_t code; const char *name, *level; } checks[] = {
    { 1, "patient_missing", "block_submit" }, { 2, "service_missing", "block_submit" }, { 3, "dentist_missing", "warn" },
    { 4, "answer_missing", "warn" }, { 5, "scan_method_missing", "warn" }, { 6, "scan_file_missing", "warn" },
    { 7, "file_damaged", "warn" },
    { 8, "service_unsupported", "warn" }, { 9, "due_missing", "warn" }, { 10, "due_past", "warn" },
    { 11, "due_too_soon", "warn" },
    { 12, "tooth_invalid", "warn" },
};

/* CG-R04 */
TEST(every_check_has_its_number_its_name_and_its_default_level)
{
    UNUSED(state);
    casegate_policy *policy = casegate_policy_default();
    for (size_t i = 0; i < COUNT(checks); i++) {
        assert_string_equal(casegate_finding_name(checks[i].code), checks[i].name);
        assert_int_equal(casegate_find_finding(checks[i].name), checks[i].code);
        assert_string_equal(casegate_level_name(casegate_policy_check(policy, checks[i].code)), checks[i].level);
    }
    assert_string_equal(casegate_finding_name(13), "");
    assert_int_equal(casegate_find_finding("nothing"), 0);
    casegate_policy_unref(policy);
}

/* ---- each finding ------------------------------------------------------------------------------------------------ */

TEST(a_complete_case_has_no_findings)
{
    UNUSED(state);
    casegate_content *content = spec_content();

    assert_string_equal(review_default(content), "");

    casegate_content_unref(content);
}

/* CG-R04 */
TEST(a_missing_field_is_found_with_the_reason_that_it_suggests)
{
    UNUSED(state);
    static const struct { int32_t field; const char *value, *says; } rows[] = {
        { CASEGATE_CONTENT_PATIENT_NAME, NULL, "patient_missing patient.name block_submit incomplete_prescription" },
        { CASEGATE_CONTENT_DENTIST_NAME, NULL, "dentist_missing dentist.name warn incomplete_prescription" },
        { CASEGATE_CONTENT_SCAN_METHOD, NULL, "scan_method_missing scan_method warn incomplete_prescription" },
        { CASEGATE_CONTENT_DUE, NULL, "due_missing due warn invalid_timeline" },
        { CASEGATE_CONTENT_DUE, "2026-03-01", "due_past due warn invalid_timeline" },
        { CASEGATE_CONTENT_DUE, "2026-03-02", "" },
        { CASEGATE_CONTENT_REFERENCE, NULL, "" }, { CASEGATE_CONTENT_DENTIST_ID, NULL, "" },
        { CASEGATE_CONTENT_CLINIC_EMAIL, NULL, "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        casegate_content *content = spec_content_with(rows[i].field, rows[i].value);
        assert_string_equal(review_default(content), rows[i].says);
        casegate_content_unref(content);
    }
}

/* CG-R04 */
TEST(a_case_without_services_is_found)
{
    UNUSED(state);
    casegate_content *base = spec_content();
    casegate_content_builder *b = casegate_content_builder_new(NULL, base);
    casegate_content_remove(b, CASEGATE_CONTENT_SERVICES, NULL);
    casegate_content *content = build(b);

    assert_string_equal(review_default(content), "service_missing services block_submit incomplete_prescription");

    casegate_content_unref(content);
    casegate_content_unref(base);
}

/* CG-R04 */
TEST(each_required_question_without_a_response_is_found_in_the_order_of_the_list)
{
    UNUSED(state);
    const casegate_answer answers[] = {
        { .size = sizeof(casegate_answer), .id = "q2", .question = "Margin?", .required = 1 },
        { .size = sizeof(casegate_answer), .id = "q1", .question = "Bite?", .response = "closed", .required = 1 },
        { .size = sizeof(casegate_answer), .id = "q3", .question = "Anything else?" },
        { .size = sizeof(casegate_answer), .id = "q0", .question = "Shade?", .required = 1 },
    };
    casegate_content *base = spec_content();
    casegate_content_builder *b = casegate_content_builder_new(NULL, base);
    for (size_t i = 0; i < COUNT(answers); i++) casegate_content_add_answer(b, &answers[i]);
    casegate_content *content = build(b);

    assert_string_equal(review_default(content), "answer_missing answers[q2] warn incomplete_prescription; "
                                                 "answer_missing answers[q0] warn incomplete_prescription");

    casegate_content_unref(content);
    casegate_content_unref(base);
}

/* CG-R04 */
TEST(a_digital_upload_without_a_scan_is_found_and_other_methods_need_none)
{
    UNUSED(state);
    static const struct { const char *method, *kind, *says; } rows[] = {
        { "digital_upload", NULL, "scan_file_missing files warn unreadable_scan" },
        { "digital_upload", "image", "scan_file_missing files warn unreadable_scan" },
        { "digital_upload", "scan", "" }, { "scanner_portal", NULL, "" }, { "physical_impression", NULL, "" },
        { "pigeon", NULL, "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const casegate_file file = { .size = sizeof file, .id = "f9", .kind = rows[i].kind };
        casegate_content *base = spec_content_with(CASEGATE_CONTENT_SCAN_METHOD, rows[i].method);
        casegate_content_builder *b = casegate_content_builder_new(NULL, base);
        casegate_content_remove(b, CASEGATE_CONTENT_FILES, NULL);
        if (rows[i].kind) casegate_content_add_file(b, &file);
        casegate_content *content = build(b);
        assert_string_equal(review_default(content), rows[i].says);
        casegate_content_unref(content);
        casegate_content_unref(base);
    }
}

/* CG-R04 */
TEST(a_file_of_size_zero_is_damaged_and_one_of_unknown_size_is_not)
{
    UNUSED(state);
    const casegate_file files[] = {
        { .size = sizeof(casegate_file), .id = "f2", .size_known = 1, .bytes = 0 }, { .size = sizeof(casegate_file), .id = "f3" },
        { .size = sizeof(casegate_file), .id = "f4", .size_known = 1, .bytes = 1 },
        { .size = sizeof(casegate_file), .id = "f5", .size_known = 1 },
    };
    casegate_content *base = spec_content();
    casegate_content_builder *b = casegate_content_builder_new(NULL, base);
    for (size_t i = 0; i < COUNT(files); i++) casegate_content_add_file(b, &files[i]);
    casegate_content *content = build(b);

    assert_string_equal(review_default(content),
                        "file_damaged files[f2] warn unreadable_scan; file_damaged files[f5] warn unreadable_scan");

    casegate_content_unref(content);
    casegate_content_unref(base);
}

/* ---- what the lab offers ----------------------------------------------------------------------------------------- */

static const char *review_offer(const char *service, const char *material, const char *code, const char *of)
{
    const casegate_service one = { .size = sizeof one, .id = "s9", .code = code, .material = of };
    casegate_content *base = spec_content();
    casegate_content_builder *b = casegate_content_builder_new(NULL, base);
    casegate_content_remove(b, CASEGATE_CONTENT_SERVICES, NULL);
    casegate_content_add_service(b, &one);
    casegate_content *content = build(b);
    casegate_policy_builder *p = casegate_policy_builder_new(NULL, "offer");
    if (service) casegate_policy_add_service(p, service);
    if (material) casegate_policy_add_material(p, material);
    casegate_policy *policy = make(p);
    const char *says = review(policy, content, NOW);
    casegate_policy_unref(policy);
    casegate_content_unref(content);
    casegate_content_unref(base);
    return says;
}

/* CG-R04 */
TEST(a_service_or_material_that_the_lab_does_not_list_is_found_once)
{
    UNUSED(state);
    static const char unsupported[] = "service_unsupported services[s9] warn unsupported_service";

    assert_string_equal(review_offer(NULL, NULL, "anything", "gold"), "");
    assert_string_equal(review_offer("crown", NULL, "crown", "gold"), "");
    assert_string_equal(review_offer("crown", NULL, "bridge", NULL), unsupported);
    assert_string_equal(review_offer("crown", NULL, NULL, NULL), unsupported);
    assert_string_equal(review_offer(NULL, "emax", "bridge", "emax"), "");
    assert_string_equal(review_offer(NULL, "emax", "bridge", "gold"), unsupported);
    assert_string_equal(review_offer(NULL, "emax", "bridge", NULL), "");
    assert_string_equal(review_offer("crown", "emax", "bridge", "gold"), unsupported);
    assert_string_equal(review_offer("crown", "emax", "crown", "gold"), unsupported);
}

/* ---- dates ------------------------------------------------------------------------------------------------------- */

static const char *review_due(const char *due, int64_t now_us, int32_t minutes, int64_t turnaround_us)
{
    casegate_content *content = spec_content_with(CASEGATE_CONTENT_DUE, due);
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, "dates");
    casegate_policy_set_utc_offset(b, minutes);
    casegate_policy_set_turnaround(b, turnaround_us);
    casegate_policy *policy = make(b);
    const char *says = review(policy, content, now_us);
    casegate_policy_unref(policy);
    casegate_content_unref(content);
    return says;
}

static int64_t at(const char *time)
{
    int64_t us = 0;
    assert_int_equal(casegate_time_parse(time, &us), CASEGATE_OK);
    return us;
}

#define PAST "due_past due warn invalid_timeline"
#define SOON "due_too_soon due warn invalid_timeline"

/* CG-R04 */
TEST(today_is_the_day_at_the_lab_by_its_utc_offset)
{
    UNUSED(state);
    static const struct { const char *now; int32_t minutes; const char *due, *says; } rows[] = {
        { "2026-03-02T23:59:59.999999Z", 0, "2026-03-02", "" },    { "2026-03-03T00:00:00Z", 0, "2026-03-02", PAST },
        { "2026-03-02T22:59:59.999999Z", 60, "2026-03-02", "" },   { "2026-03-02T23:00:00Z", 60, "2026-03-02", PAST },
        { "2026-03-03T04:59:59.999999Z", -300, "2026-03-02", "" }, { "2026-03-03T05:00:00Z", -300, "2026-03-02", PAST },
        { "2026-03-02T00:00:00Z", -1440, "2026-03-01", "" },       { "2026-03-02T00:00:00Z", 1440, "2026-03-02", PAST },
        { "1969-12-31T23:59:59Z", 0, "1969-12-31", "" },           { "1970-01-01T00:00:00Z", -1, "1969-12-31", "" },
        { "1970-01-01T00:00:00Z", 0, "1969-12-31", PAST },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(review_due(rows[i].due, at(rows[i].now), rows[i].minutes, 0), rows[i].says);
}

/* CG-R04 */
TEST(a_due_date_before_the_day_of_now_plus_turnaround_is_too_soon)
{
    UNUSED(state);
    static const int64_t hour = DAY / 24;

    assert_string_equal(review_due("2026-03-07", NOW, 0, 5 * DAY), "");
    assert_string_equal(review_due("2026-03-06", NOW, 0, 5 * DAY), SOON);
    assert_string_equal(review_due("2026-03-02", NOW, 0, 5 * DAY), SOON);
    assert_string_equal(review_due("2026-03-01", NOW, 0, 5 * DAY), PAST);
    assert_string_equal(review_due("2026-03-02", NOW, 0, 16 * hour - 1), "");
    assert_string_equal(review_due("2026-03-02", NOW, 0, 16 * hour), SOON);
    assert_string_equal(review_due("2026-03-02", NOW, -60, 16 * hour), "");
}

/* ---- teeth ------------------------------------------------------------------------------------------------------- */

/* ISO 3950: 11-18, 21-28, 31-38, 41-48 and 51-55, 61-65, 71-75, 81-85, by hand. */
static const char standard[] = "11 12 13 14 15 16 17 18 21 22 23 24 25 26 27 28 31 32 33 34 35 36 37 38 41 42 43 44 45 46 47 48 "
                               "51 52 53 54 55 61 62 63 64 65 71 72 73 74 75 81 82 83 84 85 ";

static const char *review_teeth(const char *const *teeth, size_t count)
{
    const casegate_service one = { .size = sizeof one, .id = "s9", .code = "crown", .teeth = teeth, .tooth_count = count };
    casegate_content *base = spec_content();
    casegate_content_builder *b = casegate_content_builder_new(NULL, base);
    casegate_content_add_service(b, &one);
    casegate_content *content = build(b);
    const char *says = review_default(content);
    casegate_content_unref(content);
    casegate_content_unref(base);
    return says;
}

#define BAD_TOOTH "tooth_invalid services[s9].teeth warn incomplete_prescription"

/* CG-R04 */
TEST(exactly_the_tooth_numbers_of_the_standard_are_valid_among_all_of_two_digits)
{
    UNUSED(state);
    for (int n = 0; n < 100; n++) {
        const char text[] = { (char)('0' + n / 10), (char)('0' + n % 10), '\0' }, spaced[] = { text[0], text[1], ' ', '\0' };
        const char *const teeth[] = { text };
        assert_string_equal(review_teeth(teeth, 1), strstr(standard, spaced) ? "" : BAD_TOOTH);
    }
}

TEST(what_is_not_two_digits_is_no_tooth_and_a_service_is_named_once)
{
    UNUSED(state);
    static const char *const others[] = { "1", "111", "011", "1A", "A1", "+1", " 1", "１１", "11 ", "UR1" };
    static const char *const many[] = { "11", "99", "00" };
    for (size_t i = 0; i < COUNT(others); i++) assert_string_equal(review_teeth(&others[i], 1), BAD_TOOTH);
    assert_string_equal(review_teeth(many, COUNT(many)), BAD_TOOTH);
    assert_string_equal(review_teeth(NULL, 0), "");
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

/* CG-R04 */
TEST(all_findings_of_a_case_stand_in_the_order_of_the_checks)
{
    UNUSED(state);
    const char *const teeth[] = { "99" };
    const casegate_service service = { .size = sizeof service, .id = "s1", .code = "denture", .teeth = teeth, .tooth_count = 1 };
    const casegate_answer answer = { .size = sizeof answer, .id = "q1", .required = 1 };
    const casegate_file file = { .size = sizeof file, .id = "f1", .kind = "image", .size_known = 1 };
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content_add_file(b, &file);
    casegate_content_add_answer(b, &answer);
    casegate_content_add_service(b, &service);
    casegate_content_set(b, CASEGATE_CONTENT_SCAN_METHOD, "digital_upload");
    casegate_content *content = build(b);
    casegate_policy_builder *p = casegate_policy_builder_new(NULL, "strict");
    casegate_policy_add_service(p, "crown");
    casegate_policy_set_check(p, CASEGATE_TOOTH_INVALID, CASEGATE_LEVEL_BLOCK_ACCEPT);
    casegate_policy_set_check(p, CASEGATE_DENTIST_MISSING, CASEGATE_LEVEL_OFF);
    casegate_policy *policy = make(p);

    assert_string_equal(review(policy, content, NOW),
                        "patient_missing patient.name block_submit incomplete_prescription; "
                        "answer_missing answers[q1] warn incomplete_prescription; scan_file_missing files warn unreadable_scan; "
                        "file_damaged files[f1] warn unreadable_scan; service_unsupported services[s1] warn unsupported_service; "
                        "due_missing due warn invalid_timeline; "
                        "tooth_invalid services[s1].teeth block_accept incomplete_prescription");

    casegate_policy_unref(policy);
    casegate_content_unref(content);
}

/* CG-R04 */
TEST(what_a_finding_suggests_is_a_reason_of_the_default_catalogue)
{
    UNUSED(state);
    casegate_policy *policy = casegate_policy_default();
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_content *empty = build(b);
    casegate_findings *findings = casegate_findings_new(NULL);

    assert_int_equal(casegate_review(policy, empty, NOW, findings, NULL), CASEGATE_OK);

    assert_int_equal(casegate_findings_count(findings), 5);
    for (size_t i = 0; i < casegate_findings_count(findings); i++)
        assert_non_null(casegate_policy_reason(policy, casegate_findings_at(findings, i)->suggests));
    assert_null(casegate_findings_at(findings, 5));
    casegate_findings_free(findings);
    casegate_content_unref(empty);
    casegate_policy_unref(policy);
}

/* ---- levels in decisions ----------------------------------------------------------------------------------------- */

static const char *decide_at(int32_t level, int32_t status, int32_t role, int32_t action)
{
    spec_world world;
    casegate_content *content = spec_content_with(CASEGATE_CONTENT_SCAN_METHOD, NULL);
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, "levels");
    casegate_policy_set_check(b, CASEGATE_SCAN_METHOD_MISSING, level);
    spec_open(&world, status, role);
    spec_use_policy(&world, b);
    spec_ask(&world, action);
    world.facts.content = content;
    if (action == CASEGATE_CREATE) world.request.content = content, world.request.submit = 1;
    static char says[256];
    snprintf(says, sizeof says, "%s", spec_decide(&world));
    spec_close(&world);
    casegate_content_unref(content);
    return says;
}

#define INCOMPLETE "incomplete(finding=scan_method_missing,subject=scan_method)"

/* CG-R04 */
TEST(a_level_blocks_submissions_and_acceptances_or_acceptances_only_or_nothing)
{
    UNUSED(state);
    static const struct { int32_t level; const char *submission, *acceptance; } rows[] = {
        { CASEGATE_LEVEL_OFF, "", "" }, { CASEGATE_LEVEL_WARN, "", "" }, { CASEGATE_LEVEL_BLOCK_SUBMIT, INCOMPLETE, INCOMPLETE },
        { CASEGATE_LEVEL_BLOCK_ACCEPT, "", INCOMPLETE },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int32_t level = rows[i].level;
        assert_string_equal(decide_at(level, CASEGATE_DRAFT, CASEGATE_CLINIC_USER, CASEGATE_SUBMIT), rows[i].submission);
        assert_string_equal(decide_at(level, CASEGATE_REJECTED, CASEGATE_CLINIC_USER, CASEGATE_SUBMIT), rows[i].submission);
        assert_string_equal(decide_at(level, 0, CASEGATE_CLINIC_USER, CASEGATE_CREATE), rows[i].submission);
        assert_string_equal(decide_at(level, CASEGATE_RECEIVED, CASEGATE_LAB_USER, CASEGATE_ACCEPT), rows[i].acceptance);
        assert_string_equal(decide_at(level, CASEGATE_RECEIVED, CASEGATE_LAB_USER, CASEGATE_REJECT), "");
        assert_string_equal(decide_at(level, CASEGATE_DRAFT, CASEGATE_CLINIC_USER, CASEGATE_EDIT), "");
    }
}

/* CG-R04 */
TEST(the_review_of_a_head_and_of_its_content_agree_on_what_blocks)
{
    UNUSED(state);
    spec_world world;
    casegate_head head = spec_head(CASEGATE_RECEIVED);
    head.due = "2026-03-01";
    head.dentist_name = "";
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, "strict");
    casegate_policy_set_check(b, CASEGATE_DUE_PAST, CASEGATE_LEVEL_BLOCK_ACCEPT);
    casegate_policy_set_check(b, CASEGATE_DENTIST_MISSING, CASEGATE_LEVEL_BLOCK_ACCEPT);
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_use_policy(&world, b);
    spec_use_head(&world, &head);
    spec_ask(&world, CASEGATE_ACCEPT);
    world.facts.content = NULL;

    assert_refused(&world, "incomplete(finding=dentist_missing,subject=dentist.name) incomplete(finding=due_past,subject=due)");

    spec_close(&world);
}

/* ---- what the reviewer sees -------------------------------------------------------------------------------------- */

/* CG-R03 */
TEST(a_content_gives_back_everything_that_the_reviewer_has_to_see)
{
    UNUSED(state);
    static const char *const values[] = { "NC-1", "Ada Byron", "p-1", "1980-05-01", "female", "d-7", "Dr Osei", "d@c.example",
                                          "North", "c@c.example",
                                          "Light\ncontact.", "scanner_portal", "2026-03-16", "case-0" };
    const char *const teeth[] = { "44", "45" };
    const casegate_service service = { .size = sizeof service, .id = "s1", .code = "bridge", .name = "Bridge",
                                       .material = "emax", .shade = "A3",
                                       .notes = "thin", .due = "2026-03-15", .teeth = teeth, .tooth_count = 2, .quantity = 2 };
    const casegate_answer answer = { .size = sizeof answer, .id = "q1", .service = "s1", .question = "Margin?",
                                     .response = "chamfer", .required = 1 };
    const casegate_file file = { .size = sizeof file, .id = "f1", .kind = "scan", .name = "upper.stl", .media_type = "model/stl",
                                 .uri = "s3://bucket/1", .bytes = 9, .size_known = 1 };
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    for (int32_t field = 1; field <= (int32_t)COUNT(values); field++) casegate_content_set(b, field, values[field - 1]);
    casegate_content_add_service(b, &service);
    casegate_content_add_answer(b, &answer);
    casegate_content_add_file(b, &file);

    casegate_content *content = build(b);

    for (int32_t field = 1; field <= (int32_t)COUNT(values); field++) assert_string_equal(casegate_content_get(content, field),
            values[field - 1]);
    const casegate_service *s = casegate_content_service(content, 0);
    assert_string_equal(s->material, "emax");
    assert_string_equal(s->teeth[1], "45");
    assert_int_equal(s->quantity, 2);
    assert_string_equal(casegate_content_answer(content, 0)->response, "chamfer");
    assert_string_equal(casegate_content_file(content, 0)->uri, "s3://bucket/1");
    assert_int_equal(casegate_content_file(content, 0)->bytes, 9);
    assert_null(casegate_content_service(content, 1));
    casegate_content_unref(content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_check_has_its_number_its_name_and_its_default_level),
        cmocka_unit_test(a_complete_case_has_no_findings),
        cmocka_unit_test(a_missing_field_is_found_with_the_reason_that_it_suggests),
        cmocka_unit_test(a_case_without_services_is_found),
        cmocka_unit_test(each_required_question_without_a_response_is_found_in_the_order_of_the_list),
        cmocka_unit_test(a_digital_upload_without_a_scan_is_found_and_other_methods_need_none),
        cmocka_unit_test(a_file_of_size_zero_is_damaged_and_one_of_unknown_size_is_not),
        cmocka_unit_test(a_service_or_material_that_the_lab_does_not_list_is_found_once),
        cmocka_unit_test(today_is_the_day_at_the_lab_by_its_utc_offset),
        cmocka_unit_test(a_due_date_before_the_day_of_now_plus_turnaround_is_too_soon),
        cmocka_unit_test(exactly_the_tooth_numbers_of_the_standard_are_valid_among_all_of_two_digits),
        cmocka_unit_test(what_is_not_two_digits_is_no_tooth_and_a_service_is_named_once),
        cmocka_unit_test(all_findings_of_a_case_stand_in_the_order_of_the_checks),
        cmocka_unit_test(what_a_finding_suggests_is_a_reason_of_the_default_catalogue),
        cmocka_unit_test(a_level_blocks_submissions_and_acceptances_or_acceptances_only_or_nothing),
        cmocka_unit_test(the_review_of_a_head_and_of_its_content_agree_on_what_blocks),
        cmocka_unit_test(a_content_gives_back_everything_that_the_reviewer_has_to_see),
    };
    return cmocka_run_group_tests_name("review", tests, NULL, NULL);
}
