/* SPDX-License-Identifier: MIT */
/* describe.c: what an operator should know of the file: settings, schema, integrity, how many notices wait. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static casegate_result put(casegate_answers *answers, const char *name, const char *value, const char *problem, casegate_error *err)
{
    const casegate_detail detail = {.size = sizeof detail, .name = name, .value = value, .problem = problem};

    return casegate_answer_detail(answers, &detail, err);
}

static casegate_result put_number(casegate_answers *answers, const char *name, int64_t number, casegate_error *err)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)number);
    return put(answers, name, text, NULL, err);
}

/* ---- settings ----------------------------------------------------------------------------------------------------- */

static const char *level_name(const char *level)
{
    static const char *const names[] = {"OFF", "NORMAL", "FULL", "EXTRA"};
    int number = atoi(level);

    return number >= 0 && number <= 3 ? names[number] : level;
}

/* The bar of cg_sqlite_settle_settings(); a host may have allowed less on its handle. */
static casegate_result describe_settings(const cg_store *store, sqlite3 *db, casegate_answers *answers, casegate_error *err)
{
    cg_pragma mode, level, overwrites;
    int code = cg_sqlite_ask(db, "PRAGMA journal_mode", &mode);
    const char *weak = "what was acknowledged can be lost with the power";
    casegate_result result;

    if (code == SQLITE_OK)
        code = cg_sqlite_ask(db, "PRAGMA synchronous", &level);
    if (code == SQLITE_OK)
        code = cg_sqlite_ask(db, "PRAGMA secure_delete", &overwrites);
    if (code != SQLITE_OK)
        return cg_sqlite_fail(db, code, err);
    int volatile_journal = strcmp(mode.text, "off") == 0 || strcmp(mode.text, "memory") == 0;
    result = put(answers, "journal_mode", mode.text, store->memory ? "it forgets when it is closed" : volatile_journal ? weak : NULL,
                 err);
    if (result == CASEGATE_OK)
        result = put(answers, "synchronous", level_name(level.text), atoi(level.text) >= 2 ? NULL : weak, err);
    if (result == CASEGATE_OK)
        result = put(answers, "secure_delete", atoi(overwrites.text) == 1 ? "ON" : "OFF",
                     atoi(overwrites.text) == 1 ? NULL : "what is erased can be left in free parts of the file", err);
    return result;
}

static casegate_result describe_schema(cg_store *store, cg_connection *connection, casegate_answers *answers, casegate_error *err)
{
    int32_t version = 0;
    casegate_result result = cg_sqlite_recognise(store, connection, &version, err);
    char text[16];

    if (result != CASEGATE_OK)
        return result;
    snprintf(text, sizeof text, "%d", (int)version);
    return put(answers, "schema_version", text, version > cg_sqlite_schema_version() ? "a newer library wrote here; upgrade this one" : NULL,
               err);
}

/* The words of the check are not repeated: they may quote what is stored. */
static casegate_result describe_integrity(sqlite3 *db, casegate_answers *answers, casegate_error *err)
{
    cg_pragma first;
    int code = cg_sqlite_ask(db, "PRAGMA quick_check(1)", &first);
    int damaged = (code & 0xff) == SQLITE_CORRUPT || strcmp(first.text, "ok") != 0;

    if (code != SQLITE_OK && !damaged)
        return cg_sqlite_fail(db, code, err);
    return put(answers, "integrity", damaged ? "damaged" : "ok", damaged ? "PRAGMA quick_check finds damage" : NULL, err);
}

/* ---- notices ------------------------------------------------------------------------------------------------------ */

static casegate_result put_notices(sqlite3_stmt *row, casegate_answers *answers, casegate_error *err)
{
    static const char *const names[] = {"notices_pending", "notices_dead", "notices_unread"};
    casegate_result result = CASEGATE_OK;
    char since[40];

    for (int i = 0; result == CASEGATE_OK && i < 3; i++)
        result = put_number(answers, names[i], sqlite3_column_int64(row, i), err);
    if (result != CASEGATE_OK || sqlite3_column_type(row, 3) == SQLITE_NULL)
        return result;
    casegate_time_format(sqlite3_column_int64(row, 3), since, sizeof since);
    return put(answers, "pending_since", since, NULL, err);
}

static casegate_result describe_notices(cg_connection *connection, casegate_answers *answers, casegate_error *err)
{
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_statement(connection, CG_COUNT_NOTICES, &statement, err);
    int code;

    if (result != CASEGATE_OK)
        return result;
    code = cg_sqlite_step(connection, statement);
    result = code == SQLITE_ROW ? put_notices(statement, answers, err) : cg_sqlite_fail(connection->db, code, err);
    sqlite3_reset(statement);
    return result;
}

/* ---- the callback ------------------------------------------------------------------------------------------------- */

casegate_result cg_sqlite_describe(void *user, void *context, int32_t thorough, casegate_answers *answers, casegate_error *err)
{
    cg_store *store = user;
    cg_connection *connection;
    casegate_result result = cg_sqlite_take(store, &connection, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    result = put(answers, "store", "sqlite", NULL, err);
    if (result == CASEGATE_OK)
        result = put(answers, "sqlite_version", sqlite3_libversion(), NULL, err);
    if (result == CASEGATE_OK)
        result = describe_schema(store, connection, answers, err);
    if (result == CASEGATE_OK)
        result = describe_settings(store, connection->db, answers, err);
    if (result == CASEGATE_OK && thorough)
        result = describe_integrity(connection->db, answers, err);
    if (result == CASEGATE_OK)
        result = describe_notices(connection, answers, err);
    cg_sqlite_give(store, connection);
    return result;
}
