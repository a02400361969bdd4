"""The studio beside the running app: the same on the oldest and on the newest Streamlit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from support import SAMPLES
from ui.axe import violations
from ui.live import Live, live

pytestmark = pytest.mark.ends

WAIT_MS = 40_000


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1600, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Live]:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        yield started


def app_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title='The app']")


def replayed(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title='The page at this moment']")


def see(page: Page, text: str) -> None:
    """Where in time the studio is."""
    expect(page.locator(".stepper .where")).to_have_text(re.compile(text), timeout=WAIT_MS)


def open_studio(context: BrowserContext, started: Live) -> Page:
    """The studio, when the first run of its own frame is on the timeline and on the page."""
    page = context.new_page()
    page.goto(started.recording_url)
    expect(app_of(page).get_by_role("heading", name="Title")).to_be_visible(timeout=WAIT_MS)
    see(page, "run 1, step 6 of 6")
    expect(replayed(page).get_by_role("heading", name="Title")).to_be_visible(timeout=WAIT_MS)
    return page


def test_click_in_the_app_then_step_back_and_forth(context: BrowserContext, started: Live) -> None:
    page = open_studio(context, started)
    app_of(page).get_by_role("button", name="Foo", exact=True).click()
    expect(app_of(page).get_by_role("heading", name="Foo")).to_be_visible(timeout=WAIT_MS)
    see(page, "run 3, step 5 of 5")  # both runs came, and the newest is followed
    expect(page.locator("canvas[data-newest='3']")).to_have_count(1)
    heading = replayed(page).get_by_role("heading", level=2)
    expect(heading).to_have_text("Foo", timeout=WAIT_MS)
    page.locator(".stepper").get_by_role("button", name="Back by one step").click()
    page.keyboard.press("Shift+Alt+ArrowLeft")
    see(page, "run 1, step 6 of 6")  # before the click
    expect(heading).to_have_text("Title", timeout=WAIT_MS)
    page.keyboard.press("Shift+Alt+ArrowRight")
    see(page, "run 3, step 5 of 5")
    expect(heading).to_have_text("Foo", timeout=WAIT_MS)
    expect(app_of(page).get_by_role("heading", name="Foo")).to_be_visible()
    assert violations(page, leave_out=["iframe"]) == []


def test_who_stepped_away_stays_there_until_he_jumps_to_now(
    context: BrowserContext, started: Live
) -> None:
    page = open_studio(context, started)
    page.locator(".stepper").get_by_role("button", name="Back by one step").click()
    see(page, "run 1, step 5 of 6")
    app_of(page).get_by_role("button", name="Foo", exact=True).click()
    jump = page.get_by_role("button", name="2 new runs, jump to now")
    expect(jump).to_be_visible(timeout=WAIT_MS)
    see(page, "run 1, step 5 of 6")
    jump.click()
    see(page, "run 3, step 5 of 5")
    page.get_by_role("button", name="Pause").click()
    app_of(page).get_by_role("button", name="Foo", exact=True).click()
    expect(page.get_by_role("button", name="2 new runs, jump to now")).to_be_visible(
        timeout=WAIT_MS
    )
    see(page, "run 3, step 5 of 5")


TYPING = """\
import streamlit as st
st.button("Foo")
st.text_input("Name")
st.slider("Days", 1, 30, 7)
"""


def test_the_keys_move_through_time_unless_somebody_types(
    context: BrowserContext, tmp_path: Path
) -> None:
    app_file = tmp_path / "typing.py"
    app_file.write_text(TYPING)
    with live(app_file, tmp_path) as started:
        page = context.new_page()
        page.goto(started.recording_url)
        app = app_of(page)
        keys = page.locator(".app-keys button")
        expect(keys).to_have_text("The arrow keys move through time", timeout=WAIT_MS)
        app.get_by_role("button", name="Foo", exact=True).click()
        see(page, "run 2, step 4 of 4")
        expect(keys).to_have_text("The arrow keys move through time")
        page.keyboard.press("ArrowLeft")
        see(page, "run 2, step 3 of 4")
        # Who types in the app goes on typing there, until the keys are taken back.
        app.get_by_label("Name").fill("Ada")
        app.get_by_label("Name").press("Enter")
        page.locator(".follow").click()
        # A text that was typed may be sent once more each time that its field is left.
        see(page, "run [34], step 4 of 4")
        app.get_by_label("Name").click()
        expect(keys).to_have_text("The app has the keys: take them back")
        page.keyboard.press("ArrowLeft")
        see(page, "run [34], step 4 of 4")
        keys.click()  # the first click counts, although the frame loses the focus by it
        expect(keys).to_have_text("The arrow keys move through time")
        page.keyboard.press("ArrowLeft")
        see(page, "run [345], step 3 of 4")
        # A slider that is moved by its keys keeps them; one that was dragged does not.
        page.mouse.move(1200, 500)
        thumb = app.get_by_role("slider")
        thumb.focus()
        thumb.press("ArrowRight")
        page.locator(".follow").wait_for()
        thumb.press("ArrowRight")
        expect(app.get_by_text("9", exact=True)).to_be_visible(timeout=WAIT_MS)


COUNTING = """\
import time
import streamlit as st
if st.button("Count"):
    place = st.empty()
    for n in range(400):
        place.text(f"at {n}")
        time.sleep(0.03)
"""


def test_the_page_of_a_run_that_goes_on_keeps_up(context: BrowserContext, tmp_path: Path) -> None:
    app = tmp_path / "counting.py"
    app.write_text(COUNTING)
    with live(app, tmp_path) as started:
        page = context.new_page()
        page.goto(started.recording_url)
        app_of(page).get_by_role("button", name="Count").click(timeout=WAIT_MS)
        counted = replayed(page).get_by_text(re.compile(r"^at [12]\d\d$"))
        expect(counted).to_be_visible(timeout=WAIT_MS)
        see(page, "not ended")
        expect(page.get_by_text("They are shown step by step when the run has")).to_be_visible()
        expect(page.locator("tr.later")).to_have_count(0)
