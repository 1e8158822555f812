/* SPDX-License-Identifier: MIT */
/* connection.c: connections to the file, the settings that make a commit durable, and who uses which connection. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Never the connection's own message: it may quote a row. */
casegate_result cg_sqlite_fail(sqlite3 *db, int code, casegate_error *err)
{
    static const struct { int code; casegate_result result; } kinds[] = {
        {SQLITE_NOMEM, CASEGATE_E_NOMEM}, {SQLITE_BUSY, CASEGATE_E_BUSY}, {SQLITE_LOCKED, CASEGATE_E_BUSY},
        {SQLITE_PROTOCOL, CASEGATE_E_BUSY}, {SQLITE_CORRUPT, CASEGATE_E_CORRUPT}, {SQLITE_NOTADB, CASEGATE_E_CORRUPT},
    };
    int extended = db ? sqlite3_extended_errcode(db) : code;
    casegate_result result = CASEGATE_E_HOST;

    if ((extended & 0xff) != (code & 0xff))
        extended = code;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].code == (code & 0xff))
            result = kinds[i].result;
    return casegate_error_set(err, result, extended, NULL, sqlite3_errstr(code & 0xff));
}

casegate_result cg_sqlite_corrupt(casegate_error *err, const char *place)
{
    return casegate_error_set(err, CASEGATE_E_CORRUPT, 0, place, "what is stored here makes no sense");
}

/* ---- opening and closing ------------------------------------------------------------------------------------------ */

/* SQLite asks again and again whether to wait on: as long as the store was told to, a little longer each time. It sleeps as the file's
 * system does, and counts what it asked for: a clock of its own would tell another time than a test's. */
static int wait_on(void *user, int asked)
{
    enum { FIRST_US = 200, MOST_US = 10000, DOUBLINGS = 6 };
    cg_connection *connection = user;
    sqlite3_vfs *system = NULL;
    const int pause_us = asked < DOUBLINGS ? FIRST_US << asked : MOST_US;

    if (asked == 0)
        connection->waited_us = 0;
    if (connection->hurries || connection->waited_us >= (int64_t)connection->busy_ms * 1000)
        return 0;
    if (sqlite3_file_control(connection->db, "main", SQLITE_FCNTL_VFS_POINTER, &system) == SQLITE_OK && system)
        system->xSleep(system, pause_us);
    connection->waited_us += pause_us;
    return 1;
}

