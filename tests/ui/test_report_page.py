"""A report, opened from its file without a network, shows what the server's pages show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support import SAMPLES, record
from ui.axe import violations
from ui.handmade import many_runs

from bench.ui.recordings import many_steps
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import ComparedVariant, Comparison
from rerun_trace.web.app import create_app
from rerun_trace.web.report.build import build_report
from rerun_trace.web.server.serving import RunningServer, serve

pytestmark = pytest.mark.first_row

VARIANTS = {"rerun.py": "Foo", "callback.py": "Bar", "container.py": "Baz"}
MOMENTS = ("?run=3", "?run=2&step=7", "?run=2&step=0", "?run=1&step=4&as=written")
SEARCHES = (
    *("foo", "st", "line:st.", "rerun.py:16", "loop.py:9", "key:value", "value:'", "value:33"),
    *("outcome:rerun", "error:x", "element:button", "function:e", "nothing at all"),
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1 to 3: the samples with a click each, and their comparison; 4: two long runs; 5: 201."""
    folder = tmp_path_factory.mktemp("report")
    db = folder / "recordings.db"
    with ThreadPoolExecutor(1) as thread:  # Playwright has an event loop on this one
        made = {
            name: thread.submit(record, SAMPLES / name, [{"click": button}], db).result().id
            for name, button in VARIANTS.items()
        }
    with TraceStore.open(db) as store:
        variants = tuple(ComparedVariant(name, (id,)) for name, id in made.items())
        steps = ({"click": "button#0"},)
        store.add_comparison(Comparison("Three ways", datetime.now(UTC), steps, variants))
        many_steps(store, 1, 2, 18_000)
        many_runs(store, 100)
    return db


@pytest.fixture(scope="module")
def server(recorded: Path) -> Iterator[RunningServer]:
    with TraceStore.open(recorded, create=False) as store:
        server = serve(create_app(store))
        yield server
        server.close()


@pytest.fixture(scope="module")
def reports(recorded: Path) -> Path:
    """A folder with reports: one.html, long.html, many.html, few.html, three.html."""
    with TraceStore.open(recorded, create=False) as store:
        folder = recorded.parent
        for name, data in {
            "one": build_report(store, recordings=[1], replay=False),
            "long": build_report(store, recordings=[4], replay=False),
            "many": build_report(store, recordings=[5], replay=False),
            "few": build_report(store, recordings=[5], replay=False, runs=(120, 201)),
            "three": build_report(store, comparison=1, replay=False, note="A note."),
        }.items():
            (folder / f"{name}.html").write_bytes(data)
    return folder


@pytest.fixture
def offline(offline: Page) -> Iterator[Page]:
    """Without replay, all that complains is ours, and fails the test, too."""
    problems: list[str] = []
    offline.on("console", lambda message: problems.append(message.text))
    offline.on("pageerror", lambda error: problems.append(str(error)))
    yield offline
    assert problems == []


def settled(page: Page) -> None:
    """The moment is shown, and the source is there."""
    expect(page.locator(".story")).to_be_visible()
    expect(page.locator(".stepper")).to_be_visible()
    expect(page.locator(".pane-source")).not_to_contain_text("Loading…")
    expect(page.locator(".tabs[data-looked]")).to_be_visible()  # what was found is known


def texts(page: Page, *, pages: bool = True) -> dict[str, str]:
    """What the studio says about a moment."""
    settled(page)
    found = {
        # A report does not answer all questions, and offers no others.
        "source": re.sub(r"\s*why( not)?\?", "", page.locator(".pane-source").inner_text()),
        "facts": re.sub(r"\s*why( not)?\?", "", page.locator(".pane-facts").inner_text()),
        "stepper": page.locator(".stepper").inner_text(),
    }
    page.get_by_role("tab", name="Runs").click()
    expect(page.locator(".runs tbody tr[data-run]").first).to_contain_text("run")
    page.wait_for_function("document.querySelector('.runs .group')?.innerText.match(/\\w \\w/)")
    found["runs"] = page.locator(".runs").inner_text()
    page.get_by_role("tab", name="Page").click()
    if pages:
        list_ = page.get_by_role("button", name="as a list")
        if list_.is_enabled():
            list_.click()
        found["page"] = page.locator(".page-list").inner_text()
    return found


