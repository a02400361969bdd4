"""Why statements of one scope did not run: read from its syntax tree and from what did run.

In a suite, statements run one after the other. So when one ran and the next one never did, it was
left in another way each time: it returned, raised, or left a loop; or the run ended in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from ..model import LineCount
from ..source.scopes import Scope, lines_of, spans, suites_of

Suites: TypeAlias = list[tuple[str, list[ast.stmt]]]
"""The suites of one statement, each with its field's name."""


class Cause(StrEnum):
    """What kept a line from running."""

    ENDED = "ended"  # the run ended before it
    SO_FAR = "so_far"  # the run has no end yet
    BRANCH = "branch"  # an `if`, a `match`, a loop or an `except` went another way
    LEFT = "left"  # a statement before it returned, or left the loop's round
    RAISED = "raised"  # a statement before it raised, and something caught that
    CAUGHT = "caught"  # st.rerun() or the like was called before it, and the app caught that
    NOT_CALLED = "not_called"
    CACHED = "cached"  # the call was answered by the cache
    OUTSIDE = "outside"  # of the fragment that ran


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, in words."""

    cause: Cause
    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where something came through a scope from within: the scope's `line` on its way, and why.

    Line 0: before the scope's first.
    """

    line: int
    why: Why


BRANCH = Why(Cause.BRANCH, "branch not taken")
_NO_ROUND = Why(Cause.BRANCH, "the loop had no round")
_NO_ERROR = Why(Cause.BRANCH, "no exception came here")
_LEFT_LOOP = "left the loop"
_NEXT_ROUND = "went on with the loop's next round"
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_TRIES = (ast.Try, ast.TryStar)


def reasons(
    scope: Scope,
    counts: Mapping[int, LineCount],
    ended: Break | None,
    caught: Sequence[Break] = (),
) -> dict[int, Why]:
    """Line -> why it did not run, for the lines of `scope` that are not among `counts`.

    `ended`: where the run's end came through the scope. `caught`: the same for a request to end
    the run that the app caught.
    """
    missed = [line for line in scope.lines if line not in counts]
    if ended is not None and not ended.line:
        return dict.fromkeys(missed, ended.why)
    if scope.suite is None:  # this Python cannot parse the text: simply by the order of lines
        after = ended.line if ended is not None else max(scope.lines, default=0)
        return {line: ended.why if ended and line > after else BRANCH for line in missed}
    found = dict(_Reader(scope, counts, ended, caught).suite(scope.suite, None))
    return {line: found.get(line, BRANCH) for line in missed}


@dataclass(frozen=True, slots=True)
class _Exit:
    """How a statement was left otherwise than at its end."""

    verb: str
    line: int
    cause: Cause = Cause.LEFT


