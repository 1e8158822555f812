/* SPDX-License-Identifier: MIT */
/* look.c: every look that changes nothing but a mark: explain, review, view, list, waiting, history, inbox. */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 50, LONGEST_PAGE = 1000 };

static casegate_result nomem(casegate_error *err) { return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL); }
static int may_view(const casegate_outcome *o) { return (o->actor->fields.permissions & CASEGATE_MAY_VIEW) != 0; }
static uint32_t page(uint32_t limit) { return limit == 0 ? PAGE : limit > LONGEST_PAGE ? LONGEST_PAGE : limit; }

/* ---- one case -------------------------------------------------------------------------------------------------------------- */

/* Begins a look at one case. REFUSED: not found, and the call is over. */
static casegate_result look_at(casegate_engine *engine, const casegate_call *call, const char *case_id, casegate_outcome *o,
                               casegate_error *err)
{
    casegate_result rc = cg_begin(engine, call, o, err);
    if (rc != CASEGATE_OK) return rc;
    rc = cg_load(o, case_id, 0, 0, err);
    if (rc == CASEGATE_OK && !cg_is_visible(o)) rc = cg_not_found(o);
    if (rc == CASEGATE_OK) rc = cg_fetch_lab(o, err);
    if (rc != CASEGATE_OK) return cg_end(o, rc);
    o->facts.now_us = casegate_now_us(engine->host);
    o->head = o->kase.head;
    return CASEGATE_OK;
}

static casegate_result button(casegate_outcome *o, int32_t action, cg_button **out)
{
    if (o->button_count == o->button_room) {
        size_t wanted = o->button_room ? o->button_room * 2 : 8;
        cg_button *larger = casegate_resize(o->host, o->buttons, wanted * sizeof *larger);
        if (!larger) return CASEGATE_E_NOMEM;
        memset(larger + o->button_room, 0, (wanted - o->button_room) * sizeof *larger);
        o->buttons = larger;
        o->button_room = wanted;
    }
    cg_button *b = &o->buttons[o->button_count];
    if (!b->verdict) b->verdict = casegate_verdict_new(o->host);
    if (!b->verdict) return CASEGATE_E_NOMEM;
    b->action = action;
    o->button_count++;
    *out = b;
    return CASEGATE_OK;
}

static casegate_result explain_action(casegate_outcome *o, int32_t action, casegate_error *err)
{
    cg_button *b;
    uint32_t needs = casegate_explain_needs(&o->facts, o->actor, action);
    casegate_result rc = cg_fetch_needs(o, needs, action, err);
    if (rc != CASEGATE_OK) return rc;
    if (button(o, action, &b) != CASEGATE_OK) return nomem(err);
    rc = casegate_explain(&o->facts, o->actor, action, b->verdict, err);
    return rc < 0 ? rc : CASEGATE_OK;
}

