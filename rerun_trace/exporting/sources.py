"""Masks constants in sources so that these can still be parsed; tracebacks without source."""

from __future__ import annotations

import ast
import re
from typing import Any

from ..tracer.capture.redaction import HIDDEN, Redactor
from .named import Named, Place, literals

_PLACE_LINE = re.compile(r'\s*File ".*", line \d+')


def masked_source(text: str, named: Named, redactor: Redactor) -> tuple[str, int]:
    """The source without what the names are given in it, and how often that was masked.

    A constant becomes a text: the source keeps its lines and its syntax.
    """
    given = {
        place: redactor.stand_in(value)
        for place, value in literals(text, named)
        if not _says_nothing(value)
    }
    for place, value in _constants(text):
        if isinstance(value, str):
            masked = redactor.text(value)
            if masked != value:
                given.setdefault(place, masked)
        elif redactor.stand_in(value) != HIDDEN and not isinstance(value, bool):
            given[place] = redactor.stand_in(value)
    lines = text.encode("utf-8", "surrogatepass").splitlines(keepends=True)
    count = 0
    for place in sorted(given, reverse=True):
        count += _replace(lines, place, given[place])
    made = b"".join(lines).decode("utf-8", "surrogatepass")
    masked = redactor.source(made)
    return masked, count + (masked != made)


def _says_nothing(value: Any) -> bool:
    return value is None or value is Ellipsis


def _constants(text: str) -> list[tuple[Place, Any]]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    inside = {
        id(leaf) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for leaf in ast.walk(n)
    }
    return [
        ((node.lineno, node.col_offset, node.end_lineno, node.end_col_offset or 0), node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.end_lineno and id(node) not in inside
    ]


def _replace(lines: list[bytes], place: Place, mask: str) -> int:
    first, start, last, end = place
    if last > len(lines):
        return 0
    before, after = lines[first - 1][:start], lines[last - 1][end:]
    # As many lines as before, so that all that follow keep their numbers.
    lines[first:last] = [b""] * (last - first)
    lines[first - 1] = before + repr(mask).encode() + after + b"\n" * (last - first)
    return 1


def without_lines(traceback: str) -> str:
    """A traceback's places without the lines of source below them."""
    kept = [line for line in traceback.splitlines() if _PLACE_LINE.match(line)]
    return "".join(f"{line}\n" for line in kept)
