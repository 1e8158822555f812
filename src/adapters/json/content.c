/* SPDX-License-Identifier: MIT */
/* content.c: a content to and from JSON, and the merge patch (RFC 7396) that an edit is. */
#include "internal.h"

/* ---- writing --------------------------------------------------------------------------------------------------------------- */

static void write_services(cg_writer *w, const casegate_content *content)
{
    for (size_t i = 0; i < casegate_content_service_count(content); i++) {
        cg_element(w);
        cg_write_view(w, CASEGATE_VIEW_SERVICE, casegate_content_service(content, i), NULL);
    }
}

static void write_answers(cg_writer *w, const casegate_content *content)
{
    for (size_t i = 0; i < casegate_content_answer_count(content); i++) {
        cg_element(w);
        cg_write_view(w, CASEGATE_VIEW_ANSWER, casegate_content_answer(content, i), NULL);
    }
}

static void write_files(cg_writer *w, const casegate_content *content)
{
    for (size_t i = 0; i < casegate_content_file_count(content); i++) {
        cg_element(w);
        cg_write_view(w, CASEGATE_VIEW_FILE, casegate_content_file(content, i), NULL);
    }
}

/* The lists of a content: how each is counted, written, and what its elements are. */
typedef struct list_kind {
    int32_t kind, view;
    size_t (*count)(const casegate_content *content);
    void (*write)(cg_writer *w, const casegate_content *content);
} list_kind;
static const list_kind lists[] = {
    { CASEGATE_KIND_SERVICES, CASEGATE_VIEW_SERVICE, casegate_content_service_count, write_services },
    { CASEGATE_KIND_ANSWERS, CASEGATE_VIEW_ANSWER, casegate_content_answer_count, write_answers },
    { CASEGATE_KIND_FILES, CASEGATE_VIEW_FILE, casegate_content_file_count, write_files },
};

static const list_kind *list_of(int32_t kind)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i].kind == kind) return &lists[i];
    return NULL;
}

static void write_list(cg_writer *w, const casegate_member *m, const list_kind *list, const casegate_content *content)
{
    if (!list->count(content)) return;
    cg_key(w, m->name);
    cg_open(w, '[');
    list->write(w, content);
    cg_close(w, ']');
}

/* "patient.name": members of one group stand together in the table, and become an object. */
typedef struct group { const char *name; size_t length; } group;

static void leave_group(cg_writer *w, group *g)
{
    if (g->length) cg_close(w, '}');
    g->length = 0;
}

static void enter_group(cg_writer *w, group *g, const char *path, size_t length)
{
    char name[64];
    if (g->length == length && strncmp(g->name, path, length) == 0) return;
    leave_group(w, g);
    if (length >= sizeof name) return;
    memcpy(name, path, length);
    name[length] = '\0';
    cg_key(w, name);
    cg_open(w, '{');
    *g = (group) { path, length };
}

static void write_text(cg_writer *w, group *g, const casegate_member *m, const casegate_content *content)
{
    const char *text = casegate_content_get(content, m->tag), *dot = strchr(m->name, '.');
    if (!*text) return;
    if (dot) enter_group(w, g, m->name, (size_t)(dot - m->name));
    else leave_group(w, g);
    cg_member(w, dot ? dot + 1 : m->name, text);
}

casegate_result casegate_json_write_content(const casegate_content *content, uint32_t indent, casegate_buffer *out)
{
    cg_writer w = { .out = out, .indent = indent };
    group g = { NULL, 0 };
    if (!out || !content) return out ? CASEGATE_E_INVALID : CASEGATE_E_NOMEM;
    cg_open(&w, '{');
    for (size_t i = 0; i < casegate_member_count(CASEGATE_VIEW_CONTENT); i++) {
        const casegate_member *m = casegate_member_at(CASEGATE_VIEW_CONTENT, i);
        const list_kind *list = list_of(m->kind);
        if (list) leave_group(&w, &g);
        if (list) write_list(&w, m, list, content);
        else write_text(&w, &g, m, content);
    }
    leave_group(&w, &g);
    cg_close(&w, '}');
    return cg_written(&w);
}

/* ---- reading --------------------------------------------------------------------------------------------------------------- */

typedef union element { casegate_service service; casegate_answer answer; casegate_file file; } element;

/* One element into the builder, which judges its form. */
static void read_element(cg_reader *r, casegate_content_builder *b, int32_t view, const json_t *value)
{
    element e;
    if (view == CASEGATE_VIEW_SERVICE) {
        casegate_service_init(&e.service, sizeof e.service);
        e.service.quantity = 1;
        if (!cg_read_view(r, view, value, NULL, &e.service, sizeof e.service)) {
            if (e.service.quantity == 0) e.service.quantity = -1;   /* 0 was said: out of range, not left out */
            casegate_content_add_service(b, &e.service);
        }
    } else if (view == CASEGATE_VIEW_ANSWER) {
        casegate_answer_init(&e.answer, sizeof e.answer);
        if (!cg_read_view(r, view, value, NULL, &e.answer, sizeof e.answer)) casegate_content_add_answer(b, &e.answer);
    } else {
        casegate_file_init(&e.file, sizeof e.file);
        if (!cg_read_view(r, view, value, NULL, &e.file, sizeof e.file)) casegate_content_add_file(b, &e.file);
    }
}

static void read_list(cg_reader *r, casegate_content_builder *b, int32_t view, const json_t *value)
{
    if (!cg_want(r, value, JSON_ARRAY)) return;
    for (size_t i = 0; r->rc == CASEGATE_OK && i < json_array_size(value); i++) {
        size_t before = cg_enter_element(r, json_array_get(value, i), "id", i);
        read_element(r, b, view, json_array_get(value, i));
        cg_leave(r, before);
    }
}

