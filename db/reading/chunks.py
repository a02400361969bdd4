"""Reads the steps of a run from its packed chunks: only those that a window touches."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, select

from rerun_trace.db.packing import codec
from rerun_trace.db.packing.key_runs import Dictionaries
from rerun_trace.db.reading import overview
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Frame, Step, StepChunk, ValueChange

T = TypeVar("T")

CHUNKS = table(models.StepChunkRow)


def read_steps(
    connection: Connection, recording: int, run: int, first: int, last: int | None
) -> StepChunk:
    """Steps `first` to `last` (inclusive; None: the end) with their value changes and frames.

    The frames are those that came with the chunks read, and whatever else the steps and value
    changes refer to, callers included; ascending by number. Raises StoreError naming a chunk that
    is damaged or missing, and RecordingNotFound.
    """
    query = _of_run(recording, run).where(CHUNKS.c.high_step >= first)
    if last is not None:
        query = query.where(CHUNKS.c.low_step <= last)
    keys = Dictionaries(connection, CHUNKS, recording)
    start, steps, changes, frames = _joined(connection.execute(query), keys, (first, last))
    used = {step.frame for step in steps} | {change.frame for change in changes}
    _complete(connection, recording, run, frames, used)
    overview.demand(connection, recording, steps)
    return StepChunk(run, start, steps, [frames[n] for n in sorted(frames)], changes)


def packed_chunks(
    connection: Connection, recording: int, runs: tuple[int, int], most: int
) -> Sequence[Any]:
    """The rows of the first chunks of some runs, in order: `most` of them at the most."""
    query = (
        select(CHUNKS)
        .where(CHUNKS.c.recording_id == recording, CHUNKS.c.run.between(*runs))
        .order_by(CHUNKS.c.run, CHUNKS.c.seq)
        .limit(most)
    )
    return connection.execute(query).all()


def whole_run(run: int, rows: Iterable[Any], keys: Dictionaries) -> StepChunk | None:
    """What `read_steps` gives back of a whole run, from all its rows; None: a frame is missing."""
    start, steps, changes, frames = _joined(rows, keys, (1, None))
    used = {step.frame for step in steps} | {change.frame for change in changes}
    used |= {frame.parent for frame in frames.values()}
    if used - frames.keys() - {0}:
        return None
    return StepChunk(run, start, steps, [frames[n] for n in sorted(frames)], changes)


def _joined(
    rows: Iterable[Any], keys: Dictionaries, window: tuple[int, int | None]
) -> tuple[int, list[Step], list[ValueChange], dict[int, Frame]]:
    """A window of one run from its rows: number of the first step, steps, changes, frames."""
    first, last = window
    steps: list[Step] = []
    changes: list[ValueChange] = []
    frames: dict[int, Frame] = {}
    start, expected = first, None
    for row in rows:
        if expected not in (None, row.first_step):
            where = f"recording {row.recording_id}, run {row.run}"
            raise StoreError(f"{where}: steps {expected} to {row.first_step - 1} are missing")
        expected = row.first_step + row.steps
        chunk = _decode(row, keys, _unpack_steps)
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
        frames.update((frame.n, frame) for frame in _decode(row, keys, _unpack_frames))
    return start, steps, changes, frames


class Span(NamedTuple):
    """Where a chunk lies in its run; see `models.StepChunkRow`."""

    seq: int
    first_step: int
    steps: int
    low_step: int
    high_step: int
    low_frame: Any
    high_frame: Any


@dataclass(frozen=True, slots=True)
class ChunkColumns:
    """A chunk unpacked: the columns of its steps and of its value changes, and its frames."""

    steps: tuple[array[int], ...]  # times, files, lines, frames
    changes: tuple[Sequence[Any], ...]  # steps, frames, names, scopes, texts
    frames: dict[int, Frame]

    @property
    def rows(self) -> int:
        """How many steps, value changes and frames it holds."""
        return len(self.steps[0]) + len(self.changes[0]) + len(self.frames)


def spans(connection: Connection, recording: int, run: int) -> list[Span]:
    """The chunks of a run in order, without what they hold."""
    columns = [CHUNKS.c[name] for name in Span._fields]
    query = select(*columns).where(*_of(recording, run)).order_by(CHUNKS.c.seq)
    return [Span(*row) for row in connection.execute(query)]


def spans_of_runs(
    connection: Connection, recording: int, runs: tuple[int, int]
) -> Iterator[tuple[int, Span]]:
    """The chunks of some runs in order, each with its run."""
    columns = [CHUNKS.c[name] for name in Span._fields]
    query = (
        select(CHUNKS.c.run, *columns)
        .where(CHUNKS.c.recording_id == recording, CHUNKS.c.run.between(*runs))
        .order_by(CHUNKS.c.run, CHUNKS.c.seq)
    )
    return ((row[0], Span(*row[1:])) for row in connection.execute(query))


def read_columns(
    connection: Connection, recording: int, run: int, seqs: Sequence[int]
) -> Iterator[tuple[int, ChunkColumns]]:
    """Some chunks of a run with their `seq`. Raises StoreError naming one that is damaged."""
    if seqs:
        keys = Dictionaries(connection, CHUNKS, recording)
        query = select(CHUNKS).where(*_of(recording, run), CHUNKS.c.seq.in_(seqs))
        for row in connection.execute(query):
            yield row.seq, _decode(row, keys, _unpack_columns)


def all_columns(
    connection: Connection, recording: int, runs: Sequence[int]
) -> Iterator[tuple[int, int, ChunkColumns]]:
    """All chunks of some runs, unpacked: run, `seq`, columns."""
    keys = Dictionaries(connection, CHUNKS, recording)
    for start in range(0, len(runs), 400):  # SQLite takes 999 parameters at the least
        part = runs[start : start + 400]
        query = select(CHUNKS).where(CHUNKS.c.recording_id == recording, CHUNKS.c.run.in_(part))
        for row in connection.execute(query):
            yield row.run, row.seq, _decode(row, keys, _unpack_columns)


def find_step(
    connection: Connection, recording: int, run: int, file: int, lines: Collection[int], after: int
) -> int | None:
    """The first step after step `after` at one of `lines` of `file`; reads chunk by chunk."""
    keys = Dictionaries(connection, CHUNKS, recording)
    for span in spans(connection, recording, run):
        if span.first_step + span.steps - 1 <= after:
            continue
        query = select(CHUNKS).where(*_of(recording, run), CHUNKS.c.seq == span.seq)
        for row in connection.execute(query):
            places = zip(*_decode(row, keys, _unpack_places), strict=True)
            for step, (its_file, line) in enumerate(places, row.first_step):
                if step > after and line in lines and its_file == file:
                    return step
    return None


def columns_of_runs(
    connection: Connection, recording: int, runs: tuple[int, int], steps: tuple[int, int]
) -> Iterator[tuple[int, int, ChunkColumns]]:
    """The chunks of some runs that say something about some steps: run, first step, columns."""
    query = (
        select(CHUNKS)
        .where(CHUNKS.c.recording_id == recording, CHUNKS.c.run.between(*runs))
        .where(CHUNKS.c.high_step >= steps[0], CHUNKS.c.low_step <= steps[1])
        .order_by(CHUNKS.c.run, CHUNKS.c.seq)
    )
    keys = Dictionaries(connection, CHUNKS, recording)
    for row in connection.execute(query):
        yield row.run, row.first_step, _decode(row, keys, _unpack_columns)


def _unpack_places(row: Any, keys: Dictionaries) -> tuple[list[int], list[int]]:
    return codec.unpack_places(row.data, keys.of(row))


def _unpack_columns(row: Any, keys: Dictionaries) -> ChunkColumns:
    columns = codec.unpack_columns(row.data, row.first_step, keys.of(row))
    at, owners, names, scopes, texts = columns.changes
    return ChunkColumns(
        tuple(array("q", column) for column in columns[:4]),
        (array("q", at), array("q", owners), names, scopes, texts),
        {frame.n: frame for frame in _unpack_frames(row, keys)},
    )


def _complete(
    connection: Connection, recording: int, run: int, frames: dict[int, Frame], used: set[int]
) -> None:
    """Adds the frames in `used`, and all their callers, from earlier chunks."""
    keys = Dictionaries(connection, CHUNKS, recording)
    unknown: set[int] = set()  # 0, and frames that were never recorded (budget)
    while True:
        called = {frame.parent for frame in frames.values()}
        missing = ((used | called) - frames.keys() - unknown) - {0}
        if not missing:
            return
        wanted = max(missing)
        query = _of_run(recording, run).where(
            CHUNKS.c.low_frame <= wanted, CHUNKS.c.high_frame >= wanted
        )
        for row in connection.execute(query):
            found = _decode(row, keys, _unpack_frames)
            frames.update((frame.n, frame) for frame in found if frame.n in missing)
        unknown |= {wanted} - frames.keys()


def _of_run(recording: int, run: int) -> Any:
    return select(CHUNKS).where(*_of(recording, run)).order_by(CHUNKS.c.seq)


def _of(recording: int, run: int) -> tuple[ColumnElement[bool], ...]:
    return CHUNKS.c.recording_id == recording, CHUNKS.c.run == run


def _unpack_steps(row: Any, keys: Dictionaries) -> StepChunk:
    return codec.unpack_steps(row.data, row.run, row.first_step, keys.of(row))


def _unpack_frames(row: Any, keys: Dictionaries) -> Sequence[Frame]:
    return codec.unpack_frames(row.frames, keys.of(row)) if row.frames else ()


def _decode(row: Any, keys: Dictionaries, unpack: Callable[[Any, Dictionaries], T]) -> T:
    try:
        return unpack(row, keys)
    except StoreError as error:
        last = row.first_step + row.steps - 1
        chunk = f"recording {row.recording_id}, run {row.run}, steps {row.first_step} to {last}"
        raise StoreError(f"{chunk}: {error}") from error
