/* SPDX-License-Identifier: MIT */
/* case.c: a head that was checked; names of recipients and notice states. */
#include "model.h"

#define COUNT(list) ((int32_t)(sizeof (list) / sizeof (list)[0]))

/* The case lies in its own arena, with its head. */
typedef struct owner { casegate_case kase; cg_arena arena; } owner;

static const char *const recipient_list[] = { "clinic", "dentist", "lab" };
static const cg_names recipients = { recipient_list, CASEGATE_TO_CLINIC, COUNT(recipient_list) };
static const char *const state_list[] = { "pending", "leased", "delivered", "dead" };
static const cg_names states = { state_list, CASEGATE_NOTICE_PENDING, COUNT(state_list) };

const char *casegate_recipient_name(int32_t to) { return cg_name_of(&recipients, to); }

const char *casegate_notice_state_name(int32_t state) { return cg_name_of(&states, state); }

casegate_result cg_head_judge(const casegate_head *head, casegate_error *err)
{
    const struct { const char *member; int wrong; } checks[] = {
        { "id", cg_empty(head->id) },
        { "clinic", cg_empty(head->clinic) },
        { "lab", cg_empty(head->lab) },
        { "workflow", cg_empty(head->workflow) },
        { "workflow_version", head->workflow_version == 0 },
        { "status", head->status == 0 },
        { "version", head->version == 0 },
        { "revision", head->revision == 0 },
        { "attempt", head->attempt == 0 && (head->submitted_us != 0 || head->first_submitted_seq != 0) },
        { "rejected_seq", head->rejected_seq > head->version },
        { "first_submitted_seq", head->first_submitted_seq > head->version },
        { "first_submitted_revision", head->first_submitted_revision > head->revision }
    };
    for (int32_t i = 0; i < COUNT(checks); i++)
        if (checks[i].wrong)
            return casegate_error_set(err, CASEGATE_E_CORRUPT, 0, checks[i].member, "the head of the case makes no sense");
    return CASEGATE_OK;
}

casegate_result casegate_case_new(casegate_host *host, const casegate_head *head, casegate_case **out, casegate_error *err)
{
    if (!head || !out)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, head ? "out" : "head",
                                  "an argument is required");
    cg_arena arena;
    cg_arena_init(&arena, host);
    owner *own = cg_arena_alloc(&arena, sizeof *own);
    void *copy = NULL;
    casegate_result rc = own ? cg_view_copy(&arena, CASEGATE_VIEW_HEAD, head, &copy, err)
                             : casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    if (rc == CASEGATE_OK) rc = cg_head_judge(copy, err);
    if (rc != CASEGATE_OK) {
        cg_arena_free(&arena);
        return rc;
    }
    cg_count_init(&own->kase.count);
    own->kase.host = casegate_host_ref(host);
    own->kase.head = copy;
    own->arena = arena;
    *out = &own->kase;
    return CASEGATE_OK;
}

casegate_case *casegate_case_ref(const casegate_case *kase)
{
    if (kase) cg_count_up(&kase->count);
    return (casegate_case *)(uintptr_t)kase;
}

void casegate_case_unref(const casegate_case *kase)
{
    if (!kase || !cg_count_down(&kase->count)) return;
    cg_arena arena = ((const owner *)kase)->arena;
    cg_arena_free(&arena);
    casegate_host_unref(arena.host);
}

const casegate_head *casegate_case_head(const casegate_case *kase) { return kase ? kase->head : NULL; }
