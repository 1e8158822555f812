/* SPDX-License-Identifier: MIT */
/* test_libpq.c: every allocation fails, also libpq's own: what the store then says of a change is true. */
#include "support.h"

#include <errno.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)

/* ---- the allocations of the whole process ------------------------------------------------------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *ptr, size_t size);

static long left = -1;   /* how many go well before one fails; -1: all */
static int for_ever;     /* after it none goes well */
static int has_failed;

#define SEEN __attribute__((visibility("default")))   /* also by libpq */

static int fails(void)
{
    if (left < 0 || left-- > 0)
        return 0;
    if (for_ever)
        left = 0;
    has_failed = 1;
    errno = ENOMEM;
    return 1;
}

SEEN void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
SEEN void *calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
SEEN void *realloc(void *ptr, size_t size) { return fails() ? NULL : __libc_realloc(ptr, size); }

/* ---- its connections ---------------------------------------------------------------------------------------------- */

/* Its connections bear the name of the schema, so that they are known from their first moment. */
#define OURS "FROM pg_stat_activity WHERE application_name = current_schema()"

static casegate_result open_named(fixture *f)
{
    casegate_postgres_options options = options_for(f);
    char where[256];

    snprintf(where, sizeof where, "%s application_name=%s", conninfo(), f->schema);
    options.conninfo = where;
    options.must_exist = 1;
    return casegate_postgres_open(NULL, &options, &f->store, &f->err);
}

/* A server may still be at what nobody waits for any more. */
static void wait_for_the_end(PGconn *pg)
{
    while (ask_handle(pg, "SELECT count(*) " OURS) > 0)
        run_handle(pg, "SELECT pg_stat_clear_snapshot(), pg_sleep(0.001)");
}

/* ---- what is asked of the store ----------------------------------------------------------------------------------- */

typedef struct operation {
    const char *name;
    void (*given)(fixture *f, sample *s);
    casegate_result (*run)(fixture *f, sample *s);
    const char *effect;   /* SQL: 1 if it is there, 0 if not; NULL: it only reads */
} operation;

static void given_nothing(fixture *f, sample *s)
{
    (void)f;
    sample_case(s, "case-1");
}

static void given_submitted(fixture *f, sample *s)
{
    sample_case(s, "case-1");
    assert_int_equal(commit_sample(f, s), CASEGATE_OK);
    sample_rejection(s);
    s->event.request = "request-1";
    s->event.request_digest = "1:request";
}

static void given_rejected(fixture *f, sample *s)
{
    given_submitted(f, s);
    assert_int_equal(commit_sample(f, s), CASEGATE_OK);
}

/* Bare of texts, its next step is the erasure. */
static void given_erasable(fixture *f, sample *s)
{
    given_rejected(f, s);
    sample_next(s);
    s->commit.notice_count = 0;
    s->event.action = CASEGATE_ERASE;
    s->event.request = NULL;
    s->event.request_digest = NULL;
    s->event.comment = NULL;
    s->event.file_count = 0;
    s->event.salt = NULL;
    s->head.patient_name = s->head.dentist_name = s->head.reference = NULL;
}

static void given_dead_notice(fixture *f, sample *s)
{
    given_rejected(f, s);
    run_sql(f, "UPDATE notices SET state = 4, lease = NULL WHERE channel = 'email'");
}

static casegate_result commit(fixture *f, sample *s) { return commit_sample(f, s); }

/* Three in one trip; each of them is there, or none. */
static casegate_result commit_three(fixture *f, sample *s)
{
    sample more[2];
    const casegate_commit *commits[] = {&s->commit, &more[0].commit, &more[1].commit};
    casegate_result each[3] = {CASEGATE_E_HOST, CASEGATE_E_HOST, CASEGATE_E_HOST}, whole;

    for (int i = 0; i < 2; i++) {
        more[i] = *s;
        more[i].head.id = more[i].event.case_id = i ? "case-3" : "case-2";
        more[i].events[0] = &more[i].event;
        more[i].commit.events = more[i].events;
        more[i].commit.after = &more[i].head;
    }
    whole = f->store->ops.commit(f->store->ops.user, NULL, commits, each, 3, &f->err);
    if (whole != CASEGATE_OK)
        return whole;
    return each[0] == each[1] && each[0] == each[2] ? each[0] : CASEGATE_E_CORRUPT;
}

static casegate_result erase(fixture *f, sample *s) { return f->store->ops.erase(f->store->ops.user, NULL, &s->commit, &f->err); }

static casegate_result load(fixture *f, sample *s)
{
    (void)s;
    return load_request(f, "case-1", "lab-one", "lena", NULL, "request-1");
}

static casegate_result content(fixture *f, sample *s) { return (void)s, load_content(f, "case-1", 1); }
static casegate_result history(fixture *f, sample *s) { return (void)s, load_history(f, "case-1"); }

