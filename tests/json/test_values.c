/* SPDX-License-Identifier: MIT */
/* test_values.c: heads, events, notices, policies, verdicts, people and the workflow to and from JSON. */
#include "json.h"

#include <stdio.h>

static casegate_buffer *buffer(void) { return casegate_buffer_new(NULL); }

static void a_head_survives_writing_and_reading_and_shows_its_status_by_name(void **state)
{
    (void)state;
    const casegate_head head = { .size = sizeof head, .id = "c-1", .clinic = "north", .lab = "one", .workflow = "intake",
                                 .workflow_version = 1,
                                 .status = CASEGATE_REJECTED, .phase = CASEGATE_PHASE_REJECTED, .version = 3, .revision = 1, .attempt = 1,
                                 .created_us = INT64_C(1772438400000000), .submitted_us = INT64_C(1772438400000001), .reason = "other",
                                 .rejected_seq = 3, .first_submitted_seq = 2, .first_submitted_revision = 1, .patient_name = "Ada" };
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_buffer *first = buffer(), *second = buffer();
    casegate_head *copy = NULL;

    assert_int_equal(casegate_json_write_case(&head, intake, 0, first), CASEGATE_OK);
    assert_int_equal(casegate_json_read_case(NULL, intake, casegate_buffer_data(first), casegate_buffer_length(first), &copy,
                                             NULL), CASEGATE_OK);
    assert_int_equal(casegate_json_write_case(copy, intake, 0, second), CASEGATE_OK);

    assert_non_null(strstr(casegate_buffer_data(first), "\"status\":\"rejected\",\"phase\":\"rejected\",\"version\":3"));
    assert_non_null(strstr(casegate_buffer_data(first), "\"submitted\":\"2026-03-02T08:00:00.000001Z\""));
    assert_string_equal(casegate_buffer_data(first), casegate_buffer_data(second));
    assert_int_equal(copy->status, CASEGATE_REJECTED);
    casegate_head_free(copy);
    casegate_buffer_free(first);
    casegate_buffer_free(second);
}

static void an_event_survives_writing_and_reading_with_labels_files_and_paths(void **state)
{
    (void)state;
    const casegate_label label = { sizeof label, "de", "Keine Kapazit\xC3\xA4t" };
    const casegate_label *const labels[] = { &label };
    const casegate_file file = { .size = sizeof file, .id = "x1", .kind = "image", .bytes = 0, .size_known = 1 };
    const casegate_file *const files[] = { &file };
    const char *const changed[] = { "due", "services[s1]" };
    const casegate_event event = { .size = sizeof event, .case_id = "c-1", .clinic = "north", .lab = "one", .workflow = "intake",
                                   .workflow_version = 1, .seq = 3, .time_us = 1, .actor = "lena", .actor_role = CASEGATE_LAB_USER,
                                   .actor_org = "one", .action = CASEGATE_REJECT, .from = CASEGATE_RECEIVED, .to = CASEGATE_REJECTED, .revision = 1,
                                   .attempt = 1, .reason = "no_capacity", .reason_labels = labels, .reason_label_count = 1, .comment = "a\nb",
                                   .files = files, .file_count = 1, .changed = changed, .changed_count = 2, .erased = 1 };
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_buffer *first = buffer(), *second = buffer();
    casegate_event *copy = NULL;

    assert_int_equal(casegate_json_write_event(&event, intake, 0, first), CASEGATE_OK);
    assert_int_equal(casegate_json_read_event(NULL, intake, casegate_buffer_data(first), casegate_buffer_length(first), &copy,
                                              NULL), CASEGATE_OK);
    assert_int_equal(casegate_json_write_event(copy, intake, 0, second), CASEGATE_OK);

    assert_non_null(strstr(casegate_buffer_data(first),
                           "\"role\":\"lab_user\",\"org\":\"one\",\"action\":\"reject\",\"from\":\"received\",\"to\":\"rejected\""));
    assert_string_equal(casegate_buffer_data(first), casegate_buffer_data(second));
    casegate_event_free(copy);
    casegate_buffer_free(first);
    casegate_buffer_free(second);
}

