/* SPDX-License-Identifier: MIT */
/* schema.c: the tables, the numbered steps that make them, and which files are ours. */
#include "internal.h"

#include <string.h>

/* "CASG", in the header of an own file. */
#define APPLICATION_ID 1128354631
#define TEXT_OF(number) TEXT_OF_IT(number)
#define TEXT_OF_IT(number) #number

/* ---- steps -------------------------------------------------------------------------------------------------------- */

static const char *const step_1[] = {
    "CREATE TABLE {cases} (id TEXT NOT NULL PRIMARY KEY, clinic TEXT NOT NULL, lab TEXT NOT NULL,"
    " workflow TEXT NOT NULL, workflow_version INTEGER NOT NULL, status INTEGER NOT NULL, phase INTEGER NOT NULL,"
    " version INTEGER NOT NULL, revision INTEGER NOT NULL, attempt INTEGER NOT NULL, created_us INTEGER NOT NULL,"
    " submitted_us INTEGER NOT NULL, decided_us INTEGER NOT NULL, decided_by TEXT, reason TEXT,"
    " rejected_seq INTEGER NOT NULL, first_submitted_seq INTEGER NOT NULL, first_submitted_revision INTEGER NOT NULL,"
    " content_digest TEXT, event_hash TEXT, dentist TEXT, clinic_email TEXT, dentist_email TEXT, reference TEXT,"
    " patient_name TEXT, dentist_name TEXT, due TEXT, service_count INTEGER NOT NULL, waiting_us INTEGER NOT NULL,"
    " due_key TEXT NOT NULL) STRICT",
    /* The queue of a lab is answered from its index; a lab never sees what was not submitted. */
    "CREATE INDEX {cases_by_lab} ON {cases} (lab, phase, waiting_us, created_us, id, version, due,"
    " status) WHERE attempt >= 1",
    "CREATE INDEX {cases_by_lab_due} ON {cases} (lab, phase, due_key, created_us, id, status) WHERE attempt >= 1",
    "CREATE INDEX {cases_by_clinic} ON {cases} (clinic, phase, waiting_us, created_us, id, status)",
    "CREATE INDEX {cases_by_clinic_due} ON {cases} (clinic, phase, due_key, created_us, id, status)",
    "CREATE INDEX {cases_by_phase} ON {cases} (phase, waiting_us, created_us, id, status)",

    "CREATE TABLE {contents} (case_id TEXT NOT NULL, revision INTEGER NOT NULL, digest TEXT, salt TEXT,"
    " document TEXT, PRIMARY KEY (case_id, revision)) STRICT",

    "CREATE TABLE {events} (case_id TEXT NOT NULL, seq INTEGER NOT NULL, clinic TEXT NOT NULL, lab TEXT NOT NULL,"
    " workflow TEXT NOT NULL, workflow_version INTEGER NOT NULL, time_us INTEGER NOT NULL, actor TEXT NOT NULL,"
    " actor_role INTEGER NOT NULL, actor_org TEXT NOT NULL, action INTEGER NOT NULL, from_status INTEGER NOT NULL,"
    " to_status INTEGER NOT NULL, revision INTEGER NOT NULL, attempt INTEGER NOT NULL, reason TEXT,"
    " reason_labels TEXT, changed TEXT, request TEXT, request_digest TEXT, content_digest TEXT, text_digest TEXT,"
    " policy TEXT, key_name TEXT, previous_hash TEXT, hash TEXT, PRIMARY KEY (case_id, seq)) STRICT",
    "CREATE UNIQUE INDEX {events_by_request} ON {events} (actor_org, actor, lab, request) WHERE request IS NOT NULL",

    /* Apart from events, so that an erasure never touches these. */
    "CREATE TABLE {event_texts} (case_id TEXT NOT NULL, seq INTEGER NOT NULL, erased INTEGER NOT NULL, salt TEXT,"
    " comment TEXT, files TEXT, PRIMARY KEY (case_id, seq)) STRICT",

    /* number: the order of an inbox, which VACUUM would not keep in a rowid without a name */
    "CREATE TABLE {notices} (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL,"
    " seq INTEGER NOT NULL, ordinal INTEGER NOT NULL, template_code TEXT NOT NULL, channel TEXT NOT NULL,"
    " recipient INTEGER NOT NULL, org TEXT, person TEXT, address TEXT, mutable INTEGER NOT NULL, clinic TEXT,"
    " lab TEXT, reference TEXT, attempt INTEGER NOT NULL, time_us INTEGER NOT NULL, reason TEXT, reason_labels TEXT,"
    " comment TEXT, files TEXT, state INTEGER NOT NULL, tries INTEGER NOT NULL, next_us INTEGER NOT NULL, lease TEXT,"
    " last_error TEXT, read INTEGER NOT NULL) STRICT",
    "CREATE INDEX {notices_by_event} ON {notices} (case_id, seq, ordinal)",
    "CREATE INDEX {notices_due} ON {notices} (channel, next_us) WHERE state IN (1, 2)",
    "CREATE INDEX {notices_inbox} ON {notices} (org, person) WHERE channel = 'portal'",
    "CREATE INDEX {notices_unread} ON {notices} (org, person) WHERE channel = 'portal' AND read = 0",

    /* One row. An additive step keeps both oldest ones, so that old and new processes run side by side. */
    "CREATE TABLE {schema_version} (version INTEGER NOT NULL, oldest_reader INTEGER NOT NULL,"
    " oldest_writer INTEGER NOT NULL) STRICT",
    "INSERT INTO {schema_version} VALUES (1, 1, 1)",
    NULL
};