/* The member of a path, and whether the path is a group of such. */
static const casegate_member *find(const char *path, int *is_group)
{
    size_t length = strlen(path);
    *is_group = 0;
    for (size_t i = 0; i < casegate_member_count(CASEGATE_VIEW_CONTENT); i++) {
        const casegate_member *m = casegate_member_at(CASEGATE_VIEW_CONTENT, i);
        if (strcmp(m->name, path) == 0) return m;
        if (strncmp(m->name, path, length) == 0 && m->name[length] == '.') *is_group = 1;
    }
    return NULL;
}

static void read_fields(cg_reader *r, casegate_content_builder *b, const char *group_name, const json_t *object);

static void read_field(cg_reader *r, casegate_content_builder *b, const char *group_name, const char *name, const json_t *value)
{
    char path[64] = "?";
    const char *text;
    int is_group = 0;
    if (strlen(group_name) + strlen(name) + 2 <= sizeof path) {
        strcpy(path, group_name);
        strcat(strcat(path, *group_name ? "." : ""), name);
    }
    const casegate_member *m = strchr(name, '.') ? NULL : find(path, &is_group);
    if (m && list_of(m->kind)) read_list(r, b, list_of(m->kind)->view, value);
    else if (m && !cg_read_text(r, value, &text)) casegate_content_set(b, m->tag, text);
    else if (!m && is_group && !*group_name && cg_want(r, value, JSON_OBJECT)) read_fields(r, b, name, value);
    else if (!m && !(is_group && !*group_name)) cg_fail(r, CASEGATE_PROBLEM_UNKNOWN, "there is no such member");
}

static void read_fields(cg_reader *r, casegate_content_builder *b, const char *group_name, const json_t *object)
{
    json_t *from = (json_t *)(uintptr_t)object;
    for (void *i = json_object_iter(from); r->rc == CASEGATE_OK && i; i = json_object_iter_next(from, i)) {
        size_t before = cg_enter(r, json_object_iter_key(i));
        read_field(r, b, group_name, json_object_iter_key(i), json_object_iter_value(i));
        cg_leave(r, before);
    }
}

static casegate_result read_document(cg_reader *r, const json_t *document, casegate_content **out)
{
    if (!json_is_object(document)) return cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be an object");
    casegate_content_builder *b = casegate_content_builder_new(r->host, NULL);
    if (!b) return cg_fail_memory(r);
    read_fields(r, b, "", document);
    if (r->rc == CASEGATE_OK) return r->rc = casegate_content_builder_finish(b, out, r->err);
    casegate_content_builder_free(b);
    return r->rc;
}

casegate_result casegate_json_read_content(casegate_host *host, const char *text, size_t len, casegate_content **out,
                                           casegate_error *err)
{
    cg_reader r;
    cg_reader_init(&r, host, err);
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    json_t *document = cg_parse(&r, text, len);
    if (document) read_document(&r, document, out);
    json_decref(document);
    cg_reader_close(&r);
    return r.rc;
}

/* ---- merge patch ------------------------------------------------------------------------------------------------------------ */

/* As json_copy() of an object, which leaves out the members that it finds no memory for. NULL without memory. */
static json_t *copy_of(json_t *object)
{
    json_t *copy = json_object();
    for (void *i = json_object_iter(object); copy && i; i = json_object_iter_next(object, i)) {
        if (json_object_set(copy, json_object_iter_key(i), json_object_iter_value(i)) == 0) continue;
        json_decref(copy);
        return NULL;
    }
    return copy;
}

/* RFC 7396, section 2. Gives a new reference, NULL without memory. */
static json_t *merge(json_t *target, json_t *patch)
{
    if (!json_is_object(patch)) return json_incref(patch);
    json_t *result = json_is_object(target) ? copy_of(target) : json_object();
    for (void *i = json_object_iter(patch); result && i; i = json_object_iter_next(patch, i)) {
        const char *key = json_object_iter_key(i);
        json_t *value = json_object_iter_value(i);
        if (json_is_null(value)) {
            json_object_del(result, key);
            continue;
        }
        json_t *merged = merge(json_object_get(result, key), value);
        if (!merged || json_object_set_new(result, key, merged) != 0) {
            json_decref(result);
            return NULL;
        }
    }
    return result;
}

static json_t *document_of(cg_reader *r, const casegate_content *content)
{
    casegate_buffer *buffer = casegate_buffer_new(r->host);
    json_t *document = NULL;
    if (buffer && casegate_json_write_content(content, 0, buffer) == CASEGATE_OK)
        document = cg_parse(r, casegate_buffer_data(buffer), casegate_buffer_length(buffer));
    else
        cg_fail_memory(r);
    casegate_buffer_free(buffer);
    return document;
}

casegate_result casegate_json_patch_content(casegate_host *host, const casegate_content *from, const char *text, size_t len,
                                            casegate_content **out, casegate_error *err)
{
    cg_reader r;
    cg_reader_init(&r, host, err);
    if (!out || !from) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, out ? "from" : "out",
                                                 "is NULL");
    json_t *patch = cg_parse(&r, text, len), *target = patch ? document_of(&r, from) : NULL;
    json_t *merged = target ? merge(target, patch) : NULL;
    if (target && !merged) cg_fail_memory(&r);
    if (merged) read_document(&r, merged, out);
    json_decref(merged);
    json_decref(target);
    json_decref(patch);
    cg_reader_close(&r);
    return r.rc;
}
