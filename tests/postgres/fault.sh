#!/bin/sh
# SPDX-License-Identifier: MIT
# Work under trouble on a server of its own; then the same with a store that is broken on purpose, which must be caught.
# usage: fault.sh PROGRAM MODE BUG SECONDS     MODE: terminate, cut, immediate, kill, failover
# CASEGATE_FAULT_SECONDS: longer, by hand
set -eu
program=$1 mode=$2 bug=$3
here=$(cd "$(dirname "$0")" && pwd)
seconds=${CASEGATE_FAULT_SECONDS:-$4}
folder=$(mktemp -d /tmp/casegate-fault-XXXXXX)
trap 'sh "$here/cluster.sh" destroy "$folder" >/dev/null 2>&1; rm -rf "$folder"' EXIT
cluster() {
    sh "$here/cluster.sh" start "$folder" || return $?
    [ "$mode" != failover ] || sh "$here/cluster.sh" follow "$folder"
}
status=0
cluster || status=$?
[ "$status" -eq 0 ] || exit "$status"

"$program" "$mode" "$folder" "$here/cluster.sh" "$seconds" 2>"$folder/said"
[ ! -s "$folder/said" ] || { cat "$folder/said"; echo "not ok - $mode: a library that prints nothing printed this"; exit 1; }
# What a broken store loses is a matter of chance; of a few tries one must be caught.
for try in 1 2 3 4; do
    if [ "$mode" = failover ]; then
        sh "$here/cluster.sh" destroy "$folder"
        mkdir "$folder" && cluster
    else
        psql -q "host=$folder user=casegate dbname=postgres" -c 'DROP SCHEMA casegate CASCADE' 2>/dev/null
    fi
    if ! "$program" "$mode" "$folder" "$here/cluster.sh" 1 "$bug" >"$folder/caught" 2>&1; then
        grep -q '^not ok' "$folder/caught" || { cat "$folder/caught"; exit 1; }
        echo "ok - caught at try $try: $(cat "$folder/caught")"
        exit 0
    fi
done
echo "not ok - $mode: a store that is broken on purpose ($bug) was not caught"
exit 1
