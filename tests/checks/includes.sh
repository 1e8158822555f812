#!/bin/sh
# SPDX-License-Identifier: MIT
# The include graph is the picture of docs/design.md: an include may point down, never up, never sideways between adapters.
# usage: includes.sh SOURCE_DIR
set -eu
cd "$1"

# Every include as "file<TAB>included"; own files in quotes keep their quotes.
find include src examples tests -name '*.[ch]' -o -name '*.cpp' | sort | while read -r file; do
    sed -n 's|^[[:space:]]*#[[:space:]]*include[[:space:]]*\(["<][^">]*[">]\).*|\1|p' "$file" | while read -r name; do
        printf '%s\t%s\n' "$file" "$name"
    done
done | awk -F '\t' '
BEGIN {
    # Public headers, from the lowest up; store.h and notify.h stand in this order.
    count = split("base content case workflow decide store notify engine casegate", order, " ")
    for (i = 1; i <= count; i++) rank[order[i]] = i
    # What the headers of the components, and the sources of each component, may include beside the core.
    beside["json"] = "json"; beside["sqlite"] = "sqlite json"; beside["postgres"] = "postgres json"; beside["testkit"] = "testkit json"
    beside["mail"] = "mail"; beside["smtp"] = "smtp mail"
    count = split("base model rules engine", layers, " ")
    for (i = 1; i <= count; i++) layer[layers[i]] = i
    system_ok = "<stddef.h> <stdint.h>"
}
function fault(why) { print "not ok - " $1 " includes " $2 ": " why; bad = 1 }
function public_name(name) { sub(/^<casegate\//, "", name); sub(/\.h>$/, "", name); return name }
function has(list, word) { return index(" " list " ", " " word " ") > 0 }
{ seen++ }
$1 ~ /^include\// {
    from = $1; sub(/.*\//, "", from); sub(/\.h$/, "", from)
    if ($2 ~ /^<casegate\//) {
        to = public_name($2)
        if (!(to in rank)) fault("a core header, or that of a component, includes no component")
        else if (from in rank && rank[to] >= rank[from]) fault("that header is not below")
    } else if (!has(system_ok, $2)) fault("public headers include <stddef.h>, <stdint.h> and <casegate/...> only")
    next
}
$1 ~ /^src\/core\// {
    split($1, part, "/"); from = part[3]
    if ($2 ~ /^"/) {
        to = $2; gsub(/"/, "", to)
        if (to ~ /^\.\.\/[a-z]+\/[a-z0-9_]+\.h$/) { split(to, piece, "/"); to = piece[2] }
        else if (to ~ /^[a-z0-9_]+\.h$/) to = from
        else { fault("not a header of the core"); next }
        if (!(to in layer)) fault("no such layer")
        else if (layer[to] > layer[from]) fault("that layer is above")
    } else if ($2 ~ /^<casegate\//) {
        to = public_name($2)
        if (!(to in rank)) fault("the core knows no component")
        else {
            top = from == "base" ? "base" : from == "model" ? "case" : from == "rules" ? "decide" : "engine"
            if (rank[to] > rank[top]) fault("that header belongs to a layer above")
        }
    } else if ($2 ~ /^<(jansson|sqlite3|libpq|stdio_ext|fcntl|pthread|threads|sys\/socket|curl)/) fault("not a dependency of the core")
    else if ($2 ~ /^<uuid/ && $1 != "src/core/base/random.c") fault("random bits come from one file, base/random.c")
    next
}
# Components, tool, examples, tests of the public interface: installed headers and own files.
{
    if ($1 ~ /^tests\/(unit|json|sqlite|postgres|checks)\//) next   # linked statically, may look inside
    if ($2 ~ /^"/ && ($2 ~ /\.\.\// || $2 ~ /core\// || $2 ~ /casegate\//)) { fault("own files and <casegate/...> only"); next }
    if ($1 ~ /^src\/adapters\// && $2 ~ /^<casegate\//) {
        split($1, part, "/"); to = public_name($2)
        if (!(to in rank) && !has(beside[part[3]], to)) fault("adapters do not know each other, but for json and mail below them")
        if (part[3] == "json" && to in rank && rank[to] > rank["decide"]) fault("json lies below stores and engine")
    }
    if ($1 ~ /^src\/testkit\// && $2 ~ /^<casegate\// && !(public_name($2) in rank) && !has(beside["testkit"], public_name($2)))
        fault("the testkit knows json only")
    if ($2 ~ /^<jansson/ && $1 !~ /^(src\/adapters\/json|src\/testkit|tests)\//) fault("jansson is private to json and testkit")
    if ($2 ~ /^<curl/ && $1 !~ /^src\/adapters\/smtp\//) fault("libcurl is private to smtp")
    if ($2 ~ /^<sqlite3/ && $1 !~ /^(src\/adapters\/sqlite|tests|examples)\//) fault("SQLite is private to its store")
    if ($2 ~ /^<(libpq|pg_|postgres)/ && $1 !~ /^(src\/adapters\/postgres|tests)\//) fault("libpq is private to its store")
}
END {
    if (seen < 20) { print "not ok - only " seen + 0 " includes were found"; exit 1 }
    if (!bad) print "ok - " seen " includes point down"
    exit bad
}'
