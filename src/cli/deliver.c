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

/* What the threads share. */
struct crew {
    casegate_engine *engine;
    atomic_int stop;         /* somebody said that it is enough */
    pthread_mutex_t lock;
    pthread_cond_t wake;     /* of those that wait for new notices, when stop is set */
    casegate_dispatched total;
};

/* Who follows a channel. A slow one holds up no other. */
struct follower {
    struct crew *crew;
    const char *channel;
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

/* A second, unless it is enough before. */
static void pause_a_second(struct crew *crew)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_mutex_lock(&crew->lock);
    while (!atomic_load(&crew->stop) && pthread_cond_timedwait(&crew->wake, &crew->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&crew->lock);
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
        pause_a_second(crew);
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

static int begin_crew(struct crew *crew, casegate_engine *engine)
{
    pthread_condattr_t steady;

    memset(crew, 0, sizeof *crew);
    crew->engine = engine;
    atomic_init(&crew->stop, 0);
    casegate_dispatched_init(&crew->total, sizeof crew->total);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    int ready = pthread_mutex_init(&crew->lock, NULL) == 0 && pthread_cond_init(&crew->wake, &steady) == 0;
    pthread_condattr_destroy(&steady);
    return ready;
}

static int follow(struct cg_tool *tool, const char *const *channels, size_t count)
{
    struct crew crew;
    struct follower followers[MOST_CHANNELS];
    sigset_t signals;
    size_t started = 0;
    int status = CG_DONE;

    if (!begin_crew(&crew, tool->engine))
        return cg_fail(tool, CASEGATE_E_HOST, "", "no lock could be made");
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    for (; started < count; started++) {
        struct follower *f = &followers[started];
        memset(f, 0, sizeof *f);
        f->crew = &crew;
        f->channel = channels[started];
        casegate_error_init(&f->err, sizeof f->err);
        if (pthread_create(&f->thread, NULL, follow_channel, f) != 0)
            break;
    }
    if (started == count)
        await_the_end(&crew, &signals);
    stop(&crew);
    for (size_t i = 0; i < started; i++)
        pthread_join(followers[i].thread, NULL);
    if (started < count)
        status = cg_fail(tool, CASEGATE_E_HOST, "", "no thread could be started");
    for (size_t i = 0; status == CG_DONE && i < started; i++)
        if (followers[i].ended != CASEGATE_OK) {
            tool->err = followers[i].err;
            status = cg_failed(tool);
        }
    if (status == CG_DONE)
        put_counts(tool, &crew.total);
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
    channels[0] = casegate_notifier_channel(tool->notifier);
    return ((tool->opt.given & CG_OPT_FOLLOW) != 0 ? follow : pass)(tool, channels, 1);
}
