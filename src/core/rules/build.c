/* SPDX-License-Identifier: MIT */
/* build.c: a host's definition, collected by name, and made into a workflow once nothing is wrong with it. */
#include "build.h"

#include <assert.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { MOST_PERMISSIONS = 48, MOST_LABELS = 100, MOST_NOTICES = 1000 };
static_assert(CG_MOST_STATUSES < UINT8_MAX && CG_MOST_ACTIONS < UINT8_MAX, "a slot + 1 fits a byte");

/* ---- what sticks --------------------------------------------------------------------------------------------------------- */

static void fail(casegate_workflow_builder *b, casegate_result code, int32_t problem, const char *field, const char *text)
{
    if (b->first.code == CASEGATE_OK) casegate_error_set(&b->first, code, problem, field, text);
}

static int working(const casegate_workflow_builder *b) { return b && b->first.code == CASEGATE_OK; }
static void fail_memory(casegate_workflow_builder *b) { fail(b, CASEGATE_E_NOMEM, 0, NULL, NULL); }

static const char *keep(casegate_workflow_builder *b, const char *text)
{
    const char *copy = cg_arena_text(&b->arena, cg_text(text));
    if (!copy) fail_memory(b);
    return copy;
}

/* A name that will be looked for, whether it is known or not. */
static int is_name(casegate_workflow_builder *b, const char *name, const char *field)
{
    int32_t problem = cg_empty(name) ? CASEGATE_PROBLEM_MISSING : cg_element_id_problem(name);
    if (!problem && strlen(name) > 64) problem = CASEGATE_PROBLEM_TOO_LONG;
    if (problem) fail(b, CASEGATE_E_INVALID, problem, field, "the name cannot be taken");
    return problem == 0;
}

/* Room for one row more at the end of a list. */
static void *add_row(casegate_workflow_builder *b, cg_rows *rows, size_t most, const char *field)
{
    if (rows->count >= most) return fail(b, CASEGATE_E_INVALID, CASEGATE_PROBLEM_TOO_MANY, field, "too many of them"), NULL;
    if (rows->count == rows->room) {
        size_t wanted = rows->room ? rows->room * 2 : 8;
        char *larger = cg_arena_alloc(&b->arena, wanted * rows->size);
        if (!larger) return fail_memory(b), NULL;
        if (rows->count) memcpy(larger, rows->at, rows->count * rows->size);
        rows->at = larger;
        rows->room = wanted;
    }
    return memset(rows->at + rows->count++ * rows->size, 0, rows->size);
}

/* ---- collecting ------------------------------------------------------------------------------------------------------------ */

casegate_workflow_builder *casegate_workflow_builder_new(casegate_host *host, const char *name, uint32_t version)
{
    casegate_workflow_builder *b = cg_zalloc(host, sizeof *b);
    if (!b) return NULL;
    cg_init(&b->first, sizeof b->first);
    cg_arena_init(&b->arena, casegate_host_ref(host));
    b->permissions.size = sizeof(cg_permission);
    b->statuses.size = sizeof(cg_raw_status);
    b->actions.size = sizeof(cg_raw_action);
    b->transitions.size = sizeof(cg_raw_transition);
    b->notices.size = sizeof(cg_raw_notice);
    b->unknown.size = sizeof(cg_raw_unknown);
    b->version = version;
    if (version == 0) fail(b, CASEGATE_E_INVALID, CASEGATE_PROBLEM_RANGE, "version", "must be 1 or more");
    if (is_name(b, name, "name")) b->name = keep(b, name);
    return b;
}

void casegate_workflow_builder_free(casegate_workflow_builder *builder)
{
    if (!builder) return;
    casegate_host *host = builder->arena.host;
    cg_arena_free(&builder->arena);
    casegate_release(host, builder);
    casegate_host_unref(host);
}

void casegate_workflow_add_permission(casegate_workflow_builder *builder, const char *name, int32_t number)
{
    if (!working(builder) || !is_name(builder, name, "permissions")) return;
    cg_permission *row = add_row(builder, &builder->permissions, MOST_PERMISSIONS, "permissions");
    if (!row) return;
    row->name = keep(builder, name);
    row->bit = number >= 16 && number < 64 ? UINT64_C(1) << number : 0;   /* 0: reserved, a fault */
}

