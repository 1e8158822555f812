/* SPDX-License-Identifier: MIT */
/* postgres.c: acceptances a second at 16 connections through engine and PostgreSQL store, against a transaction of seven round
   trips written by hand, in one run. */
/* usage: bench_postgres CONNINFO */
#include <casegate/engine.h>
#include <casegate/postgres.h>

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Both sides write the same rows into tables of the same kind (head, event, texts); the hand-written side takes the
 * values for granted: no rule, no verdict, no digest, no check of what it reads. They take turns, so that a slow disk hits both.
 */
enum { CONNECTIONS = 16, EACH = 30, TURNS = 21, CASES = CONNECTIONS * EACH * TURNS, LABS = 20, CLINICS = 211 };

static void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "postgres: %s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- cases -------------------------------------------------------------------------------------------------------- */

static casegate_actor *actor(const char *id, const char *org, int32_t role)
{
    casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role};
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_actor *made = NULL;

    fields.permissions = casegate_role_permissions(intake, role);
    must(casegate_actor_new(NULL, &fields, &made, NULL) == CASEGATE_OK, "no actor");
    casegate_workflow_unref(intake);
    return made;
}

static casegate_content *content(void)
{
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_service crown = {.size = sizeof crown, .id = "s1", .code = "crown", .material = "zirconia", .shade = "A2"};
    casegate_content *made = NULL;

    casegate_content_set(builder, CASEGATE_CONTENT_REFERENCE, "C-2026-0042");
    casegate_content_set(builder, CASEGATE_CONTENT_PATIENT_NAME, "Pat Example");
    casegate_content_set(builder, CASEGATE_CONTENT_DENTIST_ID, "dora");
    casegate_content_set(builder, CASEGATE_CONTENT_DENTIST_NAME, "Dr. Dora Example");
    casegate_content_set(builder, CASEGATE_CONTENT_DENTIST_EMAIL, "dora@clinic.example");
    casegate_content_set(builder, CASEGATE_CONTENT_CLINIC_EMAIL, "front@clinic.example");
    casegate_content_add_service(builder, &crown);
    must(casegate_content_builder_finish(builder, &made, NULL) == CASEGATE_OK, "no content");
    return made;
}

typedef struct side {
    const char *schema;
    casegate_engine *engine;
    casegate_actor *labs[LABS];
    char (*ids)[65];
} side;

static void open_side(side *s, const char *conninfo, const char *schema)
{
    casegate_postgres_options where = {.size = sizeof where, .conninfo = conninfo, .schema = schema, .pool = CONNECTIONS};
    casegate_engine_options options = {.size = sizeof options, .tell = CASEGATE_TELL_LATER};
    casegate_error err;

    casegate_error_init(&err, sizeof err);
    s->schema = schema;
    s->ids = calloc(CASES, sizeof *s->ids);
    for (int i = 0; i < LABS; i++) {
        char lab[16];

        snprintf(lab, sizeof lab, "lab-%d", i);
        s->labs[i] = actor("lena", lab, CASEGATE_LAB_USER);
    }
    must(casegate_postgres_drop(NULL, &where, &err) == CASEGATE_OK, err.text);
    must(casegate_postgres_open(NULL, &where, &options.store, &err) == CASEGATE_OK, err.text);
    must(casegate_engine_open(&options, &s->engine, &err) == CASEGATE_OK, err.text);
    casegate_store_unref(options.store);
}

static void close_side(side *s)
{
    for (int i = 0; i < LABS; i++)
        casegate_actor_unref(s->labs[i]);
    casegate_engine_unref(s->engine);
    free(s->ids);
}

typedef struct turn { side *s; int first, count; PGconn *pg; pthread_t thread; } turn;

static void *create(void *arg)
{
    const turn *t = arg;
    casegate_actor *clinic = NULL;
    casegate_call call = {.size = sizeof call};
    casegate_outcome *outcome = casegate_outcome_new(NULL);
    casegate_content *made = content();
    char lab[16], org[16];

    for (int i = t->first; i < t->first + t->count; i++) {
        snprintf(lab, sizeof lab, "lab-%d", i % LABS);
        snprintf(org, sizeof org, "clinic-%d", i % CLINICS);
        casegate_actor_unref(clinic);
        call.actor = clinic = actor("anna", org, CASEGATE_CLINIC_USER);
        must(casegate_engine_create(t->s->engine, &call, lab, made, 1, outcome, NULL) == CASEGATE_OK, "no case");
        snprintf(t->s->ids[i], sizeof t->s->ids[i], "%s", casegate_outcome_head(outcome)->id);
    }
    casegate_content_unref(made);
    casegate_outcome_free(outcome);
    casegate_actor_unref(clinic);
    return NULL;
}

