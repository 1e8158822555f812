/* SPDX-License-Identifier: MIT */
/* test_misuse.c: NULL, sizes that cannot be, callbacks that are missing, calls from inside of callbacks: clear errors, and no harm. */
#define _POSIX_C_SOURCE 200809L
#include "story.h"

#include <pthread.h>
#include <stdlib.h>

static int destroyed;
static void CASEGATE_CALL destroy(void *user) { (void)user; destroyed++; }

/* ---- NULL ----------------------------------------------------------------------------------------------------------------------------- */

static void null_in_place_of_any_argument_is_an_error_and_no_crash(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->clara);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_SUBMIT, .case_id = "c" };
    casegate_engine *e = t->engine;
    casegate_outcome *o = t->o;
    (void)state;

    const casegate_result results[] = {
        casegate_engine_open(NULL, &e, NULL), casegate_engine_open(&(casegate_engine_options) { .size = sizeof(casegate_engine_options) }, &e, NULL),
        casegate_engine_apply(NULL, &call, &request, o, NULL), casegate_engine_apply(e, NULL, &request, o, NULL),
        casegate_engine_apply(e, &call, NULL, o, NULL), casegate_engine_apply(e, &call, &request, NULL, NULL),
        casegate_engine_check(NULL, &call, &request, o, NULL), casegate_engine_check(e, NULL, &request, o, NULL),
        casegate_engine_check(e, &call, NULL, o, NULL), casegate_engine_check(e, &call, &request, NULL, NULL),
        casegate_engine_explain(NULL, &call, "c", o, NULL), casegate_engine_explain(e, &call, "c", NULL, NULL),
        casegate_engine_review(NULL, &call, "c", o, NULL), casegate_engine_view(NULL, &call, "c", 0, o, NULL),
        casegate_engine_list(NULL, &call, NULL, o, NULL), casegate_engine_list(e, NULL, NULL, o, NULL),
        casegate_engine_waiting(NULL, &call, 0, 0, NULL, o, NULL), casegate_engine_history(NULL, &call, "c", 0, 0, o, NULL),
        casegate_engine_inbox(NULL, &call, NULL, 0, o, NULL), casegate_engine_mark_read(NULL, &call, NULL, o, NULL),
        casegate_engine_verify(NULL, &call, "c", o, NULL), casegate_engine_dispatch(NULL, NULL, "email", 0, NULL, NULL),
        casegate_engine_drain(NULL, NULL, NULL, NULL), casegate_engine_drain(e, NULL, NULL, NULL),
        casegate_engine_drain(e, &(casegate_drain) { .size = sizeof(casegate_drain) }, NULL, NULL),
        casegate_engine_remind(NULL, NULL, NULL, NULL), casegate_engine_remind(e, NULL, NULL, NULL),
        casegate_engine_notices(NULL, &call, NULL, o, NULL), casegate_engine_notices(e, NULL, NULL, o, NULL),
        casegate_engine_requeue(NULL, &call, "n", o, NULL), casegate_engine_requeue(e, &call, "n", NULL, NULL),
        casegate_engine_describe(NULL, &call, 0, o, NULL), casegate_engine_describe(e, NULL, 0, o, NULL),
        casegate_answer_detail(NULL, NULL, NULL),
        casegate_engine_dispatch(e, NULL, NULL, 0, NULL, NULL), casegate_engine_create(NULL, &call, "one", t->content, 0, o,
                NULL),
        casegate_engine_edit(NULL, &call, "c", 1, t->content, o, NULL), casegate_engine_submit(NULL, &call, "c", 0, o, NULL),
        casegate_engine_accept(NULL, &call, "c", 1, o, NULL), casegate_engine_reject(NULL, &call, "c", 1, "other", NULL, o, NULL),
        casegate_store_new(NULL, NULL, 0, &t->store, NULL), casegate_notifier_new(NULL, "x", NULL, NULL,
                NULL), casegate_notifier_new(NULL, NULL, NULL, NULL, NULL),
        casegate_answer_head(NULL, NULL, NULL), casegate_answer_event(NULL, NULL, NULL), casegate_answer_notice(NULL, NULL, NULL),
        casegate_answer_content(NULL, NULL, NULL), casegate_answer_count(NULL, 0, NULL), casegate_question_content(NULL, NULL,
                NULL),
        casegate_question_refuse(NULL, "x"), casegate_resolution_set(NULL, "x", NULL, NULL),
    };
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (results[i] != CASEGATE_E_INVALID) fail_msg("call %d: %s", (int)i, casegate_result_name(results[i]));
    assert_int_equal(casegate_engine_view(e, &call, NULL, 0, o, NULL), CASEGATE_REFUSED);   /* a case id of none is not found */
    story_close(t);
}

