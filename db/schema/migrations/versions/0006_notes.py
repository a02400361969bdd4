"""Names of recordings, and notes on their moments. Recordings made before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("recordings", sa.Column("name", sa.Text(), nullable=True))
    edits = sa.Column("edits", sa.Integer(), server_default="0", nullable=False)
    op.add_column("recordings", edits)
    op.create_table(
        "notes",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("recording_id", "n"),
        sqlite_with_rowid=False,
    )
