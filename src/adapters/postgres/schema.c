/* SPDX-License-Identifier: MIT */
/* schema.c: the tables, the numbered steps that make them, and which ones this library can use. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

/* ---- steps -------------------------------------------------------------------------------------------------------- */

/* Ids, organisations and dates are ordered by their bytes, whatever the database's language. */
#define KEY "text COLLATE \"C\""

/*
 * Every key begins with the lab, or contains it, so that tables can be partitioned and moved by lab. A case's id alone is
 * looked up in case_labs: narrow, never partitioned, so that an id is unique among all labs. A '%' stands for the clause that
 * partitions.
 */
static const char *const step_1[] = {
    "CREATE TABLE {case_labs} (id " KEY " NOT NULL PRIMARY KEY, lab " KEY " NOT NULL)",

    "CREATE TABLE {cases} (id " KEY " NOT NULL, clinic " KEY " NOT NULL, lab " KEY " NOT NULL,"
    " workflow text NOT NULL, workflow_version bigint NOT NULL, status integer NOT NULL, phase integer NOT NULL,"
    " version bigint NOT NULL, revision bigint NOT NULL, attempt bigint NOT NULL, created_us bigint NOT NULL,"
    " submitted_us bigint NOT NULL, decided_us bigint NOT NULL, decided_by text, reason text,"
    " rejected_seq bigint NOT NULL, first_submitted_seq bigint NOT NULL, first_submitted_revision bigint NOT NULL,"
    " content_digest text, event_hash text, dentist text, clinic_email text, dentist_email text, reference text,"
    " patient_name text, dentist_name text, due text, service_count bigint NOT NULL, waiting_us bigint NOT NULL,"
    " due_key " KEY " NOT NULL, CONSTRAINT cases_pkey PRIMARY KEY (lab, id))%",
    /* A lab never sees what was not submitted. */
    "CREATE INDEX cases_by_lab ON {cases} (lab, phase, waiting_us, created_us, id) WHERE attempt >= 1",
    "CREATE INDEX cases_by_lab_due ON {cases} (lab, phase, due_key, created_us, id) WHERE attempt >= 1",
    "CREATE INDEX cases_by_clinic ON {cases} (clinic, phase, waiting_us, created_us, id)",
    "CREATE INDEX cases_by_clinic_due ON {cases} (clinic, phase, due_key, created_us, id)",
    "CREATE INDEX cases_by_phase ON {cases} (phase, waiting_us, created_us, id)",

    "CREATE TABLE {contents} (lab " KEY " NOT NULL, case_id " KEY " NOT NULL, revision bigint NOT NULL, digest text, salt text,"
    " document text, CONSTRAINT contents_pkey PRIMARY KEY (lab, case_id, revision))%",

    "CREATE TABLE {events} (case_id " KEY " NOT NULL, seq bigint NOT NULL, clinic " KEY " NOT NULL, lab " KEY " NOT NULL,"
    " workflow text NOT NULL, workflow_version bigint NOT NULL, time_us bigint NOT NULL, actor " KEY " NOT NULL,"
    " actor_role integer NOT NULL, actor_org " KEY " NOT NULL, action integer NOT NULL, from_status integer NOT NULL,"
    " to_status integer NOT NULL, revision bigint NOT NULL, attempt bigint NOT NULL, reason text,"
    " reason_labels text, changed text, request " KEY ", request_digest text, content_digest text, text_digest text,"
    " policy text, key_name text, previous_hash text, hash text, CONSTRAINT events_pkey PRIMARY KEY (lab, case_id, seq))%",
    "CREATE UNIQUE INDEX events_by_request ON {events} (lab, actor_org, actor, request) WHERE request IS NOT NULL",

    /* Apart from events, so that an erasure never touches these. */
    "CREATE TABLE {event_texts} (lab " KEY " NOT NULL, case_id " KEY " NOT NULL, seq bigint NOT NULL, erased integer NOT NULL,"
    " salt text, comment text, files text, CONSTRAINT event_texts_pkey PRIMARY KEY (lab, case_id, seq))%",

    /* number: the order of an inbox. id comes first: a notice is settled by its id alone. */
    "CREATE SEQUENCE {notice_numbers}",
    "CREATE TABLE {notices} (number bigint NOT NULL, id " KEY " NOT NULL, case_id " KEY " NOT NULL, seq bigint NOT NULL,"
    " ordinal bigint NOT NULL, template_code text NOT NULL, channel " KEY " NOT NULL, recipient integer NOT NULL, org " KEY ","
    " person " KEY ", address text, mutable integer NOT NULL, clinic text, lab " KEY " NOT NULL, reference text,"
    " attempt bigint NOT NULL, time_us bigint NOT NULL, reason text, reason_labels text, comment text, files text,"
    " state integer NOT NULL, tries bigint NOT NULL, next_us bigint NOT NULL, lease text, last_error text,"
    " read integer NOT NULL, CONSTRAINT notices_pkey PRIMARY KEY (id, lab))%",
    "CREATE INDEX notices_by_event ON {notices} (lab, case_id, seq, ordinal)",
    "CREATE INDEX notices_due ON {notices} (channel, next_us, number) WHERE state IN (1, 2)",
    "CREATE INDEX notices_inbox ON {notices} (org, coalesce(person, ''), number) WHERE channel = 'portal'",
    "CREATE INDEX notices_unread ON {notices} (org, coalesce(person, '')) WHERE channel = 'portal' AND read = 0",

    /* One row. An additive step keeps both oldest ones, so that old and new processes run side by side. */
    "CREATE TABLE {schema_version} (version integer NOT NULL, oldest_reader integer NOT NULL, oldest_writer integer NOT NULL)",
    "INSERT INTO {schema_version} VALUES (1, 1, 1)",
    NULL
};