static void asking_nothing_gives_nothing(void **state)
{
    (void)state;
    assert_null(casegate_outcome_verdict(NULL));
    assert_null(casegate_outcome_commit(NULL));
    assert_null(casegate_outcome_head(NULL));
    assert_null(casegate_outcome_case(NULL));
    assert_null(casegate_outcome_content(NULL));
    assert_null(casegate_outcome_rejection(NULL));
    assert_int_equal(casegate_outcome_replayed(NULL) + casegate_outcome_joined(NULL), 0);
    assert_int_equal(casegate_outcome_head_count(NULL) + casegate_outcome_event_count(NULL) + casegate_outcome_notice_count(NULL), 0);
    assert_null(casegate_outcome_head_at(NULL, 0));
    assert_null(casegate_outcome_event_at(NULL, 0));
    assert_null(casegate_outcome_notice_at(NULL, 0));
    assert_int_equal(casegate_outcome_total(NULL), 0);
    assert_null(casegate_outcome_next(NULL));
    assert_null(casegate_outcome_findings(NULL));
    assert_null(casegate_outcome_action(NULL, 1));
    assert_null(casegate_outcome_verification(NULL));
    assert_null(casegate_outcome_workflow(NULL));
    assert_null(casegate_outcome_policy(NULL));
    assert_null(casegate_engine_workflow(NULL, "intake", 1));
    assert_null(casegate_question_actor(NULL));
    assert_null(casegate_question_head(NULL));
    assert_null(casegate_question_request(NULL));
    assert_int_equal(casegate_store_keeps(NULL), 0);
    assert_string_equal(casegate_notifier_channel(NULL), "");
    casegate_outcome_free(NULL);
    casegate_engine_unref(NULL);
    casegate_store_unref(NULL);
    casegate_notifier_unref(NULL);
    assert_null(casegate_engine_ref(NULL));
    assert_null(casegate_store_ref(NULL));
    assert_null(casegate_notifier_ref(NULL));
}

/* ---- sizes ------------------------------------------------------------------------------------------------------------------------------ */

typedef casegate_result use_fn(story *t, void *given);

static casegate_result use_call(story *t, void *given) { return casegate_engine_list(t->engine, given, NULL, t->o, NULL); }
static casegate_result use_list(story *t, void *given)
{
    const casegate_call call = by(t->clara);
    return casegate_engine_list(t->engine, &call, given, t->o, NULL);
}
static casegate_result use_request(story *t, void *given)
{
    const casegate_call call = by(t->clara);
    casegate_result rc = casegate_engine_check(t->engine, &call, given, t->o, NULL);
    return rc == CASEGATE_REFUSED ? CASEGATE_OK : rc;
}
static casegate_result use_options(story *t, void *given)
{
    casegate_engine *engine = NULL;
    casegate_result rc = casegate_engine_open(given, &engine, NULL);
    (void)t;
    casegate_engine_unref(engine);
    return rc;
}
static casegate_result use_engine_ops(story *t, void *given)
{
    const casegate_engine_options options = { .size = sizeof options, .store = t->store, .ops = given };
    return use_options(t, (void *)(uintptr_t)&options);
}
static casegate_result use_guard(story *t, void *given)
{
    const casegate_guard *guards[] = { given };
    const casegate_engine_options options = { .size = sizeof options, .store = t->store, .guards = guards, .guard_count = 1 };
    return use_options(t, (void *)(uintptr_t)&options);
}
static casegate_result use_store_ops(story *t, void *given)
{
    casegate_store *store = NULL;
    casegate_result rc = casegate_store_new(NULL, given, 0, &store, NULL);
    (void)t;
    casegate_store_unref(store);
    return rc;
}
static casegate_result use_notifier_ops(story *t, void *given)
{
    casegate_notifier *notifier = NULL;
    casegate_result rc = casegate_notifier_new(NULL, "post", given, &notifier, NULL);
    (void)t;
    casegate_notifier_unref(notifier);
    return rc;
}

