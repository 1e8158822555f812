/* SPDX-License-Identifier: MIT */
/* postgres.c: from options to a store: what is checked, and in which order. */
#include "internal.h"

#include <string.h>

/* ---- options ------------------------------------------------------------------------------------------------------ */

void casegate_postgres_options_init(casegate_postgres_options *options, size_t size)
{
    if (!options || size < sizeof size)
        return;
    memset(options, 0, size);
    options->size = size;
}

static casegate_result invalid(casegate_error *err, const char *field, int32_t problem, const char *text)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, problem, field, text);
}

/* Newer structs are taken as long as what they add is not used. */
static casegate_result adopt(const casegate_postgres_options *given, casegate_postgres_options *out, casegate_error *err)
{
    enum { LARGEST = 4096 };   /* beyond, it is no size but memory that nobody set */
    const unsigned char *bytes = (const unsigned char *)given;

    if (!given)
        return invalid(err, "options", CASEGATE_PROBLEM_MISSING, "options are missing");
    if (given->size < sizeof *out || given->size > LARGEST)
        return casegate_error_set(err, CASEGATE_E_ABI, 0, "options", "the size of this struct cannot be");
    for (size_t i = sizeof *out; i < given->size; i++)
        if (bytes[i])
            return casegate_error_set(err, CASEGATE_E_ABI, 0, "options", "this struct is newer than the library");
    *out = *given;
    return CASEGATE_OK;
}

static int is_there(const char *text)
{
    return text && *text;
}

static casegate_result check_schema(const char *schema, casegate_error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    if (strlen(schema) > 40)
        return invalid(err, "schema", CASEGATE_PROBLEM_TOO_LONG, "the name of the schema is longer than 40 characters");
    if (schema[strspn(schema, allowed)] || strncmp(schema, "pg_", 3) == 0 || strcmp(schema, "information_schema") == 0)
        return invalid(err, "schema", CASEGATE_PROBLEM_FORMAT, "this cannot be the name of the store's schema");
    return CASEGATE_OK;
}

/* libpq's own words may quote a password. */
static casegate_result check_conninfo(const char *conninfo, casegate_error *err)
{
    char *why = NULL;
    PQconninfoOption *parts = PQconninfoParse(conninfo, &why);
    const int no_memory = !parts && (!why || strcmp(why, "out of memory\n") == 0);

    PQfreemem(why);
    if (no_memory)
        return cg_postgres_no_memory(err);
    if (!parts)
        return invalid(err, "conninfo", CASEGATE_PROBLEM_FORMAT, "libpq cannot read this as a connection string or uri");
    PQconninfoFree(parts);
    return CASEGATE_OK;
}

typedef struct range { const char *field; size_t offset; int32_t most; } range;

static const range ranges[] = {
    {"partitions", offsetof(casegate_postgres_options, partitions), 1024},
    {"pool", offsetof(casegate_postgres_options, pool), 10000},
    {"connect_ms", offsetof(casegate_postgres_options, connect_ms), INT32_MAX},
    {"acquire_ms", offsetof(casegate_postgres_options, acquire_ms), INT32_MAX},
    {"statement_ms", offsetof(casegate_postgres_options, statement_ms), INT32_MAX},
};

static casegate_result check_options(const casegate_postgres_options *options, casegate_error *err)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        int32_t value;

        memcpy(&value, (const char *)options + ranges[i].offset, sizeof value);
        if (value < 0 || value > ranges[i].most)
            return invalid(err, ranges[i].field, CASEGATE_PROBLEM_RANGE, "this number is out of its range");
    }
    if (is_there(options->conninfo)) {
        casegate_result result = check_conninfo(options->conninfo, err);

        if (result != CASEGATE_OK)
            return result;
    }
    return is_there(options->schema) ? check_schema(options->schema, err) : CASEGATE_OK;
}

/* ---- the store ---------------------------------------------------------------------------------------------------- */

static int32_t or_else(int32_t given, int32_t value)
{
    return given ? given : value;
}

void cg_postgres_free_store(cg_store *store)
{
    casegate_host *host = store->host;

    while (store->idle) {
        cg_connection *connection = store->idle;

        store->idle = connection->next;
        cg_postgres_disconnect(connection);
    }
    pthread_cond_destroy(&store->came_free);
    pthread_mutex_destroy(&store->mutex);
    casegate_release(host, store->conninfo);
    casegate_release(host, store);
    casegate_host_unref(host);
}

static void CASEGATE_CALL destroy(void *user)
{
    cg_postgres_free_store(user);
}

