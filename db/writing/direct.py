"""Writes a recording to the database itself, in the process and on the thread that calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Engine

from rerun_trace.db.engine import for_writing, one_line_errors
from rerun_trace.db.handover.trouble import Trouble
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table
from rerun_trace.db.writing.writer import RecordingWriter
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Outcome, Record, RecordingInfo, ScriptRun

_RECORDINGS = table(models.RecordingRow)


def begin_recording(engine: Engine, info: RecordingInfo, keep_id: bool = False) -> int:
    """Makes the row of a new recording and returns its id, with `keep_id` that of `info`.

    `info.limits` are not written here.
    """
    row = {
        name: getattr(info, name)
        for name in _RECORDINGS.c.keys()  # noqa: SIM118 (a column collection is no dict)
        if name not in ("id", "ended_at", "complete", "ticks", "messages", "edits")
    }
    fresh = {"complete": False, "ticks": 0, "messages": 0, "edits": 0}
    if keep_id:
        fresh["id"] = info.id
    with engine.begin() as connection:
        insert = _RECORDINGS.insert().returning(_RECORDINGS.c.id)
        recording: int = connection.execute(insert, {**row, **fresh}).scalar_one()
    return recording


class DirectWriter:
    """The `sink.Writer` that writes to the database itself.

    `told` is never called: whoever asks is in the same process, and waits. `runs` counts the script
    runs of which the end was kept.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = for_writing(engine)
        self._writer: RecordingWriter | None = None
        self.told: Callable[[Trouble | None], None] = lambda trouble: None
        self.runs = 0

    @property
    def is_locked_out(self) -> bool:
        """Whether a write waits for another program to let go of SQLite's lock."""
        return self._writer is not None and self._writer.is_locked_out

    @property
    def has_begun(self) -> bool:
        """Whether there is a recording to write."""
        return self._writer is not None

    def begin(self, info: RecordingInfo) -> int:
        """Makes the recording's row and returns its id. Raises StoreError."""
        with one_line_errors(self._engine.url):
            recording = begin_recording(self._engine, info)
        self._writer = RecordingWriter(self._engine, recording)
        return recording

    def write(self, records: Iterable[Record]) -> None:
        """Keeps all of `records`, or none. Raises StoreError."""
        assert self._writer is not None
        records = list(records)
        with one_line_errors(self._engine.url):
            self._writer.write(records)
        ended = {r.n for r in records if isinstance(r, ScriptRun) and _is_over(r)}
        self.runs += len(ended)

    def give_up(self, why: str) -> None:
        """Marks the recording as broken off, and says why. Raises StoreError."""
        if self._writer is None:
            raise StoreError("no recording was begun")
        with one_line_errors(self._engine.url):
            self._writer.give_up(why)

    def finish(self, complete: bool) -> None:
        """Marks the recording as ended now. Raises StoreError."""
        assert self._writer is not None
        with one_line_errors(self._engine.url):
            self._writer.finish(complete)

    def close(self) -> None:
        """Nothing is held that is not the engine's."""


def _is_over(run: ScriptRun) -> bool:
    return run.outcome is not Outcome.RUNNING
