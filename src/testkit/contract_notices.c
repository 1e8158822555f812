/* SPDX-License-Identifier: MIT */
/* contract_notices.c: what a store promises of notices: leased to one at a time, settled by the holder alone, none lost, none twice. */
#include "contract.h"

#include <stdio.h>

#define MINUTE INT64_C(60000000)

static int has_queue(const cg_rule *r) { return r->ops->claim != NULL; }
static int has_inbox(const cg_rule *r) { return r->ops->inbox != NULL; }
static int has_notices(const cg_rule *r) { return r->ops->notices != NULL; }
static int has_requeue(const cg_rule *r) { return r->ops->requeue != NULL && has_queue(r); }
static int has_add(const cg_rule *r) { return r->ops->add_notice != NULL && has_queue(r); }
static int has_settled(const cg_rule *r) { return has_queue(r) && has_notices(r); }
static int has_describe(const cg_rule *r) { return r->ops->describe != NULL && has_queue(r); }
static int has_purge(const cg_rule *r) { return r->ops->purge != NULL && has_notices(r) && has_queue(r); }

/* ---- words ---------------------------------------------------------------------------------------------------------------------- */

static casegate_result claim(cg_rule *r, const char *channel, int64_t now, int64_t until, const char *lease, uint32_t limit)
{
    cg_forget(r);
    return r->ops->claim(r->ops->user, NULL, channel, now, until, lease, limit, r->answers, &r->err);
}

/* Claims, and says how many came. */
static size_t claimed(cg_rule *r, int64_t now, int64_t until, const char *lease, uint32_t limit)
{
    size_t count = 0;
    if (!cg_gives(r, claim(r, "email", now, until, lease, limit), CASEGATE_OK, "claim")) return 0;
    while (casegate_answers_notice(r->answers, count)) count++;
    return count;
}

static casegate_notice *taken(cg_rule *r, size_t i)
{
    casegate_notice *copy = NULL;
    const casegate_notice *notice = casegate_answers_notice(r->answers, i);
    if (cg_holds(r, notice != NULL, "claim answers what it leased")) casegate_notice_copy(NULL, notice, &copy, NULL);
    return copy;
}

/* Settles one as this. */
static casegate_result settle(cg_rule *r, const casegate_notice *notice, const char *lease, int32_t state, int64_t next_us)
{
    casegate_notice row = *notice;
    const casegate_notice *list[1] = { &row };
    casegate_result result = CASEGATE_E_HOST;
    row.lease = lease;
    row.state = state;
    row.next_us = next_us;
    row.last_error = state == CASEGATE_NOTICE_DELIVERED ? NULL : "the server said no";
    cg_forget(r);
    casegate_result rc = r->ops->settle(r->ops->user, NULL, list, &result, 1, &r->err);
    return rc == CASEGATE_OK ? result : rc;
}

static int64_t now_of(const cg_rule *r) { return casegate_clock_now(r->clock); }

/* A rejected case: two e-mails that wait, two notices in the portal. */
static void given(cg_rule *r, cg_case *c, const char *id) { cg_given(r, c, id, CASEGATE_REJECTED); }

/* ---- the queue -------------------------------------------------------------------------------------------------------------------- */

static void leases(cg_rule *r)
{
    cg_case c;
    given(r, &c, "case-1");
    const int64_t now = now_of(r), until = now + MINUTE;
    cg_is_number(r, claimed(r, now, until, "lease-1", 10), 2, "notices that are due");
    for (size_t i = 0; i < 2 && !r->failed; i++) {
        const casegate_notice *notice = casegate_answers_notice(r->answers, i);
        cg_is_number(r, (uint64_t)notice->state, CASEGATE_NOTICE_LEASED, "claim: state");
        cg_is_text(r, notice->lease, "lease-1", "claim: lease");
        cg_is_number(r, (uint64_t)notice->next_us, (uint64_t)until, "claim: next_us is the end of the lease");
        cg_is_number(r, notice->tries, 1, "claim: tries");
        cg_is_text(r, notice->channel, "email", "claim: channel");
    }
    cg_is_number(r, claimed(r, now, until, "lease-2", 10), 0, "notices that are leased are not claimed again");
    cg_case_close(&c);
}

