#!/bin/sh
# SPDX-License-Identifier: MIT
# The README shows examples/quickstart.c as it is, opens with the two commands, and names only files that exist.
# usage: readme.sh SOURCE_DIR [write]     write: puts the example into the README
set -eu
cd "$1"
failed=0
fault() { printf 'not ok - %s\n' "$*"; failed=1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "${2:-}" = write ]; then
    awk '/<!-- end quickstart -->/ { hidden = 0 }
         !hidden { print }
         /<!-- begin quickstart -->/ {
             print "```c"; while ((getline line <"examples/quickstart.c") > 0) print line; print "```"; hidden = 1
         }' README.md >"$work/README.md"
    cp "$work/README.md" README.md
fi
awk '/<!-- end quickstart -->/ { exit } shown && $0 != "```c" && $0 != "```" { print } /<!-- begin quickstart -->/ { shown = 1 }' \
    README.md >"$work/shown"
diff -u examples/quickstart.c "$work/shown" || fault "README.md does not show examples/quickstart.c as it is"
[ "$(wc -l <examples/quickstart.c)" -lt 100 ] || fault "examples/quickstart.c has 100 lines or more"

for script in ./demo.sh ./test.sh; do
    sed -n 1,20p README.md | grep -qF "$script" || fault "README.md does not open with $script"
    [ -x "$script" ] || fault "$script cannot be run"
done
# Every relative link, and every command that begins with ./ in a block.
for name in $(grep -hoE '\]\([^)#:]+' README.md CONTRIBUTING.md docs/*.md | sed 's/^](//' | grep -vE '^(https?|mailto)$' | sort -u); do
    [ -e "$name" ] || [ -e "docs/$name" ] || fault "a document links to $name, which is not there"
done
for name in $(grep -hoE '^(\$ )?\./[a-z./-]+' README.md CONTRIBUTING.md | sed 's/^\$ //' | sort -u); do
    [ -x "$name" ] || fault "a document runs $name, which is not there"
done
for name in $(grep -hoE '(-DCASEGATE_[A-Z]+)' README.md CONTRIBUTING.md docs/*.md | sed 's/^-D//' | sort -u); do
    grep -qE "(option|set)\($name " CMakeLists.txt || fault "a document sets $name, which CMakeLists.txt does not have"
done
for name in $(grep -hoE -e '--preset [a-z]+' README.md CONTRIBUTING.md docs/*.md | sed 's/.* //' | sort -u); do
    grep -q "\"name\": \"$name\"" CMakePresets.json || fault "a document uses preset $name, which is not there"
done
[ $failed -ne 0 ] || echo "ok - README and documents name what is there"
exit $failed