static void a_notice_survives_writing_and_reading(void **state)
{
    (void)state;
    const casegate_notice notice = { .size = sizeof notice, .id = "c-1.3.1", .case_id = "c-1", .seq = 3, .ordinal = 1,
                                     .template_code = "reject",
                                     .channel = "email", .to = CASEGATE_TO_DENTIST, .org = "north", .person = "d-7", .address = "d@n.example",
                                     .state = CASEGATE_NOTICE_PENDING, .next_us = 5, .mutable_ = 1 };
    casegate_buffer *first = buffer(), *second = buffer();
    casegate_notice *copy = NULL;

    assert_int_equal(casegate_json_write_notice(&notice, 0, first), CASEGATE_OK);
    assert_int_equal(casegate_json_read_notice(NULL, casegate_buffer_data(first), casegate_buffer_length(first), &copy, NULL),
                     CASEGATE_OK);
    assert_int_equal(casegate_json_write_notice(copy, 0, second), CASEGATE_OK);

    assert_non_null(strstr(casegate_buffer_data(first), "\"to\":\"dentist\""));
    assert_non_null(strstr(casegate_buffer_data(first), "\"state\":\"pending\""));
    assert_string_equal(casegate_buffer_data(first), casegate_buffer_data(second));
    casegate_notice_free(copy);
    casegate_buffer_free(first);
    casegate_buffer_free(second);
}

static void without_a_workflow_statuses_and_actions_are_written_as_numbers_and_read_again(void **state)
{
    (void)state;
    const casegate_event event = { .size = sizeof event, .case_id = "c-1", .seq = 4, .action = CASEGATE_REJECT,
                                   .from = CASEGATE_RECEIVED, .to = 117 };
    casegate_buffer *out = buffer();
    casegate_event *copy = NULL;

    assert_int_equal(casegate_json_write_event(&event, NULL, 0, out), CASEGATE_OK);
    const char *text = casegate_buffer_data(out);
    assert_int_equal(casegate_json_read_event(NULL, NULL, text, casegate_buffer_length(out), &copy, NULL), CASEGATE_OK);

    assert_non_null(strstr(text, "\"action\":5,\"from\":2,\"to\":117"));
    assert_int_equal(copy->action, CASEGATE_REJECT);
    assert_int_equal(copy->to, 117);
    casegate_event_free(copy);
    casegate_buffer_free(out);
}

static void an_error_in_any_value_never_quotes_it(void **state)
{
    (void)state;
    static const char *const canaries[] = {
        "{\"comment\":CANARY}", "{\"at\":\"CANARY\"}", "{\"action\":\"CANARY\"}", "{\"CANARY Ada\":1}",
        "{\"files\":[{\"id\":\"CANARY Ada\",\"size\":\"CANARY\"}]}", "{\"reason_label\":{\"CANARY Ada\":1}}",
        "{\"changed\":[\"CANARY\",1]}", "{\"seq\":\"CANARY\"}", "{\"comment\":\"CANARY\",\"comment\":\"CANARY\"}",
    };
    for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++) {
        casegate_error err = no_error();
        casegate_event *event = NULL;

        casegate_result rc = casegate_json_read_event(NULL, NULL, canaries[i], strlen(canaries[i]), &event, &err);

        assert_int_equal(rc, CASEGATE_E_INVALID);
        assert_null(strstr(err.text, "CANARY"));
        assert_null(strstr(err.field, "CANARY"));
    }
}

