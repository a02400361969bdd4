"""`rerun-trace ui`: the web page alone, to look at recordings."""

from __future__ import annotations

import threading

import click

from ..db.store import TraceStore
from ..exporting.html import reports
from ..web.app import ANY_HOST, LOOPBACK, create_app
from ..web.server.serving import serve
from .options import db_option, web_options


@click.command()
@db_option
@web_options
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
def ui(db: str | None, host: str, port: int, no_browser: bool) -> None:
    """Look at recordings in the browser. Ctrl-C ends it."""
    with TraceStore.open(db) as store:
        hosts = LOOPBACK if host in LOOPBACK else frozenset({ANY_HOST})
        server = serve(create_app(store, reports=reports(store), allowed_hosts=hosts), host, port)
        click.echo(f"Recordings: {server.url}  (Ctrl-C ends)")
        if not no_browser:
            click.launch(server.url)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo()
        finally:
            server.close()
