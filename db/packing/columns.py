"""The columns of a blob: numbers as differences, byte by byte, and texts. See `codec`."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, count
from operator import sub
from typing import Any, cast

# Of one column. A chunk has 4,096 steps, and a few values each; a blob of a stranger's may say
# anything, and a column of the width 0 takes no bytes at all.
MOST_ROWS = 2**18

_WIDTHS = {1: "b", 2: "h", 4: "i", 8: "q"}  # bytes: struct's letter for such an integer


def pack_column(values: Sequence[int], start: int = 0) -> bytes:
    """One column: the differences to the value before, the first one to `start`."""
    deltas = list(map(sub, values, chain((start,), values)))  # the last value has no follower
    if not any(deltas):
        return b"\0"
    low, high = min(deltas), max(deltas)
    fits = (w for w in _WIDTHS if -(1 << 8 * w - 1) <= low and high < 1 << 8 * w - 1)
    width = next(fits, 8)  # what does not fit even 8 bytes is refused by struct
    plain = struct.pack(f"<{len(deltas)}{_WIDTHS[width]}", *deltas)
    return bytes((width,)) + b"".join([plain[byte::width] for byte in range(width)])


def number_texts(*columns: Iterable[str | None]) -> tuple[dict[str | None, int], list[str]]:
    """Numbers the distinct texts from 1, in the order of their first appearance."""
    distinct = dict.fromkeys(chain(*columns))
    distinct.pop(None, None)
    number: dict[str | None, int] = dict(zip(distinct, count(1)))
    number[None] = 0
    return number, cast("list[str]", list(distinct))


def pack_texts(table: Sequence[str]) -> tuple[bytes, bytes]:
    """The column of the texts' lengths in characters, and all of them as one run of bytes."""
    lengths = pack_column(list(map(len, table)))
    return lengths, "".join(table).encode("utf-8", "surrogatepass")


class Columns:
    """Reads a blob's columns from left to right. Raises ValueError for what cannot be."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._data = data
        self._offset = offset

    def skip(self, count: int) -> None:
        """Passes over a column."""
        self._cut(1 + self._data[self._offset] * count)

    def take(self, count: int, start: int = 0) -> list[int]:
        """The values of a column, which was packed with the same `start`."""
        if count > MOST_ROWS:
            raise ValueError(f"it has {count:,} rows")
        width = self._data[self._offset]
        if width == 1 and self._offset + count < len(self._data):  # nearly all are
            deltas = struct.unpack_from(f"<{count}b", self._data, self._offset + 1)
            self._offset += 1 + count
            return list(accumulate(deltas, initial=start))[1:]
        planes = self._cut(1 + width * count)[1:]
        if not width:
            return [start] * count
        plain = bytearray(width * count)
        for byte in range(width):
            plain[byte::width] = planes[byte * count : (byte + 1) * count]
        code = _WIDTHS.get(width)
        if code is None:
            raise ValueError(f"a column has the width {width}")
        return list(accumulate(struct.unpack(f"<{count}{code}", plain), initial=start))[1:]

    def take_texts(self, count: int, size: int) -> list[Any]:
        """Text number `i` at index `i`; None at 0."""
        lengths = self.take(count)
        joined = self._cut(size).decode("utf-8", "surrogatepass")
        ends = list(accumulate(lengths))
        return [None, *map(lambda a, b: joined[a:b], [0, *ends], ends)]

    def _cut(self, size: int) -> bytes:
        end = self._offset + size
        if end > len(self._data):
            raise ValueError("it is cut short")
        piece = self._data[self._offset : end]
        self._offset = end
        return piece
