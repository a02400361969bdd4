"""Explains recordings for the pages: each one beside its recording, run by run as it grows."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from rerun_trace.db.reading.recording import to_explain
from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.errors import RerunTraceError
from rerun_trace.tracer.explain.explainer import Explainer
from rerun_trace.tracer.explain.history import History
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


class Asked(Protocol):
    """A recording that questions are asked of."""

    def ask(self, question: Callable[[Explainer, int], T], *, of_ended: bool = False) -> T:
        """See `Explained.ask`."""


class Explaining(Protocol):
    """Who explains recordings: this process (`Explanations`), or another (`ExplainProcess`)."""

    def of(self, recording: int) -> Asked: ...


class Explained:
    """One recording, explained as far as it has come. Threads that ask are answered in turn."""

    def __init__(self, store: TraceStore, recording: int) -> None:
        self._store = store
        self._recording = recording
        self._lock = threading.Lock()
        self._explainer: Explainer | None = None
        self._identity: object = None
        self._ticks = -1  # of what was read
        self._ended = -1  # runs that had
        self._unsettled: set[int] = set()  # runs that have ended, and may change
        self._failed: str | None = None
        self._version = 0

    def ask(self, question: Callable[[Explainer, int], T], *, of_ended: bool = False) -> T:
        """The answer to what is asked of all that was recorded so far, and of its version.

        `of_ended`: what runs that go on have done meanwhile does not matter. Raises
        RecordingNotFound, and ExplainError where explaining itself fails.
        """
        with self._lock:
            explainer = self._keep_up(of_ended)
            return question(explainer, self._version)

    @property
    def is_unread(self) -> bool:
        """Whether all of the recording is still to be read: the first question takes long."""
        return self._explainer is None

    def _keep_up(self, of_ended: bool) -> Explainer:
        # The count is read first: what is added meanwhile is then read once more, never missed.
        counts = self._store.counts(self._recording)
        info = self._store.recording(self._recording)
        if _identity(info) != self._identity:
            self._identity, self._explainer, self._failed = _identity(info), None, None
        elif self._explainer is not None:
            is_same = counts["ended_runs"] == self._ended and not self._unsettled
            if counts["ticks"] == self._ticks or (of_ended and is_same):
                return self._explainer
        if self._failed is not None:
            raise ExplainError(self._failed)
        try:
            if self._explainer is None:
                self._explainer = Explainer(to_explain(self._store, self._recording))
                read = set(self._explainer.history.runs)
            else:
                facts = self._news(info, self._explainer)
                read = {run.n for run in facts.runs}
                self._explainer.extend(facts)
        except RerunTraceError:
            self._explainer = None  # half of it may be there
            raise
        except Exception as error:
            # Asked again at every change of a live recording, it would fail as often.
            self._failed = f"this recording cannot be explained: {type(error).__name__}: {error}"
            raise ExplainError(self._failed) from error
        self._ticks, self._ended = counts["ticks"], counts["ended_runs"]
        history = self._explainer.history
        if info.complete:
            self._unsettled = set()
        else:  # what comes of a run after its end, as what became of its messages, is read then
            first = max(read, default=0) - _MAY_CHANGE
            ended = {n for n in read if n > first and has_ended(history.runs[n].record)}
            self._unsettled = (ended - self._unsettled) | set(_on_their_way(history))
        self._version += 1
        return self._explainer

    def _news(self, info: RecordingInfo, explainer: Explainer) -> RecordingFacts:
        """The runs that are new, and those that may have changed."""
        store, recording, history = self._store, self._recording, explainer.history
        known = max(history.runs, default=0)
        running = [n for n, run in history.runs.items() if not has_ended(run.record)]
        again = self._unsettled | {*sorted(running)[-_MOST_RUNNING:]}
        newest = max(history.interactions, default=0)
        news: dict[str, Any] = store.news(recording, again, known + 1, newest)
        attempts, lost = news["state_attempts"], len(history.lost)
        of_none = [each for each in attempts if not each.run]
        news["state_attempts"] = [*of_none[lost:], *(each for each in attempts if each.run)]
        drawn = {write.widget for write in news["writes"] if write.widget}
        if not drawn <= history.widgets.keys():
            news["drawn_widgets"] = store.drawn_widgets(recording)
        return RecordingFacts(info, **news, steps=lambda run: store.steps(recording, run))


def _on_their_way(history: History) -> Iterator[int]:
    """The newest runs that have messages on their way."""
    known = max(history.runs, default=0)
    for n in range(max(1, known - _MAY_CHANGE + 1), known + 1):
        run = history.runs.get(n)
        if run is not None and any(
            history.fates.get(message.n) is MessageFate.PENDING for message in run.messages
        ):
            yield n


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


_OF_STORES: WeakKeyDictionary[Any, Explanations] = WeakKeyDictionary()
_MAKING = threading.Lock()


def explanations_of(store: TraceStore) -> Explanations:
    """Those that everybody shares who reads from a store: nothing is explained twice."""
    with _MAKING:
        return _OF_STORES.setdefault(store, Explanations(weakref.proxy(store)))


def _identity(info: RecordingInfo) -> object:
    """Another recording may get the number of one that was deleted."""
    return (info.id, info.started_at, info.folder, info.app)
