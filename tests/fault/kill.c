/* SPDX-License-Identifier: MIT */
/* kill.c: a process of three threads, on one store or a store each, is killed with -9 at any moment, again and again: what it had acknowledged is there. */
#include "gate.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* usage: fault_kill [KILLS]; with SEEDED_BUG the child acknowledges what it has not committed yet, and the program fails unless
 * that shows. */

enum { THREADS = 3, LIVES = 20, MOST = 20000 };
static char path[] = "kill-XXXXXX/cases.db";

/* What a thread of the child says through the pipe: one write, so that none is torn. */
typedef struct word { char id[65]; uint32_t version, revision; int32_t status; uint32_t delivered; } word;

/* ---- the child ---------------------------------------------------------------------------------------------------- */

typedef struct worker { int pipe; unsigned dice; casegate_store *store; } worker;   /* NULL: one of its own */

static unsigned below(worker *w, unsigned n) { return (w->dice = w->dice * 1103515245u + 12345u) / 65536u % n; }

static void say(worker *w, const word *what)
{
    if (write(w->pipe, what, sizeof *what) != (ssize_t)sizeof *what)
        _exit(3);
}

static void say_head(worker *w, const casegate_head *head, uint32_t more)
{
    word what = {.version = head->version + more, .revision = head->revision, .status = head->status};

    snprintf(what.id, sizeof what.id, "%s", head->id);
    say(w, &what);
}

/* One case from its submission to its end; each step is acknowledged once it is committed. */
static casegate_result tell_story(worker *w, gate *g)
{
    char id[65];
    word what = {.version = 0};
    casegate_result result = gate_create(g, NULL);

    for (uint32_t step = 0; result == CASEGATE_OK && step < 5; step++) {
        const casegate_head *head = casegate_outcome_head(g->outcome);
        uint32_t revision = head->revision;

#ifdef SEEDED_BUG
        say_head(w, head, 1);
#else
        say_head(w, head, 0);
#endif
        snprintf(id, sizeof id, "%s", head->id);
        if (head->status == CASEGATE_IN_PRODUCTION)
            break;
        if (step == 3)
            result = gate_accept(g, id, revision, NULL);
        else if (head->status == CASEGATE_REJECTED)
            result = step == 1 ? gate_edit(g, id, revision, NULL) : gate_submit(g, id, NULL);
        else
            result = gate_reject(g, id, revision, NULL);
    }
    if (result == CASEGATE_OK && below(w, 2) && (result = gate_deliver(g, &what.delivered)) == CASEGATE_OK)
        say(w, &what);
    return result;
}

static void *work(void *user)
{
    worker *w = user;
    gate g;
    casegate_result result;

    gate_begin(&g, NULL);
    result = w->store ? gate_share(&g, w->store) : gate_open(&g, path);
    while (result == CASEGATE_OK)
        result = tell_story(w, &g);
    fprintf(stderr, "child: %s: %s %s\n", casegate_result_name(result), g.err.field, g.err.text);
    _exit(4);
}

static void be_child(int out, unsigned seed)
{
    pthread_t threads[THREADS];
    worker workers[THREADS];
    gate shared;

    gate_begin(&shared, NULL);
    shared.store = NULL;
    if (seed % 2 && gate_open(&shared, path) != CASEGATE_OK)   /* every other life its threads commit together */
        _exit(7);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (worker){.pipe = out, .dice = seed * 31 + i, .store = shared.store};
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
            _exit(5);
    }
    pthread_join(threads[0], NULL);
    _exit(6);
}

/* ---- the parent --------------------------------------------------------------------------------------------------- */

static word promises[MOST];
static int promised;
static uint32_t delivered;
static long failures, commits;

static void fail(long kill, const char *what, const char *id)
{
    if (failures++ < 20)
        printf("kill %ld: %s %s\n", kill, what, id);
}

static void hear(const word *what)
{
    int i = promised;

    delivered += what->delivered;
    if (!what->version)
        return;
    commits++;
    while (i > 0 && strcmp(promises[i - 1].id, what->id) != 0)
        i--;
    if (i > 0)
        promises[i - 1] = *what;
    else if (promised < MOST)
        promises[promised++] = *what;
}

/* Lives for a few milliseconds from its first word on. */
static void one_life(long kill_number)
{
    struct timespec pause = {.tv_nsec = 100000L * (1 + rand() % 150)};
    int ends[2], status;
    pid_t child;
    word what;

    if (pipe(ends) != 0 || (child = fork()) < 0)
        exit(2);
    if (child == 0) {
        close(ends[0]);
        be_child(ends[1], (unsigned)kill_number);
    }
    close(ends[1]);
    if (read(ends[0], &what, sizeof what) == (ssize_t)sizeof what)
        hear(&what);
    nanosleep(&pause, NULL);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status))
        fail(kill_number, "the child ended by itself", "");
    while (read(ends[0], &what, sizeof what) == (ssize_t)sizeof what)
        hear(&what);
    close(ends[0]);
}

static const stored *find(const stored *cases, int count, const char *id)
{
    for (int i = 0; i < count; i++)
        if (strcmp(cases[i].id, id) == 0)
            return &cases[i];
    return NULL;
}

/* One step may have been committed and not acknowledged any more. */
static void look(long kill_number)
{
    static stored cases[MOST];
    uint32_t settled = 0;
    int count;
    gate g;

    gate_begin(&g, NULL);
    if (gate_open(&g, path) != CASEGATE_OK)
        fail(kill_number, "the store cannot be opened:", g.err.text);
    count = gate_read_all(path, cases, MOST, &settled);
    if (count < 0)
        fail(kill_number, "the file cannot be read", "");
    for (int i = 0; i < count; i++)
        if (!cases[i].whole || (g.engine && !gate_is_intact(&g, cases[i].id)))
            fail(kill_number, "a commit is half there:", cases[i].id);
    for (int i = 0; count >= 0 && i < promised; i++) {
        const stored *s = find(cases, count, promises[i].id);

        if (!s || s->version < promises[i].version)
            fail(kill_number, "an acknowledged commit is lost:", promises[i].id);
        else if (s->version == promises[i].version && s->status != promises[i].status)
            fail(kill_number, "an acknowledged commit has changed:", promises[i].id);
    }
    if (settled < delivered)
        fail(kill_number, "a notice that was settled is not any more", "");
    gate_end(&g);
}

static void remove_files(void)
{
    static const char *const tails[] = {"", "-wal", "-shm", "-queue"};
    char name[64];

    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

int main(int argc, char **argv)
{
    long kills = argc > 1 ? atol(argv[1]) : 200;
    char *slash = strchr(path, '/');

    *slash = '\0';
    if (!mkdtemp(path))
        return 2;
    *slash = '/';
    srand(1);
    for (long i = 0; i < kills; i++) {
        if (i % LIVES == 0) {   /* a new file, so that looking at all of it stays short */
            remove_files();
            promised = 0;
            delivered = 0;
        }
        one_life(i + 1);
        look(i + 1);
    }
    remove_files();
    *slash = '\0';
    rmdir(path);
    printf("%ld kills, %ld acknowledged commits, %ld failures\n", kills, commits, failures);
#ifdef SEEDED_BUG
    return failures ? 0 : 1;
#else
    return failures || !commits ? 1 : 0;
#endif
}
