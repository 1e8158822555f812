/* SPDX-License-Identifier: MIT */
/* replay.c: the head after an event of a history, for those who replay one: whether it follows at all, and to where. */
#include "rules.h"

static casegate_result corrupt(casegate_error *err, const char *field, const char *text)
{
    return casegate_error_set(err, CASEGATE_E_CORRUPT, 0, field, text);
}

static casegate_result follow(const casegate_workflow *workflow, const casegate_head *before, const casegate_event *event,
                              const casegate_content *content, casegate_head *after, casegate_error *err)
{
    const casegate_status *to = casegate_workflow_status(workflow, event->to);
    if (event->seq != (before ? before->version + 1 : 1)) return corrupt(err, "seq", "an event is missing");
    if (cg_empty(event->case_id) || (before && !cg_same(before->id, event->case_id)))
        return corrupt(err, "case", "the event is of another case");
    if (!to) return corrupt(err, "to", "the workflow has no such status");
    cg_head_follow(before, event, content, before ? before->phase : 0, to->phase, after);
    return CASEGATE_OK;
}

casegate_result casegate_head_follow(const casegate_workflow *workflow, const casegate_head *before, const casegate_event *event,
                                     const casegate_content *content, casegate_head *after, casegate_error *err)
{
    casegate_head head_room, next = { .size = sizeof next };
    casegate_event event_room;
    const void *head = NULL, *given = NULL;
    if (!workflow || !after)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, workflow ? "after" : "workflow", "is NULL");
    casegate_result rc = before ? cg_adopt(before, sizeof head_room, sizeof head_room, &head_room, &head, err) : CASEGATE_OK;
    if (rc == CASEGATE_OK) rc = cg_adopt(event, sizeof event_room, sizeof event_room, &event_room, &given, err);
    if (rc == CASEGATE_OK && after->size < sizeof next) rc = casegate_error_set(err, CASEGATE_E_ABI, 0, "after", "size of a struct cannot be");
    if (rc == CASEGATE_OK) rc = follow(workflow, head, given, content, &next, err);
    if (rc != CASEGATE_OK) return rc;
    next.size = after->size;
    memcpy(after, &next, sizeof next);
    return CASEGATE_OK;
}
