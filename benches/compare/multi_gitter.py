#!/usr/bin/env python3
"""Side by side in one run: multi-gitter and fleetwright, the same edit on the same rehearsal forge.

    cargo build --release -p fleetwright-cli
    cargo build --release -p fleetwright-rehearsal --example rehearsal-forge
    python3 benches/compare/multi_gitter.py target/release [REPOS] [ROUNDS] [MULTI-GITTER] [PARTS]

MULTI-GITTER is its program, `multi-gitter` when absent; where there is none, this says so and ends.
PARTS are some of `merged ci limits kill`, separated by commas; all when absent. With 50 repositories
and 3 rounds it takes about 12 minutes, nearly all of them multi-gitter's pauses.

Each run has a forge of its own (GitHub's dialect, bare repositories behind git's smart protocol), and
is counted there. Everything is opened, then merged as squash commits. What differs:

- multi-gitter clones each repository, runs the script in it with all rights of the user, and waits at
  least a second between requests that change something, whatever the forge allows. `run` opens,
  `merge` merges what is green by then and deletes branches; here it is asked until nothing is left.
- Ours keeps mirrors (cold here: fetched in the same run), runs a script in a sandbox without network,
  or takes a declarative step; plans, stores, opens, looks and merges in one command. Toward a forge on
  this machine it keeps to GitHub.com's published limits; `budget.published: false` is how it meets a
  server of one's own, whose limits are off, as this one's are.
"""

import shutil
import signal
import socket
import statistics
import sys
from pathlib import Path

from rehearsal import Forge, Ran, machine, run

SCRIPT = "sed -i 's/^replicas: .*/replicas: 3/' app.yaml"
STEPS = {
    "run": f"run: \"{SCRIPT}\"",
    "replace": "replace: { files: [app.yaml], pattern: '^replicas: .*', with: 'replicas: 3' }",
}
EDITED = ("app.yaml", "replicas: 3\n")
CI_SECONDS = 5


class MultiGitter:
    """multi-gitter with some flags."""

    def __init__(self, program, *flags):
        self.program, self.flags = program, flags
        self.name = " ".join(["multi-gitter", *(flags or ["(default)"])])

    def begin(self, forge):
        script = forge.folder / "script.sh"
        script.write_text(f"#!/bin/sh\n{SCRIPT}\n")
        script.chmod(0o755)

    def command(self, forge, word, *words):
        told = ["--base-url", forge.url, "--org", "acme", "--branch", "replicas", "--log-file", "-"]
        return [self.program, word, *words, *told]

    def run(self, forge, command, until=None):
        return run(command, forge.folder, {"GITHUB_TOKEN": forge.token}, until)

    def open(self, forge, until=None):
        words = [str(forge.folder / "script.sh"), "--commit-message", "Three replicas", *self.flags]
        return self.run(forge, self.command(forge, "run", *words), until)

    def finish(self, forge, repos):
        """Merges, again and again until everything is merged or nothing more comes of it."""
        took, tries = Ran(), 0
        while forge.counts()["merged"] < repos and tries < 10:
            took += self.run(forge, self.command(forge, "merge", "--merge-type", "squash"))
            tries += 1
        return took

    def whole(self, forge, repos, until=None):
        opened = self.open(forge, until)
        return opened if until else opened + self.finish(forge, repos)


class Fleetwright:
    """Our program with one kind of step."""

    def __init__(self, program, step, published=False):
        self.program, self.step, self.published = program, step, published
        self.name = f"fleetwright ({step}{', published limits' if published else ''})"
        self.checks = "none"

    def begin(self, forge):
        (forge.folder / "fleetwright.yaml").write_text(
            f"forges:\n  - {{ name: hub, type: github, url: '{forge.url}', orgs: [acme],\n"
            "      auth: { token: { env: FORGE_TOKEN } },\n"
            f"      budget: {{ published: {str(self.published).lower()} }} }}\n"
        )
        (forge.folder / "shift.yaml").write_text(
            "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: { name: replicas, title: Three replicas }\n"
            f"spec:\n  steps:\n    - {STEPS[self.step]}\n"
            f"  merge: {{ auto: true, require: {{ checks: {self.checks} }} }}\n"
        )

    def whole(self, forge, _repos, until=None):
        command = [self.program, "shift", "apply", "shift.yaml", "--wait"]
        return run(command, forge.folder, {"FORGE_TOKEN": forge.token}, until)


class Served(Fleetwright):
    """The same as a server that stays: `apply` opens and ends, `serve` hears webhooks and merges."""

    def __init__(self, program, step):
        super().__init__(program, step)
        self.name = f"fleetwright serve ({step}, webhooks)"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.flags_of_forge = ["--hooks", f"http://127.0.0.1:{self.port}/webhooks/hub", "--secret", "hush"]

    def begin(self, forge):
        super().begin(forge)
        config = forge.folder / "fleetwright.yaml"
        config.write_text(config.read_text().replace("budget:", "webhook: { secret: { env: HOOK_SECRET } }, budget:"))

    def whole(self, forge, repos, until=None):
        secrets = {"FORGE_TOKEN": forge.token, "HOOK_SECRET": "hush"}
        opened = run([self.program, "shift", "apply", "shift.yaml"], forge.folder, secrets)
        serve = [self.program, "serve", "--listen", f"127.0.0.1:{self.port}"]
        return opened + run(serve, forge.folder, secrets, lambda: forge.is_through(repos), signal.SIGTERM)


