"""Inflates zlib data of a stranger's: its size is looked at before the memory is taken."""

from __future__ import annotations

import zlib
from typing import Final

MESSAGE: Final = 256 * 2**20  # bytes of a page message; Streamlit sends none above 200 MB
TEXT: Final = 64 * 2**20  # bytes of a source text
BLOCKS: Final = 8 * 2**20  # bytes of the JSON that says where a source's code is
_PIECE: Final = 2**20  # bytes


def inflated(data: bytes, most: int) -> bytes:
    """What zlib data holds. Raises ValueError when that is more than `most` bytes, or damaged."""
    unpacker = zlib.decompressobj()
    pieces: list[bytes] = []
    left, rest = most, data
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(rest, min(_PIECE, left + 1))
            rest = unpacker.unconsumed_tail
            left -= len(piece)
            if left < 0:
                raise ValueError(f"zlib data holds more than {most:,} bytes")
            if not piece and not rest and not unpacker.eof:
                raise ValueError("zlib data is cut short")
            pieces.append(piece)
    except zlib.error as error:
        raise ValueError(f"zlib data is damaged: {error}") from None
    return b"".join(pieces)
