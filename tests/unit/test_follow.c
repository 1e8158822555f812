/* SPDX-License-Identifier: MIT */
/* test_follow.c: how an event changes a head, and which heads make sense. */
#include "sample.h"

#include <casegate/workflow.h>

#define DRAFT CASEGATE_PHASE_DRAFT
#define PENDING CASEGATE_PHASE_PENDING
#define ACCEPTED CASEGATE_PHASE_ACCEPTED
#define REJECTED CASEGATE_PHASE_REJECTED
#define CLOSED CASEGATE_PHASE_CLOSED

static const casegate_event created = {
    .size = sizeof(casegate_event), .case_id = "case-1", .clinic = "clinic-1", .lab = "lab-1", .workflow = "intake",
    .workflow_version = 1, .seq = 1, .time_us = 1000, .actor = "u-1", .action = CASEGATE_CREATE, .to = CASEGATE_DRAFT,
    .revision = 1,
    .content_digest = ONES, .hash = "hash-1"
};

/* An event of the same case. */
static casegate_event event_of(uint32_t seq, int32_t to, uint32_t attempt, const char *reason)
{
    casegate_event event = created;
    event.seq = seq;
    event.time_us = 1000 * (int64_t)seq;
    event.to = to;
    event.attempt = attempt;
    event.reason = reason;
    event.actor = seq % 2 ? "u-1" : "u-2";
    return event;
}

static casegate_head follow(const casegate_head *before, casegate_event event, int32_t from, int32_t to)
{
    casegate_head after;
    cg_head_follow(before, &event, NULL, from, to, &after);
    return after;
}

static casegate_head a_draft(void) { return follow(NULL, created, 0, DRAFT); }
static casegate_head a_received(void)
{
    casegate_head draft = a_draft();
    return follow(&draft, event_of(2, CASEGATE_RECEIVED, 1, NULL), DRAFT, PENDING);
}
static casegate_head a_rejected(void)
{
    casegate_head received = a_received();
    return follow(&received, event_of(3, CASEGATE_REJECTED, 1, "no_capacity"), PENDING, REJECTED);
}

TEST(the_numbers_that_this_layer_keeps_are_those_of_workflow_h)
{
    UNUSED(state);
    assert_int_equal(cg_does(DRAFT, PENDING, 0), CASEGATE_DOES_SUBMISSION);
    assert_int_equal(cg_does(REJECTED, PENDING, 1), CASEGATE_DOES_SUBMISSION);
    assert_int_equal(cg_does(PENDING, ACCEPTED, 0), CASEGATE_DOES_ACCEPTANCE);
    assert_int_equal(cg_does(PENDING, REJECTED, 0), CASEGATE_DOES_REJECTION);
    assert_int_equal(cg_does(DRAFT, CLOSED, 0), CASEGATE_DOES_CLOSING);
    assert_int_equal(cg_does(PENDING, CLOSED, 0), CASEGATE_DOES_CLOSING);
    assert_int_equal(cg_does(REJECTED, CLOSED, 0), CASEGATE_DOES_CLOSING);
    assert_int_equal(cg_does(ACCEPTED, ACCEPTED, 0), CASEGATE_DOES_MOVE);
    assert_int_equal(cg_does(DRAFT, DRAFT, 1), CASEGATE_DOES_EDIT);
    assert_int_equal(CG_LIMIT_IDS, CASEGATE_LIMIT_IDS);
    assert_int_equal(CG_LIMIT_CONTENT, CASEGATE_LIMIT_CONTENT);
    assert_int_equal(CG_LIMITS, CASEGATE_LIMIT_CONTENT + 1);
}

TEST(no_transition_leads_out_of_acceptance) {   /* CG-R09 */
    UNUSED(state);
    for (int32_t to = -1; to < 8; to++)
        if (to != ACCEPTED) assert_int_equal(cg_does(ACCEPTED, to, 0), 0);
}

