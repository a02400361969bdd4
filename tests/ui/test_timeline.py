"""The timeline in a real browser: lanes, overview, keyboard, app sessions, windows of details."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, Position, Request, Route, expect
from ui import handmade

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import AppSession, Record
from rerun_trace.web.server.serving import RunningServer

pytestmark = pytest.mark.first_row

WIDTHS = (480, 1024, 1440)


def lanes(page: Page) -> Locator:
    return page.get_by_role("slider", name="Script run")


def part(page: Page, name: str) -> Locator:
    overview = page.get_by_role("group", name="Overview of the whole recording")
    return overview.get_by_role("slider", name=name, exact=True)


def box(place: Locator) -> FloatRect:
    found = place.bounding_box()
    assert found
    return found


def at(place: Locator, across: float, down: float) -> Position:
    """A point of the canvas: a share of its width, and pixels from its top."""
    return {"x": box(place)["width"] * across, "y": down}


def two_sessions(store: TraceStore) -> int:
    """Two browser tabs: runs 1 and 2 in the first, run 3 in the second."""
    records: list[Record] = [
        *handmade.first_load(),
        AppSession(2, "def", 0),
        handmade.click(1, 100),
        handmade.app_run(2, 1, 101, 12),
        replace(handmade.click(2, 200), app_session=2),
        replace(handmade.app_run(3, 2, 201, 12), app_session=2),
    ]
    return handmade.keep(store, replace(handmade.INFO, complete=True), records)


def test_a_click_on_a_run_chooses_its_end_and_hovering_tells_the_facts(
    page: Page, store: TraceStore
) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=1")
    expect(lanes(page)).to_have_attribute("aria-valuenow", "1")
    middle = at(lanes(page), 0.55, 22 + 34 + 20)  # inside run 2: axis, interactions
    lanes(page).hover(position=middle)
    expect(page.locator(".tip")).to_contain_text("run 2: halted by a rerun at line 10")
    expect(page.locator(".tip")).to_contain_text("line 11 never ran")
    lanes(page).click(position=middle)
    expect(lanes(page)).to_have_attribute("aria-valuenow", "2")
    expect(page).to_have_url(re.compile(r"[?]run=2\b"))


def test_a_pointer_that_rests_is_told_what_comes_under_it(page: Page, store: TraceStore) -> None:
    # GIVEN a pointer on a thread whose facts are still on their way
    handmade.two_threads(store)
    waiting: list[Route] = []
    page.route("**/timeline?**", lambda route: waiting.append(route))
    with page.expect_request("**/timeline?**"):
        page.goto("/recordings/1?run=1")
    lane = lanes(page)
    lane.hover(position=at(lane, 0.6, 22 + 34 + 52 + 10))
    tip = page.locator(".tip")
    expect(tip).to_have_count(0)
    # WHEN they come, THEN they are told without a move
    for route in waiting:
        route.continue_()
    expect(tip).to_contain_text("thread 1: load_sales()")
    # AND when the view moves, what is under the pointer then
    lane.focus()
    for key in ("+", "+", "+", "+", "+", "+", *["PageUp"] * 40):
        page.keyboard.press(key)
    expect(tip.get_by_text("thread 1: load_sales()")).to_have_count(0)


def test_three_runs_are_all_in_sight_and_have_no_lanes_that_they_do_not_need(
    page: Page, store: TraceStore
) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1")
    expect(page.get_by_text("2 interactions, 3 script runs")).to_be_visible()
    names = page.locator(".lane-names li")
    expect(names).to_have_text(["interactions", "app runs", "writes", "state writes"])
    expect(page.get_by_role("button", name="Fit")).to_be_disabled()
    expect(page.get_by_role("combobox", name="App session")).to_have_count(0)


def test_every_lane_that_a_recording_needs_is_there(page: Page, store: TraceStore) -> None:
    handmade.everything(store)
    page.goto("/recordings/1?run=2")
    for name in ("fragment runs", "callbacks"):
        expect(page.locator(".lane-names").get_by_text(name)).to_be_visible()


def test_threads_at_the_same_time_lie_below_each_other(page: Page, store: TraceStore) -> None:
    handmade.two_threads(store)
    page.goto("/recordings/1?run=1")
    names = page.locator(".lane-names li")
    expect(names).to_have_text(["interactions", "app runs", "threads", "writes", "state writes"])
    lane = 22 + 34 + 52  # below the axis, interactions and app runs
    upper, lower = (at(lanes(page), 0.6, lane + down) for down in (10, 24))
    lanes(page).hover(position=upper)
    expect(page.locator(".tip")).to_contain_text("thread 1: load_sales()")
    expect(page.locator(".tip")).to_contain_text("of run 1, 3 steps from step 2 on")
    lanes(page).hover(position=lower)
    expect(page.locator(".tip")).to_contain_text("thread 2: load_prices()")
    lanes(page).click(position=lower)
    expect(page).to_have_url(re.compile(r"[?]run=1&step=3\b"))
    page.get_by_role("tab", name="Runs").click()
    expect(page.get_by_role("columnheader", name="threads")).to_be_visible()
    expect(page.locator("tr[data-run='1'] td").nth(3)).to_have_text("2")


def test_keys_zoom_and_pan_and_the_height_stays(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2")
    fit = page.get_by_role("button", name="Fit")
    expect(fit).to_be_disabled()
    height = box(page.locator(".timeline"))["height"]
    lanes(page).focus()
    page.keyboard.press("+")
    expect(fit).to_be_enabled()
    shown = part(page, "Part shown")
    before = shown.get_attribute("aria-valuetext")
    page.keyboard.press("PageDown")
    expect(shown).not_to_have_attribute("aria-valuetext", before or "")
    assert box(page.locator(".timeline"))["height"] == height
    page.keyboard.press("0")
    expect(fit).to_be_disabled()


def test_the_window_on_the_overview_is_moved_by_keys(page: Page, store: TraceStore) -> None:
    handmade.many_runs(store, clicks=100)
    page.goto("/recordings/1?run=100")
    shown, start = part(page, "Part shown"), part(page, "Start of the part shown")
    expect(lanes(page)).to_have_attribute("aria-valuenow", "100")
    left, before = box(shown)["x"], shown.get_attribute("aria-valuetext") or ""
    shown.focus()
    page.keyboard.press("PageDown")
    expect(shown).not_to_have_attribute("aria-valuetext", before)
    assert box(shown)["x"] > left
    start.focus()
    page.keyboard.press("Home")
    expect(start).to_have_attribute("aria-valuenow", "0")
    # The arrows moved the window alone: the moment is what it was.
    expect(lanes(page)).to_have_attribute("aria-valuenow", "100")


def test_the_window_on_the_overview_is_dragged(page: Page, store: TraceStore) -> None:
    handmade.many_runs(store, clicks=100)
    page.goto("/recordings/1?run=100")
    expect(lanes(page)).to_have_attribute("aria-valuenow", "100")
    strip, shown, end = (
        box(page.locator(".overview")),
        part(page, "Part shown"),
        part(page, "End of the part shown"),
    )
    middle = strip["y"] + strip["height"] / 2
    page.mouse.click(strip["x"] + strip["width"] * 0.8, middle)  # centres the window there
    expect(shown).to_have_attribute("aria-valuenow", re.compile(r"^(79|80|81)$"))
    page.mouse.move(box(end)["x"] + 5, middle)
    page.mouse.down()
    page.mouse.move(strip["x"] + strip["width"] + 40, middle, steps=5)
    page.mouse.up()
    expect(end).to_have_attribute("aria-valuenow", "100")
    page.mouse.move(box(shown)["x"] + box(shown)["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(strip["x"], middle, steps=5)
    page.mouse.up()
    expect(part(page, "Start of the part shown")).to_have_attribute("aria-valuenow", "0")


def test_details_are_fetched_for_what_is_in_sight_only(page: Page, store: TraceStore) -> None:
    handmade.many_runs(store)
    windows: list[int] = []

    def note(request: Request) -> None:
        if request.url.split("?")[0].endswith("/timeline"):
            query = parse_qs(urlsplit(request.url).query)
            windows.append(int(query["last"][0]) - int(query["first"][0]) + 1)

    page.on("request", note)
    page.goto("/recordings/1?run=2000")
    expect(page.get_by_text("1,501 interactions, 3,001 script runs")).to_be_visible()
    lanes(page).hover(position=at(lanes(page), 0.5, 22 + 34 + 20))
    expect(page.locator(".tip")).to_contain_text(re.compile("started by: (click Foo|rerun asked)"))
    page.get_by_role("button", name="Fit").click()
    expect(page.get_by_role("button", name="Fit")).to_be_disabled()
    lanes(page).focus()
    for _ in range(20):
        page.keyboard.press("+")
    expect(part(page, "Part shown")).not_to_have_attribute("aria-valuetext", "")
    assert windows
    assert max(windows) <= 400
    assert len(windows) <= 6


def test_one_session_is_shown_in_full_and_the_others_have_a_lane_each(
    page: Page, store: TraceStore
) -> None:
    two_sessions(store)
    page.goto("/recordings/1?run=1")
    chosen = page.get_by_role("combobox", name="App session")
    expect(chosen).to_have_value("1")
    other = page.locator(".lane-names").get_by_role("button", name="session 2")
    height = box(lanes(page))["height"]
    other.click()
    expect(chosen).to_have_value("2")
    expect(page.locator(".lane-names").get_by_role("button", name="session 1")).to_be_visible()
    expect(lanes(page)).to_have_attribute("aria-valuenow", "3")
    assert box(lanes(page))["height"] == height
    chosen.select_option("1")
    expect(lanes(page)).to_have_attribute("aria-valuenow", "2")


def test_the_table_has_the_same_and_is_walked_with_arrows(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?run=2&tab=runs")
    row = page.locator("tr[data-run='2']")
    expect(row).to_contain_text("click Foo")
    expect(row).to_contain_text("halted by a rerun at line 10; line 11 never ran")
    expect(row).to_contain_text("2, 2 discarded")
    expect(row).to_contain_text("value")
    row.get_by_role("button").focus()
    page.keyboard.press("ArrowDown")
    third = page.get_by_role("button", name="run 3", exact=True)
    expect(third).to_be_focused()
    page.keyboard.press("Enter")
    expect(lanes(page)).to_have_attribute("aria-valuenow", "3")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lanes_and_overview_stand_above_each_other_at_every_width(
    browser: Browser, server: RunningServer, store: TraceStore, width: int, scheme: str
) -> None:
    handmade.everything(store)
    size = {"width": width, "height": 800}
    theme = "dark" if scheme == "dark" else "light"
    context = browser.new_context(base_url=server.url, viewport=size, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/recordings/1?run=2")
    expect(lanes(page)).to_be_visible()
    canvas, strip = box(lanes(page)), box(page.locator(".overview"))
    assert abs(canvas["x"] - strip["x"]) <= 1
    assert abs(canvas["width"] - strip["width"]) <= 1
    assert strip["y"] >= canvas["y"] + canvas["height"]
    assert canvas["width"] > width / 2
    context.close()


def test_times_begin_with_the_first_interaction(page: Page, store: TraceStore) -> None:
    """A recording's clock begins with the app's process, which means nothing to a person."""
    handmade.three_runs(store)
    first = store.interactions(1)[0].at_ns
    assert first > 0
    page.goto("/recordings/1?run=2&tab=runs")
    groups = page.locator(".runs .group")
    expect(groups.nth(0)).to_contain_text("0.000 s")
    click = (store.interactions(1)[1].at_ns - first) / 1e9
    expect(groups.nth(1)).to_contain_text(f"{click:.3f} s")
