"""How long from a click in the app until the page's timeline has drawn the runs that it caused.

    python -m bench.latency [--clicks 50]

Starts `rerun-trace samples/rerun.py` as a user does, opens the recording's page in Chromium, with
the app in its frame, and clicks Foo. Measured in the browser, on one clock: from the click's event
in the app to the frame after the one in which the timeline has drawn the click's first run, and its
last one, which Streamlit starts some 75 ms later (the canvas says which is there: `data-newest`).
Prints the rows of a markdown table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import streamlit
from playwright.sync_api import Frame, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ui.live import live  # noqa: E402 (needs the path)

WAIT_MS = 30_000
DETAILS = "&view=details"  # there is the timeline
NOTE_CLICKS = """() => document.addEventListener("click", () => {
    window.clickedAt = performance.timeOrigin + performance.now();
}, true)"""
NOTE_DRAWINGS = """() => {
    const canvas = document.querySelector("canvas[data-newest]");
    window.drawn = {};
    new MutationObserver(() => {
        const newest = canvas.dataset.newest;
        requestAnimationFrame(() => {
            window.drawn[newest] ??= performance.timeOrigin + performance.now();
        });
    }).observe(canvas, { attributeFilter: ["data-newest"] });
}"""


def app_frame(page: Page, url: str) -> Frame:
    """The frame of the app in the page, as soon as it shows its button."""
    origin = url.split("://")[1].split("/")[0].rpartition(":")[2]
    expect(page.locator("iframe").first).to_be_visible(timeout=WAIT_MS)
    while True:
        for frame in page.frames:
            if f":{origin}/" in frame.url:
                frame.get_by_role("button", name="Foo", exact=True).wait_for(timeout=WAIT_MS)
                return frame
        page.wait_for_timeout(50)


def measure(page: Page, frame: Frame, clicks: int) -> list[tuple[float, float]]:
    """Milliseconds of each click until its first and its second run are drawn."""
    canvas = page.locator("canvas[data-newest]")
    newest = int(canvas.get_attribute("data-newest") or 0)
    frame.evaluate(NOTE_CLICKS)
    page.evaluate(NOTE_DRAWINGS)
    times = []
    for _ in range(clicks):
        newest += 2
        frame.get_by_role("button", name="Foo", exact=True).click()
        page.locator(f'canvas[data-newest="{newest}"]').wait_for(state="attached", timeout=WAIT_MS)
        page.wait_for_timeout(300)  # people pause; and the next click meets a quiet app
        last = page.evaluate("newest => window.drawn[newest]", newest)
        first = page.evaluate("newest => window.drawn[newest]", newest - 1) or last
        clicked = frame.evaluate("() => window.clickedAt")
        times.append((first - clicked, last - clicked))
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=50)
    clicks = parser.parse_args().clicks
    chromium = os.environ.get("RERUN_TRACE_CHROMIUM") or shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        live(ROOT / "samples" / "rerun.py", Path(folder)) as started,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{started.recording_url}{DETAILS}")
        frame = app_frame(page, started.app_url)
        page.locator('canvas[data-newest="1"]').wait_for(state="attached", timeout=WAIT_MS)
        times = measure(page, frame, clicks)
        browser.close()
    version = f"{streamlit.__version__} | {sys.version.split()[0]} | {len(times)}"
    print("| Streamlit | Python | clicks | until | median | p95 | slowest |")
    print("|---|---|---|---|---|---|---|")
    for what, one in zip(("first run", "last run"), zip(*times, strict=True), strict=True):
        found = sorted(one)
        p95 = found[max(0, round(0.95 * len(found)) - 1)]
        row = f"{statistics.median(found):.0f} ms | {p95:.0f} ms | {found[-1]:.0f} ms"
        print(f"| {version} | {what} | {row} |")


if __name__ == "__main__":
    main()
