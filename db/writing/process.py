"""Writes a recording from a process of its own: `python -P -m rerun_trace.db.writing.process`.

Why a process: packing, compressing and SQL let go of the interpreter's lock hundreds of times a
second, and a busy app gives it back only after 5 ms each time. A thread falls seconds behind then,
and slows the app down. Here the app's process only pickles the records and writes them to a pipe;
it does not even load what the database takes. When the app is killed, what is in the pipe is still
written, and the recording is marked as broken off.

What goes in, pickled: the database's location and the texts of what to keep, a RecordingInfo, lists
of records, and at last whether the recording is complete. What comes back, an object of JSON a
line: an empty one when the database is open, then the recording's id. From then on it tells when
something is wrong, at once: `waiting` says for what a write waits, null that it goes on; `error`
why recording stopped. `kept` says in both how many script runs were written from beginning to end.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import operator
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING, Any, BinaryIO, get_args

from rerun_trace.db.handover.apart import apart
from rerun_trace.db.handover.descriptors import file_of
from rerun_trace.db.handover.keep import EVERYTHING, Keep, parse_keep
from rerun_trace.db.handover.trouble import RecordingGone, Trouble, kept_words
from rerun_trace.tracer.errors import StoreError
from rerun_trace.tracer.model import Frame, Record, RecordingInfo, Step, StepChunk, ValueChange

if TYPE_CHECKING:
    from rerun_trace.db.writing.direct import DirectWriter

OTHER = "_rerun_trace_recorder."  # see `_Unpickler`
_LOST: list[IO[bytes]] = []  # kept, as their end would close a file of the app's
_EXIT_ERROR = 3
_AGAIN_S = 1.0  # between two attempts to write down why recording stopped
_WAITS = "What comes meanwhile is kept in memory, and written then."
_ENDED = "the process that writes the recording ended early"


class WriterProcess:
    """The app's end: a `sink.Writer`. `told` is called on a thread of its own."""

    def __init__(self, location: str | os.PathLike[str] | None, keep: Keep = EVERYTHING) -> None:
        """Begins to open the database (see `TraceStore.open`): `wait` tells how that went."""
        # Apart: Ctrl-C in the terminal must not break off the writing.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "rerun_trace.db.writing.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **apart(),
        )
        self.told: Callable[[Trouble | None], None] = lambda trouble: None
        self._is_open = False
        self._is_ending = False
        self._error: str | None = None
        self._listener: threading.Thread | None = None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._files = [
            (pipe, file_of(pipe.fileno())) for pipe in (self._process.stdin, self._process.stdout)
        ]
        self._send((None if location is None else os.fspath(location), keep.words))

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
        name = "rerun-trace-writer-says"
        self._listener = threading.Thread(target=self._listen, name=name, daemon=True)
        self._listener.start()
        return recording

    def write(self, records: Iterable[Record]) -> None:
        """Hands records over. Waits only when the pipe is full. Raises StoreError."""
        self._send(list(records))

    def finish(self, complete: bool) -> None:
        """Marks the recording as ended; returns when all is written. Raises StoreError."""
        self._is_ending = True
        self._send(complete)
        self._end()

    def close(self) -> None:
        """Ends the process, if it still runs."""
        self._is_ending = True
        self._let_go()

    def _send(self, item: object) -> None:
        assert self._process.stdin is not None
        try:
            if self._is_lost(self._process.stdin):
                raise OSError("the app has closed the pipe")
            self._process.stdin.write(_pickled(item))
            self._process.stdin.flush()
        except (OSError, ValueError):  # it is gone, or was let go
            self._end()
            raise StoreError(_ENDED) from None

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": _ENDED}
        self._error = answer.get("error")
        if self._error is not None:
            self._end()
        return answer

    def _listen(self) -> None:
        """Hears what the process says, until it has ended."""
        sys.settrace(None)  # the tracer must not trace what is its own
        assert self._process.stdout is not None
        kept = ""
        for line in self._process.stdout:
            words = json.loads(line)
            kept = kept_words(words["kept"])
            if (error := words.get("error")) is not None:
                self._error = error
                self.told(Trouble("stopped", error, kept))
            elif words["waiting"] is None:
                self.told(None)
            else:
                self.told(Trouble("waiting", words["waiting"], f"{kept} {_WAITS}"))
        if self._process.wait() and self._error is None:
            self._error = _ENDED
            if not self._is_ending:
                self.told(Trouble("stopped", _ENDED, "What was written before is kept."))

    def _end(self) -> None:
        """Waits for the process's end. Raises StoreError with what it said, if something failed."""
        self._let_go()
        if self._error is not None or self._process.returncode:
            raise StoreError(self._error or _ENDED)

    def _let_go(self) -> None:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        self._close(process.stdin)
        process.wait()
        if self._listener is not None and self._listener is not threading.current_thread():
            self._listener.join()
        self._close(process.stdout)

    def _is_lost(self, pipe: IO[bytes]) -> bool:
        """Whether the app has closed the pipe, and perhaps opened a file under its number."""
        return any(
            pipe is ours and not pipe.closed and file_of(pipe.fileno()) != file
            for ours, file in self._files
        )

    def _close(self, pipe: IO[bytes]) -> None:
        if self._is_lost(pipe):
            _LOST.append(pipe)
            return
        with contextlib.suppress(OSError):  # what was not sent is not wanted by anybody any more
            pipe.close()


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
    """How to pickle a record: left alone, frozen dataclasses take five times as long."""
    values = operator.attrgetter(*(field.name for field in dataclasses.fields(kind)))
    return lambda record: (kind, values(record))


