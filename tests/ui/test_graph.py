"""The graphs beside the stepper: the moment's node is lit, and a node leads to its moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import say
from playwright.sync_api import Locator, Page, expect
from support import SAMPLES
from ui.lasting import lasting_server

from rerun_trace.db.store import TraceStore

pytestmark = pytest.mark.first_row

LIT = re.compile(r"\blit\b")
SELECTED = re.compile(r"\bselected\b")

LOOP = """\
import streamlit as st


def double(number):
    return 2 * number


total = 0
for i in range(3):
    if i % 2:
        total = total + double(i)
    else:
        total = total + 1
st.write(total)
"""


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of a click that asks for a rerun, and one of a loop."""
    folder = tmp_path_factory.mktemp("recordings")
    loop, db = folder / "loop.py", folder / "recordings.db"
    loop.write_text(LOOP)
    for words in ((SAMPLES / "rerun.py", "--click", "Foo"), (loop,)):
        said = say(db, "drive", *words)
        assert said.code == 0, said.err
    return db


@pytest.fixture(scope="module")
def store(recordings: Path) -> Iterator[TraceStore]:
    with TraceStore.open(recordings, create=False) as store:
        yield store


server = lasting_server


def node(page: Page, text: str) -> Locator:
    return page.locator(".graph svg .node").filter(has_text=text)


def lit(page: Page) -> Locator:
    return page.locator(".graph svg .lit")


def test_a_cause_leads_to_its_moment(page: Page) -> None:
    page.goto("/recordings/1?run=3&tab=graph")
    expect(page.locator("svg #run-3")).to_have_class(SELECTED)
    page.locator("svg #request-2-0 a").click()
    expect(page.locator("svg #run-2")).to_have_class(SELECTED)
    expect(page.locator("svg #request-2-0")).to_have_class(LIT)
    page.locator("svg #interaction-1 a").click()
    expect(page).to_have_url(re.compile(r"run=2&step=0"))
    page.locator("svg #run-3 a").click()
    expect(page.locator("svg #run-3")).to_have_class(SELECTED)


def test_the_step_is_lit_without_drawing_again(page: Page) -> None:
    page.goto("/recordings/2?run=1&step=3&tab=graph&graph=flow")
    expect(lit(page)).to_contain_text("total = 0")
    page.locator(".graph svg").evaluate("svg => svg.dataset.same = 'yes'")
    for text in ("for i in", "if i % 2", "total = total + 1", "for i in"):
        page.keyboard.press("ArrowRight")
        expect(lit(page)).to_contain_text(text)
        expect(lit(page).locator("a")).to_have_attribute("aria-current", "step")
    expect(page.locator(".graph svg")).to_have_attribute("data-same", "yes")


def test_a_statement_leads_to_its_next_step(page: Page) -> None:
    page.goto("/recordings/2?run=1&step=1&tab=graph&graph=flow")
    again = node(page, "total = total + 1")
    steps = []
    for _ in range(3):
        before = page.url
        again.locator("a").click()
        expect(page).not_to_have_url(before)
        expect(again).to_have_class(LIT)
        found = re.search(r"step=(\d+)", page.url)
        assert found
        steps.append(int(found[1]))
    assert steps[0] < steps[1]
    assert steps[2] == steps[0]  # there is no third one: from the start again
    node(page, "return 2 * number").locator("a").click()
    expect(lit(page)).to_contain_text("return 2 * number")
    node(page, "completed").locator("a").click()
    expect(lit(page)).to_contain_text("st.write(total)")


def test_nodes_are_reached_with_the_keyboard(page: Page) -> None:
    page.goto("/recordings/1?run=2&tab=graph")
    expect(page.locator("svg #run-2")).to_have_class(SELECTED)
    page.locator(".graph-scroll a[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("svg #halted-2 a")).to_be_focused()
    page.keyboard.press("ArrowDown")
    request = page.locator("svg #request-2-0 a")
    expect(request).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("svg #run-3 a")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("svg #request-2-0")).to_have_class(LIT)
    expect(request).to_be_focused()


def test_the_size_stays_when_the_moment_moves(page: Page) -> None:
    page.goto("/recordings/1?run=2&tab=graph")
    svg = page.locator(".graph svg")
    expect(page.locator("svg #run-2")).to_have_class(SELECTED)
    for _ in range(4):
        page.get_by_role("button", name="Larger").click()
    width = svg.evaluate("svg => svg.style.width")
    assert width.endswith("px")
    page.locator("svg #run-3 a").click()
    expect(page.locator("svg #run-3")).to_have_class(SELECTED)
    assert svg.evaluate("svg => svg.style.width") == width
    page.get_by_role("group", name="Size of").get_by_role("button", name="Fit").click()
    fitted = svg.evaluate("svg => svg.style.width")
    assert fitted != width
    page.reload()
    expect(page.locator("svg #run-3")).to_have_class(SELECTED)
    assert svg.evaluate("svg => svg.style.width") == fitted  # as it opens
    pane, drawn = (page.locator(f".graph-{name}") for name in ("scroll", "place svg"))
    inside, around = drawn.bounding_box(), pane.bounding_box()
    assert inside
    assert around
    assert inside["x"] + inside["width"] <= around["x"] + around["width"]
    assert inside["y"] + inside["height"] <= around["y"] + around["height"]
