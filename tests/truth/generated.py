"""Many generated scripts in one process, each recorded with every engine and observed."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from support import ENGINES

from truth.check import differences, observe, quick_streamlit
from truth.scripts import Case, cases

_TIMED = frozenset(
    ("started_ns", "duration_ns", "at_ns", "fragments", "fragments_gone", "app_session", "error")
)


def same_facts(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """What two engines must tell alike of two drives: all but times, ids and what was flushed."""
    runs = [_lasting(run) for run in facts["runs"]]
    for run in runs:
        run["writes"] = [{**write, "delivered": None} for write in run["writes"]]
        run["cache"] = [_lasting(access) for access in run["cache"]]
    interactions = [_lasting(interaction) for interaction in facts["interactions"]]
    return [*runs, {"interactions": interactions, "page": facts["final_page"]}]


def _lasting(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key not in _TIMED}


def check_case(case: Case, counted: Counter[str]) -> None:
    """Record and observe one script with every engine. Raises AssertionError."""
    told = []
    for engine in ENGINES:
        with tempfile.TemporaryDirectory() as folder:
            app = Path(folder) / "app.py"
            app.write_text(case.script, encoding="utf-8")
            pair = observe(app, case.steps, engine)
        found = differences(pair)
        assert not found, f"with {engine}:\n" + "\n".join(found)
        told.append(same_facts(pair.facts))
        counted.update(f"{finding.kind.name} findings" for finding in pair.findings)
        counted.update(run["outcome"] for run in pair.facts["runs"])
        counted["interactions"] += len(pair.facts["interactions"])
        counted["statements"] += sum(len(run["lines"]) for run in pair.facts["runs"])
    for one, other in zip(*told, strict=True) if len(told) > 1 else ():
        assert one == other, "the engines tell different stories"
    counted["scripts"] += 1


def check_scripts(
    count: int,
    seed_number: int,
    told: Callable[[Counter[str]], None] = lambda counted: None,
    shrink: bool = True,
) -> Counter[str]:
    """Generate and check `count` scripts; `told` hears the counts after each.

    Raises AssertionError with a script that shows a difference, and with the command that repeats
    it. With `shrink`, which takes minutes, it is the smallest that was found.
    """
    counted: Counter[str] = Counter()

    @seed(seed_number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate, *[Phase.shrink] * shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def check(case: Case) -> None:
        check_case(case, counted)
        told(counted)

    with pytest.MonkeyPatch.context() as patch:
        quick_streamlit(patch)
        try:
            check()
        except AssertionError as error:
            again = f"python -m tests.truth --scripts {count} --seed {seed_number}"
            raise AssertionError(f"{error}\nrepeat with: {again}") from error
    return counted
