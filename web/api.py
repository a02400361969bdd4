"""What the pages' scripts read: JSON below `/api/recordings/<id>/`, and the graphs' DOT text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.analysis.causes import Facts, WriteCounts, build_causes
from rerun_trace.tracer.analysis.coverage import cover_run, superseding
from rerun_trace.tracer.model import (
    ContainerWrite,
    Interaction,
    MessageFate,
    ScriptRun,
    TriggerType,
)
from rerun_trace.web import timeline, words
from rerun_trace.web.dot import causes_dot
from rerun_trace.web.run_view import RunRecords, run_view
from rerun_trace.web.source_view import highlight

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore
    from rerun_trace.web.pages import Reads

LAST = 2**31 - 1  # "no upper end" for a window of runs


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
        interactions = _interactions_of(store, recording, runs, first, last)
        low, high = _ends(runs)
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
        if kind != "cause":
            abort(404, f"There is no graph of the kind {words.shorten(kind)}; there is: cause.")
        dot = _cause_dot(store, recording, *_window(), keep=_number("keep", 0))
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
    return max(1, _number("first", 1)), _number("last", LAST)


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9:
        abort(400, f"{name} must be a whole number, not {words.shorten(text)}.")
    return int(text)


def _ends(runs: list[ScriptRun]) -> tuple[int, int]:
    return (runs[0].n, runs[-1].n) if runs else (1, 0)


def _interactions_of(
    store: TraceStore, recording: int, runs: list[ScriptRun], first: int, last: int
) -> list[Interaction]:
    """The interactions behind `runs`, and those between them that caused none."""
    found = list(store.interactions(recording))
    if first > 1:
        lowest = min((run.interaction for run in runs), default=LAST)
        found = [item for item in found if item.n >= lowest]
    if last < LAST:
        highest = max((run.interaction for run in runs), default=-1)
        found = [item for item in found if item.n <= highest]
    return found


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


def _cause_dot(store: TraceStore, recording: int, first: int, last: int, keep: int) -> str:
    runs = store.runs(recording, first=first, last=last)
    interactions = _interactions_of(store, recording, runs, first, last)
    window = _ends(runs)
    counts: Mapping[int, WriteCounts] = {}
    if len(runs) <= timeline.TICK_RUNS:  # beyond, counting would read more than the graph shows
        counts = _write_counts(
            store.container_writes(recording, runs=window),
            timeline.fates_of(store.messages(recording, runs=window)),
        )
    facts = Facts(
        interactions,
        runs,
        {item.n: words.interaction_title(item) for item in interactions},
        store.callbacks(recording, runs=window),
        store.rerun_requests(recording, runs=window),
        store.errors(recording, runs=window),
        counts,
    )
    return causes_dot(build_causes(facts, keep=keep or None), keep or None)


def _write_counts(
    writes: Iterable[ContainerWrite], fates: Mapping[int, MessageFate]
) -> dict[int, WriteCounts]:
    count: Counter[tuple[int, str]] = Counter()
    numbers = set()
    for write in writes:
        numbers.add(write.run)
        lost = timeline.fate_word(fates.get(write.message)) == "discarded"
        count[write.run, "discarded" if lost else "delivered"] += 1
        count[write.run, "out of order"] += write.out_of_order
    return {
        n: WriteCounts(count[n, "delivered"], count[n, "discarded"], count[n, "out of order"])
        for n in numbers
    }
