/* SPDX-License-Identifier: MIT */
/* count.c: references, counted atomically; static objects are not. */
#include "base.h"

/* A count changes though what it counts is immutable; a static object may lie in memory that cannot be written. */
static _Atomic int32_t *counter(const cg_count *count) { return &((cg_count *)(uintptr_t)count)->n; }

void cg_count_init(cg_count *count) { atomic_init(&count->n, 1); }

void cg_count_up(const cg_count *count)
{
    if (atomic_load_explicit(counter(count), memory_order_relaxed) < 0) return;
    atomic_fetch_add_explicit(counter(count), 1, memory_order_relaxed);
}

int cg_count_down(const cg_count *count)
{
    if (atomic_load_explicit(counter(count), memory_order_relaxed) < 0) return 0;
    return atomic_fetch_sub_explicit(counter(count), 1, memory_order_acq_rel) == 1;
}
