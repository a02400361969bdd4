"""What the pages' scripts read: JSON below `/api/recordings/<id>/`, and the graphs' DOT text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.render.causes_dot import causes_dot
from rerun_trace.tracer.render.flow_dot import flow_dot
from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.models import answers, graphs
from rerun_trace.web.models.run_records import run_records
from rerun_trace.web.models.run_view import run_view
from rerun_trace.web.models.source_view import continuations, highlight
from rerun_trace.web.server import events, query
from rerun_trace.web.server.changes import changes
from rerun_trace.web.views import explain, search, state, steps
from rerun_trace.web.views import timeline as timeline_api
from rerun_trace.web.views.answering import answer

if TYPE_CHECKING:
    from rerun_trace.web.server.explaining import Explaining
    from rerun_trace.web.server.reads import Reads


def blueprint(reads: Reads, explaining: Explaining) -> Blueprint:
    """The JSON views, reading from `reads`; `explaining` answers what is asked of findings."""
    api = Blueprint("api", __name__, url_prefix="/api/recordings/<int:recording>")
    store = reads.store
    for part in (events, search, state, steps, timeline_api):
        api.register_blueprint(part.blueprint(reads))
    api.register_blueprint(explain.blueprint(reads, explaining))

    @api.get("/changes")
    def changes_(recording: int) -> ResponseReturnValue:
        return jsonify(changes(reads, recording))

    @api.get("/runs/<int:number>")
    def run(recording: int, number: int) -> ResponseReturnValue:
        return answer(run_view(run_records(store, recording, number)))

    @api.get("/source/<int:file_no>")
    def source(recording: int, file_no: int) -> ResponseReturnValue:
        found = [item for item in store.sources(recording) if item.file_no == file_no]
        if not found:
            abort(404, f"Recording {recording} has no source {file_no}.")
        text = found[0].text
        return answer(
            answers.SourceText(
                file_no=file_no,
                file=found[0].file,
                lines=list(highlight(text)),
                continued={str(line): first for line, first in continuations(text).items()},
            )
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
