/* SPDX-License-Identifier: MIT */
/* workflow.c: a workflow definition as JSON, format casegate-workflow/1. */
#include "internal.h"

enum { FIRST_HOST_BIT = 16, BITS = 64 };
static const struct { const char *name; uint32_t bit; } needs[] = {
    { "revision", CASEGATE_NEED_REVISION }, { "reason", CASEGATE_NEED_REASON }, { "comment", CASEGATE_NEED_COMMENT }, { "file",
            CASEGATE_NEED_FILE },
};

static void write_permissions(cg_writer *w, const casegate_workflow *workflow)
{
    cg_key(w, "permissions");
    cg_open(w, '{');
    for (int bit = FIRST_HOST_BIT; bit < BITS; bit++) {
        const char *name = casegate_permission_name(workflow, UINT64_C(1) << bit);
        if (!*name) continue;
        cg_key(w, name);
        cg_integer(w, bit);
    }
    cg_close(w, '}');
}

static void write_status(cg_writer *w, const casegate_status *status)
{
    cg_open(w, '{');
    cg_key(w, "code");
    cg_integer(w, status->code);
    cg_member(w, "name", status->name);
    cg_member(w, "phase", casegate_phase_name(status->phase));
    if (status->label_count) {
        cg_key(w, "label");
        cg_write_label_list(w, status->labels, status->label_count);
    }
    cg_close(w, '}');
}

static void write_roles(cg_writer *w, const casegate_action *action)
{
    cg_key(w, "roles");
    cg_open(w, '[');
    for (int32_t role = CASEGATE_CLINIC_USER; role <= CASEGATE_SYSTEM; role++) {
        if (!(action->roles >> role & 1)) continue;
        cg_element(w);
        cg_text(w, casegate_role_name(role));
    }
    cg_close(w, ']');
}

static void write_needs(cg_writer *w, const casegate_action *action)
{
    if (!action->needs) return;
    cg_key(w, "needs");
    cg_open(w, '[');
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        if (!(action->needs & needs[i].bit)) continue;
        cg_element(w);
        cg_text(w, needs[i].name);
    }
    cg_close(w, ']');
}

static const char *status_name(const casegate_workflow *workflow, int32_t code)
{
    const casegate_status *status = casegate_workflow_status(workflow, code);
    return status ? status->name : "";
}

/* Transitions of the action to one status, or all of its edits, are one row: "from" is a list. */
static int same_row(const casegate_transition *a, const casegate_transition *b, const casegate_action *action)
{
    return b && b->action == action->code && (action->does == CASEGATE_DOES_EDIT || a->to == b->to);
}

static size_t write_transition(cg_writer *w, const casegate_workflow *workflow, const casegate_action *action, size_t i)
{
    const casegate_transition *first = casegate_workflow_transition_at(workflow, i);
    cg_element(w);
    cg_open(w, '{');
    cg_key(w, "from");
    cg_open(w, '[');
    for (; same_row(first, casegate_workflow_transition_at(workflow, i), action); i++) {
        cg_element(w);
        cg_text(w, status_name(workflow, casegate_workflow_transition_at(workflow, i)->from));
    }
    cg_close(w, ']');
    if (action->does != CASEGATE_DOES_EDIT) cg_member(w, "to", status_name(workflow, first->to));
    cg_close(w, '}');
    return i;
}

static void write_transitions(cg_writer *w, const casegate_workflow *workflow, const casegate_action *action)
{
    cg_key(w, "transitions");
    cg_open(w, '[');
    for (size_t i = 0; i < casegate_workflow_transition_count(workflow);)
        i = casegate_workflow_transition_at(workflow, i)->action == action->code ? write_transition(w, workflow, action,
                i) : i + 1;
    cg_close(w, ']');
}

