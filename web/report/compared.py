"""What a report holds of a comparison: what its page asks for, and the graphs that it draws."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from rerun_trace.web.report.answers import Answers
from rerun_trace.web.report.base import Window
from rerun_trace.web.report.packing import Part, joined, part

PER_PART = 50  # interactions; as in report/answers.ts


@dataclass(slots=True)
class ComparedParts:
    """The page's answers, in parts, and of each recording the runs whose graphs it draws."""

    parts: list[Part] = field(default_factory=list)
    windows: dict[int, list[Window]] = field(default_factory=dict)


def compared_parts(answers: Answers, number: int) -> ComparedParts:
    """Of the comparison `number`, all of it: its recordings' runs may be left out, it is not."""
    base = f"/api/comparisons/{number}"
    text = answers.text(f"{base}/overview")
    overview = json.loads(text)
    found = ComparedParts([part("compared", joined({"/overview": text}))])
    recordings = [variant["recording"] for variant in overview["variants"]]
    count = len(overview["interactions"])
    for first in range(0, count, PER_PART):
        told = {}
        for n in range(first, min(first + PER_PART, count)):
            path = f"/interactions/{n}"
            told[path] = answers.text(base + path)
            for recording, window in _windows(recordings, told[path]):
                found.windows.setdefault(recording, []).append(window)
        found.parts.append(part(f"compared-{first // PER_PART}", joined(told)))
    return found


def _windows(recordings: list[int | None], text: str) -> Iterator[tuple[int, Window]]:
    for recording, side in zip(recordings, json.loads(text)["sides"], strict=True):
        if recording is not None and side is not None and side["first"] is not None:
            yield recording, (side["first"], side["last"])
