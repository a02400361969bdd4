"""What a name that is to be kept out was given in a recording: in texts, and in source. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import parse_qsl

_SEPARATORS: Final = re.compile(r"[\W_]+")
_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_NUMBER: Final = re.compile(r"(?<![\w.])-?\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])")
_NOTE: Final = re.compile(r" \([\d,]+ (?:characters|bytes)\)\Z")
# In a dictionary as Python shows it, or JSON, also inside of another text.
_PAIR: Final = re.compile(
    r"""(\\*["'])([^"'\\\n]{1,100})\1\s*:\s*"""
    r"""(\\*'(?:[^'\\]|\\.)*'?|\\*"(?:[^"\\]|\\[^"])*(?:\\?")?|[^\s,{}\[\]"'\\]+)"""
)
_PLAIN: Final = re.compile(r"(?:None|null|\(hidden\)|\[secret(?: \d+)?\])\Z")


class Named:
    """Names of variables, keys, widgets, parameters: case and separators do not count."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys(names))
        self._flat = {_flat(name): name for name in self.names}
        self.seen: set[str] = set()
        """Those that something was called by."""

    def __bool__(self) -> bool:
        return bool(self.names)

    def has(self, name: str | None) -> bool:
        """Whether this is one of the names."""
        if not name:
            return False
        found = self._flat.get(_flat(name))
        if found is None:
            return False
        self.seen.add(found)
        return True

    def id(self, widget_id: str | None) -> bool:
        """Whether Streamlit's id of a widget ends in a key that is one of the names."""
        return bool(widget_id) and self.has(re.sub(r"\A\$\$ID-[0-9a-f]{32}-", "", widget_id or ""))


def _flat(name: str) -> str:
    return _SEPARATORS.sub("", name).lower() or name


def values_in(text: str | None) -> list[Any]:
    """What the text of a value says that the value was: itself, or the parts that can be told."""
    if text is None or _PLAIN.match(text):
        return []
    try:
        return [ast.literal_eval(text)]
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        pass
    if text[:1] == "<":  # of a class of which only the name is shown, of a table its shape
        return []
    bare = _NOTE.sub("", text)
    if "…" in bare and bare[:1] in "'\"" and bare[-1:] == bare[:1]:
        # A long text: its two ends.
        return [part for part in map(_unescaped, bare[1:-1].split("…", 1)) if part]
    found: list[Any] = [_unescaped(a or b) for a, b in _QUOTED.findall(bare)]
    if any(sign in bare for sign in "([{"):  # else a date, a path: one value
        found += [_number(digits) for digits in _NUMBER.findall(_QUOTED.sub(" ", bare))]
    if not found and "…" not in bare:
        found.append(bare)
    return [value for value in found if value is not None]


def says_nothing(text: str) -> bool:
    """Whether the text of a value is that of none, or a mask."""
    return _PLAIN.match(text) is not None


def _unescaped(text: str) -> str:
    try:
        made = ast.literal_eval(f"'''{text}'''")
    except (ValueError, SyntaxError):
        return text
    return made if isinstance(made, str) else text


def _number(digits: str) -> int | float | None:
    try:
        made = ast.literal_eval(digits)
    except (ValueError, SyntaxError):
        return None
    return made if isinstance(made, int | float) else None


def leaves(value: Any) -> Iterator[Any]:
    """The texts and numbers in nested containers."""
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str | bytes | int | float) and not isinstance(value, bool):
        yield value


def spellings(number: int | float) -> list[str]:
    """How people write a number: with separators, with digits after the point."""
    size = abs(number)
    made = [f"{size:,}", f"{size:_}", f"{size:.1f}", f"{size:.2f}", f"{size:,.1f}", f"{size:,.2f}"]
    if size == int(size):
        made += [str(int(size)), f"{int(size):,}"]
    made += [text.translate(str.maketrans(",.", ".,")) for text in made if "," in text]
    return made


def pairs(text: str, named: Named) -> list[tuple[int, int, str, str]]:
    """Values beside one of the names: from where to where, the value, the name's quote."""
    if ":" not in text:
        return []
    return [
        (*found.span(3), found[3], found[1])
        for found in _PAIR.finditer(text)
        if named.has(found[2]) and not _PLAIN.match(found[3])
    ]


