"""Finds the script run that a thread works for, or that a script runner has begun."""

from __future__ import annotations

import itertools
import threading

from ..capture.recorder import Recorder
from ..capture.traces import RunTrace
from .frames import context_here
from .live_run import LiveRun

_REMEMBERED = 1000  # runs; nothing asks for one that is older


class LiveRuns:
    """The runs of a recording that are going on, and those that ended recently."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._numbers = itertools.count(1)  # script threads of several app sessions take them
        self._runs: dict[int, LiveRun] = {}
        self._by_context: dict[int, LiveRun] = {}
        self._announced: dict[int, list[LiveRun]] = {}  # by runner, until the event loop hears
        self._started_by: dict[int, RunTrace] = {}  # by thread object

    def next_number(self) -> int:
        """The number of the run that begins now."""
        return next(self._numbers)

    def add(self, live: LiveRun, context: object) -> None:
        """A run begins; `context` is the ScriptRunContext of its thread, if it was found."""
        self._runs[live.n] = live
        if context is not None:
            self._by_context[id(context)] = live
        self._runs.pop(live.n - _REMEMBERED, None)

    def get(self, n: int) -> LiveRun | None:
        """The run with this number, unless it is long over."""
        return self._runs.get(n)

    def here(self) -> LiveRun | None:
        """The run that the present thread works for. Between two runs a script thread has none."""
        trace = self._recorder.here
        if trace is None:
            trace = self.of_thread()
        live = self._runs.get(trace.n) if trace is not None else None
        if live is not None and live.over and live.thread == threading.get_ident():
            return None
        return live

    # Runners: their events reach the event loop later than the runs begin

    def announce(self, runner: object, live: LiveRun) -> None:
        """A runner begins a run; the event of its start is still on its way to the event loop."""
        self._announced.setdefault(id(runner), []).append(live)

    def heard(self, runner: object) -> LiveRun | None:
        """The event of a runner's next start has arrived. None: nobody watched that run begin."""
        waiting = self._announced.get(id(runner))
        return waiting.pop(0) if waiting else None

    def forget_runner(self, runner: object) -> None:
        """The runner has ended."""
        self._announced.pop(id(runner), None)

    # Threads

    def of_thread(self) -> RunTrace | None:
        """The run that the present thread works for, when the recorder does not know the thread."""
        context = context_here()
        if context is not None:
            live = self._by_context.get(id(context))
            return live.trace if live is not None else None
        return self._started_by.get(id(threading.current_thread()))

    def thread_starts(self, thread: threading.Thread) -> None:
        """A thread is about to start: it works for the run that starts it, if there is one."""
        run = self._recorder.here
        if run is None:
            self._started_by.pop(id(thread), None)
        else:
            self._started_by[id(thread)] = run

    def script_thread_over(self) -> None:
        """The present thread ends: its context's id may be given to the next one's."""
        ident = threading.get_ident()
        for context, live in list(self._by_context.items()):
            if live.thread == ident:
                del self._by_context[context]

    def went_blind(self, trace: RunTrace) -> None:
        """Which lines of a run are executed from here on is not known."""
        live = self._runs.get(trace.n)
        if live is not None:
            live.tell(self._recorder.emit, blind_step=trace.blind_step, script=live.script)
