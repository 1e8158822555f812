/* SPDX-License-Identifier: MIT */
/* check.c: the store over the lab's own tables, held against the contract and scenario files: check contract|smallest|FILE... */
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

/* ---- the smallest store: the same tables, and only what a store must do -------------------------------------------------- */

static int smallest;

static void CASEGATE_CALL let_go(void *user) { casegate_store_unref(user); }

static casegate_result CASEGATE_CALL load(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                                          casegate_error *err)
{
    const casegate_store_ops *whole = casegate_store_callbacks(user);
    return whole->load(whole->user, context, what, answers, err);
}

static casegate_result CASEGATE_CALL content(void *user, void *context, const char *case_id, uint32_t revision,
                                             casegate_answers *answers, casegate_error *err)
{
    const casegate_store_ops *whole = casegate_store_callbacks(user);
    return whole->content(whole->user, context, case_id, revision, answers, err);
}

static casegate_result CASEGATE_CALL commit(void *user, void *context, const casegate_commit *const *commits,
                                            casegate_result *results, size_t count, casegate_error *err)
{
    const casegate_store_ops *whole = casegate_store_callbacks(user);
    return whole->commit(whole->user, context, commits, results, count, err);
}

static casegate_result reduce(casegate_host *host, casegate_store **store, casegate_error *err)
{
    const casegate_store_ops ops = { .size = sizeof ops, .user = *store, .destroy = let_go, .load = load, .content = content,
                                     .commit = commit };
    casegate_store *small = NULL;
    casegate_result rc = casegate_store_new(host, &ops, 0, &small, err);
    if (rc != CASEGATE_OK) casegate_store_unref(*store);
    *store = small;
    return rc;
}

/* ---- stores for the testkit ---------------------------------------------------------------------------------------------- */

static casegate_result CASEGATE_CALL reopen(void *user, casegate_host *host, uint32_t ordinal, casegate_store **out,
                                            casegate_error *err)
{
    casegate_store *store = NULL;
    (void)user, (void)ordinal;
    casegate_result rc = own_store_open(host, FILE_NAME, &store, err);
    if (rc == CASEGATE_OK && smallest) rc = reduce(host, &store, err);
    if (rc == CASEGATE_OK) *out = store;
    return rc;
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
                                                .damage = damage, .line = print_line, .open_again = reopen };
    if (casegate_contract_run(&options, &result, &err) != CASEGATE_OK) fprintf(stderr, "check: %s %s\n", err.field, err.text);
    printf("%u passed, %u failed, %u skipped\n", result.passed, result.failed, result.skipped);
    enum { OF_ERASURE = 6 };   /* the whole one has every other callback */
    return result.passed == 0 || result.failed > 0 || (smallest ? result.skipped <= OF_ERASURE : result.skipped != OF_ERASURE);
}

static int is(int holds, const char *what)
{
    if (!holds) fprintf(stderr, "check: not so: %s\n", what);
    return holds;
}

/* What an engine says where a store has left a callback out. */
static int check_missing(void)
{
    casegate_error err = { .size = sizeof err };
    casegate_engine_options options = { .size = sizeof options, .require = CASEGATE_KEEPS_LISTS };
    const casegate_actor_fields fields = { .size = sizeof fields, .id = "lena", .org = "branch-1", .role = CASEGATE_LAB_USER,
                                           .permissions = CASEGATE_MAY_VIEW };
    casegate_store *store = NULL;
    casegate_engine *engine = NULL;
    casegate_actor *lena = NULL;
    casegate_outcome *outcome = casegate_outcome_new(NULL);
    int well = is(open(NULL, NULL, 0, &store, &err) == CASEGATE_OK, "the store opens");
    well = well && is(casegate_actor_new(NULL, &fields, &lena, &err) == CASEGATE_OK, "an actor");
    const casegate_call call = { .size = sizeof call, .actor = lena };
    options.store = store;
    well = well && is(casegate_engine_open(&options, &engine, &err) == CASEGATE_E_UNSUPPORTED, "without lists it does not open");
    well = well && is(strcmp(err.field, "require") == 0, "and says why");
    options.require = 0;
    well = well && is(casegate_engine_open(&options, &engine, &err) == CASEGATE_OK, "if they are not needed it opens");
    well = well && is(casegate_engine_list(engine, &call, NULL, outcome, &err) == CASEGATE_E_UNSUPPORTED, "there are no lists");
    well = well && is(strcmp(err.field, "list") == 0, "and the error names the callback");
    casegate_engine_unref(engine), casegate_store_unref(store), casegate_actor_unref(lena), casegate_outcome_free(outcome);
    remove(FILE_NAME);
    return !well;
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
    if (argc < 2) return fprintf(stderr, "usage: check contract|smallest|FILE...\n"), 2;
    smallest = strcmp(argv[1], "smallest") == 0;
    if (smallest) return check_contract() || check_missing();
    return strcmp(argv[1], "contract") == 0 ? check_contract() : check_scenarios(argv + 1, argc - 1);
}
