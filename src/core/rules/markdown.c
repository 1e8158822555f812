/* SPDX-License-Identifier: MIT */
/* markdown.c: the decision table of a workflow in Markdown, made by asking the decision function itself. */
#include "rules.h"

static void put(casegate_buffer *out, const char *text) { casegate_buffer_append(out, text, SIZE_MAX); }

static void put3(casegate_buffer *out, const char *a, const char *b, const char *c)
{
    put(out, a);
    put(out, b);
    put(out, c);
}

/* Guards that let pass: a table is made without the host's own rules. */
typedef struct consent { casegate_guard_answer answers[CG_MOST_GUARDS]; const casegate_guard_answer *list[CG_MOST_GUARDS]; } consent;

static void let_pass(consent *c, const casegate_action *action, casegate_facts *facts)
{
    for (size_t i = 0; i < action->guard_count && i < CG_MOST_GUARDS; i++) {
        c->answers[i] = (casegate_guard_answer) { sizeof c->answers[i], action->guards[i], NULL };
        c->list[i] = &c->answers[i];
    }
    facts->guards = c->list;
    facts->guard_count = action->guard_count;
}

/* One cell: the status that the action leads to for someone with every permission, or the obstacles. */
static casegate_result put_cell(casegate_buffer *out, const cg_ask *ask, casegate_verdict *verdict)
{
    const casegate_actor actor = { .fields = *ask->actor };
    const struct casegate_case kase = { .head = ask->head };
    consent guards;
    casegate_facts facts = { .size = sizeof facts, .workflow = ask->workflow, .policy = &cg_policy_default, .kase = &kase };
    let_pass(&guards, ask->action, &facts);
    casegate_result rc = casegate_explain(&facts, &actor, ask->action->code, verdict, NULL);
    const casegate_status *to = cg_workflow_next(ask->workflow, cg_action_slot(ask->workflow, ask->action->code),
                                                 cg_status_slot(ask->workflow, ask->status->code));
    put(out, " | ");
    if (rc == CASEGATE_OK) put3(out, "→ `", to->name, "`");
    for (size_t i = 0; rc == CASEGATE_REFUSED && i < casegate_verdict_count(verdict); i++)
        put3(out, i ? ", " : "", casegate_verdict_at(verdict, i)->name, "");
    return rc < 0 ? rc : CASEGATE_OK;
}

/* One row: an action in a status, for every role. */
static casegate_result put_row(casegate_buffer *out, cg_ask *ask, casegate_verdict *verdict)
{
    casegate_result rc = CASEGATE_OK;
    put3(out, "| `", ask->status->name, "` | `");
    put3(out, ask->action->name, "`", "");
    for (int32_t role = CASEGATE_CLINIC_USER; rc == CASEGATE_OK && role <= CASEGATE_SYSTEM; role++) {
        const casegate_actor_fields actor = { .size = sizeof actor, .id = "someone", .org = "organisation", .role = role,
                                              .permissions = UINT64_MAX };
        ask->actor = &actor;
        rc = put_cell(out, ask, verdict);
    }
    put(out, " |\n");
    return rc;
}

/* A complete case in a status, of an organisation that is clinic and lab at once, so that every role sees it once submitted. */
static casegate_head sample(const casegate_workflow *workflow, const casegate_status *status)
{
    return (casegate_head) { .size = sizeof(casegate_head), .id = "sample", .clinic = "organisation", .lab = "organisation",
                             .workflow = workflow->name, .workflow_version = workflow->version, .version = 1, .revision = 1, .attempt = 1,
                             .patient_name = "someone", .dentist_name = "someone", .due = "9999-12-31", .service_count = 1,
                             .phase = status->phase };
}

static casegate_result put_status(casegate_buffer *out, const casegate_workflow *workflow, const casegate_status *status,
                                  casegate_verdict *verdict)
{
    casegate_result rc = CASEGATE_OK;
    const casegate_head base = sample(workflow, status);
    const casegate_event event = { .size = sizeof event, .to = status->code, .seq = 1, .revision = 1,
                                   .attempt = status->phase != CASEGATE_PHASE_DRAFT };
    casegate_head head;
    cg_head_as_then(&base, &event, &head);
    cg_ask ask = { .workflow = workflow, .head = &head, .status = status };
    for (size_t i = 0; rc == CASEGATE_OK && i < workflow->action_count; i++) {
        ask.action = workflow->actions[i];
        rc = put_row(out, &ask, verdict);
    }
    return rc;
}

casegate_result casegate_workflow_markdown(const casegate_workflow *workflow, casegate_buffer *out)
{
    casegate_result rc = CASEGATE_OK;
    if (!workflow || !out) return CASEGATE_E_INVALID;
    casegate_verdict *verdict = casegate_verdict_new(NULL);
    if (!verdict) return CASEGATE_E_NOMEM;
    put(out, "| status | action");
    for (int32_t role = CASEGATE_CLINIC_USER; role <= CASEGATE_SYSTEM; role++) put3(out, " | ", casegate_role_name(role), "");
    put(out, " |\n| --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; rc == CASEGATE_OK && i < workflow->status_count; i++) rc = put_status(out, workflow,
            workflow->statuses[i], verdict);
    casegate_verdict_free(verdict);
    return rc == CASEGATE_OK ? casegate_buffer_status(out) : rc;
}
