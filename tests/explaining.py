"""What the tests of findings share: an app is recorded under a scenario, and explained."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from support import SAMPLES, Recorded, record

from rerun_trace.db.reading.recording import read_recording
from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.explain.explainer import Explainer, explain
from rerun_trace.tracer.explain.finding import Finding
from rerun_trace.tracer.model import Outcome

FINDINGS = SAMPLES / "findings"
_OF_A_RUN = (
    *("callbacks", "rerun_requests", "state_writes", "state_attempts", "state_reads"),
    *("query_changes", "cache_accesses", "writes", "errors", "line_counts", "messages"),
)


def facts_of_recorded(recorded: Recorded) -> RecordingFacts:
    """Everything of a recording; its steps are read, so that the database can be closed."""
    with recorded.store() as store:
        facts = read_recording(store, recorded.id)
        steps = {run.n: store.steps(recorded.id, run.n) for run in facts.runs}
    return replace(facts, steps=steps.__getitem__)


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


def explained_run_by_run(facts: RecordingFacts) -> list[Finding]:
    """The findings as they are when a recording grows: each run comes twice, first as it begins."""
    explainer = Explainer(_of_run(facts, 0))
    for run in facts.runs:
        beginning = replace(run, outcome=Outcome.RUNNING, ended_ns=None, steps=0)
        explainer.extend(replace(_of_run(facts, 0), runs=[beginning]))
        explainer.extend(_of_run(facts, run.n))
    return explainer.findings()


def _of_run(facts: RecordingFacts, n: int) -> RecordingFacts:
    """What was recorded of one run; 0: of none."""
    own: dict[str, Any] = {
        name: [record for record in getattr(facts, name) if record.run == n] for name in _OF_A_RUN
    }
    return replace(facts, runs=[run for run in facts.runs if run.n == n], **own)
