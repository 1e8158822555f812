/* SPDX-License-Identifier: MIT */
/* power.c: the power fails at any moment, again and again: nothing acknowledged is lost, nothing is half there. */
#include "disk.h"
#include "gate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* usage: fault_power [LOSSES [SEED [THREADS]]]; a disk lives through LIVES of them. One thread: its seed replays it. Several
 * threads, on one store or a store each: the seed fixes after how many operations of the disk the power fails, and the dice of
 * each thread and of what survives; who of them comes first it does not fix. Their commits must have shared durable writes,
 * and some must have died in one. With SEEDED_BUG a log is not synced (of several threads: when it holds what one of them
 * wrote for another), and the program fails unless it notices. */

enum { LIVES = 20, MOST = 4000, MOST_THREADS = 8, ACTS = 60 };

/* A case as it was last acknowledged; maybe: so many steps more were asked for, and it cannot be told whether they were taken. */
typedef struct promise { char id[65]; uint32_t version, revision, maybe; int32_t status; int touched; } promise;
typedef struct worker { gate gate; uint64_t dice; } worker;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;   /* of what follows */
static promise promises[MOST];
static int promised, maybe_created;
static uint32_t delivered;
static long failures, in_recovery, commits, batched, shared, died_sharing;
static worker workers[MOST_THREADS];
static pthread_barrier_t start;
static int threads = 1;
static const char path[] = "cases.db";

static void fail(uint64_t seed, int life, const char *what, const char *id)
{
    if (failures++ < 20)
        printf("disk %llu, loss %d: %s %s\n", (unsigned long long)seed, life + 1, what, id);
}

/* ---- who writes for whom ------------------------------------------------------------------------------------------ */

/* Of this thread: how many commits it has asked for, how many it has written in the transaction at hand (each a row of a case,
 * and then its events), and whether that came to its COMMIT. More than it asked for: it writes for others, too. */
static _Thread_local int asked, wrote, ended, begun;

static int writes_for_others(void) { return ended && wrote > asked; }

static int starts(const char *sql, const char *with) { return strncmp(sql, with, strlen(with)) == 0; }

static int on_statement(unsigned what, void *user, void *statement, void *text)
{
    const char *sql = text;

    (void)what, (void)user, (void)statement;
    if (starts(sql, "BEGIN IMMEDIATE"))
        wrote = ended = begun = 0;
    else if (starts(sql, "INSERT INTO \"cases\"") || starts(sql, "UPDATE \"cases\""))
        begun = 1;
    else if (starts(sql, "INSERT INTO \"events\"") && begun)
        wrote++, begun = 0;
    else if (starts(sql, "COMMIT") && wrote)
        ended = 1;
#ifdef SEEDED_BUG
    disk_forgets_to_sync = threads == 1 || writes_for_others();
#endif
    return 0;
}

/* SQLite calls this for each connection. */
static int watch(sqlite3 *db, const char **error, const struct sqlite3_api_routines *api)
{
    (void)error, (void)api;
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, on_statement, NULL);
}

static void begin_asking(int count)
{
    asked = count;
    wrote = ended = 0;
}

static void count_shared(casegate_result result)
{
    if (!writes_for_others())
        return;
    if (result == CASEGATE_OK)
        shared += wrote;
    else if (disk_is_dead())
        died_sharing++;
}

/* ---- acting ------------------------------------------------------------------------------------------------------- */

static promise *promise_of(const char *id)
{
    for (int i = 0; i < promised; i++)
        if (strcmp(promises[i].id, id) == 0)
            return &promises[i];
    if (promised == MOST) {
        fprintf(stderr, "power: more cases than expected\n");
        exit(2);
    }
    promises[promised] = (promise){.version = 0};
    snprintf(promises[promised].id, sizeof promises[promised].id, "%s", id);
    return &promises[promised++];
}

/* Of two threads the one that was answered last may have been the first. */
static void acknowledge(const casegate_head *head)
{
    promise *p = promise_of(head->id);

    commits++;
    batched += asked > 1;
    p->touched = 1;
    if (head->version <= p->version)
        return;
    p->version = head->version;
    p->revision = head->revision;
    p->status = head->status;
}

/* What a request was answered: done is a promise, cannot be told is none, and anything else changes nothing. id NULL: it was to
 * create a case. */
static void hear(const char *id, casegate_result result, const casegate_outcome *outcome)
{
    pthread_mutex_lock(&mutex);
    if (result == CASEGATE_OK && casegate_outcome_commit(outcome))
        acknowledge(casegate_outcome_head(outcome));
    else if (result == CASEGATE_E_UNKNOWN && id)
        promise_of(id)->maybe++;
    else if (result == CASEGATE_E_UNKNOWN)
        maybe_created++;
    if (id)
        promise_of(id)->touched = 1;
    count_shared(result);
    pthread_mutex_unlock(&mutex);
}

