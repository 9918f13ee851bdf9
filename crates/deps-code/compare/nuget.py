#!/usr/bin/env python3
"""Compares what is read of projects with the packages.lock.json that NuGet wrote for them. There is no dotnet here.

usage: nuget.py INVENTORY FOLDER  (INVENTORY: the built example `inventory`; FOLDER: a checked out repository)

Twice: the lockfile as it is read, with its edges, against the JSON itself; and, with all lockfiles taken
away, the versions that projects and central files give to direct packages, against those that NuGet resolved.
Prints one line per difference and a summary; exits with 1 when there is a difference.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile


def rows(program, folder):
    out = subprocess.run([program, folder], capture_output=True, text=True, check=True).stdout
    return [line.split("\t") for line in out.splitlines()]


def plain(version):
    """A version without what NuGet ignores: zeros at the end, build metadata, case."""
    number, _, rest = version.lower().split("+")[0].partition("-")
    parts = [str(int(part)) if part.isdigit() else part for part in number.split(".")]
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return ".".join(parts) + ("-" + rest if rest else "")


def lockfile(path):
    with open(path, encoding="utf-8-sig") as file:
        frameworks = json.load(file)["dependencies"]
    packages, edges, direct = set(), set(), {}
    for entries in frameworks.values():
        at = {name.lower(): (name.lower(), entry.get("resolved", "")) for name, entry in entries.items()}
        packages |= set(at.values())
        for name, entry in entries.items():
            edges |= {(at[name.lower()], at[need.lower()]) for need in entry.get("dependencies", {}) if need.lower() in at}
            if entry["type"] == "Direct":
                direct.setdefault(name.lower(), set()).add(plain(entry["resolved"]))
    return packages, edges, direct


def main():
    program, folder = sys.argv[1:3]
    locks = [os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names if name == "packages.lock.json"]
    differences, counts = [], [0, 0, 0, 0, 0]
    read = rows(program, folder)
    with tempfile.TemporaryDirectory() as bare:
        shutil.copytree(folder, bare, dirs_exist_ok=True, ignore=lambda _, names: [name for name in names if name == "packages.lock.json"])
        unlocked = rows(program, bare)
    for path in locks:
        packages, edges, direct = lockfile(os.path.join(folder, path))
        own = [row for row in read if row[:2] == ["P", path]]
        at = {row[2]: (row[3].removeprefix("nuget:"), row[4]) for row in own}
        mine = {(at[row[2]], at[need]) for row in own for need in row[6].split(",") if need}
        differences += [(path, "package", x) for x in packages ^ set(at.values())] + [(path, "edge", x) for x in edges ^ mine]
        counts[0] += len(packages)
        counts[1] += len(edges)
        here = os.path.dirname(path)
        declared = [row for row in unlocked if row[0] == "D" and os.path.dirname(row[1]) == here and row[1].endswith("proj")]
        named = {row[2].removeprefix("nuget:") for row in declared}
        # The SDK references some packages by itself.
        counts[2] += len(set(direct) - named)
        texts = "".join(open(os.path.join(folder, path), encoding="utf-8-sig").read().lower() for path in {row[1] for row in declared})
        for row in declared:
            # SDKs of MSBuild are packages that no lockfile has.
            if f"{row[2].removeprefix('nuget:')}/{row[4]}" in texts:
                continue
            name, version = row[2].removeprefix("nuget:"), row[4]
            if name not in direct:
                if not row[10].startswith("only if"):
                    differences.append((path, "declared only ours", name, version))
            elif version.startswith("?"):
                counts[4] += 1
                print(path, "not known without lockfile:", name, version)
            elif plain(version) not in direct[name]:
                differences.append((path, "version", name, version, direct[name]))
            else:
                counts[3] += 1
        for name in set(direct) - named:
            print(path, "referenced by the SDK, or by files outside of the repository:", name)
    for difference in sorted(differences, key=str):
        print(*difference)
    print(f"{folder}: {len(locks)} lockfiles, {counts[0]} packages, {counts[1]} edges; without lockfiles {counts[3]} versions as NuGet resolved them, "
          f"{counts[4]} not known, {counts[2]} not named here; {len(differences)} differences")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
