#!/usr/bin/env bash
# PostgreSQL as a peer: a private cluster on a Unix socket of its own, never a server that runs already.
#   postgres.sh install      installs Debian's postgresql where apt is there (needs root)
#   postgres.sh start DIR    makes a cluster below DIR and starts it; prints host, port and user of the connection
#   postgres.sh stop DIR     stops it
# Settings are the defaults with fsync and synchronous_commit on; only memory is raised, so that COPY is not held up.
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

verb=${1:-}
if [ "$verb" = install ]; then
    [ -n "$(find_programs || true)" ] && { echo "PostgreSQL is installed"; exit 0; }
    command -v apt-get >/dev/null || fail "There is no apt-get here: install PostgreSQL by hand"
    apt-get install -y --no-install-recommends postgresql
    exit 0
fi

dir=${2:?usage: postgres.sh install | start DIR | stop DIR}
programs=$(find_programs || true)
[ -n "$programs" ] || fail "PostgreSQL is not installed (perf/Peers/postgres.sh install)"
server_user=$(id -un)
[ "$(id -u)" = 0 ] && server_user=$(id -un postgres 2>/dev/null || echo nobody)
server_group=$(id -gn "$server_user")

case $verb in
start)
    mkdir -p "$dir/data" "$dir/socket"
    [ "$(id -u)" = 0 ] && chown "$server_user:$server_group" "$dir" "$dir/data" "$dir/socket"
    chmod 700 "$dir/data"
    as_server_user "$programs/initdb" -D "$dir/data" -U perf -A trust -E UTF8 --locale=C >"$dir/initdb.log" 2>&1 ||
        fail "initdb failed: $(tail -1 "$dir/initdb.log")"
    as_server_user "$programs/pg_ctl" -D "$dir/data" -w -t 30 -l "$dir/socket/log" \
        -o "-c listen_addresses='' -c unix_socket_directories='$dir/socket' -c shared_buffers=1GB -c max_wal_size=4GB" \
        start >/dev/null || fail "PostgreSQL did not start: $(tail -1 "$dir/socket/log")"
    echo "Host=$dir/socket;Port=5432;Username=perf;Database=postgres"
    ;;
stop)
    as_server_user "$programs/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null
    ;;
*)
    fail "usage: postgres.sh install | start DIR | stop DIR"
    ;;
esac
