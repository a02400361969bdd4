"""`rerun-trace export -o report.html`, as a user calls it."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import say
from reports import Report
from support import SAMPLES, record

pytestmark = pytest.mark.first_row


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    db = tmp_path_factory.mktemp("export") / "recordings.db"
    record(SAMPLES / "rerun.py", [{"click": "Foo"}], db)
    return db


def test_the_newest_recording_is_written(db: Path, tmp_path: Path) -> None:
    target = tmp_path / "a report.HTML"
    words = ("-o", target, "--no-replay", "--title", "Twice", "--note", "See run 2.")
    said = say(db, "export", *words, "--runs", "2-3")
    assert said.code == 0, said.err
    report = Report(target.read_bytes())
    assert "<title>Twice</title>" in report.text
    assert "See run 2." in report.start["pages"]["/"]["body"]
    assert "made without replay" in report.start["noReplay"]
    held = [run for place in report.start["recordings"]["1"]["places"] for run in place["runs"]]
    assert sorted(held) == [2, 3]
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["-o", "x.html", "--runs", "3-2"], "name a run, or the first and the last one"),
        (["-o", "x.html", "--runs", "9"], "recording 1 has the runs 1 to 3, none of 9-9"),
        (["-o", "x.html", "--comparison", "4"], "no comparison 4"),
        (["-o", "x.html", "--max-size", "0"], "--max-size"),
        (["7", "-o", "x.html"], "no recording 7"),
        (["-o", "nowhere/x.html"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    db: Path, tmp_path: Path, words: list[str], problem: str
) -> None:
    said = say(db, "export", "--no-replay", *words, cwd=tmp_path)
    assert said.code in (1, 2)
    assert problem in said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []
