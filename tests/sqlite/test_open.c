/* SPDX-License-Identifier: MIT */
/* test_open.c: which databases a store accepts, what it does to them, and what it leaves alone. */
#include "support.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_directory, tear_down)

static casegate_result open_on(fixture *f, sqlite3 *db, const char *prefix, int32_t allow_weak)
{
    casegate_sqlite_options options = {.size = sizeof options, .db = db, .prefix = prefix, .allow_weak = allow_weak};

    return casegate_sqlite_open(NULL, &options, &f->store, &f->err);
}

static casegate_result open_with(fixture *f, const char *prefix, int32_t busy_ms)
{
    casegate_sqlite_options options = {.size = sizeof options, .path = f->path, .prefix = prefix, .busy_ms = busy_ms};

    return casegate_sqlite_open(NULL, &options, &f->store, &f->err);
}

static int exists(const char *path)
{
    struct stat what;

    return stat(path, &what) == 0;
}

/* ---- own files ---------------------------------------------------------------------------------------------------- */

static void a_fresh_file_is_in_wal_mode_and_marked_as_ours(void **state)
{
    fixture *f = *state;
    sqlite3 *db;

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_OK);

    db = open_handle(f->path);
    assert_int_equal(ask_handle(db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    assert_int_equal(ask_handle(db, "PRAGMA application_id"), 0x43415347);
    assert_int_equal(ask_handle(db, "SELECT version FROM schema_version"), 1);
    assert_int_equal(ask_handle(db, "PRAGMA user_version"), 0);
    sqlite3_close(db);
}

static void every_table_is_strict(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_OK);

    assert_int_equal(ask_sql(f->path,
                             "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict"), 6);
}

static void what_a_store_keeps_is_said(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, ":memory:", 0), CASEGATE_OK);

    assert_int_equal(casegate_store_keeps(f->store), CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS | CASEGATE_KEEPS_LISTS
                                                     | CASEGATE_KEEPS_HISTORY | CASEGATE_KEEPS_QUEUE | CASEGATE_KEEPS_INBOX);
}

static void what_was_committed_is_there_after_opening_again(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_OK);
    given_case(f, "case-1");
    close_store(f);

    assert_int_equal(open_store(f, NULL, 1), CASEGATE_OK);

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
}

static void a_missing_file_that_must_exist_is_absent_and_not_created(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, NULL, 1), CASEGATE_ABSENT);

    assert_string_equal(f->err.field, "path");
    assert_false(exists(f->path));
    assert_null(f->store);
}

static void a_file_without_tables_that_must_exist_is_absent_and_stays_empty(void **state)
{
    fixture *f = *state;
    FILE *file = fopen(f->path, "wb");

    fclose(file);

    assert_int_equal(open_store(f, NULL, 1), CASEGATE_ABSENT);
    assert_int_equal(open_store(f, ":memory:", 1), CASEGATE_ABSENT);

    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM sqlite_schema"), 0);
}

static void assert_refused_and_left_alone(fixture *f)
{
    assert_int_equal(open_store(f, NULL, 0), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(f->err.field, "path");
    assert_null(f->store);
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM sqlite_schema"), 1);
    assert_int_equal(ask_sql(f->path, "SELECT journal_mode = 'delete' FROM pragma_journal_mode"), 1);
}

static void the_file_of_another_application_is_refused(void **state)
{
    fixture *f = *state;

    run_sql(f->path, "PRAGMA application_id = 252006674; CREATE TABLE theirs (a)");

    assert_refused_and_left_alone(f);
}

static void a_file_with_unknown_tables_is_refused(void **state)
{
    fixture *f = *state;

    run_sql(f->path, "CREATE TABLE theirs (a)");

    assert_refused_and_left_alone(f);
}

static void a_file_that_is_no_database_is_corrupt(void **state)
{
    fixture *f = *state;
    FILE *file = fopen(f->path, "wb");

    for (int i = 0; i < 1000; i++)
        fputs("this is not a database\n", file);
    fclose(file);

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_E_CORRUPT);
    assert_int_equal(f->err.host_code, SQLITE_NOTADB);
}