static void names_that_the_workflow_does_not_have_are_refused(void **state)
{
    (void)state;
    static const struct { const char *text, *field; } rows[] = {
        { "{\"status\":\"melted\"}", "status" }, { "{\"phase\":\"x\"}", "phase" }, { "{\"created\":\"yesterday\"}", "created" },
        { "{\"version\":-1}", "version" }, { "{\"colour\":1}", "colour" }, { "{\"version\":4294967296}", "version" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        casegate_error err = no_error();
        casegate_head *head = NULL;

        assert_int_equal(casegate_json_read_case(NULL, NULL, rows[i].text, strlen(rows[i].text), &head, &err),
                         CASEGATE_E_INVALID);

        assert_string_equal(err.field, rows[i].field);
        assert_null(head);
    }
}

static void a_policy_survives_writing_and_reading(void **state)
{
    (void)state;
    static const char text[] =
        "{\"name\":\"own\",\"reasons\":[{\"code\":\"no_capacity\",\"label\":{\"en\":\"No capacity\",\"de\":\"Keine Kapazit\xC3\xA4t\"},"
        "\"needs_comment\":true}],\"checks\":{\"due_missing\":\"block_submit\",\"tooth_invalid\":\"off\"},\"turnaround\":\"P5DT12H\","
        "\"utc_offset_minutes\":-330,\"services\":[\"crown\"],\"materials\":[\"zirconia\",\"emax\"],\"limits\":{\"files\":3}}";
    casegate_policy *policy = NULL, *copy = NULL;
    casegate_buffer *first = buffer(), *second = buffer();

    assert_int_equal(casegate_json_read_policy(NULL, text, strlen(text), &policy, NULL), CASEGATE_OK);
    assert_int_equal(casegate_json_write_policy(policy, 0, first), CASEGATE_OK);
    assert_int_equal(casegate_json_read_policy(NULL, casegate_buffer_data(first), casegate_buffer_length(first), &copy, NULL),
                     CASEGATE_OK);
    assert_int_equal(casegate_json_write_policy(copy, 0, second), CASEGATE_OK);

    assert_string_equal(casegate_buffer_data(first), casegate_buffer_data(second));
    assert_string_equal(casegate_policy_name(policy), "own");
    assert_int_equal(casegate_policy_reason_count(policy), 1);
    assert_int_equal(casegate_policy_reason(policy, "no_capacity")->needs, CASEGATE_NEED_COMMENT);
    assert_int_equal(casegate_policy_check(policy, CASEGATE_DUE_MISSING), CASEGATE_LEVEL_BLOCK_SUBMIT);
    assert_int_equal(casegate_policy_check(policy, CASEGATE_TOOTH_INVALID), CASEGATE_LEVEL_OFF);
    assert_int_equal(casegate_policy_check(policy, CASEGATE_PATIENT_MISSING), CASEGATE_LEVEL_BLOCK_SUBMIT);
    assert_int_equal(casegate_policy_turnaround(policy), INT64_C(475200000000));
    assert_int_equal(casegate_policy_utc_offset(policy), -330);
    assert_string_equal(casegate_policy_material_at(policy, 1), "emax");
    assert_int_equal(casegate_policy_limit(policy, CASEGATE_LIMIT_FILES), 3);
    casegate_policy_unref(policy);
    casegate_policy_unref(copy);
    casegate_buffer_free(first);
    casegate_buffer_free(second);
}

/* CG-R18 */
static void an_empty_policy_is_the_default_one(void **state)
{
    (void)state;
    casegate_policy *policy = NULL;

    assert_int_equal(casegate_json_read_policy(NULL, "{\"reasons\":[]}", 14, &policy, NULL), CASEGATE_OK);

    assert_int_equal(casegate_policy_reason_count(policy), 5);
    casegate_policy_unref(policy);
}

static void a_policy_that_cannot_be_is_refused_at_its_place(void **state)
{
    (void)state;
    static const struct { const char *text, *field; int32_t problem; } rows[] = {
        { "{\"checks\":{\"due_mising\":\"off\"}}", "checks.due_mising", CASEGATE_PROBLEM_UNKNOWN },
        { "{\"checks\":{\"due_missing\":\"loud\"}}", "checks.due_missing", CASEGATE_PROBLEM_UNKNOWN },
        { "{\"limits\":{\"files\":0}}", "limits.files", CASEGATE_PROBLEM_RANGE },
        { "{\"limits\":{\"shoes\":1}}", "limits.shoes", CASEGATE_PROBLEM_UNKNOWN },
        { "{\"turnaround\":\"5 days\"}", "turnaround", CASEGATE_PROBLEM_FORMAT },
        { "{\"utc_offset_minutes\":9999}", "utc_offset_minutes", CASEGATE_PROBLEM_RANGE },
        { "{\"reasons\":[{\"code\":\"a\",\"colour\":1}]}", "reasons[a].colour", CASEGATE_PROBLEM_UNKNOWN },
        { "{\"reasons\":[{\"code\":\"a\",\"needs_file\":\"yes\"}]}", "reasons[a].needs_file", CASEGATE_PROBLEM_FORMAT },
        { "{\"reasons\":[{\"code\":\"a\"},{\"code\":\"a\"}]}", "reasons", CASEGATE_PROBLEM_DUPLICATE },
        { "{\"colour\":1}", "colour", CASEGATE_PROBLEM_UNKNOWN },
        { "[]", "json", CASEGATE_PROBLEM_FORMAT },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        casegate_error err = no_error();
        casegate_policy *policy = NULL;

        casegate_result rc = casegate_json_read_policy(NULL, rows[i].text, strlen(rows[i].text), &policy, &err);

        if (rc != CASEGATE_E_INVALID || strcmp(err.field, rows[i].field) != 0 || err.host_code != rows[i].problem)
            fail_msg("%s: result %d, field %s, problem %s", rows[i].text, rc, err.field, casegate_problem_name(err.host_code));
    }
}

/* CG-R15 */
static void a_verdict_shows_code_parameters_sentence_and_remedy(void **state)
{
    (void)state;
    const casegate_actor_fields fields = { .size = sizeof fields, .id = "lena", .org = "one", .role = CASEGATE_LAB_USER,
                                           .permissions = CASEGATE_MAY_VIEW };
    const casegate_head head = { .size = sizeof head, .id = "c", .clinic = "n", .lab = "one", .workflow = "intake",
                                 .workflow_version = 1,
                                 .status = CASEGATE_IN_PRODUCTION, .version = 3, .revision = 2, .attempt = 1, .decided_by = "lars", .decided_us = 1,
                                 .patient_name = "x", .service_count = 1 };
    casegate_actor *lena = NULL;
    casegate_case *kase = NULL;
    casegate_verdict *verdict = casegate_verdict_new(NULL);
    casegate_buffer *out = buffer();
    assert_int_equal(casegate_actor_new(NULL, &fields, &lena, NULL), CASEGATE_OK);
    assert_int_equal(casegate_case_new(NULL, &head, &kase, NULL), CASEGATE_OK);
    const casegate_facts facts = { .size = sizeof facts, .workflow = casegate_workflow_builtin("intake", 1),
                                   .policy = casegate_policy_default(), .kase = kase };
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ACCEPT, .revision = 1 };

    assert_int_equal(casegate_check(&facts, lena, &request, verdict, NULL), CASEGATE_REFUSED);
    assert_int_equal(casegate_json_write_verdict(verdict, 0, out), CASEGATE_OK);

    assert_non_null(strstr(casegate_buffer_data(out),
                           "[{\"code\":\"already_accepted\",\"at\":\"1970-01-01T00:00:00.000001Z\",\"by\":\"lars\",\"sentence\":\"The case was accepted by lars"));
    assert_non_null(strstr(casegate_buffer_data(out), "{\"code\":\"no_permission\",\"permission\":\"accept\","));
    assert_non_null(strstr(casegate_buffer_data(out), "{\"code\":\"stale_review\",\"given\":1,\"current\":2,\"changed\":[],"));
    casegate_buffer_free(out);
    casegate_verdict_free(verdict);
    casegate_case_unref(kase);
    casegate_actor_unref(lena);
}