static void oldest_first(cg_rule *r)
{
    cg_case first, second;
    given(r, &first, "case-z");
    given(r, &second, "case-a");
    const int64_t now = now_of(r);
    cg_is_number(r, claimed(r, now, now + MINUTE, "lease-1", 3), 3, "claim keeps to its limit");
    if (!r->failed) cg_is_text(r, casegate_answers_notice(r->answers, 0)->case_id, "case-z", "the first to be claimed");
    if (!r->failed) cg_is_text(r, casegate_answers_notice(r->answers, 2)->case_id, "case-a", "the last to be claimed");
    cg_is_number(r, claimed(r, now, now + MINUTE, "lease-2", 10), 1, "what the limit left");
    cg_case_close(&first);
    cg_case_close(&second);
}

static void not_due(cg_rule *r)
{
    cg_case c;
    given(r, &c, "case-1");
    const int64_t now = now_of(r);
    cg_is_number(r, claimed(r, now - 1, now + MINUTE, "lease-1", 10), 0, "notices before they are due");
    if (cg_gives(r, claim(r, "sms", now, now + MINUTE, "lease-1", 10), CASEGATE_OK, "claim of another channel"))
        cg_holds(r, !casegate_answers_notice(r->answers, 0), "no notices of another channel");
    if (cg_gives(r, claim(r, "portal", now, now + MINUTE, "lease-1", 10), CASEGATE_OK, "claim of the portal"))
        cg_holds(r, !casegate_answers_notice(r->answers, 0), "portal notices are delivered by being committed");
    cg_is_number(r, claimed(r, now, now + MINUTE, "lease-1", 10), 2, "notices at the moment they are due");
    cg_case_close(&c);
}

static void expiry(cg_rule *r)
{
    cg_case c;
    given(r, &c, "case-1");
    const int64_t now = now_of(r), end = now + MINUTE;
    cg_is_number(r, claimed(r, now, end, "lease-1", 10), 2, "notices that are due");
    cg_is_number(r, claimed(r, end - 1, end + MINUTE, "lease-2", 10), 0, "claimed before the lease ends");
    cg_is_number(r, claimed(r, end, end + MINUTE, "lease-2", 10), 2, "claimed once the lease has ended");
    if (!r->failed) cg_is_number(r, casegate_answers_notice(r->answers, 0)->tries, 2, "tries of the second claim");
    cg_case_close(&c);
}

static void late_settle(cg_rule *r)
{
    cg_case c;
    given(r, &c, "case-1");
    const int64_t now = now_of(r), end = now + MINUTE;
    cg_is_number(r, claimed(r, now, end, "lease-1", 1), 1, "one notice");
    casegate_notice *late = r->failed ? NULL : taken(r, 0);
    cg_is_number(r, claimed(r, end, end + MINUTE, "lease-2", 10), 2, "claimed once the lease has ended");
    if (late && !r->failed) {
        cg_gives(r, settle(r, late, "lease-1", CASEGATE_NOTICE_DELIVERED, 0), CASEGATE_CONFLICT, "settle under a lease that was lost");
        cg_gives(r, settle(r, late, "lease-2", CASEGATE_NOTICE_DELIVERED, 0), CASEGATE_OK, "settle by the holder");
        cg_gives(r, settle(r, late, "lease-2", CASEGATE_NOTICE_PENDING, now), CASEGATE_CONFLICT, "settle of what was settled");
    }
    casegate_notice_free(late);
    cg_case_close(&c);
}

