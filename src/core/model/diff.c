/* SPDX-License-Identifier: MIT */
/* diff.c: in which field paths two contents differ. */
#include "model.h"

enum { FIRST_ROOM = 16 };

struct casegate_paths { cg_arena arena; const char *const *paths; size_t count; };

typedef struct walk { cg_arena *arena; const char **paths; size_t count, room; casegate_result rc; } walk;

static void add(walk *w, const char *path)
{
    if (w->rc != CASEGATE_OK) return;
    if (path && w->count == w->room) {
        size_t room = w->room ? 2 * w->room : FIRST_ROOM;
        const char **paths = cg_arena_alloc(w->arena, room * sizeof *paths);
        if (paths && w->count) memcpy(paths, w->paths, w->count * sizeof *paths);
        if (paths) w->room = room;
        if (paths) w->paths = paths;
    }
    if (!path || w->count == w->room) w->rc = CASEGATE_E_NOMEM;
    else w->paths[w->count++] = path;
}

/* ---- one element ---- */

static int same_lines(const void *a, const void *b, const casegate_member *member)
{
    size_t count = cg_count_at(a, member);
    if (count != cg_count_at(b, member)) return 0;
    const void *const *left = cg_list_at(a, member), *const *right = cg_list_at(b, member);
    for (size_t i = 0; i < count; i++)
        if (!cg_same(cg_item(left, i), cg_item(right, i))) return 0;
    return 1;
}

static int same_member(const void *a, const void *b, const casegate_member *member)
{
    if (cg_is_text(member)) return cg_same(cg_text_at(a, member), cg_text_at(b, member));
    if (member->kind == CASEGATE_KIND_LINES) return same_lines(a, b, member);
    if (member->kind != CASEGATE_KIND_INT64)
        return *(const int32_t *)cg_at(a, member->offset) == *(const int32_t *)cg_at(b, member->offset);
    /* An unknown size is another than a known one. */
    return *(const int64_t *)cg_at(a, member->offset) == *(const int64_t *)cg_at(b, member->offset)
        && *(const int32_t *)cg_at(a, member->count_offset) == *(const int32_t *)cg_at(b, member->count_offset);
}

static void diff_element(walk *w, size_t at, const cg_element *a, const cg_element *b)
{
    int32_t view = cg_list_view(at);
    for (size_t i = 0; i < casegate_member_count(view); i++) {
        const casegate_member *member = casegate_member_at(view, i);
        if (!same_member(a, b, member)) add(w, cg_path(w->arena, cg_list_name(at), a->id, 0, member->name));
    }
}

/* ---- one list ---- */

static const cg_element *by_id(const cg_list *list, size_t i) { return i < list->count ? list->elements[list->by_id[i]] : NULL; }

/* Both lists by id, side by side. twins[place in a]: place in b + 1, 0 if it went. */
static void diff_elements(walk *w, size_t at, const cg_list *a, const cg_list *b, size_t *twins)
{
    for (size_t i = 0, k = 0; i < a->count || k < b->count;) {
        const cg_element *left = by_id(a, i), *right = by_id(b, k);
        int order = !left ? 1 : !right ? -1 : strcmp(left->id, right->id);
        if (order != 0) {
            add(w, cg_path(w->arena, cg_list_name(at), order < 0 ? left->id : right->id, 0, NULL));
            if (order < 0) twins[a->by_id[i++]] = 0;
            else k++;
            continue;
        }
        diff_element(w, at, left, right);
        twins[a->by_id[i++]] = b->by_id[k++] + 1;
    }
}

static void diff_list(walk *w, size_t at, const cg_list *a, const cg_list *b)
{
    size_t *twins = cg_arena_alloc(w->arena, a->count * sizeof *twins);
    if (!twins) {
        w->rc = CASEGATE_E_NOMEM;
        return;
    }
    diff_elements(w, at, a, b, twins);
    size_t last = 0;
    for (size_t i = 0; i < a->count; i++) {
        if (twins[i] && twins[i] < last) {   /* what both have stands in another order */
            add(w, cg_list_name(at));
            return;
        }
        if (twins[i]) last = twins[i];
    }
}

/* ---- contents ---- */

static int path_less(const void *user, size_t a, size_t b)
{
    const walk *w = user;
    return strcmp(w->paths[a], w->paths[b]) < 0;
}

static void path_swap(void *user, size_t a, size_t b)
{
    walk *w = user;
    const char *path = w->paths[a];
    w->paths[a] = w->paths[b];
    w->paths[b] = path;
}

casegate_result cg_content_paths(cg_arena *arena, const casegate_content *a, const casegate_content *b, const char *const **paths,
                                 size_t *count, casegate_error *err)
{
    static const cg_list none = { 0 };
    walk w = { .arena = arena };
    if (a != b) {
        for (int32_t field = 1; field <= CG_CONTENT_TEXTS; field++)
            if (!cg_same(casegate_content_get(a, field), casegate_content_get(b, field)))
                add(&w, casegate_member_at(CASEGATE_VIEW_CONTENT, (size_t)field - 1)->name);
        for (size_t at = 0; at < CG_LISTS; at++) diff_list(&w, at, a ? &a->lists[at] : &none, b ? &b->lists[at] : &none);
    }
    if (w.rc != CASEGATE_OK) return casegate_error_set(err, w.rc, 0, NULL, "out of memory");
    cg_sort(&w, w.count, path_less, path_swap);
    *paths = w.paths;
    *count = w.count;
    return CASEGATE_OK;
}

casegate_result casegate_content_diff(const casegate_content *a, const casegate_content *b, casegate_paths **out,
                                      casegate_error *err)
{
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "an output is required");
    casegate_host *host = a ? a->arena.host : b ? b->arena.host : NULL;
    cg_arena arena;
    cg_arena_init(&arena, host);
    casegate_paths *found = cg_arena_alloc(&arena, sizeof *found);
    casegate_result rc = CASEGATE_OK;
    if (!found) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    rc = cg_content_paths(&arena, a, b, &found->paths, &found->count, err);
    if (rc != CASEGATE_OK) {
        cg_arena_free(&arena);
        return rc;
    }
    casegate_host_ref(host);
    found->arena = arena;
    *out = found;
    return CASEGATE_OK;
}

size_t casegate_paths_count(const casegate_paths *paths) { return paths ? paths->count : 0; }

const char *casegate_paths_at(const casegate_paths *paths, size_t i)
{
    return paths && i < paths->count ? paths->paths[i] : NULL;
}

void casegate_paths_free(casegate_paths *paths)
{
    if (!paths) return;
    cg_arena arena = paths->arena;
    cg_arena_free(&arena);
    casegate_host_unref(arena.host);
}
