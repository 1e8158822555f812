/* SPDX-License-Identifier: MIT */
/* unit.h: what every unit test includes: cmocka, and a host whose memory is counted and can run out. */
#ifndef CASEGATE_UNIT_H
#define CASEGATE_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "model/model.h"

#define ERROR { .size = sizeof(casegate_error) }
#define TEST(name) static void name(void **state)
#define UNUSED(state) ((void)(state))

/* Pieces held, allocations so far, how many more succeed (below 0: all). */
typedef struct unit_memory { int held, allocations, left; } unit_memory;

static inline int unit_takes(unit_memory *memory)
{
    if (memory->left == 0) return 0;
    if (memory->left > 0) memory->left--;
    memory->allocations++;
    return 1;
}

static inline void *unit_alloc(void *user, size_t size)
{
    unit_memory *memory = user;
    if (!unit_takes(memory)) return NULL;
    memory->held++;
    return malloc(size);
}

static inline void *unit_resize(void *user, void *ptr, size_t size)
{
    unit_memory *memory = user;
    if (!unit_takes(memory)) return NULL;
    if (!ptr) memory->held++;
    return realloc(ptr, size);
}

static inline void unit_release(void *user, void *ptr)
{
    unit_memory *memory = user;
    memory->held--;
    free(ptr);
}

/* A host whose memory is that. */
static inline casegate_host *unit_host(unit_memory *memory)
{
    casegate_host *host = NULL;
    *memory = (unit_memory) { .left = -1 };
    casegate_host_ops ops = { .size = sizeof ops, .user = memory, .alloc = unit_alloc, .resize = unit_resize,
        .release = unit_release };
    assert_int_equal(casegate_host_new(&ops, &host, NULL), CASEGATE_OK);
    return host;
}

#endif
