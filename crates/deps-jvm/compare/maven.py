#!/usr/bin/env python3
"""Compares what Maven resolves with what is resolved here.

    maven.py OURS TREE

OURS is what `cargo run --example read FOLDER ~/.m2/repository` prints, TREE what
`mvn org.apache.maven.plugins:maven-dependency-plugin:3.6.1:tree -DoutputFile=TREE -DappendOutput=true` writes.
Prints every difference and, at the end, how many modules, packages and steps of paths (who needs whom) were compared.
"""
import json
import sys


def theirs(path):
    modules = {}
    for line in open(path, encoding="utf-8"):
        line = line.rstrip()
        rest = line.lstrip("|+-\\ ")
        words = rest.split(" ")[0].split(":")
        if line and line[0] not in "|+-\\ ":
            root = (words[0] + ":" + words[1], words[-1])
            packages, steps = modules.setdefault(root[0], (set(), set()))
            way = [root]
            continue
        # group:artifact:type[:classifier]:version:scope; a root that needs itself is no package of its own here.
        one = (words[0] + ":" + words[1], words[-2])
        depth = (len(line) - len(rest)) // 3
        del way[depth:]
        steps.add((way[-1], one))
        way.append(one)
        if one != root:
            packages.add(one)
    return modules


def ours(path):
    modules, rows = {}, []
    for line in open(path, encoding="utf-8"):
        words = line.rstrip("\n").split("\t")
        if words[0] == "locked" and words[1] == "0":
            rows = modules.setdefault(words[2], [])
        if words[0] == "locked":
            rows.append(((words[2], words[3]), json.loads(words[5])))
    return {name: (set(one for one, _ in rows[1:]), set((one, rows[to][0]) for one, needs in rows for to in needs))
            for name, rows in modules.items()}


def main():
    mine, maven = ours(sys.argv[1]), theirs(sys.argv[2])
    counts = [0, 0]
    differences = 0
    for module, sets in sorted(maven.items()):
        for at, (their, our) in enumerate(zip(sets, mine.get(module, (set(), set())))):
            counts[at] += len(their)
            # Maven's tree shows one way to each package, ours all of them.
            for kind, rows in (("only Maven", their - our), ("only ours", our - their if at == 0 else ())):
                for row in sorted(rows):
                    print(kind, module, *row)
                    differences += 1
    print(f"modules {len(maven)}, packages {counts[0]}, steps {counts[1]}, differences {differences}")
    print("modules with packages that are only Maven's:", [name for name, sets in maven.items() if sets[0] and name not in mine])
    print("modules that are only ours:", [name for name in mine if name not in maven])


main()
