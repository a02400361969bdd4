"""Lets go of a recording's oldest runs, so that it stays as small as `Keep` asks for.

What stays, besides the newest runs: those that a person wrote a note on, those that have not ended,
of the others with errors the newest, up to a quarter of what may be kept, and those that a run
that stays rests on: what they drew is on its page, or its session state has a value of theirs.
The steps of key runs stay as long as others are packed against them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, func, select, text

from rerun_trace.db.handover.keep import Keep
from rerun_trace.db.reading import packed, pages, state
from rerun_trace.db.schema import models
from rerun_trace.db.schema.columns import NameNo
from rerun_trace.db.schema.rows import chunked, table
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import KNOWN_WIDGETS
from rerun_trace.tracer.words.sentences import spans

AT_ONCE = 20  # runs that go in one transaction: writing never waits long
_IN_ONE_QUERY = 400  # SQLite takes 999 parameters at the least
_ROW = 120  # bytes that a row takes besides what is packed, about
_OF_ERRORS = 4  # up to this part of what may be kept is for runs with errors

_RUNS = table(models.RunRow)
_MESSAGES = table(models.PageMessageRow)
_BODIES = table(models.MessageBodyRow)
_CHUNKS = table(models.StepChunkRow)
_INTERACTIONS = table(models.InteractionRow)
_SESSIONS = table(models.AppSessionRow)
_NAMES = table(models.NameRow)
_NOTES = table(models.NoteRow)
_WIDGETS = table(models.DrawnWidgetRow)
_WRITES = table(models.ContainerWriteRow)
_OF_RUNS = [
    each
    for each in models.Base.metadata.sorted_tables
    if "run" in each.c and each not in (_NOTES, _CHUNKS)
]
_PACKED = ((_CHUNKS, "data"), (_CHUNKS, "frames"), (table(models.LineCountsRow), "data"))


class _Run(NamedTuple):
    n: int
    app_session: int
    ended_ns: int | None
    size: int  # bytes, about


def since_ns(began: datetime) -> int:
    """How long ago that was, in the unit of a recording's times."""
    return round((datetime.now(UTC) - began).total_seconds() * 1e9)


def surplus(connection: Connection, recording: int, keep: Keep, now_ns: int) -> list[int]:
    """The runs that are to go, ascending. `now_ns` is the time since the recording began."""
    runs = _runs(connection, recording, keep)
    if not runs:
        return []
    errors = set(connection.scalars(_numbers(table(models.ErrorRow), recording, "run")))
    newest = _newest(runs, keep, now_ns, errors)
    stays = {run.n for run in runs if run.n in newest or run.ended_ns is None}
    stays |= set(connection.scalars(_numbers(_NOTES, recording, "run")))
    stays |= _rested_on(connection, recording, runs, stays)
    return [run.n for run in runs if run.n not in stays]


def _numbers(target: Table, recording: int, column: str) -> Any:
    return select(target.c[column]).where(target.c.recording_id == recording).distinct()


def _runs(connection: Connection, recording: int, keep: Keep) -> list[_Run]:
    """The runs by number, with their sizes where these are asked for."""
    sizes: dict[int, int] = {}
    if keep.size is not None:
        for target, column in _PACKED:
            length = func.sum(func.length(target.c[column]))
            query = select(target.c.run, length).where(target.c.recording_id == recording)
            for n, size in connection.execute(query.group_by(target.c.run)):
                sizes[n] = sizes.get(n, 0) + int(size or 0)
        for target in _OF_RUNS:
            query = select(target.c.run, func.count()).where(target.c.recording_id == recording)
            for n, rows in connection.execute(query.group_by(target.c.run)):
                sizes[n] = sizes.get(n, 0) + rows * _ROW
        # A body counts for the newest run that has it: it goes with that one.
        uses = select(_MESSAGES.c.body, func.max(_MESSAGES.c.run).label("run"))
        last = uses.where(_MESSAGES.c.recording_id == recording).group_by(_MESSAGES.c.body)
        used = last.subquery()
        query = select(used.c.run, func.sum(func.length(_BODIES.c.data)))
        joined = query.join_from(used, _BODIES, used.c.body == _BODIES.c.id)
        for n, size in connection.execute(joined.group_by(used.c.run)):
            sizes[n] = sizes.get(n, 0) + int(size or 0)
    columns = (_RUNS.c.n, _RUNS.c.app_session, _RUNS.c.ended_ns)
    query = select(*columns).where(_RUNS.c.recording_id == recording).order_by(_RUNS.c.n)
    return [
        _Run(row.n, row.app_session, row.ended_ns, sizes.get(row.n, 0))
        for row in connection.execute(query)
    ]


