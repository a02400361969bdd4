"""Writes a recording from a process of its own: `python -P -m rerun_trace.db.writer_process`.

Why a process: packing, compressing and SQL let go of the interpreter's lock hundreds of times a
second, and a busy app gives it back only after 5 ms each time. A thread falls seconds behind then,
and slows the app down. Here the app's process only pickles the records and writes them to a pipe.
When the app is killed, what is in the pipe is still written, and the recording is marked as broken
off.
"""

from __future__ import annotations

import io
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from sqlalchemy import Engine

from rerun_trace.db.engine import for_writing, one_line_errors, open_engine
from rerun_trace.db.writer import RecordingWriter
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Frame, Record, Step, StepChunk, ValueChange

_EXIT_ERROR = 3


class WriterProcess:
    """The app's end: has the same two methods as `RecordingWriter`."""

    def __init__(self, engine: Engine, recording: int) -> None:
        # A session of its own: Ctrl-C in the terminal must not break off the writing.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "rerun_trace.db.writer_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._send((engine.url.render_as_string(hide_password=False), recording))

    def write(self, records: Iterable[Record]) -> None:
        """Hands records over. Waits only when the pipe is full. Raises StoreError."""
        self._send(list(records))

    def finish(self, complete: bool) -> None:
        """Marks the recording as ended, and waits until everything is written."""
        self._send(complete)
        assert self._process.stdin is not None
        self._process.stdin.close()
        said = self._said()
        if self._process.wait() or said:
            raise StoreError(said or "the process that writes the recording ended early")

    def _send(self, item: object) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(_pickled(item))
            self._process.stdin.flush()
        except OSError:
            said = self._said()
            self._process.wait()
            raise StoreError(said or "the process that writes the recording ended early") from None

    def _said(self) -> str:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            return stream.read().decode(errors="replace").strip()


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


_REDUCERS: dict[type, Callable[[Any], tuple[Any, ...]]] = {StepChunk: _columns_of}


def main(stream: BinaryIO) -> int:
    """Write what comes from the app until it says how it ended, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    url, recording = pickle.load(stream)
    try:
        engine = for_writing(open_engine(url))
        with one_line_errors(engine.url):
            writer = RecordingWriter(engine, recording)
            complete = False
            while True:
                try:
                    item = pickle.load(stream)
                except (EOFError, pickle.UnpicklingError):
                    break  # the app was killed, perhaps in the middle of a word
                if isinstance(item, bool):
                    complete = item
                    break
                writer.write(item)
            writer.finish(complete)
    except StoreError as error:
        print(error, flush=True)
        return _EXIT_ERROR
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer))
