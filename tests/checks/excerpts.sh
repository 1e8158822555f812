#!/bin/sh
# SPDX-License-Identifier: MIT
# Code in the documents below "<!-- from FILE -->" stands in that file, line behind line; only the indentation may differ.
# usage: excerpts.sh SOURCE_DIR
set -eu
cd "$1"
awk '
function bare(text) { sub(/^[ \t]+/, "", text); return text }
function judge(    all, line) {
    all = "\n"
    while ((getline line <file) > 0) all = all bare(line) "\n"
    close(file)
    seen++
    if (index(all, "\n" block) == 0) { print "not ok - " FILENAME ":" from ": this does not stand in " file; bad = 1 }
}
FNR == 1            { file = ""; inside = 0 }
/^<!-- from .* -->$/ { file = $3; from = FNR; next }
/^```/ && inside    { inside = 0; judge(); file = ""; next }
/^```/ && file != "" { inside = 1; block = ""; next }
inside              { block = block bare($0) "\n" }
END {
    if (!seen) { print "not ok - no excerpt was found"; exit 1 }
    if (!bad) print "ok - " seen " excerpts stand in their files"
    exit bad
}' README.md docs/*.md
