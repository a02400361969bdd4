"""Follows secrets through the code: which names hold what was made of one.

A *mark* is a set of secrets, as bits (`Redactor.bits_of`), that a name's value may stem from. What
a statement stores is marked when it reads a marked name, when it asked for a secret (a password
field, `st.secrets`, a marked key of session state), or when a function of the user's that it called
returned something marked. That marks too much rather than too little.

Nothing here runs, and nothing is paid, before the first secret is known.
"""

from __future__ import annotations

import sys
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, Final

from ..source.names import Flow, flows_of
from .class_shapes import module_dict
from .holding import can_hold, holds, says_nothing
from .traces import CallTrace, ThreadTrace
from .values import is_fixed, is_mutable_builtin

ABSENT: Final = object()
_MODULES: Final = 4096  # namespaces that are remembered; a script makes one in each run
_CHANGES: Final = frozenset({id(int), id(str), id(float), id(bool), id(type(None))})

Marked = dict[str, tuple[int, int]]


class Marks:
    """The marks of one recording. Used by the app's threads."""

    def __init__(self) -> None:
        self._modules: dict[int, Marked] = {}  # by the id of a module's names
        self._free: dict[tuple[str, str], int] = {}  # file and name, of variables of closures
        self._codes: dict[int, tuple[CodeType, int]] = {}  # called with what was marked
        self._raised: dict[tuple[int, int], int] = {}  # statements that raised: table, line
        self._keys: dict[tuple[int, str], int] = {}  # of session state, by app session

    # Session state

    def key_written(self, app_session: int, key: str, secrets: int) -> None:
        """A key got a value made of these secrets; 0: of none."""
        if secrets:
            self._keys[app_session, key] = secrets
        else:
            self._keys.pop((app_session, key), None)

    def key(self, app_session: int, key: str) -> int:
        """The mark of a key."""
        return self._keys.get((app_session, key), 0)

    # Calls

    def enters(self, thread: ThreadTrace, call: CallTrace, frame: FrameType) -> None:
        """A call begins; it is the thread's last. Its arguments are marked as its caller is."""
        code = frame.f_code
        if call.table.is_module:
            self._modules.pop(id(frame.f_globals), None)  # an id of a namespace that is gone
            return
        known = self._codes.get(id(code))
        if len(thread.calls) > 1:
            bits = thread.calls[-2].taint
        else:  # nobody of the user's: Streamlit runs a fragment again, a thread begins
            bits = known[1] if known is not None else 0
        if bits:
            self._codes[id(code)] = code, bits | (known[1] if known is not None else 0)
            values = frame.f_locals
            for name in arguments(code):
                value = values.get(name, ABSENT)
                if value is not ABSENT and not says_nothing(value):
                    self._set(call, frame, name, False, bits, value)
        if call.table.is_lambda:
            for flow in flows_of(call.table).values():
                call.taint |= self._read(call, frame, flow)

    def resumes(self, thread: ThreadTrace, call: CallTrace) -> None:
        """A generator goes on: what was sent to it comes from its caller."""
        if len(thread.calls) > 1:
            call.taint |= thread.calls[-2].taint

    def leaves(self, thread: ThreadTrace, call: CallTrace, value: object, how: str) -> None:
        """A call is over, and no longer among the thread's. What it knew, its caller knows."""
        bits = call.escaped
        table = call.table
        if how == "raise":
            bits |= call.taint
            if call.taint:
                self._raised[table.number, call.statement] = call.taint
        elif not says_nothing(value):
            bits |= call.taint
        elif table.own_line:  # the body of a class: its names are the class's
            for held, _ in call.marks.values():
                bits |= held
        if bits and thread.calls:
            thread.calls[-1].taint |= bits

    def begins(self, call: CallTrace, frame: FrameType) -> None:
        """A call begins its next statement."""
        flow = flows_of(call.table).get(call.statement)
        if flow is None:
            call.taint = 0
            return
        bits = call.taint if flow.inherits else call.loops.get(call.statement, 0)
        call.taint = bits | self._read(call, frame, flow)

    def raised(self, table: int, statement: int) -> int:
        """The secrets that were at hand where a statement has raised."""
        return self._raised.get((table, statement), 0)

    def source(self, call: CallTrace, bits: int) -> None:
        """The call's present statement has got hold of secrets."""
        call.taint |= bits

    def of(self, call: CallTrace, frame: FrameType, name: str, is_global: bool) -> int:
        """The mark of a name."""
        if is_global or call.table.is_module:
            return self._global(frame, name)
        found = call.marks.get(name, (0, 0))[0]
        code = frame.f_code
        if name in code.co_freevars or name in code.co_cellvars:
            found |= self._free.get((call.table.file, name), 0)
        elif call.table.own_line and name not in call.marks:
            found = self._global(frame, name)
        return found

    # Statements

    def over(self, thread: ThreadTrace, call: CallTrace, frame: FrameType) -> None:
        """The call's statement is over: mark what it stored, and what it may have changed."""
        flow = flows_of(call.table).get(call.statement)
        if flow is None:
            return
        taint = call.taint
        if taint and call.statement in call.table.loops:
            call.loops[call.statement] = taint  # what it goes through has no name
        local, names = frame.f_locals, frame.f_globals
        for name, is_global in flow.stores:
            value = (names if is_global else local).get(name, ABSENT)
            if taint and value is not ABSENT and not says_nothing(value) and can_hold(value):
                self._set(call, frame, name, is_global, taint, value)
            else:
                self._unset(call, frame, name, is_global, value)
        if flow.imports and self._modules:
            self._imported(call, frame)
        if taint:
            for name, is_global in flow.loads:
                if (name, is_global) not in flow.stores:
                    value = local.get(name, ABSENT) if not is_global else ABSENT
                    if value is ABSENT:
                        value = names.get(name, ABSENT)
                    self._used(thread, call, frame, flow, name, is_global, value)

    def changed(
        self,
        thread: ThreadTrace,
        call: CallTrace,
        frame: FrameType,
        name: str,
        is_global: bool,
        value: object,
    ) -> None:
        """A value that the call's statement did not store was changed in place by it."""
        bits = call.taint
        if self.of(call, frame, name, is_global) | bits == self.of(call, frame, name, is_global):
            return
        self._set(call, frame, name, is_global, bits, value)
        self._escapes(call, frame, name, bits)
        self._mark_holders(thread, frame, value, bits)

    def found(
        self, call: CallTrace, frame: FrameType, name: str, is_global: bool, bits: int, value: Any
    ) -> None:
        """A name holds secrets by its value."""
        self._set(call, frame, name, is_global, bits, value)

    def _used(
        self,
        thread: ThreadTrace,
        call: CallTrace,
        frame: FrameType,
        flow: Flow,
        name: str,
        is_global: bool,
        value: object,
    ) -> None:
        """A marked statement has read this name: it may have put something secret into it."""
        kind = type(value)
        if value is ABSENT or id(kind) in _CHANGES:
            return
        if kind is ModuleType:
            self._module_used(flow, name, value, call.taint)
        elif kind is FunctionType:
            code = value.__code__  # type: ignore[attr-defined]
            known = self._codes.get(id(code), (code, 0))[1]
            self._codes[id(code)] = code, known | call.taint
        elif kind is BuiltinFunctionType or kind is MethodType:
            owner = value.__self__  # type: ignore[attr-defined]
            if owner is not None and type(owner) is not ModuleType and not is_fixed(owner):
                self._mark_holders(thread, frame, owner, call.taint)
        elif kind is type:
            if any(held == name and stored for (held, _), stored in flow.attributes.items()):
                self.changed(thread, call, frame, name, is_global, value)
        elif is_mutable_builtin(value):
            # Whether it has changed shows when its text is compared, where there is one.
            if name in flow.receivers or name not in call.texts:
                self.changed(thread, call, frame, name, is_global, value)
        elif not is_fixed(value) and can_hold(value):
            self.changed(thread, call, frame, name, is_global, value)

    def _module_used(self, flow: Flow, name: str, module: Any, bits: int) -> None:
        names = module_dict(module)
        for (held, attribute), stored in flow.attributes.items():
            value = names.get(attribute, ABSENT) if held == name else ABSENT
            may_hold = value is not ABSENT and (stored or is_mutable_builtin(value))
            if may_hold and not says_nothing(value):
                marked = self._names_of(names)
                marked[attribute] = marked.get(attribute, (0, 0))[0] | bits, id(value)

    def _read(self, call: CallTrace, frame: FrameType, flow: Flow) -> int:
        """The marks of all names that a statement reads."""
        bits = 0
        for name, is_global in flow.loads:
            bits |= self.of(call, frame, name, is_global)
        if self._modules and flow.attributes:
            for name, attribute in flow.attributes:
                value = frame.f_locals.get(name, ABSENT)
                if value is ABSENT:
                    value = frame.f_globals.get(name, ABSENT)
                if type(value) is ModuleType:
                    held = self._modules.get(id(module_dict(value)))
                    if held is not None:
                        bits |= held.get(attribute, (0, 0))[0]
        return bits

    def _imported(self, call: CallTrace, frame: FrameType) -> None:
        """Names that came from a module are marked as they are there."""
        here = frame.f_globals if call.table.is_module else frame.f_locals
        for module in list(sys.modules.values()):
            if type(module) is not ModuleType:
                continue
            names = module_dict(module)
            held = self._modules.get(id(names))
            if held is None or names is here:
                continue
            for name, (bits, _) in list(held.items()):
                value = names.get(name, ABSENT)
                for own, other in list(here.items()):
                    if other is value and value is not ABSENT:
                        self._set(call, frame, own, False, bits, value)

    # Where marks are kept

    def _global(self, frame: FrameType, name: str) -> int:
        held = self._modules.get(id(frame.f_globals))
        return held.get(name, (0, 0))[0] if held is not None else 0

    def _names_of(self, names: dict[str, Any]) -> Marked:
        held = self._modules.get(id(names))
        if held is None:
            while len(self._modules) >= _MODULES:
                self._modules.pop(next(iter(self._modules)), None)
            held = self._modules[id(names)] = {}
        return held

    def _set(
        self,
        call: CallTrace,
        frame: FrameType,
        name: str,
        is_global: bool,
        bits: int,
        value: object,
    ) -> None:
        if is_global or call.table.is_module:
            held = self._names_of(frame.f_globals)
        else:
            held = call.marks
            code = frame.f_code
            if name in code.co_freevars or name in code.co_cellvars:
                place = (call.table.file, name)
                self._free[place] = self._free.get(place, 0) | bits
        before, same = held.get(name, (0, 0))
        held[name] = (bits | before if same == id(value) else bits, id(value))

    def _unset(
        self, call: CallTrace, frame: FrameType, name: str, is_global: bool, value: object
    ) -> None:
        """A name got a new value that nothing is known of. The same value may just have stayed."""
        if is_global or call.table.is_module:
            held = self._modules.get(id(frame.f_globals))
        else:
            held = call.marks
        if held is not None and name in held and held[name][1] != id(value):
            del held[name]

    def _escapes(self, call: CallTrace, frame: FrameType, name: str, bits: int) -> None:
        if name in arguments(frame.f_code):
            call.escaped |= bits

    def _mark_holders(
        self, thread: ThreadTrace, frame: FrameType, value: object, bits: int
    ) -> None:
        """Mark every other name, of the calls under way, through which the value can be seen."""
        calls = {call.frame_id: call for call in thread.calls}
        at: FrameType | None = frame
        while at is not None:
            call = calls.get(id(at))
            if call is not None:
                for name, held in list(at.f_locals.items()):
                    if holds(held, value, 2) and not says_nothing(held):
                        self._set(call, at, name, False, bits, held)
                        self._escapes(call, at, name, bits)
                if not call.table.is_module:
                    for name, held in list(at.f_globals.items()):
                        if holds(held, value, 2):
                            self._set(call, at, name, True, bits, held)
            at = at.f_back


def arguments(code: CodeType) -> tuple[str, ...]:
    """The names of a function's arguments."""
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & 0x4) + bool(code.co_flags & 0x8)
    return code.co_varnames[:count]
