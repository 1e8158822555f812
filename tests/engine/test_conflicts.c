/* SPDX-License-Identifier: MIT */
/* test_conflicts.c: who loses a race is told the true obstacle; joined and unknown commits; a repeated request is one decision. */
#include "story.h"

static story *racing;   /* whose case is changed behind the engine's back */

/* What someone else does between load and commit, through an engine of their own on the same store. */
static void behind(casegate_result (*act)(casegate_engine *engine, casegate_outcome *o))
{
    casegate_engine *other = NULL;
    casegate_outcome *o = casegate_outcome_new(NULL);
    const casegate_engine_options options = { .size = sizeof options, .host = racing->host, .store = racing->spy.inner };
    assert_int_equal(casegate_engine_open(&options, &other, NULL), CASEGATE_OK);
    assert_int_equal(act(other, o), CASEGATE_OK);
    casegate_outcome_free(o);
    casegate_engine_unref(other);
}

static casegate_result reject(casegate_engine *engine, casegate_outcome *o)
{
    const casegate_call call = by(racing->lena);
    return casegate_engine_reject(engine, &call, racing->id, 1, "unreadable_scan", NULL, o, NULL);
}

static casegate_result accept(casegate_engine *engine, casegate_outcome *o)
{
    const casegate_call call = by(racing->lena);
    return casegate_engine_accept(engine, &call, racing->id, 1, o, NULL);
}

static casegate_result edit(casegate_engine *engine, casegate_outcome *o)
{
    const casegate_call call = by(racing->clara);
    casegate_content *content = content_with(CANARY, "2026-04-01");
    casegate_result rc = casegate_engine_edit(engine, &call, racing->id, 1, content, o, NULL);
    casegate_content_unref(content);
    return rc;
}

static void someone_rejects(spy *s) { (void)s; behind(reject); }
static void someone_accepts(spy *s) { (void)s; behind(accept); }
static void someone_edits(spy *s) { (void)s; behind(edit); }

static story *open_race(void)
{
    story *t = racing = story_open(NULL);
    received(t);
    return t;
}

/* CG-R09 */
static void an_accept_that_loses_to_a_reject_is_told_so_and_writes_nothing(void **state)
{
    story *t = open_race();
    (void)state;
    t->spy.before_commit = someone_rejects;

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "already_rejected");
    assert_string_equal(casegate_verdict_at(casegate_outcome_verdict(t->o), 0)->subject, "unreadable_scan");
    assert_int_equal(now(t)->version, 3);
    story_close(t);
}

static void a_reject_that_loses_to_an_accept_tells_nobody(void **state)
{
    story *t = open_race();
    (void)state;
    t->spy.before_commit = someone_accepts;

    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "already_accepted");
    assert_int_equal(casegate_recorder_count(t->mail), 0);
    assert_int_equal(now(t)->status, CASEGATE_IN_PRODUCTION);
    story_close(t);
}

/* CG-R16 */
static void an_accept_that_loses_to_an_edit_is_told_which_fields_changed(void **state)
{
    story *t = open_race();
    (void)state;
    t->spy.before_commit = someone_edits;

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "stale_review");
    assert_string_equal(casegate_verdict_list(casegate_outcome_verdict(t->o), 0, 0), "due");
    assert_int_equal(now(t)->status, CASEGATE_RECEIVED);
    story_close(t);
}

/* CG-R08 */
static void an_edit_that_loses_to_an_accept_is_told_that_the_case_is_locked(void **state)
{
    story *t = open_race();
    casegate_content *content = content_with(CANARY, "2026-05-01");
    const casegate_call clinic = by(t->clara);
    (void)state;
    t->spy.before_commit = someone_accepts;

    assert_int_equal(casegate_engine_edit(t->engine, &clinic, t->id, 1, content, t->o, &t->err), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "locked");
    assert_int_equal(now(t)->revision, 1);
    casegate_content_unref(content);
    story_close(t);
}

