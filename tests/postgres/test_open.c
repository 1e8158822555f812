/* SPDX-License-Identifier: MIT */
/* test_open.c: which servers and tables a store accepts, what it makes there, and what it leaves alone. */
#include "support.h"

#include <sys/wait.h>
#include <unistd.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_schema, tear_down)

static casegate_result open_with(fixture *f, const casegate_postgres_options *options)
{
    casegate_error_init(&f->err, sizeof f->err);
    return casegate_postgres_open(NULL, options, &f->store, &f->err);
}

static int64_t tables_of(const fixture *f)
{
    char sql[128];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_tables WHERE schemaname = '%s'", f->schema);
    return ask_sql(f, sql);
}

/* ---- tables ------------------------------------------------------------------------------------------------------- */

static void a_fresh_schema_gets_its_tables_and_a_version(void **state)
{
    fixture *f = *state;

    f->partitions = 0;
    assert_int_equal(open_store(f, 0), CASEGATE_OK);

    assert_int_equal(tables_of(f), 7);
    assert_int_equal(ask_sql(f, "SELECT version FROM schema_version"), 1);
}

static void a_partitioned_schema_is_partitioned_by_lab(void **state)
{
    fixture *f = *state;

    f->partitions = 4;
    assert_int_equal(open_store(f, 0), CASEGATE_OK);
    given_rejected_case(f, "case-1");

    assert_int_equal(tables_of(f), 7 + 5 * 4);
    assert_int_equal(ask_sql(f, "SELECT count(*) FROM pg_partitioned_table JOIN pg_class ON oid = partrelid"
                                " WHERE relnamespace = current_schema()::regnamespace AND partstrat = 'h'"), 5);
    assert_int_equal(ask_sql(f, "SELECT count(*) FROM ONLY cases"), 0);
    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
}

/* Every key contains the lab, so that rows can be moved by lab; case_labs alone knows ids without one. */
static void every_key_contains_the_lab(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, 0), CASEGATE_OK);

    assert_int_equal(ask_sql(f, "SELECT count(*) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid"
                                " WHERE i.indisunique AND c.relnamespace = current_schema()::regnamespace"
                                " AND c.relname <> 'case_labs' AND NOT EXISTS (SELECT 1 FROM pg_attribute AS a"
                                " WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND a.attname = 'lab')"), 0);
}

static void what_a_store_keeps_is_said(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, 0), CASEGATE_OK);

    assert_int_equal(casegate_store_keeps(f->store), CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS | CASEGATE_KEEPS_LISTS
                                                     | CASEGATE_KEEPS_HISTORY | CASEGATE_KEEPS_QUEUE | CASEGATE_KEEPS_INBOX);
}

static void what_was_committed_is_there_after_opening_again(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, 0), CASEGATE_OK);
    given_case(f, "case-1");
    close_store(f);

    assert_int_equal(open_store(f, 1), CASEGATE_OK);

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
}

static void missing_tables_that_must_exist_are_absent_and_not_created(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, 1), CASEGATE_ABSENT);

    assert_string_equal(f->err.field, "schema");
    assert_null(f->store);
    assert_int_equal(tables_of(f), 0);
}

static void tables_that_a_newer_library_alone_may_write_are_refused(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, 0), CASEGATE_OK);
    close_store(f);
    run_sql(f, "UPDATE schema_version SET version = 9, oldest_writer = 9");

    assert_int_equal(open_store(f, 0), CASEGATE_E_UNSUPPORTED);

    assert_string_equal(f->err.field, "schema");
    run_sql(f, "UPDATE schema_version SET oldest_writer = 1");
}

static void tables_of_a_newer_additive_step_are_used(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, 0), CASEGATE_OK);
    given_case(f, "case-1");
    run_sql(f, "UPDATE schema_version SET version = 9; ALTER TABLE cases ADD COLUMN later text");

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);   /* statements that are prepared already go on */
    close_store(f);
    assert_int_equal(open_store(f, 0), CASEGATE_OK);
    given_case(f, "case-2");
    assert_int_equal(ask_sql(f, "SELECT version FROM schema_version"), 9);
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

