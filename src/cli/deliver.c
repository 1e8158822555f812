/* SPDX-License-Identifier: MIT */
/* deliver.c: the dispatcher of the tool: one pass, or one thread a channel until a signal says that it is enough. */
#include "cli.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CHANNELS = 8 };
#define SECOND_US INT64_C(1000000)
#define DAY_US (24 * 60 * 60 * SECOND_US)

/* What the threads share. */
struct crew {
    casegate_engine *engine;
    const struct cg_store_kind *kind;   /* NULL: memory */
    int64_t poll_us;         /* between two looks, if nobody calls */
    atomic_int stop;         /* somebody said that it is enough */
    pthread_mutex_t lock;
    pthread_cond_t wake;     /* of those that wait for new notices, when stop is set */
    casegate_dispatched total;
};

/* Who follows a channel. A slow one holds up no other. */
struct follower {
    struct crew *crew;
    const char *channel;
    struct cg_listener *listener;   /* hears of new notices; NULL: the store does not call */
    pthread_t thread;
    casegate_error err;
    casegate_result ended;   /* not OK: it cannot go on */
    char said[sizeof ((casegate_error *)NULL)->text];   /* the error that was reported last */
};

/* ---- counts ------------------------------------------------------------------------------------------------------ */

static void add(casegate_dispatched *sum, const casegate_dispatched *more)
{
    sum->delivered += more->delivered;
    sum->failed += more->failed;
    sum->dead += more->dead;
    sum->lost += more->lost;
    sum->untried += more->untried;
    sum->unreadable += more->unreadable;
}

static void put_counts(struct cg_tool *tool, const casegate_dispatched *d)
{
    if (tool->json) {
        cg_putf(tool->out, "{\"delivered\":%u,\"failed\":%u,\"dead\":%u,\"lost\":%u,\"untried\":%u,\"unreadable\":%u}\n",
                d->delivered, d->failed, d->dead, d->lost, d->untried, d->unreadable);
        return;
    }
    cg_putf(tool->out, "delivered %u, failed %u (will be tried again), dead %u, lost %u", d->delivered, d->failed, d->dead,
            d->lost);
    if (d->untried > 0)
        cg_putf(tool->out, ", given back untried %u", d->untried);
    if (d->unreadable > 0)
        cg_putf(tool->out, ", unreadable %u", d->unreadable);
    cg_put(tool->out, "\n");
}

/* On a terminal, one line that changes. */
static void show_status(struct crew *crew)
{
    if (!isatty(STDERR_FILENO))
        return;
    pthread_mutex_lock(&crew->lock);
    casegate_dispatched d = crew->total;
    pthread_mutex_unlock(&crew->lock);
    fprintf(stderr, "\rdelivered %u, failed %u, dead %u; waiting for more, ctrl-C ends it\033[K", d.delivered, d.failed, d.dead);
    fflush(stderr);
}

