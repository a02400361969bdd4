"""The studio on real recordings: moving through time, what a moment shows, keyboard, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from support import SAMPLES, record
from ui.axe import violations
from ui.lasting import lasting_server

from rerun_trace.db.store import TraceStore

pytestmark = pytest.mark.first_row

MOST_TABS = 300  # by then the focus came round several times
COUNTER = """\
import streamlit as st


def area(width, height):
    result = width * height
    return result


def clicked():
    st.session_state.count += 1


if "count" not in st.session_state:
    st.session_state.count = 0
total = 0
for width in (2, 3):
    total += area(width, 10)
st.write(f"{total} after {st.session_state.count}")
st.button("More", on_click=clicked)
st.write("the end")
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1: samples/rerun.py with one click: run 1, run 2 (7 steps, halted), run 3 (5 steps).
    2: COUNTER with two clicks: three runs, the later ones with a callback."""
    folder = tmp_path_factory.mktemp("recorded")
    db, app = folder / "recordings.db", folder / "counter.py"
    app.write_text(COUNTER)
    with ThreadPoolExecutor(1) as thread:  # Playwright has an event loop on this one
        thread.submit(record, SAMPLES / "rerun.py", [{"click": "Foo"}], db).result()
        thread.submit(record, app, [{"click": "More"}, {"click": "More"}], db).result()
    return db


@pytest.fixture(scope="module")
def store(recorded: Path) -> Iterator[TraceStore]:
    with TraceStore.open(recorded, create=False) as store:
        yield store


server = lasting_server


def where(page: Page) -> Locator:
    return page.locator(".stepper .where")


def current(page: Page) -> Locator:
    return page.locator("tr.current")


def row(page: Page, table: str, name: str) -> Locator:
    return page.locator(f".{table} tbody tr", has=page.get_by_role("rowheader", name=name))


def visit(page: Page, address: str) -> None:
    """Opens a recording; returns when the moment that the address names is shown."""
    page.goto(f"/recordings/{address}")
    expect(page.locator(".story")).to_be_visible()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_arrows_move_by_steps_and_on_into_the_next_run(page: Page) -> None:
    visit(page, "1?run=2&step=5")
    expect(current(page)).to_have_attribute("data-line", "14")
    press(page, "ArrowRight", "ArrowRight")
    expect(where(page)).to_have_text("run 2, step 7 of 7")
    expect(current(page)).to_have_attribute("data-line", "16")
    press(page, "ArrowRight")
    expect(where(page)).to_have_text("run 3, step 0 of 5")
    expect(current(page)).to_have_count(0)
    press(page, "ArrowLeft", "ArrowLeft")
    expect(where(page)).to_have_text("run 2, step 6 of 7")


@pytest.mark.parametrize("query", ["", "?run=2&step=5", "?run=99&step=99"])
def test_what_is_preloaded_is_fetched_once(page: Page, query: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, f"1{query}")
    addresses = [link.get_attribute("href") for link in page.locator("link[rel=preload]").all()]
    assert len(addresses) == 4
    for address in addresses:
        assert len([url for url in asked if url.endswith(str(address))]) == 1, address


def test_coarser_levels_have_shift_and_alt(page: Page) -> None:
    visit(page, "1?run=2&step=0")
    press(page, "Shift+ArrowRight")
    expect(current(page)).to_have_attribute("data-line", "12")  # wrote the heading
    press(page, "Shift+ArrowRight")
    expect(current(page)).to_have_attribute("data-line", "14")
    press(page, "Shift+ArrowRight")
    expect(where(page)).to_have_text("run 3, step 4 of 5")  # over the run's end
    press(page, "Alt+ArrowLeft")
    expect(where(page)).to_have_text("run 2, step 7 of 7")
    press(page, "Shift+Alt+ArrowLeft")
    expect(where(page)).to_have_text(re.compile("run 1, "))
    press(page, "Shift+Alt+ArrowRight")
    expect(where(page)).to_have_text("run 3, step 5 of 5")  # the end of the click's last run
    press(page, "Home")
    expect(where(page)).to_have_text(re.compile("run 1, step 0 "))
    press(page, "End")
    expect(where(page)).to_have_text("run 3, step 5 of 5")


def test_keys_pressed_faster_than_the_page_draws_all_count(page: Page) -> None:
    visit(page, "1?run=2&step=0")
    expect(where(page)).to_have_text("run 2, step 0 of 7")
    page.evaluate(
        "for (let i = 0; i < 5; i++)"
        " dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', cancelable: true}))"
    )
    expect(where(page)).to_have_text("run 2, step 5 of 7")


def test_the_slider_and_the_buttons_move_too(page: Page) -> None:
    visit(page, "1?run=2&step=3")
    slider = page.get_by_role("slider", name="Moment in interaction 1")
    expect(slider).to_have_attribute("aria-valuetext", "run 2, step 3 of 7")
    slider.fill("9")  # run 2 has the places 0 to 7, run 3 begins at 8
    expect(where(page)).to_have_text("run 3, step 1 of 5")
    page.get_by_label("Move by").select_option("by script run")
    page.get_by_role("button", name="Back by one script run").click()
    expect(where(page)).to_have_text("run 2, step 7 of 7")


def test_session_state_at_each_moment_with_what_wrote_it(page: Page) -> None:
    visit(page, "1?run=2&step=5")
    value = row(page, "state", "value")
    expect(value).to_contain_text("same'Title'run 1, line 10")
    press(page, "ArrowRight")
    expect(value).to_contain_text("'Title''Foo'line 15")
    expect(value).to_have_class("changed now")
    value.get_by_role("button", name="value", exact=True).click()
    history = page.get_by_role("list", name="Values of value, newest first").get_by_role("listitem")
    expect(history).to_have_count(2)
    expect(history.nth(1)).to_contain_text("'Title'")
    history.nth(1).get_by_role("button").click()
    expect(where(page)).to_have_text(re.compile(r"run 1, step \d"))
    expect(current(page)).to_have_attribute("data-line", "10")


def test_variables_and_the_call_stack(page: Page) -> None:
    visit(page, "2?run=1")
    line = page.get_by_role("button", name="Line 5: go to where it ran")
    line.click()
    expect(current(page)).to_have_attribute("data-line", "5")
    calls = page.locator(".calls details")
    expect(calls).to_have_count(2)
    expect(calls.nth(0).locator("summary")).to_contain_text("area() at line 5")
    expect(calls.nth(1).locator("summary")).to_contain_text("counter.py at line 17")
    result = row(page, "variables", "result")
    expect(result).to_have_class("changed")
    expect(result).to_contain_text("20")
    expect(row(page, "variables", "height")).to_contain_text("10")
    line.click()  # its next turn
    expect(result).to_contain_text("30")
    expect(row(page, "variables", "total")).to_have_text(
        re.compile("^total20why")
    )  # the addition is not done yet
    press(page, "ArrowRight")  # the function returns
    expect(row(page, "variables", "total")).to_contain_text("20 → 50")
    press(page, "ArrowRight")
    expect(calls).to_have_count(1)
    row(page, "variables", "width").locator("button.value").click()
    expect(current(page)).to_have_attribute("data-line", "16")


def test_a_value_written_anew_is_not_said_to_be_the_same(
    page: Page, store: TraceStore, tmp_path: Path
) -> None:
    app = tmp_path / "again.py"
    app.write_text("import streamlit as st\nst.session_state.value = 1\nst.button('Again')\n")
    with ThreadPoolExecutor(1) as thread:
        steps = [{"click": "Again"}]
        id = thread.submit(record, app, steps, Path(store.location)).result().id
    visit(page, f"{id}?run=2")
    expect(row(page, "state", "value")).to_have_text(re.compile("^value11line 2 why"))
    expect(row(page, "state", "value")).not_to_have_class("changed")


def test_the_call_of_a_page_is_named_by_its_file(
    page: Page, store: TraceStore, tmp_path: Path
) -> None:
    app, other = tmp_path / "main.py", tmp_path / "other.py"
    app.write_text("import streamlit as st\nst.navigation([st.Page('other.py')]).run()\n")
    other.write_text("import streamlit as st\nst.write('here')\n")
    with ThreadPoolExecutor(1) as thread:
        id = thread.submit(record, app, [], Path(store.location)).result().id
    visit(page, f"{id}?run=1")
    expect(page.locator(".calls")).to_contain_text("waits at main.py, line 2 for other.py")


def test_a_write_leads_to_its_line_and_the_story_to_its_moments(page: Page) -> None:
    visit(page, "1?run=2")
    writes = page.locator("section", has=page.get_by_role("heading", name="Writes to the page 2"))
    writes.get_by_role("button", name="Go to write 1").click()
    expect(current(page)).to_have_attribute("data-line", "12")
    expect(writes.locator("tr.now")).to_contain_text("heading Title")
    expect(writes.locator("tr.later").first).to_contain_text("button Foo")
    story = page.locator(".story")
    story.get_by_role("link", name="Line 16").click()
    expect(where(page)).to_have_text("run 2, step 7 of 7")
    story.get_by_role("button", name="line 17").click()
    expect(page.locator("tr.lit")).to_have_attribute("data-line", "17")
    expect(where(page)).to_have_text("run 2, step 7 of 7")
    story.get_by_role("link", name="You clicked Foo").click()
    expect(where(page)).to_have_text("run 2, step 0 of 7")
    story.get_by_role("link", name="run 3").click()
    expect(where(page)).to_have_text("run 3, step 5 of 5")


def test_the_address_restores_the_view(page: Page) -> None:
    visit(page, "1?run=2&step=6&tab=graph&graph=flow&as=written")
    expect(where(page)).to_have_text("run 2, step 6 of 7")
    expect(page.get_by_role("radio", name="control flow")).to_be_checked()
    press(page, "ArrowLeft", "1")
    expect(page).to_have_url(re.compile(r"\?run=2&step=5&as=written$"))
    page.reload()
    expect(where(page)).to_have_text("run 2, step 5 of 7")
    visit(page, "1?run=99&step=99")
    expect(where(page)).to_have_text("run 3, step 5 of 5")
    visit(page, "1?run=x&step=-3")
    expect(where(page)).to_have_text("run 3, step 5 of 5")


def test_search_by_keyboard_alone(page: Page) -> None:
    visit(page, "2?run=1")
    expect(where(page)).to_contain_text("run 1")
    expect(page.get_by_role("button", name="Find")).to_be_visible()  # the same as the key
    press(page, "/")
    page.keyboard.type("clicked")
    results = page.get_by_role("region", name="Search").get_by_role("listitem")
    expect(results.first).to_be_visible()
    expect(page).to_have_url(re.compile("find=clicked"))
    press(page, "Escape")
    expect(page.get_by_role("region", name="Why")).to_be_visible()


def test_the_list_of_keys_opens_and_closes(page: Page) -> None:
    visit(page, "1?run=2&step=3")
    expect(where(page)).to_have_text("run 2, step 3 of 7")
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Shift + Alt")
    expect(dialog).to_contain_text("legend: what the signs mean")
    press(page, "ArrowRight", "Escape")
    expect(dialog).to_have_count(0)
    expect(where(page)).to_have_text("run 2, step 3 of 7")  # behind a dialog, keys do nothing


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "view", ["?run=2&step=6", "?run=2&tab=graph", "?tab=graph&graph=flow", "?tab=runs", "?find=Foo"]
)
def test_no_serious_barrier_in_any_view(page: Page, view: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"/recordings/1{view}")
    expect(page.locator(".story, .search").first).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert violations(page) == []


def test_every_control_is_reached_with_the_tab_key(page: Page) -> None:
    visit(page, "1?run=2&step=6")
    expect(page.locator(".story")).to_be_visible()
    page.evaluate("addEventListener('focusin', (event) => { event.target.dataset.reached = 1; })")
    missing: list[str] = ["all"]
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        missing = page.evaluate(
            """() => [...document.querySelectorAll('button, a[href], select, input, summary')]
                .filter((e) => !e.disabled && e.tabIndex >= 0 && e.offsetParent)
                .filter((e) => !e.dataset.reached).map((e) => e.outerHTML)"""
        )
        if not missing:
            break
    assert missing == []
