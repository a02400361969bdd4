"""Recordings that let their oldest runs go: what goes, what stays, and what is said of it."""

from __future__ import annotations

import itertools
import multiprocessing
from multiprocessing.connection import Connection

import pytest
from sqlalchemy import text
from test_db_examples import (  # noqa: F401 (fixtures)
    Feed,
    chunk,
    fresh_database,
    info,
    message,
    open_store,
    record,
    run,
)

from rerun_trace.db.handover.keep import Keep, parse_keep
from rerun_trace.db.store import TraceStore
from rerun_trace.db.writing import direct, writer
from rerun_trace.db.writing.direct import DirectWriter
from rerun_trace.tracer.errors import KeepError, RecordingNotFound
from rerun_trace.tracer.model import (
    AppSession,
    CacheAccess,
    ContainerWrite,
    DrawnWidget,
    Interaction,
    InteractionKind,
    LineCount,
    MessageBody,
    Outcome,
    Record,
    RunError,
    RunKind,
    StateOp,
    StateRead,
    StateWrite,
    WriteKind,
)

pytestmark = pytest.mark.first_row


def whole_run(n: int, session: int = 1, **changes: object) -> list[Record]:
    """A click, and the run that it led to, from beginning to end."""
    ended = {"ended_ns": n * 1_000_000 + 5, "outcome": Outcome.COMPLETED, "app_session": session}
    return [
        Interaction(n - 1, session, n * 1_000_000, InteractionKind.WIDGET, {"click": "Go"}),
        run(n, **{**ended, **changes}),
        chunk(n, 1, 50),
        MessageBody(f"body {n}", b"x" * 500),
        message(n, n, f"body {n}", app_session=session),
    ]


def numbers(store: TraceStore, id: int) -> list[int]:
    return [each.n for each in store.runs(id)]


@pytest.mark.parametrize(
    ("texts", "keep"),
    [
        (["200 runs"], Keep(runs=200, words=("200 runs",))),
        (["1 GB", "5 MB"], Keep(size=5_000_000, words=("1 GB", "5 MB"))),
        (["7days", "1 RUN"], Keep(1, None, 604_800 * 10**9, ("7days", "1 RUN"))),
    ],
)
def test_amounts_are_understood(texts: list[str], keep: Keep) -> None:
    assert parse_keep(texts) == keep


@pytest.mark.parametrize("wrong", ["", "runs", "0 runs", "1.5 runs", "-1 GB", "7 moons", "1 run x"])
def test_a_wrong_amount_names_the_forms(wrong: str) -> None:
    with pytest.raises(KeepError, match="200 runs, 1 GB, 7 days"):
        parse_keep([wrong])


