/* SPDX-License-Identifier: MIT */
/* test_replay.c: a history replayed event by event leads to the heads that were decided; what does not follow is named. */
#include "spec.h"

/* What a decision sets of a head. */
static void assert_same_head(const casegate_head *a, const casegate_head *b)
{
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->lab, b->lab);
    assert_string_equal(a->clinic, b->clinic);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->phase, b->phase);
    assert_int_equal(a->version, b->version);
    assert_int_equal(a->revision, b->revision);
    assert_int_equal(a->attempt, b->attempt);
    assert_int_equal(a->created_us, b->created_us);
    assert_int_equal(a->submitted_us, b->submitted_us);
    assert_int_equal(a->decided_us, b->decided_us);
    assert_int_equal(a->rejected_seq, b->rejected_seq);
    assert_int_equal(a->first_submitted_seq, b->first_submitted_seq);
    assert_int_equal(a->service_count, b->service_count);
    assert_string_equal(a->patient_name, b->patient_name);
    assert_string_equal(a->event_hash, b->event_hash);
    assert_string_equal(a->content_digest, b->content_digest);
}

static casegate_result follow(const spec_world *world, const casegate_head *before, const casegate_event *event,
                              const casegate_content *content, casegate_head *after, casegate_error *err)
{
    casegate_head_init(after, sizeof *after);
    casegate_error_init(err, sizeof *err);
    return casegate_head_follow(world->workflow, before, event, content, after, err);
}

/* CG-R17 */
TEST(a_case_created_and_submitted_is_replayed_to_the_head_that_was_decided)
{
    UNUSED(state);
    spec_world world;
    casegate_head draft, received;
    casegate_error err;
    spec_open(&world, 0, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_CREATE);
    world.request.submit = 1;
    assert_allowed(&world);
    assert_int_equal(casegate_decision_seal(world.decision, NULL), CASEGATE_OK);
    const casegate_commit *commit = spec_commit(&world);

    assert_int_equal(follow(&world, NULL, commit->events[0], commit->content, &draft, &err), CASEGATE_OK);
    assert_int_equal(follow(&world, &draft, commit->events[1], NULL, &received, &err), CASEGATE_OK);

    assert_int_equal(draft.status, CASEGATE_DRAFT);
    assert_int_equal(draft.version, 1);
    assert_same_head(&received, commit->after);
    spec_close(&world);
}

TEST(an_event_that_does_not_follow_is_named_and_gives_no_head)
{
    UNUSED(state);
    spec_world world;
    casegate_head head, after;
    casegate_error err;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);
    assert_allowed(&world);
    const casegate_commit *commit = spec_commit(&world);
    static const char *const fields[] = { "seq", "case", "to" };
    casegate_event wrong[3] = { *commit->events[0], *commit->events[0], *commit->events[0] };
    wrong[0].seq++;
    wrong[1].case_id = "another";
    wrong[2].to = 77;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(follow(&world, commit->before, &wrong[i], NULL, &after, &err), CASEGATE_E_CORRUPT);
        assert_string_equal(err.field, fields[i]);
        assert_int_equal(after.version, 0);
    }

    assert_int_equal(follow(&world, NULL, commit->events[0], NULL, &after, &err), CASEGATE_E_CORRUPT);
    assert_int_equal(follow(&world, commit->before, commit->events[0], NULL, &head, &err), CASEGATE_OK);
    assert_int_equal(head.status, CASEGATE_IN_PRODUCTION);
    assert_int_equal(head.decided_us, commit->events[0]->time_us);
    spec_close(&world);
}

TEST(a_replay_without_what_it_needs_is_invalid)
{
    UNUSED(state);
    spec_world world;
    casegate_head after;
    casegate_error err = ERROR;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);
    assert_allowed(&world);
    const casegate_event *event = spec_event(&world, 0);
    const casegate_head *before = spec_commit(&world)->before;

    assert_int_equal(casegate_head_follow(NULL, before, event, NULL, &after, &err), CASEGATE_E_INVALID);
    assert_int_equal(casegate_head_follow(world.workflow, before, event, NULL, NULL, &err), CASEGATE_E_INVALID);
    assert_int_equal(follow(&world, before, NULL, NULL, &after, &err), CASEGATE_E_INVALID);
    after.size = 8;
    assert_int_equal(casegate_head_follow(world.workflow, before, event, NULL, &after, &err), CASEGATE_E_ABI);
    spec_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_created_and_submitted_is_replayed_to_the_head_that_was_decided),
        cmocka_unit_test(an_event_that_does_not_follow_is_named_and_gives_no_head),
        cmocka_unit_test(a_replay_without_what_it_needs_is_invalid),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
