"""Runs on a script thread that is no longer watched: what is known of them all the same.

A debugger, or the app itself, took the trace function. The end of the run is read from Streamlit's
frames where the engine has it back by then; else from the events that reach the event loop, which
is another thread. Nothing is claimed that neither tells.
"""

from __future__ import annotations

from types import FrameType
from typing import Any

from ..capture.place import NOWHERE
from ..model import Outcome, RunKind, ScriptRun, TriggerType
from .interactions import InteractionProbes
from .live_run import Host, LiveRun, Request, kind_of
from .runs import RunProbes, trigger_of
from .state import StateProbes

_RAN_WELL = "$$STREAMLIT_INTERNAL_KEY_SCRIPT_RUN_WITHOUT_ERRORS"  # in Streamlit's session state


class UnseenRuns:
    """Ends, and where need be begins, runs that their own thread did not report."""

    def __init__(
        self, host: Host, asked: InteractionProbes, runs: RunProbes, state: StateProbes
    ) -> None:
        self._host = host
        self._asked = asked
        self._runs = runs
        self._state = state
        self._next: dict[int, tuple[Request, ...]] = {}  # by runner: who asked for its next run

    # On the script thread, watched again

    def finished(self, frame: FrameType) -> None:
        """`_on_script_finished` or `_run_script` is left: read how a run ended that went blind."""
        live = self._host.here()
        if live is None or live.trace.blind_step is None:
            return
        if "event" in frame.f_locals and not live.executed:
            self._read_end(live, frame)
        if live.executed:
            self._runs.callback_unseen(live)
            self._state.unseen(live, frame.f_locals["ctx"].session_state._state)

    def _read_end(self, live: LiveRun, frame: FrameType) -> None:
        outer = frame.f_back.f_locals if frame.f_back is not None else {}
        data, error = outer.get("rerun_exception_data"), outer.get("uncaught_exception")
        live.executed = True
        live.halt = NOWHERE
        if data is not None:
            page = frame.f_locals["ctx"].page_script_hash
            switches = data.page_script_hash not in ("", None, page)
            self._host.next_requests[live.thread] = self._rerun(live, switches)
        elif not outer.get("run_without_errors", True):
            live.outcome = Outcome.ERROR
            if isinstance(error, BaseException) and not live.errors:
                self._runs.error(live, error)  # it knows its place
        elif frame.f_locals.get("premature_stop"):
            live.outcome = self._stopped(live)

    # On the event loop

    def began(self, frame: FrameType, runner: Any, before: LiveRun | None) -> LiveRun:
        """SCRIPT_STARTED arrives, of a run that was not met: all of it is unseen."""
        host = self._host
        recorder = host.recorder
        session = frame.f_locals["self"]
        tab = host.tab(session.id)
        requests = runner.__dict__.get("_requests")
        taken = self._next.pop(id(runner), ()) or self._asked.taken_unseen(requests)
        if not taken and before is not None:
            taken = (Request(TriggerType.RERUN, before.n),)
        trigger = trigger_of(taken)
        source = host.runs.get(trigger.n) if trigger.trigger is TriggerType.RERUN else None
        fragments = tuple(frame.f_locals.get("fragment_ids_this_run") or ())
        trace = recorder.unseen_run(next(host.run_numbers))
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
        live = LiveRun(trace, record, tab, requests, script=record.script)
        thread = runner.__dict__.get("_script_thread")
        live.thread = thread.ident or 0 if thread is not None else 0
        context = thread.__dict__.get("streamlit_script_run_ctx") if thread is not None else None
        if context is not None:
            host.by_context[id(context)] = live
        host.runs[trace.n] = live
        recorder.emit(record)
        return live

    def stops(self, live: LiveRun, event: str) -> None:
        """The event of a run's end arrives. Its own thread may be about to report it, too."""
        live.stopped_as = event
        if live.trace.blind_step is not None:
            live.ended_ns = self._host.recorder.now()

    def ended(self, frame: FrameType, runner: Any, live: LiveRun) -> None:
        """The thread has ended, or gone on to the next run, and did not report this one's end."""
        self._host.recorder.blind(live.trace)
        state = frame.f_locals["self"]._session_state
        match live.stopped_as:
            case "SCRIPT_STOPPED_FOR_RERUN":
                self._next[id(runner)] = self._rerun(live, False)
            case "SCRIPT_STOPPED_WITH_COMPILE_ERROR":
                live.outcome = Outcome.COMPILE_ERROR
            case None:
                live.outcome = Outcome.RUNNING  # no end of it is known
            case _ if _ran_well(state) is False and live.record.kind is RunKind.APP:
                live.outcome = Outcome.ERROR
            case _ if id(live.requests) in self._asked.stops:
                live.outcome = self._stopped(live)
        live.halt = NOWHERE
        self._runs.callback_unseen(live)
        self._state.unseen(live, state)
        self._host.recorder.unseen_end(live.trace, live.thread)
        self._runs.end(live)

    def forget(self, runner: Any) -> None:
        """A runner's last event: nothing of it comes after."""
        self._next.pop(id(runner), None)

    def _rerun(self, live: LiveRun, switches: bool) -> tuple[Request, ...]:
        """Ends `live` by a rerun: whose?"""
        taken = self._asked.taken_unseen(live.requests)
        if any(request.trigger is TriggerType.INTERACTION for request in taken):
            live.outcome = Outcome.SUPERSEDED
        else:
            live.outcome = Outcome.SWITCHED if switches else Outcome.RERUN
        return taken or (Request(TriggerType.RERUN, live.n, switches),)

    def _stopped(self, live: LiveRun) -> Outcome:
        reason = self._asked.stops.get(id(live.requests), "itself")
        return Outcome.SUPERSEDED if reason.startswith("superseded") else Outcome.STOPPED


def _ran_well(state: Any) -> object:
    for held in (state._new_session_state, state._old_state):
        if _RAN_WELL in held:
            return held[_RAN_WELL]
    return None
