"""`rerun-trace app.py` as a user meets it: a real server, a real browser, real signals."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import say
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
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


@pytest.mark.parametrize("everyone", [True, False], ids=["ctrl-c", "kill-int"])
def test_click_watch_and_end(everyone: bool, context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        recording = open_studio(context, started)
        page = framed(recording)
        expect(page.get_by_role("heading", name="Title")).to_be_visible(timeout=WAIT_MS)
        expect(recording.get_by_role("heading", name="Run 1", exact=True)).to_be_visible(
            timeout=WAIT_MS
        )
        page.get_by_role("button", name="Foo", exact=True).click()
        expect(page.get_by_role("heading", name="Foo")).to_be_visible(timeout=WAIT_MS)
        recording.get_by_role("tab", name="Runs").click()
        rows = recording.locator(".runs tbody tr")
        expect(rows).to_have_count(5, timeout=WAIT_MS)
        expect(rows.nth(2)).to_contain_text("click Foo")
        expect(rows.nth(3)).to_contain_text("halted by a rerun")
        expect(rows.nth(4)).to_contain_text("rerun asked for by run 2")
        expect(recording.get_by_role("link", name="Open the app")).to_have_attribute(
            "href", started.app_url
        )
        child = started.child
        started.interrupt(everyone)  # the tab stays open
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


DYING = """\
import os
import streamlit as st

st.button("Again")
if st.button("Die"):
    os._exit(3)
"""
DEATH = "The app's process ended with exit code 3. Its recording is kept."


@pytest.fixture
def dying(tmp_path: Path) -> Path:
    app = tmp_path / "app.py"
    app.write_text(DYING)
    return app


def test_an_app_that_ends_its_process_is_restarted_on_the_page(
    dying: Path, context: BrowserContext, tmp_path: Path
) -> None:
    with live(dying, tmp_path) as started:
        studio = open_studio(context, started)
        framed(studio).get_by_role("button", name="Again").wait_for()
        click(framed(studio), started, "Again")
        framed(studio).get_by_role("button", name="Die", exact=True).click()
        expect(studio.get_by_text(DEATH)).to_be_visible(timeout=WAIT_MS)
        line = "rerun-trace: the app's process ended with exit code 3; recording 1 is kept"
        until(lambda: started.errors() == [line], "what the terminal says")
        # The page stays, and can be opened anew.
        studio.reload()
        expect(studio.get_by_text(DEATH)).to_be_visible(timeout=WAIT_MS)
        studio.get_by_role("button", name="Restart the app").click()
        expect(studio).to_have_url(re.compile("/recordings/2"), timeout=WAIT_MS)
        until(lambda: started.runs() == 1, "the first run of the new process")
        click(framed(studio), started, "Again")
        started.interrupt()
        code, rest = started.ended()
        assert code == 0  # what runs now did not fail
        assert "Recording 2 is complete" in rest
        facts = started.facts(1)
        assert not facts["recording"]["complete"]
        assert actions(facts)[:2] == [{"load": True}, {"click": "Again"}]
        assert [run["outcome"] for run in facts["runs"][:2]] == ["completed", "completed"]
        assert actions(started.facts(2)) == [{"load": True}, {"click": "Again"}]


def test_an_app_that_failed_last_is_told_by_the_exit_code(
    dying: Path, context: BrowserContext, tmp_path: Path
) -> None:
    with live(dying, tmp_path) as started:
        page = open_app(context, started)
        page.get_by_role("button", name="Die", exact=True).click()
        until(started.errors, "what the terminal says")
        started.interrupt()
        code, rest = started.ended()
        assert code == 1
        assert "Recording 1 is not complete" in rest


def test_a_running_app_is_restarted(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        follows, stays = (open_studio(context, started) for _ in range(2))
        stays.get_by_role("button", name="Pause").click()
        expect(framed(follows).get_by_role("heading", name="Title")).to_be_visible(timeout=WAIT_MS)
        child = started.child
        follows.get_by_role("button", name="Restart", exact=True).click()
        expect(follows).to_have_url(re.compile("/recordings/2"), timeout=WAIT_MS)
        expect(framed(follows).get_by_role("heading", name="Title")).to_be_visible(timeout=WAIT_MS)
        expect(stays.get_by_text("The app runs again as recording 2")).to_be_visible()
        expect(stays.get_by_role("link", name="go there")).to_have_attribute(
            "href", "/recordings/2"
        )
        assert not running(child)
        assert started.facts(1)["recording"]["complete"]
        started.interrupt()
        code, rest = started.ended()
        assert (code, started.errors()) == (0, [])
        assert "Recording 2 is complete" in rest


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_file_is_uploaded_in_the_frame(
    host: str, context: BrowserContext, tmp_path: Path
) -> None:
    """Streamlit refuses one from a frame whose page has another host name."""
    app = tmp_path / "app.py"
    app.write_text(
        "import streamlit as st\nfile = st.file_uploader('File')\n"
        "if file:\n    st.header(file.read().decode())\n"
    )
    with live(app, tmp_path, "--server.baseUrlPath", "course/one") as started:
        page = framed(open_studio(context, started, host))
        page.locator("input[type=file]").set_input_files(
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"uploaded"}
        )
        expect(page.get_by_role("heading", name="uploaded")).to_be_visible(timeout=WAIT_MS)
        started.interrupt()
        assert started.ended()[0] == 0


def test_the_width_of_the_app(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        studio = open_studio(context, started)
        bar = studio.get_by_role("separator", name="Width of the app")
        bar.focus()
        before = int(bar.get_attribute("aria-valuenow") or 0)
        studio.keyboard.press("ArrowRight")
        expect(bar).to_have_attribute("aria-valuenow", str(before + 2))
        box = bar.bounding_box()
        assert box
        studio.mouse.move(box["x"] + 2, 400)
        studio.mouse.down()
        studio.mouse.move(288, 400)  # over the frame: 20 % of the window
        studio.mouse.up()
        expect(bar).to_have_attribute("aria-valuenow", "20")
        studio.get_by_role("button", name="Hide the app").click()
        expect(studio.locator("iframe[title='The app']")).to_be_hidden()
        studio.reload()
        expect(studio.locator("iframe[title='The app']")).to_be_hidden()
        studio.get_by_role("button", name="Show the app").click()
        expect(bar).to_have_attribute("aria-valuenow", "20")
        expect(studio.locator("iframe[title='The app']")).to_be_visible()


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
