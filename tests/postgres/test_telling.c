/* SPDX-License-Identifier: MIT */
/* test_telling.c: many dispatchers share the notices, listeners wake, and an inbox never hides what came late. */
#include "proxy.h"
#include "support.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)

static void rest_ms(long ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&pause, NULL);
}

/* ---- many dispatchers --------------------------------------------------------------------------------------------- */

enum { DISPATCHERS = 4, DUE = 60 };
typedef struct dispatcher { casegate_store *store; pthread_t thread; int number, settled, lost; } dispatcher;

static void *dispatch(void *arg)
{
    dispatcher *d = arg;
    casegate_answers answers;
    char lease[16];

    cg_answers_init(&answers, NULL);
    snprintf(lease, sizeof lease, "lease-%d", d->number);
    for (int empty = 0; empty < 3;) {
        cg_answers_reset(&answers);
        if (d->store->ops.claim(d->store->ops.user, NULL, "email", INT64_MAX / 2, INT64_MAX, lease, 3, &answers, NULL)
            != CASEGATE_OK)
            d->lost += 1000;
        empty = answers.notices.count ? 0 : empty + 1;
        for (size_t i = 0; i < answers.notices.count; i++) {
            casegate_notice done = *cg_notice_in(&answers, i);
            const casegate_notice *list[] = {&done};
            casegate_result result = CASEGATE_E_HOST;

            done.state = CASEGATE_NOTICE_DELIVERED;
            done.next_us = 0;
            d->store->ops.settle(d->store->ops.user, NULL, list, &result, 1, NULL);
            d->settled += result == CASEGATE_OK;
            d->lost += result != CASEGATE_OK;
        }
    }
    cg_answers_close(&answers);
    return NULL;
}

/* CG-R11 */
static void dispatchers_share_what_is_due_and_each_notice_is_claimed_once(void **state)
{
    fixture *f = *state;
    dispatcher all[DISPATCHERS];
    int settled = 0;

    for (int i = 0; i < DUE; i++) {
        char id[32];

        snprintf(id, sizeof id, "case-%d", i);
        given_rejected_case(f, id);
    }
    for (int i = 0; i < DISPATCHERS; i++) {
        all[i] = (dispatcher){.store = f->store, .number = i};
        assert_int_equal(pthread_create(&all[i].thread, NULL, dispatch, &all[i]), 0);
    }
    for (int i = 0; i < DISPATCHERS; i++) {
        pthread_join(all[i].thread, NULL);
        settled += all[i].settled;
        assert_int_equal(all[i].lost, 0);
    }

    assert_int_equal(settled, DUE);
    assert_int_equal(ask_sql(f, "SELECT count(*) FROM notices WHERE channel = 'email' AND state = 3 AND tries = 2"), DUE);
}

/* What another one is leasing at this moment is passed over, not waited for. */
static void a_notice_that_is_being_claimed_holds_nobody_up(void **state)
{
    fixture *f = *state;
    PGconn *other = open_handle(f);

    given_rejected_case(f, "case-1");
    given_rejected_case(f, "case-2");
    run_handle(other, "BEGIN; SELECT 1 FROM notices WHERE id = 'case-1.2.1' FOR UPDATE");
    cg_answers_reset(&f->answers);

    assert_int_equal(f->store->ops.claim(f->store->ops.user, NULL, "email", INT64_MAX / 2, INT64_MAX, "lease-2", 10, &f->answers,
                                         &f->err), CASEGATE_OK);

    assert_int_equal(f->answers.notices.count, 1);
    assert_string_equal(cg_notice_in(&f->answers, 0)->id, "case-2.2.1");
    PQfinish(other);
}

/* ---- listeners ---------------------------------------------------------------------------------------------------- */

