/* SPDX-License-Identifier: MIT */
/* import.c: cases of another system, a line each, taken over in batches: what is repeated is recognised, what is refused is named. */
#include "import.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_AT_ONCE = 100, MOST_BYTES_AT_ONCE = 1024 * 1024 };

/* One line on its way. */
struct adoption {
    uint64_t number;
    char derived[40];   /* request id of a line without a key */
    const casegate_json_member *const *members;
    casegate_content *content;
    const casegate_file *const *files;
    casegate_request request;
};

struct import {
    struct cg_lines lines;
    struct cg_line pending;   /* the first one, which was looked at; or no text */
    struct adoption items[MOST_AT_ONCE];
    casegate_outcome *outcomes[MOST_AT_ONCE];
    size_t count, bytes, most;
    int dry, strict, over;   /* over: a line was refused, and no other is to be taken */
    struct cg_report report;
};

/* ---- what is said of a line ---------------------------------------------------------------------------------------- */

void cg_report_line(struct cg_report *report, uint64_t number, const char *code, const char *field, const char *text)
{
    casegate_buffer *out = report->tool->out;

    if (report->tool->json) {
        cg_putf(out, "%s{\"line\":%llu,\"code\":\"%s\",\"field\":", report->said ? "," : "", (unsigned long long)number, code);
        cg_wrote(report->tool, casegate_json_write_text(field, out));
        cg_put(out, ",\"text\":");
        cg_wrote(report->tool, casegate_json_write_text(text, out));
        cg_put(out, "}");
        report->said = 1;
        return;
    }
    cg_progress_end();
    casegate_buffer *line = casegate_buffer_new(NULL);
    if (line == NULL)
        return;
    cg_putf(line, "line %llu: %s%s", (unsigned long long)number, code, *field != 0 || *text != 0 ? ": " : "");
    cg_put_safe(line, field);
    cg_put(line, *field != 0 && *text != 0 ? ": " : "");
    cg_put_safe(line, text);
    cg_put(line, "\n");
    fputs(casegate_buffer_data(line), stderr);
    casegate_buffer_free(line);
}

/* Which member an obstacle is about; never a value of the line. */
static const char *field_of(const casegate_obstacle *obstacle)
{
    switch (obstacle->code) {
    case CASEGATE_INVALID_INPUT:
        return strcmp(obstacle->subject, "request_id") == 0 ? "key" : obstacle->subject;
    case CASEGATE_REASON_REQUIRED:
    case CASEGATE_REASON_UNKNOWN:
        return "reason";
    case CASEGATE_REQUEST_REUSED:
        return "key";
    default:
        return "";
    }
}

static const char *text_of(const casegate_obstacle *obstacle)
{
    return obstacle->code == CASEGATE_INVALID_INPUT ? obstacle->value :
           obstacle->code == CASEGATE_REQUEST_REUSED ? "was taken over before, with another meaning" : "";
}

static void say_verdict(struct import *in, uint64_t number, const casegate_verdict *verdict)
{
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++) {
        const casegate_obstacle *obstacle = casegate_verdict_at(verdict, i);
        cg_report_line(&in->report, number, obstacle->name, field_of(obstacle), text_of(obstacle));
    }
    in->report.refused++;
}

/* ---- one line ------------------------------------------------------------------------------------------------------ */

/* The error of a value's reader: its field stands below the member. */
static int fail_in(struct import *in, const char *member)
{
    char field[sizeof in->report.tool->err.field];
    const char *below = in->report.tool->err.field;

    snprintf(field, sizeof field, "%s%s%.*s", member, *below != 0 && *below != '[' ? "." : "", (int)(sizeof field - 32), below);
    memcpy(in->report.tool->err.field, field, sizeof field);
    return 0;
}

static int fail(struct import *in, const char *field, int32_t problem, const char *text)
{
    casegate_error_set(&in->report.tool->err, CASEGATE_E_INVALID, problem, field, text);
    return 0;
}

/* The reader counts lines of its own: here there is one. */
static int fail_whole(struct import *in)
{
    char *at = strstr(in->report.tool->err.text, ", at line 1, column ");

    in->report.tool->err.field[0] = 0;
    if (at != NULL)
        memmove(at + strlen(", at "), at + strlen(", at line 1, "), strlen(at + strlen(", at line 1, ")) + 1);
    return 0;
}

