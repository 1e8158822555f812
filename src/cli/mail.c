/* SPDX-License-Identifier: MIT */
/* mail.c: a notice as an e-mail of RFC 5322: reference, lab, reason and attempt; no patient data, no free text. */
#include "cli.h"

#include <string.h>
#include <time.h>

#define NO_ADDRESS_CHARS ",;:<>()[]\\\""

/* One plain address, so that it can stand in a header as it is: printable ASCII, local@domain, no quoting (RFC 5322, 3.4.1). */
int cg_mail_address_ok(const char *address)
{
    const char *at = strchr(address, '@');
    size_t len = strlen(address);

    if (at == NULL || at == address || at[1] == 0 || strchr(at + 1, '@') != NULL || len > 254)
        return 0;
    for (const char *c = address; *c != 0; c++)
        if (*c <= ' ' || *c > '~' || strchr(NO_ADDRESS_CHARS, *c) != NULL)
            return 0;
    return 1;
}

/* An id as it may stand in a Message-ID and in a file name: all but letters, digits, "-", "_" and inner dots becomes %XX. */
void cg_mail_id(const char *id, casegate_buffer *out)
{
    for (size_t i = 0; id[i] != 0; i++) {
        unsigned char c = (unsigned char)id[i];
        int inner_dot = c == '.' && i > 0 && id[i - 1] != '.' && id[i + 1] != 0;
        int plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
        if (plain || inner_dot)
            cg_putf(out, "%c", c);
        else
            cg_putf(out, "%%%02X", c);
    }
}

/* ---- encodings --------------------------------------------------------------------------------------------------- */

static void put_base64(casegate_buffer *out, const unsigned char *data, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        uint32_t second = i + 1 < len ? data[i + 1] : 0, third = i + 2 < len ? data[i + 2] : 0;
        uint32_t three = (uint32_t)data[i] << 16 | second << 8 | third;
        char four[4] = { digits[three >> 18], digits[three >> 12 & 63], i + 1 < len ? digits[three >> 6 & 63] : '=',
                         i + 2 < len ? digits[three & 63] : '=' };
        casegate_buffer_append(out, four, sizeof four);
    }
}

static int is_plain(const char *text)
{
    for (; *text != 0; text++)
        if (*text < ' ' || *text > '~')
            return 0;
    return 1;
}

/* A header of free words. Where it is not short plain ASCII: encoded words (RFC 2047) of at most 42 bytes, whole characters. */
static void put_words(casegate_buffer *out, const char *name, const char *text)
{
    size_t len = strlen(text);

    cg_putf(out, "%s:", name);
    if (is_plain(text) && len <= 60 && strstr(text, "=?") == NULL) {
        cg_put(out, " ");
        cg_put(out, text);
    } else {
        for (size_t i = 0, take; i < len; i += take) {
            take = len - i < 42 ? len - i : 42;
            while (take > 1 && i + take < len && ((unsigned char)text[i + take] & 0xc0) == 0x80)
                take--;
            cg_put(out, i > 0 ? "\r\n =?UTF-8?B?" : " =?UTF-8?B?");
            put_base64(out, (const unsigned char *)text + i, take);
            cg_put(out, "?=");
        }
    }
    cg_put(out, "\r\n");
}

/* Quoted-printable, RFC 2045, 6.7: lines of at most 76, "\n" becomes CRLF, spaces at the end of a line are encoded. */
static void put_quoted_printable(casegate_buffer *out, const char *text)
{
    size_t column = 0;

    for (size_t i = 0; text[i] != 0; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n') {
            cg_put(out, "\r\n");
            column = 0;
            continue;
        }
        int at_end = text[i + 1] == '\n' || text[i + 1] == 0;
        int plain = (c > ' ' && c <= '~' && c != '=') || (c == ' ' && !at_end);
        if (column + (plain ? 1 : 3) > 75) {
            cg_put(out, "=\r\n");
            column = 0;
        }
        cg_putf(out, plain ? "%c" : "=%02X", c);
        column += plain ? 1 : 3;
    }
}

