/* SPDX-License-Identifier: MIT */
/* test.c: runs scenario files, and gives each scenario tables of its own when a store is named. */
#include "cli.h"

#include <casegate/testkit.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct cg_tool *tool;
    struct cg_scratch scratch;
    size_t lines;
    uint32_t faults; /* files that could not be run */
    int failed; /* the report could not be written */
    casegate_coverage *coverage; /* NULL: not asked for */
};

static casegate_result CASEGATE_CALL open_tables(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                                 casegate_error *err)
{
    const struct run *run = user;

    return cg_scratch_open(&run->scratch, host, ordinal, out, err);
}

static void CASEGATE_CALL drop_tables(void *user, casegate_host *host, uint32_t ordinal)
{
    const struct run *run = user;

    cg_scratch_drop(&run->scratch, host, ordinal);
}

/* A line of TAP, as it comes; with --json they are collected. */
static void CASEGATE_CALL take_line(void *user, const char *text)
{
    struct run *run = user;
    casegate_buffer *out = run->tool->out;

    if (run->lines++ > 0 && strncmp(text, "TAP version", 11) == 0)
        return;   /* of a later file */
    if (run->tool->json) {
        cg_put(out, run->lines > 1 ? "," : "");
        cg_wrote(run->tool, casegate_json_write_text(text, out));
        return;
    }
    cg_put_safe(out, text);
    cg_put(out, "\n");
    run->failed |= cg_flush(run->tool) != CG_DONE;
}

static int begin(struct cg_tool *tool, struct run *run, casegate_scenario_options *options)
{
    const char *back_end = tool->opt.back_end != NULL ? tool->opt.back_end : "engine";

    casegate_scenario_options_init(options, sizeof *options);
    options->user = run;
    options->line = take_line;
    options->coverage = run->coverage;
    if (strcmp(back_end, "decide") == 0)
        options->back_end = CASEGATE_BACK_END_DECIDE;
    else if (strcmp(back_end, "engine") != 0)
        return cg_usage(tool, "--back-end", "wants engine or decide");
    if ((tool->opt.given & CG_OPT_STORE) == 0 || cg_is_memory(tool->opt.store))
        return CG_DONE; /* the environment's store is for cases, not for tests */
    if (options->back_end == CASEGATE_BACK_END_DECIDE)
        return cg_usage(tool, "--store", "is of no use with --back-end decide");
    int status = cg_scratch_begin(tool, tool->opt.store, &run->scratch);
    options->open = open_tables;
    options->close = drop_tables;
    return status;
}

/* A fault of a file is told at once, on stderr also with --json, and the other files still run. */
static void tell_fault(struct run *run, const char *path, const casegate_error *err)
{
    fprintf(stderr, "casegate: test: %s: %s%s%s\n", path, err->field, *err->field != 0 ? ": " : "",
            *err->text != 0 ? err->text : casegate_result_name(err->code));
    run->faults++;
}

/* Where a file lies: what the paths in it are relative to. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    char *directory = malloc(len + 2);

    if (directory == NULL)
        return NULL;
    memcpy(directory, path, len);
    strcpy(directory + len, ".");
    return directory;
}

static void run_file(struct run *run, const char *path, const casegate_scenario_options *given,
                     casegate_scenario_result *result)
{
    casegate_scenario_options options = *given;
    char *directory = directory_of(path);
    casegate_error err;
    char *text = NULL;
    size_t len = 0;

    casegate_error_init(&err, sizeof err);
    options.directory = directory;
    casegate_result rc = cg_load_file(path, CG_MOST_SCENARIO, &text, &len, &err);
    if (rc == CASEGATE_OK)
        rc = casegate_scenarios_run(path, text, len, &options, result, &err);
    if (rc != CASEGATE_OK)
        tell_fault(run, path, &err);
    free(directory);
    free(text);
}

/* ---- coverage ---------------------------------------------------------------------------------------------------- */

static const char *const covered_kinds[] = { [CASEGATE_COVERS_TRANSITION] = "transition", [CASEGATE_COVERS_OBSTACLE] = "obstacle",
                                             [CASEGATE_COVERS_NOTICE] = "notice", [CASEGATE_COVERS_GUARD] = "guard" };