static int read_status(struct import *in, const casegate_json_member *m, casegate_request *request)
{
    const casegate_workflow *workflow = in->report.tool->workflows[0];
    char *end;

    if (m->text != NULL)
        request->status = casegate_workflow_find_status(workflow, m->text);
    else if (strlen(m->value) <= 9)
        request->status = (int32_t)strtol(m->value, &end, 10), request->status = *end == 0 ? request->status : 0;
    if (request->status <= 0 || casegate_workflow_status(workflow, request->status) == NULL)
        return fail(in, "status", CASEGATE_PROBLEM_UNKNOWN, "the workflow has no such status");
    return 1;
}

static int read_attempt(struct import *in, const casegate_json_member *m, casegate_request *request)
{
    char *end;
    unsigned long long number = *m->value >= '0' && *m->value <= '9' && strlen(m->value) <= 10 ? strtoull(m->value, &end, 10) : 0;

    if (*m->value < '0' || *m->value > '9' || strlen(m->value) > 10 || *end != 0 || number > UINT32_MAX)
        return fail(in, "attempt", CASEGATE_PROBLEM_FORMAT, "must be a whole number from 0");
    request->attempt = (uint32_t)number;
    return 1;
}

static int read_content(struct import *in, const casegate_json_member *m, struct adoption *item)
{
    if (casegate_json_read_content(NULL, m->value, strlen(m->value), &item->content, &in->report.tool->err) != CASEGATE_OK)
        return fail_in(in, "content");
    item->request.content = item->content;
    return 1;
}

static int read_files(struct import *in, const casegate_json_member *m, struct adoption *item)
{
    if (casegate_json_read_files(NULL, m->value, strlen(m->value), &item->files, &item->request.file_count, &in->report.tool->err) !=
        CASEGATE_OK)
        return fail_in(in, "files");
    item->request.files = item->files;
    return 1;
}

static int read_member(struct import *in, const casegate_json_member *m, struct adoption *item)
{
    const struct { const char *name; const char **to; } texts[] = {
        { "key", &item->request.request }, { "case", &item->request.case_id }, { "clinic", &item->request.clinic },
        { "lab", &item->request.lab }, { "reason", &item->request.reason }, { "comment", &item->request.comment },
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(m->name, texts[i].name) != 0)
            continue;
        if (m->text == NULL && strcmp(m->value, "null") != 0)
            return fail(in, m->name, CASEGATE_PROBLEM_FORMAT, "must be a text");
        *texts[i].to = m->text != NULL && *m->text != 0 ? m->text : NULL;
        return 1;
    }
    if (strcmp(m->name, "status") == 0)
        return read_status(in, m, &item->request);
    if (strcmp(m->name, "attempt") == 0)
        return read_attempt(in, m, &item->request);
    if (strcmp(m->name, "content") == 0)
        return read_content(in, m, item);
    if (strcmp(m->name, "files") == 0)
        return read_files(in, m, item);
    if (strcmp(m->name, "format") == 0)
        return fail(in, "format", CASEGATE_PROBLEM_UNKNOWN, "is not one that this version reads, or not in the first line");
    return fail(in, "", CASEGATE_PROBLEM_UNKNOWN, "there is a member that a case to be taken over does not have");
}

/* The same line is the same request, wherever it stands and however often it is sent. */
static void derive(struct adoption *item, const struct cg_line *line)
{
    uint8_t digest[32];

    casegate_sha256((const uint8_t *)line->text, line->len, digest);
    memcpy(item->derived, "line-", 5);
    for (size_t i = 0; i < 16; i++)
        snprintf(item->derived + 5 + 2 * i, 3, "%02x", digest[i]);
    if (item->request.request == NULL)
        item->request.request = item->derived;
}

static int read_members(struct import *in, const struct cg_line *line, struct adoption *item)
{
    size_t count = 0;

    if (line->too_long)
        return fail(in, "", CASEGATE_PROBLEM_TOO_LONG, "the line is longer than 4 MiB");
    if (casegate_json_read_members(NULL, line->text, line->len, &item->members, &count, &in->report.tool->err) != CASEGATE_OK)
        return fail_whole(in);
    for (size_t i = 0; i < count; i++)
        if (!read_member(in, item->members[i], item))
            return 0;
    if (item->request.status == 0)
        return fail(in, "status", CASEGATE_PROBLEM_MISSING, "is missing");
    if (item->content == NULL)
        return fail(in, "content", CASEGATE_PROBLEM_MISSING, "is missing");
    derive(item, line);
    return 1;
}

