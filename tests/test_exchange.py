"""`export -o x.rtrace` and `import`: between databases and revisions, and hostile files."""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from test_db_examples import (  # noqa: F401 (fixtures)
    BODIES,
    EVERYTHING,
    SETTLED,
    chunk,
    fresh_database,
    open_store,
    record,
)
from ui import handmade

from rerun_trace.db.exchange.rtrace import MAGIC, VERSION, ForeignFile, packed
from rerun_trace.db.packing import codec
from rerun_trace.db.store import TraceStore
from rerun_trace.exporting import rtrace
from rerun_trace.exporting.job import Export
from rerun_trace.facts import facts_of
from rerun_trace.importing import import_file
from rerun_trace.tracer.model import ComparedVariant, Comparison, Record

pytestmark = pytest.mark.first_row

DATA = Path(__file__).parent / "data"
AT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def exported(store: TraceStore, path: Path, *ids: int, comparison: int | None = None) -> Path:
    rtrace.write(Export(store, path, ids, comparison))
    return path


def told(store: TraceStore, id: int) -> Any:
    """All that the facts document and the records say, without the recording's number."""
    facts = facts_of(store, id)
    del facts["recording"]["id"]
    return facts, [repr(record) for record in store.records(id)]


def filled(store: TraceStore) -> tuple[int, int]:
    """Two recordings with every kind of record; the second one broke off."""
    records: list[Record] = [r for group in EVERYTHING.values() for r in group]
    one = record(store, *BODIES, *records, chunk(1, 1, 40), chunk(2, 1, 9), SETTLED, app="one.py")
    two = handmade.everything(store)
    store.rename(two, "Everything")
    store.add_note(two, 1, 0, "deleted")
    store.add_note(two, 1, 1, "the first step")
    store.delete_note(two, store.notes(two)[0].n)
    return one, two


def test_what_is_exported_comes_back_as_it_was(store: TraceStore, tmp_path: Path) -> None:
    # GIVEN a database, on each kind of server, with two recordings and a comparison of both
    one, two = filled(store)
    compared = Comparison(
        *("a, b", AT, ({"click": "Grüße 🎈"}, {"set": "Tags", "value": [1, 2.5, None]})),
        (ComparedVariant("a", (two, one)), ComparedVariant("b", (), "it did not start")),
    )
    number = store.add_comparison(compared)
    # WHEN it goes into a file, into an empty database, from there into a file, and back
    file = exported(store, tmp_path / "a.rtrace", comparison=number)
    with TraceStore.open(tmp_path / "other.sqlite") as other:
        record(other)  # so that the numbers are others
        found = import_file(other, file)
        ids = [info.id for info in found.recordings]
        assert ids == [2, 3]
        assert [told(other, id) for id in ids] == [told(store, one), told(store, two)]
        for was, info in zip((one, two), found.recordings, strict=True):
            assert replace(store.recording(was), id=info.id) == info == other.recording(info.id)
        variants = (replace(compared.variants[0], recordings=(3, 2)), compared.variants[1])
        assert other.comparisons() == [replace(compared, id=1, variants=variants)]
        again = exported(other, tmp_path / "b.rtrace", comparison=1)
    with TraceStore.open(tmp_path / "third.sqlite") as third:
        import_file(third, again)
        assert [told(third, n) for n in (1, 2)] == [told(store, one), told(store, two)]
    # and into the database that it came from: beside what is there
    back = import_file(store, again)
    assert [told(store, i.id) for i in back.recordings] == [told(store, one), told(store, two)]
    assert len(store.comparisons()) == 2


def test_a_file_holds_nothing_of_other_recordings(store: TraceStore, tmp_path: Path) -> None:
    _, two = filled(store)
    file = exported(store, tmp_path / "a.rtrace", two)
    content = zlib.decompress(file.read_bytes()[len(MAGIC) + 42 :])
    assert b"one.py" not in content
    with TraceStore.open(tmp_path / "other.sqlite") as other:
        assert [info.id for info in import_file(other, file).recordings] == [1]
        assert told(other, 1) == told(store, two)
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_a_file_of_an_earlier_schema_is_brought_up_to_date(revision: str, tmp_path: Path) -> None:
    old = gzip.decompress((DATA / f"revision-{revision}.sqlite.gz").read_bytes())
    (tmp_path / "old.sqlite").write_bytes(old)
    (tmp_path / "old.rtrace").write_bytes(packed(old))
    with TraceStore.open(tmp_path / "new.sqlite") as new:
        found = import_file(new, tmp_path / "old.rtrace")
        with TraceStore.open(tmp_path / "old.sqlite") as migrated:
            assert len(found.recordings) == len(migrated.recordings())
            for info in migrated.recordings():
                # Steps' times were kept in nanoseconds; in whole microseconds they come back.
                assert told(new, info.id)[0] == told(migrated, info.id)[0]


