/* SPDX-License-Identifier: MIT */
/* statements.c: every SQL statement of the store but those of schema and lists, and how it becomes a prepared one. */
#include "internal.h"

#include <string.h>

/*
 * In the texts: {name} is a name with the store's prefix; $c $e $t $n are the columns that are read of cases, events, their
 * texts, notices; $C $E $T $N those that are written; #C #E #T #N as many parameters; =u and =w the assignments of an
 * update without and with a new content.
 */
static const char *const texts[CG_STATEMENT_COUNT] = {
    [CG_BEGIN_READ] = "BEGIN",
    [CG_BEGIN_WRITE] = "BEGIN IMMEDIATE",   /* a deferred one that upgrades fails at once, whatever the timeout */
    [CG_COMMIT] = "COMMIT",
    [CG_ROLLBACK] = "ROLLBACK",
    [CG_SAVEPOINT] = "SAVEPOINT casegate",
    [CG_UNDO] = "ROLLBACK TO casegate",
    [CG_RELEASE] = "RELEASE casegate",

    [CG_SELECT_HEAD] = "SELECT $c FROM {cases} WHERE id = ?1",
    [CG_SELECT_CONTENT] = "SELECT c.revision, c.content_digest, k.revision, k.digest, k.salt, k.document FROM {cases} AS c"
                          " LEFT JOIN {contents} AS k ON k.case_id = c.id AND k.revision = ?2 WHERE c.id = ?1",
    [CG_SELECT_REQUEST] = "SELECT $e, $t FROM {events} LEFT JOIN {event_texts} USING (case_id, seq)"
                          " WHERE actor_org = ?1 AND actor = ?2 AND lab = ?3 AND request = ?4",
    [CG_HAS_REQUEST] = "SELECT 1 FROM {events} WHERE actor_org = ?1 AND actor = ?2 AND lab = ?3 AND request = ?4",
    [CG_SELECT_EVENTS] = "SELECT $e, $t FROM {events} LEFT JOIN {event_texts} USING (case_id, seq)"
                         " WHERE case_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
    [CG_SELECT_EVENT_NOTICES] = "SELECT $n FROM {notices} WHERE case_id = ?1 AND seq = ?2 ORDER BY ordinal",

    [CG_INSERT_CASE] = "INSERT INTO {cases} ($C) VALUES (#C)",
    [CG_UPDATE_CASE] = "UPDATE {cases} SET =u WHERE id = ? AND version = ?",
    [CG_UPDATE_EDITED] = "UPDATE {cases} SET =w WHERE id = ? AND version = ?",
    [CG_INSERT_CONTENT] = "INSERT INTO {contents} (case_id, revision, digest, salt, document) VALUES (?1, ?2, ?3, ?4, ?5)",
    [CG_INSERT_EVENT] = "INSERT INTO {events} ($E) VALUES (#E)",
    [CG_INSERT_TEXTS] = "INSERT INTO {event_texts} ($T, case_id, seq) VALUES (#T, ?, ?)",
    [CG_INSERT_NOTICE] = "INSERT INTO {notices} ($N) VALUES (#N)",

    [CG_SELECT_DUE] = "SELECT number FROM {notices} WHERE channel = ?1 AND state IN (1, 2) AND next_us <= ?2"
                      " ORDER BY next_us, number LIMIT ?3",
    [CG_LEASE_NOTICE] = "UPDATE {notices} SET state = 2, lease = ?2, next_us = ?3, tries = tries + 1 WHERE number = ?1",
    [CG_SET_ASIDE] = "UPDATE {notices} SET tries = tries - 1 WHERE number = ?1",
    [CG_SELECT_NOTICE] = "SELECT $n FROM {notices} WHERE number = ?1",
    [CG_SETTLE_NOTICE] = "UPDATE {notices} SET state = ?3, tries = ?4, next_us = ?5, last_error = ?6, lease = NULL"
                         " WHERE id = ?1 AND state = 2 AND lease = ?2",

    [CG_FIND_INBOX] = "SELECT number FROM {notices} WHERE id = ?1 AND channel = 'portal' AND org = ?2 AND person IS ?3",
    [CG_SELECT_INBOX] = "SELECT $n FROM {notices} WHERE channel = 'portal' AND org = ?1 AND person IS ?2 AND number > ?3"
                        " ORDER BY number LIMIT ?4",
    [CG_COUNT_UNREAD] = "SELECT count(*) FROM {notices} WHERE channel = 'portal' AND read = 0 AND org = ?1 AND person IS ?2",
    [CG_READ_ONE] = "UPDATE {notices} SET read = 1 WHERE id = ?1 AND channel = 'portal' AND org = ?2 AND person IS ?3",
    [CG_READ_ALL] = "UPDATE {notices} SET read = 1 WHERE channel = 'portal' AND read = 0 AND org = ?1 AND person IS ?2",

    [CG_SELECT_NOTICES] = "SELECT $n FROM {notices} WHERE id > ?3 AND (?1 = 0 OR state = ?1) AND (?2 IS NULL OR channel = ?2)"
                          " ORDER BY id LIMIT ?4",
    [CG_REQUEUE_NOTICE] = "UPDATE {notices} SET state = 1, tries = 0, next_us = ?2, lease = NULL WHERE id = ?1 AND state = 4"
                          " AND last_error IS NOT 'erased'",
    [CG_COUNT_NOTICES] = "SELECT count(*) FILTER (WHERE state IN (1, 2)), count(*) FILTER (WHERE state = 4),"
                         " count(*) FILTER (WHERE channel = 'portal' AND read = 0), min(next_us) FILTER (WHERE state = 1)"
                         " FROM {notices}",
    [CG_HAS_NOTICE] = "SELECT 1 FROM {notices} WHERE id = ?1",
    [CG_PURGE_NOTICES] = "DELETE FROM {notices} WHERE number IN (SELECT number FROM {notices} WHERE state = 3 AND time_us < ?1"
                         " ORDER BY number LIMIT ?2)",

    [CG_ERASE_CONTENTS] = "UPDATE {contents} SET document = NULL, salt = NULL WHERE case_id = ?1",
    [CG_ERASE_TEXTS] = "UPDATE {event_texts} SET erased = 1, comment = NULL, files = NULL, salt = NULL WHERE case_id = ?1",
    [CG_ERASE_NOTICES] = "UPDATE {notices} SET comment = NULL, files = NULL, address = NULL, reference = NULL, lease = NULL,"
                         " last_error = CASE WHEN state IN (1, 2) THEN 'erased' ELSE last_error END,"
                         " next_us = CASE WHEN state IN (1, 2) THEN 0 ELSE next_us END,"
                         " state = CASE WHEN state IN (1, 2) THEN 4 ELSE state END WHERE case_id = ?1",
};

