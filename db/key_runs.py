"""Packs steps against those of an earlier run, as a film's frames are against a key frame.

A script runs again and again, and each run says nearly the same: the same lines and names, mostly
the same values. So a chunk of steps is compressed with a dictionary, the unpacked chunks of a *key
run*, where that makes it much smaller. Otherwise its own run becomes a key run.

The dictionary of a chunk: of its key run the chunks that have no key run themselves and came
before it (`seq`), in order, of each the payload of its frames (if any) and that of its steps, one
after the other; of all that the first `codec.WINDOW` bytes.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from rerun_trace.db import codec
from rerun_trace.tracer.model import StepChunk

_KEPT = 4  # scripts and fragments that take turns; each costs a compression when a chunk comes
_WORTH = 0.8  # of the size without a dictionary: a larger one starts a key run
_GOOD = 0.5  # no other key run is tried


class Packed(NamedTuple):
    """A chunk's blobs (`frames` is empty when it has none), and its key run."""

    steps: bytes
    frames: bytes
    key_run: int | None


class KeyRuns:
    """Packs the chunks of one recording, in the order of their `seq`."""

    def __init__(self) -> None:
        self._dictionaries: OrderedDict[int, bytes] = OrderedDict()  # last used last
        self._tried: set[int] = set()  # key runs that need no better one beside them
        self._forgotten: set[int] = set()  # their dictionaries are no longer known whole

    def pack(self, chunk: StepChunk) -> Packed:
        """The blobs of a chunk, and what unpacking them needs."""
        steps = codec.steps_payload(chunk)
        frames = codec.frames_payload(chunk.frames) if chunk.frames else b""
        alone = codec.seal(steps)
        packed, key = self._best(chunk, steps, len(alone))
        if key is not None and chunk.first_step == 1 and key not in self._tried:
            # A script's first run loads what it imports and comes in many pieces: the next one is a
            # better key.
            self._tried |= {key, chunk.run}
            key = None
        if key is not None:
            self._dictionaries.move_to_end(key)
            return Packed(packed, frames and codec.seal(frames, self._dictionaries[key]), key)
        if chunk.run not in self._forgotten:
            known = self._dictionaries.pop(chunk.run, b"")
            self._dictionaries[chunk.run] = (known + frames + steps)[: codec.WINDOW]
        if len(self._dictionaries) > _KEPT:
            self._forgotten.add(self._dictionaries.popitem(last=False)[0])
        return Packed(alone, frames and codec.seal(frames), None)

    def _best(self, chunk: StepChunk, payload: bytes, alone: int) -> tuple[bytes, int | None]:
        """The smallest blob and its key run; None when all are about as large as `alone` bytes."""
        best, key, most = b"", None, _WORTH * alone
        if 0 < len(self._dictionaries.get(chunk.run, b"")) < codec.WINDOW:
            return best, key  # a key run itself: it is worth more when it is whole
        for run, dictionary in reversed(self._dictionaries.items()):
            packed = codec.seal(payload, dictionary)
            if run != chunk.run and len(packed) < most:
                best, key, most = packed, run, len(packed)
                if most < _GOOD * alone:
                    break
        return best, key


class Dictionaries:
    """The dictionaries that the chunks of one recording are unpacked with."""

    def __init__(self, connection: Connection, chunks: Table, recording: int) -> None:
        self._connection = connection
        self._chunks = chunks
        self._recording = recording
        self._known: dict[int, list[tuple[int, bytes]]] = {}

    def of(self, row: Any) -> bytes:
        """The dictionary of a row of `step_chunks`. Raises StoreError when it is damaged."""
        if row.key_run is None:
            return b""
        if row.key_run not in self._known:
            self._known[row.key_run] = self._read(row.key_run)
        payloads = [payload for seq, payload in self._known[row.key_run] if seq < row.seq]
        return b"".join(payloads)[: codec.WINDOW]

    def _read(self, run: int) -> list[tuple[int, bytes]]:
        columns = self._chunks.c
        query = (
            select(columns.seq, columns.frames, columns.data)
            .where(columns.recording_id == self._recording)
            .where(columns.run == run, columns.key_run.is_(None))
            .order_by(columns.seq)
        )
        found: list[tuple[int, bytes]] = []
        size = 0
        for seq, frames, steps in self._connection.execute(query):
            found.append(
                (seq, b"".join(codec.payload_of(blob) for blob in (frames, steps) if blob))
            )
            size += len(found[-1][1])
            if size >= codec.WINDOW:
                break
        return found
