"""Reads what a recording has got since somebody read it: everything on one connection."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Select, bindparam

from rerun_trace.db.reading import contents, packed
from rerun_trace.db.reading.names import KnownNames
from rerun_trace.db.reading.records import Window, windows_of
from rerun_trace.db.schema.rows import (
    CACHE_ACCESSES,
    CALLBACKS,
    CONTAINER_WRITES,
    ERRORS,
    INTERACTIONS,
    MESSAGES,
    QUERY_CHANGES,
    RERUN_REQUESTS,
    RUNS,
    STATE_ATTEMPTS,
    STATE_WRITES,
    Shape,
)

_END = 2**31 - 1  # no recording has a higher number
_OF_RUNS: dict[str, Shape[Any]] = {
    "callbacks": CALLBACKS,
    "rerun_requests": RERUN_REQUESTS,
    "state_writes": STATE_WRITES,
    "writes": CONTAINER_WRITES,
    "errors": ERRORS,
    "messages": MESSAGES,
    "state_attempts": STATE_ATTEMPTS,
    "query_changes": QUERY_CHANGES,
    "cache_accesses": CACHE_ACCESSES,
}


def read(
    connection: Connection,
    names: KnownNames,
    recording: int,
    again: Collection[int],
    run: int,
    interaction: int,
) -> dict[str, list[Any]]:
    """The runs from number `run` on and those numbered in `again`, with all that is theirs.

    And the interactions from number `interaction` on, the sources, and all attempts on session
    state outside of runs; nothing else. By the names that `RecordingFacts` has for them. Raises
    RecordingNotFound.
    """

    def rows(shape: Shape[Any], column: str, windows: Sequence[Window]) -> list[Any]:
        query = _between(shape, column)
        asked = ({"recording": recording, "first": first, "last": last} for first, last in windows)
        return [*chain.from_iterable(connection.execute(query, each) for each in asked)]

    runs = rows(RUNS, "n", [*windows_of(sorted(again)), (run, _END)])
    windows = windows_of(sorted({row.n for row in runs}))
    found: dict[str, tuple[Shape[Any], list[Any]]] = {"runs": (RUNS, runs)}
    found["interactions"] = INTERACTIONS, rows(INTERACTIONS, "n", [(interaction, _END)])
    for name, shape in _OF_RUNS.items():
        of_none = [(0, 0)] if shape is STATE_ATTEMPTS else []
        found[name] = shape, rows(shape, "run", [*of_none, *windows])
    counts, reads = (
        [*chain.from_iterable(packed.blobs(connection, kind, recording, runs=w) for w in windows)]
        for kind in (packed.COUNTS, packed.READS)
    )
    sources = contents.sources(connection, recording)
    texts = names.of(connection, recording)  # when all rows are there that refer to them
    decoded = {name: shape.decode(own, texts) for name, (shape, own) in found.items()}
    return {
        **decoded,
        "sources": list(sources),
        "line_counts": packed.counts_of(recording, counts, texts),
        "state_reads": packed.reads_of(recording, reads, texts),
    }


@cache
def _between(shape: Shape[Any], column: str) -> Select[Any]:
    of = shape.table.c
    between = of[column].between(bindparam("first"), bindparam("last"))
    mine = of.recording_id == bindparam("recording")
    return shape.query.where(mine, between).order_by(*shape.order)
