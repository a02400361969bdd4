"""The story, the first view of a recording: from a gesture to the answer on the screen.

Three people's tasks are told from the start of the recording, with the gestures that each takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from explaining import FINDINGS
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect
from support import SAMPLES
from ui.live import WAIT_MS, Live, framed, live, open_studio, until

pytestmark = pytest.mark.ends

SIZES = [(1440, 900), (1024, 768)]
# How much room there is, is the same with each Streamlit.
AT_SIZES = [SIZES[0], pytest.param(SIZES[1], marks=pytest.mark.first_row)]
# What a newcomer sees, whatever the other tests prefer.
IN_STORY = 'localStorage["rerun-trace-view"] = "story";'


@contextmanager
def story(
    context: BrowserContext, app: Path, folder: Path, size: tuple[int, int] = SIZES[0]
) -> Iterator[tuple[Page, FrameLocator, Live]]:
    """The page of a live recording, and the app in it, as a newcomer sees them."""
    context.add_init_script(IN_STORY)
    with live(app, folder) as started:
        page = open_studio(context, started)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        expect(headline(page, "1 page load → 1 run")).to_be_visible(timeout=WAIT_MS)
        yield page, framed(page), started


def headline(page: Page, text: str) -> Locator:
    return page.locator(".headline h2", has_text=text)


def in_sight(page: Page, *parts: Locator) -> None:
    """All of it is on the screen as it is, and nothing lies over it."""
    for part in parts:
        expect(part).to_be_in_viewport(ratio=1, timeout=WAIT_MS)
        part.click(trial=True)


def block(page: Page, run: int) -> Locator:
    return page.get_by_role("listitem", name=f"Run {run}", exact=True)


def line(page: Page, number: int) -> Locator:
    return page.locator(f".code tr[data-line='{number}']")


def pictured(page: Page, run: int) -> FrameLocator:
    """The page as a run left it, drawn by Streamlit."""
    return block(page, run).frame_locator("iframe")


def press_in_app(app: FrameLocator, page: Page, name: str, by: str) -> None:
    """Click a button of the app with the mouse, or press it with the keyboard alone."""
    button = app.get_by_role("button", name=name, exact=True)
    expect(button).to_be_visible(timeout=WAIT_MS)
    if by == "mouse":
        button.click()
        return
    page.locator("body").press("Tab")
    for _ in range(40):
        if button.evaluate("own => own === own.ownerDocument.activeElement"):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"{name} cannot be reached with the Tab key")
    page.keyboard.press("Enter")


@pytest.mark.parametrize("size", AT_SIZES, ids=lambda size: str(size[0]))
@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_why_did_it_run_twice(
    context: BrowserContext, tmp_path: Path, size: tuple[int, int], by: str
) -> None:
    """Gestures after the one that shows the fault: none."""
    with story(context, SAMPLES / "rerun.py", tmp_path, size) as (page, app, _):
        press_in_app(app, page, "Foo", by)
        in_sight(page, headline(page, "1 click → 2 runs"))
        expect(block(page, 2)).to_contain_text("Run 2 halted by a rerun at line 16")
        in_sight(page, block(page, 2), block(page, 3))
        expect(page.locator(".run-between")).to_contain_text("st.rerun() line 16")
        expect(block(page, 2)).to_contain_text("drew heading Title and button Foo")
        # Whether the browser got to see it is a matter of milliseconds; then it is said.
        expect(block(page, 2)).to_contain_text("then set value to 'Foo'; line 17 never ran")
        expect(pictured(page, 2).get_by_role("heading", name="Title")).to_be_visible(
            timeout=WAIT_MS
        )
        expect(pictured(page, 3).get_by_role("heading", name="Foo")).to_be_visible(timeout=WAIT_MS)
        card = page.get_by_role("article")
        in_sight(page, card.get_by_role("heading", name="Foo needs two runs"))
        in_sight(page, card.locator(".remedy"), line(page, 15), line(page, 16))
        expect(line(page, 16)).to_contain_text("st.rerun() ended the run here")
        # The moment is that of the halt, and the keys step from there at once.
        expect(page.locator(".where")).to_have_text("run 2, step 7 of 7")
        expect(page.locator(".app-keys")).to_contain_text("The arrow keys move through time")
        page.keyboard.press("ArrowLeft")
        expect(page.locator(".where")).to_have_text("run 2, step 6 of 7")


@pytest.mark.first_row
def test_the_line_stays_in_sight_when_its_pane_becomes_smaller(
    context: BrowserContext, tmp_path: Path
) -> None:
    """As when a finding comes in above it, or on a small laptop.

    Who looks elsewhere in the source is left alone.
    """
    with story(context, SAMPLES / "rerun.py", tmp_path) as (page, app, _):
        press_in_app(app, page, "Foo", "mouse")
        in_sight(page, line(page, 16))
        found = page.get_by_role("article").get_by_role("heading")
        expect(found).to_contain_text("Foo needs two runs where one would do", timeout=WAIT_MS)
        for height in (700, 650):  # as a small laptop's browser leaves it
            page.set_viewport_size({"width": 1366, "height": height})
            in_sight(page, headline(page, "1 click → 2 runs"), found, line(page, 16))
        pane = page.locator(".pane-source .scroll")
        pane.hover()
        page.mouse.wheel(0, -1000)
        until(lambda: pane.evaluate("own => own.scrollTop") == 0, "the pane's beginning")
        page.set_viewport_size({"width": 1366, "height": 640})
        page.wait_for_timeout(200)
        assert pane.evaluate("own => own.scrollTop") == 0


@pytest.mark.parametrize("size", AT_SIZES, ids=lambda size: str(size[0]))
def test_why_is_the_number_one_behind(
    context: BrowserContext, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Gestures after the one that shows the fault: none."""
    app_file = FINDINGS / "stale-read" / "fault.py"
    with story(context, app_file, tmp_path, size) as (page, app, _):
        press_in_app(app, page, "Add to cart", "mouse")
        in_sight(page, headline(page, "1 click → 1 run"))
        card = page.get_by_role("article")
        in_sight(page, card.get_by_role("heading", name="In your cart shows the old cart"))
        in_sight(page, card.locator(".remedy"), line(page, 7), line(page, 11))
        expect(line(page, 7)).to_contain_text("① drawn with cart as []")
        expect(line(page, 11)).to_contain_text("② set to ['Espresso']")
        expect(page.locator(".where")).to_have_text("run 2, step 4 of 7")


