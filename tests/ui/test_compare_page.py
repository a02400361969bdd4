"""A comparison in a real browser: three ways to update a header, recorded for real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support import SAMPLES, record
from ui import handmade
from ui.axe import violations
from ui.lasting import lasting_server

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import ComparedVariant, Comparison
from rerun_trace.web.app import create_app
from rerun_trace.web.server.serving import RunningServer

pytestmark = pytest.mark.first_row

BUTTONS = {"rerun.py": "Foo", "callback.py": "Bar", "container.py": "Baz"}
TITLE = "Update an earlier header, three ways"
REASON = "no widget “Qux” on the page"
STEPS = 12  # of the click
VALUE = 7  # the step, from 1, at which the value changes in all of them


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1: the three samples. 2: among six of which one failed. 3: 3,001 runs beside an app that
    errs and one with two interactions. 4: two of the samples."""
    db = tmp_path_factory.mktemp("compare") / "recordings.db"
    variants = []
    for name, button in BUTTONS.items():
        # In a thread of its own: the browser's driver has an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(record, SAMPLES / name, [{"click": button}], db).result()
        variants.append(ComparedVariant(name, (done.id,)))
    failed = ComparedVariant("broken.py", (), REASON)
    now = datetime.now(UTC)
    with TraceStore.open(db) as store:

        def keep(title: str, *compared: ComparedVariant) -> None:
            store.add_comparison(Comparison(title, now, ({"click": "button#0"},), compared))

        keep(TITLE, *variants)
        keep("Six", *variants, failed, *variants[:2])
        keep(
            "Long",
            ComparedVariant("many.py", (handmade.many_runs(store),)),
            ComparedVariant("errs.py", (handmade.everything(store),)),
            ComparedVariant("short.py", (handmade.three_runs(store),)),
        )
        keep("Two", *variants[:2])
    return db


@pytest.fixture(scope="module")
def store(recorded: Path) -> Iterator[TraceStore]:
    with TraceStore.open(recorded) as store:
        yield store


server = lasting_server


def opened(page: Page, number: int = 1, query: str = "") -> None:
    page.goto(f"/comparisons/{number}{query}")
    expect(page.locator(".lesson-stepper .place")).to_contain_text("step ")


def place(page: Page) -> Locator:
    return page.locator(".lesson-stepper .place")


def column(page: Page, name: str) -> Locator:
    return page.locator(f".column[aria-label='{name}']")


def sentence(page: Page, name: str) -> Locator:
    return column(page, name).locator(".beat")


def header(page: Page, name: str) -> Locator:
    """The header on the variant's page, as Streamlit's front end draws it."""
    return column(page, name).frame_locator("iframe").get_by_role("heading").first


def panel(page: Page, name: str) -> Locator:
    found = page.locator(f".panel-{name}")
    if found.evaluate("e => e.tagName === 'DETAILS' && !e.open"):
        found.locator("summary").first.click()
    return found


def row(page: Page, name: str, total: bool = False) -> Locator:
    body = panel(page, "figures").locator("tbody").nth(1 if total else 0)
    return body.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))


def test_the_list_leads_to_a_comparison(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_text("final pages equal but for the text of: heading")).to_be_visible()


def test_each_column_has_a_verdict(page: Page) -> None:
    opened(page)
    expect(column(page, "rerun.py").locator("header")).to_contain_text(
        "Runs twice for the click: run 2 is halted at line 16 and what it drew is drawn again;"
        " 5 statements run again."
    )
    expect(column(page, "callback.py").locator("header")).to_contain_text(
        "Runs once: update_value changes st.session_state.value"
    )
    expect(column(page, "container.py").locator("header")).to_contain_text(
        "Runs once: line 17 writes above what line 14 wrote"
    )


