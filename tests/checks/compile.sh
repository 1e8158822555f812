#!/bin/sh
# SPDX-License-Identifier: MIT
# Libraries, tool and examples compile without a warning with the other compiler too. Exits with 77 (skipped) where it is not there.
# usage: compile.sh SOURCE_DIR COMPILER
set -eu
cd "$1"
command -v "$2" >/dev/null 2>&1 || { echo "skipped - $2 is not here"; exit 77; }
pkg-config --exists uuid jansson sqlite3 libpq libcurl cmocka || { echo "skipped - a library that some sources need is not here"; exit 77; }
failed=0
count=0
flags='-std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Werror'
for file in $(find src examples -name '*.c' | sort); do
    # shellcheck disable=SC2046,SC2086
    if "$2" $flags -fsyntax-only -Iinclude -DCASEGATE_BUILD -DCASEGATE_VERSION='"0"' -D_POSIX_C_SOURCE=200809L \
        $(pkg-config --cflags uuid jansson sqlite3 libpq libcurl cmocka) "$file"; then
        count=$((count + 1))
    else
        echo "not ok - $file"; failed=1
    fi
done
[ $count -ge 20 ] || { echo "not ok - only $count files were found"; failed=1; }
[ $failed -ne 0 ] || echo "ok - $count files without a warning of $2"
exit $failed
