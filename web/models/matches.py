"""What of a few runs a search finds: moments, in time order. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from rerun_trace.tracer.model import (
    Callback,
    ContainerWrite,
    Frame,
    Interaction,
    RunError,
    ScriptRun,
    Source,
    StateWrite,
)
from rerun_trace.tracer.words import sentences as words

if TYPE_CHECKING:
    from rerun_trace.db.reading.chunks import ChunkColumns

PLACES = ("all", "function", "line", "key", "element", "value", "outcome", "error")
_LINE = re.compile(r"(?:(?P<file>\S+):|line\s+)(?P<line>\d{1,9})", re.IGNORECASE)


class Found(NamedTuple):
    """A moment that a search found. `step` None: the run's end."""

    run: int
    step: int | None
    at_ns: int
    kind: str
    title: str
    detail: str


@dataclass(frozen=True)
class Query:
    """What is searched: `text` (small letters), in `place`, in runs that ended as `outcome`."""

    text: str
    place: str = "all"
    outcome: str | None = None

    def looks_in(self, place: str) -> bool:
        """Whether this kind of thing is searched."""
        return bool(self.text) and self.place in ("all", place)

    @property
    def needs_steps(self) -> bool:
        """Whether packed steps have to be read."""
        return bool(self.text) and self.place in ("all", "function", "line", "value")

    def matches(self, *texts: object) -> bool:
        """Whether one of the texts holds what is searched; large and small letters are one."""
        return any(text is not None and self.text in str(text).casefold() for text in texts)


@dataclass(frozen=True)
class Part:
    """A few runs in a row, or some of the steps of one, and what happened in them."""

    runs: Mapping[int, ScriptRun]
    steps: tuple[int, int]  # first and last; of the first part of a run, 0 is the first
    is_last: bool  # the end of its runs belongs to it
    interactions: Mapping[int, Interaction] = field(default_factory=dict)
    chunks: Sequence[tuple[int, int, ChunkColumns]] = ()
    writes: Sequence[ContainerWrite] = ()
    state_writes: Sequence[StateWrite] = ()
    callbacks: Sequence[Callback] = ()
    errors: Sequence[RunError] = ()


def matches(query: Query, part: Part, sources: Sequence[Source]) -> list[Found]:
    """Everything of `part` that the query finds, by run and, within a run, by step."""
    found = [
        *_runs(query, part),
        *_rows(query, part),
        *_values(query, part),
        *_functions(query, part),
        *_lines(query, part, sources),
    ]
    end = 2**62
    found.sort(key=lambda each: (each.run, end if each.step is None else each.step, each.at_ns))
    return found


def _runs(query: Query, part: Part) -> Iterator[Found]:
    for run in part.runs.values():
        ended = words.outcome_text(run)
        is_listed = query.outcome is not None and not query.text
        if part.is_last and (
            is_listed or (query.looks_in("outcome") and query.matches(run.outcome.value, ended))
        ):
            at = run.started_ns if run.ended_ns is None else run.ended_ns
            yield Found(run.n, None, at, "outcome", f"Run {run.n}: {ended}", "")
        interaction = part.interactions.get(run.trigger)
        if (
            part.steps[0] == 0
            and run.trigger_type == "interaction"
            and interaction is not None
            and query.looks_in("element")
            and query.matches(title := words.interaction_title(interaction))
        ):
            yield Found(run.n, 0, run.started_ns, "element", title, "interaction")


def _rows(query: Query, part: Part) -> Iterator[Found]:
    low, high = part.steps

    def here(item: ContainerWrite | StateWrite | Callback | RunError) -> bool:
        return item.run in part.runs and low <= item.step and (item.step <= high or part.is_last)

    for write in filter(here, part.writes):
        if query.looks_in("element") and query.matches(write.element, write.label):
            title = f"{write.element} {words.shorten(write.label)}".strip()
            at = _at(write.file, write.line)
            yield Found(write.run, write.step, write.at_ns, "element", title, at)
    for change in filter(here, part.state_writes):
        is_key = query.looks_in("key") and query.matches(change.key)
        is_value = query.looks_in("value") and query.matches(change.new)
        if is_key or is_value:
            value = "deleted" if change.new is None else words.shorten(change.new)
            kind = "key" if is_key else "value"
            at = _at(change.file, change.line)
            title = f"{change.key} = {value}" if change.new is not None else f"{change.key} {value}"
            yield Found(change.run, change.step, change.at_ns, kind, title, at)
    for call in filter(here, part.callbacks):
        at = _at(call.file, call.line)
        if query.looks_in("function") and query.matches(call.function):
            title = f"{call.function}()"
            yield Found(call.run, call.step, call.started_ns, "function", title, f"callback, {at}")
        if query.looks_in("error") and query.matches(call.error):
            title = words.shorten(call.error)
            yield Found(call.run, call.step, call.ended_ns, "error", title, at)
    for error in filter(here, part.errors):
        if query.looks_in("error") and query.matches(error.type, error.message):
            title = words.shorten(f"{error.type}: {error.message}")
            at = _at(error.file, error.line)
            yield Found(error.run, error.step, error.at_ns, "error", title, at)