casegate_result casegate_engine_explain(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                        casegate_outcome *outcome, casegate_error *err)
{
    casegate_result rc = look_at(engine, call, case_id, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    for (size_t i = 0; rc == CASEGATE_OK && i < outcome->workflow->action_count; i++)
        rc = explain_action(outcome, outcome->workflow->actions[i]->code, err);
    outcome->explained = rc == CASEGATE_OK;
    return cg_end(outcome, rc);
}

casegate_result casegate_engine_review(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                       casegate_outcome *outcome, casegate_error *err)
{
    const casegate_stored_content *stored = NULL;
    casegate_result rc = look_at(engine, call, case_id, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    rc = cg_fetch_content(outcome, outcome->head->revision, &stored, err);
    const casegate_policy *policy = outcome->policy ? outcome->policy : casegate_policy_default();
    if (rc == CASEGATE_OK && stored->content) {
        outcome->content = stored->content;
        rc = casegate_review(policy, stored->content, outcome->facts.now_us, outcome->findings, err);
        outcome->reviewed = rc == CASEGATE_OK;
    }
    return cg_end(outcome, rc);
}

/* The event of the current rejection, where there is one and the store keeps it. */
static casegate_result fetch_rejection(casegate_outcome *o, casegate_error *err)
{
    const casegate_store *store = o->engine->store;
    if (!o->head->rejected_seq || !store->ops.history) return CASEGATE_OK;
    size_t known = o->more.events.count;
    casegate_result rc = store->ops.history(store->ops.user, o->call.context, o->head->id, o->head->rejected_seq - 1, 1,
                                            &o->more, err);
    rc = cg_port(rc, 0, "history", err);
    if (rc != CASEGATE_OK || o->more.failed) return rc == CASEGATE_OK ? o->more.failed : rc;
    const casegate_event *event = cg_event_in(&o->more, known);
    if (event && !cg_same(event->case_id, o->head->id)) return casegate_error_set(err, CASEGATE_E_HOST, 0, "history",
            "answered another case's event");
    if (!event || event->seq != o->head->rejected_seq)
        return casegate_error_set(err, CASEGATE_E_CORRUPT, 0, "rejected_seq", "the event of the rejection is not there");
    o->rejection = event;
    return CASEGATE_OK;
}

/* May this revision be seen? Not one that never was; a lab: none from before the first submission. */
static int is_seen(const casegate_outcome *o, uint32_t revision)
{
    if (revision > o->head->revision) return 0;
    return o->actor->fields.role != CASEGATE_LAB_USER || revision >= o->head->first_submitted_revision;
}

casegate_result casegate_engine_view(casegate_engine *engine, const casegate_call *call, const char *case_id, uint32_t revision,
                                     casegate_outcome *outcome, casegate_error *err)
{
    const casegate_stored_content *stored = NULL;
    casegate_result rc = look_at(engine, call, case_id, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    if (revision && !is_seen(outcome, revision)) return cg_end(outcome, cg_not_found(outcome));
    if (!revision) revision = outcome->head->revision;
    rc = cg_fetch_content(outcome, revision, &stored, err);
    if (rc == CASEGATE_OK) outcome->content = stored->content;
    if (rc == CASEGATE_ABSENT) rc = CASEGATE_OK;
    if (rc == CASEGATE_OK) rc = fetch_rejection(outcome, err);
    return cg_end(outcome, rc);
}

/* ---- lists ------------------------------------------------------------------------------------------------------------------- */

/* A cursor names the last case of a page by its place in the order: "w|TIME|CREATED|ID" or "d|DUE|CREATED|ID". */
static int64_t waiting_since(const casegate_head *head) { return head->submitted_us ? head->submitted_us : head->created_us; }

static char *cursor_of(cg_arena *arena, const casegate_head *head, int32_t order)
{
    size_t cap = strlen(head->id) + 80;
    char *text = cg_arena_alloc(arena, cap);
    if (!text) return NULL;
    if (order == CASEGATE_BY_DUE) snprintf(text, cap, "d|%s|%lld|%s", cg_text(head->due), (long long)head->created_us, head->id);
    else snprintf(text, cap, "w|%lld|%lld|%s", (long long)waiting_since(head), (long long)head->created_us, head->id);
    return text;
}

/* The field of a cursor that begins at *at, as a text of its own; *at moves behind it. NULL: there is none. */
static char *cursor_field(char **at)
{
    char *field = *at, *end = field ? strchr(field, '|') : NULL;
    if (!end) return NULL;
    *end = '\0';
    *at = end + 1;
    return field;
}

static int is_number(const char *text, int64_t *value)
{
    char *end;
    if (cg_empty(text)) return 0;
    *value = strtoll(text, &end, 10);
    return *end == '\0';
}

static casegate_result read_cursor(cg_arena *arena, const char *cursor, casegate_query *query, casegate_error *err)
{
    char *at = cg_arena_text(arena, cursor);
    if (!at) return nomem(err);
    const char *kind = cursor_field(&at), *key = kind ? cursor_field(&at) : NULL, *created = key ? cursor_field(&at) : NULL;
    int by_due = query->order == CASEGATE_BY_DUE;
    int fits = created && cg_same(kind, by_due ? "d" : "w") && is_number(created, &query->after_created_us) && !cg_empty(at) &&
               (by_due || is_number(key, &query->after_us));
    if (!fits) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_FORMAT, "after",
                                         "is not a cursor of this list");
    query->after_due = by_due ? key : NULL;
    query->after_id = at;
    return CASEGATE_OK;
}

/* Visibility as a filter: what the query itself excludes. */
static void restrict_query(const casegate_actor_fields *actor, casegate_query *query)
{
    if (actor->role == CASEGATE_LAB_USER) {
        query->lab = actor->org;
        query->submitted_only = 1;
    } else if (actor->role != CASEGATE_SYSTEM) {
        query->clinic = actor->org;
    }
}

/* One case more than the page is asked for: it tells whether there is another page. */
static casegate_result take_page(casegate_outcome *o, uint32_t limit, int32_t order, casegate_error *err)
{
    for (size_t i = 0; i < o->more.heads.count && i < limit; i++) {
        const casegate_head *head = cg_head_in(&o->more, i);
        if (!cg_visible(head, &o->actor->fields))
            return casegate_error_set(err, CASEGATE_E_HOST, 0, "list", "answered a case outside of the query");
        if (cg_vector_add(&o->arena, &o->heads, head) != CASEGATE_OK) return nomem(err);
    }
    if (o->more.heads.count <= limit) return CASEGATE_OK;
    o->next = cursor_of(&o->arena, cg_head_in(&o->more, limit - 1), order);
    return o->next ? CASEGATE_OK : nomem(err);
}

static casegate_result run_query(casegate_outcome *o, casegate_query *query, const char *after, casegate_error *err)
{
    const casegate_store *store = o->engine->store;
    uint32_t limit = page(query->limit);
    casegate_result rc = CASEGATE_OK;
    if (!may_view(o)) return CASEGATE_OK;
    if (!store->ops.list) return cg_unsupported("list", err);
    restrict_query(&o->actor->fields, query);
    if (!cg_empty(after)) rc = read_cursor(&o->arena, after, query, err);
    if (rc != CASEGATE_OK) return rc;
    query->limit = limit + 1;
    int64_t since_us = cg_watch(o->engine);
    rc = cg_port(store->ops.list(store->ops.user, o->call.context, query, &o->more, err), 0, "list", err);
    if (rc == CASEGATE_OK) rc = o->more.failed;
    cg_observe(o, CASEGATE_OBSERVED_LOADED, rc, (uint32_t)o->more.heads.count, since_us);
    return rc == CASEGATE_OK ? take_page(o, limit, query->order, err) : rc;
}

void casegate_list_init(casegate_list *list, size_t size) { cg_init(list, size); }

static casegate_result invalid_list(const char *field, casegate_error *err)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, field, "cannot be");
}

