"""What goes into a store comes out of it, on SQLite and on PostgreSQL."""

from __future__ import annotations

import ast
import inspect
import random
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from test_db_examples import (  # noqa: F401 (fixtures)
    BODIES,
    EVERYTHING,
    SETTLED,
    chunk,
    fresh_database,
    info,
    message,
    open_store,
    record,
    run,
)

from rerun_trace.db.editing import deletion
from rerun_trace.db.store import RecordingSummary, TraceStore
from rerun_trace.tracer.errors import RecordingNotFound, StoreError
from rerun_trace.tracer.model import (
    AppSession,
    CacheAccess,
    Callback,
    ContainerWrite,
    DrawnWidget,
    Frame,
    Interaction,
    InteractionKind,
    Limit,
    LineCount,
    MessageBody,
    MessageFate,
    PageMessage,
    QueryChange,
    RerunRequest,
    RunError,
    ScriptRun,
    Source,
    StateAttempt,
    StateOp,
    StateRead,
    StateWrite,
    Step,
    StepChunk,
    ValueChange,
    WidgetChange,
)

pytestmark = pytest.mark.first_row

READS = {
    AppSession: "app_sessions",
    Interaction: "interactions",
    ScriptRun: "runs",
    RunError: "errors",
    Callback: "callbacks",
    RerunRequest: "rerun_requests",
    StateWrite: "state_writes",
    StateAttempt: "state_attempts",
    StateRead: "state_reads",
    QueryChange: "query_changes",
    DrawnWidget: "drawn_widgets",
    ContainerWrite: "container_writes",
    PageMessage: "messages",
    CacheAccess: "cache_accesses",
    LineCount: "line_counts",
    Source: "sources",
}
OF_RUNS = [
    *(RunError, Callback, RerunRequest, StateWrite, StateAttempt, StateRead, QueryChange),
    *(ContainerWrite, CacheAccess, LineCount),
]


def test_every_record_comes_back_as_it_went_in(store: TraceStore) -> None:
    # GIVEN records of every kind
    records = [record for records in EVERYTHING.values() for record in records]
    # WHEN they are recorded, all at once
    id = record(store, *BODIES, *records)
    # THEN each read returns its own, in order
    for kind, expected in EVERYTHING.items():
        assert getattr(store, READS[kind])(id) == expected


def test_what_happened_in_runs_can_be_read_by_run_and_by_window(store: TraceStore) -> None:
    id = record(store, *(r for kind in [*OF_RUNS, PageMessage] for r in EVERYTHING[kind]))
    for kind in [*OF_RUNS, PageMessage]:
        read = getattr(store, READS[kind])
        for n in (1, 2, 3, 4):
            assert read(id, n) == [r for r in EVERYTHING[kind] if r.run == n]
        within = [r for r in EVERYTHING[kind] if r.run in (2, 3)]
        assert read(id, runs=(2, 3)) == within
        assert read(id, runs=(4, 9)) == []


def test_recordings_are_told_apart(store: TraceStore) -> None:
    ids = [record(store, run(1, script=f"{name}.py"), message(1)) for name in ("a", "b")]
    assert [store.run(id, 1).script for id in ids] == ["a.py", "b.py"]
    assert [len(store.messages(id)) for id in ids] == [1, 1]


def test_a_recording_carries_its_description(store: TraceStore) -> None:
    # GIVEN a recording that began in another time zone, with limits known before and found later
    zone = timezone(timedelta(hours=-7))
    before = datetime.now(UTC)
    id = record(
        store,
        Limit("values", "first 100 values of each line"),
        Limit("steps", "1 step was left out"),
        Limit("steps", "2 steps were left out"),
        variant="b",
        mode="drive",
        started_at=datetime(2026, 3, 1, 5, 30, 15, 123456, tzinfo=zone),
        limits=("no values of secrets",),
    )
    # WHEN it is read
    found = store.recording(id)
    # THEN it is what was given, complete, with all limits, the last word of each
    assert found == info(
        variant="b",
        mode="drive",
        id=id,
        complete=True,
        ended_at=found.ended_at,
        limits=("no values of secrets", "first 100 values of each line", "2 steps were left out"),
    )
    assert found.started_at.tzinfo is UTC
    assert found.ended_at is not None
    assert before <= found.ended_at <= datetime.now(UTC)


