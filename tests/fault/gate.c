/* SPDX-License-Identifier: MIT */
/* gate.c: the requests that the harnesses send, and the SQL that says whether a commit is there whole. */
#include "gate.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

static void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "gate: %s\n", what);
    exit(2);
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
    casegate_content_set(builder, CASEGATE_CONTENT_DENTIST_ID, "dora");
    casegate_content_set(builder, CASEGATE_CONTENT_DENTIST_EMAIL, "dora@clinic.example");
    casegate_content_set(builder, CASEGATE_CONTENT_CLINIC_EMAIL, "front@clinic.example");
    casegate_content_set(builder, CASEGATE_CONTENT_INSTRUCTIONS, instructions);
    casegate_content_add_service(builder, &crown);
    must(casegate_content_builder_finish(builder, &made, NULL) == CASEGATE_OK, "no content");
    return made;
}

void gate_begin(gate *g, casegate_host *host)
{
    memset(g, 0, sizeof *g);
    g->host = casegate_host_ref(host);
    casegate_error_init(&g->err, sizeof g->err);
    must(casegate_recorder_new(NULL, "email", &g->mail, NULL) == CASEGATE_OK, "no recorder");
    g->clinic = actor("anna", "clinic-one", CASEGATE_CLINIC_USER);
    g->lab = actor("lena", "lab-one", CASEGATE_LAB_USER);
    g->system = actor("auditor", NULL, CASEGATE_SYSTEM);
    g->first = content("first");
    g->second = content("second");
}

void gate_end(gate *g)
{
    gate_close(g);
    casegate_content_unref(g->second);
    casegate_content_unref(g->first);
    casegate_actor_unref(g->system);
    casegate_actor_unref(g->lab);
    casegate_actor_unref(g->clinic);
    casegate_recorder_free(g->mail);
    casegate_host_unref(g->host);
}

static casegate_result open_engine(gate *g)
{
    casegate_notifier *mail = casegate_recorder_notifier(g->mail);
    casegate_engine_options options = {.size = sizeof options, .host = g->host, .store = g->store, .tell = CASEGATE_TELL_LATER,
                                       .notifiers = &mail, .notifier_count = 1};
    casegate_result result = casegate_engine_open(&options, &g->engine, &g->err);

    casegate_notifier_unref(mail);
    if (result != CASEGATE_OK)
        return result;
    g->outcome = casegate_outcome_new(g->host);
    return g->outcome ? CASEGATE_OK : CASEGATE_E_NOMEM;
}

casegate_result gate_open(gate *g, const char *path)
{
    casegate_sqlite_options where = {.size = sizeof where, .path = path};
    casegate_result result = casegate_sqlite_open(g->host, &where, &g->store, &g->err);

    if (result == CASEGATE_OK)
        result = open_engine(g);
    if (result != CASEGATE_OK)
        gate_close(g);
    return result;
}

casegate_result gate_share(gate *g, casegate_store *store)
{
    g->store = casegate_store_ref(store);
    return open_engine(g);
}

void gate_close(gate *g)
{
    casegate_outcome_free(g->outcome);
    casegate_engine_unref(g->engine);
    casegate_store_unref(g->store);
    g->outcome = NULL;
    g->engine = NULL;
    g->store = NULL;
}

static casegate_result apply(gate *g, const casegate_actor *who, const casegate_request *request)
{
    const casegate_call call = {.size = sizeof call, .actor = who};

    return casegate_engine_apply(g->engine, &call, request, g->outcome, &g->err);
}

casegate_result gate_create(gate *g, const char *request)
{
    const casegate_request r = {.size = sizeof r, .action = CASEGATE_CREATE, .lab = "lab-one", .content = g->first, .submit = 1,
                                .request = request};

    return apply(g, g->clinic, &r);
}

casegate_result gate_edit(gate *g, const char *id, uint32_t revision, const char *request)
{
    const casegate_request r = {.size = sizeof r, .action = CASEGATE_EDIT, .case_id = id, .revision = revision,
                                .content = revision % 2 ? g->second : g->first, .request = request};

    return apply(g, g->clinic, &r);
}

casegate_result gate_submit(gate *g, const char *id, const char *request)
{
    const casegate_request r = {.size = sizeof r, .action = CASEGATE_SUBMIT, .case_id = id, .request = request};

    return apply(g, g->clinic, &r);
}

casegate_result gate_reject(gate *g, const char *id, uint32_t revision, const char *request)
{
    const casegate_request r = {.size = sizeof r, .action = CASEGATE_REJECT, .case_id = id, .revision = revision,
                                .reason = "other", .comment = "not like this", .request = request};

    return apply(g, g->lab, &r);
}

