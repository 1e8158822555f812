/* SPDX-License-Identifier: MIT */
/* test_many.c: many requests in one call: each is decided on its own, all are written together, none waits for telling. */
#include "story.h"

enum { MOST = 8 };

/* A story with many cases that wait for the lab, and room for the answers on them. */
typedef struct tray {
    story *t;
    char ids[MOST][65];
    casegate_request requests[MOST];
    const casegate_request *list[MOST];
    casegate_outcome *outcomes[MOST];
    casegate_result results[MOST];
} tray;

static tray *racing;

static tray *open_tray(const setting *s)
{
    static tray one;
    tray *y = racing = &one;
    *y = (tray) { .t = story_open(s) };
    for (int i = 0; i < MOST; i++) {
        received(y->t);
        strcpy(y->ids[i], y->t->id);
        y->requests[i] = (casegate_request) { .size = sizeof *y->requests, .action = CASEGATE_ACCEPT, .case_id = y->ids[i],
                                              .revision = 1 };
        y->list[i] = &y->requests[i];
        y->outcomes[i] = casegate_outcome_new(NULL);
        y->results[i] = 77;
    }
    return y;
}

static void close_tray(tray *y)
{
    for (int i = 0; i < MOST; i++) casegate_outcome_free(y->outcomes[i]);
    story_close(y->t);
}

static void reject_in(tray *y, int i)
{
    y->requests[i].action = CASEGATE_REJECT;
    y->requests[i].reason = "other";
}

static casegate_result apply(tray *y, size_t count)
{
    const casegate_call call = by(y->t->lena);
    return casegate_engine_apply_many(y->t->engine, &call, y->list, count, y->outcomes, y->results, &y->t->err);
}

static const casegate_head *now_of(tray *y, int i)
{
    strcpy(y->t->id, y->ids[i]);
    return now(y->t);
}

static const char *obstacle(const tray *y, int i)
{
    const casegate_verdict *verdict = casegate_outcome_verdict(y->outcomes[i]);
    return casegate_verdict_count(verdict) == 1 ? casegate_verdict_at(verdict, 0)->name : "not one";
}

static void requests_on_different_cases_are_one_call_of_the_store(void **state)
{
    tray *y = open_tray(NULL);
    (void)state;

    assert_int_equal(apply(y, MOST), CASEGATE_OK);

    assert_int_equal(y->t->spy.commits, 1);
    assert_int_equal(y->t->spy.committed, MOST);
    for (int i = 0; i < MOST; i++) {
        assert_int_equal(y->results[i], CASEGATE_OK);
        assert_string_equal(casegate_outcome_head(y->outcomes[i])->id, y->ids[i]);
        assert_int_equal(casegate_outcome_head(y->outcomes[i])->status, CASEGATE_IN_PRODUCTION);
        assert_int_equal(casegate_outcome_event_count(y->outcomes[i]), 1);
        assert_int_equal(now_of(y, i)->status, CASEGATE_IN_PRODUCTION);
    }
    close_tray(y);
}

static void one_that_is_refused_leaves_the_others_alone(void **state)
{
    tray *y = open_tray(NULL);
    (void)state;
    y->requests[1].revision = 7;
    y->requests[2].case_id = "nobody-s";

    assert_int_equal(apply(y, 4), CASEGATE_OK);

    assert_int_equal(y->results[0], CASEGATE_OK);
    assert_int_equal(y->results[1], CASEGATE_REFUSED);
    assert_int_equal(y->results[2], CASEGATE_REFUSED);
    assert_int_equal(y->results[3], CASEGATE_OK);
    assert_string_equal(obstacle(y, 1), "stale_review");
    assert_string_equal(obstacle(y, 2), "not_found");
    assert_int_equal(y->t->spy.committed, 2);
    assert_int_equal(now_of(y, 1)->version, 2);
    close_tray(y);
}

