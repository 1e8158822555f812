/* SPDX-License-Identifier: MIT */
/* crowd.c: a store that forwards to another one under a lock, and forgets the lock where it is needed most. */
#include "broken.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const bug crowd_bugs[] = {
    { "looks at the version before it takes its lock", "of_threads_that_decide_on_one_version_exactly_one_commits" },
    { "looks for a taken id before it takes its lock", "of_threads_that_make_a_case_of_one_id_exactly_one_commits" },
    { "looks for a used request before it takes its lock", "of_threads_that_use_one_request_id_exactly_one_commits" },
    { "sends strangers away while one writes", "threads_that_work_on_cases_of_their_own_all_succeed" },
    { "chooses what to lease before it takes its lock", "each_notice_is_leased_once_however_many_threads_claim" },
    { "shows a head before the rest is written", "readers_see_whole_cases_while_another_thread_writes" },
    { NULL, NULL },
};

typedef struct crowd {
    const bug *bug;
    casegate_store *inner;
    const casegate_store_ops *ops;
    pthread_mutex_t lock;
    const casegate_head *half;   /* of a commit that is being written */
    size_t writing;              /* how many commit at the moment */
} crowd;

static int has(const crowd *c, const char *name) { return c->bug && strcmp(c->bug->name, name) == 0; }

static void wait_a_little(void)
{
    const struct timespec little = { .tv_nsec = 1000000 };
    nanosleep(&little, NULL);
}

static crowd *lock(void *user)
{
    crowd *c = user;
    pthread_mutex_lock(&c->lock);
    return c;
}

static casegate_result unlock(crowd *c, casegate_result rc)
{
    pthread_mutex_unlock(&c->lock);
    return rc;
}

/* ---- what is bent --------------------------------------------------------------------------------------------------------------- */

/* What a store sees that looks now and writes later. */
static int seems_free(crowd *c, void *context, const casegate_commit *commit)
{
    const casegate_event *last = commit->events[commit->event_count - 1];
    const casegate_load what = { .size = sizeof what, .case_id = commit->after->id, .request = last->request, .request_org = last->actor_org,
                                 .request_actor = last->actor, .request_lab = last->lab };
    casegate_answers *found = casegate_answers_new(NULL);
    casegate_error err = { .size = sizeof err };
    lock(c);
    casegate_result rc = c->ops->load(c->ops->user, context, &what, found, &err);
    const casegate_head *head = rc == CASEGATE_OK ? casegate_answers_head(found, 0) : NULL;
    int seems = head && commit->before ? head->version == commit->before->version : !head && !commit->before;
    if (last->request && casegate_answers_event(found, 0)) seems = 0;
    unlock(c, rc);
    casegate_answers_free(found);
    return seems;
}

static int looks_too_early(const crowd *c, const casegate_commit *commit)
{
    if (!commit->before) return has(c, "looks for a taken id before it takes its lock");
    if (commit->events[commit->event_count - 1]->request) return has(c, "looks for a used request before it takes its lock");
    return has(c, "looks at the version before it takes its lock");
}

static casegate_result write_it(crowd *c, void *context, const casegate_commit *const *commits, casegate_result *results, size_t count,
                                casegate_error *err)
{
    lock(c);
    casegate_result rc = c->ops->commit(c->ops->user, context, commits, results, count, err);
    c->half = NULL;
    c->writing--;
    return unlock(c, rc);
}

static casegate_result CASEGATE_CALL commit(void *user, void *context, const casegate_commit *const *commits, casegate_result *results,
                                            size_t count, casegate_error *err)
{
    crowd *c = user;
    const int early = looks_too_early(c, commits[0]), free_once = early && seems_free(c, context, commits[0]);
    lock(c);
    const int alone = c->writing++ == 0;
    if (has(c, "shows a head before the rest is written")) c->half = commits[0]->after;
    unlock(c, CASEGATE_OK);
    if (c->bug) wait_a_little();
    casegate_result rc = write_it(c, context, commits, results, count, err);
    if (rc == CASEGATE_OK && results[0] == CASEGATE_CONFLICT && free_once) results[0] = CASEGATE_OK;
    return !alone && has(c, "sends strangers away while one writes") ? casegate_error_set(err, CASEGATE_E_BUSY, 0, NULL, "busy") : rc;
}

static casegate_result CASEGATE_CALL load(void *user, void *context, const casegate_load *what, casegate_answers *answers, casegate_error *err)
{
    crowd *c = lock(user);
    if (c->half && what->case_id && strcmp(c->half->id, what->case_id) == 0) return unlock(c, casegate_answer_head(answers, c->half, err));
    return unlock(c, c->ops->load(c->ops->user, context, what, answers, err));
}

