"""Windows of a run's steps, with the values that variables had before: step 190,000 as fast as 10.

Value changes are kept as they happened, so the values at a step are the sum of all changes before
it, and how often lines ran is a sum of steps. The sums are kept at places between chunks (bases);
from there a window is at most a few chunks away. What is kept never changes: chunks are only ever
added, and a number of a recording is never given away twice.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from rerun_trace.db.reading import chunks
from rerun_trace.db.reading.chunks import ChunkColumns, Span
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Frame, Step, ValueChange

WINDOW = 1000  # steps
_BASE_EVERY = 8  # chunks
_CHUNK_ROWS = 500_000  # steps and value changes of all chunks kept: about 50 MB
_BASE_ROWS = 400_000  # variables of all bases kept: about 30 MB

Key = tuple[int, str, str]  # frame, name, scope
Values = dict[Key, tuple[int, str | None]]  # step, text
Place = tuple[int, int]  # file, line
T = TypeVar("T")


@dataclass(slots=True)
class Base:
    """What everything before a place between chunks adds up to."""

    values: Values = field(default_factory=dict)
    hits: Counter[Place] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        return len(self.values) + len(self.hits)

    def copy(self) -> Base:
        return Base(dict(self.values), self.hits.copy())


@dataclass(frozen=True, slots=True)
class StepWindow:
    """Steps `first` to `last` of the run's `total`; `first` is 1, 1001, 2001, ...

    `frames` are all that the steps and values refer to, callers included, ascending. `base` are
    the values before `first`, each as the change that made it: those of the frames, and globals
    of their files, whoever set them. A variable that was deleted is not among them. `hits` say how
    often lines ran before `first`: those that did, ascending by file and line.
    """

    first: int
    last: int
    total: int
    steps: Sequence[Step]
    frames: Sequence[Frame]
    base: Sequence[ValueChange]
    changes: Sequence[ValueChange]
    hits: Sequence[tuple[int, int, int]]  # file, line, times


class StepWindows:
    """Reads windows of steps. Any number of threads may read at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chunks: _Recent[ChunkColumns] = _Recent(_CHUNK_ROWS)
        self._bases: _Recent[Base] = _Recent(_BASE_ROWS)
        self._spans: dict[tuple[int, int], list[Span]] = {}  # of runs that were read ahead

    def preload(self, connection: Connection, recording: int, runs: tuple[int, int]) -> None:
        """Reads the chunks of some runs at once, for reads that follow soon.

        As they are now: for runs that have ended.
        """
        with self._lock:
            self._spans = {(recording, n): [] for n in range(runs[0], runs[1] + 1)}
            for n, span in chunks.spans_of_runs(connection, recording, runs):
                self._spans[recording, n].append(span)
            short = [n for (_, n), spans in self._spans.items() if len(spans) == 1]
            found = chunks.all_columns(connection, recording, short)
            for n, seq, columns in found:
                self._chunks.put((recording, n, seq), columns, columns.rows)

    def read(self, connection: Connection, recording: int, run: int, at: int) -> StepWindow:
        """The window that holds step `at`, or the last one. Raises StoreError for damage."""
        with self._lock:
            spans = self._spans.get((recording, run))
            if spans is None:
                spans = chunks.spans(connection, recording, run)
            return _Read(connection, recording, run, spans, self._chunks, self._bases).window(at)