void casegate_workflow_add_status(casegate_workflow_builder *builder, int32_t code, const char *name, const char *phase)
{
    if (!working(builder) || !is_name(builder, name, "statuses") || !is_name(builder, phase, "statuses")) return;
    cg_raw_status *row = add_row(builder, &builder->statuses, CG_MOST_STATUSES, "statuses");
    if (!row) return;
    row->it = (casegate_status) { .size = sizeof row->it, .code = code, .phase = casegate_find_phase(phase),
                                  .name = keep(builder, name) };
    row->labels.size = sizeof(casegate_label);
}

static void *last_row(const cg_rows *rows) { return rows->count ? rows->at + (rows->count - 1) * rows->size : NULL; }

/* The status or action that what follows belongs to. */
static void *owner(casegate_workflow_builder *b, const cg_rows *rows, const char *field)
{
    void *row = working(b) ? last_row(rows) : NULL;
    if (working(b) && !row) fail(b, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, field,
                                 "nothing before it that it could belong to");
    return row;
}

void casegate_workflow_add_status_label(casegate_workflow_builder *builder, const char *language, const char *text)
{
    cg_raw_status *status = builder ? owner(builder, &builder->statuses, "statuses") : NULL;
    if (!status || !is_name(builder, language, "label")) return;
    if (cg_empty(text) || strlen(text) > 256 || cg_text_problem(CASEGATE_KIND_LINE, text)) {
        fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_FORMAT, "label", "the text cannot be taken");
        return;
    }
    casegate_label *row = add_row(builder, &status->labels, MOST_LABELS, "label");
    if (row) *row = (casegate_label) { sizeof *row, keep(builder, language), keep(builder, text) };
}

void casegate_workflow_add_action(casegate_workflow_builder *builder, int32_t code, const char *name, const char *permission,
                                  int32_t edits)
{
    if (!working(builder) || !is_name(builder, name, "actions") || !is_name(builder, permission, "permission")) return;
    cg_raw_action *row = add_row(builder, &builder->actions, CG_MOST_ACTIONS, "actions");
    if (!row) return;
    row->it = (casegate_action) { .size = sizeof row->it, .code = code, .name = keep(builder, name) };
    row->permission = keep(builder, permission);
    row->edits = edits != 0;
    row->guards.size = sizeof(const char *);
}

/* A role or need of the action added last that nobody knows: a fault, named when the definition is finished. */
static void note_unknown(casegate_workflow_builder *b, int32_t code, const char *name)
{
    cg_raw_unknown *row = add_row(b, &b->unknown, CG_MOST_TRANSITIONS, "actions");
    if (!row) return;
    row->code = code;
    row->action = b->actions.count - 1;
    row->name = keep(b, name);
}

void casegate_workflow_add_role(casegate_workflow_builder *builder, const char *role)
{
    cg_raw_action *action = builder ? owner(builder, &builder->actions, "roles") : NULL;
    if (!action || !is_name(builder, role, "roles")) return;
    int32_t number = casegate_find_role(role);
    if (number) action->it.roles |= 1u << number;
    else note_unknown(builder, CASEGATE_FAULT_UNKNOWN_ROLE, role);
}

static const struct { const char *name; uint32_t bit; } needs[] = {
    { "revision", CASEGATE_NEED_REVISION }, { "reason", CASEGATE_NEED_REASON }, { "comment", CASEGATE_NEED_COMMENT }, { "file",
            CASEGATE_NEED_FILE },
};

void casegate_workflow_add_need(casegate_workflow_builder *builder, const char *need)
{
    cg_raw_action *action = builder ? owner(builder, &builder->actions, "needs") : NULL;
    if (!action || !is_name(builder, need, "needs")) return;
    for (size_t i = 0; i < COUNT(needs); i++) {
        if (!cg_same(needs[i].name, need)) continue;
        action->it.needs |= needs[i].bit;
        return;
    }
    note_unknown(builder, CASEGATE_FAULT_UNKNOWN_NEED, need);
}

void casegate_workflow_add_guard(casegate_workflow_builder *builder, const char *guard)
{
    cg_raw_action *action = builder ? owner(builder, &builder->actions, "guards") : NULL;
    if (!action || !is_name(builder, guard, "guards")) return;
    const char **row = add_row(builder, &action->guards, CG_MOST_GUARDS, "guards");
    if (row) *row = keep(builder, guard);
}