static void a_long_sentence_of_a_guard_is_written_whole(void **state)
{
    (void)state;
    char refused[801];
    memset(refused, 'x', 800);
    refused[800] = '\0';
    const casegate_actor_fields fields = { .size = sizeof fields, .id = "lena", .org = "one", .role = CASEGATE_LAB_USER,
                                           .permissions = CASEGATE_MAY_VIEW | CASEGATE_MAY_ACCEPT };
    const casegate_head head = { .size = sizeof head, .id = "c", .clinic = "n", .lab = "one", .workflow = "intake",
                                 .workflow_version = 1, .status = CASEGATE_RECEIVED, .version = 2, .revision = 1, .attempt = 1,
                                 .patient_name = "x", .dentist_name = "y", .service_count = 1 };
    const casegate_guard_answer answer = { .size = sizeof answer, .name = "credit", .refused = refused };
    const casegate_guard_answer *const answers[] = { &answer };
    casegate_actor *lena = NULL;
    casegate_case *kase = NULL;
    casegate_content *content = content_of("{\"patient\":{\"name\":\"x\"},\"dentist\":{\"name\":\"y\"},"
                                           "\"services\":[{\"id\":\"s\",\"code\":\"crown\"}]}");
    casegate_verdict *verdict = casegate_verdict_new(NULL);
    casegate_buffer *out = buffer();
    assert_int_equal(casegate_actor_new(NULL, &fields, &lena, NULL), CASEGATE_OK);
    assert_int_equal(casegate_case_new(NULL, &head, &kase, NULL), CASEGATE_OK);
    const casegate_facts facts = { .size = sizeof facts, .workflow = casegate_workflow_builtin("intake", 1),
                                   .policy = casegate_policy_default(), .kase = kase, .content = content,
                                   .guards = answers, .guard_count = 1 };
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ACCEPT, .revision = 1 };

    assert_int_equal(casegate_check(&facts, lena, &request, verdict, NULL), CASEGATE_REFUSED);
    assert_int_equal(casegate_json_write_verdict(verdict, 0, out), CASEGATE_OK);

    size_t length = casegate_verdict_text(verdict, 0, 0, NULL, 0);
    char *sentence = test_malloc(length + 1);
    casegate_verdict_text(verdict, 0, 0, sentence, length + 1);
    assert_true(length > 512);
    assert_non_null(strstr(casegate_buffer_data(out), "\"code\":\"guard_refused\",\"guard\":\"credit\""));
    assert_non_null(strstr(casegate_buffer_data(out), sentence));
    test_free(sentence);
    casegate_buffer_free(out);
    casegate_verdict_free(verdict);
    casegate_content_unref(content);
    casegate_case_unref(kase);
    casegate_actor_unref(lena);
}

