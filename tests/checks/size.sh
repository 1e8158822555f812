#!/bin/sh
# SPDX-License-Identifier: MIT
# The core, stripped, stays small enough to embed: at most 200 KB.
# usage: size.sh LIBRARY
set -eu
most=204800
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
strip -o "$work/library" "$1"
size=$(wc -c <"$work/library")
echo "$size bytes, at most $most"
[ "$size" -le "$most" ]
