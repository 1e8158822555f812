/* SPDX-License-Identifier: MIT */
/* content.c: how a content is built, judged and asked. */
#include "model.h"

enum { FIRST_LIST = CASEGATE_CONTENT_SERVICES, FIRST_ROOM = 8 };
#define CONTENT_DOMAIN "casegate content 1"

struct casegate_content_builder {
    cg_arena arena;   /* becomes the content's; holds the builder as well */
    casegate_result rc;
    casegate_error error;
    const char *texts[CG_CONTENT_TEXTS + 1];
    cg_list lists[CG_LISTS];
};

int32_t cg_list_view(size_t list)
{
    static const int32_t views[CG_LISTS] = { CASEGATE_VIEW_SERVICE, CASEGATE_VIEW_ANSWER, CASEGATE_VIEW_FILE };
    return views[list];
}

const char *cg_list_name(size_t list) { return casegate_member_at(CASEGATE_VIEW_CONTENT, FIRST_LIST - 1 + list)->name; }

/* ---- building ---- */

static void fail(casegate_content_builder *b, casegate_result rc, int32_t problem, const char *field, const char *text)
{
    b->rc = casegate_error_set(&b->error, rc, problem, field, text);
}

static void fail_memory(casegate_content_builder *b) { fail(b, CASEGATE_E_NOMEM, 0, NULL, "out of memory"); }

static void fail_member(casegate_content_builder *b, size_t list, const char *id, size_t place, const char *member,
                        int32_t problem)
{
    const char *path = cg_path(&b->arena, cg_list_name(list), id, place, member);
    if (path) fail(b, CASEGATE_E_INVALID, problem, path, "a value of the content is malformed");
    else fail_memory(b);
}

casegate_content_builder *casegate_content_builder_new(casegate_host *host, const casegate_content *from)
{
    cg_arena arena;
    cg_arena_init(&arena, host);
    casegate_content_builder *b = cg_arena_alloc(&arena, sizeof *b);
    if (!b) return NULL;
    memset(b, 0, sizeof *b);
    b->arena = arena;
    b->error.size = sizeof b->error;
    casegate_host_ref(host);
    if (!from) return b;

    for (int32_t field = 1; field <= CG_CONTENT_TEXTS; field++) casegate_content_set(b, field, from->texts[field]);
    for (size_t i = 0; i < casegate_content_service_count(from); i++)
        casegate_content_add_service(b, casegate_content_service(from, i));
    for (size_t i = 0; i < casegate_content_answer_count(from); i++)
        casegate_content_add_answer(b, casegate_content_answer(from, i));
    for (size_t i = 0; i < casegate_content_file_count(from); i++)
        casegate_content_add_file(b, casegate_content_file(from, i));
    return b;
}

void casegate_content_builder_free(casegate_content_builder *builder)
{
    if (!builder) return;
    cg_arena arena = builder->arena;
    cg_arena_free(&arena);
    casegate_host_unref(arena.host);
}

void casegate_content_set(casegate_content_builder *builder, int32_t field, const char *value)
{
    if (!builder || builder->rc != CASEGATE_OK) return;
    if (field < 1 || field > CG_CONTENT_TEXTS) {
        fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "field", "there is no such text field");
        return;
    }
    const casegate_member *member = casegate_member_at(CASEGATE_VIEW_CONTENT, (size_t)field - 1);
    int32_t problem = member->kind == CASEGATE_KIND_ID ? cg_element_id_problem(value) : cg_text_problem(member->kind, value);
    if (problem) {
        fail(builder, CASEGATE_E_INVALID, problem, member->name, "a value of the content is malformed");
        return;
    }
    builder->texts[field] = cg_empty(value) ? NULL : cg_arena_text(&builder->arena, value);
    if (!cg_empty(value) && !builder->texts[field]) fail_memory(builder);
}

