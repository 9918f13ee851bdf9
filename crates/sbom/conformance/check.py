"""Validates documents (*.cdx.json, *.spdx.json); that a broken one is refused is checked first."""

import json
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document


def cyclonedx(document):
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document))
    refs = [part["bom-ref"] for part in document["components"]]
    purls = [part["purl"] for part in document["components"] if "purl" in part]
    errors = [str(error)] if error else []
    if len(set(refs)) != len(refs):
        errors.append("a bom-ref twice")
    known = {document["metadata"]["component"]["bom-ref"], *refs}
    for each in document["dependencies"]:
        errors += [f"{ref} is no part" for ref in [each["ref"], *each.get("dependsOn", [])] if ref not in known]
    return purls, errors


def spdx(document):
    try:
        parsed = JsonLikeDictParser().parse(document)
    except Exception as error:  # The parser's errors share no class of their own.
        return [], [str(error)]
    purls = [each["referenceLocator"] for part in document["packages"] for each in part.get("externalRefs", [])]
    return purls, [each.validation_message for each in validate_full_spdx_document(parsed, "SPDX-2.3")]


def check(path, document):
    purls, errors = (cyclonedx if path.endswith(".cdx.json") else spdx)(document)
    for purl in purls:
        try:
            PackageURL.from_string(purl)
        except ValueError as error:
            errors.append(str(error))
    return len(purls), errors


failed = False
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    broken = json.loads(json.dumps(document))
    (broken.get("components") or broken["packages"])[-1].pop("name")
    if not check(path, broken)[1]:
        print(f"{path}: the validator refuses nothing")
        failed = True
    purls, errors = check(path, document)
    print(f"{path.rsplit('/', 1)[-1]}: {purls} purls, {len(errors)} errors")
    for error in errors[:10]:
        print(f"  {error[:500]}")
    failed = failed or bool(errors)
sys.exit(failed)