/* Two new cases, and an edit of one that is there, in one durable write: each is a promise of its own. */
static void act_together(gate *g, const promise *p)
{
    const casegate_call call = {.size = sizeof call, .actor = g->clinic};
    const casegate_request create = {.size = sizeof create, .action = CASEGATE_CREATE, .lab = "lab-one", .content = g->first,
                                     .submit = 1};
    const casegate_request edit = {.size = sizeof edit, .action = CASEGATE_EDIT, .case_id = p->id, .revision = p->revision,
                                   .content = g->second};
    const casegate_request *const list[] = {&create, &edit, &create};
    casegate_outcome *outcomes[3];
    casegate_result results[3] = {CASEGATE_E_HOST, CASEGATE_E_HOST, CASEGATE_E_HOST};

    for (int i = 0; i < 3; i++)
        outcomes[i] = casegate_outcome_new(NULL);
    begin_asking(3);
    casegate_engine_apply_many(g->engine, &call, list, 3, outcomes, results, &g->err);
    for (int i = 0; i < 3; i++) {
        hear(list[i]->case_id, results[i], outcomes[i]);
        wrote = 0;   /* is counted once */
    }
    for (int i = 0; i < 3; i++)
        casegate_outcome_free(outcomes[i]);
}

static int pick(worker *w, promise *out)
{
    int found;

    pthread_mutex_lock(&mutex);
    found = promised > 0;
    if (found)
        *out = promises[disk_throw(&w->dice, (uint32_t)promised)];
    pthread_mutex_unlock(&mutex);
    return found;
}

static void deliver(gate *g)
{
    uint32_t sent = 0;

    if (gate_deliver(g, &sent) != CASEGATE_OK)
        return;
    pthread_mutex_lock(&mutex);
    delivered += sent;
    pthread_mutex_unlock(&mutex);
}

static casegate_result change(gate *g, const promise *p, uint32_t choice)
{
    if (p->status == CASEGATE_REJECTED && choice < 4)
        return gate_submit(g, p->id, NULL);
    if (p->status == CASEGATE_REJECTED || choice == 2)
        return gate_edit(g, p->id, p->revision, NULL);
    return choice < 5 ? gate_reject(g, p->id, p->revision, NULL) : gate_accept(g, p->id, p->revision, NULL);
}

/* A request that its status allows, unless another thread was faster. */
static void act(worker *w)
{
    gate *g = &w->gate;
    promise p;
    int known = pick(w, &p);
    uint32_t choice = disk_throw(&w->dice, 7);

    begin_asking(1);
    if (choice == 0)
        deliver(g);
    else if (known && choice == 6)
        act_together(g, &p);
    else if (!known || choice == 1 || p.status == CASEGATE_IN_PRODUCTION)
        hear(NULL, gate_create(g, NULL), g->outcome);
    else
        hear(p.id, change(g, &p, choice), g->outcome);
}

static void *work(void *user)
{
    worker *w = user;

    pthread_barrier_wait(&start);
    if (!w->gate.engine)   /* a store of its own, which the power may fail to open */
        gate_open(&w->gate, path);
    for (int i = 0; w->gate.engine && !disk_is_dead() && i < ACTS / threads; i++)
        act(w);
    return NULL;
}

/* The first of them has the store, which three times of four is everybody's. */
static void work_all(void)
{
    pthread_t running[MOST_THREADS];
    int apart = disk_dice(4) == 0;

    pthread_barrier_init(&start, NULL, (unsigned)threads);
    for (int i = 1; i < threads; i++)
        if (!apart && gate_share(&workers[i].gate, workers[0].gate.store) != CASEGATE_OK)
            exit(2);
    for (int i = 1; i < threads; i++)
        if (pthread_create(&running[i], NULL, work, &workers[i]) != 0)
            exit(2);
    work(&workers[0]);
    for (int i = 1; i < threads; i++)
        pthread_join(running[i], NULL);
    pthread_barrier_destroy(&start);
}

static void close_all(void)
{
    for (int i = 0; i < threads; i++)
        gate_close(&workers[i].gate);
}

/* ---- judging ------------------------------------------------------------------------------------------------------ */

static const stored *find(const stored *cases, int count, const char *id)
{
    for (int i = 0; i < count; i++)
        if (strcmp(cases[i].id, id) == 0)
            return &cases[i];
    return NULL;
}

