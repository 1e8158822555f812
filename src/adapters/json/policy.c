/* SPDX-License-Identifier: MIT */
/* policy.c: a lab's policy to and from JSON; what is left out is the default. */
#include "internal.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
typedef struct reading { cg_reader *r; casegate_policy_builder *b; } reading;

/* ---- reading --------------------------------------------------------------------------------------------------------------- */

/* Calls one() for every member of an object, at its place. */
static void each_member(reading *g, const json_t *object, void (*one)(reading *g, const char *name, const json_t *value))
{
    json_t *from = (json_t *)(uintptr_t)object;
    if (!cg_want(g->r, object, JSON_OBJECT)) return;
    for (void *i = json_object_iter(from); g->r->rc == CASEGATE_OK && i; i = json_object_iter_next(from, i)) {
        size_t before = cg_enter(g->r, json_object_iter_key(i));
        one(g, json_object_iter_key(i), json_object_iter_value(i));
        cg_leave(g->r, before);
    }
}

static void each_element(reading *g, const json_t *list, const char *id, void (*one)(reading *g, const json_t *value))
{
    if (!cg_want(g->r, list, JSON_ARRAY)) return;
    for (size_t i = 0; g->r->rc == CASEGATE_OK && i < json_array_size(list); i++) {
        size_t before = cg_enter_element(g->r, json_array_get(list, i), id, i);
        one(g, json_array_get(list, i));
        cg_leave(g->r, before);
    }
}

static void read_label(reading *g, const char *language, const json_t *value)
{
    const char *text;
    if (!cg_read_text(g->r, value, &text)) casegate_policy_add_label(g->b, language, text);
}

/* A member of an object, at its place. */
static const json_t *enter_member(cg_reader *r, const json_t *object, const char *name, size_t *before)
{
    *before = cg_enter(r, name);
    return json_object_get(object, name);
}

static int read_flag(cg_reader *r, const json_t *object, const char *name)
{
    size_t before;
    int flag = 0;
    cg_read_bool(r, enter_member(r, object, name, &before), &flag);
    cg_leave(r, before);
    return flag;
}

