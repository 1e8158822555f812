/* SPDX-License-Identifier: MIT */
/* test_operate.c: what an operator does: drains a channel, stops, requeues, reminds, looks at notices and at the store. */
#include "story.h"

static const int64_t SECOND = 1000000, HOUR = INT64_C(3600) * 1000000, DAY = INT64_C(86400) * 1000000;

/* A notifier that takes its time, and asks the host to stop after so many. */
typedef struct postman {
    story *t;
    int64_t takes_us;
    int calls, stop_after;
    casegate_result answer;
    char last[128];
} postman;

static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    postman *p = user;
    (void)context, (void)after_us, (void)err;
    p->calls++;
    snprintf(p->last, sizeof p->last, "%s", message->notice->id);
    casegate_clock_advance(p->t->clock, p->takes_us);
    return p->answer;
}

static int32_t CASEGATE_CALL stop(void *user)
{
    const postman *p = user;
    return p->stop_after && p->calls >= p->stop_after;
}

static story *open_with(postman *p, int64_t lease_us)
{
    const casegate_notifier_ops ops = { .size = sizeof ops, .user = p, .deliver = deliver };
    casegate_notifier *notifiers[1];
    *p = (postman) { .t = NULL };
    assert_int_equal(casegate_notifier_new(NULL, "email", &ops, &notifiers[0], NULL), CASEGATE_OK);
    story *t = story_open(&(setting) { .notifiers = notifiers, .notifier_count = 1, .tell = CASEGATE_TELL_LATER,
                                       .lease_us = lease_us });
    casegate_notifier_unref(notifiers[0]);
    p->t = t;
    return t;
}

static void add_many(story *t, int count)
{
    char id[32];
    for (int i = 0; i < count; i++) {
        snprintf(id, sizeof id, "c.%03d", i);
        const casegate_notice notice = { .size = sizeof notice, .id = id, .case_id = "c", .channel = "email", .org = "one",
                                         .template_code = "reminder", .to = CASEGATE_TO_LAB, .state = CASEGATE_NOTICE_PENDING };
        spy_add_notice(&t->spy, &notice);
    }
}

/* How many of the stored notices are in a state after so many tries. */
static int stored(story *t, int32_t state, uint32_t tries)
{
    int count = 0;
    casegate_notice *n;
    for (size_t i = 0; (n = spy_notice(&t->spy, "email", i)) != NULL; i++) {
        count += n->state == state && n->tries == tries;
        casegate_notice_free(n);
    }
    return count;
}

static casegate_dispatched drain(postman *p, uint32_t limit)
{
    const casegate_drain how = { .size = sizeof how, .channel = "email", .limit = limit, .user = p, .stop = stop };
    casegate_dispatched d = { .size = sizeof d };
    assert_int_equal(casegate_engine_drain(p->t->engine, &how, &d, &p->t->err), CASEGATE_OK);
    return d;
}

/* ---- drain ---------------------------------------------------------------------------------------------------------------- */

static void a_drain_ends_when_nothing_is_due_any_more(void **state)
{
    postman p;
    story *t = open_with(&p, 0);
    (void)state;
    add_many(t, 40);

    casegate_dispatched d = drain(&p, 0);

    assert_int_equal(d.delivered, 40);
    assert_int_equal(p.calls, 40);
    assert_int_equal(drain(&p, 0).delivered, 0);
    story_close(t);
}

static void a_host_that_says_stop_gets_back_what_was_not_tried(void **state)
{
    postman p;
    story *t = open_with(&p, 0);
    (void)state;
    add_many(t, 10);
    p.stop_after = 3;

    casegate_dispatched d = drain(&p, 0);

    assert_int_equal(d.delivered, 3);
    assert_int_equal(d.untried, 7);
    assert_int_equal(d.lost, 0);
    assert_int_equal(stored(t, CASEGATE_NOTICE_PENDING, 0), 7);   /* no try is counted, and nobody has to wait for a lease */
    p.stop_after = 0;
    assert_int_equal(drain(&p, 0).delivered, 7);
    story_close(t);
}

