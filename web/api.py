"""What the pages' scripts read: JSON below `/api/recordings/<id>/`, and the graphs' DOT text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.analysis.coverage import cover_run, superseding
from rerun_trace.tracer.model import LineCount, Outcome, ScriptRun, TriggerType
from rerun_trace.web import (
    events,
    graphs,
    query,
    search,
    state,
    steps,
    timeline,
    timeline_api,
    words,
)
from rerun_trace.web.changes import changes
from rerun_trace.web.dot import causes_dot
from rerun_trace.web.flow_dot import flow_dot
from rerun_trace.web.run_view import run_view
from rerun_trace.web.source_view import continuations, highlight
from rerun_trace.web.story import RunRecords

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore
    from rerun_trace.web.pages import Reads

MOST_NEWER = 200  # interactions among which the one is looked for that superseded a run


def blueprint(reads: Reads) -> Blueprint:
    """The JSON views, reading from `reads`."""
    api = Blueprint("api", __name__, url_prefix="/api/recordings/<int:recording>")
    store = reads.store
    for part in (events, search, state, steps, timeline_api):
        api.register_blueprint(part.blueprint(reads))

    @api.get("/changes")
    def changes_(recording: int) -> ResponseReturnValue:
        return jsonify(changes(reads, recording))

    @api.get("/runs/<int:number>")
    def run(recording: int, number: int) -> ResponseReturnValue:
        return jsonify(run_view(_run_records(store, recording, number)))

    @api.get("/source/<int:file_no>")
    def source(recording: int, file_no: int) -> ResponseReturnValue:
        found = [item for item in store.sources(recording) if item.file_no == file_no]
        if not found:
            abort(404, f"Recording {recording} has no source {file_no}.")
        text = found[0].text
        return jsonify(
            {
                "file_no": file_no,
                "file": found[0].file,
                "lines": highlight(text),
                "continued": continuations(text),
            }
        )

    @api.get("/graph.dot")
    def graph(recording: int) -> ResponseReturnValue:
        kind = request.args.get("kind", "cause")
        run, window = query.number("run", 0), _window()
        if run:
            store.run(recording, run)  # or there is no such run
            window = (run, run)
        if kind == "cause":
            keep = query.number("keep", 0) or None
            dot = causes_dot(graphs.cause_graph(store, recording, *window, keep), keep)
        elif kind == "flow":
            dot = flow_dot(graphs.flow_graph(store, recording, *window))
        else:
            name = words.shorten(kind)
            abort(404, f"There is no graph of the kind {name}; there are: cause, flow.")
        return Response(dot, mimetype="text/vnd.graphviz")

    return api


def _window() -> tuple[int, int]:
    """The window of runs that the request asks for, both ends included."""
    return max(1, query.number("first", 1)), query.number("last", graphs.LAST)


def _line_counts(store: TraceStore, recording: int, run: ScriptRun) -> list[LineCount]:
    """How often lines ran. They are counted at a run's end: until then, the steps so far are."""
    if run.outcome is not Outcome.RUNNING:
        return store.line_counts(recording, run.n)
    files = {source.file_no: source.file for source in store.sources(recording)}
    steps = store.steps(recording, run.n).steps
    hits = Counter((files.get(step.file, "?"), step.line) for step in steps)
    return [LineCount(run.n, file, line, count) for (file, line), count in hits.items()]


def _run_records(store: TraceStore, recording: int, number: int) -> RunRecords:
    run = store.run(recording, number)
    following = store.runs(recording, first=number + 1, last=number + 20)
    # What superseded a run came soon after it; every other run needs its own interaction alone.
    is_superseded = run.outcome is Outcome.SUPERSEDED
    last = run.interaction + (MOST_NEWER if is_superseded else 0)
    interactions = store.interactions(recording, first=run.interaction, last=last)
    superseded_by = superseding(run, interactions)
    by_rerun = run.trigger_type is TriggerType.RERUN
    return RunRecords(
        run,
        next((item for item in interactions if item.n == run.interaction), None),
        cover_run(
            run, store.sources(recording), _line_counts(store, recording, run), superseded_by
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
        store.recording(recording).app,
        _last_seen(store, recording, run),
    )


def _last_seen(
    store: TraceStore, recording: int, run: ScriptRun
) -> tuple[str | None, int | None]:
    """File and line of the last step before sight of the run's lines was lost, if it was."""
    at = run.blind_step
    steps = store.steps(recording, run.n, at, at).steps if at else ()
    if not steps:
        return None, None
    files = {source.file_no: source.file for source in store.sources(recording)}
    return files.get(steps[0].file), steps[0].line
