"""A comparison in a real browser: three ways to update a header, recorded for real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support import SAMPLES, record

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import ComparedVariant, Comparison
from rerun_trace.web.app import create_app

pytestmark = pytest.mark.first_row

BUTTONS = {"rerun.py": "Foo", "callback.py": "Bar", "container.py": "Baz"}
TITLE = "Update an earlier header, three ways"
REASON = "no widget “Qux” on the page"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three samples and two comparisons: of them alone, and among six of which one failed."""
    db = tmp_path_factory.mktemp("compare") / "recordings.db"
    variants = []
    for name, button in BUTTONS.items():
        # In a thread of its own: the browser's driver has an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(record, SAMPLES / name, [{"click": button}], db).result()
        variants.append(ComparedVariant(name, (done.id,)))
    failed = ComparedVariant("broken.py", (), REASON)
    steps = ({"click": "button#0"},)
    now = datetime.now(UTC)
    with TraceStore.open(db) as store:
        store.add_comparison(Comparison(TITLE, now, steps, tuple(variants)))
        six = (*variants, failed, *variants[:2])
        store.add_comparison(Comparison("Six", now, steps, six))
    return db


@pytest.fixture
def store(recorded: Path) -> Iterator[TraceStore]:
    with TraceStore.open(recorded) as store:
        yield store


def row(page: Page, name: str, band: int | None = 1) -> Locator:
    body = page.locator(f"[data-band='{band}']" if band is not None else "tbody.total")
    return body.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))


def test_the_list_leads_to_a_comparison(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_text("final pages equal but for the text of: heading")).to_be_visible()


def test_each_column_has_a_verdict(page: Page) -> None:
    page.goto("/comparisons/1")
    heads = page.get_by_role("columnheader")
    expect(heads.nth(0)).to_contain_text(
        "Runs twice for the click: run 2 is halted at line 16 and what it drew is drawn again;"
        " 5 statements run again."
    )
    expect(heads.nth(1)).to_contain_text("Runs once: update_value changes st.session_state.value")
    expect(heads.nth(2)).to_contain_text("Runs once: line 17 writes above what line 14 wrote")


def test_the_table_marks_the_best_with_a_star(page: Page) -> None:
    page.goto("/comparisons/1")
    cells = row(page, "script runs").get_by_role("cell")
    expect(cells).to_have_text([re.compile(r"^2$"), re.compile(r"^1\s+★$"), re.compile(r"^1\s+★$")])
    expect(cells.nth(1).get_by_role("img", name="best")).to_be_visible()
    expect(cells.nth(1)).to_have_css("font-weight", "700")
    late = row(page, "written out of order").get_by_role("cell")
    expect(late.nth(2)).to_have_text("1")
    expect(row(page, "callbacks").get_by_role("img")).to_have_count(0)
    expect(row(page, "script runs", None).get_by_role("cell").first).to_have_text("3")


def test_pictures_have_words(page: Page) -> None:
    page.goto("/comparisons/1")
    strips = page.locator("[data-band='1'] svg.strip")
    expect(strips.first).to_have_attribute(
        "aria-label", re.compile("^click Foo: ↻ run 2, halted at line 16, .* ✓ run 3, ")
    )
    expect(strips.nth(1)).to_have_attribute(
        "aria-label", re.compile("ƒ update_value, then ✓ run 2")
    )
    orders = page.locator("[data-band='1'] svg.order")
    expect(orders.first).to_have_attribute(
        "aria-label",
        "run 2: drawn again by run 3. In reading order: heading Title (written 1),"
        " button Foo (written 2).",
    )
    expect(orders.last).to_have_attribute(
        "aria-label", "run 2. In reading order: heading Baz (written 2), button Baz (written 1)."
    )
    expect(orders.last.locator(".crossing")).to_have_count(2)
    expect(page.locator("[data-band='1'] .order .crossing")).to_have_count(2)