static void settled(cg_rule *r)
{
    cg_case c;
    given(r, &c, "case-1");
    const int64_t now = now_of(r), later = now + 5 * MINUTE, never = now + 1000 * MINUTE;
    cg_is_number(r, claimed(r, now, now + MINUTE, "lease-1", 10), 2, "notices that are due");
    casegate_notice *a = r->failed ? NULL : taken(r, 0), *b = r->failed ? NULL : taken(r, 1);
    if (a && b) {
        cg_gives(r, settle(r, a, "lease-1", CASEGATE_NOTICE_PENDING, later), CASEGATE_OK, "settle: try again later");
        cg_gives(r, settle(r, b, "lease-1", CASEGATE_NOTICE_DELIVERED, 0), CASEGATE_OK, "settle: delivered");
        cg_is_number(r, claimed(r, later - 1, later + MINUTE, "lease-2", 10), 0, "claimed before the next try is due");
        if (cg_is_number(r, claimed(r, later, later + MINUTE, "lease-2", 10), 1, "claimed when the next try is due")) {
            cg_is_text(r, casegate_answers_notice(r->answers, 0)->id, a->id, "the one to be tried again");
            cg_is_text(r, casegate_answers_notice(r->answers, 0)->last_error, "the server said no", "its last error");
        }
        cg_gives(r, settle(r, a, "lease-2", CASEGATE_NOTICE_DEAD, 0), CASEGATE_OK, "settle: dead");
        cg_is_number(r, claimed(r, never, never + MINUTE, "lease-3", 10), 0, "delivered and dead ones are never claimed again");
    }
    casegate_notice_free(a);
    casegate_notice_free(b);
    cg_case_close(&c);
}

/* Of what is settled four members are stored, and no others; the second of two in one call has no lease any more. */
static void stored_settle(cg_rule *r)
{
    cg_case c;
    const casegate_notice *now_there = NULL;
    given(r, &c, "case-1");
    const int64_t now = now_of(r), later = now + 5 * MINUTE;
    cg_is_number(r, claimed(r, now, now + MINUTE, "lease-1", 1), 1, "one notice");
    casegate_notice *was = r->failed ? NULL : taken(r, 0);
    if (was) {
        casegate_notice row = *was;
        const casegate_notice *twice[2] = { &row, &row };
        casegate_result results[2] = { CASEGATE_E_HOST, CASEGATE_E_HOST };
        row.state = CASEGATE_NOTICE_PENDING, row.tries = 5, row.next_us = later, row.last_error = "the server said no";
        row.org = "clinic-south", row.address = "someone.else@example.org", row.template_code = "accept";
        cg_forget(r);
        cg_gives(r, r->ops->settle(r->ops->user, NULL, twice, results, 2, &r->err), CASEGATE_OK, "settle of one notice twice in a call");
        cg_gives(r, results[0], CASEGATE_OK, "settle: the first of the two");
        cg_gives(r, results[1], CASEGATE_CONFLICT, "settle: the second of the two, when the lease has ended");
        cg_forget(r);
        cg_gives(r, r->ops->notices(r->ops->user, NULL, 0, NULL, NULL, 100, r->answers, &r->err), CASEGATE_OK, "notices");
        for (size_t i = 0; (now_there = casegate_answers_notice(r->answers, i)) != NULL && strcmp(now_there->id, was->id) != 0;) i++;
        row = *was;
        row.state = CASEGATE_NOTICE_PENDING, row.tries = 5, row.next_us = later, row.last_error = "the server said no", row.lease = NULL;
        if (cg_holds(r, now_there != NULL, "a settled notice is listed"))
            cg_is_view(r, CASEGATE_VIEW_NOTICE, now_there, &row, "a settled notice (state, tries, next_us, last_error are new, lease is gone)");
    }
    casegate_notice_free(was);
    cg_case_close(&c);
}

