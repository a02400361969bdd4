"""How long from the end of a run until its findings are on the page of the live studio.

    python -m bench.findings [--clicks 50]

Starts `rerun-trace` on an app whose number is one behind, as a user does, opens the recording's
page in Chromium and clicks: each click's run has a finding. Measured from the script's last line,
which notes the time, to the moment at which the finding's card is in the page's document, and, to
compare, to that at which the timeline has drawn the run; the clocks of Python and of the page are
compared before. Prints the rows of a markdown table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from time import monotonic_ns

import streamlit
from playwright.sync_api import Frame, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ui.live import live  # noqa: E402 (needs the path)

WAIT_MS = 30_000
DETAILS = "&view=details"  # there is the timeline
APP = """
import time
import streamlit as st

if "cart" not in st.session_state:
    st.session_state.cart = 0
st.metric("In your cart", st.session_state.cart)
if st.button("Add to cart"):
    st.session_state.cart = st.session_state.cart + 1
with open({path!r}, "a") as noted:
    print(time.monotonic_ns(), file=noted)
"""
NOTE_CARDS = """() => {
    window.shown = [];
    const canvas = document.querySelector("canvas[data-newest]");
    window.drawn = {};
    new MutationObserver(() => { window.drawn[canvas.dataset.newest] ??= performance.now(); })
        .observe(canvas, { attributeFilter: ["data-newest"] });
    new MutationObserver((changes) => {
        const isNew = changes.some(({ addedNodes }) =>
            [...addedNodes].some((e) => e.matches?.(".finding") || e.querySelector?.(".finding")));
        if (isNew) window.shown.push(performance.now());
    }).observe(document.querySelector(".pane-facts"), { childList: true, subtree: true });
}"""


def clock_of(page: Page) -> float:
    """What has to be added to the page's clock to get Python's, in ms: of the quickest answer."""
    answers = []
    for _ in range(30):
        before = monotonic_ns()
        there = page.evaluate("() => performance.now()")
        after = monotonic_ns()
        answers.append((after - before, (before + after) / 2e6 - there))
    offset: float = min(answers)[1]
    return offset


def app_frame(page: Page, url: str) -> Frame:
    """The frame of the app in the page, as soon as it shows its button."""
    origin = url.split("://")[1].split("/")[0].rpartition(":")[2]
    expect(page.locator("iframe").first).to_be_visible(timeout=WAIT_MS)
    while True:
        for frame in page.frames:
            if f":{origin}/" in frame.url:
                frame.get_by_role("button", name="Add to cart").wait_for(timeout=WAIT_MS)
                return frame
        page.wait_for_timeout(50)


def measure(page: Page, frame: Frame, noted: Path, clicks: int) -> list[tuple[float, float]]:
    """Milliseconds from the end of each click's run until it is drawn, and its finding is there."""
    page.evaluate(NOTE_CARDS)
    clock, times = clock_of(page), []
    for number in range(1, clicks + 1):
        frame.get_by_role("button", name="Add to cart").click()
        page.wait_for_function(f"() => window.shown.length >= {number}", timeout=WAIT_MS)
        page.wait_for_timeout(400)  # people pause; and the next click meets a quiet app
        ended = int(noted.read_text().splitlines()[-1]) / 1e6
        drawn, shown = page.evaluate("n => [window.drawn[n], window.shown.at(-1)]", number + 1)
        times.append((drawn + clock - ended, shown + clock - ended))
        page.evaluate(f"() => {{ window.shown.length = {number}; }}")
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=50)
    clicks = parser.parse_args().clicks
    chromium = os.environ.get("RERUN_TRACE_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app, noted = Path(folder) / "app.py", Path(folder) / "noted.txt"
        app.write_text(APP.format(path=str(noted)))
        with live(app, Path(folder)) as started:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{started.recording_url}{DETAILS}")
            frame = app_frame(page, started.app_url)
            page.locator('canvas[data-newest="1"]').wait_for(state="attached", timeout=WAIT_MS)
            times = measure(page, frame, noted, clicks)
            browser.close()
    print("| Streamlit | Python | clicks | until | median | p95 | slowest |")
    print("|---|---|---|---|---|---|---|")
    version = f"{streamlit.__version__} | {sys.version.split()[0]} | {len(times)}"
    for what, one in zip(("run drawn", "finding there"), zip(*times, strict=True), strict=True):
        found = sorted(one)
        p95 = found[max(0, round(0.95 * len(found)) - 1)]
        row = f"{statistics.median(found):.0f} ms | {p95:.0f} ms | {found[-1]:.0f} ms"
        print(f"| {version} | {what} | {row} |")


if __name__ == "__main__":
    main()
