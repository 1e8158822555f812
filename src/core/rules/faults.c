/* SPDX-License-Identifier: MIT */
/* faults.c: what no definition may do: every fault of one, with its code, its place and a sentence. */
#include "build.h"

#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define CLINIC_SIDE ((1u << CASEGATE_CLINIC_USER) | (1u << CASEGATE_DENTIST))
#define LAB_SIDE (1u << CASEGATE_LAB_USER)
#define SYSTEM_SIDE (1u << CASEGATE_SYSTEM)

typedef struct wording { const char *name, *text; } wording;
static const wording kinds[] = {
    [CASEGATE_FAULT_NO_DRAFT] = { "no_draft", "There is no status of phase draft, so no case could begin." },
    [CASEGATE_FAULT_DUPLICATE] = { "duplicate", "The name or the code is used twice." },
    [CASEGATE_FAULT_RESERVED] = { "reserved",
                                  "A code below 100 is the library's and keeps its phase and kind; a permission of a host is a bit from 16 to 63." },
    [CASEGATE_FAULT_UNKNOWN_PHASE] = { "unknown_phase", "There is no such phase." },
    [CASEGATE_FAULT_UNKNOWN_STATUS] = { "unknown_status", "There is no status of this name." },
    [CASEGATE_FAULT_UNKNOWN_ROLE] = { "unknown_role", "There is no such role or recipient." },
    [CASEGATE_FAULT_UNKNOWN_PERMISSION] = { "unknown_permission", "There is no permission of this name." },
    [CASEGATE_FAULT_UNKNOWN_NEED] = { "unknown_need", "There is no such input that could be needed." },
    [CASEGATE_FAULT_UNKNOWN_ACTION] = { "unknown_action", "There is no action of this name." },
    [CASEGATE_FAULT_NO_TARGET] = { "no_target", "A transition leads to a status, or its action edits; not both, not neither." },
    [CASEGATE_FAULT_AMBIGUOUS] = { "ambiguous", "The action has a second transition from this status." },
    [CASEGATE_FAULT_MIXED_KINDS] = { "mixed_kinds", "The transitions of the action are not all of one kind." },
    [CASEGATE_FAULT_UNREACHABLE] = { "unreachable", "No path leads to this status." },
    [CASEGATE_FAULT_DEAD_END] = { "dead_end", "Neither an accepted nor a closed status can be reached from here." },
    [CASEGATE_FAULT_LEAVES_ACCEPTED] = { "leaves_accepted", "An accepted case would be reopened." },
    [CASEGATE_FAULT_LEAVES_CLOSED] = { "leaves_closed", "A closed case would be reopened." },
    [CASEGATE_FAULT_RETURNS_TO_DRAFT] = { "returns_to_draft", "A submitted case would become a draft again." },
    [CASEGATE_FAULT_EDITS_LOCKED] = { "edits_locked", "A locked content would be changed." },
    [CASEGATE_FAULT_EDITS_MIDWAY] = { "edits_midway", "What was passed before would change unseen." },
    [CASEGATE_FAULT_SKIPS_REVIEW] = { "skips_review", "The case would be decided without having been submitted." },
    [CASEGATE_FAULT_UNREVIEWED] = { "unreviewed", "The action must need the revision that was reviewed." },
    [CASEGATE_FAULT_UNREASONED] = { "unreasoned", "A rejection must need a reason." },
    [CASEGATE_FAULT_UNDECIDABLE] = { "undecidable", "From here the case cannot be both accepted and rejected." },
    [CASEGATE_FAULT_CLINIC_DECIDES] = { "clinic_decides", "Accepting and rejecting is for the lab alone." },
    [CASEGATE_FAULT_LAB_EDITS] = { "lab_edits", "Editing and submitting is for the clinic's side alone." },
    [CASEGATE_FAULT_SILENT_REJECTION] = { "silent_rejection",
                                          "Clinic and dentist must be told by e-mail and portal, and nobody can mute it." },
    [CASEGATE_FAULT_UNMAPPED] = { "unmapped", "The status has no target: its cases would be left without one." },
    [CASEGATE_FAULT_CHANGES_PHASE] = { "changes_phase", "A migration would change the phase of a case: only an action decides." },
    [CASEGATE_FAULT_SKIPS_STEP] = { "skips_step", "The target stands behind a step of the review that the case has not passed." },
    [CASEGATE_FAULT_SAME_DEFINITION] = { "same_definition", "Both are the same definition: there is nothing to migrate." },
};

