/* SPDX-License-Identifier: MIT */
/* test_erase.c: what an erasure does to a case, to what is told of it and to requests that come again, and who may not. */
#include "story.h"

static casegate_result erase_by(story *t, const casegate_actor *actor)
{
    const casegate_call call = by(actor);
    return casegate_engine_erase(t->engine, &call, t->id, t->o, &t->err);
}

/* Rejected with a comment and a file, sent again, accepted. */
static void accepted(story *t, const char *request_id)
{
    const casegate_file file = { .size = sizeof file, .id = "x1", .kind = "image", .name = CANARY ".png" };
    const casegate_file *const files[] = { &file };
    const casegate_call lab = by(t->lena), clinic = by(t->clara);
    received(t);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_REJECT, .case_id = t->id, .revision = 1, .reason = "other",
                                       .comment = "The margin of " CANARY " is not visible.", .files = files, .file_count = 1,
                                       .request = request_id };
    assert_int_equal(casegate_engine_apply(t->engine, &lab, &request, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_engine_submit(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);
    forget_counts(t);
}

static int is_gone(const char *text) { return !text || !*text; }
static int has_canary(const char *text) { return text && strstr(text, CANARY) != NULL; }

static void an_erased_case_keeps_its_status_and_loses_every_text(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    accepted(t, NULL);

    assert_int_equal(erase_by(t, t->robot), CASEGATE_OK);

    const casegate_head *head = casegate_outcome_head(t->o);
    assert_int_equal(head->status, CASEGATE_IN_PRODUCTION);
    assert_int_equal(head->version, 6);
    assert_int_equal(head->revision, 1);
    const char *const gone[] = { head->patient_name, head->reference, head->dentist, head->dentist_name, head->clinic_email, head->dentist_email, head->due };
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) assert_true(is_gone(gone[i]));
    assert_int_equal(head->service_count, 0);
    assert_int_equal(casegate_outcome_event_count(t->o), 1);
    assert_int_equal(casegate_outcome_event_at(t->o, 0)->action, CASEGATE_ERASE);
    assert_int_equal(t->spy.erasures, 1);
    assert_int_equal(t->spy.commits, 0);
    story_close(t);
}

