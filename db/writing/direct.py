"""Writes a recording to the database itself, in the process and on the thread that calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sqlalchemy import Engine

from rerun_trace.db.engine import for_writing, one_line_errors
from rerun_trace.db.handover.keep import EVERYTHING, Keep
from rerun_trace.db.handover.trouble import Trouble
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table
from rerun_trace.db.writing.pruning import AT_ONCE, since_ns, surplus
from rerun_trace.db.writing.writer import RecordingWriter
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Outcome, Record, RecordingInfo, ScriptRun

_REST = 20  # times as long as a look took, until the next one

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

    def __init__(self, engine: Engine, keep: Keep = EVERYTHING) -> None:
        self._reading = engine
        self._engine = for_writing(engine)
        self._keep = keep
        self._ended = 0  # runs since it was looked which are to go
        self._next_look = 0.0  # not before this time
        self._began = datetime.now(UTC)
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
        self._began = info.started_at
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
        self._ended += len(ended)
        if self._keep and self._ended >= self._every and time.monotonic() >= self._next_look:
            self._prune()

    @property
    def _every(self) -> int:
        """After how many runs it is looked which are to go."""
        runs = self._keep.runs
        return AT_ONCE if runs is None else max(1, min(AT_ONCE, runs // 10))

    def _prune(self) -> None:
        assert self._writer is not None
        begin = time.monotonic()
        self._ended = 0
        now_ns = since_ns(self._began)
        with one_line_errors(self._engine.url):
            with self._reading.connect() as connection:
                gone = surplus(connection, self._writer.recording, self._keep, now_ns)
            self._writer.prune(gone, self._keep)
        # Looking takes a small part of the time, however much there is to look at.
        now = time.monotonic()
        self._next_look = now + _REST * (now - begin)

    def give_up(self, why: str) -> None:
        """Marks the recording as broken off, and says why. Raises StoreError."""
        if self._writer is None:
            raise StoreError("no recording was begun")
        with one_line_errors(self._engine.url):
            self._writer.give_up(why)

    def finish(self, complete: bool) -> None:
        """Marks the recording as ended now. Raises StoreError."""
        assert self._writer is not None
        if self._keep:
            self._prune()
        with one_line_errors(self._engine.url):
            self._writer.finish(complete)

    def close(self) -> None:
        """Nothing is held that is not the engine's."""


def _is_over(run: ScriptRun) -> bool:
    return run.outcome is not Outcome.RUNNING