static void a_path_that_cannot_be_opened_is_an_error_of_the_host(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, f->directory, 0), CASEGATE_E_HOST);
    assert_int_equal(f->err.host_code & 0xff, SQLITE_CANTOPEN);

    assert_int_equal(open_store(f, "no/such/directory/cases.db", 0), CASEGATE_E_HOST);
}

static void a_file_that_another_process_has_locked_is_busy(void **state)
{
    fixture *f = *state;
    sqlite3 *other = open_handle(f->path);

    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);

    assert_int_equal(open_with(f, NULL, 30), CASEGATE_E_BUSY);

    sqlite3_close(other);
    assert_int_equal(open_with(f, NULL, 30), CASEGATE_OK);
}

/* ---- schema ------------------------------------------------------------------------------------------------------- */

static void tables_that_a_newer_library_alone_may_write_are_refused(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_OK);
    close_store(f);
    run_sql(f->path, "UPDATE schema_version SET version = 9, oldest_writer = 9");

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(f->err.field, "schema");
}

static void tables_of_a_newer_additive_step_are_used(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_OK);
    close_store(f);
    run_sql(f->path, "UPDATE schema_version SET version = 9; ALTER TABLE cases ADD COLUMN later TEXT");

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_OK);
    given_case(f, "case-1");
    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
    assert_int_equal(ask_sql(f->path, "SELECT version FROM schema_version"), 9);
}

/* What an engine never asks of it alone. */
static void assert_no_lease_is_given(fixture *f)
{
    const casegate_notice notice = {.size = sizeof notice, .id = "case-1.2.2", .lease = "lease", .state = CASEGATE_NOTICE_DELIVERED};
    const casegate_notice *const notices[] = {&notice};
    const casegate_store_ops *ops = &f->store->ops;
    casegate_result settled = CASEGATE_OK;

    assert_int_equal(ops->claim(ops->user, NULL, "email", INT64_MAX, INT64_MAX, "lease", 10, &f->answers, &f->err),
                     CASEGATE_E_UNSUPPORTED);
    assert_string_equal(f->err.field, "store");
    assert_int_equal(ops->settle(ops->user, NULL, notices, &settled, 1, &f->err), CASEGATE_E_UNSUPPORTED);
    assert_string_equal(f->err.field, "store");
}

static void a_store_for_reading_makes_no_file_gives_no_lease_and_drops_nothing(void **state)
{
    fixture *f = *state;
    casegate_sqlite_options options = {.size = sizeof options, .path = f->path, .prefix = "one_", .read_only = 1};

    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_ABSENT);
    assert_false(exists(f->path));
    assert_int_equal(open_with(f, "one_", 0), CASEGATE_OK);
    given_rejected_case(f, "case-1");
    close_store(f);

    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_OK);

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
    assert_no_lease_is_given(f);
    assert_int_equal(casegate_sqlite_drop(NULL, &options, &f->err), CASEGATE_E_UNSUPPORTED);
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM one_notices WHERE lease = 'lease'"), 0);
}

static void a_store_for_reading_leaves_a_hosts_handle_as_it_is(void **state)
{
    fixture *f = *state;
    sqlite3 *db = open_handle(f->path);
    casegate_sqlite_options options = {.size = sizeof options, .db = db, .read_only = 1};

    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_ABSENT);
    assert_int_equal(open_on(f, db, NULL, 0), CASEGATE_OK);
    given_rejected_case(f, "case-1");
    close_store(f);

    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_OK);

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
    assert_no_lease_is_given(f);
    assert_int_equal(ask_handle(db, "PRAGMA query_only"), 0);
    close_store(f);
    sqlite3_close(db);
}

