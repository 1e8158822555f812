/* SPDX-License-Identifier: MIT */
/* statements.c: every SQL statement of the store but those of the schema, and how its text is made. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

/*
 * In the texts: {name} is a name in the store's schema; $c $e $t $n are the columns that are read of cases, events, their
 * texts, notices, $C those that are written of cases; @ is the name that listeners listen on. Ids are looked up in
 * case_labs, whose lab then picks the partition.
 */
#define LAB_OF(id) "(SELECT i.lab FROM {case_labs} AS i WHERE i.id = " id ")"
#define OF_INBOX "channel = 'portal' AND org = $1 AND coalesce(person, '') = $2"

static const char *const texts[CG_FIXED_COUNT] = {
    [CG_BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    [CG_BEGIN_CHANGE] = "BEGIN",
    [CG_COMMIT] = "COMMIT",

    [CG_SELECT_HEAD] = "SELECT $c FROM {cases} WHERE id = $1 AND lab = " LAB_OF("$1"),
    [CG_SELECT_CONTENT] = "SELECT c.revision, c.content_digest, k.revision, k.digest, k.salt, k.document FROM {cases} AS c"
                          " LEFT JOIN {contents} AS k ON k.lab = c.lab AND k.case_id = c.id AND k.revision = $2"
                          " WHERE c.id = $1 AND c.lab = " LAB_OF("$1"),
    /*
     * One row, and one snapshot: the head, or NULLs, and which event carries the request, or NULLs. Each lab is a value, not
     * joined, so that every column of the index is compared whatever the planner thinks of tables that are still empty.
     */
    [CG_SELECT_BOTH] = "SELECT h.*, e.* FROM (SELECT 1) AS one LEFT JOIN (SELECT $c FROM {cases} WHERE id = $5 AND lab = "
                       LAB_OF("$5") ") AS h ON true LEFT JOIN (SELECT lab, case_id, seq FROM {events} WHERE actor_org = $1"
                       " AND actor = $2 AND lab = coalesce($3, " LAB_OF("$5") ") AND request = $4) AS e ON true",
    [CG_SELECT_EVENT] = "SELECT $e, $t FROM {events} LEFT JOIN {event_texts} USING (lab, case_id, seq)"
                        " WHERE lab = $1 AND case_id = $2 AND seq = $3",
    [CG_SELECT_EVENT_NOTICES] = "SELECT $n FROM {notices} WHERE lab = $1 AND case_id = $2 AND seq = $3 ORDER BY ordinal",
    [CG_SELECT_EVENTS] = "SELECT $e, $t FROM {events} LEFT JOIN {event_texts} USING (lab, case_id, seq) WHERE case_id = $1"
                         " AND lab = " LAB_OF("$1") " AND seq > $2 ORDER BY seq LIMIT $3",

    /* What another dispatcher is about to lease is passed over, not waited for. */
    [CG_CLAIM] = "WITH due AS (SELECT lab, id, next_us AS was FROM {notices} WHERE channel = $1 AND state IN (1, 2)"
                 " AND next_us <= $2 ORDER BY next_us, number LIMIT $5 FOR UPDATE SKIP LOCKED),"
                 " leased AS (UPDATE {notices} AS n SET state = 2, lease = $3, next_us = $4, tries = tries + 1 FROM due"
                 " WHERE n.lab = due.lab AND n.id = due.id RETURNING n.*, due.was) SELECT $n FROM leased ORDER BY was, number",
    [CG_SETTLE] = "UPDATE {notices} SET state = $3, tries = $4, next_us = $5, last_error = $6, lease = NULL"
                  " WHERE id = $1 AND state = 2 AND lease = $2",

    [CG_FIND_INBOX] = "SELECT 1 FROM {notices} WHERE id = $3 AND " OF_INBOX,
    [CG_SELECT_INBOX] = "SELECT $n FROM {notices} WHERE " OF_INBOX " AND number > coalesce((SELECT number FROM {notices}"
                        " WHERE id = $3 AND " OF_INBOX "), 0) ORDER BY number LIMIT $4",
    [CG_COUNT_UNREAD] = "SELECT count(*) FROM {notices} WHERE " OF_INBOX " AND read = 0",
    [CG_READ_ONE] = "UPDATE {notices} SET read = 1 WHERE id = $3 AND " OF_INBOX,
    [CG_READ_ALL] = "UPDATE {notices} SET read = 1 WHERE " OF_INBOX " AND read = 0",

    [CG_SELECT_NOTICES] = "SELECT $n FROM {notices} WHERE id > $3 AND ($1 = 0 OR state = $1) AND ($2 IS NULL OR channel = $2)"
                          " ORDER BY id LIMIT $4",
    [CG_REQUEUE] = "UPDATE {notices} SET state = 1, tries = 0, next_us = $2, lease = NULL WHERE id = $1 AND state = 4"
                   " AND last_error IS DISTINCT FROM 'erased'",
    /* A listener holds this lock too, shared: who gets it alone need not call. */
    [CG_WAKE] = "SELECT pg_notify(@, $1) WHERE NOT pg_try_advisory_xact_lock(hashtext(@), 0)",
    [CG_WAKE_FOR] = "SELECT pg_notify(@, channel) FROM {notices} WHERE id = $1 AND state = 1",
    [CG_SET_ASIDE] = "UPDATE {notices} SET tries = tries - 1 WHERE id = $1 AND state = 2 AND lease = $2",
    [CG_HAS_NOTICE] = "SELECT 1 FROM {notices} WHERE id = $1",
    [CG_PURGE] = "DELETE FROM {notices} WHERE (lab, id) IN (SELECT lab, id FROM {notices} WHERE state = 3 AND time_us < $1"
                 " ORDER BY number LIMIT $2)",

    [CG_DESCRIBE] = "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'),"
                    " current_setting('full_page_writes'), current_setting('data_checksums'),"
                    " (SELECT version FROM {schema_version}), (SELECT count(*) FROM pg_inherits WHERE inhparent ="
                    " CAST('{cases}' AS regclass)),"
                    " count(*) FILTER (WHERE state IN (1, 2)), count(*) FILTER (WHERE state = 4),"
                    " count(*) FILTER (WHERE channel = 'portal' AND read = 0), min(next_us) FILTER (WHERE state = 1)"
                    " FROM {notices}",
    [CG_COUNT_MISFITS] = "SELECT (SELECT count(*) FROM {cases} AS c LEFT JOIN {case_labs} AS i ON i.id = c.id WHERE i.lab IS"
                         " DISTINCT FROM c.lab) + (SELECT count(*) FROM {cases} AS c LEFT JOIN (SELECT lab, case_id,"
                         " count(*) AS events,"
                         " max(seq) AS last FROM {events} GROUP BY 1, 2) AS e ON e.lab = c.lab AND e.case_id = c.id"
                         " WHERE e.events IS DISTINCT FROM c.version OR e.last IS DISTINCT FROM c.version)"
                         " + (SELECT count(*) FROM {events} AS e WHERE NOT EXISTS (SELECT 1 FROM {cases} AS c WHERE c.lab = e.lab"
                         " AND c.id = e.case_id)) + (SELECT count(*) FROM {cases} AS c WHERE NOT EXISTS (SELECT 1"
                         " FROM {contents} AS k WHERE k.lab = c.lab AND k.case_id = c.id AND k.revision = c.revision))",

    /* Only what holds the version that the erasure was decided on, and holds it until the end of the trip, is touched. */
    [CG_LOCK_CASE] = "SELECT 1 FROM {cases} WHERE lab = $1 AND id = $2 AND version = $3 FOR UPDATE",
    [CG_ERASE_CONTENTS] = "UPDATE {contents} SET document = NULL, salt = NULL WHERE lab = $1 AND case_id = $2"
                          " AND EXISTS (SELECT 1 FROM {cases} WHERE lab = $1 AND id = $2 AND version = $3)",
    [CG_ERASE_TEXTS] = "UPDATE {event_texts} SET erased = 1, comment = NULL, files = NULL, salt = NULL WHERE lab = $1"
                       " AND case_id = $2 AND EXISTS (SELECT 1 FROM {cases} WHERE lab = $1 AND id = $2 AND version = $3)",
    [CG_ERASE_NOTICES] = "UPDATE {notices} SET comment = NULL, files = NULL, address = NULL, reference = NULL, lease = NULL,"
                         " last_error = CASE WHEN state IN (1, 2) THEN 'erased' ELSE last_error END,"
                         " next_us = CASE WHEN state IN (1, 2) THEN 0 ELSE next_us END,"
                         " state = CASE WHEN state IN (1, 2) THEN 4 ELSE state END WHERE lab = $1 AND case_id = $2"
                         " AND EXISTS (SELECT 1 FROM {cases} WHERE lab = $1 AND id = $2 AND version = $3)",
};

/* ---- words -------------------------------------------------------------------------------------------------------- */

static void append(casegate_buffer *out, const char *text)
{
    casegate_buffer_append(out, text, SIZE_MAX);
}

static const cg_table *table_of(char letter)
{
    switch (letter) {
    case 'c': case 'C': return &cg_postgres_cases;
    case 'e': return &cg_postgres_events;
    case 't': return &cg_postgres_texts;
    default: return &cg_postgres_notices;
    }
}

static void append_columns(const cg_table *table, size_t count, casegate_buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        append(out, i ? ", " : "");
        append(out, strchr(table->columns[i].place, '.') + 1);
    }
}

