/* SPDX-License-Identifier: MIT */
/* own_store.c: cases in the orders of a lab's own system: which column is which member, and what one commit writes. */
#include "own_store.h"

#include "own.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a head is an order ------------------------------------------------------------------------------------------------- */

/* Up to due_date, what the lab's tables have had for years; the rest was added. Positions from 900 on are not services. */
#define ORDER                                                                                                                    \
    "SELECT orders.case_id, customers.org_id, branches.org_id, status_codes.case_status, orders.customer_ref, orders.patient,"   \
    " orders.doctor, orders.due_date,"                                                                                           \
    " (SELECT count(*) FROM order_items i WHERE i.order_no = orders.order_no AND i.position < 900), orders.case_version,"        \
    " orders.revision, orders.attempt, orders.created_us, orders.submitted_us, orders.decided_us, orders.decided_by,"            \
    " orders.reason, orders.rejected_seq, orders.first_submitted_seq, orders.first_submitted_revision, orders.content_digest,"   \
    " orders.event_hash, orders.dentist_id, orders.clinic_email, orders.dentist_email"                                           \
    " FROM orders JOIN customers USING (customer_no) JOIN branches USING (branch_no)"                                            \
    " LEFT JOIN status_codes ON status_codes.code = orders.status"

static uint32_t count_at(sqlite3_stmt *row, int column, int *damaged)
{
    const int64_t number = sqlite3_column_int64(row, column);
    if (number < 0 || number > UINT32_MAX || sqlite3_column_type(row, column) != SQLITE_INTEGER) *damaged = 1;
    return (uint32_t)number;
}

static casegate_result read_head(sqlite3_stmt *row, casegate_head *head, casegate_error *err)
{
    int damaged = 0;
    if (sqlite3_column_type(row, 3) == SQLITE_NULL) return own_corrupt("orders.status", err);   /* cancelled, or no code at all */
    *head = (casegate_head){
        .size = sizeof *head, .id = own_text(row, 0), .clinic = own_text(row, 1), .lab = own_text(row, 2), .workflow = "intake",
        .workflow_version = 1, .status = sqlite3_column_int(row, 3), .phase = sqlite3_column_int(row, 3),
        .reference = own_text(row, 4), .patient_name = own_text(row, 5), .dentist_name = own_text(row, 6),
        .due = own_text(row, 7), .service_count = count_at(row, 8, &damaged),
        .version = count_at(row, 9, &damaged), .revision = count_at(row, 10, &damaged), .attempt = count_at(row, 11, &damaged),
        .created_us = sqlite3_column_int64(row, 12), .submitted_us = sqlite3_column_int64(row, 13),
        .decided_us = sqlite3_column_int64(row, 14),
        .decided_by = own_text(row, 15), .reason = own_text(row, 16), .rejected_seq = count_at(row, 17, &damaged),
        .first_submitted_seq = count_at(row, 18, &damaged), .first_submitted_revision = count_at(row, 19, &damaged),
        .content_digest = own_text(row, 20), .event_hash = own_text(row, 21), .dentist = own_text(row, 22),
        .clinic_email = own_text(row, 23),
        .dentist_email = own_text(row, 24),
    };
    return damaged ? own_corrupt("orders", err) : CASEGATE_OK;
}

static casegate_result answer_head(sqlite3_stmt *row, casegate_answers *answers, casegate_error *err)
{
    casegate_head head;
    casegate_result rc = read_head(row, &head, err);
    return rc == CASEGATE_OK ? casegate_answer_head(answers, &head, err) : rc;
}

/* ---- load --------------------------------------------------------------------------------------------------------------- */

static casegate_result answer_event(own *o, sqlite3_stmt *row, casegate_answers *answers, casegate_error *err)
{
    casegate_event *event = NULL;
    casegate_result rc = casegate_json_read_event(o->host, o->intake, own_text(row, 0), (size_t)sqlite3_column_bytes(row, 0),
                                                  &event, NULL);
    if (rc == CASEGATE_E_INVALID) return own_corrupt("case_events.event", err);
    if (rc != CASEGATE_OK) return own_no_memory(err);
    rc = casegate_answer_event(answers, event, err);
    casegate_event_free(event);
    return rc;
}