/* An engine that tells at once commits its notices leased: nobody else gets them before the lease ends. */
static void born_leased(cg_rule *r)
{
    cg_case c;
    casegate_notice rows[8];
    const casegate_notice *list[8];
    cg_given(r, &c, "case-1", CASEGATE_RECEIVED);
    const casegate_commit *made = cg_decide_step(r, &c, CASEGATE_REJECT, NULL);
    const int64_t now = now_of(r), end = now + MINUTE;
    if (made) {
        casegate_commit commit = *made;
        for (size_t i = 0; i < made->notice_count && i < 8; i++) {
            rows[i] = *made->notices[i];
            list[i] = &rows[i];
            if (rows[i].state != CASEGATE_NOTICE_PENDING) continue;
            rows[i].state = CASEGATE_NOTICE_LEASED;
            rows[i].lease = "mine";
            rows[i].next_us = end;
            rows[i].tries = 1;
        }
        commit.notices = list;
        cg_gives(r, cg_write(r, &commit), CASEGATE_OK, "commit with leased notices");
        cg_is_number(r, claimed(r, end - 1, end + MINUTE, "yours", 10), 0, "claimed before the lease of the commit ends");
        for (size_t i = 0; i < made->notice_count && i < 8; i++)
            if (rows[i].state == CASEGATE_NOTICE_LEASED)
                cg_gives(r, settle(r, &rows[i], "mine", CASEGATE_NOTICE_DELIVERED, 0), CASEGATE_OK, "settle by the engine that committed");
    }
    cg_case_close(&c);
}

/* ---- the inbox -------------------------------------------------------------------------------------------------------------------- */

static casegate_result inbox(cg_rule *r, const char *org, const char *person, const char *after, uint32_t limit)
{
    cg_forget(r);
    return r->ops->inbox(r->ops->user, NULL, org, person, after, limit, r->answers, &r->err);
}

static casegate_result mark(cg_rule *r, const char *org, const char *person, const char *id)
{
    cg_forget(r);
    return r->ops->mark_read(r->ops->user, NULL, org, person, id, r->answers, &r->err);
}

static int is_inbox(cg_rule *r, const char *person, const char *after, uint32_t limit, size_t expected, uint64_t unread, const char *what)
{
    size_t count = 0;
    if (!cg_gives(r, inbox(r, CG_CLINIC, person, after, limit), CASEGATE_OK, what)) return 0;
    while (casegate_answers_notice(r->answers, count)) count++;
    return cg_is_number(r, count, expected, what) && cg_is_number(r, casegate_answers_number(r->answers), unread, "unread");
}

static void inboxes(cg_rule *r)
{
    cg_case a, b;
    char first[128] = "";
    given(r, &a, "case-z");
    given(r, &b, "case-a");
    if (is_inbox(r, NULL, NULL, 10, 2, 2, "inbox of the clinic")) {
        snprintf(first, sizeof first, "%s", casegate_answers_notice(r->answers, 0)->id);
        cg_is_text(r, casegate_answers_notice(r->answers, 0)->case_id, "case-z", "the oldest comes first");
        cg_is_text(r, casegate_answers_notice(r->answers, 0)->channel, "portal", "what is in an inbox");
    }
    is_inbox(r, "d-7", NULL, 10, 2, 2, "inbox of the dentist");
    is_inbox(r, "d-8", NULL, 10, 0, 0, "inbox of another dentist");
    is_inbox(r, NULL, NULL, 1, 1, 2, "a page of one");
    if (is_inbox(r, NULL, first, 10, 1, 2, "what is behind the first"))
        cg_is_text(r, casegate_answers_notice(r->answers, 0)->case_id, "case-a", "the one behind the first");
    if (!r->failed) cg_gives(r, inbox(r, "clinic-south", NULL, first, 10), CASEGATE_ABSENT, "a page behind a notice of another inbox");
    cg_case_close(&a);
    cg_case_close(&b);
}

