"""Reads rows as the records that went in: numbered ones by number, others by run, as they came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Table, select

from rerun_trace.db.reading import overview
from rerun_trace.db.reading.names import KnownNames
from rerun_trace.db.reading.reader import Reader
from rerun_trace.db.schema.rows import INTERACTIONS, MESSAGES, RUNS, Shape
from rerun_trace.tracer.errors import RunNotFound
from rerun_trace.tracer.model import Interaction, PageMessage, ScriptRun

R = TypeVar("R")
Window = tuple[int, int]  # first and last run, inclusive


class OfRuns(Protocol[R]):
    """Reads what happened in runs: in one, in those of a window, or in all of a recording."""

    def __call__(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[R]: ...


def read(
    connection: Connection, names: KnownNames, shape: Shape[R], recording: int, *where: Any
) -> list[R]:
    """The records of a shape. Raises RecordingNotFound when there is no such recording."""
    query = shape.query.where(shape.table.c.recording_id == recording, *where)
    rows = connection.execute(query.order_by(*shape.order)).all()
    overview.demand(connection, recording, rows)
    return decoded(connection, names, shape, recording, rows)


def decoded(
    connection: Connection,
    names: KnownNames,
    shape: Shape[R],
    recording: int,
    rows: Sequence[Any],
) -> list[R]:
    """The records of rows that were read."""
    return shape.decode(rows, names.of(connection, recording))


def by_run(
    reader: Reader,
    names: KnownNames,
    question: Callable[[Connection, KnownNames, int, int | None, Window | None], list[R]],
) -> OfRuns[R]:
    """What asks a query about runs."""

    def ask(id: int, run: int | None = None, *, runs: Window | None = None) -> list[R]:
        return reader.ask(question, names, id, run, runs)

    return ask


def of_runs(reader: Reader, names: KnownNames, shape: Shape[R]) -> OfRuns[R]:
    """What reads the records of a shape."""

    def question(
        connection: Connection,
        names: KnownNames,
        recording: int,
        run: int | None,
        runs: Window | None,
    ) -> list[R]:
        return read(connection, names, shape, recording, *in_window(shape.table, run, runs))

    return by_run(reader, names, question)


def in_window(target: Table, run: int | None, runs: Window | None) -> list[Any]:
    """The condition that a row is of a run, or of one in a window of runs."""
    if run is not None:
        return [target.c.run == run]
    return [] if runs is None else [target.c.run.between(*runs)]


def windows_of(numbers: Sequence[int]) -> list[Window]:
    """Numbers, ascending, as first and last of those that follow one another."""
    windows: list[Window] = []
    for n in numbers:
        if windows and windows[-1][1] == n - 1:
            windows[-1] = (windows[-1][0], n)
        else:
            windows.append((n, n))
    return windows


def interactions(
    connection: Connection, names: KnownNames, recording: int, first: int, last: int | None
) -> list[Interaction]:
    """Interactions `first` to `last` (inclusive; None: the end)."""
    number = INTERACTIONS.table.c.n
    where = [number >= first] if last is None else [number.between(first, last)]
    return read(connection, names, INTERACTIONS, recording, *where)


def script_runs(
    connection: Connection,
    names: KnownNames,
    recording: int,
    first: int,
    last: int | None,
    interaction: int | None,
) -> list[ScriptRun]:
    """Script runs `first` to `last` (inclusive; None: the end), or those of one interaction."""
    runs = RUNS.table.c
    where = [runs.n >= first]
    if last is not None:
        where.append(runs.n <= last)
    if interaction is not None:
        where.append(runs.interaction == interaction)
    return read(connection, names, RUNS, recording, *where)


def script_run(connection: Connection, names: KnownNames, recording: int, n: int) -> ScriptRun:
    """One script run. Raises RunNotFound when the recording has none with that number."""
    found = read(connection, names, RUNS, recording, RUNS.table.c.n == n)
    if not found:
        newer = select(RUNS.table.c.n).where(RUNS.table.c.recording_id == recording)
        if n > 0 and connection.scalar(newer.where(RUNS.table.c.n > n).limit(1)) is not None:
            raise RunNotFound(
                f"run {n} of recording {recording} is not kept any more: its limits say why"
            )
        raise no_such_run(recording, n)
    return found[0]


def no_such_run(recording: int, n: int) -> RunNotFound:
    """The error that a recording has no such run."""
    return RunNotFound(f"recording {recording} has no run {n}; see the list of its runs")


def sent_messages(
    connection: Connection,
    names: KnownNames,
    recording: int,
    app_session: int,
    runs: Sequence[int],
) -> list[PageMessage]:
    """The page messages of `runs` that were sent to the browser of one app session."""
    messages = MESSAGES.table.c
    sent = [messages.app_session == app_session, messages.sent_order.is_not(None)]
    return read(connection, names, MESSAGES, recording, messages.run.in_(runs), *sent)
