"""Drives one app untraced and traced, each time in a process of its own, and compares."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .drives import UNTRACED, DriveFailed, Drives
from .sequence import errors_shown, first_difference

ENGINES = ["monitoring", "settrace"] if sys.version_info >= (3, 12) else ["settrace"]
_NETWORK = {
    *("ConnectionError", "ConnectTimeout", "HTTPError", "MaxRetryError", "NewConnectionError"),
    *("ProxyError", "SSLError", "URLError", "gaierror"),
}
_IMPORTS_STREAMLIT = re.compile(r"^\s*(import|from) streamlit\b", re.MULTILINE)
_MORE_LOOKS = 3

SAME, DIFFERENT, CRASHED = "same", "different", "crashed"
NONDETERMINISTIC, SKIPPED = "nondeterministic", "skipped"


@dataclass
class Verdict:
    """What became of one app: a result for each engine, and in words why it is not `same`."""

    app: str
    results: dict[str, str]
    why: dict[str, str] = field(default_factory=dict)
    messages: int = 0
    interactions: int = 0
    errors: list[str] = field(default_factory=list)  # exceptions that the page itself shows
    broke_off: str | None = None  # why the visit ended early, traced and untraced alike


def check(drives: Drives, app: Path, folder: Path, engines: list[str]) -> Verdict:
    """Compare one app's drives. `folder` is where the app is started, as its authors do."""
    name = app.relative_to(folder).as_posix()

    def go(engine: str) -> dict[str, Any]:
        return drives.drive(app, folder, engine)

    def all_are(result: str, why: str) -> Verdict:
        return Verdict(name, dict.fromkeys(engines, result), dict.fromkeys(engines, why))

    try:
        plain = go(UNTRACED)
    except DriveFailed as error:
        return all_are(SKIPPED, f"untraced, too: {error}")
    needs = _needs(plain["sequence"])
    if needs:
        return all_are(SKIPPED, needs)
    verdict = Verdict(name, {}, {}, len(plain["sequence"]), len(plain["steps"]))
    verdict.errors = sorted(set(errors_shown(plain["sequence"])))
    verdict.broke_off = plain["broke_off"]
    # The traced drives stand between the untraced ones, so that the clock moves for all alike.
    for engine in engines:
        try:
            traced = go(engine)
        except DriveFailed as error:
            verdict.results[engine], verdict.why[engine] = CRASHED, str(error)
            continue
        found = _difference(plain, traced)
        if traced["recording_failed"]:
            found = traced["recording_failed"]
            verdict.results[engine], verdict.why[engine] = CRASHED, f"the recording ended: {found}"
        elif found:
            verdict.results[engine], verdict.why[engine] = DIFFERENT, found
        else:
            verdict.results[engine] = SAME
    looks = _MORE_LOOKS if DIFFERENT in verdict.results.values() else 1
    for _ in range(looks):
        try:
            found = _difference(plain, go(UNTRACED))
        except DriveFailed as error:
            found = str(error)
        if found:
            return all_are(NONDETERMINISTIC, f"untraced twice: {found}")
    return verdict


def scripts(folder: Path) -> Iterator[Path]:
    """The files that one would give to `streamlit run`: not pages, tests, shared modules."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if {"pages", "shared"} & {*parts[:-1]} or path.name.startswith(("_", "test_")):
            continue
        if path.name.endswith("_test.py") or path.name == "conftest.py":
            continue
        if _IMPORTS_STREAMLIT.search(path.read_text(errors="replace")):
            yield path


def _difference(one: dict[str, Any], other: dict[str, Any]) -> str | None:
    if one["broke_off"] != other["broke_off"]:
        ends = [each["broke_off"] or "the visit went to its end" for each in (one, other)]
        return " is not: ".join(ends)
    return first_difference(one["sequence"], other["sequence"])


def _needs(sequence: list[Any]) -> str | None:
    """What the app lacks here, read from the errors that its first run shows."""
    for message in sequence:
        error = message.get("delta", {}).get("newElement", {}).get("exception")
        if error and error["type"] in ("ModuleNotFoundError", "ImportError"):
            return f"needs a package: {error['message']}"
        if error and error["type"].rpartition(".")[2] in _NETWORK:
            return f"needs the network: {error['type']}"
        if "scriptFinished" in message:
            break
    return None
