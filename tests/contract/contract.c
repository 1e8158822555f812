/* SPDX-License-Identifier: MIT */
/* contract.c: the stores of the library, held against their contract: contract memory|sqlite|handle|postgres|postgres-partitioned */
#include <casegate/testkit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void CASEGATE_CALL print_line(void *user, const char *text)
{
    (void)user;
    puts(text);
    fflush(stdout);   /* no child begins with a line of ours */
}

static casegate_result CASEGATE_CALL open_memory(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                                 casegate_error *err)
{
    (void)user, (void)ordinal;
    return casegate_memory_store_new(host, out, err);
}

#ifdef WITH_SQLITE
# include <casegate/sqlite.h>
# include <sqlite3.h>

static const char FILE_NAME[] = "contract.db";

/* ---- a file of the store's own ---------------------------------------------------------------------------------------------------- */

static casegate_result CASEGATE_CALL open_file(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out, casegate_error *err)
{
    const casegate_sqlite_options options = { .size = sizeof options, .path = FILE_NAME };
    (void)user, (void)ordinal;
    return casegate_sqlite_open(host, &options, out, err);
}

static void CASEGATE_CALL remove_file(void *user, casegate_host *host, uint32_t ordinal)
{
    (void)user, (void)host, (void)ordinal;
    remove("contract.db");
    remove("contract.db-wal");
    remove("contract.db-shm");
}

static casegate_result CASEGATE_CALL damage(void *user, uint32_t ordinal, const char *case_id, casegate_error *err)
{
    sqlite3 *db = NULL;
    (void)user, (void)ordinal, (void)case_id;
    int code = sqlite3_open(FILE_NAME, &db);
    if (code == SQLITE_OK) code = sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON; UPDATE cases SET status = 77", NULL, NULL, NULL);
    sqlite3_close(db);
    return code == SQLITE_OK ? CASEGATE_OK : casegate_error_set(err, CASEGATE_E_HOST, code, NULL, sqlite3_errstr(code));
}

/* ---- tables beside a host's own -------------------------------------------------------------------------------------------------- */

static sqlite3 *handle;

static casegate_result CASEGATE_CALL open_handle(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                                 casegate_error *err)
{
    const casegate_sqlite_options options = { .size = sizeof options, .db = handle, .prefix = "lab_" };
    (void)user, (void)ordinal;
    return casegate_sqlite_open(host, &options, out, err);
}

static void CASEGATE_CALL drop_tables(void *user, casegate_host *host, uint32_t ordinal)
{
    const casegate_sqlite_options options = { .size = sizeof options, .db = handle, .prefix = "lab_" };
    (void)user, (void)ordinal;
    casegate_sqlite_drop(host, &options, NULL);
}
#endif

#ifdef WITH_POSTGRES
# include <casegate/postgres.h>
# include <libpq-fe.h>
# include <unistd.h>

/* ---- a schema of a PostgreSQL database, plain or partitioned ------------------------------------------------------------------------ */

static char schema[32];
static int32_t partitions;

static casegate_postgres_options in_schema(void)
{
    return (casegate_postgres_options){ .size = sizeof(casegate_postgres_options), .conninfo = getenv("CASEGATE_TEST_POSTGRES"),
                                        .schema = schema, .partitions = partitions };
}

static casegate_result CASEGATE_CALL open_schema(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                                 casegate_error *err)
{
    const casegate_postgres_options options = in_schema();
    (void)user, (void)ordinal;
    return casegate_postgres_open(host, &options, out, err);
}

static void CASEGATE_CALL drop_schema(void *user, casegate_host *host, uint32_t ordinal)
{
    const casegate_postgres_options options = in_schema();
    (void)user, (void)ordinal;
    casegate_postgres_drop(host, &options, NULL);
}

static casegate_result CASEGATE_CALL damage_schema(void *user, uint32_t ordinal, const char *case_id, casegate_error *err)
{
    PGconn *pg = PQconnectdb(getenv("CASEGATE_TEST_POSTGRES"));
    char sql[96];
    (void)user, (void)ordinal, (void)case_id;
    snprintf(sql, sizeof sql, "UPDATE \"%s\".cases SET status = 77", schema);
    PGresult *result = PQexec(pg, sql);
    int done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    PQfinish(pg);
    return done ? CASEGATE_OK : casegate_error_set(err, CASEGATE_E_HOST, 0, NULL, "the damage could not be done");
}

static void choose_postgres(casegate_contract_options *options)
{
    if (!getenv("CASEGATE_TEST_POSTGRES")) {
        puts("skipped - CASEGATE_TEST_POSTGRES does not say where a PostgreSQL server is");
        exit(77);
    }
    snprintf(schema, sizeof schema, "contract_%ld", (long)getpid());
    options->open = options->reopen = options->open_again = open_schema;
    options->close = drop_schema;
    options->damage = damage_schema;
}
#endif

static int choose(const char *store, casegate_contract_options *options)
{
    if (strcmp(store, "memory") == 0) options->open = open_memory;
#ifdef WITH_SQLITE
    if (strcmp(store, "sqlite") == 0) {
        remove_file(NULL, NULL, 0);
        options->open = options->reopen = options->open_again = open_file;
        options->close = remove_file;
        options->damage = damage;
    }
    if (strcmp(store, "handle") == 0 && sqlite3_open("contract-handle.db", &handle) == SQLITE_OK) {
        options->open = options->reopen = open_handle;
        options->close = drop_tables;
        options->one_thread = 1;
    }
#endif
#ifdef WITH_POSTGRES
    if (strcmp(store, "postgres-partitioned") == 0) partitions = 3;
    if (strncmp(store, "postgres", 8) == 0) choose_postgres(options);
#endif
    return options->open != NULL;
}

int main(int argc, char **argv)
{
    casegate_contract_options options;
    casegate_contract_result result;
    casegate_error err;
    casegate_contract_options_init(&options, sizeof options);
    casegate_contract_result_init(&result, sizeof result);
    casegate_error_init(&err, sizeof err);
    options.line = print_line;
    if (argc < 2 || !choose(argv[1], &options)) return fprintf(stderr, "usage: contract memory|sqlite|handle|postgres|postgres-partitioned [RULE]\n"), 2;
    options.only = argc > 2 ? argv[2] : NULL;
    casegate_result rc = casegate_contract_run(&options, &result, &err);
    if (rc != CASEGATE_OK) fprintf(stderr, "contract: %s: %s\n", err.field, err.text);
    printf("%u passed, %u failed, %u skipped\n", result.passed, result.failed, result.skipped);
#ifdef WITH_SQLITE
    if (handle) remove("contract-handle.db");   /* and not that of another run of this program */
    sqlite3_close(handle);
#endif
    return rc == CASEGATE_OK && result.failed == 0 && result.passed > 0 ? 0 : 1;
}
