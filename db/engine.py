"""Opens a database: where it is, how it is set up, and what is wrong with it in one line."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from rerun_trace.db import guard
from rerun_trace.db.schema import migrations
from rerun_trace.tracer.errors import StoreError

Location = str | os.PathLike[str]

BUSY_TIMEOUT_S = 30.0
_FOR_WRITING = "rerun_trace_for_writing"


def default_path() -> Path:
    """The user's own data file: below $XDG_DATA_HOME, or what the platform uses instead."""
    if base := os.environ.get("XDG_DATA_HOME"):
        folder = Path(base)
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support"
    else:
        folder = Path.home() / ".local" / "share"
    return folder / "rerun-trace" / "recordings.sqlite"


def database_url(location: Location | None = None) -> URL:
    """The URL of `location`: a path, a URL, or None for $RERUN_TRACE_DB or else the default file.

    Raises StoreError for a URL that is malformed, or of a database other than SQLite (in a file)
    and PostgreSQL.
    """
    if location is None:
        location = os.environ.get("RERUN_TRACE_DB") or default_path()
    text = os.fspath(location)
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser().absolute()))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        hint = "write it like postgresql://user:password@host/name"
        raise StoreError(f"the database URL is malformed; {hint}") from None
    backend = url.get_backend_name()
    if backend == "postgres":
        backend = "postgresql"
    if backend == "sqlite":
        if not url.database or ":memory:" in url.database or "memory" in url.query.get("mode", ""):
            raise StoreError("a database in memory cannot be shared; give the path of a file")
        return url
    if backend == "postgresql":
        # Plain postgresql:// means psycopg2 to older SQLAlchemy; psycopg is what we ask for.
        return url if "+" in url.drivername else url.set(drivername="postgresql+psycopg")
    raise StoreError(f"{backend} databases are not supported; use SQLite or PostgreSQL")


def shown(url: URL) -> str:
    """`url` without its password; for a SQLite file its path."""
    if url.get_backend_name() == "sqlite" and not url.query:
        return str(url.database)
    return url.difference_update_query(["password"]).render_as_string(hide_password=True)


def open_engine(location: Location | None = None, *, create: bool = True) -> Engine:
    """An engine on a database that is there, writable, and migrated to this version.

    With `create=False` a missing SQLite file is an error. Raises StoreError, whatever is wrong.
    """
    url = database_url(location)
    if url.get_backend_name() == "sqlite":
        _check_path(url, create)
    with one_line_errors(url):
        engine = create_engine(url, **_options(url))
        prepare(engine)
        if url.get_backend_name() == "sqlite":
            guard.limit(engine)
        try:
            migrations.migrate(for_writing(engine), shown(url))
            if engine.dialect.name == "sqlite":
                _keep_a_write_ahead_log(engine)
                _make_no_other(engine, str(url.database))
        except BaseException:
            engine.dispose()
            raise
    return engine


def missing_file(location: Location | None = None) -> Path | None:
    """The SQLite file of `location` when it is not there; looks only, and makes nothing.

    Raises StoreError for a URL that cannot be used, and where the file could not be made.
    """
    url = database_url(location)
    name = str(url.database)
    if url.get_backend_name() != "sqlite" or name.startswith("file:") or Path(name).exists():
        return None
    path = Path(name)
    folder = next(parent for parent in path.parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise StoreError(f"{path} cannot be made in {folder}; choose another path with --db")
    return path


def for_writing(engine: Engine) -> Engine:
    """The same engine, whose transactions take SQLite's write lock at their beginning.

    A transaction that reads first and asks for the lock later fails when another one wrote
    meanwhile; one that begins with the lock just waits its turn.

    Rows are inserted many in one statement: sqlite3 lets go of the interpreter's lock for every
    statement, and a busy app gives it back only after 5 ms each time.
    """
    if engine.dialect.name == "sqlite":
        engine.dialect.use_insertmanyvalues_wo_returning = True
    return engine.execution_options(**{_FOR_WRITING: True})


@contextmanager
def one_line_errors(url: URL) -> Iterator[None]:
    """Turns any error of the driver or of SQLAlchemy into a StoreError of one line."""
    try:
        yield
    except ImportError as error:
        fix = 'pip install "rerun-trace[postgresql]"'
        raise StoreError(f"the driver {error.name} cannot be loaded; run: {fix}") from error
    except NoSuchModuleError as error:
        raise StoreError(f"SQLAlchemy knows no driver {url.drivername}; check the URL") from error
    except (SQLAlchemyError, sqlite3.Error, OSError, UnicodeDecodeError) as error:
        raise StoreError(_explain(error, url)) from error


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_TIMEOUT_S}}
    args = {} if "connect_timeout" in url.query else {"connect_timeout": 10}
    return {"connect_args": args, "pool_pre_ping": True}


