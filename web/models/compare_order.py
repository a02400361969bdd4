"""The order in which a run wrote the page against the order in which the page reads. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rerun_trace.tracer.analysis.compare_figures import Episode
from rerun_trace.tracer.analysis.recording import ByRun
from rerun_trace.tracer.model import ContainerWrite, ScriptRun
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.elements import elements
from rerun_trace.web.models.compared import RunOrder, Written

ELEMENTS = 12  # of one run that are drawn; more are only counted
RUNS = 4
_ROW = 26


def orders(records: ByRun, episode: Episode) -> list[RunOrder]:
    """One drawing a run that wrote something; the numbers go on from run to run."""
    found: list[RunOrder] = []
    number = 0
    drawn = [(run, elements(records.writes.get(run.n, ()))) for run in episode.runs]
    last = {write.path: run.n for run, writes in drawn for write in writes}
    for run, writes in drawn:
        if not writes or len(found) == RUNS:
            continue
        again = [last[write.path] for write in writes]
        lost = min(again) > run.n
        found.append(_order(run, writes, number, again[0] if lost else None))
        number += len(writes)
    return found


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
        items.append(
            Written(
                number=before + index + 1,
                y=y,
                text=text,
                text_y=text_y,
                line=line,
                crosses=crossing,
            )
        )
    spoken = [f"{items[index].text} (written {items[index].number})" for index in reading]
    rest = len(writes) - len(shown)
    heading = f"run {run.n}"
    if again is not None:
        heading += f": drawn again by run {again}"
    return RunOrder(
        run=run.n,
        heading=heading,
        lost=again is not None,
        items=items,
        height=_ROW * len(items),
        words=f"{heading}. In reading order: {', '.join(spoken)}.",
        more=f"and {words.count(rest, 'more element')}" if rest else None,
    )
