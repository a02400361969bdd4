"""Recordings, and what belongs to one as a whole: its names, its notes, what was left out of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from rerun_trace.db.schema.columns import UtcTime
from rerun_trace.db.schema.models.base import CLUSTERED, Base, Key, Ns, Recording, Text


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
    no: Mapped[Key] = mapped_column(
        doc="1-based, in order of appearance; those that nothing refers to any more may be gone"
    )
    text: Mapped[Text] = mapped_column(doc="the text")


class LimitRow(Base):
    """Something that was left out of the recording, in words."""

    __tablename__ = "limits"
    __table_args__ = (CLUSTERED,)

    recording_id: Mapped[Recording] = mapped_column(doc="the recording")
    no: Mapped[Key] = mapped_column(doc="1-based, in order of appearance")
    text: Mapped[Text] = mapped_column(doc="what was left out, and how often so far")
