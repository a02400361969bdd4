"""Serves the web page on a thread of its own."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from typing import Any

import waitress.server
from flask import Flask
from waitress import trigger, wasyncore

from rerun_trace.tracer.errors import HostError, PortInUse
from rerun_trace.web.server.events import MOST_STREAMS
from rerun_trace.web.server.listen import listen

# One for each stream of events, and some for everything else: waitress' default of 4 would let
# pages wait for each other.
LARGEST_ANSWER = 1 << 30
THREADS = MOST_STREAMS + 32


def _closes_its_files(app: Flask) -> Callable[..., Any]:
    """`app` without waitress' own way of sending files.

    It leaves a file open when the browser goes away in the middle of it.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        environ.pop("wsgi.file_wrapper", None)
        return app(environ, start_response)

    return answer


class RunningServer:
    """A server that answers at `url` until `close` is called."""

    def __init__(self, server: Any, sockets: dict[int, Any], host: str, port: int) -> None:
        self._server = server
        self._sockets = sockets
        self.host = host
        self.port = port
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}"
        self._thread = threading.Thread(target=server.run, name="rerun-trace-web", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops answering and frees the port. May be called twice."""
        # Only the server's own thread may close its sockets: it could be waiting on them.
        for item in list(self._sockets.values()):
            if isinstance(item, trigger.trigger):
                # As `pull_trigger` does, but under the lock: a server that is awake already would
                # close the trigger before it was pulled.
                with item.lock:
                    item.thunks.append(lambda: wasyncore.close_all(self._sockets))
                    item._physical_pull()
                break  # each address has one, and this one closes the others
        self._thread.join(timeout=5)
        self._server.task_dispatcher.shutdown()


def serve(app: Flask, host: str = "127.0.0.1", port: int = 0) -> RunningServer:
    """Starts answering requests at `host`; `port` 0 takes a free one.

    Raises PortInUse, or HostError when the address cannot be used.
    """
    try:
        listening = listen(host, port)
    except OSError as error:
        fix = "choose another with --port."
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(f"{host}:{port} is in use: {fix}") from error
        raise HostError(f"{host}:{port} cannot be used ({error.strerror}): {fix}") from error
    port = int(listening[0].getsockname()[1])
    sockets: dict[int, Any] = {}
    server = waitress.server.create_server(
        _closes_its_files(app),
        map=sockets,
        sockets=listening,
        threads=THREADS,
        ident=None,
        asyncore_use_poll=True,
        # Reads on while a request is answered: else a stream would not see its client leave.
        channel_request_lookahead=1,
        clear_untrusted_proxy_headers=True,
        # A report is some MB: nothing of it goes through a temporary file.
        outbuf_overflow=LARGEST_ANSWER,
    )
    return RunningServer(server, sockets, host, port)
