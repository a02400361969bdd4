"""`list` and `rm`: which recordings there are, how they are shown, and how they go."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import COMMAND, Said, environment, say
from ui import handmade

from rerun_trace.commands.words import short_moment
from rerun_trace.db.store import RecordingSummary, TraceStore
from rerun_trace.tracer.model import (
    ComparedVariant,
    Comparison,
    MessageBody,
    PageMessage,
    RecordingInfo,
)
from rerun_trace.tracer.words.recordings import apps_of, going, is_of_app

pytestmark = pytest.mark.first_row

SHOP = replace(handmade.INFO, app="shop.py", complete=True)
LONG = replace(SHOP, app="a_surprisingly_long_name_of_an_application.py", variant="variant")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Recordings 1 and 2 of rerun.py, 3 of shop.py, 4 of a long name; 1 and 2 were compared."""
    path = tmp_path / "recordings.sqlite"
    with TraceStore.open(path) as store:
        handmade.keep(
            store,
            replace(SHOP, app="rerun.py"),
            [
                MessageBody("its own", os.urandom(2_000_000)),
                *(
                    replace(each, body="its own") if isinstance(each, PageMessage) else each
                    for each in handmade.first_load()
                ),
            ],
        )
        two = handmade.three_runs(store)
        store.rename(two, "The double click")
        store.add_note(two, 1, 0, "a note")
        handmade.keep(store, SHOP, handmade.first_load())
        handmade.keep(store, LONG, [])
        variants = ComparedVariant("a", (1,)), ComparedVariant("b", (2,))
        store.add_comparison(Comparison("a, b", datetime.now(UTC), (), variants))
    return path


@pytest.fixture
def live(db: Path) -> Iterator[int]:
    """Recording 5, of shop.py, which goes on."""
    with TraceStore.open(db) as store:
        sink = store.sink()
        info = replace(SHOP, started_at=datetime.now(UTC), complete=False)
        yield sink.open(info, list)
        sink.close(True)


def left(db: Path) -> list[int]:
    with TraceStore.open(db) as store:
        return [each.id for each in store.recordings()]


def listed(db: Path, columns: int, *words: str) -> str:
    said = subprocess.run(
        [*COMMAND, "list", *words],
        capture_output=True,
        encoding="utf-8",
        env=environment(db) | {"COLUMNS": str(columns)},
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


def answered(db: Path, answer: str, *words: str) -> tuple[int, str]:
    """`rerun-trace rm WORDS` at a terminal, where somebody answers; the exit code, and all that
    stands there then."""
    own, terminal = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "rm", *words],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(db),
    ) as process:
        os.write(own, answer.encode())
        out, _ = process.communicate(timeout=60)
    os.close(terminal)
    os.close(own)
    return process.returncode, out.decode()


def one_line(said: Said) -> str:
    (line,) = said.errors
    assert (said.code, said.out) == (2, "")
    return line


# -- list ---------------------------------------------------------------------------------------


def test_eighty_columns_hold_what_one_asks_for(db: Path, live: int) -> None:
    table = listed(db, 80)
    lines = table.splitlines()
    assert max(map(len, lines)) <= 80
    (row,) = [line for line in lines if re.match(r" +2 ", line)]
    assert re.fullmatch(r" +2  The double click +4 May( 2026)? .* 2 +3 +3\.23 s +✓ complete *", row)
    assert "1 note" in table
    assert "● live" in table
    assert "…" not in table
    # What is long is folded, and whole.
    head = next(line for line in lines if " app " in line)
    column = slice(head.index("app"), head.index("when"))
    start = next(n for n, line in enumerate(lines) if "a_sur" in line)
    folded = "".join(line[column].strip() for line in lines[start : start + 4])
    assert folded.startswith(f"{LONG.app}(variant)")
    assert "monitoring" not in table


def test_what_is_wider_says_more(db: Path) -> None:
    for columns, more in ((100, "monitoring"), (130, "1.67.0"), (160, "/home/ada/apps")):
        table = listed(db, columns)
        assert more in table
        assert max(map(len, table.splitlines())) <= columns
        assert more not in listed(db, columns - 1)


def test_the_recordings_of_an_app(db: Path) -> None:
    assert [
        each["info"]["id"] for each in json.loads(listed(db, 80, "--app", "rerun.py", "--json"))
    ] == [2, 1]
    table = listed(db, 80, "--app", "apps/shop.py")
    assert "shop.py" in table
    assert "rerun.py" not in table
    line = one_line(say(db, "list", "--app", "shops.py"))
    assert "no recording of shops.py" in line
    assert "'shop.py'" in line


def test_a_moment_in_short() -> None:
    now = datetime.now().astimezone()
    assert short_moment(now.replace(hour=9, minute=5)) == "today 09:05"
    old = datetime(2019, 5, 4, 12, tzinfo=UTC)
    assert short_moment(old) == "4 May 2019"
    earlier = now.replace(month=1, day=1, hour=8, minute=7)
    if earlier.date() != now.date():
        assert short_moment(earlier) == "1 Jan 08:07"


