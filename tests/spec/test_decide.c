/* SPDX-License-Identifier: MIT */
/* test_decide.c: what an allowed decision writes (events, head, notices), what it reads, and what it leaves alone. */
#include "spec.h"

#include <stdio.h>

/* ---- what is written ------------------------------------------------------------------------------------------------------ */

/* CG-R01 CG-R17 */
TEST(creating_a_case_writes_a_draft_with_revision_version_and_event_one)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, 0, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_CREATE);

    assert_allowed(&world);

    const casegate_commit *commit = spec_commit(&world);
    const casegate_head *head = commit->after;
    assert_null(commit->before);
    assert_ptr_equal(commit->content, world.current);
    assert_ptr_equal(casegate_decision_head(world.decision), head);
    assert_string_equal(head->id, NEW_CASE);
    assert_string_equal(head->clinic, CLINIC);
    assert_string_equal(head->lab, LAB);
    assert_string_equal(head->workflow, "intake");
    assert_int_equal(head->workflow_version, 1);
    assert_int_equal(head->status, CASEGATE_DRAFT);
    assert_int_equal(head->phase, CASEGATE_PHASE_DRAFT);
    assert_int_equal(head->version, 1);
    assert_int_equal(head->revision, 1);
    assert_int_equal(head->attempt, 0);
    assert_int_equal(head->created_us, NOW);
    assert_int_equal(head->submitted_us, 0);
    assert_int_equal(head->first_submitted_seq, 0);
    assert_string_equal(head->patient_name, "Ada Byron");
    assert_string_equal(head->dentist, "d-7");
    assert_string_equal(head->due, "2026-03-16");
    assert_string_equal(head->reference, "NC-1042");
    assert_int_equal(head->service_count, 1);
    assert_int_equal(commit->event_count, 1);
    assert_int_equal(commit->notice_count, 0);
    spec_close(&world);
}

/* CG-R17 */
TEST(an_event_says_who_when_from_to_revision_attempt_and_under_which_policy)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);
    world.request.request = "r-1";

    assert_allowed(&world);

    const casegate_event *event = spec_event(&world, 0);
    assert_string_equal(event->case_id, CASE);
    assert_string_equal(event->clinic, CLINIC);
    assert_string_equal(event->lab, LAB);
    assert_string_equal(event->workflow, "intake");
    assert_int_equal(event->workflow_version, 1);
    assert_int_equal(event->seq, 6);
    assert_int_equal(event->time_us, NOW);
    assert_string_equal(event->actor, "lena");
    assert_int_equal(event->actor_role, CASEGATE_LAB_USER);
    assert_string_equal(event->actor_org, LAB);
    assert_int_equal(event->action, CASEGATE_ACCEPT);
    assert_int_equal(event->from, CASEGATE_RECEIVED);
    assert_int_equal(event->to, CASEGATE_IN_PRODUCTION);
    assert_int_equal(event->revision, 3);
    assert_int_equal(event->attempt, 1);
    assert_string_equal(event->request, "r-1");
    assert_string_equal(event->content_digest, "1:c");
    assert_string_equal(event->policy, "default");
    assert_string_equal(event->previous_hash, "1:e");
    assert_null(event->reason);
    assert_null(event->comment);
    assert_int_equal(event->file_count, 0);
    assert_int_equal(event->changed_count, 0);
    spec_close(&world);
}

/* CG-R01 CG-R17 */
TEST(create_and_submit_in_one_call_is_one_commit_of_two_events_and_the_last_answers_the_request)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, 0, CASEGATE_DENTIST);
    spec_ask(&world, CASEGATE_CREATE);
    world.request.submit = 1;
    world.request.request = "r-1";

    assert_allowed(&world);

    const casegate_commit *commit = spec_commit(&world);
    assert_int_equal(commit->event_count, 2);
    assert_int_equal(commit->events[0]->action, CASEGATE_CREATE);
    assert_int_equal(commit->events[0]->from, 0);
    assert_int_equal(commit->events[0]->to, CASEGATE_DRAFT);
    assert_null(commit->events[0]->request);
    assert_int_equal(commit->events[1]->action, CASEGATE_SUBMIT);
    assert_int_equal(commit->events[1]->seq, 2);
    assert_int_equal(commit->events[1]->from, CASEGATE_DRAFT);
    assert_int_equal(commit->events[1]->to, CASEGATE_RECEIVED);
    assert_string_equal(commit->events[1]->request, "r-1");
    assert_null(commit->before);
    assert_int_equal(commit->after->version, 2);
    assert_int_equal(commit->after->revision, 1);
    assert_int_equal(commit->after->attempt, 1);
    assert_int_equal(commit->after->status, CASEGATE_RECEIVED);
    assert_int_equal(commit->after->submitted_us, NOW);
    assert_int_equal(commit->after->first_submitted_seq, 2);
    assert_int_equal(commit->after->first_submitted_revision, 1);
    spec_close(&world);
}

TEST(create_and_submit_is_all_or_nothing_so_an_incomplete_case_is_not_even_created)
{
    UNUSED(state);
    spec_world world;
    casegate_content *nameless = spec_content_with(CASEGATE_CONTENT_PATIENT_NAME, NULL);
    spec_open(&world, 0, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_CREATE);
    world.request.content = nameless;
    assert_allowed(&world);

    world.request.submit = 1;

    assert_refused(&world, "incomplete(finding=patient_missing,subject=patient.name)");
    assert_null(casegate_decision_commit(world.decision));
    spec_close(&world);
    casegate_content_unref(nameless);
}

TEST(a_case_gets_the_id_that_its_creator_wants_and_needs_one_from_the_host_otherwise)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, 0, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_CREATE);
    world.request.case_id = "mine";
    world.facts.new_case_id = NULL;
    assert_allowed(&world);
    assert_string_equal(spec_commit(&world)->after->id, "mine");

    world.request.case_id = NULL;
    assert_string_equal(spec_decide(&world), "e_missing_fact new_case_id");
    spec_close(&world);

    spec_open(&world, CASEGATE_DRAFT, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_CREATE);
    world.request.case_id = CASE;
    assert_refused(&world, "invalid_input(field=case,problem=duplicate)");
    spec_close(&world);
}

/* CG-R14 */
TEST(who_could_not_create_a_case_is_not_told_that_an_id_is_taken)
{
    UNUSED(state);
    static const int32_t roles[] = { CASEGATE_LAB_USER, CASEGATE_SYSTEM };
    for (size_t i = 0; i < COUNT(roles); i++) {
        spec_world taken, vacant;
        char told[256];
        spec_open(&taken, CASEGATE_DRAFT, roles[i]);
        spec_open(&vacant, 0, roles[i]);
        spec_ask(&taken, CASEGATE_CREATE);
        spec_ask(&vacant, CASEGATE_CREATE);
        taken.request.case_id = vacant.request.case_id = CASE;

        snprintf(told, sizeof told, "%s", spec_decide(&taken));

        assert_string_equal(told, spec_decide(&vacant));
        assert_non_null(strstr(told, "wrong_role"));
        spec_close(&taken);
        spec_close(&vacant);
    }
}

/* CG-R10 CG-R17 */
TEST(an_edit_counts_the_revision_and_names_what_it_changed_in_every_status_before_acceptance)
{
    UNUSED(state);
    static const int32_t statuses[] = { CASEGATE_DRAFT, CASEGATE_RECEIVED, CASEGATE_REJECTED };
    for (size_t i = 0; i < COUNT(statuses); i++) {
        spec_world world;
        spec_open(&world, statuses[i], CASEGATE_DENTIST);
        spec_ask(&world, CASEGATE_EDIT);
        const casegate_head before = spec_head(statuses[i]);

        assert_allowed(&world);

        const casegate_commit *commit = spec_commit(&world);
        assert_int_equal(commit->after->status, statuses[i]);
        assert_int_equal(commit->after->revision, before.revision + 1);
        assert_int_equal(commit->after->version, before.version + 1);
        assert_int_equal(commit->after->attempt, before.attempt);
        assert_int_equal(commit->after->submitted_us, before.submitted_us);
        assert_int_equal(commit->after->rejected_seq, before.rejected_seq);
        assert_string_equal(commit->after->due, "2026-03-20");
        assert_ptr_equal(commit->content, world.other);
        assert_int_equal(commit->events[0]->changed_count, 1);
        assert_string_equal(commit->events[0]->changed[0], "due");
        assert_int_equal(commit->notice_count, 0);
        spec_close(&world);
    }
}

/* CG-R17 */
TEST(an_edit_that_changes_nothing_is_allowed_and_writes_nothing)
{
    UNUSED(state);
    spec_world world;
    casegate_content *same = spec_content();
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_EDIT);
    world.request.content = same;

    assert_allowed(&world);

    assert_null(casegate_decision_commit(world.decision));
    assert_int_equal(casegate_decision_head(world.decision)->version, 5);
    assert_int_equal(casegate_decision_head(world.decision)->revision, 3);
    assert_int_equal(casegate_decision_replayed(world.decision), 0);
    assert_int_equal(casegate_decision_seal(world.decision, NULL), CASEGATE_OK);
    spec_close(&world);
    casegate_content_unref(same);
}

TEST(an_edit_can_change_the_dentist_on_record_and_the_next_rejection_tells_the_new_one)
{
    UNUSED(state);
    spec_world world;
    casegate_content *revised = spec_content_with(CASEGATE_CONTENT_DENTIST_ID, "d-9");
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_EDIT);
    world.request.content = revised;
    assert_allowed(&world);
    const casegate_head after = *spec_commit(&world)->after;
    assert_string_equal(after.dentist, "d-9");
    spec_use_head(&world, &after);
    spec_use_actor(&world, spec_actor(CASEGATE_LAB_USER, ALL_INTAKE, NULL));

    spec_ask(&world, CASEGATE_REJECT);
    world.request.revision = 4;

    assert_allowed(&world);
    assert_string_equal(spec_commit(&world)->notices[3]->person, "d-9");
    spec_close(&world);
    casegate_content_unref(revised);
}

/* CG-R01 CG-R02 */
TEST(submitting_a_draft_counts_the_attempt_and_lets_the_waiting_begin)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_DRAFT, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_SUBMIT);

    assert_allowed(&world);

    const casegate_commit *commit = spec_commit(&world);
    assert_ptr_equal(commit->before, casegate_case_head(world.kase));
    assert_null(commit->content);
    assert_null(commit->content_salt);
    assert_int_equal(commit->after->phase, CASEGATE_PHASE_PENDING);
    assert_int_equal(commit->after->attempt, 1);
    assert_int_equal(commit->after->revision, 3);
    assert_int_equal(commit->after->version, 6);
    assert_int_equal(commit->after->submitted_us, NOW);
    assert_int_equal(commit->after->first_submitted_seq, 6);
    assert_int_equal(commit->after->first_submitted_revision, 3);
    assert_string_equal(commit->after->content_digest, "1:c");
    assert_int_equal(commit->notice_count, 0);
    spec_close(&world);
}

/* CG-R13 */
TEST(resubmitting_a_rejected_case_keeps_the_case_counts_the_attempt_and_clears_the_current_rejection)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_REJECTED, CASEGATE_DENTIST);
    spec_ask(&world, CASEGATE_SUBMIT);

    assert_allowed(&world);

    const casegate_head *head = spec_commit(&world)->after;
    assert_string_equal(head->id, CASE);
    assert_int_equal(head->status, CASEGATE_RECEIVED);
    assert_int_equal(head->attempt, 2);
    assert_null(head->reason);
    assert_int_equal(head->rejected_seq, 0);
    assert_int_equal(head->submitted_us, NOW);
    assert_int_equal(head->first_submitted_seq, 3);
    assert_int_equal(head->first_submitted_revision, 2);
    assert_int_equal(spec_event(&world, 0)->attempt, 2);
    spec_close(&world);
}

/* CG-R05 CG-R16 */
TEST(accepting_writes_who_decided_and_when_and_keeps_the_reviewed_revision)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);

    assert_allowed(&world);

    const casegate_commit *commit = spec_commit(&world);
    assert_int_equal(commit->after->status, CASEGATE_IN_PRODUCTION);
    assert_int_equal(commit->after->phase, CASEGATE_PHASE_ACCEPTED);
    assert_int_equal(commit->after->decided_us, NOW);
    assert_string_equal(commit->after->decided_by, "lena");
    assert_int_equal(commit->after->revision, 3);
    assert_int_equal(commit->after->attempt, 1);
    assert_null(commit->after->reason);
    assert_int_equal(commit->after->rejected_seq, 0);
    assert_int_equal(commit->notice_count, 0);
    spec_close(&world);
}

