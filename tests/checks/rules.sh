#!/bin/sh
# SPDX-License-Identifier: MIT
# A test for every rule of docs/rules.md and a rule for every citation in a test.
# usage: rules.sh SOURCE_DIR
set -eu
cd "$1"
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A rule is stated where its number opens a row or a paragraph in bold: **CG-R07**.
grep -oE '\*\*CG-R[0-9]+\*\*' docs/rules.md | tr -d '*' | sort -u >"$work/stated"
{
    find tests -name '*.c' ! -path 'tests/checks/*' -exec grep -hoE '/\*[^*]*CG-R[0-9]+.*\*/' {} +  || true
    find tests -name '*.json' -exec grep -hoE '"CG-R[0-9]+"' {} + || true
} | grep -oE 'CG-R[0-9]+' | sort -u >"$work/cited"

n=1
while [ $n -le 21 ]; do
    rule=$(printf 'CG-R%02d' $n)
    grep -qx "$rule" "$work/stated" || { echo "not ok - docs/rules.md does not state $rule"; failed=1; }
    n=$((n + 1))
done
for rule in $(comm -23 "$work/stated" "$work/cited"); do echo "not ok - no test cites $rule"; failed=1; done
for rule in $(comm -13 "$work/stated" "$work/cited"); do echo "not ok - a test cites $rule, which docs/rules.md does not state"; failed=1; done
[ $failed -ne 0 ] || echo "ok - $(wc -l <"$work/stated") rules, each stated and cited"
exit $failed
