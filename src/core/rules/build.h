/* SPDX-License-Identifier: MIT */
/* build.h: a definition as it was written, before it is a workflow: shared by its building and its verification. */
#ifndef CG_BUILD_H
#define CG_BUILD_H

#include "rules.h"

enum { CG_MOST_STATUSES = 200, CG_MOST_ACTIONS = 200, CG_MOST_TRANSITIONS = 10000 };

/* Rows of one size, in the builder's arena. */
typedef struct cg_rows { char *at; size_t size, count, room; } cg_rows;
typedef struct cg_raw_status { casegate_status it; cg_rows labels; } cg_raw_status;
typedef struct cg_raw_action { casegate_action it; const char *permission; int edits; cg_rows guards; size_t transition_count; } cg_raw_action;
typedef struct cg_raw_transition { size_t action, place; const char *from, *to; size_t from_slot,
                                   to_slot; int32_t does; } cg_raw_transition;
typedef struct cg_raw_notice { casegate_notice_rule it; const char *action; } cg_raw_notice;   /* `it` first: rules point at it */
typedef struct cg_raw_unknown { int32_t code; size_t action; const char *name; } cg_raw_unknown;

struct casegate_workflow_builder {
    cg_arena arena;   /* becomes the workflow's */
    casegate_error first;
    const char *name;
    uint32_t version;
    cg_rows permissions, statuses, actions, transitions, notices, unknown;
    size_t initial;   /* slot of the first status of phase draft */
};
#define CG_ROW(type, rows, i) ((type *)(void *)((rows).at + (i) * (rows).size))
static inline cg_raw_status *cg_raw_status_at(const casegate_workflow_builder *b,
                                              size_t i) { return CG_ROW(cg_raw_status, b->statuses, i); }
static inline cg_raw_action *cg_raw_action_at(const casegate_workflow_builder *b,
                                              size_t i) { return CG_ROW(cg_raw_action, b->actions, i); }
static inline cg_raw_transition *cg_raw_transition_at(const casegate_workflow_builder *b, size_t i)
{
    return CG_ROW(cg_raw_transition, b->transitions, i);
}
static inline cg_raw_notice *cg_raw_notice_at(const casegate_workflow_builder *b,
                                              size_t i) { return CG_ROW(cg_raw_notice, b->notices, i); }
static inline cg_raw_unknown *cg_raw_unknown_at(const casegate_workflow_builder *b,
                                                size_t i) { return CG_ROW(cg_raw_unknown, b->unknown, i); }

/* Every fault of the definition, resolving names on the way: OK, REFUSED or E_NOMEM. faults may be NULL. */
casegate_result cg_find_faults(casegate_workflow_builder *builder, casegate_faults *faults);

#endif