void casegate_workflow_add_transition(casegate_workflow_builder *builder, const char *from, const char *to)
{
    cg_raw_action *action = builder ? owner(builder, &builder->actions, "transitions") : NULL;
    if (!action || !is_name(builder, from, "transitions") || (to && !is_name(builder, to, "transitions"))) return;
    cg_raw_transition *row = add_row(builder, &builder->transitions, CG_MOST_TRANSITIONS, "transitions");
    if (!row) return;
    row->action = builder->actions.count - 1;
    row->place = action->transition_count++;
    row->from = keep(builder, from);
    row->to = to ? keep(builder, to) : NULL;
}

static const char *const recipients[] = { "clinic", "dentist", "lab" };
static const cg_names recipient_names = { recipients, CASEGATE_TO_CLINIC, COUNT(recipients) };

void casegate_workflow_add_notice(casegate_workflow_builder *builder, const char *action, const char *to, const char *channel,
                                  int32_t mutable_)
{
    if (!working(builder) || !is_name(builder, action, "notices") || !is_name(builder, to, "notices") ||
        !is_name(builder, channel, "notices")) return;
    cg_raw_notice *row = add_row(builder, &builder->notices, MOST_NOTICES, "notices");
    if (!row) return;
    row->action = keep(builder, action);
    row->it = (casegate_notice_rule) { .size = sizeof row->it, .to = cg_number_of(&recipient_names, to, 0),
                                       .channel = keep(builder, channel), .mutable_ = mutable_ != 0 };
}

/* ---- making ---------------------------------------------------------------------------------------------------------------- */

/* A list of pointers to rows; the rows stay where they are, in the workflow's arena. */
static const void *pointers(casegate_workflow_builder *b, const cg_rows *rows)
{
    const void **list = cg_arena_alloc(&b->arena, (rows->count + 1) * sizeof *list);
    if (!list) return fail_memory(b), NULL;
    for (size_t i = 0; i < rows->count; i++) list[i] = rows->at + i * rows->size;
    return list;
}

/* Codes below 100 by index, those of the host by a table of at least twice their number. */
static const uint8_t *index_codes(casegate_workflow_builder *b, const int32_t *codes, size_t count, uint8_t **low, uint32_t *mask)
{
    size_t room = 8;
    while (room < count * 2) room *= 2;
    *low = cg_arena_alloc(&b->arena, CG_LOW_CODES);
    uint8_t *table = cg_arena_alloc(&b->arena, room);
    if (!*low || !table) return fail_memory(b), NULL;
    memset(*low, 0, CG_LOW_CODES);
    memset(table, 0, room);
    *mask = (uint32_t)room - 1;
    for (size_t i = 0; i < count; i++) {
        if (codes[i] < CG_LOW_CODES) { (*low)[codes[i]] = (uint8_t)(i + 1); continue; }
        uint32_t at = cg_code_hash(codes[i]) & *mask;
        while (table[at]) at = (at + 1) & *mask;
        table[at] = (uint8_t)(i + 1);
    }
    return table;
}

static int32_t way_of(const char *channel)
{
    return cg_same(channel, "email") ? CG_WAY_EMAIL : cg_same(channel, "portal") ? CG_WAY_PORTAL : CG_WAY_OTHER;
}

/* The members of status and action rows that point at lists of their own. */
static void link_rows(casegate_workflow_builder *b)
{
    for (size_t i = 0; i < b->statuses.count; i++) {
        cg_raw_status *status = cg_raw_status_at(b, i);
        status->it.labels = pointers(b, &status->labels);
        status->it.label_count = status->labels.count;
    }
    for (size_t i = 0; i < b->actions.count; i++) {
        cg_raw_action *action = cg_raw_action_at(b, i);
        action->it.guards = (const char *const *)(const void *)action->guards.at;
        action->it.guard_count = action->guards.count;
    }
}

