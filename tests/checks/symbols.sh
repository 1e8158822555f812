#!/bin/sh
# SPDX-License-Identifier: MIT
# "No I/O" made executable: what libcasegate.so takes from outside is on a list, and it keeps no writable data but one counter.
# usage: symbols.sh LIBCASEGATE_SO LIBCASEGATE_A ALLOWED
set -eu
so=$1 archive=$2 allowed=$3
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nm -D --undefined-only "$so" | awk '{ name = $NF; sub(/@.*/, "", name); print name }' | sort -u >"$work/taken"
grep -v '^#' "$allowed" | awk 'NF { print $1 }' | sort -u >"$work/allowed"
[ -s "$work/taken" ] || { echo "not ok - nm found nothing in $so"; exit 1; }
for name in $(comm -23 "$work/taken" "$work/allowed"); do
    echo "not ok - $so takes $name, which is not in ${allowed##*/}"; failed=1
done

# Sections that can be written, other than those that are only relocated.
objdump -h "$archive" | awk '
    /file format/ { object = $1; sub(/:$/, "", object) }
    $2 ~ /^\.(data|bss|tdata|tbss)/ && $2 !~ /rel\.ro/ && $3 !~ /^0+$/ { print object, $2 }' >"$work/writable"
while read -r object section; do
    case $object in
        ids.c.o) ;;   # the counter that keeps ids increasing
        *) echo "not ok - $object has writable data ($section)"; failed=1 ;;
    esac
done <"$work/writable"
[ $failed -ne 0 ] || echo "ok - $(wc -l <"$work/taken") names taken, all allowed; no writable data but the id counter"
exit $failed