static void a_schema_version_that_is_empty_is_corrupt(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_OK);
    close_store(f);
    run_sql(f->path, "DELETE FROM schema_version");

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_E_CORRUPT);
    assert_string_equal(f->err.field, "schema_version.version");
}

enum { PROCESSES = 4, ROUNDS = 25 };

static void open_in_child(fixture *f)
{
    casegate_result result = open_store(f, NULL, 0);

    if (result != CASEGATE_OK)
        fprintf(stderr, "child: %s: %s\n", casegate_result_name(result), f->err.text);
    close_store(f);
    _exit(result == CASEGATE_OK ? 0 : 1);
}

static void processes_that_create_one_file_at_once_all_succeed(void **state)
{
    fixture *f = *state;

    for (int round = 0; round < ROUNDS; round++) {
        int failed = 0, status;

        snprintf(f->path, sizeof f->path, "%s/round-%d.db", f->directory, round);
        for (int i = 0; i < PROCESSES; i++)
            if (fork() == 0)
                open_in_child(f);
        for (int i = 0; i < PROCESSES; i++)
            failed += wait(&status) < 0 || status != 0;

        assert_int_equal(failed, 0);
        assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM schema_version"), 1);
    }
}

/* ---- options ------------------------------------------------------------------------------------------------------ */

static void a_path_and_a_handle_exclude_each_other(void **state)
{
    fixture *f = *state;
    sqlite3 *db = open_handle(":memory:");
    casegate_sqlite_options both = {.size = sizeof both, .path = f->path, .db = db};
    casegate_sqlite_options neither = {.size = sizeof neither, .path = ""};

    assert_int_equal(casegate_sqlite_open(NULL, &both, &f->store, &f->err), CASEGATE_E_INVALID);
    assert_string_equal(f->err.field, "path");
    assert_int_equal(casegate_sqlite_open(NULL, &neither, &f->store, &f->err), CASEGATE_E_INVALID);

    assert_int_equal(casegate_sqlite_open(NULL, NULL, &f->store, &f->err), CASEGATE_E_INVALID);
    assert_int_equal(casegate_sqlite_open(NULL, &both, NULL, NULL), CASEGATE_E_INVALID);
    assert_false(exists(f->path));
    sqlite3_close(db);
}

static void a_prefix_that_cannot_begin_a_table_is_invalid(void **state)
{
    static const char *const prefixes[] = {"a-b", "a b", "x\"", "\xc3\xa4", "sqlite_", "SQLite_x",
                                           "a123456789012345678901234567890123"};
    fixture *f = *state;

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        assert_int_equal(open_with(f, prefixes[i], 0), CASEGATE_E_INVALID);
        assert_string_equal(f->err.field, "prefix");
    }
    assert_false(exists(f->path));
}

static void a_prefix_of_the_longest_form_works(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_with(f, "1_select_5678901234567890123456_", 0), CASEGATE_OK);
    given_rejected_case(f, "case-1");

    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM \"1_select_5678901234567890123456_cases\""), 1);
}

static void the_size_of_the_options_is_checked(void **state)
{
    fixture *f = *state;
    struct { casegate_sqlite_options options; char later[8]; } newer = {{.size = sizeof newer, .path = ":memory:"}, {0}};
    casegate_sqlite_options options = {.size = sizeof options - 1, .path = ":memory:"};

    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_E_ABI);
    options.size = 0;
    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_E_ABI);
    options.size = SIZE_MAX;
    assert_int_equal(casegate_sqlite_open(NULL, &options, &f->store, &f->err), CASEGATE_E_ABI);
    newer.later[3] = 1;
    assert_int_equal(casegate_sqlite_open(NULL, &newer.options, &f->store, &f->err), CASEGATE_E_ABI);

    newer.later[3] = 0;
    assert_int_equal(casegate_sqlite_open(NULL, &newer.options, &f->store, &f->err), CASEGATE_OK);
}