/* "Now minus so long"; 0 stands for no such filter, so a duration beyond all time becomes the first microsecond. */
static int64_t ago(const casegate_outcome *o, int64_t us)
{
    int64_t now = casegate_now_us(o->engine->host);
    return now > us ? now - us : 1;
}

static casegate_result list(casegate_outcome *o, const casegate_list *which, int waits, casegate_error *err)
{
    casegate_query query = { .size = sizeof query, .status = which->status,
                             .order = which->order ? which->order : CASEGATE_BY_WAITING, .limit = which->limit };
    if (query.order != CASEGATE_BY_WAITING && query.order != CASEGATE_BY_DUE) return invalid_list("order", err);
    if (which->longer_than_us < 0) return invalid_list("longer_than_us", err);
    waits = waits || which->longer_than_us > 0;
    if (waits || which->requires_action) query.phase = CASEGATE_PHASE_PENDING;
    if (waits) query.before_us = ago(o, which->longer_than_us);
    return run_query(o, &query, which->after, err);
}

casegate_result casegate_engine_list(casegate_engine *engine, const casegate_call *call, const casegate_list *which,
                                     casegate_outcome *outcome, casegate_error *err)
{
    const casegate_list all = { .size = sizeof all };
    casegate_list room;
    const void *given = &all;
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    if (which) rc = cg_adopt(which, sizeof room, sizeof room, &room, &given, err);
    if (rc == CASEGATE_OK) rc = list(outcome, given, 0, err);
    return cg_end(outcome, rc);
}

casegate_result casegate_engine_waiting(casegate_engine *engine, const casegate_call *call, int64_t longer_than_us,
                                        uint32_t limit, const char *after, casegate_outcome *outcome, casegate_error *err)
{
    const casegate_list which = { .size = sizeof which, .longer_than_us = longer_than_us, .limit = limit, .after = after };
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    return cg_end(outcome, list(outcome, &which, 1, err));
}

/* ---- history ------------------------------------------------------------------------------------------------------------------ */

/* An event as this actor sees it; NULL: not at all (a lab, before the first submission). */
static const casegate_event *shown(casegate_outcome *o, const casegate_event *event, casegate_result *rc)
{
    const casegate_actor_fields *actor = &o->actor->fields;
    if (actor->role == CASEGATE_LAB_USER && event->attempt == 0) return NULL;
    if (cg_empty(event->request) || cg_same(event->actor_org, actor->org)) return event;
    casegate_event *copy = cg_arena_alloc(&o->arena, sizeof *copy);
    if (!copy) return *rc = CASEGATE_E_NOMEM, NULL;
    *copy = *event;
    copy->request = NULL;   /* it is shown to its own organisation only */
    return copy;
}

