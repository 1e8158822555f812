/* SPDX-License-Identifier: MIT */
/* verify.c: whether the record of one case, or of every visible one, is intact. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* The ids of the visible cases, page by page; taken first, so that the bar knows how far it is. */
static int add_id(struct cg_ids *ids, const char *id)
{
    if (ids->count == ids->room) {
        size_t room = ids->room == 0 ? 256 : ids->room * 2;
        char **larger = realloc(ids->id, room * sizeof *larger);
        if (larger == NULL)
            return 0;
        ids->id = larger;
        ids->room = room;
    }
    ids->id[ids->count] = strdup(id);
    return ids->id[ids->count] != NULL && ++ids->count > 0;
}

void cg_free_ids(struct cg_ids *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        free(ids->id[i]);
    free(ids->id);
}

int cg_take_ids(struct cg_tool *tool, struct cg_ids *ids)
{
    casegate_list list;
    char *after = NULL;
    int status;

    casegate_list_init(&list, sizeof list);
    list.limit = 1000;
    do {
        list.after = after;
        status = cg_answered(tool, casegate_engine_list(tool->engine, &tool->call, &list, tool->outcome, &tool->err));
        free(after);
        after = NULL;
        for (size_t i = 0; status == CG_DONE && i < casegate_outcome_head_count(tool->outcome); i++)
            if (!add_id(ids, casegate_outcome_head_at(tool->outcome, i)->id))
                status = cg_fail(tool, CASEGATE_E_NOMEM, "", "");
        const char *next = status == CG_DONE ? casegate_outcome_next(tool->outcome) : NULL;
        if (next != NULL && (after = strdup(next)) == NULL)
            status = cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    } while (after != NULL);
    return status;
}

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

/* Verifies one case; `broken` and `shown` are counted. Of many cases only the broken ones are shown to people. */
static int verify(struct cg_tool *tool, const char *id, int all, size_t *broken, size_t *shown)
{
    casegate_error_init(&tool->err, sizeof tool->err);
    casegate_result rc = casegate_engine_verify(tool->engine, &tool->call, id, tool->outcome, &tool->err);

    if (rc == CASEGATE_E_CORRUPT) {
        put_unreadable(tool, id, (*shown)++);
        ++*broken;
        return CG_DONE;
    }
    if (rc != CASEGATE_OK)
        return cg_answered(tool, rc);
    const casegate_verification *v = casegate_outcome_verification(tool->outcome);
    *broken += !v->intact;
    if (!all || !v->intact || tool->json)
        put_result(tool, id, v, (*shown)++);
    return CG_DONE;
}

static int verify_all(struct cg_tool *tool, size_t *broken, size_t *count)
{
    struct cg_ids ids = { NULL, 0, 0 };
    size_t shown = 0;
    int status = cg_take_ids(tool, &ids);

    for (size_t i = 0; status == CG_DONE && i < ids.count; i++) {
        cg_progress("verify", i, ids.count);
        status = verify(tool, ids.id[i], 1, broken, &shown);
    }
    cg_progress("verify", ids.count, ids.count);
    *count = ids.count;
    cg_free_ids(&ids);
    return status;
}

int cg_do_verify(struct cg_tool *tool)
{
    size_t broken = 0, shown = 0, count = 1;
    int all = tool->operand_count == 0, status;

    cg_put(tool->out, tool->json ? "{\"cases\":[" : "");
    status = all ? verify_all(tool, &broken, &count) : verify(tool, tool->case_id, 0, &broken, &shown);
    if (status != CG_DONE)
        return status;
    if (tool->json)
        cg_putf(tool->out, "],\"intact\":%s}\n", broken == 0 ? "true" : "false");
    else if (all)
        cg_putf(tool->out, "%zu case%s, %zu not intact\n", count, count == 1 ? "" : "s", broken);
    return broken == 0 ? CG_DONE : CG_ERROR;
}