static casegate_result use_query(story *t, void *given)
{
    const casegate_call call = by(t->robot);
    return casegate_engine_notices(t->engine, &call, given, t->o, NULL);
}
static casegate_result use_reminder(story *t, void *given) { return casegate_engine_remind(t->engine, given, NULL, NULL); }
static casegate_result use_drain(story *t, void *given) { return casegate_engine_drain(t->engine, given, NULL, NULL); }

static casegate_result CASEGATE_CALL pass(void *user, void *context, casegate_question *question, casegate_error *err)
{
    (void)user, (void)context, (void)question, (void)err;
    return CASEGATE_OK;
}
static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    (void)user, (void)context, (void)message, (void)after_us, (void)err;
    return CASEGATE_OK;
}
static casegate_result CASEGATE_CALL load(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                                          casegate_error *err)
{
    (void)user, (void)context, (void)what, (void)answers, (void)err;
    return CASEGATE_ABSENT;
}
static casegate_result CASEGATE_CALL content(void *user, void *context, const char *id, uint32_t revision,
                                             casegate_answers *answers, casegate_error *err)
{
    (void)user, (void)context, (void)id, (void)revision, (void)answers, (void)err;
    return CASEGATE_ABSENT;
}
static casegate_result CASEGATE_CALL commit(void *user, void *context, const casegate_commit *const *commits,
                                            casegate_result *results, size_t count, casegate_error *err)
{
    (void)user, (void)context, (void)commits, (void)results, (void)count, (void)err;
    return CASEGATE_E_HOST;
}

static void a_struct_of_a_size_that_cannot_be_is_refused_and_a_newer_one_with_nothing_new_is_taken(void **state)
{
    story *t = story_open(NULL);
    casegate_call call = by(t->clara);
    casegate_list list = { .size = sizeof list };
    casegate_request request = { .size = sizeof request, .action = CASEGATE_SUBMIT, .case_id = "c" };
    casegate_engine_options options = { .size = sizeof options, .store = t->store };
    casegate_engine_ops ops = { .size = sizeof ops };
    casegate_guard guard = { .size = sizeof guard, .action = CASEGATE_ACCEPT, .name = "g", .ask = pass };
    casegate_store_ops store = { .size = sizeof store, .load = load, .content = content, .commit = commit };
    casegate_notifier_ops notifier = { .size = sizeof notifier, .deliver = deliver };
    casegate_notice_query query = { .size = sizeof query };
    casegate_reminder reminder = { .size = sizeof reminder };
    casegate_drain drain = { .size = sizeof drain, .channel = "email" };
    const struct { void *given; size_t size, first; use_fn *use; } structs[] = {   /* first: of the first header that had it */
        { &call, sizeof call, sizeof call, use_call }, { &list, sizeof list, sizeof list, use_list },
        { &request, sizeof request, sizeof request, use_request },
        { &options, sizeof options, offsetof(casegate_engine_options, slow_us), use_options },
        { &ops, sizeof ops, offsetof(casegate_engine_ops, observe), use_engine_ops }, { &guard, sizeof guard, sizeof guard, use_guard },
        { &store, sizeof store, offsetof(casegate_store_ops, describe), use_store_ops },
        { &notifier, sizeof notifier, sizeof notifier, use_notifier_ops },
        { &query, sizeof query, sizeof query, use_query }, { &reminder, sizeof reminder, sizeof reminder, use_reminder },
        { &drain, sizeof drain, sizeof drain, use_drain },
    };
    (void)state;
    for (size_t i = 0; i < sizeof structs / sizeof *structs; i++) {
        union { size_t size; char bytes[1024]; } room;
        const size_t own = structs[i].size;
        const size_t sizes[] = { own, own + 16, own + 16, 0, structs[i].first - 8, SIZE_MAX };
        const casegate_result expected[] = { CASEGATE_OK, CASEGATE_OK, CASEGATE_E_ABI, CASEGATE_E_ABI, CASEGATE_E_ABI,
                                             CASEGATE_E_ABI };
        for (size_t k = 0; k < 6; k++) {
            memset(&room, 0, sizeof room);
            memcpy(&room, structs[i].given, own);
            room.size = sizes[k];
            if (k == 2) room.bytes[own + 3] = 1;   /* something that this library does not know */

            casegate_result rc = structs[i].use(t, &room);

            if (rc != expected[k]) fail_msg("struct %d, size %d: %s", (int)i, (int)k, casegate_result_name(rc));
        }
    }
    story_close(t);
}

