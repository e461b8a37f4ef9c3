"""Breaks the files that proofmark reads, and checks how the commands that read them end.

    mutate_check.py PROGRAM COUNT SEED

Each broken file follows from the seed and its number alone. Of every command it is asked: does it end with a documented
exit code, without a panic and without a signal; where it ends with 2, do a few lines say which file is wrong, and on which
line of it; does it take less than 500 MB, and less than 2 s more than it takes of the whole file. Only Python's standard
library is used.
"""

import concurrent.futures
import os
import pathlib
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path.cwd()
# What the documentation promises: see src/guide/exit-codes.md.
CODES = {0, 1, 2, 3, 4, 5, 130}
MOST_SECONDS = 2.0
MOST_MEMORY = 500 << 20
# A message is for a person. A report is not limited, but neither may it be without end.
MOST_MESSAGE = 4 << 10
MOST_OUTPUT = 64 << 20
# On a busy machine a second of the processor may take a minute.
PATIENCE = 600
FEW = "BatchSize::range::min"
QUICK = ["--samples", "0", "--no-regressions"]
MODEL = """{"metadata": {"apiVersion": "2015-03-31"}, "shapes": {
  "Alias": {"type": "string", "min": 1, "max": 128, "pattern": "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"},
  "Arn": {"type": "string", "pattern": "arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}(-gov)?-[a-z]+-\\\\d{1}:\\\\d{12}:x(:(\\\\$LATEST|[a-z]+))?"},
  "Plain": {"type": "string", "max": 5},
  "All": {"type": "string", "max": 20, "pattern": "[\\\\s\\\\S]*"}
}}
"""
CONFIG = """default-target = "nobody"

[targets.nobody]
endpoint = "http://127.0.0.1:9"
region = "eu-central-1"
credentials = "test"
rate = "20/s"
timeout = "1s"
settle-timeout = 5
headers = { x-one = "1" }

[targets.started]
endpoint = "http://127.0.0.1:${PORT:-9}"
start = ["/bin/false", "--port", "${PORT:-9}"]
ready = "/ready"
jobs = 2

[profiles.ci]
settle-timeout = "2m"
"""


class Ended:
    """How a process ended."""

    def __init__(self, code, seconds, memory, out, err):
        self.code, self.seconds, self.memory, self.out, self.err = code, seconds, memory, out, err


def run(command, folder, seconds=MOST_SECONDS * 10):
    """Runs a command in a folder, under limits of the system that are wider than ours: a process that hangs must end."""

    def limits():
        most = int(seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUTPUT, MOST_OUTPUT))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=limits
        )
        clock = threading.Timer(PATIENCE, process.kill)
        clock.start()
        _, status, used = os.wait4(process.pid, 0)
        clock.cancel()
        process.returncode = code = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read(MOST_OUTPUT + 1).decode("utf-8", "replace"))
    return Ended(code, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, *texts)


class Kind:
    """Files of one kind, and the commands that read them. In a command `{}` stands for the file, and for the folder of
    all of them where there is one."""

    def __init__(self, name, files, commands, folder=None):
        self.name, self.files, self.commands, self.folder = name, files, commands, folder
        self.usual = {}


