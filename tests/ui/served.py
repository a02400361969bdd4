"""Streamlit's own server for an app, without anything of ours, and the driver beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rerun_trace.tracer.driver.browser import Browser
from rerun_trace.tracer.driver.driver import drive
from rerun_trace.tracer.driver.scenario import Scenario, ScenarioStep, parse_scenario

Pages = Sequence[tuple[str, ...]]
_POLL_MS, _POLLS = 20, 1_000
_START_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Served:
    """A running server. `url` ends with a slash. `db` is where it is recorded, if it is."""

    url: str
    db: Path | None = None


# Streamlit's own command in a process that records.
_RECORDED = """
import sys, rerun_trace
db = sys.argv.pop(1)
from streamlit.web import cli
with rerun_trace.start(db, app=sys.argv[2]):
    cli.main()
"""


@contextmanager
def serve(app: Path, db: Path | None = None) -> Iterator[Served]:
    """`streamlit run`, until the end of the block; with `db`, recorded into it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "viewer",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = ["-m", "streamlit"] if db is None else ["-c", _RECORDED, str(db)]
    with subprocess.Popen(
        [sys.executable, *command, "run", str(app), *words],
        # Older versions would ask the network for a token before they draw a map.
        env=os.environ | {"STREAMLIT_MAPBOX_TOKEN": "none"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            url = f"http://localhost:{port}/"
            _wait_for(url, process)
            yield Served(url, db)
        finally:
            process.terminate()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError("Streamlit's server did not answer")


def driven_pages(app: Path, steps: Sequence[Mapping[str, Any]], query: str = "") -> Pages:
    """The texts on the page after its loading, and after each step.

    A step may say `until`: a text that the page shows before its run ends; then the next one comes.
    """
    pages: list[tuple[str, ...]] = []
    plain = [{word: value for word, value in step.items() if word != "until"} for step in steps]
    parsed = iter(parse_scenario(plain).steps)
    untils = iter(["", *(str(step.get("until", "")) for step in steps)])
    awaited, polls = next(untils), 0

    def next_step(browser: Browser) -> ScenarioStep | None:
        nonlocal awaited, polls
        texts = texts_on(browser)
        if awaited and awaited not in texts:
            polls += 1
            assert polls < _POLLS, f"{awaited!r} did not come"
            return ScenarioStep("wait_ms", value=polls * _POLL_MS, no_wait=True)
        pages.append(texts)
        step = next(parsed, None)
        awaited, polls = next(untils, ""), 0
        return replace(step, no_wait=True) if step is not None and awaited else step

    result = drive(app, Scenario(query=query), idle_timeout_s=30, explore=next_step)
    assert result.failed_step is None, result.failed_step
    assert not result.never_idle
    return pages


def texts_on(browser: Browser) -> tuple[str, ...]:
    """What `st.text` shows."""
    return tuple(node.label for node in browser.page.nodes() if node.element == "text")


def done_in(facts: Mapping[str, Any], session: int) -> list[list[Any]]:
    """What the runs of one app session were, and what each made of the state, in their order."""
    asked = {n: sorted(each["action"]) for each in facts["interactions"] for n in each["runs"]}
    return [
        [
            asked[run["n"]],
            *(run[part] for part in ("kind", "fragment_names", "outcome", "query")),
            run["trigger"]["type"],
            [(call["function"], call["arguments"], call["error"]) for call in run["callbacks"]],
            [(each["key"], each["op"], each["new"]) for each in run["state_writes"]],
        ]
        for run in facts["runs"]
        if run["app_session"] == session
    ]
