/* SPDX-License-Identifier: MIT */
/* casegate.h: the whole core: include this and link libcasegate. Adapters have headers of their own. */
#ifndef CASEGATE_CASEGATE_H
#define CASEGATE_CASEGATE_H

/**
 * @file casegate.h
 * @brief Everything of the core component. json.h, sqlite.h, postgres.h and testkit.h belong to the components of those names.
 */
#include <casegate/engine.h>

#endif
