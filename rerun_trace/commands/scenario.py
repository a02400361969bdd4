"""`rerun-trace scenario`: what was done in a recording, as a scenario that can be driven."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..db.reading.recording import read_recording
from ..db.store import TraceStore
from ..tracer.driver.of_recording import replay_steps, start_query
from ..tracer.driver.scenario_text import toml_text
from ..tracer.errors import ScenarioError
from .options import db_option, record_number
from .terminal import say, tell
from .words import moment


@click.command()
@click.argument("recording", type=record_number)
@click.option(
    "-o", "--output", metavar="FILE", help="Write a file: TOML, or JSON when it ends in .json."
)
@db_option
def scenario(recording: int, output: str | None, db: str | None) -> None:
    """Write the scenario of RECORDING, so that drive and compare can play it again.

    Hidden values, such as passwords, are not in a recording: their steps say so.
    """
    with TraceStore.open(db, create=False) as store:
        facts = read_recording(store, recording)
    start, steps = start_query(facts), replay_steps(facts)
    if output is not None and output.endswith(".json"):
        plain = [item.step for item in steps if item.step is not None]
        text = (
            json.dumps({**(start.step or {}), "steps": plain}, indent=1, ensure_ascii=False) + "\n"
        )
    else:
        info = facts.info
        heading = f"Recording {recording} of {info.app}, {moment(info.started_at)}"
        text = toml_text(steps, heading, start)
    if start.note:
        tell(f"query: {start.note}")
    for n, item in enumerate(steps, 1):
        if item.note:
            tell(f"step {n}: {item.note}")
    if output is None:
        say(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"cannot write {output}: {error.strerror}") from None