static casegate_result take_events(casegate_outcome *o, casegate_error *err)
{
    casegate_result rc = CASEGATE_OK;
    for (size_t i = 0; rc == CASEGATE_OK && i < o->more.events.count; i++) {
        if (!cg_same(cg_event_in(&o->more, i)->case_id, o->head->id))
            return casegate_error_set(err, CASEGATE_E_HOST, 0, "history", "answered another case's event");
        const casegate_event *event = shown(o, cg_event_in(&o->more, i), &rc);
        if (event) rc = cg_vector_add(&o->arena, &o->events, event);
    }
    return rc == CASEGATE_OK ? rc : nomem(err);
}

casegate_result casegate_engine_history(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                        uint32_t after_seq, uint32_t limit, casegate_outcome *outcome, casegate_error *err)
{
    casegate_result rc = look_at(engine, call, case_id, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    const casegate_store *store = engine->store;
    uint32_t first = outcome->actor->fields.role == CASEGATE_LAB_USER ? outcome->head->first_submitted_seq : 0;
    if (first && after_seq < first - 1) after_seq = first - 1;
    if (!store->ops.history) return cg_end(outcome, cg_unsupported("history", err));
    rc = store->ops.history(store->ops.user, outcome->call.context, outcome->head->id, after_seq, page(limit), &outcome->more,
                            err);
    rc = cg_port(rc, 0, "history", err);
    if (rc == CASEGATE_OK) rc = outcome->more.failed;
    if (rc == CASEGATE_OK) rc = take_events(outcome, err);
    return cg_end(outcome, rc);
}

/* ---- inbox -------------------------------------------------------------------------------------------------------------------- */

/* Whose inbox; 0: this actor has none. */
static int inbox_of(const casegate_outcome *o, const char **person)
{
    *person = o->actor->fields.role == CASEGATE_DENTIST ? o->actor->fields.id : NULL;
    return may_view(o) && o->actor->fields.role != CASEGATE_SYSTEM;
}

static casegate_result take_notices(casegate_outcome *o, const char *person, casegate_error *err)
{
    for (size_t i = 0; i < o->more.notices.count; i++) {
        const casegate_notice *notice = cg_notice_in(&o->more, i);
        if (!cg_same(notice->org, o->actor->fields.org) || !cg_same(notice->person, person))
            return casegate_error_set(err, CASEGATE_E_HOST, 0, "inbox", "answered another's notice");
        if (cg_vector_add(&o->arena, &o->notices, notice) != CASEGATE_OK) return nomem(err);
    }
    o->total = o->more.number;
    return CASEGATE_OK;
}

casegate_result casegate_engine_inbox(casegate_engine *engine, const casegate_call *call, const char *after, uint32_t limit,
                                      casegate_outcome *outcome, casegate_error *err)
{
    const char *person;
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    if (!inbox_of(outcome, &person)) return cg_end(outcome, cg_empty(after) ? CASEGATE_OK : cg_not_found(outcome));
    const casegate_store *store = engine->store;
    if (!store->ops.inbox) return cg_end(outcome, cg_unsupported("inbox", err));
    rc = store->ops.inbox(store->ops.user, outcome->call.context, outcome->actor->fields.org, person,
                          cg_empty(after) ? NULL : after, page(limit), &outcome->more, err);
    rc = cg_port(rc, 1, "inbox", err);
    if (rc == CASEGATE_ABSENT) return cg_end(outcome, cg_not_found(outcome));
    if (rc == CASEGATE_OK) rc = outcome->more.failed;
    if (rc == CASEGATE_OK) rc = take_notices(outcome, person, err);
    return cg_end(outcome, rc);
}

casegate_result casegate_engine_mark_read(casegate_engine *engine, const casegate_call *call, const char *notice,
                                          casegate_outcome *outcome, casegate_error *err)
{
    const char *person;
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    if (!inbox_of(outcome, &person)) return cg_end(outcome, notice ? cg_not_found(outcome) : CASEGATE_OK);
    const casegate_store *store = engine->store;
    if (!store->ops.mark_read) return cg_end(outcome, cg_unsupported("mark_read", err));
    rc = store->ops.mark_read(store->ops.user, outcome->call.context, outcome->actor->fields.org, person, notice,
                              &outcome->more, err);
    rc = cg_port(rc, 1, "mark_read", err);
    if (rc == CASEGATE_ABSENT) return cg_end(outcome, cg_not_found(outcome));
    outcome->total = outcome->more.number;
    return cg_end(outcome, rc);
}
