/* SPDX-License-Identifier: MIT */
/* notices.c: the outbox and the inboxes in a side table: what changes is a column, what was said is JSON. */
#include "own.h"

/* Columns of SELECT *, in the order of schema.c. */
enum { NUMBER, ID, CASE_ID, SEQ, CHANNEL, ORG, PERSON, TIME_US, STATE, TRIES, NEXT_US, LEASE, LAST_ERROR, IS_READ, NOTICE };

/* CONFLICT: the id is there. */
casegate_result own_insert_notice(own *o, const casegate_notice *n, casegate_error *err)
{
    casegate_buffer *json = casegate_buffer_new(o->host);
    casegate_result rc = json && casegate_json_write_notice(n, 0, json) == CASEGATE_OK ? CASEGATE_OK : own_no_memory(err);
    if (rc == CASEGATE_OK)
        rc = own_run(o, "INSERT INTO case_notices (id, case_id, seq, channel, org, person, time_us, state, tries, next_us,"
                        " lease, last_error, is_read, notice) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     VALUES(T(n->id), T(n->case_id), N(n->seq), T(n->channel), T(n->org), T(n->person), N(n->time_us),
                            N(n->state), N(n->tries), N(n->next_us), T(n->lease), T(n->last_error),
                            N(n->read), T(casegate_buffer_data(json))), err);
    casegate_buffer_free(json);
    return rc;
}

static casegate_result answer_notice(own *o, sqlite3_stmt *row, casegate_answers *answers, casegate_error *err)
{
    casegate_notice *said = NULL;
    casegate_result rc = casegate_json_read_notice(o->host, own_text(row, NOTICE), (size_t)sqlite3_column_bytes(row, NOTICE),
                                                   &said, NULL);
    if (rc == CASEGATE_E_INVALID) return own_corrupt("case_notices.notice", err);
    if (rc != CASEGATE_OK) return own_no_memory(err);
    casegate_notice now = *said;
    now.state = sqlite3_column_int(row, STATE);
    now.tries = (uint32_t)sqlite3_column_int64(row, TRIES);
    now.next_us = sqlite3_column_int64(row, NEXT_US);
    now.lease = own_text(row, LEASE);
    now.last_error = own_text(row, LAST_ERROR);
    now.read = sqlite3_column_int(row, IS_READ);
    rc = casegate_answer_notice(answers, &now, err);
    casegate_notice_free(said);
    return rc;
}

casegate_result own_answer_notices(own *o, sqlite3_stmt *rows, casegate_answers *answers, casegate_error *err)
{
    casegate_result rc = CASEGATE_OK;
    while (rc == CASEGATE_OK && (rc = own_next(rows, err)) == CASEGATE_OK) rc = answer_notice(o, rows, answers, err);
    return rc == CASEGATE_ABSENT ? CASEGATE_OK : rc;
}

/* ---- claim and settle --------------------------------------------------------------------------------------------------- */

/* The one that is due for the longest time; ABSENT: none. What cannot be read was not tried: its lease keeps it aside. */
static casegate_result lease_one(own *o, const char *channel, int64_t now_us, int64_t until_us, const char *lease,
                                 uint64_t *unreadable, casegate_answers *answers, casegate_error *err)
{
    sqlite3_stmt *row = NULL;
    int64_t number = 0;
    casegate_result rc = own_ask(o, "UPDATE case_notices SET state = 2, lease = ?3, next_us = ?4, tries = tries + 1"
                                    " WHERE number = (SELECT number FROM case_notices WHERE channel = ?1 AND state IN (1, 2)"
                                    " AND next_us <= ?2 AND lease IS NOT ?3 ORDER BY next_us, number LIMIT 1) RETURNING *",
                                 VALUES(T(channel), N(now_us), T(lease), N(until_us)), &row, err);
    if (rc == CASEGATE_OK) rc = own_next(row, err);
    if (rc == CASEGATE_OK) number = sqlite3_column_int64(row, NUMBER);
    if (rc == CASEGATE_OK) rc = answer_notice(o, row, answers, err);
    sqlite3_finalize(row);
    if (rc != CASEGATE_E_CORRUPT || !number) return rc;
    ++*unreadable;
    return own_run(o, "UPDATE case_notices SET tries = tries - 1 WHERE number = ?", VALUES(N(number)), err);
}

static casegate_result CASEGATE_CALL claim(void *user, void *context, const char *channel, int64_t now_us, int64_t until_us,
                                           const char *lease, uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    own *o = user;
    uint64_t unreadable = 0;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN IMMEDIATE", err);
    if (rc != CASEGATE_OK) return rc;
    for (uint32_t i = 0; rc == CASEGATE_OK && i < limit; i++)
        rc = lease_one(o, channel, now_us, until_us, lease, &unreadable, answers, err);
    if (rc == CASEGATE_ABSENT) rc = CASEGATE_OK;
    if (rc == CASEGATE_OK && unreadable) rc = casegate_answer_count(answers, unreadable, err);
    return own_end(o, rc, err);
}

