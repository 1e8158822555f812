/* SPDX-License-Identifier: MIT */
/* test_notices.c: leases, inboxes, second chances and removal of notices. */
#include "support.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)

static size_t claim(fixture *f, const char *channel, int64_t now_us, int64_t until_us, const char *lease, uint32_t limit)
{
    cg_answers_reset(&f->answers);
    assert_int_equal(f->store->ops.claim(f->store->ops.user, NULL, channel, now_us, until_us, lease, limit, &f->answers, &f->err),
                     CASEGATE_OK);
    return f->answers.notices.count;
}

static casegate_result settle(fixture *f, const char *id, const char *lease, int32_t state, int64_t next_us, const char *why)
{
    casegate_notice notice = {.size = sizeof notice, .id = id, .lease = lease, .state = state, .tries = 5, .next_us = next_us,
                              .last_error = why};
    const casegate_notice *notices[] = {&notice};
    casegate_result result = CASEGATE_E_HOST;

    assert_int_equal(f->store->ops.settle(f->store->ops.user, NULL, notices, &result, 1, &f->err), CASEGATE_OK);
    return result;
}

static casegate_result inbox(fixture *f, const char *org, const char *person, const char *after, uint32_t limit)
{
    cg_answers_reset(&f->answers);
    return f->store->ops.inbox(f->store->ops.user, NULL, org, person, after, limit, &f->answers, &f->err);
}

static casegate_result mark_read(fixture *f, const char *org, const char *person, const char *id)
{
    cg_answers_reset(&f->answers);
    return f->store->ops.mark_read(f->store->ops.user, NULL, org, person, id, &f->answers, &f->err);
}

static size_t by_state(fixture *f, int32_t state, const char *channel, const char *after, uint32_t limit)
{
    cg_answers_reset(&f->answers);
    assert_int_equal(f->store->ops.notices(f->store->ops.user, NULL, state, channel, after, limit, &f->answers, &f->err),
                     CASEGATE_OK);
    return f->answers.notices.count;
}

static const casegate_notice *the_notice(fixture *f, const char *id)
{
    size_t count = by_state(f, 0, NULL, NULL, 1000);

    for (size_t i = 0; i < count; i++)
        if (strcmp(cg_notice_in(&f->answers, i)->id, id) == 0)
            return cg_notice_in(&f->answers, i);
    fail_msg("there is no notice %s", id);
    return NULL;
}

/* ---- claim and settle --------------------------------------------------------------------------------------------- */

enum { LEASE_ENDS = 63000000 };   /* of the e-mail notice of a sample rejection */

static void a_lease_that_runs_is_not_claimed(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-1");

    assert_int_equal(claim(f, "email", LEASE_ENDS - 1, LEASE_ENDS + 60, "lease-2", 10), 0);
}

static void a_lease_that_ended_goes_to_the_next_and_a_late_settle_is_refused(void **state)
{
    fixture *f = *state;
    const casegate_notice *notice;

    given_rejected_case(f, "case-1");

    assert_int_equal(claim(f, "email", LEASE_ENDS, LEASE_ENDS + 60, "lease-2", 10), 1);

    notice = cg_notice_in(&f->answers, 0);
    assert_int_equal(notice->state, CASEGATE_NOTICE_LEASED);
    assert_string_equal(notice->lease, "lease-2");
    assert_int_equal(notice->next_us, LEASE_ENDS + 60);
    assert_int_equal(notice->tries, 2);
    assert_int_equal(notice->reason_label_count, 2);
    assert_string_equal(notice->files[0]->name, "margin.png");
    assert_int_equal(settle(f, "case-1.2.1", "lease-of-commit", CASEGATE_NOTICE_DELIVERED, 0, NULL), CASEGATE_CONFLICT);
    assert_int_equal(settle(f, "case-1.2.1", "lease-2", CASEGATE_NOTICE_DELIVERED, 0, NULL), CASEGATE_OK);
    assert_int_equal(settle(f, "case-1.2.1", "lease-2", CASEGATE_NOTICE_DEAD, 0, NULL), CASEGATE_CONFLICT);
    assert_int_equal(the_notice(f, "case-1.2.1")->state, CASEGATE_NOTICE_DELIVERED);
}

