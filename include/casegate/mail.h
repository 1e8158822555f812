/* SPDX-License-Identifier: MIT */
/* mail.h: a notice as an e-mail: templates in the recipient's language, and the whole message of RFC 5322. */
#ifndef CASEGATE_MAIL_H
#define CASEGATE_MAIL_H

#include <casegate/notify.h>

/**
 * @file mail.h
 * @brief Component `mail`: from a notice to an e-mail, without a dependency; how it is sent is another's (`smtp`, a host).
 *
 * An e-mail is made of three templates: subject, text, HTML. There are built-in ones in English, German, French and Spanish for
 * the codes "submit", "accept", "reject" and "reminder", and a neutral one for every other code. A host may replace each, for all
 * labs or for one. The built-in ones hold no patient data and no free text: case, lab, reason, attempt and a link.
 *
 * *Placeholders*: `{case}` the id, `{reference}` (the id where there is none), `{lab}` (its name if one was added),
 * `{clinic}`, `{name}` of the recipient, `{reason}` its label in the language of the template, `{attempt}`, `{link}`, `{comment}` free
 * text of the lab (not in a subject). `{?link}...{/link}` is left out where the value is absent; such parts do not nest. `{{` is a
 * brace, and so is one that no letter, `?` or `/` follows (style sheets need no doubling). Values are escaped in HTML.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What a host says in one language on one kind of notice. @since 1.0 */
typedef struct casegate_template {
    size_t size;            /**< sizeof(casegate_template) */
    const char *lab;        /**< for notices of this lab's cases; absent: of every lab's */
    const char *code;       /**< as notice->template_code; absent: for every code that has none of its own */
    const char *language;   /**< BCP 47, required */
    const char *subject;    /**< one line, required */
    const char *text;       /**< plain text, required */
    const char *html;       /**< a whole document; absent: the e-mail is text only */
} casegate_template;
/** @param given emptied, size set @param size sizeof(casegate_template) of the caller @since 1.0 */
CASEGATE_API void casegate_template_init(casegate_template *given, size_t size);

typedef struct casegate_templates casegate_templates;                   /**< immutable, counted @since 1.0 */
typedef struct casegate_templates_builder casegate_templates_builder;   /**< one thread at a time @since 1.0 */

/**
 * Begins a set on top of the built-in one. The first failure sticks; finish reports it.
 * @param host or NULL @returns the builder, NULL without memory @since 1.0
 */
CASEGATE_API casegate_templates_builder *casegate_templates_builder_new(casegate_host *host);
/** Gives up. @param builder or NULL @since 1.0 */
CASEGATE_API void casegate_templates_builder_free(casegate_templates_builder *builder);
/** Adds a template; it goes before the built-in one of its code and language. @param builder or NULL @param given copied
 * @since 1.0 */
CASEGATE_API void casegate_templates_add(casegate_templates_builder *builder, const casegate_template *given);
/** Says what `{lab}` shows for a lab, instead of its id. @param builder or NULL @param lab an id @param name one line @since 1.0 */
CASEGATE_API void casegate_templates_add_lab(casegate_templates_builder *builder, const char *lab, const char *name);
/**
 * Makes the set. Consumes the builder in every case. @param builder NULL counts as "no memory" @param out a new reference
 * @param err may be NULL; `text` names template, line and column, and what is wrong there: an unknown placeholder, a part left open
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_ABI a size that cannot be
 * @retval CASEGATE_E_INVALID malformed; `field` is language, code, lab, subject, text, html or name @since 1.0
 */
CASEGATE_API casegate_result casegate_templates_builder_finish(casegate_templates_builder *builder, casegate_templates **out,
                                                               casegate_error *err);
/** @param templates or NULL @returns templates, with one reference more @since 1.0 */
CASEGATE_API casegate_templates *casegate_templates_ref(const casegate_templates *templates);
/** @param templates or NULL @since 1.0 */
CASEGATE_API void casegate_templates_unref(const casegate_templates *templates);

/**
 * Who writes, and with which words. Addresses are `local@domain` in ASCII, of at most 254 bytes: the local part a dot-atom or a
 * quoted string without backslash and angle brackets (RFC 5322, 3.4.1), the domain letters, digits and hyphens (an
 * internationalised one in its "xn--" form). @since 1.0
 */
typedef struct casegate_mail_options {
    size_t size;                           /**< sizeof(casegate_mail_options) */
    const char *from;                      /**< address of the sender, required */
    const char *from_name;                 /**< shown beside it, or absent */
    const char *reply_to;                  /**< address where answers go, or absent */
    const char *domain;                    /**< of the Message-ID; absent: that of from */
    const char *link;                      /**< where a case is seen: "https://portal.example/cases/{case}"; absent: no link */
    const char *language;                  /**< BCP 47, for recipients without one, or with one that no template has; absent: "en" */
    const casegate_templates *templates;   /**< or NULL: the built-in ones */
} casegate_mail_options;
/** @param options emptied, size set @param size sizeof(casegate_mail_options) of the caller @since 1.0 */
CASEGATE_API void casegate_mail_options_init(casegate_mail_options *options, size_t size);
/**
 * Whether e-mails can be made with these options. @param options the options @param err may be NULL
 * @retval CASEGATE_OK yes @retval CASEGATE_E_INVALID no; `field` names the member @retval CASEGATE_E_ABI a size that cannot be
 * @since 1.0
 */
CASEGATE_API casegate_result casegate_mail_check(const casegate_mail_options *options, casegate_error *err);

/** What casegate_mail_compose() writes. @since 1.0 */
enum { CASEGATE_MAIL_MESSAGE = 1,   /**< headers and bodies, RFC 5322, lines ended by CRLF, all in ASCII */
       CASEGATE_MAIL_SUBJECT = 2,   /**< the subject alone, UTF-8 */
       CASEGATE_MAIL_TEXT = 3,      /**< the text alone, UTF-8 */
       CASEGATE_MAIL_HTML = 4       /**< the HTML alone, UTF-8; nothing where the template has none */ };
/**
 * Makes an e-mail of a notice. The Message-ID is made from the notice's id: a repeat carries the same. A value that could break out of
 * its place (a control character in a name, an address of another form) is refused, never cleaned.
 * @param host memory and the clock (Date), or NULL @param options who writes @param message what to say, and to whom
 * @param part CASEGATE_MAIL_... @param out gets the text at its end @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_REFUSED the message cannot be sent as it is: `field` names the value at fault, or
 * address where there is none @retval CASEGATE_E_INVALID NULL, an unknown part, or options that casegate_mail_check() refuses
 * @retval CASEGATE_E_ABI a size that cannot be @retval CASEGATE_E_NOMEM no memory @since 1.0
 */
CASEGATE_API casegate_result casegate_mail_compose(casegate_host *host, const casegate_mail_options *options,
                                                   const casegate_message *message, int32_t part, casegate_buffer *out,
                                                   casegate_error *err);
/** An id as it stands in a Message-ID, fit for a file name as well: other characters than letters, digits, "-", "_" and inner dots
 * become %XX. @param id the id of a notice @param out gets it at its end @since 1.0 */
CASEGATE_API void casegate_mail_id(const char *id, casegate_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
