/* SPDX-License-Identifier: MIT */
/* scenario.h: what the files of the scenario runner share: a file, a scenario, its world, and what a back end does. */
#ifndef CG_SCENARIO_H
#define CG_SCENARIO_H

#include <casegate/json.h>
#include <casegate/testkit.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { CG_MOST_NAMES = 1000, CG_MOST_GUARDS = 64, CG_MOST_CHANNELS = 16 };

/* A case of the file: its name, and the id behind it. */
typedef struct cg_known_case { const char *name; char id[65]; } cg_known_case;
/* A guard of the scenario; it lets pass until a step says otherwise. named: by the workflow, which calls it by its name alone. */
typedef struct cg_guard_rule { int32_t action; const char *name, *refuses; int named; struct cg_world *world; } cg_guard_rule;

/* A file, and the scenario of it that is running. */
typedef struct cg_world {
    const char *file;
    const casegate_scenario_options *options;
    json_t *document;
    casegate_workflow *workflow;
    casegate_policy *policy;
    casegate_people *people;
    int64_t clock_us;
    casegate_actor *system;             /* who looks up defaults */
    /* of the scenario */
    casegate_clock *clock;
    casegate_host *host;
    uint32_t ordinal;
    cg_known_case cases[CG_MOST_NAMES];
    size_t case_count;
    cg_guard_rule guards[CG_MOST_GUARDS];
    size_t guard_count;
    const char *channels[CG_MOST_CHANNELS];
    size_t channel_count;
    casegate_error *err;                /* a fault of the file ends the run */
} cg_world;

cg_guard_rule *cg_find_guard(cg_world *w, int32_t action, const char *name);   /* NULL: none */
const char *cg_id_of(const cg_world *w, const char *name);        /* an id that does not exist, if the name is unknown */
const char *cg_name_of_case(const cg_world *w, const char *id);   /* NULL: not a case of the file */

/* What a back end answers a request or a look at one case with; borrowed until its next use. */
typedef struct cg_answer {
    const casegate_verdict *verdict;
    const casegate_head *head;
    const casegate_content *content;
    const casegate_event *rejection, *event;   /* event: the last of what was committed, or replayed; NULL: nothing was */
    const casegate_findings *findings;
    const casegate_commit *commit;   /* NULL: nothing was written */
    int replayed;
    const casegate_verdict *(*button)(const struct cg_answer *answer, int32_t action);
    void *back_end;
} cg_answer;

/* A back end. What is NULL it cannot do: scenarios with such steps are skipped. */
typedef struct cg_back_end {
    casegate_result (*open)(cg_world *w, void **state, casegate_error *err);
    void (*close)(void *state);
    casegate_result (*request)(void *state, const casegate_actor *actor, const casegate_request *request, cg_answer *answer,
                               casegate_error *err);
    casegate_result (*explain)(void *state, const casegate_actor *actor, const char *case_id, cg_answer *answer,
                               casegate_error *err);
    casegate_result (*review)(void *state, const casegate_actor *actor, const char *case_id, cg_answer *answer,
                              casegate_error *err);
    casegate_result (*view)(void *state, const casegate_actor *actor, const char *case_id, cg_answer *answer,
                            casegate_error *err);
    /* Looks that need a store: each answers JSON, or NULL with an error. */
    json_t *(*list)(void *state, const casegate_actor *actor, const casegate_list *which, int waiting, casegate_error *err);
    json_t *(*history)(void *state, const casegate_actor *actor, const char *case_id, casegate_error *err);
    json_t *(*inbox)(void *state, const casegate_actor *actor, casegate_error *err);
    json_t *(*mark_read)(void *state, const casegate_actor *actor, int64_t index, casegate_error *err);
    json_t *(*verify)(void *state, const casegate_actor *actor, const char *case_id, casegate_error *err);
    json_t *(*deliver)(void *state, casegate_error *err);
    void (*notifier)(void *state, const char *channel, int32_t mode);
} cg_back_end;
extern const cg_back_end cg_engine_back_end, cg_decide_back_end;

/* Values as JSON (values.c): new references, NULL without memory. */
json_t *cg_verdict_json(const cg_world *w, const casegate_verdict *verdict, const casegate_head *head);
json_t *cg_event_json(const cg_world *w, const casegate_event *event);
json_t *cg_notice_json(const cg_world *w, const casegate_notice *notice);
json_t *cg_denied_json(const cg_world *w, const casegate_verdict *verdict, const casegate_head *head);   /* {"denied": [...]} */
json_t *cg_invalid_json(const char *field, int32_t problem);   /* {"denied": [invalid_input]} */
json_t *cg_change_json(const cg_world *w, const cg_answer *answer);
json_t *cg_view_json(const cg_world *w, const cg_answer *answer);
json_t *cg_can_json(const cg_world *w, const cg_answer *answer);
json_t *cg_findings_json(const cg_answer *answer);

/* One step (step.c): what it gives, as JSON; NULL: a fault of the file or an error, in err. */
typedef struct cg_step_kind cg_step_kind;
const cg_step_kind *cg_step_find(const char *name);
int cg_step_knows(const cg_step_kind *kind, const char *member);
int cg_step_has_actor(const cg_step_kind *kind);
int cg_step_fits(const cg_step_kind *kind, const cg_back_end *back_end);
json_t *cg_step_run(const cg_step_kind *kind, cg_world *w, const cg_back_end *back_end, void *state, json_t *step,
                    casegate_error *err);

/* Does it give what is expected? (expect.c) NULL: yes; else where and what, which the caller frees. */
char *cg_expect(json_t *expected, json_t *got);

#endif
