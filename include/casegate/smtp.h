/* SPDX-License-Identifier: MIT */
/* smtp.h: notices handed to a mail server. */
#ifndef CASEGATE_SMTP_H
#define CASEGATE_SMTP_H

#include <casegate/notify.h>

/**
 * @file smtp.h
 * @brief Component `smtp`: a notifier that submits e-mails to a server (RFC 5321, RFC 6409), on libcurl.
 *
 * Connections are kept and reused for what is delivered within seconds. One notifier serves any number of threads at once; each of
 * them that delivers has a connection of its own. libcurl wants curl_global_init() before other threads run: that is the host's,
 * because only the host knows; where it did not, casegate_smtp_notifier_new() brings libcurl up.
 * libcurl may look up names in a thread of its own; one that hangs is left behind when the time is up.
 * A host ignores SIGPIPE: some builds of libcurl raise it when a server ends a protected connection.
 *
 * What becomes of a notice: a reply 4xx, or no reply (no connection, no valid certificate, no login, time-out) is
 * #CASEGATE_LATER. A reply 5xx to the sender, the recipient or the message is #CASEGATE_REFUSED: dead at once; but one that speaks of
 * the login (530, 534, 535, 538), or that comes before the message was spoken of, is later. The last error of a notice holds the reply
 * code, the enhanced code (RFC 3463) and the command that it answered, never the words of the server, which may quote anything.
 */

#ifdef __cplusplus
extern "C" {
#endif

struct casegate_mail_options;

/** How the connection is protected. @since 1.0 */
enum { CASEGATE_SMTP_STARTTLS = 0,   /**< smtp://: TLS after STARTTLS, else nothing is sent; smtps://: TLS from the first byte */
       CASEGATE_SMTP_PLAIN = 1       /**< not at all: for a relay on the same machine; takes no password */ };

/** Where and how e-mails are submitted. @since 1.0 */
typedef struct casegate_smtp_options {
    size_t size;                                /**< sizeof(casegate_smtp_options) */
    const char *url;                            /**< "smtp://host[:port]" (587) or "smtps://host[:port]" (465); no user, no path */
    const struct casegate_mail_options *mail;   /**< who writes, and with which words; see mail.h; copied */
    int32_t security;                           /**< CASEGATE_SMTP_... */
    int32_t unverified;                         /**< 1: whoever answers is believed to be the server. For tests alone */
    const char *user;                           /**< or absent: no login */
    const char *password;                       /**< with user */
    const char *ca_file;                        /**< certificates (PEM) to trust instead of the system's, or absent */
    const char *client;                         /**< how to greet (EHLO), a host name; absent: this machine's */
    const char *channel;                        /**< absent: "email" */
    int32_t connect_ms;                         /**< to connect, TLS included, milliseconds; 0: 10000 */
    int32_t message_ms;                         /**< for a message in all, milliseconds; 0: 30000. Keep it below the engine's lease */
} casegate_smtp_options;
/** @param options emptied, size set @param size sizeof(casegate_smtp_options) of the caller @since 1.0 */
CASEGATE_API void casegate_smtp_options_init(casegate_smtp_options *options, size_t size);
/**
 * Makes the notifier; connects to nothing yet. @param host or NULL; its clock dates the e-mails @param options copied
 * @param out a new reference @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID `field` names the option, "mail.from" and its like one of those for mail; also a password
 * without protection @retval CASEGATE_E_UNSUPPORTED this libcurl has no SMTP, or no TLS @since 1.0
 */
CASEGATE_API casegate_result casegate_smtp_notifier_new(casegate_host *host, const casegate_smtp_options *options,
                                                        casegate_notifier **out, casegate_error *err);

#ifdef __cplusplus
}
#endif
#endif
