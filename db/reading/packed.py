"""Reads the tables that hold many small things of a run in one blob: line counts, state reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select

from rerun_trace.db.packing import codec
from rerun_trace.db.reading import overview
from rerun_trace.db.reading.names import KnownNames
from rerun_trace.db.reading.records import Window, in_window
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import LineCount, StateRead

COUNTS = table(models.LineCountsRow)
READS = table(models.StateReadsRow)

T = TypeVar("T")


def line_counts(
    connection: Connection,
    names: KnownNames,
    recording: int,
    run: int | None,
    runs: Window | None,
) -> list[LineCount]:
    """Line counts, one for each run and statement: the one that came last."""
    rows = blobs(connection, COUNTS, recording, run, runs)
    overview.demand(connection, recording, rows)
    return counts_of(recording, rows, names.of(connection, recording))


def counts_of(recording: int, rows: Sequence[Any], texts: Mapping[int, str]) -> list[LineCount]:
    """The line counts in the blobs of some runs."""
    counts: dict[tuple[int, int, int], LineCount] = {}
    for of, each in _counts(recording, rows):
        for file, line, hits, capped in each:
            counts[of, file, line] = LineCount(of, texts[file], line, hits, capped)
    return list(counts.values())


def state_reads(
    connection: Connection,
    names: KnownNames,
    recording: int,
    run: int | None,
    runs: Window | None,
) -> list[StateRead]:
    """Reads of session state."""
    rows = blobs(connection, READS, recording, run, runs)
    overview.demand(connection, recording, rows)
    return reads_of(recording, rows, names.of(connection, recording))


def reads_of(recording: int, rows: Sequence[Any], texts: Mapping[int, str]) -> list[StateRead]:
    """The reads of session state in the blobs of some runs."""
    return [
        StateRead(of, step, texts[key], found)
        for of, each in _reads(recording, rows)
        for step, key, found in each
    ]


def names_in(connection: Connection, recording: int) -> set[int]:
    """The numbers of the names that all blobs of a recording hold."""
    counts = blobs(connection, COUNTS, recording)
    found = {row[0] for _, rows in _counts(recording, counts) for row in rows}
    reads = blobs(connection, READS, recording)
    return found | {row[1] for _, rows in _reads(recording, reads) for row in rows}


def blobs(
    connection: Connection,
    packed: Table,
    recording: int,
    run: int | None = None,
    runs: Window | None = None,
) -> Sequence[Any]:
    """The blobs of a run, of a window of runs, or of all, each with its run."""
    query = (
        select(packed.c.run, packed.c.data)
        .where(packed.c.recording_id == recording, *in_window(packed, run, runs))
        .order_by(packed.c.run, packed.c.seq)
    )
    return connection.execute(query).all()


def _unpacked(
    recording: int, blobs: Sequence[Any], unpack: Callable[[bytes], list[T]], what: str
) -> Iterator[tuple[int, list[T]]]:
    """Of each blob its run, and what is packed in it. Raises StoreError for a damaged one."""
    for blob in blobs:
        try:
            yield blob.run, unpack(blob.data)
        except StoreError as error:
            where = f"recording {recording}, run {blob.run}, {what}"
            raise StoreError(f"{where}: {error}") from error


def _counts(recording: int, blobs: Sequence[Any]) -> Iterator[tuple[int, list[Any]]]:
    return _unpacked(recording, blobs, codec.unpack_counts, "line counts")


def _reads(recording: int, blobs: Sequence[Any]) -> Iterator[tuple[int, list[Any]]]:
    return _unpacked(recording, blobs, codec.unpack_reads, "state reads")
