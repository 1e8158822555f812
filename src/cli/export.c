/* SPDX-License-Identifier: MIT */
/* export.c: everything that a store holds of its cases, as lines of JSON, from which `import` makes them again. */
#include "import.h"

#include <string.h>

enum { PAGE = 100 };

struct export {
    struct cg_tool *tool;
    const casegate_store_ops *ops;
    casegate_answers *events, *answers;   /* a page of events; whatever else is asked for meanwhile */
    uint64_t cases;
};

/* ---- lines --------------------------------------------------------------------------------------------------------- */

static void put_member(struct cg_tool *tool, const char *name, const char *text)
{
    if (text == NULL || *text == 0)
        return;
    cg_putf(tool->out, ",\"%s\":", name);
    cg_wrote(tool, casegate_json_write_text(text, tool->out));
}

/* A content, or what an erasure left of it. */
static void put_content(struct cg_tool *tool, const casegate_stored_content *stored)
{
    cg_putf(tool->out, "{\"revision\":%u", stored->revision);
    put_member(tool, "digest", stored->digest);
    put_member(tool, "salt", stored->salt);
    if (stored->content != NULL) {
        cg_put(tool->out, ",\"content\":");
        cg_wrote(tool, casegate_json_write_content(stored->content, 0, tool->out));
    }
    cg_put(tool->out, stored->erased ? ",\"erased\":true}\n" : "}\n");
}

static void put_notice(struct cg_tool *tool, const casegate_notice *notice)
{
    cg_put(tool->out, "{\"notice\":");
    cg_wrote(tool, casegate_json_write_notice(notice, 0, tool->out));
    cg_put(tool->out, "}\n");
}

/* ---- one case ------------------------------------------------------------------------------------------------------ */

static casegate_result take_content(struct export *x, const casegate_event *event)
{
    casegate_answers_clear(x->answers);
    casegate_result rc = x->ops->content(x->ops->user, NULL, event->case_id, event->revision, x->answers, &x->tool->err);

    if (rc == CASEGATE_ABSENT)
        return casegate_error_set(&x->tool->err, CASEGATE_E_UNSUPPORTED, 0, "content", "this store did not keep a content of a case");
    if (rc == CASEGATE_OK)
        put_content(x->tool, casegate_answers_content(x->answers, 0));
    return rc;
}

static casegate_result take_event(struct export *x, const casegate_event *event, uint32_t *revision)
{
    cg_put(x->tool->out, "{\"event\":");
    cg_wrote(x->tool, casegate_json_write_event(event, NULL, 0, x->tool->out));
    cg_put(x->tool->out, "}\n");
    if (event->revision == *revision)
        return CASEGATE_OK;
    *revision = event->revision;
    return take_content(x, event);
}

/* The events that the head knows of; what happened since is of the next export. */
static casegate_result take_events(struct export *x, const casegate_head *head)
{
    uint32_t seq = 0, revision = 0;

    while (seq < head->version) {
        casegate_answers_clear(x->events);
        casegate_result rc = x->ops->history(x->ops->user, NULL, head->id, seq, PAGE, x->events, &x->tool->err);
        const casegate_event *event = rc == CASEGATE_OK ? casegate_answers_event(x->events, 0) : NULL;
        if (rc == CASEGATE_OK && event == NULL)
            rc = casegate_error_set(&x->tool->err, CASEGATE_E_CORRUPT, 0, "history", "the last event of a case is missing");
        for (size_t i = 0; rc == CASEGATE_OK && event != NULL && seq < head->version; event = casegate_answers_event(x->events, ++i)) {
            seq = event->seq;
            rc = take_event(x, event, &revision);
        }
        if (rc != CASEGATE_OK)
            return rc;
    }
    return CASEGATE_OK;
}

/* Ids of a case's notices begin with its own and a dot; so may those of another one, whose id does. */
static casegate_result take_notices(struct export *x, const casegate_head *head)
{
    char after[512], prefix[160];
    const casegate_notice *notice;
    size_t len = (size_t)snprintf(prefix, sizeof prefix, "%s.", head->id), i;

    snprintf(after, sizeof after, "%s", prefix);
    do {
        casegate_answers_clear(x->answers);
        casegate_result rc = x->ops->notices(x->ops->user, NULL, 0, NULL, after, PAGE, x->answers, &x->tool->err);
        if (rc != CASEGATE_OK)
            return rc;
        for (i = 0; (notice = casegate_answers_notice(x->answers, i)) != NULL && strncmp(notice->id, prefix, len) == 0; i++) {
            snprintf(after, sizeof after, "%s", notice->id);
            if (strcmp(notice->case_id, head->id) == 0 && notice->seq <= head->version)
                put_notice(x->tool, notice);
        }
    } while (notice == NULL && i == PAGE);
    return CASEGATE_OK;
}

