"""A few columns of all runs and interactions: what an overview of a long recording needs.

A record of the vocabulary costs some ten microseconds to make; a row of numbers a tenth of that.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, String, Table, exists, or_, select, type_coerce

from rerun_trace.db.schema import models
from rerun_trace.db.schema.columns import Choice
from rerun_trace.db.schema.rows import table

RUN_COLUMNS = (
    *("n", "started_ns", "ended_ns", "kind", "outcome", "app_session", "trigger_type", "trigger"),
    *("interaction", "steps", "halted_line"),
)
INTERACTION_COLUMNS = ("n", "at_ns", "app_session", "kind")

_RUNS = table(models.RunRow)
_INTERACTIONS = table(models.InteractionRow)
_CALLBACKS = table(models.CallbackRow)
_THREAD_SPANS = table(models.ThreadSpanRow)


def run_columns(
    connection: Connection, id: int, first: int, again: Collection[int]
) -> dict[str, tuple[Any, ...]]:
    """RUN_COLUMNS of the runs from number `first` on, after those numbered in `again`."""
    wanted: Any = _RUNS.c.n >= first
    if again:
        wanted = or_(wanted, _RUNS.c.n.in_(again))
    return _columns(connection, _RUNS, RUN_COLUMNS, id, wanted)


def interaction_columns(connection: Connection, id: int, first: int) -> dict[str, tuple[Any, ...]]:
    """INTERACTION_COLUMNS of the interactions from number `first` on."""
    wanted = _INTERACTIONS.c.n >= first
    return _columns(connection, _INTERACTIONS, INTERACTION_COLUMNS, id, wanted)


def has_callbacks(connection: Connection, id: int) -> bool:
    """Whether any callback ran in the recording."""
    return _has_any(connection, _CALLBACKS, id)


def has_threads(connection: Connection, id: int) -> bool:
    """Whether threads of the user's ran in the recording."""
    return _has_any(connection, _THREAD_SPANS, id)


def _has_any(connection: Connection, target: Table, id: int) -> bool:
    return bool(connection.scalar(select(exists().where(target.c.recording_id == id))))


def _columns(
    connection: Connection, target: Table, names: tuple[str, ...], id: int, wanted: Any
) -> dict[str, tuple[Any, ...]]:
    query = select(*(_plain(target.c[name]) for name in names))
    query = query.where(target.c.recording_id == id, wanted).order_by(target.c.n)
    # Plain tuples of the driver's: SQLAlchemy's rows take most of the time to unpack.
    rows = connection.execute(query).cursor.fetchall()
    found = zip(*rows, strict=True) if rows else (() for _ in names)
    return dict(zip(names, found, strict=True))


def _plain(column: Any) -> Any:
    """The column without its conversion: a word stays a text."""
    if not isinstance(column.type, Choice):
        return column
    return type_coerce(column, String).label(column.name)