def test_all_variants_are_stepped_together_wherever_the_focus_is(page: Page) -> None:
    opened(page)
    expect(place(page)).to_have_text(f"step 1 of {STEPS}: the click")
    for name, button in BUTTONS.items():
        expect(sentence(page, name)).to_have_text(f"You clicked {button}.")
        expect(header(page, name)).to_have_text("Title")
    places = (
        "body",
        ".column[aria-label='callback.py'] .lines",
        ".panel-figures summary",
        "#theme",
        ".lesson-stepper button:enabled",
        ".column[aria-label='rerun.py'] .block",
    )
    for step, focus in enumerate(places, start=2):
        page.locator(focus).first.evaluate("e => { e.tabIndex ??= -1; e.focus(); }")
        page.keyboard.press("ArrowRight")
        expect(place(page)).to_contain_text(f"step {step} of {STEPS}")
    assert len(places) == VALUE - 1
    expect(place(page)).to_have_text(f"step {VALUE} of {STEPS}: value changes")
    expect(sentence(page, "rerun.py")).to_have_text("value changes to 'Foo'.")
    expect(sentence(page, "callback.py")).to_have_text("value changes to 'Bar'.")
    expect(sentence(page, "container.py")).to_have_text("value changes to 'Baz'.")
    for name, line in (("rerun.py", 15), ("callback.py", 10), ("container.py", 15)):
        current = column(page, name).locator(".lines tr[aria-current='true']")
        expect(current).to_have_count(1)
        expect(current.locator(".number")).to_have_text(str(line))
    page.keyboard.press("ArrowRight")
    expect(sentence(page, "rerun.py")).to_have_text("Run 2 stops at line 16; run 3 starts.")
    expect(sentence(page, "callback.py")).to_have_text("Waits. value changes to 'Bar'.")
    # From the page in a frame, too.
    column(page, "callback.py").frame_locator("iframe").get_by_text("Title").click()
    page.keyboard.press("ArrowRight")
    expect(place(page)).to_contain_text(f"step 9 of {STEPS}")
    page.keyboard.press("ArrowRight")
    for name, text in (("rerun.py", "Foo"), ("callback.py", "Bar"), ("container.py", "Baz")):
        expect(header(page, name)).to_have_text(text)
        expect(sentence(page, name)).to_contain_text(f": “{text}”.")
        inside = column(page, name).frame_locator("iframe")
        expect(inside.locator("#rerun-trace-marks > div:not([hidden])")).to_have_count(1)
    page.keyboard.press("End")
    expect(sentence(page, "container.py")).to_contain_text("Run 2 ends")
    page.keyboard.press("ArrowLeft")
    expect(sentence(page, "container.py")).to_contain_text("Waits. The heading is drawn above")


def test_interactions_follow_each_other(page: Page) -> None:
    opened(page)
    page.keyboard.press("ArrowLeft")
    expect(place(page)).to_have_text("step 8 of 8: run ends")
    expect(page.get_by_role("button", name="0: first load")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="One step back")).to_be_disabled()
    page.keyboard.press("ArrowLeft")
    expect(place(page)).to_contain_text("step 1 of 8")
    page.keyboard.press("Alt+ArrowRight")
    expect(place(page)).to_have_text(f"step 1 of {STEPS}: the click")
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="One step on")).to_be_disabled()
    page.keyboard.press("Alt+ArrowLeft")
    expect(place(page)).to_contain_text("step 1 of 8")
    page.get_by_role("button", name="1: click").click()
    expect(place(page)).to_contain_text(f"step 1 of {STEPS}")
    page.get_by_role("button", name="One step on").click()
    expect(place(page)).to_contain_text(f"step 2 of {STEPS}")


def test_the_address_keeps_interaction_and_step(page: Page) -> None:
    opened(page, 1, "?interaction=1&beat=8")
    expect(place(page)).to_contain_text(f"step 8 of {STEPS}")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"\?interaction=1&beat=9$"))
    page.reload()
    expect(place(page)).to_contain_text(f"step 9 of {STEPS}")
    for odd in ("?interaction=9&beat=2", "?interaction=x", "?beat=99999", "?interaction=1&beat=-1"):
        opened(page, 1, odd)
        expect(place(page)).to_contain_text("step 1 of 12")
    opened(page, 1, "?interaction=1&beat=400")
    expect(place(page)).to_contain_text(f"step {STEPS} of {STEPS}")


