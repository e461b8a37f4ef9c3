"""Holds a scoreboard against what is known of its targets, or writes that anew: see .ci/emulators.

    verdicts.py (compare | accept) FOLDER    FOLDER holds matrix.json and matrix.md, as .ci/scoreboard writes them

Known are the findings of each target, in snapshots/verdicts/NAME.txt; those that come and go, in races.txt beside it; the
scoreboard of all, in scoreboard.md; and the part of it that README.md shows. Of a scoreboard of some targets, these are
compared and no other, and only their lists are written.
"""

import difflib
import json
import pathlib
import re
import sys

FOLDER = pathlib.Path("snapshots/verdicts")
RACES = FOLDER / "races.txt"
README = pathlib.Path("README.md")
BOARD = FOLDER / "scoreboard.md"
BLOCK = re.compile(r"(?s)(<!-- scoreboard, written by \.ci/emulators accept -->\n\n)(.*?)(\n<!-- end of scoreboard -->)")
LOUD = "## Promises that not every target keeps"
SIGNS = {"broken": "✗", "not-implemented": "∅", "masked": "◐", "warned": "!", "holds": "✓", "untested": "?"}


def races() -> set[tuple[str, str]]:
    """The findings that come and go, each with the name of its target."""
    lines = (line.split() for line in RACES.read_text().splitlines() if line and not line.startswith("#"))
    return {(name, finding) for name, finding in lines}


def shown_by(matrix: dict, place: int) -> list[dict]:
    """What the target of that column does wrong. What did not come back counts as nothing."""
    return [f for f in matrix["findings"] if any(s["column"] == place and not s["unstable"] for s in f["shown"])]


def findings(matrix: dict, place: int) -> str:
    """What the target of that column does wrong each time, a line for each finding."""
    words, name = {"must": "FAIL", "should": "WARN"}, matrix["columns"][place]["target"]
    steady = (f for f in shown_by(matrix, place) if (name, f["id"]) not in races())
    return "".join(sorted(f"{words[f['level']]} {f['id']}\n" for f in steady))


def may_vary(matrix: dict, place: int, promise: str) -> bool:
    """Whether nothing but a race decides the mark of that promise."""
    name = matrix["columns"][place]["target"]
    about = {f["id"] for f in shown_by(matrix, place) if f["promise"] == promise}
    racing = {finding for target, finding in races() if target == name}
    return about <= racing and any(finding.startswith(f"{promise}::") for finding in racing)


def excerpt(board: str) -> str:
    """The part of the scoreboard for README.md: who was judged, and the promises that not all keep."""
    head = board.split("\n## ", 1)[0].split("\n", 2)[2]
    loud = board.split(f"{LOUD}\n\n", 1)[1].split("\n\n", 1)[0]
    return f"{head.strip()}\n\n{loud.strip()}\n"


def rows(text: str) -> list[list[str]]:
    """The cells of all tables in it."""
    lines = (line for line in text.splitlines() if line.startswith("| "))
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def differences(matrix: dict, board: str, known: str) -> list[str]:
    """Where the text that is known says something else of a target than this scoreboard does."""
    told, found = rows(known), []
    heads = next((row for row in told if row[0] == "promise"), ["promise"])
    marks = {re.search(r"<code>(.*?)</code>", row[0])[1]: row for row in told if "<code>" in row[0]}
    for place, column in enumerate(matrix["columns"]):
        name = column["target"]
        line = next(row for row in rows(board) if row[0] == name)
        # A race moves a count by one.
        if line not in told and not any(target == name for target, _ in races()):
            found.append(f"no line: {' | '.join(line)}")
        if name not in heads:
            found.append(f"no column: {name}")
            continue
        for row in matrix["rows"]:
            sign = SIGNS[row["cells"][place]["mark"]] if row["cells"][place] else "·"
            path = row["id"].split("::", 1)[1]
            shown = marks[path][heads.index(name)] if path in marks else None
            quiet = shown is None and sign in "✓?·"
            if shown != sign and not quiet and not may_vary(matrix, place, row["id"]):
                found.append(f"{path}, {name}: {shown or 'nothing'} is shown, and {sign} is true")
    return found


def main() -> int:
    mode, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    matrix = json.loads((folder / "matrix.json").read_text())
    board = (folder / "matrix.md").read_text()
    result = 0
    for place, column in enumerate(matrix["columns"]):
        name, file = column["target"], FOLDER / f"{column['target']}.txt"
        new = findings(matrix, place)
        if mode == "accept":
            file.write_text(new)
            print(f"{name}: {new.count(chr(10))} findings written")
            continue
        old = file.read_text() if file.exists() else ""
        if old == new:
            print(f"{name}: the {new.count(chr(10))} findings that are known, and no other")
            continue
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True), str(file), "found now"))
        print(f"{name}: the findings changed; if that is right, run .ci/emulators accept and review the diff")
        result = 1
    whole = {column["target"] for column in matrix["columns"]} >= {file.stem for file in FOLDER.glob("*.txt") if file != RACES}
    if mode == "accept" and whole:
        BOARD.write_text(board)
        readme, count = BLOCK.subn(lambda m: m[1] + excerpt(board) + m[3], README.read_text())
        if count != 1:
            print(f"{README}: expected one place for the scoreboard, found {count}")
            return 1
        README.write_text(readme)
        print(f"{README} and {BOARD}: written")
    shown = BLOCK.search(README.read_text())
    for file, text in ((README, shown[2] if shown else ""), (BOARD, BOARD.read_text() if BOARD.exists() else "")):
        wrong = differences(matrix, board, text)
        for line in wrong:
            print(f"{file}: {line}")
        if wrong:
            result = 1
        else:
            print(f"{file}: its scoreboard says the same")
    return result


if __name__ == "__main__":
    sys.exit(main())
