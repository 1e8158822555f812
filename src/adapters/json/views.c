/* SPDX-License-Identifier: MIT */
/* views.c: any view to and from JSON, by its table of members: a new field needs nothing here. */
#include "internal.h"

typedef struct place { const casegate_workflow *workflow; char *value; } place;   /* a struct being written or read */

static int is_text(int32_t kind) { return kind >= CASEGATE_KIND_ID && kind <= CASEGATE_KIND_FILE_KIND; }
static const void *at(const place *p, uint32_t offset) { return p->value + offset; }
static const char *text_at(const place *p, const casegate_member *m) { return *(const char *const *)at(p, m->offset); }
static int32_t int_at(const place *p, const casegate_member *m) { return *(const int32_t *)at(p, m->offset); }
static size_t count_at(const place *p, const casegate_member *m) { return *(const size_t *)at(p, m->count_offset); }

/* ---- names of numbers ---------------------------------------------------------------------------------------------------- */

static const char *status_name(const casegate_workflow *w, int32_t number)
{
    const casegate_status *status = casegate_workflow_status(w, number);
    return status ? status->name : "";
}
static const char *action_name(const casegate_workflow *w, int32_t number)
{
    const casegate_action *action = casegate_workflow_action(w, number);
    return action ? action->name : "";
}
static const char *role_name(const casegate_workflow *w, int32_t number) { (void)w; return casegate_role_name(number); }
static const char *phase_name(const casegate_workflow *w, int32_t number) { (void)w; return casegate_phase_name(number); }
static const char *state_name(const casegate_workflow *w, int32_t number) { (void)w; return casegate_notice_state_name(number); }
static const char *recipient_name(const casegate_workflow *w, int32_t number) { (void)w; return casegate_recipient_name(number); }

static int32_t find_role(const casegate_workflow *w, const char *name) { (void)w; return casegate_find_role(name); }
static int32_t find_phase(const casegate_workflow *w, const char *name) { (void)w; return casegate_find_phase(name); }

/* A number by its name, where the core only tells the name of a number. */
static int32_t find_among(const char *(*name_of)(int32_t), int32_t most, const char *name)
{
    int32_t number = most;
    while (number > 0 && strcmp(name_of(number), name) != 0) number--;
    return number;
}
static int32_t find_state(const casegate_workflow *w, const char *name)
{
    (void)w;
    return find_among(casegate_notice_state_name, CASEGATE_NOTICE_DEAD, name);
}
static int32_t find_recipient(const casegate_workflow *w, const char *name)
{
    (void)w;
    return find_among(casegate_recipient_name, CASEGATE_TO_LAB, name);
}

typedef struct naming {
    int32_t kind;
    const char *(*name)(const casegate_workflow *w, int32_t number);
    int32_t (*find)(const casegate_workflow *w, const char *name);
} naming;
static const naming namings[] = {
    { CASEGATE_KIND_STATUS, status_name, casegate_workflow_find_status }, { CASEGATE_KIND_ACTION, action_name,
                                                                            casegate_workflow_find_action },
    { CASEGATE_KIND_ROLE, role_name, find_role }, { CASEGATE_KIND_PHASE, phase_name, find_phase },
    { CASEGATE_KIND_NOTICE_STATE, state_name, find_state }, { CASEGATE_KIND_RECIPIENT, recipient_name, find_recipient },
};

