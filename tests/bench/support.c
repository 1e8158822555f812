/* SPDX-License-Identifier: MIT */
/* support.c: cases in a file, an engine on it, and an acceptance written by hand. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

/* ---- cases -------------------------------------------------------------------------------------------------------- */

casegate_actor *new_actor(const char *id, const char *org, int32_t role)
{
    casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role};
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_actor *made = NULL;

    fields.permissions = casegate_role_permissions(intake, role);
    must(casegate_actor_new(NULL, &fields, &made, NULL) == CASEGATE_OK, "no actor");
    casegate_workflow_unref(intake);
    return made;
}

casegate_content *new_content(void)
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

void open_gate(gate *g, const casegate_sqlite_options *where)
{
    casegate_engine_options options = {.size = sizeof options, .tell = CASEGATE_TELL_LATER};
    casegate_error err;

    casegate_error_init(&err, sizeof err);
    if (casegate_sqlite_open(NULL, where, &options.store, &err) != CASEGATE_OK)
        must(0, err.text);
    if (casegate_engine_open(&options, &g->engine, &err) != CASEGATE_OK)
        must(0, err.text);
    g->store = options.store;
    g->outcome = casegate_outcome_new(NULL);
    g->clinic = new_actor("anna", "clinic-one", CASEGATE_CLINIC_USER);
    g->lab = new_actor("lena", "lab-one", CASEGATE_LAB_USER);
}

void close_gate(gate *g)
{
    casegate_actor_unref(g->lab);
    casegate_actor_unref(g->clinic);
    casegate_outcome_free(g->outcome);
    casegate_engine_unref(g->engine);
    casegate_store_unref(g->store);
}

sqlite3 *open_handle(const char *path, const char *settings)
{
    sqlite3 *db = NULL;

    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK,
         "no file");
    must(sqlite3_exec(db, settings, NULL, NULL, NULL) == SQLITE_OK, "no such settings");
    return db;
}

/* The tables have the names that a host's handle has them under, so that both can be compared. */
void open_gate_at(gate *g, const char *path)
{
    const casegate_sqlite_options where = {.size = sizeof where, .path = path, .prefix = "casegate_"};

    open_gate(g, &where);
}

/* So many at a time in a transaction of the host: fast, and the file does not have to be durable yet. */
void make_cases(const char *path, char (*ids)[65], int count)
{
    enum { TOGETHER = 5000 };
    sqlite3 *db;
    casegate_sqlite_options where = {.size = sizeof where, .allow_weak = 1};
    casegate_content *prescribed = new_content();
    gate g;

    remove_files(path);
    open_gate_at(&g, path);   /* so that it is a file of the store's own */
    close_gate(&g);
    where.db = db = open_handle(path, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
    open_gate(&g, &where);
    for (int i = 0; i < count; i++) {
        const casegate_call call = {.size = sizeof call, .actor = g.clinic};

        if (i % TOGETHER == 0)
            must(sqlite3_exec(db, i ? "COMMIT; BEGIN" : "BEGIN", NULL, NULL, NULL) == SQLITE_OK, "no transaction");
        must(casegate_engine_create(g.engine, &call, LAB, prescribed, 1, g.outcome, NULL) == CASEGATE_JOINED, "no case");
        if (ids)
            snprintf(ids[i], 65, "%s", casegate_outcome_head(g.outcome)->id);
    }
    must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "no commit");
    must(sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) == SQLITE_OK, "no checkpoint");
    must(sqlite3_exec(db, "PRAGMA synchronous = FULL; PRAGMA user_version = 0; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) == SQLITE_OK, "not durable");
    close_gate(&g);
    casegate_content_unref(prescribed);
    sqlite3_close(db);
}

void remove_files(const char *path)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    char name[128];

    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

void copy_file(const char *from, const char *to)
{
    sqlite3 *db = open_handle(from, "");
    char sql[160];

    remove_files(to);
    snprintf(sql, sizeof sql, "VACUUM INTO '%s'", to);
    must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "no copy");
    sqlite3_close(db);
}

/* ---- by hand ------------------------------------------------------------------------------------------------------ */

enum { SELECT, BEGIN, UPDATE, INSERT, COMMIT };

static const char *const by_hand[HAND_STATEMENTS] = {
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

void open_hand(hand *h, sqlite3 *db)
{
    h->db = db;
    for (int i = 0; i < HAND_STATEMENTS; i++)
        must(sqlite3_prepare_v3(db, by_hand[i], -1, SQLITE_PREPARE_PERSISTENT, &h->statements[i], NULL) == SQLITE_OK,
             sqlite3_errmsg(db));
}

void close_hand(hand *h)
{
    for (int i = 0; i < HAND_STATEMENTS; i++)
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

void accept_by_hand(hand *h, const char *id)
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

void accept_by_gate(gate *g, const char *id)
{
    casegate_call call = {.size = sizeof call, .actor = g->lab};

    must(casegate_engine_accept(g->engine, &call, id, 1, g->outcome, NULL) == CASEGATE_OK, "not accepted");
}

/* ---- measuring ---------------------------------------------------------------------------------------------------- */

double seconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}
