"""Maps code to statements: which lines belong together, which names a statement touches.

A statement is not a line event: a call over several lines, a decorator, the exit of a `with` block
all raise further events, and they do so differently in each Python version. Everything here is
computed once per code object, so that deciding "a new statement starts" is two look-ups.
"""

from __future__ import annotations

import dis
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from types import CodeType
from typing import TYPE_CHECKING

from ..model import CodeBlock
from .lines import FileStatements

if TYPE_CHECKING:
    from .names import Flow

# Comprehensions are code objects of their own up to Python 3.11 and inlined later; the statement
# around them is what people see, so they never count as calls.
_INLINED = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})

_RESUME = dis.opmap["RESUME"]  # what stands before it is the interpreter's preparation
_STORES = {
    "STORE_NAME": "local",
    "STORE_FAST": "local",
    "STORE_DEREF": "local",
    "STORE_GLOBAL": "global",
    "DELETE_NAME": "local",
    "DELETE_FAST": "local",
    "DELETE_DEREF": "local",
    "DELETE_GLOBAL": "global",
    "STORE_FAST_MAYBE_NULL": "local",
}
# Python 3.13 fuses neighbours; their argval is a tuple of names.
_FUSED = {
    "STORE_FAST_STORE_FAST": (True, True),
    "STORE_FAST_LOAD_FAST": (True, False),
    "LOAD_FAST_LOAD_FAST": (False, False),
}
_LOADS = {
    "LOAD_NAME": "local",
    "LOAD_FAST": "local",
    "LOAD_FAST_CHECK": "local",
    "LOAD_FAST_BORROW": "local",
    "LOAD_DEREF": "local",
    "LOAD_GLOBAL": "global",
}

_BLINDS = "settrace"  # code that calls it can take the trace function away and restore it unnoticed

Names = tuple[tuple[str, str, bool], ...]  # (name, "local" | "global", stored, or only read)


@dataclass(slots=True, eq=False)
class CodeTable:
    """What the engines need to know about one code object. Compared by identity."""

    code: CodeType  # kept alive: tables are found by id(code)
    name: str
    file: str
    file_no: int
    number: int  # unique among tables of a recording
    of: dict[int, int]
    until: dict[int, int]
    first: dict[int, int]  # statement -> offset of its first instruction
    own_line: int  # a class body's own header, which belongs to the code around it; else 0
    is_module: bool
    is_lambda: bool
    is_generator: bool
    ignored: frozenset[int]  # offsets of instructions that stand for nothing in the source
    names: dict[int, Names] = field(default_factory=dict)  # that a statement touches
    blinding: set[int] = field(default_factory=set)  # lines that name `sys.settrace`
    inheriting: frozenset[int] = frozenset()  # what they bind comes from the statement before
    loops: frozenset[int] = frozenset()  # lines of `for`
    flows: dict[int, Flow] | None = None  # see `flow_names`


def read_source(path: str) -> str:
    """The text of a Python file, decoded as its coding line says; empty when it cannot be read."""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (OSError, SyntaxError, UnicodeError):
        return ""


def is_inlined(code: CodeType) -> bool:
    """Whether a code object is a comprehension, which is part of the statement around it."""
    return code.co_name in _INLINED


def code_table(
    code: CodeType, statements: FileStatements, file: str, file_no: int, number: int
) -> CodeTable:
    """Compute the table of one code object of the user's."""
    is_module = code.co_name == "<module>"
    of = statements.of
    # Bodies of functions are optimised; what is left besides modules are class bodies.
    is_class = not is_module and not code.co_flags & 0x1
    table = CodeTable(
        code=code,
        name=code.co_qualname,
        file=file,
        file_no=file_no,
        number=number,
        of=of,
        until=statements.until,
        first=_first_offsets(code, of),
        own_line=of.get(code.co_firstlineno, 0) if is_class else 0,
        is_module=is_module,
        is_lambda=code.co_name == "<lambda>",
        is_generator=bool(code.co_flags & (0x20 | 0x80 | 0x200)),
        ignored=frozenset(at for at, place in _places(code) if _is_synthetic(*place)),
        inheriting=statements.bound,
        loops=statements.loops,
    )
    _find_names(table)
    return table


