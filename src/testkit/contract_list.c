/* SPDX-License-Identifier: MIT */
/* contract_list.c: what a store promises of lists: every filter, both orders, pages that join without a gap or a repeat. */
#include "contract.h"

#include <stdio.h>

enum { CASES = 8 };

static int has_list(const cg_rule *r) { return r->ops->list != NULL; }

/* Cases that differ in all that lists look at; two pairs are equal in time and date. */
static const struct { const char *id, *clinic, *lab, *due; int32_t status; int shares_time; } shelf[CASES] = {
    { "case-c", CG_CLINIC, CG_LAB, "2026-04-09", CASEGATE_RECEIVED, 0 },      { "case-a", CG_CLINIC, CG_LAB, NULL, CASEGATE_DRAFT, 0 },
    { "case-h", CG_CLINIC, CG_LAB, "2026-04-02", CASEGATE_RECEIVED, 0 },      { "case-g", CG_CLINIC, CG_LAB, "2026-04-02", CASEGATE_RECEIVED, 1 },
    { "case-b", "clinic-south", CG_LAB, "2026-04-05", CASEGATE_IN_PRODUCTION, 0 }, { "case-f", CG_CLINIC, "lab-two", NULL, CASEGATE_RECEIVED, 0 },
    { "case-d", "clinic-south", CG_LAB, NULL, CASEGATE_REJECTED, 0 },         { "case-e", "clinic-south", CG_LAB, NULL, CASEGATE_RECEIVED, 0 },
};

typedef struct stock { cg_case cases[CASES]; } stock;

static int is_step_of(int32_t status, int32_t action)
{
    if (action == CASEGATE_SUBMIT) return status != CASEGATE_DRAFT;
    return status == (action == CASEGATE_ACCEPT ? CASEGATE_IN_PRODUCTION : CASEGATE_REJECTED) &&
           (action == CASEGATE_ACCEPT || action == CASEGATE_REJECT);
}

static void fill(cg_rule *r, stock *s)
{
    static const int32_t actions[] = { CASEGATE_SUBMIT, CASEGATE_ACCEPT, CASEGATE_REJECT };
    for (size_t i = 0; i < CASES; i++) {
        casegate_content *content = cg_contract_content(r, shelf[i].id, shelf[i].due);
        const cg_wish wish = { .content = content, .clinic = shelf[i].clinic, .lab = shelf[i].lab };
        if (shelf[i].shares_time) casegate_clock_advance(r->clock, INT64_C(-2000000));   /* what the case before took */
        cg_case_open(&s->cases[i], shelf[i].id);
        cg_step(r, &s->cases[i], CASEGATE_CREATE, &wish);
        for (size_t k = 0; k < 3; k++)
            if (is_step_of(shelf[i].status, actions[k])) cg_step(r, &s->cases[i], actions[k], &wish);
        casegate_content_unref(content);
    }
}

static void empty(stock *s)
{
    for (size_t i = 0; i < CASES; i++) cg_case_close(&s->cases[i]);
}

/* ---- what must come, worked out without the store ------------------------------------------------------------------------------ */

static int fits(const casegate_query *q, const casegate_head *h)
{
    return (!q->clinic || strcmp(q->clinic, h->clinic) == 0) && (!q->lab || strcmp(q->lab, h->lab) == 0) &&
           (!q->submitted_only || h->attempt > 0) && (!q->status || q->status == h->status) && (!q->phase || q->phase == h->phase) &&
           (!q->before_us || (h->submitted_us && h->submitted_us <= q->before_us));
}

static int64_t waits_since(const casegate_head *h) { return h->submitted_us ? h->submitted_us : h->created_us; }

static int order_of(int32_t order, const casegate_head *a, const casegate_head *b)
{
    const char *left = a->due ? a->due : "9999-99-99", *right = b->due ? b->due : "9999-99-99";
    int way = 0;
    if (order == CASEGATE_BY_DUE) way = strcmp(left, right);
    else if (waits_since(a) != waits_since(b)) way = waits_since(a) < waits_since(b) ? -1 : 1;
    if (way == 0 && a->created_us != b->created_us) way = a->created_us < b->created_us ? -1 : 1;
    return way ? way : strcmp(a->id, b->id);
}

