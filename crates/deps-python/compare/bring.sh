#!/bin/sh
# Puts the manifests and lockfiles of a repository's git directory at a commit into a folder:
# bring.sh GIT_DIR COMMIT FOLDER
set -eu
git --git-dir "$1" ls-tree -r --name-only "$2" |
  grep -E '(^|/)(pyproject\.toml|setup\.(py|cfg)|Pipfile(\.lock)?|[a-z.]+\.lock|pylock[^/]*\.toml|README[^/]*|[^/]*\.(in|txt))$' |
  while IFS= read -r path; do
    mkdir -p "$3/$(dirname "$path")"
    git --git-dir "$1" show "$2:$path" >"$3/$path" 2>/dev/null || rm -f "$3/$path"
  done
