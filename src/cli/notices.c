/* SPDX-License-Identifier: MIT */
/* notices.c: `inbox`: what the portal has to tell to the one who acts, and what was read of it. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* "margin.png (image, image/png, 81920 bytes, id f-9)", and where it is. */
static void add_file(struct cg_table *table, const casegate_file *file)
{
    casegate_buffer *line = casegate_buffer_new(NULL);
    const char *const parts[] = { file->kind, file->media_type };

    if (line == NULL)
        return;
    cg_put_safe(line, file->name != NULL && *file->name != 0 ? file->name : file->id);
    cg_put(line, " (");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i] != NULL && *parts[i] != 0) {
            cg_put_safe(line, parts[i]);
            cg_put(line, ", ");
        }
    if (file->size_known)
        cg_putf(line, "%lld bytes, ", (long long)file->bytes);
    cg_put(line, "id ");
    cg_put_safe(line, file->id);
    cg_put(line, ")");
    cg_table_note(table, "file", casegate_buffer_data(line));
    cg_table_note(table, "at", file->uri);
    casegate_buffer_free(line);
}

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
        add_file(table, notice->files[i]);
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

/* All of it, or one page where --limit or --after ask for one. *next is the caller's. */
static int look_through(struct cg_tool *tool, struct cg_table *table, char **next)
{
    const int one = tool->opt.limit != 0 || tool->opt.after != NULL;
    const uint32_t limit = tool->opt.limit != 0 ? tool->opt.limit : one ? 50 : 1000;
    char *after = tool->opt.after != NULL ? strdup(tool->opt.after) : NULL;
    int status, first = 1, full;

    do {
        status = cg_answered(tool, casegate_engine_inbox(tool->engine, &tool->call, after, limit, tool->outcome, &tool->err));
        free(after);
        full = status == CG_DONE && casegate_outcome_notice_count(tool->outcome) == limit;
        after = status == CG_DONE ? take_page(tool, table, first) : NULL;
        first = 0;
    } while (after != NULL && !one);
    if (full)
        *next = after;
    else
        free(after);
    return status;
}

static int look(struct cg_tool *tool)
{
    static const char *const heads[] = { "NOTICE", "TIME (UTC)", "WHAT", "REFERENCE", "ATTEMPT", "STATE" };
    char *next = NULL;

    if (tool->opt.limit > 1000)
        return cg_usage(tool, "--limit", "wants 1 to 1000");
    struct cg_table *table = cg_table_new(heads, sizeof heads / sizeof *heads);
    cg_put(tool->out, tool->json ? "{\"notices\":[" : "");
    int status = look_through(tool, table, &next);
    cg_wrote(tool, cg_table_write(table, status == CG_DONE && !tool->json ? tool->out : NULL, tool->colour, ""));
    const unsigned long long unread = casegate_outcome_total(tool->outcome);
    if (status == CG_DONE && tool->json) {
        cg_putf(tool->out, "],\"unread\":%llu,\"next\":", unread);
        cg_wrote(tool, casegate_json_write_text(next, tool->out));
        cg_put(tool->out, "}\n");
    } else if (status == CG_DONE) {
        cg_putf(tool->out, "%llu unread\n", unread);
        cg_put(tool->out, next != NULL ? "there may be more: --after " : "");
        cg_put_safe(tool->out, next);
        cg_put(tool->out, next != NULL ? "\n" : "");
    }
    free(next);
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
