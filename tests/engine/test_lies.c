/* SPDX-License-Identifier: MIT */
/* test_lies.c: a store that answers what cannot be is found out; nothing follows from it. */
#include "story.h"

static void other_id(spy *s, casegate_head *head) { (void)s; head->id = "another"; }
static void no_such_status(spy *s, casegate_head *head) { (void)s; head->status = 99; }
static void no_status(spy *s, casegate_head *head) { (void)s; head->status = 0; }
static void no_version(spy *s, casegate_head *head) { (void)s; head->version = 0; }
static void no_clinic(spy *s, casegate_head *head) { (void)s; head->clinic = ""; }
static void other_workflow(spy *s, casegate_head *head) { (void)s; head->workflow = "lifecycle"; }
static void other_clinic(spy *s, casegate_head *head) { (void)s; head->clinic = "south"; }
static void other_digest(spy *s, casegate_head *head) { (void)s; head->content_digest = "1:0"; }
static void other_revision(spy *s, casegate_stored_content *content) { (void)s; content->revision = 7; }
static void no_content(spy *s, casegate_stored_content *content) { (void)s; content->content = NULL; }
static void other_request(spy *s, casegate_event *event) { (void)s; event->request = "someone-elses"; }
static void other_org(spy *s, casegate_notice *notice) { (void)s; notice->org = "south"; }

typedef casegate_result look_fn(story *t);

static casegate_result try_accept(story *t)
{
    const casegate_call lab = by(t->lena);
    return casegate_engine_accept(t->engine, &lab, t->id, 1, t->o, &t->err);
}

static casegate_result try_view(story *t)
{
    const casegate_call clinic = by(t->clara);
    return casegate_engine_view(t->engine, &clinic, t->id, 0, t->o, &t->err);
}

static casegate_result try_list(story *t)
{
    const casegate_call clinic = by(t->clara);
    return casegate_engine_list(t->engine, &clinic, NULL, t->o, &t->err);
}

static casegate_result try_inbox(story *t)
{
    const casegate_call clinic = by(t->clara);
    return casegate_engine_inbox(t->engine, &clinic, NULL, 0, t->o, &t->err);
}

static casegate_result try_history(story *t)
{
    const casegate_call clinic = by(t->clara);
    return casegate_engine_history(t->engine, &clinic, t->id, 0, 0, t->o, &t->err);
}

typedef struct lie {
    look_fn *look;
    casegate_result rc;
    const char *field;
    void (*head)(spy *s, casegate_head *head);
    void (*content)(spy *s, casegate_stored_content *content);
    void (*notice)(spy *s, casegate_notice *notice);
    int twice;
    casegate_result garbage;
} lie;
static const lie lies[] = {
    { try_accept, CASEGATE_E_HOST, "load", .head = other_id },
    { try_accept, CASEGATE_E_HOST, "load", .twice = 1 },
    { try_accept, CASEGATE_E_HOST, "load", .garbage = 77 },
    { try_accept, CASEGATE_E_HOST, "load", .garbage = CASEGATE_LATER },
    { try_accept, CASEGATE_E_BUSY, "load", .garbage = CASEGATE_E_BUSY },
    { try_accept, CASEGATE_E_CORRUPT, "status", .head = no_such_status },
    { try_accept, CASEGATE_E_CORRUPT, "status", .head = no_status },
    { try_accept, CASEGATE_E_CORRUPT, "version", .head = no_version },
    { try_accept, CASEGATE_E_CORRUPT, "clinic", .head = no_clinic },
    { try_accept, CASEGATE_E_UNSUPPORTED, "workflow", .head = other_workflow },
    { try_view, CASEGATE_E_CORRUPT, "content_digest", .head = other_digest },
    { try_view, CASEGATE_E_HOST, "content", .content = other_revision },
    { try_view, CASEGATE_E_CORRUPT, "content", .content = no_content },
    { try_list, CASEGATE_E_HOST, "list", .head = other_clinic },
    { try_list, CASEGATE_E_HOST, "list", .garbage = 77 },
    { try_history, CASEGATE_E_HOST, "load", .garbage = CASEGATE_CONFLICT },
    { try_inbox, CASEGATE_E_HOST, "inbox", .notice = other_org },
    { try_inbox, CASEGATE_E_HOST, "inbox", .garbage = CASEGATE_REFUSED },
};

