/* SPDX-License-Identifier: MIT */
/* operate.c: what an operator does with notices: `notices`, `requeue`, `remind`, `purge`. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* ---- notices ----------------------------------------------------------------------------------------------------- */

static const char *where_to(const casegate_notice *notice)
{
    if (notice->address != NULL && *notice->address != 0)
        return notice->address;
    return notice->person != NULL && *notice->person != 0 ? notice->person : notice->org;
}

static void add_row(struct cg_table *table, const casegate_notice *notice)
{
    char next[40] = "";

    if (notice->next_us != 0)
        casegate_time_format(notice->next_us, next, sizeof next);
    cg_table_cell(table, notice->id);
    cg_table_cell(table, casegate_notice_state_name(notice->state));
    cg_table_paint(table, notice->state == CASEGATE_NOTICE_DEAD ? CG_RED :
                   notice->state == CASEGATE_NOTICE_DELIVERED ? CG_GREEN : CG_YELLOW);
    cg_table_cell(table, notice->template_code);
    cg_table_cell(table, notice->channel);
    cg_table_cellf(table, "%s", casegate_recipient_name(notice->to));
    cg_table_cell(table, where_to(notice));
    cg_table_cellf(table, "%u", notice->tries);
    if (strlen(next) > 19)
        cg_table_cellf(table, "%.10s %.8s", next, next + 11);
    else
        cg_table_cell(table, "");
    cg_table_note(table, "last error", notice->last_error);
}

static void put_page_json(struct cg_tool *tool, int32_t state, const char *next, int first)
{
    cg_putf(tool->out, "%s\"%s\":{\"notices\":[", first ? "" : ",", casegate_notice_state_name(state));
    for (size_t i = 0; i < casegate_outcome_notice_count(tool->outcome); i++) {
        cg_put(tool->out, i > 0 ? "," : "");
        cg_wrote(tool, casegate_json_write_notice(casegate_outcome_notice_at(tool->outcome, i), 0, tool->out));
    }
    cg_put(tool->out, "],\"next\":");
    cg_wrote(tool, casegate_json_write_text(next, tool->out));
    cg_put(tool->out, "}");
}

/* Where the next page begins: a full page may be followed by another. */
static const char *next_of(const struct cg_tool *tool, uint32_t limit)
{
    size_t count = casegate_outcome_notice_count(tool->outcome);

    return count > 0 && count >= limit ? casegate_outcome_notice_at(tool->outcome, count - 1)->id : NULL;
}

/* One page of one state: into the table, or as a member of the JSON answer. */
static int look_at(struct cg_tool *tool, int32_t state, struct cg_table *table, casegate_buffer *more, size_t *shown, int first)
{
    casegate_notice_query query;

    casegate_notice_query_init(&query, sizeof query);
    query.state = state;
    query.channel = tool->opt.channel;
    query.limit = tool->opt.limit != 0 ? tool->opt.limit : 50;
    query.after = tool->opt.after;
    int status = cg_answered(tool, casegate_engine_notices(tool->engine, &tool->call, &query, tool->outcome, &tool->err));
    if (status != CG_DONE)
        return status;
    const char *next = next_of(tool, query.limit);
    *shown += casegate_outcome_notice_count(tool->outcome);
    if (tool->json) {
        put_page_json(tool, state, next, first);
        return CG_DONE;
    }
    for (size_t i = 0; i < casegate_outcome_notice_count(tool->outcome); i++)
        add_row(table, casegate_outcome_notice_at(tool->outcome, i));
    if (next != NULL) {
        cg_putf(more, "there may be more: --state %s --after ", casegate_notice_state_name(state));
        cg_put_safe(more, next);
        cg_put(more, "\n");
    }
    return CG_DONE;
}

static const int32_t states[] = { CASEGATE_NOTICE_DEAD, CASEGATE_NOTICE_LEASED, CASEGATE_NOTICE_PENDING,
                                  CASEGATE_NOTICE_DELIVERED };
enum { UNDELIVERED = 3 };   /* so many of them, from the first on */

static int32_t state_named(const char *name)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(casegate_notice_state_name(states[i]), name) == 0)
            return states[i];
    return 0;
}

static int look_at_all(struct cg_tool *tool, int32_t only, struct cg_table *table, casegate_buffer *more, size_t *shown)
{
    int status = CG_DONE;

    if (only != 0)
        return look_at(tool, only, table, more, shown, 1);
    for (size_t i = 0; status == CG_DONE && i < UNDELIVERED; i++)
        status = look_at(tool, states[i], table, more, shown, i == 0);
    return status;
}

