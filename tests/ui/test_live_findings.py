"""A fault on the first screen: live, after the click that shows it, without a further gesture."""

from __future__ import annotations

from pathlib import Path

import pytest
from explaining import FINDINGS
from playwright.sync_api import BrowserContext, Locator, Page, expect
from ui.live import framed, live, open_studio

pytestmark = pytest.mark.ends

WAIT_MS = 40_000


def in_sight(page: Page, *parts: Locator) -> None:
    """All of it is on the screen as it is, and nothing lies over it."""
    for part in parts:
        expect(part).to_be_in_viewport(ratio=1)
        part.click(trial=True)


def test_what_is_wrong_where_and_what_to_write_instead(
    context: BrowserContext, tmp_path: Path
) -> None:
    with live(FINDINGS / "stale-read" / "fault.py", tmp_path) as started:
        page = open_studio(context, started)
        assert page.viewport_size == {"width": 1440, "height": 900}
        add = framed(page).get_by_role("button", name="Add to cart")
        expect(add).to_be_visible(timeout=WAIT_MS)
        expect(page.locator("canvas[data-newest='1']")).to_have_count(1, timeout=WAIT_MS)
        expect(page.get_by_role("article")).to_have_count(0)
        add.click()  # as its README says
        card = page.get_by_role("article")
        expect(card).to_have_count(1, timeout=WAIT_MS)
        what = card.get_by_role("heading", name="In your cart shows the old cart")
        in_sight(page, what, card.get_by_text("Line 7", exact=True), card.locator(".remedy"))
        expect(card.locator(".remedy")).to_contain_text("in a callback")
        in_sight(page, page.locator("tr[data-line='7'] .finding-mark"))
        # It came by the stream, and the list counts it.
        in_sight(page, page.get_by_role("tab", name="Findings 1"))
        # The next one is the same fault met again, with the values of its time.
        expect(card).to_contain_text("with cart as []")
        add.click()
        expect(card).to_contain_text("with cart as ['Espresso']", timeout=WAIT_MS)
        expect(card).to_contain_text("met 2 times")