class _Reader:
    def __init__(
        self,
        scope: Scope,
        counts: Mapping[int, LineCount],
        ended: Break | None,
        caught: Sequence[Break],
    ) -> None:
        self._known = frozenset(scope.lines)
        self._counts = {line: count for line, count in counts.items() if line in self._known}
        self._breaks = [*([ended] if ended is not None else []), *caught]

    def suite(self, suite: Sequence[ast.stmt], why: Why | None) -> Iterator[tuple[int, Why]]:
        """The reasons of the suite's lines that did not run; `why`: it was not entered."""
        known = [each for each in suite if self._is_executable(each)]
        last = max((i for i, each in enumerate(known) if self._did_run(each)), default=-1)
        for index, statement in enumerate(known):
            if index <= last and self._did_run(statement):
                left = self._left(statement) if index == last and last + 1 < len(known) else None
                yield from self._inside(statement, left)
                why = why or left
                continue
            for line in lines_of([statement]):
                yield line, why or BRANCH

    def _inside(self, statement: ast.stmt, left: Why | None) -> Iterator[tuple[int, Why]]:
        """The suites of a statement that ran; `left`: why nothing that follows it did."""
        suites = list(suites_of(statement))
        at_head = next((each.why for each in self._breaks if _is_at_head(statement, each)), None)
        if left is not None and left.cause is Cause.RAISED and not self._any_ran(_all(suites)):
            at_head = left
        for name, suite in suites:
            why: Why | None = None
            if not self._any_ran(suite):
                why = at_head or self._not_entered(statement, name, suites)
            yield from self.suite(suite, why)
        for handler in getattr(statement, "handlers", ()):
            yield handler.lineno, self._not_handled(suites)
        for case in getattr(statement, "cases", ()):
            yield case.pattern.lineno, at_head or BRANCH

    def _not_entered(self, statement: ast.stmt, name: str, suites: Suites) -> Why:
        ended = self._ended_in(statement)
        if isinstance(statement, _LOOPS):
            if name == "body":
                return _NO_ROUND
            return _why(list(self._breaks_of(statement.body))) or ended or BRANCH
        if isinstance(statement, _TRIES):
            if name == "handlers":
                return self._not_handled(suites)
            if name == "orelse":
                return ended or _why(list(self._ways_out_of(statement.body))) or BRANCH
            return ended or BRANCH
        if isinstance(statement, ast.With | ast.AsyncWith):
            return self._left(statement)
        return BRANCH

    def _not_handled(self, suites: Suites) -> Why:
        """Why an `except` was not taken: there was no exception, or another one took it."""
        handled = self._any_ran(_all([item for item in suites if item[0] == "handlers"]))
        return BRANCH if handled else _NO_ERROR

    def _left(self, statement: ast.stmt) -> Why:
        """Why nothing that follows a statement ran."""
        why = self._ended_in(statement) or _why(list(self._ways_out(statement)))
        if why is not None:
            return why
        line = statement.lineno
        if self._any_ran(_all(list(suites_of(statement)))):
            return Why(Cause.RAISED, f"a statement of lines {line}–{statement.end_lineno} raised")
        return Why(Cause.RAISED, f"line {line} raised")

    def _ended_in(self, statement: ast.stmt) -> Why | None:
        """The end, or the caught request, that came through a statement."""
        return next((each.why for each in self._breaks if spans(statement, each.line)), None)

    def _ways_out(self, statement: ast.stmt) -> Iterator[_Exit]:
        """How a statement that ran was left by what it says itself."""
        match statement:
            case ast.Return():
                yield _Exit("returned", statement.lineno)
            case ast.Break():
                yield _Exit(_LEFT_LOOP, statement.lineno)
            case ast.Continue():
                yield _Exit(_NEXT_ROUND, statement.lineno)
            case ast.Raise():
                yield _Exit("raised", statement.lineno, Cause.RAISED)
            case ast.Expr(ast.Yield() | ast.YieldFrom()) | ast.Assign(value=ast.Yield()):
                yield _Exit("yielded, and no more was asked for", statement.lineno)
        suites = list(suites_of(statement))
        in_loop = isinstance(statement, _LOOPS)
        handled = self._any_ran(_all([item for item in suites if item[0] == "handlers"]))
        for name, suite in suites:
            for item in self._ways_out_of(suite):
                own = in_loop and name == "body" and item.verb in (_LEFT_LOOP, _NEXT_ROUND)
                if not own and not (handled and name == "body" and item.cause is Cause.RAISED):
                    yield item

    def _ways_out_of(self, suite: Sequence[ast.stmt]) -> Iterator[_Exit]:
        known = [each for each in suite if self._is_executable(each)]
        for index, statement in enumerate(known):
            if not self._did_run(statement):
                continue
            after = known[index + 1] if index + 1 < len(known) else None
            found = list(self._ways_out(statement))
            yield from found
            if after is not None and not found and self._did_raise(statement, after):
                yield _Exit("raised", statement.lineno, Cause.RAISED)

    def _did_raise(self, statement: ast.stmt, after: ast.stmt) -> bool:
        """Whether a statement ran more often than the one after it."""
        if not self._did_run(after):
            return True
        if _all(list(suites_of(statement))) or _all(list(suites_of(after))):
            # A loop's head runs once more than its body, that of a `with` again at its exit.
            return False
        first, second = (self._counts.get(each.lineno) for each in (statement, after))
        if first is None or second is None or first.capped or second.capped:
            return False
        return first.hits > second.hits

    def _breaks_of(self, suite: Sequence[ast.stmt]) -> Iterator[_Exit]:
        return (item for item in self._ways_out_of(suite) if item.verb == _LEFT_LOOP)

    def _did_run(self, statement: ast.stmt) -> bool:
        return self._any_ran([statement])

    def _any_ran(self, suite: Sequence[ast.stmt]) -> bool:
        return any(line in self._counts for line in lines_of(suite))

    def _is_executable(self, statement: ast.stmt) -> bool:
        return any(line in self._known for line in lines_of([statement]))


def _is_at_head(statement: ast.stmt, met: Break) -> bool:
    """On the statement's own line, such as an `if` whose test raised."""
    inner = _all(list(suites_of(statement)))
    return bool(inner) and spans(statement, met.line) and not any(spans(i, met.line) for i in inner)


def _all(suites: Suites) -> list[ast.stmt]:
    return [statement for _, suite in suites for statement in suite]


def _why(exits: Sequence[_Exit]) -> Why | None:
    """One reason of all ways out, such as `line 5 returned` or `line 5 or 8 returned`."""
    if not exits:
        return None
    first = exits[0]
    lines = sorted({item.line for item in exits if item.verb == first.verb})
    named = [", ".join(map(str, lines[:-1])), str(lines[-1])]
    return Why(first.cause, f"line {' or '.join(filter(None, named))} {first.verb}")
