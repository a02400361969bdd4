"""Windows of a run's steps: the same as adding up every change from the run's start."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import update
from test_db_examples import (  # noqa: F401 (fixtures)
    Feed,
    fresh_database,
    info,
    open_store,
    record,
    run,
)

from rerun_trace.db.reading import ahead
from rerun_trace.db.reading.windows import StepWindow
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table
from rerun_trace.db.store import TraceStore
from rerun_trace.db.writing.batch import CHUNK_STEPS, cut
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Frame, Outcome, Step, StepChunk, ValueChange

pytestmark = pytest.mark.first_row

LARGE = 200_000


def busy_run(steps: int, n: int = 1) -> StepChunk:
    """The module calls `work` every 500 steps; `work` counts a global up and sets locals."""
    calls = (steps - 1) // 500 + 1
    frames = [Frame(1, 0, "<module>", 1, 1, 0)]
    frames += [Frame(call + 1, 1, "work", 1, 9, call % 2) for call in range(1, calls + 1)]
    made: list[Step] = []
    changes: list[ValueChange] = []
    for step in range(1, steps + 1):
        call, place = divmod(step - 1, 500)
        frame = 1 if place == 0 else call + 2
        made.append(Step(step * 7000, 1, 1 + place % 40, frame))
        if place == 1:
            changes.append(ValueChange(step, frame, "n", "argument", str(call)))
            changes.append(ValueChange(step, frame, "total", "global", str(call)))
        elif place == 450:
            changes.append(ValueChange(step, frame, "i", "local", None))
        elif place:
            changes.append(ValueChange(step, frame, "i", "local", str(step)))
        if place == 499:  # when the call is over, the module's statement has its result
            changes.append(ValueChange(step - 499, 1, "result", "local", str(call)))
    return StepChunk(n, 1, made, frames, changes)


def parts(chunk: StepChunk, rnd: random.Random) -> list[StepChunk]:
    """`chunk` as a recorder hands it over: in pieces, some with the changes of the next moment."""
    pieces: list[StepChunk] = []
    start = taken = 0
    while start < len(chunk.steps):
        end = min(start + rnd.choice((1, 3, 200, 900)), len(chunk.steps))
        upto = taken
        while upto < len(chunk.changes) and chunk.changes[upto].step < end + rnd.choice((0, 1)):
            upto += 1
        frames = chunk.frames if not start else ()
        steps = chunk.steps[start:end]
        pieces.append(StepChunk(chunk.run, start + 1, steps, frames, chunk.changes[taken:upto]))
        start, taken = end, upto
    pieces.append(StepChunk(chunk.run, start + 1, (), (), chunk.changes[taken:]))
    return pieces


def summed(chunk: StepChunk, first: int, last: int) -> tuple[set[ValueChange], set[int]]:
    """The base and the frames of a window, by adding up all changes one by one."""
    frames = {frame.n: frame for frame in chunk.frames}
    used = {step.frame for step in chunk.steps[first - 1 : last]}
    used |= {change.frame for change in chunk.changes if first <= change.step <= last}
    used |= {frames[n].parent for n in used} - {0}
    values: dict[tuple[object, ...], ValueChange] = {}
    for change in sorted(chunk.changes, key=lambda change: change.step):
        owner = "any" if change.scope == "global" else change.frame
        if change.step < first:
            values[owner, change.name, change.scope] = change
    base = {
        change
        for change in values.values()
        if change.text is not None and (change.scope == "global" or change.frame in used)
    }
    return base, used | {change.frame for change in base}


def check(chunk: StepChunk, window: StepWindow) -> None:
    first, last = window.first, window.last
    assert window.steps == chunk.steps[first - 1 : last]
    wanted = [change for change in chunk.changes if first <= change.step <= last]
    assert window.changes == sorted(wanted, key=lambda change: change.step)
    base, frames = summed(chunk, first, last)
    assert set(window.base) == base
    assert {frame.n for frame in window.frames} == frames
    ran = Counter((step.file, step.line) for step in chunk.steps[: first - 1])
    assert window.hits == [(*place, times) for place, times in sorted(ran.items())]


def test_the_next_step_at_a_line_is_found_in_any_chunk(store: TraceStore) -> None:
    rnd = random.Random(7)
    chunk = busy_run(12_345)
    feed, sink = Feed(run(1)), store.sink()
    id = sink.open(info(), feed.drain)
    feed.wake = sink.wake
    for piece in parts(chunk, rnd):
        feed.give(piece)
    sink.close()
    for after in (0, 1, 4_096, 12_344, 12_345, *rnd.sample(range(12_345), 20)):
        lines = rnd.sample(range(1, 45), 2)
        found = (n for n in range(after + 1, 12_346) if chunk.steps[n - 1].line in lines)
        assert store.find_step(id, 1, 1, lines, after) == next(found, None)
    assert store.find_step(id, 1, 2, range(45)) is None


def test_a_window_anywhere_is_what_all_changes_add_up_to(store: TraceStore) -> None:
    # GIVEN a run that came in many small pieces, and one that came at once
    rnd = random.Random(7)
    chunk = busy_run(12_345)
    pieces = parts(chunk, rnd)
    whole = StepChunk(2, 1, chunk.steps, chunk.frames, chunk.changes)
    feed, sink = Feed(run(1), run(2)), store.sink()
    id = sink.open(info(), feed.drain)
    feed.wake = sink.wake
    while pieces:
        feed.give(*pieces[:30])
        del pieces[:30]
    feed.give(whole)
    sink.close()
    # WHEN one jumps to and fro, THEN every window is right
    for at in (1, 12_345, 1000, 1001, 6_500, 2, *rnd.sample(range(1, 12_346), 20)):
        for n in (1, 2):
            window = store.step_window(id, n, at)
            assert window.first <= at <= window.last
            assert window.first % 1000 == 1
            check(chunk, window)


def test_steps_read_ahead_are_those_that_are_read_run_by_run(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN runs of one chunk, of none, of several, one longer than what is read ahead, and one
    # that has not ended
    monkeypatch.setattr(ahead, "MOST_CHUNKS", 6)
    sizes = [40, 700, 0, 700, 9_000, 90, *[600] * 12, 30_000, 80, 50]
    last = len(sizes)
    runs = [run(n, outcome=Outcome.COMPLETED) for n in range(1, last)] + [run(last)]
    chunks = [busy_run(size, n) for n, size in enumerate(sizes, 1) if size]
    pieces = [part for chunk in chunks for part in cut(chunk)]
    id = record(store, *runs, *pieces)
    # WHEN one goes through them, all or some, or jumps, THEN the same is read
    asked: list[object] = []

    def ask(question: Callable[..., object], *args: object) -> object:
        asked.append(question)
        return store._reader.ask(question, *args)

    ended = {each.n for each in runs[:-1]}
    for order in (range(1, last + 1), range(2, last, 2), (21, 3, 3, 4, 5, 5, 19, 20, 7, 8)):
        read = ahead.StepsAhead(ask, id, ended)
        assert [read(n) for n in order] == [store.steps(id, n) for n in order]
    # AND most come without a query of their own
    assert len(asked) < 31
    kept = store.steps_ahead(id, runs)
    assert [kept(n) for n in range(1, last + 1)] == [store.steps(id, n) for n in range(1, last + 1)]


def test_a_long_run(store: TraceStore) -> None:
    chunk = busy_run(LARGE)
    id = record(store, run(1), chunk)
    for at in (LARGE, 3, LARGE // 2):
        window = store.step_window(id, 1, at)
        assert (window.last, window.total) == (-(-at // 1000) * 1000, LARGE)
        check(chunk, window)
    # Beyond the end, and before the beginning
    assert store.step_window(id, 1, LARGE + 9).last == LARGE
    assert store.step_window(id, 1, 0).first == 1


def test_a_run_that_still_grows(store: TraceStore) -> None:
    chunk = busy_run(2_500)
    feed, sink = Feed(run(1)), store.sink()
    id = sink.open(info(), feed.drain)
    feed.wake = sink.wake
    steps: list[Step] = []
    changes: list[ValueChange] = []
    for piece in parts(chunk, random.Random(11)):
        feed.give(piece)
        steps += piece.steps
        changes += piece.changes
        so_far = StepChunk(1, 1, steps, chunk.frames, changes)
        for at in (1, len(steps)):
            check(so_far, store.step_window(id, 1, at))
    sink.close()
    assert steps == chunk.steps


def test_a_run_without_steps(store: TraceStore) -> None:
    id = record(store, run(1))
    assert store.step_window(id, 1, 1) == StepWindow(1, 0, 0, [], [], [], [], [])


def test_values_from_before_the_first_step(store: TraceStore) -> None:
    frame = Frame(1, 0, "on_click", 1, 3, 0)
    argument = ValueChange(0, 1, "value", "argument", "1")
    id = record(store, run(1), StepChunk(1, 1, [Step(1, 1, 4, 1)], [frame], [argument]))
    assert store.step_window(id, 1, 1).base == [argument]


def test_frames_that_were_never_kept(store: TraceStore) -> None:
    id = record(store, run(1), StepChunk(1, 1, [Step(1, 1, 4, 0), Step(2, 1, 5, 8)], [], []))
    window = store.step_window(id, 1, 1)
    assert [step.frame for step in window.steps] == [0, 8]
    assert window.frames == []


def test_damage_is_named(store: TraceStore) -> None:
    id = record(store, run(1), busy_run(9_000))
    chunks = table(models.StepChunkRow)
    with store._engine.begin() as connection:
        damage = update(chunks).where(chunks.c.first_step == 1 + CHUNK_STEPS)
        connection.execute(damage.values(data=b"\1no"))
    assert store.step_window(id, 1, 1).last == 1000
    for at in (CHUNK_STEPS + 1, 9_000):
        with pytest.raises(StoreError, match=r"run 1, steps 4097 to 8192: .*damaged"):
            store.step_window(id, 1, at)
    with store._engine.begin() as connection:
        connection.execute(chunks.delete().where(chunks.c.first_step == 1 + CHUNK_STEPS))
    with pytest.raises(StoreError, match="steps 4097 to 5000 are missing"):
        store.step_window(id, 1, 4_500)


def test_threads_read_at_once(store: TraceStore) -> None:
    chunk = busy_run(20_000)
    id = record(store, run(1), chunk)
    errors: list[BaseException] = []

    def read(seed: int) -> None:
        try:
            for at in random.Random(seed).sample(range(1, 20_001), 10):
                check(chunk, store.step_window(id, 1, at))
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert errors == []


def test_a_chunk_is_cut_into_pieces_that_hold_the_same() -> None:
    chunk = busy_run(1_003)
    pieces = list(cut(chunk, 100))
    assert [len(piece.steps) for piece in pieces] == [100] * 10 + [3]
    assert [step for piece in pieces for step in piece.steps] == chunk.steps
    assert [piece.first_step for piece in pieces] == list(range(1, 1_004, 100))
    assert sorted(c for piece in pieces for c in piece.changes) == sorted(chunk.changes)
    assert all(
        piece.first_step <= change.step < piece.first_step + len(piece.steps)
        for piece in pieces
        for change in piece.changes
    )
