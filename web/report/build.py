"""Makes the report of recordings, or of a comparison: one HTML file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rerun_trace.web.report.answers import HOME, Answers, ReportError
from rerun_trace.web.report.assemble import SUFFIX, Frame, Shown, assemble, size_in_file
from rerun_trace.web.report.base import INDEX, Window, base_answers, graphs_in
from rerun_trace.web.report.holdings import Holdings, missing_of, told
from rerun_trace.web.report.machine import Machine
from rerun_trace.web.report.packing import Part, dumps, joined, part
from rerun_trace.web.report.program import notices, program
from rerun_trace.web.report.read_ahead import ReadAhead
from rerun_trace.web.report.run_parts import RunContents, RunParts

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

__all__ = ["MAX_SIZE", "ReportError", "build_report"]

MAX_SIZE = 25_000_000  # bytes
_SPARE = 20_000  # bytes for the page that says what the file holds

Progress = Callable[[str, int, int], None]  # what is being done, how many of how many


def _silent(what: str, done: int, total: int) -> None:
    pass


@dataclass
class _Recording:
    """What the report holds of a recording."""

    number: int
    base: dict[str, str]
    runs: RunParts = field(default_factory=RunParts)

    def text(self) -> str:
        return joined(self.base)

    def part(self) -> Part:
        return part(f"r{self.number}", self.text())


def build_report(
    store: TraceStore,
    *,
    recordings: Sequence[int] = (),
    comparison: int | None = None,
    title: str | None = None,
    note: str | None = None,
    replay: bool = True,
    runs: Window | None = None,
    max_size: int = MAX_SIZE,
    static_summary: str = "",
    progress: Progress = _silent,
) -> bytes:
    """The report as it is written to a file.

    It holds `recordings` and, of `comparison`, the page and each variant's recording. `runs` are
    the first and the last run whose contents are in it; what does not fit into `max_size` bytes is
    left out, and the report says so. `store` holds nothing that must not be in the report.
    """
    numbers = [*recordings]
    page: str | None = None
    if comparison is not None:
        variants = store.comparison(comparison).variants
        numbers += [variant.recordings[0] for variant in variants if variant.recordings]
    numbers = list(dict.fromkeys(numbers))
    infos = [store.recording(number) for number in numbers]
    machine = Machine((info.folder for info in infos), os.path.expanduser("~"))
    reads = ReadAhead(store)
    answers = Answers(reads, machine)
    windows: dict[int, list[Window]] = {}
    if comparison is not None:
        page = answers.text(f"/comparisons/{comparison}")
        for number, window in graphs_in(page):
            windows.setdefault(number, []).append(window)
    _check(reads, numbers, runs)

    found = []
    for done, number in enumerate(numbers):
        progress("timelines and graphs", done, len(numbers))
        base = base_answers(reads, answers, number, windows.get(number, ()))
        base[INDEX] = answers.text(f"/api/recordings/{number}{INDEX}")
        found.append(_Recording(number, base))
    fixed = program()
    frame = _frame(store, numbers) if replay else None
    left = max_size - _SPARE - sum(map(size_in_file, [*fixed, *(frame.parts if frame else ())]))
    left -= sum(size_in_file(each.part()) for each in found)
    for place, each in enumerate(found):
        share = max(0, left) // (len(found) - place)
        each.runs = RunContents(reads, answers, each.number).collect(
            share, runs, lambda body: 0, _counting(progress, each.number, len(found))
        )
        left -= each.runs.size
        reads.limits[each.number] = missing_of(reads, each.number, each.runs, runs, max_size)
        each.runs.look(each.text())
        each.base[INDEX] = answers.text(f"/api/recordings/{each.number}{INDEX}")

    progress("writing", 0, 1)
    parts = [*fixed, *(frame.parts if frame else ())]
    for each in found:
        parts += [each.part(), *each.runs.parts]
    pages = {f"/recordings/{number}": answers.text(f"/recordings/{number}") for number in numbers}
    if page is not None:
        pages[f"/comparisons/{comparison}"] = page
    name = title or _title(reads, numbers, pages)
    licences = [*notices(), *(frame.notices if frame else ())]
    holdings = Holdings(
        name, note, frame is not None, pages, {each.number: each.runs for each in found}, parts, licences
    )
    pages["/"] = answers.render("report.html", home=HOME, **told(holdings, reads, answers, numbers))
    shown = {path: Shown.of(text) for path, text in pages.items()}
    manifest = {
        "first": f"/comparisons/{comparison}" if page is not None else _first(numbers),
        "replay": frame is not None,
        "recordings": {
            each.number: {
                "places": each.runs.places,
                "missing": " ".join(reads.limits[each.number]),
            }
            for each in found
        },
    }
    data = b"".join(assemble(name, shown, parts, manifest, static_summary))
    progress("writing", 1, 1)
    return data


def _first(numbers: Sequence[int]) -> str:
    """The page that the report opens with."""
    return f"/recordings/{numbers[0]}" if len(numbers) == 1 else "/"


def _check(reads: ReadAhead, numbers: Sequence[int], runs: Window | None) -> None:
    if not numbers:
        raise ReportError("the comparison's recordings were deleted: there is nothing to report")
    for number in numbers:
        newest = reads.counts(number)["runs"]
        if runs is not None and (runs[0] > newest or runs[0] > runs[1]):
            raise ReportError(f"recording {number} has the runs 1 to {newest}, none of {runs[0]}-{runs[1]}")


def _title(reads: ReadAhead, numbers: Sequence[int], pages: dict[str, str]) -> str:
    comparison = next((text for path, text in pages.items() if path.startswith("/comp")), None)
    if comparison is not None:
        return Shown.of(comparison).title.removesuffix(SUFFIX)
    apps = list(dict.fromkeys(reads.recording(number).app for number in numbers))
    return ", ".join(apps[:3]) + (" and others" if len(apps) > 3 else "")


def _counting(progress: Progress, number: int, of: int) -> Callable[[int, int], None]:
    what = "runs" if of == 1 else f"runs of recording {number}"
    return lambda done, total: progress(what, done, total)


def _frame(store: TraceStore, numbers: Sequence[int]) -> Frame | None:
    """What replays the pages in the report; nothing where it is not built in yet."""
    return None
