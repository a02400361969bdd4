"""Takes the pictures in docs/images, one of every page: `python docs/screenshots.py [NAME...]`.

The recordings are real: samples driven here, and one live app. Needs what the browser tests need:
playwright, and Chromium on the PATH (or RERUN_TRACE_CHROMIUM).
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SAMPLES = ROOT / "samples"
COMMAND = [sys.executable, "-P", "-m", "rerun_trace"]
FOLDER = "/home/you/samples"  # shown in the place of this machine's own
LARGEST = 250_000  # bytes of one picture in the repository
LOADED_MS = 30_000
WIDE, NARROW, PROJECTOR = (1440, 900), (480, 900), (1024, 768)
DETAILS = "/recordings/1?view=details"

Wait = Callable[[Page], Any]


def replayed(heading: str) -> Wait:
    """Waits for the replayed page to show a heading, and for the timeline's details."""

    def wait(page: Page) -> None:
        frame = page.frame_locator("iframe[title='The page at this moment']")
        frame.get_by_role("heading", name=heading).wait_for(timeout=LOADED_MS)
        page.locator("tr.current").wait_for()

    return wait


def drawn(page: Page) -> None:
    """Waits for the first graph."""
    page.locator("svg g.node").first.wait_for(timeout=LOADED_MS)


def compared(page: Page) -> None:
    """Waits for the replayed page of each variant."""
    for variant, heading in (("rerun", "Foo"), ("callback", "Bar"), ("container", "Baz")):
        frame = page.frame_locator(f"iframe[title='The page of {variant} at this step']")
        frame.get_by_role("heading", name=heading).wait_for(timeout=LOADED_MS)


def listed(page: Page) -> None:
    """Waits for the list of recordings."""
    page.get_by_role("link", name="rerun.py").first.wait_for(timeout=LOADED_MS)


def text(words: str) -> Wait:
    """Waits for some text."""
    return lambda page: page.get_by_text(words).first.wait_for(timeout=LOADED_MS)


def pictured(page: Page) -> None:
    """Waits for the pages of a story's runs."""
    for run in page.locator(".run-block iframe").all():
        run.content_frame.get_by_role("heading").first.wait_for(timeout=LOADED_MS)


def presented(page: Page) -> None:
    """Presents the story."""
    page.locator(".run-block iframe").first.wait_for(timeout=LOADED_MS)
    page.keyboard.press("p")
    pictured(page)


# Name of the picture: address, what to wait for, size, dark.
PICTURES: dict[str, tuple[str, Wait, tuple[int, int], bool]] = {
    "recording": (f"{DETAILS}&run=2", replayed("Title"), WIDE, False),
    "recording-dark": (f"{DETAILS}&run=3&step=4", replayed("Foo"), WIDE, True),
    "recording-narrow": ("/recordings/1?run=2", pictured, NARROW, False),
    "presenting": ("/recordings/1?run=2", presented, PROJECTOR, False),
    "search": ("/recordings/1?run=2&find=Foo", text("moments in all"), WIDE, False),
    "runs": ("/recordings/1?run=2&tab=runs", text("rerun asked for by run 2"), WIDE, False),
    "causes": ("/recordings/1?run=2&tab=graph", drawn, WIDE, False),
    "flow": ("/recordings/1?run=2&tab=graph&graph=flow", drawn, WIDE, False),
    "comparison": ("/comparisons/1?interaction=1&beat=10", compared, WIDE, False),
    "recordings": ("/", listed, WIDE, False),
}

STALE = "findings/stale-read"
# The same of a live app: name of the picture -> app, view, button to click, what to wait for.
LIVE: dict[str, tuple[Path, str, str, Wait]] = {
    "story": (SAMPLES / "rerun.py", "story", "Foo", replayed("Title")),
    "live": (SAMPLES / "rerun.py", "details", "Foo", replayed("Foo")),
    "finding": (SAMPLES / STALE / "fault.py", "story", "Add to cart", text("Instead:")),
}


def main() -> None:
    """Record, photograph, and keep the pictures."""
    chromium = os.environ.get("RERUN_TRACE_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("chromium is not on the PATH (or set RERUN_TRACE_CHROMIUM)")
    known = [*PICTURES, *LIVE]
    names = sys.argv[1:] or known
    if unknown := set(names) - set(known):
        sys.exit(f"there is no picture {', '.join(unknown)}; there are {', '.join(known)}")
    arguments = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        db = str(Path(folder) / "recordings.sqlite")
        run("drive", SAMPLES / "rerun.py", "--click", "Foo", db=db)
        scenario = SAMPLES / "compare" / "header.toml"
        variants = [SAMPLES / f"{name}.py" for name in ("rerun", "callback", "container")]
        run("compare", *variants, "--scenario", scenario, "--no-browser", db=db)
        hide_this_machine(db)
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        with serving("ui", db=db) as url:
            for name in filter(PICTURES.get, names):
                address, wait, size, dark = PICTURES[name]
                keep(name, photograph(browser, url + address, wait, size, dark))
        for name in filter(LIVE.get, names):
            app, view, button, wait = LIVE[name]
            with serving(app, db=db) as url:
                address = f"{url}?view={view}"
                keep(name, photograph(browser, address, clicked(button, wait), WIDE, False))
        browser.close()


def hide_this_machine(db: str) -> None:
    """No picture shows where it was taken."""
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("UPDATE recordings SET folder = ?", (FOLDER,))


def clicked(button: str, wait: Wait) -> Wait:
    """Clicks in the app, and waits for the page of what came of it, and for more."""

    def click(page: Page) -> None:
        app = page.frame_locator("iframe[title='The app']")
        app.get_by_role("button", name=button, exact=True).click(timeout=LOADED_MS)
        page.locator(".stepper .where", has_text=re.compile("run [^1]")).wait_for(timeout=LOADED_MS)
        pictured(page)
        wait(page)

    return click


def run(*words: str | Path, db: str) -> None:
    """`rerun-trace WORDS`."""
    subprocess.run([*COMMAND, *map(str, words), "--db", db], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def serving(*words: str | Path, db: str) -> Iterator[str]:
    """`rerun-trace WORDS`, and the address of its page, until it is ended."""
    command = [*COMMAND, *map(str, words), "--db", db, "--no-browser", "--no-token"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if found := re.match(r"Recordings?: +(http://[^/\s]+)(\S*)", line):
                    yield found[1] + (found[2] if found[2].startswith("/recordings/") else "")
                    break
        finally:
            process.terminate() if process.poll() is None else None


def photograph(browser: Browser, url: str, wait: Wait, size: tuple[int, int], dark: bool) -> bytes:
    """A PNG of the page as soon as `wait` has seen what belongs on it."""
    width, height = size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page.goto(url)
    wait(page)
    page.wait_for_load_state("networkidle") if "/recordings/" not in url else None
    page.wait_for_timeout(500)  # fonts, and the numbers over the page
    picture = page.screenshot()
    page.close()
    return picture


def keep(name: str, picture: bytes) -> None:
    """Writes a picture, unless it is too large for the repository."""
    if len(picture) > LARGEST:
        sys.exit(f"{name}.png has {len(picture):,} bytes, more than {LARGEST:,}")
    (IMAGES / f"{name}.png").write_bytes(picture)


if __name__ == "__main__":
    main()
