"""What was sent to the browser."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from rerun_trace.db.schema.columns import BigId, NameNo, Place, RunOrNone, TextPairs, Words, to_json
from rerun_trace.db.schema.models.base import CLUSTERED, Base, Key, Name, Ns, Recording
from rerun_trace.tracer.model import MessageFate, WriteKind


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
