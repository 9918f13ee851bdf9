#!/bin/sh
# Checks the rehearsal forge's GitHub dialect against GitHub's published descriptions.
# Needs node (20 or later) and npm with access to its registry. Run from anywhere.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
record=${TMPDIR:-/tmp}/rehearsal-exchanges.$$.jsonl
trap 'rm -f "$record"' EXIT
cd "$here"
npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
cd "$here/../../.."
REHEARSAL_RECORD=$record cargo test -q -p fleetwright-rehearsal --test it -- --exact broad::every_operation_is_driven
cd "$here"
node check.mjs "$record" --least-operations 70 --least-exchanges 100
