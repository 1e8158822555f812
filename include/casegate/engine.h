/* SPDX-License-Identifier: MIT */
/* engine.h: load, needs, decide, commit, tell: the gate with a store behind it. */
#ifndef CASEGATE_ENGINE_H
#define CASEGATE_ENGINE_H

#include <casegate/notify.h>

/**
 * @file engine.h
 * @brief The gate with a store behind it.
 *
 * Every call takes a casegate_call (who, and the host's context) and a casegate_outcome, which the caller owns and reuses: views
 * into it live until its next use. Results of every call here:
 *
 * - #CASEGATE_OK done; the outcome has the answer;
 * - #CASEGATE_REFUSED a rule said no; casegate_outcome_verdict() has every obstacle;
 * - #CASEGATE_E_INVALID NULL, or an actor or action that cannot be read; #CASEGATE_E_ABI a size that cannot be;
 *   #CASEGATE_E_NOMEM; #CASEGATE_E_HOST a callback failed or lied; #CASEGATE_E_CORRUPT what is stored makes no sense;
 *   #CASEGATE_E_UNSUPPORTED the store cannot do it (`field` names the callback); #CASEGATE_E_BUSY too many conflicts, or a
 *   locked store; or whatever negative result a callback gave.
 *
 * Those that change a case may also answer #CASEGATE_JOINED (true once the host's transaction commits) and #CASEGATE_E_UNKNOWN
 * (the commit may or may not have taken effect: send the same request, with its id, again).
 */