TEST(exactly_the_known_pairs_of_phases_do_something)
{
    UNUSED(state);
    int known = 0;
    for (int32_t from = -1; from < 8; from++)
        for (int32_t to = -1; to < 8; to++) known += cg_does(from, to, 0) != 0;

    assert_int_equal(known, 7 + 5);   /* and staying in each of the five phases */
}

TEST(a_first_event_makes_the_head)
{
    UNUSED(state);
    casegate_head head = a_draft();

    assert_int_equal(head.size, sizeof head);
    assert_string_equal(head.id, "case-1");
    assert_string_equal(head.clinic, "clinic-1");
    assert_string_equal(head.lab, "lab-1");
    assert_string_equal(head.workflow, "intake");
    assert_int_equal(head.workflow_version, 1);
    assert_int_equal(head.status, CASEGATE_DRAFT);
    assert_int_equal(head.phase, DRAFT);
    assert_int_equal(head.version, 1);
    assert_int_equal(head.revision, 1);
    assert_int_equal(head.attempt, 0);
    assert_int_equal(head.created_us, 1000);
    assert_int_equal(head.submitted_us, 0);
    assert_int_equal(head.first_submitted_seq, 0);
    assert_string_equal(head.content_digest, ONES);
    assert_string_equal(head.event_hash, "hash-1");
    assert_int_equal(cg_head_judge(&head, NULL), CASEGATE_OK);
}

TEST(a_submission_is_remembered_as_the_last_and_the_first) {   /* CG-R01 */
    UNUSED(state);
    casegate_head head = a_received();

    assert_int_equal(head.status, CASEGATE_RECEIVED);
    assert_int_equal(head.attempt, 1);
    assert_int_equal(head.created_us, 1000);
    assert_int_equal(head.submitted_us, 2000);
    assert_int_equal(head.first_submitted_seq, 2);
    assert_int_equal(head.first_submitted_revision, 1);
    assert_int_equal(head.decided_us, 0);
}

TEST(an_acceptance_says_who_and_when) {   /* CG-R05 */
    UNUSED(state);
    casegate_head received = a_received();
    casegate_head head = follow(&received, event_of(4, CASEGATE_IN_PRODUCTION, 1, NULL), PENDING, ACCEPTED);

    assert_int_equal(head.status, CASEGATE_IN_PRODUCTION);
    assert_int_equal(head.decided_us, 4000);
    assert_string_equal(head.decided_by, "u-2");
    assert_null(head.reason);
    assert_int_equal(head.rejected_seq, 0);
}

TEST(a_rejection_keeps_its_reason_and_its_event) {   /* CG-R06 */
    UNUSED(state);
    casegate_head head = a_rejected();

    assert_int_equal(head.status, CASEGATE_REJECTED);
    assert_string_equal(head.reason, "no_capacity");
    assert_int_equal(head.rejected_seq, 3);
    assert_int_equal(head.decided_us, 3000);
    assert_string_equal(head.decided_by, "u-1");
}

TEST(submitting_again_clears_the_rejection_and_keeps_the_first_submission)
{
    UNUSED(state);
    casegate_head rejected = a_rejected();
    casegate_event again = event_of(6, CASEGATE_RECEIVED, 2, NULL);
    again.revision = 3;
    casegate_head head = follow(&rejected, again, REJECTED, PENDING);

    assert_null(head.reason);
    assert_int_equal(head.rejected_seq, 0);
    assert_int_equal(head.attempt, 2);
    assert_int_equal(head.submitted_us, 6000);
    assert_int_equal(head.first_submitted_seq, 2);
    assert_int_equal(head.first_submitted_revision, 1);
    assert_int_equal(head.decided_us, 3000);
}

TEST(an_edit_of_a_rejected_case_leaves_the_rejection) {   /* CG-R10 */
    UNUSED(state);
    casegate_head rejected = a_rejected();
    casegate_event edit = event_of(4, CASEGATE_REJECTED, 1, NULL);
    edit.revision = 2;
    casegate_head head = follow(&rejected, edit, REJECTED, REJECTED);

    assert_string_equal(head.reason, "no_capacity");
    assert_int_equal(head.rejected_seq, 3);
    assert_int_equal(head.revision, 2);
    assert_int_equal(head.version, 4);
    assert_int_equal(head.decided_us, 3000);
}

