/* SPDX-License-Identifier: MIT */
/* change.c: the commands that change a case, and the questions that come before a decision at a terminal. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* ---- the answer of a change -------------------------------------------------------------------------------------- */

static void put_list(struct cg_tool *tool, const char *name, size_t count, casegate_result (*write)(struct cg_tool *, size_t))
{
    cg_putf(tool->out, ",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        cg_put(tool->out, i > 0 ? "," : "");
        cg_wrote(tool, write(tool, i));
    }
    cg_put(tool->out, "]");
}

static casegate_result write_event(struct cg_tool *tool, size_t i)
{
    return casegate_json_write_event(casegate_outcome_event_at(tool->outcome, i), casegate_outcome_workflow(tool->outcome), 0,
                                     tool->out);
}

static casegate_result write_notice(struct cg_tool *tool, size_t i)
{
    return casegate_json_write_notice(casegate_outcome_notice_at(tool->outcome, i), 0, tool->out);
}

static void put_json(struct cg_tool *tool)
{
    cg_put(tool->out, "{\"case\":");
    cg_wrote(tool, casegate_json_write_case(casegate_outcome_head(tool->outcome), casegate_outcome_workflow(tool->outcome), 0,
                                            tool->out));
    put_list(tool, "events", casegate_outcome_event_count(tool->outcome), write_event);
    put_list(tool, "notices", casegate_outcome_notice_count(tool->outcome), write_notice);
    cg_putf(tool->out, ",\"replayed\":%s}\n", casegate_outcome_replayed(tool->outcome) ? "true" : "false");
}

/* "edit: Draft -> Draft" and the fields that an edit changed. */
static void put_event(struct cg_tool *tool, const casegate_event *event)
{
    const casegate_workflow *workflow = casegate_outcome_workflow(tool->outcome);

    cg_put(tool->out, "  ");
    cg_put_safe(tool->out, cg_action_name(workflow, event->action));
    cg_put(tool->out, ": ");
    if (event->from != 0 && event->from != event->to) {
        cg_put_coloured(tool->out, tool->colour, cg_status_colour(workflow, event->from), cg_status_label(workflow, event->from));
        cg_put(tool->out, " -> ");
    }
    cg_put_coloured(tool->out, tool->colour, cg_status_colour(workflow, event->to), cg_status_label(workflow, event->to));
    if (event->reason != NULL && *event->reason != 0) {
        cg_put(tool->out, ", ");
        cg_put_safe(tool->out, cg_reason_label(event->reason_labels, event->reason_label_count, event->reason));
    }
    cg_put(tool->out, "\n");
    for (size_t i = 0; i < event->changed_count; i++) {
        cg_put(tool->out, "    changed ");
        cg_put_safe(tool->out, event->changed[i]);
        cg_put(tool->out, "\n");
    }
}

/* Tells what a change did: the case as it is now, what was recorded, who was told. */
static int answer(struct cg_tool *tool, casegate_result rc)
{
    int status = cg_answered(tool, rc);
    size_t count = casegate_outcome_event_count(tool->outcome);

    if (status != CG_DONE)
        return status;
    if (tool->json) {
        put_json(tool);
        return CG_DONE;
    }
    cg_put_headline(tool, casegate_outcome_head(tool->outcome), casegate_outcome_workflow(tool->outcome));
    if (casegate_outcome_replayed(tool->outcome))
        cg_put(tool->out, "  this request was answered before; nothing was done again. It did:\n");
    else if (count == 0)
        cg_put(tool->out, "  nothing was different: nothing was changed or recorded\n");
    for (size_t i = 0; i < count; i++)
        put_event(tool, casegate_outcome_event_at(tool->outcome, i));
    if (casegate_outcome_notice_count(tool->outcome) > 0)
        cg_put_notices(tool);
    return CG_DONE;
}

static void begin_request(const struct cg_tool *tool, int32_t action, casegate_request *request)
{
    casegate_request_init(request, sizeof *request);
    request->action = action;
    request->revision = tool->opt.revision;
    request->case_id = *tool->case_id != 0 ? tool->case_id : NULL;
    request->request = tool->opt.request;
}

static int apply(struct cg_tool *tool, const casegate_request *request)
{
    return answer(tool, casegate_engine_apply(tool->engine, &tool->call, request, tool->outcome, &tool->err));
}

static int view(struct cg_tool *tool, uint32_t revision)
{
    return cg_answered(tool, casegate_engine_view(tool->engine, &tool->call, tool->case_id, revision, tool->outcome, &tool->err));
}

/* ---- create, edit, submit ---------------------------------------------------------------------------------------- */

int cg_do_create(struct cg_tool *tool)
{
    casegate_content *content = NULL;
    casegate_request request;

    if (tool->opt.lab == NULL)
        return cg_usage(tool, "--lab", "is missing: for which lab?");
    int status = cg_read_content(tool, tool->operands[0], &content);
    if (status != CG_DONE)
        return status;
    begin_request(tool, CASEGATE_CREATE, &request);
    request.lab = tool->opt.lab;
    request.content = content;
    request.submit = (tool->opt.given & CG_OPT_SUBMIT) != 0;
    status = apply(tool, &request);
    casegate_content_unref(content);
    return status;
}

