/* SPDX-License-Identifier: MIT */
/* race.c: two processes race accept against reject, and accept against edit, on one server: one decision each,
    and the truth for the loser. */
#include <casegate/engine.h>
#include <casegate/postgres.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* CG-R08, CG-R09, CG-R16: of concurrent decisions on one revision exactly one commits, and it stays. */

enum { ROUNDS = 300 };
enum { TURN_ACCEPT = 1, TURN_REJECT = 2, TURN_EDIT = 3 };

/* What a process is told to do, and what it says of it. */
typedef struct order { int32_t action; uint32_t pause_us; char id[65]; } order;
typedef struct answer { casegate_result result; uint32_t obstacles; int32_t changed; } answer;
typedef struct runner { int orders, answers; pid_t pid; } runner;

typedef struct desk {
    casegate_engine *engine;
    casegate_outcome *outcome;
    casegate_actor *clinic, *lab, *system;
    casegate_content *first, *second;
} desk;

static void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "race: %s\n", what);
    exit(1);
}

/* ---- a process with a store of its own ---------------------------------------------------------------------------- */

static casegate_postgres_options options_for(const char *schema)
{
    return (casegate_postgres_options){.size = sizeof(casegate_postgres_options), .conninfo = getenv("CASEGATE_TEST_POSTGRES"),
                                       .schema = schema, .partitions = 2};
}

static casegate_actor *actor(const char *id, const char *org, int32_t role)
{
    casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role};
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_actor *made = NULL;

    fields.permissions = casegate_role_permissions(intake, role) | CASEGATE_MAY_VIEW;
    must(casegate_actor_new(NULL, &fields, &made, NULL) == CASEGATE_OK, "no actor");
    casegate_workflow_unref(intake);
    return made;
}

static casegate_content *content(const char *instructions)
{
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_service crown = {.size = sizeof crown, .id = "s1", .code = "crown"};
    casegate_content *made = NULL;

    casegate_content_set(builder, CASEGATE_CONTENT_PATIENT_NAME, "Pat Example");
    casegate_content_set(builder, CASEGATE_CONTENT_INSTRUCTIONS, instructions);
    casegate_content_add_service(builder, &crown);
    must(casegate_content_builder_finish(builder, &made, NULL) == CASEGATE_OK, "no content");
    return made;
}

static void open_desk(desk *d, const char *schema)
{
    casegate_postgres_options postgres = options_for(schema);
    casegate_engine_options options = {.size = sizeof options, .tell = CASEGATE_TELL_LATER};
    casegate_error err;

    casegate_error_init(&err, sizeof err);
    if (casegate_postgres_open(NULL, &postgres, &options.store, &err) != CASEGATE_OK)
        must(0, err.text);
    must(casegate_engine_open(&options, &d->engine, &err) == CASEGATE_OK, err.text);
    casegate_store_unref(options.store);
    d->outcome = casegate_outcome_new(NULL);
    d->clinic = actor("anna", "clinic-one", CASEGATE_CLINIC_USER);
    d->lab = actor("lena", "lab-one", CASEGATE_LAB_USER);
    d->system = actor("auditor", NULL, CASEGATE_SYSTEM);
    d->first = content("first");
    d->second = content("second");
}

static void close_desk(desk *d)
{
    casegate_content_unref(d->second);
    casegate_content_unref(d->first);
    casegate_actor_unref(d->system);
    casegate_actor_unref(d->lab);
    casegate_actor_unref(d->clinic);
    casegate_outcome_free(d->outcome);
    casegate_engine_unref(d->engine);
}

static casegate_result act(desk *d, const order *o)
{
    casegate_call call = {.size = sizeof call, .actor = o->action == TURN_EDIT ? d->clinic : d->lab};

    if (o->action == TURN_ACCEPT)
        return casegate_engine_accept(d->engine, &call, o->id, 1, d->outcome, NULL);
    if (o->action == TURN_REJECT)
        return casegate_engine_reject(d->engine, &call, o->id, 1, "other", "not like this", d->outcome, NULL);
    return casegate_engine_edit(d->engine, &call, o->id, 1, d->second, d->outcome, NULL);
}

static void run_orders(const char *schema, int orders, int answers)
{
    desk d;
    order o;

    open_desk(&d, schema);
    while (read(orders, &o, sizeof o) == (ssize_t)sizeof o && o.action) {
        struct timespec pause = {.tv_nsec = 1000L * o.pause_us};
        answer a = {0};
        const casegate_verdict *verdict;

        nanosleep(&pause, NULL);
        a.result = act(&d, &o);
        verdict = casegate_outcome_verdict(d.outcome);
        for (size_t i = 0; i < casegate_verdict_count(verdict); i++) {
            a.obstacles |= UINT32_C(1) << casegate_verdict_at(verdict, i)->code;
            a.changed += casegate_verdict_list(verdict, i, 0) && strcmp(casegate_verdict_list(verdict, i, 0),
                                                                        "instructions") == 0;
        }
        must(write(answers, &a, sizeof a) == (ssize_t)sizeof a, "the parent is gone");
    }
    close_desk(&d);
    exit(0);
}

/* Forked before any connection is open: two processes must not share one. */
static void start(runner *r, const char *schema)
{
    int orders[2], answers[2];

    must(pipe(orders) == 0 && pipe(answers) == 0, "no pipe");
    r->pid = fork();
    must(r->pid >= 0, "no process");
    if (r->pid == 0) {
        close(orders[1]);
        close(answers[0]);
        run_orders(schema, orders[0], answers[1]);
    }
    close(orders[0]);
    close(answers[1]);
    r->orders = orders[1];
    r->answers = answers[0];
}

