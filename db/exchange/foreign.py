"""Takes recordings out of a SQLite file that somebody else made, and that may hold anything.

The file is never attached nor migrated. What it must hold is known: the tables of the revision that
it names, and nothing else. Their columns are read one by one, each value of the type that its
column has, into a database of ours, which checks keys and references, and is brought up to date.
What was made before the first release goes into the tables of that, which have all that it has.
"""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import create_engine

from rerun_trace.db.engine import for_writing, prepare
from rerun_trace.db.exchange.rtrace import ForeignFile
from rerun_trace.db.guard import limit_sqlite
from rerun_trace.db.schema import migrations
from rerun_trace.db.schema.migrations.before_release import lacking

_ORDER: Final = (
    *("recordings", "comparisons", "source_texts", "message_bodies"),
    *("compared_variants", "compared_recordings"),
)
"""Tables that others refer to, and those that refer to several: filled in this order, first."""

_INTERNAL: Final = re.compile(r"sqlite_(sequence|stat\d)\Z")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\Z")
_INFLATED: Final = 128 * 2**20  # bytes of one zlib value
_ROW: Final = 4  # bytes that a row takes at the least
_WIDE: Final = 2**62

# Columns that hold zlib data, and whether the row says so in a column of its own.
_ZLIB: Final = {
    ("message_bodies", "data"): "zipped",
    ("source_texts", "data"): None,
    ("sources", "blocks"): None,
}


def take_in(path: Path, clean: Path, name: str) -> None:
    """Copies what the SQLite file `path` holds into a new database `clean` of this version.

    `name` is what a person knows the file by. Raises ForeignFile, in one line.
    """
    try:
        uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as foreign:
            limit_sqlite(foreign)
            revision = _revision(foreign, name)
            _make(clean, migrations.FIRST if revision in migrations.BEFORE else revision)
            with closing(sqlite3.connect(clean, isolation_level=None)) as own:
                own.execute("PRAGMA foreign_keys=ON")
                own.execute("BEGIN IMMEDIATE")
                most = path.stat().st_size // _ROW
                _copy(foreign, own, name, most, _expected(own, revision))
                own.execute("COMMIT")
    except sqlite3.IntegrityError as error:
        raise ForeignFile(f"{name} contradicts itself: {_line(error)}") from None
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise ForeignFile(f"{name} holds no database that can be read: {_line(error)}") from None
    except RecursionError:
        raise ForeignFile(f"{name} holds no database that can be read: it is nested") from None


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())


def _revision(foreign: sqlite3.Connection, name: str) -> str:
    """The revision of its tables."""
    kinds = dict(foreign.execute("SELECT name, type FROM sqlite_schema").fetchall())
    if kinds.get(migrations.VERSION_TABLE) != "table":
        raise ForeignFile(f"{name} holds the tables of another program")
    query = f"SELECT version_num FROM {migrations.VERSION_TABLE} LIMIT 2"
    found = [row[0] for row in foreign.execute(query)]
    if len(found) != 1 or type(found[0]) is not str or not re.fullmatch(r"\d{4}", found[0]):
        raise ForeignFile(f"{name} does not say which revision of rerun-trace's tables it holds")
    if found[0] not in (*migrations.BEFORE, *migrations.REVISIONS):
        raise ForeignFile(
            f"{name} was written by a newer version of rerun-trace; upgrade rerun-trace"
        )
    return str(found[0])


def _make(clean: Path, revision: str) -> None:
    """A new database with the tables of a revision."""
    engine = create_engine(f"sqlite:///{clean}")
    try:
        prepare(engine)
        with for_writing(engine).begin() as connection:
            if revision == migrations.REVISIONS[-1]:
                migrations.create(connection)
            else:
                migrations.upgrade(connection, revision)
    finally:
        engine.dispose()


def _expected(own: sqlite3.Connection, revision: str) -> dict[str, set[str]]:
    """The tables of a revision and their columns; `own` has them all."""
    tables = _tables(own)
    for what in lacking(revision) if revision in migrations.BEFORE else ():
        table, _, column = what.partition(".")
        if column:
            tables[table].remove(column)
        else:
            del tables[table]
    return tables


def _copy(
    foreign: sqlite3.Connection,
    own: sqlite3.Connection,
    name: str,
    most: int,
    expected: dict[str, set[str]],
) -> None:
    found = _tables(foreign)
    if extra := sorted(found.keys() - expected.keys()):
        raise ForeignFile(f"{name} holds what rerun-trace does not know: {extra[0]!r}")
    if missing := sorted(expected.keys() - found.keys()):
        raise ForeignFile(f"{name} lacks the table {missing[0]!r}")
    order = [*(t for t in _ORDER if t in expected), *(t for t in expected if t not in _ORDER)]
    for table in order:
        if found[table] != expected[table]:
            raise ForeignFile(f"{name} has other columns in the table {table!r}")
        if table == migrations.VERSION_TABLE:
            continue
        most -= _copy_table(foreign, own, table, expected[table], name, most)
    _check_names(own, name)
    _check_runs(own, name, [table for table in order if "run" in expected[table]])


