"""The facts document (`rerun-trace/facts/2`): what a recording says.

Another form is another schema number; a field that is new and may be left out is none.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from msgspec import UNSET, UnsetType

from ..model import Outcome, RunKind, StateOp
from .form import Form, Place, about

SCHEMA: Final = "rerun-trace/facts/2"
MAX_LINES = 2000

File: TypeAlias = Annotated[str | None, about("relative to the app's folder; null: not known")]
Line: TypeAlias = Annotated[int | None, about("from 1; null: not known")]
Nanoseconds: TypeAlias = Annotated[int, about("since the recording began")]


class Recording(Form):
    """Which recording it is."""

    id: int
    name: Annotated[str | None, about("what a person called it")]
    app: Annotated[str, about("the main script")]
    variant: Annotated[str | None, about("its name in a comparison")]
    started_at: Annotated[str, about("ISO 8601, UTC")]
    python: str
    streamlit: str
    engine: Annotated[str, about("`settrace` or `monitoring`")]
    engine_reason: Annotated[str, about("why it was chosen")]
    complete: Annotated[bool, about("false while it goes on, and when it broke off")]
    limits: Annotated[list[str], about("what was left out, in words")]


class AppSession(Form):
    """A tab of the browser with the app."""

    n: int
    opened_ns: Nanoseconds
    closed_ns: Annotated[int | None, about("null: still open at the end")]


class Change(Form):
    """A widget that came with another value; of a submit, what it changed in its form."""

    element: str
    label: str
    key: str | None
    old: Any
    new: Any


class Interaction(Form):
    """What a person did, or a timer. The page's loading is number 0."""

    n: int
    app_session: int
    at_ns: Nanoseconds
    action: Annotated[
        dict[str, Any],
        about(
            'such as `{"click": "Foo"}`. Widgets with the same label are told apart: '
            "`Delete (key row_2)`, `Save (form two)`, `Name, line 8`; one without a name is "
            '`data editor 1`, counted by kind in page order. `{"dismiss": true}` closed a dialog'
        ),
    ]
    query: Annotated[str | None, about("the query string of the browser's address")]
    changes: list[Change]
    runs: Annotated[list[int], about("the runs that it caused")]
    into: Annotated[list[int], about("runs that it went into: another one's, when merged")]


class ByInteraction(Form, tag_field="type", tag="interaction"):
    """An interaction started the run."""

    interaction: int


class ByRerun(Form, tag_field="type", tag="rerun"):
    """A rerun request of an earlier run started the run."""

    run: int


class Error(Form):
    """The exception that ended a run."""

    type: str
    message: str
    file: File
    line: Line
    traceback: str


class Query(Form):
    """The query string before and after the run."""

    before: str | None
    after: str | None


class QueryChange(Form):
    """A change of the query string by the script."""

    old: str
    new: str
    file: File
    line: Line


class Callback(Form):
    """A callback that ran."""

    function: str
    file: File
    line: Line
    label: Annotated[str | None, about("of the widget")]
    error: str | None
    arguments: Annotated[dict[str, str], about("by name")]
    closure: Annotated[
        dict[str, str],
        about("what its code found elsewhere: in functions around it and in the script"),
    ]


class RerunRequest(Form):
    """A call of `st.rerun` or `st.switch_page`."""

    file: File
    line: Line
    scope: str
    allowed: bool


class StateWrite(Form):
    """A change of session state."""

    key: str
    op: Annotated[
        StateOp,
        about(
            "`widget`: the value of a widget with a key, with the line that first drew it, or "
            "without a line when the browser sent it; `in_place`: a value that changed, such as a "
            "list by `append`; `cleanup`: Streamlit's own, no widget of that key was drawn"
        ),
    ]
    old: Annotated[str | None, about("null: absent")]
    new: Annotated[str | None, about("null: absent")]
    file: File
    line: Line


class StateAttempt(Form):
    """A write that changed nobody's state."""

    key: str
    value: str | None
    reason: str
    file: File
    line: Line


class StateRead(Form):
    """A read of session state, each key once a step."""

    key: str
    found: Annotated[bool, about("whether the key was there")]
    step: int
    file: File
    line: Line


class CacheAccess(Form):
    """A call of a cached function."""

    function: str
    cache: Annotated[str, about("`data` or `resource`")]
    hit: bool
    duration_ns: int
    file: File
    line: Line


class Widget(Form):
    """The widget that a write drew."""

    identity: Annotated[int, about("Streamlit takes two with the same number for one widget")]
    before: Annotated[int | None, about("what this call drew when it last ran; null: it did not")]
    key: str | None
    value: str | None
    made_of: Annotated[dict[str, str], about("what it was made of, by name")]


