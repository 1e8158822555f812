/* SPDX-License-Identifier: MIT */
/* test_corrupt.c: rows that make no sense are refused by the name of their column, and never by their value. */
#include "support.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)
#define SIZE(array) (sizeof(array) / sizeof(array)[0])

typedef struct damage { const char *sql, *field; } damage;
typedef casegate_result (*reading)(fixture *f);

static casegate_result read_case(fixture *f)
{
    return load_case(f, "case-1");
}

static casegate_result read_events(fixture *f)
{
    return load_history(f, "case-1");
}

static casegate_result read_content(fixture *f)
{
    return load_content(f, "case-1", 1);
}

/* As a repeated request has them; a list of all notices leaves out what cannot be read. */
static casegate_result read_notices(fixture *f)
{
    run_sql(f, "UPDATE events SET request = 'r-1' WHERE seq = 2");
    return load_request(f, "case-1", "lab-one", "lena", NULL, "r-1");
}

static casegate_result read_list(fixture *f)
{
    casegate_query query = {.size = sizeof query, .order = CASEGATE_BY_WAITING, .limit = 10};

    cg_answers_reset(&f->answers);
    return f->store->ops.list(f->store->ops.user, NULL, &query, &f->answers, &f->err);
}

static void start_afresh(fixture *f)
{
    run_sql(f, "DELETE FROM case_labs; DELETE FROM cases; DELETE FROM contents; DELETE FROM events; DELETE FROM event_texts;"
               "DELETE FROM notices");
    given_rejected_case(f, "case-1");
}

/* Each damage is done, met, and undone. */
static void assert_named(fixture *f, const damage *damages, size_t count, reading read, casegate_result expected)
{
    for (size_t i = 0; i < count; i++) {
        start_afresh(f);
        assert_int_equal(read(f), CASEGATE_OK);

        run_sql(f, damages[i].sql);

        casegate_error_init(&f->err, sizeof f->err);
        if (read(f) != expected || strcmp(f->err.field, damages[i].field) != 0)
            fail_msg("%s: %s, field '%s', %s", damages[i].sql, casegate_result_name(f->err.code), f->err.field, f->err.text);
        assert_null(strstr(f->err.text, "canary"));
    }
}

static const damage of_case[] = {
    {"UPDATE cases SET status = 99", "cases.status"},
    {"UPDATE cases SET status = 0", "cases.status"},
    {"UPDATE cases SET status = -2147483648", "cases.status"},
    {"UPDATE cases SET phase = 5", "cases.phase"},
    {"UPDATE cases SET phase = 6, status = 100", "cases.phase"},
    {"UPDATE cases SET phase = 0, status = 100", "cases.phase"},
    {"UPDATE cases SET version = 0", "cases.version"},
    {"UPDATE cases SET version = 4294967296", "cases.version"},
    {"UPDATE cases SET revision = 0", "cases.revision"},
    {"UPDATE cases SET revision = -1", "cases.revision"},
    {"UPDATE cases SET attempt = -1", "cases.attempt"},
    {"UPDATE cases SET workflow_version = 0", "cases.workflow_version"},
    {"UPDATE cases SET service_count = 4294967296", "cases.service_count"},
    {"UPDATE cases SET workflow = ''", "cases.workflow"},
    {"UPDATE cases SET clinic = ''", "cases.clinic"},
};

static void a_damaged_head_is_named(void **state)
{
    assert_named(*state, of_case, SIZE(of_case), read_case, CASEGATE_E_CORRUPT);
}

static void a_damaged_head_is_named_in_a_list(void **state)
{
    static const damage in_list[] = {
        {"UPDATE cases SET status = 99", "cases.status"},
        {"UPDATE cases SET version = 0", "cases.version"},
    };

    assert_named(*state, in_list, SIZE(in_list), read_list, CASEGATE_E_CORRUPT);
}

static void a_damaged_event_is_named(void **state)
{
    static const damage of_event[] = {
        {"UPDATE events SET actor_role = 5", "events.actor_role"},
        {"UPDATE events SET action = 9", "events.action"},
        {"UPDATE events SET from_status = -1", "events.from_status"},
        {"UPDATE events SET to_status = 0", "events.to_status"},
        {"UPDATE events SET revision = 0", "events.revision"},
        {"UPDATE events SET reason_labels = '{\"en\": 1}'", "events.reason_labels"},
        {"UPDATE events SET reason_labels = 'canary'", "events.reason_labels"},
        {"UPDATE events SET changed = '{}'", "events.changed"},
        {"UPDATE events SET changed = '[\"a\", 1]'", "events.changed"},
        {"UPDATE events SET actor = ''", "events.actor"},
        {"UPDATE event_texts SET files = '[canary'", "event_texts.files"},
        {"UPDATE event_texts SET erased = 2", "event_texts.erased"},
        {"UPDATE event_texts SET erased = 1", "event_texts.erased"},
        {"DELETE FROM event_texts", "event_texts.seq"},
    };

    assert_named(*state, of_event, SIZE(of_event), read_events, CASEGATE_E_CORRUPT);
}