const char *casegate_fault_name(int32_t code) { return code > 0 && code < (int32_t)COUNT(kinds) ? kinds[code].name : ""; }

/* ---- the list ------------------------------------------------------------------------------------------------------------- */

struct casegate_faults { casegate_host *host; cg_arena arena; casegate_fault *list; size_t count, room; };

casegate_faults *casegate_faults_new(casegate_host *host)
{
    casegate_faults *faults = cg_zalloc(host, sizeof *faults);
    if (!faults) return NULL;
    faults->host = casegate_host_ref(host);
    cg_arena_init(&faults->arena, host);
    return faults;
}

void casegate_faults_free(casegate_faults *faults)
{
    if (!faults) return;
    casegate_host *host = faults->host;
    cg_arena_free(&faults->arena);
    casegate_release(host, faults->list);
    casegate_release(host, faults);
    casegate_host_unref(host);
}

size_t casegate_faults_count(const casegate_faults *faults) { return faults ? faults->count : 0; }
const casegate_fault *casegate_faults_at(const casegate_faults *faults,
                                         size_t i) { return i < casegate_faults_count(faults) ? &faults->list[i] : NULL; }

void cg_faults_clear(casegate_faults *f)
{
    if (!f) return;
    cg_arena_reset(&f->arena);
    f->count = 0;
}

int cg_faults_add(casegate_faults *f, int32_t code, const char *place)
{
    if (!f) return 1;
    if (f->count == f->room) {
        size_t wanted = f->room ? f->room * 2 : 16;
        casegate_fault *larger = casegate_resize(f->host, f->list, wanted * sizeof *larger);
        if (!larger) return 0;
        f->list = larger;
        f->room = wanted;
    }
    const char *kept = cg_arena_text(&f->arena, place);
    if (kept) f->list[f->count++] = (casegate_fault) { sizeof(casegate_fault), code, kinds[code].name, kept, kinds[code].text };
    return kept != NULL;
}

/* ---- a search ------------------------------------------------------------------------------------------------------------- */

typedef struct search {
    casegate_workflow_builder *b;
    casegate_faults *faults;   /* may be NULL */
    size_t found;
    uint32_t seen;             /* bit 1 << code: which were found */
    int out_of_memory;
} search;

static void put(search *s, int32_t code, const char *place)
{
    s->found++;
    s->seen |= 1u << code;
    if (!cg_faults_add(s->faults, code, place)) s->out_of_memory = 1;
}

static void at_status(search *s, int32_t code, const cg_raw_status *status)
{
    char place[96];
    snprintf(place, sizeof place, "statuses[%s]", status->it.name);
    put(s, code, place);
}

static void at_action(search *s, int32_t code, size_t action, const char *member)
{
    char place[160];
    snprintf(place, sizeof place, "actions[%s]%s%s", cg_raw_action_at(s->b, action)->it.name, *member ? "." : "", member);
    put(s, code, place);
}

static void at_transition(search *s, int32_t code, const cg_raw_transition *t)
{
    char member[48];
    snprintf(member, sizeof member, "transitions[%lu]", (unsigned long)t->place);
    at_action(s, code, t->action, member);
}

static void at_notice(search *s, int32_t code, size_t i, const char *member)
{
    char place[64];
    snprintf(place, sizeof place, "notices[%lu].%s", (unsigned long)i, member);
    put(s, code, place);
}

/* ---- names and codes -------------------------------------------------------------------------------------------------------- */

/* The library's own statuses and actions: what a code below 100 must be. */
static const int32_t own_phases[] = { [CASEGATE_DRAFT] = CASEGATE_PHASE_DRAFT, [CASEGATE_RECEIVED] = CASEGATE_PHASE_PENDING,
                                      [CASEGATE_IN_PRODUCTION] = CASEGATE_PHASE_ACCEPTED, [CASEGATE_REJECTED] = CASEGATE_PHASE_REJECTED };
static const int32_t own_kinds[] = { [CASEGATE_EDIT] = CASEGATE_DOES_EDIT, [CASEGATE_SUBMIT] = CASEGATE_DOES_SUBMISSION,
                                     [CASEGATE_ACCEPT] = CASEGATE_DOES_ACCEPTANCE, [CASEGATE_REJECT] = CASEGATE_DOES_REJECTION };

static int is_own(const int32_t *own, size_t count, int32_t code, int32_t value)
{
    return code > 0 && (size_t)code < count && own[code] == value;
}

