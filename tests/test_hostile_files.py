"""Databases that somebody made or that were damaged: one clear line, and nothing that runs away."""

from __future__ import annotations

import json
import sqlite3
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from commands import say
from ui import handmade

from rerun_trace.db import guard
from rerun_trace.db.packing import codec
from rerun_trace.db.packing.inflated import inflated
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.errors import StoreError

pytestmark = pytest.mark.first_row

ENDLESS = "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a) SELECT x FROM a"
BOMB = zlib.compress(bytes(300_000_000), 1)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database of two recordings."""
    path = tmp_path_factory.mktemp("good") / "db.sqlite"
    with TraceStore.open(path) as store:
        handmade.everything(store)
        handmade.everything(store)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    return path.read_bytes()


@pytest.fixture
def db(good: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "db.sqlite"
    path.write_bytes(good)
    return path


def change(db: Path, *statements: str, values: tuple[object, ...] = ()) -> None:
    with closing(sqlite3.connect(db)) as connection:
        for statement in statements:
            connection.execute(statement, values)
        connection.commit()


def one_line(db: Path, *words: str | Path) -> str:
    """What a command says that cannot do what it was asked for."""
    said = say(db, *words)
    assert said.code != 0
    assert "Traceback" not in said.err
    (line,) = said.errors
    return line


# -- what is no table of ours -----------------------------------------------------------------

SHAPES: dict[str, tuple[str, ...]] = {
    "a view that never ends": (
        "DROP TABLE notes",
        f"CREATE VIEW notes AS SELECT 1 recording_id, x n, 1 run, '' text FROM ({ENDLESS})",
    ),
    "a view in another case": ("DROP TABLE notes", f"CREATE VIEW NOTES AS {ENDLESS}"),
    "a trigger": ("CREATE TRIGGER t AFTER UPDATE ON recordings BEGIN DELETE FROM runs; END",),
    "a made column": ("ALTER TABLE notes ADD COLUMN more GENERATED ALWAYS AS (zeroblob(9))",),
    "an index of an expression": ("CREATE INDEX i ON notes (length(zeroblob(100000000)))",),
    "an index of a part": ("CREATE INDEX i ON notes (run) WHERE run > 1",),
    "a virtual table": ("DROP TABLE notes", "CREATE VIRTUAL TABLE notes USING fts5(text)"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_only_plain_tables_are_read(shape: str, db: Path) -> None:
    change(db, *SHAPES[shape])
    began = time.monotonic()
    with pytest.raises(StoreError, match="something else in the place of the table"):
        TraceStore.open(db, create=False)
    assert time.monotonic() - began < 5
    assert "in the place of the table" in one_line(db, "list")


def test_a_table_that_is_not_there_is_named(db: Path) -> None:
    change(db, "PRAGMA foreign_keys=OFF", "DROP TABLE names")
    assert "lacks the table 'names'" in one_line(db, "show", "1")


def test_a_question_without_end_is_broken_off(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_MOST", 3)
    with TraceStore.open(db, create=False) as store:
        with pytest.raises(StoreError, match="far too long to read"):
            store._reader.ask(lambda connection: connection.exec_driver_sql(ENDLESS).all())
        assert len(store.recordings()) == 2  # the next question has its own time


# -- sizes ------------------------------------------------------------------------------------


def test_a_small_blob_takes_no_great_memory() -> None:
    # Columns of the width 0 take no bytes: twelve of them ask for 34 GB.
    tracemalloc.start()
    try:
        with pytest.raises(StoreError, match="4,294,967,295 rows"):
            codec.unpack_counts(codec.seal(b"\xff\xff\xff\xff" + bytes(40)))
        assert len(codec.unpack_counts(codec.seal(b"\xff\xff\x03\x00" + bytes(60)))) == 2**18 - 1
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_inflating_ends_at_the_limit() -> None:
    assert inflated(zlib.compress(b"abc"), 3) == b"abc"
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="more than 1,000,000 bytes"):
            inflated(BOMB, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    for damaged in (BOMB[:90], b"", b"none"):
        with pytest.raises(ValueError, match="zlib"):
            inflated(damaged, 10**9)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE source_texts SET data = ?",
        "UPDATE sources SET blocks = ?",
        "UPDATE message_bodies SET zipped = 1, data = ?",
    ],
)
def test_a_bomb_in_a_row_costs_a_line(statement: str, db: Path) -> None:
    change(db, statement, values=(BOMB,))
    with TraceStore.open(db, create=False) as store:
        tracemalloc.start()
        try:
            with pytest.raises(StoreError, match="holds more than"):
                list(store.records(1))
            assert tracemalloc.get_traced_memory()[1] < 300_000_000
        finally:
            tracemalloc.stop()


# -- damaged rows -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recordings SET started_at = 'never' WHERE id = 1",
        "UPDATE recordings SET ended_at = x'00ff' WHERE id = 1",
        "UPDATE recordings SET app = x'00ff' WHERE id = 1",
        "UPDATE runs SET ended_ns = 'late' WHERE recording_id = 1",
        "UPDATE interactions SET at_ns = x'ff' WHERE recording_id = 1",
    ],
)
def test_a_damaged_row_costs_its_row_and_not_the_list(statement: str, db: Path) -> None:
    change(db, statement)
    assert say(db, "list").code == 0
    said = say(db, "list", "--json")
    assert said.code == 0, said.err
    assert [each["info"]["id"] for each in json.loads(said.out)] == [2, 1]
    with TraceStore.open(db, create=False) as store:
        assert [info.id for info in store.recordings()] == [2, 1]
        assert store.recording(2).app


def test_a_damaged_recording_says_so(db: Path) -> None:
    change(db, "UPDATE recordings SET started_at = 'never' WHERE id = 1")
    with TraceStore.open(db, create=False) as store:
        (_, damaged) = store.recordings()
        assert damaged.app == "(damaged)"
        assert "is damaged" in damaged.limits[0]
    assert "cannot be understood" in one_line(db, "show", "1")
    assert say(db, "rm", "1", "--yes").code == 0
    assert say(db, "list", "--json").out.count('"app":') == 1


# -- where nothing is -------------------------------------------------------------------------

READING: dict[str, Callable[[Path], tuple[str | Path, ...]]] = {
    "list": lambda _: ("list",),
    "list --json": lambda _: ("list", "--json"),
    "show": lambda _: ("show",),
    "explain": lambda _: ("explain",),
    "why": lambda _: ("why", "1", "1"),
    "why-not": lambda _: ("why-not", "1", "1"),
    "graph": lambda _: ("graph",),
    "scenario": lambda _: ("scenario", "1"),
    "export": lambda folder: ("export", "-o", folder / "x.html"),
    "ui": lambda _: ("ui", "--no-browser"),
    "rm": lambda _: ("rm", "--all", "--yes"),
}


@pytest.mark.parametrize("command", READING)
def test_who_only_reads_makes_no_database(command: str, tmp_path: Path) -> None:
    db = tmp_path / "mistyped" / "db.sqlite"
    assert f"there is no database {db}" in one_line(db, *READING[command](tmp_path))
    assert list(tmp_path.iterdir()) == []


# -- numbers and scenarios --------------------------------------------------------------------

WIDGETS = """\
import streamlit as st

