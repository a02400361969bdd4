"""What the pages' JSON holds: the forms of the answers, from which the scripts' types are made.

Times are nanoseconds on the recording's clock. Columns have one list a field.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, UnsetType

from rerun_trace.tracer.documents.facts import Finding
from rerun_trace.tracer.documents.form import Form, about
from rerun_trace.tracer.model import Outcome, RunKind, StateOp, TriggerType
from rerun_trace.web.models.compared import Compared, ComparedInteraction

Line: TypeAlias = int | None
File: TypeAlias = str | None


Keyboard: TypeAlias = Literal["none", "arrows", "text"]


class Total(Form):
    """How many there are."""

    runs: int
    interactions: int


class Changes(Form):
    """How far a recording has come."""

    marker: Annotated[str, about("differs as soon as anything was added")]
    state: Annotated[str, about("`live`, `complete` or `broken off`")]
    limits: Annotated[list[str], about("what was left out")]
    edits: Annotated[int, about("changes of the name and the notes")]
    total: Total


class RunColumns(Form):
    """All runs in numbers, packed."""

    n: list[int]
    started: list[int]
    took: list[int]
    session: list[int]
    interaction: list[int]
    trigger: list[int]
    steps: list[int]
    halted_line: list[int]
    kind: str
    outcome: str
    trigger_type: str


class InteractionColumns(Form):
    """All interactions in numbers, packed."""

    n: list[int]
    at: list[int]
    session: list[int]
    came_by: str


class Index(Changes, kw_only=True):
    """All runs and interactions in numbers."""

    has_callbacks: bool
    has_threads: bool
    words: Annotated[dict[str, list[str]], about("what the digits of a column stand for")]
    runs: RunColumns
    interactions: InteractionColumns


class Titles(Form):
    n: list[int]
    title: list[str]


class Callbacks(Form):
    run: list[int]
    function: list[str]
    started_ns: list[int]
    ended_ns: list[int]
    step: list[int]
    error: list[str | None]


class Threads(Form):
    """Spans of the app's own threads."""

    run: list[int]
    thread: Annotated[list[int], about("numbered in their run")]
    function: list[str]
    started_ns: list[int]
    ended_ns: list[int]
    steps: list[int]
    step: Annotated[list[int], about("the first of its `steps`")]


class Requests(Form):
    run: list[int]
    at_ns: list[int]
    step: list[int]
    line: list[Line]
    scope: list[str]
    allowed: list[bool]


class Errors(Form):
    run: list[int]
    at_ns: list[int]
    step: list[int]
    type: list[str]
    line: list[Line]


class Writes(Form):
    run: list[int]
    at_ns: list[int]
    step: list[int]
    element: list[str]
    label: list[str]
    out_of_order: list[bool]
    line: list[Line]
    fate: list[str]


class StateWrites(Form):
    run: list[int]
    at_ns: list[int]
    step: list[int]
    key: list[str]
    op: list[StateOp]
    line: list[Line]


class Rests(Form):
    """What runs that ended early left out."""

    run: list[int]
    text: list[str]


class Timeline(Form):
    """What the timeline shows of the runs in sight, beyond the index."""

    interactions: Titles
    callbacks: Callbacks
    threads: Threads
    requests: Requests
    errors: Errors
    writes: Writes
    state_writes: StateWrites
    rests: Rests


class Piece(Form):
    """A part of a sentence, and what it points at."""

    text: str
    run: int | UnsetType = UNSET
    step: int | UnsetType = UNSET
    file: File | UnsetType = UNSET
    line: Line | UnsetType = UNSET


class FileCoverage(Form):
    """What of a file a run executed."""

    file_no: int
    file: str
    executed: Annotated[list[tuple[int, int, bool]], about("line, hits, whether there were more")]
    not_run: Annotated[list[tuple[int, str]], about("line, reason")]
    halting_line: Line
    halting_text: str | None


class Callback(Form):
    run: int
    function: str
    file: str
    line: int
    started_ns: int
    ended_ns: int
    step: int
    widget_id: str | None
    label: str | None
    error: str | None
    arguments: list[tuple[str, str]]
    closure: list[tuple[str, str]]


class Request(Form):
    run: int
    at_ns: int
    step: int
    file: File
    line: Line
    function: str | None
    scope: str
    allowed: bool
    refusal: str | None


class StateWrite(Form):
    key: str
    op: StateOp
    old: Annotated[str | None, about("null: absent")]
    new: Annotated[str | None, about("null: absent")]
    run: int
    step: int
    at_ns: int
    file: File
    line: Line


class Write(Form):
    run: int
    at_ns: int
    step: int
    message: int
    path: list[int]
    kind: str
    element: str
    label: str
    out_of_order: bool
    file: File
    line: Line
    widget_id: str | None
    fragment: str | None
    shows: str | None
    widget: int | None
    value: str | None
    fate: str


class RunError(Form):
    run: int
    at_ns: int
    step: int
    type: str
    message: str
    traceback: str
    file: File
    line: Line