static casegate_result list(fixture *f, sample *s)
{
    casegate_query query = {.size = sizeof query, .order = CASEGATE_BY_DUE, .limit = 9};

    (void)s;
    return f->store->ops.list(f->store->ops.user, NULL, &query, &f->answers, &f->err);
}

static casegate_result claim(fixture *f, sample *s)
{
    (void)s;
    return f->store->ops.claim(f->store->ops.user, NULL, "email", INT64_MAX, INT64_MAX, "lease", 9, &f->answers, &f->err);
}

static casegate_result settle(fixture *f, sample *s)
{
    const casegate_notice dead = {.size = sizeof dead, .id = "case-1.2.1", .lease = "lease-of-commit",
                                  .state = CASEGATE_NOTICE_DEAD, .tries = 1, .last_error = "no"};
    const casegate_notice *notices[] = {&dead};
    casegate_result each = CASEGATE_E_HOST, whole;

    (void)s;
    whole = f->store->ops.settle(f->store->ops.user, NULL, notices, &each, 1, &f->err);
    return whole == CASEGATE_OK ? each : whole;
}

static casegate_result requeue(fixture *f, sample *s)
{
    (void)s;
    return f->store->ops.requeue(f->store->ops.user, NULL, "case-1.2.1", 5, &f->err);
}

static casegate_result add_notice(fixture *f, sample *s)
{
    const casegate_notice reminder = {.size = sizeof reminder, .id = "reminder-1", .case_id = "case-1",
                                      .template_code = "reminder", .channel = "email", .address = "lab@lab.example",
                                      .to = CASEGATE_TO_LAB, .org = "lab-one", .clinic = "clinic-one", .lab = "lab-one",
                                      .attempt = 1, .time_us = 1, .state = CASEGATE_NOTICE_PENDING};

    (void)s;
    return f->store->ops.add_notice(f->store->ops.user, NULL, &reminder, &f->err);
}

static casegate_result inbox(fixture *f, sample *s)
{
    (void)s;
    return f->store->ops.inbox(f->store->ops.user, NULL, "clinic-one", NULL, NULL, 9, &f->answers, &f->err);
}

static casegate_result notices(fixture *f, sample *s)
{
    (void)s;
    return f->store->ops.notices(f->store->ops.user, NULL, 0, NULL, NULL, 9, &f->answers, &f->err);
}

static casegate_result mark_read(fixture *f, sample *s)
{
    (void)s;
    return f->store->ops.mark_read(f->store->ops.user, NULL, "clinic-one", NULL, NULL, &f->answers, &f->err);
}

static casegate_result purge(fixture *f, sample *s)
{
    (void)s;
    return f->store->ops.purge(f->store->ops.user, NULL, INT64_MAX, 9, &f->answers, &f->err);
}

static casegate_result describe(fixture *f, sample *s)
{
    (void)s;
    return f->store->ops.describe(f->store->ops.user, NULL, 1, &f->answers, &f->err);
}

static casegate_result listen(fixture *f, sample *s)
{
    casegate_postgres_options options = options_for(f);
    casegate_postgres_listener *listener = NULL;
    casegate_result result = casegate_postgres_listener_new(NULL, &options, "email", &listener, &f->err);

    (void)s;
    casegate_postgres_listener_free(listener);
    return result;
}

static casegate_result reopen(fixture *f, sample *s)
{
    (void)s;
    close_store(f);
    return open_named(f);
}

static const operation operations[] = {
    {"commit", given_nothing, commit, "SELECT count(*) FROM cases"},
    {"commit_three", given_nothing, commit_three, "SELECT CASE count(*) WHEN 3 THEN 1 ELSE count(*) * 10 END FROM cases"},
    {"commit_notices", given_submitted, commit, "SELECT count(*) FROM cases WHERE version = 2"},
    {"erase", given_erasable, erase, "SELECT count(*) FROM contents WHERE document IS NULL"},
    {"settle", given_rejected, settle, "SELECT count(*) FROM notices WHERE state = 4"},
    {"requeue", given_dead_notice, requeue, "SELECT count(*) FROM notices WHERE state = 1"},
    {"claim", given_rejected, claim, "SELECT count(*) FROM notices WHERE lease = 'lease'"},
    {"add_notice", given_submitted, add_notice, "SELECT count(*) FROM notices"},
    {"mark_read", given_rejected, mark_read, "SELECT count(*) FROM notices WHERE read = 1"},
    {"purge", given_rejected, purge, "SELECT 3 - count(*) FROM notices"},
    {"load", given_rejected, load, NULL},
    {"content", given_rejected, content, NULL},
    {"history", given_rejected, history, NULL},
    {"list", given_rejected, list, NULL},
    {"inbox", given_rejected, inbox, NULL},
    {"notices", given_rejected, notices, NULL},
    {"describe", given_rejected, describe, NULL},
    {"listen", given_nothing, listen, NULL},
    {"reopen", given_rejected, reopen, NULL},
};

