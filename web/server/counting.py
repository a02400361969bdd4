"""How many findings a recording has, for the list: each is explained once, and the count kept."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING
from weakref import proxy

from rerun_trace.tracer.explain.explainer import Explainer
from rerun_trace.tracer.explain.finding import Level
from rerun_trace.web.server.explaining import Explaining

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore


class FindingCounts:
    """Counts by level. One recording is explained at a time: the pages and the app go before."""

    def __init__(self, store: TraceStore, explaining: Explaining) -> None:
        self._store = proxy(store)
        self._explaining = explaining
        self._lock = threading.Lock()
        self._known: dict[object, Counter[Level]] = {}

    def of(self, recording: int) -> Counter[Level]:
        """One recording's, as far as it has come.

        Raises RecordingNotFound, and ExplainError where explaining itself fails.
        """
        info = self._store.recording(recording)
        # What was counted holds for as long as nothing is added; a number may be given anew.
        key = (recording, info.started_at, self._store.counts(recording)["ticks"])
        with self._lock:
            if key not in self._known:
                self._known[key] = self._explaining.of(recording).ask(_count)
            return self._known[key]


def _count(explainer: Explainer, _version: int) -> Counter[Level]:
    return Counter(finding.weight for finding in explainer.findings())
