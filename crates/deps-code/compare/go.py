#!/usr/bin/env python3
"""Compares what is read of Go's files with `go mod edit -json` and `go list -m all`.

usage: go.py INVENTORY FOLDER  (INVENTORY: the built example `inventory`; FOLDER: a checked out repository)
Prints one line per difference and a summary; exits with 1 when there is a difference. A module that only
`go list` names is explained when no package of it is built or tested (`go list -deps -test ./...`).
"""
import json
import os
import shutil
import subprocess
import sys


def run(command, folder):
    environment = dict(os.environ, GOWORK="off", GOFLAGS="-mod=readonly")
    out = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    return out.stdout if out.returncode == 0 else None


def objects(text):
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield value


def edit(folder):
    """What go.mod says, as Go reads it: (path, version, indirect), and replacements."""
    value = json.loads(run(["go", "mod", "edit", "-json"], folder))
    requires = {(r["Path"], r["Version"], r.get("Indirect", False)) for r in value.get("Require") or []}
    replaces = {}
    for r in value.get("Replace") or []:
        replaces[(r["Old"]["Path"], r["Old"].get("Version"))] = (r["New"]["Path"], r["New"].get("Version"))
    return requires, replaces


def workspace(root, path, rows):
    """What a go.work selects: each direct module in the version of its go.mod, or else a finding says so."""
    folder = os.path.join(root, os.path.dirname(path))
    environment = dict(os.environ, GOFLAGS="")
    out = subprocess.run(["go", "list", "-m", "-json", "all"], cwd=folder, capture_output=True, text=True, env=environment)
    if out.returncode:
        return [(path, "`go list` fails in the workspace")]
    selected = {module["Path"]: module.get("Version", "") for module in objects(out.stdout)}
    used = json.loads(subprocess.run(["go", "work", "edit", "-json"], cwd=folder, capture_output=True, text=True).stdout)["Use"]
    used = {os.path.normpath(os.path.join(os.path.dirname(path), use["DiskPath"], "go.mod")) for use in used}
    raised = {(row[1].split(":")[0], row[2].split("`")[1]) for row in rows if row[0] == "F" and " builds it in " in row[2]}
    found = []
    for row in rows:
        if row[0] == "D" and row[1] in used and row[4][0] != "?" and selected.get(row[2].removeprefix("go:")):
            name = row[2].removeprefix("go:")
            if (selected[name] != row[4]) != ((row[1], name) in raised):
                found.append((path, "selected in the workspace", row[1], name, row[4], selected[name]))
    print(f"{root}/{path}: {len(selected)} modules selected in the workspace, {len(raised)} raised")
    return found


def main():
    program, root = sys.argv[1:3]
    if not shutil.which("go"):
        sys.exit("skipped: there is no go here")
    out = subprocess.run([program, root], capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in out.splitlines()]
    differences, counted, unbuilt, unlisted = [], 0, 0, 0
    for path in [row[1] for row in rows if row[0] == "M" and row[1].endswith("go.mod")]:
        folder = os.path.join(root, os.path.dirname(path))
        requires, replaces = edit(folder)
        expected = set()
        for name, version, indirect in requires:
            scope = "Managed" if indirect else "Runtime"
            new = replaces.get((name, version)) or replaces.get((name, None))
            if new and new[1] is None or new and new[0] != name:
                expected.add((name, "?", scope))
            if new and new[1]:
                expected.add((new[0], new[1], scope))
            if not new:
                expected.add((name, version, scope))
        names = {name for name, _, _ in requires}
        unused = {(new[0], new[1], "Managed") if new[1] else (old[0], "?", "Managed") for old, new in replaces.items() if old[0] not in names}
        mine = {(row[2].removeprefix("go:"), row[4] if row[4][0] != "?" else "?", row[5]) for row in rows if row[:2] == ["D", path]}
        counted += len(expected | unused)
        differences += [(path, "declared only theirs", x) for x in (expected | unused) - mine]
        differences += [(path, "declared only ours", x) for x in mine - expected - unused]
        locked = {(row[3].removeprefix("go:"), row[4]) for row in rows if row[:2] == ["P", path]}
        text = run(["go", "list", "-m", "-json", "all"], folder)
        if text is None or not locked:
            unlisted += 1
            why = "`go list` refuses it" if text is None else "go.mod of Go before 1.17"
            print(f"{root}/{path}: declarations only, {why}")
            continue
        theirs = {}
        for module in objects(text):
            new = module.get("Replace") or {}
            name = new["Path"] if new.get("Version") else module["Path"]
            theirs[(name, new.get("Version") or module.get("Version", ""))] = module["Path"]
        built = run(["go", "list", "-e", "-deps", "-test", "-f", "{{with .Module}}{{.Path}}{{end}}", "./..."], folder)
        if built is None:
            differences.append((path, "`go list -deps` fails"))
        built = (built or "").split()
        for key, name in theirs.items():
            if key not in locked and name in built:
                differences.append((path, "built only theirs", key))
            unbuilt += key not in locked
        differences += [(path, "selected only ours", x) for x in locked - set(theirs)]
    workspaces = [row[1] for row in rows if row[0] == "M" and row[1].endswith("go.work")]
    for path in workspaces:
        differences += workspace(root, path, rows)
    for difference in sorted(differences, key=str):
        print(*difference)
    print(f"{root}: {counted} declarations; {unbuilt} modules listed and not built; {unlisted} go.mod without `go list`; {len(differences)} differences")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