static void a_store_for_reading_makes_no_tables_gives_no_lease_and_drops_nothing(void **state)
{
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);

    options.read_only = 1;
    assert_int_equal(open_with(f, &options), CASEGATE_ABSENT);
    assert_int_equal(tables_of(f), 0);
    assert_int_equal(open_store(f, 0), CASEGATE_OK);
    given_rejected_case(f, "case-1");
    close_store(f);

    assert_int_equal(open_with(f, &options), CASEGATE_OK);

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
    assert_no_lease_is_given(f);
    assert_int_equal(casegate_postgres_drop(NULL, &options, &f->err), CASEGATE_E_UNSUPPORTED);
    assert_int_equal(ask_sql(f, "SELECT count(*) FROM notices WHERE lease = 'lease'"), 0);
}

static void a_schema_version_that_is_empty_is_corrupt(void **state)
{
    fixture *f = *state;

    assert_int_equal(open_store(f, 0), CASEGATE_OK);
    close_store(f);
    run_sql(f, "DELETE FROM schema_version");

    assert_int_equal(open_store(f, 0), CASEGATE_E_CORRUPT);

    assert_string_equal(f->err.field, "schema_version.version");
    run_sql(f, "INSERT INTO schema_version VALUES (1, 1, 1)");
}

enum { PROCESSES = 4, ROUNDS = 3 };

static void open_in_child(fixture *f)
{
    casegate_result result = open_store(f, 0);

    if (result != CASEGATE_OK)
        fprintf(stderr, "child: %s: %s\n", casegate_result_name(result), f->err.text);
    close_store(f);
    _exit(result == CASEGATE_OK ? 0 : 1);
}

static void processes_that_create_one_schema_at_once_all_succeed(void **state)
{
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);

    for (int round = 0; round < ROUNDS; round++) {
        int failed = 0, status;

        for (int i = 0; i < PROCESSES; i++)
            if (fork() == 0)
                open_in_child(f);
        for (int i = 0; i < PROCESSES; i++)
            failed += wait(&status) < 0 || status != 0;

        assert_int_equal(failed, 0);
        assert_int_equal(ask_sql(f, "SELECT count(*) FROM schema_version"), 1);
        assert_int_equal(casegate_postgres_drop(NULL, &options, &f->err), CASEGATE_OK);
    }
}

/* ---- server ------------------------------------------------------------------------------------------------------- */

static void a_server_that_is_not_there_is_an_error_of_the_host(void **state)
{
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);

    options.conninfo = "host=/no/such/folder dbname=cases password=canary";

    assert_int_equal(open_with(f, &options), CASEGATE_E_HOST);

    assert_string_equal(f->err.field, "conninfo");
    assert_true(f->err.host_code != 0);
    assert_null(strstr(f->err.text, "canary"));
}

/* An event trigger of a database of its own stands in for the server, which ends one of two that wait for each other. */
static PGconn *given_deadlocks(const fixture *f, const char *where, int count)
{
    char sql[512];
    PGconn *pg;

    snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0", f->schema);
    run_sql(f, sql);
    pg = PQconnectdb(where);
    snprintf(sql, sizeof sql, "CREATE SEQUENCE deadlocks; CREATE FUNCTION die() RETURNS event_trigger LANGUAGE plpgsql AS $$"
                              " BEGIN IF nextval('public.deadlocks') <= %d THEN RAISE EXCEPTION USING ERRCODE = '40P01'; END IF;"
                              " END $$; CREATE EVENT TRIGGER die ON ddl_command_start WHEN TAG IN ('CREATE TABLE')"
                              " EXECUTE FUNCTION die()", count);
    run_handle(pg, sql);
    return pg;
}

static void a_schema_step_that_ends_as_a_deadlock_is_taken_again(void **state)
{
    static const struct { int deadlocks; casegate_result result; } cases[] = {{3, CASEGATE_OK}, {1000, CASEGATE_E_BUSY}};
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);
    char sql[192], where[256], state_of[6];

    snprintf(where, sizeof where, "%s dbname=%s", conninfo(), f->schema);
    options.conninfo = where;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PGconn *pg = given_deadlocks(f, where, cases[i].deadlocks);

        assert_int_equal(open_with(f, &options), cases[i].result);

        casegate_postgres_sqlstate(f->err.host_code, state_of);
        assert_string_equal(state_of, cases[i].result == CASEGATE_OK ? "" : "40P01");
        snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_namespace WHERE nspname = '%s'", f->schema);
        assert_int_equal(ask_handle(pg, sql), cases[i].result == CASEGATE_OK);
        PQfinish(pg);
        close_store(f);
        snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", f->schema);
        run_sql(f, sql);
    }
}