/* Replaces the marks of a text. */
void cg_postgres_expand(const char *schema, const char *sql, casegate_buffer *out)
{
    for (; *sql; sql++) {
        if (*sql == '{') {
            append(out, "\"");
            append(out, schema);
            append(out, "\".\"");
        } else if (*sql == '}') {
            append(out, "\"");
        } else if (*sql == '@') {
            append(out, "'casegate_");
            append(out, schema);
            append(out, "'");
        } else if (*sql == '$' && sql[1] && strchr("cCetn", sql[1])) {
            const cg_table *table = table_of(*++sql);

            append_columns(table, *sql == 'C' ? table->count : table->read, out);
        } else {
            casegate_buffer_append(out, sql, 1);
        }
    }
}

/* ---- commits ------------------------------------------------------------------------------------------------------ */

/*
 * One statement writes a commit, or nothing: everything hangs on `h`, the head whose version was the one decided on. The
 * parameters are numbered in the order in which commit.c puts them.
 */
typedef struct writer { casegate_buffer *out; const char *schema; int next; } writer;

static void add(writer *w, const char *sql)
{
    cg_postgres_expand(w->schema, sql, w->out);
}

static void add_parameter(writer *w)
{
    char text[16];

    snprintf(text, sizeof text, "$%d", w->next++);
    append(w->out, text);
}

