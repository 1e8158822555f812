/* SPDX-License-Identifier: MIT */
/* apply.c: the way of a request: load, needs, decide, seal, commit, tell; conflicts decided again, unknown commits looked up. */
#include "engine.h"

static casegate_result nomem(casegate_error *err) { return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL); }

/* ---- the request, kept ----------------------------------------------------------------------------------------------------- */

static const casegate_file *const *keep_files(cg_arena *arena, const casegate_request *request, casegate_error *err)
{
    const casegate_file **list = cg_arena_alloc(arena, request->file_count * sizeof *list);
    if (!list) return nomem(err), NULL;
    for (size_t i = 0; i < request->file_count; i++) {
        void *copy;
        if (cg_view_copy(arena, CASEGATE_VIEW_FILE, request->files[i], &copy, err) != CASEGATE_OK) return NULL;
        list[i] = copy;
    }
    return list;
}

/* Texts of the request go into the outcome, so that verdicts and commits can point at them. */
static casegate_result keep_texts(cg_arena *arena, casegate_request *r, casegate_error *err)
{
    const char **texts[] = { &r->case_id, &r->lab, &r->service, &r->reason, &r->comment, &r->request, &r->clinic };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (cg_empty(*texts[i])) { *texts[i] = NULL; continue; }
        *texts[i] = cg_arena_text(arena, *texts[i]);
        if (!*texts[i]) return nomem(err);
    }
    return CASEGATE_OK;
}

casegate_result cg_keep_request(casegate_outcome *o, const casegate_request *request, casegate_error *err)
{
    casegate_request room;
    const void *given;
    casegate_result rc = cg_adopt(request, sizeof room, sizeof room, &room, &given, err);
    if (rc != CASEGATE_OK) return rc;
    o->request = *(const casegate_request *)given;
    casegate_request *r = &o->request;
    if (r->file_count && !r->files) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "files",
                                                              "is NULL");
    o->held = casegate_case_ref(r->held);
    o->asked_content = casegate_content_ref(r->content);
    o->asked_mapping = casegate_mapping_ref(r->mapping);
    if (r->held) r->case_id = r->held->head->id;
    if (r->action == CASEGATE_ERASE && !o->engine->store->ops.erase) return cg_unsupported("erase", err);
    rc = cg_judge_mapping(o->engine, r->mapping, err);
    if (rc == CASEGATE_OK) rc = keep_texts(&o->arena, r, err);
    if (rc != CASEGATE_OK || !r->file_count) return r->files = NULL, rc;
    rc = cg_files_adopt(&o->arena, r->files, r->file_count, &r->files, err);
    if (rc != CASEGATE_OK) return rc;
    r->files = keep_files(&o->arena, r, err);
    return r->files ? CASEGATE_OK : err && err->code ? err->code : CASEGATE_E_NOMEM;
}

/* ---- load, needs, decide ----------------------------------------------------------------------------------------------------- */

static int creates(const casegate_outcome *o) { return o->request.action == CASEGATE_CREATE ||
                                                o->request.action == CASEGATE_ADOPT; }

static casegate_result new_id(casegate_outcome *o, casegate_error *err)
{
    if (!creates(o) || o->request.case_id) return CASEGATE_OK;
    o->facts.new_case_id = o->new_id;
    return casegate_new_id(o->engine->host, o->new_id, sizeof o->new_id, err);
}

/* The head that the caller holds, or a fresh one. */
static casegate_result find_case(casegate_outcome *o, int fresh, int to_change, casegate_error *err)
{
    if (!o->held || fresh || o->request.request) return cg_load(o, o->request.case_id, 1, to_change, err);
    o->kase.head = o->held->head;
    o->facts.kase = &o->kase;
    return CASEGATE_OK;
}