class _Recent(Generic[T]):
    """What was used last, up to a number of rows."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._rows = 0

    def get(self, key: Hashable) -> T | None:
        found = self._items.get(key)
        if found is None:
            return None
        self._items.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, item: T, rows: int) -> None:
        self._items[key] = item, rows
        self._rows += rows
        while self._rows > self._limit and len(self._items) > 1:
            _, (_, freed) = self._items.popitem(last=False)
            self._rows -= freed


class _Read:
    """One read of one run."""

    def __init__(
        self,
        connection: Connection,
        recording: int,
        run: int,
        spans: Sequence[Span],
        kept: _Recent[ChunkColumns],
        bases: _Recent[Base],
    ) -> None:
        self._connection = connection
        self._run = recording, run
        self._kept = kept
        self._bases = bases
        self._spans = spans

    def window(self, at: int) -> StepWindow:
        spans = self._spans
        total = max((span.first_step + span.steps - 1 for span in spans), default=0)
        first = (min(max(at, 1), max(total, 1)) - 1) // WINDOW * WINDOW + 1
        last = min(first + WINDOW - 1, total)
        touched = [span for span in spans if span.high_step >= first and span.low_step <= last]
        steps: list[Step] = []
        changes: list[ValueChange] = []
        for span, columns in self._columns(touched):
            low, high = max(first, span.first_step), min(last, span.first_step + span.steps - 1)
            if low <= high:
                if low != first + len(steps):
                    self._missing(first + len(steps), low - 1)
                of_chunk = slice(low - span.first_step, high + 1 - span.first_step)
                steps += map(Step, *(column[of_chunk] for column in columns.steps))
            changes += (
                ValueChange(*row)
                for row in zip(*columns.changes, strict=True)
                if first <= row[0] <= last
            )
        if len(steps) != last + 1 - first:
            self._missing(first + len(steps), last)
        changes.sort(key=lambda change: change.step)
        used = {step.frame for step in steps} | {change.frame for change in changes}
        before = self._before(first)
        values = before.values
        globals_ = [key for key in values if key[2] == "global"]
        frames = self._frames(used | {key[0] for key in globals_})
        base = _base(values, _with_callers(used, frames), frames)
        shown = _with_callers(used | {change.frame for change in base}, frames)
        hits = [(*place, times) for place, times in sorted(before.hits.items())]
        return StepWindow(
            first, last, total, steps, [frames[n] for n in sorted(shown)], base, changes, hits
        )

    def _before(self, first: int) -> Base:
        """What all steps and changes before step `first` add up to."""
        spans = self._spans
        heights = list(accumulate((span.high_step for span in spans), max))
        settled = sum(height < first for height in heights)  # leading chunks, all before `first`
        place = settled // _BASE_EVERY * _BASE_EVERY
        start, base = place, None
        while start and base is None:
            base = self._bases.get((*self._run, start))
            start -= 0 if base is not None else _BASE_EVERY
        found = base.copy() if base else Base()
        while start < place:
            for _, columns in self._columns(spans[start : start + _BASE_EVERY]):
                _add(found, columns.steps, columns.changes)
            start += _BASE_EVERY
            self._bases.put((*self._run, start), found.copy(), found.rows)
        # A change may come long after its step: when the call that the statement made is over.
        late = [span for span in spans[place:] if span.low_step < first]
        for span, columns in self._columns(late):
            if span.high_step < first:
                _add(found, columns.steps, columns.changes)
            else:
                rows = zip(*columns.changes, strict=True)
                early = [row for row in rows if row[0] < first]
                steps = [column[: max(0, first - span.first_step)] for column in columns.steps]
                _add(found, steps, tuple(zip(*early, strict=True)))
        return found

    def _frames(self, wanted: set[int]) -> dict[int, Frame]:
        """The frames in `wanted` and all their callers. Some were never recorded (budget)."""
        found: dict[int, Frame] = {}
        missing = wanted - {0}
        while missing:
            holding = [
                span
                for span in self._spans
                if span.high_frame is not None
                and any(span.low_frame <= n <= span.high_frame for n in missing)
            ]
            fresh: dict[int, Frame] = {}
            for _, columns in self._columns(holding):
                fresh.update((n, columns.frames[n]) for n in missing & columns.frames.keys())
            found.update(fresh)
            missing = {frame.parent for frame in fresh.values()} - found.keys() - {0}
        return found

    def _columns(self, wanted: Sequence[Span]) -> Iterable[tuple[Span, ChunkColumns]]:
        """The chunks of `wanted`, unpacked, a few at a time."""
        for begin in range(0, len(wanted), _BASE_EVERY):
            part = wanted[begin : begin + _BASE_EVERY]
            found = {span.seq: self._kept.get((*self._run, span.seq)) for span in part}
            absent = [seq for seq, columns in found.items() if columns is None]
            for seq, columns in chunks.read_columns(self._connection, *self._run, absent):
                found[seq] = columns
                self._kept.put((*self._run, seq), columns, columns.rows)
            for span in part:
                columns_ = found[span.seq]
                if columns_ is not None:  # absent: the recording was deleted meanwhile
                    yield span, columns_

    def _missing(self, low: int, high: int) -> None:
        recording, run = self._run
        raise StoreError(f"recording {recording}, run {run}: steps {low} to {high} are missing")


def _add(base: Base, steps: Sequence[Any], changes: Any) -> None:
    """Columns: time, file, line, frame of steps; step, frame, name, scope, text of changes.

    A change replaces what was there.
    """
    base.hits.update(zip(steps[1], steps[2], strict=True))
    if changes:
        at, owners, names, scopes, texts = changes
        base.values.update(
            zip(zip(owners, names, scopes, strict=True), zip(at, texts, strict=True), strict=True)
        )


def _with_callers(numbers: Iterable[int], frames: dict[int, Frame]) -> set[int]:
    seen: set[int] = set()
    for number in numbers:
        while number in frames and number not in seen:
            seen.add(number)
            number = frames[number].parent
    return seen


def _base(values: Values, sight: set[int], frames: dict[int, Frame]) -> list[ValueChange]:
    """The values of the frames in sight, and the newest of each global of their files."""
    files = {frames[n].file for n in sight}
    base: list[ValueChange] = []
    newest: dict[tuple[int, str], ValueChange] = {}
    for (owner, name, scope), (step, text) in values.items():
        change = ValueChange(step, owner, name, scope, text)
        if scope == "global":
            frame = frames.get(owner)
            if frame is not None and frame.file in files:
                known = newest.get((frame.file, name))
                if known is None or known.step <= step:
                    newest[frame.file, name] = change
        elif owner in sight and text is not None:
            base.append(change)
    base += (change for change in newest.values() if change.text is not None)
    return sorted(base)
