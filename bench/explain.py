"""What explaining a long recording takes: all at once, run by run beside it, and a why.

    python -m bench.explain [--runs 10000]

An app is driven once, and what its interactions left behind is repeated until there are so many
runs, in a database. Steps are read when a kind of finding asks for them. Only what the reader's
process does is measured, as time of the processor; the app's has no part in it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from rerun_trace.db.reading.recording import read_recording, to_explain
from rerun_trace.db.store import TraceStore
from rerun_trace.processes import AppProcess
from rerun_trace.tracer.analysis.recording import ReadLater, RecordingFacts
from rerun_trace.tracer.driver.scenario import load_scenario, parse_scenario, plain_steps
from rerun_trace.tracer.explain.explainer import Explainer
from rerun_trace.tracer.explain.kinds import all_kinds
from rerun_trace.tracer.explain.why.answer import why
from rerun_trace.tracer.explain.why.asking import question_of
from rerun_trace.tracer.model import MessageBody, StateRead, StepChunk, TriggerType

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
DASHBOARD: list[dict[str, Any]] = [
    {"set": "Only days with returns", "value": True},
    {"set": "Least units a day", "value": 10},
    {"set": "Only days with returns", "value": False},
]
APPS = {  # with an element to ask why of
    "findings/stale-read/fault.py": "In your cart",
    "findings/nested-button/fault.py": "Saved so far:",
    "findings/rerun-instead-of-callback/fault.py": "Loaves ordered",
    "findings/upload-or-effect-repeated/fault.py": "Newest first",
    "dashboard.py": "Turnover",
}
_OF_A_RUN = (
    *("callbacks", "rerun_requests", "state_writes", "state_attempts", "state_reads"),
    *("query_changes", "cache_accesses", "writes", "errors", "line_counts", "messages"),
)
_NEWEST = 100  # runs that are explained one by one


def recorded(store: TraceStore, app: Path) -> int:
    """The number of the recording of an app that was driven, as its scenario says."""
    path = app.with_name("scenario.toml")
    scenario = load_scenario(path) if path.exists() else parse_scenario(DASHBOARD)
    order: dict[str, Any] = {"db": store.address, "engine": "auto", "idle_timeout_s": 60.0}
    with AppProcess("drive", app=str(app), steps=plain_steps(scenario.steps), **order) as process:
        list(process)
        process.wait(10)
    newest = store.latest()
    assert newest is not None
    return newest.id


def kept(store: TraceStore, recording: int, runs: int) -> int:
    """The number of another recording: the same one, repeated up to so many runs."""
    facts = repeated(read_recording(store, recording), runs)
    bodies = (MessageBody(*body) for body in store.message_bodies(recording))
    parts = ("sources", "app_sessions", "interactions", "drawn_widgets", "runs")
    first, own = (
        chain.from_iterable(getattr(facts, name) for name in names) for names in (parts, _OF_A_RUN)
    )
    steps = (facts.steps(run.n) for run in facts.runs)
    return store.add_recording(facts.info, chain(first, bodies, own, steps))


def repeated(facts: RecordingFacts, runs: int) -> RecordingFacts:
    """The first load, and the interactions after it again and again, up to so many runs."""
    first = max(run.n for run in facts.runs if run.interaction == 0)
    own = [run for run in facts.runs if run.n > first]
    times = -(-(runs - first) // len(own))
    numbers = [message.n for message in facts.messages]
    shift = {
        "run": len(own),
        "interaction": len(facts.interactions) - 1,
        "message": max(numbers),
        "ns": max(run.ended_ns or 0 for run in own),
    }
    made: dict[str, Any] = {}
    for name in ("interactions", "runs", *_OF_A_RUN):
        records = getattr(facts, name)
        after = [record for record in records if _belongs(record, first)]
        made[name] = [record for record in records if not _belongs(record, first)]
        for n in range(times):
            by = {part: size * n for part, size in shift.items()}
            made[name] += [_moved(record, by) for record in after]

    def steps(run: int) -> StepChunk:
        origin = run if run <= first else first + 1 + (run - first - 1) % len(own)
        return replace(facts.steps(origin), run=run)

    return replace(facts, steps=steps, **made)


def _belongs(record: Any, first: int) -> bool:
    """Whether a record is of an interaction after the first load, whose last run is `first`."""
    kind = type(record).__name__
    if kind == "Interaction":
        return bool(record.n)
    return (record.n if kind == "ScriptRun" else record.run or 0) > first


def _moved(record: Any, by: dict[str, int]) -> Any:
    """The same record of a later interaction."""
    change: dict[str, Any] = {
        name: value + by["ns"]
        for name in ("at_ns", "started_ns", "ended_ns", "body_started_ns", "fate_ns")
        if (value := getattr(record, name, None)) is not None
    }
    kind = type(record).__name__
    if kind == "ScriptRun":
        is_rerun = record.trigger_type is TriggerType.RERUN
        change["n"] = record.n + by["run"]
        change["interaction"] = record.interaction + by["interaction"]
        change["trigger"] = record.trigger + by["run" if is_rerun else "interaction"]
        change["took"] = tuple(n + by["interaction"] for n in record.took)
    elif kind == "Interaction":
        change["n"] = record.n + by["interaction"]
    elif getattr(record, "run", None) is not None:
        change["run"] = record.run + by["run"]
    if kind == "PageMessage":
        change["n"] = record.n + by["message"]
        if record.sent_order is not None:
            change["sent_order"] = record.sent_order + by["message"]
    elif kind == "ContainerWrite":
        change["message"] = record.message + by["message"]
    if isinstance(record, StateRead):
        return record._replace(**change)
    moved: Any = replace(record, **change)
    return moved


def part(facts: RecordingFacts, first: int, last: int) -> RecordingFacts:
    """What was recorded in the runs from the first to the last, read when it is asked for."""

    def of(name: str) -> list[Any]:
        return [each for each in getattr(facts, name) if first <= (each.run or 0) <= last]

    own: dict[str, Any] = {name: ReadLater(partial(of, name)) for name in _OF_A_RUN}
    return replace(facts, runs=[r for r in facts.runs if first <= r.n <= last], **own)


def at_hand(facts: RecordingFacts) -> RecordingFacts:
    """The same, read: what is new of a live recording comes at once."""
    own: dict[str, Any] = {name: list(getattr(facts, name)) for name in _OF_A_RUN}
    return replace(facts, **own)


def measured(store: TraceStore, recording: int, element: str) -> list[str]:
    """Cells of a row: all but the newest runs at once, those one by one, a why."""
    began = time.process_time()
    facts = to_explain(store, recording)
    records = time.process_time() - began
    reading = 0.0

    def steps(run: int) -> StepChunk:
        nonlocal reading
        began = time.process_time()
        chunk = facts.steps(run)
        reading += time.process_time() - began
        return chunk

    last = facts.runs[-1].n
    known = part(replace(facts, steps=steps), 0, last - _NEWEST)
    newest = [at_hand(part(facts, n, n)) for n in range(last - _NEWEST + 1, last + 1)]
    began = time.process_time()
    explainer = Explainer(known)
    whole = time.process_time() - began
    one_by_one = [_timed(partial(explainer.extend, each)) for each in newest]
    history = explainer.history
    asked = [_timed(lambda: why(history, question_of(history, element))) for _ in range(5)]
    return [
        f"{len(known.runs):,}",
        f"{sum(each.times for each in explainer.findings()):,}",
        f"{records + whole:.2f} s",
        f"{records:.2f} s",
        f"{reading:.2f} s",
        f"{_ms(statistics.median(one_by_one))} (most {_ms(max(one_by_one))})",
        f"{_ms(statistics.median(asked[1:]))} (first {_ms(asked[0])})",
    ]


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def main(apps: Sequence[str]) -> None:
    """Print a table, a row an app."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {len(all_kinds())} kinds\n")
    reading = "of it reading records | reading steps"
    print(f"| app | runs | findings met | at once | {reading} | a further run | a why |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for n, app in enumerate(apps):
            with TraceStore.open(Path(folder) / f"{n}.sqlite") as store:
                recording = kept(store, recorded(store, SAMPLES / app), options.runs)
                cells = measured(store, recording, APPS[app])
                print(f"| `{app}` | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(tuple(APPS))