def _newest(runs: Sequence[_Run], keep: Keep, now_ns: int, errors: Collection[int]) -> set[int]:
    """The runs that are within the budget: the newest, and older ones with errors."""
    whole = _within(reversed(runs), keep.runs, keep.size)
    if keep.age_ns is not None:
        since = now_ns - keep.age_ns
        whole = {run.n for run in runs if run.n in whole and (run.ended_ns or now_ns) >= since}
    older = [run for run in runs if run.n in errors and run.n not in whole]
    part = (
        None if keep.runs is None else keep.runs // _OF_ERRORS,
        None if keep.size is None else keep.size // _OF_ERRORS,
    )
    if keep.runs is None and keep.size is None:
        part = len(whole) // _OF_ERRORS, None
    failed = _within(reversed(older), *part)
    rest = [run for run in runs if run.n in whole]
    count = None if keep.runs is None else keep.runs - len(failed)
    taken = sum(run.size for run in older if run.n in failed)
    left = None if keep.size is None else keep.size - taken
    return failed | _within(reversed(rest), count, left)


def _within(runs: Iterable[_Run], count: int | None, size: int | None) -> set[int]:
    """The first of `runs` that are within a number and a size. None: any."""
    found: set[int] = set()
    for run in runs:
        size = None if size is None else size - run.size
        if (count is not None and len(found) >= count) or (size is not None and size < 0):
            break
        found.add(run.n)
    return found


def _rested_on(
    connection: Connection, recording: int, runs: Sequence[_Run], stays: Collection[int]
) -> set[int]:
    """The runs that those in `stays` need: for their pages, and for their session states."""
    found: set[int] = set()
    before: dict[int, bool] = {}  # app session -> whether its run before stays
    for run in runs:
        if run.n in stays and not before.get(run.app_session, True):
            placed: Any = run  # its number and its app session are all that is asked for
            found.update(pages.base_of(connection, recording, placed).runs)
            last = state.last_writes(connection, recording, run.app_session, run.n)
            found.update(n for n, _ in last.values())
        before[run.app_session] = run.n in stays
    return found


def let_go(
    connection: Connection, recording: int, gone: Sequence[int], packing: Collection[int] = ()
) -> set[int]:
    """Deletes runs with all that is theirs alone; returns the numbers of their messages' bodies.

    `packing` are runs whose steps must stay as others are going to be packed against them. What
    came for runs after they had been let go is deleted, too.
    """
    if connection.dialect.name == "postgresql":
        # Other writers insert into it before they refer to its rows: they wait, and insert then.
        connection.execute(text("LOCK TABLE message_bodies IN SHARE ROW EXCLUSIVE MODE"))
    of_runs = _RUNS.c.recording_id == recording
    connection.execute(delete(_RUNS).where(of_runs, _RUNS.c.n.in_(gone)))
    kept = select(_RUNS.c.n).where(of_runs)
    began = select(func.min(_RUNS.c.started_ns)).where(of_runs, _RUNS.c.n > max(gone))
    since = connection.scalar(began) or 0
    bodies: set[int] = set()
    for target in _OF_RUNS:
        run = target.c.run
        is_gone = (run >= 1) & (run <= max(gone)) & run.not_in(kept)
        if "at_ns" in target.c:  # what happened outside of runs goes with those of its time
            is_gone |= (run == 0) & (target.c.at_ns < since)
        doomed = target.c.recording_id == recording, is_gone
        if target is _MESSAGES:
            bodies.update(connection.scalars(select(_MESSAGES.c.body).where(*doomed)))
        connection.execute(delete(target).where(*doomed))
    _let_go_of_steps(connection, recording, packing)
    _let_go_of_causes(connection, recording, max(gone))
    _let_go_of_widgets(connection, recording)
    _let_go_of_bodies(connection, bodies)
    return bodies


def _let_go_of_steps(connection: Connection, recording: int, packing: Collection[int]) -> None:
    """Steps of runs that are gone, but for those that others are packed against."""
    mine = _CHUNKS.c.recording_id == recording
    there = set(connection.scalars(_numbers(_RUNS, recording, "n")))
    keys: dict[int, set[int]] = {}
    query = select(_CHUNKS.c.run, _CHUNKS.c.key_run).where(mine).distinct()
    for run, key in connection.execute(query):
        keys.setdefault(run, set()).update(() if key is None else (key,))
    needed, fresh = set(), there | set(packing)
    while fresh:
        needed |= fresh
        fresh = set().union(*(keys.get(run, set()) for run in fresh)) - needed
    for some in chunked(keys.keys() - needed, _IN_ONE_QUERY):
        connection.execute(delete(_CHUNKS).where(mine, _CHUNKS.c.run.in_(some)))


