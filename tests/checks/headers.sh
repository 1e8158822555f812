#!/bin/sh
# SPDX-License-Identifier: MIT
# Each public header compiles alone, as C11 and as C++17, with every compiler that is here.
# usage: headers.sh SOURCE_DIR
set -eu
cd "$1/include"
failed=0
tried=0
flags='-Wall -Wextra -Wpedantic -Werror -Wshadow -Wundef -fsyntax-only -I.'

compiles() {   # compiler, standard, language, header
    command -v "$1" >/dev/null 2>&1 || return 0
    # shellcheck disable=SC2086
    if printf '#include <casegate/%s>\nextern int casegate_header_ok;\n' "$4" | "$1" "$2" $flags -x "$3" -; then
        tried=$((tried + 1))
    else
        echo "not ok - $4 with $1 $2"; failed=1
    fi
}
for header in casegate/*.h; do
    header=${header#casegate/}
    for compiler in gcc clang; do compiles $compiler -std=c11 c "$header"; done
    for compiler in g++ clang++; do
        compiles $compiler -std=c++17 c++ "$header"
        compiles $compiler -std=c++11 c++ "$header"
    done
done
[ $tried -gt 0 ] || { echo "not ok - no compiler was found"; exit 1; }
[ $failed -ne 0 ] || echo "ok - $tried compilations of single headers"
exit $failed
