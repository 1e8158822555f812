/* SPDX-License-Identifier: MIT */
/* world.c: the cases of a scenario: what the file calls them, and the ids behind. */
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
