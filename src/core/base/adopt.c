/* SPDX-License-Identifier: MIT */
/* adopt.c: how a sized struct of an older or newer header becomes one of ours. */
#include "base.h"

enum { TIMES_OURS = 16, LARGEST = 4096 };

static casegate_result bad_size(casegate_error *err)
{
    return casegate_error_set(err, CASEGATE_E_ABI, 0, "size", "the size of a struct cannot be");
}

static int all_zero(const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i]) return 0;
    return 1;
}

casegate_result cg_adopt(const void *given, size_t v1, size_t ours, void *copy, const void **out, casegate_error *err)
{
    if (!given) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, NULL, "a struct is required");
    size_t size;
    memcpy(&size, given, sizeof size);
    if (size == ours) {
        *out = given;
        return CASEGATE_OK;
    }

    /* Beyond that it is no size but memory that nobody set, and is not read. */
    size_t largest = TIMES_OURS * ours > LARGEST ? TIMES_OURS * ours : LARGEST;
    if (size < v1 || size > largest) return bad_size(err);
    if (size > ours && !all_zero((const unsigned char *)given + ours, size - ours)) return bad_size(err);

    memset(copy, 0, ours);
    memcpy(copy, given, size < ours ? size : ours);
    memcpy(copy, &ours, sizeof ours);
    *out = copy;
    return CASEGATE_OK;
}

void cg_init(void *given, size_t size)
{
    if (!given || size < sizeof size) return;
    memset(given, 0, size);
    memcpy(given, &size, sizeof size);
}
