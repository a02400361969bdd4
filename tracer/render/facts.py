"""The facts document of a recording. Its form is in `tracer/documents/facts.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from ..analysis.coverage import Cause
from ..analysis.identities import previous_identities
from ..analysis.page import page_after
from ..analysis.recording import Coverages, RecordingFacts, by_run
from ..documents import facts as forms
from ..documents.form import plain
from ..explain.finding import Finding
from ..model import (
    AttemptFate,
    ContainerWrite,
    Interaction,
    MessageFate,
    RunError,
    ScriptRun,
    StateAttempt,
    StateRead,
    Step,
    TriggerType,
)
from .findings import finding_forms


def facts_document(
    recording: RecordingFacts, found: Sequence[Finding] | None = None
) -> dict[str, Any]:
    """The document as plain data, ready for JSON."""
    return plain(facts(recording, found))


def facts(recording: RecordingFacts, found: Sequence[Finding] | None = None) -> forms.Facts:
    """What the recording says, and what was found in it; None: nothing was looked for."""
    info = recording.info
    of_run = _Grouped(recording)
    return forms.Facts(
        schema=forms.SCHEMA,
        recording=forms.Recording(
            id=info.id,
            name=info.name,
            app=info.app,
            variant=info.variant,
            started_at=info.started_at.isoformat(),
            python=info.python,
            streamlit=info.streamlit,
            engine=info.engine,
            engine_reason=info.engine_reason,
            complete=info.complete,
            limits=list(info.limits),
        ),
        app_sessions=[
            forms.AppSession(n=tab.n, opened_ns=tab.opened_ns, closed_ns=tab.closed_ns)
            for tab in recording.app_sessions
        ],
        interactions=[_interaction(recording, item) for item in recording.interactions],
        runs=[_run(recording, run, of_run) for run in recording.runs],
        lost_writes=[_attempt(a) for a in recording.state_attempts if not a.run],
        final_page=_final_page(recording),
        notes=[
            forms.Note(
                n=note.n,
                run=note.run,
                step=note.step,
                at_ns=note.at_ns,
                text=note.text,
                written_at=note.written_at.isoformat(),
            )
            for note in recording.notes
        ],
        findings=UNSET if found is None else finding_forms(found),
    )


class _Grouped:
    """The rows of each run."""

    def __init__(self, recording: RecordingFacts) -> None:
        self.callbacks = by_run(recording.callbacks)
        self.rerun_requests = by_run(recording.rerun_requests)
        self.state_writes = by_run(recording.state_writes)
        self.state_attempts = by_run(recording.state_attempts)
        self.state_reads = by_run(recording.state_reads)
        self.query_changes = by_run(recording.query_changes)
        self.cache_accesses = by_run(recording.cache_accesses)
        self.writes = by_run(recording.writes)
        self.errors = by_run(recording.errors)
        self.coverage = Coverages(recording)
        self.fates = {message.n: message.fate for message in recording.messages}
        self.files = {source.file_no: source.file for source in recording.sources}
        self.widgets = {widget.n: widget for widget in recording.drawn_widgets}
        self.before = previous_identities(recording.runs, recording.writes, self.widgets)


def _interaction(recording: RecordingFacts, interaction: Interaction) -> forms.Interaction:
    return forms.Interaction(
        n=interaction.n,
        app_session=interaction.app_session,
        at_ns=interaction.at_ns,
        action=dict(interaction.action),
        query=interaction.query,
        changes=[
            forms.Change(element=c.element, label=c.label, key=c.key, old=c.old, new=c.new)
            for c in interaction.changes
        ],
        runs=[r.n for r in recording.runs if r.interaction == interaction.n],
        into=[r.n for r in recording.runs if interaction.n in r.took],
    )


def _run(recording: RecordingFacts, run: ScriptRun, of_run: _Grouped) -> forms.Run:
    steps = recording.steps(run.n).steps[: forms.MAX_LINES]
    covered = of_run.coverage.of(run)
    errors = of_run.errors.get(run.n, [])
    changes = of_run.query_changes.get(run.n, [])
    attempts = of_run.state_attempts.get(run.n, [])
    return forms.Run(
        n=run.n,
        app_session=run.app_session,
        kind=run.kind,
        fragments=list(run.fragments),
        fragment_names=list(run.fragment_names),
        fragments_gone=list(run.fragments_gone),
        trigger=_trigger(run),
        outcome=run.outcome,
        halted=None if run.halted_line is None else (run.halted_file or "?", run.halted_line),
        stopped_by=run.stopped_by,
        blind_step=run.blind_step,
        error=_error(errors[-1]) if errors else None,
        started_ns=run.started_ns,
        duration_ns=None if run.ended_ns is None else run.ended_ns - run.started_ns,
        query=forms.Query(before=run.query, after=changes[-1].new if changes else run.query),
        query_changes=[
            forms.QueryChange(old=c.old, new=c.new, file=c.file, line=c.line) for c in changes
        ],
        callbacks=[
            forms.Callback(
                function=c.function,
                file=c.file,
                line=c.line,
                label=c.label,
                error=c.error,
                arguments=dict(c.arguments),
                closure=dict(c.closure),
            )
            for c in of_run.callbacks.get(run.n, ())
        ],
        lines=[(of_run.files.get(step.file, "?"), step.line) for step in steps],
        not_run=[
            (file.file, line.line)
            for file in covered
            for line in file.not_run
            if line.cause is not Cause.SO_FAR
        ],
        rerun_requests=[
            forms.RerunRequest(file=r.file, line=r.line, scope=r.scope, allowed=r.allowed)
            # Whether a callback's is honoured shows when the run ends: it was written last.
            for r in sorted(of_run.rerun_requests.get(run.n, ()), key=lambda r: r.at_ns)
        ],
        state_writes=[
            forms.StateWrite(key=w.key, op=w.op, old=w.old, new=w.new, file=w.file, line=w.line)
            for w in of_run.state_writes.get(run.n, ())
        ],
        refused_writes=[_attempt(a) for a in attempts if a.fate is AttemptFate.REFUSED],
        lost_writes=[_attempt(a) for a in attempts if a.fate is AttemptFate.LOST],
        state_reads=[_read(r, steps, of_run) for r in of_run.state_reads.get(run.n, ())],
        cache=[
            forms.CacheAccess(
                function=c.function,
                cache=c.cache,
                hit=c.hit,
                duration_ns=c.duration_ns,
                file=c.file,
                line=c.line,
            )
            for c in of_run.cache_accesses.get(run.n, ())
        ],
        writes=[
            forms.Write(
                file=w.file,
                line=w.line,
                path=list(w.path),
                element=w.element,
                label=w.label,
                shows=w.shows,
                out_of_order=w.out_of_order,
                delivered=of_run.fates.get(w.message) is MessageFate.DELIVERED,
                widget=_widget(w, of_run),
            )
            for w in of_run.writes.get(run.n, ())
        ],
    )


def _trigger(run: ScriptRun) -> forms.ByInteraction | forms.ByRerun:
    if run.trigger_type is TriggerType.INTERACTION:
        return forms.ByInteraction(interaction=run.trigger)
    return forms.ByRerun(run=run.trigger)


def _attempt(attempt: StateAttempt) -> forms.StateAttempt:
    return forms.StateAttempt(
        key=attempt.key,
        value=attempt.value,
        reason=attempt.reason,
        file=attempt.file,
        line=attempt.line,
    )


def _read(read: StateRead, steps: Sequence[Step], of_run: _Grouped) -> forms.StateRead:
    """A read of state, with the line of its step where that is among the steps that are told."""
    step = steps[read.step - 1] if 0 < read.step <= len(steps) else None
    file, line = (None, None) if step is None else (of_run.files.get(step.file), step.line)
    return forms.StateRead(key=read.key, found=read.found, step=read.step, file=file, line=line)


def _widget(write: ContainerWrite, of_run: _Grouped) -> forms.Widget | None:
    widget = of_run.widgets.get(write.widget or 0)
    if widget is None:
        return None
    return forms.Widget(
        identity=widget.identity,
        before=of_run.before.get(write.message),
        key=widget.key,
        value=write.value,
        made_of=dict(widget.made_of),
    )


def _error(error: RunError) -> forms.Error:
    return forms.Error(
        type=error.type,
        message=error.message,
        file=error.file,
        line=error.line,
        traceback=error.traceback,
    )


def _final_page(recording: RecordingFacts) -> list[forms.Shown]:
    """The page of the first app session as its browser last had it."""
    messages = [m for m in recording.messages if m.app_session == 1]
    shown = {write.message: write.shows for write in recording.writes}
    return [
        forms.Shown(
            path=list(node.path),
            element=node.element,
            label=node.label,
            shows=shown.get(node.message),
        )
        for node in page_after(messages).visible()
    ]