def _tables(connection: sqlite3.Connection) -> dict[str, set[str]]:
    """The tables and their columns; what is no plain table stands there without columns."""
    tables: dict[str, set[str]] = {}
    query = "SELECT type, name, sql FROM sqlite_schema ORDER BY rowid"
    for kind, name, sql in connection.execute(query).fetchall():
        if _INTERNAL.match(name) or (kind == "index" and sql is None):
            continue
        tables[name] = set()
        if kind == "table" and not re.match(r"(?i)\s*create\s+virtual", sql):
            rows = connection.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
            tables[name] = {row[1] if not row[6] else f"{row[1]} (made)" for row in rows}
    return tables


def _copy_table(
    foreign: sqlite3.Connection,
    own: sqlite3.Connection,
    table: str,
    expected: set[str],
    name: str,
    most: int,
) -> int:
    """Copies the rows of a table, of which `most` are accepted; returns their number."""
    every = own.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
    columns = [column for column in every if column[1] in expected]
    checks = [_check_of(column[2], bool(column[3] or column[5])) for column in columns]
    names = [column[1] for column in columns]
    if table == "message_bodies":
        checks[names.index("id")] = _whole(_WIDE)
    listed = ", ".join(map(_quoted, names))
    insert = f"INSERT INTO {_quoted(table)} ({listed}) VALUES ({', '.join('?' * len(names))})"
    zipped = [(names.index(c), flag) for (t, c), flag in _ZLIB.items() if t == table]

    def rows() -> Iterator[tuple[Any, ...]]:
        query = f"SELECT {listed} FROM {_quoted(table)}"
        for number, row in enumerate(foreign.execute(query), 1):
            if number > most:
                raise ForeignFile(f"{name} is damaged: it has more rows than it has room for")
            for column, check, value in zip(names, checks, row, strict=True):
                if not check(value):
                    raise ForeignFile(f"{name} has a wrong value in {table}.{column}")
            for at, flag in zipped:
                if row[at] is not None and (flag is None or row[names.index(flag)]):
                    _check_zlib(row[at], f"{table}.{names[at]}", name)
            yield row

    return own.executemany(insert, rows()).rowcount


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


Check = Callable[[Any], bool]


def _check_of(declared: str, required: bool) -> Check:
    """What a value of a column must be, by the type that the column was declared with."""
    check = _type_check(declared.upper())
    return check if required else lambda value: value is None or check(value)


def _type_check(declared: str) -> Check:
    if declared == "BOOLEAN":
        return lambda value: type(value) is int and value in (0, 1)
    if declared == "BIGINT":
        return _whole(_WIDE)
    if declared == "INTEGER":
        return _whole(2**31 - 1)
    if declared == "BLOB":
        return lambda value: type(value) is bytes
    if declared == "DATETIME":
        return lambda value: type(value) is str and _TIME.match(value) is not None
    return lambda value: type(value) is str


def _whole(most: int) -> Check:
    return lambda value: type(value) is int and -most <= value <= most


def _check_zlib(data: bytes, column: str, name: str) -> None:
    unpacker = zlib.decompressobj()
    try:
        size = len(unpacker.decompress(data, _INFLATED))
    except zlib.error:
        raise ForeignFile(f"{name} has damaged data in {column}") from None
    if not unpacker.eof:
        why = "is too large" if size >= _INFLATED else "is cut short"
        raise ForeignFile(f"{name} has data in {column} that {why}")


def _check_names(own: sqlite3.Connection, name: str) -> None:
    """Every recording's names are numbered from 1 without gaps: they are found by place."""
    query = (
        "SELECT 1 FROM names GROUP BY recording_id HAVING min(no) <> 1 OR max(no) <> count(*) "
        "LIMIT 1"
    )
    if own.execute(query).fetchone():
        raise ForeignFile(f"{name} contradicts itself: its names are not numbered one by one")


def _check_runs(own: sqlite3.Connection, name: str, tables: list[str]) -> None:
    """What happened in a run happened in one that is there; 0 stands for none."""
    for table in tables:
        query = (
            f"SELECT t.run FROM {_quoted(table)} t WHERE t.run <> 0 AND NOT EXISTS (SELECT 1 FROM "
            "runs r WHERE r.recording_id = t.recording_id AND r.n = t.run) LIMIT 1"
        )
        found = own.execute(query).fetchone()
        if found:
            raise ForeignFile(f"{name} contradicts itself: {table} of a run {found[0]}")
