"""`rerun-trace app.py`: the app on its real server, recorded, with the page beside it."""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request

import click
from rich.console import Console

from ..db.store import TraceStore
from ..processes import AppProcess
from ..tracer.capture.engine import choose_engine
from ..tracer.errors import HostError
from ..tracer.host.driver import check_app
from ..web.app import ANY_HOST, LOOPBACK, create_app
from ..web.server import serve
from .options import db_option, engine_option, no_values_option, web_options

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
    app_port = _app_port(options)
    app_url = f"http://localhost:{app_port}"
    with TraceStore.open(db) as store:
        hosts = LOOPBACK if host in LOOPBACK else frozenset({ANY_HOST})
        server = serve(create_app(store, app_url=app_url, allowed_hosts=hosts), host, port)
        try:
            with AppProcess(
                "live",
                app=path,
                db=store.address,
                engine=engine,
                values=not no_values,
                port=app_port,
                options=list(options),
            ) as process:
                _follow(process, server.url, app_url, no_browser)
        finally:
            server.close()


def _follow(process: AppProcess, page_url: str, app_url: str, no_browser: bool) -> None:
    try:
        with Console(stderr=True).status("starting Streamlit"):
            recording = _started(process, app_url)
        click.echo(f"App:       {app_url}")
        click.echo(f"Recording: {page_url}/recordings/{recording}")
        click.echo("Ctrl-C ends both; the recording is kept.")
        if not no_browser:
            click.launch(f"{page_url}/recordings/{recording}")
            click.launch(app_url)
        code = process.wait()
    except KeyboardInterrupt:
        click.echo()
        process.end()
        click.echo("Ended. The recording is complete: rerun-trace list")
        return
    last = process.next_report() or {}
    if "error" in last:
        error = HostError(last["error"])
        error.exit_code = last["exit_code"]
        raise error
    if code:
        raise HostError(f"the app's process ended with exit code {code}; the recording is kept")


def _started(process: AppProcess, app_url: str) -> int:
    """Wait until the app answers; returns the recording's number."""
    report = process.next_report()
    if report is None:
        raise HostError(f"the app's process ended at once (exit code {process.wait(5)})")
    if "error" in report:
        error = HostError(report["error"])
        error.exit_code = report["exit_code"]
        raise error
    end = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < end:
        if process.exit_code is not None:
            last = process.next_report() or {}
            raise HostError(
                last.get("error") or f"Streamlit ended at once (exit code {process.exit_code})"
            )
        try:
            with urllib.request.urlopen(f"{app_url}/_stcore/health", timeout=1):
                return int(report["recording"])
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise HostError(f"Streamlit did not answer at {app_url} within {_START_TIMEOUT_S:g} s")


def _app_port(options: tuple[str, ...]) -> int:
    """The port that was asked for after `--`, if it is free; else any free one."""
    wanted = 0
    for index, option in enumerate(options):
        name, equals, value = option.partition("=")
        if name in ("--server.port", "--server_port"):
            text = value if equals else (options[index + 1 : index + 2] or ("",))[0]
            if not text.isdigit() or not 0 < int(text) < 65536:
                raise HostError(f"--server.port takes a port number, not {text!r}")
            wanted = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            raise HostError(
                f"port {wanted} is in use: choose another with -- --server.port N, or leave it out"
            ) from None
        return int(probe.getsockname()[1])
