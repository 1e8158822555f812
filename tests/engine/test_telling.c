/* SPDX-License-Identifier: MIT */
/* test_telling.c: told right after the commit; what fails waits and is tried again, or is dead; a lease is one's own. */
#include "story.h"

static const int64_t SECOND = 1000000, HOUR = INT64_C(3600) * 1000000;

static casegate_dispatched dispatch(story *t, const char *channel)
{
    casegate_dispatched d = { .size = sizeof d };
    casegate_result rc = casegate_engine_dispatch(t->engine, NULL, channel, 0, &d, &t->err);
    if (rc != CASEGATE_OK) fail_msg("%s: %s: %s", casegate_result_name(rc), t->err.field, t->err.text);
    return d;
}

static void assert_counts(casegate_dispatched d, uint32_t delivered, uint32_t failed, uint32_t dead, uint32_t lost)
{
    if (d.delivered != delivered || d.failed != failed || d.dead != dead || d.lost != lost)
        fail_msg("delivered %u, failed %u, dead %u, lost %u", (unsigned)d.delivered, (unsigned)d.failed, (unsigned)d.dead,
                 (unsigned)d.lost);
}

/* A stored notice must be in a state, after so many tries; the time of the next one is returned. */
static int64_t assert_stored(story *t, size_t i, int32_t state, uint32_t tries)
{
    casegate_notice *n = spy_notice(&t->spy, "email", i);
    assert_non_null(n);
    assert_int_equal(n->state, state);
    assert_int_equal(n->tries, tries);
    int64_t next_us = n->next_us;
    casegate_notice_free(n);
    return next_us;
}

static void assert_last_error(story *t, size_t i, const char *text)
{
    casegate_notice *n = spy_notice(&t->spy, "email", i);
    assert_non_null(n);
    assert_string_equal(n->last_error ? n->last_error : "", text);
    casegate_notice_free(n);
}

/* CG-R11 */
static void clinic_and_dentist_are_told_before_the_rejection_returns(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    received(t);

    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);

    assert_int_equal(casegate_recorder_count(t->mail), 2);
    assert_int_equal(casegate_recorder_at(t->mail, 0)->to, CASEGATE_TO_CLINIC);
    assert_int_equal(casegate_recorder_at(t->mail, 1)->to, CASEGATE_TO_DENTIST);
    assert_stored(t, 0, CASEGATE_NOTICE_DELIVERED, 1);
    assert_stored(t, 1, CASEGATE_NOTICE_DELIVERED, 1);
    assert_int_equal(casegate_outcome_notice_count(t->o), 4);
    for (size_t i = 0; i < 4; i++) assert_int_equal(casegate_outcome_notice_at(t->o, i)->state, CASEGATE_NOTICE_DELIVERED);
    story_close(t);
}

static void a_host_that_tells_later_leaves_it_to_dispatch(void **state)
{
    story *t = story_open(&(setting) { .tell = CASEGATE_TELL_LATER });
    (void)state;
    rejected(t);
    assert_int_equal(casegate_recorder_count(t->mail), 0);
    assert_stored(t, 0, CASEGATE_NOTICE_PENDING, 0);

    assert_counts(dispatch(t, "email"), 2, 0, 0, 0);
    assert_counts(dispatch(t, "email"), 0, 0, 0, 0);

    assert_int_equal(casegate_recorder_count(t->mail), 2);
    story_close(t);
}

/* CG-R11 */
static void a_failure_changes_nothing_of_the_rejection_and_is_tried_again(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    received(t);
    casegate_recorder_set_mode(t->mail, CASEGATE_RECORDER_FAIL);

    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);
    assert_int_equal(now(t)->status, CASEGATE_REJECTED);
    assert_stored(t, 0, CASEGATE_NOTICE_PENDING, 1);
    assert_last_error(t, 0, "the recorder was told to fail");
    assert_counts(dispatch(t, "email"), 0, 0, 0, 0);   /* not due yet */
    casegate_recorder_set_mode(t->mail, CASEGATE_RECORDER_OK);
    casegate_clock_advance(t->clock, 60 * SECOND);

    assert_counts(dispatch(t, "email"), 2, 0, 0, 0);
    assert_last_error(t, 0, "");
    story_close(t);
}

