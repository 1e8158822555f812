#!/bin/sh
# SPDX-License-Identifier: MIT
# The decision table and the diagram of docs/rules.md are those that the library writes.
# usage: table.sh SOURCE_DIR CASEGATE
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
faults=0

# What stands between the markers "begin NAME" and "end NAME", without fences and empty lines at its ends.
between() {
    awk -v begin="<!-- begin $1 -->" -v end="<!-- end $1 -->" '$0 == end { exit } shown { print } $0 == begin { shown = 1 }' "$2" |
        grep -v '^```' | sed '1{/^$/d;}' | sed '${/^$/d;}'
}

compare() {   # marker, format
    between "$1" "$root/docs/rules.md" >"$work/shown"
    "$tool" diagram --format "$2" | sed '1{/^$/d;}' | sed '${/^$/d;}' >"$work/written"
    if diff -u "$work/written" "$work/shown"; then
        echo "ok - docs/rules.md has the output of 'casegate diagram --format $2'"
    else
        echo "not ok - docs/rules.md: between the markers of the $1 must stand the output of 'casegate diagram --format $2'"
        faults=1
    fi
}

root=$1
tool=$2
compare "decision table" markdown
compare diagram mermaid
exit $faults
