"""The lines of a source text, and which of them belong to the same statement. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\r|\n")


def source_lines(text: str) -> list[str]:
    """The lines of a source text as Python counts them.

    `str.splitlines` ends a line at a form feed and the like, too, and is behind from there on.
    """
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


@dataclass(frozen=True, slots=True)
class FileStatements:
    """The statements of one file: `of[line]` is the first line of the statement a line is in.

    `until[line]` is the last line of the block that a `with` statement on `line` opens. `bound` are
    the lines of `except` and `case`, which bind what comes from the statement before; `loops` are
    those of `for`.
    """

    of: dict[int, int]
    until: dict[int, int]
    bound: frozenset[int] = frozenset()
    loops: frozenset[int] = frozenset()


def file_statements(text: str) -> FileStatements:
    """Map the lines of a source text to statements; without a usable text each line is its own."""
    of: dict[int, int] = {}
    until: dict[int, int] = {}
    bound: set[int] = set()
    loops: set[int] = set()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return FileStatements(_Identity(), until)
    for node in ast.walk(tree):  # breadth first: inner statements come later and win
        for start, end in _spans(node):
            for line in range(start, end + 1):
                of[line] = start
        if isinstance(node, ast.With | ast.AsyncWith):
            until[node.lineno] = node.end_lineno or node.lineno
        elif isinstance(node, ast.ExceptHandler):
            bound.add(node.lineno)
        elif isinstance(node, ast.match_case):
            bound.add(node.pattern.lineno)
        elif isinstance(node, ast.For | ast.AsyncFor):
            loops.add(node.lineno)
    return FileStatements(of, until, frozenset(bound), frozenset(loops))


class _Identity(dict[int, int]):
    """Every line is a statement of its own: for sources that cannot be parsed."""

    def __missing__(self, line: int) -> int:
        return line

    def get(self, line: int, default: int | None = None) -> int:  # type: ignore[override]
        return line


def _spans(node: ast.AST) -> Iterator[tuple[int, int]]:
    """The lines of a statement itself: all of a simple one, the header of a compound one."""
    if isinstance(node, ast.match_case):
        yield node.pattern.lineno, node.pattern.end_lineno or node.pattern.lineno
        return
    if not isinstance(node, ast.stmt | ast.ExceptHandler):
        return
    start = node.lineno
    end = node.end_lineno or start
    body = getattr(node, "body", None)
    if isinstance(node, ast.Match):
        end = node.subject.end_lineno or start
    elif isinstance(body, list) and body:
        end = max(start, _first_line(body[0]) - 1)
    decorators = getattr(node, "decorator_list", ())
    if decorators:
        start = decorators[0].lineno
    yield start, end


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", ())
    return decorators[0].lineno if decorators else node.lineno