static void one_that_cannot_be_read_is_an_error_of_its_own(void **state)
{
    tray *y = open_tray(NULL);
    (void)state;
    y->list[0] = NULL;
    y->requests[1].file_count = 1;
    y->requests[2].size = 1;

    assert_int_equal(apply(y, 4), CASEGATE_OK);

    assert_int_equal(y->results[0], casegate_engine_apply(y->t->engine, &(casegate_call) { .size = sizeof(casegate_call),
                                                          .actor = y->t->lena }, NULL, y->outcomes[5], NULL));
    assert_int_equal(y->results[1], CASEGATE_E_INVALID);
    assert_int_equal(y->results[2], CASEGATE_E_ABI);
    assert_int_equal(y->results[3], CASEGATE_OK);
    assert_int_equal(y->t->err.code, y->results[0]);   /* the first */
    assert_null(casegate_outcome_head(y->outcomes[1]));
    close_tray(y);
}

/* CG-R06, CG-R16 */
static void a_later_request_on_a_case_sees_what_the_earlier_made_of_it(void **state)
{
    tray *y = open_tray(NULL);
    (void)state;
    reject_in(y, 0);
    y->requests[2].case_id = y->ids[0];
    y->requests[3].case_id = y->ids[0];
    reject_in(y, 3);

    assert_int_equal(apply(y, 4), CASEGATE_OK);

    assert_int_equal(y->results[0], CASEGATE_OK);
    assert_int_equal(y->results[1], CASEGATE_OK);
    assert_int_equal(y->results[2], CASEGATE_REFUSED);
    assert_int_equal(y->results[3], CASEGATE_REFUSED);
    assert_string_equal(obstacle(y, 2), "already_rejected");
    assert_int_equal(y->t->spy.commits, 1);
    assert_int_equal(y->t->spy.committed, 2);
    assert_int_equal(now_of(y, 0)->version, 3);
    close_tray(y);
}

static void edits_of_one_case_follow_each_other_in_their_order(void **state)
{
    tray *y = open_tray(NULL);
    const casegate_call clinic = by(y->t->clara);
    casegate_content *contents[4];
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        char due[] = "2026-04-01";
        due[9] = (char)('1' + i);
        contents[i] = content_with(CANARY, due);
        y->requests[i] = (casegate_request) { .size = sizeof *y->requests, .action = CASEGATE_EDIT, .case_id = y->ids[0],
                                              .revision = i + 1, .content = contents[i] };
    }

    assert_int_equal(casegate_engine_apply_many(y->t->engine, &clinic, y->list, 4, y->outcomes, y->results, NULL), CASEGATE_OK);

    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(y->results[i], CASEGATE_OK);
        assert_int_equal(casegate_outcome_head(y->outcomes[i])->revision, i + 2);
        casegate_content_unref(contents[i]);
    }
    assert_int_equal(y->t->spy.commits, 4);
    assert_string_equal(now_of(y, 0)->due, "2026-04-04");
    close_tray(y);
}

static void a_held_case_is_read_again_when_an_earlier_request_changed_it(void **state)
{
    tray *y = open_tray(NULL);
    casegate_case *held;
    (void)state;
    now_of(y, 0);
    held = casegate_outcome_case(y->t->o);
    for (int i = 0; i < 2; i++) y->requests[i].held = held, y->requests[i].case_id = NULL;
    forget_counts(y->t);

    assert_int_equal(apply(y, 2), CASEGATE_OK);

    assert_int_equal(y->results[0], CASEGATE_OK);
    assert_int_equal(y->results[1], CASEGATE_REFUSED);
    assert_string_equal(obstacle(y, 1), "already_accepted");
    assert_int_equal(y->t->spy.loads, 1);
    assert_int_equal(y->t->spy.commits, 1);
    casegate_case_unref(held);
    close_tray(y);
}

/* CG-R20 */
static void a_request_id_given_twice_is_one_decision(void **state)
{
    tray *y = open_tray(NULL);
    (void)state;
    y->requests[0].request = y->requests[1].request = y->requests[2].request = "click-1";
    y->requests[1].case_id = y->ids[0];

    assert_int_equal(apply(y, 3), CASEGATE_OK);

    assert_int_equal(y->results[0], CASEGATE_OK);
    assert_int_equal(y->results[1], CASEGATE_OK);
    assert_false(casegate_outcome_replayed(y->outcomes[0]));
    assert_true(casegate_outcome_replayed(y->outcomes[1]));
    assert_int_equal(y->results[2], CASEGATE_REFUSED);
    assert_string_equal(obstacle(y, 2), "request_reused");
    assert_int_equal(now_of(y, 0)->version, 3);
    assert_int_equal(now_of(y, 2)->version, 2);
    close_tray(y);
}

