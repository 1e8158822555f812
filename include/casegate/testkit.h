/* SPDX-License-Identifier: MIT */
/* testkit.h: what a host's own tests need: memory store, manual clock, counting ids, recording notifier, scenarios. */
#ifndef CASEGATE_TESTKIT_H
#define CASEGATE_TESTKIT_H

#include <casegate/engine.h>

/**
 * @file testkit.h
 * @brief Component `testkit`: test workflow rules without a database, a mail server or a wall clock.
 *
 * Nothing here is for production: the memory store forgets, the ids count, the random bytes are the same in every run.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** A store in memory, with everything that a store can keep. Shared by threads. @param host or NULL @param out a new reference
 * @param err may be NULL @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_memory_store_new(casegate_host *host, casegate_store **out, casegate_error *err);

typedef struct casegate_clock casegate_clock;   /**< a clock that stands until it is moved; shared by threads @since 1.0 */
/** @param now_us microseconds since 1970 UTC @returns a clock, NULL without memory @since 1.0 */
CASEGATE_API casegate_clock *casegate_clock_new(int64_t now_us);
/** @param clock or NULL; a host made from it keeps it alive @since 1.0 */
CASEGATE_API void casegate_clock_free(casegate_clock *clock);
/** @param clock the clock @param now_us the time it shows from now on; backwards too @since 1.0 */
CASEGATE_API void casegate_clock_set(casegate_clock *clock, int64_t now_us);
/** @param clock the clock @param us microseconds to add @since 1.0 */
CASEGATE_API void casegate_clock_advance(casegate_clock *clock, int64_t us);
/** @param clock the clock @returns what it shows @since 1.0 */
CASEGATE_API int64_t casegate_clock_now(const casegate_clock *clock);
/** A host with that clock, ids "case-1", "case-2", ... and the same pseudo-random bytes in every run. @param clock the clock
 * @param out a new reference @param err may be NULL @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_test_host_new(casegate_clock *clock, casegate_host **out, casegate_error *err);

typedef struct casegate_recorder casegate_recorder;   /**< a notifier that keeps what it was given; shared by threads @since 1.0 */
/** What a recorder answers. @since 1.0 */
enum { CASEGATE_RECORDER_OK = 0, CASEGATE_RECORDER_FAIL = 1 /**< try again */, CASEGATE_RECORDER_REFUSE = 2 /**< never */ };
/** @param host or NULL @param channel as casegate_notifier_new() @param out the recorder @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID a channel that cannot be @since 1.0 */
CASEGATE_API casegate_result casegate_recorder_new(casegate_host *host, const char *channel, casegate_recorder **out,
                                                   casegate_error *err);
/** @param recorder or NULL; its notifier keeps it alive @since 1.0 */
CASEGATE_API void casegate_recorder_free(casegate_recorder *recorder);
/** @param recorder the recorder @returns its notifier, a new reference @since 1.0 */
CASEGATE_API casegate_notifier *casegate_recorder_notifier(casegate_recorder *recorder);
/** @param recorder the recorder @param mode CASEGATE_RECORDER_... @since 1.0 */
CASEGATE_API void casegate_recorder_set_mode(casegate_recorder *recorder, int32_t mode);
/** @param recorder the recorder @returns how many notices were delivered (mode OK) since it was cleared @since 1.0 */
CASEGATE_API size_t casegate_recorder_count(const casegate_recorder *recorder);
/** @param recorder the recorder @param i from 0 @returns borrowed until it is cleared, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_notice *casegate_recorder_at(const casegate_recorder *recorder, size_t i);
/** @param recorder the recorder @since 1.0 */
CASEGATE_API void casegate_recorder_clear(casegate_recorder *recorder);

/* ---- coverage ------------------------------------------------------------------------------------------------------------ */

