/* SPDX-License-Identifier: MIT */
/* own_tables.c: a lab's own system gets the gate: cases are decided through casegate, and its tables show it. */
#include "own_tables/lab.h"
#include "own_tables/own_store.h"

#include <casegate/engine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* usage: own_tables [FILE]     a new file is filled with the tables of the lab first */

static casegate_error err = { .size = sizeof err };
static casegate_engine *engine;
static casegate_outcome *outcome;
static sqlite3 *lab;   /* the connection of the lab's own programs */

static void need(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "own_tables: %s: %s %s\n", what, err.field, err.text);
    exit(1);
}

static casegate_actor *person(const char *id, const char *org, int32_t role)
{
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    const casegate_actor_fields fields = { .size = sizeof fields, .id = id, .org = org, .role = role,
                                           .permissions = casegate_role_permissions(intake, role) };
    casegate_actor *actor = NULL;
    casegate_workflow_unref(intake);
    need(casegate_actor_new(NULL, &fields, &actor, &err) == CASEGATE_OK, id);
    return actor;
}

/* What an order form of the lab holds, as a content. */
static casegate_content *form(const char *reference, const char *patient, const char *article, const char *tooth)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    const casegate_service service = { .size = sizeof service, .id = "s1", .code = article, .material = "zirconia",
                                       .teeth = &tooth, .tooth_count = 1, .quantity = 1 };
    casegate_content *content = NULL;
    casegate_content_set(b, CASEGATE_CONTENT_REFERENCE, reference);
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, patient);
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_ID, "d-7");
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_NAME, "Dr Dan Osei");
    casegate_content_add_service(b, &service);
    need(casegate_content_builder_finish(b, &content, &err) == CASEGATE_OK, "content");
    return content;
}

static void open_all(const char *path)
{
    casegate_store *store = NULL;
    casegate_engine_options options = { .size = sizeof options };
    need(sqlite3_open(path, &lab) == SQLITE_OK && sqlite3_busy_timeout(lab, 5000) == SQLITE_OK, "the lab's database");
    if (sqlite3_table_column_metadata(lab, NULL, "orders", NULL, NULL, NULL, NULL, NULL, NULL) != SQLITE_OK)
        need(lab_create(lab) == SQLITE_OK, "the lab's tables");
    need(own_store_open(NULL, path, &store, &err) == CASEGATE_OK, "store");
    options.store = store;
    options.require = CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS | CASEGATE_KEEPS_LISTS | CASEGATE_KEEPS_HISTORY
                    | CASEGATE_KEEPS_QUEUE | CASEGATE_KEEPS_INBOX;
    need(casegate_engine_open(&options, &engine, &err) == CASEGATE_OK, "engine");
    casegate_store_unref(store);
    need((outcome = casegate_outcome_new(NULL)) != NULL, "outcome");
}

static casegate_result adopt(const casegate_call *system, const char *order, const char *clinic, int32_t status,
                             const casegate_content *content)
{
    const casegate_request request = { .size = sizeof request, .action = CASEGATE_ADOPT, .case_id = order, .clinic = clinic,
                                       .lab = "branch-1", .status = status, .attempt = 1, .content = content };
    return casegate_engine_apply(engine, system, &request, outcome, &err);
}

/* From now on the lab's open orders are cases: what was shipped is accepted, and the fax in the tray waits to be checked. */
static void go_live(const casegate_call *system, const casegate_content *shipped, const casegate_content *fax)
{
    need(adopt(system, "order-20415", "customer-1042", CASEGATE_IN_PRODUCTION, shipped) == CASEGATE_OK, "adopt (use a new file)");
    need(adopt(system, "order-20416", "customer-1077", CASEGATE_RECEIVED, fax) == CASEGATE_E_INVALID, "another clinic's order");
    need(strcmp(err.field, "case_id") == 0, "the error names the case");
    need(adopt(system, "order-20416", "customer-1042", CASEGATE_RECEIVED, fax) == CASEGATE_OK, "adopt");
}

static int print_sentence(casegate_result rc)
{
    char sentence[512] = "";
    if (rc == CASEGATE_REFUSED) casegate_verdict_text(casegate_outcome_verdict(outcome), 0, 0, sentence, sizeof sentence);
    printf("  casegate: %s\n", rc == CASEGATE_REFUSED ? sentence : rc < 0 ? err.text : "done");
    return rc == CASEGATE_REFUSED;
}

/* The lab's older programs write their codes as ever; only a decision they cannot write. */
static int lab_writes(const char *status)
{
    char sql[96];
    snprintf(sql, sizeof sql, "UPDATE orders SET status = %s WHERE order_no = 20416", status);
    const int code = sqlite3_exec(lab, sql, NULL, NULL, NULL);
    printf("  %s: %s\n", sql, code == SQLITE_OK ? "done" : sqlite3_errmsg(lab));
    return code == SQLITE_OK;
}

int main(int argc, char **argv)
{
    open_all(argc > 1 ? argv[1] : "own_tables.db");
    casegate_actor *system = person("migration", NULL, CASEGATE_SYSTEM), *clara = person("clara", "customer-1042",
                                                                                         CASEGATE_CLINIC_USER);
    casegate_actor *lena = person("lena", "branch-1", CASEGATE_LAB_USER);
    const casegate_call by_system = { .size = sizeof by_system, .actor = system }, by_clinic = { .size = sizeof by_clinic,
                                                                                                 .actor = clara };
    const casegate_call by_lab = { .size = sizeof by_lab, .actor = lena };
    casegate_content *shipped = form("NC-1038", "B. Tamm", "crown", "24");
    casegate_content *fax = form("NC-1042", "Z. Lindqvist", "crown", "11"), *portal = form("NC-1043", "T. Ferreira", "inlay",
                                                                                           "36");
    char id[65];

    need(lab_print_orders(lab, "The lab's orders, as they were:") == SQLITE_OK, "orders");
    go_live(&by_system, shipped, fax);
    need(casegate_engine_create(engine, &by_clinic, "branch-1", portal, 1, outcome, &err) == CASEGATE_OK, "create");
    snprintf(id, sizeof id, "%s", casegate_outcome_head(outcome)->id);
    need(lab_print_orders(lab, "The clinic sent one through the portal:") == SQLITE_OK, "orders");

    need(casegate_engine_accept(engine, &by_lab, "order-20416", 1, outcome, &err) == CASEGATE_OK, "accept");
    need(casegate_engine_reject(engine, &by_lab, id, 1, "unreadable_scan", NULL, outcome, &err) == CASEGATE_OK, "reject");
    need(lab_print_orders(lab, "Lena accepted 20416 and rejected the other:") == SQLITE_OK, "orders");

    printf("What then moves, and what does not:\n");
    need(lab_writes("60"), "shipping is the lab's own");
    need(!lab_writes("90"), "sending it back would be a decision");
    need(print_sentence(casegate_engine_reject(engine, &by_lab, "order-20416", 1, "other", NULL, outcome, &err)),
         "an accepted case stays");
    need(casegate_engine_verify(engine, &by_lab, "order-20416", outcome, &err) == CASEGATE_OK, "verify");
    need(casegate_outcome_verification(outcome)->intact, "the history is intact");
    need(lab_print_orders(lab, "The lab's orders now:") == SQLITE_OK, "orders");

    casegate_content_unref(shipped), casegate_content_unref(fax), casegate_content_unref(portal);
    casegate_actor_unref(system), casegate_actor_unref(clara), casegate_actor_unref(lena);
    casegate_outcome_free(outcome), casegate_engine_unref(engine), sqlite3_close(lab);
    return 0;
}