static void nobody_sees_what_was_erased(void **state)
{
    story *t = story_open(NULL);
    const casegate_call clinic = by(t->clara);
    (void)state;
    accepted(t, NULL);
    assert_int_equal(erase_by(t, t->robot), CASEGATE_OK);

    assert_int_equal(casegate_engine_view(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);
    assert_null(casegate_outcome_content(t->o));
    assert_int_equal(casegate_engine_history(t->engine, &clinic, t->id, 0, 0, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_event_count(t->o), 6);
    for (size_t i = 0; i < 6; i++) {
        const casegate_event *event = casegate_outcome_event_at(t->o, i);
        assert_false(has_canary(event->comment));
        assert_int_equal(event->file_count, 0);
    }
    assert_int_equal(casegate_engine_inbox(t->engine, &clinic, NULL, 0, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_notice_count(t->o), 1);
    assert_false(has_canary(casegate_outcome_notice_at(t->o, 0)->comment));
    assert_true(is_gone(casegate_outcome_notice_at(t->o, 0)->reference));
    story_close(t);
}

static void a_request_id_of_before_is_refused_as_reused_even_for_the_same_request(void **state)
{
    story *t = story_open(NULL);
    const casegate_call lab = by(t->lena);
    (void)state;
    accepted(t, "r-1");
    assert_int_equal(erase_by(t, t->robot), CASEGATE_OK);
    const casegate_request again = { .size = sizeof again, .action = CASEGATE_REJECT, .case_id = t->id, .revision = 1, .reason = "other",
                                     .request = "r-1" };

    assert_int_equal(casegate_engine_apply(t->engine, &lab, &again, t->o, &t->err), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "request_reused");
    story_close(t);
}

static void an_erasure_with_a_request_id_is_done_once(void **state)
{
    story *t = story_open(NULL);
    const casegate_call host = by(t->robot);
    (void)state;
    accepted(t, NULL);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ERASE, .case_id = t->id, .request = "e-1" };

    assert_int_equal(casegate_engine_apply(t->engine, &host, &request, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_engine_apply(t->engine, &host, &request, t->o, &t->err), CASEGATE_OK);

    assert_int_equal(casegate_outcome_replayed(t->o), 1);
    assert_int_equal(now(t)->version, 6);
    story_close(t);
}

static void what_was_not_delivered_yet_is_dead_and_cannot_be_requeued(void **state)
{
    story *t = story_open(&(setting) { .tell = CASEGATE_TELL_LATER });
    const casegate_call host = by(t->robot);
    casegate_dispatched told = { .size = sizeof told };
    (void)state;
    accepted(t, NULL);
    assert_int_equal(erase_by(t, t->robot), CASEGATE_OK);

    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 100, &told, &t->err), CASEGATE_OK);
    casegate_notice *mail = spy_notice(&t->spy, "email", 0);

    assert_int_equal(told.delivered + told.failed + told.dead, 0);
    assert_int_equal(mail->state, CASEGATE_NOTICE_DEAD);
    assert_string_equal(mail->last_error, "erased");
    assert_true(is_gone(mail->address));
    assert_int_equal(casegate_engine_requeue(t->engine, &host, mail->id, t->o, &t->err), CASEGATE_CONFLICT);
    casegate_notice_free(mail);
    story_close(t);
}

static void an_erased_draft_is_incomplete_until_it_is_filled_again(void **state)
{
    story *t = story_open(NULL);
    const casegate_call clinic = by(t->clara);
    (void)state;
    draft(t);
    assert_int_equal(erase_by(t, t->robot), CASEGATE_OK);

    assert_int_equal(casegate_engine_submit(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "incomplete incomplete");
    assert_int_equal(casegate_engine_edit(t->engine, &clinic, t->id, 1, t->content, t->o, &t->err), CASEGATE_OK);
    assert_true(casegate_outcome_event_at(t->o, 0)->changed_count > 5);   /* all of it, against nothing */
    assert_int_equal(casegate_engine_submit(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);

    assert_string_equal(now(t)->patient_name, CANARY);
    assert_int_equal(casegate_engine_verify(t->engine, &clinic, t->id, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_verification(t->o)->intact, 1);
    assert_int_equal(casegate_outcome_verification(t->o)->erased, 1);
    story_close(t);
}

static void a_case_that_somebody_waits_for_cannot_be_erased(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    received(t);
    assert_int_equal(erase_by(t, t->robot), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "wrong_status");
    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);
    assert_int_equal(erase_by(t, t->robot), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "wrong_status");
    assert_int_equal(t->spy.erasures, 0);
    story_close(t);
}

/* CG-R14 */
static void people_are_refused_and_outsiders_learn_nothing(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    accepted(t, NULL);
    assert_int_equal(erase_by(t, t->lena), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "wrong_role no_permission");
    assert_int_equal(erase_by(t, t->carl), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "not_found");
    story_close(t);
}

static void a_store_that_cannot_erase_says_so(void **state)
{
    story *t = story_open(&(setting) { .without = SPY_NO_OPERATION });
    (void)state;
    draft(t);
    assert_int_equal(erase_by(t, t->robot), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "erase");
    story_close(t);
}

static void edit_meanwhile(spy *s)
{
    story *t = s->data;
    casegate_outcome *o = casegate_outcome_new(NULL);
    casegate_content *content = content_with("Another " CANARY, "2026-04-04");
    const casegate_call clinic = by(t->clara);
    assert_int_equal(casegate_engine_edit(t->engine, &clinic, t->id, 1, content, o, &t->err), CASEGATE_OK);
    casegate_content_unref(content);
    casegate_outcome_free(o);
}

static void an_erasure_that_lost_against_an_edit_is_decided_again_and_takes_the_edit_too(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    draft(t);
    t->spy.data = t;
    t->spy.before_commit = edit_meanwhile;

    assert_int_equal(erase_by(t, t->robot), CASEGATE_OK);

    assert_int_equal(casegate_outcome_head(t->o)->version, 3);
    assert_string_equal(casegate_outcome_head(t->o)->patient_name, "");
    assert_int_equal(t->spy.erasures, 2);
    story_close(t);
}

static void an_erasure_of_unknown_fate_is_looked_up_and_done_once(void **state)
{
    (void)state;
    for (int lands = 0; lands < 2; lands++) {
        story *t = story_open(NULL);
        draft(t);
        spy_answer(&t->spy, CASEGATE_E_UNKNOWN, lands);

        assert_int_equal(erase_by(t, t->robot), CASEGATE_OK);

        assert_int_equal(now(t)->version, 2);
        assert_int_equal(t->spy.erasures, lands ? 1 : 2);
        story_close(t);
    }
}

static void an_erasure_that_joined_is_answered_so(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    draft(t);
    spy_answer(&t->spy, CASEGATE_JOINED, 1);

    assert_int_equal(erase_by(t, t->robot), CASEGATE_JOINED);

    assert_int_equal(casegate_outcome_joined(t->o), 1);
    story_close(t);
}

static void among_many_requests_erasures_have_their_turn(void **state)
{
    enum { COUNT = 3 };
    story *t = story_open(NULL);
    const casegate_call host = by(t->robot);
    casegate_outcome *outcomes[COUNT];
    casegate_request requests[COUNT];
    const casegate_request *list[COUNT];
    casegate_result results[COUNT];
    char ids[COUNT][65];
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        draft(t);
        strcpy(ids[i], t->id);
        outcomes[i] = casegate_outcome_new(NULL);
        requests[i] = (casegate_request) { .size = sizeof requests[i], .action = CASEGATE_ERASE, .case_id = ids[i == 2 ? 0 : i] };
        list[i] = &requests[i];
    }

    assert_int_equal(casegate_engine_apply_many(t->engine, &host, list, COUNT, outcomes, results, &t->err), CASEGATE_OK);

    for (size_t i = 0; i < COUNT; i++) assert_int_equal(results[i], CASEGATE_OK);
    assert_int_equal(casegate_outcome_head(outcomes[1])->version, 2);
    assert_int_equal(casegate_outcome_head(outcomes[2])->version, 3);   /* the first one again, behind it */
    assert_int_equal(t->spy.commits, 0);
    for (size_t i = 0; i < COUNT; i++) casegate_outcome_free(outcomes[i]);
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_erased_case_keeps_its_status_and_loses_every_text),
        cmocka_unit_test(nobody_sees_what_was_erased),
        cmocka_unit_test(a_request_id_of_before_is_refused_as_reused_even_for_the_same_request),
        cmocka_unit_test(an_erasure_with_a_request_id_is_done_once),
        cmocka_unit_test(what_was_not_delivered_yet_is_dead_and_cannot_be_requeued),
        cmocka_unit_test(an_erased_draft_is_incomplete_until_it_is_filled_again),
        cmocka_unit_test(a_case_that_somebody_waits_for_cannot_be_erased),
        cmocka_unit_test(people_are_refused_and_outsiders_learn_nothing),
        cmocka_unit_test(a_store_that_cannot_erase_says_so),
        cmocka_unit_test(an_erasure_that_lost_against_an_edit_is_decided_again_and_takes_the_edit_too),
        cmocka_unit_test(an_erasure_of_unknown_fate_is_looked_up_and_done_once),
        cmocka_unit_test(an_erasure_that_joined_is_answered_so),
        cmocka_unit_test(among_many_requests_erasures_have_their_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