def query_values(query: str | None, named: Named) -> list[str]:
    """The values that the names have in a query string."""
    found = parse_qsl((query or "").lstrip("?"), keep_blank_values=False)
    return [value for name, value in found if named.has(name)]


def masked_query(query: str, named: Named, mask: Callable[[str], str]) -> str:
    """A query string in which the names' values are masked."""
    parts = re.split(r"([&?])", query)
    for at, part in enumerate(parts):
        name, sign, value = part.partition("=")
        pair = parse_qsl(part) if sign and value else []
        if pair and named.has(pair[0][0]):
            parts[at] = f"{name}={mask(pair[0][1])}"
    return "".join(parts)


Place = tuple[int, int, int, int]  # line and column in bytes, of the beginning and the end


def literals(text: str, named: Named) -> list[tuple[Place, Any]]:
    """The constants that a source gives to the names, with their places."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    found: list[tuple[Place, Any]] = []
    for node in ast.walk(tree):
        for value in _given(node, named):
            for leaf in ast.walk(value):
                if isinstance(leaf, ast.JoinedStr):
                    continue  # places inside of one are not to be relied on
                if isinstance(leaf, ast.Constant) and leaf.end_lineno is not None:
                    if isinstance(leaf.value, str) and named.has(leaf.value):
                        continue  # the name itself
                    place = (
                        leaf.lineno,
                        leaf.col_offset,
                        leaf.end_lineno,
                        leaf.end_col_offset or 0,
                    )
                    found.append((place, leaf.value))
    return found


def _given(node: ast.AST, named: Named) -> Iterator[ast.expr]:
    """The expressions that a node gives to one of the names."""
    match node:
        case ast.Assign():
            if any(_is_named(target, named) for target in node.targets):
                yield from _data(node.value)
        case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
            if node.value is not None and _is_named(node.target, named):
                yield from _data(node.value)
        case ast.keyword():
            if named.has(node.arg):
                yield from _data(node.value)
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and named.has(str(key.value)):
                    yield from _data(value)
        case ast.arguments():
            arguments = [*node.posonlyargs, *node.args]
            for argument, default in zip(
                reversed(arguments), reversed(node.defaults), strict=False
            ):
                if named.has(argument.arg):
                    yield default
            for argument, only in zip(node.kwonlyargs, node.kw_defaults, strict=True):
                if only is not None and named.has(argument.arg):
                    yield only
        case ast.Call():
            # A widget with the name for its label or its key: what it begins with.
            texts = [*node.args[:1], *(k.value for k in node.keywords if k.arg in ("key", "label"))]
            if any(isinstance(t, ast.Constant) and named.has(str(t.value)) for t in texts):
                yield from _begun_with(node)


def _data(value: ast.expr) -> Iterator[ast.expr]:
    """The parts of an expression whose constants get into its value."""
    if isinstance(value, ast.Constant):
        yield value
    elif isinstance(value, ast.Call):
        if isinstance(value.func, ast.Attribute):  # a widget, perhaps: not its label and key
            yield from _begun_with(value)
        else:
            yield from (part for argument in value.args for part in _data(argument))
            yield from (part for k in value.keywords for part in _data(k.value))
    elif not isinstance(value, ast.JoinedStr | ast.Lambda | ast.Subscript):
        for child in ast.iter_child_nodes(value):
            if isinstance(child, ast.expr):
                yield from _data(child)


def _begun_with(call: ast.Call) -> Iterator[ast.expr]:
    """What a widget is given to begin with, but for the options that it offers."""
    yield from (argument for argument in call.args[1:] if isinstance(argument, ast.Constant))
    given = ("value", "default", "index", "args", "kwargs")
    yield from (part for k in call.keywords if k.arg in given for part in _data(k.value))


def _is_named(target: ast.expr, named: Named) -> bool:
    match target:
        case ast.Name():
            return named.has(target.id)
        case ast.Attribute():
            return named.has(target.attr)
        case ast.Subscript(slice=ast.Constant(value=key)):
            return named.has(str(key))
        case ast.Tuple() | ast.List():
            return any(_is_named(item, named) for item in target.elts)
    return False