class CacheAccess(Form):
    run: int
    at_ns: int
    step: int
    function: str
    cache: str
    hit: bool
    duration_ns: int
    file: File
    line: Line
    duration: Annotated[str, about("in words")]


class Trigger(Form):
    """What started the run: the number of an interaction or of a run."""

    type: TriggerType
    number: int


class Wait(Form):
    """Lines that wait for a person to use a widget."""

    widget: Annotated[str, about("its label")]
    text: list[Piece]


class RunView(Form):
    """One run in full."""

    n: int
    app_session: int
    kind: RunKind
    script: str
    fragments: list[str]
    outcome: Outcome
    end: Annotated[str, about("how it ended, in words")]
    cause: Annotated[str, about("what started it, in words")]
    trigger: Trigger
    interaction: int
    started_ns: int
    ended_ns: int | None
    duration: Annotated[str, about("in words")]
    detailed: bool
    steps: int
    dropped_steps: int
    blind_step: int | None
    story: Annotated[list[list[Piece]], about("sentences")]
    brief: Annotated[list[Piece], about("what it drew and changed, in a line")]
    because: Annotated[list[Piece], about("what made it start after the run before; else empty")]
    waits: Annotated[list[Wait], about("of a load: what did not run yet, and what it waits for")]
    gesture: Annotated[str, about("its interaction, counted: `1 click`")]
    keyboard: Annotated[Keyboard, about("what the widget that was used takes keys for")]
    callbacks: list[Callback]
    requests: list[Request]
    state_writes: list[StateWrite]
    writes: list[Write]
    errors: list[RunError]
    cache: list[CacheAccess]
    files: list[FileCoverage]


class Frame(Form):
    """A call."""

    n: int
    parent: Annotated[int, about("0: nobody of the user's code called it")]
    function: str
    file: int
    line: int
    thread: int


class StepColumns(Form):
    at_ns: list[int]
    file: list[int]
    line: list[int]
    frame: list[int]


class ValueChanges(Form):
    step: list[int]
    frame: list[int]
    name: list[str]
    scope: list[str]
    text: Annotated[list[str | None], about("null: the variable was deleted")]


BaseValue: TypeAlias = tuple[int, str, str, str, int]
"""Frame, name, scope, text, step."""


class LineHits(Form):
    """How often lines ran."""

    file: list[int]
    line: list[int]
    hits: list[int]


class StepWindow(Form):
    """Up to 1,000 steps of a run."""

    first: int
    last: int
    total: int
    steps: StepColumns
    frames: Annotated[list[Frame], about("the calls that are spoken of, callers included")]
    base: Annotated[list[BaseValue], about("values from before `first`")]
    changes: ValueChanges
    before: Annotated[LineHits, about("the lines that ran before `first`")]


class StateValue(Form):
    """A key of session state, and what wrote it."""

    key: str
    value: str
    run: int
    step: int
    op: StateOp
    file: File
    line: Line


class RunState(Form):
    """Session state when a run began, and the run's writes."""

    before: list[StateValue]
    writes: list[StateWrite]


class KeyHistory(Form):
    """How often a key was written, and its newest writes, newest first."""

    key: str
    total: int
    writes: list[StateWrite]


class StepAt(Form):
    """The next step at a line, if there is one."""

    step: int | None


class Found(Form):
    """A moment that was searched for."""

    kind: str
    run: int
    step: Annotated[int | None, about("null: the run's end")]
    at_ns: int
    title: str
    detail: str


class FoundPage(Form):
    """A part of what was found."""

    results: list[Found]
    next: Annotated[str | None, about("the `after` to go on with")]
    searched: Annotated[str, about("how far the search came")]


class Met(Form):
    """Where a finding was met: the newest 2,000 places."""

    id: Annotated[int, about("of the finding")]
    interaction: list[int]
    run: list[int]


class FoundIn(Form):
    """What was found in an interaction: values and moments are those of this time."""

    interaction: int
    findings: list[Finding]


class Findings(Form):
    """What is wrong in a recording, as far as it has come."""

    version: Annotated[int, about("grows with whatever is different")]
    runs: Annotated[int, about("how many were looked at")]
    findings: Annotated[list[Finding], about("the same fault met again is one")]
    met: list[Met]
    own: Annotated[
        list[FoundIn], about("of the newest interactions, and of those that were asked for")
    ]
    asked: Annotated[
        list[str] | UnsetType, about("in a report: the questions that have an answer there")
    ] = UNSET


class WhyLink(Form):
    """One thing that happened, as a sentence with its moment."""

    text: str
    run: int | None
    step: Annotated[int, about("0: before the run's first one, or no step")]
    file: File
    line: Line
    value: str | None
    end: Annotated[bool, about("nothing of the recording leads further back")]


class WhyAnswer(Form):
    """The answer to a why or why not: the way back to its newest cause, nearest first."""

    question: str
    first: Annotated[list[WhyLink], about("the links to read first: five at most")]
    links: list[WhyLink]
    more: Annotated[list[WhyLink], about("what else it came from")]


class Note(Form):
    n: int
    run: int
    step: Annotated[int, about("0: before the run's first one")]
    at_ns: int
    text: str
    written_at: str


