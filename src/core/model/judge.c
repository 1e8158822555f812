/* SPDX-License-Identifier: MIT */
/* judge.c: faults of values: form of members, limits of a content, files that come with a decision. */
#include "model.h"

/* ---- paths ---- */

static char *put(char *to, const char *text)
{
    size_t len = strlen(text);
    memcpy(to, text, len);
    return to + len;
}

/* "#" and the place in decimal. */
static void name_place(size_t place, char out[24])
{
    char digits[24];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + place % 10);
        place /= 10;
    } while (place);
    *out++ = '#';
    while (n) *out++ = digits[--n];
    *out = '\0';
}

char *cg_path(cg_arena *arena, const char *list, const char *id, size_t place, const char *member)
{
    char number[24];
    if (!id) {
        name_place(place, number);
        id = number;
    }
    char *path = cg_arena_alloc(arena, strlen(list) + strlen(id) + strlen(cg_text(member)) + sizeof "[].");
    if (!path) return NULL;
    char *at = put(path, list);
    *at++ = '[';
    at = put(at, id);
    *at++ = ']';
    if (member) {
        *at++ = '.';
        at = put(at, member);
    }
    *at = '\0';
    return path;
}

/* ---- form ---- */

static int32_t lines_problem(const void *value, const casegate_member *member)
{
    const void *const *lines = cg_list_at(value, member);
    for (size_t i = 0; i < cg_count_at(value, member); i++) {
        const char *line = cg_item(lines, i);
        int32_t problem = cg_empty(line) ? CASEGATE_PROBLEM_MISSING : cg_text_problem(CASEGATE_KIND_LINE, line);
        if (problem) return problem;
    }
    return 0;
}

int32_t cg_member_problem(const void *value, int32_t view, const casegate_member *member)
{
    const void *at = cg_at(value, member->offset);
    int is_own_id = view != CASEGATE_VIEW_LABEL && member->offset == offsetof(cg_element, id);
    switch (member->kind) {
    case CASEGATE_KIND_ID:
        if (is_own_id && cg_empty(cg_text_at(value, member))) return CASEGATE_PROBLEM_MISSING;
        return cg_element_id_problem(cg_text_at(value, member));
    case CASEGATE_KIND_LINES:
        return lines_problem(value, member);
    case CASEGATE_KIND_INT32:
        return *(const int32_t *)at < 0 ? CASEGATE_PROBLEM_RANGE : 0;
    case CASEGATE_KIND_INT64:
        return *(const int32_t *)cg_at(value, member->count_offset) && *(const int64_t *)at < 0 ? CASEGATE_PROBLEM_RANGE : 0;
    case CASEGATE_KIND_BOOL:
        return *(const int32_t *)at != 0 && *(const int32_t *)at != 1 ? CASEGATE_PROBLEM_RANGE : 0;
    default:
        return cg_is_text(member) ? cg_text_problem(member->kind, cg_text_at(value, member)) : 0;
    }
}

/* ---- limits ---- */

static int32_t member_excess(const void *value, const casegate_member *member, const size_t *limits)
{
    if (cg_is_text(member))
        return strlen(cg_text(cg_text_at(value, member))) > limits[member->limit] ? CASEGATE_PROBLEM_TOO_LONG : 0;
    if (member->kind != CASEGATE_KIND_LINES) return 0;
    const void *const *lines = cg_list_at(value, member);
    size_t count = cg_count_at(value, member);
    if (count > limits[CG_LIMIT_TEETH]) return CASEGATE_PROBLEM_TOO_MANY;
    for (size_t i = 0; i < count; i++)
        if (strlen(cg_item(lines, i)) > limits[member->limit]) return CASEGATE_PROBLEM_TOO_LONG;
    return 0;
}

/* Reports one fault of an element. */
static casegate_result report(cg_arena *arena, const char *list, const char *id, size_t place, const char *member,
                              int32_t problem, cg_fault_fn *fault, void *user)
{
    const char *path = cg_path(arena, list, id, place, member);
    return path ? fault(user, path, problem) : CASEGATE_E_NOMEM;
}

static casegate_result list_excess(cg_arena *arena, const cg_list *list, size_t at, const size_t *limits, cg_fault_fn *fault,
                                   void *user)
{
    casegate_result rc = CASEGATE_OK;
    int32_t view = cg_list_view(at);
    if (list->count > limits[CG_LIMIT_SERVICES + at]) rc = fault(user, cg_list_name(at), CASEGATE_PROBLEM_TOO_MANY);
    for (size_t i = 0; rc >= 0 && i < list->count; i++) {
        const cg_element *element = list->elements[i];
        for (size_t k = 0; rc >= 0 && k < casegate_member_count(view); k++) {
            const casegate_member *member = casegate_member_at(view, k);
            int32_t problem = member_excess(element, member, limits);
            if (problem) rc = report(arena, cg_list_name(at), element->id, i, member->name, problem, fault, user);
        }
    }
    return rc;
}

