#!/usr/bin/env python3
"""Compares what the crate reads with what the ecosystem's own tools say.

compare.py INVENTORY MIRROR [LIST], where INVENTORY is the built example `inventory` and MIRROR holds git directories
as MIRROR/owner+name/repo; LIST stands for repositories.txt. The tools (uv, poetry with poetry-plugin-export, pdm, pipenv, pip, packaging) are
those of the python that runs this; what is not there is skipped, and said so.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def run(folder, *command):
    tool = BIN / command[0]
    if not tool.exists():
        return None
    done = subprocess.run([tool, *command[1:]], cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[-400:]}")
    return done.stdout


def rows(inventory, folder):
    out = subprocess.run([inventory, folder], capture_output=True, text=True, check=True).stdout
    return [line.split("\t") for line in out.splitlines()]


PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==([^\s;]+)")
ADDRESS = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])? @ ")


def pins(text):
    """The packages of an export and, where its comments say it, what needs them."""
    found, edges, current = set(), set(), None
    for line in text.splitlines():
        pin, address = PIN.match(line), ADDRESS.match(line)
        if pin or address:
            current = normal((pin or address)[1])
            found.add((current, pin[2] if pin else "?"))
        elif line.startswith("-e "):
            current = None
        elif line.strip().startswith("#") and current:
            via = line.strip().lstrip("#").strip().removeprefix("via").strip()
            if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", via):
                edges.add((normal(via), current))
    return found, edges


def tree(text):
    """The edges of `poetry show --tree`."""
    edges, path = set(), []
    for line in text.splitlines():
        match = re.match(r"^((?:[│ ]   )*(?:[├└]── )?)([A-Za-z0-9][A-Za-z0-9._-]*)", line)
        if not match:
            continue
        depth = len(match[1]) // 4
        path[depth:] = [normal(match[2])]
        if depth:
            edges.add((path[depth - 1], path[depth]))
    return edges


def locked(inventory, folder, kind, arguments):
    ours = rows(inventory, folder)
    name = {"uv": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}[kind]
    packages = {(row[2], row[3]) for row in ours if row[0] == "locked" and row[1] == name and row[4] == "false"}
    own = {row[2] for row in ours if row[0] == "locked" and row[1] == name and row[4] == "true"}
    edges = {(row[2], row[3]) for row in ours if row[0] == "needs" and row[1] == name}
    theirs, needs = set(), set()
    for part in arguments.split("|"):
        if kind == "uv":
            text = run(folder, "uv", "export", "--frozen", "--no-hashes", "--all-packages", *part.split())
        elif kind == "poetry":
            text = run(folder, "poetry", "export", "--without-hashes", "--all-groups", "--all-extras")
        elif kind == "pdm":
            text = run(folder, "pdm", "export", "--no-hashes", "-G", ":all", "-f", "requirements")
        else:
            # One group at a time: together, pipenv prints one version of what both lock differently.
            text = run(folder, "pipenv", "requirements", *part.split())
        if text is None:
            return None
        found, via = pins(text)
        theirs |= found
        needs |= via
        if kind == "uv":  # the export does not say who needs what is in a group
            needs |= tree(run(folder, "uv", "tree", "--frozen", "--universal", "--all-groups", "--depth", "1"))
    if kind == "poetry":
        needs = tree(run(folder, "poetry", "show", "--tree", *arguments.split()))
    named = {package for package, version in theirs if version == "?"}
    packages = {(package, "?" if package in named else version) for package, version in packages}
    same, needs = ({pair for pair in all if pair[1] not in own} for all in (edges, needs))
    differences = [f"only ours: {package} {version}" for package, version in sorted(packages - theirs)]
    differences += [f"only {kind}'s: {package} {version}" for package, version in sorted(theirs - packages)]
    if kind in ("uv", "poetry"):
        differences += [f"edge only ours: {a} -> {b}" for a, b in sorted(same - needs)]
        differences += [f"edge only {kind}'s: {a} -> {b}" for a, b in sorted(needs - same)]
    return len(theirs), len(needs), differences


def declared(inventory, folder):
    try:
        from packaging.requirements import InvalidRequirement, Requirement
        from pip._internal.network.session import PipSession
        from pip._internal.req.req_file import parse_requirements
    except ImportError:
        return None
    ours, theirs, seen = set(), set(), set()
    for row in rows(inventory, folder):
        if row[0] == "declared" and not row[1].endswith("Pipfile"):
            ours.add((row[1], row[2], "".join(row[3].split())))
        if row[0] == "manifest":
            seen.add(row[1])

    def add(path, text):
        try:
            read = Requirement(text)
        except InvalidRequirement:
            return
        theirs.add((path, normal(read.name), "" if read.url else text_of(text)))

    def text_of(text):
        body = text.split(";")[0]
        body = re.sub(r"^\s*[A-Za-z0-9._-]+\s*(\[[^]]*\])?", "", body).strip()
        return "".join(body.removeprefix("(").removesuffix(")").split())

    for file in sorted(Path(folder).rglob("*")):
        path = str(file.relative_to(folder))
        if path not in seen:
            continue
        if file.name == "pyproject.toml":
            table = tomllib.loads(file.read_text())
            project = table.get("project", {})
            lists = [project.get("dependencies", []), table.get("build-system", {}).get("requires", [])]
            lists += project.get("optional-dependencies", {}).values()
            lists += table.get("dependency-groups", {}).values()
            uv = table.get("tool", {}).get("uv", {})
            keys = ("dev-dependencies", "constraint-dependencies", "override-dependencies")
            lists += [uv.get(key, []) for key in (*keys, "build-constraint-dependencies")]
            for text in (text for one in lists for text in one if isinstance(text, str)):
                add(path, text)
        elif file.suffix in (".txt", ".in"):
            lines = parse_requirements(str(file), PipSession())
            for line in lines:
                if re.search(rf"(^|\s){re.escape(str(file))} \(line", line.comes_from or ""):
                    add(path, line.requirement)
        else:
            ours = {row for row in ours if row[0] != path}
    differences = [f"only ours: {' '.join(row)}" for row in sorted(ours - theirs)]
    differences += [f"only pip's: {' '.join(row)}" for row in sorted(theirs - ours)]
    return len(theirs), 0, differences


def main():
    inventory, mirror = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    explained = {}
    for line in (HERE / "explained.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern, why = line.split("\t")
            explained[re.compile(pattern)] = why
    unexplained = 0
    wanted = Path(sys.argv[3]) if len(sys.argv) > 3 else HERE / "repositories.txt"
    for line in wanted.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        repository, commit, kind, folder, *arguments = line.split(" ", 4)
        git = mirror / repository.replace("/", "+") / "repo"
        with tempfile.TemporaryDirectory() as root:
            subprocess.run([HERE / "bring.sh", git, commit, root], check=True)
            place = os.path.join(root, folder)
            if kind == "declared":
                result = declared(inventory, place)
            else:
                result = locked(inventory, place, kind, " ".join(arguments))
        if result is None:
            print(f"{repository} {kind}: skipped, the tool is not there")
            continue
        packages, edges, differences = result
        why = {one: next((why for pattern, why in explained.items() if pattern.search(f"{repository} {kind} {one}")), None) for one in differences}
        left = [one for one, reason in why.items() if reason is None]
        unexplained += len(left)
        print(f"{repository} {kind}: {packages} rows, {edges} edges, {len(differences)} differences, {len(left)} unexplained")
        for one in left:
            print(f"    {one}")
        for reason in sorted({reason for reason in why.values() if reason}):
            print(f"    {list(why.values()).count(reason)} x {reason}")
    sys.exit(unexplained != 0)


if __name__ == "__main__":
    main()
