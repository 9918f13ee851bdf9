#!/bin/sh
# Compares what is read here with what Maven resolves and what Gradle locked, for the repositories of repositories.txt:
#   run.sh CLONES READ
# CLONES holds bare clones as owner+name/repo, READ is the built example (target/release/examples/read).
# Without mvn the repositories of Maven are skipped, and that is said.
set -eu
clones=$1 read=$2 here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wanted='(^|/)pom\.xml$|^\.mvn/|\.gradle$|\.gradle\.kts$|\.lockfile$|\.versions\.toml$|gradle\.properties$|buildSrc/.*\.kt$'
grep -v '^#' "$here/repositories.txt" | while read -r tool name commit; do
    from=$clones/$(echo "$name" | tr / +)/repo
    echo "== $tool $name $commit"
    if [ ! -d "$from" ]; then echo "skipped: $from is not there"; continue; fi
    if [ "$tool" = maven ] && ! command -v mvn > /dev/null; then echo "skipped: there is no mvn"; continue; fi
    rm -rf "$work/repo" "$work/tree"
    git -C "$from" ls-tree -r --name-only "$commit" | grep -E "$wanted" | while read -r file; do
        mkdir -p "$work/repo/$(dirname "$file")"
        git -C "$from" show "$commit:$file" > "$work/repo/$file"
    done
    if [ "$tool" = maven ]; then
        (cd "$work/repo" && mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:tree \
            -DoutputFile="$work/tree" -DappendOutput=true < /dev/null) || echo "mvn failed"
        "$read" "$work/repo" ~/.m2/repository > "$work/ours" 2> /dev/null
        python3 "$here/maven.py" "$work/ours" "$work/tree"
    else
        "$read" "$work/repo" ~/.m2/repository > "$work/with" 2> /dev/null
        find "$work/repo" -name '*.lockfile' -delete
        "$read" "$work/repo" ~/.m2/repository > "$work/without" 2> /dev/null
        python3 "$here/gradle.py" "$work/without" "$work/with"
    fi
done
