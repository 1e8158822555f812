/* SPDX-License-Identifier: MIT */
/* writer.c: JSON text, byte by byte: brackets, commas, indentation, escapes (RFC 8259). */
#include "internal.h"

#include <stdio.h>

static void put(cg_writer *w, const char *text, size_t len) { casegate_buffer_append(w->out, text, len); }

static void new_line(cg_writer *w)
{
    if (!w->indent) return;
    put(w, "\n", 1);
    for (uint32_t i = 0; i < w->depth * w->indent; i++) put(w, " ", 1);
}

void cg_element(cg_writer *w)
{
    if (w->filled) put(w, ",", 1);
    new_line(w);
    w->filled = 1;
}

void cg_open(cg_writer *w, char bracket)
{
    put(w, &bracket, 1);
    w->depth++;
    w->filled = 0;
}

void cg_close(cg_writer *w, char bracket)
{
    w->depth--;
    if (w->filled) new_line(w);
    put(w, &bracket, 1);
    w->filled = 1;   /* what was closed is an element of the level around it */
}

static void escape(cg_writer *w, unsigned char c)
{
    static const char named[] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't' };
    char text[8];
    if (c == '"' || c == '\\') snprintf(text, sizeof text, "\\%c", c);
    else if (c < sizeof named && named[c]) snprintf(text, sizeof text, "\\%c", named[c]);
    else snprintf(text, sizeof text, "\\u%04x", c);
    put(w, text, strlen(text));
}

static int is_plain(unsigned char c) { return c >= 0x20 && c != '"' && c != '\\' && c != 0x7F; }

void cg_text(cg_writer *w, const char *text)
{
    if (!text) text = "";
    put(w, "\"", 1);
    while (*text) {
        size_t n = 0;
        while (text[n] && is_plain((unsigned char)text[n])) n++;
        if (n) put(w, text, n);
        text += n;
        if (*text) escape(w, (unsigned char)*text++);
    }
    put(w, "\"", 1);
}

void cg_key(cg_writer *w, const char *name)
{
    cg_element(w);
    cg_text(w, name);
    put(w, w->indent ? ": " : ":", w->indent ? 2 : 1);
}

void cg_integer(cg_writer *w, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    put(w, text, strlen(text));
}

void cg_literal(cg_writer *w, const char *word) { put(w, word, strlen(word)); }

void cg_member(cg_writer *w, const char *name, const char *text)
{
    if (!text || !*text) return;
    cg_key(w, name);
    cg_text(w, text);
}

casegate_result cg_written(const cg_writer *w) { return casegate_buffer_status(w->out); }

casegate_result casegate_json_write_text(const char *text, casegate_buffer *out)
{
    cg_writer w = { .out = out };
    if (!out) return CASEGATE_E_NOMEM;
    if (text) cg_text(&w, text);
    else cg_literal(&w, "null");
    return cg_written(&w);
}
