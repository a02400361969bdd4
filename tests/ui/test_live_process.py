"""The processes behind `rerun-trace app.py`: how they end, are ended, and start again."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from commands import say
from playwright.sync_api import BrowserContext, expect
from support import SAMPLES
from ui.live import (
    WAIT_MS,
    actions,
    click,
    framed,
    live,
    open_app,
    open_studio,
    running,
    runs_of,
    until,
)

pytestmark = pytest.mark.first_row


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
        click = facts["interactions"][1]
        assert (click["action"], click["runs"], click["into"]) == ({"click": "Foo"}, [2, 3], [2])
        assert [run["outcome"] for run in runs_of(facts, 1)] == ["rerun", "completed"]
        assert ("heading", "Foo") in [(n["element"], n["label"]) for n in facts["final_page"]]
        assert "✓ complete" in say(started.db, "list").out


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
