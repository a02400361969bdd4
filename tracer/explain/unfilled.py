"""Places that a run which was ended early would have filled again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ..model import ContainerWrite, Outcome, WriteKind
from ..source.program import Program, Statement
from .run import Run


class Unfilled(NamedTuple):
    """What stays in a place: what it holds, where the place was made, which line did not run."""

    write: ContainerWrite
    made: ContainerWrite
    line: int


def unfilled(run: Run) -> Iterator[Unfilled]:
    """The places of an `st.empty()` that hold what a line below the run's end would replace.

    Not what the branch that ended the run had put there itself: that is its last word.
    """
    record = run.record
    by_script = record.outcome is Outcome.STOPPED and record.stopped_by == "script"
    if not record.halted_line or not (by_script or record.outcome is Outcome.ERROR):
        return
    places = {w.path: w for w in run.writes if w.element == "empty" and w.line is not None}
    holds = {
        w.path: w
        for w in run.writes
        if w.path in places and w.kind is WriteKind.ELEMENT and w.message > places[w.path].message
    }
    for path, write in holds.items():
        made = places[path]
        program = run.history.program_of_file(write.file, run.n)
        if program is None or write.element == "empty" or write.file != made.file:
            continue
        line = _next(run, program, write, made)
        if line and run.history.delivered(write):
            yield Unfilled(write, made, line)


def _next(run: Run, program: Program, write: ContainerWrite, made: ContainerWrite) -> int:
    """The first line that did not run and would have filled a place; 0: none is known."""
    own, place = program.at(write.line or 0), program.at(made.line or 0)
    if own is None or place is None or len(place.binds) != 1 or own.function != place.function:
        return 0
    end = program.at(run.record.halted_line or 0) if run.record.halted_file == write.file else None
    if end is not None and end.guards and _suites(end) <= _suites(own):
        return 0
    (name,) = place.binds
    known = _suites(own) | (_suites(end) if end else set())
    for line, each in sorted(program.statements.items()):
        if line <= own.line or each.function != own.function or not _fills(each, name):
            continue
        if _suites(each) <= known and not run.ran(write.file or "", line):
            return line  # it hangs on nothing that is not known to hold
    return 0


def _suites(statement: Statement) -> set[tuple[int, str]]:
    return {(guard.line, guard.field) for guard in statement.guards}


def _fills(statement: Statement, name: str) -> bool:
    """Whether a statement writes into a place, by a method or in a `with`."""
    if isinstance(statement.node, ast.With):
        return name in statement.uses
    return any(call.startswith(f"{name}.") for call in statement.calls)
