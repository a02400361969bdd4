"""Reads of session state: what a run found, and how one key came to its value."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, func, select, tuple_

from rerun_trace.db.reading.names import KnownNames
from rerun_trace.db.reading.records import decoded
from rerun_trace.db.schema.rows import RUNS, STATE_WRITES, chunked
from rerun_trace.tracer.model import StateWrite

_WRITES = STATE_WRITES.table.c
_RUNS = RUNS.table.c
_BACK = 256  # runs in the first look back; each further one looks at eight times as many
_AT_ONCE = 400  # SQLite takes 999 parameters at the least, two for a place
_SHIFT = 2**32  # `seq` and `run` in one number, so that one maximum finds both


def before(
    connection: Connection, names: KnownNames, recording: int, session: int, run: int
) -> list[StateWrite]:
    """Of each key, the last write in the app session's runs before `run`; deletions included."""
    places = sorted(last_writes(connection, recording, session, run).values())
    rows: list[Any] = []
    for part in chunked(places, _AT_ONCE):
        query = STATE_WRITES.query.where(
            _WRITES.recording_id == recording, tuple_(_WRITES.run, _WRITES.seq).in_(part)
        )
        rows += connection.execute(query)
    return decoded(connection, names, STATE_WRITES, recording, rows)


def history(
    connection: Connection,
    names: KnownNames,
    recording: int,
    key: str,
    session: int | None,
    limit: int,
) -> tuple[int, list[StateWrite]]:
    """How often `key` was written, and the newest writes, newest first."""
    number = names.number(connection, recording, key)
    where = [_WRITES.recording_id == recording, _WRITES.key == number]
    if session is not None:
        where.append(_in_session(recording, session))
    total = connection.scalar(select(func.count()).select_from(STATE_WRITES.table).where(*where))
    newest = STATE_WRITES.query.where(*where).order_by(_WRITES.run.desc(), _WRITES.seq.desc())
    rows = connection.execute(newest.limit(limit)).all()
    return total or 0, decoded(connection, names, STATE_WRITES, recording, rows)


def last_writes(
    connection: Connection, recording: int, session: int, run: int
) -> dict[int, tuple[int, int]]:
    """Of each key (its number) the run and `seq` of the last write before `run`.

    Looks back in growing steps, and in each only for keys that it has not met: grouping all writes
    of a long recording takes three times as long.
    """
    last: dict[int, tuple[int, int]] = {}
    high, span = run, _BACK
    while high > 1:
        low = max(1, high - span)
        at = func.max(cast(_WRITES.seq, BigInteger) * _SHIFT + _WRITES.run)
        query = (
            select(_WRITES.key, at)
            .where(
                _WRITES.recording_id == recording,
                _in_session(recording, session, _RUNS.n.between(low, high - 1)),
                _WRITES.key.not_in(last),
            )
            .group_by(_WRITES.key)
        )
        for key, number in connection.execute(query):
            seq, in_run = divmod(number, _SHIFT)
            last[key] = (in_run, seq)
        high, span = low, span * 8
    return last


def _in_session(recording: int, session: int, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    of_session = (_RUNS.recording_id == recording, _RUNS.app_session == session)
    return _WRITES.run.in_(select(_RUNS.n).where(*of_session, *where))
