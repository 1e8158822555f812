/* SPDX-License-Identifier: MIT */
/* workflow.h: definitions and policies: what may happen, as checked immutable values. */
#ifndef CASEGATE_WORKFLOW_H
#define CASEGATE_WORKFLOW_H

#include <casegate/case.h>

/**
 * @file workflow.h
 * @brief What may happen: statuses, actions, transitions, notice rules; and a lab's policy.
 *
 * A workflow and a policy are immutable and counted. The built-in workflow is `intake`, version 1. docs/rules.md has its table.
 * A host's own definition is built with casegate_workflow_builder_new(), which refuses what could break a promise of the gate.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What every status belongs to; rules speak of phases. @since 1.0 */
enum { CASEGATE_PHASE_DRAFT = 1, CASEGATE_PHASE_PENDING = 2, CASEGATE_PHASE_ACCEPTED = 3, CASEGATE_PHASE_REJECTED = 4,
       CASEGATE_PHASE_CLOSED = 5 };
/** Statuses of `intake`; a host's own begin at 100. @since 1.0 */
enum { CASEGATE_DRAFT = 1, CASEGATE_RECEIVED = 2, CASEGATE_IN_PRODUCTION = 3, CASEGATE_REJECTED = 4 };
/** Actions; a host's own begin at 100. @since 1.0 */
enum { CASEGATE_CREATE = 1, CASEGATE_EDIT = 2, CASEGATE_SUBMIT = 3, CASEGATE_ACCEPT = 4, CASEGATE_REJECT = 5, CASEGATE_ADOPT = 6,
       CASEGATE_ERASE = 7, CASEGATE_MIGRATE = 8 };
/** What an action's transitions do; it follows from the phases that they join. @since 1.0 */
enum { CASEGATE_DOES_SUBMISSION = 1, CASEGATE_DOES_ACCEPTANCE = 2, CASEGATE_DOES_REJECTION = 3, CASEGATE_DOES_CLOSING = 4,
       CASEGATE_DOES_MOVE = 5, CASEGATE_DOES_EDIT = 6 };
/** Roles of actors. @since 1.0 */
enum { CASEGATE_CLINIC_USER = 1, CASEGATE_DENTIST = 2, CASEGATE_LAB_USER = 3, CASEGATE_SYSTEM = 4 };
/** Permissions, bits of an `uint64_t`; a host's own are the bits from 16 up. @since 1.0 */
enum { CASEGATE_MAY_VIEW = 1, CASEGATE_MAY_EDIT = 2, CASEGATE_MAY_SUBMIT = 4, CASEGATE_MAY_ACCEPT = 8, CASEGATE_MAY_REJECT = 16,
       CASEGATE_MAY_ADOPT = 32, CASEGATE_MAY_ERASE = 64, CASEGATE_MAY_MIGRATE = 128 };
/** Inputs that an action or a reason can demand; bits. @since 1.0 */
enum { CASEGATE_NEED_REVISION = 1, CASEGATE_NEED_REASON = 2, CASEGATE_NEED_COMMENT = 4, CASEGATE_NEED_FILE = 8 };

typedef struct casegate_workflow casegate_workflow;   /**< immutable, counted @since 1.0 */

