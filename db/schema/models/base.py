"""What all tables have in common: their base, and kinds of columns that recur."""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import DeclarativeBase, mapped_column

from rerun_trace.db.schema.columns import NameNo, Words

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
