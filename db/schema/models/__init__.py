"""The tables. What one asks questions about is a row; what is only read in order is packed.

The docstring of each class and the `doc` of each column are the text of docs/trace-format.md.

Constraints that shaped them:

- A short run must cost little. Rows of a recording are clustered under one composite primary key
  (SQLite: WITHOUT ROWID), which also serves the only question asked: "the rows of these runs".
  There is no second index. Tables with large blobs keep SQLite's row id, because a clustered
  row of more than a quarter page spills to pages of its own.
- Texts that recur (files, widget ids, labels, element types) are written once a recording, in
  `names`, and rows hold their number.
- Everything but comparisons belongs to a recording and goes with it (ON DELETE CASCADE).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from rerun_trace.db.schema.columns import (
    BigId,
    Changes,
    Choice,
    Json,
    NameNo,
    NumberList,
    Place,
    RunOrNone,
    TextList,
    TextPairs,
    UtcTime,
    Words,
    to_json,
)
from rerun_trace.tracer.model import (
    AttemptFate,
    InteractionKind,
    MessageFate,
    Outcome,
    RunKind,
    StateOp,
    TriggerType,
    WriteKind,
)

Recording = Annotated[
    int, mapped_column(Integer, ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True)
]
ComparisonKey = Annotated[
    int, mapped_column(Integer, ForeignKey("comparisons.id", ondelete="CASCADE"), primary_key=True)
]
Key = Annotated[int, mapped_column(Integer, primary_key=True, autoincrement=False)]
Ns = Annotated[int, mapped_column(BigInteger)]
Name = Annotated[int, mapped_column(NameNo())]
Text = Annotated[str, mapped_column(Words)]

CLUSTERED = {"sqlite_with_rowid": False}


class Base(DeclarativeBase):
    """All tables of rerun-trace."""


class RecordingRow(Base):
    """One launch of rerun-trace. Its number is never given away twice."""

    __tablename__ = "recordings"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, doc="the recording's number")
    variant: Mapped[Text | None] = mapped_column(doc="its name in a comparison")
    mode: Mapped[Text] = mapped_column(doc="`live`, `drive` or `api`")
    app: Mapped[Text] = mapped_column(doc="the main script, relative to `folder`")
    folder: Mapped[Text] = mapped_column(doc="absolute folder that relative files start from")
    started_at: Mapped[datetime] = mapped_column(UtcTime, doc="when it began, UTC")
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime, doc="when it was closed, UTC")
    python: Mapped[Text] = mapped_column(doc="version of Python")
    streamlit: Mapped[Text] = mapped_column(doc="version of Streamlit")
    engine: Mapped[Text] = mapped_column(doc="how lines were observed")
    engine_reason: Mapped[Text] = mapped_column(doc="why that engine was taken")
    complete: Mapped[bool] = mapped_column(
        doc="false while it is being written, and after the traced process was killed"
    )
    ticks: Mapped[int] = mapped_column(
        doc="transactions that added to it so far: a page that polls compares this number"
    )
    messages: Mapped[int] = mapped_column(
        doc="page messages so far; kept here because counting them would read them all"
    )
    name: Mapped[Text | None] = mapped_column(doc="what a person called it")
    edits: Mapped[int] = mapped_column(
        server_default="0",
        doc="changes of its name and notes so far: pages compare it, and notes are numbered by it",
    )


class NoteRow(Base):
    """What a person wrote at a moment: not by the traced app, but on the recording's page."""

    __tablename__ = "notes"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    n: Mapped[Key] = mapped_column(doc="never given away twice in a recording; has gaps")
    run: Mapped[int] = mapped_column(doc="`runs.n`")
    step: Mapped[int] = mapped_column(doc="of the run; 0: before its first one")
    at_ns: Mapped[Ns] = mapped_column(doc="when that moment was")
    text: Mapped[Text] = mapped_column(doc="the note")
    written_at: Mapped[datetime] = mapped_column(
        UtcTime, doc="when it was written, or changed last, UTC"
    )


