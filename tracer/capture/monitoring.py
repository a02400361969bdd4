"""The engine on `sys.monitoring` (PEP 669, Python 3.12+): pays only where something is watched.

Library code is reported once per code object and then switched off for good. Lines of the user's
code are switched off one by one when their budget is used up, and switched on again at the next
run by clearing and setting that code object's local events: that re-instruments only this code,
where `sys.monitoring.restart_events()` wakes every switched-off function of every library. That is
needed only after a run in which a function was called too often.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import CodeType
from typing import Any

from ..errors import EngineUnavailable
from .engine import Hooks, Probe
from .statements import CodeTable

_NAME = "rerun-trace"
# Types for 3.11, which this file must also be checked on, do not know it.
monitoring: Any = vars(sys).get("monitoring")


class MonitoringEngine:
    """Watches all threads of the interpreter through a tool id of its own."""

    name = "monitoring"

    def __init__(self) -> None:
        self._hooks: Hooks | None = None
        self._tool = -1
        self._probes: dict[int, Probe] = {}
        self._tables: dict[int, CodeTable] = {}
        self._calls_off = False  # a function of the user's was called too often in this run

    def start(self, hooks: Hooks, probes: Iterable[Probe]) -> None:
        self._tool = _free_tool()
        monitoring.use_tool_id(self._tool, _NAME)
        self._hooks = hooks
        events = monitoring.events
        self._user_events = (
            events.LINE | events.PY_START | events.PY_RESUME | events.PY_RETURN | events.PY_YIELD
        )
        self._disable = monitoring.DISABLE
        self._probes = {id(probe.code): probe for probe in probes}
        for event, callback in (
            (events.PY_START, self._on_start),
            (events.PY_RESUME, self._on_resume),
            (events.LINE, self._on_line),
            (events.PY_RETURN, self._on_return),
            (events.PY_YIELD, self._on_yield),
            (events.PY_UNWIND, self._on_unwind),
        ):
            monitoring.register_callback(self._tool, event, callback)
        for probe in self._probes.values():
            wanted = events.PY_START if probe.enter else 0
            wanted |= events.PY_RETURN if probe.leave else 0
            monitoring.set_local_events(self._tool, probe.code, wanted)
        # PY_UNWIND exists only for all code at once; exceptions are rare enough.
        monitoring.set_events(self._tool, events.PY_START | events.PY_UNWIND)

    def stop(self) -> None:
        if self._hooks is None:
            return
        self._hooks = None
        monitoring.set_events(self._tool, 0)
        for code in [p.code for p in self._probes.values()] + [
            t.code for t in self._tables.values()
        ]:
            monitoring.set_local_events(self._tool, code, 0)
        events = monitoring.events
        for event in (
            events.PY_START,
            events.PY_RESUME,
            events.LINE,
            events.PY_RETURN,
            events.PY_YIELD,
            events.PY_UNWIND,
        ):
            monitoring.register_callback(self._tool, event, None)
        monitoring.free_tool_id(self._tool)
        self._tables.clear()

    def rearm(self, tables: Iterable[CodeTable]) -> None:
        if self._calls_off:
            # PY_START is watched for all code at once, and local events do not bring it back.
            self._calls_off = False
            monitoring.restart_events()
            return
        for table in tables:
            monitoring.set_local_events(self._tool, table.code, 0)
            monitoring.set_local_events(self._tool, table.code, self._user_events)

    def _on_start(self, code: CodeType, offset: int) -> Any:
        try:
            probe = self._probes.get(id(code))
            if probe is not None:
                if probe.enter is not None:
                    probe.enter(sys._getframe(1))
                return None
            table = self._tables.get(id(code))
            hooks = self._hooks
            if hooks is None:
                return self._disable
            if table is None:
                table = hooks.code_seen(code, sys._getframe(1))
                if table is None:
                    return self._disable
                self._tables[id(code)] = table
                monitoring.set_local_events(self._tool, code, self._user_events)
            if hooks.entered(sys._getframe(1), table, False):
                self._calls_off = True
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

    def _on_line(self, code: CodeType, line: int) -> Any:
        table = self._tables.get(id(code))
        if table is None or self._hooks is None:
            return self._disable
        try:
            if self._hooks.line(sys._getframe(1), table, line):
                return self._disable
        except BaseException as error:
            self._fail(error)
        return None

    def _on_return(self, code: CodeType, offset: int, value: object) -> Any:
        try:
            probe = self._probes.get(id(code))
            if probe is not None:
                if probe.leave is not None:
                    probe.leave(sys._getframe(1), value)
                return None
            table = self._tables.get(id(code))
            if table is None or self._hooks is None:
                return self._disable
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

    def _on_unwind(self, code: CodeType, offset: int, error: BaseException) -> Any:
        probe = self._probes.get(id(code))
        table = None if probe is not None else self._tables.get(id(code))
        if probe is None and table is None:
            return None
        try:
            if probe is not None:
                if probe.unwind is not None:
                    probe.unwind(sys._getframe(1), error)
            elif table is not None and self._hooks is not None:
                self._hooks.left(sys._getframe(1), table, None, "raise")
        except BaseException as ours:
            self._fail(ours)
        return None

    def _fail(self, error: BaseException) -> None:
        hooks = self._hooks
        self.stop()
        if hooks is not None:
            hooks.failed(error)


def _free_tool() -> int:
    """A tool id nobody holds; the ones with a fixed meaning (debugger, coverage) come last."""
    for tool in (4, 3, monitoring.PROFILER_ID, monitoring.OPTIMIZER_ID):
        if monitoring.get_tool(tool) is None:
            return int(tool)
    raise EngineUnavailable("every sys.monitoring tool id is taken: use --engine settrace")
