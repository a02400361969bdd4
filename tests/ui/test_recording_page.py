"""One recording in a real browser: timeline, table, source, run panel, graph, keyboard, live."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from ui import handmade

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import Outcome, Record, StateOp, StateWrite
from rerun_trace.web.server.serving import RunningServer

pytestmark = pytest.mark.first_row


def line(page: Page, number: int) -> Locator:
    return page.locator(f"tr[data-line='{number}']")


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name, exact=True)


def test_an_empty_store_names_the_command_to_run(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("rerun-trace app.py", exact=True)).to_be_visible()


def test_from_the_list_to_a_recording_and_back(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/")
    page.get_by_role("link", name="rerun.py").click()
    expect(page).to_have_title("rerun.py, recording 1 – rerun-trace")
    expect(page.locator("#state")).to_have_text("✓ complete")
    page.get_by_role("link", name="Recordings").click()
    expect(heading(page, "Recordings")).to_be_visible()


def test_the_newest_run_is_shown_first_and_the_address_chooses(
    page: Page, store: TraceStore
) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1")
    expect(heading(page, "Run 3")).to_be_visible()
    page.goto("/recordings/1?run=2&tab=runs")
    expect(heading(page, "Run 2")).to_be_visible()
    expect(page.get_by_role("tab", name="Runs")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="run 1", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?run=1&tab=runs$"))
    page.reload()
    expect(heading(page, "Run 1")).to_be_visible()


def test_the_page_opens_on_a_run_that_was_not_superseded(page: Page, store: TraceStore) -> None:
    late = handmade.app_run(4, 2, 3300, 0.7, outcome=Outcome.SUPERSEDED)
    records = [*handmade.first_load(), *handmade.halted_click(1, 2, 3200, 3)]
    handmade.keep(store, handmade.INFO, [*records, handmade.click(2, 3290), late])
    page.goto("/recordings/1")
    expect(heading(page, "Run 3")).to_be_visible()


def test_the_table_holds_interactions_and_runs(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2&tab=runs")
    rows = page.locator(".runs tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.nth(2)).to_contain_text("interaction 1 click Foo")
    expect(rows.nth(3)).to_contain_text("halted by a rerun at line 10")
    expect(rows.nth(4)).to_contain_text("rerun asked for by run 2")
    expect(rows.nth(3).get_by_role("button")).to_have_attribute("aria-current", "true")


def test_source_lines_are_marked_for_the_selected_run(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2")
    expect(line(page, 6)).to_have_class("ran")
    expect(line(page, 6).locator(".hits")).to_have_text("1")
    expect(line(page, 4)).to_have_class("not-run")
    expect(line(page, 4)).to_contain_text("branch not taken")
    expect(line(page, 10)).to_have_class("halting")
    expect(line(page, 10)).to_contain_text("st.rerun() ended the run here")
    expect(line(page, 11)).to_contain_text("halted by the rerun at line 10")
    page.keyboard.press("Alt+ArrowRight")
    expect(line(page, 11)).to_have_class("ran")
    expect(line(page, 10)).to_contain_text("branch not taken")


def test_the_run_panel_explains_and_links(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2&tab=graph")
    expect(page.locator(".story")).to_contain_text(
        "You clicked Foo, so Streamlit ran rerun.py again from the top."
    )
    page.locator(".story").get_by_role("link", name="run 3").click()
    expect(heading(page, "Run 3")).to_be_visible()
    expect(page.locator(".story")).to_contain_text("Run 2 called st.rerun() at line 10")


def test_the_graph_switches_to_the_control_flow(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2&tab=graph")
    causes, flow = (page.get_by_role("radio", name=name) for name in ("causes", "control flow"))
    expect(causes).to_be_checked()
    causes.focus()
    page.keyboard.press("ArrowRight")
    expect(flow).to_be_checked()
    expect(page).to_have_url(re.compile(r"\?run=2&tab=graph&graph=flow$"))
    graph = page.get_by_role("group", name="Graph of the control flow", exact=True)
    expect(graph).to_be_visible()
    expect(page.locator("svg .flow-unreached").last).to_contain_text("not run")
    page.get_by_text("The graph in words").click()
    skipped = page.get_by_role("listitem").filter(
        has_text="halted by the rerun at line 10 → line 11"
    )
    expect(skipped).to_contain_text("not run")
    page.get_by_label("Move by").select_option("by script run")
    page.get_by_role("button", name="Forward by one script run").click()  # where line 11 ran
    expect(skipped).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?run=3&tab=graph&graph=flow$"))
    page.reload()
    expect(flow).to_be_checked()
    expect(page.locator("svg .flow-ran").first).to_be_visible()
    flow.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("svg #run-3")).to_have_class(re.compile("selected"))
    expect(page).to_have_url(re.compile(r"\?run=3&tab=graph$"))
    page.goto("/recordings/1?graph=flow")
    expect(flow).to_be_checked()


def test_names_of_the_app_are_never_markup(page: Page, store: TraceStore) -> None:
    handmade.everything(store)
    page.goto("/recordings/1?run=4")
    expect(page.locator(".error-box h3")).to_have_text("✕ ValueError: <b>no</b>")
    expect(line(page, 18)).to_contain_text("'<b>no</b>'")
    page.get_by_role("tab", name="Graph").click()
    expect(page.locator("svg #error-4-0")).to_contain_text("ValueError")


def test_a_long_recording_is_quick_and_in_parts(page: Page, store: TraceStore) -> None:
    handmade.many_runs(store)
    page.goto("/recordings/1?run=2000&tab=runs")
    expect(page.locator(".runs tr.selected")).to_contain_text("run 2000")
    expect(page.locator(".runs tbody tr")).to_have_count(100)
    page.get_by_role("button", name="Last").click()
    expect(page.locator(".runs tbody tr").last).to_contain_text("run 3001")
    page.get_by_role("tab", name="Graph").click()
    expect(page.locator("svg .holds-selected")).to_contain_text("×1,500")


def test_a_long_value_leaves_its_key_and_short_words_on_one_line(
    page: Page, store: TraceStore
) -> None:
    value = repr("x" * 200)
    records: list[Record] = [
        *handmade.first_load(),
        StateWrite(1, 3 * handmade.MS, 0, "validation", StateOp.SET, None, value, "rerun.py", 4),
    ]
    handmade.keep(store, replace(handmade.INFO, complete=True), records)
    page.goto("/recordings/1?run=1")
    key = page.locator(".state").get_by_text("validation", exact=True)
    absent = page.locator(".state").get_by_text("absent").first
    for word in (key, absent):
        expect(word).to_be_visible()
        assert word.evaluate("node => node.getClientRects().length") == 1


@pytest.mark.parametrize("width", [480, 1024, 1440])
@pytest.mark.parametrize("address", ["/", "/recordings/1?run=2", "/recordings/1?run=4&tab=runs"])
def test_nothing_overflows(page: Page, store: TraceStore, width: int, address: str) -> None:
    handmade.everything(store)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    if address != "/":
        expect(page.locator(".run-panel h2")).to_be_visible()
    root = page.locator("html")
    assert root.evaluate("e => e.scrollWidth - e.clientWidth") == 0


@pytest.mark.parametrize("width", [480, 1440])
def test_many_interactions_scroll_in_their_own_bar(
    page: Page, store: TraceStore, width: int
) -> None:
    handmade.many_runs(store, clicks=30)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/recordings/1?run=60&view=story")
    expect(page.locator(".chips [aria-current]")).to_be_in_viewport()
    assert page.evaluate("() => { scrollTo(500, 0); return scrollX; }") == 0


def test_presenting_shows_the_source_where_nothing_was_found(page: Page, store: TraceStore) -> None:
    handmade.two_threads(store)
    page.goto("/recordings/1?run=1&view=story")
    expect(page.locator(".chips [aria-current]")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="What is wrong")).to_have_count(0)
    expect(page.locator(".pane-source .code")).to_be_visible()
    expect(page.get_by_role("button", name="Source")).to_have_attribute("aria-pressed", "true")


def test_dark_and_light(browser: Browser, server: RunningServer, store: TraceStore) -> None:
    handmade.three_runs(store)
    light, dark = "rgb(255, 255, 255)", "rgb(20, 24, 28)"
    context = browser.new_context(base_url=server.url, color_scheme="dark")
    page = context.new_page()
    page.goto("/recordings/1")
    expect(page.locator("body")).to_have_css("background-color", dark)
    page.get_by_role("button", name="Theme: auto").click()
    expect(page.locator("body")).to_have_css("background-color", light)
    page.reload()
    expect(page.locator("body")).to_have_css("background-color", light)
    page.get_by_role("button", name="Theme: light").click()
    expect(page.locator("body")).to_have_css("background-color", dark)
    context.close()


def test_a_live_recording_follows_until_a_run_is_chosen(page: Page, store: TraceStore) -> None:
    batches: list[list[Record]] = [handmade.first_load()]
    sink = store.sink()
    info = replace(handmade.INFO, started_at=handmade.now())
    sink.open(info, lambda: batches.pop() if batches else [])
    try:
        page.goto("/recordings/1")
        expect(page.locator("#state")).to_have_text("● live")
        expect(heading(page, "Run 1")).to_be_visible()
        batches.append(handmade.halted_click(1, 2, 3200, 3))
        expect(heading(page, "Run 3")).to_be_visible()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        page.keyboard.press("Alt+ArrowLeft")
        expect(page.get_by_role("button", name="Follow")).to_be_visible()
        batches.append(handmade.halted_click(2, 4, 6400, 7))
        expect(page.get_by_text("3 interactions, 5 script runs")).to_be_visible()
        expect(page.get_by_role("button", name="2 new runs, jump to now")).to_be_visible()
        expect(heading(page, "Run 2")).to_be_visible()
    finally:
        sink.close(True)
    expect(page.locator("#state")).to_have_text("✓ complete")


@pytest.mark.parametrize("width", [480, 760, 1440])
def test_reasons_never_lie_over_the_code(page: Page, store: TraceStore, width: int) -> None:
    handmade.three_runs(store)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/recordings/1?run=2")
    expect(page.locator(".code .note").first).to_be_visible()
    apart = """notes => notes.map(note => {
      const [a, b] = [note, note.previousElementSibling].map(each => each.getBoundingClientRect());
      return a.left >= b.right || a.top >= b.bottom - 1;
    })"""
    assert set(page.locator(".code .note").evaluate_all(apart)) == {True}