/* steps[n - 1] leads from version n - 1 to n. Appended to, never changed. */
static const char *const *const steps[] = {step_1};

enum { VERSION = sizeof steps / sizeof steps[0] };

static const char *const partitioned[] = {"cases", "contents", "events", "event_texts", "notices"};
static const char *const others[] = {"case_labs", "schema_version"};

int32_t cg_postgres_schema_version(void)
{
    return VERSION;
}

/* ---- recognising -------------------------------------------------------------------------------------------------- */

static casegate_result run(cg_connection *connection, const char *sql, const char *parameter, PGresult **out, casegate_error *err)
{
    casegate_buffer_clear(connection->sql);
    cg_postgres_expand(connection->schema, sql, connection->sql);
    if (casegate_buffer_status(connection->sql) != CASEGATE_OK)
        return cg_postgres_no_memory(err);
    return cg_postgres_exec(connection, casegate_buffer_data(connection->sql), parameter, out, err);
}

static casegate_result execute(cg_connection *connection, const char *sql, casegate_error *err)
{
    return run(connection, sql, NULL, NULL, err);
}

/* Whether a query about the schema's name has a row. */
static casegate_result has_row(cg_connection *connection, const char *sql, int32_t *out, casegate_error *err)
{
    PGresult *rows;
    casegate_result result = run(connection, sql, connection->schema, &rows, err);

    if (result != CASEGATE_OK)
        return result;
    *out = PQntuples(rows) > 0;
    PQclear(rows);
    return CASEGATE_OK;
}

/* The version of the tables that are there, 0 without; refuses what is newer. Changes nothing. */
casegate_result cg_postgres_recognise(cg_connection *connection, int32_t *version, casegate_error *err)
{
    PGresult *row;
    int64_t found[3] = {0, 0, 0};   /* version, oldest reader, oldest writer */
    int32_t there = 0;
    casegate_result result = has_row(connection, "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1"
                                     " AND tablename = 'schema_version'", &there, err);

    *version = 0;
    if (result != CASEGATE_OK || !there)
        return result;
    result = run(connection, "SELECT version, oldest_reader, oldest_writer FROM {schema_version}", NULL, &row, err);
    if (result != CASEGATE_OK)
        return result;
    for (int i = 0; i < 3 && PQntuples(row) == 1; i++)
        found[i] = cg_postgres_int_at(row, 0, i);
    PQclear(row);
    if (found[0] < 1)
        return cg_postgres_corrupt(err, "schema_version.version");
    if (found[1] > VERSION || (found[2] > VERSION && !connection->read_only))
        return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "schema", "the tables are newer than this library can use");
    *version = (int32_t)found[0];
    return CASEGATE_OK;
}

/* ---- changing ----------------------------------------------------------------------------------------------------- */

