#!/usr/bin/env python3
"""Compares what is read of Composer's files with `composer show --locked`.

usage: composer.py INVENTORY FOLDER  (INVENTORY: the built example `inventory`; FOLDER: a checked out repository)
Prints one line per difference and a summary; exits with 1 when there is a difference. A name that is only
replaced or provided by a package is no package of its own in ours: counted, not a difference.
"""
import json
import os
import shutil
import subprocess
import sys


def composer(folder, *words):
    environment = dict(os.environ, COMPOSER_ALLOW_SUPERUSER="1")
    command = ["composer", "show", "--locked", "--format=json", "--no-interaction", "--no-plugins", *words]
    out = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env=environment).stdout
    return json.loads(out)


def edges(node, found):
    """All pairs of the tree; where Composer cuts a circle, nothing is lost: the pair was met above."""
    for child in node.get("requires") or []:
        name = child["name"].split(" ")[0]
        if "/" in name:
            found.add((node["name"].split(" ")[0], name))
            edges(child, found)


def main():
    program, folder = sys.argv[1:3]
    if not shutil.which("composer"):
        sys.exit("skipped: there is no composer here")
    out = subprocess.run([program, folder], capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in out.splitlines()]
    lock = [row for row in rows if row[:2] == ["P", "composer.lock"]]
    declared = {row[2].removeprefix("composer:") for row in rows if row[:2] == ["D", "composer.json"]}
    names = {row[2]: row[3].removeprefix("composer:") for row in lock}
    mine = {(names[row[2]], row[4]) for row in lock if row[5] == "false"}
    shown = composer(folder)["locked"]
    theirs = {(package["name"], package["version"].split(" ")[0]) for package in shown}
    direct = {package["name"] for package in shown if package["direct-dependency"]}
    tree = set()
    for root in composer(folder, "--tree")["installed"]:
        edges(root, tree)
    known = {name for name, _ in theirs}
    virtual = {edge for edge in tree if edge[1] not in known}
    own = {(names[row[2]], names[need]) for row in lock if row[5] == "false" for need in row[6].split(",") if need}
    ours_virtual = own - tree
    differences = [("package only theirs", x) for x in theirs - mine] + [("package only ours", x) for x in mine - theirs]
    differences += [("edge only theirs", x) for x in tree - own - virtual]
    # An edge that only we have must stand for one to a name that no package has.
    parents = {parent for parent, _ in virtual}
    differences += [("edge only ours", x) for x in ours_virtual if x[0] not in parents]
    differences += [("direct only theirs", x) for x in direct - declared]
    differences += [("direct only ours", x) for x in declared - direct if x in known]
    for difference in sorted(differences, key=str):
        print(*difference)
    print(f"{folder}: {len(theirs)} packages, {len(tree)} edges of which {len(virtual)} to replaced or provided names, {len(declared)} declarations; {len(differences)} differences")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
