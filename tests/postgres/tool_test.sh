#!/bin/sh
# SPDX-License-Identifier: MIT
# The tool on a PostgreSQL store, and the roles of docs/operations.md. usage: tool_test.sh TOOL SOURCE_DIR
set -eu
tool=$1 root=$2
where=${CASEGATE_TEST_POSTGRES:-}
[ -n "$where" ] || { echo "skipped - CASEGATE_TEST_POSTGRES does not say where a PostgreSQL server is"; exit 77; }
command -v psql >/dev/null 2>&1 || { echo "skipped - there is no psql"; exit 77; }
folder=$(printf '%s' "$where" | sed 's/.*host=\([^ ]*\).*/\1/')
base="host=$folder"
schema=tool_$$
database=roles_$$
work=$(mktemp -d)
cleanup() {
    psql -q "$where" -c "DROP SCHEMA IF EXISTS $schema CASCADE" -c "DROP DATABASE IF EXISTS $database" \
        -c "DROP ROLE IF EXISTS casegate_owner" -c "DROP ROLE IF EXISTS casegate_run" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT
export CASEGATE_PEOPLE="$root/examples/people.json"
unset CASEGATE_STORE CASEGATE_POLICY CASEGATE_OUTBOX
failed=0

fault() { echo "not ok - $*"; sed 's/^/  # /' "$work/out" "$work/err"; failed=1; }
gives() {   # what, exit status, arguments...
    what=$1 want=$2
    shift 2
    status=0
    "$tool" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    if [ "$status" = "$want" ]; then echo "ok - $what"; else fault "$what: exit status $status, not $want"; fi
}
has() { grep -qF -e "$1" "$work/out" "$work/err" || fault "lacks: $1"; }
lacks() { ! grep -qF -e "$1" "$work/out" "$work/err" || fault "shows: $1"; }

# ---- the tool --------------------------------------------------------------------------------------------------------

uri="postgres:///postgres?$base&user=casegate&schema=$schema&partitions=2"
gives "without tables it says how to make them" 3 list --as clara --store "$uri"; has "casegate init"
gives "it makes a store" 0 init --store "$uri"; has created
gives "and says that it was there" 0 init --store "$uri" --json; has '"created":false'
gives "it shows no password" 0 init --store "postgres://casegate:canary@/postgres?$base&schema=$schema"; has "was there already"; lacks canary
partitions=$(psql -qtA "$where" -c "SELECT count(*) FROM pg_inherits WHERE inhparent = '$schema.cases'::regclass")
[ "$partitions" = 2 ] || fault "$partitions partitions"
gives "it creates" 0 create --store "$uri" --as clara --lab lab-one --submit "$root/examples/cases/anterior-crowns.json"
case=$(sed -n 's/^[^(]*(\([^)]*\)): .*/\1/p' "$work/out" | head -n 1)
gives "it lists" 0 list --store "$uri" --as lena; has "1 case"
gives "it rejects" 0 reject --store "$uri" --as lena "$case" --revision 1 --reason unreadable_scan
gives "it delivers" 0 deliver --store "$uri" --outbox "$work/box"
[ "$(find "$work/box" -name '*.eml' | wc -l)" -ge 1 ] || fault "no e-mail"
gives "the inbox tells" 0 inbox --store "$uri" --as clara; has nreadable
gives "it verifies" 0 verify --store "$uri" --as lena
gives "the doctor looks at it" 0 doctor --store "$uri"; has full_page_writes; has integrity
gives "it runs scenarios in schemas of their own" 0 test --store "$uri" "$root/tests/scenarios/guide.json"; has ", 0 failed"
left=$(psql -qtA "$where" -c "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^t[0-9]+_[0-9a-f]{8}_$'")
[ "$left" = 0 ] || fault "$left schemas were left behind"
gives "a schema that cannot be is named" 3 init --store "postgres:///postgres?$base&schema=a-b"; has schema
gives "so is a number of partitions" 3 init --store "postgres:///postgres?$base&schema=x&partitions=many"; has partitions
gives "and a server that is not there" 3 list --as clara --store "postgres:///postgres?host=/no/such/folder"; has conninfo

gives "it purges what is delivered" 0 purge --store "$uri" --before 2026-01-31; has "purged 0"; has "pending: 0"
psql -q "$where" -c "UPDATE $schema.notices SET time_us = 1000000"
gives "and of before that day" 0 purge --store "$uri" --before 2026-01-31 --json; has '"purged":4,"pending":0'
gives "and still verifies" 0 verify --store "$uri" --as ops

# ---- a store that moves ----------------------------------------------------------------------------------------------

old="sqlite:$work/old.db" back="sqlite:$work/back.db"
gives "a store in SQLite" 0 init --store "$old"
gives "with orders" 0 import --store "$old" --as ops "$root/examples/moving/open-orders.jsonl"; has "4 taken over"
sed 's/"case":"order-20412"/"case":"order-x"/' "$root/examples/moving/open-orders.jsonl" >"$work/renamed.jsonl"
for store in "$old" "$uri"; do
    gives "orders" 0 import --store "$store" --as ops "$root/examples/moving/open-orders.jsonl"
    gives "known by their keys" 0 import --store "$store" --as ops "$work/renamed.jsonl"; has "0 taken over, 0 refused, 4 known"
done
gives "and a case" 0 create --store "$old" --as clara --lab lab-one --submit "$root/examples/cases/anterior-crowns.json"
case=$(sed -n 's/^[^(]*(\([^)]*\)): .*/\1/p' "$work/out" | head -n 1)
gives "rejected" 0 reject --store "$old" --as lena "$case" --revision 1 --reason unreadable_scan --comment "The margin is not visible."
gives "revised" 0 edit --store "$old" --as clara "$case" --revision 1 "$root/examples/cases/molar-inlay.json" --request-id r-1
gives "submitted" 0 submit --store "$old" --as clara "$case"
gives "accepted" 0 accept --store "$old" --as lena "$case" --yes --revision 2
gives "erased" 0 erase --store "$old" --as ops --yes "$case"
gives "another one" 0 create --store "$old" --as clara --lab lab-one --submit "$root/examples/cases/anterior-crowns.json"
other=$(sed -n 's/^[^(]*(\([^)]*\)): .*/\1/p' "$work/out" | head -n 1)
gives "rejected, too" 0 reject --store "$old" --as lena "$other" --revision 1 --reason other --comment "Ä, \"quoted\""
gives "and reminders" 0 remind --store "$old" --older-than PT0S --channel email
gives "is exported" 0 export --store "$old"; cp "$work/out" "$work/old.jsonl"
for kind in "" "&partitions=2"; do
    psql -q "$where" -c "DROP SCHEMA IF EXISTS $schema CASCADE" 2>/dev/null
    uri="postgres:///postgres?$base&user=casegate&schema=$schema$kind"
    gives "to PostgreSQL$kind" 0 init --store "$uri"
    gives "imported" 0 import --store "$uri" --as ops "$work/old.jsonl"; has "6 taken over, 0 refused"
    gives "and intact" 0 verify --store "$uri" --as ops; has "6 cases, 0 not intact"
    gives "also what was erased" 0 verify --store "$uri" --as ops "$case"; has "7 events, texts were erased"
    gives "imported again" 0 import --store "$uri" --as ops "$work/old.jsonl"; has "0 taken over, 0 refused, 6 known"
    gives "exported" 0 export --store "$uri"
    cmp -s "$work/out" "$work/old.jsonl" || fault "the moved store differs"
done
cp "$work/out" "$work/new.jsonl"
gives "and back again" 0 init --store "$back"
gives "imported" 0 import --store "$back" --as ops "$work/new.jsonl"; has "6 taken over, 0 refused"
gives "exported" 0 export --store "$back"
cmp -s "$work/out" "$work/old.jsonl" || fault "the store that came back differs"

# ---- from one definition to another --------------------------------------------------------------------------------

mapping="$root/examples/mappings/intake-to-lifecycle.json" lifecycle="$root/examples/workflows/lifecycle.json"
gives "every case migrates" 0 migrate --store "$uri" --as ops --mapping "$mapping" --workflow "$lifecycle"; has "6 cases migrated, 0 failed"
gives "once" 0 migrate --store "$uri" --as ops --mapping "$mapping" --workflow "$lifecycle"; has "0 cases migrated, 0 failed"
export CASEGATE_WORKFLOWS="$lifecycle"
gives "and stays intact" 0 verify --store "$uri" --as ops; has "6 cases, 0 not intact"
gives "and goes on under it" 0 edit --store "$uri" --as clara "$other" --revision 1 "$root/examples/cases/molar-inlay.json"
unset CASEGATE_WORKFLOWS

# ---- the roles, as docs/operations.md gives them ---------------------------------------------------------------------

as() { psql -q -v ON_ERROR_STOP=1 "$base dbname=$database user=$1" >"$work/out" 2>"$work/err"; }
may_not() {   # what, SQL
    if printf '%s;\n' "$2" | as casegate_run; then fault "the runtime role can $1"
    elif grep -q 'permission denied\|must be owner' "$work/err"; then echo "ok - the runtime role cannot $1"
    else fault "$1: refused for another reason"; fi
}
sed -n '/^```sql$/,/^```$/p' "$root/docs/operations.md" | grep -v '^```' | sed "s/\\bDATABASE cases\\b/DATABASE $database/" >"$work/roles.sql"
sed '/^-- as casegate_owner/,$d' "$work/roles.sql" >"$work/roles-1.sql"
sed -n '/^-- as casegate_owner/,$p' "$work/roles.sql" >"$work/roles-2.sql"
[ "$(grep -c GRANT "$work/roles-2.sql")" -ge 6 ] || fault "docs/operations.md does not show the roles"
printf 'CREATE DATABASE %s;\n' "$database" | psql -q -v ON_ERROR_STOP=1 "$where"
as casegate <"$work/roles-1.sql" || fault "the roles cannot be made"
owner="postgres://casegate_owner@/$database?$base" run="postgres://casegate_run@/$database?$base"
gives "the owner makes the tables" 0 init --store "$owner"
as casegate_owner <"$work/roles-2.sql" || fault "the privileges cannot be granted"
gives "the runtime role finds them" 0 init --store "$run"; has "was there already"
gives "creates" 0 create --store "$run" --as clara --lab lab-one --submit "$root/examples/cases/anterior-crowns.json"
case=$(sed -n 's/^[^(]*(\([^)]*\)): .*/\1/p' "$work/out" | head -n 1)
gives "rejects" 0 reject --store "$run" --as lena "$case" --revision 1 --reason other
gives "delivers" 0 deliver --store "$run" --outbox "$work/box"
gives "reads the inbox" 0 inbox --store "$run" --as clara --mark-read all
gives "verifies" 0 verify --store "$run" --as lena
may_not "change an event" "UPDATE casegate.events SET actor = 'someone'"
may_not "remove an event" "DELETE FROM casegate.events"
may_not "empty a table" "TRUNCATE casegate.events"
may_not "remove a case" "DELETE FROM casegate.cases"
may_not "alter a table" "ALTER TABLE casegate.cases ADD COLUMN x integer"
may_not "drop a table" "DROP TABLE casegate.events"
may_not "make a table" "CREATE TABLE casegate.mine (a integer)"
may_not "move a case to another lab" "UPDATE casegate.case_labs SET lab = 'other'"
exit $failed
