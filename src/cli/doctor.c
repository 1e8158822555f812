/* SPDX-License-Identifier: MIT */
/* doctor.c: `doctor`: what is asked of a store before somebody else has to ask, and what counts as a problem. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_US (INT64_C(60) * 1000000)
static const int64_t LATE_US = 15 * MINUTE_US, WAITING_US = INT64_C(7) * 24 * 60 * MINUTE_US;
enum { SAMPLE = 100, MOST_NAMED = 20 };

struct visit {
    struct cg_tool *tool;
    struct cg_table *table;
    casegate_outcome *outcome;   /* the page of cases lies in the tool's */
    size_t checks, problems, verified, broken;
    int64_t now_us;
};

/* One line of the report; problem NULL or "": there is none. */
static void report(struct visit *v, const char *name, const char *value, const char *problem)
{
    struct cg_tool *tool = v->tool;
    const int bad = problem != NULL && *problem != 0;

    v->problems += bad;
    if (tool->json) {
        cg_put(tool->out, v->checks++ > 0 ? ",{\"name\":" : "{\"name\":");
        cg_wrote(tool, casegate_json_write_text(name, tool->out));
        cg_put(tool->out, ",\"value\":");
        cg_wrote(tool, casegate_json_write_text(value, tool->out));
        cg_put(tool->out, ",\"problem\":");
        cg_wrote(tool, casegate_json_write_text(bad ? problem : NULL, tool->out));
        cg_put(tool->out, "}");
        return;
    }
    v->checks++;
    cg_table_cell(v->table, bad ? "!" : "ok");
    cg_table_paint(v->table, bad ? CG_RED : CG_GREEN);
    cg_table_cell(v->table, name);
    cg_table_cell(v->table, value);
    cg_table_cell(v->table, bad ? problem : "");
}

/* ---- the store --------------------------------------------------------------------------------------------------- */

/* What the store finds no fault with may be one all the same. */
static const char *judge(const struct visit *v, const casegate_detail *detail)
{
    int64_t since_us;

    if (*detail->problem != 0)
        return detail->problem;
    if (strcmp(detail->name, "notices_dead") == 0 && strcmp(detail->value, "0") != 0)
        return "given up; see casegate notices --state dead, then casegate requeue";
    if (strcmp(detail->name, "pending_since") == 0 && casegate_time_parse(detail->value, &since_us) == CASEGATE_OK &&
        v->now_us - since_us > LATE_US)
        return "nobody delivers, or too slowly; see casegate deliver --follow";
    return "";
}

static int describe(struct visit *v)
{
    struct cg_tool *tool = v->tool;
    const casegate_detail *detail;
    casegate_result rc = casegate_engine_describe(tool->engine, &tool->call, 1, tool->outcome, &tool->err);

    if (rc == CASEGATE_E_UNSUPPORTED) {
        report(v, "store", "says nothing of itself", "");
        return CG_DONE;
    }
    for (size_t i = 0; rc == CASEGATE_OK && (detail = casegate_outcome_detail_at(tool->outcome, i)) != NULL; i++)
        report(v, detail->name, detail->value, judge(v, detail));
    return cg_answered(tool, rc);
}

/* ---- cases ------------------------------------------------------------------------------------------------------- */

static int look_at_waiting(struct visit *v, int64_t longest_us)
{
    struct cg_tool *tool = v->tool;
    char since[40];
    int status = cg_answered(tool, casegate_engine_waiting(tool->engine, &tool->call, 0, 1, NULL, tool->outcome, &tool->err));

    if (status != CG_DONE)
        return status;
    const casegate_head *oldest = casegate_outcome_head_at(tool->outcome, 0);
    if (oldest == NULL) {
        report(v, "oldest_waiting", "none waits", "");
        return CG_DONE;
    }
    casegate_time_format(oldest->submitted_us, since, sizeof since);
    const int is_long = v->now_us - oldest->submitted_us > longest_us;
    report(v, "oldest_waiting", since, is_long ? "it has waited long; see casegate waiting" : "");
    return CG_DONE;
}

/* As many ids as are wanted; of all that there are, each is as likely among them as any other. */
struct sample {
    char **ids;
    size_t wanted, room, seen;
    uint64_t dice[128];   /* thrown together: asking the system for each takes longer than reading a case */
    size_t thrown;        /* how many of them are left */
};

static size_t drawn(const struct sample *s) { return s->seen < s->wanted ? s->seen : s->wanted; }

static int make_room(struct sample *s)
{
    const size_t room = s->room == 0 ? SAMPLE : s->room * 2;
    char **larger = realloc(s->ids, room * sizeof *larger);

    if (larger == NULL)
        return 0;
    memset(larger + s->room, 0, (room - s->room) * sizeof *larger);
    s->ids = larger;
    s->room = room;
    return 1;
}

static int throw(struct cg_tool *tool, struct sample *s, uint64_t *out)
{
    if (s->thrown == 0) {
        if (casegate_random(NULL, (uint8_t *)s->dice, sizeof s->dice, &tool->err) != CASEGATE_OK)
            return cg_failed(tool);
        s->thrown = sizeof s->dice / sizeof *s->dice;
    }
    *out = s->dice[--s->thrown] % s->seen;
    return CG_DONE;
}