class NameRow(Base):
    """A text that recurs in a recording, written once; columns marked *name* hold its number."""

    __tablename__ = "names"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    no: Mapped[Key] = mapped_column(doc="1-based, without gaps, in order of appearance")
    text: Mapped[Text] = mapped_column(doc="the text")


class LimitRow(Base):
    """Something that was left out of the recording, in words."""

    __tablename__ = "limits"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    no: Mapped[Key] = mapped_column(doc="1-based, in order of appearance")
    text: Mapped[Text] = mapped_column(doc="what was left out, and how often so far")


class AppSessionRow(Base):
    """One browser tab's `AppSession`."""

    __tablename__ = "app_sessions"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    n: Mapped[Key] = mapped_column(doc="1-based")
    streamlit_id: Mapped[Text] = mapped_column(doc="Streamlit's own id of it")
    opened_ns: Mapped[Ns] = mapped_column(doc="when it was opened")
    closed_ns: Mapped[Ns | None] = mapped_column(doc="when it was closed; NULL: still open")


class InteractionRow(Base):
    """What came from the browser, a timer or an edit."""

    __tablename__ = "interactions"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    n: Mapped[Key] = mapped_column(doc="0 is the first page load")
    app_session: Mapped[int] = mapped_column(doc="`app_sessions.n`")
    at_ns: Mapped[Ns] = mapped_column(doc="when it arrived")
    kind: Mapped[InteractionKind] = mapped_column(Choice(InteractionKind), doc="what it was")
    action: Mapped[Any] = mapped_column(Json, doc='JSON, such as `{"click": "Foo"}`')
    changes: Mapped[Any] = mapped_column(
        Changes,
        nullable=True,
        doc="widget changes: JSON list of [widget id, element, label, key, old, new]",
    )
    fragment: Mapped[Name | None] = mapped_column(doc="fragment id it was sent from")
    page: Mapped[Name | None] = mapped_column(doc="page it was sent from or to")
    query: Mapped[Name | None] = mapped_column(
        doc="query string of the browser's address; NULL before revision 0005"
    )


class RunRow(Base):
    """One script run. Written at its start, and again, whole, at its end."""

    __tablename__ = "runs"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    n: Mapped[Key] = mapped_column(doc="1-based")
    app_session: Mapped[int] = mapped_column(doc="`app_sessions.n`")
    kind: Mapped[RunKind] = mapped_column(Choice(RunKind), doc="whole app, or fragments")
    trigger_type: Mapped[TriggerType] = mapped_column(
        Choice(TriggerType), doc="what started it: an interaction, or a run's rerun request"
    )
    trigger: Mapped[int] = mapped_column(doc="number of that interaction or run")
    interaction: Mapped[int] = mapped_column(doc="`interactions.n` at the root of the chain")
    script: Mapped[Name] = mapped_column(doc="file that was run")
    started_ns: Mapped[Ns] = mapped_column(doc="when it started")
    fragments: Mapped[Any] = mapped_column(
        TextList, nullable=True, doc="ids of the fragments it was asked to run: JSON list"
    )
    outcome: Mapped[Outcome] = mapped_column(
        Choice(Outcome), doc="how it ended; `running`: no end was recorded"
    )
    ended_ns: Mapped[Ns | None] = mapped_column(doc="when it ended")
    body_started_ns: Mapped[Ns | None] = mapped_column(
        doc="when the script's first line ran; NULL: none did"
    )
    halted_file: Mapped[Name | None] = mapped_column(
        doc="file of the statement that ended it early"
    )
    halted_line: Mapped[int | None] = mapped_column(doc="its line, 1-based")
    steps: Mapped[int] = mapped_column(BigInteger, doc="steps recorded")
    dropped_steps: Mapped[int] = mapped_column(BigInteger, doc="steps left out by the budget")
    detailed: Mapped[bool] = mapped_column(doc="false: only the run itself was kept")
    took: Mapped[Any] = mapped_column(
        NumberList,
        nullable=True,
        doc="`interactions.n` of all that went into it: JSON list. Since revision 0005",
    )
    fragment_names: Mapped[Any] = mapped_column(
        TextList,
        nullable=True,
        doc="names of the functions of `fragments`: JSON list. Since revision 0005",
    )
    fragments_gone: Mapped[Any] = mapped_column(
        TextList,
        nullable=True,
        doc="those of `fragments` that were gone when it started: JSON list. Since revision 0005",
    )
    stopped_by: Mapped[Name | None] = mapped_column(
        doc="of a run that was stopped: `script`, `browser` or `session`. Since revision 0005"
    )
    blind_step: Mapped[int | None] = mapped_column(
        BigInteger,
        doc="steps recorded when another tool took the trace function away; NULL: none did",
    )
    query: Mapped[Name | None] = mapped_column(
        doc="query string that it started with; NULL before revision 0005"
    )