/** What of some workflows was exercised: transitions, obstacles, notices, guards; one thread at a time. @since 1.0 */
typedef struct casegate_coverage casegate_coverage;
/** What can be exercised. @since 1.0 */
enum { CASEGATE_COVERS_TRANSITION = 1,   /**< "accept: received -> in_production" */
       CASEGATE_COVERS_OBSTACLE = 2,     /**< "accept: stale_review"; "not_found" and its like belong to no action */
       CASEGATE_COVERS_NOTICE = 3,       /**< "reject: clinic by email" */
       CASEGATE_COVERS_GUARD = 4         /**< "ship: guard paid refuses" */ };
/** One thing that can be exercised. @since 1.0 */
typedef struct casegate_covered {
    size_t size;            /**< sizeof(casegate_covered) of the library */
    const char *workflow;   /**< its name */
    uint32_t version;       /**< of the workflow */
    int32_t kind;           /**< CASEGATE_COVERS_... */
    const char *text;       /**< in words, see the kinds */
    uint64_t seen;          /**< how often; 0: never */
} casegate_covered;
/** @returns an empty coverage, NULL without memory @since 1.0 */
CASEGATE_API casegate_coverage *casegate_coverage_new(void);
/** @param coverage or NULL @since 1.0 */
CASEGATE_API void casegate_coverage_free(casegate_coverage *coverage);
/**
 * Lists what a workflow can do, not seen yet; what is listed already stays as it is. Which obstacles an action can meet is asked of
 * casegate_explain() for every status and role, and follows from its inputs, and from the checks and reasons of the policy.
 * @param coverage the coverage @param workflow the definition @param policy of the lab; NULL: the default one @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID NULL @since 1.0
 */
CASEGATE_API casegate_result casegate_coverage_add(casegate_coverage *coverage, const casegate_workflow *workflow,
                                                   const casegate_policy *policy, casegate_error *err);
/**
 * Counts what one request met. @param coverage the coverage @param workflow of the case @param action code
 * @param verdict its obstacles, or NULL @param commit its events and notices, or NULL @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID NULL @since 1.0
 */
CASEGATE_API casegate_result casegate_coverage_saw(casegate_coverage *coverage, const casegate_workflow *workflow, int32_t action,
                                                   const casegate_verdict *verdict, const casegate_commit *commit,
                                                   casegate_error *err);
/** @param coverage or NULL @returns how many things are listed @since 1.0 */
CASEGATE_API size_t casegate_coverage_count(const casegate_coverage *coverage);
/** @param coverage the coverage @param i from 0; by workflow, then by kind as they were listed @returns borrowed until the next use,
 * NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_covered *casegate_coverage_at(const casegate_coverage *coverage, size_t i);

/* ---- walking a workflow ---------------------------------------------------------------------------------------------------- */