static void a_conflict_for_nothing_is_decided_again_and_commits(void **state)
{
    story *t = open_race();
    (void)state;
    spy_answer(&t->spy, CASEGATE_CONFLICT, 0);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(t->spy.commits, 2);
    assert_int_equal(now(t)->version, 3);
    story_close(t);
}

static void conflicts_without_end_are_busy_and_change_nothing(void **state)
{
    story *t = story_open(&(setting) { .max_conflicts = 3 });
    const casegate_call lab = by(t->lena);
    (void)state;
    received(t);
    for (int i = 0; i < 5; i++) spy_answer(&t->spy, CASEGATE_CONFLICT, 0);

    assert_int_equal(casegate_engine_accept(t->engine, &lab, t->id, 1, t->o, &t->err), CASEGATE_E_BUSY);

    assert_int_equal(t->spy.commits, 3);
    assert_null(casegate_outcome_head(t->o));
    assert_int_equal(now(t)->version, 2);
    story_close(t);
}

static void a_generated_id_that_is_taken_is_replaced_by_another(void **state)
{
    story *t = story_open(NULL);
    const casegate_call clinic = by(t->clara);
    (void)state;
    spy_answer(&t->spy, CASEGATE_CONFLICT, 0);

    assert_int_equal(casegate_engine_create(t->engine, &clinic, "one", t->content, 0, t->o, &t->err), CASEGATE_OK);

    assert_string_equal(casegate_outcome_head(t->o)->id, "case-2");
    story_close(t);
}

static void an_id_that_the_caller_wants_and_that_is_taken_is_refused(void **state)
{
    story *t = open_race();
    const casegate_call clinic = by(t->clara);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_CREATE, .case_id = t->id, .lab = "one",
                                       .content = t->content };
    (void)state;

    assert_int_equal(casegate_engine_apply(t->engine, &clinic, &request, t->o, &t->err), CASEGATE_REFUSED);

    assert_string_equal(casegate_verdict_at(casegate_outcome_verdict(t->o), 0)->subject, "case");
    assert_string_equal(casegate_verdict_at(casegate_outcome_verdict(t->o), 0)->value, "duplicate");
    story_close(t);
}

/* ---- the same request ----------------------------------------------------------------------------------------------------------- */

static const casegate_request *click(const story *t)
{
    static casegate_request request;
    request = (casegate_request) { .size = sizeof request, .action = CASEGATE_REJECT, .case_id = t->id, .revision = 1,
                                   .reason = "other", .request = "click-1" };
    return &request;
}

static casegate_result reject_with_id(casegate_engine *engine, casegate_outcome *o)
{
    const casegate_call call = by(racing->lena);
    return casegate_engine_apply(engine, &call, click(racing), o, NULL);
}

static void the_twin_is_faster(spy *s) { (void)s; behind(reject_with_id); }

/* CG-R20 */
static void a_request_whose_twin_was_faster_gives_the_first_outcome(void **state)
{
    story *t = open_race();
    const casegate_call lab = by(t->lena);
    (void)state;
    t->spy.before_commit = the_twin_is_faster;

    assert_int_equal(casegate_engine_apply(t->engine, &lab, click(t), t->o, &t->err), CASEGATE_OK);

    assert_true(casegate_outcome_replayed(t->o));
    assert_null(casegate_outcome_commit(t->o));
    assert_int_equal(casegate_outcome_head(t->o)->version, 3);
    assert_int_equal(casegate_outcome_notice_count(t->o), 4);
    assert_int_equal(now(t)->version, 3);
    story_close(t);
}

