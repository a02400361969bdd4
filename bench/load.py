"""How many clicks a second an app takes from many people at once, recorded and not.

    python -m bench.load [--sessions 20] [--clicks 40] [--seconds 10] [--rounds 3]

A real Streamlit server, and as many browser tabs (web sockets that speak Streamlit's protocol, from
a process of their own) as there are sessions. Together they press their buttons `--clicks` times a
second, by the clock, whether or not the app keeps up. Counted are the clicks that the app's
callback has seen, as each tab's page says when all is quiet again: of two that come while the
script runs, Streamlit makes one. In rounds: untraced, recorded.
Prints the rows of a markdown table.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from bench.endless import streamlit_alone

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ui.live import live  # noqa: E402 (needs the path)

APP = """
import streamlit as st

st.session_state.setdefault("orders", 0)


def order():
    st.session_state.orders += 1


st.title("Orders")
st.button("Order", on_click=order)
st.caption(f"seen {st.session_state.orders}")
"""


class Tab:
    """A tab of the app: presses its button, and knows what its page says last."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._button = ""
        self._page = ""
        self.seen = self.finished = 0
        self.loaded = asyncio.Event()

    async def load(self) -> None:
        """Asks for the page, and reads what comes from then on."""
        await self._send(BackMsg(rerun_script=_no_widgets()))
        async for message in self._socket:
            assert isinstance(message, bytes)
            self._take(ForwardMsg.FromString(message))

    async def click(self) -> None:
        """Presses the button, as the front end does."""
        asked = _no_widgets()
        state = asked.widget_states.widgets.add()
        state.id = self._button
        state.trigger_value = True
        asked.page_script_hash = self._page
        await self._send(BackMsg(rerun_script=asked))

    async def _send(self, message: BackMsg) -> None:
        await self._socket.send(message.SerializeToString())

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page = message.new_session.page_script_hash
        elif kind == "script_finished":
            self.finished += 1
            if self._button:
                self.loaded.set()
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "button":
                self._button = element.button.id
            elif element.WhichOneof("type") == "markdown":
                word, _, count = element.markdown.body.partition(" ")
                if word == "seen":
                    self.seen = int(count)


def _no_widgets() -> Any:  # the type is named otherwise in older versions
    asked = BackMsg().rerun_script
    asked.widget_states.SetInParent()
    return asked


async def _crowd(url: str, sessions: int, clicks: float, seconds: float) -> tuple[float, float]:
    """Clicks a second that were made, and that the app has seen."""
    where = f"ws://{urlsplit(url).netloc}/_stcore/stream"
    sockets = [
        await connect(where, subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]
        for _ in range(sessions)
    ]
    tabs = [Tab(socket) for socket in sockets]
    reading = [asyncio.create_task(tab.load()) for tab in tabs]
    await asyncio.wait_for(asyncio.gather(*(tab.loaded.wait() for tab in tabs)), 60)
    made, every = 0, 1 / clicks
    begin = time.monotonic()
    while (now := time.monotonic()) < begin + seconds:
        while made * every <= now - begin:
            await tabs[made % sessions].click()
            made += 1
        await asyncio.sleep(max(0.0, begin + made * every - time.monotonic()))
    took = time.monotonic() - begin
    await _quiet(tabs)
    rates = made / took, sum(tab.seen for tab in tabs) / took
    for task in reading:
        task.cancel()
    for socket in sockets:
        await socket.close()
    return rates


async def _quiet(tabs: list[Tab]) -> None:
    """Returns when no page has changed for a second."""
    before = -1
    while before != (now := sum(tab.finished for tab in tabs)):
        before = now
        await asyncio.sleep(1.0)


def crowd(url: str, sessions: int, clicks: float, seconds: float) -> tuple[float, float]:
    """See `_crowd`; for a process of its own."""
    return asyncio.run(_crowd(url, sessions, clicks, seconds))


@contextmanager
def served(app: Path, folder: Path, traced: bool) -> Iterator[str]:
    """The app's address."""
    if traced:
        with live(app, folder) as started:
            yield started.app_url
    else:
        with streamlit_alone(app) as url:
            yield url


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--clicks", type=float, default=40.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    seen: dict[str, list[float]] = {"untraced": [], "recorded": []}
    for number in range(options.rounds):
        for name, rates in seen.items():
            with tempfile.TemporaryDirectory() as folder:
                app = Path(folder) / "app.py"
                app.write_text(APP)
                with (
                    served(app, Path(folder), name == "recorded") as url,
                    ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart,
                ):
                    asked = options.sessions, options.clicks, options.seconds
                    made, taken = apart.submit(crowd, url, *asked).result()
            rates.append(taken)
            print(f"round {number + 1}, {name}: {made:.1f} made, {taken:.1f}", file=sys.stderr)
    load = os.getloadavg()[0]
    cells = (
        f"{statistics.median(rates):.1f} ({min(rates):.1f}-{max(rates):.1f})"
        for rates in seen.values()
    )
    print("| Streamlit | Python | load | sessions | clicks a second | untraced | recorded |")
    print("|---|---|---|---|---|---|---|")
    version, python = streamlit.__version__, sys.version.split()[0]
    print(f"| {version} | {python} | {load:.1f} | {options.sessions} | {options.clicks:g}", end="")
    print(f" | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
