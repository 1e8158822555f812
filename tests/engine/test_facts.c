/* SPDX-License-Identifier: MIT */
/* test_facts.c: a decision fetches what it reads and nothing else; whoever may not see a case causes no more than a look at its head. */
#include "story.h"

static int guards_asked, lab_asked;
static char order[64];

static casegate_result CASEGATE_CALL refuse_capacity(void *user, void *context, casegate_question *question, casegate_error *err)
{
    (void)context, (void)err;
    guards_asked++;
    strcat(order, user);
    return casegate_question_refuse(question, "No furnace is free.");
}

static casegate_result CASEGATE_CALL pass(void *user, void *context, casegate_question *question, casegate_error *err)
{
    (void)context, (void)err, (void)question;
    guards_asked++;
    strcat(order, user);
    return CASEGATE_OK;
}

static casegate_result CASEGATE_CALL read_patient(void *user, void *context, casegate_question *question, casegate_error *err)
{
    const casegate_content *content = NULL;
    (void)user, (void)context;
    guards_asked++;
    assert_int_equal(casegate_question_content(question, &content, err), CASEGATE_OK);
    assert_int_equal(casegate_question_content(question, &content, err), CASEGATE_OK);
    assert_string_equal(casegate_content_get(content, CASEGATE_CONTENT_PATIENT_NAME), CANARY);
    assert_int_equal(casegate_question_head(question)->status, CASEGATE_RECEIVED);
    assert_int_equal(casegate_question_request(question)->action, CASEGATE_ACCEPT);
    return CASEGATE_OK;
}

static casegate_result CASEGATE_CALL break_down(void *user, void *context, casegate_question *question, casegate_error *err)
{
    (void)user, (void)context, (void)question;
    return casegate_error_set(err, CASEGATE_E_HOST, 42, "capacity", "the planner does not answer");
}

static casegate_guard guard_on(int32_t action, const char *name, casegate_result (CASEGATE_CALL *ask)(void *, void *,
        casegate_question *, casegate_error *))
{
    guards_asked = 0;
    order[0] = '\0';
    return (casegate_guard) { .size = sizeof(casegate_guard), .action = action, .name = name, .ask = ask,
                              .user = (void *)(uintptr_t)name };
}

static casegate_policy *blocking;

static casegate_result CASEGATE_CALL lab_with_policy(void *user, void *context, const char *lab, casegate_policy **policy,
                                                     casegate_workflow **workflow, casegate_error *err)
{
    (void)user, (void)context, (void)workflow, (void)err;
    lab_asked++;
    if (strcmp(lab, "one") != 0) return CASEGATE_ABSENT;
    *policy = casegate_policy_ref(blocking);
    return CASEGATE_OK;
}

static const casegate_engine_ops own_lab = { .size = sizeof own_lab, .lab = lab_with_policy };

static void block_on_answers(int32_t level)
{
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, "strict");
    casegate_policy_set_check(b, CASEGATE_ANSWER_MISSING, level);
    assert_int_equal(casegate_policy_builder_finish(b, &blocking, NULL), CASEGATE_OK);
    lab_asked = 0;
}

