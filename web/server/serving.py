"""Serves the web page on a thread of its own."""

from __future__ import annotations

import errno
import threading

from flask import Flask

from rerun_trace.tracer.errors import HostError, PortInUse
from rerun_trace.web.server.events import MOST_STREAMS
from rerun_trace.web.server.listen import listen
from rerun_trace.web.server.waitress_server import WaitressServer

# One for each stream of events, and some for everything else: waitress' default of 4 would let
# pages wait for each other.
THREADS = MOST_STREAMS + 32


class RunningServer:
    """A server that answers at `url` until `close` is called."""

    def __init__(self, server: WaitressServer, host: str, port: int) -> None:
        self._server = server
        self.host = host
        self.port = port
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}"
        self._thread = threading.Thread(target=server.run, name="rerun-trace-web", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops answering and frees the port. May be called twice."""
        self._server.close()
        self._thread.join(timeout=5)
        self._server.end_threads()


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
    return RunningServer(WaitressServer(app, listening, THREADS), host, port)
