/* SPDX-License-Identifier: MIT */
/* lines.c: the lines of a file one at a time: any length, any bytes, any line end, and how far they have been read. */
#include "import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- reading ------------------------------------------------------------------------------------------------------- */

casegate_result cg_lines_open(struct cg_lines *lines, const char *path, casegate_error *err)
{
    struct stat info;

    memset(lines, 0, sizeof *lines);
    lines->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (lines->file == NULL || fstat(fileno(lines->file), &info) != 0)
        return casegate_error_set(err, CASEGATE_E_HOST, errno, NULL, strerror(errno));
    lines->all = S_ISREG(info.st_mode) ? (int64_t)info.st_size : 0;
    return CASEGATE_OK;
}

void cg_lines_close(struct cg_lines *lines)
{
    if (lines->file != NULL && lines->file != stdin)
        fclose(lines->file);
    free(lines->text);
}

/* Room for one byte more, up to what a JSON reader takes and the line end. 0: no memory. */
static int make_room(struct cg_lines *lines, size_t used)
{
    if (used < lines->room)
        return 1;
    size_t room = lines->room == 0 ? 4096 : lines->room * 2;
    char *larger = realloc(lines->text, room);
    if (larger == NULL)
        return 0;
    lines->text = larger;
    lines->room = room;
    return 1;
}

/* One line as it is, its end left out. A too long one is read to its end, and not kept. */
static int read_line(struct cg_lines *lines, size_t *len, int *too_long)
{
    int c, any = 0;

    *len = 0;
    *too_long = 0;
    while ((c = getc_unlocked(lines->file)) != EOF) {
        lines->at++;
        any = 1;
        if (c == '\n')
            break;
        if (*len > CG_MOST_JSON) {
            *too_long = 1;
            continue;
        }
        if (!make_room(lines, *len))
            return -1;
        lines->text[(*len)++] = (char)c;
    }
    return any;
}

static int is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Without white space around it, and, at the start of a file, without the mark that some systems put there. */
static void trim(const struct cg_lines *lines, size_t len, struct cg_line *line)
{
    const char *text = lines->text;

    if (lines->number == 1 && len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3, len -= 3;
    while (len > 0 && is_white(text[len - 1]))
        len--;
    while (len > 0 && is_white(*text))
        text++, len--;
    line->text = text;
    line->len = len;
}

int cg_lines_next(struct cg_lines *lines, struct cg_line *line, casegate_error *err)
{
    size_t len;
    int got;

    do {
        errno = 0;
        got = read_line(lines, &len, &line->too_long);
        if (got < 0)
            casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
        else if (ferror(lines->file))
            got = -1, casegate_error_set(err, CASEGATE_E_HOST, errno, NULL, strerror(errno));
        if (got <= 0)
            return got;
        lines->number++;
        trim(lines, len, line);
    } while (line->len == 0);
    line->number = lines->number;
    return 1;
}

/* ---- progress ------------------------------------------------------------------------------------------------------ */

static int shown;   /* a line of progress stands on the terminal; of a tool, not of a library */

void cg_progress_end(void)
{
    if (shown && isatty(STDERR_FILENO))
        fprintf(stderr, "\r%*s\r", 78, "");
    shown = 0;
}

void cg_progress_lines(struct cg_tool *tool, const char *what, const struct cg_lines *lines, uint64_t done, uint64_t refused)
{
    static struct timespec last;
    struct timespec now;
    int terminal = isatty(STDERR_FILENO);
    char part[16] = "";

    if (!terminal && (tool->opt.given & CG_OPT_PROGRESS) == 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t passed_ms = (int64_t)(now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1000000;
    if (passed_ms < (terminal ? 100 : 1000))
        return;
    last = now;
    if (lines->all > 0)
        snprintf(part, sizeof part, " (%d%%)", (int)(lines->at * 100 / lines->all));
    fprintf(stderr, "%s%s: line %llu%s, %llu done, %llu refused%s", terminal ? "\r" : "", what, (unsigned long long)lines->number, part,
            (unsigned long long)done, (unsigned long long)refused, terminal ? " " : "\n");
    fflush(stderr);
    shown = terminal;
}
