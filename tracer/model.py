"""The vocabulary: what a recording is made of.

Every record is plain frozen data, the same on its way into a store and out of it. All numbers `n`
start at 1 within one recording, except interactions, which start at 0 (the first page load).
Times (`*_ns`) are integer nanoseconds on one monotonic clock that starts at 0 with the recording.
Lines are 1-based. Files are paths relative to the app's folder, with `/`, or absolute when they
lie outside of it. `step` is the number of steps the run had recorded when the event happened, so
that an event can be placed among the steps: it belongs to step `step` (1-based; 0: before any).

This module imports nothing else of the package.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

HIDDEN: Final = "(hidden)"
"""What stands for a value that only its name, or what stands beside it, gives away."""

MASKED: Final = "[secret {}]"
"""What stands for a known secret, by its number in the recording, and for what is made of it."""

_MASK: Final = re.compile(r"\(hidden\)|\[secret(?: \d+)?\]")


def is_mask(text: str) -> bool:
    """Whether a text is nothing but a mask."""
    return _MASK.fullmatch(text) is not None


def has_mask(text: str) -> bool:
    """Whether something was masked in a text."""
    return _MASK.search(text) is not None


class RunKind(StrEnum):
    """Whether a script run executes the whole app or only fragments of it."""

    APP = "app"
    FRAGMENT = "fragment"


class Outcome(StrEnum):
    """How a script run ended."""

    RUNNING = "running"  # no end was recorded: it still runs, or the recording broke off
    COMPLETED = "completed"
    RERUN = "rerun"
    SWITCHED = "switched"
    STOPPED = "stopped"
    SUPERSEDED = "superseded"
    ERROR = "error"
    COMPILE_ERROR = "compile_error"


class InteractionKind(StrEnum):
    """What the browser, a timer or an edit asked for."""

    LOAD = "load"
    WIDGET = "widget"
    PAGE = "page"
    TIMER = "timer"
    EDIT = "edit"
    RERUN = "rerun"
    STOP = "stop"


class TriggerType(StrEnum):
    """Whether a run was started by an interaction or by an earlier run's rerun request."""

    INTERACTION = "interaction"
    RERUN = "rerun"


class StateOp(StrEnum):
    """What happened to a key of `st.session_state`."""

    SET = "set"
    DELETE = "delete"
    CLEANUP = "cleanup"  # Streamlit dropped the key of a widget that was not drawn; has no line
    WIDGET = "widget"  # a keyed widget's value: drawn (its line), or from the browser (no line)
    IN_PLACE = "in_place"  # the value itself changed, as a list does by `append`


class AttemptFate(StrEnum):
    """Why an attempt to change session state came to nothing."""

    REFUSED = "refused"  # Streamlit raised, whether or not the app caught it
    LOST = "lost"  # on a thread without a run's context: it is no app session's state


class WriteKind(StrEnum):
    """What a container write put on the page."""

    ELEMENT = "element"
    BLOCK = "block"
    TRANSIENT = "transient"  # a spinner: shown while something runs, then taken away
    ROWS = "rows"  # rows added to an element that is already there


class MessageFate(StrEnum):
    """What became of a page message."""

    PENDING = "pending"  # not sent when the recording ended
    DELIVERED = "delivered"
    DISCARDED = "discarded"  # a newer run cleared the queue first
    REPLACED = "replaced"  # another took its place in the queue: a later write, an edited end
    IGNORED = "ignored"  # its script runner had been preempted


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """One launch of rerun-trace.

    `folder` is the absolute folder that relative files are relative to; `app` is the main script,
    relative to it. `complete` is False while it is being written and after a crash. `limits` says
    in words what was left out. `name` is what a person called it.
    """

    app: str
    folder: str
    started_at: datetime  # timezone-aware, UTC
    python: str
    streamlit: str
    engine: str
    engine_reason: str
    variant: str | None = None
    mode: str = "live"  # live | drive | api
    id: int = 0  # given by the store
    complete: bool = False
    ended_at: datetime | None = None
    limits: tuple[str, ...] = ()
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wrote at a moment of a recording, afterwards or while it went on.

    `n` is never given away twice within a recording. `step` 0 is before the run's first one.
    """

    n: int
    run: int
    step: int
    at_ns: int  # of the moment
    text: str
    written_at: datetime  # or changed last; timezone-aware, UTC


@dataclass(frozen=True, slots=True)
class AppSession:
    """One browser tab's `AppSession`. Written again, with `closed_ns`, when it closes."""

    n: int
    streamlit_id: str
    opened_ns: int
    closed_ns: int | None = None


