"""The accessibility rules: they run under the pages' policy, and they find what is wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from ui import handmade
from ui.axe import violations

from rerun_trace.db.store import TraceStore

pytestmark = pytest.mark.first_row


def test_a_button_without_a_name_is_found_where_it_is(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/")
    page.evaluate("() => document.querySelector('main').append(document.createElement('button'))")
    (found,) = violations(page, "main")
    assert found.startswith("button-name (critical) at #main > button: Fix any of the following:")
    assert violations(page, "main", leave_out=["#main > button"]) == []
    assert violations(page, "main", impacts=["minor"]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_of_recordings_breaks_no_rule(page: Page, store: TraceStore, scheme: str) -> None:
    handmade.three_runs(store)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("is_presented", [False, True], ids=["alone", "presented"])
def test_the_story_breaks_no_rule(
    page: Page, store: TraceStore, scheme: str, is_presented: bool
) -> None:
    handmade.three_runs(store)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/recordings/1?view=story&run=2")
    expect(page.get_by_role("listitem", name="Run 3")).to_be_visible()
    if is_presented:
        page.keyboard.press("p")
        page.keyboard.press("2")
    expect(page.locator(".pane-source .source")).to_be_visible()
    assert violations(page) == []


def test_the_tab_key_follows_the_eye_through_a_story(page: Page, store: TraceStore) -> None:
    handmade.three_runs(store)
    page.goto("/recordings/1?view=story&run=2")
    expect(page.locator(".pane-source .source")).to_be_visible()
    tops: list[int] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        place = page.evaluate(
            "() => document.activeElement.closest('.chips, .run-blocks, .story-panes, .stepper')"
            "?.className ?? ''"
        )
        for number, name in enumerate(("chips", "run-blocks", "story-panes", "stepper")):
            if place.startswith(name):
                tops.append(number)
    assert tops, "the Tab key reaches the story"
    first_pass = tops[: tops.index(3) + 1]
    assert first_pass == sorted(first_pass)
    assert set(first_pass) == {0, 1, 2, 3}
