/* SPDX-License-Identifier: MIT */
/* outcome.c: the answer of a call: its life, and what can be asked of it. */
#include "engine.h"

/* ---- life --------------------------------------------------------------------------------------------------------------- */

casegate_outcome *casegate_outcome_new(casegate_host *host)
{
    casegate_outcome *o = cg_zalloc(host, sizeof *o);
    if (!o) return NULL;
    o->host = casegate_host_ref(host);
    cg_arena_init(&o->arena, host);
    cg_answers_init(&o->loaded, host);
    cg_answers_init(&o->more, host);
    o->decision = casegate_decision_new(host);
    o->findings = casegate_findings_new(host);
    if (o->decision && o->findings) return o;
    casegate_outcome_free(o);
    return NULL;
}

/* What the outcome holds of others. */
static void let_go(casegate_outcome *o)
{
    casegate_actor_unref(o->actor);
    casegate_case_unref(o->held);
    casegate_content_unref(o->asked_content);
    casegate_mapping_unref(o->asked_mapping);
    casegate_policy_unref(o->policy);
    casegate_workflow_unref(o->workflow);
    casegate_host_unref(o->sealer);
    o->sealer = NULL;
    o->actor = NULL;
    o->held = NULL;
    o->asked_content = NULL;
    o->asked_mapping = NULL;
    o->policy = NULL;
    o->workflow = NULL;
}

static void forget_answer(casegate_outcome *o)
{
    const cg_vector none = { NULL, 0, 0 };
    o->head = NULL;
    o->content = NULL;
    o->rejection = NULL;
    o->told = NULL;
    o->told_list = NULL;
    o->committed = o->joined = o->replayed = o->explained = o->reviewed = o->verified = o->described = 0;
    o->heads = o->events = o->notices = o->guard_answers = none;
    o->total = 0;
    o->next = NULL;
    o->button_count = 0;
}

static void forget(casegate_outcome *o)
{
    let_go(o);
    forget_answer(o);
    cg_arena_reset(&o->arena);
    cg_answers_reset(&o->loaded);
    cg_answers_reset(&o->more);
    cg_verdict_reset(&o->decision->verdict);
    o->facts = (casegate_facts) { .size = sizeof o->facts };
    o->request = (casegate_request) { .size = sizeof o->request };
}

void casegate_outcome_free(casegate_outcome *outcome)
{
    if (!outcome) return;
    casegate_host *host = outcome->host;
    let_go(outcome);
    for (size_t i = 0; i < outcome->button_room; i++) casegate_verdict_free(outcome->buttons[i].verdict);
    casegate_release(host, outcome->buttons);
    cg_answers_close(&outcome->loaded);
    cg_answers_close(&outcome->more);
    casegate_decision_free(outcome->decision);
    casegate_findings_free(outcome->findings);
    cg_arena_free(&outcome->arena);
    casegate_release(host, outcome);
    casegate_host_unref(host);
}

casegate_result cg_begin(casegate_engine *engine, const casegate_call *call, casegate_outcome *outcome, casegate_error *err)
{
    const void *given;
    casegate_call room;
    if (err) casegate_error_init(err, err->size);
    if (!engine || !outcome)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, engine ? "outcome" : "engine", "is NULL");
    if (outcome->busy) return casegate_error_set(err, CASEGATE_E_INVALID, 0, "outcome",
                                                 "is in use by a call that has not returned");
    casegate_result rc = cg_adopt(call, sizeof room, sizeof room, &room, &given, err);
    if (rc != CASEGATE_OK) return rc;
    forget(outcome);
    outcome->engine = engine;
    outcome->sealer = outcome->decision->sealer = casegate_host_ref(engine->host);   /* the outcome's own host gives memory only */
    outcome->call = *(const casegate_call *)given;
    if (!outcome->call.actor) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "actor", "is NULL");
    outcome->actor = casegate_actor_ref(outcome->call.actor);
    outcome->busy = 1;
    return CASEGATE_OK;
}

