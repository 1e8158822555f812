/* SPDX-License-Identifier: MIT */
/* view.c: one walk over a table of members: deep copies and the canonical form of any view. */
#include "model.h"

static casegate_result no_memory(casegate_error *err)
{
    return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
}

static casegate_result no_element(casegate_error *err, const casegate_member *member)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, member->name, "a list lacks an element");
}

static int32_t element_view(const casegate_member *member)
{
    if (member->kind == CASEGATE_KIND_FILES) return CASEGATE_VIEW_FILE;
    return member->kind == CASEGATE_KIND_LABELS ? CASEGATE_VIEW_LABEL : 0;
}

/* A list of texts, files or labels, in place of the borrowed one that `value` has. */
static casegate_result own_list(cg_arena *arena, void *value, const casegate_member *member, casegate_error *err)
{
    const void *const *given = cg_list_at(value, member);
    size_t count = cg_count_at(value, member);
    void **own = NULL;
    if (count && !given) return no_element(err, member);
    if (count > SIZE_MAX / sizeof *own) return no_memory(err);
    if (count && !(own = cg_arena_alloc(arena, count * sizeof *own))) return no_memory(err);

    int32_t view = element_view(member);
    for (size_t i = 0; i < count; i++) {
        const void *item = cg_item(given, i);
        if (!item) return no_element(err, member);
        void *copy = NULL;
        casegate_result rc = CASEGATE_OK;
        if (view) rc = cg_view_copy(arena, view, item, &copy, err);
        else if (!(copy = cg_arena_text(arena, item))) rc = no_memory(err);
        if (rc != CASEGATE_OK) return rc;
        memcpy(&own[i], &copy, sizeof copy);
    }
    memcpy((char *)value + member->offset, &own, sizeof own);
    return CASEGATE_OK;
}

static casegate_result own_text(cg_arena *arena, void *value, const casegate_member *member, casegate_error *err)
{
    const char *given = cg_text_at(value, member);
    char *own = NULL;
    if (!cg_empty(given) && !(own = cg_arena_text(arena, given))) return no_memory(err);
    memcpy((char *)value + member->offset, &own, sizeof own);
    return CASEGATE_OK;
}

/* A copy into room of our size: first as it lies there, then every pointer in it made our own. */
static casegate_result copy_into(cg_arena *arena, const cg_view *view, const void *given, void *room, casegate_error *err)
{
    const void *adopted;
    casegate_result rc = cg_adopt(given, view->size, view->size, room, &adopted, err);
    if (rc == CASEGATE_OK && adopted != room) memcpy(room, adopted, view->size);
    for (size_t i = 0; rc == CASEGATE_OK && i < view->count; i++) {
        const casegate_member *member = &view->members[i];
        if (cg_is_text(member)) rc = own_text(arena, room, member, err);
        else if (member->kind == CASEGATE_KIND_LINES || element_view(member)) rc = own_list(arena, room, member, err);
    }
    return rc;
}

casegate_result cg_view_copy(cg_arena *arena, int32_t view, const void *given, void **out, casegate_error *err)
{
    const cg_view *known = cg_view_of(view);
    if (!known || known->size == 0)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "view", "there is no such view");
    void *room = cg_arena_alloc(arena, known->size);
    if (!room) return no_memory(err);
    casegate_result rc = copy_into(arena, known, given, room, err);
    if (rc == CASEGATE_OK) *out = room;
    return rc;
}

/* ---- canonical form ---- */

enum { TAGS = 32 };

static void form_list(casegate_buffer *out, const void *value, const casegate_member *member)
{
    const void *const *list = cg_list_at(value, member);
    size_t count = list ? cg_count_at(value, member) : 0;
    int32_t view = element_view(member);
    for (size_t i = 0; i < count; i++) {
        if (!view) {
            cg_form_text(out, (uint16_t)member->tag, cg_item(list, i));
            continue;
        }
        size_t open = cg_form_open(out, (uint16_t)member->tag);
        cg_view_form(out, view, cg_item(list, i));
        cg_form_close(out, open);
    }
}

