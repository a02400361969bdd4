"""Findings and why on a recording's page: cards, the list, marks, questions, in a report too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from explaining import FINDINGS, scenario_of
from playwright.sync_api import Locator, Page, expect
from support import record
from ui.axe import violations
from ui.lasting import lasting_server

from rerun_trace.db.store import TraceStore
from rerun_trace.web.report.build import build_report

pytestmark = pytest.mark.first_row


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1: stale-read, two clicks: runs 2 and 3; 2: its fixed twin; 3: nested-button, run 3."""
    db = tmp_path_factory.mktemp("recorded") / "recordings.db"
    with ThreadPoolExecutor(1) as thread:  # Playwright has an event loop on this one
        for kind, file in (
            ("stale-read", "fault.py"),
            ("stale-read", "fixed.py"),
            ("nested-button", "fault.py"),
        ):
            thread.submit(record, FINDINGS / kind / file, scenario_of(kind), db).result()
    return db


@pytest.fixture(scope="module")
def store(recorded: Path) -> Iterator[TraceStore]:
    with TraceStore.open(recorded, create=False) as store:
        yield store


server = lasting_server


def visit(page: Page, address: str) -> None:
    """Opens a recording; returns when its moment is shown, and what was found is known."""
    page.goto(f"/recordings/{address}")
    expect(page.locator(".story")).to_be_visible()
    expect(page.locator(".tabs[data-looked]")).to_be_visible()


def where(page: Page) -> Locator:
    return page.locator(".stepper .where")


def cards(page: Page) -> Locator:
    return page.get_by_role("group", name="Findings of this interaction").get_by_role("article")


def answer(page: Page) -> Locator:
    return page.locator(".why-box")


def links(page: Page) -> Locator:
    return answer(page).locator(".chain").first.get_by_role("listitem")


def test_the_findings_of_the_moment_s_interaction_with_the_values_of_its_time(page: Page) -> None:
    visit(page, "1?run=2")
    card = cards(page)
    expect(card).to_have_count(1)
    expect(card).to_contain_text("In your cart shows the old cart: it changes further down")
    expect(card).to_contain_text("with cart as []; line 11 then set it to ['Espresso']")
    expect(card).to_contain_text("Instead: Change cart before it is drawn")
    expect(card).to_contain_text("Fault RT103")
    expect(card.get_by_role("link", name="Button behavior and examples")).to_have_attribute(
        "href", re.compile("^https://docs.streamlit.io/")
    )
    card.get_by_role("button", name="Line 7", exact=True).first.click()
    expect(where(page)).to_have_text("run 2, step 4 of 7")
    expect(page.locator("tr.current")).to_have_attribute("data-line", "7")
    card.get_by_role("button", name="fault.py:11").click()
    expect(where(page)).to_have_text("run 2, step 7 of 7")
    expect(card.get_by_role("button", name="fault.py:11")).to_be_focused()
    page.keyboard.press("Alt+ArrowRight")
    expect(where(page)).to_contain_text("run 3")
    expect(card).to_contain_text("with cart as ['Espresso']; line 11 then set it to")
    page.keyboard.press("Home")
    expect(where(page)).to_contain_text("run 1")
    expect(card).to_have_count(0)


