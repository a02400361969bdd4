"""The live app: one process after the other at one address, a new one after each restart."""

from __future__ import annotations

import contextlib
import queue
import signal
import socket
import threading
import time
from dataclasses import replace
from typing import Any

from ..db.handover.trouble import Trouble
from ..processes import AppProcess, raise_reported
from ..tracer.errors import AppEnded, HostError, RerunTraceError
from ..web.server.listen import addresses_of
from ..web.server.live import LiveState
from .server_options import AppAddress

_START_TIMEOUT_S = 60.0
_LAST_WORDS_S = 1.0  # a process that its own child outlives leaves the pipe open


class LiveApp:
    """The app's process of now, and how it is (see `rerun_trace.web.server.live.LiveApp`).

    The main thread starts, awaits and ends processes. `state`, `url_from` and `restart` are for any
    thread.
    """

    def __init__(self, address: AppAddress, **order: Any) -> None:
        self.address = address
        self.state = LiveState("starting")
        self._order = order
        self._process: AppProcess | None = None
        self._lock = threading.Lock()
        self._hearing: threading.Thread | None = None
        self._last_report: dict[str, Any] = {}  # of the process that runs, besides trouble
        # What the main thread is to look at: a process that has ended, or None, a wished restart.
        self._events: queue.SimpleQueue[AppProcess | None] = queue.SimpleQueue()

    def url_from(self, name: str, is_here: bool) -> str | None:
        return self.address.seen_from(name, is_here)

    def restart(self) -> bool:
        with self._lock:
            if self.state.state == "starting":
                return False
            self.state = replace(self.state, state="starting", ended=None)
        self._events.put(None)
        return True

    def start(self) -> int:
        """Starts a process, in place of the one before; returns its recording, when it answers.

        Raises RerunTraceError when it ends before, or does not answer in time.
        """
        self.close()
        self._last_report = {}
        try:
            process = self._process = AppProcess(
                "live",
                host=self.address.host,
                port=self.address.port,
                address=self.address.binds,
                **self._order,
            )
            recording = _started(process)
            self.state = LiveState("starting", recording)
            _wait_until_it_answers(process, self.address)
        except RerunTraceError as error:
            self.close()
            self.state = replace(
                self.state, state="ended", ended=f"The app did not start: {error}."
            )
            raise
        self.state = LiveState("running", recording)
        self._hearing = threading.Thread(target=self._hear, args=(process,), daemon=True)
        self._hearing.start()
        threading.Thread(target=self._await_end, args=(process,), daemon=True).start()
        return recording

    def wait(self) -> RerunTraceError | None:
        """Returns None when a restart is wished; what happened when the process ended by itself."""
        while (ended := self._events.get()) is not None:
            if ended is self._process:
                return self._ended(ended)
        return None

    def end(self) -> None:
        """Ends the process after Ctrl-C."""
        if self._process is not None:
            self._process.end()

    def close(self) -> None:
        """Ends the process if it still runs."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def __enter__(self) -> LiveApp:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _hear(self, process: AppProcess) -> None:
        """What the process says while it runs. A report that it was closed is none."""
        with contextlib.suppress(ValueError):
            for report in process:
                if "trouble" not in report:
                    self._last_report = report
                    continue
                trouble = report["trouble"]
                with self._lock:
                    if process is self._process:
                        told = None if trouble is None else Trouble(**trouble)
                        self.state = replace(self.state, trouble=told)

    def _await_end(self, process: AppProcess) -> None:
        process.wait()
        self._events.put(process)

    def _ended(self, process: AppProcess) -> RerunTraceError:
        if self._hearing is not None:
            self._hearing.join(_LAST_WORDS_S)
        try:
            raise_reported(self._last_report)
            kind = HostError if process.exit_code else AppEnded
            error: RerunTraceError = kind(f"the app's process {_how(process.exit_code or 0)}")
        except RerunTraceError as reported:
            error = reported
        trouble = self.state.trouble
        kept = "Its recording is kept." if trouble is None else f"Its {trouble.text}"
        text = f"{str(error)[:1].upper()}{str(error)[1:]}. {kept}"
        with self._lock:
            if self.state.state == "running":  # else a restart is wished already
                self.state = replace(self.state, state="ended", ended=text)
        return error


def _how(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by the signal {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by the signal {-code}"


def _started(process: AppProcess) -> int:
    """The recording's number, once it has begun."""
    report = process.next_report()
    if report is None:
        raise HostError(f"the app's process ended at once (exit code {process.wait(5)})")
    raise_reported(report)
    return int(report["recording"])


def _wait_until_it_answers(process: AppProcess, address: AppAddress) -> None:
    end = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < end:
        if process.exit_code is not None:
            while (report := process.next_report()) is not None:
                raise_reported(report)
            raise HostError(f"Streamlit ended at once (exit code {process.exit_code})")
        for where in addresses_of(address.host):
            try:
                with socket.create_connection((where, address.port), timeout=1):
                    return
            except OSError:
                pass
        time.sleep(0.05)
    raise HostError(f"Streamlit did not answer at {address.url} within {_START_TIMEOUT_S:g} s")
