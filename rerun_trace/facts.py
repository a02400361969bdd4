"""The facts document of a recording in a store."""

from __future__ import annotations

from typing import Any

from .db.reading.recording import read_recording
from .db.store import TraceStore
from .tracer.render.facts import facts_document


def facts_of(store: TraceStore, recording_id: int) -> dict[str, Any]:
    """The facts document of one recording."""
    return facts_document(read_recording(store, recording_id))
