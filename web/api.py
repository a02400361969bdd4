"""What the pages' scripts read: JSON below `/api/recordings/<id>/`, and the graphs' DOT text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.analysis.coverage import cover_run, superseding
from rerun_trace.tracer.model import TriggerType
from rerun_trace.web import graphs, timeline, words
from rerun_trace.web.dot import causes_dot
from rerun_trace.web.flow_dot import flow_dot
from rerun_trace.web.run_view import RunRecords, run_view
from rerun_trace.web.source_view import highlight

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore
    from rerun_trace.web.pages import Reads


def blueprint(reads: Reads) -> Blueprint:
    """The JSON views, reading from `reads`."""
    api = Blueprint("api", __name__, url_prefix="/api/recordings/<int:recording>")
    store = reads.store

    @api.get("/changes")
    def changes(recording: int) -> ResponseReturnValue:
        return jsonify(_changes(reads, recording))

    @api.get("/timeline")
    def timeline_(recording: int) -> ResponseReturnValue:
        # The marker is read first: what changes meanwhile is then fetched once more, never missed.
        result = _changes(reads, recording)
        first, last = _window()
        runs = store.runs(recording, first=first, last=last)
        interactions = graphs.interactions_of(store, recording, runs, first, last)
        low, high = graphs.ends(runs)
        window = (low, high)
        result |= timeline.spans(
            interactions,
            runs,
            store.callbacks(recording, runs=window),
            store.rerun_requests(recording, runs=window),
            store.errors(recording, runs=window),
        )
        result["window"] = {"first": low, "last": high}
        result["ticks"] = None
        if len(runs) <= timeline.TICK_RUNS:
            result["ticks"] = timeline.ticks(
                store.container_writes(recording, runs=window),
                store.state_writes(recording, runs=window),
                timeline.fates_of(store.messages(recording, runs=window)),
            )
        return jsonify(result)

    @api.get("/runs/<int:number>")
    def run(recording: int, number: int) -> ResponseReturnValue:
        return jsonify(run_view(_run_records(store, recording, number)))

    @api.get("/source/<int:file_no>")
    def source(recording: int, file_no: int) -> ResponseReturnValue:
        found = [item for item in store.sources(recording) if item.file_no == file_no]
        if not found:
            abort(404, f"Recording {recording} has no source {file_no}.")
        lines = highlight(found[0].text)
        return jsonify({"file_no": file_no, "file": found[0].file, "lines": lines})

    @api.get("/graph.dot")
    def graph(recording: int) -> ResponseReturnValue:
        kind = request.args.get("kind", "cause")
        run, window = _number("run", 0), _window()
        if run:
            store.run(recording, run)  # or there is no such run
            window = (run, run)
        if kind == "cause":
            keep = _number("keep", 0) or None
            dot = causes_dot(graphs.cause_graph(store, recording, *window, keep), keep)
        elif kind == "flow":
            dot = flow_dot(graphs.flow_graph(store, recording, *window))
        else:
            name = words.shorten(kind)
            abort(404, f"There is no graph of the kind {name}; there are: cause, flow.")
        return Response(dot, mimetype="text/vnd.graphviz")

    return api


def _changes(reads: Reads, recording: int) -> dict[str, Any]:
    """The recording's state, and a marker that differs as soon as anything was added."""
    store = reads.store
    counts = store.counts(recording)
    info = store.recording(recording)
    newest = store.runs(recording, first=counts["runs"])  # numbers have no gaps: the last one
    last_ns = max((run.ended_ns or run.started_ns for run in newest), default=0)
    state = words.recording_state(info, last_ns, datetime.now(UTC), reads.is_here(info))
    return {
        "marker": json.dumps([counts, state, info.limits], sort_keys=True, default=str),
        "state": state,
        "limits": info.limits,
        "total": {"runs": counts["runs"], "interactions": counts["interactions"]},
    }


def _window() -> tuple[int, int]:
    """The window of runs that the request asks for, both ends included."""
    return max(1, _number("first", 1)), _number("last", graphs.LAST)


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9:
        abort(400, f"{name} must be a whole number, not {words.shorten(text)}.")
    return int(text)


def _run_records(store: TraceStore, recording: int, number: int) -> RunRecords:
    run = store.run(recording, number)
    following = store.runs(recording, first=number + 1, last=number + 20)
    interactions = store.interactions(recording)
    superseded_by = superseding(run, interactions)
    by_rerun = run.trigger_type is TriggerType.RERUN
    return RunRecords(
        run,
        next((item for item in interactions if item.n == run.interaction), None),
        cover_run(
            run, store.sources(recording), store.line_counts(recording, number), superseded_by
        ),
        store.callbacks(recording, number),
        store.rerun_requests(recording, number),
        store.state_writes(recording, number),
        store.container_writes(recording, number),
        timeline.fates_of(store.messages(recording, number)),
        store.errors(recording, number),
        store.cache_accesses(recording, number),
        store.rerun_requests(recording, run.trigger) if by_rerun else (),
        [
            item
            for item in following
            if item.trigger_type is TriggerType.RERUN and item.trigger == number
        ],
        superseded_by,
    )
