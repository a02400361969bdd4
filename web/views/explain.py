"""Findings, and the answers to why and why not, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.explain.explainer import Explainer
from rerun_trace.tracer.explain.why.asking import About, UnknownSubject
from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.models.questions import FindingsAsked, WhyAsked
from rerun_trace.web.server import query
from rerun_trace.web.server.explaining import ExplainError, Explaining

if TYPE_CHECKING:
    from rerun_trace.web.server.reads import Reads

MOST_ASKED = 200  # interactions that one request may ask about; a report asks for as many


def blueprint(reads: Reads, explaining: Explaining) -> Blueprint:
    """The views, below `/api/recordings/<recording>`."""
    views = Blueprint("explain", __name__)

    @views.get("/findings")
    def findings(recording: int) -> ResponseReturnValue:
        asked = FindingsAsked(tuple(query.numbers("interactions", MOST_ASKED)))
        return _asked(explaining, recording, asked, of_ended=True)

    @views.get("/why")
    def why(recording: int) -> ResponseReturnValue:
        reads.store.recording(recording)  # or there is no such recording
        about = request.args.get("about", "")
        if about not in list(About):
            abort(400, f"about must be one of {', '.join(About)}, not {words.shorten(about)}.")
        asked = WhyAsked(
            About(about),
            is_not=request.args.get("not") == "1",
            run=query.number("run", 0) or None,
            step=query.number("step", 0),
            name=request.args.get("name", ""),
            message=query.number("message", 0),
            line=query.number("line", 0),
        )
        try:
            return _asked(explaining, recording, asked)
        except UnknownSubject as problem:
            abort(404, f"{_capital(problem)}.")

    return views


def _asked(
    explaining: Explaining,
    recording: int,
    question: Callable[[Explainer, int], bytes],
    *,
    of_ended: bool = False,
) -> Response:
    try:
        told = explaining.of(recording).ask(question, of_ended=of_ended)
    except ExplainError as problem:
        abort(500, _capital(problem))
    return Response(told, mimetype="application/json")


def _capital(problem: Exception) -> str:
    text = str(problem)
    return f"{text[:1].upper()}{text[1:]}"