static void drop(struct adoption *item)
{
    casegate_json_free_files(NULL, item->files);
    casegate_content_unref(item->content);
    casegate_json_free_members(NULL, item->members);
}

/* ---- a batch ------------------------------------------------------------------------------------------------------- */

/* What became of one line. Not CG_DONE: the import ends here. */
static int take_result(struct import *in, size_t i, casegate_result rc)
{
    const casegate_outcome *outcome = in->outcomes[i];

    if (rc == CASEGATE_OK || rc == CASEGATE_JOINED) {
        in->report.known += casegate_outcome_replayed(outcome) == 1;
        in->report.taken += casegate_outcome_replayed(outcome) != 1;
        return CG_DONE;
    }
    if (rc < 0) {
        if (in->report.tool->err.code == CASEGATE_OK)
            casegate_error_set(&in->report.tool->err, rc, 0, "", "");
        return CG_ERROR;
    }
    say_verdict(in, in->items[i].number, casegate_outcome_verdict(outcome));
    in->over = in->strict;
    return CG_DONE;
}

static void check_each(struct import *in, casegate_result *results)
{
    casegate_error err;

    for (size_t i = 0; i < in->count; i++) {
        casegate_error_init(&err, sizeof err);
        results[i] = casegate_engine_check(in->report.tool->engine, &in->report.tool->call, &in->items[i].request, in->outcomes[i], &err);
        if (results[i] < 0 && in->report.tool->err.code == CASEGATE_OK)
            in->report.tool->err = err;
    }
}

static int send(struct import *in)
{
    const casegate_request *requests[MOST_AT_ONCE];
    casegate_result results[MOST_AT_ONCE];
    int status = CG_DONE;

    casegate_error_init(&in->report.tool->err, sizeof in->report.tool->err);
    for (size_t i = 0; i < in->count; i++)
        requests[i] = &in->items[i].request;
    if (in->dry)
        check_each(in, results);
    else if (casegate_engine_apply_many(in->report.tool->engine, &in->report.tool->call, requests, in->count, in->outcomes, results, &in->report.tool->err)
             != CASEGATE_OK)
        status = CG_ERROR;
    for (size_t i = 0; i < in->count; i++) {
        if (status == CG_DONE)
            status = take_result(in, i, results[i]);
        drop(&in->items[i]);
    }
    in->count = in->bytes = 0;
    return status;
}

/* ---- the whole ----------------------------------------------------------------------------------------------------- */

static int take_line(struct import *in, const struct cg_line *line)
{
    struct adoption *item = &in->items[in->count];
    casegate_error err;

    memset(item, 0, sizeof *item);
    casegate_request_init(&item->request, sizeof item->request);
    item->request.action = CASEGATE_ADOPT;
    item->number = line->number;
    casegate_error_init(&in->report.tool->err, sizeof in->report.tool->err);
    if (read_members(in, line, item)) {
        in->bytes += line->len;
        return ++in->count == in->most || in->bytes >= MOST_BYTES_AT_ONCE ? send(in) : CG_DONE;
    }
    drop(item);
    if (in->report.tool->err.code == CASEGATE_E_NOMEM)
        return CG_ERROR;
    err = in->report.tool->err;   /* lines are told of in their order */
    if (in->count > 0 && send(in) != CG_DONE)
        return CG_ERROR;
    cg_report_line(&in->report, line->number, "invalid_input", err.field,
                   *err.text != 0 ? err.text : casegate_problem_name(err.host_code));
    in->report.refused++;
    in->over = in->over || in->strict;
    return CG_DONE;
}

static int take_all(struct import *in)
{
    struct cg_line line;
    int got = 1, status = CG_DONE;

    if (in->pending.text != NULL)
        status = take_line(in, &in->pending);
    while (status == CG_DONE && !in->over && (got = cg_lines_next(&in->lines, &line, &in->report.tool->err)) > 0) {
        status = take_line(in, &line);
        cg_progress_lines(in->report.tool, "import", &in->lines, in->report.taken + in->report.known, in->report.refused);
        if (in->report.tool->json && status == CG_DONE)
            status = cg_flush(in->report.tool);
    }
    if (status == CG_DONE && in->count > 0)
        status = send(in);
    return status == CG_DONE && got < 0 ? CG_ERROR : status;
}

