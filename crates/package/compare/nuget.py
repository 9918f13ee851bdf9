"""The `univers` library's answers to the questions of generate.py about NuGet: a second opinion, not NuGet's own."""
import sys

from univers.nuget import InvalidNuGetVersion, Version


def read(text):
    try:
        return Version.from_string(text)
    except (InvalidNuGetVersion, ValueError):
        return None


for line in sys.stdin:
    _, _, first, second = line.rstrip("\n").split("\t")
    left, right = read(first), read(second)
    print("?" if left is None or right is None else "<" if left < right else ">" if right < left else "=")