/* steps[n - 1] leads from version n - 1 to n. Appended to, never changed. */
static const char *const *const steps[] = {step_1};

enum { VERSION = sizeof steps / sizeof steps[0] };

static const char *const tables[] = {"{cases}", "{contents}", "{events}", "{event_texts}", "{notices}", "{schema_version}"};

int32_t cg_sqlite_schema_version(void)
{
    return VERSION;
}

/* ---- recognising -------------------------------------------------------------------------------------------------- */

/* The integers of the first row. @retval CASEGATE_ABSENT no row */
static casegate_result select_row(cg_connection *connection, const char *sql, const char *name, int64_t *out, int count,
                                  casegate_error *err)
{
    sqlite3_stmt *statement = NULL;
    casegate_result result = cg_sqlite_prepare(connection, sql, &statement, err);
    int code;

    if (result != CASEGATE_OK)
        return result;
    if (name)
        cg_sqlite_bind_text(connection, statement, 1, name);
    code = cg_sqlite_step(connection, statement);
    if (code == SQLITE_DONE)
        result = CASEGATE_ABSENT;
    else if (code != SQLITE_ROW)
        result = cg_sqlite_fail(connection->db, code, err);
    for (int i = 0; result == CASEGATE_OK && i < count; i++)
        out[i] = sqlite3_column_int64(statement, i);
    sqlite3_finalize(statement);
    return result;
}

static casegate_result check_owner(cg_connection *connection, casegate_error *err)
{
    int64_t application_id, objects;
    casegate_result result = select_row(connection, "PRAGMA application_id", NULL, &application_id, 1, err);

    if (result == CASEGATE_OK)
        result = select_row(connection, "SELECT count(*) FROM sqlite_schema", NULL, &objects, 1, err);
    if (result != CASEGATE_OK)
        return result;
    if (application_id == APPLICATION_ID || (application_id == 0 && objects == 0))
        return CASEGATE_OK;
    return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "path", "the file belongs to another application");
}

