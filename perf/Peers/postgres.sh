#!/usr/bin/env bash
# PostgreSQL as a peer: a private cluster on a Unix socket of its own, never a server that runs already.
#   postgres.sh install           installs Debian's postgresql where apt is there (needs root)
#   postgres.sh start DIR [PID]   starts the cluster below DIR, made if there is none; prints the connection's host, port and user.
#                                 With PID it stops by itself when that process is gone
#   postgres.sh stop DIR          stops it
# fsync and synchronous_commit are on. Memory is for a machine of 24 GB; wal_level minimal lets a COPY into a table of the same
# transaction go around the log; two cores work on a query; compiling expressions costs short queries more than it gives long ones.
set -euo pipefail

fail() { echo "$1" >&2; exit 1; }

find_programs() {
    local folder
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        [ -x "$folder/initdb" ] && { echo "$folder"; return; }
    done
    command -v initdb >/dev/null && dirname "$(readlink -f "$(command -v initdb)")"
}

# PostgreSQL refuses to run as root; then it runs as the user that Debian's package makes, or as nobody.
as_server_user() {
    if [ "$(id -u)" = 0 ]; then
        (cd "$dir" && setpriv --reuid "$server_user" --regid "$server_group" --clear-groups "$@")
    else
        "$@"
    fi
}

# The server's user must be able to go to the folder, which may lie below one that only its owner may enter.
can_enter() { as_server_user test -x "$1" 2>/dev/null; }

verb=${1:-}
if [ "$verb" = install ]; then
    [ -n "$(find_programs || true)" ] && { echo "PostgreSQL is installed"; exit 0; }
    command -v apt-get >/dev/null || fail "There is no apt-get here: install PostgreSQL by hand"
    apt-get install -y --no-install-recommends postgresql
    exit 0
fi

dir=${2:?usage: postgres.sh install | start DIR [PID] | stop DIR}
programs=$(find_programs || true)
[ -n "$programs" ] || fail "PostgreSQL is not installed (perf/Peers/postgres.sh install)"
server_user=$(id -un)
[ "$(id -u)" = 0 ] && server_user=$(id -un postgres 2>/dev/null || echo nobody)
server_group=$(id -gn "$server_user")
mkdir -p "$dir"
dir=$(cd "$dir" && pwd -P)

case $verb in
start)
    mkdir -p "$dir/data"
    [ "$(id -u)" = 0 ] && chown "$server_user:$server_group" "$dir" "$dir/data"
    can_enter "$dir/data" || fail "The server's user $server_user may not enter $dir"
    chmod 700 "$dir/data"
    # A socket's path may have 107 bytes: it lies beside the data only where that is short enough.
    socket="$dir"
    if [ ${#socket} -gt 80 ]; then
        socket=$(mktemp -d /tmp/tickstore-pg-XXXXXX)
        [ "$(id -u)" = 0 ] && chown "$server_user:$server_group" "$socket"
        echo "$socket" >"$dir/socket-folder"
    fi
    if [ ! -f "$dir/data/PG_VERSION" ]; then
        as_server_user "$programs/initdb" -D "$dir/data" -U perf -A trust -E UTF8 --locale=C >"$dir/initdb.log" 2>&1 ||
            fail "initdb failed: $(tail -1 "$dir/initdb.log")"
        cat >>"$dir/data/postgresql.conf" <<'CONF'
listen_addresses = ''
shared_buffers = 4GB
effective_cache_size = 14GB
work_mem = 1GB
hash_mem_multiplier = 4
maintenance_work_mem = 1GB
wal_level = minimal
max_wal_senders = 0
max_wal_size = 8GB
checkpoint_timeout = 30min
max_parallel_workers_per_gather = 2
max_parallel_workers = 2
max_parallel_maintenance_workers = 2
random_page_cost = 1.1
jit = off
autovacuum = off
CONF
    fi
    # One that was killed leaves its lock file behind; it is stopped first if it still runs.
    as_server_user "$programs/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null 2>&1 || true
    as_server_user "$programs/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/data/server.log" \
        -o "-c unix_socket_directories='$socket'" start >/dev/null 2>&1 </dev/null ||
        fail "PostgreSQL did not start: $(tail -1 "$dir/data/server.log")"
    if [ -n "${3:-}" ]; then
        # Whoever asked for it may be killed; then nobody else would stop the server. It is this server that is watched, for
        # another may have been started on the same data since.
        server=$(head -1 "$dir/data/postmaster.pid")
        setsid bash -c 'while kill -0 "$1" && kill -0 "$2"; do sleep 1; done; kill -INT "$2"' \
            watch "$3" "$server" >/dev/null 2>&1 </dev/null &
    fi
    echo "Host=$socket;Port=5432;Username=perf;Database=postgres"
    ;;
stop)
    [ -f "$dir/data/postmaster.pid" ] && as_server_user "$programs/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null
    if [ -f "$dir/socket-folder" ]; then
        rm -rf "$(cat "$dir/socket-folder")" "$dir/socket-folder"
    fi
    ;;
*)
    fail "usage: postgres.sh install | start DIR [PID] | stop DIR"
    ;;
esac