static void findings_show_code_level_subject_and_the_reason_they_suggest(void **state)
{
    (void)state;
    casegate_content *content = content_of("{\"services\":[{\"id\":\"s1\",\"teeth\":[\"99\"]}]}");
    casegate_findings *findings = casegate_findings_new(NULL);
    casegate_buffer *out = buffer();

    assert_int_equal(casegate_review(casegate_policy_default(), content, 1, findings, NULL), CASEGATE_OK);
    assert_int_equal(casegate_json_write_findings(findings, 0, out), CASEGATE_OK);

    const casegate_finding *first = casegate_findings_at(findings, 0);
    assert_non_null(first);
    char wanted[256];
    snprintf(wanted, sizeof wanted, "[{\"code\":\"%s\",\"level\":\"block_submit\",\"subject\":\"%s\",\"suggests\":\"%s\"}",
             first->name, first->subject, first->suggests);
    assert_int_equal(strncmp(casegate_buffer_data(out), wanted, strlen(wanted)), 0);
    assert_string_equal(first->name, "patient_missing");
    casegate_buffer_free(out);
    casegate_findings_free(findings);
    casegate_content_unref(content);
}

static void intake_is_written_byte_for_byte_as_its_definition(void **state)
{
    (void)state;
    static char text[1 << 16];
    FILE *file = fopen(INTAKE_JSON, "rb");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    while (length && text[length - 1] == '\n') text[--length] = '\0';
    casegate_buffer *out = buffer();

    assert_int_equal(casegate_json_write_workflow(casegate_workflow_builtin("intake", 1), 1, out), CASEGATE_OK);

    assert_string_equal(casegate_buffer_data(out), text);
    casegate_buffer_free(out);
}

static void people_have_the_permissions_of_their_role_unless_the_file_says_otherwise(void **state)
{
    (void)state;
    static const char text[] = "{\"clara\":{\"role\":\"clinic_user\",\"org\":\"north\"},"
                               "\"lars\":{\"role\":\"lab_user\",\"org\":\"one\",\"id\":\"l-2\",\"permissions\":[\"view\"]},\"robot\":{\"role\":\"system\"}}";
    casegate_people *people = NULL;

    assert_int_equal(casegate_people_read(NULL, NULL, text, strlen(text), &people, NULL), CASEGATE_OK);

    assert_int_equal(casegate_people_count(people), 3);
    assert_string_equal(casegate_people_name(people, 1), "lars");
    assert_int_equal(casegate_actor_get(casegate_people_find(people, "clara"))->permissions,
                     CASEGATE_MAY_VIEW | CASEGATE_MAY_EDIT | CASEGATE_MAY_SUBMIT);
    assert_int_equal(casegate_actor_get(casegate_people_find(people, "lars"))->permissions, CASEGATE_MAY_VIEW);
    assert_string_equal(casegate_people_name_of(people, CASEGATE_LAB_USER, "one", "l-2"), "lars");
    assert_null(casegate_people_name_of(people, CASEGATE_LAB_USER, "one", "lars"));
    assert_null(casegate_people_find(people, "olga"));
    casegate_people_free(people);
}

