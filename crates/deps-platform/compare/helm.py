#!/usr/bin/env python3
"""Compares what is read of charts with `helm dependency list`: name, requirement and repository of each dependency.

helm.py INVENTORY FOLDER... (INVENTORY: the built example `inventory`; each FOLDER holds charts at any depth). Without
helm it says so and ends well. Prints every difference and a summary; ends with 1 when there is one.
"""

import shutil
import subprocess
import sys
from pathlib import Path


def theirs(chart):
    """Helm's table: name, version, repository, status, with tabs between."""
    done = subprocess.run(["helm", "dependency", "list", chart, "--max-col-width", "0"], capture_output=True, text=True)
    if done.returncode:
        return None
    rows = [[cell.strip() for cell in line.split("\t")] for line in done.stdout.splitlines()]
    rows = [row for row in rows if len(row) >= 3 and row[0] != "NAME"]
    # A chart of the same repository has its name alone.
    far = lambda place: place and not place.startswith("file:")
    return sorted((f"{row[2].rstrip('/')}/{row[0]}" if far(row[2]) else row[0], row[1]) for row in rows)


def main():
    if not shutil.which("helm"):
        print("skipped: there is no helm here")
        return 0
    bad = 0
    for folder in map(Path, sys.argv[2:]):
        out = subprocess.run([sys.argv[1], folder], capture_output=True, text=True, check=True).stdout
        rows = [line.split("\t") for line in out.splitlines()]
        charts = refused = asked = 0
        for chart in sorted(folder.rglob("Chart.yaml")):
            said = theirs(chart.parent)
            if said is None:
                refused += 1
                continue
            # Helm 2 wrote them into a file of their own, which Helm reads for charts of that version.
            files = {str((chart.parent / name).relative_to(folder)) for name in ("Chart.yaml", "requirements.yaml")}
            ours = sorted((row[2], row[3]) for row in rows if row[0] == "declared" and row[1] in files)
            charts, asked = charts + 1, asked + len(said)
            if ours != said:
                bad += 1
                print(f"    {chart}: ours {ours}, helm {said}")
        print(f"{folder}: {charts} charts, {asked} dependencies, {refused} that helm refuses, {bad} differences so far")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
