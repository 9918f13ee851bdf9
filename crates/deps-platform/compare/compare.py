#!/usr/bin/env python3
"""Compares what the crate reads with readers of others: PyYAML, dockerfile-parse and python-hcl2.

compare.py INVENTORY MIRROR, where INVENTORY is the built example `inventory` and MIRROR holds git directories as
MIRROR/owner+name/repo. Docker, Helm and Terraform themselves are not asked; these read the files as those do.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import hcl2
    import yaml
    from dockerfile_parse import DockerfileParser
except ImportError as error:
    sys.exit(f"skipped: {error}")

HERE = Path(__file__).parent
WANTED = r"(ockerfile[^/]*|ontainerfile|\.ya?ml|\.tf)$"


def walk(node, found):
    for key, value in node.items() if isinstance(node, dict) else []:
        if key in ("containers", "initContainers", "ephemeralContainers") and isinstance(value, list):
            found += [one["image"] for one in value if isinstance(one, dict) and isinstance(one.get("image"), str)]
        walk(value, found)
    for value in node if isinstance(node, list) else []:
        walk(value, found)


def workflow(document):
    for work in (document.get("jobs") or {}).values():
        for one in [work, *(work.get("steps") or [])]:
            if isinstance(one.get("uses"), str) and not one["uses"].startswith(("./", "$/")):
                yield one["uses"].removeprefix("docker://")
        boxes = [work.get("container"), *(work.get("services") or {}).values()]
        for box in boxes:
            image = box.get("image") if isinstance(box, dict) else box
            if isinstance(image, str) and "${{" not in image:
                yield image


def images_of_yaml(path, text):
    documents = [one for one in yaml.load_all(text, yaml.BaseLoader) if isinstance(one, dict)]
    name = path.rsplit("/", 1)[-1]
    for document in documents:
        if re.match(r"\.github/workflows/[^/]+$", path):
            yield from workflow(document)
        elif re.match(r"(docker-)?compose([._-].*)?\.ya?ml$", name):
            for service in (document.get("services") or {}).values():
                if isinstance(service, dict) and "image" in service and "build" not in service:
                    yield service["image"]
        elif document.get("kind") and document.get("apiVersion"):
            found = []
            walk(document, found)
            yield from found


def bases(text):
    with tempfile.TemporaryDirectory() as folder:
        parser = DockerfileParser(path=folder, fileobj=None)
        parser.content = text
        stages = [re.search(r"\sas\s+(\S+)", one["value"], re.I) for one in parser.structure if one["instruction"] == "FROM"]
        names = {match[1].lower() for match in stages if match}
        return [one for one in parser.parent_images if one.lower() not in names and one != "scratch"]


def terraform(text):
    read = hcl2.loads(text)
    bare = lambda value: value.strip('"') if isinstance(value, str) else value
    for block in read.get("terraform", []):
        for providers in block.get("required_providers", []):
            for name, value in providers.items():
                if isinstance(value, dict):
                    value = {bare(key): bare(one) for key, one in value.items()}
                    yield f"{value.get('source', f'hashicorp/{name}')} {value.get('version', '')}"
    for block in read.get("module", []):
        for module in block.values():
            source = bare(module.get("source", "./"))
            if not source.startswith(("./", "../")):
                yield f"{source} {bare(module.get('version', ''))}"


def normal(text):
    """As the inventory's rows are written: the name and what is asked for."""
    if "@" in text or ":" in text.rsplit("/", 1)[-1]:
        match = re.match(r"(.*?)(?::([^:/@]*))?(@.*)?$", text)
        asked = (match[2] or "") + (match[3] or "")
        return f"{match[1]} {asked.removeprefix('@')}"
    return text if " " in text else f"{text} "


def main():
    inventory, mirror, bad = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), 0
    for line in (HERE / "repositories.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        repository, commit = line.split()
        git = mirror / repository.replace("/", "+") / "repo"
        ours, theirs, skipped = set(), set(), 0
        with tempfile.TemporaryDirectory() as root:
            paths = subprocess.run(["git", "--git-dir", git, "ls-tree", "-r", "--name-only", commit], capture_output=True, text=True).stdout.splitlines()
            for path in (path for path in paths if re.search(WANTED, path)):
                got = subprocess.run(["git", "--git-dir", git, "show", f"{commit}:{path}"], capture_output=True)
                if got.returncode == 0 and len(got.stdout) < 300_000:
                    (Path(root) / path).parent.mkdir(parents=True, exist_ok=True)
                    (Path(root) / path).write_bytes(got.stdout)
            out = subprocess.run([inventory, root], capture_output=True, text=True).stdout
            rows = [row.split("\t") for row in out.splitlines()]
            for file in sorted(one for one in Path(root).rglob("*") if one.is_file()):
                path = str(file.relative_to(root))
                text = file.read_text(errors="replace")
                is_docker = "ockerfile" in file.name or "ontainerfile" in file.name
                kind = "docker" if is_docker else file.suffix
                mine = [(row, f"{row[2]} {row[3]}") for row in rows if row[0] == "declared" and row[1] == path]
                try:
                    if is_docker:
                        found = [normal(one) for one in bases(text)]
                        froms = {at for at, one in enumerate(text.splitlines(), 1) if one.strip().upper().startswith("FROM")}
                        mine = [(row, one) for row, one in mine if int(row[7]) in froms]
                    elif kind == ".tf":
                        found = list(terraform(text))
                    elif "{{" in text.replace("${{", "") or file.name.startswith(("values", "Chart", "requirements", "action.")):
                        continue
                    else:
                        found = [normal(one) for one in images_of_yaml(path, text)]
                except Exception:  # what the other reader cannot read is counted
                    skipped += 1
                    continue
                if any("$" in one for one in found):
                    found = [one for one in found if "$" not in one]
                    mine = [(row, one) for row, one in mine if "$" not in row[3]]
                # Names of actions are compared without case, as GitHub does.
                ours |= {(path, one.lower()) for _, one in mine}
                theirs |= {(path, one.lower()) for one in found}
        differences = sorted([("only ours", *one) for one in ours - theirs] + [("only theirs", *one) for one in theirs - ours])
        bad += len(differences)
        print(f"{repository}: {len(theirs)} rows, {skipped} files the other reader cannot read, {len(differences)} differences")
        for one in differences:
            print("    " + " | ".join(one))
    sys.exit(bad != 0)


if __name__ == "__main__":
    main()