/* CG-R11 */
static void a_failed_try_is_stored_and_claimed_again_when_it_is_due(void **state)
{
    fixture *f = *state;
    const casegate_notice *notice;

    given_rejected_case(f, "case-1");
    assert_int_equal(settle(f, "case-1.2.1", "lease-of-commit", CASEGATE_NOTICE_PENDING, 500, "connection refused"), CASEGATE_OK);

    notice = the_notice(f, "case-1.2.1");
    assert_int_equal(notice->state, CASEGATE_NOTICE_PENDING);
    assert_int_equal(notice->tries, 5);
    assert_string_equal(notice->last_error, "connection refused");
    assert_int_equal(claim(f, "email", 499, 600, "lease-2", 10), 0);
    assert_int_equal(claim(f, "email", 500, 600, "lease-2", 10), 1);
    assert_int_equal(claim(f, "email", 500, 600, "lease-3", 10), 0);
}

static void the_oldest_are_claimed_first_and_no_more_than_the_limit(void **state)
{
    fixture *f = *state;

    for (int i = 0; i < 5; i++) {
        char id[32], notice[48];

        snprintf(id, sizeof id, "case-%d", i);
        snprintf(notice, sizeof notice, "%s.2.1", id);
        given_rejected_case(f, id);
        assert_int_equal(settle(f, notice, "lease-of-commit", CASEGATE_NOTICE_PENDING, 500 - i, NULL), CASEGATE_OK);
    }

    assert_int_equal(claim(f, "email", 1000, 2000, "lease-2", 3), 3);
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-4.2.1");
    assert_string_equal(cg_notice_in(&f->answers, 2)->id, "case-2.2.1");

    assert_int_equal(claim(f, "email", 1000, 2000, "lease-3", 3), 2);
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-1.2.1");
}

static void another_channel_and_settled_notices_are_never_claimed(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-1");
    assert_int_equal(settle(f, "case-1.2.1", "lease-of-commit", CASEGATE_NOTICE_DEAD, 0, "no address"), CASEGATE_OK);

    assert_int_equal(claim(f, "portal", INT64_MAX, INT64_MAX, "lease-2", 10), 0);
    assert_int_equal(claim(f, "email", INT64_MAX, INT64_MAX, "lease-2", 10), 0);
}

/* CG-R11: one damaged row, and all others of its channel are delivered */
static void a_notice_that_cannot_be_read_holds_up_no_other(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-1");
    given_rejected_case(f, "case-2");
    given_rejected_case(f, "case-3");
    run_sql(f, "UPDATE notices SET reason_labels = '[]' WHERE id = 'case-1.2.1'");

    assert_int_equal(claim(f, "email", LEASE_ENDS, LEASE_ENDS + 60, "lease-2", 2), 1);
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-2.2.1");
    assert_int_equal(f->answers.number, 1);   /* counted */

    assert_int_equal(claim(f, "email", LEASE_ENDS, LEASE_ENDS + 60, "lease-3", 2), 1);   /* out of the way for a lease */
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-3.2.1");
    assert_int_equal(f->answers.number, 0);
    assert_int_equal(ask_sql(f, "SELECT tries FROM notices WHERE id = 'case-1.2.1'"), 1);   /* as before: no try was made */
}

static void a_page_of_notices_is_full_though_some_cannot_be_read(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-a");
    given_rejected_case(f, "case-b");
    run_sql(f, "UPDATE notices SET reason_labels = '[]' WHERE case_id = 'case-a'");

    assert_int_equal(by_state(f, 0, NULL, NULL, 2), 2);
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-b.2.1");
    assert_int_equal(by_state(f, 0, NULL, "case-b.2.2", 2), 1);
}

/* ---- inbox -------------------------------------------------------------------------------------------------------- */

