#!/usr/bin/env python3
"""Compares what scripts are read to use with what Gradle wrote into lockfiles.

    gradle.py WITHOUT WITH

WITH is what `cargo run --example read FOLDER ~/.m2/repository` prints for a repository with `gradle.lockfile`s,
WITHOUT what it prints for a copy of its scripts, catalogs and properties without any lockfile, so that nothing of the
answer is known. For every dependency that is locked: the same version, another one, or not told.
"""
import re
import sys


def rows(path):
    manifest, found = "", {}
    for line in open(path, encoding="utf-8"):
        words = line.rstrip("\n").split("\t")
        if words[0] == "manifest":
            manifest = words[1]
        if words[0] == "declared" and not manifest.endswith("pom.xml"):
            known = re.match(r'Known\("(.*)"\)', words[3])
            row = (known and known.group(1), words[3], words[-1] == "locked")
            found[(manifest, words[1], words[-2], words[4])] = row
    return found


def main():
    without, locked = rows(sys.argv[1]), rows(sys.argv[2])
    same = another = untold = 0
    for key, (version, _, is_locked) in locked.items():
        if not is_locked:
            continue
        ours, shown, _ = without.get(key, (None, "not there", False))
        if ours == version:
            same += 1
        elif ours:
            another += 1
            print("another", *key, ours, "locked", version)
        else:
            untold += 1
            print("not told", *key, shown, "locked", version)
    print(f"the same {same}, another {another}, not told {untold}, not locked {len(locked) - same - another - untold}")


main()
