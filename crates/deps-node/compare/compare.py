#!/usr/bin/env python3
"""Compares what fleetwright-deps-node reads of lockfiles with what npm, pnpm, yarn and bun say of them.

    compare.py DUMP FOLDER...

DUMP is the built example `dump`; each FOLDER holds a lockfile, its manifests, and what the tools read beside
them (.npmrc, patches). Asked are the tools of the PATH, without network where they allow it:

    npm ls --package-lock-only --all --json          packages and edges
    pnpm list --lockfile-only -r --depth Infinity    packages and edges
    yarn list --json (yarn 1, as `yarn1`)            packages
    yarn info --all --recursive --json (yarn berry)  packages and edges
    bun pm ls --all, bun why '*'                     packages; edges

A tool that is not there is skipped with a word. Every difference is printed; it ends with 1 when there are
some that explained.txt, beside this file, does not know.
"""
import json, os, re, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
LISTS = ("dependencies", "devDependencies", "optionalDependencies")
LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock")


class Missing(Exception):
    """The tool cannot be asked."""


def run(command, folder, **more):
    quiet = {"YARN_IGNORE_PATH": "1", "YARN_ENABLE_TELEMETRY": "0", "NO_COLOR": "1",
             "npm_config_manage_package_manager_versions": "false", **more}
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600,
                              env={**os.environ, **quiet})
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{command[0]}: {error}") from error
    if not done.stdout:
        raise Missing(f"{' '.join(command)}: {done.stderr[-300:]}")
    return done.stdout


