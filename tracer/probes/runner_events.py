"""Probes for the events of script runners: they tell for which run the event loop works."""

from __future__ import annotations

from threading import get_ident
from types import FrameType
from typing import Any

from .delivery import DeliveryProbes
from .frames import argument
from .live_run import LiveRun
from .live_runs import LiveRuns
from .unseen import UnseenRuns


class RunnerEvents:
    """Watches `AppSession._handle_scriptrunner_event_on_event_loop`."""

    def __init__(self, live: LiveRuns, unseen: UnseenRuns, delivery: DeliveryProbes) -> None:
        self._live = live
        self._unseen = unseen
        self._delivery = delivery
        self._event_runs: dict[int, LiveRun | None] = {}  # by thread
        self._runner_runs: dict[int, LiveRun] = {}  # by runner: whose events arrive now

    def is_here(self) -> bool:
        """Whether the present thread handles an event, other than that of a script's message."""
        return get_ident() in self._event_runs

    def run_here(self) -> LiveRun | None:
        """The run whose event the present thread handles."""
        return self._event_runs.get(get_ident())

    def run_of(self, runner: Any) -> LiveRun | None:
        """The newest run of a script runner that the event loop has heard of."""
        return self._runner_runs.get(id(runner))

    def arrives(self, frame: FrameType) -> None:
        """A script runner's event: until it is over, what is sent belongs to that runner's run."""
        event = argument(frame, 2)._name_  # not `name`, which is a property
        if event == "ENQUEUE_FORWARD_MSG":  # by far the most: a message that `PageProbes` met
            return
        runner = argument(frame, 1)
        live = self._runner_runs.get(id(runner))
        # Streamlit makes starts of its own, to show an error: they have no page.
        is_start = event == "SCRIPT_STARTED" and bool(frame.f_locals["page_script_hash"])
        if live is not None and not live.over and (is_start or event == "SHUTDOWN"):
            self._unseen.ended(frame, runner, live)  # else its own thread had ended it before
        if is_start:
            live = self._live.heard(runner) or self._unseen.began(frame, runner, live)
            self._runner_runs[id(runner)] = live
        elif live is not None and "_STOPPED_" in event:
            self._unseen.stops(live, event)
        self._event_runs[get_ident()] = live
        if event == "SHUTDOWN":  # its last; a busy loop hears of all this later
            self._runner_runs.pop(id(runner), None)
            self._live.forget_runner(runner)
            self._unseen.forget(runner)

    def over(self, frame: FrameType, value: Any) -> None:
        message = frame.f_locals.get("forward_msg")
        if message is None:
            self._event_runs.pop(get_ident(), None)
            return
        self._delivery.ignore(message)
