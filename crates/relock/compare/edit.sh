#!/bin/sh
# Lockfiles that the tools wrote, edited by examples/edit after a requirement moved that what is locked still fits; then
# the tools are asked. edit.sh EXAMPLE FOLDER; FOLDER is made. A second argument of `check` is asked before the edit, too,
# and must refuse: else it proves nothing.
set -eu
example=$(realpath "$1"); mkdir -p "$2"; cd "$2"; good=0; all=0

manifest() { printf '{"name":"app","version":"1.0.0","license":"MIT","private":true%s,"dependencies":{"semver":"%s"}}\n' "$2" "$1" >package.json; }

check() { # name, question, then the words of the edit
    name=$1; question=$2; shift 2; all=$((all + 1))
    if sh -c "$question" >before 2>&1; then echo "$name: accepted before, too"; return; fi
    "$example" "$@"
    if sh -c "$question" >after 2>&1; then echo "$name: refused before, accepted after"; good=$((good + 1)); else echo "$name: REFUSED"; tail -5 after; fi
}

in_folder() { mkdir "$1"; cd "$1"; }

in_folder npm; manifest '^7.0.0' ''; npm install --package-lock-only --ignore-scripts >/dev/null; manifest '^7.3.0' ''
check npm 'npm ci --dry-run && ! grep -q "\^7.0.0" package-lock.json' 'package-lock 3' package-lock.json '' app semver '^7.0.0' '^7.3.0'; cd ..
in_folder npm2; mkdir b; printf '{"name":"b","version":"1.0.0","dependencies":{"semver":"^7.0.0"}}' >b/package.json
manifest '^7.0.0' ',"workspaces":["b"]'; npm install --package-lock-only --lockfile-version 2 --ignore-scripts >/dev/null
sed -i 's/7.0.0/7.3.0/' b/package.json
check npm-2-member 'cp package-lock.json was; npm install --package-lock-only --ignore-scripts && cmp was package-lock.json; same=$?; cp was package-lock.json; exit $same' 'package-lock 2' package-lock.json b b semver '^7.0.0' '^7.3.0'; cd ..
in_folder pnpm; manifest '^7.0.0' ''; pnpm install --lockfile-only >/dev/null; manifest '^7.3.0' ''
check pnpm 'pnpm install --frozen-lockfile --lockfile-only --ignore-scripts' 'pnpm 9.0' pnpm-lock.yaml '' app semver '^7.0.0' '^7.3.0'; cd ..
in_folder berry; manifest '^7.0.0' ''; : >yarn.lock; printf 'nodeLinker: node-modules\n' >.yarnrc.yml
YARN_ENABLE_IMMUTABLE_INSTALLS=0 yarn-berry install --mode=update-lockfile >/dev/null; manifest '>=7.3.0' ''
check berry 'yarn-berry install --immutable' 'yarn berry 8' yarn.lock '' app semver '^7.0.0' '>=7.3.0'; cd ..
in_folder yarn; manifest '^7.0.0' ''; yarn1 install --ignore-scripts >/dev/null 2>&1; manifest '>=7.3.0' ''
check yarn-1 'yarn1 install --frozen-lockfile --ignore-scripts' 'yarn 1' yarn.lock '' app semver '^7.0.0' '>=7.3.0'; cd ..
in_folder uv; project() { printf '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = ["click %s"]\n' "$1" >pyproject.toml; }
project '<9, >=8.0'; uv lock -q; project '<9, >=8.1'
check uv 'uv lock --check' 'uv.lock 1.3' uv.lock '' app click '>=8.0,<9' '<9, >=8.1'; cd ..
echo "$good of $all"
[ "$good" = "$all" ]
