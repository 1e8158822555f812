/* SPDX-License-Identifier: MIT */
/* sqlite.c: from options to a store: what is checked, and in which order. */
#include "internal.h"

#include <string.h>

/* ---- options ------------------------------------------------------------------------------------------------------ */

void casegate_sqlite_options_init(casegate_sqlite_options *options, size_t size)
{
    if (!options || size < sizeof size)
        return;
    memset(options, 0, size);
    options->size = size;
}

/* Newer structs are taken as long as what they add is not used. */
static casegate_result adopt(const casegate_sqlite_options *given, casegate_sqlite_options *out, casegate_error *err)
{
    enum { LARGEST = 4096 };   /* beyond, it is no size but memory that nobody set */
    const unsigned char *bytes = (const unsigned char *)given;

    if (!given)
        return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_MISSING, "options", "options are missing");
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

static casegate_result invalid(casegate_error *err, const char *field, int32_t problem, const char *text)
{
    return casegate_error_set(err, CASEGATE_E_INVALID, problem, field, text);
}

static casegate_result check_prefix(const char *prefix, casegate_error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    if (strlen(prefix) > 32)
        return invalid(err, "prefix", CASEGATE_PROBLEM_TOO_LONG, "the prefix is longer than 32 characters");
    if (prefix[strspn(prefix, allowed)] || sqlite3_strnicmp(prefix, "sqlite_", 7) == 0)
        return invalid(err, "prefix", CASEGATE_PROBLEM_FORMAT, "the prefix cannot begin the name of a table");
    return CASEGATE_OK;
}

static casegate_result check_options(const casegate_sqlite_options *options, casegate_error *err)
{
    if (!is_there(options->path) == !options->db)
        return invalid(err, "path", CASEGATE_PROBLEM_MISSING, "either a path or a handle is needed, not both");
    if (options->busy_ms < 0)
        return invalid(err, "busy_ms", CASEGATE_PROBLEM_RANGE, "a time to wait is not negative");
    return is_there(options->prefix) ? check_prefix(options->prefix, err) : CASEGATE_OK;
}

/* ---- the store ---------------------------------------------------------------------------------------------------- */

static void CASEGATE_CALL destroy(void *user)
{
    cg_store *store = user;
    casegate_host *host = store->host;

    while (store->idle) {
        cg_connection *connection = store->idle;

        store->idle = connection->next;
        cg_sqlite_disconnect(store, connection);
    }
    cg_sqlite_queue_close(host, store->queue);
    pthread_mutex_destroy(&store->mutex);
    pthread_mutex_destroy(&store->group_mutex);
    casegate_release(host, store->path);
    casegate_release(host, store);
    casegate_host_unref(host);
}

static casegate_result copy_path(cg_store *store, const char *path, casegate_error *err)
{
    if (!is_there(path))
        return CASEGATE_OK;
    store->path = casegate_alloc(store->host, strlen(path) + 1);
    if (!store->path)
        return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    strcpy(store->path, path);
    store->memory = strcmp(path, ":memory:") == 0;
    return CASEGATE_OK;
}

/* The store as it is before it has met the database. */
static casegate_result new_store(casegate_host *host, const casegate_sqlite_options *options, cg_store **out, casegate_error *err)
{
    enum { BUSY_MS = 5000 };
    cg_store *store = casegate_alloc(host, sizeof *store);
    casegate_result result;

    if (!store)
        return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    memset(store, 0, sizeof *store);
    store->host = casegate_host_ref(host);
    store->db = options->db;
    store->busy_ms = options->busy_ms ? options->busy_ms : BUSY_MS;
    store->read_only = options->read_only;
    pthread_mutex_init(&store->mutex, NULL);
    pthread_mutex_init(&store->group_mutex, NULL);
    if (is_there(options->prefix) || options->db)
        strcpy(store->prefix, is_there(options->prefix) ? options->prefix : "casegate_");
    result = copy_path(store, options->path, err);
    if (result == CASEGATE_OK)
        *out = store;
    else
        destroy(store);
    return result;
}