static casegate_result CASEGATE_CALL settle(void *user, void *context, const casegate_notice *const *notices,
                                            casegate_result *results, size_t count, casegate_error *err)
{
    own *o = user;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN IMMEDIATE", err);
    if (rc != CASEGATE_OK) return rc;
    for (size_t i = 0; rc == CASEGATE_OK && i < count; i++) {
        const casegate_notice *n = notices[i];
        rc = own_run(o, "UPDATE case_notices SET state = ?3, tries = ?4, next_us = ?5, last_error = ?6, lease = NULL"
                        " WHERE id = ?1 AND state = 2 AND lease = ?2",
                     VALUES(T(n->id), T(n->lease), N(n->state), N(n->tries), N(n->next_us), T(n->last_error)), err);
        if (rc == CASEGATE_OK) results[i] = sqlite3_changes(o->db) ? CASEGATE_OK : CASEGATE_CONFLICT;
    }
    return own_end(o, rc, err);
}

/* ---- the inbox ---------------------------------------------------------------------------------------------------------- */

#define INBOX " FROM case_notices WHERE channel = 'portal' AND org IS ?1 AND person IS ?2"

static casegate_result answer_unread(own *o, const char *org, const char *person, casegate_answers *answers, casegate_error *err)
{
    int64_t unread = 0;
    casegate_result rc = own_number(o, "SELECT count(*)" INBOX " AND is_read = 0", VALUES(T(org), T(person)), &unread, err);
    return rc == CASEGATE_OK ? casegate_answer_count(answers, (uint64_t)unread, err) : rc;
}

static casegate_result answer_inbox(own *o, const char *org, const char *person, const char *after_id, uint32_t limit,
                                    casegate_answers *answers, casegate_error *err)
{
    sqlite3_stmt *rows = NULL;
    int64_t after = 0;
    casegate_result rc = CASEGATE_OK;
    if (after_id) rc = own_number(o, "SELECT number" INBOX " AND id = ?3", VALUES(T(org), T(person), T(after_id)), &after, err);
    if (rc == CASEGATE_OK) rc = own_ask(o, "SELECT *" INBOX " AND number > ?3 ORDER BY number LIMIT ?4",
                                        VALUES(T(org), T(person), N(after), N(limit)), &rows, err);
    if (rc == CASEGATE_OK) rc = own_answer_notices(o, rows, answers, err);
    sqlite3_finalize(rows);
    return rc == CASEGATE_OK ? answer_unread(o, org, person, answers, err) : rc;
}

static casegate_result CASEGATE_CALL inbox(void *user, void *context, const char *org, const char *person, const char *after_id,
                                           uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    own *o = user;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN", err);
    return rc == CASEGATE_OK ? own_end(o, answer_inbox(o, org, person, after_id, limit, answers, err), err) : rc;
}

static casegate_result CASEGATE_CALL mark_read(void *user, void *context, const char *org, const char *person, const char *id,
                                               casegate_answers *answers, casegate_error *err)
{
    own *o = user;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN IMMEDIATE", err);
    if (rc != CASEGATE_OK) return rc;
    rc = own_run(o, "UPDATE case_notices SET is_read = 1 WHERE number IN (SELECT number" INBOX " AND (?3 IS NULL OR id = ?3))",
                 VALUES(T(org), T(person), T(id)), err);
    if (rc == CASEGATE_OK && id && !sqlite3_changes(o->db)) rc = CASEGATE_ABSENT;
    if (rc == CASEGATE_OK) rc = answer_unread(o, org, person, answers, err);
    return own_end(o, rc, err);
}

/* ---- for operators ------------------------------------------------------------------------------------------------------ */

static casegate_result answer_readable(own *o, sqlite3_stmt *rows, uint32_t limit, casegate_answers *answers, casegate_error *err)
{
    casegate_result rc = CASEGATE_OK;
    while (limit && (rc = own_next(rows, err)) == CASEGATE_OK) {
        rc = answer_notice(o, rows, answers, NULL);
        if (rc != CASEGATE_OK && rc != CASEGATE_E_CORRUPT)
            return casegate_error_set(err, rc, 0, NULL, "a notice cannot be answered");
        limit -= rc == CASEGATE_OK;
    }
    return rc == CASEGATE_ABSENT || !limit ? CASEGATE_OK : rc;
}

static casegate_result CASEGATE_CALL notices(void *user, void *context, int32_t state, const char *channel,
                                             const char *after_id, uint32_t limit, casegate_answers *answers,
                                             casegate_error *err)
{
    own *o = user;
    sqlite3_stmt *rows = NULL;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN", err);
    if (rc != CASEGATE_OK) return rc;
    rc = own_ask(o, "SELECT * FROM case_notices WHERE (?1 = 0 OR state = ?1) AND (?2 IS NULL OR channel = ?2)"
                    " AND id > coalesce(?3, '') ORDER BY id", VALUES(N(state), T(channel), T(after_id)), &rows, err);
    if (rc == CASEGATE_OK) rc = answer_readable(o, rows, limit, answers, err);
    sqlite3_finalize(rows);
    return own_end(o, rc, err);
}

