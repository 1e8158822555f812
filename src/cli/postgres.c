/* SPDX-License-Identifier: MIT */
/* postgres.c: what a postgres:// URI says beyond what libpq knows: ?schema=NAME and ?partitions=N; who waits for its notices. */
#include "cli.h"

#ifdef WITH_POSTGRES

#include <casegate/postgres.h>
#include <stdlib.h>
#include <string.h>

/* Takes "name=value" out of the query of a URI; 0: it is not there. */
static int take_word(char *uri, const char *name, char *value, size_t cap)
{
    size_t len = strlen(name);

    for (char *at = strchr(uri, '?'); at != NULL; at = strchr(at + 1, '&')) {
        if (strncmp(at + 1, name, len) != 0 || at[1 + len] != '=')
            continue;
        const char *from = at + len + 2;
        size_t length = strcspn(from, "&");
        snprintf(value, cap, "%.*s", (int)length, from);
        if (from[length] == '&')   /* the next word takes its place */
            memmove(at + 1, from + length + 1, strlen(from + length + 1) + 1);
        else
            *at = 0;
        return 1;
    }
    return 0;
}

struct place { char *uri; char schema[64], partitions[16]; casegate_postgres_options options; };

static casegate_result find_place(const char *uri, const char *part, int must_exist, struct place *place, casegate_error *err)
{
    casegate_postgres_options_init(&place->options, sizeof place->options);
    place->uri = malloc(strlen(uri) + 1);
    if (place->uri == NULL)
        return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    strcpy(place->uri, uri);
    if (take_word(place->uri, "schema", place->schema, sizeof place->schema))
        place->options.schema = place->schema;
    if (take_word(place->uri, "partitions", place->partitions, sizeof place->partitions)) {
        char *end;
        long number = strtol(place->partitions, &end, 10);
        place->options.partitions = *end != 0 || end == place->partitions || number < 0 || number > 1024 ? -1 : (int32_t)number;
    }
    place->options.conninfo = place->uri;
    place->options.must_exist = must_exist;
    if (part != NULL)
        place->options.schema = part;
    return CASEGATE_OK;
}

casegate_result cg_tool_open_postgres(casegate_host *host, const char *uri, const char *part, int must_exist,
                                      casegate_store **out, casegate_error *err)
{
    struct place place;
    casegate_result rc = find_place(uri, part, must_exist, &place, err);

    if (rc == CASEGATE_OK)
        rc = casegate_postgres_open(host, &place.options, out, err);
    free(place.uri);
    return rc;
}

casegate_result cg_tool_drop_postgres(casegate_host *host, const char *uri, const char *part, casegate_error *err)
{
    struct place place;
    casegate_result rc = find_place(uri, part, 0, &place, err);

    if (rc == CASEGATE_OK)
        rc = casegate_postgres_drop(host, &place.options, err);
    free(place.uri);
    return rc;
}

/* ---- listening: a cg_listener is a casegate_postgres_listener ----------------------------------------------------- */

casegate_result cg_tool_listen_postgres(const char *uri, const char *channel, struct cg_listener **out, casegate_error *err)
{
    struct place place;
    casegate_postgres_listener *listener = NULL;
    casegate_result rc = find_place(uri, NULL, 1, &place, err);

    if (rc == CASEGATE_OK)
        rc = casegate_postgres_listener_new(NULL, &place.options, channel, &listener, err);
    free(place.uri);
    *out = (struct cg_listener *)listener;
    return rc;
}

int cg_tool_wait_postgres(struct cg_listener *listener, int64_t timeout_us)
{
    return casegate_postgres_wait((casegate_postgres_listener *)listener, timeout_us, NULL) == CASEGATE_OK;
}

void cg_tool_unlisten_postgres(struct cg_listener *listener)
{
    casegate_postgres_listener_free((casegate_postgres_listener *)listener);
}

#endif
