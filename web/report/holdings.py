"""What a report holds and what not, for its readers: the page "About this report", and limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rerun_trace.tracer.source.lines import source_lines
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.sentences import size
from rerun_trace.web.report.assemble import SUFFIX, Shown, size_in_file
from rerun_trace.web.report.base import Window
from rerun_trace.web.report.packing import Part
from rerun_trace.web.report.read_ahead import ReadAhead
from rerun_trace.web.report.run_parts import RunParts


@dataclass(frozen=True, slots=True)
class Holdings:
    """What went into a report."""

    title: str
    note: str | None
    no_replay: str  # why pages are shown as lists
    pages: Mapping[str, str]
    runs: Mapping[int, RunParts]
    parts: Sequence[Part]
    notices: Sequence[tuple[str, str]]


def missing_of(
    reads: ReadAhead, recording: int, held: RunParts, window: Window | None, max_size: int
) -> list[str]:
    """What of the runs is not in the report, in words."""
    total = reads.counts(recording)["runs"]
    found = []
    if window is not None and (window[0] > 1 or window[1] < total):
        low, high = max(1, window[0]), min(window[1], total)
        found.append(f"This report was made of the runs {low:,} to {high:,} of {total:,}.")
        total = high - low + 1
    if len(held.runs) < total:
        found.append(
            f"This report holds {len(held.runs):,} of {words.count(total, 'run')}: with the others"
            f" it would be larger than {size(max_size)}. Of those it has the timeline alone."
        )
    for run in sorted(held.in_part):
        found.append(
            f"Of run {run:,} some steps are missing: with them the report would be larger "
            f"than {size(max_size)}."
        )
    return found


def told(holdings: Holdings, reads: ReadAhead) -> dict[str, Any]:
    """What the page "About this report" says."""
    sizes: dict[str, int] = {}
    for part in holdings.parts:
        kind = _kind(part.id)
        sizes[kind] = sizes.get(kind, 0) + size_in_file(part)
    return {
        "title": holdings.title,
        "note": holdings.note,
        "no_replay": holdings.no_replay,
        "comparisons": [
            (path, Shown.of(page).title.removesuffix(SUFFIX))
            for path, page in holdings.pages.items()
            if path.startswith("/comparisons/")
        ],
        "recordings": [_recording(reads, number, held) for number, held in holdings.runs.items()],
        "sizes": [(kind, size(bytes_)) for kind, bytes_ in sizes.items()],
        "total": size(sum(sizes.values())),
        "notices": holdings.notices,
    }


def _kind(id: str) -> str:
    if re.fullmatch(r"r\d+", id):
        return "timelines, sources and graphs"
    if id.startswith("compared"):
        return "the comparison"
    if re.fullmatch(r"r\d+-\d+", id):
        return "contents of the runs"
    return {"program": "the pages' program", "worker": "Graphviz", "graphviz": "Graphviz"}.get(
        id, "replay of the page"
    )


def _recording(reads: ReadAhead, number: int, held: RunParts) -> dict[str, Any]:
    info = reads.recording(number)
    total = reads.counts(number)["runs"]
    return {
        "id": number,
        "app": info.app,
        "variant": info.variant,
        "folder": info.folder,
        "started_at": info.started_at,
        "engine": f"Streamlit {info.streamlit} · Python {info.python} · {info.engine}",
        "runs": total,
        "held": len(held.runs),
        "sources": [
            (source.file, len(source_lines(source.text))) for source in reads.sources(number)
        ],
        "values": held.values,
        "secrets": len(held.secrets),
        "hidden": held.hidden,
        "limits": info.limits,
    }
