"""Starts `rerun-trace app.py` as a user does, and says what came of it."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

from commands import COMMAND, TIMEOUT_S, environment, say
from playwright.sync_api import BrowserContext, FrameLocator, Page

from rerun_trace.db.store import TraceStore

T = TypeVar("T")
WAIT_MS = 30_000


def until(ask: Callable[[], T], what: str, timeout_s: float = 20.0) -> T:
    """Ask again and again until the answer is true; for what nothing can be awaited."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {timeout_s:g} s: {what}")


@dataclass
class Live:
    """A live recording that is going on."""

    process: subprocess.Popen[bytes]
    db: Path
    app_url: str
    recording_url: str
    log: Path
    out: TextIO

    @property
    def child(self) -> int:
        """The process that runs the app."""
        (child,) = children(self.process.pid, "rerun_trace.child")
        return child

    def interrupt(self, everyone: bool = True) -> None:
        """Ctrl-C: a terminal sends it to every process; `kill -INT` to one only."""
        send = os.killpg if everyone else os.kill
        send(self.process.pid, signal.SIGINT)

    def hang_up(self) -> None:
        """Close the terminal: nothing can be written any more, and every process is told."""
        self.out.close()
        os.killpg(self.process.pid, signal.SIGHUP)

    def ended(self) -> tuple[int, str]:
        """The exit code, and what was written to stdout since the addresses."""
        return self.process.wait(TIMEOUT_S), self.out.read()

    def errors(self) -> list[str]:
        """The lines of ours on stderr."""
        text = self.log.read_text()
        assert "Traceback" not in text, text
        return [line for line in text.splitlines() if line.startswith("rerun-trace:")]

    def facts(self, recording: int | None = None) -> dict[str, Any]:
        """The facts of a recording; of the newest one without a number."""
        which = () if recording is None else (str(recording),)
        said = say(self.db, "show", *which, "--json")
        assert said.code == 0, said.err
        facts: dict[str, Any] = json.loads(said.out)
        return facts

    def runs_read(self) -> int:
        """How many script runs are there, also while another program holds the database's lock."""
        with closing(sqlite3.connect(self.db)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM runs").fetchone()
        return int(count)

    def runs(self) -> int:
        """How many script runs have ended so far."""
        with TraceStore.open(self.db, create=False) as store:
            latest = store.latest()
            return store.counts(latest.id)["ended_runs"] if latest else 0


@contextmanager
def live(
    app: Path, folder: Path, *options: str, ours: Sequence[str] = (), terminal: bool = False
) -> Iterator[Live]:
    """`rerun-trace APP OURS -- OPTIONS`, from when it says where to look; in a terminal or not."""
    db, log = folder / "recordings.sqlite", folder / "log.txt"
    here, there = os.openpty() if terminal else _pipe_of_packets()
    with (
        open(here, encoding="utf-8") as out,
        open(log, "w") as errors,
        subprocess.Popen(
            [*COMMAND, str(app), "--no-browser", *ours, "--", *options],
            stdout=there,
            stderr=errors,
            stdin=subprocess.DEVNULL,
            env=environment(db),
            start_new_session=True,
        ) as process,
    ):
        os.close(there)
        try:
            said = list(_until_addresses(here))
            # In one piece, unless in a terminal: the app's process writes to the same place.
            match = ADDRESSES.search("".join(said) if terminal else said[-1])
            if match is None:
                code = process.wait(TIMEOUT_S) if said[-1] == "" else process.poll()
                raise AssertionError(f"exit code {code}\nout: {said}\nerr: {log.read_text()}")
            yield Live(process, db, match[1], match[2], log, out)
        finally:
            if process.returncode is None:  # else its number may be another process's
                for pid in (*children(process.pid), process.pid):
                    if running(pid):
                        os.kill(pid, signal.SIGKILL)


def _pipe_of_packets() -> tuple[int, int]:
    """A pipe that gives at once what was written at once, and has room for many packets."""
    here, there = os.pipe2(os.O_DIRECT)
    fcntl.fcntl(there, fcntl.F_SETPIPE_SZ, 1 << 20)
    return here, there


ADDRESSES = re.compile(
    r"^App: +(http\S+)\r?\nRecording: +(http\S+)\r?\nCtrl-C ends both", re.MULTILINE
)


def _until_addresses(out: int) -> Iterator[str]:
    """What is written to stdout, piece by piece; the last one is "" when it ended before."""
    while True:
        try:
            piece = os.read(out, 1 << 16).decode()
        except OSError:  # so ends a terminal
            piece = ""
        yield piece
        if not piece or "Ctrl-C" in piece:
            return


def children(pid: int, command: str = "") -> list[int]:
    """The processes that a process has started, with such a command, and that still run."""
    order = ["pgrep", "-P", str(pid), "-f", command]
    said = subprocess.run(order, capture_output=True, text=True)
    return [int(word) for word in said.stdout.split()]


def running(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(said.stdout.strip()) and not said.stdout.startswith("Z")


def open_app(context: BrowserContext, started: Live) -> Page:
    """The app's page, when its first run has ended."""
    page = context.new_page()
    runs = started.runs()
    page.goto(started.app_url)
    until(lambda: started.runs() > runs, "the first run of the page")
    return page


def open_studio(context: BrowserContext, started: Live, host: str = "localhost") -> Page:
    """The recording's page, under one of the names of this machine."""
    page = context.new_page()
    page.goto(started.recording_url.replace("//localhost:", f"//{host}:"))
    return page


def framed(studio: Page) -> FrameLocator:
    """The app beside its recording."""
    return studio.frame_locator("iframe[title='The app']")


def click(page: Page | FrameLocator, started: Live, name: str, runs: int = 1) -> None:
    """Click a button of the app, and wait for the runs that come of it."""
    wanted = started.runs() + runs
    page.get_by_role("button", name=name, exact=True).click()
    until(lambda: started.runs() >= wanted, f"{runs} more runs")


def actions(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [interaction["action"] for interaction in facts["interactions"]]


def runs_of(facts: dict[str, Any], interaction: int) -> list[dict[str, Any]]:
    numbers = facts["interactions"][interaction]["runs"]
    return [run for run in facts["runs"] if run["n"] in numbers]