def graph(page: Page) -> str:
    """The drawing's texts, and where its nodes lead."""
    drawn = page.locator(".graph svg")
    expect(drawn).to_be_visible()
    targets = drawn.locator("a[data-target]").evaluate_all("all => all.map(a => a.dataset.target)")
    lit = drawn.locator(".lit, .selected").all_text_contents()
    return "\n".join([*drawn.locator("text").all_text_contents(), *targets, *lit])


def found_by(page: Page, query: str) -> str:
    place, _, text = query.rpartition(":") if re.match("[a-z]+:", query) else ("all", "", query)
    if page.get_by_role("searchbox").is_visible():  # what was found before is gone
        page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Where", exact=True).select_option(place)
    page.get_by_role("searchbox").fill(text)
    status = page.locator(".search .said").first
    expect(status).to_have_text(re.compile(r"(moments?|found) in .*[^…]$|further\.$"))
    found = page.locator(".search ol li").all_inner_texts()
    # A full list may hold some more, depending on how quickly they came.
    said = status.inner_text() if len(found) < 100 else "100 and more"
    return "\n".join([said, *found[:100]])


def both(server: RunningServer, file: Path, path: str, query: str) -> tuple[str, str]:
    """Where the server shows a moment, and where a report does."""
    return f"{server.url}{path}{query}", f"{file.as_uri()}#{path}{query}"


def test_the_studio_shows_the_same(
    server: RunningServer, reports: Path, offline: Page, browser: Browser
) -> None:
    served = browser.new_page(viewport={"width": 1440, "height": 900})
    for moment in MOMENTS:
        there, here = both(server, reports / "one.html", "/recordings/1", moment)
        served.goto(there)
        offline.goto("about:blank")
        offline.goto(here)
        shown = texts(served)
        assert texts(offline) == shown, moment
        for kind in ("causes", "control flow"):
            for page in (served, offline):
                page.get_by_role("tab", name="Graph").click()
                page.get_by_role("radio", name=kind).check()
            assert graph(offline) == graph(served), (moment, kind)
    served.close()
    expect(offline.get_by_text("made without replay")).to_have_count(0)  # the graph is open
    offline.get_by_role("tab", name="Page").click()
    expect(offline.get_by_text("This report was made without replay")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "recording"), [("one", 1), ("long", 4), ("many", 5)], ids=["one", "long", "many"]
)
def test_the_search_finds_the_same(
    server: RunningServer, reports: Path, offline: Page, browser: Browser, name: str, recording: int
) -> None:
    served = browser.new_page()
    there, here = both(server, reports / f"{name}.html", f"/recordings/{recording}", "?run=2")
    served.goto(there)
    offline.goto(here)
    for query in SEARCHES if name == "one" else SEARCHES[::3]:
        assert found_by(offline, query) == found_by(served, query), query
    served.close()


def test_a_moment_has_an_address(reports: Path, offline: Page) -> None:
    """Going on changes what comes after the number sign; that opens the same moment again."""
    offline.goto((reports / "one.html").as_uri())
    settled(offline)
    offline.keyboard.press("ArrowLeft")
    offline.keyboard.press("ArrowLeft")
    expect(offline.locator(".stepper")).to_contain_text("run 3, step 3 of 5")
    offline.get_by_role("tab", name="Runs").click()
    expect(offline).to_have_url(re.compile(r"one\.html#/recordings/1\?run=3&step=3&tab=runs$"))
    url = offline.url
    offline.goto("about:blank")
    offline.goto(url)
    expect(offline.locator(".stepper")).to_contain_text("run 3, step 3 of 5")
    expect(offline.get_by_role("tab", name="Runs")).to_have_attribute("aria-selected", "true")
    offline.get_by_role("link", name="Run 2", exact=True).click()
    expect(offline).to_have_url(re.compile(r"\?run=2&tab=runs$"))
    offline.evaluate("location.hash = '#/recordings/1?run=1&step=2'")
    expect(offline.locator(".stepper")).to_contain_text("run 1, step 2")


def test_long_runs_are_walked_through(reports: Path, offline: Page) -> None:
    offline.goto((reports / "long.html").as_uri() + "#/recordings/4?run=2&step=5001")
    settled(offline)
    expect(offline.locator(".stepper")).to_contain_text("run 2, step 5,001 of")
    expect(offline.locator(".variables").first).to_contain_text("number")
    offline.get_by_role("button", name="Line 12: go to where it ran").click()
    expect(offline.locator(".stepper")).to_contain_text("run 2, step 5,005 of")
    expect(offline.locator(".pane-source .current")).to_contain_text("text = ")


