/* SPDX-License-Identifier: MIT */
/* ids.c: UUID version 7 (RFC 9562) that increases within the process. */
#include "base.h"

/*
 * The time of the last id: milliseconds and 12 bits of their fraction. The one thing in the library that can be written
 * by all threads: without it, ids of one millisecond would not be ordered, nor those after the clock was set back.
 */
static _Atomic uint64_t last_stamp;

enum { FRACTION_BITS = 12 };
#define STAMP_MAX ((UINT64_C(1) << 60) - 1)

static uint64_t stamp_of(int64_t us)
{
    if (us <= 0) return 0;
    uint64_t fraction = (uint64_t)(us % 1000) * (1u << FRACTION_BITS) / 1000;
    return ((uint64_t)(us / 1000) << FRACTION_BITS | fraction) & STAMP_MAX;
}

static uint64_t next_stamp(uint64_t now)
{
    uint64_t last = atomic_load_explicit(&last_stamp, memory_order_relaxed);
    uint64_t next;
    do {
        next = now > last ? now : last + 1;
    } while (!atomic_compare_exchange_weak_explicit(&last_stamp, &last, next, memory_order_relaxed, memory_order_relaxed));
    return next;
}

void cg_id_default(casegate_host *host, char out[37])
{
    uint64_t stamp = next_stamp(stamp_of(casegate_now_us(host)));
    uint8_t id[16];
    for (int i = 0; i < 6; i++) id[i] = (uint8_t)(stamp >> (FRACTION_BITS + 40 - 8 * i));
    id[6] = (uint8_t)(0x70 | ((stamp >> 8) & 0x0F));
    id[7] = (uint8_t)stamp;
    cg_random_default(id + 8, 8);
    id[8] = (uint8_t)(0x80 | (id[8] & 0x3F));

    static const uint8_t groups[] = { 4, 2, 2, 2, 6 };
    const uint8_t *from = id;
    for (size_t i = 0; i < sizeof groups; i++) {
        if (i) *out++ = '-';
        out += cg_hex(from, groups[i], out);
        from += groups[i];
    }
}
