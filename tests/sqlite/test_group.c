/* SPDX-License-Identifier: MIT */
/* test_group.c: threads that commit at once share a durable write, and each gets the result that is its own. */
#define _DEFAULT_SOURCE   /* syscall() */
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)

/* ---- a disk that is slow, or fails: SQLite's own call for a durable write ends up here ------------------------------------------- */

static atomic_int writes, failures, slowness_ms;

static int sync_slowly(int fd)
{
    const struct timespec pause = { 0, atomic_load(&slowness_ms) * 1000000L };

    atomic_fetch_add(&writes, 1);
    nanosleep(&pause, NULL);
    if (atomic_load(&failures) > 0) {
        atomic_fetch_sub(&failures, 1);
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fdatasync, fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd) { return sync_slowly(fd); }
__attribute__((visibility("default"))) int fsync(int fd) { return sync_slowly(fd); }

static void disk(int ms, int fails)
{
    atomic_store(&writes, 0);
    atomic_store(&slowness_ms, ms);
    atomic_store(&failures, fails);
}

/* ---- callers ------------------------------------------------------------------------------------------------------------------- */

enum { CALLERS = 8, ROUNDS = 10 };

typedef struct caller {
    fixture *f;
    pthread_t thread;
    char name[32];
    sample samples[ROUNDS];
    casegate_result rc, results[ROUNDS];
    casegate_error err;
    int rounds, delay_ms;
} caller;

static casegate_result commit_one(caller *c, const sample *s, casegate_result *result)
{
    const casegate_store_ops *ops = &c->f->store->ops;
    const casegate_commit *list[1] = { &s->commit };

    *result = -99;
    return ops->commit(ops->user, NULL, list, result, 1, &c->err);
}

static void *commit_all(void *user)
{
    caller *c = user;
    const struct timespec pause = { 0, c->delay_ms * 1000000L };

    nanosleep(&pause, NULL);
    c->rc = CASEGATE_OK;
    for (int i = 0; i < c->rounds && c->rc == CASEGATE_OK; i++)
        c->rc = commit_one(c, &c->samples[i], &c->results[i]);
    return NULL;
}

/* New cases of one caller. */
static void prepare(caller *c, fixture *f, int number, int rounds, int delay_ms)
{
    *c = (caller) { .f = f, .rounds = rounds, .delay_ms = delay_ms };
    casegate_error_init(&c->err, sizeof c->err);
    for (int i = 0; i < rounds; i++) {
        char *id = malloc(32);
        snprintf(id, 32, "case-%d-%d", number, i);
        sample_case(&c->samples[i], id);
    }
}

static void run_all(caller *callers, int count)
{
    for (int i = 0; i < count; i++)
        pthread_create(&callers[i].thread, NULL, commit_all, &callers[i]);
    for (int i = 0; i < count; i++)
        pthread_join(callers[i].thread, NULL);
}

static void forget(caller *callers, int count)
{
    for (int i = 0; i < count; i++)
        for (int k = 0; k < callers[i].rounds; k++) {
            free((char *)(uintptr_t)callers[i].samples[k].head.id);
            sample_free(&callers[i].samples[k]);
        }
}

/* ---- the rules ------------------------------------------------------------------------------------------------------------------- */

static void callers_who_wait_together_share_a_durable_write(void **state)
{
    fixture *f = *state;
    static caller callers[CALLERS];

    for (int i = 0; i < CALLERS; i++)
        prepare(&callers[i], f, i, ROUNDS, 0);
    disk(5, 0);

    run_all(callers, CALLERS);

    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(callers[i].rc, CASEGATE_OK);
        for (int k = 0; k < ROUNDS; k++)
            assert_int_equal(callers[i].results[k], CASEGATE_OK);
    }
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM cases"), CALLERS * ROUNDS);
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM events"), CALLERS * ROUNDS);
    assert_true(atomic_load(&writes) < CALLERS * ROUNDS / 2);
    disk(0, 0);
    forget(callers, CALLERS);
}

static void one_caller_alone_is_durable_before_the_call_returns(void **state)
{
    fixture *f = *state;
    static caller one[1];

    prepare(one, f, 0, 3, 0);
    disk(0, 0);

    commit_all(one);

    assert_int_equal(one->rc, CASEGATE_OK);
    assert_true(atomic_load(&writes) >= 3);
    forget(one, 1);
}

