/* SPDX-License-Identifier: MIT */
/* notices.c: the commands for what people are told: the inbox of the portal, one pass over the e-mail notices that are due. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static void add_notice(struct cg_table *table, const casegate_notice *notice)
{
    char time[32];

    casegate_time_format(notice->time_us, time, sizeof time);
    cg_table_cell(table, notice->id);
    cg_table_cellf(table, "%.10s %.8s", time, strlen(time) > 19 ? time + 11 : "");
    cg_table_cell(table, notice->template_code);
    cg_table_cell(table, notice->reference);
    cg_table_cellf(table, "%u", notice->attempt);
    cg_table_cell(table, notice->read ? "read" : "new");
    cg_table_paint(table, notice->read ? CG_DIM : CG_YELLOW);
    if (notice->reason != NULL && *notice->reason != 0)
        cg_table_note(table, "reason", cg_reason_label(notice->reason_labels, notice->reason_label_count, notice->reason));
    cg_table_note(table, "comment", notice->comment);
    for (size_t i = 0; i < notice->file_count; i++)
        cg_table_note(table, "file", notice->files[i]->name);
}

/* Adds a page to the answer; gives the id of its last notice (the caller's), NULL at the end. */
static char *take_page(struct cg_tool *tool, struct cg_table *table, int first)
{
    size_t count = casegate_outcome_notice_count(tool->outcome);

    for (size_t i = 0; i < count; i++) {
        const casegate_notice *notice = casegate_outcome_notice_at(tool->outcome, i);
        if (!tool->json) {
            add_notice(table, notice);
            continue;
        }
        cg_put(tool->out, first && i == 0 ? "" : ",");
        cg_wrote(tool, casegate_json_write_notice(notice, 0, tool->out));
    }
    char *last = count > 0 ? strdup(casegate_outcome_notice_at(tool->outcome, count - 1)->id) : NULL;
    if (count > 0 && last == NULL)
        cg_wrote(tool, CASEGATE_E_NOMEM);
    return last;
}

static int look(struct cg_tool *tool)
{
    static const char *const heads[] = { "NOTICE", "TIME (UTC)", "WHAT", "REFERENCE", "ATTEMPT", "STATE" };
    struct cg_table *table = cg_table_new(heads, sizeof heads / sizeof *heads);
    char *after = NULL;
    int status, first = 1;

    cg_put(tool->out, tool->json ? "{\"notices\":[" : "");
    do {
        status = cg_answered(tool, casegate_engine_inbox(tool->engine, &tool->call, after, 1000, tool->outcome, &tool->err));
        free(after);
        after = status == CG_DONE ? take_page(tool, table, first) : NULL;
        first = 0;
    } while (after != NULL);
    cg_wrote(tool, cg_table_write(table, status == CG_DONE && !tool->json ? tool->out : NULL, tool->colour, ""));
    if (status == CG_DONE)
        cg_putf(tool->out, tool->json ? "],\"unread\":%llu}\n" : "%llu unread\n",
                (unsigned long long)casegate_outcome_total(tool->outcome));
    return status;
}

static int mark(struct cg_tool *tool)
{
    const char *id = strcmp(tool->opt.mark_read, "all") == 0 ? NULL : tool->opt.mark_read;
    int status = cg_answered(tool, casegate_engine_mark_read(tool->engine, &tool->call, id, tool->outcome, &tool->err));

    if (status == CG_DONE)
        cg_putf(tool->out, tool->json ? "{\"unread\":%llu}\n" : "%llu unread\n",
                (unsigned long long)casegate_outcome_total(tool->outcome));
    return status;
}

int cg_do_inbox(struct cg_tool *tool)
{
    return tool->opt.mark_read != NULL ? mark(tool) : look(tool);
}

int cg_do_deliver(struct cg_tool *tool)
{
    casegate_dispatched d;

    if (tool->notifier == NULL)
        return cg_usage(tool, "--outbox", "is missing, and CASEGATE_OUTBOX is not set; or --smtp");
    casegate_dispatched_init(&d, sizeof d);
    casegate_result rc = casegate_engine_dispatch(tool->engine, NULL, "email", 0, &d, &tool->err);
    if (rc != CASEGATE_OK)
        return cg_answered(tool, rc);
    cg_putf(tool->out,
            tool->json ? "{\"delivered\":%u,\"failed\":%u,\"dead\":%u,\"lost\":%u}\n"
                       : "delivered %u, failed %u (will be tried again), dead %u, lost %u\n",
            d.delivered, d.failed, d.dead, d.lost);
    return CG_DONE;
}
