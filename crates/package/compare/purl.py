"""Compares purls with the `packageurl-python` library, and with the tests that package-url/purl-spec publishes.

usage: purl.py ANSWER COUNT SEED [SPEC]   ANSWER: the example `answer`; SPEC: a folder with the specification's
tests/types/*.json. Wants `packageurl` on PYTHONPATH.
"""
import json
import pathlib
import random
import re
import subprocess
import sys

from packageurl import PackageURL

answer, count, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3]
R = random.Random(f"purl {seed}")
TYPES = {"maven": "maven", "npm": "npm", "cargo": "cargo", "pypi": "pypi", "go": "golang", "gem": "gem",
         "composer": "composer", "nuget": "nuget", "image": "docker", "actions": "github"}
ODD = "+!*'(),;=&$#?%@ \u00e9\u6f22~:|[]{}\"<>^`\\".replace(" ", "")


def ask(questions):
    text = "".join("\t".join(question) + "\n" for question in questions)
    return subprocess.run([answer], input=text, capture_output=True, text=True, check=True).stdout.splitlines()


def word(odd=0.03):
    letters = "abcdefghijklmnopqrstuvwxyzABC0123456789-_." + "aeiou" * 3
    text = "".join(R.choice(ODD) if R.random() < odd else R.choice(letters) for _ in range(R.randint(1, 9)))
    return "a" + text.replace("..", ".").strip(".") + "z"


def case():
    """An ecosystem, our name, and the namespace and name that the library takes."""
    ecosystem = R.choice(list(TYPES))
    first, second, third = word(), word(), word()
    if ecosystem in ("npm", "go"):
        # The library writes npm in lower case and Go as it comes; the specification's definitions of today have
        # it the other way round, and so have we.
        first, second = first.lower(), second.lower()
    if ecosystem == "maven":
        first, second = first.replace(":", ""), second.replace(":", "")
        return ecosystem, f"{first}:{second}", first, second
    if ecosystem == "npm":
        return R.choice([(ecosystem, f"@{first}/{second}", "@" + first, second), (ecosystem, second, None, second)])
    if ecosystem == "go":
        return ecosystem, f"example.org/{first}/{second}", f"example.org/{first}", second
    if ecosystem in ("composer", "actions"):
        return ecosystem, f"{first}/{second}", first, second
    if ecosystem == "image":
        first = first.replace(".", "").replace(":", "")
        return R.choice([(ecosystem, f"{first}/{second}", first, second), (ecosystem, third, None, third)])
    return ecosystem, first, None, first


def report(what, rows, skipped=0):
    wrong = [row for row in rows if row[1] != row[2]]
    print(f"{what}: {len(rows)} compared, {skipped} passed over, {len(wrong)} differences")
    for row in wrong[:15]:
        print("  ", *row, sep=" | ")
    return len(wrong)


def normal(ecosystem, name):
    if ecosystem == "pypi":  # our names are normalised as PEP 503 says, so dots are hyphens
        return re.sub(r"[-_.]+", "-", name).lower()
    return name.lower() if ecosystem == "nuget" else name


cases = [(case(), R.choice([word(0.2), "1.0", "v1.2.3+meta", "1!2.0", "sha256:ab12", ""])) for _ in range(count)]
ours = ask([("purl", ecosystem, name, version) for (ecosystem, name, _, _), version in cases])
def hexed(purl):
    """The library puts the digits of percent signs in lower case with the name; the specification has capitals."""
    return re.sub(r"%[0-9a-f]{2}", lambda found: found.group().upper(), purl)


theirs = [hexed(str(PackageURL(TYPES[ecosystem], namespace, normal(ecosystem, name), version or None)))
          for (ecosystem, _, namespace, name), version in cases]
bad = report("written", [(str(case), mine, other) for case, mine, other in zip(cases, ours, theirs)])

read = ask([("package", "-", purl, "-") for purl in theirs])
again = ask([("package", "-", purl, "-") for purl in ours])
bad += report("read", list(zip(theirs, read, again)))

if len(sys.argv) > 4:
    rows, skipped = [], 0
    for path in sorted(pathlib.Path(sys.argv[4]).glob("*-test.json")):
        for test in json.loads(path.read_text())["tests"]:
            kind = path.name.removesuffix("-test.json")
            words = [ours for ours, theirs in TYPES.items() if theirs == kind]
            text = test["input"]
            if test["test_type"] != "validate" or not words:
                continue
            if "?" in text or "#" in text or test.get("expected_failure"):
                skipped += 1  # what stands there is not kept, or differs in kind of error
                continue
            found = ask([("package", "-", text, "-")])[0]
            package, _, version = found.partition(" ")
            word_, _, name = package.partition(":")
            made = ask([("purl", word_, name, version)])[0] if found != "error" else "error"
            expected = test["expected_output"]
            rows.append((text, made, expected.lower() if kind == "nuget" else expected))
    bad += report("specification's tests", rows, skipped)
sys.exit(1 if bad else 0)
