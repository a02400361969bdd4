"""Databases of every revision before the first release: opened and taken in, nothing is lost.

`data/everything-NNNN.sqlite.gz` was written by the code of its time, and so was, of the same
records, the database on PostgreSQL that `pg_dump --inserts` made `everything-NNNN.sql.gz` of.
"""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, create_engine, select, text
from test_db_examples import KINDS, child_process, fresh_database, record  # noqa: F401 (fixture)

from rerun_trace.db.engine import database_url
from rerun_trace.db.exchange.rtrace import packed
from rerun_trace.db.schema import migrations
from rerun_trace.db.schema.migrations.before_release import ADDED
from rerun_trace.db.schema.migrations.first import TABLES
from rerun_trace.db.schema.migrations.numbers import BEFORE, FIRST
from rerun_trace.db.schema.models import Base
from rerun_trace.db.store import TraceStore
from rerun_trace.facts import facts_of
from rerun_trace.importing import import_file
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Record, StepChunk

pytestmark = pytest.mark.first_row

DATA = Path(__file__).parent / "data"
REVISIONS = [*BEFORE, FIRST]

Rows = dict[str, list[dict[str, Any]]]


def old_file(revision: str, path: Path) -> Path:
    """A SQLite file of that revision."""
    path.write_bytes(gzip.decompress((DATA / f"everything-{revision}.sqlite.gz").read_bytes()))
    return path


def fill(url: str, revision: str) -> Engine:
    """Makes a database of that revision of an empty one; an engine on it."""
    engine = create_engine(database_url(url))
    if engine.dialect.name == "sqlite":
        old_file(revision, Path(str(engine.url.database)))
        return engine
    dump = gzip.decompress((DATA / f"everything-{revision}.sql.gz").read_bytes()).decode()
    with engine.begin() as connection:
        connection.connection.cursor().execute(dump)
    return engine


def rows_of(engine: Engine) -> Rows:
    """Every row of every table, as the driver gives it."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in tables.sorted_tables
        }


def told(store: TraceStore) -> list[Any]:
    """What there is to read in a store: facts and records of all recordings."""
    return [
        (facts_of(store, info.id), [repr(rounded(record)) for record in store.records(info.id)])
        for info in store.recordings()
    ]


def rounded(record: Record) -> Record:
    """Before revision 0004 the times of steps were kept in nanoseconds, and are read so."""
    if not isinstance(record, StepChunk):
        return record
    steps = [step._replace(at_ns=step.at_ns // 1000 * 1000) for step in record.steps]
    return replace(record, steps=steps)


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_row_is_kept(url: str, revision: str, tmp_path: Path) -> None:
    # GIVEN a database that was written by the code of that time
    engine = fill(url, revision)
    before = rows_of(engine)
    assert before.pop(migrations.VERSION_TABLE) == [{"version_num": revision}]
    assert len(before["recordings"]) == 2
    assert all(before.values())
    # WHEN it is opened
    with TraceStore.open(url, create=False) as store:
        # THEN its tables are those of today, and hold what they held; what is new is empty
        after = rows_of(engine)
        assert after.pop(migrations.VERSION_TABLE) == [{"version_num": migrations.REVISIONS[-1]}]
        assert after.keys() == Base.metadata.tables.keys()
        for name, rows in after.items():
            old = before.get(name, [])
            known = old[0].keys() if old else ()
            assert [{column: row[column] for column in known} for row in rows] == old, name
            fresh = [row[column] for row in rows for column in row.keys() - known]
            assert set(fresh) <= {None, 0}, name
        with engine.connect() as connection:
            options = {"version_table": migrations.VERSION_TABLE}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, Base.metadata) == []
        # and everything can be read, the same on both kinds of server, and written beside
        with TraceStore.open(old_file(revision, tmp_path / "other.sqlite")) as other:
            for id in (1, 2):
                assert repr([*store.records(id)]) == repr([*other.records(id)])
                assert facts_of(store, id)["runs"] == facts_of(other, id)["runs"]
        new = record(store)
        assert store.add_note(1, 1, 1, "a note").n > 0
        assert [info.id for info in store.recordings()] == [new, 2, 1]
    engine.dispose()


@pytest.mark.parametrize("revision", BEFORE)
def test_a_completed_file_has_the_very_tables_of_a_new_one(revision: str, tmp_path: Path) -> None:
    # Alembic does not compare what only SQLite knows, such as WITHOUT ROWID.
    paths = [old_file(revision, tmp_path / "old.sqlite"), tmp_path / "new.sqlite"]
    tables = []
    for path in paths:
        TraceStore.open(path).close()
        with closing(sqlite3.connect(path)) as connection:
            tables.append(
                {
                    (name, about): connection.execute(f"PRAGMA {about}({name})").fetchall()
                    for name in Base.metadata.tables
                    for about in ("table_list", "table_xinfo", "foreign_key_list", "index_list")
                }
            )
    assert tables[0] == tables[1]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_file_that_was_handed_on_says_what_it_would_when_opened(
    revision: str, tmp_path: Path
) -> None:
    old = old_file(revision, tmp_path / "old.sqlite")
    (tmp_path / "old.rtrace").write_bytes(packed(old.read_bytes()))
    with TraceStore.open(tmp_path / "new.sqlite") as new, TraceStore.open(old) as opened:
        found = import_file(new, tmp_path / "old.rtrace")
        assert [info.id for info in found.recordings] == [1, 2]
        assert told(new) == told(opened)
        assert new.notes(1) == opened.notes(1)
        assert new.comparisons() == opened.comparisons()


def test_what_cannot_be_completed_stays_as_it_was(tmp_path: Path) -> None:
    # GIVEN a file in which somebody has made a table of their own that we would make
    path = old_file("0001", tmp_path / "old.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (mine TEXT)")
        before = connection.execute("SELECT name, sql FROM sqlite_schema").fetchall()
    # WHEN it is opened
    with pytest.raises(StoreError, match="notes already exists"):
        TraceStore.open(path)
    # THEN that is refused, and nothing of it was done
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name, sql FROM sqlite_schema").fetchall() == before


OPEN_AT_ONCE = """
import sys
from rerun_trace.db.store import TraceStore
print("ready", flush=True)
sys.stdin.readline()
with TraceStore.open(sys.argv[1]) as store:
    print(len(store.recordings()), "alembic" in sys.modules)