static int repeats_status(const search *s, size_t i)
{
    const casegate_status *it = &cg_raw_status_at(s->b, i)->it;
    for (size_t k = 0; k < i; k++)
        if (cg_raw_status_at(s->b, k)->it.code == it->code || cg_same(cg_raw_status_at(s->b, k)->it.name, it->name)) return 1;
    return 0;
}

static void judge_statuses(search *s)
{
    int drafts = 0;
    for (size_t i = 0; i < s->b->statuses.count; i++) {
        const cg_raw_status *status = cg_raw_status_at(s->b, i);
        if (repeats_status(s, i)) at_status(s, CASEGATE_FAULT_DUPLICATE, status);
        if (!status->it.phase) at_status(s, CASEGATE_FAULT_UNKNOWN_PHASE, status);
        else if (status->it.code < CG_LOW_CODES && !is_own(own_phases, COUNT(own_phases), status->it.code, status->it.phase))
            at_status(s, CASEGATE_FAULT_RESERVED, status);
        if (status->it.phase == CASEGATE_PHASE_DRAFT && !drafts++) s->b->initial = i;
    }
    if (!drafts) put(s, CASEGATE_FAULT_NO_DRAFT, "statuses");
}

static void judge_permissions(search *s)
{
    char place[96];
    for (size_t i = 0; i < s->b->permissions.count; i++) {
        const cg_permission *p = CG_ROW(cg_permission, s->b->permissions, i);
        int twice = casegate_find_permission(NULL, p->name) != 0;
        for (size_t k = 0; k < i; k++) {
            const cg_permission *other = CG_ROW(cg_permission, s->b->permissions, k);
            twice |= cg_same(other->name, p->name) || (p->bit && other->bit == p->bit);
        }
        snprintf(place, sizeof place, "permissions[%s]", p->name);
        if (twice) put(s, CASEGATE_FAULT_DUPLICATE, place);
        if (!p->bit) put(s, CASEGATE_FAULT_RESERVED, place);
    }
}

static uint64_t find_permission(const search *s, const char *name)
{
    uint64_t bit = casegate_find_permission(NULL, name);
    for (size_t i = 0; !bit && i < s->b->permissions.count; i++)
        if (cg_same(CG_ROW(cg_permission, s->b->permissions, i)->name, name)) return CG_ROW(cg_permission, s->b->permissions,
                i)->bit;
    return bit;
}

static int declares_permission(const search *s, const char *name)
{
    for (size_t i = 0; i < s->b->permissions.count; i++)
        if (cg_same(CG_ROW(cg_permission, s->b->permissions, i)->name, name)) return 1;
    return casegate_find_permission(NULL, name) != 0;
}

static int repeats_action(const search *s, size_t i)
{
    static const char *const built_in[] = { "create", "adopt", "erase", "migrate" };
    const casegate_action *it = &cg_raw_action_at(s->b, i)->it;
    for (size_t k = 0; k < COUNT(built_in); k++)
        if (cg_same(built_in[k], it->name)) return 1;
    for (size_t k = 0; k < i; k++)
        if (cg_raw_action_at(s->b, k)->it.code == it->code || cg_same(cg_raw_action_at(s->b, k)->it.name, it->name)) return 1;
    return 0;
}

static void judge_actions(search *s)
{
    for (size_t i = 0; i < s->b->actions.count; i++) {
        cg_raw_action *action = cg_raw_action_at(s->b, i);
        if (repeats_action(s, i)) at_action(s, CASEGATE_FAULT_DUPLICATE, i, "");
        if (action->it.code < CG_LOW_CODES && (action->it.code < 1 || (size_t)action->it.code >= COUNT(own_kinds) ||
                                               !own_kinds[action->it.code]))
            at_action(s, CASEGATE_FAULT_RESERVED, i, "");
        if (!declares_permission(s, action->permission)) at_action(s, CASEGATE_FAULT_UNKNOWN_PERMISSION, i, "permission");
        action->it.permission = find_permission(s, action->permission);
    }
    for (size_t i = 0; i < s->b->unknown.count; i++) {
        const cg_raw_unknown *unknown = cg_raw_unknown_at(s->b, i);
        at_action(s, unknown->code, unknown->action, unknown->code == CASEGATE_FAULT_UNKNOWN_ROLE ? "roles" : "needs");
    }
}

