"""Deletes recordings, with the shared contents that nobody else refers to."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, select, text

from rerun_trace.db.engine import BUSY_TIMEOUT_S, for_writing
from rerun_trace.db.reading import overview
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import chunked, table

_RECORDINGS = table(models.RecordingRow)
_BODIES = table(models.MessageBodyRow)
_MESSAGES = table(models.PageMessageRow)
_SOURCES = table(models.SourceRow)
_TEXTS = table(models.SourceTextRow)
_COMPARISONS = table(models.ComparisonRow)
_COMPARED = table(models.ComparedRecordingRow)

_AT_ONCE = 400  # SQLite takes 999 parameters at the least, and they are named twice
_PATIENCE_S = 3.0  # for others to let go of the file, so that it can be cut


@dataclass(frozen=True, slots=True)
class Freed:
    """What a deletion gave back.

    `size` is in bytes: of files that became smaller, what is free inside of them not counted.
    `comparisons` are those that had nothing left to compare, and went too.
    """

    size: int
    comparisons: tuple[int, ...] = ()


def delete_recordings(engine: Engine, ids: Sequence[int]) -> Freed:
    """Deletes recordings, all or none, and comparisons that have none left.

    Safe beside recordings that are being written: they cannot begin to refer to a body or a text
    while it is being dropped. Raises RecordingNotFound.
    """
    before = stored_size(engine)
    with for_writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            # SQLite has one writer at a time anyway. Here, writers insert into these two tables
            # before they refer to their rows, so they wait, and then insert what was dropped.
            connection.execute(
                text("LOCK TABLE message_bodies, source_texts IN SHARE ROW EXCLUSIVE MODE")
            )
        compared: set[int] = set()
        for some in chunked(dict.fromkeys(ids), _AT_ONCE):
            compared |= _delete_some(connection, some)
        unused = _TEXTS.c.sha256.not_in(select(_SOURCES.c.sha256))
        connection.execute(delete(_TEXTS).where(unused))
        gone = compared - set(connection.scalars(select(_COMPARED.c.comparison_id)))
        for some in chunked(gone, _AT_ONCE):
            connection.execute(delete(_COMPARISONS).where(_COMPARISONS.c.id.in_(some)))
    give_back(engine)
    return Freed(max(before - stored_size(engine), 0), tuple(sorted(gone)))


def _delete_some(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Deletes recordings and the bodies of theirs alone; returns their comparisons."""
    for id in ids:
        if not 0 < id < overview.MOST:
            raise overview.not_found(connection, id)
    mine = _MESSAGES.c.recording_id.in_(ids)
    bodies = select(_MESSAGES.c.body).where(mine)
    others = select(_MESSAGES.c.body).where(~mine)
    dropped = _BODIES.c.id.in_(bodies) & _BODIES.c.id.not_in(others)
    connection.execute(delete(_BODIES).where(dropped))
    named = select(_COMPARED.c.comparison_id).where(_COMPARED.c.recording_id.in_(ids))
    compared = set(connection.scalars(named))
    there = set(connection.scalars(select(_RECORDINGS.c.id).where(_RECORDINGS.c.id.in_(ids))))
    for missing in ids:
        if missing not in there:
            raise overview.not_found(connection, missing)
    connection.execute(delete(_RECORDINGS).where(_RECORDINGS.c.id.in_(ids)))
    return compared


def give_back(engine: Engine) -> None:
    """Gives the space of what was deleted back, as far as others let it."""
    if engine.dialect.name == "sqlite":
        _cut_file(engine)
    else:
        _vacuum_tables(engine)


def stored_size(engine: Engine) -> int:
    """Bytes on disk: of the SQLite file and its log, or of our tables."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA database_list").all()
        path = next(row[2] for row in found if row[1] == "main")
        return sum(os.path.getsize(p) for p in (path, f"{path}-wal") if os.path.exists(p))
    sizes = text(
        "SELECT sum(pg_total_relation_size(to_regclass(name)))"
        " FROM unnest(CAST(:names AS text[])) AS name"
    )
    with engine.connect() as connection:
        names = [each.name for each in _tables()]
        return int(connection.scalar(sizes, {"names": names}) or 0)


def _cut_file(engine: Engine) -> None:
    """Gives the freed pages of a SQLite file back to the file system.

    As far as others let it: who reads or writes now keeps the file as long as it is.
    """
    raw = engine.raw_connection()
    try:
        cursor: Any = raw.cursor()
        with suppress(sqlite3.OperationalError):  # is locked: the next deletion cuts it
            if cursor.execute("PRAGMA auto_vacuum").fetchone()[0] == 0:
                # A file that another program has made: it has to be written anew, once.
                cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
                cursor.execute("VACUUM")
            # Frees one page a step; as a script, because `execute` takes a single step.
            cursor.executescript("PRAGMA incremental_vacuum")
            # The file is cut when its log is written back to it, which only now must be at once.
            cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_S * 1000:.0f}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000:.0f}")
    finally:
        raw.close()


def _vacuum_tables(engine: Engine) -> None:
    """Gives the free ends of tables back; what is free between rows, new recordings fill."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for each in _tables():
            connection.execute(text(f'VACUUM "{each.name}"'))


def _tables() -> Sequence[Table]:
    return models.Base.metadata.sorted_tables
