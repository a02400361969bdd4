"""A script run while it goes on: what the probes have learnt about it so far."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..capture.place import NOWHERE, Place
from ..capture.traces import RunTrace
from ..model import Outcome, Record, RerunRequest, RunKind, ScriptRun, WriteKind
from .request import Request
from .tabs import Drawn, Tab
from .widget import Widget


@dataclass(slots=True, eq=False)
class LiveRun:
    """A script run that is going on, or has just ended. Only its own methods change it.

    Many threads may call them: the script's, those that the app starts, the event loop's, the
    sink's.
    """

    trace: RunTrace
    record: ScriptRun
    tab: Tab
    requests: object  # Streamlit's ScriptRequests of this run's thread
    thread: int = 0  # the script thread's number
    script: str = ""
    query: str = ""  # the address' query string, as the script left it so far
    body_ns: int | None = None
    ended_ns: int | None = None
    over: bool = False
    # How it ends
    outcome: Outcome = Outcome.COMPLETED
    halt: Place = NOWHERE
    executed: bool = False  # how the script's execution ended is known
    errors: int = 0
    error_secrets: int = 0  # what the exception that Streamlit shows now may tell of
    compile_error: BaseException | None = None
    stopped_itself: bool = False
    stopped_by: str | None = None
    stopped_as: str | None = None  # Streamlit's event of its end, as the event loop heard of it
    consumed: tuple[Request, ...] = ()  # what interrupted it, if anything did
    fragments_gone: list[str] = field(default_factory=list)
    # Callbacks
    in_callback: int = 0
    calling: tuple[Any, str] | None = None  # during a callback: Streamlit's WStates, widget's id
    asked: list[RerunRequest] = field(default_factory=list)  # in callbacks: perhaps not honoured
    # The page
    drawn: set[str] = field(default_factory=set)  # widgets that it wrote
    # By root container (the page, the sidebar): its lowest element so far. Of the sink's thread.
    furthest: dict[int, tuple[int, ...]] = field(default_factory=dict)
    # Session state
    widgets_known: bool = False  # the browser's values were looked at
    reads: int = 0
    last_read: tuple[int, str] | None = None  # step and key
    # Keys whose values may change in place, the one that was read last at the end.
    mutable: dict[str, None] = field(default_factory=dict)
    _telling: threading.RLock = field(default_factory=threading.RLock)

    @property
    def n(self) -> int:
        return self.record.n

    @property
    def step(self) -> int:
        return self.trace.step_count

    @property
    def is_unseen(self) -> bool:
        """Its thread was not watched when its script ended: the event loop hears of its end."""
        return self.trace.blind_step is not None and not self.executed

    def tell(self, emit: Callable[[Record], None], **changes: Any) -> None:
        """Change its record, and hand it on.

        This happens on its own thread, and on the event loop when it went blind. The engine may
        find that out anywhere, also while this thread is in here.
        """
        with self._telling:
            self.record = dataclasses.replace(self.record, **changes)
            emit(self.record)

    # While it runs

    def execute(self, script: str) -> None:
        """Streamlit has found the code of this script, or page."""
        self.script = script

    def begin_body(self, ns: int) -> None:
        """The script's own code begins, or that of its fragments."""
        self.body_ns = ns

    def miss_fragment(self, fragment: str) -> None:
        """A fragment that it is to run is gone."""
        self.fragments_gone.append(fragment)

    def change_query(self, query: str) -> None:
        """The script changes the address' query string."""
        self.query = query

    def take_up(self, requests: tuple[Request, ...], place: Place) -> None:
        """These requests for another run interrupt it, at this place."""
        self.consumed = requests
        self.halt = place

    # Callbacks

    def enter_callback(self, states: Any, widget_id: str) -> None:
        """A callback of this widget begins; `states` is Streamlit's WStates."""
        self.in_callback += 1
        self.calling = (states, widget_id)

    def leave_callback(self) -> None:
        """A callback is over."""
        self.in_callback -= 1
        self.calling = None

    def ask_in_callback(self, request: RerunRequest) -> None:
        """A callback calls `st.rerun`. Whether Streamlit honours that shows when the run ends."""
        self.asked.append(request)
        self.halt = Place(request.file, request.line, request.function)

    # How it ends

    def fail(self, place: Place, secrets: int) -> None:
        """An exception reaches Streamlit; its message may contain these secrets."""
        self.errors += 1
        self.halt = place
        self.error_secrets = secrets

    def fail_to_compile(self, error: BaseException) -> None:
        """The script, or page, has a syntax error: no line of it runs."""
        self.compile_error = error

    def stop_itself(self) -> None:
        """`st.stop` is called."""
        self.stopped_itself = True

    def end_as(self, outcome: Outcome, stopped_by: str | None = None) -> None:
        """Sets its outcome; `stopped_by` as in `ScriptRun`, None leaves it as it is."""
        self.outcome = outcome
        if stopped_by is not None:
            self.stopped_by = stopped_by

    def end_script(self) -> None:
        """It is known how its script's execution ended."""
        self.executed = True

    def end_unseen(self) -> None:
        """It ended while its thread was not watched: at which statement is not known."""
        self.halt = NOWHERE

    def end_at(self, ns: int) -> None:
        """Sets the time of its end, in ns of the recording."""
        self.ended_ns = ns

    def hear_end(self, event: str) -> None:
        """The event loop receives the event of its end, under Streamlit's name for it."""
        self.stopped_as = event

    def close(self) -> None:
        """Its record is complete."""
        self.over = True

    # The page

    def draw(self, widget: Widget, at: Drawn) -> None:
        """It draws a widget."""
        self.drawn.add(widget.id)
        self.tab.draw(widget, at)

    def is_out_of_order(self, path: tuple[int, ...], kind: WriteKind, element: str | None) -> bool:
        """Whether a write goes above one that the run made before.

        To be called once for each of its writes, in their order.
        """
        if self.trace.blind_step is not None:
            return False  # what the script's thread did not report is met later: no order
        root = path[0] if path else 0
        furthest = self.furthest.get(root)
        if furthest is not None and path < furthest:
            return kind is not WriteKind.TRANSIENT
        if kind is WriteKind.ELEMENT and element != "empty":
            self.furthest[root] = path
        return False

    def forgotten(self) -> set[str]:
        """The widgets that it took from the page: a fragment's run only those of the fragment."""
        tab = self.tab
        undrawn = (tab.values.keys() | tab.drawn.keys()) - self.drawn
        if self.record.kind is RunKind.APP:
            return undrawn
        widgets = {id: tab.widgets.get(id) for id in undrawn}
        return {id for id, w in widgets.items() if w and w.fragment in self.record.fragments}

    # Session state

    def know_widgets(self) -> bool:
        """True at the first call: the browser's values are then to be looked at."""
        first, self.widgets_known = not self.widgets_known, True
        return first

    def read(self, key: str) -> bool:
        """Count a read of a key of session state. False: the same step has read it just before."""
        read = (self.trace.step_count, key)
        if read == self.last_read:
            return False
        self.last_read = read
        self.reads += 1
        return True

    def watch(self, key: str, most: int) -> None:
        """Watch the value of a key for changes in place: of the `most` keys read last."""
        self.mutable.pop(key, None)
        self.mutable[key] = None
        if len(self.mutable) > most:
            del self.mutable[next(iter(self.mutable))]
        self.trace.touch()


def kind_of(fragments: tuple[str, ...]) -> RunKind:
    return RunKind.FRAGMENT if fragments else RunKind.APP