/* CG-R11 */
static void an_inbox_has_its_own_notices_in_the_order_of_their_commits(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-b");
    given_rejected_case(f, "case-a");

    assert_int_equal(inbox(f, "clinic-one", NULL, NULL, 10), CASEGATE_OK);
    assert_int_equal(f->answers.notices.count, 2);
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-b.2.2");
    assert_string_equal(cg_notice_in(&f->answers, 1)->id, "case-a.2.2");
    assert_int_equal(f->answers.number, 2);

    assert_int_equal(inbox(f, "clinic-one", "dora", NULL, 10), CASEGATE_OK);
    assert_int_equal(f->answers.notices.count, 2);
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-b.2.3");

    assert_int_equal(inbox(f, "clinic-two", "dora", NULL, 10), CASEGATE_OK);
    assert_int_equal(f->answers.notices.count, 0);
    assert_int_equal(f->answers.number, 0);
}

static void an_inbox_is_paged_behind_a_notice_of_its_own(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-b");
    given_rejected_case(f, "case-a");

    assert_int_equal(inbox(f, "clinic-one", NULL, "case-b.2.2", 1), CASEGATE_OK);
    assert_int_equal(f->answers.notices.count, 1);
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-a.2.2");
    assert_int_equal(f->answers.number, 2);

    assert_int_equal(inbox(f, "clinic-one", NULL, "case-b.2.3", 1), CASEGATE_ABSENT);   /* the dentist's */
    assert_int_equal(inbox(f, "clinic-one", NULL, "case-b.2.1", 1), CASEGATE_ABSENT);   /* an e-mail */
    assert_int_equal(inbox(f, "clinic-two", NULL, "case-b.2.2", 1), CASEGATE_ABSENT);
    assert_int_equal(inbox(f, "clinic-one", NULL, "nothing", 1), CASEGATE_ABSENT);
}

static void what_cannot_be_read_in_an_inbox_hides_nothing_else(void **state)
{
    static const char *const ids[] = {"case-a", "case-b", "case-c", "case-d"};
    fixture *f = *state;

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        given_rejected_case(f, ids[i]);
    run_sql(f, "UPDATE notices SET reason_labels = '[]' WHERE id IN ('case-a.2.2', 'case-b.2.2')");

    assert_int_equal(inbox(f, "clinic-one", NULL, NULL, 2), CASEGATE_OK);

    assert_int_equal(f->answers.notices.count, 2);   /* a full page, behind those that are left out */
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-c.2.2");
    assert_string_equal(cg_notice_in(&f->answers, 1)->id, "case-d.2.2");
    assert_int_equal(f->answers.number, 4);
    assert_int_equal(f->err.code, CASEGATE_OK);
}

static void a_notice_is_marked_as_read_in_its_own_inbox_only(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-b");
    given_rejected_case(f, "case-a");

    assert_int_equal(mark_read(f, "clinic-one", NULL, "case-b.2.3"), CASEGATE_ABSENT);
    assert_int_equal(mark_read(f, "clinic-two", NULL, "case-b.2.2"), CASEGATE_ABSENT);
    assert_int_equal(mark_read(f, "clinic-one", NULL, "case-b.2.1"), CASEGATE_ABSENT);
    assert_int_equal(mark_read(f, "clinic-one", NULL, "case-b.2.2"), CASEGATE_OK);
    assert_int_equal(f->answers.number, 1);
    assert_int_equal(mark_read(f, "clinic-one", NULL, "case-b.2.2"), CASEGATE_OK);
    assert_int_equal(f->answers.number, 1);

    assert_int_equal(inbox(f, "clinic-one", NULL, NULL, 10), CASEGATE_OK);
    assert_int_equal(cg_notice_in(&f->answers, 0)->read, 1);
    assert_int_equal(cg_notice_in(&f->answers, 1)->read, 0);
    assert_int_equal(f->answers.number, 1);
}

static void all_of_an_inbox_are_marked_as_read_and_no_other(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-b");
    given_rejected_case(f, "case-a");

    assert_int_equal(mark_read(f, "clinic-one", NULL, NULL), CASEGATE_OK);

    assert_int_equal(f->answers.number, 0);
    assert_int_equal(inbox(f, "clinic-one", "dora", NULL, 10), CASEGATE_OK);
    assert_int_equal(f->answers.number, 2);
}

/* ---- operation ---------------------------------------------------------------------------------------------------- */

