/* SPDX-License-Identifier: MIT */
/* take.c: the size that a sized struct says, weighed against ours: the same rules as in the core. */
#include "take.h"

#include <string.h>

enum { TIMES_OURS = 16, SMALLEST = 2 * sizeof(size_t) };

static casegate_result judge(const void *given, size_t size, const char *field, casegate_error *err)
{
    size_t said = 0;
    if (!given) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, field, "is NULL");
    memcpy(&said, given, sizeof said);
    if (said >= SMALLEST && said <= TIMES_OURS * size) return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_ABI, 0, field, "the size of this struct cannot be");
}

casegate_result cg_take_options(const void *given, void *ours, size_t size, casegate_error *err)
{
    size_t said = 0;
    casegate_result rc = judge(given, size, "options", err);
    if (rc != CASEGATE_OK) return rc;
    memcpy(&said, given, sizeof said);
    for (size_t i = size; i < said; i++)
        if (((const unsigned char *)given)[i])
            return casegate_error_set(err, CASEGATE_E_ABI, 0, "options", "this struct is newer than the library");
    memset(ours, 0, size);
    memcpy(ours, given, said < size ? said : size);
    memcpy(ours, &size, sizeof size);
    return CASEGATE_OK;
}

casegate_result cg_take_result(const void *given, size_t size, casegate_error *err) { return judge(given, size, "result", err); }

void cg_give_result(void *given, const void *ours, size_t size)
{
    size_t said = 0;
    memcpy(&said, given, sizeof said);
    memcpy(given, ours, said < size ? said : size);
    memcpy(given, &said, sizeof said);
}
