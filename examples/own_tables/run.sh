#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the example on a new file, then asks the lab's own tables with plain SQL what was decided. usage: run.sh PROGRAM
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" "$work/lab.db" >"$work/out"
cat >"$work/expected" <<'END'
20414|Clinic South|invoiced|
20415|Clinic North|shipped|
20416|Clinic North|shipped|
20417|Clinic North|sent back|unreadable_scan
END
grep -q 'status = 90 .*: the case of this order is decided through casegate' "$work/out" || { cat "$work/out"; exit 1; }
command -v sqlite3 >/dev/null || { echo "skipped - no sqlite3 to ask the tables with"; exit 77; }
sqlite3 "$work/lab.db" "SELECT order_no, customers.name, label, reason FROM orders JOIN customers USING (customer_no)
    JOIN status_codes ON code = status ORDER BY order_no" >"$work/seen"
diff -u "$work/expected" "$work/seen"
# Nobody rewrites a history in passing, and a decision is refused to plain SQL too.
for sql in "UPDATE case_events SET actor = 'nobody'" "DELETE FROM case_events" "UPDATE orders SET status = 50 WHERE order_no = 20417"; do
    if sqlite3 "$work/lab.db" "$sql" 2>"$work/why"; then echo "not refused: $sql"; exit 1; fi
    grep -qE 'history is not rewritten|decided through casegate' "$work/why" || { cat "$work/why"; exit 1; }
done
# What the office had entered beside the case is as it was.
[ "$(sqlite3 "$work/lab.db" "SELECT price_cents FROM order_items WHERE order_no = 20416 ORDER BY position" | tr '\n' ' ')" = "18900 690 " ]
