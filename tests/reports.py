"""Reads a report without a browser: its parts, unpacked."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from rerun_trace.web.report.packing import ALPHABET

_PART = re.compile(
    r'<script type="text/plain" id="part-([\w-]+)" data-length="(\d+)" data-size="(\d+)">([^<]*)<'
)
_SIGNS = str.maketrans(",.:", "<>&")


@dataclass(frozen=True)
class Report:
    """The file."""

    data: bytes

    @cached_property
    def text(self) -> str:
        return self.data.decode()

    @cached_property
    def raw(self) -> dict[str, bytes]:
        """Parts by id, as they were packed."""
        found = {}
        for id, length, _, text in _PART.findall(self.text):
            assert set(text) <= set(ALPHABET)
            found[id] = base64.b85decode(text.translate(_SIGNS))[: int(length)]
        return found

    def part(self, id: str) -> Any:
        return json.loads(zlib.decompress(self.raw[id]))

    @cached_property
    def start(self) -> Any:
        """The pages, and where the answers about runs are."""
        return self.part("start")

    def answers(self, recording: int) -> dict[str, Any]:
        """All answers about a recording by their path, as they are kept."""
        found = dict(self.part(f"r{recording}"))
        for place in self.start["recordings"][str(recording)]["places"]:
            found |= self.part(place["id"])
        return found

    @cached_property
    def bytes(self) -> bytes:
        """All that is in the file, unpacked, but for the program."""
        parts = [id for id in self.raw if id not in ("program", "worker", "graphviz")]
        return self.data + b"".join(zlib.decompress(self.raw[id]) for id in parts)


def served(path: str, kept: Any) -> Any:
    """An answer as the server gives it: times of steps are kept as differences."""
    if "/steps?" not in path:
        return kept
    times = list(accumulate(kept["steps"]["at_ns"]))
    return {**kept, "steps": {**kept["steps"], "at_ns": times}}


def page_at(packed: Any, step: int, as_: str) -> Any:
    """The page at a step of a run, from those at all steps; as in report/answers.ts."""
    moments = packed[as_]
    rest, lists = next(
        (rest, lists) for start, rest, lists in reversed(moments["moments"]) if start <= step
    )
    filled = {name: [moments["items"][n] for n in numbers] for name, numbers in lists.items()}
    text = rest["text"].replace("{step}", str(step))
    return {**rest, **filled, "text": text, "step": step, **packed["more"]}
