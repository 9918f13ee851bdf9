#!/bin/sh
# Holds the documents of examples/sample.rs, and those given as arguments (*.cdx.json, *.spdx.json), against the
# official schema of CycloneDX 1.6 and the validator of SPDX, both as PyPI's packages carry them. Where those
# cannot be had it says so and ends well.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo run --quiet -p fleetwright-sbom --example sample -- cyclonedx >"$work/sample.cdx.json"
cargo run --quiet -p fleetwright-sbom --example sample -- spdx >"$work/sample.spdx.json"
if ! { python3 -m venv "$work/env" && "$work/env/bin/pip" install --quiet --requirement "$here/requirements.txt"; } \
    >"$work/log" 2>&1; then
    echo "skipped: the validators cannot be had here: $(tail -n 1 "$work/log")"
    exit 0
fi
"$work/env/bin/python" "$here/check.py" "$work/sample.cdx.json" "$work/sample.spdx.json" "$@"
