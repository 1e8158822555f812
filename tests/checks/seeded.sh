#!/bin/sh
# SPDX-License-Identifier: MIT
# The checks check: each is run on a copy of the tree with one defect planted, and must fail.
# usage: seeded.sh SOURCE_DIR WORK_DIR LIBCASEGATE_SO LIBCASEGATE_A CC FACTS
set -eu
source=$1 work=$2 so=$3 archive=$4 cc=$5 facts=$6
failed=0
here=$source/tests/checks

fresh() {
    rm -rf "$work"
    mkdir -p "$work"
    for part in .ci CMakeLists.txt CMakePresets.json cmake demo.sh docs examples include pkgconfig scripts src test.sh tests; do
        cp -r "$source/$part" "$work/"
    done
    cp "$source"/*.md "$source/LICENSE" "$work/"
}
caught() {   # what, check, arguments...
    what=$1 check=$2
    shift 2
    if sh "$here/$check.sh" "$@" >"$work.log" 2>&1; then
        echo "not ok - not caught: $what"; failed=1
    else
        echo "ok - caught: $what"
    fi
}
core_headers() { find "$work/include/casegate" -name '*.h' ! -name json.h ! -name mail.h ! -name smtp.h ! -name sqlite.h ! -name postgres.h ! -name testkit.h; }
plant() { printf '%s\n' "$2" >>"$work/$1"; }

fresh
for check in includes tree rules headers readme excerpts; do
    sh "$here/$check.sh" "$work" >/dev/null || { echo "not ok - $check fails without a planted defect"; failed=1; }
done

plant src/core/base/text.c '#include "../model/model.h"';            caught "an include upwards" includes "$work"; fresh
plant src/core/rules/decide.c '#include <casegate/engine.h>';        caught "rules that know the engine" includes "$work"; fresh
plant src/adapters/sqlite/load.c '#include "../../core/base/base.h"'; caught "an adapter that looks inside" includes "$work"; fresh
plant src/adapters/sqlite/load.c '#include <casegate/testkit.h>';    caught "an adapter that knows another" includes "$work"; fresh
plant src/adapters/postgres/load.c '#include <casegate/sqlite.h>';   caught "a store that knows another" includes "$work"; fresh
plant src/testkit/memory.c '#include <libpq-fe.h>';                  caught "libpq outside of its store" includes "$work"; fresh
plant include/casegate/content.h '#include <casegate/case.h>';       caught "a header that knows a higher one" includes "$work"; fresh
plant include/casegate/base.h '#include <stdio.h>';                  caught "a public header with stdio" includes "$work"; fresh
sed -i 1d "$work/src/core/base/text.c";                              caught "no licence line" tree "$work"; fresh
plant src/core/rules/decide.c '/* now = casegate_now_us(host); */ int64_t now = casegate_now_us(NULL);'
caught "a decision that reads a clock" tree "$work"; fresh
plant src/core/engine/apply.c 'static void f(casegate_head *head) { head->status = 3; }'
caught "a second door for the status" tree "$work"; fresh
plant src/core/engine/apply.c 'static void f(void) { printf("x"); }'; caught "a library that prints" tree "$work"; fresh
plant README.md "see /work$(printf '/')main";                        caught "a place of one machine" tree "$work"; fresh
plant docs/rules.md '| **CG-R22** | a rule without a test |';        caught "a rule that no test cites" rules "$work"; fresh
mkdir -p "$work/tests/spec"
plant tests/spec/planted.c '/* CG-R99 */';                           caught "a citation of no rule" rules "$work"; fresh
plant include/casegate/case.h 'typedef struct casegate_planted { casegate_unknown *it; } casegate_planted;'
caught "a header that does not compile" headers "$work"; fresh
plant examples/quickstart.c '/* changed */';                         caught "a README that shows another quickstart" readme "$work"; fresh
sed -i 's/case_version = ?23/case_version > 0/' "$work/examples/own_tables/own_store.c"
caught "an excerpt that its file does not have" excerpts "$work"; fresh
plant README.md '[nothing](docs/nothing.md)';                        caught "a link to nothing" readme "$work"

fresh
sed -i '/^casegate_version /d' "$work/src/core/exports"
# shellcheck disable=SC2046
caught "an export that is not in the list" exports "$so" "$work/src/core/exports" $(core_headers); fresh
printf '%s\n' 'casegate_zebra 1.0' >>"$work/src/core/exports"
# shellcheck disable=SC2046
caught "a name in the list that is not exported" exports "$so" "$work/src/core/exports" $(core_headers); fresh
sed -i '/^clock_gettime$/d' "$work/tests/checks/allowed-symbols"
caught "a symbol that is not allowed" symbols "$so" "$archive" "$work/tests/checks/allowed-symbols"
fresh
sed -i '/^| 16 |/s/`reason`/`comment`/' "$work/docs/rules.md"
caught "a wrong parameter in docs/rules.md" documents "$work" "$facts"
for change in 's/int32_t host_code; /int64_t host_code; /' 's/CASEGATE_LATER = 5/CASEGATE_LATER = 6/'; do
    fresh
    sed -i "$change" "$work/include/casegate/base.h"
    if "$cc" -std=c11 -fsyntax-only -I"$work/include" "$work/tests/checks/abi.c" 2>/dev/null; then
        echo "not ok - not caught: $change in base.h"; failed=1
    else
        echo "ok - caught: $change in base.h"
    fi
done
rm -rf "$work" "$work.log"
exit $failed
