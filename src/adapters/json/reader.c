/* SPDX-License-Identifier: MIT */
/* reader.c: strict reading: what jansson accepts and we do not, and where in the document we are. */
#include "internal.h"

#include <stdio.h>

enum { MOST_BYTES = 4 << 20, MOST_LEVELS = 32, LONGEST_NAME = 64 };
typedef struct cg_piece { struct cg_piece *next; } cg_piece_head;

void cg_reader_init(cg_reader *r, casegate_host *host, casegate_error *err)
{
    memset(r, 0, sizeof *r);
    r->host = host;
    r->err = err;
}

void cg_reader_close(cg_reader *r)
{
    while (r->pieces) {
        struct cg_piece *next = r->pieces->next;
        casegate_release(r->host, r->pieces);
        r->pieces = next;
    }
}

void *cg_piece(cg_reader *r, size_t size)
{
    enum { HEAD = (sizeof(cg_piece_head) + 15) / 16 * 16 };
    char *block = casegate_alloc(r->host, HEAD + size);
    if (!block) return cg_fail_memory(r), NULL;
    memset(block, 0, HEAD + size);
    ((cg_piece_head *)(void *)block)->next = r->pieces;
    r->pieces = (void *)block;
    return block + HEAD;
}

/* ---- failing, and where --------------------------------------------------------------------------------------------------- */

casegate_result cg_fail(cg_reader *r, int32_t problem, const char *text)
{
    if (r->rc == CASEGATE_OK) r->rc = casegate_error_set(r->err, CASEGATE_E_INVALID, problem, r->length ? r->path : "json", text);
    return r->rc;
}

casegate_result cg_fail_memory(cg_reader *r)
{
    if (r->rc == CASEGATE_OK) r->rc = casegate_error_set(r->err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    return r->rc;
}

/* A name of the document as it may be shown: it could be anything, so only what an id could be. */
static const char *shown(const char *name)
{
    size_t n = strlen(name);
    if (!n || n > LONGEST_NAME) return "?";
    for (size_t i = 0; i < n; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '[' || name[i] == ']') return "?";
    return name;
}

static void add(cg_reader *r, const char *text)
{
    size_t n = strlen(text), left = sizeof r->path - 1 - r->length;
    if (n > left) n = left;
    memcpy(r->path + r->length, text, n);
    r->length += n;
    r->path[r->length] = '\0';
}

size_t cg_enter(cg_reader *r, const char *name)
{
    size_t before = r->length;
    if (before) add(r, ".");
    add(r, shown(name));
    return before;
}

size_t cg_enter_element(cg_reader *r, const json_t *element, const char *id, size_t i)
{
    size_t before = r->length;
    const char *name = id ? json_string_value(json_object_get(element, id)) : NULL;
    char place[32];
    if (!name || strcmp(shown(name), name) != 0) {
        snprintf(place, sizeof place, "#%lu", (unsigned long)i);
        name = place;
    }
    add(r, "[");
    add(r, name);
    add(r, "]");
    return before;
}

void cg_leave(cg_reader *r, size_t before)
{
    r->length = before;
    r->path[before] = '\0';
}

/* ---- the document ---------------------------------------------------------------------------------------------------------- */

/* Levels of brackets outside of texts; counted before parsing, so that depth costs no stack. */
static size_t depth_of(const char *text, size_t len)
{
    size_t depth = 0, most = 0;
    int quoted = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (quoted && c == '\\') i++;
        else if (c == '"') quoted = !quoted;
        else if (quoted) continue;
        else if (c == '{' || c == '[') most = ++depth > most ? depth : most;
        else if ((c == '}' || c == ']') && depth) depth--;
    }
    return most;
}

static const struct { int code; int32_t problem; const char *text; } refusals[] = {
    { json_error_invalid_utf8, CASEGATE_PROBLEM_ENCODING, "not UTF-8" },
    { json_error_null_character, CASEGATE_PROBLEM_ENCODING, "a text has a NUL in it" },
    { json_error_null_byte_in_key, CASEGATE_PROBLEM_ENCODING, "a name has a NUL in it" },
    { json_error_duplicate_key, CASEGATE_PROBLEM_DUPLICATE, "a member stands twice" },
    { json_error_numeric_overflow, CASEGATE_PROBLEM_RANGE, "a number is too large" },
    { json_error_premature_end_of_input, CASEGATE_PROBLEM_FORMAT, "the document ends too early" },
    { json_error_end_of_input_expected, CASEGATE_PROBLEM_FORMAT, "something follows the document" },
    { json_error_stack_overflow, CASEGATE_PROBLEM_TOO_MANY, "too many levels" },
};

