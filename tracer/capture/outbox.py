"""What waits for the sink: records and steps, bounded, and what had to be left out, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from time import monotonic
from typing import TypeAlias

from ..model import CacheAccess, Limit, LineCount, Record, StateRead, StateWrite
from .budget import Budget
from .traces import RunTrace

# What can be missed: everything else is needed to tell what happened at all.
_DETAILS = (
    CacheAccess,
    LineCount,
    StateRead,
    StateWrite,
)  # and the content and place of page messages
_WHOLE_S = 0.15  # so long the steps of a run may wait for its end


Later: TypeAlias = "partial[Iterator[Record]]"
"""Makes records when they are taken: with their details, or without."""

LIMIT_TEXTS = {
    "lines": "statements and calls that a run repeats very often: of each, the first "
    "{budget.line_hits} in a run are kept, and the count is shown as {budget.line_hits}+",
    "chain": "{n} runs without detail: after {budget.chain_runs} runs caused by one interaction "
    "most keep only their trigger, outcome and rerun request",
    "crowded": "{n} records dropped: the app made them faster than they could be written",
    "reads": "{n} reads of session state: of each run the first {budget.state_reads:,} are kept",
    "messages": "{n} page messages without content: larger than {budget.message_bytes:,} bytes",
    "masked": "{n} values masked: typed into a password field, from st.secrets or made of these, "
    "or under a name that looks secret",
    "failed": "recording stopped early: an error inside rerun-trace",
}


class Outbox:
    """Filled by the app's threads, emptied by the sink's. Never blocks."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._wake: Callable[[bool], bool] = lambda run_is_over: False
        self._is_closing = False  # nothing is left for another drain
        self._waiting: list[Record | Later] = []
        self._waiting_bytes = 0
        self._left_out: dict[str, int] = {}
        self._said: dict[str, str] = {}

    def wake_with(self, wake: Callable[[bool], bool]) -> None:
        """From now on, `wake` tells the sink that something waits (`Sink.wake`)."""
        self._wake = wake

    def wake(self, run_is_over: bool) -> bool:
        """Tell the sink that something waits. Returns whether it is at rest."""
        return self._wake(run_is_over)

    def close(self) -> None:
        """The next drain is the last one."""
        self._is_closing = True

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
        if isinstance(record, _DETAILS) and self.crowded:
            self.leave_out("crowded")
        else:
            self._append(record)

    def put_later(self, make: Later, size: int) -> None:
        """Add records that the sink's thread makes, of `size` bytes that wait until then.

        Called with whether there is room for details: without, here and now.
        """
        if self.crowded:
            self.leave_out("crowded")
            for record in make(False):
                self._append(record)
        else:
            self._waiting_bytes += size
            self._append(make)

    def _append(self, item: Record | Later) -> None:
        self._waiting.append(item)
        if len(self._waiting) == 1:
            self._wake(False)

    def leave_out(self, key: str, count: int = 1) -> None:
        """Count something that was left out; `key` is one of `LIMIT_TEXTS`."""
        self._left_out[key] = self._left_out.get(key, 0) + count

    def take(self, runs: Iterable[RunTrace]) -> list[Record]:
        """Everything that waits, the steps of `runs` last."""
        waiting = self._waiting[: len(self._waiting)]
        del self._waiting[: len(waiting)]
        self._waiting_bytes = 0
        records: list[Record] = []
        for item in waiting:
            if isinstance(item, partial):
                records += item(True)
            else:
                records.append(item)
        # Steps come after the records above: they may have been made a moment later, and only
        # refer to runs and sources that were announced before.
        now = monotonic()
        for run in runs:
            if run.dropped:
                self._left_out["lines"] = 1
            # Most runs are over soon: in one piece they take less room than in several.
            if not (run.ended or self._is_closing) and now < run.began + _WHOLE_S:
                continue
            chunk = run.cut()
            if chunk is not None:
                records.append(chunk)
        return records + self.limits()

    def limits(self) -> list[Record]:
        """What was left out, as far as it was not said yet."""
        records: list[Record] = []
        for key, count in list(self._left_out.items()):
            text = LIMIT_TEXTS[key].format(n=f"{count:,}", budget=self._budget)
            if self._said.get(key) != text:
                self._said[key] = text
                records.append(Limit(key, text))
        return records
