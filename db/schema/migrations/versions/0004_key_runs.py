"""Steps packed against those of an earlier run. Those packed before stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("step_chunks", sa.Column("key_run", sa.Integer(), nullable=True))
