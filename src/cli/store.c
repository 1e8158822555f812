/* SPDX-License-Identifier: MIT */
/* store.c: what a store's URI means, how store and engine are opened, how a case is found by a part of its id; `init`. */
#include "cli.h"

#include <casegate/sqlite.h>
#include <casegate/testkit.h>
#include <string.h>

int cg_is_memory(const char *uri)
{
    return strcmp(uri, "memory:") == 0;
}

static casegate_result open_sqlite(casegate_host *host, const char *uri, const char *part, int must_exist, casegate_store **out,
                                   casegate_error *err)
{
    casegate_sqlite_options options;

    casegate_sqlite_options_init(&options, sizeof options);
    options.path = uri + strlen("sqlite:");
    options.prefix = part;
    options.must_exist = must_exist;
    return casegate_sqlite_open(host, &options, out, err);
}

static casegate_result drop_sqlite(casegate_host *host, const char *uri, const char *part, casegate_error *err)
{
    casegate_sqlite_options options;

    casegate_sqlite_options_init(&options, sizeof options);
    options.path = uri + strlen("sqlite:");
    options.prefix = part;
    return casegate_sqlite_drop(host, &options, err);
}

static const struct cg_store_kind kinds[] = {
    { "sqlite:", open_sqlite, drop_sqlite, NULL, NULL, NULL },
#ifdef WITH_POSTGRES
    { "postgres://", cg_tool_open_postgres, cg_tool_drop_postgres, cg_tool_listen_postgres, cg_tool_wait_postgres,
      cg_tool_unlisten_postgres },
    { "postgresql://", cg_tool_open_postgres, cg_tool_drop_postgres, cg_tool_listen_postgres, cg_tool_wait_postgres,
      cg_tool_unlisten_postgres },
#else
    { "postgres://", NULL, NULL, NULL, NULL, NULL },
    { "postgresql://", NULL, NULL, NULL, NULL, NULL },
#endif
};

/* Which store a URI names; *kind is NULL for memory. */
int cg_store_kind_of(struct cg_tool *tool, const char *uri, const struct cg_store_kind **kind)
{
    *kind = NULL;
    if (cg_is_memory(uri))
        return CG_DONE;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(uri, kinds[i].scheme, strlen(kinds[i].scheme)) == 0 && uri[strlen(kinds[i].scheme)] != 0)
            *kind = &kinds[i];
    if (*kind == NULL)
        return cg_usage(tool, "--store", "wants sqlite:PATH, postgres://... or memory:");
    if ((*kind)->open == NULL)
        return cg_usage(tool, "--store", "names a PostgreSQL store, and this tool was built without libpq");
    return CG_DONE;
}

/* Opens the store that --store names. */
int cg_open_store(struct cg_tool *tool, int must_exist)
{
    const char *uri = tool->opt.store;
    const struct cg_store_kind *kind;
    casegate_result rc;

    if (uri == NULL)
        return cg_usage(tool, "--store", "is missing, and CASEGATE_STORE is not set");
    int status = cg_store_kind_of(tool, uri, &kind);
    if (status != CG_DONE)
        return status;
    if (kind == NULL)
        rc = casegate_memory_store_new(NULL, &tool->store, &tool->err);
    else
        rc = kind->open(NULL, uri, NULL, must_exist, &tool->store, &tool->err);
    if (rc == CASEGATE_ABSENT)
        return cg_fail(tool, CASEGATE_E_INVALID, "--store", "there is no store yet; `casegate init` makes one");
    return cg_answered(tool, rc);
}

/* Every lab has the policy of --policy, or the default one, and the first workflow. */
static casegate_result CASEGATE_CALL lab_policy(void *user, void *context, const char *lab, casegate_policy **policy,
                                                casegate_workflow **workflow, casegate_error *err)
{
    (void)context, (void)lab, (void)err;
    *policy = casegate_policy_ref(user);
    *workflow = NULL;
    return CASEGATE_OK;
}

/* The engine over the store. Without a way for e-mails nothing is told right away: they wait for `deliver`. */
int cg_open_engine(struct cg_tool *tool)
{
    casegate_engine_options options;
    casegate_engine_ops ops;
    casegate_notifier *notifiers[1];
    struct cg_guards guards;

    casegate_engine_ops_init(&ops, sizeof ops);
    ops.user = tool->policy;
    ops.lab = lab_policy;
    casegate_engine_options_init(&options, sizeof options);
    options.store = tool->store;
    options.ops = &ops;
    options.tell = CASEGATE_TELL_LATER;
    options.workflows = (const casegate_workflow *const *)tool->workflows;
    options.workflow_count = tool->workflow_count;
    int status = cg_bar_guards(tool, &guards);
    if (status == CG_DONE)
        status = cg_notifier_open(tool);
    options.guards = guards.list;
    options.guard_count = guards.count;
    if (status != CG_DONE)
        return status;
    if (tool->notifier != NULL) {
        notifiers[0] = tool->notifier;
        options.notifiers = notifiers;
        options.notifier_count = 1;
        options.tell = CASEGATE_TELL_NOW;
    }
    casegate_call_init(&tool->call, sizeof tool->call);
    tool->call.actor = tool->actor;
    tool->outcome = casegate_outcome_new(NULL);
    if (tool->outcome == NULL)
        return cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    return cg_answered(tool, casegate_engine_open(&options, &tool->engine, &tool->err));
}