static void a_database_that_does_not_hold_utf_8_is_refused(void **state)
{
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);
    char sql[192], where[256];

    snprintf(sql, sizeof sql, "CREATE DATABASE %s ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0", f->schema);
    run_sql(f, sql);
    snprintf(where, sizeof where, "%s dbname=%s", conninfo(), f->schema);
    options.conninfo = where;

    assert_int_equal(open_with(f, &options), CASEGATE_E_UNSUPPORTED);

    assert_string_equal(f->err.field, "server_encoding");
    snprintf(sql, sizeof sql, "DROP DATABASE %s", f->schema);
    run_sql(f, sql);
}

/* CG-R11: what was acknowledged is durable, whatever the role's settings are. */
static void commits_are_durable_also_where_the_role_says_otherwise(void **state)
{
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);
    char where[256];

    snprintf(where, sizeof where, "%s options='-c synchronous_commit=off -c default_transaction_isolation=serializable"
                                  " -c application_name=%s'", conninfo(), f->schema);
    options.conninfo = where;
    assert_int_equal(open_with(f, &options), CASEGATE_OK);
    run_sql(f, "CREATE TABLE seen (setting text); CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
               " INSERT INTO seen VALUES (current_setting('synchronous_commit')), (current_setting('transaction_isolation'));"
               " RETURN NULL; END $$; ALTER FUNCTION look() SET search_path FROM CURRENT;"
               " CREATE TRIGGER look AFTER INSERT ON case_labs FOR EACH ROW EXECUTE FUNCTION look()");

    given_case(f, "case-1");

    assert_int_equal(ask_sql(f, "SELECT count(*) FROM seen WHERE setting IN ('on', 'read committed')"), 2);
    run_sql(f, "DROP TABLE seen; DROP FUNCTION look() CASCADE");
}

/* ---- options ------------------------------------------------------------------------------------------------------ */

static void a_conninfo_that_cannot_be_read_is_invalid_and_not_quoted(void **state)
{
    static const char *const wrong[] = {"postgres://user:canary@host:port/db?no=such", "host=x canary", "password=canary '"};
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        options.conninfo = wrong[i];
        assert_int_equal(open_with(f, &options), CASEGATE_E_INVALID);
        assert_string_equal(f->err.field, "conninfo");
        assert_null(strstr(f->err.text, "canary"));
    }
}

static void a_schema_that_cannot_be_is_invalid(void **state)
{
    static const char *const schemas[] = {"a-b", "a b", "x\"", "x'", "\xc3\xa4", "pg_mine", "information_schema",
                                          "a1234567890123456789012345678901234567890"};
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);

    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
        options.schema = schemas[i];
        assert_int_equal(open_with(f, &options), CASEGATE_E_INVALID);
        assert_string_equal(f->err.field, "schema");
    }
}

static void a_schema_of_the_longest_form_works(void **state)
{
    fixture *f = *state;

    strcpy(f->schema, "1_Select_567890123456789012345678901234_");
    assert_int_equal(open_store(f, 0), CASEGATE_OK);

    given_rejected_case(f, "case-1");

    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
}

static void numbers_out_of_their_range_are_invalid(void **state)
{
    fixture *f = *state;
    casegate_postgres_options good = options_for(f), options;

    options = good, options.pool = -1;
    assert_int_equal(open_with(f, &options), CASEGATE_E_INVALID);
    assert_string_equal(f->err.field, "pool");
    options = good, options.partitions = 1025;
    assert_int_equal(open_with(f, &options), CASEGATE_E_INVALID);
    assert_string_equal(f->err.field, "partitions");
    options = good, options.acquire_ms = INT32_MIN;
    assert_int_equal(open_with(f, &options), CASEGATE_E_INVALID);
    assert_string_equal(f->err.field, "acquire_ms");
    assert_int_equal(tables_of(f), 0);
}

