"""Notes which names changed their value, looking only at the names that a statement touches."""

from __future__ import annotations

from types import FrameType, FunctionType, ModuleType

from ..model import ValueChange
from .redaction import HIDDEN, Redactor
from .traces import CallTrace, RunTrace
from .values import is_mutable_builtin, snapshot

# Definitions and imports are not values that change. Types are told apart by identity: comparing
# them could run a metaclass of the user's.
_DEFINITIONS = frozenset({id(ModuleType), id(FunctionType), id(type)})
_ABSENT = object()
# Whose value cannot change while a name is only read: most of what a statement reads.
_FIXED = _DEFINITIONS | {id(kind) for kind in (type(_ABSENT), str, int, float, bool, type(None))}
_new = tuple.__new__  # a named tuple's own constructor is a Python function


def note_changes(run: RunTrace, call: CallTrace, frame: FrameType, redactor: Redactor) -> None:
    """Record what the statement that just ended in this call did to the names it touches.

    Runs after every statement, so it calls as little as it can.
    """
    names = call.table.names.get(call.statement)
    if names is None:
        return
    local, texts = frame.f_locals, call.texts
    for name, scope, is_stored in names:
        value = (frame.f_globals if scope == "global" else local).get(name, _ABSENT)
        kind = id(type(value))
        if is_stored:
            if kind in _DEFINITIONS:
                continue
        elif kind in _FIXED or not is_mutable_builtin(value):
            continue
        text = None if value is _ABSENT else _text(name, value, redactor)
        if texts.get(name) != text:
            texts[name] = text
            run.changes.append(_new(ValueChange, (run.step_count, call.n, name, scope, text)))
            if not is_stored:
                run.touched = True


def note_arguments(run: RunTrace, call: CallTrace, frame: FrameType, redactor: Redactor) -> None:
    """Record the arguments of a call, at the step that made it."""
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & 0x4) + bool(code.co_flags & 0x8)
    if not count:
        return
    values = frame.f_locals
    for name in code.co_varnames[:count]:
        if name in values:
            text = _text(name, values[name], redactor)
            call.texts[name] = text
            run.changes.append(_new(ValueChange, (run.step_count, call.n, name, "argument", text)))


def note_return(run: RunTrace, call: CallTrace, value: object, redactor: Redactor) -> None:
    """Record what a call returned (or yielded), unless it is None.

    What `get_password()` returns is hidden as a variable `password` is: by the name.
    """
    if value is not None and call.n:
        text = _text(call.table.name.rpartition(".")[2], value, redactor)
        run.changes.append(_new(ValueChange, (run.step_count, call.n, "return", "return", text)))


def _text(name: str, value: object, redactor: Redactor) -> str:
    return HIDDEN if redactor.hides_name(name) else snapshot(value, redactor)
