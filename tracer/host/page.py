"""Probes for the page: container writes, page messages, and whether the browser got them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from functools import partial
from threading import get_ident
from types import FrameType
from typing import Any

from ..model import (
    ContainerWrite,
    MessageBody,
    MessageFate,
    MessageSettled,
    PageMessage,
    Record,
    WriteKind,
)
from .host import Host, LiveRun, Tab, argument
from .messages import Summary, summarize
from .state import StateProbes
from .widgets import WIDGET_ID, Widget

_KNOWN_BODIES = 20_000
_KNOWN_SUMMARIES = 2_000
_SMALL = 5_000  # bytes
_new = tuple.__new__  # a named tuple's own constructor is a Python function


class PageProbes:
    """Follows each message from the script to the browser by its identity.

    A message is met first on the script thread, once the runner has let it pass (an element that
    is interrupted by a rerun never gets there) and before the event loop can see it; or, for
    those that Streamlit makes itself, on the event loop. There it enters a queue, from which it is
    sent, replaced by a later write to the same place, or cleared when the next run starts.
    """

    def __init__(self, host: Host, state: StateProbes) -> None:
        self._host = host
        self._state = state
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

    # On the script thread

    def written(self, frame: FrameType) -> None:
        """The script runner hands a message to its app session."""
        sent = frame.f_locals.get("forward_msg")
        if sent is not None:
            self.meets(frame, sent)

    def meets(self, frame: FrameType, sent: Any) -> None:
        """A message comes from the script, `frame` being the innermost."""
        live = self._host.here()
        if live is None or not live.trace.detailed:
            self._met[id(sent)] = (0, sent)
            return
        message = sent if sent.WhichOneof("type") != "ref_hash" else _original(frame, sent)
        file, line = self._host.recorder.statement(frame)
        number, data = self._record(live.tab, live, message, file, line)
        self._met[id(sent)] = (number, sent)
        if WIDGET_ID in data:
            widget = self._says(data, type(message)).widget
            if widget is not None:
                self._drawn(live, widget, file, line)

    def _drawn(self, live: LiveRun, widget: Widget, file: str | None, line: int | None) -> None:
        if widget.secret:
            self._host.recorder.redactor.add_secret(widget.default)
        live.tab.widgets[widget.id] = widget
        live.drawn.add(widget.id)
        self._state.widget_drawn(live, widget, file, line)

    def _record(
        self,
        tab: Tab,
        live: LiveRun | None,
        message: Any,
        file: str | None = None,
        line: int | None = None,
    ) -> tuple[int, bytes]:
        """Gives the message a number, and leaves it to the sink's thread to read what it says."""
        recorder = self._host.recorder
        number, data, at = next(self._numbers), message.SerializeToString(), recorder.now()
        step = live.trace.step_count if live is not None else 0
        says: Any = type(message)
        size, kept = len(data), data
        if size > recorder.budget.message_bytes:  # not worth waiting for
            kept, says = b"", summarize(message)
        read = partial(self._read, kept, size, says, number, tab, live, at, step, file, line)
        recorder.emit_later(read, len(kept))
        return number, data

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
        file: str | None,
        line: int | None,
        details: bool,
    ) -> Iterator[Record]:
        summary = says if isinstance(says, Summary) else self._says(data, says)
        body = ""
        if size > len(data):
            self._host.recorder.leave_out("messages")
        elif details:
            body = hashlib.blake2b(data, digest_size=16).hexdigest()
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
            detail=summary.detail,
        )
        if details and live is not None and summary.path is not None and summary.kind is not None:
            yield ContainerWrite(
                run=live.n,
                at_ns=at_ns,
                step=step,
                message=number,
                path=summary.path,
                kind=summary.kind,
                element=summary.element or "",
                label=summary.label or "",
                out_of_order=_is_out_of_order(live, summary.path, summary),
                file=file,
                line=line,
                widget_id=summary.widget.id if summary.widget else None,
                fragment=summary.fragment or None,
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
        waiting = self._host.by_runner.get(id(runner))
        if event == "SCRIPT_STARTED" and waiting:
            self._runner_runs[id(runner)] = waiting.pop(0)
        self._event_runs[get_ident()] = self._runner_runs.get(id(runner))
        if event == "SHUTDOWN":  # its last; a busy loop hears of all this later
            self._runner_runs.pop(id(runner), None)
            self._host.by_runner.pop(id(runner), None)

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
        live = self._event_runs.get(get_ident())
        if live is not None and not live.trace.detailed:
            self._met[id(message)] = (0, message)
            return
        tab = self._host.tab(session.id)
        number, _ = self._record(tab, live, message)
        self._met[id(message)] = (number, message)
        if message.WhichOneof("type") == "script_finished":
            self._ends[number] = (tab, live)

    def queued(self, frame: FrameType, value: Any) -> None:
        local = frame.f_locals
        queue = local["self"]
        met = self._met.pop(id(local["msg"]), (0, None))
        numbers = self._queues.setdefault(id(queue), [])
        waiting = queue._queue
        if len(waiting) > len(numbers):
            numbers += [0] * (len(waiting) - len(numbers) - 1)  # queued before we watched
            numbers.append(met[0])
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
        again, _ = self._record(tab, live, message)
        self._ends[again] = (tab, live)
        return again

    def sent(self, frame: FrameType, value: Any) -> None:
        message = argument(frame, 2)
        met = self._met.pop(id(message), None)
        if met is not None:
            tab = self._host.tab(argument(frame, 1).session.id)
            tab.sent += 1
            # Here, in the order of the browser: they are made on two threads.
            if message.WhichOneof("type") in ("new_session", "navigation"):
                self.note_pages(tab, summarize(message))
            self._settle(met[0], MessageFate.DELIVERED, tab.sent)

    # Of a run without a server

    def say(self, tab: Tab, live: LiveRun, message: Any) -> int:
        """A message that no queue holds; its number, or 0 when nothing is kept of the run."""
        return self._record(tab, live, message)[0] if live.trace.detailed else 0

    def shown(self, tab: Tab, queue: Any, said: list[int]) -> None:
        """All that is in a queue is shown, and so is what was said beside it."""
        for message in queue._queue:
            if message.WhichOneof("type") == "navigation":
                self.note_pages(tab, summarize(message))
        for number in sorted({*self._queues.pop(id(queue), ()), *said} - {0}):
            tab.sent += 1
            self._settle(number, MessageFate.DELIVERED, tab.sent)

    @staticmethod
    def note_pages(tab: Tab, summary: Summary) -> None:
        """Which pages the browser knows, and which one it shows (`new_session`, `navigation`)."""
        for page_hash, name, _ in summary.detail.get("pages", ()):
            tab.pages[page_hash] = name
        if "page" in summary.detail:
            tab.page = summary.detail["page"]

    def _settle(self, number: int, fate: MessageFate, order: int | None = None) -> None:
        if number:
            self._ends.pop(number, None)
            recorder = self._host.recorder
            recorder.emit(_new(MessageSettled, (number, fate, recorder.now(), order)))


def _is_out_of_order(live: LiveRun, path: tuple[int, ...], summary: Summary) -> bool:
    """Whether the write goes above one that its run made before. Asked of all, in their order."""
    furthest = live.furthest.get(path[0] if path else 0)
    if furthest is not None and path < furthest:
        return summary.kind is not WriteKind.TRANSIENT
    if summary.kind is WriteKind.ELEMENT and summary.element != "empty":
        live.furthest[path[0] if path else 0] = path
    return False


def _original(frame: FrameType, reference: Any) -> Any:
    """The message that a reference to the browser's cache stands for."""
    outer = frame.f_back
    while outer is not None:
        if outer.f_code.co_name == "enqueue" and "msg_to_send" in outer.f_locals:
            return outer.f_locals["msg"]
        outer = outer.f_back
    return reference
