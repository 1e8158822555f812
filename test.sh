#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# All tests: installs what they need, builds, and runs them plainly, under ASan and UBSan, under TSan where threads meet, and under
# valgrind.
# usage: ./test.sh [--quick]     --quick: plainly only
set -euo pipefail
cd "$(dirname "$0")"
. scripts/packages.sh

quick=no
case "${1:-}" in
    "") ;;
    --quick) quick=yes ;;
    *) sed -n '3,5s/^# //p' "$0"; exit 2 ;;
esac
ensure_packages build-essential cmake ninja-build pkg-config uuid-dev libjansson-dev libsqlite3-dev libpq-dev postgresql libcurl4-openssl-dev openssl libcmocka-dev doxygen valgrind sqlite3 jq python3 python3-jsonschema graphviz
# A mail server of its own only where that does not push out the one that is there.
[ -e /usr/sbin/sendmail ] || ensure_packages opensmtpd

jobs=$(nproc)
ran=0
failed=0
broken=""

# Runs ctest, shows it, and adds its counts; a run that ends without a summary counts as one failure.
run_tests() {   # title, build directory, ctest options...
    local title=$1 build=$2 log status=0 summary
    shift 2
    log=$build/test-$(printf '%s' "$title" | tr -c 'a-z\n' '-').log
    printf '\n== %s\n' "$title"
    ctest --test-dir "$build" --output-on-failure -j "$jobs" "$@" 2>&1 | tee "$log" || status=$?
    summary=$(sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests\{0,1\} failed out of \([0-9]*\).*/\1 \2/p' "$log" | tail -n 1)
    if [ -z "$summary" ]; then
        failed=$((failed + 1)); ran=$((ran + 1)); broken="$broken; $title"
        return 0
    fi
    failed=$((failed + ${summary% *}))
    ran=$((ran + ${summary#* }))
    # A memory report fails a run even where each test passed.
    if [ "$status" -ne 0 ]; then
        broken="$broken; $title"
        if [ "${summary% *}" -eq 0 ]; then failed=$((failed + 1)); ran=$((ran + 1)); fi
    fi
}

build() {   # preset, targets (all)
    local preset=$1
    shift
    printf '\n== build %s\n' "$preset"
    mkdir -p build
    cmake --preset "$preset" >"build/configure-$preset.log" 2>&1 || { cat "build/configure-$preset.log"; exit 1; }
    grep '^-- casegate:' "build/configure-$preset.log" || true
    cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"} -- --quiet
}

build dev
run_tests "plain" build/dev

if [ "$quick" = no ]; then
    build asan
    ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 \
        run_tests "address and undefined behaviour sanitizers" build/asan -LE 'nosan|bench'
    build tsan race engine_misuse engine_policies sqlite_group
    run_tests "thread sanitizer" build/tsan -R '^(race_(memory|sqlite|postgres)_threads|engine_misuse|engine_policies|sqlite_group)$'
    cat >build/dev/DartConfiguration.tcl <<EOT
SourceDirectory: $PWD
BuildDirectory: $PWD/build/dev
MemoryCheckCommand: $(command -v valgrind)
MemoryCheckType: Valgrind
MemoryCheckCommandOptions: --quiet --child-silent-after-fork=yes --leak-check=full --show-leak-kinds=definite,possible --error-exitcode=9
EOT
    run_tests "valgrind memcheck" build/dev -T memcheck -LE 'nosan|bench|slow|fault' -E '^(cli|postgres_(tool|follow|upgrade)|sqlite_(upgrade|queue)|example_own_tables)$'   # shells are not what is looked at, nor a share of time
fi

printf '\n'
[ -z "$broken" ] || printf 'not clean: %s\n' "${broken#; }"
printf '%d passed, %d failed\n' $((ran - failed)) "$failed"
[ "$failed" -eq 0 ] && [ -z "$broken" ]
