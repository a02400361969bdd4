"""Which lines of a source run one after the other: the module's body and each function's body."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rerun_trace.tracer.model import Source

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Scope:
    """The executable lines of one function, or of the module (class bodies run with their owner).

    `suite` is its syntax tree; None when this Python cannot parse the text (a newer Python ran it).
    """

    name: str
    is_function: bool
    lines: tuple[int, ...]
    suite: tuple[ast.stmt, ...] | None

    def calls_at(self, line: int) -> frozenset[str]:
        """Names of the functions that the statement at `line` calls."""
        return frozenset() if self.suite is None else frozenset(_calls(self.suite, line))


@lru_cache(maxsize=32)  # parsing takes longer than all the rest that a run's coverage needs
def scopes_of(source: Source) -> tuple[Scope, ...]:
    """The scopes of `source`, the module's first; every executable line is in exactly one."""
    try:
        with warnings.catch_warnings():  # the user's `"\d"` is none of the reader's business
            warnings.simplefilter("ignore")
            module = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError):
        return _scopes_without_tree(source)
    owners: list[tuple[str, bool, tuple[ast.stmt, ...]]] = [("<module>", False, tuple(module.body))]
    owners += [
        (node.name, True, tuple(node.body))
        for node in ast.walk(module)
        if isinstance(node, _FUNCTION)
    ]
    owner_of: dict[int, int] = {}
    # Outer scopes come last, so that `def f(): return 1` on one line is a line of its definer.
    for index in sorted(range(len(owners)), key=lambda i: -_depth_key(owners[i][2])):
        for line in lines_of(owners[index][2]):
            owner_of[line] = index
    lines: dict[int, list[int]] = {}
    for line in source.executable:
        lines.setdefault(owner_of.get(line, 0), []).append(line)
    return tuple(
        Scope(name, is_function, tuple(lines.get(index, ())), suite)
        for index, (name, is_function, suite) in enumerate(owners)
    )


def _scopes_without_tree(source: Source) -> tuple[Scope, ...]:
    blocks = sorted(source.blocks, key=lambda block: block.name != "<module>")
    return tuple(Scope(block.name, block.name != "<module>", block.lines, None) for block in blocks)


def _depth_key(suite: Sequence[ast.stmt]) -> int:
    return min((statement.col_offset for statement in suite), default=0)


def first_line(statement: ast.stmt) -> int:
    """The line that a statement begins at, its decorators included."""
    decorators = getattr(statement, "decorator_list", ())
    lines: list[int] = [decorator.lineno for decorator in decorators]
    return min([statement.lineno, *lines])


def spans(statement: ast.stmt, line: int) -> bool:
    """Whether `line` is one of a statement's, those of what is inside it included."""
    return first_line(statement) <= line <= (statement.end_lineno or statement.lineno)


def suites_of(statement: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The suites inside a statement that run in the same scope, with their field's name."""
    if isinstance(statement, _FUNCTION):
        return
    for name in ("body", "orelse", "finalbody"):
        yield name, getattr(statement, name, [])
    for name in ("handlers", "cases"):
        for part in getattr(statement, name, ()):
            yield name, part.body


def lines_of(statements: Iterable[ast.stmt]) -> Iterator[int]:
    """First lines of statements, and of those inside them that run in the same scope."""
    for statement in statements:
        yield statement.lineno
        for decorator in getattr(statement, "decorator_list", ()):
            yield decorator.lineno
        for _, suite in suites_of(statement):
            yield from lines_of(suite)


def _calls(suite: Sequence[ast.stmt], line: int) -> Iterator[str]:
    for statement in suite:
        if not spans(statement, line):
            continue
        inner = [part for _, parts in suites_of(statement) for part in parts if spans(part, line)]
        if inner:
            yield from _calls(inner, line)
            continue
        for node in _own_nodes(statement):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name):
                    yield node.func.id
                elif isinstance(node.func, ast.Attribute):
                    yield node.func.attr


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement without those of the statements inside it: of an `if`, its test."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        yield node
        inner = (ast.stmt, ast.ExceptHandler, ast.match_case)
        todo += [part for part in ast.iter_child_nodes(node) if not isinstance(part, inner)]
