"""Runs on a script thread that is no longer watched: what is known of them all the same.

A debugger, or the app itself, took the trace function. The end of the run is read from Streamlit's
frames where the engine has it back by then; else from the events that reach the event loop, which
is another thread. Nothing is claimed that neither tells.
"""

from __future__ import annotations

from types import FrameType
from typing import Any

from ..capture.recorder import Recorder
from ..model import Outcome, RunKind, ScriptRun, TriggerType
from .caches import CacheProbes
from .callbacks import CallbackProbes
from .frames import context_of
from .live_run import LiveRun, kind_of
from .live_runs import LiveRuns
from .request import Request, trigger_of
from .requesting import RequestProbes
from .runs import RunProbes
from .state import StateProbes
from .tabs import Tabs

_RAN_WELL = "$$STREAMLIT_INTERNAL_KEY_SCRIPT_RUN_WITHOUT_ERRORS"  # in Streamlit's session state


class UnseenRuns:
    """Ends, and where need be begins, runs that their own thread did not report."""

    def __init__(
        self,
        recorder: Recorder,
        tabs: Tabs,
        live: LiveRuns,
        requests: RequestProbes,
        runs: RunProbes,
        callbacks: CallbackProbes,
        state: StateProbes,
        caches: CacheProbes,
    ) -> None:
        self._recorder = recorder
        self._tabs = tabs
        self._live = live
        self._requests = requests
        self._runs = runs
        self._callbacks = callbacks
        self._state = state
        self._caches = caches
        self._next: dict[int, tuple[Request, ...]] = {}  # by runner: who asked for its next run

    # On the script thread, watched again

    def finished(self, frame: FrameType) -> None:
        """`_on_script_finished` or `_run_script` is left: read how a run ended that went blind."""
        live = self._live.here()
        if live is None or live.trace.blind_step is None:
            return
        if "event" in frame.f_locals and not live.executed:
            self._read_end(live, frame)
        if live.executed:
            self._callbacks.unseen(live)
            self._caches.unseen(live)
            self._state.unseen(live, frame.f_locals["ctx"].session_state._state)

    def _read_end(self, live: LiveRun, frame: FrameType) -> None:
        outer = frame.f_back.f_locals if frame.f_back is not None else {}
        data, error = outer.get("rerun_exception_data"), outer.get("uncaught_exception")
        live.end_script()
        live.end_unseen()
        if data is not None:
            page = frame.f_locals["ctx"].page_script_hash
            switches = data.page_script_hash not in ("", None, page)
            self._requests.begin_with(live.thread, self._rerun(live, switches))
        elif not outer.get("run_without_errors", True):
            live.end_as(Outcome.ERROR)
            if isinstance(error, BaseException) and not live.errors:
                self._runs.error(live, error)  # it knows its place
        elif frame.f_locals.get("premature_stop"):
            live.end_as(self._stopped(live))

    # On the event loop

    def began(self, frame: FrameType, runner: Any, before: LiveRun | None) -> LiveRun:
        """SCRIPT_STARTED arrives, of a run that was not met: all of it is unseen."""
        recorder = self._recorder
        session = frame.f_locals["self"]
        tab = self._tabs.tab(session.id)
        requests = runner.__dict__.get("_requests")
        taken = self._next.pop(id(runner), ()) or self._requests.take(requests)
        if not taken and before is not None:
            taken = (Request(TriggerType.RERUN, before.n),)
        trigger = trigger_of(taken)
        source = self._live.get(trigger.n) if trigger.trigger is TriggerType.RERUN else None
        fragments = tuple(frame.f_locals.get("fragment_ids_this_run") or ())
        trace = recorder.unseen_run(self._live.next_number())
        record = ScriptRun(
            n=trace.n,
            app_session=tab.n,
            kind=kind_of(fragments),
            trigger_type=trigger.trigger,
            trigger=trigger.n,
            interaction=source.record.interaction if source is not None else trigger.n,
            script=recorder.scope.relative(session._script_data.main_script_path),
            started_ns=recorder.now(),
            fragments=fragments,
            blind_step=0,
        )
        thread = runner.__dict__.get("_script_thread")
        ident = thread.ident or 0 if thread is not None else 0
        live = LiveRun(trace, record, tab, requests, ident, script=record.script)
        self._live.add(live, context_of(thread) if thread is not None else None)
        recorder.emit(record)
        return live

    def stops(self, live: LiveRun, event: str) -> None:
        """The event of a run's end arrives. Its own thread may be about to report it, too."""
        live.hear_end(event)
        if live.trace.blind_step is not None:
            live.end_at(self._recorder.now())

    def ended(self, frame: FrameType, runner: Any, live: LiveRun) -> None:
        """The thread has ended, or gone on to the next run, and did not report this one's end."""
        self._recorder.hooks.blind(live.trace)
        state = frame.f_locals["self"]._session_state
        match live.stopped_as:
            case "SCRIPT_STOPPED_FOR_RERUN":
                self._next[id(runner)] = self._rerun(live, False)
            case "SCRIPT_STOPPED_WITH_COMPILE_ERROR":
                live.end_as(Outcome.COMPILE_ERROR)
            case None:
                live.end_as(Outcome.RUNNING)  # no end of it is known
            case _ if _ran_well(state) is False and live.record.kind is RunKind.APP:
                live.end_as(Outcome.ERROR)
            case _ if self._requests.stop_reason(live.requests) is not None:
                live.end_as(self._stopped(live))
        live.end_unseen()
        self._callbacks.unseen(live)
        self._caches.unseen(live)
        self._state.unseen(live, state)
        self._recorder.unseen_end(live.trace, live.thread)
        self._runs.end(live)

    def forget(self, runner: Any) -> None:
        """A runner's last event: nothing of it comes after."""
        self._next.pop(id(runner), None)

    def _rerun(self, live: LiveRun, switches: bool) -> tuple[Request, ...]:
        """Ends `live` by a rerun: whose?"""
        taken = self._requests.take(live.requests)
        if any(request.trigger is TriggerType.INTERACTION for request in taken):
            live.end_as(Outcome.SUPERSEDED)
        else:
            live.end_as(Outcome.SWITCHED if switches else Outcome.RERUN)
        return taken or (Request(TriggerType.RERUN, live.n, switches),)

    def _stopped(self, live: LiveRun) -> Outcome:
        reason = self._requests.stop_reason(live.requests) or "itself"
        return Outcome.SUPERSEDED if reason.startswith("superseded") else Outcome.STOPPED


def _ran_well(state: Any) -> object:
    for held in (state._new_session_state, state._old_state):
        if _RAN_WELL in held:
            return held[_RAN_WELL]
    return None
