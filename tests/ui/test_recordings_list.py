"""The list of recordings: filters, times, faults, deletion with the keyboard alone, samples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from ui.axe import violations
from ui.handmade import INFO, everything, first_load, keep, three_runs

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import ComparedVariant, Comparison
from rerun_trace.web.app import create_app
from rerun_trace.web.server.serving import RunningServer, serve
from rerun_trace.web.views.samples import Sample

pytestmark = pytest.mark.first_row

SHOP = replace(INFO, app="shop.py", complete=True)


def rows(page: Page) -> list[int]:
    """The numbers of the recordings that are to be seen."""
    return [int(each) for each in page.locator("tbody tr:visible .number").all_inner_texts()]


@contextmanager
def live(store: TraceStore) -> Iterator[int]:
    sink = store.sink()
    yield sink.open(replace(INFO, started_at=datetime.now(UTC)), list)
    sink.close(True)


def test_it_is_filtered_while_one_types(page: Page, store: TraceStore) -> None:
    for info in (SHOP, replace(SHOP, folder="/elsewhere"), SHOP):
        keep(store, info, first_load())
    store.rename(3, "The double click")
    page.goto("/")
    assert rows(page) == [3, 2, 1]
    page.get_by_role("searchbox", name="Text").press_sequentially("DOUBLE")
    expect(page.locator("#shown")).to_have_text("1 of 3 recordings, newest first")
    assert rows(page) == [3]
    expect(page).to_have_url(re.compile(r"/\?q=DOUBLE$"))
    page.get_by_role("searchbox", name="Text").fill("")
    page.get_by_role("combobox", name="App").select_option(label="elsewhere/shop.py (1)")
    assert rows(page) == [2]
    # The address is of what is shown: also without scripts, and when one comes back.
    page.reload()
    assert rows(page) == [2]
    page.get_by_role("searchbox", name="Text").fill("nothing")
    expect(page.locator("#none")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Show all").click()
    assert rows(page) == [3, 2, 1]


def test_without_scripts_it_is_a_form(
    browser: Browser, server: RunningServer, store: TraceStore
) -> None:
    keep(store, SHOP, [])
    three_runs(store)
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    expect(page.locator("time").first).to_have_text("2026-05-04 10:30 UTC")
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("columnheader", name="faults")).to_have_count(0)
    page.get_by_role("searchbox", name="Text").fill("shop")
    page.get_by_role("button", name="Show").click()
    assert rows(page) == [1]
    context.close()


def test_times_are_the_browser_s(
    browser: Browser, server: RunningServer, store: TraceStore
) -> None:
    three_runs(store)
    keep(store, replace(SHOP, started_at=datetime.now(UTC) - timedelta(seconds=5)), [])
    context = browser.new_context(base_url=server.url, timezone_id="Asia/Kolkata")
    page = context.new_page()
    page.goto("/")
    expect(page.locator("time").last).to_have_text("2026-05-04 16:00")
    expect(page.locator("time").last).to_have_attribute("title", "2026-05-04 16:00:00 UTC+05:30")
    expect(page.locator("time").first).to_have_text("just now")
    context.close()


def test_faults_are_asked_for_where_one_looks(page: Page, store: TraceStore) -> None:
    for _ in range(40):
        keep(store, SHOP, first_load())
    newest = everything(store)
    asked: list[int] = []
    page.on(
        "request",
        lambda request: asked.extend(map(int, re.findall(r"/(\d+)/levels$", request.url))),
    )
    page.goto("/")
    faults = page.locator("td.faults")
    expect(faults.first).to_have_text(re.compile(r"! \d"))
    expect(faults.first.locator("span")).to_have_attribute("title", re.compile(r"\d faults?, \d"))
    expect(faults.nth(5)).to_have_text("0")
    expect(faults.last).to_have_text("…")
    assert asked[0] == newest
    assert 1 not in asked
    faults.last.scroll_into_view_if_needed()
    expect(faults.last).to_have_text("0", timeout=60_000)  # all between are explained before
    assert len(asked) == len(set(asked))


def test_some_are_deleted_with_the_keyboard_alone(page: Page, store: TraceStore) -> None:
    one, two, three = (three_runs(store) for _ in range(3))
    store.add_note(two, 1, 0, "x")
    variants = ComparedVariant("a", (one,)), ComparedVariant("b", (two,))
    store.add_comparison(Comparison("a, b", datetime.now(UTC), (), variants))
    page.goto("/")
    button = page.locator("#delete")
    expect(button).to_be_disabled()
    page.get_by_role("searchbox", name="Text").focus()
    for _ in range(3):  # the box of all, that of 3, its link
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox", name=f"Choose recording {two}, rerun.py")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(button).to_have_text("Delete 2 recordings …")
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
    expect(button).to_be_focused()
    # Asked once, with what goes; Escape keeps all.
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Delete for good?")
    expect(
        dialog.get_by_text("Recording 2 (rerun.py): 2 interactions, 3 script runs, 1 note.")
    ).to_be_visible()
    expect(dialog.get_by_text("Comparison 1 (a, b) goes, too.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    assert violations(page, "#deleting") == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    assert len(store.recordings()) == 3
    page.keyboard.press("Enter")
    yes = dialog.get_by_role("button", name="Delete")
    expect(yes).to_be_visible()
    page.keyboard.press("Tab")
    expect(yes).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Deleted 2 recordings and comparison 1.")
    expect(page.locator("#said")).to_be_focused()
    assert rows(page) == [three]
    expect(page.get_by_role("heading", name="Comparisons")).to_have_count(0)
    page.reload()
    expect(page.locator("#said")).to_have_text("")


def test_only_what_is_shown_is_deleted(page: Page, store: TraceStore) -> None:
    three_runs(store)
    shop = keep(store, SHOP, [])
    page.goto("/")
    page.get_by_role("checkbox", name="Choose all that are shown").check()
    expect(page.locator("#delete")).to_have_text("Delete 2 recordings …")
    page.get_by_role("searchbox", name="Text").fill("rerun.py")
    expect(page.locator("#delete")).to_have_text("Delete 1 recording …")
    page.get_by_role("searchbox", name="Text").fill("")
    expect(page.locator("#delete")).to_have_text("Delete 1 recording …")
    page.locator("#delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#said")).to_contain_text("Deleted 1 recording.")
    assert [each.id for each in store.recordings()] == [shop]


def test_a_live_one_stays_and_it_is_said_why(page: Page, store: TraceStore) -> None:
    three_runs(store)
    with live(store) as id:
        page.goto("/")
        page.get_by_role("checkbox", name=f"Choose recording {id}, rerun.py").check()
        page.locator("#delete").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("alert")).to_contain_text("is live: end its app first")
        expect(dialog.get_by_role("button", name="Delete")).to_have_count(0)
        assert violations(page, "#deleting") == []
        dialog.get_by_role("button", name="Keep").click()
        page.get_by_role("checkbox", name="Choose all that are shown").check()
        page.locator("#delete").click()
        expect(
            dialog.get_by_text("Recording 1 (rerun.py): 2 interactions, 3 script runs.")
        ).to_be_visible()
        dialog.get_by_role("button", name="Delete").click()
        expect(page.locator("#said")).to_contain_text("Deleted 1 recording.")
        assert rows(page) == [id]


def test_what_a_database_refuses_is_said(
    browser: Browser, server: RunningServer, store: TraceStore
) -> None:
    id = three_runs(store)
    context = browser.new_context(base_url=server.url)  # the 404 is an error in its console
    page = context.new_page()
    page.goto("/")
    page.get_by_role("checkbox", name=f"Choose recording {id}").check()
    page.locator("#delete").click()
    yes = page.get_by_role("dialog").get_by_role("button", name="Delete")
    expect(yes).to_be_visible()
    store.delete(id)  # in another window
    yes.click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("no recording 1")
    context.close()


class Demo:
    """A sample that is recorded as soon as `recorded` was set to its page."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store

    def offered(self) -> Sequence[Sample]:
        return [Sample("rerun", "rerun.py", "Update a header."), Sample("all", "All three", "x")]

    def record(self, name: str) -> str:
        return f"/recordings/{three_runs(self._store)}"


def test_an_empty_list_opens_a_sample_with_one_click(
    context: BrowserContext, store: TraceStore
) -> None:
    server = serve(create_app(store, demo=Demo(store)))
    try:
        page = context.new_page()
        page.goto(server.url)
        assert violations(page) == []
        page.get_by_role("button", name="rerun.py").click()
        expect(page).to_have_url(re.compile(r"/recordings/1\b"))
        expect(page.get_by_role("heading", name="Run", exact=False).first).to_be_visible()
    finally:
        server.close()


@pytest.mark.parametrize("width", [480, 1024, 1440])
def test_long_names_keep_within_the_page(page: Page, store: TraceStore, width: int) -> None:
    three_runs(store)
    everything(store)
    store.rename(1, "a" * 120)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_on_paper_there_are_no_controls(page: Page, store: TraceStore) -> None:
    three_runs(store)
    page.goto("/")
    page.emulate_media(media="print")
    expect(page.locator("#filter")).to_be_hidden()
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("link", name="rerun.py")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("time")).to_have_text(re.compile(r"^2026-05-04 \d\d:30:00 UTC"))
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("time")).to_have_text(re.compile(r"^2026-05-04 \d\d:30$"))