/* ---- with casegate ------------------------------------------------------------------------------------------------ */

static void *accept(void *arg)
{
    const turn *t = arg;
    casegate_outcome *outcome = casegate_outcome_new(NULL);
    char name[32];
    casegate_request request = {.size = sizeof request, .action = CASEGATE_ACCEPT, .revision = 1, .request = name};

    for (int i = t->first; i < t->first + t->count; i++) {
        casegate_call call = {.size = sizeof call, .actor = t->s->labs[i % LABS]};

        snprintf(name, sizeof name, "click-%d", i);
        request.case_id = t->s->ids[i];
        must(casegate_engine_apply(t->s->engine, &call, &request, outcome, NULL) == CASEGATE_OK, "an acceptance failed");
    }
    casegate_outcome_free(outcome);
    return NULL;
}

/* ---- by hand ------------------------------------------------------------------------------------------------------ */

/* As a program would write it: every value a parameter, every statement prepared. */
enum { REQUEST, HEAD, UPDATE, EVENT, TEXTS, STATEMENTS };
enum { EVENT_COLUMNS = 26 };

#define HASH "1:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *const names[] = {"request", "head", "update", "event", "texts"};

static const char *sql_of(int statement)
{
    static char sql[4096];

    switch (statement) {
    case REQUEST:
        return "SELECT case_id, request_digest FROM events WHERE lab = $1 AND actor_org = $2 AND actor = $3 AND request = $4";
    case HEAD:
        return "SELECT * FROM cases WHERE lab = $1 AND id = $2 FOR UPDATE";
    case UPDATE:
        return "UPDATE cases SET status = $1, phase = $2, version = $3, revision = $4, attempt = $5, submitted_us = $6,"
               " decided_us = $7, decided_by = $8, reason = $9, rejected_seq = $10, first_submitted_seq = $11,"
               " first_submitted_revision = $12,"
               " content_digest = $13, event_hash = $14, waiting_us = $6 WHERE lab = $15 AND id = $16 AND version = $17";
    case TEXTS:
        return "INSERT INTO event_texts VALUES ($1, $2, $3, $4, $5, $6, $7)";
    default:
        strcpy(sql, "INSERT INTO events VALUES (");
        for (int i = 1; i <= EVENT_COLUMNS; i++)
            sprintf(sql + strlen(sql), i > 1 ? ", $%d" : "$%d", i);
        return strcat(sql, ")");
    }
}

static void run(PGconn *pg, const char *name, int count, const char *const *values)
{
    PGresult *result = PQexecPrepared(pg, name, count, values, NULL, NULL, 0);

    must(PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK, PQerrorMessage(pg));
    PQclear(result);
}

static PGconn *open_hand(const char *conninfo, const char *schema)
{
    char sql[128];
    PGconn *pg = PQconnectdb(conninfo);

    must(PQstatus(pg) == CONNECTION_OK, PQerrorMessage(pg));
    snprintf(sql, sizeof sql, "SET search_path = \"%s\"; SET plan_cache_mode = force_generic_plan", schema);
    PQclear(PQexec(pg, sql));
    for (int i = 0; i < STATEMENTS; i++) {
        PGresult *result = PQprepare(pg, names[i], sql_of(i), 0, NULL);

        must(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(pg));
        PQclear(result);
    }
    PQclear(PQprepare(pg, "begin", "BEGIN", 0, NULL));
    PQclear(PQprepare(pg, "commit", "COMMIT", 0, NULL));
    return pg;
}

