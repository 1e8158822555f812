/* SPDX-License-Identifier: MIT */
/* test_queue.c: processes that write to one file take turns, and nothing that stands in the file of turns can stop one. */
#define _DEFAULT_SOURCE   /* MAP_ANONYMOUS */
#include "support.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_directory, tear_down)

enum { WRITERS = 4 };
/* The two numbers of the file: the next ticket to be drawn, and the one whose turn it is. */
typedef struct tickets { uint32_t drawn, called; } tickets;

static double seconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void queue_path(const fixture *f, char path[128])
{
    snprintf(path, 128, "%s-queue", f->path);
}

static tickets read_tickets(const fixture *f)
{
    char path[128];
    tickets t = {0, 0};
    int file;

    queue_path(f, path);
    file = open(path, O_RDONLY);
    assert_true(file >= 0);
    assert_int_equal(read(file, &t, sizeof t), sizeof t);
    close(file);
    return t;
}

static void write_tickets(const fixture *f, tickets t)
{
    char path[128];
    int file;

    queue_path(f, path);
    file = open(path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(write(file, &t, sizeof t), sizeof t);
    close(file);
}

static double commit_takes(fixture *f, const char *id)
{
    const double begun = seconds_now();

    given_case(f, id);
    return seconds_now() - begun;
}

/* ---- rules -------------------------------------------------------------------------------------------------------- */

typedef struct work { int commits; double worst; int ready; } work;

/* Writes as much as it can for a second, once all are there. */
static int write_all_the_time(const char *path, int number, volatile work *all)
{
    volatile work *done = &all[number];
    double end;
    static fixture f;
    char id[32];

    casegate_error_init(&f.err, sizeof f.err);
    cg_answers_init(&f.answers, NULL);
    if (open_store(&f, path, 1) != CASEGATE_OK)
        return 1;
    done->ready = 1;
    end = seconds_now() + 20;
    for (int i = 0; i < WRITERS; i++)
        while (!all[i].ready)
            if (seconds_now() > end)   /* another one failed */
                return 3;
    end = seconds_now() + 1.0;
    while (seconds_now() < end) {
        const double begun = seconds_now();
        sample s;

        snprintf(id, sizeof id, "case-%d-%d", number, done->commits);
        sample_case(&s, id);
        if (commit_sample(&f, &s) != CASEGATE_OK)
            return 2;
        sample_free(&s);
        done->commits++;
        if (seconds_now() - begun > done->worst)
            done->worst = seconds_now() - begun;
    }
    close_store(&f);
    return 0;
}

static void of_processes_that_write_all_the_time_each_gets_its_share(void **state)
{
    fixture *f = *state;
    work *done = mmap(NULL, WRITERS * sizeof *done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int most = 0, least = INT32_MAX, status;

    assert_true(done != MAP_FAILED);
    assert_int_equal(open_store(f, f->path, 0), CASEGATE_OK);
    close_store(f);

    for (int i = 0; i < WRITERS; i++)
        if (fork() == 0)
            _exit(write_all_the_time(f->path, i, done));
    for (int i = 0; i < WRITERS; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }

    for (int i = 0; i < WRITERS; i++) {
        most = done[i].commits > most ? done[i].commits : most;
        least = done[i].commits < least ? done[i].commits : least;
    }
    if (least < 5 || most > 4 * least)   /* with SQLite's own waiting some get a few, and some nearly all */
        fail_msg("the busiest wrote %d, the unluckiest %d", most, least);
    munmap(done, WRITERS * sizeof *done);
}

static void tickets_of_processes_that_died_stop_nobody(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, f->path, 0), CASEGATE_OK);
    given_case(f, "case-1");
    write_tickets(f, (tickets){ 7, 2 });

    const double first = commit_takes(f, "case-2");
    const tickets after = read_tickets(f);

    assert_true(first < 1.0);
    assert_int_equal(after.drawn, 8);
    assert_int_equal(after.called, 8);   /* the queue is empty again */
}

static void whatever_stands_in_the_file_a_commit_comes_through(void **state)
{
    static const tickets contents[] = {
        { UINT32_MAX, 0 }, { 0, UINT32_MAX }, { 5, 1000000 }, { 1000000, 5 }, { 0x80000000u, 0 }, { 0, 0x80000000u }, { UINT32_MAX, UINT32_MAX },
    };
    fixture *f = *state;
    char id[16];

    assert_int_equal(open_store(f, f->path, 0), CASEGATE_OK);
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        write_tickets(f, contents[i]);
        snprintf(id, sizeof id, "case-%d", (int)i);

        assert_true(commit_takes(f, id) < 1.0);
    }
}

static void a_file_of_turns_that_cannot_be_made_is_done_without(void **state)
{
    fixture *f = *state;
    char path[128];

    queue_path(f, path);
    assert_int_equal(mkdir(path, 0700), 0);

    assert_int_equal(open_store(f, f->path, 0), CASEGATE_OK);
    given_case(f, "case-1");

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
    assert_int_equal(rmdir(path), 0);
}

static void a_file_of_turns_that_was_cut_short_is_made_long_enough(void **state)
{
    fixture *f = *state;
    char path[128];
    struct stat there;

    assert_int_equal(open_store(f, f->path, 0), CASEGATE_OK);
    close_store(f);
    queue_path(f, path);
    for (off_t length = 0; length < 8; length += 7) {
        assert_int_equal(truncate(path, length), 0);

        assert_int_equal(open_store(f, f->path, 0), CASEGATE_OK);

        assert_int_equal(stat(path, &there), 0);
        assert_int_equal(there.st_size, 8);
        assert_true(there.st_blocks > 0);   /* the disk has room for it, also when it is full */
        given_case(f, length ? "case-2" : "case-1");
        close_store(f);
    }
}

static void what_is_no_file_of_turns_is_left_alone(void **state)
{
    fixture *f = *state;
    char path[128];
    struct stat there;

    queue_path(f, path);
    assert_int_equal(mkfifo(path, 0600), 0);

    assert_int_equal(open_store(f, f->path, 0), CASEGATE_OK);
    given_case(f, "case-1");

    assert_int_equal(stat(path, &there), 0);
    assert_true(S_ISFIFO(there.st_mode));
    assert_int_equal(unlink(path), 0);
}

static void who_waits_for_longer_than_told_is_told_so_and_leaves_the_queue(void **state)
{
    fixture *f = *state;
    const casegate_sqlite_options options = {.size = sizeof options, .path = f->path, .busy_ms = 60};
    sqlite3 *other;
    sample s;

    assert_int_equal(open_store(f, f->path, 0), CASEGATE_OK);
    close_store(f);
    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_OK);
    other = open_handle(f->path);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    sample_case(&s, "case-1");

    const double begun = seconds_now();
    const casegate_result refused = commit_sample(f, &s);
    const double waited = seconds_now() - begun;
    sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);

    assert_int_equal(refused, CASEGATE_E_BUSY);
    assert_true(waited >= 0.05 && waited < 2.0);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    assert_int_equal(read_tickets(f).drawn, read_tickets(f).called);
    sqlite3_close(other);
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(of_processes_that_write_all_the_time_each_gets_its_share),
        TEST(tickets_of_processes_that_died_stop_nobody),
        TEST(whatever_stands_in_the_file_a_commit_comes_through),
        TEST(a_file_of_turns_that_cannot_be_made_is_done_without),
        TEST(a_file_of_turns_that_was_cut_short_is_made_long_enough),
        TEST(what_is_no_file_of_turns_is_left_alone),
        TEST(who_waits_for_longer_than_told_is_told_so_and_leaves_the_queue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