static void read_reason(reading *g, const json_t *value)
{
    static const char *const known[] = { "code", "label", "needs_comment", "needs_file" };
    cg_reader *r = g->r;
    const char *code = NULL;
    size_t before;
    if (!json_is_object(value)) { cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be an object"); return; }
    if (!cg_known(r, value, known, COUNT(known))) return;
    cg_read_text(r, enter_member(r, value, "code", &before), &code);
    cg_leave(r, before);
    uint32_t needs = read_flag(r, value, "needs_comment") ? CASEGATE_NEED_COMMENT : 0u;
    needs |= read_flag(r, value, "needs_file") ? CASEGATE_NEED_FILE : 0u;
    if (r->rc != CASEGATE_OK) return;
    casegate_policy_add_reason(g->b, code, needs);
    each_member(g, enter_member(r, value, "label", &before), read_label);
    cg_leave(r, before);
}

static void read_check(reading *g, const char *name, const json_t *value)
{
    const char *level = NULL;
    if (!casegate_find_finding(name)) { cg_fail(g->r, CASEGATE_PROBLEM_UNKNOWN, "there is no such check"); return; }
    if (cg_read_text(g->r, value, &level) || !level) return;
    if (casegate_find_level(level) < 0) cg_fail(g->r, CASEGATE_PROBLEM_UNKNOWN,
                                                "must be off, warn, block_submit or block_accept");
    else casegate_policy_set_check(g->b, casegate_find_finding(name), casegate_find_level(level));
}

static void read_limit(reading *g, const char *name, const json_t *value)
{
    int64_t number = 0;
    if (!casegate_find_limit(name)) { cg_fail(g->r, CASEGATE_PROBLEM_UNKNOWN, "there is no such limit"); return; }
    if (value && !json_is_null(value) && !cg_read_integer(g->r, value, 1, INT32_MAX, &number))
        casegate_policy_set_limit(g->b, casegate_find_limit(name), (size_t)number);
}

static void read_service(reading *g, const json_t *value)
{
    const char *text;
    if (!cg_read_text(g->r, value, &text)) casegate_policy_add_service(g->b, text);
}

static void read_material(reading *g, const json_t *value)
{
    const char *text;
    if (!cg_read_text(g->r, value, &text)) casegate_policy_add_material(g->b, text);
}

static void read_reasons(reading *g, const json_t *value) { each_element(g, value, "code", read_reason); }
static void read_services(reading *g, const json_t *value) { each_element(g, value, NULL, read_service); }
static void read_materials(reading *g, const json_t *value) { each_element(g, value, NULL, read_material); }
static void read_checks(reading *g, const json_t *value) { each_member(g, value, read_check); }
static void read_limits(reading *g, const json_t *value) { each_member(g, value, read_limit); }

static void read_turnaround(reading *g, const json_t *value)
{
    int64_t us = 0;
    if (!cg_read_duration(g->r, value, &us)) casegate_policy_set_turnaround(g->b, us);
}

static void read_offset(reading *g, const json_t *value)
{
    int64_t minutes = 0;
    if (!cg_read_integer(g->r, value, -1440, 1440, &minutes)) casegate_policy_set_utc_offset(g->b, (int32_t)minutes);
}

static void ignore(reading *g, const json_t *value) { (void)g; (void)value; }   /* name: read before the others */

static const struct { const char *name; void (*read)(reading *g, const json_t *value); } members[] = {
    { "name", ignore }, { "reasons", read_reasons }, { "checks", read_checks }, { "turnaround", read_turnaround },
    { "utc_offset_minutes", read_offset }, { "services", read_services }, { "materials", read_materials }, { "limits",
            read_limits },
};

static void read_member(reading *g, const char *name, const json_t *value)
{
    for (size_t i = 0; i < COUNT(members); i++)
        if (strcmp(members[i].name, name) == 0) { members[i].read(g, value); return; }
    cg_fail(g->r, CASEGATE_PROBLEM_UNKNOWN, "there is no such member");
}

static void read_policy(cg_reader *r, const json_t *document, casegate_policy **out)
{
    const char *name = NULL;
    size_t before;
    if (!json_is_object(document)) { cg_fail(r, CASEGATE_PROBLEM_FORMAT, "must be an object"); return; }
    cg_read_text(r, enter_member(r, document, "name", &before), &name);
    cg_leave(r, before);
    if (r->rc != CASEGATE_OK) return;
    reading g = { r, casegate_policy_builder_new(r->host, name) };
    if (!g.b) { cg_fail_memory(r); return; }
    each_member(&g, document, read_member);
    if (r->rc == CASEGATE_OK) r->rc = casegate_policy_builder_finish(g.b, out, r->err);
    else casegate_policy_builder_free(g.b);
}

casegate_result casegate_json_read_policy(casegate_host *host, const char *text, size_t len, casegate_policy **out,
                                          casegate_error *err)
{
    cg_reader r;
    cg_reader_init(&r, host, err);
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    json_t *document = cg_parse(&r, text, len);
    if (document) read_policy(&r, document, out);
    json_decref(document);
    cg_reader_close(&r);
    return r.rc;
}

/* ---- writing --------------------------------------------------------------------------------------------------------------- */

static void write_bool(cg_writer *w, const char *name, int flag)
{
    cg_key(w, name);
    cg_literal(w, flag ? "true" : "false");
}

static void write_reasons(cg_writer *w, const casegate_policy *policy)
{
    cg_key(w, "reasons");
    cg_open(w, '[');
    for (size_t i = 0; i < casegate_policy_reason_count(policy); i++) {
        const casegate_reason *reason = casegate_policy_reason_at(policy, i);
        cg_element(w);
        cg_open(w, '{');
        cg_member(w, "code", reason->code);
        cg_key(w, "label");
        cg_write_label_list(w, reason->labels, reason->label_count);
        write_bool(w, "needs_comment", (reason->needs & CASEGATE_NEED_COMMENT) != 0);
        write_bool(w, "needs_file", (reason->needs & CASEGATE_NEED_FILE) != 0);
        cg_close(w, '}');
    }
    cg_close(w, ']');
}

static void write_checks(cg_writer *w, const casegate_policy *policy)
{
    const char *name;
    cg_key(w, "checks");
    cg_open(w, '{');
    for (int32_t finding = 1; *(name = casegate_finding_name(finding)); finding++)
        cg_member(w, name, casegate_level_name(casegate_policy_check(policy, finding)));
    cg_close(w, '}');
}

static void write_limits(cg_writer *w, const casegate_policy *policy)
{
    const char *name;
    cg_key(w, "limits");
    cg_open(w, '{');
    for (int32_t limit = 1; *(name = casegate_limit_name(limit)); limit++) {
        cg_key(w, name);
        cg_integer(w, (int64_t)casegate_policy_limit(policy, limit));
    }
    cg_close(w, '}');
}

static void write_offer(cg_writer *w, const char *name, const casegate_policy *policy,
                        const char *(*at)(const casegate_policy *, size_t))
{
    if (!at(policy, 0)) return;   /* everything is offered */
    cg_key(w, name);
    cg_open(w, '[');
    for (size_t i = 0; at(policy, i); i++) {
        cg_element(w);
        cg_text(w, at(policy, i));
    }
    cg_close(w, ']');
}

casegate_result casegate_json_write_policy(const casegate_policy *policy, uint32_t indent, casegate_buffer *out)
{
    char turnaround[48];
    cg_writer w = { .out = out, .indent = indent };
    if (!out || !policy) return out ? CASEGATE_E_INVALID : CASEGATE_E_NOMEM;
    casegate_duration_format(casegate_policy_turnaround(policy), turnaround, sizeof turnaround);
    cg_open(&w, '{');
    cg_member(&w, "name", casegate_policy_name(policy));
    write_reasons(&w, policy);
    write_checks(&w, policy);
    cg_member(&w, "turnaround", turnaround);
    cg_key(&w, "utc_offset_minutes");
    cg_integer(&w, casegate_policy_utc_offset(policy));
    write_offer(&w, "services", policy, casegate_policy_service_at);
    write_offer(&w, "materials", policy, casegate_policy_material_at);
    write_limits(&w, policy);
    cg_close(&w, '}');
    return cg_written(&w);
}
