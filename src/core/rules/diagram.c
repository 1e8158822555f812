/* SPDX-License-Identifier: MIT */
/* diagram.c: a workflow's table drawn: Graphviz DOT, Mermaid and SCXML; every arrow is a transition, and there is no other. */
#include "rules.h"

static void put(casegate_buffer *out, const char *text) { casegate_buffer_append(out, text, SIZE_MAX); }

static void put_all(casegate_buffer *out, const char *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) put(out, parts[i]);
}
#define PUT(out, ...) put_all(out, (const char *const[]) { __VA_ARGS__ }, sizeof((const char *const[]) { __VA_ARGS__ }) / sizeof(char *))

/* A text with what its surroundings would take for their own replaced; NULL in `with` leaves a character as it is. */
typedef struct escape { char c; const char *with; } escape;
static const escape for_dot[] = { { '"', "\\\"" }, { '\\', "\\\\" }, { 0, NULL } };
static const escape for_mermaid[] = { { '"', "'" }, { ':', " " }, { ';', "," }, { '#', " " }, { 0, NULL } };
static const escape for_xml[] = { { '<', "&lt;" }, { '>', "&gt;" }, { '&', "&amp;" }, { '"', "&quot;" }, { 0, NULL } };

static void put_escaped(casegate_buffer *out, const char *text, const escape *escapes)
{
    for (; *text; text++) {
        const escape *e = escapes;
        while (e->c && e->c != *text) e++;
        if (e->c) put(out, e->with);
        else casegate_buffer_append(out, text, 1);
    }
}

static const char *label_of(const casegate_status *status)
{
    const char *label = casegate_label_for(status->labels, status->label_count, "en");
    return label ? label : status->name;
}

static int is_locked(const casegate_status *status)
{
    return status->phase == CASEGATE_PHASE_ACCEPTED || status->phase == CASEGATE_PHASE_CLOSED;
}

/* A transition with what it joins. */
typedef struct arrow { const casegate_action *action; const casegate_status *from, *to; } arrow;

static arrow arrow_at(const casegate_workflow *workflow, size_t i)
{
    const casegate_transition *t = workflow->transitions[i];
    return (arrow) { casegate_workflow_action(workflow, t->action), casegate_workflow_status(workflow, t->from),
                     casegate_workflow_status(workflow, t->to) };
}

static casegate_result finish(casegate_buffer *out) { return casegate_buffer_status(out); }

/* ---- Graphviz DOT ---------------------------------------------------------------------------------------------------------- */

typedef struct look { const char *fill, *border; } look;
static const look phase_looks[] = {
    [CASEGATE_PHASE_DRAFT] = { "#f1f3f5", "#868e96" }, [CASEGATE_PHASE_PENDING] = { "#fff3bf", "#e67700" },
    [CASEGATE_PHASE_ACCEPTED] = { "#d3f9d8", "#2b8a3e" }, [CASEGATE_PHASE_REJECTED] = { "#ffe3e3", "#c92a2a" },
    [CASEGATE_PHASE_CLOSED] = { "#dee2e6", "#495057" },
};
/* Decisions stand out; edits stay in the background. */
static const char *const arrow_looks[] = {
    [CASEGATE_DOES_SUBMISSION] = "color=\"#1864ab\" fontcolor=\"#1864ab\"",
    [CASEGATE_DOES_ACCEPTANCE] = "color=\"#2b8a3e\" fontcolor=\"#2b8a3e\" penwidth=2.5",
    [CASEGATE_DOES_REJECTION] = "color=\"#c92a2a\" fontcolor=\"#c92a2a\" penwidth=2.5",
    [CASEGATE_DOES_CLOSING] = "color=\"#495057\" fontcolor=\"#495057\"",
    [CASEGATE_DOES_MOVE] = "color=\"#495057\" fontcolor=\"#495057\"",
    [CASEGATE_DOES_EDIT] = "color=\"#adb5bd\" fontcolor=\"#868e96\" style=dashed",
};

static void put_dot_status(casegate_buffer *out, const casegate_status *status)
{
    const look *l = &phase_looks[status->phase];
    PUT(out, "    \"", status->name, "\" [label=\"");
    put_escaped(out, label_of(status), for_dot);
    if (is_locked(status)) put(out, "\\n(locked)");
    PUT(out, "\" fillcolor=\"", l->fill, "\" color=\"", l->border, "\"", is_locked(status) ? " penwidth=3" : "", "];\n");
}

static void put_dot_phase(casegate_buffer *out, const casegate_workflow *workflow, int32_t phase)
{
    int any = 0;
    for (size_t i = 0; i < workflow->status_count; i++) {
        if (workflow->statuses[i]->phase != phase) continue;
        if (!any++)
            PUT(out, "  subgraph cluster_", casegate_phase_name(phase), " {\n    label=\"phase ", casegate_phase_name(phase),
                "\" style=rounded color=\"#ced4da\" fontcolor=\"#868e96\";\n");
        put_dot_status(out, workflow->statuses[i]);
    }
    if (any) put(out, "  }\n");
}