def prepare(engine: Engine) -> None:
    """Sets up each new connection to SQLite: its pages, its checks, how transactions begin."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # Python's own BEGIN comes too late: see `begin`
        if connection.execute("PRAGMA page_count").fetchone()[0] == 0:
            # Only an empty file takes these. Most tables of a short recording fill no page.
            connection.execute("PRAGMA page_size=2048")
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(_FOR_WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _keep_a_write_ahead_log(engine: Engine) -> None:
    """Lets readers and the writer of a SQLite file not wait for each other. The file remembers."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        deadline = time.monotonic() + BUSY_TIMEOUT_S
        while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                cursor.execute("PRAGMA journal_mode=WAL")
                break  # some file systems do not support it; the rollback journal works everywhere
            except sqlite3.OperationalError as error:
                # SQLite does not wait here when another process switches at the same time.
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        cursor.close()
    finally:
        connection.close()


def _make_no_other(engine: Engine, name: str) -> None:
    """From now on a connection finds the file or fails: where one was deleted, none is made."""
    if name.startswith("file:"):
        return
    address = f"{Path(name).absolute().as_uri()}?mode=rw"

    @event.listens_for(engine, "do_connect")
    def open_only(_dialect: Any, _record: Any, cargs: list[Any], cparams: dict[str, Any]) -> None:
        cargs[0] = address
        cparams["uri"] = True


def _check_path(url: URL, create: bool) -> None:
    name = str(url.database)
    if name.startswith("file:"):
        return
    path = Path(name)
    if path.is_dir():
        raise StoreError(f"{path} is a folder; give the path of a file in it")
    if path.exists():
        return
    if not create:
        raise StoreError(f"there is no database {path}; record something first, or check --db")
    try:
        _make_folder(path.parent)
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(
            f"cannot create the folder {path.parent}: {reason}; choose another --db"
        ) from error
    # Where it cannot be made, SQLite fails as well, and says why. What it makes beside the file has
    # the file's own permissions: the log, the shared memory.
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _make_folder(folder: Path) -> None:
    """Makes a folder for its user alone, and those above that are missing."""
    if not folder.exists():
        _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def _explain(error: Exception, url: URL) -> str:
    where = shown(url)
    original = error.orig if isinstance(error, DBAPIError) else error
    reason = " ".join(str(original).split()) or type(original).__name__
    if url.get_backend_name() == "sqlite":
        for sign, said in _SQLITE_PROBLEMS.items():
            if sign in reason:
                return f"{where} {said}"
        return f"cannot use {where}: {reason}"
    return f"cannot use {where}: {reason}; check the URL and that the server is running"


_SQLITE_PROBLEMS = {
    "not a database": "is not a SQLite database; choose another path with --db",
    "decode": "is a damaged SQLite database; move it away and record again",
    "malformed": "is a damaged SQLite database; move it away and record again",
    "readonly": "is read-only; make it writable, or choose another path with --db",
    "unable to open": "cannot be opened; check that it was not deleted, and that its folder exists "
    "and is writable",
    "is locked": "is locked by another program; close that program, or choose another path",
    "no such table": "has no recordings any more: it was deleted or replaced while it was in use",
    "interrupted": "takes far too long to read: it is damaged; choose another path with --db",
    "too big": "holds a value that is far too large: it is damaged; choose another path with --db",
    "is full": "is on a full disk; free some space, or choose another path with --db",
}
