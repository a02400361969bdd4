"""The details view: the panes' sizes, what has not happened yet, the legend, paper."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect
from support import SAMPLES, record
from ui.axe import violations
from ui.lasting import lasting_server

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.words import signs

pytestmark = pytest.mark.first_row

MAIN = """\
import streamlit as st

import helper

st.session_state.setdefault("a_key_that_is_as_long_as_keys_get_in_apps_" + "x" * 40, "y" * 150)
st.session_state.setdefault("b", 1)
st.session_state.zeta = st.session_state.get("zeta", 0) + 1
for turn in range(3):
    st.write("a line that is much longer than any pane of the page is wide: " + "x" * 100, turn)
if st.button("More"):
    helper.draw()
st.write("the end")
"""
HELPER = """\
import streamlit as st


def draw():
    st.session_state.drawn = True
    st.write("from a helper")
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1: samples/rerun.py with one click: run 2 has 7 steps and is halted. 2: two files."""
    folder = tmp_path_factory.mktemp("recorded")
    db, app = folder / "recordings.db", folder / "main.py"
    app.write_text(MAIN)
    (folder / "helper.py").write_text(HELPER)
    with ThreadPoolExecutor(1) as thread:  # Playwright has an event loop on this one
        thread.submit(record, SAMPLES / "rerun.py", [{"click": "Foo"}], db).result()
        thread.submit(record, app, [{"click": "More"}], db).result()
    return db


@pytest.fixture(scope="module")
def store(recorded: Path) -> Iterator[TraceStore]:
    with TraceStore.open(recorded, create=False) as store:
        yield store


server = lasting_server


def visit(page: Page, address: str) -> None:
    page.goto(f"/recordings/{address}")
    expect(page.locator(".story")).to_be_visible()
    expect(page.locator("tr[data-line]").first).to_be_visible()


def line(page: Page, number: int) -> Locator:
    return page.locator(f"tr[data-line='{number}']")


def box(place: Locator) -> FloatRect:
    found = place.bounding_box()
    assert found
    return found


def writes(page: Page) -> Locator:
    heading = page.get_by_role("heading", name="Writes to the page")
    return page.locator(".run-panel section", has=heading)


# -- what the future is ----------------------------------------------------------------------------


def test_what_comes_later_is_not_shown_as_done(page: Page) -> None:
    visit(page, "1?run=2&step=4")  # the heading was written, the button was not
    badge = page.locator(".run-panel .badge").first
    expect(badge).to_have_text("◌ not ended")
    expect(line(page, 12).locator(".hits")).to_have_text("1")
    expect(line(page, 14).locator(".hits")).to_have_text("")
    for later in (16, 17):
        expect(line(page, later)).to_have_class(re.compile("^(marked)?$"))
    expect(page.locator("tr.halting")).to_have_count(0)
    expect(line(page, 10)).to_have_class("not-run")  # that branch is passed for good
    done, to_come = writes(page).locator("tbody tr").all()
    expect(done).to_contain_text(re.compile("✓ delivered|✕ discarded"))
    expect(to_come).to_contain_text(signs.FATES["come"])
    expect(to_come).to_have_class("later")
    expect(page.get_by_title("4 of 9 lines ran in run 2 up to this moment")).to_be_visible()


def test_at_its_last_moment_the_run_has_ended(page: Page) -> None:
    visit(page, "1?run=2&step=6")
    expect(page.locator("tr.halting")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".run-panel .badge").first).to_have_text("↻ halted by a rerun at line 16")
    expect(line(page, 16)).to_have_class(re.compile("halting"))
    expect(line(page, 17)).to_contain_text("halted by the rerun at line 16")


def test_the_whole_run_is_a_switch_away(page: Page) -> None:
    visit(page, "1?run=2&step=4")
    whole = page.get_by_role("button", name="whole run")
    expect(whole).to_have_attribute("aria-pressed", "false")
    whole.click()
    expect(line(page, 16)).to_have_class(re.compile("halting"))
    expect(page.locator(".run-panel .badge").first).to_contain_text("halted by a rerun")
    expect(writes(page)).not_to_contain_text(signs.FATES["come"])
    page.keyboard.press("ArrowRight")  # it stays on
    expect(line(page, 16)).to_have_class(re.compile("halting"))
    page.keyboard.press("r")
    expect(page.locator("tr.halting")).to_have_count(0)
    expect(whole).to_have_attribute("aria-pressed", "false")


def test_lines_count_up_with_the_steps(page: Page) -> None:
    visit(page, "2?run=1")
    hits = line(page, 9).locator(".hits")
    expect(hits).to_have_text("3")
    for expected in ("1", "2", "3"):
        page.get_by_role("button", name=re.compile("^Line 9: go to where it r")).click()
        expect(hits).to_have_text(expected)


# -- files, state, long lines ----------------------------------------------------------------------


def test_lines_of_other_files_name_their_file(page: Page) -> None:
    visit(page, "2?run=2")
    expect(writes(page).get_by_role("link", name="helper.py, line 6")).to_be_visible()
    expect(writes(page).get_by_role("link", name="line 12", exact=True)).to_be_visible()
    drawn = page.locator(".state tbody tr", has=page.get_by_role("button", name="drawn"))
    expect(drawn).to_contain_text("helper.py, line 5")
    files = page.get_by_label("File", exact=True)
    texts = files.locator("option").all_text_contents()
    assert sorted(texts) == ["helper.py – 2 of 2 lines", "main.py – 10 of 10 lines"]


def test_what_changed_comes_first_and_long_keys_are_read(page: Page) -> None:
    visit(page, "2?run=2")
    keys = page.locator(".state tbody tr:not(.past) th code")
    assert [each[:5] for each in keys.all_text_contents()] == ["drawn", "zeta", "a_key", "b"]
    pane = box(page.locator(".run-panel .scroll"))
    for cell in page.locator(".state tbody :is(th, td)").all():
        if cell.is_visible():
            assert box(cell)["x"] + box(cell)["width"] <= pane["x"] + pane["width"] + 1
    assert box(keys.nth(2))["width"] > 150


@pytest.mark.parametrize("width", [480, 760, 1440])
def test_long_lines_scroll_and_nothing_lies_over_them(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, "2?run=1")
    page.get_by_role("button", name=re.compile("^Line 9: go to where it r")).click()
    expect(line(page, 9)).to_have_class(re.compile("current"))
    scroll = page.locator(".pane-source .scroll")
    assert scroll.evaluate("e => e.scrollWidth > e.clientWidth")
    assert scroll.evaluate("e => e.clientHeight") > 100
    over = """row => {
      const code = row.querySelector("code").getBoundingClientRect();
      return [...row.querySelectorAll(".why, .note")].filter((each) => {
        const { left, right, top, bottom } = each.getBoundingClientRect();
        return right > left && left < code.right - 1 && top < code.bottom - 2
          && bottom > code.top + 2;
      }).length;
    }"""
    for row in page.locator("tr[data-line]").all():
        assert row.evaluate(over) == 0
    scroll.evaluate("e => { e.scrollLeft = e.scrollWidth; }")
    assert box(line(page, 9).locator("code"))["x"] < 0 or width > 760


# -- panes -----------------------------------------------------------------------------------------

SIXTY = """() => {
  const pane = document.querySelector(".pane-source .scroll");
  const code = document.querySelector(".code .text code");
  const probe = code.cloneNode();
  probe.textContent = "x".repeat(60);
  code.parentElement.prepend(probe);
  const { right } = probe.getBoundingClientRect();
  const padding = parseFloat(getComputedStyle(probe).paddingRight);
  probe.remove();
  return pane.getBoundingClientRect().left + pane.clientWidth - (right - padding);
}"""


@pytest.mark.parametrize("app", [0, 0.30])
def test_sixty_characters_of_code_are_in_sight(page: Page, app: float) -> None:
    visit(page, "2?run=1")
    page.locator(".work").evaluate("(e, app) => { e.style.marginLeft = `${app * 1440}px`; }", app)
    assert page.evaluate(SIXTY) >= 0


def test_a_bar_is_moved_by_mouse_and_keyboard_and_remembered(page: Page) -> None:
    visit(page, "1?run=2")
    source = page.locator(".pane-source")
    bar = page.get_by_role("separator", name="Width of the source")
    usual = box(source)["width"]
    at = box(bar)
    page.mouse.move(at["x"] + 3, at["y"] + 50)
    page.mouse.down()
    page.mouse.move(at["x"] + 103, at["y"] + 60)
    page.mouse.up()
    wide = box(source)["width"]
    assert wide == pytest.approx(usual + 100, abs=8)
    where = page.locator(".stepper .where").text_content()
    bar.focus()
    page.keyboard.press("ArrowLeft")
    assert box(source)["width"] < wide
    expect(page.locator(".stepper .where")).to_have_text(where or "")  # arrows are the bar's now
    kept = box(source)["width"]
    page.reload()
    expect(page.locator(".story")).to_be_visible()
    assert box(source)["width"] == pytest.approx(kept, abs=1)
    bar.dblclick()
    assert box(source)["width"] == pytest.approx(usual, abs=1)


def test_the_timeline_is_made_lower_and_its_lanes_scroll(page: Page) -> None:
    visit(page, "1?run=2")
    lanes = page.locator(".timeline-lanes")
    usual = box(lanes)["height"]
    bar = page.get_by_role("separator", name="Height of the timeline")
    bar.focus()
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    assert box(lanes)["height"] == pytest.approx(usual - 64, abs=4)
    assert lanes.evaluate("e => e.scrollHeight > e.clientHeight")
    bar.dblclick()
    assert box(lanes)["height"] == pytest.approx(usual, abs=1)


def test_other_bars_where_there_is_less_room(page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    visit(page, "1?run=2")
    expect(page.get_by_role("separator", name="Width of the source")).to_be_hidden()
    source = page.locator(".pane-source")
    before = box(source)
    page.get_by_role("separator", name="Height of the source").press("ArrowDown")
    page.get_by_role("separator", name="Width of source and views").press("ArrowRight")
    assert box(source)["height"] > before["height"]
    assert box(source)["width"] > before["width"]


@pytest.mark.parametrize("width", [480, 1024, 1440])
def test_a_pane_alone_and_all_of_them_again(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, "1?run=2")
    page.get_by_role("button", name="Show the facts alone").click()
    expect(page.locator(".pane-source")).to_be_hidden()
    assert box(page.locator(".pane-facts"))["width"] > width * 0.95
    page.keyboard.press("Escape")
    expect(page.locator(".pane-source")).to_be_visible()
    page.get_by_role("button", name="Show the source alone").click()
    expect(page.locator(".pane-facts")).to_be_hidden()
    page.get_by_role("button", name="Show all panes").click()
    expect(page.locator(".pane-facts")).to_be_visible()


# -- legend, the page's explanation, paper ---------------------------------------------------------


def test_the_legend_says_what_the_signs_mean(page: Page) -> None:
    visit(page, "1?run=2")
    page.get_by_role("button", name="Legend").click()
    legend = page.get_by_role("dialog", name="Legend")
    for words in (signs.SOURCE, signs.FACTS, signs.LANE_MEANINGS, signs.LANES):
        for text in words.values():
            expect(legend).to_contain_text(text)
    expect(legend).to_contain_text("↻halted by a rerun")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(legend).to_have_count(0)
    page.keyboard.press("l")
    expect(legend).to_be_visible()


@pytest.mark.parametrize("width", [480, 1024, 1440])
def test_what_as_sent_means_is_read_at_every_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, "1?run=2&as=written")
    what = page.locator(".pageview .what")
    said = "Also what the browser never saw, because a rerun discarded it: the browser "
    expect(what).to_contain_text(said)
    assert what.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")
    page.get_by_role("button", name="as sent").click()
    expect(what).to_have_text("The page as the browser had it at the end of run 2")


@pytest.mark.parametrize("width", [480, 720, 900, 1024])
def test_nothing_of_the_bars_is_cut_or_covered(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    visit(page, "1?run=2")
    expect(page.locator(".stepper select")).to_be_visible()
    covered = page.evaluate(
        """() => [...document.querySelectorAll(".stepper, .run-panel > .panel-bar")]
            .flatMap((bar) => {
            const parts = [...bar.children].filter((e) => e.checkVisibility());
            const boxes = parts.map((e) => e.getBoundingClientRect());
            return parts.filter((e, n) => e.scrollWidth > e.clientWidth + 1
                || boxes[n].right > bar.getBoundingClientRect().right + 1
                || boxes.some((other, m) => m > n && other.left < boxes[n].right - 1
                    && boxes[n].left < other.right - 1 && other.top < boxes[n].bottom - 1
                    && boxes[n].top < other.bottom - 1));
        }).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert covered == []


