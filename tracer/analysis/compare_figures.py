"""The figures of one variant in a comparison: for each interaction, and in total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from types import MappingProxyType

from ..model import (
    ContainerWrite,
    Interaction,
    InteractionKind,
    MessageFate,
    PageMessage,
    ScriptRun,
)
from ..words.elements import elements, is_lost
from .recording import RecordingFacts


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table. `lower_is_better`: the lowest value of the row is its best.

    Only where less is better for everybody: a write above earlier ones may be just what was wanted.
    """

    key: str
    label: str
    lower_is_better: bool = True
    is_time: bool = False
    total_only: bool = False


METRICS = (
    Metric("interactions", "interactions sent", lower_is_better=False, total_only=True),
    Metric("script_runs", "script runs"),
    Metric("steps", "steps"),
    Metric("distinct_lines", "distinct lines", lower_is_better=False),
    Metric("repeated_work", "statements run again"),
    Metric("elements_written", "elements written", lower_is_better=False),
    Metric("out_of_order_writes", "written out of order", lower_is_better=False),
    Metric("messages_delivered", "page messages delivered", lower_is_better=False),
    Metric("messages_discarded", "page messages discarded"),
    Metric("callbacks", "callbacks", lower_is_better=False),
    Metric("rerun_requests", "rerun requests", lower_is_better=False),
    Metric("script_ns", "script time", is_time=True),
    Metric("final_page_ns", "time to the final page", is_time=True),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value over all repeats: the median, and the range when there are several."""

    median: float
    low: float
    high: float


Figures = Mapping[str, Figure | None]
"""Metric's key -> its figure; None when it is not known."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One interaction with the script runs that it caused, and the timer ticks that followed it."""

    interaction: Interaction
    runs: tuple[ScriptRun, ...]
    interactions: int = 1
    tick_runs: tuple[ScriptRun, ...] = ()

    @property
    def all_runs(self) -> tuple[ScriptRun, ...]:
        """Those of the timer ticks too."""
        return self.runs + self.tick_runs


def episodes_of(recording: RecordingFacts) -> tuple[Episode, ...]:
    """The interactions in order. A timer's ticks are counted with the interaction before them.

    How many there are depends on the clock, not on what was done: they make no episode.
    """
    runs_of: dict[int, list[ScriptRun]] = {}
    for run in sorted(recording.runs, key=lambda run: run.n):
        runs_of.setdefault(run.interaction, []).append(run)
    found: list[Episode] = []
    for item in sorted(recording.interactions, key=lambda item: item.n):
        runs = tuple(runs_of.get(item.n, ()))
        if item.kind is InteractionKind.TIMER and found:
            last = found[-1]
            found[-1] = Episode(
                last.interaction, last.runs, last.interactions + 1, last.tick_runs + runs
            )
        else:
            found.append(Episode(item, runs))
    return tuple(found)


class Counter:
    """Counts what one recording holds, by run."""

    def __init__(self, recording: RecordingFacts) -> None:
        self._hits: dict[int, dict[tuple[str, int], int]] = {}
        for count in recording.line_counts:
            self._hits.setdefault(count.run, {})[count.file, count.line] = count.hits
        self._messages: dict[int, list[PageMessage]] = {}
        for message in recording.messages:
            if message.run is not None:
                self._messages.setdefault(message.run, []).append(message)
        self._writes: dict[int, list[ContainerWrite]] = {}
        for write in recording.writes:
            self._writes.setdefault(write.run, []).append(write)
        self._callbacks = [item.run for item in recording.callbacks]
        self._requests = [item.run for item in recording.rerun_requests]

    def values(self, episode: Episode) -> dict[str, float | None]:
        """The value of every metric in one episode."""
        runs = episode.all_runs
        numbers = {run.n for run in runs}
        messages = [m for n in numbers for m in self._messages.get(n, ())]
        written = [write for n in numbers for write in elements(self._writes.get(n, ()))]
        lines = {line for n in numbers for line in self._hits.get(n, ())}
        return {
            "interactions": episode.interactions,
            "script_runs": len(runs),
            "steps": sum(run.steps + run.dropped_steps for run in runs),
            "distinct_lines": len(lines),
            "repeated_work": self.repeated(episode.runs),
            "elements_written": len(written),
            "out_of_order_writes": sum(write.out_of_order for write in written),
            "messages_delivered": sum(m.fate is MessageFate.DELIVERED for m in messages),
            "messages_discarded": sum(
                is_lost(m.fate) and not m.detail.get("placeholder") for m in messages
            ),
            "callbacks": sum(run in numbers for run in self._callbacks),
            "rerun_requests": sum(run in numbers for run in self._requests),
            "script_ns": sum((run.ended_ns or run.started_ns) - run.started_ns for run in runs),
            "final_page_ns": self._final_page(episode),
        }

    def repeated(self, runs: Sequence[ScriptRun]) -> int:
        """Executions of statements that an earlier one of `runs` had executed already."""
        seen: set[tuple[str, int]] = set()
        again = 0
        for run in runs:
            hits = self._hits.get(run.n, {})
            again += sum(count for line, count in hits.items() if line in seen)
            seen |= hits.keys()
        return again

    def _final_page(self, episode: Episode) -> int | None:
        arrived = [
            message.fate_ns
            for run in episode.runs
            for message in self._messages.get(run.n, ())
            if message.fate is MessageFate.DELIVERED and message.fate_ns is not None
        ]
        return max(arrived) - episode.interaction.at_ns if arrived else None


def figures_of(repeats: Sequence[RecordingFacts]) -> tuple[list[Figures], Figures]:
    """The figures of each episode, and those of all together, over all repeats of a variant."""
    tables = []
    for recording in repeats:
        counter = Counter(recording)
        tables.append([counter.values(episode) for episode in episodes_of(recording)])
    length = max((len(table) for table in tables), default=0)
    each = [
        _figures([table[index] for table in tables if index < len(table)])
        for index in range(length)
    ]
    return each, _figures([_sum(table) for table in tables if table])


def _sum(table: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    sums: dict[str, float | None] = {}
    for metric in METRICS:
        known = [row[metric.key] for row in table]
        sums[metric.key] = sum(value for value in known if value is not None) if known else None
    return sums


def _figures(samples: Sequence[Mapping[str, float | None]]) -> Figures:
    figures: dict[str, Figure | None] = {}
    for metric in METRICS:
        values = [row[metric.key] for row in samples]
        known = [value for value in values if value is not None]
        figures[metric.key] = (
            Figure(median(known), min(known), max(known))
            if known and len(known) == len(values)
            else None
        )
    return MappingProxyType(figures)


def best_of(metric: Metric, figures: Sequence[Figure | None]) -> tuple[int, ...]:
    """Which of `figures` are the row's best; none when fewer than two are known.

    Times that were measured several times tie when their median lies in the best one's range; a
    time that was measured once says nothing about which variant is faster.
    """
    known = [figure for figure in figures if figure is not None]
    if not metric.lower_is_better or len(known) < 2:
        return ()
    if metric.is_time and all(figure.low == figure.high for figure in known):
        return ()
    best = min(known, key=lambda figure: figure.median)
    limit = best.high if metric.is_time else best.median
    return tuple(
        index
        for index, figure in enumerate(figures)
        if figure is not None and figure.median <= limit
    )
