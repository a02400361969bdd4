"""How far a recording has come: what a page compares to know whether to ask for more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rerun_trace.web.server.reads import Reads


def changes(reads: Reads, recording: int) -> dict[str, Any]:
    """The recording's state, and a marker that differs as soon as anything was added."""
    store = reads.store
    counts = store.counts(recording)
    info = store.recording(recording)
    newest = store.runs(recording, first=counts["runs"])  # numbers have no gaps: the last one
    last_ns = max((run.ended_ns or run.started_ns for run in newest), default=0)
    state = reads.state_of(info, last_ns)
    return {
        "marker": json.dumps([counts, state, info.limits], sort_keys=True, default=str),
        "state": state,
        "limits": info.limits,
        "edits": counts["edits"],
        "total": {"runs": counts["runs"], "interactions": counts["interactions"]},
    }
