"""`rerun-trace app.py`: the app on its real server, recorded, in a page that shows how it runs."""

from __future__ import annotations

import signal

import click

from ..db.handover.keep import parse_keep
from ..db.store import TraceStore
from ..tracer.capture.engines import choose_engine
from ..tracer.driver.script import check_app
from ..tracer.errors import RerunTraceError
from ..web.server.explain_process import ExplainProcess
from ..web.server.explaining import Explaining
from ..web.server.serving import RunningServer
from .live_app import LiveApp
from .live_lines import LiveLines
from .opening import Opening
from .options import db_option, engine_option, keep_option, no_values_option, web_options
from .pages import check_access, serve_pages
from .server_options import app_address
from .terminal import Screen, say, tell


@click.command()
@click.argument("app")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@db_option
@engine_option
@no_values_option
@keep_option
@web_options
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
def run(
    app: str,
    options: tuple[str, ...],
    db: str | None,
    engine: str,
    no_values: bool,
    keep: tuple[str, ...],
    host: str,
    port: int,
    no_token: bool,
    no_browser: bool,
) -> None:
    """Run APP with Streamlit and record it; one page shows the app and what happens in it.

    What follows `--` goes to `streamlit run`: rerun-trace app.py -- --server.port 8502.
    Ctrl-C ends the app and the page; the recording is kept.
    """
    check_access(host, no_token)
    parse_keep(keep)  # what is wrong with it is said before anything starts
    path = check_app(app)
    choose_engine(engine)  # an engine that cannot run here is an error before anything starts
    address = app_address(path, options)
    with (
        TraceStore.open(db) as store,
        ExplainProcess(store.address) as explaining,
        LiveApp(
            address,
            app=path,
            db=store.address,
            engine=engine,
            values=not no_values,
            keep=list(keep),
            options=list(options),
        ) as live,
    ):
        server = serve_pages(store, explaining, host, port, live, no_token)
        opening = Opening()
        try:
            code = _follow(live, store, explaining, server, None if no_browser else opening)
        finally:
            opening.close()
            server.close()
    if code:
        raise click.exceptions.Exit(code)


def _follow(
    live: LiveApp,
    store: TraceStore,
    explaining: Explaining,
    server: RunningServer,
    opening: Opening | None,
) -> int:
    """Keeps the app running, as the page wishes, until Ctrl-C; returns the exit code.

    `opening` opens the page.
    """
    code, lines = 0, None
    try:
        with Screen(stderr=True).status("starting Streamlit"):
            recording = live.start()
        page = server.address(f"/recordings/{recording}")
        _announce(
            f"App:       {live.url_from(server.host, True)}",
            f"Recording: {page}",
            "Ctrl-C ends both; the recording is kept.",
        )
        lines = LiveLines(store, explaining, recording)
        if opening is not None:
            opening.open(page, server.has_token)
        while True:
            problem = live.wait()
            lines.close()
            if problem is None:
                problem = _start_again(live, server)
            if problem is None and live.state.recording is not None:
                lines = LiveLines(store, explaining, live.state.recording)
            code = problem.exit_code if problem else 0
            if problem:
                kept = f"recording {live.state.recording} is kept"
                tell(f"{problem}; {kept}")
                say("Restart the app on its page, or end with Ctrl-C.", err=True)
    except KeyboardInterrupt:
        # A second Ctrl-C must not break off the writing of the last records.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        live.end()
        if lines is not None:
            lines.close()
        say()
    last = live.state.recording
    if last is None:
        say("Ended. Nothing was recorded yet.")
    else:
        try:
            state = "complete" if store.recording(last).complete else "not complete"
        except RerunTraceError as error:
            say(f"Ended. Recording {last} cannot be read: {error}")
            return code
        say(f"Ended. Recording {last} is {state}: rerun-trace show {last}")
        if live.state.trouble is not None:
            say(f"Its {live.state.trouble.text}")
    return code


def _start_again(live: LiveApp, server: RunningServer) -> RerunTraceError | None:
    try:
        recording = live.start()
    except RerunTraceError as error:
        return error
    page = server.address(f"/recordings/{recording}")
    _announce(f"The app runs again. Recording: {page}")
    return None


def _announce(*lines: str) -> None:
    """Says whole lines while the app's process writes to the same terminal.

    It has just begun to answer, and Streamlit says so in pieces of a line: ours begin a new one,
    and are written at once, so that none of its pieces comes between.
    """
    say("\n" + "\n".join(lines))