def _let_go_of_causes(connection: Connection, recording: int, newest: int) -> None:
    """Interactions of which no run is left, older than the newest run that went; and sessions."""
    of_runs = _RUNS.c.recording_id == recording
    needed: set[int] = set()
    first = None
    query = select(_RUNS.c.n, _RUNS.c.interaction, _RUNS.c.took).where(of_runs)
    for n, interaction, took in connection.execute(query):
        needed.update((interaction, *(took or ())))
        if n > newest:
            first = interaction if first is None else min(first, interaction)
    if first is None:
        return
    mine = _INTERACTIONS.c.recording_id == recording
    old = connection.scalars(select(_INTERACTIONS.c.n).where(mine, _INTERACTIONS.c.n < first))
    for some in chunked(set(old) - needed, _IN_ONE_QUERY):
        connection.execute(delete(_INTERACTIONS).where(mine, _INTERACTIONS.c.n.in_(some)))
    for_runs = select(_RUNS.c.app_session).where(of_runs)
    for_interactions = select(_INTERACTIONS.c.app_session).where(mine)
    is_over = _SESSIONS.c.recording_id == recording, _SESSIONS.c.closed_ns.is_not(None)
    of_messages = _MESSAGES.c.recording_id == recording
    for_messages = select(_MESSAGES.c.app_session).where(of_messages)
    using = for_runs, for_interactions, for_messages
    unused = [_SESSIONS.c.n.not_in(each) for each in using]
    over = set(connection.scalars(select(_SESSIONS.c.n).where(*is_over, *unused)))
    for some in chunked(over, _IN_ONE_QUERY):
        connection.execute(delete(_SESSIONS).where(is_over[0], _SESSIONS.c.n.in_(some)))


def _let_go_of_widgets(connection: Connection, recording: int) -> None:
    """Widgets that no write is of, and none will be."""
    mine = _WIDGETS.c.recording_id == recording
    newest = connection.scalar(select(func.max(_WIDGETS.c.n)).where(mine)) or 0
    drawn = select(_WRITES.c.widget).where(_WRITES.c.recording_id == recording)
    unused = _WIDGETS.c.n.not_in(drawn.where(_WRITES.c.widget.is_not(None)))
    connection.execute(delete(_WIDGETS).where(mine, _WIDGETS.c.n <= newest - KNOWN_WIDGETS, unused))


def _let_go_of_bodies(connection: Connection, bodies: Collection[int]) -> None:
    """Deletes those of `bodies` that no message has any more."""
    used: set[int] = set()
    for some in chunked(bodies, _IN_ONE_QUERY):
        query = select(_MESSAGES.c.body).where(_MESSAGES.c.body.in_(some)).distinct()
        used.update(connection.scalars(query))
    for some in chunked(set(bodies) - used, _IN_ONE_QUERY):
        connection.execute(delete(_BODIES).where(_BODIES.c.id.in_(some)))


def used_names(connection: Connection, recording: int) -> set[int]:
    """The numbers of names that a recording's rows refer to. Raises StoreError for damaged ones."""
    used: set[int] = set()
    for target in models.Base.metadata.sorted_tables:
        for column in target.c:
            if isinstance(column.type, NameNo):
                used.update(connection.scalars(_numbers(target, recording, column.name)))
    return used | packed.names_in(connection, recording)


def let_go_of_names(connection: Connection, recording: int, gone: Collection[int]) -> None:
    """Deletes names that nothing refers to."""
    mine = _NAMES.c.recording_id == recording
    for some in chunked(gone, _IN_ONE_QUERY):
        connection.execute(delete(_NAMES).where(mine, _NAMES.c.no.in_(some)))


def let_go_of_unused_names(connection: Connection, recording: int) -> None:
    """Deletes the names of a recording that is over which nothing refers to; no damaged one's."""
    names = set(connection.scalars(_numbers(_NAMES, recording, "no")))
    with suppress(StoreError):
        let_go_of_names(connection, recording, names - used_names(connection, recording))


def limit_text(connection: Connection, recording: int, keep: Keep) -> str:
    """What was let go so far, in words."""
    numbers = list(connection.scalars(_numbers(_RUNS, recording, "n").order_by(_RUNS.c.n)))
    last = _newest_gone(numbers)
    stayed = [n for n in numbers if n < last]
    asked = " and ".join(f'"{word}"' for word in keep.words)
    said = "run 1 was" if last == 1 else f"runs 1 to {last:,} were"
    stay = f"; of them stayed: {spans(stayed)}" if stayed else ""
    return f"{said} let go, as --keep {asked} asks for{stay}"


def _newest_gone(numbers: Sequence[int]) -> int:
    """The newest number below the last one that is not among `numbers`, which ascend; 0: none."""
    expected = max(numbers, default=1)
    for n in reversed(numbers):
        if n != expected:
            break
        expected -= 1
    return expected


def old_limit(recording: int) -> Any:
    """The row of `limits` that says what was let go."""
    limits = table(models.LimitRow).c
    said = limits.text.like('run%1%let go, as --keep "%')
    return select(limits.no).where(limits.recording_id == recording, said)
