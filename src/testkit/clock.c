/* SPDX-License-Identifier: MIT */
/* clock.c: a clock that stands until it is moved, and a host with it: counting ids, the same random bytes in every run. */
#include <casegate/testkit.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct casegate_clock { _Atomic int64_t now_us; _Atomic int users; };
typedef struct test_host { casegate_clock *clock; _Atomic uint64_t ids, random; } test_host;

casegate_clock *casegate_clock_new(int64_t now_us)
{
    casegate_clock *clock = malloc(sizeof *clock);
    if (!clock) return NULL;
    atomic_init(&clock->now_us, now_us);
    atomic_init(&clock->users, 1);
    return clock;
}

void casegate_clock_free(casegate_clock *clock)
{
    if (clock && atomic_fetch_sub(&clock->users, 1) == 1) free(clock);
}

void casegate_clock_set(casegate_clock *clock, int64_t now_us) { atomic_store(&clock->now_us, now_us); }
void casegate_clock_advance(casegate_clock *clock, int64_t us) { atomic_fetch_add(&clock->now_us, us); }
int64_t casegate_clock_now(const casegate_clock *clock) { return atomic_load(&((casegate_clock *)(uintptr_t)clock)->now_us); }

static int64_t CASEGATE_CALL now_us(void *user) { return casegate_clock_now(((test_host *)user)->clock); }

static casegate_result CASEGATE_CALL new_id(void *user, char *buf, size_t cap, casegate_error *err)
{
    test_host *t = user;
    unsigned long long number = atomic_fetch_add(&t->ids, 1) + 1;
    (void)err;
    snprintf(buf, cap, "case-%llu", number);
    return CASEGATE_OK;
}

/* SplitMix64: a sequence that looks random and is the same in every run. */
static uint64_t next(test_host *t)
{
    uint64_t z = atomic_fetch_add(&t->random, UINT64_C(0x9E3779B97F4A7C15)) + UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static casegate_result CASEGATE_CALL random_bytes(void *user, uint8_t *buf, size_t len, casegate_error *err)
{
    (void)err;
    while (len) {
        uint64_t bits = next(user);
        size_t n = len < sizeof bits ? len : sizeof bits;
        memcpy(buf, &bits, n);
        buf += n;
        len -= n;
    }
    return CASEGATE_OK;
}

static void CASEGATE_CALL destroy(void *user)
{
    casegate_clock_free(((test_host *)user)->clock);
    free(user);
}

casegate_result casegate_test_host_new(casegate_clock *clock, casegate_host **out, casegate_error *err)
{
    if (!clock) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "clock", "is NULL");
    test_host *t = calloc(1, sizeof *t);
    if (!t) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    t->clock = clock;
    const casegate_host_ops ops = { .size = sizeof ops, .user = t, .destroy = destroy, .now_us = now_us, .new_id = new_id,
                                    .random = random_bytes };
    casegate_result rc = casegate_host_new(&ops, out, err);
    if (rc == CASEGATE_OK) atomic_fetch_add(&clock->users, 1);
    else free(t);
    return rc;
}
