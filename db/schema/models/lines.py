"""Which lines ran, in which order, and their source."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from rerun_trace.db.schema.models.base import CLUSTERED, Base, Key, Name, Ns, Recording, Text


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
