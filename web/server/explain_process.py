"""Explains recordings in a process of its own: `-m rerun_trace.web.server.explain_process`.

Why a process: to explain a long recording takes seconds in which a thread would hold the
interpreter's lock, and every page that opens meanwhile, and every step on it, would wait. While it
reads all of a recording it also stands back: an app that is recorded, and the page, come first.

What goes in, pickled: the database's address, then questions, each with a number, the recording's,
and whether it is about ended runs alone. What comes back, pickled: the number, and the answer or
the error. When nothing more can go in, the process ends at once: so it does with its parent.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TypeVar

from rerun_trace.db.handover.apart import apart
from rerun_trace.tracer.errors import RerunTraceError
from rerun_trace.web.server.explaining import ExplainError, Explanations

if TYPE_CHECKING:
    from rerun_trace.tracer.explain.explainer import Explainer

T = TypeVar("T")

_STANDS_BACK = 5  # niceness: a quarter of a processor that somebody else wants
_ENDED = "the process that explains recordings ended early"


class ExplainProcess:
    """The pages' end: an `Explaining`. What is asked must be plain data. For any thread."""

    def __init__(self, address: str) -> None:
        """Starts the process. Should it end by itself, the next question starts another."""
        self._address = address
        self._lock = threading.Lock()
        self._process: _Process | None = _Process(address)
        self._pid = self._process.pid

    def of(self, recording: int) -> _Asked:
        """One recording's."""
        return _Asked(self, recording)

    def ask(
        self, recording: int, question: Callable[[Explainer, int], T], of_ended: bool
    ) -> Future[T]:
        """What will be the answer; see `Explained.ask`."""
        with self._lock:
            if self._process is None:
                raise ExplainError(_ENDED)
            if self._process.is_over:
                self._process.close()
                self._process = _Process(self._address)
                self._pid = self._process.pid
            process = self._process
        return process.ask(recording, question, of_ended)

    @property
    def pid(self) -> int:
        """The number of the process that was started last."""
        return self._pid

    def close(self) -> None:
        """Ends the process. Who waits for an answer, or asks later, gets an ExplainError."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _Asked:
    """One recording, explained by the process."""

    def __init__(self, process: ExplainProcess, recording: int) -> None:
        self._process = process
        self._recording = recording

    def ask(self, question: Callable[[Explainer, int], T], *, of_ended: bool = False) -> T:
        """See `Explained.ask`."""
        return self._process.ask(self._recording, question, of_ended).result()


class _Process:
    """One process, and the questions that it has not answered yet."""

    def __init__(self, address: str) -> None:
        # Apart: Ctrl-C in the terminal must not show its traceback.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "rerun_trace.web.server.explain_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **apart(),
        )
        self.pid = self._process.pid
        self.is_over = False
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._open: dict[int, Future[Any]] = {}
        self._send(address)
        name = "rerun-trace-explained"
        self._listener = threading.Thread(target=self._listen, name=name, daemon=True)
        self._listener.start()

    def ask(
        self, recording: int, question: Callable[[Explainer, int], T], of_ended: bool
    ) -> Future[T]:
        answer: Future[T] = Future()
        with self._lock:
            if self.is_over:
                raise ExplainError(_ENDED)
            number = next(self._numbers)
            self._open[number] = answer
            self._send((number, recording, question, of_ended))
        return answer

    def close(self) -> None:
        self._process.kill()  # it only reads
        self._process.wait()
        self._listener.join()
        with self._lock:
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                try:
                    pipe.close()
                except OSError:
                    pass  # what was not sent yet cannot be

    def _send(self, item: object) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(pickle.dumps(item))
            self._process.stdin.flush()
        except (OSError, ValueError):
            pass  # it is gone: the listener says so to all who wait

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            while True:
                number, is_answer, said = pickle.load(self._process.stdout)
                with self._lock:
                    answer = self._open.pop(number)
                if is_answer:
                    answer.set_result(said)
                else:
                    answer.set_exception(said)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            pass
        with self._lock:
            self.is_over = True
            left, self._open = list(self._open.values()), {}
        for answer in left:
            answer.set_exception(ExplainError(_ENDED))


class _Answering:
    """The process' own end: opens the database, and answers each question on a thread."""

    def __init__(self, address: str, out: BinaryIO) -> None:
        self._address = address
        self._out = out
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        self._explanations: Explanations | None = None

    def take(self, number: int, recording: int, question: Any, of_ended: bool) -> None:
        """One question; what comes of it is sent."""
        try:
            explained = self._opened().of(recording)
            if explained.is_unread:
                _stand_back()
            said = explained.ask(question, of_ended=of_ended)
            answer = pickle.dumps((number, True, said))
        except (RerunTraceError, LookupError) as error:
            answer = pickle.dumps((number, False, error))
        except Exception as error:
            text = f"this cannot be explained: {type(error).__name__}: {error}"
            answer = pickle.dumps((number, False, ExplainError(text)))
        with self._writing:
            self._out.write(answer)
            self._out.flush()

    def warm_up(self) -> None:
        """Does now what the first question would wait for."""
        from rerun_trace.tracer.explain.kinds import all_kinds

        all_kinds()
        try:
            self._opened()
        except RerunTraceError:
            pass  # who asks is told

    def _opened(self) -> Explanations:
        from rerun_trace.db.store import TraceStore

        with self._opening:
            if self._explanations is None:
                self._explanations = Explanations(TraceStore.open(self._address, create=False))
            return self._explanations


def _stand_back() -> None:
    """Has this thread wait for whoever else wants the processor: Linux has it for each thread.

    What is added to a live recording is awaited, and short: that is explained by other threads.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _STANDS_BACK)


def main() -> None:
    """Answer until the other end is gone."""
    # What is said by accident must not stand between the answers.
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        answering = _Answering(pickle.load(questions), answers)
        threading.Thread(target=answering.warm_up, daemon=True).start()
        while True:
            asked = pickle.load(questions)
            threading.Thread(target=answering.take, args=asked, daemon=True).start()
    except EOFError:
        pass
    os._exit(0)  # whatever is under way: nobody waits for it any more


if __name__ == "__main__":
    main()