static void put_coverage_json(struct cg_tool *tool, const casegate_coverage *coverage)
{
    cg_put(tool->out, ",\"coverage\":[");
    for (size_t i = 0; i < casegate_coverage_count(coverage); i++) {
        const casegate_covered *thing = casegate_coverage_at(coverage, i);
        cg_put(tool->out, i > 0 ? ",{\"workflow\":" : "{\"workflow\":");
        cg_wrote(tool, casegate_json_write_text(thing->workflow, tool->out));
        cg_putf(tool->out, ",\"version\":%u,\"kind\":\"%s\",\"what\":", thing->version, covered_kinds[thing->kind]);
        cg_wrote(tool, casegate_json_write_text(thing->text, tool->out));
        cg_putf(tool->out, ",\"seen\":%llu}", (unsigned long long)thing->seen);
    }
    cg_put(tool->out, "]");
}

static int is_same_group(const casegate_covered *a, const casegate_covered *b)
{
    return a->kind == b->kind && a->version == b->version && strcmp(a->workflow, b->workflow) == 0;
}

/* "# intake 1: transitions: 4 of 7": of the group that begins at first. */
static void put_group(struct cg_tool *tool, const casegate_coverage *coverage, size_t first)
{
    const casegate_covered *head = casegate_coverage_at(coverage, first), *thing = head;
    unsigned all = 0, seen = 0;

    for (size_t i = first; thing != NULL && is_same_group(head, thing); thing = casegate_coverage_at(coverage, ++i)) {
        all++;
        seen += thing->seen > 0;
    }
    cg_put(tool->out, "# ");
    cg_put_safe(tool->out, head->workflow);
    cg_putf(tool->out, " %u: %ss: %u of %u\n", head->version, covered_kinds[head->kind], seen, all);
}

static void put_coverage(struct cg_tool *tool, const casegate_coverage *coverage)
{
    const casegate_covered *before = NULL;

    for (size_t i = 0; i < casegate_coverage_count(coverage); i++) {
        const casegate_covered *thing = casegate_coverage_at(coverage, i);
        if (before == NULL || !is_same_group(before, thing))
            put_group(tool, coverage, i);
        if (thing->seen > 0)
            cg_putf(tool->out, "#   %5llu  ", (unsigned long long)thing->seen);
        else
            cg_put(tool->out, "#   never  ");
        cg_put_safe(tool->out, thing->text);
        cg_put(tool->out, "\n");
        before = thing;
    }
}

/* The plan stands at the end: how many scenarios there are is known only then. */
static void put_end(struct cg_tool *tool, const struct run *run, const casegate_scenario_result *result)
{
    if (tool->json) {
        cg_putf(tool->out, "],\"passed\":%u,\"failed\":%u,\"skipped\":%u,\"faults\":%u", result->passed, result->failed,
                result->skipped, run->faults);
        if (run->coverage != NULL)
            put_coverage_json(tool, run->coverage);
        cg_put(tool->out, "}\n");
        return;
    }
    cg_putf(tool->out, "1..%u\n", result->passed + result->failed + result->skipped);
    if (result->skipped > 0)
        cg_putf(tool->out, "# %u skipped\n", result->skipped);
    put_coverage(tool, run->coverage);
    cg_putf(tool->out, "%u passed, %u failed\n", result->passed, result->failed);
}

static int run_files(struct run *run)
{
    struct cg_tool *tool = run->tool;
    casegate_scenario_options options;
    casegate_scenario_result result;
    int status = begin(tool, run, &options);

    if (status != CG_DONE)
        return status;
    casegate_scenario_result_init(&result, sizeof result);
    cg_put(tool->out, tool->json ? "{\"lines\":[" : "");
    for (size_t i = 0; i < tool->operand_count; i++)
        run_file(run, tool->operands[i], &options, &result);
    put_end(tool, run, &result);
    return run->faults > 0 || run->failed ? CG_ERROR : result.failed > 0 ? CG_REFUSED : CG_DONE;
}

int cg_do_test(struct cg_tool *tool)
{
    struct run run = { .tool = tool };

    if ((tool->opt.given & CG_OPT_COVERAGE) != 0) {
        run.coverage = casegate_coverage_new();
        if (run.coverage == NULL)
            return cg_answered(tool, casegate_error_set(&tool->err, CASEGATE_E_NOMEM, 0, NULL, "out of memory"));
    }
    int status = run_files(&run);
    casegate_coverage_free(run.coverage);
    return status;
}