/** One status of a workflow. @since 1.0 */
typedef struct casegate_status {
    size_t size;            /**< sizeof(casegate_status) of the library */
    int32_t code;           /**< CASEGATE_DRAFT ..., from 100 a host's */
    int32_t phase;          /**< CASEGATE_PHASE_... */
    const char *name;       /**< "in_production" */
    const casegate_label *const *labels;   /**< for people */
    size_t label_count;     /**< how many */
} casegate_status;
/** One action of a workflow. @since 1.0 */
typedef struct casegate_action {
    size_t size;            /**< sizeof(casegate_action) of the library */
    int32_t code;           /**< CASEGATE_EDIT ..., from 100 a host's */
    int32_t does;           /**< CASEGATE_DOES_... */
    const char *name;       /**< "accept" */
    uint32_t roles;         /**< bit 1 << CASEGATE_CLINIC_USER and so on: who it is for */
    uint32_t needs;         /**< CASEGATE_NEED_... bits */
    uint64_t permission;    /**< the one bit that it demands */
    const char *const *guards;   /**< names of the guards that the definition puts on it */
    size_t guard_count;     /**< how many */
} casegate_action;
/** One row of the table: an action leads from a status to a status. @since 1.0 */
typedef struct casegate_transition {
    size_t size;            /**< sizeof(casegate_transition) of the library */
    int32_t action;         /**< code */
    int32_t from;           /**< status */
    int32_t to;             /**< status; an edit: the same as from */
} casegate_transition;
/** Who is told of an action, and where: one recipient on one channel. @since 1.0 */
typedef struct casegate_notice_rule {
    size_t size;            /**< sizeof(casegate_notice_rule) of the library */
    int32_t action;         /**< code */
    int32_t to;             /**< CASEGATE_TO_... */
    const char *channel;    /**< "email", "portal", a host's own */
    int32_t mutable_;       /**< 1: the recipient may mute it */
} casegate_notice_rule;

/** Every version ever shipped stays: ("intake", 1) means the same for ever. @param name "intake" @param version 1
 * @returns a new reference, NULL if there is none @since 1.0 */
CASEGATE_API casegate_workflow *casegate_workflow_builtin(const char *name, uint32_t version);
/** @param workflow or NULL @returns workflow, with one reference more @since 1.0 */
CASEGATE_API casegate_workflow *casegate_workflow_ref(const casegate_workflow *workflow);
/** @param workflow or NULL @since 1.0 */
CASEGATE_API void casegate_workflow_unref(const casegate_workflow *workflow);
/** @param workflow the definition @returns its name @since 1.0 */
CASEGATE_API const char *casegate_workflow_name(const casegate_workflow *workflow);
/** @param workflow the definition @returns its version @since 1.0 */
CASEGATE_API uint32_t casegate_workflow_version(const casegate_workflow *workflow);
/** @param workflow the definition @returns how many statuses; the first of phase draft is where a case begins @since 1.0 */
CASEGATE_API size_t casegate_workflow_status_count(const casegate_workflow *workflow);
/** @param workflow the definition @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_status *casegate_workflow_status_at(const casegate_workflow *workflow, size_t i);
/** @param workflow the definition @param code of a status @returns borrowed, NULL if there is none @since 1.0 */
CASEGATE_API const casegate_status *casegate_workflow_status(const casegate_workflow *workflow, int32_t code);
/** @param workflow the definition @param name of a status @returns its code, 0 if there is none @since 1.0 */
CASEGATE_API int32_t casegate_workflow_find_status(const casegate_workflow *workflow, const char *name);
/** @param workflow the definition @returns how many actions, without the built-in create, adopt, erase and migrate @since 1.0 */
CASEGATE_API size_t casegate_workflow_action_count(const casegate_workflow *workflow);
/** @param workflow the definition @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_action *casegate_workflow_action_at(const casegate_workflow *workflow, size_t i);
/** @param workflow the definition @param code of an action, create, adopt, erase and migrate too
 * @returns borrowed, NULL if none @since 1.0 */
CASEGATE_API const casegate_action *casegate_workflow_action(const casegate_workflow *workflow, int32_t code);
/** @param workflow the definition @param name of an action, "create", "adopt", "erase" and "migrate" too
 * @returns its code, 0 if there is none @since 1.0 */
CASEGATE_API int32_t casegate_workflow_find_action(const casegate_workflow *workflow, const char *name);
/** @param workflow the definition @returns how many transitions @since 1.0 */
CASEGATE_API size_t casegate_workflow_transition_count(const casegate_workflow *workflow);
/** @param workflow the definition @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_transition *casegate_workflow_transition_at(const casegate_workflow *workflow, size_t i);
/** @param workflow the definition @returns how many notice rules @since 1.0 */
CASEGATE_API size_t casegate_workflow_notice_count(const casegate_workflow *workflow);
/** @param workflow the definition @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_notice_rule *casegate_workflow_notice_at(const casegate_workflow *workflow, size_t i);
/** @param workflow the definition, NULL: the library's permissions only @param bit one bit @returns its name, "" if it has none
 * @since 1.0 */
