"""What explaining looks up of a recording that grows: by function, by widget, by key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.explain.history import History
from rerun_trace.tracer.model import (
    CacheAccess,
    Interaction,
    InteractionKind,
    Outcome,
    RecordingInfo,
    RunKind,
    ScriptRun,
    StateOp,
    StateWrite,
    TriggerType,
    WidgetChange,
)

pytestmark = pytest.mark.first_row

START = datetime(2026, 1, 1, tzinfo=UTC)
INFO = RecordingInfo("app.py", "/", START, "3.13", "1.67", "settrace", "")
HITS = {1: False, 2: True, 3: False, 4: True, 5: True}


def interaction(n: int, app_session: int, widget: str) -> Interaction:
    change = WidgetChange(widget, "slider", "Size", None, n - 1, n)
    return Interaction(n, app_session, n, InteractionKind.WIDGET, {"set": "Size"}, (change,))


def run(n: int, app_session: int) -> ScriptRun:
    kind, trigger = RunKind.APP, TriggerType.INTERACTION
    return ScriptRun(n, app_session, kind, trigger, n, n, "app.py", n, outcome=Outcome.COMPLETED)


def facts() -> RecordingFacts:
    """Runs 1 to 5, the last one in another tab; each sets `count` twice and calls `load`."""
    sessions = {1: 1, 2: 1, 3: 1, 4: 1, 5: 2}
    widgets = {1: "a", 2: "b", 3: "a", 4: "b", 5: "a"}
    return RecordingFacts(
        INFO,
        interactions=[interaction(n, sessions[n], widgets[n]) for n in sessions],
        runs=[run(n, sessions[n]) for n in sessions],
        cache_accesses=[CacheAccess(n, n, 1, "load", "data", hit, 5) for n, hit in HITS.items()],
        state_writes=[
            StateWrite(n, n, step, "count", StateOp.SET, None, f"{n}.{step}", "app.py", step)
            for n in sessions
            for step in (2, 4)
        ],
    )


@pytest.fixture(params=["at once", "run by run", "each run twice"])
def history(request: pytest.FixtureRequest) -> History:
    whole = facts()
    if request.param == "at once":
        return History.of(whole)
    history = History(INFO)
    for n in HITS:
        part = replace(
            whole,
            runs=[each for each in whole.runs if each.n == n],
            cache_accesses=[each for each in whole.cache_accesses if each.run == n],
            state_writes=[each for each in whole.state_writes if each.run == n],
        )
        for _ in range(2 if request.param == "each run twice" else 1):
            list(history.extend(part))
    return history


def test_runs_that_a_cache_missed(history: History) -> None:
    def missed(n: int) -> list[int]:
        return [each.n for each in history.missed(history.runs[n], "load")]

    assert [missed(n) for n in HITS] == [[], [1], [1], [3, 1], []]
    assert list(history.missed(history.runs[4], "save")) == []


def test_who_gave_a_widget_its_value(history: History) -> None:
    def giver(n: int, widget: str) -> int | None:
        found = history.giver(history.runs[n], widget)
        return None if found is None else found.number

    assert [giver(n, "a") for n in HITS] == [1, 1, 3, 3, 5]
    assert [giver(n, "b") for n in HITS] == [None, 2, 2, 4, None]


def test_the_last_change_of_a_key(history: History) -> None:
    def value(n: int, step: int) -> str | None:
        return history.state_value(history.runs[n], "count", step)

    assert [value(3, step) for step in (1, 2, 3, 5)] == ["2.4", "2.4", "3.2", "3.4"]
    assert value(1, 2) is None
    assert value(5, 1) is None
