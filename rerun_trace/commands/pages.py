"""The pages alone, served until Ctrl-C."""

from __future__ import annotations

import threading

import click

from ..db.store import TraceStore
from ..demo import DemoSamples
from ..exporting.html import reports
from ..web.app import ANY_HOST, LOOPBACK, create_app
from ..web.server.serving import RunningServer, serve
from .live_app import LiveApp
from .terminal import log_to_terminal, say


def serve_pages(
    store: TraceStore, host: str = "localhost", port: int = 0, live_app: LiveApp | None = None
) -> RunningServer:
    """Serves the pages at `host`. Anything but loopback answers to every name."""
    log_to_terminal()
    hosts = LOOPBACK if host in LOOPBACK else frozenset({ANY_HOST})
    app = create_app(
        store,
        reports=reports(store),
        demo=DemoSamples(store),
        live_app=live_app,
        allowed_hosts=hosts,
    )
    return serve(app, host, port)


def until_interrupted(
    server: RunningServer, what: str, path: str = "", browse: bool = True
) -> None:
    """Says where the page `what` is, opens it (with `browse`), and serves it until Ctrl-C."""
    url = server.url + path
    say(f"{what}: {url}  (Ctrl-C ends)")
    if browse:
        click.launch(url)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        say()
    finally:
        server.close()