static void notices_are_listed_by_state_and_channel_in_the_order_of_their_ids(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-b");
    given_rejected_case(f, "case-a");

    assert_int_equal(by_state(f, 0, NULL, NULL, 100), 6);
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-a.2.1");
    assert_int_equal(by_state(f, CASEGATE_NOTICE_DELIVERED, NULL, NULL, 100), 4);
    assert_int_equal(by_state(f, CASEGATE_NOTICE_LEASED, "email", "case-a.2.1", 100), 1);
    assert_int_equal(by_state(f, CASEGATE_NOTICE_LEASED, "portal", NULL, 100), 0);
    assert_int_equal(by_state(f, 0, NULL, "case-a.2.2", 2), 2);
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-a.2.3");
}

static const casegate_detail *detail(fixture *f, const char *name)
{
    for (size_t i = 0; i < f->answers.details.count; i++)
        if (strcmp(cg_detail_in(&f->answers, i)->name, name) == 0)
            return cg_detail_in(&f->answers, i);
    return NULL;
}

static void assert_detail(fixture *f, const char *name, const char *value, int is_problem)
{
    const casegate_detail *d = detail(f, name);

    if (!d)
        fail_msg("there is no %s", name);
    assert_string_equal(d->value, value);
    assert_int_equal(*d->problem != 0, is_problem);
}

static void the_database_says_how_it_is_set_and_what_waits(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-1");
    given_rejected_case(f, "case-2");
    assert_int_equal(settle(f, "case-1.2.1", "lease-of-commit", CASEGATE_NOTICE_DEAD, 0, "no address"), CASEGATE_OK);
    assert_int_equal(settle(f, "case-2.2.1", "lease-of-commit", CASEGATE_NOTICE_PENDING, 7000000, "busy"), CASEGATE_OK);
    assert_int_equal(mark_read(f, "clinic-one", NULL, "case-1.2.2"), CASEGATE_OK);

    cg_answers_reset(&f->answers);
    assert_int_equal(f->store->ops.describe(f->store->ops.user, NULL, 1, &f->answers, &f->err), CASEGATE_OK);

    assert_detail(f, "store", "postgres", 0);
    assert_detail(f, "schema_version", "1", 0);
    assert_detail(f, "partitions", f->partitions ? "3" : "0", 0);
    assert_detail(f, "fsync", "on", 0);
    assert_detail(f, "synchronous_commit", "on", 0);
    assert_detail(f, "integrity", "ok", 0);
    assert_detail(f, "notices_pending", "1", 0);
    assert_detail(f, "notices_dead", "1", 0);
    assert_detail(f, "notices_unread", "3", 0);
    assert_detail(f, "pending_since", "1970-01-01T00:00:07.000000Z", 0);

    cg_answers_reset(&f->answers);
    assert_int_equal(f->store->ops.describe(f->store->ops.user, NULL, 0, &f->answers, &f->err), CASEGATE_OK);
    assert_null(detail(f, "integrity"));
}

/* CG-R17 */
static void rows_that_do_not_fit_together_are_damage(void **state)
{
    static const char *const damages[] = {
        "DELETE FROM events WHERE seq = 1", "UPDATE cases SET version = 3", "DELETE FROM contents", "DELETE FROM case_labs",
        "DELETE FROM cases", "UPDATE case_labs SET lab = 'lab-nine'",
    };
    fixture *f = *state;

    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        given_rejected_case(f, "case-1");
        run_sql(f, damages[i]);

        cg_answers_reset(&f->answers);
        assert_int_equal(f->store->ops.describe(f->store->ops.user, NULL, 1, &f->answers, &f->err), CASEGATE_OK);

        assert_detail(f, "integrity", "damaged", 1);
        run_sql(f, "DELETE FROM case_labs; DELETE FROM cases; DELETE FROM contents; DELETE FROM events; DELETE FROM event_texts;"
                   "DELETE FROM notices");
    }
}