/* CG-R06 CG-R12 */
TEST(rejecting_stores_reason_with_labels_comment_and_files_and_points_the_head_at_them)
{
    UNUSED(state);
    const casegate_file file = { .size = sizeof file, .id = "x1", .kind = "image", .name = "margin.png" };
    const casegate_file *const files[] = { &file };
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_REJECT);
    world.request.reason = "unreadable_scan";
    world.request.comment = "The margin of 11 is not captured.";
    world.request.files = files;
    world.request.file_count = 1;

    assert_allowed(&world);

    const casegate_event *event = spec_event(&world, 0);
    const casegate_head *head = spec_commit(&world)->after;
    assert_string_equal(event->reason, "unreadable_scan");
    assert_string_equal(casegate_label_for(event->reason_labels, event->reason_label_count, "en"),
                        "Incorrect or unreadable scan files");
    assert_string_equal(event->comment, "The margin of 11 is not captured.");
    assert_int_equal(event->file_count, 1);
    assert_string_equal(event->files[0]->name, "margin.png");
    assert_string_equal(head->reason, "unreadable_scan");
    assert_int_equal(head->rejected_seq, 6);
    assert_int_equal(head->decided_us, NOW);
    assert_string_equal(head->decided_by, "lena");
    assert_int_equal(head->status, CASEGATE_REJECTED);
    spec_close(&world);
}

/* CG-R06 */
TEST(rejecting_without_a_reason_is_refused_and_changes_nothing)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_REJECT);
    world.request.reason = NULL;
    world.request.comment = "no";

    assert_refused(&world, "reason_required");

    assert_null(casegate_decision_commit(world.decision));
    assert_null(casegate_decision_head(world.decision));
    assert_int_equal(casegate_case_head(world.kase)->status, CASEGATE_RECEIVED);
    assert_int_equal(casegate_case_head(world.kase)->version, 5);
    spec_close(&world);
}

/* CG-R07 */
TEST(a_decision_on_one_service_is_refused_and_a_service_means_nothing_elsewhere)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);
    world.request.service = "s1";
    assert_refused(&world, "partial_decision(service=s1)");
    spec_close(&world);

    spec_open(&world, CASEGATE_DRAFT, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_SUBMIT);
    world.request.service = "s1";
    assert_refused(&world, "invalid_input(field=service,problem=unknown)");
    spec_close(&world);
}

TEST(the_commit_names_the_head_that_it_was_decided_on)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);

    assert_allowed(&world);

    assert_int_equal(spec_commit(&world)->before->version, 5);
    assert_int_equal(spec_commit(&world)->after->version, 6);
    assert_int_equal(spec_event(&world, 0)->seq, 6);
    spec_close(&world);
}

TEST(a_clock_that_stands_still_or_goes_backwards_does_not_disturb_the_order)
{
    UNUSED(state);
    static const int64_t times[] = { NOW - 2 * DAY, NOW - 400 * DAY, 1, INT64_C(1) << 60 };
    for (size_t i = 0; i < COUNT(times); i++) {
        spec_world world;
        spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
        spec_ask(&world, CASEGATE_ACCEPT);
        world.facts.now_us = times[i];

        assert_allowed(&world);

        assert_int_equal(spec_event(&world, 0)->seq, 6);
        assert_int_equal(spec_event(&world, 0)->time_us, times[i]);
        spec_close(&world);
    }
}

/* ---- adoption ---------------------------------------------------------------------------------------------------- */

static void adopt(spec_world *world, int32_t status, uint32_t attempt)
{
    spec_open(world, 0, CASEGATE_SYSTEM);
    spec_ask(world, CASEGATE_ADOPT);
    world->request.status = status;
    world->request.attempt = attempt;
    if (status == CASEGATE_REJECTED) world->request.reason = "other";
}

TEST(a_case_from_elsewhere_is_adopted_in_any_status_as_event_one_without_notices)
{
    UNUSED(state);
    static const struct { int32_t status; uint32_t attempt; int submitted, decided, rejected; } given[] = {
        { CASEGATE_DRAFT, 0, 0, 0, 0 }, { CASEGATE_RECEIVED, 2, 1, 0, 0 }, { CASEGATE_IN_PRODUCTION, 1, 1, 1, 0 },
        { CASEGATE_REJECTED, 3, 1, 1, 1 },
    };
    for (size_t i = 0; i < COUNT(given); i++) {
        spec_world world;
        adopt(&world, given[i].status, given[i].attempt);

        assert_allowed(&world);

        const casegate_commit *commit = spec_commit(&world);
        const casegate_head *head = commit->after;
        assert_int_equal(commit->event_count, 1);
        assert_int_equal(commit->notice_count, 0);
        assert_int_equal(commit->events[0]->action, CASEGATE_ADOPT);
        assert_int_equal(commit->events[0]->from, 0);
        assert_int_equal(commit->events[0]->seq, 1);
        assert_string_equal(head->clinic, CLINIC);
        assert_int_equal(head->status, given[i].status);
        assert_int_equal(head->version, 1);
        assert_int_equal(head->revision, 1);
        assert_int_equal(head->attempt, given[i].attempt);
        assert_int_equal(head->submitted_us, given[i].submitted ? NOW : 0);
        assert_int_equal(head->first_submitted_seq, given[i].submitted);
        assert_int_equal(head->decided_us, given[i].decided ? NOW : 0);
        assert_int_equal(head->rejected_seq, given[i].rejected);
        assert_int_equal(head->reason != NULL, given[i].rejected);
        spec_close(&world);
    }
}

TEST(an_adoption_that_contradicts_itself_is_refused)
{
    UNUSED(state);
    spec_world world;
    adopt(&world, CASEGATE_DRAFT, 1);
    assert_refused(&world, "invalid_input(field=attempt,problem=range)");
    spec_close(&world);

    adopt(&world, CASEGATE_RECEIVED, 0);
    assert_refused(&world, "invalid_input(field=attempt,problem=range)");
    spec_close(&world);

    adopt(&world, 9, 1);
    world.request.clinic = NULL;
    assert_refused(&world, "invalid_input(field=clinic,problem=missing) invalid_input(field=status,problem=unknown)");
    spec_close(&world);

    adopt(&world, CASEGATE_REJECTED, 1);
    world.request.reason = NULL;
    assert_refused(&world, "reason_required");
    spec_close(&world);
}

TEST(an_adopted_case_goes_on_as_any_other)
{
    UNUSED(state);
    spec_world world;
    adopt(&world, CASEGATE_REJECTED, 3);
    assert_allowed(&world);
    const casegate_head adopted = *spec_commit(&world)->after;
    spec_use_head(&world, &adopted);
    spec_use_actor(&world, spec_actor(CASEGATE_CLINIC_USER, ALL_INTAKE, NULL));

    spec_ask(&world, CASEGATE_SUBMIT);

    assert_allowed(&world);
    assert_int_equal(spec_commit(&world)->after->attempt, 4);
    assert_int_equal(spec_commit(&world)->after->version, 2);
    assert_null(spec_commit(&world)->after->reason);
    spec_close(&world);
}

