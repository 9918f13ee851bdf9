#!/bin/sh
# The adapter against a GitHub that nobody here wrote (npm `emulate`), and its GraphQL against GitHub's
# published schema. Needs npm and cargo; node itself comes from npm. Nothing outlives the script.
set -eu
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --loglevel=error
node=node_modules/node/bin/node
work=$(mktemp -d)
mkfifo "$work/input"
"$node" serve.mjs < "$work/input" > "$work/url" &
emulator=$!
exec 3> "$work/input"
stop() {
  exec 3>&-
  wait "$emulator" 2> /dev/null || true
  rm -rf "$work"
}
trap stop EXIT
tries=0
while [ ! -s "$work/url" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 100 ]; then
    echo "the emulator did not start" >&2
    exit 1
  fi
  sleep 0.2
done
EMULATOR_URL=$(cat "$work/url")
GRAPHQL_TEXTS=$work/texts.json
export EMULATOR_URL GRAPHQL_TEXTS
cargo test --locked -p fleetwright-github --test it -- --ignored --nocapture --test-threads 1 emulated queries
"$node" queries.mjs "$GRAPHQL_TEXTS"