CASEGATE_API const char *casegate_permission_name(const casegate_workflow *workflow, uint64_t bit);
/** @param workflow the definition, or NULL @param name of a permission @returns its bit, 0 if there is none @since 1.0 */
CASEGATE_API uint64_t casegate_find_permission(const casegate_workflow *workflow, const char *name);
/** What someone of a role needs to take every action that is for it, and view. @param workflow the definition @param role
 * CASEGATE_CLINIC_USER ... @returns permission bits @since 1.0 */
CASEGATE_API uint64_t casegate_role_permissions(const casegate_workflow *workflow, int32_t role);
/** @param role CASEGATE_CLINIC_USER ... @returns "clinic_user", ...; "" for others @since 1.0 */
CASEGATE_API const char *casegate_role_name(int32_t role);
/** @param name of a role @returns CASEGATE_CLINIC_USER ..., 0 if there is none @since 1.0 */
CASEGATE_API int32_t casegate_find_role(const char *name);
/** @param phase CASEGATE_PHASE_... @returns "draft", ...; "" for others @since 1.0 */
CASEGATE_API const char *casegate_phase_name(int32_t phase);
/** @param name of a phase @returns CASEGATE_PHASE_..., 0 if there is none @since 1.0 */
CASEGATE_API int32_t casegate_find_phase(const char *name);
/**
 * Appends the decision table in Markdown: status × action × role → the status it leads to, or the obstacle.
 * @param workflow the definition @param out gets it @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0
 */
CASEGATE_API casegate_result casegate_workflow_markdown(const casegate_workflow *workflow, casegate_buffer *out);
/**
 * Appends the workflow as a Graphviz DOT graph: phases as clusters, decisions emphasised, locked statuses with a heavy border.
 * @param workflow the definition @param out gets it @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID NULL @since 1.0
 */
CASEGATE_API casegate_result casegate_workflow_dot(const casegate_workflow *workflow, casegate_buffer *out);
/** Appends the workflow as a Mermaid state diagram. @param workflow the definition @param out gets it @retval CASEGATE_OK done
 * @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID NULL @since 1.0 */
CASEGATE_API casegate_result casegate_workflow_mermaid(const casegate_workflow *workflow, casegate_buffer *out);
/** Appends the workflow as SCXML (W3C Recommendation, 1 September 2015): a state a status, an event an action; a status that nothing
 * leads out of is final. @param workflow the definition @param out gets it @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no
 * memory @retval CASEGATE_E_INVALID NULL @since 1.0 */
CASEGATE_API casegate_result casegate_workflow_scxml(const casegate_workflow *workflow, casegate_buffer *out);

/* ---- where it leads ---------------------------------------------------------------------------------------------------- */

/** @param workflow the definition @returns the status in which a case begins, 0 for NULL @since 1.0 */
CASEGATE_API int32_t casegate_workflow_initial(const casegate_workflow *workflow);
/** Can a case in one status still come into another? @param workflow the definition @param from a status @param to a status
 * @returns 1: some route leads there, or they are the same; 0: none, or there is no such status @since 1.0 */
CASEGATE_API int32_t casegate_workflow_reaches(const casegate_workflow *workflow, int32_t from, int32_t to);

/** The most transitions that a route can be asked to have. @since 1.0 */
enum { CASEGATE_LONGEST_ROUTE = 1000 };
/** Every route through a workflow, one after another; one thread at a time @since 1.0 */
typedef struct casegate_routes casegate_routes;
/**
 * Every route that a case can take from its initial status, up to a length: each once, a longer one right after the one that it
 * goes on from, otherwise in the order of the definition's transitions. Their number grows exponentially with the length; the
 * memory does not grow with their number.
 * @param host or NULL @param workflow referenced @param longest most transitions of a route, at most CASEGATE_LONGEST_ROUTE
 * @returns a search that stands before the first route; NULL without memory or workflow, or if longest is too long @since 1.0
 */
