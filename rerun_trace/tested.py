"""Which combinations of Streamlit, Python and engine were tested, and what that says about one.

`tested.json` is written by `python -m bench.matrix`, with the table in docs/compatibility.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Combination:
    """One that was tested. `python` is 3.12, say; `failed` names what did not pass, if anything."""

    streamlit: str
    python: str
    engine: str
    failed: str | None = None


def read_tested() -> list[Combination]:
    """What the package's own table holds, oldest first."""
    text = resources.files(__package__).joinpath("tested.json").read_text(encoding="utf-8")
    return [Combination(**row) for row in json.loads(text)]


def say_tested(
    tested: Sequence[Combination], streamlit: str, python: str, engine: str
) -> tuple[bool, str]:
    """Whether a combination was tested and passed, and a sentence about it for people."""
    here = f"Streamlit {streamlit} on Python {python} with {engine}"
    for each in tested:
        if (each.streamlit, each.python, each.engine) == (streamlit, python, engine):
            if each.failed is None:
                return True, f"{here}: tested"
            return False, f"{here}: tested, and it fails: {each.failed}"
    good = [each for each in tested if each.failed is None]
    releases = sorted({each.streamlit for each in good}, key=_order)
    pythons = sorted({each.python for each in good}, key=_order)
    return False, (
        _place("Streamlit", streamlit, releases)
        or _place("Python", python, pythons)
        or f"{here}: not tested"
    )


def _place(what: str, version: str, known: Sequence[str]) -> str | None:
    """Where an untested version stands among the tested ones; None for a tested one."""
    if version in known:
        return None
    older = [each for each in known if _order(each) < _order(version)]
    newer = [each for each in known if _order(each) > _order(version)]
    if older and newer:
        between = f"it lies between {older[-1]} and {newer[0]}, which were"
        return f"{what} {version} was not tested; {between}"
    if older:
        return f"{what} {version} is newer than any tested version; nearest tested {older[-1]}"
    if newer:
        return f"{what} {version} is older than any tested version; nearest tested {newer[0]}"
    return f"{what} {version} was not tested"


def _order(version: str) -> tuple[int, ...]:
    """The numbers at the start; of a version such as 1.68.0.dev2 the first three."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