static casegate_postgres_listener *listen_on(fixture *f, const char *channel)
{
    casegate_postgres_options options = options_for(f);
    casegate_postgres_listener *listener = NULL;

    assert_int_equal(casegate_postgres_listener_new(NULL, &options, channel, &listener, &f->err), CASEGATE_OK);
    return listener;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static casegate_result add_notice(fixture *f, const char *id, const char *channel, int32_t notice_state)
{
    casegate_notice notice = {.size = sizeof notice, .id = id, .case_id = "case-1", .template_code = "reminder",
                              .channel = channel, .to = CASEGATE_TO_LAB, .org = "lab-one", .lab = "lab-one", .state =
                              notice_state,
                              .lease = notice_state == CASEGATE_NOTICE_LEASED ? "lease" : NULL};

    return f->store->ops.add_notice(f->store->ops.user, NULL, &notice, &f->err);
}

static void a_pending_notice_wakes_the_listeners_of_its_channel(void **state)
{
    fixture *f = *state;
    casegate_postgres_listener *mail = listen_on(f, "email"), *sms = listen_on(f, "sms"), *any = listen_on(f, NULL);
    int64_t began = now_ms();

    assert_int_equal(add_notice(f, "a", "email", CASEGATE_NOTICE_PENDING), CASEGATE_OK);

    assert_int_equal(casegate_postgres_wait(mail, 10000000, NULL), CASEGATE_OK);
    assert_int_equal(casegate_postgres_wait(any, 10000000, NULL), CASEGATE_OK);
    assert_true(now_ms() - began < 5000);
    assert_int_equal(casegate_postgres_wait(sms, 50000, NULL), CASEGATE_LATER);
    assert_int_equal(casegate_postgres_wait(mail, 0, NULL), CASEGATE_LATER);   /* once */
    casegate_postgres_listener_free(mail);
    casegate_postgres_listener_free(sms);
    casegate_postgres_listener_free(any);
}

static void a_commit_and_a_requeue_wake_and_what_is_leased_or_delivered_does_not(void **state)
{
    fixture *f = *state;
    casegate_postgres_listener *mail = listen_on(f, "email");
    sample s;

    given_rejected_case(f, "case-1");   /* leased by the engine that commits it */
    assert_int_equal(add_notice(f, "a", "email", CASEGATE_NOTICE_LEASED), CASEGATE_OK);
    assert_int_equal(casegate_postgres_wait(mail, 50000, NULL), CASEGATE_LATER);

    sample_case(&s, "case-2");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_rejection(&s);
    s.notices[0].state = CASEGATE_NOTICE_PENDING;
    s.notices[0].lease = NULL;
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    assert_int_equal(casegate_postgres_wait(mail, 10000000, NULL), CASEGATE_OK);

    run_sql(f, "UPDATE notices SET state = 4, lease = NULL WHERE id = 'a'");
    assert_int_equal(f->store->ops.requeue(f->store->ops.user, NULL, "a", 5, &f->err), CASEGATE_OK);
    assert_int_equal(casegate_postgres_wait(mail, 10000000, NULL), CASEGATE_OK);
    casegate_postgres_listener_free(mail);
    sample_free(&s);
}

static void a_wait_ends_with_its_time(void **state)
{
    fixture *f = *state;
    casegate_postgres_listener *mail = listen_on(f, "email");
    int64_t began = now_ms();

    assert_int_equal(casegate_postgres_wait(mail, 120000, NULL), CASEGATE_LATER);

    assert_in_range(now_ms() - began, 100, 5000);
    assert_int_equal(casegate_postgres_wait(mail, -1, &f->err), CASEGATE_E_INVALID);
    assert_string_equal(f->err.field, "timeout_us");
    assert_int_equal(casegate_postgres_wait(NULL, 1, &f->err), CASEGATE_E_INVALID);
    casegate_postgres_listener_free(mail);
    casegate_postgres_listener_free(NULL);
}

/* What came while nobody listened must not be slept through: a connection made anew counts as news. */
static void a_listener_that_lost_its_connection_comes_back_and_looks(void **state)
{
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);
    casegate_postgres_listener *mail = NULL;
    char folder[108];
    int64_t began;
    proxy *p;

    assert_true(socket_folder(conninfo(), folder, sizeof folder));
    p = proxy_start(folder);
    options.conninfo = proxy_conninfo(p);
    assert_int_equal(casegate_postgres_listener_new(NULL, &options, "email", &mail, &f->err), CASEGATE_OK);
    proxy_hang_up(p);
    assert_int_equal(add_notice(f, "a", "email", CASEGATE_NOTICE_PENDING), CASEGATE_OK);

    assert_int_equal(casegate_postgres_wait(mail, 10000000, NULL), CASEGATE_OK);

    assert_int_equal(add_notice(f, "b", "email", CASEGATE_NOTICE_PENDING), CASEGATE_OK);
    assert_int_equal(casegate_postgres_wait(mail, 10000000, NULL), CASEGATE_OK);
    proxy_stop(p);
    began = now_ms();
    assert_int_equal(casegate_postgres_wait(mail, 200000, NULL), CASEGATE_LATER);   /* without a server: the poll */
    assert_in_range(now_ms() - began, 150, 5000);
    casegate_postgres_listener_free(mail);
}