static void form_number(casegate_buffer *out, int32_t view, const void *value, const casegate_member *member)
{
    const void *at = cg_at(value, member->offset);
    uint16_t tag = (uint16_t)member->tag;
    if (member->kind == CASEGATE_KIND_TIME) {
        cg_form_int(out, tag, *(const int64_t *)at);
    } else if (member->kind == CASEGATE_KIND_INT64) {   /* the size of a file: zero is known, or it is unknown */
        if (*(const int32_t *)cg_at(value, member->count_offset)) cg_form_int_always(out, tag, *(const int64_t *)at);
    } else if (member->kind == CASEGATE_KIND_UINT32) {
        cg_form_int(out, tag, *(const uint32_t *)at);
    } else {
        int32_t number = *(const int32_t *)at;
        int is_default = view == CASEGATE_VIEW_SERVICE && number == 1;   /* quantity: one unless said otherwise */
        if (!is_default) cg_form_int(out, tag, number);
    }
}

void cg_view_form(casegate_buffer *out, int32_t view, const void *value)
{
    const cg_view *known = cg_view_of(view);
    if (!known || known->size == 0 || !value) return;
    const casegate_member *by_tag[TAGS] = { NULL };
    for (size_t i = 0; i < known->count; i++) by_tag[known->members[i].tag] = &known->members[i];

    for (size_t tag = 1; tag < TAGS; tag++) {
        const casegate_member *member = by_tag[tag];
        if (!member) continue;
        if (cg_is_text(member)) cg_form_text(out, (uint16_t)tag, cg_text_at(value, member));
        else if (member->kind == CASEGATE_KIND_LINES || element_view(member)) form_list(out, value, member);
        else form_number(out, view, value, member);
    }
}

/* ---- copies that own themselves ---- */

/* In front of every copy, in the copy's own arena. */
typedef struct owner { cg_arena arena; } owner;
enum { OWNER = (sizeof(owner) + 7) / 8 * 8 };

static casegate_result copy_owned(casegate_host *host, int32_t view, const void *given, void **out, casegate_error *err)
{
    const cg_view *known = cg_view_of(view);
    cg_arena arena;
    if (!given || !out)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, given ? "out" : "given",
                                  "an argument is required");
    cg_arena_init(&arena, host);
    char *block = cg_arena_alloc(&arena, OWNER + known->size);
    casegate_result rc = block ? copy_into(&arena, known, given, block + OWNER, err) : no_memory(err);
    if (rc != CASEGATE_OK) {
        cg_arena_free(&arena);
        return rc;
    }
    casegate_host_ref(host);
    memcpy(block, &arena, sizeof arena);
    *out = block + OWNER;
    return CASEGATE_OK;
}

static void free_owned(void *copy)
{
    if (!copy) return;
    cg_arena arena;
    memcpy(&arena, (char *)copy - OWNER, sizeof arena);
    cg_arena_free(&arena);
    casegate_host_unref(arena.host);
}

#define INIT_COPY_FREE(name, view) \
    void casegate_##name##_init(casegate_##name *name, size_t size) { cg_init(name, size); } \
    casegate_result casegate_##name##_copy(casegate_host *host, const casegate_##name *name, casegate_##name **out, \
                                           casegate_error *err) { \
        void *copy = NULL; \
        casegate_result rc = copy_owned(host, view, name, out ? &copy : NULL, err); \
        if (rc == CASEGATE_OK) *out = copy; \
        return rc; \
    } \
    void casegate_##name##_free(casegate_##name *name) { free_owned(name); }

INIT_COPY_FREE(head, CASEGATE_VIEW_HEAD)
INIT_COPY_FREE(event, CASEGATE_VIEW_EVENT)
INIT_COPY_FREE(notice, CASEGATE_VIEW_NOTICE)

void casegate_label_init(casegate_label *label, size_t size) { cg_init(label, size); }
void casegate_service_init(casegate_service *service, size_t size) { cg_init(service, size); }
void casegate_answer_init(casegate_answer *answer, size_t size) { cg_init(answer, size); }
void casegate_file_init(casegate_file *file, size_t size) { cg_init(file, size); }
