"""What there is: the recordings, and how much each of them holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from rerun_trace.db.reading.reader import PUZZLES, reason_of
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table
from rerun_trace.tracer.errors import RecordingNotFound
from rerun_trace.tracer.model import RecordingInfo

_RECORDINGS = table(models.RecordingRow)
_LIMITS = table(models.LimitRow)
_SESSIONS = table(models.AppSessionRow)
_INTERACTIONS = table(models.InteractionRow)
_RUNS = table(models.RunRow)
_ERRORS = table(models.ErrorRow)
_NOTES = table(models.NoteRow)

_TEXTS = (
    "app",
    "folder",
    "python",
    "streamlit",
    "engine",
    "engine_reason",
    "variant",
    "mode",
    "name",
)
_LISTED = 10  # known numbers named in an error
MOST = 2**63  # no database holds a higher number


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """A recording and how much it holds.

    `duration_ns` is the time from its start to the last thing known of an interaction or a run.
    """

    info: RecordingInfo
    app_sessions: int
    interactions: int
    runs: int
    duration_ns: int
    errors: int
    notes: int = 0


def recordings(connection: Connection, id: int | None = None) -> list[RecordingInfo]:
    """All recordings, newest first, or the one with the number `id`, if there is one."""
    query = select(_RECORDINGS).order_by(_RECORDINGS.c.id.desc())
    if id is not None:
        query = query.where(_RECORDINGS.c.id == id)
    limits = _limits(connection, id)
    if id is not None:
        return [_info(row, limits) for row in connection.execute(query)]
    return [info for info, _ in _each(connection, query, limits)]


def recording(connection: Connection, id: int) -> RecordingInfo:
    """One recording. Raises RecordingNotFound, naming those there are."""
    found = recordings(connection, id) if 0 < id < MOST else []
    if not found:
        raise not_found(connection, id)
    return found[0]


def latest(connection: Connection) -> RecordingInfo | None:
    """The newest recording, or None when there is none yet."""
    newest = connection.scalar(select(func.max(_RECORDINGS.c.id)))
    return None if newest is None else recordings(connection, newest)[0]


def demand(connection: Connection, id: int, rows: Sequence[Any]) -> None:
    """Raises RecordingNotFound when nothing was found because there is no such recording."""
    if not rows and not recordings(connection, id):
        raise not_found(connection, id)


def summaries(connection: Connection) -> list[RecordingSummary]:
    """All recordings, newest first, in one grouped query (and one for their limits)."""
    last_run = func.max(func.coalesce(_RUNS.c.ended_ns, _RUNS.c.started_ns)).label("last_ns")
    last_interaction = func.max(_INTERACTIONS.c.at_ns).label("last_ns")
    parts = [
        _grouped(_SESSIONS),
        _grouped(_INTERACTIONS, last_interaction),
        _grouped(_RUNS, last_run),
        _grouped(_ERRORS),
        _grouped(_NOTES),
    ]
    sessions, interactions, runs, errors, notes = parts
    joined: Any = _RECORDINGS
    for part in parts:
        joined = joined.outerjoin(part, part.c.recording_id == _RECORDINGS.c.id)
    query = (
        select(
            _RECORDINGS,
            sessions.c.number.label("n_sessions"),
            interactions.c.number.label("n_interactions"),
            interactions.c.last_ns.label("last_interaction_ns"),
            runs.c.number.label("n_runs"),
            runs.c.last_ns.label("last_run_ns"),
            errors.c.number.label("n_errors"),
            notes.c.number.label("n_notes"),
        )
        .select_from(joined)
        .order_by(_RECORDINGS.c.id.desc())
    )
    limits = _limits(connection)
    return [_summary(info, row) for info, row in _each(connection, query, limits)]


def _summary(info: RecordingInfo, row: Any) -> RecordingSummary:
    if row is None:
        return RecordingSummary(info, 0, 0, 0, 0, 0)
    last = (row.last_interaction_ns, row.last_run_ns)
    return RecordingSummary(
        info,
        row.n_sessions or 0,
        row.n_interactions or 0,
        row.n_runs or 0,
        max(each if isinstance(each, int) else 0 for each in last),
        row.n_errors or 0,
        row.n_notes or 0,
    )


def _each(
    connection: Connection, query: Any, limits: dict[int, list[str]]
) -> list[tuple[RecordingInfo, Any]]:
    """Recordings and the rows of a query of them; one that is damaged does not cost the others."""
    try:
        return [(_info(row, limits), row) for row in connection.execute(query).all()]
    except PUZZLES:
        pass
    found: list[tuple[RecordingInfo, Any]] = []
    for id in connection.scalars(select(_RECORDINGS.c.id).order_by(_RECORDINGS.c.id.desc())).all():
        try:
            rows = connection.execute(query.where(_RECORDINGS.c.id == id)).all()
            found += [(_info(row, limits), row) for row in rows]
        except PUZZLES as error:
            found.append((_damaged(id, reason_of(error)), None))
    return found


def counts(connection: Connection, id: int) -> dict[str, int]:
    """See `TraceStore.counts`. Raises RecordingNotFound."""

    def number(target: Table, column: Any = None) -> Any:
        # count(column) leaves out NULL
        counted = func.count() if column is None else func.count(column)
        return select(counted).where(target.c.recording_id == id).scalar_subquery()

    # Whoever asks goes from 1 to this number: runs that were let go count as ended.
    newest = (
        select(func.coalesce(func.max(_RUNS.c.n), 0))
        .where(_RUNS.c.recording_id == id)
        .scalar_subquery()
    )
    query = select(
        _RECORDINGS.c.ticks,
        number(_SESSIONS).label("app_sessions"),
        number(_INTERACTIONS).label("interactions"),
        newest.label("runs"),
        (newest - number(_RUNS) + number(_RUNS, _RUNS.c.ended_ns)).label("ended_runs"),
        _RECORDINGS.c.messages,
        _RECORDINGS.c.complete,
        _RECORDINGS.c.edits,
    ).where(_RECORDINGS.c.id == id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise not_found(connection, id)
    return {key: int(value) for key, value in row._mapping.items()}


def not_found(connection: Connection, id: int) -> RecordingNotFound:
    """The error that there is no such recording, naming those there are."""
    known = list(connection.scalars(select(_RECORDINGS.c.id).order_by(_RECORDINGS.c.id.desc())))
    if not known:
        return RecordingNotFound(f"there is no recording {id}; nothing has been recorded yet")
    more = f" and {len(known) - _LISTED} older ones" if len(known) > _LISTED else ""
    listed = ", ".join(map(str, known[:_LISTED]))
    return RecordingNotFound(f"there is no recording {id}; there are {listed}{more}")


def _grouped(target: Table, *more: Any) -> Any:
    number = func.count().label("number")
    query = select(target.c.recording_id, number, *more).group_by(target.c.recording_id)
    return query.subquery()


def _limits(connection: Connection, id: int | None = None) -> dict[int, list[str]]:
    query = select(_LIMITS).order_by(_LIMITS.c.recording_id, _LIMITS.c.no)
    if id is not None:
        query = query.where(_LIMITS.c.recording_id == id)
    limits: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(query):
        limits[row.recording_id].append(row.text)
    return limits


def _damaged(id: int, why: str) -> RecordingInfo:
    """What stands in the list for a recording whose row cannot be understood."""
    return RecordingInfo(
        app="(damaged)",
        folder="",
        started_at=datetime.fromtimestamp(0, UTC),
        python="",
        streamlit="",
        engine="",
        engine_reason="",
        id=id,
        limits=(f"its row in the list of recordings is damaged: {why}",),
    )


def _info(row: Any, limits: dict[int, list[str]]) -> RecordingInfo:
    for name in _TEXTS:
        if not isinstance(getattr(row, name) or "", str):
            raise ValueError(f"{name} is no text")
    return RecordingInfo(
        app=row.app,
        folder=row.folder,
        started_at=row.started_at,
        python=row.python,
        streamlit=row.streamlit,
        engine=row.engine,
        engine_reason=row.engine_reason,
        variant=row.variant,
        mode=row.mode,
        id=row.id,
        complete=row.complete,
        ended_at=row.ended_at,
        limits=tuple(limits[row.id]),
        name=row.name,
    )