/* A leader that is slow, and two who wait together behind it. */
static void behind_a_leader(caller callers[3], fixture *f)
{
    prepare(&callers[0], f, 0, 1, 0);
    prepare(&callers[1], f, 1, 1, 30);
    prepare(&callers[2], f, 2, 1, 40);
}

static void a_conflict_of_one_of_a_group_leaves_the_others_written(void **state)
{
    fixture *f = *state;
    static caller callers[3];

    given_case(f, "case-1-0");   /* so that the second caller's new case is there already */
    behind_a_leader(callers, f);
    disk(300, 0);

    run_all(callers, 3);

    assert_int_equal(callers[0].results[0], CASEGATE_OK);
    assert_int_equal(callers[1].results[0], CASEGATE_CONFLICT);
    assert_int_equal(callers[2].results[0], CASEGATE_OK);
    assert_int_equal(atomic_load(&writes), 2);   /* the leader's, and that of the group */
    disk(0, 0);
    forget(callers, 3);
}

static void a_failure_of_one_of_a_group_is_its_own(void **state)
{
    fixture *f = *state;
    static caller callers[3];

    run_sql(f->path, "INSERT INTO contents (case_id, revision, digest, salt, document) VALUES ('case-1-0', 1, '', '', '{}')");
    behind_a_leader(callers, f);
    disk(300, 0);

    run_all(callers, 3);

    assert_int_equal(callers[0].rc, CASEGATE_OK);
    assert_int_equal(callers[1].rc, CASEGATE_E_CORRUPT);
    assert_string_equal(callers[1].err.field, "contents.revision");
    assert_int_equal(callers[2].rc, CASEGATE_OK);
    assert_int_equal(callers[2].results[0], CASEGATE_OK);
    assert_string_equal(callers[2].err.text, "");
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM cases"), 2);
    disk(0, 0);
    forget(callers, 3);
}

/* ---- a host whose memory ends ---------------------------------------------------------------------------------------------------- */

static atomic_long allocations_left;

static void *failing_alloc(void *user, size_t size)
{
    (void)user;
    return atomic_fetch_sub(&allocations_left, 1) == 0 ? NULL : malloc(size);
}

static void *failing_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    return atomic_fetch_sub(&allocations_left, 1) == 0 ? NULL : realloc(ptr, size);
}

static void failing_release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static casegate_host *open_with_failing_memory(fixture *f)
{
    const casegate_sqlite_options options = { .size = sizeof options, .path = f->path };
    casegate_host_ops ops;
    casegate_host *host;

    close_store(f);
    casegate_host_ops_init(&ops, sizeof ops);
    ops.alloc = failing_alloc;
    ops.resize = failing_resize;
    ops.release = failing_release;
    atomic_store(&allocations_left, -1);
    assert_int_equal(casegate_host_new(&ops, &host, NULL), CASEGATE_OK);
    assert_int_equal(casegate_sqlite_open(host, &options, &f->store, &f->err), CASEGATE_OK);
    return host;
}

/* What cannot be undone for want of memory is nobody's transaction to join. */
static void without_memory_nobody_of_a_group_is_told_what_is_not_there(void **state)
{
    fixture *f = *state;
    static caller callers[3];

    for (int allocation = 0; allocation < 16; allocation++) {
        casegate_host *host;

        run_sql(f->path, "DELETE FROM cases; DELETE FROM events; DELETE FROM contents;"
                         "INSERT INTO contents (case_id, revision, digest, salt, document) VALUES ('case-1-0', 1, '', '', '{}')");
        host = open_with_failing_memory(f);
        behind_a_leader(callers, f);
        disk(80, 0);
        atomic_store(&allocations_left, allocation);

        run_all(callers, 3);

        atomic_store(&allocations_left, -1);
        disk(0, 0);
        for (int i = 0; i < 3; i++) {
            const casegate_result told = callers[i].rc == CASEGATE_OK ? callers[i].results[0] : callers[i].rc;
            char sql[96];

            snprintf(sql, sizeof sql, "SELECT count(*) FROM cases WHERE id = 'case-%d-0'", i);
            assert_int_not_equal(told, CASEGATE_JOINED);
            assert_int_equal(ask_sql(f->path, sql), told == CASEGATE_OK);
        }
        forget(callers, 3);
        close_store(f);
        casegate_host_unref(host);
    }
}