class ErrorRow(Base):
    """An exception that reached Streamlit in a run."""

    __tablename__ = "errors"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    at_ns: Mapped[Ns] = mapped_column(doc="when it was raised")
    step: Mapped[int] = mapped_column(doc="step it belongs to; 0: before any")
    type: Mapped[Text] = mapped_column(doc="class of the exception")
    message: Mapped[Text] = mapped_column(doc="its message")
    traceback: Mapped[Text] = mapped_column(doc="the traceback, the user's frames first")
    file: Mapped[Name | None] = mapped_column(doc="where, if in the user's code")
    line: Mapped[int | None] = mapped_column(doc="1-based")


class CallbackRow(Base):
    """An `on_click`/`on_change` function run before the script body."""

    __tablename__ = "callbacks"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    function: Mapped[Name] = mapped_column(doc="its name")
    file: Mapped[Name] = mapped_column(doc="where it is defined")
    line: Mapped[int] = mapped_column(doc="1-based line of its definition")
    started_ns: Mapped[Ns] = mapped_column(doc="when it was called")
    ended_ns: Mapped[Ns] = mapped_column(doc="when it returned or raised")
    step: Mapped[int] = mapped_column(doc="step it belongs to; 0: before any")
    widget_id: Mapped[Name | None] = mapped_column(doc="the widget that caused it")
    label: Mapped[Name | None] = mapped_column(doc="that widget's label")
    error: Mapped[Text | None] = mapped_column(doc="what it raised")
    arguments: Mapped[Any] = mapped_column(
        TextPairs,
        nullable=True,
        doc="its arguments: JSON list of [name, text]. Since revision 0005",
    )
    closure: Mapped[Any] = mapped_column(
        TextPairs,
        nullable=True,
        doc="what its code found elsewhere: JSON list of [name, text]. Since revision 0005",
    )


class RerunRequestRow(Base):
    """One call of `st.rerun` or `st.switch_page`."""

    __tablename__ = "rerun_requests"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    at_ns: Mapped[Ns] = mapped_column(doc="when it was called")
    step: Mapped[int] = mapped_column(doc="step it belongs to; 0: before any")
    file: Mapped[Name | None] = mapped_column(doc="where it was called")
    line: Mapped[int | None] = mapped_column(doc="1-based")
    function: Mapped[Name | None] = mapped_column(doc="function it was called in")
    scope: Mapped[Text] = mapped_column(doc="`app`, `fragment` or `page`")
    allowed: Mapped[bool] = mapped_column(doc="whether Streamlit did it")
    refusal: Mapped[Text | None] = mapped_column(doc="why it did not")


class StateWriteRow(Base):
    """A change of `st.session_state[key]`."""

    __tablename__ = "state_writes"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    at_ns: Mapped[Ns] = mapped_column(doc="when it happened")
    step: Mapped[int] = mapped_column(doc="step it belongs to; 0: before any")
    key: Mapped[Name] = mapped_column(doc="the key")
    op: Mapped[int] = mapped_column(NameNo(str, StateOp), doc="what happened to it")
    old: Mapped[Text | None] = mapped_column(doc="text of the value before; NULL: absent")
    new: Mapped[Text | None] = mapped_column(doc="text of the value after; NULL: absent")
    file: Mapped[Name | None] = mapped_column(doc="where; NULL: Streamlit itself did it")
    line: Mapped[int | None] = mapped_column(doc="1-based")


