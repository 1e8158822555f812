/* SPDX-License-Identifier: MIT */
/* recorder.c: a notifier that keeps what it was given, and fails when it is told to. */
#include <casegate/testkit.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct casegate_recorder {
    pthread_mutex_t lock;
    _Atomic int users;      /* its owner and its notifier */
    _Atomic int32_t mode;
    casegate_host *host;
    casegate_notifier *notifier;
    casegate_notice **list;
    size_t count, room;
};

static casegate_result no_memory(casegate_error *err) { return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL,
        "out of memory"); }

static void forget(casegate_recorder *r)
{
    for (size_t i = 0; i < r->count; i++) casegate_notice_free(r->list[i]);
    r->count = 0;
}

static void CASEGATE_CALL let_go(void *user)
{
    casegate_recorder *r = user;
    casegate_host *host = r->host;
    if (atomic_fetch_sub(&r->users, 1) != 1) return;
    forget(r);
    casegate_release(host, r->list);
    pthread_mutex_destroy(&r->lock);
    casegate_release(host, r);
    casegate_host_unref(host);
}

static casegate_result keep(casegate_recorder *r, const casegate_notice *notice, casegate_error *err)
{
    if (r->count == r->room) {
        size_t wanted = r->room ? r->room * 2 : 16;
        casegate_notice **larger = casegate_resize(r->host, r->list, wanted * sizeof *larger);
        if (!larger) return no_memory(err);
        r->list = larger;
        r->room = wanted;
    }
    casegate_result rc = casegate_notice_copy(r->host, notice, &r->list[r->count], err);
    if (rc == CASEGATE_OK) r->count++;
    return rc;
}

static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    casegate_recorder *r = user;
    (void)context, (void)after_us;
    int32_t mode = atomic_load(&r->mode);
    if (mode == CASEGATE_RECORDER_FAIL) return casegate_error_set(err, CASEGATE_LATER, 0, NULL, "the recorder was told to fail");
    if (mode == CASEGATE_RECORDER_REFUSE) return casegate_error_set(err, CASEGATE_REFUSED, 0, NULL,
                                                                    "the recorder was told to refuse");
    pthread_mutex_lock(&r->lock);
    casegate_result rc = keep(r, message->notice, err);
    pthread_mutex_unlock(&r->lock);
    return rc;
}

casegate_result casegate_recorder_new(casegate_host *host, const char *channel, casegate_recorder **out, casegate_error *err)
{
    if (!out) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "out", "is NULL");
    casegate_recorder *r = casegate_alloc(host, sizeof *r);
    if (!r) return no_memory(err);
    memset(r, 0, sizeof *r);
    pthread_mutex_init(&r->lock, NULL);
    atomic_init(&r->users, 2);
    r->host = casegate_host_ref(host);
    const casegate_notifier_ops ops = { .size = sizeof ops, .user = r, .destroy = let_go, .deliver = deliver };
    casegate_result rc = casegate_notifier_new(host, channel, &ops, &r->notifier, err);
    if (rc == CASEGATE_OK) {
        *out = r;
        return CASEGATE_OK;
    }
    atomic_store(&r->users, 1);   /* a notifier that was not made lets nothing go */
    let_go(r);
    return rc;
}

void casegate_recorder_free(casegate_recorder *recorder)
{
    if (!recorder) return;
    casegate_notifier *notifier = recorder->notifier;
    let_go(recorder);
    casegate_notifier_unref(notifier);
}

casegate_notifier *casegate_recorder_notifier(casegate_recorder *recorder) { return recorder ? casegate_notifier_ref(recorder->notifier) : NULL; }
void casegate_recorder_set_mode(casegate_recorder *recorder, int32_t mode) { if (recorder) atomic_store(&recorder->mode, mode); }

static casegate_recorder *locked(const casegate_recorder *recorder)
{
    casegate_recorder *r = (casegate_recorder *)(uintptr_t)recorder;
    pthread_mutex_lock(&r->lock);
    return r;
}

size_t casegate_recorder_count(const casegate_recorder *recorder)
{
    if (!recorder) return 0;
    casegate_recorder *r = locked(recorder);
    size_t count = r->count;
    pthread_mutex_unlock(&r->lock);
    return count;
}

const casegate_notice *casegate_recorder_at(const casegate_recorder *recorder, size_t i)
{
    if (!recorder) return NULL;
    casegate_recorder *r = locked(recorder);
    const casegate_notice *notice = i < r->count ? r->list[i] : NULL;
    pthread_mutex_unlock(&r->lock);
    return notice;
}

void casegate_recorder_clear(casegate_recorder *recorder)
{
    if (!recorder) return;
    forget(locked(recorder));
    pthread_mutex_unlock(&recorder->lock);
}
