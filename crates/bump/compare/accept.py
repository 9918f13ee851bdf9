#!/usr/bin/env python3
"""The `dependency` step on real repositories, as shifts of the real binary; then their own tools are asked.

accept.py FLEETWRIGHT MIRROR FOLDER CASES HOSTS [PATH...]

MIRROR holds bare repositories as OWNER+NAME/repo; FOLDER is made, and becomes a fleet of copies. HOSTS are the
registries that tools may reach, with commas between them; each PATH is a folder of tools outside /usr.
"""

import json
import os
import shutil
import subprocess
import sys

binary, mirror, folder, cases, hosts, *path = sys.argv[1:]
binary = os.path.realpath(binary)
cases = [line.strip().split("|") for line in open(cases) if line.strip() and line[0] != "#"]
tools = {**os.environ, "PATH": ":".join([*path, os.environ["PATH"]])}


def said(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def fleet():
    for repo, *_ in cases:
        bare = f"{folder}/repos/{repo}.git"
        shutil.copytree(f"{mirror}/{repo.replace('/', '+')}/repo", bare, symlinks=True)
        with open(f"{bare}/config", "w") as config:
            config.write("[core]\n\tbare = true\n\trepositoryformatversion = 0\n")
    with open(f"{folder}/fleetwright.yaml", "w") as config:
        config.write("forges: [{ name: local, type: local, root: ./repos }]\n")
        # A folder beside a `bin` is what the programs in it need.
        beside = [os.path.dirname(each) for each in path if not each.startswith("/usr")]
        config.write(f"runner: {{ readonly: {json.dumps(beside)} }}\n")
        config.write(f"dependencies: {{ hosts: {json.dumps(hosts.split(','))}, path: {json.dumps(path)} }}\n")


def accepted(number, repo, package, to, question):
    name = f"case-{number}"
    with open(f"{folder}/{name}.yaml", "w") as shift:
        shift.write(f"apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: {name} }}\nspec:\n"
                    f"  targets: {{ repos: [{json.dumps(repo)}] }}\n  steps:\n"
                    f"    - dependency: {{ package: {json.dumps(package)}, to: {json.dumps(to)} }}\n")
    said(binary, "shift", "apply", f"{name}.yaml", cwd=folder)
    target = json.loads(said(binary, "shift", "targets", name, "--json", cwd=folder).stdout)[0]
    if target["stage"] != "open":
        return f"NOT OPEN: {target['stage']}: {target['reason']}"
    work = f"{folder}/work-{number}"
    said("git", "clone", "-q", "-b", f"fleetwright/{name}", f"{folder}/repos/{repo}.git", work)
    changed = said("git", "diff", "--shortstat", "HEAD~1", cwd=work).stdout.strip()
    answer = said(*question.split(), cwd=work, env=tools, timeout=300)
    if answer.returncode:
        return f"REFUSED by {question}: {(answer.stdout + answer.stderr)[-300:]}"
    return f"accepted by {question}: {changed}"


fleet()
said(binary, "repo", "sync", "--quiet", cwd=folder)
told = [accepted(number, *case) for number, case in enumerate(cases)]
for (repo, package, to, _), answer in zip(cases, told):
    print(f"{repo} {package} {to}: {answer}")
good = sum(answer.startswith("accepted") for answer in told)
print(f"{good} of {len(told)} accepted")
sys.exit(good != len(told))
