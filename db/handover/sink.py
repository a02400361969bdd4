"""Writes a recording from a background thread, so that the traced app never waits for the disk."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from typing import Protocol

from rerun_trace.db.handover.trouble import Trouble
from rerun_trace.tracer.errors import RerunTraceError, StoreError
from rerun_trace.tracer.model import Limit, Record, RecordingInfo
from rerun_trace.tracer.words.printable import printable

TICK_S = 0.15  # what a killed process can lose is at most two of these
QUICK_S = 0.1  # between two drains of a long run; a busy app is not disturbed more often
SETTLE_S = 0.01  # after the first record: a run shorter than this is then drained as a whole
IDLE_S = 0.25  # nobody says that steps wait: a run may make them and nothing else
BURST_S = 1.0  # it drains at each run's end for this long after a quiet moment
PAUSE_S = 0.02  # even when writing takes longer than a tick, the app gets its turn
CLOSE_TIMEOUT_S = 60.0  # a database that hangs must not keep the app from ending

Drain = Callable[[], Sequence[Record]]


class Writer(Protocol):
    """Writes one recording. Raises StoreError, and is of no use after that.

    `told` is to be called, from any thread, when writing waits or has stopped, and with None when
    it goes on.
    """

    told: Callable[[Trouble | None], None]

    def begin(self, info: RecordingInfo) -> int:
        """Begin it, and return its id."""
        ...

    def write(self, records: Sequence[Record]) -> None:
        """Keep all of `records`, or none."""
        ...

    def finish(self, complete: bool) -> None:
        """Mark it as ended: complete, or broken off."""
        ...

    def close(self) -> None:
        """Let go of what writing took. Safe to call again, and instead of `finish`."""
        ...


class BackgroundSink:
    """The `Sink` of a writer: a daemon thread that drains and writes several times a second.

    What ends a quiet moment is mostly a click, and somebody waits to see what it does: so for
    `BURST_S` seconds it drains at each run's end, when something comes after it (mostly what became
    of the run's messages, which what is found in it waits for), and every `QUICK_S` seconds. Of an
    app that stays busy for longer it drains less often, at a run's end if it can: no script waits
    then.

    Nothing here, nor in `writing.process`, loads SQLAlchemy: in the app's process its 46,000
    objects would be looked at in each of Streamlit's garbage collections, one after every run.

    It never raises into the app. When writing fails, `error` says why, one line goes to stderr,
    and what comes after is drained and thrown away, so that the recorder's memory does not grow.
    `trouble` is how things stand now, and `on_trouble` is called when that changes, on any thread.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        writer.told = self._told
        self.error: RerunTraceError | None = None
        self.trouble: Trouble | None = None
        self.on_trouble: Callable[[Trouble | None], None] = lambda trouble: None
        self._failing = threading.Lock()
        self._stop = threading.Event()
        # What an app's thread may put into at any point, even in a signal handler of its own.
        self._news: SimpleQueue[bool] = SimpleQueue()  # whether a run is over
        self._is_resting = False  # until the next news
        self._thread: threading.Thread | None = None
        self._complete = True

    def open(self, info: RecordingInfo, drain: Drain) -> int:
        """Begins a recording and returns its id. Raises StoreError when it cannot write."""
        if self._thread is not None:
            raise StoreError("this sink has begun a recording already; take a new one")
        recording = self._writer.begin(info)
        self._writer.write([Limit(text, text) for text in info.limits])
        self._thread = threading.Thread(
            target=self._work, args=(drain,), name="rerun-trace-writer", daemon=True
        )
        self._thread.start()
        return recording

    def wake(self, run_is_over: bool = False) -> bool:
        """Something waits to be drained. For the app's threads: never blocks. See `model.Sink`."""
        self._news.put(run_is_over)
        return self._is_resting

    def close(self, complete: bool = True) -> None:
        """Drains what is left, writes everything, marks the recording. Safe to call again."""
        if self._thread is None:
            self._writer.close()
            return
        if not self._stop.is_set():
            self._complete = complete
            self._stop.set()
            self.wake(True)
        self._thread.join(CLOSE_TIMEOUT_S)
        if self._thread.is_alive():
            self._fail(StoreError(f"the database did not answer for {CLOSE_TIMEOUT_S:.0f} s"))

    def _work(self, drain: Drain) -> None:
        sys.settrace(None)  # the tracer must not trace its own writer
        try:
            quiet = drained = time.monotonic()
            is_quiet = stopping = False
            run_is_over: bool | None = None
            while not stopping:
                is_burst = drained < quiet + BURST_S
                if is_quiet or (is_burst and run_is_over):
                    run_is_over = self._rest(IDLE_S if is_quiet else QUICK_S)
                    if run_is_over is False:
                        run_is_over = self._rest(SETTLE_S, until_a_run_is_over=True)
                elif is_burst:
                    run_is_over = self._rest(QUICK_S, until_a_run_is_over=True)
                else:
                    run_is_over = None
                    self._stop.wait(max(QUICK_S - (time.monotonic() - drained), PAUSE_S))
                    self._forget_news()
                    if not self._stop.is_set():
                        self._rest(TICK_S - QUICK_S, until_a_run_is_over=True)
                self._forget_news()
                stopping = self._stop.is_set()
                drained = time.monotonic()
                if is_quiet:
                    quiet = drained
                records = drain()
                is_quiet = not len(records)
                if not is_quiet:
                    self._attempt(partial(self._writer.write, records))
            self._attempt(partial(self._writer.finish, self._complete))
            if self.error is not None:
                self._writer.close()
        except BaseException as error:  # `drain` itself failed: there is nothing more to do
            self._fail(error)

    def _forget_news(self) -> None:
        while not self._news.empty():  # nobody else takes from it
            self._news.get()

    def _rest(self, most_s: float, until_a_run_is_over: bool = False) -> bool | None:
        """Waits for news, or for the end of a run; whether a run is over. None: nothing came."""
        end = time.monotonic() + most_s
        self._is_resting = True
        try:
            while not (run_is_over := self._news.get(timeout=max(0.0, end - time.monotonic()))):
                if not until_a_run_is_over:
                    break
        except Empty:
            return None
        finally:
            self._is_resting = False
        return run_is_over

    def _attempt(self, write: Callable[[], None]) -> None:
        if self.error is not None:
            return
        try:
            write()
        except Exception as error:
            self._fail(error)

    def _told(self, trouble: Trouble | None) -> None:
        if trouble is not None and trouble.state == "stopped":
            self._fail(StoreError(trouble.why), trouble.kept)
        elif self.error is None:
            self._change(trouble)
            _say(trouble.text if trouble is not None else "recording goes on")

    def _fail(self, error: BaseException, kept: str = "") -> None:
        if not isinstance(error, RerunTraceError):
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            wrapped = StoreError(f"unexpected {reason}")
            wrapped.__cause__ = error
            error = wrapped
        with self._failing:  # the writer tells at once, and refuses what comes next
            if self.error is not None:
                return
            self.error = error
        self._change(Trouble("stopped", str(error), kept or "What was written before is kept."))
        _say(f"recording stopped: {error}")

    def _change(self, trouble: Trouble | None) -> None:
        self.trouble = trouble
        self.on_trouble(trouble)


def _say(text: str) -> None:
    try:
        print(f"rerun-trace: {printable(text)}", file=sys.stderr, flush=True)
    except (OSError, ValueError, AttributeError):  # stderr is closed, or there is none
        pass
