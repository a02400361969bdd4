"""Steps packed against those of an earlier run: read back exactly, and small."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from sqlalchemy import text
from test_db_examples import record, run

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import Frame, Step, StepChunk, ValueChange

pytestmark = pytest.mark.first_row

LINES = 60


def part(rnd: random.Random, n: int, numbers: range, shift: int = 0) -> StepChunk:
    """Steps of a script that says much the same in each run, at its own pace."""
    steps, changes, at = [], [], 0
    for number in numbers:
        line = number + shift
        at += int(rnd.lognormvariate(3.6, 1.3)) * 1000  # mostly 10 to 130 us
        steps.append(Step(at, 1, line, 1))
        value = f"DataFrame 100 x {line}, columns region, month, units, price"
        if line % 3 == 0:
            value = f"{n * line} of {line}"
        changes.append(ValueChange(number, 1, f"value_{line}", "local", value))
    frames = [Frame(1, 0, "<module>", 1, 1, 0)] if numbers.start == 1 else []
    return StepChunk(n, numbers.start, steps, frames, changes)


def test_a_script_that_runs_again_takes_five_bytes_a_step_at_most(store: TraceStore) -> None:
    rnd = random.Random(1)
    chunks = [part(rnd, n, range(1, LINES + 1)) for n in range(1, 41)]
    id = record(store, *(run(n) for n in range(1, 41)), *chunks)
    for n, chunk in enumerate(chunks, 1):
        assert store.steps(id, n) == chunk
    with store._engine.connect() as connection:
        query = "SELECT key_run, length(data) + length(frames) FROM step_chunks ORDER BY run"
        keys, sizes = zip(*connection.execute(text(query)), strict=True)
    assert keys == (None, 1, *[2] * 38)
    assert sum(sizes[1:]) / (39 * LINES) < 5 < 10 < sizes[0] / LINES


def test_the_second_run_is_the_key_when_the_first_came_in_pieces(store: TraceStore) -> None:
    # GIVEN a first run in three pieces, a second one that is whole, and a part of it that is late
    rnd = random.Random(4)
    pieces = [part(rnd, 1, numbers) for numbers in (range(1, 20), range(20, 40), range(40, 61))]
    whole = [part(rnd, n, range(1, LINES + 1)) for n in range(2, 8)]
    late = [part(rnd, 2, range(LINES + 1, 2 * LINES)), part(rnd, 8, range(1, LINES + 1))]
    chunks = [*pieces, *whole, *late]
    id = record(store, *(run(n) for n in range(1, 9)), *chunks)
    # THEN it is packed against the first one, and the later ones against it alone
    with store._engine.connect() as connection:
        query = "SELECT run, key_run FROM step_chunks ORDER BY seq"
        keys = [(row.run, row.key_run) for row in connection.execute(text(query))]
    assert keys[:9] == [(1, None)] * 3 + [(2, 1), *((n, 2) for n in range(3, 8))]
    assert keys[-1] == (8, 2)
    for n in range(3, 9):
        assert store.steps(id, n) == next(chunk for chunk in chunks if chunk.run == n)
    assert list(store.steps(id, 2).steps) == [*whole[0].steps, *late[0].steps]


def test_wherever_the_runs_were_cut_they_are_read_back(store: TraceStore) -> None:
    # GIVEN runs of two scripts whose chunks end anywhere, and parts of a run that come late
    rnd = random.Random(2)
    chunks: list[StepChunk] = []
    late: list[StepChunk] = []
    for n in range(1, 31):
        ends = [1, *sorted(rnd.sample(range(2, LINES), rnd.randrange(4))), LINES + 1]
        parts = [part(rnd, n, range(a, b), 1000 * (n % 2)) for a, b in pairwise(ends)]
        if rnd.random() < 0.3:
            late.append(parts.pop())
        chunks += parts
        if late and rnd.random() < 0.3:
            chunks.append(late.pop())
    chunks += late
    # WHEN they are kept, THEN each is read as it was
    id = record(store, *(run(n) for n in range(1, 31)), *chunks)
    with store._engine.connect() as connection:
        query = "SELECT count(*) FROM step_chunks WHERE key_run IS NOT NULL"
        assert connection.execute(text(query)).scalar_one() > 20
    for n in range(1, 31):
        own = sorted((c for c in chunks if c.run == n), key=lambda c: c.first_step)
        found = store.steps(id, n)
        assert list(found.steps) == [step for chunk in own for step in chunk.steps]
        assert list(found.frames) == [Frame(1, 0, "<module>", 1, 1, 0)]
        assert list(found.changes) == [change for chunk in own for change in chunk.changes]


def test_a_key_run_that_was_forgotten_stays_so(store: TraceStore) -> None:
    # GIVEN six scripts in turn, more than are kept, and then a late part of the first one's run
    rnd = random.Random(3)
    chunks = [part(rnd, n, range(1, LINES + 1), 1000 * n) for n in range(1, 7)]
    chunks.append(part(rnd, 1, range(LINES + 1, 2 * LINES + 1), 9000))
    # WHEN a run says nearly the same as that part, THEN it can be read
    chunks.append(part(rnd, 7, range(LINES + 1, 2 * LINES + 1), 9000))
    id = record(store, *(run(n) for n in range(1, 8)), *chunks)
    assert list(store.steps(id, 7, first=LINES + 1).steps) == list(chunks[-1].steps)


def test_a_key_run_that_goes_on_while_others_are_packed_against_it(store: TraceStore) -> None:
    # GIVEN two tabs: a run that is written in pieces, and between them runs packed against it
    rnd = random.Random(5)
    pieces = [part(rnd, 1, numbers) for numbers in (range(1, 20), range(20, 40), range(40, 61))]
    between = [part(rnd, n, range(1, LINES + 1)) for n in (2, 3)]
    chunks = [pieces[0], between[0], pieces[1], between[1], pieces[2]]
    id = record(store, *(run(n) for n in range(1, 4)), *chunks)
    # THEN each is unpacked with what was there when it was packed
    with store._engine.connect() as connection:
        query = "SELECT key_run FROM step_chunks ORDER BY seq"
        keys = connection.execute(text(query)).scalars().all()
    assert keys[:2] == [None, 1], "the key run was still open"
    assert [store.steps(id, n) for n in (2, 3)] == between
    assert list(store.steps(id, 1).steps) == [step for piece in pieces for step in piece.steps]