TEST(a_case_adopted_while_received_counts_as_submitted_then)
{
    UNUSED(state);
    casegate_head head = follow(NULL, event_of(1, CASEGATE_RECEIVED, 2, NULL), 0, PENDING);

    assert_int_equal(head.attempt, 2);
    assert_int_equal(head.submitted_us, 1000);
    assert_int_equal(head.first_submitted_seq, 1);
    assert_int_equal(head.first_submitted_revision, 1);
    assert_int_equal(head.decided_us, 0);
}

TEST(a_case_adopted_after_a_decision_keeps_it)
{
    UNUSED(state);
    casegate_head accepted = follow(NULL, event_of(1, CASEGATE_IN_PRODUCTION, 1, NULL), 0, ACCEPTED);
    casegate_head rejected = follow(NULL, event_of(1, CASEGATE_REJECTED, 1, "no_capacity"), 0, REJECTED);

    assert_int_equal(accepted.decided_us, 1000);
    assert_string_equal(accepted.decided_by, "u-1");
    assert_int_equal(accepted.rejected_seq, 0);
    assert_string_equal(rejected.reason, "no_capacity");
    assert_int_equal(rejected.rejected_seq, 1);
    assert_int_equal(rejected.decided_us, 1000);
}

TEST(a_content_brings_the_summary_and_its_absence_keeps_it)
{
    UNUSED(state);
    casegate_content *content = finished(sample_builder(NULL));
    casegate_head head, later;
    cg_head_follow(NULL, &created, content, 0, DRAFT, &head);
    later = follow(&head, event_of(2, CASEGATE_RECEIVED, 1, NULL), DRAFT, PENDING);

    assert_string_equal(head.dentist, "d-7");
    assert_string_equal(head.clinic_email, "desk@clinic.example");
    assert_string_equal(head.dentist_email, "who@clinic.example");
    assert_string_equal(head.reference, "NC-1042");
    assert_string_equal(head.patient_name, sample_texts[CASEGATE_CONTENT_PATIENT_NAME]);
    assert_string_equal(head.dentist_name, "Dr. Who");
    assert_string_equal(head.due, "2026-03-16");
    assert_int_equal(head.service_count, 2);
    assert_ptr_equal(later.dentist, head.dentist);
    assert_int_equal(later.service_count, 2);
    casegate_content_unref(content);
}

TEST(a_head_as_then_has_the_events_counters_and_todays_summary)
{
    UNUSED(state);
    casegate_head today = a_rejected(), then;
    casegate_event submitted = event_of(2, CASEGATE_RECEIVED, 1, NULL);
    today.due = "2026-03-16";

    cg_head_as_then(&today, &submitted, &then);

    assert_int_equal(then.status, CASEGATE_RECEIVED);
    assert_int_equal(then.phase, 0);
    assert_int_equal(then.version, 2);
    assert_string_equal(then.due, "2026-03-16");
}

/* ---- heads that make no sense ---- */

typedef void spoil_fn(casegate_head *head);
static void no_id(casegate_head *h) { h->id = ""; }
static void no_clinic(casegate_head *h) { h->clinic = NULL; }
static void no_lab(casegate_head *h) { h->lab = NULL; }
static void no_workflow(casegate_head *h) { h->workflow = NULL; }
static void no_workflow_version(casegate_head *h) { h->workflow_version = 0; }
static void no_status(casegate_head *h) { memset(&h->status, 0, sizeof h->status); }
static void no_version(casegate_head *h) { h->version = 0; }
static void no_revision(casegate_head *h) { h->revision = 0; }
static void no_attempt(casegate_head *h) { h->attempt = 0; }
static void late_rejection(casegate_head *h) { h->rejected_seq = h->version + 1; }
static void late_submission(casegate_head *h) { h->first_submitted_seq = h->version + 1; }
static void late_revision(casegate_head *h) { h->first_submitted_revision = h->revision + 1; }