static void cases_are_created_together(void **state)
{
    tray *y = open_tray(NULL);
    const casegate_call clinic = by(y->t->clara);
    (void)state;
    for (int i = 0; i < 3; i++)
        y->requests[i] = (casegate_request) { .size = sizeof *y->requests, .action = CASEGATE_CREATE, .lab = "one",
                                              .content = y->t->content, .submit = 1, .request = i < 2 ? "new-1" : NULL };

    assert_int_equal(casegate_engine_apply_many(y->t->engine, &clinic, y->list, 3, y->outcomes, y->results, NULL), CASEGATE_OK);

    for (int i = 0; i < 3; i++) assert_int_equal(y->results[i], CASEGATE_OK);
    assert_true(casegate_outcome_replayed(y->outcomes[1]));
    assert_string_equal(casegate_outcome_head(y->outcomes[0])->id, casegate_outcome_head(y->outcomes[1])->id);
    assert_string_not_equal(casegate_outcome_head(y->outcomes[0])->id, casegate_outcome_head(y->outcomes[2])->id);
    assert_int_equal(y->t->spy.committed, 2);
    close_tray(y);
}

static void someone_rejects(spy *s)
{
    const casegate_engine_options options = { .size = sizeof options, .host = racing->t->host, .store = s->inner };
    const casegate_call call = by(racing->t->lena);
    casegate_outcome *o = casegate_outcome_new(NULL);
    casegate_engine *other = NULL;
    assert_int_equal(casegate_engine_open(&options, &other, NULL), CASEGATE_OK);
    assert_int_equal(casegate_engine_reject(other, &call, racing->ids[1], 1, "other", NULL, o, NULL), CASEGATE_OK);
    casegate_outcome_free(o);
    casegate_engine_unref(other);
}

/* CG-R09 */
static void one_that_loses_a_race_is_decided_again_and_told_the_truth(void **state)
{
    tray *y = open_tray(NULL);
    (void)state;
    y->t->spy.before_commit = someone_rejects;

    assert_int_equal(apply(y, 3), CASEGATE_OK);

    assert_int_equal(y->results[0], CASEGATE_OK);
    assert_int_equal(y->results[1], CASEGATE_REFUSED);
    assert_int_equal(y->results[2], CASEGATE_OK);
    assert_string_equal(obstacle(y, 1), "already_rejected");
    assert_int_equal(casegate_outcome_event_count(y->outcomes[1]), 0);
    close_tray(y);
}

static void conflicts_without_end_are_busy(void **state)
{
    tray *y = open_tray(&(setting) { .max_conflicts = 3 });
    (void)state;
    for (int i = 0; i < 9; i++) spy_answer(&y->t->spy, CASEGATE_CONFLICT, 0);

    assert_int_equal(apply(y, 2), CASEGATE_OK);

    assert_int_equal(y->results[0], CASEGATE_E_BUSY);
    assert_int_equal(y->results[1], CASEGATE_E_BUSY);
    assert_int_equal(y->t->spy.commits, 3);
    assert_string_equal(y->t->err.field, "commit");
    close_tray(y);
}

static void a_store_that_fails_fails_all_that_it_was_given_and_nothing_changes(void **state)
{
    tray *y = open_tray(NULL);
    (void)state;
    y->requests[1].revision = 7;
    y->t->spy.commit_fails = 1;

    assert_int_equal(apply(y, 3), CASEGATE_OK);

    assert_int_equal(y->results[0], CASEGATE_E_HOST);
    assert_int_equal(y->results[1], CASEGATE_REFUSED);
    assert_int_equal(y->results[2], CASEGATE_E_HOST);
    assert_int_equal(y->t->err.host_code, 7);
    assert_string_equal(y->t->err.text, "the line is dead");
    assert_int_equal(now_of(y, 0)->version, 2);
    assert_int_equal(now_of(y, 2)->version, 2);
    close_tray(y);
}