static void options_are_emptied(void **state)
{
    casegate_sqlite_options options;

    (void)state;
    memset(&options, 0xff, sizeof options);

    casegate_sqlite_options_init(NULL, sizeof options);
    casegate_sqlite_options_init(&options, sizeof options);

    assert_int_equal(options.size, sizeof options);
    assert_null(options.path);
    assert_int_equal(options.busy_ms, 0);
}

static void a_negative_time_to_wait_is_invalid(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_with(f, NULL, -1), CASEGATE_E_INVALID);
    assert_string_equal(f->err.field, "busy_ms");
}

/* ---- a host's handle ---------------------------------------------------------------------------------------------- */

static void weak_settings_of_a_handle_are_refused_unless_allowed(void **state)
{
    static const struct { const char *sql, *field; } weak[] = {
        {"PRAGMA synchronous = NORMAL", "synchronous"}, {"PRAGMA synchronous = OFF", "synchronous"},
        {"PRAGMA journal_mode = MEMORY", "journal_mode"}, {"PRAGMA journal_mode = OFF", "journal_mode"},
        {"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", "synchronous"},
    };
    fixture *f = *state;

    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        sqlite3 *db = open_handle(f->path);

        assert_int_equal(sqlite3_exec(db, weak[i].sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(open_on(f, db, NULL, 0), CASEGATE_E_UNSUPPORTED);
        assert_string_equal(f->err.field, weak[i].field);
        assert_int_equal(ask_handle(db, "SELECT count(*) FROM sqlite_schema"), 0);
        sqlite3_close(db);
    }
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        sqlite3 *db = open_handle(f->path);

        assert_int_equal(sqlite3_exec(db, weak[i].sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(open_on(f, db, NULL, 1), CASEGATE_OK);
        close_store(f);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
    }
}

static void a_database_in_memory_counts_as_weak(void **state)
{
    fixture *f = *state;
    sqlite3 *db = open_handle(":memory:");

    assert_int_equal(open_on(f, db, NULL, 0), CASEGATE_E_UNSUPPORTED);
    assert_int_equal(open_on(f, db, NULL, 1), CASEGATE_OK);

    close_store(f);
    sqlite3_close(db);
}

static void a_handle_keeps_its_settings_and_its_own_tables(void **state)
{
    fixture *f = *state;
    sqlite3 *db = open_handle(f->path);

    assert_int_equal(sqlite3_exec(db, "PRAGMA application_id = 77; PRAGMA foreign_keys = ON; PRAGMA synchronous = EXTRA;"
                                      "CREATE TABLE cases (theirs)", NULL, NULL, NULL), SQLITE_OK);

    assert_int_equal(open_on(f, db, NULL, 0), CASEGATE_OK);
    given_case(f, "case-1");

    assert_int_equal(ask_handle(db, "PRAGMA application_id"), 77);
    assert_int_equal(ask_handle(db, "PRAGMA foreign_keys"), 1);
    assert_int_equal(ask_handle(db, "PRAGMA synchronous"), 3);
    assert_int_equal(ask_handle(db, "SELECT journal_mode = 'delete' FROM pragma_journal_mode"), 1);
    assert_int_equal(ask_handle(db, "SELECT count(*) FROM casegate_cases"), 1);
    assert_int_equal(ask_handle(db, "SELECT count(*) FROM cases"), 0);
    close_store(f);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);   /* no statement of the store is left */
}

/* ---- dropping ----------------------------------------------------------------------------------------------------- */

static void dropping_removes_the_tables_of_one_prefix(void **state)
{
    fixture *f = *state;
    casegate_sqlite_options options = {.size = sizeof options, .path = f->path, .prefix = "a_"};

    assert_int_equal(open_with(f, "a_", 0), CASEGATE_OK);
    close_store(f);
    assert_int_equal(open_with(f, "b_", 0), CASEGATE_OK);
    given_case(f, "case-1");

    assert_int_equal(casegate_sqlite_drop(NULL, &options, &f->err), CASEGATE_OK);

    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'a\\_%' ESCAPE '\\'"), 0);
    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
    assert_int_equal(casegate_sqlite_drop(NULL, &options, &f->err), CASEGATE_OK);
}

static void dropping_without_a_prefix_is_refused(void **state)
{
    fixture *f = *state;
    casegate_sqlite_options options = {.size = sizeof options, .path = f->path};

    assert_int_equal(open_store(f, NULL, 0), CASEGATE_OK);

    assert_int_equal(casegate_sqlite_drop(NULL, &options, &f->err), CASEGATE_E_INVALID);

    assert_string_equal(f->err.field, "prefix");
    assert_int_equal(ask_sql(f->path, "SELECT count(*) FROM schema_version"), 1);
}

static void dropping_what_is_not_there_creates_nothing(void **state)
{
    fixture *f = *state;
    casegate_sqlite_options options = {.size = sizeof options, .path = f->path, .prefix = "a_"};

    assert_int_equal(casegate_sqlite_drop(NULL, &options, &f->err), CASEGATE_OK);
    assert_false(exists(f->path));

    options.must_exist = 1;
    assert_int_equal(casegate_sqlite_drop(NULL, &options, &f->err), CASEGATE_ABSENT);
}

static void dropping_beside_a_hosts_tables_leaves_them(void **state)
{
    fixture *f = *state;
    sqlite3 *db = open_handle(f->path);
    casegate_sqlite_options options = {.size = sizeof options, .db = db, .prefix = "casegate_"};

    assert_int_equal(sqlite3_exec(db, "CREATE TABLE cases (theirs)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(open_on(f, db, NULL, 0), CASEGATE_OK);
    close_store(f);

    assert_int_equal(casegate_sqlite_drop(NULL, &options, &f->err), CASEGATE_OK);

    assert_int_equal(ask_handle(db, "SELECT count(*) FROM sqlite_schema"), 1);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fresh_file_is_in_wal_mode_and_marked_as_ours),
        TEST(every_table_is_strict),
        TEST(what_a_store_keeps_is_said),
        TEST(what_was_committed_is_there_after_opening_again),
        TEST(a_missing_file_that_must_exist_is_absent_and_not_created),
        TEST(a_file_without_tables_that_must_exist_is_absent_and_stays_empty),
        TEST(the_file_of_another_application_is_refused),
        TEST(a_file_with_unknown_tables_is_refused),
        TEST(a_file_that_is_no_database_is_corrupt),
        TEST(a_path_that_cannot_be_opened_is_an_error_of_the_host),
        TEST(a_file_that_another_process_has_locked_is_busy),
        TEST(tables_that_a_newer_library_alone_may_write_are_refused),
        TEST(tables_of_a_newer_additive_step_are_used),
        TEST(a_store_for_reading_makes_no_file_gives_no_lease_and_drops_nothing),
        TEST(a_store_for_reading_leaves_a_hosts_handle_as_it_is),
        TEST(a_schema_version_that_is_empty_is_corrupt),
        TEST(processes_that_create_one_file_at_once_all_succeed),
        TEST(a_path_and_a_handle_exclude_each_other),
        TEST(a_prefix_that_cannot_begin_a_table_is_invalid),
        TEST(a_prefix_of_the_longest_form_works),
        TEST(the_size_of_the_options_is_checked),
        TEST(options_are_emptied),
        TEST(a_negative_time_to_wait_is_invalid),
        TEST(weak_settings_of_a_handle_are_refused_unless_allowed),
        TEST(a_database_in_memory_counts_as_weak),
        TEST(a_handle_keeps_its_settings_and_its_own_tables),
        TEST(dropping_removes_the_tables_of_one_prefix),
        TEST(dropping_without_a_prefix_is_refused),
        TEST(dropping_what_is_not_there_creates_nothing),
        TEST(dropping_beside_a_hosts_tables_leaves_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
