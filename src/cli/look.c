/* SPDX-License-Identifier: MIT */
/* look.c: the commands that look: lists, one case, why there is no button, the review, the history, the rules themselves. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static const casegate_workflow *workflow_of(const struct cg_tool *tool, const casegate_head *head)
{
    return casegate_engine_workflow(tool->engine, head->workflow, head->workflow_version);
}

static void put_heads_json(struct cg_tool *tool)
{
    const char *next = casegate_outcome_next(tool->outcome);

    cg_put(tool->out, "{\"cases\":[");
    for (size_t i = 0; i < casegate_outcome_head_count(tool->outcome); i++) {
        const casegate_head *head = casegate_outcome_head_at(tool->outcome, i);
        cg_put(tool->out, i > 0 ? "," : "");
        cg_wrote(tool, casegate_json_write_case(head, workflow_of(tool, head), 0, tool->out));
    }
    cg_put(tool->out, "],\"next\":");
    cg_wrote(tool, casegate_json_write_text(next, tool->out));
    cg_put(tool->out, "}\n");
}

/* "3 d 4 h", "25 min": how long a pending case waits. */
static void add_waiting(struct cg_table *table, const casegate_head *head, const casegate_workflow *workflow, int64_t now_us)
{
    const casegate_status *status = workflow != NULL ? casegate_workflow_status(workflow, head->status) : NULL;
    int64_t minutes = (now_us - head->submitted_us) / 60000000;

    if (status == NULL || status->phase != CASEGATE_PHASE_PENDING || head->submitted_us == 0)
        cg_table_cell(table, "");
    else if (minutes < 60)
        cg_table_cellf(table, "%lld min", (long long)(minutes > 0 ? minutes : 0));
    else if (minutes < 24 * 60)
        cg_table_cellf(table, "%lld h %lld min", (long long)(minutes / 60), (long long)(minutes % 60));
    else
        cg_table_cellf(table, "%lld d %lld h", (long long)(minutes / 1440), (long long)(minutes / 60 % 24));
}

static void put_heads(struct cg_tool *tool)
{
    static const char *const heads[] = { "CASE", "REFERENCE", "PATIENT", "STATUS", "REV", "ATT", "DUE", "WAITS" };
    struct cg_table *table = cg_table_new(heads, sizeof heads / sizeof *heads);
    size_t count = casegate_outcome_head_count(tool->outcome);
    int64_t now_us = casegate_now_us(NULL);

    for (size_t i = 0; i < count; i++) {
        const casegate_head *head = casegate_outcome_head_at(tool->outcome, i);
        const casegate_workflow *workflow = workflow_of(tool, head);
        cg_table_cell(table, head->id);
        cg_table_cell(table, head->reference);
        cg_table_cell(table, head->patient_name);
        cg_table_cell(table, cg_status_label(workflow, head->status));
        cg_table_paint(table, cg_status_colour(workflow, head->status));
        cg_table_cellf(table, "%u", head->revision);
        cg_table_cellf(table, "%u", head->attempt);
        cg_table_cell(table, head->due);
        add_waiting(table, head, workflow, now_us);
    }
    cg_wrote(tool, cg_table_write(table, tool->out, tool->colour, ""));
    cg_putf(tool->out, "%zu case%s\n", count, count == 1 ? "" : "s");
    if (casegate_outcome_next(tool->outcome) != NULL) {
        cg_put(tool->out, "there are more: --after ");
        cg_put_safe(tool->out, casegate_outcome_next(tool->outcome));
        cg_put(tool->out, "\n");
    }
}

static int answer_list(struct cg_tool *tool, casegate_result rc)
{
    int status = cg_answered(tool, rc);

    if (status == CG_DONE)
        (tool->json ? put_heads_json : put_heads)(tool);
    return status;
}

/* The code of a status by its name, in the workflow that the tool knows. */
static int find_status(struct cg_tool *tool, const char *name, int32_t *out)
{
    const casegate_workflow *workflow = casegate_engine_workflow(tool->engine, "intake", 1);

    *out = workflow != NULL ? casegate_workflow_find_status(workflow, name) : 0;
    return *out != 0 ? CG_DONE : cg_usage(tool, "--status", "wants draft, received, in_production or rejected");
}

