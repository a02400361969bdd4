"""Reads a comparison with its recordings out of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_trace.db.reading.recording import read_recording
from rerun_trace.tracer.analysis.comparison import (
    ComparisonReport,
    VariantRecordings,
    compare_variants,
)
from rerun_trace.tracer.errors import RecordingNotFound
from rerun_trace.tracer.model import ComparedVariant, Comparison

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore


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