static void put_summary_json(const struct cg_report *report, const struct cg_lines *lines, int status)
{
    struct cg_tool *tool = report->tool;

    cg_putf(tool->out, "],\"lines\":%llu,\"adopted\":%llu,\"known\":%llu,\"refused\":%llu,\"unverified\":%llu,\"dry_run\":%s",
            (unsigned long long)lines->number, (unsigned long long)report->taken, (unsigned long long)report->known,
            (unsigned long long)report->refused, (unsigned long long)report->unverified,
            (tool->opt.given & CG_OPT_DRY_RUN) != 0 ? "true" : "false");
    if (status == CG_ERROR) {
        cg_putf(tool->out, ",\"error\":{\"code\":\"%s\",\"field\":", casegate_result_name(tool->err.code));
        cg_wrote(tool, casegate_json_write_text(tool->err.field, tool->out));
        cg_put(tool->out, ",\"text\":");
        cg_wrote(tool, casegate_json_write_text(tool->err.text, tool->out));
        cg_put(tool->out, "}");
    }
    cg_put(tool->out, "}\n");
}

int cg_report_end(const struct cg_report *report, const struct cg_lines *lines, int status)
{
    struct cg_tool *tool = report->tool;
    int dry = (tool->opt.given & CG_OPT_DRY_RUN) != 0;

    cg_progress_end();
    if (tool->json) {
        put_summary_json(report, lines, status);
    } else {
        cg_putf(tool->out, "%llu line%s: %llu %s", (unsigned long long)lines->number, lines->number == 1 ? "" : "s",
                (unsigned long long)report->taken, dry ? "would be taken over or are known" : "taken over");
        cg_putf(tool->out, dry ? ", %llu refused; nothing was written\n" : ", %llu refused, %llu known from before\n",
                (unsigned long long)report->refused, (unsigned long long)report->known);
        if (report->unverified > 0)
            cg_putf(tool->out, "%llu not verified: the key of their hashes is not here\n", (unsigned long long)report->unverified);
    }
    if (status == CG_DONE)
        return report->refused == 0 && report->unverified == 0 ? CG_DONE : CG_REFUSED;
    if (!tool->json && cg_flush(tool) == CG_DONE) {
        cg_failed(tool);
        fputs("casegate: what was taken over stays; the same command goes on from there\n", stderr);
    }
    return CG_ERROR;
}

static int open_outcomes(struct import *in)
{
    for (size_t i = 0; i < in->most; i++)
        if ((in->outcomes[i] = casegate_outcome_new(NULL)) == NULL)
            return casegate_error_set(&in->report.tool->err, CASEGATE_E_NOMEM, 0, "", ""), CG_ERROR;
    return CG_DONE;
}

static int take_adoptions(struct import *in)
{
    int status = open_outcomes(in);

    return status == CG_DONE ? take_all(in) : status;
}

/* An export says so in its first line; all else is cases of another system. */
static int run(struct import *in)
{
    struct cg_tool *tool = in->report.tool;
    struct cg_line line = { 0, NULL, 0, 0 };

    if (cg_lines_open(&in->lines, tool->operands[0], &tool->err) != CASEGATE_OK)
        return cg_failed_in(tool, tool->operands[0]);
    cg_put(tool->out, tool->json ? "{\"refusals\":[" : "");
    int got = cg_lines_next(&in->lines, &line, &tool->err), status = got < 0 ? CG_ERROR : CG_DONE;
    if (got > 0 && cg_is_export(&line)) {
        status = cg_restore(&in->report, &in->lines);
    } else if (got > 0) {
        in->pending = line;
        status = take_adoptions(in);
    }
    return cg_report_end(&in->report, &in->lines, status);
}

int cg_do_import(struct cg_tool *tool)
{
    struct import *in = calloc(1, sizeof *in);

    if (in == NULL)
        return cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    in->report.tool = tool;
    in->dry = (tool->opt.given & CG_OPT_DRY_RUN) != 0;
    in->strict = (tool->opt.given & CG_OPT_STRICT) != 0;
    in->most = in->strict ? 1 : MOST_AT_ONCE;   /* so that nothing behind the first refusal is taken */
    int status = run(in);
    cg_lines_close(&in->lines);
    for (size_t i = 0; i < in->most; i++)
        casegate_outcome_free(in->outcomes[i]);
    free(in);
    return status;
}
