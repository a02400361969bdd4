"""Writes large recordings through the real store, from a click that was really recorded."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rerun_trace.db.store import TraceStore
from rerun_trace.processes import AppProcess
from rerun_trace.tracer.driver.scenario import ScenarioStep, plain_steps
from rerun_trace.tracer.model import (
    CodeBlock,
    Frame,
    Interaction,
    LineCount,
    MessageBody,
    Outcome,
    Record,
    RecordingInfo,
    ScriptRun,
    Source,
    Step,
    StepChunk,
    TriggerType,
    ValueChange,
)

APP = Path(__file__).resolve().parents[2] / "samples" / "rerun.py"
SECOND = 1_000_000_000
CHUNK = 4_096  # steps
BATCH = 20_000  # records in one transaction
STEP_NS = 2_000

LOOP = """\
import streamlit as st

def mean(values):
    total = sum(values)
    return total / len(values)

values = []
for number in range(100_000):
    values.append(number % 97)
    last = values[-10:]
    average = mean(last)
    text = f"{average:.2f}"
st.write(text)
"""
TURN = (8, 9, 10, 11, 4, 5, 12)  # the lines of one turn of the loop; 4 and 5 are in `mean`


def record_click(store: TraceStore) -> int:
    """Drives the sample: first load and one click, which is run 2 and, by `st.rerun`, run 3."""
    steps = plain_steps((ScenarioStep("click", "button#0"),))
    order: dict[str, Any] = {"db": store.address, "engine": "auto", "idle_timeout_s": 30.0}
    with AppProcess("drive", app=str(APP), steps=steps, **order) as process:
        list(process)
        process.wait(10)
    newest = store.latest()
    assert newest is not None
    return newest.id


def many_runs(store: TraceStore, template: int, clicks: int) -> int:
    """The first load, and the click `clicks` times: two runs each, with all that they hold."""
    return _keep(store, template, _repeated(Template.read(store, template), clicks))


def many_spans(store: TraceStore, template: int, runs: int) -> int:
    """Runs without contents, two an interaction."""
    parts = Template.read(store, template)
    load, click = (
        [replace(item, steps=0) if isinstance(item, ScriptRun) else item for item in items]
        for items in (parts.load[:4], parts.click[:3])
    )
    empty = replace(parts, load=load, click=click)
    return _keep(store, template, _repeated(empty, runs // 2))


def many_steps(store: TraceStore, template: int, runs: int, steps: int) -> int:
    """A few runs of `steps` steps each, with calls and value changes."""
    parts = Template.read(store, template)
    return _keep(store, template, _long(parts, runs, steps))


@dataclass(frozen=True)
class Template:
    """What was recorded: once, the first load (run 1), and the click (runs 2 and 3)."""

    common: Sequence[Record]
    load: Sequence[Record]
    click: Sequence[Record]
    messages: int  # numbers of page messages that one click takes

    @classmethod
    def read(cls, store: TraceStore, id: int) -> Template:
        """The parts of the recording `id`, each beginning with its interaction and its runs."""
        load, click = store.interactions(id)
        messages = store.messages(id)
        bodies = {message.body for message in messages}
        first = min(message.n for message in messages if message.run == 2)
        parts: list[list[Record]] = []
        for interaction, runs in ((load, (1, 1)), (click, (2, 3))):
            low, high = runs
            parts.append(
                [
                    interaction,
                    *store.runs(id, first=low, last=high),
                    *(m for m in messages if (m.n < first) == (low == 1)),
                    *store.callbacks(id, runs=runs),
                    *store.rerun_requests(id, runs=runs),
                    *store.state_writes(id, runs=runs),
                    *store.container_writes(id, runs=runs),
                    *store.line_counts(id, runs=runs),
                    *(store.steps(id, run) for run in range(low, high + 1)),
                ]
            )
        common: list[Record] = [
            *store.app_sessions(id),
            *store.sources(id),
            *(MessageBody(body, store.message_body(body)) for body in bodies),
        ]
        return cls(common, parts[0], parts[1], max(m.n for m in messages) - first + 1)


def _repeated(parts: Template, clicks: int) -> Iterator[Record]:
    yield from parts.common
    yield from parts.load
    for number in range(clicks):
        later = 3 * SECOND * number + (number % 7) * SECOND // 3
        for record in parts.click:
            yield _moved(record, 2 * number, number, later, number * parts.messages)


def _moved(record: Any, runs: int, interactions: int, ns: int, messages: int) -> Record:
    """The same record of a later click."""
    if isinstance(record, StepChunk):
        steps = [step._replace(at_ns=step.at_ns + ns) for step in record.steps]
        return replace(record, run=record.run + runs, steps=steps)
    change: dict[str, Any] = {
        name: getattr(record, name) + ns
        for name in ("at_ns", "started_ns", "ended_ns", "body_started_ns", "fate_ns")
        if getattr(record, name, None) is not None
    }
    if getattr(record, "run", None) is not None:
        change["run"] = record.run + runs
    if getattr(record, "message", None) is not None:
        change["message"] = record.message + messages
    if isinstance(record, ScriptRun):
        by_rerun = record.trigger_type is TriggerType.RERUN
        change["n"] = record.n + runs
        change["interaction"] = record.interaction + interactions
        change["trigger"] = record.trigger + (runs if by_rerun else interactions)
    elif isinstance(record, Interaction):
        change["n"] = record.n + interactions
    elif hasattr(record, "n"):
        change["n"] = record.n + messages
        if record.sent_order is not None:
            change["sent_order"] = record.sent_order + messages
    moved: Record = replace(record, **change)
    return moved


def _long(parts: Template, runs: int, steps: int) -> Iterator[Record]:
    lines = tuple(range(1, 14))
    blocks = (CodeBlock("<module>", 1, lines[:3] + lines[6:]), CodeBlock("mean", 3, (4, 5)))
    yield from parts.common
    yield Source(9, "loop.py", LOOP, "the app's script", blocks)
    load, first = parts.load[0], parts.load[1]
    assert isinstance(load, Interaction)
    assert isinstance(first, ScriptRun)
    # What the sample's first run executed belongs to no run here.
    yield from (item for item in parts.load[2:] if not isinstance(item, StepChunk | LineCount))
    for n in range(1, runs + 1):
        start = n * 10 * SECOND
        yield replace(load, n=n - 1, at_ns=start - 1_000_000)
        end = start + (steps + 1) * STEP_NS
        yield replace(
            first,
            n=n,
            interaction=n - 1,
            trigger=n - 1,
            script="loop.py",
            started_ns=start,
            body_started_ns=start,
            ended_ns=end,
            outcome=Outcome.COMPLETED,
            steps=steps,
        )
        for line in TURN:
            yield LineCount(n, "loop.py", line, steps // len(TURN))
        for low in range(1, steps + 1, CHUNK):
            yield _chunk(n, start, low, min(steps, low + CHUNK - 1))


def _chunk(run: int, start: int, low: int, high: int) -> StepChunk:
    steps, changes = [], []
    frames = [Frame(1, 0, "<module>", 9, 1, 0)] if low == 1 else []
    for number in range(low, high + 1):
        turn, at = divmod(number - 1, len(TURN))
        line = TURN[at]
        called = line in (4, 5)
        frame = turn + 2 if called else 1
        if line == 4:
            frames.append(Frame(frame, 1, "mean", 9, 3, 0))
            changes.append(ValueChange(number, frame, "total", "local", str(turn * 10)))
        elif line == 8:
            changes.append(ValueChange(number, 1, "number", "global", str(turn)))
        elif line == 12:
            changes.append(ValueChange(number, 1, "text", "global", f"'{turn / 7:.2f}'"))
        steps.append(Step(start + number * STEP_NS, 9, line, frame))
    return StepChunk(run, low, steps, frames, changes)


def _keep(store: TraceStore, template: int, records: Iterable[Record]) -> int:
    info: RecordingInfo = replace(
        store.recording(template),
        id=0,
        complete=False,
        ended_at=None,
        started_at=datetime.now(UTC),
    )
    rest = iter(records)
    drained = threading.Event()

    def drain() -> Sequence[Record]:
        batch = list(itertools.islice(rest, BATCH))
        if not batch:
            drained.set()
        return batch

    sink = store.sink()
    id = sink.open(info, drain)
    while not drained.wait(1):
        assert sink.error is None, sink.error
    sink.close(True)
    return id
