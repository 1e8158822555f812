/* SPDX-License-Identifier: MIT */
/* render.c: the syntax of placeholders, how values are escaped, and what is wrong with a template, and where. */
#include "internal.h"

#include <string.h>

static const char *const names[CG_MAIL_NAMES] = {
    [CG_MAIL_CASE] = "case", [CG_MAIL_REFERENCE] = "reference", [CG_MAIL_LAB] = "lab", [CG_MAIL_CLINIC] = "clinic",
    [CG_MAIL_NAME] = "name", [CG_MAIL_REASON] = "reason", [CG_MAIL_ATTEMPT] = "attempt", [CG_MAIL_LINK] = "link",
    [CG_MAIL_COMMENT] = "comment", [CG_MAIL_LANGUAGE] = "LANGUAGE", [CG_MAIL_ACCENT] = "ACCENT", [CG_MAIL_THE_SUBJECT] = "SUBJECT",
    [CG_MAIL_TITLE] = "TITLE", [CG_MAIL_GREETING] = "GREETING", [CG_MAIL_WHAT] = "WHAT", [CG_MAIL_NEXT] = "NEXT",
    [CG_MAIL_WORD_CASE] = "CASE", [CG_MAIL_WORD_LAB] = "LAB", [CG_MAIL_WORD_REASON] = "REASON", [CG_MAIL_WORD_ATTEMPT] = "ATTEMPT",
    [CG_MAIL_OPEN] = "OPEN", [CG_MAIL_FOOTER] = "FOOTER"
};

/* ---- escaping ----------------------------------------------------------------------------------------------------- */

static const char *entity_of(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n': return "<br>\n";
    default: return NULL;
    }
}

static void put_value(casegate_buffer *out, const char *text, size_t len, int format)
{
    if (!out || !text) return;
    if (format != CG_MAIL_IN_HTML) {
        casegate_buffer_append(out, text, len);
        return;
    }
    for (size_t i = 0, run; i < len; i += run) {
        const char *entity = entity_of(text[i]);
        for (run = 1; !entity && i + run < len && !entity_of(text[i + run]);) run++;
        casegate_buffer_append(out, entity ? entity : text + i, entity ? SIZE_MAX : run);
    }
}

/* ---- the syntax --------------------------------------------------------------------------------------------------- */

enum { LITERAL, BRACE, VALUE, OPEN, CLOSE };
typedef struct piece { int kind, name; size_t len; } piece;

static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static int find_name(const cg_mail_page *page, const char *text, size_t len)
{
    for (int i = 0; i < (page->slots ? CG_MAIL_NAMES : CG_MAIL_SLOT); i++)
        if (strlen(names[i]) == len && memcmp(names[i], text, len) == 0) return i;
    return -1;
}

/* What begins at text: characters up to the next brace, or one placeholder. NULL, or what is wrong with it. */
static const char *read_piece(const cg_mail_page *page, const char *text, piece *out)
{
    *out = (piece) { LITERAL, -1, 1 + strcspn(text + 1, "{") };
    if (*text != '{') return NULL;
    if (text[1] == '{') {
        *out = (piece) { BRACE, -1, 2 };
        return NULL;
    }
    int sign = text[1] == '?' || text[1] == '/';
    if (!sign && !is_letter(text[1])) return NULL;
    const char *name = text + 1 + sign, *end = name;
    while (is_letter(*end) || (*end >= '0' && *end <= '9')) end++;
    if (*end != '}') return "this placeholder has no end";
    *out = (piece) { text[1] == '?' ? OPEN : text[1] == '/' ? CLOSE : VALUE, find_name(page, name, (size_t)(end - name)),
                     (size_t)(end + 1 - text) };
    return out->name < 0 ? "there is no such placeholder" : NULL;
}

static const char *judge(const cg_mail_page *page, const piece *p, int open)
{
    if (p->kind == OPEN && open >= 0) return "this part begins within another";
    if (p->kind == CLOSE && p->name != open) return "this part was not begun";
    if (page->format == CG_MAIL_IN_SUBJECT && p->name == CG_MAIL_COMMENT) return "free text cannot be in a subject";
    return NULL;
}

/* A slot's text holds placeholders, and is escaped where a host's own text is HTML already. */
static void put_slot(const cg_mail_page *page, const char *source, casegate_buffer *out)
{
    cg_mail_page inner = *page;
    int shown = 1;

    inner.slots = 0;
    for (piece p; source && *source; source += p.len) {
        if (read_piece(&inner, source, &p)) return;   /* the library's own text: a test renders every one */
        if (p.kind == OPEN) shown = cg_mail_is_there(page->of[p.name]);
        else if (p.kind == CLOSE) shown = 1;
        else if (shown && p.kind == VALUE) put_value(out, page->of[p.name], page->of[p.name] ? strlen(page->of[p.name]) : 0, page->format);
        else if (shown) put_value(out, source, p.kind == BRACE ? 1 : p.len, page->format);
    }
}

static void put_piece(const cg_mail_page *page, const char *source, const piece *p, casegate_buffer *out)
{
    const char *value = p->name >= 0 ? page->of[p->name] : NULL;

    if (p->kind == LITERAL || p->kind == BRACE) casegate_buffer_append(out, source, p->kind == BRACE ? 1 : p->len);
    else if (p->kind == VALUE && p->name >= CG_MAIL_SLOT) put_slot(page, value, out);
    else if (p->kind == VALUE && value) put_value(out, value, strlen(value), page->format);
}

const char *cg_mail_render(const cg_mail_page *page, const char *source, casegate_buffer *out, size_t *where)
{
    const char *begin = source, *opened = source;
    int open = -1, shown = 1;

    for (piece p; *source; source += p.len) {
        const char *wrong = read_piece(page, source, &p);
        if (!wrong) wrong = judge(page, &p, open);
        *where = (size_t)(source - begin);
        if (wrong) return wrong;
        if (p.kind == OPEN) {
            open = p.name;
            opened = source;
            shown = cg_mail_is_there(page->of[p.name]);
        } else if (p.kind == CLOSE) {
            open = -1;
            shown = 1;
        } else if (out && shown) put_piece(page, source, &p, out);
    }
    *where = (size_t)(opened - begin);
    return open >= 0 ? "this part is never closed" : NULL;
}
