/* SPDX-License-Identifier: MIT */
/* store.h: what a store must do, and may. A store answers by handing structs to a collector, which copies at once. */
#ifndef CASEGATE_STORE_H
#define CASEGATE_STORE_H

#include <casegate/decide.h>

/**
 * @file store.h
 * @brief The storage port.
 *
 * Every callback gets the store's `user`, the `context` of the call that caused it, and an error to fill with
 * casegate_error_set(). It may be called by many threads at once, and never with a lock of the library held. What it is given
 * lives until it returns. It answers through the casegate_answer_... functions, which copy at once.
 * A result that a callback's documentation does not name is treated as #CASEGATE_E_HOST; negative results reach the caller
 * unchanged. A negative result says that nothing was changed, but for #CASEGATE_E_UNKNOWN: whatever changes something answers
 * that when it cannot tell. Ids and other keys are compared and ordered byte by byte, as strcmp() does; orders are ascending.
 */

#ifdef __cplusplus
extern "C" {
#endif

typedef struct casegate_store casegate_store;       /**< counted; shared by threads @since 1.0 */
typedef struct casegate_answers casegate_answers;   /**< collector; an engine's is valid during the callback it is given to @since 1.0 */

/** A content as it is stored. @since 1.0 */
typedef struct casegate_stored_content {
    size_t size;                       /**< sizeof(casegate_stored_content) */
    uint32_t revision;                 /**< which */
    const casegate_content *content;   /**< NULL if erased */
    const char *digest;                /**< as committed; absent: not kept, and never checked */
    const char *salt;                  /**< as committed; gone when erased */
    int32_t erased;                    /**< 1: a tombstone */
} casegate_stored_content;
/** @param content emptied, size set @param size sizeof(casegate_stored_content) of the caller @since 1.0 */
CASEGATE_API void casegate_stored_content_init(casegate_stored_content *content, size_t size);

/** Answers a head. @param answers the collector @param head copied @param err the callback's
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID NULL @retval CASEGATE_E_CORRUPT it makes no sense @since 1.0 */
CASEGATE_API casegate_result casegate_answer_head(casegate_answers *answers, const casegate_head *head, casegate_error *err);
/** Answers a content. @param answers the collector @param content copied (the content itself is referenced)
 * @param err the callback's @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_ABI a size that cannot be @retval CASEGATE_E_INVALID NULL @since 1.0 */
CASEGATE_API casegate_result casegate_answer_content(casegate_answers *answers, const casegate_stored_content *content,
                                                     casegate_error *err);
/** Answers an event. @param answers the collector @param event copied @param err the callback's
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID NULL @since 1.0 */
CASEGATE_API casegate_result casegate_answer_event(casegate_answers *answers, const casegate_event *event, casegate_error *err);
/** Answers a notice. @param answers the collector @param notice copied @param err the callback's
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID NULL @since 1.0 */
CASEGATE_API casegate_result casegate_answer_notice(casegate_answers *answers, const casegate_notice *notice,
                                                    casegate_error *err);
/** Answers a number: unread notices, rows touched. @param answers the collector @param count the number @param err the callback's
 * @retval CASEGATE_OK done @since 1.0 */
CASEGATE_API casegate_result casegate_answer_count(casegate_answers *answers, uint64_t count, casegate_error *err);

/** One thing that an operator should know of a store: a setting, a number, a check. @since 1.0 */
typedef struct casegate_detail {
    size_t size;           /**< sizeof(casegate_detail) */
    const char *name;      /**< "schema_version"; an id */
    const char *value;     /**< "3"; absent: not known */
    const char *problem;   /**< what is wrong with it, English, one line, no patient data; absent: nothing is */
} casegate_detail;
/** @param detail emptied, size set @param size sizeof(casegate_detail) of the caller @since 1.0 */
CASEGATE_API void casegate_detail_init(casegate_detail *detail, size_t size);
/** Answers a detail. @param answers the collector @param detail copied @param err the callback's
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID NULL, or no name @since 1.0 */
CASEGATE_API casegate_result casegate_answer_detail(casegate_answers *answers, const casegate_detail *detail,
                                                    casegate_error *err);

/** What load is asked for. @since 1.0 */
typedef struct casegate_load {
    size_t size;                 /**< sizeof(casegate_load) of the library */
    const char *case_id;         /**< answer its head; NULL: only the request */
    const char *lab;             /**< a hint for stores that shard by lab; may be NULL; to be ignored where it is of no use */
    const char *request;         /**< NULL: none. Else also answer the event that carries it, and the notices of that event */
    const char *request_org;     /**< organisation, and */
    const char *request_actor;   /**< actor, and */
    const char *request_lab;     /**< lab within which it is unique; NULL: the lab of the case found */
    int32_t to_change;           /**< 1: a commit will follow; a store may lock the row */
} casegate_load;

/** Orders of a list. @since 1.0 */
enum { CASEGATE_BY_WAITING = 1,   /**< by the last submission, before one by creation; then creation, then id */
       CASEGATE_BY_DUE = 2        /**< by due date, none last; then creation, then id */ };
/** What list is asked for. The filters are conjunctive. @since 1.0 */
typedef struct casegate_query {
    size_t size;                 /**< sizeof(casegate_query) of the library */
    const char *clinic;          /**< only cases of this clinic; NULL: any */
    const char *lab;             /**< only cases of this lab; NULL: any */
    int32_t submitted_only;      /**< 1: only cases with attempt 1 or more */
    int32_t status;              /**< only this status; 0: any */
    int32_t phase;               /**< only this phase; 0: any */
    int32_t order;               /**< CASEGATE_BY_... */
    int64_t before_us;           /**< only cases with submitted_us not 0 and not after this; 0: any */
    const char *after_id;        /**< only cases behind this key in the order; NULL: from the start */
    int64_t after_us;            /**< its time (BY_WAITING): submitted_us, or created_us if that is 0 */
    const char *after_due;       /**< its due date (BY_DUE); NULL or "": it has none */
    int64_t after_created_us;    /**< its created_us */
    uint32_t limit;              /**< at most so many, 1 or more */
} casegate_query;

/** What a store does. user is shared by all callbacks. @since 1.0 */
typedef struct casegate_store_ops {
    size_t size;                                                   /**< sizeof(casegate_store_ops) */
    void *user;                                                    /**< given to every callback */
    void (CASEGATE_CALL *destroy)(void *user) CASEGATE_NOEXCEPT;   /**< MAY. Called once, after the last use */

    /**
     * MUST. Answer the head of a case and, if a request is named, the event that carries it with that commit's notices.
     * A request is looked for also when the case is not there. @retval CASEGATE_OK one or both are there
     * @retval CASEGATE_ABSENT neither is. Stores that do not keep requests ignore them.
     */
    casegate_result (CASEGATE_CALL *load)(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                                          casegate_error *err) CASEGATE_NOEXCEPT;
    /** MUST. Answer the content of a case at a revision. @retval CASEGATE_OK done
     * @retval CASEGATE_ABSENT not there, or not kept */
    casegate_result (CASEGATE_CALL *content)(void *user, void *context, const char *case_id, uint32_t revision,
                                             casegate_answers *answers, casegate_error *err) CASEGATE_NOEXCEPT;
    /**
     * MUST. Apply the commits in order, each atomic (head, content, events, notices), a later one seeing the earlier, together
     * one durable write where possible. Each gets its own result in results:
     * OK durable; JOINED written into the host's transaction (leased notices are then stored pending, due at once);
     * CONFLICT nothing written: before->version is not the current one, a new case's id is taken, or the request id
     * is already used within (actor_org, actor, lab); E_UNKNOWN cannot be told; other negatives: nothing written.
     * @retval CASEGATE_OK results are filled; negative: nothing was written for any.
     */
    casegate_result (CASEGATE_CALL *commit)(void *user, void *context, const casegate_commit *const *commits,
                                            casegate_result *results, size_t count, casegate_error *err) CASEGATE_NOEXCEPT;

    /** MAY (list, waiting). Answer the heads that fit, in order. @retval CASEGATE_OK also when there is none */
    casegate_result (CASEGATE_CALL *list)(void *user, void *context, const casegate_query *query, casegate_answers *answers,
                                          casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY (history, verify; the comment and files of a rejection). Answer events with seq above after_seq, in order, at most
     * limit. @retval CASEGATE_OK also when there is none */
    casegate_result (CASEGATE_CALL *history)(void *user, void *context, const char *case_id, uint32_t after_seq, uint32_t limit,
                                             casegate_answers *answers, casegate_error *err) CASEGATE_NOEXCEPT;
    /**
     * MAY, with settle (dispatch). Lease to this caller at most limit notices of a channel that are pending and due (next_us not
     * after now_us), or leased with next_us not after now_us; oldest next_us first. Store state LEASED, the lease token, next_us
     * = until_us and tries + 1, durably, then answer them so. One that cannot be read holds up no other: it is leased like them,
     * its tries left as they are, and not answered; casegate_answer_count() says how many there were.
     * @retval CASEGATE_OK also when there is none
     */
    casegate_result (CASEGATE_CALL *claim)(void *user, void *context, const char *channel, int64_t now_us, int64_t until_us,
                                           const char *lease, uint32_t limit, casegate_answers *answers, casegate_error *err) CASEGATE_NOEXCEPT;
    /**
     * MAY, with claim. For each notice, if it is LEASED under notice->lease: store its state, tries, next_us and last_error, and
     * end the lease; its other members stay as they are. results[i]: OK, or CONFLICT if the lease is not the current one, as it
     * is for the second of one notice in a call. @retval CASEGATE_OK results are filled
     */
    casegate_result (CASEGATE_CALL *settle)(void *user, void *context, const casegate_notice *const *notices,
                                            casegate_result *results, size_t count, casegate_error *err) CASEGATE_NOEXCEPT;
    /**
     * MAY, with mark_read (the portal). Answer the notices of channel "portal" of org and person (NULL: the organisation's own),
     * in whatever state, in the order they were committed (those of one commit as it has them), behind the one of id after_id
     * (NULL: from the start), at most limit; and the count of
     * unread ones in the whole inbox. Those that cannot be read are left out, and do not count as part of the page.
     * @retval CASEGATE_OK done @retval CASEGATE_ABSENT after_id is not in this inbox
     */
    casegate_result (CASEGATE_CALL *inbox)(void *user, void *context, const char *org, const char *person, const char *after_id,
                                           uint32_t limit, casegate_answers *answers, casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY, with inbox. Mark one notice of this inbox as read, NULL: all; answer the count of unread ones that are left.
     * @retval CASEGATE_OK also when it was read before @retval CASEGATE_ABSENT not in this inbox */
    casegate_result (CASEGATE_CALL *mark_read)(void *user, void *context, const char *org, const char *person, const char *id,
                                               casegate_answers *answers, casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY. Answer notices by state (0: any) and channel (NULL: any), by id order behind after_id, at most limit. Those that
     * cannot be read are left out and do not count as part of the page. @retval CASEGATE_OK done */
    casegate_result (CASEGATE_CALL *notices)(void *user, void *context, int32_t state, const char *channel, const char *after_id,
                                             uint32_t limit, casegate_answers *answers, casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY. Make a dead notice pending and due at now_us, tries 0. @retval CASEGATE_OK done @retval CASEGATE_ABSENT none
     * @retval CASEGATE_CONFLICT it is not dead, or is so because its case was erased */
    casegate_result (CASEGATE_CALL *requeue)(void *user, void *context, const char *id, int64_t now_us,
                                             casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY (reminders). Add a notice without an event. @retval CASEGATE_OK done
     * @retval CASEGATE_CONFLICT the id is there: left alone */
    casegate_result (CASEGATE_CALL *add_notice)(void *user, void *context, const casegate_notice *notice,
                                                casegate_error *err) CASEGATE_NOEXCEPT;
    /** MAY. Delete delivered notices, read or not, whose time_us is before a time, at most limit; answer how many.
     * @retval CASEGATE_OK done */
    casegate_result (CASEGATE_CALL *purge)(void *user, void *context, int64_t before_us, uint32_t limit,
                                           casegate_answers *answers, casegate_error *err) CASEGATE_NOEXCEPT;
    /**
     * MAY (casegate_engine_erase). Apply the commit (its head has no summary any more, and every member of it is to be written),
     * and in the same transaction erase what the case had before it: of contents document and salt, leaving a tombstone with the
     * digest (`erased`); of events comment, files and salt, if there was any of these (`erased`); of notices comment, files, address
     * and reference. Notices that are pending or leased become dead, their last_error "erased", and requeue answers CONFLICT for
     * those. Events stay as they are but for these texts, so that request ids and hashes do too. @retval CASEGATE_OK done, or what
     * commit gives for one commit
     */
    casegate_result (CASEGATE_CALL *erase)(void *user, void *context, const casegate_commit *commit,
                                           casegate_error *err) CASEGATE_NOEXCEPT;
    /**
     * MAY (casegate_engine_describe). Answer the details that an operator looks at: `store` (which one), `schema_version`, the
     * settings that make a commit durable, under the database's own names for them, and, if it has notices, as decimal numbers
     * `notices_pending` (those leased too), `notices_dead`, `notices_unread` (of the portal), and `pending_since`: when the
     * pending one that is due for the longest time was to be tried, as casegate_time_format() writes it (left out without one).
     * With thorough 1 also whatever check of integrity the database has, which may read all of it. A problem is set where the
     * store itself sees one. @retval CASEGATE_OK done
     */
    casegate_result (CASEGATE_CALL *describe)(void *user, void *context, int32_t thorough, casegate_answers *answers,
                                              casegate_error *err) CASEGATE_NOEXCEPT;
} casegate_store_ops;

/** What a store keeps beyond the callbacks it has; said, not guessed. Also the bits of `require`. @since 1.0 */
enum {
    CASEGATE_KEEPS_REQUESTS = 1,     /**< load finds events by request id; else a request id is #CASEGATE_E_UNSUPPORTED */
    CASEGATE_KEEPS_REVISIONS = 2,    /**< older contents; else `changed` of a stale review is empty */
    CASEGATE_KEEPS_LISTS = 4,        /**< has list (derived) */
    CASEGATE_KEEPS_HISTORY = 8,      /**< has history (derived) */
    CASEGATE_KEEPS_QUEUE = 16,       /**< has claim and settle (derived) */
    CASEGATE_KEEPS_INBOX = 32        /**< has inbox and mark_read (derived) */
};
/** @param ops emptied, size set @param size sizeof(casegate_store_ops) of the caller @since 1.0 */
CASEGATE_API void casegate_store_ops_init(casegate_store_ops *ops, size_t size);
/**
 * Adopts a store. @param host or NULL; the store has a reference, to the end of destroy() it is there @param ops copied
 * @param keeps CASEGATE_KEEPS_REQUESTS, CASEGATE_KEEPS_REVISIONS; the others follow from ops @param out a new reference
 * @param err may be NULL @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID a MUST is missing, or half of a pair; `field` names it; destroy was not called @since 1.0
 */
CASEGATE_API casegate_result casegate_store_new(casegate_host *host, const casegate_store_ops *ops, uint32_t keeps,
                                                casegate_store **out, casegate_error *err);
/** @param store or NULL @returns store, with one reference more @since 1.0 */
CASEGATE_API casegate_store *casegate_store_ref(casegate_store *store);
/** @param store or NULL; the last reference calls destroy @since 1.0 */
CASEGATE_API void casegate_store_unref(casegate_store *store);
/** @param store the store @returns CASEGATE_KEEPS_... bits @since 1.0 */
CASEGATE_API uint32_t casegate_store_keeps(const casegate_store *store);

/* ---- for those who wrap a store, or test one ----------------------------------------------------------------------------- */

/** What an engine calls: for a store that forwards to another one, and for tests. @param store or NULL
 * @returns its callbacks, borrowed; a newer member of the struct than the caller's is not to be read @since 1.0 */
CASEGATE_API const casegate_store_ops *casegate_store_callbacks(const casegate_store *store);
/** A collector of one's own, to be given to a callback. @param host or NULL @returns empty; NULL without memory @since 1.0 */
CASEGATE_API casegate_answers *casegate_answers_new(casegate_host *host);
/** @param answers from casegate_answers_new(), or NULL @since 1.0 */
CASEGATE_API void casegate_answers_free(casegate_answers *answers);
/** Forgets what was answered. @param answers or NULL @since 1.0 */
CASEGATE_API void casegate_answers_clear(casegate_answers *answers);
/** @param answers or NULL @param i from 0, in the order of the answers @returns borrowed until it is cleared, NULL beyond the last
 * @since 1.0 */
CASEGATE_API const casegate_head *casegate_answers_head(const casegate_answers *answers, size_t i);
/** As casegate_answers_head(). @param answers or NULL @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_stored_content *casegate_answers_content(const casegate_answers *answers, size_t i);
/** As casegate_answers_head(). @param answers or NULL @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_event *casegate_answers_event(const casegate_answers *answers, size_t i);
/** As casegate_answers_head(). @param answers or NULL @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_notice *casegate_answers_notice(const casegate_answers *answers, size_t i);
/** As casegate_answers_head(). @param answers or NULL @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_detail *casegate_answers_detail(const casegate_answers *answers, size_t i);
/** @param answers or NULL @returns what casegate_answer_count() was given last; 0: nothing @since 1.0 */
CASEGATE_API uint64_t casegate_answers_number(const casegate_answers *answers);

#ifdef __cplusplus
}
#endif
#endif
