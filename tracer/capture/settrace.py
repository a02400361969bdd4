"""The engine on `sys.settrace`: works on every Python, and is called for every function call."""

from __future__ import annotations

import dis
import sys
import threading
from collections.abc import Iterable
from types import CodeType, FrameType
from typing import Any

from ..errors import EngineUnavailable
from ..source.statements import CodeTable
from .engine import Hooks, Probe
from .sight import Sight, TraceFunction

_RETURNS = {dis.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST") if name in dis.opmap}
_YIELD = dis.opmap["YIELD_VALUE"]


class SettraceEngine:
    """Traces the starting thread and every thread started later (on 3.12+, all threads)."""

    name = "settrace"

    def __init__(self) -> None:
        self._hooks: Hooks | None = None
        self._probes: dict[int, Probe] = {}
        self._tables: dict[int, CodeTable] = {}
        # Most calls are in libraries: one look-up of the file name ends them. Interned file
        # names hash once. Files of watched code hold both, so they are asked by code.
        self._ignored_files: set[str] = set()
        self._watched_files: set[str] = set()
        self._ignored_codes: dict[int, CodeType] = {}
        self._threading_before: Any = None
        # What the hooks allowed to switch off, by table: lines, and whether calls matter.
        self._lines_off: dict[int, set[int]] = {}
        self._calls_off: set[int] = set()
        self._quiet_lines: dict[int, TraceFunction] = {}  # the same for all calls of a table
        # Nothing that such code does can be news in this run: it is not traced at all. By id(code).
        self._all_off: set[int] = set()
        self._trace: Any = self._global  # one object, by which to know it again
        self._sight: Sight | None = None

    def start(self, hooks: Hooks, probes: Iterable[Probe]) -> None:
        holder = sys.gettrace() or threading.gettrace()
        if holder is not None:
            owner = type(holder).__module__ if not hasattr(holder, "__module__") else None
            owner = owner or holder.__module__
            raise EngineUnavailable(
                f"sys.settrace is in use by {owner} (a debugger or a coverage tool): stop it, "
                "or use --engine monitoring on Python 3.12+"
            )
        self._hooks = hooks
        self._probes = {id(probe.code): probe for probe in probes}
        self._watched_files = {probe.code.co_filename for probe in self._probes.values()}
        self._threading_before = threading.gettrace()
        if sys.version_info >= (3, 12):
            threading.settrace_all_threads(self._trace)
        else:
            threading.settrace(self._trace)
        sys.settrace(self._trace)
        self._sight = Sight(
            self._trace, hooks.lost_sight, self._local_again, self._is_theirs, self._fail
        )
        self._sight.open()

    def stop(self) -> None:
        if self._hooks is None:
            return
        self._hooks = None  # threads that still carry the trace function drop it at their next call
        if self._sight is not None:
            self._sight.close()
        if threading.gettrace() is self._trace:
            threading.settrace(self._threading_before)
        if sys.gettrace() is self._trace:
            sys.settrace(None)

    def rearm(self, tables: Iterable[CodeTable]) -> None:
        for table in tables:
            self._lines_off[table.number].clear()
            self._calls_off.discard(table.number)
            self._all_off.discard(id(table.code))

    def look(self) -> None:
        # Another tool's function stays: what it does for new threads is not ours to undo.
        if self._hooks is not None and threading.gettrace() is None:
            threading.settrace(self._trace)

    def _is_theirs(self, code: CodeType) -> bool:
        return id(code) in self._tables

    def _local_again(self, code: CodeType) -> TraceFunction | None:
        probe = self._probes.get(id(code))
        if probe is None or (probe.leave is None and probe.unwind is None):
            return None
        return self._watch(probe)

    def _global(self, frame: FrameType, event: str, arg: Any) -> TraceFunction | None:
        code = frame.f_code
        if code.co_filename in self._ignored_files or id(code) in self._all_off:
            return None
        hooks = self._hooks
        if hooks is None:
            sys.settrace(None)
            return None
        try:
            return self._enter(hooks, frame, code)
        except BaseException as error:
            self._fail(error)
            return None

    def _enter(self, hooks: Hooks, frame: FrameType, code: CodeType) -> TraceFunction | None:
        key = id(code)
        probe = self._probes.get(key)
        if probe is not None:
            if probe.enter is not None:
                probe.enter(frame)
            if probe.leave is None and probe.unwind is None:
                return None
            frame.f_trace_lines = False
            return self._watch(probe)
        if key in self._ignored_codes:
            return None
        table = self._tables.get(key)
        if table is None:
            table = hooks.code_seen(code, frame)
            if table is None:
                name = code.co_filename
                watched = name in self._watched_files or name[:1] == "<"
                if not watched and hooks.ignores_file(name):
                    self._ignored_files.add(name)
                else:
                    self._ignored_codes[key] = code
                return None
            self._tables[key] = table
            self._lines_off[table.number] = set()
        if table.number in self._calls_off:
            return self._lines_only(table)
        # A generator that goes on is reported as a call again; its first instruction is behind it.
        resumed = table.is_generator and _has_begun(frame)
        if hooks.entered(frame, table, resumed):
            self._calls_off.add(table.number)
            self._note_all_off(table)
        return self._wary(table, hooks) if table.blinding else self._lines(table)

    def _switch_off(self, table: CodeTable, line: int) -> None:
        self._lines_off[table.number].add(line)
        self._note_all_off(table)

    def _note_all_off(self, table: CodeTable) -> None:
        if table.number in self._calls_off:
            off = {table.of.get(line) for line in self._lines_off[table.number]}
            if off >= table.first.keys():
                self._all_off.add(id(table.code))

    def _watch(self, probe: Probe) -> TraceFunction:
        raised: list[BaseException] = []

        def local(frame: FrameType, event: str, arg: Any) -> TraceFunction | None:
            if self._hooks is None:
                return None
            try:
                if event == "exception":
                    raised[:] = [arg[1]]
                elif event == "return":
                    if raised and arg is None and not _returns(frame):
                        if probe.unwind is not None:
                            probe.unwind(frame, raised[0])
                    elif probe.leave is not None:
                        probe.leave(frame, arg)
                    raised.clear()
            except BaseException as error:
                self._fail(error)
                return None
            return local

        return local

    def _lines(self, table: CodeTable) -> TraceFunction:
        hooks = self._hooks
        assert hooks is not None
        raised = False
        off = self._lines_off[table.number]

        def local(frame: FrameType, event: str, arg: Any) -> TraceFunction | None:
            nonlocal raised
            if event == "line" and frame.f_lineno in off:
                return local  # a hot loop: this is all that it pays
            if self._hooks is None:
                return None
            try:
                if event == "line":
                    if hooks.line(frame, table, frame.f_lineno):
                        self._switch_off(table, frame.f_lineno)
                elif event == "exception":
                    raised = True
                elif event == "return":
                    if raised and arg is None and not _returns(frame):
                        hooks.left(frame, table, None, "raise")
                    elif table.is_generator and _yields(frame):
                        hooks.left(frame, table, arg, "yield")
                    else:
                        hooks.left(frame, table, arg, "return")
                    raised = False
            except BaseException as error:
                self._fail(error)
                return None
            return local

        return local

    def _wary(self, table: CodeTable, hooks: Hooks) -> TraceFunction:
        """For code that names `sys.settrace`: it may give the trace function back itself."""
        lines = self._lines(table)

        def local(frame: FrameType, event: str, arg: Any) -> TraceFunction | None:
            going_on = lines(frame, event, arg)
            if event == "line" and frame.f_lineno in table.blinding and going_on is not None:
                try:
                    hooks.lost_sight()
                except BaseException as error:
                    self._fail(error)
            return local if going_on is not None else None

        return local

    def _lines_only(self, table: CodeTable) -> TraceFunction:
        """For a function called so often that its calls are not kept: only lines not seen yet."""
        known = self._quiet_lines.get(table.number)
        if known is not None:
            return known
        hooks = self._hooks
        assert hooks is not None
        off = self._lines_off[table.number]

        def local(frame: FrameType, event: str, arg: Any) -> TraceFunction | None:
            if event != "line" or frame.f_lineno in off:
                return local
            if self._hooks is None:
                return None
            try:
                if hooks.line(frame, table, frame.f_lineno):
                    self._switch_off(table, frame.f_lineno)
            except BaseException as error:
                self._fail(error)
                return None
            return local

        self._quiet_lines[table.number] = local
        return local

    def _fail(self, error: BaseException) -> None:
        hooks = self._hooks
        self.stop()
        if hooks is not None:
            hooks.failed(error)


def _opcode(frame: FrameType) -> int:
    return frame.f_code.co_code[frame.f_lasti] if frame.f_lasti >= 0 else -1


def _returns(frame: FrameType) -> bool:
    return _opcode(frame) in _RETURNS


def _yields(frame: FrameType) -> bool:
    """Whether a generator stands at a `yield`: from Python 3.13 on, at the RESUME behind it."""
    code, offset = frame.f_code.co_code, frame.f_lasti
    if _opcode(frame) == _YIELD:
        return True
    return offset >= 0 and code[offset] == dis.opmap["RESUME"] and code[offset + 1] & 3 != 0


def _has_begun(frame: FrameType) -> bool:
    """Whether a generator has yielded before: a fresh one stands before its first RESUME."""
    code = frame.f_code.co_code
    offset = frame.f_lasti
    if offset < 0:
        return False
    resume = dis.opmap["RESUME"]
    # The first RESUME (argument 0) opens the body; later ones follow a yield or an await.
    return not (code[offset] == resume and code[offset + 1] & 3 == 0)