def test_apps_are_told_apart_by_their_folders() -> None:
    def of(folder: str, app: str = "app.py") -> RecordingInfo:
        return replace(SHOP, folder=folder, app=app)

    infos = [of("/a/shop"), of("/b/shop"), of("/a/shop"), of("/c", "till.py"), of("C:\\x\\shop")]
    assert apps_of(infos) == {
        "/a/shop/app.py": "a/shop/app.py",
        "/b/shop/app.py": "b/shop/app.py",
        "/c/till.py": "till.py",
        "C:/x/shop/app.py": "x/shop/app.py",
    }
    assert is_of_app(infos[0], "app.py")
    assert is_of_app(infos[0], "./shop/app.py")
    assert is_of_app(infos[0], "/a/shop/app.py")
    assert not is_of_app(infos[0], "p.py")
    assert not is_of_app(infos[0], "b/shop/app.py")


# -- rm -----------------------------------------------------------------------------------------


def test_what_is_named_goes_and_the_file_is_smaller(db: Path) -> None:
    assert db.stat().st_size > 2_000_000
    said = say(db, "rm", "1", "3", "--yes")
    assert (said.code, said.err) == (0, "")
    assert re.fullmatch(r"Deleted 2 recordings\. The database is 2\.\d MB smaller\.\n", said.out)
    assert db.stat().st_size < 300_000
    assert left(db) == [4, 2]
    # The comparison goes with its last recording.
    assert "Deleted 1 recording and comparison 1." in say(db, "rm", "2", "-y").out
    assert left(db) == [4]


def test_at_a_terminal_it_says_what_goes_and_asks(db: Path) -> None:
    code, out = answered(db, "n\n", "1", "2")
    assert code == 1
    assert "Recording 2 (The double click): 2 interactions, 3 script runs, 1 note." in out
    assert "Recording 1 (rerun.py): 1 interaction, 1 script run." in out
    assert "Comparison 1 (a, b) goes, too." in out
    assert "Nothing was deleted." in out
    assert len(left(db)) == 4
    code, out = answered(db, "y\n", "1")
    assert code == 0
    assert "Comparison 1 (a, b) loses 1 of 2." in out
    assert left(db) == [4, 3, 2]


def test_what_goes_of_many_is_one_sentence() -> None:
    held = [RecordingSummary(replace(SHOP, id=n), 1, 2, 3, 0, 0, n % 2) for n in range(1, 7)]
    assert going(held, ()) == ["6 recordings: 12 interactions, 18 script runs, 3 notes."]


def test_elsewhere_it_wants_to_be_told(db: Path) -> None:
    assert "--yes" in one_line(say(db, "rm", "1"))
    assert len(left(db)) == 4


def test_all_recordings_and_those_of_an_app(db: Path) -> None:
    assert say(db, "rm", "--app", "rerun.py", "--yes").code == 0
    assert left(db) == [4, 3]
    assert say(db, "rm", "--all", "--yes").code == 0
    assert left(db) == []
    assert "No recordings to delete" in say(db, "rm", "--all", "--yes").out


def test_a_live_recording_stays(db: Path, live: int) -> None:
    line = one_line(say(db, "rm", "1", str(live), "--yes"))
    assert f"recording {live} is live: end its app first" in line
    assert "Nothing was deleted" in line
    assert len(left(db)) == 5
    said = say(db, "rm", "--app", "shop.py", "--yes")
    assert said.code == 0
    assert f"Left out: recording {live} is live" in said.err
    assert left(db) == [live, 4, 2, 1]


def test_what_was_cut_off_long_ago_goes(db: Path) -> None:
    with TraceStore.open(db) as store:
        sink = store.sink()
        long_ago = datetime.now(UTC) - timedelta(minutes=11)
        cut_off = sink.open(replace(SHOP, started_at=long_ago, complete=False), list)
        assert say(db, "rm", str(cut_off), "--yes").code == 0
        assert left(db) == [4, 3, 2, 1]
        sink.close(True)  # says that it is gone, and goes on


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name what goes"),
        (["1", "--all"], "name what goes"),
        (["--all", "--app", "shop.py"], "name what goes"),
        (["99"], "no recording 99; there are 4, 3, 2, 1"),
        (["1", "99"], "no recording 99"),
        (["--app", "none.py"], "no recording of none.py"),
        (["0"], "not in the range"),
    ],
)
def test_what_is_named_wrongly(db: Path, words: list[str], said: str) -> None:
    assert said in one_line(say(db, "rm", *words, "--yes"))
    assert len(left(db)) == 4


def test_no_database_is_made(tmp_path: Path) -> None:
    said = say(tmp_path / "none.sqlite", "rm", "--all", "--yes")
    assert said.code == 3
    assert "there is no database" in said.err
    assert list(tmp_path.iterdir()) == []
