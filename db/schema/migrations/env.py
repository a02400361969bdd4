"""Run by Alembic: migrates on the connection, and in the transaction, that `migrate` began."""

from alembic import context

from rerun_trace.db.schema.migrations import VERSION_TABLE
from rerun_trace.db.schema.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
