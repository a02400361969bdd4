"""The engine on `sys.monitoring` (PEP 669, Python 3.12+): pays only where something is watched.

It is two tools. The *scout* is told of every function that starts, once for each code object of a
library, and holds the probes. The *guide* knows nothing but the user's code, whose lines and calls
it switches off one by one when their budget is used up. They come back at the next run by clearing
and setting that code object's events: what is watched in one code object alone can be switched on
again there, where `sys.monitoring.restart_events()` wakes every function of every library.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from types import CodeType, FrameType
from typing import Any

from ..errors import EngineUnavailable
from ..source.statements import CodeTable
from .engine import Hooks, Probe

_NAME = "rerun-trace"
# Types for 3.11, which this file must also be checked on, do not know it.
monitoring: Any = vars(sys).get("monitoring")


class MonitoringEngine:
    """Watches all threads of the interpreter through a tool id of its own."""

    name = "monitoring"

    def __init__(self) -> None:
        self._hooks: Hooks | None = None
        self._scout = self._guide = -1
        self._probes: dict[int, Probe] = {}
        self._tables: dict[int, CodeTable] = {}
        self._looking = threading.Lock()
        self._registered: list[tuple[int, int, Callable[..., Any]]] = []
        self._unwinding: set[int] = set()  # whose end by an exception matters, by id(code)

    def start(self, hooks: Hooks, probes: Iterable[Probe]) -> None:
        self._scout, self._guide = _free_tools()
        self._hooks = hooks
        events = monitoring.events
        self._user_events = (
            events.LINE | events.PY_START | events.PY_RESUME | events.PY_RETURN | events.PY_YIELD
        )
        self._everywhere = events.PY_START | events.PY_UNWIND
        self._disable = monitoring.DISABLE
        self._probes = {id(probe.code): probe for probe in probes}
        self._unwinding.update(key for key, probe in self._probes.items() if probe.unwind)
        monitoring.use_tool_id(self._scout, _NAME)
        monitoring.use_tool_id(self._guide, _NAME)
        self._watch()

    def _watch(self) -> None:
        events = monitoring.events
        for tool, event, callback in self._registered:
            # A freed id goes on calling what was registered, also when it is another tool's.
            now = monitoring.register_callback(tool, event, None)
            if now is not callback:
                monitoring.register_callback(tool, event, now)
        self._registered.clear()
        for tool, callbacks in self._callbacks():
            for event, callback in callbacks.items():
                monitoring.register_callback(tool, event, callback)
                self._registered.append((tool, event, callback))
        for table in list(self._tables.values()):
            monitoring.set_local_events(self._guide, table.code, self._user_events)
        for probe in self._probes.values():
            wanted = events.PY_START if probe.enter else 0
            wanted |= events.PY_RETURN if probe.leave else 0
            monitoring.set_local_events(self._scout, probe.code, wanted)
        # PY_UNWIND exists only for all code at once; exceptions are rare enough.
        monitoring.set_events(self._scout, self._everywhere)

    def look(self) -> None:
        hooks = self._hooks
        if hooks is None or self._holds_its_tools() or not self._looking.acquire(blocking=False):
            return  # another thread looks already
        try:
            if self._holds_its_tools():  # it has done so
                return
            hooks.blinded()
            for name in ("_scout", "_guide"):
                tool = getattr(self, name)
                if monitoring.get_tool(tool) not in (None, _NAME):
                    tool = _free_tools(1)[0]  # what was ours is another tool's now
                    setattr(self, name, tool)
                if monitoring.get_tool(tool) is None:
                    monitoring.use_tool_id(tool, _NAME)
            self._watch()
        except BaseException as error:
            self._stop_for(error)
        finally:
            self._looking.release()

    def _holds_its_tools(self) -> bool:
        """Whether nobody freed a tool id of ours, or switched off what it watches."""
        get_tool = monitoring.get_tool
        held = get_tool(self._scout) == _NAME == get_tool(self._guide)
        return bool(held and monitoring.get_events(self._scout) == self._everywhere)

    def stop(self) -> None:
        if self._hooks is None:
            return
        held = [tool for tool in (self._scout, self._guide) if monitoring.get_tool(tool) == _NAME]
        self._hooks = None
        if len(held) < 2:  # somebody freed one: what it watched is no more
            for tool in held:
                monitoring.set_events(tool, 0)
                monitoring.free_tool_id(tool)
            return
        monitoring.set_events(self._scout, 0)
        for probe in self._probes.values():
            monitoring.set_local_events(self._scout, probe.code, 0)
        for table in list(self._tables.values()):
            monitoring.set_local_events(self._guide, table.code, 0)
        for tool, event, _ in self._registered:
            monitoring.register_callback(tool, event, None)
        self._registered.clear()
        for tool in held:
            monitoring.free_tool_id(tool)
        self._tables.clear()
        self._unwinding.clear()

    def rearm(self, tables: Iterable[CodeTable]) -> None:
        self.look()
        for table in tables:
            monitoring.set_local_events(self._guide, table.code, 0)
            monitoring.set_local_events(self._guide, table.code, self._user_events)

    def _callbacks(self) -> list[tuple[int, dict[int, Callable[..., Any]]]]:
        events = monitoring.events
        scout: dict[int, Callable[..., Any]] = {
            events.PY_START: self._start_filter(),
            events.PY_RETURN: self._return_filter(),
            events.PY_UNWIND: self._unwind_filter(),
        }
        guide: dict[int, Callable[..., Any]] = {
            events.PY_START: self._on_start,
            events.PY_RESUME: self._on_resume,
            events.LINE: self._line_filter(),
            events.PY_RETURN: self._on_return,
            events.PY_YIELD: self._on_yield,
        }
        return [(self._scout, scout), (self._guide, guide)]

    def _start_filter(self) -> Callable[..., Any]:
        """A probe's function starts, or any other that was never met."""
        enters = {key: probe.enter for key, probe in self._probes.items() if probe.enter}
        frame_at = sys._getframe

        def on_any_start(code: CodeType, offset: int) -> Any:
            enter = enters.get(id(code))
            try:
                if enter is None:
                    return self._meet(code, frame_at(1))
                enter(frame_at(1))
            except BaseException as error:
                self._fail(error)
            return None

        return on_any_start

    def _meet(self, code: CodeType, frame: FrameType) -> Any:
        hooks = self._hooks
        if hooks is not None and id(code) not in self._tables and id(code) not in self._probes:
            table = hooks.code_seen(code, frame)
            if table is not None:
                self._tables[id(code)] = table
                self._unwinding.add(id(code))
                monitoring.set_local_events(self._guide, code, self._user_events)
                hooks.entered(frame, table, False)  # the guide hears of the next call
        return self._disable

    def _return_filter(self) -> Callable[..., Any]:
        leaves = {key: probe.leave for key, probe in self._probes.items() if probe.leave}
        disable, frame_at = self._disable, sys._getframe

        def on_probe_return(code: CodeType, offset: int, value: object) -> Any:
            leave = leaves.get(id(code))
            if leave is None or self._hooks is None:
                return disable
            try:
                leave(frame_at(1), value)
            except BaseException as error:
                self._fail(error)
            return None

        return on_probe_return

    def _on_start(self, code: CodeType, offset: int) -> Any:
        table = self._tables.get(id(code))
        if table is None or self._hooks is None:
            return self._disable
        try:
            if self._hooks.entered(sys._getframe(1), table, False):
                return self._disable
        except BaseException as error:
            self._fail(error)
        return None

    def _on_resume(self, code: CodeType, offset: int) -> Any:
        table = self._tables.get(id(code))
        if table is None or self._hooks is None:
            return self._disable
        try:
            self._hooks.entered(sys._getframe(1), table, True)
        except BaseException as error:
            self._fail(error)
        return None

    def _line_filter(self) -> Callable[..., Any]:
        """For the most frequent event: what it needs is at hand without `self`."""
        tables, disable, frame_at = self._tables, self._disable, sys._getframe
        line_runs = self._hooks.line if self._hooks is not None else None

        def on_line(code: CodeType, line: int) -> Any:
            table = tables.get(id(code))
            if table is None or line_runs is None:
                return disable
            try:
                return disable if line_runs(frame_at(1), table, line) else None
            except BaseException as error:
                self._fail(error)
                return None

        return on_line

    def _on_return(self, code: CodeType, offset: int, value: object) -> Any:
        table = self._tables.get(id(code))
        if table is None or self._hooks is None:
            return self._disable
        try:
            if self._hooks.left(sys._getframe(1), table, value, "return"):
                return self._disable
        except BaseException as error:
            self._fail(error)
        return None

    def _on_yield(self, code: CodeType, offset: int, value: object) -> Any:
        table = self._tables.get(id(code))
        if table is None or self._hooks is None:
            return self._disable
        try:
            self._hooks.left(sys._getframe(1), table, value, "yield")
        except BaseException as error:
            self._fail(error)
        return None

    def _unwind_filter(self) -> Callable[..., Any]:
        """For an event that nothing switches off: a chart alone raises and catches 500 errors.

        Most are told apart by one look-up, in a function without `self`.
        """
        watched, unwound = self._unwinding, self._on_unwind

        def on_unwind(code: CodeType, offset: int, error: BaseException) -> None:
            if id(code) in watched:
                unwound(sys._getframe(1), id(code), error)

        return on_unwind

    def _on_unwind(self, frame: FrameType, key: int, error: BaseException) -> None:
        probe, table = self._probes.get(key), self._tables.get(key)
        try:
            if probe is not None:
                if probe.unwind is not None:
                    probe.unwind(frame, error)
            elif table is not None and self._hooks is not None:
                self._hooks.left(frame, table, None, "raise")
        except BaseException as ours:
            self._fail(ours)

    def _fail(self, error: BaseException) -> None:
        if self._hooks is None or self._holds_its_tools():
            self._stop_for(error)
        else:
            self.look()  # that was all: a tool id that is not in use

    def _stop_for(self, error: BaseException) -> None:
        hooks = self._hooks
        self.stop()
        if hooks is not None:
            hooks.failed(error)


def _free_tools(wanted: int = 2) -> list[int]:
    """Tool ids nobody holds; the ones with a fixed meaning (debugger, coverage) come last."""
    ids = (4, 3, monitoring.PROFILER_ID, monitoring.OPTIMIZER_ID)
    free = [int(tool) for tool in ids if monitoring.get_tool(tool) is None]
    if len(free) < wanted:
        raise EngineUnavailable("too few sys.monitoring tool ids are free: use --engine settrace")
    return free[:wanted]
