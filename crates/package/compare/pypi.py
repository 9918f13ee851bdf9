"""The `packaging` library's answers to the questions of generate.py."""
import sys

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version


def compare(left, right):
    try:
        left, right = Version(left), Version(right)
    except InvalidVersion:
        return "?"
    return "<" if left < right else ">" if left > right else "="


def contains(text, version):
    try:
        specifiers = SpecifierSet(text)
    except InvalidSpecifier:
        return "error"
    try:
        Version(version)
    except InvalidVersion:
        return "?"
    return "yes" if specifiers.contains(version, prereleases=True) else "no"


for line in sys.stdin:
    verb, _, first, second = line.rstrip("\n").split("\t")
    print(compare(first, second) if verb == "compare" else contains(first, second))
