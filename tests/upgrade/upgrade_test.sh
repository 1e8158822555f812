#!/bin/sh
# SPDX-License-Identifier: MIT
# Two versions of the library on one store. usage: upgrade_test.sh sqlite|postgres TODAY TOMORROW
set -eu
store=$1 today=$2 tomorrow=$3
work=$(mktemp -d)
case $store in
sqlite)
    command -v sqlite3 >/dev/null 2>&1 || { echo "skipped - there is no sqlite3"; exit 77; }
    where=$work/cases.db
    sql() { sqlite3 -cmd ".timeout 5000" "$where" "$1"; }
    has_column() { sql "SELECT count(*) FROM pragma_table_info('cases') WHERE name = 'priority'"; }
    drop() { :; }
    ;;
postgres)
    [ -n "${CASEGATE_TEST_POSTGRES:-}" ] || { echo "skipped - CASEGATE_TEST_POSTGRES does not say where a server is"; exit 77; }
    command -v psql >/dev/null 2>&1 || { echo "skipped - there is no psql"; exit 77; }
    where=upgrade_$$
    sql() { PGOPTIONS="-c search_path=$where" psql -qtA -v ON_ERROR_STOP=1 "$CASEGATE_TEST_POSTGRES" -c "$1"; }
    has_column() { sql "SELECT count(*) FROM information_schema.columns WHERE table_schema = '$where' AND table_name = 'cases'
                        AND column_name = 'priority'"; }
    drop() { sql "DROP SCHEMA IF EXISTS $where CASCADE" >/dev/null 2>&1 || true; }
    ;;
esac
trap 'drop; rm -rf "$work"' EXIT

fault() { echo "not ok - $*"; tail -n 5 "$work"/*.out "$work"/*.err 2>/dev/null | sed 's/^/  # /'; exit 1; }
ok() { echo "ok - $*"; }
is() { [ "$2" = "$3" ] || fault "$1: $2, not $3"; }
gives() {   # what, exit status, program, arguments...
    what=$1 want=$2 status=0
    shift 2
    "$@" >"$work/last.out" 2>"$work/last.err" </dev/null || status=$?
    [ "$status" = "$want" ] || fault "$what: exit status $status, not $want"
}
version() { sql "SELECT version FROM schema_version"; }

# ---- older tables are brought forward, whole or not at all -----------------------------------------------------------

gives "today's library makes the tables" 0 "$today" "$where" open
first=$(version)
next=$((first + 1))
gives "and a case" 0 "$today" "$where" create
cp "$work/last.out" "$work/acknowledged"
shared=$(cut -d' ' -f1 <"$work/acknowledged")

sql "CREATE TABLE tomorrow (word text)"   # in the way of the step, in its midst
gives "a step that fails is an error" 1 "$tomorrow" "$where" open
is "the version after a failed step" "$(version)" "$first"
is "columns of a failed step" "$(has_column)" 0
gives "today's library goes on" 0 "$today" "$where" open
sql "DROP TABLE tomorrow"
ok "a step that fails leaves the tables as they were"

# ---- brought forward by four at once, while today's library is at work -----------------------------------------------

pids=
for i in 1 2; do
    "$today" "$where" work "$shared" 4 >"$work/today-$i.out" 2>"$work/today-$i.err" & pids="$pids $!"
done
tries=0
until [ -s "$work/today-1.out" ] && [ -s "$work/today-2.out" ]; do
    tries=$((tries + 1)); [ "$tries" -lt 50 ] || fault "today's workers do not begin"
    sleep 0.1
done
openers=
for i in 1 2 3 4; do "$tomorrow" "$where" open >"$work/opener-$i.out" 2>"$work/opener-$i.err" & openers="$openers $!"; done
for pid in $openers; do wait "$pid" || fault "tomorrow's library does not open"; done
is "the version" "$(version)" "$next"
is "columns" "$(has_column)" 1
is "times that the step was taken" "$(sql "SELECT count(*) FROM tomorrow")" 1
before=$(cat "$work"/today-?.out | wc -l)
ok "four processes bring the tables forward at once, and one step is taken"

# ---- both at work ----------------------------------------------------------------------------------------------------

for i in 1 2; do
    "$tomorrow" "$where" work "$shared" 2 >"$work/tomorrow-$i.out" 2>"$work/tomorrow-$i.err" & pids="$pids $!"
done
for pid in $pids; do wait "$pid" || fault "a worker failed"; done
[ "$(cat "$work"/today-?.out | wc -l)" -gt $((before + 10)) ] || fault "today's workers did not go on"
gives "today's library opens the newer tables" 0 "$today" "$where" work "$shared" 1
mv "$work/last.out" "$work/today-3.out"
cat "$work"/today-?.out "$work"/tomorrow-?.out >>"$work/acknowledged"
sort -k1,1 -k2,2nr "$work/acknowledged" | awk '!seen[$1]++' >"$work/newest"   # of each case
for library in "$today" "$tomorrow"; do
    "$library" "$where" check <"$work/newest" >"$work/last.out" 2>"$work/last.err" || fault "something was lost"
done
edits=$(grep -c "^$shared " "$work/acknowledged")
is "events of the case that all edited" "$(sql "SELECT version FROM cases WHERE id = '$shared'")" $((edits + 1))
is "cases" "$(sql "SELECT count(*) FROM cases")" "$(wc -l <"$work/newest")"
ok "both write side by side, and nothing acknowledged is lost: $(cat "$work/last.out"), $edits of them on one case"

# ---- a step that today's library must not work with ------------------------------------------------------------------

for column in oldest_writer oldest_reader; do
    sql "UPDATE schema_version SET $column = $next"
    gives "tables with a newer $column are refused" 1 "$today" "$where" open
    grep -q "^e_unsupported schema: " "$work/last.out" || fault "it does not say why"
    gives "but not by tomorrow's library" 0 "$tomorrow" "$where" open
    sql "UPDATE schema_version SET $column = $first"
done
is "cases after a refusal" "$(sql "SELECT count(*) FROM cases")" "$(wc -l <"$work/newest")"
ok "tables that only a newer library may use are refused, and stay as they are"
