"""Compare what apps send the browser untraced, twice, and traced once with each engine.

    python -m bench.fidelity FOLDER... [--results FILE] [--engine E]... [--match TEXT] [--timeout S]

Every Streamlit script below FOLDER is driven as a thorough visitor would: each button and box
once, a value into each input, each page. With --results, apps that the file already has for this
Python and Streamlit are not driven again. Ends with exit code 1 when an app is different or
crashed.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import json
import platform
import sys
from pathlib import Path
from typing import Any

import streamlit

from .check import CRASHED, DIFFERENT, ENGINES, NONDETERMINISTIC, SAME, SKIPPED, check, scripts
from .drives import Drives


def main() -> int:
    """Run the checks that are asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.fidelity", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--results", type=Path, help="JSON lines; kept, and added to")
    parser.add_argument("--engine", action="append", choices=ENGINES)
    parser.add_argument("--match", default="", help="only apps with this text in their path")
    parser.add_argument(
        "--timeout", type=float, default=300.0, help="seconds that a drive may take"
    )
    options = parser.parse_args()
    here = {"python": platform.python_version(), "streamlit": streamlit.__version__}
    known = _read(options.results, here)
    engines = options.engine or ENGINES
    rows = []
    with Drives(options.timeout) as drives:
        for folder in options.folders:
            for app in scripts(folder):
                name = app.relative_to(folder).as_posix()
                if options.match not in name:
                    continue
                row = known.get((folder.name, name))
                if row is None:
                    verdict = check(drives, app.resolve(), folder.resolve(), engines)
                    row = here | {"folder": folder.name} | dataclasses.asdict(verdict)
                    _add(options.results, row)
                rows.append(row)
                print(_line(row), flush=True)
    return _summary(rows, here)


def _read(path: Path | None, here: dict[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
    if path is None or not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return {(row["folder"], row["app"]): row for row in rows if row.items() >= here.items()}


def _add(path: Path | None, row: dict[str, Any]) -> None:
    if path is not None:
        with path.open("a") as file:
            file.write(json.dumps(row) + "\n")


def _line(row: dict[str, Any]) -> str:
    results = row["results"]
    alike = set(results.values())
    words = alike.pop() if len(alike) == 1 else ", ".join(f"{e} {r}" for e, r in results.items())
    reasons = dict.fromkeys(row["why"].values())
    size = f"{row['messages']} messages, {row['interactions']} interactions"
    return f"{row['app']}: {words} ({size}){''.join(f' - {why}' for why in reasons)}"


def _summary(rows: list[dict[str, Any]], here: dict[str, str]) -> int:
    print(f"\nPython {here['python']}, Streamlit {here['streamlit']}")
    bad = 0
    for engine in sorted({engine for row in rows for engine in row["results"]}):
        counts = collections.Counter(row["results"].get(engine) for row in rows)
        order = (SAME, DIFFERENT, CRASHED, NONDETERMINISTIC, SKIPPED)
        print(f"{engine}: " + ", ".join(f"{counts[result]} {result}" for result in order))
        bad += counts[DIFFERENT] + counts[CRASHED]
    same = [row for row in rows if set(row["results"].values()) == {SAME}]
    print(
        f"The {len(same)} that are the same with every engine: "
        f"{sum(row['messages'] for row in same)} messages, "
        f"{sum(row['interactions'] for row in same)} interactions; "
        f"{sum(bool(row['errors']) for row in same)} of them show an error of their own."
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
