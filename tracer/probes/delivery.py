"""Probes for what becomes of page messages on their way from the server to the browser."""

from __future__ import annotations

from types import FrameType
from typing import Any

from ..capture.recorder import Recorder
from ..model import MessageFate, MessageSettled
from .frames import argument
from .live_run import LiveRun
from .messages import Summary, summarize
from .page_records import PageRecords
from .tabs import Tab, Tabs

_new = tuple.__new__  # a named tuple's own constructor is a Python function


class DeliveryProbes:
    """Watches `ForwardMsgQueue` and `Runtime`: follows each message, which is known by its id().

    On the event loop a message enters a queue, from which it is sent, replaced by a later write to
    the same place, or cleared when the next run starts.
    """

    def __init__(self, recorder: Recorder, tabs: Tabs, records: PageRecords) -> None:
        self._recorder = recorder
        self._tabs = tabs
        self._records = records
        # Objects are kept with their number so that their id stays theirs.
        self._met: dict[int, tuple[int, Any]] = {}
        self._queues: dict[int, list[int]] = {}  # by queue: the numbers of what is in it
        self._clearing: dict[int, list[tuple[Any, int]]] = {}  # messages, and how they end a run
        self._ends: dict[int, tuple[Tab, LiveRun | None]] = {}  # ends of runs that are in a queue

    def meet(self, message: Any, number: int) -> None:
        """A message goes to the browser. Number 0: no record was made of it."""
        self._met[id(message)] = (number, message)

    def meet_end(self, number: int, tab: Tab, live: LiveRun | None) -> None:
        """The message with this number is a run's end, which Streamlit may change in the queue."""
        self._ends[number] = (tab, live)

    def is_met(self, message: Any) -> bool:
        """Whether a message was met, and has neither entered a queue nor been sent."""
        return id(message) in self._met

    def ignore(self, message: Any) -> None:
        """The event loop is done with a message: if no queue took it, its run was preempted."""
        met = self._met.get(id(message))
        if met is not None and met[1] is message:
            del self._met[id(message)]
            self._settle(met[0], MessageFate.IGNORED)

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
        """Streamlit makes an early end of a run's end that is still queued: a new message."""
        tab, live = self._ends[number]
        self._settle(number, MessageFate.REPLACED)
        again = self._records.record(tab, live, message, message.SerializeToString())
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

    def shown(self, tab: Tab, queue: Any, said: list[int]) -> None:
        """What is in a queue was delivered, and so were the messages with the numbers in `said`."""
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