@pytest.mark.parametrize("address", ["2?run=1", "1?run=2&view=story"])
def test_on_paper_nothing_is_cut(page: Page, address: str) -> None:
    page.goto(f"/recordings/{address}")
    expect(page.locator(".pageview[data-shown]")).to_be_visible()
    page.set_viewport_size({"width": 700, "height": 900})
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".page-list")).to_be_visible()
    expect(page.locator(".pageview iframe")).to_be_hidden()
    expect(page.locator(".pane-source .code tr").last).to_be_visible()

    def cut() -> list[str]:
        found: list[str] = page.evaluate(
            """() => [...document.querySelectorAll(".work *")]
            .filter((e) => e.checkVisibility() && getComputedStyle(e).overflow !== "visible")
            .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
            .filter((e) => !e.matches(".visually-hidden, canvas, svg, svg *, option, select"))
            .map((e) => e.outerHTML.slice(0, 200))"""
        )
        return found

    end = time.monotonic() + 5  # the pictures of the runs take on the new width a moment later
    while cut() and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert cut() == []
    assert page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    for pane in (".pane-source .code tr", ".page-list li"):
        expect(page.locator(pane).last).to_be_visible()
    if "story" not in address:
        expect(page.locator(".state tbody tr").last).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".page-list")).to_have_count(0)
