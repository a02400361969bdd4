"""Lines of JSON between the app's process and its parent: the same way on every system.

The parent listens on loopback (`rerun_trace/processes.py`) and leaves the port and two keys in a
file that only its user can read; nothing of it is in arguments or in the environment. The child
reads the file, says the one key, and hears the other: neither takes a stranger for the other end.
The socket is not inherited by programs that the app starts. Standard streams stay the app's.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from contextlib import suppress
from typing import Any, BinaryIO

from .db.handover.descriptors import file_of

LOOPBACK = "127.0.0.1"
_ANSWER_S = 60.0  # a parent that is stopped, or on a loaded machine, may take its time


class Channel:
    """One end. Any thread may send; one receives."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        self._lines: BinaryIO = opened.makefile("rb")
        self._sending = threading.Lock()
        self._file = self._file_now()

    def send(self, words: dict[str, Any]) -> None:
        """Raises OSError when the other end is gone, or the app has closed what is not its own."""
        line = json.dumps(words).encode() + b"\n"
        with self._sending:
            if not self._is_ours():
                raise OSError("the channel was closed")
            self._socket.sendall(line)

    def receive(self) -> dict[str, Any] | None:
        """What comes next; None when the other end is gone."""
        try:
            line = self._lines.readline()
            words: dict[str, Any] | None = json.loads(line) if line.endswith(b"\n") else None
        except (OSError, ValueError):  # reset, closed, or broken off
            return None
        return words

    def close(self) -> None:
        """Let go of it. Who receives meanwhile hears that the other end is gone."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._lines.close()
        self._socket.close()

    def close_in_forks(self) -> None:
        """A process that the app forks may outlive it: the parent shall not wait for its end."""
        if sys.platform != "win32":
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """Close this process' copy; the connection stays."""
        if self._is_ours():
            os.close(self._socket.fileno())
            self._file = None

    def _is_ours(self) -> bool:
        """Whether the number still means our socket."""
        return self._file is not None and self._file == self._file_now()

    def _file_now(self) -> tuple[int, int] | None:
        if sys.platform == "win32":
            return (0, self._socket.fileno())  # a handle, which is not among the descriptors there
        return file_of(self._socket.fileno())


def call(invitation: str) -> Channel:
    """The child's end. `invitation` is the file's path. Raises OSError when nobody answers."""
    with open(invitation, encoding="utf-8") as file:
        port, key, answer = json.load(file)
    with suppress(OSError):
        os.unlink(invitation)
    opened = socket.create_connection((LOOPBACK, port), _ANSWER_S)
    channel = Channel(opened)
    channel.send({"key": key})
    if channel.receive() != {"key": answer}:
        channel.close()
        raise OSError("somebody else answers in the parent's place")
    opened.settimeout(None)
    return channel
