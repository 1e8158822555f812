/* SPDX-License-Identifier: MIT */
/* case.h: the head of a case, its events and notices: plain sized values, the same in and out. */
#ifndef CASEGATE_CASE_H
#define CASEGATE_CASE_H

#include <casegate/content.h>

/**
 * @file case.h
 * @brief The head of a case, its events and notices, as plain values.
 *
 * These structs are views: whoever hands one over keeps its memory. casegate_head_copy() and its like make a copy that owns
 * itself. Members marked *(o)* may be left out by a store that maps a host's own tables.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Everything that a decision, a list or an obstacle's parameter reads. @since 1.0 */
typedef struct casegate_head {
    size_t size;                 /**< sizeof(casegate_head) */
    const char *id;              /**< of the case */
    const char *clinic;          /**< organisation that created it; fixed */
    const char *lab;             /**< organisation that it was made for; fixed */
    const char *workflow;        /**< name of the definition that it runs under */
    uint32_t workflow_version;   /**< version of that definition */
    int32_t status;              /**< code, of the workflow */
    int32_t phase;               /**< CASEGATE_PHASE_... of the status, for lists; 0: derived from the status (o) */
    uint32_t version;            /**< sequence number of the last event */
    uint32_t revision;           /**< of the content, from 1 */
    uint32_t attempt;            /**< submissions so far */
    int64_t created_us;          /**< when */
    int64_t submitted_us;        /**< the last submission; 0: never */
    int64_t decided_us;          /**< the last acceptance or rejection; 0: never */
    const char *decided_by;      /**< actor id of that decision */
    const char *reason;          /**< of the current rejection, else absent */
    uint32_t rejected_seq;       /**< event of the current rejection (comment and files are there), else 0 */
    uint32_t first_submitted_seq;       /**< event of the first submission, 0: none */
    uint32_t first_submitted_revision;  /**< its revision, 0: none */
    const char *content_digest;  /**< of the current content (o) */
    const char *event_hash;      /**< of event `version`; absent: the chain starts with the next one (o) */
    const char *dentist;         /**< content's dentist.id: whom a notice goes to */
    const char *clinic_email;    /**< content's clinic.email */
    const char *dentist_email;   /**< content's dentist.email */
    const char *reference;       /**< content's reference (o) */
    const char *patient_name;    /**< content's patient.name; the default checks read it */
    const char *dentist_name;    /**< content's dentist.name */
    const char *due;             /**< content's due */
    uint32_t service_count;      /**< services in the content; the default checks read it */
} casegate_head;

/** A text in one language. @since 1.0 */
typedef struct casegate_label {
    size_t size;            /**< sizeof(casegate_label) */
    const char *language;   /**< BCP 47: "en" */
    const char *text;       /**< one line */
} casegate_label;

/** One entry of the history: written once, never changed. @since 1.0 */
typedef struct casegate_event {
    size_t size;                 /**< sizeof(casegate_event) */
    const char *case_id;         /**< which case */
    const char *clinic;          /**< of the case */
    const char *lab;             /**< of the case */
    const char *workflow;        /**< of the case */
    uint32_t workflow_version;   /**< of the case */
    uint32_t seq;                /**< from 1, no gaps */
    int64_t time_us;             /**< when; order is by seq, the clock may go backwards */
    const char *actor;           /**< id of who acted */
    int32_t actor_role;          /**< CASEGATE_CLINIC_USER ... */
    const char *actor_org;       /**< organisation of who acted; absent for the system */
    int32_t action;              /**< CASEGATE_CREATE ... */
    int32_t from;                /**< status before; 0: none */
    int32_t to;                  /**< status after */
    uint32_t revision;           /**< of the content, after */
    uint32_t attempt;            /**< after */
    const char *reason;          /**< code from the lab's catalogue */
    const casegate_label *const *reason_labels;   /**< as of the decision */
    size_t reason_label_count;   /**< how many */
    const char *comment;         /**< free text; gone when erased */
    const casegate_file *const *files;            /**< gone when erased */
    size_t file_count;           /**< how many */
    const char *const *changed;  /**< field paths that an edit changed */
    size_t changed_count;        /**< how many */
    const char *request;         /**< request id; unique within actor_org, actor and lab */
    const char *request_digest;  /**< salted digest of what was asked */
    const char *content_digest;  /**< salted digest of the content at `revision` */
    const char *text_digest;     /**< salted digest of comment and files; absent if there are none */
    const char *salt;            /**< of request_digest and text_digest; absent if there is neither, or when erased */
    const char *policy;          /**< name of the policy in force */
    const char *key;             /**< name of the key of `hash`; absent: a plain digest */
    const char *previous_hash;   /**< of event seq - 1; absent for the first */
    const char *hash;            /**< of this event and, through previous_hash, of all before */
    int32_t erased;              /**< 1: comment, files and salt were erased */
} casegate_event;

/** Who is told. @since 1.0 */
enum { CASEGATE_TO_CLINIC = 1, CASEGATE_TO_DENTIST = 2, CASEGATE_TO_LAB = 3 };
/** Where a notice stands. @since 1.0 */
enum { CASEGATE_NOTICE_PENDING = 1, CASEGATE_NOTICE_LEASED = 2, CASEGATE_NOTICE_DELIVERED = 3, CASEGATE_NOTICE_DEAD = 4 };

