/* SPDX-License-Identifier: MIT */
/* mapping.c: a mapping from one workflow definition to another as JSON, format casegate-mapping/1; the core judges what it means. */
#include "internal.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
/* The definitions that a mapping can name: those given, and the built-in ones. */
typedef struct shelf { const casegate_workflow *const *workflows; size_t count; } shelf;

/* ---- reading ----------------------------------------------------------------------------------------------------------- */

static const char *need_text(cg_reader *r, const json_t *object, const char *name)
{
    const char *text = NULL;
    size_t before = cg_enter(r, name);
    if (!cg_read_text(r, json_object_get(object, name), &text) && !text) cg_fail(r, CASEGATE_PROBLEM_MISSING, "must be a text");
    cg_leave(r, before);
    return text ? text : "";
}

static uint32_t need_version(cg_reader *r, const json_t *object)
{
    int64_t number = 0;
    size_t before = cg_enter(r, "version");
    const json_t *value = json_object_get(object, "version");
    if (!value || json_is_null(value)) cg_fail(r, CASEGATE_PROBLEM_MISSING, "must be a whole number");
    else cg_read_integer(r, value, 1, UINT32_MAX, &number);
    cg_leave(r, before);
    return (uint32_t)number;
}

static casegate_workflow *find_workflow(const shelf *s, const char *name, uint32_t version)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->workflows[i] && casegate_workflow_version(s->workflows[i]) == version &&
            strcmp(casegate_workflow_name(s->workflows[i]), name) == 0) return casegate_workflow_ref(s->workflows[i]);
    return casegate_workflow_builtin(name, version);
}

/* {"name": ..., "version": ...}: a new reference, or NULL: failed. */
static casegate_workflow *read_end(cg_reader *r, const shelf *s, const json_t *document, const char *end)
{
    static const char *const known[] = { "name", "version" };
    const json_t *object = json_object_get(document, end);
    casegate_workflow *found = NULL;
    size_t before = cg_enter(r, end);
    if (!json_is_object(object)) cg_fail(r, object ? CASEGATE_PROBLEM_FORMAT : CASEGATE_PROBLEM_MISSING, "must be an object");
    else if (cg_known(r, object, known, COUNT(known))) {
        const char *name = need_text(r, object, "name");
        uint32_t version = need_version(r, object);
        if (r->rc == CASEGATE_OK) found = find_workflow(s, name, version);
        if (!found) cg_fail(r, CASEGATE_PROBLEM_UNKNOWN, "no definition of this name and version was given");
    }
    cg_leave(r, before);
    return found;
}

/* The pairs as two lists, which live as long as the reader. */
static size_t read_pairs(cg_reader *r, const json_t *document, const char ***statuses, const char ***targets)
{
    size_t count = 0, before = cg_enter(r, "statuses");
    json_t *object = (json_t *)(uintptr_t)json_object_get(document, "statuses");
    if (!object) cg_fail(r, CASEGATE_PROBLEM_MISSING, "must be an object");
    if (cg_want(r, object, JSON_OBJECT)) {
        *statuses = cg_piece(r, (json_object_size(object) + 1) * sizeof **statuses);
        *targets = cg_piece(r, (json_object_size(object) + 1) * sizeof **targets);
        for (void *i = json_object_iter(object); r->rc == CASEGATE_OK && i; i = json_object_iter_next(object, i), count++) {
            (*statuses)[count] = json_object_iter_key(i);
            (*targets)[count] = need_text(r, object, json_object_iter_key(i));
        }
    }
    cg_leave(r, before);
    return count;
}

static void judge_format(cg_reader *r, const json_t *document)
{
    const char *format = need_text(r, document, "format");
    size_t before = cg_enter(r, "format");
    if (r->rc == CASEGATE_OK && strcmp(format, "casegate-mapping/1") != 0)
        cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be casegate-mapping/1");
    cg_leave(r, before);
}

static void read_mapping(cg_reader *r, const shelf *s, const json_t *document, casegate_mapping **out, casegate_faults *faults)
{
    static const char *const known[] = { "format", "from", "to", "statuses" };
    const char **statuses = NULL, **targets = NULL;
    if (!json_is_object(document)) cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be an object");
    if (r->rc != CASEGATE_OK || !cg_known(r, document, known, COUNT(known))) return;
    judge_format(r, document);
    casegate_workflow *from = r->rc == CASEGATE_OK ? read_end(r, s, document, "from") : NULL;
    casegate_workflow *to = from ? read_end(r, s, document, "to") : NULL;
    size_t count = to ? read_pairs(r, document, &statuses, &targets) : 0;
    if (r->rc == CASEGATE_OK) r->rc = casegate_mapping_new(r->host, from, to, statuses, targets, count, out, faults, r->err);
    casegate_workflow_unref(from);
    casegate_workflow_unref(to);
}

casegate_result casegate_json_read_mapping(casegate_host *host, const casegate_workflow *const *workflows, size_t count,
                                           const char *text, size_t len, casegate_mapping **out, casegate_faults *faults,
                                           casegate_error *err)
{
    const shelf s = { workflows, workflows ? count : 0 };
    cg_reader r;
    cg_reader_init(&r, host, err);
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    json_t *document = cg_parse(&r, text, len);
    if (document) read_mapping(&r, &s, document, out, faults);
    json_decref(document);
    cg_reader_close(&r);
    return r.rc;
}

/* ---- writing ----------------------------------------------------------------------------------------------------------- */

static void write_end(cg_writer *w, const char *end, const casegate_workflow *workflow)
{
    cg_key(w, end);
    cg_open(w, '{');
    cg_member(w, "name", casegate_workflow_name(workflow));
    cg_key(w, "version");
    cg_integer(w, casegate_workflow_version(workflow));
    cg_close(w, '}');
}

casegate_result casegate_json_write_mapping(const casegate_mapping *mapping, uint32_t indent, casegate_buffer *out)
{
    const casegate_workflow *from = casegate_mapping_from(mapping), *to = casegate_mapping_to(mapping);
    cg_writer w = { .out = out, .indent = indent };
    if (!out || !mapping) return out ? CASEGATE_E_INVALID : CASEGATE_E_NOMEM;
    cg_open(&w, '{');
    cg_member(&w, "format", "casegate-mapping/1");
    write_end(&w, "from", from);
    write_end(&w, "to", to);
    cg_key(&w, "statuses");
    cg_open(&w, '{');
    for (size_t i = 0; i < casegate_workflow_status_count(from); i++) {
        const casegate_status *status = casegate_workflow_status_at(from, i);
        cg_member(&w, status->name, casegate_workflow_status(to, casegate_mapping_status(mapping, status->code))->name);
    }
    cg_close(&w, '}');
    cg_close(&w, '}');
    return cg_written(&w);
}
