"""Which statements of a script are one node of its flow graph, and how the nodes stay few."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from rerun_trace.tracer.analysis.flow_counts import Place, Tally
from rerun_trace.tracer.model import Source

_FEW = 6  # blocks that never ran; more become one node
_DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Group:
    """Statements of one block that make one node, ascending; `parts` counts what it stands for.

    `before` is the statement after which an unreached group would have come. Without a `block`, it
    stands for whole `blocks` that never ran.
    """

    id: str
    block: int | None
    places: tuple[Place, ...]
    before: Place | None = None
    parts: int = 1
    blocks: tuple[int, ...] = ()


def text_lines(text: str) -> list[str]:
    """The lines of a source as Python counts them: a form feed does not end one."""
    return re.split(r"\r\n|\r|\n", text)


def groups_of(source: Source, counts: Tally, alone: Container[int] = ()) -> list[Group]:
    """One group for each basic run of statements, and for each stretch that never ran.

    A basic run ends where it might have gone elsewhere, even if it never did. The lines `alone` are
    groups of their own where they ran.
    """
    successors: dict[Place, set[Place]] = {}
    origins: dict[Place, set[Place]] = {}
    for pairs in (counts.follows, counts.unsure):
        for a, b in pairs:
            successors.setdefault(a, set()).add(b)
            origins.setdefault(b, set()).add(a)
    before = _preceding(source)
    branching = {before[place] for place in before if not counts.hits[place]}
    apart_after = counts.left | {place for place, _, _ in counts.ends} | branching

    def together(a: Place, b: Place) -> bool:
        return (
            successors.get(a) == {b}
            and origins.get(b) == {a}
            and (a, b) not in counts.unsure
            and counts.hits[a] == counts.hits[b]
            and a not in apart_after
            and b not in counts.entered
            and a.line not in alone
            and b.line not in alone
        )

    groups: list[Group] = []
    for index, block in enumerate(source.blocks):
        current: list[Place] = []
        for line in sorted(block.lines):
            place = Place(index, line)
            if current:
                ran, runs = counts.hits[current[-1]] > 0, counts.hits[place] > 0
                if ran and runs:
                    joined = together(current[-1], place)
                else:
                    joined = not ran and not runs and before.get(place) in {None, *current}
                if joined:
                    current.append(place)
                    continue
                groups.append(_group(current, counts, before))
            current = [place]
        if current:
            groups.append(_group(current, counts, before))
    return groups


def _group(places: Sequence[Place], counts: Tally, before: dict[Place, Place]) -> Group:
    first = places[0]
    hangs = None if counts.hits[first] else before.get(first)
    return Group(f"b{first.block}-{first.line}", first.block, tuple(places), hangs)


def bounded(
    groups: Sequence[Group], source: Source, counts: Tally, limit: int
) -> tuple[list[Group], tuple[str, ...]]:
    """At most `limit` groups, and what was left out in words.

    Blocks that never ran become one group when they are many, and neighbours in the largest blocks
    become one until it fits.
    """
    of_block: dict[int, list[Group]] = {}
    for group in groups:
        of_block.setdefault(group.block or 0, []).append(group)
    idle = [
        index
        for index, items in of_block.items()
        if source.blocks[index].name != "<module>"
        and not any(counts.hits[place] for group in items for place in group.places)
    ]
    result: list[Group] = []
    notes: tuple[str, ...] = ()
    if len(idle) > _FEW:
        popped = [group for index in idle for group in of_block.pop(index)]
        places = tuple(place for group in popped for place in group.places)
        result.append(Group("not-run", None, places, parts=len(idle), blocks=tuple(idle)))
    room = limit - len(result)
    if len(of_block) > room:
        notes = (f"{len(of_block) - room:,} functions not drawn: there are too many",)
        of_block = dict(list(of_block.items())[:room])
    quota = _quota([len(items) for items in of_block.values()], room)
    if any(len(items) > quota for items in of_block.values()):
        notes += ("some neighbouring statements are drawn as one: the script is long",)
    for items in of_block.values():
        result += _coarse(items, quota, counts)
    return sorted(result, key=lambda group: group.places[0]), notes


def _quota(sizes: Sequence[int], room: int) -> int:
    quota = max(sizes, default=1)
    while quota > 1 and sum(min(size, quota) for size in sizes) > room:
        quota -= 1
    return quota


def _coarse(items: Sequence[Group], quota: int, counts: Tally) -> list[Group]:
    if len(items) <= quota:
        return list(items)
    result = []
    for number in range(quota):
        part = items[number * len(items) // quota : (number + 1) * len(items) // quota]
        places = tuple(place for group in part for place in group.places)
        parts = sum(group.parts for group in part)
        hangs = None if any(counts.hits[place] for place in places) else part[0].before
        result.append(replace(part[0], places=places, parts=parts, before=hangs))
    return result


def _preceding(source: Source) -> dict[Place, Place]:
    """For each statement the one before it in its suite, or the header that the suite hangs on."""
    tree: dict[int, int] = {}
    before: dict[int, int] | None = tree
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _walk(ast.parse(source.text).body, 0, tree)
    except (SyntaxError, ValueError, RecursionError):
        before = None  # a newer Python ran it: simply the line before
    result = {}
    for index, block in enumerate(source.blocks):
        known, lines = sorted(block.lines), frozenset(block.lines)
        for position, line in enumerate(known):
            if before is None:
                found = known[position - 1] if position else 0
            else:
                found = before.get(line, 0)
                while found and found not in lines:
                    found = before.get(found, 0)
            if found:
                result[Place(index, line)] = Place(index, found)
    return result


def _walk(suite: Sequence[ast.stmt], header: int, before: dict[int, int]) -> None:
    previous = header
    for statement in suite:
        decorators = getattr(statement, "decorator_list", ())
        line = decorators[0].lineno if decorators else statement.lineno
        if line > previous:  # not a second statement on the same line
            before.setdefault(line, previous)
        inner = 0 if isinstance(statement, _DEFINITION) else line
        for name in ("body", "orelse", "finalbody"):
            _walk(getattr(statement, name, []), inner, before)
        for name in ("handlers", "cases"):
            for part in getattr(statement, name, ()):
                start = part.lineno if isinstance(part, ast.ExceptHandler) else part.pattern.lineno
                before.setdefault(start, line)
                _walk(part.body, start, before)
        previous = line