static const naming *naming_of(int32_t kind)
{
    for (size_t i = 0; i < sizeof namings / sizeof *namings; i++)
        if (namings[i].kind == kind) return &namings[i];
    return NULL;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

void cg_write_line_list(cg_writer *w, const char *const *lines, size_t count)
{
    cg_open(w, '[');
    for (size_t i = 0; i < count; i++) {
        cg_element(w);
        cg_text(w, lines[i]);
    }
    cg_close(w, ']');
}

void cg_write_file_list(cg_writer *w, const casegate_file *const *files, size_t count)
{
    cg_open(w, '[');
    for (size_t i = 0; i < count; i++) {
        cg_element(w);
        cg_write_view(w, CASEGATE_VIEW_FILE, files[i], NULL);
    }
    cg_close(w, ']');
}

void cg_write_label_list(cg_writer *w, const casegate_label *const *labels, size_t count)
{
    cg_open(w, '{');
    for (size_t i = 0; i < count; i++) cg_member(w, labels[i]->language, labels[i]->text);
    cg_close(w, '}');
}

/* Where a migration came from is a status of another definition. */
static int is_elsewhere(int32_t view, const void *value, const casegate_member *m)
{
    return view == CASEGATE_VIEW_EVENT && m->offset == offsetof(casegate_event, from) &&
           ((const casegate_event *)value)->action == CASEGATE_MIGRATE;
}

static void write_named(cg_writer *w, const place *p, const casegate_member *m, const naming *names, int elsewhere)
{
    int32_t number = int_at(p, m);
    if (!number) return;
    const char *name = elsewhere ? "" : names->name(p->workflow, number);
    cg_key(w, m->name);
    if (*name) cg_text(w, name);
    else cg_integer(w, number);
}

static void write_time(cg_writer *w, const place *p, const casegate_member *m)
{
    char text[40];
    int64_t us = *(const int64_t *)at(p, m->offset);
    if (!us) return;
    casegate_time_format(us, text, sizeof text);
    cg_member(w, m->name, text);
}

static void write_list(cg_writer *w, const place *p, const casegate_member *m)
{
    size_t count = count_at(p, m);
    const void *list = *(const void *const *)at(p, m->offset);
    if (!count) return;
    cg_key(w, m->name);
    if (m->kind == CASEGATE_KIND_LINES) cg_write_line_list(w, list, count);
    else if (m->kind == CASEGATE_KIND_FILES) cg_write_file_list(w, list, count);
    else cg_write_label_list(w, list, count);
}

static void write_number(cg_writer *w, const place *p, const casegate_member *m)
{
    int64_t number = m->kind == CASEGATE_KIND_INT64 ? *(const int64_t *)at(p, m->offset)
                   : m->kind == CASEGATE_KIND_UINT32 ? (int64_t)*(const uint32_t *)at(p, m->offset) : int_at(p, m);
    int has_flag = m->kind == CASEGATE_KIND_INT64 && m->count_offset;   /* the size of a file: whether it is known */
    if (has_flag && !*(const int32_t *)at(p, m->count_offset)) return;
    cg_key(w, m->name);
    cg_integer(w, number);
}

static void write_flag(cg_writer *w, const place *p, const casegate_member *m)
{
    if (!int_at(p, m)) return;
    cg_key(w, m->name);
    cg_literal(w, "true");
}

static int is_list(int32_t kind) { return kind == CASEGATE_KIND_LINES || kind == CASEGATE_KIND_FILES ||
                                   kind == CASEGATE_KIND_LABELS; }

void cg_write_view(cg_writer *w, int32_t view, const void *value, const casegate_workflow *workflow)
{
    const place p = { workflow, (char *)(uintptr_t)value };
    cg_open(w, '{');
    for (size_t i = 0; i < casegate_member_count(view); i++) {
        const casegate_member *m = casegate_member_at(view, i);
        const naming *names = naming_of(m->kind);
        if (is_text(m->kind)) cg_member(w, m->name, text_at(&p, m));
        else if (names) write_named(w, &p, m, names, is_elsewhere(view, value, m));
        else if (is_list(m->kind)) write_list(w, &p, m);
        else if (m->kind == CASEGATE_KIND_TIME) write_time(w, &p, m);
        else if (m->kind == CASEGATE_KIND_BOOL) write_flag(w, &p, m);
        else write_number(w, &p, m);
    }
    cg_close(w, '}');
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

static int read_named(cg_reader *r, place *p, const casegate_member *m, const naming *names, const json_t *value)
{
    int32_t *to = (void *)(p->value + m->offset);
    int64_t number = 0;
    const char *name;
    if (value && json_is_integer(value)) {
        if (cg_read_integer(r, value, 1, INT32_MAX, &number)) return r->rc;
        *to = (int32_t)number;
        return 0;
    }
    if (cg_read_text(r, value, &name) || !name) return r->rc;
    *to = names->find(p->workflow, name);
    return *to ? 0 : cg_fail(r, CASEGATE_PROBLEM_UNKNOWN, "there is nothing of this name");
}

static int read_time(cg_reader *r, place *p, const casegate_member *m, const json_t *value)
{
    const char *text;
    if (cg_read_text(r, value, &text) || !text) return r->rc;
    if (casegate_time_parse(text, (void *)(p->value + m->offset)) == CASEGATE_OK) return 0;
    return cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be a time in UTC, RFC 3339");
}

static int read_number(cg_reader *r, place *p, const casegate_member *m, const json_t *value)
{
    int64_t number = 0;
    if (!value || json_is_null(value)) return 0;
    int64_t least = m->kind == CASEGATE_KIND_UINT32 ? 0 : m->kind == CASEGATE_KIND_INT32 ? INT32_MIN : INT64_MIN;
    int64_t most = m->kind == CASEGATE_KIND_UINT32 ? UINT32_MAX : m->kind == CASEGATE_KIND_INT32 ? INT32_MAX : INT64_MAX;
    if (cg_read_integer(r, value, least, most, &number)) return r->rc;
    if (m->kind == CASEGATE_KIND_INT64) {
        *(int64_t *)(void *)(p->value + m->offset) = number;
        if (m->count_offset) *(int32_t *)(void *)(p->value + m->count_offset) = 1;
    } else if (m->kind == CASEGATE_KIND_UINT32) {
        *(uint32_t *)(void *)(p->value + m->offset) = (uint32_t)number;
    } else {
        *(int32_t *)(void *)(p->value + m->offset) = (int32_t)number;
    }
    return 0;
}

/* One element of a list, as what the list points at. NULL: failed. */
static const void *read_item(cg_reader *r, int32_t kind, const json_t *item)
{
    const char *text = NULL;
    if (kind == CASEGATE_KIND_LINES) {
        if (json_is_null(item)) cg_fail(r, CASEGATE_PROBLEM_MISSING, "must be a text");
        else cg_read_text(r, item, &text);
        return text;
    }
    casegate_file *file = cg_piece(r, sizeof *file);
    if (!file) return NULL;
    casegate_file_init(file, sizeof *file);
    return cg_read_view(r, CASEGATE_VIEW_FILE, item, NULL, file, sizeof *file) == 0 ? file : NULL;
}

static const void *read_label(cg_reader *r, const char *language, const json_t *item)
{
    casegate_label *label = cg_piece(r, sizeof *label);
    if (!label) return NULL;
    casegate_label_init(label, sizeof *label);
    label->language = language;
    if (json_is_null(item)) return cg_fail(r, CASEGATE_PROBLEM_MISSING, "must be a text"), NULL;
    return cg_read_text(r, item, &label->text) == 0 ? label : NULL;
}

static int read_labels(cg_reader *r, const json_t *value, const void **list, size_t *count)
{
    json_t *object = (json_t *)(uintptr_t)value;
    for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
        size_t before = cg_enter(r, json_object_iter_key(i));
        list[*count] = read_label(r, json_object_iter_key(i), json_object_iter_value(i));
        cg_leave(r, before);
        if (!list[*count]) return r->rc;
        (*count)++;
    }
    return 0;
}

static int read_items(cg_reader *r, int32_t kind, const json_t *value, const void **list, size_t *count)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        size_t before = cg_enter_element(r, item, kind == CASEGATE_KIND_FILES ? "id" : NULL, i);
        list[i] = read_item(r, kind, item);
        cg_leave(r, before);
        if (!list[i]) return r->rc;
        *count = i + 1;
    }
    return 0;
}

