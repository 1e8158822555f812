# SPDX-License-Identifier: MIT
# packages.sh: ensure_packages PKG...: installs with apt what is missing, and says so. To be sourced by a POSIX shell.
# shellcheck shell=sh

missing_packages() {
    for package in "$@"; do
        case "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" in
            *" installed") ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

apt_quietly() {
    if [ "$(id -u)" -eq 0 ]; then
        DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"
    else
        sudo DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"
    fi
}

# The package lists are fetched only if the first try shows that they are missing or too old.
ensure_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        echo "This system has no apt; going on without a look at: $*" >&2
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    echo "Installing with apt: $missing"
    # shellcheck disable=SC2086
    apt_quietly install -y --no-install-recommends $missing >/dev/null 2>&1 && return 0
    apt_quietly update >/dev/null || return 1
    # shellcheck disable=SC2086
    apt_quietly install -y --no-install-recommends $missing >/dev/null
}