@dataclass(frozen=True, slots=True)
class WidgetChange:
    """One widget's value as the browser sent it. `old`/`new` are values as a person reads them."""

    widget_id: str
    element: str
    label: str
    key: str | None
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Interaction:
    """What came from the browser, a timer or an edit.

    `action` is the facts document's form, such as `{"load": true}` or `{"click": "Foo"}`. `query`
    is the query string of the browser's address.
    """

    n: int
    app_session: int
    at_ns: int
    kind: InteractionKind
    action: Mapping[str, Any]
    changes: tuple[WidgetChange, ...] = ()
    fragment: str | None = None
    page: str | None = None
    query: str | None = None


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """One execution by Streamlit's ScriptRunner.

    Written when the run starts (outcome `running`) and again, whole, when it ends. `trigger` is
    the number of an interaction or of a run, as `trigger_type` says; `interaction` is the one at
    the root of the chain of triggers. `body_started_ns` is None when no line of the script ran.
    `halted_file`/`halted_line` name the statement that ended the run early. `steps` counts the
    recorded steps, `dropped_steps` those left out by the budget.

    `took` are the interactions whose requests went into it, oldest first: more than one when
    Streamlit merged them. `fragment_names` are the functions' names, in the order of `fragments`;
    `fragments_gone` are those of `fragments` that were not there any more when it started.
    `stopped_by` says who ended a run that was stopped: `script` (`st.stop`), `browser` (its Stop),
    or `session` (the tab was closed). `blind_step` is the number of steps that were recorded when
    another tool took the trace function away: which lines ran afterwards is not known. `query` is
    the query string that it started with.
    """

    n: int
    app_session: int
    kind: RunKind
    trigger_type: TriggerType
    trigger: int
    interaction: int
    script: str
    started_ns: int
    fragments: tuple[str, ...] = ()
    outcome: Outcome = Outcome.RUNNING
    ended_ns: int | None = None
    body_started_ns: int | None = None
    halted_file: str | None = None
    halted_line: int | None = None
    steps: int = 0
    dropped_steps: int = 0
    detailed: bool = True  # False: only the run itself was kept (budget)
    took: tuple[int, ...] = ()
    fragment_names: tuple[str, ...] = ()
    fragments_gone: tuple[str, ...] = ()
    stopped_by: str | None = None
    blind_step: int | None = None
    query: str | None = None


@dataclass(frozen=True, slots=True)
class RunError:
    """An exception that reached Streamlit in a run. `traceback` shows the user's frames first."""

    run: int
    at_ns: int
    step: int
    type: str
    message: str
    traceback: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """An `on_click`/`on_change` function run before the script body.

    `arguments` are names and texts of what it was called with: of `args` and `kwargs` as the widget
    was given them. `closure` are the values that its code finds elsewhere when it is called: the
    variables of functions around it, and the script's own names that it reads.
    """

    run: int
    function: str
    file: str
    line: int
    started_ns: int
    ended_ns: int
    step: int
    widget_id: str | None = None
    label: str | None = None
    error: str | None = None
    arguments: tuple[tuple[str, str], ...] = ()
    closure: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RerunRequest:
    """One call of `st.rerun` (or `st.switch_page`, then `scope` is `"page"`)."""

    run: int
    at_ns: int
    step: int
    file: str | None
    line: int | None
    function: str | None
    scope: str
    allowed: bool
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class StateWrite:
    """A change of `st.session_state[key]`. `old`/`new` are value texts; None means absent.

    Without a line: Streamlit or the browser did it, or the line is not known.
    """

    run: int
    at_ns: int
    step: int
    key: str
    op: StateOp
    old: str | None
    new: str | None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class StateAttempt:
    """A change of `st.session_state[key]` that came to nothing. `value` None: a deletion.

    `run` is the run that it happened in; of a thread without a context the one that started it, or
    0. `reason` is Streamlit's message, or says that the thread has no context.
    """

    run: int
    at_ns: int
    step: int
    key: str
    fate: AttemptFate
    value: str | None
    reason: str
    file: str | None = None
    line: int | None = None