@pytest.mark.parametrize("size", AT_SIZES, ids=lambda size: str(size[0]))
def test_why_does_the_second_button_do_nothing(
    context: BrowserContext, tmp_path: Path, size: tuple[int, int]
) -> None:
    app_file = FINDINGS / "nested-button" / "fault.py"
    with story(context, app_file, tmp_path, size) as (page, app, _):
        press_in_app(app, page, "Edit address", "mouse")
        expect(block(page, 2)).to_be_visible(timeout=WAIT_MS)
        press_in_app(app, page, "Save address", "mouse")
        expect(block(page, 3)).to_be_visible(timeout=WAIT_MS)
        card = page.get_by_role("article")
        in_sight(page, card.get_by_role("heading", name="Save address does nothing"))
        in_sight(page, card.locator(".remedy"), line(page, 8), line(page, 10))
        expect(page.locator(".chip[aria-current]")).to_contain_text("click Save address")


@pytest.mark.parametrize("size", AT_SIZES, ids=lambda size: str(size[0]))
def test_why_did_my_choice_disappear(
    context: BrowserContext, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Gestures after the one that shows the fault: none."""
    app_file = FINDINGS / "widget-identity-churn" / "fault.py"
    with story(context, app_file, tmp_path, size) as (page, app, _):
        guests = app.get_by_label("Guests")
        guests.fill("6")
        guests.press("Enter")
        expect(block(page, 2)).to_be_visible(timeout=WAIT_MS)
        # Who types in the app goes on typing there.
        expect(page.get_by_text("The app has the keys")).to_be_visible()
        app.get_by_text("Dinner", exact=True).click()
        card = page.get_by_role("article")
        in_sight(page, card.get_by_role("heading", name="Guests"), card.locator(".remedy"))
        expect(page.locator(".chip[aria-current]")).to_contain_text("Dinner")


def test_before_the_first_click_it_says_what_waits_and_what_to_do(
    context: BrowserContext, tmp_path: Path
) -> None:
    with story(context, SAMPLES / "rerun.py", tmp_path) as (page, _, __):
        waiting = page.get_by_role("region", name="What waits")
        expect(waiting).to_contain_text("Now use Foo in the app")
        expect(waiting).to_contain_text("Lines 15-17 wait for a click on Foo.")
        waiting.get_by_role("button", name="Lines 15-17").click()
        expect(page.locator("tr.lit")).to_have_attribute("data-line", "15")


TICKING = """
import streamlit as st

@st.fragment(run_every=0.3)
def clock():
    st.session_state.ticks = st.session_state.get("ticks", 0) + 1
    st.write("ticks", st.session_state.ticks)

if "cart" not in st.session_state:
    st.session_state.cart = []
st.metric("In your cart", len(st.session_state.cart))
if st.button("Add to cart"):
    st.session_state.cart = [*st.session_state.cart, "Espresso"]
clock()
"""


def test_timers_never_take_the_view_away(context: BrowserContext, tmp_path: Path) -> None:
    app_file = tmp_path / "ticking.py"
    app_file.write_text(TICKING, encoding="utf-8")
    with story(context, app_file, tmp_path) as (page, app, _):
        press_in_app(app, page, "Add to cart", "mouse")
        told = page.locator(".chip[aria-current]")
        expect(told).to_contain_text("click Add to cart")
        fault = page.get_by_role("article").filter(has_text="shows the old cart")
        expect(fault).to_be_visible(timeout=WAIT_MS)
        where = page.locator(".where").inner_text()
        ticks = page.locator(".chip-timers").last
        expect(ticks).to_contain_text("ticks", timeout=WAIT_MS)
        before = int(ticks.inner_text().split()[0])
        expect(ticks).not_to_have_text(f"{before} ticks", timeout=WAIT_MS)  # it ticks on
        expect(told).to_contain_text("click Add to cart")
        assert page.locator(".where").inner_text() == where
        expect(fault).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", AT_SIZES, ids=lambda size: str(size[0]))
def test_the_fault_of_a_large_app_is_on_the_first_screen_and_stays(
    context: BrowserContext, tmp_path: Path, size: tuple[int, int]
) -> None:
    """150 lines: pages, tabs, a form, an editor, charts, a dialog, and a fragment that ticks."""
    app_file = Path(__file__).with_name("shop_app.py")
    with story(context, app_file, tmp_path, size) as (page, app, _):
        lines = app_file.read_text().splitlines()
        [read] = [n for n, text in enumerate(lines, 1) if "Items in the basket" in text]
        [changed] = [n for n, text in enumerate(lines, 1) if "{**basket, what" in text]
        press_in_app(app, page, "Put into the basket", "mouse")
        told = page.locator(".chip[aria-current]")
        expect(told).to_contain_text("submit Put into the basket", timeout=WAIT_MS)
        fault = page.get_by_role("article").filter(has_text="shows the old basket")
        in_sight(page, headline(page, "1 submit → 1 run"), fault.locator(".remedy"))
        in_sight(page, line(page, read), line(page, changed))
        ticks = page.locator(".chip-timers").last
        expect(ticks).to_be_visible(timeout=WAIT_MS)
        where = page.locator(".where").inner_text()
        before = ticks.inner_text()
        expect(ticks).not_to_have_text(before, timeout=WAIT_MS)
        in_sight(page, fault.locator(".remedy"), line(page, read), line(page, changed))
        assert page.locator(".where").inner_text() == where
        page.keyboard.press("ArrowLeft")
        expect(page.locator(".where")).not_to_have_text(where)


def test_another_tab_never_takes_the_view_away(context: BrowserContext, tmp_path: Path) -> None:
    with story(context, SAMPLES / "rerun.py", tmp_path) as (page, app, started):
        press_in_app(app, page, "Foo", "mouse")
        in_sight(page, headline(page, "1 click → 2 runs"))
        other = context.new_page()
        other.goto(started.app_url)
        other.get_by_role("button", name="Foo", exact=True).click()
        folded = page.locator(".chip-session")
        expect(folded).to_contain_text("another tab: 2", timeout=WAIT_MS)
        expect(page.locator(".where")).to_have_text("run 2, step 7 of 7")
        folded.click()  # and that is how to see what it did
        expect(page.locator(".chip[aria-current]")).to_contain_text("click Foo")
        expect(page.locator(".where")).to_contain_text("run 5")


@pytest.mark.first_row
def test_story_and_details_are_one_key_apart_and_remembered(
    context: BrowserContext, tmp_path: Path
) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        page = open_studio(context, started)
        timeline = page.locator("canvas[data-newest]")
        expect(timeline).to_be_visible(timeout=WAIT_MS)  # as this person left it
        page.keyboard.press("d")
        expect(headline(page, "1 page load → 1 run")).to_be_visible(timeout=WAIT_MS)
        expect(timeline).to_have_count(0)
        page.reload()
        expect(headline(page, "1 page load → 1 run")).to_be_visible(timeout=WAIT_MS)
        page.get_by_role("button", name="Details").click()
        expect(timeline).to_be_visible()
        expect(page.get_by_role("button", name="Details")).to_have_attribute("aria-pressed", "true")
        # What stands in the details only leads there.
        page.keyboard.press("d")
        expect(timeline).to_have_count(0)
        page.keyboard.press("f")
        expect(page.get_by_role("tab", name="Findings")).to_have_attribute("aria-selected", "true")


@pytest.mark.first_row
def test_a_question_is_answered_in_the_story(context: BrowserContext, tmp_path: Path) -> None:
    with story(context, SAMPLES / "rerun.py", tmp_path) as (page, app, _):
        press_in_app(app, page, "Foo", "mouse")
        expect(line(page, 16)).to_contain_text("ended the run here", timeout=WAIT_MS)
        line(page, 16).get_by_role("button", name="Why did line 16 run?").click()
        answer = page.locator(".why-box")
        expect(answer).to_contain_text("Why did rerun.py:16 run in run 2?")
        expect(answer).to_contain_text("clicked Foo")
        page.keyboard.press("Escape")
        expect(answer).to_have_count(0)


@pytest.mark.first_row
def test_presenting_is_large_and_shows_one_thing_at_a_time(
    context: BrowserContext, tmp_path: Path
) -> None:
    with story(context, SAMPLES / "rerun.py", tmp_path, (1024, 768)) as (page, app, _):
        press_in_app(app, page, "Foo", "mouse")
        in_sight(page, headline(page, "1 click → 2 runs"))
        page.keyboard.press("p")
        card, source = page.get_by_role("article"), page.locator(".pane-source")
        in_sight(page, card.locator(".remedy"))
        expect(source).to_be_hidden()
        expect(page.locator(".app-frame")).to_be_hidden()
        small = page.evaluate(SMALLER_THAN_18)
        assert small == []
        page.keyboard.press("2")
        in_sight(page, line(page, 16))
        expect(card).to_be_hidden()
        page.keyboard.press("ArrowLeft")
        expect(page.locator(".where")).to_have_text("run 2, step 6 of 7")
        page.keyboard.press("3")
        expect(source).to_be_hidden()
        expect(page.frame_locator(".pane-views iframe").get_by_role("heading")).to_have_text(
            "Title", timeout=WAIT_MS
        )
        page.keyboard.press("p")
        in_sight(page, card.locator(".remedy"), line(page, 15))


# Texts that are in sight, and smaller than what can be read from the back row.
SMALLER_THAN_18 = """
() => [...document.querySelectorAll("body *")]
  .filter((each) => [...each.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((each) => each.getClientRects().length && !each.closest(".visually-hidden, [hidden]"))
  .filter((each) => !each.closest(".sign, .chip-runs, .skip, .plain-page"))
  .filter((each) => parseFloat(getComputedStyle(each).fontSize) < 18)
  .map((each) => `${each.className || each.tagName}: ${each.textContent.slice(0, 30)}`)
"""
