"""The timeline's texts and small marks, for a window of runs: one list a field. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rerun_trace.db.packing.thread_spans import ThreadSpan
from rerun_trace.tracer.analysis.coverage import FileCoverage, cover_run, superseding
from rerun_trace.tracer.model import (
    Callback,
    ContainerWrite,
    Interaction,
    LineCount,
    MessageFate,
    Outcome,
    PageMessage,
    RerunRequest,
    RunError,
    ScriptRun,
    Source,
    StateWrite,
)
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.elements import is_lost
from rerun_trace.web.models import answers

MOST_RUNS = 400  # of one window

_WHOLE = {Outcome.COMPLETED, Outcome.RUNNING, Outcome.COMPILE_ERROR}  # nothing was left out


@dataclass(frozen=True, slots=True)
class WindowRecords:
    """What the store knows of a window of runs."""

    interactions: Sequence[Interaction]  # up to that of the next run
    runs: Sequence[ScriptRun]
    callbacks: Sequence[Callback]
    threads: Sequence[ThreadSpan]
    requests: Sequence[RerunRequest]
    errors: Sequence[RunError]
    writes: Sequence[ContainerWrite]
    state_writes: Sequence[StateWrite]
    fates: Mapping[int, MessageFate]
    counts: Iterable[LineCount]
    sources: Sequence[Source]


def fate_word(fate: MessageFate | None) -> str:
    """What a container write's message became, in the page's words."""
    if fate is None:
        return "unknown"
    return "discarded" if is_lost(fate) else fate.value


def fates_of(messages: Iterable[PageMessage]) -> dict[int, MessageFate]:
    """Message number -> what became of it."""
    return {message.n: message.fate for message in messages}


def columns(items: Iterable[Any], *names: str) -> dict[str, list[Any]]:
    """The named fields of `items`, one list each."""
    found = list(items)
    return {name: [getattr(item, name) for item in found] for name in names}


def window(records: WindowRecords) -> answers.Timeline:
    """The window. `rests`: what runs that ended early left out."""
    writes, threads = records.writes, records.threads
    rests = [(run.n, text) for run, text in _rests(records) if text]
    span = ("started_ns", "ended_ns")
    moment = ("run", "at_ns", "step")
    return answers.Timeline(
        interactions=answers.Titles(
            **columns(records.interactions, "n"),
            title=[words.interaction_title(item) for item in records.interactions],
        ),
        callbacks=answers.Callbacks(
            **columns(records.callbacks, "run", "function", *span, "step", "error")
        ),
        threads=answers.Threads(
            **columns(threads, "run", "thread", "function", *span, "steps"),
            step=[item.first_step for item in threads],
        ),
        requests=answers.Requests(**columns(records.requests, *moment, "line", "scope", "allowed")),
        errors=answers.Errors(**columns(records.errors, *moment, "type", "line")),
        writes=answers.Writes(
            **columns(writes, *moment, "element", "label", "out_of_order", "line"),
            fate=[fate_word(records.fates.get(write.message)) for write in writes],
        ),
        state_writes=answers.StateWrites(
            **columns(records.state_writes, *moment, "key", "op", "line")
        ),
        rests=answers.Rests(run=[run for run, _ in rests], text=[text for _, text in rests]),
    )


def _rests(records: WindowRecords) -> Iterable[tuple[ScriptRun, str]]:
    counts: dict[int, list[LineCount]] = {}
    for count in records.counts:
        counts.setdefault(count.run, []).append(count)
    requests: dict[int, list[RerunRequest]] = {}
    for request in records.requests:
        requests.setdefault(request.run, []).append(request)
    for run in records.runs:
        if run.outcome not in _WHOLE:
            covered = cover_run(
                run,
                records.sources,
                counts.get(run.n, ()),
                superseding(run, records.interactions),
                requests=requests.get(run.n, ()),
            )
            yield run, _rest(covered)


def _rest(covered: Sequence[FileCoverage]) -> str:
    """Such as `lines 12-30 never ran`: those that the run's end kept from running."""
    lines = next((file.never_reached for file in covered if file.never_reached), ())
    if not lines:
        return ""
    if len(lines) == 1:
        return f"line {lines[0]} never ran"
    return f"lines {lines[0]}-{lines[-1]} never ran"
