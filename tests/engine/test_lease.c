/* SPDX-License-Identifier: MIT */
/* test_lease.c: who may deliver and settle a notice; channels apart; notifiers and queues that misbehave. */
#include "story.h"

static const int64_t SECOND = 1000000;

/* A notifier that does as it is told. */
typedef struct postman {
    story *t;
    int64_t takes_us, after_us;   /* how long a delivery takes; what it asks for */
    casegate_result answer;
    int dispatches;               /* another dispatcher is at work meanwhile */
    int calls;
} postman;

static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    postman *p = user;
    (void)context, (void)err;
    assert_non_null(message->notice->id);
    p->calls++;
    casegate_clock_advance(p->t->clock, p->takes_us);
    if (p->dispatches-- > 0) assert_int_equal(casegate_engine_dispatch(p->t->engine, NULL, "email", 1, NULL, NULL), CASEGATE_OK);
    if (p->after_us) *after_us = p->after_us;
    return p->answer;
}

static casegate_notifier *notifier(postman *p, const char *channel)
{
    const casegate_notifier_ops ops = { .size = sizeof ops, .user = p, .deliver = deliver };
    casegate_notifier *made = NULL;
    *p = (postman) { .t = NULL };
    assert_int_equal(casegate_notifier_new(NULL, channel, &ops, &made, NULL), CASEGATE_OK);
    return made;
}

static story *open_with(postman *p, int32_t tell, int64_t lease_us)
{
    casegate_notifier *notifiers[] = { notifier(p, "email") };
    story *t = story_open(&(setting) { .notifiers = notifiers, .notifier_count = 1, .tell = tell, .lease_us = lease_us });
    casegate_notifier_unref(notifiers[0]);
    p->t = t;
    return t;
}

static casegate_notice stored(story *t, size_t i)
{
    casegate_notice *copy = spy_notice(&t->spy, NULL, i);
    assert_non_null(copy);
    casegate_notice numbers = { .size = sizeof numbers, .state = copy->state, .tries = copy->tries, .next_us = copy->next_us };
    casegate_notice_free(copy);
    return numbers;
}

static void what_its_lease_ran_out_on_is_left_to_the_next(void **state)
{
    postman p;
    story *t = open_with(&p, CASEGATE_TELL_NOW, 0);
    casegate_dispatched d = { .size = sizeof d };
    (void)state;
    p.takes_us = 61 * SECOND;   /* the first message takes as long as the leases of all */

    rejected(t);

    assert_int_equal(p.calls, 1);
    p.takes_us = 0;
    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 0, &d, &t->err), CASEGATE_OK);
    assert_int_equal(d.delivered, 1);
    assert_int_equal(p.calls, 2);
    story_close(t);
}

static void only_the_holder_of_the_current_lease_settles(void **state)
{
    postman p;
    story *t = open_with(&p, CASEGATE_TELL_LATER, 0);
    casegate_dispatched d = { .size = sizeof d };
    const casegate_notice notice = { .size = sizeof notice, .id = "c.1", .case_id = "c", .channel = "email", .org = "one",
                                     .template_code = "reminder",
                                     .to = CASEGATE_TO_LAB, .state = CASEGATE_NOTICE_PENDING };
    (void)state;
    spy_add_notice(&t->spy, &notice);
    p.takes_us = 61 * SECOND;
    p.dispatches = 1;   /* the lease ran out, another one delivers and settles */

    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 1, &d, &t->err), CASEGATE_OK);

    assert_int_equal(d.lost, 1);
    assert_int_equal(d.delivered, 0);
    assert_int_equal(p.calls, 2);
    assert_int_equal(stored(t, 0).state, CASEGATE_NOTICE_DELIVERED);
    assert_int_equal(stored(t, 0).tries, 2);
    story_close(t);
}

static void a_store_without_a_queue_keeps_notices_pending_and_the_rejection_stands(void **state)
{
    story *t = story_open(&(setting) { .without = CASEGATE_KEEPS_QUEUE });
    (void)state;
    rejected(t);

    assert_int_equal(casegate_recorder_count(t->mail), 0);
    assert_int_equal(casegate_outcome_notice_at(t->o, 0)->state, CASEGATE_NOTICE_PENDING);
    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 0, NULL, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "claim");
    story_close(t);
}

