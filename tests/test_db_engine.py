"""Opening a database: where it is, what can be wrong with it, and how it is migrated."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from test_db_examples import POSTGRES, child_process, fresh_database, info, record  # noqa: F401 (fixture)

from rerun_trace.db.engine import database_url, default_path, open_engine
from rerun_trace.db.schema import migrations
from rerun_trace.db.schema.models import Base
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.errors import StoreError

pytestmark = pytest.mark.first_row


def refusal(location: str | os.PathLike[str], *, create: bool = True) -> str:
    """The one line with which opening `location` is refused."""
    with pytest.raises(StoreError) as caught:
        TraceStore.open(location, create=create)
    line = str(caught.value)
    assert "\n" not in line
    return line


# -- where it is ------------------------------------------------------------------------------


def test_without_a_location_it_is_the_users_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN nothing but a data folder
    monkeypatch.delenv("RERUN_TRACE_DB", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    own = tmp_path / "rerun-trace" / "recordings.sqlite"
    assert default_path() == own
    # THEN the file is made in it, folders included
    with TraceStore.open() as store:
        assert store.location == str(own)
        assert store.url == f"sqlite:///{own}"
    assert own.exists()


def test_the_environment_names_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RERUN_TRACE_DB", str(tmp_path / "other.sqlite"))
    with TraceStore.open() as store:
        assert store.location == str(tmp_path / "other.sqlite")


def test_a_path_may_be_relative_or_a_path_object_and_its_folder_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for location in ("a/b/one.sqlite", Path("a/c d/50%/two ?#.sqlite")):
        with TraceStore.open(location) as store:
            record(store)
            assert store.location == str(tmp_path / location)
        assert (tmp_path / location).exists()


def test_what_is_made_is_for_its_user_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        path = tmp_path / "new" / "folders" / "recordings.sqlite"
        with TraceStore.open(path) as store:
            sink = store.sink()
            sink.open(info(), list)
            sink.close()
            store.recordings()  # the log is there as long as it is open
            files = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert set(files) == {f"recordings.sqlite{more}" for more in ("", "-wal", "-shm")}
    assert set(files.values()) == {0o600}
    for folder in (path.parent, path.parent.parent):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_file_or_folder_that_was_there_stays_as_open_as_it_is(tmp_path: Path) -> None:
    # GIVEN a database that somebody lets a group read, in a folder of theirs
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o750)
    path = folder / "recordings.sqlite"
    TraceStore.open(path).close()
    path.chmod(0o640)
    TraceStore.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o640
    assert folder.stat().st_mode & 0o777 == 0o750


def test_plain_postgresql_urls_mean_psycopg() -> None:
    for scheme in ("postgresql", "postgres"):
        assert database_url(f"{scheme}://host/name").drivername == "postgresql+psycopg"
    assert database_url("postgresql+psycopg2://host/name").drivername == "postgresql+psycopg2"


def test_a_shown_url_has_no_password(url: str) -> None:
    with TraceStore.open(url) as store:
        store._engine.url = store._engine.url.set(password="s3cret")
        assert "s3cret" not in store.url + store.location + repr(store)


def test_sqlite_is_set_up_for_a_writer_among_readers(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "db.sqlite")
    expected = {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "auto_vacuum": 2,
    }
    with engine.connect() as connection:
        for name, value in expected.items():
            assert connection.execute(text(f"PRAGMA {name}")).scalar() == value
    engine.dispose()


# -- what can be wrong with it ----------------------------------------------------------------


def test_a_missing_file_is_refused_when_nothing_is_to_be_created(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "db.sqlite"
    assert refusal(path, create=False).startswith(f"there is no database {path}; ")
    assert not path.parent.exists()


def test_a_file_that_was_deleted_is_not_made_again_by_who_reads(tmp_path: Path) -> None:
    path = tmp_path / "a ? b#%.sqlite"
    with TraceStore.open(path) as store:
        store._engine.dispose()
        path.unlink()
        with pytest.raises(StoreError, match="it was not deleted"):
            store.recordings()
        assert not path.exists()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} is a folder; give the path of a file in it"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = refusal(tmp_path / "file" / "folder" / "db.sqlite")
    assert line.startswith(f"cannot create the folder {tmp_path / 'file' / 'folder'}: ")
    assert "choose another --db" in line


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text("import streamlit as st\n" * 100)
    assert refusal(path) == f"{path} is not a SQLite database; choose another path with --db"
    assert path.read_text() == "import streamlit as st\n" * 100


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")
    assert refusal(path).startswith(f"{path} holds the tables of another program; ")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("orders",)]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_read_only_database_is_refused(tmp_path: Path) -> None:
    # Permission bits do not bind root, under whom tests often run: SQLite itself must say no.
    path = tmp_path / "db.sqlite"
    TraceStore.open(path).close()
    line = refusal(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert "is read-only; make it writable, or choose another path with --db" in line


def test_an_immutable_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite"
    TraceStore.open(path).close()
    path.chmod(0o444)
    if os.geteuid() == 0:
        try:
            made = subprocess.run(["chattr", "+i", str(path)], capture_output=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no chattr")
        if made.returncode != 0:
            pytest.skip("the file system has no immutable files")
    try:
        assert "is read-only" in refusal(path)
    finally:
        if os.geteuid() == 0:
            subprocess.run(["chattr", "-i", str(path)], check=True)


def test_a_database_that_becomes_locked_is_a_store_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rerun_trace.db.engine.BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "db.sqlite"
    TraceStore.open(path).close()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "is locked by another program" in refusal(path)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("sqlite://", "in memory cannot be shared"),
        ("sqlite:///:memory:", "in memory cannot be shared"),
        ("mysql://ada:s3cret@host/name", "mysql databases are not supported"),
        ("postgresql://ada:s3cret@host:port/name", "URL is malformed"),
        ("://", "URL is malformed"),
        ("postgresql+nonsense://ada:s3cret@host/name", "postgresql+nonsense; check the URL"),
        ("postgresql://ada:s3cret@127.0.0.1:1/name", "check the URL and that the server is"),
        ("postgresql://ada@127.0.0.1:1/name?password=s3cret", "check the URL and that the"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused_without_its_password(location: str, said: str) -> None:
    line = refusal(location)
    assert said in line
    assert "s3cret" not in line


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    line = refusal("postgresql://127.0.0.1:1/name")
    assert line == 'the driver psycopg cannot be loaded; run: pip install "rerun-trace[postgresql]"'


@pytest.mark.skipif(not POSTGRES, reason="RERUN_TRACE_TEST_POSTGRES is not set")
def test_a_missing_database_on_a_server_is_refused() -> None:
    missing = database_url(POSTGRES).set(database="no_such_database")
    line = refusal(missing.render_as_string(hide_password=False))
    assert "no_such_database" in line
    assert "does not exist" in line


# -- migrations -------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [migrations.create, migrations.upgrade])
def test_migrations_and_models_agree(url: str, make: Callable[[Connection], None]) -> None:
    engine = create_engine(database_url(url))
    with engine.begin() as connection:
        make(connection)
    with engine.connect() as connection:
        options = {"version_table": migrations.VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == migrations.REVISIONS[-1]
    engine.dispose()


def test_migrations_make_the_very_tables_of_the_models_on_sqlite(tmp_path: Path) -> None:
    # Alembic does not compare what only SQLite knows, such as WITHOUT ROWID.
    migrated, created = (
        create_engine(f"sqlite:///{tmp_path / name}") for name in ("migrated", "created")
    )
    for engine, make in ((migrated, migrations.upgrade), (created, migrations.create)):
        with engine.begin() as connection:
            make(connection)
    tables = []
    for engine in (migrated, created):
        with engine.connect() as connection:
            tables.append(
                {
                    (name, about): connection.execute(text(f"PRAGMA {about}({name})")).all()
                    for name in [*sorted(Base.metadata.tables), migrations.VERSION_TABLE]
                    for about in ("table_list", "table_xinfo", "foreign_key_list", "index_list")
                }
            )
        engine.dispose()
    assert tables[0] == tables[1]


def test_every_migration_is_listed() -> None:
    script = ScriptDirectory(os.path.dirname(migrations.__file__))
    found = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(found)) == migrations.REVISIONS


def test_a_newer_database_is_refused_and_left_alone(url: str) -> None:
    # GIVEN a database of a version to come
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {migrations.VERSION_TABLE} SET version_num = '9999'"))
    # THEN it is refused
    assert "was written by a newer version of rerun-trace; upgrade" in refusal(url)
    with engine.connect() as connection:
        query = text(f"SELECT version_num FROM {migrations.VERSION_TABLE}")
        assert connection.execute(query).scalar() == "9999"
    engine.dispose()


OPEN_AT_ONCE = """
import sys
from rerun_trace.db.store import TraceStore
print("ready", flush=True)
sys.stdin.readline()
TraceStore.open(sys.argv[1]).close()
print("done")
"""


def test_many_processes_may_open_a_new_database_at_once(url: str) -> None:
    # GIVEN processes that stand ready
    children = [child_process(OPEN_AT_ONCE, url) for _ in range(6)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    # WHEN all of them open the same new database
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    # THEN all of them can, and it is made once
    assert [child.communicate()[0] for child in children] == ["done\n"] * 6
    engine = open_engine(url)
    assert set(Base.metadata.tables) < set(inspect(engine).get_table_names())
    engine.dispose()


SAY_WHAT_IS_LOADED = """
import sys
from rerun_trace.db.store import TraceStore
TraceStore.open(sys.argv[1]).close()
print([name for name in ("alembic", "mako", "streamlit", "psycopg") if name in sys.modules])
"""


def test_opening_a_current_database_loads_nothing_it_does_not_need(tmp_path: Path) -> None:
    # This runs in the traced process: loading Alembic would delay the app's start.
    path = tmp_path / "db.sqlite"
    TraceStore.open(path).close()
    with child_process(SAY_WHAT_IS_LOADED, str(path)) as child:
        assert child.communicate()[0] == "[]\n"