/* All facts of one decision. What is not visible is not looked at any further. */
static casegate_result gather(casegate_outcome *o, int fresh, int to_change, casegate_error *err)
{
    cg_answers_reset(&o->more);
    o->facts.content = o->facts.reviewed = NULL;
    o->facts.content_erased = 0;
    casegate_result rc = find_case(o, fresh, to_change, err);
    if (rc != CASEGATE_OK) return rc;
    o->facts.now_us = casegate_now_us(o->engine->host);
    int hidden = !creates(o) && !cg_is_visible(o);
    if (hidden) {
        o->facts.kase = NULL;   /* to all that follows it is the same as an unknown one */
        o->facts.workflow = o->engine->workflows[0];
        return CASEGATE_OK;
    }
    rc = cg_fetch_lab(o, err);
    if (rc == CASEGATE_OK) rc = new_id(o, err);
    if (rc != CASEGATE_OK) return rc;
    return cg_fetch_needs(o, casegate_needs(&o->facts, o->actor, &o->request), o->request.action, err);
}

static casegate_result decide(casegate_outcome *o, int fresh, casegate_error *err)
{
    casegate_result rc = gather(o, fresh, 1, err);
    if (rc != CASEGATE_OK) return rc;
    int64_t since_us = cg_watch(o->engine);
    rc = casegate_decide(&o->facts, o->actor, &o->request, o->decision, err);
    /* From a head that the caller held only an allowed decision proceeds. */
    if (rc == CASEGATE_REFUSED && o->held && !fresh && !o->request.request) return decide(o, 1, err);
    cg_observe(o, CASEGATE_OBSERVED_DECIDED, rc, 0, since_us);
    return rc;
}

/* ---- commit ------------------------------------------------------------------------------------------------------------------ */

static int tells_now(const casegate_engine *engine)
{
    return engine->tell == CASEGATE_TELL_NOW && engine->store->keeps & CASEGATE_KEEPS_QUEUE;
}

/* The commit's notices, leased to this engine where it will deliver them itself. All memory of telling is taken here. */
static casegate_result lease_notices(casegate_outcome *o, const casegate_commit *made, casegate_error *err)
{
    char *token = NULL;
    o->commit = *made;
    if (!made->notice_count) return CASEGATE_OK;
    o->told = cg_arena_alloc(&o->arena, made->notice_count * sizeof *o->told);
    o->told_list = cg_arena_alloc(&o->arena, made->notice_count * sizeof *o->told_list);
    token = cg_arena_alloc(&o->arena, 40);
    if (!o->told || !o->told_list || !token) return nomem(err);
    casegate_result rc = cg_lease_token(o->engine->host, token, err);
    for (size_t i = 0; rc == CASEGATE_OK && i < made->notice_count; i++) {
        casegate_notice *notice = &o->told[i];
        *notice = *made->notices[i];
        o->told_list[i] = notice;
        if (notice->state != CASEGATE_NOTICE_PENDING || !tells_now(o->engine) ||
            !cg_engine_notifier(o->engine, notice->channel)) continue;
        notice->state = CASEGATE_NOTICE_LEASED;
        notice->lease = token;
        notice->next_us = cg_later(o->facts.now_us, o->engine->lease_us);
        notice->tries = 1;
    }
    o->commit.notices = o->told_list;
    return rc;
}

/* What a store said of a commit; of_commit 0: of the whole call. */
casegate_result cg_sent(const casegate_outcome *o, casegate_result said, int of_commit, int64_t since_us, casegate_error *err)
{
    int answers = of_commit && (said == CASEGATE_CONFLICT || said == CASEGATE_JOINED);
    casegate_result result = answers ? said : cg_port(said, 0, "commit", err);
    cg_observe(o, CASEGATE_OBSERVED_COMMITTED, result, (uint32_t)o->commit.event_count, since_us);
    return result;
}

/* An erasure is a commit that takes texts along: it has a callback of its own. */
casegate_result cg_send(const casegate_outcome *o, casegate_error *err)
{
    const casegate_store_ops *ops = &o->engine->store->ops;
    const casegate_commit *list[1] = { &o->commit };
    casegate_result result = CASEGATE_E_HOST, rc = CASEGATE_OK;
    int64_t since_us = cg_watch(o->engine);
    if (o->request.action == CASEGATE_ERASE) result = ops->erase(ops->user, o->call.context, &o->commit, err);
    else rc = ops->commit(ops->user, o->call.context, list, &result, 1, err);
    return cg_sent(o, rc == CASEGATE_OK ? result : rc, rc == CASEGATE_OK, since_us, err);
}

