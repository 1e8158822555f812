/* SPDX-License-Identifier: MIT */
/* list.c: lists of cases: which index answers which question, so that a page costs a page. */
#include "internal.h"

/* ?1 clinic, ?2 lab, ?3 status, ?4 phase, ?5 before_us, ?6 ?7 ?8 key of the case before, ?9 limit */

typedef struct shape {
    uint32_t bits, mask;
    const char *index;    /* named, since without statistics the planner guesses */
} shape;

/* The first that fits. A lab's own indexes hold what was submitted; a clinic's all. Without either, all cases are walked. */
static const shape shapes[] = {
    {CG_LIST_CLINIC | CG_LIST_DUE, CG_LIST_CLINIC | CG_LIST_DUE, "{cases_by_clinic_due}"},
    {CG_LIST_CLINIC, CG_LIST_CLINIC, "{cases_by_clinic}"},
    {CG_LIST_LAB | CG_LIST_SUBMITTED | CG_LIST_DUE, CG_LIST_LAB | CG_LIST_SUBMITTED | CG_LIST_DUE, "{cases_by_lab_due}"},
    {CG_LIST_LAB | CG_LIST_SUBMITTED, CG_LIST_LAB | CG_LIST_SUBMITTED, "{cases_by_lab}"},
    {0, 0, "{cases_by_phase}"},
};

static const char *index_of(uint32_t bits)
{
    const shape *s = shapes;

    while ((bits & s->mask) != s->bits)
        s++;
    return s->index;
}

static void append(casegate_buffer *sql, const char *text)
{
    casegate_buffer_append(sql, text, SIZE_MAX);
}

/* One ordered walk along an index; several phases are several walks, which SQLite merges. */
static void append_walk(casegate_buffer *sql, uint32_t bits, const char *phase)
{
    const char *key = bits & CG_LIST_DUE ? "due_key" : "waiting_us";

    append(sql, "SELECT $c, ");
    append(sql, key);
    append(sql, " AS list_key FROM {cases} INDEXED BY ");
    append(sql, index_of(bits));
    append(sql, " WHERE phase = ");
    append(sql, phase);
    append(sql, bits & CG_LIST_CLINIC ? " AND clinic = ?1" : "");
    append(sql, bits & CG_LIST_LAB ? " AND lab = ?2" : "");
    append(sql, bits & CG_LIST_SUBMITTED ? " AND attempt >= 1" : "");
    append(sql, bits & CG_LIST_BEFORE ? " AND waiting_us <= ?5 AND submitted_us <> 0" : "");
    append(sql, " AND (?3 = 0 OR status = ?3)");
    if (bits & CG_LIST_AFTER) {
        append(sql, " AND (");
        append(sql, key);
        append(sql, ", created_us, id) > (?6, ?7, ?8)");
    }
}

static void append_query(casegate_buffer *sql, uint32_t bits)
{
    static const char *const phases[] = {"1", "2", "3", "4", "5"};

    if (bits & CG_LIST_PHASE) {
        append_walk(sql, bits, "?4");
    } else {
        for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
            append(sql, i ? " UNION ALL " : "");
            append_walk(sql, bits, phases[i]);
        }
    }
    append(sql, " ORDER BY list_key, created_us, id LIMIT ?9");
}

static casegate_result statement_for(cg_connection *connection, uint32_t bits, sqlite3_stmt **out, casegate_error *err)
{
    casegate_result result = CASEGATE_OK;

    if (!connection->lists[bits]) {
        casegate_buffer_clear(connection->buffer);
        append_query(connection->buffer, bits);
        if (casegate_buffer_status(connection->buffer) != CASEGATE_OK)
            return casegate_error_set(err, CASEGATE_E_NOMEM, 0, NULL, "out of memory");
        result = cg_sqlite_prepare(connection, casegate_buffer_data(connection->buffer), &connection->lists[bits], err);
    }
    if (result == CASEGATE_OK)
        *out = connection->lists[bits];
    return result;
}

static int is_there(const char *text)
{
    return text && *text;
}

/* The library's statuses have the number of their phase: one walk instead of five. */
static int32_t phase_of(const casegate_query *query)
{
    return query->phase || query->status > CASEGATE_REJECTED ? query->phase : query->status;
}

static uint32_t bits_of(const casegate_query *query)
{
    return (is_there(query->clinic) ? CG_LIST_CLINIC : 0u) | (is_there(query->lab) ? CG_LIST_LAB : 0u)
           | (query->submitted_only ? CG_LIST_SUBMITTED : 0u) | (phase_of(query) ? CG_LIST_PHASE : 0u)
           | (query->order == CASEGATE_BY_DUE ? CG_LIST_DUE : 0u) | (is_there(query->after_id) ? CG_LIST_AFTER : 0u)
           | (query->before_us ? CG_LIST_BEFORE : 0u);
}

static void bind(cg_connection *connection, sqlite3_stmt *statement, const casegate_query *query)
{
    cg_sqlite_bind_text(connection, statement, 1, query->clinic);
    cg_sqlite_bind_text(connection, statement, 2, query->lab);
    sqlite3_bind_int(statement, 3, query->status);
    sqlite3_bind_int(statement, 4, phase_of(query));
    sqlite3_bind_int64(statement, 5, query->before_us);
    if (query->order == CASEGATE_BY_DUE)
        cg_sqlite_bind_text(connection, statement, 6, is_there(query->after_due) ? query->after_due : "~");
    else
        sqlite3_bind_int64(statement, 6, query->after_us);
    sqlite3_bind_int64(statement, 7, query->after_created_us);
    cg_sqlite_bind_text(connection, statement, 8, query->after_id);
    sqlite3_bind_int64(statement, 9, query->limit);
}

casegate_result cg_sqlite_list(void *user, void *context, const casegate_query *query, casegate_answers *answers,
                               casegate_error *err)
{
    cg_connection *connection;
    sqlite3_stmt *statement = NULL;
    casegate_result result = cg_sqlite_take(user, &connection, err);

    (void)context;
    if (result != CASEGATE_OK)
        return result;
    result = statement_for(connection, bits_of(query), &statement, err);
    if (result == CASEGATE_OK) {
        bind(connection, statement, query);
        result = cg_sqlite_answer_heads(connection, statement, answers, NULL, err);
    }
    cg_sqlite_give(user, connection);
    return result;
}