static casegate_result read_version(cg_connection *connection, int32_t *version, casegate_error *err)
{
    int64_t there, row[3];   /* version, oldest reader, oldest writer */
    char name[64];
    casegate_result result;

    strcpy(name, connection->prefix);
    strcat(name, "schema_version");
    result = select_row(connection, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1", name, &there, 1,
                        err);
    if (result != CASEGATE_OK)
        return result;
    *version = 0;
    if (!there)
        return CASEGATE_OK;
    result = select_row(connection, "SELECT version, oldest_reader, oldest_writer FROM {schema_version}", NULL, row, 3, err);
    if (result == CASEGATE_ABSENT || (result == CASEGATE_OK && (row[0] < 1 || row[0] > INT32_MAX)))
        return cg_sqlite_corrupt(err, "schema_version.version");
    if (result != CASEGATE_OK)
        return result;
    if (row[1] > VERSION || (row[2] > VERSION && !connection->read_only))
        return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "schema", "the tables are newer than this library can use");
    *version = (int32_t)row[0];
    return CASEGATE_OK;
}

static casegate_result recognise(cg_store *store, cg_connection *connection, int32_t *version, casegate_error *err)
{
    casegate_result result = store->path ? check_owner(connection, err) : CASEGATE_OK;

    return result == CASEGATE_OK ? read_version(connection, version, err) : result;
}

/* The version of the tables that are there, 0 without; refuses what is not ours or is newer. Changes nothing. */
casegate_result cg_sqlite_recognise(cg_store *store, cg_connection *connection, int32_t *version, casegate_error *err)
{
    int32_t began;
    casegate_result result = cg_sqlite_begin_read(connection, &began, err);

    if (result == CASEGATE_OK) {
        result = recognise(store, connection, version, err);
        cg_sqlite_end_read(connection, began);
    }
    return result;
}

/* ---- changing ----------------------------------------------------------------------------------------------------- */

static casegate_result execute(cg_connection *connection, const char *sql, casegate_error *err)
{
    sqlite3_stmt *statement = NULL;
    casegate_result result = cg_sqlite_prepare(connection, sql, &statement, err);
    int code;

    if (result != CASEGATE_OK)
        return result;
    do {
        code = cg_sqlite_step(connection, statement);
    } while (code == SQLITE_ROW);
    if (code != SQLITE_DONE)
        result = cg_sqlite_fail(connection->db, code, err);
    sqlite3_finalize(statement);
    return result;
}

static casegate_result take_steps(cg_store *store, cg_connection *connection, casegate_error *err)
{
    int32_t version = 0;
    casegate_result result = recognise(store, connection, &version, err);   /* another process may have been faster */

    for (; result == CASEGATE_OK && version < VERSION; version++)
        for (const char *const *sql = steps[version]; result == CASEGATE_OK && *sql; sql++)
            result = execute(connection, *sql, err);
    if (result == CASEGATE_OK && store->path)
        result = execute(connection, "PRAGMA application_id = " TEXT_OF(APPLICATION_ID), err);
    return result;
}

casegate_result cg_sqlite_migrate(cg_store *store, cg_connection *connection, casegate_error *err)
{
    cg_transaction transaction;
    casegate_result result = cg_sqlite_begin(connection, &transaction, err);

    if (result == CASEGATE_OK)
        result = cg_sqlite_end(connection, &transaction, take_steps(store, connection, err), err);
    return result;
}

static casegate_result drop_table(cg_connection *connection, const char *table, casegate_error *err)
{
    char sql[64] = "DROP TABLE IF EXISTS ";

    strcat(sql, table);
    return execute(connection, sql, err);
}

casegate_result cg_sqlite_drop_tables(cg_connection *connection, casegate_error *err)
{
    cg_transaction transaction;
    casegate_result result = cg_sqlite_begin(connection, &transaction, err);

    if (result != CASEGATE_OK)
        return result;
    for (size_t i = 0; result == CASEGATE_OK && i < sizeof tables / sizeof tables[0]; i++)
        result = drop_table(connection, tables[i], err);
    return cg_sqlite_end(connection, &transaction, result, err);
}
