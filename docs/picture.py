#!/usr/bin/env python3
"""Draws terminal text as an SVG picture: the text of stdin, under the command in the arguments.

    cd "$(mktemp -d)" && fleetwright demo 2>&1 | sed -n '/^== An advisory/,/^== Shift 2/{/^== Shift 2/!p}' |
        python3 .../docs/picture.py fleetwright demo > demo.svg
"""

import html
import sys

WIDTH, HEIGHT, LEFT, TOP = 7.83, 17, 16, 44
COLOURS = {
    "prompt": "#7ee787", "head": "#79c0ff", "merged": "#7ee787", "open": "#e3b341",
    "failed": "#ff7b72", "rule": "#484f58", "plain": "#c9d1d9",
}


def colour(line, stage):
    """The colour of a line, and the table's stage it belongs to."""
    word = line.strip().split("  ")[0]
    if line.startswith("$ "):
        return "prompt", ""
    if line.startswith("=="):
        return "head", ""
    if word.startswith("─"):
        return "rule", stage
    if not line.strip() or not line.startswith("  "):
        return "plain", ""
    if word in ("unchanged", "not applicable", "made", "open", "merged", "failed"):
        stage = word if word in COLOURS else "plain"
    return stage or "plain", stage


def main():
    lines = ["$ " + " ".join(sys.argv[1:])] + sys.stdin.read().rstrip().split("\n")
    wide = max(len(line) for line in lines) * WIDTH + 2 * LEFT
    high = len(lines) * HEIGHT + TOP + 12
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high}" width="{wide:.0f}">')
    print(f'<rect width="100%" height="100%" rx="8" fill="#0d1117"/>')
    for index, dot in enumerate(("#ff5f56", "#ffbd2e", "#27c93f")):
        print(f'<circle cx="{20 + 20 * index}" cy="18" r="6" fill="{dot}"/>')
    print('<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="13">')
    stage = ""
    for index, line in enumerate(lines):
        name, stage = colour(line, stage)
        place = f'x="{LEFT}" y="{TOP + index * HEIGHT}" textLength="{len(line) * WIDTH:.1f}"'
        if line.strip():
            print(f'<text {place} xml:space="preserve" fill="{COLOURS[name]}">{html.escape(line)}</text>')
    print("</g>\n</svg>")


main()
