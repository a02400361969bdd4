"""All that is known of waitress: its server, and the parts of it that its documentation leaves out.

`tests/test_web_waitress.py` fails when one of them changes.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from waitress import trigger, wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask

from rerun_trace.web.server.limits import BODY_BYTES, Limits
from rerun_trace.web.server.refusing import Refusal, at_its_limit, no_room, other_host, too_long

LARGEST_ANSWER = 1 << 30

_KEEP_OPEN = "rerun_trace.keep_open"
_MOST_UNSENT = 64 * 1024  # bytes of a stream that its client does not read

# It warns of each request that waits for a thread, which is what a queue is for; that all
# connections are taken is said by us.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class Stream:
    """An answer that goes on after its request: any thread may send more, and none has to wait.

    `on_end` is called once, when the client has left, or the server was closed; on any thread, and
    it must not send anything.
    """

    def __init__(self, channel: _Channel) -> None:
        self.on_end: Callable[[], None] = lambda: None
        self._channel = channel
        # Not one lock: who ends may hold the channel's own, which who sends takes.
        self._lock, self._ending = threading.Lock(), threading.Lock()
        self._early: list[bytes] | None = []  # sent before the request was answered
        self._is_chunked = False
        self._ends = False
        self._has_ended = False

    def send(self, data: bytes) -> None:
        """Sends some bytes, but for one, at least. A client that does not read is cut off."""
        with self._lock:
            if self._early is not None:
                self._early.append(data)
            else:
                self._write(b"%X\r\n%b\r\n" % (len(data), data) if self._is_chunked else data)

    def end(self) -> None:
        """Nothing more will come."""
        with self._lock:
            self._ends = True
            if self._early is None:
                self._finish()

    def _begin(self, is_chunked: bool) -> None:
        """The headers are sent."""
        with self._lock:
            early, self._early = self._early or [], None
            self._is_chunked = is_chunked
        for data in early:
            self.send(data)
        with self._lock:
            if self._ends:
                self._finish()

    def _finish(self) -> None:
        if self._is_chunked:
            self._write(b"0\r\n\r\n")
        self._channel.close_when_flushed = True
        self._channel.server.pull_trigger()

    def _write(self, data: bytes) -> None:
        channel = self._channel
        if channel.total_outbufs_len > _MOST_UNSENT:
            # By the thread that owns the socket. Told to close, it would first wait for its client.
            channel.server.trigger.pull_trigger(channel.handle_close)
            return
        try:
            channel.write_soon(data)
        except ClientDisconnected:
            pass  # its end is told

    def _over(self) -> None:
        with self._ending:
            has_ended, self._has_ended = self._has_ended, True
        if not has_ended:
            self.on_end()


class WaitressServer:
    """Answers requests at sockets that listen already, from `run` until `close`.

    `knows` tells of a `Host` header's value whether it is one of ours: the body of a request to
    another one is not even read.
    """

    def __init__(
        self,
        app: Flask,
        listening: list[socket.socket],
        limits: Limits,
        knows: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._sockets: dict[int, Any] = {}
        self._answering = ThreadedTaskDispatcher()
        self._answering.set_thread_count(limits.threads)
        # Who is refused does not wait for those who are not.
        self._refusing = ThreadedTaskDispatcher()
        self._refusing.set_thread_count(1)
        adjustments = Adjustments(
            sockets=listening,
            ident=None,
            asyncore_use_poll=True,
            # Reads on while a request is answered: else nobody would see its client leave.
            channel_request_lookahead=1,
            clear_untrusted_proxy_headers=True,
            # A report is some MB: nothing of it goes through a temporary file.
            outbuf_overflow=LARGEST_ANSWER,
            max_request_body_size=BODY_BYTES + 1,
            inbuf_overflow=2 * BODY_BYTES,
            # Beyond it nobody is answered at all. One more comes before another one leaves for it.
            connection_limit=limits.connections + limits.refusals + 2 * len(listening) + 1,
        )
        adjustments.knows = knows
        for each in listening:
            _Listener(
                app,
                self._sockets,
                True,
                each,
                dispatcher=self._answering,
                adj=adjustments,
                sockinfo=(each.family, each.type, each.proto, each.getsockname()),
                bind_socket=False,
            ).limit(limits, self._refusing)

    def run(self) -> None:
        """Answers until it is closed."""
        wasyncore.loop(timeout=1, map=self._sockets, use_poll=True)

    def close(self) -> None:
        """Has `run` return and frees the port. May be called twice, on any thread."""
        # Only the server's own thread may close its sockets: it could be waiting on them.
        for item in list(self._sockets.values()):
            if isinstance(item, trigger.trigger):
                # As `pull_trigger` does, but under the lock: a server that is awake already would
                # close the trigger before it was pulled.
                with item.lock:
                    item.thunks.append(lambda: wasyncore.close_all(self._sockets))
                    item._physical_pull()
                break  # each address has one, and this one closes the others

    def end_threads(self) -> None:
        """After `run`: the threads that answer end."""
        self._answering.shutdown()
        self._refusing.shutdown()


def keep_open(environ: Mapping[str, Any]) -> Stream | None:
    """Has the answer to a request go on after it. None where the server cannot do that."""
    keep: Callable[[], Stream] | None = environ.get(_KEEP_OPEN)
    return None if keep is None else keep()


class _Request(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request. What is refused whatever it holds is refused when its headers are there."""

    path = "/"

    def received(self, data: bytes) -> int:
        had_headers = self.headers_finished
        consumed: int = super().received(data)
        is_whole = self.headers_finished and not had_headers and not self.empty
        code = None if self.error is None else self.error.code
        if is_whole and code in (None, 413) and not self.adj.knows(self.headers.get("HOST", "")):
            self._refuse(other_host(self.path))
        elif code == 413:
            self._refuse(too_long(self.path))
        return consumed

    def _refuse(self, refusal: Refusal) -> None:
        self.error = refusal
        self.completed = True
        self.expect_continue = False


