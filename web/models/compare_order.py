"""The order in which a run wrote the page against the order in which the page reads. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rerun_trace.tracer.analysis.compare_figures import Episode
from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.model import ContainerWrite, ScriptRun
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.elements import elements

ELEMENTS = 12  # of one run that are drawn; more are only counted
RUNS = 4
_ROW = 26


@dataclass(frozen=True, slots=True)
class Written:
    """One element: `number` in the order of writing, its place there and in reading order."""

    number: int
    y: float
    text: str
    text_y: float
    line: str  # an SVG path from the number to the text
    crosses: bool


@dataclass(frozen=True, slots=True)
class RunOrder:
    """The elements of one run. `lost` says why the browser does not show them any more."""

    run: int
    heading: str
    lost: bool
    items: tuple[Written, ...]
    height: float
    words: str
    more: str | None


def orders(recording: RecordingFacts, episode: Episode) -> list[RunOrder]:
    """One drawing a run that wrote something; the numbers go on from run to run."""
    found: list[RunOrder] = []
    number = 0
    drawn = [(run, _elements(recording, run)) for run in episode.runs]
    last = {write.path: run.n for run, writes in drawn for write in writes}
    for run, writes in drawn:
        if not writes or len(found) == RUNS:
            continue
        again = [last[write.path] for write in writes]
        lost = min(again) > run.n
        found.append(_order(run, writes, number, again[0] if lost else None))
        number += len(writes)
    return found


def _elements(recording: RecordingFacts, run: ScriptRun) -> list[ContainerWrite]:
    return elements(write for write in recording.writes if write.run == run.n)


def _order(
    run: ScriptRun, writes: Sequence[ContainerWrite], before: int, again: int | None
) -> RunOrder:
    shown = writes[:ELEMENTS]
    reading = sorted(range(len(shown)), key=lambda index: shown[index].path)
    places = {index: place for place, index in enumerate(reading)}
    items = []
    for index, write in enumerate(shown):
        y, text_y = _ROW * (index + 0.5), _ROW * (places[index] + 0.5)
        crossing = any((index < other) != (places[index] < places[other]) for other in places
                       if other != index)  # fmt: skip
        text = words.shorten(f"{write.element} {write.label}".strip(), 27)
        line = f"M24 {y} C62 {y} 62 {text_y} 100 {text_y}"
        items.append(Written(before + index + 1, y, text, text_y, line, crossing))
    spoken = [f"{items[index].text} (written {items[index].number})" for index in reading]
    rest = len(writes) - len(shown)
    heading = f"run {run.n}"
    if again is not None:
        heading += f": drawn again by run {again}"
    return RunOrder(
        run.n,
        heading,
        again is not None,
        tuple(items),
        _ROW * len(items),
        f"{heading}. In reading order: {', '.join(spoken)}.",
        f"and {words.count(rest, 'more element')}" if rest else None,
    )
