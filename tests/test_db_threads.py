"""The store knows when threads of the app's own ran, without unpacking a step."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from sqlalchemy import text
from test_db_examples import (  # noqa: F401 (fixtures)
    Feed,
    chunk,
    fresh_database,
    info,
    open_store,
    record,
    run,
)

from rerun_trace.db.packing.thread_spans import ThreadSpan
from rerun_trace.db.schema import migrations
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import Frame, Step, StepChunk

pytestmark = pytest.mark.first_row

REVISION_0002 = Path(__file__).parent / "data" / "revision-0002.sqlite.gz"

BODY = Frame(1, 0, "<module>", 1, 1, 0)
WORK = Frame(2, 0, "work", 1, 5, 1)  # the outermost call on thread 1 ...
INNER = Frame(3, 2, "inner", 1, 9, 1)  # ... and one that it makes
OTHER = Frame(4, 0, "other", 1, 12, 2)


def steps(run: int, first: int, frames: list[int], known: tuple[Frame, ...] = ()) -> StepChunk:
    """A step in each of `frames`, 10 ns apart; `known` are told with them."""
    made = [Step(10 * n, 1, n, frame) for n, frame in enumerate(frames, first)]
    return StepChunk(run, first, made, known)


def test_a_span_grows_with_every_drain(store: TraceStore) -> None:
    # GIVEN a run that has started a thread
    feed = Feed()
    sink = store.sink()
    id = sink.open(info(), feed.drain)
    feed.give(run(1), steps(1, 1, [1, 2], (BODY, WORK)))
    assert store.thread_spans(id) == [ThreadSpan(1, 1, "work", 2, 2, 20, 20, 1)]
    # WHEN the thread goes on in one drain, and only the script in the next
    feed.give(steps(1, 3, [1, 3, 2, 1], (INNER,)))
    feed.give(steps(1, 7, [1]))
    # THEN the span reaches from the thread's first step to its last
    assert store.thread_spans(id) == [ThreadSpan(1, 1, "work", 2, 5, 20, 50, 3)]
    sink.close()


def test_threads_of_one_run_overlap_and_a_thread_outlives_its_run(store: TraceStore) -> None:
    feed = Feed()
    sink = store.sink()
    id = sink.open(info(), feed.drain)
    feed.give(run(1), steps(1, 1, [1, 2, 4], (BODY, WORK, OTHER)))
    feed.give(run(2), steps(2, 1, [1, 2], (BODY, WORK)), steps(1, 4, [2, 4]))
    feed.give(steps(1, 6, [2]))
    sink.close()
    first = [ThreadSpan(1, 1, "work", 2, 6, 20, 60, 3), ThreadSpan(1, 2, "other", 3, 5, 30, 50, 2)]
    second = [ThreadSpan(2, 1, "work", 2, 2, 20, 20, 1)]
    assert store.thread_spans(id) == first + second
    assert store.thread_spans(id, 1) == first
    assert store.thread_spans(id, runs=(2, 9)) == second
    assert store.has_threads(id)


def test_a_thread_without_steps_has_no_span(store: TraceStore) -> None:
    id = record(store, run(1), chunk(1, 1, 50), run(2), steps(2, 1, [1], (BODY, WORK)))
    assert store.thread_spans(id) == []
    assert not store.has_threads(id)


def test_the_span_of_a_run_long_ago_stays_as_it_was(store: TraceStore) -> None:
    others = [steps(n, 1, [1, 2], (BODY, WORK)) for n in range(2, 200)]
    late = steps(1, 3, [2])
    id = record(store, steps(1, 1, [1, 2], (BODY, WORK)), *others, late)
    assert store.thread_spans(id, 1) == [ThreadSpan(1, 1, "work", 2, 2, 20, 20, 1)]
    assert len(store.thread_spans(id)) == 199


def test_a_file_of_revision_0002_is_migrated_and_has_no_spans(tmp_path: Path) -> None:
    # GIVEN a file that was written before spans were kept: samples/threads.py, two threads
    path = tmp_path / "old.sqlite"
    path.write_bytes(gzip.decompress(REVISION_0002.read_bytes()))
    # WHEN it is opened
    with TraceStore.open(path, create=False) as store:
        # THEN its steps are what they were, without spans; a new recording beside it has them
        assert {frame.thread for frame in store.steps(1, 1).frames} == {0, 1, 2}
        assert store.thread_spans(1) == []
        assert not store.has_threads(1)
        id = record(store, steps(1, 1, [1, 2], (BODY, WORK)))
        assert len(store.thread_spans(id)) == 1
        with store._engine.connect() as connection:
            query = text(f"SELECT version_num FROM {migrations.VERSION_TABLE}")
            assert connection.execute(query).scalar() == migrations.REVISIONS[-1]