static void an_unknown_commit_that_landed_is_found_for_each(void **state)
{
    tray *y = open_tray(NULL);
    (void)state;
    spy_answer(&y->t->spy, CASEGATE_E_UNKNOWN, 1);

    assert_int_equal(apply(y, 3), CASEGATE_OK);

    for (int i = 0; i < 3; i++) assert_int_equal(y->results[i], CASEGATE_OK);
    assert_int_equal(y->t->spy.commits, 1);
    assert_int_equal(y->t->err.code, 0);
    close_tray(y);
}

static void an_unknown_commit_that_did_not_land_is_sent_again(void **state)
{
    tray *y = open_tray(NULL);
    (void)state;
    spy_answer(&y->t->spy, CASEGATE_E_UNKNOWN, 0);

    assert_int_equal(apply(y, 3), CASEGATE_OK);

    for (int i = 0; i < 3; i++) {
        assert_int_equal(y->results[i], CASEGATE_OK);
        assert_int_equal(now_of(y, i)->version, 3);
    }
    close_tray(y);
}

static void what_cannot_be_found_out_is_unknown(void **state)
{
    tray *y = open_tray(NULL);
    casegate_case *held[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        now_of(y, i);
        y->requests[i].held = held[i] = casegate_outcome_case(y->t->o);
    }
    spy_answer(&y->t->spy, CASEGATE_E_UNKNOWN, 1);
    y->t->spy.load_fails = 1;

    assert_int_equal(apply(y, 2), CASEGATE_OK);

    assert_int_equal(y->results[0], CASEGATE_E_UNKNOWN);
    assert_int_equal(y->results[1], CASEGATE_OK);
    assert_int_equal(y->t->err.code, CASEGATE_E_UNKNOWN);
    for (int i = 0; i < 2; i++) casegate_case_unref(held[i]);
    close_tray(y);
}

static int told_after;   /* how many commits there were when the first was told */

static casegate_result CASEGATE_CALL watch(void *user, void *context, const casegate_notice *notice,
                                           casegate_resolution *resolution, casegate_error *err)
{
    (void)user, (void)context, (void)notice, (void)resolution, (void)err;
    if (!told_after) told_after = racing->t->spy.commits;
    return CASEGATE_OK;
}

/* CG-R11 */
static void people_are_told_when_all_is_committed(void **state)
{
    const casegate_engine_ops ops = { .size = sizeof ops, .resolve = watch };
    tray *y = open_tray(&(setting) { .ops = &ops });
    casegate_content *content = content_with(CANARY, "2026-04-01");
    (void)state;
    for (int i = 0; i < 3; i++) reject_in(y, i);
    y->requests[3] = (casegate_request) { .size = sizeof *y->requests, .action = CASEGATE_REJECT, .case_id = y->ids[0],
                                          .revision = 1, .reason = "other" };
    told_after = 0;
    spy_answer(&y->t->spy, CASEGATE_CONFLICT, 0);   /* so that there are two rounds */

    assert_int_equal(apply(y, 4), CASEGATE_OK);

    assert_int_equal(y->t->spy.commits, 2);
    assert_int_equal(told_after, 2);
    assert_int_equal(casegate_recorder_count(y->t->mail), 6);   /* clinic and dentist, of three cases */
    for (size_t i = 0; i < casegate_outcome_notice_count(y->outcomes[0]); i++)
        assert_int_equal(casegate_outcome_notice_at(y->outcomes[0], i)->state, CASEGATE_NOTICE_DELIVERED);
    assert_int_equal(y->results[3], CASEGATE_REFUSED);
    casegate_content_unref(content);
    close_tray(y);
}

static void joined_ones_are_told_by_nobody(void **state)
{
    tray *y = open_tray(NULL);
    (void)state;
    reject_in(y, 0);
    spy_answer(&y->t->spy, CASEGATE_JOINED, 1);

    assert_int_equal(apply(y, 2), CASEGATE_OK);

    for (int i = 0; i < 2; i++) {
        assert_int_equal(y->results[i], CASEGATE_JOINED);
        assert_true(casegate_outcome_joined(y->outcomes[i]));
        assert_non_null(casegate_outcome_head(y->outcomes[i]));
    }
    assert_int_equal(casegate_recorder_count(y->t->mail), 0);
    close_tray(y);
}

