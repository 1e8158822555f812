/* SPDX-License-Identifier: MIT */
/* answers.c: what a store answers, judged and copied at once. */
#include "engine.h"

void cg_answers_init(casegate_answers *answers, casegate_host *host)
{
    *answers = (casegate_answers) { .number = 0 };
    cg_arena_init(&answers->arena, host);
}

static void drop_contents(casegate_answers *answers)
{
    for (size_t i = 0; i < answers->contents.count; i++) casegate_content_unref(cg_content_in(answers, i)->content);
}

void cg_answers_reset(casegate_answers *answers)
{
    const cg_vector none = { NULL, 0, 0 };   /* the lists live in the arena */
    drop_contents(answers);
    answers->heads = answers->events = answers->notices = answers->contents = answers->details = none;
    answers->number = 0;
    answers->failed = CASEGATE_OK;
    cg_arena_reset(&answers->arena);
}

void cg_answers_close(casegate_answers *answers)
{
    drop_contents(answers);
    cg_arena_free(&answers->arena);
}

casegate_result cg_vector_add(cg_arena *arena, cg_vector *list, const void *item)
{
    if (list->count == list->room) {
        size_t wanted = list->room ? list->room * 2 : 8;
        const void **larger = cg_arena_alloc(arena, wanted * sizeof *larger);
        if (!larger) return CASEGATE_E_NOMEM;
        if (list->count) memcpy(larger, list->items, list->count * sizeof *larger);
        list->items = larger;
        list->room = wanted;
    }
    list->items[list->count++] = item;
    return CASEGATE_OK;
}

/* Takes a value into a list; what cannot be taken is remembered. */
static casegate_result take(casegate_answers *answers, cg_vector *list, int32_t view, const void *value, casegate_error *err)
{
    void *copy = NULL;
    casegate_result rc = cg_view_copy(&answers->arena, view, value, &copy, err);
    if (rc == CASEGATE_OK && view == CASEGATE_VIEW_HEAD) rc = cg_head_judge(copy, err);
    if (rc == CASEGATE_OK) rc = cg_vector_add(&answers->arena, list, copy);
    if (rc == CASEGATE_E_NOMEM) casegate_error_set(err, rc, 0, NULL, NULL);
    if (rc != CASEGATE_OK) answers->failed = rc;
    return rc;
}

static casegate_result no_answers(casegate_error *err)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "answers", "is NULL");
}

casegate_result casegate_answer_head(casegate_answers *answers, const casegate_head *head, casegate_error *err)
{
    return answers ? take(answers, &answers->heads, CASEGATE_VIEW_HEAD, head, err) : no_answers(err);
}

casegate_result casegate_answer_event(casegate_answers *answers, const casegate_event *event, casegate_error *err)
{
    return answers ? take(answers, &answers->events, CASEGATE_VIEW_EVENT, event, err) : no_answers(err);
}

casegate_result casegate_answer_notice(casegate_answers *answers, const casegate_notice *notice, casegate_error *err)
{
    return answers ? take(answers, &answers->notices, CASEGATE_VIEW_NOTICE, notice, err) : no_answers(err);
}

casegate_result casegate_answer_count(casegate_answers *answers, uint64_t count, casegate_error *err)
{
    if (!answers) return no_answers(err);
    answers->number = count;
    return CASEGATE_OK;
}

void casegate_detail_init(casegate_detail *detail, size_t size) { cg_init(detail, size); }

static casegate_result take_detail(casegate_answers *answers, const casegate_detail *detail, casegate_error *err)
{
    casegate_detail room, *copy;
    const void *given;
    casegate_result rc = cg_adopt(detail, sizeof room, sizeof room, &room, &given, err);
    if (rc != CASEGATE_OK) return rc;
    if (cg_empty(((const casegate_detail *)given)->name))
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "name", "a detail needs it");
    copy = cg_arena_alloc(&answers->arena, sizeof *copy);
    if (!copy) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    *copy = *(const casegate_detail *)given;
    copy->name = cg_arena_text(&answers->arena, copy->name);
    copy->value = cg_arena_text(&answers->arena, cg_text(copy->value));
    copy->problem = cg_arena_text(&answers->arena, cg_text(copy->problem));
    if (copy->name && copy->value && copy->problem && cg_vector_add(&answers->arena, &answers->details, copy) == CASEGATE_OK)
        return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
}

casegate_result casegate_answer_detail(casegate_answers *answers, const casegate_detail *detail, casegate_error *err)
{
    if (!answers) return no_answers(err);
    casegate_result rc = take_detail(answers, detail, err);
    if (rc != CASEGATE_OK) answers->failed = rc;
    return rc;
}

void casegate_stored_content_init(casegate_stored_content *content, size_t size) { cg_init(content, size); }

casegate_result casegate_answer_content(casegate_answers *answers, const casegate_stored_content *content, casegate_error *err)
{
    casegate_stored_content room, *copy;
    const void *given;
    if (!answers) return no_answers(err);
    casegate_result rc = cg_adopt(content, sizeof room, sizeof room, &room, &given, err);
    if (rc != CASEGATE_OK) return answers->failed = rc;
    copy = cg_arena_alloc(&answers->arena, sizeof *copy);
    if (!copy) return answers->failed = casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    *copy = *(const casegate_stored_content *)given;
    copy->digest = cg_arena_text(&answers->arena, cg_text(copy->digest));
    copy->salt = cg_arena_text(&answers->arena, cg_text(copy->salt));
    if (!copy->digest || !copy->salt || cg_vector_add(&answers->arena, &answers->contents, copy) != CASEGATE_OK)
        return answers->failed = casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    copy->content = casegate_content_ref(copy->content);
    return CASEGATE_OK;
}

/* ---- for those who wrap a store, or test one ---------------------------------------------------------------------------- */

casegate_answers *casegate_answers_new(casegate_host *host)
{
    casegate_answers *answers = cg_zalloc(host, sizeof *answers);
    if (answers) cg_answers_init(answers, casegate_host_ref(host));
    return answers;
}

void casegate_answers_free(casegate_answers *answers)
{
    if (!answers) return;
    casegate_host *host = answers->arena.host;
    cg_answers_close(answers);
    casegate_release(host, answers);
    casegate_host_unref(host);
}

void casegate_answers_clear(casegate_answers *answers)
{
    if (answers) cg_answers_reset(answers);
}

const casegate_head *casegate_answers_head(const casegate_answers *answers, size_t i) { return answers ? cg_head_in(answers, i) : NULL; }
const casegate_event *casegate_answers_event(const casegate_answers *answers, size_t i) { return answers ? cg_event_in(answers, i) : NULL; }
const casegate_notice *casegate_answers_notice(const casegate_answers *answers, size_t i) { return answers ? cg_notice_in(answers, i) : NULL; }
const casegate_detail *casegate_answers_detail(const casegate_answers *answers, size_t i) { return answers ? cg_detail_in(answers, i) : NULL; }
const casegate_stored_content *casegate_answers_content(const casegate_answers *answers, size_t i)
{
    return answers ? cg_content_in(answers, i) : NULL;
}
uint64_t casegate_answers_number(const casegate_answers *answers) { return answers ? answers->number : 0; }