static void the_waits_double_up_to_six_hours_and_the_twelfth_failure_is_the_last(void **state)
{
    story *t = story_open(NULL);
    int64_t whole = 60 * SECOND;
    (void)state;
    received(t);
    casegate_recorder_set_mode(t->mail, CASEGATE_RECORDER_FAIL);
    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);

    for (uint32_t tries = 1; tries < 12; tries++) {
        int64_t wait = assert_stored(t, 0, CASEGATE_NOTICE_PENDING, tries) - casegate_clock_now(t->clock);
        assert_in_range(wait, whole - whole / 4, whole);
        casegate_clock_advance(t->clock, whole);
        casegate_dispatched d = dispatch(t, "email");
        assert_int_equal(d.failed + d.dead, 2);
        whole = whole * 2 < 6 * HOUR ? whole * 2 : 6 * HOUR;
    }

    assert_int_equal(assert_stored(t, 0, CASEGATE_NOTICE_DEAD, 12), 0);
    casegate_clock_advance(t->clock, 48 * HOUR);
    assert_counts(dispatch(t, "email"), 0, 0, 0, 0);
    story_close(t);
}

static void what_can_never_be_delivered_is_dead_at_once(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    received(t);
    casegate_recorder_set_mode(t->mail, CASEGATE_RECORDER_REFUSE);

    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);

    assert_stored(t, 0, CASEGATE_NOTICE_DEAD, 1);
    assert_last_error(t, 0, "the recorder was told to refuse");
    story_close(t);
}

/* ---- where it goes ----------------------------------------------------------------------------------------------------------------- */

static casegate_result answer_of_resolve;
static casegate_result CASEGATE_CALL resolve(void *user, void *context, const casegate_notice *notice,
                                             casegate_resolution *resolution, casegate_error *err)
{
    (void)user, (void)context, (void)notice, (void)err;
    return answer_of_resolve == CASEGATE_OK ? casegate_resolution_set(resolution, "new@north.example", "Dan",
                                                                      "de") : answer_of_resolve;
}
static const casegate_engine_ops resolving = { .size = sizeof resolving, .resolve = resolve };

static void without_an_address_a_notice_is_dead(void **state)
{
    story *t = story_open(&(setting) { .ops = &resolving });
    (void)state;
    answer_of_resolve = CASEGATE_ABSENT;

    rejected(t);

    assert_stored(t, 0, CASEGATE_NOTICE_DEAD, 1);
    assert_last_error(t, 0, "there is no address");
    assert_int_equal(casegate_recorder_count(t->mail), 0);
    story_close(t);
}

static void an_address_that_cannot_be_found_now_is_looked_for_again(void **state)
{
    story *t = story_open(&(setting) { .ops = &resolving });
    (void)state;
    answer_of_resolve = CASEGATE_E_HOST;

    rejected(t);

    assert_stored(t, 0, CASEGATE_NOTICE_PENDING, 1);
    assert_int_equal(casegate_recorder_count(t->mail), 0);
    story_close(t);
}

/* CG-R11 */
static void a_rejection_cannot_be_muted(void **state)
{
    story *t = story_open(&(setting) { .ops = &resolving });
    (void)state;
    answer_of_resolve = CASEGATE_REFUSED;

    rejected(t);

    assert_int_equal(casegate_recorder_count(t->mail), 2);
    story_close(t);
}

static casegate_notice reminder(const char *id, const char *channel)
{
    return (casegate_notice) { .size = sizeof(casegate_notice), .id = id, .case_id = "c", .ordinal = 1,
                               .template_code = "reminder", .channel = channel,
                               .to = CASEGATE_TO_LAB, .org = "one", .clinic = "north", .lab = "one", .state = CASEGATE_NOTICE_PENDING };
}

static void what_may_be_muted_and_is_muted_is_dead(void **state)
{
    story *t = story_open(&(setting) { .ops = &resolving });
    casegate_notice notice = reminder("c.1", "email");
    (void)state;
    notice.mutable_ = 1;
    spy_add_notice(&t->spy, &notice);
    answer_of_resolve = CASEGATE_REFUSED;

    assert_counts(dispatch(t, "email"), 0, 0, 1, 0);

    assert_last_error(t, 0, "muted by the recipient");
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clinic_and_dentist_are_told_before_the_rejection_returns),
        cmocka_unit_test(a_host_that_tells_later_leaves_it_to_dispatch),
        cmocka_unit_test(a_failure_changes_nothing_of_the_rejection_and_is_tried_again),
        cmocka_unit_test(the_waits_double_up_to_six_hours_and_the_twelfth_failure_is_the_last),
        cmocka_unit_test(what_can_never_be_delivered_is_dead_at_once),
        cmocka_unit_test(without_an_address_a_notice_is_dead),
        cmocka_unit_test(an_address_that_cannot_be_found_now_is_looked_for_again),
        cmocka_unit_test(a_rejection_cannot_be_muted),
        cmocka_unit_test(what_may_be_muted_and_is_muted_is_dead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