/* ---- notices ----------------------------------------------------------------------------------------------------- */

typedef struct told { int32_t to; const char *channel, *person, *address; int32_t state; } told;

static void open_rejection(spec_world *world, const char *dentist, const char *dentist_email, const char *clinic_email)
{
    casegate_head head = spec_head(CASEGATE_RECEIVED);
    head.dentist = dentist;
    head.dentist_email = dentist_email;
    head.clinic_email = clinic_email;
    spec_open(world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_use_head(world, &head);
    spec_ask(world, CASEGATE_REJECT);
    assert_allowed(world);
}

static void assert_text(const char *text, const char *expected)
{
    assert_string_equal(text ? text : "", expected ? expected : "");
}

static void assert_told(const spec_world *world, const told *expected, size_t count)
{
    const casegate_commit *commit = spec_commit(world);
    assert_int_equal(commit->notice_count, count);
    for (size_t i = 0; i < count; i++) {
        const casegate_notice *notice = commit->notices[i];
        assert_int_equal(notice->to, expected[i].to);
        assert_string_equal(notice->channel, expected[i].channel);
        assert_string_equal(notice->org, CLINIC);
        assert_text(notice->person, expected[i].person);
        assert_text(notice->address, expected[i].address);
        assert_int_equal(notice->state, expected[i].state);
        assert_int_equal(notice->ordinal, i + 1);
    }
}

#define TELL(to, channel, person, address, state) { CASEGATE_TO_##to, channel, person, address, CASEGATE_NOTICE_##state }

/* CG-R11 */
TEST(a_rejection_tells_clinic_and_dentist_each_by_email_and_by_portal)
{
    UNUSED(state);
    static const told expected[] = {
        TELL(CLINIC, "email", NULL, "desk@clinic.example", PENDING), TELL(CLINIC, "portal", NULL, NULL, DELIVERED),
        TELL(DENTIST, "email", "d-7", "dan@clinic.example", PENDING), TELL(DENTIST, "portal", "d-7", NULL, DELIVERED),
    };
    spec_world world;
    open_rejection(&world, "d-7", "dan@clinic.example", "desk@clinic.example");

    assert_told(&world, expected, COUNT(expected));

    spec_close(&world);
}

/* CG-R11 */
TEST(a_dentist_with_an_address_and_no_id_gets_the_email_alone)
{
    UNUSED(state);
    static const told expected[] = {
        TELL(CLINIC, "email", NULL, "desk@clinic.example", PENDING), TELL(CLINIC, "portal", NULL, NULL, DELIVERED),
        TELL(DENTIST, "email", NULL, "dan@clinic.example", PENDING),
    };
    spec_world world;
    open_rejection(&world, NULL, "dan@clinic.example", "desk@clinic.example");

    assert_told(&world, expected, COUNT(expected));

    spec_close(&world);
}

/* CG-R11 */
TEST(a_dentist_with_an_id_and_no_address_gets_both_and_the_host_can_look_the_address_up)
{
    UNUSED(state);
    static const told expected[] = {
        TELL(CLINIC, "email", NULL, "desk@clinic.example", PENDING), TELL(CLINIC, "portal", NULL, NULL, DELIVERED),
        TELL(DENTIST, "email", "d-7", NULL, PENDING), TELL(DENTIST, "portal", "d-7", NULL, DELIVERED),
    };
    spec_world world;
    open_rejection(&world, "d-7", NULL, "desk@clinic.example");

    assert_told(&world, expected, COUNT(expected));

    spec_close(&world);
}

/* CG-R11 */
TEST(without_a_dentist_id_and_address_only_the_clinic_is_told)
{
    UNUSED(state);
    static const told expected[] = { TELL(CLINIC, "email", NULL, NULL, PENDING), TELL(CLINIC, "portal", NULL, NULL, DELIVERED) };
    spec_world world;
    open_rejection(&world, NULL, "", NULL);

    assert_told(&world, expected, COUNT(expected));

    spec_close(&world);
}

/* CG-R11 CG-R12 */
TEST(a_notice_is_recognised_by_case_event_and_ordinal_and_carries_what_was_decided)
{
    UNUSED(state);
    static const char *const ids[] = { "case-1.6.1", "case-1.6.2", "case-1.6.3", "case-1.6.4" };
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    const casegate_file file = { .size = sizeof file, .id = "x1", .kind = "image", .name = "margin.png" };
    const casegate_file *const files[] = { &file };
    spec_ask(&world, CASEGATE_REJECT);
    world.request.comment = "See the picture.";
    world.request.files = files;
    world.request.file_count = 1;

    assert_allowed(&world);

    const casegate_commit *commit = spec_commit(&world);
    assert_int_equal(commit->notice_count, COUNT(ids));
    for (size_t i = 0; i < COUNT(ids); i++) {
        const casegate_notice *notice = commit->notices[i];
        assert_string_equal(notice->id, ids[i]);
        assert_string_equal(notice->case_id, CASE);
        assert_int_equal(notice->seq, 6);
        assert_string_equal(notice->template_code, "reject");
        assert_string_equal(notice->clinic, CLINIC);
        assert_string_equal(notice->lab, LAB);
        assert_string_equal(notice->reference, "NC-1042");
        assert_int_equal(notice->attempt, 1);
        assert_int_equal(notice->time_us, NOW);
        assert_string_equal(notice->reason, "other");
        assert_string_equal(casegate_label_for(notice->reason_labels, notice->reason_label_count, "de"),
                            "Other clinical or technical issues");
        assert_string_equal(notice->comment, "See the picture.");
        assert_int_equal(notice->file_count, 1);
        assert_string_equal(notice->files[0]->id, "x1");
        assert_int_equal(notice->tries, 0);
        assert_int_equal(notice->mutable_, 0);
        assert_int_equal(notice->read, 0);
        assert_int_equal(notice->next_us, notice->state == CASEGATE_NOTICE_PENDING ? NOW : 0);
    }
    spec_close(&world);
}

TEST(only_a_rejection_tells_anybody)
{
    UNUSED(state);
    static const struct { int32_t status, role, action; } others[] = {
        { 0, CASEGATE_CLINIC_USER, CASEGATE_CREATE }, { CASEGATE_DRAFT, CASEGATE_CLINIC_USER, CASEGATE_EDIT },
        { CASEGATE_DRAFT, CASEGATE_CLINIC_USER, CASEGATE_SUBMIT }, { CASEGATE_RECEIVED, CASEGATE_LAB_USER, CASEGATE_ACCEPT },
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        spec_world world;
        spec_open(&world, others[i].status, others[i].role);
        spec_ask(&world, others[i].action);

        assert_allowed(&world);

        assert_int_equal(spec_commit(&world)->notice_count, 0);
        spec_close(&world);
    }
}

/* ---- what is read ------------------------------------------------------------------------------------------------ */

static uint32_t needs_of(int32_t status, int32_t role, int32_t action)
{
    spec_world world;
    spec_open(&world, status, role);
    spec_ask(&world, action);
    world.facts.content = NULL;
    uint32_t needs = casegate_needs(&world.facts, world.actor, &world.request);
    assert_allowed(&world);
    spec_close(&world);
    return needs & ~(uint32_t)CASEGATE_NEEDS_GUARDS;
}

TEST(a_decision_reads_no_content_under_the_default_policy)
{
    UNUSED(state);
    assert_int_equal(needs_of(CASEGATE_DRAFT, CASEGATE_CLINIC_USER, CASEGATE_SUBMIT), 0);
    assert_int_equal(needs_of(CASEGATE_REJECTED, CASEGATE_DENTIST, CASEGATE_SUBMIT), 0);
    assert_int_equal(needs_of(CASEGATE_RECEIVED, CASEGATE_LAB_USER, CASEGATE_ACCEPT), 0);
    assert_int_equal(needs_of(CASEGATE_RECEIVED, CASEGATE_LAB_USER, CASEGATE_REJECT), 0);
    assert_int_equal(needs_of(0, CASEGATE_CLINIC_USER, CASEGATE_CREATE), 0);
}

static void blocking_policy(spec_world *world, int32_t finding, int32_t level)
{
    casegate_policy_builder *b = casegate_policy_builder_new(NULL, "strict");
    casegate_policy_set_check(b, finding, level);
    spec_use_policy(world, b);
}

/* CG-R04 */
TEST(a_blocking_check_of_the_content_needs_the_content_for_the_actions_that_it_blocks)
{
    UNUSED(state);
    static const struct { int32_t level, status, role, action; uint32_t needs; } rows[] = {
        { CASEGATE_LEVEL_BLOCK_SUBMIT, CASEGATE_DRAFT, CASEGATE_CLINIC_USER, CASEGATE_SUBMIT, CASEGATE_NEEDS_CONTENT },
        { CASEGATE_LEVEL_BLOCK_SUBMIT, CASEGATE_RECEIVED, CASEGATE_LAB_USER, CASEGATE_ACCEPT, CASEGATE_NEEDS_CONTENT },
        { CASEGATE_LEVEL_BLOCK_SUBMIT, CASEGATE_RECEIVED, CASEGATE_LAB_USER, CASEGATE_REJECT, 0 },
        { CASEGATE_LEVEL_BLOCK_ACCEPT, CASEGATE_DRAFT, CASEGATE_CLINIC_USER, CASEGATE_SUBMIT, 0 },
        { CASEGATE_LEVEL_BLOCK_ACCEPT, CASEGATE_RECEIVED, CASEGATE_LAB_USER, CASEGATE_ACCEPT, CASEGATE_NEEDS_CONTENT },
        { CASEGATE_LEVEL_WARN, CASEGATE_RECEIVED, CASEGATE_LAB_USER, CASEGATE_ACCEPT, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        spec_world world;
        spec_open(&world, rows[i].status, rows[i].role);
        blocking_policy(&world, CASEGATE_SCAN_METHOD_MISSING, rows[i].level);
        spec_ask(&world, rows[i].action);

        uint32_t needs = casegate_needs(&world.facts, world.actor, &world.request);
        assert_int_equal(needs & ~(uint32_t)CASEGATE_NEEDS_GUARDS, rows[i].needs);
        needs = casegate_explain_needs(&world.facts, world.actor, rows[i].action);
        assert_int_equal(needs & ~(uint32_t)CASEGATE_NEEDS_GUARDS, rows[i].needs);
        assert_allowed(&world);

        world.facts.content = NULL;
        assert_string_equal(spec_decide(&world), rows[i].needs ? "e_missing_fact content" : "");
        spec_close(&world);
    }
}

TEST(an_edit_needs_the_content_that_it_replaces)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_DRAFT, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_EDIT);
    assert_int_equal(casegate_needs(&world.facts, world.actor, &world.request), CASEGATE_NEEDS_CONTENT | CASEGATE_NEEDS_GUARDS);

    world.facts.content = NULL;

    assert_string_equal(spec_decide(&world), "e_missing_fact content");
    spec_close(&world);
}