def test_the_list_of_all_opens_and_closes_with_a_key(page: Page) -> None:
    visit(page, "1?run=1")
    tab = page.get_by_role("tab", name="Findings 1")
    expect(tab).to_be_visible()
    page.keyboard.press("f")
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile("tab=findings"))
    listed = page.get_by_role("tabpanel")
    expect(listed).to_contain_text("1 fault in 3 runs")
    expect(listed.get_by_role("region", name="Faults").get_by_role("heading")).to_have_text(
        "Faults 1"
    )
    entry = listed.get_by_role("button", name="In your cart shows the old")
    expect(entry).to_contain_text("fault.py:7 · click Add to cart · RT103")
    entry.click()
    expect(where(page)).to_have_text("run 2, step 4 of 7")
    expect(entry).to_have_attribute("aria-current", "true")
    listed.get_by_text("2 times").click()
    listed.get_by_role("button", name="run 3").click()
    expect(where(page)).to_have_text("run 3, step 7 of 7")
    page.keyboard.press("f")
    expect(page.get_by_role("tab", name="Page")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("5")
    expect(tab).to_have_attribute("aria-selected", "true")


def test_nothing_found_is_said_with_what_was_looked_at(page: Page) -> None:
    visit(page, "2?run=2&tab=findings")
    expect(page.get_by_role("tabpanel")).to_have_text(
        "No findings: nothing looked wrong in 3 runs."
    )
    expect(cards(page)).to_have_count(0)


def test_lines_runs_and_the_timeline_are_marked(page: Page) -> None:
    visit(page, "3?run=3&tab=runs")
    mark = page.locator("tr[data-line='10'] .finding-mark")
    expect(mark).to_have_attribute("aria-label", re.compile("^Fault: Save address does nothing"))
    expect(page.locator("tr[data-line='8'] .evidence-mark")).to_contain_text(
        "Evidence: Edit address was True; Edit address was False"
    )
    expect(page.locator("tr[data-run='3'] .sign-fault")).to_contain_text("Fault: Save address")
    expect(page.locator("tr[data-run='2'] .sign")).to_have_count(0)
    expect(page.get_by_role("slider", name="Script run")).to_have_attribute(
        "aria-valuetext", re.compile("completed; Fault: Save address")
    )
    mark.click()
    expect(cards(page)).to_be_focused()


def test_why_a_line_ran_and_why_not(page: Page) -> None:
    visit(page, "3?run=3&step=5")
    ask = page.get_by_role("button", name="Why did line 8 run?")
    ask.click()
    expect(answer(page)).to_be_focused()
    expect(answer(page)).to_have_attribute("aria-label", "Why did fault.py:8 run in run 3?")
    expect(links(page).last).to_contain_text("You clicked Save address")
    links(page).first.get_by_role("button").click()
    expect(where(page)).to_have_text("run 3, step 5 of 6")
    expect(answer(page)).to_be_visible()  # who follows links keeps the answer
    page.keyboard.press("Escape")
    expect(answer(page)).to_have_count(0)
    expect(ask).to_be_focused()
    # With the keyboard alone: from a line that ran down to one that did not in the whole run.
    page.keyboard.press("r")
    page.get_by_role("button", name="Line 8: go to where it ran").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(answer(page)).to_have_attribute("aria-label", "Why did fault.py:9 not run in run 3?")
    expect(links(page).first).to_contain_text('st.button("Edit address") was false')


def test_why_a_value_a_run_and_more_links_on_demand(page: Page) -> None:
    visit(page, "1?run=3")
    page.get_by_role("button", name="Why is cart this?").click()
    expect(links(page).first).to_contain_text("cart")
    more = answer(page).get_by_role("button", name=re.compile(r"^Show \d+ more link"))
    before = answer(page).get_by_role("listitem").count()
    more.click()
    expect(more).to_have_count(0)
    assert answer(page).get_by_role("listitem").count() > before
    page.get_by_role("button", name="Why is drink this?").click()
    expect(answer(page)).to_have_attribute("aria-label", re.compile("drink"))
    page.get_by_role("button", name="Why did run 3 start?").click()
    expect(answer(page)).to_have_attribute("aria-label", "Why did run 3 start?")
    page.get_by_role("button", name="Close the answer").click()
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Why did line 11 run?").click()  # takes the search's place
    expect(answer(page)).to_be_visible()


def test_why_an_element_of_the_page(page: Page) -> None:
    visit(page, "1?run=2")
    frame = page.frame_locator("iframe[title='The page at this moment']")
    metric = frame.get_by_text("In your cart")
    expect(metric).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="why?", exact=True).and_(
        page.locator(".pageview button")
    ).click()
    expect(frame.locator(".asks")).to_be_attached()
    metric.click(force=True)
    expect(answer(page)).to_have_attribute("aria-label", re.compile("In your cart"))
    expect(links(page).first).to_contain_text("fault.py:7")
    frame.locator("#rerun-trace-marks button").first.focus()  # Escape works from in there, too
    page.keyboard.press("Escape")
    expect(answer(page)).to_have_count(0)
    metric.click(force=True)
    expect(links(page).first).to_contain_text("fault.py:7")
    page.get_by_role("button", name="Why does it not show the new value?").click()
    expect(answer(page)).to_have_attribute("aria-label", re.compile("not show the new value"))
    expect(links(page).first).to_contain_text("later in the same run")
    page.get_by_role("button", name="as a list").click()
    page.get_by_role("button", name="Why is selectbox “Drink” so?").click()
    expect(answer(page)).to_have_attribute("aria-label", re.compile("Drink"))


def test_long_texts_wrap_and_nothing_is_wider_than_the_page(page: Page) -> None:
    text = "a_name_that_has_no_place_to_break_at_all_" * 4

    def longer(route: object) -> None:
        found = route.fetch().json()  # type: ignore[attr-defined]
        for each in (*found["findings"], *(one for own in found["own"] for one in own["findings"])):
            each["title"] = f"`{text}`"
            each["text"] = f"`{text}` {text} `{text}`"
            each["evidence"][0]["file"] = f"{text}/app.py"
        route.fulfill(json=found)  # type: ignore[attr-defined]

    page.route(re.compile("/api/.*/findings"), longer)
    for width in (480, 1024, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        visit(page, "1?run=2&tab=findings")
        expect(cards(page)).to_be_visible()
        wide = page.evaluate(
            """() => [...document.querySelectorAll(".finding *, .finding-list *")]
                .filter((e) => e.closest("section").getBoundingClientRect().right + 1
                    < e.getBoundingClientRect().right && !e.matches(".visually-hidden"))
                .map((e) => e.outerHTML)"""
        )
        assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_barrier(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit(page, "3?run=3&step=5&tab=findings")
    page.get_by_role("button", name="Why did line 8 run?").click()
    expect(links(page).first).to_be_visible()
    expect(cards(page)).to_be_visible()
    assert violations(page) == []


def test_a_report_has_the_findings_and_answers(
    offline: Page, store: TraceStore, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(build_report(store, recordings=[1], replay=False))
    offline.goto(f"{path.as_uri()}#/recordings/1?run=2")
    expect(cards(offline)).to_contain_text("line 11 then set it to ['Espresso']")
    offline.get_by_role("button", name="Why did line 11 run?").click()
    expect(links(offline).last).to_contain_text("You clicked Add to cart")
    offline.get_by_role("button", name="Why is cart this?").click()
    expect(answer(offline)).to_have_attribute("aria-label", re.compile("cart"))
    offline.keyboard.press("ArrowLeft")  # a value in the middle of a run has no answer here
    expect(offline.get_by_role("button", name="Why is cart this?")).to_have_count(0)
    offline.keyboard.press("f")
    expect(offline.get_by_role("tabpanel")).to_contain_text("1 fault in 3 runs")