CASEGATE_API casegate_routes *casegate_routes_new(casegate_host *host, const casegate_workflow *workflow, uint32_t longest);
/** @param routes or NULL @since 1.0 */
CASEGATE_API void casegate_routes_free(casegate_routes *routes);
/** Goes to the next route. @param routes the search @retval CASEGATE_OK there is one @retval CASEGATE_ABSENT there is no other
 * @retval CASEGATE_E_INVALID NULL @since 1.0 */
CASEGATE_API casegate_result casegate_routes_next(casegate_routes *routes);
/** @param routes the search @returns how many transitions the route has, 1 or more; 0: there is no route @since 1.0 */
CASEGATE_API uint32_t casegate_routes_length(const casegate_routes *routes);
/** @param routes the search @param i from 0 @returns the transition, borrowed from the workflow; NULL beyond the last
 * @since 1.0 */
CASEGATE_API const casegate_transition *casegate_routes_at(const casegate_routes *routes, uint32_t i);
/** @param routes the search @returns the status in which the route ends @since 1.0 */
CASEGATE_API int32_t casegate_routes_status(const casegate_routes *routes);

/* ---- definitions of a host --------------------------------------------------------------------------------------------- */

typedef struct casegate_workflow_builder casegate_workflow_builder;   /**< one thread at a time @since 1.0 */
typedef struct casegate_faults casegate_faults;                       /**< what is wrong with a definition @since 1.0 */
/** Why a definition or a mapping is refused. The numbers are for ever. docs/rules.md says what each means. @since 1.0 */
enum {
    CASEGATE_FAULT_NO_DRAFT = 1, CASEGATE_FAULT_DUPLICATE = 2, CASEGATE_FAULT_RESERVED = 3,
    CASEGATE_FAULT_UNKNOWN_PHASE = 4, CASEGATE_FAULT_UNKNOWN_STATUS = 5, CASEGATE_FAULT_UNKNOWN_ROLE = 6,
    CASEGATE_FAULT_UNKNOWN_PERMISSION = 7, CASEGATE_FAULT_UNKNOWN_NEED = 8, CASEGATE_FAULT_UNKNOWN_ACTION = 9,
    CASEGATE_FAULT_NO_TARGET = 10, CASEGATE_FAULT_AMBIGUOUS = 11, CASEGATE_FAULT_MIXED_KINDS = 12,
    CASEGATE_FAULT_UNREACHABLE = 13, CASEGATE_FAULT_DEAD_END = 14, CASEGATE_FAULT_LEAVES_ACCEPTED = 15,
    CASEGATE_FAULT_LEAVES_CLOSED = 16, CASEGATE_FAULT_RETURNS_TO_DRAFT = 17, CASEGATE_FAULT_EDITS_LOCKED = 18,
    CASEGATE_FAULT_EDITS_MIDWAY = 19, CASEGATE_FAULT_SKIPS_REVIEW = 20, CASEGATE_FAULT_UNREVIEWED = 21,
    CASEGATE_FAULT_UNREASONED = 22, CASEGATE_FAULT_UNDECIDABLE = 23, CASEGATE_FAULT_CLINIC_DECIDES = 24,
    CASEGATE_FAULT_LAB_EDITS = 25, CASEGATE_FAULT_SILENT_REJECTION = 26,
    /* of a mapping, which can have UNKNOWN_STATUS and DUPLICATE as well */
    CASEGATE_FAULT_UNMAPPED = 27, CASEGATE_FAULT_CHANGES_PHASE = 28, CASEGATE_FAULT_SKIPS_STEP = 29,
    CASEGATE_FAULT_SAME_DEFINITION = 30
};
/** One fault of a definition. @since 1.0 */
typedef struct casegate_fault {
    size_t size;            /**< sizeof(casegate_fault) of the library */
    int32_t code;           /**< CASEGATE_FAULT_NO_DRAFT ... */
    const char *name;       /**< "no_draft" ... */
    const char *place;      /**< where: "actions[ship].transitions[0]" */
    const char *text;       /**< one English sentence */
} casegate_fault;

