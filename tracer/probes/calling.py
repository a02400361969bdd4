"""What a callback is called with: its arguments, and what its code finds elsewhere.

Nothing of the user's is called: only exact functions and partials are looked into.
"""

from __future__ import annotations

import dis
import functools
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from ..capture.redaction import Redactor
from ..capture.values import snapshot

_NAMES = 12  # of a closure that are kept
_DEFINITIONS = (ModuleType, FunctionType, type, type(len))
_global_names: dict[CodeType, tuple[str, ...]] = {}

Texts = tuple[tuple[str, str], ...]


def arguments_of(callback: Any, args: Any, kwargs: Any, redactor: Redactor) -> Texts:
    """Names and texts of the arguments that a call of `callback(*args, **kwargs)` gets.

    Those that it was not given have their defaults; defaults of keyword-only ones are left out.
    """
    given = list(args) if type(args) in (tuple, list) else []
    named = dict(kwargs) if type(kwargs) is dict else {}
    function = callback
    while type(function) is functools.partial:
        given = [*function.args, *given]
        named = {**function.keywords, **named}
        function = function.func
    if type(function) is MethodType:
        given = [function.__self__, *given]
        function = function.__func__
    code = function.__code__ if type(function) is FunctionType else None
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    if code is not None:  # what it was not given
        defaults = function.__defaults__ or ()
        with_default = zip(names[len(names) - len(defaults) :], defaults, strict=False)
        given_names = {*names[: len(given)], *named}
        named |= {name: value for name, value in with_default if name not in given_names}
    listed = [(names[n] if n < len(names) else f"*{n + 1}", item) for n, item in enumerate(given)]
    return tuple((name, _text(name, item, redactor)) for name, item in [*listed, *named.items()])


def closure_of(callback: Any, redactor: Redactor) -> Texts:
    """Names and texts of what the callback's code finds in functions around it and in its module.

    A lambda in a loop reads the loop's variable when it is called: here stands what it finds.
    """
    while type(callback) is functools.partial:
        callback = callback.func
    if type(callback) is MethodType:
        callback = callback.__func__
    if type(callback) is not FunctionType:
        return ()
    code, found = callback.__code__, []
    for name, cell in zip(code.co_freevars, callback.__closure__ or (), strict=False):
        try:
            found.append((name, cell.cell_contents))
        except ValueError:  # it has no value yet
            continue
    module = callback.__globals__
    found += [(name, module[name]) for name in _globals_read(code) if name in module]
    told = [(name, item) for name, item in found if type(item) not in _DEFINITIONS]
    return tuple((name, _text(name, item, redactor)) for name, item in told[:_NAMES])


def _globals_read(code: CodeType) -> tuple[str, ...]:
    names = _global_names.get(code)
    if names is None:
        read = (i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL")
        names = _global_names[code] = tuple(dict.fromkeys(read))
    return names


def _text(name: str, value: Any, redactor: Redactor) -> str:
    if redactor.hides_name(name):
        return redactor.stand_in(value)
    return snapshot(value, redactor)