static casegate_result CASEGATE_CALL requeue(void *user, void *context, const char *id, int64_t now_us, casegate_error *err)
{
    own *o = user;
    int64_t is_there = 0;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN IMMEDIATE", err);
    if (rc != CASEGATE_OK) return rc;
    rc = own_run(o, "UPDATE case_notices SET state = 1, tries = 0, next_us = ? WHERE id = ? AND state = 4",
                 VALUES(N(now_us), T(id)), err);
    if (rc == CASEGATE_OK && !sqlite3_changes(o->db)) {
        rc = own_number(o, "SELECT 1 FROM case_notices WHERE id = ?", VALUES(T(id)), &is_there, err);
        if (rc == CASEGATE_OK) rc = CASEGATE_CONFLICT;
    }
    return own_end(o, rc, err);
}

static casegate_result CASEGATE_CALL add_notice(void *user, void *context, const casegate_notice *notice, casegate_error *err)
{
    own *o = user;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN IMMEDIATE", err);
    return rc == CASEGATE_OK ? own_end(o, own_insert_notice(o, notice, err), err) : rc;
}

static casegate_result CASEGATE_CALL purge(void *user, void *context, int64_t before_us, uint32_t limit,
                                           casegate_answers *answers, casegate_error *err)
{
    own *o = user;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN IMMEDIATE", err);
    if (rc != CASEGATE_OK) return rc;
    rc = own_run(o, "DELETE FROM case_notices WHERE number IN"
                    " (SELECT number FROM case_notices WHERE state = 3 AND time_us < ? LIMIT ?)",
                 VALUES(N(before_us), N(limit)), err);
    if (rc == CASEGATE_OK) rc = casegate_answer_count(answers, (uint64_t)sqlite3_changes(o->db), err);
    return own_end(o, rc, err);
}

static const struct { const char *name, *sql; } details[] = {
    { "store", "SELECT 'own tables'" },
    { "schema_version", "SELECT '1'" },
    { "journal_mode", "SELECT journal_mode FROM pragma_journal_mode" },
    { "synchronous", "SELECT synchronous FROM pragma_synchronous" },
    { "notices_pending", "SELECT count(*) FROM case_notices WHERE state IN (1, 2)" },
    { "notices_dead", "SELECT count(*) FROM case_notices WHERE state = 4" },
    { "notices_unread", "SELECT count(*) FROM case_notices WHERE channel = 'portal' AND is_read = 0" },
};

static casegate_result answer_detail(own *o, const char *name, const char *sql, int is_time, casegate_answers *answers,
                                     casegate_error *err)
{
    sqlite3_stmt *row = NULL;
    char time[40];
    casegate_detail detail = { .size = sizeof detail, .name = name };
    casegate_result rc = own_ask(o, sql, NULL, 0, &row, err);
    if (rc == CASEGATE_OK) rc = own_next(row, err);
    if (rc == CASEGATE_OK) {
        detail.value = own_text(row, 0);
        if (is_time) casegate_time_format(sqlite3_column_int64(row, 0), time, sizeof time);
        if (is_time) detail.value = time;
        rc = casegate_answer_detail(answers, &detail, err);
    }
    sqlite3_finalize(row);
    return rc == CASEGATE_ABSENT ? CASEGATE_OK : rc;
}

static casegate_result CASEGATE_CALL describe(void *user, void *context, int32_t thorough, casegate_answers *answers,
                                              casegate_error *err)
{
    own *o = user;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN", err);
    if (rc != CASEGATE_OK) return rc;
    for (size_t i = 0; rc == CASEGATE_OK && i < sizeof details / sizeof *details; i++)
        rc = answer_detail(o, details[i].name, details[i].sql, 0, answers, err);
    if (rc == CASEGATE_OK)
        rc = answer_detail(o, "pending_since", "SELECT next_us FROM case_notices WHERE state = 1 ORDER BY next_us LIMIT 1", 1,
                           answers, err);
    if (rc == CASEGATE_OK && thorough)
        rc = answer_detail(o, "integrity", "SELECT * FROM pragma_integrity_check LIMIT 1", 0, answers, err);
    return own_end(o, rc, err);
}

/* All but erase: an engine over these tables answers CASEGATE_E_UNSUPPORTED to it, and names the callback. */
void own_notice_callbacks(casegate_store_ops *ops)
{
    ops->claim = claim;
    ops->settle = settle;
    ops->inbox = inbox;
    ops->mark_read = mark_read;
    ops->notices = notices;
    ops->requeue = requeue;
    ops->add_notice = add_notice;
    ops->purge = purge;
    ops->describe = describe;
}
