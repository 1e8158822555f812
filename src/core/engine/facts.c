/* SPDX-License-Identifier: MIT */
/* facts.c: fetching what a decision reads, and nothing else: head, prior request, policy, contents, guard answers. */
#include "engine.h"

struct casegate_question {
    casegate_outcome *outcome;
    const casegate_head *head;
    const casegate_request *request;
    const char *refused;
    casegate_result failed;
};

/* ---- head and prior request ---------------------------------------------------------------------------------------------- */

static int is_id(const char *id) { return !cg_empty(id) && strlen(id) <= 64 && !cg_text_problem(CASEGATE_KIND_ID, id); }

/* Its request id is unique within the lab that it names, also where it names the case that it shall be. */
static int brings_case(const casegate_outcome *o)
{
    return o->request.action == CASEGATE_CREATE || o->request.action == CASEGATE_ADOPT;
}

static void set_head(casegate_outcome *o, const casegate_head *head)
{
    o->kase.head = head;
    o->facts.kase = head ? &o->kase : NULL;
}

static casegate_result ask_store(casegate_outcome *o, const casegate_load *what, casegate_error *err)
{
    const casegate_store *store = o->engine->store;
    int64_t since_us = cg_watch(o->engine);
    casegate_result rc = store->ops.load(store->ops.user, o->call.context, what, &o->loaded, err);
    rc = cg_port(rc, 1, "load", err);
    if (rc >= 0 && o->loaded.failed) rc = o->loaded.failed;
    cg_observe(o, CASEGATE_OBSERVED_LOADED, rc, (uint32_t)o->loaded.heads.count, since_us);
    return rc;
}

static casegate_result lie(casegate_error *err, const char *text) { return casegate_error_set(err, CASEGATE_E_HOST, 0, "load",
        text); }

/* What the store gave must be what was asked for. */
static casegate_result judge_answers(const casegate_outcome *o, const casegate_load *what, casegate_error *err)
{
    const casegate_head *head = cg_head_in(&o->loaded, 0);
    const casegate_event *prior = cg_event_in(&o->loaded, 0);
    if (o->loaded.heads.count > 1 || o->loaded.events.count > 1) return lie(err, "answered more than one case or event");
    if (head && !cg_same(head->id, what->case_id)) return lie(err, "answered another case");
    if (prior && (!cg_same(prior->request, what->request) || !cg_same(prior->actor, what->request_actor) ||
                  !cg_same(prior->actor_org, what->request_org)))
        return lie(err, "answered another request");
    return CASEGATE_OK;
}

/* A create that was sent before: its case is the one that its event names. */
static casegate_result load_created(casegate_outcome *o, casegate_error *err)
{
    const casegate_event *prior = cg_event_in(&o->loaded, 0);
    const casegate_load what = { .size = sizeof what, .case_id = prior->case_id, .lab = prior->lab };
    casegate_result rc = ask_store(o, &what, err);
    if (rc < 0) return rc;
    for (size_t i = 0; i < o->loaded.heads.count; i++)
        if (cg_same(cg_head_in(&o->loaded, i)->id, prior->case_id)) set_head(o, cg_head_in(&o->loaded, i));
    return o->facts.kase ? CASEGATE_OK : casegate_error_set(err, CASEGATE_E_CORRUPT, 0, "request_id",
                                                            "names an event without a case");
}

static casegate_result digest_request(casegate_outcome *o, casegate_error *err)
{
    char *digest = cg_arena_alloc(&o->arena, 72);
    if (!digest) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    o->facts.request_digest = digest;
    return casegate_request_digest(o->engine->host, &o->request, o->facts.prior->salt, digest, err);
}

static casegate_result take_prior(casegate_outcome *o, casegate_error *err)
{
    o->facts.prior = cg_event_in(&o->loaded, 0);
    if (!o->facts.prior) return CASEGATE_OK;
    o->facts.prior_notices = (const casegate_notice *const *)o->loaded.notices.items;
    o->facts.prior_notice_count = o->loaded.notices.count;
    casegate_result rc = brings_case(o) ? load_created(o, err) : CASEGATE_OK;
    return rc == CASEGATE_OK ? digest_request(o, err) : rc;
}

