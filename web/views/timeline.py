"""What the timeline reads: all runs in numbers, and the details of those in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from rerun_trace.web.models import run_index, timeline
from rerun_trace.web.server import query
from rerun_trace.web.server.changes import changes
from rerun_trace.web.views.answering import answer

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore
    from rerun_trace.web.server.reads import Reads

MOST_AGAIN = 500  # running runs that one request may ask about once more


def blueprint(reads: Reads) -> Blueprint:
    """The views, below `/api/recordings/<recording>`."""
    views = Blueprint("timeline", __name__)
    store = reads.store

    @views.get("/index")
    def index(recording: int) -> ResponseReturnValue:
        # The marker is read first: what changes meanwhile is then fetched once more, never missed.
        result = changes(reads, recording)
        again = query.numbers("again", MOST_AGAIN)
        runs = store.run_columns(recording, max(1, query.number("from", 1)), again)
        # After the runs: whatever interaction they refer to is there by now.
        interactions = store.interaction_columns(recording, query.number("interactions", 0))
        result["has_callbacks"] = store.has_callbacks(recording)
        result["has_threads"] = store.has_threads(recording)
        result["words"] = run_index.WORDS
        result["runs"] = run_index.pack_runs(runs)
        result["interactions"] = run_index.pack_interactions(interactions)
        return jsonify(result)

    @views.get("/timeline")
    def window(recording: int) -> ResponseReturnValue:
        first = max(1, query.number("first", 1))
        most = first + timeline.MOST_RUNS - 1
        last = min(query.number("last", most), most)
        return answer(timeline.window(read_window(store, recording, first, last)))

    return views


def read_window(store: TraceStore, recording: int, first: int, last: int) -> timeline.WindowRecords:
    """The runs `first` to `last`, and the interactions from the first one's to the next one's."""
    runs = store.runs(recording, first=first, last=last + 1)
    lowest = min((run.interaction for run in runs), default=0) if first > 1 else 0
    highest = runs[-1].interaction if runs and runs[-1].n > last else None
    runs = [run for run in runs if run.n <= last]
    window = (first, last)
    return timeline.WindowRecords(
        store.interactions(recording, first=lowest, last=highest),
        runs,
        store.callbacks(recording, runs=window),
        store.thread_spans(recording, runs=window),
        store.rerun_requests(recording, runs=window),
        store.errors(recording, runs=window),
        store.container_writes(recording, runs=window),
        store.state_writes(recording, runs=window),
        timeline.fates_of(store.messages(recording, runs=window)),
        store.line_counts(recording, runs=window),
        store.sources(recording),
    )
