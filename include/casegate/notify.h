/* SPDX-License-Identifier: MIT */
/* notify.h: how a notice leaves the house. */
#ifndef CASEGATE_NOTIFY_H
#define CASEGATE_NOTIFY_H

#include <casegate/store.h>

/**
 * @file notify.h
 * @brief The notification port: one notifier a channel.
 *
 * Delivery is at least once: the notice's id travels with it, so that a receiver can drop repeats. The channel "portal" has no
 * notifier: such a notice is delivered by being committed, see casegate_engine_inbox().
 */

#ifdef __cplusplus
extern "C" {
#endif

typedef struct casegate_notifier casegate_notifier;   /**< counted; shared by threads @since 1.0 */

/** A notice, and to whom it goes now. Patient data is not in it; a comment is: what leaves is the notifier's choice.
 * @since 1.0 */
typedef struct casegate_message {
    size_t size;                     /**< sizeof(casegate_message) of the library */
    const casegate_notice *notice;   /**< what to say */
    const char *address;             /**< from the engine's resolve, else notice->address; absent: none is known */
    const char *name;                /**< of the recipient, or absent */
    const char *language;            /**< BCP 47, or absent */
} casegate_message;

/** How a notice is delivered on a channel. @since 1.0 */
typedef struct casegate_notifier_ops {
    size_t size;                                                   /**< sizeof(casegate_notifier_ops) */
    void *user;                                                    /**< given to every callback */
    void (CASEGATE_CALL *destroy)(void *user) CASEGATE_NOEXCEPT;   /**< MAY. Called once, after the last use */
    /**
     * MUST. Deliver one message. What it puts into err becomes the notice's last error (it must hold no patient data).
     * @param after_us may be set: microseconds until the next try, instead of the default backoff
     * @retval CASEGATE_OK delivered @retval CASEGATE_LATER try again; so is every negative result
     * @retval CASEGATE_REFUSED it can never be delivered: the notice is dead
     */
    casegate_result (CASEGATE_CALL *deliver)(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err) CASEGATE_NOEXCEPT;
} casegate_notifier_ops;
/** @param ops emptied, size set @param size sizeof(casegate_notifier_ops) of the caller @since 1.0 */
CASEGATE_API void casegate_notifier_ops_init(casegate_notifier_ops *ops, size_t size);
/**
 * Adopts a notifier. @param host or NULL @param channel an id, not "portal"; copied @param ops copied @param out a new reference
 * @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID `field`: channel or deliver; destroy was not called @since 1.0
 */
CASEGATE_API casegate_result casegate_notifier_new(casegate_host *host, const char *channel, const casegate_notifier_ops *ops,
                                                   casegate_notifier **out, casegate_error *err);
/** @param notifier or NULL @returns notifier, with one reference more @since 1.0 */
CASEGATE_API casegate_notifier *casegate_notifier_ref(casegate_notifier *notifier);
/** @param notifier or NULL; the last reference calls destroy @since 1.0 */
CASEGATE_API void casegate_notifier_unref(casegate_notifier *notifier);
/** @param notifier the notifier @returns its channel @since 1.0 */
CASEGATE_API const char *casegate_notifier_channel(const casegate_notifier *notifier);

#ifdef __cplusplus
}
#endif
#endif
