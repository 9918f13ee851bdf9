#!/usr/bin/env python3
"""Compares what fleetwright-deps-node reads with what npm, pnpm and yarn say.

    compare.py DUMP FOLDER...

DUMP is the built example `dump`; each FOLDER is a checkout named in repositories.txt. Asked are
`npm ls --package-lock-only --all --json`, `pnpm list --lockfile-only -r --depth Infinity --json` and
`yarn list --json` (through npx); a tool that is not there is skipped with a word. Every difference is printed.
"""
import json, os, subprocess, sys


def ours(dump, folder, lock):
    lines = subprocess.run([dump, folder], capture_output=True, text=True).stdout.splitlines()
    rows = [line.split("\t") for line in lines]
    edges = {(row[1], need) for row in rows if row[0] == lock for need in row[3].split()}
    return {row[1] for row in rows if row[0] == lock and row[2] == "other"}, edges


def run(command, folder):
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    except (OSError, subprocess.TimeoutExpired) as error:
        return print(f"skipped: {command[0]}: {error}")
    return done.stdout or print(f"skipped: {' '.join(command)}: {done.stderr[:300]}")


def walk(tree, parent, packages, edges):
    for name, one in (tree or {}).items():
        if not isinstance(one, dict) or one.get("missing") or "version" not in one:
            continue
        resolved = one.get("resolved") or ""
        # npm says the alias; the archive's address says the package.
        if "/-/" in resolved and "://" in resolved:
            name = resolved.split("/-/")[0].split("/", 3)[3].replace("%2f", "/")
        name = one.get("from", name) if "path" in one else name
        label = f"{name}@{one['version']}"
        if not resolved.startswith("file:") and not one["version"].startswith("link:"):
            packages.add(label)
        if parent:
            edges.add((parent, label))
        for key in ("dependencies", "devDependencies", "optionalDependencies"):
            walk(one.get(key), label, packages, edges)


def theirs(folder, lock):
    packages, edges = set(), set()
    if lock in ("package-lock.json", "npm-shrinkwrap.json"):
        out = run(["npm", "ls", "--package-lock-only", "--all", "--json"], folder)
        walk(json.loads(out).get("dependencies"), None, packages, edges) if out else None
    elif lock == "pnpm-lock.yaml":
        command = ["npx", "-y", "pnpm@10", "list", "--lockfile-only", "-r", "--depth", "Infinity", "--json"]
        for project in json.loads(run(command, folder) or "[]"):
            for key in ("dependencies", "devDependencies", "optionalDependencies"):
                walk(project.get(key), None, packages, edges)
    elif lock == "yarn.lock":
        for line in (run(["npx", "-y", "yarn@1", "list", "--json"], folder) or "").splitlines():
            said = json.loads(line)
            if said.get("type") == "tree":
                stack = list(said["data"]["trees"])
                while stack:
                    one = stack.pop()
                    stack += one.get("children", [])
                    if not one.get("shadow"):
                        packages.add(one["name"])
    return packages, edges


def main(dump, folders):
    for folder in folders:
        for lock in ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock"):
            if not os.path.exists(os.path.join(folder, lock)):
                continue
            (mine, my_edges), (said, said_edges) = ours(dump, folder, lock), theirs(folder, lock)
            print(f"{folder} {lock}: {len(mine)} read, {len(said)} said by the tool, {len(said_edges - my_edges)} of {len(said_edges)} edges not read")
            for label, set_ in (("only read", mine - said), ("only said", said - mine)):
                for name in sorted(set_):
                    print(f"  {label}: {name}")
            for one, two in sorted(said_edges - my_edges)[:20]:
                print(f"  edge not read: {one} -> {two}")


main(sys.argv[1], sys.argv[2:])