static int read_list(cg_reader *r, place *p, const casegate_member *m, const json_t *value)
{
    int labels = m->kind == CASEGATE_KIND_LABELS;
    size_t count = 0;
    if (!cg_want(r, value, labels ? JSON_OBJECT : JSON_ARRAY)) return r->rc;
    const void **list = cg_piece(r, ((labels ? json_object_size(value) : json_array_size(value)) + 1) * sizeof *list);
    if (!list) return r->rc;
    int failed = labels ? read_labels(r, value, list, &count) : read_items(r, m->kind, value, list, &count);
    if (failed) return failed;
    memcpy(p->value + m->offset, &list, sizeof list);
    memcpy(p->value + m->count_offset, &count, sizeof count);
    return 0;
}

static int read_member(cg_reader *r, place *p, const casegate_member *m, const json_t *value)
{
    const naming *names = naming_of(m->kind);
    int flag = 0;
    if (names) return read_named(r, p, m, names, value);
    if (is_list(m->kind)) return read_list(r, p, m, value);
    if (m->kind == CASEGATE_KIND_TIME) return read_time(r, p, m, value);
    if (is_text(m->kind)) return cg_read_text(r, value, (const char **)(void *)(p->value + m->offset));
    if (m->kind != CASEGATE_KIND_BOOL) return read_number(r, p, m, value);
    if (cg_read_bool(r, value, &flag)) return r->rc;
    *(int32_t *)(void *)(p->value + m->offset) = flag;
    return 0;
}

static const casegate_member *member_named(int32_t view, const char *name, size_t size)
{
    for (size_t i = 0; i < casegate_member_count(view); i++) {
        const casegate_member *m = casegate_member_at(view, i);
        if (strcmp(m->name, name) == 0 && m->offset < size) return m;   /* a newer core may know more than this struct holds */
    }
    return NULL;
}

