"""`rerun-trace app.py`: the app on its real server, recorded, with the page beside it."""

from __future__ import annotations

import signal
import socket
import time

import click
from rich.console import Console

from ..db.store import TraceStore
from ..processes import AppProcess, raise_reported
from ..tracer.capture.engine import choose_engine
from ..tracer.errors import HostError
from ..tracer.host.driver import check_app
from ..web.app import ANY_HOST, LOOPBACK, create_app
from ..web.server import serve
from .options import db_option, engine_option, no_values_option, web_options
from .server_options import AppAddress, app_address

_START_TIMEOUT_S = 60.0


@click.command()
@click.argument("app")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@db_option
@engine_option
@no_values_option
@web_options
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
def run(
    app: str,
    options: tuple[str, ...],
    db: str | None,
    engine: str,
    no_values: bool,
    host: str,
    port: int,
    no_browser: bool,
) -> None:
    """Run APP with Streamlit and record it, with a page that shows what happens.

    What follows `--` goes to `streamlit run`: rerun-trace app.py -- --server.port 8502.
    Ctrl-C ends the app and the page; the recording is kept.
    """
    path = check_app(app)
    choose_engine(engine)  # an engine that cannot run here is an error before anything starts
    address = app_address(path, options)
    with TraceStore.open(db) as store:
        hosts = LOOPBACK if host in LOOPBACK else frozenset({ANY_HOST})
        server = serve(create_app(store, app_url=address.url, allowed_hosts=hosts), host, port)
        try:
            with AppProcess(
                "live",
                app=path,
                db=store.address,
                engine=engine,
                values=not no_values,
                host=address.host,
                port=address.port,
                address=address.binds,
                options=list(options),
            ) as process:
                _follow(process, store, server.url, address, no_browser)
        finally:
            server.close()


def _follow(
    process: AppProcess, store: TraceStore, page_url: str, address: AppAddress, no_browser: bool
) -> None:
    recording = None
    try:
        with Console(stderr=True).status("starting Streamlit"):
            recording = _started(process)
            _wait_until_it_answers(process, address)
        click.echo(f"App:       {address.url}")
        click.echo(f"Recording: {page_url}/recordings/{recording}")
        click.echo("Ctrl-C ends both; the recording is kept.")
        if not no_browser:
            click.launch(f"{page_url}/recordings/{recording}")
            click.launch(address.url)
        code = process.wait()
    except KeyboardInterrupt:
        # A second Ctrl-C must not break off the writing of the last records.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        process.end()
        click.echo()
    else:
        raise_reported(process.next_report() or {})
        if code:
            raise HostError(
                f"the app's process ended with exit code {code}; recording {recording} is kept"
            )
    if recording is None:
        click.echo("Ended. Nothing was recorded yet.")
    else:
        state = "complete" if store.recording(recording).complete else "not complete"
        click.echo(f"Ended. Recording {recording} is {state}: rerun-trace show {recording}")


def _started(process: AppProcess) -> int:
    """The recording's number, once it has begun."""
    report = process.next_report()
    if report is None:
        raise HostError(f"the app's process ended at once (exit code {process.wait(5)})")
    raise_reported(report)
    return int(report["recording"])


def _wait_until_it_answers(process: AppProcess, address: AppAddress) -> None:
    end = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < end:
        if process.exit_code is not None:
            raise_reported(process.next_report() or {})
            raise HostError(f"Streamlit ended at once (exit code {process.exit_code})")
        try:
            with socket.create_connection((address.host, address.port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise HostError(f"Streamlit did not answer at {address.url} within {_START_TIMEOUT_S:g} s")