def test_runs_are_blocks_of_one_size_and_lead_to_their_beginning(page: Page) -> None:
    opened(page, 1, f"?interaction=1&beat={STEPS}")
    blocks = page.locator(".blocks .block")
    expect(blocks).to_have_text(["↻ run 2", "✓ run 3", "✓ run 2", "✓ run 2"])
    widths = [box["width"] for each in blocks.all() if (box := each.bounding_box())]
    assert max(widths) - min(widths) <= 1
    page.get_by_role("button", name=re.compile("^run 3, completed")).click()
    expect(sentence(page, "rerun.py")).to_have_text("Run 2 stops at line 16; run 3 starts.")
    expect(blocks).to_have_text(["↻ run 2", "run 3 …", "run 2 …", "run 2 …"])
    page.get_by_label("runs on one time scale").check()
    expect(page.locator("svg.strip").first).to_have_attribute(
        "aria-label", re.compile("^click Foo: ↻ run 2, halted at line 16, .* ✓ run 3, ")
    )
    heights = [box["height"] for s in page.locator("svg.strip").all() if (box := s.bounding_box())]
    assert max(heights) - min(heights) < 1


def test_the_lines_say_what_ran_again_and_what_ended_a_run(page: Page) -> None:
    opened(page)
    lines = page.get_by_role("region", name="Source of rerun.py").get_by_role("row")
    expect(lines.filter(has_text="st.rerun()")).to_contain_text("■ 1× ends run 2")
    expect(lines.filter(has_text="st.header")).to_contain_text("2× ran again")
    expect(lines.filter(has_text="st.caption")).to_contain_text("– halted by the rerun at line 16")
    other = page.get_by_role("region", name="Source of callback.py")
    expect(other.locator(".callback")).to_contain_text("ƒ 1× callback")


def test_the_figures_mark_the_best_where_less_is_better_for_everybody(page: Page) -> None:
    opened(page)
    cells = row(page, "script runs").get_by_role("cell")
    expect(cells).to_have_text([re.compile(r"^2$"), re.compile(r"^1\s+★$"), re.compile(r"^1\s+★$")])
    expect(cells.nth(1).get_by_role("img", name="best")).to_be_visible()
    expect(cells.nth(1)).to_have_css("font-weight", "700")
    late = row(page, "written out of order")
    expect(late.get_by_role("cell").nth(2)).to_have_text("1")
    expect(late.get_by_role("img")).to_have_count(0)
    expect(row(page, "callbacks").get_by_role("img")).to_have_count(0)
    expect(row(page, "script runs", total=True).get_by_role("cell").first).to_have_text("3")


def test_the_order_of_writing_has_words(page: Page) -> None:
    opened(page)
    orders = panel(page, "order").locator("svg.order")
    expect(orders.first).to_have_attribute(
        "aria-label",
        "run 2: drawn again by run 3. In reading order: heading Title (written 1),"
        " button Foo (written 2).",
    )
    expect(orders.last).to_have_attribute(
        "aria-label", "run 2. In reading order: heading Baz (written 2), button Baz (written 1)."
    )
    expect(orders.last.locator(".crossing")).to_have_count(2)
    expect(page.locator(".order .crossing")).to_have_count(2)


def letters(page: Page) -> list[float]:
    """How high the letters of the graphs are drawn, in px."""
    sizes: list[float] = page.locator(".panel-graphs .graph-place text").evaluate_all(
        """all => all.map((text) => {
          const scale = text.ownerSVGElement.getScreenCTM().a;
          return parseFloat(getComputedStyle(text).fontSize) * scale;
        })"""
    )
    return sizes


def test_the_graphs_are_drawn_to_one_scale(page: Page) -> None:
    opened(page)
    graphs = panel(page, "graphs").locator("[data-graph]")
    expect(graphs.nth(0).locator("#run-3")).to_contain_text("run 3")
    expect(graphs.nth(0).locator("#request-2-0")).to_contain_text("st.rerun")
    expect(graphs.nth(1).locator(".callback")).to_contain_text("update_value()")
    expect(graphs.nth(2).locator("#run-2")).to_contain_text("run 2")
    expect(graphs.nth(2).locator("#run-1")).to_have_count(0)
    scales = page.locator(".panel-graphs .graph-place svg").evaluate_all(
        "all => all.map(svg => svg.getScreenCTM().a)"
    )
    assert max(scales) - min(scales) < 0.01
    before = max(letters(page))
    page.get_by_role("button", name="Larger").click()
    expect(graphs.nth(2).locator("svg")).to_be_visible()
    assert max(letters(page)) > before * 1.2


