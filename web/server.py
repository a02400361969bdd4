"""Serves the web page on a thread of its own."""

from __future__ import annotations

import errno
import socket
import threading
from typing import Any

import waitress.server
from flask import Flask
from waitress import trigger, wasyncore

from rerun_trace.tracer.errors import HostError

THREADS = 32  # several pages poll at once; waitress' default of 4 would make them wait


class RunningServer:
    """A server that answers at `url` until `close` is called."""

    def __init__(self, server: Any, sockets: dict[int, Any], host: str) -> None:
        self._server = server
        self._sockets = sockets
        self.host = host
        self.port = int(server.effective_port)
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}"
        self._thread = threading.Thread(target=server.run, name="rerun-trace-web", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops answering and frees the port. May be called twice."""
        # Only the server's own thread may close its sockets: it could be waiting on them.
        for item in list(self._sockets.values()):
            if isinstance(item, trigger.trigger):
                item.pull_trigger(lambda: wasyncore.close_all(self._sockets))
        self._thread.join(timeout=5)
        self._server.task_dispatcher.shutdown()


def serve(app: Flask, host: str = "127.0.0.1", port: int = 0) -> RunningServer:
    """Starts answering requests at `host`; `port` 0 takes a free one.

    Raises HostError when the address cannot be used.
    """
    sockets: dict[int, Any] = {}
    try:
        # One address only: `localhost` may have two, and each would get a free port of its own.
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]
        server = waitress.server.create_server(
            app,
            map=sockets,
            host=address,
            port=port,
            threads=THREADS,
            ident=None,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        wasyncore.close_all(sockets)
        in_use = error.errno == errno.EADDRINUSE
        reason = "is in use" if in_use else f"cannot be used ({error.strerror})"
        raise HostError(f"{host}:{port} {reason}: choose another with --port.") from error
    return RunningServer(server, sockets, host)
