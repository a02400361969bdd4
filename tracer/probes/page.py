"""Probes for page messages: what the script, and Streamlit itself, hand over for the browser."""

from __future__ import annotations

import os
from types import FrameType
from typing import Any

from ..capture.place import NOWHERE, Place
from ..capture.recorder import Recorder
from ..model import QueryChange
from .delivery import DeliveryProbes
from .frames import argument
from .live_run import LiveRun
from .live_runs import LiveRuns
from .page_records import PageRecords
from .runner_events import RunnerEvents
from .state import StateProbes
from .tabs import Drawn, Tab, Tabs
from .veil import veiled
from .widget import Widget
from .widgets import WIDGET_ID, key_of

_WRITE = (  # Streamlit's file of st.write and st.write_stream
    os.path.join("streamlit", "elements", "write.py"),
)


class PageProbes:
    """Watches `AppSession`, through which every page message goes first.

    A script's message does so on the script thread, after the point where a rerun may interrupt the
    script (an element that is interrupted never gets here) and before the event loop can see it;
    one of Streamlit's own does so on the event loop. `DeliveryProbes` follow both from there.
    """

    def __init__(
        self,
        recorder: Recorder,
        tabs: Tabs,
        live: LiveRuns,
        state: StateProbes,
        events: RunnerEvents,
        records: PageRecords,
        delivery: DeliveryProbes,
    ) -> None:
        self._recorder = recorder
        self._tabs = tabs
        self._live = live
        self._state = state
        self._events = events
        self._records = records
        self._delivery = delivery

    # On the script thread

    def written(self, frame: FrameType) -> None:
        """The script runner hands a message to its app session."""
        sent = frame.f_locals.get("forward_msg")
        if sent is not None:
            self.meets(frame, sent)

    def meets(self, frame: FrameType, sent: Any) -> None:
        """A message comes from the script; `frame` is the innermost one of its thread."""
        live = self._live.here()
        if live is None or not live.trace.detailed:
            self._delivery.meet(sent, 0)
            return
        kind = sent.WhichOneof("type")
        message = sent if kind != "ref_hash" else _original(frame, sent)
        recorder = self._recorder
        place = recorder.statement(frame)
        own = _is_own_placeholder(message, frame)
        secrets = recorder.secrets_here() or live.error_secrets
        shown = veiled(message, recorder.redactor.mask(secrets)) if secrets else message
        data, value = shown.SerializeToString(), None
        if WIDGET_ID in data:
            says = self._records.says(data, type(message))
            if says.widget is not None:
                value = self._drawn(live, says.widget, Drawn(says.path or (), place))
        elif kind == "page_info_changed":
            self._query_changed(live, message.page_info_changed.query_string, place)
        number = self._records.record(live.tab, live, shown, data, place, own, value)
        self._delivery.meet(sent, number)

    def _query_changed(self, live: LiveRun, query: str, place: Place) -> None:
        recorder = self._recorder
        new = recorder.redactor.query(query)
        if new != live.query:
            change = (live.n, recorder.now(), live.step, live.query, new)
            recorder.emit(QueryChange(*change, place.file, place.line))
            live.change_query(new)

    def _drawn(self, live: LiveRun, widget: Widget, at: Drawn) -> str | None:
        """Notes the widget of a page, and tells the text of its value."""
        if widget.secret:
            self._recorder.redactor.add_secret(widget.default)
        live.draw(widget, at)
        self._state.widget_drawn(live, widget, at.place)
        return self._state.value_of(live, widget)

    # On the event loop

    def session_enqueues(self, frame: FrameType) -> None:
        """A message of Streamlit's own making, such as a run's start and end, is met here."""
        message = argument(frame, 1)
        if self._delivery.is_met(message):
            return
        session = argument(frame, 0)
        unseen = None if self._events.is_here() else _sender(frame)
        if unseen is None:
            live = self._events.run_here()
        else:  # `written` would have met it on the script's thread
            live = self._events.run_of(unseen)
            if live is not None:
                self._recorder.hooks.blind(live.trace)
        if live is not None and not live.trace.detailed:
            self._delivery.meet(message, 0)
            return
        tab = self._tabs.tab(session.id)
        kind = message.WhichOneof("type")
        if unseen is not None and kind == "ref_hash":
            unseen = None  # its original is not known here
        data = message.SerializeToString()
        number = self._records.record(tab, live, message, data)
        self._delivery.meet(message, number)
        if kind == "script_finished":
            self._delivery.meet_end(number, tab, live)
        if unseen is None or live is None:
            return
        if kind == "page_info_changed":
            self._query_changed(live, message.page_info_changed.query_string, NOWHERE)
        if WIDGET_ID in data:
            says = self._records.says(data, type(message))
            if says.widget is not None:
                key = key_of(says.widget.id)
                if says.widget.secret and key is not None:  # session state is not at hand here
                    tab.hide(key)
                self._drawn(live, says.widget, Drawn(says.path or (), NOWHERE))

    # Of a run without a server

    def say(self, tab: Tab, live: LiveRun, message: Any) -> int:
        """A message that no queue holds; its number, or 0 when nothing is kept of the run."""
        if not live.trace.detailed:
            return 0
        return self._records.record(tab, live, message, message.SerializeToString())


def _sender(frame: FrameType) -> Any:
    """The script runner whose message the event loop is handing on; else None."""
    outer = frame.f_back
    if outer is None or outer.f_code.co_name != "_handle_scriptrunner_event_on_event_loop":
        return None
    return argument(outer, 1)


def _is_own_placeholder(message: Any, frame: FrameType) -> bool:
    """Whether it is the empty place that `st.write` makes and fills at once.

    It belongs to what `st.write` shows, and the browser hardly ever gets it.
    """
    if message.delta.new_element.WhichOneof("type") != "empty":
        return False
    outer = frame.f_back
    while outer is not None and outer.f_code.co_name != "empty":
        outer = outer.f_back
    outer = outer.f_back if outer is not None else None
    while outer is not None and outer.f_code.co_name == "wrapped_func":  # measures the call
        outer = outer.f_back
    return outer is not None and outer.f_code.co_filename.endswith(_WRITE)


def _original(frame: FrameType, reference: Any) -> Any:
    """The message that a reference to the browser's cache stands for."""
    outer = frame.f_back
    while outer is not None:
        if outer.f_code.co_name == "enqueue" and "msg_to_send" in outer.f_locals:
            return outer.f_locals["msg"]
        outer = outer.f_back
    return reference
