"""Tries each request that a report prints, and looks for the case behind each promise that it calls kept: see .ci/shown.

    shown.py PROGRAM NAME REPORT URL FOLDER

NAME is a target of .ci/scoreboard.toml, URL is where it answers now, and FOLDER is for files of this script.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

PROGRAM, NAME, REPORT, URL, FOLDER = sys.argv[1:]
REPORT, FOLDER = json.loads(pathlib.Path(REPORT).read_text()), pathlib.Path(FOLDER)
# What the report was made by, but that the emulator runs already and nothing starts another.
CONFIG = FOLDER / "targets.toml"
STARTS = re.compile(r"^start = \[.*?^\]\n|^(?:ready|version) = [^\n]*\n", re.M | re.S)
FLAGS = ["--no-regressions", "--config", str(CONFIG), "--target", NAME]
# An emulator is one process that does one thing at a time; a second request only fills the pauses of the first.
SIDE_BY_SIDE = 2
# What depends on which thread of an emulator comes first shows in some tries alone. Where it takes more than one, that is told.
TIMES = 5
PATIENCE = 300  # seconds for one try, with the fixtures that it needs
RACES = pathlib.Path("snapshots/verdicts/races.txt")
TRANSITIONS = "Creating|Enabling|Disabling|Updating|Deleting"
ERROR_TYPES = ("x-amzn-errortype", "x-amzn-error-type")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
# A run's names have its token, and those of a worker a number.
OURS = re.compile(r"proofmark-[0-9a-z]{8}-([a-z])[0-9n]*")

# A request that is printed: `of` is the finding that it is to show, `of_cause` the cause where it is the example of one.
Printed = collections.namedtuple("Printed", "of of_cause expected actual curl replay exchange")
Answer = collections.namedtuple("Answer", "status headers text")


class Unlike(Exception):
    """What came is not what the report says, and how."""


def printed():
    """Every request that the report prints, each once."""
    findings = {finding["id"]: finding for finding in REPORT["findings"]}
    told = [(findings[cause["shown_by"]], cause) for cause in REPORT["causes"]]
    told += [(finding, None) for finding in REPORT["findings"]]
    seen = set()
    for finding, cause in told:
        example = (cause or {}).get("example")
        by = example or finding
        key = (finding["id"], by["replay"], tuple(by["curl"]))
        if key in seen:
            continue
        seen.add(key)
        exchange = None if example or finding["shown_by"] is None else finding["exchanges"][finding["shown_by"]]
        of_cause = cause and cause["id"]
        yield Printed(finding["id"], of_cause, by["expected"], by["actual"], by["curl"], by["replay"], exchange)


def run(command, **more):
    return subprocess.run(command, capture_output=True, timeout=PATIENCE, **more)


def replay(one):
    """Carries the `replay` line out. It prints each finding that showed."""
    words = shlex.split(one.replay)
    if words[:1] != ["proofmark"]:
        raise Unlike(f"no command: {one.replay}")
    words = [str(CONFIG) if word == ".ci/scoreboard.toml" else word for word in words[1:]]
    # The screen of a run names its findings only where it shows all of them.
    words += ["-v"] if words[:1] == ["run"] else []
    done = run([PROGRAM, *words], text=True, stdin=subprocess.DEVNULL)
    shown = {line.split()[1] for line in done.stdout.splitlines() if re.match(r"(FAIL|WARN|UNSTABLE) ", line)}
    # A run lists those that a cause explains besides.
    more = (line.split()[-1] for line in done.stdout.splitlines() if re.match(r"  (also breaks|so that|     ) ", line))
    shown |= {word for word in more if re.fullmatch(r"[a-z-]+::[\w:-]+", word)}
    if one.of not in shown:
        raise Unlike(f"exit code {done.returncode}; shown are {sorted(shown) or 'none'} {done.stderr.strip()[:300]}")


def curl(one, number):
    """Carries the curl lines out, on fixtures of their own, and holds the last answer against what the report says."""
    folder = FOLDER / f"curl-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # A server that never answers must not hang the script.
    (folder / ".curlrc").write_text('max-time = 30\nnoproxy = "*"\n')
    lines = [line.replace(REPORT["run"]["target"], URL) for line in one.curl]
    # Those at the end that are sent at the same time count alike.
    together = 0
    while together < len(lines) and lines[-1 - together].endswith(" &"):
        together += 1
    last = len(lines) - max(together, 1)
    fixtures = " ".join(shlex.quote(word) for word in [PROGRAM, "fixtures", *FLAGS])
    script = f'made=$({fixtures}) || exit 90\neval "$made"\ncd {shlex.quote(str(folder.resolve()))}\n'
    for at, line in enumerate(lines):
        aside = " &" if line.endswith(" &") else ""
        sent = f"{{ {line.removesuffix(' &')}; }} >out-{at} 2>err-{at}"
        # As the report says: a read is sent again while it shows a transition.
        if at >= last and " -X GET " in line:
            sent = (f"for _ in $(seq 40); do {sent}; code=$?\n"
                    f"grep -qE '\"State\" *: *\"({TRANSITIONS})\"' out-{at} || break; sleep 0.25; done; (exit $code)")
        script += f"{sent}{aside}\necho $? >code-{at}\n"
    done = run(["bash", "-c", script + "wait\nproofmark_undo\n"], env=environment(folder), stdin=subprocess.DEVNULL)
    if done.returncode == 90:
        raise Unlike(f"no fixtures: {done.stderr.decode(errors='replace')[-300:]}")
    problems = []
    for at in range(last, len(lines)):
        try:
            return compare(one, folder, at)
        except Unlike as unlike:
            problems.append(str(unlike))
    raise Unlike("; ".join(problems) or "no line")


def environment(folder):
    return {**os.environ, "CURL_HOME": str(folder.resolve())}


def answer(folder, at):
    """The last answer that curl showed; what comes before it is "100 Continue". None where there is none."""
    # A line that keeps the identity in a variable shows the answer on the other stream.
    text = (folder / f"out-{at}").read_bytes() or (folder / f"err-{at}").read_bytes()
    found = None
    while match := re.match(rb"HTTP/1\.[01] ([0-9]{3})[^\r]*\r\n(.*?)\r\n\r\n", text, re.S):
        fields = [line.split(b":", 1) for line in match[2].split(b"\r\n") if b":" in line]
        headers = {name.decode().lower(): value.strip().decode(errors="replace") for name, value in fields}
        text = text[match.end():]
        found = Answer(int(match[1]), headers, text.decode(errors="replace"))
        if found.status != 100:
            break
    return found


def compare(one, folder, at):
    got = answer(folder, at)
    shown = one.exchange
    if shown and shown["answer"] is None:
        code = int((folder / f"code-{at}").read_text())
        return None if code != 0 else fail(f"the run got no answer ({shown['silence']}), and curl did")
    if got is None:
        fail(f"no answer: {(folder / f'err-{at}').read_text(errors='replace')[:200]}")
    if shown:
        same_form(shown["answer"], got)
    claim(one, got)


def fail(why):
    raise Unlike(why)


def same_form(shown, got):
    """Status and labels must be those of the run's answer."""
    if shown["status"] != got.status:
        fail(f"status {shown['status']} in the run, {got.status} now: {got.text[:200]}")
    then = {name.lower(): value for name, value in shown["headers"]}
    for name in ("content-type", "content-encoding", *ERROR_TYPES):
        if then.get(name) != got.headers.get(name):
            fail(f"{name}: {then.get(name)} in the run, {got.headers.get(name)} now")