casegate_result gate_accept(gate *g, const char *id, uint32_t revision, const char *request)
{
    const casegate_request r = {.size = sizeof r, .action = CASEGATE_ACCEPT, .case_id = id, .revision = revision,
                                .request = request};

    return apply(g, g->lab, &r);
}

casegate_result gate_erase(gate *g, const char *id, const char *request)
{
    const casegate_request r = {.size = sizeof r, .action = CASEGATE_ERASE, .case_id = id, .request = request};

    return apply(g, g->system, &r);
}

casegate_result gate_deliver(gate *g, uint32_t *delivered)
{
    casegate_dispatched counts = {.size = sizeof counts};
    casegate_result result = casegate_engine_dispatch(g->engine, NULL, "email", 10, &counts, &g->err);

    *delivered = counts.delivered;
    casegate_recorder_clear(g->mail);
    return result;
}

int gate_is_intact(gate *g, const char *id)
{
    const casegate_call call = {.size = sizeof call, .actor = g->system};

    return casegate_engine_verify(g->engine, &call, id, g->outcome, &g->err) == CASEGATE_OK &&
           casegate_outcome_verification(g->outcome)->intact;
}

/* ---- by SQL ------------------------------------------------------------------------------------------------------- */

/* ?1 an action, ?2 how many notices each of it has. What belongs to no case makes the first row not whole. */
static const char all_cases[] =
    "SELECT id, version, revision, status,"
    " (SELECT count(*) FROM events WHERE case_id = c.id) = version"
    " AND (SELECT max(seq) FROM events WHERE case_id = c.id) = version"
    " AND (SELECT hash FROM events WHERE case_id = c.id AND seq = c.version) = c.event_hash"
    " AND (SELECT count(*) FROM contents WHERE case_id = c.id) = revision"
    " AND NOT EXISTS (SELECT 1 FROM contents AS k WHERE k.case_id = c.id AND (document IS NULL)"   /* 7: erased, or not */
    " <> EXISTS (SELECT 1 FROM events AS e WHERE e.case_id = c.id AND e.action = 7))"
    " AND (SELECT count(*) FROM notices WHERE case_id = c.id)"
    " = ?2 * (SELECT count(*) FROM events WHERE case_id = c.id AND action = ?1)"
    " AND NOT EXISTS (SELECT 1 FROM notices AS n WHERE n.case_id = c.id"
    " AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.case_id = n.case_id AND e.seq = n.seq AND e.action = ?1))"
    " FROM cases AS c";
static const char strays[] =
    "SELECT (SELECT count(*) FROM events) = (SELECT sum(version) FROM cases)"
    " AND (SELECT count(*) FROM contents) = (SELECT sum(revision) FROM cases)"
    " AND NOT EXISTS (SELECT 1 FROM notices WHERE case_id NOT IN (SELECT id FROM cases)),"
    " (SELECT count(*) FROM notices WHERE channel = 'email' AND state = 3)";

static int read_rows(sqlite3_stmt *rows, stored *cases, int room)
{
    int count = 0, code;

    sqlite3_bind_int(rows, 1, CASEGATE_REJECT);
    sqlite3_bind_int(rows, 2, NOTICES);
    while ((code = sqlite3_step(rows)) == SQLITE_ROW && count < room) {
        stored *s = &cases[count++];

        snprintf(s->id, sizeof s->id, "%s", (const char *)sqlite3_column_text(rows, 0));
        s->version = (uint32_t)sqlite3_column_int(rows, 1);
        s->revision = (uint32_t)sqlite3_column_int(rows, 2);
        s->status = sqlite3_column_int(rows, 3);
        s->whole = sqlite3_column_int(rows, 4);
    }
    return code == SQLITE_DONE ? count : -1;
}

static int is_sound(sqlite3 *db)
{
    sqlite3_stmt *check = NULL;
    int is = sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &check, NULL) == SQLITE_OK &&
             sqlite3_step(check) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;

    sqlite3_finalize(check);
    return is;
}

int gate_read_all(const char *path, stored *cases, int room, uint32_t *delivered)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL, *rest = NULL;
    int count = -1;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && is_sound(db) &&
        sqlite3_prepare_v2(db, all_cases, -1, &rows, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, strays, -1, &rest, NULL) == SQLITE_OK)
        count = read_rows(rows, cases, room);
    if (count >= 0 && sqlite3_step(rest) == SQLITE_ROW) {
        if (count && !sqlite3_column_int(rest, 0))
            cases[0].whole = 0;
        *delivered = (uint32_t)sqlite3_column_int(rest, 1);
    } else {
        count = -1;
    }
    sqlite3_finalize(rows);
    sqlite3_finalize(rest);
    sqlite3_close(db);
    return count;
}
