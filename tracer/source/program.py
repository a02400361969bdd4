"""What each statement of a source text reads, binds, changes and calls, and what it hangs on. Pure.

A step of a recording is a statement by its first line, so statements are found by that.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from .lines import source_lines

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPE = (*_FUNCTION, ast.Lambda, ast.ClassDef)
_INNER = (ast.stmt, ast.ExceptHandler, ast.match_case)
_COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
CHANGING = frozenset(
    (
        *("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update"),
        *("add", "discard", "setdefault", "popitem", "appendleft", "popleft"),
    )
)
"""Methods that change what they are called on."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A header that a statement hangs on within its function.

    `field` is the suite of the header that holds the statement: `body`, `orelse`, `finalbody`,
    `handlers` or `cases`.
    """

    line: int
    node: ast.stmt
    field: str

    @property
    def test(self) -> ast.expr | None:
        """The condition of an `if` or a `while`."""
        return self.node.test if isinstance(self.node, ast.If | ast.While) else None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without those inside of it: of an `if` its test alone.

    `uses` are names that it reads, `binds` those that it gives a value, `changes` those whose
    object it may change in place (`x.a = 1`, `x[0] = 1`, `x.append(1)`, `x += 1`). `calls` are
    dotted names in the order of evaluation, as `st.write`. `guards` stand outermost first.
    """

    line: int
    last: int
    node: ast.stmt | ast.ExceptHandler | ast.match_case
    function: str  # "<module>" outside of functions
    uses: frozenset[str]
    binds: frozenset[str]
    changes: frozenset[str]
    calls: tuple[str, ...]
    guards: tuple[Guard, ...]
    globals: frozenset[str] = frozenset()  # of the function it is in

    @property
    def guard(self) -> Guard | None:
        """The innermost header that it hangs on."""
        return self.guards[-1] if self.guards else None

    def call_nodes(self) -> Iterator[ast.Call]:
        """The calls in it, inner ones first; none of lambdas and nested functions."""
        return (node for node in own_nodes(self.node) if isinstance(node, ast.Call))


@dataclass(frozen=True, slots=True)
class Program:
    """A parsed source text."""

    text: str
    tree: ast.Module
    lines: tuple[str, ...]
    statements: dict[int, Statement] = field(repr=False)  # by the line that a step has
    functions: tuple[tuple[int, int, str], ...] = field(repr=False)  # first and last line, name

    def at(self, line: int) -> Statement | None:
        """The statement that begins at a line."""
        return self.statements.get(line)

    def code(self, line: int, most: int = 60) -> str:
        """The text of a line, shortened at a word's end to what fits into a sentence."""
        text = self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""
        return text if len(text) <= most else text[: most - 1].rstrip() + "…"

    def segment(self, node: ast.AST, most: int = 60) -> str:
        """The text of an expression, on one line."""
        if not isinstance(node, ast.expr | ast.stmt):
            return ""
        rows = [row.encode() for row in self.lines[node.lineno - 1 : node.end_lineno]]
        rows[-1] = rows[-1][: node.end_col_offset]  # columns are counted in bytes
        rows[0] = rows[0][node.col_offset :]
        text = " ".join(b" ".join(rows).decode().split())
        return text if len(text) <= most else text[: most - 1].rstrip() + "…"

    def function_around(self, line: int) -> str | None:
        """The name of the function in which the function that begins at a line is written."""
        inner = [name for first, last, name in self.functions if first <= line <= last]
        return inner[-2] if len(inner) > 1 else None

    def below(self, header: int, suite: str) -> list[Statement]:
        """The statements that hang on a suite of the header at a line, at any depth."""
        return [
            item
            for item in self.statements.values()
            if any(guard.line == header and guard.field == suite for guard in item.guards)
        ]


@lru_cache(maxsize=1024)  # parsing takes longer than most of what is asked
def program_of(text: str) -> Program | None:
    """The program of a text; None when this Python cannot parse it."""
    try:
        with warnings.catch_warnings():  # the user's `"\\d"` is none of the reader's business
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    found: dict[int, Statement] = {}
    _walk(tree.body, "<module>", (), frozenset(), found)
    opaque = frozenset(_opaque(tree))
    for line, each in found.items():
        if each.changes & opaque:
            found[line] = replace(each, changes=each.changes - opaque)
    functions = sorted(
        (node.lineno, node.end_lineno or 0, node.name)
        for node in ast.walk(tree)
        if isinstance(node, _FUNCTION)
    )
    return Program(text, tree, tuple(source_lines(text)), found, tuple(functions))