static int edit_to(struct cg_tool *tool, const casegate_content *content)
{
    casegate_request request;

    begin_request(tool, CASEGATE_EDIT, &request);
    request.content = content;
    return apply(tool, &request);
}

/* Patches the current content, which must be the revision given: a patch of another one would undo what happened in between. */
static int edit_by_patch(struct cg_tool *tool, const char *text, size_t len)
{
    casegate_content *content = NULL;
    casegate_request request;

    for (int tries = 0; tries < 8; tries++) {
        int status = view(tool, 0);
        if (status != CG_DONE)
            return status;
        const casegate_content *current = casegate_outcome_content(tool->outcome);
        uint32_t revision = casegate_outcome_head(tool->outcome)->revision;
        if (current == NULL)
            return cg_fail(tool, CASEGATE_E_UNSUPPORTED, "--patch", "the content is not kept any more");
        if (casegate_json_patch_content(NULL, current, text, len, &content, &tool->err) != CASEGATE_OK)
            return cg_invalid_input(tool);
        begin_request(tool, CASEGATE_EDIT, &request);
        request.content = content;
        if (tool->opt.revision == 0 || tool->opt.revision == revision)
            status = apply(tool, &request);
        else
            status = cg_answered(tool, casegate_engine_check(tool->engine, &tool->call, &request, tool->outcome, &tool->err));
        casegate_content_unref(content);
        content = NULL;
        if (tool->opt.revision == 0 || tool->opt.revision == revision || status != CG_DONE)
            return status;
    }
    return cg_fail(tool, CASEGATE_E_BUSY, "", "the case keeps changing; send it again");
}

int cg_do_edit(struct cg_tool *tool)
{
    casegate_content *content = NULL;
    char *text = NULL;
    size_t len = 0;
    int status;

    if ((tool->opt.patch != NULL) == (tool->operand_count == 2))
        return cg_usage(tool, "", "either --patch FILE or a FILE with the whole content");
    if (tool->opt.patch != NULL) {
        status = cg_read_file(tool, tool->opt.patch, CG_MOST_JSON, &text, &len);
        if (status == CG_DONE)
            status = edit_by_patch(tool, text, len);
        free(text);
        return status;
    }
    status = cg_read_content(tool, tool->operands[1], &content);
    if (status == CG_DONE)
        status = edit_to(tool, content);
    casegate_content_unref(content);
    return status;
}

int cg_do_submit(struct cg_tool *tool)
{
    casegate_request request;

    begin_request(tool, CASEGATE_SUBMIT, &request);
    return apply(tool, &request);
}

/* ---- decisions --------------------------------------------------------------------------------------------------- */

/* Shows the case as the reviewer must see it, with what the review found. Leaves the revision that was shown in the options. */
static int show_for_decision(struct cg_tool *tool)
{
    int status = view(tool, tool->opt.revision);

    if (status != CG_DONE)
        return status;
    uint32_t current = casegate_outcome_head(tool->outcome)->revision;
    cg_put_case(tool, tool->opt.revision);
    if (tool->opt.revision == 0)
        tool->opt.revision = current;
    status = cg_answered(tool, casegate_engine_review(tool->engine, &tool->call, tool->case_id, tool->outcome, &tool->err));
    if (status != CG_DONE)
        return status;
    if (casegate_findings_count(casegate_outcome_findings(tool->outcome)) > 0) {
        cg_put_coloured(tool->out, tool->colour, CG_BOLD, "The completeness review");
        cg_put(tool->out, "\n");
        cg_put_findings(tool, casegate_outcome_findings(tool->outcome));
    }
    return cg_flush(tool);
}

static int confirmed(const char *verb, uint32_t revision)
{
    char question[96], line[16];

    snprintf(question, sizeof question, "%s revision %u, the whole case? Type yes: ", verb, revision);
    return cg_ask(question, line, sizeof line) && strcmp(line, "yes") == 0;
}

static int not_confirmed(struct cg_tool *tool)
{
    return cg_fail(tool, CASEGATE_E_INVALID, "", "not confirmed; nothing was changed");
}

/* Would it be allowed? So that nobody is asked about what cannot be. */
static int check(struct cg_tool *tool, const casegate_request *request)
{
    return cg_answered(tool, casegate_engine_check(tool->engine, &tool->call, request, tool->outcome, &tool->err));
}

static int ask_acceptance(struct cg_tool *tool)
{
    casegate_request request;
    int status = CG_DONE;

    begin_request(tool, CASEGATE_ACCEPT, &request);
    if (request.revision != 0)
        status = check(tool, &request);
    if (status == CG_DONE)
        status = show_for_decision(tool);
    request.revision = tool->opt.revision;
    if (status == CG_DONE)
        status = check(tool, &request);
    if (status != CG_DONE)
        return status;
    return confirmed("Accept", request.revision) ? CG_DONE : not_confirmed(tool);
}

