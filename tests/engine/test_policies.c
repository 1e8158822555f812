/* SPDX-License-Identifier: MIT */
/* test_policies.c: a lab changes its rules while the engine runs: what comes next is judged by the new ones, what was decided keeps its own. */
#include "story.h"

#include <pthread.h>

/* What the host's own settings say of every lab, at this moment. */
static struct { pthread_mutex_t mutex; casegate_policy *policy; } settings = { PTHREAD_MUTEX_INITIALIZER, NULL };

static casegate_result CASEGATE_CALL lab(void *user, void *context, const char *id, casegate_policy **policy,
                                         casegate_workflow **workflow, casegate_error *err)
{
    (void)user, (void)context, (void)id, (void)err;
    pthread_mutex_lock(&settings.mutex);
    *policy = casegate_policy_ref(settings.policy);
    pthread_mutex_unlock(&settings.mutex);
    *workflow = NULL;
    return CASEGATE_OK;
}

static void change_to(casegate_policy *policy)
{
    pthread_mutex_lock(&settings.mutex);
    casegate_policy *before = settings.policy;
    settings.policy = policy;
    pthread_mutex_unlock(&settings.mutex);
    casegate_policy_unref(before);
}

/* A catalogue of one reason, with labels in two languages. */
static casegate_policy *catalogue(const char *name, const char *code, const char *english, const char *german)
{
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, name);
    casegate_policy *policy = NULL;
    casegate_policy_add_reason(b, code, 0);
    casegate_policy_add_label(b, "en", english);
    casegate_policy_add_label(b, "de", german);
    assert_int_equal(casegate_policy_builder_finish(b, &policy, NULL), CASEGATE_OK);
    return policy;
}

static const casegate_engine_ops ops = { .size = sizeof ops, .lab = lab };
static const setting with_settings = { .ops = &ops };

static void assert_labels(const casegate_label *const *labels, size_t count, const char *english, const char *german)
{
    assert_int_equal(count, 2);
    assert_string_equal(casegate_label_for(labels, count, "en"), english);
    assert_string_equal(casegate_label_for(labels, count, "de"), german);
}

/* CG-R18 */
static void a_changed_catalogue_judges_the_next_rejection(void **state)
{
    (void)state;
    change_to(catalogue("spring", "shade", "The shade is missing", "Die Farbe fehlt"));
    story *t = story_open(&with_settings);
    received(t);
    assert_int_equal(reject_by(t, t->lena, 1, "margin"), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "reason_unknown");

    change_to(catalogue("summer", "margin", "The margin cannot be seen", "Der Rand ist nicht zu sehen"));

    assert_int_equal(reject_by(t, t->lena, 1, "shade"), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "reason_unknown");
    assert_int_equal(reject_by(t, t->lena, 1, "margin"), CASEGATE_OK);
    story_close(t);
    change_to(NULL);
}

