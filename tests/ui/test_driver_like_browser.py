"""The driver and Chromium do the same with the same app: runs, their ends, values, the final page.

Each app writes what its runs got, and how far they came, to its page.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit
from playwright.sync_api import Browser, Page, WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from ui.served import Served, driven, serve

pytestmark = pytest.mark.first_row

APP = Path(__file__).with_name("like_browser.py")
WAIT_MS, SOON_MS, POLL_MS = 15_000, 600, 20
Gesture = Callable[[Page], object]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve(APP) as running:
        yield running


@pytest.fixture(scope="module")
def driver() -> Iterator[ThreadPoolExecutor]:
    """A thread of its own: the browser's event loop is in ours."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


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

    def settle(self, asked: int) -> None:
        """Wait for what a gesture asks for, if it does, since `asked` requests, and for its end."""
        for _ in range(SOON_MS // POLL_MS):
            if self.asked > asked:
                break
            self._page.wait_for_timeout(POLL_MS)
        for _ in range(WAIT_MS // POLL_MS):
            if not self.running:
                break
            self._page.wait_for_timeout(POLL_MS)
        expect(self._page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning", timeout=WAIT_MS
        )


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


def wait(ms: int) -> Gesture:
    return lambda page: page.wait_for_timeout(ms)


def cell(row: int, text: str) -> Gesture:
    def edit(page: Page) -> None:
        table = page.get_by_test_id("stDataFrame").locator("canvas").first
        table.wait_for()
        page.wait_for_timeout(300)
        table.click(position={"x": 150, "y": 35 * row + 52}, force=True)
        page.keyboard.press("Enter")
        page.locator(".gdg-input").fill(text)
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)

    return edit


def upload(page: Page) -> None:
    file = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_text("a.txt").wait_for()
    page.wait_for_timeout(300)


def in_form(label: str, text: str) -> Gesture:
    return lambda page: page.get_by_label(label, exact=True).fill(text)


def stop(page: Page) -> None:
    page.get_by_test_id("stStatusWidget").get_by_text("Stop", exact=True).click()


def reload(page: Page) -> None:
    page.reload()
    page.get_by_test_id("stText").first.wait_for()


NOW: dict[str, Any] = {"no_wait": True}
# What is done: in a scenario's words, and in the browser. Without words it happens meanwhile.
SCENARIOS: dict[str, Sequence[tuple[Mapping[str, Any], Gesture]]] = {
    "superseded": [
        ({"click": "Go", **NOW}, click("Go")),
        ({"wait_ms": 400}, wait(400)),
        ({"set": "Wide", "value": True}, tick("Wide")),
    ],
    "stopped": [
        ({"click": "Go", **NOW}, click("Go")),
        ({"wait_ms": 1500}, wait(1500)),  # its button comes late
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
        ({"reload": True}, reload),
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
    "ticking": [({"wait_ms": 4000}, wait(4000))],
    "ignoring": [
        ({"set": "Name", "value": "Ann"}, fill("Name", "Ann", enter=False)),
        ({"click": "Save"}, click("Save")),
        ({"click": "Go"}, click("Go")),
    ],
    "dialog": [
        ({"click": "Open"}, click("Open")),
        ({"set": "New name", "value": "Ann"}, fill("New name", "Ann")),
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
        ({"reload": True}, reload),
    ],
}
NEEDS = {"ignoring": "ignore_rerun", "bound": "bind"}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_is_done(name: str, served: Served, tab: Page, driver: ThreadPoolExecutor) -> None:
    parameters = inspect.signature(streamlit.text_input).parameters
    if NEEDS.get(name) and "bind" not in parameters:
        pytest.skip("not in this version")
    line = Line(tab)
    tab.goto(f"{served.url}?app={name}")
    tab.get_by_test_id("stText").first.wait_for()
    line.settle(0)
    by_clock = False
    for step, gesture in SCENARIOS[name]:
        asked = line.asked
        gesture(tab)
        if not (by_clock or "no_wait" in step):
            line.settle(asked)
        by_clock = "no_wait" in step
    in_browser = tuple(tab.get_by_test_id("stText").all_inner_texts())
    steps = [step for step, _ in SCENARIOS[name]]
    assert driver.submit(driven, APP, steps, f"app={name}").result() == in_browser
