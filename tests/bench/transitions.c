/* SPDX-License-Identifier: MIT */
/* transitions.c: acceptances a second through engine and SQLite store, against the same statements written by hand,
    in one run. */
#include <casegate/engine.h>
#include <casegate/sqlite.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/*
 * Both sides start from equal files of the same cases and write the same rows; the hand-written side takes the values for
 * granted: no rule, no verdict, no digest, no check of what it reads. They take turns in blocks, so that a slow disk hits both.
 */

enum { CASES = 4000, BLOCK = 100 };

static void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "transitions: %s\n", what);
    exit(1);
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
    static const char *const teeth[] = {"11", "12", "21"};
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_service crown = {.size = sizeof crown, .id = "s1", .code = "crown", .material = "zirconia", .shade = "A2",
                              .teeth = teeth, .tooth_count = 3};
    casegate_content *made = NULL;

    casegate_content_set(builder, CASEGATE_CONTENT_REFERENCE, "C-2026-0042");
    casegate_content_set(builder, CASEGATE_CONTENT_PATIENT_NAME, "Pat Example");
    casegate_content_set(builder, CASEGATE_CONTENT_DENTIST_ID, "dora");
    casegate_content_set(builder, CASEGATE_CONTENT_DENTIST_NAME, "Dr. Dora Example");
    casegate_content_set(builder, CASEGATE_CONTENT_DENTIST_EMAIL, "dora@clinic.example");
    casegate_content_set(builder, CASEGATE_CONTENT_CLINIC_EMAIL, "front@clinic.example");
    casegate_content_set(builder, CASEGATE_CONTENT_DUE, "2036-05-01");
    casegate_content_set(builder, CASEGATE_CONTENT_INSTRUCTIONS,
                         "Please match the shade of the neighbouring teeth; see the picture.");
    casegate_content_add_service(builder, &crown);
    must(casegate_content_builder_finish(builder, &made, NULL) == CASEGATE_OK, "no content");
    return made;
}

typedef struct gate {
    casegate_engine *engine;
    casegate_outcome *outcome;
    casegate_actor *clinic, *lab;
} gate;

static void open_gate(gate *g, const casegate_sqlite_options *where)
{
    casegate_engine_options options = {.size = sizeof options, .tell = CASEGATE_TELL_LATER};
    casegate_error err;

    casegate_error_init(&err, sizeof err);
    if (casegate_sqlite_open(NULL, where, &options.store, &err) != CASEGATE_OK)
        must(0, err.text);
    if (casegate_engine_open(&options, &g->engine, &err) != CASEGATE_OK)
        must(0, err.text);
    casegate_store_unref(options.store);
    g->outcome = casegate_outcome_new(NULL);
    g->clinic = actor("anna", "clinic-one", CASEGATE_CLINIC_USER);
    g->lab = actor("lena", "lab-one", CASEGATE_LAB_USER);
}

static void close_gate(gate *g)
{
    casegate_actor_unref(g->lab);
    casegate_actor_unref(g->clinic);
    casegate_outcome_free(g->outcome);
    casegate_engine_unref(g->engine);
}

static sqlite3 *open_handle(const char *path, const char *settings)
{
    sqlite3 *db = NULL;

    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK,
         "no file");
    must(sqlite3_exec(db, settings, NULL, NULL, NULL) == SQLITE_OK, "no such settings");
    return db;
}

/* Submitted cases, made in one transaction of the host; then both sides get a copy. */
static void make_cases(const char *path, char (*ids)[65])
{
    sqlite3 *db = open_handle(path, "PRAGMA synchronous = OFF");
    casegate_sqlite_options where = {.size = sizeof where, .db = db, .allow_weak = 1};
    casegate_content *prescribed = content();
    gate g;

    open_gate(&g, &where);
    must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK, "no transaction");
    for (int i = 0; i < CASES; i++) {
        casegate_call call = {.size = sizeof call, .actor = g.clinic};

        must(casegate_engine_create(g.engine, &call, "lab-one", prescribed, 1, g.outcome, NULL) == CASEGATE_JOINED, "no case");
        snprintf(ids[i], 65, "%s", casegate_outcome_head(g.outcome)->id);
    }
    must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "no commit");
    close_gate(&g);
    casegate_content_unref(prescribed);
    sqlite3_close(db);
}

