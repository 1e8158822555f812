/* SPDX-License-Identifier: MIT */
/* text.c: what may stand in an e-mail: texts without control characters, the one grammar of addresses, languages. */
#include "internal.h"

#include <string.h>

enum { LONGEST_ADDRESS = 254, LONGEST_LOCAL = 64, LONGEST_LABEL = 63, LONGEST_LANGUAGE = 35, LARGEST = 4096 };

int cg_mail_is_there(const char *text) { return text && *text; }

/* ---- texts -------------------------------------------------------------------------------------------------------- */

typedef struct range { uint32_t first, last; } range;
/* Cc, line and paragraph separator, and what turns the direction of the text around it. */
static const range controls[] = { { 0x0000, 0x001F }, { 0x007F, 0x009F }, { 0x061C, 0x061C }, { 0x200E, 0x200F },
                                  { 0x2028, 0x202E }, { 0x2066, 0x2069 } };

static int is_control(uint32_t c)
{
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (c >= controls[i].first && c <= controls[i].last) return 1;
    return 0;
}

/* How many bytes follow a lead byte, and the least character that needs so many; 0: it is no lead byte. */
static size_t bytes_behind(unsigned char lead, uint32_t *least)
{
    *least = lead < 0xE0 ? 0x80 : lead < 0xF0 ? 0x800 : 0x10000;
    return lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
}

/* The character at p, its length in *len; 0 if there is none (surrogates, overlong and too large ones included). */
static uint32_t decode(const unsigned char *p, size_t *len)
{
    uint32_t least;
    size_t more = bytes_behind(p[0], &least);
    uint32_t c = p[0] & (0x3Fu >> more);

    *len = 1;
    if (p[0] < 0x80) return p[0];
    if (!more) return 0;
    for (size_t k = 1; k <= more; k++) {
        if ((p[k] & 0xC0) != 0x80) return 0;   /* the NUL as well */
        c = c << 6 | (p[k] & 0x3Fu);
    }
    *len = more + 1;
    return c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) ? 0 : c;
}

int32_t cg_mail_text_problem(const char *text, int lines, size_t most)
{
    if (!text) return 0;
    if (strlen(text) > most) return CASEGATE_PROBLEM_TOO_LONG;
    for (const unsigned char *p = (const unsigned char *)text; *p;) {
        size_t len;
        uint32_t c = decode(p, &len);
        if (!c) return CASEGATE_PROBLEM_ENCODING;
        if (is_control(c) && !(lines && (c == '\n' || c == '\t'))) return CASEGATE_PROBLEM_CONTROL;
        p += len;
    }
    return 0;
}

/* ---- addresses ---------------------------------------------------------------------------------------------------- */

static int is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static int is_atext(char c) { return is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c)); }
/* Of a quoted string: printable ASCII and space. What old servers stumble over stays out: backslash, "@" and angle brackets. */
static int is_qtext(char c) { return c >= ' ' && c <= '~' && !strchr("\"\\@<>", c); }

/* One or more dot-separated atoms; where they end. */
static const char *dot_atom(const char *p)
{
    for (;; p++) {
        const char *from = p;
        while (is_atext(*p)) p++;
        if (p == from) return NULL;
        if (*p != '.') return p;
    }
}

static const char *quoted(const char *p)
{
    const char *from = ++p;

    while (is_qtext(*p)) p++;
    return *p == '"' && p > from ? p + 1 : NULL;
}

static int is_domain(const char *p)
{
    for (;; p++) {
        const char *from = p;
        while (is_alnum(*p) || *p == '-') p++;
        if (p == from || p - from > LONGEST_LABEL || *from == '-' || p[-1] == '-') return 0;
        if (*p != '.') return !*p;
    }
}

int32_t cg_mail_domain_problem(const char *domain)
{
    if (strlen(domain) > LONGEST_ADDRESS) return CASEGATE_PROBLEM_TOO_LONG;
    return is_domain(domain) ? 0 : CASEGATE_PROBLEM_FORMAT;
}

int32_t cg_mail_address_problem(const char *address)
{
    if (!cg_mail_is_there(address)) return CASEGATE_PROBLEM_MISSING;
    int32_t problem = cg_mail_text_problem(address, 0, LONGEST_ADDRESS);
    if (problem) return problem;
    const char *at = *address == '"' ? quoted(address) : dot_atom(address);
    if (!at || *at != '@' || !is_domain(at + 1)) return CASEGATE_PROBLEM_FORMAT;
    return at - address > LONGEST_LOCAL ? CASEGATE_PROBLEM_TOO_LONG : 0;
}

/* Subtags of letters and digits (RFC 5646, 2.1), not looked up in a registry. */
int32_t cg_mail_language_problem(const char *language)
{
    if (!cg_mail_is_there(language)) return CASEGATE_PROBLEM_MISSING;
    if (strlen(language) > LONGEST_LANGUAGE) return CASEGATE_PROBLEM_TOO_LONG;
    for (const char *p = language;; p++) {
        const char *from = p;
        while (is_alnum(*p)) p++;
        if (p == from || p - from > 8 || (*p && *p != '-')) return CASEGATE_PROBLEM_FORMAT;
        if (!*p) return 0;
    }
}

/* ---- sized structs ------------------------------------------------------------------------------------------------ */

casegate_result cg_mail_adopt(const void *given, size_t v1, void *copy, size_t ours, const char *field, casegate_error *err)
{
    size_t size;

    if (!given) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, field, "is NULL");
    memcpy(&size, given, sizeof size);
    if (size < v1 || size > LARGEST)
        return casegate_error_set(err, CASEGATE_E_ABI, 0, field, "the size of this struct cannot be");
    for (size_t i = ours; i < size; i++)
        if (((const unsigned char *)given)[i])
            return casegate_error_set(err, CASEGATE_E_ABI, 0, field, "this struct is newer than the library");
    memset(copy, 0, ours);
    memcpy(copy, given, size < ours ? size : ours);
    memcpy(copy, &ours, sizeof ours);
    return CASEGATE_OK;
}
