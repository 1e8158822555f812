/* SPDX-License-Identifier: MIT */
/* intake.c: the built-in workflow, version 1: the whole table on one screen. It means the same for ever. */
#include "rules.h"

#define CLINIC_SIDE ((1u << CASEGATE_CLINIC_USER) | (1u << CASEGATE_DENTIST))
#define LAB_SIDE (1u << CASEGATE_LAB_USER)
#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { AT_DRAFT, AT_RECEIVED, AT_IN_PRODUCTION, AT_REJECTED, STATUSES };
enum { ON_EDIT, ON_SUBMIT, ON_ACCEPT, ON_REJECT, ACTIONS };

#define LABEL(text_) (const casegate_label *const[]) { &(const casegate_label) { sizeof(casegate_label), "en", text_ } }
#define STATUS(code_, phase_, name_, label_) \
    &(const casegate_status) { .size = sizeof(casegate_status), .code = CASEGATE_##code_, .phase = CASEGATE_PHASE_##phase_, \
                               .name = name_, .labels = LABEL(label_), .label_count = 1 }

static const casegate_status *const statuses[STATUSES] = {
    [AT_DRAFT]         = STATUS(DRAFT,         DRAFT,    "draft",         "Draft"),
    [AT_RECEIVED]      = STATUS(RECEIVED,      PENDING,  "received",      "Received"),
    [AT_IN_PRODUCTION] = STATUS(IN_PRODUCTION, ACCEPTED, "in_production", "In Production"),
    [AT_REJECTED]      = STATUS(REJECTED,      REJECTED, "rejected",      "Rejected"),
};
static const uint8_t status_slots[CG_LOW_CODES] = {
    [CASEGATE_DRAFT] = AT_DRAFT + 1, [CASEGATE_RECEIVED] = AT_RECEIVED + 1,
    [CASEGATE_IN_PRODUCTION] = AT_IN_PRODUCTION + 1, [CASEGATE_REJECTED] = AT_REJECTED + 1,
};

#define ACTION(code_, does_, name_, roles_, may_, needs_) \
    &(const casegate_action) { .size = sizeof(casegate_action), .code = CASEGATE_##code_, .does = CASEGATE_DOES_##does_, \
                               .name = name_, .roles = roles_, .permission = CASEGATE_MAY_##may_, .needs = needs_ }

static const casegate_action *const actions[ACTIONS] = {
    [ON_EDIT]   = ACTION(EDIT,   EDIT,       "edit",   CLINIC_SIDE, EDIT,   0),
    [ON_SUBMIT] = ACTION(SUBMIT, SUBMISSION, "submit", CLINIC_SIDE, SUBMIT, 0),
    [ON_ACCEPT] = ACTION(ACCEPT, ACCEPTANCE, "accept", LAB_SIDE,    ACCEPT, CASEGATE_NEED_REVISION),
    [ON_REJECT] = ACTION(REJECT, REJECTION,  "reject", LAB_SIDE,    REJECT, CASEGATE_NEED_REVISION | CASEGATE_NEED_REASON),
};
static const uint8_t action_slots[CG_LOW_CODES] = {
    [CASEGATE_EDIT] = ON_EDIT + 1, [CASEGATE_SUBMIT] = ON_SUBMIT + 1, [CASEGATE_ACCEPT] = ON_ACCEPT + 1, [CASEGATE_REJECT] = ON_REJECT + 1,
};

/* What leads where. There is no row from IN_PRODUCTION: an accepted case is locked for good. */
#define TRANSITIONS(T) \
    T(EDIT,   DRAFT,    DRAFT) \
    T(EDIT,   RECEIVED, RECEIVED) \
    T(EDIT,   REJECTED, REJECTED) \
    T(SUBMIT, DRAFT,    RECEIVED) \
    T(SUBMIT, REJECTED, RECEIVED) \
    T(ACCEPT, RECEIVED, IN_PRODUCTION) \
    T(REJECT, RECEIVED, REJECTED)

#define ROW(action_, from_, to_) \
    &(const casegate_transition) { sizeof(casegate_transition), CASEGATE_##action_, CASEGATE_##from_, CASEGATE_##to_ },
#define CELL(action_, from_, to_) [ON_##action_ * STATUSES + AT_##from_] = AT_##to_ + 1,
static const casegate_transition *const transitions[] = { TRANSITIONS(ROW) };
static const uint8_t next[ACTIONS * STATUSES] = { TRANSITIONS(CELL) };

/* Who is told: always, nobody can mute it. */
#define NOTICE(action_, to_, channel_) \
    &(const casegate_notice_rule) { sizeof(casegate_notice_rule), CASEGATE_##action_, CASEGATE_TO_##to_, channel_, 0 }
static const casegate_notice_rule *const notices[] = {
    NOTICE(REJECT, CLINIC, "email"),  NOTICE(REJECT, CLINIC, "portal"),
    NOTICE(REJECT, DENTIST, "email"), NOTICE(REJECT, DENTIST, "portal"),
};
static const uint8_t tells[ACTIONS] = { [ON_REJECT] = 1 };
static const uint8_t notice_ways[] = { CG_WAY_EMAIL, CG_WAY_PORTAL, CG_WAY_EMAIL, CG_WAY_PORTAL };

static const casegate_workflow intake = {
    .count = CG_STATIC_COUNT, .name = "intake", .version = 1, .initial = CASEGATE_DRAFT,
    .statuses = statuses, .status_count = STATUSES, .status_slots = status_slots,
    .actions = actions, .action_count = ACTIONS, .action_slots = action_slots,
    .transitions = transitions, .transition_count = COUNT(transitions), .next = next,
    .notices = notices, .notice_ways = notice_ways, .tells = tells, .notice_count = COUNT(notices),
};
static const casegate_workflow *const builtins[] = { &intake };

casegate_workflow *casegate_workflow_builtin(const char *name, uint32_t version)
{
    for (size_t i = 0; i < COUNT(builtins); i++)
        if (cg_same(builtins[i]->name, name) && builtins[i]->version == version) return casegate_workflow_ref(builtins[i]);
    return NULL;
}