#ifdef __cplusplus
extern "C" {
#endif

typedef struct casegate_engine casegate_engine;     /**< immutable once open, counted, shared by threads @since 1.0 */
typedef struct casegate_outcome casegate_outcome;   /**< the answer of a call; reusable; one thread at a time @since 1.0 */

/** Who calls, and what every callback gets as `context`. @since 1.0 */
typedef struct casegate_call {
    size_t size;                   /**< sizeof(casegate_call) */
    const casegate_actor *actor;   /**< who; required */
    void *context;                 /**< the host's: a session, a span; reaches every callback of this call */
    const char *language;          /**< BCP 47; for labels of the answer; may be NULL */
} casegate_call;
/** @param call emptied, size set @param size sizeof(casegate_call) of the caller @since 1.0 */
CASEGATE_API void casegate_call_init(casegate_call *call, size_t size);

/* ---- guards ---------------------------------------------------------------------------------------------------------- */

typedef struct casegate_question casegate_question;   /**< what a guard is asked; valid during its callback @since 1.0 */
/** A host's own rule on an action. @since 1.0 */
typedef struct casegate_guard {
    size_t size;            /**< sizeof(casegate_guard) */
    int32_t action;         /**< on which action; 0: where the workflow names it */
    const char *name;       /**< shown as parameter `guard`; copied */
    void *user;             /**< given to the callbacks */
    void (CASEGATE_CALL *destroy)(void *user) CASEGATE_NOEXCEPT;   /**< MAY. Called once, when the engine goes */
    /** MUST. Lets pass by returning OK; refuses through casegate_question_refuse(). Any other result ends the call in error. */
    casegate_result (CASEGATE_CALL *ask)(void *user, void *context, casegate_question *question,
                                         casegate_error *err) CASEGATE_NOEXCEPT;
} casegate_guard;
/** @param guard emptied, size set @param size sizeof(casegate_guard) of the caller @since 1.0 */
CASEGATE_API void casegate_guard_init(casegate_guard *guard, size_t size);
/** @param question the question @returns who acts, borrowed @since 1.0 */
CASEGATE_API const casegate_actor *casegate_question_actor(const casegate_question *question);
/** @param question the question @returns the case as it is, borrowed @since 1.0 */
CASEGATE_API const casegate_head *casegate_question_head(const casegate_question *question);
/** @param question the question @returns what is asked; in an explanation only its action is set @since 1.0 */
CASEGATE_API const casegate_request *casegate_question_request(const casegate_question *question);
/** The current content; read from the store when first asked for. @param question the question @param out borrowed
 * @param err may be NULL @retval CASEGATE_OK done @retval CASEGATE_ABSENT it was erased; or what the store answered @since 1.0 */
CASEGATE_API casegate_result casegate_question_content(casegate_question *question, const casegate_content **out,
                                                       casegate_error *err);
/** Refuses with words for the person. @param question the question @param text UTF-8, copied, at most 4096 bytes
 * @retval CASEGATE_REFUSED noted @retval CASEGATE_E_INVALID no such text @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_question_refuse(casegate_question *question, const char *text);

/* ---- the engine -------------------------------------------------------------------------------------------------------- */

/** Where a notice goes now. Filled through casegate_resolution_set(). @since 1.0 */
typedef struct casegate_resolution casegate_resolution;
/** @param resolution of the callback @param address copied; NULL: keep the notice's @param name copied, or NULL
 * @param language BCP 47, copied, or NULL @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_resolution_set(casegate_resolution *resolution, const char *address, const char *name,
                                                     const char *language);

/** What an observation is about. @since 1.0 */
enum {
    CASEGATE_OBSERVED_LOADED = 1,      /**< the store was asked for a case, or for a page of them */
    CASEGATE_OBSERVED_DECIDED = 2,     /**< a request was decided: allowed, or refused */
    CASEGATE_OBSERVED_COMMITTED = 3,   /**< a commit was sent to the store: OK, JOINED, or why not */
    CASEGATE_OBSERVED_CONFLICT = 4,    /**< somebody else changed the case meanwhile */
    CASEGATE_OBSERVED_RETRIED = 5,     /**< it is decided again after a conflict, or sent again after an unknown outcome */
    CASEGATE_OBSERVED_DELIVERED = 6,   /**< a notice was handed to its notifier, or could not be */
    CASEGATE_OBSERVED_SLOW = 7         /**< one of the others took `slow_us` or longer; it follows the other */
};
/** What happened inside of a call, for logs, metrics and alarms. It holds ids and numbers: no patient data, no free text.
 * @since 1.0 */
typedef struct casegate_observation {
    size_t size;             /**< sizeof(casegate_observation) of the library */
    int32_t kind;            /**< CASEGATE_OBSERVED_... */
    int32_t of;              /**< SLOW: the kind of what was slow; else 0 */
    casegate_result result;  /**< of the step; RETRIED: why; DELIVERED: OK, LATER, REFUSED (dead), CONFLICT (the lease was another's) */
    int32_t action;          /**< of the request, CASEGATE_CREATE ...; 0: a look, or a notice */
    uint32_t count;          /**< LOADED: cases; DECIDED: obstacles; COMMITTED: events; CONFLICT, RETRIED: rounds; DELIVERED: tries */
    uint32_t reserved;       /**< 0 */
    int64_t duration_us;     /**< by the host's clock, never negative; CONFLICT, RETRIED: 0 */
    uint64_t obstacles;      /**< DECIDED and refused: the bit 1 << code of every obstacle */
    const char *case_id;     /**< of a case that was found or made; else NULL */
    const char *lab;         /**< of that case; else NULL */
    const char *actor;       /**< id of who calls; NULL: a dispatch */
    const char *org;         /**< of who calls; NULL: a dispatch */
    const char *channel;     /**< DELIVERED; else NULL */
    const char *notice;      /**< DELIVERED: its id; else NULL */
} casegate_observation;

/** What the host tells the engine. All MAY. @since 1.0 */
typedef struct casegate_engine_ops {
    size_t size;                                                   /**< sizeof(casegate_engine_ops) */
    void *user;                                                    /**< given to every callback */
    void (CASEGATE_CALL *destroy)(void *user) CASEGATE_NOEXCEPT;   /**< called once, when the engine goes */
    /**
     * Policy and workflow of a lab: new references, given away; NULL: the default policy, the engine's first workflow. A case
     * keeps the workflow it was made under, and what was decided keeps reason and labels of then. Asked anew in every call, by
     * any number of threads at once: the answer may differ from one to the next. Without this callback every lab is known.
     * @retval CASEGATE_OK done @retval CASEGATE_ABSENT there is no such lab
     */
    casegate_result (CASEGATE_CALL *lab)(void *user, void *context, const char *lab, casegate_policy **policy,
                                         casegate_workflow **workflow, casegate_error *err) CASEGATE_NOEXCEPT;
    /**
     * Where a notice goes. Without it: the address on record.
     * @retval CASEGATE_OK see casegate_resolution_set() @retval CASEGATE_ABSENT there is no address: the notice is dead
     * @retval CASEGATE_REFUSED muted: the notice is dead, unless it cannot be muted
     */
    casegate_result (CASEGATE_CALL *resolve)(void *user, void *context, const casegate_notice *notice,
                                             casegate_resolution *resolution, casegate_error *err) CASEGATE_NOEXCEPT;
    /**
     * Told of each step as it ends, on the caller's thread, with no lock held. It cannot change anything, and what it is given
     * lives until it returns. It must not use the outcome of the call that it watches.
     */
    void (CASEGATE_CALL *observe)(void *user, void *context, const casegate_observation *observation) CASEGATE_NOEXCEPT;
} casegate_engine_ops;
/** @param ops emptied, size set @param size sizeof(casegate_engine_ops) of the caller @since 1.0 */
CASEGATE_API void casegate_engine_ops_init(casegate_engine_ops *ops, size_t size);

/** When notices are delivered. @since 1.0 */
enum { CASEGATE_TELL_NOW = 0,     /**< right after the commit, before the call returns */
       CASEGATE_TELL_LATER = 1    /**< by casegate_engine_dispatch() */ };
/** How an engine is opened. Zero means the default of a member. @since 1.0 */
typedef struct casegate_engine_options {
    size_t size;                                  /**< sizeof(casegate_engine_options) */
    casegate_host *host;                          /**< or NULL; referenced */
    casegate_store *store;                        /**< required; referenced */
    const casegate_workflow *const *workflows;    /**< referenced; none: intake 1 */
    size_t workflow_count;                        /**< how many */
    casegate_notifier *const *notifiers;          /**< referenced; at most one a channel */
    size_t notifier_count;                        /**< how many */
    const casegate_guard *const *guards;          /**< copied; asked in this order, those that the workflow names first */
    size_t guard_count;                           /**< how many */
    const casegate_engine_ops *ops;               /**< copied, or NULL */
    int32_t tell;                                 /**< CASEGATE_TELL_... */
    uint32_t require;                             /**< CASEGATE_KEEPS_... bits that the store must have */
    int64_t lease_us;                             /**< how long a notice stays leased; 0: 60 s */
    uint32_t max_tries;                           /**< tries of a notice in all; 0: 12 */
    uint32_t max_conflicts;                       /**< how often a conflict is decided again; 0: 8 */
    int64_t slow_us;                              /**< from when on a step is observed as slow; 0: 1 s */
} casegate_engine_options;
/** @param options emptied, size set @param size sizeof(casegate_engine_options) of the caller @since 1.0 */
CASEGATE_API void casegate_engine_options_init(casegate_engine_options *options, size_t size);
/**
 * Opens an engine. @param options copied @param out a new reference @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID no store, two notifiers for a channel, two guards of one name on one action, a guard that the
 * workflow names and nobody gave, an unknown `tell`; `field` names it; no destroy was called
 * @retval CASEGATE_E_UNSUPPORTED the store lacks what `require` names @since 1.0
 */
CASEGATE_API casegate_result casegate_engine_open(const casegate_engine_options *options, casegate_engine **out,
                                                  casegate_error *err);
/** @param engine or NULL @returns engine, with one reference more @since 1.0 */
CASEGATE_API casegate_engine *casegate_engine_ref(casegate_engine *engine);
/** @param engine or NULL @since 1.0 */
CASEGATE_API void casegate_engine_unref(casegate_engine *engine);

/* ---- changing a case ---------------------------------------------------------------------------------------------------- */

/** One request: load, decide, commit, tell. The verbs below are words for this. @param engine the engine @param call who
 * @param request what; borrowed during the call @param outcome gets the answer @param err may be NULL @returns see engine.h
 * @since 1.0 */
CASEGATE_API casegate_result casegate_engine_apply(casegate_engine *engine, const casegate_call *call,
                                                   const casegate_request *request,
                                                   casegate_outcome *outcome, casegate_error *err);
/**
 * Many requests of one actor, each decided on its own: one refused or failed leaves the others alone. Those on different cases are
 * written by one call of the store's commit, which SQLite and PostgreSQL make durable in one step; one on a case (or with a
 * request id) that an earlier one has waits for it and sees what it made of the case, in a write of its own. A conflict is decided
 * again, as ever. Notices are told when all is committed.
 * @param engine the engine @param call who @param requests pointers to what; borrowed during the call @param count how many; 0: none
 * @param outcomes pointers to as many outcomes, all different; each gets its answer @param results for each what
 * casegate_engine_apply() would have returned; untouched on an error
 * @param err may be NULL; of the first request that ended in an error, or of the call
 * @retval CASEGATE_OK results has an answer for each, which may be an error
 * @retval CASEGATE_E_INVALID NULL, an actor that is missing, or an outcome given twice; nothing was decided
 * @retval CASEGATE_E_ABI a size of call that cannot be; nothing was decided
 * @retval CASEGATE_E_NOMEM no memory to begin with; nothing was decided @since 1.0
 */
CASEGATE_API casegate_result casegate_engine_apply_many(casegate_engine *engine, const casegate_call *call,
                                                        const casegate_request *const *requests, size_t count,
                                                        casegate_outcome *const *outcomes, casegate_result *results,
                                                        casegate_error *err);
/** A new case; clinic is the actor's organisation. @param engine the engine @param call who @param lab for which lab
 * @param content what is prescribed @param submit 1: submit it in the same commit @param outcome gets the case
 * @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_create(casegate_engine *engine, const casegate_call *call, const char *lab,
                                                    const casegate_content *content, int32_t submit, casegate_outcome *outcome, casegate_error *err);
/** A new content for a case. @param engine the engine @param call who @param case_id which @param revision that it replaces
 * @param content the whole new content @param outcome gets the case @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_edit(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                  uint32_t revision,
                                                  const casegate_content *content, casegate_outcome *outcome, casegate_error *err);
/** To the lab. @param engine the engine @param call who @param case_id which @param revision expected, 0: any
 * @param outcome gets the case @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_submit(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                    uint32_t revision, casegate_outcome *outcome, casegate_error *err);
/** The whole case, for good. @param engine the engine @param call who @param case_id which @param revision that was reviewed
 * @param outcome gets the case @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_accept(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                    uint32_t revision, casegate_outcome *outcome, casegate_error *err);
/** The whole case, with a reason; clinic and dentist are told. @param engine the engine @param call who @param case_id which
 * @param revision that was reviewed @param reason code of the lab's catalogue @param comment free text, or NULL
 * @param outcome gets the case @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_reject(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                    uint32_t revision,
                                                    const char *reason, const char *comment, casegate_outcome *outcome, casegate_error *err);
/**
 * Takes over a case that began in another system, as it stands there: event 1 of its history, no notice. With an id of its own, or with
 * a request id that makes a repeat harmless: casegate_engine_apply(). @param engine the engine
 * @param call who, a system with the permission adopt @param clinic whose case it is @param lab for which lab
 * @param content what is prescribed @param status in which it is taken over @param attempt submissions so far; 0: a draft
 * @param reason code of the lab's catalogue where it is rejected, else NULL @param outcome gets the case @param err may be NULL
 * @returns see engine.h @since 1.0
 */
CASEGATE_API casegate_result casegate_engine_adopt(casegate_engine *engine, const casegate_call *call, const char *clinic,
                                                   const char *lab, const casegate_content *content, int32_t status, uint32_t attempt,
                                                   const char *reason, casegate_outcome *outcome, casegate_error *err);
/**
 * Erases the texts of a draft, closed or accepted case for good, as law or retention demand: contents, comments, file names, addresses
 * and what lists show of them, with their salts, in one commit with an event of its own. Digests and events stay, so that
 * casegate_engine_verify() finds the case intact and says `erased`. Notices that were not delivered yet are dead. A request id that was
 * used on the case before is refused as reused from then on. A draft can be filled again, and erased again. Copies that the host has
 * elsewhere (backups, mails that were sent, the files themselves) are the host's.
 * @param engine the engine @param call who, a system with the permission erase @param case_id which @param outcome gets the case
 * @param err may be NULL @returns see engine.h; E_UNSUPPORTED on `erase`: the store cannot @since 1.0
 */
CASEGATE_API casegate_result casegate_engine_erase(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                   casegate_outcome *outcome, casegate_error *err);
/** From one definition to another, of the same name or of a different one; the engine must have both. A case that is there already is
 * left alone. @param engine the engine @param call who, a system @param case_id which @param mapping from where to where
 * @param outcome gets the case; no event: it was there @param err may be NULL
 * @returns see engine.h; E_UNSUPPORTED on `mapping`: the engine does not have both definitions @since 1.0 */
CASEGATE_API casegate_result casegate_engine_migrate(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                     const casegate_mapping *mapping, casegate_outcome *outcome, casegate_error *err);
/** How far a walk over the cases of a store is. @since 1.0 */
typedef struct casegate_progress {
    size_t size;                /**< sizeof(casegate_progress) of the library */
    uint64_t seen;              /**< cases that were looked at */
    uint64_t done;              /**< cases that this walk changed */
    uint64_t failed;            /**< cases that it could not change */
    const char *case_id;        /**< the case that is done or failed, borrowed; NULL: a page was looked through */
    casegate_result result;     /**< of that case: OK, JOINED, REFUSED (the outcome has the verdict), or an error */
    const casegate_error *error;   /**< of that case, borrowed; NULL unless result is an error */
} casegate_progress;
/** Told of each case and each page of a walk. @param user as given @param progress so far @returns 0 goes on, all else stops
 * @since 1.0 */
typedef int32_t (CASEGATE_CALL *casegate_progress_fn)(void *user, const casegate_progress *progress) CASEGATE_NOEXCEPT;
/**
 * Migrates every visible case that is under the old definition, page by page in the order of waiting. Each is a commit of its own,
 * so a walk that ended early, however it ended, is resumed by walking again. A case that is refused, corrupt, busy or of unknown
 * outcome is counted as failed, and the walk goes on. Needs a store with list.
 * @param engine the engine @param call who, a system @param mapping from where to where @param told or NULL @param user for told
 * @param outcome of the case that is told of @param progress gets the counts, also on an error; may be NULL @param err may be NULL
 * @retval CASEGATE_OK the walk is through, whatever failed on its way @retval CASEGATE_LATER told stopped it; others: see engine.h
 * @since 1.0
 */
CASEGATE_API casegate_result casegate_engine_migrate_all(casegate_engine *engine, const casegate_call *call,
                                                         const casegate_mapping *mapping, casegate_progress_fn told, void *user,
                                                         casegate_outcome *outcome, casegate_progress *progress, casegate_error *err);
/** @param progress emptied, size set @param size sizeof(casegate_progress) of the caller @since 1.0 */
CASEGATE_API void casegate_progress_init(casegate_progress *progress, size_t size);

/* ---- looking ------------------------------------------------------------------------------------------------------------ */

/** Would it be allowed? Changes nothing. @param engine the engine @param call who @param request what
 * @param outcome gets the verdict @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_check(casegate_engine *engine, const casegate_call *call,
                                                   const casegate_request *request,
                                                   casegate_outcome *outcome, casegate_error *err);
/** Which buttons, and why not: casegate_outcome_action() has a verdict for every action. @param engine the engine @param call who
 * @param case_id which @param outcome gets case and verdicts @param err may be NULL
 * @returns see engine.h; REFUSED only if the case is not found @since 1.0 */
CASEGATE_API casegate_result casegate_engine_explain(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                     casegate_outcome *outcome, casegate_error *err);
/** The completeness review: casegate_outcome_findings(). @param engine the engine @param call who @param case_id which
 * @param outcome gets case, content and findings @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_review(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                    casegate_outcome *outcome, casegate_error *err);
/** The case, its content, and the event of the current rejection. @param engine the engine @param call who @param case_id which
 * @param revision of the content, 0: the current one
 * @param outcome gets them (content NULL: erased, or this revision is not kept) @param err may be NULL
 * @returns see engine.h; a revision that there never was, or that came before the lab saw the case, is not found @since 1.0 */
CASEGATE_API casegate_result casegate_engine_view(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                  uint32_t revision, casegate_outcome *outcome, casegate_error *err);

/** Which cases. Zero means any. @since 1.0 */
typedef struct casegate_list {
    size_t size;                /**< sizeof(casegate_list) */
    int32_t status;             /**< only this one */
    int32_t requires_action;    /**< 1: only phase pending */
    int32_t order;              /**< CASEGATE_BY_...; 0: BY_WAITING */
    int64_t longer_than_us;     /**< only pending ones submitted at least so long ago, microseconds; 0: any */
    uint32_t limit;             /**< a page; 0: 50, at most 1000 */
    const char *after;          /**< casegate_outcome_next() of the page before, or NULL */
} casegate_list;
/** @param list emptied, size set @param size sizeof(casegate_list) of the caller @since 1.0 */
CASEGATE_API void casegate_list_init(casegate_list *list, size_t size);
/** The visible cases: casegate_outcome_head_at(). @param engine the engine @param call who @param list which, NULL: all
 * @param outcome gets a page @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_list(casegate_engine *engine, const casegate_call *call, const casegate_list *list,
                                                  casegate_outcome *outcome, casegate_error *err);
/** Visible, pending, submitted at least longer_than_us ago, longest first. @param engine the engine @param call who
 * @param longer_than_us microseconds, 0 or more @param limit a page; 0: 50, at most 1000
 * @param after casegate_outcome_next(), or NULL @param outcome gets a page @param err may be NULL @returns see engine.h
 * @since 1.0 */
CASEGATE_API casegate_result casegate_engine_waiting(casegate_engine *engine, const casegate_call *call, int64_t longer_than_us,
                                                     uint32_t limit,
                                                     const char *after, casegate_outcome *outcome, casegate_error *err);
/** The events of a case: casegate_outcome_event_at(). A lab's history begins with the first submission; request ids of other
 * organisations are left out. @param engine the engine @param call who @param case_id which @param after_seq 0: from the start
 * @param limit a page; 0: 50, at most 1000 @param outcome gets a page @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_history(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                     uint32_t after_seq,
                                                     uint32_t limit, casegate_outcome *outcome, casegate_error *err);
/** The actor's inbox, oldest first: casegate_outcome_notice_at(), and casegate_outcome_total() unread in all.
 * @param engine the engine @param call who @param after id of a notice, NULL: from the start
 * @param limit a page; 0: 50, at most 1000 @param outcome gets a page @param err may be NULL
 * @returns see engine.h; REFUSED: after is not in this inbox @since 1.0 */
CASEGATE_API casegate_result casegate_engine_inbox(casegate_engine *engine, const casegate_call *call, const char *after,
                                                   uint32_t limit, casegate_outcome *outcome, casegate_error *err);
/** Marks one notice of the inbox, or all. casegate_outcome_total(): unread ones left. @param engine the engine @param call who
 * @param notice its id, NULL: all @param outcome gets the count @param err may be NULL
 * @returns see engine.h; REFUSED: not in this inbox @since 1.0 */
CASEGATE_API casegate_result casegate_engine_mark_read(casegate_engine *engine, const casegate_call *call, const char *notice,
                                                       casegate_outcome *outcome, casegate_error *err);

/** What a verification found. @since 1.0 */
typedef struct casegate_verification {
    size_t size;            /**< sizeof(casegate_verification) of the library */
    int32_t intact;         /**< 1: chain, head and contents fit */
    int32_t erased;         /**< 1: texts were erased, so that only their digests could be followed */
    uint32_t events;        /**< how many were read */
    uint32_t seq;           /**< not intact: the first event that does not fit; 0: head or a content */
    const char *problem;    /**< not intact: what does not fit, English; else "" */
    const char *hash;       /**< of the last event, to be anchored elsewhere; "" if the store keeps none */
} casegate_verification;
/** Walks the whole chain, replays it, compares with head and contents: casegate_outcome_verification(). @param engine the engine
 * @param call who @param case_id which @param outcome gets the result @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_verify(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                                    casegate_outcome *outcome, casegate_error *err);

/* ---- telling -------------------------------------------------------------------------------------------------------------- */

/** What a dispatch did. @since 1.0 */
typedef struct casegate_dispatched {
    size_t size;            /**< sizeof(casegate_dispatched) */
    uint32_t delivered;     /**< this pass */
    uint32_t failed;        /**< will be tried again */
    uint32_t dead;          /**< given up */
    uint32_t lost;          /**< tried, but the lease was another's by then: not counted above */
    uint32_t untried;       /**< given back: the host said stop, or the lease was about to end; not counted above */
    uint32_t unreadable;    /**< the store could not read them; they wait, and are counted again */
} casegate_dispatched;
/** @param dispatched emptied, size set @param size sizeof(casegate_dispatched) of the caller @since 1.0 */
CASEGATE_API void casegate_dispatched_init(casegate_dispatched *dispatched, size_t size);
/** One pass over the due notices of a channel: each is tried once. Any number of processes may do this. @param engine the engine
 * @param context for the callbacks @param channel which @param limit at most so many, 0: all that are due
 * @param dispatched gets the counts, also on an error @param err may be NULL @retval CASEGATE_OK done
 * @retval CASEGATE_E_INVALID no notifier for that channel; others: see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_dispatch(casegate_engine *engine, void *context, const char *channel, uint32_t limit,
                                                      casegate_dispatched *dispatched, casegate_error *err);
/** How a channel is drained. Zero means the default of a member. @since 1.0 */
typedef struct casegate_drain {
    size_t size;           /**< sizeof(casegate_drain) */
    const char *channel;   /**< which; required */
    void *context;         /**< for the callbacks of store, notifier and engine */
    uint32_t limit;        /**< at most so many tries; 0: any number */
    uint32_t reserved;     /**< 0 */
    void *user;            /**< given to stop */
    /** MAY. Asked before each notice. @returns not 0: stop now; what was claimed and not tried is given back */
    int32_t (CASEGATE_CALL *stop)(void *user) CASEGATE_NOEXCEPT;
} casegate_drain;
/** @param drain emptied, size set @param size sizeof(casegate_drain) of the caller @since 1.0 */
CASEGATE_API void casegate_drain_init(casegate_drain *drain, size_t size);
/** Passes over a channel until nothing of it is due, what became due meanwhile included, or the host says stop. Any number of
 * processes may do this. A dispatcher calls it again whenever it may have work. @param engine the engine @param how copied
 * @param dispatched gets the counts, also on an error; may be NULL @param err may be NULL @retval CASEGATE_OK done, or stopped
 * @retval CASEGATE_E_INVALID no notifier for that channel; others: see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_drain(casegate_engine *engine, const casegate_drain *how,
                                                   casegate_dispatched *dispatched, casegate_error *err);

/* ---- operating: of role system, with the permission view; to others there is nothing here -------------------------------- */

/** Which notices. Zero means any. @since 1.0 */
typedef struct casegate_notice_query {
    size_t size;           /**< sizeof(casegate_notice_query) */
    int32_t state;         /**< CASEGATE_NOTICE_...: only in this one */
    uint32_t limit;        /**< a page; 0: 50, at most 1000 */
    const char *channel;   /**< only of this one */
    const char *after;     /**< id of the last notice of the page before, or NULL */
} casegate_notice_query;
/** @param query emptied, size set @param size sizeof(casegate_notice_query) of the caller @since 1.0 */
CASEGATE_API void casegate_notice_query_init(casegate_notice_query *query, size_t size);
/** The notices of all cases by id: casegate_outcome_notice_at(); a page that is not full is the last. @param engine the engine
 * @param call who; for anybody but role system the page is empty @param query which, NULL: all
 * @param outcome gets a page @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_notices(casegate_engine *engine, const casegate_call *call,
                                                     const casegate_notice_query *query, casegate_outcome *outcome,
                                                     casegate_error *err);
/** A dead notice gets its tries anew, and is due at once. @param engine the engine
 * @param call who; for anybody but role system it is not found @param notice its id @param outcome gets a verdict
 * @param err may be NULL @returns see engine.h; REFUSED: not found; #CASEGATE_CONFLICT: it is not dead, and left alone
 * @since 1.0 */
CASEGATE_API casegate_result casegate_engine_requeue(casegate_engine *engine, const casegate_call *call, const char *notice,
                                                     casegate_outcome *outcome, casegate_error *err);
/**
 * Deletes notices that are delivered and of events, or reminders, before a time; page by page, each durable when it is gone. Pending,
 * leased and dead ones stay, whatever their age, and so do events, heads and contents: casegate_engine_verify() finds what it found
 * before. A portal notice is delivered by being there: an inbox ends at that time then, also for what nobody has read yet.
 * @param engine the engine @param call who; for anybody but role system there is none @param before_us microseconds, not in the future
 * @param outcome casegate_outcome_total(): how many are gone @param err may be NULL
 * @returns see engine.h; E_INVALID on `before_us`: not a time that has passed; after an error, earlier pages are gone @since 1.0
 */
CASEGATE_API casegate_result casegate_engine_purge(casegate_engine *engine, const casegate_call *call, int64_t before_us,
                                                   casegate_outcome *outcome, casegate_error *err);
/** What an operator should know of the store, see casegate_store_ops: casegate_outcome_detail_at(). @param engine the engine
 * @param call who; for anybody but role system there is none
 * @param thorough 1: with the database's check of integrity, which may read all of it @param outcome gets the details
 * @param err may be NULL @returns see engine.h @since 1.0 */
CASEGATE_API casegate_result casegate_engine_describe(casegate_engine *engine, const casegate_call *call, int32_t thorough,
                                                      casegate_outcome *outcome, casegate_error *err);

/** Which reminders are made. @since 1.0 */
typedef struct casegate_reminder {
    size_t size;                   /**< sizeof(casegate_reminder) */
    int64_t longer_than_us;        /**< of cases that have waited for a review at least so long, microseconds; 0: of all that wait */
    const char *lab;               /**< only of this lab; NULL: of every lab */
    const char *const *channels;   /**< beside the portal; where they lead is resolve's */
    size_t channel_count;          /**< how many */
    void *context;                 /**< for the callbacks of the store */
} casegate_reminder;
/** @param reminder emptied, size set @param size sizeof(casegate_reminder) of the caller @since 1.0 */
CASEGATE_API void casegate_reminder_init(casegate_reminder *reminder, size_t size);
/** What was made. @since 1.0 */
typedef struct casegate_reminded {
    size_t size;         /**< sizeof(casegate_reminded) */
    uint32_t cases;      /**< that have waited so long */
    uint32_t made;       /**< notices */
    uint32_t known;      /**< notices that were there already: made earlier that day, or by another process */
} casegate_reminded;
/** @param reminded emptied, size set @param size sizeof(casegate_reminded) of the caller @since 1.0 */
CASEGATE_API void casegate_reminded_init(casegate_reminded *reminded, size_t size);
/**
 * Reminds labs of the cases that wait for a review: one notice a case, channel and UTC day, however often and by how many
 * processes this is called, since its id is made of case, attempt, day and channel. The portal's is there at once; the others
 * wait for a dispatch. They may be muted. A lab that decides in this very moment may still get one. @param engine the engine
 * @param which copied @param reminded gets the counts, also on an error; may be NULL @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_INVALID a negative time, or a channel that cannot be, or stands there twice
 * @retval CASEGATE_E_UNSUPPORTED the store has no list, or no add_notice; others: see engine.h @since 1.0
 */
CASEGATE_API casegate_result casegate_engine_remind(casegate_engine *engine, const casegate_reminder *which,
                                                    casegate_reminded *reminded, casegate_error *err);

/* ---- the answer ------------------------------------------------------------------------------------------------------------ */

/** @param host whose memory it uses, or NULL; clock, salts and digests are always the engine's @returns an empty outcome, NULL
 * without memory @since 1.0 */
CASEGATE_API casegate_outcome *casegate_outcome_new(casegate_host *host);
/** @param outcome or NULL @since 1.0 */
CASEGATE_API void casegate_outcome_free(casegate_outcome *outcome);
/** @param outcome the outcome @returns the verdict, borrowed; empty if allowed @since 1.0 */
CASEGATE_API const casegate_verdict *casegate_outcome_verdict(const casegate_outcome *outcome);
/** @param outcome the outcome @returns what was committed, sealed; NULL: nothing was @since 1.0 */
CASEGATE_API const casegate_commit *casegate_outcome_commit(const casegate_outcome *outcome);
/** @param outcome the outcome @returns the head of the case in question, borrowed; NULL if refused or there is none @since 1.0 */
CASEGATE_API const casegate_head *casegate_outcome_head(const casegate_outcome *outcome);
/** @param outcome the outcome @returns the case in question, a new reference; NULL if there is none, or no memory @since 1.0 */
CASEGATE_API casegate_case *casegate_outcome_case(const casegate_outcome *outcome);
/** @param outcome of view, review or verify @returns the content, borrowed; NULL: none, or erased @since 1.0 */
CASEGATE_API const casegate_content *casegate_outcome_content(const casegate_outcome *outcome);
/** @param outcome of view @returns the event of the current rejection, borrowed; NULL: none, or the store keeps no history
 * @since 1.0 */
CASEGATE_API const casegate_event *casegate_outcome_rejection(const casegate_outcome *outcome);
/** @param outcome the outcome @returns 1: an earlier request with this id and meaning was answered, nothing was committed
 * @since 1.0 */
CASEGATE_API int32_t casegate_outcome_replayed(const casegate_outcome *outcome);
/** @param outcome the outcome @returns 1: true only if the host's transaction commits @since 1.0 */
CASEGATE_API int32_t casegate_outcome_joined(const casegate_outcome *outcome);
/** @param outcome of list or waiting @returns how many heads are on this page @since 1.0 */
CASEGATE_API size_t casegate_outcome_head_count(const casegate_outcome *outcome);
/** @param outcome of list or waiting @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_head *casegate_outcome_head_at(const casegate_outcome *outcome, size_t i);
/** @param outcome of a change (its events; a replay: the event of then) or of history @returns how many events @since 1.0 */
CASEGATE_API size_t casegate_outcome_event_count(const casegate_outcome *outcome);
/** @param outcome as casegate_outcome_event_count() @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_event *casegate_outcome_event_at(const casegate_outcome *outcome, size_t i);
/** @param outcome of a change (its notices, as after telling), of inbox or of notices @returns how many notices @since 1.0 */
CASEGATE_API size_t casegate_outcome_notice_count(const casegate_outcome *outcome);
/** @param outcome as casegate_outcome_notice_count() @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_notice *casegate_outcome_notice_at(const casegate_outcome *outcome, size_t i);
/** @param outcome of inbox or mark_read @returns unread notices in all; of purge: how many are gone @since 1.0 */
CASEGATE_API uint64_t casegate_outcome_total(const casegate_outcome *outcome);
/** @param outcome of list, waiting @returns where the next page begins, NULL: there is none @since 1.0 */
CASEGATE_API const char *casegate_outcome_next(const casegate_outcome *outcome);
/** @param outcome of describe @returns how many details @since 1.0 */
CASEGATE_API size_t casegate_outcome_detail_count(const casegate_outcome *outcome);
/** @param outcome of describe @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_detail *casegate_outcome_detail_at(const casegate_outcome *outcome, size_t i);
/** @param outcome of review @returns the findings, borrowed; empty otherwise @since 1.0 */
CASEGATE_API const casegate_findings *casegate_outcome_findings(const casegate_outcome *outcome);
/** @param outcome of explain @param action code @returns the verdict on that action, borrowed; NULL if explain has none
 * @since 1.0 */
CASEGATE_API const casegate_verdict *casegate_outcome_action(const casegate_outcome *outcome, int32_t action);
/** @param outcome of verify @returns the result, borrowed; NULL otherwise @since 1.0 */
CASEGATE_API const casegate_verification *casegate_outcome_verification(const casegate_outcome *outcome);
/** @param outcome of a call on one case, or of create @returns the workflow of the case, borrowed; NULL if there is none
 * @since 1.0 */
CASEGATE_API const casegate_workflow *casegate_outcome_workflow(const casegate_outcome *outcome);
/** @param outcome of a call on one case @returns the policy of its lab, borrowed; NULL if there is none @since 1.0 */
CASEGATE_API const casegate_policy *casegate_outcome_policy(const casegate_outcome *outcome);
/** @param engine the engine @param name of a workflow @param version of it @returns borrowed, NULL if the engine has none such
 * @since 1.0 */
CASEGATE_API const casegate_workflow *casegate_engine_workflow(const casegate_engine *engine, const char *name, uint32_t version);

#ifdef __cplusplus
}
#endif
#endif
