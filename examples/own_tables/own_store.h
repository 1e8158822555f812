/* SPDX-License-Identifier: MIT */
/* own_store.h: opens a casegate store over the tables of the lab's own system. */
#ifndef EXAMPLE_OWN_STORE_H
#define EXAMPLE_OWN_STORE_H

#include <casegate/store.h>

/* Adds what the lab's tables lack, once, and leaves the rest as it is. out: a new reference. Shared by threads. */
casegate_result own_store_open(casegate_host *host, const char *path, casegate_store **out, casegate_error *err);

#endif