static void remove_files(const char *path)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    char name[128];

    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

static void copy_file(const char *from, const char *to)
{
    sqlite3 *db = open_handle(from, "");
    char sql[160];

    remove_files(to);
    snprintf(sql, sizeof sql, "VACUUM INTO '%s'", to);
    must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "no copy");
    sqlite3_close(db);
}

/* ---- by hand ------------------------------------------------------------------------------------------------------ */

enum { SELECT, BEGIN, UPDATE, INSERT, COMMIT, STATEMENTS };
typedef struct hand { sqlite3 *db; sqlite3_stmt *statements[STATEMENTS]; } hand;

static const char *const by_hand[STATEMENTS] = {
    [SELECT] = "SELECT id, clinic, lab, workflow, workflow_version, status, phase, version, revision, attempt, created_us,"
               " submitted_us, decided_us,"
               " decided_by, reason, rejected_seq, first_submitted_seq, first_submitted_revision, content_digest, event_hash,"
               " dentist,"
               " clinic_email, dentist_email, reference, patient_name, dentist_name, due, service_count FROM casegate_cases"
               " WHERE id = ?1",
    [BEGIN] = "BEGIN IMMEDIATE",
    [UPDATE] = "UPDATE casegate_cases SET status = ?, phase = ?, version = ?, revision = ?, attempt = ?, submitted_us = ?,"
               " decided_us = ?,"
               " decided_by = ?, reason = ?, rejected_seq = ?, first_submitted_seq = ?, first_submitted_revision = ?,"
               " content_digest = ?,"
               " event_hash = ?, waiting_us = ? WHERE id = ? AND version = ?",
    [INSERT] = "INSERT INTO casegate_events (case_id, seq, clinic, lab, workflow, workflow_version, time_us, actor, actor_role,"
               " actor_org, action,"
               " from_status, to_status, revision, attempt, reason, reason_labels, changed, request, request_digest,"
               " content_digest,"
               " text_digest, policy, key_name, previous_hash, hash)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [COMMIT] = "COMMIT",
};

/* What a program by hand would keep of the row. */
typedef struct row {
    char id[65], clinic[65], lab[65], workflow[65], decided_by[65], reason[65], content_digest[68], event_hash[68], dentist[65];
    char clinic_email[257], dentist_email[257], reference[257], patient_name[257], dentist_name[257], due[16];
    int workflow_version, status, phase, rejected_seq, first_submitted_seq, first_submitted_revision, service_count;
    int64_t version, revision, attempt, created_us, submitted_us, decided_us;
} row;

static void open_hand(hand *h, sqlite3 *db)
{
    h->db = db;
    for (int i = 0; i < STATEMENTS; i++)
        must(sqlite3_prepare_v3(db, by_hand[i], -1, SQLITE_PREPARE_PERSISTENT, &h->statements[i], NULL) == SQLITE_OK,
             sqlite3_errmsg(db));
}

static void close_hand(hand *h)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(h->statements[i]);
    sqlite3_close(h->db);
}

static void run(hand *h, int which)
{
    must(sqlite3_step(h->statements[which]) == SQLITE_DONE, sqlite3_errmsg(h->db));
    sqlite3_reset(h->statements[which]);
}

static void text_at(sqlite3_stmt *s, int at, char *out, size_t room)
{
    const char *text = (const char *)sqlite3_column_text(s, at);
    size_t len = text ? (size_t)sqlite3_column_bytes(s, at) : 0;

    if (len >= room)
        len = room - 1;
    memcpy(out, text ? text : "", len);
    out[len] = '\0';
}

#define TEXT_AT(at, member) text_at(s, at, r->member, sizeof r->member)