casegate_result casegate_workflow_dot(const casegate_workflow *workflow, casegate_buffer *out)
{
    if (!workflow || !out) return CASEGATE_E_INVALID;
    PUT(out, "digraph \"", workflow->name, "\" {\n  rankdir=LR; nodesep=0.4; ranksep=0.7;\n"
        "  node [shape=box style=\"rounded,filled\" fontname=\"Helvetica\" margin=\"0.2,0.1\"];\n"
        "  edge [fontname=\"Helvetica\" fontsize=11];\n  graph [fontname=\"Helvetica\" fontsize=11];\n"
        "  \"(begin)\" [shape=circle style=filled fillcolor=black label=\"\" width=0.15];\n");
    for (int32_t phase = CASEGATE_PHASE_DRAFT; phase <= CASEGATE_PHASE_CLOSED; phase++) put_dot_phase(out, workflow, phase);
    PUT(out, "  \"(begin)\" -> \"", cg_workflow_initial(workflow)->name, "\" [label=\"create\"];\n");
    for (size_t i = 0; i < workflow->transition_count; i++) {
        const arrow a = arrow_at(workflow, i);
        PUT(out, "  \"", a.from->name, "\" -> \"", a.to->name, "\" [label=\"", a.action->name, "\" ", arrow_looks[a.action->does], "];\n");
    }
    put(out, "}\n");
    return finish(out);
}

/* ---- Mermaid ----------------------------------------------------------------------------------------------------------------- */

/* Names of states are words without hyphens there; a status is known by its code. */
static void put_state(casegate_buffer *out, const casegate_status *status)
{
    char digits[12], *text = digits + sizeof digits - 1;
    *text = '\0';
    for (int32_t rest = status->code; rest; rest /= 10) *--text = (char)('0' + rest % 10);
    PUT(out, "s", text);
}

casegate_result casegate_workflow_mermaid(const casegate_workflow *workflow, casegate_buffer *out)
{
    if (!workflow || !out) return CASEGATE_E_INVALID;
    put(out, "stateDiagram-v2\n  direction LR\n");
    for (size_t i = 0; i < workflow->status_count; i++) {
        put(out, "  state \"");
        put_escaped(out, label_of(workflow->statuses[i]), for_mermaid);
        PUT(out, is_locked(workflow->statuses[i]) ? " (locked)" : "", "\" as ");
        put_state(out, workflow->statuses[i]);
        put(out, "\n");
    }
    put(out, "  [*] --> ");
    put_state(out, cg_workflow_initial(workflow));
    put(out, " : create\n");
    for (size_t i = 0; i < workflow->transition_count; i++) {
        const arrow a = arrow_at(workflow, i);
        put(out, "  ");
        put_state(out, a.from);
        put(out, " --> ");
        put_state(out, a.to);
        PUT(out, " : ", a.action->name, "\n");
    }
    return finish(out);
}

/* ---- SCXML, W3C Recommendation of 1 September 2015 ----------------------------------------------------------------------------- */

static void put_scxml_transition(casegate_buffer *out, const arrow *a)
{
    put(out, "    <transition event=\"");
    put_escaped(out, a->action->name, for_xml);
    put(out, "\" target=\"");
    put_escaped(out, a->to->name, for_xml);
    put(out, "\"/>\n");
}

static size_t leaving(const casegate_workflow *workflow, const casegate_status *status)
{
    size_t n = 0;
    for (size_t i = 0; i < workflow->transition_count; i++) n += workflow->transitions[i]->from == status->code;
    return n;
}

/* What nothing leads out of is final. */
static void put_scxml_status(casegate_buffer *out, const casegate_workflow *workflow, const casegate_status *status)
{
    int final = leaving(workflow, status) == 0;
    put(out, final ? "  <final id=\"" : "  <state id=\"");
    put_escaped(out, status->name, for_xml);
    if (final) {
        put(out, "\"/>\n");
        return;
    }
    put(out, "\">\n");
    for (size_t i = 0; i < workflow->transition_count; i++) {
        const arrow a = arrow_at(workflow, i);
        if (a.from == status) put_scxml_transition(out, &a);
    }
    put(out, "  </state>\n");
}

casegate_result casegate_workflow_scxml(const casegate_workflow *workflow, casegate_buffer *out)
{
    if (!workflow || !out) return CASEGATE_E_INVALID;
    put(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" version=\"1.0\" name=\"");
    put_escaped(out, workflow->name, for_xml);
    put(out, "\" initial=\"");
    put_escaped(out, cg_workflow_initial(workflow)->name, for_xml);
    put(out, "\">\n");
    for (size_t i = 0; i < workflow->status_count; i++) put_scxml_status(out, workflow, workflow->statuses[i]);
    put(out, "</scxml>\n");
    return finish(out);
}