/* What holds for each connection of ours, and no row can make fail. */
static void set_up(cg_connection *connection, sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_handler(db, wait_on, connection);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_exec(db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
    sqlite3_exec(db, "PRAGMA secure_delete = ON", NULL, NULL, NULL);   /* what is erased is to be gone from the file */
    if (connection->read_only)
        sqlite3_exec(db, "PRAGMA query_only = ON", NULL, NULL, NULL);
}

static casegate_result open_file(const cg_store *store, int32_t create, cg_connection *connection, casegate_error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(store->path, &db, flags, NULL);
    casegate_result result = CASEGATE_OK;

    if (code == SQLITE_OK) {
        set_up(connection, db);
        connection->db = db;
        return CASEGATE_OK;
    }
    if ((code & 0xff) == SQLITE_CANTOPEN && !create && sqlite3_system_errno(db) == ENOENT)
        result = casegate_error_set(err, CASEGATE_ABSENT, 0, "path", "there is no such file");
    else
        result = cg_sqlite_fail(db, code, err);
    sqlite3_close(db);
    return result;
}

/* A connection of the store, or the host's handle dressed as one. @retval CASEGATE_ABSENT no file, and it is not to be created */
casegate_result cg_sqlite_connect(cg_store *store, int32_t create, cg_connection **out, casegate_error *err)
{
    cg_connection *connection = casegate_alloc(store->host, sizeof *connection);
    casegate_result result = CASEGATE_OK;

    if (!connection)
        return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    memset(connection, 0, sizeof *connection);
    connection->host = store->host;
    connection->prefix = store->prefix;
    connection->db = store->db;
    connection->queue = store->queue;
    connection->busy_ms = store->busy_ms;
    connection->read_only = store->read_only;
    connection->own = store->path != NULL;
    connection->buffer = casegate_buffer_new(store->host);
    if (!connection->buffer)
        result = casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
    if (result == CASEGATE_OK && store->path)
        result = open_file(store, create, connection, err);
    if (result == CASEGATE_OK)
        *out = connection;
    else
        cg_sqlite_disconnect(store, connection);
    return result;
}

void cg_sqlite_disconnect(cg_store *store, cg_connection *connection)
{
    if (!connection)
        return;
    for (size_t i = 0; i < CG_STATEMENT_COUNT; i++)
        sqlite3_finalize(connection->statements[i]);
    for (size_t i = 0; i < CG_LIST_SHAPES; i++)
        sqlite3_finalize(connection->lists[i]);
    casegate_buffer_free(connection->buffer);
    if (store->path)
        sqlite3_close(connection->db);
    casegate_release(store->host, connection);
}

/* ---- settings ----------------------------------------------------------------------------------------------------- */

/* The first column of the first row. */
int cg_sqlite_ask(sqlite3 *db, const char *pragma, cg_pragma *out)
{
    sqlite3_stmt *statement = NULL;
    const unsigned char *text;
    int code = sqlite3_prepare_v2(db, pragma, -1, &statement, NULL);

    out->text[0] = '\0';
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(statement);
    text = code == SQLITE_ROW ? sqlite3_column_text(statement, 0) : NULL;
    if (text)
        strncat(out->text, (const char *)text, sizeof out->text - 1);
    else if (code == SQLITE_ROW && sqlite3_errcode(db) == SQLITE_NOMEM)   /* a number becomes text in memory of its own */
        code = SQLITE_NOMEM;
    sqlite3_finalize(statement);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

/* Another process that opens the file at the same moment is not waited for by SQLite itself here. */
static int turn_to_wal(cg_store *store, sqlite3 *db, cg_pragma *mode)
{
    enum { PAUSE_MS = 10 };
    int32_t waited = 0;
    int code;

    while (((code = cg_sqlite_ask(db, "PRAGMA journal_mode = WAL", mode)) & 0xff) == SQLITE_BUSY && waited < store->busy_ms) {
        sqlite3_sleep(PAUSE_MS);
        waited += PAUSE_MS;
    }
    return code;
}

static casegate_result not_taken(casegate_error *err, const char *setting)
{
    return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, setting, "this setting does not make commits durable");
}

static casegate_result make_durable(cg_store *store, sqlite3 *db, casegate_error *err)
{
    cg_pragma mode, level;
    int code = turn_to_wal(store, db, &mode);

    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = cg_sqlite_ask(db, "PRAGMA synchronous", &level);
    if (code != SQLITE_OK)
        return cg_sqlite_fail(db, code, err);
    if (strcmp(mode.text, store->memory ? "memory" : "wal") != 0)
        return not_taken(err, "journal_mode");
    return strcmp(level.text, "2") == 0 ? CASEGATE_OK : not_taken(err, "synchronous");
}

/* A host's settings are the host's: they are read, never set. */
static casegate_result judge(sqlite3 *db, casegate_error *err)
{
    cg_pragma mode, level;
    int code = cg_sqlite_ask(db, "PRAGMA journal_mode", &mode);

    if (code == SQLITE_OK)
        code = cg_sqlite_ask(db, "PRAGMA synchronous", &level);
    if (code != SQLITE_OK)
        return cg_sqlite_fail(db, code, err);
    if (strcmp(mode.text, "off") == 0 || strcmp(mode.text, "memory") == 0)
        return not_taken(err, "journal_mode");
    return atoi(level.text) >= 2 ? CASEGATE_OK : not_taken(err, "synchronous");
}

casegate_result cg_sqlite_settle_settings(cg_store *store, cg_connection *connection, int32_t allow_weak, casegate_error *err)
{
    if (store->read_only)   /* nothing that could be lost */
        return CASEGATE_OK;
    if (store->path)
        return make_durable(store, connection->db, err);
    return allow_weak ? CASEGATE_OK : judge(connection->db, err);
}

/* ---- turns -------------------------------------------------------------------------------------------------------- */

static casegate_result open_another(cg_store *store, cg_connection **out, casegate_error *err)
{
    cg_connection *connection;
    casegate_result result = cg_sqlite_connect(store, 0, &connection, err);

    if (result == CASEGATE_ABSENT)
        return casegate_error_set(err, CASEGATE_E_HOST, SQLITE_CANTOPEN, "path", "the file is gone");
    if (result != CASEGATE_OK)
        return result;
    result = cg_sqlite_settle_settings(store, connection, 0, err);
    if (result == CASEGATE_OK)
        *out = connection;
    else
        cg_sqlite_disconnect(store, connection);
    return result;
}

/* A process's own write makes the pages that its other connections have in memory old. So those that write take the one that wrote
 * last, which lies in front, and those that read take from behind; a caller alone has one for both. */
static cg_connection *take_idle(cg_store *store, int32_t writes)
{
    cg_connection **at = &store->idle, *connection;

    while (!writes && *at && (*at)->next)
        at = &(*at)->next;
    connection = *at;
    if (connection)
        *at = connection->next;
    return connection;
}

static void lay_aside(cg_store *store, cg_connection *connection)
{
    cg_connection **at = &store->idle;

    while (!connection->wrote && *at)
        at = &(*at)->next;
    connection->next = *at;
    connection->wrote = 0;
    *at = connection;
}

/* Connections to a file are as many as threads use it at once; one in memory is taken in turns. */
static casegate_result take(cg_store *store, int32_t writes, cg_connection **out, casegate_error *err)
{
    cg_connection *connection;

    if (store->db) {
        *out = store->idle;
        return CASEGATE_OK;
    }
    pthread_mutex_lock(&store->mutex);
    if (store->memory) {
        *out = store->idle;
        return CASEGATE_OK;   /* cg_sqlite_give() unlocks */
    }
    connection = take_idle(store, writes);
    pthread_mutex_unlock(&store->mutex);
    if (!connection)
        return open_another(store, out, err);
    *out = connection;
    return CASEGATE_OK;
}

/* A connection for one callback that reads. */
casegate_result cg_sqlite_take(cg_store *store, cg_connection **out, casegate_error *err)
{
    return take(store, 0, out, err);
}

/* A connection for one callback that writes. */
casegate_result cg_sqlite_take_writer(cg_store *store, cg_connection **out, casegate_error *err)
{
    return take(store, 1, out, err);
}

void cg_sqlite_give(cg_store *store, cg_connection *connection)
{
    if (store->db)
        return;
    if (store->memory) {
        pthread_mutex_unlock(&store->mutex);
        return;
    }
    if (!sqlite3_get_autocommit(connection->db)) {   /* a rollback failed: closing ends it */
        cg_sqlite_disconnect(store, connection);
        return;
    }
    pthread_mutex_lock(&store->mutex);
    lay_aside(store, connection);
    pthread_mutex_unlock(&store->mutex);
}
