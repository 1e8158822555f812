/* SPDX-License-Identifier: MIT */
/* names.c: looking up tables of names by number, and back. */
#include "base.h"

const char *cg_name_of(const cg_names *names, int32_t number)
{
    int64_t place = (int64_t)number - names->first;
    return place >= 0 && place < names->count ? cg_text(names->names[place]) : "";
}

int32_t cg_number_of(const cg_names *names, const char *name, int32_t none)
{
    if (cg_empty(name)) return none;
    for (int32_t i = 0; i < names->count; i++)
        if (cg_same(names->names[i], name)) return names->first + i;
    return none;
}
