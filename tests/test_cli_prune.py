"""`prune` and `--keep`: what goes, what is said of it, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import say
from test_db_examples import info, record
from test_db_keep import whole_run

from rerun_trace.db.store import TraceStore

pytestmark = pytest.mark.first_row


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Recording 1 of 30 runs; recording 2, of one run, is live."""
    path = tmp_path / "recordings.sqlite"
    with TraceStore.open(path) as store:
        record(store, *(each for n in range(1, 31) for each in whole_run(n)))
        store.sink().open(info(started_at=datetime.now(UTC)), list)
    return path


def test_runs_go_and_live_recordings_are_left_out(db: Path) -> None:
    dry = say(db, "prune", "--keep", "5 runs", "--dry-run")
    assert "Recording 1: 24 runs of 1 to 24 would go." in dry.out
    assert "2" in dry.err
    with TraceStore.open(db) as store:
        assert len(store.runs(1)) == 30
    assert "Recording 1: 24 runs of 1 to 24 went" in say(db, "prune", "1", "--keep", "5 runs").out
    with TraceStore.open(db) as store:
        assert [each.n for each in store.runs(1)] == list(range(25, 31))
    again = say(db, "prune", "1", "--keep", "5 runs")
    assert "nothing went" in again.out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["prune"], "200 runs, 1 GB, 7 days"),
        (["prune", "--keep", "many"], "200 runs, 1 GB, 7 days"),
        (["prune", "9", "--keep", "1 run"], "9"),
        (["prune", "2", "--keep", "1 run"], "Nothing was let go"),
        (["drive", "app.py", "--keep", "5"], "200 runs, 1 GB, 7 days"),
        (["app.py", "--keep", "5"], "200 runs, 1 GB, 7 days"),
    ],
)
def test_what_cannot_be_done_is_one_line(db: Path, words: list[str], named: str) -> None:
    said = say(db, *words)
    assert said.code == 2
    assert len(said.errors) == 1
    assert named in said.errors[0]


def test_the_app_is_recorded_with_keep(db: Path, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text("import streamlit as st\nst.button('Go')\nst.write('text')\n")
    clicks = ["--click", "Go"] * 5
    said = say(db, "drive", app, *clicks, "--keep", "2 runs")
    assert said.code == 0
    with TraceStore.open(db) as store:
        kept = [each.n for each in store.runs(3)]
        assert kept[-2:] == [5, 6]
        assert kept[0] > 1
        assert "let go" in store.recording(3).limits[0]


def test_a_question_about_a_run_that_went_names_those_that_are_kept(tmp_path: Path) -> None:
    db, app = tmp_path / "recordings.sqlite", tmp_path / "app.py"
    app.write_text("import streamlit as st\nst.button('Go')\nst.write('text')\n")
    said = say(db, "drive", app, *["--click", "Go"] * 5)
    assert said.code == 0
    assert say(db, "prune", "1", "--keep", "3 runs").code == 0
    for words in (["1", "1"], ["1", "text", "--run", "2"]):
        said = say(db, "why", *words)
        assert said.code == 2
        (line,) = said.errors
        assert line.endswith("the runs that are kept are 3 to 6")