static size_t find_status(const search *s, const char *name)
{
    size_t i = 0;
    while (i < s->b->statuses.count && !cg_same(cg_raw_status_at(s->b, i)->it.name, name)) i++;
    return i;
}

static size_t find_action(const search *s, const char *name)
{
    size_t i = 0;
    while (i < s->b->actions.count && !cg_same(cg_raw_action_at(s->b, i)->it.name, name)) i++;
    return i;
}

static void judge_notices(search *s)
{
    for (size_t i = 0; i < s->b->notices.count; i++) {
        cg_raw_notice *notice = cg_raw_notice_at(s->b, i);
        size_t action = find_action(s, notice->action);
        if (action == s->b->actions.count) at_notice(s, CASEGATE_FAULT_UNKNOWN_ACTION, i, "action");
        else notice->it.action = cg_raw_action_at(s->b, action)->it.code;
        if (!notice->it.to) at_notice(s, CASEGATE_FAULT_UNKNOWN_ROLE, i, "to");
    }
}

/* ---- transitions -------------------------------------------------------------------------------------------------------------- */

static int32_t phase_at(const search *s, size_t slot) { return slot < s->b->statuses.count ? cg_raw_status_at(s->b,
        slot)->it.phase : 0; }

/* Why two phases cannot be joined: every cause. How many there are. */
static size_t judge_join(search *s, const cg_raw_transition *t, int32_t from, int32_t to)
{
    const int decided = to == CASEGATE_PHASE_ACCEPTED || to == CASEGATE_PHASE_REJECTED;
    const struct { int holds, code; } causes[] = {
        { from == CASEGATE_PHASE_ACCEPTED && to != from, CASEGATE_FAULT_LEAVES_ACCEPTED },
        { from == CASEGATE_PHASE_CLOSED && to != from, CASEGATE_FAULT_LEAVES_CLOSED },
        { to == CASEGATE_PHASE_DRAFT && to != from, CASEGATE_FAULT_RETURNS_TO_DRAFT },
        { (from == CASEGATE_PHASE_DRAFT || from == CASEGATE_PHASE_REJECTED) && decided && to != from, CASEGATE_FAULT_SKIPS_REVIEW },
    };
    size_t found = 0;
    for (size_t i = 0; i < COUNT(causes); i++) {
        if (!causes[i].holds) continue;
        at_transition(s, causes[i].code, t);
        found++;
    }
    return found;
}

static int is_ambiguous(const search *s, size_t i)
{
    const cg_raw_transition *t = cg_raw_transition_at(s->b, i);
    for (size_t k = 0; k < i; k++)
        if (cg_raw_transition_at(s->b, k)->action == t->action && cg_same(cg_raw_transition_at(s->b, k)->from, t->from)) return 1;
    return 0;
}

static void judge_edit(search *s, const cg_raw_transition *t, int32_t from)
{
    if (from == CASEGATE_PHASE_ACCEPTED || from == CASEGATE_PHASE_CLOSED) at_transition(s, CASEGATE_FAULT_EDITS_LOCKED, t);
}

static void judge_transition(search *s, cg_raw_transition *t)
{
    const cg_raw_action *action = cg_raw_action_at(s->b, t->action);
    t->from_slot = find_status(s, t->from);
    t->to_slot = t->to ? find_status(s, t->to) : t->from_slot;
    int32_t from = phase_at(s, t->from_slot), to = phase_at(s, t->to_slot);
    if (t->from_slot == s->b->statuses.count || t->to_slot == s->b->statuses.count) at_transition(s,
            CASEGATE_FAULT_UNKNOWN_STATUS, t);
    if ((t->to != NULL) == action->edits) at_transition(s, CASEGATE_FAULT_NO_TARGET, t);
    if (!from || !to) return;
    const size_t causes = judge_join(s, t, from, to);
    if (!t->to) judge_edit(s, t, from);
    t->does = causes ? 0 : cg_does(from, to, t->to == NULL);
}

/* The kind of an action is the kind of its transitions. */
static void judge_kind(search *s, size_t i)
{
    cg_raw_action *action = cg_raw_action_at(s->b, i);
    int mixed = 0;
    for (size_t k = 0; k < s->b->transitions.count; k++) {
        const cg_raw_transition *t = cg_raw_transition_at(s->b, k);
        if (t->action != i || !t->does) continue;
        mixed |= action->it.does && action->it.does != t->does;
        if (!action->it.does) action->it.does = t->does;
    }
    if (mixed) at_action(s, CASEGATE_FAULT_MIXED_KINDS, i, "");
    int32_t code = action->it.code;
    if (action->it.does && code > 0 && (size_t)code < COUNT(own_kinds) && own_kinds[code] && own_kinds[code] != action->it.does)
        at_action(s, CASEGATE_FAULT_RESERVED, i, "");
}