def ours(dump, folder, lock):
    """What we read: the packages that are not of the repository itself, and all edges."""
    lines = subprocess.run([dump, folder], capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [row for row in (line.split("\t") for line in lines) if row[0] == lock]
    packages = {row[1] for row in rows if not row[1].endswith("@own")}
    return packages, {(row[1], need) for row in rows for need in row[2].split()}


def label(name, one):
    """npm and pnpm say the alias; the archive's address says the package."""
    resolved, version = one.get("resolved") or "", one["version"].split("(")[0]
    inside = re.match("(?:(.+)@)?(?:link|file):", version)
    if (inside or resolved.startswith("file:")) and not resolved.endswith(".tgz"):
        return f"{inside and inside[1] or name}@own"
    if "/-/" in resolved and "://" in resolved:
        name = re.search(r"(@[^/@]+/)?[^/]+$", resolved.split("/-/")[0].replace("%2f", "/"))[0]
    elif "path" in one:
        name = one.get("from", name)
    return f"{name}@{version}"


def walk(tree, parent, packages, edges):
    for name, one in (tree or {}).items():
        if not isinstance(one, dict) or one.get("missing") or "version" not in one:
            continue
        this = label(name, one)
        packages.add(this)
        if parent:
            edges.add((parent, this))
        for key in LISTS:
            walk(one.get(key), this, packages, edges)


def npm(folder, lock):
    """npm says the alias; the lockfile has the package's name beside it."""
    packages, edges = set(), set()
    out = run(["npm", "ls", "--package-lock-only", "--all", "--json"], folder)
    with open(os.path.join(folder, "package.json"), encoding="utf-8") as text:
        manifest = json.load(text)
    root = f"{manifest['name']}@own" if "name" in manifest else None
    walk(json.loads(out).get("dependencies"), root, packages, edges)
    with open(os.path.join(folder, lock), encoding="utf-8") as text:
        locked = json.load(text).get("packages", {}).items()
    names = {f"{key.split('node_modules/')[-1]}@{one.get('version')}": f"{one['name']}@{one.get('version')}"
             for key, one in locked if "node_modules/" in key and "name" in one}
    real = lambda said: names.get(said, said)
    packages, edges = {real(one) for one in packages}, {(real(a), real(b)) for a, b in edges}
    # npm shows every member of the workspace below the root, whether the root needs it or not.
    needed = {name for key in LISTS for name in manifest.get(key, {})}
    return packages, {(a, b) for a, b in edges if a != root or not b.endswith("@own") or b[:-4] in needed}


def pnpm(folder):
    """Asked for all projects at once, pnpm says of some packages that they were shown elsewhere, and shows them
    nowhere: the projects that have such a one directly are asked again, each alone."""
    packages, edges = set(), set()
    command = ["pnpm", "list", "--lockfile-only", "--depth", "Infinity", "--json"]

    def add(projects):
        for project in projects:
            for key in LISTS:
                walk(project.get(key), f"{project['name']}@own" if "name" in project else None, packages, edges)

    projects = json.loads(run([*command, "-r"], folder))
    add(projects)
    shown = {parent for parent, _ in edges}
    for project in projects:
        direct = [(name, one) for key in LISTS for name, one in project.get(key, {}).items()]
        if any(one.get("deduped") and label(name, one) not in shown for name, one in direct):
            add(json.loads(run([*command, "--filter", project["name"]], folder)))
    return packages, edges


def yarn_first(folder):
    packages = set()
    for line in run(["yarn1", "list", "--json", "--no-progress"], folder).splitlines():
        said = json.loads(line)
        stack = list(said["data"]["trees"]) if said.get("type") == "tree" else []
        while stack:
            one = stack.pop()
            stack += one.get("children", [])
            if not one.get("shadow"):
                packages.add(one["name"])
    return packages, set()


def yarn_berry(folder):
    """A locator of its own per place of use is `virtual:`; what is behind the `#` is the same package."""
    rows = [json.loads(line) for line in run(["yarn", "info", "--all", "--recursive", "--json"], folder).splitlines()]
    plain = lambda locator: re.sub(r"@virtual:[0-9a-f]+#", "@", locator)
    labels = {}
    for row in rows:
        value, version = row["value"], row["children"]["Version"]
        inside = "@workspace:" in value or version == "0.0.0-use.local"
        labels[plain(value)] = f"{value[: value.index('@', 1)]}@{'own' if inside else version}"
    edges = {
        (labels[plain(row["value"])], labels[plain(need["locator"])])
        for row in rows
        for need in row["children"].get("Dependencies", [])
    }
    return set(labels.values()), edges


def bun(folder):
    """bun says the alias; the lockfile has it as the last part of a key."""
    with open(os.path.join(folder, "bun.lock"), encoding="utf-8") as text:
        keys = re.findall(r'^    "([^"]+)": \["((?:@[^/"]+/)?[^@"]+)@([^"]+)"', text.read(), re.M)
    last = lambda key: re.search(r"(@[^/@]+/)?[^/]+$", key)[0]
    names = {(last(key), version): name for key, name, version in keys}

    def said(text):
        name, version = text[: text.index("@", 1)], text[text.index("@", 1) + 1 :]
        name = names.get((name, version), name)
        return f"{name}@{'own' if re.match('workspace|$', version) else version}"

    lines = run(["bun", "pm", "ls", "--all"], folder).splitlines()[1:]
    packages = {said(line.lstrip("│├└─ ").split(" ")[0]) for line in lines}
    edges, package = set(), None
    for line in run(["bun", "why", "*"], folder).splitlines():
        by = re.match(r"  [├└]─ (?:(?:dev|optional|peer) )*(\S+@\S+) \(requires", line)
        if line and line[0] not in " │├└":
            package = said(line.strip())
        elif by:
            edges.add((said(by[1]), package))
    return packages, edges


def theirs(folder, lock):
    if lock == "yarn.lock":
        with open(os.path.join(folder, lock), encoding="utf-8") as text:
            return (yarn_berry if "__metadata:" in text.read() else yarn_first)(folder)
    if lock in ("pnpm-lock.yaml", "bun.lock"):
        return (pnpm if lock == "pnpm-lock.yaml" else bun)(folder)
    return npm(folder, lock)


def explained():
    """`NAME of the folder<tab>regular expression of the difference<tab>why`, one a line."""
    with open(os.path.join(HERE, "explained.txt"), encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if line.strip() and not line.startswith("#")]
    return [(name, re.compile(what)) for name, what, _ in rows]


def compare(dump, folder, lock, known):
    try:
        said, said_edges = theirs(folder, lock)
    except Missing as why:
        print(f"skipped: {folder} {lock}: {why}")
        return 0
    mine, my_edges = ours(dump, folder, lock)
    said = {one for one in said if not one.endswith("@own")}
    differences = [f"only read: {one}" for one in sorted(mine - said)]
    differences += [f"only said: {one}" for one in sorted(said - mine)]
    if said_edges:
        differences += [f"edge only read: {one} -> {two}" for one, two in sorted(my_edges - said_edges)]
        differences += [f"edge only said: {one} -> {two}" for one, two in sorted(said_edges - my_edges)]
    name = os.path.basename(os.path.abspath(folder))
    open_ones = [one for one in differences if not any(k in (name, "*") and r.fullmatch(one) for k, r in known)]
    print(f"{name} {lock}: {len(mine)} packages read, {len(said)} said; {len(said_edges)} edges said; "
          f"{len(differences)} differences, {len(open_ones)} unexplained")
    for one in open_ones:
        print(f"  {one}")
    return len(open_ones)


def main(dump, folders):
    known = explained()
    pairs = [(folder, lock) for folder in folders for lock in LOCKS if os.path.exists(os.path.join(folder, lock))]
    sys.exit(1 if sum(compare(dump, folder, lock, known) for folder, lock in pairs) else 0)


main(sys.argv[1], sys.argv[2:])
