"""What a statement's values came from, in one run: names, arguments, returns, keys of state.

Dynamic dependence over statements: a name that a statement reads is led to the last statement that
ran and bound it (or may have changed its object) in that frame, an argument to the call, a call to
the `return` of the function, a key of session state to the read. Attributes and items count as the
whole object. What library code changes in an object is not seen.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..source.program import Statement
from .run import Run

_MOST = 2000  # steps that one slice may hold


class Via(StrEnum):
    """How a statement came by a value."""

    NAME = "name"  # a name that another statement bound
    ARGUMENT = "argument"  # an argument of the function that it is in: given by the call
    RETURN = "return"  # what a function that it called returned
    STATE = "state"  # a key of session state that it read
    CONDITION = "condition"  # the header that it hangs on


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that the statement of `step` used.

    `origin` is the step that it came from: the binding, the call, the `return`, the header; of a
    key of state the step of the read itself. 0: it is not known, or no step of this run (a name of
    a module that was loaded before, a builtin).
    """

    via: Via
    name: str
    step: int
    origin: int
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Everything that a statement's values came from in its run, itself included.

    `links` are in the order in which they were found, nearest first.
    """

    step: int
    links: tuple[Link, ...]

    @property
    def steps(self) -> frozenset[int]:
        return frozenset({self.step, *(link.origin for link in self.links if link.origin)})

    def keys(self) -> dict[str, int]:
        """The keys of state that were read, each with the step of its last read.

        The first one may be the question whether it is there, before it was given a value.
        """
        found: dict[str, int] = {}
        for link in self.links:
            if link.via is Via.STATE:
                found[link.name] = max(link.step, found.get(link.name, link.step))
        return found

    def names(self) -> Iterator[Link]:
        """The links by names."""
        return (link for link in self.links if link.via is Via.NAME)


def links(run: Run, step: int, conditions: bool = False) -> list[Link]:
    """What the statement of a step used, directly."""
    key = step, conditions
    if run.doubt.capped:
        with run.doubt.same(key) as is_known:
            if not is_known:
                _doubt(run, step, conditions)
    known: list[Link] | None = run.links.get(key)
    if known is None:
        known = [*links(run, step), *conditions_of(run, step)] if conditions else _links(run, step)
        run.links[key] = known
    return known


def _doubt(run: Run, step: int, conditions: bool) -> None:
    """Count a doubt where what a statement used may have come from what is not known."""
    statement = run.statement(step)
    if statement is None:
        return
    at = run.steps[step - 1]
    for name in statement.uses:
        run.doubt.of_name(frame_of_name(run, step, name) or at.frame, name)
    run.doubt.of_calls(step)
    for guard in statement.guards if conditions else ():
        run.doubt.of_line(run.history.files.get(at.file), guard.line)


def _links(run: Run, step: int) -> list[Link]:
    statement = run.statement(step)
    if statement is None:
        return []
    frame = run.steps[step - 1].frame
    found = [_named(run, step, frame, name) for name in sorted(statement.uses)]
    for called in run.frames_called(step):
        found += _returned(run, step, called)
    for read in run.reads_of_step.get(step, ()):
        value = run.history.state_value(run, read.key, step) if read.found else None
        found.append(Link(Via.STATE, read.key, step, step, value))
    return found


def conditions_of(run: Run, step: int) -> list[Link]:
    """The headers that let a step run, innermost first: those of its own function."""
    statement = run.statement(step)
    if statement is None:
        return []
    found = []
    for guard in reversed(statement.guards):
        if isinstance(guard.node, ast.If | ast.While | ast.For | ast.Match):
            header = _last_in_frame(run, step, guard.line)
            if header:
                found.append(Link(Via.CONDITION, run.code(header), step, header))
    return found


def sources_of(run: Run, step: int, conditions: bool = False) -> Slice:
    """All that a step's statement used, directly or by what it used."""
    known: Slice | None = run.slices.get((step, conditions))
    if not run.doubt.capped:
        return known or _sources_of(run, step, conditions)
    with run.doubt.same((step, conditions, "all")) as is_known:
        return known if known and is_known else _sources_of(run, step, conditions)


