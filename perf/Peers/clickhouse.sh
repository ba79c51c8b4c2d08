#!/usr/bin/env bash
# ClickHouse as a peer: libchdb.so, the whole engine as a library, from the npm package chdb, one fixed version.
#   clickhouse.sh install [DIR]   fetches the package (about 130 MB; 570 MB unpacked) and prints the path of libchdb.so
#   clickhouse.sh path [DIR]      prints the path, or says what is missing and fails
# DIR is the user's cache folder unless given. A run finds the library by `path`, or by TICKSTORE_CHDB=/path/to/libchdb.so.
set -euo pipefail

version=3.4.0
usage="usage: clickhouse.sh install [DIR] | path [DIR]"

fail() { echo "$1" >&2; exit 1; }

verb=${1:?$usage}
dir=${2:-${XDG_CACHE_HOME:-${HOME:?HOME is not set: give a folder}/.cache}/tickstore-peers/chdb-$version}

find_library() {
    local file
    for file in "$dir"/node_modules/@chdb/lib-*/libchdb.so; do
        [ -f "$file" ] && { echo "$file"; return; }
    done
    return 1
}

case $verb in
install)
    find_library && exit 0
    command -v npm >/dev/null || fail "There is no npm here: ClickHouse comes by npm's package chdb $version"
    mkdir -p "$dir"
    echo '{ "private": true }' >"$dir/package.json"
    npm install --prefix "$dir" --ignore-scripts --omit=peer --no-audit --no-fund --no-package-lock --loglevel=error \
        "chdb@$version" >&2 || fail "npm could not fetch chdb $version"
    find_library || fail "chdb $version has no library for $(uname -sm)"
    ;;
path)
    find_library || fail "ClickHouse is not installed (perf/Peers/clickhouse.sh install)"
    ;;
*)
    fail "$usage"
    ;;
esac
