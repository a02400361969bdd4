"""A database that cannot be written: what is said, how soon, and what was kept."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_db_examples import info, message, run

from rerun_trace.db.handover.sink import BackgroundSink
from rerun_trace.db.handover.trouble import Trouble
from rerun_trace.db.store import TraceStore
from rerun_trace.db.writing.process import WriterProcess
from rerun_trace.tracer.model import MessageBody, Outcome, Record, ScriptRun

pytestmark = pytest.mark.ends

SOON_S = 2.0


def ended(n: int) -> ScriptRun:
    return run(n, ended_ns=n, outcome=Outcome.COMPLETED)


@dataclass
class Recording:
    """A recording under way, written by a process of its own."""

    id: int
    db: Path
    sink: BackgroundSink
    writer: WriterProcess
    waiting: list[Record]
    said: list[tuple[float, Trouble | None]]

    def give(self, *records: Record) -> float:
        self.waiting += records
        self.sink.wake(True)
        return time.monotonic()

    def kept(self) -> list[int]:
        """Numbers of the runs that can be read, also while another program holds the lock."""
        with closing(sqlite3.connect(self.db)) as connection:
            return [n for (n,) in connection.execute("SELECT n FROM runs ORDER BY n")]

    def until(self, ask: Callable[[], object], seconds: float = 20.0) -> float:
        end = time.monotonic() + seconds
        while not ask():
            assert time.monotonic() < end, self.said
            time.sleep(0.01)
        return time.monotonic()

    def trouble(self, since: float) -> Trouble:
        """What is said within two seconds."""
        self.until(lambda: self.said)
        at, trouble = self.said[0]
        assert at - since < SOON_S
        assert trouble is not None
        return trouble


@contextmanager
def recording(db: Path) -> Iterator[Recording]:
    writer = WriterProcess(db)
    sink = BackgroundSink(writer)
    waiting: list[Record] = []
    said: list[tuple[float, Trouble | None]] = []
    sink.on_trouble = lambda trouble: said.append((time.monotonic(), trouble))

    def drain() -> list[Record]:
        return [waiting.pop(0) for _ in range(len(waiting))]

    it = Recording(sink.open(info(), drain), db, sink, writer, waiting, said)
    try:
        it.give(ended(1), message(1))
        it.until(lambda: it.kept() == [1])
        yield it
    finally:
        sink.close()


def test_a_lock_is_waited_for_and_nothing_is_lost(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with recording(tmp_path / "db") as it:
        # GIVEN another program that locks the database
        other = sqlite3.connect(it.db, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        # WHEN the app goes on, THEN it is said that writing waits
        since = it.give(ended(2))
        trouble = it.trouble(since)
        assert trouble.state == "waiting"
        assert trouble.why == f"{it.db} is locked by another program"
        assert trouble.kept.startswith("The first script run was kept.")
        it.give(ended(3))
        assert it.kept() == [1]
        # WHEN the lock is let go, THEN that is said, too, and all is there
        other.close()
        it.until(lambda: len(it.said) == 2)
        assert it.said[1][1] is None
        assert it.sink.trouble is None
        it.until(lambda: it.kept() == [1, 2, 3])
    with TraceStore.open(it.db) as store:
        assert store.recording(it.id).complete
    first, second = capfd.readouterr().err.splitlines()
    assert first.startswith(f"rerun-trace: recording waits: {it.db} is locked by another program.")
    assert second == "rerun-trace: recording goes on"


@pytest.mark.parametrize("how", ["deleted", "moved", "replaced", "log deleted"])
def test_a_file_that_goes_away_is_noticed_though_nothing_is_written(
    how: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with recording(tmp_path / "db") as it:
        since = time.monotonic()
        if how == "deleted":
            it.db.unlink()
        elif how == "moved":
            it.db.rename(tmp_path / "elsewhere")
        elif how == "replaced":
            (tmp_path / "other").write_bytes(it.db.read_bytes())
            (tmp_path / "other").rename(it.db)
        else:
            Path(f"{it.db}-wal").unlink()
        trouble = it.trouble(since)
        assert trouble.state == "stopped"
        assert "while it was being written" in trouble.why
        assert trouble.kept == "What was recorded went with it."
        it.give(ended(2))  # nobody minds
    assert capfd.readouterr().err.count("\n") == 1
    assert it.sink.error is not None


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may make a small disk here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_stops_the_recording_and_keeps_what_was_there(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        with recording(disk / "db") as it:
            since = time.monotonic()
            for n in range(2, 40):
                body = MessageBody(f"h{n}", os.urandom(60_000))
                since = it.give(ended(n), message(n, body=body.hash), body)
                it.until(lambda: not it.waiting)
                if it.said:
                    break
            trouble = it.trouble(since)
            assert trouble.state == "stopped"
            assert "full disk" in trouble.why
            kept = it.kept()
            assert kept == list(range(1, len(kept) + 1))
            assert trouble.kept == f"The first {len(kept)} runs were kept."
        assert "recording stopped" in capfd.readouterr().err
        with TraceStore.open(it.db) as store:
            found = store.recording(it.id)
            assert not found.complete


def test_a_disk_that_has_room_again_keeps_the_reason(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, recording(disk / "db") as it:
        ballast = disk / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        it.give(ended(2), message(2, body="h"), MessageBody("h", os.urandom(60_000)))
        it.until(lambda: it.said)
        ballast.unlink()

        def reason() -> tuple[str, ...]:
            with TraceStore.open(it.db, create=False) as store:
                return store.recording(it.id).limits

        it.until(reason)
        (limit,) = reason()
        assert limit.startswith("recording stopped early:")
        assert "full disk" in limit


def test_a_file_made_read_only_is_written_on_or_said_to_be_stopped(tmp_path: Path) -> None:
    with recording(tmp_path / "db") as it:
        it.db.chmod(0o444)
        it.give(ended(2))
        it.until(lambda: it.said or it.kept() == [1, 2])
    with TraceStore.open(it.db) as store:
        assert store.recording(it.id).complete == (not it.said)


def test_a_writer_that_is_killed_is_missed_at_once(tmp_path: Path) -> None:
    with recording(tmp_path / "db") as it:
        since = time.monotonic()
        it.writer._process.kill()
        trouble = it.trouble(since)
        assert trouble.state == "stopped"
        assert trouble.why == "the process that writes the recording ended early"


def test_a_deleted_recording_is_said_to_be_gone(tmp_path: Path) -> None:
    with recording(tmp_path / "db") as it:
        with TraceStore.open(it.db) as store:
            store.delete(it.id)
        trouble = it.trouble(it.give(ended(2)))
        assert trouble.why == f"recording {it.id} was deleted while it was being written"
        assert trouble.kept == "What was recorded went with it."