static casegate_result load_head(own *o, const char *id, char lab[65], casegate_answers *answers, casegate_error *err)
{
    sqlite3_stmt *row = NULL;
    casegate_result rc = own_ask(o, ORDER " WHERE orders.case_id = ?", VALUES(T(id)), &row, err);
    if (rc == CASEGATE_OK) rc = own_next(row, err);
    if (rc == CASEGATE_OK) rc = answer_head(row, answers, err);
    if (rc == CASEGATE_OK) snprintf(lab, 65, "%s", own_text(row, 2));
    sqlite3_finalize(row);
    return rc;
}

static casegate_result load_request(own *o, const casegate_load *what, const char *lab, casegate_answers *answers,
                                    casegate_error *err)
{
    sqlite3_stmt *row = NULL, *notices = NULL;
    casegate_result rc = own_ask(o, "SELECT event, case_id, seq FROM case_events"
                                    " WHERE org = coalesce(?, '') AND actor = ? AND lab = ? AND request = ?",
                                 VALUES(T(what->request_org), T(what->request_actor), T(lab), T(what->request)), &row, err);
    if (rc == CASEGATE_OK) rc = own_next(row, err);
    if (rc == CASEGATE_OK) rc = answer_event(o, row, answers, err);
    if (rc == CASEGATE_OK)
        rc = own_ask(o, "SELECT * FROM case_notices WHERE case_id = ? AND seq = ? ORDER BY number",
                     VALUES(T(own_text(row, 1)), N(sqlite3_column_int64(row, 2))), &notices, err);
    if (rc == CASEGATE_OK) rc = own_answer_notices(o, notices, answers, err);
    sqlite3_finalize(notices);
    sqlite3_finalize(row);
    return rc;
}

static casegate_result CASEGATE_CALL load(void *user, void *context, const casegate_load *what, casegate_answers *answers,
                                          casegate_error *err)
{
    own *o = user;
    char lab[65] = "";
    casegate_result head = CASEGATE_ABSENT, request = CASEGATE_ABSENT;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN", err);
    if (rc != CASEGATE_OK) return rc;
    if (what->case_id) head = load_head(o, what->case_id, lab, answers, err);
    if (what->request_lab) snprintf(lab, sizeof lab, "%s", what->request_lab);
    if (head >= 0 && what->request && *lab) request = load_request(o, what, lab, answers, err);
    return own_end(o, head < 0 || request == CASEGATE_ABSENT ? head : request, err);
}

/* ---- content ------------------------------------------------------------------------------------------------------------ */

static casegate_result answer_content(own *o, sqlite3_stmt *row, uint32_t revision, casegate_answers *answers,
                                      casegate_error *err)
{
    casegate_content *content = NULL;
    casegate_result rc = casegate_json_read_content(o->host, own_text(row, 2), (size_t)sqlite3_column_bytes(row, 2), &content,
                                                    NULL);
    if (rc == CASEGATE_E_INVALID) return own_corrupt("case_contents.content", err);
    if (rc != CASEGATE_OK) return own_no_memory(err);
    const casegate_stored_content stored = { .size = sizeof stored, .revision = revision, .content = content,
                                             .digest = own_text(row, 0), .salt = own_text(row, 1) };
    rc = casegate_answer_content(answers, &stored, err);
    casegate_content_unref(content);
    return rc;
}

