"""The pages alone, served until Ctrl-C."""

from __future__ import annotations

import threading

from ..db.store import TraceStore
from ..demo import DemoSamples
from ..exporting.html import reports
from ..web.app import create_app
from ..web.server.access import hosts_of, is_loopback, new_token
from ..web.server.explaining import Explaining
from ..web.server.serving import RunningServer, serve
from .live_app import LiveApp
from .opening import Opening
from .options import UsageProblem
from .terminal import log_to_terminal, say, tell

_OPEN_TO_OTHERS = (
    "warning: others on the network reach this page. Who has its address, with the "
    "token, reads every recording; what is sent is not encrypted."
)


def check_access(host: str, no_token: bool) -> None:
    """Raises UsageProblem where a page for others would be without a token."""
    if no_token and not is_loopback(host):
        raise UsageProblem(
            f"--no-token is for this machine alone: with --host {host} the page has a token"
        )


def serve_pages(
    store: TraceStore,
    explaining: Explaining,
    host: str = "localhost",
    port: int = 0,
    live_app: LiveApp | None = None,
    no_token: bool = False,
) -> RunningServer:
    """Serves the pages at `host`; for others than this machine's users there is a warning.

    Raises UsageProblem as `check_access` does.
    """
    check_access(host, no_token)
    log_to_terminal()
    app = create_app(
        store,
        reports=reports(store),
        demo=DemoSamples(store),
        live_app=live_app,
        explaining=explaining,
        allowed_hosts=hosts_of(host),
        token=None if no_token else new_token(),
    )
    server = serve(app, host, port)
    if not is_loopback(host):
        tell(_OPEN_TO_OTHERS)
    return server


def until_interrupted(
    server: RunningServer, what: str, path: str = "/", browse: bool = True
) -> None:
    """Says where the page `what` is, opens it (with `browse`), and serves it until Ctrl-C."""
    address, opening = server.address(path), Opening()
    say(f"{what}: {address}  (Ctrl-C ends)")
    try:
        if browse:
            opening.open(address, server.has_token)
        threading.Event().wait()
    except KeyboardInterrupt:
        say()
    finally:
        opening.close()
        server.close()