def test_a_comparison_leads_to_its_recordings(
    server: RunningServer, reports: Path, offline: Page, browser: Browser
) -> None:
    served = browser.new_page(viewport={"width": 1440, "height": 900})
    served.goto(f"{server.url}/comparisons/1")
    offline.goto((reports / "three.html").as_uri())
    for page in (served, offline):
        expect(page.locator(".lesson-stepper")).to_contain_text("step 1 of 12")
        for name in ("figures", "order", "graphs", "findings"):
            page.locator(f".panel-{name} summary").first.click()
        expect(page.locator(".graph svg")).to_have_count(3)
        expect(page.locator(".finding").first).to_be_visible()
    drawn = "all => all.map(each => each.textContent)"
    graphs = [p.locator(".graph text").evaluate_all(drawn) for p in (served, offline)]
    assert graphs[0] == graphs[1]
    for _ in range(12):  # sentences, lines, runs, figures and findings are the server's
        parts = ".lesson-bar, .column > header, .runs, .source, .beat, .panels, .lesson-stepper"
        texts = [page.locator(parts).all_inner_texts() for page in (served, offline)]
        assert texts[0] == texts[1]
        for page in (served, offline):
            page.keyboard.press("ArrowRight")
    expect(offline).to_have_url(re.compile(r"#/comparisons/1\?interaction=1&beat=12$"))
    offline.reload()
    expect(offline.locator(".lesson-stepper")).to_contain_text("step 12 of 12")
    served.close()
    offline.get_by_role("button", name="0: first load").click()
    expect(offline).to_have_url(re.compile(r"#/comparisons/1\?interaction=0&beat=1$"))
    offline.get_by_role("link", name="callback.py").click()
    settled(offline)
    expect(offline).to_have_title(re.compile("callback.py"))
    expect(offline.locator(".pane-source")).to_contain_text("def update_value")
    offline.go_back()
    expect(offline.get_by_role("heading", name="Three ways")).to_be_visible()
    offline.get_by_role("button", name="1: click").click()
    offline.locator(".panel-graphs summary").first.click()
    offline.locator(".panel-graphs a[data-target='?run=3']").first.click()
    settled(offline)
    expect(offline.locator(".stepper")).to_contain_text("run 3")
    offline.get_by_role("link", name="About this report").click()
    expect(offline.get_by_text("A note.")).to_be_visible()
    offline.get_by_role("link", name="container.py").click()
    settled(offline)
    expect(offline.locator(".pane-source")).to_contain_text("st.container")


def test_what_is_missing_is_said_where_it_would_be(reports: Path, offline: Page) -> None:
    offline.goto((reports / "few.html").as_uri() + "#/recordings/5?run=3")
    missing = "The contents of run 3 are not in this report. This report was made of the runs 120"
    expect(offline.locator(".pane-source")).to_contain_text(missing)
    expect(offline.locator(".pane-facts")).to_contain_text(missing)
    expect(offline.locator(".pane-views")).to_contain_text(missing)
    offline.get_by_text("Left out").click()
    expect(offline.locator("#limits li").last).to_contain_text("made of the runs 120 to 201 of 201")
    offline.get_by_role("tab", name="Runs").click()
    expect(offline.locator(".runs tr.selected")).to_contain_text("run 3")
    offline.get_by_role("tab", name="Graph").click()
    expect(offline.locator(".graph svg")).to_be_visible()
    offline.get_by_role("radio", name="control flow").check()
    expect(offline.locator(".graph")).to_contain_text(missing)
    offline.get_by_role("tab", name="Runs").click()
    offline.get_by_role("button", name="Last").click()
    offline.locator(".runs tr[data-run='201'] button").click()
    settled(offline)
    expect(offline.locator(".pane-source")).to_contain_text("st.header")
    assert "in the 82 of 201 runs that are in this report." in found_by(offline, "nothing at all")


def test_about_the_report_is_readable(reports: Path, offline: Page) -> None:
    for width in (1280, 380):
        offline.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            offline.emulate_media(color_scheme=scheme)
            offline.goto("about:blank")
            offline.goto((reports / "three.html").as_uri() + "#/")
            expect(offline.get_by_role("heading", name="Three ways")).to_be_visible()
            assert violations(offline) == []
            assert offline.evaluate("document.documentElement.scrollWidth") <= width
    expect(offline.get_by_role("link", name="rerun.py")).to_be_visible()
    offline.get_by_role("button", name="Theme: auto").click()
    expect(offline.get_by_role("button", name="Theme: light")).to_be_visible()
