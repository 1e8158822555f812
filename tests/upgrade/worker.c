/* SPDX-License-Identifier: MIT */
/* worker.c: a host process that works on a store, built with the library of today and with one of tomorrow. */
#include <casegate/engine.h>
#ifdef WITH_POSTGRES
#include <casegate/postgres.h>
#else
#include <casegate/sqlite.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct desk {
    casegate_store *store;
    casegate_engine *engine;
    casegate_outcome *outcome;
    casegate_actor *clinic, *lab, *system;
    casegate_error err;
} desk;

static void must(int holds, const desk *d, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "worker: %s: %s %s\n", what, d->err.field, d->err.text);
    exit(1);
}

/* ---- a desk ------------------------------------------------------------------------------------------------------- */

static casegate_result open_store(const char *where, casegate_store **out, casegate_error *err)
{
#ifdef WITH_POSTGRES
    casegate_postgres_options options = {.size = sizeof options, .conninfo = getenv("CASEGATE_TEST_POSTGRES"), .schema = where};

    return casegate_postgres_open(NULL, &options, out, err);
#else
    casegate_sqlite_options options = {.size = sizeof options, .path = where};

    return casegate_sqlite_open(NULL, &options, out, err);
#endif
}

static casegate_actor *actor(const char *id, const char *org, int32_t role)
{
    casegate_actor_fields fields = {.size = sizeof fields, .id = id, .org = org, .role = role};
    casegate_workflow *intake = casegate_workflow_builtin("intake", 1);
    casegate_actor *made = NULL;

    fields.permissions = casegate_role_permissions(intake, role) | CASEGATE_MAY_VIEW;
    casegate_actor_new(NULL, &fields, &made, NULL);
    casegate_workflow_unref(intake);
    return made;
}

static casegate_content *content(const char *instructions)
{
    casegate_content_builder *builder = casegate_content_builder_new(NULL, NULL);
    casegate_service crown = {.size = sizeof crown, .id = "s1", .code = "crown"};
    casegate_content *made = NULL;

    casegate_content_set(builder, CASEGATE_CONTENT_PATIENT_NAME, "Pat Example");
    casegate_content_set(builder, CASEGATE_CONTENT_INSTRUCTIONS, instructions);
    casegate_content_add_service(builder, &crown);
    casegate_content_builder_finish(builder, &made, NULL);
    return made;
}

static void open_desk(desk *d)
{
    casegate_engine_options options = {.size = sizeof options, .tell = CASEGATE_TELL_LATER, .store = d->store};

    must(casegate_engine_open(&options, &d->engine, &d->err) == CASEGATE_OK, d, "no engine");
    d->outcome = casegate_outcome_new(NULL);
    d->clinic = actor("anna", "clinic-one", CASEGATE_CLINIC_USER);
    d->lab = actor("lena", "lab-one", CASEGATE_LAB_USER);
    d->system = actor("auditor", NULL, CASEGATE_SYSTEM);
    must(d->clinic && d->lab && d->system && d->outcome, d, "nobody is at the desk");
}

static void close_desk(desk *d)
{
    casegate_actor_unref(d->system);
    casegate_actor_unref(d->lab);
    casegate_actor_unref(d->clinic);
    casegate_outcome_free(d->outcome);
    casegate_engine_unref(d->engine);
    casegate_store_unref(d->store);
}

/* ---- work --------------------------------------------------------------------------------------------------------- */

/* What was acknowledged, in a line that is there whatever happens next. */
static void acknowledged(const desk *d)
{
    const casegate_head *head = casegate_outcome_head(d->outcome);

    printf("%s %u\n", head->id, (unsigned)head->version);
    fflush(stdout);
}

static void create(desk *d)
{
    const casegate_call call = {.size = sizeof call, .actor = d->clinic};
    casegate_content *first = content("first");

    must(casegate_engine_create(d->engine, &call, "lab-one", first, 1, d->outcome, &d->err) == CASEGATE_OK, d, "create");
    casegate_content_unref(first);
    acknowledged(d);
}

static void decide_own(desk *d, int i)
{
    const casegate_call call = {.size = sizeof call, .actor = d->lab};
    char id[65];
    casegate_result result;

    create(d);
    snprintf(id, sizeof id, "%s", casegate_outcome_head(d->outcome)->id);
    if (i % 2)
        result = casegate_engine_accept(d->engine, &call, id, 1, d->outcome, &d->err);
    else
        result = casegate_engine_reject(d->engine, &call, id, 1, "other", "not like this", d->outcome, &d->err);
    must(result == CASEGATE_OK, d, "decide");
    acknowledged(d);
}

/* Everybody edits this one; who was too slow is refused, and has changed nothing. */
static void edit_shared(desk *d, const char *id, int i)
{
    const casegate_call call = {.size = sizeof call, .actor = d->clinic};
    char words[64];
    casegate_content *made;
    casegate_result result;

    must(casegate_engine_view(d->engine, &call, id, 0, d->outcome, &d->err) == CASEGATE_OK, d, "view");
    snprintf(words, sizeof words, "%p %d %ld", (void *)d, i, (long)clock());
    made = content(words);
    result = casegate_engine_edit(d->engine, &call, id, casegate_outcome_head(d->outcome)->revision, made, d->outcome, &d->err);
    must(result == CASEGATE_OK || result == CASEGATE_REFUSED, d, "edit");
    if (result == CASEGATE_OK)
        acknowledged(d);
    casegate_content_unref(made);
}

static void work(desk *d, const char *shared, int seconds)
{
    const time_t end = time(NULL) + seconds;

    for (int i = 0; time(NULL) < end; i++) {
        decide_own(d, i);
        edit_shared(d, shared, i);
    }
}

/* ---- looking back ------------------------------------------------------------------------------------------------- */

/* What was acknowledged, by any worker, is in the store, and every history is intact. A line: case, its newest version. */
static void check(desk *d)
{
    const casegate_call call = {.size = sizeof call, .actor = d->system};
    char id[65];
    unsigned version, lines = 0;

    while (scanf("%64s %u", id, &version) == 2) {
        must(casegate_engine_verify(d->engine, &call, id, d->outcome, &d->err) == CASEGATE_OK, d, "an acknowledged case is lost");
        must(casegate_outcome_verification(d->outcome)->intact, d, casegate_outcome_verification(d->outcome)->problem);
        must(casegate_outcome_verification(d->outcome)->events >= version, d, "an acknowledged event is lost");
        lines++;
    }
    printf("%u cases, all there\n", lines);
}

int main(int argc, char **argv)
{
    desk d = {0};
    const char *verb = argc > 2 ? argv[2] : "";
    casegate_result result;

    casegate_error_init(&d.err, sizeof d.err);
    if (argc < 3) {
        fputs("usage: worker WHERE open|create|work CASE SECONDS|check <LINES\n", stderr);
        return 2;
    }
    result = open_store(argv[1], &d.store, &d.err);
    if (result != CASEGATE_OK) {
        printf("%s %s: %s\n", casegate_result_name(result), d.err.field, d.err.text);
        return 1;
    }
    open_desk(&d);
    if (strcmp(verb, "create") == 0)
        create(&d);
    else if (strcmp(verb, "work") == 0 && argc > 4)
        work(&d, argv[3], atoi(argv[4]));
    else if (strcmp(verb, "check") == 0)
        check(&d);
    close_desk(&d);
    return 0;
}