/** How a workflow is walked. @since 1.0 */
typedef struct casegate_walk_options {
    size_t size;                         /**< sizeof(casegate_walk_options) */
    const casegate_workflow *workflow;   /**< required; its guards are bound by the walk: they let pass, and refuse once each */
    const casegate_policy *policy;       /**< of every lab; NULL: the default one */
    uint32_t longest;                    /**< most transitions of a route behind the creation; 0: 6 */
    void *user;                          /**< given to the callbacks */
    /** MAY. The store to walk on, a new reference given away. Without it: memory. */
    casegate_result (CASEGATE_CALL *open)(void *user, casegate_host *host, casegate_store **out, casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY. Gets one line for each deviation: the route in words, who asked for what, what was expected, what came. */
    void (CASEGATE_CALL *line)(void *user, const char *text) CASEGATE_NOEXCEPT;
    casegate_coverage *coverage;         /**< MAY. Gets what the workflow can do, and what the walk exercised of it */
} casegate_walk_options;
/** @param options emptied, size set @param size sizeof(casegate_walk_options) of the caller @since 1.0 */
CASEGATE_API void casegate_walk_options_init(casegate_walk_options *options, size_t size);
/** How a walk went. @since 1.0 */
typedef struct casegate_walk_result {
    size_t size;            /**< sizeof(casegate_walk_result) */
    uint64_t routes;        /**< that were walked to their end: those that no longer route goes on from */
    uint64_t requests;      /**< that were sent: steps, and what had to be refused */
    uint64_t explanations;  /**< buttons that were compared with the table: action, status, role */
    uint64_t deviations;    /**< answers that were not those of the table; 0: the engine does what the definition says */
    uint64_t verified;      /**< cases whose history was found intact at the end of their route; all, if the store keeps history */
} casegate_walk_result;
/** @param result emptied, size set @param size sizeof(casegate_walk_result) of the caller @since 1.0 */
CASEGATE_API void casegate_walk_result_init(casegate_walk_result *result, size_t size);
/**
 * Walks every route of a workflow up to a length against a real engine, a new case each. In every status on the way each action is
 * asked for by each role, and must be answered as the table says; what is not allowed is sent all the same, and must be refused and
 * change nothing; so must a request that lacks what its action needs, that a guard refuses, or that a stranger or someone without
 * the permission sends. What was accepted keeps its content; every history verifies at the end.
 * @param options the workflow, and how @param result filled @param err may be NULL
 * @retval CASEGATE_OK it was walked; see result->deviations @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID no workflow, no result, or a route too long @retval CASEGATE_E_ABI a size that cannot be; or whatever
 * open or the store answered @since 1.0
 */
CASEGATE_API casegate_result casegate_walk(const casegate_walk_options *options, casegate_walk_result *result, casegate_error *err);

/* ---- the contract of a store ------------------------------------------------------------------------------------------------ */

/** How a store is held against its contract. @since 1.0 */
typedef struct casegate_contract_options {
    size_t size;             /**< sizeof(casegate_contract_options) */
    void *user;              /**< given to the callbacks */
    /** MUST. A store with nothing in it, a new reference given away; ordinal counts the rules, host is the rule's. */
    casegate_result (CASEGATE_CALL *open)(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                          casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY. The same store once more, with what was written into it; called while the first one is open, and behind it. Without it
     * the rules of reopening are skipped. */
    casegate_result (CASEGATE_CALL *reopen)(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                            casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY. Called behind each rule, when its stores were let go: drop what open made. */
    void (CASEGATE_CALL *close)(void *user, casegate_host *host, uint32_t ordinal) CASEGATE_NOEXCEPT;
    /** MAY. Damages the stored head of a case (a status that there is not, say). Without it the rule of corrupt rows is skipped. */
    casegate_result (CASEGATE_CALL *damage)(void *user, uint32_t ordinal, const char *case_id, casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY. Gets one line of TAP (version 13) at a time, without the newline. */
    void (CASEGATE_CALL *line)(void *user, const char *text) CASEGATE_NOEXCEPT;
    const char *only;        /**< MAY. The rule to judge, by its name; the others are left out. NULL: all */
    /** MAY. As reopen, but called in child processes (fork) at once, and behind them, while no store of the rule is open here. Without
     * it the rules of processes are skipped; so they must be where the program has other threads, or holds the database open itself. */
    casegate_result (CASEGATE_CALL *open_again)(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                                casegate_error *err) CASEGATE_NOEXCEPT;
    /** 1: the store is one thread's (as on a connection of the host's): the rules of threads are skipped. 0: any thread's */
    int32_t one_thread;
} casegate_contract_options;
/** @param options emptied, size set @param size sizeof(casegate_contract_options) of the caller @since 1.0 */
CASEGATE_API void casegate_contract_options_init(casegate_contract_options *options, size_t size);
/** How it went. @since 1.0 */
typedef struct casegate_contract_result {
    size_t size;            /**< sizeof(casegate_contract_result) */
    uint32_t passed;        /**< rules */
    uint32_t failed;        /**< rules */
    uint32_t skipped;       /**< rules of a callback that the store does not have */
} casegate_contract_result;
/** @param result emptied, size set @param size sizeof(casegate_contract_result) of the caller @since 1.0 */
CASEGATE_API void casegate_contract_result_init(casegate_contract_result *result, size_t size);
/**
 * Holds a store against every MUST of store.h, and against every MAY that it has; each rule gets a store of its own. A rule that does
 * not hold is "not ok" with a line that says what was expected. Some rules call the store from 8 threads at once, and from 4 processes
 * if there is open_again; all of them have ended when it returns. The callbacks of the options, but open_again, get this thread alone.
 * @param options how @param result filled @param err may be NULL
 * @retval CASEGATE_OK it ran; see result @retval CASEGATE_E_INVALID NULL, no open, or no such rule @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_ABI a size that cannot be; or whatever open answered @since 1.0
 */
CASEGATE_API casegate_result casegate_contract_run(const casegate_contract_options *options, casegate_contract_result *result,
                                                   casegate_error *err);

/* ---- scenario files (docs/scenarios.md) --------------------------------------------------------------------------------- */

/** Behind what scenarios run. @since 1.0 */
enum { CASEGATE_BACK_END_ENGINE = 0,   /**< an engine with a store */
       CASEGATE_BACK_END_DECIDE = 1    /**< casegate_decide() and a map of heads; other steps are skipped by name */ };
/** How scenario files are run. @since 1.0 */
typedef struct casegate_scenario_options {
    size_t size;             /**< sizeof(casegate_scenario_options) */
    int32_t back_end;        /**< CASEGATE_BACK_END_... */
    void *user;              /**< given to the callbacks */
    /** MAY. A fresh store for a scenario, a new reference given away; ordinal counts scenarios of the run, host is the
     * scenario's. Without it: memory. */
    casegate_result (CASEGATE_CALL *open)(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                          casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY. Called after the scenario, when its store was let go: drop what open made. */
    void (CASEGATE_CALL *close)(void *user, casegate_host *host, uint32_t ordinal) CASEGATE_NOEXCEPT;
    /** MAY. Gets one line of TAP (version 13) at a time, without the newline. */
    void (CASEGATE_CALL *line)(void *user, const char *text) CASEGATE_NOEXCEPT;
    const char *directory;   /**< what paths in the file (`workflow`) are relative to; NULL: the current directory */
    casegate_coverage *coverage;   /**< MAY. Gets what the file's workflow can do, and what its steps exercised of it */
} casegate_scenario_options;
/** @param options emptied, size set @param size sizeof(casegate_scenario_options) of the caller @since 1.0 */
CASEGATE_API void casegate_scenario_options_init(casegate_scenario_options *options, size_t size);
/** How a run went. @since 1.0 */
typedef struct casegate_scenario_result {
    size_t size;            /**< sizeof(casegate_scenario_result) */
    uint32_t passed;        /**< scenarios */
    uint32_t failed;        /**< scenarios */
    uint32_t skipped;       /**< scenarios with steps that the back end cannot do */
} casegate_scenario_result;
/** @param result emptied, size set @param size sizeof(casegate_scenario_result) of the caller @since 1.0 */
CASEGATE_API void casegate_scenario_result_init(casegate_scenario_result *result, size_t size);
/**
 * Runs the scenarios of one file. TAP test numbers go on from what result already counts, so that several files make one report.
 * @param name shown in the report @param text the file's bytes @param len how many @param options NULL: the engine on memory
 * @param result added to @param err may be NULL; `field` is the place of a fault of the file ("scenarios[2].steps[0].as")
 * @retval CASEGATE_OK it ran; see result @retval CASEGATE_E_INVALID a fault of the file @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_ABI a size that cannot be; whatever open answered @since 1.0
 */
CASEGATE_API casegate_result casegate_scenarios_run(const char *name, const char *text, size_t len,
                                                    const casegate_scenario_options *options,
                                                    casegate_scenario_result *result, casegate_error *err);

#ifdef __cplusplus
}
#endif
#endif
