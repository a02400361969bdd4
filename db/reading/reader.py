"""Asks a database, and says in one line what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine

from rerun_trace.db.engine import one_line_errors, shown
from rerun_trace.tracer.errors import RowDamaged

P = ParamSpec("P")
T = TypeVar("T")


# What reading leads to when rows hold what was never written.
PUZZLES = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


def reason_of(error: Exception) -> str:
    """What one of them says about the row, in a line."""
    if isinstance(error, RecursionError):
        return "a document in it is nested without end"
    return " ".join(f"{type(error).__name__}: {error}".split())


class Reader:
    """Asks the queries of this room. Any number of threads may ask at once.

    Each question has a connection to itself. Whatever goes wrong is a StoreError: trouble with the
    database, and rows that no version of rerun-trace has written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(
        self,
        question: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """What a query gives back that reads on a connection."""
        with self.understood(), self._engine.connect() as connection:
            return question(connection, *args, **kwargs)

    def each(
        self,
        question: Callable[Concatenate[Connection, P], Iterator[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Iterator[T]:
        """The same of a query that gives back one thing after the other."""
        with self.understood(), self._engine.connect() as connection:
            yield from question(connection, *args, **kwargs)

    @contextmanager
    def understood(self) -> Iterator[None]:
        """Turns what is raised by reading rows into a StoreError; of damage, into RowDamaged."""
        try:
            with one_line_errors(self._engine.url):
                yield
        except PUZZLES as error:
            reason = reason_of(error)
            where = shown(self._engine.url)
            raise RowDamaged(f"a row in {where} cannot be understood: {reason}") from error