/* CG-R17 */
static void a_damaged_content_is_named(void **state)
{
    static const damage of_content[] = {
        {"DELETE FROM contents", "contents.revision"},
        {"UPDATE contents SET document = jsonb_set(document::jsonb, '{patient,name}', '\"canary\"')::text", "contents.digest"},
        {"UPDATE contents SET salt = 'another'", "contents.digest"},
        {"UPDATE contents SET digest = '1:canary'", "contents.digest"},
        {"UPDATE contents SET digest = NULL", "contents.digest"},
        {"UPDATE contents SET document = NULL", "contents.salt"},
        {"UPDATE contents SET document = '{\"reference\": canary'", "contents.document"},
        {"UPDATE contents SET document = '{\"reference\": 5}'", "contents.document"},
        {"UPDATE contents SET document = '[]'", "contents.document"},
        {"UPDATE contents SET document = ''", "contents.document"},
    };

    assert_named(*state, of_content, SIZE(of_content), read_content, CASEGATE_E_CORRUPT);
}

static void a_damaged_notice_is_named(void **state)
{
    static const damage of_notice[] = {
        {"UPDATE notices SET state = 5, lease = NULL", "notices.state"},
        {"UPDATE notices SET recipient = 0", "notices.recipient"},
        {"UPDATE notices SET mutable = 2", "notices.mutable"},
        {"UPDATE notices SET read = -1", "notices.read"},
        {"UPDATE notices SET lease = NULL", "notices.lease"},
        {"UPDATE notices SET state = 3 WHERE state = 2", "notices.lease"},
        {"UPDATE notices SET tries = -1", "notices.tries"},
        {"UPDATE notices SET channel = ''", "notices.channel"},
        {"UPDATE notices SET reason_labels = '[]'", "notices.reason_labels"},
        {"UPDATE notices SET files = '{}'", "notices.files"},
    };

    assert_named(*state, of_notice, SIZE(of_notice), read_notices, CASEGATE_E_CORRUPT);
}

static void a_member_of_tomorrow_is_unsupported_by_its_name(void **state)
{
    static const damage of_tomorrow[] = {
        {"UPDATE contents SET document = jsonb_set(document::jsonb, '{hologram}', '\"canary\"')::text", "hologram"},
        {"UPDATE contents SET document = jsonb_set(document::jsonb, '{services,0,hologram}', '\"canary\"')::text",
         "services[s1].hologram"},
    };

    assert_named(*state, of_tomorrow, SIZE(of_tomorrow), read_content, CASEGATE_E_UNSUPPORTED);
}

/* Each table alone has the row that the commit brings; what the others got is undone. */
static void a_row_that_is_there_already_is_corruption(void **state)
{
    static const damage leave_one[] = {
        {"TRUNCATE case_labs, cases, events, event_texts, notices", "contents.revision"},
        {"TRUNCATE case_labs, cases, contents, event_texts, notices", "events.seq"},
        {"TRUNCATE case_labs, cases, contents, events, notices", "event_texts.seq"},
        {"TRUNCATE case_labs, contents, events, event_texts, notices", "cases.id"},
    };
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    s.event.request = "request-1";
    s.event.request_digest = "1:request";
    s.event.salt = "salt-9";
    for (size_t i = 0; i < SIZE(leave_one); i++) {
        assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
        run_sql(f, leave_one[i].sql);

        assert_int_equal(commit_sample(f, &s), CASEGATE_E_CORRUPT);

        assert_string_equal(f->err.field, leave_one[i].field);
        assert_int_equal(ask_sql(f, "SELECT (SELECT count(*) FROM cases) + (SELECT count(*) FROM events) + (SELECT count(*) FROM"
                                    " event_texts) + (SELECT count(*) FROM contents) + (SELECT count(*) FROM case_labs)"), 1);
        run_sql(f, "DELETE FROM case_labs; DELETE FROM cases; DELETE FROM contents; DELETE FROM events; DELETE FROM event_texts;"
               "DELETE FROM notices");
    }
    sample_free(&s);
}

static void a_notice_that_is_there_already_is_corruption(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_rejection(&s);
    s.notices[2].id = s.notices[1].id;

    assert_int_equal(commit_sample(f, &s), CASEGATE_E_CORRUPT);

    assert_string_equal(f->err.field, "notices.id");
    assert_int_equal(ask_sql(f, "SELECT version FROM cases"), 1);
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_damaged_head_is_named),
        TEST(a_damaged_head_is_named_in_a_list),
        TEST(a_damaged_event_is_named),
        TEST(a_damaged_content_is_named),
        TEST(a_damaged_notice_is_named),
        TEST(a_member_of_tomorrow_is_unsupported_by_its_name),
        TEST(a_row_that_is_there_already_is_corruption),
        TEST(a_notice_that_is_there_already_is_corruption),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
