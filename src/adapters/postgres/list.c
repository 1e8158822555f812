/* SPDX-License-Identifier: MIT */
/* list.c: lists of cases: walks along an index, so that a page costs a page. */
#include "internal.h"

/* $1 clinic, $2 lab, $3 status, $4 phase, $5 before_us, $6 $7 $8 key of the case before, $9 limit */

static void append(casegate_buffer *sql, const char *text)
{
    casegate_buffer_append(sql, text, SIZE_MAX);
}

static void append_order(casegate_buffer *sql, uint32_t bits)
{
    append(sql, bits & CG_LIST_DUE ? " ORDER BY due_key" : " ORDER BY waiting_us");
    append(sql, ", created_us, id LIMIT $9");
}

/* One ordered walk along an index of (organisation, phase, key...). */
static void append_walk(casegate_buffer *sql, uint32_t bits, const char *schema, const char *phase)
{
    cg_postgres_expand(schema, "(SELECT $c, waiting_us, due_key FROM {cases} WHERE phase = ", sql);
    append(sql, phase);
    append(sql, bits & CG_LIST_CLINIC ? " AND clinic = $1" : "");
    append(sql, bits & CG_LIST_LAB ? " AND lab = $2" : "");
    append(sql, bits & CG_LIST_SUBMITTED ? " AND attempt >= 1" : "");
    append(sql, bits & CG_LIST_BEFORE ? " AND waiting_us <= $5 AND submitted_us <> 0" : "");
    append(sql, " AND ($3 = 0 OR status = $3)");
    if (bits & CG_LIST_AFTER)
        append(sql, bits & CG_LIST_DUE ? " AND (due_key, created_us, id) > ($6, $7, $8)"
                                       : " AND (waiting_us, created_us, id) > ($6, $7, $8)");
    append_order(sql, bits);
    append(sql, ")");
}

/* Several phases are several walks, each as long as a page, merged. */
void cg_postgres_list_text(uint32_t bits, const char *schema, casegate_buffer *out)
{
    static const char *const phases[] = {"1", "2", "3", "4", "5"};

    cg_postgres_expand(schema, "SELECT $c FROM (", out);
    if (bits & CG_LIST_PHASE) {
        append_walk(out, bits, schema, "$4");
    } else {
        for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
            append(out, i ? " UNION ALL " : "");
            append_walk(out, bits, schema, phases[i]);
        }
    }
    append(out, ") AS walks");
    append_order(out, bits);
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

static void put(cg_connection *connection, const casegate_query *query)
{
    cg_postgres_put_text(connection, query->clinic);
    cg_postgres_put_text(connection, query->lab);
    cg_postgres_put_int(connection, query->status);
    cg_postgres_put_int(connection, phase_of(query));
    cg_postgres_put_int(connection, query->before_us);
    if (query->order == CASEGATE_BY_DUE)
        cg_postgres_put_text(connection, is_there(query->after_due) ? query->after_due : "~");
    else
        cg_postgres_put_int(connection, query->after_us);
    cg_postgres_put_int(connection, query->after_created_us);
    cg_postgres_put_text(connection, query->after_id);
    cg_postgres_put_int(connection, query->limit);
}

typedef struct listing { const casegate_query *query; casegate_answers *answers; } listing;

static casegate_result read_list(cg_connection *connection, void *arg, casegate_error *err)
{
    const listing *l = arg;
    size_t step;
    casegate_result result;

    cg_postgres_begin(connection);
    put(connection, l->query);
    step = cg_postgres_add(connection, (int32_t)(CG_LIST_BASE + bits_of(l->query)));
    result = cg_postgres_go(connection, 0, err);
    return result == CASEGATE_OK ? cg_postgres_answer_heads(connection, cg_postgres_result(connection, step), l->answers, err)
                                 : result;
}

casegate_result cg_postgres_list(void *user, void *context, const casegate_query *query, casegate_answers *answers,
                                 casegate_error *err)
{
    listing l = {.query = query, .answers = answers};

    (void)context;
    return cg_postgres_call(user, read_list, &l, err);
}