static casegate_result CASEGATE_CALL content(void *user, void *context, const char *case_id, uint32_t revision,
                                             casegate_answers *answers, casegate_error *err)
{
    own *o = user;
    sqlite3_stmt *row = NULL;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN", err);
    if (rc != CASEGATE_OK) return rc;
    rc = own_ask(o, "SELECT digest, salt, content FROM case_contents WHERE case_id = ? AND revision = ?",
                 VALUES(T(case_id), N(revision)), &row, err);
    if (rc == CASEGATE_OK) rc = own_next(row, err);
    if (rc == CASEGATE_OK) rc = answer_content(o, row, revision, answers, err);
    sqlite3_finalize(row);
    return own_end(o, rc, err);
}

/* ---- commit ------------------------------------------------------------------------------------------------------------- */

/* Clinics that are new on the portal become customers, to be completed by the office; so do branches. */
static casegate_result know_organisations(own *o, const casegate_head *head, casegate_error *err)
{
    casegate_result rc = own_run(o, "INSERT OR IGNORE INTO customers (name, org_id) VALUES (?1, ?1)", VALUES(T(head->clinic)),
                                 err);
    return rc == CASEGATE_OK ? own_run(o, "INSERT OR IGNORE INTO branches (name, org_id) VALUES (?1, ?1)", VALUES(T(head->lab)),
                                       err) : rc;
}

/* An order that is there already becomes the case "order-" and its number; any other case becomes a new order. */
static casegate_result take_over(own *o, const casegate_head *head, int64_t order_no, casegate_error *err)
{
    int64_t cases = 0;
    casegate_result rc = own_run(o, "UPDATE orders SET case_id = ?, case_version = 0 WHERE order_no = ? AND case_id IS NULL"
                                    " AND customer_no = (SELECT customer_no FROM customers WHERE org_id = ?)"
                                    " AND branch_no = (SELECT branch_no FROM branches WHERE org_id = ?)",
                                 VALUES(T(head->id), N(order_no), T(head->clinic), T(head->lab)), err);
    if (rc != CASEGATE_OK || sqlite3_changes(o->db)) return rc;
    rc = own_number(o, "SELECT count(*) FROM orders WHERE case_id = ?", VALUES(T(head->id)), &cases, err);
    if (rc != CASEGATE_OK || cases) return rc == CASEGATE_OK ? CASEGATE_CONFLICT : rc;
    return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_UNKNOWN, "case_id",
                              "this clinic has no such order at this lab");
}

static casegate_result new_order(own *o, const casegate_head *head, casegate_error *err)
{
    char *end = NULL;
    const int64_t order_no = strncmp(head->id, "order-", 6) == 0 ? strtoll(head->id + 6, &end, 10) : 0;
    if (order_no > 0 && *end == '\0') return take_over(o, head, order_no, err);
    return own_run(o, "INSERT INTO orders (customer_no, branch_no, status, entered_at, case_id, case_version)"
                      " VALUES ((SELECT customer_no FROM customers WHERE org_id = ?),"
                      " (SELECT branch_no FROM branches WHERE org_id = ?),"
                      " (SELECT min(code) FROM status_codes WHERE case_status = ?), datetime(? / 1000000, 'unixepoch'), ?, 0)",
                   VALUES(T(head->clinic), T(head->lab), N(head->status), N(head->created_us), T(head->id)), err);
}

/* What keeps updates from being lost: the version decided on, in the WHERE. An order keeps its code if that means the status. */
static casegate_result write_order(own *o, const casegate_head *h, uint32_t version, casegate_error *err)
{
    casegate_result rc = own_run(o,
        "UPDATE orders SET status = CASE WHEN (SELECT case_status FROM status_codes WHERE code = status) IS ?1 THEN status"
        " ELSE (SELECT min(code) FROM status_codes WHERE case_status = ?1) END,"
        " customer_ref = ?2, patient = ?3, doctor = ?4, due_date = ?5, case_version = ?6, revision = ?7, attempt = ?8,"
        " created_us = ?9, submitted_us = ?10, decided_us = ?11, decided_by = ?12, reason = ?13, rejected_seq = ?14,"
        " first_submitted_seq = ?15, first_submitted_revision = ?16, content_digest = ?17, event_hash = ?18,"
        " dentist_id = ?19, clinic_email = ?20, dentist_email = ?21 WHERE case_id = ?22 AND case_version = ?23",
        VALUES(N(h->status), T(h->reference), T(h->patient_name), T(h->dentist_name), T(h->due), N(h->version), N(h->revision),
               N(h->attempt), N(h->created_us), N(h->submitted_us), N(h->decided_us), T(h->decided_by), T(h->reason),
               N(h->rejected_seq), N(h->first_submitted_seq), N(h->first_submitted_revision), T(h->content_digest),
               T(h->event_hash), T(h->dentist), T(h->clinic_email), T(h->dentist_email), T(h->id), N(version)), err);
    return rc == CASEGATE_OK && !sqlite3_changes(o->db) ? CASEGATE_CONFLICT : rc;
}