static void a_host_that_has_said_stop_claims_nothing(void **state)
{
    postman p;
    story *t = open_with(&p, 0);
    (void)state;
    add_many(t, 1);
    p.calls = p.stop_after = 1;

    drain(&p, 0);

    assert_int_equal(t->spy.claims, 0);
    story_close(t);
}

static void a_limit_is_of_tries(void **state)
{
    postman p;
    story *t = open_with(&p, 0);
    (void)state;
    add_many(t, 40);

    assert_int_equal(drain(&p, 17).delivered, 17);
    assert_int_equal(stored(t, CASEGATE_NOTICE_PENDING, 0), 23);
    story_close(t);
}

/* A slow notifier must not use up the tries of those that it never came to. */
static void what_could_not_begin_in_the_first_half_of_its_lease_is_given_back_and_no_try_is_counted(void **state)
{
    postman p;
    story *t = open_with(&p, 60 * SECOND);
    (void)state;
    add_many(t, 5);
    p.takes_us = 20 * SECOND;

    casegate_dispatched d = { .size = sizeof d };
    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 0, &d, &t->err), CASEGATE_OK);

    assert_int_equal(d.delivered, 2);
    assert_int_equal(d.untried, 3);
    assert_int_equal(d.lost, 0);
    assert_int_equal(stored(t, CASEGATE_NOTICE_PENDING, 0), 3);
    assert_int_equal(drain(&p, 0).delivered, 3);
    assert_int_equal(stored(t, CASEGATE_NOTICE_DELIVERED, 1), 5);
    story_close(t);
}

static void a_notifier_slower_than_its_lease_still_gets_one_done_a_pass(void **state)
{
    postman p;
    story *t = open_with(&p, 10 * SECOND);
    (void)state;
    add_many(t, 3);
    p.takes_us = 11 * SECOND;

    assert_int_equal(drain(&p, 0).delivered, 3);

    assert_int_equal(p.calls, 3);
    assert_int_equal(stored(t, CASEGATE_NOTICE_DELIVERED, 1), 3);
    story_close(t);
}

static void counts_of_a_first_header_are_filled_as_far_as_they_go(void **state)
{
    postman p;
    story *t = open_with(&p, 0);
    casegate_dispatched d = { .size = offsetof(casegate_dispatched, untried), .untried = 99 };
    (void)state;
    add_many(t, 2);

    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 0, &d, &t->err), CASEGATE_OK);

    assert_int_equal(d.delivered, 2);
    assert_int_equal(d.untried, 99);
    d.size -= 8;
    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 0, &d, &t->err), CASEGATE_E_ABI);
    story_close(t);
}

/* ---- looking at notices, and second chances ------------------------------------------------------------------------------- */

static casegate_result look(story *t, const casegate_actor *actor, casegate_notice_query query)
{
    const casegate_call call = by(actor);
    query.size = sizeof query;
    casegate_result rc = casegate_engine_notices(t->engine, &call, &query, t->o, &t->err);
    if (rc < 0) fail_msg("%s: %s", t->err.field, t->err.text);
    return rc;
}

static casegate_result requeue(story *t, const casegate_actor *actor, const char *id)
{
    const casegate_call call = by(actor);
    return casegate_engine_requeue(t->engine, &call, id, t->o, &t->err);
}

static void an_operator_sees_the_notices_of_all_cases_by_state_and_page(void **state)
{
    story *t = story_open(NULL);
    (void)state;
    received(t);
    casegate_recorder_set_mode(t->mail, CASEGATE_RECORDER_REFUSE);
    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);

    look(t, t->robot, (casegate_notice_query) { .state = CASEGATE_NOTICE_DEAD });
    assert_int_equal(casegate_outcome_notice_count(t->o), 2);
    assert_string_equal(casegate_outcome_notice_at(t->o, 0)->last_error, "the recorder was told to refuse");
    look(t, t->robot, (casegate_notice_query) { .channel = "portal" });
    assert_int_equal(casegate_outcome_notice_count(t->o), 2);
    look(t, t->robot, (casegate_notice_query) { .limit = 3 });
    assert_int_equal(casegate_outcome_notice_count(t->o), 3);
    char last[128];
    snprintf(last, sizeof last, "%s", casegate_outcome_notice_at(t->o, 2)->id);
    look(t, t->robot, (casegate_notice_query) { .limit = 3, .after = last });
    assert_int_equal(casegate_outcome_notice_count(t->o), 1);
    story_close(t);
}