casegate_result cg_load(casegate_outcome *o, const char *case_id, int with_request, int to_change, casegate_error *err)
{
    const casegate_actor_fields *actor = &o->actor->fields;
    int asks_request = with_request && is_id(o->request.request);
    casegate_load what = { .size = sizeof what, .case_id = is_id(case_id) ? case_id : NULL, .lab = o->request.lab,
                           .to_change = to_change };
    cg_answers_reset(&o->loaded);
    set_head(o, NULL);
    o->facts.prior = NULL;
    if (asks_request && !(o->engine->store->keeps & CASEGATE_KEEPS_REQUESTS)) return cg_unsupported("requests", err);
    if (asks_request) {
        what.request = o->request.request;
        what.request_org = actor->org;
        what.request_actor = actor->id;
        what.request_lab = what.case_id && !brings_case(o) ? NULL : o->request.lab;
    }
    if (!what.case_id && !(asks_request && is_id(o->request.lab))) return CASEGATE_OK;
    casegate_result rc = ask_store(o, &what, err);
    if (rc >= 0) rc = judge_answers(o, &what, err);
    if (rc < 0) return rc;
    set_head(o, cg_head_in(&o->loaded, 0));
    return take_prior(o, err);
}

int cg_is_visible(const casegate_outcome *o) { return o->facts.kase && cg_visible(o->kase.head, &o->actor->fields); }

/* ---- policy and workflow --------------------------------------------------------------------------------------------------- */

static casegate_result ask_lab(casegate_outcome *o, const char *lab, casegate_policy **policy, casegate_workflow **workflow,
                               casegate_error *err)
{
    const casegate_engine_ops *ops = &o->engine->ops;
    if (!ops->lab) return CASEGATE_OK;
    return cg_port(ops->lab(ops->user, o->call.context, lab, policy, workflow, err), 1, "lab", err);
}

/* The workflow that a case runs under: a new reference. */
static casegate_workflow *workflow_of(const casegate_outcome *o, casegate_workflow *of_lab)
{
    const casegate_head *head = o->facts.kase ? o->kase.head : NULL;
    if (!head) return of_lab ? of_lab : casegate_workflow_ref(o->engine->workflows[0]);
    const casegate_workflow *own = casegate_engine_workflow(o->engine, head->workflow, head->workflow_version);
    if (!own && of_lab && cg_same(of_lab->name, head->workflow) && of_lab->version == head->workflow_version) return of_lab;
    casegate_workflow_unref(of_lab);
    return casegate_workflow_ref(own);
}

casegate_result cg_fetch_lab(casegate_outcome *o, casegate_error *err)
{
    casegate_policy *policy = NULL;
    casegate_workflow *workflow = NULL;
    const char *lab = o->facts.kase ? o->kase.head->lab : o->request.lab;
    casegate_result rc = is_id(lab) ? ask_lab(o, lab, &policy, &workflow, err) : CASEGATE_ABSENT;
    if (rc < 0) return rc;
    if (rc == CASEGATE_OK && !policy) policy = casegate_policy_ref(casegate_policy_default());
    casegate_policy_unref(o->policy);
    casegate_workflow_unref(o->workflow);
    o->policy = policy;
    o->workflow = workflow_of(o, workflow);
    o->facts.policy = o->policy;
    o->facts.workflow = o->workflow;
    if (o->workflow) return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "workflow", "the engine does not have the workflow of this case");
}

/* ---- contents -------------------------------------------------------------------------------------------------------------- */

/* One that was fetched before in this call. */
static const casegate_stored_content *fetched(const casegate_outcome *o, uint32_t revision)
{
    for (size_t i = 0; i < o->more.contents.count; i++)
        if (cg_content_in(&o->more, i)->revision == revision) return cg_content_in(&o->more, i);
    return NULL;
}