def claim(one, got):
    """What the report says came must be true of the answer. A form that is not known here is a failure."""
    actual = one.actual
    if match := re.match(r"status (\d{3})(?: ([A-Za-z]+))?(?::|$)", actual):
        if int(match[1]) != got.status:
            fail(f"`{actual[:100]}` was told, status {got.status} came: {got.text[:200]}")
        named = [got.headers.get(name, "") for name in ERROR_TYPES] + [got.text]
        if match[2] and not any(match[2] in text for text in named):
            fail(f"`{match[2]}` was told, and not named: {got.text[:200]}")
    elif actual.startswith(("no such member", "null: ")):
        member = one.expected.removeprefix("the member ")
        if values(got, member) not in ([], [None]):
            fail(f"{member} is there: {got.text[:200]}")
    elif match := re.match(r"(\d+) of (\d+) entries are it", actual):
        count = sum(len(v) for v in json.loads(got.text).values() if isinstance(v, list))
        if (count == 0) != (match[2] == "0"):
            fail(f"`{actual}` was told, {count} entries came")
    elif match := re.match(r"([A-Za-z]+) is an? ([a-z]+): ", actual):
        kinds = [kind(value) for value in values(got, match[1])]
        if match[2] not in kinds:
            fail(f"`{actual[:100]}` was told, {match[1]} is {kinds}")
    elif re.match(r"[a-z][a-z ,`'\[\]{}]+ at line \d+ column \d+", actual):
        if is_json(got.text):
            fail(f"`{actual[:60]}` was told, and the body is JSON")
    elif match := re.match(r"([A-Za-z]+) with status (\d{3})$", actual):
        named = [got.headers.get(name, "") for name in ERROR_TYPES] + [got.text]
        if int(match[2]) != got.status or not any(match[1] in text for text in named):
            fail(f"`{actual}` was told, status {got.status} came: {got.text[:200]}")
    elif re.match(r"\d+ items on page \d+$", actual):
        # How many there are is not the same now, but it is still more than was asked for.
        most = re.match(r"at most (\d+) items", one.expected)
        if most is None or len(entries(got)) <= int(most[1]):
            fail(f"`{actual}` was told, {len(entries(got))} came")
    elif match := re.match(r"([A-Za-z-]+): (.*?)(?:, (?:though|by) .*| \(.*)?$", actual, re.S):
        known = plain(match[2])
        found = [got.headers[match[1].lower()]] if match[1].lower() in got.headers else values(got, match[1])
        texts = [plain(value if isinstance(value, str) and not match[2].startswith('"') else json.dumps(value)) for value in found]
        if match[1] == "LastModified":
            return  # Times are of the run; the replay line holds them against one another.
        if known not in texts:
            fail(f"`{actual[:100]}` was told, {match[1]} is {texts}")
    elif actual.startswith("{"):
        entry = json.loads(actual)
        same = [e for e in entries(got) if all(plain(e.get(n)) == plain(entry.get(n)) for n in ("FunctionArn", "EventSourceArn"))]
        if not same:
            fail(f"`{actual[:100]}` was told, and no such entry is among {len(entries(got))}")
    else:
        fail(f"this script does not know how to look for `{actual[:200]}`")


