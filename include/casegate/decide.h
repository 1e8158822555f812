/* SPDX-License-Identifier: MIT */
/* decide.h: one request against one case: verdict, and what to write. Data in, data out: no callback, clock, id or store. */
#ifndef CASEGATE_DECIDE_H
#define CASEGATE_DECIDE_H

#include <casegate/workflow.h>

/**
 * @file decide.h
 * @brief One request against one case: the verdict, and what to write.
 *
 * needs → facts → decide → seal → write. The engine does exactly this; a host with its own persistence can do it alone.
 * Nothing here calls back, reads a clock or touches a store; only casegate_decision_seal() uses the host's random and digest.
 */

#ifdef __cplusplus
extern "C" {
#endif

/* ---- who ------------------------------------------------------------------------------------------------------------- */

typedef struct casegate_actor casegate_actor;   /**< checked once, immutable, counted @since 1.0 */
/** Who acts; the host has authenticated them. @since 1.0 */
typedef struct casegate_actor_fields {
    size_t size;            /**< sizeof(casegate_actor_fields) */
    const char *id;         /**< an id */
    const char *name;       /**< for people; may be absent */
    const char *org;        /**< clinic or lab, an id; may be absent for the system only */
    int32_t role;           /**< CASEGATE_CLINIC_USER ... */
    uint64_t permissions;   /**< CASEGATE_MAY_... bits, and a host's own */
} casegate_actor_fields;
/** @param fields emptied, size set @param size sizeof(casegate_actor_fields) of the caller @since 1.0 */
CASEGATE_API void casegate_actor_fields_init(casegate_actor_fields *fields, size_t size);
/** @param host or NULL @param fields copied @param out a new reference @param err may be NULL; `field`: id, name, org or role
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID malformed; `field` names it @since 1.0 */
CASEGATE_API casegate_result casegate_actor_new(casegate_host *host, const casegate_actor_fields *fields, casegate_actor **out,
                                                casegate_error *err);
/** @param actor or NULL @returns actor, with one reference more @since 1.0 */
CASEGATE_API casegate_actor *casegate_actor_ref(const casegate_actor *actor);
/** @param actor or NULL @since 1.0 */
CASEGATE_API void casegate_actor_unref(const casegate_actor *actor);
/** @param actor the actor @returns what it was made of, borrowed @since 1.0 */
CASEGATE_API const casegate_actor_fields *casegate_actor_get(const casegate_actor *actor);
/** @param kase a case @param actor who looks @returns 1 if the case is visible to the actor (view, organisation, submitted)
 * @since 1.0 */
CASEGATE_API int32_t casegate_visible(const casegate_case *kase, const casegate_actor *actor);

/* ---- what is asked --------------------------------------------------------------------------------------------------- */

/** An action with its inputs. All is borrowed until the call that takes it returns. @since 1.0 */
typedef struct casegate_request {
    size_t size;             /**< sizeof(casegate_request) */
    int32_t action;          /**< CASEGATE_CREATE ..., a host's own */
    uint32_t revision;       /**< of the content that was reviewed or is to be replaced; 0: none given */
    const char *case_id;     /**< which case; create: the id it shall have, NULL: a new one */
    const casegate_case *held;   /**< or: the head that the caller already has (saves the load) */
    const char *lab;         /**< create, adopt: for which lab; else a hint for stores that shard by lab */
    const char *service;     /**< one service: always refused for a decision, which is for the whole case */
    const char *reason;      /**< code of the lab's catalogue */
    const char *comment;     /**< free text */
    const casegate_file *const *files;   /**< supporting files */
    size_t file_count;       /**< how many */
    const casegate_content *content;     /**< create, edit, adopt */
    const char *request;     /**< request id: the same request sent twice is one decision */
    int32_t submit;          /**< create: 1 submits in the same commit */
    const char *clinic;      /**< adopt: the clinic */
    int32_t status;          /**< adopt: the status it is taken over in */
    uint32_t attempt;        /**< adopt: submissions before */
    const casegate_mapping *mapping;     /**< migrate: to which definition, and how */
} casegate_request;
/** @param request emptied, size set @param size sizeof(casegate_request) of the caller @since 1.0 */
CASEGATE_API void casegate_request_init(casegate_request *request, size_t size);
/**
 * The digest that tells whether two requests mean the same: action, case (not for create), lab (create, adopt), revision,
 * service, reason, comment, files, content, submit; adopt: clinic, status, attempt; migrate: mapping.
 * @param host or NULL @param request the request @param salt text, NULL: none @param out 67 bytes @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_HOST the digest hook failed @since 1.0
 */
CASEGATE_API casegate_result casegate_request_digest(casegate_host *host, const casegate_request *request, const char *salt,
                                                     char out[67], casegate_error *err);

/** What one guard said. @since 1.0 */
typedef struct casegate_guard_answer {
    size_t size;            /**< sizeof(casegate_guard_answer) */
    const char *name;       /**< of the guard */
    const char *refused;    /**< its text; NULL or "": lets pass */
} casegate_guard_answer;
/** All that a decision reads. All is borrowed until the decision is used again or freed. @since 1.0 */
typedef struct casegate_facts {
    size_t size;                         /**< sizeof(casegate_facts) */
    const casegate_workflow *workflow;   /**< required */
    const casegate_policy *policy;       /**< of the lab; NULL: the lab is unknown */
    const casegate_case *kase;           /**< NULL: no such case */
    int64_t now_us;                      /**< the time of the event */
    const char *new_case_id;             /**< create and adopt without an id of their own */
    const casegate_content *content;     /**< current one, if casegate_needs() asks for it */
    const casegate_content *reviewed;    /**< of the revision given, if it asks for it; NULL: not kept */
    const casegate_guard_answer *const *guards;   /**< in the order of registration; NULL: none asked */
    size_t guard_count;                  /**< how many */
    const casegate_event *prior;         /**< the event that already used the request id; NULL: none */
    const casegate_notice *const *prior_notices;  /**< and its commit's notices, as far as kept */
    size_t prior_notice_count;           /**< how many */
    const char *request_digest;          /**< of this request with prior->salt; required with prior */
    int32_t content_erased;              /**< 1: content is NULL because it was erased: it counts as an empty one */
} casegate_facts;
/** @param facts emptied, size set @param size sizeof(casegate_facts) of the caller @since 1.0 */
CASEGATE_API void casegate_facts_init(casegate_facts *facts, size_t size);
/** Which facts beyond the head a decision reads; bits. @since 1.0 */
enum { CASEGATE_NEEDS_CONTENT = 1, CASEGATE_NEEDS_REVIEWED = 2, CASEGATE_NEEDS_GUARDS = 4 };
/** @param facts as known so far (workflow, policy, kase, prior) @param actor who acts @param request what is asked
 * @returns CASEGATE_NEEDS_... bits; 0 for what cannot be read @since 1.0 */
CASEGATE_API uint32_t casegate_needs(const casegate_facts *facts, const casegate_actor *actor, const casegate_request *request);
/** As casegate_needs(), for casegate_explain(). @param facts as known so far @param actor who looks @param action code
 * @returns CASEGATE_NEEDS_... bits @since 1.0 */
CASEGATE_API uint32_t casegate_explain_needs(const casegate_facts *facts, const casegate_actor *actor, int32_t action);

/* ---- verdict --------------------------------------------------------------------------------------------------------- */

/** Causes of a refusal. The numbers are for ever; their order in a verdict is that of docs/rules.md. @since 1.0 */
enum {
    CASEGATE_NOT_FOUND = 1, CASEGATE_UNKNOWN_ACTION = 2, CASEGATE_PARTIAL_DECISION = 3, CASEGATE_NOT_SUBMITTED = 4,
    CASEGATE_ALREADY_SUBMITTED = 5, CASEGATE_ALREADY_ACCEPTED = 6, CASEGATE_ALREADY_REJECTED = 7, CASEGATE_LOCKED = 8,
    CASEGATE_WRONG_STATUS = 9, CASEGATE_WRONG_ROLE = 10, CASEGATE_NO_PERMISSION = 11, CASEGATE_REVIEW_REQUIRED = 12,
    CASEGATE_STALE_REVIEW = 13, CASEGATE_REASON_REQUIRED = 14, CASEGATE_REASON_UNKNOWN = 15, CASEGATE_COMMENT_REQUIRED = 16,
    CASEGATE_FILE_REQUIRED = 17, CASEGATE_INCOMPLETE = 18, CASEGATE_GUARD_REFUSED = 19, CASEGATE_INVALID_INPUT = 20,
    CASEGATE_REQUEST_REUSED = 21
};
typedef struct casegate_verdict casegate_verdict;   /**< allowed, or every obstacle; each use forgets the last @since 1.0 */
/** One cause of a refusal. Which members are parameters of a code, and by which name: casegate_obstacle_parameter().
 * @since 1.0 */
typedef struct casegate_obstacle {
    size_t size;            /**< sizeof(casegate_obstacle) of the library */
    int32_t code;           /**< CASEGATE_NOT_FOUND ... */
    const char *name;       /**< "not_found" ... */
    const char *subject;    /**< action, service, reason, status, role, permission, guard, field, or subject of a finding; or NULL */
    const char *value;      /**< finding, text of a guard, problem of a field; or NULL */
    uint32_t given;         /**< stale_review: the revision given */
    uint32_t current;       /**< stale_review: the current one */
    int64_t at_us;          /**< already_accepted: when */
    size_t list_count;      /**< stale_review: changed paths, see casegate_verdict_list() */
} casegate_obstacle;
/** Where a parameter of an obstacle is found. @since 1.0 */
enum { CASEGATE_IN_SUBJECT = 1, CASEGATE_IN_VALUE = 2, CASEGATE_IN_GIVEN = 3, CASEGATE_IN_CURRENT = 4, CASEGATE_IN_AT = 5,
       CASEGATE_IN_LIST = 6 };
/** A parameter of an obstacle. @since 1.0 */
typedef struct casegate_parameter {
    size_t size;            /**< sizeof(casegate_parameter) of the library */
    const char *name;       /**< as in JSON: "reason" */
    int32_t in;             /**< CASEGATE_IN_... */
} casegate_parameter;
/** @param code CASEGATE_NOT_FOUND ... @returns "not_found", ...; "" for others @since 1.0 */
CASEGATE_API const char *casegate_obstacle_name(int32_t code);
/** @param name of an obstacle @returns its code, 0 if there is none @since 1.0 */
CASEGATE_API int32_t casegate_find_obstacle(const char *name);
/** @param code CASEGATE_NOT_FOUND ... @param i from 0 @returns its parameter, NULL beyond the last; lives for ever @since 1.0 */
CASEGATE_API const casegate_parameter *casegate_obstacle_parameter(int32_t code, size_t i);
/** @param host or NULL @returns an empty verdict, NULL without memory @since 1.0 */
CASEGATE_API casegate_verdict *casegate_verdict_new(casegate_host *host);
/** @param verdict or NULL @since 1.0 */
CASEGATE_API void casegate_verdict_free(casegate_verdict *verdict);
/** @param verdict or NULL @returns how many obstacles; 0: allowed @since 1.0 */
CASEGATE_API size_t casegate_verdict_count(const casegate_verdict *verdict);
/** @param verdict the verdict @param i from 0 @returns borrowed until the verdict's next use, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_obstacle *casegate_verdict_at(const casegate_verdict *verdict, size_t i);
/** @param verdict the verdict @param i which obstacle @param k from 0 @returns the k-th changed path, NULL beyond the last
 * @since 1.0 */
CASEGATE_API const char *casegate_verdict_list(const casegate_verdict *verdict, size_t i, size_t k);
/**
 * The English sentence, or what would remove the obstacle. Like snprintf: allocates nothing.
 * @param verdict the verdict @param i which obstacle @param which 0: the sentence, 1: the remedy @param buf gets the text, cut at
 * cap - 1 bytes; may be NULL if cap is 0 @param cap bytes @returns the bytes of the whole text without NUL; 0 beyond the last
 * @since 1.0
 */
CASEGATE_API size_t casegate_verdict_text(const casegate_verdict *verdict, size_t i, int32_t which, char *buf, size_t cap);

/* ---- the completeness review ------------------------------------------------------------------------------------------- */

typedef struct casegate_findings casegate_findings;   /**< what a review found; each use forgets the last @since 1.0 */
/** One result of the review. @since 1.0 */
typedef struct casegate_finding {
    size_t size;            /**< sizeof(casegate_finding) of the library */
    int32_t code;           /**< CASEGATE_PATIENT_MISSING ... */
    int32_t level;          /**< CASEGATE_LEVEL_..., never OFF */
    const char *name;       /**< "patient_missing" ... */
    const char *subject;    /**< which field: "answers[q1]" */
    const char *suggests;   /**< reason code of the default catalogue */
} casegate_finding;
/** @param host or NULL @returns empty findings, NULL without memory @since 1.0 */
CASEGATE_API casegate_findings *casegate_findings_new(casegate_host *host);
/** @param findings or NULL @since 1.0 */
CASEGATE_API void casegate_findings_free(casegate_findings *findings);
/** @param findings or NULL @returns how many @since 1.0 */
CASEGATE_API size_t casegate_findings_count(const casegate_findings *findings);
/** @param findings the findings @param i from 0 @returns borrowed until the next use, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_finding *casegate_findings_at(const casegate_findings *findings, size_t i);
/**
 * The completeness review of a content. @param policy of the lab @param content to review @param now_us the time, for due dates
 * @param findings gets what was found @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID NULL @since 1.0
 */
CASEGATE_API casegate_result casegate_review(const casegate_policy *policy, const casegate_content *content, int64_t now_us,
                                             casegate_findings *findings, casegate_error *err);

/* ---- decision -------------------------------------------------------------------------------------------------------- */

/** What decide gives is what a store takes. @since 1.0 */
typedef struct casegate_commit {
    size_t size;                         /**< sizeof(casegate_commit) of the library */
    const casegate_head *before;         /**< NULL: a new case; else before->version is the one to compare */
    const casegate_head *after;          /**< the head to store */
    const casegate_content *content;     /**< content of after->revision; NULL: unchanged */
    const char *content_salt;            /**< of after->content_digest, with content; to be stored beside it */
    const casegate_event *const *events; /**< 1 or 2, in order */
    size_t event_count;                  /**< how many */
    const casegate_notice *const *notices;   /**< to be stored in the same transaction */
    size_t notice_count;                 /**< how many */
} casegate_commit;
typedef struct casegate_decision casegate_decision;   /**< reusable; views die at its next use or free @since 1.0 */
/** @param host or NULL @returns an empty decision, NULL without memory @since 1.0 */
CASEGATE_API casegate_decision *casegate_decision_new(casegate_host *host);
/** @param decision or NULL @since 1.0 */
CASEGATE_API void casegate_decision_free(casegate_decision *decision);
/**
 * The one decision function. Pure.
 * @param facts borrowed until the decision's next use @param actor likewise @param request likewise
 * @param decision gets verdict and commit @param err may be NULL
 * @retval CASEGATE_OK allowed; casegate_decision_commit() is what to write
 * @retval CASEGATE_REFUSED casegate_decision_verdict() has every obstacle
 * @retval CASEGATE_E_MISSING_FACT `field` names what casegate_needs() asked for and facts lack
 * @retval CASEGATE_E_INVALID NULL, or an actor or action that cannot be read
 * @retval CASEGATE_E_CORRUPT the case has a status that its workflow does not have
 * @retval CASEGATE_E_ABI a size that cannot be @retval CASEGATE_E_NOMEM no memory @since 1.0
 */
CASEGATE_API casegate_result casegate_decide(const casegate_facts *facts, const casegate_actor *actor,
                                             const casegate_request *request, casegate_decision *decision, casegate_error *err);
/** As casegate_decide(), without a commit: would it be allowed? @param facts borrowed until the verdict's next use @param actor
 * likewise @param request likewise @param verdict gets the obstacles @param err may be NULL
 * @retval CASEGATE_OK allowed @retval CASEGATE_REFUSED see the verdict; errors as casegate_decide() @since 1.0 */
CASEGATE_API casegate_result casegate_check(const casegate_facts *facts, const casegate_actor *actor,
                                            const casegate_request *request, casegate_verdict *verdict, casegate_error *err);
/** Why is there no button? The obstacles that are known before inputs are given.
 * @param facts borrowed until the verdict's next use @param actor who looks @param action code
 * @param verdict gets the obstacles @param err may be NULL @retval CASEGATE_OK show the button
 * @retval CASEGATE_REFUSED see the verdict; errors as casegate_decide() @since 1.0 */
CASEGATE_API casegate_result casegate_explain(const casegate_facts *facts, const casegate_actor *actor, int32_t action,
                                              casegate_verdict *verdict, casegate_error *err);
/** @param decision the decision @returns its verdict, borrowed @since 1.0 */
CASEGATE_API const casegate_verdict *casegate_decision_verdict(const casegate_decision *decision);
/** @param decision the decision @returns what to write; NULL: nothing (refused, a replay, an edit that changes nothing,
 * a migration to where the case is)
 * @since 1.0 */
CASEGATE_API const casegate_commit *casegate_decision_commit(const casegate_decision *decision);
/** @param decision the decision @returns the case as it is when this is written (replay: as it was then); NULL if refused
 * @since 1.0 */
CASEGATE_API const casegate_head *casegate_decision_head(const casegate_decision *decision);
/** @param decision the decision @returns 1: an earlier request with this id and meaning was answered @since 1.0 */
CASEGATE_API int32_t casegate_decision_replayed(const casegate_decision *decision);
/**
 * Draws the salts and fills digests and hashes of the commit, so that it can be written. Facts and request must still be alive.
 * @param decision an allowed decision @param err may be NULL
 * @retval CASEGATE_OK also when there is nothing to write @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_HOST random or digest failed, or there is no such key; nothing may be written then @since 1.0
 */
CASEGATE_API casegate_result casegate_decision_seal(casegate_decision *decision, casegate_error *err);

/* ---- replay ---------------------------------------------------------------------------------------------------------- */

/**
 * The head after an event that happened: for who replays a history, to move it or to check it. Judges no rule; what it is made of can
 * be verified once it is stored. @param workflow the definition that the event is under @param before the head before it, of this
 * function; NULL: the event is the first @param event borrowed @param content that the event brought, borrowed; NULL: none
 * @param after gets the head, a view into the others @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_INVALID NULL @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_CORRUPT it does not follow: another case, not the next number, a status that the definition does not have
 * @since 1.0
 */
CASEGATE_API casegate_result casegate_head_follow(const casegate_workflow *workflow, const casegate_head *before,
                                                  const casegate_event *event, const casegate_content *content, casegate_head *after,
                                                  casegate_error *err);

#ifdef __cplusplus
}
#endif
#endif
