"""The lines of a live recording's runs: what they say, and that they never flood a terminal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import SAMPLES, record

from rerun_trace.commands.findings import Line
from rerun_trace.commands.live_lines import LiveLines
from rerun_trace.commands.live_runs import Thinned, Told
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import Outcome
from rerun_trace.web.server.explaining import explanations_of

pytestmark = pytest.mark.ends


def text(line: Line) -> str:
    return "".join(part for part, _ in line)


def lines_of(app: Path, steps: list[dict[str, object]], db: Path) -> list[str]:
    """What is said of a recording that is there already."""
    recorded = record(app, steps, db)
    said: list[str] = []
    with TraceStore.open(recorded.db, create=False) as store:
        LiveLines(
            store, explanations_of(store), recorded.id, lambda line: said.append(text(line))
        ).close()
    return said


def test_a_run_is_told_in_a_line_with_its_finding_below(tmp_path: Path) -> None:
    said = lines_of(SAMPLES / "rerun.py", [{"click": "Foo"}], tmp_path / "db.sqlite")
    first, *rest = said
    assert first.startswith("run 1 ✓ first load: completed, ")
    assert rest[0] == "run 2 ↻ click Foo: halted by a rerun at rerun.py:16, run 3 follows"
    assert rest[1].startswith("run 3 ✓ rerun asked for by run 2: completed, ")
    found = "  → rerun.py:16 rerun-instead-of-callback: `Foo` needs two runs where one would do"
    assert rest[2:] == [found]


def test_fragments_and_further_tabs_are_told(tmp_path: Path) -> None:
    steps: list[dict[str, object]] = [{"click": "Roll"}, {"rerun": True, "tab": 2}]
    said = lines_of(SAMPLES / "fragment.py", steps, tmp_path / "db.sqlite")
    assert any("click Roll (only the fragment " in line for line in said), said
    assert any("✓ load in app session 2: completed" in line for line in said), said
    assert any("(app session 2): completed" in line for line in said), said


def endless(first: int, last: int) -> Iterator[Told]:
    for n in range(first, last + 1):
        why, how = f"rerun asked for by run {n - 1}", "halted by a rerun at app.py:12"
        yield Told(n, Outcome.RERUN, why, how, f", run {n + 1} follows", by_itself=True)


def test_an_endless_rerun_is_told_three_times_and_then_put_together() -> None:
    thinned = Thinned(0.0)
    said: list[Line] = []
    for tenth in range(1200):  # two minutes, a hundred runs a second
        now = tenth / 10
        for run in endless(10 * tenth + 2, 10 * tenth + 11):
            said += thinned.add(run, now)
        said += thinned.due(now)
    assert [text(line) for line in said[:3]] == [text(run.line()) for run in endless(2, 4)]
    assert text(said[3]).startswith("runs 5 … ")
    assert text(said[3]).endswith(" times the same: halted by a rerun at app.py:12")
    assert len(said) <= 10
    said += thinned.due(120.0, last=True)
    assert text(said[-1]).startswith("runs ")
    assert "12,001 ↻" in text(said[-1])
    assert not thinned.holds


def test_what_is_done_again_and_again_is_told_each_time() -> None:
    thinned = Thinned(0.0)
    said: list[Line] = []
    for n in range(1, 41):  # a click each half second
        run = Told(n, Outcome.COMPLETED, "click Foo", "completed", ", 2.1 ms")
        said += [*thinned.add(run, n / 2), *thinned.due(n / 2)]
    assert [text(line) for line in said] == [
        f"run {n} ✓ click Foo: completed, 2.1 ms" for n in range(1, 41)
    ]


def test_what_comes_in_turns_does_not_flood_the_terminal_either() -> None:
    thinned = Thinned(0.0)
    said: list[Line] = []
    for n in range(1, 2001):  # ten seconds, two hundred a second
        now = n / 200
        how, outcome = (
            ("completed", Outcome.COMPLETED) if n % 2 else ("error at app.py:3", Outcome.ERROR)
        )
        said += [*thinned.add(Told(n, outcome, f"click {n % 2}", how), now), *thinned.due(now)]
    said += thinned.due(10.0, last=True)
    assert len(said) <= 8 + 10 * 4 + 1
    together = [text(line) for line in said if text(line).startswith("runs ")]
    assert together
    assert any("completed (" in line and "error at app.py:3 (" in line for line in together)


def test_a_timer_is_not_told_each_second() -> None:
    thinned = Thinned(0.0)
    said: list[Line] = []
    for n in range(1, 601):
        run = Told(n, Outcome.COMPLETED, "timer of clock", "completed", "", by_itself=True)
        said += [*thinned.add(run, float(n)), *thinned.due(float(n))]
    assert len(said) <= 20


def test_what_cannot_be_explained_ends_the_lines_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = record(SAMPLES / "rerun.py", [], tmp_path / "db.sqlite")

    def broken(line: Line) -> None:
        raise ValueError("odd \x1b[2J")

    with TraceStore.open(recorded.db, create=False) as store:
        lines = LiveLines(store, explanations_of(store), recorded.id, broken)
        lines.close()
        lines.close()
    assert capsys.readouterr().err == (
        "rerun-trace: what the runs do is not said here any more: odd �[2J\n"
    )
    assert not [t for t in threading.enumerate() if t.name == "rerun-trace-lines"]
