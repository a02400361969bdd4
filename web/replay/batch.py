"""Many page messages in one answer: asked for by content hash, answered in that order. Pure.

Each takes four bytes for its length, the most significant first, and then its bytes. Two lengths
say that there are no bytes: `NOT_KEPT`, and `LATER` of what is to be asked for again, as the answer
is long enough without it. The front end reads this in `web/frontend/replay/batch.ts`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence

from rerun_trace.tracer.errors import BodyNotKept, RowDamaged

MOST = 200  # hashes in a request
LONG = 8_000_000  # bytes after which nothing more is put into an answer
NOT_KEPT = 0xFFFFFFFF
LATER = 0xFFFFFFFE

_LENGTH = struct.Struct(">I")


def read_batch(
    hashes: Sequence[str],
    all_of: Callable[[Sequence[str]], Iterable[tuple[str, bytes]]],
    one: Callable[[str], bytes],
) -> tuple[bytes, bool]:
    """The answer, and whether it has all of them.

    `all_of` and `one` read bodies, and raise RowDamaged, and BodyNotKept for one that is not there.
    What is damaged costs no other one.
    """
    found: dict[str, bytes] = {}
    length, is_long = 0, False
    try:
        for hash, data in all_of(hashes):
            found[hash] = data
            length += len(data)
            if length > LONG:
                is_long = True
                break
    except RowDamaged:
        return _one_by_one(hashes, one)
    answer = b"".join(_entry(found.get(hash), is_long) for hash in hashes)
    return answer, found.keys() >= set(hashes)


def _one_by_one(hashes: Sequence[str], one: Callable[[str], bytes]) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    length = 0
    for hash in hashes:
        data, is_long = None, length > LONG
        if not is_long:
            try:
                data = one(hash)
            except (RowDamaged, BodyNotKept):
                pass
        length += len(data or b"")
        parts.append(_entry(data, is_long))
    return b"".join(parts), False


def _entry(data: bytes | None, is_long: bool) -> bytes:
    if data is None:
        return _LENGTH.pack(LATER if is_long else NOT_KEPT)
    return _LENGTH.pack(len(data)) + data
