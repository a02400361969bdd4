"""The facts document of a recording in a store."""

from __future__ import annotations

from typing import Any

from .db.store import TraceStore
from .tracer.analysis.facts import facts_document
from .web.records import read_recording


def facts_of(store: TraceStore, recording_id: int) -> dict[str, Any]:
    """The facts document of one recording."""
    return facts_document(read_recording(store, recording_id))
