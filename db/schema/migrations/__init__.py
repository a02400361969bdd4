"""Brings a database up to the tables of this version.

To change a table: change `models`, add `versions/NNNN_what.py` that does the same to an existing
database, and append its number to REVISIONS. A test compares the two.

The first release has a single revision. What was recorded before it is of one of the revisions in
BEFORE, and is completed in one step.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    inspect,
    text,
)

from rerun_trace.db.guard import refuse_other_than_tables
from rerun_trace.db.schema.migrations.numbers import BEFORE, FIRST, REVISIONS, VERSION_TABLE
from rerun_trace.tracer.errors import StoreError

__all__ = ["BEFORE", "FIRST", "REVISIONS", "VERSION_TABLE", "create", "migrate", "upgrade"]

_LOCK = 0x7265_7275_6E  # PostgreSQL advisory lock: one migration at a time


def migrate(engine: Engine, where: str) -> None:
    """Creates the tables, or migrates them up. `engine` must begin transactions for writing.

    Two processes may do it at once: the second waits, then finds nothing to do. Raises StoreError
    for a database that is newer than this program, or belongs to another one, and an error of
    SQLAlchemy for one that cannot be written.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        revision = _revision(connection, where)
        if revision is None:
            create(connection)
            return
        if revision in BEFORE:
            from rerun_trace.db.schema.migrations.before_release import complete

            complete(connection, revision)
            revision = FIRST
        if revision not in REVISIONS:
            fix = "upgrade rerun-trace, or choose another database with --db"
            raise StoreError(f"{where} was written by a newer version of rerun-trace; {fix}")
        if revision == REVISIONS[-1]:
            # Changes nothing, but fails where writing is forbidden: now, not while recording.
            connection.execute(text(f"DELETE FROM {VERSION_TABLE} WHERE version_num IS NULL"))
        else:
            upgrade(connection)


def create(connection: Connection) -> None:
    """Makes the newest tables at once: loading Alembic for it would take a third of a second."""
    from rerun_trace.db.schema.models import Base

    Base.metadata.create_all(connection)
    version = Table(
        VERSION_TABLE,
        MetaData(),
        Column("version_num", String(32), nullable=False),
        PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
    )
    version.create(connection, checkfirst=True)
    connection.execute(version.insert().values(version_num=REVISIONS[-1]))


def _revision(connection: Connection, where: str) -> str | None:
    if connection.dialect.name == "sqlite":
        refuse_other_than_tables(connection, {VERSION_TABLE, *_own_tables()}, where)
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE in tables:
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
        if found is not None and str(found) == REVISIONS[-1]:
            _demand_all(tables, where)
        return None if found is None else str(found)
    if tables:
        fix = "choose another database with --db"
        raise StoreError(f"{where} holds the tables of another program; {fix}")
    return None


def _own_tables() -> Collection[str]:
    from rerun_trace.db.schema.models import Base

    return Base.metadata.tables.keys()


def _demand_all(tables: Collection[str], where: str) -> None:
    if missing := sorted({*_own_tables()} - {*tables}):
        fix = "it is damaged; move it away and record again"
        raise StoreError(f"{where} lacks the table {missing[0]!r}: {fix}")


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Brings tables of a revision, or of none, up to a later one: one revision after the other."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