static int begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

/* jansson seldom calls it memory: it says nothing at all, or it rejects a token that is a text, whole to its closing quote. */
static int lacked_memory(const json_error_t *said, const char *text)
{
    if (!said->text[0]) return 1;   /* and then the code is not set either */
    if (json_error_code(said) == json_error_out_of_memory) return 1;
    if (said->position < 1 || text[said->position - 1] != '"') return 0;
    return begins(said->text, "invalid token") || begins(said->text, "string or '}' expected");
}

static casegate_result refuse(cg_reader *r, const json_error_t *said, const char *document)
{
    char text[128];
    if (lacked_memory(said, document)) return cg_fail_memory(r);
    int code = json_error_code(said);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (refusals[i].code != code) continue;
        snprintf(text, sizeof text, "%s, at line %d, column %d", refusals[i].text, said->line, said->column);
        return cg_fail(r, refusals[i].problem, text);
    }
    snprintf(text, sizeof text, "not JSON, at line %d, column %d", said->line, said->column);
    return cg_fail(r, CASEGATE_PROBLEM_FORMAT, text);
}

/* The tree is in malloc's memory, not the host's: json_set_alloc_funcs() is the whole process's, so not a library's to call. */
json_t *cg_parse(cg_reader *r, const char *text, size_t len)
{
    json_error_t said;
    if (!text) return cg_fail(r, CASEGATE_PROBLEM_MISSING, "there is no document"), NULL;
    if (len > MOST_BYTES) return cg_fail(r, CASEGATE_PROBLEM_TOO_LONG, "the document is larger than 4 MiB"), NULL;
    if (memchr(text, '\0', len)) return cg_fail(r, CASEGATE_PROBLEM_ENCODING, "the document has a NUL in it"), NULL;
    if (depth_of(text, len) > MOST_LEVELS) return cg_fail(r, CASEGATE_PROBLEM_TOO_MANY, "more than 32 levels"), NULL;
    json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &said);
    if (!value) refuse(r, &said, text);
    return value;
}

/* ---- values ------------------------------------------------------------------------------------------------------------------ */

static const char *wanted(json_type type)
{
    switch (type) {
    case JSON_OBJECT: return "must be an object";
    case JSON_ARRAY: return "must be a list";
    case JSON_STRING: return "must be a text";
    case JSON_INTEGER: return "must be a whole number";
    default: return "must be true or false";
    }
}

int cg_want(cg_reader *r, const json_t *value, json_type type)
{
    if (!value || json_is_null(value)) return 0;
    if (json_typeof(value) == type) return 1;
    cg_fail(r, CASEGATE_PROBLEM_FORMAT, wanted(type));
    return 0;
}

int cg_read_text(cg_reader *r, const json_t *value, const char **text)
{
    *text = cg_want(r, value, JSON_STRING) ? json_string_value(value) : NULL;
    return r->rc;
}

int cg_read_integer(cg_reader *r, const json_t *value, int64_t least, int64_t most, int64_t *number)
{
    if (!cg_want(r, value, JSON_INTEGER)) return r->rc;
    int64_t n = json_integer_value(value);
    if (n < least || n > most) return cg_fail(r, CASEGATE_PROBLEM_RANGE, "the number is out of range");
    *number = n;
    return 0;
}

int cg_read_bool(cg_reader *r, const json_t *value, int *flag)
{
    if (!value || json_is_null(value)) return 0;
    if (!json_is_boolean(value)) return cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be true or false");
    *flag = json_is_true(value);
    return 0;
}

int cg_read_duration(cg_reader *r, const json_t *value, int64_t *us)
{
    const char *text;
    if (cg_read_text(r, value, &text) || !text) return r->rc;
    if (casegate_duration_parse(text, us) == CASEGATE_OK) return 0;
    return cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be a duration like P5D or PT30H");
}

int cg_known(cg_reader *r, const json_t *object, const char *const *names, size_t count)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)object); at; at = json_object_iter_next((json_t *)(uintptr_t)object,
            at)) {
        const char *name = json_object_iter_key(at);
        size_t i = 0;
        while (i < count && strcmp(names[i], name) != 0) i++;
        if (i < count) continue;
        size_t before = cg_enter(r, name);
        cg_fail(r, CASEGATE_PROBLEM_UNKNOWN, "there is no such member");
        cg_leave(r, before);
        return 0;
    }
    return 1;
}
