/* SPDX-License-Identifier: MIT */
/* power.c: the power fails at any moment, again and again: nothing acknowledged is lost, nothing is half there. */
#include "disk.h"
#include "gate.h"

#include <stdlib.h>
#include <string.h>

/* usage: fault_power [LOSSES [SEED]]; a disk lives through LIVES of them, and its seed replays it. With SEEDED_BUG the disk forgets
 * to sync the log, and the program fails unless it notices. */

enum { LIVES = 20, MOST = 1200 };

/* A case as it was last acknowledged. */
typedef struct promise { char id[65]; uint32_t version, revision; int32_t status; int touched; } promise;

static promise promises[MOST];
static int promised;
static uint32_t delivered;
static long failures, in_recovery, commits, together;
static const char path[] = "cases.db";

static void fail(uint64_t seed, int life, const char *what, const char *id)
{
    if (failures++ < 20)
        printf("disk %llu, loss %d: %s %s\n", (unsigned long long)seed, life + 1, what, id);
}

static void acknowledge(const casegate_head *head)
{
    promise *p = NULL;

    for (int i = 0; i < promised && !p; i++)
        if (strcmp(promises[i].id, head->id) == 0)
            p = &promises[i];
    if (!p && promised < MOST)
        p = &promises[promised++];
    if (!p)
        return;
    commits++;
    snprintf(p->id, sizeof p->id, "%s", head->id);
    p->version = head->version;
    p->revision = head->revision;
    p->status = head->status;
}

/* Two new cases, and an edit of one that is there, in one durable write: each is a promise of its own. */
static void act_together(gate *g, promise *p)
{
    const casegate_call call = {.size = sizeof call, .actor = g->clinic};
    const casegate_request create = {.size = sizeof create, .action = CASEGATE_CREATE, .lab = "lab-one", .content = g->first, .submit = 1};
    casegate_request edit = {.size = sizeof edit, .action = CASEGATE_EDIT, .content = g->second};
    const casegate_request *const list[] = {&create, &edit, &create};
    casegate_outcome *outcomes[3];
    casegate_result results[3] = {CASEGATE_E_HOST, CASEGATE_E_HOST, CASEGATE_E_HOST};

    edit.case_id = p->id;
    edit.revision = p->revision;
    p->touched = 1;
    for (int i = 0; i < 3; i++)
        outcomes[i] = casegate_outcome_new(NULL);
    if (casegate_engine_apply_many(g->engine, &call, list, 3, outcomes, results, &g->err) == CASEGATE_OK)
        for (int i = 0; i < 3; i++)
            if (results[i] == CASEGATE_OK && casegate_outcome_commit(outcomes[i])) {
                acknowledge(casegate_outcome_head(outcomes[i]));
                together++;
            }
    for (int i = 0; i < 3; i++)
        casegate_outcome_free(outcomes[i]);
}

/* A request that its status allows; what the store answers OK to is a promise. */
static void act(gate *g)
{
    promise *p = promised ? &promises[disk_dice((uint32_t)promised)] : NULL;
    uint32_t choice = disk_dice(7), sent = 0;
    casegate_result result;

    if (choice == 0) {
        if (gate_deliver(g, &sent) == CASEGATE_OK)
            delivered += sent;
        return;
    }
    if (p && choice == 6) {
        act_together(g, p);
        return;
    }
    if (!p || choice == 1 || p->status == CASEGATE_IN_PRODUCTION)
        result = gate_create(g, NULL);
    else if (p->status == CASEGATE_REJECTED && choice < 4)
        result = gate_submit(g, p->id, NULL);
    else if (p->status == CASEGATE_REJECTED || choice == 2)
        result = gate_edit(g, p->id, p->revision, NULL);
    else
        result = choice < 5 ? gate_reject(g, p->id, p->revision, NULL) : gate_accept(g, p->id, p->revision, NULL);
    if (p)
        p->touched = 1;
    if (result == CASEGATE_OK && casegate_outcome_commit(g->outcome))
        acknowledge(casegate_outcome_head(g->outcome));
}

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
        if (!s)
            continue;
        p->version = s->version;
        p->revision = s->revision;
        p->status = s->status;
        if ((p->touched || life == LIVES - 1) && !gate_is_intact(g, p->id))
            fail(seed, life, "a history is not intact:", p->id);
        p->touched = 0;
    }
}

static void look(gate *g, uint64_t seed, int life)
{
    static stored cases[MOST + LIVES];
    uint32_t settled = 0;
    int count = gate_read_all(path, cases, MOST + LIVES, &settled);

    if (count < 0) {
        fail(seed, life, "the file cannot be read", "");
        return;
    }
    for (int i = 0; i < count; i++)
        if (!cases[i].whole)
            fail(seed, life, "a commit is half there:", cases[i].id);
    if (settled < delivered)
        fail(seed, life, "a notice that was settled is not any more", "");
    delivered = settled;
    compare(g, seed, life, cases, count);
}

/* A quarter of the losses are followed by another one in the middle of what comes after. */
static int come_back(gate *g, uint64_t seed, int life)
{
    gate_close(g);
    disk_power_on();
    if (disk_dice(4) == 0) {
        disk_cut_power((long)disk_dice(60));
        if (gate_open(g, path) == CASEGATE_OK)
            act(g);
        in_recovery += disk_is_dead();
        gate_close(g);
        disk_power_on();
    }
    if (gate_open(g, path) == CASEGATE_OK)
        return 1;
    fail(seed, life, "the store cannot be opened:", g->err.text);
    return 0;
}

static void live(gate *g, uint64_t seed, long losses)
{
    disk_plug_in(seed);
    promised = 0;
    delivered = 0;
    if (disk_dice(4) == 0)   /* the first time that the file is opened, too */
        disk_cut_power((long)disk_dice(300));
    gate_open(g, path);
    for (int life = 0; life < LIVES && life < losses; life++) {
        if (g->engine && !disk_is_dead())
            disk_cut_power((long)disk_dice(disk_dice(3) ? 200 : 1000));
        for (int i = 0; g->engine && !disk_is_dead() && i < 60; i++)
            act(g);
        if (!come_back(g, seed, life))
            break;
        look(g, seed, life);
    }
    gate_close(g);
    disk_unplug();
}

int main(int argc, char **argv)
{
    long losses = argc > 1 ? atol(argv[1]) : 10000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    casegate_clock *clock = casegate_clock_new(INT64_C(1772438400000000));
    casegate_host *host = NULL;
    gate g;

#ifdef SEEDED_BUG
    disk_forgets_to_sync = 1;
#endif
    for (long left = losses; left > 0; left -= LIVES, seed++) {
        if (casegate_test_host_new(clock, &host, NULL) != CASEGATE_OK)
            return 2;
        gate_begin(&g, host);
        casegate_host_unref(host);
        live(&g, seed, left);
        gate_end(&g);
    }
    casegate_clock_free(clock);
    printf("%ld losses of power, %ld more in recovery, %ld acknowledged commits (%ld of them several in one write), %ld failures\n",
           losses, in_recovery, commits, together, failures);
#ifdef SEEDED_BUG
    return failures ? 0 : 1;
#else
    return failures || !commits || !together ? 1 : 0;
#endif
}