def kinds(program, whole):
    """Every kind of file, made or copied into a folder of whole ones."""

    def make(*arguments, codes=(0, 1)):
        ended = run([program, *arguments], whole, 120)
        if ended.code not in codes:
            sys.exit(f"{' '.join(arguments)}: exit code {ended.code}\n{ended.out}\n{ended.err}")

    shutil.copytree(ROOT / "cases", whole / "cases")
    defect = ["--reference", "--defect", "batch-size-min-zero"]
    make("run", FEW, *defect, *QUICK, "--baseline", "known.toml", "--baseline-update")
    make("run", FEW, *defect, *QUICK, "--record", "run.ndjson")
    for shard, file in (("1/2", "report.json"), ("2/2", "other.json")):
        make("run", FEW, *defect, *QUICK, "--shard", shard, "--report", f"json={file}")
    make("run", "sampled", "--reference", "--defect", "chance-13-refused", "--regressions", "regressions.toml")
    make("fuzz", "--reference", "--max-sequences", "40", "--corpus", "corpus", "--no-regressions")
    (whole / "model.json").write_text(MODEL)
    (whole / "proofmark.toml").write_text(CONFIG)
    recordings = sorted((ROOT / "snapshots" / "recordings").iterdir())
    for file in recordings:
        shutil.copy(file, whole)
    cases = sorted(str(p.relative_to(whole / "cases")) for p in (whole / "cases").rglob("*.toml"))
    corpus = sorted(p.name for p in (whole / "corpus").glob("*.json"))
    of_cases = [
        ["lint", "--cases", "{}", "--no-regressions"],
        ["list", "--cases", "{}", *QUICK],
        ["explain", "--cases", "{}", f"update-event-source-mapping::request::{FEW}", *QUICK],
        ["run", FEW, "--cases", "{}", "--reference", *QUICK],
        ["drift", "--cases", "{}"],
        ["list", "--atoms", "--revision", "current", "--cases", "{}", *QUICK],
    ]
    reading = ["--reference", *QUICK]
    return [
        Kind("cases", cases, of_cases, folder="cases"),
        Kind("configuration", ["proofmark.toml"], [
            ["list", FEW, "--config", "{}", "--samples", "0"],
            ["run", FEW, "--config", "{}", *reading],
            ["run", FEW, "--config", "{}", "--target", "nobody", *QUICK],
            ["explain", f"update-event-source-mapping::request::{FEW}", "--config", "{}", "--target", "started", *QUICK],
        ]),
        Kind("baseline", ["known.toml"], [
            ["run", FEW, "--baseline", "{}", *reading],
            ["run", FEW, "--baseline", "{}", "--baseline-update", "--baseline-prune", *defect, *QUICK],
        ]),
        Kind("regressions", ["regressions.toml"], [
            ["replay", "{}", "--reference", "--samples", "0"],
            ["lint", "--regressions", "{}"],
            ["run", "regressions", "--regressions", "{}", "--reference", "--samples", "0"],
        ]),
        Kind("report", ["report.json"], [
            ["merge", "{}"],
            ["merge", "{}", "other.json", "--report", "junit=-", "--report", "html=-"],
            ["replay", "{}", *reading],
            ["matrix", "--from", "a={}", "--report", "json=-"],
        ]),
        Kind("recording", ["run.ndjson", *(f.name for f in recordings)], [
            ["judge", "{}"],
            ["judge", "{}", "--verbose", "--level", "should"],
            ["diff", FEW, "--left", "reference", "--right", "{}", *QUICK],
        ]),
        Kind("model", ["model.json"], [["patterns", "{}", "--samples", "20"]]),
        Kind("corpus", corpus, [
            ["fuzz", "merge", "{}", "--into", "merged", "--no-regressions"],
            ["fuzz", "--corpus", "{}", "--reference", "--max-sequences", "5", "--no-regressions"],
        ], folder="corpus"),
    ]


def lines_of(data):
    return data.split(b"\n")


def some_line(draw, data):
    lines = lines_of(data)
    return lines, draw.randrange(len(lines))


def place(draw, data):
    return draw.randrange(len(data) + 1)


def replaced(draw, data, pattern, new):
    """The data with one of the places that match replaced."""
    found = list(re.finditer(pattern, data))
    if not found:
        return data + new
    one = draw.choice(found)
    return data[: one.start()] + new + data[one.end() :]


def value_of(draw, data, new):
    """One value, behind a `=` or a `:`, is another one."""
    return replaced(draw, data, rb'(?<=[=:] )(?:"(?:[^"\\\n]|\\.)*"|[\w.+-]+|\[[^\]\n]*\]|\{[^}\n]*\})', new)


def flip_bits(draw, data):
    data = bytearray(data or b"x")
    for _ in range(draw.choice([1, 1, 3, 30])):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(data)


def cut(draw, data):
    return data[: place(draw, data)]


def cut_out(draw, data):
    start = place(draw, data)
    return data[:start] + data[start + draw.choice([1, 10, 200, 5000]) :]


def double_line(draw, data):
    lines, at = some_line(draw, data)
    return b"\n".join(lines[:at] + [lines[at]] * draw.choice([2, 2, 3, 500]) + lines[at + 1 :])


def drop_line(draw, data):
    lines, at = some_line(draw, data)
    return b"\n".join(lines[:at] + lines[at + draw.choice([1, 1, 2, 10]) :])


def swap_lines(draw, data):
    lines, at = some_line(draw, data)
    other = draw.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]
    return b"\n".join(lines)


def nest(draw, data):
    depth = draw.choice([50, 79, 82, 126, 129, 3000, 100_000])
    pairs = [(b"[", b"]"), (b'{"a":', b"}"), (b"{a=", b"}"), (b"(", b")"), (b"a.", b""), (b"[[a.", b"]]")]
    one, end = draw.choice(pairs)
    closed = draw.choice([True, False])
    text = one * depth + (b"1" + end * depth if closed else b"")
    if draw.random() < 0.5:
        return value_of(draw, data, text)
    at = place(draw, data)
    return data[:at] + text + data[at:]


