"""A whole recording, as analyses and documents take it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, overload

from ..model import (
    AppSession,
    CacheAccess,
    Callback,
    ContainerWrite,
    DrawnWidget,
    Interaction,
    LineCount,
    MessageFate,
    Note,
    PageMessage,
    QueryChange,
    RecordingInfo,
    RerunRequest,
    RunError,
    ScriptRun,
    Source,
    StateAttempt,
    StateRead,
    StateWrite,
    StepChunk,
)
from .coverage import FileCoverage, cover_run, superseding
from .garbage import not_collected

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """Everything of one recording. `steps` reads those of one run: most look at few of them."""

    info: RecordingInfo
    interactions: Sequence[Interaction] = ()
    runs: Sequence[ScriptRun] = ()
    callbacks: Sequence[Callback] = ()
    rerun_requests: Sequence[RerunRequest] = ()
    state_writes: Sequence[StateWrite] = ()
    writes: Sequence[ContainerWrite] = ()
    errors: Sequence[RunError] = ()
    line_counts: Sequence[LineCount] = ()
    messages: Sequence[PageMessage] = ()
    sources: Sequence[Source] = ()
    app_sessions: Sequence[AppSession] = ()
    state_attempts: Sequence[StateAttempt] = ()
    state_reads: Sequence[StateRead] = ()
    query_changes: Sequence[QueryChange] = ()
    drawn_widgets: Sequence[DrawnWidget] = ()
    cache_accesses: Sequence[CacheAccess] = ()
    notes: Sequence[Note] = ()
    steps: Callable[[int], StepChunk] = field(default=lambda run: StepChunk(run, 1, ()))


class ReadLater(Sequence[R]):
    """Records that are read when somebody asks for one: raises then what reading raises."""

    def __init__(self, read: Callable[[], Sequence[R]]) -> None:
        self._read = read

    @cached_property
    def _records(self) -> Sequence[R]:
        with not_collected():
            return self._read()

    @overload
    def __getitem__(self, at: int) -> R: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[R]: ...
    def __getitem__(self, at: int | slice) -> R | Sequence[R]:
        return self._records[at]

    def __iter__(self) -> Iterator[R]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


class Coverages:
    """Which lines each run of a recording executed, and why not the others."""

    def __init__(self, recording: RecordingFacts) -> None:
        self._recording = recording
        self._counts = by_run(recording.line_counts)
        self._requests = by_run(recording.rerun_requests)
        self._cache = by_run(recording.cache_accesses)

    def of(self, run: ScriptRun) -> tuple[FileCoverage, ...]:
        """The files that a run executed, its script first."""
        return cover_run(
            run,
            self._recording.sources,
            self._counts.get(run.n, ()),
            superseding(run, self._recording.interactions),
            requests=self._requests.get(run.n, ()),
            cache=self._cache.get(run.n, ()),
        )


class ByRun:
    """A recording's records of each run, grouped when they are first asked for."""

    def __init__(self, recording: RecordingFacts) -> None:
        self.recording = recording

    @cached_property
    def callbacks(self) -> Mapping[int, Sequence[Callback]]:
        return by_run(self.recording.callbacks)

    @cached_property
    def requests(self) -> Mapping[int, Sequence[RerunRequest]]:
        return by_run(self.recording.rerun_requests)

    @cached_property
    def state_writes(self) -> Mapping[int, Sequence[StateWrite]]:
        return by_run(self.recording.state_writes)

    @cached_property
    def writes(self) -> Mapping[int, Sequence[ContainerWrite]]:
        return by_run(self.recording.writes)

    @cached_property
    def errors(self) -> Mapping[int, Sequence[RunError]]:
        return by_run(self.recording.errors)

    @cached_property
    def line_counts(self) -> Mapping[int, Sequence[LineCount]]:
        return by_run(self.recording.line_counts)

    @cached_property
    def messages(self) -> Mapping[int, Sequence[PageMessage]]:
        return by_run(self.recording.messages)

    @cached_property
    def fates(self) -> Mapping[int, MessageFate]:
        """What became of each page message, by its number."""
        return {message.n: message.fate for message in self.recording.messages}

    @cached_property
    def coverages(self) -> Coverages:
        return Coverages(self.recording)


def by_run(records: Iterable[Any]) -> dict[int, list[Any]]:
    """The records of each run."""
    groups: dict[int, list[Any]] = {}
    for record in records:
        groups.setdefault(record.run, []).append(record)
    return groups
