#!/bin/sh
# SPDX-License-Identifier: MIT
# Instructions per call of the decision function, counted by valgrind: repeatable where times are not.
# usage: instructions.sh BENCH_DECIDE [MOST]   fails if an acceptance takes more than MOST (600), a refusal more than what is
# allowed, explaining all actions more than four acceptances, or a host's workflow a tenth more than intake
#        instructions.sh BENCH_DECIDE workflows   the last of these alone
set -eu
bench=$1
most=${2:-600}
modes="accept reject refused refused-reject explain sealed hand-accept hand-reject life-accept life-reject large-accept large-reject"
if [ "$most" = workflows ]; then
    command -v valgrind >/dev/null 2>&1 || { echo "skipped - there is no valgrind"; exit 77; }
    most=1000000
    modes="accept reject life-accept life-reject large-accept large-reject"
fi
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
for mode in $modes; do
    calls=$(each "$mode")
    calls=$((calls - empty))
    goal=""
    case $mode in
        accept) accept=$calls; goal=$most ;;
        reject) reject=$calls ;;
        refused) goal=$accept ;;
        refused-reject) goal=$reject ;;
        explain) goal=$((4 * accept)) ;;
        *-accept) [ "$mode" = hand-accept ] || goal=$((accept * 11 / 10)) ;;
        *-reject) [ "$mode" = hand-reject ] || goal=$((reject * 11 / 10)) ;;
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
