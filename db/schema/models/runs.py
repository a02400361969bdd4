"""Sessions, interactions, script runs, and what runs call: callbacks, reruns, cached functions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from rerun_trace.db.schema.columns import Changes, Choice, Json, NumberList, TextList, TextPairs
from rerun_trace.db.schema.models.base import CLUSTERED, Base, Key, Name, Ns, Recording, Text
from rerun_trace.tracer.model import InteractionKind, Outcome, RunKind, TriggerType


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
