/* SPDX-License-Identifier: MIT */
/* test_broken.c: the contract notices every store that was broken on purpose, by the rule that it broke; and blames no honest one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "broken.h"

typedef struct chosen { const bug *bug, *crowd_bug; } chosen;

static casegate_result CASEGATE_CALL open_broken(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out, casegate_error *err)
{
    const chosen *which = user;
    casegate_store *inner = NULL;
    (void)ordinal;
    casegate_result rc = broken_store(which->bug, host, &inner, err);
    if (rc == CASEGATE_OK) rc = crowd_store(which->crowd_bug, inner, host, out, err);
    casegate_store_unref(inner);
    return rc;
}

static casegate_contract_result judge(const bug *which, const bug *crowd_bug, const char *rule)
{
    chosen user = { which, crowd_bug };
    const casegate_contract_options options = { .size = sizeof options, .user = &user, .open = open_broken, .only = rule };
    casegate_contract_result result = { .size = sizeof result };
    casegate_error err = { .size = sizeof err };
    if (casegate_contract_run(&options, &result, &err) != CASEGATE_OK) fail_msg("%s: %s", err.field, err.text);
    return result;
}

static void a_store_without_a_bug_keeps_the_whole_contract(void **state)
{
    (void)state;

    casegate_contract_result result = judge(NULL, NULL, NULL);

    assert_int_equal(result.failed, 0);
    assert_true(result.passed >= 28);
}

static void every_bug_is_noticed_by_the_rule_that_it_breaks(void **state)
{
    (void)state;
    for (const bug *which = bugs; which->name; which++) {
        casegate_contract_result result = judge(which, NULL, which->rule);
        if (result.failed != 1) fail_msg("a store that %s passes '%s'", which->name, which->rule);
    }
}

static void every_bug_that_needs_a_crowd_is_noticed_by_the_rule_that_it_breaks(void **state)
{
    (void)state;
    for (const bug *which = crowd_bugs; which->name; which++) {
        casegate_contract_result result = judge(NULL, which, which->rule);
        if (result.failed != 1) fail_msg("a store that %s passes '%s'", which->name, which->rule);
    }
}

/* A store that every process has for itself, as they part: it is there in all of them, and none hears of the others. */
static casegate_store *shared;

static casegate_result CASEGATE_CALL open_shared(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out, casegate_error *err)
{
    (void)user, (void)ordinal;
    casegate_result rc = shared ? CASEGATE_OK : casegate_memory_store_new(host, &shared, err);
    if (rc == CASEGATE_OK) *out = casegate_store_ref(shared);
    return rc;
}

static void CASEGATE_CALL close_shared(void *user, casegate_host *host, uint32_t ordinal)
{
    (void)user, (void)host, (void)ordinal;
    casegate_store_unref(shared);
    shared = NULL;
}

static void a_store_that_processes_do_not_share_is_noticed_by_each_rule_of_theirs(void **state)
{
    static const char *const rules[] = { "of_processes_that_decide_on_one_version_exactly_one_commits",
                                         "what_processes_wrote_stays_when_they_end_without_closing",
                                         "each_notice_is_leased_once_however_many_processes_claim" };
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const casegate_contract_options options = { .size = sizeof options, .open = open_shared, .close = close_shared,
                                                    .open_again = open_shared, .only = rules[i] };
        casegate_contract_result result = { .size = sizeof result };

        assert_int_equal(casegate_contract_run(&options, &result, NULL), CASEGATE_OK);

        if (result.failed != 1) fail_msg("a store that every process has for itself passes '%s'", rules[i]);
    }
}

/* A file that is opened again empty, and one that does not mind what was scribbled into it. */
static casegate_result CASEGATE_CALL reopen_empty(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out, casegate_error *err)
{
    (void)user, (void)ordinal;
    return casegate_memory_store_new(host, out, err);
}

static casegate_result CASEGATE_CALL damage_nothing(void *user, uint32_t ordinal, const char *id, casegate_error *err)
{
    (void)user, (void)ordinal, (void)id, (void)err;
    return CASEGATE_OK;
}

