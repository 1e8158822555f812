#!/bin/sh
# SPDX-License-Identifier: MIT
# `casegate deliver --follow` is called by the store, comes back when its line was cut, and polls for what comes in silence.
# usage: follow_test.sh TOOL SOURCE_DIR
set -eu
tool=$1 root=$2
where=${CASEGATE_TEST_POSTGRES:-}
[ -n "$where" ] || { echo "skipped - CASEGATE_TEST_POSTGRES does not say where a PostgreSQL server is"; exit 77; }
command -v psql >/dev/null 2>&1 || { echo "skipped - there is no psql"; exit 77; }
folder=$(printf '%s' "$where" | sed 's/.*host=\([^ ]*\).*/\1/')
schema=follow_$$
work=$(mktemp -d)
pid=
cleanup() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    ask "DROP SCHEMA IF EXISTS $schema CASCADE" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT
ask() { psql -qtA "$where" -c "$1"; }
fault() { echo "not ok - $*"; cat "$work/out" "$work/err" | sed 's/^/  # /'; exit 1; }
export CASEGATE_PEOPLE="$root/examples/people.json" CASEGATE_STORE="postgres:///postgres?host=$folder&user=casegate&schema=$schema"
unset CASEGATE_POLICY CASEGATE_OUTBOX CASEGATE_SMTP

# A case that another process rejects; it tells nobody, so that its two e-mails wait for a dispatcher.
reject() {
    "$tool" create --as clara --lab lab-one --submit "$root/examples/cases/anterior-crowns.json" >"$work/made"
    case=$(sed -n 's/^[^(]*(\([^)]*\)): .*/\1/p' "$work/made" | head -n 1)
    "$tool" reject --as lena "$case" --revision 1 --reason unreadable_scan >/dev/null
}
mails() { find "$work/box" -name '*.eml' | wc -l; }
await() {   # what, seconds at most, command that succeeds in the end
    what=$1 left=$(($2 * 10))
    shift 2
    until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || fault "$what"
        sleep 0.1
    done
    echo "ok - $what"
}
has_mails() { [ "$(mails)" -ge "$1" ]; }
listeners() { ask "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN \"casegate_$schema\"'"; }
listens() { [ "$(listeners)" = 1 ]; }
begin() {   # options of deliver
    "$tool" deliver --outbox "$work/box" --follow "$@" >"$work/out" 2>"$work/err" </dev/null &
    pid=$!
    await "it listens" 20 listens
}
end() {
    kill -s TERM "$pid"
    began=$(date +%s) status=0
    wait "$pid" || status=$?
    pid=
    [ "$status" = 0 ] || fault "it ends with status $status"
    [ $(($(date +%s) - began)) -le 5 ] || fault "it took its time to end"
    grep -q "delivered $1, failed 0 (will be tried again), dead 0, lost 0" "$work/out" || fault "its count is not delivered $1"
    [ ! -s "$work/err" ] || fault "it complained"
    echo "ok - $2"
}

"$tool" init >/dev/null
mkdir "$work/box"
begin --poll PT1H
reject
await "what another process commits is delivered though the poll is an hour away" 20 has_mails 2
sleep 1.5   # the first second of listening, and its wake, are over
reject
await "and so is the next" 20 has_mails 4
ask "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN \"casegate_$schema\"'" >/dev/null
reject
await "with its line cut, it still arrives" 20 has_mails 6
await "it listens again" 20 listens
reject
await "and hears" 20 has_mails 8
end 8 "it ends at once when it is told to, in the middle of an hour"

begin --poll PT1S
ask "ALTER TABLE $schema.notices RENAME TO away" >/dev/null
await "an error is told" 20 grep -q "going on" "$work/err"
ask "ALTER TABLE $schema.away RENAME TO notices" >/dev/null
: >"$work/err"
ask "UPDATE $schema.notices SET state = 1, next_us = 0, lease = NULL WHERE id = (SELECT min(id) FROM
     $schema.notices WHERE channel = 'email')" >/dev/null
rm -f "$work"/box/*
await "what becomes due in silence is found by the poll" 20 has_mails 1
end 1 "and it ends"

for poll in PT0S P2D soon; do
    status=0
    "$tool" deliver --outbox "$work/box" --follow --poll "$poll" >"$work/out" 2>"$work/err" || status=$?
    [ "$status" = 2 ] && grep -q -e "--poll wants" "$work/err" || fault "--poll $poll: status $status"
done
echo "ok - a poll that cannot be is a usage error"
