/* SPDX-License-Identifier: MIT */
/* contract.c: a store held against its contract, rule by rule, each on a store of its own, reported as TAP. */
#include "contract.h"
#include "take.h"

#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
static const int64_t BEGIN_US = INT64_C(1772438400000000);   /* 2026-03-02T08:00:00Z */
static const cg_contract_rule *const tables[] = { cg_rules_of_commit, cg_rules_of_limits, cg_rules_of_list, cg_rules_of_notices,
                                                   cg_rules_of_erase, cg_rules_of_crowds };

void casegate_contract_options_init(casegate_contract_options *options, size_t size)
{
    memset(options, 0, size);
    options->size = size;
}

void casegate_contract_result_init(casegate_contract_result *result, size_t size)
{
    memset(result, 0, size);
    result->size = size;
}

/* ---- the world of one rule ---------------------------------------------------------------------------------------------------- */

static casegate_result open_rule(cg_rule *r)
{
    r->clock = casegate_clock_new(BEGIN_US);
    r->answers = casegate_answers_new(NULL);
    r->workflow = casegate_workflow_builtin("intake", 1);
    r->policy = casegate_policy_default();
    if (!r->clock || !r->answers || !r->workflow) return casegate_error_set(&r->err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    casegate_result rc = casegate_test_host_new(r->clock, &r->host, &r->err);
    if (rc == CASEGATE_OK) rc = r->options->open(r->options->user, r->host, r->ordinal, &r->store, &r->err);
    r->ops = casegate_store_callbacks(r->store);
    return rc;
}

static void close_rule(cg_rule *r)
{
    casegate_answers_free(r->answers);
    casegate_store_unref(r->store);
    if (r->host && r->options->close) r->options->close(r->options->user, r->host, r->ordinal);
    casegate_policy_unref(r->policy);
    casegate_workflow_unref(r->workflow);
    casegate_host_unref(r->host);
    casegate_clock_free(r->clock);
}

/* ---- the report --------------------------------------------------------------------------------------------------------------- */

static void say(const cg_rule *r, const char *text)
{
    if (r->options->line) r->options->line(r->options->user, text);
}

static void report(const cg_rule *r, const cg_contract_rule *rule, int skipped, casegate_contract_result *result)
{
    char text[640], name[160];
    snprintf(name, sizeof name, "%s", rule->name);
    for (char *p = name; *p; p++)
        if (*p == '_') *p = ' ';
    *(skipped ? &result->skipped : r->failed ? &result->failed : &result->passed) += 1;
    snprintf(text, sizeof text, "%s %lu - %s%s", r->failed ? "not ok" : "ok",
             (unsigned long)(result->passed + result->failed + result->skipped), name, skipped ? " # SKIP not for this store" : "");
    say(r, text);
    if (!r->failed) return;
    snprintf(text, sizeof text, "# %s", r->why);
    say(r, text);
}

static casegate_result judge_rule(const casegate_contract_options *options, const cg_contract_rule *rule, uint32_t ordinal,
                                  casegate_contract_result *result, casegate_error *err)
{
    cg_rule r = { .options = options, .ordinal = ordinal };
    casegate_error_init(&r.err, sizeof r.err);
    casegate_result rc = open_rule(&r);
    if (rc != CASEGATE_OK) casegate_error_set(err, rc, r.err.host_code, r.err.field, r.err.text);
    else {
        const int skipped = rule->applies && !rule->applies(&r);
        if (!skipped) rule->judge(&r);
        report(&r, rule, skipped, result);
    }
    close_rule(&r);
    return rc;
}

/* ---- public --------------------------------------------------------------------------------------------------------------------- */

static casegate_result judge_options(const casegate_contract_options *o, casegate_error *err)
{
    if (!o->open) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "open", "is NULL");
    for (size_t t = 0; o->only && t < COUNT(tables); t++)
        for (const cg_contract_rule *rule = tables[t]; rule->name; rule++)
            if (strcmp(rule->name, o->only) == 0) return CASEGATE_OK;
    return o->only ? casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "only", "there is no such rule") : CASEGATE_OK;
}

casegate_result casegate_contract_run(const casegate_contract_options *given, casegate_contract_result *result, casegate_error *err)
{
    casegate_contract_options options;
    casegate_contract_result counts = { .size = sizeof counts };
    uint32_t ordinal = 0;
    if (err) casegate_error_init(err, err->size);
    casegate_result rc = cg_take_options(given, &options, sizeof options, err);
    if (rc == CASEGATE_OK) rc = cg_take_result(result, sizeof counts, err);
    if (rc == CASEGATE_OK) rc = judge_options(&options, err);
    if (rc == CASEGATE_OK && options.line) options.line(options.user, "TAP version 13");
    for (size_t t = 0; t < COUNT(tables); t++)
        for (const cg_contract_rule *rule = tables[t]; rc == CASEGATE_OK && rule->name; rule++)
            if (!options.only || strcmp(rule->name, options.only) == 0)
                rc = judge_rule(&options, rule, ordinal++, &counts, err);
    if (rc != CASEGATE_OK) return rc;
    cg_give_result(result, &counts, sizeof counts);
    return CASEGATE_OK;
}