class Longest(Form):
    """Characters that are kept."""

    note: int
    name: int


class Notes(Form):
    """The name of a recording, and the notes on its moments."""

    name: str | None
    notes: list[Note]
    may_change: Annotated[bool, about("whether this browser may")]
    longest: Longest


class SourceText(Form):
    """A file as it was executed."""

    file_no: int
    file: str
    lines: Annotated[list[list[tuple[str, str]]], about("Pygments' short class name, and text")]
    continued: Annotated[dict[str, int], about("line -> the line of the statement that it goes on")]


class Shared(Form):
    """What "Share" offers."""

    stem: Annotated[str, about("for files' names")]
    report: Annotated[str | None, about("where the report file is")]
    story: Annotated[str, about("Markdown")]
    issue: Annotated[str | UnsetType, about("Markdown about the run")] = UNSET
    small_issue: Annotated[str | UnsetType | None, about("with a graph that Gitea draws")] = UNSET


class Typed(Form):
    """What a person typed or picked."""

    element: str
    value: Any


class FedMessage(Form):
    n: int
    hash: Annotated[str, about("of its content")]
    typed: Typed | UnsetType = UNSET


class FedGap(Form):
    """A place to fill."""

    path: list[int]
    note: str


class PageNode(Form):
    """An element or block on the page."""

    path: list[int]
    kind: str
    element: str
    label: str
    message: int
    run: int
    step: int | None
    file: File
    line: Line
    order: Annotated[int | None, about("which of its run's writes, from 1; null: an earlier run's")]
    out_of_order: bool
    fate: str
    visible: bool


class PageOfMoment(Form, rename={"as_": "as"}):
    """The page when a step has just been executed."""

    run: int
    step: int
    as_: Literal["sent", "written"]
    feed: Annotated[
        list[dict[str, Any]],
        about("what to give the front end, in order"),
    ]
    nodes: Annotated[list[PageNode], about("in page order")]
    text: Annotated[str, about("what is shown, in words")]
    partial: Annotated[bool, about("something may be missing")]
    pending: Annotated[bool, about("what became of some messages is not known yet")]
    versions: Annotated[
        tuple[str, str], about("Streamlit's, of the recording and as installed here")
    ]


class Trouble(Form):
    """What keeps the recording from being written."""

    state: str
    text: str


class App(Form):
    """The app that was started together with the page."""

    state: Literal["none", "starting", "running", "ended"]
    recording: Annotated[int | None, about("the one that it writes, or wrote last")]
    url: Annotated[str | None, about("where this browser finds the app")]
    ended: Annotated[str | None, about("how its process ended: a sentence")]
    trouble: Trouble | None
    may_restart: bool


class Levels(Form):
    """How many findings a recording has, by level."""

    fault: int
    hint: int
    note: int


class Going(Form):
    """What goes when some recordings are deleted."""

    recordings: Annotated[list[int], about("those of them that can be deleted")]
    lines: Annotated[list[str], about("sentences")]
    stays: Annotated[str | None, about("which cannot, and why")]


class Deleted(Form):
    """What was deleted."""

    text: Annotated[str, about("with how much space that gave back")]


class SampleRecorded(Form):
    """A sample that was recorded."""

    path: Annotated[str, about("of its page")]


ANSWERS: dict[str, type[Form]] = {
    "/api/going": Going,
    "/api/live": App,
    "/api/comparisons/<number>/interactions/<n>": ComparedInteraction,
    "/api/comparisons/<number>/overview": Compared,
    "/api/comparisons/<number>/share": Shared,
    "/api/recordings/<recording>/changes": Changes,
    "/api/recordings/<recording>/findings": Findings,
    "/api/recordings/<recording>/index": Index,
    "/api/recordings/<recording>/levels": Levels,
    "/api/recordings/<recording>/notes": Notes,
    "/api/recordings/<recording>/runs/<number>": RunView,
    "/api/recordings/<recording>/runs/<number>/at": StepAt,
    "/api/recordings/<recording>/runs/<number>/page": PageOfMoment,
    "/api/recordings/<recording>/runs/<number>/state": RunState,
    "/api/recordings/<recording>/runs/<number>/steps": StepWindow,
    "/api/recordings/<recording>/search": FoundPage,
    "/api/recordings/<recording>/share": Shared,
    "/api/recordings/<recording>/source/<file_no>": SourceText,
    "/api/recordings/<recording>/state/history": KeyHistory,
    "/api/recordings/<recording>/timeline": Timeline,
    "/api/recordings/<recording>/why": WhyAnswer,
}
"""Route -> the form of what GET answers there."""

EITHER: dict[tuple[str, str], tuple[type[Form], ...]] = {
    ("PageOfMoment", "feed"): (FedMessage, FedGap),
}
"""Form and field -> the forms of its list's items, where no field of theirs tells them apart."""

PARTS: tuple[type[Form], ...] = (
    FedMessage,
    FedGap,
    Note,
    Finding,
    Deleted,
    SampleRecorded,
)
"""Forms that are met inside of others, or as answers of other methods."""