class StateRead(NamedTuple):
    """A read of `st.session_state[key]`, or the question whether it is there, in step `step`.

    `found`: the key was there. Each key is noted once a step.
    """

    run: int
    step: int
    key: str
    found: bool


@dataclass(frozen=True, slots=True)
class QueryChange:
    """A change of the address' query string by the script (`st.query_params`, a page switch)."""

    run: int
    at_ns: int
    step: int
    old: str
    new: str
    file: str | None = None
    line: int | None = None


KNOWN_WIDGETS: Final = 20_000
"""A recorder refers to the newest so many `DrawnWidget`s, and to no older one any more."""


@dataclass(frozen=True, slots=True)
class DrawnWidget:
    """A widget as it was drawn, once for all runs that drew it so. `ContainerWrite.widget` is `n`.

    `identity` is the lowest `n` with the same `widget_id`: what Streamlit takes for one widget.
    `made_of` is what its message was made of, name by name (label, options, limits, default, ...),
    as texts of at most 200 characters.
    """

    n: int
    identity: int
    widget_id: str
    element: str
    label: str
    key: str | None
    made_of: tuple[tuple[str, str], ...] = ()
    form: str | None = None


@dataclass(frozen=True, slots=True)
class ContainerWrite:
    """One element or block sent to a place on the page. `message` is its page message's number.

    `shows` is what a person reads there, beside the label, in at most 200 characters: a metric's
    value and delta, a table's shape, a chart's data. Of a widget `widget` is its `DrawnWidget`, and
    `value` the text of its value in that run.
    """

    run: int
    at_ns: int
    step: int
    message: int
    path: tuple[int, ...]
    kind: WriteKind
    element: str
    label: str
    out_of_order: bool
    file: str | None = None
    line: int | None = None
    widget_id: str | None = None
    fragment: str | None = None
    shows: str | None = None
    widget: int | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class PageMessage:
    """One `ForwardMsg`, as it was handed over for the browser.

    `type` is the message's own kind (`delta`, `new_session`, `script_finished`, ...). `detail`
    holds what folding the page needs: for `new_session` the fragment ids, for `script_finished`
    the status name, for a delta its fragment id and whether a block keeps an empty place.
    `body` is the content hash under which the serialized message is stored.
    """

    n: int
    app_session: int
    run: int | None
    at_ns: int
    type: str
    body: str
    size: int  # bytes
    path: tuple[int, ...] | None = None
    kind: WriteKind | None = None
    element: str | None = None
    label: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    fate: MessageFate = MessageFate.PENDING
    fate_ns: int | None = None
    sent_order: int | None = None  # 1-based place in the order the browser received them


class MessageSettled(NamedTuple):
    """What became of the page message `n`, once it is known. Not stored as a row of its own."""

    n: int
    fate: MessageFate
    at_ns: int
    sent_order: int | None = None


@dataclass(frozen=True, slots=True)
class MessageBody:
    """The serialized bytes of page messages whose content hash is `hash`, stored once."""

    hash: str
    data: bytes


@dataclass(frozen=True, slots=True)
class CacheAccess:
    """One call of a function under `st.cache_data` or `st.cache_resource`."""

    run: int
    at_ns: int
    step: int
    function: str
    cache: str  # data | resource
    hit: bool
    duration_ns: int
    file: str | None = None
    line: int | None = None


