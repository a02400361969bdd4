"""The background sink: keeps what it is given, never harms the app, survives being killed."""

from __future__ import annotations

import contextlib
import multiprocessing
import random
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import event, text
from support import due_after
from test_db_examples import (  # noqa: F401 (fixtures)
    SETTLED,
    Feed,
    chunk,
    fresh_database,
    info,
    message,
    open_store,
    record,
    record_until_killed,
    run,
)

from rerun_trace.db.handover.sink import BackgroundSink
from rerun_trace.db.store import TraceStore
from rerun_trace.db.writing.process import WriterProcess
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import (
    AppSession,
    LineCount,
    MessageBody,
    MessageFate,
    MessageSettled,
    Outcome,
    Record,
    Sink,
    Source,
)

pytestmark = pytest.mark.first_row


@pytest.fixture(name="live")
def open_recording(store: TraceStore) -> Iterator[tuple[Feed, BackgroundSink, int]]:
    """A recording under way."""
    feed, sink = Feed(), store.sink()
    id = sink.open(info(), feed.drain)
    feed.wake = sink.wake
    yield feed, sink, id
    sink.close()


def test_the_sink_is_a_sink(store: TraceStore) -> None:
    sink: Sink = store.sink()
    assert isinstance(sink, BackgroundSink)


def test_records_can_be_read_while_recording(
    store: TraceStore, live: tuple[Feed, BackgroundSink, int]
) -> None:
    # GIVEN a recording under way
    feed, sink, id = live
    assert not store.recording(id).complete
    before = store.counts(id)
    # WHEN a run starts
    feed.give(run(1), message(1))
    # THEN it can be read, and the counts say that something changed
    assert store.runs(id) == [run(1)]
    now = store.counts(id)
    assert now["ticks"] > before["ticks"]
    assert (now["runs"], now["ended_runs"], now["messages"], now["complete"]) == (1, 0, 1, 0)
    # WHEN it ends
    feed.give(run(1, ended_ns=5, outcome=Outcome.COMPLETED))
    # THEN the whole run takes the place of the started one
    assert store.runs(id) == [run(1, ended_ns=5, outcome=Outcome.COMPLETED)]
    assert store.counts(id)["ended_runs"] == 1
    # WHEN nothing happens, THEN nothing is written
    ticks = store.counts(id)["ticks"]
    feed.give()
    assert store.counts(id)["ticks"] == ticks
    # WHEN the recording is closed, THEN it is complete
    sink.close()
    assert store.recording(id).complete
    assert store.counts(id)["complete"] == 1


