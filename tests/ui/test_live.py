"""`rerun-trace app.py` as a user meets it: a real server, a real browser, real signals."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import say
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support import SAMPLES
from ui.live import Live, live, running, until

WAIT_MS = 30_000


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


def open_app(context: BrowserContext, started: Live) -> Page:
    """The app's page, when its first run has ended."""
    page = context.new_page()
    runs = started.runs()
    page.goto(started.app_url)
    until(lambda: started.runs() > runs, "the first run of the page")
    return page


def click(page: Page, started: Live, name: str, runs: int = 1) -> None:
    """Click a button of the app, and wait for the runs that come of it."""
    wanted = started.runs() + runs
    page.get_by_role("button", name=name, exact=True).click()
    until(lambda: started.runs() >= wanted, f"{runs} more runs")


def actions(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [interaction["action"] for interaction in facts["interactions"]]


def runs_of(facts: dict[str, Any], interaction: int) -> list[dict[str, Any]]:
    numbers = facts["interactions"][interaction]["runs"]
    return [run for run in facts["runs"] if run["n"] in numbers]


@pytest.mark.parametrize("everyone", [True, False], ids=["ctrl-c", "kill-int"])
def test_click_watch_and_end(everyone: bool, context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        recording = context.new_page()
        recording.goto(started.recording_url)
        page = open_app(context, started)
        expect(page.get_by_role("heading", name="Title")).to_be_visible(timeout=WAIT_MS)
        expect(recording.get_by_role("heading", name="Run 1", exact=True)).to_be_visible()
        page.get_by_role("button", name="Foo", exact=True).click()
        expect(page.get_by_role("heading", name="Foo")).to_be_visible(timeout=WAIT_MS)
        recording.get_by_role("tab", name="Runs").click()
        rows = recording.locator(".runs tbody tr")
        expect(rows).to_have_count(5)
        expect(rows.nth(2)).to_contain_text("click Foo")
        expect(rows.nth(3)).to_contain_text("halted by a rerun")
        expect(rows.nth(4)).to_contain_text("rerun asked for by run 2")
        expect(recording.get_by_role("link", name="Open the app")).to_have_attribute(
            "href", started.app_url
        )
        child = started.child
        started.interrupt(everyone)  # both tabs stay open
        code, rest = started.ended()
        assert (code, started.errors()) == (0, [])
        assert "Ended. Recording 1 is complete: rerun-trace show 1" in rest
        assert not running(child)
        facts = started.facts()
        assert facts["recording"]["complete"]
        assert facts["interactions"][1] == {
            "n": 1,
            "action": {"click": "Foo"},
            "runs": [2, 3],
        }
        assert [run["outcome"] for run in runs_of(facts, 1)] == ["rerun", "completed"]
        assert {"path": [0, 0], "element": "heading", "label": "Foo"} in facts["final_page"]
        assert "not complete" not in say(started.db, "list").out


def test_ctrl_c_twice_loses_nothing(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        page = open_app(context, started)
        click(page, started, "Foo", runs=2)
        started.interrupt()
        started.interrupt()
        code, rest = started.ended()
        assert (code, started.errors()) == (0, [])
        assert "Recording 1 is complete" in rest
        assert len(started.facts()["runs"]) == 3


def test_a_killed_parent_takes_the_app_with_it(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        page = open_app(context, started)
        click(page, started, "Foo", runs=2)
        child = started.child
        os.kill(started.process.pid, signal.SIGKILL)
        try:
            until(lambda: not running(child), "the end of the app's process")
        finally:
            if running(child):
                os.kill(child, signal.SIGKILL)
        facts = started.facts()
        assert facts["recording"]["complete"]
        assert [run["outcome"] for run in facts["runs"]] == ["completed", "rerun", "completed"]


def test_an_app_that_ends_its_process(context: BrowserContext, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(
        "import os\nimport streamlit as st\n"
        "st.button('Again')\n"
        "if st.button('Die'):\n    os._exit(3)\n"
    )
    with live(app, tmp_path) as started:
        page = open_app(context, started)
        click(page, started, "Again")
        page.get_by_role("button", name="Die", exact=True).click()
        code, _ = started.ended()
        assert code == 1
        line = "rerun-trace: the app's process ended with exit code 3; recording 1 is kept"
        assert started.errors() == [line]
        facts = started.facts()
        assert not facts["recording"]["complete"]
        assert actions(facts)[:2] == [{"load": True}, {"click": "Again"}]
        assert [run["outcome"] for run in facts["runs"][:2]] == ["completed", "completed"]
        assert "not complete" in say(started.db, "list").out


def test_an_app_whose_modules_are_called_like_ours(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "shadow_names" / "app.py", tmp_path) as started:
        page = open_app(context, started)
        for text in ("db: my table", "web: ", "tracer: ", "config: ", "model: "):
            expect(page.get_by_text(text).first).to_be_visible(timeout=WAIT_MS)
        click(page, started, "Count up")
        started.interrupt()
        assert started.ended()[0] == 0
        files = {file for run in started.facts()["runs"] for file, _ in run["lines"]}
        assert files == {"app.py", "config.py", "db.py", "model.py", "tracer.py", "web.py"}


def test_editing_the_source(context: BrowserContext, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text("import streamlit as st\nst.header('Before')\n")
    options = ("--server.runOnSave", "true", "--server.fileWatcherType", "poll")
    with live(app, tmp_path, *options) as started:
        page = open_app(context, started)
        expect(page.get_by_role("heading", name="Before")).to_be_visible(timeout=WAIT_MS)
        app.write_text("import streamlit as st\nst.write('new')\nst.header('After')\n")
        expect(page.get_by_role("heading", name="After")).to_be_visible(timeout=WAIT_MS)
        until(lambda: started.runs() >= 2, "the run of the new source")
        started.interrupt()
        assert started.ended()[0] == 0
        facts = started.facts()
        edits = [n for n, action in enumerate(actions(facts)) if "edit_source" in action]
        assert edits
        last = runs_of(facts, edits[-1])[-1]
        assert last["outcome"] == "completed"
        assert last["lines"] == [["app.py", 1], ["app.py", 2], ["app.py", 3]]
        # Before the text of `st.write`, 1.40 writes an empty element.
        assert [write["label"] for write in last["writes"] if write["label"]] == ["new", "After"]


def test_two_tabs_are_two_app_sessions(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        first, second = open_app(context, started), open_app(context, started)
        click(second, started, "Foo", runs=2)
        expect(second.get_by_role("heading", name="Foo")).to_be_visible(timeout=WAIT_MS)
        expect(first.get_by_role("heading", name="Title")).to_be_visible(timeout=WAIT_MS)
        started.interrupt()
        assert started.ended()[0] == 0
        facts = started.facts()
        actions = [i["action"] for i in facts["interactions"]]
        assert actions == [{"load": True}, {"load": True}, {"click": "Foo"}]
        assert [run["app_session"] for run in facts["runs"]] == [1, 2, 2, 2]


def test_typing(context: BrowserContext, tmp_path: Path) -> None:
    """Streamlit 1.40's page sends a text a second time when the field loses focus."""
    app = tmp_path / "app.py"
    app.write_text(
        "import streamlit as st\nname = st.text_input('Name')\n"
        "if st.button('Greet'):\n    st.header(f'Hello {name}')\n"
    )
    with live(app, tmp_path) as started:
        page = open_app(context, started)
        page.get_by_label("Name").fill("Ann")
        page.get_by_label("Name").press("Enter")
        until(lambda: started.runs() >= 2, "the run of the text")
        started.interrupt()
        assert started.ended()[0] == 0
        facts = started.facts()
        load, *rest = actions(facts)
        assert load == {"load": True}
        assert rest
        assert all(action == {"set": "Name", "value": "Ann"} for action in rest)


def test_a_base_path(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path, "--server.baseUrlPath", "course/one") as started:
        assert started.app_url.endswith("/course/one")
        page = open_app(context, started)
        expect(page.get_by_role("heading", name="Title")).to_be_visible(timeout=WAIT_MS)
        started.interrupt()
        assert started.ended()[0] == 0


def test_the_end_of_the_terminal(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path, terminal=True) as started:
        open_app(context, started)
        child = started.child
        started.hang_up()
        try:
            until(lambda: not running(child), "the end of the app's process")
        finally:
            if running(child):
                os.kill(child, signal.SIGKILL)
        assert started.facts()["recording"]["complete"]
