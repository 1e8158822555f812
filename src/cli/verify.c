/* SPDX-License-Identifier: MIT */
/* verify.c: whether the record of one case, or of every visible one, is intact. */
#include "cli.h"

static void put_result(struct cg_tool *tool, const char *id, const casegate_verification *v, size_t shown)
{
    if (tool->json) {
        cg_put(tool->out, shown > 0 ? ",{\"case\":" : "{\"case\":");
        cg_wrote(tool, casegate_json_write_text(id, tool->out));
        cg_putf(tool->out, ",\"intact\":%s,\"erased\":%s,\"events\":%u", v->intact ? "true" : "false",
                v->erased ? "true" : "false", v->events);
        cg_put(tool->out, ",\"hash\":");
        cg_wrote(tool, casegate_json_write_text(v->hash, tool->out));
        if (!v->intact) {
            cg_putf(tool->out, ",\"seq\":%u,\"problem\":", v->seq);
            cg_wrote(tool, casegate_json_write_text(v->problem, tool->out));
        }
        cg_put(tool->out, "}");
        return;
    }
    cg_put_safe(tool->out, id);
    cg_put(tool->out, ": ");
    cg_put_coloured(tool->out, tool->colour, v->intact ? CG_GREEN : CG_RED, v->intact ? "intact" : "NOT INTACT");
    cg_putf(tool->out, ", %u event%s", v->events, v->events == 1 ? "" : "s");
    cg_put(tool->out, v->erased ? ", texts were erased" : "");
    if (!v->intact) {
        cg_put(tool->out, ": ");
        cg_put_safe(tool->out, v->problem);
        if (v->seq != 0)
            cg_putf(tool->out, " (event %u)", v->seq);
    } else if (v->hash != NULL && *v->hash != 0) {
        cg_put(tool->out, ", last hash ");
        cg_put_safe(tool->out, v->hash);
    }
    cg_put(tool->out, "\n");
}

/* A case that cannot even be read is as broken as one whose chain does not fit: it is named, and the others go on. */
static void put_unreadable(struct cg_tool *tool, const char *id, size_t shown)
{
    casegate_verification v = { .size = sizeof v, .problem = tool->err.text, .hash = "" };

    put_result(tool, id, &v, shown);
}

struct verifying {
    casegate_outcome *outcome;   /* of all: one of its own, since the page of cases lies in the tool's */
    int all;
    size_t count, broken, shown, expected;
};

/* Of many cases only the broken ones are shown to people. */
static int verify(struct cg_tool *tool, const char *id, struct verifying *v)
{
    casegate_error_init(&tool->err, sizeof tool->err);
    casegate_result rc = casegate_engine_verify(tool->engine, &tool->call, id, v->outcome, &tool->err);

    if (rc == CASEGATE_E_CORRUPT) {
        put_unreadable(tool, id, v->shown++);
        v->broken++;
        return CG_DONE;
    }
    if (rc == CASEGATE_REFUSED && v->all)   /* gone meanwhile, or not to be seen any more */
        return CG_DONE;
    if (rc != CASEGATE_OK)
        return cg_answered(tool, rc);
    const casegate_verification *found = casegate_outcome_verification(v->outcome);
    v->broken += !found->intact;
    if (!v->all || !found->intact || tool->json)
        put_result(tool, id, found, v->shown++);
    return CG_DONE;
}

static int verify_next(struct cg_tool *tool, const casegate_head *head, void *user)
{
    struct verifying *v = user;

    if (v->count < v->expected)   /* cases that came meanwhile do not end the bar early */
        cg_progress("verify", v->count, v->expected);
    v->count++;
    return verify(tool, head->id, v);
}

static int count_next(struct cg_tool *tool, const casegate_head *head, void *user)
{
    struct verifying *v = user;

    (void)tool, (void)head;
    v->expected++;
    return CG_DONE;
}

/* Counted only for a bar that somebody sees. */
static int verify_all(struct cg_tool *tool, struct verifying *v)
{
    int status = cg_has_terminal() ? cg_walk_cases(tool, count_next, v) : CG_DONE;

    if (status == CG_DONE)
        status = cg_walk_cases(tool, verify_next, v);
    cg_progress("verify", v->expected, v->expected);
    return status;
}

int cg_do_verify(struct cg_tool *tool)
{
    struct verifying v = { .all = tool->operand_count == 0, .outcome = tool->outcome };
    int status;

    if (v.all)
        v.outcome = casegate_outcome_new(NULL);
    status = v.outcome != NULL ? CG_DONE : cg_fail(tool, CASEGATE_E_NOMEM, "", "");

    cg_put(tool->out, status == CG_DONE && tool->json ? "{\"cases\":[" : "");
    if (status == CG_DONE)
        status = v.all ? verify_all(tool, &v) : verify(tool, tool->case_id, &v);
    if (v.all)
        casegate_outcome_free(v.outcome);
    if (status != CG_DONE)
        return status;
    if (tool->json)
        cg_putf(tool->out, "],\"intact\":%s}\n", v.broken == 0 ? "true" : "false");
    else if (v.all)
        cg_putf(tool->out, "%zu case%s, %zu not intact\n", v.count, v.count == 1 ? "" : "s", v.broken);
    return v.broken == 0 ? CG_DONE : CG_ERROR;
}
