/* SPDX-License-Identifier: MIT */
/* test_errors.c: what the server refuses, and when: tried again, said by its SQLSTATE, never quoted, never taken for done. */
#include "support.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)

/* From now on whoever inserts an event meets this error, so often; the count is not rolled back. */
static void trouble(const fixture *f, const char *sqlstate, int times, int at_commit)
{
    char sql[1024];

    snprintf(sql, sizeof sql,
             "CREATE SEQUENCE tries; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " IF nextval('\"%s\".tries') <= %d THEN RAISE EXCEPTION 'canary %%', NEW USING ERRCODE = '%s', DETAIL = 'canary';"
             " END IF; RETURN NULL; END $$; CREATE %s TRIGGER refuse AFTER INSERT ON events %s FOR EACH ROW"
             " EXECUTE FUNCTION refuse()", f->schema, times, sqlstate, at_commit ? "CONSTRAINT" : "",
             at_commit ? "DEFERRABLE INITIALLY DEFERRED" : "");
    run_sql(f, sql);
}

static void no_more_trouble(const fixture *f)
{
    run_sql(f, "DROP FUNCTION refuse() CASCADE; DROP SEQUENCE tries");
}

static int64_t tries(const fixture *f)
{
    return ask_sql(f, "SELECT last_value FROM tries");
}

static void assert_state(const fixture *f, const char *expected)
{
    char state[6];

    casegate_postgres_sqlstate(f->err.host_code, state);
    assert_string_equal(state, expected);
    assert_null(strstr(f->err.text, "canary"));
    assert_non_null(strstr(f->err.text, expected));
}

static void what_lost_a_race_is_tried_again_and_done_once(void **state)
{
    static const char *const races[] = {"40001", "40P01"};
    fixture *f = *state;

    for (size_t i = 0; i < 2; i++) {
        char id[16];
        sample s;

        snprintf(id, sizeof id, "case-%d", (int)i);
        sample_case(&s, id);
        trouble(f, races[i], 3, 0);

        assert_int_equal(commit_sample(f, &s), CASEGATE_OK);

        assert_int_equal(tries(f), 4);
        assert_string_equal(f->err.text, "");
        no_more_trouble(f);
        sample_free(&s);
    }
    assert_int_equal(ask_sql(f, "SELECT count(*) FROM events"), 2);
}

static void what_loses_every_race_is_busy_and_nothing_is_written(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    trouble(f, "40001", 1000, 0);

    assert_int_equal(commit_sample(f, &s), CASEGATE_E_BUSY);

    assert_state(f, "40001");
    assert_int_equal(tries(f), 10);
    assert_int_equal(load_case(f, "case-1"), CASEGATE_ABSENT);
    no_more_trouble(f);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_free(&s);
}

/* CG-R17: two real transactions in each other's way. */
static void a_deadlock_is_tried_again(void **state)
{
    fixture *f = *state;
    PGconn *other = open_handle(f);
    sample one, two;
    const casegate_commit *commits[2];
    casegate_result results[2];

    sample_case(&one, "case-1");
    sample_case(&two, "case-2");
    assert_int_equal(commit_sample(f, &one), CASEGATE_OK);
    assert_int_equal(commit_sample(f, &two), CASEGATE_OK);
    sample_next(&one);
    sample_next(&two);
    commits[0] = &one.commit;
    commits[1] = &two.commit;
    run_handle(other, "SET deadlock_timeout = '10s'; BEGIN; SELECT 1 FROM cases WHERE id = 'case-2' FOR UPDATE");
    run_handle(other, "SET application_name = 'other'");
    assert_int_equal(PQsendQuery(other, "SELECT pg_sleep(0.3); SELECT 1 FROM cases WHERE id = 'case-1' FOR UPDATE; COMMIT"), 1);

    assert_int_equal(f->store->ops.commit(f->store->ops.user, NULL, commits, results, 2, &f->err), CASEGATE_OK);

    assert_int_equal(results[0], CASEGATE_OK);
    assert_int_equal(results[1], CASEGATE_OK);
    assert_int_equal(ask_sql(f, "SELECT count(*) FROM events"), 4);
    PQfinish(other);
    sample_free(&one);
    sample_free(&two);
}

static void the_servers_words_are_never_repeated(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    trouble(f, "P0001", 1000, 0);

    assert_int_equal(commit_sample(f, &s), CASEGATE_E_HOST);

    assert_state(f, "P0001");
    assert_int_equal(tries(f), 1);
    assert_int_equal(load_case(f, "case-1"), CASEGATE_ABSENT);
    no_more_trouble(f);
    sample_free(&s);
}

/* The statement went well, and the commit did not: in a trip of its own, and where listeners are woken behind a COMMIT. */
static void a_commit_that_fails_at_its_end_is_not_acknowledged(void **state)
{
    fixture *f = *state;
    sample s;

    sample_case(&s, "case-1");
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    trouble(f, "P0001", 1000, 1);
    sample_rejection(&s);
    assert_int_equal(commit_sample(f, &s), CASEGATE_E_HOST);
    assert_state(f, "P0001");
    s.notices[0].state = CASEGATE_NOTICE_PENDING;
    s.notices[0].lease = NULL;
    assert_int_equal(commit_sample(f, &s), CASEGATE_E_HOST);
    assert_state(f, "P0001");

    assert_int_equal(tries(f), 2);
    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
    assert_int_equal(cg_head_in(&f->answers, 0)->version, 1);
    assert_int_equal(ask_sql(f, "SELECT count(*) FROM notices"), 0);
    no_more_trouble(f);
    assert_int_equal(commit_sample(f, &s), CASEGATE_OK);
    sample_free(&s);
}

static void a_table_that_is_gone_is_an_error_and_not_an_empty_answer(void **state)
{
    fixture *f = *state;

    given_case(f, "case-1");
    run_sql(f, "ALTER TABLE cases RENAME TO elsewhere");

    assert_int_equal(load_case(f, "case-1"), CASEGATE_E_HOST);

    assert_state(f, "42P01");
    run_sql(f, "ALTER TABLE elsewhere RENAME TO cases");
    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
}

/* As a standby does, and a server on its way down. */
static void a_server_that_only_reads_is_said_to_and_answers_what_only_reads(void **state)
{
    fixture *f = *state;
    casegate_postgres_options options = options_for(f);
    char where[256];
    sample s;

    given_case(f, "case-1");
    close_store(f);
    snprintf(where, sizeof where, "%s options='-c default_transaction_read_only=on'", conninfo());
    options.conninfo = where;
    assert_int_equal(casegate_postgres_open(NULL, &options, &f->store, &f->err), CASEGATE_OK);
    sample_case(&s, "case-2");

    assert_int_equal(commit_sample(f, &s), CASEGATE_E_HOST);

    assert_state(f, "25006");
    assert_non_null(strstr(f->err.text, "only reads"));
    assert_int_equal(load_case(f, "case-1"), CASEGATE_OK);
    assert_int_equal(load_case(f, "case-2"), CASEGATE_ABSENT);
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_lost_a_race_is_tried_again_and_done_once),
        TEST(what_loses_every_race_is_busy_and_nothing_is_written),
        TEST(a_deadlock_is_tried_again),
        TEST(the_servers_words_are_never_repeated),
        TEST(a_commit_that_fails_at_its_end_is_not_acknowledged),
        TEST(a_table_that_is_gone_is_an_error_and_not_an_empty_answer),
        TEST(a_server_that_only_reads_is_said_to_and_answers_what_only_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
