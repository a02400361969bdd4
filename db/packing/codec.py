"""Packs steps, frames, value changes and line counts into small blobs, and back.

Back comes exactly what went in, but for the times of steps: they are kept in whole microseconds.
Below that a step's time is noise, which no packing shrinks; it was a fifth of all bytes.

A blob is a version byte, the CRC of what is packed (`binascii.crc_hqx`, two bytes, little-endian),
and raw deflate data; steps and frames often have a preset dictionary (`step_chunks.key_run`).
Inside, numbers stand in columns, because a column of one kind of number compresses far better than
rows of mixed ones:

- a header of little-endian integers: how many rows and texts there are, and the first time (us);
- one column after another. A column holds the differences between neighbours, as signed integers
  of the narrowest width (0, 1, 2, 4 or 8 bytes) that fits them all; width 0 means all are zero.
  After the width byte come all lowest bytes, then all second bytes, and so on: the high bytes,
  mostly zero, then cost next to nothing, so one long pause does not make every step dearer;
- the texts: a column of their lengths in characters, then all of them as one UTF-8 run (lone
  surrogates allowed). Rows refer to texts by number, 1-based; 0 is None.

Four kinds of blob:

- steps: header (steps, changes, texts, first time, length of the texts in bytes); columns time,
  file, line, frame of the steps; columns step (less the number of the chunk's first step), frame,
  name, scope, text of the value changes; texts.
- frames: header (frames, texts, length of the texts in bytes); columns n, parent, function, file,
  line, thread; texts.
- line counts: header (rows); columns file, line, hits, capped.
- reads of session state: header (rows); columns step, key, found.

A steps blob of version 3 is the same, and says that its chunk alone is the dictionary of chunks
that have its run as their key run.

Version 1 kept times in nanoseconds, and had zlib's own frame of ten bytes instead of the CRC, a lot
around a run of six steps. It is still read.

Everything here is built from C-level passes over whole columns, at about a microsecond a step:
packing has to keep up with an app that reruns without end.
"""

from __future__ import annotations

import binascii
import struct
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar

from rerun_trace.db.packing.columns import Columns, number_texts, pack_column, pack_texts
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Frame, Step, StepChunk, ValueChange

VERSION = 2
KEY_VERSION = 3
_new = tuple.__new__
_TIME_UNIT = {1: 1, VERSION: 1_000, KEY_VERSION: 1_000}  # ns, by the version of a blob

WINDOW = 32_768  # bytes of a dictionary that zlib looks back to

# Of one blob, which is of 4,096 steps at the most. A blob of a stranger's may say anything.
MOST_BYTES = 64 * 2**20

_FEW = 4096  # bytes of frames that are remembered
_LEVEL = 1  # the default level takes 1 us a step longer and saves 2%
_RAW = -zlib.MAX_WBITS
_HEAD = struct.Struct("<BH")  # version, CRC
_STEPS_HEADER = struct.Struct("<IIIqI")
_FRAMES_HEADER = struct.Struct("<III")
_ROWS_HEADER = struct.Struct("<I")

T = TypeVar("T")


