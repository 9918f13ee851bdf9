"""Asks the cases that composer/semver and node-semver publish in their own tests.

usage: tables.py ANSWER COMPOSER NODE   ANSWER: the example `answer`; COMPOSER, NODE: checkouts of the two.
"""
import json
import pathlib
import re
import subprocess
import sys

answer, composer, node = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])


def ask(what, rows):
    """Rows: verb, ecosystem, two fields and the answers that are right."""
    text = "".join("\t".join(field.replace("\t", " ") for field in row[:4]) + "\n" for row in rows)
    found = subprocess.run([answer], input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    wrong = [(row, mine) for row, mine in zip(rows, found) if mine not in row[4]]
    print(f"{what}: {len(rows)} cases, {len(wrong)} differences")
    for row, mine in wrong:
        print("  ", row[2:], mine)
    return len(wrong)


def provider(source, name):
    """The rows of strings of a data provider of PHPUnit."""
    body = re.search(rf"function {name}\(\)\s*\{{(.*?)\n    \}}", source, re.S).group(1)
    body = re.sub(r"//[^\n]*", "", body)
    body = re.sub(r"'[^']*' => array", "array", body)
    rows = re.findall(r"array\(\s*((?:'[^']*'|\"[^\"]*\")(?:\s*,\s*(?:'[^']*'|\"[^\"]*\"))*)\s*,?\s*\)", body)
    strings = [[a or b for a, b in re.findall(r"'([^']*)'|\"([^\"]*)\"", row)] for row in rows]
    return [row for row in strings if not any("\\" in text for text in row)]


semver = (composer / "tests/SemverTest.php").read_text()
parser = (composer / "tests/VersionParserTest.php").read_text()
bad = ask("composer, in its range", [("in", "composer", limit, text, ["yes"]) for text, limit in provider(semver, "satisfiesProviderPositive")])
bad += ask("composer, not in its range", [("in", "composer", limit, text, ["no"]) for text, limit in provider(semver, "satisfiesProviderNegative")])
same = [row for row in provider(parser, "successfulNormalizedVersions") if len(row) == 2 and " as " not in row[0]]
# Its normal form of a date is read again as four numbers, of which the last is nought, so it is greater.
date = re.compile(r"\d{4}\.\d\d\.\d\d$")
bad += ask("composer, normalised", [("compare", "composer", a, b, ["<" if date.match(b) else "="]) for a, b in same])
failing = [row[-1] for row in provider(parser, "failingNormalizedVersions")]
bad += ask("composer, no version", [("compare", "composer", text, text, ["?"]) for text in failing])

script = """
const out = {}
for (const name of ['comparisons', 'equality', 'range-include', 'range-exclude'])
  out[name] = require(process.argv[1] + '/test/fixtures/' + name + '.js')
console.log(JSON.stringify(out))
"""
tables = json.loads(subprocess.run(["node", "-e", script, str(node.resolve())], capture_output=True, text=True, check=True).stdout)
strict = {name: [row for row in rows if len(row) < 3 or not row[2]] for name, rows in tables.items()}
strict = {name: [row for row in rows if all(isinstance(text, str) for text in row[:2])] for name, rows in strict.items()}
bad += ask("npm, comparisons", [("compare", "npm", a, b, [">"]) for a, b, *_ in strict["comparisons"]])
bad += ask("npm, equality", [("compare", "npm", row[0], row[1], ["="]) for row in strict["equality"]])
bad += ask("npm, in its range", [("in", "npm", row[0], row[1], ["yes"]) for row in strict["range-include"]])
bad += ask("npm, not in its range", [("in", "npm", row[0], row[1], ["no", "?", "error"]) for row in strict["range-exclude"]])
sys.exit(1 if bad else 0)
