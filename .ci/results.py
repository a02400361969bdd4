"""Prints the closing line of all tests: python .ci/results.py FOLDER [ROW]...

Counts what the rows' results in FOLDER say; a row without a result is a failure. ROW.xml is what a
row's tests came to, ROW.second.xml what those came to that failed, alone: that counts, and is said.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as tree
from collections import Counter
from pathlib import Path

NO_RESULT = "no result"
_WORST_LAST = ("passed", "skipped", "failed")


def second(first: Path) -> Path:
    """The file of the second try."""
    return first.with_suffix(".second.xml")


def outcomes(path: Path) -> dict[str, str]:
    """How each test of one JUnit file ended: passed, failed or skipped."""
    try:
        cases = list(tree.parse(path).getroot().iter("testcase"))
    except (OSError, tree.ParseError):
        return {NO_RESULT: "failed"}
    found: dict[str, str] = {}
    for case in cases:
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        here = {"failure": "failed", "error": "failed", "skipped": "skipped"}
        ends = [here[part.tag] for part in case if part.tag in here]
        # A test that fails while it is cleaned up, too, is there twice.
        ends.append(found.get(name, "passed"))
        found[name] = max(ends, key=_WORST_LAST.index)
    return found or {NO_RESULT: "failed"}


def failed(path: Path) -> list[str]:
    """The tests of one JUnit file that failed."""
    return [name for name, outcome in outcomes(path).items() if outcome == "failed"]


def merged(first: Path) -> tuple[dict[str, str], list[str]]:
    """How each test of a row ended, and which of them passed at the second try only."""
    found = outcomes(first)
    again = outcomes(second(first)) if second(first).exists() else {}
    late = [name for name in failed(first) if again.get(name) == "passed"]
    return found | dict.fromkeys(late, "passed"), late


def main(folder: Path, rows: list[str]) -> int:
    total: Counter[str] = Counter()
    for row in rows:
        ends, late = merged(folder / f"{row}.xml")
        total.update(ends.values())
        for name in late:
            print(f"passed at the second try: {name} ({row})")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return int(total["failed"] > 0 or not rows)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