static void add_parameters(writer *w, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        append(w->out, i ? ", " : "");
        add_parameter(w);
    }
}

static void add_insert(writer *w, const char *insert, const char *columns, size_t count, const char *from)
{
    add(w, insert);
    add(w, columns);
    append(w->out, ") SELECT ");
    add_parameters(w, count);
    append(w->out, from);
}

static void add_update(writer *w, uint32_t when)
{
    const char *between = "";

    add(w, "WITH h AS (UPDATE {cases} SET ");
    for (size_t i = 0; i < cg_postgres_cases.count; i++) {
        const cg_column *column = &cg_postgres_cases.columns[i];

        if (!(column->when & when))
            continue;
        append(w->out, between);
        append(w->out, strchr(column->place, '.') + 1);
        append(w->out, " = ");
        add_parameter(w);
        between = ", ";
    }
    append(w->out, " WHERE lab = ");
    add_parameter(w);
    append(w->out, " AND id = ");
    add_parameter(w);
    append(w->out, " AND version = ");
    add_parameter(w);
    append(w->out, " RETURNING 1)");
}

static void add_head(writer *w, uint32_t bits)
{
    if (bits & CG_WRITE_NEW) {   /* its id and lab are the first and the third parameter */
        add(w, "WITH i AS (INSERT INTO {case_labs} (id, lab) VALUES ($1, $3) ON CONFLICT DO NOTHING RETURNING 1)");
        add_insert(w, ", h AS (INSERT INTO {cases} (", "$C", cg_postgres_cases.count, " FROM i RETURNING 1)");
    } else {
        add_update(w, bits & CG_WRITE_EDITED ? CG_EVENT | CG_EDIT : CG_EVENT);
    }
    if (bits & CG_WRITE_CONTENT)
        add_insert(w, ", k AS (INSERT INTO {contents} (", "lab, case_id, revision, digest, salt, document", 6, " FROM h)");
}