/* CG-R14 */
static void to_anybody_else_there_are_no_notices_and_no_store(void **state)
{
    story *t = story_open(NULL);
    const casegate_actor *const others[] = { t->clara, t->dan, t->lena };
    (void)state;
    received(t);
    casegate_recorder_set_mode(t->mail, CASEGATE_RECORDER_REFUSE);
    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);
    casegate_notice *dead = spy_notice(&t->spy, "email", 0);
    for (size_t i = 0; i < 3; i++) {
        const casegate_call call = by(others[i]);

        look(t, others[i], (casegate_notice_query) { .state = 0 });
        assert_int_equal(casegate_outcome_notice_count(t->o), 0);
        assert_int_equal(requeue(t, others[i], dead->id), CASEGATE_REFUSED);
        assert_string_equal(obstacles(t), "not_found");
        assert_int_equal(casegate_engine_describe(t->engine, &call, 1, t->o, &t->err), CASEGATE_OK);
        assert_int_equal(casegate_outcome_detail_count(t->o), 0);
    }
    assert_int_equal(t->spy.listed + t->spy.requeues + t->spy.described, 0);
    casegate_notice_free(dead);
    story_close(t);
}

/* CG-R11 */
static void a_dead_notice_that_is_requeued_has_all_its_tries_again(void **state)
{
    story *t = story_open(NULL);
    casegate_dispatched d = { .size = sizeof d };
    (void)state;
    received(t);
    casegate_recorder_set_mode(t->mail, CASEGATE_RECORDER_REFUSE);
    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);
    casegate_notice *dead = spy_notice(&t->spy, "email", 0);
    casegate_recorder_set_mode(t->mail, CASEGATE_RECORDER_OK);

    assert_int_equal(requeue(t, t->robot, dead->id), CASEGATE_OK);

    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 0, &d, &t->err), CASEGATE_OK);
    assert_int_equal(d.delivered, 1);
    assert_int_equal(requeue(t, t->robot, dead->id), CASEGATE_CONFLICT);   /* it is not dead any more */
    assert_int_equal(requeue(t, t->robot, "nothing.1.1"), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "not_found");
    assert_int_equal(requeue(t, t->robot, ""), CASEGATE_REFUSED);
    casegate_notice_free(dead);
    story_close(t);
}

static void an_unknown_state_of_notices_is_named(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->robot);
    const casegate_notice_query query = { .size = sizeof query, .state = 5 };
    (void)state;
    assert_int_equal(casegate_engine_notices(t->engine, &call, &query, t->o, &t->err), CASEGATE_E_INVALID);
    assert_string_equal(t->err.field, "state");
    story_close(t);
}

static void other_state(spy *s, casegate_notice *n) { (void)s; n->state = CASEGATE_NOTICE_DELIVERED; }

static void a_store_that_answers_other_notices_than_asked_for_is_found_out(void **state)
{
    story *t = story_open(&(setting) { .tell = CASEGATE_TELL_LATER });
    const casegate_call call = by(t->robot);
    const casegate_notice_query query = { .size = sizeof query, .state = CASEGATE_NOTICE_PENDING };
    (void)state;
    rejected(t);
    t->spy.bend_notice = other_state;

    assert_int_equal(casegate_engine_notices(t->engine, &call, &query, t->o, &t->err), CASEGATE_E_HOST);

    assert_int_equal(casegate_outcome_notice_count(t->o), 0);
    story_close(t);
}

/* ---- the store ------------------------------------------------------------------------------------------------------------- */

static const char *detail(const story *t, const char *name)
{
    for (size_t i = 0; i < casegate_outcome_detail_count(t->o); i++)
        if (strcmp(casegate_outcome_detail_at(t->o, i)->name, name) == 0) return casegate_outcome_detail_at(t->o, i)->value;
    return "(none)";
}

