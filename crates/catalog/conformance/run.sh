#!/bin/sh
# Compares this crate with Backstage's own packages: verdicts, references, relations, search rows, filters.
# Needs node (20 or later) and npm with access to its registry. Run from anywhere; files given as
# arguments are compared in place of the corpus.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lines=${TMPDIR:-/tmp}/catalog-verdicts.$$.jsonl
trap 'rm -f "$lines"' EXIT
( cd "$here" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error )
cargo run -q --manifest-path "$here/../Cargo.toml" --example catalog-verdicts -- "$@" >"$lines"
least=1500
[ $# -eq 0 ] || least=1
cd "$here"
node check.mjs "$lines" --least "$least"
