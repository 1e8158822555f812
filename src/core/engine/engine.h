/* SPDX-License-Identifier: MIT */
/* engine.h: the insides of engine, outcome, store and notifier, shared by the files of this layer. */
#ifndef CG_ENGINE_H
#define CG_ENGINE_H

#include <casegate/engine.h>
#include "../base/base.h"
#include "../model/model.h"
#include "../rules/rules.h"

struct casegate_store { cg_count count; casegate_host *host; casegate_store_ops ops; uint32_t keeps; };
struct casegate_notifier { cg_count count; casegate_host *host; casegate_notifier_ops ops; char channel[65]; };
struct casegate_resolution { cg_arena *arena; casegate_message *message; };

/* What a store answered, copied at once. */
typedef struct cg_vector { const void **items; size_t count, room; } cg_vector;
struct casegate_answers {
    cg_arena arena;
    cg_vector heads, events, notices, contents, details;
    uint64_t number;
    casegate_result failed;   /* an answer that could not be taken, in case the store does not look */
};
void cg_answers_init(casegate_answers *answers, casegate_host *host);
void cg_answers_reset(casegate_answers *answers);
void cg_answers_close(casegate_answers *answers);
casegate_result cg_vector_add(cg_arena *arena, cg_vector *list, const void *item);
static inline const casegate_head *cg_head_in(const casegate_answers *a,
                                              size_t i) { return i < a->heads.count ? a->heads.items[i] : NULL; }
static inline const casegate_event *cg_event_in(const casegate_answers *a,
                                                size_t i) { return i < a->events.count ? a->events.items[i] : NULL; }
static inline const casegate_notice *cg_notice_in(const casegate_answers *a,
                                                  size_t i) { return i < a->notices.count ? a->notices.items[i] : NULL; }
static inline const casegate_stored_content *cg_content_in(const casegate_answers *a, size_t i)
{
    return i < a->contents.count ? a->contents.items[i] : NULL;
}

static inline const casegate_detail *cg_detail_in(const casegate_answers *a,
                                                  size_t i) { return i < a->details.count ? a->details.items[i] : NULL; }

/* A guard that the host gave, with its name copied. */
typedef struct cg_guard { casegate_guard it; char name[65]; } cg_guard;
struct casegate_engine {
    cg_count count;
    casegate_host *host;
    casegate_store *store;
    const casegate_workflow **workflows;
    size_t workflow_count;
    casegate_notifier **notifiers;
    size_t notifier_count;
    cg_guard *guards;
    size_t guard_count;
    casegate_engine_ops ops;
    int32_t tell;
    int64_t lease_us, slow_us;
    uint32_t max_tries, max_conflicts;
};
casegate_notifier *cg_engine_notifier(const casegate_engine *engine, const char *channel);

/* The verdict of one action in an explanation. */
typedef struct cg_button { int32_t action; casegate_verdict *verdict; } cg_button;

/* An answer, and everything that a call needs on the way to it: one block of memory that a second use finds again. */
struct casegate_outcome {
    casegate_host *host;
    int busy;                       /* a call is filling it */
    cg_arena arena;                 /* what lives as long as the answer */
    casegate_answers loaded;        /* what the store said: head, prior event and its notices */
    casegate_answers more;          /* pages, contents, the rejecting event */
    casegate_decision *decision;    /* its verdict is the outcome's */
    casegate_findings *findings;
    cg_button *buttons;
    size_t button_count, button_room;

    /* the call */
    const casegate_engine *engine;
    casegate_call call;
    casegate_request request;       /* a copy that owns its texts */
    casegate_facts facts;
    struct casegate_case kase;      /* the head in facts.kase */
    casegate_actor *actor;
    casegate_case *held;
    casegate_host *sealer;          /* the engine's host: the name of its key is in the events */
    casegate_content *asked_content;
    casegate_mapping *asked_mapping;
    casegate_policy *policy;
    casegate_workflow *workflow;
    cg_vector guard_answers;
    char new_id[65];

