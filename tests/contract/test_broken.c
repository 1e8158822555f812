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

static casegate_result CASEGATE_CALL open_broken(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out, casegate_error *err)
{
    (void)ordinal;
    return broken_store(user, host, out, err);
}

static casegate_contract_result judge(const bug *which, const char *rule)
{
    const casegate_contract_options options = { .size = sizeof options, .user = (void *)(uintptr_t)which, .open = open_broken, .only = rule };
    casegate_contract_result result = { .size = sizeof result };
    casegate_error err = { .size = sizeof err };
    if (casegate_contract_run(&options, &result, &err) != CASEGATE_OK) fail_msg("%s: %s", err.field, err.text);
    return result;
}

static void a_store_without_a_bug_keeps_the_whole_contract(void **state)
{
    (void)state;

    casegate_contract_result result = judge(NULL, NULL);

    assert_int_equal(result.failed, 0);
    assert_true(result.passed >= 28);
}

static void every_bug_is_noticed_by_the_rule_that_it_breaks(void **state)
{
    (void)state;
    for (const bug *which = bugs; which->name; which++) {
        casegate_contract_result result = judge(which, which->rule);
        if (result.failed != 1) fail_msg("a store that %s passes '%s'", which->name, which->rule);
    }
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

/* Every rule but those of reopening and damage has a bug that shows that it can fail. */
static void every_rule_has_a_bug_that_proves_it(void **state)
{
    static report r;
    casegate_contract_options options = { .size = sizeof options, .user = &r, .open = open_memory, .line = keep };
    casegate_contract_result result = { .size = sizeof result };
    char spoken[160];
    (void)state;
    assert_int_equal(casegate_contract_run(&options, &result, NULL), CASEGATE_OK);

    size_t proven = 0;
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
        cmocka_unit_test(every_rule_has_a_bug_that_proves_it),
        cmocka_unit_test(what_cannot_be_judged_is_an_error_that_names_the_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
