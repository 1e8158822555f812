#!/bin/sh
# SPDX-License-Identifier: MIT
# The decision table of docs/rules.md is the one that the library writes.
# usage: table.sh SOURCE_DIR CASEGATE
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk '/<!-- end decision table -->/ { exit } shown { print } /<!-- begin decision table -->/ { shown = 1 }' "$1/docs/rules.md" |
    sed '1{/^$/d;}' | sed '${/^$/d;}' >"$work/shown"
"$2" diagram --format markdown | sed '1{/^$/d;}' | sed '${/^$/d;}' >"$work/written"
if diff -u "$work/written" "$work/shown"; then
    echo "ok - docs/rules.md has the table of 'casegate diagram --format markdown'"
else
    echo "not ok - docs/rules.md: replace what is between the markers by the output of 'casegate diagram --format markdown'"
    exit 1
fi
