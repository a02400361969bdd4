"""Reads what the graphs are made from out of a store, for the page and for the command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rerun_trace.tracer.analysis.causes import CauseGraph, Facts, build_causes
from rerun_trace.tracer.analysis.coverage import cover_run, superseding
from rerun_trace.tracer.analysis.flow import FlowGraph, build_flow, choose
from rerun_trace.tracer.analysis.flow_counts import FlowRun
from rerun_trace.tracer.model import (
    CacheAccess,
    ContainerWrite,
    Interaction,
    LineCount,
    MessageFate,
    RerunRequest,
    ScriptRun,
    Source,
    StepChunk,
)
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.elements import WriteCounts, count_writes
from rerun_trace.web.models import timeline

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

MOST_NEWER = 200  # interactions among which the one is looked for that superseded a run
LAST = 2**31 - 1  # "no upper end" for a window of runs


def cause_graph(
    store: TraceStore, recording: int, first: int = 1, last: int = LAST, keep: int | None = None
) -> CauseGraph:
    """What caused what in the runs `first` to `last`. Raises RecordingNotFound."""
    return build_causes(cause_facts(store, recording, first, last), keep=keep)


def cause_facts(store: TraceStore, recording: int, first: int = 1, last: int = LAST) -> Facts:
    """What a graph of causes is made from, of the runs `first` to `last`."""
    runs = store.runs(recording, first=first, last=last)
    interactions = interactions_of(store, recording, runs, first, last)
    window = ends(runs)
    counts: Mapping[int, WriteCounts] = {}
    # For more runs, counting would read more than the graph shows.
    if len(runs) <= timeline.MOST_RUNS:
        counts = _write_counts(
            store.container_writes(recording, runs=window),
            timeline.fates_of(store.messages(recording, runs=window)),
        )
    return Facts(
        interactions,
        runs,
        {item.n: words.interaction_title(item) for item in interactions},
        store.callbacks(recording, runs=window),
        store.rerun_requests(recording, runs=window),
        store.errors(recording, runs=window),
        counts,
    )


def flow_graph(store: TraceStore, recording: int, first: int = 1, last: int = LAST) -> FlowGraph:
    """The control flow of the script that the runs `first` to `last` executed."""
    choice = choose(store.runs(recording, first=first, last=last), store.sources(recording))
    if choice.source is None:
        return FlowGraph("", {}, (), (), choice.notes)
    sources = store.sources(recording)
    counts: dict[int, list[LineCount]] = {}
    requests: dict[int, list[RerunRequest]] = {}
    cache: dict[int, list[CacheAccess]] = {}
    writes: dict[int, list[ContainerWrite]] = {}
    for window in _ranges([run.n for run in choice.runs]):
        for count in store.line_counts(recording, runs=window):
            counts.setdefault(count.run, []).append(count)
        for request in store.rerun_requests(recording, runs=window):
            requests.setdefault(request.run, []).append(request)
        for access in store.cache_accesses(recording, runs=window):
            cache.setdefault(access.run, []).append(access)
        for write in store.container_writes(recording, runs=window):
            writes.setdefault(write.run, []).append(write)
    numbers = [run.interaction for run in choice.runs]
    newest = max(numbers) + MOST_NEWER
    interactions = store.interactions(recording, first=min(numbers), last=newest)
    runs = []
    for run in choice.runs:
        steps = store.steps(recording, run.n)
        counted = counts.get(run.n) or counts_of(run, steps, sources)
        covered = cover_run(
            run,
            sources,
            counted,
            superseding(run, interactions),
            requests=requests.get(run.n, ()),
            cache=cache.get(run.n, ()),
        )
        runs.append(FlowRun(run, steps, counted, covered, writes.get(run.n, ())))
    return build_flow(choice.source, runs, notes=choice.notes)


def counts_of(run: ScriptRun, steps: StepChunk, sources: Iterable[Source]) -> list[LineCount]:
    """How often lines ran, by a run's steps: they are counted only at its end."""
    files = {source.file_no: source.file for source in sources}
    hits = Counter((files.get(step.file, "?"), step.line) for step in steps.steps)
    return [LineCount(run.n, file, line, count) for (file, line), count in hits.items()]


def _ranges(numbers: list[int]) -> list[tuple[int, int]]:
    """Ascending numbers as ranges without gaps."""
    ranges: list[tuple[int, int]] = []
    for n in numbers:
        if ranges and ranges[-1][1] == n - 1:
            ranges[-1] = (ranges[-1][0], n)
        else:
            ranges.append((n, n))
    return ranges


def ends(runs: list[ScriptRun]) -> tuple[int, int]:
    """The numbers of the first and the last of `runs`."""
    return (runs[0].n, runs[-1].n) if runs else (1, 0)


def interactions_of(
    store: TraceStore, recording: int, runs: list[ScriptRun], first: int, last: int
) -> list[Interaction]:
    """The interactions behind `runs`, and those between them that caused none."""
    lowest = min((run.interaction for run in runs), default=LAST) if first > 1 else 0
    highest = max((run.interaction for run in runs), default=-1) if last < LAST else None
    return store.interactions(recording, first=lowest, last=highest)


def _write_counts(
    writes: Iterable[ContainerWrite], fates: Mapping[int, MessageFate]
) -> dict[int, WriteCounts]:
    of_run: dict[int, list[ContainerWrite]] = {}
    for write in writes:
        of_run.setdefault(write.run, []).append(write)
    return {n: count_writes(found, fates) for n, found in of_run.items()}