def steps_payload(chunk: StepChunk) -> bytes:
    """For `seal`: the steps and value changes of `chunk` (its frames: see `frames_payload`)."""
    steps, changes, first = chunk.steps, chunk.changes, chunk.first_step
    at_ns, files, lines, frames = zip(*steps, strict=True) if steps else ((), (), (), ())
    times = [ns // _TIME_UNIT[VERSION] for ns in at_ns]
    at, owners, names, scopes, texts = zip(*changes, strict=True) if changes else ((),) * 5
    number, table = number_texts(scopes, names, texts)
    start = times[0] if times else 0
    text_lengths, text_bytes = pack_texts(table)
    parts = (
        _STEPS_HEADER.pack(len(steps), len(changes), len(table), start, len(text_bytes)),
        pack_column(times, start),
        *map(pack_column, (files, lines, frames)),
        pack_column(at, first),
        pack_column(owners),
        *(pack_column(list(map(number.__getitem__, column))) for column in (names, scopes, texts)),
        text_lengths,
        text_bytes,
    )
    return b"".join(parts)


def unpack_steps(blob: bytes, run: int, first_step: int, dictionary: bytes = b"") -> StepChunk:
    """The chunk of a steps blob, without frames. Raises StoreError for a blob it cannot read."""
    columns = unpack_columns(blob, first_step, dictionary)
    # A named tuple's own constructor is a Python function, and takes three times as long.
    of_steps = zip(columns.at_ns, columns.files, columns.lines, columns.frames, strict=True)
    steps = list(map(partial(_new, Step), of_steps))
    changes = list(map(partial(_new, ValueChange), zip(*columns.changes, strict=True)))
    return StepChunk(run, first_step, steps, (), changes)


class StepColumns(NamedTuple):
    """What a steps blob holds, one list for each field.

    `changes` are the steps, frames, names, scopes and texts of the value changes.
    """

    at_ns: list[int]
    files: list[int]
    lines: list[int]
    frames: list[int]
    changes: tuple[list[int], list[int], list[str], list[str], list[str | None]]


def unpack_columns(blob: bytes, first_step: int, dictionary: bytes = b"") -> StepColumns:
    """The same as `unpack_steps`, several times as fast: no object is made for a step."""

    def read(data: bytes) -> StepColumns:
        n, m, k, start, size = _STEPS_HEADER.unpack_from(data)
        columns = Columns(data, _STEPS_HEADER.size)
        unit = _TIME_UNIT[blob[0]]
        times = [unit * time for time in columns.take(n, start)]
        of_steps = times, columns.take(n), columns.take(n), columns.take(n)
        at, owners = columns.take(m, first_step), columns.take(m)
        names, scopes, texts = columns.take(m), columns.take(m), columns.take(m)
        text = columns.take_texts(k, size).__getitem__
        changes = at, owners, [*map(text, names)], [*map(text, scopes)], [*map(text, texts)]
        return StepColumns(*of_steps, changes)

    return _open(blob, read, dictionary)


def unpack_places(blob: bytes, dictionary: bytes = b"") -> tuple[list[int], list[int]]:
    """Of a steps blob the steps' files and lines alone: what looking for a line needs."""

    def read(data: bytes) -> tuple[list[int], list[int]]:
        n = _STEPS_HEADER.unpack_from(data)[0]
        columns = Columns(data, _STEPS_HEADER.size)
        columns.skip(n)
        return columns.take(n), columns.take(n)

    return _open(blob, read, dictionary)


def frames_payload(frames: Sequence[Frame]) -> bytes:
    """For `seal`: frames."""
    n, parents, functions, files, lines, threads = (
        zip(*frames, strict=True) if frames else ((),) * 6
    )
    number, table = number_texts(functions)
    text_lengths, text_bytes = pack_texts(table)
    parts = (
        _FRAMES_HEADER.pack(len(frames), len(table), len(text_bytes)),
        pack_column(n),
        pack_column(parents),
        pack_column([number[text] for text in functions]),
        *map(pack_column, (files, lines, threads)),
        text_lengths,
        text_bytes,
    )
    return b"".join(parts)


def unpack_frames(blob: bytes, dictionary: bytes = b"") -> list[Frame]:
    """The frames of a frames blob. Raises StoreError for a blob it cannot read."""

    def read(data: bytes) -> list[Frame]:
        return list(_few_frames(data) if len(data) <= _FEW else _frames(data))

    return _open(blob, read, dictionary)


def _frames(data: bytes) -> tuple[Frame, ...]:
    n, k, size = _FRAMES_HEADER.unpack_from(data)
    columns = Columns(data, _FRAMES_HEADER.size)
    numbers, parents, functions, files, lines, threads = (columns.take(n) for _ in range(6))
    text = columns.take_texts(k, size).__getitem__
    return tuple(map(Frame, numbers, parents, map(text, functions), files, lines, threads))


# A script runs again and again, and mostly calls the same.
_few_frames = lru_cache(maxsize=512)(_frames)


def pack_counts(rows: Sequence[tuple[int, int, int, bool]]) -> bytes:
    """Line counts of a run, as (number of the file's name, line, hits, capped), as one blob."""
    return _pack_rows(rows, 4)


def unpack_counts(blob: bytes) -> list[tuple[int, int, int, bool]]:
    """What `pack_counts` packed. Raises StoreError for a blob it cannot read."""
    return [(file, line, hits, bool(capped)) for file, line, hits, capped in _open_rows(blob, 4)]


def pack_reads(rows: Sequence[tuple[int, int, bool]]) -> bytes:
    """Reads of session state in a run, as (step, number of the key's name, found), as one blob."""
    return _pack_rows(rows, 3)


def unpack_reads(blob: bytes) -> list[tuple[int, int, bool]]:
    """What `pack_reads` packed. Raises StoreError for a blob it cannot read."""
    return [(step, key, bool(found)) for step, key, found in _open_rows(blob, 3)]


def _pack_rows(rows: Sequence[tuple[int, ...]], width: int) -> bytes:
    columns = zip(*rows, strict=True) if rows else ((),) * width
    return seal(b"".join((_ROWS_HEADER.pack(len(rows)), *map(pack_column, columns))))


def _open_rows(blob: bytes, width: int) -> list[tuple[int, ...]]:
    def read(data: bytes) -> list[tuple[int, ...]]:
        (n,) = _ROWS_HEADER.unpack_from(data)
        columns = Columns(data, _ROWS_HEADER.size)
        return list(zip(*(columns.take(n) for _ in range(width)), strict=True))

    return _open(blob, read)


def seal(payload: bytes, dictionary: bytes = b"", version: int = VERSION) -> bytes:
    """The blob of a payload; reading it takes the same dictionary."""
    if dictionary:  # worth a better level: these are small
        packer = zlib.compressobj(wbits=_RAW, zdict=dictionary)
    else:
        packer = zlib.compressobj(_LEVEL, wbits=_RAW)
    head = _HEAD.pack(version, binascii.crc_hqx(payload, 0))
    return head + packer.compress(payload) + packer.flush()


def payload_of(blob: bytes, dictionary: bytes = b"") -> bytes:
    """What `seal` packed. Raises StoreError for a blob it cannot read."""
    return _open(blob, bytes, dictionary)


def is_key(blob: bytes) -> bool:
    """Whether the chunk of a steps blob is, alone, the dictionary of its key run."""
    return blob[:1] == bytes((KEY_VERSION,))


def _open(blob: bytes, read: Callable[[bytes], T], dictionary: bytes = b"") -> T:
    if not blob or blob[0] not in _TIME_UNIT:
        known = f"this rerun-trace reads versions up to {KEY_VERSION}; upgrade rerun-trace"
        raise StoreError(f"unknown step codec version {blob[0] if blob else 'none'}: {known}")
    try:
        return read(_unpack(blob, dictionary))
    except (zlib.error, struct.error, IndexError, ValueError) as error:
        raise StoreError(f"the packed data is damaged: {error}") from error


def _unpack(blob: bytes, dictionary: bytes) -> bytes:
    if blob[0] != 1:
        start, crc = _HEAD.size, _HEAD.unpack_from(blob)[1]
        unpacker = zlib.decompressobj(_RAW, zdict=dictionary)
    else:
        start, crc = 1, None
        unpacker = zlib.decompressobj(zdict=dictionary)
    data = unpacker.decompress(blob[start:], MOST_BYTES)
    if not unpacker.eof:
        raise ValueError("it is too large" if len(data) >= MOST_BYTES else "it is cut short")
    if crc is not None and crc != binascii.crc_hqx(data, 0):
        raise ValueError("its check does not fit")
    return data
