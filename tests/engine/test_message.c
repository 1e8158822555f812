/* SPDX-License-Identifier: MIT */
/* test_message.c: what a notifier is handed, where it goes, what it may do meanwhile, and that the patient is not in it. */
#include "story.h"

#define SECONDS(n) (INT64_C(1000000) * (n))

typedef struct post {
    story *t;
    int32_t fails_for;               /* CASEGATE_TO_...: this one fails, the others do not */
    void (*inside)(struct post *);   /* called once, while the first message is delivered */
    int asked, leaks;
    char address[64], name[64], language[16], seen[64];
} post;

static int names_patient(const char *text) { return text && strstr(text, CANARY) != NULL; }

static int leaks(const casegate_notice *n)
{
    const char *texts[] = { n->id, n->case_id, n->template_code, n->channel, n->org, n->person, n->address, n->clinic, n->lab,
                            n->reference, n->reason, n->comment, n->lease, n->last_error };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (names_patient(texts[i])) return 1;
    return 0;
}

static void keep_text(char *to, size_t cap, const char *from) { snprintf(to, cap, "%s", from ? from : ""); }

static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    post *p = user;
    void (*inside)(post *) = p->inside;
    (void)context, (void)after_us;
    p->asked++;
    p->inside = NULL;
    p->leaks += leaks(message->notice) || names_patient(message->name) || names_patient(message->address);
    keep_text(p->address, sizeof p->address, message->address);
    keep_text(p->name, sizeof p->name, message->name);
    keep_text(p->language, sizeof p->language, message->language);
    if (inside) inside(p);
    if (p->fails_for != message->notice->to) return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_HOST, 0, NULL, "this one is out of order");
}

/* The story goes on with an engine whose e-mail is this post. */
static story *story_with_post(post *p, const casegate_engine_ops *ops, int32_t tell)
{
    const casegate_notifier_ops mine = { .size = sizeof mine, .user = p, .deliver = deliver };
    casegate_notifier *notifier = NULL;
    story *t = p->t = story_open(NULL);
    assert_int_equal(casegate_notifier_new(NULL, "email", &mine, &notifier, &t->err), CASEGATE_OK);
    casegate_notifier *notifiers[] = { notifier };
    const casegate_engine_options options = { .size = sizeof options, .host = t->host, .store = t->store, .notifiers = notifiers,
                                              .notifier_count = 1, .ops = ops, .tell = tell };
    casegate_engine_unref(t->engine);
    t->engine = NULL;
    assert_int_equal(casegate_engine_open(&options, &t->engine, &t->err), CASEGATE_OK);
    casegate_notifier_unref(notifier);
    return t;
}

static const casegate_notice *mail_to(const story *t, int32_t to)
{
    for (size_t i = 0; i < casegate_outcome_notice_count(t->o); i++) {
        const casegate_notice *notice = casegate_outcome_notice_at(t->o, i);
        if (notice->to == to && strcmp(notice->channel, "email") == 0) return notice;
    }
    fail_msg("there is no e-mail to %s", casegate_recipient_name(to));
    return NULL;
}

static uint32_t delivered_by(story *t, uint32_t limit)
{
    casegate_dispatched counts = { .size = sizeof counts };
    assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", limit, &counts, &t->err), CASEGATE_OK);
    assert_int_equal(counts.failed + counts.dead + counts.lost, 0);
    return counts.delivered;
}

static void a_dispatch_takes_no_more_than_its_limit(void **state)
{
    post p = { .t = NULL };
    story *t = story_with_post(&p, NULL, CASEGATE_TELL_LATER);
    (void)state;
    rejected(t);

    assert_int_equal(delivered_by(t, 1), 1);
    assert_int_equal(delivered_by(t, 1), 1);
    assert_int_equal(delivered_by(t, 1), 0);
    story_close(t);
}

static void what_was_told_is_not_told_again(void **state)
{
    post p = { .t = NULL };
    story *t = story_with_post(&p, NULL, CASEGATE_TELL_NOW);
    (void)state;
    rejected(t);
    casegate_clock_advance(t->clock, SECONDS(86400));

    assert_int_equal(delivered_by(t, 0), 0);

    assert_int_equal(p.asked, 2);
    story_close(t);
}

