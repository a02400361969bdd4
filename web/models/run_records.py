"""Reads out of a store what the page tells about one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rerun_trace.tracer.analysis.coverage import cover_run, superseding
from rerun_trace.tracer.analysis.moves import BEGINS, Move, moves
from rerun_trace.tracer.explain.brief import waits
from rerun_trace.tracer.explain.story import RunRecords
from rerun_trace.tracer.model import (
    ContainerWrite,
    InteractionKind,
    LineCount,
    Outcome,
    PageMessage,
    RunKind,
    ScriptRun,
    TriggerType,
)
from rerun_trace.tracer.source.program import program_of
from rerun_trace.tracer.words.elements import is_lost
from rerun_trace.tracer.words.ends import has_ended
from rerun_trace.web.models import graphs, timeline

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

MOST_EARLIER = 50  # runs among which the whole run before is looked for
MOST_BEFORE = 5  # runs whose page a run is compared with


def _line_counts(store: TraceStore, recording: int, run: ScriptRun) -> list[LineCount]:
    if has_ended(run):
        return store.line_counts(recording, run.n)
    return graphs.counts_of(run, store.steps(recording, run.n), store.sources(recording))


def run_records(store: TraceStore, recording: int, number: int) -> RunRecords:
    """What the page tells about one run. Raises RecordingNotFound."""
    run = store.run(recording, number)
    following = store.runs(recording, first=number + 1, last=number + 20)
    # What superseded a run came soon after it; every other run needs its own interaction alone.
    is_superseded = run.outcome is Outcome.SUPERSEDED
    last = run.interaction + (graphs.MOST_NEWER if is_superseded else 0)
    interactions = store.interactions(recording, first=run.interaction, last=last)
    superseded_by = superseding(run, interactions)
    by_rerun = run.trigger_type is TriggerType.RERUN
    requests = store.rerun_requests(recording, number)
    state_writes = store.state_writes(recording, number)
    writes = store.container_writes(recording, number)
    cache = store.cache_accesses(recording, number)
    seen: set[tuple[str | None, int | None]] = set()
    if not has_ended(run):  # events of a run that goes on may be stored before their steps
        for found in (requests, state_writes, writes, cache):
            seen |= {(item.file, item.line) for item in found}
    covered = cover_run(
        run,
        store.sources(recording),
        _line_counts(store, recording, run),
        superseded_by,
        requests=requests,
        cache=cache,
        seen=[(file, line) for file, line in seen if file and line],
    )
    messages = store.messages(recording, number)
    records = RunRecords(
        run,
        next((item for item in interactions if item.n == run.interaction), None),
        covered,
        store.callbacks(recording, number),
        requests,
        state_writes,
        writes,
        timeline.fates_of(messages),
        store.errors(recording, number),
        cache,
        store.rerun_requests(recording, run.trigger) if by_rerun else (),
        [
            item
            for item in following
            if item.trigger_type is TriggerType.RERUN and item.trigger == number
        ],
        superseded_by,
        [
            item
            for n in run.took
            if n != run.interaction
            for item in store.interactions(recording, first=n, last=n)
        ],
        store.recording(recording).app,
        _moves(store, recording, run, writes),
        _last_seen(store, recording, run),
        _same(store, recording, run, messages),
    )
    by_load = records.interaction is not None and records.interaction.kind is InteractionKind.LOAD
    if not by_load or by_rerun:
        return records
    texts = {item.file_no: item.text for item in store.sources(recording)}
    return replace(records, waits=list(waits(records, lambda no: program_of(texts[no]))))


def _last_seen(store: TraceStore, recording: int, run: ScriptRun) -> tuple[str | None, int | None]:
    """File and line of the last step before sight of the run's lines was lost, if it was."""
    at = run.blind_step
    steps = store.steps(recording, run.n, at, at).steps if at else ()
    if not steps:
        return None, None
    files = {source.file_no: source.file for source in store.sources(recording)}
    return files.get(steps[0].file), steps[0].line


def _same(
    store: TraceStore, recording: int, run: ScriptRun, messages: Sequence[PageMessage]
) -> frozenset[int] | None:
    """The messages of a run that put the same there as was there; None: nothing was there before.

    What an earlier run left is looked for back to the last one that ran to its end.
    """
    earlier = store.runs(recording, first=max(1, run.n - MOST_BEFORE), last=run.n - 1)
    own = [item for item in reversed(earlier) if item.app_session == run.app_session]
    before: dict[tuple[int, ...], str] = {}
    for item in own:
        left: dict[tuple[int, ...], str] = {}
        for message in store.messages(recording, item.n):
            if message.path is not None and not is_lost(message.fate):
                left[message.path] = message.body
        before = left | before
        if _is_whole(item):
            break
    if not own:
        return None
    return frozenset(m.n for m in messages if m.path is not None and before.get(m.path) == m.body)


def _moves(
    store: TraceStore, recording: int, run: ScriptRun, writes: Sequence[ContainerWrite]
) -> list[Move]:
    """What moved on the page since the whole run before, if this is a whole one, too."""
    if not _is_whole(run) or not any(write.element in BEGINS for write in writes):
        return []
    earlier = store.runs(recording, first=max(1, run.n - MOST_EARLIER), last=run.n - 1)
    alike = (
        item
        for item in reversed(earlier)
        if _is_whole(item) and item.app_session == run.app_session and item.script == run.script
    )
    last = next(alike, None)
    if last is None:
        return []
    return moves(store.container_writes(recording, last.n), writes)


def _is_whole(run: ScriptRun) -> bool:
    return run.kind is RunKind.APP and run.outcome is Outcome.COMPLETED and run.detailed
