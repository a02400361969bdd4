"""Probes for the page: container writes, page messages, and whether the browser got them."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from functools import partial
from threading import get_ident
from types import FrameType
from typing import Any

from ..capture.place import NOWHERE, Place
from ..capture.recorder import Recorder
from ..model import (
    ContainerWrite,
    DrawnWidget,
    MessageBody,
    MessageFate,
    MessageSettled,
    PageMessage,
    QueryChange,
    Record,
)
from .frames import argument
from .live_run import LiveRun
from .live_runs import LiveRuns
from .messages import Summary, summarize
from .state import StateProbes
from .tabs import Drawn, Tab, Tabs
from .unseen import UnseenRuns
from .veil import veiled
from .widget import Widget
from .widgets import WIDGET_ID, key_of

_KNOWN_BODIES = 20_000
_KNOWN_SUMMARIES = 2_000
_KNOWN_WIDGETS = 20_000
_SMALL = 5_000  # bytes
_WRITE = (  # Streamlit's file of st.write and st.write_stream
    os.path.join("streamlit", "elements", "write.py"),
)
_new = tuple.__new__  # a named tuple's own constructor is a Python function


class PageProbes:
    """Follows each message from the script to the browser by its identity.

    A message is met first on the script thread, once the runner has let it pass (an element that
    is interrupted by a rerun never gets there) and before the event loop can see it; or, for
    those that Streamlit makes itself, on the event loop. There it enters a queue, from which it is
    sent, replaced by a later write to the same place, or cleared when the next run starts.
    """

    def __init__(
        self,
        recorder: Recorder,
        tabs: Tabs,
        live: LiveRuns,
        state: StateProbes,
        unseen: UnseenRuns,
    ) -> None:
        self._recorder = recorder
        self._tabs = tabs
        self._live = live
        self._state = state
        self._unseen = unseen
        # Both threads take numbers: one step, so that neither gets the other's.
        self._numbers = itertools.count(1)
        # Objects are kept with their number so that their id stays theirs.
        self._met: dict[int, tuple[int, Any]] = {}
        self._queues: dict[int, list[int]] = {}  # by queue: the numbers of what is in it
        self._clearing: dict[int, list[tuple[Any, int]]] = {}  # messages, and how they end a run
        self._ends: dict[int, tuple[Tab, LiveRun | None]] = {}  # ends of runs that are in a queue
        self._event_runs: dict[int, LiveRun | None] = {}  # by thread
        self._runner_runs: dict[int, LiveRun] = {}  # by runner: whose events arrive now
        self._bodies: dict[str, None] = {}
        self._summaries: dict[bytes, Summary] = {}  # of small messages
        self._widget_numbers = itertools.count(1)
        self._widgets: dict[tuple[str, Any], int] = {}  # by id and what it was made of
        self._identities: dict[str, int] = {}  # by id: the first number

    # On the script thread

    def written(self, frame: FrameType) -> None:
        """The script runner hands a message to its app session."""
        sent = frame.f_locals.get("forward_msg")
        if sent is not None:
            self.meets(frame, sent)

    def meets(self, frame: FrameType, sent: Any) -> None:
        """A message comes from the script, `frame` being the innermost."""
        live = self._live.here()
        if live is None or not live.trace.detailed:
            self._met[id(sent)] = (0, sent)
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
            says = self._says(data, type(message))
            if says.widget is not None:
                value = self._drawn(live, says.widget, Drawn(says.path or (), place))
        elif kind == "page_info_changed":
            self._query_changed(live, message.page_info_changed.query_string, place)
        number = self._record(live.tab, live, shown, data, place, own, value)
        self._met[id(sent)] = (number, sent)

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

    def _record(
        self,
        tab: Tab,
        live: LiveRun | None,
        message: Any,
        data: bytes,
        place: Place = NOWHERE,
        own: bool = False,
        value: str | None = None,
    ) -> int:
        """Gives the message a number, and leaves it to the sink's thread to read what it says."""
        recorder = self._recorder
        number, at = next(self._numbers), recorder.now()
        step = live.trace.step_count if live is not None else 0
        says: Any = type(message)
        size, kept = len(data), data
        if size > recorder.budget.message_bytes:  # not worth waiting for
            kept, says = b"", summarize(message)
        about = (number, tab, live, at, step, place, own, value)
        recorder.emit_later(partial(self._read, kept, size, says, *about), len(kept))
        return number

    # On the sink's thread; when it does not keep up, on the one that wrote the message

    def _read(
        self,
        data: bytes,
        size: int,
        says: Any,  # a Summary; or the type of the message, whose bytes are there
        number: int,
        tab: Tab,
        live: LiveRun | None,
        at_ns: int,
        step: int,
        place: Place,
        own: bool,  # Streamlit's own placeholder: a message, but nothing that the app wrote
        value: str | None,  # of a widget
        details: bool,
    ) -> Iterator[Record]:
        summary = says if isinstance(says, Summary) else self._says(data, says)
        body = ""
        if size > len(data):
            self._recorder.leave_out("messages")
        elif details:
            redactor = self._recorder.redactor
            key = redactor.salt if redactor.active else b""
            body = hashlib.blake2b(data, digest_size=16, key=key).hexdigest()
            if body not in self._bodies:
                if len(self._bodies) > _KNOWN_BODIES:
                    self._bodies.clear()
                self._bodies[body] = None
                yield MessageBody(body, data)
        yield PageMessage(
            n=number,
            app_session=tab.n,
            run=live.n if live is not None else None,
            at_ns=at_ns,
            type=summary.type,
            body=body,
            size=size,
            path=summary.path,
            kind=summary.kind,
            element=summary.element,
            label=summary.label,
            detail={**summary.detail, "placeholder": True} if own else summary.detail,
        )
        if own or not details or live is None:
            return
        if summary.path is not None and summary.kind is not None:
            drawn = self._widget(summary)
            if isinstance(drawn, DrawnWidget):
                yield drawn
                drawn = drawn.n
            yield ContainerWrite(
                run=live.n,
                at_ns=at_ns,
                step=step,
                message=number,
                path=summary.path,
                kind=summary.kind,
                element=summary.element or "",
                label=summary.label or "",
                out_of_order=live.is_out_of_order(summary.path, summary.kind, summary.element),
                file=place.file,
                line=place.line,
                widget_id=summary.widget.id if summary.widget else None,
                fragment=summary.fragment or None,
                shows=summary.shows,
                widget=drawn,
                value=value,
            )

    def _widget(self, summary: Summary) -> DrawnWidget | int | None:
        """The number of a widget as it is drawn here; what is met first, whole."""
        widget = summary.widget
        if widget is None:
            return None
        known = self._widgets.get((widget.id, summary.made_of))
        if known is not None:
            return known
        if len(self._widgets) >= _KNOWN_WIDGETS:
            self._widgets.clear()
        n = self._widgets[widget.id, summary.made_of] = next(self._widget_numbers)
        return DrawnWidget(
            n=n,
            identity=self._identities.setdefault(widget.id, n),
            widget_id=widget.id,
            element=widget.kind,
            label=widget.label,
            key=widget.key,
            made_of=summary.made_of,
            form=widget.form or None,
        )

    def _says(self, data: bytes, message_type: Any) -> Summary:
        """What a message says, from its bytes. The same come in every run."""
        summary = self._summaries.get(data)
        if summary is None:
            summary = summarize(message_type.FromString(data))
            if len(data) <= _SMALL:
                if len(self._summaries) >= _KNOWN_SUMMARIES:
                    self._summaries.clear()
                self._summaries[data] = summary
        return summary

    # On the event loop

    def event_arrives(self, frame: FrameType) -> None:
        """A script runner's event: whatever is sent meanwhile belongs to that run."""
        event = argument(frame, 2)._name_  # not `name`, which is a property
        if event == "ENQUEUE_FORWARD_MSG":  # by far the most: a message that `written` met
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

    def event_over(self, frame: FrameType, value: Any) -> None:
        message = frame.f_locals.get("forward_msg")
        if message is None:
            self._event_runs.pop(get_ident(), None)
            return
        met = self._met.get(id(message))
        if met is not None and met[1] is message:  # still here: it never entered a queue
            del self._met[id(message)]
            self._settle(met[0], MessageFate.IGNORED)

    def session_enqueues(self, frame: FrameType) -> None:
        """A message of Streamlit's own making, such as a run's start and end, is met here."""
        message = argument(frame, 1)
        if id(message) in self._met:
            return
        session = argument(frame, 0)
        ident = get_ident()
        unseen = None if ident in self._event_runs else _sender(frame)
        if unseen is None:
            live = self._event_runs.get(ident)
        else:  # `written` would have met it on the script's thread
            live = self._runner_runs.get(id(unseen))
            if live is not None:
                self._recorder.blind(live.trace)
        if live is not None and not live.trace.detailed:
            self._met[id(message)] = (0, message)
            return
        tab = self._tabs.tab(session.id)
        kind = message.WhichOneof("type")
        if unseen is not None and kind == "ref_hash":
            unseen = None  # its original is not known here
        data = message.SerializeToString()
        number = self._record(tab, live, message, data)
        self._met[id(message)] = (number, message)
        if kind == "script_finished":
            self._ends[number] = (tab, live)
        if unseen is None or live is None:
            return
        if kind == "page_info_changed":
            self._query_changed(live, message.page_info_changed.query_string, NOWHERE)
        if WIDGET_ID in data:
            says = self._says(data, type(message))
            if says.widget is not None:
                key = key_of(says.widget.id)
                if says.widget.secret and key is not None:  # session state is not at hand here
                    tab.hide(key)
                self._drawn(live, says.widget, Drawn(says.path or (), NOWHERE))

    def queued(self, frame: FrameType, value: Any) -> None:
        local = frame.f_locals
        queue = local["self"]
        met = self._met.pop(id(local["msg"]), (0, None))
        numbers = self._queues.setdefault(id(queue), [])
        waiting = queue._queue
        if len(waiting) > len(numbers):
            numbers += [0] * (len(waiting) - len(numbers) - 1)  # queued before we watched
            numbers.append(met[0])
        elif len(waiting) < len(numbers) or "index" not in local:  # some of it was not seen
            numbers[:] = [*[0] * (len(waiting) - 1), met[0]]
        else:
            index = local["index"]
            self._settle(numbers[index], MessageFate.REPLACED)
            numbers[index] = met[0]

    def clearing(self, frame: FrameType) -> None:
        queue = frame.f_locals["self"]
        self._clearing[id(queue)] = [(m, m.script_finished) for m in queue._queue]

    def cleared(self, frame: FrameType, value: Any) -> None:
        queue = frame.f_locals["self"]
        before = self._clearing.pop(id(queue), [])
        numbers = self._queues.pop(id(queue), [])
        kept = {id(message) for message in queue._queue}
        flushed = frame.f_back is not None and frame.f_back.f_code.co_name == "flush"
        left = []
        for (message, status), number in zip(before, numbers, strict=False):
            if flushed:
                self._met[id(message)] = (number, message)
            elif id(message) in kept:
                edited = message.script_finished != status and number in self._ends
                left.append(self._edited(number, message) if edited else number)
            else:
                self._settle(number, MessageFate.DISCARDED)
        self._queues[id(queue)] = left

    def _edited(self, number: int, message: Any) -> int:
        """Streamlit makes an early end of one that it did not send before the next run began."""
        tab, live = self._ends[number]
        self._settle(number, MessageFate.REPLACED)
        again = self._record(tab, live, message, message.SerializeToString())
        self._ends[again] = (tab, live)
        return again

    def sent(self, frame: FrameType, value: Any) -> None:
        message = argument(frame, 2)
        met = self._met.pop(id(message), None)
        if met is not None:
            tab = self._tabs.tab(argument(frame, 1).session.id)
            # Here, in the order of the browser: they are made on two threads.
            if message.WhichOneof("type") in ("new_session", "navigation"):
                self.note_pages(tab, summarize(message))
            self._settle(met[0], MessageFate.DELIVERED, tab.receive())

    # Of a run without a server

    def say(self, tab: Tab, live: LiveRun, message: Any) -> int:
        """A message that no queue holds; its number, or 0 when nothing is kept of the run."""
        if not live.trace.detailed:
            return 0
        return self._record(tab, live, message, message.SerializeToString())

    def shown(self, tab: Tab, queue: Any, said: list[int]) -> None:
        """All that is in a queue is shown, and so is what was said beside it."""
        for message in queue._queue:
            if message.WhichOneof("type") == "navigation":
                self.note_pages(tab, summarize(message))
        for number in sorted({*self._queues.pop(id(queue), ()), *said} - {0}):
            self._settle(number, MessageFate.DELIVERED, tab.receive())

    @staticmethod
    def note_pages(tab: Tab, summary: Summary) -> None:
        """Which pages the browser knows, and which one it shows (`new_session`, `navigation`)."""
        tab.know_pages((page, name) for page, name, _ in summary.detail.get("pages", ()))
        if "page" in summary.detail:
            tab.show_page(summary.detail["page"])

    def _settle(self, number: int, fate: MessageFate, order: int | None = None) -> None:
        if number:
            self._ends.pop(number, None)
            recorder = self._recorder
            recorder.emit(_new(MessageSettled, (number, fate, recorder.now(), order)))


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
