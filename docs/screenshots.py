"""Takes the pictures in docs/images from real recordings: `python docs/screenshots.py`.

Needs what the tests in a browser need: playwright, and Chromium on the PATH (or
RERUN_TRACE_CHROMIUM).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import rerun_trace
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.host.driver import drive
from rerun_trace.tracer.host.scenario import parse_scenario
from rerun_trace.web.app import create_app
from rerun_trace.web.server import serve

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
LARGEST = 200_000  # bytes of one picture in the repository


def main() -> None:
    """Record samples/rerun.py under one click, and photograph the page of run 2."""
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "recordings.sqlite"
        app = ROOT / "samples" / "rerun.py"
        with rerun_trace.start(db, app=app, mode="drive") as recording:
            drive(app, parse_scenario([{"click": "Foo"}]))
        with TraceStore.open(db, create=False) as store:
            server = serve(create_app(store))
            try:
                picture = photograph(f"{server.url}/recordings/{recording.id}?run=2")
            finally:
                server.close()
    if len(picture) > LARGEST:
        sys.exit(f"the picture has {len(picture):,} bytes, more than {LARGEST:,}")
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / "recording.png").write_bytes(picture)


def photograph(address: str) -> bytes:
    """A PNG of the page in light mode, 1440 by 900."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("RERUN_TRACE_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("chromium is not on the PATH (or set RERUN_TRACE_CHROMIUM)")
    arguments = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(
            viewport={"width": 1440, "height": 900}, color_scheme="light", reduced_motion="reduce"
        )
        page.goto(address)
        page.get_by_text("so Streamlit ran").first.wait_for()
        page.get_by_text("st.rerun() ended the run here").first.wait_for()
        picture = page.screenshot()
        browser.close()
    return picture


if __name__ == "__main__":
    main()