casegate_result cg_end(casegate_outcome *outcome, casegate_result rc)
{
    outcome->busy = 0;
    if (rc < 0) forget(outcome);
    return rc;
}

casegate_result cg_not_found(casegate_outcome *outcome)
{
    cg_verdict_reset(&outcome->decision->verdict);
    cg_verdict_say(&outcome->decision->verdict, CASEGATE_NOT_FOUND, NULL, NULL);
    forget_answer(outcome);
    return cg_verdict_result(&outcome->decision->verdict, NULL);
}

/* ---- asking ------------------------------------------------------------------------------------------------------------- */

static int is_case_known(const casegate_outcome *o) { return o && o->head; }

const casegate_verdict *casegate_outcome_verdict(const casegate_outcome *o) { return o ? &o->decision->verdict : NULL; }
const casegate_commit *casegate_outcome_commit(const casegate_outcome *o) { return o && o->committed ? &o->commit : NULL; }
const casegate_head *casegate_outcome_head(const casegate_outcome *o) { return o ? o->head : NULL; }
const casegate_content *casegate_outcome_content(const casegate_outcome *o) { return o ? o->content : NULL; }
const casegate_event *casegate_outcome_rejection(const casegate_outcome *o) { return o ? o->rejection : NULL; }
int32_t casegate_outcome_replayed(const casegate_outcome *o) { return o && o->replayed; }
int32_t casegate_outcome_joined(const casegate_outcome *o) { return o && o->joined; }
size_t casegate_outcome_head_count(const casegate_outcome *o) { return o ? o->heads.count : 0; }
size_t casegate_outcome_event_count(const casegate_outcome *o) { return o ? o->events.count : 0; }
size_t casegate_outcome_notice_count(const casegate_outcome *o) { return o ? o->notices.count : 0; }
uint64_t casegate_outcome_total(const casegate_outcome *o) { return o ? o->total : 0; }
const char *casegate_outcome_next(const casegate_outcome *o) { return o ? o->next : NULL; }
const casegate_verification *casegate_outcome_verification(const casegate_outcome *o) { return o &&
        o->verified ? &o->verification : NULL; }
const casegate_workflow *casegate_outcome_workflow(const casegate_outcome *o) { return is_case_known(o) ? o->workflow : NULL; }
const casegate_policy *casegate_outcome_policy(const casegate_outcome *o) { return is_case_known(o) ? o->policy : NULL; }

casegate_case *casegate_outcome_case(const casegate_outcome *o)
{
    casegate_case *kase = NULL;
    return is_case_known(o) && casegate_case_new(o->host, o->head, &kase, NULL) == CASEGATE_OK ? kase : NULL;
}

const casegate_head *casegate_outcome_head_at(const casegate_outcome *o, size_t i)
{
    return i < casegate_outcome_head_count(o) ? o->heads.items[i] : NULL;
}

const casegate_event *casegate_outcome_event_at(const casegate_outcome *o, size_t i)
{
    return i < casegate_outcome_event_count(o) ? o->events.items[i] : NULL;
}

const casegate_notice *casegate_outcome_notice_at(const casegate_outcome *o, size_t i)
{
    return i < casegate_outcome_notice_count(o) ? o->notices.items[i] : NULL;
}

size_t casegate_outcome_detail_count(const casegate_outcome *o) { return o && o->described ? o->more.details.count : 0; }

const casegate_detail *casegate_outcome_detail_at(const casegate_outcome *o, size_t i)
{
    return i < casegate_outcome_detail_count(o) ? cg_detail_in(&o->more, i) : NULL;
}

const casegate_findings *casegate_outcome_findings(const casegate_outcome *o) { return o && o->reviewed ? o->findings : NULL; }

const casegate_verdict *casegate_outcome_action(const casegate_outcome *o, int32_t action)
{
    for (size_t i = 0; o && o->explained && i < o->button_count; i++)
        if (o->buttons[i].action == action) return o->buttons[i].verdict;
    return NULL;
}
