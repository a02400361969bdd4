"""Tells whether something was written, cheaply enough to be asked many times a second."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

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


class Version:
    """A value that differs whenever anything was written into a SQLite file, by any process.

    Any number of threads may ask. Elsewhere, and where the file is gone, it is None.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Connection | None = None  # its own numbers go up for others' writes alone
        self._file: object = None
        self._is_closed = False

    def now(self) -> object:
        """The value as it is."""
        name = str(self._engine.url.database)
        if self._engine.dialect.name != "sqlite" or name.startswith("file:"):
            return None
        try:
            found = os.stat(name)
        except OSError:
            return None
        file = (found.st_dev, found.st_ino)
        with self._lock, suppress(SQLAlchemyError, sqlite3.Error):
            if self._is_closed:
                return None
            if self._connection is None or file != self._file:
                self._let_go()
                self._connection = self._engine.connect()
                self._connection.detach()
                self._file = file
            cursor = self._connection.connection.cursor()
            (number,) = cursor.execute("PRAGMA data_version").fetchone()
            return (*file, number)
        return None  # who reads is told what is wrong

    def close(self) -> None:
        """Lets go of the file, for good."""
        with self._lock:
            self._let_go()
            self._is_closed = True

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
