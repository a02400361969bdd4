"""Reads what a facts document is made from out of a store."""

from __future__ import annotations

from typing import Any

from .db.store import TraceStore
from .tracer.analysis.facts import RecordingFacts, facts_document
from .web.records import read_recording


def read_facts(store: TraceStore, recording_id: int) -> RecordingFacts:
    """One recording. Raises RecordingNotFound."""
    return read_recording(store, recording_id)


def facts_of(store: TraceStore, recording_id: int) -> dict[str, Any]:
    """The facts document of one recording."""
    return facts_document(read_facts(store, recording_id))