/* Seven round trips. */
static void accept_one_by_hand(PGconn *pg, const char *id, const char *lab, const char *org, const char *request)
{
    char time_us[24];
    const char *const of_request[] = {lab, lab, "lena", request}, *const of_head[] = {lab, id};
    const char *const of_update[] = {"3", "3", "3", "1", "1", time_us, time_us, "lena", NULL, "0", "2", "1", HASH, HASH, lab, id,
                                     "2"};
    const char *const of_event[EVENT_COLUMNS] = {id, "3", org, lab, "intake", "1", time_us, "lena", "3", lab, "4", "2", "3", "1",
                                                 "1", NULL, NULL, NULL, request, HASH, HASH, NULL, "default", NULL, HASH, HASH};
    const char *const of_texts[] = {lab, id, "3", "0", "0123456789abcdef0123456789abcdef", NULL, NULL};

    snprintf(time_us, sizeof time_us, "%lld", (long long)(now() * 1e6));
    run(pg, "begin", 0, NULL);
    run(pg, names[REQUEST], 4, of_request);
    run(pg, names[HEAD], 2, of_head);
    run(pg, names[UPDATE], 17, of_update);
    run(pg, names[EVENT], EVENT_COLUMNS, of_event);
    run(pg, names[TEXTS], 7, of_texts);
    run(pg, "commit", 0, NULL);
}

static void *accept_by_hand(void *arg)
{
    const turn *t = arg;

    for (int i = t->first; i < t->first + t->count; i++) {
        char lab[16], org[16], request[32];

        snprintf(lab, sizeof lab, "lab-%d", i % LABS);
        snprintf(org, sizeof org, "clinic-%d", i % CLINICS);
        snprintf(request, sizeof request, "click-%d", i);
        accept_one_by_hand(t->pg, t->s->ids[i], lab, org, request);
    }
    return NULL;
}

/* ---- turns -------------------------------------------------------------------------------------------------------- */

static double take_turn(side *s, int number, int count, PGconn *const *lines, void *(*work)(void *))
{
    turn turns[CONNECTIONS];
    double began = now();

    for (int i = 0; i < CONNECTIONS; i++) {
        turns[i] = (turn){.s = s, .first = (number * CONNECTIONS + i) * count, .count = count, .pg = lines ? lines[i] : NULL};
        must(pthread_create(&turns[i].thread, NULL, work, &turns[i]) == 0, "no thread");
    }
    for (int i = 0; i < CONNECTIONS; i++)
        pthread_join(turns[i].thread, NULL);
    return now() - began;
}

static int compare(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

int main(int argc, char **argv)
{
    side gate, hand;
    PGconn *lines[CONNECTIONS];
    double ratios[TURNS - 1], gate_s = 0, hand_s = 0;

    must(argc == 2, "usage: bench_postgres CONNINFO");
    open_side(&gate, argv[1], "bench_gate");
    open_side(&hand, argv[1], "bench_hand");
    take_turn(&gate, 0, EACH * TURNS, NULL, create);
    take_turn(&hand, 0, EACH * TURNS, NULL, create);
    for (int i = 0; i < CONNECTIONS; i++)
        lines[i] = open_hand(argv[1], hand.schema);
    for (int i = 0; i < TURNS; i++) {
        double with = take_turn(&gate, i, EACH, NULL, accept), by = take_turn(&hand, i, EACH, lines, accept_by_hand);

        if (i == 0)
            continue;   /* plans are made */
        gate_s += with;
        hand_s += by;
        ratios[i - 1] = by / with;
    }
    qsort(ratios, TURNS - 1, sizeof ratios[0], compare);
    printf("acceptances by casegate (engine, PostgreSQL store, two round trips) against seven round trips by hand,\n"
           "%d connections, %d each\n\n%-28s %9s %9s %8s %8s\n", CONNECTIONS, CONNECTIONS * EACH * (TURNS - 1), "", "gate/s",
           "hand/s", "ratio", "median");
    printf("%-28s %9.0f %9.0f %8.2f %8.2f\n\n", "fsync, synchronous_commit", CONNECTIONS * EACH * (TURNS - 1) / gate_s,
           CONNECTIONS * EACH * (TURNS - 1) / hand_s, hand_s / gate_s, ratios[(TURNS - 1) / 2]);
    printf("ratio: gate/s over hand/s (1.4 or more is the goal)\n");
    for (int i = 0; i < CONNECTIONS; i++)
        PQfinish(lines[i]);
    close_side(&gate);
    close_side(&hand);
    return 0;
}