def _values(query: Query, part: Part) -> Iterator[Found]:
    if not query.looks_in("value"):
        return
    low, high = part.steps
    for n, first, columns in _chunks(part):
        at, _, names, scopes, texts = columns.changes
        holding = {text for text in set(texts) if query.matches(text)}
        if not holding:
            continue
        for step, name, scope, text in zip(at, names, scopes, texts, strict=True):
            if text in holding and low <= step <= high:
                title = f"{'returned' if scope == 'return' else name + ' ='} {words.shorten(text)}"
                when = _time(part.runs[n], first, columns, step)
                yield Found(n, step, when, "value", title, scope)


def _functions(query: Query, part: Part) -> Iterator[Found]:
    if not query.looks_in("function"):
        return
    wanted: dict[tuple[int, int], Frame] = {}
    for n, first, columns in _chunks(part):
        for frame in columns.frames.values():
            if frame.function != "<module>" and query.matches(frame.function):
                wanted[n, frame.n] = frame
        if not wanted:
            continue
        for step, owner in enumerate(columns.steps[3], first):
            if part.steps[0] <= step <= part.steps[1] and (n, owner) in wanted:
                frame = wanted.pop((n, owner))
                when = columns.steps[0][step - first]
                detail = f"called, line {frame.line}"
                yield Found(n, step, when, "function", f"{frame.function}()", detail)


def _lines(query: Query, part: Part, sources: Sequence[Source]) -> Iterator[Found]:
    if not query.looks_in("line"):
        return
    texts = {
        (source.file_no, line): f"{source.file}:{line}"
        for source in sources
        for line in _lines_of(query, source)
    }
    if not texts:
        return
    seen: dict[tuple[int, int, int], tuple[int, int]] = {}  # run, file, line: first step, its time
    times: dict[tuple[int, int, int], int] = {}
    for n, first, columns in _chunks(part):
        rows = zip(*columns.steps[:3], strict=True)
        for step, (at, file, line) in enumerate(rows, first):
            if (file, line) in texts and part.steps[0] <= step <= part.steps[1]:
                seen.setdefault((n, file, line), (step, at))
                times[n, file, line] = times.get((n, file, line), 0) + 1
    for (n, file, line), (step, at) in seen.items():
        detail = words.count(times[n, file, line], "time") + " from here"
        yield Found(n, step, at, "line", texts[file, line], detail)


def _lines_of(query: Query, source: Source) -> Iterable[int]:
    place = _LINE.fullmatch(query.text)
    if place is not None:
        file = place["file"]
        is_here = file is None or f"/{source.file}".casefold().endswith(f"/{file}")
        return [int(place["line"])] if is_here else []
    if query.place != "line":
        return []  # "all" leaves out source text: a word of it would find every run
    if query.text.isdecimal():
        return [int(query.text)]
    lines = source.text.split("\n")
    return [no for no, text in enumerate(lines, 1) if query.matches(text)]


def _chunks(part: Part) -> Iterator[tuple[int, int, ChunkColumns]]:
    return (each for each in part.chunks if each[0] in part.runs)


def _time(run: ScriptRun, first: int, columns: ChunkColumns, step: int) -> int:
    """When the step was made, as well as its chunk tells: a change may come with a later one."""
    times = columns.steps[0]
    if not times:
        return run.started_ns
    return times[min(max(step - first, 0), len(times) - 1)]


def _at(file: str | None, line: int | None) -> str:
    return "by Streamlit" if file is None else f"{file}:{line}"