static void a_channel_without_a_notifier_is_named(void **state)
{
    story *t = story_open(NULL);
    const char *const channels[] = { "sms", "portal", "", NULL };
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(casegate_engine_dispatch(t->engine, NULL, channels[i], 0, NULL, &t->err), CASEGATE_E_INVALID);
        assert_string_equal(t->err.field, "channel");
    }
    assert_int_equal(t->spy.claims, 0);
    story_close(t);
}

/* CG-R11 */
static void a_channel_that_fails_does_not_hold_up_another(void **state)
{
    postman mail, sms;
    casegate_notifier *both[] = { notifier(&mail, "email"), notifier(&sms, "sms") };
    story *t = story_open(&(setting) { .notifiers = both, .notifier_count = 2 });
    casegate_dispatched d = { .size = sizeof d };
    const casegate_notice notice = { .size = sizeof notice, .id = "c.1", .case_id = "c", .channel = "sms", .org = "one",
                                     .template_code = "reminder",
                                     .to = CASEGATE_TO_LAB, .state = CASEGATE_NOTICE_PENDING };
    (void)state;
    mail.t = sms.t = t;
    mail.answer = CASEGATE_E_HOST;
    spy_add_notice(&t->spy, &notice);

    rejected(t);
    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "sms", 0, &d, &t->err), CASEGATE_OK);

    assert_int_equal(mail.calls, 2);
    assert_int_equal(d.delivered, 1);
    for (size_t i = 0; i < 2; i++) casegate_notifier_unref(both[i]);
    story_close(t);
}

static void a_notifier_says_itself_when_to_try_again(void **state)
{
    postman p;
    story *t = open_with(&p, CASEGATE_TELL_NOW, 0);
    (void)state;
    p.answer = CASEGATE_LATER;
    p.after_us = 5 * SECOND;

    rejected(t);

    assert_int_equal(stored(t, 0).next_us, casegate_clock_now(t->clock) + 5 * SECOND);
    story_close(t);
}

static void times_beyond_all_time_stay_within_it(void **state)
{
    postman p;
    story *t = open_with(&p, CASEGATE_TELL_NOW, INT64_MAX);
    (void)state;
    p.answer = CASEGATE_LATER;
    p.after_us = INT64_MAX;

    rejected(t);

    assert_int_equal(p.calls, 2);
    assert_int_equal(stored(t, 0).state, CASEGATE_NOTICE_PENDING);
    assert_true(stored(t, 0).next_us == INT64_MAX);
    story_close(t);
}

static void other_channel(spy *s, casegate_notice *n) { (void)s; n->channel = "sms"; }
static void other_lease(spy *s, casegate_notice *n) { (void)s; n->lease = "another"; }
static void not_leased(spy *s, casegate_notice *n) { (void)s; n->state = CASEGATE_NOTICE_DELIVERED; }

static void a_queue_that_answers_what_is_not_leased_to_this_pass_is_found_out(void **state)
{
    void (*const lies[])(spy *, casegate_notice *) = { other_channel, other_lease, not_leased };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        story *t = story_open(&(setting) { .tell = CASEGATE_TELL_LATER });
        rejected(t);
        t->spy.bend_notice = lies[i];

        assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 0, NULL, &t->err), CASEGATE_E_HOST);

        assert_string_equal(t->err.field, "claim");
        assert_int_equal(casegate_recorder_count(t->mail), 0);
        story_close(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_its_lease_ran_out_on_is_left_to_the_next),
        cmocka_unit_test(only_the_holder_of_the_current_lease_settles),
        cmocka_unit_test(a_store_without_a_queue_keeps_notices_pending_and_the_rejection_stands),
        cmocka_unit_test(a_channel_without_a_notifier_is_named),
        cmocka_unit_test(a_channel_that_fails_does_not_hold_up_another),
        cmocka_unit_test(a_notifier_says_itself_when_to_try_again),
        cmocka_unit_test(times_beyond_all_time_stay_within_it),
        cmocka_unit_test(a_queue_that_answers_what_is_not_leased_to_this_pass_is_found_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
