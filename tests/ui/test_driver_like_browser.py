"""The driver and Chromium do the same with the same app: runs, their ends, values, every page.

Each app writes what its runs got, and how far they came, to its page. After each gesture Chromium
has to come to the page that the driver came to.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit
from playwright.sync_api import Browser, Page, WebSocket, expect
from playwright.sync_api import TimeoutError as TooLate
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from ui.served import Pages, Served, driven_pages, serve

pytestmark = pytest.mark.ends

APP = Path(__file__).with_name("like_browser.py")
WAIT_MS, POLL_MS, OVERLAY_MS, QUIET_MS = 30_000, 10, 1_500, 400
TRIES = 10
Gesture = Callable[[Page], object]


class Line:
    """What goes over a page's line to the server: how much was asked for, and whether it runs."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.asked, self.running = 0, False
        page.on("websocket", self._opened)

    def _opened(self, line: WebSocket) -> None:
        line.on("framesent", self._sent)
        line.on("framereceived", self._received)

    def _sent(self, data: str | bytes) -> None:
        if isinstance(data, bytes) and BackMsg.FromString(data).HasField("rerun_script"):
            self.asked, self.running = self.asked + 1, True

    def _received(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            message = ForwardMsg.FromString(data)
            if message.HasField("session_status_changed"):
                self.running = message.session_status_changed.script_is_running

    def at_rest(self) -> None:
        """Wait until nothing runs any more."""
        for _ in range(WAIT_MS // POLL_MS):
            if not self.running:
                return
            self._page.wait_for_timeout(POLL_MS)
        raise AssertionError("the script still runs")


def click(name: str) -> Gesture:
    return lambda page: page.get_by_role("button", name=name, exact=True).click()


def tick(name: str) -> Gesture:
    return lambda page: page.locator("label").get_by_text(name, exact=True).click()


def fill(label: str, text: str, enter: bool = True) -> Gesture:
    def type_it(page: Page) -> None:
        box = page.get_by_label(label, exact=True)
        box.fill(text)
        box.press("Enter" if enter else "Tab")

    return type_it


def cell(row: int, text: str) -> Gesture:
    def edit(page: Page) -> None:
        table = page.get_by_test_id("stDataFrame").locator("canvas").first
        box = page.locator(".gdg-input")
        for _ in range(TRIES):  # a table that is still being drawn hears nothing
            table.click(position={"x": 90, "y": 35 * row + 52}, force=True)
            page.keyboard.press("Enter")
            try:
                box.wait_for(timeout=OVERLAY_MS)
                break
            except TooLate:
                continue
        box.fill(text)
        page.keyboard.press("Enter")

    return edit


def upload(page: Page) -> None:
    file = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_text("5.0B").wait_for()  # its size is shown when it has arrived


def in_form(label: str, text: str) -> Gesture:
    return lambda page: page.get_by_label(label, exact=True).fill(text)


def stop(page: Page) -> None:
    page.get_by_test_id("stStatusWidget").get_by_text("Stop", exact=True).click()


def nothing(page: Page) -> None:
    """Only what happens by itself."""


# What is done: in a scenario's words, and in the browser. After `until`, the next step comes when
# the page shows this text, whatever else goes on.
SCENARIOS: dict[str, Sequence[tuple[Mapping[str, Any], Gesture]]] = {
    "superseded": [
        ({"click": "Go", "until": "works"}, click("Go")),
        ({"set": "Wide", "value": True}, tick("Wide")),
    ],
    "stopped": [
        ({"click": "Go", "until": "works"}, click("Go")),
        ({"stop": True}, stop),
        ({"click": "Look"}, click("Look")),
    ],
    "clearing_form": [
        ({"set": "Name", "value": "Ann"}, in_form("Name", "Ann")),
        ({"set": "Age", "value": 40}, in_form("Age", "40")),
        ({"submit": "Send"}, click("Send")),
        ({"set": "Other", "value": True}, tick("Other")),
        ({"submit": "Send"}, click("Send")),
    ],
    "keeping_form": [
        ({"set": "Name", "value": "Ann"}, in_form("Name", "Ann")),
        ({"submit": "Send"}, click("Send")),
        ({"set": "Loud", "value": True}, tick("Loud")),
        ({"submit": "Send"}, click("Send")),
    ],
    "editor": [
        ({"edit": "table", "rows": {"0": {"name": "x"}}}, cell(0, "x")),
        ({"edit": "table", "rows": {"2": {"name": "y"}}}, cell(2, "y")),
        ({"edit": "table", "rows": {"0": {"name": "a"}}}, cell(0, "a")),
    ],
    "query": [
        ({"set": "Go to", "value": "map"}, tick("map")),
        ({"set": "Go to", "value": "about"}, tick("about")),
        ({"set": "Go to", "value": "list"}, tick("list")),
    ],
    "reloaded": [
        ({"click": "Mark"}, click("Mark")),
        ({"reload": True}, lambda page: page.reload()),
        ({"click": "Mark"}, click("Mark")),
    ],
    "upload": [
        ({"set": "File", "files": [{"name": "a.txt", "text": "hello"}]}, upload),
        ({"submit": "Send"}, click("Send")),
        ({"submit": "Send"}, click("Send")),
    ],
    "fragment": [
        ({"click": "In"}, click("In")),
        ({"set": "Tick", "value": True}, tick("Tick")),
        ({"click": "Out"}, click("Out")),
    ],
    "ticking": [
        ({"wait_ms": 450}, nothing),
        ({"click": "Look"}, click("Look")),
    ],
    "ignoring": [
        ({"set": "Name", "value": "Ann"}, fill("Name", "Ann", enter=False)),
        ({"click": "Save"}, click("Save")),
        ({"click": "Go"}, click("Go")),
    ],
    "dialog": [
        ({"click": "Open"}, click("Open")),
        # Older front ends send a text with Enter, and once more when the field is left.
        ({"set": "New name", "value": "Ann"}, fill("New name", "Ann", enter=False)),
        ({"click": "Save"}, click("Save")),
        ({"click": "Open"}, click("Open")),
        ({"dismiss": True}, click("Close")),
    ],
    "callback": [
        ({"click": "Add 1"}, click("Add 1")),
        ({"set": "Total", "value": 9}, fill("Total", "9")),
        ({"click": "Add 2"}, click("Add 2")),
    ],
    "bound": [
        ({"set": "Word", "value": "one two"}, fill("Word", "one two")),
        ({"click": "Go"}, click("Go")),
        ({"reload": True}, lambda page: page.reload()),
    ],
}
NEEDS = {"ignoring": "bind", "bound": "bind"}  # what `st.text_input` has to take


def missing(name: str) -> bool:
    """Whether the installed Streamlit does not have what a scenario is about."""
    return NEEDS.get(name, "label") not in inspect.signature(streamlit.text_input).parameters


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve(APP) as running:
        yield running


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def driven() -> Iterator[Mapping[str, Future[Pages]]]:
    """The pages that the driver comes to; on a thread, as the browser's event loop is in ours."""
    with ThreadPoolExecutor(1) as pool:
        yield {
            name: pool.submit(driven_pages, APP, [step for step, _ in steps], f"app={name}")
            for name, steps in SCENARIOS.items()
            if not missing(name)
        }


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_is_done(
    name: str, served: Served, tab: Page, driven: Mapping[str, Future[Pages]]
) -> None:
    if missing(name):
        pytest.skip("not in this version")
    pages = driven[name].result()
    texts, line = tab.get_by_test_id("stText"), Line(tab)
    tab.goto(f"{served.url}?app={name}")
    for (step, gesture), page in zip([({}, nothing), *SCENARIOS[name]], pages, strict=True):
        gesture(tab)
        if "until" in step:
            tab.get_by_text(step["until"], exact=True).wait_for()
        else:
            expect(texts).to_have_text(list(page), timeout=WAIT_MS)
            line.at_rest()
    asked = line.asked
    tab.wait_for_timeout(QUIET_MS)  # nothing more comes by itself
    expect(texts).to_have_text(list(pages[-1]))
    assert line.asked == asked