static casegate_result make_schema(cg_connection *connection, casegate_error *err)
{
    int32_t there = 0;   /* asked first: creating needs a privilege even where there is nothing to create */
    casegate_result result = has_row(connection, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", &there, err);
    char sql[96];

    if (result != CASEGATE_OK || there)
        return result;
    snprintf(sql, sizeof sql, "CREATE SCHEMA \"%s\"", connection->schema);
    return execute(connection, sql, err);
}

static casegate_result take_step(cg_connection *connection, const char *sql, int32_t partitions, casegate_error *err)
{
    size_t len = strlen(sql);
    char text[4096];

    if (sql[len - 1] != '%')
        return execute(connection, sql, err);
    snprintf(text, sizeof text, "%.*s%s", (int)(len - 1), sql, partitions ? " PARTITION BY HASH (lab)" : "");
    return execute(connection, text, err);
}

/* The partitions of one table, made right after it, bear its name and a number. */
static casegate_result make_partitions(cg_connection *connection, const char *table, int32_t partitions, casegate_error *err)
{
    casegate_result result = CASEGATE_OK;
    char sql[192];

    for (int32_t i = 0; result == CASEGATE_OK && i < partitions; i++) {
        snprintf(sql, sizeof sql, "CREATE TABLE {%s_%d} PARTITION OF {%s} FOR VALUES WITH (MODULUS %d, REMAINDER %d)", table,
                 (int)i, table, (int)partitions, (int)i);
        result = execute(connection, sql, err);
    }
    return result;
}

static casegate_result take_steps(cg_connection *connection, int32_t partitions, casegate_error *err)
{
    int32_t version = 0;
    casegate_result result = make_schema(connection, err);

    if (result == CASEGATE_OK)
        result = cg_postgres_recognise(connection, &version, err);   /* another process may have been faster */
    if (version > 0)
        partitions = 0;
    for (; result == CASEGATE_OK && version < VERSION; version++)
        for (const char *const *sql = steps[version]; result == CASEGATE_OK && *sql; sql++)
            result = take_step(connection, *sql, partitions, err);
    for (size_t i = 0; result == CASEGATE_OK && i < sizeof partitioned / sizeof partitioned[0]; i++)
        result = make_partitions(connection, partitioned[i], partitions, err);
    return result;
}

/* In one transaction, and one process at a time. */
static casegate_result begin_alone(cg_connection *connection, casegate_error *err)
{
    casegate_result result = execute(connection, "BEGIN", err);

    if (result == CASEGATE_OK)
        result = execute(connection, "SET LOCAL statement_timeout = 0", err);
    if (result == CASEGATE_OK)   /* "CASG" */
        result = run(connection, "SELECT pg_advisory_xact_lock(1128354631, hashtext($1))", connection->schema, NULL, err);
    return result;
}

/* COMMIT of a transaction that failed succeeds, and says so only in its tag. */
static casegate_result end(cg_connection *connection, casegate_result result, casegate_error *err)
{
    PGresult *done = NULL;

    if (result == CASEGATE_OK)
        result = run(connection, "COMMIT", NULL, &done, err);
    if (result == CASEGATE_OK && strcmp(PQcmdStatus(done), "COMMIT") != 0)
        result = casegate_error_set(err, CASEGATE_E_HOST, 0, "schema", "the tables could not be made");
    PQclear(done);
    if (result != CASEGATE_OK)
        execute(connection, "ROLLBACK", NULL);
    return result;
}

static casegate_result migrate_once(cg_connection *connection, int32_t partitions, casegate_error *err)
{
    casegate_result result = begin_alone(connection, err);

    if (result == CASEGATE_OK)
        result = take_steps(connection, partitions, err);
    return end(connection, result, err);
}

/* A step locks tables that other processes write to, one after the other, and they do so in another order: the server then ends
 * one of the two. */
casegate_result cg_postgres_migrate(cg_connection *connection, int32_t partitions, casegate_error *err)
{
    enum { TRIES = 8 };
    const int32_t deadlock = cg_postgres_host_code("40P01");
    casegate_result result;
    casegate_error why;
    int tries = 0;

    do {
        casegate_error_init(&why, sizeof why);
        result = migrate_once(connection, partitions, &why);
    } while (result != CASEGATE_OK && why.host_code == deadlock && ++tries < TRIES);
    return result == CASEGATE_OK ? result : casegate_error_set(err, result, why.host_code, why.field, why.text);
}

static casegate_result drop_table(cg_connection *connection, const char *table, casegate_error *err)
{
    char sql[96];

    snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS {%s}", table);
    return execute(connection, sql, err);
}

static casegate_result drop_schema(cg_connection *connection, casegate_error *err)
{
    int32_t used = 0;
    casegate_result result = has_row(connection, "SELECT 1 FROM pg_catalog.pg_namespace AS n WHERE n.nspname = $1 AND (EXISTS"
                                     " (SELECT 1 FROM pg_catalog.pg_class AS c WHERE c.relnamespace = n.oid) OR EXISTS"
                                     " (SELECT 1 FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = n.oid) OR EXISTS"
                                     " (SELECT 1 FROM pg_catalog.pg_type AS t WHERE t.typnamespace = n.oid))", &used, err);
    char sql[96];

    if (result != CASEGATE_OK || used)
        return result;
    snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS \"%s\"", connection->schema);
    return execute(connection, sql, err);
}

casegate_result cg_postgres_drop_tables(cg_connection *connection, casegate_error *err)
{
    casegate_result result = begin_alone(connection, err);

    for (size_t i = 0; result == CASEGATE_OK && i < sizeof partitioned / sizeof partitioned[0]; i++)
        result = drop_table(connection, partitioned[i], err);
    for (size_t i = 0; result == CASEGATE_OK && i < sizeof others / sizeof others[0]; i++)
        result = drop_table(connection, others[i], err);
    if (result == CASEGATE_OK)
        result = execute(connection, "DROP SEQUENCE IF EXISTS {notice_numbers}", err);
    if (result == CASEGATE_OK)
        result = drop_schema(connection, err);
    return end(connection, result, err);
}