/* ---- a case by a part of its id ---------------------------------------------------------------------------------- */

#define LEAST_PART 4

static int is_part(const char *id, const char *part)
{
    size_t len = strlen(id), want = strlen(part);

    return want >= LEAST_PART && want <= len && (memcmp(id, part, want) == 0 || memcmp(id + len - want, part, want) == 0);
}

/* Looks through one page; found counts the cases that fit, a whole id ends the search. */
static int look_through_page(struct cg_tool *tool, const char *given, int *found)
{
    for (size_t i = 0; i < casegate_outcome_head_count(tool->outcome); i++) {
        const char *id = casegate_outcome_head_at(tool->outcome, i)->id;
        int whole = strcmp(id, given) == 0;
        if (!whole && !is_part(id, given))
            continue;
        *found = whole ? 1 : *found + 1;
        snprintf(tool->case_id, sizeof tool->case_id, "%s", id);
        if (whole)
            return 1;
    }
    return 0;
}

static int has_form_of_uuid(const char *text)
{
    return strlen(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
}

/* Fills case_id. What nobody finds goes on as it is: the engine says "not found", in the words it has for every such id. */
int cg_find_case(struct cg_tool *tool, const char *given)
{
    casegate_list list;
    char after[512] = "";
    int found = 0, done = has_form_of_uuid(given) || strlen(given) >= sizeof tool->case_id;

    casegate_list_init(&list, sizeof list);
    list.limit = 1000;
    while (!done) {
        int status = cg_answered(tool, casegate_engine_list(tool->engine, &tool->call, &list, tool->outcome, &tool->err));
        if (status != CG_DONE)
            return status;
        const char *next = casegate_outcome_next(tool->outcome);
        done = look_through_page(tool, given, &found) || next == NULL || strlen(next) >= sizeof after;
        if (!done)
            list.after = strcpy(after, next);
    }
    if (found > 1)
        return cg_usage(tool, given, "fits more than one case; give more of the id");
    if (found == 0)
        snprintf(tool->case_id, sizeof tool->case_id, "%s", given);
    return CG_DONE;
}

/* ---- init -------------------------------------------------------------------------------------------------------- */

static int is_there(struct cg_tool *tool)
{
    const struct cg_store_kind *kind;

    if (tool->opt.store == NULL || cg_store_kind_of(tool, tool->opt.store, &kind) != CG_DONE || kind == NULL)
        return 0;
    if (kind->open(NULL, tool->opt.store, NULL, 1, &tool->store, &tool->err) != CASEGATE_OK)
        return 0;
    casegate_store_unref(tool->store);
    tool->store = NULL;
    return 1;
}

/* A URI as it may be shown: without the password that may be in it. */
static void show_uri(const char *uri, casegate_buffer *out)
{
    const char *host = strstr(uri, "://"), *at = host != NULL ? strchr(host, '@') : NULL;
    const char *colon = at != NULL ? memchr(host + 3, ':', (size_t)(at - host - 3)) : NULL;

    if (colon == NULL) {
        casegate_buffer_append(out, uri, SIZE_MAX);
        return;
    }
    casegate_buffer_append(out, uri, (size_t)(colon - uri));
    casegate_buffer_append(out, at, SIZE_MAX);
}

static void tell_store(struct cg_tool *tool, int there, const char *uri)
{
    if (tool->json) {
        cg_put(tool->out, "{\"store\":");
        cg_wrote(tool, casegate_json_write_text(uri, tool->out));
        cg_putf(tool->out, ",\"created\":%s}\n", there ? "false" : "true");
        return;
    }
    cg_put(tool->out, there ? "was there already: " : "created: ");
    cg_put_safe(tool->out, uri);
    cg_put(tool->out, "\n");
}

int cg_do_init(struct cg_tool *tool)
{
    int there = is_there(tool);
    int status = cg_open_store(tool, 0);
    casegate_buffer *uri;

    if (status != CG_DONE)
        return status;
    uri = casegate_buffer_new(NULL);
    if (uri == NULL)
        return cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    show_uri(tool->opt.store, uri);
    tell_store(tool, there, casegate_buffer_data(uri));
    casegate_buffer_free(uri);
    return CG_DONE;
}
