"""`rerun-trace explain`: what is wrong in a recording, why, and what to write instead."""

from __future__ import annotations

import click

from ..db.reading.recording import to_explain
from ..db.store import TraceStore
from ..tracer.documents.form import plain
from ..tracer.explain.explainer import explain as findings_of
from ..tracer.render.findings import finding_forms
from .findings import print_findings
from .options import db_option, json_option, newest, record_number
from .terminal import say_json


@click.command()
@click.argument("recording", type=record_number, required=False)
@db_option
@json_option
def explain(recording: int | None, db: str | None, as_json: bool) -> None:
    """Say what is wrong in RECORDING (a number from `list`; without it, the newest)."""
    with TraceStore.open(db, create=False) as store:
        found = findings_of(to_explain(store, newest(store, recording)))
    if as_json:
        document = {"findings": [plain(each) for each in finding_forms(found)]}
        say_json(document)
    else:
        print_findings(found)