static void stop(runner *r)
{
    const order no_more = {0};
    int status;

    must(write(r->orders, &no_more, sizeof no_more) == (ssize_t)sizeof no_more, "a process is gone");
    close(r->orders);
    must(waitpid(r->pid, &status, 0) == r->pid && status == 0, "a process failed");
    close(r->answers);
}

/* ---- the race ----------------------------------------------------------------------------------------------------- */

typedef struct score { int first_won, second_won; } score;

static void create(desk *d, char id[65])
{
    casegate_call call = {.size = sizeof call, .actor = d->clinic};

    must(casegate_engine_create(d->engine, &call, "lab-one", d->first, 1, d->outcome, NULL) == CASEGATE_OK,
         "a case cannot be created");
    snprintf(id, 65, "%s", casegate_outcome_head(d->outcome)->id);
}

static void send_order(const runner *r, int32_t action, const char *id)
{
    order o = {.action = action, .pause_us = (uint32_t)(rand() % 300)};

    snprintf(o.id, sizeof o.id, "%s", id);
    must(write(r->orders, &o, sizeof o) == (ssize_t)sizeof o, "a process is gone");
}

static answer receive(const runner *r)
{
    answer a;

    must(read(r->answers, &a, sizeof a) == (ssize_t)sizeof a, "a process died");
    return a;
}

/* The loser must have been refused by this obstacle. */
static void must_name(const answer *a, int32_t code)
{
    if (a->result == CASEGATE_REFUSED && (a->obstacles & (UINT32_C(1) << code)) != 0)
        return;
    fprintf(stderr, "race: the loser was told %s, obstacles %#x, not %s\n", casegate_result_name(a->result),
            (unsigned)a->obstacles,
            casegate_obstacle_name(code));
    exit(1);
}

/* The case is as the winner left it, and nobody else wrote. */
static void check_head(desk *d, const char *id, int32_t status, uint32_t revision)
{
    casegate_call call = {.size = sizeof call, .actor = d->lab};
    const casegate_head *head;

    must(casegate_engine_view(d->engine, &call, id, 0, d->outcome, NULL) == CASEGATE_OK, "a case cannot be viewed");
    head = casegate_outcome_head(d->outcome);
    must(head->version == 3, "not exactly one event was written");
    must(head->status == status && head->revision == revision, "the case is not as the winner left it");
}

static void judge_decisions(desk *d, const char *id, const answer *accepted, const answer *rejected, score *s)
{
    if (accepted->result == CASEGATE_OK) {
        must_name(rejected, CASEGATE_ALREADY_ACCEPTED);
        check_head(d, id, CASEGATE_IN_PRODUCTION, 1);
        s->first_won++;
    } else {
        must(rejected->result == CASEGATE_OK, "nobody won");
        must_name(accepted, CASEGATE_ALREADY_REJECTED);
        check_head(d, id, CASEGATE_REJECTED, 1);
        s->second_won++;
    }
}

static void judge_edit(desk *d, const char *id, const answer *accepted, const answer *edited, score *s)
{
    if (accepted->result == CASEGATE_OK) {
        must_name(edited, CASEGATE_LOCKED);
        check_head(d, id, CASEGATE_IN_PRODUCTION, 1);
        s->first_won++;
    } else {
        must(edited->result == CASEGATE_OK, "nobody won");
        must_name(accepted, CASEGATE_STALE_REVIEW);
        must(accepted->changed, "the acceptance was not told what changed since the review");
        check_head(d, id, CASEGATE_RECEIVED, 2);
        s->second_won++;
    }
}

static void race(desk *d, const runner *left, const runner *right, int round, char id[65], score scores[2])
{
    int with_edit = round % 2;
    const runner *first = round / 2 % 2 ? right : left, *second = first == left ? right : left;
    answer a, b;

    create(d, id);
    send_order(first, TURN_ACCEPT, id);
    send_order(second, with_edit ? TURN_EDIT : TURN_REJECT, id);
    a = receive(first);
    b = receive(second);
    (with_edit ? judge_edit : judge_decisions)(d, id, &a, &b, &scores[with_edit]);
}

static void verify(desk *d, const char *id)
{
    casegate_call call = {.size = sizeof call, .actor = d->system};

    must(casegate_engine_verify(d->engine, &call, id, d->outcome, NULL) == CASEGATE_OK, "a case cannot be verified");
    must(casegate_outcome_verification(d->outcome)->intact, casegate_outcome_verification(d->outcome)->problem);
    must(casegate_outcome_verification(d->outcome)->events == 3, "a history has not three events");
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS;
    char schema[32];
    char (*ids)[65] = calloc((size_t)(rounds > 0 ? rounds : 1), sizeof *ids);
    score scores[2] = {{0, 0}, {0, 0}};
    casegate_postgres_options options;
    runner left, right;
    desk d;

    snprintf(schema, sizeof schema, "race_%ld", (long)getpid());
    options = options_for(schema);
    if (!options.conninfo) {
        puts("skipped - CASEGATE_TEST_POSTGRES does not say where a PostgreSQL server is");
        return 77;
    }
    must(rounds > 0 && ids, "usage: race [ROUNDS]");
    start(&left, schema);
    start(&right, schema);
    open_desk(&d, schema);
    for (int i = 0; i < rounds; i++)
        race(&d, &left, &right, i, ids[i], scores);
    for (int i = 0; i < rounds; i++)
        verify(&d, ids[i]);
    stop(&left);
    stop(&right);
    close_desk(&d);
    must(casegate_postgres_drop(NULL, &options, NULL) == CASEGATE_OK, "the tables cannot be dropped");
    free(ids);
    printf("%d rounds; accept %d, reject %d; accept %d, edit %d; every history intact\n", rounds, scores[0].first_won,
           scores[0].second_won,
           scores[1].first_won, scores[1].second_won);
    return 0;
}
