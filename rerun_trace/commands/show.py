"""`rerun-trace show`: one recording, as a tree or as the facts document."""

from __future__ import annotations

import json

import click

from ..db.reading.recording import read_recording
from ..db.store import TraceStore
from ..facts import facts_of
from ..tracer.errors import RecordingNotFound
from .options import db_option, json_option
from .tree import print_recording

_LARGEST = 2**31 - 1  # of every database's numbers


@click.command()
@click.argument("recording", type=click.IntRange(1, _LARGEST), required=False)
@db_option
@json_option
def show(recording: int | None, db: str | None, as_json: bool) -> None:
    """Show RECORDING (a number from `list`; without it, the newest)."""
    with TraceStore.open(db, create=False) as store:
        if recording is None:
            latest = store.latest()
            if latest is None:
                raise RecordingNotFound(f"no recordings in {store.location} yet")
            recording = latest.id
        if as_json:
            click.echo(json.dumps(facts_of(store, recording), indent=1))
        else:
            print_recording(read_recording(store, recording))
