"""The step codec gives back what it was given, times in whole microseconds, and stays small."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from rerun_trace.db.packing import codec
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Frame, Step, StepChunk, ValueChange

pytestmark = pytest.mark.first_row

TEXTS = ["", "x", "0", "-17", "a\0b", "é🎈", "\ud83c", "\udf88", "[1, 2]" * 50, "None"]
INT64 = 2**63 - 1


def a_number(rnd: random.Random) -> int:
    size = rnd.choice([1, 7, 8, 15, 16, 31, 32, 61])
    return rnd.choice([1, 1, 1, -1]) * rnd.getrandbits(size)


def pack_steps(chunk: StepChunk) -> bytes:
    return codec.seal(codec.steps_payload(chunk))


def pack_frames(frames: Sequence[Frame]) -> bytes:
    return codec.seal(codec.frames_payload(frames))


def in_microseconds(chunk: StepChunk) -> StepChunk:
    steps = [step._replace(at_ns=step.at_ns // 1000 * 1000) for step in chunk.steps]
    return replace(chunk, steps=steps)


def a_chunk(rnd: random.Random) -> StepChunk:
    first = rnd.choice([1, 4097, 10**6])
    steps = [Step(*(a_number(rnd) for _ in range(4))) for _ in range(rnd.choice([0, 1, 2, 300]))]
    changes = [
        ValueChange(
            first + rnd.randrange(-1, 300),
            a_number(rnd),
            rnd.choice(TEXTS),
            rnd.choice(["local", "global", "argument", "return"]),
            rnd.choice([None, *TEXTS, str(a_number(rnd))]),
        )
        for _ in range(rnd.choice([0, 1, 2, 300]))
    ]
    return StepChunk(rnd.randrange(1, 99), first, steps, (), changes)


@pytest.mark.parametrize("seed", range(200))
def test_steps_come_back_exactly_but_for_their_nanoseconds(seed: int) -> None:
    chunk = a_chunk(random.Random(seed))
    blob = pack_steps(chunk)
    assert codec.unpack_steps(blob, chunk.run, chunk.first_step) == in_microseconds(chunk)


def test_a_blob_of_version_1_is_read_with_its_nanoseconds() -> None:
    # GIVEN two steps at 5 and at 12 ns in file 1 at line 3 of call 1, as version 1 packed them
    header = struct.pack("<IIIqI", 2, 0, 0, 5, 0)
    times, file, line, call = b"\x01\x00\x07", b"\x01\x01\x00", b"\x01\x03\x00", b"\x01\x01\x00"
    nothing = b"\0" * 6  # five columns of value changes, and the texts' lengths
    blob = b"\x01" + zlib.compress(header + times + file + line + call + nothing)
    # THEN
    steps = [Step(5, 1, 3, 1), Step(12, 1, 3, 1)]
    assert codec.unpack_steps(blob, 1, 1) == StepChunk(1, 1, steps, (), [])


@pytest.mark.parametrize("seed", range(50))
def test_frames_and_line_counts_come_back_exactly(seed: int) -> None:
    rnd = random.Random(seed)

    def some() -> range:
        return range(rnd.choice([0, 1, 2, 300]))

    frames = [
        Frame(a_number(rnd), a_number(rnd), rnd.choice(TEXTS), 1, a_number(rnd), 0) for _ in some()
    ]
    assert codec.unpack_frames(pack_frames(frames)) == frames
    counts = [(1, a_number(rnd), a_number(rnd), rnd.random() < 0.5) for _ in some()]
    assert codec.unpack_counts(codec.pack_counts(counts)) == counts


def test_the_ends_of_the_64_bit_range_fit() -> None:
    steps = [Step(0, 1, 1, 1), Step(INT64, 1, 1, 1), Step(0, 1, 1, 1)]
    chunk = StepChunk(1, 1, steps, (), [])
    assert codec.unpack_steps(pack_steps(chunk), 1, 1) == in_microseconds(chunk)


def test_a_loop_with_a_value_a_step_takes_less_than_four_bytes_a_step() -> None:
    # GIVEN a loop whose steps take a realistic, noisy time, each of which changes an integer
    rnd = random.Random(1)
    at, steps, changes = 0, [], []
    for n in range(1, 4097):
        at += int(rnd.gauss(700, 150)) + (20_000 if rnd.random() < 0.01 else 0)
        steps.append(Step(at, 1, 10 + n % 2, 1))
        name, value = ("total", n * n // 2) if n % 2 else ("i", n // 2)
        changes.append(ValueChange(n, 1, name, "local", str(value)))
    # WHEN it is packed
    blob = pack_steps(StepChunk(1, 1, steps, (), changes))
    # THEN it is small
    assert len(blob) / len(steps) < 4


def test_an_unknown_version_is_refused() -> None:
    blob = pack_frames([Frame(1, 0, "<module>", 1, 1, 0)])
    with pytest.raises(StoreError, match=r"version 4.*upgrade"):
        codec.unpack_frames(b"\x04" + blob[1:])
    with pytest.raises(StoreError, match="version none"):
        codec.unpack_steps(b"", 1, 1)


@pytest.mark.parametrize("seed", range(100))
def test_damaged_data_is_a_store_error_and_nothing_else(seed: int) -> None:
    rnd = random.Random(seed)
    chunk = a_chunk(rnd)
    blob = bytearray(pack_steps(chunk))
    if rnd.random() < 0.5:
        del blob[rnd.randrange(1, len(blob)) :]
    else:
        blob[rnd.randrange(1, len(blob))] ^= 1 << rnd.randrange(8)
    try:
        read = codec.unpack_steps(bytes(blob), chunk.run, chunk.first_step)
    except StoreError:
        return
    assert read == in_microseconds(chunk)  # the bit that was hit is one of zlib's padding
