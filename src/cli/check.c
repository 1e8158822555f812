/* SPDX-License-Identifier: MIT */
/* check.c: `check-store`: a store held against the contract of store.h, in tables of its own. */
#include "cli.h"

#include <casegate/testkit.h>
#include <string.h>

struct check {
    struct cg_tool *tool;
    struct cg_scratch scratch;
    size_t lines;
    int failed;   /* the report could not be written */
};

static casegate_result CASEGATE_CALL open_tables(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                                 casegate_error *err)
{
    const struct check *check = user;

    return cg_scratch_open(&check->scratch, host, ordinal, out, err);
}

static casegate_result CASEGATE_CALL reopen_tables(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                                   casegate_error *err)
{
    const struct check *check = user;

    return cg_scratch_reopen(&check->scratch, host, ordinal, out, err);
}

static void CASEGATE_CALL drop_tables(void *user, casegate_host *host, uint32_t ordinal)
{
    const struct check *check = user;

    cg_scratch_drop(&check->scratch, host, ordinal);
}

/* A line of TAP, as it comes; with --json they are collected. */
static void CASEGATE_CALL take_line(void *user, const char *text)
{
    struct check *check = user;
    casegate_buffer *out = check->tool->out;

    if (check->tool->json) {
        cg_put(out, check->lines++ > 0 ? "," : "");
        cg_wrote(check->tool, casegate_json_write_text(text, out));
        return;
    }
    cg_put_safe(out, text);
    cg_put(out, "\n");
    check->failed |= cg_flush(check->tool) != CG_DONE;
}

static void put_end(struct cg_tool *tool, const casegate_contract_result *result)
{
    if (tool->json) {
        cg_putf(tool->out, "],\"passed\":%u,\"failed\":%u,\"skipped\":%u}\n", result->passed, result->failed, result->skipped);
        return;
    }
    cg_putf(tool->out, "1..%u\n", result->passed + result->failed + result->skipped);
    cg_putf(tool->out, "%u passed, %u failed\n", result->passed, result->failed);
}

int cg_do_check_store(struct cg_tool *tool)
{
    struct check check = { .tool = tool };
    casegate_contract_options options;
    casegate_contract_result result;
    int status = cg_scratch_begin(tool, tool->operands[0], &check.scratch);

    if (status != CG_DONE)
        return status;
    casegate_contract_options_init(&options, sizeof options);
    casegate_contract_result_init(&result, sizeof result);
    options.user = &check;
    options.open = open_tables;
    options.reopen = check.scratch.kind != NULL ? reopen_tables : NULL;
    options.open_again = options.reopen;
    options.close = drop_tables;
    options.line = take_line;
    cg_put(tool->out, tool->json ? "{\"lines\":[" : "");
    casegate_result rc = casegate_contract_run(&options, &result, &tool->err);
    if (rc != CASEGATE_OK)
        return cg_answered(tool, rc);
    put_end(tool, &result);
    return check.failed ? CG_ERROR : result.failed > 0 ? CG_REFUSED : CG_DONE;
}
