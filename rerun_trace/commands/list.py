"""`rerun-trace list`: the recordings of a database."""

from __future__ import annotations

import dataclasses
import json

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..db.store import TraceStore
from ..tracer.model import RecordingInfo
from ..tracer.words.printable import printable
from ..tracer.words.sentences import count, duration
from .options import db_option, json_option
from .words import moment


@click.command("list")
@db_option
@json_option
def list_recordings(db: str | None, as_json: bool) -> None:
    """List the recordings, newest first."""
    with TraceStore.open(db) as store:
        summaries = store.summaries()
        location = store.location
    if as_json:
        plain = [dataclasses.asdict(summary) for summary in summaries]
        click.echo(json.dumps(plain, default=str, indent=2))
        return
    if not summaries:
        click.echo(f"No recordings in {location} yet. Make one: rerun-trace app.py")
        return
    table = Table("id", "app", "when", "runs", "clicks etc.", "lasted", "engine", "state")
    for column in (0, 3, 4, 5):
        table.columns[column].justify = "right"
    for summary in summaries:
        info = summary.info
        state = "complete" if info.complete else "not complete"
        if summary.errors:
            state += f", {summary.errors} error{'s' * (summary.errors > 1)}"
        if summary.notes:
            state += f", {count(summary.notes, 'note')}"
        table.add_row(
            str(info.id),
            Text(printable(_title(info), lines=True)),
            moment(info.started_at),
            str(summary.runs),
            str(max(summary.interactions - summary.app_sessions, 0)),
            duration(summary.duration_ns),
            f"{info.engine}, Streamlit {info.streamlit}",
            state,
        )
    Console().print(table)


def _title(info: RecordingInfo) -> str:
    """The recording's name, where it has one, and the app's."""
    app = info.app + (f" ({info.variant})" if info.variant else "")
    return f"{info.name}\n{app}" if info.name else app
