/* SPDX-License-Identifier: MIT */
/* transaction.c: whose transaction a change is written in, and what a failed COMMIT means. */
#include "internal.h"

static casegate_result run(cg_connection *connection, int32_t which, casegate_error *err)
{
    sqlite3_stmt *statement;
    casegate_result result = cg_sqlite_statement(connection, which, &statement, err);
    int code;

    if (result != CASEGATE_OK)
        return result;
    code = cg_sqlite_run(connection, statement);
    return code == SQLITE_DONE ? CASEGATE_OK : cg_sqlite_fail(connection->db, code, err);
}

/* In the host's transaction: a part that can be undone alone. */
static casegate_result begin_part(cg_connection *connection, casegate_error *err)
{
    return run(connection, CG_SAVEPOINT, err);
}

/* Keeps the part if result is OK, else undoes it; gives result, or why it could not be kept. */
static casegate_result end_part(cg_connection *connection, casegate_result result, casegate_error *err)
{
    if (result == CASEGATE_OK)
        return run(connection, CG_RELEASE, err);
    run(connection, CG_UNDO, NULL);
    run(connection, CG_RELEASE, NULL);
    return result;
}

/* A transaction that writes, if nobody else writes at the moment. */
casegate_result cg_sqlite_try_to_begin(cg_connection *connection, casegate_error *err)
{
    return run(connection, CG_BEGIN_WRITE, err);
}

static void roll_back(cg_connection *connection)
{
    if (!sqlite3_get_autocommit(connection->db))   /* some failures have ended the transaction already */
        run(connection, CG_ROLLBACK, NULL);
}

/* Every change begins here. */
casegate_result cg_sqlite_begin(cg_connection *connection, cg_transaction *transaction, casegate_error *err)
{
    if (connection->read_only)
        return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "store", "the store was opened for reading only");
    connection->unbound = SQLITE_OK;
    if (connection->own) {   /* one that could not be ended before, for want of memory, is no host's to join */
        roll_back(connection);
        if (!sqlite3_get_autocommit(connection->db))
            return casegate_error_set(err, CASEGATE_E_HOST, SQLITE_ABORT, NULL, "the transaction before could not be ended");
    }
    transaction->joined = !sqlite3_get_autocommit(connection->db);
    connection->wrote = 1;
    return transaction->joined ? begin_part(connection, err) : cg_sqlite_begin_in_turn(connection, err);
}

/* If the transaction is still open, nothing was written. If it is not, the log may hold the commit or not. */
static casegate_result commit(cg_connection *connection, casegate_error *err)
{
    casegate_result result = run(connection, CG_COMMIT, err);
    int32_t host_code = sqlite3_extended_errcode(connection->db);

    if (result == CASEGATE_OK)
        return CASEGATE_OK;
    if (sqlite3_get_autocommit(connection->db))
        return casegate_error_set(err, CASEGATE_E_UNKNOWN, host_code, NULL, "the commit failed, and may have taken effect");
    roll_back(connection);
    return result;
}

/* Commits if result is OK, else rolls back. Gives result, or why it could not be committed; E_UNKNOWN if that cannot be told. */
casegate_result cg_sqlite_end(cg_connection *connection, const cg_transaction *transaction, casegate_result result,
                              casegate_error *err)
{
    if (transaction->joined)
        return end_part(connection, result, err);
    if (result == CASEGATE_OK)
        return commit(connection, err);
    roll_back(connection);
    return result;
}

/* One snapshot for several statements; inside the host's transaction there is one already. */
casegate_result cg_sqlite_begin_read(cg_connection *connection, int32_t *began, casegate_error *err)
{
    casegate_result result = CASEGATE_OK;

    *began = sqlite3_get_autocommit(connection->db);
    if (*began)
        result = run(connection, CG_BEGIN_READ, err);
    return result;
}

void cg_sqlite_end_read(cg_connection *connection, int32_t began)
{
    if (began && run(connection, CG_COMMIT, NULL) != CASEGATE_OK)
        roll_back(connection);
}
