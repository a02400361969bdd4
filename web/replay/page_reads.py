"""Reads the page of a moment. Stepping within a run reads nothing new: the last runs are kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from rerun_trace.tracer.analysis.moment import LivePage, page_at, page_before
from rerun_trace.tracer.model import ContainerWrite, Outcome, PageMessage, ScriptRun, StateOp
from rerun_trace.web.replay.typed import FILLED, Typed

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

KEPT = 32  # runs; stepping goes back and forth over a few
WINDOW = 500  # runs read at once: a page may have to be folded over many

Writes: TypeAlias = dict[int, ContainerWrite]  # by the number of the page message


@dataclass(frozen=True, slots=True)
class RunStart:
    """A run, the page before it, and its own messages and writes."""

    run: ScriptRun
    before: LivePage
    partial: bool  # the page before it may lack something
    old_writes: Writes  # those that put the nodes of `before` there
    messages: Sequence[PageMessage]
    writes: Sequence[ContainerWrite]
    typed: Mapping[str, Any] = field(default_factory=dict)  # what widgets held, by their id

    def page(self, step: int, *, written: bool) -> LivePage:
        """The page at one of the run's steps; of a run that has not ended, after the last one all
        that there is so far."""
        last = max((write.step for write in self.writes), default=0)
        running = self.run.outcome is Outcome.RUNNING
        ended = step >= max(self.run.steps, last if running else 0)
        return page_at(self.before, self.messages, self.writes, step, ended=ended, written=written)


class PageReads:
    """The starts of the runs looked at last. Any number of threads may ask."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self._kept: OrderedDict[tuple[int, int], RunStart] = OrderedDict()
        self._typed: dict[int, Typed] = {}  # by recording
        self._lock = threading.Lock()

    def start(self, recording: int, number: int) -> RunStart:
        """A run's start. Raises RecordingNotFound."""
        key = (recording, number)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        start = self._read(recording, self._store.run(recording, number))
        # As long as a run goes on, so may what became of the messages before it.
        if start.run.outcome is not Outcome.RUNNING and not _pending(start):
            with self._lock:
                self._kept[key] = start
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return start

    def _read(self, recording: int, run: ScriptRun) -> RunStart:
        store = self._store
        base = store.page_base(recording, run)
        nearest = self._nearest(recording, run, base.runs[0] if base.runs else run.n)
        page = None if nearest is None else nearest.before
        missing = [n for n in base.runs if nearest is None or n >= nearest.run.n]
        for window in range(0, len(missing), WINDOW):
            runs = missing[window : window + WINDOW]
            page = page_before(store.sent_messages(recording, run.app_session, runs), page)
        if page is None:
            page = LivePage()
        wanted: dict[int, set[int]] = {}
        for node in page.nodes():
            wanted.setdefault(page.message(node).run or 0, set()).add(node.message)
        old = {
            write.message: write
            for number, messages in wanted.items()
            for write in store.container_writes(recording, number)
            if write.message in messages
        }
        writes = store.container_writes(recording, run.n)
        back = {w.widget_id for w in writes} - {w.widget_id for w in old.values()}
        typed = self._values(recording, run, [*old.values(), *writes], back)
        messages = store.messages(recording, run.n)
        return RunStart(run, page, base.partial, old, messages, writes, typed)

    def _values(
        self,
        recording: int,
        run: ScriptRun,
        writes: Sequence[ContainerWrite],
        back: Collection[str | None],
    ) -> Mapping[str, Any]:
        widgets = {w.widget_id for w in writes if w.widget_id and w.element in FILLED}
        if not widgets:
            return {}
        last = {
            write.key: write.op
            for write in (
                *self._store.state_before(recording, run.app_session, run.n),
                *self._store.state_writes(recording, run.n),
            )
        }
        with self._lock:
            typed = self._typed.setdefault(recording, Typed())
            typed.add(self._store.interactions(recording, first=typed.known))
            by_script = {key for key, op in last.items() if op is StateOp.SET}
            return typed.values(run.app_session, run.interaction, widgets, by_script, back)

    def _nearest(self, recording: int, run: ScriptRun, first: int) -> RunStart | None:
        """The newest kept start of a run between `first` and `run`, in the same app session."""
        with self._lock:
            starts = [
                start
                for (id, n), start in self._kept.items()
                if id == recording
                and first < n < run.n
                and start.run.app_session == run.app_session
            ]
        return max(starts, key=lambda start: start.run.n, default=None)


def _pending(start: RunStart) -> bool:
    return any(message.fate.value == "pending" for message in start.messages)
