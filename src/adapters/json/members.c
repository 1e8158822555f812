/* SPDX-License-Identifier: MIT */
/* members.c: an object one level deep, each member as the JSON that it is: for envelopes around the values of this component. */
#include "internal.h"

/* What is given out: pointers, behind the buffer that holds their texts; the members themselves follow. */
typedef struct block {
    casegate_buffer *texts;
    const casegate_json_member *list[];
} block;

static int put(const char *bytes, size_t count, void *out)
{
    casegate_buffer_append(out, bytes, count);
    return casegate_buffer_status(out) == CASEGATE_OK ? 0 : -1;
}

/* Name, value and text of every member, each with its NUL. */
static void write_texts(cg_reader *r, json_t *object, casegate_buffer *texts)
{
    int lacked = 0;
    for (void *i = json_object_iter(object); i && !lacked; i = json_object_iter_next(object, i)) {
        const json_t *value = json_object_iter_value(i);
        const char *text = json_is_string(value) ? json_string_value(value) : "";
        lacked = put(json_object_iter_key(i), strlen(json_object_iter_key(i)) + 1, texts) ||
                 json_dump_callback(value, put, texts, JSON_COMPACT | JSON_ENCODE_ANY) || put("", 1, texts) ||
                 put(text, strlen(text) + 1, texts);
    }
    if (lacked) cg_fail_memory(r);
}

static const char *next(const char **at)
{
    const char *text = *at;
    *at += strlen(text) + 1;
    return text;
}

static void list_members(block *own, size_t count)
{
    casegate_json_member *members = (void *)(own->list + count + 1);
    const char *at = casegate_buffer_data(own->texts);
    for (size_t i = 0; i < count; i++) {
        casegate_json_member *m = &members[i];
        const char *name = next(&at), *value = next(&at), *text = next(&at);
        *m = (casegate_json_member) { .size = sizeof *m, .name = name, .value = value };
        m->text = m->value[0] == '"' ? text : NULL;
        own->list[i] = m;
    }
    own->list[count] = NULL;
}

static block *read_object(cg_reader *r, json_t *object)
{
    const size_t count = json_object_size(object), each = sizeof(void *) + sizeof(casegate_json_member);
    block *own = casegate_alloc(r->host, sizeof *own + sizeof(void *) + count * each);
    if (!own) return cg_fail_memory(r), NULL;
    own->texts = casegate_buffer_new(r->host);
    if (own->texts) write_texts(r, object, own->texts);
    else cg_fail_memory(r);
    if (r->rc == CASEGATE_OK) return list_members(own, count), own;
    casegate_buffer_free(own->texts);
    casegate_release(r->host, own);
    return NULL;
}

casegate_result casegate_json_read_members(casegate_host *host, const char *text, size_t len,
                                           const casegate_json_member *const **out, size_t *count, casegate_error *err)
{
    cg_reader r;
    block *own = NULL;
    if (!out || !count) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    cg_reader_init(&r, host, err);
    json_t *object = cg_parse(&r, text, len);
    if (object && !json_is_object(object)) cg_fail(&r, CASEGATE_PROBLEM_FORMAT, "must be an object");
    if (object && r.rc == CASEGATE_OK) own = read_object(&r, object);
    if (own) *out = own->list, *count = json_object_size(object);
    json_decref(object);
    cg_reader_close(&r);
    return r.rc;
}

void casegate_json_free_members(casegate_host *host, const casegate_json_member *const *members)
{
    if (!members) return;
    block *own = (block *)(uintptr_t)((const char *)members - offsetof(block, list));
    casegate_buffer_free(own->texts);
    casegate_release(host, own);
}