/* What the order form shows, position by position; the lab's own prices stay beside them. */
static casegate_result write_item(own *o, const char *case_id, size_t position, const casegate_service *s, casegate_error *err)
{
    casegate_buffer *teeth = casegate_buffer_new(o->host);
    for (size_t i = 0; i < s->tooth_count; i++) {
        casegate_buffer_append(teeth, i ? " " : "", i != 0);
        casegate_buffer_append(teeth, s->teeth[i], strlen(s->teeth[i]));
    }
    casegate_result rc = casegate_buffer_status(teeth) == CASEGATE_OK ? CASEGATE_OK : own_no_memory(err);
    if (rc == CASEGATE_OK)
        rc = own_run(o, "INSERT INTO order_items (order_no, position, article, material, teeth, quantity)"
                        " VALUES ((SELECT order_no FROM orders WHERE case_id = ?), ?, coalesce(?, ''), ?, ?, ?)"
                        " ON CONFLICT (order_no, position) DO UPDATE SET article = excluded.article,"
                        " material = excluded.material, teeth = excluded.teeth, quantity = excluded.quantity",
                     VALUES(T(case_id), N((int64_t)position), T(s->code), T(s->material), T(casegate_buffer_data(teeth)),
                            N(s->quantity)), err);
    casegate_buffer_free(teeth);
    return rc;
}

static casegate_result write_items(own *o, const char *case_id, const casegate_content *content, casegate_error *err)
{
    const size_t count = casegate_content_service_count(content);
    if (count >= 900) return casegate_error_set(err, CASEGATE_E_INVALID, CASEGATE_PROBLEM_TOO_MANY, "services", "too many");
    casegate_result rc = own_run(o, "DELETE FROM order_items WHERE order_no = (SELECT order_no FROM orders WHERE case_id = ?)"
                                    " AND position > ? AND position < 900", VALUES(T(case_id), N((int64_t)count)), err);
    for (size_t i = 0; rc == CASEGATE_OK && i < count; i++)
        rc = write_item(o, case_id, i + 1, casegate_content_service(content, i), err);
    return rc;
}

static casegate_result write_content(own *o, const casegate_commit *c, casegate_error *err)
{
    casegate_buffer *json = casegate_buffer_new(o->host);
    casegate_result rc = write_items(o, c->after->id, c->content, err);
    if (rc == CASEGATE_OK && (!json || casegate_json_write_content(c->content, 0, json) != CASEGATE_OK)) rc = own_no_memory(err);
    if (rc == CASEGATE_OK)
        rc = own_run(o, "INSERT INTO case_contents (case_id, revision, digest, salt, content) VALUES (?, ?, ?, ?, ?)",
                     VALUES(T(c->after->id), N(c->after->revision), T(c->after->content_digest), T(c->content_salt),
                            T(casegate_buffer_data(json))),
                     err);
    casegate_buffer_free(json);
    return rc;
}

