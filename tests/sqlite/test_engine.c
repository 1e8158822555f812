/* SPDX-License-Identifier: MIT */
/* test_engine.c: what only store and engine together can show: joined calls here, and on a file what every store shows. */
#include "../store/gate.h"
#include "support.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_directory, tear_down)

/* ---- words -------------------------------------------------------------------------------------------------------- */

static casegate_store *open_options(const casegate_sqlite_options *options)
{
    casegate_store *store = NULL;

    assert_int_equal(casegate_sqlite_open(NULL, options, &store, NULL), CASEGATE_OK);
    return store;
}

casegate_store *open_place(void *state)
{
    const fixture *f = state;
    const casegate_sqlite_options options = {.size = sizeof options, .path = f->path};

    return open_options(&options);
}

casegate_result open_to_read(void *state, casegate_store **out, casegate_error *err)
{
    const fixture *f = state;
    const casegate_sqlite_options options = {.size = sizeof options, .path = f->path, .read_only = 1};

    return casegate_sqlite_open(NULL, &options, out, err);
}

void change_stored(void *state, const char *sql)
{
    const fixture *f = state;

    run_sql(f->path, sql);
}

int64_t ask_stored(void *state, const char *sql)
{
    const fixture *f = state;

    return ask_sql(f->path, sql);
}

/* A gate on a handle of the host's. */
static sqlite3 *open_joined(gate *g, const fixture *f)
{
    casegate_sqlite_options options = {.size = sizeof options, .db = open_handle(f->path)};

    open_gate(g, open_options(&options));
    return options.db;
}

static void close_joined(gate *g, sqlite3 *db)
{
    close_gate(g);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- joined calls ------------------------------------------------------------------------------------------------- */

/* CG-R11 */
static void a_joined_rejection_is_told_once_the_host_commits(void **state)
{
    gate g;
    sqlite3 *db = open_joined(&g, *state);
    casegate_call call;

    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);

    assert_int_equal(reject_case(&g), CASEGATE_JOINED);

    assert_true(casegate_outcome_joined(g.outcome));
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    assert_int_equal(ask_handle(db, "SELECT count(*) FROM casegate_notices WHERE channel = 'email' AND state = 1"), 1);
    call = by(g.clinic);
    assert_int_equal(casegate_engine_inbox(g.engine, &call, NULL, 0, g.outcome, NULL), CASEGATE_OK);
    assert_int_equal(casegate_outcome_total(g.outcome), 1);
    assert_int_equal(verify_case(&g), CASEGATE_OK);
    assert_true(casegate_outcome_verification(g.outcome)->intact);
    close_joined(&g, db);
}

/* CG-R16: the held head is old, and the host's transaction sees what is. */
static void a_stale_head_in_a_joined_call_is_decided_again(void **state)
{
    gate g;
    sqlite3 *db = open_joined(&g, *state);
    casegate_call call;
    casegate_request request = {.size = sizeof request, .action = CASEGATE_REJECT, .revision = 1, .reason = "other"};
    casegate_case *held;

    held = casegate_outcome_case(g.outcome);
    assert_int_equal(accept_case(&g), CASEGATE_OK);
    sqlite3_exec(db, "BEGIN; CREATE TABLE orders (a)", NULL, NULL, NULL);
    request.held = held;
    call = by(g.lab);

    assert_int_equal(casegate_engine_apply(g.engine, &call, &request, g.outcome, &g.err), CASEGATE_REFUSED);

    assert_int_equal(casegate_verdict_at(casegate_outcome_verdict(g.outcome), 0)->code, CASEGATE_ALREADY_ACCEPTED);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(ask_handle(db, "SELECT count(*) FROM orders"), 0);
    casegate_case_unref(held);
    close_joined(&g, db);
}

/* The host's transaction began before another one wrote: it can only be tried again as a whole. */
static void a_joined_call_in_a_transaction_that_is_outrun_is_busy(void **state)
{
    fixture *f = *state;
    gate g;
    sqlite3 *db = open_joined(&g, f), *other;

    assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), SQLITE_OK);
    other = open_handle(f->path);
    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    assert_int_equal(ask_handle(db, "SELECT count(*) FROM casegate_cases"), 1);
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE orders (a)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);

    assert_int_equal(reject_case(&g), CASEGATE_E_BUSY);

    assert_int_equal(sqlite3_get_autocommit(db), 0);
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(reject_case(&g), CASEGATE_OK);
    close_joined(&g, db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_joined_rejection_is_told_once_the_host_commits),
        TEST(a_stale_head_in_a_joined_call_is_decided_again),
        TEST(a_joined_call_in_a_transaction_that_is_outrun_is_busy),
        TEST(the_same_request_sent_twice_is_one_decision),
        TEST(tables_that_a_newer_library_alone_may_write_can_be_read_and_nothing_changes),
        TEST(no_request_on_a_case_that_makes_no_sense_succeeds),
        TEST(an_adopted_case_goes_on_and_a_purge_takes_what_is_delivered_alone),
        TEST(a_changed_history_is_found_by_verify),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
