"""Holds what a SQLite file may do to whoever reads it. Anybody may have made the file.

Only our tables are read, and they are plain ones: a view, a trigger, a virtual table or a column
that is made by an expression would have SQLite carry out what the file says. What a value may take,
and how long a question may work, is limited on each connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Engine, event, text

from rerun_trace.tracer.errors import StoreError

LENGTH: Final = 256 * 2**20  # bytes of one value, and of one row
_AT_ONCE: Final = 1_000_000  # instructions of SQLite's between two looks
_MOST: Final = 600  # looks at one question: about 10 to 20 s. A recording of a million steps: one
_WORK: Final = "rerun_trace_work"  # of a connection's `info`: how often it was looked

_KINDS = text("SELECT type, name, tbl_name, sql FROM sqlite_schema")
_MADE = text(
    "SELECT lower(m.name) FROM sqlite_schema m, pragma_table_xinfo(m.name) x "
    "WHERE m.type = 'table' AND x.hidden <> 0"
)
_REASONED = text(
    "SELECT lower(m.tbl_name) FROM sqlite_schema m, pragma_index_xinfo(m.name) x "
    "WHERE m.type = 'index' AND (x.cid = -2 OR m.sql LIKE '% where %')"
)


def limit_sqlite(connection: sqlite3.Connection) -> list[int]:
    """Limits what is read on a connection. Returns the work done, which whoever asks sets to 0."""
    work = [0]

    def too_much() -> bool:
        work[0] += 1
        return work[0] > _MOST

    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LENGTH)
    connection.set_progress_handler(too_much, _AT_ONCE)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    return work


def limit(engine: Engine) -> None:
    """Limits each connection of an engine on a SQLite file, and each question on it."""

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        record.info[_WORK] = limit_sqlite(connection)

    @event.listens_for(engine, "checkout")
    def begin(_connection: Any, record: Any, _proxy: Any) -> None:
        record.info[_WORK][0] = 0


def refuse_other_than_tables(connection: Connection, ours: Collection[str], where: str) -> None:
    """Raises StoreError where something with a name of ours is no plain table."""
    found = {
        what
        for kind, name, of, sql in connection.execute(_KINDS)
        for what in (str(name).lower(), str(of).lower())
        if kind not in ("table", "index") or str(sql).lower().lstrip().startswith("create virtual")
    }
    if found.isdisjoint(ours):  # to look at a virtual table would be to run it
        found = {*connection.scalars(_MADE), *connection.scalars(_REASONED)}
    if wrong := sorted(found.intersection(ours)):
        raise StoreError(
            f"{where} has something else in the place of the table {wrong[0]!r}: rerun-trace did "
            "not make it so; record again, or choose another database with --db"
        )