int cg_do_notices(struct cg_tool *tool)
{
    static const char *const heads[] = { "NOTICE", "STATE", "WHAT", "BY", "TO", "ADDRESS", "TRIES", "NEXT (UTC)" };
    int32_t only = tool->opt.state != NULL ? state_named(tool->opt.state) : 0;
    size_t shown = 0;

    if (tool->opt.state != NULL && only == 0)
        return cg_usage(tool, "--state", "wants pending, leased, delivered or dead");
    if (tool->opt.after != NULL && only == 0)
        return cg_usage(tool, "--after", "wants --state, too");
    if (tool->opt.limit > 1000)
        return cg_usage(tool, "--limit", "wants 1 to 1000");
    struct cg_table *table = cg_table_new(heads, sizeof heads / sizeof *heads);
    casegate_buffer *more = casegate_buffer_new(NULL);
    if (more == NULL)
        cg_wrote(tool, CASEGATE_E_NOMEM);
    cg_put(tool->out, tool->json ? "{" : "");
    int status = look_at_all(tool, only, table, more, &shown);
    cg_wrote(tool, cg_table_write(table, status == CG_DONE && !tool->json ? tool->out : NULL, tool->colour, ""));
    if (status == CG_DONE && tool->json)
        cg_put(tool->out, "}\n");
    else if (status == CG_DONE)
        cg_putf(tool->out, "%zu notice%s\n%s", shown, shown == 1 ? "" : "s", more != NULL ? casegate_buffer_data(more) : "");
    casegate_buffer_free(more);
    return status;
}

/* ---- requeue ----------------------------------------------------------------------------------------------------- */

struct tally { size_t requeued, refused; };

/* One notice. A refusal is told, and the others go on. */
static int requeue(struct cg_tool *tool, const char *id, struct tally *tally)
{
    casegate_result rc = casegate_engine_requeue(tool->engine, &tool->call, id, tool->outcome, &tool->err);
    const char *what = rc == CASEGATE_OK ? "requeued" : rc == CASEGATE_CONFLICT ? "not_dead" : "not_found";

    if (rc < 0)
        return cg_answered(tool, rc);
    if (tool->json) {
        cg_put(tool->out, tally->requeued + tally->refused > 0 ? ",{\"notice\":" : "{\"notice\":");
        cg_wrote(tool, casegate_json_write_text(id, tool->out));
        cg_putf(tool->out, ",\"result\":\"%s\"}", what);
    } else if (rc != CASEGATE_OK) {
        cg_put_safe(tool->out, id);
        cg_put(tool->out, rc == CASEGATE_CONFLICT ? ": is not dead, and left alone\n" : ": there is no such notice\n");
    }
    tally->requeued += rc == CASEGATE_OK;
    tally->refused += rc != CASEGATE_OK;
    return CG_DONE;
}

/* Ids of a page, kept while the outcome is used for other things. */
static char **take_page(struct cg_tool *tool, size_t *count)
{
    *count = casegate_outcome_notice_count(tool->outcome);
    char **ids = calloc(*count + 1, sizeof *ids);
    for (size_t i = 0; ids != NULL && i < *count; i++)
        if ((ids[i] = strdup(casegate_outcome_notice_at(tool->outcome, i)->id)) == NULL)
            *count = i;
    return ids;
}

static int requeue_dead(struct cg_tool *tool, struct tally *tally)
{
    casegate_notice_query query;
    char after[512] = "";
    size_t count = 1;
    int status = CG_DONE;

    casegate_notice_query_init(&query, sizeof query);
    query.state = CASEGATE_NOTICE_DEAD;
    query.channel = tool->opt.channel;
    query.limit = 500;
    query.after = after;
    while (status == CG_DONE && count > 0) {
        status = cg_answered(tool, casegate_engine_notices(tool->engine, &tool->call, &query, tool->outcome, &tool->err));
        char **ids = status == CG_DONE ? take_page(tool, &count) : NULL;
        if (status == CG_DONE && ids == NULL)
            status = cg_fail(tool, CASEGATE_E_NOMEM, "", "");
        for (size_t i = 0; ids != NULL && i < count; i++) {
            if (status == CG_DONE)
                status = requeue(tool, ids[i], tally);
            snprintf(after, sizeof after, "%s", ids[i]);
            free(ids[i]);
        }
        free(ids);
    }
    return status;
}