class _Task(WSGITask):  # type: ignore[misc]
    """Answers a request, or begins a stream."""

    _stream: Stream | None = None

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        # It leaves a file open when the browser goes away in the middle of it.
        environ.pop("wsgi.file_wrapper", None)
        if self.request.command == "GET":
            environ[_KEEP_OPEN] = self._keep_open
        return environ

    def _keep_open(self) -> Stream:
        self._stream = Stream(self.channel)
        return self._stream

    def service(self) -> None:
        try:
            super().service()
        finally:  # also when the client has left before its stream began
            if self._stream is not None and self.channel.stream is None:
                self._stream._over()

    def finish(self) -> None:
        if self._stream is None or not self.status.startswith("200"):
            super().finish()
            return
        if not self.wrote_header:
            self.write(b"")
        self.close_on_finish = False
        self.channel.stream = self._stream
        self._stream._begin(self.chunked_response)
        if not self.channel.connected:
            self._stream._over()


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection."""

    parser_class = _Request
    task_class = _Task
    requests: list[_Request]
    stream: Stream | None = None
    is_refused = False  # there was no room for it

    @property
    def is_idle(self) -> bool:
        """Whether nobody misses it: nothing was asked, or all was answered."""
        return not (self.requests or self.stream or self.total_outbufs_len)

    def received(self, data: bytes) -> bool:
        # What a client sends into its own stream is nothing that could be answered.
        return True if self.stream is not None else bool(super().received(data))

    def service(self) -> None:
        if self.stream is not None:
            self.requests = []
            return
        if self.is_refused and self.requests[0].error is None:
            self.requests[0].error = no_room(self.requests[0].path)
        super().service()

    def handle_write(self) -> None:
        # Without a request waitress takes nobody but itself to be writing.
        with self.outbuf_lock:
            super().handle_write()

    def del_channel(self, map: Any = None) -> None:
        super().del_channel(map)
        if self.stream is not None:
            self.stream._over()


class _Listener(TcpWSGIServer):  # type: ignore[misc]
    """A socket that listens."""

    channel_class = _Channel

    def limit(self, limits: Limits, refusing: ThreadedTaskDispatcher) -> None:
        """What it takes on, and who answers those for whom there is no room."""
        self._limits = limits
        self._refusing = refusing

    def handle_accept(self) -> None:
        channels = [each for each in self._map.values() if isinstance(each, _Channel)]
        taken = [each for each in channels if not each.is_refused]
        has_room = len(taken) < self._limits.connections or _one_leaves(taken)
        if not has_room:
            at_its_limit(f"{self._limits.connections} connections are in use")
            refused = [each for each in channels if each.is_refused]
            if len(refused) >= self._limits.refusals:
                _one_leaves(refused)
        before = set(self.active_channels)
        super().handle_accept()
        for number in set(self.active_channels) - before:
            self.active_channels[number].is_refused = not has_room

    def add_task(self, task: _Channel) -> None:
        (self._refusing if task.is_refused else self.task_dispatcher).add_task(task)


def _one_leaves(channels: list[_Channel]) -> bool:
    """Whether one of them was idle, and is closed now: the one that did nothing for longest."""
    idle = [each for each in channels if each.is_idle]
    if not idle:
        return False
    # In the middle of a request comes last: somebody may wait for its answer.
    min(idle, key=lambda each: (each.request is not None, each.last_activity)).handle_close()
    return True
