#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs a build, moves the installed tree, and builds a stranger's project against it: CMake and pkg-config, shared and static, C and C++.
# usage: run.sh SOURCE_DIR BUILD_DIR WORK_DIR CMAKE CC CXX
set -eu
source=$1 build=$2 work=$3 cmake=$4 cc=$5 cxx=$6
failed=0

note() { printf '%s\n' "$*"; }
expect_ok() {   # what, program
    answer=$("$2") || true
    if [ "$answer" = ok ]; then note "ok - $1"; else note "not ok - $1: '$answer'"; failed=1; fi
}
expect_linked() {   # what, program, yes|no: whether libcasegate is a shared library of it
    if ldd "$2" | grep -q libcasegate; then linked=yes; else linked=no; fi
    if [ "$linked" = "$3" ]; then note "ok - $1"; else note "not ok - $1: libcasegate shared: $linked"; failed=1; fi
}

rm -rf "$work"
mkdir -p "$work"
DESTDIR='' "$cmake" --install "$build" --prefix "$work/staging" >"$work/install.log"
mv "$work/staging" "$work/moved"
prefix=$work/moved
if grep -rIl "$work/staging" "$prefix" | grep -v install_manifest; then note "not ok - the installed tree names where it was first"; failed=1; fi

# By CMake, outside the tree.
cp -r "$source/tests/consumer" "$work/project"
"$cmake" -S "$work/project" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" \
    -DCMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON >"$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; exit 1; }
"$cmake" --build "$work/cmake" -j2 >"$work/cmake-build.log" 2>&1 || { cat "$work/cmake-build.log"; exit 1; }
for language in c cpp; do
    expect_ok "CMake, $language, shared" "$work/cmake/consumer_$language"
    expect_linked "CMake, $language, shared: is linked so" "$work/cmake/consumer_$language" yes
    expect_ok "CMake, $language, static" "$work/cmake/consumer_${language}_static"
    expect_linked "CMake, $language, static: is linked so" "$work/cmake/consumer_${language}_static" no
done

if [ -x "$work/cmake/consumer_postgres" ]; then
    expect_ok "CMake, the PostgreSQL store, shared" "$work/cmake/consumer_postgres"
    expect_ok "CMake, the PostgreSQL store, static" "$work/cmake/consumer_postgres_static"
fi
if [ -x "$work/cmake/consumer_smtp" ]; then
    expect_ok "CMake, smtp, shared" "$work/cmake/consumer_smtp"
    expect_linked "CMake, smtp, shared: is linked so" "$work/cmake/consumer_smtp" yes
    expect_ok "CMake, smtp, static" "$work/cmake/consumer_smtp_static"
    expect_linked "CMake, smtp, static: is linked so" "$work/cmake/consumer_smtp_static" no
fi

# By pkg-config.
pcdir=$(dirname "$(find "$prefix" -name casegate.pc)")
PKG_CONFIG_PATH=$pcdir${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
libdir=$(pkg-config --variable=libdir casegate)
with_pkg_config() {   # language, compiler and flags, kind, pkg-config options, further linker options
    # shellcheck disable=SC2046,SC2086
    $2 -Wall -Wextra -Werror $(pkg-config --cflags casegate-sqlite casegate-json) "$work/project/consumer.$1" -o "$work/pc-$1-$3" \
        $5 $(pkg-config $4 --libs casegate-sqlite casegate-json) || { note "not ok - pkg-config, $1, $3: does not build"; failed=1; }
}
for language in c cpp; do
    if [ $language = c ]; then compile="$cc -std=c11"; else compile="$cxx -std=c++17"; fi
    with_pkg_config $language "$compile" shared "" "-Wl,-rpath,$libdir"
    expect_ok "pkg-config, $language, shared" "$work/pc-$language-shared"
    expect_linked "pkg-config, $language, shared: is linked so" "$work/pc-$language-shared" yes
done
if pkg-config --exists casegate-postgres; then
    # shellcheck disable=SC2046
    $cc -std=c11 -Wall -Wextra -Werror $(pkg-config --cflags casegate-postgres) "$work/project/consumer_postgres.c" -o "$work/pc-postgres" \
        "-Wl,-rpath,$libdir" $(pkg-config --libs casegate-postgres) || { note "not ok - pkg-config, the PostgreSQL store: does not build"; failed=1; }
    expect_ok "pkg-config, the PostgreSQL store" "$work/pc-postgres"
fi
if pkg-config --exists casegate-smtp; then   # static too needs more of libcurl's own libraries than Debian installs with it
    # shellcheck disable=SC2046
    $cc -std=c11 -Wall -Wextra -Werror "$work/project/consumer_smtp.c" -o "$work/pc-smtp" $(pkg-config --cflags --libs casegate-smtp) "-Wl,-rpath,$libdir"
    expect_ok "pkg-config, smtp, shared" "$work/pc-smtp"
fi
# The command line of the README, as it stands.
mkdir "$work/readme"
cp "$source/examples/quickstart.c" "$work/readme/"
line=$(grep '^cc quickstart.c ' "$source/README.md")
if (cd "$work/readme" && sh -ec "$line" && LD_LIBRARY_PATH=$libdir ./quickstart :memory: >log); then
    note "ok - README: $line"
else
    note "not ok - README: $line"; failed=1
fi
# Static: with the shared libraries out of the way, as in a static-only installation.
find "$prefix" -name 'libcasegate*.so*' -exec rm {} +
for language in c cpp; do
    if [ $language = c ]; then compile="$cc -std=c11"; else compile="$cxx -std=c++17"; fi
    with_pkg_config $language "$compile" static --static ""
    expect_ok "pkg-config, $language, static" "$work/pc-$language-static"
    expect_linked "pkg-config, $language, static: is linked so" "$work/pc-$language-static" no
done
exit $failed
