/* SPDX-License-Identifier: MIT */
/* model.h: the values inside: contents, views by table, how an event changes a head. */
#ifndef CG_MODEL_H
#define CG_MODEL_H

#include <casegate/case.h>
#include "../base/base.h"

#define CG_LIMITS 11   /* CASEGATE_LIMIT_... + 1, see workflow.h */
/* CASEGATE_LIMIT_... by value: this layer does not know workflow.h; rules assert that they are the same. */
enum { CG_LIMIT_IDS = 1, CG_LIMIT_LINE = 2, CG_LIMIT_TEXT = 3, CG_LIMIT_INSTRUCTIONS = 4, CG_LIMIT_URI = 5, CG_LIMIT_SERVICES = 6,
       CG_LIMIT_ANSWERS = 7, CG_LIMIT_FILES = 8, CG_LIMIT_TEETH = 9, CG_LIMIT_CONTENT = 10 };

/* Members (members.c). */
/* size: of the struct, 0 for a content */
typedef struct cg_view { const casegate_member *members; size_t count, size; } cg_view;
const cg_view *cg_view_of(int32_t view);                   /* NULL for an unknown view */
int cg_is_text(const casegate_member *member);             /* of a kind that is one `const char *` */
static inline const void *cg_at(const void *value, size_t offset) { return (const char *)value + offset; }
static inline const char *cg_text_at(const void *value, const casegate_member *member) {
    return *(const char *const *)cg_at(value, member->offset);
}
static inline size_t cg_count_at(const void *value, const casegate_member *member) {
    return *(const size_t *)cg_at(value, member->count_offset);
}
/* Lists of any element are read as bytes: their pointers have other types than ours. */
static inline const void *const *cg_list_at(const void *value, const casegate_member *member) {
    const void *const *list;
    memcpy(&list, cg_at(value, member->offset), sizeof list);
    return list;
}
static inline const void *cg_item(const void *const *list, size_t i) {
    const void *item;
    memcpy(&item, &list[i], sizeof item);
    return item;
}

/* Views (view.c): one walk over a member table (members.c) for copies, canonical form and sameness. */
/* A deep copy into an arena; absent texts become NULL. The result is of our size and has `size` set. */
casegate_result cg_view_copy(cg_arena *arena, int32_t view, const void *given, void **out, casegate_error *err);
/* Its members in canonical form, without domain and salt. Members with tag 0 are not part of it. */
void cg_view_form(casegate_buffer *out, int32_t view, const void *value);

/* Content (content.c). */
/* Services, answers and files begin with size and id. */
typedef struct cg_element { size_t size; const char *id; } cg_element;
enum { CG_LISTS = 3, CG_CONTENT_TEXTS = CASEGATE_CONTENT_REMAKE_OF };   /* lists by field minus CASEGATE_CONTENT_SERVICES */
/* by_id: places in elements, sorted by id. */
typedef struct cg_list { const cg_element **elements; size_t *by_id; size_t count, room; } cg_list;
struct casegate_content {
    cg_count count;
    cg_arena arena;                             /* holds this struct as well */
    const char *texts[CG_CONTENT_TEXTS + 1];    /* by field; never NULL */
    cg_list lists[CG_LISTS];
    size_t peak[CG_LIMITS];
};
int32_t cg_list_view(size_t list);              /* CASEGATE_VIEW_... of its elements */
const char *cg_list_name(size_t list);
/* "services[s1].due"; by place ("services[#0].id") if id is NULL; without member: "services[s1]". NULL without memory. */
char *cg_path(cg_arena *arena, const char *list, const char *id, size_t place, const char *member);
/* CASEGATE_PROBLEM_... of a member's value, 0 if it is well-formed. Form only. */
int32_t cg_member_problem(const void *value, int32_t view, const casegate_member *member);
void cg_content_form(casegate_buffer *out, const casegate_content *content);   /* fields only; NULL: none */
const size_t *cg_content_peak(const casegate_content *content);   /* [CG_LIMITS]: the largest of what each limit judges */
/* The paths in which two contents differ, sorted by bytes, in an arena. NULL counts as empty. */
casegate_result cg_content_paths(cg_arena *arena, const casegate_content *a, const casegate_content *b, const char *const **paths,
                                 size_t *count, casegate_error *err);
/* What the head says of its content: dentist, addresses, summary; borrowed from the content. */
void cg_head_summarize(casegate_head *head, const casegate_content *content);

/* Faults, one a field. fault() gets a path that lives in the arena; a negative result ends the walk and is returned. */
typedef casegate_result cg_fault_fn(void *user, const char *path, int32_t problem);
/* What of a content is beyond the limits [CG_LIMITS], in field order. */
casegate_result cg_content_excess(cg_arena *arena, const casegate_content *content, const size_t *limits, cg_fault_fn *fault,
                                  void *user);
/* Form and limits of a list of files outside a content ("files[x1].name"). */
casegate_result cg_files_judge(cg_arena *arena, const casegate_file *const *files, size_t count, const size_t *limits,
                               cg_fault_fn *fault, void *user);
/* The list with every element of our size: the given one if all are. */
casegate_result cg_files_adopt(cg_arena *arena, const casegate_file *const *files, size_t count, const casegate_file *const **out,
                               casegate_error *err);

/* Cases (case.c). */
struct casegate_case { cg_count count; casegate_host *host; const casegate_head *head; };
/* E_CORRUPT naming the member that makes no sense. */
casegate_result cg_head_judge(const casegate_head *head, casegate_error *err);

/* Events (event.c). */
/* What a transition does, from the phases that it joins: CASEGATE_DOES_... of workflow.h by value; 0: no such thing. */
int32_t cg_does(int32_t from_phase, int32_t to_phase, int edits);
/*
 * The one place where a head changes: after = before + event. Shallow: texts are borrowed from before, event and content.
 * before NULL: a new case; from_phase 0 then. content NULL: unchanged. after may not be before.
 */
void cg_head_follow(const casegate_head *before, const casegate_event *event, const casegate_content *content, int32_t from_phase,
                    int32_t to_phase, casegate_head *after);
/* The head as an event of its past left it; what an event does not say is today's. */
void cg_head_as_then(const casegate_head *today, const casegate_event *event, casegate_head *then);
/* The digest of comment and files under the event's salt; out[0] = 0 if there are none. */
casegate_result cg_event_text_digest(casegate_host *host, casegate_buffer *scratch, const casegate_event *event, char out[67],
                                     casegate_error *err);
/* The event's hash, keyed by event->key. */
casegate_result cg_event_hash(casegate_host *host, casegate_buffer *scratch, const casegate_event *event, char out[67],
                              casegate_error *err);
/* The digest of a content under a salt, with a scratch buffer. */
casegate_result cg_content_digest(casegate_host *host, casegate_buffer *scratch, const casegate_content *content,
                                  const char *salt, char out[67], casegate_error *err);

#endif
