"""Session state and the query string."""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from rerun_trace.db.schema.columns import NameNo
from rerun_trace.db.schema.models.base import CLUSTERED, Base, Key, Name, Ns, Recording, Text
from rerun_trace.tracer.model import AttemptFate, StateOp


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
