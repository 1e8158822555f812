/* SPDX-License-Identifier: MIT */
/* world.c: what a scenario calls by name: its cases, and the ids behind; its guards. */
#include "scenario.h"

const char *cg_id_of(const cg_world *w, const char *name)
{
    for (size_t i = 0; i < w->case_count; i++)
        if (strcmp(w->cases[i].name, name) == 0) return w->cases[i].id;
    return "no-such-case";
}

const char *cg_name_of_case(const cg_world *w, const char *id)
{
    for (size_t i = 0; id && i < w->case_count; i++)
        if (strcmp(w->cases[i].id, id) == 0) return w->cases[i].name;
    return NULL;
}

cg_guard_rule *cg_find_guard(cg_world *w, int32_t action, const char *name)
{
    for (size_t i = 0; name && i < w->guard_count; i++)
        if (w->guards[i].action == action && strcmp(w->guards[i].name, name) == 0) return &w->guards[i];
    return NULL;
}