static int moves_within_pending(const search *s, size_t action)
{
    for (size_t k = 0; k < s->b->transitions.count; k++) {
        const cg_raw_transition *t = cg_raw_transition_at(s->b, k);
        if (t->action == action && t->does == CASEGATE_DOES_MOVE && phase_at(s, t->from_slot) == CASEGATE_PHASE_PENDING) return 1;
    }
    return 0;
}

/* Has it a transition of that kind? Mixed kinds are judged by each. */
static int does(const search *s, size_t action, int32_t kind)
{
    for (size_t k = 0; k < s->b->transitions.count; k++)
        if (cg_raw_transition_at(s->b, k)->action == action && cg_raw_transition_at(s->b, k)->does == kind) return 1;
    return 0;
}

static int is_told(const search *s, int32_t action, int32_t to, const char *channel)
{
    for (size_t i = 0; i < s->b->notices.count; i++) {
        const casegate_notice_rule *rule = &cg_raw_notice_at(s->b, i)->it;
        if (rule->action == action && rule->to == to && !rule->mutable_ && cg_same(rule->channel, channel)) return 1;
    }
    return 0;
}

static int is_silent(const search *s, int32_t action)
{
    return !is_told(s, action, CASEGATE_TO_CLINIC, "email") || !is_told(s, action, CASEGATE_TO_CLINIC, "portal") ||
           !is_told(s, action, CASEGATE_TO_DENTIST, "email") || !is_told(s, action, CASEGATE_TO_DENTIST, "portal");
}

/* What an action of a kind must need, whom it may be for, who must be told. */
static void judge_duties(search *s, size_t i)
{
    const casegate_action *action = &cg_raw_action_at(s->b, i)->it;
    int accepts = does(s, i, CASEGATE_DOES_ACCEPTANCE), rejects = does(s, i, CASEGATE_DOES_REJECTION);
    int edits = does(s, i, CASEGATE_DOES_EDIT), submits = does(s, i, CASEGATE_DOES_SUBMISSION);
    if ((accepts || rejects || moves_within_pending(s, i)) && !(action->needs & CASEGATE_NEED_REVISION)) at_action(s,
            CASEGATE_FAULT_UNREVIEWED, i, "needs");
    if (rejects && !(action->needs & CASEGATE_NEED_REASON)) at_action(s, CASEGATE_FAULT_UNREASONED, i, "needs");
    if ((accepts || rejects) && action->roles & (CLINIC_SIDE | SYSTEM_SIDE)) at_action(s, CASEGATE_FAULT_CLINIC_DECIDES, i,
            "roles");
    if ((edits || submits) && action->roles & (LAB_SIDE | SYSTEM_SIDE)) at_action(s, CASEGATE_FAULT_LAB_EDITS, i, "roles");
    if (rejects && is_silent(s, action->code)) at_action(s, CASEGATE_FAULT_SILENT_REJECTION, i, "");
}

static void judge_table(search *s)
{
    for (size_t i = 0; i < s->b->transitions.count; i++) {
        if (is_ambiguous(s, i)) at_transition(s, CASEGATE_FAULT_AMBIGUOUS, cg_raw_transition_at(s->b, i));
        judge_transition(s, cg_raw_transition_at(s->b, i));
    }
    for (size_t i = 0; i < s->b->actions.count; i++) {
        judge_kind(s, i);
        judge_duties(s, i);
    }
}

/* ---- paths ---------------------------------------------------------------------------------------------------------------------- */

/* Marks what can be reached from what is marked: forwards, or backwards; only between statuses of `phase`, if that is given. */
static void spread(const search *s, uint8_t *marked, int backwards, int32_t phase)
{
    for (int grew = 1; grew;) {
        grew = 0;
        for (size_t i = 0; i < s->b->transitions.count; i++) {
            const cg_raw_transition *t = cg_raw_transition_at(s->b, i);
            size_t from = backwards ? t->to_slot : t->from_slot, to = backwards ? t->from_slot : t->to_slot;
            if (!t->does || !marked[from] || marked[to] || (phase && phase_at(s, to) != phase)) continue;
            marked[to] = 1;
            grew = 1;
        }
    }
}

