"""What waits for the sink: records and steps, bounded, and what had to be left out, in words."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from ..model import (
    CacheAccess,
    ContainerWrite,
    Limit,
    LineCount,
    MessageBody,
    Record,
    StateWrite,
    StepChunk,
)
from .budget import Budget
from .traces import RunTrace

# What can be missed: everything else is needed to tell what happened at all.
_DETAILS = (CacheAccess, ContainerWrite, LineCount, MessageBody, StateWrite)
_WHOLE_S = 0.15  # so long the steps of a run may wait for its end
_LATE_DRAINS = 1500  # about a minute of the sink's ticks when nothing comes

LIMIT_TEXTS = {
    "lines": "statements and calls that a run repeats very often: of each, the first "
    "{budget.line_hits} in a run are kept, and the count is shown as {budget.line_hits}+",
    "chain": "{n} runs without detail: after {budget.chain_runs} runs caused by one interaction "
    "most keep only their trigger, outcome and rerun request",
    "crowded": "{n} records dropped: the app made them faster than they could be written",
    "messages": "{n} page messages without content: larger than {budget.message_bytes:,} bytes",
    "failed": "recording stopped early: an error inside rerun-trace",
}


class Outbox:
    """Filled by the app's threads, emptied by the sink's. Never blocks."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.wake: Callable[[bool], bool] = lambda run_is_over: False  # the sink's
        self.is_closing = False  # nothing is left for another drain
        self._waiting: list[Record] = []
        self._waiting_bytes = 0
        self._left_out: dict[str, int] = {}
        self._said: dict[str, str] = {}

    @property
    def is_empty(self) -> bool:
        """Whether all was taken."""
        return not self._waiting

    @property
    def crowded(self) -> bool:
        """Whether so much waits for the writer that details have to be dropped."""
        budget = self._budget
        return len(self._waiting) > budget.pending or self._waiting_bytes > budget.pending_bytes

    def put(self, record: Record) -> None:
        """Add one record, unless it is a detail and too many wait."""
        if self.crowded and isinstance(record, _DETAILS):
            self.leave_out("crowded")
            return
        if type(record) is MessageBody:
            self._waiting_bytes += len(record.data)
        self._waiting.append(record)
        if len(self._waiting) == 1:
            self.wake(False)

    def leave_out(self, key: str, count: int = 1) -> None:
        """Count something that was left out; `key` is one of `LIMIT_TEXTS`."""
        self._left_out[key] = self._left_out.get(key, 0) + count

    def take(self, runs: dict[int, RunTrace]) -> list[Record]:
        """Everything that waits, the steps of `runs` last; runs that are over are taken out."""
        records = self._waiting[: len(self._waiting)]
        del self._waiting[: len(records)]
        self._waiting_bytes = 0
        # Steps come after the records above: they may have been made a moment later, and only
        # refer to runs and sources that were announced before.
        now = monotonic()
        for run in list(runs.values()):
            if run.dropped:
                self._left_out["lines"] = 1
            ended = run.ended  # asked first: a step may come between the chunk and the end
            # Most runs are over soon: in one piece they take less room than in several.
            if not (ended or self.is_closing) and now < run.began + _WHOLE_S:
                continue
            chunk = cut_chunk(run)
            if chunk is not None:
                records.append(chunk)
                run.quiet_drains = 0
            elif ended:
                run.quiet_drains += 1
            # Threads of the user's may go on when the run is over: for them it stays a while.
            if ended and run.quiet_drains >= (_LATE_DRAINS if run.thread_count else 1):
                runs.pop(run.n, None)
        for key, count in list(self._left_out.items()):
            text = LIMIT_TEXTS[key].format(n=f"{count:,}", budget=self._budget)
            if self._said.get(key) != text:
                self._said[key] = text
                records.append(Limit(key, text))
        return records


def cut_chunk(run: RunTrace) -> StepChunk | None:
    """Cut off the front of a run's lists. Frames first: no step may come before its call."""
    count = len(run.steps)
    changes = len(run.changes)
    frames = len(run.frames)
    if not (count or changes or frames):
        return None
    chunk = StepChunk(
        run.n, run.drained + 1, run.steps[:count], run.frames[:frames], run.changes[:changes]
    )
    del run.steps[:count], run.frames[:frames], run.changes[:changes]
    run.drained += count
    return chunk