/**
 * Begins a definition. Statuses, actions and so on are added in any order, but what belongs to a status or action follows it.
 * Names are judged when it is finished; the first failure of memory or form sticks.
 * @param host or NULL @param name an id @param version 1 or more @returns the builder, NULL without memory @since 1.0
 */
CASEGATE_API casegate_workflow_builder *casegate_workflow_builder_new(casegate_host *host, const char *name, uint32_t version);
/** Gives up. @param builder or NULL @since 1.0 */
CASEGATE_API void casegate_workflow_builder_free(casegate_workflow_builder *builder);
/** A permission of the host. @param builder or NULL @param name an id @param number of the bit, 16 to 63 @since 1.0 */
CASEGATE_API void casegate_workflow_add_permission(casegate_workflow_builder *builder, const char *name, int32_t number);
/** A status. @param builder or NULL @param code CASEGATE_DRAFT ..., or from 100 @param name an id @param phase its name @since 1.0 */
CASEGATE_API void casegate_workflow_add_status(casegate_workflow_builder *builder, int32_t code, const char *name,
                                               const char *phase);
/** A label of the status added last. @param builder or NULL @param language BCP 47 @param text one line @since 1.0 */
CASEGATE_API void casegate_workflow_add_status_label(casegate_workflow_builder *builder, const char *language, const char *text);
/** An action. @param builder or NULL @param code CASEGATE_EDIT ..., or from 100 @param name an id @param permission its name
 * @param edits 1: it brings a new content and stays in the status @since 1.0 */
CASEGATE_API void casegate_workflow_add_action(casegate_workflow_builder *builder, int32_t code, const char *name,
                                               const char *permission, int32_t edits);
/** For whom the action added last is. @param builder or NULL @param role its name @since 1.0 */
CASEGATE_API void casegate_workflow_add_role(casegate_workflow_builder *builder, const char *role);
/** What the action added last demands. @param builder or NULL @param need "revision", "reason", "comment" or "file" @since 1.0 */
CASEGATE_API void casegate_workflow_add_need(casegate_workflow_builder *builder, const char *need);
/** A guard on the action added last. @param builder or NULL @param guard an id that the host binds to a function @since 1.0 */
CASEGATE_API void casegate_workflow_add_guard(casegate_workflow_builder *builder, const char *guard);
/** Where the action added last leads. @param builder or NULL @param from name of a status @param to name of a status, NULL: it edits @since 1.0 */
CASEGATE_API void casegate_workflow_add_transition(casegate_workflow_builder *builder, const char *from, const char *to);
/** A notice rule. @param builder or NULL @param action its name @param to "clinic", "dentist" or "lab" @param channel an id
 * @param mutable_ 1: the recipient may mute it @since 1.0 */
CASEGATE_API void casegate_workflow_add_notice(casegate_workflow_builder *builder, const char *action, const char *to,
                                               const char *channel, int32_t mutable_);
/**
 * Verifies the definition and makes the workflow. Consumes the builder in every case.
 * @param builder NULL counts as "no memory" @param out a new reference @param faults gets every fault at once, the caller's; may be NULL
 * @param err may be NULL
 * @retval CASEGATE_OK faults is empty @retval CASEGATE_REFUSED faults has every one @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID a name or label is malformed, or too many of something; `field` names it @since 1.0
 */
CASEGATE_API casegate_result casegate_workflow_builder_finish(casegate_workflow_builder *builder, casegate_workflow **out,
                                                              casegate_faults *faults, casegate_error *err);