static int is_within(const size_t *peak, const size_t *limits)
{
    for (size_t i = 1; i < CG_LIMITS; i++)
        if (peak[i] > limits[i]) return 0;
    return 1;
}

casegate_result cg_content_excess(cg_arena *arena, const casegate_content *content, const size_t *limits, cg_fault_fn *fault,
                                  void *user)
{
    const size_t *peak = cg_content_peak(content);
    if (!content || is_within(peak, limits)) return CASEGATE_OK;
    casegate_result rc = CASEGATE_OK;
    for (size_t i = 0; rc >= 0 && i < CG_CONTENT_TEXTS; i++) {
        const casegate_member *member = casegate_member_at(CASEGATE_VIEW_CONTENT, i);
        if (strlen(content->texts[member->tag]) > limits[member->limit])
            rc = fault(user, member->name, CASEGATE_PROBLEM_TOO_LONG);
    }
    for (size_t at = 0; rc >= 0 && at < CG_LISTS; at++) rc = list_excess(arena, &content->lists[at], at, limits, fault, user);
    if (rc >= 0 && peak[CG_LIMIT_CONTENT] > limits[CG_LIMIT_CONTENT]) rc = fault(user, "content", CASEGATE_PROBLEM_TOO_LONG);
    return rc < 0 ? rc : CASEGATE_OK;
}

/* ---- files of a decision ---- */

static int is_repeated(const casegate_file *const *files, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (!cg_empty(files[i]->id) && cg_same(files[k]->id, files[i]->id)) return 1;
    return 0;
}

static casegate_result judge_file(cg_arena *arena, const casegate_file *const *files, size_t i, const size_t *limits,
                                  cg_fault_fn *fault, void *user)
{
    const char *name = cg_list_name(2), *id = files[i]->id;
    if (cg_empty(id) || cg_element_id_problem(id)) id = NULL;   /* then it is named by its place */
    casegate_result rc = CASEGATE_OK;
    for (size_t k = 0; rc >= 0 && k < casegate_member_count(CASEGATE_VIEW_FILE); k++) {
        const casegate_member *member = casegate_member_at(CASEGATE_VIEW_FILE, k);
        int32_t problem = cg_member_problem(files[i], CASEGATE_VIEW_FILE, member);
        if (!problem) problem = member_excess(files[i], member, limits);
        if (!problem && k == 0 && is_repeated(files, i)) problem = CASEGATE_PROBLEM_DUPLICATE;
        if (problem) rc = report(arena, name, id, i, member->name, problem, fault, user);
    }
    return rc;
}

casegate_result cg_files_judge(cg_arena *arena, const casegate_file *const *files, size_t count, const size_t *limits,
                               cg_fault_fn *fault, void *user)
{
    casegate_result rc = CASEGATE_OK;
    /* Too many are not looked at one by one. */
    if (count > limits[CG_LIMIT_FILES]) rc = fault(user, cg_list_name(2), CASEGATE_PROBLEM_TOO_MANY);
    else for (size_t i = 0; rc >= 0 && i < count; i++) rc = judge_file(arena, files, i, limits, fault, user);
    return rc < 0 ? rc : CASEGATE_OK;
}

static casegate_result adopt_file(cg_arena *arena, const casegate_file *given, const casegate_file **out, casegate_error *err)
{
    void *room = cg_arena_alloc(arena, sizeof *given);
    const void *adopted = NULL;
    if (!room) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    casegate_result rc = cg_adopt(given, sizeof *given, sizeof *given, room, &adopted, err);
    if (rc == CASEGATE_OK) *out = adopted;
    return rc;
}

casegate_result cg_files_adopt(cg_arena *arena, const casegate_file *const *files, size_t count, const casegate_file *const **out,
                               casegate_error *err)
{
    int ours = 1;
    if (count && !files)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "files", "a list is required");
    for (size_t i = 0; i < count; i++) {
        if (!files[i])
            return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "files", "a list lacks an element");
        if (files[i]->size != sizeof *files[i]) ours = 0;
    }
    if (ours) {
        *out = files;
        return CASEGATE_OK;
    }
    if (count > SIZE_MAX / sizeof *files) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    const casegate_file **adopted = cg_arena_alloc(arena, count * sizeof *adopted);
    if (!adopted) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    for (size_t i = 0; i < count; i++) {
        casegate_result rc = adopt_file(arena, files[i], &adopted[i], err);
        if (rc != CASEGATE_OK) return rc;
    }
    *out = adopted;
    return CASEGATE_OK;
}