/* Whose event stands at our sequence number? OK: ours. */
static casegate_result find_event(casegate_outcome *o, casegate_error *err)
{
    const casegate_store *store = o->engine->store;
    if (!store->ops.history) return CASEGATE_E_UNKNOWN;
    cg_answers_reset(&o->more);
    casegate_result rc = store->ops.history(store->ops.user, o->call.context, o->commit.after->id, o->commit.after->version - 1,
                                            1, &o->more, err);
    if (rc != CASEGATE_OK || !o->more.events.count) return CASEGATE_E_UNKNOWN;
    const char *hash = cg_event_in(&o->more, 0)->hash;
    if (cg_empty(hash)) return CASEGATE_E_UNKNOWN;
    return cg_same(hash, o->commit.after->event_hash) ? CASEGATE_OK : CASEGATE_CONFLICT;
}

/* A commit that may or may not have taken effect: the stored head tells. LATER: it has not, send it again. */
static casegate_result look_up(casegate_outcome *o, casegate_error *err)
{
    const casegate_head *after = o->commit.after;
    const casegate_load what = { .size = sizeof what, .case_id = after->id, .lab = after->lab, .to_change = 1 };
    const casegate_store *store = o->engine->store;
    uint32_t before = o->commit.before ? o->commit.before->version : 0;
    size_t known = o->loaded.heads.count;   /* commit.before lives there: it must not go */
    casegate_result rc = store->ops.load(store->ops.user, o->call.context, &what, &o->loaded, err);
    if (rc < 0 || o->loaded.failed) return CASEGATE_E_UNKNOWN;
    const casegate_head *now = cg_head_in(&o->loaded, known);
    uint32_t version = now ? now->version : 0;
    if (version == before) return CASEGATE_LATER;
    if (version > after->version) return find_event(o, err);
    if (version < after->version || cg_empty(now->event_hash)) return version < after->version ? CASEGATE_CONFLICT : CASEGATE_E_UNKNOWN;
    return cg_same(now->event_hash, after->event_hash) ? CASEGATE_OK : CASEGATE_CONFLICT;
}

/* What had been lost on its way may land after all, before the second one: then that conflict is with ourselves. */
static casegate_result send_again(casegate_outcome *o, casegate_error *err)
{
    casegate_result rc = cg_send(o, err);
    if (rc != CASEGATE_CONFLICT) return rc;
    rc = look_up(o, err);
    return rc == CASEGATE_LATER ? CASEGATE_CONFLICT : rc;
}

/* The first one may land even after a second one that failed: whatever the second was told, that cannot be told of both. */
casegate_result cg_find_out(casegate_outcome *o, casegate_result rc, casegate_error *err)
{
    if (rc != CASEGATE_E_UNKNOWN) return rc;
    for (uint32_t i = 0; rc == CASEGATE_E_UNKNOWN && i < o->engine->max_conflicts; i++) {
        casegate_result found = look_up(o, err);
        if (found == CASEGATE_E_UNKNOWN) break;
        if (found == CASEGATE_LATER) cg_observe(o, CASEGATE_OBSERVED_RETRIED, rc, i + 1, 0);
        rc = found == CASEGATE_LATER ? send_again(o, err) : found;
    }
    return rc >= 0 ? rc : casegate_error_set(err, CASEGATE_E_UNKNOWN, err ? err->host_code : 0, "commit",
                                             "cannot be told whether it took effect");
}

/* ---- answer ------------------------------------------------------------------------------------------------------------------ */

static casegate_result list_all(cg_arena *arena, cg_vector *list, const void *items, size_t count)
{
    const void *const *from = items;
    casegate_result rc = CASEGATE_OK;
    for (size_t i = 0; rc == CASEGATE_OK && i < count; i++) rc = cg_vector_add(arena, list, from[i]);
    return rc;
}

/* What is said of a commit; before it is sent, so that nothing afterwards can fail. */
static casegate_result prepare_answer(casegate_outcome *o, casegate_error *err)
{
    casegate_result rc = list_all(&o->arena, &o->events, o->commit.events, o->commit.event_count);
    if (rc == CASEGATE_OK) rc = list_all(&o->arena, &o->notices, o->commit.notices, o->commit.notice_count);
    return rc == CASEGATE_OK ? rc : nomem(err);
}

