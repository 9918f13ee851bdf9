#!/bin/sh
# Runs `@backstage/catalog-client` from npm, unmodified, against `fleetwright serve` over a small fleet, and
# compares every answer with that of a real Backstage catalog over the same entities.
# Needs git, node (20 or later) with its headers, npm with access to its registry, and a C++ compiler. Run from
# anywhere.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

( cd "$here" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error )
# Its database is a native module; a prebuilt one is not to be had everywhere.
sqlite="$here/node_modules/better-sqlite3"
if [ ! -f "$sqlite/build/Release/better_sqlite3.node" ]; then
    gyp="$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js"
    [ -f "$gyp" ] || gyp=$(find /usr/share /usr/lib -path '*node-gyp/bin/node-gyp.js' 2>/dev/null | head -n 1)
    headers=$(dirname "$(dirname "$(dirname "$(find "$(dirname "$(readlink -f "$(command -v node)")")/.." \
        /usr /usr/local -maxdepth 4 -path '*include/node*/node.h' 2>/dev/null | head -n 1)")")")
    ( cd "$sqlite" && node "$gyp" rebuild --release --nodedir="$headers" >"$work/gyp.log" 2>&1 ) ||
        { tail -n 20 "$work/gyp.log" >&2; exit 1; }
fi

cargo build -q --manifest-path "$root/Cargo.toml" -p fleetwright-cli
program="${CARGO_TARGET_DIR:-$root/target}/debug/fleetwright"

# Repositories with and without catalog files, and an organisation in the folder.
repository() {
    git init -q --bare -b main "$work/repos/acme/$1.git"
    git clone -q "$work/repos/acme/$1.git" "$work/clone" 2>/dev/null
    cat >"$work/clone/$2"
    git -C "$work/clone" add .
    git -C "$work/clone" -c user.name=a -c user.email=a@example.org commit -q -m "a first file"
    git -C "$work/clone" push -q origin HEAD:main
    rm -rf "$work/clone"
}
mkdir -p "$work/catalog" "$work/repos/acme"
cp "$here/company.yaml" "$work/catalog/"
for name in ledger tills receipts; do
    sed "s/NAME/$name/g" "$here/catalog-info.yaml.in" | repository "$name" catalog-info.yaml
done
for name in one two three four five six seven eight nine ten; do
    echo "* @acme/payments" | repository "plain-$name" CODEOWNERS
done
printf 'forges:\n  - { name: local, type: local, root: ./repos }\n' >"$work/fleetwright.yaml"
cd "$work"
"$program" --quiet repo sync
# Whoever reads the catalog is known.
FLEETWRIGHT_TOKEN=$("$program" --quiet token create conformance --role viewer)
export FLEETWRIGHT_TOKEN
"$program" --json serve --listen 127.0.0.1:0 >"$work/listen.json" 2>"$work/server.log" &
server=$!
for _ in $(seq 100); do
    [ -s "$work/listen.json" ] && break
    sleep 0.1
done
address=$(sed -n 's/.*"listen": *"\([^"]*\)".*/\1/p' "$work/listen.json")
[ -n "$address" ] || { cat "$work/server.log" >&2; exit 1; }
cd "$here"
node client.mjs "http://$address/api/catalog"