static int begin_list(struct cg_tool *tool, casegate_list *list)
{
    casegate_list_init(list, sizeof *list);
    list->requires_action = (tool->opt.given & CG_OPT_REQUIRES_ACTION) != 0;
    list->limit = tool->opt.limit;
    list->after = tool->opt.after;
    if (list->limit > 1000)
        return cg_usage(tool, "--limit", "wants 1 to 1000");
    if (tool->opt.order != NULL && strcmp(tool->opt.order, "due") == 0)
        list->order = CASEGATE_BY_DUE;
    else if (tool->opt.order != NULL && strcmp(tool->opt.order, "waiting") != 0)
        return cg_usage(tool, "--order", "wants waiting or due");
    return tool->opt.status != NULL ? find_status(tool, tool->opt.status, &list->status) : CG_DONE;
}

int cg_do_list(struct cg_tool *tool)
{
    casegate_list list;
    int status = begin_list(tool, &list);

    if (status != CG_DONE)
        return status;
    return answer_list(tool, casegate_engine_list(tool->engine, &tool->call, &list, tool->outcome, &tool->err));
}

int cg_do_waiting(struct cg_tool *tool)
{
    int64_t us;

    if (tool->opt.longer_than == NULL)
        return cg_usage(tool, "--longer-than", "is missing");
    if (casegate_duration_parse(tool->opt.longer_than, &us) != CASEGATE_OK)
        return cg_usage(tool, "--longer-than", "wants a duration, as P2D or PT36H");
    if (tool->opt.limit > 1000)
        return cg_usage(tool, "--limit", "wants 1 to 1000");
    return answer_list(tool, casegate_engine_waiting(tool->engine, &tool->call, us, tool->opt.limit, tool->opt.after,
                                                     tool->outcome, &tool->err));
}

/* ---- one case ---------------------------------------------------------------------------------------------------- */

static void put_head_json(struct cg_tool *tool)
{
    cg_put(tool->out, "{\"case\":");
    cg_wrote(tool, casegate_json_write_case(casegate_outcome_head(tool->outcome), casegate_outcome_workflow(tool->outcome), 0,
                                            tool->out));
}

static void put_case_json(struct cg_tool *tool)
{
    const casegate_content *content = casegate_outcome_content(tool->outcome);
    const casegate_event *rejection = casegate_outcome_rejection(tool->outcome);

    put_head_json(tool);
    cg_put(tool->out, ",\"content\":");
    if (content != NULL)
        cg_wrote(tool, casegate_json_write_content(content, 0, tool->out));
    else
        cg_put(tool->out, "null");
    cg_put(tool->out, ",\"rejection\":");
    if (rejection != NULL)
        cg_wrote(tool, casegate_json_write_event(rejection, casegate_outcome_workflow(tool->outcome), 0, tool->out));
    else
        cg_put(tool->out, "null");
    cg_put(tool->out, "}\n");
}

int cg_do_show(struct cg_tool *tool)
{
    int status = cg_answered(tool, casegate_engine_view(tool->engine, &tool->call, tool->case_id, tool->opt.revision,
                                                        tool->outcome, &tool->err));

    if (status == CG_DONE && tool->json)
        put_case_json(tool);
    else if (status == CG_DONE)
        cg_put_case(tool, tool->opt.revision);
    return status;
}

static void put_action(struct cg_tool *tool, const casegate_action *action, size_t i)
{
    const casegate_verdict *verdict = casegate_outcome_action(tool->outcome, action->code);
    int allowed = casegate_verdict_count(verdict) == 0;

    if (tool->json) {
        cg_putf(tool->out, "%s\"%s\":", i > 0 ? "," : "", action->name);
        cg_wrote(tool, casegate_json_write_verdict(verdict, 0, tool->out));
        return;
    }
    cg_putf(tool->out, "  %-10s ", action->name);
    cg_put_coloured(tool->out, tool->colour, allowed ? CG_GREEN : CG_RED, allowed ? "yes" : "no");
    cg_put(tool->out, "\n");
    cg_put_verdict(tool->out, verdict, tool->colour, "             ");
}

/* The actions that explain has an answer for, or the one that was named. */
static int put_actions(struct cg_tool *tool, const char *only)
{
    const casegate_workflow *workflow = casegate_outcome_workflow(tool->outcome);
    const casegate_action *action;
    size_t shown = 0;

    for (size_t i = 0; (action = casegate_workflow_action_at(workflow, i)) != NULL; i++)
        if (casegate_outcome_action(tool->outcome, action->code) != NULL && (only == NULL || strcmp(only, action->name) == 0))
            put_action(tool, action, shown++);
    return shown > 0 ? CG_DONE : cg_usage(tool, only, "is not an action of this case's workflow");
}

