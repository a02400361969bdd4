"""The token in real browsers: it opens the studio, its replayed page, its stream, its files."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import say
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support import SAMPLES
from ui.firefox import firefox
from ui.live import WAIT_MS, click, framed, live

from rerun_trace.commands.opening import Opening
from rerun_trace.commands.pages import serve_pages
from rerun_trace.db.store import TraceStore
from rerun_trace.web.server.explaining import explanations_of
from rerun_trace.web.server.serving import RunningServer

pytestmark = pytest.mark.first_row

FIREFOX = os.environ.get("RERUN_TRACE_FIREFOX") or shutil.which("firefox-esr") or ""
REPLAYED = ".pageview[data-shown]"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    db = tmp_path_factory.mktemp("access") / "recordings.sqlite"
    said = say(db, "drive", SAMPLES / "rerun.py", "--click", "Foo")
    assert said.code == 0, said.err
    return db


@pytest.fixture
def served(recorded: Path) -> Iterator[RunningServer]:
    """The pages as a command serves them."""
    with TraceStore.open(recorded, create=False) as store:
        server = serve_pages(store, explanations_of(store))
        yield server
        server.close()


def opened(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """A page at an address, and the requests that were not answered well or told a token."""
    page = context.new_page()
    bad: list[str] = []
    page.on(
        "response",
        lambda answer: (
            bad.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            bad.append(request.url) if "token" in request.headers.get("referer", "") else None
        ),
    )
    page.goto(address)
    return page, bad


def test_the_printed_address_opens_the_studio(
    context: BrowserContext, served: RunningServer
) -> None:
    page, bad = opened(context, served.address("/recordings/1"))
    expect(page).to_have_url(re.compile(r"^[^?]*/recordings/1(\?(?!.*token).*)?$"))
    expect(page.locator(REPLAYED)).to_be_attached(timeout=WAIT_MS)
    replayed = page.frame_locator("iframe[title='The page at this moment']")
    expect(replayed.get_by_role("heading", name="Foo")).to_be_visible(timeout=WAIT_MS)
    (cookie,) = context.cookies()
    assert cookie["name"] == f"rerun-trace-token-{served.port}"
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("JSON.stringify({ ...localStorage })").find(cookie["value"]) == -1
    page.go_back()
    assert page.url == "about:blank"  # nor is it in the history
    page.goto(f"{served.url}/")
    expect(page.get_by_role("link", name=re.compile("rerun.py")).first).to_be_visible()
    assert bad == []


def test_files_come_down(context: BrowserContext, served: RunningServer) -> None:
    page, bad = opened(context, served.address("/recordings/1"))
    with page.expect_download() as download:
        page.evaluate(
            """() => {
              const link = document.createElement("a");
              link.href = "/recordings/1/report.html";
              link.download = "report.html";
              document.body.append(link);
              link.click();
            }"""
        )
    assert download.value.path().stat().st_size > 100_000
    assert bad == []


def test_another_browser_reads_nothing(browser: Browser, served: RunningServer) -> None:
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(f"{served.url}/recordings/1")
    assert answer is not None
    assert answer.status == 401
    expect(page.get_by_role("alert")).to_contain_text("printed in its terminal")
    page.set_viewport_size({"width": 900, "height": 500})
    context.close()


def test_the_file_that_a_browser_is_given_leads_to_the_page(
    context: BrowserContext, served: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[str] = []
    monkeypatch.setattr("click.launch", launched.append)
    opening = Opening()
    opening.open(served.address("/recordings/1"), is_secret=True)
    page, bad = opened(context, launched[0])
    expect(page).to_have_url(re.compile(rf"^{served.url}/recordings/1(\?(?!.*token).*)?$"))
    expect(page.locator(REPLAYED)).to_be_attached(timeout=WAIT_MS)
    assert bad == []
    opening.close()


def test_a_live_recording_is_followed_by_its_stream(
    context: BrowserContext, tmp_path: Path
) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        assert "?token=" in started.recording_url
        page, bad = opened(context, started.recording_url)
        with page.expect_response(re.compile("/events$")) as stream:
            page.reload()
        assert stream.value.status == 200
        click(framed(page), started, "Foo", runs=2)
        page.get_by_role("tab", name="Runs").click()
        expect(page.locator(".runs tbody tr").nth(2)).to_contain_text("click Foo", timeout=WAIT_MS)
        assert bad == []


def test_firefox_replays_the_page(
    served: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not FIREFOX:
        reason = "firefox-esr is not on the PATH (or set RERUN_TRACE_FIREFOX)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    launched: list[str] = []
    monkeypatch.setattr("click.launch", launched.append)
    opening = Opening()
    opening.open(served.address("/recordings/1?run=3&step=5&as=sent"), is_secret=True)
    with firefox(FIREFOX, tmp_path / "profile") as fox:
        fox.open(launched[0])
        fox.wait_for("location.pathname === '/recordings/1'")
        fox.wait_for(f"!!document.querySelector({REPLAYED!r})")
        assert "token" not in fox.run("location.href")
        assert fox.run("document.cookie") == ""
        assert fox.run("fetch('/api/recordings/1/runs/1').then(answer => answer.status)") == 200
    opening.close()