static void under_the_default_policy_a_decision_reads_no_content(void **state)
{
    story *t = story_open(NULL);
    const casegate_call clinic = by(t->clara);
    (void)state;
    draft(t);

    assert_int_equal(casegate_engine_submit(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(reject_by(t, t->lena, 1, "other"), CASEGATE_OK);
    assert_int_equal(casegate_engine_submit(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);
    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(t->spy.contents, 0);
    assert_int_equal(t->spy.loads, 4);
    assert_int_equal(t->spy.commits, 4);
    story_close(t);
}

static void a_check_that_blocks_reads_the_content_once(void **state)
{
    block_on_answers(CASEGATE_LEVEL_BLOCK_ACCEPT);
    story *t = story_open(&(setting) { .ops = &own_lab });
    (void)state;
    received(t);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(t->spy.contents, 1);
    story_close(t);
    casegate_policy_unref(blocking);
}

static void a_guard_that_asks_for_the_content_reads_it_once(void **state)
{
    const casegate_guard guard = guard_on(CASEGATE_ACCEPT, "g", read_patient);
    const casegate_guard *guards[] = { &guard };
    story *t = story_open(&(setting) { .guards = guards, .guard_count = 1 });
    (void)state;
    received(t);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_OK);

    assert_int_equal(guards_asked, 1);
    assert_int_equal(t->spy.contents, 1);
    story_close(t);
}

/* CG-R14 */
static void an_outsider_causes_a_load_and_nothing_else_and_is_told_the_same_of_a_case_as_of_none(void **state)
{
    const casegate_guard guard = guard_on(CASEGATE_ACCEPT, "g", pass);
    const casegate_guard *guards[] = { &guard };
    char known[512], unknown[512];
    block_on_answers(CASEGATE_LEVEL_BLOCK_ACCEPT);
    story *t = story_open(&(setting) { .ops = &own_lab, .guards = guards, .guard_count = 1 });
    const casegate_call south = by(t->carl);
    (void)state;
    received(t);
    lab_asked = 0;
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_EDIT, .case_id = t->id, .revision = 1,
                                       .content = t->content, .request = "r" };
    casegate_request other = request;
    other.case_id = "no-such-case";

    assert_int_equal(casegate_engine_apply(t->engine, &south, &request, t->o, &t->err), CASEGATE_REFUSED);
    assert_string_equal(obstacles(t), "not_found");
    casegate_verdict_text(casegate_outcome_verdict(t->o), 0, 0, known, sizeof known);
    assert_null(casegate_outcome_head(t->o));
    assert_int_equal(casegate_engine_apply(t->engine, &south, &other, t->o, &t->err), CASEGATE_REFUSED);
    casegate_verdict_text(casegate_outcome_verdict(t->o), 0, 0, unknown, sizeof unknown);

    assert_string_equal(obstacles(t), "not_found");
    assert_string_equal(known, unknown);
    assert_int_equal(t->spy.loads, 2);
    assert_int_equal(t->spy.contents + t->spy.commits + t->spy.histories + lab_asked + guards_asked, 0);
    story_close(t);
    casegate_policy_unref(blocking);
}

/* CG-R19 */
static void every_guard_is_asked_in_order_and_its_words_reach_the_person(void **state)
{
    const casegate_guard first = guard_on(CASEGATE_ACCEPT, "b", pass), second = guard_on(CASEGATE_ACCEPT, "a", refuse_capacity);
    const casegate_guard *guards[] = { &first, &second };
    story *t = story_open(&(setting) { .guards = guards, .guard_count = 2 });
    (void)state;
    received(t);

    assert_int_equal(accept_by(t, t->lena, 1), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "guard_refused");
    assert_string_equal(casegate_verdict_at(casegate_outcome_verdict(t->o), 0)->value, "No furnace is free.");
    assert_string_equal(order, "ba");
    assert_int_equal(t->spy.commits, 0);
    story_close(t);
}

static void a_guard_is_not_asked_when_anything_else_stands_in_the_way(void **state)
{
    const casegate_guard guard = guard_on(CASEGATE_ACCEPT, "g", pass);
    const casegate_guard *guards[] = { &guard };
    story *t = story_open(&(setting) { .guards = guards, .guard_count = 1 });
    (void)state;
    received(t);

    assert_int_equal(accept_by(t, t->lars, 1), CASEGATE_REFUSED);
    assert_int_equal(accept_by(t, t->clara, 1), CASEGATE_REFUSED);

    assert_int_equal(guards_asked, 0);
    story_close(t);
}

static void a_guard_that_breaks_ends_the_call_with_its_own_words(void **state)
{
    const casegate_guard guard = guard_on(CASEGATE_ACCEPT, "g", break_down);
    const casegate_guard *guards[] = { &guard };
    story *t = story_open(&(setting) { .guards = guards, .guard_count = 1 });
    const casegate_call lab = by(t->lena);
    (void)state;
    received(t);

    assert_int_equal(casegate_engine_accept(t->engine, &lab, t->id, 1, t->o, &t->err), CASEGATE_E_HOST);

    assert_int_equal(t->err.host_code, 42);
    assert_string_equal(t->err.text, "the planner does not answer");
    assert_int_equal(t->spy.commits, 0);
    story_close(t);
}

static void a_guard_on_submitting_is_asked_when_a_case_is_created_and_submitted_at_once(void **state)
{
    const casegate_guard guard = guard_on(CASEGATE_SUBMIT, "g", refuse_capacity);
    const casegate_guard *guards[] = { &guard };
    story *t = story_open(&(setting) { .guards = guards, .guard_count = 1 });
    const casegate_call clinic = by(t->clara);
    (void)state;

    assert_int_equal(casegate_engine_create(t->engine, &clinic, "one", t->content, 1, t->o, &t->err), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "guard_refused");
    assert_int_equal(t->spy.commits, 0);
    story_close(t);
}

static void two_guards_of_one_name_on_one_action_do_not_open(void **state)
{
    const casegate_guard first = guard_on(CASEGATE_ACCEPT, "g", pass), second = guard_on(CASEGATE_ACCEPT, "g", pass);
    const casegate_guard *guards[] = { &first, &second };
    casegate_store *store = NULL;
    casegate_engine *engine = NULL;
    casegate_error err;
    (void)state;
    casegate_error_init(&err, sizeof err);
    assert_int_equal(casegate_memory_store_new(NULL, &store, NULL), CASEGATE_OK);
    const casegate_engine_options options = { .size = sizeof options, .store = store, .guards = guards, .guard_count = 2 };

    assert_int_equal(casegate_engine_open(&options, &engine, &err), CASEGATE_E_INVALID);

    assert_string_equal(err.field, "guards");
    assert_null(engine);
    casegate_store_unref(store);
}

static void a_lab_that_the_host_does_not_know_is_refused_by_name(void **state)
{
    block_on_answers(CASEGATE_LEVEL_WARN);
    story *t = story_open(&(setting) { .ops = &own_lab });
    const casegate_call clinic = by(t->clara);
    (void)state;

    assert_int_equal(casegate_engine_create(t->engine, &clinic, "two", t->content, 0, t->o, &t->err), CASEGATE_REFUSED);

    assert_string_equal(obstacles(t), "invalid_input");
    assert_string_equal(casegate_verdict_at(casegate_outcome_verdict(t->o), 0)->subject, "lab");
    assert_string_equal(casegate_verdict_at(casegate_outcome_verdict(t->o), 0)->value, "unknown");
    story_close(t);
    casegate_policy_unref(blocking);
}

static void from_a_held_head_an_allowed_decision_needs_no_load(void **state)
{
    story *t = story_open(NULL);
    const casegate_call lab = by(t->lena);
    (void)state;
    received(t);
    now(t);
    casegate_case *held = casegate_outcome_case(t->o);
    forget_counts(t);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ACCEPT, .held = held, .revision = 1 };

    assert_int_equal(casegate_engine_apply(t->engine, &lab, &request, t->o, &t->err), CASEGATE_OK);

    assert_int_equal(t->spy.loads, 0);
    casegate_case_unref(held);
    story_close(t);
}