int cg_do_explain(struct cg_tool *tool)
{
    int status = cg_answered(tool, casegate_engine_explain(tool->engine, &tool->call, tool->case_id, tool->outcome, &tool->err));

    if (status != CG_DONE)
        return status;
    if (tool->json) {
        put_head_json(tool);
        cg_put(tool->out, ",\"actions\":{");
    } else {
        cg_put_headline(tool, casegate_outcome_head(tool->outcome), casegate_outcome_workflow(tool->outcome));
    }
    status = put_actions(tool, tool->operand_count > 1 ? tool->operands[1] : NULL);
    if (status == CG_DONE && tool->json)
        cg_put(tool->out, "}}\n");
    return status;
}

int cg_do_review(struct cg_tool *tool)
{
    int status = cg_answered(tool, casegate_engine_review(tool->engine, &tool->call, tool->case_id, tool->outcome, &tool->err));
    const casegate_findings *findings = casegate_outcome_findings(tool->outcome);

    if (status != CG_DONE)
        return status;
    if (tool->json) {
        put_head_json(tool);
        cg_put(tool->out, ",\"findings\":");
        cg_wrote(tool, casegate_json_write_findings(findings, 0, tool->out));
        cg_put(tool->out, "}\n");
        return CG_DONE;
    }
    cg_put_headline(tool, casegate_outcome_head(tool->outcome), casegate_outcome_workflow(tool->outcome));
    if (casegate_findings_count(findings) == 0)
        cg_put(tool->out, "  complete: nothing was found\n");
    else
        cg_put_findings(tool, findings);
    return CG_DONE;
}

/* ---- history ----------------------------------------------------------------------------------------------------- */

static void add_event_notes(struct cg_table *table, const casegate_event *event)
{
    if (event->reason != NULL && *event->reason != 0)
        cg_table_note(table, "reason", cg_reason_label(event->reason_labels, event->reason_label_count, event->reason));
    cg_table_note(table, "comment", event->comment);
    for (size_t i = 0; i < event->file_count; i++)
        cg_table_note(table, "file", event->files[i]->name);
    for (size_t i = 0; i < event->changed_count; i++)
        cg_table_note(table, "changed", event->changed[i]);
    if (event->erased)
        cg_table_note(table, "", "comment and files were erased");
}

/* The definition that an event was taken under: it names its status. */
static const casegate_workflow *workflow_then(const struct cg_tool *tool, const casegate_event *event)
{
    const casegate_workflow *then = casegate_engine_workflow(tool->engine, event->workflow, event->workflow_version);

    return then != NULL ? then : casegate_outcome_workflow(tool->outcome);
}

static void add_event(struct cg_tool *tool, struct cg_table *table, const casegate_event *event)
{
    const casegate_workflow *workflow = workflow_then(tool, event);
    char time[32];

    casegate_time_format(event->time_us, time, sizeof time);
    cg_table_cellf(table, "%u", event->seq);
    cg_table_cellf(table, "%.10s %.8s", time, strlen(time) > 19 ? time + 11 : "");
    cg_table_cell(table, cg_action_name(workflow, event->action));
    cg_table_cell(table, cg_status_label(workflow, event->to));
    cg_table_paint(table, cg_status_colour(workflow, event->to));
    cg_table_cellf(table, "%u", event->revision);
    cg_table_cellf(table, "%u", event->attempt);
    cg_table_cell(table, event->actor);
    cg_table_cell(table, casegate_role_name(event->actor_role));
    cg_table_cell(table, event->actor_org);
    add_event_notes(table, event);
}

/* Adds one page to the table, or to the list; gives the last sequence number, 0 at the end. */
static uint32_t take_history_page(struct cg_tool *tool, struct cg_table *table, uint32_t after)
{
    size_t count = casegate_outcome_event_count(tool->outcome);

    for (size_t i = 0; i < count; i++) {
        const casegate_event *event = casegate_outcome_event_at(tool->outcome, i);
        if (!tool->json) {
            add_event(tool, table, event);
            continue;
        }
        cg_put(tool->out, after > 0 || i > 0 ? "," : "");
        cg_wrote(tool, casegate_json_write_event(event, workflow_then(tool, event), 0, tool->out));
    }
    return count > 0 ? casegate_outcome_event_at(tool->outcome, count - 1)->seq : 0;
}

