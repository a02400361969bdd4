"""The page of a comparison, and its document as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.analysis.comparison import (
    ComparisonReport,
    VariantRecordings,
    compare_variants,
    comparison_document,
)
from rerun_trace.tracer.errors import RecordingNotFound
from rerun_trace.tracer.model import ComparedVariant, Comparison
from rerun_trace.web.compare_view import comparison_view
from rerun_trace.web.records import read_recording

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


def read_comparison(
    store: TraceStore, number: int
) -> tuple[Comparison, list[VariantRecordings], ComparisonReport]:
    """A comparison, its recordings, and what they come to. Raises ComparisonNotFound."""
    found = store.comparison(number)
    recordings = [_recordings(store, variant) for variant in found.variants]
    return found, recordings, compare_variants(recordings)


def _recordings(store: TraceStore, variant: ComparedVariant) -> VariantRecordings:
    repeats = []
    failed = variant.failed
    for recording in variant.recordings:
        try:
            repeats.append(read_recording(store, recording))
        except RecordingNotFound:
            failed = failed or f"recording {recording} was deleted"
    return VariantRecordings(variant.name, repeats, failed)