static void on_alarm(int number)
{
    (void)number;
}

static void a_signal_ends_a_wait(void **state)
{
    fixture *f = *state;
    casegate_postgres_listener *mail = listen_on(f, "email");
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct itimerval soon = {.it_value = {.tv_usec = 100000}};
    int64_t began = now_ms();

    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &soon, NULL);

    assert_int_equal(casegate_postgres_wait(mail, 20000000, NULL), CASEGATE_LATER);

    assert_true(now_ms() - began < 10000);
    sigaction(SIGALRM, &before, NULL);
    casegate_postgres_listener_free(mail);
}

/* ---- inbox -------------------------------------------------------------------------------------------------------- */

typedef struct rejecter { fixture f; int number, each; pthread_t thread; } rejecter;

static void *reject_cases(void *arg)
{
    rejecter *r = arg;

    for (int i = 0; i < r->each; i++) {
        char id[32];
        sample s;

        snprintf(id, sizeof id, "case-%d-%d", r->number, i);
        sample_case(&s, id);
        commit_sample(&r->f, &s);
        sample_rejection(&s);
        commit_sample(&r->f, &s);
        sample_free(&s);
    }
    return NULL;
}

/* Reads on behind the last one; gives how many there were. */
static int follow(fixture *f, char *last, size_t room)
{
    int seen = 0;
    size_t got;

    do {
        cg_answers_reset(&f->answers);
        assert_int_equal(f->store->ops.inbox(f->store->ops.user, NULL, "clinic-one", NULL, *last ? last : NULL, 10, &f->answers,
                                             &f->err), CASEGATE_OK);
        got = f->answers.notices.count;
        seen += (int)got;
        if (got)
            snprintf(last, room, "%s", cg_notice_in(&f->answers, got - 1)->id);
    } while (got);
    return seen;
}

