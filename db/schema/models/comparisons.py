"""Comparisons of variants."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from rerun_trace.db.schema.columns import Json, UtcTime
from rerun_trace.db.schema.models.base import CLUSTERED, Base, ComparisonKey, Key, Text


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
    """One recording of a compared variant. The comparison goes with the last one."""

    __tablename__ = "compared_recordings"
    __table_args__ = (CLUSTERED,)

    comparison_id: Mapped[ComparisonKey] = mapped_column(doc="the comparison")
    variant: Mapped[Key] = mapped_column(doc="`compared_variants.no`")
    repeat: Mapped[Key] = mapped_column(doc="1-based; the first is the one shown")
    recording_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("recordings.id", ondelete="CASCADE"), doc="the recording"
    )
