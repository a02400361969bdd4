"""The search: moments of a recording, a page at a time, with bounded work for each request."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.model import Outcome, ScriptRun
from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.models import answers
from rerun_trace.web.models.matches import PLACES, Found, Part, Query, matches
from rerun_trace.web.views.answering import answer

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore
    from rerun_trace.web.server.reads import Reads

PAGE = 100  # results of one request
BUDGET_S = 0.12  # after that a request answers with what it has found
_PART_RUNS = 32
_PART_STEPS = 4096
_LONGEST = 200  # characters of a query


@dataclass(frozen=True)
class Place:
    """Where a search goes on: at a step of a run, after some results that were sent already."""

    run: int = 1
    step: int = 0
    sent: int = 0

    def __str__(self) -> str:
        return f"{self.run}-{self.step}-{self.sent}"


def blueprint(reads: Reads) -> Blueprint:
    """The view, below `/api/recordings/<recording>`."""
    views = Blueprint("search", __name__)

    @views.get("/search")
    def search_(recording: int) -> ResponseReturnValue:
        return answer(search(reads.store, recording, _query(), _place()))

    return views


def search(store: TraceStore, recording: int, query: Query, place: Place) -> answers.FoundPage:
    """Results from `place` on: until a page is full, the time is over, or there are no more."""
    began = time.monotonic()
    sources = store.sources(recording)
    total = store.counts(recording)["runs"]
    results: list[Found] = []
    if not query.text and query.outcome is None:
        return answers.FoundPage(results=[], next=None, searched="nothing")
    following: Place | None = place
    while following is not None:
        here = following
        part, following = _part(store, recording, query, here, total)
        found = matches(query, part, sources)[here.sent :]
        room = PAGE - len(results)
        results += found[:room]
        if len(found) > room:
            following = Place(here.run, here.step, here.sent + room)
        if len(results) >= PAGE or time.monotonic() > began + BUDGET_S:
            break
    return answers.FoundPage(
        results=[answers.Found(**each._asdict()) for each in results],
        next=None if following is None else str(following),
        searched=_searched(following, total),
    )


def _part(
    store: TraceStore, recording: int, query: Query, place: Place, total: int
) -> tuple[Part, Place | None]:
    """What is searched at once, and where the next part begins."""
    last = place.run + _PART_RUNS - 1
    runs = store.runs(recording, first=place.run, last=last)
    lengths = [(run, _steps(store, recording, run)) for run in runs] if query.needs_steps else []
    part_runs, steps, is_last = runs, (0, 2**31 - 1), True
    following = Place(last + 1) if last < total else None
    if lengths and (place.step or lengths[0][1] > _PART_STEPS):
        # One long run, a part of its steps at a time.
        high = place.step + _PART_STEPS
        is_last = high >= lengths[0][1]
        part_runs, steps = runs[:1], (place.step, 2**31 - 1 if is_last else high)
        after = Place(place.run + 1) if place.run < total else None
        following = after if is_last else Place(place.run, high + 1)
    elif lengths:
        part_runs = list(_fitting(lengths))
        if len(part_runs) < len(runs):
            following = Place(part_runs[-1].n + 1)
    if query.outcome is not None:
        part_runs = [run for run in part_runs if run.outcome.value == query.outcome]
    if not part_runs:
        return Part({}, steps, is_last), following
    window = (part_runs[0].n, part_runs[-1].n)
    lowest = min(run.interaction for run in part_runs)
    highest = max(run.interaction for run in part_runs)

    def wanted(*places: str) -> bool:
        return any(query.looks_in(each) for each in places)

    return Part(
        {run.n: run for run in part_runs},
        steps,
        is_last,
        {each.n: each for each in store.interactions(recording, first=lowest, last=highest)},
        store.chunk_columns(recording, window, steps) if query.needs_steps else (),
        store.container_writes(recording, runs=window) if wanted("element") else (),
        store.state_writes(recording, runs=window) if wanted("key", "value") else (),
        store.callbacks(recording, runs=window) if wanted("function", "error") else (),
        store.errors(recording, runs=window) if wanted("error") else (),
    ), following


def _fitting(lengths: list[tuple[ScriptRun, int]]) -> Iterator[ScriptRun]:
    """The first runs that together are not too long: at least one."""
    steps = 0
    for number, (run, length) in enumerate(lengths):
        steps += length
        if number and steps > _PART_STEPS:
            return
        yield run


def _steps(store: TraceStore, recording: int, run: ScriptRun) -> int:
    # A run that goes on does not know its length yet.
    return run.steps or store.step_window(recording, run.n, 1).total


def _searched(following: Place | None, total: int) -> str:
    if following is None:
        return f"all {words.count(total, 'run')}" if total != 1 else "the only run"
    if following.step or following.sent:
        before = f"runs 1 to {following.run - 1} of {total:,}, and " if following.run > 1 else ""
        return f"{before}run {following.run} in part"
    return f"runs 1 to {following.run - 1:,} of {total:,}"


def _query() -> Query:
    text = request.args.get("q", "").strip().casefold()
    if len(text) > _LONGEST:
        abort(400, f"q must have at most {_LONGEST} characters.")
    place = request.args.get("in") or "all"
    if place not in PLACES:
        abort(400, f"in must be one of {', '.join(PLACES)}.")
    outcome = request.args.get("outcome") or None
    if outcome is not None and outcome not in list(Outcome):
        abort(400, f"outcome must be one of {', '.join(Outcome)}.")
    return Query(text, place, outcome)


def _place() -> Place:
    text = request.args.get("after", "")
    if not text:
        return Place()
    if not re.fullmatch(r"[1-9]\d{0,8}-\d{1,9}-\d{1,9}", text):
        abort(400, "after must be what an earlier answer called next.")
    return Place(*map(int, text.split("-")))
