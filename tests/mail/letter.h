/* SPDX-License-Identifier: MIT */
/* letter.h: what every test of e-mails begins with: a rejection, a writer, and what comes out. */
#ifndef TESTS_MAIL_LETTER_H
#define TESTS_MAIL_LETTER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <casegate/mail.h>

typedef struct letter {
    casegate_notice notice;          /* a rejection of lab-one's case NC-1042 */
    casegate_message message;
    casegate_mail_options options;   /* from, and a link */
    casegate_buffer *out;            /* of the last make() */
    casegate_error err;
} letter;

letter *letter_new(void);
void letter_free(letter *l);
/* Makes a part anew; the text is in out. */
casegate_result make(letter *l, int32_t part);
/* The text of a part, which must be made. */
const char *text_of(letter *l, int32_t part);
/* Names of the headers of a message, in order, joined by spaces; fails the test where a line is none. */
const char *headers_of(const char *message, char *room, size_t cap);

#define has(text, part) assert_non_null(strstr((text), (part)))
#define lacks(text, part) assert_null(strstr((text), (part)))

#endif
