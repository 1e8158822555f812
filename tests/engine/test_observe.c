/* SPDX-License-Identifier: MIT */
/* test_observe.c: what an observer is told, in which order, with which durations, and never of a patient. */
#include "story.h"

#include <stdlib.h>

static const int64_t SECOND = 1000000;

/* What was observed: numbers as they are, texts joined, so that a canary can be looked for. */
static struct {
    casegate_observation seen[256];
    size_t count;
    char texts[65536];
    void *context;
    story *reentered;   /* the observer calls the engine again */
} log_of;

static void note(const char *text)
{
    if (!text) return;
    strcat(log_of.texts, text);
    strcat(log_of.texts, "\n");
}

static void CASEGATE_CALL observe(void *user, void *context, const casegate_observation *o)
{
    (void)user;
    assert_int_equal(o->size, sizeof *o);
    assert_true(o->duration_us >= 0);
    assert_true(log_of.count < 256);
    log_of.seen[log_of.count++] = *o;
    log_of.context = context;
    const char *const texts[] = { o->case_id, o->lab, o->actor, o->org, o->channel, o->notice };
    for (size_t i = 0; i < 6; i++) note(texts[i]);
    if (log_of.reentered && o->kind == CASEGATE_OBSERVED_COMMITTED) {
        story *t = log_of.reentered;
        const casegate_call call = by(t->robot);
        casegate_outcome *own = casegate_outcome_new(NULL);
        log_of.reentered = NULL;
        assert_int_equal(casegate_engine_list(t->engine, &call, NULL, own, NULL), CASEGATE_OK);
        casegate_outcome_free(own);
    }
}
static const casegate_engine_ops observing = { .size = sizeof observing, .observe = observe };

static story *open_observed(int32_t tell)
{
    memset(&log_of, 0, sizeof log_of);
    return story_open(&(setting) { .ops = &observing, .tell = tell });
}

static void forget(void) { memset(&log_of, 0, sizeof log_of); }

/* The kinds, as letters: L D C X(conflict) R T(told) S(low). */
static const char *kinds(void)
{
    static const char letters[] = " LDCXRTS";
    static char text[257];
    for (size_t i = 0; i < log_of.count; i++) text[i] = letters[log_of.seen[i].kind];
    text[log_of.count] = '\0';
    return text;
}

static void a_rejection_is_loaded_decided_committed_and_told(void **state)
{
    story *t = open_observed(CASEGATE_TELL_NOW);
    (void)state;
    received(t);
    forget();

    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);

    assert_string_equal(kinds(), "LDCTT");
    assert_int_equal(log_of.seen[0].count, 1);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(log_of.seen[i].action, CASEGATE_REJECT);
        assert_int_equal(log_of.seen[i].result, CASEGATE_OK);
    }
    assert_int_equal(log_of.seen[2].count, 1);   /* one event */
    assert_int_equal(log_of.seen[3].count, 1);   /* the first try */
    assert_int_equal(log_of.seen[3].result, CASEGATE_OK);
    assert_non_null(strstr(log_of.texts, t->id));
    assert_non_null(strstr(log_of.texts, "lena"));
    assert_non_null(strstr(log_of.texts, "email"));
    story_close(t);
}

/* A refused attempt is not part of the history: here it can be taken from. */
static void a_refusal_names_every_obstacle(void **state)
{
    story *t = open_observed(CASEGATE_TELL_NOW);
    (void)state;
    received(t);
    forget();

    assert_int_equal(reject_by(t, t->lars, 7, ""), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "no_permission stale_review reason_required");
    assert_string_equal(kinds(), "LD");
    assert_int_equal(log_of.seen[1].result, CASEGATE_REFUSED);
    assert_int_equal(log_of.seen[1].count, 3);
    assert_true(log_of.seen[1].obstacles == (UINT64_C(1) << CASEGATE_NO_PERMISSION | UINT64_C(1) << CASEGATE_STALE_REVIEW |
                                             UINT64_C(1) << CASEGATE_REASON_REQUIRED));
    story_close(t);
}

/* CG-R14: whoever is outside learns nothing; the host's own observer knows which case was tried. */
static void an_outsider_is_observed_at_the_case_and_an_id_of_nobody_is_not_repeated(void **state)
{
    story *t = open_observed(CASEGATE_TELL_NOW);
    const casegate_call outsider = by(t->carl);
    (void)state;
    received(t);
    forget();

    assert_int_equal(casegate_engine_submit(t->engine, &outsider, t->id, 0, t->o, &t->err), CASEGATE_REFUSED);
    assert_true(log_of.seen[1].obstacles == UINT64_C(1) << CASEGATE_NOT_FOUND);
    assert_non_null(strstr(log_of.texts, t->id));
    forget();
    assert_int_equal(casegate_engine_submit(t->engine, &outsider, "Ada-Canary", 0, t->o, &t->err), CASEGATE_REFUSED);

    assert_null(strstr(log_of.texts, "Canary"));   /* somebody may type anything as an id */
    story_close(t);
}

