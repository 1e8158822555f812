/* SPDX-License-Identifier: MIT */
/* terminal.c: how text gets onto a terminal: widths, escapes of what must not get there, colours, the progress bar. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAD UINT32_MAX

/* The next character of UTF-8; BAD consumes one byte. */
static uint32_t next_char(const unsigned char **at)
{
    const unsigned char *s = *at;
    unsigned extra = *s < 0x80 ? 0 : *s >= 0xc2 && *s < 0xe0 ? 1 : (*s & 0xf0) == 0xe0 ? 2 : *s >= 0xf0 && *s < 0xf5 ? 3 : 4;
    uint32_t c = extra == 0 ? *s : *s & (0x3fu >> extra);

    *at = s + 1;
    if (extra == 4)
        return BAD;
    for (unsigned i = 1; i <= extra; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return BAD;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if ((extra == 2 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) || (extra == 3 && (c < 0x10000 || c > 0x10ffff)))
        return BAD;
    *at = s + 1 + extra;
    return c;
}

struct range { uint32_t first, last; };

/* What could move the cursor, turn the line around or end it. */
static const struct range unsafe[] = {
    { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c }, { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 },
    { 0xfeff, 0xfeff } };
/* Marks that take no column, and characters that take two (Unicode East Asian Width, the large blocks). */
static const struct range no_column[] = {
    { 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x93c, 0x93c }, { 0x94d, 0x94d },
    { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200d }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f } };
static const struct range two_columns[] = {
    { 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
    { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff },
    { 0x20000, 0x3fffd } };

static int within(const struct range *ranges, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return 1;
    return 0;
}
#define WITHIN(ranges, c) within(ranges, sizeof ranges / sizeof *ranges, c)

size_t cg_width(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t width = 0;

    while (*at != 0) {
        uint32_t c = next_char(&at);
        width += c == BAD ? 1 : WITHIN(no_column, c) ? 0 : WITHIN(two_columns, c) ? 2 : 1;
    }
    return width;
}

static void put_char(casegate_buffer *out, uint32_t c, const unsigned char *from, const unsigned char *to)
{
    if (c == BAD)
        cg_putf(out, "<0x%02X>", *from);
    else if (WITHIN(unsafe, c))
        cg_putf(out, "<U+%04X>", (unsigned)c);
    else
        casegate_buffer_append(out, (const char *)from, (size_t)(to - from));
}

void cg_put_safe(casegate_buffer *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)(text != NULL ? text : "");

    while (*at != 0) {
        const unsigned char *from = at;
        uint32_t c = next_char(&at);
        if (c == '\n' || c == '\t')
            cg_put(out, " ");
        else
            put_char(out, c, from, at);
    }
}

void cg_put_block(casegate_buffer *out, const char *text, const char *indent)
{
    const unsigned char *at = (const unsigned char *)(text != NULL ? text : "");

    cg_put(out, indent);
    while (*at != 0) {
        const unsigned char *from = at;
        uint32_t c = next_char(&at);
        if (c == '\n') {
            cg_put(out, "\n");
            cg_put(out, *at != 0 ? indent : "");
        } else if (c == '\t') {
            cg_put(out, "    ");
        } else {
            put_char(out, c, from, at);
        }
    }
    if (text == NULL || *text == 0 || at[-1] != '\n')
        cg_put(out, "\n");
}

void cg_put(casegate_buffer *out, const char *text)
{
    casegate_buffer_append(out, text, strlen(text));
}

void cg_putf(casegate_buffer *out, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len > 0)
        casegate_buffer_append(out, text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1);
}

void cg_put_coloured(casegate_buffer *out, int allowed, int colour, const char *text)
{
    static const char *const codes[] = { "", "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m" };

    if (allowed && colour != CG_PLAIN)
        cg_put(out, codes[colour]);
    cg_put_safe(out, text);
    if (allowed && colour != CG_PLAIN)
        cg_put(out, "\033[0m");
}

/* "2026-03-02 08:00:00 UTC" */
void cg_put_time(casegate_buffer *out, int64_t us)
{
    char text[32];

    if (us == 0) {
        cg_put(out, "never");
        return;
    }
    casegate_time_format(us, text, sizeof text);
    cg_putf(out, "%.10s %.8s UTC", text, strlen(text) > 19 ? text + 11 : "");
}

/* https://no-color.org: set and not empty means no. */
static int may_colour(int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(fd) && (no == NULL || *no == 0) && term != NULL && *term != 0 && strcmp(term, "dumb") != 0;
}

void cg_terminal_begin(struct cg_tool *tool)
{
    tool->colour = may_colour(STDOUT_FILENO);
    tool->colour_err = may_colour(STDERR_FILENO);
}

int cg_has_terminal(void)
{
    return isatty(STDERR_FILENO);
}

/* A bar on stderr, if that is a terminal; ten times a second, and once at the end. */
void cg_progress(const char *what, size_t done, size_t all)
{
    static const char bar[] = "########################################";
    static struct timespec last;   /* of a tool, not of a library */
    struct timespec now;

    if (all == 0 || !cg_has_terminal())
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t passed_ms = (int64_t)(now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1000000;
    if (done < all && passed_ms < 100)
        return;
    last = now;
    int filled = (int)((sizeof bar - 1) * done / all);
    fprintf(stderr, "\r%s [%-*.*s] %zu/%zu", what, (int)sizeof bar - 1, filled, bar, done, all);
    if (done == all)
        fprintf(stderr, "\r%*s\r", (int)(strlen(what) + sizeof bar + 48), "");
    fflush(stderr);
}
