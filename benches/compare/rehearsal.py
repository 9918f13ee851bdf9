"""A rehearsal forge of one's own for each measurement, and what a command took against it."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Forge:
    """A fresh forge with so many small repositories of `acme`, gone when the block ends."""

    def __init__(self, program, repos, *flags):
        self.folder = Path(tempfile.mkdtemp(prefix="fleetwright-compare-"))
        # A sandboxed command is another user, who must get to what is bound for it.
        self.folder.chmod(0o755)
        self.repos = self.folder / "repos"
        self.process = subprocess.Popen(
            [program, "--folder", self.repos, "--repos", str(repos), *flags],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )
        started = json.loads(self.process.stdout.readline())
        self.url, self.token = started["url"] + "/api/v3", started["token"]
        self.marked, self.spent = self.counts(), self.cpu()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        shutil.rmtree(self.folder)

    def counts(self):
        """What happened so far, in numbers."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def cpu(self):
        """Seconds of processor time of the server and the git processes it waited for."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / TICKS

    def git(self, repo, *words):
        command = ["git", "-C", repo, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def bare(self):
        return sorted(self.repos.glob("*/*.git"))

    def state(self, file, text):
        """Of the default branches: how many have the edit, how many more than one commit of it; and
        how many other branches there are."""
        edited, twice, branches = 0, 0, 0
        for repo in self.bare():
            edited += text in self.git(repo, "show", f"HEAD:{file}")
            twice += int(self.git(repo, "rev-list", "--count", "--no-merges", "HEAD")) > 2
            branches += len(self.git(repo, "branch", "--list").splitlines()) - 1
        return edited, twice, branches

    def is_through(self, repos):
        """Whether everything is merged and no branch of a change is left."""
        return self.counts()["merged"] >= repos and not any(self.repos.glob("*/*.git/refs/heads/*/*"))

    def reset(self):
        """Begins counting anew."""
        self.marked, self.spent = self.counts(), self.cpu()

    def since(self):
        """What happened since counting began, and what the server spent on it."""
        now, then = self.counts(), self.marked
        numbers = {key: value - then[key] for key, value in now.items() if isinstance(value, int)}
        calls = {key: value - then["calls"].get(key, 0) for key, value in now["calls"].items()}
        return {**numbers, "calls": {k: v for k, v in calls.items() if v}, "server": self.cpu() - self.spent}


class Ran:
    """What commands took: wall and processor time in seconds, and peak memory in MiB."""

    def __init__(self, wall=0.0, cpu=0.0, peak=0.0, code=0):
        self.wall, self.cpu, self.peak, self.code = wall, cpu, peak, code

    def __add__(self, other):
        return Ran(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak),
                   self.code or other.code)


def run(command, folder, environment, until=None, end=signal.SIGKILL):
    """Runs a command; `until` is asked every 20 ms, and the whole group is ended when it says so."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    (home / ".gitconfig").write_text("[user]\n\tname = b\n\temail = b@localhost\n[init]\n\tdefaultBranch = main\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(folder), **environment}
    with open(folder / "log", "ab") as log:
        start = time.monotonic()
        child = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=log, start_new_session=True)
        ended = threading.Event()
        watcher = threading.Thread(target=end_when, args=(child.pid, until, (ended, end)))
        if until:
            watcher.start()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        if until:
            watcher.join()
    return Ran(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, child.returncode)


def end_when(group, until, how):
    ended, end = how
    while not ended.is_set():
        if until():
            try:
                os.killpg(group, end)
            except ProcessLookupError:
                pass
            return
        time.sleep(0.02)


def machine():
    """The machine in a line, and how busy it is."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return f"{os.cpu_count()} cores of {model}, load {os.getloadavg()[0]:.1f}"
