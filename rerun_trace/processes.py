"""Starts the child process that runs the app, and listens to it."""

from __future__ import annotations

import hmac
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from .channel import LOOPBACK, Channel
from .tracer.errors import HostError, error_of

_KEY_S = 5.0  # who has connected says the key at once
_LOOK_S = 0.1  # how often to look whether the process has ended before it connected
_END_S = 10.0
_TERMINATE_S = 2.0


class AppProcess:
    """The app in a process of its own (see `rerun_trace.child`).

    Iterating yields what it reports, as dictionaries, until it ends.
    """

    def __init__(self, job: str, stdout: TextIO | int | None = None, **order: Any) -> None:
        """Raises HostError when the process cannot be started, or ends before it answers."""
        with _Invitation() as invitation:
            # Ctrl-C in a terminal reaches both processes. Here it is this one that ends the other:
            # the child inherits that it is blocked, and unblocks it when it is able to take it.
            with _interrupts_blocked():
                # -P: neither the working folder nor ours comes before the app's own modules.
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "rerun_trace.child", invitation.path],
                    stdout=stdout,
                )
            try:
                self._channel = invitation.accept(self._process)
            except BaseException:  # Ctrl-C, too: nothing is recorded yet
                self._process.kill()
                self._process.wait()
                raise
        # Not as arguments: a database's password is nobody else's business.
        with suppress(OSError):  # it is gone already, and says so by its exit code
            self._channel.send({"job": job, **order})

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while (report := self._channel.receive()) is not None:
            yield report

    def next_report(self) -> dict[str, Any] | None:
        """The next report; None when the process has ended."""
        return self._channel.receive()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait for the end; None when it did not come within `timeout_s` seconds."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def end(self, grace_s: float = 0.7) -> int:
        """Ask it to end, then make it. Returns its exit code.

        Ctrl-C in a terminal reached it already: `grace_s` is its time to finish its recording.
        """
        if self.wait(grace_s) is None:
            with suppress(OSError):
                self._channel.send({"end": True})
            if self.wait(_END_S) is None:
                self._process.terminate()  # a signal that it may take; on Windows the end
                if self.wait(_TERMINATE_S) is None:
                    self._process.kill()
        return self._process.wait()

    def close(self) -> None:
        """End it if it still runs, and let go of the channel."""
        self.end(grace_s=0)
        self._channel.close()

    def __enter__(self) -> AppProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _Invitation:
    """Where the child finds its parent: a socket that listens, and a file that says which."""

    def __enter__(self) -> _Invitation:
        self._key, self._answer = secrets.token_hex(), secrets.token_hex()
        self._socket = socket.create_server((LOOPBACK, 0))
        self._socket.settimeout(_LOOK_S)
        try:
            number, self.path = tempfile.mkstemp(".json", "rerun-trace-")  # its user's alone
            with open(number, "w", encoding="utf-8") as file:
                json.dump([self._socket.getsockname()[1], self._key, self._answer], file)
        except OSError as error:
            self._socket.close()
            raise HostError(
                f"cannot write to {tempfile.gettempdir()}: {error.strerror or error}; "
                "free some space, or set TMPDIR to another folder"
            ) from None
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.close()
        with suppress(OSError):  # the child has removed it
            os.unlink(self.path)

    def accept(self, process: subprocess.Popen[bytes]) -> Channel:
        """The way to the child. Raises HostError when it ends before it comes."""
        while True:
            try:
                opened, _ = self._socket.accept()
            except TimeoutError:
                if process.poll() is not None:
                    text = f"the app's process ended at once (exit code {process.returncode})"
                    raise HostError(text) from None
                continue
            opened.settimeout(_KEY_S)
            channel = Channel(opened)
            said = channel.receive()
            key = said.get("key") if isinstance(said, dict) else None
            if hmac.compare_digest(str(key).encode(), self._key.encode()):
                opened.settimeout(None)
                with suppress(OSError):
                    channel.send({"key": self._answer})
                return channel
            channel.close()  # another program on this machine: the child is still to come


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    if sys.platform == "win32":  # there Ctrl-C may end a child that has not begun
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def raise_reported(report: Mapping[str, Any]) -> None:
    """Raise the error that the child process reported, if it did."""
    if "error" in report:
        raise error_of(report["kind"], report["error"])
