#!/bin/sh
# Brings GitHub workflows up to date. POSIX sh and sed; run twice, it changes nothing more.
# Exit 64: there is no workflow here. Exit 3: one that only a person can rewrite.
set -eu

outdated='ubuntu-(18|20|22)\.04|actions/(checkout@v[123]|setup-(java|node)@v[123]|setup-(python|go)@v[1234])([^0-9.]|$)|::set-output name='
cr=$(printf '\r')
new="${TMPDIR:-/tmp}/modernised.$$"
trap 'rm -f "$new"' EXIT
found=0
edits=0

for file in .github/workflows/*.yml .github/workflows/*.yaml; do
    # A link may lead anywhere, and what it leads to is seen on its own.
    if [ ! -f "$file" ] || [ -L "$file" ]; then
        continue
    fi
    found=$((found + 1))
    if grep -q 'uses: acme/private-runner@' "$file"; then
        echo "$file: acme/private-runner has no successor; rewrite this workflow by hand" >&2
        exit 3
    fi
    lines=$(grep -cE "$outdated" "$file") || true
    sed \
        -e 's/ubuntu-\(18\|20\|22\)\.04/ubuntu-24.04/' \
        -e 's/\(actions\/checkout@\)v[123]\([^0-9.]\|$\)/\1v4\2/' \
        -e 's/\(actions\/setup-java@\)v[123]\([^0-9.]\|$\)/\1v4\2/' \
        -e 's/\(actions\/setup-node@\)v[123]\([^0-9.]\|$\)/\1v4\2/' \
        -e 's/\(actions\/setup-python@\)v[1234]\([^0-9.]\|$\)/\1v5\2/' \
        -e 's/\(actions\/setup-go@\)v[1234]\([^0-9.]\|$\)/\1v5\2/' \
        -e 's/echo "::set-output name=\([^:"]*\)::\([^"]*\)"/echo "\1=\2" >> "$GITHUB_OUTPUT"/' \
        "$file" > "$new"
    cat "$new" > "$file"
    if ! grep -q '^permissions:' "$file"; then
        # The carriage return of `jobs:`, if it has one, goes to the new lines as well.
        sed "s/^jobs:\($cr*\)\$/permissions:\1\\
  contents: read\1\\
\1\\
jobs:\1/" "$file" > "$new"
        cat "$new" > "$file"
        lines=$((lines + 1))
    fi
    if [ "$lines" -gt 0 ]; then
        echo "- $file: $lines"
    fi
    edits=$((edits + lines))
done

if [ "$found" -eq 0 ]; then
    echo "no workflow in .github/workflows" >&2
    exit 64
fi
echo "edits=$edits" >> "${FLEETWRIGHT_OUTPUT:-/dev/null}"
