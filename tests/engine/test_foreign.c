/* SPDX-License-Identifier: MIT */
/* test_foreign.c: what a store answers of another person or case is not shown, and a lab cannot read around its first submission. */
#include "story.h"

static void other_person(spy *s, casegate_notice *n) { (void)s; n->person = "d-8"; }
static void other_case(spy *s, casegate_event *e) { (void)s; e->case_id = "another"; }

/* CG-R14 */
static void a_notice_of_another_person_is_not_shown(void **state)
{
    story *t = story_open(NULL);
    const casegate_call dentist = by(t->dan);
    (void)state;
    rejected(t);
    t->spy.bend_notice = other_person;

    casegate_result rc = casegate_engine_inbox(t->engine, &dentist, NULL, 0, t->o, &t->err);

    assert_int_equal(rc, CASEGATE_E_HOST);
    assert_string_equal(t->err.field, "inbox");
    assert_int_equal(casegate_outcome_notice_count(t->o), 0);
    story_close(t);
}

/* CG-R14 */
static void events_of_another_case_are_not_shown_in_a_history(void **state)
{
    story *t = story_open(NULL);
    const casegate_call clinic = by(t->clara);
    (void)state;
    rejected(t);
    t->spy.bend_event = other_case;

    casegate_result rc = casegate_engine_history(t->engine, &clinic, t->id, 0, 0, t->o, &t->err);

    assert_int_equal(rc, CASEGATE_E_HOST);
    assert_string_equal(t->err.field, "history");
    assert_int_equal(casegate_outcome_event_count(t->o), 0);
    story_close(t);
}

/* CG-R14 */
static void the_rejection_of_another_case_is_not_shown_with_this_one(void **state)
{
    story *t = story_open(NULL);
    const casegate_call clinic = by(t->clara);
    (void)state;
    rejected(t);
    t->spy.bend_event = other_case;

    casegate_result rc = casegate_engine_view(t->engine, &clinic, t->id, 0, t->o, &t->err);

    assert_int_equal(rc, CASEGATE_E_HOST);
    assert_string_equal(t->err.field, "history");
    assert_null(casegate_outcome_rejection(t->o));
    story_close(t);
}

/* CG-R14 */
static void behind_the_last_of_all_numbers_a_history_is_empty_for_a_lab_too(void **state)
{
    story *t = story_open(NULL);
    const casegate_call lab = by(t->lena);
    (void)state;
    rejected(t);

    casegate_result rc = casegate_engine_history(t->engine, &lab, t->id, UINT32_MAX, 0, t->o, &t->err);

    assert_int_equal(rc, CASEGATE_OK);
    assert_int_equal(casegate_outcome_event_count(t->o), 0);
    story_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notice_of_another_person_is_not_shown),
        cmocka_unit_test(events_of_another_case_are_not_shown_in_a_history),
        cmocka_unit_test(the_rejection_of_another_case_is_not_shown_with_this_one),
        cmocka_unit_test(behind_the_last_of_all_numbers_a_history_is_empty_for_a_lab_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