/* Four write at once, one reads behind the last page: it sees every notice once. */
static void whoever_reads_on_in_an_inbox_misses_nothing(void **state)
{
    enum { WRITERS = 4, EACH = 40 };
    fixture *f = *state;
    rejecter writers[WRITERS];
    char last[64] = "";
    int seen = 0;

    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (rejecter){.f = {.store = f->store}, .number = i, .each = EACH};
        casegate_error_init(&writers[i].f.err, sizeof writers[i].f.err);
        assert_int_equal(pthread_create(&writers[i].thread, NULL, reject_cases, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        seen += follow(f, last, sizeof last);
        pthread_join(writers[i].thread, NULL);
    }
    seen += follow(f, last, sizeof last);

    assert_int_equal(seen, WRITERS * EACH);
}

/* The number of an inbox's lock. FNV-1a. */
static uint32_t lock_of(const char *org)
{
    uint32_t lock = 2166136261u;

    for (; *org; org++)
        lock = (lock ^ (unsigned char)*org) * 16777619u;
    return lock & 0x7fffffff;
}

/* A commit that takes its number and then tarries: the next one of the same inbox waits, and is numbered behind it. */
static void a_commit_that_tarries_is_not_overtaken_in_its_inbox(void **state)
{
    fixture *f = *state;
    rejecter other = {.f = {.store = f->store}, .number = 1, .each = 1};
    PGconn *slow = open_handle(f);
    char sql[128], last[64] = "";

    snprintf(sql, sizeof sql, "BEGIN; SELECT pg_advisory_xact_lock(hashtext('%s'), %u)", f->schema,
             (unsigned)lock_of("clinic-one"));
    run_handle(slow, sql);
    run_handle(slow, "INSERT INTO notices (number, id, case_id, seq, ordinal, template_code, channel, recipient, org, mutable,"
                     " lab, attempt, time_us, state, tries, next_us, read) VALUES (nextval('notice_numbers'), 'slow',"
                     " 'case-9', 1, 1,"
                     " 'reject', 'portal', 1, 'clinic-one', 0, 'lab-one', 1, 1, 3, 0, 0, 0)");
    casegate_error_init(&other.f.err, sizeof other.f.err);
    assert_int_equal(pthread_create(&other.thread, NULL, reject_cases, &other), 0);
    rest_ms(150);
    assert_int_equal(follow(f, last, sizeof last), 0);

    run_handle(slow, "COMMIT");

    pthread_join(other.thread, NULL);
    assert_int_equal(follow(f, last, sizeof last), 2);
    assert_string_equal(last, "case-1-0.2.2");
    PQfinish(slow);
}

typedef struct telling { fixture f; const char *orgs[2]; casegate_result whole, results[2]; pthread_t thread; } telling;

/* Two new cases in one call, each with a word for another clinic's portal. */
static void *tell_two(void *arg)
{
    telling *t = arg;
    static const char *const ids[] = {"case-a.1.1", "case-b.1.1"};
    sample s[2];
    const casegate_commit *commits[] = {&s[0].commit, &s[1].commit};

    for (int i = 0; i < 2; i++) {
        sample_case(&s[i], i ? "case-b" : "case-a");
        s[i].notices[0] = (casegate_notice){.size = sizeof s[i].notices[0], .id = ids[i], .case_id = s[i].head.id, .seq = 1,
                                            .ordinal = 1, .template_code = "submit", .channel = "portal",
                                            .to = CASEGATE_TO_CLINIC, .org = t->orgs[i], .lab = s[i].head.lab, .time_us = 1,
                                            .state = CASEGATE_NOTICE_DELIVERED};
        s[i].commit.notice_count = 1;
    }
    t->whole = t->f.store->ops.commit(t->f.store->ops.user, NULL, commits, t->results, 2, &t->f.err);
    for (int i = 0; i < 2; i++)
        sample_free(&s[i]);
    return NULL;
}

/* Of two inboxes a batch takes the one of the lower number first, whichever it tells first: it waits for that one without the
 * other in its hands, so that whoever needs both never waits for somebody who waits for him. */
static void a_batch_that_waits_for_an_inbox_holds_no_other_that_comes_later(void **state)
{
    fixture *f = *state;
    const int in_order = lock_of("clinic-one") < lock_of("clinic-two");
    telling t = {.f = {.store = f->store}, .orgs = {in_order ? "clinic-two" : "clinic-one", in_order ? "clinic-one" : "clinic-two"}};
    PGconn *other = open_handle(f), *watch = open_handle(f);
    char sql[256];
    int64_t is_free;

    snprintf(sql, sizeof sql, "BEGIN; SELECT pg_advisory_xact_lock(hashtext('%s'), %u)", f->schema, (unsigned)lock_of(t.orgs[1]));
    run_handle(other, sql);
    casegate_error_init(&t.f.err, sizeof t.f.err);
    assert_int_equal(pthread_create(&t.thread, NULL, tell_two, &t), 0);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = %u",
             (unsigned)lock_of(t.orgs[1]));
    while (ask_handle(watch, sql) == 0)
        rest_ms(5);

    snprintf(sql, sizeof sql, "SELECT CAST(pg_try_advisory_xact_lock(hashtext('%s'), %u) AS integer)", f->schema,
             (unsigned)lock_of(t.orgs[0]));
    is_free = ask_handle(other, sql);

    run_handle(other, "COMMIT");
    pthread_join(t.thread, NULL);
    assert_int_equal(is_free, 1);
    assert_int_equal(t.whole, CASEGATE_OK);
    assert_int_equal(t.results[0], CASEGATE_OK);
    assert_int_equal(t.results[1], CASEGATE_OK);
    PQfinish(watch);
    PQfinish(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(dispatchers_share_what_is_due_and_each_notice_is_claimed_once),
        TEST(a_notice_that_is_being_claimed_holds_nobody_up),
        TEST(a_pending_notice_wakes_the_listeners_of_its_channel),
        TEST(a_commit_and_a_requeue_wake_and_what_is_leased_or_delivered_does_not),
        TEST(a_wait_ends_with_its_time),
        TEST(a_listener_that_lost_its_connection_comes_back_and_looks),
        TEST(a_signal_ends_a_wait),
        TEST(whoever_reads_on_in_an_inbox_misses_nothing),
        TEST(a_commit_that_tarries_is_not_overtaken_in_its_inbox),
        TEST(a_batch_that_waits_for_an_inbox_holds_no_other_that_comes_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