_REDUCERS: dict[Any, Callable[[Any], tuple[Any, ...]]] = {
    kind: _columns_of if kind is StepChunk else _by_fields(kind)
    for kind in get_args(Record)
    if dataclasses.is_dataclass(kind)
}


def main(stream: BinaryIO) -> int:
    """Writes what comes from the app until it says how it ended, or is gone."""
    # Not in the app's process, which loads this module too.
    from rerun_trace.db.engine import open_engine
    from rerun_trace.db.writing.direct import DirectWriter
    from rerun_trace.db.writing.lookout import Lookout

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    complete = False
    writer = None
    try:
        location, keep = pickle.load(stream)
        engine = open_engine(location)
        writer = DirectWriter(engine, parse_keep(keep))
        _tell()
        info = _next(stream)
        if info is None:
            return 0  # nothing was recorded
        _tell(recording=writer.begin(info))
        lookout = Lookout(engine.url, _tell, lambda: writer.is_locked_out, lambda: writer.runs)
        while (item := _next(stream)) is not None:
            if isinstance(item, bool):
                complete = item
                break
            with lookout.watching():
                writer.write(item)
        with lookout.watching():
            writer.finish(complete)
    except StoreError as error:
        is_gone = isinstance(error, RecordingGone)
        _tell(error=str(error), kept=None if is_gone or writer is None else writer.runs)
        if writer is not None:
            _leave_word(writer, str(error), stream)
        return _EXIT_ERROR
    return 0


def _leave_word(writer: DirectWriter, why: str, stream: BinaryIO) -> None:
    """Writes down in the recording that it stopped, as soon as that can be written.

    The app goes on meanwhile, and somebody may free space. At its end, the last attempt is made.
    """
    ended = threading.Event()

    def hear_the_end() -> None:
        while os.read(stream.fileno(), 1 << 16):
            pass
        ended.set()

    threading.Thread(target=hear_the_end, daemon=True).start()
    is_over = False
    while True:
        try:
            return writer.give_up(why)
        except StoreError:
            if is_over or not writer.has_begun:
                return None
        is_over = ended.wait(_AGAIN_S)


def _next(stream: BinaryIO) -> Any:
    """What comes next; None when the app is gone, perhaps in the middle of a message."""
    try:
        return _Unpickler(stream).load()
    except (EOFError, pickle.UnpicklingError):
        return None


class _Unpickler(pickle.Unpickler):
    """Finds our records by the names that they have here.

    Where the app has a module of our name, ours have another one there (`rerun_trace/beside.py`).
    """

    def find_class(self, module: str, name: str, /) -> Any:
        return super().find_class(module.replace(OTHER, "rerun_trace.", 1), name)


def _tell(**words: Any) -> None:
    os.write(sys.stdout.fileno(), json.dumps(words).encode() + b"\n")  # whole, from any thread


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer))
