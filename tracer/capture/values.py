"""Turns any value into a short text without ever running the user's code.

A class of the user's may answer any question about its objects with code: their length, their
class, their truth, even whether two of them are the same. So nothing here asks an object. What a
value is follows from the identity of `type(value)`, which no class can change; a table keyed by
`id` finds the built-in types (a metaclass may define `__hash__` and `__eq__`), `known_types` the
common libraries' ones, and of everything else only names are shown (see `class_shapes`).
Subclasses of built-in types are user objects like any other.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import functools
import pathlib
import types
import uuid
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from rerun_trace.tracer.capture import known_types, value_texts
from rerun_trace.tracer.capture.class_shapes import (
    attribute,
    attribute_names,
    class_name,
    exact,
    module_dict,
    shape_of,
)
from rerun_trace.tracer.capture.redaction import Redactor
from rerun_trace.tracer.capture.value_texts import LIMIT, Pen, Show, cut

ITEMS: Final = 6  # shown of a container, or of an object's attributes
DEPTH: Final = 3  # containers within containers
UNREADABLE: Final = "<unreadable>"

_ARGS: Final = BaseException.__dict__["args"].__get__


def snapshot(value: Any, redactor: Redactor | None = None) -> str:
    """A text of at most 200 characters for any value. Runs no user code and never raises.

    Secrets known to `redactor` are masked before anything is cut; the entries of a dictionary
    whose key looks secret are hidden.
    """
    kind = type(value)
    if redactor is None or not redactor.active:  # the most frequent values, without ceremony
        if kind is int and -(10**15) < value < 10**15:
            return int.__repr__(value)
        # An escaped character is up to 10 characters; a pair may give a secret away.
        if kind is str and len(value) < 20 and ":" not in value and "=" not in value:
            return str.__repr__(value)
    return _drawn(value, Pen(_render, redactor))


def snapshot_and_secrets(value: Any, redactor: Redactor) -> tuple[str, int]:
    """A snapshot, and the set of secrets that the value, as far as it is shown, holds whole."""
    pen = Pen(_render, redactor)
    return _drawn(value, pen), pen.found


def _drawn(value: Any, pen: Pen) -> str:
    try:
        show = _BUILTIN.get(id(type(value))) or _render
        text = show(value, LIMIT, DEPTH, pen)
    except Exception:  # it changes in another thread, or the app has used the stack up
        return UNREADABLE
    return text if len(text) <= LIMIT else text[: LIMIT - 1] + "…"


def is_mutable_builtin(value: Any) -> bool:
    """Whether the value can change while its name is only read, so that its snapshot may differ."""
    cls = type(value)
    if id(cls) in _BUILTIN:
        return id(cls) in _MUTABLE
    known = known_types.found.get(id(cls))
    if known is None:
        try:
            library = shape_of(cls).library
            known = known_types.find(cls, library) if library else None
        except Exception:
            return False
    return known is not None and known.mutable


def is_fixed(value: Any) -> bool:
    """Whether the value is of a built-in type that cannot change."""
    return id(type(value)) in _BUILTIN and id(type(value)) not in _MUTABLE


def is_dict(value: Any) -> bool:
    """Whether the value is a dictionary of a built-in type."""
    return id(type(value)) in _DICTS


def _render(value: Any, room: int, depth: int, pen: Pen) -> str:
    key = id(type(value))
    show = _BUILTIN.get(key)
    if show is None:
        known = known_types.found.get(key)
        show = known.show if known is not None else _object
    return show(value, room, depth, pen)


def _list(value: list[Any], room: int, depth: int, pen: Pen) -> str:
    return _contents("[", value, islice(value, ITEMS), "]", room, depth, pen)


def _tuple(value: tuple[Any, ...], room: int, depth: int, pen: Pen) -> str:
    closing = ",)" if len(value) == 1 else ")"
    return _contents("(", value, islice(value, ITEMS), closing, room, depth, pen)


def _set(value: set[Any] | frozenset[Any], room: int, depth: int, pen: Pen) -> str:
    plain = type(value) is set
    if not value:
        return "set()" if plain else "frozenset()"
    shown = list(islice(value, ITEMS))
    if all(type(item) is str for item in shown) or all(type(item) is int for item in shown):
        shown.sort()
    opening, closing = ("{", "}") if plain else ("frozenset({", "})")
    return _contents(opening, value, shown, closing, room, depth, pen)


def _deque(value: collections.deque[Any], room: int, depth: int, pen: Pen) -> str:
    return _contents("deque([", value, islice(value, ITEMS), "])", room, depth, pen)


def _dict(value: dict[Any, Any], room: int, depth: int, pen: Pen) -> str:
    # `dict.items`, not `value.items`: a subclass in C may look each key up, which hashes it.
    entries = islice(dict.items(value), ITEMS)
    return _contents("{", value, entries, "}", room, depth, pen, pairs=True)


def _wrapped_dict(value: dict[Any, Any], room: int, depth: int, pen: Pen) -> str:
    opening = class_name(type(value)) + "("
    if type(value) is collections.defaultdict:
        opening += pen.render(value.default_factory, 40, 0, pen) + ", "
    entries: Iterable[Any] = islice(dict.items(value), ITEMS)
    if type(value) is collections.OrderedDict and all(type(key) is str for key in dict.keys(value)):
        # Its own order can differ from the dict's; with keys of built-in type it may be asked.
        entries = islice(value.items(), ITEMS)
    return _contents(opening + "{", value, entries, "})", room, depth, pen, pairs=True)


def _contents(
    opening: str,
    container: Any,
    shown: Iterable[Any],
    closing: str,
    room: int,
    depth: int,
    pen: Pen,
    pairs: bool = False,
) -> str:
    """The first items of a container of built-in type, as many as there is room for."""
    total = len(container)
    if total == 0:
        return opening + closing
    if depth <= 0 or id(container) in pen.parents:
        return f"{opening}…{closing}"
    shown = list(shown)  # at once, before another thread changes it
    pen.parents.append(id(container))
    texts: list[str] = []
    used = len(opening) + len(closing) + 20  # the note on how many there are
    for item in shown:
        left = room - used
        if left < 12 and texts:
            break
        show = _pair if pairs else pen.render
        texts.append(show(item, max(12, min(left, room // 2)), depth - 1, pen))
        used += len(texts[-1]) + 2
    pen.parents.pop()
    body = ", ".join(texts)
    if len(texts) == total:
        return f"{opening}{body}{closing}"
    return f"{opening}{body}, …{closing} ({total:,} items)"


def _pair(entry: tuple[Any, Any], room: int, depth: int, pen: Pen) -> str:
    key, value = entry
    name = pen.render(key, room, min(depth, 1), pen)
    if pen.redactor is not None and type(key) is str and pen.redactor.hides_name(key):
        return f"{name}: {pen.redactor.stand_in(value)}"
    return f"{name}: {pen.render(value, max(12, room - len(name) - 2), depth, pen)}"


def _range(value: range, room: int, depth: int, pen: Pen) -> str:
    parts = (value.start, value.stop, value.step)[: 2 if value.step == 1 else 3]
    return f"range({', '.join(pen.render(part, room // 3, 0, pen) for part in parts)})"


def _slice(value: slice, room: int, depth: int, pen: Pen) -> str:
    parts = (value.start, value.stop, value.step)
    return f"slice({', '.join(pen.render(part, room // 3, 1, pen) for part in parts)})"


def _function(value: Any, room: int, depth: int, pen: Pen) -> str:
    return f"<function {cut(exact(value.__name__), room - 11)}>"


def _method(value: types.MethodType, room: int, depth: int, pen: Pen) -> str:
    function = value.__func__
    if type(function) is not types.FunctionType:
        return "<method>"
    return f"<method {cut(exact(function.__name__), room - 9)}>"


def _partial(value: functools.partial[Any], room: int, depth: int, pen: Pen) -> str:
    return f"<partial of {pen.render(value.func, room - 13, 0, pen)}>"


def _generator(value: Any, room: int, depth: int, pen: Pen) -> str:
    return f"<{class_name(type(value))} {cut(exact(value.__name__), room - 20)}>"


def _module(value: types.ModuleType, room: int, depth: int, pen: Pen) -> str:
    name = module_dict(value).get("__name__")
    return f"<module {cut(name, room - 9)}>" if type(name) is str else "<module>"


def _class(value: type, room: int, depth: int, pen: Pen) -> str:
    return f"<class {cut(class_name(value), room - 8)}>"


def _object(value: Any, room: int, depth: int, pen: Pen) -> str:
    cls = type(value)
    shape = shape_of(cls)
    if shape.library:
        known = known_types.find(cls, shape.library)
        if known is not None:
            return known.show(value, room, depth, pen)
    if shape.is_metaclass:
        return _class(value, room, depth, pen)
    name = class_name(cls)
    if shape.is_enum:
        member = attribute(value, shape, "_name_")
        return cut(f"{name}.{member}", room) if type(member) is str else f"<{cut(name, room - 2)}>"
    if shape.is_error:
        return name + pen.render(_ARGS(value), max(12, room - len(name)), 1, pen).replace(",)", ")")
    names = attribute_names(value, shape, ITEMS + 1)
    if not names:
        return f"<{cut(name, room - 2)}>"
    more = ", …" if len(names) > ITEMS else ""
    return "<" + cut(f"{name}: {', '.join(names[:ITEMS])}{more}", room - 2) + ">"


_SHOWN: Final[dict[Show, tuple[type, ...]]] = {
    value_texts.show_int: (int,),
    value_texts.show_str: (str,),
    value_texts.show_bytes: (bytes, bytearray),
    value_texts.show_plain: (float, complex, bool, type(None), type(...), type(NotImplemented)),
    value_texts.show_text: (datetime.date, datetime.timedelta),
    value_texts.show_clock: (datetime.datetime, datetime.time),
    value_texts.show_decimal: (decimal.Decimal,),
    value_texts.show_fraction: (fractions.Fraction,),
    value_texts.show_path: (
        pathlib.PosixPath,
        pathlib.WindowsPath,
        pathlib.PurePosixPath,
        pathlib.PureWindowsPath,
    ),
    value_texts.show_uuid: (uuid.UUID,),
    _list: (list,),
    _tuple: (tuple,),
    _set: (set, frozenset),
    _deque: (collections.deque,),
    _dict: (dict,),
    _wrapped_dict: (collections.defaultdict, collections.OrderedDict, collections.Counter),
    _range: (range,),
    _slice: (slice,),
    _function: (types.FunctionType, types.BuiltinFunctionType),
    _method: (types.MethodType,),
    _partial: (functools.partial,),
    _generator: (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType),
    _module: (types.ModuleType,),
    _class: (type,),
}

_BUILTIN: Final = {id(kind): show for show, kinds in _SHOWN.items() for kind in kinds}

_MUTABLE: Final = frozenset(
    id(kind)
    for kind in (
        list,
        dict,
        set,
        bytearray,
        collections.deque,
        collections.defaultdict,
        collections.OrderedDict,
        collections.Counter,
    )
)

_DICTS: Final = frozenset(
    id(kind)
    for kind in (dict, collections.defaultdict, collections.OrderedDict, collections.Counter)
)