class Step(NamedTuple):
    """One executed statement: when, where, and in which call (`frame`, numbered within the run)."""

    at_ns: int
    file: int  # index of the run's file in the recording, see Source.file_no
    line: int
    frame: int


class Frame(NamedTuple):
    """One call of a user's function (or the module body) within a run."""

    n: int
    parent: int  # 0: nobody of the user's code called it
    function: str
    file: int
    line: int
    thread: int  # 0: the script thread; others are numbered as they appear


class ValueChange(NamedTuple):
    """What a statement changed: after step `step` (1-based in the run), `name` had value `text`.

    A statement that calls a function of the user's ends after the steps of that call: `step` is
    the last of those. `scope` is `local`, `global`, `argument` or `return`; `text` is None when the
    name was deleted. Arguments have their value from the step that makes the call.
    """

    step: int
    frame: int
    name: str
    scope: str
    text: str | None


@dataclass(frozen=True, slots=True)
class StepChunk:
    """Consecutive steps of one run, with the frames and value changes that came with them."""

    run: int
    first_step: int  # 1-based number of the first step
    steps: Sequence[Step]
    frames: Sequence[Frame] = ()
    changes: Sequence[ValueChange] = ()


@dataclass(frozen=True, slots=True)
class LineCount:
    """How often a statement ran in a run. `capped`: at least `hits`; the budget was used up."""

    run: int
    file: str
    line: int
    hits: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A function, class body or module body: its name and the statements directly in it."""

    name: str
    first_line: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was executed. `blocks` hold its executable statements by first line.

    A file that is edited while it is being recorded appears again under a new `file_no`.
    `since_run` is the first run that could execute this text.
    """

    file_no: int  # 1-based
    file: str
    text: str
    reason: str  # why the file counts as the user's
    blocks: tuple[CodeBlock, ...] = ()
    since_run: int = 1

    @property
    def executable(self) -> tuple[int, ...]:
        """First lines of all executable statements, ascending."""
        return tuple(sorted({line for block in self.blocks for line in block.lines}))


@dataclass(frozen=True, slots=True)
class Limit:
    """Something was left out of the recording: said in words, with how often so far."""

    key: str  # identifies the kind of limit; a later record with the same key replaces this one
    text: str


@dataclass(frozen=True, slots=True)
class ComparedVariant:
    """One app of a comparison. `recordings`: one a repeat, in order; the first is the one shown."""

    name: str
    recordings: tuple[int, ...]
    failed: str | None = None  # why its column is empty or breaks off, in one line


@dataclass(frozen=True, slots=True)
class Comparison:
    """Variants of an app under the same interactions. `steps` is the scenario in its plain form."""

    title: str
    created_at: datetime  # timezone-aware, UTC
    steps: tuple[Mapping[str, Any], ...]
    variants: tuple[ComparedVariant, ...]
    id: int = 0  # given by the store


Record: TypeAlias = (
    AppSession
    | Interaction
    | ScriptRun
    | RunError
    | Callback
    | RerunRequest
    | StateWrite
    | StateAttempt
    | StateRead
    | QueryChange
    | DrawnWidget
    | ContainerWrite
    | PageMessage
    | MessageSettled
    | MessageBody
    | CacheAccess
    | StepChunk
    | LineCount
    | Source
    | Limit
)


class Sink(Protocol):
    """Where a recorder's records go. The recorder knows nothing else about storage."""

    def open(self, info: RecordingInfo, drain: Callable[[], Sequence[Record]]) -> int:
        """Begin a recording and return its id.

        From now on the sink calls `drain` several times a second, from a thread of its own, and
        keeps what it returns, in order. A drain may leave steps to the next one. Raises
        StoreError when it cannot write.
        """
        ...

    def wake(self, run_is_over: bool = False) -> bool:
        """The first record after a drain waits, or a run is over and all of it waits.

        Called from any thread; does not block. Returns whether the sink is at rest, and so will
        drain at once when a run is over.
        """
        ...

    def close(self, complete: bool = True) -> None:
        """Drain once more, write everything, and mark the recording complete or broken off."""
        ...
