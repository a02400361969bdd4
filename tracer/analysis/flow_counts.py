"""Counts what followed what in the recorded steps of some runs of one script. No I/O."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rerun_trace.tracer.analysis.coverage import FileCoverage
from rerun_trace.tracer.model import (
    ContainerWrite,
    Frame,
    LineCount,
    Outcome,
    ScriptRun,
    Source,
    StepChunk,
)


class Place(NamedTuple):
    """A statement: the index of its block in `Source.blocks`, and its first line."""

    block: int
    line: int


@dataclass(frozen=True)
class FlowRun:
    """One run that the graph is drawn from: its steps and line counts, of all files.

    `coverage` says why lines did not run, `writes` which lines drew widgets.
    """

    run: ScriptRun
    steps: StepChunk
    counts: Sequence[LineCount] = ()
    coverage: Sequence[FileCoverage] = ()
    writes: Sequence[ContainerWrite] = ()


@dataclass
class Tally:
    """What the steps of all runs add up to, for one source.

    `unsure` are successors between which statements may have run that the budget left out.
    """

    hits: Counter[Place] = field(default_factory=Counter)
    capped: set[Place] = field(default_factory=set)
    follows: Counter[tuple[Place, Place]] = field(default_factory=Counter)
    unsure: Counter[tuple[Place, Place]] = field(default_factory=Counter)
    calls: Counter[tuple[Place, Place]] = field(default_factory=Counter)
    entered: Counter[Place] = field(default_factory=Counter)
    left: set[Place] = field(default_factory=set)
    ends: Counter[tuple[Place, Outcome, str]] = field(default_factory=Counter)


class _Lines:
    """Which block a line belongs to; of a function on one line, its calls tell."""

    def __init__(self, source: Source) -> None:
        self.known = [frozenset(block.lines) for block in source.blocks]
        self.until = _last_lines(source)
        self.block_of: dict[int, int] = {}
        self.named: dict[str, list[int]] = {}
        for index, block in enumerate(source.blocks):
            self.named.setdefault(block.name, []).append(index)
            for line in block.lines:
                self.block_of.setdefault(line, index)

    def place(self, frame: Frame | None, line: int) -> Place | None:
        for index in self.named.get(frame.function, ()) if frame else ():
            if line in self.known[index]:
                return Place(index, line)
        return self.at(line)

    def at(self, line: int) -> Place | None:
        block = self.block_of.get(line)
        return None if block is None else Place(block, line)

    def around(self, line: int) -> Place | None:
        """The statement at `line`, or the last one before it: it goes over several lines."""
        before = [other for other in self.block_of if other <= line]
        return self.at(max(before)) if before else None


def _last_lines(source: Source) -> dict[int, int]:
    """First line of each statement -> the last one of it, its suites included."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nodes = [
                each for each in ast.walk(ast.parse(source.text)) if isinstance(each, ast.stmt)
            ]
    except (SyntaxError, ValueError, RecursionError):
        return {}  # a newer Python ran it: then nothing is sure any more
    return {node.lineno: node.end_lineno or node.lineno for node in nodes}


def tally(source: Source, runs: Sequence[FlowRun]) -> Tally:
    """Adds up the runs, all of which executed `source`."""
    result, lines = Tally(), _Lines(source)
    kept: Counter[Place] = Counter()
    counted: Counter[Place] = Counter()
    for item in runs:
        capped: set[Place] = set()
        for count in item.counts:
            place = lines.at(count.line) if count.file == source.file else None
            if place is not None:
                counted[place] += count.hits
                if count.capped:
                    capped.add(place)
        result.capped |= capped
        _add_run(result, kept, source, lines, item, capped)
    for place in kept.keys() | counted.keys():
        result.hits[place] = max(kept[place], counted[place])
    return result


def _add_run(
    result: Tally,
    kept: Counter[Place],
    source: Source,
    lines: _Lines,
    item: FlowRun,
    capped: set[Place],
) -> None:
    frames = {frame.n: frame for frame in item.steps.frames}
    walk: list[tuple[int, Place]] = []
    places: dict[tuple[int, int], Place | None] = {}
    for _, file, line, number in item.steps.steps:
        if file != source.file_no:
            continue
        if (number, line) not in places:
            frame = frames.get(number)
            is_lambda = frame is not None and frame.function.endswith("<lambda>")
            places[number, line] = None if is_lambda else lines.place(frame, line)
        place = places[number, line]
        if place is not None:
            walk.append((number, place))
    unsure_from = _unsure_from(walk, capped)

    def hides(a: Place, b: Place) -> bool:
        """Whether a statement that was left out may have come between: not after its loop."""
        for block, line in capped:
            inside = line <= a.line <= lines.until.get(line, a.line)
            if block == a.block and (inside or a.line < line < b.line):
                return True
        return b.line <= a.line

    last: dict[int, Place] = {}
    for position, (number, place) in enumerate(walk):
        kept[place] += 1
        previous = last.get(number)
        if previous is None:
            result.entered[place] += 1
            parent = frames[number].parent if number in frames else 0
            if parent in last:
                result.calls[last[parent], place] += 1
        elif position > unsure_from.get(place.block, len(walk)) and hides(previous, place):
            result.unsure[previous, place] += 1
        else:
            result.follows[previous, place] += 1
        last[number] = place
    result.left.update(last.values())
    _add_end(result, source, lines, item.run, walk, frames)


def _unsure_from(walk: Sequence[tuple[int, Place]], capped: set[Place]) -> Mapping[int, int]:
    """By block, the position of the first step after which one of its statements was left out."""
    final = {place: position for position, (_, place) in enumerate(walk) if place in capped}
    first: dict[int, int] = {}
    for place, position in final.items():
        first[place.block] = min(position, first.get(place.block, position))
    return first


def _add_end(
    result: Tally,
    source: Source,
    lines: _Lines,
    run: ScriptRun,
    walk: Sequence[tuple[int, Place]],
    frames: Mapping[int, Frame],
) -> None:
    if not walk or run.outcome in (Outcome.RUNNING, Outcome.COMPILE_ERROR):
        return
    place: Place | None
    where = ""
    if run.outcome is Outcome.COMPLETED:
        outermost = {n for n, frame in frames.items() if not frame.parent and not frame.thread}
        roots = (place for n, place in reversed(walk) if n in outermost)
        place = next(roots, None)
    elif run.halted_file == source.file and run.halted_line:
        met = (place for _, place in reversed(walk) if place.line == run.halted_line)
        place = next(met, None) or lines.around(run.halted_line)
    else:  # in another file: the statement of this one that led there
        place = walk[-1][1]
        where = f"in {run.halted_file} line {run.halted_line}" if run.halted_line else ""
    if place is not None:
        result.ends[place, run.outcome, where] += 1