/* The first event comes last in the text: its insertion is what the statement is, and counts as its row. */
static void add_event(writer *w, const char *insert, int at)
{
    int next = w->next;

    w->next = at;
    add_insert(w, insert, "$e", cg_postgres_events.count, " FROM h");
    w->next = next;
}

static void add_texts(writer *w, const char *insert)
{
    add_insert(w, insert, "lab, case_id, seq, $t", 3 + cg_postgres_texts.count, " FROM h)");
}

/* Gives the first parameter of the first event. */
static int add_events(writer *w, uint32_t bits)
{
    int first = w->next, count = (int)cg_postgres_events.count;

    w->next += count;
    if (bits & CG_WRITE_FIRST_TEXT)
        add_texts(w, ", t1 AS (INSERT INTO {event_texts} (");
    if (bits & CG_WRITE_TWO) {
        add_event(w, ", e2 AS (INSERT INTO {events} (", w->next);
        append(w->out, ")");
        w->next += count;
    }
    if (bits & CG_WRITE_LAST_TEXT)
        add_texts(w, ", t2 AS (INSERT INTO {event_texts} (");
    return first;
}

/*
 * Notices take their numbers under a lock of their inbox's organisation, which the commit keeps: in an inbox a later commit has
 * the greater number, and nothing ever appears behind a page that was read.
 */
static void add_notices(writer *w, size_t count, int alone)
{
    append(w->out, alone ? "WITH v (" : ", v (");
    add(w, "$n) AS (VALUES ");
    for (size_t i = 0; i < count; i++) {
        append(w->out, i ? ", (" : "(");
        add_parameters(w, cg_postgres_notices.count);
        append(w->out, ")");
    }
    append(w->out, alone ? ") INSERT INTO " : "), n AS (INSERT INTO ");
    add(w, "{notices} (number, $n) SELECT nextval('{notice_numbers}'), v.* FROM v");
    append(w->out, alone ? "" : ", h");
    append(w->out, " WHERE (SELECT count(pg_advisory_xact_lock(hashtext('");
    append(w->out, w->schema);
    append(w->out, "'), k)) FROM unnest(CAST(");
    add_parameter(w);
    append(w->out, " AS integer[])) AS k) >= 0");
    append(w->out, alone ? " ON CONFLICT DO NOTHING" : ")");
}

void cg_postgres_write_text(uint32_t bits, size_t notices, const char *schema, casegate_buffer *out)
{
    writer w = {.out = out, .schema = schema, .next = 1};
    int first;

    if (bits & CG_WRITE_ALONE) {
        add_notices(&w, notices, 1);
        return;
    }
    add_head(&w, bits);
    first = add_events(&w, bits);
    if (notices)
        add_notices(&w, notices, 0);
    add_event(&w, " INSERT INTO {events} (", first);
}

casegate_result cg_postgres_text(const cg_connection *connection, int32_t statement, casegate_buffer *out)
{
    if (statement >= CG_WRITE_BASE)
        cg_postgres_write_text((uint32_t)(statement - CG_WRITE_BASE) % CG_WRITE_NOTICES,
                               (size_t)(statement - CG_WRITE_BASE) / CG_WRITE_NOTICES, connection->schema, out);
    else if (statement >= CG_LIST_BASE)
        cg_postgres_list_text((uint32_t)(statement - CG_LIST_BASE), connection->schema, out);
    else
        cg_postgres_expand(connection->schema, texts[statement], out);
    return casegate_buffer_status(out);
}
