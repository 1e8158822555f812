/* SPDX-License-Identifier: MIT */
/* table.c: columns that line up by what a terminal shows, not by bytes. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct cell {
    char *text;
    const char *label; /* not NULL: a note below the row */
    size_t width;
    int colour;
};

struct cg_table {
    const char *const *heads; /* NULL: none are shown */
    size_t columns;
    struct cell *cells; /* row by row; a note stands where it was added */
    size_t count, room;
    int failed;
};

struct cg_table *cg_table_new(const char *const *heads, size_t columns)
{
    struct cg_table *table = calloc(1, sizeof *table);

    if (table != NULL) {
        table->heads = heads;
        table->columns = columns;
    }
    return table;
}

static char *safe_copy(const char *text)
{
    casegate_buffer *safe = casegate_buffer_new(NULL);
    char *copy = NULL;

    if (safe != NULL) {
        cg_put_safe(safe, text);
        if (casegate_buffer_status(safe) == CASEGATE_OK)
            copy = strdup(casegate_buffer_data(safe));
    }
    casegate_buffer_free(safe);
    return copy;
}

static void add(struct cg_table *table, const char *label, const char *text)
{
    if (table == NULL || table->failed)
        return;
    if (table->count == table->room) {
        size_t room = table->room == 0 ? 64 : table->room * 2;
        struct cell *cells = realloc(table->cells, room * sizeof *cells);
        if (cells == NULL) {
            table->failed = 1;
            return;
        }
        table->cells = cells;
        table->room = room;
    }
    char *copy = label != NULL ? strdup(text) : safe_copy(text);
    if (copy == NULL) {
        table->failed = 1;
        return;
    }
    table->cells[table->count++] = (struct cell){ .text = copy, .label = label, .width = cg_width(copy) };
}

void cg_table_cell(struct cg_table *table, const char *text)
{
    add(table, NULL, text != NULL ? text : "");
}

void cg_table_cellf(struct cg_table *table, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(table, NULL, text);
}

void cg_table_paint(struct cg_table *table, int colour)
{
    if (table != NULL && !table->failed && table->count > 0)
        table->cells[table->count - 1].colour = colour;
}

void cg_table_note(struct cg_table *table, const char *label, const char *text)
{
    if (text != NULL && *text != 0)
        add(table, label, text);
}

/* The width of a column: of its head and of every cell in it. */
static size_t column_width(const struct cg_table *table, size_t column)
{
    size_t width = table->heads != NULL ? cg_width(table->heads[column]) : 0;
    size_t place = 0;

    for (size_t i = 0; i < table->count; i++) {
        if (table->cells[i].label != NULL)
            continue;
        if (place++ % table->columns == column && table->cells[i].width > width)
            width = table->cells[i].width;
    }
    return width;
}

static void put_cell(casegate_buffer *out, int allowed, int colour, const char *text, size_t have, size_t want, int last)
{
    cg_put_coloured(out, allowed, colour, text);
    for (size_t i = have; !last && i < want + 2; i++)
        cg_put(out, " ");
}

static void put_heads(const struct cg_table *table, const size_t *widths, casegate_buffer *out, int colour, const char *indent)
{
    cg_put(out, indent);
    for (size_t k = 0; k < table->columns; k++)
        put_cell(out, colour, CG_BOLD, table->heads[k], cg_width(table->heads[k]), widths[k], k + 1 == table->columns);
    cg_put(out, "\n");
}

/* "      label: text", or a text of several lines below its label. */
static void put_note(const struct cell *note, casegate_buffer *out, const char *indent)
{
    char deeper[64];

    snprintf(deeper, sizeof deeper, "%s        ", indent);
    cg_putf(out, "%s      %s%s", indent, note->label, *note->label != 0 ? ":" : "");
    if (strchr(note->text, '\n') == NULL) {
        cg_put(out, *note->label != 0 ? " " : "");
        cg_put_block(out, note->text, "");
    } else {
        cg_put(out, "\n");
        cg_put_block(out, note->text, deeper);
    }
}

/* Columns at the end of a row that hold nothing need no spaces. */
static int rest_empty(const struct cg_table *table, size_t i, size_t place)
{
    for (size_t k = place % table->columns + 1; k < table->columns && ++i < table->count; k++)
        if (table->cells[i].label == NULL && table->cells[i].width > 0)
            return 0;
    return 1;
}

static void put_rows(const struct cg_table *table, const size_t *widths, casegate_buffer *out, int colour, const char *indent)
{
    size_t place = 0;

    for (size_t i = 0; i < table->count; i++) {
        const struct cell *cell = &table->cells[i];
        if (cell->label != NULL) {
            put_note(cell, out, indent);
            continue;
        }
        size_t column = place % table->columns;
        int last = rest_empty(table, i, place);
        if (column == 0)
            cg_put(out, indent);
        put_cell(out, colour, cell->colour, cell->text, cell->width, widths[column], last);
        if (++place % table->columns == 0)
            cg_put(out, "\n");
    }
}

casegate_result cg_table_write(struct cg_table *table, casegate_buffer *out, int colour, const char *indent)
{
    size_t *widths = table != NULL ? calloc(table->columns, sizeof *widths) : NULL;
    casegate_result rc = widths == NULL || table->failed ? CASEGATE_E_NOMEM : CASEGATE_OK;

    if (rc == CASEGATE_OK && out != NULL) {
        for (size_t k = 0; k < table->columns; k++)
            widths[k] = column_width(table, k);
        if (table->heads != NULL)
            put_heads(table, widths, out, colour, indent);
        put_rows(table, widths, out, colour, indent);
    }
    for (size_t i = 0; table != NULL && i < table->count; i++)
        free(table->cells[i].text);
    if (table != NULL)
        free(table->cells);
    free(table);
    free(widths);
    return rc;
}