int cg_do_requeue(struct cg_tool *tool)
{
    struct tally tally = { 0, 0 };
    int all = (tool->opt.given & CG_OPT_ALL_DEAD) != 0, status = CG_DONE;

    if (all == (tool->operand_count > 0))
        return cg_usage(tool, "--all-dead", "or the ids of notices are wanted, not both");
    if (!all && tool->opt.channel != NULL)
        return cg_usage(tool, "--channel", "wants --all-dead, too");
    cg_put(tool->out, tool->json ? "{\"notices\":[" : "");
    if (all)
        status = requeue_dead(tool, &tally);
    for (size_t i = 0; status == CG_DONE && i < tool->operand_count; i++)
        status = requeue(tool, tool->operands[i], &tally);
    if (status != CG_DONE)
        return status;
    cg_putf(tool->out, tool->json ? "],\"requeued\":%zu}\n" : "requeued %zu\n", tally.requeued);
    return tally.refused == 0 ? CG_DONE : CG_REFUSED;
}

/* ---- remind ------------------------------------------------------------------------------------------------------ */

int cg_do_remind(struct cg_tool *tool)
{
    casegate_reminder which;
    casegate_reminded made;

    casegate_reminder_init(&which, sizeof which);
    casegate_reminded_init(&made, sizeof made);
    if (tool->opt.older_than == NULL)
        return cg_usage(tool, "--older-than", "is missing");
    if (casegate_duration_parse(tool->opt.older_than, &which.longer_than_us) != CASEGATE_OK)
        return cg_usage(tool, "--older-than", "wants a duration, as P2D or PT36H");
    which.lab = tool->opt.lab;
    which.channels = &tool->opt.channel;
    which.channel_count = tool->opt.channel != NULL;
    casegate_result rc = casegate_engine_remind(tool->engine, &which, &made, &tool->err);
    if (rc == CASEGATE_E_INVALID && strcmp(tool->err.field, "channels") == 0)
        return cg_usage(tool, "--channel", "wants a name without spaces, and not portal: the portal is always told");
    if (rc != CASEGATE_OK)
        return cg_answered(tool, rc);
    cg_putf(tool->out, tool->json ? "{\"cases\":%u,\"made\":%u,\"known\":%u}\n"
                                  : "%u waiting so long; reminders made: %u, there already: %u\n",
            made.cases, made.made, made.known);
    return CG_DONE;
}

/* ---- purge ------------------------------------------------------------------------------------------------------- */

/* A day, which begins at midnight UTC, or a time. */
static int parse_date(const char *text, int64_t *us)
{
    char time[32];

    if (strlen(text) != 10)
        return casegate_time_parse(text, us) == CASEGATE_OK;
    snprintf(time, sizeof time, "%sT00:00:00Z", text);
    return casegate_time_parse(time, us) == CASEGATE_OK;
}

/* What the store says of the notices that it has still; nothing where it cannot say. */
static int put_rest(struct cg_tool *tool)
{
    static const char begin[] = "notices_";
    casegate_result rc = casegate_engine_describe(tool->engine, &tool->call, 0, tool->outcome, &tool->err);
    const casegate_detail *detail;

    if (rc == CASEGATE_E_UNSUPPORTED)
        return CG_DONE;
    for (size_t i = 0; rc == CASEGATE_OK && (detail = casegate_outcome_detail_at(tool->outcome, i)) != NULL; i++)
        if (strncmp(detail->name, begin, sizeof begin - 1) == 0 && detail->value != NULL)
            cg_putf(tool->out, tool->json ? ",\"%s\":%s" : "; %s: %s", detail->name + sizeof begin - 1, detail->value);
    return cg_answered(tool, rc);
}

int cg_do_purge(struct cg_tool *tool)
{
    int64_t before_us;

    if (tool->opt.before == NULL)
        return cg_usage(tool, "--before", "is missing");
    if (!parse_date(tool->opt.before, &before_us))
        return cg_usage(tool, "--before", "wants a day, as 2026-01-31, or a time in UTC, as 2026-01-31T18:00:00Z");
    casegate_result rc = casegate_engine_purge(tool->engine, &tool->call, before_us, tool->outcome, &tool->err);
    if (rc == CASEGATE_E_INVALID && strcmp(tool->err.field, "before_us") == 0)
        return cg_usage(tool, "--before", "wants a time that has passed");
    if (rc != CASEGATE_OK)
        return cg_answered(tool, rc);
    cg_putf(tool->out, tool->json ? "{\"purged\":%llu" : "purged %llu",
            (unsigned long long)casegate_outcome_total(tool->outcome));
    int status = put_rest(tool);
    cg_put(tool->out, tool->json ? "}\n" : "\n");
    return status;
}
