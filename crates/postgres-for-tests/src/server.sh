# A PostgreSQL server in a folder of its own, for as long as somebody holds the standard input: with its end the
# server stops and the folder is gone. `stop`, `start` and `restart` are done when `done` is printed.
set -eu
bin=$1
# Short, as the path of a socket must be.
dir=$(mktemp -d /tmp/fleetwright-postgres.XXXXXX)
cd "$dir"
# A key that ends the tests ends them, not this: it has something to put away.
trap '' INT HUP TERM
trap 'stop; cd /; rm -rf "$dir"' EXIT
stop() {
    "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >>"$dir/log" 2>&1 || true
}
start() {
    # What is tested here is what survives the server's end, not the machine's: nothing is synced.
    "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "-c listen_addresses='' -c unix_socket_directories='$dir' \
        -c fsync=off -c full_page_writes=off -c max_connections=400 -c shared_buffers=32MB" start \
        >>"$dir/log" 2>&1 </dev/null
}
# Its language sorts otherwise than bytes do, so that what depends on it is seen.
"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 $2 --no-sync >"$dir/log" 2>&1 ||
    { cat "$dir/log" >&2; exit 1; }
start || { cat "$dir/log" >&2; exit 1; }
echo "$dir"
while read -r word; do
    case $word in
        stop) stop ;;
        start) start ;;
        restart) stop; start ;;
    esac
    echo done
done
