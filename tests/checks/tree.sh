#!/bin/sh
# SPDX-License-Identifier: MIT
# What every file of the tree keeps to: licence line first, one sentence second, no place of one machine, one door for the status.
# usage: tree.sh SOURCE_DIR
set -eu
cd "$1"
failed=0
fault() { printf 'not ok - %s\n' "$*"; failed=1; }

sources=$(find include src examples tests -name '*.[ch]' -o -name '*.cpp' | sort)
for file in $sources; do
    [ "$(sed -n 1p "$file")" = '/* SPDX-License-Identifier: MIT */' ] || fault "$file: the first line is not the SPDX identifier"
    case $(sed -n 2p "$file") in
        "/* ${file##*/}: "*) ;;
        *) fault "$file: the second line does not say what this file knows ('/* ${file##*/}: ...')" ;;
    esac
done
for file in $(find CMakeLists.txt cmake src tests examples pkgconfig scripts docs .ci/run ./*.sh \
                   -name CMakeLists.txt -o -name '*.cmake' -o -name '*.sh' -o -name '*.in' -o -path .ci/run | sort); do
    sed -n 1,2p "$file" | grep -q 'SPDX-License-Identifier: MIT' || fault "$file: no SPDX identifier in its first two lines"
done

# What a command left behind that took an option for a file name.
for file in ./-*; do
    [ ! -e "$file" ] || fault "$file: no file is called so on purpose"
done

# Nothing names a place beside the tree, or a machine. (The patterns are written so that this file does not match itself.)
if grep -rnI -e '[.][.]/shared' -e '/work[/]' --exclude=.git --exclude-dir=.git --exclude-dir=build --exclude-dir='build-*' --exclude-dir=out . ; then
    fault "the lines above name a place outside of the project"
fi

# One door: a head's status is assigned in src/core/model/event.c, and nowhere else in the core.
doors=$(grep -rnE '(head|after|before|then|kase)[a-z_]*(\[[^]]*\])?(->|\.)status = ' src/core src/testkit --include='*.c' |
    grep -v '^src/core/model/event\.c:' || true)
[ -z "$doors" ] || fault "a head's status is assigned outside of src/core/model/event.c:
$doors"
grep -qE '(->|\.)status = ' src/core/model/event.c || fault "src/core/model/event.c does not assign the status any more: move this check"

# Rules are pure: no clock and no ids below the engine, random bits and digests only where a decision is sealed.
impure=$(grep -rnE '(casegate_now_us|casegate_new_id)[[:space:]]*\(' src/core/model src/core/rules --include='*.c' || true)
[ -z "$impure" ] || fault "a rule reads a clock or draws an id:
$impure"

# Libraries print nothing, end nothing, start no thread and no process. The contract's team does, to see what a store does then: in one
# file, where each is waited for.
team=src/testkit/contract_team.c
calls=$(grep -rnE '\b(printf|fprintf|puts|putchar|perror|exit|abort|_exit|fork|pthread_create|thrd_create|system|popen)[[:space:]]*\(' \
    src/core src/adapters src/testkit --include='*.c' | grep -vE "^$team:[0-9]+:.*\\b(pthread_create|fork|_exit)[[:space:]]*\\(" || true)
grep -q 'pthread_join(' "$team" && grep -q 'waitpid(' "$team" || fault "$team does not wait for those that it starts"
[ -z "$calls" ] || fault "a library prints, exits or starts something:
$calls"

[ $failed -ne 0 ] || echo "ok - the tree keeps its conventions"
exit $failed
