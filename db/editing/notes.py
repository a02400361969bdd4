"""Names of recordings and notes on their moments: what people add, while the app may be recorded.

Each change is one short transaction of its own. It also raises `recordings.edits`, which is what
pages compare, and where notes have their numbers from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, text, update

from rerun_trace.db.engine import BUSY_TIMEOUT_S, for_writing
from rerun_trace.db.reading import overview
from rerun_trace.db.reading.notes import MOST, of_row
from rerun_trace.db.schema import models
from rerun_trace.db.schema.columns import storable
from rerun_trace.db.schema.rows import table
from rerun_trace.tracer.errors import NoteNotFound, StoreError
from rerun_trace.tracer.model import Note

MOST_NOTES = 1_000  # of one recording
PATIENCE_S = 3.0  # seconds: a person is waiting at the page

_RECORDINGS = table(models.RecordingRow)
_NOTES = table(models.NoteRow)


def add(engine: Engine, recording: int, run: int, step: int, at_ns: int, words: str) -> Note:
    """Keeps a new note on a moment that is there (see `reading.notes.moment`)."""
    with _changing(engine, recording) as (connection, edits):
        mine = select(func.count()).where(_NOTES.c.recording_id == recording)
        if (connection.scalar(mine) or 0) >= MOST_NOTES:
            fix = "delete some first"
            raise StoreError(f"recording {recording} has {MOST_NOTES:,} notes already; {fix}")
        note = Note(edits, run, step, at_ns, storable(words), datetime.now(UTC))
        connection.execute(insert(_NOTES).values(recording_id=recording, **asdict(note)))
    return note


def keep(engine: Engine, recording: int, notes: Sequence[Note]) -> None:
    """Notes that come with a recording from elsewhere, under the numbers that they have there."""
    if not notes:
        return
    with for_writing(engine).begin() as connection:
        rows = [{"recording_id": recording, **asdict(note)} for note in notes]
        connection.execute(insert(_NOTES), rows)
        mine = update(_RECORDINGS).where(_RECORDINGS.c.id == recording)
        connection.execute(mine.values(edits=max(note.n for note in notes)))


def change(engine: Engine, recording: int, n: int, words: str) -> Note:
    """Replaces the text of a note. Raises NoteNotFound."""
    with _changing(engine, recording) as (connection, _):
        changed = update(_NOTES).where(*_one(recording, n))
        changed = changed.values(text=words, written_at=datetime.now(UTC))
        if connection.execute(changed).rowcount == 0:
            raise _not_found(recording, n)
        row = connection.execute(select(_NOTES).where(*_one(recording, n))).one()
        return of_row(row)


def remove(engine: Engine, recording: int, n: int) -> None:
    """Deletes a note. Raises NoteNotFound."""
    with _changing(engine, recording) as (connection, _):
        if connection.execute(delete(_NOTES).where(*_one(recording, n))).rowcount == 0:
            raise _not_found(recording, n)


def rename(engine: Engine, recording: int, name: str | None) -> None:
    """Gives a recording a name; None takes it away. Raises RecordingNotFound."""
    with _changing(engine, recording) as (connection, _):
        mine = update(_RECORDINGS).where(_RECORDINGS.c.id == recording)
        connection.execute(mine.values(name=name))


@contextmanager
def _changing(engine: Engine, recording: int) -> Iterator[tuple[Connection, int]]:
    """A transaction, and the number of this change of the recording.

    Raises RecordingNotFound.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        overview.recording(connection, recording)
    with for_writing(engine).connect() as connection:
        if is_sqlite:
            _wait(connection, PATIENCE_S)
        try:
            with connection.begin():
                if not is_sqlite:
                    connection.execute(text(f"SET LOCAL lock_timeout = {int(PATIENCE_S * 1000)}"))
                mine = update(_RECORDINGS).where(_RECORDINGS.c.id == recording)
                raised = mine.values(edits=_RECORDINGS.c.edits + 1).returning(_RECORDINGS.c.edits)
                edits = connection.scalar(raised)
                if edits is None:
                    raise overview.not_found(connection, recording)
                yield connection, edits
        finally:
            if is_sqlite and not connection.invalidated:
                _wait(connection, BUSY_TIMEOUT_S)


def _wait(connection: Connection, seconds: float) -> None:
    """How long SQLite waits for another program's lock; outside of any transaction."""
    connection.connection.cursor().execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _one(recording: int, n: int) -> tuple[Any, Any]:
    there = n if 0 < n < MOST else 0  # a number that no column holds is refused by the driver
    return _NOTES.c.recording_id == recording, _NOTES.c.n == there


def _not_found(recording: int, n: int) -> NoteNotFound:
    return NoteNotFound(f"recording {recording} has no note {n}; it may have been deleted")
