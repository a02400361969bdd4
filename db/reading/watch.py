"""Tells whether something was written, cheaply enough to be asked many times a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select

from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table

_RECORDINGS = table(models.RecordingRow)


@contextmanager
def watching(engine: Engine, recording: int) -> Iterator[Callable[[], bool]]:
    """Gives a function: was anything written since it was asked last (at first: yes)?

    On SQLite any write to the file counts, by any process: `data_version` is read from memory
    that all of them share. Elsewhere the recording's `ticks` and `edits` are compared.
    """
    known: object = None
    # Not one of the pool's: it is held as long as somebody watches.
    with engine.connect() as connection:
        connection.detach()
        is_sqlite = engine.dialect.name == "sqlite"
        ticks = select(_RECORDINGS.c.ticks, _RECORDINGS.c.edits).where(
            _RECORDINGS.c.id == recording
        )

        def is_new() -> bool:
            nonlocal known
            if is_sqlite:
                # By the driver itself: within a transaction the number would stand still.
                (now,) = connection.connection.cursor().execute("PRAGMA data_version").fetchone()
            else:
                now = connection.execute(ticks).one_or_none()
                connection.rollback()
            if now == known:
                return False
            known = now
            return True

        yield is_new
