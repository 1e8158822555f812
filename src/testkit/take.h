/* SPDX-License-Identifier: MIT */
/* take.h: options of an older or newer header taken as ours, and results given back in theirs. */
#ifndef CG_TAKE_H
#define CG_TAKE_H

#include <casegate/testkit.h>

/* Copies: what a shorter struct lacks is zero; a longer one must have nothing in the excess. OK, E_INVALID (NULL) or E_ABI. */
casegate_result cg_take_options(const void *given, void *ours, size_t size, casegate_error *err);
/* Can a result be given back? One that is shorter gets what it has room for. OK, E_INVALID (NULL) or E_ABI. */
casegate_result cg_take_result(const void *given, size_t size, casegate_error *err);
void cg_give_result(void *given, const void *ours, size_t size);

#endif