static void only_a_dead_notice_is_requeued(void **state)
{
    fixture *f = *state;
    const casegate_notice *notice;

    given_rejected_case(f, "case-1");
    assert_int_equal(f->store->ops.requeue(f->store->ops.user, NULL, "case-1.2.1", 700, &f->err), CASEGATE_CONFLICT);
    assert_int_equal(f->store->ops.requeue(f->store->ops.user, NULL, "nothing", 700, &f->err), CASEGATE_ABSENT);
    assert_int_equal(settle(f, "case-1.2.1", "lease-of-commit", CASEGATE_NOTICE_DEAD, 0, "no address"), CASEGATE_OK);

    assert_int_equal(f->store->ops.requeue(f->store->ops.user, NULL, "case-1.2.1", 700, &f->err), CASEGATE_OK);

    notice = the_notice(f, "case-1.2.1");
    assert_int_equal(notice->state, CASEGATE_NOTICE_PENDING);
    assert_int_equal(notice->tries, 0);
    assert_int_equal(notice->next_us, 700);
    assert_int_equal(claim(f, "email", 700, 800, "lease-2", 10), 1);
}

/* CG-R21 */
static void a_notice_is_added_once(void **state)
{
    fixture *f = *state;
    casegate_notice reminder = {.size = sizeof reminder, .id = "case-1.r1.20260302", .case_id = "case-1",
                                .template_code = "reminder",
                                .channel = "email", .to = CASEGATE_TO_LAB, .org = "lab-one", .state = CASEGATE_NOTICE_PENDING,
                                    .next_us = 5};

    assert_int_equal(f->store->ops.add_notice(f->store->ops.user, NULL, &reminder, &f->err), CASEGATE_OK);
    reminder.next_us = 6;
    assert_int_equal(f->store->ops.add_notice(f->store->ops.user, NULL, &reminder, &f->err), CASEGATE_CONFLICT);

    assert_int_equal(the_notice(f, reminder.id)->next_us, 5);
}

static void delivered_notices_of_old_events_are_purged(void **state)
{
    fixture *f = *state;

    given_rejected_case(f, "case-1");   /* rejected at 3000 */

    cg_answers_reset(&f->answers);
    assert_int_equal(f->store->ops.purge(f->store->ops.user, NULL, 3000, 10, &f->answers, &f->err), CASEGATE_OK);
    assert_int_equal(f->answers.number, 0);
    assert_int_equal(f->store->ops.purge(f->store->ops.user, NULL, 3001, 1, &f->answers, &f->err), CASEGATE_OK);
    assert_int_equal(f->answers.number, 1);
    assert_int_equal(f->store->ops.purge(f->store->ops.user, NULL, 3001, 10, &f->answers, &f->err), CASEGATE_OK);
    assert_int_equal(f->answers.number, 1);

    assert_int_equal(by_state(f, 0, NULL, NULL, 100), 1);
    assert_int_equal(cg_notice_in(&f->answers, 0)->state, CASEGATE_NOTICE_LEASED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_lease_that_runs_is_not_claimed),
        TEST(a_lease_that_ended_goes_to_the_next_and_a_late_settle_is_refused),
        TEST(a_failed_try_is_stored_and_claimed_again_when_it_is_due),
        TEST(the_oldest_are_claimed_first_and_no_more_than_the_limit),
        TEST(another_channel_and_settled_notices_are_never_claimed),
        TEST(a_notice_that_cannot_be_read_holds_up_no_other),
        TEST(a_page_of_notices_is_full_though_some_cannot_be_read),
        TEST(an_inbox_has_its_own_notices_in_the_order_of_their_commits),
        TEST(an_inbox_is_paged_behind_a_notice_of_its_own),
        TEST(what_cannot_be_read_in_an_inbox_hides_nothing_else),
        TEST(a_notice_is_marked_as_read_in_its_own_inbox_only),
        TEST(all_of_an_inbox_are_marked_as_read_and_no_other),
        TEST(notices_are_listed_by_state_and_channel_in_the_order_of_their_ids),
        TEST(the_database_says_how_it_is_set_and_what_waits),
        TEST(rows_that_do_not_fit_together_are_damage),
        TEST(only_a_dead_notice_is_requeued),
        TEST(a_notice_is_added_once),
        TEST(delivered_notices_of_old_events_are_purged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