static story *racing;
static void someone_rejects(spy *s)
{
    casegate_engine *other = NULL;
    casegate_outcome *o = casegate_outcome_new(NULL);
    const casegate_engine_options options = { .size = sizeof options, .host = racing->host, .store = s->inner };
    const casegate_call call = by(racing->lena);
    assert_int_equal(casegate_engine_open(&options, &other, NULL), CASEGATE_OK);
    assert_int_equal(casegate_engine_reject(other, &call, racing->id, 1, "other", NULL, o, NULL), CASEGATE_OK);
    casegate_outcome_free(o);
    casegate_engine_unref(other);
}

static void a_conflict_and_what_follows_it_are_observed(void **state)
{
    story *t = racing = open_observed(CASEGATE_TELL_NOW);
    (void)state;
    received(t);
    forget();
    t->spy.before_commit = someone_rejects;

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_REFUSED);

    assert_string_equal(kinds(), "LDCXRLD");
    assert_int_equal(log_of.seen[2].result, CASEGATE_CONFLICT);
    assert_int_equal(log_of.seen[3].count, 1);
    assert_int_equal(log_of.seen[4].result, CASEGATE_CONFLICT);
    assert_int_equal(log_of.seen[6].result, CASEGATE_REFUSED);
    story_close(t);
}

static void an_unknown_outcome_that_is_sent_again_is_observed(void **state)
{
    story *t = open_observed(CASEGATE_TELL_NOW);
    (void)state;
    received(t);
    forget();
    spy_answer(&t->spy, CASEGATE_E_UNKNOWN, 0);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_string_equal(kinds(), "LDCRC");
    assert_int_equal(log_of.seen[2].result, CASEGATE_E_UNKNOWN);
    assert_int_equal(log_of.seen[3].result, CASEGATE_E_UNKNOWN);
    assert_int_equal(log_of.seen[4].result, CASEGATE_OK);
    story_close(t);
}

static void a_try_that_fails_and_one_that_can_never_succeed_are_told_apart(void **state)
{
    const int32_t modes[] = { CASEGATE_RECORDER_FAIL, CASEGATE_RECORDER_REFUSE };
    const casegate_result expected[] = { CASEGATE_LATER, CASEGATE_REFUSED };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        story *t = open_observed(CASEGATE_TELL_LATER);
        rejected(t);
        forget();
        casegate_recorder_set_mode(t->mail, modes[i]);

        assert_int_equal(casegate_engine_dispatch(t->engine, t, "email", 0, NULL, &t->err), CASEGATE_OK);

        assert_string_equal(kinds(), "TT");
        assert_int_equal(log_of.seen[0].result, expected[i]);
        assert_ptr_equal(log_of.context, t);
        story_close(t);
    }
}

/* ---- slow ------------------------------------------------------------------------------------------------------------------ */

static story *slow_story;
static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    (void)context, (void)message, (void)after_us, (void)err;
    casegate_clock_advance(slow_story->clock, *(int64_t *)user);
    return CASEGATE_OK;
}

static void what_takes_a_second_is_slow_and_what_takes_less_is_not(void **state)
{
    const int64_t durations[] = { SECOND - 1, SECOND };
    const char *const expected[] = { "TT", "TSTS" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        int64_t takes_us = durations[i];
        const casegate_notifier_ops ops = { .size = sizeof ops, .user = &takes_us, .deliver = deliver };
        casegate_notifier *notifier[1];
        assert_int_equal(casegate_notifier_new(NULL, "email", &ops, &notifier[0], NULL), CASEGATE_OK);
        story *t = slow_story = story_open(&(setting) { .ops = &observing, .tell = CASEGATE_TELL_LATER, .notifiers = notifier,
                                                        .notifier_count = 1 });
        rejected(t);
        forget();

        assert_int_equal(casegate_engine_dispatch(t->engine, NULL, "email", 0, NULL, &t->err), CASEGATE_OK);

        assert_string_equal(kinds(), expected[i]);
        assert_true(log_of.seen[0].duration_us == takes_us);
        if (i) assert_int_equal(log_of.seen[1].of, CASEGATE_OBSERVED_DELIVERED);
        casegate_notifier_unref(notifier[0]);
        story_close(t);
    }
}

