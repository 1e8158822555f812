/* SPDX-License-Identifier: MIT */
/* rules.h: the insides of workflow, policy, verdict and decision, shared by the files of this layer and by the engine. */
#ifndef CG_RULES_H
#define CG_RULES_H

#include <casegate/decide.h>
#include "../base/base.h"
#include "../model/model.h"

/* ---- workflow -------------------------------------------------------------------------------------------------------- */

enum { CG_LOW_CODES = 100,     /* codes below are the library's, and found by index; a host's are searched */
       CG_MOST_GUARDS = 100 };   /* that a definition can put on one action */

/* What the library knows of a channel: an e-mail has an address, a portal notice is delivered by being committed. */
enum { CG_WAY_OTHER, CG_WAY_EMAIL, CG_WAY_PORTAL };

typedef struct cg_permission { const char *name; uint64_t bit; } cg_permission;

/* A definition, ready to be asked. next[] is the table: next[action * status_count + status] is the slot of the status that the
 * action leads to, plus 1; 0: there is no such transition. */
struct casegate_workflow {
    cg_count count;
    cg_arena arena;   /* of a definition that was built */
    const char *name;
    uint32_t version;
    const casegate_status *const *statuses;
    size_t status_count;
    const casegate_action *const *actions;
    size_t action_count;
    const casegate_transition *const *transitions;
    size_t transition_count;
    const casegate_notice_rule *const *notices;
    const uint8_t *notice_ways;         /* [notice_count]: CG_WAY_... of the rule's channel */
    const uint8_t *tells;               /* [action_count]: 1 if there are notice rules for the action */
    size_t notice_count;
    const cg_permission *permissions;   /* the host's */
    size_t permission_count;
    const uint8_t *status_slots, *action_slots;   /* [CG_LOW_CODES]: slot + 1 */
    const uint8_t *status_table, *action_table;   /* of a host's codes: [mask + 1] from cg_code_hash() on: slot + 1, 0 ends the search */
    uint32_t status_mask, action_mask;
    const uint8_t *next;
    int32_t initial;   /* the first status of phase draft */
};
static inline uint32_t cg_code_hash(int32_t code) { return (uint32_t)code * UINT32_C(2654435761) >> 16; }
/* Slot of a code; the count if there is none. */
size_t cg_search_status(const casegate_workflow *workflow, int32_t code);
size_t cg_search_action(const casegate_workflow *workflow, int32_t code);
static inline size_t cg_status_slot(const casegate_workflow *workflow, int32_t code)
{
    int low = (uint32_t)code < CG_LOW_CODES && workflow->status_slots[code];
    return low ? workflow->status_slots[code] - 1u : cg_search_status(workflow, code);
}
static inline size_t cg_action_slot(const casegate_workflow *workflow, int32_t code)
{
    int low = (uint32_t)code < CG_LOW_CODES && workflow->action_slots[code];
    return low ? workflow->action_slots[code] - 1u : cg_search_action(workflow, code);
}
/* The status that an action leads to, NULL if there is no such transition. By slots, which must be there. */
static inline const casegate_status *cg_workflow_next(const casegate_workflow *workflow, size_t action, size_t from)
{
    size_t to = workflow->next[action * workflow->status_count + from];
    return to ? workflow->statuses[to - 1] : NULL;
}
const casegate_status *cg_workflow_initial(const casegate_workflow *workflow);

/* ---- faults and mapping ---------------------------------------------------------------------------------------------- */

void cg_faults_clear(casegate_faults *faults);
/* One fault more; 0 without memory. faults may be NULL. */
int cg_faults_add(casegate_faults *faults, int32_t code, const char *place);
struct casegate_mapping {
    cg_count count;
    casegate_host *host;
    casegate_workflow *from, *to;
    int32_t targets[];   /* by slot of the old status: code of the new one */
};
static inline int cg_is_under(const casegate_head *head, const casegate_workflow *workflow)
{
    return head->workflow_version == workflow->version && cg_same(head->workflow, workflow->name);
}

/* ---- policy ---------------------------------------------------------------------------------------------------------- */

enum { CG_FINDINGS = CASEGATE_TOOTH_INVALID + 1 };
struct casegate_policy {
    cg_count count;
    cg_arena arena;
    const char *name;
    const casegate_reason *const *reasons;
    size_t reason_count;
    int64_t turnaround_us;
    int32_t utc_offset_minutes;
    int8_t levels[CG_FINDINGS];
    uint32_t warns, blocks_submission, blocks_acceptance;   /* bit 1 << finding; warns: every check that is on */
    const char *const *services, *const *materials;
    size_t service_count, material_count;
    size_t limits[CG_LIMITS];
};
extern const casegate_policy cg_policy_default;

/* ---- findings -------------------------------------------------------------------------------------------------------- */

/* Checks that read more than the head's summary; bit 1 << finding. */
extern const uint32_t cg_content_checks;
typedef struct cg_review {
    const casegate_policy *policy;
    const casegate_head *summary;
    const casegate_content *content;   /* may be NULL if no content check is in the mask */
    int64_t now_us;
    cg_arena *arena;   /* subjects live here */
    casegate_result (*found)(void *user, int32_t finding, const char *subject);
    void *user;
} cg_review;
casegate_result cg_review_run(const cg_review *review, uint32_t mask);
const char *cg_finding_suggests(int32_t finding);