static void select_row(hand *h, const char *id, row *r)
{
    sqlite3_stmt *s = h->statements[SELECT];

    sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    must(sqlite3_step(s) == SQLITE_ROW, "a case is missing");
    TEXT_AT(0, id), TEXT_AT(1, clinic), TEXT_AT(2, lab), TEXT_AT(3, workflow);
    r->workflow_version = sqlite3_column_int(s, 4);
    r->status = sqlite3_column_int(s, 5);
    r->phase = sqlite3_column_int(s, 6);
    r->version = sqlite3_column_int64(s, 7);
    r->revision = sqlite3_column_int64(s, 8);
    r->attempt = sqlite3_column_int64(s, 9);
    r->created_us = sqlite3_column_int64(s, 10);
    r->submitted_us = sqlite3_column_int64(s, 11);
    r->decided_us = sqlite3_column_int64(s, 12);
    TEXT_AT(13, decided_by), TEXT_AT(14, reason);
    r->rejected_seq = sqlite3_column_int(s, 15);
    r->first_submitted_seq = sqlite3_column_int(s, 16);
    r->first_submitted_revision = sqlite3_column_int(s, 17);
    TEXT_AT(18, content_digest), TEXT_AT(19, event_hash), TEXT_AT(20, dentist), TEXT_AT(21, clinic_email), TEXT_AT(22,
                                                                                                                   dentist_email);
    TEXT_AT(23, reference), TEXT_AT(24, patient_name), TEXT_AT(25, dentist_name), TEXT_AT(26, due);
    r->service_count = sqlite3_column_int(s, 27);
    sqlite3_reset(s);
}

static const char sixty_six[] = "1:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static void update_row(hand *h, const row *r, int64_t now_us)
{
    sqlite3_stmt *s = h->statements[UPDATE];
    const int64_t numbers[] = {CASEGATE_IN_PRODUCTION, CASEGATE_PHASE_ACCEPTED, r->version + 1, r->revision, r->attempt,
                               r->submitted_us, now_us};

    for (int i = 0; i < 7; i++)
        sqlite3_bind_int64(s, i + 1, numbers[i]);
    sqlite3_bind_text(s, 8, "lena", -1, SQLITE_STATIC);
    sqlite3_bind_null(s, 9);
    sqlite3_bind_int64(s, 10, 0);
    sqlite3_bind_int64(s, 11, r->first_submitted_seq);
    sqlite3_bind_int64(s, 12, r->first_submitted_revision);
    sqlite3_bind_text(s, 13, r->content_digest, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 14, sixty_six, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 15, r->submitted_us);
    sqlite3_bind_text(s, 16, r->id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 17, r->version);
    run(h, UPDATE);
    must(sqlite3_changes(h->db) == 1, "a conflict");
}

static void insert_row(hand *h, const row *r, int64_t now_us)
{
    sqlite3_stmt *s = h->statements[INSERT];
    const int64_t numbers[] = {CASEGATE_ACCEPT, CASEGATE_RECEIVED, CASEGATE_IN_PRODUCTION, r->revision, r->attempt};

    sqlite3_bind_text(s, 1, r->id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, r->version + 1);
    sqlite3_bind_text(s, 3, r->clinic, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, r->lab, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 5, r->workflow, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 6, r->workflow_version);
    sqlite3_bind_int64(s, 7, now_us);
    sqlite3_bind_text(s, 8, "lena", -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 9, CASEGATE_LAB_USER);
    sqlite3_bind_text(s, 10, "lab-one", -1, SQLITE_STATIC);
    for (int i = 0; i < 5; i++)
        sqlite3_bind_int64(s, 11 + i, numbers[i]);
    for (int i = 16; i <= 24; i++)
        sqlite3_bind_null(s, i);
    sqlite3_bind_text(s, 21, r->content_digest, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 23, "default", -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 25, r->event_hash, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 26, sixty_six, -1, SQLITE_STATIC);
    run(h, INSERT);
}

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void accept_by_hand(hand *h, const char *id)
{
    row r;
    int64_t now_us = now();

    select_row(h, id, &r);
    must(r.status == CASEGATE_RECEIVED && r.revision == 1 && strcmp(r.lab, "lab-one") == 0, "not to be accepted");
    run(h, BEGIN);
    update_row(h, &r, now_us);
    insert_row(h, &r, now_us);
    run(h, COMMIT);
}

static void accept_by_gate(gate *g, const char *id)
{
    casegate_call call = {.size = sizeof call, .actor = g->lab};

    must(casegate_engine_accept(g->engine, &call, id, 1, g->outcome, NULL) == CASEGATE_OK, "not accepted");
}

/* ---- measuring ---------------------------------------------------------------------------------------------------- */

