"""Notes and names in the studio: with the keyboard, in two browsers, and what refuses."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect
from ui.axe import violations
from ui.handmade import INFO, first_load, halted_click, now, three_runs

from rerun_trace.db.editing import notes
from rerun_trace.db.store import TraceStore
from rerun_trace.web.server.serving import RunningServer

pytestmark = pytest.mark.first_row


def open_studio(page: Page, id: int, query: str = "") -> None:
    page.goto(f"/recordings/{id}{query}")
    expect(page.get_by_role("heading", name="Run", exact=False).first).to_be_visible()
    expect(page.locator("#rename")).to_be_visible()


def test_a_note_is_written_found_changed_and_deleted(page: Page, store: TraceStore) -> None:
    id = three_runs(store)
    open_studio(page, id, "?run=2&step=0")
    # Escape keeps nothing; Enter keeps what was typed, keys of the studio included.
    page.keyboard.press("m")
    field = page.get_by_role("textbox", name="Note at run 2, before its first step")
    expect(field).to_be_focused()
    page.keyboard.type("nothing")
    assert violations(page, ".note-editor") == []
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    page.keyboard.press("m")
    page.keyboard.type("1 <b>late</b> ?")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("m")
    page.keyboard.press("Enter")
    expect(field).to_have_count(0)
    expect(page.locator(".note-box")).to_have_text("Note: 1 <b>late</b> ?\nm")
    assert [note.text for note in store.notes(id)] == ["1 <b>late</b> ?\nm"]

    # In the list: it leads to its moment, and is changed and deleted there.
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(".note-box")).to_have_count(0)
    page.keyboard.press("4")
    expect(page.get_by_role("tab", name="Notes 1")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="run 2, before its first step", exact=True).click()
    expect(page.locator(".note-box")).to_be_visible()
    assert violations(page, ".pane-views") == []
    assert violations(page, ".top") == []
    page.get_by_role("button", name="Edit the note").click()
    expect(field).to_have_value("1 <b>late</b> ?\nm")
    field.fill("changed")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".note-text")).to_have_text("changed")
    page.get_by_role("button", name="Delete the note").click()
    expect(page.locator(".note-text")).to_have_count(0)
    assert store.notes(id) == []
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator(".note-text")).to_have_text("changed")

    # On the timeline: the mark tells the note, and a click goes to its moment.
    page.keyboard.press("End")
    canvas = page.locator(".timeline-canvas canvas")
    box = canvas.bounding_box()
    assert box is not None
    found = False
    for x in range(4, int(box["width"]), 6):
        page.mouse.move(box["x"] + x, box["y"] + 7)
        if page.locator(".tip", has_text="changed").count():
            page.mouse.click(box["x"] + x, box["y"] + 7)
            found = True
            break
    assert found
    expect(page.locator(".note-box")).to_have_text("Note: changed")
    page.keyboard.press("?")
    expect(page.get_by_text("write a note at this moment")).to_be_visible()


def test_a_recording_is_named_in_its_head(page: Page, store: TraceStore) -> None:
    id = three_runs(store)
    open_studio(page, id)
    page.get_by_role("button", name="Name this recording").click()
    page.keyboard.type("The double click")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The double click")
    expect(page.locator("#named-app")).to_have_text("rerun.py")
    expect(page).to_have_title(f"The double click, recording {id} – rerun-trace")
    page.get_by_role("button", name="Name this recording").click()
    page.keyboard.type("m")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("The double click")
    store.add_note(id, 2, 0, "x")
    page.goto("/")
    expect(page.get_by_role("link", name="The double click")).to_be_visible()
    expect(page.get_by_text("1 note", exact=True)).to_be_visible()


def test_another_browser_sees_them(
    page: Page, browser: Browser, server: RunningServer, store: TraceStore
) -> None:
    id = three_runs(store)
    open_studio(page, id)
    store.add_note(id, 3, 0, "from elsewhere")
    store.rename(id, "Named elsewhere")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("tab", name="Notes 1")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Named elsewhere")


def test_a_locked_database_is_said_where_one_writes(
    browser: Browser, server: RunningServer, store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "PATIENCE_S", 0.05)
    id = three_runs(store)
    context = browser.new_context(base_url=server.url)  # the 503 is an error in its console
    page = context.new_page()
    open_studio(page, id)
    other = sqlite3.connect(store.location, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    page.keyboard.press("m")
    page.keyboard.type("kept in the field")
    page.keyboard.press("Enter")
    expect(page.locator(".note-editor [role=alert]")).to_contain_text(
        "is locked by another program"
    )
    other.execute("ROLLBACK")
    other.close()
    page.keyboard.press("Enter")
    expect(page.locator(".note-box")).to_have_text("Note: kept in the field")
    context.close()


def test_while_it_is_recorded_notes_come_by_themselves(page: Page, store: TraceStore) -> None:
    info = replace(INFO, started_at=now())
    sink = store.sink()
    batches = [first_load()]
    id = sink.open(info, lambda: batches.pop() if batches else [])
    try:
        open_studio(page, id)
        expect(page.locator("#state")).to_have_text("● live")
        # What another browser writes is here at once.
        note = store.add_note(id, 1, 0, "from elsewhere")
        expect(page.get_by_role("tab", name="Notes 1")).to_be_visible()
        # What is written here stays at its moment, and in the field, while the app goes on.
        page.keyboard.press("m")
        field = page.get_by_role("textbox", name="Note at run 1")
        page.keyboard.type("half a ")
        batches.append(halted_click(1, 2, 3200, 3))
        expect(page.get_by_text("2 interactions, 3 script runs")).to_be_visible()
        store.delete_note(id, note.n)
        expect(page.get_by_role("tab", name="Notes", exact=True)).to_be_visible()
        page.keyboard.type("note")
        expect(field).to_have_value("half a note")
        page.keyboard.press("Enter")
        expect(page.locator(".note-box")).to_have_text("Note: half a note")
        assert [(each.run, each.text) for each in store.notes(id)] == [(1, "half a note")]
    finally:
        sink.close(True)
