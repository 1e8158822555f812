#!/bin/sh
# SPDX-License-Identifier: MIT
# The PostgreSQL store keeps the contract of store.h. usage: contract.sh TOOL URI
set -eu
folder=$(printf '%s' "$2" | sed 's/.*host=\([^&]*\).*/\1/')
[ -S "$folder/.s.PGSQL.5432" ] || { echo "skipped - there is no PostgreSQL server"; exit 77; }
unset CASEGATE_STORE CASEGATE_PEOPLE CASEGATE_POLICY
exec "$1" check-store "$2"