def test_the_lines_say_what_ran_again_and_what_ended_a_run(page: Page) -> None:
    page.goto("/comparisons/1")
    lines = page.get_by_role("region", name="Lines of rerun.py in interaction 1").get_by_role("row")
    expect(lines.filter(has_text="st.rerun()")).to_have_text(re.compile("■ 1× ends run 2"))
    expect(lines.filter(has_text="st.header")).to_have_text(re.compile("2× ran again"))
    expect(lines.filter(has_text="st.caption")).to_have_text(
        re.compile("– halted by the rerun at line 16")
    )
    other = page.get_by_role("region", name="Lines of callback.py in interaction 1")
    expect(other.locator(".callback")).to_have_text(re.compile("ƒ 1× callback"))


def test_the_graphs_of_the_interaction_are_drawn(page: Page) -> None:
    page.goto("/comparisons/1")
    graphs = page.locator("[data-band='1'] [data-graph]")
    expect(graphs.nth(0).locator("#run-3")).to_contain_text("run 3")
    expect(graphs.nth(0).locator("#request-2-0")).to_contain_text("st.rerun")
    expect(graphs.nth(1).locator(".callback")).to_contain_text("update_value()")
    expect(graphs.nth(2).locator("#run-2")).to_contain_text("run 2")
    expect(graphs.nth(2).locator("#run-1")).to_have_count(0)


def test_interactions_are_stepped_with_the_arrow_keys(page: Page) -> None:
    page.goto("/comparisons/1")
    click = page.get_by_role("button", name="1: click")
    load = page.get_by_role("button", name="0: first load")
    expect(click).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-band='0']")).to_be_hidden()
    click.focus()
    page.keyboard.press("ArrowLeft")
    expect(load).to_be_focused()
    expect(page.locator("[data-band='0']")).to_be_visible()
    expect(page.locator("[data-band='1']")).to_be_hidden()
    expect(row(page, "script runs", 0).get_by_role("cell").first).to_contain_text("1")
    page.keyboard.press("ArrowLeft")
    expect(load).to_be_focused()
    page.reload()
    expect(load).to_have_attribute("aria-pressed", "true")
    load.focus()
    page.keyboard.press("End")
    expect(click).to_be_focused()


def test_a_failed_variant_has_its_reason_and_the_others_their_figures(page: Page) -> None:
    page.goto("/comparisons/2")
    expect(page.get_by_role("columnheader").nth(3)).to_contain_text(f"Failed: {REASON}.")
    cells = row(page, "script runs").get_by_role("cell")
    expect(cells).to_have_text([re.compile(f"^{n}") for n in ("2", "1", "1", "–", "2", "1")])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [480, 1024, 1280])
@pytest.mark.parametrize("number", [1, 2])
def test_columns_are_alike_and_nothing_overflows(
    page: Page, number: int, width: int, scheme: Any, tmp_path: Path
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/comparisons/{number}")
    expect(page.locator("[data-band='1'] #run-3").first).to_be_visible()
    root = page.locator("html")
    assert root.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    widths = [head.bounding_box() for head in page.get_by_role("columnheader").all()]
    sizes = [box["width"] for box in widths if box]
    assert len(sizes) == (3 if number == 1 else 6)
    assert max(sizes) - min(sizes) <= 1
    sideways = page.get_by_role("region", name="Variants side by side")
    inside = sideways.evaluate("e => e.scrollWidth - e.clientWidth")
    assert (inside == 0) == (number == 1 and width > 480)
    drawings = page.locator("[data-band='1'] svg.strip").all()
    heights = [box["height"] for box in (each.bounding_box() for each in drawings) if box]
    assert max(heights) - min(heights) < 1
    assert len(page.screenshot(path=tmp_path / "page.png")) > 10_000
    paper = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 24, 28)")


def test_the_page_and_the_json_agree(page: Page, store: TraceStore) -> None:
    made = create_app(store).test_client().get("/api/comparisons/1").get_json()
    page.goto("/comparisons/1")
    for key, name in (("steps", "steps"), ("repeated_work", "statements run again")):
        values = made["interactions"][1]["metrics"][key]["values"]
        texts = [re.compile(rf"^{value['median']:.0f}\b") for value in values]
        expect(row(page, name).get_by_role("cell")).to_have_text(texts)