int cg_do_accept(struct cg_tool *tool)
{
    int yes = (tool->opt.given & CG_OPT_YES) != 0;
    casegate_request request;

    if (yes && tool->opt.revision == 0)
        return cg_usage(tool, "--revision", "is missing: --yes confirms the revision that was looked at");
    if (!yes && !cg_interactive(tool))
        return cg_usage(tool, "--yes", "and --revision N are needed where nobody can be asked");
    int status = yes ? CG_DONE : ask_acceptance(tool);
    if (status != CG_DONE)
        return status;
    begin_request(tool, CASEGATE_ACCEPT, &request);
    return apply(tool, &request);
}

/* What is about to go is shown once more. */
static int ask_erasure(struct cg_tool *tool)
{
    casegate_request request;
    char line[16];

    begin_request(tool, CASEGATE_ERASE, &request);
    int status = check(tool, &request);
    if (status == CG_DONE)
        status = view(tool, 0);
    if (status == CG_DONE) {
        cg_put_case(tool, 0);
        status = cg_flush(tool);
    }
    if (status != CG_DONE)
        return status;
    return cg_ask("Erase every text of this case, for good? Type yes: ", line, sizeof line) && strcmp(line, "yes") == 0
           ? CG_DONE : not_confirmed(tool);
}

int cg_do_erase(struct cg_tool *tool)
{
    int yes = (tool->opt.given & CG_OPT_YES) != 0;
    casegate_request request;

    if (!yes && !cg_interactive(tool))
        return cg_usage(tool, "--yes", "is needed where nobody can be asked");
    int status = yes ? CG_DONE : ask_erasure(tool);
    if (status != CG_DONE)
        return status;
    begin_request(tool, CASEGATE_ERASE, &request);
    return apply(tool, &request);
}

/* Offers the list of reasons by number; a code will do as well. */
static int ask_reason(struct cg_tool *tool, char *line, size_t cap)
{
    const casegate_policy *policy = casegate_outcome_policy(tool->outcome);
    size_t count = casegate_policy_reason_count(policy);

    cg_put(tool->out, "Why is it rejected?\n");
    for (size_t i = 0; i < count; i++) {
        const casegate_reason *reason = casegate_policy_reason_at(policy, i);
        cg_putf(tool->out, "  %zu  ", i + 1);
        cg_put_safe(tool->out, cg_reason_label(reason->labels, reason->label_count, reason->code));
        cg_put(tool->out, (reason->needs & CASEGATE_NEED_COMMENT) != 0 ? " (needs a comment)" : "");
        cg_put(tool->out, (reason->needs & CASEGATE_NEED_FILE) != 0 ? " (needs a file)\n" : "\n");
    }
    if (cg_flush(tool) != CG_DONE)
        return 0;
    if (!cg_ask("Number of the reason: ", line, cap) || *line == 0)
        return 0;
    char *end;
    unsigned long number = strtoul(line, &end, 10);
    const casegate_reason *chosen = *end == 0 && number > 0 ? casegate_policy_reason_at(policy, number - 1) : NULL;
    if (chosen != NULL)
        snprintf(line, cap, "%s", chosen->code);
    return 1;
}

/* What a rejection lacks, at a terminal: what was reviewed, the reason, a comment, the confirmation. */
static int ask_rejection(struct cg_tool *tool)
{
    int status = show_for_decision(tool);

    if (status != CG_DONE)
        return status;
    if (tool->opt.reason == NULL) {
        if (!ask_reason(tool, tool->reason, sizeof tool->reason))
            return not_confirmed(tool);
        tool->opt.reason = tool->reason;
    }
    if (tool->opt.comment == NULL) {
        if (!cg_ask("Comment for clinic and dentist (none: just Enter): ", tool->comment, sizeof tool->comment))
            return not_confirmed(tool);
        tool->opt.comment = tool->comment;
    }
    return CG_DONE;
}

static int reject(struct cg_tool *tool, int interactive)
{
    const casegate_file *const *files = NULL;
    casegate_request request;
    char *text = NULL;
    size_t len = 0;
    int status = CG_DONE;

    begin_request(tool, CASEGATE_REJECT, &request);
    request.reason = tool->opt.reason;
    request.comment = tool->opt.comment;
    if (tool->opt.file_list != NULL) {
        status = cg_read_file(tool, tool->opt.file_list, CG_MOST_JSON, &text, &len);
        if (status == CG_DONE &&
            casegate_json_read_files(NULL, text, len, &files, &request.file_count, &tool->err) != CASEGATE_OK)
            status = cg_invalid_input(tool);
        request.files = files;
    }
    if (status == CG_DONE && interactive) {
        status = check(tool, &request);
        if (status == CG_DONE && !confirmed("Reject", request.revision))
            status = not_confirmed(tool);
    }
    if (status == CG_DONE)
        status = apply(tool, &request);
    casegate_json_free_files(NULL, files);
    free(text);
    return status;
}

int cg_do_reject(struct cg_tool *tool)
{
    int interactive = (tool->opt.revision == 0 || tool->opt.reason == NULL) && cg_interactive(tool);
    int status = interactive ? ask_rejection(tool) : CG_DONE;

    if (status == CG_DONE)
        status = reject(tool, interactive);
    return status;
}
