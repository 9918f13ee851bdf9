#!/usr/bin/env python3
"""Compares what Maven resolves with what is resolved here.

    maven.py OURS TREE

OURS is what `cargo run --example read FOLDER ~/.m2/repository` prints, TREE what
`mvn org.apache.maven.plugins:maven-dependency-plugin:3.6.1:tree -DoutputFile=TREE -DappendOutput=true` writes.
Prints every difference and, at the end, how many modules and packages were compared.
"""
import sys


def theirs(path):
    modules = {}
    for line in open(path, encoding="utf-8"):
        line = line.rstrip()
        words = line.lstrip("|+-\\ ").split(" ")[0].split(":")
        if line and line[0] not in "|+-\\ ":
            root = (words[0] + ":" + words[1], words[-1])
            packages = modules.setdefault(root[0], set())
            continue
        # group:artifact:type[:classifier]:version:scope; a root that needs itself is no package of its own here.
        one = (words[0] + ":" + words[1], words[-2])
        if one != root:
            packages.add(one)
    return modules


def ours(path):
    modules, packages = {}, set()
    for line in open(path, encoding="utf-8"):
        words = line.rstrip("\n").split("\t")
        if words[0] == "locked" and words[1] == "0":
            packages = modules.setdefault(words[2], set())
        elif words[0] == "locked":
            packages.add((words[2], words[3]))
    return modules


def main():
    mine, maven = ours(sys.argv[1]), theirs(sys.argv[2])
    total = differences = 0
    for module, packages in sorted(maven.items()):
        total += len(packages)
        for one in sorted(packages - mine.get(module, set())):
            print("only Maven", module, *one)
            differences += 1
        for one in sorted(mine.get(module, set()) - packages):
            print("only ours", module, *one)
            differences += 1
    missing = [module for module, packages in maven.items() if packages and module not in mine]
    extra = [module for module in mine if module not in maven]
    print(f"modules {len(maven)}, packages {total}, differences {differences}")
    print("modules with packages that are only Maven's:", missing)
    print("modules that are only ours:", extra)


main()
