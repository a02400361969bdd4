"""Measures the studio on large recordings.

    python -m bench.ui [--db FILE] [--small]      (FILE is kept and used again)

Real Chromium on a real `rerun-trace ui` process: how long until its two views are drawn, how long a
step takes from the key to the painted line, how smoothly the timeline pans and zooms, and how much
memory the server takes. Prints a table. `--small` tries all that on recordings of a 20th the size.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from bench.ui import measure, recordings
from bench.ui.server import Server
from rerun_trace.db.store import TraceStore

CHROMIUM = os.environ.get("RERUN_TRACE_CHROMIUM") or shutil.which("chromium") or ""
SMALL = 20


@dataclass(frozen=True)
class Case:
    """A recording, the moment to begin at, and moments far from it and from each other."""

    title: str
    recording: int
    start: tuple[int, int]
    far: list[tuple[int, int]]


def main() -> None:
    parser = argparse.ArgumentParser(description="How quick the studio is on large recordings.")
    parser.add_argument("--db", type=Path, help="keep the recordings in this file")
    parser.add_argument("--small", action="store_true", help=f"1/{SMALL} of the size")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = options.db or Path(folder) / "recordings.db"
        if not db.exists():
            say("writing the recordings")
            write(db, SMALL if options.small else 1)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            print_table([(case.title, column(browser, db, case)) for case in cases(db)])
            version = browser.version
            browser.close()
    load, cores = os.getloadavg()[0], os.cpu_count()
    print(f"\n{platform.platform()}, {cores} cores, load {load:.1f}; Python", end=" ")
    print(f"{platform.python_version()}, Chromium {version}")


def write(db: Path, part: int) -> None:
    """The recordings: one of a click, then those that are made of it."""
    with TraceStore.open(db) as store:
        template = recordings.record_click(store)
        recordings.many_runs(store, template, 5_000 // part)
        recordings.many_spans(store, template, 100_000 // part)
        recordings.many_steps(store, template, 5, 200_000 // part)


def cases(db: Path) -> list[Case]:
    """What is measured of the recordings that `write` made."""
    with TraceStore.open(db) as store:
        made = sorted(store.summaries(), key=lambda summary: summary.info.id)
        many, spans, long = made[1:4]  # after the click that they are made of
        steps = store.run(long.info.id, 1).steps
    return [
        Case(
            f"{many.runs:,} runs",
            many.info.id,
            (many.runs // 2, 1),
            [(many.runs * part // 8, 2) for part in (1, 7, 2, 6, 3)],
        ),
        # The start lies 20 steps before a window's end; no run was asked for before a jump to it.
        Case(
            f"{long.runs * steps:,} steps",
            long.info.id,
            (3, steps * 3 // 5 // 1000 * 1000 - 20),
            [(run, steps * 3 // 4) for run in (1, 2, 4, 5)],
        ),
        Case(
            f"{spans.runs:,} runs, no contents",
            spans.info.id,
            (spans.runs // 2, 0),
            [(spans.runs * part // 8, 0) for part in (1, 7, 2, 6, 3)],
        ),
    ]


def column(browser: Browser, db: Path, case: Case) -> dict[str, str]:
    """One recording's figures; a server of its own, so that its memory is."""
    with Server(db, "--no-token") as server:
        address = f"{server.url}/recordings/{case.recording}"
        story = "{}?view=story&run={}&step={}".format(address, *case.start)
        start = story.replace("view=story", "view=details")
        figures: dict[str, Callable[[], str]] = {
            "first paint of the story": lambda: measure.first_paints(browser, story),
            "first paint": lambda: measure.first_paints(browser, start),
            # Streamlit's own front end, which replays the page, takes a while to load.
            "a step": lambda: measure.steps(browser, start, 2000),
            "a step, at once after the first paint": lambda: measure.steps(browser, start, 0),
            "a far jump": lambda: measure.jumps(browser, start, case.far),
            "zoom, everything in sight": lambda: measure.frames(browser, start, "zoom"),
            "pan, everything in sight": lambda: measure.frames(browser, start, "pan"),
            "server's memory, most": server.memory,
        }
        found = {}
        for name, figure in figures.items():
            try:
                found[name] = figure()
            except Error as error:
                found[name] = f"failed: {error.message.splitlines()[0]}"
            say(f"{case.title}: {name}: {found[name]}")
        return found


def print_table(columns: list[tuple[str, dict[str, str]]]) -> None:
    """Markdown: one row a figure, one column a recording."""
    print(f"| | {' | '.join(title for title, _ in columns)} |")
    print("|---" * (len(columns) + 1) + "|")
    for name in columns[0][1]:
        print(f"| {name} | {' | '.join(figures[name] for _, figures in columns)} |")


def say(text: str) -> None:
    """How far it has come; apart from the table."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
