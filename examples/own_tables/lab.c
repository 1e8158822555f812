/* SPDX-License-Identifier: MIT */
/* lab.c: the tables of a dental lab's own system: customers, branches, orders by number, status codes of its own making. */
#include "lab.h"

#include <stdio.h>

static const char schema[] =
    "CREATE TABLE branches (branch_no INTEGER PRIMARY KEY, name TEXT NOT NULL);"
    "CREATE TABLE customers (customer_no INTEGER PRIMARY KEY, name TEXT NOT NULL, town TEXT,"
    "  discount_percent INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE status_codes (code INTEGER PRIMARY KEY, label TEXT NOT NULL);"
    "CREATE TABLE orders (order_no INTEGER PRIMARY KEY,"
    "  customer_no INTEGER NOT NULL REFERENCES customers, branch_no INTEGER NOT NULL REFERENCES branches,"
    "  status INTEGER NOT NULL REFERENCES status_codes, entered_at TEXT NOT NULL,"
    "  customer_ref TEXT, patient TEXT, doctor TEXT, due_date TEXT, invoice_no INTEGER);"
    "CREATE INDEX orders_by_customer ON orders (customer_no, entered_at);"
    /* from position 900 on: postage, alloy, whatever the office adds */
    "CREATE TABLE order_items (order_no INTEGER NOT NULL REFERENCES orders, position INTEGER NOT NULL,"
    "  article TEXT NOT NULL, material TEXT, teeth TEXT, quantity INTEGER NOT NULL, price_cents INTEGER,"
    "  PRIMARY KEY (order_no, position));";

static const char years[] =
    "INSERT INTO branches VALUES (1, 'Dental Lab One'), (2, 'Dental Lab One, milling centre');"
    "INSERT INTO customers VALUES (1042, 'Clinic North', 'Harwick', 3), (1077, 'Clinic South', 'Ellesby', 0);"
    "INSERT INTO status_codes VALUES (10, 'being entered'), (20, 'to be checked'), (50, 'in production'), (60, 'shipped'),"
    "  (70, 'invoiced'), (90, 'sent back'), (95, 'cancelled by telephone');"
    "INSERT INTO orders VALUES"
    "  (20414, 1077, 1, 70, '2026-01-19 10:02:11', 'S-881', 'I. Sol', 'Dr Mara Quist', '2026-01-30', 7719),"
    "  (20415, 1042, 1, 60, '2026-02-24 09:15:40', 'NC-1038', 'B. Tamm', 'Dr Dan Osei', '2026-03-04', NULL),"
    "  (20416, 1042, 1, 20, '2026-03-01 16:48:03', 'NC-1042', 'Z. Lindqvist', 'Dr Dan Osei', '2026-03-16', NULL);"
    "INSERT INTO order_items VALUES (20414, 1, 'inlay', 'ceramic', '36', 1, 21000),"
    "  (20415, 1, 'crown', 'zirconia', '24', 1, 18900),"
    "  (20416, 1, 'crown', 'zirconia', '11', 1, 18900), (20416, 900, 'postage', NULL, NULL, 1, 690);";

int lab_create(sqlite3 *db)
{
    int code = sqlite3_exec(db, schema, NULL, NULL, NULL);
    return code == SQLITE_OK ? sqlite3_exec(db, years, NULL, NULL, NULL) : code;
}

static int print_order(void *user, int count, char **values, char **names)
{
    (void)user, (void)names;
    for (int i = 0; i < count; i++) printf("  %-*s", i == 0 ? 6 : 14, values[i] ? values[i] : "-");
    printf("\n");
    return 0;
}

int lab_print_orders(sqlite3 *db, const char *title)
{
    printf("%s\n", title);
    return sqlite3_exec(db, "SELECT order_no, customers.name, customer_ref, label FROM orders JOIN customers USING (customer_no)"
                            " JOIN status_codes ON code = status ORDER BY order_no", print_order, NULL, NULL);
}
