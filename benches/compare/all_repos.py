#!/usr/bin/env python3
"""Side by side in one run: all-repos and fleetwright, the same edit on the same repositories.

    cargo build --release -p fleetwright-cli
    cargo run --release -p fleetwright-demo --example generate -- 200 40 /tmp/fleet/repos
    python3 benches/compare/all_repos.py /tmp/fleet target/release/fleetwright [ROUNDS] [JOBS]

(all-repos takes no `-j` with `--dry-run`.)

all-repos is installed from its package registry into a virtual environment in the folder. Its
plan is `all-repos-sed --dry-run`, its apply is `all-repos-sed` with a push to the default branch
(a fork of one process per repository and step); ours is `shift plan`, and `shift apply` with a
branch, a pull request, a look and a squash merge for each repository. Prints medians of
milliseconds of wall per repository, and the ratio of each pair of rounds.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path


def wall(command, folder, log):
    start = time.monotonic()
    with open(log, "ab") as out:
        subprocess.run(command, cwd=folder, check=True, stdout=out, stderr=out, env={
            **os.environ, "GIT_AUTHOR_NAME": "b", "GIT_AUTHOR_EMAIL": "b@localhost",
            "GIT_COMMITTER_NAME": "b", "GIT_COMMITTER_EMAIL": "b@localhost",
        })
    return time.monotonic() - start


def main():
    folder, binary = Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute()
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    jobs = sys.argv[4] if len(sys.argv) > 4 else str(os.cpu_count())
    log = folder / "compare.log"
    venv = folder / "venv"
    if not venv.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin/pip", "-q", "install", "all-repos"], check=True)
    # all-repos pushes to the default branch: it gets a copy, so that both begin with the same.
    theirs, ours = folder / "theirs", folder / "repos"
    if not theirs.exists():
        subprocess.run(["cp", "-r", ours, theirs], check=True)
    names = sorted(str(p.relative_to(theirs)) for p in theirs.glob("*/*.git"))
    (folder / "sources.json").write_text(json.dumps({name: str(theirs / name) for name in names}))
    (folder / "all-repos.json").write_text(json.dumps({
        "output_dir": "output",
        "source": "all_repos.source.json_file",
        "source_settings": {"filename": str(folder / "sources.json")},
        "push": "all_repos.push.merge_to_master",
        "push_settings": {},
    }))
    os.chmod(folder / "all-repos.json", 0o600)
    (folder / "fleetwright.yaml").write_text("forges:\n  - { name: local, type: local, root: ./repos }\n")
    count = len(names)
    tool = lambda name: str(venv / "bin" / name)
    clone = wall([tool("all-repos-clone"), "-j", jobs], folder, log)
    sync = wall([binary, "repo", "sync"], folder, log)
    figures = {"clone / cold mirror": ([clone], [sync])}
    plan, apply = ([], []), ([], [])
    for at in range(rounds):
        value = 40 + at
        sed = [tool("all-repos-sed"), f"s/^  replicas: .*/  replicas: {value}/", "deploy/app.yaml"]
        shift = folder / f"round-{at}.yaml"
        shift.write_text(
            "apiVersion: fleetwright/v1\nkind: Shift\n"
            f"metadata: {{ name: round-{at} }}\nspec:\n"
            "  steps:\n"
            f"    - replace: {{ files: [deploy/app.yaml], pattern: '^  replicas: .*', with: '  replicas: {value}' }}\n"
            "  merge: { auto: true, require: { checks: none } }\n"
        )
        plan[0].append(wall(sed + ["--dry-run"], folder, log))
        plan[1].append(wall([binary, "shift", "plan", shift.name], folder, log))
        apply[0].append(wall(sed[:1] + ["-j", jobs] + sed[1:], folder, log))
        apply[1].append(wall([binary, "shift", "apply", shift.name, "--wait"], folder, log))
    figures["plan"], figures["apply"] = plan, apply
    print(f"{count} repositories, {rounds} rounds, all-repos with -j {jobs}; ms of wall per repository")
    print(f"{'':<22}{'all-repos':>12}{'fleetwright':>14}{'ratio':>9}")
    for what, (a, b) in figures.items():
        per = lambda times: statistics.median(times) * 1000 / count
        ratio = statistics.median(x / y for x, y in zip(a, b))
        print(f"{what:<22}{per(a):>12.2f}{per(b):>14.2f}{ratio:>8.0f}x")


main()