/* CG-R20 */
static void a_request_sent_twice_is_one_decision_and_one_message(void **state)
{
    story *t = open_race();
    const casegate_call lab = by(t->lena);
    (void)state;

    assert_int_equal(casegate_engine_apply(t->engine, &lab, click(t), t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_engine_apply(t->engine, &lab, click(t), t->o, &t->err), CASEGATE_OK);

    assert_true(casegate_outcome_replayed(t->o));
    assert_int_equal(casegate_recorder_count(t->mail), 2);
    assert_int_equal(t->spy.commits, 1);
    story_close(t);
}

static void a_store_that_keeps_no_requests_refuses_a_request_id(void **state)
{
    story *t = racing = story_open(&(setting) { .without = CASEGATE_KEEPS_REQUESTS });
    const casegate_call lab = by(t->lena);
    (void)state;
    received(t);

    assert_int_equal(casegate_engine_apply(t->engine, &lab, click(t), t->o, &t->err), CASEGATE_E_UNSUPPORTED);

    assert_string_equal(t->err.field, "requests");
    story_close(t);
}

/* ---- joined ------------------------------------------------------------------------------------------------------------------------ */

static void what_the_host_will_commit_is_told_to_nobody_yet(void **state)
{
    story *t = open_race();
    (void)state;
    spy_answer(&t->spy, CASEGATE_JOINED, 0);

    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_JOINED);

    assert_true(casegate_outcome_joined(t->o));
    assert_int_equal(casegate_recorder_count(t->mail), 0);
    assert_int_equal(t->spy.settles, 0);
    assert_int_equal(casegate_outcome_notice_at(t->o, 0)->state, CASEGATE_NOTICE_PENDING);
    assert_int_equal(casegate_outcome_notice_at(t->o, 0)->tries, 0);
    assert_null(casegate_outcome_notice_at(t->o, 0)->lease);
    story_close(t);
}

/* ---- unknown ----------------------------------------------------------------------------------------------------------------------- */

static void an_unknown_commit_that_took_effect_is_done(void **state)
{
    story *t = open_race();
    (void)state;
    spy_answer(&t->spy, CASEGATE_E_UNKNOWN, 1);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(t->spy.commits, 1);
    assert_int_equal(now(t)->version, 3);
    story_close(t);
}

static void an_unknown_commit_that_did_not_take_effect_is_sent_again(void **state)
{
    story *t = open_race();
    (void)state;
    spy_answer(&t->spy, CASEGATE_E_UNKNOWN, 0);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(t->spy.commits, 2);
    assert_int_equal(now(t)->version, 3);
    story_close(t);
}

/* It was on its way all the time, and lands just before it is sent again: the decision is the caller's, not another's. */
static void an_unknown_commit_that_lands_late_is_no_conflict_with_itself(void **state)
{
    story *t = open_race();
    (void)state;
    spy_answer(&t->spy, CASEGATE_E_UNKNOWN, 0);
    spy_answer(&t->spy, CASEGATE_CONFLICT, 1);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(t->spy.commits, 2);
    assert_int_equal(now(t)->version, 3);
    story_close(t);
}

/* In the log of a disk whose sync failed it may be whole: that another try failed for certain does not undo it. */
static void an_unknown_commit_whose_second_try_fails_stays_unknown(void **state)
{
    static const casegate_result failures[] = { CASEGATE_E_HOST, CASEGATE_E_BUSY, CASEGATE_E_NOMEM };
    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        story *t = open_race();
        const casegate_call lab = by(t->lena);
        spy_answer(&t->spy, CASEGATE_E_UNKNOWN, 0);
        spy_answer(&t->spy, failures[i], 0);

        assert_int_equal(casegate_engine_accept(t->engine, &lab, t->id, 1, t->o, &t->err), CASEGATE_E_UNKNOWN);

        assert_string_equal(t->err.field, "commit");
        assert_int_equal(t->spy.commits, 2);
        story_close(t);
    }
}

