"""Serves the web page on a thread of its own."""

from __future__ import annotations

import errno
import threading

from flask import Flask

from rerun_trace.tracer.errors import HostError, PortInUse
from rerun_trace.web.server.access import TOKEN, access_of
from rerun_trace.web.server.limits import Limits, here
from rerun_trace.web.server.listen import listen
from rerun_trace.web.server.waitress_server import WaitressServer


class RunningServer:
    """A server that answers at `url` until `close` is called."""

    def __init__(
        self, server: WaitressServer, host: str, port: int, token: str | None = None
    ) -> None:
        self._server = server
        self._token = token
        self.host = host
        self.port = port
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}"
        self._thread = threading.Thread(target=server.run, name="rerun-trace-web", daemon=True)
        self._thread.start()

    @property
    def has_token(self) -> bool:
        """Whether the pages open with a token alone."""
        return self._token is not None

    def address(self, path: str = "/") -> str:
        """Where a person finds the page at a path: with the token, where there is one."""
        if self._token is None:
            return self.url + path
        return f"{self.url}{path}{'&' if '?' in path else '?'}{TOKEN}={self._token}"

    def close(self) -> None:
        """Stops answering and frees the port. May be called twice."""
        self._server.close()
        self._thread.join(timeout=5)
        self._server.end_threads()


def serve(
    app: Flask, host: str = "127.0.0.1", port: int = 0, most: Limits | None = None
) -> RunningServer:
    """Starts answering requests at `host`; `port` 0 takes a free one.

    `most` is what it takes on; without it what this process is able to.

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
    access = access_of(app)
    server = WaitressServer(app, listening, most or here(), access.knows)
    return RunningServer(server, host, port, access.token)
