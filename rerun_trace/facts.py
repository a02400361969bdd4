"""Reads what a facts document is made from out of a store."""

from __future__ import annotations

from typing import Any

from .db.store import TraceStore
from .tracer.analysis.facts import RecordingFacts, facts_document


def read_facts(store: TraceStore, recording_id: int) -> RecordingFacts:
    """One recording. Raises RecordingNotFound."""
    return RecordingFacts(
        info=store.recording(recording_id),
        interactions=store.interactions(recording_id),
        runs=store.runs(recording_id),
        callbacks=store.callbacks(recording_id),
        rerun_requests=store.rerun_requests(recording_id),
        state_writes=store.state_writes(recording_id),
        writes=store.container_writes(recording_id),
        errors=store.errors(recording_id),
        line_counts=store.line_counts(recording_id),
        messages=store.messages(recording_id),
        sources=store.sources(recording_id),
        steps=lambda run: store.steps(recording_id, run),
    )


def facts_of(store: TraceStore, recording_id: int) -> dict[str, Any]:
    """The facts document of one recording."""
    return facts_document(read_facts(store, recording_id))
