/* SPDX-License-Identifier: MIT */
/* encode.c: text on its way into an e-mail: encoded words (RFC 2047), mailboxes and dates (RFC 5322), quoted-printable (RFC 2045). */
#include "internal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LONGEST_PLAIN = 60, WORD_BYTES = 39, LONGEST_LINE = 76 };

void cg_mail_put(casegate_buffer *out, const char *text) { casegate_buffer_append(out, text, SIZE_MAX); }

/* "=C3"; gives its length. */
static size_t put_hex(char to[3], char sign, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";

    to[0] = sign;
    to[1] = digits[c >> 4];
    to[2] = digits[c & 15];
    return 3;
}

void casegate_mail_id(const char *id, casegate_buffer *out)
{
    if (!id || !out) return;
    for (size_t i = 0; id[i]; i++) {
        unsigned char c = (unsigned char)id[i];
        char hex[3];
        int inner_dot = c == '.' && i > 0 && id[i - 1] != '.' && id[i + 1] != 0;
        int plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
        put_hex(hex, '%', c);
        casegate_buffer_append(out, plain || inner_dot ? id + i : hex, plain || inner_dot ? 1 : 3);
    }
}

/* ---- headers ------------------------------------------------------------------------------------------------------ */

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

/* Nobody can take it for an encoded word, and it needs no quotes where `special` must not stand bare. */
static int is_plain(const char *text, const char *special)
{
    if (strstr(text, "=?") || *text == ' ' || (*text && text[strlen(text) - 1] == ' ')) return 0;
    for (const char *p = text; *p; p++)
        if (*p < ' ' || *p > '~' || strchr(special, *p)) return 0;
    return 1;
}

/* Encoded words, one a line, of whole characters and with room for the name of the header before the first. */
static void put_encoded(casegate_buffer *out, const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0, take; i < len; i += take) {
        take = len - i < WORD_BYTES ? len - i : WORD_BYTES;
        while (take > 1 && i + take < len && ((unsigned char)text[i + take] & 0xC0) == 0x80) take--;
        cg_mail_put(out, i > 0 ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
        put_base64(out, (const unsigned char *)text + i, take);
        cg_mail_put(out, "?=");
    }
}

void cg_mail_put_words(casegate_buffer *out, const char *header, const char *text)
{
    cg_mail_put(out, header);
    cg_mail_put(out, ": ");
    if (is_plain(text, "") && strlen(text) <= LONGEST_PLAIN) cg_mail_put(out, text);
    else put_encoded(out, text);
    cg_mail_put(out, "\r\n");
}

/* "To: clara@clinic.example", or with a name: "To: Clara Example\r\n <clara@clinic.example>", so that no line is too long. */
void cg_mail_put_mailbox(casegate_buffer *out, const char *header, const char *name, const char *address)
{
    const int named = cg_mail_is_there(name);

    cg_mail_put(out, header);
    cg_mail_put(out, ": ");
    if (named && is_plain(name, "()<>[]:;@\\,.\"") && strlen(name) <= LONGEST_PLAIN) cg_mail_put(out, name);
    else if (named) put_encoded(out, name);
    cg_mail_put(out, named ? "\r\n <" : "");
    cg_mail_put(out, address);
    cg_mail_put(out, named ? ">\r\n" : "\r\n");
}

/* "Date: Mon, 02 Mar 2026 08:00:00 +0000" */
void cg_mail_put_date(casegate_buffer *out, int64_t us)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    static const int64_t year_10000 = INT64_C(253402300800);
    int64_t whole = us / 1000000 - (us % 1000000 < 0);
    time_t seconds = (time_t)(whole < 0 ? 0 : whole >= year_10000 ? year_10000 - 1 : whole);
    struct tm tm;
    char line[64];

    if (!gmtime_r(&seconds, &tm)) return;
    snprintf(line, sizeof line, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
             tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    cg_mail_put(out, line);
}

/* ---- bodies ------------------------------------------------------------------------------------------------------- */

/* One line on its way out. */
typedef struct line { char text[LONGEST_LINE + 2]; size_t length; } line;

static void end_line(line *l, const char *end, casegate_buffer *out)
{
    casegate_buffer_append(out, l->text, l->length);
    cg_mail_put(out, end);
    l->length = 0;
}

/* RFC 2045, 6.7: "\n" becomes CRLF, a space at the end of a line is encoded, and so is what relays are known to change at its
 * beginning: a dot, and "From ". */
void cg_mail_put_quoted_printable(casegate_buffer *out, const char *text)
{
    line l = { .length = 0 };

    for (const char *p = text; *p; p++) {
        const unsigned char c = (unsigned char)*p;
        const int at_end = p[1] == '\n' || !p[1];
        int plain = (c > ' ' && c <= '~' && c != '=') || (c == ' ' && !at_end);
        if (c == '\n') {
            end_line(&l, "\r\n", out);
            continue;
        }
        if (l.length + (plain ? 1 : 3) > LONGEST_LINE - 1) end_line(&l, "=\r\n", out);
        if (l.length == 0 && (c == '.' || (c == 'F' && strncmp(p, "From ", 5) == 0))) plain = 0;
        if (plain) l.text[l.length++] = (char)c;
        else l.length += put_hex(l.text + l.length, '=', c);
    }
    end_line(&l, "", out);
}
