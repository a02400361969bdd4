"""Reads notes, and the moments that they are written at."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from rerun_trace.db.reading import chunks, overview
from rerun_trace.db.reading.records import no_such_run
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table
from rerun_trace.tracer.model import Note

MOST = 2**31  # no column that counts within a recording holds a higher number

_NOTES = table(models.NoteRow)
_RUNS = table(models.RunRow)


def read(connection: Connection, recording: int) -> list[Note]:
    """The notes of a recording in the order of their moments. Raises RecordingNotFound."""
    overview.recording(connection, recording)
    mine = select(_NOTES).where(_NOTES.c.recording_id == recording)
    rows = connection.execute(mine.order_by(_NOTES.c.run, _NOTES.c.step, _NOTES.c.n))
    return [of_row(row) for row in rows]


def of_row(row: Any) -> Note:
    """The note of a row of `notes`."""
    return Note(row.n, row.run, row.step, row.at_ns, row.text, row.written_at)


def moment(connection: Connection, recording: int, run: int, step: int) -> int:
    """When a step of a run was; without such a step, when the run began.

    Raises RecordingNotFound when there is no such run.
    """
    overview.recording(connection, recording)
    began = None
    if 0 < run < MOST:
        query = select(_RUNS.c.started_ns).where(_RUNS.c.recording_id == recording)
        began = connection.scalar(query.where(_RUNS.c.n == run))
    if began is None:
        raise no_such_run(recording, run)
    steps = chunks.read_steps(connection, recording, run, step, step).steps if step else ()
    return steps[0].at_ns if steps else int(began)