def test_each_variant_s_findings_are_told_and_lead_to_their_moments(page: Page) -> None:
    opened(page)
    found = panel(page, "findings")
    expect(found.get_by_role("heading", name=re.compile("Foo needs two runs"))).to_be_visible()
    expect(found).to_contain_text("Nothing looked wrong.")
    found.get_by_role("button", name="rerun.py:16").click()
    # The address leaves out the step where it is the run's last one.
    expect(page).to_have_url(re.compile(r"/recordings/1\?run=2\b"))
    expect(page.locator(".where")).to_have_text("run 2, step 7 of 7")


def test_a_failed_variant_has_its_reason_and_the_others_their_figures(page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1000})
    opened(page, 2)
    failed = column(page, "broken.py")
    expect(failed).to_contain_text(f"Failed: {REASON}.")
    expect(failed).to_contain_text("There is no recording to show.")
    cells = row(page, "script runs").get_by_role("cell")
    expect(cells).to_have_text([re.compile(f"^{n}") for n in ("2", "1", "1", "–", "2", "1")])


def test_when_not_all_fit_a_person_chooses(page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    opened(page, 2)
    chooser = page.get_by_role("group", name="Variants in sight")
    heads = page.locator(".column h2")
    expect(heads).to_have_text(["rerun.py", "callback.py", "container.py"])
    chooser.get_by_role("button", name="broken.py").click()
    expect(heads).to_have_text(["rerun.py", "callback.py", "broken.py"])
    expect(chooser.get_by_role("button", pressed=True)).to_have_count(3)
    page.set_viewport_size({"width": 480, "height": 800})
    expect(heads).to_have_text(["broken.py"])
    chooser.get_by_role("button", name="callback.py").last.focus()
    page.keyboard.press("Enter")
    expect(heads).to_have_text(["callback.py"])
    page.keyboard.press("ArrowRight")
    expect(place(page)).to_contain_text("step 2 of")


def test_3000_runs_an_error_and_fewer_interactions(page: Page) -> None:
    opened(page, 3)
    expect(column(page, "errs.py")).to_contain_text("Failed: run 4 ended with ValueError")
    page.get_by_role("combobox", name="Interaction").select_option("1500: click")
    expect(page.locator(".blocks .block").first).to_contain_text("run 3000")
    for name in ("errs.py", "short.py"):
        expect(column(page, name)).to_contain_text("this variant has no such interaction")
    expect(page.locator("html")).to_have_js_property("scrollLeft", 0)
    page.keyboard.press("End")
    expect(sentence(page, "many.py")).to_contain_text("Run 3001 ends")


def overflow(page: Page) -> int:
    wide: int = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
    return wide


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(480, "light"), (1024, "light"), (1440, "light"), (1440, "dark"), (1920, "light")],
)
@pytest.mark.parametrize("number", [1, 2, 4])
def test_columns_are_alike_and_nothing_overflows(
    page: Page, number: int, width: int, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, number, f"?interaction=1&beat={VALUE}")
    expect(page.locator(".pageview[data-shown]").first).to_be_visible()
    assert overflow(page) == 0
    boxes = [box for each in page.locator(".column").all() if (box := each.bounding_box())]
    assert max(box["width"] for box in boxes) - min(box["width"] for box in boxes) <= 1
    assert min(box["width"] for box in boxes) >= 300
    tops = {round(box["y"]) for e in page.locator(".source").all() if (box := e.bounding_box())}
    assert len(tops) == 1
    paper = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 24, 28)")


SMALL = """within => [...document.querySelectorAll(within)].flatMap((root) => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent.trim();
    if (!text || element.closest(".visually-hidden, svg") || !element.checkVisibility()) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < 18) found.push(`${size} ${element.tagName}.${element.className}: ${text}`);
  }
  return found;
})"""