static size_t expect(const stock *s, const casegate_query *q, const casegate_head *list[CASES])
{
    size_t count = 0;
    for (size_t i = 0; i < CASES; i++) {
        const casegate_head *head = casegate_case_head(s->cases[i].kase);
        size_t at = count;
        if (!fits(q, head)) continue;
        for (; at > 0 && order_of(q->order, list[at - 1], head) > 0; at--) list[at] = list[at - 1];
        list[at] = head;
        count++;
    }
    return count;
}

/* ---- pages ------------------------------------------------------------------------------------------------------------------------ */

static casegate_result list(cg_rule *r, const casegate_query *query)
{
    cg_forget(r);
    return r->ops->list(r->ops->user, NULL, query, r->answers, &r->err);
}

static void go_behind(casegate_query *q, const casegate_head *head)
{
    q->after_id = head->id;
    q->after_us = waits_since(head);
    q->after_due = head->due;
    q->after_created_us = head->created_us;
}

/* Page by page, the whole list comes once, in order. */
static void compare_pages(cg_rule *r, const stock *s, casegate_query query, uint32_t limit)
{
    const casegate_head *expected[CASES];
    const size_t count = expect(s, &query, expected);
    size_t got = 0;
    query.limit = limit;
    while (!r->failed) {
        size_t page = 0;
        if (!cg_gives(r, list(r, &query), CASEGATE_OK, "list")) return;
        for (; casegate_answers_head(r->answers, page); page++, got++) {
            if (!cg_holds(r, page < limit, "a page is no longer than its limit") || !cg_holds(r, got < count, "no more cases than fit")) return;
            if (!cg_is_text(r, casegate_answers_head(r->answers, page)->id, expected[got]->id, "list: the next case")) return;
            cg_is_view(r, CASEGATE_VIEW_HEAD, casegate_answers_head(r->answers, page), expected[got], "list");
        }
        if (page < limit) break;
        go_behind(&query, expected[got - 1]);
    }
    if (!r->failed) cg_is_number(r, got, count, "cases in the list");
}

static void both_orders(cg_rule *r)
{
    static const int32_t orders[] = { CASEGATE_BY_WAITING, CASEGATE_BY_DUE };
    stock s;
    fill(r, &s);
    for (size_t i = 0; i < 2 && !r->failed; i++)
        for (uint32_t limit = 1; limit <= CASES + 1; limit++)
            compare_pages(r, &s, (casegate_query) { .size = sizeof(casegate_query), .order = orders[i] }, limit);
    empty(&s);
}

static void filters(cg_rule *r)
{
    stock s;
    fill(r, &s);
    const int64_t some_time = s.cases[3].kase ? casegate_case_head(s.cases[3].kase)->submitted_us : 0;
    const casegate_query queries[] = {
        { .clinic = CG_CLINIC }, { .clinic = "clinic-south" }, { .clinic = "nowhere" }, { .lab = CG_LAB }, { .lab = "lab-two" },
        { .submitted_only = 1 }, { .status = CASEGATE_RECEIVED }, { .status = CASEGATE_DRAFT }, { .phase = CASEGATE_PHASE_PENDING },
        { .phase = CASEGATE_PHASE_ACCEPTED }, { .before_us = some_time }, { .before_us = some_time - 1 },
        { .lab = CG_LAB, .submitted_only = 1, .phase = CASEGATE_PHASE_PENDING, .before_us = some_time },
        { .clinic = CG_CLINIC, .lab = CG_LAB, .status = CASEGATE_RECEIVED },
    };
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        for (int32_t order = CASEGATE_BY_WAITING; order <= CASEGATE_BY_DUE && !r->failed; order++) {
            casegate_query query = queries[i];
            query.size = sizeof query;
            query.order = order;
            compare_pages(r, &s, query, 2);
        }
    empty(&s);
}

const cg_contract_rule cg_rules_of_list[] = {
    { "both_orders_and_every_page_size_give_the_whole_list_once", has_list, both_orders },
    { "filters_hold_together_in_every_order", has_list, filters },
    { NULL, NULL, NULL },
};