class Write(Form):
    """A write to the page."""

    file: File
    line: Line
    path: list[int]
    element: str
    label: str
    shows: Annotated[
        str | None, about("what a person reads beside the label: a metric's value, a table's shape")
    ]
    out_of_order: Annotated[bool, about("above something that the run had written already")]
    delivered: Annotated[bool, about("whether the browser got it")]
    widget: Widget | None


class Run(Form):
    """A script run."""

    n: int
    app_session: int
    kind: RunKind
    fragments: list[str]
    fragment_names: Annotated[list[str], about("their functions")]
    fragments_gone: Annotated[list[str], about("not there any more when the run started")]
    trigger: ByInteraction | ByRerun
    outcome: Annotated[Outcome, about("`running`: no end was recorded")]
    halted: Annotated[Place | None, about("the statement that ended it early: file and line")]
    stopped_by: Annotated[str | None, about("`script`, `browser` or `session`")]
    blind_step: Annotated[
        int | None,
        about(
            "how many steps were recorded when another tool took the trace function away: "
            "nothing is said of what ran afterwards"
        ),
    ]
    error: Error | None
    started_ns: Nanoseconds
    duration_ns: Annotated[int | None, about("null: no end was recorded")]
    query: Query
    query_changes: list[QueryChange]
    callbacks: list[Callback]
    lines: Annotated[list[Place], about(f"the executed statements in order, at most {MAX_LINES:,}")]
    not_run: Annotated[list[Place], about("executable statements that this run did not execute")]
    rerun_requests: list[RerunRequest]
    state_writes: list[StateWrite]
    refused_writes: Annotated[
        list[StateAttempt], about("Streamlit refused it, also where the app caught the exception")
    ]
    lost_writes: Annotated[
        list[StateAttempt], about("by a thread without a run's context, which the run started")
    ]
    state_reads: list[StateRead]
    cache: list[CacheAccess]
    writes: list[Write]


class Shown(Form):
    """An element on the page."""

    path: list[int]
    element: str
    label: str
    shows: str | None


class Note(Form):
    """What a person wrote at a moment."""

    n: int
    run: int
    step: Annotated[int, about("0: before the run's first one")]
    at_ns: Annotated[int, about("of that moment")]
    text: str
    written_at: Annotated[str, about("or changed last; ISO 8601, UTC")]


class Evidence(Form):
    """What proves a clause of a finding: a moment, with the line that it is about."""

    run: int
    step: Annotated[int, about("0: before the run's first one")]
    file: File
    line: Line
    text: str


class Reference(Form):
    """A page of Streamlit's documentation."""

    title: str
    url: Annotated[str, about("empty: not known")]


class Finding(Form):
    """A claim that the recording proves."""

    id: int
    code: Annotated[
        str, about("never changes once released; names its page", pattern=r"^RT[1-7]\d\d$")
    ]
    kind: Annotated[str, about("such as `stale-read`")]
    level: Annotated[
        Literal["fault", "hint", "note"],
        about(
            "`fault`: the app does what its author cannot have meant; `hint`: there is a better "
            "way; `note`: worth knowing"
        ),
    ]
    certainty: Annotated[
        Literal["observed", "inferred"],
        about("events say so, or the syntax tree was needed to conclude"),
    ]
    interaction: int
    run: int
    file: File
    line: Line
    also: Annotated[list[Place], about("other places of the same fault")]
    times: Annotated[int, about("how often it was met", ge=1)]
    title: Annotated[str, about("at most 60 characters", max_length=60)]
    text: Annotated[str, about("one to three sentences")]
    evidence: list[Evidence]
    remedy: str | None
    docs: Annotated[Reference | None, about("null: there is none about it")]
    patchable: Annotated[bool, about("whether a patch can be made")]


class Facts(Form):
    """What a recording says."""

    schema: Literal["rerun-trace/facts/2"]
    recording: Recording
    app_sessions: list[AppSession]
    interactions: list[Interaction]
    runs: list[Run]
    lost_writes: Annotated[list[StateAttempt], about("by a thread that no run had started")]
    final_page: Annotated[
        list[Shown], about("what the first app session's browser showed at the end")
    ]
    notes: Annotated[list[Note], about("in the order of their moments")]
    findings: Annotated[
        list[Finding] | UnsetType,
        about("in the order of interactions; left out where nothing was looked for"),
    ] = UNSET
