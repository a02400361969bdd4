"""How much of its rate an app keeps that reruns without end.

    python -m bench.endless [--rounds 3] [--seconds 8]

An app that ends with `st.rerun()` is opened in Chromium, in rounds: on Streamlit alone, under
`rerun-trace` with only the app's page open, and under `rerun-trace` with the studio open, which has
the app in a frame. Each run notes the time. Counted are the runs a second, after a few seconds in
which everything has been loaded. With the studio open, it is also measured how far the timeline is
behind the newest run, and how long it takes to be up to date after the last one. Prints the rows of
a markdown table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic_ns

import streamlit
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ui.live import live, until  # noqa: E402 (needs the path)

WARM_UP_S = 4.0
WAIT_MS = 60_000
APP = """
import pathlib
import time
import streamlit as st

count = st.session_state.get("count", 0) + 1
st.session_state.count = count
st.metric("Runs", count)
st.write("Reruns without end")
with open({noted!r}, "a") as noted:
    print(time.monotonic_ns(), file=noted)
if not pathlib.Path({stop!r}).exists():
    st.rerun()
"""
NEWEST = r"""() => {
    const canvas = document.querySelector("canvas[data-newest]");
    const block = [...document.querySelectorAll(".run-block")].at(-1);
    return Number(canvas?.dataset.newest ?? /\d+/.exec(block?.ariaLabel ?? "")?.[0] ?? 0);
}"""


class App:
    """The app in a folder, and what its runs have noted."""

    def __init__(self, folder: Path) -> None:
        self.path, self._noted, self._stop = (
            folder / name for name in ("app.py", "noted.txt", "stop")
        )
        self.path.write_text(APP.format(noted=str(self._noted), stop=str(self._stop)))
        self._noted.write_text("")

    def times(self) -> list[float]:
        """When each run so far came to its end, in seconds."""
        return [int(line) / 1e9 for line in self._noted.read_text().splitlines()]

    def rate(self, seconds: float) -> float:
        """Runs a second, for some time from now on."""
        begin = monotonic_ns() / 1e9
        time.sleep(seconds)
        end = monotonic_ns() / 1e9
        return sum(begin <= at < end for at in self.times()) / (end - begin)

    def started(self) -> None:
        """Returns when the app has rerun for a while."""
        until = time.monotonic() + WAIT_MS / 1000
        while len(self.times()) < 5:
            assert time.monotonic() < until, "the app does not run"
            time.sleep(0.1)
        time.sleep(WARM_UP_S)

    def stop(self) -> None:
        """Has its next run be the last."""
        self._stop.touch()


@contextmanager
def streamlit_alone(app: Path) -> Iterator[str]:
    """The address of an app that is not traced."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    order = ["--server.headless", "true", "--server.port", str(port)]
    command = [sys.executable, "-m", "streamlit", "run", str(app), *order]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet) as process:
        try:
            until(lambda: _answers(port), "Streamlit answers")
            yield f"http://localhost:{port}"
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def page_at(browser: Browser, url: str) -> Iterator[Page]:
    """A page of a browser context of its own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        page.goto(url)
        yield page
    finally:
        context.close()


def untraced(browser: Browser, app: App, seconds: float) -> float:
    """Runs a second on Streamlit alone."""
    with streamlit_alone(app.path) as url, page_at(browser, url):
        app.started()
        return app.rate(seconds)


def traced(browser: Browser, app: App, folder: Path, seconds: float) -> float:
    """Runs a second while it is recorded and nobody looks."""
    with live(app.path, folder) as started, page_at(browser, started.app_url):
        app.started()
        return app.rate(seconds)


def watched(browser: Browser, app: App, folder: Path, seconds: float) -> tuple[float, float, float]:
    """Runs a second with the studio open; how far it is behind, and behind the last run, in s."""
    with live(app.path, folder) as started, page_at(browser, started.recording_url) as page:
        app.started()
        rate = app.rate(seconds)
        behind = [_behind(page, app) for _ in range(10)]
        app.stop()
        _is_over(app)
        last = app.times()[-1]
        while page.evaluate(NEWEST) < len(app.times()):
            assert monotonic_ns() / 1e9 < last + WAIT_MS / 1000, "the timeline stays behind"
            time.sleep(0.02)
        return rate, max(behind), monotonic_ns() / 1e9 - last


def _behind(page: Page, app: App) -> float:
    """How long ago the run that the timeline shows as the newest came to its end, in seconds."""
    time.sleep(0.31)
    newest = page.evaluate(NEWEST)
    now = monotonic_ns() / 1e9
    times = app.times()
    # The one after it is what is missing.
    return max(0.0, now - times[newest]) if newest < len(times) else 0.0


def _is_over(app: App) -> None:
    known = -1
    while known < len(app.times()):
        known = len(app.times())
        time.sleep(0.5)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    chromium = os.environ.get("RERUN_TRACE_CHROMIUM") or shutil.which("chromium")
    found: dict[str, list[float]] = {
        name: [] for name in ("untraced", "traced", "studio", "behind", "after")
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for number in range(options.rounds):
            for name, measured in (("untraced", untraced), ("traced", traced), ("studio", watched)):
                with tempfile.TemporaryDirectory() as folder:
                    where = Path(folder)
                    app = App(where)
                    if measured is untraced:
                        found[name].append(untraced(browser, app, options.seconds))
                    elif measured is traced:
                        found[name].append(traced(browser, app, where, options.seconds))
                    else:
                        rate, behind, after = watched(browser, app, where, options.seconds)
                        found["studio"].append(rate)
                        found["behind"].append(behind)
                        found["after"].append(after)
                print(f"round {number + 1}: {name} {found[name][-1]:.1f} a second", file=sys.stderr)
        browser.close()
    print_rows(found)


def print_rows(found: dict[str, list[float]]) -> None:
    """One row: the rates, the shares of the untraced one, how far the studio is behind."""
    rates = {name: statistics.median(found[name]) for name in ("untraced", "traced", "studio")}
    share = {name: rate / rates["untraced"] for name, rate in rates.items()}
    load = os.getloadavg()[0]
    print("| Streamlit | Python | load | untraced | traced | with the studio | behind | at last |")
    print("|---|---|---|---|---|---|---|---|")
    print(
        f"| {streamlit.__version__} | {sys.version.split()[0]} | {load:.1f} "
        f"| {rates['untraced']:.1f} a second | {rates['traced']:.1f} ({share['traced']:.0%}) "
        f"| {rates['studio']:.1f} ({share['studio']:.0%}) "
        f"| {max(found['behind']):.2f} s | {statistics.median(found['after']):.2f} s |"
    )


if __name__ == "__main__":
    main()
