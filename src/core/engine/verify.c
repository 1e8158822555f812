/* SPDX-License-Identifier: MIT */
/* verify.c: is the record intact? The chain walked, the events replayed, head and contents compared; the first misfit is named. */
#include "engine.h"

enum { PAGE = 100 };

/* A walk along the events of one case. */
typedef struct walk {
    casegate_outcome *o;
    casegate_buffer *form;
    cg_arena arena;               /* the replayed head, which outlives a page of events */
    casegate_head *replayed;      /* NULL before the first event */
    int hashed;                   /* a hash was seen: from there on every event has one */
    uint32_t gone;                /* the last event whose texts are gone, or whose content is, without an erasure since; 0: none */
    int kept;                     /* since the last erasure there are texts that the next one has to take */
    casegate_verification *result;
} walk;

static const char *const FITS = "";

/* ---- one event --------------------------------------------------------------------------------------------------------------- */

static int has_texts(const casegate_event *event) { return !cg_empty(event->comment) || event->file_count > 0; }

/* Comment and files against their digest. */
static casegate_result judge_texts(walk *w, const casegate_event *event, const char **problem, casegate_error *err)
{
    char digest[72];
    if (event->erased) {
        w->gone = event->seq;
        return CASEGATE_OK;
    }
    w->kept |= has_texts(event) || !cg_empty(event->salt);
    if (cg_empty(event->text_digest) != !has_texts(event)) return *problem = "comment or files do not fit their digest", CASEGATE_OK;
    if (!has_texts(event)) return CASEGATE_OK;
    casegate_result rc = cg_event_text_digest(w->o->engine->host, w->form, event, digest, err);
    if (rc == CASEGATE_OK && !cg_same(digest, event->text_digest)) *problem = "comment or files do not fit their digest";
    return rc;
}

static casegate_result judge_hash(walk *w, const casegate_event *event, const char **problem, casegate_error *err)
{
    char hash[72];
    const char *previous = w->replayed ? w->replayed->event_hash : NULL;
    if (cg_empty(event->hash) && !w->hashed) return CASEGATE_OK;   /* from before the chain began */
    w->hashed = 1;
    if (!cg_same(event->previous_hash, previous)) return *problem = "the event does not follow the one before", CASEGATE_OK;
    casegate_result rc = cg_event_hash(w->o->engine->host, w->form, event, hash, err);
    if (rc == CASEGATE_ABSENT) return casegate_error_set(err, CASEGATE_E_HOST, 0, "key",
                                                         "the host does not know the key of an event");
    if (rc == CASEGATE_OK && !cg_same(hash, event->hash)) *problem = "the event was changed";
    return rc;
}

/* Does the event belong here: this case, the next number, from where the last one led? */
static const char *judge_place(const walk *w, const casegate_event *event)
{
    const casegate_head *head = w->o->head, *before = w->replayed;
    if (event->seq != (before ? before->version + 1 : 1)) return "an event is missing";
    if (!cg_same(event->case_id, head->id) || !cg_same(event->clinic, head->clinic) || !cg_same(event->lab, head->lab))
        return "the event is of another case";
    if (event->from != (before ? before->status : 0)) return "the event does not begin where the last one ended";
    uint32_t revision = before ? before->revision : 0, attempt = before ? before->attempt : 0;
    if (event->revision != revision && event->revision != revision + 1) return "the event skips a revision";
    if (before && event->attempt != attempt && event->attempt != attempt + 1) return "the event skips an attempt";
    return FITS;
}

/* The definition by a name and version; NULL: nobody has it. */
static const casegate_workflow *definition(const walk *w, const char *name, uint32_t version)
{
    const casegate_workflow *own = w->o->workflow;   /* of the case; a lab may have brought it */
    if (cg_empty(name) || (own->version == version && cg_same(own->name, name))) return own;
    return casegate_engine_workflow(w->o->engine, name, version);
}

/* Only a migration brings another definition, and it brings nothing else. */
static const char *judge_definition(const walk *w, const casegate_event *event)
{
    const casegate_head *before = w->replayed;
    const int differs = before && (before->workflow_version != event->workflow_version || !cg_same(before->workflow, event->workflow));
    if (differs != (event->action == CASEGATE_MIGRATE)) return "the definition changed without a migration";
    return differs && (event->revision != before->revision || event->attempt != before->attempt)
           ? "a migration changed more than the definition" : FITS;
}

