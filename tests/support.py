"""What tests share: record a script under a scenario in this process, and read the facts."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient

import rerun_trace
import rerun_trace.recording
from rerun_trace.db.engine import open_engine
from rerun_trace.db.handover.keep import Keep
from rerun_trace.db.store import TraceStore
from rerun_trace.db.writing.direct import DirectWriter
from rerun_trace.facts import facts_of
from rerun_trace.tracer.capture.budget import Budget
from rerun_trace.tracer.capture.engine import Probe
from rerun_trace.tracer.capture.engines import choose_engine
from rerun_trace.tracer.capture.recorder import Recorder
from rerun_trace.tracer.capture.scope import Scope
from rerun_trace.tracer.capture.traces import RunTrace
from rerun_trace.tracer.driver.driver import DriveResult, drive
from rerun_trace.tracer.driver.scenario import parse_scenario
from rerun_trace.tracer.model import (
    Frame,
    Limit,
    LineCount,
    Record,
    Source,
    Step,
    StepChunk,
    ValueChange,
)

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
Steps: TypeAlias = list[dict[str, Any]]
"""A scenario's, in their plain form."""

ENGINES = ["settrace", "monitoring"] if sys.version_info >= (3, 12) else ["settrace"]
# What is made of an engine's reports, and is the same for both: with the one that this Python gets.
OWN_ENGINE = ENGINES[-1:]


_FEATURES: dict[str, Callable[[], bool]] = {
    "App": lambda: hasattr(_streamlit(), "App"),
    "ignore_rerun": lambda: "ignore_rerun" in _message("TextInput").DESCRIPTOR.fields_by_name,
    "on_dismiss": lambda: "id" in _message("Block").Dialog.DESCRIPTOR.fields_by_name,
}


def needs(feature: str) -> None:
    """Skip a test where the installed Streamlit does not have a feature yet."""
    if not _FEATURES[feature]():
        pytest.skip("not in this version")


def _streamlit() -> Any:
    import streamlit

    return streamlit


def _message(name: str) -> Any:
    return getattr(importlib.import_module(f"streamlit.proto.{name}_pb2"), name)


@dataclass(frozen=True)
class Recorded:
    """A finished recording: its facts document, its database and what the browser received."""

    facts: dict[str, Any]
    db: Path
    id: int
    drive: DriveResult

    def run(self, n: int) -> dict[str, Any]:
        found: dict[str, Any] = next(run for run in self.facts["runs"] if run["n"] == n)
        return found

    def runs_of(self, interaction: int) -> list[dict[str, Any]]:
        item = next(i for i in self.facts["interactions"] if i["n"] == interaction)
        return [self.run(n) for n in item["runs"]]

    def lines(self, n: int, file: str | None = None) -> list[int]:
        return [line for f, line in self.run(n)["lines"] if file is None or f == file]

    def store(self) -> TraceStore:
        return TraceStore.open(self.db, create=False)

    def bytes(self) -> bytes:
        """Everything that is on the disk for this database."""
        return b"".join(path.read_bytes() for path in self.db.parent.glob(self.db.name + "*"))


class WriterHere(DirectWriter):
    """Writes what a recording's process of its own would: that one takes a second to start."""

    def __init__(self, db: Path, keep: Keep) -> None:
        self._own = open_engine(db)
        super().__init__(self._own, keep)

    def wait(self) -> None:
        """The database is open."""

    def finish(self, complete: bool) -> None:
        try:
            super().finish(complete)
        finally:
            self.close()

    def close(self) -> None:
        self._own.dispose()


def record(
    app: Path | str,
    steps: list[dict[str, Any]] | dict[str, Any],
    db: Path,
    *,
    engine: str = "auto",
    budget: Budget | None = None,
    timeout: float = 20.0,
    values: bool = True,
) -> Recorded:
    """Drive an app through a scenario, recorded; a failure of the recorder fails the test."""
    with (
        patch.object(rerun_trace.recording, "WriterProcess", WriterHere),
        rerun_trace.start(
            db, engine, app=app, mode="drive", budget=budget, values=values
        ) as recording,
    ):
        result = drive(app, parse_scenario(steps), idle_timeout_s=timeout)
        assert recording.id is not None
    if recording.recorder.error is not None:
        raise recording.recorder.error
    with TraceStore.open(db, create=False) as store:
        return Recorded(facts_of(store, recording.id), db, recording.id, result)


@dataclass
class CodeRun:
    """Plain code that was run under an engine, without Streamlit."""

    recorder: Recorder
    records: list[Record]
    namespace: dict[str, Any]

    def _all(self, kind: type[Any]) -> list[Any]:
        return [record for record in self.records if isinstance(record, kind)]

    @property
    def steps(self) -> list[Step]:
        return [step for chunk in self._all(StepChunk) for step in chunk.steps]

    @property
    def frames(self) -> list[Frame]:
        return [frame for chunk in self._all(StepChunk) for frame in chunk.frames]

    @property
    def changes(self) -> list[ValueChange]:
        return [change for chunk in self._all(StepChunk) for change in chunk.changes]

    @property
    def counts(self) -> list[LineCount]:
        return self._all(LineCount)

    @property
    def limits(self) -> list[Limit]:
        return self._all(Limit)

    @property
    def source(self) -> Source:
        source: Source = self._all(Source)[0]
        return source

    def lines(self) -> list[int]:
        return [step.line for step in self.steps]

    def runs(self) -> list[list[LineCount]]:
        numbers = sorted({count.run for count in self.counts})
        return [[c for c in self.counts if c.run == n] for n in numbers]


def run_code(
    text: str,
    folder: Path,
    engine: str,
    *,
    times: int = 1,
    secrets: Sequence[str] = (),
    **budget: int,
) -> CodeRun:
    """Run a text as a script under an engine, as often as asked, each time as a run of its own.

    `secrets` are known before it begins.
    """
    path = folder / "code.py"
    path.write_text(text)
    chosen = choose_engine(engine).engine
    recorder = Recorder(Scope(str(folder)), chosen, budget=Budget(**budget))
    recorder.redactor.add_secrets(list(secrets))
    started: dict[int, RunTrace | None] = {}
    recorder.hooks.wire(lambda: started.get(id(threading.current_thread())))

    def thread_starts(frame: FrameType) -> None:
        started[id(frame.f_locals["self"])] = recorder.here

    code = compile(text, str(path), "exec", dont_inherit=True)
    namespace: dict[str, Any] = {}
    chosen.start(recorder.hooks, [Probe(threading.Thread.start.__code__, thread_starts)])
    try:
        for n in range(1, times + 1):
            run = recorder.begin_run(n, True)
            namespace = {"__name__": "__main__"}
            exec(code, namespace)
            recorder.end_run(run)
    finally:
        chosen.stop()
    return CodeRun(recorder, list(recorder.drain()), namespace)


def due_after(seconds: float, made: dict[int, float], end: float, usual: float) -> list[int]:
    """What is older at `end` than so many seconds in which its process could run.

    `made`: when each was made, one after the other, the next `usual` seconds later at the most. A
    longer pause is the machine's, which was busy with something else: nobody can promise to have
    written anything in that time.
    """
    due: list[int] = []
    ran, after = 0.0, end
    for n, at in sorted(made.items(), reverse=True):
        ran += min(after - at, usual)
        after = at
        if ran > seconds:
            due.insert(0, n)
    return due


def get(client: FlaskClient, url: str) -> Any:
    """The JSON that a page's address answers."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return answer.json
