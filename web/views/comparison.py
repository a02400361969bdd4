"""The page of a comparison, and its document as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.render.comparison import comparison_document
from rerun_trace.web.models.compare_view import comparison_view
from rerun_trace.web.models.comparisons import read_comparison

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore


def blueprint(store: TraceStore) -> Blueprint:
    """The views, reading from `store`."""
    compare = Blueprint("compare", __name__)

    @compare.get("/comparisons/<int:number>")
    def comparison(number: int) -> ResponseReturnValue:
        found, recordings, report = read_comparison(store, number)
        view = comparison_view(report, recordings, found.variants)
        return render_template("comparison.html", comparison=found, view=view)

    @compare.get("/api/comparisons/<int:number>")
    def document(number: int) -> ResponseReturnValue:
        return jsonify(comparison_document(read_comparison(store, number)[2]))

    return compare
