"""`rerun-trace ui`: the web page alone, to look at recordings."""

from __future__ import annotations

import click

from ..db.store import TraceStore
from ..web.server.explain_process import ExplainProcess
from .options import db_option, web_options
from .pages import check_access, serve_pages, until_interrupted


@click.command()
@db_option
@web_options
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
def ui(db: str | None, host: str, port: int, no_token: bool, no_browser: bool) -> None:
    """Look at recordings in the browser. Ctrl-C ends it."""
    check_access(host, no_token)
    # The user's own file is made, for the samples that the page offers to record; no other one is.
    with (
        TraceStore.open(db, create=db is None) as store,
        ExplainProcess(store.address) as explaining,
    ):
        server = serve_pages(store, explaining, host, port, no_token=no_token)
        until_interrupted(server, "Recordings", browse=not no_browser)