int cg_read_view(cg_reader *r, int32_t view, const json_t *object, const casegate_workflow *workflow, void *value, size_t size)
{
    place p = { workflow, value };
    json_t *from = (json_t *)(uintptr_t)object;
    if (!object || !json_is_object(object)) return cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be an object");
    for (void *i = json_object_iter(from); i; i = json_object_iter_next(from, i)) {
        const casegate_member *m = member_named(view, json_object_iter_key(i), size);
        size_t before = cg_enter(r, json_object_iter_key(i));
        int failed = m ? read_member(r, &p, m, json_object_iter_value(i)) : cg_fail(r, CASEGATE_PROBLEM_UNKNOWN,
                "there is no such member");
        cg_leave(r, before);
        if (failed) return failed;
    }
    return 0;
}

/* ---- heads, events, notices ------------------------------------------------------------------------------------------------ */

static casegate_result write_one(int32_t view, const void *value, const casegate_workflow *workflow, uint32_t indent,
                                 casegate_buffer *out)
{
    cg_writer w = { .out = out, .indent = indent };
    if (!out || !value) return out ? CASEGATE_E_INVALID : CASEGATE_E_NOMEM;
    cg_write_view(&w, view, value, workflow);
    return cg_written(&w);
}

casegate_result casegate_json_write_case(const casegate_head *head, const casegate_workflow *workflow, uint32_t indent,
                                         casegate_buffer *out)
{
    return write_one(CASEGATE_VIEW_HEAD, head, workflow, indent, out);
}

casegate_result casegate_json_write_event(const casegate_event *event, const casegate_workflow *workflow, uint32_t indent,
                                          casegate_buffer *out)
{
    return write_one(CASEGATE_VIEW_EVENT, event, workflow, indent, out);
}

casegate_result casegate_json_write_notice(const casegate_notice *notice, uint32_t indent, casegate_buffer *out)
{
    return write_one(CASEGATE_VIEW_NOTICE, notice, NULL, indent, out);
}

/* Reads one document into a struct on the stack; copy() makes it the caller's while document and reader still live. */
typedef casegate_result copy_fn(casegate_host *host, const void *value, void *out, casegate_error *err);
typedef struct target { int32_t view; void *room; size_t size; copy_fn *copy; void *out; } target;

static casegate_result read_one(casegate_host *host, const casegate_workflow *workflow, const char *text, size_t len,
                                const target *t, casegate_error *err)
{
    cg_reader r;
    cg_reader_init(&r, host, err);
    casegate_workflow *intake = workflow ? NULL : casegate_workflow_builtin("intake", 1);
    json_t *document = t->out ? cg_parse(&r, text, len) : NULL;
    if (!t->out) r.rc = casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    if (document && cg_read_view(&r, t->view, document, workflow ? workflow : intake, t->room, t->size) == 0)
        r.rc = t->copy(host, t->room, t->out, err);
    json_decref(document);
    cg_reader_close(&r);
    casegate_workflow_unref(intake);
    return r.rc;
}

static casegate_result copy_head(casegate_host *host, const void *value, void *out,
                                 casegate_error *err) { return casegate_head_copy(host, value, out, err); }
static casegate_result copy_event(casegate_host *host, const void *value, void *out,
                                  casegate_error *err) { return casegate_event_copy(host, value, out, err); }
static casegate_result copy_notice(casegate_host *host, const void *value, void *out,
                                   casegate_error *err) { return casegate_notice_copy(host, value, out, err); }

casegate_result casegate_json_read_case(casegate_host *host, const casegate_workflow *workflow, const char *text, size_t len,
                                        casegate_head **out, casegate_error *err)
{
    casegate_head head;
    const target t = { CASEGATE_VIEW_HEAD, &head, sizeof head, copy_head, out };
    casegate_head_init(&head, sizeof head);
    return read_one(host, workflow, text, len, &t, err);
}

casegate_result casegate_json_read_event(casegate_host *host, const casegate_workflow *workflow, const char *text, size_t len,
                                         casegate_event **out, casegate_error *err)
{
    casegate_event event;
    const target t = { CASEGATE_VIEW_EVENT, &event, sizeof event, copy_event, out };
    casegate_event_init(&event, sizeof event);
    return read_one(host, workflow, text, len, &t, err);
}

casegate_result casegate_json_read_notice(casegate_host *host, const char *text, size_t len, casegate_notice **out,
                                          casegate_error *err)
{
    casegate_notice notice;
    const target t = { CASEGATE_VIEW_NOTICE, &notice, sizeof notice, copy_notice, out };
    casegate_notice_init(&notice, sizeof notice);
    return read_one(host, NULL, text, len, &t, err);
}
