"""`rerun-trace list`: the recordings of a database."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import click
from rich import box
from rich.table import Table
from rich.text import Text

from ..db.engine import missing_file
from ..db.store import RecordingSummary, TraceStore
from ..tracer.words.outcomes import STATES
from ..tracer.words.printable import printable
from ..tracer.words.sentences import count, duration, recording_state
from .options import app_option, db_option, json_option, of_app
from .terminal import Screen, say, say_json
from .words import moment, short_moment


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the table; on a terminal that is narrower than `since` it is left out."""

    head: str
    cell: Callable[[RecordingSummary], str]
    justify: Literal["left", "right"] = "left"
    since: int = 0  # characters
    until: int = 1_000_000
    folds: bool = False


@click.command("list")
@app_option
@db_option
@json_option
def list_recordings(app: str | None, db: str | None, as_json: bool) -> None:
    """List the recordings, newest first. The wider the terminal, the more of each."""
    # The user's own file may not be there yet. One that was named is: else it was named wrongly.
    if db is None and (unmade := missing_file()) is not None:
        every, location = [], str(unmade)
    else:
        with TraceStore.open(db, create=False) as store:
            every, location = store.summaries(), store.location
    summaries = of_app(every, app)
    if as_json:
        plain = [dataclasses.asdict(summary) for summary in summaries]
        say_json(plain, 2, str)
        return
    if not summaries:
        say(f"No recordings in {location} yet. Make one: rerun-trace app.py")
        return
    console = Screen(highlight=False)
    console.print(_table(summaries, console.width))


def _table(summaries: list[RecordingSummary], width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    columns = [each for each in _COLUMNS if each.since <= width < each.until]
    for column in columns:
        # What is not folded is never cut: what is left of the width is the app's.
        table.add_column(
            column.head,
            justify=column.justify,
            no_wrap=not column.folds,
            overflow="fold",
            min_width=14 if column.folds else None,
        )
    for summary in summaries:
        cells = (printable(column.cell(summary), lines=True) for column in columns)
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _app(summary: RecordingSummary) -> str:
    """The recording's name, where it has one, and the app's."""
    info = summary.info
    app = info.app + (f" ({info.variant})" if info.variant else "")
    return f"{info.name}\n{app}" if info.name else app


def _state(summary: RecordingSummary) -> str:
    """How it is, and below that what else is in it."""
    now = datetime.now(UTC)
    lines = [STATES[recording_state(summary.info, summary.duration_ns, now, here=False)]]
    if summary.errors:
        lines.append(count(summary.errors, "error"))
    if summary.notes:
        lines.append(count(summary.notes, "note"))
    return "\n".join(lines)


_WIDE, _WIDER, _WIDEST = 100, 130, 160
_COLUMNS = (
    _Column("id", lambda each: str(each.info.id), "right"),
    _Column("app", _app, folds=True),
    _Column("when", lambda each: short_moment(each.info.started_at), until=_WIDER),
    _Column("when", lambda each: moment(each.info.started_at), since=_WIDER),
    _Column("inter-\nactions", lambda each: f"{each.interactions:,}", "right"),
    _Column("runs", lambda each: f"{each.runs:,}", "right"),
    _Column("length", lambda each: duration(each.duration_ns), "right"),
    _Column("state", _state),
    _Column("engine", lambda each: each.info.engine, since=_WIDE),
    _Column("Streamlit", lambda each: each.info.streamlit, since=_WIDER),
    _Column("Python", lambda each: each.info.python, since=_WIDER),
    _Column("folder", lambda each: each.info.folder, since=_WIDEST, folds=True),
)