/** @param host or NULL @returns an empty list, NULL without memory @since 1.0 */
CASEGATE_API casegate_faults *casegate_faults_new(casegate_host *host);
/** @param faults or NULL @since 1.0 */
CASEGATE_API void casegate_faults_free(casegate_faults *faults);
/** @param faults or NULL @returns how many @since 1.0 */
CASEGATE_API size_t casegate_faults_count(const casegate_faults *faults);
/** @param faults the list @param i from 0 @returns borrowed until its next use, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_fault *casegate_faults_at(const casegate_faults *faults, size_t i);
/** @param code CASEGATE_FAULT_NO_DRAFT ... @returns "no_draft", ...; "" for others @since 1.0 */
CASEGATE_API const char *casegate_fault_name(int32_t code);

/* ---- from one definition to another ------------------------------------------------------------------------------------ */

typedef struct casegate_mapping casegate_mapping;   /**< where each status of a definition leads in another; immutable, counted @since 1.0 */
/**
 * Makes a mapping, by which CASEGATE_MIGRATE takes cases from one definition to another (of the same name or of a different one).
 * Every status of the old definition has a target; a status keeps its phase; a pending status that no move leads to does not
 * become one that a move leads to. So no case is left without a status, reopened, or counted as passed where nobody looked.
 * @param host or NULL @param from the old definition, referenced @param to the new one, referenced
 * @param statuses names of the old statuses @param targets names of the new ones, in the same order @param count how many pairs
 * @param out a new reference @param faults gets every fault at once, the caller's; may be NULL @param err may be NULL
 * @retval CASEGATE_OK faults is empty @retval CASEGATE_REFUSED faults has every one @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID NULL, or a name that could not be one; `field` names it @since 1.0
 */
CASEGATE_API casegate_result casegate_mapping_new(casegate_host *host, const casegate_workflow *from, const casegate_workflow *to,
                                                  const char *const *statuses, const char *const *targets, size_t count,
                                                  casegate_mapping **out, casegate_faults *faults, casegate_error *err);
/** @param mapping or NULL @returns mapping, with one reference more @since 1.0 */
CASEGATE_API casegate_mapping *casegate_mapping_ref(const casegate_mapping *mapping);
/** @param mapping or NULL @since 1.0 */
CASEGATE_API void casegate_mapping_unref(const casegate_mapping *mapping);
/** @param mapping or NULL @returns the old definition, borrowed; NULL for NULL @since 1.0 */
CASEGATE_API const casegate_workflow *casegate_mapping_from(const casegate_mapping *mapping);
/** @param mapping or NULL @returns the new definition, borrowed; NULL for NULL @since 1.0 */
CASEGATE_API const casegate_workflow *casegate_mapping_to(const casegate_mapping *mapping);
/** @param mapping or NULL @param status code in the old definition @returns its code in the new one, 0 if the old one has none such
 * @since 1.0 */
CASEGATE_API int32_t casegate_mapping_status(const casegate_mapping *mapping, int32_t status);

/* ---- policy ---------------------------------------------------------------------------------------------------------- */

/** The checks of the completeness review, in the order of their findings. @since 1.0 */
enum { CASEGATE_PATIENT_MISSING = 1, CASEGATE_SERVICE_MISSING = 2, CASEGATE_DENTIST_MISSING = 3, CASEGATE_ANSWER_MISSING = 4,
       CASEGATE_SCAN_METHOD_MISSING = 5, CASEGATE_SCAN_FILE_MISSING = 6, CASEGATE_FILE_DAMAGED = 7, CASEGATE_SERVICE_UNSUPPORTED = 8,
       CASEGATE_DUE_MISSING = 9, CASEGATE_DUE_PAST = 10, CASEGATE_DUE_TOO_SOON = 11, CASEGATE_TOOTH_INVALID = 12 };
/** What a finding stops. @since 1.0 */
enum { CASEGATE_LEVEL_OFF = 0, CASEGATE_LEVEL_WARN = 1,
       CASEGATE_LEVEL_BLOCK_SUBMIT = 2,   /**< submissions and acceptances */
       CASEGATE_LEVEL_BLOCK_ACCEPT = 3    /**< acceptances only */ };
