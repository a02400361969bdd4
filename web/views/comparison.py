"""The page of a comparison, what its script asks for, and its document as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, jsonify, render_template
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.render.comparison import comparison_document
from rerun_trace.web.models.compare_view import ComparisonView
from rerun_trace.web.models.compared import ComparedInteraction
from rerun_trace.web.models.comparisons import ComparisonReads
from rerun_trace.web.views.answering import answer

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

MOST_IN_WORDS = 8  # interactions that the page tells without a script, and on paper


def blueprint(store: TraceStore) -> Blueprint:
    """The views, reading from `store`."""
    compare = Blueprint("compare", __name__)
    reads = ComparisonReads(store)

    @compare.get("/comparisons/<int:number>")
    def comparison(number: int) -> ResponseReturnValue:
        view = reads.of(number)
        overview = view.overview()
        told = in_words(view)
        return render_template(
            "comparison.html",
            id=number,
            view=overview,
            told=told,
            left_out=len(overview.interactions) - len(told),
        )

    @compare.get("/api/comparisons/<int:number>")
    def document(number: int) -> ResponseReturnValue:
        return jsonify(comparison_document(reads.of(number).report))

    @compare.get("/api/comparisons/<int:number>/overview")
    def overview(number: int) -> ResponseReturnValue:
        return answer(reads.of(number).overview())

    @compare.get("/api/comparisons/<int:number>/interactions/<int:n>")
    def interaction(number: int, n: int) -> ResponseReturnValue:
        view = reads.of(number)
        if n >= len(view.report.interactions):
            abort(404, f"Comparison {number} has no interaction {n}.")
        return answer(view.interaction(n))

    return compare


def in_words(view: ComparisonView) -> list[ComparedInteraction]:
    """That in which the variants differ most, and the first ones."""
    numbers = range(len(view.report.interactions))
    first = sorted(numbers, key=lambda n: n != view.report.key)[:MOST_IN_WORDS]
    return [view.interaction(n) for n in sorted(first)]
