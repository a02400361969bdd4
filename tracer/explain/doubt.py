"""What cannot be told for sure of a run that repeated a statement more often than is kept.

Of such a statement the first times are known. So the variables that it gives a value may have
another one later, calls that it made may be missing, and which of its times led to something else
cannot be told. Who asks is answered as if there were no more, and the doubt is counted: what is
found with a doubt is not said.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from ..source.program import Statement

if TYPE_CHECKING:
    from .run import Run

Place = tuple[str | None, int | None]


class Doubt:
    """The statements of a run that were cut short, and what is doubtful for them."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._known: dict[Hashable, bool] = {}

    @cached_property
    def capped(self) -> frozenset[Place]:
        """The places of the statements of which only the first times are known."""
        if not self._run.record.dropped_steps:
            return frozenset()
        return frozenset((c.file, c.line) for c in self._run.line_counts if c.capped)

    def of_line(self, file: str | None, line: int | None) -> None:
        """Something is asked about the times that a line ran."""
        if self.capped and (file, line) in self.capped:
            self._count()

    def of_name(self, frame: int, name: str) -> None:
        """Something is asked about the values of a variable of a frame."""
        if self.capped:
            found = self._run.frames.get(frame)
            if found is None or (found.file, name) in self._names:
                self._count()

    def of_calls(self, step: int) -> None:
        """Something is asked about the calls that a step's statement made."""
        if self.capped and _called(self._run.statement(step)) & self._functions:
            self._count()

    def of_caller(self, step: int, function: str) -> None:
        """A step is taken for the one that called a function."""
        if self.capped and function not in _called(self._run.statement(step)):
            self._count()

    @contextmanager
    def same(self, question: Hashable) -> Iterator[bool]:
        """Around the answering of a question: when it is asked again, so is the doubt.

        Gives whether it was asked before: then it is not to be answered anew. Where nothing was
        cut short there is no doubt, and no need for this.
        """
        known = self._known.get(question)
        if known is not None:
            if known:
                self._count()
            yield True
            return
        before = self._run.history.doubts
        yield False
        self._known[question] = self._run.history.doubts != before

    def _count(self) -> None:
        self._run.history.doubts += 1

    @cached_property
    def _statements(self) -> list[tuple[int, Statement]]:
        """The statements with the numbers of their files."""
        history = self._run.history
        numbers = {file: number for number, file in history.files.items()}
        found = []
        for file, line in self.capped:
            statement = history.statement(file, line, self._run.n)
            if statement is not None and file is not None:
                found.append((numbers[file], statement))
        return found

    @cached_property
    def _names(self) -> set[tuple[int, str]]:
        return {(file, name) for file, s in self._statements for name in s.binds | s.changes}

    @cached_property
    def _functions(self) -> set[str]:
        return {statement.function for _, statement in self._statements}


def _called(statement: Statement | None) -> set[str]:
    calls = statement.calls if statement else ()
    return {name.rpartition(".")[2] for name in calls}