int cg_do_history(struct cg_tool *tool)
{
    static const char *const heads[] = { "SEQ", "TIME (UTC)", "ACTION", "STATUS", "REV", "ATT", "BY", "ROLE", "OF" };
    struct cg_table *table = cg_table_new(heads, sizeof heads / sizeof *heads);
    uint32_t after = 0, last = 0;
    int status;

    cg_put(tool->out, tool->json ? "{\"events\":[" : "");
    do {
        status = cg_answered(tool, casegate_engine_history(tool->engine, &tool->call, tool->case_id, after, 1000, tool->outcome,
                                                           &tool->err));
        last = status == CG_DONE ? take_history_page(tool, table, after) : 0;
        after = last != 0 ? last : after;
    } while (last != 0);
    if (status != CG_DONE) {
        cg_table_write(table, NULL, 0, "");
        return status;
    }
    cg_wrote(tool, cg_table_write(table, tool->json ? NULL : tool->out, tool->colour, ""));
    cg_put(tool->out, tool->json ? "]}\n" : "");
    return CG_DONE;
}

/* ---- the rules themselves ---------------------------------------------------------------------------------------- */

static void put_reason_json(struct cg_tool *tool, const casegate_reason *reason, size_t i)
{
    cg_put(tool->out, i > 0 ? ",{\"code\":" : "{\"code\":");
    cg_wrote(tool, casegate_json_write_text(reason->code, tool->out));
    cg_put(tool->out, ",\"label\":");
    cg_wrote(tool, casegate_json_write_labels(reason->labels, reason->label_count, 0, tool->out));
    cg_putf(tool->out, ",\"needs_comment\":%s,\"needs_file\":%s}",
            (reason->needs & CASEGATE_NEED_COMMENT) != 0 ? "true" : "false",
            (reason->needs & CASEGATE_NEED_FILE) != 0 ? "true" : "false");
}

int cg_do_reasons(struct cg_tool *tool)
{
    static const char *const heads[] = { "CODE", "REASON", "NEEDS" };
    static const char *const needs[] = { "", "comment", "file", "comment, file" };
    struct cg_table *table = cg_table_new(heads, sizeof heads / sizeof *heads);
    const casegate_reason *reason;

    cg_put(tool->out, tool->json ? "{\"reasons\":[" : "");
    for (size_t i = 0; (reason = casegate_policy_reason_at(tool->policy, i)) != NULL; i++) {
        if (tool->json) {
            put_reason_json(tool, reason, i);
            continue;
        }
        cg_table_cell(table, reason->code);
        cg_table_cell(table, cg_reason_label(reason->labels, reason->label_count, reason->code));
        size_t which = ((reason->needs & CASEGATE_NEED_COMMENT) != 0) + 2 * ((reason->needs & CASEGATE_NEED_FILE) != 0);
        cg_table_cell(table, needs[which]);
    }
    cg_wrote(tool, cg_table_write(table, tool->json ? NULL : tool->out, tool->colour, ""));
    cg_put(tool->out, tool->json ? "]}\n" : "");
    return CG_DONE;
}

static casegate_result put_json(const casegate_workflow *workflow, casegate_buffer *out)
{
    casegate_result rc = casegate_json_write_workflow(workflow, 2, out);

    cg_put(out, "\n");
    return rc;
}

static const struct { const char *name; casegate_result (*write)(const casegate_workflow *workflow, casegate_buffer *out); } formats[] = {
    { "markdown", casegate_workflow_markdown }, { "json", put_json }, { "dot", casegate_workflow_dot },
    { "mermaid", casegate_workflow_mermaid }, { "scxml", casegate_workflow_scxml },
};

int cg_do_diagram(struct cg_tool *tool)
{
    const char *format = tool->opt.format != NULL ? tool->opt.format : tool->json ? "json" : "markdown";
    casegate_workflow *workflow = NULL;
    size_t i = 0;

    while (i < sizeof formats / sizeof *formats && strcmp(formats[i].name, format) != 0)
        i++;
    if (i == sizeof formats / sizeof *formats)
        return cg_usage(tool, "--format", "wants markdown, json, dot, mermaid or scxml");
    if (tool->json && strcmp(format, "json") != 0)
        return cg_usage(tool, "--format", "and --json contradict each other");
    if (tool->opt.workflow_count > 1)
        return cg_usage(tool, "--workflow", "is given twice");
    int status = CG_DONE;
    if (tool->opt.workflow_count == 0)
        workflow = casegate_workflow_builtin("intake", 1);
    else
        status = cg_read_workflow(tool, tool->opt.workflows[0], &workflow);
    if (status != CG_DONE)
        return status;
    cg_wrote(tool, formats[i].write(workflow, tool->out));
    casegate_workflow_unref(workflow);
    return CG_DONE;
}
