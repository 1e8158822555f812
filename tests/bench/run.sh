#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# All figures in one command: builds optimised, then times decisions, counts their instructions, and times durable transitions.
# usage: tests/bench/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/packages.sh

ensure_packages build-essential cmake ninja-build pkg-config uuid-dev libjansson-dev libsqlite3-dev libpq-dev postgresql libcmocka-dev valgrind
mkdir -p build
cmake --preset release >build/configure-release.log 2>&1 || { cat build/configure-release.log; exit 1; }
cmake --build --preset release --target bench_decide bench_transitions bench_callers bench_cases bench_postgres -- --quiet

printf '== decisions, beside a switch written by hand\n'
build/release/tests/bench/bench_decide
printf '\n== instructions a decision (callgrind)\n'
sh tests/bench/instructions.sh build/release/tests/bench/bench_decide || printf 'a goal was not reached, see OVER\n'
printf '\n== durable transitions, beside the same statements written by hand\n'
build/release/tests/bench/bench_transitions
printf '\n== eight callers at once, SQLite\n'
build/release/tests/bench/bench_callers
printf '\n== many cases, SQLite: batches, growth, the queue, memory (a minute)\n'
build/release/tests/bench/bench_cases

printf '\n== durable transitions, PostgreSQL, 16 connections\n'
folder=$(mktemp -d /tmp/casegate-bench-XXXXXX)
trap 'sh tests/postgres/cluster.sh destroy "$folder"' EXIT
port=$((20000 + $$ % 20000))
if CASEGATE_TEST_PORT=$port sh tests/postgres/cluster.sh start "$folder"; then
    build/release/tests/bench/bench_postgres "host=127.0.0.1 port=$port user=casegate dbname=postgres"
fi
