/* SPDX-License-Identifier: MIT */
/* migrate.c: from one definition to another: one case, or every case of a store on a walk that can be taken again. */
#include "engine.h"

enum { PAGE = 200 };

void casegate_progress_init(casegate_progress *progress, size_t size) { cg_init(progress, size); }

/* Is a definition of a mapping the one that the engine knows by this name and version? Its codes and phases tell. */
static int is_known(const casegate_engine *engine, const casegate_workflow *workflow)
{
    const casegate_workflow *own = casegate_engine_workflow(engine, workflow->name, workflow->version);
    for (size_t i = 0; own && i < workflow->status_count; i++) {
        const casegate_status *status = casegate_workflow_status(own, workflow->statuses[i]->code);
        if (!status || status->phase != workflow->statuses[i]->phase) return 0;
    }
    return own && own->status_count == workflow->status_count;
}

casegate_result cg_judge_mapping(const casegate_engine *engine, const casegate_mapping *mapping, casegate_error *err)
{
    if (!mapping || (is_known(engine, mapping->from) && is_known(engine, mapping->to))) return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "mapping", "the engine does not have a definition that it joins");
}

casegate_result casegate_engine_migrate(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                        const casegate_mapping *mapping, casegate_outcome *outcome, casegate_error *err)
{
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_MIGRATE, .case_id = case_id, .mapping = mapping };
    return casegate_engine_apply(engine, call, &request, outcome, err);
}

/* ---- the walk ---------------------------------------------------------------------------------------------------------------- */

typedef struct walk {
    casegate_engine *engine;
    const casegate_call *call;
    const casegate_mapping *mapping;
    casegate_progress_fn told;
    void *user;
    casegate_outcome *page, *outcome;   /* the cases listed; the one that is told of */
    char *cursor;                       /* where the next page begins */
    casegate_progress progress;
} walk;

static casegate_result tell(walk *w, const char *case_id, casegate_result rc, const casegate_error *err)
{
    w->progress.case_id = case_id;
    w->progress.result = rc;
    w->progress.error = rc < 0 ? err : NULL;
    casegate_result answer = w->told && w->told(w->user, &w->progress) ? CASEGATE_LATER : CASEGATE_OK;
    w->progress.case_id = NULL;
    w->progress.error = NULL;
    return answer;
}

/* Of one case alone: the next one may go well. */
static int is_its_own(casegate_result rc)
{
    return rc == CASEGATE_REFUSED || rc == CASEGATE_E_CORRUPT || rc == CASEGATE_E_BUSY || rc == CASEGATE_E_UNKNOWN;
}

static casegate_result step(walk *w, const casegate_head *head, casegate_error *err)
{
    casegate_error own = { .size = sizeof own };
    w->progress.seen++;
    if (!cg_is_under(head, w->mapping->from)) return CASEGATE_OK;
    casegate_result rc = casegate_engine_migrate(w->engine, w->call, head->id, w->mapping, w->outcome, &own);
    const int failed = rc != CASEGATE_OK && rc != CASEGATE_JOINED;
    if (failed && !is_its_own(rc)) return casegate_error_set(err, rc, own.host_code, own.field, own.text);
    w->progress.failed += failed;
    w->progress.done += !failed && casegate_outcome_commit(w->outcome);
    return tell(w, head->id, rc, &own);
}

/* The cursor outlives the page that it came with. */
static casegate_result turn(walk *w, casegate_error *err)
{
    const char *next = casegate_outcome_next(w->page);
    casegate_release(w->engine->host, w->cursor);
    w->cursor = NULL;
    if (!next) return CASEGATE_OK;
    size_t size = strlen(next) + 1;
    w->cursor = casegate_alloc(w->engine->host, size);
    if (!w->cursor) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    memcpy(w->cursor, next, size);
    return CASEGATE_OK;
}

static casegate_result look_through(walk *w, casegate_error *err)
{
    const casegate_list list = { .size = sizeof list, .limit = PAGE, .after = w->cursor };
    casegate_result rc = casegate_engine_list(w->engine, w->call, &list, w->page, err);
    for (size_t i = 0; rc == CASEGATE_OK && i < casegate_outcome_head_count(w->page); i++)
        rc = step(w, casegate_outcome_head_at(w->page, i), err);
    if (rc == CASEGATE_OK) rc = turn(w, err);
    return rc == CASEGATE_OK ? tell(w, NULL, CASEGATE_OK, NULL) : rc;
}

/* In the order of waiting a case that changes meanwhile moves behind the cursor, so none is passed over. */
static casegate_result walk_all(walk *w, casegate_error *err)
{
    casegate_result rc;
    do rc = look_through(w, err);
    while (rc == CASEGATE_OK && w->cursor);
    return rc;
}

static casegate_result give(casegate_progress *out, const walk *w, casegate_error *err)
{
    if (!out) return CASEGATE_OK;
    if (out->size < sizeof *out) return casegate_error_set(err, CASEGATE_E_ABI, 0, "progress", "size of a struct cannot be");
    const size_t size = out->size;
    *out = w->progress;
    out->size = size;
    return CASEGATE_OK;
}

static casegate_result missing(const char *field, casegate_error *err)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, field, "is NULL");
}

casegate_result casegate_engine_migrate_all(casegate_engine *engine, const casegate_call *call, const casegate_mapping *mapping,
                                            casegate_progress_fn told, void *user, casegate_outcome *outcome,
                                            casegate_progress *progress, casegate_error *err)
{
    walk w = { .engine = engine, .call = call, .mapping = mapping, .told = told, .user = user, .outcome = outcome,
               .progress = { .size = sizeof w.progress } };
    if (err) casegate_error_init(err, err->size);
    if (!engine || !mapping || !outcome) return missing(!engine ? "engine" : !mapping ? "mapping" : "outcome", err);
    casegate_result rc = give(progress, &w, err);
    if (rc == CASEGATE_OK) rc = cg_judge_mapping(engine, mapping, err);
    if (rc != CASEGATE_OK) return rc;
    w.page = casegate_outcome_new(engine->host);
    rc = w.page ? walk_all(&w, err) : casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    casegate_release(engine->host, w.cursor);
    casegate_outcome_free(w.page);
    give(progress, &w, err);
    return rc;
}