def test_recordings_come_newest_first_and_summaries_count(store: TraceStore) -> None:
    # GIVEN an empty recording and one with everything
    empty = record(store)
    full = record(
        store,
        *(r for kind in (AppSession, ScriptRun, RunError) for r in EVERYTHING[kind]),
        *EVERYTHING[Interaction][:2],
        limits=("a limit",),
    )
    # THEN
    assert [found.id for found in store.recordings()] == [full, empty]
    assert store.latest() == store.recording(full)
    assert store.summaries() == [
        RecordingSummary(store.recording(full), 2, 2, 3, EVERYTHING[ScriptRun][1].ended_ns, 2),
        RecordingSummary(store.recording(empty), 0, 0, 0, 0, 0),
    ]


def test_an_empty_store_has_no_latest_recording(store: TraceStore) -> None:
    assert store.recordings() == []
    assert store.summaries() == []
    assert store.latest() is None


def test_runs_can_be_read_by_number_and_by_interaction(store: TraceStore) -> None:
    runs = [run(n, interaction=n // 3) for n in range(1, 9)]
    id = record(store, *runs)
    assert store.runs(id, first=3, last=5) == runs[2:5]
    assert store.runs(id, first=7) == runs[6:]
    assert store.runs(id, interaction=1) == runs[2:5]
    assert store.run(id, 4) == runs[3]
    with pytest.raises(RecordingNotFound, match=f"recording {id} has no run 9"):
        store.run(id, 9)


def test_a_missing_recording_is_named_with_those_there_are(store: TraceStore) -> None:
    with pytest.raises(RecordingNotFound, match="no recording 7; nothing has been recorded yet"):
        store.recording(7)
    for _ in range(12):
        record(store)
    message = "no recording 99; there are 12, 11, 10, 9, 8, 7, 6, 5, 4, 3 and 2 older ones"
    for read in (store.recording, store.runs, store.messages, store.sources, store.counts):
        with pytest.raises(RecordingNotFound, match=message):
            read(99)
    for read_run in (store.steps, store.run, store.line_counts):
        with pytest.raises(RecordingNotFound, match=message):
            read_run(99, 1)
    with pytest.raises(RecordingNotFound, match=message):
        store.delete(99)


def test_text_that_a_database_refuses_is_made_storable(store: TraceStore) -> None:
    # GIVEN texts with NUL and lone surrogates, and a value that JSON does not know
    class Unknown:
        def __repr__(self) -> str:
            raise AssertionError("ran code of the app")

        __str__ = __repr__

    change = WidgetChange("w", "slider", "L", None, float("nan"), Unknown())
    action: dict[Any, Any] = {"set": "\0\ud800", (1,): 2}
    id = record(
        store,
        Interaction(0, 1, 0, InteractionKind.WIDGET, action, (change,)),
        StateWrite(1, 0, 0, "k\0", StateOp.SET, "\ud800", "a\0b"),
        RunError(1, 0, 0, "E", "\0", "\udc80"),
    )
    # THEN they come back readable, and nothing of the app's was run
    assert store.state_writes(id)[0].key == "k␀"
    assert store.state_writes(id)[0].old == "?"
    assert store.state_writes(id)[0].new == "a␀b"
    assert store.errors(id)[0].traceback == "?"
    (interaction,) = store.interactions(id)
    assert interaction.action == {"set": "\0\ud800"}
    assert interaction.changes[0].new == "<Unknown>"
    assert interaction.changes[0].old != interaction.changes[0].old  # NaN


# -- steps ------------------------------------------------------------------------------------


@pytest.fixture(name="stepped")
def store_with_steps(store: TraceStore) -> tuple[TraceStore, int]:
    """Run 1 with 100 steps in chunks of 30, and run 2 with one step."""
    chunks = [chunk(1, first, min(first + 29, 100)) for first in range(1, 101, 30)]
    return store, record(store, *chunks, chunk(2, 1, 1))


def test_all_steps_of_a_run_come_as_one_chunk(stepped: tuple[TraceStore, int]) -> None:
    store, id = stepped
    assert store.steps(id, 1) == chunk(1, 1, 100)
    assert store.steps(id, 2) == chunk(2, 1, 1)


@pytest.mark.parametrize(("first", "last"), [(1, 1), (30, 31), (45, 47), (61, 90), (99, 200)])
def test_a_window_of_steps_is_complete_in_itself(
    stepped: tuple[TraceStore, int], first: int, last: int
) -> None:
    # WHEN a window is read
    store, id = stepped
    window = store.steps(id, 1, first, last)
    # THEN it has exactly its steps and their changes
    whole = chunk(1, 1, 100)
    assert window.first_step == first
    assert window.steps == whole.steps[first - 1 : last]
    assert window.changes == whole.changes[first - 1 : last]
    # and every frame that they are in, and its callers
    frames = {frame.n: frame for frame in window.frames}
    assert {step.frame for step in window.steps} | {1} <= frames.keys()
    assert frames.items() <= {frame.n: frame for frame in whole.frames}.items()


def test_a_window_without_steps_is_empty(stepped: tuple[TraceStore, int]) -> None:
    store, id = stepped
    assert store.steps(id, 1, 101, 200) == StepChunk(1, 101, [], [], [])
    assert store.steps(id, 9) == StepChunk(9, 1, [], [], [])


def test_callers_are_found_however_far_back_they_were_called(store: TraceStore) -> None:
    # GIVEN calls nested 20 deep, each with a chunk of its own
    chunks = [
        StepChunk(1, n, [Step(n, 1, n, n)], [Frame(n, n - 1, f"f{n}", 1, n, 0)])
        for n in range(1, 21)
    ]
    id = record(store, *chunks)
    # WHEN only the innermost step is read, THEN its whole chain of callers comes with it
    assert [frame.n for frame in store.steps(id, 1, 20).frames] == list(range(1, 21))


def test_a_frame_that_was_never_recorded_is_left_out(store: TraceStore) -> None:
    id = record(store, StepChunk(1, 1, [Step(0, 1, 1, 8)], [Frame(5, 4, "f", 1, 1, 0)]))
    assert [frame.n for frame in store.steps(id, 1).frames] == [5]


def test_a_value_change_may_come_one_chunk_late(store: TraceStore) -> None:
    # GIVEN the change made by step 1, which shows only when step 2 begins, in the next chunk
    late = ValueChange(1, 1, "x", "global", "1")
    id = record(
        store,
        StepChunk(1, 1, [Step(0, 1, 1, 1)], [Frame(1, 0, "<module>", 1, 1, 0)]),
        StepChunk(1, 2, [Step(1, 1, 2, 1)], (), [late]),
    )
    # THEN it comes with its step
    assert store.steps(id, 1, 1, 1).changes == [late]
    assert store.steps(id, 1, 2, 2).changes == []


def test_only_the_chunks_of_the_window_are_decoded(stepped: tuple[TraceStore, int]) -> None:
    # GIVEN a run whose second chunk is damaged
    store, id = stepped
    alter(store, "UPDATE step_chunks SET data = :data WHERE first_step = 31", data=b"\x01junk")
    # THEN a window that does not touch it is read
    assert len(store.steps(id, 1, 1, 30).steps) == 30
    assert len(store.steps(id, 1, 61, 100).steps) == 40
    # and one that does fails, naming it
    with pytest.raises(StoreError, match=f"recording {id}, run 1, steps 31 to 60: .*damaged"):
        store.steps(id, 1)


def test_steps_of_an_unknown_codec_version_are_refused(stepped: tuple[TraceStore, int]) -> None:
    store, id = stepped
    alter(store, "UPDATE step_chunks SET data = :data WHERE run = 2", data=b"\x09")
    with pytest.raises(StoreError, match=r"run 2, steps 1 to 1: .*version 9.*upgrade"):
        store.steps(id, 2)


def test_a_missing_chunk_is_named(stepped: tuple[TraceStore, int]) -> None:
    store, id = stepped
    alter(store, "DELETE FROM step_chunks WHERE first_step = 31")
    with pytest.raises(StoreError, match=f"recording {id}, run 1: steps 31 to 60 are missing"):
        store.steps(id, 1)


def test_a_row_that_cannot_be_understood_is_a_store_error(store: TraceStore) -> None:
    id = record(store, run(1), message(1))
    alter(store, "UPDATE runs SET outcome = 'exploded'")
    with pytest.raises(StoreError, match="exploded"):
        store.runs(id)
    alter(store, "UPDATE page_messages SET type = 999")
    with pytest.raises(StoreError, match="cannot be understood"):
        store.messages(id)


def test_a_name_that_is_missing_is_a_store_error(store: TraceStore) -> None:
    id = record(store, run(1), *EVERYTHING[LineCount], *EVERYTHING[StateRead])
    alter(store, "DELETE FROM names")
    for read in (store.line_counts, store.state_reads, store.runs):
        with pytest.raises(StoreError, match="cannot be understood: KeyError"):
            read(id)


def test_the_store_does_nothing_by_itself() -> None:
    tree = ast.parse(inspect.getsource(TraceStore))
    methods = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    del methods["__init__"]
    for name, method in methods.items():
        told = ast.get_docstring(method) is not None
        assert len(method.body) - told <= 2, name


# -- shared contents --------------------------------------------------------------------------


def test_bodies_and_sources_are_stored_once_for_all_recordings(store: TraceStore) -> None:
    big = random.Random(1).randbytes(1000)
    source = EVERYTHING[Source][0]
    for _ in range(3):
        record(
            store, MessageBody("big", big), message(1, body="big"), message(2, body="big"), source
        )
    assert store.message_body("big") == big
    assert alter(store, "SELECT count(*) FROM message_bodies") == 1
    assert alter(store, "SELECT count(*) FROM source_texts") == 1


def test_bodies_are_compressed_only_when_that_makes_them_smaller(store: TraceStore) -> None:
    noise = random.Random(1).randbytes(1000)
    record(store, *BODIES, MessageBody("noise", noise))
    for body in (*BODIES, MessageBody("noise", noise)):
        assert store.message_body(body.hash) == body.data
    assert alter(store, "SELECT length(data) FROM message_bodies WHERE hash = 'noise'") == 1000
    assert alter(store, "SELECT length(data) FROM message_bodies WHERE hash = 'h2'") < 100


def test_a_body_that_was_not_kept_is_said_to_be_missing(store: TraceStore) -> None:
    id = record(store, message(1, body="gone"))
    assert store.messages(id)[0].body == "gone"
    for hash in ("gone", "never heard of"):
        with pytest.raises(StoreError, match=f"'{hash}' was kept"):
            store.message_body(hash)
    # and may still come, with another recording
    record(store, MessageBody("gone", b"back"))
    assert store.message_body("gone") == b"back"


def test_delete_drops_what_no_other_recording_uses(store: TraceStore) -> None:
    # GIVEN two recordings that share a body and a source, and have one each of their own
    shared, own, others = EVERYTHING[Source]
    everything = [
        r for kind, rs in EVERYTHING.items() if kind not in (Source, PageMessage) for r in rs
    ]
    first = record(
        store,
        *BODIES,
        *everything,
        shared,
        own,
        message(1, body="h1"),
        message(2, body="h2"),
        chunk(1, 1, 5),
    )
    second = record(store, *BODIES, shared, others, message(1, body="h1"), message(2, body="h3"))
    # WHEN one is deleted
    store.delete(first)
    # THEN the other is whole
    assert [found.id for found in store.recordings()] == [second]
    assert store.sources(second) == [shared, others]
    assert store.message_body("h1") == b"short"
    assert store.message_body("h3") == b""
    # and nothing else is left
    with pytest.raises(StoreError):
        store.message_body("h2")
    assert alter(store, "SELECT count(*) FROM source_texts") == 2
    for name in ("runs", "names", "interactions", "step_chunks", "line_counts", "page_messages"):
        where = f"WHERE recording_id = {first}"
        assert alter(store, f"SELECT count(*) FROM {name} {where}") == 0


def test_numbers_of_recordings_are_never_given_away_twice(store: TraceStore) -> None:
    first = record(store)
    store.delete(first)
    assert record(store) > first


def test_delete_says_how_much_space_it_gave_back(store: TraceStore) -> None:
    noise = random.Random(1).randbytes(3_000_000)
    freed = store.delete(record(store, MessageBody("h1", noise), message(1)))
    assert 2_700_000 < freed.size < 7_000_000


def test_delete_gives_space_back(tmp_path: Path) -> None:
    path = tmp_path / "recordings.sqlite"
    noise = random.Random(1).randbytes(3_000_000)
    with TraceStore.open(path) as store:
        id = record(store, MessageBody("h1", noise), message(1))
    assert path.stat().st_size > 3_000_000
    with TraceStore.open(path) as store:
        freed = store.delete(id)
    assert path.stat().st_size < 300_000
    assert freed.size > 2_700_000


def test_delete_gives_space_back_while_others_have_the_file_open(tmp_path: Path) -> None:
    path = tmp_path / "recordings.sqlite"
    noise = random.Random(1).randbytes(3_000_000)
    with TraceStore.open(path) as store, TraceStore.open(path) as other:
        ids = [
            record(store, MessageBody(f"h{n}", noise), message(1, body=f"h{n}")) for n in range(2)
        ]
        other_sink = other.sink()
        live = other_sink.open(info(), list)
        with other.watching(live) as is_new:
            assert is_new()
            freed = store.delete(*ids)
        other_sink.close(True)
        assert path.stat().st_size < 300_000
        assert freed.size > 2_700_000


def test_what_a_reader_holds_is_cut_by_the_next_deletion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "_PATIENCE_S", 0.05)
    path = tmp_path / "recordings.sqlite"
    noise = random.Random(1).randbytes(3_000_000)
    with TraceStore.open(path) as store:
        ids = [
            record(store, MessageBody(f"h{n}", noise), message(1, body=f"h{n}")) for n in range(2)
        ]
        with sqlite3.connect(path) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM recordings").fetchone()
            store.delete(ids[0])
            assert path.stat().st_size > 3_000_000
            assert [each.id for each in store.recordings()] == ids[1:]
            reader.execute("ROLLBACK")
        reader.close()
        assert store.delete(ids[1]).size > 3_000_000
        assert path.stat().st_size < 300_000


def test_a_file_that_never_gave_space_back_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "recordings.sqlite"
    with sqlite3.connect(path) as other:  # VACUUM INTO of another program makes such files
        other.execute("PRAGMA auto_vacuum=NONE")
        other.execute("CREATE TABLE x (y)")
        other.execute("DROP TABLE x")
    other.close()
    noise = random.Random(1).randbytes(3_000_000)
    with TraceStore.open(path) as store:
        assert alter(store, "PRAGMA auto_vacuum") == 0
        store.delete(record(store, MessageBody("h1", noise), message(1)))
        assert path.stat().st_size < 300_000
        assert alter(store, "PRAGMA auto_vacuum") == 2


@pytest.mark.parametrize("at_once", [2, 400])
def test_many_recordings_are_deleted_at_once_or_none(
    store: TraceStore, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "_AT_ONCE", at_once)
    # GIVEN more than one query takes, of which neighbours share a body
    ids = [
        record(store, MessageBody(f"h{n}", b"x"), message(1, body=f"h{n}"), message(2, body="all"))
        for n in range(5)
    ]
    kept = record(store, message(1, body="h4"))
    # WHEN one of those that are named is not there
    with pytest.raises(RecordingNotFound, match="no recording 99"):
        store.delete(*ids, 99)
    # THEN nothing went
    assert len(store.recordings()) == 6
    # WHEN all are, some twice, and few go into a query
    freed = store.delete(*ids, ids[0])
    # THEN only what the last one uses is left
    assert [found.id for found in store.recordings()] == [kept]
    assert alter(store, "SELECT count(*) FROM message_bodies") == 1
    assert store.message_body("h4") == b"x"
    assert freed.comparisons == ()


def test_short_runs_cost_little(tmp_path: Path) -> None:
    # GIVEN 500 runs of 12 messages, 10 container writes, 30 steps and 30 counted lines each
    records = []
    for n in range(1, 501):
        at = n * 50_000_000
        records.append(replace(EVERYTHING[Interaction][1], n=n, at_ns=at))
        records.append(run(n, started_ns=at, ended_ns=at + 9_000_000, steps=30))
        for k in range(12):
            own = k in (0, 11)
            body = f"{n} {k} " * 40 if own else f"delta {k} " * 20
            hash = f"{hash_of(body):032x}"
            no = n * 12 + k
            records.append(MessageBody(hash, body.encode()))
            delivered = {"fate": MessageFate.DELIVERED, "fate_ns": at + k, "sent_order": no}
            records.append(
                message(no, n, hash, at_ns=at + k, path=(0, k), label=f"label {k}", **delivered)
            )
            if not own:
                write = EVERYTHING[ContainerWrite][1]
                records.append(
                    replace(write, run=n, at_ns=at + k, message=no, path=(0, k), label=f"label {k}")
                )
        records.append(StateWrite(n, at, 3, "count", StateOp.SET, str(n), str(n + 1), "app.py", 9))
        records.append(chunk(n, 1, 30))
        records += [LineCount(n, "app.py", line, 1) for line in range(30)]
    # WHEN they are recorded
    path = tmp_path / "recordings.sqlite"
    with TraceStore.open(path) as store:
        record(store, *records)
    # THEN 5,000 of them would stay well below 20 MB
    assert path.stat().st_size / 500 < 3000


def hash_of(text: str) -> int:
    return int.from_bytes(random.Random(text).randbytes(16))


def alter(store: TraceStore, sql: str, **values: object) -> Any:
    """Does to the store's database what the store itself would never do."""
    with store._engine.begin() as connection:
        result = connection.execute(text(sql), values)
        return result.scalar() if result.returns_rows else None