/* What waits is read first, and answered, whoever has leased it meanwhile. */
static casegate_result claim_early(crowd *c, void *context, const char *channel, int64_t now, int64_t until, const char *lease, uint32_t limit,
                                   casegate_answers *answers, casegate_error *err)
{
    casegate_answers *chosen = casegate_answers_new(NULL), *unseen = casegate_answers_new(NULL);
    lock(c);
    casegate_result rc = unlock(c, c->ops->notices(c->ops->user, context, CASEGATE_NOTICE_PENDING, channel, NULL, limit, chosen, err));
    wait_a_little();
    lock(c);
    if (rc == CASEGATE_OK) rc = c->ops->claim(c->ops->user, context, channel, now, until, lease, limit, unseen, err);
    unlock(c, rc);
    for (size_t i = 0; rc == CASEGATE_OK && casegate_answers_notice(chosen, i); i++) {
        casegate_notice notice = *casegate_answers_notice(chosen, i);
        notice.state = CASEGATE_NOTICE_LEASED;
        notice.lease = lease;
        rc = casegate_answer_notice(answers, &notice, err);
    }
    casegate_answers_free(chosen);
    casegate_answers_free(unseen);
    return rc;
}

static casegate_result CASEGATE_CALL claim(void *user, void *context, const char *channel, int64_t now, int64_t until, const char *lease,
                                           uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    crowd *c = user;
    if (has(c, "chooses what to lease before it takes its lock"))
        return claim_early(c, context, channel, now, until, lease, limit, answers, err);
    lock(c);
    return unlock(c, c->ops->claim(c->ops->user, context, channel, now, until, lease, limit, answers, err));
}

/* ---- what is passed on ---------------------------------------------------------------------------------------------------------- */

#define PASSED(name, parameters, ...) \
    static casegate_result CASEGATE_CALL name parameters \
    { \
        crowd *c = lock(user); \
        return unlock(c, c->ops->name(c->ops->user, context, __VA_ARGS__)); \
    }
PASSED(content, (void *user, void *context, const char *id, uint32_t revision, casegate_answers *answers, casegate_error *err),
       id, revision, answers, err)
PASSED(list, (void *user, void *context, const casegate_query *query, casegate_answers *answers, casegate_error *err), query, answers, err)
PASSED(history, (void *user, void *context, const char *id, uint32_t after, uint32_t limit, casegate_answers *answers, casegate_error *err),
       id, after, limit, answers, err)
PASSED(settle, (void *user, void *context, const casegate_notice *const *all, casegate_result *results, size_t count, casegate_error *err),
       all, results, count, err)
PASSED(inbox, (void *user, void *context, const char *org, const char *person, const char *after, uint32_t limit, casegate_answers *answers,
               casegate_error *err), org, person, after, limit, answers, err)
PASSED(mark_read, (void *user, void *context, const char *org, const char *person, const char *id, casegate_answers *answers,
                   casegate_error *err), org, person, id, answers, err)
PASSED(notices, (void *user, void *context, int32_t state, const char *channel, const char *after, uint32_t limit, casegate_answers *answers,
                 casegate_error *err), state, channel, after, limit, answers, err)
PASSED(requeue, (void *user, void *context, const char *id, int64_t now, casegate_error *err), id, now, err)
PASSED(add_notice, (void *user, void *context, const casegate_notice *notice, casegate_error *err), notice, err)
PASSED(purge, (void *user, void *context, int64_t before, uint32_t limit, casegate_answers *answers, casegate_error *err),
       before, limit, answers, err)
PASSED(erase, (void *user, void *context, const casegate_commit *commit, casegate_error *err), commit, err)
PASSED(describe, (void *user, void *context, int32_t thorough, casegate_answers *answers, casegate_error *err), thorough, answers, err)

static void CASEGATE_CALL destroy(void *user)
{
    crowd *c = user;
    casegate_store_unref(c->inner);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

casegate_result crowd_store(const bug *which, casegate_store *inner, casegate_host *host, casegate_store **out, casegate_error *err)
{
    crowd *c = calloc(1, sizeof *c);
    if (!c) return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    c->bug = which;
    c->inner = casegate_store_ref(inner);
    c->ops = casegate_store_callbacks(inner);
    pthread_mutex_init(&c->lock, NULL);
    const casegate_store_ops ops = {
        .size = sizeof ops, .user = c, .destroy = destroy, .load = load, .content = content, .commit = commit, .list = list,
        .history = history, .claim = claim, .settle = settle, .inbox = inbox, .mark_read = mark_read, .notices = notices,
        .requeue = requeue, .add_notice = add_notice, .purge = purge, .erase = erase, .describe = describe,
    };
    casegate_result rc = casegate_store_new(host, &ops, casegate_store_keeps(inner), out, err);
    if (rc != CASEGATE_OK) destroy(c);
    return rc;
}
