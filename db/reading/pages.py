"""What showing the page of a moment reads: narrow, by app session and window of runs."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table
from rerun_trace.tracer.model import Outcome, RunKind, ScriptRun

_RUNS = table(models.RunRow)
_MESSAGES = table(models.PageMessageRow)
_NAMES = table(models.NameRow)


class Base(NamedTuple):
    """The runs whose messages make the page before a run, ascending.

    They begin with the newest run that left nothing of the runs before it, or else with the first
    of all. `partial`: some since then were not recorded in full, so that the page may lack
    something.
    """

    runs: list[int]
    partial: bool


def base_of(connection: Connection, id: int, run: ScriptRun) -> Base:
    """The runs whose messages make the page before `run`."""
    runs = _RUNS.c
    earlier = [runs.recording_id == id, runs.app_session == run.app_session, runs.n < run.n]
    ended_well = and_(runs.outcome == Outcome.COMPLETED, runs.detailed)
    newest = select(func.max(runs.n)).where(*earlier, ended_well, runs.kind == RunKind.APP)
    first = connection.scalar(newest) or 1
    since = (
        select(runs.n, runs.kind, runs.fragments, runs.detailed, ended_well.label("ended_well"))
        .where(*earlier, runs.n >= first)
        .order_by(runs.n.desc())
    )
    found, partial = [], False
    seen: set[tuple[str, ...]] = set()
    for row in connection.execute(since):
        partial = partial or not row.detailed
        if row.kind is RunKind.FRAGMENT and row.ended_well:
            # A later run of the same fragments took away what this one had written: a fragment
            # that a timer runs all day costs no more than one that ran once.
            fragments = tuple(row.fragments or ())
            if fragments in seen:
                continue
            seen.add(fragments)
        found.append(row.n)
    return Base(found[::-1], partial)


def run_after(connection: Connection, id: int, run: ScriptRun) -> int | None:
    """The number of the app session's next run, if there is one."""
    runs = _RUNS.c
    later = select(func.min(runs.n)).where(
        runs.recording_id == id, runs.app_session == run.app_session, runs.n > run.n
    )
    number: int | None = connection.scalar(later)
    return number


def elements(connection: Connection, id: int) -> set[str]:
    """The kinds of elements and blocks that the recording's page messages wrote."""
    written = select(_MESSAGES.c.element).where(_MESSAGES.c.recording_id == id)
    query = select(_NAMES.c.text).where(_NAMES.c.recording_id == id, _NAMES.c.no.in_(written))
    return set(connection.scalars(query))
