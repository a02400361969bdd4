"""Notes which names changed their value, looking only at the names that a statement touches."""

from __future__ import annotations

from types import FrameType, FunctionType, ModuleType

from ..model import ValueChange
from .holding import says_nothing
from .marks import Marks, arguments
from .redaction import UNKNOWN, Redactor
from .traces import CallTrace, RunTrace, ThreadTrace
from .values import is_mutable_builtin, snapshot, snapshot_and_secrets

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
                run.touch()


def note_arguments(run: RunTrace, call: CallTrace, frame: FrameType, redactor: Redactor) -> None:
    """Record the arguments of a call, at the step that made it."""
    names = arguments(frame.f_code)
    if not names:
        return
    values = frame.f_locals
    for name in names:
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
    return redactor.stand_in(value) if redactor.hides_name(name) else snapshot(value, redactor)


# The same when secrets are known: with marks


def note_marked_changes(
    run: RunTrace,
    thread: ThreadTrace,
    call: CallTrace,
    frame: FrameType,
    redactor: Redactor,
    marks: Marks,
) -> None:
    """As `note_changes`, after `Marks.over`; what is marked is masked, whatever it is."""
    names = call.table.names.get(call.statement)
    if names is None:
        return
    local, texts = frame.f_locals, call.texts
    for name, scope, is_stored in names:
        is_global = scope == "global"
        value = (frame.f_globals if is_global else local).get(name, _ABSENT)
        kind = id(type(value))
        if is_stored:
            if kind in _DEFINITIONS:
                continue
        elif kind in _FIXED or not is_mutable_builtin(value):
            continue
        text = None
        if value is not _ABSENT:
            text = _marked_text(call, frame, name, is_global, value, redactor, marks)
            if not is_stored and call.taint and texts.get(name, text) != text:
                marks.changed(thread, call, frame, name, is_global, value)
                text = _marked_text(call, frame, name, is_global, value, redactor, marks)
        if not is_stored and call.taint:
            run.touch()  # a mask is the same before and after
        if texts.get(name) != text:
            texts[name] = text
            run.changes.append(_new(ValueChange, (run.step_count, call.n, name, scope, text)))
            if not is_stored:
                run.touch()


def note_marked_arguments(
    run: RunTrace, call: CallTrace, frame: FrameType, redactor: Redactor, marks: Marks
) -> None:
    """As `note_arguments`, after `Marks.enters`."""
    values = frame.f_locals
    for name in arguments(frame.f_code):
        if name in values:
            text = _marked_text(call, frame, name, False, values[name], redactor, marks)
            call.texts[name] = text
            run.changes.append(_new(ValueChange, (run.step_count, call.n, name, "argument", text)))


def note_marked_return(
    run: RunTrace, call: CallTrace, value: object, redactor: Redactor, marks: Marks
) -> None:
    """As `note_return`. Before `Marks.leaves`, which then knows of a secret found in the value."""
    if value is None or not call.n:
        return
    name = call.table.name.rpartition(".")[2]
    if redactor.hides_name(name):
        text = redactor.stand_in(value)
    else:
        text, found = snapshot_and_secrets(value, redactor)
        if found:
            marks.source(call, found)
        if call.taint and not says_nothing(value):
            text = masked_text(value, call.taint, redactor)
    run.changes.append(_new(ValueChange, (run.step_count, call.n, "return", "return", text)))


def masked_text(value: object, secrets: int, redactor: Redactor) -> str:
    """What is shown for a value that was made of these secrets."""
    known = redactor.bits_of(value) & ~UNKNOWN
    return redactor.mask(known or secrets)


def _marked_text(
    call: CallTrace,
    frame: FrameType,
    name: str,
    is_global: bool,
    value: object,
    redactor: Redactor,
    marks: Marks,
) -> str:
    if redactor.hides_name(name):
        found = redactor.bits_of(value) & ~UNKNOWN
        if found:
            marks.found(call, frame, name, is_global, found, value)
        return redactor.stand_in(value)
    bits = marks.of(call, frame, name, is_global)
    if bits and not says_nothing(value):
        return masked_text(value, bits, redactor)
    text, found = snapshot_and_secrets(value, redactor)
    if found:
        marks.found(call, frame, name, is_global, found, value)
    return text