/** Limits of inputs; lengths in bytes of UTF-8. @since 1.0 */
enum { CASEGATE_LIMIT_IDS = 1,           /**< an id: 64 */
       CASEGATE_LIMIT_LINE = 2,          /**< a text on one line: 256 */
       CASEGATE_LIMIT_TEXT = 3,          /**< comment, question, response, notes: 4096 */
       CASEGATE_LIMIT_INSTRUCTIONS = 4,  /**< 16384 */
       CASEGATE_LIMIT_URI = 5,           /**< 2048 */
       CASEGATE_LIMIT_SERVICES = 6,      /**< services of a case: 200 */
       CASEGATE_LIMIT_ANSWERS = 7,       /**< answers of a case: 200 */
       CASEGATE_LIMIT_FILES = 8,         /**< files of a case, or of a decision: 200 */
       CASEGATE_LIMIT_TEETH = 9,         /**< teeth of a service: 32 */
       CASEGATE_LIMIT_CONTENT = 10       /**< canonical form of a whole content: 1048576 */ };

typedef struct casegate_policy casegate_policy;                   /**< immutable, counted @since 1.0 */
typedef struct casegate_policy_builder casegate_policy_builder;   /**< one thread at a time @since 1.0 */
/** One entry of a rejection catalogue. @since 1.0 */
typedef struct casegate_reason {
    size_t size;            /**< sizeof(casegate_reason) of the library */
    const char *code;       /**< an id */
    uint32_t needs;         /**< CASEGATE_NEED_COMMENT, CASEGATE_NEED_FILE */
    const casegate_label *const *labels;   /**< in the order they were added */
    size_t label_count;     /**< how many */
} casegate_reason;

/**
 * Begins a policy, equal to the default one. The first failure sticks; finish reports it.
 * @param host or NULL @param name an id, recorded with every event; NULL: "default" @returns the builder, NULL without memory
 * @since 1.0
 */
CASEGATE_API casegate_policy_builder *casegate_policy_builder_new(casegate_host *host, const char *name);
/** Gives up. @param builder or NULL @since 1.0 */
CASEGATE_API void casegate_policy_builder_free(casegate_policy_builder *builder);
/** Adds a reason at the end; the first one replaces the default catalogue. @param builder or NULL @param code an id
 * @param needs CASEGATE_NEED_COMMENT, CASEGATE_NEED_FILE @since 1.0 */
CASEGATE_API void casegate_policy_add_reason(casegate_policy_builder *builder, const char *code, uint32_t needs);
/** Adds a label to the reason added last. @param builder or NULL @param language BCP 47 @param text one line @since 1.0 */
CASEGATE_API void casegate_policy_add_label(casegate_policy_builder *builder, const char *language, const char *text);
/** @param builder or NULL @param finding CASEGATE_PATIENT_MISSING ... @param level CASEGATE_LEVEL_... @since 1.0 */
CASEGATE_API void casegate_policy_set_check(casegate_policy_builder *builder, int32_t finding, int32_t level);
/** @param builder or NULL @param us time that the lab needs, microseconds, 0 or more @since 1.0 */
CASEGATE_API void casegate_policy_set_turnaround(casegate_policy_builder *builder, int64_t us);
/** @param builder or NULL @param minutes the lab's offset from UTC, -1440 to 1440 @since 1.0 */
CASEGATE_API void casegate_policy_set_utc_offset(casegate_policy_builder *builder, int32_t minutes);
/** Adds to what the lab offers; without any, every service is offered. @param builder or NULL @param code a service code
 * @since 1.0 */
CASEGATE_API void casegate_policy_add_service(casegate_policy_builder *builder, const char *code);
/** As casegate_policy_add_service(). @param builder or NULL @param material as in a service @since 1.0 */
CASEGATE_API void casegate_policy_add_material(casegate_policy_builder *builder, const char *material);
/** @param builder or NULL @param limit CASEGATE_LIMIT_... @param value 1 or more @since 1.0 */
CASEGATE_API void casegate_policy_set_limit(casegate_policy_builder *builder, int32_t limit, size_t value);
/**
 * Makes the policy. Consumes the builder in every case. @param builder NULL counts as "no memory" @param out a new reference
 * @param err may be NULL; `field` is as in JSON ("reasons[no_capacity].label")
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID malformed; `field` names it @since 1.0
 */
