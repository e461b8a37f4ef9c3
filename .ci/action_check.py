"""Whether GitHub would take the action, the workflows and the workflows in the documents, and whether what a release builds
is what `cargo binstall` and the guide say, as far as that can be told here.

All are read as YAML; every input, output and step that is named must be there; every script must be bash. Actions of others
are named by commit. The workflow of the fuzz targets must be about what `.clusterfuzzlite/` builds. actionlint and hadolint
find nothing.

Usage: action_check.py, in the root of the repository.
"""

import pathlib
import re
import subprocess
import sys
import tomllib

import yaml

ACTION = pathlib.Path(".github/actions/proofmark/action.yml")
WORKFLOWS = pathlib.Path(".github/workflows")
DOCUMENTS = [pathlib.Path("README.md"), *sorted(pathlib.Path("src/guide").glob("*.md"))]
# ClusterFuzzLite asks its users to name its actions by this tag: the images that they pull have no other.
BY_TAG = "google/clusterfuzzlite/"
faults = []


def must(right, what):
    if not right:
        faults.append(what)


def script(text, where):
    checked = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True)
    must(checked.returncode == 0, f"{where}: {checked.stderr.strip()}")
    # What an expression gives would become a part of the script.
    must("${{" not in text, f"{where}: an expression stands in the script; hand it over as a variable")


def pinned(step, where):
    uses = step.get("uses", "")
    right = not uses or uses.startswith((".", BY_TAG)) or re.search(r"@[0-9a-f]{40}$", uses)
    must(right, f"{where}: {uses} is not named by a commit")


def check_action():
    text = ACTION.read_text()
    action = yaml.safe_load(text)
    must(action["runs"]["using"] == "composite", "expected a composite action")
    for key in ("name", "description", "inputs"):
        must(action.get(key), f"no {key}")
    ids = set()
    for step in action["runs"]["steps"]:
        name = step.get("name", "a step without a name")
        must(("run" in step) != ("uses" in step), f"{name}: expected either run or uses")
        pinned(step, name)
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
    return action


def check_documents(action):
    """The workflows that the documents show, each of which uses the action."""
    shown = 0
    for document in DOCUMENTS:
        for block in re.findall(r"^```yaml\n(.*?)^```$", document.read_text(), re.M | re.S):
            shown += 1
            for name, job in yaml.safe_load(block)["jobs"].items():
                for step in job["steps"]:
                    if "/.github/actions/proofmark@" in step.get("uses", ""):
                        unknown = set(step.get("with", {})) - set(action["inputs"])
                        must(not unknown, f"{document}, job {name}: the action has no input {unknown}")
    must(shown, "the documents show no workflow")
    return shown


