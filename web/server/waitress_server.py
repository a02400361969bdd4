"""All that is known of waitress: its server, and the parts of it that its documentation leaves out.

`tests/test_web_waitress.py` fails when one of them changes.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Any

import waitress.server
from flask import Flask
from waitress import trigger, wasyncore

LARGEST_ANSWER = 1 << 30


class WaitressServer:
    """Answers requests at sockets that listen already, from `run` until `close`."""

    def __init__(self, app: Flask, listening: list[socket.socket], threads: int) -> None:
        self._sockets: dict[int, Any] = {}
        self._server = waitress.server.create_server(
            _closes_its_files(app),
            map=self._sockets,
            sockets=listening,
            threads=threads,
            ident=None,
            asyncore_use_poll=True,
            # Reads on while a request is answered: else a stream would not see its client leave.
            channel_request_lookahead=1,
            clear_untrusted_proxy_headers=True,
            # A report is some MB: nothing of it goes through a temporary file.
            outbuf_overflow=LARGEST_ANSWER,
        )

    def run(self) -> None:
        """Answers until it is closed."""
        self._server.run()

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
        self._server.task_dispatcher.shutdown()


def client_is_gone(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """Tells whether the client of a request has left. Closing the server makes it say so, too."""
    is_gone: Callable[[], bool] = environ.get("waitress.client_disconnected", lambda: False)
    return is_gone


def _closes_its_files(app: Flask) -> Callable[..., Any]:
    """`app` without waitress' own way of sending files.

    It leaves a file open when the browser goes away in the middle of it.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        environ.pop("wsgi.file_wrapper", None)
        return app(environ, start_response)

    return answer
