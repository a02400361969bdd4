"""Packs steps against those of an earlier run, as a film's frames are against a key frame.

A script runs again and again, and each run says nearly the same: the same lines and names, mostly
the same values. So a chunk of steps is compressed with a dictionary, the unpacked chunks of a *key
run*, where that makes it much smaller. Otherwise its own run becomes a key run.

The dictionary of a chunk: of its key run the chunks that have no key run themselves and came
before it (`seq`), in order, of each the payload of its frames (if any) and that of its steps, one
after the other; of all that the first `codec.WINDOW` bytes.

A script's first run loads what it imports and comes in many pieces. So the second one, which mostly
comes in one, takes its place: packed against the first, it is the dictionary of those after it,
alone (`codec.KEY_VERSION`).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, or_, select

from rerun_trace.db.packing import codec
from rerun_trace.tracer.model import StepChunk

_KEPT = 4  # scripts and fragments that take turns; each costs a compression when a chunk comes
_WORTH = 0.8  # of the size without a dictionary: a larger one starts a key run
_GOOD = 0.5  # no other key run is tried
_WHOLE = 0.8  # of a key run's dictionary: a chunk as large as that can take its place


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
        self._closed: set[int] = set()  # nothing is added to their dictionaries, known or not

    @property
    def runs(self) -> set[int]:
        """Those that chunks may be packed against from now on."""
        return set(self._dictionaries)

    def pack(self, chunk: StepChunk) -> Packed:
        """The blobs of a chunk, and what unpacking them needs."""
        steps = codec.steps_payload(chunk)
        frames = codec.frames_payload(chunk.frames) if chunk.frames else b""
        alone = codec.seal(steps)
        packed, key = self._best(chunk, steps, len(alone))
        if key is not None and chunk.first_step == 1 and key not in self._tried:
            self._tried |= {key, chunk.run}
            first = self._dictionaries[key]
            if chunk.run in self._closed or len(frames) + len(steps) < _WHOLE * len(first):
                key = None  # it has been a key run before, or comes in pieces too
            else:
                self._dictionaries[chunk.run] = (frames + steps)[: codec.WINDOW]
                self._closed.add(chunk.run)
                self._keep_few()
                packed = codec.seal(steps, first, codec.KEY_VERSION)
                return Packed(packed, frames and codec.seal(frames, first), key)
        if key is not None:
            self._dictionaries.move_to_end(key)
            return Packed(packed, frames and codec.seal(frames, self._dictionaries[key]), key)
        if chunk.run not in self._closed:
            known = self._dictionaries.pop(chunk.run, b"")
            self._dictionaries[chunk.run] = (known + frames + steps)[: codec.WINDOW]
        self._keep_few()
        return Packed(alone, frames and codec.seal(frames), None)

    def _keep_few(self) -> None:
        if len(self._dictionaries) > _KEPT:
            self._closed.add(self._dictionaries.popitem(last=False)[0])

    def _best(self, chunk: StepChunk, payload: bytes, alone: int) -> tuple[bytes, int | None]:
        """The smallest blob and its key run; None when all are about as large as `alone` bytes."""
        best, key, most = b"", None, _WORTH * alone
        own = self._dictionaries.get(chunk.run, b"")
        if 0 < len(own) < codec.WINDOW and chunk.run not in self._closed:
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
            select(columns.seq, columns.frames, columns.data, columns.key_run)
            .where(columns.recording_id == self._recording, columns.run == run)
            .where(or_(columns.key_run.is_(None), columns.first_step == 1))
            .order_by(columns.seq)
        )
        found: list[tuple[int, bytes]] = []
        size = 0
        for row in self._connection.execute(query):
            if codec.is_key(row.data):
                return [(row.seq, self._payloads(row))]
            if row.key_run is None:
                found.append((row.seq, self._payloads(row)))
                size += len(found[-1][1])
                if size >= codec.WINDOW:
                    break
        return found

    def _payloads(self, row: Any) -> bytes:
        dictionary = self.of(row)
        blobs = (blob for blob in (row.frames, row.data) if blob)
        return b"".join(codec.payload_of(blob, dictionary) for blob in blobs)
