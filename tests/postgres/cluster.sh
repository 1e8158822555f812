#!/bin/sh
# SPDX-License-Identifier: MIT
# A private PostgreSQL server on a socket in a folder of its own: cluster.sh start|stop|crash|again|follow|promote|destroy DIR
# start makes it (77: PostgreSQL is not installed), stop asks it to end at once, crash kills every process of it, again starts
# it on the same data, destroy ends it and removes the folder. follow makes a standby of it in DIR/standby, for which each COMMIT
# waits from then on; promote makes that one the server. With CASEGATE_TEST_PORT it also listens on that port of 127.0.0.1. Connect with "host=DIR user=casegate dbname=postgres".
set -eu

verb=$1 dir=$2
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/initdb)")
if [ ! -x "$bin/initdb" ] || [ ! -x "$bin/pg_ctl" ]; then
    echo "skipped - no PostgreSQL server is installed (on Debian: apt-get install postgresql)"
    exit 77
fi

# A server does not run as root.
as_owner() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

up() {
    as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -s start || { tail -20 "$dir/log"; exit 1; }
}

# The processes of this server alone, by the id that it wrote down.
end() {
    pid=$(head -1 "$dir/data/postmaster.pid" 2>/dev/null || true)
    [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 0
    as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -t 30 -s stop 2>/dev/null || true
}

case $verb in
start)
    if [ -d "$dir/data" ]; then end; rm -rf "$dir"; fi
    mkdir -p "$dir"
    [ "$(id -u)" != 0 ] || chown postgres "$dir"
    cd "$dir"
    as_owner "$bin/initdb" -D "$dir/data" -U casegate --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 ||
        { cat "$dir/initdb.log"; exit 1; }
    cat >>"$dir/data/postgresql.conf" <<EOT
listen_addresses = '${CASEGATE_TEST_PORT:+127.0.0.1}'
port = ${CASEGATE_TEST_PORT:-5432}
unix_socket_directories = '$dir'
max_connections = 100
shared_buffers = 32MB
max_wal_size = 256MB
log_min_messages = fatal
logging_collector = off
lc_messages = 'C'
restart_after_crash = on
EOT
    up
    ;;
stop)  cd "$dir"; end ;;
crash) cd "$dir"
    pid=$(head -1 "$dir/data/postmaster.pid")
    children=$(ps -o pid= --ppid "$pid" || true)
    # shellcheck disable=SC2086
    kill -9 "$pid" $children 2>/dev/null || true ;;
again) cd "$dir"
    tries=0   # what a killed server left in shared memory goes with its last process
    until as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -s start 2>/dev/null; do
        tries=$((tries + 1)); [ "$tries" -lt 20 ] || { tail -20 "$dir/log"; exit 1; }
        sleep 0.2
    done ;;
follow) cd "$dir"
    as_owner mkdir -m 700 standby
    as_owner "$bin/pg_basebackup" -h "$dir" -p "${CASEGATE_TEST_PORT:-5432}" -U casegate -D "$dir/standby/data" -R -X stream -c fast --no-sync
    cat >>"$dir/standby/data/postgresql.conf" <<EOT
unix_socket_directories = '$dir/standby'
listen_addresses = ''
EOT
    (dir=$dir/standby; cd "$dir"; up)
    echo "synchronous_standby_names = '*'" >>"$dir/data/postgresql.conf"
    as_owner "$bin/pg_ctl" -D "$dir/data" -s reload ;;
promote) cd "$dir/standby"
    as_owner "$bin/pg_ctl" -D "$dir/standby/data" -w -t 60 -s promote ;;
destroy)
    [ ! -d "$dir/standby" ] || (dir=$dir/standby; cd "$dir"; end)
    [ ! -d "$dir" ] || { cd "$dir"; end; cd /; rm -rf "$dir"; } ;;
*) echo "usage: cluster.sh start|stop|crash|again|follow|promote|destroy DIR" >&2; exit 2 ;;
esac