/* CG-R16 */
TEST(only_a_stale_review_needs_the_reviewed_revision)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);
    assert_int_equal(casegate_needs(&world.facts, world.actor, &world.request), CASEGATE_NEEDS_GUARDS);

    world.request.revision = 2;

    assert_int_equal(casegate_needs(&world.facts, world.actor, &world.request),
                     CASEGATE_NEEDS_GUARDS | CASEGATE_NEEDS_CONTENT | CASEGATE_NEEDS_REVIEWED);
    spec_close(&world);
}

/* CG-R19 */
TEST(guards_are_asked_only_of_those_who_could_act)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_IN_PRODUCTION, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);
    assert_int_equal(casegate_needs(&world.facts, world.actor, &world.request), 0);
    spec_close(&world);

    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_use_actor(&world, spec_actor(CASEGATE_LAB_USER, CASEGATE_MAY_VIEW, NULL));
    spec_ask(&world, CASEGATE_ACCEPT);
    assert_int_equal(casegate_needs(&world.facts, world.actor, &world.request), 0);
    spec_close(&world);
}

TEST(a_fact_that_is_missing_is_named)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_ACCEPT);
    const casegate_event prior = { .size = sizeof prior, .seq = 6 };

    world.facts.prior = &prior;
    assert_string_equal(spec_decide(&world), "e_missing_fact request_digest");

    world.facts.prior = NULL;
    world.facts.workflow = NULL;
    assert_string_equal(spec_decide(&world), "e_missing_fact workflow");
    spec_close(&world);
}

TEST(a_case_whose_status_the_workflow_does_not_have_is_corrupt_but_an_outsider_learns_nothing)
{
    UNUSED(state);
    spec_world world;
    casegate_head head = spec_head(CASEGATE_RECEIVED);
    head.status = 42;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_use_head(&world, &head);
    spec_ask(&world, CASEGATE_ACCEPT);
    assert_string_equal(spec_decide(&world), "e_corrupt status");

    spec_use_actor(&world, spec_actor(CASEGATE_LAB_USER, ALL_INTAKE, "lab-two"));
    assert_refused(&world, "not_found");

    spec_close(&world);
}