def check_workflow(file):
    workflow = yaml.safe_load(file.read_text())
    # YAML 1.1 takes the key `on` for true.
    for key in ("name", True, "permissions", "jobs"):
        must(workflow.get(key), f"{file}: no {'on' if key is True else key}")
    for name, job in workflow["jobs"].items():
        where = f"{file}, job {name}"
        must("runs-on" in job, f"{where}: no runs-on")
        for need in [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", []):
            must(need in workflow["jobs"], f"{where}: there is no job {need}")
        for step in job["steps"]:
            must(("run" in step) != ("uses" in step), f"{where}: expected either run or uses")
            pinned(step, where)
            script(step.get("run", ""), f"{where}, {step.get('name', 'a step')}")


def check_fuzz():
    project = yaml.safe_load(pathlib.Path(".clusterfuzzlite/project.yaml").read_text())
    fuzz = yaml.safe_load((WORKFLOWS / "fuzz.yml").read_text())
    steps = [step for job in fuzz["jobs"].values() for step in job["steps"]]
    must([s["uses"].split("/")[-1] for s in steps] == ["build_fuzzers@v1", "run_fuzzers@v1"], "fuzz.yml: unknown steps")
    for step in steps:
        given = step["with"]
        must(given["sanitizer"] in project["sanitizers"], f"fuzz.yml: {given['sanitizer']} is not built")
        must(given.get("language", project["language"]) == project["language"], "fuzz.yml: another language")


def check_release():
    """What is built, what `cargo binstall` looks for, and what the guide promises are the same archives."""
    release = yaml.safe_load((WORKFLOWS / "release.yml").read_text())
    build = release["jobs"]["build"]
    built = {f"proofmark-{row['target']}.{row['archive']}": row for row in build["strategy"]["matrix"]["include"]}
    must(build["env"]["ARCHIVE"] == "proofmark-${{ matrix.target }}.${{ matrix.archive }}", "release.yml: ARCHIVE has another name")

    package = tomllib.loads(pathlib.Path("Cargo.toml").read_text())["package"]
    binstall = package["metadata"]["binstall"]
    for archive, row in built.items():
        own = {**binstall, **binstall.get("overrides", {}).get(row["target"], {})}
        values = {"repo": package["repository"], "version": package["version"], "target": row["target"], "bin": "proofmark"}
        values |= {"archive-suffix": f".{own['pkg-fmt']}", "binary-ext": ".exe" if "windows" in row["target"] else ""}
        filled = [re.sub(r"\{ ([\w-]+) \}", lambda m: values[m[1]], own[key]) for key in ("pkg-url", "bin-dir")]
        expected = [
            f"{package['repository']}/releases/download/v{package['version']}/{archive}",
            f"proofmark-{row['target']}/proofmark{values['binary-ext']}",
        ]
        must(filled == expected, f"Cargo.toml: cargo binstall looks for {filled}, and the release has {expected}")
    for target in binstall.get("overrides", {}):
        must(any(row["target"] == target for row in built.values()), f"Cargo.toml: no release for {target}")

    promised = set(re.findall(r"`(proofmark-[\w-]+\.(?:tgz|zip))`", pathlib.Path("src/guide/install.md").read_text()))
    must(promised == set(built), f"install.md and release.yml differ: {promised ^ set(built)}")
    return len(built)


def check_dockerfile():
    """What is copied from the context is let through, the toolchain is the promised one, and nothing runs as root."""
    lines = pathlib.Path("Dockerfile").read_text().splitlines()
    manifest = tomllib.loads(pathlib.Path("Cargo.toml").read_text())
    rust = manifest["package"]["rust-version"]
    must(any(re.match(rf"FROM rust:{re.escape(rust)}-\S+ AS build$", line) for line in lines), f"Dockerfile: not built by {rust}")
    last = max(i for i, line in enumerate(lines) if line.startswith("FROM "))
    users = [line.split()[1] for line in lines[last:] if line.startswith("USER ")]
    must(users and users[-1].split(":")[0] not in ("root", "0"), "Dockerfile: runs as root")
    must('ENTRYPOINT ["/usr/local/bin/proofmark"]' in lines, "Dockerfile: another entry point")

    let_through = [line[1:] for line in pathlib.Path(".dockerignore").read_text().splitlines() if line.startswith("!")]
    needed = ["Cargo.toml", "Cargo.lock", manifest["package"]["readme"], "cases", manifest["lib"]["path"]]
    needed += [target["path"] for kind in ("bin", "test", "bench") for target in manifest.get(kind, []) if "path" in target]
    needed += [f"benches/{bench['name']}.rs" for bench in manifest.get("bench", [])]
    needed += [member for member in manifest["workspace"]["members"]]
    for path in needed:
        must(pathlib.Path(path).exists(), f"Cargo.toml: {path} is not there")
        must(any(path == p or path.startswith(f"{p}/") for p in let_through), f".dockerignore: the build needs {path}")
    for path in let_through:
        must(pathlib.Path(path).exists(), f".dockerignore: {path} is not there")


def check_owner():
    """The documents name one repository, that of Cargo.toml."""
    repository = tomllib.loads(pathlib.Path("Cargo.toml").read_text())["package"]["repository"]
    slug = repository.removeprefix("https://github.com/")
    for document in DOCUMENTS:
        for named in re.findall(r"([\w.-]+/proofmark)(?=/\.github/|\s+proofmark)", document.read_text()):
            must(named == slug, f"{document}: names {named}, and Cargo.toml {slug}")


def lint():
    """What actionlint says of the workflows, and hadolint of the Dockerfile: the wheels of .ci/requirements/yaml.txt."""
    folder = pathlib.Path(sys.executable).parent
    for command in (["actionlint", "-no-color", "-shellcheck="], ["hadolint", "--no-color", "Dockerfile"]):
        said = subprocess.run([folder / command[0], *command[1:]], text=True, capture_output=True)
        must(said.returncode == 0, said.stdout + said.stderr)


action = check_action()
shown = check_documents(action)
workflows = sorted(WORKFLOWS.glob("*.yml"))
for workflow in workflows:
    check_workflow(workflow)
check_fuzz()
archives = check_release()
check_dockerfile()
check_owner()
lint()
for fault in faults:
    print(fault)
print(
    f"{len(action['runs']['steps'])} steps, {len(action['inputs'])} inputs, {shown} workflows in documents,"
    f" {len(workflows)} of our own, {archives} archives: {len(faults)} faults"
)
sys.exit(1 if faults else 0)
