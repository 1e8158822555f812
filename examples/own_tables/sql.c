/* SPDX-License-Identifier: MIT */
/* sql.c: one transaction at a time on the store's connection, and what an error of SQLite means to casegate. */
#include "own.h"

casegate_result own_no_memory(casegate_error *err) { return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory"); }

casegate_result own_corrupt(const char *column, casegate_error *err)
{
    return casegate_error_set(err, CASEGATE_E_CORRUPT, 0, column, "makes no sense");
}

/* The text of SQLite's own message may hold a value; that of its code does not. */
casegate_result own_fail(int code, casegate_error *err)
{
    switch (code & 0xff) {
    case SQLITE_BUSY: case SQLITE_LOCKED: return casegate_error_set(err, CASEGATE_E_BUSY, code, NULL, "the database is locked");
    case SQLITE_NOMEM: return own_no_memory(err);
    case SQLITE_CORRUPT: case SQLITE_NOTADB: return casegate_error_set(err, CASEGATE_E_CORRUPT, code, NULL, sqlite3_errstr(code));
    default: return casegate_error_set(err, CASEGATE_E_HOST, code, NULL, sqlite3_errstr(code));
    }
}

casegate_result own_ask(own *o, const char *sql, const own_value *values, size_t count, sqlite3_stmt **out, casegate_error *err)
{
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(o->db, sql, -1, &row, NULL);
    for (size_t i = 0; code == SQLITE_OK && i < count; i++) {
        const own_value *v = &values[i];
        code = v->is_number ? sqlite3_bind_int64(row, (int)i + 1, v->number)
             : v->text && *v->text ? sqlite3_bind_text(row, (int)i + 1, v->text, -1, SQLITE_STATIC)
             : sqlite3_bind_null(row, (int)i + 1);
    }
    if (code != SQLITE_OK) {
        sqlite3_finalize(row);
        return own_fail(code, err);
    }
    *out = row;
    return CASEGATE_OK;
}

casegate_result own_next(sqlite3_stmt *row, casegate_error *err)
{
    const int code = sqlite3_step(row);
    if (code == SQLITE_ROW) return CASEGATE_OK;
    return code == SQLITE_DONE ? CASEGATE_ABSENT : own_fail(code, err);
}

casegate_result own_run(own *o, const char *sql, const own_value *values, size_t count, casegate_error *err)
{
    sqlite3_stmt *row = NULL;
    casegate_result rc = own_ask(o, sql, values, count, &row, err);
    if (rc != CASEGATE_OK) return rc;
    const int code = sqlite3_step(row);
    sqlite3_finalize(row);
    if (code == SQLITE_CONSTRAINT_UNIQUE) return CASEGATE_CONFLICT;
    return code == SQLITE_DONE ? CASEGATE_OK : own_fail(code, err);
}

casegate_result own_number(own *o, const char *sql, const own_value *values, size_t count, int64_t *out, casegate_error *err)
{
    sqlite3_stmt *row = NULL;
    casegate_result rc = own_ask(o, sql, values, count, &row, err);
    if (rc == CASEGATE_OK) rc = own_next(row, err);
    if (rc == CASEGATE_OK) *out = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return rc;
}

casegate_result own_script(own *o, const char *sql, casegate_error *err)
{
    const int code = sqlite3_exec(o->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? CASEGATE_OK : own_fail(code, err);
}

const char *own_text(sqlite3_stmt *row, int column) { return (const char *)sqlite3_column_text(row, column); }

/* ---- transactions ------------------------------------------------------------------------------------------------------- */

casegate_result own_begin(own *o, const char *how, casegate_error *err)
{
    pthread_mutex_lock(&o->lock);
    casegate_result rc = own_script(o, how, err);
    if (rc != CASEGATE_OK) pthread_mutex_unlock(&o->lock);
    return rc;
}

/* A commit that fails for another reason than a lock may have reached the disk: the engine looks again. */
static casegate_result commit_all(own *o, casegate_result rc, casegate_error *err)
{
    const int code = sqlite3_exec(o->db, "COMMIT", NULL, NULL, NULL);
    if (code == SQLITE_OK) return rc;
    if (!sqlite3_get_autocommit(o->db)) sqlite3_exec(o->db, "ROLLBACK", NULL, NULL, NULL);
    if ((code & 0xff) == SQLITE_BUSY) return own_fail(code, err);
    return casegate_error_set(err, CASEGATE_E_UNKNOWN, code, NULL, sqlite3_errstr(code));
}

casegate_result own_end(own *o, casegate_result rc, casegate_error *err)
{
    if (rc == CASEGATE_OK || rc == CASEGATE_ABSENT) rc = commit_all(o, rc, err);
    else if (!sqlite3_get_autocommit(o->db)) sqlite3_exec(o->db, "ROLLBACK", NULL, NULL, NULL);
    pthread_mutex_unlock(&o->lock);
    return rc;
}