static void marking(cg_rule *r)
{
    cg_case a, b;
    char first[128] = "";
    given(r, &a, "case-1");
    given(r, &b, "case-2");
    if (is_inbox(r, NULL, NULL, 10, 2, 2, "inbox of the clinic")) snprintf(first, sizeof first, "%s", casegate_answers_notice(r->answers, 0)->id);
    if (!r->failed) {
        cg_gives(r, mark(r, CG_CLINIC, "d-7", first), CASEGATE_ABSENT, "marking a notice of another inbox");
        cg_gives(r, mark(r, CG_CLINIC, NULL, "nothing"), CASEGATE_ABSENT, "marking a notice that is not there");
        if (cg_gives(r, mark(r, CG_CLINIC, NULL, first), CASEGATE_OK, "marking one")) cg_is_number(r, casegate_answers_number(r->answers), 1, "unread after one");
        cg_gives(r, mark(r, CG_CLINIC, NULL, first), CASEGATE_OK, "marking it again");
        if (is_inbox(r, NULL, NULL, 10, 2, 1, "a read notice stays in the inbox"))
            cg_is_number(r, (uint64_t)casegate_answers_notice(r->answers, 0)->read, 1, "read");
        if (cg_gives(r, mark(r, CG_CLINIC, NULL, NULL), CASEGATE_OK, "marking all")) cg_is_number(r, casegate_answers_number(r->answers), 0, "unread after all");
        is_inbox(r, "d-7", NULL, 10, 2, 2, "the inbox of the dentist is another");
    }
    cg_case_close(&a);
    cg_case_close(&b);
}

/* ---- for operators ------------------------------------------------------------------------------------------------------------------ */

static size_t counted(cg_rule *r, int32_t state, const char *channel, const char *after, uint32_t limit)
{
    size_t count = 0;
    cg_forget(r);
    if (!cg_gives(r, r->ops->notices(r->ops->user, NULL, state, channel, after, limit, r->answers, &r->err), CASEGATE_OK, "notices")) return 0;
    while (casegate_answers_notice(r->answers, count)) count++;
    return count;
}

static void by_state(cg_rule *r)
{
    cg_case c, earlier;
    char second[128] = "";
    given(r, &c, "case-1");
    cg_is_number(r, counted(r, 0, NULL, NULL, 100), 4, "notices of every state and channel");
    for (size_t i = 1; i < 4 && !r->failed; i++)
        cg_holds(r, strcmp(casegate_answers_notice(r->answers, i - 1)->id, casegate_answers_notice(r->answers, i)->id) < 0, "notices in the order of their ids");
    if (!r->failed) snprintf(second, sizeof second, "%s", casegate_answers_notice(r->answers, 1)->id);
    cg_is_number(r, counted(r, CASEGATE_NOTICE_PENDING, NULL, NULL, 100), 2, "notices that are pending");
    cg_is_number(r, counted(r, CASEGATE_NOTICE_DELIVERED, "portal", NULL, 100), 2, "notices of the portal");
    cg_is_number(r, counted(r, CASEGATE_NOTICE_PENDING, "portal", NULL, 100), 0, "pending notices of the portal");
    cg_is_number(r, counted(r, 0, NULL, NULL, 3), 3, "a page of three");
    cg_is_number(r, counted(r, 0, NULL, second, 100), 2, "notices behind the second");
    given(r, &earlier, "case-0");
    cg_is_number(r, counted(r, 0, NULL, NULL, 5), 5, "notices of two cases, a page of five");
    if (!r->failed) cg_is_text(r, casegate_answers_notice(r->answers, 0)->case_id, "case-0", "the first by id, though committed last");
    cg_case_close(&c);
    cg_case_close(&earlier);
}

static casegate_result requeue(cg_rule *r, const char *id, int64_t now)
{
    cg_forget(r);
    return r->ops->requeue(r->ops->user, NULL, id, now, &r->err);
}

static void requeued(cg_rule *r)
{
    cg_case c;
    given(r, &c, "case-1");
    const int64_t now = now_of(r), later = now + 9 * MINUTE;
    cg_is_number(r, claimed(r, now, now + MINUTE, "lease-1", 1), 1, "one notice");
    casegate_notice *dead = r->failed ? NULL : taken(r, 0);
    if (dead) {
        cg_gives(r, requeue(r, dead->id, later), CASEGATE_CONFLICT, "requeue of one that is not dead");
        cg_gives(r, requeue(r, "nothing", later), CASEGATE_ABSENT, "requeue of one that is not there");
        cg_gives(r, settle(r, dead, "lease-1", CASEGATE_NOTICE_DEAD, 0), CASEGATE_OK, "settle: dead");
        cg_gives(r, requeue(r, dead->id, later), CASEGATE_OK, "requeue");
        cg_is_number(r, claimed(r, later - 1, later, "lease-2", 10), 1, "only the other one is due before");
        if (cg_is_number(r, claimed(r, later, later + MINUTE, "lease-3", 10), 2, "due when it was requeued for"))
            for (size_t i = 0; i < 2; i++)
                if (strcmp(casegate_answers_notice(r->answers, i)->id, dead->id) == 0)
                    cg_is_number(r, casegate_answers_notice(r->answers, i)->tries, 1, "tries begin anew");
    }
    casegate_notice_free(dead);
    cg_case_close(&c);
}