/* ---- verdict --------------------------------------------------------------------------------------------------------- */

typedef struct cg_obstacle { casegate_obstacle it; const char *const *list; } cg_obstacle;
struct casegate_verdict {
    casegate_host *host;
    cg_arena arena;
    cg_obstacle *obstacles;
    size_t count, capacity;
    int failed;   /* an obstacle could not be added for lack of memory */
};
void cg_verdict_init(casegate_verdict *verdict, casegate_host *host);
void cg_verdict_close(casegate_verdict *verdict);
static inline void cg_verdict_reset(casegate_verdict *verdict)
{
    if (verdict->arena.first) cg_arena_reset(&verdict->arena);
    verdict->count = 0;
    verdict->failed = 0;
}
/* A new obstacle at the end; NULL without memory, which the verdict remembers. */
cg_obstacle *cg_verdict_add(casegate_verdict *verdict, int32_t code);
void cg_verdict_say(casegate_verdict *verdict, int32_t code, const char *subject, const char *value);
static inline int cg_verdict_passes(const casegate_verdict *verdict) { return !verdict->count && !verdict->failed; }
/* OK, REFUSED or E_NOMEM. */
casegate_result cg_verdict_result(const casegate_verdict *verdict, casegate_error *err);

/* ---- actor ----------------------------------------------------------------------------------------------------------- */

struct casegate_actor { cg_count count; cg_arena arena; casegate_actor_fields fields; };
static inline int cg_visible(const casegate_head *head, const casegate_actor_fields *actor)
{
    const int lab = actor->role == CASEGATE_LAB_USER;
    if (!(actor->permissions & CASEGATE_MAY_VIEW) || (lab && head->attempt == 0)) return 0;
    /* Neither is NULL: both were checked when they were made. */
    return actor->role == CASEGATE_SYSTEM || strcmp(lab ? head->lab : head->clinic, actor->org) == 0;
}

/* ---- judging --------------------------------------------------------------------------------------------------------- */

/* One question, spread out: what every rule reads. Filled by cg_ask_open. */
typedef struct cg_ask {
    const casegate_facts *facts;
    const casegate_request *request;
    const casegate_actor_fields *actor;
    const casegate_workflow *workflow;
    const casegate_policy *policy;     /* never NULL: the default one if the lab is unknown */
    const casegate_head *head;         /* NULL: a new case */
    const casegate_status *status;     /* NULL: a new case */
    const casegate_action *action;     /* NULL: the workflow has none such */
    size_t slot;                       /* of the action; the count if it is built in or unknown */
    uint32_t kind, needs;              /* bit 1 << CASEGATE_DOES_... of the action, and its needs; 0: none, or unknown */
    const casegate_action *then;       /* create and submit: the second action */
    const casegate_status *next;       /* NULL: no such transition */
    const casegate_reason *reason;     /* the catalogue's entry of the request's reason; NULL: none */
    int creates;                       /* create or adopt */
    int submits;                       /* create and submit in one */
    int barred;                        /* one of the obstacles 2 to 11 holds: guards are not asked, contents of no use */
    casegate_verdict *verdict;
    casegate_facts facts_room;         /* where shorter structs are brought to size */
    casegate_request request_room;
} cg_ask;
int cg_knows_content(const cg_ask *ask);   /* the current one, or that it was erased */
casegate_result cg_ask_open(cg_ask *ask, const casegate_facts *facts, const casegate_actor *actor,
                            const casegate_request *request, casegate_verdict *verdict, casegate_error *err);
enum { CG_JUDGED = 0, CG_REPLAYED = 1 };
/* Every obstacle, in order, into ask->verdict. how: CG_REPLAYED if an earlier request is answered. Result: OK also if refused. */
casegate_result cg_judge(cg_ask *ask, int32_t *how, casegate_error *err);
casegate_result cg_request_form(casegate_buffer *out, const casegate_request *request, const char *salt);

/* ---- decision -------------------------------------------------------------------------------------------------------- */

enum { CG_EVENTS = 2 };
/* The texts that sealing makes for one event. */
typedef struct cg_seal { char salt[40], text_digest[72], request_digest[72], hash[72]; } cg_seal;
struct casegate_decision {
    casegate_host *host;      /* whose memory this is */
    casegate_host *sealer;    /* whose salts, digests and key seal it: the same, or that of the engine that decides */
    cg_arena arena;
    casegate_verdict verdict;
    cg_ask ask;
    casegate_commit commit;
    casegate_head heads[CG_EVENTS];
    casegate_event events[CG_EVENTS];
    const casegate_event *event_list[CG_EVENTS];
    const casegate_head *head;        /* the answer; NULL: refused */
    int writes, replayed, sealed;
    cg_seal seals[CG_EVENTS];
    char content_salt[40], content_digest[72];
    casegate_buffer *form;            /* scratch of sealing */
};
/* Fills the commit of an allowed decision. */
casegate_result cg_commit_make(casegate_decision *decision, casegate_error *err);

#endif