TEST(a_head_that_makes_no_sense_is_corrupt_and_names_the_member)
{
    UNUSED(state);
    static const struct { spoil_fn *spoil; const char *member; } cases[] = {
        { no_id, "id" }, { no_clinic, "clinic" }, { no_lab, "lab" }, { no_workflow, "workflow" },
        { no_workflow_version, "workflow_version" },
        { no_status, "status" }, { no_version, "version" }, { no_revision, "revision" },
        { no_attempt, "attempt" }, { late_rejection, "rejected_seq" }, { late_submission, "first_submitted_seq" },
        { late_revision, "first_submitted_revision" }
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        casegate_head head = a_rejected();
        casegate_case *kase = NULL;
        casegate_error err = ERROR;
        cases[i].spoil(&head);

        assert_int_equal(casegate_case_new(NULL, &head, &kase, &err), CASEGATE_E_CORRUPT);

        assert_null(kase);
        assert_string_equal(err.field, cases[i].member);
    }
}

TEST(a_host_that_does_not_keep_the_first_submission_is_believed)
{
    UNUSED(state);
    casegate_head head = a_rejected();
    head.first_submitted_seq = head.first_submitted_revision = 0;

    assert_int_equal(cg_head_judge(&head, NULL), CASEGATE_OK);
}

TEST(an_adopted_case_may_have_more_attempts_than_events)
{
    UNUSED(state);
    casegate_head head = follow(NULL, event_of(1, CASEGATE_RECEIVED, 2, NULL), 0, PENDING);

    assert_int_equal(cg_head_judge(&head, NULL), CASEGATE_OK);
}

TEST(a_case_owns_its_head)
{
    UNUSED(state);
    unit_memory memory;
    casegate_host *host = unit_host(&memory);
    casegate_head head = a_rejected();
    char id[] = "case-1";
    casegate_case *kase = NULL;
    head.id = id;
    head.due = "";

    assert_int_equal(casegate_case_new(host, &head, &kase, NULL), CASEGATE_OK);
    casegate_host_unref(host);
    id[0] = 'x';

    assert_string_equal(casegate_case_head(kase)->id, "case-1");
    assert_null(casegate_case_head(kase)->due);
    casegate_case_unref(casegate_case_ref(kase));
    assert_int_equal(casegate_case_head(kase)->version, 3);
    casegate_case_unref(kase);
    assert_int_equal(memory.held, 0);
    casegate_case_unref(NULL);
    assert_null(casegate_case_ref(NULL));
    assert_null(casegate_case_head(NULL));
    assert_int_equal(casegate_case_new(NULL, NULL, &kase, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_case_new(NULL, &head, NULL, NULL), CASEGATE_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_numbers_that_this_layer_keeps_are_those_of_workflow_h),
        cmocka_unit_test(no_transition_leads_out_of_acceptance),
        cmocka_unit_test(exactly_the_known_pairs_of_phases_do_something),
        cmocka_unit_test(a_first_event_makes_the_head),
        cmocka_unit_test(a_submission_is_remembered_as_the_last_and_the_first),
        cmocka_unit_test(an_acceptance_says_who_and_when),
        cmocka_unit_test(a_rejection_keeps_its_reason_and_its_event),
        cmocka_unit_test(submitting_again_clears_the_rejection_and_keeps_the_first_submission),
        cmocka_unit_test(an_edit_of_a_rejected_case_leaves_the_rejection),
        cmocka_unit_test(a_case_adopted_while_received_counts_as_submitted_then),
        cmocka_unit_test(a_case_adopted_after_a_decision_keeps_it),
        cmocka_unit_test(a_content_brings_the_summary_and_its_absence_keeps_it),
        cmocka_unit_test(a_head_as_then_has_the_events_counters_and_todays_summary),
        cmocka_unit_test(a_head_that_makes_no_sense_is_corrupt_and_names_the_member),
        cmocka_unit_test(a_host_that_does_not_keep_the_first_submission_is_believed),
        cmocka_unit_test(an_adopted_case_may_have_more_attempts_than_events),
        cmocka_unit_test(a_case_owns_its_head)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
