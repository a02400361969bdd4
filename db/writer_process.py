"""Writes a recording from a process of its own: `python -P -m rerun_trace.db.writer_process`.

Why a process: packing, compressing and SQL let go of the interpreter's lock hundreds of times a
second, and a busy app gives it back only after 5 ms each time. A thread falls seconds behind then,
and slows the app down. Here the app's process only pickles the records and writes them to a pipe;
it does not even load what the database takes. When the app is killed, what is in the pipe is still
written, and the recording is marked as broken off.

What goes in, pickled: the database's location, then a RecordingInfo, lists of records, and at last
whether the recording is complete. What comes back, an object of JSON a line: an empty one when the
database is open, then the recording's id; when something fails, an error's message, and no more.
"""

from __future__ import annotations

import dataclasses
import io
import json
import operator
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, get_args

from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Frame, Record, RecordingInfo, Step, StepChunk, ValueChange

_EXIT_ERROR = 3
_ENDED = "the process that writes the recording ended early"


class WriterProcess:
    """The app's end: a `sink.Writer`."""

    def __init__(self, location: str | os.PathLike[str] | None) -> None:
        """Begins to open the database (see `TraceStore.open`): `wait` tells how that went."""
        # A session of its own: Ctrl-C in the terminal must not break off the writing.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "rerun_trace.db.writer_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._is_open = False
        self._send(None if location is None else os.fspath(location))

    def wait(self) -> None:
        """Returns when the database is open. Raises StoreError when it cannot be opened."""
        if not self._is_open:
            self._answer()
            self._is_open = True

    def begin(self, info: RecordingInfo) -> int:
        """Begins a recording and returns its id. Raises StoreError."""
        self.wait()
        self._send(info)
        recording: int = self._answer()["recording"]
        return recording

    def write(self, records: Iterable[Record]) -> None:
        """Hands records over. Waits only when the pipe is full. Raises StoreError."""
        self._send(list(records))

    def finish(self, complete: bool) -> None:
        """Marks the recording as ended; returns when all is written. Raises StoreError."""
        self._send(complete)
        self._end()

    def close(self) -> None:
        """Ends the process, if it still runs."""
        if self._process.returncode is None:
            self._process.communicate()

    def _send(self, item: object) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(_pickled(item))
            self._process.stdin.flush()
        except OSError:
            self._end()
            raise StoreError(_ENDED) from None

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": _ENDED}
        if "error" in answer:
            self._end(answer["error"])
        return answer

    def _end(self, error: str | None = None) -> None:
        """Wait for the process's end. Raises StoreError with what it said, if something failed."""
        said, _ = self._process.communicate()
        if said and error is None:
            error = json.loads(said).get("error")
        if error is not None or self._process.returncode:
            raise StoreError(error or _ENDED)


def _pickled(item: object) -> bytes:
    into = io.BytesIO()
    pickler = pickle.Pickler(into, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(item)
    return into.getvalue()


def _columns_of(chunk: StepChunk) -> tuple[Any, ...]:
    """A chunk by columns: pickling holds the app up, and a tuple a step takes ten times as long."""
    columns = (
        tuple(zip(*rows, strict=True)) for rows in (chunk.steps, chunk.frames, chunk.changes)
    )
    return chunk_of, (chunk.run, chunk.first_step, *columns)


def chunk_of(run: int, first_step: int, steps: Any, frames: Any, changes: Any) -> StepChunk:
    """A chunk from its columns."""
    return StepChunk(
        run,
        first_step,
        list(map(Step, *steps)) if steps else [],
        list(map(Frame, *frames)) if frames else [],
        list(map(ValueChange, *changes)) if changes else [],
    )


def _by_fields(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """How to pickle a record: frozen dataclasses do it themselves in five times as long."""
    values = operator.attrgetter(*(field.name for field in dataclasses.fields(kind)))
    return lambda record: (kind, values(record))


_REDUCERS: dict[Any, Callable[[Any], tuple[Any, ...]]] = {
    kind: _columns_of if kind is StepChunk else _by_fields(kind)
    for kind in get_args(Record)
    if dataclasses.is_dataclass(kind)
}


def main(stream: BinaryIO) -> int:
    """Write what comes from the app until it says how it ended, or is gone."""
    # Not in the app's process, which loads this module too.
    from rerun_trace.db.engine import open_engine
    from rerun_trace.db.writer import DirectWriter

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    complete = False
    try:
        engine = open_engine(pickle.load(stream))
        writer = DirectWriter(engine)
        _tell()
        info = _next(stream)
        if info is None:
            return 0  # nothing was recorded
        _tell(recording=writer.begin(info))
        while (item := _next(stream)) is not None:
            if isinstance(item, bool):
                complete = item
                break
            writer.write(item)
        writer.finish(complete)
    except StoreError as error:
        _tell(error=str(error))
        return _EXIT_ERROR
    return 0


def _next(stream: BinaryIO) -> Any:
    """What comes next; None when the app is gone, perhaps in the middle of a word."""
    try:
        return pickle.load(stream)
    except (EOFError, pickle.UnpicklingError):
        return None


def _tell(**words: Any) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer))
