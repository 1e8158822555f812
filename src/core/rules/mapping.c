/* SPDX-License-Identifier: MIT */
/* mapping.c: where each status of a definition leads in another, and every reason why it may not. */
#include "rules.h"

#include <stdio.h>

/* Statuses and targets as they were given, while they are judged. */
typedef struct drawing {
    casegate_mapping *map;
    casegate_faults *faults;   /* may be NULL */
    size_t found;
    int out_of_memory;
} drawing;

static casegate_result invalid(casegate_error *err, int32_t problem, const char *field, const char *text)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, problem, field, text);
}

static void put(drawing *d, int32_t code, const char *status, const char *member)
{
    char place[96];
    snprintf(place, sizeof place, *status ? "statuses[%s]%s" : "%s%s", status, member);
    d->found++;
    if (!cg_faults_add(d->faults, code, place)) d->out_of_memory = 1;
}

/* ---- what stands in the way ------------------------------------------------------------------------------------------------ */

static size_t slot_named(const casegate_workflow *workflow, const char *name)
{
    size_t i = 0;
    while (i < workflow->status_count && !cg_same(workflow->statuses[i]->name, name)) i++;
    return i;
}

/* Has a case there passed something? A move led to it. */
static int is_midway(const casegate_workflow *workflow, int32_t status)
{
    for (size_t i = 0; i < workflow->transition_count; i++) {
        const casegate_transition *t = workflow->transitions[i];
        if (t->to == status && t->from != status &&
            casegate_workflow_action(workflow, t->action)->does == CASEGATE_DOES_MOVE) return 1;
    }
    return 0;
}

static void judge_pair(drawing *d, const casegate_status *old, const casegate_status *new_)
{
    const casegate_mapping *map = d->map;
    if (old->phase != new_->phase) put(d, CASEGATE_FAULT_CHANGES_PHASE, old->name, "");
    else if (old->phase == CASEGATE_PHASE_PENDING && is_midway(map->to, new_->code) && !is_midway(map->from, old->code))
        put(d, CASEGATE_FAULT_SKIPS_STEP, old->name, "");
}

static void draw_pair(drawing *d, const char *status, const char *target)
{
    casegate_mapping *map = d->map;
    size_t from = slot_named(map->from, status), to = slot_named(map->to, target);
    int known = from < map->from->status_count;
    if (!known) put(d, CASEGATE_FAULT_UNKNOWN_STATUS, status, "");
    else if (map->targets[from]) put(d, CASEGATE_FAULT_DUPLICATE, status, "");
    if (to == map->to->status_count) put(d, CASEGATE_FAULT_UNKNOWN_STATUS, status, ".to");
    if (!known || map->targets[from]) return;
    map->targets[from] = -1;   /* named, if only to nowhere */
    if (to == map->to->status_count) return;
    map->targets[from] = map->to->statuses[to]->code;
    judge_pair(d, map->from->statuses[from], map->to->statuses[to]);
}

static void judge_whole(drawing *d)
{
    const casegate_mapping *map = d->map;
    if (map->from->version == map->to->version && cg_same(map->from->name, map->to->name))
        put(d, CASEGATE_FAULT_SAME_DEFINITION, "", "to");
    for (size_t i = 0; i < map->from->status_count; i++)
        if (!map->targets[i]) put(d, CASEGATE_FAULT_UNMAPPED, map->from->statuses[i]->name, "");
}

static int32_t name_problem(const char *name)
{
    int32_t problem = cg_empty(name) ? CASEGATE_PROBLEM_MISSING : cg_element_id_problem(name);
    return !problem && strlen(name) > 64 ? CASEGATE_PROBLEM_TOO_LONG : problem;
}

static casegate_result judge_names(const char *const *names, size_t count, const char *field, casegate_error *err)
{
    if (count && !names) return invalid(err, CASEGATE_PROBLEM_MISSING, field, "is NULL");
    for (size_t i = 0; i < count; i++) {
        int32_t problem = name_problem(names[i]);
        if (problem) return invalid(err, problem, field, "a name cannot be taken");
    }
    return CASEGATE_OK;
}

/* ---- the mapping ------------------------------------------------------------------------------------------------------------- */

static casegate_mapping *allocate(casegate_host *host, const casegate_workflow *from, const casegate_workflow *to)
{
    casegate_mapping *map = cg_zalloc(host, sizeof *map + from->status_count * sizeof map->targets[0]);
    if (!map) return NULL;
    cg_count_init(&map->count);
    map->host = casegate_host_ref(host);
    map->from = casegate_workflow_ref(from);
    map->to = casegate_workflow_ref(to);
    return map;
}

casegate_result casegate_mapping_new(casegate_host *host, const casegate_workflow *from, const casegate_workflow *to,
                                     const char *const *statuses, const char *const *targets, size_t count,
                                     casegate_mapping **out, casegate_faults *faults, casegate_error *err)
{
    if (!from || !to || !out)
        return invalid(err, CASEGATE_PROBLEM_MISSING, !from ? "from" : !to ? "to" : "out", "is NULL");
    casegate_result rc = judge_names(statuses, count, "statuses", err);
    if (rc == CASEGATE_OK) rc = judge_names(targets, count, "targets", err);
    if (rc != CASEGATE_OK) return rc;
    drawing d = { .map = allocate(host, from, to), .faults = faults };
    if (!d.map) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    cg_faults_clear(faults);
    for (size_t i = 0; i < count; i++) draw_pair(&d, statuses[i], targets[i]);
    judge_whole(&d);
    if (d.out_of_memory) rc = casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    else if (d.found) rc = CASEGATE_REFUSED;
    if (rc != CASEGATE_OK) return casegate_mapping_unref(d.map), rc;
    *out = d.map;
    return CASEGATE_OK;
}

casegate_mapping *casegate_mapping_ref(const casegate_mapping *mapping)
{
    if (mapping) cg_count_up(&mapping->count);
    return (casegate_mapping *)(uintptr_t)mapping;
}

void casegate_mapping_unref(const casegate_mapping *mapping)
{
    if (!mapping || !cg_count_down(&mapping->count)) return;
    casegate_host *host = mapping->host;
    casegate_workflow_unref(mapping->from);
    casegate_workflow_unref(mapping->to);
    casegate_release(host, (void *)(uintptr_t)mapping);
    casegate_host_unref(host);
}

const casegate_workflow *casegate_mapping_from(const casegate_mapping *mapping) { return mapping ? mapping->from : NULL; }
const casegate_workflow *casegate_mapping_to(const casegate_mapping *mapping) { return mapping ? mapping->to : NULL; }

int32_t casegate_mapping_status(const casegate_mapping *mapping, int32_t status)
{
    size_t slot = mapping ? cg_status_slot(mapping->from, status) : 0;
    return mapping && slot < mapping->from->status_count ? mapping->targets[slot] : 0;
}