static void make_table(casegate_workflow_builder *b, casegate_workflow *w)
{
    size_t cells = w->action_count * w->status_count + 1;
    uint8_t *next = cg_arena_alloc(&b->arena, cells);
    casegate_transition *rows = cg_arena_alloc(&b->arena, (b->transitions.count + 1) * sizeof *rows);
    const casegate_transition **list = cg_arena_alloc(&b->arena, (b->transitions.count + 1) * sizeof *list);
    if (!next || !rows || !list) { fail_memory(b); return; }
    memset(next, 0, cells);
    for (size_t i = 0; i < b->transitions.count; i++) {
        const cg_raw_transition *t = cg_raw_transition_at(b, i);
        size_t to = t->to ? t->to_slot : t->from_slot;
        next[t->action * w->status_count + t->from_slot] = (uint8_t)(to + 1);
        rows[i] = (casegate_transition) { sizeof *rows, w->actions[t->action]->code, w->statuses[t->from_slot]->code,
                                          w->statuses[to]->code };
        list[i] = &rows[i];
    }
    w->next = next;
    w->transitions = list;
    w->transition_count = b->transitions.count;
}

/* Which actions tell anybody. */
static const uint8_t *tellers(casegate_workflow_builder *b, const casegate_workflow *w)
{
    uint8_t *tells = cg_arena_alloc(&b->arena, w->action_count + 1);
    if (!tells) return fail_memory(b), NULL;
    memset(tells, 0, w->action_count + 1);
    for (size_t i = 0; i < b->notices.count; i++)
        for (size_t k = 0; k < w->action_count; k++)
            if (w->actions[k]->code == cg_raw_notice_at(b, i)->it.action) tells[k] = 1;
    return tells;
}

static void make_notices(casegate_workflow_builder *b, casegate_workflow *w)
{
    uint8_t *ways = cg_arena_alloc(&b->arena, b->notices.count + 1);
    if (!ways) { fail_memory(b); return; }
    for (size_t i = 0; i < b->notices.count; i++) ways[i] = (uint8_t)way_of(cg_raw_notice_at(b, i)->it.channel);
    w->tells = tellers(b, w);
    w->notices = pointers(b, &b->notices);
    w->notice_ways = ways;
    w->notice_count = b->notices.count;
}

static void make_indexes(casegate_workflow_builder *b, casegate_workflow *w)
{
    int32_t codes[CG_MOST_STATUSES + CG_MOST_ACTIONS];
    uint8_t *low = NULL;
    for (size_t i = 0; i < w->status_count; i++) codes[i] = w->statuses[i]->code;
    w->status_table = index_codes(b, codes, w->status_count, &low, &w->status_mask);
    w->status_slots = low;
    for (size_t i = 0; i < w->action_count; i++) codes[i] = w->actions[i]->code;
    w->action_table = index_codes(b, codes, w->action_count, &low, &w->action_mask);
    w->action_slots = low;
}

static casegate_workflow *make(casegate_workflow_builder *b)
{
    casegate_workflow *w = cg_arena_alloc(&b->arena, sizeof *w);
    if (!w) return fail_memory(b), NULL;
    link_rows(b);
    *w = (casegate_workflow) { .name = b->name, .version = b->version, .statuses = pointers(b, &b->statuses), .status_count = b->statuses.count,
                               .actions = pointers(b, &b->actions), .action_count = b->actions.count,
                               .permissions = (const cg_permission *)(const void *)b->permissions.at, .permission_count = b->permissions.count,
                               .initial = cg_raw_status_at(b, b->initial)->it.code };
    cg_count_init(&w->count);
    if (!working(b)) return NULL;
    make_indexes(b, w);
    make_table(b, w);
    make_notices(b, w);
    w->arena = b->arena;
    return working(b) ? w : NULL;
}

casegate_result casegate_workflow_builder_finish(casegate_workflow_builder *builder, casegate_workflow **out,
                                                 casegate_faults *faults, casegate_error *err)
{
    casegate_workflow *made = NULL;
    casegate_result rc = CASEGATE_OK;
    if (!builder) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    if (!out) fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    if (working(builder)) rc = cg_find_faults(builder, faults);
    if (rc == CASEGATE_E_NOMEM) fail_memory(builder);
    if (rc == CASEGATE_OK && working(builder)) made = make(builder);
    if (!working(builder)) rc = casegate_error_set(err, builder->first.code, builder->first.host_code, builder->first.field,
                                                   builder->first.text);
    if (!made) return casegate_workflow_builder_free(builder), rc;
    casegate_release(builder->arena.host, builder);   /* its arena is the workflow's now */
    *out = made;
    return CASEGATE_OK;
}
