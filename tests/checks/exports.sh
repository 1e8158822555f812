#!/bin/sh
# SPDX-License-Identifier: MIT
# One list three times: the names that a library exports, its exports file, and what its headers declare with CASEGATE_API.
# usage: exports.sh LIBRARY EXPORTS_FILE HEADER...
set -eu
library=$1 exports=$2
shift 2
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nm -D --defined-only "$library" | awk '$2 != "A" { print $NF }' | sort >"$work/versioned"
sed 's/@.*//' "$work/versioned" | sort -u >"$work/exported"
awk '/^casegate_/ { print $1 }' "$exports" >"$work/listed-as-is"
sort -u "$work/listed-as-is" >"$work/listed"
# Comments away, then the name before the first parenthesis of each declaration.
cat "$@" | awk '
    { line = line " " $0 }
    END {
        while (i = index(line, "/*")) { j = index(substr(line, i), "*/"); line = substr(line, 1, i - 1) " " substr(line, i + j + 1) }
        gsub(/# *define[^#]*/, " ", line)
        count = split(line, part, ";")
        for (k = 1; k <= count; k++) if (part[k] ~ /CASEGATE_API /) {
            text = part[k]; sub(/.*CASEGATE_API /, "", text); sub(/\(.*/, "", text); sub(/ *$/, "", text); sub(/.*[ *]/, "", text); print text
        }
    }' | sort -u >"$work/declared"

differ() {   # what, file, what, file
    for name in $(comm -23 "$2" "$4"); do echo "not ok - $name is $1, not $3"; failed=1; done
    for name in $(comm -13 "$2" "$4"); do echo "not ok - $name is $3, not $1"; failed=1; done
}
[ -s "$work/exported" ] || { echo "not ok - $library exports nothing"; exit 1; }
cmp -s "$work/listed" "$work/listed-as-is" || { echo "not ok - $exports is not sorted, or names something twice"; failed=1; }
differ "exported by ${library##*/}" "$work/exported" "in its exports file" "$work/listed"
differ "declared with CASEGATE_API" "$work/declared" "in the exports file" "$work/listed"
unversioned=$(grep -v '@@CASEGATE_1\.0$' "$work/versioned" || true)
[ -z "$unversioned" ] || { echo "not ok - without version CASEGATE_1.0: $unversioned"; failed=1; }
[ $failed -ne 0 ] || echo "ok - $(wc -l <"$work/exported") names of ${library##*/}"
exit $failed