/* An erasure takes all texts that were there before it, and nothing else. */
static const char *judge_erasure(walk *w, const casegate_event *event)
{
    const casegate_head *before = w->replayed;
    if (event->action != CASEGATE_ERASE || !before) return FITS;
    if (event->to != before->status || event->revision != before->revision || event->attempt != before->attempt)
        return "an erasure changed more than texts";
    if (w->kept) return "an erasure left texts behind";
    w->result->erased = 1;
    w->gone = 0;
    return FITS;
}

/* Could the workflow have led there? */
static const char *judge_rules(const walk *w, const casegate_event *event, const casegate_workflow *now, int32_t *from, int32_t *to)
{
    const casegate_head *before = w->replayed;
    const casegate_workflow *then = before ? definition(w, before->workflow, before->workflow_version) : now;
    const casegate_status *a = casegate_workflow_status(then, event->from), *b = casegate_workflow_status(now, event->to);
    int edits = w->replayed && event->revision != w->replayed->revision;
    if (!b || (event->from && !a)) return "the workflow has no such status";
    *from = a ? a->phase : 0;
    *to = b->phase;
    if (event->action == CASEGATE_MIGRATE && *from != *to) return "a migration changed the phase";
    if (a && !cg_does(*from, *to, edits)) return "no transition leads there";
    if (a && edits && (*from == CASEGATE_PHASE_ACCEPTED || *from == CASEGATE_PHASE_CLOSED)) return "a locked content was changed";
    if (*to == CASEGATE_PHASE_REJECTED && *from != CASEGATE_PHASE_REJECTED &&
        cg_empty(event->reason)) return "a rejection has no reason";
    if (b->phase == CASEGATE_PHASE_ACCEPTED && a && w->replayed->content_digest &&
        !cg_same(event->content_digest, w->replayed->content_digest))
        return "the accepted content is not the reviewed one";
    return FITS;
}

/* The head moves on, in memory that outlives the page. */
static casegate_result follow(walk *w, const casegate_event *event, int32_t from, int32_t to, casegate_error *err)
{
    casegate_head after;
    void *copy;
    cg_head_follow(w->replayed, event, NULL, from, to, &after);
    casegate_result rc = cg_view_copy(&w->arena, CASEGATE_VIEW_HEAD, &after, &copy, err);
    if (rc == CASEGATE_OK) w->replayed = copy;
    return rc;
}

static casegate_result judge_event(walk *w, const casegate_event *event, const char **problem, casegate_error *err)
{
    int32_t from = 0, to = 0;
    const casegate_workflow *now = definition(w, event->workflow, event->workflow_version);
    if (!now) return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "workflow", "the engine does not have the workflow of an event");
    *problem = judge_place(w, event);
    if (*problem == FITS) *problem = judge_definition(w, event);
    if (*problem == FITS) *problem = judge_erasure(w, event);
    if (*problem == FITS) *problem = judge_rules(w, event, now, &from, &to);
    casegate_result rc = *problem == FITS ? judge_texts(w, event, problem, err) : CASEGATE_OK;
    if (rc == CASEGATE_OK && *problem == FITS) rc = judge_hash(w, event, problem, err);
    if (rc == CASEGATE_OK && *problem == FITS) rc = follow(w, event, from, to, err);
    return rc;
}

static void name(walk *w, uint32_t seq, const char *problem)
{
    w->result->intact = 0;
    w->result->seq = seq;
    w->result->problem = problem;
}

/* ---- contents and head --------------------------------------------------------------------------------------------------------- */