static casegate_result write_event(own *o, const casegate_event *e, casegate_error *err)
{
    casegate_buffer *json = casegate_buffer_new(o->host);
    casegate_result rc = json ? casegate_json_write_event(e, o->intake, 0, json) : CASEGATE_E_NOMEM;
    if (rc != CASEGATE_OK) rc = own_no_memory(err);
    if (rc == CASEGATE_OK)
        rc = own_run(o, "INSERT INTO case_events (case_id, seq, org, actor, lab, request, event) "
                        " VALUES (?, ?, coalesce(?, ''), ?, ?, ?, ?)",
                     VALUES(T(e->case_id), N(e->seq), T(e->actor_org), T(e->actor), T(e->lab), T(e->request),
                            T(casegate_buffer_data(json))), err);
    casegate_buffer_free(json);
    return rc;
}

static casegate_result write_commit(own *o, const casegate_commit *c, casegate_error *err)
{
    casegate_result rc = CASEGATE_OK;
    if (strcmp(c->after->workflow, "intake") != 0 || c->after->workflow_version != 1)
        return casegate_error_set(err, CASEGATE_E_UNSUPPORTED, 0, "workflow", "these tables hold cases of intake 1");
    if (!c->before) rc = know_organisations(o, c->after, err);
    if (!c->before && rc == CASEGATE_OK) rc = new_order(o, c->after, err);
    if (rc == CASEGATE_OK) rc = write_order(o, c->after, c->before ? c->before->version : 0, err);
    if (rc == CASEGATE_OK && c->content) rc = write_content(o, c, err);
    for (size_t i = 0; rc == CASEGATE_OK && i < c->event_count; i++) rc = write_event(o, c->events[i], err);
    for (size_t i = 0; rc == CASEGATE_OK && i < c->notice_count; i++)
        if ((rc = own_insert_notice(o, c->notices[i], err)) == CASEGATE_CONFLICT) rc = own_corrupt("case_notices.id", err);
    return rc;
}

/* One that conflicts is undone alone; the others of the array are written in one durable step. */
static casegate_result write_part(own *o, const casegate_commit *c, casegate_result *result, casegate_error *err)
{
    casegate_result rc = own_script(o, "SAVEPOINT part", err);
    if (rc == CASEGATE_OK) rc = write_commit(o, c, err);
    if (rc < 0) return rc;
    *result = rc;
    return own_script(o, rc == CASEGATE_CONFLICT ? "ROLLBACK TO part; RELEASE part" : "RELEASE part", err);
}

static casegate_result CASEGATE_CALL commit(void *user, void *context, const casegate_commit *const *commits,
                                            casegate_result *results, size_t count, casegate_error *err)
{
    own *o = user;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN IMMEDIATE", err);
    if (rc != CASEGATE_OK) return rc;
    for (size_t i = 0; rc == CASEGATE_OK && i < count; i++) rc = write_part(o, commits[i], &results[i], err);
    rc = own_end(o, rc, err);
    if (rc != CASEGATE_E_UNKNOWN) return rc;
    for (size_t i = 0; i < count; i++)
        if (results[i] == CASEGATE_OK) results[i] = CASEGATE_E_UNKNOWN;
    return CASEGATE_OK;
}

/* ---- lists and history -------------------------------------------------------------------------------------------------- */

/* The statuses of intake have the numbers of their phases: one column answers both filters. */
#define LIST(key)                                                                                                                \
    ORDER " WHERE orders.case_id IS NOT NULL AND (?1 IS NULL OR customers.org_id = ?1) AND (?2 IS NULL OR branches.org_id = ?2)" \
          " AND (?3 = 0 OR orders.attempt > 0) AND (?4 = 0 OR case_status = ?4) AND (?5 = 0 OR case_status = ?5)"                \
          " AND (?6 = 0 OR (orders.submitted_us <> 0 AND orders.submitted_us <= ?6))"                                            \
          " AND (?7 IS NULL OR (" key ", orders.created_us, orders.case_id) > (?8, ?9, ?7))"                                     \
          " ORDER BY " key ", orders.created_us, orders.case_id LIMIT ?10"

