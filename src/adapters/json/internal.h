/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of the json component share: a writer, a strict reader, views by their tables. */
#ifndef CG_JSON_INTERNAL_H
#define CG_JSON_INTERNAL_H

#include <casegate/json.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing (writer.c) ------------------------------------------------------------------------------------------------ */

/* One value into a buffer. A failure of memory sticks in the buffer. */
typedef struct cg_writer { casegate_buffer *out; uint32_t indent, depth; int filled; } cg_writer;   /* filled: the level has an element */
void cg_open(cg_writer *w, char bracket);
void cg_close(cg_writer *w, char bracket);
void cg_key(cg_writer *w, const char *name);
void cg_element(cg_writer *w);             /* before each element of a list */
void cg_text(cg_writer *w, const char *text);
void cg_integer(cg_writer *w, int64_t value);
void cg_literal(cg_writer *w, const char *word);
void cg_member(cg_writer *w, const char *name, const char *text);   /* left out if absent */
casegate_result cg_written(const cg_writer *w);

/* ---- reading (reader.c) ------------------------------------------------------------------------------------------------ */

/* A value being read: where we are, the first failure, and memory that lives as long as the reader. */
typedef struct cg_reader {
    casegate_host *host;
    casegate_error *err;
    casegate_result rc;
    struct cg_piece *pieces;
    char path[512];
    size_t length;
} cg_reader;
void cg_reader_init(cg_reader *r, casegate_host *host, casegate_error *err);
void cg_reader_close(cg_reader *r);
json_t *cg_parse(cg_reader *r, const char *text, size_t len);   /* a new reference, or NULL: failed */
void *cg_piece(cg_reader *r, size_t size);                      /* zeroed */
casegate_result cg_fail(cg_reader *r, int32_t problem, const char *text);
casegate_result cg_fail_memory(cg_reader *r);
/* The place: enter gives what leave takes. */
size_t cg_enter(cg_reader *r, const char *name);
size_t cg_enter_element(cg_reader *r, const json_t *element, const char *id, size_t i);   /* by its id member, or by its place */
void cg_leave(cg_reader *r, size_t before);
/* Values at the place; absent or null gives the empty value. 0 on success. */
int cg_read_text(cg_reader *r, const json_t *value, const char **text);
int cg_read_integer(cg_reader *r, const json_t *value, int64_t least, int64_t most, int64_t *number);
int cg_read_bool(cg_reader *r, const json_t *value, int *flag);
int cg_read_duration(cg_reader *r, const json_t *value, int64_t *us);
int cg_want(cg_reader *r, const json_t *value, json_type type);   /* 1: it is there and of that type; else 0, failed unless absent */
int cg_known(cg_reader *r, const json_t *object, const char *const *names, size_t count);   /* 0: it has a member that is not named */

/* ---- views (views.c) ----------------------------------------------------------------------------------------------------- */

void cg_write_view(cg_writer *w, int32_t view, const void *value, const casegate_workflow *workflow);
/* Reads an object into a struct of the caller's size; what it points to lives as long as object and reader. 0 on success. */
int cg_read_view(cg_reader *r, int32_t view, const json_t *object, const casegate_workflow *workflow, void *value, size_t size);
void cg_write_file_list(cg_writer *w, const casegate_file *const *files, size_t count);
void cg_write_label_list(cg_writer *w, const casegate_label *const *labels, size_t count);
void cg_write_line_list(cg_writer *w, const char *const *lines, size_t count);

#endif