/** One message to one recipient on one channel. @since 1.0 */
typedef struct casegate_notice {
    size_t size;                 /**< sizeof(casegate_notice) */
    const char *id;              /**< "CASE.SEQ.ORDINAL": a repeated delivery is recognised by it */
    const char *case_id;         /**< which case */
    uint32_t seq;                /**< the event that it tells of; 0: none (a reminder) */
    uint32_t ordinal;            /**< among the notices of that event, from 1 */
    const char *template_code;   /**< which text: name of the action ("reject") or "reminder" */
    const char *channel;         /**< "email", "portal", or a host's own */
    int32_t to;                  /**< CASEGATE_TO_... */
    const char *org;             /**< organisation of the recipient */
    const char *person;          /**< actor id within it (a dentist), or absent: the organisation */
    const char *address;         /**< as on record when decided; absent if there was none */
    int32_t mutable_;            /**< 1: the recipient may have muted it */
    const char *clinic;          /**< of the case */
    const char *lab;             /**< of the case */
    const char *reference;       /**< of the case */
    uint32_t attempt;            /**< of the case, then */
    int64_t time_us;             /**< of the event */
    const char *reason;          /**< of the event */
    const casegate_label *const *reason_labels;   /**< of the event */
    size_t reason_label_count;   /**< how many */
    const char *comment;         /**< of the event; gone when erased */
    const casegate_file *const *files;            /**< of the event; gone when erased */
    size_t file_count;           /**< how many */
    int32_t state;               /**< CASEGATE_NOTICE_... */
    uint32_t tries;              /**< tries begun */
    int64_t next_us;             /**< pending: when to try; leased: when the lease ends; else 0 */
    const char *lease;           /**< leased: the token of the holder */
    const char *last_error;      /**< why the last try failed; no patient data */
    int32_t read;                /**< 1: marked as read (portal) */
} casegate_notice;

/** @param head emptied, size set @param size sizeof(casegate_head) of the caller @since 1.0 */
CASEGATE_API void casegate_head_init(casegate_head *head, size_t size);
/** @param label emptied, size set @param size sizeof(casegate_label) of the caller @since 1.0 */
CASEGATE_API void casegate_label_init(casegate_label *label, size_t size);
/** @param event emptied, size set @param size sizeof(casegate_event) of the caller @since 1.0 */
CASEGATE_API void casegate_event_init(casegate_event *event, size_t size);
/** @param notice emptied, size set @param size sizeof(casegate_notice) of the caller @since 1.0 */
CASEGATE_API void casegate_notice_init(casegate_notice *notice, size_t size);

/**
 * A copy that owns all it points to. Absent texts become NULL. @param host or NULL @param head what to copy @param out the copy,
 * freed with casegate_head_free() @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID NULL @since 1.0
 */
CASEGATE_API casegate_result casegate_head_copy(casegate_host *host, const casegate_head *head, casegate_head **out,
                                                casegate_error *err);
/** @param head from casegate_head_copy(), or NULL @since 1.0 */
CASEGATE_API void casegate_head_free(casegate_head *head);
/** As casegate_head_copy(). @param host or NULL @param event what to copy @param out the copy @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID NULL @since 1.0 */
CASEGATE_API casegate_result casegate_event_copy(casegate_host *host, const casegate_event *event, casegate_event **out,
                                                 casegate_error *err);
/** @param event from casegate_event_copy(), or NULL @since 1.0 */
CASEGATE_API void casegate_event_free(casegate_event *event);
/** As casegate_head_copy(). @param host or NULL @param notice what to copy @param out the copy @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID NULL @since 1.0 */
CASEGATE_API casegate_result casegate_notice_copy(casegate_host *host, const casegate_notice *notice, casegate_notice **out,
                                                  casegate_error *err);
/** @param notice from casegate_notice_copy(), or NULL @since 1.0 */
CASEGATE_API void casegate_notice_free(casegate_notice *notice);

typedef struct casegate_case casegate_case;   /**< a head that was checked: immutable, counted @since 1.0 */
/**
 * Checks and copies a head. @param host or NULL @param head copied @param out a new reference @param err may be NULL; `field`
 * names the member that makes no sense
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID NULL @retval CASEGATE_E_CORRUPT no id, clinic, lab or workflow, or status, version or revision 0,
 * or counters that contradict each other @since 1.0
 */
CASEGATE_API casegate_result casegate_case_new(casegate_host *host, const casegate_head *head, casegate_case **out,
                                               casegate_error *err);
/** @param kase or NULL @returns kase, with one reference more @since 1.0 */
CASEGATE_API casegate_case *casegate_case_ref(const casegate_case *kase);
/** @param kase or NULL @since 1.0 */
CASEGATE_API void casegate_case_unref(const casegate_case *kase);
/** @param kase the case @returns its head, borrowed; absent texts are NULL @since 1.0 */
CASEGATE_API const casegate_head *casegate_case_head(const casegate_case *kase);

/** @param to CASEGATE_TO_... @returns "clinic", "dentist", "lab"; "" for others @since 1.0 */
CASEGATE_API const char *casegate_recipient_name(int32_t to);
/** @param state CASEGATE_NOTICE_... @returns "pending", "leased", "delivered", "dead"; "" for others @since 1.0 */
CASEGATE_API const char *casegate_notice_state_name(int32_t state);

#ifdef __cplusplus
}
#endif
#endif