CASEGATE_API casegate_result casegate_policy_builder_finish(casegate_policy_builder *builder, casegate_policy **out,
                                                            casegate_error *err);
/** @returns the default policy, a new reference @since 1.0 */
CASEGATE_API casegate_policy *casegate_policy_default(void);
/** @param policy or NULL @returns policy, with one reference more @since 1.0 */
CASEGATE_API casegate_policy *casegate_policy_ref(const casegate_policy *policy);
/** @param policy or NULL @since 1.0 */
CASEGATE_API void casegate_policy_unref(const casegate_policy *policy);
/** @param policy the policy @returns its name @since 1.0 */
CASEGATE_API const char *casegate_policy_name(const casegate_policy *policy);
/** @param policy the policy @returns how many reasons @since 1.0 */
CASEGATE_API size_t casegate_policy_reason_count(const casegate_policy *policy);
/** @param policy the policy @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_reason *casegate_policy_reason_at(const casegate_policy *policy, size_t i);
/** @param policy the policy @param code of a reason @returns borrowed, NULL if there is none @since 1.0 */
CASEGATE_API const casegate_reason *casegate_policy_reason(const casegate_policy *policy, const char *code);
/** @param policy the policy @param finding CASEGATE_PATIENT_MISSING ... @returns its level; OFF for others @since 1.0 */
CASEGATE_API int32_t casegate_policy_check(const casegate_policy *policy, int32_t finding);
/** @param policy the policy @returns microseconds @since 1.0 */
CASEGATE_API int64_t casegate_policy_turnaround(const casegate_policy *policy);
/** @param policy the policy @returns minutes @since 1.0 */
CASEGATE_API int32_t casegate_policy_utc_offset(const casegate_policy *policy);
/** @param policy the policy @param i from 0 @returns a service code, NULL beyond the last @since 1.0 */
CASEGATE_API const char *casegate_policy_service_at(const casegate_policy *policy, size_t i);
/** @param policy the policy @param i from 0 @returns a material, NULL beyond the last @since 1.0 */
CASEGATE_API const char *casegate_policy_material_at(const casegate_policy *policy, size_t i);
/** @param policy the policy @param limit CASEGATE_LIMIT_... @returns its value, 0 for others @since 1.0 */
CASEGATE_API size_t casegate_policy_limit(const casegate_policy *policy, int32_t limit);
/** The label for a language: that language, its base language ("de" for "de-AT"), "en", the first.
 * @param labels of a reason, status, event or notice @param count how many @param language BCP 47, or NULL
 * @returns borrowed, NULL if there is no label @since 1.0 */
CASEGATE_API const char *casegate_label_for(const casegate_label *const *labels, size_t count, const char *language);

/** @param finding CASEGATE_PATIENT_MISSING ... @returns "patient_missing", ...; "" for others @since 1.0 */
CASEGATE_API const char *casegate_finding_name(int32_t finding);
/** @param name of a finding @returns CASEGATE_PATIENT_MISSING ..., 0 if there is none @since 1.0 */
CASEGATE_API int32_t casegate_find_finding(const char *name);
/** @param level CASEGATE_LEVEL_... @returns "off", "warn", "block_submit", "block_accept"; "" for others @since 1.0 */
CASEGATE_API const char *casegate_level_name(int32_t level);
/** @param name of a level @returns CASEGATE_LEVEL_..., -1 if there is none @since 1.0 */
CASEGATE_API int32_t casegate_find_level(const char *name);
/** @param limit CASEGATE_LIMIT_... @returns "ids", "line", ...; "" for others @since 1.0 */
CASEGATE_API const char *casegate_limit_name(int32_t limit);
/** @param name of a limit @returns CASEGATE_LIMIT_..., 0 if there is none @since 1.0 */
CASEGATE_API int32_t casegate_find_limit(const char *name);

#ifdef __cplusplus
}
#endif
#endif
