"""Probes for `AppTest`, Streamlit's own way to test an app: it has neither server nor browser.

Each `AppTest` object is an app session, each of its `run()` calls an interaction. It runs a script
in a `LocalScriptRunner`, which keeps the page messages in a queue of its own. What is in that queue
when `run()` comes back is the page that the test sees: it counts as delivered. What an app session
would say beside that, that a run begins and how it ended, is said here.
"""

from __future__ import annotations

import itertools
import sys
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from ..capture.engine import Probe
from ..capture.recorder import Recorder
from ..model import AppSession, TriggerType
from .delivery import DeliveryProbes
from .interactions import InteractionProbes
from .live_run import LiveRun
from .live_runs import LiveRuns
from .messages import summarize
from .page import PageProbes
from .request import Request
from .requesting import RequestProbes
from .tabs import Tab, Tabs

_MODULE = "streamlit.testing.v1.local_script_runner"
_ENDS = {  # events, and what an app session then says (`ForwardMsg.ScriptFinishedStatus`)
    "SCRIPT_STOPPED_WITH_SUCCESS": 0,
    "SCRIPT_STOPPED_WITH_COMPILE_ERROR": 1,
    "SCRIPT_STOPPED_FOR_RERUN": 2,
    "FRAGMENT_STOPPED_WITH_SUCCESS": 3,
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a browser would have sent, as a `ClientState` holds it."""

    widget_states: Any
    page_script_hash: str
    fragment_id: str = ""
    page_name: str = ""
    is_auto_rerun: bool = False
    query_string: str = ""


@dataclass(slots=True)
class _Call:
    """One `LocalScriptRunner.run` that goes on."""

    tab: Tab
    session: str
    said: list[int] = field(default_factory=list)  # numbers of what is in no queue

    def say(self, number: int) -> None:
        """A message of the run's that no queue holds."""
        self.said.append(number)


class AppTestProbes:
    """Watches `LocalScriptRunner`, and the function in it that hears of all events."""

    def __init__(
        self,
        recorder: Recorder,
        tabs: Tabs,
        live: LiveRuns,
        requests: RequestProbes,
        asked: InteractionProbes,
        page: PageProbes,
        delivery: DeliveryProbes,
    ) -> None:
        self._recorder = recorder
        self._tabs = tabs
        self._live = live
        self._requests = requests
        self._asked = asked
        self._page = page
        self._delivery = delivery
        self._numbers = itertools.count(1)
        self._sessions: dict[int, tuple[weakref.ref[Any], str]] = {}  # by AppTest
        self._calls: dict[int, _Call] = {}  # by runner

    def probes(self) -> Iterator[Probe]:
        """None, unless the process has loaded what `AppTest` is made of."""
        for code, enter, leave in (
            (run_code(), self.run_starts, self.run_ends),
            (_event_code(), self.event, None),
        ):
            if code is not None:
                yield Probe(code, enter, leave, leave)

    def run_starts(self, frame: FrameType) -> None:
        """On the test's thread: the script runs on one of its own."""
        local = frame.f_locals
        runner = local["self"]
        test = frame.f_back.f_locals.get("self") if frame.f_back is not None else None
        session = self._session(runner if test is None else test)
        is_new = self._tabs.known(session) is None
        tab = self._tabs.tab(session)
        recorder = self._recorder
        if is_new:
            recorder.emit(AppSession(tab.n, session, tab.opened_ns))
        secrets = getattr(test, "__dict__", {}).get("secrets")
        if secrets:
            recorder.redactor.add_secrets(secrets)
        states = local["widget_state"]
        if states is None:
            from streamlit.proto.WidgetStates_pb2 import WidgetStates

            states = WidgetStates()
        n = self._asked.interaction(tab, None, _Asked(states, local["page_hash"] or ""))
        self._requests.ask(Request(TriggerType.INTERACTION, n))
        self._calls[id(runner)] = _Call(tab, session)

    def _session(self, test: Any) -> str:
        known = self._sessions.get(id(test))
        if known is None or known[0]() is not test:
            known = weakref.ref(test), f"AppTest {next(self._numbers)}"
            self._sessions[id(test)] = known
        return known[1]

    def run_ends(self, frame: FrameType, value: Any = None) -> None:
        self._requests.answered()
        runner = frame.f_locals["self"]
        self._live.forget_runner(runner)
        call = self._calls.pop(id(runner), None)
        if call is not None:
            queue = runner.forward_msg_queue
            self._delivery.shown(call.tab, queue, call.said)

    def thread_starts(self, frame: FrameType) -> None:
        """A script thread: every `AppTest` gives it the same session id."""
        call = self._calls.get(id(frame.f_locals.get("self")))
        if call is not None:
            self._tabs.thread_is_of(call.session)

    def event(self, frame: FrameType) -> None:
        """On the script thread, as a rule."""
        local = frame.f_locals
        name, told = local["event"]._name_, local["kwargs"]
        if name == "ENQUEUE_FORWARD_MSG":
            self._page.meets(frame, told["forward_msg"])
            return
        call = self._calls.get(id(local["sender"]))
        live = self._live.here()
        if call is None or live is None:
            return
        if name == "SCRIPT_STARTED":
            self._say(call, live, _new_session(live, told))
        elif name in _ENDS:
            message = _forward_message()
            message.script_finished = _ENDS[name]
            self._say(call, live, message)

    def _say(self, call: _Call, live: LiveRun, message: Any) -> None:
        if message.WhichOneof("type") == "new_session":
            self._delivery.note_pages(call.tab, summarize(message))
        call.say(self._page.say(call.tab, live, message))


def run_code() -> CodeType | None:
    """The code of `LocalScriptRunner.run`, which gets the script's path; None: nobody loaded it."""
    module = sys.modules.get(_MODULE)
    code: CodeType | None = module.LocalScriptRunner.run.__code__ if module else None
    return code


def script_of(frame: FrameType) -> str:
    """The script that a `LocalScriptRunner.run` is about to run."""
    return str(frame.f_locals["self"].script_path)


def load() -> None:
    """Load what `AppTest` is made of, should a test load it later."""
    import streamlit.testing.v1.local_script_runner  # noqa: F401


def _event_code() -> CodeType | None:
    module = sys.modules.get(_MODULE)
    made = module.LocalScriptRunner.__init__.__code__.co_consts if module else ()
    codes = [each for each in made if isinstance(each, CodeType)]
    return next((code for code in codes if code.co_name == "record_event"), None)


def _forward_message() -> Any:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    return ForwardMsg()


def _new_session(live: LiveRun, told: Mapping[str, Any]) -> Any:
    """What an app session tells the browser when a run begins, as far as the page depends on it."""
    message = _forward_message()
    session = message.new_session
    session.name = live.script
    session.page_script_hash = told.get("page_script_hash") or ""
    fragments = live.record.fragments
    if "script_run_id" in session.DESCRIPTOR.fields_by_name:
        session.script_run_id = f"run {live.n}"
        session.fragment_ids_this_run.extend(fragments)
    elif (run := told.get("run_descriptor")) is not None:  # it travels with every message
        message.metadata.run.script_run_id = run.script_run_id
        message.metadata.run.fragment_ids.extend(fragments)
    for page_hash, info in (told.get("pages") or {}).items():
        page = session.app_pages.add()
        page.page_script_hash, page.page_name = page_hash, info.get("page_name", "")
        if "url_pathname" in page.DESCRIPTOR.fields_by_name:
            page.url_pathname = info.get("url_pathname", "")
    return message
