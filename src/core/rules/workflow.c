/* SPDX-License-Identifier: MIT */
/* workflow.c: asking a definition: statuses, actions, transitions, names of roles, phases and permissions. */
#include "rules.h"

#include <assert.h>

#define CLINIC_SIDE ((1u << CASEGATE_CLINIC_USER) | (1u << CASEGATE_DENTIST))
#define SYSTEM_SIDE (1u << CASEGATE_SYSTEM)
#define COUNT(a) (sizeof(a) / sizeof *(a))

static_assert(CG_LIMITS == CASEGATE_LIMIT_CONTENT + 1, "the model counts the limits of workflow.h");

/* What every workflow has, without a row in its table. */
static const casegate_action builtin_actions[] = {
    { .size = sizeof(casegate_action), .code = CASEGATE_CREATE, .name = "create", .roles = CLINIC_SIDE,
      .permission = CASEGATE_MAY_EDIT },
    { .size = sizeof(casegate_action), .code = CASEGATE_ADOPT, .name = "adopt", .roles = SYSTEM_SIDE,
      .permission = CASEGATE_MAY_ADOPT },
    { .size = sizeof(casegate_action), .code = CASEGATE_ERASE, .name = "erase", .roles = SYSTEM_SIDE,
      .permission = CASEGATE_MAY_ERASE },
    { .size = sizeof(casegate_action), .code = CASEGATE_MIGRATE, .name = "migrate", .roles = SYSTEM_SIDE,
      .permission = CASEGATE_MAY_MIGRATE },
};
static const cg_permission builtin_permissions[] = {
    { "view", CASEGATE_MAY_VIEW }, { "edit", CASEGATE_MAY_EDIT }, { "submit", CASEGATE_MAY_SUBMIT }, { "accept",
            CASEGATE_MAY_ACCEPT },
    { "reject", CASEGATE_MAY_REJECT }, { "adopt", CASEGATE_MAY_ADOPT }, { "erase", CASEGATE_MAY_ERASE }, { "migrate",
            CASEGATE_MAY_MIGRATE },
};
static const char *const role_list[] = { "clinic_user", "dentist", "lab_user", "system" };
static const cg_names roles = { role_list, CASEGATE_CLINIC_USER, COUNT(role_list) };
static const char *const phase_list[] = { "draft", "pending", "accepted", "rejected", "closed" };
static const cg_names phases = { phase_list, CASEGATE_PHASE_DRAFT, COUNT(phase_list) };

casegate_workflow *casegate_workflow_ref(const casegate_workflow *workflow)
{
    if (workflow) cg_count_up(&workflow->count);
    return (casegate_workflow *)workflow;
}

void casegate_workflow_unref(const casegate_workflow *workflow)
{
    if (!workflow || !cg_count_down(&workflow->count)) return;
    cg_arena arena = workflow->arena;   /* the definition lives in its own arena */
    cg_arena_free(&arena);
    casegate_host_unref(arena.host);
}

const char *casegate_workflow_name(const casegate_workflow *workflow) { return workflow ? workflow->name : ""; }
uint32_t casegate_workflow_version(const casegate_workflow *workflow) { return workflow ? workflow->version : 0; }
size_t casegate_workflow_status_count(const casegate_workflow *workflow) { return workflow ? workflow->status_count : 0; }
size_t casegate_workflow_action_count(const casegate_workflow *workflow) { return workflow ? workflow->action_count : 0; }
size_t casegate_workflow_transition_count(const casegate_workflow *workflow) { return workflow ? workflow->transition_count : 0; }
size_t casegate_workflow_notice_count(const casegate_workflow *workflow) { return workflow ? workflow->notice_count : 0; }

const casegate_status *casegate_workflow_status_at(const casegate_workflow *workflow, size_t i)
{
    return i < casegate_workflow_status_count(workflow) ? workflow->statuses[i] : NULL;
}

const casegate_action *casegate_workflow_action_at(const casegate_workflow *workflow, size_t i)
{
    return i < casegate_workflow_action_count(workflow) ? workflow->actions[i] : NULL;
}

const casegate_transition *casegate_workflow_transition_at(const casegate_workflow *workflow, size_t i)
{
    return i < casegate_workflow_transition_count(workflow) ? workflow->transitions[i] : NULL;
}

const casegate_notice_rule *casegate_workflow_notice_at(const casegate_workflow *workflow, size_t i)
{
    return i < casegate_workflow_notice_count(workflow) ? workflow->notices[i] : NULL;
}