static casegate_result add(cg_rule *r, const casegate_notice *notice)
{
    cg_forget(r);
    return r->ops->add_notice(r->ops->user, NULL, notice, &r->err);
}

static void added(cg_rule *r)
{
    cg_case c;
    cg_given(r, &c, "case-1", CASEGATE_RECEIVED);
    const int64_t now = now_of(r);
    const casegate_notice notice = { .size = sizeof notice, .id = "case-1.r1.2026-03-02", .case_id = "case-1", .ordinal = 1,
                                     .template_code = "reminder", .channel = "email", .to = CASEGATE_TO_LAB, .org = CG_LAB, .clinic = CG_CLINIC,
                                     .lab = CG_LAB, .attempt = 1, .time_us = now, .state = CASEGATE_NOTICE_PENDING, .next_us = now };
    casegate_notice other = notice;
    other.attempt = 7;
    cg_gives(r, add(r, &notice), CASEGATE_OK, "add_notice");
    cg_gives(r, add(r, &other), CASEGATE_CONFLICT, "add_notice with an id that is there");
    if (cg_is_number(r, claimed(r, now, now + MINUTE, "lease-1", 10), 1, "an added notice is claimed like any other"))
        cg_is_number(r, casegate_answers_notice(r->answers, 0)->attempt, 1, "the first one is left alone");
    cg_case_close(&c);
}

static void purged(cg_rule *r)
{
    cg_case c;
    given(r, &c, "case-1");
    const int64_t now = now_of(r);
    cg_forget(r);
    if (cg_gives(r, r->ops->purge(r->ops->user, NULL, now, 100, r->answers, &r->err), CASEGATE_OK, "purge"))
        cg_is_number(r, casegate_answers_number(r->answers), 0, "purged of what is not older");
    cg_is_number(r, claimed(r, now, now + MINUTE, "lease-1", 1), 1, "one notice");
    casegate_notice *one = r->failed ? NULL : taken(r, 0);
    if (one) cg_gives(r, settle(r, one, "lease-1", CASEGATE_NOTICE_DELIVERED, 0), CASEGATE_OK, "settle: delivered");
    cg_forget(r);
    if (!r->failed && cg_gives(r, r->ops->purge(r->ops->user, NULL, now + 1, 2, r->answers, &r->err), CASEGATE_OK, "purge"))
        cg_is_number(r, casegate_answers_number(r->answers), 2, "purge keeps to its limit");
    cg_forget(r);
    if (!r->failed && cg_gives(r, r->ops->purge(r->ops->user, NULL, now + 1, 100, r->answers, &r->err), CASEGATE_OK, "purge"))
        cg_is_number(r, casegate_answers_number(r->answers), 1, "purge of the rest");
    cg_is_number(r, counted(r, 0, NULL, NULL, 100), 1, "what was not delivered stays");
    cg_is_number(r, claimed(r, now, now + MINUTE, "lease-2", 10), 1, "the one that was not delivered");
    casegate_notice *dead = r->failed ? NULL : taken(r, 0);
    if (dead) cg_gives(r, settle(r, dead, "lease-2", CASEGATE_NOTICE_DEAD, 0), CASEGATE_OK, "settle: dead");
    cg_forget(r);
    if (!r->failed && cg_gives(r, r->ops->purge(r->ops->user, NULL, now + 1, 100, r->answers, &r->err), CASEGATE_OK, "purge"))
        cg_is_number(r, casegate_answers_number(r->answers), 0, "purged of what is dead");
    cg_is_number(r, counted(r, 0, NULL, NULL, 100), 1, "a dead notice stays");
    casegate_notice_free(dead);
    casegate_notice_free(one);
    cg_case_close(&c);
}

