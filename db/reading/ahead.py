"""Reads the steps of a recording's runs for who goes through them: ahead, many in one query."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Connection

from rerun_trace.db.packing.key_runs import Dictionaries
from rerun_trace.db.reading import chunks
from rerun_trace.tracer.model import StepChunk

MOST_CHUNKS = 100  # that are kept, packed: each is of 4,096 steps at the most
_NEAR = 16  # runs from one that is asked for to the next, for who goes through them


class StepsAhead:
    """The steps of one run after the other, for one thread.

    `ended`: the runs that had ended before this began. Of others more may come, so they are read
    when they are asked for, as is a run that nobody was near before. What is read ahead stays
    packed until it is asked for.
    """

    def __init__(self, ask: Callable[..., Any], recording: int, ended: Collection[int]) -> None:
        self._ask = ask
        self._recording = recording
        self._ended = ended
        self._last = max(ended, default=0)
        self._asked = 0  # the run that was asked for last
        self._ahead: dict[int, list[Any]] = {}  # packed chunks, by run
        self._read_to = 0
        self._keys: Dictionaries | None = None

    def __call__(self, run: int) -> StepChunk:
        """What `TraceStore.steps` gives back of a whole run."""
        before, self._asked = self._asked, run
        found: StepChunk | None = None
        if run in self._ended:
            if self._read_to < run <= before + _NEAR and before:
                self._ask(self._read, run)
            if self._keys is not None and run in self._ahead:
                rows = self._ahead.pop(run)
                found = chunks.whole_run(run, rows, self._keys)
        if found is None:
            found = self._ask(chunks.read_steps, self._recording, run, 1, None)
        return found

    def _read(self, connection: Connection, run: int) -> None:
        rows = chunks.packed_chunks(connection, self._recording, (run, self._last), MOST_CHUNKS)
        keys = Dictionaries(connection, chunks.CHUNKS, self._recording)
        self._ahead, self._keys = {}, keys
        for row in rows:
            keys.of(row)  # from now on it is known, without a connection
            self._ahead.setdefault(row.run, []).append(row)
        self._read_to = self._last
        if len(rows) == MOST_CHUNKS:  # of the last run there may be more
            del self._ahead[rows[-1].run]
            self._read_to = max(self._ahead, default=run)