static void write_action(cg_writer *w, const casegate_workflow *workflow, const casegate_action *action)
{
    cg_open(w, '{');
    cg_key(w, "code");
    cg_integer(w, action->code);
    cg_member(w, "name", action->name);
    write_roles(w, action);
    cg_member(w, "permission", casegate_permission_name(workflow, action->permission));
    write_needs(w, action);
    if (action->does == CASEGATE_DOES_EDIT) {
        cg_key(w, "edits");
        cg_literal(w, "true");
    }
    write_transitions(w, workflow, action);
    if (action->guard_count) {
        cg_key(w, "guards");
        cg_write_line_list(w, action->guards, action->guard_count);
    }
    cg_close(w, '}');
}

/* ---- notices: rows that multiply out are written as one ------------------------------------------------------------------- */

static const casegate_notice_rule *rule_at(const casegate_workflow *workflow,
                                           size_t i) { return casegate_workflow_notice_at(workflow, i); }

/* How many rules from i on belong to one recipient, with its channels in order. */
static size_t channels_from(const casegate_workflow *workflow, size_t i)
{
    const casegate_notice_rule *first = rule_at(workflow, i), *rule;
    size_t n = 1;
    while ((rule = rule_at(workflow, i + n)) != NULL && rule->action == first->action && rule->to == first->to &&
           rule->mutable_ == first->mutable_) n++;
    return n;
}

static int same_channels(const casegate_workflow *workflow, size_t a, size_t b, size_t n)
{
    const casegate_notice_rule *first = rule_at(workflow, a), *rule = rule_at(workflow, b);
    if (!rule || rule->action != first->action || rule->mutable_ != first->mutable_ || channels_from(workflow, b) != n) return 0;
    for (size_t i = 0; i < n; i++)
        if (strcmp(rule_at(workflow, a + i)->channel, rule_at(workflow, b + i)->channel) != 0) return 0;
    return 1;
}

static size_t write_rule(cg_writer *w, const casegate_workflow *workflow, size_t i)
{
    const casegate_notice_rule *first = rule_at(workflow, i);
    size_t n = channels_from(workflow, i), start = i;
    cg_element(w);
    cg_open(w, '{');
    cg_member(w, "action", casegate_workflow_action(workflow, first->action)->name);
    cg_key(w, "to");
    cg_open(w, '[');
    do {
        cg_element(w);
        cg_text(w, casegate_recipient_name(rule_at(workflow, i)->to));
        i += n;
    } while (same_channels(workflow, start, i, n));
    cg_close(w, ']');
    cg_key(w, "channels");
    cg_open(w, '[');
    for (size_t k = 0; k < n; k++) {
        cg_element(w);
        cg_text(w, rule_at(workflow, start + k)->channel);
    }
    cg_close(w, ']');
    cg_key(w, "mutable");
    cg_literal(w, first->mutable_ ? "true" : "false");
    cg_close(w, '}');
    return i;
}

casegate_result casegate_json_write_workflow(const casegate_workflow *workflow, uint32_t indent, casegate_buffer *out)
{
    cg_writer w = { .out = out, .indent = indent };
    if (!out || !workflow) return out ? CASEGATE_E_INVALID : CASEGATE_E_NOMEM;
    cg_open(&w, '{');
    cg_member(&w, "format", "casegate-workflow/1");
    cg_member(&w, "name", casegate_workflow_name(workflow));
    cg_key(&w, "version");
    cg_integer(&w, casegate_workflow_version(workflow));
    write_permissions(&w, workflow);
    cg_key(&w, "statuses");
    cg_open(&w, '[');
    for (size_t i = 0; i < casegate_workflow_status_count(workflow); i++) {
        cg_element(&w);
        write_status(&w, casegate_workflow_status_at(workflow, i));
    }
    cg_close(&w, ']');
    cg_key(&w, "actions");
    cg_open(&w, '[');
    for (size_t i = 0; i < casegate_workflow_action_count(workflow); i++) {
        cg_element(&w);
        write_action(&w, workflow, casegate_workflow_action_at(workflow, i));
    }
    cg_close(&w, ']');
    cg_key(&w, "notices");
    cg_open(&w, '[');
    for (size_t i = 0; i < casegate_workflow_notice_count(workflow);) i = write_rule(&w, workflow, i);
    cg_close(&w, ']');
    cg_close(&w, '}');
    return cg_written(&w);
}