/* The digest of the content at an event that introduced it. */
static casegate_result judge_content(walk *w, const casegate_event *event, const char **problem, casegate_error *err)
{
    const casegate_stored_content *stored = NULL;
    char digest[72];
    int current = event->revision == w->o->head->revision;
    if (!current && !(w->o->engine->store->keeps & CASEGATE_KEEPS_REVISIONS)) return CASEGATE_OK;
    cg_answers_reset(&w->o->more);
    casegate_result rc = cg_fetch_content(w->o, event->revision, &stored, err);
    if (rc == CASEGATE_ABSENT) return *problem = "a content is missing", CASEGATE_OK;
    if (rc == CASEGATE_E_CORRUPT) return *problem = "a content cannot be read, or does not fit its digest", CASEGATE_OK;
    if (rc != CASEGATE_OK) return rc;
    if (stored->erased) w->gone = event->seq;
    else w->kept = 1;
    if (!stored->content || cg_empty(event->content_digest)) return CASEGATE_OK;
    rc = cg_content_digest(w->o->engine->host, w->form, stored->content, stored->salt, digest, err);
    if (rc == CASEGATE_OK && !cg_same(digest, event->content_digest)) *problem = "the content does not fit its digest";
    return rc;
}

typedef struct number { const char *problem; int64_t stored, replayed; } number;

/* The head against the one that the events lead to. */
static const char *judge_head(const walk *w)
{
    const casegate_head *a = w->o->head, *b = w->replayed;
    if (!b) return "there are no events";
    const number numbers[] = {
        { "the last event is missing, or the head's version was changed", a->version, b->version },
        { "the head's status was changed", a->status, b->status }, { "the head's revision was changed", a->revision,
                                                                     b->revision },
        { "the head's attempt was changed", a->attempt, b->attempt }, { "the head's times were changed", a->created_us,
                                                                        b->created_us },
        { "the head's times were changed", a->submitted_us, b->submitted_us }, { "the head's times were changed", a->decided_us,
                b->decided_us },
        { "the head's rejection was changed", a->rejected_seq, b->rejected_seq },
        { "the head's first submission was changed", a->first_submitted_seq, b->first_submitted_seq },
        { "the head's first submission was changed", a->first_submitted_revision, b->first_submitted_revision },
        { "the head's definition was changed", a->workflow_version, b->workflow_version },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].stored != numbers[i].replayed) return numbers[i].problem;
    if (!cg_same(a->reason, b->reason)) return "the head's rejection was changed";
    if (!cg_same(a->workflow, b->workflow)) return "the head's definition was changed";
    if (!cg_same(a->decided_by, b->decided_by)) return "the head's decision was changed";
    if (!cg_same(a->content_digest, b->content_digest)) return "the head's content digest was changed";
    return cg_same(a->event_hash, b->event_hash) ? FITS : "the head's hash was changed";
}

/* What the head says of its content, against the content. */
static casegate_result judge_summary(walk *w, const char **problem, casegate_error *err)
{
    const casegate_stored_content *stored = NULL;
    const casegate_head *a = w->o->head;
    casegate_head b = { .size = sizeof b };
    casegate_result rc = cg_fetch_content(w->o, a->revision, &stored, err);   /* it was read before: it is the last one introduced */
    if (rc != CASEGATE_OK) return rc;
    cg_head_summarize(&b, stored->content);   /* of what was erased nothing is left */
    int same = cg_same(a->dentist, b.dentist) && cg_same(a->clinic_email, b.clinic_email) && cg_same(a->dentist_email,
            b.dentist_email) &&
               cg_same(a->reference, b.reference) && cg_same(a->patient_name, b.patient_name) && cg_same(a->dentist_name,
                       b.dentist_name) &&
               cg_same(a->due, b.due) && a->service_count == b.service_count;
    if (!same) *problem = "the head's summary does not fit its content";
    return CASEGATE_OK;
}

/* ---- the walk ------------------------------------------------------------------------------------------------------------------ */

static casegate_result step(walk *w, const casegate_event *event, casegate_error *err)
{
    const char *problem = FITS;
    uint32_t revision = w->replayed ? w->replayed->revision : 0;
    casegate_result rc = judge_event(w, event, &problem, err);
    if (rc == CASEGATE_OK && problem == FITS && event->revision != revision) rc = judge_content(w, event, &problem, err);
    w->result->events++;
    if (rc == CASEGATE_OK && problem != FITS) name(w, event->seq, problem);
    return rc;
}

static casegate_result fetch_page(walk *w, casegate_error *err)
{
    const casegate_store *store = w->o->engine->store;
    cg_answers_reset(&w->o->loaded);
    uint32_t after = w->replayed ? w->replayed->version : 0;
    casegate_result rc = store->ops.history(store->ops.user, w->o->call.context, w->o->head->id, after, PAGE, &w->o->loaded, err);
    rc = cg_port(rc, 0, "history", err);
    return rc == CASEGATE_OK ? w->o->loaded.failed : rc;
}