/* ---- tables of callbacks ------------------------------------------------------------------------------------------------------------------- */

static casegate_result CASEGATE_CALL settle(void *user, void *context, const casegate_notice *const *notices,
                                            casegate_result *results, size_t count, casegate_error *err)
{
    (void)user, (void)context, (void)notices, (void)results, (void)count, (void)err;
    return CASEGATE_E_HOST;
}

static void a_store_that_lacks_a_must_or_half_of_a_pair_is_refused_by_name(void **state)
{
    const casegate_store_ops whole = { .size = sizeof whole, .load = load, .content = content, .commit = commit,
                                       .destroy = destroy };
    casegate_store_ops lacks[4] = { whole, whole, whole, whole };
    static const char *const names[] = { "load", "content", "commit", "claim" };
    (void)state;
    lacks[0].load = NULL;
    lacks[1].content = NULL;
    lacks[2].commit = NULL;
    lacks[3].settle = settle;
    destroyed = 0;
    for (size_t i = 0; i < 4; i++) {
        casegate_store *store = NULL;
        casegate_error err;
        casegate_error_init(&err, sizeof err);

        assert_int_equal(casegate_store_new(NULL, &lacks[i], 0, &store, &err), CASEGATE_E_INVALID);

        assert_string_equal(err.field, names[i]);
        assert_null(store);
    }
    assert_int_equal(destroyed, 0);
}

static void options_that_contradict_each_other_do_not_open(void **state)
{
    story *t = story_open(NULL);
    casegate_notifier *mail = casegate_recorder_notifier(t->mail), *twice[] = { mail, mail };
    const casegate_guard nameless = { .size = sizeof nameless, .action = CASEGATE_ACCEPT,
                                      .ask = pass }, silent = { .size = sizeof silent, .name = "g" },
                         early = { .size = sizeof early, .action = CASEGATE_CREATE, .name = "g", .ask = pass };
    const casegate_guard *const guards[3][1] = { { &nameless }, { &silent }, { &early } };
    const casegate_store_ops bare = { .size = sizeof bare, .load = load, .content = content, .commit = commit };
    casegate_store *little = NULL;
    (void)state;
    assert_int_equal(casegate_store_new(NULL, &bare, 0, &little, NULL), CASEGATE_OK);
    const struct { casegate_engine_options o; const char *field; casegate_result rc; } rows[] = {
        { { .store = NULL }, "store", CASEGATE_E_INVALID }, { { .store = t->store, .tell = 9 }, "tell", CASEGATE_E_INVALID },
        { { .store = t->store, .lease_us = -1 }, "lease_us", CASEGATE_E_INVALID },
        { { .store = t->store, .notifiers = twice, .notifier_count = 2 }, "notifiers", CASEGATE_E_INVALID },
        { { .store = t->store, .guards = guards[0], .guard_count = 1 }, "guards", CASEGATE_E_INVALID },
        { { .store = t->store, .guards = guards[1], .guard_count = 1 }, "guards", CASEGATE_E_INVALID },
        { { .store = t->store, .guards = guards[2], .guard_count = 1 }, "guards", CASEGATE_E_INVALID },
        { { .store = t->store, .workflow_count = 1 }, "workflows", CASEGATE_E_INVALID },
        { { .store = little, .require = CASEGATE_KEEPS_HISTORY }, "require", CASEGATE_E_UNSUPPORTED },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        casegate_engine_options options = rows[i].o;
        casegate_engine *engine = NULL;
        options.size = sizeof options;

        casegate_result rc = casegate_engine_open(&options, &engine, &t->err);

        if (rc != rows[i].rc || strcmp(t->err.field, rows[i].field) != 0 || engine) fail_msg("row %d: %d %s", (int)i, rc,
                t->err.field);
    }
    casegate_store_unref(little);
    casegate_notifier_unref(mail);
    story_close(t);
}

