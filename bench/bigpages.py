"""How long until a recorded page of thousands of elements is shown.

    python -m bench.bigpages [--elements 500 2500 10000] [--rounds 3]

An app that writes so many elements is driven once, and its page opened in Chromium: on Streamlit
alone, which is what the replay cannot go below as it shows the page with Streamlit's own front end,
and in the studio. Measured from the navigation's start until the last element is in the document,
in the studio also until the page says that all of it is shown, numbers on its writes included.
Prints the rows of a markdown table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit
from playwright.sync_api import Browser, Page, sync_playwright

from bench.endless import page_at, streamlit_alone
from bench.ui.server import Server

WAIT_S = 120.0
SAID = "section.pageview[data-shown]"
APP = """
import streamlit as st

for number in range({count}):
    st.write(f"Line {{number}}")
"""


def is_shown(page: Page, text: str) -> bool:
    """Whether a frame of the page has a paragraph with this text."""
    look = "text => [...document.querySelectorAll('p')].some(p => p.textContent === text)"
    return any(frame.evaluate(look, text) for frame in page.frames)


def until_shown(browser: Browser, address: str, text: str, said: str = "body") -> float:
    """Seconds from the navigation's start, until there is also what `said` selects."""
    begin = time.monotonic()
    with page_at(browser, address) as page:
        while not is_shown(page, text) or not page.locator(said).count():
            if time.monotonic() > begin + WAIT_S:
                return float("nan")
            time.sleep(0.05)
        return time.monotonic() - begin


@contextmanager
def recorded(app: Path, db: Path) -> Iterator[str]:
    """The address of the page as recorded, at the end of its run."""
    order = ["drive", str(app), "--db", str(db)]
    command = [sys.executable, "-m", "rerun_trace", *order]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with Server(db, "--no-token") as server:
        yield f"{server.url}/recordings/1?view=details"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elements", type=int, nargs="+", default=[500, 2500, 10_000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    chromium = os.environ.get("RERUN_TRACE_CHROMIUM") or shutil.which("chromium")
    print("| Streamlit | Python | load | elements | on Streamlit alone | in the studio |")
    print("|---|---|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for count in options.elements:
            with tempfile.TemporaryDirectory() as folder:
                app, text = Path(folder) / "app.py", f"Line {count - 1}"
                app.write_text(APP.format(count=count))
                with streamlit_alone(app) as url:
                    alone = [until_shown(browser, url, text) for _ in range(options.rounds)]
                with recorded(app, Path(folder) / "recordings.db") as url:
                    studio = [until_shown(browser, url, text, SAID) for _ in range(options.rounds)]
            cells = (
                f"{statistics.median(t):.1f} s ({min(t):.1f}-{max(t):.1f})" for t in (alone, studio)
            )
            version, load = streamlit.__version__, os.getloadavg()[0]
            print(f"| {version} | {sys.version.split()[0]} | {load:.1f} | {count:,}", end=" | ")
            print(f"{' | '.join(cells)} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