static int append(casegate_content_builder *b, cg_list *list, const cg_element *element)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : FIRST_ROOM;
        const cg_element **elements = cg_arena_alloc(&b->arena, room * sizeof *elements);
        if (!elements) return 0;
        if (list->count) memcpy(elements, list->elements, list->count * sizeof *elements);
        list->elements = elements;
        list->room = room;
    }
    list->elements[list->count++] = element;
    return 1;
}

/* The first problem of an element's members; 0 if there is none. */
static int32_t judge_element(int32_t view, const cg_element *element, const char **member)
{
    for (size_t i = 0; i < casegate_member_count(view); i++) {
        const casegate_member *one = casegate_member_at(view, i);
        int32_t problem = cg_member_problem(element, view, one);
        if (!problem) continue;
        *member = one->name;
        return problem;
    }
    return 0;
}

/* Absent texts are "" in a content, so that nobody who asks it has to look for NULL. */
static void fill_texts(int32_t view, void *element)
{
    static const char *const empty = "";
    for (size_t i = 0; i < casegate_member_count(view); i++) {
        const casegate_member *member = casegate_member_at(view, i);
        if (cg_is_text(member) && !cg_text_at(element, member)) memcpy((char *)element + member->offset, &empty, sizeof empty);
    }
}

static cg_element *add(casegate_content_builder *b, size_t at, const void *given)
{
    if (!b || b->rc != CASEGATE_OK) return NULL;
    cg_list *list = &b->lists[at];
    int32_t view = cg_list_view(at);
    void *copy = NULL;
    b->rc = cg_view_copy(&b->arena, view, given, &copy, &b->error);
    if (b->rc != CASEGATE_OK) return NULL;

    cg_element *element = copy;
    const char *member = "";
    int32_t problem = judge_element(view, element, &member);
    if (problem) {
        const char *id = cg_empty(element->id) || cg_element_id_problem(element->id) ? NULL : element->id;
        fail_member(b, at, id, list->count, member, problem);
        return NULL;
    }
    fill_texts(view, element);
    if (append(b, list, element)) return element;
    fail_memory(b);
    return NULL;
}

void casegate_content_add_service(casegate_content_builder *builder, const casegate_service *service)
{
    casegate_service *own = (casegate_service *)add(builder, 0, service);
    if (own && own->quantity == 0) own->quantity = 1;
}

void casegate_content_add_answer(casegate_content_builder *builder, const casegate_answer *answer) { add(builder, 1, answer); }

void casegate_content_add_file(casegate_content_builder *builder, const casegate_file *file)
{
    casegate_file *own = (casegate_file *)add(builder, 2, file);
    if (!own) return;
    own->size_known = own->size_known != 0;
    if (!own->size_known) own->bytes = 0;
}

void casegate_content_remove(casegate_content_builder *builder, int32_t list, const char *id)
{
    if (!builder || builder->rc != CASEGATE_OK) return;
    if (list < FIRST_LIST || list >= FIRST_LIST + CG_LISTS) {
        fail(builder, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "list", "there is no such list");
        return;
    }
    cg_list *from = &builder->lists[list - FIRST_LIST];
    size_t kept = 0;
    for (size_t i = 0; id && i < from->count; i++)
        if (strcmp(from->elements[i]->id, id) != 0) from->elements[kept++] = from->elements[i];
    from->count = kept;
}

/* ---- finishing ---- */

static int id_less(const void *user, size_t a, size_t b)
{
    const cg_list *list = user;
    return strcmp(list->elements[list->by_id[a]]->id, list->elements[list->by_id[b]]->id) < 0;
}

static void id_swap(void *user, size_t a, size_t b)
{
    cg_list *list = user;
    size_t place = list->by_id[a];
    list->by_id[a] = list->by_id[b];
    list->by_id[b] = place;
}

