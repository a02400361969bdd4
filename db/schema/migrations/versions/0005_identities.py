"""Identities of widgets, reads and refused writes of session state, query strings, merged runs.

Recordings made before have none of these.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ADDED: dict[str, list[tuple[str, Any]]] = {
    "interactions": [("query", sa.Integer())],
    "runs": [
        ("took", sa.Text()),
        ("fragment_names", sa.Text()),
        ("fragments_gone", sa.Text()),
        ("stopped_by", sa.Integer()),
        ("blind_step", sa.BigInteger()),
        ("query", sa.Integer()),
    ],
    "callbacks": [("arguments", sa.Text()), ("closure", sa.Text())],
    "container_writes": [
        ("shows", sa.Integer()),
        ("widget", sa.Integer()),
        ("value", sa.Integer()),
    ],
}


def upgrade() -> None:
    for table, columns in _ADDED.items():
        for name, type_ in columns:
            op.add_column(table, sa.Column(name, type_, nullable=True))
    _of_runs(
        "state_attempts",
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("fate", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file", sa.Integer(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
    )
    _of_runs("state_reads", sa.Column("data", sa.LargeBinary(), nullable=False))
    _of_runs(
        "query_changes",
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("old", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("file", sa.Integer(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
    )
    op.create_table(
        "drawn_widgets",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("identity", sa.Integer(), nullable=False),
        sa.Column("widget_id", sa.Integer(), nullable=False),
        sa.Column("element", sa.Integer(), nullable=False),
        sa.Column("label", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=True),
        sa.Column("made_of", sa.Text(), nullable=True),
        sa.Column("form", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("recording_id", "n"),
        sqlite_with_rowid=False,
    )


def _of_runs(name: str, *columns: sa.Column[Any]) -> None:
    """A table of what came in runs, in order."""
    op.create_table(
        name,
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("recording_id", "run", "seq"),
        sqlite_with_rowid=False,
    )