/* The group's COMMIT fails on the disk: none of them is told that it is durable. */
static void when_the_durable_write_of_a_group_fails_none_of_it_is_acknowledged(void **state)
{
    fixture *f = *state;
    static caller callers[3];

    behind_a_leader(callers, f);
    disk(300, 1000000);

    run_all(callers, 3);

    for (int i = 0; i < 3; i++)
        assert_true(callers[i].rc < 0 || callers[i].results[0] == CASEGATE_E_UNKNOWN);
    disk(0, 0);
    forget(callers, 3);
}

static void who_waits_too_long_for_a_leader_is_told_busy_and_has_written_nothing(void **state)
{
    fixture *f = *state;
    const casegate_sqlite_options options = { .size = sizeof options, .path = f->path, .busy_ms = 50 };
    static caller callers[2];

    casegate_store_unref(f->store);
    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, NULL), CASEGATE_OK);
    prepare(&callers[0], f, 0, 1, 0);
    prepare(&callers[1], f, 1, 1, 30);
    disk(400, 0);

    run_all(callers, 2);

    assert_int_equal(callers[0].rc, CASEGATE_OK);
    assert_int_equal(callers[1].rc, CASEGATE_E_BUSY);
    disk(0, 0);
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM cases"), 1);
    assert_int_equal(commit_one(&callers[1], &callers[1].samples[0], &callers[1].results[0]), CASEGATE_OK);
    assert_int_equal(callers[1].results[0], CASEGATE_OK);
    forget(callers, 2);
}

/* A reader is not held up by a writer whose disk is slow. */
static void a_reader_does_not_wait_for_a_writer(void **state)
{
    fixture *f = *state;
    static caller one[1];
    struct timespec begin, end;
    const struct timespec pause = { 0, 50000000L };

    given_case(f, "case-read");
    prepare(one, f, 0, 1, 0);
    disk(500, 0);
    pthread_create(&one->thread, NULL, commit_all, one);
    nanosleep(&pause, NULL);

    clock_gettime(CLOCK_MONOTONIC, &begin);
    assert_int_equal(load_case(f, "case-read"), CASEGATE_OK);
    clock_gettime(CLOCK_MONOTONIC, &end);

    assert_true((end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000 < 300);
    pthread_join(one->thread, NULL);
    disk(0, 0);
    forget(one, 1);
}

static void a_batch_of_a_hundred_is_one_durable_write(void **state)
{
    enum { BATCH = 100 };
    fixture *f = *state;
    static sample samples[BATCH];
    const casegate_commit *list[BATCH];
    casegate_result results[BATCH];
    char ids[BATCH][16];

    for (int i = 0; i < BATCH; i++) {
        snprintf(ids[i], sizeof ids[i], "case-%d", i);
        sample_case(&samples[i], ids[i]);
        list[i] = &samples[i].commit;
    }
    given_case(f, "case-7");   /* one of them is there already */
    disk(0, 0);

    assert_int_equal(f->store->ops.commit(f->store->ops.user, NULL, list, results, BATCH, &f->err), CASEGATE_OK);

    assert_int_equal(atomic_load(&writes), 1);
    for (int i = 0; i < BATCH; i++)
        assert_int_equal(results[i], i == 7 ? CASEGATE_CONFLICT : CASEGATE_OK);
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM cases"), BATCH);
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM events"), BATCH);
    for (int i = 0; i < BATCH; i++)
        sample_free(&samples[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(callers_who_wait_together_share_a_durable_write),
        TEST(one_caller_alone_is_durable_before_the_call_returns),
        TEST(a_conflict_of_one_of_a_group_leaves_the_others_written),
        TEST(a_failure_of_one_of_a_group_is_its_own),
        TEST(without_memory_nobody_of_a_group_is_told_what_is_not_there),
        TEST(when_the_durable_write_of_a_group_fails_none_of_it_is_acknowledged),
        TEST(who_waits_too_long_for_a_leader_is_told_busy_and_has_written_nothing),
        TEST(a_reader_does_not_wait_for_a_writer),
        TEST(a_batch_of_a_hundred_is_one_durable_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
