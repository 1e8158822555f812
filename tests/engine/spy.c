/* SPDX-License-Identifier: MIT */
/* spy.c: forwarding, counting, bending. */
#include "spy.h"

#include "engine.h"

static const casegate_store_ops *ops(const spy *s) { return &s->inner->ops; }

/* Gives on what was collected, bent. */
static casegate_result give(spy *s, const casegate_answers *from, casegate_answers *to, casegate_error *err)
{
    casegate_result rc = CASEGATE_OK;
    for (size_t i = 0; rc == CASEGATE_OK && i < from->heads.count; i++) {
        casegate_head head = *cg_head_in(from, i);
        if (s->bend_head) s->bend_head(s, &head);
        rc = casegate_answer_head(to, &head, err);
        if (rc == CASEGATE_OK && s->twice) rc = casegate_answer_head(to, &head, err);
    }
    for (size_t i = 0; rc == CASEGATE_OK && i < from->events.count; i++) {
        casegate_event event = *cg_event_in(from, i);
        if (s->drop_event && event.seq == (uint32_t)s->drop_event) continue;
        if (s->bend_event) s->bend_event(s, &event);
        rc = casegate_answer_event(to, &event, err);
    }
    for (size_t i = 0; rc == CASEGATE_OK && i < from->notices.count; i++) {
        casegate_notice notice = *cg_notice_in(from, i);
        if (s->bend_notice) s->bend_notice(s, &notice);
        rc = casegate_answer_notice(to, &notice, err);
    }
    for (size_t i = 0; rc == CASEGATE_OK && i < from->contents.count; i++) {
        casegate_stored_content content = *cg_content_in(from, i);
        if (s->bend_content) s->bend_content(s, &content);
        rc = casegate_answer_content(to, &content, err);
    }
    return rc == CASEGATE_OK ? casegate_answer_count(to, from->number, err) : rc;
}

static casegate_result pass_on(spy *s, casegate_result rc, casegate_answers *from, casegate_answers *to, casegate_error *err)
{
    if (rc == CASEGATE_OK) rc = give(s, from, to, err);
    cg_answers_close(from);
    return s->garbage ? s->garbage : rc;
}

#define COLLECT(counter) spy *s = user; casegate_answers own; cg_answers_init(&own, NULL); s->counter++

static casegate_result CASEGATE_CALL load(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                                          casegate_error *err)
{
    COLLECT(loads);
    if (s->load_fails > 0) {
        s->load_fails--;
        cg_answers_close(&own);
        return casegate_error_set(err, CASEGATE_E_HOST, 7, "load", "the line is dead");
    }
    return pass_on(s, ops(s)->load(ops(s)->user, context, what, &own, err), &own, answers, err);
}

static casegate_result CASEGATE_CALL content(void *user, void *context, const char *id, uint32_t revision,
                                             casegate_answers *answers, casegate_error *err)
{
    COLLECT(contents);
    return pass_on(s, ops(s)->content(ops(s)->user, context, id, revision, &own, err), &own, answers, err);
}

static casegate_result CASEGATE_CALL list(void *user, void *context, const casegate_query *query, casegate_answers *answers,
                                          casegate_error *err)
{
    COLLECT(lists);
    return pass_on(s, ops(s)->list(ops(s)->user, context, query, &own, err), &own, answers, err);
}

static casegate_result CASEGATE_CALL history(void *user, void *context, const char *id, uint32_t after, uint32_t limit,
                                             casegate_answers *answers, casegate_error *err)
{
    COLLECT(histories);
    if (s->before_history) s->before_history(s);
    return pass_on(s, ops(s)->history(ops(s)->user, context, id, after, limit, &own, err), &own, answers, err);
}

static casegate_result CASEGATE_CALL claim(void *user, void *context, const char *channel, int64_t now, int64_t until,
                                           const char *lease, uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    COLLECT(claims);
    return pass_on(s, ops(s)->claim(ops(s)->user, context, channel, now, until, lease, limit, &own, err), &own, answers, err);
}

static casegate_result CASEGATE_CALL settle(void *user, void *context, const casegate_notice *const *notices,
                                            casegate_result *results, size_t count, casegate_error *err)
{
    spy *s = user;
    s->settles++;
    return ops(s)->settle(ops(s)->user, context, notices, results, count, err);
}

static casegate_result CASEGATE_CALL inbox(void *user, void *context, const char *org, const char *person, const char *after,
                                           uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    COLLECT(inboxes);
    return pass_on(s, ops(s)->inbox(ops(s)->user, context, org, person, after, limit, &own, err), &own, answers, err);
}

static casegate_result CASEGATE_CALL mark_read(void *user, void *context, const char *org, const char *person, const char *id,
                                               casegate_answers *answers, casegate_error *err)
{
    COLLECT(marks);
    return pass_on(s, ops(s)->mark_read(ops(s)->user, context, org, person, id, &own, err), &own, answers, err);
}