static void one_notice_that_fails_does_not_hold_up_the_next_on_its_channel(void **state)
{
    post p = { .fails_for = CASEGATE_TO_CLINIC };
    story *t = story_with_post(&p, NULL, CASEGATE_TELL_NOW);
    (void)state;

    rejected(t);

    assert_int_equal(mail_to(t, CASEGATE_TO_CLINIC)->state, CASEGATE_NOTICE_PENDING);
    assert_string_equal(mail_to(t, CASEGATE_TO_CLINIC)->last_error, "this one is out of order");
    assert_int_equal(mail_to(t, CASEGATE_TO_DENTIST)->state, CASEGATE_NOTICE_DELIVERED);
    story_close(t);
}

static casegate_result CASEGATE_CALL moved(void *user, void *context, const casegate_notice *notice,
                                           casegate_resolution *resolution, casegate_error *err)
{
    char address[] = "new@north.example";
    (void)user, (void)context, (void)notice, (void)err;
    casegate_result rc = casegate_resolution_set(resolution, address, "Dr. North", "sv");
    memset(address, 'x', sizeof address - 1);   /* it was copied */
    return rc;
}

static void a_notice_goes_where_the_host_says_it_goes_now(void **state)
{
    const casegate_engine_ops ops = { .size = sizeof ops, .resolve = moved };
    post p = { .t = NULL };
    story *t = story_with_post(&p, &ops, CASEGATE_TELL_NOW);
    (void)state;

    rejected(t);

    assert_string_equal(p.address, "new@north.example");
    assert_string_equal(p.name, "Dr. North");
    assert_string_equal(p.language, "sv");
    story_close(t);
}

static void without_a_resolver_a_notice_goes_to_the_address_on_record(void **state)
{
    post p = { .t = NULL };
    story *t = story_with_post(&p, NULL, CASEGATE_TELL_NOW);
    (void)state;

    rejected(t);

    assert_string_equal(p.address, "dan@north.example");
    assert_string_equal(p.name, "");
    story_close(t);
}

static void look_at_the_case(post *p)
{
    const casegate_call call = by(p->t->clara);
    casegate_outcome *own = casegate_outcome_new(NULL);
    assert_int_equal(casegate_engine_view(p->t->engine, &call, p->t->id, 0, own, NULL), CASEGATE_OK);
    keep_text(p->seen, sizeof p->seen, casegate_outcome_rejection(own)->reason);
    casegate_outcome_free(own);
}

static void a_notifier_that_calls_the_engine_sees_the_case_as_it_was_committed(void **state)
{
    post p = { .inside = look_at_the_case };
    story *t = story_with_post(&p, NULL, CASEGATE_TELL_NOW);
    (void)state;

    rejected(t);

    assert_string_equal(p.seen, "other");
    story_close(t);
}

static void the_patient_is_not_named_in_what_is_told(void **state)
{
    post p = { .fails_for = CASEGATE_TO_CLINIC };
    story *t = story_with_post(&p, NULL, CASEGATE_TELL_NOW);
    (void)state;

    rejected(t);

    assert_int_equal(p.asked, 2);
    assert_int_equal(p.leaks, 0);
    for (size_t i = 0; i < casegate_outcome_notice_count(t->o); i++) assert_false(leaks(casegate_outcome_notice_at(t->o, i)));
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dispatch_takes_no_more_than_its_limit),
        cmocka_unit_test(what_was_told_is_not_told_again),
        cmocka_unit_test(one_notice_that_fails_does_not_hold_up_the_next_on_its_channel),
        cmocka_unit_test(a_notice_goes_where_the_host_says_it_goes_now),
        cmocka_unit_test(without_a_resolver_a_notice_goes_to_the_address_on_record),
        cmocka_unit_test(a_notifier_that_calls_the_engine_sees_the_case_as_it_was_committed),
        cmocka_unit_test(the_patient_is_not_named_in_what_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
