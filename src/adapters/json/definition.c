/* SPDX-License-Identifier: MIT */
/* definition.c: a host's workflow definition read from JSON, format casegate-workflow/1; the core judges what it means. */
#include "internal.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
typedef struct reading { cg_reader *r; casegate_workflow_builder *b; const char *text; } reading;

/* ---- members --------------------------------------------------------------------------------------------------------------- */

/* An object with no other members than these. */
static int judge_object(cg_reader *r, const json_t *value, const char *const *known, size_t count)
{
    if (!json_is_object(value)) return cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be an object"), 0;
    return cg_known(r, value, known, count);
}

/* A text that must be there. */
static const char *need_text(cg_reader *r, const json_t *object, const char *name)
{
    const char *text = NULL;
    size_t before = cg_enter(r, name);
    if (!cg_read_text(r, json_object_get(object, name), &text) && !text) cg_fail(r, CASEGATE_PROBLEM_MISSING, "must be a text");
    cg_leave(r, before);
    return text ? text : "";
}

static int64_t need_number(cg_reader *r, const json_t *object, const char *name, int64_t most)
{
    int64_t number = 0;
    size_t before = cg_enter(r, name);
    const json_t *value = json_object_get(object, name);
    if (!value || json_is_null(value)) cg_fail(r, CASEGATE_PROBLEM_MISSING, "must be a whole number");
    else cg_read_integer(r, value, 0, most, &number);
    cg_leave(r, before);
    return number;
}

static int flag(cg_reader *r, const json_t *object, const char *name)
{
    int is_set = 0;
    size_t before = cg_enter(r, name);
    cg_read_bool(r, json_object_get(object, name), &is_set);
    cg_leave(r, before);
    return is_set;
}

/* one() for each element of a list member; id: the member that names an element. */
static void each(reading *g, const json_t *object, const char *name, const char *id, void (*one)(reading *g, const json_t *value))
{
    size_t before = cg_enter(g->r, name);
    const json_t *list = json_object_get(object, name);
    if (cg_want(g->r, list, JSON_ARRAY))
        for (size_t i = 0; g->r->rc == CASEGATE_OK && i < json_array_size(list); i++) {
            size_t at = cg_enter_element(g->r, json_array_get(list, i), id, i);
            one(g, json_array_get(list, i));
            cg_leave(g->r, at);
        }
    cg_leave(g->r, before);
}

/* one() with each text of a list member. */
static void each_text(reading *g, const json_t *object, const char *name, void (*one)(reading *g, const char *text))
{
    size_t before = cg_enter(g->r, name);
    const json_t *list = json_object_get(object, name);
    const char *text;
    if (cg_want(g->r, list, JSON_ARRAY))
        for (size_t i = 0; g->r->rc == CASEGATE_OK && i < json_array_size(list); i++) {
            size_t at = cg_enter_element(g->r, NULL, NULL, i);
            if (!cg_read_text(g->r, json_array_get(list, i), &text) && !text) cg_fail(g->r, CASEGATE_PROBLEM_MISSING,
                    "must be a text");
            if (g->r->rc == CASEGATE_OK) one(g, text);
            cg_leave(g->r, at);
        }
    cg_leave(g->r, before);
}

/* ---- parts ------------------------------------------------------------------------------------------------------------------ */

static void read_permissions(reading *g, const json_t *document)
{
    size_t before = cg_enter(g->r, "permissions");
    json_t *object = (json_t *)(uintptr_t)json_object_get(document, "permissions");
    if (cg_want(g->r, object, JSON_OBJECT))
        for (void *i = json_object_iter(object); g->r->rc == CASEGATE_OK && i; i = json_object_iter_next(object, i)) {
            const char *name = json_object_iter_key(i);
            int32_t number = (int32_t)need_number(g->r, object, name, INT32_MAX);
            if (g->r->rc == CASEGATE_OK) casegate_workflow_add_permission(g->b, name, number);
        }
    cg_leave(g->r, before);
}

static void read_labels(reading *g, const json_t *status)
{
    size_t before = cg_enter(g->r, "label");
    json_t *object = (json_t *)(uintptr_t)json_object_get(status, "label");
    if (cg_want(g->r, object, JSON_OBJECT))
        for (void *i = json_object_iter(object); g->r->rc == CASEGATE_OK && i; i = json_object_iter_next(object, i)) {
            const char *language = json_object_iter_key(i), *text = need_text(g->r, object, language);
            if (g->r->rc == CASEGATE_OK) casegate_workflow_add_status_label(g->b, language, text);
        }
    cg_leave(g->r, before);
}

static void read_status(reading *g, const json_t *value)
{
    static const char *const known[] = { "code", "name", "phase", "label" };
    if (!judge_object(g->r, value, known, COUNT(known))) return;
    int32_t code = (int32_t)need_number(g->r, value, "code", INT32_MAX);
    const char *name = need_text(g->r, value, "name"), *phase = need_text(g->r, value, "phase");
    if (g->r->rc != CASEGATE_OK) return;
    casegate_workflow_add_status(g->b, code, name, phase);
    read_labels(g, value);
}

