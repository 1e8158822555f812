/* SPDX-License-Identifier: MIT */
/* check.c: the store over the lab's own tables, held against the contract and against scenario files: check contract|FILE... */
#include "lab.h"
#include "own_store.h"

#include <casegate/testkit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char FILE_NAME[] = "own-tables-check.db";

static casegate_result sql(const char *script, int (*make)(sqlite3 *), casegate_error *err)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open(FILE_NAME, &db);
    if (code == SQLITE_OK) code = make ? make(db) : sqlite3_exec(db, script, NULL, NULL, NULL);
    sqlite3_close(db);
    return code == SQLITE_OK ? CASEGATE_OK : casegate_error_set(err, CASEGATE_E_HOST, code, NULL, sqlite3_errstr(code));
}

static casegate_result CASEGATE_CALL reopen(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                            casegate_error *err)
{
    (void)user, (void)ordinal;
    return own_store_open(host, FILE_NAME, out, err);
}

/* Every rule and every scenario begins with the lab as it was. */
static casegate_result CASEGATE_CALL open(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                          casegate_error *err)
{
    remove(FILE_NAME);
    casegate_result rc = sql(NULL, lab_create, err);
    return rc == CASEGATE_OK ? reopen(user, host, ordinal, out, err) : rc;
}

static void CASEGATE_CALL close_file(void *user, casegate_host *host, uint32_t ordinal)
{
    (void)user, (void)host, (void)ordinal;
    remove(FILE_NAME);
}

/* A code of the lab's that no status of a case stands for. */
static casegate_result CASEGATE_CALL damage(void *user, uint32_t ordinal, const char *case_id, casegate_error *err)
{
    (void)user, (void)ordinal, (void)case_id;
    return sql("DROP TRIGGER orders_gate; UPDATE orders SET status = 95 WHERE case_id IS NOT NULL", NULL, err);
}

static void CASEGATE_CALL print_line(void *user, const char *text) { (void)user, puts(text); }

static int check_contract(void)
{
    casegate_error err = { .size = sizeof err };
    casegate_contract_result result = { .size = sizeof result };
    const casegate_contract_options options = { .size = sizeof options, .open = open, .reopen = reopen, .close = close_file,
                                                .damage = damage, .line = print_line };
    if (casegate_contract_run(&options, &result, &err) != CASEGATE_OK) fprintf(stderr, "check: %s %s\n", err.field, err.text);
    printf("%u passed, %u failed, %u skipped\n", result.passed, result.failed, result.skipped);
    return result.passed == 0 || result.failed > 0 || result.skipped > 0;   /* it has every callback of the contract */
}

static int check_scenarios(char **paths, int count)
{
    static char text[1 << 20];
    casegate_scenario_result result = { .size = sizeof result };
    const casegate_scenario_options options = { .size = sizeof options, .open = open, .close = close_file, .line = print_line };
    for (int i = 0; i < count; i++) {
        casegate_error err = { .size = sizeof err };
        FILE *file = fopen(paths[i], "rb");
        const size_t length = file ? fread(text, 1, sizeof text, file) : 0;
        if (file) fclose(file);
        if (casegate_scenarios_run(paths[i], text, length, &options, &result, &err) != CASEGATE_OK)
            return fprintf(stderr, "check: %s: %s %s\n", paths[i], err.field, err.text), 1;
    }
    printf("%u passed, %u failed, %u skipped\n", result.passed, result.failed, result.skipped);
    return result.passed == 0 || result.failed > 0 || result.skipped > 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) return fprintf(stderr, "usage: check contract|FILE...\n"), 2;
    return strcmp(argv[1], "contract") == 0 ? check_contract() : check_scenarios(argv + 1, argc - 1);
}