static void a_store_that_forgets_or_does_not_notice_damage_is_noticed(void **state)
{
    static const char *const rules[] = { "what_was_committed_is_there_after_opening_again",
                                         "two_stores_over_the_same_data_see_each_others_commits", "a_damaged_head_is_corrupt" };
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const casegate_contract_options options = { .size = sizeof options, .open = open_shared, .close = close_shared,
                                                    .reopen = reopen_empty, .damage = damage_nothing, .only = rules[i] };
        casegate_contract_result result = { .size = sizeof result };

        assert_int_equal(casegate_contract_run(&options, &result, NULL), CASEGATE_OK);

        if (result.failed != 1) fail_msg("a store that forgets passes '%s'", rules[i]);
    }
}

static void a_store_of_one_thread_is_not_called_by_others(void **state)
{
    const casegate_contract_options options = { .size = sizeof options, .open = open_shared, .close = close_shared, .one_thread = 1,
                                                .only = "readers_see_whole_cases_while_another_thread_writes" };
    casegate_contract_result result = { .size = sizeof result };
    (void)state;

    assert_int_equal(casegate_contract_run(&options, &result, NULL), CASEGATE_OK);

    assert_int_equal(result.skipped, 1);
}

typedef struct report { char text[16384]; } report;

static void CASEGATE_CALL keep(void *user, const char *line)
{
    report *r = user;
    strncat(r->text, line, sizeof r->text - strlen(r->text) - 2);
    strcat(r->text, "\n");
}

static casegate_result CASEGATE_CALL open_memory(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out, casegate_error *err)
{
    (void)user, (void)ordinal;
    return casegate_memory_store_new(host, out, err);
}

/* Every rule but those of reopening, damage and processes, whose proofs stand above, has a bug that shows that it can fail. */
static void every_rule_has_a_bug_that_proves_it(void **state)
{
    static report r;
    casegate_contract_options options = { .size = sizeof options, .user = &r, .open = open_memory, .line = keep };
    casegate_contract_result result = { .size = sizeof result };
    char spoken[160];
    (void)state;
    assert_int_equal(casegate_contract_run(&options, &result, NULL), CASEGATE_OK);

    size_t proven = 0;
    for (const bug *which = crowd_bugs; which->name; which++) proven++;   /* one a rule */
    for (const bug *which = bugs; which->name; which++) {
        int repeated = 0;
        for (const bug *before = bugs; before < which; before++) repeated |= strcmp(before->rule, which->rule) == 0;
        snprintf(spoken, sizeof spoken, "%s", which->rule);
        for (char *p = spoken; *p; p++)
            if (*p == '_') *p = ' ';
        assert_non_null(strstr(r.text, spoken));
        proven += !repeated;
    }
    assert_int_equal(proven, result.passed);
}

static void what_cannot_be_judged_is_an_error_that_names_the_field(void **state)
{
    casegate_contract_options options = { .size = sizeof options };
    casegate_contract_result result = { .size = sizeof result };
    casegate_error err = { .size = sizeof err };
    (void)state;

    assert_int_equal(casegate_contract_run(NULL, &result, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "options");
    assert_int_equal(casegate_contract_run(&options, &result, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "open");
    options.open = open_memory;
    assert_int_equal(casegate_contract_run(&options, NULL, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "result");
    options.only = "no_such_rule";
    assert_int_equal(casegate_contract_run(&options, &result, &err), CASEGATE_E_INVALID);
    assert_string_equal(err.field, "only");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_without_a_bug_keeps_the_whole_contract),
        cmocka_unit_test(every_bug_is_noticed_by_the_rule_that_it_breaks),
        cmocka_unit_test(every_bug_that_needs_a_crowd_is_noticed_by_the_rule_that_it_breaks),
        cmocka_unit_test(a_store_that_processes_do_not_share_is_noticed_by_each_rule_of_theirs),
        cmocka_unit_test(a_store_that_forgets_or_does_not_notice_damage_is_noticed),
        cmocka_unit_test(a_store_of_one_thread_is_not_called_by_others),
        cmocka_unit_test(every_rule_has_a_bug_that_proves_it),
        cmocka_unit_test(what_cannot_be_judged_is_an_error_that_names_the_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