/* Of a case that was migrated since, then's definition names then's status. */
static void answer_as_of_then(casegate_outcome *o)
{
    casegate_head *then = &o->decision->heads[0];
    const casegate_workflow *workflow = casegate_engine_workflow(o->engine, then->workflow, then->workflow_version);
    const casegate_status *status = casegate_workflow_status(workflow, then->status);
    if (!status || workflow == o->workflow) return;
    casegate_workflow_unref(o->workflow);
    o->workflow = casegate_workflow_ref(workflow);
    then->phase = status->phase;
}

/* The case is under another definition now. */
static void take_target(casegate_outcome *o)
{
    if (cg_is_under(o->head, o->workflow)) return;
    casegate_workflow_unref(o->workflow);
    o->workflow = casegate_workflow_ref(o->request.mapping->to);
}

static casegate_result answer_without_commit(casegate_outcome *o, casegate_error *err)
{
    casegate_result rc = CASEGATE_OK;
    o->head = casegate_decision_head(o->decision);
    o->replayed = casegate_decision_replayed(o->decision);
    if (!o->replayed) return CASEGATE_OK;
    answer_as_of_then(o);
    rc = cg_vector_add(&o->arena, &o->events, o->facts.prior);
    if (rc == CASEGATE_OK) rc = list_all(&o->arena, &o->notices, o->facts.prior_notices, o->facts.prior_notice_count);
    return rc == CASEGATE_OK ? rc : nomem(err);
}

void cg_tell_all(casegate_outcome *o)
{
    casegate_dispatched counts = { .size = sizeof counts };
    for (size_t i = 0; i < o->commit.notice_count; i++)
        if (o->told[i].state == CASEGATE_NOTICE_LEASED) cg_tell(o->engine, o->call.context, &o->arena, &o->told[i], &counts);
}

/* A host's transaction will end it: nothing is told before, so nothing was leased. */
static void answer_joined(casegate_outcome *o)
{
    o->joined = 1;
    for (size_t i = 0; i < o->commit.notice_count; i++) {
        casegate_notice *notice = &o->told[i];
        if (notice->state != CASEGATE_NOTICE_LEASED) continue;
        notice->state = CASEGATE_NOTICE_PENDING;
        notice->lease = NULL;
        notice->tries = 0;
        notice->next_us = notice->time_us;
    }
}

/* ---- the whole --------------------------------------------------------------------------------------------------------------- */

casegate_result cg_prepare(casegate_outcome *o, int fresh, int *writes, casegate_error *err)
{
    const cg_vector none = { NULL, 0, 0 };
    *writes = 0;
    o->events = o->notices = none;   /* what an earlier round prepared did not come to pass */
    casegate_result rc = decide(o, fresh, err);
    if (rc != CASEGATE_OK) return rc;
    const casegate_commit *made = casegate_decision_commit(o->decision);
    if (!made) return answer_without_commit(o, err);
    rc = casegate_decision_seal(o->decision, err);
    if (rc == CASEGATE_OK) rc = lease_notices(o, made, err);
    if (rc == CASEGATE_OK) rc = prepare_answer(o, err);
    *writes = rc == CASEGATE_OK;
    return rc;
}

casegate_result cg_conclude(casegate_outcome *o, casegate_result rc)
{
    if (rc != CASEGATE_OK && rc != CASEGATE_JOINED) return rc;
    o->committed = 1;
    o->head = o->commit.after;
    if (o->request.mapping) take_target(o);
    if (rc == CASEGATE_JOINED) answer_joined(o);
    return rc;
}

/* One round: OK, REFUSED, JOINED or an error are final; CONFLICT asks for another. */
static casegate_result round_trip(casegate_outcome *o, int fresh, casegate_error *err)
{
    int writes;
    casegate_result rc = cg_prepare(o, fresh, &writes, err);
    if (!writes) return rc;
    rc = cg_conclude(o, cg_find_out(o, cg_send(o, err), err));
    if (rc == CASEGATE_OK) cg_tell_all(o);
    return rc;
}

casegate_result cg_too_often(casegate_error *err)
{
    return casegate_error_set(err, CASEGATE_E_BUSY, 0, "commit", "the case changed again and again meanwhile");
}