static casegate_result judge_content(const casegate_outcome *o, const casegate_stored_content *stored, casegate_error *err)
{
    const casegate_head *head = o->kase.head;
    if (!stored) return casegate_error_set(err, CASEGATE_E_HOST, 0, "content", "answered another revision, or none");
    if (!stored->content && !stored->erased) return casegate_error_set(err, CASEGATE_E_CORRUPT, 0, "content",
                                                                       "there is none, and no tombstone");
    if (stored->revision == head->revision && !cg_empty(stored->digest) && !cg_empty(head->content_digest) &&
        !cg_same(stored->digest, head->content_digest))
        return casegate_error_set(err, CASEGATE_E_CORRUPT, 0, "content_digest", "head and content do not fit");
    return CASEGATE_OK;
}

casegate_result cg_fetch_content(casegate_outcome *o, uint32_t revision, const casegate_stored_content **out, casegate_error *err)
{
    const casegate_store *store = o->engine->store;
    const casegate_stored_content *stored = fetched(o, revision);
    if (!stored) {
        casegate_result rc = store->ops.content(store->ops.user, o->call.context, o->kase.head->id, revision, &o->more, err);
        rc = cg_port(rc, 1, "content", err);
        if (rc >= 0 && o->more.failed) rc = o->more.failed;
        if (rc == CASEGATE_ABSENT && revision == o->kase.head->revision)
            return casegate_error_set(err, CASEGATE_E_CORRUPT, 0, "content", "the current revision is not there");
        if (rc != CASEGATE_OK) return rc;
        stored = fetched(o, revision);
        rc = judge_content(o, stored, err);
        if (rc != CASEGATE_OK) return rc;
    }
    *out = stored;
    return CASEGATE_OK;
}

/* A content as a fact: NULL if it was erased or is not kept. */
static casegate_result fetch_fact(casegate_outcome *o, uint32_t revision, const casegate_content **fact, int32_t *erased,
                                  casegate_error *err)
{
    const casegate_stored_content *stored = NULL;
    if (revision != o->kase.head->revision && !(o->engine->store->keeps & CASEGATE_KEEPS_REVISIONS)) return CASEGATE_OK;
    casegate_result rc = cg_fetch_content(o, revision, &stored, err);
    if (rc == CASEGATE_OK) *fact = stored->content, *erased = stored->erased;
    return rc == CASEGATE_ABSENT ? CASEGATE_OK : rc;
}

/* ---- guards ---------------------------------------------------------------------------------------------------------------- */

const casegate_actor *casegate_question_actor(const casegate_question *question) { return question ? question->outcome->actor : NULL; }
const casegate_head *casegate_question_head(const casegate_question *question) { return question ? question->head : NULL; }
const casegate_request *casegate_question_request(const casegate_question *question) { return question ? question->request : NULL; }

casegate_result casegate_question_content(casegate_question *question, const casegate_content **out, casegate_error *err)
{
    const casegate_stored_content *stored = NULL;
    if (!question || !out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "question", "is NULL");
    casegate_outcome *o = question->outcome;
    if (!o->facts.kase) return *out = o->request.content, CASEGATE_OK;
    casegate_result rc = cg_fetch_content(o, o->kase.head->revision, &stored, err);
    if (rc != CASEGATE_OK) return rc;
    if (!stored->content) return CASEGATE_ABSENT;
    *out = stored->content;
    return CASEGATE_OK;
}

casegate_result casegate_question_refuse(casegate_question *question, const char *text)
{
    if (!question || cg_empty(text) || strlen(text) > 4096 || cg_text_problem(CASEGATE_KIND_TEXT,
                                                                              text)) return CASEGATE_E_INVALID;
    question->refused = cg_arena_text(&question->outcome->arena, text);
    if (question->refused) return CASEGATE_REFUSED;
    return question->failed = CASEGATE_E_NOMEM;
}

