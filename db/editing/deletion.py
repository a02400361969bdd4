"""Deletes a recording, with the shared contents that nobody else refers to."""

from __future__ import annotations

from sqlalchemy import Engine, delete, select, text

from rerun_trace.db.engine import for_writing
from rerun_trace.db.reading import overview
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table

_RECORDINGS = table(models.RecordingRow)
_BODIES = table(models.MessageBodyRow)
_MESSAGES = table(models.PageMessageRow)
_SOURCES = table(models.SourceRow)
_TEXTS = table(models.SourceTextRow)


def delete_recording(engine: Engine, id: int) -> None:
    """Deletes recording `id`.

    Safe beside recordings that are being written: they cannot begin to refer to a body or a text
    while it is being dropped. Raises RecordingNotFound.
    """
    with for_writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            # SQLite has one writer at a time anyway. Here, writers insert into these two tables
            # before they refer to their rows, so they wait, and then insert what was dropped.
            connection.execute(
                text("LOCK TABLE message_bodies, source_texts IN SHARE ROW EXCLUSIVE MODE")
            )
        mine = _MESSAGES.c.recording_id == id
        bodies = select(_MESSAGES.c.body).where(mine)
        others = select(_MESSAGES.c.body).where(~mine)
        dropped = _BODIES.c.id.in_(bodies) & _BODIES.c.id.not_in(others)
        connection.execute(delete(_BODIES).where(dropped))
        if connection.execute(delete(_RECORDINGS).where(_RECORDINGS.c.id == id)).rowcount == 0:
            raise overview.not_found(connection, id)
        unused = _TEXTS.c.sha256.not_in(select(_SOURCES.c.sha256))
        connection.execute(delete(_TEXTS).where(unused))
    if engine.dialect.name == "sqlite":
        _shrink(engine)


def _shrink(engine: Engine) -> None:
    """Gives the freed pages of a SQLite file back to the file system."""
    connection = engine.raw_connection()
    try:
        # Frees one page a step; as a script, because `execute` takes a single step.
        connection.cursor().executescript("PRAGMA incremental_vacuum")
    finally:
        connection.close()
