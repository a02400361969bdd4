"""What "Share" on a page offers: the texts, and the report file.

The report is made by `web/report/build.py`; where that is missing, none is offered.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.model import RecordingInfo
from rerun_trace.web import query
from rerun_trace.web.markdown import (
    SMALL_GRAPH_LIMIT,
    comparison_markdown,
    issue_markdown,
    story_markdown,
)
from rerun_trace.web.report.summary import static_comparison, static_summary

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

_BUILDER = "rerun_trace.web.report.build"
_FETCHES = ("same-origin", "none")  # a page of ours, or a person


def blueprint(store: TraceStore) -> Blueprint:
    """The texts as JSON, and the files."""
    share = Blueprint("share", __name__)

    @share.get("/api/recordings/<int:recording>/share")
    def recording_texts(recording: int) -> ResponseReturnValue:
        stem = file_stem(store.recording(recording))
        run = query.number("run", 0)
        kind = "flow" if request.args.get("graph") == "flow" else "cause"
        texts: dict[str, Any] = {"story": story_markdown(store, recording)}
        if run:
            issue = issue_markdown(store, recording, run, graph=kind)
            small = issue
            if len(issue) > SMALL_GRAPH_LIMIT:
                small = issue_markdown(store, recording, run, graph=kind, limit=SMALL_GRAPH_LIMIT)
            texts |= {"issue": issue, "small_issue": None if small == issue else small}
        path = f"/recordings/{recording}/report.html"
        return jsonify({"stem": stem, "report": path if report_builder() else None, **texts})

    @share.get("/api/comparisons/<int:number>/share")
    def comparison_texts(number: int) -> ResponseReturnValue:
        story = comparison_markdown(store, number)
        path = f"/comparisons/{number}/report.html" if report_builder() else None
        return jsonify({"stem": f"comparison-{number}", "report": path, "story": story})

    @share.get("/recordings/<int:recording>/report.html")
    def recording_report(recording: int) -> ResponseReturnValue:
        info = store.recording(recording)
        build = _allowed_builder()
        summary = static_summary(store, recording)
        data = build(store, recordings=(recording,), title=info.name, static_summary=summary)
        return _file(data, f"{file_stem(info)}.html")

    @share.get("/comparisons/<int:number>/report.html")
    def comparison_report(number: int) -> ResponseReturnValue:
        summary = static_comparison(store, number)
        data = _allowed_builder()(store, comparison=number, static_summary=summary)
        return _file(data, f"comparison-{number}.html")

    return share


def report_builder() -> Callable[..., bytes] | None:
    """What makes a report, if it is there."""
    try:
        module = importlib.import_module(_BUILDER)
    except ModuleNotFoundError as error:
        if error.name != _BUILDER:
            raise
        return None
    found: Callable[..., bytes] = module.build_report
    return found


def file_stem(info: RecordingInfo) -> str:
    """A file's name for a recording, without its ending: letters, digits and hyphens."""
    name = info.name or info.app.rpartition("/")[2].removesuffix(".py")
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    return f"{slug or 'recording'}-{info.id}"


def _allowed_builder() -> Callable[..., bytes]:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in _FETCHES:
        abort(403, "Only a page of rerun-trace may have a report made.")  # it takes a while
    build = report_builder()
    if build is None:
        abort(404, "This version of rerun-trace makes no reports.")
    return build


def _file(data: bytes, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(data, mimetype="text/html", headers={"Content-Disposition": disposition})
