/* SPDX-License-Identifier: MIT */
/* values.c: what back ends answer, as the JSON that scenario files are written in. */
#include "scenario.h"

/* A value that the json component writes, as a tree. */
typedef casegate_result write_fn(const void *value, const cg_world *w, casegate_buffer *out);

static json_t *tree(write_fn *write, const void *value, const cg_world *w)
{
    casegate_buffer *buffer = casegate_buffer_new(NULL);
    json_t *result = NULL;
    if (buffer && write(value, w, buffer) == CASEGATE_OK)
        result = json_loadb(casegate_buffer_data(buffer), casegate_buffer_length(buffer), JSON_DECODE_ANY, NULL);
    casegate_buffer_free(buffer);
    return result;
}

static casegate_result write_verdict(const void *value, const cg_world *w,
                                     casegate_buffer *out) { (void)w; return casegate_json_write_verdict(value, 0, out); }
static casegate_result write_findings(const void *value, const cg_world *w,
                                      casegate_buffer *out) { (void)w; return casegate_json_write_findings(value, 0, out); }
static casegate_result write_content(const void *value, const cg_world *w,
                                     casegate_buffer *out) { (void)w; return casegate_json_write_content(value, 0, out); }
static casegate_result write_notice(const void *value, const cg_world *w,
                                    casegate_buffer *out) { (void)w; return casegate_json_write_notice(value, 0, out); }
static casegate_result write_event(const void *value, const cg_world *w,
                                   casegate_buffer *out) { return casegate_json_write_event(value, w->workflow, 0, out); }
static casegate_result write_head(const void *value, const cg_world *w,
                                  casegate_buffer *out) { return casegate_json_write_case(value, w->workflow, 0, out); }

static void set(json_t *object, const char *name, json_t *value) { json_object_set_new(object, name, value); }
static json_t *text(const char *value) { return value && *value ? json_string(value) : json_null(); }

/* ---- people ---------------------------------------------------------------------------------------------------------------- */

/* Who decided, by an id alone: someone of the case's lab. */
static const char *decider(const cg_world *w, const char *id, const casegate_head *head)
{
    const char *found = head ? casegate_people_name_of(w->people, CASEGATE_LAB_USER, head->lab, id) : NULL;
    return found ? found : id;
}

static const char *doer(const cg_world *w, const casegate_event *event)
{
    const char *found = casegate_people_name_of(w->people, event->actor_role, event->actor_org, event->actor);
    return found ? found : event->actor;
}

/* ---- verdicts -------------------------------------------------------------------------------------------------------------- */

json_t *cg_verdict_json(const cg_world *w, const casegate_verdict *verdict, const casegate_head *head)
{
    json_t *list = tree(write_verdict, verdict, w), *obstacle;
    size_t i;
    json_array_foreach(list, i, obstacle) {
        const char *by = json_string_value(json_object_get(obstacle, "by"));
        if (by) set(obstacle, "by", json_string(decider(w, by, head)));
    }
    return list;
}

json_t *cg_denied_json(const cg_world *w, const casegate_verdict *verdict, const casegate_head *head)
{
    return json_pack("{s:o}", "denied", cg_verdict_json(w, verdict, head));
}

json_t *cg_invalid_json(const char *field, int32_t problem)
{
    return json_pack("{s:[{s:s,s:s,s:s}]}", "denied", "code", "invalid_input", "field", field, "problem",
                     casegate_problem_name(problem));
}

/* true, or the codes of the obstacles. */
static json_t *can(const casegate_verdict *verdict)
{
    if (!casegate_verdict_count(verdict)) return json_true();
    json_t *codes = json_array();
    for (size_t i = 0; i < casegate_verdict_count(verdict); i++) json_array_append_new(codes,
            json_string(casegate_verdict_at(verdict, i)->name));
    return codes;
}

json_t *cg_can_json(const cg_world *w, const cg_answer *answer)
{
    json_t *all = json_object();
    for (size_t i = 0; i < casegate_workflow_action_count(w->workflow); i++) {
        const casegate_action *action = casegate_workflow_action_at(w->workflow, i);
        set(all, action->name, can(answer->button(answer, action->code)));
    }
    return json_pack("{s:o}", "can", all);
}

json_t *cg_findings_json(const cg_answer *answer) { return json_pack("{s:o}", "findings",
                                                                     tree(write_findings, answer->findings, NULL)); }

/* ---- events and notices ------------------------------------------------------------------------------------------------------ */

json_t *cg_event_json(const cg_world *w, const casegate_event *event)
{
    json_t *object = tree(write_event, event, w);
    if (!object) return NULL;
    set(object, "by", json_string(doer(w, event)));
    set(object, "version", json_integer(event->seq));
    return object;
}

json_t *cg_notice_json(const cg_world *w, const casegate_notice *notice)
{
    json_t *object = tree(write_notice, notice, w);
    if (!object) return NULL;
    set(object, "case", text(cg_name_of_case(w, notice->case_id)));
    set(object, "read", json_boolean(notice->read));
    return object;
}

static json_t *notices(const cg_world *w, const cg_answer *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; answer->commit && i < answer->commit->notice_count; i++)
        json_array_append_new(list, cg_notice_json(w, answer->commit->notices[i]));
    return list;
}

/* ---- cases -------------------------------------------------------------------------------------------------------------------- */

static int is_locked(const cg_world *w, const casegate_head *head)
{
    const casegate_status *status = casegate_workflow_status(w->workflow, head->status);
    return status && (status->phase == CASEGATE_PHASE_ACCEPTED || status->phase == CASEGATE_PHASE_CLOSED);
}

static json_t *head_json(const cg_world *w, const casegate_head *head)
{
    json_t *object = tree(write_head, head, w);
    if (object) set(object, "locked", json_boolean(is_locked(w, head)));
    return object;
}

static json_t *changed(const casegate_event *event)
{
    json_t *list = json_array();
    for (size_t i = 0; event && i < event->changed_count; i++) json_array_append_new(list, json_string(event->changed[i]));
    return list;
}

json_t *cg_change_json(const cg_world *w, const cg_answer *answer)
{
    json_t *object = answer->head ? head_json(w, answer->head) : NULL;
    if (!object) return NULL;
    set(object, "changed", changed(answer->event));
    set(object, "notices", notices(w, answer));
    return object;
}

/* The current rejection: reason, comment and files. */
static json_t *rejection(const cg_world *w, const cg_answer *answer)
{
    if (!answer->head->reason) return json_null();
    json_t *object = json_pack("{s:s}", "reason", answer->head->reason);
    json_t *event = answer->rejection ? cg_event_json(w, answer->rejection) : NULL;
    if (json_object_get(event, "comment")) json_object_set(object, "comment", json_object_get(event, "comment"));
    if (json_object_get(event, "files")) json_object_set(object, "files", json_object_get(event, "files"));
    json_decref(event);
    return object;
}

json_t *cg_view_json(const cg_world *w, const cg_answer *answer)
{
    json_t *object = head_json(w, answer->head);
    if (!object) return NULL;
    set(object, "rejection", rejection(w, answer));
    if (answer->content) set(object, "content", tree(write_content, answer->content, w));
    return object;
}