static void the_size_of_the_options_is_checked(void **state)
{
    fixture *f = *state;
    struct { casegate_postgres_options options; char later[8]; } newer = {options_for(f), {0}};
    casegate_postgres_options options = options_for(f);

    options.size = sizeof options - 1;
    assert_int_equal(open_with(f, &options), CASEGATE_E_ABI);
    options.size = SIZE_MAX;
    assert_int_equal(open_with(f, &options), CASEGATE_E_ABI);
    newer.options.size = sizeof newer;
    newer.later[3] = 1;
    assert_int_equal(open_with(f, &newer.options), CASEGATE_E_ABI);
    assert_int_equal(open_with(f, NULL), CASEGATE_E_INVALID);
    assert_int_equal(casegate_postgres_open(NULL, &options, NULL, NULL), CASEGATE_E_INVALID);

    newer.later[3] = 0;
    assert_int_equal(open_with(f, &newer.options), CASEGATE_OK);
}

static void options_are_emptied(void **state)
{
    casegate_postgres_options options;

    (void)state;
    memset(&options, 0xff, sizeof options);

    casegate_postgres_options_init(NULL, sizeof options);
    casegate_postgres_options_init(&options, sizeof options);

    assert_int_equal(options.size, sizeof options);
    assert_null(options.conninfo);
    assert_int_equal(options.statement_ms, 0);
}

static void a_host_code_is_a_sqlstate(void **state)
{
    char text[6];

    (void)state;
    casegate_postgres_sqlstate(6750865, text);
    assert_string_equal(text, "40P01");
    casegate_postgres_sqlstate(60466175, text);
    assert_string_equal(text, "ZZZZZ");
    casegate_postgres_sqlstate(60466176, text);
    assert_string_equal(text, "");
    casegate_postgres_sqlstate(0, text);
    assert_string_equal(text, "");
    casegate_postgres_sqlstate(-5, text);
    assert_string_equal(text, "");
    casegate_postgres_sqlstate(1, NULL);
}

/* ---- dropping ----------------------------------------------------------------------------------------------------- */

static void dropping_leaves_what_is_not_the_stores(void **state)
{
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);

    assert_int_equal(open_store(f, 0), CASEGATE_OK);
    run_sql(f, "CREATE TABLE theirs (a integer)");
    close_store(f);

    assert_int_equal(casegate_postgres_drop(NULL, &options, &f->err), CASEGATE_OK);

    assert_int_equal(tables_of(f), 1);
    options.must_exist = 1;
    assert_int_equal(casegate_postgres_drop(NULL, &options, &f->err), CASEGATE_ABSENT);
    run_sql(f, "DROP TABLE theirs");
    assert_int_equal(open_store(f, 0), CASEGATE_OK);   /* the schema is there, the tables are not */
}

static void dropping_without_a_schema_is_refused(void **state)
{
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);

    options.schema = NULL;

    assert_int_equal(casegate_postgres_drop(NULL, &options, &f->err), CASEGATE_E_INVALID);

    assert_string_equal(f->err.field, "schema");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fresh_schema_gets_its_tables_and_a_version),
        TEST(a_partitioned_schema_is_partitioned_by_lab),
        TEST(every_key_contains_the_lab),
        TEST(what_a_store_keeps_is_said),
        TEST(what_was_committed_is_there_after_opening_again),
        TEST(missing_tables_that_must_exist_are_absent_and_not_created),
        TEST(tables_that_a_newer_library_alone_may_write_are_refused),
        TEST(tables_of_a_newer_additive_step_are_used),
        TEST(a_store_for_reading_makes_no_tables_gives_no_lease_and_drops_nothing),
        TEST(a_schema_version_that_is_empty_is_corrupt),
        TEST(processes_that_create_one_schema_at_once_all_succeed),
        TEST(a_server_that_is_not_there_is_an_error_of_the_host),
        TEST(a_schema_step_that_ends_as_a_deadlock_is_taken_again),
        TEST(a_database_that_does_not_hold_utf_8_is_refused),
        TEST(commits_are_durable_also_where_the_role_says_otherwise),
        TEST(a_conninfo_that_cannot_be_read_is_invalid_and_not_quoted),
        TEST(a_schema_that_cannot_be_is_invalid),
        TEST(a_schema_of_the_longest_form_works),
        TEST(numbers_out_of_their_range_are_invalid),
        TEST(the_size_of_the_options_is_checked),
        TEST(options_are_emptied),
        TEST(a_host_code_is_a_sqlstate),
        TEST(dropping_leaves_what_is_not_the_stores),
        TEST(dropping_without_a_schema_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