def test_the_oldest_runs_go_while_recording_and_errors_stay(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rerun_trace.db.writing.direct._REST", 0)  # looks after each run
    feed, sink = Feed(), store.sink(parse_keep("8 runs"))
    id = sink.open(info(), feed.drain)
    feed.give(AppSession(1, "abc", 0))
    for n in range(1, 31):
        failed = [RunError(n, 5, 0, "KeyError", "'a'", "Traceback")] if n == 3 else []
        feed.give(*whole_run(n), *failed)
        assert len(numbers(store, id)) <= 10
    sink.close()
    assert sink.error is None
    # The error stays in the budget; it was on the page of run 2, and 24 is the page of run 25.
    assert numbers(store, id) == [2, 3, 23, *range(24, 31)]
    assert store.recording(id).limits == (
        'runs 1 to 22 were let go, as --keep "8 runs" asks for; of them stayed: 2 to 3',
    )


def test_all_that_is_a_run_s_goes_and_steps_can_still_be_read(store: TraceStore) -> None:
    id = record(store, AppSession(1, "abc", 0), *(r for n in range(1, 31) for r in whole_run(n)))
    other = record(store, *whole_run(1))
    gone = store.surplus(id, parse_keep("5 runs"))
    store.prune(id, parse_keep("5 runs"))
    assert gone == list(range(1, 25))
    assert numbers(store, id) == list(range(25, 31))
    for n in range(25, 31):
        assert len(store.steps(id, n).steps) == 50
        assert [each.body for each in store.messages(id, n)] == [f"body {n}"]
    assert [each.n for each in store.interactions(id)] == list(range(24, 30))
    assert [each.run for each in store.messages(id)] == list(range(25, 31))
    with store._engine.connect() as connection:
        kept = set(connection.scalars(text("SELECT hash FROM message_bodies")))
    assert kept == {"body 1", *(f"body {n}" for n in range(25, 31))}  # 1 is the other's too
    assert [each.body for each in store.messages(other)] == ["body 1"]
    with pytest.raises(RecordingNotFound, match=f"run 3 of recording {id} is not kept any more"):
        store.run(id, 3)
    with pytest.raises(RecordingNotFound, match="has no run 99"):
        store.run(id, 99)
    # Readers go up to the newest number
    assert (store.counts(id)["runs"], store.counts(id)["ended_runs"]) == (30, 30)
    # WHEN more goes, THEN one line says it all
    store.prune(id, parse_keep("2 runs"))
    assert store.recording(id).limits == ('runs 1 to 27 were let go, as --keep "2 runs" asks for',)


def test_what_a_kept_run_rests_on_stays(store: TraceStore) -> None:
    runs = [
        r for n in range(2, 31) for r in whole_run(n, kind=RunKind.FRAGMENT, fragments=("clock",))
    ]
    early = StateWrite(4, 5, 0, "name", StateOp.SET, None, "'Ada'")
    id = record(store, AppSession(1, "abc", 0), *whole_run(1), *runs, early)
    before = store.page_base(id, store.run(id, 29))
    state = store.state_before(id, 1, 29)
    store.prune(id, parse_keep("2 runs"))
    assert {1, 4, 28, 29, 30} <= set(numbers(store, id))
    assert len(numbers(store, id)) == 5
    assert store.page_base(id, store.run(id, 29)) == before
    assert store.state_before(id, 1, 29) == state != []


def test_small_and_young_runs_are_kept(store: TraceStore) -> None:
    id = record(store, AppSession(1, "abc", 0), *(r for n in range(1, 31) for r in whole_run(n)))
    assert store.surplus(id, parse_keep("1 GB")) == []
    few = store.surplus(id, parse_keep("3 KB"))
    assert few == list(range(1, len(few) + 1))
    assert 0 < len(few) < 29
    # It began years before: all are older than a week, and the page of none has to be kept.
    old = record(store, *whole_run(1), *whole_run(2), started_at=info().started_at.replace(2020))
    assert store.surplus(old, parse_keep("7 days")) == [1, 2]


def prune_for_ever(url: str, id: int, says: Connection) -> None:
    with TraceStore.open(url) as store:
        says.send("go")
        store.prune(id, parse_keep("20 runs"))


def test_killed_while_pruning_nothing_is_half_gone(url: str, store: TraceStore) -> None:
    id = record(store, AppSession(1, "abc", 0), *(r for n in range(1, 801) for r in whole_run(n)))
    context = multiprocessing.get_context("spawn")
    hears, says = context.Pipe()
    process = context.Process(target=prune_for_ever, args=(url, id, says))
    process.start()
    assert hears.poll(60)
    for _ in range(100_000):
        if numbers(store, id)[0] > 100 or not process.is_alive():
            break
    process.kill()
    process.join()
    left = numbers(store, id)
    assert 100 < left[0] <= 781
    assert left == list(range(left[0], 801))
    for n in (left[0], left[-1]):
        assert len(store.steps(id, n).steps) == 50
    assert [each.run for each in store.messages(id)] == left
    assert store.recording(id).limits[0].startswith(f"runs 1 to {left[0] - 1} were let go")


def test_two_recordings_share_a_body_while_both_let_go(store: TraceStore) -> None:
    feeds = [Feed(), Feed()]
    sinks = [store.sink(parse_keep("5 runs")) for _ in feeds]
    ids = [sink.open(info(), feed.drain) for sink, feed in zip(sinks, feeds, strict=True)]
    for n in range(1, 41):
        for own, feed in enumerate(feeds):
            # Of each body both have messages; the second recording comes back to it much later.
            shared = message(1000 + n, n, f"shared {(n if own else n + 17) % 20}")
            feed.give(*whole_run(n), MessageBody(shared.body, b"shared" * 50), shared)
    for sink, id in zip(sinks, ids, strict=True):
        sink.close()
        assert sink.error is None
        for each in store.messages(id):
            assert store.message_body(each.body)


def names_of(store: TraceStore, id: int) -> dict[int, str]:
    with store._engine.connect() as connection:
        asked = text("SELECT no, text FROM names WHERE recording_id = :id")
        return {row.no: row.text for row in connection.execute(asked, {"id": id})}


def told_run(n: int) -> list[Record]:
    """A run that says things that no run before it said."""
    return [
        *whole_run(n),
        CacheAccess(n, 5, 0, f"answer {n}", "data", True, 1),
        StateRead(n, 6, f"question {n}", False),
        LineCount(n, f"page {n % 3}.py", 1, 1),
    ]


def test_names_go_with_the_runs_that_had_them(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While recording, a while later; texts that come again are there again."""
    monkeypatch.setattr("rerun_trace.db.writing.direct._REST", 0)
    monkeypatch.setattr("rerun_trace.db.writing.writer._SPARE_NAMES", 20)
    monkeypatch.setattr("rerun_trace.db.reading.names._SPARE", 20)
    own = DirectWriter(store._engine, parse_keep("4 runs"))
    id = own.begin(info())
    own.write([AppSession(1, "abc", 0)])
    most = 0
    for n in range(1, 161):
        again = [StateWrite(n, 7, 0, "answer 1", StateOp.SET, None, "1")] * (n in (80, 160))
        own.write([*told_run(n), *again])
        most = max(most, len(names_of(store, id)))
        assert [each.function for each in store.cache_accesses(id, n)] == [f"answer {n}"]
        assert [each.key for each in store.state_reads(id, n)] == [f"question {n}"]
        assert store.line_counts(id, n)[0].file == f"page {n % 3}.py"
    own.finish(True)
    assert most < 150  # of 330
    with store._engine.connect() as connection:
        assert len(store._names.of(connection, id)) < 150  # a reader forgets them, too
    total, writes = store.state_history(id, "answer 1", limit=9)
    assert (total, [each.run for each in writes]) == (2, [160, 80])
    # WHEN more goes from what is over, THEN no name is left that nothing has
    store.prune(id, parse_keep("2 runs"))
    told = ("answer", "question")
    left = {word for word in names_of(store, id).values() if word.startswith(told)}
    assert left == {"answer 1", *(f"{what} {n}" for what in told for n in numbers(store, id))}
    assert len(numbers(store, id)) == 4  # with what these rest on
    with TraceStore.open(store.address, create=False) as other:
        assert [each.key for each in other.state_reads(id, 160)] == ["question 160"]


def keep_few_for_ever(url: str, says: Connection) -> None:
    direct._REST, writer._SPARE_NAMES = 0, 20
    with TraceStore.open(url) as store:
        recording = DirectWriter(store._engine, parse_keep("4 runs"))
        says.send(recording.begin(info()))
        recording.write([AppSession(1, "abc", 0)])
        for n in itertools.count(1):
            recording.write(told_run(n))


def test_a_writer_killed_while_it_lets_go_leaves_whole_runs(url: str, store: TraceStore) -> None:
    context = multiprocessing.get_context("spawn")
    for wanted in (25, 45):
        hears, says = context.Pipe()
        process = context.Process(target=keep_few_for_ever, args=(url, says))
        process.start()
        assert hears.poll(60)
        id = hears.recv()
        while max(numbers(store, id), default=0) < wanted and process.is_alive():
            pass
        process.kill()
        process.join()
        left = numbers(store, id)
        assert left[-1] >= wanted
        assert 4 <= len(left) <= 26
        for n in left:
            assert len(store.steps(id, n).steps) == 50
            assert [each.function for each in store.cache_accesses(id, n)] == [f"answer {n}"]
            assert [each.key for each in store.state_reads(id, n)] == [f"question {n}"]
        assert [each.run for each in store.messages(id)] == left


def test_widgets_go_that_no_run_draws_any_more(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for the newest ones: a recorder may still say that one of them is drawn again."""
    monkeypatch.setattr("rerun_trace.db.writing.pruning.KNOWN_WIDGETS", 3)

    def drawing(n: int) -> list[Record]:
        write = ContainerWrite(
            n, 5, 2, n, (0, n), WriteKind.ELEMENT, "button", "Go", False, widget=n
        )
        drawn = DrawnWidget(n, n, f"id {n}", "button", "Go", None, ())
        return [*whole_run(n), drawn, write]

    runs = [r for n in range(1, 31) for r in drawing(n)]
    again = ContainerWrite(30, 6, 2, 30, (0, 0), WriteKind.ELEMENT, "button", "Go", False, widget=1)
    id = record(store, AppSession(1, "abc", 0), *runs, again)
    store.prune(id, parse_keep("2 runs"))
    assert numbers(store, id) == [28, 29, 30]
    assert [each.n for each in store.drawn_widgets(id)] == [1, 28, 29, 30]
