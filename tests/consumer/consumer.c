/* SPDX-License-Identifier: MIT */
/* consumer.c: a program outside the tree: opens a store, decides something, prints "ok"; built against an installed casegate. */
#include <stdio.h>
#include <string.h>

#include <casegate/casegate.h>
#include <casegate/json.h>
#include <casegate/sqlite.h>

static const char crown[] = "{\"patient\": {\"name\": \"A B\"}, \"services\": [{\"id\": \"s1\", \"code\": \"crown\"}]}";

static casegate_actor *actor_of(const char *id, const char *org, int32_t role)
{
    casegate_actor_fields fields = { .size = sizeof fields, .id = id, .org = org, .role = role };
    casegate_actor *actor = NULL;
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);

    fields.permissions = casegate_role_permissions(intake, role);
    casegate_workflow_unref(intake);
    casegate_actor_new(NULL, &fields, &actor, NULL);
    return actor;
}

/* A clinic submits, the lab may not accept a revision that it did not review, and accepts the one that it did. */
static int run(casegate_engine *engine, const casegate_content *content, casegate_outcome *outcome)
{
    casegate_actor *clara = actor_of("clara", "clinic-north", CASEGATE_CLINIC_USER);
    casegate_actor *lena = actor_of("lena", "lab-one", CASEGATE_LAB_USER);
    casegate_call clinic = { .size = sizeof clinic, .actor = clara }, lab = { .size = sizeof lab, .actor = lena };
    char id[65] = "";
    int good = casegate_engine_create(engine, &clinic, "lab-one", content, 1, outcome, NULL) == CASEGATE_OK;

    if (good) strncpy(id, casegate_outcome_head(outcome)->id, sizeof id - 1);
    good = good && casegate_engine_accept(engine, &lab, id, 7, outcome, NULL) == CASEGATE_REFUSED &&
           casegate_verdict_at(casegate_outcome_verdict(outcome), 0)->code == CASEGATE_STALE_REVIEW &&
           casegate_engine_accept(engine, &lab, id, 1, outcome, NULL) == CASEGATE_OK &&
           casegate_outcome_head(outcome)->status == CASEGATE_IN_PRODUCTION;
    casegate_actor_unref(clara);
    casegate_actor_unref(lena);
    return good;
}

int main(void)
{
    casegate_error err = { .size = sizeof err };
    casegate_sqlite_options sqlite = { .size = sizeof sqlite, .path = ":memory:" };
    casegate_engine_options options = { .size = sizeof options };
    casegate_engine *engine = NULL;
    casegate_content *content = NULL;
    casegate_outcome *outcome = casegate_outcome_new(NULL);
    int good = casegate_sqlite_open(NULL, &sqlite, &options.store, &err) == CASEGATE_OK &&
               casegate_engine_open(&options, &engine, &err) == CASEGATE_OK &&
               casegate_json_read_content(NULL, crown, strlen(crown), &content, &err) == CASEGATE_OK &&
               run(engine, content, outcome);

    puts(good ? "ok" : "failed");
    if (err.code) fprintf(stderr, "%s: %s %s\n", casegate_result_name(err.code), err.field, err.text);
    casegate_outcome_free(outcome);
    casegate_content_unref(content);
    casegate_engine_unref(engine);
    casegate_store_unref(options.store);
    return !good;
}