static void add_role(reading *g, const char *text) { casegate_workflow_add_role(g->b, text); }
static void add_need(reading *g, const char *text) { casegate_workflow_add_need(g->b, text); }
static void add_guard(reading *g, const char *text) { casegate_workflow_add_guard(g->b, text); }
static void add_from(reading *g, const char *text) { casegate_workflow_add_transition(g->b, text, g->text); }

static void read_transition(reading *g, const json_t *value)
{
    static const char *const known[] = { "from", "to" };
    size_t before;
    if (!judge_object(g->r, value, known, COUNT(known))) return;
    before = cg_enter(g->r, "to");
    cg_read_text(g->r, json_object_get(value, "to"), &g->text);
    cg_leave(g->r, before);
    if (g->r->rc == CASEGATE_OK) each_text(g, value, "from", add_from);
}

static void read_action(reading *g, const json_t *value)
{
    static const char *const known[] = { "code", "name", "roles", "permission", "needs", "edits", "transitions", "guards" };
    if (!judge_object(g->r, value, known, COUNT(known))) return;
    int32_t code = (int32_t)need_number(g->r, value, "code", INT32_MAX), edits = flag(g->r, value, "edits");
    const char *name = need_text(g->r, value, "name"), *permission = need_text(g->r, value, "permission");
    if (g->r->rc != CASEGATE_OK) return;
    casegate_workflow_add_action(g->b, code, name, permission, edits);
    each_text(g, value, "roles", add_role);
    each_text(g, value, "needs", add_need);
    each_text(g, value, "guards", add_guard);
    each(g, value, "transitions", NULL, read_transition);
}

/* A rule of the file stands for one of the builder for each recipient and channel, channels last. */
typedef struct telling { reading *g; const char *action, *to; int mutable_; } telling;

static void read_channels(telling *t, const json_t *value)
{
    const json_t *channels = json_object_get(value, "channels");
    const char *channel;
    size_t before = cg_enter(t->g->r, "channels");
    if (cg_want(t->g->r, channels, JSON_ARRAY))
        for (size_t i = 0; t->g->r->rc == CASEGATE_OK && i < json_array_size(channels); i++)
            if (!cg_read_text(t->g->r, json_array_get(channels, i), &channel))
                casegate_workflow_add_notice(t->g->b, t->action, t->to, channel, t->mutable_);
    cg_leave(t->g->r, before);
}

static void read_notice(reading *g, const json_t *value)
{
    static const char *const known[] = { "action", "to", "channels", "mutable" };
    if (!judge_object(g->r, value, known, COUNT(known))) return;
    telling t = { g, need_text(g->r, value, "action"), NULL, flag(g->r, value, "mutable") };
    const json_t *recipients = json_object_get(value, "to");
    size_t before = cg_enter(g->r, "to");
    if (cg_want(g->r, recipients, JSON_ARRAY))
        for (size_t i = 0; g->r->rc == CASEGATE_OK && i < json_array_size(recipients); i++)
            if (!cg_read_text(g->r, json_array_get(recipients, i), &t.to)) read_channels(&t, value);
    cg_leave(g->r, before);
}

/* ---- the whole --------------------------------------------------------------------------------------------------------------- */

static casegate_workflow_builder *read_definition(cg_reader *r, const json_t *document)
{
    static const char *const known[] = { "format", "name", "version", "permissions", "statuses", "actions", "notices" };
    if (!judge_object(r, document, known, COUNT(known))) return NULL;
    const char *format = need_text(r, document, "format"), *name = need_text(r, document, "name");
    uint32_t version = (uint32_t)need_number(r, document, "version", UINT32_MAX);
    size_t before = cg_enter(r, "format");
    if (r->rc == CASEGATE_OK && strcmp(format, "casegate-workflow/1") != 0) cg_fail(r, CASEGATE_PROBLEM_FORMAT,
            "must be casegate-workflow/1");
    cg_leave(r, before);
    if (r->rc != CASEGATE_OK) return NULL;
    reading g = { r, casegate_workflow_builder_new(r->host, name, version), NULL };
    if (!g.b) return cg_fail_memory(r), NULL;
    read_permissions(&g, document);
    each(&g, document, "statuses", "name", read_status);
    each(&g, document, "actions", "name", read_action);
    each(&g, document, "notices", NULL, read_notice);
    if (r->rc == CASEGATE_OK) return g.b;
    casegate_workflow_builder_free(g.b);
    return NULL;
}

casegate_result casegate_json_read_workflow(casegate_host *host, const char *text, size_t len, casegate_workflow **out,
                                            casegate_faults *faults, casegate_error *err)
{
    cg_reader r;
    cg_reader_init(&r, host, err);
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    json_t *document = cg_parse(&r, text, len);
    casegate_workflow_builder *b = document ? read_definition(&r, document) : NULL;
    if (b) r.rc = casegate_workflow_builder_finish(b, out, faults, err);
    json_decref(document);
    cg_reader_close(&r);
    return r.rc;
}
