"""`rerun-trace show`: one recording, as a tree or as the facts document."""

from __future__ import annotations

import click

from ..db.reading.recording import read_recording
from ..db.store import TraceStore
from ..facts import facts_of
from ..tracer.explain.explainer import explain
from .findings import print_found
from .options import db_option, json_option, newest, record_number
from .terminal import say_json
from .tree import print_recording


@click.command()
@click.argument("recording", type=record_number, required=False)
@db_option
@json_option
def show(recording: int | None, db: str | None, as_json: bool) -> None:
    """Show RECORDING (a number from `list`; without it, the newest)."""
    with TraceStore.open(db, create=False) as store:
        recording = newest(store, recording)
        if as_json:
            say_json(facts_of(store, recording))
        else:
            facts = read_recording(store, recording)
            print_recording(facts)
            print_found(explain(facts))
