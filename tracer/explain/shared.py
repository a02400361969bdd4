"""Which lines of a program use, change or replace an object that all app sessions share. Pure.

Such an object is a variable of an imported module, which is loaded once for the whole server, or
what a function under `st.cache_resource` returns. Names that stand for one are followed within
their function.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from ..source.program import CHANGING, Program, Statement, dotted, own_nodes, program_of

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_INNER_OF = ("get", "setdefault")  # methods that hand out what is inside
_EACH_OWN = re.compile(r"(?i)session|user|uid|owner|client|tenant|account|(?:^|_)id$|(?:^|_)who")
_LOCK = re.compile(r"(?i)lock|mutex|semaphore")


class How(StrEnum):
    """What a line does to a shared object."""

    USE = "use"
    ADD = "add"  # changes what is there
    SET = "set"  # puts something else in its place, or in that of a part


class Thing(NamedTuple):
    """A shared object: a variable of a module's file, or a cached function's result (no file)."""

    file: str
    name: str


class Touch(NamedTuple):
    """What a line does to a thing."""

    line: int
    thing: Thing
    how: How
    written: str  # as the line writes it
    method: str = ""  # of Python's containers, if it is by one that the line changes it
    part: str = ""  # the item or attribute that it is about; empty: all of it, or not known


class _Part(NamedTuple):
    """A thing, or an item or attribute of it."""

    thing: Thing
    name: str = ""


@lru_cache(maxsize=64)
def touches(file: str, sources: tuple[tuple[str, str], ...]) -> tuple[Touch, ...]:
    """What the lines of a file do to shared objects. `sources` are the app's files, with texts.

    Not what stands outside of functions in the module whose variables they are: that runs once.
    """
    texts = dict(sources)
    program = program_of(texts.get(file, ""))
    return tuple(_Reader(file, program, texts).touches()) if program else ()


@lru_cache(maxsize=64)
def made_at(text: str, name: str) -> tuple[int, ...]:
    """The lines outside of functions that give a variable of a file its value."""
    program = program_of(text)
    return tuple(
        each.line
        for each in (program.statements.values() if program else ())
        if each.function == "<module>" and name in each.binds
    )


class _Reader:
    """Reads one file."""

    def __init__(self, file: str, program: Program, texts: Mapping[str, str]) -> None:
        self._file, self._program, self._texts = file, program, texts
        self._modules: dict[str, str] = {}  # dotted name here: file
        self._things: dict[str, Thing] = {}  # name here: thing
        self._cached = frozenset(_cached_functions(texts))
        self._methods = frozenset(_changing_methods(texts))
        self._own = _variables(program)
        self._locals = dict(_locals(program))
        for node in ast.walk(program.tree):
            self._import(node)
        self._aliases: dict[tuple[str, str], _Part | None] = {}
        for each in program.statements.values():
            self._alias(each)

    def touches(self) -> Iterator[Touch]:
        for each in self._program.statements.values():
            names = each.binds if isinstance(each.node, ast.Assign) else ()
            if names and all(self._aliases.get((each.function, name)) for name in names):
                continue  # another name for it: what that name's uses do, counts
            changed = dict(self._changes(each))
            for part, node in self._uses(each):
                how, where, method = changed.get(part, (How.USE, node, ""))
                if how is not How.USE and self._is_meant(each, part.thing):
                    how = How.USE
                written = self._program.segment(where, 30)
                yield Touch(each.line, part.thing, how, written, method, part.name)

    # Names

    def _import(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                found = self._file_of(alias.name)
                if found:
                    self._modules[alias.asname or alias.name] = found
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            holder = self._file_of(module)
            for alias in node.names:
                name = alias.asname or alias.name
                inner = self._file_of(f"{module}.{alias.name}".strip("."))
                if inner:
                    self._modules[name] = inner
                elif holder and alias.name in _variables_of(self._texts[holder]):
                    self._things[name] = Thing(holder, alias.name)

    def _file_of(self, module: str) -> str | None:
        path = module.replace(".", "/")
        ends = [f"{path}.py", f"{path}/__init__.py"] if path else []
        fit = [f for f in self._texts if any(f == end or f.endswith("/" + end) for end in ends)]
        return min(fit, key=len) if fit else None

    def _alias(self, statement: Statement) -> None:
        node = statement.node
        for name in statement.binds:
            plain = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            found = self._root(node.value, statement) if plain else None  # type: ignore[union-attr]
            key = (statement.function, name)
            known = self._aliases.get(key, found)
            self._aliases[key] = found if known == found else None

    def _root(self, node: ast.AST, statement: Statement) -> _Part | None:
        """The thing that an expression is, or is a part of, with the part nearest to it."""
        part = ""
        while True:
            found: _Part | None = None
            if isinstance(node, ast.Call):
                name = dotted(node.func).rpartition(".")[2]
                if name in self._cached and _has_no_arguments(node):
                    return _Part(Thing("", name), part)
                if not isinstance(node.func, ast.Attribute) or node.func.attr not in _INNER_OF:
                    return None
                if any(_EACH_OWN.search(_words(each)) for each in node.args[:1]):
                    return None
                part = _constant(node.args[0]) if node.args else ""
                node = node.func.value
                continue
            if isinstance(node, ast.Attribute) and dotted(node.value) in self._modules:
                found = self._variable(self._modules[dotted(node.value)], node.attr)
                return found and _Part(found.thing, part)
            if isinstance(node, ast.Subscript):
                if _EACH_OWN.search(_words(node.slice)):
                    return None
                part = _constant(node.slice)
            elif isinstance(node, ast.Attribute):
                part = node.attr
            elif isinstance(node, ast.Name):
                found = self._named(node.id, statement)
                return found and _Part(found.thing, found.name or part)
            elif not isinstance(node, ast.Starred):
                return None
            node = node.value

    def _variable(self, file: str, name: str) -> _Part | None:
        return _Part(Thing(file, name)) if name in _variables_of(self._texts[file]) else None

    def _named(self, name: str, statement: Statement) -> _Part | None:
        inside = statement.function != "<module>"
        own = inside and name in self._locals.get(statement.function, frozenset())
        if own and name not in statement.globals:
            return self._aliases.get((statement.function, name))
        if name in self._things:
            return _Part(self._things[name])
        found = self._aliases.get(("<module>", name))
        if found is None and inside and name in self._own:
            return _Part(Thing(self._file, name))
        return found

    # What a statement does

    def _uses(self, statement: Statement) -> Iterator[tuple[_Part, ast.AST]]:
        found: dict[_Part, ast.AST] = {}
        for node in _chains(statement.node):
            part = self._root(node, statement)
            if part is not None:
                found.setdefault(part, node)
        yield from found.items()

    def _changes(self, statement: Statement) -> Iterator[tuple[_Part, tuple[How, ast.AST, str]]]:
        node = statement.node
        for each in own_nodes(node):
            target, how, method = each, How.SET, ""
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
                if each.func.attr not in CHANGING and each.func.attr not in self._methods:
                    continue
                if each.func.attr == "setdefault":  # what it gives is the same for all
                    continue
                target, how = each.func.value, How.ADD
                method = "" if each.func.attr in self._methods else each.func.attr
                if each.func.attr in ("update", "clear"):
                    how = How.SET
            elif not _is_target(each, statement):
                continue
            if isinstance(node, ast.AugAssign) and target is node.target:
                how = How.ADD
            part = self._root(target, statement)
            if part is not None:
                yield part, (how, target, method)

    def _is_meant(self, statement: Statement, thing: Thing) -> bool:
        """Whether a change keeps something for all on purpose: under a lock, or made only once."""
        for guard in statement.guards:
            header = self._program.at(guard.line)
            if isinstance(guard.node, ast.With | ast.AsyncWith):
                if any(_LOCK.search(_words(item.context_expr)) for item in guard.node.items):
                    return True
            elif isinstance(guard.node, ast.Try):
                if guard.field == "handlers":
                    return True
            elif header and any(found.thing == thing for found, _ in self._uses(header)):
                return True
        if statement.function == "<module>" or not isinstance(statement.node, ast.Assign):
            return False
        return any(  # it left the function where it was there already
            each.function == statement.function
            and isinstance(each.node, ast.If)
            and each.line < statement.line
            and any(found.thing == thing for found, _ in self._uses(each))
            for each in self._program.statements.values()
        )


def _chains(node: ast.AST) -> Iterator[ast.AST]:
    """The names, attributes, items and calls in a statement that are no part of a longer one."""
    nodes = list(own_nodes(node))
    inner: set[int] = set()
    for each in nodes:
        if isinstance(each, ast.Call):
            inner.add(id(each.func))
            method = each.func.attr if isinstance(each.func, ast.Attribute) else ""
            if method in _INNER_OF:
                inner.add(id(each.func.value))  # type: ignore[attr-defined]
    for each in nodes:
        if isinstance(each, ast.Attribute | ast.Subscript) and id(each) not in inner:
            inner.add(id(each.value))
    for each in nodes:
        if id(each) not in inner and isinstance(
            each, ast.Name | ast.Attribute | ast.Subscript | ast.Call
        ):
            yield each


def _constant(node: ast.AST) -> str:
    """The text of a constant; empty for anything else."""
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _has_no_arguments(call: ast.Call) -> bool:
    """None that differ from call to call: the result is the same object each time."""
    given = (*call.args, *(word.value for word in call.keywords))
    return all(isinstance(each, ast.Constant) for each in given)


def _is_target(node: ast.AST, statement: Statement) -> bool:
    """Whether a statement gives a value to an attribute, an item, or a name of the module."""
    if isinstance(node, ast.Name):
        return not isinstance(node.ctx, ast.Load) and node.id in statement.globals
    return isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load)


def _words(node: ast.AST) -> str:
    """The names in an expression, the last ones of dotted names."""
    found = []
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found.append(each.id)
        elif isinstance(each, ast.Attribute):
            found.append(each.attr)
    return " ".join(found)


def _cached_functions(texts: Mapping[str, str]) -> Iterator[str]:
    """The functions whose result one cache keeps for all app sessions."""
    for text in texts.values():
        program = program_of(text)
        for node in ast.walk(program.tree) if program and "cache_resource" in text else ():
            if isinstance(node, _FUNCTION) and any(map(_is_for_all, node.decorator_list)):
                yield node.name


def _is_for_all(decorator: ast.expr) -> bool:
    call = decorator if isinstance(decorator, ast.Call) else None
    scopes = [word.value for word in call.keywords if word.arg == "scope"] if call else []
    own = any(not isinstance(s, ast.Constant) or s.value != "global" for s in scopes)
    return not own and dotted(call.func if call else decorator).endswith("cache_resource")


def _changing_methods(texts: Mapping[str, str]) -> Iterator[str]:
    """Methods of the app's classes that change their object."""
    for text in texts.values():
        program = program_of(text)
        if program is None or "self" not in text:
            continue
        for each in program.statements.values():
            if "self" in each.changes and each.function not in ("__init__", "<module>"):
                yield each.function


def _variables_of(text: str) -> frozenset[str]:
    program = program_of(text)
    return _variables(program) if program else frozenset()


def _variables(program: Program) -> frozenset[str]:
    """The names that a module binds outside of functions, but for imports and functions."""
    return frozenset(_bound(program.statements.values()))


def _bound(statements: Iterable[Statement]) -> Iterator[str]:
    for each in statements:
        if each.function == "<module>" and not isinstance(
            each.node, (*_FUNCTION, ast.Import, ast.ImportFrom)
        ):
            yield from each.binds


def _locals(program: Program) -> Iterator[tuple[str, frozenset[str]]]:
    """The variables of each function: arguments, and what it binds and does not call global."""
    for node in ast.walk(program.tree):
        if isinstance(node, _FUNCTION):
            a = node.args
            names = {each.arg for each in (*a.posonlyargs, *a.args, *a.kwonlyargs)}
            names |= {each.arg for each in (a.vararg, a.kwarg) if each}
            for each in program.statements.values():
                if each.function == node.name:
                    names |= each.binds - each.globals
            yield node.name, frozenset(names)