/* ---- the same request again -------------------------------------------------------------------------------------- */

static void repeat(spec_world *world, const casegate_event *prior, const char *digest)
{
    spec_open(world, CASEGATE_IN_PRODUCTION, CASEGATE_LAB_USER);
    spec_ask(world, CASEGATE_ACCEPT);
    world->request.request = "r-1";
    world->facts.prior = prior;
    world->facts.request_digest = digest;
}

/* CG-R20 */
TEST(the_same_request_sent_twice_is_answered_as_it_was_then_and_writes_nothing)
{
    UNUSED(state);
    const casegate_event prior = { .size = sizeof prior, .case_id = CASE, .seq = 4, .to = CASEGATE_RECEIVED, .revision = 2,
                                   .attempt = 1,
                                   .request = "r-1", .request_digest = "1:same" };
    spec_world world;
    repeat(&world, &prior, "1:same");

    assert_allowed(&world);

    const casegate_head *head = casegate_decision_head(world.decision);
    assert_null(casegate_decision_commit(world.decision));
    assert_int_equal(casegate_decision_replayed(world.decision), 1);
    assert_int_equal(head->status, CASEGATE_RECEIVED);
    assert_int_equal(head->phase, CASEGATE_PHASE_PENDING);
    assert_int_equal(head->version, 4);
    assert_int_equal(head->revision, 2);
    assert_int_equal(head->attempt, 1);
    assert_string_equal(head->patient_name, "Ada Byron");
    assert_int_equal(casegate_needs(&world.facts, world.actor, &world.request), 0);
    spec_close(&world);
}

/* CG-R20 */
TEST(a_request_id_with_another_meaning_is_refused_alone)
{
    UNUSED(state);
    const casegate_event prior = { .size = sizeof prior, .case_id = CASE, .seq = 4, .to = CASEGATE_RECEIVED,
                                   .request_digest = "1:other" };
    spec_world world;
    repeat(&world, &prior, "1:same");
    world.request.service = "s1";

    assert_refused(&world, "request_reused");

    assert_int_equal(casegate_decision_replayed(world.decision), 0);
    spec_close(&world);
}

/* CG-R20 */
TEST(a_request_whose_texts_were_erased_cannot_be_recognised_and_is_refused)
{
    UNUSED(state);
    const casegate_event prior = { .size = sizeof prior, .case_id = CASE, .seq = 4, .to = CASEGATE_RECEIVED, .erased = 1 };
    spec_world world;
    repeat(&world, &prior, "");

    assert_refused(&world, "request_reused");

    spec_close(&world);
}

/* CG-R14 CG-R20 */
TEST(a_repeated_request_of_someone_who_cannot_see_the_case_any_more_is_not_found)
{
    UNUSED(state);
    const casegate_event prior = { .size = sizeof prior, .case_id = CASE, .seq = 4, .to = CASEGATE_RECEIVED,
                                   .request_digest = "1:same" };
    spec_world world;
    repeat(&world, &prior, "1:same");
    spec_use_actor(&world, spec_actor(CASEGATE_LAB_USER, CASEGATE_MAY_ACCEPT, NULL));

    assert_refused(&world, "not_found");

    spec_close(&world);
}

/* CG-R20 */
TEST(two_requests_mean_the_same_exactly_when_every_input_is_the_same)
{
    UNUSED(state);
    char base[67], again[67], other[67];
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_REJECT);
    const casegate_request first = world.request;
    const casegate_file file = { .size = sizeof file, .id = "x1" };
    const casegate_file *const files[] = { &file };
    casegate_request others[8];
    for (size_t i = 0; i < COUNT(others); i++) others[i] = first;
    others[0].action = CASEGATE_ACCEPT;
    others[1].case_id = "case-2";
    others[2].revision = 4;
    others[3].service = "s1";
    others[4].reason = "unreadable_scan";
    others[5].comment = "no";
    others[6].files = files, others[6].file_count = 1;
    others[7].content = world.other;

    assert_int_equal(casegate_request_digest(NULL, &first, "salt", base, NULL), CASEGATE_OK);
    assert_int_equal(casegate_request_digest(NULL, &first, "salt", again, NULL), CASEGATE_OK);
    assert_string_equal(again, base);
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_int_equal(casegate_request_digest(NULL, &others[i], "salt", other, NULL), CASEGATE_OK);
        assert_string_not_equal(other, base);
    }
    assert_int_equal(casegate_request_digest(NULL, &first, "other salt", other, NULL), CASEGATE_OK);
    assert_string_not_equal(other, base);

    casegate_request held = first;
    held.case_id = NULL;
    held.held = world.kase;
    held.request = "r-2";
    held.lab = LAB;
    assert_int_equal(casegate_request_digest(NULL, &held, "salt", again, NULL), CASEGATE_OK);
    assert_string_equal(again, base);
    spec_close(&world);
}

TEST(requests_that_create_mean_the_same_by_lab_and_content_and_not_by_case)
{
    UNUSED(state);
    char base[67], other[67];
    spec_world world;
    spec_open(&world, 0, CASEGATE_CLINIC_USER);
    spec_ask(&world, CASEGATE_CREATE);
    assert_int_equal(casegate_request_digest(NULL, &world.request, NULL, base, NULL), CASEGATE_OK);

    world.request.case_id = "any";
    assert_int_equal(casegate_request_digest(NULL, &world.request, NULL, other, NULL), CASEGATE_OK);
    assert_string_equal(other, base);

    world.request.lab = "lab-two";
    assert_int_equal(casegate_request_digest(NULL, &world.request, NULL, other, NULL), CASEGATE_OK);
    assert_string_not_equal(other, base);
    spec_close(&world);
}

/* ---- purity ------------------------------------------------------------------------------------------------------ */

static void assert_same_commit(const casegate_commit *a, const casegate_commit *b)
{
    casegate_head x = *a->after, y = *b->after;
    x.event_hash = y.event_hash = NULL;   /* room in each decision, for the seal */
    assert_memory_equal(&x, &y, sizeof x);
    assert_int_equal(a->event_count, b->event_count);
    assert_int_equal(a->notice_count, b->notice_count);
    for (size_t i = 0; i < a->notice_count; i++) assert_string_equal(a->notices[i]->id, b->notices[i]->id);
}