def is_json(text):
    def refuse(name):
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


def entries(got):
    document = json.loads(got.text)
    lists = [value for value in document.values() if isinstance(value, list)] if isinstance(document, dict) else []
    return [entry for value in lists for entry in value if isinstance(entry, dict)]


def values(got, member):
    """What the answer shows of a member, at the top or in the entries of a list."""
    try:
        document = json.loads(got.text)
    except ValueError:
        return []
    return [each[member] for each in [document, *entries(got)] if isinstance(each, dict) and member in each]


def kind(value):
    names = {bool: "boolean", str: "string", list: "list", dict: "structure", type(None): "null"}
    return names.get(type(value), "number")


def plain(value):
    """A value without identities, which each run has of its own."""
    return OURS.sub(r"proofmark-TOKEN-\1", UUID.sub("UUID", str(value)))


def tried(number, one):
    """What came of one printed request: how it was tried, and why that does not show its finding, where that is so."""
    outcome = []
    for how, function in (("replay", lambda: replay(one)), ("curl", lambda: curl(one, number))):
        if how == "curl" and not one.curl:
            # Of what its requests alone do not show, the report says so, and names the run that does.
            outcome.append((how, None if one.replay.startswith("proofmark run") else "none is printed", 1))
            continue
        for time in range(1, TIMES + 1):
            try:
                function()
                outcome.append((how, None, time))
                break
            except (Unlike, subprocess.TimeoutExpired, ValueError, AttributeError) as why:
                problem = str(why)
        else:
            outcome.append((how, problem, TIMES))
    return outcome