static void a_store_says_how_many_notices_wait_and_since_when(void **state)
{
    story *t = story_open(&(setting) { .tell = CASEGATE_TELL_LATER });
    const casegate_call call = by(t->robot);
    char since[40];
    (void)state;
    rejected(t);
    casegate_time_format(casegate_clock_now(t->clock), since, sizeof since);
    casegate_clock_advance(t->clock, HOUR);

    assert_int_equal(casegate_engine_describe(t->engine, &call, 1, t->o, &t->err), CASEGATE_OK);

    assert_int_equal(t->spy.described, 2);
    assert_string_equal(detail(t, "store"), "memory");
    assert_string_equal(detail(t, "notices_pending"), "2");
    assert_string_equal(detail(t, "notices_dead"), "0");
    assert_string_equal(detail(t, "notices_unread"), "2");
    assert_string_equal(detail(t, "pending_since"), since);
    assert_null(casegate_outcome_detail_at(t->o, casegate_outcome_detail_count(t->o)));
    story_close(t);
}

/* ---- retention ------------------------------------------------------------------------------------------------------------ */

static casegate_result purge(story *t, const casegate_actor *actor, int64_t before_us)
{
    const casegate_call call = by(actor);
    return casegate_engine_purge(t->engine, &call, before_us, t->o, &t->err);
}

/* Notices of a rejection: two in the portal, delivered; two by e-mail, delivered too, pending (mode LATER) or dead (REFUSE). */
static void rejected_by_mail(story *t, int32_t mode)
{
    casegate_recorder_set_mode(t->mail, mode);
    rejected(t);
}

/* CG-R14 */
static void delivered_notices_of_before_are_purged_and_the_record_stays_intact(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->robot);
    (void)state;
    rejected(t);
    int64_t then = casegate_clock_now(t->clock);
    casegate_clock_advance(t->clock, HOUR);

    assert_int_equal(purge(t, t->robot, then), CASEGATE_OK);
    assert_int_equal(casegate_outcome_total(t->o), 0);
    assert_int_equal(purge(t, t->robot, then + SECOND), CASEGATE_OK);

    assert_int_equal(casegate_outcome_total(t->o), 4);
    look(t, t->robot, (casegate_notice_query) { .state = 0 });
    assert_int_equal(casegate_outcome_notice_count(t->o), 0);
    assert_int_equal(casegate_engine_verify(t->engine, &call, t->id, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_verification(t->o)->intact, 1);
    assert_int_equal(casegate_outcome_verification(t->o)->events, 3);
    story_close(t);
}

static void what_waits_for_a_delivery_or_is_dead_is_never_purged(void **state)
{
    static const struct { int32_t mode, state; } given[] = { { CASEGATE_RECORDER_FAIL, CASEGATE_NOTICE_PENDING },
                                                             { CASEGATE_RECORDER_REFUSE, CASEGATE_NOTICE_DEAD } };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        story *t = story_open(NULL);
        rejected_by_mail(t, given[i].mode);
        casegate_clock_advance(t->clock, 400 * DAY);

        assert_int_equal(purge(t, t->robot, casegate_clock_now(t->clock)), CASEGATE_OK);

        assert_int_equal(casegate_outcome_total(t->o), 2);
        look(t, t->robot, (casegate_notice_query) { .state = given[i].state });
        assert_int_equal(casegate_outcome_notice_count(t->o), 2);
        story_close(t);
    }
}

static void purging_goes_on_until_nothing_so_old_is_left(void **state)
{
    story *t = story_open(NULL);
    char id[32];
    (void)state;
    for (int i = 0; i < 1001; i++) {
        snprintf(id, sizeof id, "c.%04d", i);
        const casegate_notice notice = { .size = sizeof notice, .id = id, .case_id = "c", .channel = "email", .org = "one", .time_us = 1,
                                         .template_code = "reminder", .to = CASEGATE_TO_LAB, .state = CASEGATE_NOTICE_DELIVERED };
        spy_add_notice(&t->spy, &notice);
    }

    assert_int_equal(purge(t, t->robot, 2), CASEGATE_OK);

    assert_int_equal(casegate_outcome_total(t->o), 1001);
    story_close(t);
}