/* Sorts a list by id, which shows what is there twice. */
static void finish_list(casegate_content_builder *b, size_t at)
{
    cg_list *list = &b->lists[at];
    if (b->rc != CASEGATE_OK || list->count == 0) return;
    list->by_id = cg_arena_alloc(&b->arena, list->count * sizeof *list->by_id);
    if (!list->by_id) {
        fail_memory(b);
        return;
    }
    for (size_t i = 0; i < list->count; i++) list->by_id[i] = i;
    cg_sort(list, list->count, id_less, id_swap);
    for (size_t i = 1; i < list->count; i++) {
        const char *id = list->elements[list->by_id[i]]->id;
        if (strcmp(list->elements[list->by_id[i - 1]]->id, id) != 0) continue;
        fail_member(b, at, id, 0, "id", CASEGATE_PROBLEM_DUPLICATE);
        return;
    }
}

static void raise(size_t *peak, size_t value)
{
    if (*peak < value) *peak = value;
}

/* What the limits judge, of one element. */
static void peak_of_element(size_t *peak, int32_t view, const cg_element *element)
{
    for (size_t i = 0; i < casegate_member_count(view); i++) {
        const casegate_member *member = casegate_member_at(view, i);
        if (cg_is_text(member)) {
            raise(&peak[member->limit], strlen(cg_text_at(element, member)));
        } else if (member->kind == CASEGATE_KIND_LINES) {
            const void *const *lines = cg_list_at(element, member);
            size_t count = cg_count_at(element, member);
            raise(&peak[CG_LIMIT_TEETH], count);
            for (size_t k = 0; k < count; k++) raise(&peak[member->limit], strlen(cg_item(lines, k)));
        }
    }
}

static casegate_result measure(casegate_content *content)
{
    size_t *peak = content->peak;
    for (size_t i = 0; i < CG_CONTENT_TEXTS; i++)
        raise(&peak[casegate_member_at(CASEGATE_VIEW_CONTENT, i)->limit], strlen(content->texts[i + 1]));
    for (size_t at = 0; at < CG_LISTS; at++) {
        peak[CG_LIMIT_SERVICES + at] = content->lists[at].count;
        for (size_t i = 0; i < content->lists[at].count; i++)
            peak_of_element(peak, cg_list_view(at), content->lists[at].elements[i]);
    }
    casegate_buffer form = { .host = content->arena.host };
    casegate_result rc = casegate_content_canonical(content, &form);
    peak[CG_LIMIT_CONTENT] = form.length;
    casegate_release(form.host, form.data);
    return rc;
}

casegate_result casegate_content_builder_finish(casegate_content_builder *builder, casegate_content **out, casegate_error *err)
{
    if (!builder) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    casegate_content_builder *b = builder;
    if (!out && b->rc == CASEGATE_OK) fail(b, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "an output is required");
    for (size_t at = 0; at < CG_LISTS; at++) finish_list(b, at);

    casegate_content *content = b->rc == CASEGATE_OK ? cg_arena_alloc(&b->arena, sizeof *content) : NULL;
    if (content) {
        memset(content, 0, sizeof *content);
        cg_count_init(&content->count);
        content->arena = b->arena;
        for (int32_t field = 0; field <= CG_CONTENT_TEXTS; field++) content->texts[field] = cg_text(b->texts[field]);
        memcpy(content->lists, b->lists, sizeof b->lists);
    }
    if (b->rc == CASEGATE_OK && (!content || measure(content) != CASEGATE_OK)) fail_memory(b);
    if (b->rc == CASEGATE_OK) {
        *out = content;
        return CASEGATE_OK;
    }
    casegate_result rc = casegate_error_set(err, b->rc, b->error.host_code, b->error.field, b->error.text);
    casegate_content_builder_free(b);
    return rc;
}

/* ---- asking ---- */

casegate_content *casegate_content_ref(const casegate_content *content)
{
    if (content) cg_count_up(&content->count);
    return (casegate_content *)(uintptr_t)content;
}

void casegate_content_unref(const casegate_content *content)
{
    if (!content || !cg_count_down(&content->count)) return;
    cg_arena arena = content->arena;
    cg_arena_free(&arena);
    casegate_host_unref(arena.host);
}

