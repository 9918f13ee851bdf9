#!/bin/sh
# Compares all repositories of repositories.txt with the ecosystems' own tools.
# usage: run.sh INVENTORY MIRRORS  (INVENTORY: the built example `inventory`; MIRRORS: a folder with a git
# directory at OWNER+NAME/repo for each repository). Where a tool is missing, its repositories are skipped.
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
while read -r tool repository commit; do
  name=$(echo "$repository" | tr / +)
  git="$2/$name/repo"
  [ -d "$git" ] || { echo "skipped: $repository is not at $git"; continue; }
  mkdir -p "$work/$name"
  # Snapshots may lack large files, none of which is read here: what is there is checked out all the same.
  export GIT_INDEX_FILE="$work/index"
  git --git-dir="$git" read-tree "$commit"
  git --git-dir="$git" --work-tree="$work/$name" checkout-index -a -f 2>/dev/null
  rm -f "$work/index"
  unset GIT_INDEX_FILE
  case $tool in
    bundler) command -v bundle >/dev/null || { echo "skipped: there is no bundler here"; continue; }
      (cd "$work/$name" && git init -q . && git add -A .)
      ruby "$here/bundler.rb" "$1" "$work/$name" ;;
    *) python3 "$here/$tool.py" "$1" "$work/$name" ;;
  esac || failed=1
  rm -rf "${work:?}/$name"
done < "$here/repositories.txt"
exit $failed