/* What is there now is the next promise: who looks at it is told so. */
static void compare(gate *g, uint64_t seed, int life, const stored *cases, int count)
{
    for (int i = 0; i < promised; i++) {
        promise *p = &promises[i];
        const stored *s = find(cases, count, p->id);

        if (!s || s->version < p->version)
            fail(seed, life, "an acknowledged commit is lost:", p->id);
        else if (s->version == p->version && (s->status != p->status || s->revision != p->revision))
            fail(seed, life, "an acknowledged commit has changed:", p->id);
        else if (s->version > p->version + p->maybe)
            fail(seed, life, "what was said to have failed is there:", p->id);
        if (!s)
            continue;
        p->version = s->version;
        p->revision = s->revision;
        p->status = s->status;
        if ((p->touched || life == LIVES - 1) && !gate_is_intact(g, p->id))
            fail(seed, life, "a history is not intact:", p->id);
        p->touched = 0;
        p->maybe = 0;
    }
}

/* Cases of which nobody was told: as many as it could not be told of, at most. From now on they are known. */
static void meet(uint64_t seed, int life, const stored *cases, int count)
{
    for (int i = 0; i < count; i++) {
        promise *p = promise_of(cases[i].id);

        if (p->version)
            continue;
        if (maybe_created-- <= 0)
            fail(seed, life, "a case that was said to have failed is there:", p->id);
        p->version = cases[i].version;
        p->revision = cases[i].revision;
        p->status = cases[i].status;
        p->touched = 1;
    }
    maybe_created = 0;
}

static void look(gate *g, uint64_t seed, int life)
{
    static stored cases[MOST];
    uint32_t settled = 0;
    int count = gate_read_all(path, cases, MOST, &settled);

    if (count < 0) {
        fail(seed, life, "the file cannot be read, or is damaged", "");
        return;
    }
    for (int i = 0; i < count; i++)
        if (!cases[i].whole)
            fail(seed, life, "a commit is half there:", cases[i].id);
    if (settled < delivered)
        fail(seed, life, "a notice that was settled is not any more", "");
    delivered = settled;
    meet(seed, life, cases, count);
    compare(g, seed, life, cases, count);
}

/* A quarter of the losses are followed by another one in the middle of what comes after. */
static int come_back(uint64_t seed, int life)
{
    gate *g = &workers[0].gate;

    close_all();
    disk_power_on();
    if (disk_dice(4) == 0) {
        disk_cut_power((long)disk_dice(60));
        if (gate_open(g, path) == CASEGATE_OK)
            work_all();
        in_recovery += disk_is_dead();
        close_all();
        disk_power_on();
    }
    if (gate_open(g, path) == CASEGATE_OK)
        return 1;
    fail(seed, life, "the store cannot be opened:", g->err.text);
    return 0;
}

static void plan(void)
{
    disk_cut_power((long)disk_dice(disk_dice(3) ? 200 : 1000));
    if (disk_dice(4) == 0)   /* not all is well before it, either */
        disk_fail_sync((long)disk_dice(10));
}

static void live(uint64_t seed, long losses)
{
    gate *g = &workers[0].gate;

    disk_plug_in(seed);
    for (int i = 0; i < threads; i++)
        workers[i].dice = (uint64_t)disk_dice(UINT32_MAX) + 1;
    promised = maybe_created = 0;
    delivered = 0;
    if (disk_dice(4) == 0)   /* the first time that the file is opened, too */
        disk_cut_power((long)disk_dice(300));
    gate_open(g, path);
    for (int life = 0; life < LIVES && life < losses; life++) {
        if (g->engine && !disk_is_dead()) {
            plan();
            work_all();
        }
        if (!come_back(seed, life))
            break;
        look(g, seed, life);
    }
    close_all();
    disk_unplug();
}

static int sum_up(long losses)
{
    printf("%ld losses of power, %ld more in recovery, %d threads, %ld acknowledged commits (%ld of them of a batch, %ld in one "
           "write with another thread's; %ld losses in such a write), %ld failures\n",
           losses, in_recovery, threads, commits, batched, shared, died_sharing, failures);
#ifdef SEEDED_BUG
    return failures ? 0 : 1;
#else
    return failures || !commits || !batched || (threads > 1 && (!shared || !died_sharing)) ? 1 : 0;
#endif
}

int main(int argc, char **argv)
{
    long losses = argc > 1 ? atol(argv[1]) : 10000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    casegate_clock *clock = casegate_clock_new(INT64_C(1772438400000000));
    casegate_host *host = NULL;

    threads = argc > 3 ? atoi(argv[3]) : 1;
    if (threads < 1 || threads > MOST_THREADS)
        return 2;
    disk_waits = threads > 1;
    sqlite3_auto_extension((void (*)(void))watch);
    for (long left = losses; left > 0; left -= LIVES, seed++) {
        if (casegate_test_host_new(clock, &host, NULL) != CASEGATE_OK)
            return 2;
        for (int i = 0; i < threads; i++)
            gate_begin(&workers[i].gate, host);
        casegate_host_unref(host);
        live(seed, left);
        for (int i = 0; i < threads; i++)
            gate_end(&workers[i].gate);
    }
    casegate_clock_free(clock);
    return sum_up(losses);
}