casegate_result casegate_engine_apply(casegate_engine *engine, const casegate_call *call, const casegate_request *request,
                                      casegate_outcome *outcome, casegate_error *err)
{
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    rc = cg_keep_request(outcome, request, err);
    if (rc == CASEGATE_OK) {
        rc = CASEGATE_CONFLICT;
        for (uint32_t i = 0; rc == CASEGATE_CONFLICT && i < engine->max_conflicts; i++) {
            if (i > 0) cg_observe(outcome, CASEGATE_OBSERVED_RETRIED, rc, i, 0);
            rc = round_trip(outcome, i > 0, err);
            if (rc == CASEGATE_CONFLICT) cg_observe(outcome, CASEGATE_OBSERVED_CONFLICT, rc, i + 1, 0);
        }
    }
    return cg_end(outcome, rc == CASEGATE_CONFLICT ? cg_too_often(err) : rc);
}

casegate_result casegate_engine_check(casegate_engine *engine, const casegate_call *call, const casegate_request *request,
                                      casegate_outcome *outcome, casegate_error *err)
{
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    rc = cg_keep_request(outcome, request, err);
    if (rc == CASEGATE_OK) rc = gather(outcome, 1, 0, err);
    if (rc == CASEGATE_OK) rc = casegate_check(&outcome->facts, outcome->actor, &outcome->request, &outcome->decision->verdict,
                                               err);
    if (rc == CASEGATE_OK && outcome->facts.kase) outcome->head = outcome->kase.head;
    return cg_end(outcome, rc);
}

/* ---- words for it ------------------------------------------------------------------------------------------------------------ */

casegate_result casegate_engine_create(casegate_engine *engine, const casegate_call *call, const char *lab,
                                       const casegate_content *content,
                                       int32_t submit, casegate_outcome *outcome, casegate_error *err)
{
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_CREATE, .lab = lab, .content = content,
                                       .submit = submit };
    return casegate_engine_apply(engine, call, &request, outcome, err);
}

casegate_result casegate_engine_edit(casegate_engine *engine, const casegate_call *call, const char *case_id, uint32_t revision,
                                     const casegate_content *content, casegate_outcome *outcome, casegate_error *err)
{
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_EDIT, .case_id = case_id, .revision = revision,
                                       .content = content };
    return casegate_engine_apply(engine, call, &request, outcome, err);
}

casegate_result casegate_engine_submit(casegate_engine *engine, const casegate_call *call, const char *case_id, uint32_t revision,
                                       casegate_outcome *outcome, casegate_error *err)
{
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_SUBMIT, .case_id = case_id,
                                       .revision = revision };
    return casegate_engine_apply(engine, call, &request, outcome, err);
}

casegate_result casegate_engine_accept(casegate_engine *engine, const casegate_call *call, const char *case_id, uint32_t revision,
                                       casegate_outcome *outcome, casegate_error *err)
{
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ACCEPT, .case_id = case_id,
                                       .revision = revision };
    return casegate_engine_apply(engine, call, &request, outcome, err);
}

casegate_result casegate_engine_reject(casegate_engine *engine, const casegate_call *call, const char *case_id, uint32_t revision,
                                       const char *reason, const char *comment, casegate_outcome *outcome, casegate_error *err)
{
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_REJECT, .case_id = case_id,
                                       .revision = revision, .reason = reason, .comment = comment };
    return casegate_engine_apply(engine, call, &request, outcome, err);
}

casegate_result casegate_engine_erase(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                      casegate_outcome *outcome, casegate_error *err)
{
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ERASE, .case_id = case_id };
    return casegate_engine_apply(engine, call, &request, outcome, err);
}

casegate_result casegate_engine_adopt(casegate_engine *engine, const casegate_call *call, const char *clinic, const char *lab,
                                      const casegate_content *content, int32_t status, uint32_t attempt, const char *reason,
                                      casegate_outcome *outcome, casegate_error *err)
{
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ADOPT, .clinic = clinic, .lab = lab,
                                       .content = content, .status = status, .attempt = attempt, .reason = reason };
    return casegate_engine_apply(engine, call, &request, outcome, err);
}