TEST(the_same_question_has_the_same_answer_and_leaves_facts_actor_and_request_as_they_were)
{
    UNUSED(state);
    spec_world world;
    casegate_decision *twin = casegate_decision_new(NULL);
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_REJECT);
    const casegate_facts facts = world.facts;
    const casegate_request request = world.request;
    const casegate_head head = *casegate_case_head(world.kase);
    const casegate_actor_fields actor = *casegate_actor_get(world.actor);

    assert_allowed(&world);
    assert_int_equal(casegate_decide(&world.facts, world.actor, &world.request, twin, NULL), CASEGATE_OK);

    assert_same_commit(casegate_decision_commit(world.decision), casegate_decision_commit(twin));
    assert_memory_equal(&world.facts, &facts, sizeof facts);
    assert_memory_equal(&world.request, &request, sizeof request);
    assert_memory_equal(casegate_case_head(world.kase), &head, sizeof head);
    assert_memory_equal(casegate_actor_get(world.actor), &actor, sizeof actor);
    casegate_decision_free(twin);
    spec_close(&world);
}

TEST(a_decision_that_is_used_again_forgets_the_last_answer)
{
    UNUSED(state);
    spec_world world;
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    spec_ask(&world, CASEGATE_REJECT);
    assert_allowed(&world);

    world.request.reason = "because";
    assert_refused(&world, "reason_unknown(reason=because)");
    assert_null(casegate_decision_commit(world.decision));
    assert_null(casegate_decision_head(world.decision));

    world.request.action = -1;
    assert_string_equal(spec_decide(&world), "e_invalid action");
    assert_int_equal(casegate_verdict_count(casegate_decision_verdict(world.decision)), 0);

    world.request.action = CASEGATE_REJECT;
    world.request.reason = "other";
    assert_allowed(&world);
    assert_int_equal(spec_commit(&world)->notice_count, 4);
    spec_close(&world);
}

/* Lets another world decide with the same decision. */
static void hand_on(spec_world *from, spec_world *to)
{
    casegate_decision_free(to->decision);
    to->decision = from->decision;
    from->decision = NULL;
    spec_close(from);
}