static const cg_table *table_of(char letter)
{
    switch (letter) {
    case 'c': case 'C': case 'u': case 'w': return &cg_sqlite_cases;
    case 'e': case 'E': return &cg_sqlite_events;
    case 't': case 'T': return &cg_sqlite_texts;
    default: return &cg_sqlite_notices;
    }
}

static void expand_columns(char sign, char letter, casegate_buffer *out)
{
    const cg_table *table = table_of(letter);
    size_t count = letter >= 'a' && sign == '$' ? table->read : table->count;
    uint32_t when = letter == 'u' ? CG_EVENT : letter == 'w' ? CG_EVENT | CG_EDIT : CG_NEVER;
    const char *between = "";

    for (size_t i = 0; i < count; i++) {
        const cg_column *column = &table->columns[i];

        if (when && !(column->when & when))
            continue;
        casegate_buffer_append(out, between, SIZE_MAX);
        casegate_buffer_append(out, sign == '#' ? "?" : strchr(column->place, '.') + 1, SIZE_MAX);
        casegate_buffer_append(out, sign == '=' ? " = ?" : "", SIZE_MAX);
        between = ", ";
    }
}

static int is_columns(const char *sql)
{
    return (*sql == '$' || *sql == '#' || (*sql == '=' && sql[1] != ' ')) && sql[1] && strchr("cCeEtTnNuw", sql[1]);
}

/* Replaces the marks of a text. */
casegate_result cg_sqlite_expand(const char *prefix, const char *sql, casegate_buffer *out)
{
    while (*sql) {
        if (*sql == '{') {
            casegate_buffer_append(out, "\"", 1);
            casegate_buffer_append(out, prefix, SIZE_MAX);
        } else if (*sql == '}') {
            casegate_buffer_append(out, "\"", 1);
        } else if (is_columns(sql)) {
            expand_columns(sql[0], sql[1], out);
            sql++;
        } else {
            casegate_buffer_append(out, sql, 1);
        }
        sql++;
    }
    return casegate_buffer_status(out);
}

casegate_result cg_sqlite_prepare(cg_connection *connection, const char *sql, sqlite3_stmt **out, casegate_error *err)
{
    casegate_buffer *text = casegate_buffer_new(connection->host);
    casegate_result result = text ? cg_sqlite_expand(connection->prefix, sql, text) : CASEGATE_E_NOMEM;
    int code;

    if (result != CASEGATE_OK) {
        casegate_error_set(err, result, 0, NULL, "out of memory");
        goto out;
    }
    code = sqlite3_prepare_v3(connection->db, casegate_buffer_data(text), -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    if (code != SQLITE_OK)
        result = cg_sqlite_fail(connection->db, code, err);
out:
    casegate_buffer_free(text);
    return result;
}

/* The prepared statement, made when first asked for. */
casegate_result cg_sqlite_statement(cg_connection *connection, int32_t which, sqlite3_stmt **out, casegate_error *err)
{
    if (!connection->statements[which]) {
        casegate_result result = cg_sqlite_prepare(connection, texts[which], &connection->statements[which], err);

        if (result != CASEGATE_OK)
            return result;
    }
    *out = connection->statements[which];
    return CASEGATE_OK;
}

/* One step; the extended code also on a handle that gives only primary ones. */
int cg_sqlite_step(cg_connection *connection, sqlite3_stmt *statement)
{
    int code = connection->unbound;

    connection->unbound = SQLITE_OK;
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? code : sqlite3_extended_errcode(connection->db);
}

/* Runs a statement that answers no row. */
int cg_sqlite_run(cg_connection *connection, sqlite3_stmt *statement)
{
    int code = cg_sqlite_step(connection, statement);

    sqlite3_reset(statement);
    return code;
}
