/* SPDX-License-Identifier: MIT */
/* quickstart.c: one case from the clinic's submission to the lab's acceptance, on a SQLite file. */
#include <casegate/casegate.h>
#include <casegate/sqlite.h>
#include <stdio.h>
#include <stdlib.h>

static casegate_error err = { .size = sizeof err };
static casegate_outcome *outcome;

/* Prints what a call answered: the case as it is now, or every obstacle with what would remove it. Ends at an error. */
static void tell(const char *what, casegate_result rc)
{
    const casegate_head *head = rc == CASEGATE_OK && outcome != NULL ? casegate_outcome_head(outcome) : NULL;
    char sentence[512], remedy[512];

    if (rc < 0) {
        fprintf(stderr, "%s: %s %s (%s)\n", what, err.field, err.text, casegate_result_name(rc));
        exit(1);
    }
    if (head != NULL)
        printf("%-24s %s, revision %u, attempt %u\n", what,
               casegate_workflow_status(casegate_outcome_workflow(outcome), head->status)->name, head->revision, head->attempt);
    for (size_t i = 0; rc == CASEGATE_REFUSED && i < casegate_verdict_count(casegate_outcome_verdict(outcome)); i++) {
        casegate_verdict_text(casegate_outcome_verdict(outcome), i, 0, sentence, sizeof sentence);
        casegate_verdict_text(casegate_outcome_verdict(outcome), i, 1, remedy, sizeof remedy);
        printf("%-24s refused: %s %s\n", what, sentence, remedy);
    }
}

static casegate_actor *person(const char *id, const char *org, int32_t role, uint64_t permissions)
{
    casegate_actor_fields fields = { .size = sizeof fields, .id = id, .org = org, .role = role, .permissions = permissions };
    casegate_actor *actor = NULL;

    tell(id, casegate_actor_new(NULL, &fields, &actor, &err));
    return actor;
}

static casegate_content *crown(const char *due)
{
    casegate_content_builder *b = casegate_content_builder_new(NULL, NULL);
    casegate_service service = { .size = sizeof service, .id = "s1", .code = "crown", .material = "zirconia", .shade = "A2",
                                 .teeth = (const char *const[]){ "11" }, .tooth_count = 1, .quantity = 1 };
    casegate_content *content = NULL;

    casegate_content_set(b, CASEGATE_CONTENT_REFERENCE, "NC-1042");
    casegate_content_set(b, CASEGATE_CONTENT_PATIENT_NAME, "Ada Byron");
    casegate_content_set(b, CASEGATE_CONTENT_DENTIST_ID, "d-7");
    casegate_content_set(b, CASEGATE_CONTENT_DUE, due);
    casegate_content_add_service(b, &service);
    tell("content", casegate_content_builder_finish(b, &content, &err));
    return content;
}

int main(int argc, char **argv)
{
    casegate_sqlite_options file = { .size = sizeof file, .path = argc > 1 ? argv[1] : "quickstart.db" };
    casegate_engine_options options = { .size = sizeof options };
    casegate_store *store = NULL;
    casegate_engine *engine = NULL;

    tell("open", casegate_sqlite_open(NULL, &file, &store, &err));
    options.store = store;
    tell("engine", casegate_engine_open(&options, &engine, &err));
    casegate_actor *clara = person("clara", "clinic-north", CASEGATE_CLINIC_USER,
                                   CASEGATE_MAY_VIEW | CASEGATE_MAY_EDIT | CASEGATE_MAY_SUBMIT);
    casegate_actor *lena = person("lena", "lab-one", CASEGATE_LAB_USER,
                                  CASEGATE_MAY_VIEW | CASEGATE_MAY_ACCEPT | CASEGATE_MAY_REJECT);
    casegate_content *first = crown("2030-03-16"), *second = crown("2030-03-23");
    casegate_call clinic = { .size = sizeof clinic, .actor = clara }, lab = { .size = sizeof lab, .actor = lena };
    if ((outcome = casegate_outcome_new(NULL)) == NULL)
        return 1;

    tell("clara creates, submits", casegate_engine_create(engine, &clinic, "lab-one", first, 1, outcome, &err));
    casegate_case *kase = casegate_outcome_case(outcome);   /* its id outlives the outcome's next use */
    const char *id = casegate_case_head(kase)->id;
    tell("may clara accept?", casegate_engine_explain(engine, &clinic, id, outcome, &err));
    printf("%-24s %zu obstacles\n", "", casegate_verdict_count(casegate_outcome_action(outcome, CASEGATE_ACCEPT)));
    tell("lena rejects, no reason", casegate_engine_reject(engine, &lab, id, 1, NULL, NULL, outcome, &err));
    tell("lena rejects", casegate_engine_reject(engine, &lab, id, 1, "invalid_timeline", "A week more, please.", outcome, &err));
    tell("clara revises", casegate_engine_edit(engine, &clinic, id, 1, second, outcome, &err));
    tell("clara submits again", casegate_engine_submit(engine, &clinic, id, 2, outcome, &err));
    tell("lena accepts revision 1", casegate_engine_accept(engine, &lab, id, 1, outcome, &err));
    casegate_result last = casegate_engine_accept(engine, &lab, id, 2, outcome, &err);
    tell("lena accepts revision 2", last);

    casegate_case_unref(kase), casegate_content_unref(first), casegate_content_unref(second);
    casegate_actor_unref(clara), casegate_actor_unref(lena), casegate_outcome_free(outcome);
    casegate_engine_unref(engine), casegate_store_unref(store);
    return last == CASEGATE_OK ? 0 : 1;
}