static void only_an_operator_purges_and_only_what_has_passed(void **state)
{
    story *t = story_open(NULL);
    const casegate_actor *const others[] = { t->clara, t->dan, t->lena };
    (void)state;
    rejected(t);
    casegate_clock_advance(t->clock, HOUR);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(purge(t, others[i], casegate_clock_now(t->clock)), CASEGATE_OK);
        assert_int_equal(casegate_outcome_total(t->o), 0);
    }
    const int64_t times[] = { 0, -1, casegate_clock_now(t->clock) + HOUR };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(purge(t, t->robot, times[i]), CASEGATE_E_INVALID);
        assert_string_equal(t->err.field, "before_us");
    }

    look(t, t->robot, (casegate_notice_query) { .state = CASEGATE_NOTICE_DELIVERED });
    assert_int_equal(casegate_outcome_notice_count(t->o), 4);
    story_close(t);
}

static void what_the_store_cannot_do_is_named(void **state)
{
    story *t = story_open(&(setting) { .without = SPY_NO_OPERATION });
    const casegate_call call = by(t->robot);
    const casegate_reminder all = { .size = sizeof all };
    (void)state;
    assert_int_equal(casegate_engine_notices(t->engine, &call, NULL, t->o, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "notices");
    assert_int_equal(casegate_engine_requeue(t->engine, &call, "n", t->o, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "requeue");
    assert_int_equal(casegate_engine_describe(t->engine, &call, 0, t->o, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "describe");
    assert_int_equal(casegate_engine_purge(t->engine, &call, 1, t->o, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "purge");
    assert_int_equal(casegate_engine_remind(t->engine, &all, NULL, &t->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(t->err.field, "add_notice");
    story_close(t);
}

static void what_a_store_fails_with_reaches_the_operator(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->robot);
    const casegate_reminder all = { .size = sizeof all };
    const casegate_result answers[] = { CASEGATE_E_BUSY, CASEGATE_JOINED }, expected[] = { CASEGATE_E_BUSY, CASEGATE_E_HOST };
    (void)state;
    received(t);
    for (size_t i = 0; i < 2; i++) {
        t->spy.garbage = answers[i];
        assert_int_equal(casegate_engine_notices(t->engine, &call, NULL, t->o, &t->err), expected[i]);
        assert_int_equal(casegate_engine_requeue(t->engine, &call, "n", t->o, &t->err), expected[i]);
        assert_int_equal(casegate_engine_describe(t->engine, &call, 0, t->o, &t->err), expected[i]);
        assert_int_equal(casegate_engine_purge(t->engine, &call, 1, t->o, &t->err), expected[i]);
        assert_int_equal(casegate_engine_remind(t->engine, &all, NULL, &t->err), expected[i]);
    }
    story_close(t);
}

/* ---- reminders --------------------------------------------------------------------------------------------------------------- */

static casegate_reminded remind(story *t, int64_t longer_than_us, const char *lab, const char *const *channels, size_t count)
{
    const casegate_reminder which = { .size = sizeof which, .longer_than_us = longer_than_us, .lab = lab, .channels = channels,
                                      .channel_count = count };
    casegate_reminded made = { .size = sizeof made };
    casegate_result rc = casegate_engine_remind(t->engine, &which, &made, &t->err);
    if (rc != CASEGATE_OK) fail_msg("%s: %s", t->err.field, t->err.text);
    return made;
}

/* CG-R21 */
static void a_case_that_waits_too_long_reminds_its_lab_once_a_day(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->lena);
    (void)state;
    received(t);
    casegate_clock_advance(t->clock, 2 * DAY - 1);
    assert_int_equal(remind(t, 2 * DAY, NULL, NULL, 0).cases, 0);   /* not so long yet */
    casegate_clock_advance(t->clock, 1);

    casegate_reminded first = remind(t, 2 * DAY, NULL, NULL, 0), again = remind(t, 2 * DAY, NULL, NULL, 0);

    assert_int_equal(first.cases, 1);
    assert_int_equal(first.made, 1);
    assert_int_equal(first.known, 0);
    assert_int_equal(again.cases, 1);
    assert_int_equal(again.made, 0);
    assert_int_equal(again.known, 1);
    assert_int_equal(casegate_engine_inbox(t->engine, &call, NULL, 0, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_notice_count(t->o), 1);
    const casegate_notice *n = casegate_outcome_notice_at(t->o, 0);
    assert_string_equal(n->template_code, "reminder");
    assert_string_equal(n->case_id, t->id);
    assert_string_equal(n->org, "one");
    assert_int_equal(n->to, CASEGATE_TO_LAB);
    assert_int_equal(n->seq, 0);
    assert_int_equal(n->attempt, 1);
    assert_int_equal(casegate_outcome_total(t->o), 1);
    casegate_clock_advance(t->clock, DAY);
    assert_int_equal(remind(t, 2 * DAY, NULL, NULL, 0).made, 1);   /* another day, another one */
    story_close(t);
}

/* CG-R21 */
static void the_id_of_a_reminder_is_made_of_case_attempt_day_and_channel(void **state)
{
    story *t = story_open(NULL);
    const char *const mail[] = { "email" };
    char time[40], expected[160];
    (void)state;
    received(t);

    remind(t, 0, NULL, mail, 1);

    casegate_time_format(casegate_clock_now(t->clock), time, sizeof time);
    snprintf(expected, sizeof expected, "%s.r1.%.4s%.2s%.2s.email", t->id, time, time + 5, time + 8);
    casegate_notice *n = spy_notice(&t->spy, "email", 0);
    assert_string_equal(n->id, expected);
    assert_int_equal(n->mutable_, 1);
    casegate_notice_free(n);
    story_close(t);
}

/* CG-R21 */
static void a_reminder_by_other_channels_waits_for_a_dispatch(void **state)
{
    story *t = story_open(NULL);
    const char *const channels[] = { "email", "sms" };
    casegate_dispatched d = { .size = sizeof d };
    (void)state;
    received(t);

    assert_int_equal(remind(t, 0, NULL, channels, 2).made, 3);

    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 0, &d, &t->err), CASEGATE_OK);
    assert_int_equal(d.delivered, 1);
    assert_string_equal(casegate_recorder_at(t->mail, 0)->template_code, "reminder");
    casegate_notice *sms = spy_notice(&t->spy, "sms", 0);
    assert_int_equal(sms->state, CASEGATE_NOTICE_PENDING);
    casegate_notice_free(sms);
    story_close(t);
}

/* CG-R21 */
static void only_pending_cases_of_the_named_lab_are_reminded_of(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->clara);
    (void)state;
    received(t);
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);
    assert_int_equal(casegate_engine_create(t->engine, &call, "two", t->content, 0, t->o, &t->err), CASEGATE_OK);   /* a draft */
    assert_int_equal(casegate_engine_create(t->engine, &call, "two", t->content, 1, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_engine_create(t->engine, &call, "three", t->content, 1, t->o, &t->err), CASEGATE_OK);

    assert_int_equal(remind(t, 0, "one", NULL, 0).cases, 0);
    assert_int_equal(remind(t, 0, "two", NULL, 0).cases, 1);
    casegate_reminded all = remind(t, 0, NULL, NULL, 0);
    assert_int_equal(all.cases, 2);
    assert_int_equal(all.made, 1);
    story_close(t);
}

/* CG-R21 */
static void reminding_walks_through_every_page_of_the_store(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->clara);
    (void)state;
    for (int i = 0; i < 230; i++)
        assert_int_equal(casegate_engine_create(t->engine, &call, "one", t->content, 1, t->o, &t->err), CASEGATE_OK);
    t->spy.lists = 0;

    casegate_reminded made = remind(t, 0, NULL, NULL, 0);

    assert_int_equal(made.cases, 230);
    assert_int_equal(made.made, 230);
    assert_int_equal(t->spy.lists, 3);
    story_close(t);
}

static void a_reminder_that_cannot_be_is_named(void **state)
{
    story *t = story_open(NULL);
    const char *const portal[] = { "portal" }, *const twice[] = { "email", "email" }, *const blank[] = { "" };
    const struct { casegate_reminder which; const char *field; } bad[] = {
        { { .size = sizeof(casegate_reminder), .longer_than_us = -1 }, "longer_than_us" },
        { { .size = sizeof(casegate_reminder), .channels = portal, .channel_count = 1 }, "channels" },
        { { .size = sizeof(casegate_reminder), .channels = twice, .channel_count = 2 }, "channels" },
        { { .size = sizeof(casegate_reminder), .channels = blank, .channel_count = 1 }, "channels" },
        { { .size = sizeof(casegate_reminder), .channel_count = 1 }, "channels" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(casegate_engine_remind(t->engine, &bad[i].which, NULL, &t->err), CASEGATE_E_INVALID);
        assert_string_equal(t->err.field, bad[i].field);
    }
    assert_int_equal(t->spy.lists + t->spy.added, 0);
    story_close(t);
}

static void other_lab(spy *s, casegate_head *head) { (void)s; head->lab = "another"; }
static void not_pending(spy *s, casegate_head *head) { (void)s; head->status = head->phase = CASEGATE_REJECTED; head->reason = "other"; }

static void a_list_of_cases_that_do_not_wait_reminds_nobody(void **state)
{
    void (*const lies[])(spy *, casegate_head *) = { other_lab, not_pending };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        story *t = story_open(NULL);
        const casegate_reminder which = { .size = sizeof which, .lab = "one" };
        received(t);
        t->spy.bend_head = lies[i];

        assert_true(casegate_engine_remind(t->engine, &which, NULL, &t->err) < 0);

        assert_int_equal(t->spy.added, 0);
        story_close(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drain_ends_when_nothing_is_due_any_more),
        cmocka_unit_test(a_host_that_says_stop_gets_back_what_was_not_tried),
        cmocka_unit_test(a_host_that_has_said_stop_claims_nothing),
        cmocka_unit_test(a_limit_is_of_tries),
        cmocka_unit_test(what_could_not_begin_in_the_first_half_of_its_lease_is_given_back_and_no_try_is_counted),
        cmocka_unit_test(a_notifier_slower_than_its_lease_still_gets_one_done_a_pass),
        cmocka_unit_test(counts_of_a_first_header_are_filled_as_far_as_they_go),
        cmocka_unit_test(an_operator_sees_the_notices_of_all_cases_by_state_and_page),
        cmocka_unit_test(to_anybody_else_there_are_no_notices_and_no_store),
        cmocka_unit_test(a_dead_notice_that_is_requeued_has_all_its_tries_again),
        cmocka_unit_test(an_unknown_state_of_notices_is_named),
        cmocka_unit_test(a_store_that_answers_other_notices_than_asked_for_is_found_out),
        cmocka_unit_test(a_store_says_how_many_notices_wait_and_since_when),
        cmocka_unit_test(delivered_notices_of_before_are_purged_and_the_record_stays_intact),
        cmocka_unit_test(what_waits_for_a_delivery_or_is_dead_is_never_purged),
        cmocka_unit_test(purging_goes_on_until_nothing_so_old_is_left),
        cmocka_unit_test(only_an_operator_purges_and_only_what_has_passed),
        cmocka_unit_test(what_the_store_cannot_do_is_named),
        cmocka_unit_test(what_a_store_fails_with_reaches_the_operator),
        cmocka_unit_test(a_case_that_waits_too_long_reminds_its_lab_once_a_day),
        cmocka_unit_test(the_id_of_a_reminder_is_made_of_case_attempt_day_and_channel),
        cmocka_unit_test(a_reminder_by_other_channels_waits_for_a_dispatch),
        cmocka_unit_test(only_pending_cases_of_the_named_lab_are_reminded_of),
        cmocka_unit_test(reminding_walks_through_every_page_of_the_store),
        cmocka_unit_test(a_reminder_that_cannot_be_is_named),
        cmocka_unit_test(a_list_of_cases_that_do_not_wait_reminds_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
