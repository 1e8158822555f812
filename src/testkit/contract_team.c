/* SPDX-License-Identifier: MIT */
/* contract_team.c: several at work on one store at once, as threads or as processes, and what each of them found. */
#include "contract.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* A rule of a worker's own: the same world, its own answers and its own failure. */
static int begin_own(const cg_rule *r, cg_rule *own)
{
    *own = *r;
    own->answers = casegate_answers_new(NULL);
    casegate_error_init(&own->err, sizeof own->err);
    return cg_holds(own, own->answers != NULL, "memory");
}

static void end_own(cg_rule *own, cg_outcome *out)
{
    casegate_answers_free(own->answers);
    out->failed = own->failed;
    memcpy(out->why, own->why, sizeof out->why);
}

/* The first failure of any worker is that of the rule. */
static int judge_all(cg_rule *r, const cg_outcome *outcomes, size_t count)
{
    for (size_t i = 0; i < count && !r->failed; i++) {
        r->failed = outcomes[i].failed;
        memcpy(r->why, outcomes[i].why, sizeof r->why);
    }
    return !r->failed;
}

/* ---- threads -------------------------------------------------------------------------------------------------------------------- */

typedef struct gate { pthread_mutex_t lock; pthread_cond_t opened; int open; } gate;
typedef struct worker { pthread_t thread; gate *gate; const cg_rule *rule; cg_work work; size_t number; void *task; cg_outcome *out; } worker;

static void *run_thread(void *given)
{
    const worker *w = given;
    cg_rule own;
    const int ready = begin_own(w->rule, &own);
    pthread_mutex_lock(&w->gate->lock);
    while (!w->gate->open) pthread_cond_wait(&w->gate->opened, &w->gate->lock);
    pthread_mutex_unlock(&w->gate->lock);
    if (ready) w->work(&own, w->number, w->task, w->out);
    end_own(&own, w->out);
    return NULL;
}

static void open_gate(gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->open = 1;
    pthread_cond_broadcast(&g->opened);
    pthread_mutex_unlock(&g->lock);
}

int cg_run_threads(cg_rule *r, size_t count, cg_work work, void *task, cg_outcome *outcomes)
{
    gate g = { .lock = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER };
    worker workers[CG_MOST_WORKERS];
    size_t started = 0;
    memset(outcomes, 0, count * sizeof *outcomes);
    if (r->failed) return 0;
    for (; started < count; started++) {
        workers[started] = (worker) { .gate = &g, .rule = r, .work = work, .number = started, .task = task, .out = &outcomes[started] };
        if (pthread_create(&workers[started].thread, NULL, run_thread, &workers[started]) != 0) break;
    }
    open_gate(&g);
    for (size_t i = 0; i < started; i++) pthread_join(workers[i].thread, NULL);
    pthread_cond_destroy(&g.opened);
    pthread_mutex_destroy(&g.lock);
    return judge_all(r, outcomes, started) && cg_holds(r, started == count, "threads can be started");
}

/* ---- processes ------------------------------------------------------------------------------------------------------------------ */

typedef struct report { size_t number; cg_outcome outcome; } report;
typedef struct pipes { int gate[2], reports[2]; } pipes;

static int open_store(cg_rule *r)
{
    cg_forget(r);
    if (!cg_gives(r, r->options->open_again(r->options->user, r->host, r->ordinal, &r->store, &r->err), CASEGATE_OK, "open_again")) return 0;
    r->ops = casegate_store_callbacks(r->store);
    return 1;
}

/* A child opens the store, waits until the gate's other end is closed, and goes without a farewell, as one that is killed. */
static void run_child(const cg_rule *r, const pipes *p, size_t number, cg_work work, void *task)
{
    report mine = { .number = number };
    cg_rule own;
    char byte;
    close(p->gate[1]);
    close(p->reports[0]);
    const int ready = begin_own(r, &own) && open_store(&own);
    while (read(p->gate[0], &byte, 1) > 0) { }
    if (ready) work(&own, number, task, &mine.outcome);
    end_own(&own, &mine.outcome);
    const ssize_t written = write(p->reports[1], &mine, sizeof mine);
    _exit(written == (ssize_t)sizeof mine ? 0 : 1);
}

static size_t start_children(const cg_rule *r, const pipes *p, size_t count, cg_work work, void *task, pid_t *children)
{
    size_t started = 0;
    for (; started < count; started++) {
        children[started] = fork();
        if (children[started] == 0) run_child(r, p, started, work, task);
        if (children[started] < 0) break;
    }
    close(p->gate[0]);
    close(p->gate[1]);
    close(p->reports[1]);
    return started;
}

static size_t read_reports(int from, size_t count, cg_outcome *outcomes)
{
    size_t came = 0;
    for (report one; read(from, &one, sizeof one) == (ssize_t)sizeof one && one.number < count; came++) outcomes[one.number] = one.outcome;
    close(from);
    return came;
}

static int open_pipes(pipes *p)
{
    if (pipe(p->gate) != 0) return 0;
    if (pipe(p->reports) == 0) return 1;
    close(p->gate[0]);
    close(p->gate[1]);
    return 0;
}

int cg_run_processes(cg_rule *r, size_t count, cg_work work, void *task, cg_outcome *outcomes)
{
    pid_t children[CG_MOST_WORKERS];
    pipes p;
    memset(outcomes, 0, count * sizeof *outcomes);
    if (r->failed || !cg_holds(r, open_pipes(&p), "pipes can be made")) return 0;
    casegate_store_unref(r->store);
    r->store = NULL;
    const size_t started = start_children(r, &p, count, work, task, children);
    const size_t came = read_reports(p.reports[0], count, outcomes);
    for (size_t i = 0; i < started; i++) waitpid(children[i], NULL, 0);
    return judge_all(r, outcomes, count) && cg_holds(r, started == count, "processes can be started") &&
           cg_holds(r, came == count, "every process comes to its end") && open_store(r);
}
