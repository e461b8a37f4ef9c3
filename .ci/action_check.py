"""Whether the GitHub action and the workflow in the README are what GitHub would take, as far as that can be told here.

Both are read as YAML; every input, output and step that is named must be there; every script must be bash. The workflow
of the fuzz targets must be about what `.clusterfuzzlite/` builds.

Usage: action_check.py, in the root of the repository.
"""

import pathlib
import re
import subprocess
import sys

import yaml

ACTION = pathlib.Path(".github/actions/proofmark/action.yml")
faults = []


def must(right, what):
    if not right:
        faults.append(what)


def script(text, where):
    checked = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True)
    must(checked.returncode == 0, f"{where}: {checked.stderr.strip()}")
    # What an expression gives would become a part of the script.
    must("${{" not in text, f"{where}: an expression stands in the script; hand it over as a variable")


text = ACTION.read_text()
action = yaml.safe_load(text)
must(action["runs"]["using"] == "composite", "expected a composite action")
for key in ("name", "description", "inputs"):
    must(action.get(key), f"no {key}")
ids = set()
for step in action["runs"]["steps"]:
    name = step.get("name", "a step without a name")
    must(("run" in step) != ("uses" in step), f"{name}: expected either run or uses")
    if "run" in step:
        must("shell" in step, f"{name}: a composite action says its shell")
        script(step["run"], name)
    for used in re.findall(r"steps\.([\w-]+)\.outputs", str(step)):
        must(used in ids, f"{name}: no earlier step has the id {used}")
    if "id" in step:
        ids.add(step["id"])
used = set(re.findall(r"inputs\.([\w-]+)", text))
must(used == set(action["inputs"]), f"inputs declared and used differ: {used ^ set(action['inputs'])}")
for name, output in action.get("outputs", {}).items():
    step, key = re.search(r"steps\.([\w-]+)\.outputs\.([\w-]+)", output["value"]).groups()
    found = [s for s in action["runs"]["steps"] if s.get("id") == step and f"{key}=" in s.get("run", "")]
    must(found, f"output {name}: no step {step} sets {key}")

blocks = re.findall(r"^```yaml\n(.*?)^```$", pathlib.Path("README.md").read_text(), re.M | re.S)
must(blocks, "README.md shows no workflow")
for block in blocks:
    workflow = yaml.safe_load(block)
    for name, job in workflow["jobs"].items():
        for step in job["steps"]:
            if "/.github/actions/proofmark@" in step.get("uses", ""):
                unknown = set(step.get("with", {})) - set(action["inputs"])
                must(not unknown, f"README.md, job {name}: the action has no input {unknown}")

project = yaml.safe_load(pathlib.Path(".clusterfuzzlite/project.yaml").read_text())
fuzz = yaml.safe_load(pathlib.Path(".github/workflows/fuzz.yml").read_text())
steps = [step for job in fuzz["jobs"].values() for step in job["steps"]]
must([s["uses"].split("/")[-1] for s in steps] == ["build_fuzzers@v1", "run_fuzzers@v1"], "fuzz.yml: unknown steps")
for step in steps:
    given = step["with"]
    must(given["sanitizer"] in project["sanitizers"], f"fuzz.yml: {given['sanitizer']} is not built")
    must(given.get("language", project["language"]) == project["language"], "fuzz.yml: another language")

for fault in faults:
    print(fault)
print(f"{len(action['runs']['steps'])} steps, {len(action['inputs'])} inputs, {len(blocks)} workflow: {len(faults)} faults")
sys.exit(1 if faults else 0)
