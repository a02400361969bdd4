"""`python -m rerun_trace.documents.findings`, in a clone: writes the pages of docs/findings.

Names of kinds do these alone; what is said of the others then stays as it is.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from ..db.reading.recording import read_recording
from ..db.store import TraceStore
from ..recording import start
from ..tracer.driver.driver import drive
from ..tracer.driver.scenario import load_scenario
from . import lesson_pages as pages
from .lessons import ROOT, SAMPLES, Lesson, Played, lessons, played
from .made import write_stale

_SECTION = "\n\n## "


def main(names: Collection[str]) -> int:
    """Plays the samples, writes the pages that are not as they should be, and names those."""
    if not (ROOT / SAMPLES).exists():
        print(f"error: there is no {SAMPLES} here: run it in a clone", file=sys.stderr)
        return 1
    every = list(lessons())
    if unknown := set(names) - {each.name for each in every}:
        print(f"error: no kind of finding: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    files: dict[str, str] = {pages.LIST: pages.list_page(every)}
    sections = dict(_sections())
    for lesson in every:
        if names and lesson.name not in names:
            continue
        fault, fixed = _played(lesson, "fault.py"), _played(lesson, "fixed.py")
        files[pages.path_of(lesson)] = pages.page(lesson, fault, fixed)
        sections[lesson.name] = pages.sentences(lesson, fault)
    said = [sections[each.name] for each in every if each.name in sections]
    files[pages.SENTENCES] = pages.sentences_page(said)
    write_stale(files)
    return 0


def _sections() -> Iterator[tuple[str, str]]:
    """What the page of all sentences says so far, by kind."""
    path = ROOT / pages.SENTENCES
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for section in text.split(_SECTION)[1:]:
        name = section.partition("]")[0].rpartition(" ")[2]
        yield name, f"{_SECTION}{section}".strip()


def _played(lesson: Lesson, app: str) -> Played:
    folder = ROOT / SAMPLES / lesson.name
    with tempfile.TemporaryDirectory(prefix="rerun-trace-") as there:
        db = Path(there) / "recordings.sqlite"
        with start(db, app=folder / app, mode="drive") as recording:
            drive(folder / app, load_scenario(str(folder / "scenario.toml")))
        assert recording.id is not None
        with TraceStore.open(db, create=False) as store:
            return played(read_recording(store, recording.id), lesson)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
