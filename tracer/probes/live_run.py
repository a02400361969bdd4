"""What the probes know in common: app sessions, their widgets, the runs that are going on."""

from __future__ import annotations

import dataclasses
import itertools
import threading
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from ..capture.place import NOWHERE, Place
from ..capture.recorder import Recorder
from ..capture.traces import RunTrace
from ..model import Outcome, RerunRequest, RunKind, ScriptRun, TriggerType
from .widget import Widget

_INTERNAL_KEYS = ("$$", "FormSubmitter:")  # how keys begin that Streamlit makes for itself


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where a widget of the page was drawn last: its place, and the statement that did it."""

    path: tuple[int, ...]
    place: Place


@dataclass(slots=True, eq=False)
class Tab:
    """One app session: its number, its widgets as last drawn, the values the browser sent."""

    n: int
    opened_ns: int
    widgets: dict[str, Widget] = field(default_factory=dict)
    drawn: dict[str, Drawn] = field(default_factory=dict)  # of the widgets on the page, by id
    values: dict[str, Any] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)  # widgets whose values the browser has forgotten
    page: str | None = None
    query: str = ""  # of the browser's address
    loaded: bool = False
    sent: int = 0  # messages delivered so far
    pages: dict[str, str] = field(default_factory=dict)  # page hash -> name
    state: dict[str, str] = field(default_factory=dict)  # session state as last recorded
    hidden: set[str] = field(default_factory=set)  # keys of widgets that look secret
    triggers: set[str] = field(default_factory=set)  # keys of buttons and the like
    fragments: dict[str, str] = field(default_factory=dict)  # id -> name of its function


@dataclass(frozen=True, slots=True)
class Request:
    """Who asked for a run: an interaction, or a run by `st.rerun` or `st.switch_page`."""

    trigger: TriggerType
    n: int
    switches: bool = False


@dataclass(slots=True, eq=False)
class LiveRun:
    """A script run that is going on, or has just ended."""

    trace: RunTrace
    record: ScriptRun
    tab: Tab
    requests: object  # Streamlit's ScriptRequests of this run's thread
    outcome: Outcome = Outcome.COMPLETED
    halt: Place = NOWHERE
    body_ns: int | None = None
    script: str = ""
    ended_ns: int | None = None
    errors: int = 0
    compile_error: BaseException | None = None
    stopped_itself: bool = False
    stopped_by: str | None = None
    in_callback: int = 0
    calling: tuple[Any, str] | None = None  # Streamlit's WStates and the widget's id, meanwhile
    asked: list[RerunRequest] = field(default_factory=list)  # from callbacks, verdict open
    furthest: dict[int, tuple[int, ...]] = field(default_factory=dict)  # root -> last place
    consumed: tuple[Request, ...] = ()
    thread: int = 0  # the script thread's number
    over: bool = False
    drawn: set[str] = field(default_factory=set)  # widgets that it wrote
    executed: bool = False  # how the script's execution ended is known
    stopped_as: str | None = None  # Streamlit's event of its end, as the event loop heard of it
    widgets_known: bool = False  # the browser's values were looked at
    error_secrets: int = 0  # what the exception that Streamlit shows now may tell of
    query: str = ""  # the address' query string, as the script left it so far
    fragments_gone: list[str] = field(default_factory=list)
    reads: int = 0  # of session state
    last_read: tuple[int, str] | None = None  # step and key
    mutable: dict[str, None] = field(default_factory=dict)  # keys read last, of values to watch

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


class Host:
    """The shared state behind the probes. Each attribute is written by one probe class."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.tabs: dict[str, Tab] = {}
        self.runs: dict[int, LiveRun] = {}
        self.by_context: dict[int, LiveRun] = {}
        self.by_runner: dict[int, list[LiveRun]] = {}
        self.run_numbers = itertools.count(1)  # script threads of several app sessions take them
        self.interaction_count = 0
        # By thread: what the code that runs there is busy with.
        self.asking: dict[int, Request] = {}
        self.next_requests: dict[int, tuple[Request, ...]] = {}
        self.session_of_thread: dict[int, str] = {}  # script threads of `AppTest`
        self._started_by: dict[int, RunTrace] = {}
        recorder.run_of_thread = self._run_of_thread
        recorder.went_blind = self._went_blind
        # A run's record is written on its own thread, and on the event loop when it went blind. The
        # engine may find that out anywhere, also while this thread writes one.
        self.writing = threading.RLock()

    def tab(self, session_id: str) -> Tab:
        """The app session with Streamlit's id; made when it was opened before we watched."""
        session_id = self.session_of_thread.get(threading.get_ident(), session_id)
        tab = self.tabs.get(session_id)
        if tab is None:
            tab = self.tabs[session_id] = Tab(len(self.tabs) + 1, self.recorder.now())
        return tab

    def here(self) -> LiveRun | None:
        """The run that the present thread works for. Between two runs a script thread has none."""
        trace = self.recorder.here
        if trace is None:
            trace = self._run_of_thread()
        live = self.runs.get(trace.n) if trace is not None else None
        if live is not None and live.over and live.thread == threading.get_ident():
            return None
        return live

    def forget_contexts(self, thread: int) -> None:
        """A script thread ends: its context's id may be given to the next one's."""
        for context, live in list(self.by_context.items()):
            if live.thread == thread:
                del self.by_context[context]

    def started_thread(self, thread: threading.Thread) -> None:
        """A thread is about to start: it works for the run that starts it, if there is one."""
        run = self.recorder.here
        if run is None:
            self._started_by.pop(id(thread), None)
        else:
            self._started_by[id(thread)] = run

    def _went_blind(self, trace: RunTrace) -> None:
        live = self.runs.get(trace.n)
        if live is not None:
            with self.writing:
                live.record = dataclasses.replace(
                    live.record, blind_step=trace.blind_step, script=live.script
                )
                self.recorder.emit(live.record)

    def _run_of_thread(self) -> RunTrace | None:
        thread = threading.current_thread()
        context = thread.__dict__.get("streamlit_script_run_ctx")
        if context is not None:
            live = self.by_context.get(id(context))
            return live.trace if live is not None else None
        return self._started_by.get(id(thread))


def kind_of(fragments: tuple[str, ...]) -> RunKind:
    return RunKind.FRAGMENT if fragments else RunKind.APP


def is_internal(key: object) -> bool:
    """Whether a session-state key is Streamlit's own: also that of a widget without a key."""
    return type(key) is str and key.startswith(_INTERNAL_KEYS)


def argument(frame: FrameType, index: int) -> Any:
    """A watched function's argument by position: names differ between versions."""
    return frame.f_locals.get(frame.f_code.co_varnames[index])
