"""Share: each entry gives what it says, with the keyboard alone, and where a browser refuses."""

from __future__ import annotations

import xml.etree.ElementTree as tree
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from test_web_compare import compare
from ui.axe import violations
from ui.handmade import three_runs

from rerun_trace.db.store import TraceStore
from rerun_trace.exporting.html import reports
from rerun_trace.tracer.model import ComparedVariant
from rerun_trace.web.app import create_app
from rerun_trace.web.models.markdown import issue_markdown, story_markdown
from rerun_trace.web.report.build import build_report
from rerun_trace.web.report.summary import static_summary
from rerun_trace.web.server.serving import RunningServer, serve

pytestmark = pytest.mark.first_row

PNG = b"\x89PNG\r\n\x1a\n"


def saved(page: Page, name: str) -> tuple[str, bytes]:
    """The file that an entry saves: its name and its bytes."""
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Save: {name}", exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


@pytest.fixture
def sharing(store: TraceStore) -> Iterator[RunningServer]:
    """Pages that make reports, as the commands serve them."""
    server = serve(create_app(store, reports=reports(store)))
    yield server
    server.close()


def test_the_studio_s(browser: Browser, sharing: RunningServer, store: TraceStore) -> None:
    id = three_runs(store)
    url = sharing.url.replace("127.0.0.1", "localhost")  # a secure context: it has a clipboard
    context = browser.new_context(base_url=url, accept_downloads=True, color_scheme="dark")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"/recordings/{id}?run=2&step=0&tab=graph")
    expect(page.locator(".graph-place svg")).to_be_visible()
    page.get_by_role("button", name="Share").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Share")
    expect(dialog.get_by_role("button", name="Copy: For an issue")).to_be_visible()
    assert violations(page, ".share") == []

    for name, text in (
        ("Story", story_markdown(store, id)),
        ("For an issue", issue_markdown(store, id, 2)),
        ("Link", page.url),
    ):
        dialog.get_by_role("button", name=f"Copy: {name}", exact=True).click()
        expect(dialog.get_by_role("status")).to_contain_text("is copied.")
        assert clipboard(page) == text
    assert page.url.endswith("?run=2&tab=graph")

    file, data = saved(page, "Picture of the timeline")
    assert file == f"rerun-{id}-timeline.png"
    assert data.startswith(PNG)
    file, data = saved(page, "Picture of the graph")
    assert file == f"rerun-{id}-causes.svg"
    svg = tree.fromstring(data)
    # It stands alone: nothing in it leads anywhere, and its colours are its own.
    assert {each.tag.rpartition("}")[2] for each in svg.iter()}.isdisjoint({"a", "script", "image"})
    assert svg.find("{*}rect").attrib["fill"] == "rgb(20, 24, 28)"  # type: ignore[union-attr]
    texts = [each.text for each in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "↻ run 2" in texts
    assert "✓ completed · ↻ halted by a rerun · dashed: did not run" in texts
    name, report = saved(page, "Report")
    assert name == f"rerun-{id}.html"
    assert report.startswith(b"<!doctype html>")
    assert len(report) > 100_000
    assert saved(page, "Story") == (f"rerun-{id}.md", story_markdown(store, id).encode())

    # Keys of the page rest meanwhile; arrows lead through the entries; Escape closes.
    page.keyboard.press("1")
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("button", name="Copy: For an issue")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Share")).to_be_focused()
    expect(page.get_by_role("tab", name="Graph")).to_have_attribute("aria-selected", "true")
    context.close()


def test_without_a_clipboard_it_is_copied_by_hand(page: Page, store: TraceStore) -> None:
    id = three_runs(store)
    page.set_viewport_size({"width": 400, "height": 700})
    page.goto(f"/recordings/{id}?run=2")
    page.evaluate(
        """() => {
          Object.defineProperty(navigator, "clipboard", {value: undefined});
          document.execCommand = () => false;
        }"""
    )
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share")
    dialog.get_by_role("button", name="Copy: Story", exact=True).click()
    field = dialog.get_by_label("To be copied")
    expect(field).to_have_value(story_markdown(store, id))
    expect(field).to_be_focused()
    # It fits into a narrow window.
    wide = page.evaluate("document.querySelector('.share').scrollWidth")
    assert wide <= page.evaluate("document.querySelector('.share').clientWidth")


def test_a_comparison_s(page: Page, store: TraceStore) -> None:
    first, second = three_runs(store), three_runs(store)
    number = compare(store, ComparedVariant("a b", (first,)), ComparedVariant("c", (second,)))
    page.goto(f"/comparisons/{number}")
    page.locator(".panel-graphs summary").first.click()
    expect(page.locator(".graph-place svg")).to_have_count(2)
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Copy: Story", exact=True)).to_be_visible()
    file, data = saved(page, "Picture of the graph of a b")
    assert file == f"comparison-{number}-interaction-1-a-b.svg"
    assert b"a b, what caused what" in data
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_report_has_the_notes_the_story_and_the_summary(
    browser: Browser, store: TraceStore, tmp_path: Path
) -> None:
    id = three_runs(store)
    store.add_note(id, 2, 0, "Here it is late")
    file = tmp_path / "report.html"
    summary = static_summary(store, id)
    file.write_bytes(build_report(store, recordings=(id,), replay=False, static_summary=summary))
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(f"{file.as_uri()}#/recordings/{id}?run=2&step=0&tab=notes")
    expect(page.locator(".note-box")).to_have_text("Note: Here it is late")
    # Who reads it can change nothing.
    expect(page.get_by_role("button", name="Edit the note")).to_have_count(0)
    expect(page.locator("#rename")).to_have_count(0)
    page.get_by_role("button", name="Share").click()
    assert saved(page, "Story")[1] == story_markdown(store, id).encode()
    expect(page.get_by_role("button", name="Save: Report")).to_have_count(0)
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(page.locator(".studio")).to_be_hidden()
    context.close()

    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    expect(
        page.get_by_text("Note at run 2, before its first step: Here it is late")
    ).to_be_visible()
    context.close()
