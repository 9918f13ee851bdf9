#!/usr/bin/env python3
"""The `dependency` step on small projects of ours, as shifts of the real binary; then their own tools are asked.

small.py FLEETWRIGHT FOLDER HOSTS HOME [PATH...]

The projects are the folders beside this file in `small/`: files as they are, and `case.json` that says what is locked
first, which package is brought where, what its lockfile must hold then, and what its own tool is asked. FOLDER is made.
INDEX of the environment is the address of the packages of Python. HOSTS are the registries that tools may reach, with commas between them; HOME is `dependencies.home`, or `-`; each PATH is
a folder of tools outside /usr. A case whose tool is not there is told and not counted.
"""

import json
import os
import shutil
import subprocess
import sys

binary, folder, hosts, home, *path = sys.argv[1:]
binary = os.path.realpath(binary)
here = os.path.join(os.path.dirname(os.path.realpath(__file__)), "small")
tools = {**os.environ, "PATH": ":".join([*path, os.environ["PATH"]])}


def said(command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


index = os.environ.get("INDEX", "")


def cases():
    for file in sorted(os.listdir(here)):
        with open(f"{here}/{file}") as case:
            yield file.removesuffix(".json"), json.loads(case.read().replace("@INDEX@", index))


def write(work, files):
    for name, text in files.items():
        os.makedirs(os.path.dirname(f"{work}/{name}") or ".", exist_ok=True)
        with open(f"{work}/{name}", "w") as file:
            file.write(text if isinstance(text, str) else "\n".join(text) + "\n")


def project(name, case):
    """The repository: locked with one text, and then with the texts that it has."""
    work = f"{folder}/made/{name}"
    write(work, {**case["files"], **case.get("first", {})})
    for command in case.get("lock", []):
        answer = said(["sh", "-c", command], cwd=work, env=tools, timeout=500)
        if answer.returncode:
            return f"{command}: {(answer.stdout + answer.stderr)[-300:]}"
    write(work, case["files"])
    for command in case.get("then", []):
        said(["sh", "-c", command], cwd=work, env=tools, timeout=500)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    keep = [*case["files"], *case.get("keep", [])]
    for command in (["init", "-q", "-b", "main"], ["add", "-f", *keep], ["commit", "-q", "-m", "made"]):
        answer = said([*git, *command], cwd=work)
        if answer.returncode:
            return answer.stderr
    said(["git", "clone", "-q", "--bare", work, f"{folder}/repos/small/{name}.git"])
    return None


def config():
    with open(f"{folder}/fleetwright.yaml", "w") as file:
        file.write("forges: [{ name: local, type: local, root: ./repos }]\n")
        beside = sorted({os.path.dirname(each) for each in path if not each.startswith("/usr")})
        file.write(f"runner: {{ readonly: {json.dumps(beside)} }}\n")
        own = "" if home == "-" else f", home: {json.dumps(os.path.realpath(home))}"
        hosted = f"hosts: {json.dumps(hosts.split(','))}, path: {json.dumps(path)}{own}"
        file.write(f"dependencies: {{ {hosted} }}\n")


def came(name, case):
    step = {"package": case["package"], "to": case["to"], **case.get("step", {})}
    shift = f"case-{name}"
    with open(f"{folder}/{shift}.yaml", "w") as file:
        file.write(f"apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: {shift} }}\nspec:\n"
                   f"  targets: {{ repos: [small/{name}] }}\n  steps:\n    - dependency: {json.dumps(step)}\n")
    said([binary, "shift", "apply", f"{shift}.yaml"], cwd=folder)
    target = json.loads(said([binary, "shift", "targets", shift, "--json"], cwd=folder).stdout)[0]
    if case.get("fails"):
        right = target["stage"] == "failed" and case["fails"] in target["reason"]
        return f"{'accepted: told' if right else 'NOT TOLD'}: {target['stage']}: {target['reason']}"
    if target["stage"] != "open":
        return f"NOT OPEN: {target['stage']}: {target['reason']}"
    work = f"{folder}/work/{name}"
    said(["git", "clone", "-q", "-b", f"fleetwright/{shift}", f"{folder}/repos/small/{name}.git", work])
    changed = said(["git", "diff", "--stat", "HEAD~1"], cwd=work).stdout.strip().splitlines()
    files = [line.split("|")[0].strip() for line in changed[:-1]]
    if files != case["changed"]:
        return f"OTHER FILES: {files}"
    for file, text in case["holds"]:
        with open(f"{work}/{file}") as read:
            if text not in read.read():
                return f"{file} DOES NOT HOLD {text!r}"
    logs = said([binary, "shift", "logs", shift, f"small/{name}"], cwd=folder).stdout
    by = [line.strip() for line in logs.splitlines() if any(f"{word}" in line for word in (": by ", ": edited"))]
    if case.get("logs", "") not in logs:
        return f"NOT IN THE LOG: {case['logs']}"
    answer = said(["sh", "-c", case["ask"]], cwd=work, env=tools, timeout=500)
    if answer.returncode:
        return f"REFUSED by {case['ask']}: {(answer.stdout + answer.stderr)[-400:]}"
    return f"accepted by {case['ask']}: {'; '.join(by) or ', '.join(files)}"


only = [name for name in os.environ.get("ONLY", "").split(",") if name]
chosen = [(name, case) for name, case in cases() if not only or name in only]
made, missing = [], []
for name, case in chosen:
    if said(["sh", "-c", f"command -v {case['tool']}"], env=tools).returncode:
        missing.append(name)
        continue
    why = project(name, case)
    made.append((name, case, why))
config()
said([binary, "repo", "sync", "--quiet"], cwd=folder)
good = 0
for name, case, why in made:
    told = f"NOT MADE: {why}" if why else came(name, case)
    good += told.startswith("accepted")
    print(f"{name}: {case['package']} {case['to']}: {told}", flush=True)
print(f"{good} of {len(made)} accepted; not there: {', '.join(missing) or 'none'}")
sys.exit(good != len(made))
