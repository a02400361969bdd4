"""Takes a recording out of one database, record by record, and puts it into another one.

Whoever copies may change or leave out on the way what it likes: the target gets nothing but the
records that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, Row, select, update

from rerun_trace.db.editing.deletion import delete_recordings
from rerun_trace.db.editing.notes import keep as keep_notes
from rerun_trace.db.engine import for_writing
from rerun_trace.db.packing import codec
from rerun_trace.db.packing.key_runs import Dictionaries
from rerun_trace.db.reading.contents import bodies_named
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import chunked, table
from rerun_trace.db.writing.direct import begin_recording
from rerun_trace.db.writing.writer import RecordingWriter
from rerun_trace.tracer.model import (
    Limit,
    MessageBody,
    Note,
    PageMessage,
    Record,
    RecordingInfo,
    StepChunk,
)

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

_RUNS_AT_ONCE = 100
_BODIES_AT_ONCE = 100
_CHUNKS_AT_ONCE = 20
_WEIGHT = 2_000  # of records that are written in one transaction
_HEAVY = 100  # a chunk of steps, and a message's body, weigh as much as this many records

_CHUNKS = table(models.StepChunkRow)
_RUNS = table(models.RunRow)
_RECORDINGS = table(models.RecordingRow)


def records(store: TraceStore, engine: Engine, id: int) -> Iterator[Record]:
    """All records of a recording but its limits, which are in its `RecordingInfo`.

    A message's body comes before the first message that has it, and only once. Of a recording that
    is being written it is what was there at the beginning, and perhaps more; what steps refer to is
    always among it. Raises RecordingNotFound, and StoreError for what cannot be understood.
    """
    places = _places(engine, id)
    numbers = store.run_columns(id)["n"]
    yield from store.sources(id)
    yield from store.app_sessions(id)
    yield from store.interactions(id)
    yield from store.drawn_widgets(id)
    reads: tuple[Callable[..., Sequence[Any]], ...] = (
        *(store.callbacks, store.rerun_requests, store.state_writes, store.state_attempts),
        *(store.state_reads, store.query_changes, store.container_writes, store.errors),
        *(store.cache_accesses, store.line_counts),
    )
    known: set[str] = set()
    for first, last in _windows(numbers):
        yield from store.runs(id, first=first, last=last)
        messages = store.messages(id, runs=(first, last))
        yield from _bodies(engine, messages, known)
        yield from messages
        for read in reads:
            yield from read(id, runs=(first, last))
    yield from _chunks(engine, id, places)


def _windows(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Windows of these runs; the first begins with what is outside of any run."""
    starts = [0, *numbers[_RUNS_AT_ONCE::_RUNS_AT_ONCE]]
    ends = [start - 1 for start in starts[1:]]
    return zip(starts, [*ends, max(numbers, default=0)], strict=True)


def _bodies(
    engine: Engine, messages: Iterable[PageMessage], known: set[str]
) -> Iterator[MessageBody]:
    fresh = {message.body for message in messages} - known
    known.update(fresh)
    for hashes in chunked(sorted(fresh), _BODIES_AT_ONCE):
        with engine.connect() as connection:
            found = list(bodies_named(connection, hashes))
        yield from (MessageBody(*body) for body in found)


def _places(engine: Engine, id: int) -> Sequence[Any]:
    """Which chunks of steps there are, in the order in which they were written."""
    there = select(_RUNS.c.n).where(_RUNS.c.recording_id == id)  # others may be packed against more
    query = select(_CHUNKS.c.seq, _CHUNKS.c.run).where(_CHUNKS.c.recording_id == id)
    query = query.where(_CHUNKS.c.run.in_(there))
    with engine.connect() as connection:
        return connection.execute(query.order_by(_CHUNKS.c.seq)).all()


def _chunks(engine: Engine, id: int, places: Sequence[Any]) -> Iterator[StepChunk]:
    """The steps of all runs, in the chunks that they were written in."""
    with engine.connect() as connection:
        keys = Dictionaries(connection, _CHUNKS, id)
        for part in chunked(places, _CHUNKS_AT_ONCE):
            query = (
                select(_CHUNKS)
                .where(_CHUNKS.c.recording_id == id)
                .where(_CHUNKS.c.run.in_({place.run for place in part}))
                .where(_CHUNKS.c.seq.in_([place.seq for place in part]))
                .order_by(_CHUNKS.c.seq)
            )
            for row in connection.execute(query).all():
                yield _chunk(row, keys)


def _chunk(row: Row[Any], keys: Dictionaries) -> StepChunk:
    dictionary = keys.of(row)
    chunk = codec.unpack_steps(row.data, row.run, row.first_step, dictionary)
    frames = codec.unpack_frames(row.frames, dictionary) if row.frames else ()
    return StepChunk(row.run, row.first_step, chunk.steps, frames, chunk.changes)


def add_recording(
    engine: Engine,
    info: RecordingInfo,
    kept: Iterable[Record],
    notes: Sequence[Note],
    keep_id: bool,
) -> int:
    """Keeps a recording that is over, all or nothing of it; returns its number here.

    With `keep_id` that is the one that `info` has.
    """
    number = begin_recording(for_writing(engine), info, keep_id)
    try:
        _fill(for_writing(engine), number, info, kept)
        keep_notes(engine, number, notes)
    except BaseException:
        delete_recordings(engine, [number])
        raise
    return number


def _fill(engine: Engine, number: int, info: RecordingInfo, kept: Iterable[Record]) -> None:
    """Writes the records of a recording that was begun, and at last how it ended."""
    writer = RecordingWriter(engine, number)
    batch: list[Record] = [Limit(text, text) for text in info.limits]
    weight = len(batch)
    for record in kept:
        batch.append(record)
        weight += _HEAVY if isinstance(record, StepChunk | MessageBody) else 1
        if weight >= _WEIGHT:
            writer.write(batch)
            batch, weight = [], 0
    writer.write(batch)
    end = {"complete": info.complete, "ended_at": info.ended_at}
    with engine.begin() as connection:
        connection.execute(update(_RECORDINGS).where(_RECORDINGS.c.id == number).values(end))


def compact(engine: Engine, path: Path) -> None:
    """Writes a SQLite database into a new file, without anything that was deleted in it."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(path),))
    finally:
        connection.close()
