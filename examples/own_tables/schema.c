/* SPDX-License-Identifier: MIT */
/* schema.c: what the lab's tables lack: columns beside its own, side tables, and a lock on its status column. */
#include "own.h"

/* Which of the lab's codes is which status of a case. Several may be one: for casegate "shipped" is still in production. */
static const char columns[] =
    "ALTER TABLE status_codes ADD COLUMN case_status INTEGER;"
    "UPDATE status_codes SET case_status = CASE code WHEN 10 THEN 1 WHEN 20 THEN 2 WHEN 50 THEN 3 WHEN 60 THEN 3 WHEN 70 THEN 3"
    "  WHEN 90 THEN 4 END;"
    "ALTER TABLE customers ADD COLUMN org_id TEXT;"
    "UPDATE customers SET org_id = 'customer-' || customer_no;"
    "CREATE UNIQUE INDEX customers_by_org ON customers (org_id);"
    "ALTER TABLE branches ADD COLUMN org_id TEXT;"
    "UPDATE branches SET org_id = 'branch-' || branch_no;"
    "CREATE UNIQUE INDEX branches_by_org ON branches (org_id);"
    "ALTER TABLE orders ADD COLUMN case_id TEXT;"
    "ALTER TABLE orders ADD COLUMN case_version INTEGER;"
    "ALTER TABLE orders ADD COLUMN revision INTEGER;"
    "ALTER TABLE orders ADD COLUMN attempt INTEGER;"
    "ALTER TABLE orders ADD COLUMN created_us INTEGER;"
    "ALTER TABLE orders ADD COLUMN submitted_us INTEGER;"
    "ALTER TABLE orders ADD COLUMN decided_us INTEGER;"
    "ALTER TABLE orders ADD COLUMN decided_by TEXT;"
    "ALTER TABLE orders ADD COLUMN reason TEXT;"
    "ALTER TABLE orders ADD COLUMN rejected_seq INTEGER;"
    "ALTER TABLE orders ADD COLUMN first_submitted_seq INTEGER;"
    "ALTER TABLE orders ADD COLUMN first_submitted_revision INTEGER;"
    "ALTER TABLE orders ADD COLUMN content_digest TEXT;"
    "ALTER TABLE orders ADD COLUMN event_hash TEXT;"
    "ALTER TABLE orders ADD COLUMN dentist_id TEXT;"
    "ALTER TABLE orders ADD COLUMN clinic_email TEXT;"
    "ALTER TABLE orders ADD COLUMN dentist_email TEXT;"
    "CREATE UNIQUE INDEX orders_by_case ON orders (case_id);";

/* Beside the key columns, a row is the JSON of casegate/json.h. Events stay as they were written. */
static const char side_tables[] =
    "CREATE TABLE case_contents (case_id TEXT NOT NULL, revision INTEGER NOT NULL, digest TEXT, salt TEXT, content TEXT NOT NULL,"
    "  PRIMARY KEY (case_id, revision)) WITHOUT ROWID;"
    "CREATE TABLE case_events (case_id TEXT NOT NULL, seq INTEGER NOT NULL, org TEXT NOT NULL, actor TEXT NOT NULL,"
    "  lab TEXT NOT NULL, request TEXT, event TEXT NOT NULL, PRIMARY KEY (case_id, seq)) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX case_events_by_request ON case_events (org, actor, lab, request) WHERE request IS NOT NULL;"
    "CREATE TRIGGER case_events_stay BEFORE UPDATE ON case_events BEGIN SELECT RAISE(ABORT, 'history is not rewritten'); END;"
    "CREATE TRIGGER case_events_remain BEFORE DELETE ON case_events BEGIN SELECT RAISE(ABORT, 'history is not rewritten'); END;"
    "CREATE TABLE case_notices (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL,"
    "  seq INTEGER NOT NULL, channel TEXT NOT NULL, org TEXT, person TEXT, time_us INTEGER NOT NULL, state INTEGER NOT NULL,"
    "  tries INTEGER NOT NULL, next_us INTEGER NOT NULL, lease TEXT, last_error TEXT, is_read INTEGER NOT NULL,"
    "  notice TEXT NOT NULL);"
    "CREATE INDEX case_notices_due ON case_notices (channel, state, next_us);"
    "CREATE INDEX case_notices_of_event ON case_notices (case_id, seq);"
    "CREATE INDEX case_notices_inbox ON case_notices (org, person, number) WHERE channel = 'portal';";

/* The lab's older programs go on writing its codes, but cannot decide: a case moves only together with its version. */
static const char gate[] =
    "CREATE TRIGGER orders_gate BEFORE UPDATE OF status ON orders"
    " WHEN OLD.case_id IS NOT NULL AND NEW.case_version = OLD.case_version"
    " AND (SELECT case_status FROM status_codes WHERE code = NEW.status)"
    "  IS NOT (SELECT case_status FROM status_codes WHERE code = OLD.status)"
    " BEGIN SELECT RAISE(ABORT, 'the case of this order is decided through casegate'); END;";

/* Once, in one transaction: two programs may open the store at the same time. */
casegate_result own_schema(own *o, casegate_error *err)
{
    int64_t is_there = 0;
    casegate_result rc = own_begin(o, "BEGIN IMMEDIATE", err);
    if (rc != CASEGATE_OK) return rc;
    rc = own_number(o, "SELECT count(*) FROM pragma_table_info('orders') WHERE name = 'case_id'", NULL, 0, &is_there, err);
    if (rc == CASEGATE_OK && !is_there) rc = own_script(o, columns, err);
    if (rc == CASEGATE_OK && !is_there) rc = own_script(o, side_tables, err);
    if (rc == CASEGATE_OK && !is_there) rc = own_script(o, gate, err);
    return own_end(o, rc, err);
}