static void a_channel_is_an_id_and_not_the_portal(void **state)
{
    static const char *const channels[] = { NULL, "", "portal", "a b",
                                            "0123456789012345678901234567890123456789012345678901234567890123456789" };
    const casegate_notifier_ops ops = { .size = sizeof ops, .deliver = deliver, .destroy = destroy };
    casegate_notifier *notifier = NULL;
    (void)state;
    destroyed = 0;
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
        assert_int_equal(casegate_notifier_new(NULL, channels[i], &ops, &notifier, NULL), CASEGATE_E_INVALID);
    assert_int_equal(destroyed, 0);
}

static void destroy_is_called_once_for_what_was_registered_and_never_for_what_was_not(void **state)
{
    const casegate_store_ops store_ops = { .size = sizeof store_ops, .load = load, .content = content, .commit = commit,
                                           .destroy = destroy };
    const casegate_notifier_ops notifier_ops = { .size = sizeof notifier_ops, .deliver = deliver, .destroy = destroy };
    const casegate_engine_ops engine_ops = { .size = sizeof engine_ops, .destroy = destroy };
    const casegate_guard good = { .size = sizeof good, .action = CASEGATE_ACCEPT, .name = "g", .ask = pass, .destroy = destroy };
    const casegate_guard bad = { .size = sizeof bad, .action = CASEGATE_ACCEPT, .name = "h", .destroy = destroy };
    const casegate_guard *guards[] = { &good, &bad };
    casegate_store *store = NULL;
    casegate_notifier *notifier = NULL;
    casegate_engine *engine = NULL;
    (void)state;
    destroyed = 0;
    assert_int_equal(casegate_store_new(NULL, &store_ops, 0, &store, NULL), CASEGATE_OK);
    assert_int_equal(casegate_notifier_new(NULL, "post", &notifier_ops, &notifier, NULL), CASEGATE_OK);
    casegate_engine_options options = { .size = sizeof options, .store = store, .notifiers = &notifier, .notifier_count = 1,
                                        .guards = guards, .guard_count = 2, .ops = &engine_ops };

    assert_int_equal(casegate_engine_open(&options, &engine, NULL), CASEGATE_E_INVALID);   /* the second guard has no ask */
    assert_int_equal(destroyed, 0);
    options.guard_count = 1;
    assert_int_equal(casegate_engine_open(&options, &engine, NULL), CASEGATE_OK);
    casegate_store_unref(store);
    casegate_notifier_unref(notifier);
    assert_int_equal(destroyed, 0);   /* the engine holds them */
    casegate_engine_unref(casegate_engine_ref(engine));
    assert_int_equal(destroyed, 0);
    casegate_engine_unref(engine);

    assert_int_equal(destroyed, 4);
}

/* ---- calls from inside, calls at once --------------------------------------------------------------------------------------------------------- */

static story *inner;
static casegate_result with_other, with_same;

static casegate_result CASEGATE_CALL call_back(void *user, void *context, casegate_question *question, casegate_error *err)
{
    const casegate_call call = by(inner->robot);
    casegate_outcome *other = casegate_outcome_new(NULL);
    (void)user, (void)context, (void)question, (void)err;
    with_other = casegate_engine_view(inner->engine, &call, inner->id, 0, other, NULL);
    with_same = casegate_engine_view(inner->engine, &call, inner->id, 0, inner->o, NULL);
    casegate_outcome_free(other);
    return CASEGATE_OK;
}