static void people_that_cannot_be_are_refused_at_their_place(void **state)
{
    (void)state;
    static const struct { const char *text, *field; } rows[] = {
        { "{\"a\":{\"role\":\"king\"}}", "a.role" }, { "{\"a\":{}}", "a.role" }, { "{\"a\":{\"role\":\"dentist\"}}", "a.org" },
        { "{\"a\":{\"role\":\"dentist\",\"org\":\"n\",\"permissions\":[\"fly\"]}}", "a.permissions" },
        { "{\"a\":{\"role\":\"dentist\",\"org\":\"n\",\"age\":1}}", "a.age" }, { "{\"a\":1}", "a" },
        { "{\"a\":{\"role\":\"dentist\",\"org\":\"n\",\"id\":\"x y\"}}", "a.id" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        casegate_error err = no_error();
        casegate_people *people = NULL;

        assert_int_equal(casegate_people_read(NULL, NULL, rows[i].text, strlen(rows[i].text), &people, &err), CASEGATE_E_INVALID);

        assert_string_equal(err.field, rows[i].field);
        assert_null(people);
    }
}

/* Absent and empty are the same. */
static void a_person_with_an_empty_id_is_called_by_the_name(void **state)
{
    (void)state;
    static const char text[] = "{\"olga\":{\"role\":\"lab_user\",\"org\":\"one\",\"id\":\"\",\"permissions\":null}}";
    casegate_people *people = NULL;

    assert_int_equal(casegate_people_read(NULL, NULL, text, strlen(text), &people, NULL), CASEGATE_OK);

    assert_string_equal(casegate_people_name_of(people, CASEGATE_LAB_USER, "one", "olga"), "olga");
    casegate_people_free(people);
}

static void lists_and_texts_are_written_as_they_are_read(void **state)
{
    (void)state;
    static const char files_text[] = "[{\"id\":\"a\",\"size\":0},{\"id\":\"b\"}]", labels_text[] = "{\"en\":\"x\",\"de\":\"y\"}";
    static const char lines_text[] = "[\"due\",\"\"]";
    const casegate_file *const *files = NULL;
    const casegate_label *const *labels = NULL;
    const char *const *lines = NULL;
    size_t file_count = 0, label_count = 0, line_count = 0;
    casegate_buffer *out = buffer();
    assert_int_equal(casegate_json_read_files(NULL, files_text, strlen(files_text), &files, &file_count, NULL), CASEGATE_OK);
    assert_int_equal(casegate_json_read_labels(NULL, labels_text, strlen(labels_text), &labels, &label_count, NULL), CASEGATE_OK);
    assert_int_equal(casegate_json_read_lines(NULL, lines_text, strlen(lines_text), &lines, &line_count, NULL), CASEGATE_OK);

    casegate_json_write_files(files, file_count, 0, out);
    casegate_json_write_labels(labels, label_count, 0, out);
    casegate_json_write_lines(lines, line_count, 0, out);
    casegate_json_write_text("a\x7F\x01\"\\/\xC3\xA4", out);
    casegate_json_write_text(NULL, out);

    assert_string_equal(casegate_buffer_data(out), "[{\"id\":\"a\",\"size\":0},{\"id\":\"b\"}]"
                                                   "{\"en\":\"x\",\"de\":\"y\"}[\"due\",\"\"]"
                                                   "\"a\\u007f\\u0001\\\"\\\\/\xC3\xA4\"null");
    casegate_json_free_files(NULL, files);
    casegate_json_free_labels(NULL, labels);
    casegate_json_free_lines(NULL, lines);
    casegate_buffer_free(out);
}

static void an_object_is_read_one_level_deep(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": \"x\\u00e4\", \"b\": {\"c\": [1, null]}, \"n\": 12, \"e\": \"\"}";
    const casegate_json_member *const *members = NULL;
    size_t count = 0;

    assert_int_equal(casegate_json_read_members(NULL, text, strlen(text), &members, &count, NULL), CASEGATE_OK);

    assert_int_equal(count, 4);
    assert_string_equal(members[0]->name, "a");
    assert_string_equal(members[0]->text, "x\xC3\xA4");
    assert_string_equal(members[0]->value, "\"x\xC3\xA4\"");
    assert_string_equal(members[1]->value, "{\"c\":[1,null]}");
    assert_null(members[1]->text);
    assert_string_equal(members[2]->value, "12");
    assert_string_equal(members[3]->text, "");
    assert_null(members[4]);
    casegate_json_free_members(NULL, members);
    casegate_json_free_members(NULL, NULL);
}

static void what_is_not_an_object_has_no_members(void **state)
{
    (void)state;
    static const struct { const char *text; int32_t problem; } given[] = {
        { "[]", CASEGATE_PROBLEM_FORMAT }, { "{\"a\":1,\"a\":2}", CASEGATE_PROBLEM_DUPLICATE }, { "{\"a\":", CASEGATE_PROBLEM_FORMAT },
        { "{} {}", CASEGATE_PROBLEM_FORMAT }, { "{\"a\":\"\xFF\"}", CASEGATE_PROBLEM_ENCODING },
    };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        const casegate_json_member *const *members = NULL;
        casegate_error err = no_error();
        size_t count = 7;

        assert_int_equal(casegate_json_read_members(NULL, given[i].text, strlen(given[i].text), &members, &count, &err),
                         CASEGATE_E_INVALID);

        assert_int_equal(err.host_code, given[i].problem);
        assert_null(members);
        assert_int_equal(count, 7);
    }
    assert_int_equal(casegate_json_read_members(NULL, "{}", 2, NULL, NULL, NULL), CASEGATE_E_INVALID);
}