static casegate_result CASEGATE_CALL commit(void *user, void *context, const casegate_commit *const *commits,
                                            casegate_result *results, size_t count, casegate_error *err)
{
    spy *s = user;
    void (*before)(spy *) = s->before_commit;
    s->commits++;
    s->committed = count;
    if (s->commit_fails > 0) {
        s->commit_fails--;
        return casegate_error_set(err, CASEGATE_E_HOST, 7, "commit", "the line is dead");
    }
    s->before_commit = NULL;
    if (before) before(s);
    if (s->played == s->scripted) return ops(s)->commit(ops(s)->user, context, commits, results, count, err);
    casegate_result answer = s->script[s->played].answer;
    if (s->script[s->played++].lands) ops(s)->commit(ops(s)->user, context, commits, results, count, err);
    for (size_t i = 0; i < count; i++) results[i] = answer;
    return CASEGATE_OK;
}

/* An erasure is a commit to the script, too. */
static casegate_result CASEGATE_CALL erase(void *user, void *context, const casegate_commit *commit, casegate_error *err)
{
    spy *s = user;
    void (*before)(spy *) = s->before_commit;
    s->erasures++;
    s->before_commit = NULL;
    if (before) before(s);
    if (s->played == s->scripted) return ops(s)->erase(ops(s)->user, context, commit, err);
    casegate_result answer = s->script[s->played].answer;
    if (s->script[s->played++].lands) ops(s)->erase(ops(s)->user, context, commit, err);
    return answer;
}

static casegate_result CASEGATE_CALL notices(void *user, void *context, int32_t state, const char *channel, const char *after,
                                             uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    COLLECT(listed);
    return pass_on(s, ops(s)->notices(ops(s)->user, context, state, channel, after, limit, &own, err), &own, answers, err);
}

static casegate_result CASEGATE_CALL requeue(void *user, void *context, const char *id, int64_t now_us, casegate_error *err)
{
    spy *s = user;
    s->requeues++;
    return s->garbage ? s->garbage : ops(s)->requeue(ops(s)->user, context, id, now_us, err);
}

static casegate_result CASEGATE_CALL add_notice(void *user, void *context, const casegate_notice *notice, casegate_error *err)
{
    spy *s = user;
    s->added++;
    return s->garbage ? s->garbage : ops(s)->add_notice(ops(s)->user, context, notice, err);
}

static casegate_result CASEGATE_CALL describe(void *user, void *context, int32_t thorough, casegate_answers *answers,
                                              casegate_error *err)
{
    spy *s = user;
    s->described = thorough ? 2 : 1;
    return s->garbage ? s->garbage : ops(s)->describe(ops(s)->user, context, thorough, answers, err);
}

static casegate_result CASEGATE_CALL purge(void *user, void *context, int64_t before_us, uint32_t limit, casegate_answers *answers,
                                           casegate_error *err)
{
    spy *s = user;
    if (s->garbage == CASEGATE_OK) return ops(s)->purge(ops(s)->user, context, before_us, limit, answers, err);
    return s->garbage;
}

static void CASEGATE_CALL destroy(void *user) { casegate_store_unref(((spy *)user)->inner); }

casegate_store *spy_new(spy *s, casegate_host *host, uint32_t without)
{
    casegate_store *store = NULL;
    *s = (spy) { .inner = NULL };
    casegate_store_ops mine = { .size = sizeof mine, .user = s, .destroy = destroy, .load = load, .content = content,
                                .commit = commit };
    if (casegate_memory_store_new(host, &s->inner, NULL) != CASEGATE_OK) return NULL;
    if (!(without & CASEGATE_KEEPS_LISTS)) mine.list = list;
    if (!(without & CASEGATE_KEEPS_HISTORY)) mine.history = history;
    if (!(without & CASEGATE_KEEPS_QUEUE)) mine.claim = claim, mine.settle = settle;
    if (!(without & CASEGATE_KEEPS_INBOX)) mine.inbox = inbox, mine.mark_read = mark_read;
    if (!(without & SPY_NO_OPERATION))
        mine.notices = notices, mine.requeue = requeue, mine.add_notice = add_notice, mine.describe = describe, mine.erase = erase,
        mine.purge = purge;
    uint32_t keeps = (CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS) & ~without & ~(uint32_t)SPY_NO_OPERATION;
    if (casegate_store_new(host, &mine, keeps, &store, NULL) == CASEGATE_OK) return store;
    casegate_store_unref(s->inner);
    return NULL;
}

void spy_answer(spy *s, casegate_result answer, int lands)
{
    s->script[s->scripted].answer = answer;
    s->script[s->scripted++].lands = lands;
}

void spy_add_notice(spy *s, const casegate_notice *notice) { ops(s)->add_notice(ops(s)->user, NULL, notice, NULL); }

casegate_notice *spy_notice(spy *s, const char *channel, size_t i)
{
    casegate_notice *copy = NULL;
    casegate_answers own;
    cg_answers_init(&own, NULL);
    ops(s)->notices(ops(s)->user, NULL, 0, channel, NULL, 100, &own, NULL);
    if (i < own.notices.count) casegate_notice_copy(NULL, cg_notice_in(&own, i), &copy, NULL);
    cg_answers_close(&own);
    return copy;
}