/* The n-th id takes the place of one that was drawn, with probability wanted / n (Vitter's algorithm R). */
static int draw(struct cg_tool *tool, const casegate_head *head, void *user)
{
    struct sample *s = user;
    uint64_t at = s->seen++;
    int status = at < s->wanted ? CG_DONE : throw(tool, s, &at);

    if (status != CG_DONE || at >= s->wanted)
        return status;
    if (at == s->room && !make_room(s))
        return cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    free(s->ids[at]);
    s->ids[at] = strdup(head->id);
    return s->ids[at] != NULL ? CG_DONE : cg_fail(tool, CASEGATE_E_NOMEM, "", "");
}

static void free_sample(struct sample *s)
{
    for (size_t i = 0; i < s->room; i++)
        free(s->ids[i]);
    free(s->ids);
}

static int verify_case(struct visit *v, const char *id)
{
    struct cg_tool *tool = v->tool;
    casegate_result rc = casegate_engine_verify(tool->engine, &tool->call, id, v->outcome, &tool->err);
    const casegate_verification *found = casegate_outcome_verification(v->outcome);

    v->verified++;
    if (rc == CASEGATE_REFUSED || rc == CASEGATE_E_UNSUPPORTED)   /* gone meanwhile; or the store keeps no history */
        return CG_DONE;
    if (rc != CASEGATE_OK && rc != CASEGATE_E_CORRUPT)
        return cg_answered(tool, rc);
    if (rc == CASEGATE_OK && found->intact)
        return CG_DONE;
    if (++v->broken <= MOST_NAMED)
        report(v, "not_intact", id, rc == CASEGATE_OK ? found->problem : tool->err.text);
    return CG_DONE;
}

static int verify_next(struct cg_tool *tool, const casegate_head *head, void *user)
{
    (void)tool;
    return verify_case(user, head->id);
}

/* The list is walked to its end for a sample too: whatever was left out would never be looked at. */
static int verify_sample(struct visit *v, size_t wanted, size_t *seen)
{
    struct sample s = { .wanted = wanted };
    int status = cg_walk_cases(v->tool, draw, &s);
    const size_t count = drawn(&s);

    for (size_t i = 0; status == CG_DONE && i < count; i++) {
        cg_progress("verify", i, count);
        status = verify_case(v, s.ids[i]);
    }
    cg_progress("verify", count, count);
    *seen = s.seen;
    free_sample(&s);
    return status;
}

static int verify_some(struct visit *v, size_t wanted)
{
    size_t seen = 0;
    char text[80];
    int status = wanted == SIZE_MAX ? cg_walk_cases(v->tool, verify_next, v) : verify_sample(v, wanted, &seen);

    snprintf(text, sizeof text, "%zu of %zu, %zu not intact", v->verified, wanted == SIZE_MAX ? v->verified : seen, v->broken);
    if (status == CG_DONE)
        report(v, "verified", text, v->broken > 0 ? "somebody wrote beside the library, or the disk is failing" : "");
    return status;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static int read_count(const char *text, size_t *out)
{
    char *end;

    if (text == NULL || strcmp(text, "all") == 0) {
        *out = text == NULL ? SAMPLE : SIZE_MAX;
        return 1;
    }
    *out = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == 0;
}

static int visit(struct visit *v, size_t sample, int64_t longest_us)
{
    int status = describe(v);

    if (status == CG_DONE)
        status = look_at_waiting(v, longest_us);
    return status == CG_DONE && sample > 0 ? verify_some(v, sample) : status;
}

int cg_do_doctor(struct cg_tool *tool)
{
    static const char *const heads[] = { "", "CHECK", "VALUE", "PROBLEM" };
    struct visit v = { .tool = tool, .now_us = casegate_now_us(NULL) };
    int64_t longest_us = WAITING_US;
    size_t sample;

    if (!read_count(tool->opt.verify, &sample))
        return cg_usage(tool, "--verify", "wants a number, or all");
    if (tool->opt.older_than != NULL && casegate_duration_parse(tool->opt.older_than, &longest_us) != CASEGATE_OK)
        return cg_usage(tool, "--older-than", "wants a duration, as P2D or PT36H");
    v.outcome = casegate_outcome_new(NULL);
    if (v.outcome == NULL)
        return cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    v.table = cg_table_new(heads, sizeof heads / sizeof *heads);
    cg_put(tool->out, tool->json ? "{\"checks\":[" : "");
    int status = visit(&v, sample, longest_us);
    casegate_outcome_free(v.outcome);
    cg_wrote(tool, cg_table_write(v.table, status == CG_DONE && !tool->json ? tool->out : NULL, tool->colour, ""));
    if (status != CG_DONE)
        return status;
    if (tool->json)
        cg_putf(tool->out, "],\"problems\":%zu}\n", v.problems);
    else if (v.problems > 0)
        cg_putf(tool->out, "%zu problem%s\n", v.problems, v.problems == 1 ? "" : "s");
    else
        cg_put(tool->out, "all is well\n");
    return v.problems == 0 ? CG_DONE : CG_REFUSED;
}
