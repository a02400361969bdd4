"""Reads a comparison with its recordings out of a store, and keeps those that were read last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

from rerun_trace.db.reading.recording import read_recording
from rerun_trace.tracer.analysis.comparison import (
    ComparisonReport,
    VariantRecordings,
    compare_variants,
)
from rerun_trace.tracer.errors import RecordingNotFound
from rerun_trace.tracer.model import ComparedVariant, Comparison
from rerun_trace.web.models.compare_view import ComparisonView

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

_KEPT = 2  # comparisons: each holds all of its recordings but the steps

_Marker: TypeAlias = tuple[Comparison, tuple[str, ...]]


def read_comparison(
    store: TraceStore, number: int
) -> tuple[Comparison, list[VariantRecordings], ComparisonReport]:
    """A comparison, its recordings, and what they come to. Raises ComparisonNotFound."""
    found = store.comparison(number)
    recordings = [_recordings(store, variant) for variant in found.variants]
    return found, recordings, compare_variants(recordings)


class ComparisonReads:
    """The comparisons that were looked at last, read whole. Any number of threads may ask."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self._kept: OrderedDict[int, tuple[_Marker, ComparisonView]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, number: int) -> ComparisonView:
        """A comparison, as its recordings are now. Raises ComparisonNotFound."""
        with self._lock:  # whoever asks at the same time waits, and need not read it again
            marker = self._marker(number)
            known = self._kept.get(number)
            if known is None or known[0] != marker:
                known = marker, ComparisonView(*read_comparison(self._store, number))
                self._kept[number] = known
            self._kept.move_to_end(number)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return known[1]

    def _marker(self, number: int) -> _Marker:
        """Another one as soon as there is anything else to read."""
        found = self._store.comparison(number)
        states = []
        for recording in (n for variant in found.variants for n in variant.recordings):
            try:
                info, counts = self._store.recording(recording), self._store.counts(recording)
                states.append(f"{counts} {info.ended_at} {info.limits}")
            except RecordingNotFound:
                states.append("")
        return found, tuple(states)


def _recordings(store: TraceStore, variant: ComparedVariant) -> VariantRecordings:
    repeats = []
    failed = variant.failed
    for recording in variant.recordings:
        try:
            repeats.append(read_recording(store, recording))
        except RecordingNotFound:
            failed = failed or f"recording {recording} was deleted"
    return VariantRecordings(variant.name, repeats, failed)
