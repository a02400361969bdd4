"""Explains recordings for the pages: each one beside its recording, run by run as it grows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from rerun_trace.db.reading.recording import read_recording
from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.errors import RerunTraceError
from rerun_trace.tracer.explain.explainer import Explainer
from rerun_trace.tracer.model import MessageFate, RecordingInfo
from rerun_trace.tracer.words.ends import has_ended

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

T = TypeVar("T")

KEPT = 4  # recordings
_MAY_CHANGE = 20  # newest runs, whose messages may still be on their way
_MOST_RUNNING = 50  # newest runs without an end: those of a recording that broke off have none


class ExplainError(RerunTraceError):
    """A recording cannot be explained."""


class Explained:
    """One recording, explained as far as it has come. Threads that ask are answered in turn."""

    def __init__(self, store: TraceStore, recording: int) -> None:
        self._store = store
        self._recording = recording
        self._lock = threading.Lock()
        self._explainer: Explainer | None = None
        self._identity: object = None
        self._ticks = -1  # of what was read
        self._failed: str | None = None
        self._version = 0

    def ask(self, question: Callable[[Explainer, int], T]) -> T:
        """The answer to what is asked of all that was recorded so far, and of its version.

        Raises RecordingNotFound, and ExplainError where explaining itself fails.
        """
        with self._lock:
            explainer = self._keep_up()
            return question(explainer, self._version)

    def _keep_up(self) -> Explainer:
        # The count is read first: what is added meanwhile is then read once more, never missed.
        counts = self._store.counts(self._recording)
        info = self._store.recording(self._recording)
        if _identity(info) != self._identity:
            self._identity, self._explainer, self._failed = _identity(info), None, None
        elif counts["ticks"] == self._ticks and self._explainer is not None:
            return self._explainer
        if self._failed is not None:
            raise ExplainError(self._failed)
        try:
            if self._explainer is None:
                self._explainer = Explainer(read_recording(self._store, self._recording))
            else:
                self._explainer.extend(self._news(info, self._explainer))
        except RerunTraceError:
            self._explainer = None  # half of it may be there
            raise
        except Exception as error:
            # Asked again at every change of a live recording, it would fail as often.
            self._failed = f"this recording cannot be explained: {type(error).__name__}: {error}"
            raise ExplainError(self._failed) from error
        self._ticks = counts["ticks"]
        self._version += 1
        return self._explainer

    def _news(self, info: RecordingInfo, explainer: Explainer) -> RecordingFacts:
        """The runs that are new, and those that may have changed."""
        store, recording, history = self._store, self._recording, explainer.history
        known = max(history.runs, default=0)
        running = [n for n, run in history.runs.items() if not has_ended(run.record)]
        recent = (history.runs.get(n) for n in range(known - _MAY_CHANGE + 1, known + 1))
        again = {
            run.n
            for run in recent
            if run is not None
            and any(history.fates.get(m.n) is MessageFate.PENDING for m in run.messages)
        }
        again |= {*sorted(running)[-_MOST_RUNNING:]}
        runs = [store.run(recording, n) for n in sorted(again)]
        runs += store.runs(recording, first=known + 1)
        windows = _windows([run.n for run in runs])

        def read(name: str) -> list[Any]:
            part = getattr(store, name)
            return list(chain.from_iterable(part(recording, runs=each) for each in windows))

        writes = read("container_writes")
        newest = max(history.interactions, default=0)
        is_drawn_anew = any(each.widget and each.widget not in history.widgets for each in writes)
        lost = store.state_attempts(recording, 0)
        return replace(
            RecordingFacts(info),
            interactions=store.interactions(recording, first=newest),
            runs=runs,
            callbacks=read("callbacks"),
            rerun_requests=read("rerun_requests"),
            state_writes=read("state_writes"),
            writes=writes,
            errors=read("errors"),
            line_counts=read("line_counts"),
            messages=read("messages"),
            sources=store.sources(recording),
            state_attempts=[*lost[len(history.lost) :], *read("state_attempts")],
            state_reads=read("state_reads"),
            query_changes=read("query_changes"),
            drawn_widgets=store.drawn_widgets(recording) if is_drawn_anew else (),
            cache_accesses=read("cache_accesses"),
            steps=lambda run: store.steps(recording, run),
        )


class Explanations:
    """Of the recordings that were asked about last."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Explained] = OrderedDict()

    def of(self, recording: int) -> Explained:
        """One recording's."""
        with self._lock:
            found = self._kept.pop(recording, None) or Explained(self._store, recording)
            self._kept[recording] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return found


def _identity(info: RecordingInfo) -> object:
    """Another recording may get the number of one that was deleted."""
    return (info.id, info.started_at, info.folder, info.app)


def _windows(numbers: list[int]) -> list[tuple[int, int]]:
    """Numbers, ascending, as first and last of those that follow one another."""
    windows: list[tuple[int, int]] = []
    for n in numbers:
        if windows and windows[-1][1] == n - 1:
            windows[-1] = (windows[-1][0], n)
        else:
            windows.append((n, n))
    return windows