def test_a_sink_at_rest_is_woken_and_closed_at_once(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rerun_trace.db.handover.sink.IDLE_S", 600.0)
    waiting: list[Record] = []
    drained = threading.Semaphore(0)

    def drain() -> list[Record]:
        taken = [waiting.pop()] if waiting else []
        drained.release()
        return taken

    sink = store.sink()
    id = sink.open(info(), drain)
    assert drained.acquire(timeout=30)  # nothing was there: it rests
    waiting.append(run(1))
    sink.wake()
    assert drained.acquire(timeout=30)
    assert drained.acquire(timeout=30)  # looks once more, and rests again
    sink.close()
    assert store.runs(id) == [run(1)]
    assert store.recording(id).complete


def test_a_run_that_is_over_soon_is_drained_once(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a sink at rest
    monkeypatch.setattr("rerun_trace.db.handover.sink.IDLE_S", 600.0)
    monkeypatch.setattr("rerun_trace.db.handover.sink.SETTLE_S", 600.0)
    waiting: list[Record] = []
    drains: list[list[Record]] = []
    drained = threading.Semaphore(0)

    def drain() -> list[Record]:
        taken = [waiting.pop(0) for _ in range(len(waiting))]
        drains.append(taken)
        drained.release()
        return taken

    sink = store.sink()
    sink.open(info(), drain)
    assert drained.acquire(timeout=30)
    while not sink.wake():  # it lies down to rest
        assert drained.acquire(timeout=30)
    drains.clear()
    # WHEN its first records wake it, and then its end does
    records = [run(1), run(1, ended_ns=5, outcome=Outcome.COMPLETED)]
    waiting += records
    sink.wake()
    assert not drained.acquire(timeout=0.05)
    sink.wake(run_is_over=True)
    # THEN all are drained together, and at once
    assert drained.acquire(timeout=30)
    assert drains[0] == records
    sink.close()


def test_what_comes_after_a_run_s_end_is_drained_soon(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a sink that would wait long without news, and has drained a run's end
    monkeypatch.setattr("rerun_trace.db.handover.sink.IDLE_S", 600.0)
    waiting: list[Record] = []
    drained = threading.Semaphore(0)

    def drain() -> list[Record]:
        taken = [waiting.pop(0) for _ in range(len(waiting))]
        drained.release()
        return taken

    sink = store.sink()
    sink.open(info(), drain)
    assert drained.acquire(timeout=30)
    monkeypatch.setattr("rerun_trace.db.handover.sink.QUICK_S", 600.0)
    waiting += [run(1, ended_ns=5, outcome=Outcome.COMPLETED)]
    sink.wake(run_is_over=True)
    assert drained.acquire(timeout=30)
    # WHEN there is news of its messages, THEN it is drained without a further run's end
    waiting += [SETTLED]
    sink.wake()
    assert drained.acquire(timeout=10)
    sink.close()


def test_a_record_that_comes_again_replaces_the_first(
    store: TraceStore, live: tuple[Feed, BackgroundSink, int]
) -> None:
    feed, _, id = live
    for n in (1, 2):  # 1: in a later tick, 2: within one tick
        feed.give(AppSession(n, "s", 1), LineCount(n, "app.py", 1, 1), LineCount(n, "app.py", 2, 1))
        if n == 2:
            feed.give(AppSession(n, "s", 1), AppSession(n, "s", 1, 9))
        else:
            feed.give(AppSession(n, "s", 1, 9))
        feed.give(LineCount(n, "app.py", 1, 7, True))
    feed.give(Source(1, "app.py", "old", "r"), Source(1, "app.py", "new", "r"))
    assert store.app_sessions(id) == [AppSession(1, "s", 1, 9), AppSession(2, "s", 1, 9)]
    assert store.line_counts(id, 1) == [
        LineCount(1, "app.py", 1, 7, True),
        LineCount(1, "app.py", 2, 1),
    ]
    assert [source.text for source in store.sources(id)] == ["new"]


def test_the_fate_of_a_message_is_kept_whenever_it_is_known(
    store: TraceStore, live: tuple[Feed, BackgroundSink, int]
) -> None:
    feed, _, id = live
    delivered = MessageFate.DELIVERED
    # GIVEN messages that settle at once, later, outside of any run, twice, and never
    feed.give(
        *(message(n, None if n == 3 else 1) for n in range(1, 6)),
        MessageSettled(1, delivered, 11, 1),
    )
    feed.give(MessageSettled(2, delivered, 12, 2), SETTLED)
    feed.give(MessageSettled(4, MessageFate.IGNORED, 1), MessageSettled(99, delivered, 1))
    feed.give(MessageSettled(4, MessageFate.REPLACED, 14))
    # THEN each has its own fate
    assert store.messages(id) == [
        message(1, fate=delivered, fate_ns=11, sent_order=1),
        message(2, fate=delivered, fate_ns=12, sent_order=2),
        message(3, None, fate=SETTLED.fate, fate_ns=SETTLED.at_ns),
        message(4, fate=MessageFate.REPLACED, fate_ns=14),
        message(5, fate=MessageFate.PENDING),
    ]


def test_a_message_that_settles_at_once_costs_no_update(
    store: TraceStore, live: tuple[Feed, BackgroundSink, int]
) -> None:
    feed, _, _ = live
    statements: list[str] = []

    @event.listens_for(store._engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        statements.append(sql)

    feed.give(message(1), MessageSettled(1, MessageFate.DELIVERED, 5, 1))
    assert not [sql for sql in statements if "UPDATE page_messages" in sql]


def test_a_body_may_come_before_its_message(
    store: TraceStore, live: tuple[Feed, BackgroundSink, int]
) -> None:
    feed, _, id = live
    feed.give(MessageBody("a", b"1"))
    feed.give(message(1, body="a"), message(2, body="b"))
    feed.give(MessageBody("b", b"2"))
    feed.give(message(3, body="a"), MessageBody("a", b"1"))
    assert [store.message_body(m.body) for m in store.messages(id)] == [b"1", b"2", b"1"]


def test_a_body_can_be_deleted_with_another_recording_while_recording(
    store: TraceStore, live: tuple[Feed, BackgroundSink, int]
) -> None:
    # GIVEN an older recording, whose messages a live one repeats
    feed, _, id = live
    body = MessageBody("a", b"1")
    older = record(store, body, message(1, body="a"))
    feed.give(body, message(1, body="a"))
    # WHEN the older one is deleted
    store.delete(older)
    feed.give(message(2, body="a"))
    # THEN the live one lost nothing
    assert [store.message_body(m.body) for m in store.messages(id)] == [b"1", b"1"]


def test_close_writes_what_was_not_drained_yet(store: TraceStore) -> None:
    feed, sink = Feed(*(run(n) for n in range(1, 100))), store.sink()
    id = sink.open(info(), feed.drain)
    sink.close(complete=False)
    sink.close()  # the first word counts
    assert len(store.runs(id)) == 99
    assert not store.recording(id).complete
    assert store.recording(id).ended_at is not None


def test_a_sink_is_for_one_recording(store: TraceStore) -> None:
    sink = store.sink()
    sink.close()  # nothing was opened: nothing to do
    sink.open(info(), Feed().drain)
    with pytest.raises(StoreError, match="take a new one"):
        sink.open(info(), Feed().drain)
    sink.close()


def test_two_recordings_at_once_do_not_mix(store: TraceStore) -> None:
    feeds = [Feed(), Feed()]
    sinks = [store.sink() for _ in feeds]
    ids = [sink.open(info(), feed.drain) for sink, feed in zip(sinks, feeds, strict=True)]
    for n in range(1, 6):
        for feed, name in zip(feeds, ("a", "b"), strict=True):
            feed.give(run(n, script=name), message(n, n, f"h{n}"), MessageBody(f"h{n}", b"x"))
    for sink, id, name in zip(sinks, ids, ("a", "b"), strict=True):
        sink.close()
        assert sink.error is None
        assert [found.script for found in store.runs(id)] == [name] * 5
        assert len(store.messages(id)) == 5


# -- trouble ----------------------------------------------------------------------------------


def test_when_writing_fails_recording_stops_and_the_app_goes_on(
    store: TraceStore,
    live: tuple[Feed, BackgroundSink, int],
    capfd: pytest.CaptureFixture[str],
) -> None:
    # GIVEN a recording under way
    feed, sink, id = live
    feed.give(run(1))
    # WHEN its recording is deleted under its hands
    store.delete(id)
    feed.give(run(2))
    # THEN the error is remembered and told once, in one line
    assert isinstance(sink.error, StoreError)
    line = (
        f"rerun-trace: recording stopped: recording {id} was deleted while it was being written\n"
    )
    assert capfd.readouterr().err == line
    # and what comes later is taken off the recorder's hands
    feed.give(run(3))
    assert feed.drain() == []
    sink.close()
    assert capfd.readouterr().err == ""


def test_a_record_that_cannot_be_kept_stops_the_recording(
    store: TraceStore,
    live: tuple[Feed, BackgroundSink, int],
    capfd: pytest.CaptureFixture[str],
) -> None:
    feed, sink, id = live
    feed.give(run(1))
    feed.give(run(2), run(3, started_ns=2**70))
    assert isinstance(sink.error, StoreError)
    assert capfd.readouterr().err.count("\n") == 1
    sink.close()
    assert store.runs(id) == [run(1)]
    assert not store.recording(id).complete


def test_when_draining_fails_recording_stops(
    store: TraceStore, capfd: pytest.CaptureFixture[str]
) -> None:
    def drain() -> list[Record]:
        raise RuntimeError("recorder is broken")

    sink = store.sink()
    sink.open(info(), drain)
    sink.close()
    assert str(sink.error) == "unexpected RuntimeError: recorder is broken"
    assert capfd.readouterr().err.startswith("rerun-trace: recording stopped: unexpected")


def test_a_closed_stderr_does_no_harm(store: TraceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    sink = store.sink()
    sink.open(info(), lambda: None)  # type: ignore[arg-type, return-value]
    sink.close()
    assert sink.error is not None


def test_the_writer_is_a_daemon_thread_that_is_not_traced(store: TraceStore) -> None:
    # GIVEN a tracer that wants every thread
    seen: list[str] = []
    traces: list[object] = []

    def tracer(frame: object, event: str, _arg: object) -> object:
        seen.append(event)
        return tracer

    def drain() -> list[Record]:
        thread = threading.current_thread()
        traces.append((thread.name, thread.daemon, sys.gettrace()))
        return []

    sink = store.sink()
    threading.settrace(tracer)  # type: ignore[arg-type]
    try:
        sink.open(info(), drain)
    finally:
        threading.settrace(None)
    sink.close()
    # THEN the writer switched it off for itself
    assert set(traces) == {("rerun-trace-writer", True, None)}


# -- several processes ------------------------------------------------------------------------

# Its children are forks of a server that has loaded everything: they start at once.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["test_db_examples"])


@contextlib.contextmanager
def recording_process(url: str) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process in `record_until_killed`, and what it says."""
    said, says = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=record_until_killed, args=(url, says), daemon=True)
    process.start()
    says.close()
    try:
        yield process, said
    finally:
        process.kill()
        process.join()
        said.close()
        process.close()


def test_a_killed_process_loses_only_the_last_moment(url: str) -> None:
    rnd = random.Random(5)
    for _ in range(10):
        # GIVEN a process that records, and says when it made each run
        with recording_process(url) as (process, said):
            id = said.recv()
            made: dict[int, float] = {}
            # WHEN it is killed at a moment of its own
            moment = time.monotonic() + 0.51 + rnd.random() * 0.4
            due: list[int] = []
            while (killed := time.monotonic()) < moment or not due:
                n, at = said.recv()
                made[n] = at
                due = due_after(0.5, made, killed, usual=0.05)  # one is made every 4 ms
            process.kill()
            process.join()
        # THEN the database opens, and everything older than half a second is there, and whole
        with TraceStore.open(url) as store:
            assert store.latest() == store.recording(id)
            assert not store.recording(id).complete
            there = [found.n for found in store.runs(id)]
            assert there == list(range(1, len(there) + 1))
            assert len(there) >= due[-1]
            assert [found.n for found in store.messages(id)] == there
            assert store.message_body(f"h{len(there)}") == b"x" * len(there)
            assert store.steps(id, len(there)) == chunk(len(there), 1, 50)
    if url.startswith("sqlite"):
        with TraceStore.open(url) as store, store._engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_readers_see_whole_ticks_while_one_process_writes(url: str) -> None:
    # GIVEN a process that records
    with recording_process(url) as (_, said):
        id = said.recv()
        errors: list[BaseException] = []
        # WHEN several threads read from one store all the time
        with TraceStore.open(url) as store:

            def read() -> None:
                try:
                    seen = 0
                    while seen < 300:
                        runs = store.runs(id)
                        # THEN a run is never there without its message, nor does one disappear
                        assert len(store.messages(id, runs=(1, len(runs)))) == len(runs) >= seen
                        seen = len(runs)
                except BaseException as error:
                    errors.append(error)

            readers = [threading.Thread(target=read) for _ in range(4)]
            for reader in readers:
                reader.start()
            while any(reader.is_alive() for reader in readers):
                said.recv()
    assert errors == []


def test_a_writer_that_ends_before_it_answers_is_a_store_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("true"))
    with pytest.raises(StoreError, match="ended early"):
        WriterProcess(tmp_path / "db.sqlite").wait()
