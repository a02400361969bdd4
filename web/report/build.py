"""Makes the report of recordings, or of a comparison: one HTML file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rerun_trace.tracer.words.sentences import size
from rerun_trace.web.report.answers import HOME, Answers, ReportError
from rerun_trace.web.report.assemble import SUFFIX, Shown, assemble
from rerun_trace.web.report.base import INDEX, Window, base_answers
from rerun_trace.web.report.compared import ComparedParts, compared_parts
from rerun_trace.web.report.holdings import Holdings, missing_of, told
from rerun_trace.web.report.machine import Machine
from rerun_trace.web.report.packing import Part, joined, part
from rerun_trace.web.report.program import notices, program_soon
from rerun_trace.web.report.read_ahead import ReadAhead
from rerun_trace.web.report.replay_parts import NO_REPLAY, Replay, replay_of
from rerun_trace.web.report.run_parts import RunContents, RunParts

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

__all__ = ["MAX_SIZE", "ReportError", "build_report"]

MAX_SIZE = 25_000_000  # bytes
_SPARE = 8_000  # bytes for saying which runs are in it, and which are not

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
    program = program_soon(is_compared=comparison is not None)
    infos = [store.recording(number) for number in numbers]
    machine = Machine((info.folder for info in infos), os.path.expanduser("~"))
    reads = ReadAhead(store)
    answers = Answers(reads, machine)
    compared = ComparedParts()
    if comparison is not None:
        page = answers.text(f"/comparisons/{comparison}")
        compared = compared_parts(answers, comparison)
    _check(reads, numbers, runs)

    found = []
    for done, number in enumerate(numbers):
        progress("timelines and graphs", done, len(numbers))
        base = base_answers(reads, answers, number, compared.windows.get(number, ()))
        base[INDEX] = answers.text(f"/api/recordings/{number}{INDEX}")
        found.append(_Recording(number, base))
    pages = {f"/recordings/{number}": answers.text(f"/recordings/{number}") for number in numbers}
    if page is not None:
        pages[f"/comparisons/{comparison}"] = page
    if replay:
        progress("Streamlit's front end", 0, 1)
    drawn = replay_of(store, numbers) if replay else NO_REPLAY.format("without replay")
    name = title or _title(reads, numbers, page)
    summary = answers.hidden(static_summary)
    fixed = [*program.result(), *compared.parts]
    file = _File(name, note, pages, fixed, drawn, summary)
    left = max_size - sum(map(len, file.pieces(reads, answers, found))) - _SPARE
    if left < 0 and not isinstance(drawn, str):
        # The runs tell more than how their pages look.
        drawn = NO_REPLAY.format(f"without replay, which alone is larger than {size(max_size)}")
        file = replace(file, replay=drawn)
        left = max_size - sum(map(len, file.pieces(reads, answers, found))) - _SPARE
    for place, each in enumerate(found):
        share = max(0, left) // (len(found) - place)
        each.runs = RunContents(reads, answers, each.number).collect(
            share,
            runs,
            _no_room if isinstance(drawn, str) else drawn.room,
            _counting(progress, each.number, len(found)),
        )
        left -= each.runs.size
        reads.limits[each.number] = missing_of(reads, each.number, each.runs, runs, max_size)
        each.runs.look(each.text())
        each.base[INDEX] = answers.text(f"/api/recordings/{each.number}{INDEX}")
    progress("writing", 0, 1)
    data = b"".join(file.pieces(reads, answers, found))
    progress("writing", 1, 1)
    return data


@dataclass(frozen=True)
class _File:
    """What the file is made of, but for the recordings."""

    title: str
    note: str | None
    pages: dict[str, str]
    fixed: Sequence[Part]  # the program, and what belongs to no recording
    replay: Replay | str  # or why there is none
    static_summary: str

    def pieces(
        self, reads: ReadAhead, answers: Answers, found: Sequence[_Recording]
    ) -> Iterator[bytes]:
        """The file, with what there is of the recordings so far."""
        frame = None if isinstance(self.replay, str) else self.replay.frame
        parts = [*self.fixed, *(frame.parts if frame else ())]
        for each in found:
            parts += [each.part(), *each.runs.parts]
        if not isinstance(self.replay, str):
            parts += self.replay.bodies(set().union(*(each.runs.bodies for each in found)))
        runs = {each.number: each.runs for each in found}
        no_replay = self.replay if isinstance(self.replay, str) else ""
        licences = [*notices(), *(frame.notices if frame else ())]
        holdings = Holdings(self.title, self.note, no_replay, self.pages, runs, parts, licences)
        about = answers.render("report.html", home=HOME, **told(holdings, reads))
        pages = {path: Shown.of(text) for path, text in {**self.pages, "/": about}.items()}
        comparison = next((path for path in self.pages if path.startswith("/comp")), None)
        manifest = {
            "first": comparison or (f"/recordings/{found[0].number}" if len(found) == 1 else "/"),
            "noReplay": no_replay,
            "recordings": {
                each.number: {
                    "places": each.runs.places,
                    "missing": " ".join(reads.limits.get(each.number, ())),
                }
                for each in found
            },
        }
        return assemble(self.title, pages, parts, manifest, self.static_summary)


def _check(reads: ReadAhead, numbers: Sequence[int], runs: Window | None) -> None:
    if not numbers:
        raise ReportError("the comparison's recordings were deleted: there is nothing to report")
    for number in numbers:
        newest = reads.counts(number)["runs"]
        if runs is not None and (runs[0] > newest or runs[0] > runs[1]):
            named = f"{runs[0]}-{runs[1]}"
            raise ReportError(f"recording {number} has the runs 1 to {newest}, none of {named}")


def _title(reads: ReadAhead, numbers: Sequence[int], comparison: str | None) -> str:
    if comparison is not None:
        return Shown.of(comparison).title.removesuffix(SUFFIX)
    apps = list(dict.fromkeys(reads.recording(number).app for number in numbers))
    return ", ".join(apps[:3]) + (" and others" if len(apps) > 3 else "")


def _counting(progress: Progress, number: int, of: int) -> Callable[[int, int], None]:
    what = "runs" if of == 1 else f"runs of recording {number}"
    return lambda done, total: progress(what, done, total)


def _no_room(body: str) -> int:
    return 0