st.number_input("Number", value=0)
st.slider("Slide", 0, 10)
st.text_input("Text")
st.date_input("Day")
st.data_editor({"a": [1, 2]}, key="edited")
"""
HUGE = 10**30
STEPS: list[dict[str, object]] = [
    {"set": "Number", "value": HUGE},
    {"set": "Slide", "value": HUGE},
    {"set": "Day", "days_from_now": HUGE},
    {"edit": "edited", "deleted": [HUGE]},
    {"edit": "edited", "rows": {"9" * 40: {"a": HUGE}}},
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step)[:60])
def test_a_scenario_with_hostile_numbers_is_played_or_refused(
    step: dict[str, object], tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(WIDGETS)
    (tmp_path / "s.json").write_text(json.dumps([step]))
    said = say(tmp_path / "db", "drive", tmp_path / "app.py", "--scenario", tmp_path / "s.json")
    assert "child.py" not in said.err  # a traceback of ours
    assert said.code in (0, 2)
    if said.code:
        (line,) = [line for line in said.errors if line.startswith("rerun-trace:")]
        assert len(line) < 6000


DEEP = 100_000
FILES = {
    "deep.json": "[" * DEEP + "]" * DEEP,
    "deep_value.json": '[{"set": "Text", "value": ' + "[" * DEEP + "]" * DEEP + "}]",
    "deep.toml": "steps = " + "[" * DEEP + "]" * DEEP,
    "wide.json": '[{"wait_ms": ' + "9" * 5000 + "}]",
    "infinite.json": '[{"wait_ms": Infinity}]',
    "nan.json": '[{"wait_ms": NaN}]',
    "negative.toml": "steps = [{wait_ms = -1}]",
    "inf.toml": "steps = [{wait_ms = inf}]",
    "bytes.toml": "\udcff",
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_scenario_file_costs_a_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(WIDGETS)
    (tmp_path / name).write_text(FILES[name], "utf-8", "surrogateescape")
    line = one_line(tmp_path / "db", "drive", tmp_path / "app.py", "--scenario", tmp_path / name)
    assert name in line


@pytest.mark.parametrize(
    "words",
    [
        *(["--wait", wrong] for wrong in ("inf", "nan", "-1", "1e999", "9" * 5000, "x")),
        *(["--timeout", wrong] for wrong in ("inf", "nan", "-1", "0", "1e999")),
        ["--set", "Text=" + "[" * DEEP],
    ],
    ids=lambda words: " ".join(words)[:20],
)
def test_hostile_options_cost_a_line(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(WIDGETS)
    said = say(tmp_path / "db", "drive", tmp_path / "app.py", *words)
    assert "Traceback" not in said.err
    if words[0] != "--set":
        assert said.code == 2
        assert len(said.errors) == 1
