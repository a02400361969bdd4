"""Reads all of one recording that an analysis wants out of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_trace.tracer.analysis.recording import RecordingFacts

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore


def read_recording(store: TraceStore, recording: int) -> RecordingFacts:
    """One recording. Raises RecordingNotFound."""
    return _read(store, recording, None)


def read_runs(store: TraceStore, recording: int, first: int, last: int) -> RecordingFacts:
    """The runs `first` to `last` of a recording with what is theirs, and all that is of no run.

    Of the interactions those from the first of these runs on. Raises RecordingNotFound.
    """
    return _read(store, recording, (first, last))


def _read(store: TraceStore, recording: int, runs: tuple[int, int] | None) -> RecordingFacts:
    first, last = (1, None) if runs is None else runs
    found = store.runs(recording, first=first, last=last)
    oldest = 0 if runs is None else min((run.interaction for run in found), default=0)
    return RecordingFacts(
        info=store.recording(recording),
        interactions=store.interactions(recording, first=oldest),
        runs=found,
        callbacks=store.callbacks(recording, runs=runs),
        rerun_requests=store.rerun_requests(recording, runs=runs),
        state_writes=store.state_writes(recording, runs=runs),
        writes=store.container_writes(recording, runs=runs),
        errors=store.errors(recording, runs=runs),
        line_counts=store.line_counts(recording, runs=runs),
        messages=store.messages(recording, runs=runs),
        sources=store.sources(recording),
        app_sessions=store.app_sessions(recording),
        state_attempts=store.state_attempts(recording, runs=runs),
        state_reads=store.state_reads(recording, runs=runs),
        query_changes=store.query_changes(recording, runs=runs),
        drawn_widgets=store.drawn_widgets(recording),
        cache_accesses=store.cache_accesses(recording, runs=runs),
        notes=store.notes(recording),
        steps=lambda run: store.steps(recording, run),
    )
