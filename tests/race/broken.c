/* SPDX-License-Identifier: MIT */
/* broken.c: a store that forwards to another one, and breaks one promise now and then: what the checker has to notice. */
#include "race.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const bugs[] = {"ignores-version", "forgets", "doubles-notice", "loses-notices", "stale-read", "lost-update", NULL};

/* What it remembers for a stale read: an old head of a case. Racers share it without a lock: it is only ever wrong, never torn. */
enum { REMEMBERED = 64 };
typedef struct broken {
    casegate_store *inner;
    const casegate_store_ops *ops;
    const char *bug;
    _Atomic uint32_t calls;
    casegate_case *_Atomic old[REMEMBERED];
} broken;

int is_bug(const char *name)
{
    for (size_t i = 0; bugs[i]; i++)
        if (strcmp(bugs[i], name) == 0)
            return 1;
    return 0;
}

static int has(const broken *b, const char *name) { return strcmp(b->bug, name) == 0; }
static int now_and_then(broken *b) { return atomic_fetch_add(&b->calls, 1) % 20 == 19; }

static uint32_t place_of(const char *id)
{
    uint32_t hash = 0;

    for (; *id; id++)
        hash = hash * 31 + (unsigned char)*id;
    return hash % REMEMBERED;
}

/* ---- reading ------------------------------------------------------------------------------------------------------ */

/* The first head that was seen of a case whose place is free is answered for ever after, to those who only look. */
static casegate_result answer_old(broken *b, const casegate_head *head, casegate_answers *answers, casegate_error *err)
{
    casegate_case *_Atomic *place = &b->old[place_of(head->id)];
    casegate_case *old = atomic_load(place), *none = NULL;

    if (!old && casegate_case_new(NULL, head, &old, err) == CASEGATE_OK && !atomic_compare_exchange_strong(place, &none, old)) {
        casegate_case_unref(old);
        old = none;
    }
    if (old && strcmp(casegate_case_head(old)->id, head->id) == 0)
        head = casegate_case_head(old);
    return casegate_answer_head(answers, head, err);
}

static casegate_result CASEGATE_CALL load(void *user, void *context, const casegate_load *what, casegate_answers *answers, casegate_error *err)
{
    broken *b = user;
    casegate_answers *own;
    casegate_result rc;

    if (!has(b, "stale-read") || what->to_change || what->request || !what->case_id)
        return b->ops->load(b->ops->user, context, what, answers, err);
    own = casegate_answers_new(NULL);
    rc = b->ops->load(b->ops->user, context, what, own, err);
    if (rc == CASEGATE_OK && casegate_answers_head(own, 0))
        rc = answer_old(b, casegate_answers_head(own, 0), answers, err);
    casegate_answers_free(own);
    return rc;
}

static casegate_result CASEGATE_CALL content(void *user, void *context, const char *id, uint32_t revision, casegate_answers *answers,
                                             casegate_error *err)
{
    broken *b = user;

    return b->ops->content(b->ops->user, context, id, revision, answers, err);
}

static casegate_result CASEGATE_CALL history(void *user, void *context, const char *id, uint32_t after, uint32_t limit,
                                             casegate_answers *answers, casegate_error *err)
{
    broken *b = user;

    return b->ops->history(b->ops->user, context, id, after, limit, answers, err);
}

static casegate_result CASEGATE_CALL notices(void *user, void *context, int32_t state, const char *channel, const char *after,
                                             uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    broken *b = user;

    return b->ops->notices(b->ops->user, context, state, channel, after, limit, answers, err);
}

/* ---- writing ------------------------------------------------------------------------------------------------------ */

static casegate_result write_one(broken *b, void *context, const casegate_commit *commit, casegate_error *err)
{
    const casegate_commit *list[1] = {commit};
    casegate_result result = CASEGATE_E_HOST, rc = b->ops->commit(b->ops->user, context, list, &result, 1, err);

    return rc == CASEGATE_OK ? result : rc;
}

/* Writes as if it had been decided on what is there now. keeps: the number that it was decided to have is answered. */
static casegate_result force(broken *b, void *context, const casegate_commit *commit, casegate_error *err)
{
    const casegate_load what = {.size = sizeof what, .case_id = commit->after->id};
    casegate_answers *own = casegate_answers_new(NULL);
    casegate_commit forced = *commit;
    casegate_head after = *commit->after;
    casegate_event event = *commit->events[0];
    const casegate_event *events[1] = {&event};
    casegate_result rc = CASEGATE_CONFLICT;

    if (b->ops->load(b->ops->user, context, &what, own, err) == CASEGATE_OK && casegate_answers_head(own, 0)) {
        forced.before = casegate_answers_head(own, 0);
        after.version = event.seq = forced.before->version + 1;
        after.revision = event.revision = forced.before->revision + (commit->content != NULL);
        forced.after = &after;
        forced.events = events;
        forced.event_count = 1;
        forced.notice_count = 0;
        rc = write_one(b, context, &forced, err);
    }
    casegate_answers_free(own);
    return rc;
}

static void double_notice(broken *b, void *context, const casegate_notice *first, casegate_error *err)
{
    casegate_notice twin = *first;
    char id[160];

    snprintf(id, sizeof id, "%sx", first->id);
    twin.id = id;
    b->ops->add_notice(b->ops->user, context, &twin, err);
}

static casegate_result commit_one(broken *b, void *context, const casegate_commit *commit, casegate_error *err)
{
    casegate_commit bent = *commit;
    casegate_result rc;

    if (has(b, "forgets") && commit->before && now_and_then(b))
        return CASEGATE_OK;
    if (has(b, "loses-notices") && commit->notice_count && now_and_then(b))
        bent.notice_count = 0;
    rc = write_one(b, context, &bent, err);
    if (rc == CASEGATE_OK && commit->notice_count && has(b, "doubles-notice") && now_and_then(b))
        double_notice(b, context, commit->notices[0], err);
    if (rc != CASEGATE_CONFLICT || !commit->before)
        return rc;
    if (has(b, "lost-update"))   /* the loser is told that it won */
        return CASEGATE_OK;
    return has(b, "ignores-version") ? force(b, context, commit, err) : rc;
}

static casegate_result CASEGATE_CALL commit(void *user, void *context, const casegate_commit *const *commits, casegate_result *results,
                                            size_t count, casegate_error *err)
{
    for (size_t i = 0; i < count; i++)
        results[i] = commit_one(user, context, commits[i], err);
    return CASEGATE_OK;
}

/* ---- opening ------------------------------------------------------------------------------------------------------ */

static void CASEGATE_CALL destroy(void *user)
{
    broken *b = user;

    for (size_t i = 0; i < REMEMBERED; i++)
        casegate_case_unref(atomic_load(&b->old[i]));
    casegate_store_unref(b->inner);
    free(b);
}

casegate_store *break_store(casegate_store *inner, const char *bug)
{
    broken *b = calloc(1, sizeof *b);
    casegate_store *store = NULL;
    casegate_store_ops ops;

    must(b != NULL && is_bug(bug), "no such bug");
    b->inner = inner;
    b->ops = casegate_store_callbacks(inner);
    b->bug = bug;
    casegate_store_ops_init(&ops, sizeof ops);
    ops.user = b;
    ops.destroy = destroy;
    ops.load = load;
    ops.content = content;
    ops.commit = commit;
    ops.history = history;
    ops.notices = notices;
    must(casegate_store_new(NULL, &ops, CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS, &store, NULL) == CASEGATE_OK, "no store");
    return store;
}
