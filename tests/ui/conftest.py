"""A real browser on a real server over a real store; the records are made by hand."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from ui.live import WAIT_MS

from rerun_trace.web.server.serving import RunningServer

CHROMIUM = os.environ.get("RERUN_TRACE_CHROMIUM") or shutil.which("chromium") or ""
# Nothing of the browser's own may reach the network, or take longer than the page does.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
]


expect.set_options(timeout=15_000)  # a machine that does other things, too, is no fault

IN_DETAILS = """
try { localStorage["rerun-trace-view"] ??= "details"; } catch {}
"""


def in_details(browser: Browser) -> None:
    """Whoever looks left the details last: tests of the story ask for it."""
    new_context, new_page = browser.new_context, browser.new_page

    def remembering(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.add_init_script(IN_DETAILS)
        return context

    def page_of_its_own(**options: Any) -> Page:
        page = new_page(**options)
        page.add_init_script(IN_DETAILS)
        return page

    browser.new_context = remembering  # type: ignore[method-assign]
    browser.new_page = page_of_its_own  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. In CI it must be there; elsewhere the tests are skipped without it."""
    if not CHROMIUM:
        reason = "chromium is not on the PATH (or set RERUN_TRACE_CHROMIUM)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        in_details(browser)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: RunningServer) -> Iterator[Page]:
    """A page whose relative addresses are the server's. Any error in the console fails the test."""
    problems: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            problems.append(message.text)

    context = browser.new_context(
        base_url=server.url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((server.url, "blob:")) else problems.append(request.url)
        ),
    )
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


@pytest.fixture
def offline(browser: Browser) -> Iterator[Page]:
    """A page without a network. Whatever leaves the file fails the test."""
    problems: list[str] = []
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, offline=True, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    context.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "blob:", "data:"))
            else problems.append(request.url)
        ),
    )
    yield context.new_page()
    context.close()
    assert problems == []