@pytest.mark.parametrize("number", [1, 2, 4])
def test_presenting_is_readable_from_the_back_row(page: Page, number: int) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    opened(page, number)
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Presenting")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".panel")).to_have_count(0)
    expect(page.locator(".blocks").first).to_have_text("??")  # what comes is not given away
    count = int(re.findall(r"of (\d+)", place(page).inner_text())[0])
    for step in range(1, count + 1):
        expect(place(page)).to_contain_text(f"step {step} of")
        assert page.evaluate(SMALL, "body") == []
        assert overflow(page) == 0
        assert page.evaluate("document.documentElement.scrollHeight") <= 768
        bar = page.locator(".lesson-stepper").bounding_box()
        assert bar is not None
        for each in page.locator(".column .beat").all():
            box = each.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= bar["y"]
            assert each.evaluate("e => e.scrollWidth <= e.clientWidth")
        if step < count:
            page.keyboard.press("ArrowRight")
    for look in ("Figures", "Order", "Graphs", "Findings"):
        page.get_by_role("button", name=look, exact=True).click()
        expect(page.locator(".panel")).to_have_count(1)
        expect(page.locator(".columns")).to_have_count(0)
        if look == "Graphs":
            expect(page.locator(".graph-place svg").first).to_be_visible()
            assert min(letters(page)) >= 15.99
        if look == "Findings":
            expect(page.locator(".finding").first).to_be_visible()
        assert page.evaluate(SMALL, "body") == []
        assert overflow(page) == 0
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Present", exact=True)).to_be_visible()
    expect(page.locator(".columns")).to_be_visible()


def test_presenting_goes_on_after_a_reload(page: Page) -> None:
    opened(page)
    page.get_by_role("button", name="Present").click()
    page.reload()
    expect(page.get_by_role("button", name="Presenting")).to_be_visible()
    expect(page.locator("html.presenting")).to_be_attached()
    page.set_viewport_size({"width": 480, "height": 800})
    expect(page.locator(".column")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollHeight") <= 800
    page.keyboard.press("p")
    page.reload()
    expect(page.get_by_role("button", name="Present", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("presents", [False, True])
def test_no_rule_of_accessibility_is_broken(page: Page, scheme: Any, presents: bool) -> None:
    page.emulate_media(color_scheme=scheme)
    for number, step in ((1, VALUE), (1, STEPS), (2, 8)):
        opened(page, number, f"?interaction=1&beat={step}")
        if presents and number == 1 and step == VALUE:
            page.keyboard.press("p")
        if not presents:
            for name in ("figures", "order", "graphs", "findings"):
                panel(page, name)
            expect(page.locator(".finding").first).to_be_visible()
            expect(page.locator(".graph-place svg").first).to_be_visible()
        expect(page.locator(".pageview[data-shown]").first).to_be_visible()
        assert violations(page) == []


def test_tab_goes_as_the_eye_does(page: Page) -> None:
    opened(page, 1, f"?interaction=1&beat={VALUE}")
    expect(page.locator(".pageview[data-shown]").first).to_be_visible()
    order = page.evaluate(
        """() => [...document.querySelectorAll(
          ".lesson :is(a, button:enabled, summary, iframe, [tabindex='0'], input)")]
          .filter((e) => e.tabIndex >= 0 && e.checkVisibility())
          .map((e) => [e.closest(".lesson-bar, .column, .panels, .lesson-stepper").className
            + (e.closest(".column")?.ariaLabel ?? ""), e.tabIndex])"""
    )
    parts = list(dict.fromkeys(name for name, _ in order))
    assert parts == [
        "lesson-bar",
        *(f"column{name}" for name in BUTTONS),
        "panels",
        "lesson-stepper",
    ]
    assert {index for _, index in order} == {0}


def test_without_a_script_and_on_paper_it_is_told_in_words(
    browser: Browser, server: RunningServer, page: Page
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 900, "height": 900})
    plain = context.new_page()
    plain.goto(f"{server.url}/comparisons/1")
    words = plain.locator(".in-words")
    expect(words).to_contain_text("Run 2 stops at line 16; run 3 starts.")
    expect(words).to_contain_text("statements run again")
    expect(words).to_contain_text("heading Baz (written 2), button Baz (written 1)")
    expect(plain.get_by_text("Loading")).not_to_be_visible()
    context.close()

    opened(page)
    expect(page.locator(".in-words")).not_to_be_visible()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    expect(page.locator(".in-words")).to_be_visible()
    expect(page.locator("#lesson")).not_to_be_visible()
    assert overflow(page) == 0


def test_the_page_and_the_json_agree(page: Page, store: TraceStore) -> None:
    made = create_app(store).test_client().get("/api/comparisons/1").get_json()
    opened(page)
    for key, name in (("steps", "steps"), ("repeated_work", "statements run again")):
        values = made["interactions"][1]["metrics"][key]["values"]
        texts = [re.compile(rf"^{value['median']:.0f}\b") for value in values]
        expect(row(page, name).get_by_role("cell")).to_have_text(texts)
