"""A recording as spans: what lasted from when to when, inside of what. For tracing tools."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..db.store import TraceStore
from ..tracer.model import Frame, Interaction, RunKind, ScriptRun, Step, TriggerType

_US = 1_000  # ns: steps are kept in whole microseconds, and everything is compared in them


class Level(StrEnum):
    """How much is told: interactions alone, what happened in their runs, or also every call."""

    NONE = "none"
    RUN = "run"
    CALL = "call"


class Kind(StrEnum):
    """What lasted. In this order one of the same length lies inside of the other."""

    INTERACTION = "interaction"
    RUN = "run"
    CALLBACK = "callback"
    FRAGMENT = "fragment"
    CACHE = "cached call"
    CALL = "call"


_RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(slots=True)
class Span:
    """Something that lasted. `thread` 0 is the script's own; others are numbered within the run.

    `cause` is the run that asked for this one.
    """

    kind: Kind
    name: str
    start_ns: int
    end_ns: int
    session: int
    run: int = 0
    thread: int = 0
    parent: Span | None = None
    cause: Span | None = None
    args: dict[str, Any] = field(default_factory=dict)
    failed: str | None = None  # how, in words


def spans_of(store: TraceStore, id: int, level: Level = Level.CALL) -> list[Span]:
    """All spans of a recording, parents first. What lies in another one lies in it whole."""
    runs = store.runs(id)
    of_interaction: dict[int, list[ScriptRun]] = defaultdict(list)
    for run in runs:
        of_interaction[run.interaction].append(run)
    last = _last_moment(store, id, runs)
    found: list[Span] = []
    roots: dict[int, Span] = {}
    for interaction in store.interactions(id):
        root = _interaction(interaction, of_interaction[interaction.n], last)
        roots[interaction.n] = root
        found.append(root)
    if level is Level.NONE:
        return found
    inside = _Inside(store, id, runs, level)
    by_run: dict[int, Span] = {}
    for run in runs:
        span = _run(run, roots.get(run.interaction), last)
        if run.trigger_type is TriggerType.RERUN:
            span.cause = by_run.get(run.trigger)
        by_run[run.n] = span
        found.append(span)
        found += inside.of(run, span)
    return found


def _us(ns: int) -> int:
    return ns // _US * _US


def _last_moment(store: TraceStore, id: int, runs: Sequence[ScriptRun]) -> int:
    """The last thing that is known to have happened: where what never ended is cut off."""
    known = [0, *(run.ended_ns or run.started_ns for run in runs)]
    known += [span.ended_ns for span in store.thread_spans(id)]
    known += [message.at_ns for run in runs[-1:] for message in store.messages(id, run.n)]
    return max(known)


def _interaction(item: Interaction, runs: Sequence[ScriptRun], last: int) -> Span:
    ends = [item.at_ns, *(last if run.ended_ns is None else run.ended_ns for run in runs)]
    words = list(item.action.items())
    verb, what = words[0] if words else (str(item.kind), True)
    name = "first load" if verb == "load" and item.n == 0 else verb
    args = {
        "interaction": item.n,
        "action": json.dumps(dict(item.action), ensure_ascii=False, default=str),
        "runs": ", ".join(str(run.n) for run in runs),
    }
    if item.query:
        args["query"] = item.query
    if isinstance(what, str):
        name = f"{verb} {what}"
    return Span(
        *(Kind.INTERACTION, name, _us(item.at_ns), _us(max(ends)), item.app_session), args=args
    )


def _run(run: ScriptRun, root: Span | None, last: int) -> Span:
    by_rerun = run.trigger_type is TriggerType.RERUN
    args: dict[str, Any] = {
        "run": run.n,
        "kind": str(run.kind),
        "script": run.script,
        "outcome": str(run.outcome),
        "trigger": f"run {run.trigger}" if by_rerun else f"interaction {run.trigger}",
        "steps": run.steps,
    }
    if run.halted_line is not None:
        args["halted at"] = f"{run.halted_file}:{run.halted_line}"
    if run.fragment_names:
        args["fragments"] = ", ".join(run.fragment_names)
    end = last if run.ended_ns is None else run.ended_ns
    return Span(
        *(Kind.RUN, f"run {run.n}", _us(run.started_ns), _us(max(end, run.started_ns))),
        *(run.app_session, run.n),
        parent=root,
        args=args,
        failed=str(run.outcome) if "error" in run.outcome else None,
    )


class _Inside:
    """What happened inside of runs."""

    def __init__(self, store: TraceStore, id: int, runs: Sequence[ScriptRun], level: Level) -> None:
        self._store = store
        self._id = id
        self._level = level
        self._files = {source.file_no: source.file for source in store.sources(id)}
        self._fragments = {name for run in runs for name in run.fragment_names}

    def of(self, run: ScriptRun, span: Span) -> list[Span]:
        store, id, n = self._store, self._id, run.n
        found: list[Span] = []
        for error in store.errors(id, n):
            span.args["error"] = span.failed = f"{error.type}: {error.message}"
        for callback in store.callbacks(id, n):
            args = {"function": callback.function, "at": f"{callback.file}:{callback.line}"}
            if callback.label:
                args["widget"] = callback.label
            made = self._span(span, Kind.CALLBACK, callback.function, args)
            made.start_ns, made.end_ns = _us(callback.started_ns), _us(callback.ended_ns)
            made.failed = callback.error
            found.append(made)
        chunk = store.steps(id, n) if run.steps else None
        frames = {frame.n: frame for frame in chunk.frames} if chunk else {}
        for access in store.cache_accesses(id, n):
            args = {
                "function": access.function,
                "cache": access.cache,
                "outcome": "hit" if access.hit else "miss",
            }
            if access.file:
                args["called at"] = f"{access.file}:{access.line}"
            made = self._span(span, Kind.CACHE, access.function, args)
            made.start_ns = _us(access.at_ns)
            made.end_ns = _us(access.at_ns + access.duration_ns)
            if chunk and 0 < access.step <= len(chunk.steps):
                frame = frames.get(chunk.steps[access.step - 1].frame)
                made.thread = frame.thread if frame else 0
            found.append(made)
        if chunk:
            found += self._calls(run, span, chunk.steps, frames)
        return nested(found, span)

    def _span(self, run: Span, kind: Kind, name: str, args: dict[str, Any]) -> Span:
        return Span(kind, name, 0, 0, run.session, run.run, args=args)

    def _calls(
        self, run: ScriptRun, span: Span, steps: Sequence[Step], frames: dict[int, Frame]
    ) -> list[Span]:
        """Calls of the user's functions; of fragments', also where calls are not asked for."""
        times = call_times(steps, frames, span.end_ns)
        found: list[Span] = []
        for n, (start, end) in times.items():
            frame = frames[n]
            is_fragment = frame.function in self._fragments and (
                run.kind is RunKind.APP or frame.parent == 0
            )
            kind = Kind.FRAGMENT if is_fragment else Kind.CALL
            if frame.function == "<module>" or (kind is Kind.CALL and self._level is Level.RUN):
                continue
            args = {
                "function": frame.function,
                "at": f"{self._files.get(frame.file, '?')}:{frame.line}",
            }
            made = self._span(span, kind, frame.function, args)
            made.start_ns, made.end_ns, made.thread = start, end, frame.thread
            found.append(made)
        return found


def call_times(
    steps: Sequence[Step], frames: dict[int, Frame], run_end: int
) -> dict[int, tuple[int, int]]:
    """From when to when calls lasted: from their first statement to the next one after them."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}  # place of a call's last step among those of its thread
    of_thread: dict[int, list[int]] = defaultdict(list)  # times of its steps
    for step in steps:
        frame = frames.get(step.frame)
        thread = frame.thread if frame else 0
        first.setdefault(step.frame, step.at_ns)
        last[step.frame] = len(of_thread[thread])
        of_thread[thread].append(step.at_ns)
    for n in sorted(frames, reverse=True):  # a call lasts as long as those that it made
        parent = frames.get(frames[n].parent)
        if n in last and parent is not None and parent.thread == frames[n].thread:
            last[parent.n] = max(last.get(parent.n, 0), last[n])
            first[parent.n] = min(first.get(parent.n, first[n]), first[n])
    found = {}
    for n, start in first.items():
        if n in frames:
            times = of_thread[frames[n].thread]
            after = last[n] + 1
            end = times[after] if after < len(times) else times[-1]
            if after >= len(times) and frames[n].thread == 0:
                end = max(run_end, end)
            found[n] = (_us(start), _us(end))
    return found


def nested(spans: Iterable[Span], run: Span) -> list[Span]:
    """The spans of a run, parents first, each cut off where the one around it ends.

    Those on other threads may begin after the run, and outlive it.
    """
    by_thread: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        by_thread[span.thread].append(span)
    found: list[Span] = []
    for thread, mine in sorted(by_thread.items()):
        mine.sort(key=lambda span: (span.start_ns, -span.end_ns, _RANK[span.kind]))
        around = [run]
        for span in mine:
            while len(around) > 1 and around[-1].end_ns <= span.start_ns < span.end_ns:
                around.pop()
            while len(around) > 1 and around[-1].end_ns < span.start_ns:
                around.pop()
            outer = around[-1]
            if outer is not run or thread == 0:
                span.start_ns = min(max(span.start_ns, outer.start_ns), outer.end_ns)
                span.end_ns = max(min(span.end_ns, outer.end_ns), span.start_ns)
            span.parent = outer
            around.append(span)
            found.append(span)
    return found
