"""The facts document of a recording in a store."""

from __future__ import annotations

from typing import Any

from .db.reading.recording import read_recording
from .db.store import TraceStore
from .tracer.explain.explainer import explain
from .tracer.render.facts import facts_document


def facts_of(store: TraceStore, recording_id: int) -> dict[str, Any]:
    """The facts document of one recording, with what is found in it."""
    facts = read_recording(store, recording_id)
    return facts_document(facts, explain(facts))
