/* SPDX-License-Identifier: MIT */
/* import.h: a file of lines, read one at a time however long it is, and how far it has been read. */
#ifndef CG_IMPORT_H
#define CG_IMPORT_H

#include "cli.h"

/* Valid until the next one is read. */
struct cg_line {
    uint64_t number;   /* from 1, those left out counted */
    const char *text;  /* without line end and the white space around it; may hold anything */
    size_t len;
    int too_long;      /* longer than a JSON reader takes: the text is not here */
};

struct cg_lines {
    FILE *file;
    char *text;        /* room for the longest line so far */
    size_t room;
    uint64_t number;   /* of the line read last */
    int64_t at, all;   /* bytes read, and of the file; all 0: not known */
};

casegate_result cg_lines_open(struct cg_lines *lines, const char *path, casegate_error *err);   /* "-" is standard input */
int cg_lines_next(struct cg_lines *lines, struct cg_line *line, casegate_error *err);   /* 1: read; 0: the end; -1: failed */
void cg_lines_close(struct cg_lines *lines);

/* What became of the lines. */
struct cg_report {
    struct cg_tool *tool;
    int said;   /* JSON: a line was told of */
    uint64_t taken, known, refused, unverified;
};
/* One line that is refused: code and field, and words without a value. Counts nothing. */
void cg_report_line(struct cg_report *report, uint64_t number, const char *code, const char *field, const char *text);
int cg_report_end(const struct cg_report *report, const struct cg_lines *lines, int status);

/* restore.c: the lines of an export. CG_ERROR: tool->err says why it had to end. */
#define CG_EXPORT_FORMAT "casegate-export/1"
int cg_is_export(const struct cg_line *line);
int cg_restore(struct cg_report *report, struct cg_lines *lines);

/* Told on stderr, where that is a terminal or --progress asks for it. */
void cg_progress_lines(struct cg_tool *tool, const char *what, const struct cg_lines *lines, uint64_t done, uint64_t refused);
void cg_progress_end(void);

#endif
