#!/usr/bin/env python3
"""What a pull request costs over HTTP: our program against a rehearsal forge, phase by phase.

    cargo build --release -p fleetwright-cli
    cargo build --release -p fleetwright-rehearsal --example rehearsal-forge
    python3 benches/compare/over_http.py target/release [REPOS] [ROUNDS]

No limits, no CI, a forge of its own for each round; medians. `sync` fetches the mirrors, `plan` makes and
stores the changes, `apply` pushes and opens, `serve` looks at everything, merges and removes branches.
The floor is the processor time of both sides spread over all cores: no schedule is faster.
"""

import os
import signal
import statistics
import sys
from pathlib import Path

from multi_gitter import EDITED, Fleetwright
from rehearsal import Forge, machine, run

PHASES = ["sync", "plan", "apply", "serve"]


def phases(program, forge, repos):
    """Each phase: seconds of wall, of our processor time, of the server's, MiB, and calls."""
    words = {
        "sync": ["repo", "sync"],
        "plan": ["shift", "plan", "shift.yaml"],
        "apply": ["shift", "apply", "shift.yaml"],
        "serve": ["serve", "--listen", "127.0.0.1:0"],
    }
    for phase in PHASES:
        until = (lambda: forge.is_through(repos)) if phase == "serve" else None
        forge.reset()
        ran = run([program, *words[phase]], forge.folder, {"FORGE_TOKEN": forge.token}, until, signal.SIGTERM)
        since = forge.since()
        git = (since["gitReceived"] + since["gitSent"]) / 1024
        yield phase, (ran.wall, ran.cpu, since["server"], ran.peak, since["requests"], since["gitRequests"], git)


def main():
    built = Path(sys.argv[1]).absolute()
    repos = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    tool = Fleetwright(built / "fleetwright", "replace")
    rows = {phase: [] for phase in PHASES}
    for _ in range(rounds):
        with Forge(built / "examples/rehearsal-forge", repos) as forge:
            tool.begin(forge)
            for phase, row in phases(tool.program, forge, repos):
                rows[phase].append(row)
            edited, twice, branches = forge.state(*EDITED)
            if (edited, twice, branches) != (repos, 0, 0):
                print(f"  ! {edited} of {repos} edited, {twice} twice, {branches} branches left")
    print(f"{repos} repositories, {rounds} rounds; {machine()}")
    print(f"{'':<8}{'wall s':>8}{'a second':>10}{'ours ms':>9}{'server ms':>10}{'floor s':>9}{'ratio':>7}"
          f"{'MiB':>6}{'calls':>7}{'git calls':>10}{'git KiB':>9}")
    for phase in PHASES:
        wall, ours, server, peak, calls, gits, git = map(statistics.median, zip(*rows[phase]))
        floor = (ours + server) / os.cpu_count()
        print(f"{phase:<8}{wall:>8.2f}{repos / wall:>10.0f}{ours / repos * 1000:>9.2f}"
              f"{server / repos * 1000:>10.2f}{floor:>9.2f}{wall / floor:>6.1f}x{peak:>6.0f}{calls:>7.0f}{gits:>10.0f}{git:>9.0f}")


if __name__ == "__main__":
    main()