def _opaque(tree: ast.Module) -> Iterator[str]:
    """Names of modules and of session state: to set `st.session_state.x` does not change `st`.

    Keys of session state are followed by themselves.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield (alias.asname or alias.name).partition(".")[0]
        elif isinstance(node, ast.Assign) and _is_state(node.value):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _walk(
    suite: Iterable[ast.AST],
    function: str,
    guards: tuple[Guard, ...],
    global_names: frozenset[str],
    found: dict[int, Statement],
) -> None:
    for node in suite:
        if not isinstance(node, _INNER):
            continue
        found[_line(node)] = _statement(node, function, guards, global_names)
        if isinstance(node, _FUNCTION):
            inside = frozenset(
                name
                for each in ast.walk(node)
                if isinstance(each, ast.Global | ast.Nonlocal)
                for name in each.names
            )
            _walk(node.body, node.name, (), inside, found)
        elif isinstance(node, ast.ClassDef):
            _walk(node.body, function, guards, global_names, found)
        else:
            _walk_suites(node, function, guards, global_names, found)


def _walk_suites(
    node: ast.AST,
    function: str,
    guards: tuple[Guard, ...],
    global_names: frozenset[str],
    found: dict[int, Statement],
) -> None:
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        parts = getattr(node, name, None)
        if not parts or not isinstance(parts, list):
            continue
        if isinstance(node, ast.stmt):
            guard = Guard(_line(node), node, name)
            _walk(parts, function, (*guards, guard), global_names, found)
        else:  # an `except` or a `case` hangs on its statement already
            _walk(parts, function, guards, global_names, found)


def _line(node: ast.AST) -> int:
    """The line that a step of this statement has."""
    decorators = getattr(node, "decorator_list", ())
    if decorators:
        return int(decorators[0].lineno)
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    return int(node.lineno)  # type: ignore[attr-defined]


def _last(node: ast.AST) -> int:
    """The last line of the statement itself: of a compound one, of its header."""
    suites = getattr(node, "body", None)
    end = getattr(node, "end_lineno", None) or _line(node)
    if isinstance(node, ast.match_case):
        return node.pattern.end_lineno or node.pattern.lineno
    if isinstance(suites, list) and suites:
        return max(_line(node), _line(suites[0]) - 1)
    return int(end)


def _statement(
    node: ast.stmt | ast.ExceptHandler | ast.match_case,
    function: str,
    guards: tuple[Guard, ...],
    global_names: frozenset[str],
) -> Statement:
    uses: set[str] = set()
    binds: set[str] = set()
    changes: set[str] = set()
    calls: list[str] = []
    inner = _bound_inside(node)
    for each in own_nodes(node):
        if isinstance(each, ast.Name):
            if isinstance(each.ctx, ast.Load):
                uses.add(each.id)
            else:
                binds.add(each.id)
        elif isinstance(each, ast.Call):
            name = dotted(each.func)
            if name:
                calls.append(name)
            if isinstance(each.func, ast.Attribute) and each.func.attr in CHANGING:
                changes |= _changed(each.func.value)
        elif isinstance(each, ast.Attribute | ast.Subscript):
            if not isinstance(each.ctx, ast.Load):
                changes |= _changed(each)
        elif isinstance(each, ast.alias):
            binds.add((each.asname or each.name).partition(".")[0])
        elif isinstance(each, ast.MatchAs | ast.MatchStar) and each.name:
            binds.add(each.name)
    if isinstance(node, ast.AugAssign):
        name = base_name(node.target)
        if name:
            uses.add(name)
            if isinstance(node.target, ast.Name):
                changes.add(name)
    if isinstance(node, (*_FUNCTION, ast.ClassDef)):
        binds.add(node.name)
    if isinstance(node, ast.ExceptHandler) and node.name:
        binds.add(node.name)
    return Statement(
        _line(node),
        _last(node),
        node,
        function,
        frozenset(uses - inner),
        frozenset(binds - inner),
        frozenset(changes - inner),
        tuple(calls),
        guards,
        global_names,
    )


def _bound_inside(node: ast.AST) -> set[str]:
    """Names that comprehensions and lambdas in a statement keep for themselves."""
    found: set[str] = set()
    for each in own_nodes(node):
        if isinstance(each, ast.comprehension):
            found |= {n.id for n in ast.walk(each.target) if isinstance(n, ast.Name)}
    return found


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement that run with it, inner ones first.

    Those of the statements inside it do not, nor do the bodies of lambdas and functions; default
    values and decorators do.
    """
    if isinstance(node, (*_FUNCTION, ast.Lambda)):
        parts: list[ast.AST] = [*getattr(node, "decorator_list", ())]
        parts += [each for each in (*node.args.defaults, *node.args.kw_defaults) if each]
    else:
        parts = [each for each in ast.iter_child_nodes(node) if not isinstance(each, _INNER)]
    for part in parts:
        yield from own_nodes(part)
    yield node


def dotted(node: ast.AST) -> str:
    """`a.b.c` of names and attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        front = dotted(node.value)
        return f"{front}.{node.attr}" if front else ""
    return ""


def base_name(node: ast.AST) -> str:
    """The name that an attribute, an item or a call's method begins with: `x` of `x.a[0]`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _changed(node: ast.AST) -> set[str]:
    """The name whose object a statement changes. Session state is nobody's variable: its keys are
    followed by themselves."""
    part = node
    while isinstance(part, ast.Attribute | ast.Subscript | ast.Starred):
        if _is_state(part):
            return set()
        part = part.value
    return set() if _is_state(part) else set(filter(None, [base_name(node)]))


def state_key(node: ast.AST) -> str | None:
    """The key of `st.session_state.key` or `st.session_state["key"]`; None for anything else."""
    if isinstance(node, ast.Attribute) and _is_state(node.value):
        return node.attr
    if isinstance(node, ast.Subscript) and _is_state(node.value):
        inner = node.slice
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            return inner.value
    return None


def _is_state(node: ast.AST) -> bool:
    name = dotted(node)
    return name == "session_state" or name.endswith(".session_state")