static void end_status(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

/* ---- a thread ---------------------------------------------------------------------------------------------------- */

static int32_t CASEGATE_CALL is_stopped(void *user)
{
    struct crew *crew = user;

    return atomic_load(&crew->stop);
}

static void stop(struct crew *crew)
{
    atomic_store(&crew->stop, 1);
    pthread_mutex_lock(&crew->lock);
    pthread_cond_broadcast(&crew->wake);
    pthread_mutex_unlock(&crew->lock);
}

static int64_t clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

/* Waits until the time has come, or it is enough. */
static void sleep_until(struct crew *crew, int64_t until_us)
{
    const struct timespec until = { .tv_sec = until_us / SECOND_US, .tv_nsec = until_us % SECOND_US * 1000 };

    pthread_mutex_lock(&crew->lock);
    while (!atomic_load(&crew->stop) && pthread_cond_timedwait(&crew->wake, &crew->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&crew->lock);
}

/* The same, or until the store calls. Who listens does not see the end coming, and so looks up every second. */
static void listen_until(struct follower *f, int64_t until_us)
{
    while (!atomic_load(&f->crew->stop)) {
        int64_t left_us = until_us - clock_us();
        if (left_us <= 0 || f->crew->kind->wait(f->listener, left_us < SECOND_US ? left_us : SECOND_US))
            break;
    }
}

/* After an error the store is asked again soon, however long the poll is. */
static void rest(struct follower *f, int failed)
{
    const int64_t poll_us = f->crew->poll_us, until_us = clock_us() + (failed && poll_us > SECOND_US ? SECOND_US : poll_us);

    if (f->listener != NULL && !failed)
        listen_until(f, until_us);
    else
        sleep_until(f->crew, until_us);
}

/* An error that another try may not meet is told once, and the work goes on. */
static int may_go_on(struct follower *f, casegate_result rc)
{
    casegate_buffer *line;

    if (rc == CASEGATE_OK) {
        f->said[0] = 0;
        return 1;
    }
    if (rc == CASEGATE_E_INVALID || rc == CASEGATE_E_UNSUPPORTED || rc == CASEGATE_E_ABI) {
        f->err.code = f->ended = rc;
        return 0;
    }
    const char *text = *f->err.text != 0 ? f->err.text : casegate_result_name(rc);
    if (strcmp(f->said, text) == 0 || (line = casegate_buffer_new(NULL)) == NULL)
        return 1;
    snprintf(f->said, sizeof f->said, "%s", text);
    cg_putf(line, "casegate: deliver: %s: ", f->channel);
    cg_put_safe(line, text);
    cg_put(line, "; going on\n");
    end_status();
    fputs(casegate_buffer_data(line), stderr);
    casegate_buffer_free(line);
    return 1;
}

static void *follow_channel(void *arg)
{
    struct follower *f = arg;
    struct crew *crew = f->crew;
    casegate_result rc;
    casegate_drain how;

    casegate_drain_init(&how, sizeof how);
    how.channel = f->channel;
    how.user = crew;
    how.stop = is_stopped;
    do {
        casegate_dispatched d;
        casegate_dispatched_init(&d, sizeof d);
        rc = casegate_engine_drain(crew->engine, &how, &d, &f->err);
        pthread_mutex_lock(&crew->lock);
        add(&crew->total, &d);
        pthread_mutex_unlock(&crew->lock);
        if (!may_go_on(f, rc)) {
            stop(crew);
            break;
        }
        rest(f, rc != CASEGATE_OK);
    } while (!atomic_load(&crew->stop));
    return NULL;
}

/* ---- following --------------------------------------------------------------------------------------------------- */

/* Signals come to the thread that waits for them, and to no other. A second one is not waited for: it ends the tool. */
static void await_the_end(struct crew *crew, const sigset_t *signals)
{
    const struct timespec second = { .tv_sec = 1 };

    while (!atomic_load(&crew->stop)) {
        show_status(crew);
        if (sigtimedwait(signals, NULL, &second) > 0)
            break;
    }
    end_status();
    pthread_sigmask(SIG_UNBLOCK, signals, NULL);
    stop(crew);
}

/* How often to look. Where the store calls, it is for what becomes due in silence: retries, and leases that ended. */
static int read_poll(struct cg_tool *tool, struct crew *crew)
{
    crew->poll_us = crew->kind != NULL && crew->kind->listen != NULL ? 10 * SECOND_US : SECOND_US;
    if (tool->opt.poll == NULL)
        return CG_DONE;
    if (casegate_duration_parse(tool->opt.poll, &crew->poll_us) != CASEGATE_OK || crew->poll_us < SECOND_US ||
        crew->poll_us > DAY_US)
        return cg_usage(tool, "--poll", "wants a duration from PT1S to P1D");
    return CG_DONE;
}

static int begin_crew(struct crew *crew)
{
    pthread_condattr_t steady;

    atomic_init(&crew->stop, 0);
    casegate_dispatched_init(&crew->total, sizeof crew->total);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    int ready = pthread_mutex_init(&crew->lock, NULL) == 0 && pthread_cond_init(&crew->wake, &steady) == 0;
    pthread_condattr_destroy(&steady);
    return ready;
}

/* Listening begins before the first look: what comes in between is heard. */
static int begin_to_follow(struct cg_tool *tool, struct crew *crew, struct follower *f, const char *channel)
{
    memset(f, 0, sizeof *f);
    f->crew = crew;
    f->channel = channel;
    casegate_error_init(&f->err, sizeof f->err);
    if (crew->kind != NULL && crew->kind->listen != NULL) {
        casegate_result rc = crew->kind->listen(tool->opt.store, channel, &f->listener, &tool->err);
        if (rc != CASEGATE_OK)
            return cg_answered(tool, rc);
    }
    if (pthread_create(&f->thread, NULL, follow_channel, f) == 0)
        return CG_DONE;
    if (f->listener != NULL)
        crew->kind->unlisten(f->listener);
    return cg_fail(tool, CASEGATE_E_HOST, "", "no thread could be started");
}

/* Joins a thread; its error is the tool's, unless there is one. */
static int end_following(struct cg_tool *tool, struct follower *f, int status)
{
    pthread_join(f->thread, NULL);
    if (f->listener != NULL)
        f->crew->kind->unlisten(f->listener);
    if (status != CG_DONE || f->ended == CASEGATE_OK)
        return status;
    tool->err = f->err;
    return cg_failed(tool);
}

static int follow_all(struct cg_tool *tool, struct crew *crew, const char *const *channels, size_t count)
{
    struct follower followers[MOST_CHANNELS];
    sigset_t signals;
    size_t started = 0;
    int status = CG_DONE;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    while (started < count && (status = begin_to_follow(tool, crew, &followers[started], channels[started])) == CG_DONE)
        started++;
    if (started == count)
        await_the_end(crew, &signals);
    stop(crew);
    for (size_t i = 0; i < started; i++)
        status = end_following(tool, &followers[i], status);
    if (status == CG_DONE)
        put_counts(tool, &crew->total);
    return status;
}

static int follow(struct cg_tool *tool, const char *const *channels, size_t count)
{
    struct crew crew = { .engine = tool->engine };
    int status = cg_store_kind_of(tool, tool->opt.store, &crew.kind);

    if (status == CG_DONE)
        status = read_poll(tool, &crew);
    if (status != CG_DONE)
        return status;
    if (!begin_crew(&crew))
        return cg_fail(tool, CASEGATE_E_HOST, "", "no lock could be made");
    status = follow_all(tool, &crew, channels, count);
    pthread_cond_destroy(&crew.wake);
    pthread_mutex_destroy(&crew.lock);
    return status;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static int pass(struct cg_tool *tool, const char *const *channels, size_t count)
{
    casegate_dispatched sum;

    casegate_dispatched_init(&sum, sizeof sum);
    for (size_t i = 0; i < count; i++) {
        casegate_dispatched d;
        casegate_dispatched_init(&d, sizeof d);
        casegate_result rc = casegate_engine_dispatch(tool->engine, NULL, channels[i], 0, &d, &tool->err);
        if (rc != CASEGATE_OK)
            return cg_answered(tool, rc);
        add(&sum, &d);
    }
    put_counts(tool, &sum);
    return CG_DONE;
}

int cg_do_deliver(struct cg_tool *tool)
{
    const char *channels[MOST_CHANNELS];

    if (tool->notifier == NULL)
        return cg_usage(tool, "--outbox", "is missing, and CASEGATE_OUTBOX is not set; or --smtp");
    if (tool->opt.poll != NULL && (tool->opt.given & CG_OPT_FOLLOW) == 0)
        return cg_usage(tool, "--poll", "goes with --follow");
    channels[0] = casegate_notifier_channel(tool->notifier);
    return ((tool->opt.given & CG_OPT_FOLLOW) != 0 ? follow : pass)(tool, channels, 1);
}
