"""Findings, and the answers to why and why not, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.explain.explainer import Explainer
from rerun_trace.tracer.explain.history import History
from rerun_trace.tracer.explain.why.answer import why
from rerun_trace.tracer.explain.why.asking import About, Question, UnknownSubject, question_about
from rerun_trace.tracer.explain.why.why_not import why_not
from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.models.findings import chain_form, findings_view
from rerun_trace.web.server import query
from rerun_trace.web.server.explaining import ExplainError, Explanations, explanations_of
from rerun_trace.web.views.answering import answer

if TYPE_CHECKING:
    from rerun_trace.web.server.reads import Reads

MOST_ASKED = 200  # interactions that one request may ask about; a report asks for as many


def blueprint(reads: Reads) -> Blueprint:
    """The views, below `/api/recordings/<recording>`."""
    views = Blueprint("explain", __name__)
    explanations = explanations_of(reads.store)

    @views.get("/findings")
    def findings(recording: int) -> ResponseReturnValue:
        asked = query.numbers("interactions", MOST_ASKED)

        def told(explainer: Explainer, version: int) -> ResponseReturnValue:
            runs = len(explainer.history.runs)
            return answer(
                findings_view(version, runs, explainer.findings(), explainer.met(), asked)
            )

        return _asked(explanations, recording, told, of_ended=True)

    @views.get("/why")
    def why_(recording: int) -> ResponseReturnValue:
        def told(explainer: Explainer, version: int) -> ResponseReturnValue:
            history = explainer.history
            explain = why_not if request.args.get("not") == "1" else why
            try:
                return answer(chain_form(explain(history, _question(history))))
            except UnknownSubject as problem:
                text = str(problem)
                abort(404, f"{text[:1].upper()}{text[1:]}.")

        return _asked(explanations, recording, told)

    return views


def _asked(
    explanations: Explanations,
    recording: int,
    told: Callable[[Explainer, int], ResponseReturnValue],
    *,
    of_ended: bool = False,
) -> ResponseReturnValue:
    try:
        return explanations.of(recording).ask(told, of_ended=of_ended)
    except ExplainError as problem:
        text = str(problem)
        abort(500, f"{text[:1].upper()}{text[1:]}")


def _question(history: History) -> Question:
    """What the request asks about. Raises UnknownSubject."""
    about = request.args.get("about", "")
    if about not in list(About):
        abort(400, f"about must be one of {', '.join(About)}, not {words.shorten(about)}.")
    return question_about(
        history,
        About(about),
        run=query.number("run", 0) or None,
        step=query.number("step", 0),
        name=request.args.get("name", ""),
        message=query.number("message", 0),
        line=query.number("line", 0),
    )
