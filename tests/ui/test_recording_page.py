"""One recording in a real browser: timeline, table, source, run panel, graph, keyboard, live."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from ui import handmade

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import Record
from rerun_trace.web.server import RunningServer


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
    page.get_by_role("button", name="Next run").click()
    expect(line(page, 11)).to_have_class("ran")
    expect(line(page, 10)).to_contain_text("branch not taken")


def test_the_run_panel_explains_and_links(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2&tab=graph")
    expect(page.locator(".story")).to_contain_text(
        "You clicked Foo, so Streamlit ran rerun.py again from the top."
    )
    page.locator(".story").get_by_role("button", name="Line 10").click()
    expect(line(page, 10)).to_have_class("halting target")
    page.locator(".story").get_by_role("link", name="run 3").click()
    expect(heading(page, "Run 3")).to_be_visible()
    expect(page.locator(".story")).to_contain_text("Run 2 called st.rerun() at line 10")


def test_the_graph_is_drawn_and_selects(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2&tab=graph")
    expect(page.locator("svg #run-2")).to_have_class(re.compile("selected"))
    expect(page.locator("svg #request-2-0")).to_contain_text("st.rerun")
    page.locator("svg #run-3 a").click()
    expect(heading(page, "Run 3")).to_be_visible()
    expect(page.locator("svg #run-3")).to_have_class(re.compile("selected"))
    page.get_by_text("The graph in words").click()
    expect(page.get_by_role("listitem").filter(has_text="starts → ✓ run 3")).to_be_visible()


def test_the_graph_switches_to_the_control_flow(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2&tab=graph")
    causes, flow = (page.get_by_role("radio", name=name) for name in ("causes", "control flow"))
    expect(causes).to_be_checked()
    causes.focus()
    page.keyboard.press("ArrowRight")
    expect(flow).to_be_checked()
    expect(page).to_have_url(re.compile(r"\?run=2&tab=graph&graph=flow$"))
    expect(page.get_by_role("group", name="Graph of the control flow")).to_be_visible()
    expect(page.locator("svg .flow-unreached").last).to_contain_text("not run")
    page.get_by_text("The graph in words").click()
    skipped = page.get_by_role("listitem").filter(has_text="not taken → line 11")
    expect(skipped).to_contain_text("not run")
    page.get_by_role("button", name="Next run").click()  # where line 11 ran
    expect(skipped).to_have_count(0)
    page.reload()
    expect(flow).to_be_checked()
    flow.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("svg #run-3")).to_have_class(re.compile("selected"))
    expect(page).to_have_url(re.compile(r"\?run=3&tab=graph$"))
    page.goto("/recordings/1?graph=flow")
    expect(flow).to_be_checked()


def test_the_timeline_is_a_slider_over_the_runs(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2")
    slider = page.get_by_role("slider", name="Script run")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "3")
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "run 1: first load, completed")
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuenow", "1")
    fit = page.get_by_role("button", name="Fit")
    expect(fit).to_be_disabled()
    page.keyboard.press("+")
    expect(fit).to_be_enabled()
    page.keyboard.press("0")
    expect(fit).to_be_disabled()
    page.get_by_label("Time scale").select_option("True time")
    expect(slider).to_have_attribute("aria-valuenow", "1")


def test_a_click_on_the_timeline_selects_and_hovering_tells(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=1")
    canvas = page.locator("canvas")
    box = canvas.bounding_box()
    assert box is not None
    middle = {"x": box["width"] * 0.55, "y": 22 + 36 + 20}  # inside run 2: axis, interactions
    canvas.hover(position=middle)  # type: ignore[arg-type]
    expect(page.locator(".tip")).to_contain_text("run 2: halted by a rerun at line 10")
    canvas.click(position=middle)  # type: ignore[arg-type]
    expect(heading(page, "Run 2")).to_be_visible()


def test_everything_can_be_reached_by_keyboard(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2")
    expect(heading(page, "Run 2")).to_be_visible()
    expect(line(page, 10)).to_be_visible()
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count():
            reached.add(focused.evaluate("e => e.getAttribute('aria-label') || e.textContent"))
    for name in ("Recordings", "Time scale", "Zoom in", "Script run", "Source", "Next run"):
        assert name in reached
    page.get_by_role("tab", name="Source").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Graph")).to_be_focused()
    expect(page.locator("svg #run-2")).to_be_visible()


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
        expect(page.get_by_label("follow the newest run")).to_be_checked()
        page.get_by_role("button", name="Previous run").click()
        expect(page.get_by_label("follow the newest run")).not_to_be_checked()
        batches.append(handmade.halted_click(2, 4, 6400, 7))
        expect(page.get_by_text("3 interactions, 5 script runs")).to_be_visible()
        expect(heading(page, "Run 2")).to_be_visible()
    finally:
        sink.close(True)
    expect(page.locator("#state")).to_have_text("✓ complete")