static casegate_result take_case(struct export *x, const casegate_head *head)
{
    cg_put(x->tool->out, "{\"case\":");
    cg_wrote(x->tool, casegate_json_write_case(head, NULL, 0, x->tool->out));
    cg_put(x->tool->out, "}\n");
    casegate_result rc = take_events(x, head);
    if (rc == CASEGATE_OK)
        rc = take_notices(x, head);
    cg_put(x->tool->out, "{\"end\":");
    cg_wrote(x->tool, casegate_json_write_text(head->id, x->tool->out));
    cg_put(x->tool->out, "}\n");
    x->cases++;
    return rc;
}

/* ---- the whole ----------------------------------------------------------------------------------------------------- */

static void turn_page(casegate_query *query, const casegate_head *last)
{
    query->after_id = last->id;
    query->after_us = last->submitted_us != 0 ? last->submitted_us : last->created_us;
    query->after_created_us = last->created_us;
}

/* Pages take turns in two collectors: the key of the next one lies in the one before. */
static int take_pages(struct export *x, casegate_answers *pages[2])
{
    casegate_query query = { .size = sizeof query, .lab = x->tool->opt.lab, .order = CASEGATE_BY_WAITING, .limit = PAGE };
    int status = CG_DONE;

    for (uint32_t turn = 0; status == CG_DONE; turn ^= 1) {
        const casegate_head *head, *last = NULL;
        size_t i;
        casegate_answers_clear(pages[turn]);
        casegate_result rc = x->ops->list(x->ops->user, NULL, &query, pages[turn], &x->tool->err);
        for (i = 0; rc == CASEGATE_OK && status == CG_DONE && (head = casegate_answers_head(pages[turn], i)) != NULL; i++) {
            rc = take_case(x, last = head);
            if (rc == CASEGATE_OK)
                status = cg_flush(x->tool);
        }
        if (rc != CASEGATE_OK)
            return cg_answered(x->tool, rc);
        if (i < PAGE)
            break;
        turn_page(&query, last);
    }
    return status;
}

static int take_one(struct export *x)
{
    const casegate_load what = { .size = sizeof what, .case_id = x->tool->case_id };
    casegate_answers *page = casegate_answers_new(NULL);
    casegate_result rc = page != NULL ? x->ops->load(x->ops->user, NULL, &what, page, &x->tool->err) : CASEGATE_E_NOMEM;

    if (rc == CASEGATE_ABSENT)
        rc = casegate_error_set(&x->tool->err, CASEGATE_E_INVALID, 0, "case", "there is no such case");
    if (rc == CASEGATE_OK)
        rc = take_case(x, casegate_answers_head(page, 0));
    casegate_answers_free(page);
    return cg_answered(x->tool, rc);
}

static int take_all(struct export *x)
{
    casegate_answers *pages[2] = { casegate_answers_new(NULL), casegate_answers_new(NULL) };
    int status = pages[0] != NULL && pages[1] != NULL ? take_pages(x, pages) : cg_fail(x->tool, CASEGATE_E_NOMEM, "", "");

    casegate_answers_free(pages[0]);
    casegate_answers_free(pages[1]);
    return status;
}

int cg_do_export(struct cg_tool *tool)
{
    struct export x = { .tool = tool, .ops = casegate_store_callbacks(tool->store), .events = casegate_answers_new(NULL),
                        .answers = casegate_answers_new(NULL) };
    int status = CG_DONE;

    if (x.events == NULL || x.answers == NULL)
        status = cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    else if (x.ops->list == NULL || x.ops->history == NULL || x.ops->notices == NULL)
        status = cg_fail(tool, CASEGATE_E_UNSUPPORTED, "store", "has no lists, no history or no notices");
    cg_put(tool->out, status == CG_DONE ? "{\"format\":\"" CG_EXPORT_FORMAT "\"}\n" : "");
    if (status == CG_DONE)
        status = tool->operand_count > 0 ? take_one(&x) : take_all(&x);
    if (status == CG_DONE)
        cg_putf(tool->out, "{\"cases\":%llu}\n", (unsigned long long)x.cases);
    casegate_answers_free(x.events);
    casegate_answers_free(x.answers);
    return status;
}