static casegate_result CASEGATE_CALL list(void *user, void *context, const casegate_query *q, casegate_answers *answers,
                                          casegate_error *err)
{
    own *o = user;
    sqlite3_stmt *row = NULL;
    const int by_due = q->order == CASEGATE_BY_DUE;
    const own_value key = by_due ? T(q->after_due && *q->after_due ? q->after_due : "~") : N(q->after_us);
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN", err);
    if (rc != CASEGATE_OK) return rc;
    rc = own_ask(o, by_due ? LIST("coalesce(orders.due_date, '~')")
                 : LIST("iif(orders.submitted_us, orders.submitted_us, orders.created_us)"),
                 VALUES(T(q->clinic), T(q->lab), N(q->submitted_only), N(q->status), N(q->phase), N(q->before_us),
                        T(q->after_id), key, N(q->after_created_us), N(q->limit)), &row, err);
    while (rc == CASEGATE_OK && (rc = own_next(row, err)) == CASEGATE_OK) rc = answer_head(row, answers, err);
    sqlite3_finalize(row);
    return own_end(o, rc == CASEGATE_ABSENT ? CASEGATE_OK : rc, err);
}

static casegate_result CASEGATE_CALL history(void *user, void *context, const char *case_id, uint32_t after_seq, uint32_t limit,
                                             casegate_answers *answers, casegate_error *err)
{
    own *o = user;
    sqlite3_stmt *row = NULL;
    (void)context;
    casegate_result rc = own_begin(o, "BEGIN", err);
    if (rc != CASEGATE_OK) return rc;
    rc = own_ask(o, "SELECT event FROM case_events WHERE case_id = ? AND seq > ? ORDER BY seq LIMIT ?",
                 VALUES(T(case_id), N(after_seq), N(limit)), &row, err);
    while (rc == CASEGATE_OK && (rc = own_next(row, err)) == CASEGATE_OK) rc = answer_event(o, row, answers, err);
    sqlite3_finalize(row);
    return own_end(o, rc == CASEGATE_ABSENT ? CASEGATE_OK : rc, err);
}

/* ---- its life ----------------------------------------------------------------------------------------------------------- */

static void CASEGATE_CALL destroy(void *user)
{
    own *o = user;
    casegate_host *host = o->host;
    sqlite3_close(o->db);
    pthread_mutex_destroy(&o->lock);
    casegate_workflow_unref(o->intake);
    casegate_release(host, o);
    casegate_host_unref(host);
}

static casegate_result open_database(own *o, const char *path, casegate_error *err)
{
    int code = sqlite3_open_v2(path, &o->db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) code = sqlite3_extended_result_codes(o->db, 1);
    if (code == SQLITE_OK) code = sqlite3_busy_timeout(o->db, 5000);
    if (code != SQLITE_OK) return own_fail(code, err);
    casegate_result rc = own_script(o, "PRAGMA synchronous = FULL", err);
    return rc == CASEGATE_OK ? own_schema(o, err) : rc;
}

casegate_result own_store_open(casegate_host *host, const char *path, casegate_store **out, casegate_error *err)
{
    own *o = casegate_alloc(host, sizeof *o);
    if (!o) return own_no_memory(err);
    *o = (own){ .host = casegate_host_ref(host), .intake = casegate_workflow_builtin("intake", 1) };
    pthread_mutex_init(&o->lock, NULL);
    casegate_store_ops ops = { .size = sizeof ops, .user = o, .destroy = destroy, .load = load, .content = content,
                               .commit = commit, .list = list, .history = history };
    own_notice_callbacks(&ops);
    casegate_result rc = o->intake ? open_database(o, path, err) : own_no_memory(err);
    if (rc == CASEGATE_OK) rc = casegate_store_new(host, &ops, CASEGATE_KEEPS_REQUESTS | CASEGATE_KEEPS_REVISIONS, out, err);
    if (rc != CASEGATE_OK) destroy(o);
    return rc;
}
