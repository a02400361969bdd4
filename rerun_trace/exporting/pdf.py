"""`-o report.pdf`: the static summary, printed by a Chromium that is on this machine.

The page that is printed has no scripts, and a policy that lets none run and nothing load. (With
`scriptEnabled=false` a headless Chromium prints nothing: it does so by a script of its own.) The
browser gets a profile of its own, and resolves no names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..web.report.summary import static_comparison, static_page, static_summary
from .job import Export, ExportProblem

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE_S = 120
_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pdf-header-footer",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def write(job: Export) -> None:
    """Prints the recordings, one after the other, or the comparison. Raises ExportProblem."""
    browser = find_browser()
    if browser is None:
        names = ", ".join(BROWSERS[:3])
        raise ExportProblem(
            f"{job.target} needs a Chromium on the PATH ({names}); or take -o report.html, "
            "open it in any browser and print it from there"
        )
    title, printed = summaries(job)
    job.progress("printing", 0, 1)
    job.write(print_page(browser, static_page(title, *printed)))
    job.progress("printing", 1, 1)


def find_browser() -> str | None:
    """The first Chromium on the PATH, if there is one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def print_page(browser: str, page: str) -> bytes:
    """A page of HTML as PDF. Raises ExportProblem, with what the browser said."""
    with tempfile.TemporaryDirectory(prefix="rerun-trace-") as folder:
        source, printed = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(page, encoding="utf-8")
        command = [browser, *_OPTIONS, f"--user-data-dir={folder}/profile"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # it refuses to start as root with one
        command += [f"--print-to-pdf={printed}", source.as_uri()]
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=PATIENCE_S, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            raise ExportProblem(f"{browser} printed nothing within {PATIENCE_S} s") from None
        except OSError as error:
            raise ExportProblem(f"{browser} cannot be started: {error.strerror}") from None
        data = printed.read_bytes() if printed.exists() else b""
        if done.returncode != 0 or not data.startswith(b"%PDF"):
            said = done.stderr.decode(errors="replace").strip().split("\n")[-1]
            raise ExportProblem(f"{browser} printed nothing: {said or done.returncode}")
        return data


def summaries(job: Export) -> tuple[str, list[str]]:
    """The title, and what is printed of each recording, or of the comparison."""
    choice = job.choice
    if job.comparison is not None:
        summary = static_comparison(job.store, job.comparison, title=choice.title, note=choice.note)
        return choice.title or job.store.comparison(job.comparison).title, [summary]
    made = []
    for number, recording in enumerate(job.recordings):
        job.progress("summary", number, len(job.recordings))
        alone = len(job.recordings) == 1
        made.append(
            static_summary(
                job.store,
                recording,
                title=choice.title if alone else None,
                note=choice.note if number == 0 else None,
                runs=choice.runs,
            )
        )
    info = job.store.recording(job.recordings[0])
    return choice.title or info.name or info.app, made