def huge_number(draw, data):
    new = draw.choice([
        b"9" * 19, b"18446744073709551615", b"18446744073709551616", b"-9223372036854775808", b"9" * 5000, b"1e999999999",
        b"-1", b"0", b"1e-400", b"4294967296", b"2147483648", b"100000000", b"0x7fffffffffffffff", b"nan", b"-inf",
    ])
    return replaced(draw, data, rb"(?<![\w\"])-?\d+(?:\.\d+)?", new)


def bad_utf8(draw, data):
    at = place(draw, data)
    new = draw.choice([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\xe2\x82"])
    return data[:at] + new + data[at:]


def other_text(draw, data):
    text = data.decode("utf-8", "replace")
    others = [text.encode("utf-16"), text.encode("utf-32"), text.encode("latin-1", "replace")]
    return draw.choice([*others, b"\xef\xbb\xbf" + data])


def line_ends(draw, data):
    return draw.choice([data.replace(b"\n", b"\r\n"), data.replace(b"\n", b"\r"), data.replace(b"\n", b"\n\n\n")])


def odd_character(draw, data):
    at = place(draw, data)
    unicode = [c.encode() for c in "\u2028\u202e\ufeff\U0010ffff"]
    new = draw.choice([b"\0", b"\x1b[31m", b"\x7f", *unicode, b"\r", b"'''", b'"""', b'"', b"\\", b"\\ud800", b"${", b"#",
                       b"${repeat 99999999 x}"])
    return data[:at] + new + data[at:]


def long_key(draw, data):
    key = b"k" * draw.choice([300, 40_000, 200_000])
    return replaced(draw, data, rb'[\w-]+(?= ?=)|"[\w-]+"(?= ?:)', draw.choice([key, b'"' + key + b'"']))


def long_value(draw, data):
    piece, times = draw.choice([b"v", b"a::", b"(a*)*", "é".encode()]), draw.choice([300, 40_000, 200_000])
    return value_of(draw, data, b'"' + piece * times + b'"')


def other_key(draw, data):
    keys = re.findall(rb'[\w-]+(?= ?=)|"[\w-]+"(?= ?:)', data) or [b"a"]
    return replaced(draw, data, rb'[\w-]+(?= ?=)|"[\w-]+"(?= ?:)', draw.choice([*keys, b"x", b'""', b"idd"]))


def other_type(draw, data):
    return value_of(draw, data, draw.choice([
        b"true", b"[]", b"{}", b'""', b"null", b"1", b"-5", b"1.5", b'"x"', b"2027-01-31", b"07:32:00", b"9999-99-99",
        b"1979-05-27T00:32:00-07:00", b'["a", 1]', b"{ min = 5, max = 1 }", b'{"a": {"b": []}}', b"'(?=x'", b"'[z-a]'",
        b"'a{1,99999}{1,99999}'", b'"(((a+)+)+)+$"', b'".{1000}.{1000}.{1000}"',
    ]))


def much(draw, data):
    times = draw.choice([2, 3, max(1, (1 << 20) // max(1, len(data)))])
    return data * min(times, 200)


def joined(draw, data):
    at, other = place(draw, data), place(draw, data)
    return data[:at] + data[other:]


def rubbish(draw, data):
    return draw.choice([
        b"", b"\n", b"\0" * 1000, b"{}", b"[]", b"null", b"a", b"\xff" * 100, b"=", b"[[", b"{", b"}", b"#", b'"',
        b"[a]\n" * 2, draw.randbytes(draw.choice([1, 100, 10_000])),
    ])


MUTATIONS = [flip_bits, flip_bits, cut, cut_out, double_line, drop_line, drop_line, swap_lines, nest, huge_number, huge_number,
             bad_utf8, other_text, line_ends, odd_character, long_key, long_value, other_key, other_type, other_type, much,
             joined, rubbish]


def said_where(kind, ended, folder, file):
    """What is missing in the message of an exit code 2; none where it says the file and a line of it."""
    if not ended.err.strip():
        return "it ends with 2 and says nothing"
    if len(ended.err.encode()) > MOST_MESSAGE:
        return f"its message has {len(ended.err.encode())} bytes"
    # That an address is not loopback is told with the flag that allows it; that a flag, or another file, asks for what a
    # file does not hold is no fault of one of its lines.
    if any(words in ended.err for words in ("--allow-host", "there is no target", "are not of one plan")):
        return None
    # A broken contract may be told of where a case speaks of what is not there any more.
    names = [file]
    if kind.folder:
        names = [str(p.relative_to(folder)) for p in (folder / kind.folder).rglob("*") if p.is_file()]
    # Files of several folders may have one name.
    wrong = None
    for name in names:
        for line in re.findall(rf"{re.escape(os.path.basename(name))}:(\d+): ", ended.err):
            data = (folder / name).read_bytes()
            if 1 <= int(line) <= len(lines_of(data)):
                return None
            wrong = f"{name} has no line {line}"
    if wrong:
        return wrong
    return "its message names no file with a line"


def faults(kind, ended, usual, folder, file):
    """Everything that is wrong with how a command ended."""
    found = []
    if ended.code < 0:
        found.append(f"it was ended by signal {-ended.code}")
    elif ended.code not in CODES:
        found.append(f"exit code {ended.code}")
    if "panicked" in ended.err or "panicked" in ended.out:
        found.append("it panicked")
    if ended.seconds > MOST_SECONDS + usual.seconds:
        found.append(f"it took {ended.seconds:.1f} s of the processor, and {usual.seconds:.1f} s for the whole file")
    if ended.memory > MOST_MEMORY:
        found.append(f"it took {ended.memory >> 20} MB")
    if len(ended.out) > MOST_OUTPUT or len(ended.err.encode()) > (1 << 20):
        found.append("what it says has no end")
    if ended.code == 2:
        missing = said_where(kind, ended, folder, file)
        found += [missing] if missing else []
    return found


def tried(program, whole, kept, all_kinds, seed, number):
    """One broken file and one command: the faults, and what shows them."""
    draw = random.Random(f"{seed}/{number}")
    # Case files are the most, and have the most to say.
    kind = draw.choice([*all_kinds, all_kinds[0], all_kinds[0]])
    file, mutation = draw.choice(kind.files), draw.choice(MUTATIONS)
    command = draw.choice(kind.commands)
    with tempfile.TemporaryDirectory(prefix="proofmark-mutate-") as name:
        folder = pathlib.Path(name)
        inside = pathlib.Path(kind.folder or ".", file)
        if kind.folder:
            shutil.copytree(whole / kind.folder, folder / kind.folder)
        shutil.copy(whole / "other.json", folder)
        data = mutation(draw, (whole / inside).read_bytes())
        (folder / inside).write_bytes(data)
        arguments = [part.replace("{}", kind.folder or file) for part in command]
        ended = run([program, *arguments], folder)
        found = faults(kind, ended, kind.usual[tuple(command)], folder, file)
        code = ended.code
        if found:
            copy = kept / str(number)
            shutil.copytree(folder, copy)
            (copy / "output").write_text(f"{ended.code}\n{ended.out[-5000:]}\n{ended.err[:20000]}")
            how = f"{number}: {mutation.__name__} of {file}: {'; '.join(found)}"
            found = [f"{how}\n    cd {copy} && proofmark {' '.join(arguments)}"]
    return kind.name, code, found


def measured(program, whole, kind, command):
    """What a command takes of the whole file: that much it may take of a broken one as well."""
    with tempfile.TemporaryDirectory(prefix="proofmark-mutate-") as name:
        folder = pathlib.Path(name)
        shutil.copytree(whole, folder, dirs_exist_ok=True)
        ended = run([program, *(part.replace("{}", kind.folder or kind.files[0]) for part in command)], folder, 60)
    if ended.code not in CODES - {2}:
        sys.exit(f"{' '.join(command)}: exit code {ended.code} with the whole file\n{ended.out[-2000:]}\n{ended.err}")
    return ended


def main():
    program, count, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    jobs = int(os.environ.get("JOBS") or os.cpu_count() or 1)
    began = time.monotonic()
    kept = pathlib.Path(tempfile.mkdtemp(prefix="proofmark-broken-"))
    with tempfile.TemporaryDirectory(prefix="proofmark-whole-") as name:
        whole = pathlib.Path(name)
        all_kinds = kinds(program, whole)
        for kind in all_kinds:
            kind.usual = {tuple(command): measured(program, whole, kind, command) for command in kind.commands}
        wrong, codes = 0, {}
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            work = lambda number: tried(program, whole, kept, all_kinds, seed, number)
            for name, code, found in pool.map(work, range(count)):
                codes.setdefault(name, {}).setdefault(code, 0)
                codes[name][code] += 1
                wrong += len(found)
                for line in found:
                    print(line, flush=True)
    for name, ended in sorted(codes.items()):
        print(f"{name}: " + ", ".join(f"{times} with exit code {code}" for code, times in sorted(ended.items())))
    print(f"{count} broken files, seed {seed}: {wrong} faults in {time.monotonic() - began:.0f} s")
    if wrong == 0:
        shutil.rmtree(kept)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