/* CG-R12: a case decided under an older catalogue keeps its reason and label, wherever it is looked at. */
static void what_was_rejected_keeps_the_reason_and_labels_of_then(void **state)
{
    (void)state;
    change_to(catalogue("spring", "shade", "The shade is missing", "Die Farbe fehlt"));
    story *t = story_open(&with_settings);
    const casegate_call clinic = by(t->clara);
    received(t);
    assert_int_equal(reject_by(t, t->lena, 1, "shade"), CASEGATE_OK);

    change_to(catalogue("summer", "margin", "The margin cannot be seen", "Der Rand ist nicht zu sehen"));

    assert_int_equal(casegate_engine_view(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);
    const casegate_event *rejection = casegate_outcome_rejection(t->o);
    assert_string_equal(casegate_outcome_head(t->o)->reason, "shade");
    assert_labels(rejection->reason_labels, rejection->reason_label_count, "The shade is missing", "Die Farbe fehlt");
    assert_string_equal(rejection->policy, "spring");
    assert_int_equal(casegate_engine_history(t->engine, &clinic, t->id, 0, 0, t->o, &t->err), CASEGATE_OK);
    const casegate_event *event = casegate_outcome_event_at(t->o, 2);
    assert_labels(event->reason_labels, event->reason_label_count, "The shade is missing", "Die Farbe fehlt");
    assert_int_equal(casegate_engine_inbox(t->engine, &clinic, NULL, 0, t->o, &t->err), CASEGATE_OK);
    const casegate_notice *notice = casegate_outcome_notice_at(t->o, 0);
    assert_string_equal(notice->reason, "shade");
    assert_labels(notice->reason_labels, notice->reason_label_count, "The shade is missing", "Die Farbe fehlt");
    assert_int_equal(casegate_engine_verify(t->engine, &clinic, t->id, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(casegate_outcome_verification(t->o)->intact, 1);
    story_close(t);
    change_to(NULL);
}

/* CG-R13 */
static void a_case_that_comes_back_is_rejected_by_the_catalogue_of_now(void **state)
{
    (void)state;
    change_to(catalogue("spring", "shade", "The shade is missing", "Die Farbe fehlt"));
    story *t = story_open(&with_settings);
    const casegate_call clinic = by(t->clara);
    received(t);
    assert_int_equal(reject_by(t, t->lena, 1, "shade"), CASEGATE_OK);
    change_to(catalogue("summer", "margin", "The margin cannot be seen", "Der Rand ist nicht zu sehen"));

    assert_int_equal(casegate_engine_submit(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(reject_by(t, t->lena, 1, "margin"), CASEGATE_OK);

    const casegate_event *event = casegate_outcome_event_at(t->o, 0);
    assert_string_equal(event->policy, "summer");
    assert_labels(event->reason_labels, event->reason_label_count, "The margin cannot be seen", "Der Rand ist nicht zu sehen");
    story_close(t);
    change_to(NULL);
}

/* CG-R04 */
static void a_check_that_begins_to_block_holds_for_cases_that_wait_already(void **state)
{
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, "strict");
    casegate_policy *strict = NULL;
    (void)state;
    casegate_policy_set_check(b, CASEGATE_SCAN_METHOD_MISSING, CASEGATE_LEVEL_BLOCK_ACCEPT);
    assert_int_equal(casegate_policy_builder_finish(b, &strict, NULL), CASEGATE_OK);
    change_to(casegate_policy_default());
    story *t = story_open(&with_settings);
    received(t);

    change_to(strict);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "incomplete");
    change_to(casegate_policy_default());
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);
    story_close(t);
    change_to(NULL);
}

/* ---- while others use the engine -------------------------------------------------------------------------------------------------- */

enum { CASES = 40, THREADS = 4 };

typedef struct worker { story *t; casegate_engine *engine; pthread_t thread; char ids[CASES][65]; int rejected; } worker;

/* Each case is rejected by whichever catalogue is in force: one of two codes must be known. */
static void *reject_all(void *user)
{
    worker *w = user;
    const casegate_call call = by(w->t->lena);
    casegate_outcome *o = casegate_outcome_new(NULL);
    for (int i = 0; i < CASES; i++) {
        casegate_result rc = CASEGATE_REFUSED;
        for (int k = 0; rc == CASEGATE_REFUSED && k < 1000; k++)
            rc = casegate_engine_reject(w->engine, &call, w->ids[i], 1, k % 2 ? "shade" : "margin", NULL, o, NULL);
        w->rejected += rc == CASEGATE_OK;
    }
    casegate_outcome_free(o);
    return NULL;
}

static void a_policy_can_be_changed_while_threads_use_the_engine(void **state)
{
    static worker workers[THREADS];
    (void)state;
    change_to(catalogue("spring", "shade", "The shade is missing", "Die Farbe fehlt"));
    story *t = story_open(&with_settings);
    casegate_engine *engine = NULL;   /* without the spy, which counts for one thread */
    const casegate_engine_options options = { .size = sizeof options, .host = t->host, .store = t->spy.inner, .ops = &ops };
    assert_int_equal(casegate_engine_open(&options, &engine, NULL), CASEGATE_OK);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker) { .t = t, .engine = engine };
        for (int k = 0; k < CASES; k++) {
            received(t);
            strcpy(workers[i].ids[k], t->id);
        }
    }

    for (int i = 0; i < THREADS; i++) pthread_create(&workers[i].thread, NULL, reject_all, &workers[i]);
    for (int i = 0; i < 200; i++)
        change_to(i % 2 ? catalogue("spring", "shade", "The shade is missing", "Die Farbe fehlt")
                        : catalogue("summer", "margin", "The margin cannot be seen", "Der Rand ist nicht zu sehen"));
    for (int i = 0; i < THREADS; i++) pthread_join(workers[i].thread, NULL);

    for (int i = 0; i < THREADS; i++) assert_int_equal(workers[i].rejected, CASES);
    casegate_engine_unref(engine);
    story_close(t);
    change_to(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_catalogue_judges_the_next_rejection),
        cmocka_unit_test(what_was_rejected_keeps_the_reason_and_labels_of_then),
        cmocka_unit_test(a_case_that_comes_back_is_rejected_by_the_catalogue_of_now),
        cmocka_unit_test(a_check_that_begins_to_block_holds_for_cases_that_wait_already),
        cmocka_unit_test(a_policy_can_be_changed_while_threads_use_the_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