/* ---- each of its allocations fails -------------------------------------------------------------------------------- */

/* An event, its texts and its notices are there with the version that they belong to, or not at all. */
static const char halves[] =
    "SELECT count(*) FROM cases AS c WHERE version <> (SELECT count(*) FROM events AS e WHERE e.case_id = c.id)"
    " OR (version > 1) <> EXISTS (SELECT FROM event_texts AS t WHERE t.case_id = c.id)"
    " OR NOT EXISTS (SELECT FROM contents AS k WHERE k.case_id = c.id)";

static casegate_result run_failing(fixture *f, sample *s, const operation *op, long n)
{
    casegate_result result;

    cg_answers_reset(&f->answers);
    casegate_error_init(&f->err, sizeof f->err);
    has_failed = 0;
    left = n;
    result = op->run(f, s);
    left = -1;
#ifdef SEEDED_BUG   /* a store that takes what it was not told for what was not done */
    result = result == CASEGATE_E_UNKNOWN ? CASEGATE_E_HOST : result;
#endif
    return result;
}

static void judge(const fixture *f, PGconn *pg, const operation *op, long n, casegate_result result)
{
    const int64_t effect = op->effect ? ask_handle(pg, op->effect) : -1;
    const char *wrong = NULL;

    if (result != CASEGATE_OK && result != CASEGATE_E_NOMEM && result != CASEGATE_E_HOST && result != CASEGATE_E_UNKNOWN)
        wrong = "neither out of memory, nor a failing host, nor unknown";
    else if (result == CASEGATE_E_UNKNOWN && !op->effect)
        wrong = "what only reads is never unknown";
    else if (op->effect && result == CASEGATE_OK && effect < 1)
        wrong = "acknowledged, and not there";
    else if (op->effect && result != CASEGATE_OK && result != CASEGATE_E_UNKNOWN && effect != 0)
        wrong = "refused by an error, and there";
    else if (effect >= 10 || ask_handle(pg, halves) != 0)
        wrong = "half there";
    if (wrong)
        fail_msg("%s, allocation %ld%s: %s (%s, %s: %s)", op->name, n, for_ever ? " and all behind it" : "", wrong,
                 casegate_result_name(result), f->err.field, f->err.text);
}

/* What the pool holds when the operation begins. */
typedef enum condition { KEPT, LOST } condition;   /* a connection that was used before; one that the server has ended since */
static const char *const conditions[] = {"kept", "lost"};

static void bring_about(fixture *f, PGconn *pg, condition how)
{
    if (!f->store || how == LOST) {
        close_store(f);
        assert_int_equal(open_named(f), CASEGATE_OK);
    }
    if (how == LOST) {
        run_handle(pg, "SELECT pg_terminate_backend(pid) " OURS);
        wait_for_the_end(pg);
    }
}

/* Gives how many allocations the operation makes. */
static long try_all(fixture *f, PGconn *pg, const operation *op, condition how)
{
    long n = 0;

    do {
        casegate_result result;
        sample s;

        run_handle(pg, "DELETE FROM case_labs; DELETE FROM cases; DELETE FROM contents; DELETE FROM events;"
                       "DELETE FROM event_texts; DELETE FROM notices");
        bring_about(f, pg, KEPT);
        op->given(f, &s);
        bring_about(f, pg, how);
        result = run_failing(f, &s, op, n);
        if (result == CASEGATE_E_UNKNOWN) {
            close_store(f);
            wait_for_the_end(pg);
        }
        judge(f, pg, op, n, result);
        if (!has_failed)
            assert_int_equal(result, CASEGATE_OK);
        sample_free(&s);
        n++;
    } while (has_failed);
    return n - 1;
}

static void try_everything(fixture *f)
{
    PGconn *pg = open_handle(f);

    close_store(f);   /* its connections have no name */
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        for (condition how = KEPT; how <= LOST; how++) {
            long tried = try_all(f, pg, &operations[i], how);

            print_message("%-16s %s %4ld allocations failed%s\n", operations[i].name, conditions[how], tried,
                          for_ever ? ", and all behind each" : " once");
            assert_true(tried > 0);
        }
    PQfinish(pg);
}

static void an_allocation_that_fails_once_is_told_and_loses_nothing(void **state)
{
    for_ever = 0;
    try_everything(*state);
}

static void when_nothing_can_be_allocated_any_more_nothing_is_lost(void **state)
{
    for_ever = 1;
    try_everything(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_allocation_that_fails_once_is_told_and_loses_nothing),
        TEST(when_nothing_can_be_allocated_any_more_nothing_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
