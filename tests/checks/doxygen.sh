#!/bin/sh
# SPDX-License-Identifier: MIT
# The reference of the public headers builds, with every warning an error.
# usage: doxygen.sh DOXYGEN DOXYFILE OUTPUT_DIR
set -eu
rm -rf "$3"
mkdir -p "$3"
if "$1" "$2" >"$3/log" 2>&1; then
    echo "ok - $3/html/index.html"
else
    cat "$3/log"
    echo "not ok - doxygen warned"
    exit 1
fi
