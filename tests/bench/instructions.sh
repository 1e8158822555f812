#!/bin/sh
# SPDX-License-Identifier: MIT
# Instructions per call of the decision function, counted by valgrind: repeatable where times are not.
# usage: instructions.sh BENCH_DECIDE [MOST]   fails if an acceptance takes more than MOST (600), a refusal more than
# what is allowed, or explaining all actions more than four acceptances
set -eu
bench=$1
most=${2:-600}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Instructions of a whole run.
count() {
    valgrind --tool=callgrind --callgrind-out-file="$work/out" "$bench" --count "$1" "$2" >"$work/log" 2>&1 ||
        { cat "$work/log" >&2; exit 1; }
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
    goal=""
    case $mode in
        accept) accept=$calls; goal=$most ;;
        reject) reject=$calls ;;
        refused) goal=$accept ;;
        refused-reject) goal=$reject ;;
        explain) goal=$((4 * accept)) ;;
    esac
    if [ -z "$goal" ]; then
        printf '%-14s %6d\n' "$mode" "$calls"
    elif [ "$calls" -le "$goal" ]; then
        printf '%-14s %6d  ok, at most %d\n' "$mode" "$calls" "$goal"
    else
        printf '%-14s %6d  OVER %d\n' "$mode" "$calls" "$goal"
        failed=1
    fi
done
exit $failed
