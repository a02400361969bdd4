"""What the pages' scripts read: JSON below `/api/recordings/<id>/`, and the graphs' DOT text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.analysis.coverage import cover_run, superseding
from rerun_trace.tracer.analysis.ends import has_ended
from rerun_trace.tracer.analysis.moves import BEGINS, Move, moves
from rerun_trace.tracer.model import (
    ContainerWrite,
    LineCount,
    Outcome,
    RunKind,
    ScriptRun,
    TriggerType,
)
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

MOST_EARLIER = 50  # runs among which the whole run before is looked for

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore
    from rerun_trace.web.pages import Reads


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
        return jsonify(run_view(run_records(store, recording, number)))

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
    if has_ended(run):
        return store.line_counts(recording, run.n)
    return graphs.counts_of(run, store.steps(recording, run.n), store.sources(recording))


def run_records(store: TraceStore, recording: int, number: int) -> RunRecords:
    """Everything that is told of one run. Raises RecordingNotFound."""
    run = store.run(recording, number)
    following = store.runs(recording, first=number + 1, last=number + 20)
    # What superseded a run came soon after it; every other run needs its own interaction alone.
    is_superseded = run.outcome is Outcome.SUPERSEDED
    last = run.interaction + (graphs.MOST_NEWER if is_superseded else 0)
    interactions = store.interactions(recording, first=run.interaction, last=last)
    superseded_by = superseding(run, interactions)
    by_rerun = run.trigger_type is TriggerType.RERUN
    requests = store.rerun_requests(recording, number)
    state_writes = store.state_writes(recording, number)
    writes = store.container_writes(recording, number)
    cache = store.cache_accesses(recording, number)
    seen: set[tuple[str | None, int | None]] = set()
    if not has_ended(run):  # what it did may be there before its steps are
        for found in (requests, state_writes, writes, cache):
            seen |= {(item.file, item.line) for item in found}
    covered = cover_run(
        run,
        store.sources(recording),
        _line_counts(store, recording, run),
        superseded_by,
        requests=requests,
        cache=cache,
        seen=[(file, line) for file, line in seen if file and line],
    )
    return RunRecords(
        run,
        next((item for item in interactions if item.n == run.interaction), None),
        covered,
        store.callbacks(recording, number),
        requests,
        state_writes,
        writes,
        timeline.fates_of(store.messages(recording, number)),
        store.errors(recording, number),
        cache,
        store.rerun_requests(recording, run.trigger) if by_rerun else (),
        [
            item
            for item in following
            if item.trigger_type is TriggerType.RERUN and item.trigger == number
        ],
        superseded_by,
        [
            item
            for n in run.took
            if n != run.interaction
            for item in store.interactions(recording, first=n, last=n)
        ],
        store.recording(recording).app,
        _moves(store, recording, run, writes),
        _last_seen(store, recording, run),
    )


def _last_seen(store: TraceStore, recording: int, run: ScriptRun) -> tuple[str | None, int | None]:
    """File and line of the last step before sight of the run's lines was lost, if it was."""
    at = run.blind_step
    steps = store.steps(recording, run.n, at, at).steps if at else ()
    if not steps:
        return None, None
    files = {source.file_no: source.file for source in store.sources(recording)}
    return files.get(steps[0].file), steps[0].line


def _moves(
    store: TraceStore, recording: int, run: ScriptRun, writes: Sequence[ContainerWrite]
) -> list[Move]:
    """What moved on the page since the whole run before, if this is a whole one, too."""
    if not _is_whole(run) or not any(write.element in BEGINS for write in writes):
        return []
    earlier = store.runs(recording, first=max(1, run.n - MOST_EARLIER), last=run.n - 1)
    alike = (
        item
        for item in reversed(earlier)
        if _is_whole(item) and item.app_session == run.app_session and item.script == run.script
    )
    last = next(alike, None)
    if last is None:
        return []
    return moves(store.container_writes(recording, last.n), writes)


def _is_whole(run: ScriptRun) -> bool:
    return run.kind is RunKind.APP and run.outcome is Outcome.COMPLETED and run.detailed
