"""The studio and the list, while the recording of the running app cannot be written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from support import SAMPLES
from ui.live import Live, live, open_app, until

pytestmark = pytest.mark.first_row

SOON_MS = 2_000


@pytest.fixture
def pages(context: BrowserContext, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The running app, its page, its studio and the list of recordings."""
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        app = open_app(context, started)
        expect(app.get_by_role("button", name="Foo", exact=True)).to_be_visible(timeout=30_000)
        studio, recordings = context.new_page(), context.new_page()
        studio.goto(started.recording_url)
        recordings.goto(started.recording_url.rsplit("/recordings", 1)[0])
        expect(studio.locator("#state")).to_have_text("● live", timeout=30_000)
        until(lambda: started.runs() == 2, "the first runs of the app's page and of the frame")
        yield started, app, studio, recordings


def click(app: Page) -> None:
    app.get_by_role("button", name="Foo", exact=True).click()


def test_a_locked_database_is_said_to_wait_and_then_to_go_on(
    pages: tuple[Live, Page, Page, Page],
) -> None:
    started, app, studio, recordings = pages
    other = sqlite3.connect(started.db, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = started.runs_read()
    click(app)
    for page in (studio, recordings):
        notice = page.locator("#trouble")
        expect(notice).to_contain_text("is locked by another program", timeout=SOON_MS)
        expect(notice).to_contain_text("Recording waits")
    expect(app.get_by_role("heading", name="Foo")).to_be_visible()  # the app goes on
    other.close()
    for page in (studio, recordings):
        expect(page.locator("#trouble")).to_be_hidden(timeout=SOON_MS)
    until(lambda: started.runs_read() == before + 2, "both runs of the click")
    assert [line.split(":")[1].strip() for line in started.errors()] == [
        "recording waits",
        "recording goes on",
    ]


def test_a_deleted_database_is_said_to_be_gone(pages: tuple[Live, Page, Page, Page]) -> None:
    started, app, studio, recordings = pages
    started.db.unlink()
    for page in (studio, recordings):
        expect(page.locator("#trouble")).to_contain_text(
            "was deleted or moved away", timeout=SOON_MS
        )
        expect(page.locator("#trouble")).to_contain_text("What was recorded went with it.")
    click(app)
    expect(app.get_by_role("heading", name="Foo")).to_be_visible()
    recordings.reload()
    expect(recordings.locator("body")).to_contain_text("was deleted or moved away")
    expect(recordings.locator("body")).not_to_contain_text("complete")
    started.interrupt()
    code, said = started.ended()
    assert code == 0
    assert "is complete" not in said
