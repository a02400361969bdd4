"""Whether a class can look: many browsers on one studio, as a teacher's `rerun-trace ui` serves it.

    python -m bench.classroom [--browsers 60] [--watchers 200] [--idle 400] [--real 3]

Real Chromium opens the studio once and says which addresses it asks for. Then, on loopback alone:
browsers that ask for the same, six connections each, all at once and each until everything was
answered (a browser's connections stay open afterwards); watchers of a live recording, one stream
of events each, until every one was told of a write; connections that say nothing; and some real
Chromium pages beside all of them. Prints a table. Everything is bounded: the counts by the
options, each part by a time, the whole by the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import re
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Collection, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect, sync_playwright

from bench.ui import recordings
from bench.ui.server import Server
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import (
    AppSession,
    Interaction,
    InteractionKind,
    Record,
    RecordingInfo,
)

CHROMIUM = os.environ.get("RERUN_TRACE_CHROMIUM") or shutil.which("chromium") or ""
CONNECTIONS = 6  # of a browser to one server
MOST = 1_000  # of each kind
PATIENCE_S = 30.0  # for a part
WRITES = 5
FRAME = "/replay/"
CELL = re.compile(r"[|\n]")  # what cannot stand in one


class Refused(Exception):
    """The server answered with an error, and said why."""


class Connection:
    """One HTTP connection, kept alive."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port, self._cookie = port, cookie
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, path: str) -> dict[str, str]:
        """Asks, and returns the headers of the answer."""
        reused = self._writer is not None
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        assert self._reader is not None
        cookie = f"Cookie: {self._cookie}\r\n" if self._cookie else ""
        self._writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost:{self._port}\r\n{cookie}\r\n".encode()
        )
        try:
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (asyncio.IncompleteReadError, ConnectionError):
            if not reused:
                raise
            self.close()  # as a browser does when a kept connection was closed meanwhile
            return await self.send(path)
        first, *lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        status = int(first.split()[1])
        if status >= 400:
            body = await self.body(headers)
            raise Refused(f"{path}: {status} {body[:200].decode(errors='replace')}")
        return headers

    async def body(self, headers: dict[str, str]) -> bytes:
        """What follows the headers."""
        assert self._reader is not None
        if "content-length" in headers:
            body = await self._reader.readexactly(int(headers["content-length"]))
        elif "chunked" in headers.get("transfer-encoding", ""):
            body = b""
            while size := int(await self._reader.readline(), 16):
                body += (await self._reader.readexactly(size + 2))[:-2]
            await self._reader.readline()
        else:
            body = await self._reader.read()
        if headers.get("connection") == "close":
            self.close()
        return body

    async def get(self, path: str) -> None:
        await self.body(await self.send(path))

    async def next_event(self) -> bytes:
        """The next event's text."""
        assert self._reader is not None
        while True:
            line = await self._reader.readline()
            if not line:
                raise Refused("the stream ended")
            if line.startswith(b"data: "):
                return line

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


@dataclass
class Opened:
    """Seconds of each browser or watcher that got all, and what was said to the others."""

    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)

    def __str__(self) -> str:
        total = len(self.seconds) + len(self.refused)
        if not self.seconds:
            return f"none of {total} ({self.refused[0]})"
        middle, last = statistics.median(self.seconds), max(self.seconds)
        more = f" ({self.refused[0]})" if self.refused else ""
        return f"{len(self.seconds)} of {total}: median {middle:.2f} s, last {last:.2f} s{more}"


async def browse(port: int, cookie: str, page: str, paths: Collection[str], opened: Opened) -> None:
    """One browser: the page, then all else over six connections, which stay open."""
    began = time.monotonic()
    own = [Connection(port, cookie) for _ in range(CONNECTIONS)]
    opened.connections += own
    left = deque(paths)

    async def work(connection: Connection) -> None:
        while left:
            await connection.get(left.popleft())

    async with asyncio.timeout(PATIENCE_S):
        await own[0].get(page)
        await asyncio.gather(*map(work, own))
    opened.seconds.append(time.monotonic() - began)


async def watch(port: int, cookie: str, path: str, opened: Opened) -> Connection:
    """One watcher, until it was told for the first time."""
    began = time.monotonic()
    connection = Connection(port, cookie)
    opened.connections.append(connection)
    async with asyncio.timeout(PATIENCE_S):
        await connection.send(path)
        await connection.next_event()
    opened.seconds.append(time.monotonic() - began)
    return connection


async def together(parts: Collection[Coroutine[Any, Any, Any]], opened: Opened) -> list[Any]:
    """All at once; those that came to the end."""
    done = await asyncio.gather(*parts, return_exceptions=True)
    opened.refused += [
        "no answer" if isinstance(each, TimeoutError) else str(each) or type(each).__name__
        for each in done
        if isinstance(each, BaseException)
    ]
    return [each for each in done if not isinstance(each, BaseException)]


async def told(watching: Collection[Connection], live: Live) -> list[float]:
    """Milliseconds from a write until each watcher was told of it, over some writes."""
    times: list[float] = []

    async def one(connection: Connection, began: float) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await connection.next_event()
        times.append((time.monotonic() - began) * 1000)

    for _ in range(WRITES):
        await asyncio.sleep(1)
        live.write()
        began = time.monotonic()
        await asyncio.gather(*(one(connection, began) for connection in watching))
    return times


