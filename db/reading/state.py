"""Reads of session state: what a run found, and how one key came to its value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, func, select, tuple_

from rerun_trace.db.schema.rows import RUNS, STATE_WRITES

_WRITES = STATE_WRITES.table.c
_RUNS = RUNS.table.c
_BACK = 256  # runs in the first look back; each further one looks at eight times as many
_SHIFT = 2**32  # `seq` and `run` in one number, so that one maximum finds both


def rows_before(connection: Connection, recording: int, session: int, run: int) -> list[Any]:
    """Of each key, the last write in the app session's runs before `run`; deletions included.

    Looks back in growing steps, and in each only for keys that it has not met: grouping all writes
    of a long recording takes three times as long.
    """
    last: dict[int, tuple[int, int]] = {}  # key -> run, seq
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
    places = sorted(last.values())
    rows: list[Any] = []
    for start in range(0, len(places), 400):  # SQLite takes 999 parameters at the least
        part = places[start : start + 400]
        query = STATE_WRITES.query.where(
            _WRITES.recording_id == recording, tuple_(_WRITES.run, _WRITES.seq).in_(part)
        )
        rows += connection.execute(query)
    return rows


def rows_of_key(
    connection: Connection, recording: int, key: int, session: int | None, limit: int
) -> tuple[int, Sequence[Any]]:
    """How often `key` (its number) was written, and the newest writes, newest first."""
    where = [_WRITES.recording_id == recording, _WRITES.key == key]
    if session is not None:
        where.append(_in_session(recording, session))
    total = connection.scalar(select(func.count()).select_from(STATE_WRITES.table).where(*where))
    query = STATE_WRITES.query.where(*where)
    newest = query.order_by(_WRITES.run.desc(), _WRITES.seq.desc()).limit(limit)
    return total or 0, connection.execute(newest).all()


def _in_session(recording: int, session: int, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    of_session = (_RUNS.recording_id == recording, _RUNS.app_session == session)
    return _WRITES.run.in_(select(_RUNS.n).where(*of_session, *where))