/* The slot of a host's code, in constant time however many there are. */
static size_t probe(const uint8_t *table, uint32_t mask, int32_t code, const casegate_workflow *workflow,
                    int32_t (*code_at)(const casegate_workflow *workflow, size_t slot), size_t none)
{
    if (!table || code < CG_LOW_CODES) return none;
    for (uint32_t at = cg_code_hash(code) & mask; table[at]; at = (at + 1) & mask)
        if (code_at(workflow, table[at] - 1u) == code) return table[at] - 1u;
    return none;
}

static int32_t status_code(const casegate_workflow *workflow, size_t slot) { return workflow->statuses[slot]->code; }
static int32_t action_code(const casegate_workflow *workflow, size_t slot) { return workflow->actions[slot]->code; }

size_t cg_search_status(const casegate_workflow *workflow, int32_t code)
{
    return probe(workflow->status_table, workflow->status_mask, code, workflow, status_code, workflow->status_count);
}

size_t cg_search_action(const casegate_workflow *workflow, int32_t code)
{
    return probe(workflow->action_table, workflow->action_mask, code, workflow, action_code, workflow->action_count);
}

const casegate_status *casegate_workflow_status(const casegate_workflow *workflow, int32_t code)
{
    return workflow ? casegate_workflow_status_at(workflow, cg_status_slot(workflow, code)) : NULL;
}

const casegate_action *casegate_workflow_action(const casegate_workflow *workflow, int32_t code)
{
    const casegate_action *found = workflow ? casegate_workflow_action_at(workflow, cg_action_slot(workflow, code)) : NULL;
    for (size_t i = 0; !found && workflow && i < COUNT(builtin_actions); i++)
        if (builtin_actions[i].code == code) found = &builtin_actions[i];
    return found;
}

const casegate_status *cg_workflow_initial(const casegate_workflow *workflow)
{
    return casegate_workflow_status(workflow, workflow->initial);
}

int32_t casegate_workflow_find_status(const casegate_workflow *workflow, const char *name)
{
    for (size_t i = 0; i < casegate_workflow_status_count(workflow); i++)
        if (cg_same(workflow->statuses[i]->name, name)) return workflow->statuses[i]->code;
    return 0;
}

int32_t casegate_workflow_find_action(const casegate_workflow *workflow, const char *name)
{
    for (size_t i = 0; i < casegate_workflow_action_count(workflow); i++)
        if (cg_same(workflow->actions[i]->name, name)) return workflow->actions[i]->code;
    for (size_t i = 0; workflow && i < COUNT(builtin_actions); i++)
        if (cg_same(builtin_actions[i].name, name)) return builtin_actions[i].code;
    return 0;
}

const char *casegate_permission_name(const casegate_workflow *workflow, uint64_t bit)
{
    for (size_t i = 0; i < COUNT(builtin_permissions); i++)
        if (builtin_permissions[i].bit == bit) return builtin_permissions[i].name;
    for (size_t i = 0; workflow && i < workflow->permission_count; i++)
        if (workflow->permissions[i].bit == bit) return workflow->permissions[i].name;
    return "";
}

uint64_t casegate_find_permission(const casegate_workflow *workflow, const char *name)
{
    for (size_t i = 0; i < COUNT(builtin_permissions); i++)
        if (cg_same(builtin_permissions[i].name, name)) return builtin_permissions[i].bit;
    for (size_t i = 0; workflow && i < workflow->permission_count; i++)
        if (cg_same(workflow->permissions[i].name, name)) return workflow->permissions[i].bit;
    return 0;
}

uint64_t casegate_role_permissions(const casegate_workflow *workflow, int32_t role)
{
    if (role < CASEGATE_CLINIC_USER || role > CASEGATE_SYSTEM) return 0;
    uint64_t permissions = CASEGATE_MAY_VIEW;
    for (size_t i = 0; i < casegate_workflow_action_count(workflow); i++)
        if (workflow->actions[i]->roles & (1u << role)) permissions |= workflow->actions[i]->permission;
    for (size_t i = 0; i < COUNT(builtin_actions); i++)
        if (builtin_actions[i].roles & (1u << role)) permissions |= builtin_actions[i].permission;
    return permissions;
}

const char *casegate_role_name(int32_t role) { return cg_name_of(&roles, role); }
int32_t casegate_find_role(const char *name) { return cg_number_of(&roles, name, 0); }
const char *casegate_phase_name(int32_t phase) { return cg_name_of(&phases, phase); }
int32_t casegate_find_phase(const char *name) { return cg_number_of(&phases, name, 0); }
