/* SPDX-License-Identifier: MIT */
/* broken.h: stores that break one promise each. */
#ifndef TESTS_CONTRACT_BROKEN_H
#define TESTS_CONTRACT_BROKEN_H

#include <casegate/testkit.h>

/* One bug, and the rule that must notice it. */
typedef struct bug { const char *name, *rule; } bug;
extern const bug bugs[];   /* ends with an empty row */

/* A memory store with a bug; NULL: with none. */
casegate_result broken_store(const bug *which, casegate_host *host, casegate_store **out, casegate_error *err);

/* Those that show only when several are at work. */
extern const bug crowd_bugs[];
/* inner behind a lock that is taken too late. which NULL: in time, for a store that takes none */
casegate_result crowd_store(const bug *which, casegate_store *inner, casegate_host *host, casegate_store **out, casegate_error *err);

#endif
