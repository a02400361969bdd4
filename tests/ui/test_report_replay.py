"""The page inside of a report: drawn as in the studio, and closed to the outside."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, expect
from support import SAMPLES, record
from ui.firefox import Firefox, firefox
from ui.listening import Listening, listening

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import ComparedVariant, Comparison
from rerun_trace.web.app import create_app
from rerun_trace.web.report.build import build_report
from rerun_trace.web.server.serving import RunningServer, serve

pytestmark = pytest.mark.ends

FIREFOX = os.environ.get("RERUN_TRACE_FIREFOX") or shutil.which("firefox-esr") or ""
HERE = Path(__file__).parent
TOLERANCE = 2  # of 255, in each channel
AT_EDGES, EDGES = 24, 200  # the same, and how many pixels
APPS: dict[Path, list[dict[str, Any]]] = {  # with what a person does in each
    SAMPLES / "rerun.py": [{"click": "Foo"}],
    SAMPLES / "dashboard.py": [
        {"set": "Least units a day", "value": 20},
        {"set": "Only days with returns", "value": True},
    ],
    HERE / "every_element.py": [],
    SAMPLES / "multipage" / "app.py": [{"page": "settings"}, {"page": "report"}],
    SAMPLES / "callback.py": [{"click": "Bar"}],
    SAMPLES / "container.py": [{"click": "Baz"}],
}
COMPARED = (("rerun", 1), ("callback", 5), ("container", 6))
# Recording, run, step and what of the page.
MOMENTS = [
    *((1, 1, 6, "sent"), (1, 2, 3, "sent"), (1, 2, 7, "written"), (1, 3, 0, "sent")),
    *((1, 3, 5, "sent"), (2, 1, 30, "sent"), (2, 1, 400, "written"), (2, 2, 0, "sent")),
    *((2, 2, 60, "written"), (2, 3, 9999, "sent"), (4, 1, 1, "sent"), (4, 1, 9999, "sent")),
    *((4, 2, 2, "written"), (4, 2, 9999, "sent"), (4, 3, 9999, "sent")),
]
# Of the page with every element, from its beginning to its end.
LONG = [(3, 1, step, "sent") for step in (40, 90, 9999)]
TALL = 8000  # px: all of a long page at once, so that nothing scrolls
HIGH = 2500  # px: all of any other page
WAIT_S = 40
TRIES = 4


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    db = tmp_path_factory.mktemp("replay") / "recordings.db"
    with ThreadPoolExecutor(1) as thread:  # Playwright has an event loop on this one
        for app, steps in APPS.items():
            thread.submit(record, app, steps, db).result()
    variants = tuple(ComparedVariant(name, (number,)) for name, number in COMPARED)
    with TraceStore.open(db) as store:
        store.add_comparison(Comparison("The header", datetime.now(UTC), (), variants))
    return db


@pytest.fixture(scope="module")
def server(recorded: Path) -> Iterator[RunningServer]:
    with TraceStore.open(recorded, create=False) as store:
        server = serve(create_app(store))
        yield server
        server.close()


@pytest.fixture(scope="module")
def report(recorded: Path) -> Path:
    path = recorded.with_suffix(".html")
    with TraceStore.open(recorded, create=False) as store:
        path.write_bytes(build_report(store, recordings=[1, 2, 3, 4], comparison=1))
    return path


def show(page: Page, where: str, recording: int, run: int, step: int, as_: str) -> None:
    """The moment in the page pane of a studio, served or in a report."""
    query = f"?run={run}&step={step}&as={as_}"
    if f"/recordings/{recording}?" in page.url:  # a page that is open moves by itself
        page.evaluate(
            """to => {
              history.pushState(null, "", to);
              dispatchEvent(new PopStateEvent("popstate"));
            }""",
            f"{where}/recordings/{recording}{query}",
        )
    else:
        page.goto(f"{where}/recordings/{recording}{query}")
    shown = page.locator(f".pageview[data-shown^='{run} '][data-shown$=' {as_}']")
    expect(shown).to_be_attached(timeout=WAIT_S * 1000)


def picture(page: Page) -> Image.Image:
    png = page.locator(".pageview iframe").screenshot(timeout=WAIT_S * 1000)
    return Image.open(io.BytesIO(png)).convert("RGB")


def furthest(one: Image.Image, other: Image.Image) -> int:
    """How far apart two pictures are where they differ most."""
    if one.size != other.size:
        return 255
    bands: list[tuple[int, int]] = ImageChops.difference(one, other).getextrema()  # type: ignore[assignment]
    return max(most for _, most in bands)


def alike(one: Image.Image, other: Image.Image) -> bool:
    """The same, but for the softened edges of a few things that lie between two pixels."""
    apart = furthest(one, other)
    if TOLERANCE < apart <= AT_EDGES:
        seen = ImageChops.difference(one, other).convert("L").histogram()
        return sum(seen[TOLERANCE + 1 :]) < EDGES
    return apart <= TOLERANCE


def assert_same(served: Page, report: Page, what: object) -> None:
    """Sooner or later: fonts and charts come after the rest."""
    end = time.monotonic() + WAIT_S
    while not alike(one := picture(served), other := picture(report)):
        assert time.monotonic() < end, (what, furthest(one, other))


@pytest.fixture
def served(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_the_page_is_drawn_as_in_the_studio(
    served: Page, offline: Page, server: RunningServer, report: Path
) -> None:
    assert report.stat().st_size < 15_000_000
    for moment in MOMENTS:
        show(served, server.url, *moment)
        show(offline, f"{report.as_uri()}#", *moment)
        assert_same(served, offline, moment)
    # The frame is told the same as in the studio.
    offline.get_by_role("button", name="numbers").click()
    served.get_by_role("button", name="numbers").click()
    assert_same(served, offline, "without numbers")


def test_every_element_is_drawn(
    served: Page, offline: Page, server: RunningServer, report: Path
) -> None:
    for moment in LONG:
        for page, where in ((served, server.url), (offline, f"{report.as_uri()}#")):
            page.set_viewport_size({"width": 1440, "height": TALL})
            page.goto("about:blank")  # toasts and the like are not taken from moment to moment
            show(page, where, *moment)
        if moment == LONG[-1]:
            for page in (served, offline):
                end = page.frame_locator(".pageview iframe").get_by_text("the end")
                expect(end).to_be_visible()
        assert_same(served, offline, moment)
    frame = offline.frame_locator(".pageview iframe")
    for drawn in ("stPlotlyChart", "stGraphVizChart", "stVegaLiteChart", "stDataFrame"):
        expect(frame.get_by_test_id(drawn).first).to_be_visible()
    expect(frame.locator(".katex").first).to_be_visible()


@pytest.mark.first_row
def test_a_comparison_is_drawn_as_the_server_draws_it(
    served: Page, offline: Page, server: RunningServer, report: Path
) -> None:
    for interaction, beat in ((0, 8), (1, 1), (1, 3), (1, 7), (1, 10), (1, 12)):
        for page, where in ((served, server.url), (offline, f"{report.as_uri()}#")):
            if beat in (1, 8):
                page.goto("about:blank")
                page.goto(f"{where}/comparisons/1?interaction={interaction}&beat={beat}")
            while f"step {beat} of" not in page.locator(".lesson-stepper").inner_text():
                page.keyboard.press("ArrowRight")
            shown = page.locator(".pageview[data-shown]")
            expect(shown).to_have_count(len(COMPARED), timeout=WAIT_S * 1000)
        end = time.monotonic() + WAIT_S
        while True:  # a page is drawn a moment after its sentence
            pictures = [
                Image.open(io.BytesIO(page.locator(".columns").screenshot())).convert("RGB")
                for page in (served, offline)
            ]
            if (apart := furthest(*pictures)) <= TOLERANCE:
                break
            assert time.monotonic() < end, (interaction, beat, apart)


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """Firefox. In CI it must be there; elsewhere the test is skipped without it."""
    if not FIREFOX:
        reason = "firefox-esr is not on the PATH (or set RERUN_TRACE_FIREFOX)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with firefox(FIREFOX, tmp_path_factory.mktemp("firefox") / "profile") as fox:
        yield fox


def seen(fox: Firefox, where: str, moment: tuple[int, int, int, str]) -> Image.Image:
    """The page pane at a moment, as soon as it stays the same for a while."""
    recording, run, step, as_ = moment
    to = f"{where}/recordings/{recording}?run={run}&step={step}&as={as_}"
    if fox.run("location.href").startswith(f"{where}/recordings/{recording}?"):
        fox.run(
            f"(history.pushState(null, '', {to!r}), dispatchEvent(new PopStateEvent('popstate')))"
        )
    else:
        fox.open("about:blank")
        fox.open(to)
    fox.wait_for(
        f"!!document.querySelector(\".pageview[data-shown^='{run} '][data-shown$=' {as_}']\")"
    )
    last = None
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        box = fox.run(
            "(box => [box.left, box.top, box.right, box.bottom].map(Math.round))"
            "(document.querySelector('.pageview iframe').getBoundingClientRect())"
        )
        now = Image.open(io.BytesIO(fox.screenshot())).convert("RGB").crop(box)
        if last is not None and furthest(now, last) == 0:
            return now
        last = now
        time.sleep(0.5)
    raise AssertionError(f"{moment} does not come to rest")


@pytest.mark.first_row
def test_firefox_draws_the_same(fox: Firefox, server: RunningServer, report: Path) -> None:
    left: list[str] = []
    for moment in [*MOMENTS[1:9:4], MOMENTS[-1], LONG[-1]]:
        # Where a page is scrolled to depends on when its charts are there.
        fox.resize(TALL if moment in LONG else HIGH)
        for _ in range(3):  # a chart may be late, and come after all seemed to be at rest
            there = seen(fox, server.url, moment)
            fox.requests.clear()
            here = seen(fox, f"{report.as_uri()}#", moment)
            inside = ("file:", "data:", "blob:", "about:")
            left += [url for url in fox.requests if not url.startswith(inside)]
            if furthest(here, there) <= TOLERANCE:
                break
        else:
            raise AssertionError(f"{moment}: {furthest(here, there)} apart")
    assert left == []
    # One can step on from there.
    fox.run("document.querySelector('button[aria-label^=Back]').click()")
    fox.wait_for("!location.href.includes('step=9999')")


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    with listening() as found:
        monkeypatch.setenv("HOSTILE_APP_REACHES", found.address)
        yield found


def test_a_hostile_app_reaches_nothing(
    browser: Browser, outside: Listening, tmp_path: Path
) -> None:
    # GIVEN a page that tries all ways, which reach a port from a page that nobody closed
    html = (HERE / "hostile.html").read_text("utf-8")
    code = (HERE / "hostile.js").read_text("utf-8").replace("ONLY", '"staying"')
    page = f"<body>{html}<script>{code}</script></body>".replace("HERE", "http://HOST")
    open_page = tmp_path / "open.html"
    open_page.write_text(page.replace("HOST", outside.address), "utf-8")
    context = browser.new_context()
    tab = context.new_page()
    started = time.monotonic()
    for _ in range(TRIES):  # one way may take the page away before another has begun
        tab.goto(open_page.as_uri())
        if all(wait_for(way, outside) for way in ("AT-fetch ", "AT-image ", "AT-script ", "udp")):
            break
    else:
        raise AssertionError(outside.arrived)
    took = time.monotonic() - started
    context.close()
    # WHEN a report of an app that does the same is open, with a network
    db = tmp_path / "hostile.db"
    with ThreadPoolExecutor(1) as thread:
        thread.submit(record, HERE / "hostile_app.py", [{"click": "Leave"}], db).result()
    path = tmp_path / "hostile.html"
    with TraceStore.open(db, create=False) as store:
        path.write_bytes(build_report(store, recordings=[1]))
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    popups: list[object] = []
    context.on("page", lambda opened: popups.append(opened))
    outside.arrived.clear()
    show(tab, f"{path.as_uri()}#", 1, 1, 9999, "sent")
    tried = [inner(tab, at) for at in ("component", "head")]
    # THEN nothing arrives and nothing runs outside of the frame
    assert all(text.startswith(("component tried", "head tried")) for text in tried)
    tab.wait_for_timeout(1000 * (took + 1))
    assert outside.arrived == []
    tab.goto("about:blank")
    # It leaves its frame, perhaps before that says that the page is shown.
    tab.goto(f"{path.as_uri()}#/recordings/1?run=2&step=9999&as=sent")
    tab.locator(".pageview iframe").wait_for(timeout=WAIT_S * 1000)
    tab.wait_for_timeout(1000 * (took + 5))
    # A browser connects to where a page wants to go before it asks the policy; it sends nothing.
    assert set(outside.arrived) <= {"tcp"}
    assert popups == []
    assert tab.evaluate("[window.owned, document.title]") == [None, tab.title()]
    assert "owned" not in tab.title()
    assert tab.url.startswith(path.as_uri())
    context.close()


def inner(tab: Page, at: str) -> str:
    """What the hostile script says where it runs."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        for frame in tab.frames:
            said = frame.locator(f"#tried-{at}")
            if said.count():
                return said.inner_text()
    raise AssertionError(f"the hostile script did not run: {at}")


def wait_for(way: str, outside: Listening) -> bool:
    """Whether something that came in this way arrived, soon enough."""
    end = time.monotonic() + WAIT_S / TRIES
    while not (there := any(way in line for line in outside.arrived)) and time.monotonic() < end:
        time.sleep(0.05)
    return there