typedef struct used { double wall, cpu; } used;

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static used clock_now(void)
{
    struct timespec t;
    struct rusage usage;
    used u;

    clock_gettime(CLOCK_MONOTONIC, &t);
    getrusage(RUSAGE_SELF, &usage);
    u.wall = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
    u.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    return u;
}

static void add(used *sum, used begun)
{
    used ended = clock_now();

    sum->wall += ended.wall - begun.wall;
    sum->cpu += ended.cpu - begun.cpu;
}

static void block_by_gate(gate *g, char (*ids)[65], used *sum)
{
    used begun = clock_now();

    for (int i = 0; i < BLOCK; i++)
        accept_by_gate(g, ids[i]);
    add(sum, begun);
}

static void block_by_hand(hand *h, char (*ids)[65], used *sum)
{
    used begun = clock_now();

    for (int i = 0; i < BLOCK; i++)
        accept_by_hand(h, ids[i]);
    add(sum, begun);
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

typedef struct paired { used gate, hand; double wall[CASES / BLOCK], cpu[CASES / BLOCK]; size_t blocks; } paired;

/* Who goes first changes from block to block. The first pair warms the caches and does not count. */
static void measure(gate *g, hand *h, char (*ids)[65], paired *p)
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < CASES / BLOCK; i++) {
        used by_gate = {0, 0}, by_hand_used = {0, 0};

        if (i % 2)
            block_by_hand(h, ids + i * BLOCK, &by_hand_used);
        block_by_gate(g, ids + i * BLOCK, &by_gate);
        if (i % 2 == 0)
            block_by_hand(h, ids + i * BLOCK, &by_hand_used);
        if (i == 0)
            continue;
        p->wall[p->blocks] = by_hand_used.wall / by_gate.wall;
        p->cpu[p->blocks++] = by_gate.cpu / by_hand_used.cpu;
        p->gate.wall += by_gate.wall, p->gate.cpu += by_gate.cpu;
        p->hand.wall += by_hand_used.wall, p->hand.cpu += by_hand_used.cpu;
    }
}

static void print_row(const char *what, paired *p)
{
    double count = (double)p->blocks * BLOCK;

    printf("%-28s %9.0f %9.0f %8.3f %8.3f %9.1f %9.1f %8.3f %8.3f\n", what, count / p->gate.wall, count / p->hand.wall,
           p->hand.wall / p->gate.wall,
           median(p->wall, p->blocks), 1e6 * p->gate.cpu / count, 1e6 * p->hand.cpu / count, p->gate.cpu / p->hand.cpu,
               median(p->cpu, p->blocks));
}

static void run_pair(const char *what, const char *settings, const char *made, char (*ids)[65], int weak)
{
    static const char gate_path[] = "transitions-gate.db", hand_path[] = "transitions-hand.db";
    casegate_sqlite_options where = {.size = sizeof where, .allow_weak = weak};
    paired p;
    gate g;
    hand h;

    copy_file(made, gate_path);
    copy_file(made, hand_path);
    where.db = open_handle(gate_path, settings);
    open_gate(&g, &where);
    open_hand(&h, open_handle(hand_path, settings));
    measure(&g, &h, ids, &p);
    print_row(what, &p);
    close_gate(&g);
    sqlite3_close(where.db);
    close_hand(&h);
    remove_files(gate_path);
    remove_files(hand_path);
}

int main(void)
{
    static const char made[] = "transitions-cases.db";
    static char ids[CASES][65];

    remove_files(made);
    make_cases(made, ids);
    printf("acceptances by casegate (engine, SQLite store) against the same statements by hand, %d each, in turns of %d\n\n",
           CASES, BLOCK);
    printf("%-28s %9s %9s %8s %8s %9s %9s %8s %8s\n", "", "gate/s", "hand/s", "ratio", "median", "gate us", "hand us", "cpu",
           "median");
    run_pair("WAL, synchronous=FULL", "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", made, ids, 0);
    run_pair("WAL, synchronous=OFF", "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF", made, ids, 1);
    printf("\nratio: gate/s over hand/s (FULL: 0.95 or more is the goal)\n");
    printf("cpu: user and system time, gate over hand (OFF: 1.25 or less is the goal)\n");
    remove_files(made);
    return 0;
}
