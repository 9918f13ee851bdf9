#!/usr/bin/env python3
"""Compares what is read of Cargo's files with `cargo metadata`, package by package and edge by edge.

usage: cargo.py INVENTORY FOLDER [KEY]  (INVENTORY: the built example `inventory`; FOLDER: a checked out repository)
Prints one line per difference and a summary; exits with 1 when there is a difference.
"""
import json
import os
import re
import shutil
import subprocess
import sys


def ours(program, folder):
    out = subprocess.run([program, folder], capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in out.splitlines()]
    declared, locks = {}, {}
    for row in rows:
        if row[0] == "D":
            declared.setdefault(row[1], []).append(row)
        if row[0] == "P":
            locks.setdefault(row[1], []).append(row)
    return declared, locks


def normal(requirement):
    """As `cargo metadata` writes a requirement."""
    parts = [part.strip() for part in (requirement or "*").split(",")]
    return ", ".join("^" + part if re.match(r"\d", part) and "*" not in part else part.replace(" ", "") for part in parts)


def main():
    program, folder = sys.argv[1:3]
    if not shutil.which("cargo"):
        sys.exit("skipped: there is no cargo here")
    declared, locks = ours(program, folder)
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    # The toolchain of here, whatever the repository's rust-toolchain.toml wants to have downloaded.
    toolchain = subprocess.run(["rustup", "show", "active-toolchain"], capture_output=True, text=True).stdout.split()
    environment = dict(os.environ, RUSTUP_TOOLCHAIN=toolchain[0]) if toolchain else None
    out = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    if out.returncode:
        sys.exit(f"{folder}: {out.stderr}")
    metadata = json.loads(out.stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    called = {key: (package["name"], package["version"]) for key, package in packages.items()}
    lock = locks["Cargo.lock"]
    by_at = {row[2]: (row[3].removeprefix("cargo:"), row[4]) for row in lock}
    theirs = {(called[node["id"]], called[dep["pkg"]]) for node in metadata["resolve"]["nodes"] for dep in node["deps"]}
    mine = {(by_at[row[2]], by_at[need]) for row in lock for need in row[6].split(",") if need}
    differences = [("package only theirs", x) for x in set(called.values()) - set(by_at.values())]
    differences += [("package only ours", x) for x in set(by_at.values()) - set(called.values())]
    differences += [("edge only theirs", x) for x in theirs - mine] + [("edge only ours", x) for x in mine - theirs]
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    entries = 0
    for member in metadata["workspace_members"]:
        package = packages[member]
        path = os.path.relpath(package["manifest_path"], os.path.abspath(folder))
        kinds = {None: ("Runtime", "Optional"), "dev": ("Development",), "build": ("Build",)}
        resolved = {called[dep["pkg"]] for dep in nodes[member]["deps"]}
        left = [row for row in declared.get(path, []) if row[5] != "Managed"]
        for dep in package["dependencies"]:
            entries += 1
            found = [
                row for row in left
                if row[2] == "cargo:" + dep["name"] and normal(row[3]) == dep["req"].replace(" ", "").replace(",", ", ")
                and row[5] in kinds[dep["kind"]] and (row[5] == "Optional") == (dep["optional"] and dep["kind"] is None)
                and (dep["name"], row[4]) in resolved
            ]
            if found:
                left.remove(found[0])
            else:
                differences.append(("declared only theirs", (path, dep["name"], dep["req"], dep["kind"])))
        differences += [("declared only ours", (path, *row[2:6])) for row in left]
    for kind, what in sorted(differences, key=str):
        print(kind, what)
    print(f"{folder}: {len(called)} packages, {len(theirs)} edges, {entries} declarations; {len(differences)} differences")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
