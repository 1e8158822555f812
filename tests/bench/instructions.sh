#!/bin/sh
# SPDX-License-Identifier: MIT
# Instructions per call of the decision function, counted by valgrind: repeatable where times are not.
# usage: instructions.sh BENCH_DECIDE [MOST]   fails if an allowed acceptance or a refusal takes more than MOST (600)
set -eu
bench=$1
most=${2:-600}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Instructions of a whole run.
count() {
    valgrind --tool=callgrind --callgrind-out-file="$work/out" "$bench" --count "$1" "$2" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    sed -n 's/^.*Collected *: *\([0-9]*\).*$/\1/p' "$work/log"
}

# Instructions of one call: what a thousand more of them cost.
each() {
    more=$(count 2000 "$1")
    less=$(count 1000 "$1")
    echo $(((more - less) / 1000))
}

failed=0
empty=$(each nothing)
for mode in accept reject refused refused-reject explain sealed hand-accept hand-reject; do
    calls=$(each "$mode")
    calls=$((calls - empty))
    verdict=""
    case $mode in
        accept) accept=$calls; [ "$calls" -le "$most" ] && verdict="ok, at most $most" || { verdict="OVER $most"; failed=1; } ;;
        refused) [ "$calls" -le "$accept" ] && verdict="ok, at most as allowed" || { verdict="OVER $accept"; failed=1; } ;;
        explain) [ "$calls" -le $((4 * accept)) ] && verdict="ok, at most 4 decides" || { verdict="OVER $((4 * accept))"; failed=1; } ;;
        reject) reject=$calls ;;
        refused-reject) [ "$calls" -le "$reject" ] && verdict="ok, at most as allowed" || { verdict="OVER $reject"; failed=1; } ;;
    esac
    printf '%-14s %6d  %s\n' "$mode" "$calls" "$verdict"
done
exit $failed
