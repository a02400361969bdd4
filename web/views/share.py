"""What "Share" on a page offers: the texts, and the report file.

What makes a report is handed in, for it takes the machine's paths out first. Without it none is
offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.model import RecordingInfo
from rerun_trace.web.models import answers
from rerun_trace.web.models.markdown import (
    SMALL_GRAPH_LIMIT,
    comparison_markdown,
    issue_markdown,
    story_markdown,
)
from rerun_trace.web.server import query
from rerun_trace.web.views.answering import answer

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

Reports: TypeAlias = Callable[[int | None, int | None], bytes]
"""Makes the report of a recording, or (with the second number) of a comparison."""

_FETCHES = ("same-origin", "none")  # a page of ours, or a person


def blueprint(store: TraceStore, reports: Reports | None) -> Blueprint:
    """The texts as JSON, and the files."""
    share = Blueprint("share", __name__)

    @share.get("/api/recordings/<int:recording>/share")
    def recording_texts(recording: int) -> ResponseReturnValue:
        stem = file_stem(store.recording(recording))
        run = query.number("run", 0)
        kind = "flow" if request.args.get("graph") == "flow" else "cause"
        path = f"/recordings/{recording}/report.html" if reports else None
        shared = answers.Shared(stem=stem, report=path, story=story_markdown(store, recording))
        if run:
            issue = issue_markdown(store, recording, run, graph=kind)
            small = issue
            if len(issue) > SMALL_GRAPH_LIMIT:
                small = issue_markdown(store, recording, run, graph=kind, limit=SMALL_GRAPH_LIMIT)
            shared.issue, shared.small_issue = issue, None if small == issue else small
        return answer(shared)

    @share.get("/api/comparisons/<int:number>/share")
    def comparison_texts(number: int) -> ResponseReturnValue:
        story = comparison_markdown(store, number)
        path = f"/comparisons/{number}/report.html" if reports else None
        return answer(answers.Shared(stem=f"comparison-{number}", report=path, story=story))

    @share.get("/recordings/<int:recording>/report.html")
    def recording_report(recording: int) -> ResponseReturnValue:
        info = store.recording(recording)
        return _file(_allowed(reports)(recording, None), f"{file_stem(info)}.html")

    @share.get("/comparisons/<int:number>/report.html")
    def comparison_report(number: int) -> ResponseReturnValue:
        store.comparison(number)
        return _file(_allowed(reports)(None, number), f"comparison-{number}.html")

    return share


def file_stem(info: RecordingInfo) -> str:
    """A file's name for a recording, without its ending: letters, digits and hyphens."""
    name = info.name or info.app.rpartition("/")[2].removesuffix(".py")
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    return f"{slug or 'recording'}-{info.id}"


def _allowed(reports: Reports | None) -> Reports:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in _FETCHES:
        abort(403, "Only a page of rerun-trace may have a report made.")  # it takes a while
    if reports is None:
        abort(404, "No reports are made here.")
    return reports


def _file(data: bytes, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(data, mimetype="text/html", headers={"Content-Disposition": disposition})