/* A detail by its name; with a text, it is to have that value. */
static void is_detail(cg_rule *r, const char *name, const char *expected)
{
    const casegate_detail *detail = NULL;
    char what[80];
    snprintf(what, sizeof what, "describe answers '%s'", name);
    for (size_t i = 0; (detail = casegate_answers_detail(r->answers, i)) != NULL && strcmp(detail->name, name) != 0;) i++;
    if (cg_holds(r, detail != NULL && detail->value != NULL, what) && expected) cg_is_text(r, detail->value, expected, what);
}

static void describes(cg_rule *r, const char *pending, const char *dead, const char *unread, int64_t since_us)
{
    char since[40];
    if (r->failed) return;
    casegate_time_format(since_us, since, sizeof since);
    cg_forget(r);
    if (!cg_gives(r, r->ops->describe(r->ops->user, NULL, 0, r->answers, &r->err), CASEGATE_OK, "describe")) return;
    is_detail(r, "store", NULL);
    is_detail(r, "schema_version", NULL);
    is_detail(r, "notices_pending", pending);
    is_detail(r, "notices_dead", dead);
    is_detail(r, "notices_unread", unread);
    is_detail(r, "pending_since", since);
}

/* What is leased still waits, but is not late; what is dead does not wait; the portal counts what nobody read. */
static void described(cg_rule *r)
{
    cg_case a, b;
    given(r, &a, "case-1");
    const int64_t first = now_of(r);
    given(r, &b, "case-2");
    const int64_t second = now_of(r);
    describes(r, "4", "0", "4", first);
    cg_is_number(r, claimed(r, second, second + MINUTE, "lease-1", 2), 2, "the two oldest");
    casegate_notice *dead = r->failed ? NULL : taken(r, 0);
    describes(r, "4", "0", "4", second);
    if (dead) cg_gives(r, settle(r, dead, "lease-1", CASEGATE_NOTICE_DEAD, 0), CASEGATE_OK, "settle: dead");
    describes(r, "3", "1", "4", second);
    casegate_notice_free(dead);
    cg_case_close(&a);
    cg_case_close(&b);
}

const cg_contract_rule cg_rules_of_notices[] = {
    { "due_notices_are_leased_to_one_caller_with_its_token_and_the_end_of_its_lease", has_queue, leases },
    { "the_oldest_due_are_claimed_first_up_to_the_limit", has_queue, oldest_first },
    { "what_is_not_due_or_of_another_channel_is_not_claimed", has_queue, not_due },
    { "a_lease_that_ended_is_claimed_again_and_counts_a_try", has_queue, expiry },
    { "a_late_settle_of_a_lost_lease_is_refused", has_queue, late_settle },
    { "what_is_settled_is_tried_again_when_due_or_never", has_queue, settled },
    { "a_settle_stores_what_it_says_and_no_other_member", has_settled, stored_settle },
    { "notices_that_were_committed_leased_stay_with_their_engine", has_queue, born_leased },
    { "an_inbox_holds_the_portal_notices_of_one_recipient_oldest_first", has_inbox, inboxes },
    { "marking_as_read_counts_down_and_leaves_other_inboxes_alone", has_inbox, marking },
    { "notices_are_listed_by_state_and_channel_in_pages", has_notices, by_state },
    { "a_dead_notice_can_be_given_its_tries_anew", has_requeue, requeued },
    { "a_notice_without_an_event_is_added_once", has_add, added },
    { "old_delivered_notices_are_purged_and_no_others", has_purge, purged },
    { "an_operator_is_told_what_waits_what_is_dead_and_what_is_unread", has_describe, described },
    { NULL, NULL, NULL },
};
