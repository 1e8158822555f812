/* SPDX-License-Identifier: MIT */
/* scenarios.c: runs scenario files on one back end: scenarios memory|decide|sqlite|postgres|postgres-partitioned FILE... */
#include <casegate/testkit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef WITH_SQLITE
# include <casegate/sqlite.h>

static const char DATABASE[] = "scenarios.db";

/* Tables of a scenario stand apart by a prefix, so that one file serves them all. */
static void prefix_of(uint32_t ordinal, char *buf, size_t cap) { snprintf(buf, cap, "s%lu_", (unsigned long)ordinal); }

static casegate_result CASEGATE_CALL open_tables(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                                 casegate_error *err)
{
    char prefix[32];
    (void)user;
    prefix_of(ordinal, prefix, sizeof prefix);
    const casegate_sqlite_options options = { .size = sizeof options, .path = DATABASE, .prefix = prefix };
    return casegate_sqlite_open(host, &options, out, err);
}

static void CASEGATE_CALL drop_tables(void *user, casegate_host *host, uint32_t ordinal)
{
    char prefix[32];
    prefix_of(ordinal, prefix, sizeof prefix);
    const casegate_sqlite_options options = { .size = sizeof options, .path = DATABASE, .prefix = prefix };
    if (casegate_sqlite_drop(host, &options, NULL) != CASEGATE_OK) *(int *)user = 1;
}

static void use_sqlite(casegate_scenario_options *options, int *failed)
{
    remove(DATABASE);
    remove("scenarios.db-wal");
    remove("scenarios.db-shm");
    options->user = failed;
    options->open = open_tables;
    options->close = drop_tables;
}
#endif

#ifdef WITH_POSTGRES
# include <casegate/postgres.h>
# include <unistd.h>

static int32_t partitions;

/* Tables of a scenario stand in a schema of their own. */
static casegate_postgres_options schema_of(uint32_t ordinal, char *buf, size_t cap)
{
    snprintf(buf, cap, "s%ld_%lu", (long)getpid(), (unsigned long)ordinal);
    return (casegate_postgres_options){ .size = sizeof(casegate_postgres_options), .conninfo = getenv("CASEGATE_TEST_POSTGRES"),
                                        .schema = buf, .partitions = partitions };
}

static casegate_result CASEGATE_CALL open_schema(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                                 casegate_error *err)
{
    char schema[32];
    const casegate_postgres_options options = schema_of(ordinal, schema, sizeof schema);
    (void)user;
    return casegate_postgres_open(host, &options, out, err);
}

static void CASEGATE_CALL drop_schema(void *user, casegate_host *host, uint32_t ordinal)
{
    char schema[32];
    const casegate_postgres_options options = schema_of(ordinal, schema, sizeof schema);
    if (casegate_postgres_drop(host, &options, NULL) != CASEGATE_OK) *(int *)user = 1;
}

static void use_postgres(casegate_scenario_options *options, int *failed)
{
    if (!getenv("CASEGATE_TEST_POSTGRES")) {
        puts("skipped - CASEGATE_TEST_POSTGRES does not say where a PostgreSQL server is");
        exit(77);
    }
    options->user = failed;
    options->open = open_schema;
    options->close = drop_schema;
}
#endif

static void CASEGATE_CALL print_line(void *user, const char *text) { (void)user; puts(text); }

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(1 << 20);
    *length = file && text ? fread(text, 1, 1 << 20, file) : 0;
    if (file) fclose(file);
    return text;
}

static int run_file(const char *path, const casegate_scenario_options *given, casegate_scenario_result *result)
{
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    casegate_scenario_options options = *given;
    char directory[1024];
    casegate_error err;
    size_t length;
    char *text = read_file(path, &length);
    casegate_error_init(&err, sizeof err);
    snprintf(directory, sizeof directory, "%.*s.", (int)(name - path), path);
    options.directory = directory;
    casegate_result rc = casegate_scenarios_run(name, text, length, &options, result, &err);
    free(text);
    if (rc != CASEGATE_OK) printf("Bail out! %s: %s: %s\n", name, err.field, err.text);
    return rc != CASEGATE_OK;
}

int main(int argc, char **argv)
{
    casegate_scenario_options options;
    casegate_scenario_result result;
    int failed = 0;
    casegate_scenario_options_init(&options, sizeof options);
    casegate_scenario_result_init(&result, sizeof result);
    options.line = print_line;
    if (argc < 3) return 2;
    if (strcmp(argv[1], "decide") == 0) options.back_end = CASEGATE_BACK_END_DECIDE;
#ifdef WITH_SQLITE
    if (strcmp(argv[1], "sqlite") == 0) use_sqlite(&options, &failed);
#endif
#ifdef WITH_POSTGRES
    if (strcmp(argv[1], "postgres-partitioned") == 0) partitions = 3;
    if (strncmp(argv[1], "postgres", 8) == 0) use_postgres(&options, &failed);
#endif
    for (int i = 2; i < argc; i++) failed |= run_file(argv[i], &options, &result);
    printf("1..%u\n# %u skipped\n%u passed, %u failed\n", (unsigned)(result.passed + result.failed + result.skipped),
           (unsigned)result.skipped, (unsigned)result.passed, (unsigned)result.failed);
    return failed || result.failed || !result.passed;
}