def requests():
    """Tries all, and gives how many do not show what they are printed for."""
    all_of_them, bad, not_met = list(printed()), 0, 0
    lines = (line.split() for line in RACES.read_text().splitlines())
    races = {line[1] for line in lines if line[:1] == [NAME]}
    with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for one, outcome in zip(all_of_them, pool.map(tried, range(len(all_of_them)), all_of_them)):
            label = f"{one.of_cause}, by {one.of}" if one.of_cause else one.of
            wrong = [f"  {how}: {why}" for how, why, _ in outcome if why is not None]
            late = [f"  {how}: it comes and goes; shown by try {time}" for how, why, time in outcome if why is None and time > 1]
            # That it was not met now is told, and is no fault of what is printed.
            missed = bool(wrong) and one.of in races
            bad += bool(wrong) and not missed
            not_met += missed
            mark = "NOT MET  " if missed else "NOT SHOWN" if wrong else "shown    "
            print(f"{mark} {label}", *wrong, *late, sep="\n", flush=True)
    print(f"{NAME}: {len(all_of_them) - bad - not_met} of {len(all_of_them)} printed requests show their finding alone:"
          f" those of {len(REPORT['findings'])} findings and {len(REPORT['causes'])} causes;"
          f" {not_met} that are known to come and go were not met in {TIMES} tries")
    return bad


def promises():
    """Looks for the case behind each ✓, and gives how many promises have none that showed it."""
    cases = {case["place"]: case for case in REPORT["cases"]}
    findings = {finding["id"]: finding for finding in REPORT["findings"]}
    kept = [promise for promise in REPORT["promises"] if promise["state"] == "kept"]
    bad, count = 0, collections.Counter()
    for promise in kept:
        sides = {name: promise[name] for name in ("valid", "invalid", "answer", "in_state")}
        shown = {name: side["shown_by"] for name, side in sides.items() if side["state"] == "exercised"}
        problems = [] if shown else ["no case is about it"]
        for name, by in shown.items():
            case = cases.get(by["place"]) if by else None
            if case is None or case["id"] != by["case"]:
                problems.append(f"{name}: there is no such case: {by}")
                continue
            wrong = [f for f in case["findings"] if in_the_way(promise, findings.get(f))]
            if case["verdict"] not in ("pass", "fail") or wrong:
                problems.append(f"{name}: {case['id']} came to {case['verdict']}: {wrong}")
            count["passed" if case["verdict"] == "pass" else "of other promises" if by["besides"] else "form"] += 1
        bad += bool(problems)
        for problem in problems:
            print(f"NOT SHOWN {promise['id']}: {problem}")
    print(f"{NAME}: {len(kept) - bad} of {len(kept)} promises with a ✓ were shown by a case that the report names, from each"
          f" side that was tested: {count['passed']} such cases passed, {count['form']} have faults of nothing but the form of"
          f" answers, {count['of other promises']} of other promises")
    return bad


def in_the_way(promise, finding):
    """Whether a case with that finding shows nothing of the promise. A value of another member that is not stored, and what
    every answer has wrong in its form, leave it as it is."""
    if finding is None or finding["promise"] == promise["id"]:
        return True
    # Each answer of a sequence is judged by the operation that it is of.
    if finding["promise"].split("::")[0] != promise["id"].split("::")[0]:
        return False
    beside = {"not-echoed", "not-stored", "wrong-state", "changed"}
    return finding["class"] not in ("answer", "refusal") and finding["symptom"] not in beside


FOLDER.mkdir(parents=True, exist_ok=True)
CONFIG.write_text(STARTS.sub("", pathlib.Path(".ci/scoreboard.toml").read_text()))
failures = promises() + requests()
run([PROGRAM, "clean", *FLAGS[1:]])
sys.exit(failures > 0)
