"""A store that reads many runs at once, for views that ask for one run at a time.

It also gives recordings as a report may show them: a finished one, without the machine's folders.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rerun_trace.db.reading.pages import Base
from rerun_trace.tracer.model import (
    Interaction,
    Outcome,
    PageMessage,
    RecordingInfo,
    RunKind,
    ScriptRun,
    StateWrite,
    StepChunk,
)

if TYPE_CHECKING:
    from rerun_trace.db.reading.records import Window
    from rerun_trace.db.reading.windows import StepWindow
    from rerun_trace.db.store import TraceStore

BLOCK = 64  # runs that are read at once
_BESIDE = 50  # runs before and after them that views look at, too
_KEPT_INTERACTIONS = 200  # as in graphs.py: those that may have ended a run
_SHORT = 1000  # steps: of a run that is no longer, one window holds them all

GOES_ON = "Exported before it was complete: what came later is not in this report."


class ReadAhead:
    """Gives what `store` gives, and reads what belongs to runs for a block of runs at once."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self.limits: dict[int, list[str]] = {}  # more that was left out, by recording
        self._infos: dict[int, RecordingInfo] = {}
        self._kept: dict[Any, Any] = {}  # of the block
        self._block: tuple[int, int, int] | None = None  # recording, first and last run
        self._sources: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # of interactions, by recording
        self._counts: dict[int, dict[str, int]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def enter(self, recording: int, first: int, last: int) -> None:
        """The runs that are asked for next."""
        self._kept.clear()
        self._block = (recording, first, last)
        self._store.preload_steps(recording, (first, last))

    def leave(self) -> None:
        """What is asked for next belongs to no block."""
        self._kept.clear()
        self._block = None

    # -- a recording as a report shows it ------------------------------------------------------

    def recording(self, id: int) -> RecordingInfo:
        """The recording: nothing more comes, and its folder is a name."""
        if id not in self._infos:
            info = self._store.recording(id)
            if not info.complete and info.ended_at is None:
                info = replace(info, ended_at=info.started_at, limits=(*info.limits, GOES_ON))
            folder = os.path.basename(info.folder.rstrip("/\\"))
            self._infos[id] = replace(info, folder=folder)
        info = self._infos[id]
        return replace(info, limits=(*info.limits, *self.limits.get(id, ())))

    def counts(self, id: int) -> dict[str, int]:
        """How far the recording came: nothing more comes."""
        if id not in self._counts:
            self._counts[id] = self._store.counts(id)
        return self._counts[id]

    def sources(self, id: int) -> Any:
        if id not in self._sources:
            self._sources[id] = self._store.sources(id)
        return self._sources[id]

    # -- runs and what belongs to them ---------------------------------------------------------

    def run(self, id: int, n: int) -> ScriptRun:
        found = self._near(id).get(n) if self._is_here(id, n) else None
        return found or self._store.run(id, n)

    def runs(
        self, id: int, *, first: int = 1, last: int | None = None, interaction: int | None = None
    ) -> list[ScriptRun]:
        if interaction is None and last is not None and self._covers(id, first, last):
            near = self._near(id)
            return [near[n] for n in range(max(1, first), last + 1) if n in near]
        return self._store.runs(id, first=first, last=last, interaction=interaction)

    def interactions(
        self, id: int, *, first: int = 0, last: int | None = None
    ) -> list[Interaction]:
        if last is not None and self._block is not None and self._block[0] == id:
            low, high, found = self._near_interactions(id)
            if low <= first and last <= high:
                return [found[n] for n in range(first, last + 1) if n in found]
        if last is None and first >= self._interactions(id):
            return []
        return self._store.interactions(id, first=first, last=last)

    def _interactions(self, id: int) -> int:
        if id not in self._numbers:
            self._numbers[id] = self.counts(id)["interactions"]
        return self._numbers[id]

    def next_run(self, id: int, run: ScriptRun) -> int | None:
        if self._is_here(id, run.n):
            near = self._near(id)
            later = (n for n in sorted(near) if n > run.n)
            found = next((n for n in later if near[n].app_session == run.app_session), None)
            if found is not None:
                return found
        return self._store.next_run(id, run)

    def page_base(self, id: int, run: ScriptRun) -> Base:
        """The runs that make the page before a run, as in `db/reading/pages.py`."""
        near = self._near(id) if self._is_here(id, run.n) else {}
        earlier = [near[n] for n in sorted(near, reverse=True) if n < run.n]
        earlier = [item for item in earlier if item.app_session == run.app_session]
        whole = next((i for i, item in enumerate(earlier) if _is_whole(item)), None)
        if whole is None:
            if not near or min(near) > 1:
                return self._store.page_base(id, run)
            whole = len(earlier)
        found, seen, partial = [], set(), False
        for item in earlier[: whole + 1]:
            partial = partial or not item.detailed
            if item.kind is RunKind.FRAGMENT and _ended_well(item):
                fragments = tuple(item.fragments)
                if fragments in seen:
                    continue
                seen.add(fragments)
            found.append(item.n)
        return Base(found[::-1], partial)

    def messages(self, id: int, run: int | None = None, *, runs: Window | None = None) -> Any:
        return self._of_run("messages", id, run, runs)

    def sent_messages(self, id: int, app_session: int, runs: Sequence[int]) -> list[PageMessage]:
        if not all(self._is_here(id, run) for run in runs):
            return self._store.sent_messages(id, app_session, runs)
        found = [
            message
            for run in sorted(runs)
            for message in self.messages(id, run)
            if message.app_session == app_session and message.sent_order is not None
        ]
        return sorted(found, key=lambda message: message.n)

    def callbacks(self, id: int, run: int | None = None, *, runs: Window | None = None) -> Any:
        return self._of_run("callbacks", id, run, runs)

    def rerun_requests(self, id: int, run: int | None = None, *, runs: Window | None = None) -> Any:
        return self._of_run("rerun_requests", id, run, runs)

    def state_writes(self, id: int, run: int | None = None, *, runs: Window | None = None) -> Any:
        return self._of_run("state_writes", id, run, runs)

    def container_writes(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> Any:
        return self._of_run("container_writes", id, run, runs)

    def errors(self, id: int, run: int | None = None, *, runs: Window | None = None) -> Any:
        return self._of_run("errors", id, run, runs)

    def cache_accesses(self, id: int, run: int | None = None, *, runs: Window | None = None) -> Any:
        return self._of_run("cache_accesses", id, run, runs)

    def line_counts(self, id: int, run: int | None = None, *, runs: Window | None = None) -> Any:
        return self._of_run("line_counts", id, run, runs)

    def state_before(self, id: int, session: int, run: int) -> list[StateWrite]:
        """The last write of each key before a run: those before the block are read once."""
        if not self._is_here(id, run):
            return self._store.state_before(id, session, run)
        first = self._block[1] if self._block else run
        key = ("state before", session)
        if key not in self._kept:
            self._kept[key] = self._store.state_before(id, session, first)
        last = {write.key: write for write in self._kept[key]}
        near = self._near(id)
        for n in range(first, run):
            if n in near and near[n].app_session == session:
                for write in self.state_writes(id, n):
                    last.pop(write.key, None)
                    last[write.key] = write
        return list(last.values())

    def steps(self, id: int, run: int, first: int = 1, last: int | None = None) -> StepChunk:
        if first == 1 and last is None and self._is_here(id, run):
            window: StepWindow = self._store.step_window(id, run, 1)
            if 0 < window.total <= _SHORT:
                return StepChunk(run, 1, window.steps, window.frames, window.changes)
        return self._store.steps(id, run, first, last)

    # -- the block -----------------------------------------------------------------------------

    def _is_here(self, id: int, run: int) -> bool:
        block = self._block
        return block is not None and block[0] == id and block[1] <= run <= block[2]

    def _covers(self, id: int, first: int, last: int) -> bool:
        block = self._block
        if block is None or block[0] != id:
            return False
        return max(1, first) >= block[1] - _BESIDE and last <= block[2] + _BESIDE

    def _near(self, id: int) -> dict[int, ScriptRun]:
        """The runs of the block, and some on both sides."""

        def read(first: int, last: int) -> dict[int, ScriptRun]:
            low, high = max(1, first - _BESIDE), last + _BESIDE
            return {run.n: run for run in self._store.runs(id, first=low, last=high)}

        found: dict[int, ScriptRun] = self._once("near", read)
        return found

    def _near_interactions(self, id: int) -> tuple[int, int, dict[int, Interaction]]:
        def read(first: int, last: int) -> tuple[int, int, dict[int, Interaction]]:
            numbers = [run.interaction for run in self._near(id).values()]
            low, high = min(numbers, default=0), max(numbers, default=0) + _KEPT_INTERACTIONS
            found = self._store.interactions(id, first=low, last=high)
            return low, high, {item.n: item for item in found}

        found: tuple[int, int, dict[int, Interaction]] = self._once("interactions", read)
        return found

    def _of_run(self, name: str, id: int, run: int | None, runs: Window | None) -> Any:
        read = getattr(self._store, name)
        first, last = (run, run) if run is not None else runs or (0, 0)
        if not (self._is_here(id, first) and self._is_here(id, last)):
            return read(id, run, runs=runs)
        grouped = self._once(name, lambda first, last: by_run(read(id, runs=(first, last))))
        return [item for n in range(first, last + 1) for item in grouped.get(n, ())]

    def _once(self, name: str, read: Callable[[int, int], Any]) -> Any:
        if name not in self._kept and self._block is not None:
            self._kept[name] = read(self._block[1], self._block[2])
        return self._kept[name]


def _ended_well(run: ScriptRun) -> bool:
    return run.outcome is Outcome.COMPLETED and run.detailed


def _is_whole(run: ScriptRun) -> bool:
    return run.kind is RunKind.APP and _ended_well(run)


def by_run(items: Iterable[Any]) -> dict[int, list[Any]]:
    """Records by the number of their run."""
    found: dict[int, list[Any]] = {}
    for item in items:
        found.setdefault(item.run, []).append(item)
    return found
