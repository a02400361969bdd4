"""Recordings that let their oldest runs go: what goes, what stays, and what is said of it."""

from __future__ import annotations

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
from rerun_trace.tracer.errors import KeepError, RecordingNotFound
from rerun_trace.tracer.model import (
    AppSession,
    Interaction,
    InteractionKind,
    MessageBody,
    Outcome,
    Record,
    RunError,
    RunKind,
    StateOp,
    StateWrite,
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
