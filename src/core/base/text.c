/* SPDX-License-Identifier: MIT */
/* text.c: what is well-formed text, of each kind; sameness, hexadecimal, sorting. */
#include "base.h"

int cg_same(const char *a, const char *b) { return a == b || strcmp(cg_text(a), cg_text(b)) == 0; }

size_t cg_hex(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
    return 2 * len;
}

/* ---- encoding and controls ---- */

typedef struct range { uint32_t first, last; } range;

/* Cc, line and paragraph separator, and what turns the direction of the text around it. */
static const range controls[] = {
    { 0x0000, 0x001F }, { 0x007F, 0x009F }, { 0x061C, 0x061C }, { 0x200E, 0x200F }, { 0x2028, 0x202E }, { 0x2066, 0x2069 }
};

static int is_control(uint32_t c)
{
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++)
        if (c >= controls[i].first && c <= controls[i].last) return 1;
    return 0;
}

/* What a lead byte says: how many bytes follow, its own bits, the least character that needs so many. */
typedef struct lead { unsigned char mask, value, more; uint32_t least; } lead;
static const lead leads[] = { { 0xE0, 0xC0, 1, 0x80 }, { 0xF0, 0xE0, 2, 0x800 }, { 0xF8, 0xF0, 3, 0x10000 } };

/* The character beyond ASCII at p, its bytes in *len; 0 if there is none (surrogates, overlong and too large ones included). */
static uint32_t decode(const unsigned char *p, size_t *len)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        if ((p[0] & leads[i].mask) != leads[i].value) continue;
        uint32_t c = p[0] & (unsigned char)~leads[i].mask;
        for (size_t k = 1; k <= leads[i].more; k++) {
            if ((p[k] & 0xC0) != 0x80) return 0;   /* the NUL as well */
            c = c << 6 | (p[k] & 0x3Fu);
        }
        *len = leads[i].more + 1u;
        return c < leads[i].least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) ? 0 : c;
    }
    return 0;
}

/* Encoding is judged to the end before a control character counts. */
static int32_t scan(const char *text, int breaks)
{
    int32_t problem = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p;) {
        if (*p >= 0x20 && *p < 0x7F) {
            p++;
            continue;
        }
        size_t len = 1;
        uint32_t c = *p < 0x80 ? *p : decode(p, &len);
        if (c == 0) return CASEGATE_PROBLEM_ENCODING;
        if (is_control(c) && !(breaks && (c == '\n' || c == '\t'))) problem = CASEGATE_PROBLEM_CONTROL;
        p += len;
    }
    return problem;
}

/* ---- forms ---- */

static int is_digit(char c) { return c >= '0' && c <= '9'; }
static int is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static int beyond_ascii(char c) { return (unsigned char)c >= 0x80; }

static int is_id(const char *text)
{
    for (; *text; text++)
        if (*text < 0x21 || *text > 0x7E) return 0;
    return 1;
}

static int is_date(const char *text)
{
    int64_t days;
    return cg_date_days(text, &days) == 0;
}

/* RFC 5322 atext, and RFC 6532 beyond ASCII. */
static int is_atom(char c)
{
    return is_letter(c) || is_digit(c) || beyond_ascii(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}
static int is_label(char c) { return is_letter(c) || is_digit(c) || beyond_ascii(c) || c == '-'; }

/* One or more of `part`, joined by single dots, up to `end`; where that is, NULL if it is something else. */
static const char *dotted(const char *text, int (*part)(char), char end)
{
    for (;; text++) {
        const char *from = text;
        while (part(*text)) text++;
        if (text == from) return NULL;
        if (part == is_label && (*from == '-' || text[-1] == '-')) return NULL;
        if (*text == end) return text;
        if (*text != '.') return NULL;
    }
}

static int is_email(const char *text)
{
    const char *at = dotted(text, is_atom, '@');
    return at && dotted(at + 1, is_label, '\0');
}

static int is_file_name(const char *text)
{
    return !strpbrk(text, "/\\") && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

static int is_sha256(const char *text)
{
    size_t len = 0;
    while (is_hex(text[len])) len++;
    return len == 64 && text[len] == '\0';
}

static int is_file_kind(const char *text)
{
    return strcmp(text, "scan") == 0 || strcmp(text, "image") == 0 || strcmp(text, "document") == 0;
}

typedef int form_fn(const char *text);
static form_fn *const forms[] = {
    [CASEGATE_KIND_ID] = is_id, [CASEGATE_KIND_DATE] = is_date, [CASEGATE_KIND_EMAIL] = is_email,
    [CASEGATE_KIND_FILE_NAME] = is_file_name, [CASEGATE_KIND_SHA256] = is_sha256, [CASEGATE_KIND_FILE_KIND] = is_file_kind
};

int32_t cg_text_problem(int32_t kind, const char *text)
{
    if (cg_empty(text)) return 0;
    int32_t problem = scan(text, kind == CASEGATE_KIND_TEXT);
    if (problem) return problem;
    int has_form = kind > 0 && kind < (int32_t)(sizeof forms / sizeof forms[0]) && forms[kind];
    return has_form && !forms[kind](text) ? CASEGATE_PROBLEM_FORMAT : 0;
}

int32_t cg_element_id_problem(const char *text)
{
    int32_t problem = cg_text_problem(CASEGATE_KIND_ID, text);
    if (problem) return problem;
    return strpbrk(cg_text(text), "[]") ? CASEGATE_PROBLEM_FORMAT : 0;
}

/* ---- sorting ---- */

/* Lets the thing at `root` sink into a heap of n. */
static void sink(void *user, size_t root, size_t n, cg_less_fn *less, cg_swap_fn *swap)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && less(user, child, child + 1)) child++;
        if (!less(user, root, child)) return;
        swap(user, root, child);
    }
}

void cg_sort(void *user, size_t n, cg_less_fn *less, cg_swap_fn *swap)
{
    for (size_t i = n / 2; i-- > 0;) sink(user, i, n, less, swap);
    for (size_t i = n; i-- > 1;) {
        swap(user, 0, i);
        sink(user, 0, i, less, swap);
    }
}