static casegate_result ask_guard(const cg_guard *guard, casegate_question *question, casegate_error *err)
{
    casegate_outcome *o = question->outcome;
    question->refused = NULL;
    question->failed = CASEGATE_OK;
    casegate_result rc = guard->it.ask(guard->it.user, o->call.context, question, err);
    if (rc == CASEGATE_REFUSED && question->refused) rc = CASEGATE_OK;   /* `return casegate_question_refuse(...)` */
    if (question->failed) rc = casegate_error_set(err, question->failed, 0, NULL, NULL);
    rc = cg_port(rc, 0, "guard", err);
    if (rc != CASEGATE_OK) return rc;
    casegate_guard_answer *answer = cg_arena_alloc(&o->arena, sizeof *answer);
    if (!answer) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    *answer = (casegate_guard_answer) { sizeof *answer, guard->name, question->refused };
    rc = cg_vector_add(&o->arena, &o->guard_answers, answer);
    return rc == CASEGATE_OK ? rc : casegate_error_set(err, rc, 0, NULL, NULL);
}

static const cg_guard *guard_named(const casegate_engine *engine, const char *name)
{
    for (size_t i = 0; i < engine->guard_count; i++)
        if (engine->guards[i].it.action == 0 && cg_same(engine->guards[i].name, name)) return &engine->guards[i];
    return NULL;
}

/* Those that the workflow names, then those that the host put on the action. */
static casegate_result ask_guards(casegate_outcome *o, int32_t code, casegate_question *question, casegate_error *err)
{
    const casegate_engine *engine = o->engine;
    const casegate_action *action = casegate_workflow_action(o->workflow, code);
    casegate_result rc = CASEGATE_OK;
    const cg_vector none = { NULL, 0, 0 };
    o->guard_answers = none;
    for (size_t i = 0; rc == CASEGATE_OK && action && i < action->guard_count; i++) {
        const cg_guard *guard = guard_named(engine, action->guards[i]);   /* the workflow of a lab may name one that is not bound */
        rc = guard ? ask_guard(guard, question, err) : casegate_error_set(err, CASEGATE_E_MISSING_FACT, 0, "guards",
                                                                          "the workflow names one that was not given");
    }
    for (size_t i = 0; rc == CASEGATE_OK && i < engine->guard_count; i++)
        if (engine->guards[i].it.action == code) rc = ask_guard(&engine->guards[i], question, err);
    o->facts.guards = (const casegate_guard_answer *const *)o->guard_answers.items;
    o->facts.guard_count = o->guard_answers.count;
    return rc;
}

/* A case that is to be created and submitted, as its guards see it: a draft. */
static void unborn(const casegate_outcome *o, casegate_head *head)
{
    const casegate_status *draft = cg_workflow_initial(o->workflow);
    const casegate_event event = {
        .size = sizeof event, .case_id = o->request.case_id ? o->request.case_id : o->new_id, .clinic = o->actor->fields.org,
        .lab = o->request.lab, .workflow = o->workflow->name, .workflow_version = o->workflow->version, .seq = 1,
        .time_us = o->facts.now_us, .actor = o->actor->fields.id, .action = CASEGATE_CREATE, .to = draft->code, .revision = 1,
    };
    cg_head_follow(NULL, &event, o->request.content, 0, draft->phase, head);
}

casegate_result cg_fetch_needs(casegate_outcome *o, uint32_t needs, int32_t action, casegate_error *err)
{
    casegate_result rc = CASEGATE_OK;
    casegate_head made;
    const casegate_request bare = { .size = sizeof bare, .action = action };
    o->facts.guards = NULL;
    o->facts.guard_count = 0;
    int32_t erased;
    if (needs & CASEGATE_NEEDS_CONTENT) rc = fetch_fact(o, o->kase.head->revision, &o->facts.content, &o->facts.content_erased, err);
    if (rc == CASEGATE_OK && needs & CASEGATE_NEEDS_REVIEWED)
        rc = fetch_fact(o, o->request.revision, &o->facts.reviewed, &erased, err);
    if (rc != CASEGATE_OK || !(needs & CASEGATE_NEEDS_GUARDS)) return rc;
    int submits = action == CASEGATE_CREATE && o->request.submit == 1 && o->request.content;
    if (!o->facts.kase && !submits) return CASEGATE_OK;   /* create has no guards */
    if (submits) unborn(o, &made);
    casegate_question question = { .outcome = o, .head = submits ? &made : o->kase.head,
                                   .request = o->request.action == action ? &o->request : &bare };
    return ask_guards(o, submits ? CASEGATE_SUBMIT : action, &question, err);
}
