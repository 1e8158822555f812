#!/bin/sh
# SPDX-License-Identifier: MIT
# The tables of docs/rules.md say what the library says: obstacles with parameters, findings, limits, reasons, actions, statuses, problems.
# usage: documents.sh SOURCE_DIR FACTS
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$2" | sort >"$work/known"

awk -F ' *[|] *' '
function bare(text) { gsub(/[`]/, "", text); return text }
function words(text) { gsub(/[`,]/, "", text); return text }
/^## /                                   { section = $0 }
/^### /                                  { next }
section ~ /^## 2\./ && $2 ~ /^[0-9]+$/   { print "status", $2, bare($3), $4 }
section ~ /^## 3\./ && $2 ~ /^(create|edit|submit|accept|reject|adopt|erase|migrate)$/ { print "action", $2, words($5), ":", $6 }
section ~ /^## 5\./ && $2 ~ /^[0-9]+$/   { parameters = words($5); print "obstacle", $2, bare($3) (parameters == "-" ? "" : " " parameters) }
section ~ /^## 9\./ && $2 ~ /^`/         { print "finding", bare($2), $5 }
section ~ /^## 10\./ && $2 ~ /^`/ {
    count = split(words($2), name, " "); value = $3; sub(/ .*/, "", value)
    for (i = 1; i <= count; i++) print "limit", name[i], value
}
# Lists in prose: from the words that open them to the full stop.
section ~ /^## 9\./ && /^\*Reasons\*/ { list = "reason"; text = "" }
section ~ /^## 10\./ && /^Values of `problem`/ { list = "problem"; text = "" }
list != "" {
    text = text " " $0
    if ($0 ~ /\.$/) {
        if (list == "reason") sub(/.*default ones[^`]*:/, "", text)
        else sub(/.*`problem`:/, "", text)
        gsub(/[`,.]/, "", text)
        count = split(text, name, " ")
        for (i = 1; i <= count; i++) print list, name[i]
        list = ""
    }
}' "$1/docs/rules.md" | sort >"$work/stated"

if diff -u "$work/known" "$work/stated"; then
    echo "ok - $(wc -l <"$work/stated") statements of docs/rules.md are what the library says"
else
    echo "not ok - docs/rules.md (+) and the library (-) differ"
    exit 1
fi