static void an_answer_that_cannot_be_is_an_error_and_nothing_follows_from_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        story *t = story_open(NULL);
        rejected(t);
        if (lies[i].look == try_accept) {
            const casegate_call clinic = by(t->clara);
            assert_int_equal(casegate_engine_submit(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);
            forget_counts(t);
        }
        t->spy.bend_head = lies[i].head;
        t->spy.bend_content = lies[i].content;
        t->spy.bend_notice = lies[i].notice;
        t->spy.twice = lies[i].twice;
        t->spy.garbage = lies[i].garbage;

        casegate_result rc = lies[i].look(t);

        if (rc != lies[i].rc || strcmp(t->err.field, lies[i].field) != 0)
            fail_msg("lie %d: result %s, field '%s', text '%s'", (int)i, casegate_result_name(rc), t->err.field, t->err.text);
        assert_null(casegate_outcome_head(t->o));
        assert_null(casegate_outcome_content(t->o));
        assert_int_equal(casegate_outcome_head_count(t->o) + casegate_outcome_event_count(t->o) + casegate_outcome_notice_count(t->o), 0);
        assert_int_equal(t->spy.commits, 0);
        assert_null(strstr(t->err.text, CANARY));
        story_close(t);
    }
}

static void an_event_of_another_request_is_not_taken_for_an_answer(void **state)
{
    story *t = story_open(NULL);
    const casegate_call lab = by(t->lena);
    (void)state;
    received(t);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_REJECT, .case_id = t->id, .revision = 1,
                                       .reason = "other", .request = "r" };
    assert_int_equal(casegate_engine_apply(t->engine, &lab, &request, t->o, &t->err), CASEGATE_OK);
    t->spy.bend_event = other_request;

    assert_int_equal(casegate_engine_apply(t->engine, &lab, &request, t->o, &t->err), CASEGATE_E_HOST);

    assert_string_equal(t->err.field, "load");
    story_close(t);
}

static void a_commit_that_answers_what_cannot_be_is_an_error(void **state)
{
    story *t = story_open(NULL);
    const casegate_call lab = by(t->lena);
    (void)state;
    received(t);
    spy_answer(&t->spy, CASEGATE_ABSENT, 0);
    spy_answer(&t->spy, CASEGATE_REFUSED, 0);
    spy_answer(&t->spy, 99, 0);

    for (int i = 0; i < 3; i++) {
        assert_int_equal(casegate_engine_reject(t->engine, &lab, t->id, 1, "other", NULL, t->o, &t->err), CASEGATE_E_HOST);
        assert_string_equal(t->err.field, "commit");
    }

    assert_int_equal(casegate_recorder_count(t->mail), 0);
    assert_int_equal(now(t)->version, 2);
    story_close(t);
}

/* An outsider is not even told that what is stored makes no sense. */
static void a_status_that_makes_no_sense_is_not_found_for_an_outsider(void **state)
{
    story *t = story_open(NULL);
    const casegate_call south = by(t->carl);
    (void)state;
    received(t);
    t->spy.bend_head = no_such_status;

    assert_int_equal(casegate_engine_accept(t->engine, &south, t->id, 1, t->o, &t->err), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "not_found");
    story_close(t);
}

static void what_a_callback_says_of_its_failure_reaches_the_caller_unchanged(void **state)
{
    story *t = story_open(NULL);
    const casegate_call lab = by(t->lena);
    (void)state;
    received(t);
    t->spy.load_fails = 1;

    assert_int_equal(casegate_engine_accept(t->engine, &lab, t->id, 1, t->o, &t->err), CASEGATE_E_HOST);

    assert_int_equal(t->err.host_code, 7);
    assert_string_equal(t->err.text, "the line is dead");
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_that_cannot_be_is_an_error_and_nothing_follows_from_it),
        cmocka_unit_test(an_event_of_another_request_is_not_taken_for_an_answer),
        cmocka_unit_test(a_commit_that_answers_what_cannot_be_is_an_error),
        cmocka_unit_test(a_status_that_makes_no_sense_is_not_found_for_an_outsider),
        cmocka_unit_test(what_a_callback_says_of_its_failure_reaches_the_caller_unchanged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
