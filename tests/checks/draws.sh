#!/bin/sh
# SPDX-License-Identifier: MIT
# Graphviz draws what the tool writes, without a warning. Skipped (77) where there is no Graphviz.
# usage: draws.sh SOURCE_DIR CASEGATE
set -eu
command -v dot >/dev/null 2>&1 || { echo "graphviz is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
faults=0

draw() {   # name, options of diagram...
    name=$1
    shift
    "$tool" diagram --format dot "$@" >"$work/graph"
    if dot -Tsvg "$work/graph" -o "$work/svg" 2>"$work/said" && [ ! -s "$work/said" ] && grep -q '</svg>' "$work/svg"; then
        echo "ok - $name is drawn"
    else
        echo "not ok - $name: $(cat "$work/said")"
        faults=1
    fi
}

tool=$2
draw intake
for file in "$1"/examples/workflows/*.json; do draw "$(basename "$file")" --workflow "$file"; done
exit $faults