static void lists_are_read_into_memory_that_their_caller_frees(void **state)
{
    (void)state;
    const casegate_file *const *files = NULL;
    const casegate_label *const *labels = NULL;
    const char *const *lines = NULL;
    size_t count = 9;

    assert_int_equal(casegate_json_read_files(NULL, "[{\"id\":\"a\"},{}]", 15, &files, &count, NULL), CASEGATE_OK);
    assert_int_equal(count, 2);
    assert_string_equal(files[0]->id, "a");
    assert_int_equal(casegate_json_read_labels(NULL, "{\"en\":\"x\"}", 10, &labels, &count, NULL), CASEGATE_OK);
    assert_int_equal(count, 1);
    assert_string_equal(labels[0]->text, "x");
    assert_int_equal(casegate_json_read_lines(NULL, "[]", 2, &lines, &count, NULL), CASEGATE_OK);
    assert_int_equal(count, 0);

    casegate_json_free_files(NULL, files);
    casegate_json_free_labels(NULL, labels);
    casegate_json_free_lines(NULL, lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_survives_writing_and_reading_and_shows_its_status_by_name),
        cmocka_unit_test(an_event_survives_writing_and_reading_with_labels_files_and_paths),
        cmocka_unit_test(a_notice_survives_writing_and_reading),
        cmocka_unit_test(without_a_workflow_statuses_and_actions_are_written_as_numbers_and_read_again),
        cmocka_unit_test(an_error_in_any_value_never_quotes_it),
        cmocka_unit_test(names_that_the_workflow_does_not_have_are_refused),
        cmocka_unit_test(a_policy_survives_writing_and_reading),
        cmocka_unit_test(an_empty_policy_is_the_default_one),
        cmocka_unit_test(a_policy_that_cannot_be_is_refused_at_its_place),
        cmocka_unit_test(a_verdict_shows_code_parameters_sentence_and_remedy),
        cmocka_unit_test(a_long_sentence_of_a_guard_is_written_whole),
        cmocka_unit_test(findings_show_code_level_subject_and_the_reason_they_suggest),
        cmocka_unit_test(intake_is_written_byte_for_byte_as_its_definition),
        cmocka_unit_test(people_have_the_permissions_of_their_role_unless_the_file_says_otherwise),
        cmocka_unit_test(people_that_cannot_be_are_refused_at_their_place),
        cmocka_unit_test(a_person_with_an_empty_id_is_called_by_the_name),
        cmocka_unit_test(lists_and_texts_are_written_as_they_are_read),
        cmocka_unit_test(an_object_is_read_one_level_deep),
        cmocka_unit_test(what_is_not_an_object_has_no_members),
        cmocka_unit_test(lists_are_read_into_memory_that_their_caller_frees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