static void a_callback_may_call_the_engine_again_with_another_outcome_only(void **state)
{
    const casegate_guard guard = { .size = sizeof guard, .action = CASEGATE_ACCEPT, .name = "g", .ask = call_back };
    const casegate_guard *guards[] = { &guard };
    story *t = inner = story_open(&(setting) { .guards = guards, .guard_count = 1 });
    (void)state;
    received(t);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(with_other, CASEGATE_OK);
    assert_int_equal(with_same, CASEGATE_E_INVALID);
    story_close(t);
}

static void actions_that_cannot_be_are_errors_and_those_for_others_are_refused(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->clara);
    static const struct { int32_t action; casegate_result rc; } rows[] = {
        { 0, CASEGATE_E_INVALID }, { -1, CASEGATE_E_INVALID }, { INT32_MIN, CASEGATE_E_INVALID }, { 99,
                CASEGATE_REFUSED }, { INT32_MAX, CASEGATE_REFUSED },
        { CASEGATE_ERASE, CASEGATE_REFUSED }, { CASEGATE_MIGRATE, CASEGATE_REFUSED },
    };
    (void)state;
    draft(t);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const casegate_request request = { .size = sizeof request, .action = rows[i].action, .case_id = t->id, .revision = 1 };
        assert_int_equal(casegate_engine_apply(t->engine, &call, &request, t->o, &t->err), rows[i].rc);
    }
    story_close(t);
}

enum { CASES = 200 };

static casegate_engine *shared;

static void *create_many(void *user)
{
    story *t = user;
    const casegate_call call = by(t->clara);
    casegate_outcome *o = casegate_outcome_new(NULL);
    for (int i = 0; i < CASES; i++)
        if (casegate_engine_create(shared, &call, "one", t->content, 1, o, NULL) != CASEGATE_OK) abort();
    casegate_outcome_free(o);
    return NULL;
}

static void two_threads_may_use_one_engine(void **state)
{
    story *t = story_open(NULL);
    const casegate_call call = by(t->lena);
    const casegate_list all = { .size = sizeof all, .limit = 1000 };
    const casegate_engine_options options = { .size = sizeof options, .host = t->host, .store = t->spy.inner };   /* the spy counts for one thread */
    pthread_t threads[2];
    (void)state;
    assert_int_equal(casegate_engine_open(&options, &shared, NULL), CASEGATE_OK);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, create_many, t), 0);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);

    assert_int_equal(casegate_engine_list(shared, &call, &all, t->o, &t->err), CASEGATE_OK);

    assert_int_equal(casegate_outcome_head_count(t->o), 2 * CASES);
    for (size_t i = 1; i < casegate_outcome_head_count(t->o); i++)
        assert_string_not_equal(casegate_outcome_head_at(t->o, i)->id, casegate_outcome_head_at(t->o, i - 1)->id);
    casegate_engine_unref(shared);
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_in_place_of_any_argument_is_an_error_and_no_crash),
        cmocka_unit_test(asking_nothing_gives_nothing),
        cmocka_unit_test(a_struct_of_a_size_that_cannot_be_is_refused_and_a_newer_one_with_nothing_new_is_taken),
        cmocka_unit_test(a_store_that_lacks_a_must_or_half_of_a_pair_is_refused_by_name),
        cmocka_unit_test(options_that_contradict_each_other_do_not_open),
        cmocka_unit_test(a_channel_is_an_id_and_not_the_portal),
        cmocka_unit_test(destroy_is_called_once_for_what_was_registered_and_never_for_what_was_not),
        cmocka_unit_test(a_callback_may_call_the_engine_again_with_another_outcome_only),
        cmocka_unit_test(actions_that_cannot_be_are_errors_and_those_for_others_are_refused),
        cmocka_unit_test(two_threads_may_use_one_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
