"""Reads all of one recording that an analysis wants out of a store."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from rerun_trace.tracer.analysis.garbage import not_collected
from rerun_trace.tracer.analysis.recording import ReadLater, RecordingFacts

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore


def read_recording(store: TraceStore, recording: int) -> RecordingFacts:
    """One recording. Raises RecordingNotFound."""
    with not_collected():
        return replace(
            _without_the_many(store, recording),
            line_counts=store.line_counts(recording),
            messages=store.messages(recording),
        )


def to_explain(store: TraceStore, recording: int) -> RecordingFacts:
    """The same, for who may never ask for messages and line counts, most of all that is recorded.

    Of a recording to which nothing is added any more they are read when they are asked for. Raises
    RecordingNotFound.
    """
    if not store.recording(recording).complete:
        return read_recording(store, recording)
    with not_collected():
        return replace(
            _without_the_many(store, recording),
            line_counts=ReadLater(partial(store.line_counts, recording)),
            messages=ReadLater(partial(store.messages, recording)),
        )


def _without_the_many(store: TraceStore, recording: int) -> RecordingFacts:
    runs = store.runs(recording)
    return RecordingFacts(
        info=store.recording(recording),
        interactions=store.interactions(recording),
        runs=runs,
        callbacks=store.callbacks(recording),
        rerun_requests=store.rerun_requests(recording),
        state_writes=store.state_writes(recording),
        writes=store.container_writes(recording),
        errors=store.errors(recording),
        sources=store.sources(recording),
        app_sessions=store.app_sessions(recording),
        state_attempts=store.state_attempts(recording),
        state_reads=store.state_reads(recording),
        query_changes=store.query_changes(recording),
        drawn_widgets=store.drawn_widgets(recording),
        cache_accesses=store.cache_accesses(recording),
        notes=store.notes(recording),
        steps=store.steps_ahead(recording, runs),
    )