/* "Mon, 02 Mar 2026 08:00:00 +0000" */
static void put_date(casegate_buffer *out, int64_t us)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;

    if (gmtime_r(&seconds, &tm) == NULL)
        return;
    cg_putf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
            tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* ---- the text ---------------------------------------------------------------------------------------------------- */

/* One row a template; the last one is for those of a host. */
static const struct { const char *code, *subject, *says, *next; } templates[] = {
    { "reject", "was rejected", "has rejected the case",
      "The details are in the portal. The case can be revised there and submitted again." },
    { "reminder", "is waiting", "is reminded of the case", "It has been waiting for a review." },
    { "", "has news", "has news of the case", "The details are in the portal." } };

static size_t template_of(const casegate_notice *notice)
{
    size_t i = 0;

    while (*templates[i].code != 0 && (notice->template_code == NULL || strcmp(templates[i].code, notice->template_code) != 0))
        i++;
    return i;
}

static const char *name_of_case(const casegate_notice *notice)
{
    return notice->reference != NULL && *notice->reference != 0 ? notice->reference : notice->case_id;
}

static void put_subject(const casegate_notice *notice, casegate_buffer *scratch, casegate_buffer *out)
{
    casegate_buffer_clear(scratch);
    cg_put(scratch, "Case ");
    cg_put(scratch, name_of_case(notice));
    cg_putf(scratch, " %s", templates[template_of(notice)].subject);
    put_words(out, "Subject", casegate_buffer_data(scratch));
}

static void put_body(const casegate_message *message, casegate_buffer *scratch, casegate_buffer *out)
{
    const casegate_notice *notice = message->notice;
    const char *reason = casegate_label_for(notice->reason_labels, notice->reason_label_count, message->language);

    casegate_buffer_clear(scratch);
    cg_put(scratch, "The lab ");
    cg_put(scratch, notice->lab);
    cg_putf(scratch, " %s ", templates[template_of(notice)].says);
    cg_put(scratch, name_of_case(notice));
    cg_putf(scratch, " (attempt %u).\n\n", notice->attempt);
    if (notice->reason != NULL && *notice->reason != 0) {
        cg_put(scratch, "Reason: ");
        cg_put(scratch, reason != NULL ? reason : notice->reason);
        cg_put(scratch, "\n\n");
    }
    cg_put(scratch, templates[template_of(notice)].next);
    cg_put(scratch, "\n\nCase: ");
    cg_put(scratch, notice->case_id);
    cg_put(scratch, "\n");
    put_quoted_printable(out, casegate_buffer_data(scratch));
}

static void put_headers(const casegate_message *message, const char *from, casegate_buffer *scratch, casegate_buffer *out)
{
    cg_put(out, "From: casegate <");
    cg_put(out, from);
    cg_put(out, ">\r\nTo: ");
    cg_put(out, message->address);
    cg_put(out, "\r\n");
    put_subject(message->notice, scratch, out);
    put_date(out, message->notice->time_us);
    cg_put(out, "Message-ID: <");
    cg_mail_id(message->notice->id, out);
    cg_put(out, strrchr(from, '@'));
    cg_put(out, ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
}

/* The whole e-mail, lines ended by CRLF. from is a plain address. REFUSED: it can never be sent. */
casegate_result cg_mail_write(const casegate_message *message, const char *from, casegate_buffer *out, casegate_error *err)
{
    if (message->address == NULL || *message->address == 0)
        return casegate_error_set(err, CASEGATE_REFUSED, 0, "address", "no address");
    if (!cg_mail_address_ok(message->address))
        return casegate_error_set(err, CASEGATE_REFUSED, 0, "address", "not a plain address");
    casegate_buffer *scratch = casegate_buffer_new(NULL);
    if (scratch == NULL)
        return casegate_error_set(err, CASEGATE_E_NOMEM, 0, "", "out of memory");
    put_headers(message, from, scratch, out);
    put_body(message, scratch, out);
    casegate_result rc = casegate_buffer_status(scratch);
    casegate_buffer_free(scratch);
    return rc == CASEGATE_OK ? casegate_buffer_status(out) : rc;
}
