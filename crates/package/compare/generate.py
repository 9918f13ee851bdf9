"""Random questions about versions, in the form that `cargo run --example answer` reads.

usage: generate.py ECOSYSTEM compare|in COUNT SEED
"""
import random
import sys

ecosystem, verb, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
R = random.Random(f"{ecosystem} {verb} {seed}")
NUMBERS = ["0", "0", "0", "1", "1", "1", "2", "2", "3", "9", "10", "11", "123", "2147483648"]
HUGE = ["9007199254740991", "9007199254740992", "18446744073709551615", "18446744073709551616", "123456789012345678901234567890"]
if ecosystem == "nuget":  # its numbers have 32 bits; `univers` has more
    NUMBERS, HUGE = NUMBERS[:-1], ["2147483646", "2147483647"]
WORDS = {
    "maven": "alpha beta milestone rc cr snapshot SNAPSHOT ga final Final release RELEASE sp a b m x xyz pre dev jre android redhat Beta M RC".split(),
    "pypi": "a b c rc alpha beta pre preview post rev r dev .dev .post a1 rc1 .post1 .dev1 -1 +local +1 +1.a -rc A RC .RC. !".split(),
}
DEFAULT = "alpha beta rc a b x-y dev pre RC 0 1 01 10 snapshot -".split()


def number():
    return R.choice(HUGE) if R.random() < 0.02 else R.choice(NUMBERS)


def semver(least=3, most=3, v=""):
    text = v + ".".join(number() for _ in range(R.randint(least, most)))
    if R.random() < 0.4 and ecosystem == "terraform":
        # One identifier: where another follows, go-version has an order that is not semver's (see order/semver.rs).
        text += "-" + R.choice(["alpha", "beta", "rc", "alpha1", "beta2", "rc10", "0", "1", "2", "10"])
    elif R.random() < 0.4 and ecosystem != "terraform":
        text += "-" + ".".join(R.choice(DEFAULT + NUMBERS) for _ in range(R.randint(1, 3)))
    if R.random() < 0.1:
        text += "+" + R.choice(["build", "1", "incompatible", "a.b"])
    return text


def loose():
    words = WORDS.get(ecosystem, DEFAULT)
    text = number()
    for _ in range(R.randint(0, 5)):
        text += R.choice([".", ".", ".", "-", "", "_" if R.random() < 0.1 else "."])
        text += R.choice(words) if R.random() < 0.4 else number()
    return text


def pypi():
    text = R.choice(["", "", "", "", "", "v", "1!"]) + ".".join(number() for _ in range(R.randint(1, 4)))
    for chance, options in ((0.35, ["a1", "b2", "rc1", "rc2", "alpha", "-beta.1", "c3", ".pre1"]),
                            (0.25, [".post1", "-1", ".post", ".rev2", "r1", ".post0"]),
                            (0.25, [".dev1", ".dev0", "dev", ".dev10"]),
                            (0.2, ["+a", "+1", "+a.1", "+1.2", "+abc-1", "+01"])):
        if R.random() < chance:
            text += R.choice(options)
    return text


def go():
    if R.random() < 0.2:
        return R.choice(["v0.0.0-", "v1.2.4-0.", "v1.2.3-pre.0."]) + R.choice(
            ["20190101000000-abcdefabcdef", "20210615121212-0123456789ab"])
    if R.random() < 0.1:
        return "v" + ".".join(number() for _ in range(R.randint(1, 2)))
    return semver(v="v")


def gem():
    text = number()
    for _ in range(R.randint(0, 4)):
        text += R.choice([".", ".", ".", "-", ""]) + (R.choice(["a", "b", "rc", "pre", "alpha", "beta", "x1", "Z"]) if R.random() < 0.3 else number())
    return text


def version():
    if ecosystem == "gem":
        return gem()
    if ecosystem == "nuget":
        return semver(1, 4).replace("beta", R.choice(["beta", "Beta", "BETA"]))
    if ecosystem == "maven":
        return loose()
    if ecosystem == "pypi":
        return loose() if R.random() < 0.2 else pypi()
    if ecosystem == "go":
        return go()
    if ecosystem in ("helm", "terraform"):
        return semver(1, 3, R.choice(["", "", "v"]))
    return semver()