static casegate_result walk_events(walk *w, casegate_error *err)
{
    for (;;) {
        casegate_result rc = fetch_page(w, err);
        if (rc == CASEGATE_E_CORRUPT) return name(w, w->replayed ? w->replayed->version + 1 : 1,
                                                  "an event cannot be read"), CASEGATE_OK;
        for (size_t i = 0; rc == CASEGATE_OK && w->result->intact && i < w->o->loaded.events.count; i++)
            rc = step(w, cg_event_in(&w->o->loaded, i), err);
        if (rc != CASEGATE_OK || !w->result->intact || w->o->loaded.events.count < PAGE) return rc;
    }
}

static casegate_result walk_all(walk *w, casegate_error *err)
{
    const char *problem = FITS;
    casegate_result rc = walk_events(w, err);
    if (rc != CASEGATE_OK || !w->result->intact) return rc;
    if (w->gone) return name(w, w->gone, "texts are gone that no erasure took"), CASEGATE_OK;
    problem = judge_head(w);
    if (problem == FITS) rc = judge_summary(w, &problem, err);
    if (rc == CASEGATE_OK && problem != FITS) name(w, 0, problem);
    return rc;
}

/* The head in question must outlive the pages that are read over it. */
static casegate_result keep_head(casegate_outcome *o, casegate_error *err)
{
    void *copy;
    casegate_result rc = cg_view_copy(&o->arena, CASEGATE_VIEW_HEAD, o->kase.head, &copy, err);
    if (rc != CASEGATE_OK) return rc;
    o->kase.head = o->head = copy;
    return CASEGATE_OK;
}

static casegate_result verify(casegate_outcome *o, casegate_error *err)
{
    walk w = { .o = o, .form = casegate_buffer_new(o->host), .result = &o->verification };
    cg_arena_init(&w.arena, o->host);
    o->verification = (casegate_verification) { .size = sizeof o->verification, .intact = 1, .problem = FITS,
                                                .hash = cg_text(o->head->event_hash) };
    casegate_result rc = w.form ? walk_all(&w, err) : casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, NULL);
    casegate_buffer_free(w.form);
    cg_arena_free(&w.arena);
    o->verified = rc == CASEGATE_OK;
    return rc;
}

/* OK also for a case that is not visible: then there is no head. */
static casegate_result find_head(casegate_outcome *o, const char *case_id, casegate_error *err)
{
    o->head = NULL;
    casegate_result rc = cg_load(o, case_id, 0, 0, err);
    if (rc != CASEGATE_OK || !cg_is_visible(o)) return rc;
    rc = cg_fetch_lab(o, err);
    return rc == CASEGATE_OK ? keep_head(o, err) : rc;
}

/* Head, events and contents are read one after the other: what does not fit may be what happened meanwhile, and then is judged anew. */
static casegate_result verify_at_rest(casegate_outcome *o, const char *case_id, casegate_error *err)
{
    for (uint32_t i = 0; i < o->engine->max_conflicts; i++) {
        const uint32_t version = o->head->version;
        casegate_result rc = verify(o, err);
        if (rc != CASEGATE_OK || o->verification.intact) return rc;
        rc = find_head(o, case_id, err);
        if (rc != CASEGATE_OK || !o->head || o->head->version == version) return rc;
    }
    return cg_too_often(err);
}

casegate_result casegate_engine_verify(casegate_engine *engine, const casegate_call *call, const char *case_id,
                                       casegate_outcome *outcome, casegate_error *err)
{
    casegate_result rc = cg_begin(engine, call, outcome, err);
    if (rc != CASEGATE_OK) return rc;
    rc = find_head(outcome, case_id, err);
    if (rc == CASEGATE_OK && !outcome->head) return cg_end(outcome, cg_not_found(outcome));
    if (rc == CASEGATE_OK && !engine->store->ops.history) rc = cg_unsupported("history", err);
    if (rc == CASEGATE_OK) rc = verify_at_rest(outcome, case_id, err);
    if (rc == CASEGATE_OK && !outcome->head) rc = cg_not_found(outcome);
    return cg_end(outcome, rc);
}
