"""Reads what is stored once for all recordings: source texts, and the bytes of page messages."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, select

from rerun_trace.db.packing.inflated import MESSAGE, inflated
from rerun_trace.db.reading import overview
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import chunked, source_record, table
from rerun_trace.tracer.errors import BodyNotKept
from rerun_trace.tracer.model import Source

_SOURCES = table(models.SourceRow)
_TEXTS = table(models.SourceTextRow)
_MESSAGES = table(models.PageMessageRow)
_BODIES = table(models.MessageBodyRow)
_AT_ONCE = 400  # SQLite takes 999 parameters at the least


def sources(connection: Connection, recording: int) -> list[Source]:
    """The sources of a recording by `file_no`. Raises RecordingNotFound."""
    query = (
        select(_SOURCES, _TEXTS.c.data)
        .join_from(_SOURCES, _TEXTS)
        .where(_SOURCES.c.recording_id == recording)
        .order_by(_SOURCES.c.file_no)
    )
    rows = connection.execute(query).all()
    overview.demand(connection, recording, rows)
    return [source_record(row) for row in rows]


def body(connection: Connection, hash: str) -> bytes:
    """The page message with a content hash. Raises BodyNotKept."""
    for _, content in _kept(connection, _BODIES.c.hash == hash):
        return content
    raise BodyNotKept(f"no page message with the content hash {hash!r} was kept")


def bodies_of(connection: Connection, recording: int) -> Iterator[tuple[str, bytes]]:
    """Hash and content of each page message of the recording that was kept, once."""
    mine = select(_MESSAGES.c.body).where(_MESSAGES.c.recording_id == recording)
    return _kept(connection, _BODIES.c.id.in_(mine))


def bodies_named(connection: Connection, hashes: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Hash and content of the page messages with these content hashes that were kept."""
    for part in chunked(sorted(hashes), _AT_ONCE):
        yield from _kept(connection, _BODIES.c.hash.in_(part))


def _kept(connection: Connection, where: Any) -> Iterator[tuple[str, bytes]]:
    query = select(_BODIES.c.hash, _BODIES.c.zipped, _BODIES.c.data)
    for hash, zipped, data in connection.execute(query.where(where, _BODIES.c.data.is_not(None))):
        yield hash, inflated(data, MESSAGE) if zipped else bytes(data)