/* Looks first and changes later: a file that is not ours stays as it is. */
static casegate_result open_database(cg_store *store, const casegate_sqlite_options *options, casegate_error *err)
{
    const int32_t must_exist = options->must_exist || store->read_only;
    cg_connection *connection = NULL;
    int32_t version = 0;
    casegate_result result = cg_sqlite_connect(store, !must_exist, &connection, err);

    if (result != CASEGATE_OK)
        return result;
    store->idle = connection;
    if (store->path && !store->memory && !store->read_only)
        connection->queue = store->queue = cg_sqlite_queue_open(store->host, connection->db, store->path);
    result = cg_sqlite_recognise(store, connection, &version, err);
    if (result == CASEGATE_OK && version == 0 && must_exist)
        result = casegate_error_set(err, CASEGATE_ABSENT, 0, "path", "there are no tables of this store");
    if (result == CASEGATE_OK)
        result = cg_sqlite_settle_settings(store, connection, options->allow_weak, err);
    if (result == CASEGATE_OK && version < cg_sqlite_schema_version())   /* read_only: refused there */
        result = cg_sqlite_migrate(store, connection, err);
    return result;
}

static void fill_ops(casegate_store_ops *ops, cg_store *store)
{
    casegate_store_ops_init(ops, sizeof *ops);
    ops->user = store;
    ops->destroy = destroy;
    ops->load = cg_sqlite_load;
    ops->content = cg_sqlite_content;
    ops->commit = cg_sqlite_commit;
    ops->list = cg_sqlite_list;
    ops->history = cg_sqlite_history;
    ops->claim = cg_sqlite_claim;
    ops->settle = cg_sqlite_settle;
    ops->inbox = cg_sqlite_inbox;
    ops->mark_read = cg_sqlite_mark_read;
    ops->notices = cg_sqlite_notices_by_state;
    ops->requeue = cg_sqlite_requeue;
    ops->add_notice = cg_sqlite_add_notice;
    ops->purge = cg_sqlite_purge;
    ops->erase = cg_sqlite_erase;
    ops->describe = cg_sqlite_describe;
}

static casegate_result prepare_store(casegate_host *host, const casegate_sqlite_options *given, casegate_sqlite_options *options,
                                     cg_store **out, casegate_error *err)
{
    casegate_result result = adopt(given, options, err);

    if (result == CASEGATE_OK)
        result = check_options(options, err);
    if (result == CASEGATE_OK && options->path && !sqlite3_threadsafe())
        result = casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "threads", "this SQLite was built without threads");
    return result == CASEGATE_OK ? new_store(host, options, out, err) : result;
}

casegate_result casegate_sqlite_open(casegate_host *host, const casegate_sqlite_options *options, casegate_store **out,
                                     casegate_error *err)
{
    casegate_sqlite_options adopted;
    casegate_store_ops ops;
    cg_store *store;
    casegate_result result;

    if (!out)
        return invalid(err, "out", CASEGATE_PROBLEM_MISSING, "there is nowhere to put the store");
    result = prepare_store(host, options, &adopted, &store, err);
    if (result != CASEGATE_OK)
        return result;
    result = open_database(store, &adopted, err);
    if (result == CASEGATE_OK) {
        fill_ops(&ops, store);
        result = casegate_store_new(host, &ops, CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS, out, err);
    }
    if (result != CASEGATE_OK)
        destroy(store);
    return result;
}

/* ---- dropping ----------------------------------------------------------------------------------------------------- */

static casegate_result drop(cg_store *store, casegate_error *err)
{
    int32_t version = 0;
    casegate_result result = cg_sqlite_connect(store, 0, &store->idle, err);

    if (result == CASEGATE_OK)
        result = cg_sqlite_recognise(store, store->idle, &version, err);
    if (result != CASEGATE_OK)
        return result;
    return version ? cg_sqlite_drop_tables(store->idle, err) : CASEGATE_ABSENT;
}

casegate_result casegate_sqlite_drop(casegate_host *host, const casegate_sqlite_options *options, casegate_error *err)
{
    casegate_sqlite_options adopted;
    cg_store *store;
    casegate_result result = prepare_store(host, options, &adopted, &store, err);

    if (result != CASEGATE_OK)
        return result;
    if (is_there(adopted.prefix))
        result = drop(store, err);
    else
        result = invalid(err, "prefix", CASEGATE_PROBLEM_MISSING, "dropping needs the prefix to be named");
    destroy(store);
    return result == CASEGATE_ABSENT && !adopted.must_exist ? CASEGATE_OK : result;
}