def near(text):
    """A version that is often close to the other one."""
    if R.random() < 0.5 or ecosystem == "terraform" and "-" in text:
        return version()
    parts = list(text)
    for _ in range(R.randint(1, 2)):
        at = R.randrange(len(parts))
        parts[at] = R.choice(["0", "1", "2", ".", "-", parts[at], parts[at] + ".0", parts[at] + "0", ""])
    return "".join(parts) or "0"


def partial():
    parts = [R.choice(NUMBERS[:-1]) for _ in range(R.randint(1, 3))]
    if R.random() < 0.2:
        parts[-1] = R.choice(["x", "X", "*"])
    text = ".".join(parts)
    if len(parts) == 3 and parts[-1].isdigit() and R.random() < 0.4:
        text += "-" + R.choice(["alpha", "rc1", "0", "b"] if ecosystem == "terraform" else ["alpha", "rc.1", "0", "beta.2", "alpha.1"])
    return text


def semver_range():
    clauses = []
    for _ in range(R.choice([1, 1, 1, 2])):
        if R.random() < 0.1 and ecosystem in ("npm", "helm"):
            clauses.append(f"{partial()} - {partial()}")
            continue
        operators = ["", "^", "~", ">", "<", ">=", "<=", "="]
        if ecosystem == "helm":
            operators += ["!="]
        if ecosystem == "terraform":
            operators = ["", "~>", ">", "<", ">=", "<=", "=", "!="]
        separator = "," if ecosystem in ("cargo", "terraform") else R.choice([" ", "  "])
        if ecosystem == "helm":
            separator = R.choice([" ", ", "])
        tests = [R.choice(operators) + R.choice(["", "", "", " "]) + partial() for _ in range(R.choice([1, 1, 2]))]
        clauses.append(separator.join(tests))
    if ecosystem == "helm":  # without spaces, its expression for `1 - 2` takes the bars for a part of a number
        return " || ".join(clauses)
    return R.choice(["||", " || "]).join(clauses) if ecosystem == "npm" else clauses[0]


def pypi_range():
    tests = []
    for _ in range(R.choice([1, 1, 2, 3])):
        operator = R.choice(["==", "!=", "<", ">", "<=", ">=", "~=", "==", "!="])
        text = pypi()
        if operator in ("==", "!=") and R.random() < 0.5:
            text = ".".join(number() for _ in range(R.randint(1, 3))) + ".*"
        elif operator not in ("==", "!="):
            text = text.split("+")[0]
        tests.append(operator + R.choice(["", " "]) + text)
    return ",".join(tests)


def maven_range():
    if R.random() < 0.1:
        return loose()
    if R.random() < 0.1:
        return f"[{loose()}]"
    intervals = []
    for _ in range(R.choice([1, 1, 1, 2])):
        low, high = R.choice(["", loose()]), R.choice(["", loose()])
        intervals.append(R.choice("[(") + low + "," + high + R.choice("])"))
    return ",".join(intervals)


def gem_range():
    operators = ["~>", "~>", ">=", "<", ">", "<=", "=", "!=", ""]
    return ", ".join(R.choice(operators) + R.choice(["", " "]) + gem() for _ in range(R.choice([1, 1, 2])))


def a_range():
    if ecosystem == "gem":
        return gem_range()
    if ecosystem == "pypi":
        return pypi_range()
    if ecosystem == "maven":
        return maven_range()
    return semver_range()


def close_to(text):
    """A version made of the numbers of a range, so that it is often near its ends."""
    import re
    found = re.findall(r"[0-9]+(?:\.[0-9]+)*(?:-?[a-z]+[.0-9]*)*", text)
    if not found or R.random() < 0.3:
        return version()
    base = R.choice(found).rstrip(".")
    if ecosystem in ("npm", "cargo"):
        head, _, tail = base.partition("-")
        parts = [str(int(part) + R.choice([0, 0, 0, 1])) for part in head.split(".") if part] + ["0", "0"]
        return ".".join(parts[:3]) + R.choice(["", "", "-" + tail if tail else "", "-alpha", "-rc.1", "-0", "-beta.3"])
    if ecosystem == "terraform":
        return base if "-" in base else base + R.choice(["", "", "-alpha", "-rc2", "-0", "-c"])
    return base + R.choice(["", "", ".0", ".1", "-1", "rc1", ".dev1", ".post1", "-alpha", "a1", "+local"])


for _ in range(count):
    if verb == "compare":
        left = version()
        print(verb, ecosystem, left, near(left), sep="\t")
    else:
        text = a_range()
        print(verb, ecosystem, text, close_to(text), sep="\t")