/* The store as it is before it has met the server. */
casegate_result cg_postgres_new_store(casegate_host *host, const casegate_postgres_options *given, cg_store **out,
                                      casegate_error *err)
{
    casegate_postgres_options options;
    const char *conninfo;
    cg_store *store;
    casegate_result result = adopt(given, &options, err);

    if (result == CASEGATE_OK)
        result = check_options(&options, err);
    if (result != CASEGATE_OK)
        return result;
    store = casegate_alloc(host, sizeof *store);
    if (!store)
        return cg_postgres_no_memory(err);
    memset(store, 0, sizeof *store);
    store->host = casegate_host_ref(host);
    store->allow_weak = options.allow_weak;
    store->pool = or_else(options.pool, 8);
    store->connect_ms = or_else(options.connect_ms, 5000);
    store->acquire_ms = or_else(options.acquire_ms, 5000);
    store->statement_ms = or_else(options.statement_ms, 30000);
    store->read_only = options.read_only;
    strcpy(store->schema, is_there(options.schema) ? options.schema : "casegate");
    pthread_mutex_init(&store->mutex, NULL);
    pthread_cond_init(&store->came_free, NULL);
    conninfo = is_there(options.conninfo) ? options.conninfo : "";
    store->conninfo = casegate_alloc(host, strlen(conninfo) + 1);
    if (!store->conninfo) {
        cg_postgres_free_store(store);
        return cg_postgres_no_memory(err);
    }
    strcpy(store->conninfo, conninfo);
    *out = store;
    return CASEGATE_OK;
}

static casegate_result prepare_tables(cg_store *store, cg_connection *connection, const casegate_postgres_options *options, casegate_error *err)
{
    int32_t version = 0;
    casegate_result result = cg_postgres_recognise(connection, &version, err);

    if (result != CASEGATE_OK)
        return result;
    if (version == 0 && (options->must_exist || store->read_only))
        return casegate_error_set(err, CASEGATE_ABSENT, 0, "schema", "there are no tables of this store");
    if (version < cg_postgres_schema_version())
        result = cg_postgres_may_write(store, err);
    if (result == CASEGATE_OK && version < cg_postgres_schema_version())
        result = cg_postgres_migrate(connection, options->partitions, err);
    return result;
}

static void fill_ops(casegate_store_ops *ops, cg_store *store)
{
    casegate_store_ops_init(ops, sizeof *ops);
    ops->user = store;
    ops->destroy = destroy;
    ops->load = cg_postgres_load;
    ops->content = cg_postgres_content;
    ops->commit = cg_postgres_commit;
    ops->list = cg_postgres_list;
    ops->history = cg_postgres_history;
    ops->claim = cg_postgres_claim;
    ops->settle = cg_postgres_settle;
    ops->inbox = cg_postgres_inbox;
    ops->mark_read = cg_postgres_mark_read;
    ops->notices = cg_postgres_notices_by_state;
    ops->requeue = cg_postgres_requeue;
    ops->add_notice = cg_postgres_add_notice;
    ops->purge = cg_postgres_purge;
    ops->erase = cg_postgres_erase;
    ops->describe = cg_postgres_describe;
}

/* Also the first connection of the pool. */
static casegate_result open_database(cg_store *store, const casegate_postgres_options *options, casegate_error *err)
{
    cg_connection *connection;
    casegate_result result = cg_postgres_take(store, &connection, err);

    if (result != CASEGATE_OK)
        return result;
    result = prepare_tables(store, connection, options, err);
    cg_postgres_give(store, connection);
    return result;
}

casegate_result casegate_postgres_open(casegate_host *host, const casegate_postgres_options *options, casegate_store **out,
                                       casegate_error *err)
{
    casegate_store_ops ops;
    cg_store *store;
    casegate_result result;

    if (!out)
        return invalid(err, "out", CASEGATE_PROBLEM_MISSING, "there is nowhere to put the store");
    result = cg_postgres_new_store(host, options, &store, err);
    if (result != CASEGATE_OK)
        return result;
    result = open_database(store, options, err);
    if (result == CASEGATE_OK) {
        fill_ops(&ops, store);
        result = casegate_store_new(host, &ops, CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS, out, err);
    }
    if (result != CASEGATE_OK)
        destroy(store);
    return result;
}

/* ---- dropping ----------------------------------------------------------------------------------------------------- */

static casegate_result drop(cg_store *store, int32_t must_exist, casegate_error *err)
{
    int32_t version = 0;
    cg_connection *connection;
    casegate_result result = cg_postgres_take(store, &connection, err);

    if (result != CASEGATE_OK)
        return result;
    result = cg_postgres_recognise(connection, &version, err);
    if (result == CASEGATE_OK)
        result = cg_postgres_may_write(store, err);
    if (result == CASEGATE_OK && version > 0)
        result = cg_postgres_drop_tables(connection, err);
    else if (result == CASEGATE_OK && must_exist)
        result = casegate_error_set(err, CASEGATE_ABSENT, 0, "schema", "there are no tables of this store");
    cg_postgres_give(store, connection);
    return result;
}

casegate_result casegate_postgres_drop(casegate_host *host, const casegate_postgres_options *options, casegate_error *err)
{
    cg_store *store;
    casegate_result result = cg_postgres_new_store(host, options, &store, err);

    if (result != CASEGATE_OK)
        return result;
    if (is_there(options->schema))
        result = drop(store, options->must_exist, err);
    else
        result = invalid(err, "schema", CASEGATE_PROBLEM_MISSING, "dropping needs the schema to be named");
    cg_postgres_free_store(store);
    return result;
}
