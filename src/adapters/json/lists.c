/* SPDX-License-Identifier: MIT */
/* lists.c: lists outside of a content: files of a decision, labels, lines; each read into one block that its caller frees. */
#include "internal.h"

/* A list is read as the member of an event that has such a list, and copied with it; the event stands in front of the list given out. */

static void *give(casegate_host *host, casegate_event *event, const void *list, size_t count, cg_reader *r)
{
    const void **own = casegate_alloc(host, (count + 2) * sizeof *own);
    if (!own) return cg_fail_memory(r), NULL;
    own[0] = event;
    if (count) memcpy(own + 1, list, count * sizeof *own);
    own[count + 1] = NULL;
    return own + 1;
}

static void take_back(casegate_host *host, const void *list)
{
    if (!list) return;
    const void **own = (const void **)(uintptr_t)list - 1;
    casegate_event_free((casegate_event *)(uintptr_t)own[0]);
    casegate_release(host, own);
}

/* Reads the list as `member` of an event, which is then copied whole. */
static casegate_event *read_as(cg_reader *r, const char *member, const char *text, size_t len)
{
    casegate_event event, *copy = NULL;
    casegate_event_init(&event, sizeof event);
    json_t *list = cg_parse(r, text, len), *document = list ? json_object() : NULL;
    if (list && (!document || json_object_set(document, member, list) != 0)) cg_fail_memory(r);
    if (document && r->rc == CASEGATE_OK && cg_read_view(r, CASEGATE_VIEW_EVENT, document, NULL, &event, sizeof event) == 0)
        r->rc = casegate_event_copy(r->host, &event, &copy, r->err);
    json_decref(document);
    json_decref(list);
    return copy;
}

static casegate_result missing_out(casegate_error *err)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
}

/* One list; `from` says where in the event it is. */
static casegate_result read_list(casegate_host *host, const char *member, const char *text, size_t len, const void **out,
                                 size_t *count, casegate_error *err)
{
    cg_reader r;
    cg_reader_init(&r, host, err);
    casegate_event *event = read_as(&r, member, text, len);
    if (event) {
        const void *list = event->files;
        size_t n = event->file_count;
        if (event->reason_label_count) list = event->reason_labels, n = event->reason_label_count;
        if (event->changed_count) list = event->changed, n = event->changed_count;
        const void *given = give(host, event, list, n, &r);
        if (!given) casegate_event_free(event);
        else *out = given, *count = n;
    }
    cg_reader_close(&r);
    return r.rc;
}

casegate_result casegate_json_read_files(casegate_host *host, const char *text, size_t len, const casegate_file *const **out,
                                         size_t *count, casegate_error *err)
{
    const void *list = NULL;
    if (!out || !count) return missing_out(err);
    casegate_result rc = read_list(host, "files", text, len, &list, count, err);
    if (rc == CASEGATE_OK) *out = list;
    return rc;
}

casegate_result casegate_json_read_labels(casegate_host *host, const char *text, size_t len, const casegate_label *const **out,
                                          size_t *count, casegate_error *err)
{
    const void *list = NULL;
    if (!out || !count) return missing_out(err);
    casegate_result rc = read_list(host, "reason_label", text, len, &list, count, err);
    if (rc == CASEGATE_OK) *out = list;
    return rc;
}

casegate_result casegate_json_read_lines(casegate_host *host, const char *text, size_t len, const char *const **out,
                                         size_t *count, casegate_error *err)
{
    const void *list = NULL;
    if (!out || !count) return missing_out(err);
    casegate_result rc = read_list(host, "changed", text, len, &list, count, err);
    if (rc == CASEGATE_OK) *out = list;
    return rc;
}

void casegate_json_free_files(casegate_host *host, const casegate_file *const *files) { take_back(host, files); }
void casegate_json_free_labels(casegate_host *host, const casegate_label *const *labels) { take_back(host, labels); }
void casegate_json_free_lines(casegate_host *host, const char *const *lines) { take_back(host, lines); }

casegate_result casegate_json_write_files(const casegate_file *const *files, size_t count, uint32_t indent, casegate_buffer *out)
{
    cg_writer w = { .out = out, .indent = indent };
    if (!out) return CASEGATE_E_NOMEM;
    cg_write_file_list(&w, files, count);
    return cg_written(&w);
}

casegate_result casegate_json_write_labels(const casegate_label *const *labels, size_t count, uint32_t indent,
                                           casegate_buffer *out)
{
    cg_writer w = { .out = out, .indent = indent };
    if (!out) return CASEGATE_E_NOMEM;
    cg_write_label_list(&w, labels, count);
    return cg_written(&w);
}

casegate_result casegate_json_write_lines(const char *const *lines, size_t count, uint32_t indent, casegate_buffer *out)
{
    cg_writer w = { .out = out, .indent = indent };
    if (!out) return CASEGATE_E_NOMEM;
    cg_write_line_list(&w, lines, count);
    return cg_written(&w);
}