def _first_offsets(code: CodeType, of: dict[int, int]) -> dict[int, int]:
    first: dict[int, int] = {}
    prologue = 2 * code.co_code[::2].find(_RESUME)
    for at, place in _places(code):
        line = place[0]
        if at <= prologue or not line or _is_synthetic(*place):
            continue
        if (statement := of.get(line)) and statement not in first:
            first[statement] = at
    return first


_Place = tuple[int | None, int | None, int | None, int | None]


def _places(code: CodeType) -> Iterator[tuple[int, _Place]]:
    """The offsets in the bytecode, and where each stands in the text: much quicker than `dis`."""
    return zip(count(step=2), code.co_positions(), strict=False)


def _is_synthetic(
    line: int | None, end_line: int | None, column: int | None, end_column: int | None
) -> bool:
    """Whether a tool put the code there: nodes made without a place in the text have no width.

    Streamlit's "magic" imports its helper so, on line 1.
    """
    return column is not None and column == end_column and line == end_line


def _find_names(table: CodeTable) -> None:
    """Which names each statement stores or deletes, and which it reads."""
    stored: dict[int, dict[tuple[str, str], None]] = {}
    loaded: dict[int, dict[tuple[str, str], None]] = {}
    before: object = None
    for instruction in dis.get_instructions(table.code):
        if instruction.argval == _BLINDS and before != "threading" and instruction.positions:
            table.blinding.add(instruction.positions.lineno or 0)
        before = instruction.argval
        line = instruction.positions.lineno if instruction.positions else None
        statement = table.of.get(line) if line else None
        if not statement:
            continue
        opname = instruction.opname
        if opname in _STORES:
            _note(stored, statement, instruction.argval, _STORES[opname])
        elif opname in _LOADS:
            _note(loaded, statement, instruction.argval, _LOADS[opname])
        elif opname in _FUSED and isinstance(instruction.argval, tuple):
            for name, stores in zip(instruction.argval, _FUSED[opname], strict=True):
                _note(stored if stores else loaded, statement, name, "local")
    for line in stored.keys() | loaded.keys():
        changed = stored.get(line, {})
        read = [name for name in loaded.get(line, ()) if name not in changed]
        table.names[line] = (
            *((name, scope, True) for name, scope in changed),
            *((name, scope, False) for name, scope in read),
        )


def _note(
    into: dict[int, dict[tuple[str, str], None]], statement: int, name: object, scope: str
) -> None:
    if isinstance(name, str) and not name.startswith(("__", ".")):
        into.setdefault(statement, {})[name, scope] = None


def code_blocks(code: CodeType, statements: FileStatements) -> tuple[CodeBlock, ...]:
    """The executable statements of a file's module code, by the block they stand in."""
    blocks: list[CodeBlock] = []
    inner: list[CodeType] = [code]
    while inner:
        current = inner.pop(0)
        if current.co_name == "<lambda>" or is_inlined(current):
            continue  # its lines are those of the statement it stands in
        own = statements.of.get(current.co_firstlineno, 0)
        lines = set(_first_offsets(current, statements.of))
        inner += [
            const
            for const in current.co_consts
            # Up to Python 3.11, definitions that can never be reached leave their code behind.
            if isinstance(const, CodeType) and statements.of.get(const.co_firstlineno) in lines
        ]
        if current is not code and not current.co_flags & 0x1:
            lines.discard(own)
        name = current.co_qualname
        blocks.append(CodeBlock(name, current.co_firstlineno, tuple(sorted(lines))))
    return tuple(blocks)


def compile_source(text: str, path: str) -> CodeType | None:
    """Module code of a text, only to look at; None when it does not compile."""
    try:
        return compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