class Live:
    """A recording that goes on, written from here."""

    def __init__(self, store: TraceStore) -> None:
        self._records: deque[Record] = deque([AppSession(1, "a", 0)])
        self._n = 0
        info = RecordingInfo(
            app="live.py",
            folder="/app",
            started_at=datetime.now(UTC),
            python="3",
            streamlit="1",
            engine="settrace",
            engine_reason="",
        )
        self._sink = store.sink()
        self.recording = self._sink.open(info, self._drain)

    def write(self) -> None:
        """One more interaction, at once."""
        self._records.append(
            Interaction(self._n, 1, self._n, InteractionKind.WIDGET, {"click": "Foo"})
        )
        self._n += 1
        self._sink.wake()

    def _drain(self) -> list[Record]:
        return [self._records.popleft() for _ in range(len(self._records))]

    def close(self) -> None:
        self._sink.close()


def asked_by_a_page(browser: Browser, url: str) -> tuple[str, list[str], list[str]]:
    """The cookie, what the studio itself asks for at its opening, and what its replays ask for."""
    context = browser.new_context()
    page = context.new_page()
    asked: dict[str, None] = {}
    page.on("request", lambda request: asked.setdefault(request.url))
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    known, end = -1, time.monotonic() + PATIENCE_S
    while known < len(asked) and time.monotonic() < end:  # until it asks for nothing more
        known = len(asked)
        page.wait_for_timeout(2_000)
    parts = urlsplit(page.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    paths = [each.removeprefix(origin) for each in asked if each.startswith(origin)]
    paths = [path for path in paths if path != parts.path and "token=" not in path]
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in context.cookies())
    context.close()
    studio = [path for path in paths if FRAME not in path]
    return cookie, studio, [path for path in paths if FRAME in path]


@contextmanager
def silent(port: int, count: int) -> Iterator[None]:
    """Connections that are opened and say nothing."""
    opened = []
    try:
        for _ in range(count):
            one = socket.socket()
            opened.append(one)
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        time.sleep(1)
        yield
    finally:
        for one in opened:
            one.close()


def real_pages(browser: Browser, url: str, count: int) -> Opened:
    """Seconds until real Chromium pages show the recording, each with a profile of its own."""
    opened = Opened()
    for _ in range(count):
        context = browser.new_context()
        context.set_default_timeout(PATIENCE_S * 1000)
        page = context.new_page()
        began = time.monotonic()
        try:
            page.goto(url)
            page.get_by_role("button", name="Details").or_(
                page.get_by_role("button", name="Story")
            ).first.wait_for()
            opened.seconds.append(time.monotonic() - began)
        except Exception as error:
            opened.refused.append(str(error).splitlines()[0])
        finally:
            context.close()
    return opened


def measure(browser: Browser, options: argparse.Namespace, db: Path) -> dict[str, str]:
    """All parts, one after the other, on one server."""
    rows: dict[str, str] = {}
    with TraceStore.open(db) as store, Server(db) as server:
        recording = recordings.record_click(store)
        live = Live(store)
        parts = urlsplit(server.url)
        port = int(parts.port or 0)
        page = f"/recordings/{recording}"
        query = f"?{parts.query}" if parts.query else ""
        url = f"{parts.scheme}://{parts.netloc}{page}{query}"
        cookie, studio, frames = asked_by_a_page(browser, url)
        rows["a page asks for"] = f"{len(studio)} addresses; {len(frames)} for the page's replay"

        async def load() -> None:
            alone = Opened()
            await together([browse(port, cookie, page, studio, alone)], alone)
            rows["one browser"] = str(alone)
            opened = Opened()
            await together(
                [browse(port, cookie, page, studio, opened) for _ in range(options.browsers)],
                opened,
            )
            rows[f"{options.browsers} browsers at once: the studio"] = str(opened)
            replayed = Opened()
            await together(
                [browse(port, "", frames[0], frames, replayed) for _ in range(options.browsers)],
                replayed,
            )
            rows[f"{options.browsers} browsers at once: the page's replay"] = str(replayed)
            kept = len(opened.connections) + len(replayed.connections)
            watchers = Opened()
            path = f"/api/recordings/{live.recording}/events"
            watching = await together(
                [watch(port, cookie, path, watchers) for _ in range(options.watchers)], watchers
            )
            rows[f"{options.watchers} watchers, {kept} kept connections"] = str(watchers)
            rows["threads of the server"] = str(server.threads())
            if watching:
                times = sorted(await told(watching, live))
                rows["a write until all are told"] = (
                    f"median {statistics.median(times):.0f} ms, last {times[-1]:.0f} ms"
                )
            late = Opened()
            await together([browse(port, cookie, page, studio, late)], late)
            rows["one more browser beside them"] = str(late)
            for connection in opened.connections + replayed.connections + watchers.connections:
                connection.close()

        # Playwright has an event loop on this thread.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(load())).result()
        time.sleep(1)
        with silent(port, options.idle):
            found = real_pages(browser, url, options.real)
            rows[f"Chromium beside {options.idle} silent connections"] = str(found)
        rows["memory of the server, at most"] = server.memory()
        live.close()
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Whether a class can look at one studio.")
    for name, count in (("browsers", 60), ("watchers", 200), ("idle", 400), ("real", 3)):
        parser.add_argument(f"--{name}", type=int, default=count)
    options = parser.parse_args()
    if max(vars(options).values()) > MOST:
        parser.error(f"no more than {MOST} of a kind")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for what, figure in measure(browser, options, Path(folder) / "class.db").items():
            print(f"| {what} | {CELL.sub(' ', figure)} |")
        browser.close()
    load, cores = os.getloadavg()[0], os.cpu_count()
    print(f"\n{platform.platform()}, {cores} cores, load {load:.1f}; Python", end=" ")
    print(platform.python_version(), file=sys.stdout)


if __name__ == "__main__":
    main()
