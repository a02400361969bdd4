"""A function did the same slow work again, with the same arguments and the same result.

Holds when a function of the user's returned what it had returned in an earlier run, for the same
arguments, and its call took at least 100 ms and a fifth of its run. The saving is what the repeats
took.

Silent when the function wrote to the page, read or changed state, took no time, gave no value, was
called by a callback, or read what another interaction changed (then the result differs).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ...words.sentences import duration
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run

KIND = Kind(
    "RT701",
    "uncached-repeat",
    Level.HINT,
    Docs(
        "Caching overview",
        "https://docs.streamlit.io/develop/concepts/architecture/caching",
    ),
)
_SLOW_NS = 100_000_000
_PART = 0.2
_FAR = 20  # runs that are looked back


class _Call(NamedTuple):
    function: str
    arguments: tuple[tuple[str, str | None], ...]
    result: str
    took_ns: int
    step: int  # of the call


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        if _slow(run):
            for call in _slow_calls(run):
                before = _earlier(run, call)
                if before is not None:
                    yield _finding(run, call, *before)


def _slow(run: Run) -> bool:
    record = run.record
    return run.known and (record.ended_ns or 0) - record.started_ns >= _SLOW_NS


def _earlier(run: Run, call: _Call) -> tuple[Run, _Call] | None:
    """The newest earlier run with the same call."""
    other, seen = run.previous, 0
    while other is not None and seen < _FAR:
        seen += 1
        if _slow(other):
            for each in _slow_calls(other):
                if each[:3] == call[:3]:
                    return other, each
        other = other.previous
    return None


def _slow_calls(run: Run) -> list[_Call]:
    """The outermost calls that took a good part of a run, and did nothing but give a value."""
    if not run.steps:
        return []
    least = max(_SLOW_NS, _PART * ((run.record.ended_ns or 0) - run.record.started_ns))
    returned = {c.frame: c.text for c in run.chunk.changes if c.scope == "return"}
    found: list[_Call] = []
    inside: set[int] = set()
    for frame in run.chunk.frames:
        if frame.parent in inside:
            inside.add(frame.n)
            continue
        own = run.steps_of_frame.get(frame.n)
        step = run.caller(frame.n)
        result = returned.get(frame.n)
        if not own or not step or frame.function.startswith("<") or frame.thread:
            continue
        last = run.last_step_within(own[-1])
        after = run.steps[last].at_ns if last < len(run.steps) else run.record.ended_ns
        took = (after or 0) - run.steps[own[0] - 1].at_ns
        if took < least or result is None or result == "None" or result.startswith("<"):
            continue
        if _does_more(run, own[0], last):
            continue
        inside.add(frame.n)
        arguments = tuple(
            (c.name, c.text)
            for c in run.chunk.changes
            if c.frame == frame.n and c.scope == "argument"
        )
        found.append(_Call(frame.function, arguments, result, took, step))
    return found


def _does_more(run: Run, first: int, last: int) -> bool:
    """Whether something between two steps wrote to the page, or used state or a cache."""
    records: tuple[Any, ...] = (
        *run.state_writes,
        *run.reads,
        *run.cache,
        *run.query_changes,
        *run.requests,
    )
    if any(first <= record.step <= last for record in records):
        return True
    return any(first <= write.step <= last and run.step_of(write) >= first for write in run.writes)


def _finding(run: Run, call: _Call, before: Run, earlier: _Call) -> Finding:
    place = run.place(call.step)
    file, line = (place.file, place.line) if place else (None, None)
    total = (run.record.ended_ns or 0) - run.record.started_ns
    old = before.place(earlier.step)
    return Finding(
        KIND,
        run.n,
        file,
        line,
        f"`{call.function}` does the same {duration(call.took_ns)} of work again",
        f"Line {line} called `{call.function}` with the same arguments as in run {before.n}, and "
        f"got the same result. That took {duration(call.took_ns)} of the {duration(total)} of run "
        f"{run.n}.",
        f"Put `@st.cache_data` above `{call.function}` (`@st.cache_resource` if it gives a "
        f"connection or a model): this call would have saved {duration(call.took_ns)}.",
        (
            Evidence(
                before.n,
                earlier.step,
                old.file if old else None,
                old.line if old else None,
                f"{duration(earlier.took_ns)} in run {before.n}",
            ),
            Evidence(
                run.n, call.step, file, line, f"{duration(call.took_ns)}, with the same result"
            ),
        ),
        same=call.function,
    )