static void judge_reach(search *s)
{
    uint8_t marked[CG_MOST_STATUSES] = { 0 };
    marked[s->b->initial] = 1;
    spread(s, marked, 0, 0);
    for (size_t i = 0; i < s->b->statuses.count; i++)
        if (!marked[i]) at_status(s, CASEGATE_FAULT_UNREACHABLE, cg_raw_status_at(s->b, i));
}

static void judge_ends(search *s)
{
    uint8_t marked[CG_MOST_STATUSES];
    for (size_t i = 0; i < s->b->statuses.count; i++)
        marked[i] = phase_at(s, i) == CASEGATE_PHASE_ACCEPTED || phase_at(s, i) == CASEGATE_PHASE_CLOSED;
    spread(s, marked, 1, 0);
    for (size_t i = 0; i < s->b->statuses.count; i++)
        if (!marked[i]) at_status(s, CASEGATE_FAULT_DEAD_END, cg_raw_status_at(s->b, i));
}

/* The pending statuses from which a transition of a kind can be reached through pending ones. */
static void mark_deciding(const search *s, int32_t kind, uint8_t *marked)
{
    memset(marked, 0, CG_MOST_STATUSES);
    for (size_t i = 0; i < s->b->transitions.count; i++)
        if (cg_raw_transition_at(s->b, i)->does == kind) marked[cg_raw_transition_at(s->b, i)->from_slot] = 1;
    spread(s, marked, 1, CASEGATE_PHASE_PENDING);
}

static void judge_decidability(search *s)
{
    uint8_t accepts[CG_MOST_STATUSES], rejects[CG_MOST_STATUSES];
    mark_deciding(s, CASEGATE_DOES_ACCEPTANCE, accepts);
    mark_deciding(s, CASEGATE_DOES_REJECTION, rejects);
    for (size_t i = 0; i < s->b->statuses.count; i++)
        if (phase_at(s, i) == CASEGATE_PHASE_PENDING && !(accepts[i] && rejects[i])) at_status(s, CASEGATE_FAULT_UNDECIDABLE,
                cg_raw_status_at(s->b, i));
}

static int is_midway(const search *s, size_t slot)
{
    for (size_t i = 0; i < s->b->transitions.count; i++) {
        const cg_raw_transition *t = cg_raw_transition_at(s->b, i);
        if (t->does == CASEGATE_DOES_MOVE && t->to_slot == slot && t->from_slot != slot &&
            phase_at(s, slot) == CASEGATE_PHASE_PENDING) return 1;
    }
    return 0;
}

static void judge_midway(search *s)
{
    for (size_t i = 0; i < s->b->transitions.count; i++) {
        const cg_raw_transition *t = cg_raw_transition_at(s->b, i);
        if (t->does == CASEGATE_DOES_EDIT && is_midway(s, t->from_slot)) at_transition(s, CASEGATE_FAULT_EDITS_MIDWAY, t);
    }
}

/* ---- the whole -------------------------------------------------------------------------------------------------------------------- */

/* Paths mean something only when names, codes and phases are sound, and there is a draft to begin at. */
static int is_sound(const search *s)
{
    const uint32_t unsound = 1u << CASEGATE_FAULT_NO_DRAFT | 1u << CASEGATE_FAULT_DUPLICATE | 1u << CASEGATE_FAULT_RESERVED | 1u << CASEGATE_FAULT_UNKNOWN_PHASE |
                             1u << CASEGATE_FAULT_UNKNOWN_STATUS | 1u << CASEGATE_FAULT_UNKNOWN_ROLE | 1u << CASEGATE_FAULT_UNKNOWN_PERMISSION |
                             1u << CASEGATE_FAULT_UNKNOWN_NEED | 1u << CASEGATE_FAULT_UNKNOWN_ACTION;
    return !(s->seen & unsound);
}

casegate_result cg_find_faults(casegate_workflow_builder *builder, casegate_faults *faults)
{
    search s = { .b = builder, .faults = faults };
    cg_faults_clear(faults);
    judge_permissions(&s);
    judge_statuses(&s);
    judge_actions(&s);
    judge_notices(&s);
    judge_table(&s);
    if (is_sound(&s)) {
        judge_reach(&s);
        judge_ends(&s);
        judge_decidability(&s);
        judge_midway(&s);
    }
    if (s.out_of_memory) return CASEGATE_E_NOMEM;
    return s.found ? CASEGATE_REFUSED : CASEGATE_OK;
}