    /* the answer */
    const casegate_head *head;
    const casegate_content *content;
    const casegate_event *rejection;
    casegate_commit commit;         /* with notices as they were leased */
    casegate_notice *told;          /* the notices of the commit, as after telling */
    const casegate_notice **told_list;
    int committed, joined, replayed, explained, reviewed, verified, described;
    cg_vector heads, events, notices;
    uint64_t total;
    char *next;
    casegate_verification verification;
};
/* Begins a call: the last answer is forgotten. Checks engine, call and outcome. */
casegate_result cg_begin(casegate_engine *engine, const casegate_call *call, casegate_outcome *outcome, casegate_error *err);
/* Ends it: on an error nothing of a half answer is left. */
casegate_result cg_end(casegate_outcome *outcome, casegate_result rc);
casegate_result cg_not_found(casegate_outcome *outcome);

/* What a port answered: OK, ABSENT (if it may), or an error that is filled in. */
casegate_result cg_port(casegate_result rc, int may_be_absent, const char *callback, casegate_error *err);
casegate_result cg_unsupported(const char *callback, casegate_error *err);

/* Facts (facts.c): each step fetches what the next one reads. */
/* The head of a case into facts.kase and, if it has an id, the prior event of the request. OK also if there is none. */
casegate_result cg_load(casegate_outcome *outcome, const char *case_id, int with_request, int to_change, casegate_error *err);
int cg_is_visible(const casegate_outcome *outcome);
/* Policy of the lab, workflow of the case. */
casegate_result cg_fetch_lab(casegate_outcome *outcome, casegate_error *err);
/* Contents and guard answers, as casegate_needs() says. */
casegate_result cg_fetch_needs(casegate_outcome *outcome, uint32_t needs, int32_t action, casegate_error *err);
/* A content of the case: *out NULL if it was erased. ABSENT: not kept. */
casegate_result cg_fetch_content(casegate_outcome *outcome, uint32_t revision, const casegate_stored_content **out,
                                 casegate_error *err);

/* The definitions that a mapping joins must be the engine's own (migrate.c). mapping may be NULL. */
casegate_result cg_judge_mapping(const casegate_engine *engine, const casegate_mapping *mapping, casegate_error *err);

/* The steps of a request (apply.c), shared by one request and many. */
casegate_result cg_keep_request(casegate_outcome *outcome, const casegate_request *request, casegate_error *err);
/* Load, needs, decide, seal. *writes: commit is to be sent; else the result is final. */
casegate_result cg_prepare(casegate_outcome *outcome, int fresh, int *writes, casegate_error *err);
/* What a store said of a commit; of_commit 0: of the whole call. */
casegate_result cg_sent(const casegate_outcome *outcome, casegate_result said, int of_commit, int64_t since_us,
                        casegate_error *err);
/* What became of a commit whose outcome is unknown; any other result is handed through. */
casegate_result cg_send(const casegate_outcome *outcome, casegate_error *err);   /* the commit, to the store */
casegate_result cg_find_out(casegate_outcome *outcome, casegate_result rc, casegate_error *err);
/* The answer of a commit that was sent; CONFLICT and errors are handed through. */
casegate_result cg_conclude(casegate_outcome *outcome, casegate_result rc);
void cg_tell_all(casegate_outcome *outcome);
casegate_result cg_too_often(casegate_error *err);

/* Telling (dispatch.c): delivers a notice that is leased to this call, and settles it. */
void cg_tell(const casegate_engine *engine, void *context, cg_arena *arena, casegate_notice *notice, casegate_dispatched *counts);
int cg_is_channel(const char *channel);   /* of a notifier: an id, and not "portal" */
casegate_result cg_lease_token(casegate_host *host, char out[33], casegate_error *err);
/* A time so much later; the end of all time is not passed. */
static inline int64_t cg_later(int64_t time_us, int64_t us) { return time_us > 0 &&
                                                              us > INT64_MAX - time_us ? INT64_MAX : time_us + us; }

/* Observing (observe.c): without an observer a step costs one comparison more, and no look at the clock. */
static inline int64_t cg_watch(const casegate_engine *engine) { return engine->ops.observe ? casegate_now_us(engine->host) : 0; }
void cg_observe_step(const casegate_outcome *outcome, int32_t kind, casegate_result rc, uint32_t count, int64_t since_us);
static inline void cg_observe(const casegate_outcome *outcome, int32_t kind, casegate_result rc, uint32_t count, int64_t since_us)
{
    if (outcome->engine->ops.observe) cg_observe_step(outcome, kind, rc, count, since_us);
}
void cg_observe_notice(const casegate_engine *engine, void *context, const casegate_notice *notice, casegate_result rc,
                       int64_t duration_us);

#endif