class StateAttemptRow(Base):
    """A change of `st.session_state[key]` that came to nothing. None before revision 0005."""

    __tablename__ = "state_attempts"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`; 0: of a thread that no run started")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    at_ns: Mapped[Ns] = mapped_column(doc="when it happened")
    step: Mapped[int] = mapped_column(doc="step it belongs to; 0: before any")
    key: Mapped[Name] = mapped_column(doc="the key")
    fate: Mapped[int] = mapped_column(NameNo(str, AttemptFate), doc="`refused` or `lost`")
    value: Mapped[Text | None] = mapped_column(doc="text of the value; NULL: a deletion")
    reason: Mapped[Text] = mapped_column(doc="why, as Streamlit says it")
    file: Mapped[Name | None] = mapped_column(doc="where")
    line: Mapped[int | None] = mapped_column(doc="1-based")


class StateReadsRow(Base):
    """Reads of `st.session_state` in a run, packed. None before revision 0005."""

    __tablename__ = "state_reads"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    data: Mapped[bytes] = mapped_column(LargeBinary, doc="state reads blob; keys are *names*")


class QueryChangeRow(Base):
    """A change of the address' query string by the script. None before revision 0005."""

    __tablename__ = "query_changes"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    at_ns: Mapped[Ns] = mapped_column(doc="when it happened")
    step: Mapped[int] = mapped_column(doc="step it belongs to; 0: before any")
    old: Mapped[Name] = mapped_column(doc="query string before")
    new: Mapped[Name] = mapped_column(doc="query string after")
    file: Mapped[Name | None] = mapped_column(doc="where")
    line: Mapped[int | None] = mapped_column(doc="1-based")


class DrawnWidgetRow(Base):
    """A widget as it was drawn, once for all runs that drew it so. None before revision 0005."""

    __tablename__ = "drawn_widgets"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    n: Mapped[Key] = mapped_column(doc="1-based; `container_writes.widget` refers to it")
    identity: Mapped[int] = mapped_column(doc="lowest `n` with the same `widget_id`")
    widget_id: Mapped[Name] = mapped_column(doc="Streamlit's id of it")
    element: Mapped[Name] = mapped_column(doc="type of the element")
    label: Mapped[Name] = mapped_column(doc="its label")
    key: Mapped[Name | None] = mapped_column(doc="its key")
    made_of: Mapped[Any] = mapped_column(
        TextPairs, nullable=True, doc="what it was made of: JSON list of [name, text]"
    )
    form: Mapped[Name | None] = mapped_column(doc="id of the form that it belongs to")


class ContainerWriteRow(Base):
    """One element or block sent to a place on the page."""

    __tablename__ = "container_writes"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    at_ns: Mapped[Ns] = mapped_column(doc="when it happened")
    step: Mapped[int] = mapped_column(doc="step it belongs to; 0: before any")
    message: Mapped[int] = mapped_column(doc="`page_messages.n`")
    path: Mapped[Any] = mapped_column(Place, doc="place on the page: numbers with commas")
    kind: Mapped[int] = mapped_column(NameNo(str, WriteKind), doc="what was put there")
    element: Mapped[Name] = mapped_column(doc="type of the element or block")
    label: Mapped[Name] = mapped_column(doc="its label or text")
    out_of_order: Mapped[bool] = mapped_column(doc="it landed before something already written")
    file: Mapped[Name | None] = mapped_column(doc="where it was written")
    line: Mapped[int | None] = mapped_column(doc="1-based")
    widget_id: Mapped[Name | None] = mapped_column(doc="the widget's id")
    fragment: Mapped[Name | None] = mapped_column(doc="the fragment it belongs to")
    shows: Mapped[Name | None] = mapped_column(
        doc="what a person reads there beside the label. Since revision 0005"
    )
    widget: Mapped[int | None] = mapped_column(doc="`drawn_widgets.n`. Since revision 0005")
    value: Mapped[Name | None] = mapped_column(
        doc="text of the widget's value. Since revision 0005"
    )


class PageMessageRow(Base):
    """One `ForwardMsg` as it was handed over for the browser."""

    __tablename__ = "page_messages"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[int | None] = mapped_column(
        RunOrNone,
        primary_key=True,
        autoincrement=False,
        nullable=False,
        doc="`runs.n`; 0: outside of any run",
    )
    n: Mapped[Key] = mapped_column(doc="1-based, over all runs")
    app_session: Mapped[int] = mapped_column(doc="`app_sessions.n`")
    at_ns: Mapped[Ns] = mapped_column(doc="when it was handed over")
    type: Mapped[Name] = mapped_column(doc="`delta`, `new_session`, `script_finished`, ...")
    body: Mapped[int] = mapped_column(
        BigInteger,
        doc="`message_bodies.id` (no foreign key: SQLite would need an index to check it)",
    )
    size: Mapped[int] = mapped_column(doc="bytes of the serialized message")
    path: Mapped[Any] = mapped_column(Place, nullable=True, doc="place: numbers with commas")
    kind: Mapped[int | None] = mapped_column(NameNo(str, WriteKind), doc="what was put there")
    element: Mapped[Name | None] = mapped_column(doc="type of the element or block")
    label: Mapped[Name | None] = mapped_column(doc="its label or text")
    detail: Mapped[int] = mapped_column(
        NameNo(to_json, json.loads), doc="what folding the page needs: JSON"
    )
    fate: Mapped[int] = mapped_column(NameNo(str, MessageFate), doc="what became of it")
    fate_ns: Mapped[Ns | None] = mapped_column(doc="when that was known")
    sent_order: Mapped[int | None] = mapped_column(doc="1-based place in the order of sending")


class MessageBodyRow(Base):
    """The bytes of page messages with one content hash, stored once for all recordings."""

    __tablename__ = "message_bodies"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, doc="its number in this database")
    hash: Mapped[str] = mapped_column(Words, unique=True, doc="content hash")
    zipped: Mapped[bool] = mapped_column(doc="whether `data` is zlib data")
    data: Mapped[bytes | None] = mapped_column(
        LargeBinary, doc="the serialized `ForwardMsg`; NULL: it was not kept"
    )


class CacheAccessRow(Base):
    """One call of a function under `st.cache_data` or `st.cache_resource`."""

    __tablename__ = "cache_accesses"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    at_ns: Mapped[Ns] = mapped_column(doc="when it was called")
    step: Mapped[int] = mapped_column(doc="step it belongs to; 0: before any")
    function: Mapped[Name] = mapped_column(doc="its name")
    cache: Mapped[Name] = mapped_column(doc="`data` or `resource`")
    hit: Mapped[bool] = mapped_column(doc="whether the value was there")
    duration_ns: Mapped[Ns] = mapped_column(doc="how long the call took")
    file: Mapped[Name | None] = mapped_column(doc="where it was called")
    line: Mapped[int | None] = mapped_column(doc="1-based")


class LineCountsRow(Base):
    """How often each statement ran in a run, packed. A later row replaces earlier counts."""

    __tablename__ = "line_counts"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    data: Mapped[bytes] = mapped_column(LargeBinary, doc="line counts blob; files are *names*")


class StepChunkRow(Base):
    """Consecutive steps of a run, packed, with the frames and value changes that came with them."""

    __tablename__ = "step_chunks"

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    seq: Mapped[Key] = mapped_column(doc="order in which it came")
    first_step: Mapped[int] = mapped_column(doc="number of its first step, 1-based in the run")
    steps: Mapped[int] = mapped_column(doc="how many steps it holds")
    low_step: Mapped[int] = mapped_column(doc="lowest step that it says something about")
    high_step: Mapped[int] = mapped_column(
        doc="highest one: the value changes of a chunk's last step may come with the next chunk"
    )
    low_frame: Mapped[int | None] = mapped_column(doc="lowest frame it introduces; NULL: none")
    high_frame: Mapped[int | None] = mapped_column(doc="highest frame it introduces")
    frames: Mapped[bytes | None] = mapped_column(LargeBinary, doc="frames blob; NULL: none")
    data: Mapped[bytes] = mapped_column(LargeBinary, doc="steps blob")
    key_run: Mapped[int | None] = mapped_column(
        doc="`runs.n`: the blobs' zlib dictionary is made of that run's chunks which have no key "
        "run and a lower `seq`: in order, of each the unpacked `frames` and `data`, cut after "
        "32,768 bytes. Has the run a chunk whose `data` begin with the byte 3, it is made of that "
        "chunk alone. NULL: they have none. Since revision 0004"
    )


class ThreadSpanRow(Base):
    """When a thread of the user's ran in a run. None were kept before revision 0003."""

    __tablename__ = "thread_spans"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    run: Mapped[Key] = mapped_column(doc="`runs.n`")
    thread: Mapped[Key] = mapped_column(doc="1-based in the run; the script's own has no row")
    function: Mapped[Name] = mapped_column(doc="the outermost function of the user's on it")
    first_step: Mapped[int] = mapped_column(doc="number of its first recorded step")
    last_step: Mapped[int] = mapped_column(doc="number of its last one so far")
    started_ns: Mapped[Ns] = mapped_column(doc="when its first step ran")
    ended_ns: Mapped[Ns] = mapped_column(doc="when its last one ran")
    steps: Mapped[int] = mapped_column(doc="how many recorded steps were its own")


class SourceRow(Base):
    """A file as it was executed. An edited file appears again, under a new `file_no`."""

    __tablename__ = "sources"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    file_no: Mapped[Key] = mapped_column(doc="1-based; steps and frames refer to it")
    file: Mapped[Text] = mapped_column(doc="relative to the recording's folder, or absolute")
    sha256: Mapped[str] = mapped_column(
        String(64), ForeignKey("source_texts.sha256"), doc="its text"
    )
    reason: Mapped[Text] = mapped_column(doc="why it counts as the user's")
    blocks: Mapped[bytes] = mapped_column(
        LargeBinary,
        doc="zlib data of a JSON list of [name, first line, [lines of statements]]",
    )
    since_run: Mapped[int] = mapped_column(doc="first run that could execute this text")


class SourceTextRow(Base):
    """A source text, stored once for all recordings."""

    __tablename__ = "source_texts"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True, doc="of the text in UTF-8")
    data: Mapped[bytes] = mapped_column(LargeBinary, doc="zlib data of the text in UTF-8")


class ComparisonRow(Base):
    """Variants of an app that were driven through the same interactions."""

    __tablename__ = "comparisons"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, doc="the comparison's number")
    title: Mapped[Text] = mapped_column(doc="what was compared, in short")
    created_at: Mapped[datetime] = mapped_column(UtcTime, doc="when it was made, UTC")
    steps: Mapped[Any] = mapped_column(Json, doc="the scenario's steps as a JSON list")


class ComparedVariantRow(Base):
    """One variant of a comparison."""

    __tablename__ = "compared_variants"
    __table_args__ = (CLUSTERED,)

    comparison_id: Mapped[ComparisonKey] = mapped_column(doc="the comparison")
    no: Mapped[Key] = mapped_column(doc="1-based, in the order given")
    name: Mapped[Text] = mapped_column(doc="the variant's name")
    failed: Mapped[Text | None] = mapped_column(
        doc="why there is nothing of it, or not all; NULL: all steps were carried out"
    )


class ComparedRecordingRow(Base):
    """One recording of a compared variant. It goes with the recording; the comparison stays."""

    __tablename__ = "compared_recordings"
    __table_args__ = (CLUSTERED,)

    comparison_id: Mapped[ComparisonKey] = mapped_column(doc="the comparison")
    variant: Mapped[Key] = mapped_column(doc="`compared_variants.no`")
    repeat: Mapped[Key] = mapped_column(doc="1-based; the first is the one shown")
    recording_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("recordings.id", ondelete="CASCADE"), doc="the recording"
    )
