"""Probes for script runs: start, trigger, errors, outcome."""

from __future__ import annotations

import dataclasses
from threading import get_ident
from types import FrameType
from typing import Any

from ..capture.place import NOWHERE
from ..capture.recorder import Recorder
from ..model import (
    Outcome,
    RunError,
    ScriptRun,
    TriggerType,
)
from .exceptions import message_of, traceback_text, user_place
from .frames import argument
from .interactions import fragment_name
from .live_run import LiveRun, kind_of
from .live_runs import LiveRuns
from .request import trigger_of
from .requesting import RequestProbes
from .tabs import Tab, Tabs

_STOPPED_BY = {"stopped by the user": "browser"}


class RunProbes:
    """Watches `ScriptRunner` and `ScriptRunContext`."""

    def __init__(
        self, recorder: Recorder, tabs: Tabs, live: LiveRuns, requests: RequestProbes
    ) -> None:
        self._recorder = recorder
        self._tabs = tabs
        self._live = live
        self._requests = requests
        self._chains: dict[int, tuple[int, int]] = {}  # interaction -> (first ns, detailed runs)

    # Start

    def started(self, frame: FrameType) -> None:
        recorder = self._recorder
        context = frame.f_locals["self"]
        open_run = self._live.here()
        if open_run is not None and not open_run.is_unseen:
            self.end(open_run)
        requests = self._requests.next_here()
        tab = self._tabs.tab(context.session_id)
        trigger = trigger_of(requests)
        source = self._live.get(trigger.n) if trigger.trigger is TriggerType.RERUN else None
        interaction = source.record.interaction if source is not None else trigger.n
        detailed = self._keeps_detail(interaction)
        fragments = tuple(argument(frame, 3) or ())
        self._name_fragments(tab, context, fragments)
        query = recorder.redactor.query(argument(frame, 1) or "")
        took = (r.n for r in requests if r.trigger is TriggerType.INTERACTION)
        trace = recorder.begin_run(self._live.next_number(), detailed)
        record = ScriptRun(
            n=trace.n,
            app_session=tab.n,
            kind=kind_of(fragments),
            trigger_type=trigger.trigger,
            trigger=trigger.n,
            interaction=interaction,
            script=recorder.scope.relative(context.main_script_path),
            started_ns=recorder.now(),
            fragments=fragments,
            detailed=detailed,
            took=tuple(dict.fromkeys(took)),
            fragment_names=tuple(tab.fragments.get(each, "") for each in fragments),
            query=query,
        )
        about = (trace, record, tab, context.script_requests, get_ident())
        live = LiveRun(*about, script=record.script, query=query)
        self._live.add(live, context)
        runner = frame.f_back.f_locals.get("self") if frame.f_back is not None else None
        self._live.announce(runner, live)
        recorder.emit(record)

    def _name_fragments(self, tab: Tab, context: Any, fragments: tuple[str, ...]) -> None:
        storage = getattr(context, "fragment_storage", None)
        for fragment in fragments:
            tab.name_fragment(fragment, fragment_name(storage, fragment))

    def fragment_missed(self, frame: FrameType, error: BaseException) -> None:
        """Streamlit looks a fragment up to run it, and it is gone."""
        live, fragment = self._live.here(), argument(frame, 1)
        if live is not None and fragment in live.record.fragments:
            live.miss_fragment(fragment)

    def _keeps_detail(self, interaction: int) -> bool:
        recorder = self._recorder
        budget, now = recorder.budget, recorder.now()
        first, kept = self._chains.get(interaction, (now, 0))
        allowed = budget.chain_runs + budget.chain_rate * (now - first) / 1e9
        detailed = kept < allowed and not recorder.outbox.crowded
        self._chains[interaction] = (first, kept + detailed)
        if not detailed:
            recorder.leave_out("chain")
        return detailed

    def bytecode_found(self, frame: FrameType, value: Any) -> None:
        code = value
        path = argument(frame, 1)
        recorder = self._recorder
        recorder.scope.include(code, "run by Streamlit")
        live = self._live.here()
        if live is not None:
            live.execute(recorder.scope.relative(path))

    def bytecode_failed(self, frame: FrameType, error: BaseException) -> None:
        live = self._live.here()
        if live is not None:
            live.fail_to_compile(error)
            self.error(live, error)

    def body_starts(self, frame: FrameType) -> None:
        live = self._live.here()
        if live is not None:
            live.begin_body(self._recorder.now())

    # Errors and the end

    def error_shown(self, frame: FrameType) -> None:
        live = self._live.here()
        error = argument(frame, 0)
        if live is not None and isinstance(error, BaseException):
            self.error(live, error)

    def error(self, live: LiveRun, error: BaseException) -> None:
        recorder = self._recorder
        place, secrets = user_place(error, recorder), recorder.secrets_of(error)
        live.fail(place, secrets)
        recorder.emit(
            RunError(
                run=live.n,
                at_ns=recorder.now(),
                step=live.step,
                type=type(error).__name__,
                message=recorder.redactor.mask(secrets) if secrets else message_of(error),
                traceback=traceback_text(error),
                file=place.file,
                line=place.line,
            )
        )

    def executed(self, frame: FrameType, value: Any) -> None:
        """The script, or the fragments, ended; the result says how."""
        caller = frame.f_back
        live = self._live.here()
        if live is None or caller is None or caller.f_code.co_name != "_run_script":
            return
        _, ran_well, rerun_data, premature = value[:4]
        is_blind = live.trace.blind_step is not None
        if is_blind and rerun_data is not None and not live.consumed:
            return  # who asked for it was not seen
        live.end_script()
        if rerun_data is not None:
            own = [r for r in live.consumed if r.trigger is TriggerType.RERUN and r.n == live.n]
            if own:
                live.end_as(Outcome.SWITCHED if own[-1].switches else Outcome.RERUN)
            else:
                live.end_as(Outcome.SUPERSEDED)
        elif not ran_well or live.errors:
            live.end_as(Outcome.ERROR)
            if not live.errors and is_blind and isinstance(value[4], BaseException):
                self.error(live, value[4])
        elif premature:
            reason = self._requests.stop_reason(live.requests) or "itself"
            itself = live.stopped_itself or reason == "itself"
            if reason.startswith("superseded") and not itself:
                live.end_as(Outcome.SUPERSEDED)
            else:
                by = "script" if itself else _STOPPED_BY.get(reason, "session")
                live.end_as(Outcome.STOPPED, by)

    def finishing(self, frame: FrameType) -> None:
        live = self._live.here()
        if live is not None:
            live.end_at(self._recorder.now())

    def finished(self, frame: FrameType, value: Any) -> None:
        live = self._live.here()
        if live is not None and not live.is_unseen:
            self.end(live)

    def thread_over(self, frame: FrameType, value: Any = None) -> None:
        live = self._live.here()
        if live is not None and not live.is_unseen:
            self.end(live)
        self._live.script_thread_over()
        self._tabs.thread_over()
        self._recorder.forget_thread()
        self._requests.forget(frame.f_locals.get("self").__dict__.get("_requests"))

    def end(self, live: LiveRun) -> None:
        """The run is over, and what is known of it is complete."""
        recorder = self._recorder
        live.close()
        outcome = live.outcome
        if live.compile_error is not None:
            outcome = Outcome.COMPILE_ERROR
        elif live.errors and outcome is Outcome.COMPLETED:
            outcome = Outcome.ERROR
        for request in live.asked:
            honoured = outcome in (Outcome.RERUN, Outcome.SWITCHED)
            refusal = None if honoured else "st.rerun() within a callback is a no-op here"
            recorder.emit(dataclasses.replace(request, allowed=honoured, refusal=refusal))
        if outcome is Outcome.COMPLETED and live.trace.blind_step is None:
            live.tab.lose(live.forgotten())
        halt = live.halt if outcome is not Outcome.COMPLETED else NOWHERE
        recorder.end_run(live.trace)
        live.tell(
            recorder.emit,
            script=live.script,
            outcome=outcome,
            ended_ns=live.ended_ns if live.ended_ns is not None else recorder.now(),
            body_started_ns=live.body_ns,
            halted_file=halt.file,
            halted_line=halt.line,
            steps=live.trace.step_count,
            dropped_steps=live.trace.dropped,
            fragments_gone=tuple(dict.fromkeys(live.fragments_gone)),
            stopped_by=live.stopped_by,
            blind_step=live.trace.blind_step,
        )
        recorder.hand_over()