static void what_is_missing_is_named_and_nothing_is_decided(void **state)
{
    tray *y = open_tray(NULL);
    const casegate_call call = by(y->t->lena), nobody = { .size = sizeof nobody };
    casegate_engine *engine = y->t->engine;
    casegate_error *err = &y->t->err;
    (void)state;

    assert_int_equal(casegate_engine_apply_many(NULL, &call, y->list, 2, y->outcomes, y->results, err), CASEGATE_E_INVALID);
    assert_string_equal(err->field, "engine");
    assert_int_equal(casegate_engine_apply_many(engine, &call, NULL, 2, y->outcomes, y->results, err), CASEGATE_E_INVALID);
    assert_string_equal(err->field, "requests");
    assert_int_equal(casegate_engine_apply_many(engine, &call, y->list, 2, NULL, y->results, err), CASEGATE_E_INVALID);
    assert_string_equal(err->field, "outcomes");
    assert_int_equal(casegate_engine_apply_many(engine, &call, y->list, 2, y->outcomes, NULL, err), CASEGATE_E_INVALID);
    assert_string_equal(err->field, "results");
    assert_int_equal(casegate_engine_apply_many(engine, &call, y->list, SIZE_MAX, y->outcomes, y->results, err),
                     CASEGATE_E_INVALID);
    assert_string_equal(err->field, "count");
    assert_int_equal(casegate_engine_apply_many(engine, &nobody, y->list, 2, y->outcomes, y->results, err), CASEGATE_E_INVALID);
    assert_string_equal(err->field, "actor");
    assert_true(casegate_engine_apply_many(engine, NULL, y->list, 2, y->outcomes, y->results, err) < 0);
    assert_int_equal(casegate_engine_apply_many(engine, &call, NULL, 0, NULL, NULL, err), CASEGATE_OK);

    assert_int_equal(y->results[0], 77);
    assert_int_equal(y->t->spy.loads + y->t->spy.commits, 0);
    close_tray(y);
}

static void an_outcome_given_twice_is_found_before_anything_is_decided(void **state)
{
    tray *y = open_tray(NULL);
    casegate_outcome *other = y->outcomes[1];
    (void)state;
    y->outcomes[1] = y->outcomes[0];

    assert_int_equal(apply(y, 2), CASEGATE_E_INVALID);

    assert_string_equal(y->t->err.field, "outcome");
    assert_int_equal(y->t->spy.loads, 0);
    assert_int_equal(y->results[0], 77);
    y->outcomes[1] = other;
    assert_int_equal(apply(y, 2), CASEGATE_OK);   /* none is left in use */
    assert_int_equal(y->results[0], CASEGATE_OK);
    close_tray(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_on_different_cases_are_one_call_of_the_store),
        cmocka_unit_test(one_that_is_refused_leaves_the_others_alone),
        cmocka_unit_test(one_that_cannot_be_read_is_an_error_of_its_own),
        cmocka_unit_test(a_later_request_on_a_case_sees_what_the_earlier_made_of_it),
        cmocka_unit_test(edits_of_one_case_follow_each_other_in_their_order),
        cmocka_unit_test(a_held_case_is_read_again_when_an_earlier_request_changed_it),
        cmocka_unit_test(a_request_id_given_twice_is_one_decision),
        cmocka_unit_test(cases_are_created_together),
        cmocka_unit_test(one_that_loses_a_race_is_decided_again_and_told_the_truth),
        cmocka_unit_test(conflicts_without_end_are_busy),
        cmocka_unit_test(a_store_that_fails_fails_all_that_it_was_given_and_nothing_changes),
        cmocka_unit_test(an_unknown_commit_that_landed_is_found_for_each),
        cmocka_unit_test(an_unknown_commit_that_did_not_land_is_sent_again),
        cmocka_unit_test(what_cannot_be_found_out_is_unknown),
        cmocka_unit_test(people_are_told_when_all_is_committed),
        cmocka_unit_test(joined_ones_are_told_by_nobody),
        cmocka_unit_test(what_is_missing_is_named_and_nothing_is_decided),
        cmocka_unit_test(an_outcome_given_twice_is_found_before_anything_is_decided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
