"""Branches on a widget's value, which is what the flow of an app hangs on. Pure.

`if st.button("Foo"):`, and `if clicked:` where `clicked = st.button("Foo")` is all that sets it.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rerun_trace.tracer.model import ContainerWrite, Source
from rerun_trace.tracer.words.sentences import shorten

_MOST_VALUES = 3
_LONGEST_VALUE = 28
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Decision:
    """A branch at `line`. `values` say what its widgets held: `Foo: True ×2`.

    `taken` are the lines that run when the condition holds, `other` those of `else`; both are empty
    where there is no such thing, as in `match`.
    """

    line: int
    values: tuple[str, ...]
    taken: range = range(0)
    other: range = range(0)

    def branch(self, line: int) -> str:
        """Which answer leads to a line; nothing where that is not sure."""
        if line in self.taken:
            return "yes"
        return "no" if line in self.other else ""


def decisions_of(source: Source, writes: Iterable[ContainerWrite]) -> dict[int, Decision]:
    """The decisions of a source by their line; `writes` are those of the runs that are drawn."""
    drawn: dict[int, list[ContainerWrite]] = {}
    for write in writes:
        if write.widget_id is not None and write.file == source.file and write.line:
            drawn.setdefault(write.line, []).append(write)
    if not drawn:
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError):
        return {}  # a newer Python ran it
    found = {}
    for scope in _scopes(tree):
        held = _held(scope, drawn)
        for node in _own(scope):
            lines = _deciding(node, drawn, held)
            if lines and isinstance(node, ast.stmt):
                asked = [write for line in lines for write in drawn[line]]
                found[node.lineno] = Decision(node.lineno, _values(asked), *_branches(node))
    return found


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    yield tree
    yield from (node for node in ast.walk(tree) if isinstance(node, _SCOPES))


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a scope, but for those of the scopes within."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))


def _held(scope: ast.AST, drawn: Mapping[int, object]) -> dict[str, int]:
    """Names that hold a widget's value and nothing else: name -> line that draws it."""
    stores = Counter(
        node.id
        for node in _own(scope)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )
    return {
        target.id: node.lineno
        for node in _own(scope)
        if isinstance(node, ast.Assign) and node.lineno in drawn
        for target in node.targets
        if isinstance(target, ast.Name) and stores[target.id] == 1
    }


def _deciding(node: ast.AST, drawn: Mapping[int, object], held: Mapping[str, int]) -> list[int]:
    """The lines that draw the widgets whose values decide at a node; none: it decides nothing."""
    if isinstance(node, ast.If | ast.While):
        test: ast.expr = node.test
        if node.body[0].lineno == node.lineno:
            return []  # all on one line: what is drawn there may be drawn in the branch
    elif isinstance(node, ast.Match):
        test = node.subject
    else:
        return []
    parts = list(ast.walk(test))
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    lines = {held[name] for name in names & held.keys()}
    if node.lineno in drawn and any(isinstance(part, ast.Call) for part in parts):
        lines.add(node.lineno)
    return sorted(lines)


def _branches(node: ast.AST) -> tuple[range, range]:
    if not isinstance(node, ast.If | ast.While):
        return range(0), range(0)
    return _lines(node.body), _lines(node.orelse)


def _lines(suite: Sequence[ast.stmt]) -> range:
    return range(suite[0].lineno, (suite[-1].end_lineno or 0) + 1) if suite else range(0)


def _values(writes: Iterable[ContainerWrite]) -> tuple[str, ...]:
    """What widgets held, the most frequent first."""
    held = Counter(
        f"{shorten(write.label or write.element, _LONGEST_VALUE)}: "
        f"{shorten(write.value, _LONGEST_VALUE)}"
        for write in writes
        if write.value is not None
    )
    once = held.total() == 1
    shown = [text if once else f"{text} ×{times:,}" for text, times in held.most_common()]
    return (*shown[:_MOST_VALUES], "…") if len(shown) > _MOST_VALUES else tuple(shown)