"""


def test_processes_may_open_an_old_database_at_once(url: str) -> None:
    fill(url, "0001").dispose()
    children = [child_process(OPEN_AT_ONCE, url) for _ in range(3)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    assert [child.communicate()[0] for child in children] == ["2 False\n"] * 3


def test_a_later_revision_goes_on_from_the_first_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a version of rerun-trace that has one more revision
    by_alembic = migrations.upgrade

    def upgrade(connection: Connection, revision: str = "head") -> None:
        if revision != "head":
            by_alembic(connection, revision)
            return
        connection.execute(text("ALTER TABLE recordings ADD COLUMN later TEXT"))
        connection.execute(text(f"UPDATE {migrations.VERSION_TABLE} SET version_num = '0007'"))

    monkeypatch.setattr(migrations, "REVISIONS", (FIRST, "0007"))
    monkeypatch.setattr(migrations, "upgrade", upgrade)
    # WHEN it opens what was made before the first release, and takes it in
    old = old_file("0001", tmp_path / "old.sqlite")
    (tmp_path / "old.rtrace").write_bytes(packed(old.read_bytes()))
    with TraceStore.open(tmp_path / "new.sqlite") as new:
        assert len(import_file(new, tmp_path / "old.rtrace").recordings) == 2
    with TraceStore.open(old) as store:
        # THEN it is completed first, and then that revision follows
        assert len(store.recordings()) == 2
    with closing(sqlite3.connect(old)) as connection:
        assert (
            connection.execute("SELECT later, edits FROM recordings").fetchall() == [(None, 0)] * 2
        )
        told = connection.execute(f"SELECT version_num FROM {migrations.VERSION_TABLE}")
        assert told.fetchall() == [("0007",)]


def test_what_was_added_is_among_the_tables_of_the_first_release() -> None:
    columns = {f"{table.name}.{c.name}" for table in TABLES.tables.values() for c in table.columns}
    for added in ADDED.values():
        assert set(added) <= TABLES.tables.keys() | columns
    assert tuple(ADDED) == (*BEFORE[1:], FIRST)
    assert migrations.REVISIONS[0] == FIRST