static void from_a_held_head_a_refusal_is_decided_again_on_a_fresh_one(void **state)
{
    story *t = story_open(NULL);
    const casegate_call lab = by(t->lena), clinic = by(t->clara);
    (void)state;
    draft(t);
    now(t);
    casegate_case *held = casegate_outcome_case(t->o);   /* still a draft */
    assert_int_equal(casegate_engine_submit(t->engine, &clinic, t->id, 0, t->o, &t->err), CASEGATE_OK);
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ACCEPT, .held = held, .revision = 1 };

    assert_int_equal(casegate_engine_apply(t->engine, &lab, &request, t->o, &t->err), CASEGATE_OK);

    assert_int_equal(now(t)->status, CASEGATE_IN_PRODUCTION);
    casegate_case_unref(held);
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_the_default_policy_a_decision_reads_no_content),
        cmocka_unit_test(a_check_that_blocks_reads_the_content_once),
        cmocka_unit_test(a_guard_that_asks_for_the_content_reads_it_once),
        cmocka_unit_test(an_outsider_causes_a_load_and_nothing_else_and_is_told_the_same_of_a_case_as_of_none),
        cmocka_unit_test(every_guard_is_asked_in_order_and_its_words_reach_the_person),
        cmocka_unit_test(a_guard_is_not_asked_when_anything_else_stands_in_the_way),
        cmocka_unit_test(a_guard_that_breaks_ends_the_call_with_its_own_words),
        cmocka_unit_test(a_guard_on_submitting_is_asked_when_a_case_is_created_and_submitted_at_once),
        cmocka_unit_test(two_guards_of_one_name_on_one_action_do_not_open),
        cmocka_unit_test(a_lab_that_the_host_does_not_know_is_refused_by_name),
        cmocka_unit_test(from_a_held_head_an_allowed_decision_needs_no_load),
        cmocka_unit_test(from_a_held_head_a_refusal_is_decided_again_on_a_fresh_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
