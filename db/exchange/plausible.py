"""Checks a recording that somebody else made: what readers rely on without looking.

Numbers refer to something that is there, and no chain of runs or calls leads in a circle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rerun_trace.db.exchange.rtrace import ForeignFile
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import (
    DrawnWidget,
    Frame,
    MessageBody,
    ScriptRun,
    Source,
    StepChunk,
    TriggerType,
)

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

_LINES = 10_000_000
_ROWS = 50_000_000  # steps, value changes and frames of one file


def check(store: TraceStore, id: int, name: str) -> None:
    """Reads all of a recording once. Raises ForeignFile, in one line, for what cannot be."""
    try:
        _Check(store, id).all()
    except _Implausible as found:
        raise ForeignFile(f"{name} contradicts itself: recording {id}, {found}") from None
    except StoreError as error:
        raise ForeignFile(
            f"{name} is damaged: {str(error).replace(store.location, 'it')}"
        ) from None
    except RecursionError:
        raise ForeignFile(f"{name} is damaged: a document in it is nested without end") from None


class _Implausible(Exception):
    pass


class _Check:
    def __init__(self, store: TraceStore, id: int) -> None:
        self._store = store
        self._id = id
        self._files: set[int] = set()
        self._runs = {0, *store.run_columns(id)["n"]}
        self._rows = 0
        self._next_step: dict[int, int] = {}

    def all(self) -> None:
        for record in self._store.records(self._id):
            match record:
                case Source():
                    _demand(record.file_no > 0, f"source {record.file_no}")
                    self._files.add(record.file_no)
                    self._line(*record.executable[:1], *record.executable[-1:])
                case ScriptRun():
                    self._run(record)
                case DrawnWidget():
                    _demand(0 < record.identity <= record.n, f"widget {record.n}")
                case StepChunk():
                    self._chunk(record)
                case MessageBody():
                    pass
                case _:
                    self._any(record)

    def _run(self, run: ScriptRun) -> None:
        _demand(run.n > 0, f"run {run.n}")
        if run.trigger_type is TriggerType.RERUN:
            _demand(0 < run.trigger < run.n, f"run {run.n}: run {run.trigger} cannot start it")
        self._line(run.halted_line)

    def _any(self, record: Any) -> None:
        run = getattr(record, "run", None)
        if run is not None:
            _demand(run in self._runs, f"there is no run {run}")
        self._line(getattr(record, "line", None))

    def _chunk(self, chunk: StepChunk) -> None:
        self._rows += len(chunk.steps) + len(chunk.changes) + len(chunk.frames)
        _demand(self._rows <= _ROWS, f"run {chunk.run}: more than {_ROWS:,} steps and values")
        _demand(chunk.run in self._runs, f"there is no run {chunk.run}")
        first = self._next_step.setdefault(chunk.run, 1)
        _demand(chunk.first_step == first, f"run {chunk.run}: step {first} is missing")
        self._next_step[chunk.run] = first + len(chunk.steps)
        for step in chunk.steps:
            _demand(step.file in self._files, f"run {chunk.run}: there is no file {step.file}")
        if chunk.steps:
            lines = [step.line for step in chunk.steps]
            self._line(min(lines), max(lines))
        for frame in chunk.frames:
            self._frame(chunk.run, frame)

    def _frame(self, run: int, frame: Frame) -> None:
        what = f"run {run}: call {frame.n}"
        _demand(0 <= frame.parent < frame.n, f"{what} cannot be made by call {frame.parent}")
        _demand(frame.file in self._files, f"{what} is in no file")
        self._line(frame.line)

    def _line(self, *lines: int | None) -> None:
        for line in lines:
            _demand(line is None or 0 <= line <= _LINES, f"there is no line {line}")


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise _Implausible(what)