def _sources_of(run: Run, step: int, conditions: bool) -> Slice:
    done, todo = {step}, [step]
    found: list[Link] = []
    end = run.last_step_within(step) if 0 < step <= len(run.steps) else step
    while todo and len(done) < _MOST:
        for link in links(run, todo.pop(0), conditions):
            if max(link.step, link.origin) > end:
                continue  # what a call that goes on returned later
            found.append(link)
            if link.origin and link.origin not in done and link.via is not Via.STATE:
                done.add(link.origin)
                todo.append(link.origin)
    made = run.slices[step, conditions] = Slice(step, tuple(found))
    return made


def definition(run: Run, step: int, frame: int, name: str) -> int:
    """The last step before `step` that bound a name in a frame, or may have changed its object."""
    run.doubt.of_name(frame, name)
    own = run.binding_steps(frame).get(name, [])
    at = bisect_left(own, step)
    return own[at - 1] if at else 0


def frame_of_name(run: Run, step: int, name: str) -> int:
    """The frame whose variable a name is, as the statement of a step reads it; 0: of no frame."""
    frame = run.steps[step - 1].frame
    while frame:
        found = run.frames.get(frame)
        if (frame, name) in run.changes_of_name:
            statement = run.statement(step)
            if found and (found.function == "<module>" or not _is_global(statement, name)):
                return frame
        if found is None or found.function == "<module>":
            break
        frame = _enclosing(run, frame)
    return 0


def _is_global(statement: Statement | None, name: str) -> bool:
    return statement is not None and name in statement.globals


def _enclosing(run: Run, frame: int) -> int:
    """The frame whose variables a function's frame sees beyond its own: around it, or the module's.

    Of functions in functions the caller is looked at, which is where they are called from as a
    rule; all others see their file's module.
    """
    own = run.frames[frame]
    program = run.history.program(own.file)
    caller = run.frames.get(own.parent)
    if program is not None and caller is not None and caller.file == own.file:
        around = program.function_around(own.line)
        if around is not None and around == caller.function:
            return caller.n
    return run.module_frames.get(own.file, 0)


def _named(run: Run, step: int, frame: int, name: str) -> Link:
    owner = frame_of_name(run, step, name)
    value = run.value(owner, name, step) if owner else None
    origin = definition(run, step, owner or frame, name)
    if not origin and owner:
        first = run.changes_of_name[owner, name][0]
        if first.scope == "argument":
            return Link(Via.ARGUMENT, name, step, run.caller(owner), value)
    return Link(Via.NAME, name, step, origin, value)


def _returned(run: Run, step: int, frame: int) -> Iterator[Link]:
    """The `return` of a frame that a statement called, or its last step when it had none."""
    own = run.steps_of_frame.get(frame, [])
    if not own:
        return
    last = own[-1]
    statement = run.statement(last)
    is_return = statement is not None and isinstance(statement.node, ast.Return)
    if is_return:
        yield Link(Via.RETURN, run.frames[frame].function, step, last, run.returned.get(frame))


def _last_in_frame(run: Run, step: int, line: int) -> int:
    """The last step at a line in the frame of a step, before it."""
    at = run.steps[step - 1]
    own = run.steps_of_frame.get(at.frame, [])
    for earlier in reversed(own[: bisect_left(own, step)]):
        found = run.steps[earlier - 1]
        if found.line == line and found.file == at.file:
            return earlier
    return 0


def values_of(run: Run, step: int) -> dict[str, str]:
    """The names that a step's statement reads, with their values, where they are known."""
    found: dict[str, Any] = {}
    for link in links(run, step):
        if link.value is not None and link.via in (Via.NAME, Via.ARGUMENT, Via.STATE):
            found[link.name] = link.value
    return found