static void an_unknown_create_is_done_or_sent_again(void **state)
{
    story *t = story_open(NULL);
    const casegate_call clinic = by(t->clara);
    (void)state;
    spy_answer(&t->spy, CASEGATE_E_UNKNOWN, 1);
    spy_answer(&t->spy, CASEGATE_E_UNKNOWN, 0);

    assert_int_equal(casegate_engine_create(t->engine, &clinic, "one", t->content, 1, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_head(t->o)->version, 2);
    assert_int_equal(casegate_engine_create(t->engine, &clinic, "one", t->content, 1, t->o, &t->err), CASEGATE_OK);

    assert_int_equal(t->spy.commits, 3);
    assert_int_equal(casegate_engine_list(t->engine, &clinic, NULL, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_head_count(t->o), 2);
    story_close(t);
}

/* Another's decision stands where ours might: theirs has another hash. */
static void an_unknown_commit_that_another_outran_is_decided_again(void **state)
{
    story *t = open_race();
    (void)state;
    spy_answer(&t->spy, CASEGATE_E_UNKNOWN, 0);
    t->spy.before_commit = someone_rejects;

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "already_rejected");
    story_close(t);
}

static void go_beyond(spy *s, casegate_head *head)
{
    if (head->version == 3) head->version = 5;   /* others went on from ours meanwhile */
    (void)s;
}

static void an_unknown_commit_that_others_went_on_from_is_recognised_by_its_event(void **state)
{
    story *t = open_race();
    (void)state;
    t->spy.bend_head = go_beyond;
    spy_answer(&t->spy, CASEGATE_E_UNKNOWN, 1);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(t->spy.histories, 1);
    assert_int_equal(t->spy.commits, 1);
    story_close(t);
}

static void kill_the_line(spy *s) { s->load_fails = 1; }

static void a_commit_that_cannot_be_looked_up_stays_unknown_and_the_same_request_settles_it(void **state)
{
    story *t = open_race();
    const casegate_call lab = by(t->lena);
    (void)state;
    t->spy.before_commit = kill_the_line;
    spy_answer(&t->spy, CASEGATE_E_UNKNOWN, 1);

    assert_int_equal(casegate_engine_apply(t->engine, &lab, click(t), t->o, &t->err), CASEGATE_E_UNKNOWN);
    assert_int_equal(casegate_engine_apply(t->engine, &lab, click(t), t->o, &t->err), CASEGATE_OK);

    assert_true(casegate_outcome_replayed(t->o));
    assert_int_equal(now(t)->version, 3);
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_accept_that_loses_to_a_reject_is_told_so_and_writes_nothing),
        cmocka_unit_test(a_reject_that_loses_to_an_accept_tells_nobody),
        cmocka_unit_test(an_accept_that_loses_to_an_edit_is_told_which_fields_changed),
        cmocka_unit_test(an_edit_that_loses_to_an_accept_is_told_that_the_case_is_locked),
        cmocka_unit_test(a_conflict_for_nothing_is_decided_again_and_commits),
        cmocka_unit_test(conflicts_without_end_are_busy_and_change_nothing),
        cmocka_unit_test(a_generated_id_that_is_taken_is_replaced_by_another),
        cmocka_unit_test(an_id_that_the_caller_wants_and_that_is_taken_is_refused),
        cmocka_unit_test(a_request_whose_twin_was_faster_gives_the_first_outcome),
        cmocka_unit_test(a_request_sent_twice_is_one_decision_and_one_message),
        cmocka_unit_test(a_store_that_keeps_no_requests_refuses_a_request_id),
        cmocka_unit_test(what_the_host_will_commit_is_told_to_nobody_yet),
        cmocka_unit_test(an_unknown_commit_that_took_effect_is_done),
        cmocka_unit_test(an_unknown_commit_that_did_not_take_effect_is_sent_again),
        cmocka_unit_test(an_unknown_commit_that_lands_late_is_no_conflict_with_itself),
        cmocka_unit_test(an_unknown_commit_whose_second_try_fails_stays_unknown),
        cmocka_unit_test(an_unknown_create_is_done_or_sent_again),
        cmocka_unit_test(an_unknown_commit_that_another_outran_is_decided_again),
        cmocka_unit_test(an_unknown_commit_that_others_went_on_from_is_recognised_by_its_event),
        cmocka_unit_test(a_commit_that_cannot_be_looked_up_stays_unknown_and_the_same_request_settles_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