# -- hostile files ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database in a file that can be imported."""
    folder = tmp_path_factory.mktemp("good")
    with TraceStore.open(folder / "db.sqlite") as store:
        one, two = filled(store)
        store.add_comparison(Comparison("t", AT, (), (ComparedVariant("a", (one,)),)))
        file = exported(store, folder / "a.rtrace", two, comparison=1)
    return zlib.decompress(file.read_bytes()[len(MAGIC) + 42 :])


def refusal(content: bytes, folder: Path, limit: int = 10**9) -> str:
    """The one line with which a file is refused; nothing is imported, nothing left behind."""
    path = folder / "x.rtrace"
    path.write_bytes(content)
    with TraceStore.open(folder / "db.sqlite") as store:
        with pytest.raises(ForeignFile) as caught:
            import_file(store, path, limit)
        assert store.recordings() == []
        assert store.comparisons() == []
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(str(path))
    assert caught.value.exit_code != 0
    return line.removeprefix(str(path))


def head(size: int, content: bytes, version: int = VERSION) -> bytes:
    digest = hashlib.sha256(content).digest()
    return MAGIC + version.to_bytes(2, "little") + size.to_bytes(8, "little") + digest


def test_a_file_that_is_not_whole_or_something_else_is_refused(good: bytes, tmp_path: Path) -> None:
    file = packed(good)
    for cut in (len(MAGIC) + 3, 60, len(file) // 2, len(file) - 1):
        assert "is cut short" in refusal(file[:cut], tmp_path)
    for foreign in (b"", b"PK\x03\x04" + b"x" * 99, good, b"SQLite format 3\0"):
        assert "is no .rtrace file" in refusal(foreign, tmp_path)
    assert "newer version" in refusal(head(9, b"", VERSION + 1) + b"x", tmp_path)
    flipped = bytearray(file)
    flipped[len(file) // 2] ^= 0x55
    assert "damaged" in refusal(bytes(flipped), tmp_path)
    assert "damaged" in refusal(file + b"more", tmp_path)
    assert "no database" in refusal(packed(b"not a database" * 999), tmp_path)
    refusal(packed(good[: len(good) // 2]), tmp_path)


def test_a_file_that_unpacks_to_too_much_is_refused(good: bytes, tmp_path: Path) -> None:
    limit = 2_000_000
    bomb = zlib.compress(bytes(50_000_000), 9)
    assert "raise the limit with --max-size" in refusal(
        head(50_000_000, b"") + bomb, tmp_path, limit
    )
    assert "more than it says" in refusal(head(1_000, b"") + bomb, tmp_path, limit)
    assert "raise the limit" in refusal(packed(good), tmp_path, len(good) - 1)


Change = Callable[[sqlite3.Connection], Any]


def sql(*statements: str) -> Change:
    def change(connection: sqlite3.Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    return change


def data(statement: str, *values: Any) -> Change:
    return lambda connection: connection.execute(statement, values)


DEEP = "[" * 100_000 + "]" * 100_000
BOMB = zlib.compress(bytes(140_000_000), 1)
STEPS = bytes.fromhex("02") + b"\0\0" + zlib.compress(b"", wbits=-15)

HOSTILE: dict[str, tuple[Change, str]] = {
    "newer": (sql("UPDATE rerun_trace_version SET version_num = '9999'"), "newer version"),
    "no revision": (sql("DELETE FROM rerun_trace_version"), "does not say which revision"),
    "odd revision": (sql("UPDATE rerun_trace_version SET version_num = x'00'"), "does not say"),
    "another program": (sql("DROP TABLE rerun_trace_version"), "another program"),
    "extra table": (sql("CREATE TABLE evil (a)"), "does not know: 'evil'"),
    "trigger": (
        sql("CREATE TRIGGER evil AFTER INSERT ON runs BEGIN DELETE FROM runs; END"),
        "does not know: 'evil'",
    ),
    "view": (sql("CREATE VIEW evil AS SELECT 1"), "does not know: 'evil'"),
    "view in place of a table": (
        sql("DROP TABLE runs", "CREATE VIEW runs AS SELECT 1 AS n"),
        "other columns in the table 'runs'",
    ),
    "index": (sql("CREATE INDEX evil ON runs (abs(n))"), "does not know: 'evil'"),
    "virtual table": (
        sql("DROP TABLE names", "CREATE VIRTUAL TABLE names USING fts5(recording_id, no, text)"),
        "does not know",
    ),
    "missing table": (sql("DROP TABLE runs"), "lacks the table 'runs'"),
    "more columns": (sql("ALTER TABLE runs ADD COLUMN evil"), "other columns in the table 'runs'"),
    "made column": (
        sql("ALTER TABLE limits DROP COLUMN text", "ALTER TABLE limits ADD COLUMN text AS (1)"),
        "other columns in the table 'limits'",
    ),
    "wrong type": (sql("UPDATE runs SET started_ns = 'soon'"), "wrong value in runs.started_ns"),
    "text as bytes": (sql("UPDATE names SET text = x'ff'"), "wrong value in names.text"),
    "bytes as text": (
        sql("UPDATE names SET text = CAST(x'ff' AS TEXT) WHERE no = 1"),
        "no database that can be read",
    ),
    "null": (
        sql(
            "CREATE TABLE other AS SELECT * FROM limits",
            "INSERT INTO other (recording_id, no) VALUES (1, 9)",
            "DROP TABLE limits",
            "ALTER TABLE other RENAME TO limits",
        ),
        "wrong value in limits.text",
    ),
    "huge number": (sql("UPDATE runs SET ended_ns = 9223372036854775807"), "runs.ended_ns"),
    "large number": (sql("UPDATE runs SET trigger = 4294967296"), "wrong value in runs.trigger"),
    "fraction": (sql("UPDATE runs SET steps = 0.5"), "wrong value in runs.steps"),
    "no truth": (sql("UPDATE recordings SET complete = 7"), "recordings.complete"),
    "no time": (sql("UPDATE recordings SET started_at = 'yesterday'"), "recordings.started_at"),
    "no such time": (
        sql("UPDATE recordings SET started_at = '2026-99-99 00:00:00.000000'"),
        "damaged",
    ),
    "no recording": (sql("DELETE FROM compared_recordings", "DELETE FROM recordings"), ""),
    "reference to nothing": (
        sql("UPDATE limits SET recording_id = 77"),
        "contradicts itself",
    ),
    "comparison of nothing": (
        sql("UPDATE compared_recordings SET recording_id = 77"),
        "contradicts itself",
    ),
    "source text of nothing": (sql("UPDATE sources SET sha256 = 'x'"), "contradicts itself"),
    "unknown word": (sql("UPDATE runs SET outcome = 'exploded'"), "damaged"),
    "name that is not there": (sql("UPDATE runs SET script = 99999"), "damaged"),
    "names with a gap": (sql("DELETE FROM names WHERE no = 2"), "not numbered one by one"),
    "cycle of runs": (
        sql("UPDATE runs SET trigger_type = 'rerun', trigger = n"),
        "cannot start it",
    ),
    "cycle of two runs": (
        sql("UPDATE runs SET trigger_type = 'rerun', trigger = 3 - n WHERE n < 3"),
        "cannot start it",
    ),
    "run that is not there": (
        sql("UPDATE state_writes SET run = 999"),
        "state_writes of a run 999",
    ),
    "step that is not there": (
        sql("UPDATE step_chunks SET first_step = 7"),
        "step 1 is missing",
    ),
    "cycle of dictionaries": (
        sql("UPDATE step_chunks SET key_run = 3 - run, data = x'03' || substr(data, 2)"),
        "",
    ),
    "damaged steps": (sql("UPDATE step_chunks SET data = x'020000ff'"), "damaged"),
    "empty steps": (data("UPDATE step_chunks SET data = ?", STEPS), "damaged"),
    "bomb of steps": (
        data(
            "UPDATE step_chunks SET data = ?",
            b"\2\0\0" + zlib.compress(bytes(70_000_000), 1, wbits=-15),
        ),
        "too large",
    ),
    "rows without bytes": (
        data(
            "UPDATE step_chunks SET frames = NULL, key_run = NULL, data = ?",
            # Four columns of width 0 for 4 billion steps.
            codec.seal(b"\xff\xff\xff\xff" + bytes(40)),
        ),
        "4,294,967,295 rows",
    ),
    "bomb of a message": (
        data("UPDATE message_bodies SET zipped = 1, data = ?", BOMB),
        "message_bodies.data that is too large",
    ),
    "message that is no zlib": (sql("UPDATE message_bodies SET zipped = 1"), "damaged data in"),
    "bomb of a source": (data("UPDATE source_texts SET data = ?", BOMB), "too large"),
    "cut source": (data("UPDATE sources SET blocks = ?", BOMB[:99]), "cut short"),
    "deep JSON": (data("UPDATE interactions SET action = ?", DEEP), "nested without end"),
    "no JSON": (sql("UPDATE interactions SET action = '{'"), "damaged"),
    "JSON of another shape": (sql("UPDATE interactions SET action = '7'"), "cannot be read"),
    "wide number in JSON": (
        data("UPDATE interactions SET action = ?", "9" * 99_999),
        "damaged",
    ),
    "damaged page": (
        lambda c: (
            c.execute("PRAGMA writable_schema=ON")
            and c.execute("UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'names'")
        ),
        "",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_database_is_refused_in_one_line(kind: str, good: bytes, tmp_path: Path) -> None:
    change, says = HOSTILE[kind]
    path = tmp_path / "hostile.sqlite"
    path.write_bytes(good)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        change(connection)
        connection.commit()
    assert says in refusal(packed(path.read_bytes()), tmp_path)


def test_what_fails_half_way_leaves_nothing_behind(
    good: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.rtrace").write_bytes(packed(good))
    with TraceStore.open(tmp_path / "db.sqlite") as store:

        def fails(*_: object, **__: object) -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr(store, "add_comparison", fails)
        with pytest.raises(KeyboardInterrupt):
            import_file(store, tmp_path / "x.rtrace")
        assert store.recordings() == []
    with closing(sqlite3.connect(tmp_path / "db.sqlite")) as connection:
        for name in ("message_bodies", "source_texts", "step_chunks"):
            assert connection.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,)