class Figures:
    """What several runs of one tool came to; medians."""

    def __init__(self):
        self.rows = []

    def add(self, took, since):
        self.rows.append({
            "wall": took.wall, "cpu": took.cpu, "peak": took.peak, "server": since["server"],
            "calls": since["requests"], "content": since["content"],
            "git": (since["gitReceived"] + since["gitSent"]) / 1024, "gits": since["gitRequests"],
            "merged": since["merged"], "doubled": since["doubled"], "limited": since["limited"],
            "bad": since["mergedNotGreen"],
        })

    def __getitem__(self, key):
        return statistics.median(row[key] for row in self.rows)


def measure(program, tool, repos, rounds, checks, *flags):
    """Opens and merges everything, several times."""
    figures = Figures()
    for _ in range(rounds):
        with Forge(program, repos, *flags, *getattr(tool, "flags_of_forge", [])) as forge:
            tool.checks = checks
            tool.begin(forge)
            took = tool.whole(forge, repos)
            figures.add(took, forge.since())
            say_unless_whole(tool, forge, repos)
    return figures


def say_unless_whole(tool, forge, repos):
    edited, twice, branches = forge.state(*EDITED)
    if (edited, twice, branches) != (repos, 0, 0):
        print(f"  ! {tool.name}: {edited} of {repos} edited, {twice} twice, {branches} branches left")
        print("    " + "\n    ".join((forge.folder / "log").read_text().splitlines()[-5:]))


def table(title, repos, measured):
    """One line a tool; ratios against the first."""
    print(f"\n{title}; {machine()}")
    print(f"{'':<40}{'wall s':>9}{'ratio':>8}{'calls':>8}{'a repo':>8}{'ratio':>7}{'creating':>9}"
          f"{'git KiB':>9}{'cpu s':>7}{'server':>7}{'MiB':>5}{'merged':>7}{'doubled':>8}{'refused':>8}")
    first = measured[0][1]
    for tool, it in measured:
        print(f"{tool.name:<40}{it['wall']:>9.2f}{first['wall'] / it['wall']:>7.1f}x{it['calls']:>8.0f}"
              f"{it['calls'] / repos:>8.2f}{first['calls'] / (it['calls'] or 1):>6.1f}x{it['content']:>9.0f}"
              f"{it['git']:>9.0f}{it['cpu']:>7.2f}{it['server']:>7.2f}{it['peak']:>5.0f}"
              f"{it['merged']:>7.0f}{it['doubled']:>8.0f}{it['limited']:>8.0f}", flush=True)


def killed(program, tool, repos):
    """kill -9 when half of the pull requests are open; the same command again; then the rest."""
    with Forge(program, repos) as forge:
        tool.checks = "none"
        tool.begin(forge)
        tool.whole(forge, repos, until=lambda: forge.counts()["opened"] >= repos // 2)
        first = forge.since()
        left = len([path for path in forge.folder.glob("multi-git*")])
        forge.reset()
        second = tool.whole(forge, repos)
        after = forge.since()
        edited, twice, branches = forge.state(*EDITED)
        print(f"{tool.name:<40}{first['opened']:>8}{first['merged']:>8}{second.wall:>9.2f}{after['requests']:>8}"
              f"{after['gitSent'] / 1024:>12.0f}{repos - edited:>6}{after['doubled'] + first['doubled']:>9}"
              f"{twice:>7}{branches:>10}{left:>7}{second.code:>6}", flush=True)


def main():
    built = Path(sys.argv[1]).absolute()
    word = lambda at, default: sys.argv[at] if len(sys.argv) > at else default
    repos, rounds = int(word(2, "50")), int(word(3, "3"))
    theirs, parts = shutil.which(word(4, "multi-gitter")), word(5, "merged,ci,limits,kill").split(",")
    if theirs is None:
        print("skipped: there is no multi-gitter on this machine")
        return
    ours, forge = built / "fleetwright", built / "examples/rehearsal-forge"
    tools = [MultiGitter(theirs), MultiGitter(theirs, "--concurrent", "8", "--git-type", "cmd"),
             Fleetwright(ours, "run"), Fleetwright(ours, "replace"), Served(ours, "replace")]
    compare = lambda tools, rounds, checks, *flags: [
        (tool, measure(forge, tool, repos, rounds, checks, *flags)) for tool in tools]
    if "merged" in parts:
        table(f"{repos} repositories opened and merged, no CI, no limits, {rounds} rounds", repos,
              compare(tools, rounds, "none"))
    if "ci" in parts:
        table(f"the same with a check of {CI_SECONDS} s, 1 round", repos,
              compare(tools[1:], 1, "all", "--ci", str(CI_SECONDS)))
    if "limits" in parts:
        tools = [tools[1], Fleetwright(ours, "run", True), Fleetwright(ours, "replace", True)]
        table("the same with GitHub's published limits, no CI, 1 round", repos,
              compare(tools, 1, "none", "--limits", "on"))
    if "kill" in parts:
        print(f"\nkill -9 when half of {repos} pull requests are open, then the same again; {machine()}")
        print(f"{'':<40}{'opened':>8}{'merged':>8}{'2nd s':>9}{'calls':>8}{'fetched KiB':>12}{'lost':>6}"
              f"{'doubled':>9}{'twice':>7}{'branches':>10}{'litter':>7}{'code':>6}")
        for tool in (MultiGitter(theirs), MultiGitter(theirs, "--concurrent", "8", "--git-type", "cmd"),
                     Fleetwright(ours, "run"), Fleetwright(ours, "replace")):
            killed(forge, tool, repos)


if __name__ == "__main__":
    main()