const char *casegate_content_get(const casegate_content *content, int32_t field)
{
    return content && field >= 1 && field <= CG_CONTENT_TEXTS ? content->texts[field] : "";
}

static size_t list_count(const casegate_content *content, size_t at) { return content ? content->lists[at].count : 0; }

static const void *list_element(const casegate_content *content, size_t at, size_t i)
{
    return i < list_count(content, at) ? content->lists[at].elements[i] : NULL;
}

size_t casegate_content_service_count(const casegate_content *content) { return list_count(content, 0); }
const casegate_service *casegate_content_service(const casegate_content *content, size_t i)
{
    return list_element(content, 0, i);
}
size_t casegate_content_answer_count(const casegate_content *content) { return list_count(content, 1); }
const casegate_answer *casegate_content_answer(const casegate_content *content, size_t i)
{
    return list_element(content, 1, i);
}
size_t casegate_content_file_count(const casegate_content *content) { return list_count(content, 2); }
const casegate_file *casegate_content_file(const casegate_content *content, size_t i)
{
    return list_element(content, 2, i);
}

const size_t *cg_content_peak(const casegate_content *content)
{
    static const size_t nothing[CG_LIMITS] = { 0 };
    return content ? content->peak : nothing;
}

size_t casegate_content_size(const casegate_content *content) { return cg_content_peak(content)[CG_LIMIT_CONTENT]; }

/* ---- canonical form ---- */

void cg_content_form(casegate_buffer *out, const casegate_content *content)
{
    if (!content) return;
    for (uint16_t field = 1; field <= CG_CONTENT_TEXTS; field++) cg_form_text(out, field, content->texts[field]);
    for (size_t at = 0; at < CG_LISTS; at++) {
        for (size_t i = 0; i < content->lists[at].count; i++) {
            size_t open = cg_form_open(out, (uint16_t)(FIRST_LIST + at));
            cg_view_form(out, cg_list_view(at), content->lists[at].elements[i]);
            cg_form_close(out, open);
        }
    }
}

casegate_result casegate_content_canonical(const casegate_content *content, casegate_buffer *out)
{
    if (!content || !out) return CASEGATE_E_INVALID;
    cg_form_begin(out, CONTENT_DOMAIN, NULL);
    cg_content_form(out, content);
    return out->status;
}

casegate_result cg_content_digest(casegate_host *host, casegate_buffer *scratch, const casegate_content *content,
                                  const char *salt, char out[67], casegate_error *err)
{
    casegate_buffer_clear(scratch);
    cg_form_begin(scratch, CONTENT_DOMAIN, salt);
    cg_content_form(scratch, content);
    return cg_digest_text(host, NULL, scratch, out, err);
}

casegate_result casegate_content_digest(const casegate_content *content, const char *salt, char out[67], casegate_error *err)
{
    if (!content || !out)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, content ? "out" : "content",
                                  "an argument is required");
    casegate_buffer scratch = { .host = content->arena.host };
    casegate_result rc = cg_content_digest(scratch.host, &scratch, content, salt, out, err);
    casegate_release(scratch.host, scratch.data);
    return rc;
}

void cg_head_summarize(casegate_head *head, const casegate_content *content)
{
    head->dentist = casegate_content_get(content, CASEGATE_CONTENT_DENTIST_ID);
    head->clinic_email = casegate_content_get(content, CASEGATE_CONTENT_CLINIC_EMAIL);
    head->dentist_email = casegate_content_get(content, CASEGATE_CONTENT_DENTIST_EMAIL);
    head->reference = casegate_content_get(content, CASEGATE_CONTENT_REFERENCE);
    head->patient_name = casegate_content_get(content, CASEGATE_CONTENT_PATIENT_NAME);
    head->dentist_name = casegate_content_get(content, CASEGATE_CONTENT_DENTIST_NAME);
    head->due = casegate_content_get(content, CASEGATE_CONTENT_DUE);
    head->service_count = (uint32_t)casegate_content_service_count(content);
}