static void clock_goes_back(spy *s) { casegate_clock_advance(s->data, -5 * SECOND); }

static void a_clock_that_goes_backwards_makes_no_negative_duration(void **state)
{
    story *t = open_observed(CASEGATE_TELL_NOW);
    (void)state;
    received(t);
    forget();
    t->spy.data = t->clock;
    t->spy.before_commit = clock_goes_back;

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_string_equal(kinds(), "LDC");
    assert_true(log_of.seen[2].duration_us == 0);
    story_close(t);
}

/* ---- what it must never do ---------------------------------------------------------------------------------------------------- */

static void nothing_of_a_patient_and_no_words_of_a_person_are_observed(void **state)
{
    story *t = open_observed(CASEGATE_TELL_NOW);
    const casegate_call clinic = by(t->clara), lab = by(t->lena), system = by(t->robot);
    (void)state;
    received(t);
    casegate_recorder_set_mode(t->mail, CASEGATE_RECORDER_FAIL);
    assert_int_equal(casegate_engine_reject(t->engine, &lab, t->id, 1, "other", "Word Canary", t->o, &t->err), CASEGATE_OK);
    casegate_content *content = content_with("Bea Canary", "2026-04-01");
    assert_int_equal(casegate_engine_edit(t->engine, &clinic, t->id, 1, content, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_engine_submit(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);
    casegate_engine_list(t->engine, &lab, NULL, t->o, &t->err);
    casegate_engine_view(t->engine, &clinic, t->id, 0, t->o, &t->err);
    casegate_engine_verify(t->engine, &system, t->id, t->o, &t->err);
    casegate_engine_reject(t->engine, &lab, t->id, 2, "Reason Canary", NULL, t->o, &t->err);
    casegate_clock_advance(t->clock, 600 * SECOND);
    casegate_engine_dispatch(t->engine, NULL, "email", 0, NULL, &t->err);

    assert_true(log_of.count > 15);
    assert_null(strstr(log_of.texts, "Canary"));
    assert_null(strstr(log_of.texts, "north.example"));   /* nor an address */
    casegate_content_unref(content);
    story_close(t);
}

static void an_observer_may_call_the_engine_again(void **state)
{
    story *t = open_observed(CASEGATE_TELL_NOW);
    (void)state;
    received(t);
    forget();
    log_of.reentered = t;

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_string_equal(kinds(), "LDCL");
    assert_int_equal(casegate_outcome_head(t->o)->status, CASEGATE_IN_PRODUCTION);
    story_close(t);
}

static void a_negative_threshold_is_refused(void **state)
{
    story *t = story_open(NULL);
    const casegate_engine_options options = { .size = sizeof options, .store = t->store, .slow_us = -1 };
    casegate_engine *engine = NULL;
    (void)state;
    assert_int_equal(casegate_engine_open(&options, &engine, &t->err), CASEGATE_E_INVALID);
    assert_string_equal(t->err.field, "slow_us");
    story_close(t);
}

/* ---- what it costs when nobody observes ---------------------------------------------------------------------------------------- */

static int looks;
static int64_t CASEGATE_CALL counting(void *user)
{
    (void)user;
    looks++;
    return INT64_C(1772438400000000);
}

static void without_an_observer_the_clock_is_read_no_oftener_than_before(void **state)
{
    const casegate_host_ops host = { .size = sizeof host, .now_us = counting };
    story *t = story_open(&(setting) { .host_ops = &host });
    (void)state;
    received(t);
    looks = 0;

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(looks, 1);   /* the time of the decision */
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rejection_is_loaded_decided_committed_and_told),
        cmocka_unit_test(a_refusal_names_every_obstacle),
        cmocka_unit_test(an_outsider_is_observed_at_the_case_and_an_id_of_nobody_is_not_repeated),
        cmocka_unit_test(a_conflict_and_what_follows_it_are_observed),
        cmocka_unit_test(an_unknown_outcome_that_is_sent_again_is_observed),
        cmocka_unit_test(a_try_that_fails_and_one_that_can_never_succeed_are_told_apart),
        cmocka_unit_test(what_takes_a_second_is_slow_and_what_takes_less_is_not),
        cmocka_unit_test(a_clock_that_goes_backwards_makes_no_negative_duration),
        cmocka_unit_test(nothing_of_a_patient_and_no_words_of_a_person_are_observed),
        cmocka_unit_test(an_observer_may_call_the_engine_again),
        cmocka_unit_test(a_negative_threshold_is_refused),
        cmocka_unit_test(without_an_observer_the_clock_is_read_no_oftener_than_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
