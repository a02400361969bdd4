"""What the tests of findings share: an app is recorded under a scenario, and explained."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from support import SAMPLES, Recorded, record

from rerun_trace.db.reading.recording import read_recording
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.explain.explainer import explain
from rerun_trace.tracer.explain.finding import Finding

FINDINGS = SAMPLES / "findings"


def facts_of_recorded(recorded: Recorded) -> RecordingFacts:
    """Everything of a recording; its steps are read, so that the database can be closed."""
    with recorded.store() as store:
        facts = read_recording(store, recorded.id)
        steps = {run.n: store.steps(recorded.id, run.n) for run in facts.runs}
    return _with_steps(facts, steps)


def _with_steps(facts: RecordingFacts, steps: dict[int, Any]) -> RecordingFacts:
    import dataclasses

    return dataclasses.replace(facts, steps=steps.__getitem__)


def explained(
    app: Path | str, steps: list[dict[str, Any]] | dict[str, Any], folder: Path, **options: Any
) -> list[Finding]:
    """The findings of an app under a scenario. `app` is a file, or the text of one."""
    if isinstance(app, str):
        file = folder / "app.py"
        file.write_text(app, encoding="utf-8")
        app = file
    recorded = record(app, steps, folder / f"{app.stem}.sqlite", **options)
    return explain(facts_of_recorded(recorded))


def kinds_of(findings: list[Finding]) -> list[tuple[str, int | None]]:
    """Kind and line of each finding."""
    return [(each.kind.name, each.line) for each in findings]


def scenario_of(kind: str) -> dict[str, Any]:
    """The scenario of a sample of a finding."""
    return tomllib.loads((FINDINGS / kind / "scenario.toml").read_text(encoding="utf-8"))


def open_store(recorded: Recorded) -> TraceStore:
    """The database of a recording."""
    return recorded.store()
