"""Source text as coloured lines: lists of tokens, never HTML; its statements. Pure."""

from __future__ import annotations

from functools import lru_cache

from pygments.lexers.python import PythonLexer
from pygments.token import STANDARD_TYPES, _TokenType

from rerun_trace.tracer.source.lines import file_statements

Line = list[tuple[str, str]]


@lru_cache(maxsize=64)
def highlight(text: str) -> tuple[Line, ...]:
    """One item per line of `text`: `(class, text)` pairs, the class being Pygments' short name."""
    lines: list[Line] = [[]]
    # The lexer's default would drop leading blank lines, and shift every line number.
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    for kind, value in lexer.get_tokens(text):
        name = _short_name(kind)
        for index, part in enumerate(value.split("\n")):
            if index:
                lines.append([])
            if not part:
                continue
            line = lines[-1]
            if line and line[-1][0] == name:
                line[-1] = (name, line[-1][1] + part)
            else:
                line.append((name, part))
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return tuple(lines)


@lru_cache(maxsize=64)
def continuations(text: str) -> dict[int, int]:
    """Each line that goes on with a statement of an earlier line, and that line."""
    return {line: first for line, first in file_statements(text).of.items() if line != first}


def _short_name(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    return STANDARD_TYPES.get(kind, "")
