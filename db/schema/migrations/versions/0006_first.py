"""The tables of the first release. Older ones, 0001 to 0005, are completed by `before_release`."""

from alembic import op

from rerun_trace.db.schema.migrations.first import TABLES

revision = "0006"
down_revision = None


def upgrade() -> None:
    TABLES.create_all(op.get_bind())
