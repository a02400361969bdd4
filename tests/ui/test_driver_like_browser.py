"""The driver and Chromium do the same with the same app: runs, their ends, values, every page.

Each app writes what its runs got, and how far they came, to its page. After each gesture Chromium
has to come to the page that the driver came to. Both are recorded, and the recordings say the same
of triggers, outcomes, callbacks and state.
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
from playwright.sync_api import TimeoutError as TooLate
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from ui.live import until
from ui.served import Pages, Served, done_in, driven_pages, serve

import rerun_trace
from rerun_trace.db.store import TraceStore
from rerun_trace.facts import facts_of
from rerun_trace.tracer.words.ends import has_ended

pytestmark = pytest.mark.ends

APP = Path(__file__).with_name("like_browser.py")
WAIT_MS, POLL_MS, OVERLAY_MS, QUIET_MS = 30_000, 10, 1_500, 400
TRIES = 10
Gesture = Callable[[Page], object]
Driven = tuple[Pages, list[list[list[Any]]]]  # the pages, and what was done in each app session


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


def rename(page: Page) -> None:
    fill("New name", "Ann", enter=False)(page)
    page.get_by_text("typed 'Ann'").wait_for()


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
        ({"set": "New name", "value": "Ann"}, rename),
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
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(APP, tmp_path_factory.mktemp("browser") / "db.sqlite") as running:
        yield running


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Driven]:
    """What the driver does; on a thread, as the browser's event loop is in ours.

    All of it before anything else: it watches this process' code.
    """
    folder = tmp_path_factory.mktemp("driver")

    def play(name: str) -> Driven:
        db = folder / f"{name}.sqlite"
        with rerun_trace.start(db, app=APP, mode="drive"):
            pages = driven_pages(APP, [step for step, _ in SCENARIOS[name]], f"app={name}")
        with TraceStore.open(db, create=False) as store:
            facts = facts_of(store, 1)
        return pages, [done_in(facts, each["n"]) for each in facts["app_sessions"]]

    with ThreadPoolExecutor(1) as pool:
        there = [name for name in SCENARIOS if not missing(name)]
        return dict(zip(there, pool.map(play, there), strict=True))


def done_in_browser(db: Path, query: str, runs: int) -> list[list[list[Any]]]:
    """What was done in the app sessions that began at an address, when `runs` have ended."""
    with TraceStore.open(db, create=False) as store:
        until(lambda: _ended(store, query) >= runs, f"{runs} runs of {query}")
        facts = facts_of(store, 1)
    return [done_in(facts, n) for n in _sessions(facts["interactions"], query)]


def _sessions(interactions: Sequence[Mapping[str, Any]], query: str) -> list[int]:
    loads = [each for each in interactions if "load" in each["action"]]
    return [each["app_session"] for each in loads if (each["query"] or "").startswith(query)]


def _ended(store: TraceStore, query: str) -> int:
    asked = [
        {"action": each.action, "query": each.query, "app_session": each.app_session}
        for each in store.interactions(1)
    ]
    sessions = _sessions(asked, query)
    return sum(run.app_session in sessions and has_ended(run) for run in store.runs(1))


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_is_done(
    name: str, served: Served, tab: Page, driven: Mapping[str, Driven]
) -> None:
    if missing(name):
        pytest.skip("not in this version")
    pages, done = driven[name]
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
    if name != "ticking":  # how often it ticks is up to the machine
        assert served.db is not None
        assert done_in_browser(served.db, f"app={name}", sum(map(len, done))) == done
