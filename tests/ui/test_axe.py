"""The accessibility rules: they run under the pages' policy, and they find what is wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
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
