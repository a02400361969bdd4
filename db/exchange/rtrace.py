"""A `.rtrace` file: a SQLite database of recordings, compressed, to be handed on.

A head, then zlib data. The head: eight bytes that no other kind of file begins with; then, as
little-endian numbers, the version of this form (two bytes) and the size of the database (eight
bytes); then the SHA-256 of the database.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

from rerun_trace.tracer.errors import StoreError

MAGIC = b"\x93rtrace\n"
VERSION = 1
LIMIT = 10**9  # bytes of a database that is taken without being asked

_HEAD = struct.Struct("<HQ32s")
_PIECE = 2**20


class ForeignFile(StoreError):
    """A file that somebody else made cannot be taken in."""

    exit_code = 1


def packed(database: bytes) -> bytes:
    """The file of a SQLite database."""
    head = _HEAD.pack(VERSION, len(database), hashlib.sha256(database).digest())
    return MAGIC + head + zlib.compress(database, 9)


def unpack(path: Path, into: Path, limit: int = LIMIT) -> None:
    """Writes the database of a file into a new one, of at most `limit` bytes.

    Raises ForeignFile, in one line, for a file that is not whole, or none of this kind.
    """
    try:
        with path.open("rb") as file, into.open("xb") as out:
            if file.read(len(MAGIC)) != MAGIC:
                raise ForeignFile(f"{path} is no .rtrace file: `rerun-trace export` makes them")
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                raise ForeignFile(_cut_short(path))
            version, size, digest = _HEAD.unpack(head)
            if version != VERSION:
                raise ForeignFile(
                    f"{path} was written by a newer version of rerun-trace; upgrade rerun-trace"
                )
            if size > limit:
                raise ForeignFile(
                    f"{path} holds {size / 1e6:,.0f} MB, more than the limit of "
                    f"{limit / 1e6:,.0f} MB; if you trust it, raise the limit with --max-size"
                )
            unpacker, found, done = zlib.decompressobj(), hashlib.sha256(), 0
            while not unpacker.eof:
                # What is left over of the last piece comes first; a piece of output is bounded.
                piece = unpacker.unconsumed_tail or file.read(_PIECE)
                if not piece:
                    raise ForeignFile(_cut_short(path))
                data = unpacker.decompress(piece, _PIECE)
                done += len(data)
                if done > size:
                    raise ForeignFile(f"{path} is damaged: it holds more than it says")
                found.update(data)
                out.write(data)
            if done != size or found.digest() != digest or unpacker.unused_data or file.read(1):
                raise ForeignFile(f"{path} is damaged: its contents are not those that were packed")
    except zlib.error as error:
        raise ForeignFile(f"{path} is damaged: {error}") from None
    except OSError as error:
        raise ForeignFile(f"{path} cannot be read: {error.strerror or error}") from None


def _cut_short(path: Path) -> str:
    return f"{path} is cut short: get the whole file again"
