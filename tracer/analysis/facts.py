"""The facts document (`rerun-trace/facts/1`): what a recording says, in a fixed form.

People, tests and other tools rely on the form; another form is another schema number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model import (
    Callback,
    ContainerWrite,
    Interaction,
    LineCount,
    MessageFate,
    PageMessage,
    RecordingInfo,
    RerunRequest,
    RunError,
    ScriptRun,
    Source,
    StateWrite,
    StepChunk,
)
from .coverage import cover_run, superseding
from .page import page_after

SCHEMA = "rerun-trace/facts/1"
MAX_LINES = 2000


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """Everything of one recording that the document is made from. `steps` reads one run's."""

    info: RecordingInfo
    interactions: Sequence[Interaction] = ()
    runs: Sequence[ScriptRun] = ()
    callbacks: Sequence[Callback] = ()
    rerun_requests: Sequence[RerunRequest] = ()
    state_writes: Sequence[StateWrite] = ()
    writes: Sequence[ContainerWrite] = ()
    errors: Sequence[RunError] = ()
    line_counts: Sequence[LineCount] = ()
    messages: Sequence[PageMessage] = ()
    sources: Sequence[Source] = ()
    steps: Callable[[int], StepChunk] = field(default=lambda run: StepChunk(run, 1, ()))


def facts_document(recording: RecordingFacts) -> dict[str, Any]:
    """The document as plain data, ready for JSON."""
    info = recording.info
    of_run = _Grouped(recording)
    return {
        "schema": SCHEMA,
        "recording": {
            "id": info.id,
            "app": info.app,
            "variant": info.variant,
            "started_at": info.started_at.isoformat(),
            "python": info.python,
            "streamlit": info.streamlit,
            "engine": info.engine,
            "engine_reason": info.engine_reason,
            "complete": info.complete,
            "limits": list(info.limits),
        },
        "interactions": [
            {
                "n": interaction.n,
                "action": dict(interaction.action),
                "runs": [r.n for r in recording.runs if r.interaction == interaction.n],
            }
            for interaction in recording.interactions
        ],
        "runs": [_run(recording, run, of_run) for run in recording.runs],
        "final_page": _final_page(recording),
    }


class _Grouped:
    """The rows of each run."""

    def __init__(self, recording: RecordingFacts) -> None:
        self.callbacks = _by_run(recording.callbacks)
        self.rerun_requests = _by_run(recording.rerun_requests)
        self.state_writes = _by_run(recording.state_writes)
        self.writes = _by_run(recording.writes)
        self.errors = _by_run(recording.errors)
        self.line_counts = _by_run(recording.line_counts)
        self.fates = {message.n: message.fate for message in recording.messages}
        self.files = {source.file_no: source.file for source in recording.sources}


def _by_run(records: Iterable[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for record in records:
        groups.setdefault(record.run, []).append(record)
    return groups


def _run(recording: RecordingFacts, run: ScriptRun, of_run: _Grouped) -> dict[str, Any]:
    steps = recording.steps(run.n).steps[:MAX_LINES]
    counts = of_run.line_counts.get(run.n, [])
    superseded_by = superseding(run, recording.interactions)
    covered = cover_run(run, recording.sources, counts, superseded_by)
    errors = of_run.errors.get(run.n, [])
    return {
        "n": run.n,
        "app_session": run.app_session,
        "kind": run.kind,
        "fragments": list(run.fragments),
        "trigger": {
            "type": run.trigger_type,
            "interaction" if run.trigger_type == "interaction" else "run": run.trigger,
        },
        "outcome": run.outcome,
        "blind_step": run.blind_step,
        "error": _error(errors[-1]) if errors else None,
        "started_ns": run.started_ns,
        "duration_ns": None if run.ended_ns is None else run.ended_ns - run.started_ns,
        "callbacks": [
            {"function": c.function, "file": c.file, "line": c.line, "error": c.error}
            for c in of_run.callbacks.get(run.n, ())
        ],
        "lines": [[of_run.files.get(step.file, "?"), step.line] for step in steps],
        "not_run": [[file.file, line.line] for file in covered for line in file.not_run],
        "rerun_requests": [
            {"file": r.file, "line": r.line, "scope": r.scope, "allowed": r.allowed}
            # Whether a callback's is honoured shows when the run ends: it was written last.
            for r in sorted(of_run.rerun_requests.get(run.n, ()), key=lambda r: r.at_ns)
        ],
        "state_writes": [
            {"key": w.key, "old": w.old, "new": w.new, "file": w.file, "line": w.line}
            for w in of_run.state_writes.get(run.n, ())
        ],
        "writes": [
            {
                "file": w.file,
                "line": w.line,
                "path": list(w.path),
                "element": w.element,
                "label": w.label,
                "out_of_order": w.out_of_order,
                "delivered": of_run.fates.get(w.message) is MessageFate.DELIVERED,
            }
            for w in of_run.writes.get(run.n, ())
        ],
    }


def _error(error: RunError) -> dict[str, Any]:
    return {
        "type": error.type,
        "message": error.message,
        "file": error.file,
        "line": error.line,
        "traceback": error.traceback,
    }


def _final_page(recording: RecordingFacts) -> list[dict[str, Any]]:
    """The page of the first app session as its browser last had it."""
    messages = [m for m in recording.messages if m.app_session == 1]
    return [
        {"path": list(node.path), "element": node.element, "label": node.label}
        for node in page_after(messages).visible()
    ]
