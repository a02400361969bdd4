"""Reads the steps of a run from its packed chunks: only those that a window touches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from rerun_trace.db import codec, models
from rerun_trace.db.rows import table
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Frame, Step, StepChunk, ValueChange

T = TypeVar("T")

_CHUNKS = table(models.StepChunkRow)


def read_steps(
    connection: Connection, recording: int, run: int, first: int, last: int | None
) -> StepChunk:
    """Steps `first` to `last` (inclusive; None: the end) with their value changes and frames.

    The frames are those that came with the chunks read, and whatever else the steps and value
    changes refer to, callers included; ascending by number. Raises StoreError naming a chunk that
    is damaged or missing.
    """
    query = _of_run(recording, run).where(_CHUNKS.c.high_step >= first)
    if last is not None:
        query = query.where(_CHUNKS.c.low_step <= last)
    steps: list[Step] = []
    changes: list[ValueChange] = []
    frames: dict[int, Frame] = {}
    start, expected = first, None
    for row in connection.execute(query):
        if expected not in (None, row.first_step):
            where = f"recording {recording}, run {run}"
            raise StoreError(f"{where}: steps {expected} to {row.first_step - 1} are missing")
        expected = row.first_step + row.steps
        chunk = _decode(row, _unpack_steps)
        low = max(first, row.first_step)
        kept = chunk.steps[
            low - row.first_step : None if last is None else last + 1 - row.first_step
        ]
        if kept and not steps:
            start = low
        steps += kept
        changes += [
            c for c in chunk.changes if c.step >= first and (last is None or c.step <= last)
        ]
        frames.update((frame.n, frame) for frame in _decode(row, _unpack_frames))
    used = {step.frame for step in steps} | {change.frame for change in changes}
    _complete(connection, recording, run, frames, used)
    return StepChunk(run, start, steps, [frames[n] for n in sorted(frames)], changes)


def _complete(
    connection: Connection, recording: int, run: int, frames: dict[int, Frame], used: set[int]
) -> None:
    """Adds the frames in `used`, and all their callers, from earlier chunks."""
    unknown: set[int] = set()  # 0, and frames that were never recorded (budget)
    while True:
        called = {frame.parent for frame in frames.values()}
        missing = ((used | called) - frames.keys() - unknown) - {0}
        if not missing:
            return
        wanted = max(missing)
        query = _of_run(recording, run).where(
            _CHUNKS.c.low_frame <= wanted, _CHUNKS.c.high_frame >= wanted
        )
        for row in connection.execute(query):
            frames.update(
                (frame.n, frame) for frame in _decode(row, _unpack_frames) if frame.n in missing
            )
        unknown |= {wanted} - frames.keys()


def _of_run(recording: int, run: int) -> Any:
    of_run = (_CHUNKS.c.recording_id == recording) & (_CHUNKS.c.run == run)
    return select(_CHUNKS).where(of_run).order_by(_CHUNKS.c.seq)


def _unpack_steps(row: Any) -> StepChunk:
    return codec.unpack_steps(row.data, row.run, row.first_step)


def _unpack_frames(row: Any) -> Sequence[Frame]:
    return codec.unpack_frames(row.frames) if row.frames else ()


def _decode(row: Any, unpack: Callable[[Any], T]) -> T:
    try:
        return unpack(row)
    except StoreError as error:
        last = row.first_step + row.steps - 1
        chunk = f"recording {row.recording_id}, run {row.run}, steps {row.first_step} to {last}"
        raise StoreError(f"{chunk}: {error}") from error