TEST(nothing_that_one_event_said_stands_in_the_events_of_the_next_answer)
{
    UNUSED(state);
    const casegate_file file = { .size = sizeof file, .id = "x1" };
    const casegate_file *const files[] = { &file };
    spec_world editing, rejecting, creating;
    spec_open(&editing, CASEGATE_DRAFT, CASEGATE_CLINIC_USER);
    spec_ask(&editing, CASEGATE_EDIT);
    assert_allowed(&editing);
    spec_open(&rejecting, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    hand_on(&editing, &rejecting);
    spec_ask(&rejecting, CASEGATE_REJECT);
    rejecting.request.comment = "No scan.";
    rejecting.request.request = "r-1";
    rejecting.request.files = files;
    rejecting.request.file_count = 1;
    assert_allowed(&rejecting);
    assert_int_equal(spec_event(&rejecting, 0)->changed_count, 0);
    spec_open(&creating, 0, CASEGATE_CLINIC_USER);
    hand_on(&rejecting, &creating);
    spec_ask(&creating, CASEGATE_CREATE);
    creating.request.submit = 1;

    assert_allowed(&creating);

    assert_int_equal(spec_commit(&creating)->notice_count, 0);
    for (size_t i = 0; i < 2; i++) {
        const casegate_event *event = spec_event(&creating, i);
        assert_null(event->reason);
        assert_int_equal(event->reason_label_count, 0);
        assert_null(event->comment);
        assert_int_equal(event->file_count, 0);
        assert_int_equal(event->changed_count, 0);
        assert_null(event->request);
        assert_null(event->salt);
        assert_null(event->text_digest);
        assert_null(event->request_digest);
    }
    spec_close(&creating);
}

static void answer_all(spec_world *world, casegate_decision *decision)
{
    static const int32_t actions[] = { CASEGATE_ACCEPT, CASEGATE_REJECT, CASEGATE_SUBMIT, CASEGATE_EDIT };
    for (size_t i = 0; i < COUNT(actions); i++) {
        spec_ask(world, actions[i]);
        casegate_decide(&world->facts, world->actor, &world->request, decision, NULL);
        world->request.revision = 0;
        world->request.reason = NULL;
        casegate_decide(&world->facts, world->actor, &world->request, decision, NULL);
    }
}

TEST(a_reused_decision_allocates_nothing_whether_allowed_or_refused)
{
    UNUSED(state);
    spec_host host;
    spec_world world;
    spec_host_open(&host, NULL);
    casegate_decision *decision = casegate_decision_new(host.host);
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    answer_all(&world, decision);
    answer_all(&world, decision);
    int before = host.allocations;

    for (int i = 0; i < 10; i++) answer_all(&world, decision);

    assert_int_equal(host.allocations, before);
    spec_close(&world);
    casegate_decision_free(decision);
    spec_host_close(&host);
}

TEST(every_allocation_of_a_decision_can_fail_and_leaves_nothing_behind)
{
    UNUSED(state);
    spec_host host;
    spec_world world;
    spec_host_open(&host, NULL);
    spec_open(&world, CASEGATE_RECEIVED, CASEGATE_LAB_USER);
    int failures = 0;
    for (int left = 0, done = 0; !done; left++) {
        casegate_error error = ERROR;
        host.left = left;
        casegate_decision *decision = casegate_decision_new(host.host);
        if (!decision) continue;
        spec_ask(&world, CASEGATE_REJECT);
        casegate_result result = casegate_decide(&world.facts, world.actor, &world.request, decision, &error);
        if (result == CASEGATE_OK) result = casegate_decision_seal(decision, &error);
        done = result == CASEGATE_OK;
        if (!done) {
            failures++;
            assert_int_equal(result, CASEGATE_E_NOMEM);
            assert_int_equal(error.code, CASEGATE_E_NOMEM);
        }
        casegate_decision_free(decision);
        assert_in_range(left, 0, 100);
    }
    assert_true(failures > 0);
    host.left = -1;
    spec_close(&world);
    spec_host_close(&host);
}

/* ---- a case through its life ------------------------------------------------------------------------------------- */

static void go_on(spec_world *world, int32_t role, int32_t action, const char *reason)
{
    spec_use_actor(world, spec_actor(role, ALL_INTAKE, NULL));
    spec_ask(world, action);
    world->request.reason = reason;
    if (world->request.revision) world->request.revision = casegate_case_head(world->kase)->revision;
    assert_allowed(world);
    const casegate_head after = *spec_commit(world)->after;
    spec_use_head(world, &after);
}

/* CG-R02 CG-R09 CG-R13 */
TEST(a_case_is_rejected_revised_submitted_again_accepted_and_then_nothing_moves_it)
{
    UNUSED(state);
    static const struct { int32_t role, action; const char *words; } vain[] = {
        { CASEGATE_CLINIC_USER, CASEGATE_EDIT, "locked" }, { CASEGATE_DENTIST, CASEGATE_SUBMIT, "already_accepted" },
        { CASEGATE_LAB_USER, CASEGATE_ACCEPT, "already_accepted" }, { CASEGATE_LAB_USER, CASEGATE_REJECT, "already_accepted" },
        { CASEGATE_SYSTEM, CASEGATE_REJECT, "already_accepted wrong_role" },
    };
    spec_world world;
    spec_open(&world, CASEGATE_DRAFT, CASEGATE_CLINIC_USER);

    go_on(&world, CASEGATE_CLINIC_USER, CASEGATE_SUBMIT, NULL);
    go_on(&world, CASEGATE_LAB_USER, CASEGATE_REJECT, "other");
    go_on(&world, CASEGATE_DENTIST, CASEGATE_EDIT, NULL);
    go_on(&world, CASEGATE_DENTIST, CASEGATE_SUBMIT, NULL);
    go_on(&world, CASEGATE_LAB_USER, CASEGATE_ACCEPT, NULL);

    const casegate_head *head = casegate_case_head(world.kase);
    assert_int_equal(head->status, CASEGATE_IN_PRODUCTION);
    assert_int_equal(head->version, 10);
    assert_int_equal(head->revision, 4);
    assert_int_equal(head->attempt, 2);
    for (size_t i = 0; i < COUNT(vain); i++) {
        spec_use_actor(&world, spec_actor(vain[i].role, EVERY_PERMISSION, NULL));
        spec_ask(&world, vain[i].action);
        if (world.request.revision) world.request.revision = 4;
        spec_decide(&world);
        assert_string_equal(spec_words(casegate_decision_verdict(world.decision), 0), vain[i].words);
    }
    spec_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creating_a_case_writes_a_draft_with_revision_version_and_event_one),
        cmocka_unit_test(who_could_not_create_a_case_is_not_told_that_an_id_is_taken),
        cmocka_unit_test(an_event_says_who_when_from_to_revision_attempt_and_under_which_policy),
        cmocka_unit_test(create_and_submit_in_one_call_is_one_commit_of_two_events_and_the_last_answers_the_request),
        cmocka_unit_test(create_and_submit_is_all_or_nothing_so_an_incomplete_case_is_not_even_created),
        cmocka_unit_test(a_case_gets_the_id_that_its_creator_wants_and_needs_one_from_the_host_otherwise),
        cmocka_unit_test(an_edit_counts_the_revision_and_names_what_it_changed_in_every_status_before_acceptance),
        cmocka_unit_test(an_edit_that_changes_nothing_is_allowed_and_writes_nothing),
        cmocka_unit_test(an_edit_can_change_the_dentist_on_record_and_the_next_rejection_tells_the_new_one),
        cmocka_unit_test(submitting_a_draft_counts_the_attempt_and_lets_the_waiting_begin),
        cmocka_unit_test(resubmitting_a_rejected_case_keeps_the_case_counts_the_attempt_and_clears_the_current_rejection),
        cmocka_unit_test(accepting_writes_who_decided_and_when_and_keeps_the_reviewed_revision),
        cmocka_unit_test(rejecting_stores_reason_with_labels_comment_and_files_and_points_the_head_at_them),
        cmocka_unit_test(rejecting_without_a_reason_is_refused_and_changes_nothing),
        cmocka_unit_test(a_decision_on_one_service_is_refused_and_a_service_means_nothing_elsewhere),
        cmocka_unit_test(the_commit_names_the_head_that_it_was_decided_on),
        cmocka_unit_test(a_clock_that_stands_still_or_goes_backwards_does_not_disturb_the_order),
        cmocka_unit_test(a_case_from_elsewhere_is_adopted_in_any_status_as_event_one_without_notices),
        cmocka_unit_test(an_adoption_that_contradicts_itself_is_refused),
        cmocka_unit_test(an_adopted_case_goes_on_as_any_other),
        cmocka_unit_test(a_rejection_tells_clinic_and_dentist_each_by_email_and_by_portal),
        cmocka_unit_test(a_dentist_with_an_address_and_no_id_gets_the_email_alone),
        cmocka_unit_test(a_dentist_with_an_id_and_no_address_gets_both_and_the_host_can_look_the_address_up),
        cmocka_unit_test(without_a_dentist_id_and_address_only_the_clinic_is_told),
        cmocka_unit_test(a_notice_is_recognised_by_case_event_and_ordinal_and_carries_what_was_decided),
        cmocka_unit_test(only_a_rejection_tells_anybody),
        cmocka_unit_test(a_decision_reads_no_content_under_the_default_policy),
        cmocka_unit_test(a_blocking_check_of_the_content_needs_the_content_for_the_actions_that_it_blocks),
        cmocka_unit_test(an_edit_needs_the_content_that_it_replaces),
        cmocka_unit_test(only_a_stale_review_needs_the_reviewed_revision),
        cmocka_unit_test(guards_are_asked_only_of_those_who_could_act),
        cmocka_unit_test(a_fact_that_is_missing_is_named),
        cmocka_unit_test(a_case_whose_status_the_workflow_does_not_have_is_corrupt_but_an_outsider_learns_nothing),
        cmocka_unit_test(the_same_request_sent_twice_is_answered_as_it_was_then_and_writes_nothing),
        cmocka_unit_test(a_request_id_with_another_meaning_is_refused_alone),
        cmocka_unit_test(a_request_whose_texts_were_erased_cannot_be_recognised_and_is_refused),
        cmocka_unit_test(a_repeated_request_of_someone_who_cannot_see_the_case_any_more_is_not_found),
        cmocka_unit_test(two_requests_mean_the_same_exactly_when_every_input_is_the_same),
        cmocka_unit_test(requests_that_create_mean_the_same_by_lab_and_content_and_not_by_case),
        cmocka_unit_test(the_same_question_has_the_same_answer_and_leaves_facts_actor_and_request_as_they_were),
        cmocka_unit_test(a_decision_that_is_used_again_forgets_the_last_answer),
        cmocka_unit_test(nothing_that_one_event_said_stands_in_the_events_of_the_next_answer),
        cmocka_unit_test(a_reused_decision_allocates_nothing_whether_allowed_or_refused),
        cmocka_unit_test(every_allocation_of_a_decision_can_fail_and_leaves_nothing_behind),
        cmocka_unit_test(a_case_is_rejected_revised_submitted_again_accepted_and_then_nothing_moves_it),
    };
    return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
